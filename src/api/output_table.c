/*
 * api/output_table.c - the table format: how a JSON value becomes sections of rows.
 *
 * An object is a section with its scalars as one row under their keys, and its lists and objects
 * as sections one level deeper.  A list of objects is one section of rows, unless there is more in
 * any of them: then each object has its own, followed by what is in it.
 *
 * Owns    struct table, for the time of one call.
 * True to awscli/formatter.py, measured, with the values that make it fail.
 */
#include "api/output.h"

#include <string.h>

#include "api/grid.h"
#include "api/output_parts.h"

#include "base/mem.h"
#include "base/str.h"

struct table {
    struct grid grid;
    struct str text; /* for one cell at a time */
};

/* NULL, a member that an object lacks, is an empty cell. */
static struct grid_cell table_value_cell(struct table *table, json_t *value)
{
    if (value == NULL)
        return grid_cell(&table->grid, "", 0);
    if (json_is_string(value))
        return grid_cell(&table->grid, json_string_value(value), json_string_length(value));
    str_clear(&table->text);
    output_add_python(&table->text, value);
    return grid_cell(&table->grid, str_text(&table->text), table->text.length);
}

static int table_lay(struct table *table, const char *title, json_t *value, size_t level);

static struct grid_row table_key_row(struct table *table, const struct output_members *keys)
{
    struct grid_row row = grid_new_row(&table->grid, keys->count);

    for (size_t i = 0; i < keys->count; i++)
        row.cells[i] = grid_cell(&table->grid, keys->items[i].key, strlen(keys->items[i].key));
    return row;
}

/* An object: a row of its scalars under their keys (or key | value when there is but one), then the
 * rest. */
