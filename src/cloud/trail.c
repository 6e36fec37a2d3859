/*
 * cloud/trail.c - the cloud's log of everything that happened.
 *
 * Owns    a ring of entries that grows by doubling up to TRAIL_KEPT; entry n lies at n %
 *         TRAIL_KEPT; and their texts, one after the other on pages.  A page goes when the last
 *         entry that has its text there goes.
 */
#include "cloud/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/pack.h"

enum {
    RING_BEGIN = 256,
    PAGE_BYTES = 16 * 1024,
};

struct trail_page {
    struct trail_page *next; /* newer; owned */
    uint64_t last;           /* sequence of the newest entry with its text there */
    size_t size;
    size_t used;
    char bytes[];
};

void trail_init(struct trail *trail, const int64_t *now)
{
    *trail = (struct trail){
        .now = now,
        .next = 1,
    };
}

/* Those with texts of entries before that one only. */
static void pages_free(struct trail *trail, uint64_t first)
{
    while (trail->oldest != NULL && trail->oldest->last < first) {
        struct trail_page *page = trail->oldest;

        trail->oldest = page->next;
        if (trail->oldest == NULL)
            trail->newest = NULL;
        free(page);
    }
}

void trail_release(struct trail *trail)
{
    pages_free(trail, UINT64_MAX);
    free(trail->ring);
    *trail = (struct trail){0};
}

static struct trail_page *page_add(struct trail *trail, size_t size)
{
    struct trail_page *page = xmalloc(sizeof(*page) + size);

    *page = (struct trail_page){.size = size};
    if (trail->newest == NULL)
        trail->oldest = page;
    else
        trail->newest->next = page;
    return trail->newest = page;
}

/* A copy that lives as long as the entry. */
static const char *text_keep(struct trail *trail, uint64_t sequence, const char *text)
{
    size_t size = strlen(text) + 1;
    struct trail_page *page = trail->newest;
    char *copy;

    if (page == NULL || page->size - page->used < size)
        page = page_add(trail, size > PAGE_BYTES ? size : PAGE_BYTES);
    copy = memcpy(page->bytes + page->used, text, size);
    page->used += size;
    if (page->last < sequence)
        page->last = sequence;
    return copy;
}

/* The place of an entry, with room made for it. */
static struct trail_entry *ring_place(struct trail *trail, uint64_t sequence)
{
    uint32_t at = (uint32_t)(sequence % TRAIL_KEPT);

    if (at >= trail->ring_size) {
        uint32_t size = trail->ring_size == 0 ? RING_BEGIN : trail->ring_size;

        while (size <= at)
            size *= 2;
        if (size > TRAIL_KEPT)
            size = TRAIL_KEPT;
        trail->ring = xrealloc(trail->ring, size * sizeof(*trail->ring));
        memset(trail->ring + trail->ring_size, 0, (size - trail->ring_size) * sizeof(*trail->ring));
        trail->ring_size = size;
    }
    return &trail->ring[at];
}

void trail_add(struct trail *trail, struct trail_entry entry)
{
    struct trail_entry *place = ring_place(trail, trail->next);

    entry.sequence = trail->next++;
    entry.time = *trail->now;
    entry.text = text_keep(trail, entry.sequence, entry.text == NULL ? "" : entry.text);
    *place = entry;
    pages_free(trail, trail_first(trail));
}

const struct trail_entry *trail_find(const struct trail *trail, uint64_t sequence)
{
    const struct trail_entry *entry;
    uint32_t at = (uint32_t)(sequence % TRAIL_KEPT);

    if (sequence == 0 || sequence < trail_first(trail) || at >= trail->ring_size)
        return NULL;
    entry = &trail->ring[at];
    return entry->sequence == sequence ? entry : NULL;
}

uint64_t trail_first(const struct trail *trail)
{
    return trail->next <= TRAIL_KEPT ? 1 : trail->next - TRAIL_KEPT;
}

uint64_t trail_next(const struct trail *trail)
{
    return trail->next;
}

/* By enum trail_topic, whose first is 1. */
const char *const trail_topic_words[] = {
    [TRAIL_INSTANCE - 1] = "instance", [TRAIL_CHECKS - 1] = "status-check",
    [TRAIL_HOST - 1] = "host",         [TRAIL_GUEST - 1] = "guest",
    [TRAIL_VOLUME - 1] = "volume",     [TRAIL_SNAPSHOT - 1] = "snapshot",
    [TRAIL_IMAGE - 1] = "image",       [TRAIL_NETWORK - 1] = "network",
    [TRAIL_REQUEST - 1] = "request",   [TRAIL_PROBE - 1] = "health-check",
    [TRAIL_TARGET - 1] = "target",     [TRAIL_BALANCER - 1] = "load-balancer",
    [TRAIL_FAULT - 1] = "fault",       [TRAIL_SCALING - 1] = "scaling",
    [TRAIL_ALARM - 1] = "alarm",       [TRAIL_WORKLOAD - 1] = "workload",
    [TRAIL_SPOT - 1] = "spot",         [TRAIL_QUEUE - 1] = "queue",
    [TRAIL_EVENT - 1] = "event",
    [TRAIL_TOPIC - 1] = "topic",
    NULL,
};

const char *trail_topic_name(uint8_t topic)
{
    if (topic == 0 || topic >= sizeof(trail_topic_words) / sizeof(trail_topic_words[0]))
        BUG("topic %u", topic);
    return trail_topic_words[topic - 1];
}

/* The first entry that is there: after a restore of a shortened trail the first ones may be lost.
 */
static uint64_t first_there(const struct trail *trail)
{
    uint64_t first = trail_first(trail);

    while (first < trail->next && trail_find(trail, first) == NULL)
        first++;
    return first;
}

struct kept_entries {
    const struct trail *trail;
    uint64_t first;
};

static const void *kept_entry(const void *context, uint64_t n)
{
    const struct kept_entries *kept = context;

    return trail_find(kept->trail, kept->first + n);
}

void trail_pack(const struct trail *trail, struct str *out, const char *name)
{
    const struct kept_entries kept = {.trail = trail, .first = first_there(trail)};
    const struct pack_rows rows = {
        .shape = &trail_entry_shape,
        .count = trail->next - kept.first,
        .row = kept_entry,
        .context = &kept,
    };

    pack_rows(out, name, &rows);
}

void trail_load(struct trail *trail, const struct table *table)
{
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct trail_entry *row = table_at(table, i);
        struct trail_entry *place = ring_place(trail, row->sequence);

        *place = *row;
        place->text = text_keep(trail, row->sequence, row->text == NULL ? "" : row->text);
        if (trail->next <= row->sequence)
            trail->next = row->sequence + 1;
    }
}

static const struct field trail_entry_fields[] = {
    F_INT(struct trail_entry, sequence, "Sequence", "Its number, from 1.", .flags = FIELD_COLUMN),
    F_TIME(struct trail_entry, time, "Time", "When it happened.", .flags = FIELD_COLUMN),
    F_INT(struct trail_entry, account, "Account", "Whose; 0 is the provider's own."),
    F_INT(struct trail_entry, subject, "Subject", "What it is about."),
    F_INT(struct trail_entry, other, "Other", "What else took part."),
    F_INT(struct trail_entry, topic, "Topic", "The kind of thing it is about."),
    F_INT(struct trail_entry, region, "Region", "Where."),
    F_STRING(struct trail_entry, text, "Text", "What happened, in a sentence."),
};

const struct shape trail_entry_shape = SHAPE("TrailEntry", struct trail_entry, trail_entry_fields);
