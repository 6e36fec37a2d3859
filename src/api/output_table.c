/*
 * api/output_table.c - the table format: sections under headings, drawn with - + and |.
 *
 * The value is first laid out as a list of sections (title, column heads, rows of cells), then drawn.  A section
 * inside another is drawn between one more | on each side:
 *
 *     -----------------------        the top rule, once
 *     |  DescribeInstances  |        title of a section
 *     +------------+--------+
 *     |  Id        |  Name  |        heads, centred
 *     +------------+--------+
 *     |  i-0abc    |  web   |        rows, to the left, two blanks before each cell where there is room
 *     +------------+--------+
 *     ||       Tags        ||        a section one level deeper
 *
 * All sections are as wide as the widest.  If that is wider than the terminal, every section with heads and one
 * row is turned on its side (head | cell) and the width is taken anew.  Widths are those of base/eaw.
 *
 * Owns    struct table, for the time of one call; its sections live in its arena.
 * True to awscli/table.py and formatter.py, measured: the rounding of column widths (half to even) and the order
 *         in which single columns are corrected, cells that touch when a column was squeezed, and the values
 *         that make it fail.
 */
#include "api/output.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/eaw.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/str.h"

#include "api/output_part.h"

enum {
    CELL_PADDING = 4, /* two blanks on each side; one of them is drawn over by the border */
    CELL_INDENT = 2,
    NO_TITLE_WIDTH = 4, /* a section without a title is counted as if it were "None" */
};

struct table_cell {
    const char *text; /* in the arena */
    size_t length;
    size_t columns;
};

struct table_row {
    struct table_cell *cells; /* in the arena */
    size_t count;
};

struct table_section {
    const char *title; /* borrowed from the value; NULL for none */
    size_t level;      /* bars on each side */
    struct table_row heads;
    LIST(struct table_row) rows;   /* in the arena */
    size_t *widths;                /* of the widest cell of each column; in the arena */
    size_t width_count;
    size_t columns;                /* that each row must have */
    bool has_columns;              /* the first row or heads have said how many */
};

struct table {
    struct arena arena;
    LIST(struct table_section *) sections; /* in the arena */
    struct table_section *current;
    struct str *error;
    struct str text;                       /* for one cell at a time */
};

/* Laying out ------------------------------------------------------------------------------------- */

static struct table_section *table_open_section(struct table *table, const char *title, size_t level)
{
    struct table_section *section = arena_alloc(&table->arena, sizeof(*section));

    section->title = title;
    section->level = level;
    *LIST_PUSH_IN(&table->arena, &table->sections) = section;
    table->current = section;
    return section;
}

static struct table_row table_new_row(struct table *table, size_t count)
{
    return (struct table_row){
        .cells = arena_alloc(&table->arena, (count + 1) * sizeof(struct table_cell)),
        .count = count,
    };
}

static struct table_cell table_text_cell(struct table *table, const char *text, size_t length)
{
    return (struct table_cell){
        .text = arena_strndup(&table->arena, text, length),
        .length = length,
        .columns = eaw_columns(text, length),
    };
}

/* NULL, a member that an object lacks, is an empty cell. */
static struct table_cell table_value_cell(struct table *table, json_t *value)
{
    if (value == NULL)
        return table_text_cell(table, "", 0);
    if (json_is_string(value))
        return table_text_cell(table, json_string_value(value), json_string_length(value));
    str_clear(&table->text);
    output_add_python(&table->text, value);
    return table_text_cell(table, str_text(&table->text), table->text.length);
}

static int section_widen(struct table *table, const struct table_row *row)
{
    struct table_section *section = table->current;

    if (section->width_count == 0) {
        section->widths = arena_alloc(&table->arena, (row->count + 1) * sizeof(size_t));
        section->width_count = row->count;
    }
    for (size_t i = 0; i < row->count; i++) {
        if (i >= section->width_count) {
            str_add(table->error, "list index out of range");
            return -1;
        }
        if (row->cells[i].columns > section->widths[i])
            section->widths[i] = row->cells[i].columns;
    }
    return 0;
}

static int section_set_heads(struct table *table, struct table_row heads)
{
    struct table_section *section = table->current;

    if (section_widen(table, &heads) != 0)
        return -1;
    if (!section->has_columns) {
        section->has_columns = true;
        section->columns = heads.count;
    }
    section->heads = heads;
    return 0;
}

static int section_add_row(struct table *table, struct table_row row)
{
    struct table_section *section = table->current;

    if (!section->has_columns) {
        section->has_columns = true;
        section->columns = row.count;
    }
    if (row.count != section->columns) {
        str_addf(table->error, "Row should have %zu elements, instead it has %zu", section->columns,
                 row.count);
        return -1;
    }
    *LIST_PUSH_IN(&table->arena, &section->rows) = row;
    return section_widen(table, &row);
}

