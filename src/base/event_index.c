/*
 * base/event_index.c - which of many patterns want an event?
 *
 * Leaves that ask the same are one here, whoever asks.  Each branch of each pattern waits for one
 * of its leaves: the one that the fewest others ask for.  An event makes known which leaves are
 * right, without trying all:
 *
 *   found    leaves that want certain values wait under keys of these (event_key), or in ranges
 *            (event_spans): a value of the event looks up its own
 *   but      "anything-but" waits under the values it does not want, and is right unless found
 *   present  all other leaves that need a field of their name are tried when there is one
 *   always   leaves that may be absent are tried with every event
 *
 * The branches that wait for a leaf that is right ask for their other leaves, each of which is
 * tried once for an event.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"

/* How a leaf becomes known to be right. */
enum leaf_way {
    LEAF_FOUND,
    LEAF_BUT,
    LEAF_PRESENT,
    LEAF_ALWAYS,
};

/* A leaf, once for all who ask the same. */
struct known {
    const struct event_leaf *leaf;
    uint32_t column;
    uint32_t uses;    /* branches that have it */
    uint32_t cost;    /* about how many of these are tried when it is waited for */
    uint32_t waiting; /* the first branch that waits for it; 0: none */
    uint32_t event;   /* for which `decided` was said */
    uint32_t named;   /* the event that has a value that it does not want */
    uint8_t decided;  /* enum event_decided */
    uint8_t way;
};

/* All that is waited for under one name. */
struct column {
    const char *name;
    uint64_t hash;
    uint32_t next;  /* in its slot; 0: none */
    uint32_t uses;  /* branches that have a leaf of this name */
    uint32_t event; /* which has a field of this name, `first` */
    uint32_t first;
    bool has_keys;
    struct event_keys_wanted wanted;
    struct event_spans *numbers; /* NULL: none, as the next two */
    struct event_spans *ips[2];  /* of 4 bytes, of 16 */
    struct event_ids buts;
    struct event_ids present;
    struct event_ids addresses; /* leaves that ask for addresses: numbers may pass for such */
};

/* A branch that waits for a leaf. */
struct waiting {
    uint32_t entry;
    uint32_t next;  /* 0: none */
    uint32_t first; /* of its leaves, in `parts` */
    bool alone;     /* it has one leaf, and any field that passes will do */
    const struct event_branch *branch;
};

/* A leaf that waits under a key. */
struct under {
    uint64_t key;
    uint32_t known;
    uint32_t next;
};

struct key_count {
    uint64_t key;
    uint32_t count;
};

struct counts {
    struct key_count *items; /* by key; 0: empty */
    uint32_t size;           /* a power of two */
    uint32_t used;
};

struct event_index {
    LIST(struct entry {
        const struct event_pattern *pattern;
        uint32_t id;
    })
    entries;
    LIST(struct known) known; /* the first item of this and of the next three is a dummy */
    LIST(struct column) columns;
    LIST(struct waiting) waiting;
    LIST(struct under) under;
    struct event_ids parts;  /* the leaves of all branches, one branch after another */
    struct event_ids always; /* leaves */
    uint32_t *slots;         /* of `under` */
    uint32_t *column_slots;
    uint32_t *known_slots;
    uint32_t slot_count; /* of each: a power of two */
    struct counts counts;
    bool ready;     /* all this is that of the entries */
    uint32_t event; /* a number for each event */
    struct event_fields *fields;
    const struct event_field *field; /* whose values are looked up */
    struct event_ids right;          /* leaves, each once: room for all is made before */
    struct event_ids met;            /* columns that the event has fields of */
    struct event_ids inside;         /* leaves whose ranges have the value */
    uint64_t *wanted;                /* one bit for each entry */
    uint32_t *answer;                /* room for all entries */
};

struct event_index *event_index_new(void)
{
    return xcalloc(1, sizeof(struct event_index));
}

