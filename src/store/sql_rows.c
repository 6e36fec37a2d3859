/*
 * store/sql_rows.c - the rows of a table, and their values.
 *
 * The rows are the items of one answer a Region, which stay where the operation put them: typed
 * structs.  A value is made when it is asked for: numbers and names are read where they lie, and
 * what must be made (JSON, times, ARNs) is made once and kept for the length of the query.  So
 * counting 4,000 instances makes no text at all, and a join does not make it again.
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/jmespath.h"
#include "cloud/world.h"
#include "sim/clock.h"
#include "api/output.h"
#include "api/value.h"

enum {
    MAKING_STEPS = 20,  /* for a JSON text that is made */
    ASKING_STEPS = 200,  /* for one more operation */
    ROW_STEPS = 20,      /* for a row of an answer */
};

/* A computed text that is NULL, as opposed to one that was not computed yet. */
static const char sql_nothing[] = "";

bool sql_spend(struct sql_work *work, int64_t steps)
{
    work->steps_left -= steps;
    return work->steps_left > 0;
}

struct sql_table *sql_table_make(struct sql_work *work, const struct sql_spec *spec)
{
    struct sql_table *table = arena_alloc(&work->arena, sizeof(*table));
    uint32_t count;

    table->work = work;
    table->schema = sql_schema_make(&work->arena, spec);
    count = table->schema->columns.count;
    table->cells = arena_alloc(&work->arena, count * sizeof(*table->cells));
    table->indexes = arena_alloc(&work->arena, count * sizeof(*table->indexes));
    *LIST_PUSH(&work->tables) = table;
    return table;
}

/* ---- rows ---- */

/* One asking for rows: what stays the same on the way down through its answer. */
struct loading {
    struct sql_table *table;
    const struct sql_listing *listing;
    const char *group;
    uint8_t region;
};

static void add_items(struct loading *loading, const struct shape *shape, const void *object,
                      const char *path, const char *owner)
{
    struct sql_table *table = loading->table;
    size_t length = strcspn(path, "[.");
    const struct field *field;
    struct list_any list;
    const char *rest;

    if (*path == '\0') {
        *LIST_PUSH_IN(&table->work->arena, &table->rows) = (struct sql_row){
            .item = object,
            .owner = owner,
            .kind = loading->listing->kind,
            .group = loading->group,
            .region = loading->region,
        };
        return;
    }
    field = shape_field_find(shape, arena_strndup(&table->work->arena, path, length));
    list = field_list_read(field, object);
    rest = path + strcspn(path, ".");
    rest += *rest == '.';
    for (uint32_t i = 0; i < list.count; i++) {
        const char *item = (const char *)list.items + i * field->of->size;
        const struct field *name = *rest == '\0' || loading->listing->owner == NULL
            ? NULL : shape_field_find(field->of, loading->listing->owner);

        add_items(loading, field->of, item, rest,
                  name == NULL ? owner : field_pointer_read(name, item));
    }
}

static const char *last_part(const char *id)
{
    return strrchr(id, '/') == NULL ? id : strrchr(id, '/') + 1;
}

/* A JSON text with an id in the place of its $, and more (struct sql_asking); a new reference, NULL
 * without a text. */
static json_t *params_of(const char *text, const char *id, const char *group)
{
    struct str whole = STR_INIT;
    json_t *params;

    if (text == NULL)
        return NULL;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '$' || id == NULL) {
            str_addc(&whole, *at);
        } else if (at[1] == 'G' || at[1] == 'L') {
            str_add(&whole, at[1] == 'L' ? last_part(id) : group == NULL ? "" : group);
            at++;
        } else {
            str_add(&whole, id);
        }
    }
    params = json_loads(str_text(&whole), 0, NULL);
    if (params == NULL)
        BUG("these parameters are no JSON: %s", str_text(&whole));
    str_release(&whole);
    return params;
}

static const char *next_token(const struct op *op, const void *out)
{
    const struct field *field = shape_field_find(op->out, "NextToken");

    return field == NULL || field->type != FIELD_STRING ? NULL : field_pointer_read(field, out);
}

