/*
 * base/event_pattern_parts.h - what the rooms of event patterns share; for them alone.
 *
 * event_pattern reads patterns, event_operator the items of their lists; event_value judges one
 * value, event_fields takes events apart, event_match puts both together, event_index chooses among
 * many, with event_key for texts and event_spans for ranges.
 */
#ifndef BASE_EVENT_PATTERN_PARTS_H
#define BASE_EVENT_PATTERN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_reader.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
    EVENT_DIGITS_MAX = 17,
    /* At so many places of a wildcard a value may not stand at once. */
    EVENT_WILDCARD_PLACES = 10,
};

/* A decimal: 0.DIGITS times ten to the exponent.  Zero has no digits. */
struct event_number {
    bool negative;
    uint8_t count; /* of digits: without zeros at either end */
    int32_t exponent;
    char digits[EVENT_DIGITS_MAX];
};

/* False when the JSON number has more digits than are compared, or is too great. */
bool event_number_read(const char *text, size_t length, struct event_number *number);
int event_number_compare(const struct event_number *a, const struct event_number *b);

/* An IPv4 or IPv6 address: its bytes, 4 or 16; 0 when the text is none. */
size_t event_ip_read(const char *text, size_t length, uint8_t ip[16]);

/* One character of a text whose case does not count: it stands as either of two. */
struct event_fold {
    uint8_t lower_length;
    uint8_t upper_length;
    char lower[UTF8_CASE_MAX];
    char upper[UTF8_CASE_MAX];
};

enum event_test_kind {
    EVENT_TEST_EXACT,  /* this value of this token */
    EVENT_TEST_NUMBER, /* this number */
    EVENT_TEST_RANGE,
    EVENT_TEST_IP,
    EVENT_TEST_PREFIX,
    EVENT_TEST_SUFFIX,
    EVENT_TEST_FOLD, /* equals-ignore-case */
    EVENT_TEST_PREFIX_FOLD,
    EVENT_TEST_SUFFIX_FOLD,
    EVENT_TEST_WILDCARD,
    EVENT_TEST_EXISTS,
    EVENT_TEST_ABSENT,
};

/* One text of a test, in the form in which it is compared. */
struct event_text {
    const char *text; /* exact, prefix, suffix; a number as typed */
    size_t length;
    struct event_fold *folds; /* where case does not count */
    size_t fold_count;
    int16_t *globs; /* of a wildcard: bytes, -1 for a star */
    size_t glob_count;
    struct event_number number;
    bool comparable; /* `number` is */
};

/* One item of a leaf's list.  All memory is the pattern's arena's. */
struct event_test {
    enum event_test_kind kind;
    enum json_token token; /* of EXACT: a string, true, false, null */
    bool but;              /* anything but one of these */
    bool has_low;
    bool has_high;
    bool low_open;
    bool high_open;
    bool beside_numbers; /* of IP: the same list has tests of numbers */
    struct {
        struct event_text *items;
        uint32_t count;
        uint32_t size;
    } texts;
    struct event_number low;
    struct event_number high;
    uint8_t ip_low[16];
    uint8_t ip_high[16];
    size_t ip_size;
};

struct event_leaf {
    const char *name; /* "detail.state" */
    uint64_t hash;
    bool may_be_absent; /* one of the tests is {"exists": false} */
    struct {
        struct event_test *items;
        uint32_t count;
        uint32_t size;
    } tests;
};

/* One way to be right: all of these leaves, by name. */
struct event_branch {
    struct event_leaf **items;
    uint32_t count;
    uint32_t size;
};

struct event_pattern {
    struct arena arena;
    struct {
        struct event_branch *items;
        uint32_t count;
        uint32_t size;
    } branches;
    unsigned keys; /* as in struct event_pattern_size */
    uint64_t combinations;
    unsigned depth;
};

/* A value of an event. */
struct event_value {
    enum json_token token; /* string, number, true, false, null */
    const char *text;
    size_t length;
};

/* Whether the value passes the test.  EXISTS passes everything, ABSENT nothing. */
bool event_test_passes(const struct event_test *test, const struct event_value *value);
/* The forms in which texts are compared. */
void event_text_fold(struct arena *arena, struct event_text *text);
/* False, with a sentence in `why`, when the wildcard is wrong or too costly. */
bool event_text_glob(struct arena *arena, struct event_text *text, struct str *why);

/* Reads the item of a list whose first token the reader has (event_operator).  False, with AWS's
 * reason in `why`, when it is no such item. */
bool event_operator_read(struct json_reader *reader, struct arena *arena, struct event_test *test,
                         struct str *why);

/* One field of an event.  Names and places are chains that fields share, so that what is kept of an
 * event never is much longer than its text. */
struct event_field {
    uint32_t step;
    uint32_t place; /* in which items of which lists it stands; 0: in none */
    uint32_t next;  /* the next field of this name, in the order of the event; 0: none */
    uint64_t name_hash;
    uint64_t hash; /* of the name and the value */
    struct event_value value;
};

