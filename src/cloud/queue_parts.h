/*
 * cloud/queue_parts.h - what the files of the room `queue` share.
 */
#ifndef CLOUD_QUEUE_PARTS_H
#define CLOUD_QUEUE_PARTS_H

#include "cloud/queue.h"

enum {
    QUEUE_NOISY_LEAST = 30, /* messages in flight before a group can be a noisy neighbour */
    QUEUE_NOISY_SHARE = 10, /* more than one in so many of all in flight */
};

/* The visible messages of a group on one pair of servers. */
struct queue_shelf {
    struct heap visible;    /* by sequence */
    struct heap_node ready; /* among the shelves of quiet groups, by its first message */
    struct queue_group *group;
};

/* The messages of a queue that bear one MessageGroupId, or each other one's own tenant: none. */
struct queue_group {
    uint64_t key; /* made of the name */
    char *name;   /* NULL: of those without */
    int64_t members;
    int64_t flight;
    int64_t visible;
    int64_t delayed;
    struct heap_node busy; /* among quiet groups of a standard queue, by -flight */
    bool noisy;
    struct queue_shelf shelves[QUEUE_PAIRS]; /* of a standard queue */
    struct queue_message *first;             /* of a FIFO queue: by sequence */
    struct queue_message *last;
    struct heap_node ready; /* of a FIFO queue, while its first message is visible */
};

/* Who is next in a queue. */
struct queue_line {
    struct pool groups;
    struct heap ready[QUEUE_PAIRS]; /* standard: shelves of quiet groups with something */
    struct heap busy;               /* standard: quiet groups that can turn noisy */
    struct queue_group *noisy[QUEUE_NOISY_SHARE];
    uint32_t noisy_count;
    struct heap fifo; /* FIFO: groups whose first message is visible */
    struct heap wake; /* delayed and in flight, by due */
    struct heap age;  /* all but ghosts, by since */
    struct heap lost; /* those whose `missed` is not 0, by sequence */
    int64_t counts[MESSAGE_STATE_GHOST + 1];
    LIST(uint64_t) polls; /* that wait, in the order of their coming */
};

/* ---- queue_line.c ---- */

struct queue_line *queue_line_new(void);
void queue_line_free(struct queue_line *line);
/* A message that is in no state yet is in the queue from now on. */
void queue_line_join(struct queue *queue, struct queue_message *message);
void queue_line_leave(struct queue *queue, struct queue_message *message);
/* It is in another state, delayed or in flight until `due`. */
void queue_line_set(struct queue *queue, struct queue_message *message, uint8_t state,
                    int64_t due);
/* The message whose turn it is at the servers, as bits, asked in that order; NULL: none there. */
struct queue_ask {
    uint8_t servers[QUEUE_SERVERS];
    uint32_t count; /* of servers that answer */
    uint32_t turn;  /* whose answer is looked at next */
    struct queue_message *after; /* FIFO: of the same group as the one before; NULL */
};
struct queue_message *queue_line_next(const struct queue *queue, struct queue_ask *ask);
uint8_t queue_pair_copies(uint32_t pair);
/* Is it one that a message can lie on? */
bool queue_copies_sound(uint8_t copies);

/* ---- queue.c ---- */

/* The event at which something of the queue is due is planned. */
void queue_settle(struct queues *queues, struct queue *queue);
/* Draws of the queue's own. */
uint64_t queue_draw(struct queues *queues, struct queue *queue, uint64_t below);
/* An id that nothing has, drawn from the queue's own luck. */
uint64_t queue_new_id(struct queues *queues, struct queue *queue);
void queue_tell(struct queues *queues, const struct queue *queue, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The message is gone for good. */
void queue_drop(struct queues *queues, struct queue *queue, struct queue_message *message);
/* A step of a message, for its history; place, number and other as enum message_step says. */
void queue_note(struct queues *queues, const struct queue *queue, uint64_t message,
                struct message_note note);

/* ---- queue_message.c ---- */

extern const struct event_kind queue_poll_kind;
/* What has become visible goes to those who wait, and what is due next is planned. */
void queue_serve(struct queues *queues, struct queue *queue);
/* The poll has what it will have; `queue` may be NULL. */
void queue_poll_end(struct queues *queues, struct queue *queue, struct queue_poll *poll);
/* Checks what is sent, in SQS's words.  0 or -1. */
int queue_send_check(const struct queue *queue, const struct queue_send *send,
                     struct fault *fault);
/* A message joins a queue: a new row, but for its contents. */
struct queue_message *queue_enter(struct queues *queues, struct queue *queue, uint64_t id);

/* ---- queue_dedup.c ---- */

/* The entry of what was sent in the last five minutes with that id; NULL: nothing was. */
const struct queue_dedup *queue_dedup_find(const struct queues *queues, const struct queue *queue,
                                           const char *group, const char *dedup);
void queue_dedup_keep(struct queues *queues, const struct queue *queue,
                      const struct queue_message *message);
void queue_dedup_forget(struct queues *queues, const struct queue *queue);
bool queue_dedups_restore(struct queues *queues);

/* ---- queue_redrive.c ---- */

extern const struct event_kind queue_move_kind;
/* It was received too often: to the dead-letter queue.  False when it stays. */
bool queue_bury(struct queues *queues, struct queue *queue, struct queue_message *message);

/* ---- queue_storage.c ---- */

extern const struct event_kind queue_storage_kind;
/* The servers that a poll asks. */
struct queue_ask queue_storage_ask(struct queues *queues, struct queue *queue, bool all);
/* Where a new message lies. */
uint8_t queue_storage_place(struct queues *queues, struct queue *queue);
/* The servers of a message that do not hear what is done with it now; remembers that. */
uint8_t queue_storage_missed(struct queues *queues, struct queue *queue,
                             const struct queue_message *message);
void queue_lost_set(struct queue *queue, struct queue_message *message, uint8_t missed);

#endif
