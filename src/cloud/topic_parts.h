/*
 * cloud/topic_parts.h - what the files of the room `topic` share.
 */
#ifndef CLOUD_TOPIC_PARTS_H
#define CLOUD_TOPIC_PARTS_H

#include "cloud/topic.h"

extern const char *const topic_backoff_words[];

/* Is it a URL that is told? */
static inline bool topic_is_http(const struct topic_subscription *subscription)
{
    return subscription->protocol == TOPIC_HTTP || subscription->protocol == TOPIC_HTTPS;
}

/* ---- topic.c ---- */

/* Draws of the topic's own. */
uint64_t topic_draw(struct topics *topics, struct topic *topic, uint64_t below);
void topic_tell(struct topics *topics, const struct topic *topic, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A sentence about a message, for its history. */
#define topic_note(topics, topic, message, ...) \
    message_log_tell((topics)->log, (topic)->account, (topic)->region, (message), __VA_ARGS__)

/* ---- topic_subscription.c ---- */

extern const struct event_kind topic_filter_kind;
/* Its pattern is made of the filter in force. */
void topic_subscription_compile(struct topic_subscription *subscription);
void topic_subscription_drop(struct topics *topics, struct topic_subscription *subscription);
bool topic_subscriptions_restore(struct topics *topics);

/* A message has come to its fate for a subscription: counted there, and for the topic.  `why` it
 * could not be delivered, or NULL. */
void topic_fated(struct topics *topics, struct topic *topic,
                 struct topic_subscription *subscription, uint64_t message, enum topic_fate fate,
                 const char *why);

/* ---- topic_filter.c ---- */

enum topic_verdict {
    TOPIC_PASSES = 1,
    TOPIC_FILTERED,
    TOPIC_FILTERED_EMPTY, /* the message has no attributes */
    TOPIC_FILTERED_BODY,  /* its body is no JSON object */
};

/* The message whose filters are asked: its fields are read when the first filter asks for them. */
struct topic_sieve {
    struct topics *topics;
    const struct topic_message *message;
    uint8_t have; /* whose fields were read last: 0 none, 1 the attributes', 2 the body's */
    bool bad_body;
};
enum topic_verdict topic_filter(struct topic_sieve *sieve,
                                const struct topic_subscription *subscription);

/* ---- topic_deliver.c ---- */

extern const struct event_kind topic_retry_kind;

/* A published message on its way to one who hears it. */
struct topic_notice {
    struct topic *topic;
    const struct topic_message *message;
    uint64_t id;
    uint64_t number;
    const char *dedup; /* of a FIFO topic: what its message is known by */
};
/* Tries once; plans the next try, or gives up, when that fails. */
void topic_notify(struct topics *topics, const struct topic_notice *notice,
                  struct topic_subscription *subscription, struct arena *arena);
/* Nobody will try again: to the dead-letter queue, or lost.  False: that queue does not answer, and
 * it is to be tried later once more. */
bool topic_give_up(struct topics *topics, struct topic *topic,
                   struct topic_subscription *subscription,
                   const struct topic_delivery *delivery, const char *why);
/* Plans the next try after a wait that is spread by a tenth; returns that, ns. */
int64_t topic_retry_plan(struct topics *topics, struct topic_delivery *delivery, int64_t wait_ms);
/* What was still to be delivered to it is not. */
void topic_deliveries_forget(struct topics *topics, const struct topic_subscription *subscription);
bool topic_deliveries_restore(struct topics *topics);

/* ---- topic_http.c ---- */

/* Tries once; topic_posted() says how that ended. */
void topic_post(struct topics *topics, struct topic_delivery *delivery);
/* Asks an endpoint to confirm; or tells it that it is over. */
void topic_question_post(struct topics *topics, const struct topic_subscription *subscription);
void topic_farewell_post(struct topics *topics, const struct topic_subscription *subscription);

/* ---- topic_envelope.c ---- */

/* "https://sns.us-east-1.amazonaws.com" */
const char *topic_url(const struct topics *topics, const struct topic *topic, struct arena *arena);
/* The message in SNS's envelope; in the arena, as is the next. */
const char *topic_envelope(struct topics *topics, const struct topic_notice *notice,
                           const struct topic_subscription *subscription, const char *body,
                           struct arena *arena);
/* What asks an endpoint to confirm; or, `over`, tells it that it is not told any more. */
const char *topic_question(struct topics *topics, const struct topic_subscription *subscription,
                           uint64_t message, bool over, struct arena *arena);

/* ---- topic_mail.c ---- */

void topic_mail(struct topics *topics, const struct topic *topic, const struct topic_mail *mail);

/* ---- topic_dedup.c ---- */

const struct topic_dedup *topic_dedup_find(const struct topics *topics, const struct topic *topic,
                                           const char *group, const char *dedup);
void topic_dedup_keep(struct topics *topics, const struct topic *topic, const char *group,
                      const struct topic_dedup *row);
void topic_dedup_forget(struct topics *topics, const struct topic *topic);
bool topic_dedups_restore(struct topics *topics);

#endif