static void forget(struct event_index *index)
{
    for (uint32_t i = 0; i < index->columns.count; i++) {
        struct column *column = &index->columns.items[i];

        event_spans_free(column->numbers);
        event_spans_free(column->ips[0]);
        event_spans_free(column->ips[1]);
        LIST_RELEASE(&column->buts);
        LIST_RELEASE(&column->present);
        LIST_RELEASE(&column->addresses);
    }
    index->known.count = index->columns.count = index->waiting.count = index->under.count = 0;
    index->parts.count = index->always.count = 0;
    free(index->slots);
    free(index->column_slots);
    free(index->known_slots);
    free(index->wanted);
    free(index->answer);
    free(index->counts.items);
    index->slots = index->column_slots = index->known_slots = NULL;
    index->wanted = NULL;
    index->answer = NULL;
    index->counts = (struct counts){0};
}

void event_index_free(struct event_index *index)
{
    if (index == NULL)
        return;
    forget(index);
    LIST_RELEASE(&index->entries);
    LIST_RELEASE(&index->known);
    LIST_RELEASE(&index->columns);
    LIST_RELEASE(&index->waiting);
    LIST_RELEASE(&index->under);
    LIST_RELEASE(&index->parts);
    LIST_RELEASE(&index->always);
    LIST_RELEASE(&index->right);
    LIST_RELEASE(&index->met);
    LIST_RELEASE(&index->inside);
    free(index);
}

void event_index_add(struct event_index *index, const struct event_pattern *pattern, uint32_t id)
{
    *LIST_PUSH(&index->entries) = (struct entry){.pattern = pattern, .id = id};
    index->ready = false;
}

static uint32_t slot_of(const struct event_index *index, uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32) & (index->slot_count - 1);
}

/* ---- each leaf once ---- */

static uint32_t column_of(struct event_index *index, const struct event_leaf *leaf)
{
    uint32_t slot = slot_of(index, leaf->hash);
    uint32_t at = index->column_slots[slot];

    while (at != 0 && (index->columns.items[at].hash != leaf->hash ||
                       strcmp(index->columns.items[at].name, leaf->name) != 0))
        at = index->columns.items[at].next;
    if (at != 0)
        return at;
    at = index->columns.count;
    *LIST_PUSH(&index->columns) = (struct column){
        .name = leaf->name,
        .hash = leaf->hash,
        .next = index->column_slots[slot],
    };
    index->column_slots[slot] = at;
    return at;
}

/* Whether a text can be looked for, by keys or as a number. */
static bool is_findable(const struct event_leaf *leaf, const struct event_test *test)
{
    struct event_key keys[EVENT_KEYS_MAX];

    if (test->kind == EVENT_TEST_RANGE || test->kind == EVENT_TEST_IP)
        return true;
    if (test->kind == EVENT_TEST_EXACT && test->texts.count == 0)
        return test->token != JSON_TOKEN_STRING;
    for (uint32_t i = 0; i < test->texts.count; i++) {
        if (test->kind == EVENT_TEST_NUMBER
                ? !test->texts.items[i].comparable
                : event_text_keys(leaf->hash, test, &test->texts.items[i], keys) == 0)
            return false;
    }
    return test->texts.count > 0;
}

static enum leaf_way way_of(const struct event_leaf *leaf)
{
    bool found = true;
    bool but = false;

    if (leaf->may_be_absent)
        return LEAF_ALWAYS;
    for (uint32_t i = 0; i < leaf->tests.count && found; i++) {
        but = but || leaf->tests.items[i].but;
        found = is_findable(leaf, &leaf->tests.items[i]);
    }
    if (!found || (but && leaf->tests.count > 1))
        return LEAF_PRESENT;
    return but ? LEAF_BUT : LEAF_FOUND;
}