static int table_lay_object(struct table *table, json_t *object, size_t level)
{
    struct arena *arena = &table->grid.arena;
    struct output_members members = output_sort_members(arena, object);
    struct output_members scalars = {
        .items = arena_alloc(arena, (members.count + 1) * sizeof(struct output_member)),
    };

    for (size_t i = 0; i < members.count; i++) {
        if (output_is_scalar(members.items[i].value))
            scalars.items[scalars.count++] = members.items[i];
    }
    if (scalars.count == 1) {
        struct grid_row row = grid_new_row(&table->grid, 2);

        row.cells[0] = grid_cell(&table->grid, scalars.items[0].key, strlen(scalars.items[0].key));
        row.cells[1] = table_value_cell(table, scalars.items[0].value);
        if (grid_add_row(&table->grid, row) != 0)
            return -1;
    } else if (scalars.count > 1) {
        struct grid_row row = grid_new_row(&table->grid, scalars.count);

        for (size_t i = 0; i < scalars.count; i++)
            row.cells[i] = table_value_cell(table, scalars.items[i].value);
        if (grid_set_heads(&table->grid, table_key_row(table, &scalars)) != 0 ||
            grid_add_row(&table->grid, row) != 0)
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

/* The keys of a list of objects: those that hold a scalar somewhere, and those that hold more
 * somewhere. */
struct table_keys {
    json_t *scalar; /* objects used as sets; owned */
    json_t *more;
};

/* What goes wrong when something that is no object stands in a list of objects: the CLI walks over
 * it as if it were one.  An empty list or string passes here and fails later. */
static int table_refuse_item(struct table *table, json_t *item)
{
    if (json_is_string(item)) {
        if (json_string_length(item) == 0)
            return 0;
        str_add(table->grid.error, "string indices must be integers, not 'str'");
        return -1;
    }
    if (json_is_array(item)) {
        size_t count = json_array_size(item);
        json_t *first = json_array_get(item, 0);

        if (count == 0)
            return 0;
        str_addf(table->grid.error, "list indices must be integers or slices, not %s",
                 output_type_name(first));
        return -1;
    }
    str_addf(table->grid.error, "'%s' object is not iterable", output_type_name(item));
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
        json_object_foreach(item, key, value) {
            json_t *set = output_is_scalar(value) ? keys->scalar : keys->more;

            json_object_set_new(set, key, json_null());
        }
    }
    return 0;
}

/* One object of a list: its row, then what is in it. */
static int table_lay_item(struct table *table, json_t *item, size_t level,
                          const struct output_members keys[2])
{
    const struct output_members *scalar = &keys[0];
    const struct output_members *more = &keys[1];
    struct grid_row row = grid_new_row(&table->grid, scalar->count);

    if (!json_is_object(item) && scalar->count > 0) {
        str_addf(table->grid.error, "'%s' object has no attribute 'get'", output_type_name(item));
        return -1;
    }
    for (size_t i = 0; i < scalar->count; i++)
        row.cells[i] = table_value_cell(table, json_object_get(item, scalar->items[i].key));
    if (grid_add_row(&table->grid, row) != 0)
        return -1;
    for (size_t i = 0; i < more->count; i++) {
        json_t *value = json_object_get(item, more->items[i].key);

        if (value != NULL && table_lay(table, more->items[i].key, value, level + 1) != 0)
            return -1;
    }
    return 0;
}

/* A list of objects: one row each; each in a section of its own when there is more in any of them.
 * */
static int table_lay_sorted(struct table *table, json_t *list, const char *title, size_t level)
{
    struct table_keys sets = {.scalar = json_object(), .more = json_object()};
    int status = table_find_keys(table, list, &sets);

    if (status == 0) {
        const struct output_members keys[2] = {
            output_sort_members(&table->grid.arena, sets.scalar),
            output_sort_members(&table->grid.arena, sets.more),
        };

        status = grid_set_heads(&table->grid, table_key_row(table, &keys[0]));
        for (size_t i = 0; i < json_array_size(list) && status == 0; i++) {
            if (i > 0 && keys[1].count > 0) {
                grid_open_section(&table->grid, title, level);
                status = grid_set_heads(&table->grid, table_key_row(table, &keys[0]));
            }
            if (status == 0)
                status = table_lay_item(table, json_array_get(list, i), level, keys);
        }
    }
    json_decref(sets.scalar);
    json_decref(sets.more);
    return status;
}

/* A list in a list: its scalars are a row.  An object in a list that does not begin with one gives
 * its keys. */
static int table_lay_inner(struct table *table, json_t *item)
{
    struct grid_row row;
    size_t count = 0;

    if (json_is_object(item)) {
        const char *key;
        json_t *value;

        row = grid_new_row(&table->grid, json_object_size(item));
        json_object_foreach(item, key, value)
            row.cells[count++] = grid_cell(&table->grid, key, strlen(key));
        return grid_add_row(&table->grid, row);
    }
    for (size_t i = 0; i < json_array_size(item); i++) {
        if (!output_is_scalar(json_array_get(item, i)))
            return table_lay(table, NULL, item, 0);
    }
    row = grid_new_row(&table->grid, json_array_size(item));
    for (size_t i = 0; i < row.count; i++)
        row.cells[i] = table_value_cell(table, json_array_get(item, i));
    return grid_add_row(&table->grid, row);
}

static int table_lay_list(struct table *table, json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);

        if (output_is_scalar(item)) {
            struct grid_row row = grid_new_row(&table->grid, 1);

            row.cells[0] = table_value_cell(table, item);
            if (grid_add_row(&table->grid, row) != 0)
                return -1;
        } else if (table_lay_inner(table, item) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Lays out a value in a new section, or in the current one when there is no title.  Empty values
 * leave nothing. */
static int table_lay(struct table *table, const char *title, json_t *value, size_t level)
{
    if (output_is_empty(value))
        return 0;
    if (title != NULL)
        grid_open_section(&table->grid, title, level);
    if (json_is_object(value))
        return table_lay_object(table, value, level);
    if (!json_is_array(value))
        return 0;
    if (json_is_object(json_array_get(value, 0)))
        return table_lay_sorted(table, value, title, level);
    return table_lay_list(table, value);
}

int output_add_table(struct str *out, const struct output_request *request, struct str *error)
{
    struct table table = {.grid = {.error = error}};
    int status = 0;

    if (!output_is_empty(request->value)) {
        status = table_lay(&table, request->title != NULL ? request->title : "", request->value, 0);
        if (status == 0)
            grid_draw(&table.grid, out, request->width, request->color);
    }
    str_release(&table.text);
    grid_release(&table.grid);
    return status;
}
