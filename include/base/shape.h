/*
 * base/shape.h - a C struct described once, for every reader.
 *
 * A shape lists the members of a struct: AWS's name, type, where it lies, limits, one sentence.
 * From it come the command line, help, completion, validation, JSON in and out, SQL columns, the
 * saved state and its hash, and the freeing of memory (DESIGN part 3).  A member whose C type
 * differs from its table entry does not compile.
 *
 * Absence.  In what operations take and give, zero means absent: NULL strings, empty lists, NULL
 * structs, and struct opt_int / opt_bool / opt_real that are not set.  Plain int and bool members
 * are always present.
 *
 * Two owners.  Shapes of state own heap memory (freed by shape_release); shapes of a call's input
 * and output live in the call's arena and are never freed one by one.
 *
 *   static const struct field key_fields[] = {
 *       F_STRING(struct key_view, name, "KeyName", "The name of the key pair.",
 *                .flags = FIELD_REQUIRED),
 *       F_TIME(struct key_view, created, "CreateTime", "When it was made."),
 *   };
 *   static const struct shape key_shape = SHAPE("KeyPairInfo", struct key_view, key_fields);
 */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct opt_int {
    int64_t value;
    bool set;
};

struct opt_bool {
    bool value;
    bool set;
};

struct opt_real {
    double value;
    bool set;
};

#define OPT_INT(v) ((struct opt_int){.value = (v), .set = true})
#define OPT_BOOL(v) ((struct opt_bool){.value = (v), .set = true})
#define OPT_REAL(v) ((struct opt_real){.value = (v), .set = true})

/* One key and value of a map (FIELD_MAP is a LIST of these). */
struct pair {
    const char *key;
    const char *value;
};

/* Bytes that are not text: user data, a key's material. */
struct blob {
    char *bytes;
    size_t size;
};

/*
 * The rare part.  A row of state may keep members that are nearly always zero in a struct of their
 * own, which it points at and which is there only while one of them is not zero.  Its shape lists
 * them among the others, flagged FIELD_RARE: what is saved does not tell where a member lies, so a
 * member may move there and back.
 *
 *   static const struct field guest_fields[] = {
 *       F_INT(struct guest, key, "Key", "The instance."),
 *       F_TIME(struct guest_rare, stopped, "Stopped", "When it stopped.", .flags = FIELD_RARE),
 *   };
 *   static const struct shape guest_shape =
 *       SHAPE_WITH_RARE("Guest", struct guest, rare, guest_fields);
 */

enum field_type {
    FIELD_STRING = 1, /* char * or const char * */
    FIELD_INT,        /* any integer type, by its size and sign; always present */
    FIELD_OPT_INT,    /* struct opt_int */
    FIELD_BOOL,       /* bool; always present */
    FIELD_OPT_BOOL,   /* struct opt_bool */
    FIELD_REAL,       /* struct opt_real; in answers only (DESIGN part 4) */
    FIELD_TIME,       /* int64_t nanoseconds since the epoch; 0 is absent */
    FIELD_BLOB,       /* struct blob */
    FIELD_STRUCT,     /* struct X *, described by .of; NULL is absent */
    FIELD_EMBED,      /* struct X, described by .of; always present */
    /* LIST(struct X) described by .of, or LIST(char *) / LIST(int64_t) / LIST(double) by .item */
    FIELD_LIST,
    FIELD_MAP,        /* LIST(struct pair) */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0,   /* the CLI refuses a call without it */
    FIELD_OMIT_EMPTY = 1 << 1, /* an empty list is left out of the answer instead of [] */
    FIELD_COLUMN = 1 << 2,     /* shown by list views, most important first */
    FIELD_SECRET = 1 << 3,     /* never shown in the trail or in history */
    FIELD_CLI_ONLY = 1 << 4,   /* an option that the AWS CLI adds to the API's own */
    FIELD_HIDDEN = 1 << 5,     /* accepted, but not offered by help and completion */
    /* AWS has it, no struct of ours does; refused by name (api/declared.h) */
    FIELD_UNMODELLED = 1 << 6,
    FIELD_NULL = 1 << 7,       /* an absent value is written as null instead of being left out */
    FIELD_NUMBERS = 1 << 9,    /* the values of a map in an answer are numbers, in digits */
    FIELD_TOKEN = 1 << 8,      /* the AWS CLI invents a value when none is given */
    FIELD_RARE = 1 << 10,      /* of state: it lies in the rare part */
    FIELD_SHARED = 1 << 11,    /* of a string in a table's rows: table_text(), the table's own */
    /* of a FIELD_LIST of structs: a map at AWS, {"key": {...}}; the key is a const char * at the
     * struct's beginning, which its shape does not name */
    FIELD_KEYED = 1 << 12,
};