static uint32_t known_of(struct event_index *index, const struct event_leaf *leaf)
{
    uint32_t slot = slot_of(index, event_leaf_hash(leaf));
    uint32_t at;

    for (; (at = index->known_slots[slot]) != 0; slot = (slot + 1) & (index->slot_count - 1)) {
        if (event_leaf_same(index->known.items[at].leaf, leaf))
            return at;
    }
    at = index->known_slots[slot] = index->known.count;
    *LIST_PUSH(&index->known) = (struct known){
        .leaf = leaf,
        .column = column_of(index, leaf),
        .way = (uint8_t)way_of(leaf),
    };
    return at;
}

/* Calls `visit` for each branch of each entry; `part` is where its leaves stand in `parts`. */
static void each_branch(struct event_index *index,
                        void (*visit)(struct event_index *index, const struct waiting *branch))
{
    uint32_t part = 0;

    for (uint32_t i = 0; i < index->entries.count; i++) {
        const struct event_pattern *pattern = index->entries.items[i].pattern;

        for (uint32_t j = 0; j < pattern->branches.count; j++) {
            const struct event_branch *branch = &pattern->branches.items[j];

            visit(index, &(struct waiting){
                             .entry = i,
                             .branch = branch,
                             .first = part,
                             .alone = branch->count == 1 && !branch->items[0]->may_be_absent,
                         });
            part += branch->count;
        }
    }
}

static void meet_branch(struct event_index *index, const struct waiting *branch)
{
    for (uint32_t i = 0; i < branch->branch->count; i++) {
        uint32_t at = known_of(index, branch->branch->items[i]);

        index->known.items[at].uses++;
        index->columns.items[index->known.items[at].column].uses++;
        *LIST_PUSH(&index->parts) = at;
    }
}

/* ---- who waits for what ---- */

static uint32_t *count_of(struct counts *counts, uint64_t key)
{
    uint32_t at = (uint32_t)(key ^ key >> 32) & (counts->size - 1);

    while (counts->items[at].count != 0 && counts->items[at].key != key)
        at = (at + 1) & (counts->size - 1);
    counts->items[at].key = key;
    return &counts->items[at].count;
}

static void count_key(struct counts *counts, uint64_t key, uint32_t uses)
{
    if (counts->used * 2 >= counts->size) {
        struct counts more = {.size = counts->size == 0 ? 256 : counts->size * 2};

        more.items = xcalloc(more.size, sizeof(*more.items));
        for (uint32_t i = 0; i < counts->size; i++) {
            if (counts->items[i].count != 0)
                *count_of(&more, counts->items[i].key) = counts->items[i].count;
        }
        more.used = counts->used;
        free(counts->items);
        *counts = more;
    }
    counts->used += *count_of(counts, key) == 0;
    *count_of(counts, key) += uses;
}

/* The ranges that a test asks for: itself, or each of its numbers. */
static void add_spans(struct column *column, const struct event_test *test, uint32_t known)
{
    struct event_span span = {
        .has_low = test->has_low,
        .has_high = test->has_high,
        .low_open = test->low_open,
        .high_open = test->high_open,
        .id = known,
    };

    if (test->kind == EVENT_TEST_IP) {
        struct event_spans **spans = &column->ips[test->ip_size == 16];

        *spans = *spans == NULL ? event_spans_new(test->ip_size) : *spans;
        span.has_low = span.has_high = true;
        memcpy(span.low.ip, test->ip_low, sizeof(test->ip_low));
        memcpy(span.high.ip, test->ip_high, sizeof(test->ip_high));
        event_spans_add(*spans, &span);
        return;
    }
    column->numbers = column->numbers == NULL ? event_spans_new(0) : column->numbers;
    if (test->kind == EVENT_TEST_RANGE) {
        span.low.number = test->low;
        span.high.number = test->high;
        event_spans_add(column->numbers, &span);
    }
    for (uint32_t i = 0; i < test->texts.count; i++) {
        span.has_low = span.has_high = true;
        span.low.number = span.high.number = test->texts.items[i].number;
        event_spans_add(column->numbers, &span);
    }
}

