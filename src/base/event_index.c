/*
 * base/event_index.c - which of many patterns want an event?
 *
 * Each branch of each pattern waits under one key: a name with a value, or with a beginning or an
 * end of one, from that of its leaves whose values the fewest other branches ask for; without such,
 * a name that must be there; without even that, it is tried with every event.  An event looks up
 * its own names and values, with the beginnings and ends of as many bytes as anybody waits for.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"

enum { END_MAX = 63 }; /* of a beginning or an end: so many bytes count */

/* A branch that waits under a key. */
struct waiting {
    uint64_t key;
    uint32_t entry;
    const struct event_branch *branch;
    uint32_t next; /* 0: none */
};

struct key_count {
    uint64_t key;
    uint32_t count;
};

struct event_index {
    struct {
        struct entry {
            const struct event_pattern *pattern;
            uint32_t id;
            uint32_t seen; /* the event that it wanted last */
        } * items;
        uint32_t count;
        uint32_t size;
    } entries;
    struct {
        struct waiting *items; /* the first is a dummy */
        uint32_t count;
        uint32_t size;
    } waiting;
    uint32_t *slots;
    uint32_t slot_count;
    uint64_t prefixes; /* one bit for each length that somebody waits for */
    uint64_t suffixes;
    uint32_t always; /* the first that is tried with every event */
    bool ready;      /* the keys are those of the entries */
    uint32_t event;  /* a number for each event */
    struct {
        uint32_t *items;
        uint32_t count;
        uint32_t size;
    } found;
    struct {
        uint32_t *items;
        uint32_t count;
        uint32_t size;
    } answer;
};

struct event_index *event_index_new(void)
{
    return xcalloc(1, sizeof(struct event_index));
}

void event_index_free(struct event_index *index)
{
    if (index == NULL)
        return;
    LIST_RELEASE(&index->entries);
    LIST_RELEASE(&index->waiting);
    LIST_RELEASE(&index->found);
    LIST_RELEASE(&index->answer);
    free(index->slots);
    free(index);
}

void event_index_add(struct event_index *index, const struct event_pattern *pattern, uint32_t id)
{
    *LIST_PUSH(&index->entries) = (struct entry){.pattern = pattern, .id = id};
    index->ready = false;
}

/* ---- counting who asks for what ---- */

/* Whether each value that a leaf wants can be looked up. */
static bool is_exact(const struct event_leaf *leaf)
{
    for (uint32_t i = 0; i < leaf->tests.count; i++) {
        const struct event_test *test = &leaf->tests.items[i];
        bool end = test->kind == EVENT_TEST_PREFIX || test->kind == EVENT_TEST_SUFFIX;

        if (test->but || (test->kind != EVENT_TEST_EXACT && !end) ||
            (end && test->texts.items[0].length == 0))
            return false;
    }
    return true;
}

static uint64_t key_of_end(uint64_t name_hash, bool prefix, const char *text, size_t length)
{
    static const char marks[] = "^$";

    name_hash = event_hash(name_hash, prefix ? marks : marks + 1, 1);
    return event_hash(name_hash, text, length);
}

static uint64_t key_of(const struct event_leaf *leaf, const struct event_test *test)
{
    const struct event_text *text = test->texts.count == 0 ? NULL : &test->texts.items[0];
    size_t length = text == NULL ? 0 : text->length < END_MAX ? text->length : END_MAX;

    if (test->kind == EVENT_TEST_PREFIX)
        return key_of_end(leaf->hash, true, text->text, length);
    if (test->kind == EVENT_TEST_SUFFIX)
        return key_of_end(leaf->hash, false, text->text + text->length - length, length);
    return event_hash_value(leaf->hash, test->token, text == NULL ? "" : text->text,
                            text == NULL ? 0 : text->length);
}

struct counts {
    struct key_count *items; /* by key; 0: empty */
    uint32_t size;           /* a power of two */
};

static uint32_t *count_of(struct counts *counts, uint64_t key)
{
    uint32_t at = (uint32_t)(key ^ key >> 32) & (counts->size - 1);

    while (counts->items[at].count != 0 && counts->items[at].key != key)
        at = (at + 1) & (counts->size - 1);
    counts->items[at].key = key;
    return &counts->items[at].count;
}

/* Calls `visit` for each branch of each entry. */
static void each_branch(struct event_index *index, struct counts *counts,
                        void (*visit)(struct event_index *index, struct counts *counts,
                                      uint32_t entry, const struct event_branch *branch))
{
    for (uint32_t i = 0; i < index->entries.count; i++) {
        const struct event_pattern *pattern = index->entries.items[i].pattern;

        for (uint32_t j = 0; j < pattern->branches.count; j++)
            visit(index, counts, i, &pattern->branches.items[j]);
    }
}

static void measure(struct event_index *index, struct counts *counts, uint32_t entry,
                    const struct event_branch *branch)
{
    (void)index;
    (void)entry;
    for (uint32_t i = 0; i < branch->count; i++)
        counts->size += branch->items[i]->tests.count;
}

static void count_branch(struct event_index *index, struct counts *counts, uint32_t entry,
                         const struct event_branch *branch)
{
    (void)index;
    (void)entry;
    for (uint32_t i = 0; i < branch->count; i++) {
        const struct event_leaf *leaf = branch->items[i];

        if (!is_exact(leaf))
            continue;
        for (uint32_t j = 0; j < leaf->tests.count; j++)
            ++*count_of(counts, key_of(leaf, &leaf->tests.items[j]));
    }
}

