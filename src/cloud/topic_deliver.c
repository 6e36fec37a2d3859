/*
 * cloud/topic_deliver.c - SNS: a message goes to one who subscribed, again and again if need be.
 * Here: queues and mailboxes; over HTTP: topic_http.c.
 *
 *   try ----> taken
 *    |  \---> refused for good (no such queue, no permission): given up at once
 *    |
 *    +-------> no answer: 3 times at once, twice after 1 s, 10 times after 1 to 20 s, then every
 *              20 s, 100,015 times in all (23 days); then given up
 *
 *   given up ----> the dead-letter queue of the subscription; without one it is lost
 *
 * Waits are spread by a tenth.  On a FIFO topic a message waits for those of its group before it.
 *
 * Owns    struct topic_delivery: what is to be tried again.
 * True to the developer guide, "Message delivery retries", "Dead-letter queues".
 */
#include "cloud/topic_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum {
    TRIES_MAX = 100015,
    WAIT_FOR_GROUP_S = 1,
};

/* ---- what is delivered ---- */

/* With MessageStructure json each protocol can have a body of its own. */
static const char *body_for(const struct topic_message *message, uint8_t protocol)
{
    const char *own =
        json_string_value(json_object_get(message->structure, topic_protocol_words[protocol]));

    return own != NULL ? own : message->body;
}

/* ---- trying ---- */

static struct queue_delivery queue_delivery_of(struct topics *topics, const struct topic *topic,
                                               const struct topic_delivery *delivery,
                                               const char *arn, struct arena *arena)
{
    return (struct queue_delivery){
        .arn = arn,
        .service = "sns.amazonaws.com",
        .source_arn = topic_arn(topics, arena, topic),
        .source_account = topic->account,
        .send = {.body = delivery->body,
                 .values = delivery->values.items,
                 .value_count = delivery->values.count,
                 .group = delivery->group,
                 /* a standard queue takes none */
                 .dedup = str_ends(arn, ".fifo") ? delivery->dedup : NULL},
    };
}

/* The two ids of one message know of each other. */
static void note_taken(struct topics *topics, const struct topic *topic,
                       const struct topic_delivery *delivery, const struct queue_delivery *to,
                       uint64_t taken)
{
    const char *queue = strrchr(to->arn, ':') + 1;
    char here[MESSAGE_UUID];
    char there[MESSAGE_UUID];

    message_uuid(topics->log, delivery->message, here);
    message_uuid(topics->log, taken, there);
    topic_note(topics, topic, delivery->message, "delivered to the queue %s, as its message %s",
               queue, there);
    topic_note(topics, topic, taken, "came from the topic %s, as its message %s", topic->name,
               here);
}

bool topic_give_up(struct topics *topics, struct topic *topic,
                   struct topic_subscription *subscription,
                   const struct topic_delivery *delivery, const char *why)
{
    struct arena arena = ARENA_INIT;
    bool buries = subscription->dead_letter != NULL;
    enum queue_refusal refusal = QUEUE_NOT_THERE;
    struct queue_delivery burial;
    struct queue_sent sent;
    const char *refused = "its subscription has no dead-letter queue";

    if (buries) {
        burial = queue_delivery_of(topics, topic, delivery, subscription->dead_letter, &arena);
        refusal = queue_deliver(topics->queues, &burial, &sent, &arena, &refused);
    }
    if (refusal == QUEUE_BUSY && delivery->tries < TRIES_MAX) {
        arena_release(&arena);
        return false;
    }
    topic_fated(topics, topic, subscription, delivery->message,
                refusal == QUEUE_TOOK ? TOPIC_FATE_DEAD : TOPIC_FATE_LOST,
                buries && refusal != QUEUE_TOOK
                    ? arena_printf(&arena, "%s; its dead-letter queue: %s", why, refused)
                    : why);
    topic_note(topics, topic, delivery->message, "not delivered to %s: %s", subscription->endpoint,
               why);
    topic_tell(topics, topic, "could not deliver to %s: %s", subscription->endpoint, why);
    topic->counts.redrive_failed += buries && refusal != QUEUE_TOOK;
    if (refusal == QUEUE_TOOK)
        note_taken(topics, topic, delivery, &burial, sent.message);
    else
        topic_note(topics, topic, delivery->message, "lost for %s: %s", subscription->endpoint,
                   refused);
    if (buries && refusal != QUEUE_TOOK)
        topic_tell(topics, topic, "could not deliver to the dead-letter queue %s: %s",
                   subscription->dead_letter, refused);
    arena_release(&arena);
    return true;
}

