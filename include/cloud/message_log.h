/*
 * cloud/message_log.h - what became of messages: each step, with its reason.
 *
 * A message is anything that travels between services under an id of its own: a message of a queue,
 * a notification of a topic, an event of a bus.  Those who carry it write a note at each step; the
 * latest MESSAGE_NOTES of all messages are kept in a ring, and become sentences only when somebody
 * asks (`lab explain-message`).
 */
#ifndef CLOUD_MESSAGE_LOG_H
#define CLOUD_MESSAGE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "sim/chance.h"
#include "base/str.h"
#include "base/table.h"

enum { MESSAGE_NOTES = 16384, MESSAGE_UUID = 37 };

/* What happened.  Saved: append only. */
enum message_step {
    MESSAGE_TOLD = 1,     /* the text says it all */
    MESSAGE_SENT,         /* place: the queue; number: bytes */
    MESSAGE_DELAYED,      /* number: until when it is not given out, ns */
    MESSAGE_APPEARED,     /* its delay is over */
    MESSAGE_DUPLICATE,    /* place: the queue; sent again within five minutes, and dropped */
    MESSAGE_RECEIVED,     /* number: how often by now; other: until when it is hidden, ns */
    MESSAGE_HIDDEN,       /* number: visibility changed: hidden until then, ns */
    MESSAGE_RETURNED,     /* the visibility timeout ended without a deletion: it is visible again */
    MESSAGE_DELETED,      /* number: how often it was received */
    MESSAGE_STALE,        /* a deletion by an old receipt handle did nothing */
    MESSAGE_EXPIRED,      /* number: the retention, s */
    MESSAGE_PURGED,
    MESSAGE_QUEUE_GONE,   /* its queue was deleted */
    MESSAGE_DEAD,         /* place: where dead letters go; number: receives; other: the most */
    MESSAGE_MOVED,        /* place: the queue to which a move task brought it; other: the message
                           * that it is there */
    MESSAGE_CAME,         /* place: the queue from which a move task brought it */
    MESSAGE_UNHEARD,      /* number: the storage server that did not hear of what came before */
    MESSAGE_AGAIN,        /* number: the storage server that is back and still has it visible */
    MESSAGE_PUBLISHED,    /* place: the topic; number: bytes; other: how many had subscribed and
                           * confirmed; text: how its body begins, NULL of older sessions */
    MESSAGE_PUT,          /* an event came to a bus; number: rules that have it; text: the bus, the
                           * source, the detail-type, and how its detail begins, a line each */
    MESSAGE_STEPS_,
};

struct message_note {
    uint64_t sequence; /* from 1; the key */
    int64_t time;
    uint64_t message;
    uint64_t account;
    uint64_t place; /* an id, as the step says; 0: none */
    int64_t number;
    int64_t other;
    char *text; /* of MESSAGE_TOLD; NULL */
    uint8_t step; /* enum message_step */
    uint8_t region;
};

struct message_log {
    struct message_note *ring; /* owned; note n at n % MESSAGE_NOTES, allocated as it grows */
    uint32_t ring_size;
    uint64_t next;      /* sequence of the next note */
    const int64_t *now; /* borrowed */
    struct chance_label uuids; /* of the world's seed: what else stands in ids */
};

extern const struct shape message_note_shape;

void message_log_init(struct message_log *log, const int64_t *now, uint64_t seed);
void message_log_release(struct message_log *log);
/* A step of a message, now: sequence and time are filled in here, the text is copied. */
void message_log_add(struct message_log *log, struct message_note note);
/* A sentence about a message: MESSAGE_TOLD. */
void message_log_tell(struct message_log *log, uint64_t account, uint8_t region, uint64_t message,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Its notes that are kept, the oldest first: an arena's list of borrowed notes. */
struct message_notes {
    const struct message_note **items;
    uint32_t count;
    uint32_t size;
};
struct message_notes message_log_of(const struct message_log *log, struct arena *arena,
                                    uint64_t message);
/* The latest notes of one step in an account and a Region, the newest first, `most` at the most. */
struct message_wish {
    uint64_t account;
    uint8_t region;
    uint8_t step; /* enum message_step */
    uint32_t most;
};
struct message_notes message_log_latest(const struct message_log *log, struct arena *arena,
                                        const struct message_wish *wish);
/* How a text begins, as a note keeps it: the arena's. */
const char *message_text(struct arena *arena, const char *text);

/* The id that people see of a message, "1b0e3f5a-...", as text with its NUL; and back, 0 when the
 * text is no such id of this world.  `message` is any id of ids_new() or a chance stream. */
void message_uuid(const struct message_log *log, uint64_t message, char text[MESSAGE_UUID]);
uint64_t message_uuid_read(const struct message_log *log, const char *text);

/* For saving; and back. */
void message_log_pack(const struct message_log *log, struct str *out, const char *name);
bool message_log_load(struct message_log *log, const struct table *table);

#endif
