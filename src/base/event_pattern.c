/*
 * base/event_pattern.c - event patterns, from their text.
 *
 * The text is read token by token, and a pattern is refused at the first token that is wrong: the
 * order of AWS's reader decides which of several mistakes is told.  "$or" copies the branches so
 * far, one copy for each of its objects (the operators themselves: event_operator.c).
 */
#include "base/event_pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern_parts.h"
#include "base/str.h"

enum {
    BRANCHES_MAX = 1000,
    LEAVES_MAX = 5000, /* in all branches together */
};

static const char too_complex[] =
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
    "sequences after a wildcard character";

struct compiler {
    struct event_pattern *pattern;
    struct json_reader reader;
    struct str path;
    struct str *why;
    uint32_t leaves;
    unsigned depth; /* of names: objects of "$or" add none */
};

/* Words that are no names of fields inside "$or". */
static const char *const reserved[] = {
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
};

/* The reason is what is wrong with the name, with "%" for the name itself; or a sentence. */
static bool refuse(struct compiler *compiler, const char *reason, const char *name)
{
    if (compiler->reader.token == JSON_TOKEN_WRONG)
        str_addn(compiler->why, str_text(&compiler->reader.problem),
                 compiler->reader.problem.length);
    for (; compiler->reader.token != JSON_TOKEN_WRONG && *reason != '\0'; reason++) {
        if (*reason == '%')
            str_add(compiler->why, name);
        else
            str_addc(compiler->why, *reason);
    }
    json_reader_add_place(&compiler->reader, compiler->why);
    return false;
}

/* ---- leaves ---- */

static bool read_tests(struct compiler *compiler, struct event_leaf *leaf)
{
    bool has_numbers = false;
    enum json_token token;

    while ((token = json_reader_next(&compiler->reader)) != JSON_TOKEN_ARRAY_END) {
        struct event_test *test = LIST_PUSH_IN(&compiler->pattern->arena, &leaf->tests);

        if (token == JSON_TOKEN_WRONG || token == JSON_TOKEN_ARRAY)
            return refuse(compiler, "Match value must be String, number, true, false, or null",
                          NULL);
        if (!event_operator_read(&compiler->reader, &compiler->pattern->arena, test, compiler->why))
            return false;
        has_numbers =
            has_numbers || test->kind == EVENT_TEST_NUMBER || test->kind == EVENT_TEST_RANGE;
        leaf->may_be_absent = leaf->may_be_absent || test->kind == EVENT_TEST_ABSENT;
    }
    for (uint32_t i = 0; i < leaf->tests.count; i++)
        leaf->tests.items[i].beside_numbers = has_numbers;
    if (leaf->tests.count == 0)
        return refuse(compiler, "Empty arrays are not allowed", NULL);
    return true;
}

/* Puts the leaf into the branch, instead of one of the same name. */
static void put(struct compiler *compiler, struct event_branch *branch, struct event_leaf *leaf)
{
    for (uint32_t i = 0; i < branch->count; i++) {
        if (branch->items[i]->hash == leaf->hash && str_equal(branch->items[i]->name, leaf->name)) {
            branch->items[i] = leaf;
            return;
        }
    }
    *LIST_PUSH_IN(&compiler->pattern->arena, branch) = leaf;
    compiler->leaves++;
}

/* The list of a field whose name is the path. */
static bool read_leaf(struct compiler *compiler)
{
    struct event_pattern *pattern = compiler->pattern;
    struct event_leaf *leaf = arena_alloc(&pattern->arena, sizeof(*leaf));

    leaf->name = arena_strndup(&pattern->arena, str_text(&compiler->path), compiler->path.length);
    leaf->hash = event_hash_name(leaf->name, compiler->path.length);
    if (!read_tests(compiler, leaf))
        return false;
    pattern->combinations = pattern->combinations > UINT64_MAX / leaf->tests.count
                                ? UINT64_MAX
                                : pattern->combinations * leaf->tests.count;
    if (pattern->branches.count == 0)
        LIST_PUSH(&pattern->branches);
    for (uint32_t i = 0; i < pattern->branches.count; i++)
        put(compiler, &pattern->branches.items[i], leaf);
    if (compiler->leaves > LEAVES_MAX)
        return refuse(compiler, too_complex, NULL);
    return true;
}

/* ---- objects ---- */

static bool read_object(struct compiler *compiler, bool in_or);

static struct event_branch copy_branch(struct compiler *compiler, const struct event_branch *old)
{
    struct event_branch copy = {0};

    for (uint32_t i = 0; i < old->count; i++)
        *LIST_PUSH_IN(&compiler->pattern->arena, &copy) = old->items[i];
    compiler->leaves += old->count;
    return copy;
}

