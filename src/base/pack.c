/*
 * base/pack.c - objects as bytes and back, by their shapes.
 *
 * Form of a table:
 *     name, row bytes (a length, so that a table can be passed over),
 *     the shape: count, then per member: name, type, item type, and the shape of .of (recursively),
 *     row count, rows.
 * A row is its members in the order of the shape that stands in the pack.  Numbers are unsigned
 * base-128; signed ones are zigzag.  Strings are a length + 1 (0 is NULL) and the bytes.
 *
 * Reading trusts nothing: each length is checked against what is left, shapes nest at most
 * SHAPE_DEPTH deep, and members are matched by name and type.
 */
#include "base/pack.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"

enum {
    SHAPE_DEPTH = 12,
    SHAPE_FIELDS_MAX = 256,
};

/* ---- writing ---- */

static void put_number(struct str *out, uint64_t value)
{
    char bytes[10];
    size_t count = 0;

    while (value >= 0x80) {
        bytes[count++] = (char)(0x80 | (value & 0x7f));
        value >>= 7;
    }
    bytes[count++] = (char)value;
    str_addn(out, bytes, count);
}

static void put_signed(struct str *out, int64_t value)
{
    put_number(out, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

static void put_bytes(struct str *out, const char *bytes, size_t size)
{
    put_number(out, size);
    str_addn(out, bytes, size);
}

static void put_string(struct str *out, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    put_number(out, text == NULL ? 0 : length + 1);
    str_addn(out, text, length);
}

static void put_shape(struct str *out, const struct shape *shape)
{
    put_number(out, shape->count);
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *field = &shape->fields[i];

        put_string(out, field->name);
        put_number(out, field->type);
        put_number(out, field->item);
        if (field->of != NULL)
            put_shape(out, field->of);
        else
            put_number(out, 0);
    }
}

static void put_object(struct str *out, const struct shape *shape, const void *object);

static void put_list(struct str *out, const struct field *field, const void *object)
{
    struct list_any list = field_list_read(field, object);
    size_t size = field_item_size(field);

    put_number(out, list.count);
    for (uint32_t i = 0; i < list.count; i++) {
        const char *item = (const char *)list.items + i * size;

        if (field->type == FIELD_MAP) {
            const struct pair *pair = (const struct pair *)(const void *)item;

            put_string(out, pair->key);
            put_string(out, pair->value);
        } else if (field->of != NULL) {
            put_object(out, field->of, item);
        } else if (field->item == FIELD_STRING) {
            const char *text;

            memcpy(&text, item, sizeof(text));
            put_string(out, text);
        } else {
            int64_t number;

            memcpy(&number, item, sizeof(number));
            put_signed(out, number);
        }
    }
}

static void put_member(struct str *out, const struct field *field, const void *object)
{
    const void *at = (const char *)object + field->offset;

    switch (field->type) {
    case FIELD_STRING:
        put_string(out, field_pointer_read(field, object));
        break;
    case FIELD_INT:
        put_signed(out, field_int_read(field, object));
        break;
    case FIELD_TIME:
        put_signed(out, *(const int64_t *)at);
        break;
    case FIELD_BOOL:
        put_number(out, *(const bool *)at);
        break;
    case FIELD_OPT_INT:
        put_number(out, ((const struct opt_int *)at)->set);
        if (((const struct opt_int *)at)->set)
            put_signed(out, ((const struct opt_int *)at)->value);
        break;
    case FIELD_OPT_BOOL:
        put_number(out, ((const struct opt_bool *)at)->set
                            ? 1u + ((const struct opt_bool *)at)->value
                            : 0u);
        break;
    case FIELD_BLOB:
        put_bytes(out, ((const struct blob *)at)->bytes, ((const struct blob *)at)->size);
        break;
    case FIELD_STRUCT: {
        const void *inner = field_pointer_read(field, object);

        put_number(out, inner != NULL);
        if (inner != NULL)
            put_object(out, field->of, inner);
        break;
    }
    case FIELD_EMBED:
        put_object(out, field->of, at);
        break;
    case FIELD_LIST:
    case FIELD_MAP:
        put_list(out, field, object);
        break;
    case FIELD_REAL:
        BUG("%s: state holds no floating point", field->name);
    }
}

static void put_object(struct str *out, const struct shape *shape, const void *object)
{
    for (size_t i = 0; i < shape->count; i++)
        put_member(out, &shape->fields[i], shape_part(shape, &shape->fields[i], object));
}

void pack_object(struct str *out, const struct shape *shape, const void *object)
{
    put_object(out, shape, object);
}

void pack_rows(struct str *out, const char *name, const struct pack_rows *rows)
{
    struct str body = STR_INIT;

    put_shape(&body, rows->shape);
    put_number(&body, rows->count);
    for (uint64_t i = 0; i < rows->count; i++)
        put_object(&body, rows->shape, rows->row(rows->context, i));
    put_string(out, name);
    put_bytes(out, str_text(&body), body.length);
    str_release(&body);
}

static const void *table_row(const void *context, uint64_t n)
{
    return table_at(context, (uint32_t)n);
}

void pack_table(struct str *out, const char *name, const struct table *table)
{
    const struct pack_rows rows = {
        .shape = table->shape,
        .count = table_count(table),
        .row = table_row,
        .context = table,
    };

    pack_rows(out, name, &rows);
}

void pack_hash(const void *bytes, size_t size, unsigned char hash[PACK_HASH_SIZE])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, PACK_HASH_SIZE, hash);
}

