/*
 * tests/unit/api_value_test.c - objects as JSON and back, and what is wrong with JSON.
 *
 * If this fails, a parameter is lost or changed on its way to an operation or to the journal, or a
 * mistake is told in words that AWS's own CLI does not use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "api/value.h"

struct part {
    const char *key;
    int32_t size;
};

struct thing {
    const char *name;
    int16_t count;
    struct opt_int limit;
    bool open;
    struct opt_bool shared;
    struct opt_real ratio;
    int64_t made;
    struct blob data;
    struct part *main;
    struct part inner;
    LIST(struct part) parts;
    LIST(const char *) words;
    LIST(int64_t) numbers;
    LIST(struct pair) labels;
};

static const struct field part_fields[] = {
    F_STRING(struct part, key, "Key", "Its key.", .flags = FIELD_REQUIRED, .min = 2),
    F_INT(struct part, size, "Size", "Its size.", .min = 1, .max = 9),
};

static const struct shape part_shape = SHAPE("Part", struct part, part_fields);

static const struct field thing_fields[] = {
    F_STRING(struct thing, name, "Name", "Its name."),
    F_INT(struct thing, count, "Count", "A number."),
    F_OPT_INT(struct thing, limit, "Limit", "A number or none."),
    F_BOOL(struct thing, open, "Open", "A flag."),
    F_OPT_BOOL(struct thing, shared, "Shared", "A flag or none."),
    F_REAL(struct thing, ratio, "Ratio", "A ratio."),
    F_TIME(struct thing, made, "Made", "When."),
    F_BLOB(struct thing, data, "Data", "Bytes."),
    F_STRUCT(struct thing, main, struct part, &part_shape, "Main", "A part."),
    F_EMBED(struct thing, inner, struct part, &part_shape, "Inner", "A part within."),
    F_LIST(struct thing, parts, struct part, &part_shape, "Parts", "Parts.",
           .flags = FIELD_OMIT_EMPTY),
    F_STRINGS(struct thing, words, "Words", "Words."),
    F_INTS(struct thing, numbers, "Numbers", "Numbers."),
    F_MAP(struct thing, labels, "Labels", "Labels."),
};

static const struct shape thing_shape = SHAPE("Thing", struct thing, thing_fields);

/* As api/declared.h gives it: no struct lies behind it. */
static const struct field ghost_fields[] = {
    {.name = "Here", .type = FIELD_STRING},
    {.name = "Ghost", .type = FIELD_STRING, .flags = FIELD_UNMODELLED},
};

static const struct field house_fields[] = {
    {.name = "Rooms", .type = FIELD_LIST,
     .of = &(const struct shape){.name = "Room", .fields = ghost_fields, .count = 2}},
};

static const struct shape house_shape = {.name = "House", .fields = house_fields, .count = 1};

static const char whole[] =
    "{\"Name\":\"n\\u00e9\",\"Count\":-7,\"Limit\":0,\"Open\":true,\"Shared\":false,\"Ratio\":1.5,"
    "\"Made\":\"2026-01-05T08:00:00+00:00\",\"Data\":\"a b\",\"Main\":{\"Key\":\"kk\",\"Size\":1},"
    "\"Inner\":{\"Key\":\"ii\",\"Size\":2},\"Parts\":[{\"Key\":\"pp\",\"Size\":3}],"
    "\"Words\":[\"x\",\"\"],\"Numbers\":[1,-9223372036854775807],"
    "\"Labels\":{\"one\":\"1\",\"two\":\"\"}}";

static char *round_trip(const char *text)
{
    struct thing thing = {0};
    struct arena arena = ARENA_INIT;
    json_t *given = json_loads(text, 0, NULL);
    json_t *back;
    char *dumped;

    assert_non_null(given);
    value_from_json(&thing_shape, given, &arena, &thing);
    back = value_to_json(&thing_shape, &thing);
    dumped = json_dumps(back, JSON_COMPACT | JSON_ENSURE_ASCII);
    for (char *c = dumped; *c != '\0'; c++) {
        if (c[0] == '\\' && c[1] == 'u')
            for (c += 2; *c >= 'A' && *c <= 'F'; c++)
                *c = (char)(*c + 32);
    }
    json_decref(back);
    json_decref(given);
    arena_release(&arena);
    return dumped;
}