/* One object of "$or": the branches that were there before, each with what the object asks for. */
static bool read_choice(struct compiler *compiler, const struct event_branch *old, uint32_t count)
{
    struct event_pattern *pattern = compiler->pattern;
    struct event_branch *done = pattern->branches.items;
    uint32_t done_count = pattern->branches.count;
    bool right;

    pattern->branches.items = NULL;
    pattern->branches.count = pattern->branches.size = 0;
    for (uint32_t i = 0; i < count; i++)
        *LIST_PUSH(&pattern->branches) = copy_branch(compiler, &old[i]);
    if (count == 0)
        LIST_PUSH(&pattern->branches);
    right = read_object(compiler, true);
    if (right &&
        (done_count + pattern->branches.count > BRANCHES_MAX || compiler->leaves > LEAVES_MAX))
        right = refuse(compiler, too_complex, NULL);
    if (right) {
        done = xrealloc(done, (done_count + pattern->branches.count) * sizeof(*done));
        memcpy(done + done_count, pattern->branches.items, pattern->branches.count * sizeof(*done));
        done_count += pattern->branches.count;
    }
    LIST_RELEASE(&pattern->branches);
    pattern->branches.items = done;
    pattern->branches.count = pattern->branches.size = done_count;
    return right;
}

static bool read_or(struct compiler *compiler)
{
    struct event_pattern *pattern = compiler->pattern;
    struct event_branch *old;
    uint32_t count = pattern->branches.count;
    unsigned choices = 0;
    bool right = true;
    enum json_token token = json_reader_next(&compiler->reader);

    if (token != JSON_TOKEN_ARRAY)
        return refuse(compiler, "It must be an Array followed with $or.", NULL);
    old = pattern->branches.items;
    pattern->branches.items = NULL;
    pattern->branches.count = pattern->branches.size = 0;
    while (right && (token = json_reader_next(&compiler->reader)) != JSON_TOKEN_ARRAY_END) {
        choices++;
        right = token == JSON_TOKEN_OBJECT
                    ? read_choice(compiler, old, count)
                    : refuse(compiler, "Only JSON object is allowed in array of $or relationship.",
                             NULL);
    }
    free(old);
    if (right && choices < 2)
        return refuse(compiler, "There must have at least 2 Objects in $or relationship.", NULL);
    return right;
}

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (str_equal(name, reserved[i]))
            return true;
    }
    return false;
}

/* One member of an object; the name was read. */
static bool read_member(struct compiler *compiler, bool in_or)
{
    struct json_reader *reader = &compiler->reader;
    size_t length = compiler->path.length;
    bool right;

    if (str_equal(json_reader_text(reader), "$or"))
        return read_or(compiler);
    if (in_or && is_reserved(json_reader_text(reader)))
        return refuse(compiler, "% is Ruler reserved fieldName which cannot be used inside $or.",
                      json_reader_text(reader));
    compiler->pattern->keys++;
    if (compiler->depth++ > 0)
        str_addc(&compiler->path, '.');
    str_addn(&compiler->path, json_reader_text(reader), reader->name.length);
    switch (json_reader_next(reader)) {
    case JSON_TOKEN_OBJECT:
        right = read_object(compiler, in_or);
        break;
    case JSON_TOKEN_ARRAY:
        right = read_leaf(compiler);
        break;
    default:
        right = refuse(compiler, "\"%\" must be an object or an array", str_text(&reader->name));
    }
    if (compiler->depth > compiler->pattern->depth)
        compiler->pattern->depth = compiler->depth;
    compiler->depth--;
    str_cut(&compiler->path, length);
    return right;
}

/* The members of an object, to its end.  As deep as the text, JSON_READER_DEPTH_MAX at most. */
static bool read_object(struct compiler *compiler, bool in_or)
{
    bool has_members = false;
    enum json_token token;

    while ((token = json_reader_next(&compiler->reader)) != JSON_TOKEN_OBJECT_END) {
        if (token != JSON_TOKEN_NAME)
            return refuse(compiler, "", NULL);
        has_members = true;
        if (!read_member(compiler, in_or))
            return false;
    }
    return has_members || refuse(compiler, "Empty objects are not allowed", NULL);
}

/* ---- the whole ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct event_leaf *const *)a)->name, (*(struct event_leaf *const *)b)->name);
}

struct event_pattern *event_pattern_compile(const char *text, size_t length, struct str *why)
{
    struct event_pattern *pattern = xcalloc(1, sizeof(*pattern));
    struct compiler compiler = {.pattern = pattern, .why = why};
    bool right;

    pattern->combinations = 1;
    json_reader_init(&compiler.reader, text, length);
    right = json_reader_next(&compiler.reader) == JSON_TOKEN_OBJECT
                ? read_object(&compiler, false)
                : refuse(&compiler, "Filter is not an object", NULL);
    json_reader_release(&compiler.reader);
    str_release(&compiler.path);
    if (!right) {
        event_pattern_free(pattern);
        return NULL;
    }
    for (uint32_t i = 0; i < pattern->branches.count; i++) {
        struct event_branch *branch = &pattern->branches.items[i];

        if (branch->count > 1)
            qsort(branch->items, branch->count, sizeof(*branch->items), by_name);
    }
    return pattern;
}

void event_pattern_free(struct event_pattern *pattern)
{
    if (pattern == NULL)
        return;
    LIST_RELEASE(&pattern->branches);
    arena_release(&pattern->arena);
    free(pattern);
}

struct event_pattern_size event_pattern_size(const struct event_pattern *pattern)
{
    return (struct event_pattern_size){
        .keys = pattern->keys,
        .combinations = pattern->combinations,
        .depth = pattern->depth,
    };
}
