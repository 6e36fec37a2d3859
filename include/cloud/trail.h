/*
 * cloud/trail.h - the cloud's log of everything that happened.
 *
 * Rooms below tell what happened; views, lessons and `explain` above read it (DESIGN part 2, rule
 * 3).  The last TRAIL_KEPT entries are kept; an older one is gone, and asking for it says so.
 */
#ifndef CLOUD_TRAIL_H
#define CLOUD_TRAIL_H

#include <stdint.h>

#include "base/shape.h"
#include "base/str.h"
#include "base/table.h"

enum { TRAIL_KEPT = 100000 };

/* What an entry is about; the words are trail_topic_name()'s. Append only: the numbers are saved.
 */
enum trail_topic {
    TRAIL_INSTANCE = 1,
    TRAIL_CHECKS,
    TRAIL_HOST,
    TRAIL_GUEST,
    TRAIL_VOLUME,
    TRAIL_SNAPSHOT,
    TRAIL_IMAGE,
    TRAIL_NETWORK,
    TRAIL_REQUEST,
    TRAIL_PROBE,
    TRAIL_TARGET,
    TRAIL_BALANCER,
    TRAIL_FAULT,
    TRAIL_SCALING,
    TRAIL_ALARM,
    TRAIL_WORKLOAD,
    TRAIL_SPOT,
    TRAIL_QUEUE,
    TRAIL_EVENT,
    TRAIL_TOPIC,
};

struct trail_entry {
    uint64_t sequence; /* from 1, never reused */
    int64_t time;      /* simulated, ns since the epoch */
    uint64_t account;  /* whose; 0: the provider's own */
    uint64_t subject;  /* id of what it is about */
    uint64_t other;    /* id of what else took part, or 0 */
    uint8_t topic;     /* enum trail_topic */
    uint8_t region;
    /* one short sentence in AWS's words, ids included: "i-0... pending -> running"; the trail's */
    const char *text;
};

extern const struct shape trail_entry_shape;

struct trail {
    const int64_t *now;       /* borrowed from the sim */
    struct trail_entry *ring; /* owned; entry n at n % TRAIL_KEPT, allocated as it grows */
    uint32_t ring_size;
    uint64_t next; /* sequence of the next entry */
    struct trail_page *oldest; /* the texts of the entries, page after page; owned */
    struct trail_page *newest;
};

void trail_init(struct trail *trail, const int64_t *now);
void trail_release(struct trail *trail);
/* Adds an entry at the present time; the text is copied.  entry.sequence and .time are filled in
 * here. */
void trail_add(struct trail *trail, struct trail_entry entry);
/* The entry of that sequence, or NULL when it is gone or has not happened. */
const struct trail_entry *trail_find(const struct trail *trail, uint64_t sequence);
/* Sequences that are kept: first .. next-1. */
uint64_t trail_first(const struct trail *trail);
uint64_t trail_next(const struct trail *trail);
const char *trail_topic_name(uint8_t topic);
extern const char *const trail_topic_words[]; /* all of them, NULL-terminated */
/* For saving: the entries that are kept, as a table; and back. */
void trail_pack(const struct trail *trail, struct str *out, const char *name);
void trail_load(struct trail *trail, const struct table *table);

#endif
