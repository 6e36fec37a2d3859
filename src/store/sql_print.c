/*
 * store/sql_print.c - the answer of a query, as a table, JSON, CSV or lines.
 */
#include "store/sql_parts.h"

#include <string.h>

#include <jansson.h>

#include "base/csv.h"
#include "base/utf8.h"
#include "api/grid.h"
#include "api/output.h"

enum { CELL_COLUMNS_MAX = 200, NUMBER_SIZE = 32 };

static bool is_true(const struct sql_value *value)
{
    return value->integer != 0;
}

/* A value as text; `null` for NULL.  Numbers go into `room`. */
static struct sql_text text_of(const struct sql_value *value, enum sql_type type, const char *null,
                               struct str *room)
{
    str_clear(room);
    switch (value->is) {
    case SQL_IS_NULL:
        str_add(room, null);
        break;
    case SQL_IS_INTEGER:
        if (type == SQL_TYPE_BOOLEAN)
            str_add(room, is_true(value) ? "true" : "false");
        else
            str_addf(room, "%lld", (long long)value->integer);
        break;
    case SQL_IS_REAL:
        output_add_real(room, value->real);
        break;
    case SQL_IS_TEXT:
        return (struct sql_text){.bytes = value->text, .length = value->length};
    }
    return (struct sql_text){.bytes = str_text(room), .length = room->length};
}

/* ---- table ---- */

/* What a cell shows: one line, safe, and cut when it is long. */
static struct grid_cell shown(struct grid *grid, struct sql_text text)
{
    struct str safe = STR_INIT;
    struct grid_cell cell;
    size_t fits;

    fits = utf8_fit(text.bytes, text.length, CELL_COLUMNS_MAX);
    utf8_add_safe(&safe, text.bytes, fits, UTF8_KEEP_NOTHING);
    if (fits < text.length)
        str_add(&safe, "...");
    cell = grid_cell(grid, str_text(&safe), safe.length);
    str_release(&safe);
    return cell;
}

static void print_table(const struct sql_answer *answer, unsigned width, struct str *out)
{
    struct str error = STR_INIT;
    struct str room = STR_INIT;
    struct str drawn = STR_INIT;
    struct grid grid = {.error = &error};
    struct grid_row heads;

    grid_open_section(&grid, NULL, 0);
    heads = grid_new_row(&grid, answer->column_count);
    for (uint32_t i = 0; i < answer->column_count; i++)
        heads.cells[i] =
            shown(&grid, (struct sql_text){answer->heads[i], strlen(answer->heads[i])});
    grid_set_heads(&grid, heads);
    for (uint32_t r = 0; r < answer->rows.count; r++) {
        struct grid_row row = grid_new_row(&grid, answer->column_count);

        for (uint32_t i = 0; i < answer->column_count; i++)
            row.cells[i] = shown(&grid, text_of(&answer->rows.items[r][i], answer->types[i],
                                                "<null>", &room));
        grid_add_row(&grid, row);
    }
    grid_draw(&grid, &drawn, width == 0 ? (unsigned)OUTPUT_WIDTH_DEFAULT : width, false);
    str_add(out, str_text(&drawn) + strcspn(str_text(&drawn), "\n") + 1); /* without the top rule */
    str_release(&drawn);
    grid_release(&grid);
    str_release(&room);
    str_release(&error);
}

/* ---- JSON ---- */

static json_t *json_string_of(struct sql_text text)
{
    struct str safe = STR_INIT;
    json_t *json = json_stringn(text.bytes, text.length);

    if (json != NULL)
        return json;
    utf8_add_safe(&safe, text.bytes, text.length, UTF8_KEEP_LINES); /* it is no UTF-8 */
    json = json_stringn(str_text(&safe), safe.length);
    str_release(&safe);
    return json;
}

static json_t *json_of(const struct sql_value *value, enum sql_type type)
{
    json_t *json = NULL;

    switch (value->is) {
    case SQL_IS_NULL:
        return json_null();
    case SQL_IS_INTEGER:
        return type == SQL_TYPE_BOOLEAN ? json_boolean(is_true(value))
                                        : json_integer(value->integer);
    case SQL_IS_REAL:
        json = json_real(value->real);
        return json == NULL ? json_null() : json;
    case SQL_IS_TEXT:
        if (type == SQL_TYPE_JSON)
            json = json_loadb(value->text, value->length, JSON_DECODE_ANY, NULL);
        break;
    }
    return json == NULL ? json_string_of((struct sql_text){value->text, value->length}) : json;
}

static void print_json(const struct sql_answer *answer, struct str *out)
{
    json_t *list = json_array();

    for (uint32_t r = 0; r < answer->rows.count; r++) {
        json_t *row = json_object();

        for (uint32_t i = 0; i < answer->column_count; i++)
            json_object_set_new(row, answer->heads[i],
                                json_of(&answer->rows.items[r][i], answer->types[i]));
        json_array_append_new(list, row);
    }
    output_add_json(out, list, OUTPUT_JSON_INDENT);
    str_addc(out, '\n');
    json_decref(list);
}

/* ---- CSV and lines ---- */

static void add_csv(struct str *out, struct sql_text text, bool is_text)
{
    csv_add(out, text.bytes, text.length, is_text);
}

static void print_csv(const struct sql_answer *answer, struct str *out)
{
    struct str room = STR_INIT;

    for (uint32_t i = 0; i < answer->column_count; i++) {
        str_add(out, i == 0 ? "" : ",");
        add_csv(out, (struct sql_text){answer->heads[i], strlen(answer->heads[i])}, true);
    }
    str_addc(out, '\n');
    for (uint32_t r = 0; r < answer->rows.count; r++) {
        for (uint32_t i = 0; i < answer->column_count; i++) {
            const struct sql_value *value = &answer->rows.items[r][i];

            str_add(out, i == 0 ? "" : ",");
            add_csv(out, text_of(value, answer->types[i], "", &room), value->is == SQL_IS_TEXT);
        }
        str_addc(out, '\n');
    }
    str_release(&room);
}

static void print_lines(const struct sql_answer *answer, struct str *out)
{
    struct str room = STR_INIT;

    for (uint32_t r = 0; r < answer->rows.count; r++) {
        for (uint32_t i = 0; i < answer->column_count; i++) {
            struct sql_text text =
                text_of(&answer->rows.items[r][i], answer->types[i], "None", &room);

            if (i > 0)
                str_addc(out, '\t');
            utf8_add_safe(out, text.bytes, text.length, UTF8_KEEP_NOTHING);
        }
        str_addc(out, '\n');
    }
    str_release(&room);
}

void sql_print(const struct sql_answer *answer, const struct sql_request *request,
               struct str *out)
{
    switch (request->form) {
    case SQL_TABLE:
        print_table(answer, request->width, out);
        break;
    case SQL_JSON:
        print_json(answer, out);
        break;
    case SQL_CSV:
        print_csv(answer, out);
        break;
    case SQL_LINES:
        print_lines(answer, out);
        break;
    }
}
