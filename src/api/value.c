/*
 * api/value.c - objects as JSON and back, by their shapes.
 */
#include "api/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/utf8.h"
#include "sim/clock.h"

/* ---- telling ---- */

/* Who is told, and about what: a member or an item. */
struct teller {
    const struct value_sink *sink;
    void *context;
    const char *name;
};

/* Each of these tells one thing; false when it is absent, and nothing was told. */

static bool tell_bytes(const struct teller *teller, const char *text, size_t length)
{
    if (!utf8_valid(text, length))
        return false;
    teller->sink->string(teller->context, teller->name, text, length);
    return true;
}

static bool tell_text(const struct teller *teller, const char *text)
{
    return text != NULL && tell_bytes(teller, text, strlen(text));
}

static bool tell_integer(const struct teller *teller, int64_t number)
{
    teller->sink->integer(teller->context, teller->name, number);
    return true;
}

static bool tell_real(const struct teller *teller, double number)
{
    if (!isfinite(number))
        return false;
    teller->sink->real(teller->context, teller->name, number);
    return true;
}

static bool tell_boolean(const struct teller *teller, bool flag)
{
    teller->sink->boolean(teller->context, teller->name, flag);
    return true;
}

static bool tell_time(const struct teller *teller, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    return time != 0 && tell_text(teller, clock_format(time, CLOCK_OFFSET, text));
}

static bool tell_object(const struct teller *teller, const struct shape *shape,
                        const void *object)
{
    void *inner = teller->sink->begin(teller->context, teller->name, false);

    value_tell(shape, object, teller->sink, inner);
    teller->sink->end(inner, false);
    return true;
}

/* "12" or "0.25". */
static bool tell_digits(const struct teller *teller, const char *digits)
{
    return strpbrk(digits, ".e") == NULL ? tell_integer(teller, strtoll(digits, NULL, 10))
                                         : tell_real(teller, strtod(digits, NULL));
}

/* A key that comes again has the place of the first, and the value of the last. */
static void tell_pair(const struct teller *map, const struct list_any *list, uint32_t at,
                      bool numbers)
{
    const struct pair *pairs = list->items;
    const struct pair *pair = &pairs[at];
    struct teller teller = {map->sink, map->context, pair->key};

    for (uint32_t i = 0; i < at; i++) {
        if (strcmp(pairs[i].key, pair->key) == 0)
            return;
    }
    for (uint32_t i = at + 1; i < list->count; i++) {
        if (strcmp(pairs[i].key, pair->key) == 0)
            pair = &pairs[i];
    }
    if (!utf8_valid(pair->key, strlen(pair->key)))
        return;
    if (numbers)
        tell_digits(&teller, pair->value);
    else
        tell_text(&teller, pair->value);
}

static bool tell_pairs(const struct teller *teller, const struct field *field,
                       const struct list_any *list)
{
    struct teller map = {.sink = teller->sink};

    map.context = map.sink->begin(teller->context, teller->name, false);

    for (uint32_t i = 0; i < list->count; i++)
        tell_pair(&map, list, i, (field->flags & FIELD_NUMBERS) != 0);
    map.sink->end(map.context, false);
    return true;
}

static bool tell_item(const struct teller *teller, const struct field *field, const void *item)
{
    int64_t number;
    double real;
    const char *text;

    if (field->of != NULL)
        return tell_object(teller, field->of, item);
    switch (field->item) {
    case FIELD_STRING:
        memcpy(&text, item, sizeof(text));
        return tell_text(teller, text);
    case FIELD_REAL:
        memcpy(&real, item, sizeof(real));
        return tell_real(teller, real);
    case FIELD_TIME:
        memcpy(&number, item, sizeof(number));
        return tell_time(teller, number);
    default:
        memcpy(&number, item, sizeof(number));
        return tell_integer(teller, number);
    }
}

/* FIELD_KEYED: the items by their keys. */
static bool tell_keyed(const struct teller *teller, const struct field *field,
                       const struct list_any *list)
{
    struct teller map = {.sink = teller->sink};

    map.context = map.sink->begin(teller->context, teller->name, false);
    for (uint32_t i = 0; i < list->count; i++) {
        const char *item = (const char *)list->items + i * field->of->size;

        memcpy(&map.name, item, sizeof(map.name));
        tell_object(&map, field->of, item);
    }
    map.sink->end(map.context, false);
    return true;
}

