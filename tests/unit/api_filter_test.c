/*
 * tests/unit/api_filter_test.c - --filters.
 *
 * If this fails, --filters shows what was not asked for, or hides what was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "api/filter.h"

struct tag {
    const char *key;
    const char *value;
};

struct state {
    const char *name;
    int64_t code;
};

struct item {
    const char *id;
    struct state *state;
    bool encrypted;
    LIST(struct tag) tags;
    LIST(const char *) groups;
};

static const struct field tag_fields[] = {
    F_STRING(struct tag, key, "Key", "Its key."),
    F_STRING(struct tag, value, "Value", "Its value."),
};

static const struct shape tag_shape = SHAPE("Tag", struct tag, tag_fields);

static const struct field state_fields[] = {
    F_STRING(struct state, name, "Name", "Its name."),
    F_INT(struct state, code, "Code", "Its number."),
};

static const struct shape state_shape = SHAPE("State", struct state, state_fields);

static const struct field item_fields[] = {
    F_STRING(struct item, id, "Id", "Its id."),
    F_STRUCT(struct item, state, struct state, &state_shape, "State", "Its state."),
    F_BOOL(struct item, encrypted, "Encrypted", "A flag."),
    F_LIST(struct item, tags, struct tag, &tag_shape, "Tags", "Its tags."),
    F_STRINGS(struct item, groups, "Groups", "Its groups."),
};

static const struct shape item_shape = SHAPE("Item", struct item, item_fields);

static const struct filter_name names[] = {
    {"id", "Id"},
    {"state-name", "State.Name"},
    {"state-code", "State.Code"},
    {"encrypted", "Encrypted"},
    {"group", "Groups"},
    {NULL, NULL},
};

static const struct op op = {
    .name = "Test",
    .filters = names,
};

static bool passes(const char *name, const char *value)
{
    struct arena arena = ARENA_INIT;
    struct state running = {.name = "running", .code = 16};
    struct item item = {.id = "i-1", .state = &running, .encrypted = true};
    struct filter filter = {.name = name};
    struct filters filters = {.items = &filter, .count = 1};
    bool result;

    *LIST_PUSH_IN(&arena, &item.tags) = (struct tag){.key = "Name", .value = "web*1"};
    *LIST_PUSH_IN(&arena, &item.tags) = (struct tag){.key = "Stage", .value = "prod"};
    *LIST_PUSH_IN(&arena, &item.groups) = "sg-a";
    *LIST_PUSH_IN(&arena, &item.groups) = "sg-b";
    *LIST_PUSH_IN(&arena, &filter.values) = "never this";
    *LIST_PUSH_IN(&arena, &filter.values) = value;
    result = filter_pass(&op, &filters, &item_shape, &item);
    arena_release(&arena);
    return result;
}

static void looks_at_members(void **state)
{
    (void)state;
    assert_true(passes("id", "i-1"));
    assert_false(passes("id", "I-1"));
    assert_true(passes("state-name", "run*"));
    assert_true(passes("state-code", "16"));
    assert_false(passes("state-code", "1"));
    assert_true(passes("encrypted", "true"));
    assert_true(passes("group", "sg-b"));
    assert_false(passes("group", "sg-c"));
}

static void looks_at_tags(void **state)
{
    (void)state;
    assert_true(passes("tag:Stage", "pr?d"));
    assert_false(passes("tag:Stage", "web*1"));
    assert_false(passes("tag:stage", "prod"));
    assert_true(passes("tag-key", "Name"));
    assert_false(passes("tag-key", "name"));
    assert_true(passes("tag:Name", "web\\*1"));
}

static void understands_wildcards(void **state)
{
    (void)state;
    assert_true(str_matches("*", ""));
    assert_true(str_matches("a*c", "abbc"));
    assert_true(str_matches("a*b*c", "aXbYbZc"));
    assert_false(str_matches("a*c", "abbd"));
    assert_true(str_matches("?", "x"));
    assert_false(str_matches("?", ""));
    assert_true(str_matches("\\*", "*"));
    assert_false(str_matches("\\*", "x"));
    assert_true(
        str_matches("al2023-ami-2023*-x86_64", "al2023-ami-2023.9.20251208.0-kernel-6.1-x86_64"));
}

/* A pattern that makes naive matchers exponential. */
static void stays_fast(void **state)
{
    char pattern[129];
    char text[4097];

    (void)state;
    for (size_t i = 0; i < 128; i++)
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    pattern[128] = '\0';
    memset(text, 'a', 4096);
    text[4095] = 'b';
    text[4096] = '\0';
    assert_false(str_matches(pattern, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_at_members),
        cmocka_unit_test(looks_at_tags),
        cmocka_unit_test(understands_wildcards),
        cmocka_unit_test(stays_fast),
    };

    return cmocka_run_group_tests_name("api_filter", tests, NULL, NULL);
}
