/*
 * cloud/event_archive.h - archives of event buses, and the replaying of what they keep.
 *
 *   an event on a bus -> each archive of it whose pattern it has -> kept for RetentionDays
 *
 *   STARTING -> RUNNING -> COMPLETED
 *                  |-> CANCELLING -> CANCELLED
 *
 * A replay gives the events of a span of time to the bus once more, with its name in them, minute
 * after minute of the time at which they happened; what is replayed is not archived again.
 *
 * True to the EventBridge user guide, "Archiving and replaying events".  How long a replay takes
 * AWS does not say: here it begins after 10 s, and each minute of events takes a second.
 */
#ifndef CLOUD_EVENT_ARCHIVE_H
#define CLOUD_EVENT_ARCHIVE_H

#include "cloud/event_bus.h"

enum { EVENT_REPLAYS_MAX = 10 }; /* under way at once, of an account in a Region */

/* Saved: append only. */
enum event_replay_state {
    REPLAY_STARTING = 1,
    REPLAY_RUNNING,
    REPLAY_CANCELLING,
    REPLAY_COMPLETED,
    REPLAY_CANCELLED,
    REPLAY_FAILED,
};
extern const char *const event_replay_state_words[];

struct event_archive {
    uint64_t id;
    uint64_t account;
    int64_t created;
    int64_t retention_days; /* 0: for ever */
    char *name;
    char *bus;
    char *description; /* NULL: none */
    char *pattern;     /* NULL: all events */
    uint8_t region;
};

struct archived_event {
    uint64_t id;
    uint64_t archive;
    int64_t time;
    char *event; /* JSON */
    char *name;  /* its id */
};

struct event_replay {
    uint64_t id;
    uint64_t account;
    uint64_t step; /* sequence of its next event; 0: it has ended */
    int64_t begun;
    int64_t ended; /* 0: it is under way */
    int64_t from;  /* of the events, as the next ones */
    int64_t until;
    int64_t at;   /* everything before was replayed */
    int64_t last; /* the last that was replayed; 0: none */
    char *name;
    char *archive; /* its name */
    char *bus;
    char *description;  /* NULL: none */
    LIST(char *) rules; /* ARNs; none: all rules */
    uint8_t region;
    uint8_t state; /* enum event_replay_state */
};

struct archive_size {
    int64_t events;
    int64_t bytes;
};

extern const struct shape event_archive_shape, archived_event_shape, event_replay_shape;

void event_archives_init(struct event_buses *buses);
void event_archives_release(struct event_buses *buses);
bool event_archives_restore(const struct event_buses *buses);

struct event_archive *event_archive_find(const struct event_buses *buses, uint64_t account,
                                         uint8_t region, const char *name);
/* With the events that it keeps. */
void event_archive_remove(struct event_buses *buses, struct event_archive *archive);
struct archive_size event_archive_size(const struct event_buses *buses,
                                       const struct event_archive *archive);
/* An event came to a bus: who keeps it? */
void event_archive_keep(struct event_buses *buses, const struct event_arrival *arrival);
/* Does any archive of the bus listen? */
bool event_archive_hears(const struct event_buses *buses, uint64_t account, uint8_t region,
                         const char *bus);

struct event_replay *event_replay_find(const struct event_buses *buses, uint64_t account,
                                       uint8_t region, const char *name);
/* The caller has filled in what it says; it begins. */
void event_replay_begin(struct event_buses *buses, struct event_replay *replay);
/* False when it has ended, or is ending. */
bool event_replay_cancel(struct event_buses *buses, struct event_replay *replay);

#endif