/* Asks once, or page by page. */
static int ask(struct loading *loading, struct str *why)
{
    struct sql_table *table = loading->table;
    struct sql_work *work = table->work;
    const struct op *op = table->schema->op;
    const struct field *token = shape_field_find(op->in, "NextToken");
    struct caller caller = work->caller;
    json_t *params = params_of(table->schema->params, loading->group, NULL);
    void *in = arena_alloc(&work->arena, op->in->size + 1);
    const char *next;

    caller.region = loading->region;
    if (params != NULL)
        value_from_json(op->in, params, &work->arena, in);
    json_decref(params);
    do {
        struct call *call = LIST_PUSH(&work->calls);
        const void *out = invoke_read(call, &caller, op, in);

        if (out == NULL) {
            str_addf(why, "%s: %s", table->schema->spec->name, call->fault.message);
            return -1;
        }
        for (uint32_t i = 0; i < table->schema->list_count; i++) {
            loading->listing = &table->schema->lists[i];
            add_items(loading, op->out, out, loading->listing->list, NULL);
        }
        next = next_token(op, out);
        if (next != NULL && token != NULL)
            field_pointer_write(token, in, (void *)(uintptr_t)next);
    } while (next != NULL && token != NULL);
    return 0;
}

struct ids_found {
    struct arena *arena;
    LIST(const char *) items;
};

static void add_id(void *context, const char *id, struct resource_name name)
{
    struct ids_found *found = context;

    (void)name;
    *LIST_PUSH_IN(found->arena, &found->items) = arena_strdup(found->arena, id);
}

static int load_region(struct sql_table *table, uint8_t region, struct str *why)
{
    struct sql_work *work = table->work;
    const struct kind *each = table->schema->spec->each;
    struct loading loading = {.table = table, .region = region};
    struct ids_found found = {.arena = &work->arena};
    struct call call = {
        .world = work->caller.world,
        .account = work->caller.account,
        .region = region,
    };

    if (each == NULL)
        return ask(&loading, why);
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (resource->kind == each)
            resource->each(&call, add_id, &found);
    }
    call_release(&call);
    for (uint32_t i = 0; i < found.items.count; i++) {
        loading.group = found.items.items[i];
        if (ask(&loading, why) != 0)
            return -1;
    }
    return 0;
}

int sql_table_load(struct sql_table *table, struct str *why)
{
    struct sql_work *work = table->work;
    const struct catalog *catalog = work->caller.world->catalog;

    if (table->loaded)
        return 0;
    table->loaded = true;
    if (table->schema->spec->once)
        return load_region(table, work->caller.region, why);
    for (uint8_t region = 0; region < catalog->region_count; region++) {
        if (load_region(table, region, why) != 0)
            return -1;
    }
    sql_spend(work, (int64_t)ROW_STEPS * table->rows.count);
    return 0;
}

/* ---- values that are made ---- */

/* The member as JSON, a new reference; NULL when it is absent. */
static json_t *json_of(const struct field *field, const void *object)
{
    const struct shape only = {.name = "", .size = 0, .fields = field, .count = 1};
    json_t *whole = value_to_json(&only, object);
    json_t *value = json_incref(json_object_get(whole, field->name));

    json_decref(whole);
    return value;
}

static const char *json_text(struct sql_work *work, json_t *value)
{
    struct str text = STR_INIT;
    const char *kept;

    if (value == NULL || json_is_null(value))
        return NULL;
    output_add_json(&text, value, OUTPUT_JSON_ONE_LINE);
    kept = arena_strndup(&work->arena, str_text(&text), text.length);
    str_release(&text);
    return kept;
}

/* Where the last field of a column's path lies; NULL when what it lies in is absent. */
static const void *holder(const struct sql_column *column, const void *item)
{
    const struct field *outer = column->path[0];

    if (column->path[1] == NULL)
        return item;
    return outer->type == FIELD_EMBED ? (const char *)item + outer->offset
                                      : field_pointer_read(outer, item);
}

static const char *member_text(struct sql_work *work, const struct field *field,
                               const void *object)
{
    const void *at = (const char *)object + field->offset;
    char time[CLOCK_TEXT_SIZE];
    const struct blob *blob;
    json_t *value;
    const char *text;

    if (field->type == FIELD_TIME)
        return *(const int64_t *)at == 0
            ? NULL
            : arena_strdup(&work->arena, clock_format(*(const int64_t *)at, CLOCK_OFFSET, time));
    if (field->type == FIELD_BLOB) {
        blob = at;
        return blob->bytes == NULL ? NULL : arena_strndup(&work->arena, blob->bytes, blob->size);
    }
    value = json_of(field, object);
    text = json_text(work, value);
    json_decref(value);
    return text;
}

static const char *id_of(const struct sql_table *table, const struct sql_row *row)
{
    if (table->schema->id == NULL)
        return row->group;
    return field_pointer_read(table->schema->id, row->item);
}