static bool is_span(const struct event_test *test)
{
    return test->kind == EVENT_TEST_RANGE || test->kind == EVENT_TEST_IP ||
           test->kind == EVENT_TEST_NUMBER;
}

static uint32_t text_count(const struct event_test *test)
{
    return test->texts.count == 0 ? 1 : test->texts.count;
}

static const struct event_text *text_at(const struct event_test *test, uint32_t at)
{
    return test->texts.count == 0 ? NULL : &test->texts.items[at];
}

/* Makes ready what says how many wait where, if all waited for all of their leaves. */
static void count_leaf(struct event_index *index, uint32_t at)
{
    const struct known *known = &index->known.items[at];
    struct event_key keys[EVENT_KEYS_MAX];

    for (uint32_t i = 0; i < known->leaf->tests.count; i++) {
        const struct event_test *test = &known->leaf->tests.items[i];

        for (uint32_t k = 0; k < text_count(test) && !is_span(test); k++) {
            unsigned count = event_text_keys(known->leaf->hash, test, text_at(test, k), keys);

            for (unsigned j = 0; j < count; j++)
                count_key(&index->counts, keys[j].hash, known->uses);
        }
        if (is_span(test))
            add_spans(&index->columns.items[known->column], test, at);
    }
}

/* The key of a text that the fewest others have. */
static struct event_key rarest_key(struct event_index *index, const struct event_leaf *leaf,
                                   const struct event_test *test, uint32_t text)
{
    struct event_key keys[EVENT_KEYS_MAX];
    unsigned count = event_text_keys(leaf->hash, test, text_at(test, text), keys);
    unsigned best = 0;

    for (unsigned i = 1; i < count; i++) {
        if (*count_of(&index->counts, keys[i].hash) < *count_of(&index->counts, keys[best].hash))
            best = i;
    }
    return keys[best];
}

static uint32_t greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* How many ranges have an end of this one. */
static uint32_t span_cost(const struct column *column, const struct event_test *test)
{
    const struct event_spans *spans =
        test->kind == EVENT_TEST_IP ? column->ips[test->ip_size == 16] : column->numbers;
    union event_point low = {.number = test->low};
    union event_point high = {.number = test->high};
    uint32_t cost = 0;

    if (test->kind == EVENT_TEST_IP) {
        memcpy(low.ip, test->ip_low, sizeof(low.ip));
        memcpy(high.ip, test->ip_high, sizeof(high.ip));
    }
    for (uint32_t i = 0; i < test->texts.count && test->kind == EVENT_TEST_NUMBER; i++) {
        low.number = test->texts.items[i].number;
        cost = greater(cost, event_spans_count(spans, &low));
    }
    if (test->has_low || test->kind == EVENT_TEST_IP)
        cost = greater(cost, event_spans_count(spans, &low));
    if (test->has_high || test->kind == EVENT_TEST_IP)
        cost = greater(cost, event_spans_count(spans, &high));
    return cost;
}

static uint32_t cost_of(struct event_index *index, const struct known *known)
{
    const struct column *column = &index->columns.items[known->column];
    uint32_t cost = 0;

    if (known->way == LEAF_ALWAYS)
        return UINT32_MAX;
    if (known->way != LEAF_FOUND)
        return greater(column->uses, 1);
    for (uint32_t i = 0; i < known->leaf->tests.count; i++) {
        const struct event_test *test = &known->leaf->tests.items[i];

        for (uint32_t k = 0; k < text_count(test) && !is_span(test); k++)
            cost = greater(cost,
                           *count_of(&index->counts, rarest_key(index, known->leaf, test, k).hash));
        if (is_span(test))
            cost = greater(cost, span_cost(column, test));
    }
    return cost;
}

