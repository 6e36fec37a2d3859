/*
 * api/output_anchors.c - lists and objects that occur twice in one answer, for YAML.
 *
 * A query such as [Tags, Tags] answers with the same list twice, and the CLI's YAML then writes it
 * once, as &id001, and refers to it as *id001.  "The same" is the same json_t, not an equal one;
 * what a service answers never holds one twice.  Ids count in the order of the second occurrences.
 *
 * Owns    a table from pointer to id: open addressing, looked up and never walked.
 */
#include "api/output_parts.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    ANCHOR_SLOTS_MIN = 64,
};

struct anchor {
    const json_t *value; /* borrowed; NULL marks a free slot */
    unsigned id;         /* 0 until a second occurrence was seen */
    bool written;
};

struct output_anchors {
    struct anchor *slots;
    size_t count;
    size_t size; /* a power of two */
    unsigned last_id;
    struct arena arena;
};

/* Only what has several owners can occur several times. */
static bool may_recur(const json_t *value)
{
    return !output_is_scalar(value) && value->refcount > 1;
}

static bool any_may_recur(json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;

    if (json_is_object(value)) {
        json_object_foreach(value, key, inner) {
            if (may_recur(inner) || any_may_recur(inner))
                return true;
        }
    }
    json_array_foreach(value, i, inner) {
        if (may_recur(inner) || any_may_recur(inner))
            return true;
    }
    return false;
}

/* The value's slot, or the free one where it belongs. */
static struct anchor *anchors_slot(const struct output_anchors *anchors, const json_t *value)
{
    uint64_t hash = (uint64_t)(uintptr_t)value * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & (anchors->size - 1);

    while (anchors->slots[at].value != NULL && anchors->slots[at].value != value)
        at = (at + 1) & (anchors->size - 1);
    return &anchors->slots[at];
}

static void anchors_grow(struct output_anchors *anchors)
{
    struct output_anchors old = *anchors;

    anchors->size = old.size == 0 ? ANCHOR_SLOTS_MIN : old.size * 2;
    anchors->slots = xcalloc(anchors->size, sizeof(*anchors->slots));
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].value != NULL)
            *anchors_slot(anchors, old.slots[i].value) = old.slots[i];
    }
    free(old.slots);
}

/* Notes a list or object.  Returns false when it was there already. */
static bool anchors_note(struct output_anchors *anchors, json_t *value)
{
    struct anchor *slot;

    if (anchors->count * 2 >= anchors->size)
        anchors_grow(anchors);
    slot = anchors_slot(anchors, value);
    if (slot->value != NULL) {
        if (slot->id == 0)
            slot->id = ++anchors->last_id;
        return false;
    }
    slot->value = value;
    anchors->count++;
    return true;
}

/* Walks in the order in which it will be written, but into each value only once. */
static void anchors_walk(struct output_anchors *anchors, json_t *value)
{
    json_t *inner;
    size_t i;

    if (output_is_scalar(value) || (may_recur(value) && !anchors_note(anchors, value)))
        return;
    json_array_foreach(value, i, inner)
        anchors_walk(anchors, inner);
    if (json_is_object(value)) {
        struct output_members members = output_sort_members(&anchors->arena, value);

        for (i = 0; i < members.count; i++)
            anchors_walk(anchors, members.items[i].value);
    }
}

struct output_anchors *output_anchors_find(json_t *value)
{
    struct output_anchors *anchors;

    if (!any_may_recur(value))
        return NULL;
    anchors = xcalloc(1, sizeof(*anchors));
    anchors_walk(anchors, value);
    arena_release(&anchors->arena);
    if (anchors->last_id == 0) {
        output_anchors_free(anchors);
        return NULL;
    }
    return anchors;
}

unsigned output_anchors_take(struct output_anchors *anchors, const json_t *value, bool *first)
{
    struct anchor *slot;

    if (anchors == NULL || !may_recur(value))
        return 0;
    slot = anchors_slot(anchors, value);
    *first = !slot->written;
    slot->written = true;
    return slot->id;
}

void output_anchors_free(struct output_anchors *anchors)
{
    if (anchors == NULL)
        return;
    free(anchors->slots);
    free(anchors);
}
