/*
 * tui/list_view.c - a list of any kind of resource, from its shape alone.
 *
 * api/service.h's resources[] says which operation lists a kind and where the items lie in its
 * answer; the members that the shape flags as columns become the columns.
 */
#include "tui/list_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/service.h"
#include "base/jmespath.h"
#include "base/utf8.h"
#include "tui/answer.h"

enum { LIST_ROWS_MAX = 10000, LIST_CELL_MAX = 40 };

/* ---- what is asked ---- */

static const struct resource *resource_of(const char *kind)
{
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (strcmp(resource->kind->name, kind) == 0)
            return resource;
    }
    return NULL;
}

static const struct op *op_of(const struct resource *resource)
{
    const struct service *service = service_find(resource->service);

    return service == NULL ? NULL : service_op_find(service, resource->op);
}

/* The shape of the items at "Reservations[].Instances[]". */
static const struct shape *item_shape(const struct op *op, const char *path)
{
    const struct shape *shape = op->out;

    while (shape != NULL && *path != '\0') {
        size_t length = strcspn(path, "[].");
        char name[64];
        const struct field *field;

        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        field = shape_field_find(shape, name);
        shape = field == NULL ? NULL : field->of;
        path += length;
        path += strspn(path, "[].");
    }
    return shape;
}

/* The path of a column's text: a member that is a struct is shown by its first flagged member. */
static const char *column_path(struct arena *arena, const struct field *field)
{
    if ((field->type != FIELD_EMBED && field->type != FIELD_STRUCT) || field->of == NULL)
        return field->name;
    for (size_t i = 0; i < field->of->count; i++) {
        const struct field *inner = &field->of->fields[i];

        if ((inner->flags & FIELD_COLUMN) != 0)
            return arena_printf(arena, "%s.%s", field->name, inner->name);
    }
    for (size_t i = 0; i < field->of->count; i++) {
        if (field->of->fields[i].type == FIELD_STRING)
            return arena_printf(arena, "%s.%s", field->name, field->of->fields[i].name);
    }
    return field->name;
}

/* ---- the scene ---- */

static const char *cell_text(struct arena *arena, json_t *value)
{
    if (json_is_string(value))
        return view_keep(arena, json_string_value(value));
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(arena, "%.3g", json_real_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_array(value))
        return arena_printf(arena, "%zu", json_array_size(value));
    return "";
}

static const char *search_text(struct arena *arena, const char *expression, json_t *item)
{
    struct jmespath *path = jmespath_compile(expression, NULL);
    json_t *found = path == NULL ? NULL : jmespath_search(path, item, NULL);
    const char *text = cell_text(arena, found);

    json_decref(found);
    jmespath_free(path);
    return text;
}

struct columns {
    const char *paths[LIST_COLUMNS_MAX];
    bool named; /* the first column is the name */
};

static void choose_columns(struct list_scene *scene, const struct resource *resource,
                           const struct shape *shape, struct columns *columns)
{
    uint32_t count = 0;

    if (resource->name != NULL) {
        scene->columns[0] = "Name";
        columns->paths[0] = NULL;
        columns->named = true;
        count = 1;
    }
    for (size_t i = 0; shape != NULL && i < shape->count && count < LIST_COLUMNS_MAX; i++) {
        const struct field *field = &shape->fields[i];

        if ((field->flags & FIELD_COLUMN) == 0 || (field->flags & FIELD_SECRET) != 0)
            continue;
        columns->paths[count] = column_path(&scene->arena, field);
        scene->columns[count++] = field->name;
    }
    if (count == (columns->named ? 1u : 0u)) {
        columns->paths[count] = resource->id;
        scene->columns[count++] = resource->id;
    }
    scene->column_count = count;
}

static void add_item(struct list_scene *scene, const struct resource *resource,
                     const struct columns *columns, json_t *item)
{
    struct list_row *row = LIST_PUSH_IN(&scene->arena, &scene->rows);

    row->id = json_is_string(item) ? view_keep(&scene->arena, json_string_value(item))
                                   : view_keep(&scene->arena, answer_text(item, resource->id));
    for (uint32_t i = 0; i < scene->column_count; i++)
        row->cells[i] = columns->paths[i] == NULL
                            ? search_text(&scene->arena, resource->name, item)
                            : cell_text(&scene->arena, answer_at(item, columns->paths[i]));
}

/* Walks "Reservations[].Instances[]" and adds every item at its end. */
struct walk {
    struct list_scene *scene;
    const struct resource *resource;
    const struct columns *columns;
};

static void walk_items(const struct walk *walk, json_t *value, const char *path)
{
    size_t length = strcspn(path, "[].");
    json_t *found = length == 0 ? value : json_object_getn(value, path, length);
    const char *rest = path + length + strspn(path + length, "[].");
    json_t *item;
    size_t i;

    json_array_foreach(found, i, item) {
        if (*rest != '\0')
            walk_items(walk, item, rest);
        else if (walk->scene->rows.count < LIST_ROWS_MAX)
            add_item(walk->scene, walk->resource, walk->columns, item);
    }
}

static int compare_rows(const struct list_row *a, const struct list_row *b, uint32_t column)
{
    const char *left = a->cells[column];
    const char *right = b->cells[column];
    char *left_end;
    char *right_end;
    long long x = strtoll(left, &left_end, 10);
    long long y = strtoll(right, &right_end, 10);

    if (*left != '\0' && *right != '\0' && *left_end == '\0' && *right_end == '\0')
        return x < y ? -1 : x > y;
    return strcmp(left, right);
}