static int table_lay(struct table *table, const char *title, json_t *value, size_t level);

static struct table_row table_key_row(struct table *table, const struct output_members *keys)
{
    struct table_row row = table_new_row(table, keys->count);

    for (size_t i = 0; i < keys->count; i++)
        row.cells[i] = table_text_cell(table, keys->items[i].key, strlen(keys->items[i].key));
    return row;
}

/* An object: a row of its scalars under their keys (or key | value when there is but one), then the rest. */
static int table_lay_object(struct table *table, json_t *object, size_t level)
{
    struct output_members members = output_sort_members(&table->arena, object);
    struct output_members scalars = {
        .items = arena_alloc(&table->arena, (members.count + 1) * sizeof(struct output_member)),
    };

    for (size_t i = 0; i < members.count; i++) {
        if (output_is_scalar(members.items[i].value))
            scalars.items[scalars.count++] = members.items[i];
    }
    if (scalars.count == 1) {
        struct table_row row = table_new_row(table, 2);

        row.cells[0] = table_text_cell(table, scalars.items[0].key, strlen(scalars.items[0].key));
        row.cells[1] = table_value_cell(table, scalars.items[0].value);
        if (section_add_row(table, row) != 0)
            return -1;
    } else if (scalars.count > 1) {
        struct table_row row = table_new_row(table, scalars.count);

        for (size_t i = 0; i < scalars.count; i++)
            row.cells[i] = table_value_cell(table, scalars.items[i].value);
        if (section_set_heads(table, table_key_row(table, &scalars)) != 0 ||
            section_add_row(table, row) != 0)
            return -1;
    }
    for (size_t i = 0; i < members.count; i++) {
        if (output_is_scalar(members.items[i].value))
            continue;
        if (table_lay(table, members.items[i].key, members.items[i].value, level + 1) != 0)
            return -1;
    }
    return 0;
}

/* The keys of a list of objects: those that hold a scalar somewhere, and those that hold more somewhere. */
struct table_keys {
    json_t *scalar; /* objects used as sets; owned */
    json_t *more;
};

/* What goes wrong when something that is no object stands in a list of objects: the CLI walks over it as if it
 * were one.  An empty list or string passes here and fails later. */
static int table_refuse_item(struct table *table, json_t *item)
{
    if (json_is_string(item)) {
        if (json_string_length(item) == 0)
            return 0;
        str_add(table->error, "string indices must be integers, not 'str'");
        return -1;
    }
    if (json_is_array(item)) {
        size_t count = json_array_size(item);
        json_t *first = json_array_get(item, 0);

        if (count == 0)
            return 0;
        str_addf(table->error, "list indices must be integers or slices, not %s",
                 output_type_name(first));
        return -1;
    }
    str_addf(table->error, "'%s' object is not iterable", output_type_name(item));
    return -1;
}

static int table_find_keys(struct table *table, json_t *list, struct table_keys *keys)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        const char *key;
        json_t *value;

        if (!json_is_object(item)) {
            if (table_refuse_item(table, item) != 0)
                return -1;
            continue;
        }
        json_object_foreach(item, key, value)
            json_object_set_new(output_is_scalar(value) ? keys->scalar : keys->more, key, json_null());
    }
    return 0;
}

/* One object of a list: its row, then what is in it. */
static int table_lay_item(struct table *table, json_t *item, size_t level,
                          const struct output_members keys[2])
{
    const struct output_members *scalar = &keys[0];
    const struct output_members *more = &keys[1];
    struct table_row row = table_new_row(table, scalar->count);

    if (!json_is_object(item) && scalar->count > 0) {
        str_addf(table->error, "'%s' object has no attribute 'get'", output_type_name(item));
        return -1;
    }
    for (size_t i = 0; i < scalar->count; i++)
        row.cells[i] = table_value_cell(table, json_object_get(item, scalar->items[i].key));
    if (section_add_row(table, row) != 0)
        return -1;
    for (size_t i = 0; i < more->count; i++) {
        json_t *value = json_object_get(item, more->items[i].key);

        if (value != NULL && table_lay(table, more->items[i].key, value, level + 1) != 0)
            return -1;
    }
    return 0;
}

/* A list of objects: one row each; each in a section of its own when there is more in any of them. */
static int table_lay_sorted(struct table *table, json_t *list, const char *title, size_t level)
{
    struct table_keys sets = {.scalar = json_object(), .more = json_object()};
    int status = table_find_keys(table, list, &sets);

    if (status == 0) {
        const struct output_members keys[2] = {
            output_sort_members(&table->arena, sets.scalar),
            output_sort_members(&table->arena, sets.more),
        };

        status = section_set_heads(table, table_key_row(table, &keys[0]));
        for (size_t i = 0; i < json_array_size(list) && status == 0; i++) {
            if (i > 0 && keys[1].count > 0) {
                table_open_section(table, title, level);
                status = section_set_heads(table, table_key_row(table, &keys[0]));
            }
            if (status == 0)
                status = table_lay_item(table, json_array_get(list, i), level, keys);
        }
    }
    json_decref(sets.scalar);
    json_decref(sets.more);
    return status;
}

