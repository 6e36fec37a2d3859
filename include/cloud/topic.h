/*
 * cloud/topic.h - SNS: topics, and those who subscribed to hear what is published on them.
 *
 *                        filter           delivery
 *   publish --> topic --+-> passes ------> queue, mailbox, URL
 *                       |                    |  nobody answers: again, later and later
 *                       |                    v
 *                       |                 the subscription's dead-letter queue; without one: lost
 *                       +-> does not pass: filtered out
 *                       +-> nobody has subscribed: nobody hears it, ever
 *
 * A topic keeps nothing: what nobody hears when it is published is gone.  What an endpoint refuses
 * for good (no such queue, no permission) is not tried again; what does not answer is, as the
 * schedule of its protocol says.
 *
 * A filter policy takes effect at once with the subscription, and up to 15 minutes after a change.
 *
 * True to the SNS developer guide and API reference (SEMANTICS c9).  Left out, and refused by name:
 * SMS, mobile push, Lambda, Firehose; archives and their replay; delivery status logs; data
 * protection; encryption (its key is kept, and changes nothing); throttling.
 */
#ifndef CLOUD_TOPIC_H
#define CLOUD_TOPIC_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/event_pattern.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/message_log.h"
#include "cloud/queue.h"
#include "cloud/resource_policy.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum {
    TOPIC_BATCH = 10,
    TOPIC_SIZE_MAX = 262144,  /* bytes of a message, and of a batch */
    TOPIC_SUBJECT_MAX = 99,   /* characters: fewer than 100 */
    TOPIC_DEDUP_S = 300,
    TOPIC_FILTER_CHANGE_S = 900,
    TOPIC_FILTER_KEYS = 5,
    TOPIC_FILTER_VALUES = 150,
    TOPIC_FILTERS_MAX = 200,  /* filter policies of a topic */
    TOPIC_TOKEN = 225,        /* bytes of a token's text, with its NUL */
    TOPIC_MAILS = 200,        /* that an account's mailboxes keep, all together */
    TOPIC_ANSWER_S = 15,      /* how long an endpoint of HTTP may take to answer */
    TOPIC_RETRY_S = 3600,     /* all the waits of its retries together */
};

/* Saved: append only. */
enum topic_protocol {
    TOPIC_SQS = 1,
    TOPIC_EMAIL,
    TOPIC_EMAIL_JSON,
    TOPIC_HTTP,
    TOPIC_HTTPS,
    TOPIC_PROTOCOLS_,
};
extern const char *const topic_protocol_words[]; /* from TOPIC_SQS on */

/* What has happened to messages; and what CloudWatch was told of it. */
struct topic_counts {
    int64_t published;
    int64_t bytes;
    int64_t least;     /* bytes of the smallest message since CloudWatch last looked; 0: none */
    int64_t most;
    int64_t delivered;
    int64_t failed;    /* given up */
    int64_t filtered;  /* all that filters held back */
    int64_t no_values; /* of those: messages without attributes, where a filter asks for some */
    int64_t bad_body;  /* and those whose body is no JSON object, where a filter asks for one */
    int64_t redriven;  /* given up, and brought to a dead-letter queue */
    int64_t redrive_failed;
    int64_t unheard;   /* nobody had subscribed */
    int64_t duplicates; /* of FIFO topics: published again, and dropped */
};

/* What became of a message for one who subscribed.  Saved: append only. */
enum topic_fate {
    TOPIC_FATE_OPEN = 0, /* it waits for those of its group; or none came yet */
    TOPIC_FATE_HEARD,
    TOPIC_FATE_FILTERED,
    TOPIC_FATE_AGAIN, /* it is to be tried again */
    TOPIC_FATE_DEAD,  /* given up, and brought to the dead-letter queue */
    TOPIC_FATE_LOST,  /* given up */
};

/* What came of messages for one subscription; of a topic, those of all that it ever had. */
struct topic_hearing {
    int64_t delivered;
    int64_t filtered;
    int64_t dead;
    int64_t lost;
    int64_t last;     /* when the latest message came, or came to its end; 0: never */
    uint64_t message; /* that message; 0 */
    uint8_t fate;     /* its enum topic_fate */
};

struct topic_subscription;