/* ---- reading ---- */

/* A shape as it stands in a pack, its members matched to ours. */
struct old_field {
    enum field_type type;
    enum field_type item;
    const struct field *now; /* NULL: we no longer have it */
    struct old_shape *of;    /* owned by the reader's arena */
};

struct old_shape {
    struct old_field *fields;
    size_t count;
    const struct shape *now; /* NULL: we no longer have it */
};

static int reader_fail(struct pack_reader *reader, const char *error)
{
    if (reader->error == NULL)
        reader->error = error;
    reader->at = reader->size;
    return -1;
}

static uint64_t get_number(struct pack_reader *reader)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned char byte;

        if (reader->at >= reader->size)
            break;
        byte = (unsigned char)reader->bytes[reader->at++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    reader_fail(reader, "a number runs past the end");
    return 0;
}

static int64_t get_signed(struct pack_reader *reader)
{
    uint64_t value = get_number(reader);

    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* A length followed by that many bytes; NULL on error. */
static const char *get_bytes(struct pack_reader *reader, size_t *size)
{
    uint64_t length = get_number(reader);
    const char *bytes = reader->bytes + reader->at;

    if (reader->error != NULL || length > reader->size - reader->at) {
        reader_fail(reader, "a text runs past the end");
        return NULL;
    }
    reader->at += length;
    *size = length;
    return bytes;
}

/* A string in heap memory; NULL for a NULL string or on error. */
static char *get_string(struct pack_reader *reader)
{
    uint64_t length = get_number(reader);
    const char *bytes = reader->bytes + reader->at;

    if (length == 0)
        return NULL;
    length--;
    if (reader->error != NULL || length > reader->size - reader->at) {
        reader_fail(reader, "a text runs past the end");
        return NULL;
    }
    reader->at += length;
    return xstrndup(bytes, length);
}

static struct old_shape *get_shape(struct pack_reader *reader, struct arena *arena,
                                   const struct shape *now, int depth)
{
    struct old_shape *shape = arena_alloc(arena, sizeof(*shape));
    uint64_t count = get_number(reader);

    if (depth > SHAPE_DEPTH || count > SHAPE_FIELDS_MAX) {
        reader_fail(reader, "a shape is too large");
        return shape;
    }
    shape->now = now;
    shape->count = count;
    shape->fields = arena_alloc(arena, count * sizeof(*shape->fields));
    for (size_t i = 0; i < count && reader->error == NULL; i++) {
        struct old_field *field = &shape->fields[i];
        char *name = get_string(reader);

        field->type = (enum field_type)get_number(reader);
        field->item = (enum field_type)get_number(reader);
        field->now = now == NULL || name == NULL ? NULL : shape_field_find(now, name);
        if (field->now != NULL &&
            (field->now->type != field->type || field->now->item != field->item))
            field->now = NULL;
        field->of = get_shape(reader, arena, field->now == NULL ? NULL : field->now->of, depth + 1);
        free(name);
    }
    return shape;
}

static void get_object(struct pack_reader *reader, const struct old_shape *shape, void *object);

static void get_list(struct pack_reader *reader, const struct old_field *old, void *object)
{
    const struct field *now = old->now;
    uint64_t count = get_number(reader);
    struct list_any list = {0};
    size_t size = now == NULL ? 0 : field_item_size(now);

    /* an item takes a byte at least */
    if (reader->error != NULL || count > reader->size - reader->at) {
        reader_fail(reader, "a list runs past the end");
        return;
    }
    if (now != NULL && count > 0) {
        list.items = xcalloc(count, size);
        list.size = list.count = (uint32_t)count;
        field_list_write(now, object, list);
    }
    for (uint64_t i = 0; i < count && reader->error == NULL; i++) {
        char *item = now == NULL ? NULL : (char *)list.items + i * size;

        if (old->type == FIELD_MAP) {
            struct pair pair = {.key = get_string(reader), .value = get_string(reader)};

            if (item != NULL) {
                memcpy(item, &pair, sizeof(pair));
            } else {
                free((void *)(uintptr_t)pair.key);
                free((void *)(uintptr_t)pair.value);
            }
        } else if (old->of->count > 0) {
            get_object(reader, old->of, item);
        } else if (old->item == FIELD_STRING) {
            char *text = get_string(reader);

            if (item != NULL)
                memcpy(item, &text, sizeof(text));
            else
                free(text);
        } else {
            int64_t number = get_signed(reader);

            if (item != NULL)
                memcpy(item, &number, sizeof(number));
        }
    }
}

static void get_blob(struct pack_reader *reader, struct blob *blob)
{
    size_t size = 0;
    const char *bytes = get_bytes(reader, &size);

    if (blob == NULL || bytes == NULL || size == 0)
        return;
    blob->bytes = xmalloc(size);
    memcpy(blob->bytes, bytes, size);
    blob->size = size;
}

static void get_struct(struct pack_reader *reader, const struct old_field *old, void *object)
{
    void *inner = NULL;

    if (get_number(reader) == 0)
        return;
    if (old->now != NULL) {
        inner = xcalloc(1, old->now->of->size);
        field_pointer_write(old->now, object, inner);
    }
    get_object(reader, old->of, inner);
}

/* Reads one member; `object` is NULL when nobody wants it. */
static void get_member(struct pack_reader *reader, const struct old_field *old, void *object)
{
    const struct field *now = old->now;
    void *at = now == NULL ? NULL : (char *)object + now->offset;

    switch (old->type) {
    case FIELD_STRING: {
        char *text = get_string(reader);

        if (now != NULL && (now->flags & FIELD_SHARED) == 0) {
            field_pointer_write(now, object, text);
            break;
        }
        if (now != NULL)
            field_pointer_write(now, object, (void *)(uintptr_t)table_text(reader->table, text));
        free(text);
        break;
    }
    case FIELD_INT:
    case FIELD_TIME: {
        int64_t value = get_signed(reader);

        if (now != NULL && now->type == FIELD_INT)
            field_int_write(now, object, value);
        else if (now != NULL)
            *(int64_t *)at = value;
        break;
    }
    case FIELD_BOOL: {
        bool value = get_number(reader) != 0;

        if (now != NULL)
            *(bool *)at = value;
        break;
    }
    case FIELD_OPT_INT: {
        struct opt_int value = {.set = get_number(reader) != 0};

        if (value.set)
            value.value = get_signed(reader);
        if (now != NULL)
            *(struct opt_int *)at = value;
        break;
    }
    case FIELD_OPT_BOOL: {
        uint64_t value = get_number(reader);

        if (now != NULL)
            *(struct opt_bool *)at = (struct opt_bool){.set = value > 0, .value = value > 1};
        break;
    }
    case FIELD_BLOB:
        get_blob(reader, at);
        break;
    case FIELD_STRUCT:
        get_struct(reader, old, object);
        break;
    case FIELD_EMBED:
        get_object(reader, old->of, at);
        break;
    case FIELD_LIST:
    case FIELD_MAP:
        get_list(reader, old, object);
        break;
    default:
        reader_fail(reader, "a member of unknown type");
    }
}

static void get_object(struct pack_reader *reader, const struct old_shape *shape, void *object)
{
    size_t rare_size = object == NULL || shape->now == NULL ? 0 : shape->now->rare_size;
    void *rare = rare_size == 0 ? NULL : xcalloc(1, rare_size);

    for (size_t i = 0; i < shape->count && reader->error == NULL; i++) {
        struct old_field field = shape->fields[i];

        if (object == NULL)
            field.now = NULL;
        if (field.now != NULL && (field.now->flags & FIELD_RARE) != 0)
            get_member(reader, &field, rare);
        else
            get_member(reader, &field, object);
    }
    if (rare != NULL)
        shape_rare_take(shape->now, object, rare);
}

const char *pack_next(struct pack_reader *reader, size_t *length)
{
    uint64_t size;
    const char *name;

    if (reader->error != NULL || reader->at == reader->size)
        return NULL;
    size = get_number(reader);
    if (reader->error != NULL || size == 0 || size - 1 > reader->size - reader->at) {
        reader_fail(reader, "a table has no name");
        return NULL;
    }
    name = reader->bytes + reader->at;
    *length = size - 1;
    reader->at += size - 1;
    return name;
}

/* Reads the rows of a table whose shape stands in the pack. */
static void get_rows(struct pack_reader *body, const struct old_shape *shape, struct table *table)
{
    uint64_t count = get_number(body);
    void *scratch = xcalloc(1, table->shape->size);

    for (uint64_t i = 0; i < count && body->error == NULL; i++) {
        uint64_t key;
        void *row;

        get_object(body, shape, scratch);
        memcpy(&key, scratch, sizeof(key));
        if (body->error == NULL && (key == 0 || table_find(table, key) != NULL))
            reader_fail(body, "a row's key is missing or stands twice");
        if (body->error != NULL) {
            shape_release(table->shape, scratch);
            break;
        }
        row = table_add(table, key);
        memcpy(row, scratch, table->shape->size);
        memset(scratch, 0, table->shape->size);
    }
    free(scratch);
}

int pack_read_table(struct pack_reader *reader, struct table *table)
{
    struct pack_reader body = {0};
    struct arena arena = ARENA_INIT;
    const struct old_shape *shape;

    if (table_count(table) != 0)
        BUG("%s: the table is not empty", table->shape->name);
    body.bytes = get_bytes(reader, &body.size);
    if (body.bytes == NULL)
        return -1;
    shape = get_shape(&body, &arena, table->shape, 0);
    body.table = table;
    if (body.error == NULL)
        get_rows(&body, shape, table);
    arena_release(&arena);
    if (body.error != NULL)
        return reader_fail(reader, body.error);
    return 0;
}

int pack_skip_table(struct pack_reader *reader)
{
    size_t size;

    return get_bytes(reader, &size) == NULL ? -1 : 0;
}