/* ---- who waits where ---- */

static void wait_under(struct event_index *index, uint32_t entry, const struct event_branch *branch,
                       uint64_t key)
{
    uint32_t at = (uint32_t)(key ^ key >> 32) & (index->slot_count - 1);

    *LIST_PUSH(&index->waiting) = (struct waiting){
        .key = key,
        .entry = entry,
        .branch = branch,
        .next = index->slots[at],
    };
    index->slots[at] = index->waiting.count - 1;
}

/* How many branches are tried, in the worst case, when this leaf is looked for by its values. */
static uint32_t cost_of(struct counts *counts, const struct event_leaf *leaf)
{
    uint32_t worst = 0;

    for (uint32_t i = 0; i < leaf->tests.count; i++) {
        uint32_t count = *count_of(counts, key_of(leaf, &leaf->tests.items[i]));

        worst = count > worst ? count : worst;
    }
    return worst;
}

static void note_length(struct event_index *index, const struct event_test *test)
{
    size_t length = test->texts.count == 0 ? 0 : test->texts.items[0].length;
    uint64_t bit = UINT64_C(1) << (length < END_MAX ? length : END_MAX);

    if (test->kind == EVENT_TEST_PREFIX)
        index->prefixes |= bit;
    else if (test->kind == EVENT_TEST_SUFFIX)
        index->suffixes |= bit;
}

static void place_branch(struct event_index *index, struct counts *counts, uint32_t entry,
                         const struct event_branch *branch)
{
    const struct event_leaf *best = NULL;
    const struct event_leaf *present = NULL;
    uint32_t best_cost = UINT32_MAX;

    for (uint32_t i = 0; i < branch->count; i++) {
        const struct event_leaf *leaf = branch->items[i];

        if (!leaf->may_be_absent)
            present = leaf;
        if (is_exact(leaf) && cost_of(counts, leaf) < best_cost) {
            best = leaf;
            best_cost = cost_of(counts, leaf);
        }
    }
    if (best != NULL) {
        for (uint32_t i = 0; i < best->tests.count; i++) {
            note_length(index, &best->tests.items[i]);
            wait_under(index, entry, branch, key_of(best, &best->tests.items[i]));
        }
    } else if (present != NULL) {
        wait_under(index, entry, branch, present->hash);
    } else {
        *LIST_PUSH(&index->waiting) =
            (struct waiting){.entry = entry, .branch = branch, .next = index->always};
        index->always = index->waiting.count - 1;
    }
}

static void prepare(struct event_index *index)
{
    struct counts counts = {0};
    uint32_t size = 64;

    each_branch(index, &counts, measure);
    while (size < counts.size * 2)
        size *= 2;
    counts = (struct counts){.items = xcalloc(size, sizeof(*counts.items)), .size = size};
    each_branch(index, &counts, count_branch);
    free(index->slots);
    index->slots = xcalloc(size, sizeof(*index->slots));
    index->slot_count = size;
    index->always = 0;
    index->prefixes = index->suffixes = 0;
    index->waiting.count = 0;
    LIST_PUSH(&index->waiting);
    each_branch(index, &counts, place_branch);
    free(counts.items);
    index->ready = true;
}

/* ---- looking up ---- */

static void try_waiting(struct event_index *index, struct event_fields *fields, uint32_t at,
                        uint64_t key)
{
    for (; at != 0; at = index->waiting.items[at].next) {
        const struct waiting *waiting = &index->waiting.items[at];
        struct entry *entry = &index->entries.items[waiting->entry];

        if (waiting->key != key || entry->seen == index->event ||
            !event_branch_matches(waiting->branch, fields))
            continue;
        entry->seen = index->event;
        *LIST_PUSH(&index->found) = waiting->entry;
    }
}

static void look_up(struct event_index *index, struct event_fields *fields, uint64_t key)
{
    try_waiting(index, fields, index->slots[(uint32_t)(key ^ key >> 32) & (index->slot_count - 1)],
                key);
}

/* Looks up the beginnings and ends of a text. */
static void look_up_ends(struct event_index *index, struct event_fields *fields,
                         const struct event_field *field)
{
    const char *text = field->value.text;

    for (size_t length = 1; length <= field->value.length && length <= END_MAX; length++) {
        if ((index->prefixes >> length & 1) != 0)
            look_up(index, fields, key_of_end(field->name_hash, true, text, length));
        if ((index->suffixes >> length & 1) != 0)
            look_up(
                index, fields,
                key_of_end(field->name_hash, false, text + field->value.length - length, length));
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;

    return (one > other) - (one < other);
}

const uint32_t *event_index_match(struct event_index *index, struct event_fields *fields,
                                  size_t *count)
{
    if (!index->ready)
        prepare(index);
    index->event++;
    index->found.count = 0;
    index->answer.count = 0;
    for (uint32_t i = 1; i < fields->fields.count; i++) {
        const struct event_field *field = &fields->fields.items[i];

        look_up(index, fields, field->hash);
        look_up(index, fields, field->name_hash);
        if (field->value.token == JSON_TOKEN_STRING && (index->prefixes | index->suffixes) != 0)
            look_up_ends(index, fields, field);
    }
    try_waiting(index, fields, index->always, 0);
    if (index->found.count > 1)
        qsort(index->found.items, index->found.count, sizeof(*index->found.items), by_number);
    for (uint32_t i = 0; i < index->found.count; i++)
        *LIST_PUSH(&index->answer) = index->entries.items[index->found.items[i]].id;
    *count = index->answer.count;
    return index->answer.items;
}
