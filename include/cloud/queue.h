/*
 * cloud/queue.h - SQS: queues, and the messages that wait in them.
 *
 *               send                     receive
 *   delayed ------------> visible ------------------> in flight --- delete ---> gone
 *      ^                     ^                            |
 *      |  DelaySeconds       +---- visibility timeout ----+
 *                            |
 *                            +--- received too often ---> the dead-letter queue
 *
 * A standard queue lies on QUEUE_SERVERS storage servers, and each message on QUEUE_COPIES of them.
 * A short poll asks QUEUE_SAMPLE servers, which between them have a copy of every message while all
 * are well; a long poll asks all.  While a server is out of service (queue_storage.c) it answers
 * nobody and hears nothing: short polls may come back empty, and what was received or deleted
 * meanwhile is still visible there when it is back.  FIFO queues wait for their servers instead.
 *
 * What an attribute says is shown at once and takes effect up to 60 seconds later, the retention up
 * to 15 minutes.  Purging takes up to 60 seconds.
 *
 * True to the SQS developer guide and API reference (SEMANTICS c8).  Left out: the limit of 300
 * calls a second of FIFO queues; encryption (its attributes are kept, and change nothing);
 * throttling.
 */
#ifndef CLOUD_QUEUE_H
#define CLOUD_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/message_log.h"
#include "cloud/resource_policy.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/chance.h"
#include "sim/event.h"

enum {
    QUEUE_SERVERS = 4,
    QUEUE_COPIES = 2,
    QUEUE_SAMPLE = 3,        /* servers that a short poll asks */
    QUEUE_PAIRS = 6,         /* of servers */
    QUEUE_BATCH = 10,        /* entries of a batch, and messages of an answer */
    QUEUE_ATTRIBUTES = 10,   /* of a message */
    QUEUE_SIZE_MAX = 1048576,
    QUEUE_FLIGHT_MAX = 120000,
    QUEUE_VISIBILITY_MAX_S = 43200,
    QUEUE_DEDUP_S = 300,
    QUEUE_GRAVE_S = 60,      /* until a deleted queue's name is free */
    QUEUE_PURGE_S = 60,
    QUEUE_SOURCES_MAX = 10,  /* of a redrive allow policy by queue */
    QUEUE_RECEIVES_MAX = 1000,
    QUEUE_MOVES_KEPT = 10,   /* move tasks that are told of a queue */
};

/* The numbers among the attributes.  Saved: append only. */
enum queue_number {
    QUEUE_VISIBILITY = 0, /* s */
    QUEUE_DELAY,          /* s */
    QUEUE_RETENTION,      /* s */
    QUEUE_WAIT,           /* s */
    QUEUE_SIZE,           /* bytes */
    QUEUE_NUMBERS,
};

struct queue_range {
    const char *name; /* "VisibilityTimeout" */
    int64_t usual;
    int64_t least;
    int64_t most;
};
extern const struct queue_range queue_ranges[QUEUE_NUMBERS];

/* Who may use a queue as its dead-letter queue.  Saved. */
enum queue_allow { QUEUE_ALLOW_ALL = 0, QUEUE_ALLOW_NONE, QUEUE_ALLOW_SOME };

/* An attribute that was changed, and from when on it takes effect. */
struct queue_change {
    int64_t due;
    int64_t value;
    uint8_t number; /* enum queue_number */
};

/* What has happened to messages; and what CloudWatch was told of it. */
struct queue_counts {
    int64_t sent;      /* all that came, moved ones as well */
    int64_t received;  /* times a message was given out */
    int64_t deleted;
    int64_t expired;
    int64_t moved;     /* to a dead-letter queue, or by a move task */
    int64_t purged;
    int64_t again;     /* deleted ones that a storage server brought back */
    int64_t empty;     /* receives that found nothing */
    int64_t bytes;     /* sent */
    int64_t duplicates; /* of FIFO queues: sent again, and dropped */
    int64_t least;     /* bytes of the smallest message since CloudWatch last looked; 0: none */
    int64_t most;
    int64_t requests;  /* that are charged */
};

struct queue_line;
struct queue_group;