static bool tell_list(const struct teller *teller, const struct field *field, const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);
    struct teller item = {.sink = teller->sink};

    if (list.count == 0 && (field->flags & FIELD_OMIT_EMPTY) != 0)
        return false;
    if (field->type == FIELD_MAP)
        return tell_pairs(teller, field, &list);
    if ((field->flags & FIELD_KEYED) != 0)
        return tell_keyed(teller, field, &list);
    item.context = item.sink->begin(teller->context, teller->name, true);
    for (uint32_t i = 0; i < list.count; i++)
        tell_item(&item, field, (const char *)list.items + i * size);
    item.sink->end(item.context, true);
    return true;
}

static bool tell_member(const struct teller *teller, const struct field *field, const void *object)
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        return tell_text(teller, field_pointer_read(field, object));
    case FIELD_INT:
        return tell_integer(teller, field_int_read(field, object));
    case FIELD_OPT_INT: {
        const struct opt_int *number = at;

        return number->set && tell_integer(teller, number->value);
    }
    case FIELD_BOOL:
        return tell_boolean(teller, *(const bool *)at);
    case FIELD_OPT_BOOL: {
        const struct opt_bool *flag = at;

        return flag->set && tell_boolean(teller, flag->value);
    }
    case FIELD_REAL: {
        const struct opt_real *number = at;

        return number->set && tell_real(teller, number->value);
    }
    case FIELD_TIME:
        return tell_time(teller, *(const int64_t *)at);
    case FIELD_BLOB: {
        const struct blob *blob = at;

        return blob->bytes != NULL && tell_bytes(teller, blob->bytes, blob->size);
    }
    case FIELD_STRUCT: {
        const void *inner = field_pointer_read(field, object);

        return inner != NULL && tell_object(teller, field->of, inner);
    }
    case FIELD_EMBED:
        return tell_object(teller, field->of, at);
    case FIELD_LIST:
    case FIELD_MAP:
        return tell_list(teller, field, object);
    }
    BUG("%s: a member of type %d", field->name, (int)field->type);
}

void value_tell(const struct shape *shape, const void *object, const struct value_sink *sink,
                void *context)
{
    struct teller teller = {.sink = sink, .context = context};

    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        teller.name = field->name;
        if (!tell_member(&teller, field, object) && (field->flags & FIELD_NULL) != 0)
            sink->null(context, field->name);
    }
}

/* ---- to JSON: the context is the object or the list that is being filled ---- */

static json_t *tree_put(json_t *into, const char *name, json_t *value)
{
    if (name == NULL)
        json_array_append_new(into, value);
    else
        json_object_set_new_nocheck(into, name, value);
    return value;
}

static void *tree_begin(void *context, const char *name, bool list)
{
    return tree_put(context, name, list ? json_array() : json_object());
}

static void tree_end(void *inner, bool list)
{
    (void)inner;
    (void)list;
}

static void tree_string(void *context, const char *name, const char *text, size_t length)
{
    tree_put(context, name, json_stringn_nocheck(text, length));
}

static void tree_integer(void *context, const char *name, int64_t number)
{
    tree_put(context, name, json_integer(number));
}

static void tree_real(void *context, const char *name, double number)
{
    tree_put(context, name, json_real(number));
}

static void tree_boolean(void *context, const char *name, bool flag)
{
    tree_put(context, name, json_boolean(flag));
}

static void tree_null(void *context, const char *name)
{
    tree_put(context, name, json_null());
}

json_t *value_to_json(const struct shape *shape, const void *object)
{
    static const struct value_sink tree = {
        .begin = tree_begin,
        .end = tree_end,
        .string = tree_string,
        .integer = tree_integer,
        .real = tree_real,
        .boolean = tree_boolean,
        .null = tree_null,
    };
    json_t *json = json_object();

    value_tell(shape, object, &tree, json);
    return json;
}

/* ---- from JSON ---- */