static void wait_for_one(struct event_index *index, const struct waiting *branch)
{
    struct known *best = NULL;

    for (uint32_t i = 0; i < branch->branch->count; i++) {
        struct known *known = &index->known.items[index->parts.items[branch->first + i]];

        if (best == NULL || known->cost < best->cost)
            best = known;
    }
    if (best == NULL)
        return; /* a pattern without leaves is none */
    *LIST_PUSH(&index->waiting) = *branch;
    index->waiting.items[index->waiting.count - 1].next = best->waiting;
    best->waiting = index->waiting.count - 1;
}

static void put_under(struct event_index *index, uint32_t known, const struct event_key *key)
{
    uint32_t slot = slot_of(index, key->hash);
    struct column *column = &index->columns.items[index->known.items[known].column];

    *LIST_PUSH(&index->under) =
        (struct under){.key = key->hash, .known = known, .next = index->slots[slot]};
    index->slots[slot] = index->under.count - 1;
    column->has_keys = true;
    event_keys_note(&column->wanted, key);
}

/* Puts a leaf that is waited for where events look. */
static void place_leaf(struct event_index *index, uint32_t at)
{
    const struct known *known = &index->known.items[at];
    struct column *column = &index->columns.items[known->column];

    if (known->way == LEAF_ALWAYS)
        *LIST_PUSH(&index->always) = at;
    else if (known->way == LEAF_PRESENT)
        *LIST_PUSH(&column->present) = at;
    else if (known->way == LEAF_BUT)
        *LIST_PUSH(&column->buts) = at;
    if (known->way == LEAF_ALWAYS || known->way == LEAF_PRESENT)
        return;
    for (uint32_t i = 0; i < known->leaf->tests.count; i++) {
        const struct event_test *test = &known->leaf->tests.items[i];

        for (uint32_t k = 0; k < text_count(test) && !is_span(test); k++) {
            struct event_key key = rarest_key(index, known->leaf, test, k);

            put_under(index, at, &key);
        }
        if (is_span(test))
            add_spans(column, test, at);
        if (test->kind == EVENT_TEST_IP)
            *LIST_PUSH(&column->addresses) = at;
    }
}

static void each_spans(struct event_index *index, void (*visit)(struct event_spans *spans),
                       bool forget_them)
{
    for (uint32_t i = 1; i < index->columns.count; i++) {
        struct column *column = &index->columns.items[i];
        struct event_spans **all[] = {&column->numbers, &column->ips[0], &column->ips[1]};

        for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
            if (*all[k] != NULL)
                visit(*all[k]);
            if (forget_them)
                *all[k] = NULL;
        }
    }
}

static uint32_t leaves_of_all(const struct event_index *index)
{
    uint32_t leaves = 0;

    for (uint32_t i = 0; i < index->entries.count; i++) {
        const struct event_pattern *pattern = index->entries.items[i].pattern;

        for (uint32_t j = 0; j < pattern->branches.count; j++)
            leaves += pattern->branches.items[j].count;
    }
    return leaves;
}

static void make_room(struct event_index *index)
{
    uint32_t leaves = leaves_of_all(index);

    for (index->slot_count = 64; index->slot_count < leaves * 2;)
        index->slot_count *= 2;
    index->slots = xcalloc(index->slot_count, sizeof(*index->slots));
    index->column_slots = xcalloc(index->slot_count, sizeof(*index->column_slots));
    index->known_slots = xcalloc(index->slot_count, sizeof(*index->known_slots));
    index->wanted = xcalloc(index->entries.count / 64 + 1, sizeof(*index->wanted));
    index->answer = xcalloc(index->entries.count + 1, sizeof(*index->answer));
    LIST_PUSH(&index->known);
    LIST_PUSH(&index->columns);
    LIST_PUSH(&index->waiting);
    LIST_PUSH(&index->under);
    count_key(&index->counts, 0, 1); /* so that there is a table */
}