struct queue {
    uint64_t id;
    uint64_t account;
    int64_t created;
    int64_t modified;
    int64_t purged;   /* when the last purge was asked for; 0: never */
    int64_t purge_due; /* when that will have been done; 0: it is */
    uint64_t sequence; /* of the next message */
    uint64_t luck;     /* draws so far */
    uint64_t purge_before; /* messages of lesser sequence are purged then */
    uint64_t step;     /* sequence of the pending event; 0: none */
    int64_t step_due;
    uint64_t storage;  /* of the event at which a server is back; 0: none */
    int64_t receives_max; /* maxReceiveCount; 0: there is no redrive policy */
    char *name;
    char *policy;       /* JSON, as it was given; NULL */
    char *dead_letter;  /* ARN; NULL */
    char *kms_key;      /* NULL */
    int64_t kms_reuse_s; /* 0: not set */
    LIST(char *) sources; /* ARNs, of QUEUE_ALLOW_SOME */
    LIST(struct queue_change) changes; /* still to take effect */
    struct tags tags;
    struct queue_counts counts;
    struct queue_counts told;
    int64_t shown[QUEUE_NUMBERS]; /* what attributes say */
    int64_t held[QUEUE_NUMBERS];  /* what is in force */
    uint8_t region;
    uint8_t allow; /* enum queue_allow */
    bool allow_set;
    bool fifo;
    bool by_content;  /* ContentBasedDeduplication */
    bool dedup_group; /* DeduplicationScope messageGroup */
    bool limit_group; /* FifoThroughputLimit perMessageGroupId */
    bool own_key_off; /* SqsManagedSseEnabled is false */
    /* Not saved: */
    struct queue_line *line; /* who is next; owned by the room */
    struct resource_policy *rules; /* of `policy`; owned by the room */
};

/* An attribute that a sender gave a message. */
struct queue_value {
    char *name;
    char *type;         /* "String", "Number.int", "Binary" */
    char *text;         /* NULL of a Binary */
    struct blob binary;
};

/* Saved: append only. */
enum queue_state {
    MESSAGE_STATE_DELAYED = 1,
    MESSAGE_STATE_VISIBLE,
    MESSAGE_STATE_FLIGHT,
    /* deleted, but a storage server that is out of service still has a copy */
    MESSAGE_STATE_GHOST,
};

struct queue_message {
    uint64_t id;
    uint64_t queue;
    uint64_t sequence;   /* in its queue */
    uint64_t sender;     /* account; 0: a service of AWS */
    int64_t sent;
    int64_t since;       /* from when on its retention counts */
    int64_t due;         /* delayed and in flight: until when; else 0 */
    int64_t first_received; /* 0: never */
    int64_t received;       /* the last time */
    uint64_t receipt;    /* number of the last receipt handle; 0: none */
    int64_t receives;    /* ApproximateReceiveCount */
    char *body;
    LIST(struct queue_value) values;
    char *trace;         /* AWSTraceHeader; NULL */
    char *group;         /* NULL */
    char *dedup;         /* NULL */
    char *source;        /* ARN of the queue for which it was a dead letter; NULL */
    uint64_t number;     /* of FIFO queues: its sequence number; 0 */
    uint8_t state;       /* enum queue_state */
    uint8_t copies;      /* the servers that have it, as bits */
    uint8_t missed;      /* those that did not hear of its last receive or deletion */
    /* Not saved: */
    struct queue_group *in;      /* its group, or the one of all without */
    struct heap_node turn;       /* standard: among the visible of its shelf */
    struct heap_node wake;       /* by due */
    struct heap_node age;        /* by since */
    struct heap_node lost;       /* among those that a server has not heard of */
    struct queue_message *before; /* FIFO: in its group */
    struct queue_message *after;
};

/* A message that was sent to a FIFO queue within the last five minutes. */
struct queue_dedup {
    uint64_t key;     /* made of queue, scope and text */
    uint64_t queue;
    uint64_t order;   /* of its sending, among all */
    uint64_t message;
    uint64_t number;
    int64_t time;
    char *text;       /* scope and id */
    struct queue_dedup *newer; /* not saved */
};

/* A name that is not free yet. */
struct queue_grave {
    uint64_t key;
    uint64_t account;
    int64_t until;
    char *name;
    uint8_t region;
};

/* What was given to somebody. */
struct queue_receipt {
    uint64_t message;
    uint64_t receipt;
};

struct queue_receipts {
    struct queue_receipt *items;
    uint32_t count;
    uint32_t size;
};

