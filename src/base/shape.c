/*
 * base/shape.c - a C struct described once, for every reader.
 *
 * Pointers and lists of unknown item type are read and written by memcpy: their C types differ, and
 * the compiler may assume that a char ** and a void ** never meet.
 */
#include "base/shape.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"

const struct shape shape_empty = {
    .name = "Empty",
};

static const void *member_at(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static void *member_of(const struct field *field, void *object)
{
    return (char *)object + field->offset;
}

const struct field *shape_field_find(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (str_equal(shape->fields[i].name, name))
            return &shape->fields[i];
    }
    return NULL;
}

/* ---- the rare part ---- */

enum { RARE_BYTES_MAX = 512 };

alignas(max_align_t) static const char zeros[RARE_BYTES_MAX];

static void *rare_of(const struct shape *shape, const void *object)
{
    void *rare = NULL;

    if (shape->rare_size > 0)
        memcpy(&rare, (const char *)object + shape->rare_at, sizeof(rare));
    return rare;
}

const void *shape_part(const struct shape *shape, const struct field *field, const void *object)
{
    const void *rare;

    if ((field->flags & FIELD_RARE) == 0)
        return object;
    if (shape->rare_size > RARE_BYTES_MAX)
        BUG("%s: a rare part of %zu bytes", shape->name, shape->rare_size);
    rare = rare_of(shape, object);
    return rare == NULL ? zeros : rare;
}

void shape_rare_take(const struct shape *shape, void *object, void *rare)
{
    if (memcmp(rare, zeros, shape->rare_size) == 0)
        free(rare);
    else
        memcpy((char *)object + shape->rare_at, &rare, sizeof(rare));
}

/* ---- members ---- */

int64_t field_int_read(const struct field *field, const void *object)
{
    const void *at = member_at(field, object);

    switch (field->size) {
    case 1:
        return field->is_signed ? *(const int8_t *)at : *(const uint8_t *)at;
    case 2:
        return field->is_signed ? *(const int16_t *)at : *(const uint16_t *)at;
    case 4:
        return field->is_signed ? *(const int32_t *)at : (int64_t)*(const uint32_t *)at;
    case 8:
        return *(const int64_t *)at;
    default:
        BUG("%s: an integer of %u bytes", field->name, field->size);
    }
}

void field_int_write(const struct field *field, void *object, int64_t value)
{
    void *at = member_of(field, object);

    switch (field->size) {
    case 1:
        *(uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)at = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)at = (uint32_t)value;
        break;
    case 8:
        *(int64_t *)at = value;
        break;
    default:
        BUG("%s: an integer of %u bytes", field->name, field->size);
    }
}

struct list_any field_list_read(const struct field *field, const void *object)
{
    struct list_any list;

    memcpy(&list, member_at(field, object), sizeof(list));
    return list;
}

void field_list_write(const struct field *field, void *object, struct list_any list)
{
    memcpy(member_of(field, object), &list, sizeof(list));
}

struct field field_item(const struct field *field)
{
    enum field_type scalar = field->item == 0 ? FIELD_STRING : field->item;

    return (struct field){
        .name = field->name,
        .doc = field->doc,
        .type = field->of != NULL ? FIELD_STRUCT : scalar,
        .size = 8,
        .is_signed = true,
        .of = field->of,
        .words = field->words,
        .min = field->item_min,
    };
}

size_t field_item_size(const struct field *field)
{
    if (field->type == FIELD_MAP)
        return sizeof(struct pair);
    if (field->of != NULL)
        return field->of->size;
    return field->item == FIELD_STRING ? sizeof(char *) : field->size;
}

void *field_pointer_read(const struct field *field, const void *object)
{
    void *pointer;

    memcpy(&pointer, member_at(field, object), sizeof(pointer));
    return pointer;
}

void field_pointer_write(const struct field *field, void *object, void *pointer)
{
    memcpy(member_of(field, object), &pointer, sizeof(pointer));
}