/* FIELD_KEYED: each key of a map with what stands there. */
static void keyed_from_json(const struct field *field, const json_t *json, struct arena *arena,
                            void *object)
{
    struct list_any list = {0};
    const char *key;
    json_t *value;

    list.items = arena_alloc(arena, json_object_size(json) * field->of->size + 1);
    list.size = (uint32_t)json_object_size(json);
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        char *item = (char *)list.items + list.count++ * field->of->size;
        const char *kept = arena_strdup(arena, key);

        value_from_json(field->of, value, arena, item);
        memcpy(item, &kept, sizeof(kept));
    }
    field_list_write(field, object, list);
}

static void list_from_json(const struct field *field, const json_t *json, struct arena *arena,
                           void *object)
{
    struct list_any list = {0};
    size_t size = field_item_size(field);
    size_t count = json_array_size(json);

    if (count == 0)
        return;
    list.items = arena_alloc(arena, count * size);
    list.count = list.size = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        const json_t *from = json_array_get(json, i);
        char *item = (char *)list.items + i * size;

        if (field->of != NULL) {
            value_from_json(field->of, from, arena, item);
        } else if (field->item == FIELD_STRING) {
            char *text = arena_strdup(arena, json_string_value(from));

            memcpy(item, &text, sizeof(text));
        } else if (field->item == FIELD_REAL) {
            double real = json_number_value(from);

            memcpy(item, &real, sizeof(real));
        } else {
            int64_t number = json_integer_value(from);

            memcpy(item, &number, sizeof(number));
        }
    }
    field_list_write(field, object, list);
}

static void map_from_json(const struct field *field, const json_t *json, struct arena *arena,
                          void *object)
{
    LIST(struct pair) pairs = {0};
    struct list_any list;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        *LIST_PUSH_IN(arena, &pairs) = (struct pair){
            .key = arena_strdup(arena, key),
            .value = arena_strdup(arena, json_string_value(value)),
        };
    }
    list = (struct list_any){.items = pairs.items, .count = pairs.count, .size = pairs.size};
    field_list_write(field, object, list);
}

static void struct_from_json(const struct field *field, const json_t *json, struct arena *arena,
                             void *object)
{
    void *inner = arena_alloc(arena, field->of->size);

    value_from_json(field->of, json, arena, inner);
    field_pointer_write(field, object, inner);
}

static void member_from_json(const struct field *field, const json_t *json, struct arena *arena,
                             void *object)
{
    void *at = (char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        field_pointer_write(field, object, arena_strdup(arena, json_string_value(json)));
        break;
    case FIELD_INT:
        field_int_write(field, object, json_integer_value(json));
        break;
    case FIELD_OPT_INT:
        *(struct opt_int *)at = OPT_INT(json_integer_value(json));
        break;
    case FIELD_BOOL:
        *(bool *)at = json_is_true(json);
        break;
    case FIELD_OPT_BOOL:
        *(struct opt_bool *)at = OPT_BOOL(json_is_true(json));
        break;
    case FIELD_REAL:
        *(struct opt_real *)at = OPT_REAL(json_number_value(json));
        break;
    case FIELD_TIME:
        if (!json_is_string(json) || !clock_parse(json_string_value(json), at))
            *(int64_t *)at = json_integer_value(json) * SECOND_NS;
        break;
    case FIELD_BLOB: {
        struct blob *blob = at;

        blob->size = json_string_length(json);
        blob->bytes = arena_alloc(arena, blob->size + 1);
        memcpy(blob->bytes, json_string_value(json), blob->size);
        break;
    }
    case FIELD_STRUCT:
        struct_from_json(field, json, arena, object);
        break;
    case FIELD_EMBED:
        value_from_json(field->of, json, arena, at);
        break;
    case FIELD_LIST:
        if ((field->flags & FIELD_KEYED) != 0)
            keyed_from_json(field, json, arena, object);
        else
            list_from_json(field, json, arena, object);
        break;
    case FIELD_MAP:
        map_from_json(field, json, arena, object);
        break;
    }
}

void value_from_json(const struct shape *shape, const json_t *json, struct arena *arena,
                     void *object)
{
    const char *name;
    json_t *member;

    /* Lines give few of the members that a shape has. */
    json_object_foreach((json_t *)(uintptr_t)json, name, member) {
        const struct field *field = json_is_null(member) ? NULL : shape_field_find(shape, name);

        if (field != NULL)
            member_from_json(field, member, arena, object);
    }
}
