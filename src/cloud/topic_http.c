/*
 * cloud/topic_http.c - SNS: deliveries over HTTP: a POST on the network, and what follows from its
 * end.
 *
 *   POST ----> 2xx within 15 s: delivered
 *    |  \----> 4xx, but not 429: the client's mistake: given up at once
 *    |
 *    +-------> anything else, or nothing: again, as the delivery policy says; then given up
 *
 * The question whether an endpoint wants a subscription goes the same way; without its answer
 * nothing is lost but the question.
 *
 * True to the developer guide, "Message delivery retries", "Parsing Amazon SNS message formats".
 * Left out: answers that ask for a password (401), throttle policies.
 */
#include "cloud/topic_parts.h"

#include <stdlib.h>

#include "base/str.h"
#include "cloud/way.h"
#include "sim/clock.h"

#define TENTH_NS (100 * MILLISECOND_NS)

enum { TOO_MANY = 429 };

/* ---- posting ---- */

static const char *content_type(const struct topic *topic,
                                const struct topic_subscription *subscription, struct arena *arena)
{
    json_t *all = topic->delivery == NULL ? NULL : json_loads(topic->delivery, 0, NULL);
    json_t *own =
        subscription->delivery == NULL ? NULL : json_loads(subscription->delivery, 0, NULL);
    const char *type = json_string_value(
        json_object_get(json_object_get(own, "requestPolicy"), "headerContentType"));
    const char *kept;

    if (type == NULL)
        type = json_string_value(
            json_object_get(json_object_get(json_object_get(all, "http"), "defaultRequestPolicy"),
                            "headerContentType"));
    kept = arena_strdup(arena, type == NULL ? "text/plain; charset=UTF-8" : type);
    json_decref(all);
    json_decref(own);
    return kept;
}

/* `kind` is the header's: "Notification" and the like. */
static uint64_t post(struct topics *topics, const struct topic_subscription *subscription,
                     const struct topic_delivery *delivery, const char *kind)
{
    const struct topic *topic = topic_find(topics, subscription->topic);
    struct arena arena = ARENA_INIT;
    struct str lines = STR_INIT;
    char uuid[MESSAGE_UUID];
    uint64_t exchange;

    message_uuid(topics->log, delivery->message, uuid);
    str_addf(&lines, "x-amz-sns-message-type: %s\r\nx-amz-sns-message-id: %s\r\n", kind, uuid);
    str_addf(&lines, "x-amz-sns-topic-arn: %s\r\n", topic_arn(topics, &arena, topic));
    if (delivery->kind == TOPIC_NOTIFICATION)
        str_addf(&lines, "x-amz-sns-subscription-arn: %s\r\n",
                 topic_subscription_arn(topics, &arena, subscription));
    if (delivery->kind == TOPIC_NOTIFICATION && subscription->raw)
        str_add(&lines, "x-amz-sns-rawdelivery: true\r\n");
    str_addf(&lines,
             "Content-Type: %s\r\nConnection: Keep-Alive\r\n"
             "User-Agent: Amazon Simple Notification Service Agent\r\n"
             "Accept-Encoding: gzip,deflate\r\n",
             content_type(topic, subscription, &arena));
    exchange = topics->post(topics->context, &(struct topic_post){
                                                 .url = subscription->endpoint,
                                                 .headers = str_text(&lines),
                                                 .body = delivery->body,
                                                 .delivery = delivery->id,
                                                 .limit_ns = TOPIC_ANSWER_S * SECOND_NS,
                                                 .region = topic->region,
                                             });
    str_release(&lines);
    arena_release(&arena);
    return exchange;
}

void topic_post(struct topics *topics, struct topic_delivery *delivery)
{
    const struct topic_subscription *subscription =
        table_get(&topics->subscriptions, delivery->subscription);

    delivery->tries++;
    delivery->event = 0;
    if (topics->charge != NULL && delivery->kind == TOPIC_NOTIFICATION)
        topics->charge(topics->context, topic_find(topics, subscription->topic), 0, TOPIC_POSTED);
    delivery->exchange =
        post(topics, subscription, delivery,
             delivery->kind == TOPIC_NOTIFICATION ? "Notification" : "SubscriptionConfirmation");
}

void topic_question_post(struct topics *topics, const struct topic_subscription *subscription)
{
    struct topic_delivery *delivery = pool_add(&topics->deliveries, ids_new(topics->ids));
    struct arena arena = ARENA_INIT;

    delivery->subscription = subscription->id;
    delivery->message = ids_new(topics->ids);
    delivery->kind = TOPIC_QUESTION;
    delivery->body =
        xstrdup(topic_question(topics, subscription, delivery->message, false, &arena));
    arena_release(&arena);
    topic_post(topics, delivery);
}