static void test_round_trip(void **state)
{
    char *back = round_trip(whole);
    json_t *wanted = json_loads(whole, 0, NULL);
    json_t *got = json_loads(back, 0, NULL);

    (void)state;
    assert_int_equal(json_equal(wanted, got), 1);
    json_decref(wanted);
    json_decref(got);
    free(back);
    /* what is absent stays absent, but for what is always there */
    back = round_trip("{}");
    assert_string_equal(back, "{\"Count\":0,\"Open\":false,\"Inner\":{\"Size\":0},\"Words\":[],"
                              "\"Numbers\":[],\"Labels\":{}}");
    free(back);
    /* null is absent */
    back = round_trip("{\"Name\":null,\"Limit\":null,\"Parts\":null}");
    assert_null(strstr(back, "Name"));
    free(back);
}

static bool says(const char *text, int problems, const char *wanted)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    struct str report = STR_INIT;
    int found = value_check(&thing_shape, json, &report);
    bool good = found == problems && strcmp(str_text(&report), wanted) == 0;

    if (!good)
        print_error("%s\n  wanted %d %s\n  got %d %s\n", text, problems, wanted, found,
                    str_text(&report));
    str_release(&report);
    json_decref(json);
    return good;
}

/* Which member is refused by name; NULL: none. */
static bool finds_unmodelled(const char *text, const char *expected)
{
    json_t *json = json_loads(text, 0, NULL);
    struct str path = STR_INIT;
    bool found = value_unmodelled(&house_shape, json, &path);
    bool good = expected == NULL ? !found : found && strcmp(str_text(&path), expected) == 0;

    str_release(&path);
    json_decref(json);
    return good;
}

static void test_check(void **state)
{
    (void)state;
    assert_true(says(whole, 0, ""));
    assert_true(says("{\"Name\":5,\"Count\":\"x\",\"Open\":\"yes\"}", 3,
                     "Invalid type for parameter Name, value: 5, type: <class 'int'>, valid types: "
                     "<class 'str'>\n"
                     "Invalid type for parameter Count, value: x, type: <class 'str'>, valid "
                     "types: <class 'int'>\n"
                     "Invalid type for parameter Open, value: yes, type: <class 'str'>, valid "
                     "types: <class 'bool'>"));
    assert_true(says("{\"Parts\":[{\"Key\":\"k\",\"Size\":0},{\"Size\":1}]}", 3,
                     "Invalid length for parameter Parts[0].Key, value: 1, valid min length: 2\n"
                     "Invalid value for parameter Parts[0].Size, value: 0, valid min value: 1\n"
                     "Missing required parameter in Parts[1]: \"Key\""));
    assert_true(says("{\"Main\":{\"Key\":\"kk\",\"Foo\":1}}", 1,
                     "Unknown parameter in Main: \"Foo\", must be one of: Key, Size"));
    assert_true(says("{\"Words\":\"x\"}", 1,
                     "Invalid type for parameter Words, value: x, type: <class 'str'>, valid "
                     "types: <class 'list'>, <class 'tuple'>"));
    assert_true(says("{\"Labels\":{\"a\":[1,\"b\",true,null,{\"c\":1.5}]}}", 1,
                     "Invalid type for parameter Labels.a, value: [1, 'b', True, None, {'c': 1.5}]"
                     ", type: <class 'list'>, valid types: <class 'str'>"));
    assert_true(says("{\"Main\":[]}", 1,
                     "Invalid type for parameter Main, value: [], type: <class 'list'>, valid "
                     "types: <class 'dict'>"));
    assert_true(says("{\"Count\":true}", 1,
                     "Invalid type for parameter Count, value: True, type: <class 'bool'>, valid "
                     "types: <class 'int'>"));
    assert_true(finds_unmodelled("{\"Rooms\":[{},{\"Ghost\":\"x\"}]}", "Rooms[1].Ghost"));
    assert_true(finds_unmodelled("{\"Rooms\":[{\"Here\":\"x\"}]}", NULL));
    assert_true(says("{\"Inner\":{\"Key\":\"\xc3\xa9\"}}", 1,
                     "Invalid length for parameter Inner.Key, value: 1, valid min length: 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