struct topic {
    uint64_t id;
    uint64_t account;
    int64_t created;
    uint64_t sequence; /* of the last message of a FIFO topic */
    uint64_t luck;     /* draws so far */
    int64_t deleted;   /* SubscriptionsDeleted */
    char *name;
    char *display;   /* DisplayName; NULL */
    char *policy;    /* JSON; NULL: as SNS makes it, for the owner alone */
    char *delivery;  /* DeliveryPolicy, JSON; NULL */
    char *kms_key;   /* NULL */
    struct tags tags;
    struct topic_counts counts;
    struct topic_counts told;
    uint8_t region;
    uint8_t signature; /* SignatureVersion, when somebody said so; 0 */
    bool fifo;
    bool by_content;   /* ContentBasedDeduplication */
    bool group_scope;  /* FifoThroughputScope MessageGroup */
    int64_t last;      /* when the latest message was published; 0: never */
    uint64_t message;  /* that message; 0 */
    /* Not saved: */
    LIST(struct topic_subscription *) heard; /* its subscriptions, in the order of their making */
    struct resource_policy *rules;           /* of `policy`; owned by the room */
};

struct topic_subscription {
    uint64_t id;
    uint64_t topic;
    uint64_t account;
    int64_t created;
    int64_t filter_due;    /* when `filter` takes effect; 0: it has */
    uint64_t filter_event; /* sequence of that event; 0 */
    char *endpoint;        /* an ARN, an address */
    char *filter;          /* FilterPolicy, as it was given; NULL */
    char *filter_held;     /* the one in force; NULL */
    char *dead_letter;     /* ARN; NULL */
    uint8_t protocol;      /* enum topic_protocol */
    bool confirmed;
    bool authenticated;    /* only its owner may end it */
    bool raw;
    bool by_body;          /* FilterPolicyScope MessageBody */
    bool by_body_held;
    bool scope_set;        /* somebody said which scope */
    struct topic_hearing heard;
    char *delivery;        /* DeliveryPolicy, JSON; NULL */
    char *reason;          /* why it could not be given the latest; NULL when it could */
    /* Not saved: */
    struct event_pattern *pattern; /* of `filter_held`; owned by the room */
};

/* What a delivery is.  Saved: append only. */
enum { TOPIC_NOTIFICATION, TOPIC_QUESTION /* will you confirm? */ };

/* A delivery that is to be tried again, or is on its way over HTTP. */
struct topic_delivery {
    uint64_t id;
    uint64_t subscription;
    uint64_t message;
    uint64_t event;    /* sequence of its next try */
    uint64_t number;   /* on a FIFO topic; 0 */
    int64_t tries;     /* so far */
    char *body;        /* as it is to be delivered */
    LIST(struct queue_value) values;
    char *group;       /* as the next, NULL: none */
    char *dedup;
    uint64_t exchange; /* under way; `event` is then 0.  Else 0 */
    uint8_t kind;      /* TOPIC_NOTIFICATION or TOPIC_QUESTION */
};

/* A message that was published on a FIFO topic within the last five minutes. */
struct topic_dedup {
    uint64_t key; /* made of topic, scope and text */
    uint64_t topic;
    uint64_t order;
    uint64_t message;
    uint64_t number;
    int64_t time;
    char *text;
    struct topic_dedup *newer; /* not saved */
};

/* A mail that came to a mailbox. */
struct topic_mail {
    uint64_t id;
    uint64_t account;
    uint64_t message;
    int64_t time;
    char *to;
    char *from;    /* the topic's DisplayName or "AWS Notifications" */
    char *subject;
    char *body;
    uint8_t region;
};

/* What is charged beside publishes. */
enum topic_delivered { TOPIC_NOTHING, TOPIC_MAILED, TOPIC_POSTED };

/* A request that a topic sends; strings are borrowed. */
struct topic_post {
    const char *url;
    const char *headers; /* lines ending in \r\n */
    const char *body;
    uint64_t delivery;
    int64_t limit_ns;
    uint8_t region;
};

struct topics {
    struct table table;         /* struct topic */
    struct table subscriptions; /* struct topic_subscription */
    struct table mails;         /* struct topic_mail */
    struct pool deliveries;     /* struct topic_delivery */
    struct pool dedups;         /* struct topic_dedup */
    struct topic_dedup *dedup_first; /* the oldest */
    struct topic_dedup *dedup_last;
    struct event_fields *fields; /* owned; of the message whose filters are asked */
    struct sim *sim;             /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct message_log *log;
    struct queues *queues;
    uint64_t seed;
    /* So many publishes of up to 64 KiB, or a delivery, are charged.  NULL: nobody asks. */
    void (*charge)(void *context, const struct topic *topic, int64_t publishes,
                   enum topic_delivered delivered);
    /* Sends a POST into the network, and returns its exchange, whose end topic_posted() is told,
     * later.  `drop`: nobody waits for it any more. */
    uint64_t (*post)(void *context, const struct topic_post *post);
    void (*drop)(void *context, uint64_t exchange);
    /* Do the Region's services not answer?  NULL: they always do. */
    bool (*region_lost)(void *context, uint8_t region);
    void *context;
};