void topic_farewell_post(struct topics *topics, const struct topic_subscription *subscription)
{
    struct arena arena = ARENA_INIT;
    struct topic_delivery delivery = {
        .id = ids_new(topics->ids), /* nobody's row: it is sent once */
        .message = ids_new(topics->ids),
        .kind = TOPIC_QUESTION,
    };

    delivery.body =
        (char *)(uintptr_t)topic_question(topics, subscription, delivery.message, true, &arena);
    post(topics, subscription, &delivery, "UnsubscribeConfirmation");
    arena_release(&arena);
}

/* ---- its end ---- */

static const char *end_of(const struct topic_posted *posted, struct arena *arena)
{
    switch (posted->exit) {
    case EXIT_ANSWERED:
        return arena_printf(arena, "it answered %u", (unsigned)posted->status);
    case EXIT_NO_NAME:
        return "its name could not be resolved";
    case EXIT_REFUSED:
        return "the connection was refused";
    case EXIT_TIMEOUT:
        return posted->connected ? arena_printf(arena, "no answer within %d s", TOPIC_ANSWER_S)
                                 : arena_printf(arena, "no connection within %d s", TOPIC_ANSWER_S);
    case EXIT_TLS:
        return "it speaks no TLS";
    case EXIT_CERTIFICATE:
        return "its certificate is for another name";
    case EXIT_EMPTY:
        return "the connection was closed without an answer";
    default:
        return "the connection was reset";
    }
}

static bool is_good(const struct topic_posted *posted)
{
    return posted->exit == EXIT_ANSWERED && posted->status >= 200 && posted->status < 300;
}

/* Its own mistake: to try again would not help. */
static bool is_final(const struct topic_posted *posted)
{
    return posted->exit == EXIT_ANSWERED && posted->status >= 400 && posted->status < 500 &&
           posted->status != TOO_MANY;
}

static void plan_next(struct topics *topics, struct topic *topic,
                      struct topic_subscription *subscription, struct topic_delivery *delivery,
                      const char *why, const struct topic_retry *retry, struct arena *arena)
{
    int64_t pause = topic_retry_plan(topics, delivery, topic_retry_ms(retry, delivery->tries));

    const char *when = pause == 0
                           ? "at once"
                           : arena_printf(arena, "in %lld.%lld s", (long long)(pause / SECOND_NS),
                                          (long long)(pause % SECOND_NS / TENTH_NS));

    if (delivery->kind != TOPIC_NOTIFICATION)
        return;
    topic_fated(topics, topic, subscription, delivery->message, TOPIC_FATE_AGAIN, why);
    topic_note(topics, topic, delivery->message,
               "not delivered to %s yet: %s; try %d of %d comes %s", subscription->endpoint, why,
               (int)delivery->tries + 1, (int)retry->retries + 1, when);
}

/* True when no more is to be done. */
static bool settle(struct topics *topics, struct topic *topic,
                   struct topic_subscription *subscription, struct topic_delivery *delivery,
                   const struct topic_posted *posted)
{
    struct arena arena = ARENA_INIT;
    const char *why = end_of(posted, &arena);
    struct topic_retry retry;
    bool over;

    topic_retry_read(topic->delivery, subscription->delivery, &retry);
    over = is_final(posted) || delivery->tries > retry.retries;
    if (is_good(posted) && delivery->kind == TOPIC_NOTIFICATION) {
        topic_fated(topics, topic, subscription, delivery->message, TOPIC_FATE_HEARD, NULL);
        topic_note(
            topics, topic, delivery->message, "delivered to %s: %s%s", subscription->endpoint, why,
            delivery->tries == 1 ? "" : arena_printf(&arena, ", at try %d", (int)delivery->tries));
    } else if (!is_good(posted) && over) {
        if (delivery->kind == TOPIC_NOTIFICATION) {
            over = topic_give_up(topics, topic, subscription, delivery, why);
        } else {
            topic_tell(topics, topic, "could not ask %s to confirm: %s", subscription->endpoint,
                       why);
        }
    }
    if (!is_good(posted) && !over)
        plan_next(topics, topic, subscription, delivery, why, &retry, &arena);
    arena_release(&arena);
    return is_good(posted) || over;
}

void topic_posted(struct topics *topics, const struct topic_posted *posted)
{
    struct topic_delivery *delivery = pool_find(&topics->deliveries, posted->delivery);
    struct topic_subscription *subscription;

    if (delivery == NULL)
        return;
    delivery->exchange = 0;
    subscription = table_get(&topics->subscriptions, delivery->subscription);
    if (settle(topics, topic_find(topics, subscription->topic), subscription, delivery, posted))
        pool_remove(&topics->deliveries, delivery);
}