static void prepare(struct event_index *index)
{
    forget(index);
    make_room(index);
    each_branch(index, meet_branch);
    index->right.items =
        xrealloc(index->right.items, index->known.count * sizeof(*index->right.items));
    for (uint32_t i = 1; i < index->known.count; i++) {
        if (index->known.items[i].way == LEAF_FOUND || index->known.items[i].way == LEAF_BUT)
            count_leaf(index, i);
    }
    each_spans(index, event_spans_ready, false);
    for (uint32_t i = 1; i < index->known.count; i++)
        index->known.items[i].cost = cost_of(index, &index->known.items[i]);
    each_spans(index, event_spans_free, true);
    each_branch(index, wait_for_one);
    for (uint32_t i = 1; i < index->known.count; i++) {
        if (index->known.items[i].waiting != 0)
            place_leaf(index, i);
    }
    each_spans(index, event_spans_ready, false);
    index->event = 0;
    index->ready = true;
}

/* ---- looking up ---- */

/* A field passes this leaf: it is right, or may be, if the field stands in a list's item. */
static void note_right(struct event_index *index, uint32_t at, const struct event_field *field)
{
    struct known *known = &index->known.items[at];

    if (known->event != index->event) {
        known->event = index->event;
        known->decided = EVENT_LATER;
        index->right.items[index->right.count++] = at;
    }
    if (field->place == 0)
        known->decided = EVENT_YES;
}

/* The field's value may be one that the leaf names. */
static void try_leaf(struct event_index *index, uint32_t at)
{
    struct known *known = &index->known.items[at];
    const struct event_value *value = &index->field->value;
    bool passes = false;

    for (uint32_t i = 0; i < known->leaf->tests.count && !passes; i++)
        passes = event_test_passes(&known->leaf->tests.items[i], value);
    if (known->way == LEAF_BUT && !passes)
        known->named = index->event;
    else if (known->way == LEAF_FOUND && passes)
        note_right(index, at, index->field);
}

static void look_up(void *context, uint64_t key)
{
    struct event_index *index = context;

    for (uint32_t at = index->slots[slot_of(index, key)]; at != 0;
         at = index->under.items[at].next) {
        if (index->under.items[at].key == key)
            try_leaf(index, index->under.items[at].known);
    }
}

/* What a range has needs no other proof. */
static void look_up_point(struct event_index *index, const struct event_spans *spans,
                          const union event_point *point)
{
    index->inside.count = 0;
    event_spans_find(spans, point, &index->inside);
    for (uint32_t i = 0; i < index->inside.count; i++) {
        struct known *known = &index->known.items[index->inside.items[i]];

        if (known->way == LEAF_BUT)
            known->named = index->event;
        else
            note_right(index, index->inside.items[i], index->field);
    }
}

static void look_up_field(struct event_index *index, struct column *column)
{
    const struct event_field *field = index->field;
    const struct event_value *value = &field->value;
    union event_point point;
    size_t ip_size;

    if (column->has_keys)
        event_keys_visit(&(struct event_key_search){
            .wanted = &column->wanted,
            .field = field,
            .context = index,
            .visit = look_up,
        });
    if (value->token == JSON_TOKEN_NUMBER) {
        if (column->numbers != NULL && event_number_read(value->text, value->length, &point.number))
            look_up_point(index, column->numbers, &point);
        for (uint32_t i = 0; i < column->addresses.count; i++)
            try_leaf(index, column->addresses.items[i]);
    } else if (value->token == JSON_TOKEN_STRING && column->addresses.count > 0) {
        ip_size = event_ip_read(value->text, value->length, point.ip);
        if (ip_size > 0 && column->ips[ip_size == 16] != NULL)
            look_up_point(index, column->ips[ip_size == 16], &point);
    }
}

/* What is known of a leaf, when all fields were looked up. */
static enum event_decided decide(struct event_index *index, uint32_t at)
{
    struct known *known = &index->known.items[at];
    const struct column *column = &index->columns.items[known->column];

    if (known->event != index->event) {
        known->event = index->event;
        if (column->event != index->event) /* there is no field of this name */
            known->decided = known->way == LEAF_ALWAYS ? EVENT_YES : EVENT_NO;
        else
            known->decided = (uint8_t)event_leaf_decide(index->fields, known->leaf, column->first);
    }
    return known->decided;
}

