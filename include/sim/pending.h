/*
 * sim/pending.h - the events that have not happened yet.
 *
 * A priority queue by (time, sequence) with exact cancelling.  Only sim/event uses it; whatever
 * keeps this door can take its place.  In steady state nothing is allocated.
 */
#ifndef SIM_PENDING_H
#define SIM_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bug.h"

struct event {
    int64_t time; /* nanoseconds, as the clock */
    uint64_t sequence;
    uint64_t subject; /* whose it is; the kind says what these two mean */
    uint64_t detail;
    uint16_t kind;
};

enum {
    PENDING_SEQUENCE_BITS = 40, /* a trillion events in the life of a world */
    PENDING_SLOT_BITS = 24,     /* sixteen million at once */
};

#define PENDING_SEQUENCE_MAX ((UINT64_C(1) << PENDING_SEQUENCE_BITS) - 1)

/* time, then sequence, then slot, from the highest bit down: one comparison orders two events. */
__extension__ typedef unsigned __int128 pending_key;

struct pending_what;
struct pending_page;

struct pending {
    pending_key *keys; /* the heap; owned */
    size_t count;            /* in the heap, cancelled ones included */
    size_t size;
    size_t cancelled;
    bool hole; /* the top has been taken out and nothing stands there yet */
    struct pending_what *what; /* what the events mean, by slot; owned */
    uint32_t free_slot;        /* first of the chain of free slots */
    uint32_t slots_used;
    struct pending_page **pages; /* which sequences are alive; a hash table by page number; owned */
    struct pending_page *newest; /* the one with the highest number, or NULL: not known */
    size_t page_size;
    size_t page_count;
    struct pending_page *spare_pages; /* owned */
};

void pending_init(struct pending *pending);
void pending_release(struct pending *pending);
/* Forgets all events but keeps the memory. */
void pending_clear(struct pending *pending);

/* The parts of an event, by value, since this runs for each.  BUG when the time is negative, the
 * sequence is 0, too large or already here, or too much is pending. */
void pending_push(struct pending *pending, int64_t time, uint64_t sequence, uint16_t kind,
                  uint64_t subject, uint64_t detail);
/* Removes the first event if it is due by `until`; false when none is.  pending_settle() must
 * follow before the next question about the first one. */
bool pending_pop(struct pending *pending, int64_t until, struct event *event);
void pending_settle(struct pending *pending);
/* The time of the first event; INT64_MAX when there is none. */
static inline int64_t pending_first_time(const struct pending *pending);
/* False when the sequence is not pending. */
bool pending_cancel(struct pending *pending, uint64_t sequence);
bool pending_has(const struct pending *pending, uint64_t sequence);
size_t pending_count(const struct pending *pending);
/* Writes all pending_count() events, in no promised order. */
void pending_list(const struct pending *pending, struct event *events);

static inline int64_t pending_first_time(const struct pending *pending)
{
    if (pending->hole)
        BUG("the first of events that are not settled");
    return pending->count == 0 ? INT64_MAX : (int64_t)(uint64_t)(pending->keys[0] >> 64);
}

#endif
