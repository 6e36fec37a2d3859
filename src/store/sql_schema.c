/*
 * store/sql_schema.c - which tables there are, and what their columns are called.
 *
 * A column is a member of the answer's shape, in snake_case.  A member that is a struct is one JSON
 * column, or, where Steampipe spreads it, a column for each of its members, after its own name:
 * Placement.AvailabilityZone becomes placement_availability_zone.  Written down is only what
 * cannot be derived.
 */
#include "store/sql_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "api/names.h"

const struct sql_spec *sql_spec_find(const char *name)
{
    for (const struct sql_spec *spec = sql_specs; spec->name != NULL; spec++) {
        if (strcmp(spec->name, name) == 0)
            return spec;
    }
    return NULL;
}

const char *sql_type_name(enum sql_type type)
{
    static const char *const names[] = {
        [SQL_TYPE_TEXT] = "text",       [SQL_TYPE_INTEGER] = "integer",
        [SQL_TYPE_REAL] = "real",       [SQL_TYPE_BOOLEAN] = "boolean",
        [SQL_TYPE_TIMESTAMP] = "timestamp", [SQL_TYPE_JSON] = "json",
    };

    return names[type];
}

static enum sql_type type_of(const struct field *field)
{
    switch (field->type) {
    case FIELD_STRING:
    case FIELD_BLOB:
        return SQL_TYPE_TEXT;
    case FIELD_INT:
    case FIELD_OPT_INT:
        return SQL_TYPE_INTEGER;
    case FIELD_REAL:
        return SQL_TYPE_REAL;
    case FIELD_BOOL:
    case FIELD_OPT_BOOL:
        return SQL_TYPE_BOOLEAN;
    case FIELD_TIME:
        return SQL_TYPE_TIMESTAMP;
    case FIELD_STRUCT:
    case FIELD_EMBED:
    case FIELD_LIST:
    case FIELD_MAP:
        return SQL_TYPE_JSON;
    }
    BUG("%s: a member of type %d", field->name, (int)field->type);
}

/* ---- the small texts of a spec: words between blanks ---- */

/* What follows "KEY=" among the words, in the arena; NULL when it is not there. */
static const char *renamed(struct arena *arena, const char *names, const char *key)
{
    const char *wanted = arena_printf(arena, " %s=", key);
    const char *found = names == NULL ? NULL : strstr(names, wanted);

    if (found == NULL)
        return NULL;
    found += strlen(wanted);
    return arena_strndup(arena, found, strcspn(found, " "));
}

static bool has_word(struct arena *arena, const char *words, const char *word)
{
    return words != NULL && strstr(words, arena_printf(arena, " %s ", word)) != NULL;
}

/* ---- columns ---- */

