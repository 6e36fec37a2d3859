/*
 * base/event_match.c - does an event have all that a pattern asks for?
 *
 * Leaf by leaf, in the order of their names: a field of that name whose value passes, and which
 * stands in no other item of a list than the fields chosen before.  A field that must be absent may
 * be there in other items than those.
 *
 * Leaves whose field stands in no list need no choice; they are decided first.
 */
#include "base/event_pattern_parts.h"

#include <stdlib.h>

#include "base/event_pattern.h"

/* A choice among many fields of many lists can take very long in texts made for that: after so many
 * tries the answer is no. */
enum { TRIES_MAX = 200000 };

struct search {
    struct event_fields *fields;
    const struct event_branch *branch;
    const enum event_decided *decided; /* of each leaf */
    unsigned tries;
};

static const struct event_field *field_at(const struct event_fields *fields, uint32_t at)
{
    return &fields->fields.items[at];
}

static bool passes(const struct event_leaf *leaf, const struct event_value *value)
{
    for (uint32_t i = 0; i < leaf->tests.count; i++) {
        if (event_test_passes(&leaf->tests.items[i], value))
            return true;
    }
    return false;
}

/* Whether the field stands in no other item than those chosen. */
static bool is_consistent(const struct event_fields *fields, const struct event_field *field)
{
    for (uint32_t at = field->place; at != 0; at = fields->places.items[at].parent) {
        const struct event_place *place = &fields->places.items[at];
        int64_t chosen = fields->chosen[place->list];

        if (chosen >= 0 && chosen != place->item)
            return false;
    }
    return true;
}

static bool is_absent(struct search *search, const struct event_leaf *leaf)
{
    const struct event_fields *fields = search->fields;

    for (uint32_t at = event_fields_first(fields, leaf->name, leaf->hash); at != 0;
         at = field_at(fields, at)->next) {
        search->tries++;
        if (is_consistent(fields, field_at(fields, at)))
            return false;
    }
    return true;
}

enum event_decided event_leaf_decide(const struct event_fields *fields,
                                     const struct event_leaf *leaf, uint32_t first)
{
    enum event_decided decided = EVENT_NO;

    if (first == 0)
        return leaf->may_be_absent ? EVENT_YES : EVENT_NO;
    for (uint32_t at = first; at != 0; at = field_at(fields, at)->next) {
        const struct event_field *field = field_at(fields, at);

        if (field->place != 0 && leaf->may_be_absent)
            decided = EVENT_LATER;
        if (!passes(leaf, &field->value))
            continue;
        if (field->place == 0)
            return EVENT_YES;
        decided = EVENT_LATER;
    }
    return decided;
}

static bool choose(struct search *search, uint32_t leaf_at);

/* Takes this field for its leaf, and goes on. */
static bool take(struct search *search, const struct event_field *field, uint32_t leaf_at)
{
    struct event_fields *fields = search->fields;
    uint32_t until = 0; /* places above were chosen before */
    bool found;

    for (uint32_t at = field->place; at != 0; at = fields->places.items[at].parent) {
        const struct event_place *place = &fields->places.items[at];

        /* Whoever stands in an item of an inner list stands in one of each outer. */
        if (fields->chosen[place->list] >= 0) {
            until = at;
            break;
        }
        fields->chosen[place->list] = place->item;
    }
    found = choose(search, leaf_at + 1);
    for (uint32_t at = field->place; at != until; at = fields->places.items[at].parent)
        fields->chosen[fields->places.items[at].list] = -1;
    return found;
}

static bool choose(struct search *search, uint32_t leaf_at)
{
    const struct event_leaf *leaf;

    while (leaf_at < search->branch->count && search->decided[leaf_at] == EVENT_YES)
        leaf_at++;
    if (leaf_at == search->branch->count)
        return true;
    leaf = search->branch->items[leaf_at];
    if (leaf->may_be_absent && is_absent(search, leaf) && choose(search, leaf_at + 1))
        return true;
    for (uint32_t at = event_fields_first(search->fields, leaf->name, leaf->hash); at != 0;
         at = field_at(search->fields, at)->next) {
        const struct event_field *field = field_at(search->fields, at);

        if (++search->tries > TRIES_MAX)
            return false;
        if (is_consistent(search->fields, field) && passes(leaf, &field->value) &&
            take(search, field, leaf_at))
            return true;
    }
    return false;
}

bool event_branch_matches(const struct event_branch *branch, struct event_fields *fields)
{
    struct search search = {.fields = fields, .branch = branch};
    enum event_decided few[16];
    enum event_decided *decided = few;
    bool later = false;
    bool found = true;

    if (branch->count > sizeof(few) / sizeof(few[0]))
        decided = xcalloc(branch->count, sizeof(*decided));
    for (uint32_t i = 0; i < branch->count && found; i++) {
        const struct event_leaf *leaf = branch->items[i];

        decided[i] =
            event_leaf_decide(fields, leaf, event_fields_first(fields, leaf->name, leaf->hash));
        found = decided[i] != EVENT_NO;
        later = later || decided[i] == EVENT_LATER;
    }
    search.decided = decided;
    if (found && later)
        found = choose(&search, 0);
    if (decided != few)
        free(decided);
    return found;
}

bool event_pattern_matches(const struct event_pattern *pattern, struct event_fields *fields)
{
    for (uint32_t i = 0; i < pattern->branches.count; i++) {
        if (event_branch_matches(&pattern->branches.items[i], fields))
            return true;
    }
    return false;
}
