/*
 * tests/unit/api_answer_test.c - answers that are printed straight from their objects.
 *
 * If this fails, the same answer reads differently with and without --query @, or text from a
 * learner's file reaches the terminal unescaped, or an answer is read after the call that made it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "api/answer.h"
#include "api/output.h"
#include "api/service.h"
#include "api/value.h"

struct leaf {
    const char *word;
    int8_t small;
};

struct thing {
    const char *name;
    const char *missing;
    int64_t whole;
    uint16_t part;
    struct opt_int limit;
    bool open;
    struct opt_bool shared;
    struct opt_real ratio;
    int64_t made;
    struct blob data;
    struct leaf *main;
    struct leaf inner;
    LIST(struct leaf) leaves;
    LIST(const char *) words;
    LIST(int64_t) numbers;
    LIST(double) reals;
    LIST(int64_t) times;
    LIST(struct pair) labels;
    LIST(struct pair) counts;
};

static const struct field leaf_fields[] = {
    F_STRING(struct leaf, word, "Word", "A word."),
    F_INT(struct leaf, small, "Small", "A number."),
};

static const struct shape leaf_shape = SHAPE("Leaf", struct leaf, leaf_fields);

static const struct field thing_fields[] = {
    F_STRING(struct thing, name, "Name", "A name."),
    F_STRING(struct thing, missing, "Missing", "Null.", .flags = FIELD_NULL),
    F_INT(struct thing, whole, "Whole", "A number."),
    F_INT(struct thing, part, "Part", "A number."),
    F_OPT_INT(struct thing, limit, "Limit", "A number."),
    F_BOOL(struct thing, open, "Open", "A flag."),
    F_OPT_BOOL(struct thing, shared, "Shared", "A flag."),
    F_REAL(struct thing, ratio, "Ratio", "A real."),
    F_TIME(struct thing, made, "Made", "A time."),
    F_BLOB(struct thing, data, "Data", "Bytes."),
    F_STRUCT(struct thing, main, struct leaf, &leaf_shape, "Main", "A leaf."),
    F_EMBED(struct thing, inner, struct leaf, &leaf_shape, "Inner", "A leaf."),
    F_LIST(struct thing, leaves, struct leaf, &leaf_shape, "Leaves", "Leaves."),
    F_STRINGS(struct thing, words, "Words", "Words.", .flags = FIELD_OMIT_EMPTY),
    F_INTS(struct thing, numbers, "Numbers", "Numbers."),
    F_REALS(struct thing, reals, "Reals", "Reals."),
    F_TIMES(struct thing, times, "Times", "Times."),
    F_MAP(struct thing, labels, "Labels", "Labels."),
    F_MAP(struct thing, counts, "Counts", "Counts.", .flags = FIELD_NUMBERS),
};

static const struct shape thing_shape = SHAPE("Thing", struct thing, thing_fields);

static const struct field optional_fields[] = {
    F_STRING(struct thing, name, "Name", "A name."),
};

static const struct shape optional_shape = SHAPE("Optional", struct thing, optional_fields);

/* What an answer may hold, good and bad: one of each is drawn. */
static const char *const texts[] = {
    NULL, "", "i-0abc", "a \"quoted\" one", "back\\slash", "tab\there", "line\nend\r",
    "\x01\x1f\x7f",
    "caf\xc3\xa9", "e\xcc\x81", "\xcc\x81", "\xe2\x80\xae" "txt", "\xff", "cut \xe2\x82",
    "\xf0\x9f\x98\x80", "\xed\xa0\x80", "a long text, longer than the blocks of bytes that are "
    "looked at together, and then a quote: \"", "eight123\x1b", "12345678\xc3\xa9",
};
static const int64_t numbers[] = {0, 1, -1, 9, 10, 1000000, INT64_MAX, INT64_MIN};
static const double reals[] = {0, -0.0, 0.1, 3.14, 1e20, -2.5e-7, NAN, INFINITY};
static const char *const digits[] = {"0", "12", "0.25", "1e3"};

#define DRAW(list) ((list)[next(state) % (sizeof(list) / sizeof((list)[0]))])

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static struct leaf draw_leaf(uint64_t *state)
{
    return (struct leaf){.word = DRAW(texts), .small = (int8_t)next(state)};
}

static const char *draw_key(uint64_t *state)
{
    const char *key = DRAW(texts);

    return key == NULL ? "again" : key;
}

static void draw_lists(uint64_t *state, struct arena *arena, struct thing *thing)
{
    for (uint64_t left = next(state) % 4; left > 0; left--) {
        *LIST_PUSH_IN(arena, &thing->leaves) = draw_leaf(state);
        *LIST_PUSH_IN(arena, &thing->words) = DRAW(texts);
        *LIST_PUSH_IN(arena, &thing->numbers) = DRAW(numbers);
        *LIST_PUSH_IN(arena, &thing->reals) = DRAW(reals);
        *LIST_PUSH_IN(arena, &thing->times) = (int64_t)(next(state) % 3) * 1500000000123456789;
        *LIST_PUSH_IN(arena, &thing->labels) = (struct pair){draw_key(state), DRAW(texts)};
        *LIST_PUSH_IN(arena, &thing->counts) = (struct pair){draw_key(state), DRAW(digits)};
    }
}