/* Somebody who waits for messages: a long poll. */
struct queue_poll {
    uint64_t id;
    uint64_t queue;
    uint64_t account;
    int64_t until;
    int64_t ended; /* 0: it waits */
    int64_t visibility_s;
    uint32_t most;
    struct queue_receipts found;
    uint64_t consumer; /* what arrived() is told; 0: it is a person's */
};

/* A receive that can be asked for again (ReceiveRequestAttemptId). */
struct queue_attempt {
    uint64_t key;
    uint64_t queue;
    int64_t time;
    char *text;
    struct queue_receipts found;
};

/* Saved: append only. */
enum queue_move_state {
    MOVE_RUNNING = 1,
    MOVE_COMPLETED,
    MOVE_CANCELLING,
    MOVE_CANCELLED,
    MOVE_FAILED,
};

struct queue_move {
    uint64_t id;
    uint64_t queue; /* the dead-letter queue */
    uint64_t account;
    int64_t started;
    int64_t rate;    /* messages a second; 0: as many as go */
    int64_t moved;
    int64_t to_move; /* when it began */
    uint64_t last;   /* messages with a later sequence came after it began */
    char *destination; /* ARN; NULL: where each came from */
    char *reason;      /* of MOVE_FAILED: a code; NULL */
    uint8_t state;
    uint8_t region;
};

struct queues {
    struct table table;    /* struct queue */
    struct table graves;   /* struct queue_grave */
    struct table polls;    /* struct queue_poll */
    struct table attempts; /* struct queue_attempt */
    struct table moves;    /* struct queue_move */
    struct pool messages;  /* struct queue_message */
    struct pool dedups;    /* struct queue_dedup */
    struct queue_dedup *dedup_first; /* the oldest */
    struct queue_dedup *dedup_last;
    struct sim *sim;       /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct message_log *log;
    uint64_t seed;
    struct chance_label luck; /* of the seed: draws of queues, checks of receipts, bad days */
    struct chance_label receipts;
    struct chance_label outages;
    /* Is a storage server of the queue out of service on purpose?  Its number, -1: none.  NULL:
     * never. */
    int (*server_out)(void *context, const struct queue *queue);
    /* A consumer's poll has ended, with or without messages; see queue_poll_take().  NULL: there
     * are no consumers. */
    void (*arrived)(void *context, const struct queue_poll *poll);
    /* So many requests at a queue are charged to its owner.  NULL: nobody asks. */
    void (*charge)(void *context, const struct queue *queue, int64_t requests);
    /* A queue is deleted.  NULL: nobody wants to know. */
    void (*removed)(void *context, uint64_t queue);
    /* Do the Region's services not answer?  NULL: they always do. */
    bool (*region_lost)(void *context, uint8_t region);
    void *context;
};

extern const struct shape queue_shape, queue_message_shape, queue_dedup_shape, queue_grave_shape,
    queue_poll_shape, queue_attempt_shape, queue_move_shape;

/* The caller fills in the borrowed members first. */
void queues_init(struct queues *queues);
void queues_release(struct queues *queues);
/* After tables and pools were read: false when they contradict themselves. */
bool queues_restore(struct queues *queues);

/* ---- queues (queue.c) ---- */

/* What a new queue, or a change of one, says; what is not set is left as it is. */
struct queue_wish {
    struct opt_int numbers[QUEUE_NUMBERS];
    struct opt_bool fifo; /* of a new one only */
    struct opt_bool by_content;
    struct opt_bool dedup_group;
    struct opt_bool limit_group;
    struct opt_bool own_key; /* SqsManagedSseEnabled */
    struct opt_int kms_reuse_s;
    const char *kms_key;   /* "": none any more; NULL: as it is, as for the next ones */
    const char *policy;    /* "" as well; already read once */
    const char *dead_letter; /* ARN; "" ends the redrive policy */
    int64_t receives_max;
    bool allow_set;
    bool allow_ends;       /* the redrive allow policy goes */
    uint8_t allow;
    struct strings sources;
};

struct queue_new {
    uint64_t account;
    const char *name;
    const struct queue_wish *wish;
    const struct tags *tags; /* NULL: none */
    uint8_t region;
};