/* The last part of a name, and the rest. */
struct event_step {
    const char *text;
    size_t length;
    uint32_t parent; /* 0: none */
};

struct event_place {
    uint32_t list; /* lists count from 0 */
    uint32_t item;
    uint32_t parent;
};

struct event_fields {
    struct arena arena;
    struct {
        struct event_field *items; /* the first is a dummy, so that 0 means none */
        uint32_t count;
        uint32_t size;
    } fields;
    struct {
        struct event_step *items; /* the first is a dummy here too, and of the places */
        uint32_t count;
        uint32_t size;
    } steps;
    struct {
        struct event_place *items;
        uint32_t count;
        uint32_t size;
    } places;
    uint32_t list_count;
    uint32_t *slots;     /* names by hash: the first field of each, 0: empty */
    uint32_t slot_count; /* a power of two */
    int64_t *chosen;     /* for event_match: which item of each list, -1: any */
    uint32_t chosen_size;
};

uint64_t event_hash(uint64_t hash, const char *bytes, size_t length);
uint64_t event_hash_name(const char *name, size_t length);
/* The hash of a field that has this value. */
uint64_t event_hash_value(uint64_t name_hash, enum json_token token, const char *text,
                          size_t length);
/* The first field of this name; 0: none. */
uint32_t event_fields_first(const struct event_fields *fields, const char *name, uint64_t hash);

/* Whether the field has this name. */
bool event_field_is(const struct event_fields *fields, const struct event_field *field,
                    const char *name);

enum event_decided {
    EVENT_NO,
    EVENT_YES,
    EVENT_LATER, /* it depends on the items of lists that are chosen */
};

/* What can be said of a leaf while no item is chosen; `first` is the first field of its name. */
enum event_decided event_leaf_decide(const struct event_fields *fields,
                                     const struct event_leaf *leaf, uint32_t first);
bool event_branch_matches(const struct event_branch *branch, struct event_fields *fields);

/* ---- ranges (event_spans.c) ---- */

/* A number; or the 4 or 16 bytes of an address. */
union event_point {
    struct event_number number;
    uint8_t ip[16];
};

struct event_span {
    union event_point low;
    union event_point high;
    bool has_low;
    bool has_high;
    bool low_open;
    bool high_open;
    uint32_t id; /* the caller's name for it */
};

struct event_ids {
    uint32_t *items;
    uint32_t count;
    uint32_t size;
};

struct event_spans;

/* `ip_size`: bytes of the addresses; 0 for numbers. */
struct event_spans *event_spans_new(size_t ip_size);
void event_spans_free(struct event_spans *spans); /* NULL is fine */
/* Low ends lie below high ones.  What is added is found after event_spans_ready(). */
void event_spans_add(struct event_spans *spans, const struct event_span *span);
void event_spans_ready(struct event_spans *spans);
/* Adds the ids of the ranges in which the point lies. */
void event_spans_find(const struct event_spans *spans, const union event_point *point,
                      struct event_ids *found);
/* How many those are. */
uint32_t event_spans_count(const struct event_spans *spans, const union event_point *point);

/* ---- keys (event_key.c) ---- */

enum event_key_kind {
    EVENT_KEY_VALUE,
    EVENT_KEY_HEAD, /* so many bytes at the beginning, at the end */
    EVENT_KEY_TAIL,
    EVENT_KEY_FOLD, /* the whole text, in any case; and its ends */
    EVENT_KEY_HEAD_FOLD,
    EVENT_KEY_TAIL_FOLD,
    EVENT_KEY_GRAM, /* three bytes anywhere, or fewer where no three stand together */
    EVENT_KEY_KINDS,
};

enum {
    EVENT_END_MAX = 63, /* of a beginning or an end: so many bytes count */
    EVENT_GRAM = 3,
    EVENT_KEYS_MAX = 20,
};

struct event_key {
    enum event_key_kind kind;
    uint8_t length;
    uint64_t hash;
};

/* The keys of one text of a test (NULL where it has none), each of which every value has that is
 * meant: one of them is enough.  How many; 0: it has none. */
unsigned event_text_keys(uint64_t name_hash, const struct event_test *test,
                         const struct event_text *text, struct event_key keys[EVENT_KEYS_MAX]);

/* Of each kind, the lengths that anybody waits for, one bit for each. */
struct event_keys_wanted {
    uint64_t lengths[EVENT_KEY_KINDS];
};

void event_keys_note(struct event_keys_wanted *wanted, const struct event_key *key);

struct event_key_search {
    const struct event_keys_wanted *wanted;
    const struct event_field *field;
    void *context;
    void (*visit)(void *context, uint64_t key);
};

/* Visits all wanted keys that the field's value has. */
void event_keys_visit(const struct event_key_search *search);

/* Do both leaves ask the same? */
bool event_leaf_same(const struct event_leaf *a, const struct event_leaf *b);
uint64_t event_leaf_hash(const struct event_leaf *leaf);

#endif