/* Is a message of its group before it still to be delivered? */
static bool must_wait(const struct topics *topics, const struct topic_delivery *delivery)
{
    void **rows = delivery->number == 0 ? NULL : pool_rows(&topics->deliveries);
    bool found = false;

    for (uint32_t i = 0; rows != NULL && i < topics->deliveries.count && !found; i++) {
        const struct topic_delivery *other = rows[i];

        found = other->subscription == delivery->subscription && other->number != 0 &&
                other->number < delivery->number && str_equal(other->group, delivery->group);
    }
    free(rows);
    return found;
}

static int64_t spread_ns(const struct topics *topics, const struct topic_delivery *delivery,
                         int64_t ms)
{
    struct chance chance = chance_stream(topics->seed, "topic-wait", delivery->id);

    chance.counter = (uint64_t)delivery->tries;
    return chance_between_ns(&chance, ms * 9 / 10 * MILLISECOND_NS, ms * 11 / 10 * MILLISECOND_NS);
}

/* How long after so many tries that failed. */
static int64_t wait_ns(const struct topics *topics, const struct topic_delivery *delivery)
{
    static const int64_t rising_ms[] = {1000, 1395, 1946,  2714,  3786,
                                        5282, 7368, 10278, 14338, 20000};
    int64_t ms = delivery->tries <= 3    ? 0
                 : delivery->tries <= 5  ? 1000
                 : delivery->tries <= 15 ? rising_ms[delivery->tries - 6]
                                         : 20000;

    return spread_ns(topics, delivery, ms);
}

/* True when it need not be tried again. */
static bool try_once(struct topics *topics, struct topic *topic,
                     struct topic_subscription *subscription, struct topic_delivery *delivery)
{
    struct arena arena = ARENA_INIT;
    struct queue_delivery to =
        queue_delivery_of(topics, topic, delivery, subscription->endpoint, &arena);
    struct queue_sent sent;
    const char *why = NULL;
    enum queue_refusal refusal = queue_deliver(topics->queues, &to, &sent, &arena, &why);
    bool done;

    delivery->tries++;
    done = refusal != QUEUE_BUSY || delivery->tries >= TRIES_MAX;
    if (refusal == QUEUE_TOOK) {
        topic_fated(topics, topic, subscription, delivery->message, TOPIC_FATE_HEARD, NULL);
        note_taken(topics, topic, delivery, &to, sent.message);
    } else if (done) {
        done = topic_give_up(topics, topic, subscription, delivery, why);
    } else if (delivery->tries == 1) {
        topic_fated(topics, topic, subscription, delivery->message, TOPIC_FATE_AGAIN, why);
        topic_note(topics, topic, delivery->message,
                   "not delivered to %s yet: %s; it is tried again", subscription->endpoint, why);
    }
    arena_release(&arena);
    return done;
}

static void plan(struct topics *topics, struct topic_delivery *delivery, int64_t delay)
{
    delivery->event = sim_schedule(topics->sim, delay, EVENT_TOPIC_RETRY, delivery->id, 0);
}

int64_t topic_retry_plan(struct topics *topics, struct topic_delivery *delivery, int64_t wait_ms)
{
    int64_t delay = spread_ns(topics, delivery, wait_ms);

    plan(topics, delivery, delay);
    return delay;
}

static void retry_run(void *context, const struct event *event)
{
    struct topics *topics = context;
    struct topic_delivery *delivery = pool_find(&topics->deliveries, event->subject);
    struct topic_subscription *subscription;

    if (delivery == NULL || delivery->event != event->sequence)
        return;
    subscription = table_get(&topics->subscriptions, delivery->subscription);
    if (delivery->kind == TOPIC_QUESTION && subscription->confirmed)
        pool_remove(&topics->deliveries, delivery);
    else if (topic_is_http(subscription))
        topic_post(topics, delivery);
    else if (must_wait(topics, delivery))
        plan(topics, delivery, WAIT_FOR_GROUP_S * SECOND_NS);
    else if (try_once(topics, topic_find(topics, subscription->topic), subscription, delivery))
        pool_remove(&topics->deliveries, delivery);
    else
        plan(topics, delivery, wait_ns(topics, delivery));
}