/* Merging keeps equal rows in the answer's order, and needs no state beside its arguments. */
static void sort_rows(struct list_row *rows, struct list_row *spare, uint32_t count,
                      uint32_t column)
{
    uint32_t half = count / 2;
    uint32_t left = 0;
    uint32_t right = half;

    if (count < 2)
        return;
    sort_rows(rows, spare, half, column);
    sort_rows(rows + half, spare, count - half, column);
    for (uint32_t i = 0; i < count; i++) {
        bool take_left = right == count ||
                         (left < half && compare_rows(&rows[left], &rows[right], column) <= 0);

        spare[i] = rows[take_left ? left++ : right++];
    }
    memcpy(rows, spare, count * sizeof(*rows));
}

static void list_kinds(struct list_scene *scene)
{
    scene->columns[0] = "kind";
    scene->columns[1] = "listed by";
    scene->column_count = 2;
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        struct list_row *row;

        if (op_of(resource) == NULL)
            continue;
        row = LIST_PUSH_IN(&scene->arena, &scene->rows);
        row->id = resource->kind->name;
        row->cells[0] = resource->kind->noun;
        row->cells[1] = arena_printf(&scene->arena, "%s %s", resource->service, resource->op);
    }
}

static void list_refresh(void *at, const struct view_source *source)
{
    struct list_scene *scene = at;
    const struct resource *resource = resource_of(scene->kind);
    struct columns columns = {0};
    struct walk walk = {.scene = scene, .resource = resource, .columns = &columns};
    json_t *answer;

    arena_release(&scene->arena);
    *scene = (struct list_scene){
        .kind = scene->kind,
        .argument = scene->argument,
        .sort = scene->sort,
    };
    if (resource == NULL || op_of(resource) == NULL) {
        scene->kind = "";
        list_kinds(scene);
        return;
    }
    choose_columns(scene, resource, item_shape(op_of(resource), resource->list), &columns);
    answer = view_ask(source, resource->service, resource->op, NULL);
    walk_items(&walk, answer, resource->list);
    json_decref(answer);
    if (scene->sort > 0 && scene->sort <= scene->column_count && scene->rows.count > 1)
        sort_rows(scene->rows.items,
                  arena_alloc(&scene->arena, scene->rows.count * sizeof(*scene->rows.items)),
                  scene->rows.count, scene->sort - 1);
}

void list_view_sort_next(void *at)
{
    struct list_scene *scene = at;

    scene->sort = scene->sort >= scene->column_count ? 0 : scene->sort + 1;
}

/* ---- its rows ---- */

static bool row_wanted(const struct list_scene *scene, const struct list_row *row,
                       const char *filter)
{
    if (filter[0] == '\0')
        return true;
    for (uint32_t i = 0; i < scene->column_count; i++) {
        if (sheet_contains(row->cells[i], filter))
            return true;
    }
    return false;
}

static void column_widths(const struct list_scene *scene, int widths[LIST_COLUMNS_MAX])
{
    for (uint32_t i = 0; i < scene->column_count; i++) {
        widths[i] = (int)strlen(scene->columns[i]);
        for (uint32_t k = 0; k < scene->rows.count; k++) {
            const char *cell = scene->rows.items[k].cells[i];
            int columns = (int)utf8_columns(cell, strlen(cell));

            if (columns > widths[i])
                widths[i] = columns > LIST_CELL_MAX ? LIST_CELL_MAX : columns;
        }
    }
}

static void list_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct list_scene *scene = at;
    int widths[LIST_COLUMNS_MAX] = {0};
    uint32_t shown = 0;

    column_widths(scene, widths);
    sheet_row(sheet, NULL);
    for (uint32_t i = 0; i < scene->column_count; i++) {
        sheet_cell(sheet, scene->sort == i + 1 ? THEME_STRONG : THEME_DIM, widths[i],
                   scene->columns[i]);
        sheet_add(sheet, THEME_TEXT, scene->sort == i + 1 ? "\xe2\x96\xbe " : "  ");
    }
    for (uint32_t k = 0; k < scene->rows.count; k++) {
        const struct list_row *row = &scene->rows.items[k];

        if (!row_wanted(scene, row, frame->filter))
            continue;
        shown++;
        sheet_row(sheet, row->id);
        for (uint32_t i = 0; i < scene->column_count; i++) {
            struct answer_state state = answer_state(row->cells[i]);

            sheet_cell(sheet, state.role == THEME_DIM ? THEME_TEXT : state.role, widths[i],
                       row->cells[i]);
            sheet_add(sheet, THEME_TEXT, "  ");
        }
    }
    if (shown == 0)
        sheet_line(sheet, THEME_DIM, scene->rows.count == 0 ? "none" : "none that match");
}

static void list_command(const void *at, const char *id, struct str *command)
{
    const struct list_scene *scene = at;

    if (scene->kind[0] == '\0')
        str_addf(command, "view list %s", id);
}

static void *list_open(const char *argument)
{
    struct list_scene *scene = xcalloc(1, sizeof(*scene));

    scene->argument = xstrdup(argument == NULL ? "" : argument);
    scene->kind = scene->argument;
    return scene;
}

static void list_close(void *at)
{
    struct list_scene *scene = at;

    arena_release(&scene->arena);
    free(scene->argument);
    free(scene);
}

const struct view_ops view_list = {
    .name = "list",
    .title = "resources",
    .doc = "The resources of any kind: `view list` names the kinds, `view list volume` lists one.",
    .open = list_open,
    .refresh = list_refresh,
    .rows = list_rows,
    .command = list_command,
    .close = list_close,
    .lists = true,
};