static void draw(uint64_t *state, struct arena *arena, struct thing *thing)
{
    struct leaf *main = arena_alloc(arena, sizeof(*main));

    *main = draw_leaf(state);
    *thing = (struct thing){
        .name = DRAW(texts),
        .whole = DRAW(numbers),
        .part = (uint16_t)next(state),
        .limit = {.value = DRAW(numbers), .set = next(state) % 2 == 0},
        .open = next(state) % 2 == 0,
        .shared = {.value = next(state) % 2 == 0, .set = next(state) % 2 == 0},
        .ratio = {.value = DRAW(reals), .set = next(state) % 2 == 0},
        .made = (int64_t)(next(state) % 3) * 1500000000000000000,
        .main = next(state) % 2 == 0 ? main : NULL,
        .inner = draw_leaf(state),
    };
    if (next(state) % 2 == 0) {
        thing->data.bytes = arena_alloc(arena, 4);
        memcpy(thing->data.bytes, "a\0b\xff", 4);
        thing->data.size = next(state) % 5;
    }
    draw_lists(state, arena, thing);
}

/* What the tree of an object prints. */
static void add_tree(struct str *out, const struct shape *shape, const void *object)
{
    struct str error = STR_INIT;
    json_t *json = value_to_json(shape, object);
    const struct output_request request = {.value = json, .format = OUTPUT_JSON};

    assert_int_equal(output_add(out, &request, &error), 0);
    json_decref(json);
}

static void assert_same(const struct shape *shape, const void *object)
{
    struct str straight = STR_INIT;
    struct str tree = STR_INIT;

    str_add(&straight, "before ");
    str_add(&tree, "before ");
    output_add_object(&straight, shape, object);
    add_tree(&tree, shape, object);
    assert_string_equal(str_text(&straight), str_text(&tree));
    str_release(&straight);
    str_release(&tree);
}

static void test_same(void **unused)
{
    uint64_t seed = 1;

    (void)unused;
    for (int i = 0; i < 3000; i++) {
        struct arena arena = ARENA_INIT;
        struct thing thing;

        draw(&seed, &arena, &thing);
        assert_same(&thing_shape, &thing);
        assert_same(&optional_shape, &thing);
        arena_release(&arena);
    }
}

/* What the two walks have in common is looked at, too. */
static void test_text(void **unused)
{
    static const char wanted[] =
        "{\n    \"Name\": \"a\\\"b\\\\\\n\",\n    \"Missing\": null,\n    \"Whole\": -12,\n"
        "    \"Part\": 0,\n    \"Open\": true,\n    \"Made\": \"2026-01-05T08:00:00+00:00\",\n"
        "    \"Inner\": {\n        \"Small\": -1\n    },\n    \"Leaves\": [],\n"
        "    \"Numbers\": [\n        5\n    ],\n    \"Reals\": [],\n    \"Times\": [],\n"
        "    \"Labels\": {\n        \"k\": \"2\",\n        \"l\": \"3\"\n    },\n"
        "    \"Counts\": {}\n}\n";
    struct arena arena = ARENA_INIT;
    struct thing thing = {
        .name = "a\"b\\\n",
        .whole = -12,
        .open = true,
        .made = INT64_C(1767600000) * 1000000000,
        .inner = {.small = -1},
    };
    struct str out = STR_INIT;

    (void)unused;
    *LIST_PUSH_IN(&arena, &thing.numbers) = 5;
    *LIST_PUSH_IN(&arena, &thing.labels) = (struct pair){"k", "1"};
    *LIST_PUSH_IN(&arena, &thing.labels) = (struct pair){"l", "3"};
    *LIST_PUSH_IN(&arena, &thing.labels) = (struct pair){"k", "2"};
    output_add_object(&out, &thing_shape, &thing);
    assert_string_equal(str_text(&out), wanted);
    str_clear(&out);
    thing.name = NULL;
    output_add_object(&out, &optional_shape, &thing); /* {} prints nothing */
    assert_int_equal(out.length, 0);
    str_release(&out);
    arena_release(&arena);
}

static void test_answer(void **unused)
{
    static const struct op op = {.name = "MakeThing", .out = &thing_shape};
    struct call call = {.op = &op};
    struct thing *thing = arena_alloc(&call.arena, sizeof(*thing));
    struct answer answer = ANSWER_INIT;
    json_t *json;

    (void)unused;
    assert_null(answer_json(&answer));
    thing->name = arena_strdup(&call.arena, "it");
    answer_take(&answer, &call, thing);
    call_release(&call); /* the answer lives on */
    assert_string_equal(((const struct thing *)answer.object)->name, "it");
    json = answer_json(&answer);
    assert_ptr_equal(json, answer_json(&answer));
    assert_string_equal(json_string_value(json_object_get(json, "Name")), "it");
    answer_settle(&answer);
    assert_null(answer.object);
    assert_ptr_equal(json, answer_json(&answer));
    answer_release(&answer);
    answer_take_json(&answer, json_pack("{s:i}", "A", 1));
    assert_int_equal(json_integer_value(json_object_get(answer_json(&answer), "A")), 1);
    answer_release(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