/* NULL and a fault: QueueDeletedRecently.  The caller has seen that none of that name is there. */
struct queue *queue_add(struct queues *queues, const struct queue_new *wish, struct fault *fault);
void queue_change(struct queues *queues, struct queue *queue, const struct queue_wish *wish);
/* With all its messages. */
void queue_remove(struct queues *queues, struct queue *queue);
/* 0, or -1 and PurgeQueueInProgress. */
int queue_purge(struct queues *queues, struct queue *queue, struct fault *fault);

/* NULL when there is none. */
struct queue *queue_find(const struct queues *queues, uint64_t id);
struct queue *queue_find_name(const struct queues *queues, uint64_t account, uint8_t region,
                              const char *name);
struct queue *queue_find_arn(const struct queues *queues, const char *arn);
/* "arn:aws:sqs:us-east-1:111122223333:NAME"; "https://sqs.us-east-1.amazonaws.com/ACCOUNT/NAME" */
const char *queue_arn(const struct queues *queues, struct arena *arena, const struct queue *queue);
const char *queue_url(const struct queues *queues, struct arena *arena, const struct queue *queue);

/* What was counted since it was last asked for is told to charge(). */
void queue_charge(struct queues *queues, struct queue *queue);

/* How many messages there are in a state. */
int64_t queue_count(const struct queue *queue, enum queue_state state);
/* Of a standard queue: which of its groups are noisy neighbours now, and what the others have. */
struct queue_quiet {
    int64_t noisy; /* groups */
    int64_t visible;
    int64_t flight;
    int64_t delayed;
    int64_t since; /* of their oldest that is no ghost; 0: there is none */
};
/* False when it keeps order, or no message in it bears a group. */
bool queue_quiet(const struct queue *queue, struct queue_quiet *quiet);
/* Of the oldest that is not a ghost, ns; 0: there is none. */
int64_t queue_oldest_age(const struct queues *queues, const struct queue *queue);

/* The oldest messages that are no ghosts, the oldest first, `most` at the most: how many.  They are
 * borrowed. */
uint32_t queue_oldest(const struct queue *queue, const struct queue_message **out, uint32_t most);
/* Long polls that wait for a message. */
uint32_t queue_waiting(const struct queue *queue);

/* ---- messages (queue_message.c) ---- */

struct queue_send {
    const char *body;
    const struct queue_value *values; /* copied, as all else */
    uint32_t value_count;
    struct opt_int delay_s; /* not set: the queue's */
    const char *trace;      /* as the next, NULL: none */
    const char *group;
    const char *dedup;
    uint64_t sender;        /* account; 0: a service */
};

/* Of heap memory, freed with the list's shape. */
void queue_value_copy(struct queue_value *to, const struct queue_value *from);
/* What ContentBasedDeduplication takes as the id: SHA-256 of the body, as text with its NUL. */
enum { QUEUE_CONTENT_ID = 65 };
const char *queue_content_id(const char *body, char text[QUEUE_CONTENT_ID]);

struct queue_sent {
    uint64_t message;
    uint64_t number;  /* of a FIFO queue: the sequence number */
    bool duplicate;   /* nothing was added: it was sent before */
};

/* What a message weighs: body, names, types and values of its attributes. */
int64_t queue_send_bytes(const struct queue_send *send);
/* As how many requests so many bytes are charged: one for each 64 KiB. */
int64_t queue_requests_of(int64_t bytes);
/* 0, or -1 and the fault that SQS would give. */
int queue_send(struct queues *queues, struct queue *queue, const struct queue_send *send,
               struct queue_sent *sent, struct fault *fault);

struct queue_receive {
    uint64_t account;
    uint32_t most;               /* messages */
    struct opt_int visibility_s; /* not set: the queue's */
    int64_t wait_s;              /* 0: a short poll */
    const char *attempt;         /* ReceiveRequestAttemptId; NULL */
    uint64_t consumer;           /* what arrived() is told; 0: nobody is */
};

/*
 * Takes what is there; or, when nothing is and wait_s > 0, begins a poll: the answer is then found
 * with queue_poll_find() once it has ended.  Returns the poll's id, ended or not; its row lives
 * until queue_poll_drop(), or a minute after its end.  0 and a fault: OverLimit.
 */
uint64_t queue_receive(struct queues *queues, struct queue *queue,
                       const struct queue_receive *receive, struct fault *fault);