/* "arn:aws:ec2:$R:$A:instance/$I" with Region, account and id. */
static const char *arn_text(struct sql_table *table, const struct sql_row *row)
{
    struct sql_work *work = table->work;
    const char *id = id_of(table, row);
    struct str text = STR_INIT;
    const char *kept;

    if (table->schema->spec->arn == NULL || id == NULL)
        return NULL;
    for (const char *at = table->schema->spec->arn; *at != '\0'; at++) {
        if (*at != '$') {
            str_addc(&text, *at);
            continue;
        }
        at++;
        if (*at == 'R')
            str_add(&text, work->caller.world->catalog->regions[row->region].name);
        else if (*at == 'A')
            str_add(&text, work->account);
        else if (*at == 'L')
            str_add(&text, last_part(id));
        else
            str_add(&text, id);
    }
    kept = arena_strdup(&work->arena, str_text(&text));
    str_release(&text);
    return kept;
}

/* [{"Key": "a", "Value": "b"}] as {"a": "b"}; a new reference. */
static json_t *tags_of(const struct sql_table *table, const struct sql_row *row)
{
    json_t *list = table->schema->tags == NULL ? NULL : json_of(table->schema->tags, row->item);
    json_t *tags = NULL;
    size_t at;
    json_t *tag;

    if (json_array_size(list) > 0)
        tags = json_object();
    json_array_foreach(list, at, tag)
        json_object_set(tags, json_string_value(json_object_get(tag, "Key")),
                        json_object_get(tag, "Value"));
    json_decref(list);
    return tags;
}

static const char *title_text(struct sql_table *table, const struct sql_row *row)
{
    json_t *tags = tags_of(table, row);
    const char *name = json_string_value(json_object_get(tags, "Name"));
    const char *title = arena_strdup(&table->work->arena, name);

    json_decref(tags);
    if (title == NULL && table->schema->title != NULL)
        title = field_pointer_read(table->schema->title, row->item);
    if (title == NULL && table->schema->id == NULL && row->group != NULL)
        return last_part(row->group);
    return title != NULL ? title : id_of(table, row);
}

/* One more operation for one row; a refusal is no value. */
static const char *asked_text(struct sql_table *table, const struct sql_row *row,
                              const struct sql_asking *asking)
{
    const struct op *op = service_op_find(service_find(asking->service), asking->op);
    struct sql_work *work = table->work;
    json_t *params = params_of(asking->params, id_of(table, row), row->group);
    struct caller caller = work->caller;
    struct jmespath *path = jmespath_compile(asking->path, NULL);
    struct call call;
    json_t *answer;
    json_t *value = NULL;
    const char *text;

    caller.region = row->region;
    if (invoke_json(&call, &caller, op, params, &answer) == 0)
        value = jmespath_search(path, answer, NULL);
    text = json_is_string(value) ? arena_strdup(&work->arena, json_string_value(value))
                                 : json_text(work, value);
    json_decref(value);
    json_decref(answer);
    json_decref(params);
    jmespath_free(path);
    call_release(&call);
    return text;
}

static const char *make_text(struct sql_table *table, const struct sql_row *row,
                             const struct sql_column *column)
{
    struct sql_work *work = table->work;
    const void *object;
    const char *text;
    json_t *value;

    switch (column->source) {
    case SQL_FROM_MEMBER:
        object = holder(column, row->item);
        return object == NULL ? NULL
                              : member_text(work, column->path[column->path[1] != NULL], object);
    case SQL_FROM_ARN:
        return arn_text(table, row);
    case SQL_FROM_TITLE:
        return title_text(table, row);
    case SQL_FROM_TAGS:
        value = tags_of(table, row);
        text = json_text(work, value);
        json_decref(value);
        return text;
    case SQL_FROM_AKAS:
        text = arn_text(table, row);
        value = text == NULL ? NULL : json_pack("[s]", text);
        text = json_text(work, value);
        json_decref(value);
        return text;
    case SQL_FROM_ASKING:
        return asked_text(table, row, column->asking);
    default:
        BUG("%s: nothing to make", column->name);
    }
}

/* The text of a cell, made now or before; NULL in *text for NULL.  False: no steps left. */
static bool made_text(struct sql_table *table, uint32_t row, uint32_t column, const char **text)
{
    const struct sql_column *what = &table->schema->columns.items[column];
    const char **cells = table->cells[column];
    bool enough = true;

    if (cells == NULL) {
        cells = arena_alloc(&table->work->arena, (table->rows.count + 1) * sizeof(*cells));
        table->cells[column] = cells;
    }
    if (cells[row] == NULL) {
        const char *made = make_text(table, &table->rows.items[row], what);

        cells[row] = made == NULL ? sql_nothing : made;
        enough = sql_spend(table->work,
                           what->source == SQL_FROM_ASKING ? ASKING_STEPS : MAKING_STEPS);
    }
    *text = cells[row] == sql_nothing ? NULL : cells[row];
    return enough;
}