struct shape;
struct kind;

struct field {
    const char *name; /* AWS's spelling: "InstanceType" */
    const char *doc;  /* one sentence, our own words */
    size_t offset;
    enum field_type type;
    enum field_type item; /* of a FIELD_LIST without .of; of a FIELD_MAP, 0 for strings */
    uint8_t size;         /* bytes of a FIELD_INT */
    bool is_signed;       /* of a FIELD_INT */
    unsigned flags;
    const struct shape *of;
    const char *const *words; /* the allowed spellings of a string, NULL-terminated */
    const struct kind *ref;   /* the kind of resource that a string names */
    /* of a number, of a string's or list's length; min = max = 0: no limit */
    int64_t min;
    int64_t max;
    int64_t item_min; /* the least length of each string in a list; 0: no limit */
    const char *cli;  /* the option's name, only where the derived one is not AWS's */
    const char *cli_not; /* what --no-NAME of a boolean is called, only where it is another */
    const char *wire; /* the name in EC2's own messages, only where it differs: "groupId" */
};

struct shape {
    const char *name; /* AWS's: "Instance" */
    size_t size;
    const struct field *fields;
    size_t count;
    size_t rare_at;   /* of the pointer to the rare part; owned */
    size_t rare_size; /* 0: no member lies there */
};

#define SHAPE(NAME, type, table) \
    { .name = (NAME), .size = sizeof(type), .fields = (table), \
      .count = sizeof(table) / sizeof((table)[0]) }
#define SHAPE_WITH_RARE(NAME, type, member, table) \
    { .name = (NAME), .size = sizeof(type), .fields = (table), \
      .count = sizeof(table) / sizeof((table)[0]), .rare_at = offsetof(type, member), \
      .rare_size = sizeof(*((type *)0)->member) }
/* For operations that take or give nothing. */
extern const struct shape shape_empty;

/*
 * A kind of resource, for references, completion and dependencies.  The listing of live ones is the
 * api floor's.
 */
struct kind {
    const char *name;   /* "instance" */
    const char *prefix; /* "i-", or "" when its names are free text */
    const char *noun;   /* for people: "instance" */
};

/* ---- table entries; the variable part: the sentence, then designated members ---- */

#define FIELD_AT_(T, m, C) _Generic(&((T *)0)->m, C *: offsetof(T, m))
#define FIELD_INT_SIGNED_(T, m) \
    _Generic(((T *)0)->m, int64_t: true, int32_t: true, int16_t: true, \
             int8_t: true, uint64_t: false, \
             uint32_t: false, uint16_t: false, uint8_t: false)
#define F_ENTRY_(T, m, NAME, TYPE, AT, ...) \
    { .name = (NAME), .type = (TYPE), .offset = (AT), .doc = __VA_ARGS__ }

#define F_STRING(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_STRING, \
             _Generic(&((T *)0)->m, char **: offsetof(T, m), \
                      const char **: offsetof(T, m)), __VA_ARGS__)
#define F_INT(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_INT, .offset = offsetof(T, m), .size = sizeof(((T *)0)->m), \
      .is_signed = FIELD_INT_SIGNED_(T, m), .doc = __VA_ARGS__ }