extern const struct shape topic_shape, topic_subscription_shape, topic_delivery_shape,
    topic_dedup_shape, topic_mail_shape;

/* The caller fills in the borrowed members first. */
void topics_init(struct topics *topics);
void topics_release(struct topics *topics);
/* After tables and pools were read: false when they contradict themselves. */
bool topics_restore(struct topics *topics);

/* ---- topics (topic.c) ---- */

/* What a new topic, or a change of one, says; what is not set is left as it is. */
struct topic_wish {
    const char *display;  /* "": none any more; NULL: as it is, as for the next ones */
    const char *policy;   /* already read once */
    const char *delivery; /* already read once */
    const char *kms_key;
    struct opt_bool fifo; /* of a new one only */
    struct opt_bool by_content;
    struct opt_bool group_scope;
    struct opt_int signature;
};

struct topic_new {
    uint64_t account;
    const char *name;
    const struct topic_wish *wish;
    const struct tags *tags; /* NULL: none */
    uint8_t region;
};

/* The caller has seen that none of that name is there. */
struct topic *topic_add(struct topics *topics, const struct topic_new *wish);
void topic_change(struct topics *topics, struct topic *topic, const struct topic_wish *wish);
/* With all its subscriptions, and what was still to be delivered to them. */
void topic_remove(struct topics *topics, struct topic *topic);

/* NULL when there is none. */
struct topic *topic_find(const struct topics *topics, uint64_t id);
struct topic *topic_find_name(const struct topics *topics, uint64_t account, uint8_t region,
                              const char *name);
struct topic *topic_find_arn(const struct topics *topics, const char *arn);
/* "arn:aws:sns:us-east-1:111122223333:NAME" */
const char *topic_arn(const struct topics *topics, struct arena *arena, const struct topic *topic);
/* The policy that SNS gives a topic by itself: its owner may do all. */
const char *topic_policy_default(const struct topics *topics, struct arena *arena,
                                 const struct topic *topic);
/* May somebody do that with the topic?  Its owner may, unless its policy denies it; a service of
 * AWS may where the policy lets it. */
bool topic_allows(const struct topics *topics, const struct topic *topic,
                  const struct resource_ask *ask);

/* ---- subscriptions (topic_subscription.c) ---- */

struct topic_subscription_wish {
    const char *filter;      /* "": none any more; NULL: as it is, as for the next one */
    const char *dead_letter; /* ARN */
    const char *delivery;    /* already read once */
    struct opt_bool raw;
    struct opt_bool by_body;
};

struct topic_subscription_new {
    uint64_t account;
    struct topic *topic;
    const char *endpoint;
    const struct topic_subscription_wish *wish;
    uint8_t protocol;
};

/* One that awaits confirmation is asked at once, by mail or by a POST. */
struct topic_subscription *topic_subscribe(struct topics *topics,
                                           const struct topic_subscription_new *wish);
void topic_subscription_change(struct topics *topics, struct topic_subscription *subscription,
                               const struct topic_subscription_wish *wish);
void topic_unsubscribe(struct topics *topics, struct topic_subscription *subscription);
/* One that awaits confirmation is asked once more. */
void topic_subscription_ask(struct topics *topics, const struct topic_subscription *subscription);
void topic_confirm(struct topics *topics, struct topic_subscription *subscription,
                   bool authenticated);

/* NULL when there is none. */
struct topic_subscription *topic_subscription_find_arn(const struct topics *topics,
                                                       const char *arn);
struct topic_subscription *topic_subscription_find(const struct topic *topic, uint8_t protocol,
                                                   const char *endpoint);
const char *topic_subscription_arn(const struct topics *topics, struct arena *arena,
                                   const struct topic_subscription *subscription);
/* What confirms it. */
void topic_token(const struct topics *topics, const struct topic_subscription *subscription,
                 char token[TOPIC_TOKEN]);
/* The one of the topic that the token confirms; NULL. */
struct topic_subscription *topic_token_find(const struct topics *topics,
                                            const struct topic *topic, const char *token);

/* ---- how HTTP is tried again (topic_retry.c) ---- */