static char *text_copy(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

static void copy_list(const struct field *field, void *to, const void *from)
{
    struct list_any list = field_list_read(field, from);
    size_t size = field_item_size(field);
    const char *items = list.items;
    char *copies = list.count == 0 ? NULL : xcalloc(list.count, size);

    for (uint32_t i = 0; i < list.count; i++) {
        if (field->type == FIELD_MAP) {
            const struct pair *pair = (const struct pair *)(const void *)(items + i * size);

            ((struct pair *)(void *)copies)[i] =
                (struct pair){text_copy(pair->key), text_copy(pair->value)};
        } else if (field->of != NULL) {
            shape_copy(field->of, copies + i * size, items + i * size);
        } else if (field->item == FIELD_STRING) {
            char *text;

            memcpy(&text, items + i * size, sizeof(text));
            text = text_copy(text);
            memcpy(copies + i * size, &text, sizeof(text));
        } else {
            memcpy(copies + i * size, items + i * size, size);
        }
    }
    field_list_write(field, to, (struct list_any){copies, list.count, list.count});
}

static void copy_member(const struct field *field, void *to, const void *from)
{
    switch (field->type) {
    case FIELD_STRING:
        if ((field->flags & FIELD_SHARED) == 0)
            field_pointer_write(field, to, text_copy(field_pointer_read(field, from)));
        break;
    case FIELD_BLOB: {
        const struct blob *blob = member_at(field, from);
        struct blob copy = {.size = blob->size};

        if (blob->size > 0) {
            copy.bytes = xmalloc(blob->size);
            memcpy(copy.bytes, blob->bytes, blob->size);
        }
        memcpy(member_of(field, to), &copy, sizeof(copy));
        break;
    }
    case FIELD_STRUCT: {
        const void *inner = field_pointer_read(field, from);
        void *copy = inner == NULL ? NULL : xcalloc(1, field->of->size);

        if (inner != NULL)
            shape_copy(field->of, copy, inner);
        field_pointer_write(field, to, copy);
        break;
    }
    case FIELD_EMBED:
        shape_copy(field->of, member_of(field, to), member_at(field, from));
        break;
    case FIELD_LIST:
    case FIELD_MAP:
        copy_list(field, to, from);
        break;
    default:
        break;
    }
}

void shape_copy(const struct shape *shape, void *to, const void *from)
{
    const void *rare_from = rare_of(shape, from);
    void *rare_to = NULL;

    memcpy(to, from, shape->size);
    if (rare_from != NULL) {
        rare_to = xmalloc(shape->rare_size);
        memcpy(rare_to, rare_from, shape->rare_size);
        memcpy((char *)to + shape->rare_at, &rare_to, sizeof(rare_to));
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if ((field->flags & FIELD_RARE) == 0)
            copy_member(field, to, from);
        else if (rare_from != NULL)
            copy_member(field, rare_to, rare_from);
    }
}

static void release_list(const struct field *field, const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);

    for (uint32_t i = 0; i < list.count; i++) {
        char *item = (char *)list.items + i * size;

        if (field->type == FIELD_MAP) {
            struct pair *pair = (struct pair *)(void *)item;

            free((void *)(uintptr_t)pair->key);
            free((void *)(uintptr_t)pair->value);
        } else if (field->of != NULL) {
            shape_release(field->of, item);
        } else if (field->item == FIELD_STRING) {
            char *text;

            memcpy(&text, item, sizeof(text));
            free(text);
        }
    }
    list_free(list.items);
}

/* Most members are numbers, which own nothing. */
static bool owns(const struct field *field)
{
    static const unsigned owners = 1U << FIELD_STRING | 1U << FIELD_BLOB | 1U << FIELD_STRUCT |
                                   1U << FIELD_EMBED | 1U << FIELD_LIST | 1U << FIELD_MAP;

    return (owners >> field->type & 1) != 0;
}

static void release_member(const struct field *field, void *object)
{
    switch (field->type) {
    case FIELD_STRING:
        if ((field->flags & FIELD_SHARED) == 0)
            free(field_pointer_read(field, object));
        break;
    case FIELD_BLOB:
        free(((struct blob *)member_of(field, object))->bytes);
        break;
    case FIELD_STRUCT: {
        void *inner = field_pointer_read(field, object);

        if (inner != NULL)
            shape_release(field->of, inner);
        free(inner);
        break;
    }
    case FIELD_EMBED:
        shape_release(field->of, member_of(field, object));
        break;
    case FIELD_LIST:
    case FIELD_MAP:
        release_list(field, object);
        break;
    default:
        break;
    }
}

void shape_release(const struct shape *shape, void *object)
{
    void *rare = rare_of(shape, object);

    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        if (!owns(field))
            continue;
        if ((field->flags & FIELD_RARE) == 0)
            release_member(field, object);
        else if (rare != NULL)
            release_member(field, rare);
    }
    free(rare);
    memset(object, 0, shape->size);
}