/* ---- values ---- */

static struct sql_value of_text(const char *text)
{
    if (text == NULL)
        return (struct sql_value){.is = SQL_IS_NULL};
    return (struct sql_value){.is = SQL_IS_TEXT, .text = text, .length = strlen(text)};
}

static struct sql_value of_integer(int64_t integer)
{
    return (struct sql_value){.is = SQL_IS_INTEGER, .integer = integer};
}

/* A member that needs no making; false when it does. */
static bool plain_member(const struct field *field, const void *object, struct sql_value *value)
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        *value = of_text(field_pointer_read(field, object));
        return true;
    case FIELD_INT:
        *value = of_integer(field_int_read(field, object));
        return true;
    case FIELD_OPT_INT:
        if (((const struct opt_int *)at)->set)
            *value = of_integer(((const struct opt_int *)at)->value);
        return true;
    case FIELD_BOOL:
        *value = of_integer(*(const bool *)at);
        return true;
    case FIELD_OPT_BOOL:
        if (((const struct opt_bool *)at)->set)
            *value = of_integer(((const struct opt_bool *)at)->value);
        return true;
    case FIELD_REAL:
        if (((const struct opt_real *)at)->set)
            *value = (struct sql_value){.is = SQL_IS_REAL,
                                        .real = ((const struct opt_real *)at)->value};
        return true;
    default:
        return false;
    }
}

bool sql_table_value(struct sql_table *table, uint32_t row, uint32_t column,
                     struct sql_value *value)
{
    const struct sql_column *what = &table->schema->columns.items[column];
    const struct sql_row *here = &table->rows.items[row];
    struct sql_work *work = table->work;
    const void *object;
    const char *text;

    *value = (struct sql_value){.is = SQL_IS_NULL};
    switch (what->source) {
    case SQL_FROM_NOTHING:
        return true;
    case SQL_FROM_OWNER:
        *value = of_text(here->owner);
        return true;
    case SQL_FROM_KIND:
        *value = of_text(here->kind);
        return true;
    case SQL_FROM_GROUP:
        *value = of_text(here->group);
        return true;
    case SQL_FROM_PARTITION:
        *value = of_text("aws");
        return true;
    case SQL_FROM_REGION:
        *value = of_text(work->caller.world->catalog->regions[here->region].name);
        return true;
    case SQL_FROM_ACCOUNT:
        *value = of_text(work->account);
        return true;
    case SQL_FROM_MEMBER:
        object = holder(what, here->item);
        if (object == NULL || plain_member(what->path[what->path[1] != NULL], object, value))
            return true;
        break;
    default:
        break;
    }
    if (!made_text(table, row, column, &text))
        return false;
    if (text != NULL && what->source == SQL_FROM_ASKING && what->type == SQL_TYPE_BOOLEAN)
        *value = of_integer(strcmp(text, "true") == 0);
    else if (text != NULL && what->source == SQL_FROM_ASKING && what->type == SQL_TYPE_INTEGER)
        *value = of_integer(strtoll(text, NULL, 10));
    else
        *value = of_text(text);
    return true;
}

/* ---- finding rows ---- */

static int compare_keys(const void *a, const void *b)
{
    const struct sql_key *one = a;
    const struct sql_key *two = b;
    int order = strcmp(one->text, two->text);

    return order != 0 ? order : (one->row > two->row) - (one->row < two->row);
}

static struct sql_index *make_index(struct sql_table *table, uint32_t column)
{
    struct arena *arena = &table->work->arena;
    struct sql_index *index = arena_alloc(arena, sizeof(*index));

    index->keys = arena_alloc(arena, (table->rows.count + 1) * sizeof(*index->keys));
    for (uint32_t row = 0; row < table->rows.count; row++) {
        struct sql_value value;

        if (!sql_table_value(table, row, column, &value))
            return NULL;
        if (value.is == SQL_IS_TEXT)
            index->keys[index->count++] = (struct sql_key){.text = value.text, .row = row};
    }
    qsort(index->keys, index->count, sizeof(*index->keys), compare_keys);
    return index;
}

bool sql_table_find(struct sql_table *table, uint32_t column, const char *text,
                    struct sql_index *found)
{
    const struct sql_index *index = table->indexes[column];
    uint32_t low = 0;
    uint32_t high;
    uint32_t end;

    if (index == NULL)
        index = table->indexes[column] = make_index(table, column);
    if (index == NULL)
        return false;
    high = index->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(index->keys[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < index->count && strcmp(index->keys[end].text, text) == 0;)
        end++;
    *found = (struct sql_index){.keys = index->keys + low, .count = end - low};
    return true;
}