enum { TOPIC_LINEAR, TOPIC_ARITHMETIC, TOPIC_GEOMETRIC, TOPIC_EXPONENTIAL };

struct topic_retry {
    int64_t retries; /* after the first try; of these: */
    int64_t at_once;
    int64_t at_least; /* after the least wait, first */
    int64_t at_most;  /* after the longest, at last */
    int64_t least_s;
    int64_t most_s;
    uint8_t backoff; /* TOPIC_LINEAR and the like: how all others rise */
};

extern const struct topic_retry topic_retry_default;
/* Of policies that are JSON as they were given, or NULL: the topic's and the subscription's. */
void topic_retry_read(const char *topic_policy, const char *own_policy, struct topic_retry *retry);
/* Can a retry policy stand?  0, or -1 with the reason, in SNS's words; `where` is its name. */
int topic_retry_check(const json_t *json, const char *where, struct str *why);
/* All its members, for who frees it. */
json_t *topic_retry_json(const struct topic_retry *retry);
/* The wait before the retry of that number, from 1, without its jitter. */
int64_t topic_retry_ms(const struct topic_retry *retry, int64_t number);

/* ---- over HTTP (topic_http.c, topic_visit.c) ---- */

/* How a request of `post` ended. */
struct topic_posted {
    uint64_t delivery;
    uint16_t status;
    uint8_t exit;   /* enum request_exit */
    bool connected; /* before it ended */
};
void topic_posted(struct topics *topics, const struct topic_posted *posted);

/* Of a Region; what its links begin with, after https:// */
#define TOPIC_HOST "sns.%s.amazonaws.com"

/* Somebody visits a link: its path with the query.  The status, and XML in `body`; `number` makes
 * the answer's id. */
int topic_visit(struct topics *topics, const char *path, uint64_t number, struct str *body);

/* ---- filters (topic_filter.c) ---- */

/* Can a filter policy stand?  0, or -1 with the reason, in SNS's words, in `why`. */
int topic_filter_check(const char *text, bool by_body, struct str *why);
/* What AWS's reader says of a text that is no JSON: "failed to parse JSON. ..." */
void topic_json_why(const char *text, struct str *why);
/* So many of the topic's subscriptions have a filter policy. */
uint32_t topic_filter_count(const struct topic *topic);

/* ---- publishing (topic_publish.c) ---- */

struct topic_message {
    const char *body;        /* what those hear for whose protocol nothing else stands */
    const json_t *structure; /* MessageStructure json: texts by protocol; NULL */
    const char *subject;     /* as the next two, NULL: none */
    const char *group;
    const char *dedup;
    const struct queue_value *values;
    uint32_t value_count;
};

struct topic_published {
    uint64_t message;
    uint64_t number; /* of a FIFO topic: its sequence number */
    bool duplicate;  /* it was published before; nobody is told again */
};

/* What a message weighs: body, subject, names, types and values of its attributes. */
int64_t topic_message_bytes(const struct topic_message *message);
/* 0, or -1 and the fault that SNS would give. */
int topic_message_check(const struct topic *topic, const struct topic_message *message,
                        struct fault *fault);
/* The caller has checked it. */
void topic_publish(struct topics *topics, struct topic *topic, const struct topic_message *message,
                   struct topic_published *published);

/* Why a publish of a service failed.  Only TOPIC_BUSY is worth another try. */
enum topic_refusal {
    TOPIC_TOOK = 0,
    TOPIC_NOT_THERE,
    TOPIC_NOT_ALLOWED,
    TOPIC_NOT_TAKEN, /* the message itself: too large, no group for a FIFO topic */
    TOPIC_BUSY,      /* the Region's services do not answer */
};

struct topic_deliver_wish {
    const char *arn;        /* of the topic */
    const char *service;    /* "events.amazonaws.com" */
    const char *source_arn; /* on whose behalf: the rule's */
    uint64_t source_account;
    bool for_account; /* it may too what the topic lets that account do: CloudWatch's alarms */
    struct topic_message message;
};

/*
 * A service of AWS publishes.  `why`, when not NULL, gets one sentence that says why it was
 * refused, in the arena.
 */
enum topic_refusal topic_deliver(struct topics *topics, const struct topic_deliver_wish *wish,
                                 struct topic_published *published, struct arena *arena,
                                 const char **why);

/* ---- faults ---- */

extern const struct fault_kind fault_topic_parameter, fault_topic_value, fault_topic_too_long;

#endif