/* NULL when there is none any more. */
const struct queue_poll *queue_poll_find(const struct queues *queues, uint64_t poll);
/* Nobody asks for it any more.  While it waits: what would have come to it stays where it is. */
void queue_poll_drop(struct queues *queues, uint64_t poll);

/* The handle of what was given; and back: false when the text is no handle of this queue. */
const char *queue_handle(const struct queues *queues, struct arena *arena,
                         const struct queue *queue, const struct queue_receipt *receipt);
bool queue_handle_read(const struct queues *queues, const struct queue *queue, const char *text,
                       struct queue_receipt *receipt);

/* 0, or -1 and a fault.  Of a standard queue an old handle does nothing, and that is no fault. */
int queue_delete(struct queues *queues, struct queue *queue, const struct queue_receipt *receipt,
                 struct fault *fault);
/* From now on hidden for so long; 0: visible at once. */
int queue_hide(struct queues *queues, struct queue *queue, const struct queue_receipt *receipt,
               int64_t visibility_s, struct fault *fault);

/* NULL when it is gone, or only a ghost of it is left. */
const struct queue_message *queue_message_find(const struct queues *queues, uint64_t message);

/* ---- deliveries of AWS's own services (queue_deliver.c) ---- */

/* Why a delivery failed.  Only QUEUE_BUSY is worth another try. */
enum queue_refusal {
    QUEUE_TOOK = 0,
    QUEUE_NOT_THERE,    /* no such queue */
    QUEUE_NOT_ALLOWED,  /* its policy does not let the service send, or denies it */
    QUEUE_NOT_TAKEN,    /* the message itself: too large, no group for a FIFO queue */
    QUEUE_BUSY,         /* the Region's services do not answer */
};

struct queue_delivery {
    const char *arn;        /* of the queue */
    const char *service;    /* who delivers: "sns.amazonaws.com", "events.amazonaws.com" */
    const char *source_arn; /* on whose behalf: the topic's, the rule's */
    uint64_t source_account;
    struct queue_send send; /* send.sender is not looked at */
};

/*
 * A service of AWS delivers a message.  `why`, when not NULL, gets one sentence that says why it
 * was refused, in the arena; `sent` says what was made of it.
 */
enum queue_refusal queue_deliver(struct queues *queues, const struct queue_delivery *delivery,
                                 struct queue_sent *sent, struct arena *arena, const char **why);

/* ---- dead letters (queue_redrive.c) ---- */

/* Visits each queue whose dead-letter queue this is, in the order of their making. */
typedef void queue_visit(void *context, const struct queue *queue);
void queue_sources(const struct queues *queues, const struct queue *queue, queue_visit *visit,
                   void *context);
/* May `source` use `dead` as its dead-letter queue?  False also when the types differ. */
bool queue_redrive_allowed(const struct queues *queues, const struct queue *dead,
                           const struct queue *source);

struct queue_move_new {
    uint64_t account;
    struct queue *queue;     /* the dead-letter queue */
    const char *destination; /* ARN; NULL: each back to where it came from */
    int64_t rate;            /* 0: as many as go */
};

/* NULL and a fault. */
struct queue_move *queue_move_start(struct queues *queues, const struct queue_move_new *wish,
                                    struct fault *fault);
/* 0, or -1 and a fault. */
int queue_move_cancel(struct queues *queues, struct queue_move *move, struct fault *fault);

/* ---- storage servers (queue_storage.c) ---- */

/* Which server of a queue is out of service now; -1: none. */
int queue_server_out(const struct queues *queues, const struct queue *queue);
/* One came or went on purpose: `lab inject-fault`. */
void queue_storage_changed(struct queues *queues, struct queue *queue);

/* ---- faults ---- */

extern const struct fault_kind fault_queue_deleted_recently, fault_queue_purging,
    fault_queue_over_limit, fault_queue_handle, fault_queue_handle_expired,
    fault_queue_handle_gone, fault_queue_not_in_flight, fault_queue_visibility_total,
    fault_queue_no_group, fault_queue_bad_id, fault_queue_no_dedup, fault_queue_fifo_delay,
    fault_queue_delay,
    fault_queue_no_body, fault_queue_contents, fault_queue_too_long, fault_queue_dedup_standard,
    fault_queue_attribute_empty, fault_queue_attributes, fault_queue_move_running,
    fault_queue_move_source, fault_queue_move_ended;

#endif