/* Tries these leaves, and notes which are right. */
static void try_leaves(struct event_index *index, const struct event_ids *leaves)
{
    for (uint32_t i = 0; i < leaves->count; i++) {
        if (decide(index, leaves->items[i]) != EVENT_NO)
            index->right.items[index->right.count++] = leaves->items[i];
    }
}

/* With one value, those that did not name it are right; with several, each is tried. */
static void try_buts(struct event_index *index, const struct column *column)
{
    const struct event_field *field = &index->fields->fields.items[column->first];

    if (field->next != 0) {
        try_leaves(index, &column->buts);
        return;
    }
    for (uint32_t i = 0; i < column->buts.count; i++) {
        struct known *known = &index->known.items[column->buts.items[i]];

        if (known->named != index->event) {
            note_right(index, column->buts.items[i], field);
        } else {
            known->event = index->event;
            known->decided = EVENT_NO;
        }
    }
}

static bool is_wanted(const struct event_index *index, uint32_t entry)
{
    return (index->wanted[entry / 64] >> entry % 64 & 1) != 0;
}

/* Whether a branch is right, one of whose leaves is or may be. */
static bool branch_matches(struct event_index *index, const struct waiting *waiting)
{
    bool later = false;

    for (uint32_t i = 0; i < waiting->branch->count; i++) {
        enum event_decided decided = decide(index, index->parts.items[waiting->first + i]);

        if (decided == EVENT_NO)
            return false;
        later = later || decided == EVENT_LATER;
    }
    return !later || event_branch_matches(waiting->branch, index->fields);
}

static void try_waiting(struct event_index *index, uint32_t known)
{
    for (uint32_t at = index->known.items[known].waiting; at != 0;
         at = index->waiting.items[at].next) {
        const struct waiting *waiting = &index->waiting.items[at];

        if (waiting->alone || (!is_wanted(index, waiting->entry) && branch_matches(index, waiting)))
            index->wanted[waiting->entry / 64] |= UINT64_C(1) << waiting->entry % 64;
    }
}

static void look_up_all(struct event_index *index)
{
    for (uint32_t i = 1; i < index->fields->fields.count; i++) {
        const struct event_field *field = &index->fields->fields.items[i];
        uint32_t at = index->column_slots[slot_of(index, field->name_hash)];

        while (at != 0 && (index->columns.items[at].hash != field->name_hash ||
                           !event_field_is(index->fields, field, index->columns.items[at].name)))
            at = index->columns.items[at].next;
        if (at == 0)
            continue;
        if (index->columns.items[at].event != index->event) {
            index->columns.items[at].event = index->event;
            index->columns.items[at].first = i;
            *LIST_PUSH(&index->met) = at;
        }
        index->field = field;
        look_up_field(index, &index->columns.items[at]);
    }
    for (uint32_t i = 0; i < index->met.count; i++) {
        const struct column *column = &index->columns.items[index->met.items[i]];

        try_buts(index, column);
        try_leaves(index, &column->present);
    }
    try_leaves(index, &index->always);
}

const uint32_t *event_index_match(struct event_index *index, struct event_fields *fields,
                                  size_t *count)
{
    if (!index->ready || index->event == UINT32_MAX)
        prepare(index);
    index->event++;
    index->fields = fields;
    index->right.count = index->met.count = 0;
    *count = 0;
    look_up_all(index);
    for (uint32_t i = 0; i < index->right.count; i++)
        try_waiting(index, index->right.items[i]);
    for (uint32_t i = 0; i < index->entries.count; i += 64) {
        for (uint64_t bits = index->wanted[i / 64]; bits != 0; bits &= bits - 1)
            index->answer[(*count)++] =
                index->entries.items[i + (uint32_t)__builtin_ctzll(bits)].id;
        index->wanted[i / 64] = 0;
    }
    return index->answer;
}