#define F_OPT_INT(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_OPT_INT, FIELD_AT_(T, m, struct opt_int), __VA_ARGS__)
#define F_BOOL(T, m, NAME, ...) F_ENTRY_(T, m, NAME, FIELD_BOOL, FIELD_AT_(T, m, bool), __VA_ARGS__)
#define F_OPT_BOOL(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_OPT_BOOL, FIELD_AT_(T, m, struct opt_bool), __VA_ARGS__)
#define F_REAL(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_REAL, FIELD_AT_(T, m, struct opt_real), __VA_ARGS__)
#define F_TIME(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_TIME, FIELD_AT_(T, m, int64_t), __VA_ARGS__)
#define F_BLOB(T, m, NAME, ...) \
    F_ENTRY_(T, m, NAME, FIELD_BLOB, FIELD_AT_(T, m, struct blob), __VA_ARGS__)
/* A struct by pointer; C is its C type, OF its shape. */
#define F_STRUCT(T, m, C, OF, NAME, ...) \
    { .name = (NAME), .type = FIELD_STRUCT, .offset = FIELD_AT_(T, m, C *), \
      .of = (OF), .doc = __VA_ARGS__ }
#define F_EMBED(T, m, C, OF, NAME, ...) \
    { .name = (NAME), .type = FIELD_EMBED, .offset = FIELD_AT_(T, m, C), \
      .of = (OF), .doc = __VA_ARGS__ }
/* A list of structs of C type C, described by OF. */
#define F_LIST(T, m, C, OF, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, C *: 1)), .of = (OF), \
      .doc = __VA_ARGS__ }
#define F_STRINGS(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, .item = FIELD_STRING, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, char **: 1, \
                                                     const char **: 1)), \
      .doc = __VA_ARGS__ }
#define F_INTS(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, .item = FIELD_INT, .size = 8, .is_signed = true, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, int64_t *: 1)), \
      .doc = __VA_ARGS__ }
#define F_REALS(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, .item = FIELD_REAL, .size = 8, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, double *: 1)), \
      .doc = __VA_ARGS__ }
#define F_TIMES(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_LIST, .item = FIELD_TIME, .size = 8, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, int64_t *: 1)), \
      .doc = __VA_ARGS__ }
#define F_MAP(T, m, NAME, ...) \
    { .name = (NAME), .type = FIELD_MAP, \
      .offset = offsetof(T, m) + 0 * sizeof(_Generic(((T *)0)->m.items, struct pair *: 1)), \
      .doc = __VA_ARGS__ }

/* ---- questions ---- */

/* The field of that AWS name, or NULL. */
const struct field *shape_field_find(const struct shape *shape, const char *name);
/* An integer member of any size. */
int64_t field_int_read(const struct field *field, const void *object);
void field_int_write(const struct field *field, void *object, int64_t value);
/* The list at a FIELD_LIST or FIELD_MAP member, whatever its item type; and back. */
struct list_any field_list_read(const struct field *field, const void *object);
void field_list_write(const struct field *field, void *object, struct list_any list);
/* What each item of a FIELD_LIST, or each value of a FIELD_MAP, is, as a field of the same name. */
struct field field_item(const struct field *field);
/* Bytes of one item of a list member. */
size_t field_item_size(const struct field *field);
/* The pointer at a FIELD_STRING or FIELD_STRUCT member; and back. */
void *field_pointer_read(const struct field *field, const void *object);
void field_pointer_write(const struct field *field, void *object, void *pointer);

/* The part of an object that holds a member; bytes that are zero where its rare part is not there.
 */
const void *shape_part(const struct shape *shape, const struct field *field, const void *object);
/* Gives an object that has none the rare part, or frees it again if all of it is zero. */
void shape_rare_take(const struct shape *shape, void *object, void *rare);

/* Makes `to` a copy of `from` that owns heap memory of its own, whoever owns that of `from`; what
 * `to` held before is not freed. */
void shape_copy(const struct shape *shape, void *to, const void *from);
/* Frees all that a heap object's members own and zeroes it (not the object itself). */
void shape_release(const struct shape *shape, void *object);

#endif