/* A list in a list: its scalars are a row.  An object in a list that does not begin with one gives its keys. */
static int table_lay_inner(struct table *table, json_t *item)
{
    struct table_row row;
    size_t count = 0;

    if (json_is_object(item)) {
        const char *key;
        json_t *value;

        row = table_new_row(table, json_object_size(item));
        json_object_foreach(item, key, value)
            row.cells[count++] = table_text_cell(table, key, strlen(key));
        return section_add_row(table, row);
    }
    for (size_t i = 0; i < json_array_size(item); i++) {
        if (!output_is_scalar(json_array_get(item, i)))
            return table_lay(table, NULL, item, 0);
    }
    row = table_new_row(table, json_array_size(item));
    for (size_t i = 0; i < row.count; i++)
        row.cells[i] = table_value_cell(table, json_array_get(item, i));
    return section_add_row(table, row);
}

static int table_lay_list(struct table *table, json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);

        if (output_is_scalar(item)) {
            struct table_row row = table_new_row(table, 1);

            row.cells[0] = table_value_cell(table, item);
            if (section_add_row(table, row) != 0)
                return -1;
        } else if (table_lay_inner(table, item) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Lays out a value in a new section, or in the current one when there is no title.  Empty values leave nothing. */
static int table_lay(struct table *table, const char *title, json_t *value, size_t level)
{
    if (output_is_empty(value))
        return 0;
    if (title != NULL)
        table_open_section(table, title, level);
    if (json_is_object(value))
        return table_lay_object(table, value, level);
    if (!json_is_array(value))
        return 0;
    if (json_is_object(json_array_get(value, 0)))
        return table_lay_sorted(table, value, title, level);
    return table_lay_list(table, value);
}

/* Drawing ---------------------------------------------------------------------------------------- */

/* What drawing needs to know; counts may go below zero where a column is squeezed. */
struct table_pen {
    struct str *out;
    const struct table_section *section;
    long *widths; /* of the columns, borders included; in the arena */
    long width;   /* of the section without its bars */
    bool color;
};

static void pen_blanks(const struct table_pen *pen, long count)
{
    if (count > 0)
        str_fill(pen->out, ' ', (size_t)count);
}

static void pen_bars(const struct table_pen *pen)
{
    for (size_t i = 0; i < pen->section->level; i++)
        str_add(pen->out, pen->color ? "\x1b[2m\x1b[33m|\x1b[0m" : "|");
}

static void pen_end_line(const struct table_pen *pen)
{
    pen_bars(pen);
    str_addc(pen->out, '\n');
}

static void pen_centred(const struct table_pen *pen, const struct table_cell *cell, long width,
                        bool left_edge)
{
    long before = width / 2 - (long)cell->columns / 2 - 1;
    long used = (left_edge ? 1 : 0) + before + (long)cell->columns;

    if (left_edge)
        str_addc(pen->out, '|');
    pen_blanks(pen, before);
    str_addn(pen->out, cell->text, cell->length);
    pen_blanks(pen, width - 1 - used);
    str_addc(pen->out, '|');
}

static void pen_cell(const struct table_pen *pen, const struct table_cell *cell, long width,
                     bool left_edge)
{
    long edges = left_edge ? 2 : 1;
    long indent = width >= (long)cell->columns + CELL_INDENT + edges ? CELL_INDENT : 0;

    if (left_edge)
        str_addc(pen->out, '|');
    pen_blanks(pen, indent);
    if (pen->color)
        str_add(pen->out, "\x1b[1m\x1b[34m");
    str_addn(pen->out, cell->text, cell->length);
    if (pen->color)
        str_add(pen->out, "\x1b[0m");
    pen_blanks(pen, width - edges - indent - (long)cell->columns);
    str_addc(pen->out, '|');
}

static void pen_rule(const struct table_pen *pen)
{
    pen_bars(pen);
    for (size_t i = 0; i < pen->section->width_count; i++) {
        long dashes = pen->widths[i] - (i == 0 ? 2 : 1);

        if (i == 0)
            str_addc(pen->out, '+');
        if (dashes > 0)
            str_fill(pen->out, '-', (size_t)dashes);
        str_addc(pen->out, '+');
    }
    pen_end_line(pen);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Scales the columns to fill the section, and evens out what rounding left: from the left when there is too
 * much, from the right when there is too little. */
static void pen_scale(const struct table_pen *pen)
{
    size_t count = pen->section->width_count;
    double natural = 0.0;
    long sum = 0;

    for (size_t i = 0; i < count; i++)
        natural += (double)(pen->section->widths[i] + CELL_PADDING);
    double scale = (double)pen->width / natural;

    for (size_t i = 0; i < count; i++) {
        pen->widths[i] = (long)rint(scale * (double)(pen->section->widths[i] + CELL_PADDING));
        sum += pen->widths[i];
    }
    while (sum > pen->width) {
        for (size_t i = 0; i < count && sum > pen->width; i++, sum--)
            pen->widths[i]--;
    }
    while (sum < pen->width) {
        for (size_t i = count; i > 0 && sum < pen->width; i--, sum++)
            pen->widths[i - 1]++;
    }
}

static void pen_title(const struct table_pen *pen)
{
    const struct table_section *section = pen->section;
    struct table_cell title = {.text = section->title};

    if (section->title == NULL || section->title[0] == '\0')
        return;
    title.length = strlen(section->title);
    title.columns = eaw_columns(title.text, title.length);
    pen_bars(pen);
    pen_centred(pen, &title, pen->width, true);
    pen_end_line(pen);
    if (section->heads.count > 0 || section->rows.count > 0)
        return;
    pen_bars(pen);
    str_addc(pen->out, '+');
    str_fill(pen->out, '-', pen->width > 2 ? (size_t)pen->width - 2 : 0);
    str_addc(pen->out, '+');
    pen_end_line(pen);
}

static void pen_section(const struct table_pen *pen)
{
    const struct table_section *section = pen->section;

    pen_title(pen);
    if (section->width_count == 0)
        return;
    pen_scale(pen);
    if (section->heads.count > 0) {
        pen_rule(pen);
        pen_bars(pen);
        for (size_t i = 0; i < smaller(section->heads.count, section->width_count); i++)
            pen_centred(pen, &section->heads.cells[i], pen->widths[i], i == 0);
        pen_end_line(pen);
    }
    if (section->rows.count == 0)
        return;
    pen_rule(pen);
    for (size_t i = 0; i < section->rows.count; i++) {
        const struct table_row *row = &section->rows.items[i];

        pen_bars(pen);
        for (size_t c = 0; c < smaller(row->count, section->width_count); c++)
            pen_cell(pen, &row->cells[c], pen->widths[c], c == 0);
        pen_end_line(pen);
    }
    pen_rule(pen);
}

static size_t section_width(const struct table_section *section)
{
    size_t title = section->title == NULL ? (size_t)NO_TITLE_WIDTH
                                          : eaw_columns(section->title, strlen(section->title));
    size_t total = 0;

    for (size_t i = 0; i < section->width_count; i++)
        total += section->widths[i] + CELL_PADDING;
    if (title > total)
        total = title;
    return total + 2 + 2 * section->level;
}

static size_t table_width(const struct table *table)
{
    size_t width = 0;

    for (size_t i = 0; i < table->sections.count; i++) {
        size_t one = section_width(table->sections.items[i]);

        if (one > width)
            width = one;
    }
    return width;
}

/* Turns the sections with heads and one row on their side. */
static void table_turn(struct table *table)
{
    for (size_t i = 0; i < table->sections.count; i++) {
        struct table_section *old = table->sections.items[i];

        if (old->rows.count != 1 || old->heads.count == 0)
            continue;
        struct table_section *turned = arena_alloc(&table->arena, sizeof(*turned));
        const struct table_row *only = &old->rows.items[0];

        turned->title = old->title;
        turned->level = old->level;
        table->current = turned;
        for (size_t c = 0; c < smaller(old->heads.count, only->count); c++) {
            struct table_row row = table_new_row(table, 2);

            row.cells[0] = old->heads.cells[c];
            row.cells[1] = only->cells[c];
            section_add_row(table, row);
        }
        table->sections.items[i] = turned;
    }
}

static void table_draw(struct table *table, struct str *out, const struct output_request *request)
{
    size_t width = table_width(table);

    if (width > request->width) {
        table_turn(table);
        width = table_width(table);
    }
    str_fill(out, '-', width);
    str_addc(out, '\n');
    for (size_t i = 0; i < table->sections.count; i++) {
        const struct table_section *section = table->sections.items[i];
        struct table_pen pen = {
            .out = out,
            .section = section,
            .widths = arena_alloc(&table->arena, (section->width_count + 1) * sizeof(long)),
            .width = (long)width - 2 * (long)section->level,
            .color = request->color,
        };

        pen_section(&pen);
    }
}

int output_add_table(struct str *out, const struct output_request *request, struct str *error)
{
    struct table table = {.error = error};
    int status = 0;

    if (!output_is_empty(request->value)) {
        status = table_lay(&table, request->title != NULL ? request->title : "", request->value, 0);
        if (status == 0)
            table_draw(&table, out, request);
    }
    str_release(&table.text);
    arena_release(&table.arena);
    return status;
}