static char *copy_text(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

/* It becomes a row, with texts of its own. */
static struct topic_delivery *keep(struct topics *topics, const struct topic_delivery *like)
{
    struct topic_delivery *delivery = pool_add(&topics->deliveries, ids_new(topics->ids));

    delivery->subscription = like->subscription;
    delivery->message = like->message;
    delivery->number = like->number;
    delivery->tries = like->tries;
    delivery->body = xstrdup(like->body);
    delivery->group = copy_text(like->group);
    delivery->dedup = copy_text(like->dedup);
    for (uint32_t i = 0; i < like->values.count; i++)
        queue_value_copy(LIST_PUSH(&delivery->values), &like->values.items[i]);
    return delivery;
}

/* ---- from a publish ---- */

static void notify_mailbox(struct topics *topics, const struct topic_notice *notice,
                           struct topic_subscription *subscription, struct arena *arena)
{
    const struct topic_message *message = notice->message;
    const char *body = body_for(message, subscription->protocol);
    const char *subject = message->subject != NULL ? message->subject : "AWS Notification Message";

    body = subscription->protocol == TOPIC_EMAIL_JSON
               ? topic_envelope(topics, notice, subscription, body, arena)
               : arena_printf(arena,
                              "%s\n\n--\nIf you wish to stop receiving notifications from this "
                              "topic, please click or visit the link below to unsubscribe:\n"
                              "https://sns.%s.amazonaws.com/unsubscribe.html?SubscriptionArn=%s&"
                              "Endpoint=%s\n",
                              body, topics->catalog->regions[notice->topic->region].name,
                              topic_subscription_arn(topics, arena, subscription),
                              subscription->endpoint);
    topic_mail(topics, notice->topic,
               &(struct topic_mail){
                   .to = subscription->endpoint,
                   .message = notice->id,
                   .subject = (char *)(uintptr_t)subject,
                   .body = (char *)(uintptr_t)body,
               });
    topic_fated(topics, notice->topic, subscription, notice->id, TOPIC_FATE_HEARD, NULL);
    if (topics->charge != NULL)
        topics->charge(topics->context, notice->topic, 0, TOPIC_MAILED);
    topic_note(topics, notice->topic, notice->id, "mailed to %s", subscription->endpoint);
}

void topic_notify(struct topics *topics, const struct topic_notice *notice,
                  struct topic_subscription *subscription, struct arena *arena)
{
    const struct topic_message *message = notice->message;
    const char *body = body_for(message, subscription->protocol);
    struct topic_delivery delivery = {
        .subscription = subscription->id,
        .message = notice->id,
        .number = notice->number,
        .group = (char *)(uintptr_t)message->group,
        .dedup = (char *)(uintptr_t)notice->dedup,
    };

    if (subscription->protocol != TOPIC_SQS && !topic_is_http(subscription)) {
        notify_mailbox(topics, notice, subscription, arena);
        return;
    }
    if (!subscription->raw)
        body = topic_envelope(topics, notice, subscription, body, arena);
    delivery.body = (char *)(uintptr_t)body;
    if (topic_is_http(subscription)) {
        topic_post(topics, keep(topics, &delivery));
        return;
    }
    if (subscription->raw) {
        delivery.values.items = (struct queue_value *)(uintptr_t)message->values;
        delivery.values.count = message->value_count;
    }
    if (must_wait(topics, &delivery) || !try_once(topics, notice->topic, subscription, &delivery)) {
        struct topic_delivery *row = keep(topics, &delivery);

        plan(topics, row, row->tries == 0 ? WAIT_FOR_GROUP_S * SECOND_NS : wait_ns(topics, row));
    }
}

void topic_deliveries_forget(struct topics *topics, const struct topic_subscription *subscription)
{
    void **rows = pool_rows(&topics->deliveries);
    uint32_t count = topics->deliveries.count;
    struct topic *topic = topic_find(topics, subscription->topic);
    uint64_t exchange;

    for (uint32_t i = 0; i < count; i++) {
        struct topic_delivery *delivery = rows[i];

        if (delivery->subscription != subscription->id)
            continue;
        if (delivery->kind == TOPIC_NOTIFICATION) {
            topic->counts.failed++; /* the subscription is gone, and its counts with it */
            topic_note(topics, topic, delivery->message, "not delivered to %s: it unsubscribed",
                       subscription->endpoint);
        }
        exchange = delivery->exchange;
        sim_cancel(topics->sim, delivery->event);
        pool_remove(&topics->deliveries, delivery);
        if (exchange != 0)
            topics->drop(topics->context, exchange);
    }
    free(rows);
}

/* ---- reading back ---- */

bool topic_deliveries_restore(struct topics *topics)
{
    void **rows = pool_rows(&topics->deliveries);
    uint32_t count = topics->deliveries.count;
    bool good = true;

    for (uint32_t i = 0; i < count && good; i++) {
        const struct topic_delivery *delivery = rows[i];

        good = delivery->body != NULL &&
               table_find(&topics->subscriptions, delivery->subscription) != NULL &&
               (delivery->exchange != 0 ? delivery->event == 0
                                        : sim_is_pending(topics->sim, delivery->event));
        for (uint32_t k = 0; k < delivery->values.count && good; k++)
            good = delivery->values.items[k].name != NULL && delivery->values.items[k].type != NULL;
    }
    free(rows);
    return good;
}

const struct event_kind topic_retry_kind = {
    .name = "topic-retry",
    .run = retry_run,
    .quiet = true,
};