static bool has_column(const struct sql_schema *schema, const char *name)
{
    for (uint32_t i = 0; i < schema->columns.count; i++) {
        if (strcmp(schema->columns.items[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add(struct arena *arena, struct sql_schema *schema, struct sql_column column)
{
    if (!has_column(schema, column.name))
        *LIST_PUSH_IN(arena, &schema->columns) = column;
}

static void add_member(struct arena *arena, struct sql_schema *schema, const struct field *outer,
                       const struct field *inner)
{
    const struct field *last = inner == NULL ? outer : inner;
    const char *path = inner == NULL ? outer->name
                                     : arena_printf(arena, "%s.%s", outer->name, inner->name);
    const char *name = renamed(arena, schema->spec->names, path);

    if (name == NULL && inner == NULL)
        name = name_column(arena, outer->name);
    else if (name == NULL)
        name = arena_printf(arena, "%s_%s", name_column(arena, outer->name),
                            name_column(arena, inner->name));
    add(arena, schema,
        (struct sql_column){
            .name = name,
            .doc = last->doc,
            .type = type_of(last),
            .path = {outer, inner},
        });
}

static void add_inner_members(struct arena *arena, struct sql_schema *schema,
                              const struct field *outer)
{
    for (size_t i = 0; i < outer->of->count; i++)
        add_member(arena, schema, outer, &outer->of->fields[i]);
}

static void add_members(struct arena *arena, struct sql_schema *schema)
{
    for (size_t i = 0; i < schema->item->count; i++) {
        const struct field *field = &schema->item->fields[i];
        bool is_struct = field->type == FIELD_STRUCT || field->type == FIELD_EMBED;

        if (strcmp(field->name, "Tags") == 0)
            schema->tags = field;
        else if (!is_struct || !(schema->spec->lab ||
                                 has_word(arena, schema->spec->flat, field->name)))
            add_member(arena, schema, field, NULL);
        else
            add_inner_members(arena, schema, field);
    }
}

/* "kernel_id cores:i public:b when:t list:j" */
static void add_absent(struct arena *arena, struct sql_schema *schema)
{
    static const struct {
        char letter;
        enum sql_type type;
    } types[] = {
        {'i', SQL_TYPE_INTEGER}, {'b', SQL_TYPE_BOOLEAN}, {'t', SQL_TYPE_TIMESTAMP},
        {'j', SQL_TYPE_JSON},
    };
    const char *at = schema->spec->absent == NULL ? "" : schema->spec->absent;

    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        size_t name = strcspn(at, " :");
        enum sql_type type = SQL_TYPE_TEXT;

        for (size_t i = 0; name < length && i < sizeof(types) / sizeof(types[0]); i++) {
            if (at[name + 1] == types[i].letter)
                type = types[i].type;
        }
        add(arena, schema,
            (struct sql_column){
                .name = arena_strndup(arena, at, name),
                .doc = "AWS has it; nothing in this cloud does.",
                .type = type,
                .source = SQL_FROM_NOTHING,
            });
        at += length + (at[length] == ' ');
    }
}

static void add_askings(struct arena *arena, struct sql_schema *schema)
{
    for (const struct sql_asking *asking = sql_askings; asking->table != NULL; asking++) {
        const struct op *op = service_op_find(service_find(asking->service), asking->op);

        if (strcmp(asking->table, schema->spec->name) != 0)
            continue;
        add(arena, schema,
            (struct sql_column){
                .name = asking->column,
                .doc = op == NULL ? "Not modelled." : op->doc,
                .type = asking->type,
                .source = op == NULL ? SQL_FROM_NOTHING : SQL_FROM_ASKING,
                .asking = asking,
            });
    }
}

static void add_given(struct arena *arena, struct sql_schema *schema, const char *name,
                      struct sql_column column)
{
    if (name == NULL)
        return;
    column.name = name;
    add(arena, schema, column);
}

#define GIVEN(TYPE, SOURCE, DOC) \
    ((struct sql_column){.type = (TYPE), .source = (SOURCE), .doc = (DOC)})

/* What stands at the end of each table. */
static void add_standard(struct arena *arena, struct sql_schema *schema)
{
    const struct sql_spec *spec = schema->spec;

    if (!spec->lab) {
        if (schema->tags != NULL)
            add(arena, schema,
                (struct sql_column){
                    .name = "tags_src",
                    .doc = "Its tags, as AWS lists them.",
                    .type = SQL_TYPE_JSON,
                    .path = {schema->tags, NULL},
                });
        add_given(arena, schema, "tags_src",
                  GIVEN(SQL_TYPE_JSON, SQL_FROM_NOTHING, "It has no tags."));
        add_given(arena, schema, "title",
                  GIVEN(SQL_TYPE_TEXT, SQL_FROM_TITLE, "Its Name tag, name or id."));
        add_given(arena, schema, "tags",
                  GIVEN(SQL_TYPE_JSON, SQL_FROM_TAGS, "Its tags: {\"Name\": \"web\"}."));
        add_given(arena, schema, "akas",
                  GIVEN(SQL_TYPE_JSON, SQL_FROM_AKAS, "A list that holds its ARN."));
        add_given(arena, schema, "partition",
                  GIVEN(SQL_TYPE_TEXT, SQL_FROM_PARTITION, "The part of AWS: aws."));
    }
    if (!spec->lab || !spec->once)
        add_given(arena, schema, "region",
                  GIVEN(SQL_TYPE_TEXT, SQL_FROM_REGION, "The Region that it is in."));
    add_given(arena, schema, "account_id",
              GIVEN(SQL_TYPE_TEXT, SQL_FROM_ACCOUNT, "The account that asked."));
}

/* ---- a whole table ---- */

static const struct resource *resource_of(const struct kind *kind)
{
    for (const struct resource *resource = resources; resource->kind != NULL; resource++) {
        if (resource->kind == kind)
            return resource;
    }
    BUG("%s: no such resource", kind->name);
}

/* The shape of the items of a path such as "Reservations[].Instances[]". */
static const struct shape *shape_at(struct arena *arena, const struct shape *shape,
                                    const char *path)
{
    while (*path != '\0') {
        size_t length = strcspn(path, "[.");
        const struct field *field = shape_field_find(shape, arena_strndup(arena, path, length));

        if (field == NULL || field->of == NULL)
            BUG("%s has no %s", shape->name, path);
        shape = field->of;
        path += strcspn(path, ".");
        path += *path == '.';
    }
    return shape;
}

struct sql_schema *sql_schema_make(struct arena *arena, const struct sql_spec *spec)
{
    const struct resource *resource = spec->kind == NULL ? NULL : resource_of(spec->kind);
    const char *service = resource == NULL ? spec->service : resource->service;
    struct sql_schema *schema = arena_alloc(arena, sizeof(*schema));
    const char *id = resource == NULL ? spec->id : resource->id;

    schema->spec = spec;
    schema->op = service_op_find(service_find(service), resource == NULL ? spec->op : resource->op);
    if (schema->op == NULL)
        BUG("%s: no such operation", spec->name);
    schema->params = resource == NULL ? spec->params : resource->params;
    memcpy(schema->lists, spec->lists, sizeof(schema->lists));
    if (resource != NULL)
        schema->lists[0].list = resource->list;
    schema->list_count = schema->lists[1].list == NULL ? 1 : 2;
    schema->item = shape_at(arena, schema->op->out, schema->lists[0].list);
    schema->id = id == NULL ? NULL : shape_field_find(schema->item, id);
    if (spec->title != NULL)
        schema->title = shape_field_find(schema->item, spec->title);
    add_given(arena, schema, spec->group,
              GIVEN(SQL_TYPE_TEXT, SQL_FROM_GROUP, "What it belongs to."));
    add_given(arena, schema, spec->owner,
              GIVEN(SQL_TYPE_TEXT, SQL_FROM_OWNER, "What it belongs to."));
    if (schema->list_count > 1)
        add_given(arena, schema, "kind", GIVEN(SQL_TYPE_TEXT, SQL_FROM_KIND, "What that is."));
    add_members(arena, schema);
    add_given(arena, schema, spec->arn_column, GIVEN(SQL_TYPE_TEXT, SQL_FROM_ARN, "Its ARN."));
    add_askings(arena, schema);
    add_absent(arena, schema);
    add_standard(arena, schema);
    return schema;
}
