/*
 * api/value.c - objects as JSON and back, by their shapes.
 */
#include "api/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "sim/clock.h"

/* ---- to JSON ---- */

static json_t *blob_to_json(const struct blob *blob)
{
    return blob->bytes == NULL ? NULL : json_stringn(blob->bytes, blob->size);
}

static json_t *time_to_json(int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    return time == 0 ? NULL : json_string(clock_format(time, CLOCK_OFFSET, text));
}

/* "12" or "0.25". */
static json_t *number_to_json(const char *digits)
{
    return strpbrk(digits, ".e") == NULL ? json_integer(strtoll(digits, NULL, 10))
                                         : json_real(strtod(digits, NULL));
}

static json_t *pairs_to_json(struct list_any list, bool numbers)
{
    const struct pair *pairs = list.items;
    json_t *map = json_object();

    for (uint32_t i = 0; i < list.count; i++)
        json_object_set_new(map, pairs[i].key,
                            numbers ? number_to_json(pairs[i].value)
                                    : json_string(pairs[i].value));
    return map;
}

static json_t *list_to_json(const struct field *field, const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);
    json_t *array;

    if (list.count == 0 && (field->flags & FIELD_OMIT_EMPTY) != 0)
        return NULL;
    if (field->type == FIELD_MAP)
        return pairs_to_json(list, (field->flags & FIELD_NUMBERS) != 0);
    array = json_array();
    for (uint32_t i = 0; i < list.count; i++) {
        const char *item = (const char *)list.items + i * size;

        if (field->of != NULL) {
            json_array_append_new(array, value_to_json(field->of, item));
        } else if (field->item == FIELD_STRING) {
            const char *text;

            memcpy(&text, item, sizeof(text));
            json_array_append_new(array, json_string(text));
        } else if (field->item == FIELD_REAL) {
            double real;

            memcpy(&real, item, sizeof(real));
            json_array_append_new(array, json_real(real));
        } else if (field->item == FIELD_TIME) {
            int64_t time;

            memcpy(&time, item, sizeof(time));
            json_array_append_new(array, time_to_json(time));
        } else {
            int64_t number;

            memcpy(&number, item, sizeof(number));
            json_array_append_new(array, json_integer(number));
        }
    }
    return array;
}

/* NULL when the member is absent. */
static json_t *member_to_json(const struct field *field, const void *object)
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING: {
        const char *text = field_pointer_read(field, object);

        return text == NULL ? NULL : json_string(text);
    }
    case FIELD_INT:
        return json_integer(field_int_read(field, object));
    case FIELD_OPT_INT: {
        const struct opt_int *number = at;

        return number->set ? json_integer(number->value) : NULL;
    }
    case FIELD_BOOL:
        return json_boolean(*(const bool *)at);
    case FIELD_OPT_BOOL: {
        const struct opt_bool *flag = at;

        return flag->set ? json_boolean(flag->value) : NULL;
    }
    case FIELD_REAL: {
        const struct opt_real *number = at;

        return number->set ? json_real(number->value) : NULL;
    }
    case FIELD_TIME:
        return time_to_json(*(const int64_t *)at);
    case FIELD_BLOB:
        return blob_to_json(at);
    case FIELD_STRUCT: {
        const void *inner = field_pointer_read(field, object);

        return inner == NULL ? NULL : value_to_json(field->of, inner);
    }
    case FIELD_EMBED:
        return value_to_json(field->of, at);
    case FIELD_LIST:
    case FIELD_MAP:
        return list_to_json(field, object);
    }
    BUG("%s: a member of type %d", field->name, (int)field->type);
}

json_t *value_to_json(const struct shape *shape, const void *object)
{
    json_t *json = json_object();

    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        json_t *member = member_to_json(field, object);

        if (member == NULL && (field->flags & FIELD_NULL) != 0)
            member = json_null();
        if (member != NULL)
            json_object_set_new_nocheck(json, field->name, member);
    }
    return json;
}

/* ---- from JSON ---- */

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
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];
        const json_t *member = json_object_get(json, field->name);

        if (member != NULL && !json_is_null(member))
            member_from_json(field, member, arena, object);
    }
}
