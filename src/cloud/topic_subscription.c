/*
 * cloud/topic_subscription.c - SNS: who subscribed, how they confirm it, and what they want to
 * hear.
 *
 * Owns    struct topic_subscription.
 * True to the API reference, "Subscribe", "ConfirmSubscription"; the developer guide on filter
 *         policies: a change takes effect within 15 minutes.
 */
#include "cloud/topic_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"

static const char token_head[] = "2336412f37";

/* ---- finding, names ---- */

const char *topic_subscription_arn(const struct topics *topics, struct arena *arena,
                                   const struct topic_subscription *subscription)
{
    const struct topic *topic = topic_find(topics, subscription->topic);
    char uuid[MESSAGE_UUID];

    message_uuid(topics->log, subscription->id, uuid);
    return arena_printf(arena, "%s:%s", topic_arn(topics, arena, topic), uuid);
}

struct topic_subscription *topic_subscription_find_arn(const struct topics *topics,
                                                       const char *arn)
{
    const char *uuid = strrchr(arn, ':');
    struct topic_subscription *found =
        uuid == NULL ? NULL
                     : table_find(&topics->subscriptions, message_uuid_read(topics->log, uuid + 1));
    struct arena arena = ARENA_INIT;

    if (found != NULL && strcmp(topic_subscription_arn(topics, &arena, found), arn) != 0)
        found = NULL;
    arena_release(&arena);
    return found;
}

struct topic_subscription *topic_subscription_find(const struct topic *topic, uint8_t protocol,
                                                   const char *endpoint)
{
    for (uint32_t i = 0; i < topic->heard.count; i++)
        if (topic->heard.items[i]->protocol == protocol &&
            str_equal(topic->heard.items[i]->endpoint, endpoint))
            return topic->heard.items[i];
    return NULL;
}

/* ---- confirming ---- */

void topic_token(const struct topics *topics, const struct topic_subscription *subscription,
                 char token[TOPIC_TOKEN])
{
    struct chance chance = chance_stream(topics->seed, "topic-token", subscription->id);

    for (int i = 0; i < TOPIC_TOKEN - 1; i += 16)
        snprintf(token + i, 17, "%016llx", (unsigned long long)chance_u64(&chance));
    memcpy(token, token_head, strlen(token_head));
}

struct topic_subscription *topic_token_find(const struct topics *topics,
                                            const struct topic *topic, const char *token)
{
    char own[TOPIC_TOKEN];

    for (uint32_t i = 0; i < topic->heard.count; i++) {
        topic_token(topics, topic->heard.items[i], own);
        if (strcmp(own, token) == 0)
            return topic->heard.items[i];
    }
    return NULL;
}

void topic_subscription_ask(struct topics *topics, const struct topic_subscription *subscription)
{
    const struct topic *topic = topic_find(topics, subscription->topic);
    struct arena arena = ARENA_INIT;
    char token[TOPIC_TOKEN];
    const char *arn = topic_arn(topics, &arena, topic);
    char *body;

    if (topic_is_http(subscription)) {
        topic_question_post(topics, subscription);
        arena_release(&arena);
        return;
    }
    topic_token(topics, subscription, token);
    body = arena_printf(&arena,
                        "You have chosen to subscribe to the topic:\n%s\n\nTo confirm this "
                        "subscription, click or visit the link below (If this was in error no "
                        "action is necessary):\nhttps://sns.%s.amazonaws.com/confirmation.html?"
                        "TopicArn=%s&Token=%s&Endpoint=%s\n",
                        arn, topics->catalog->regions[topic->region].name, arn, token,
                        subscription->endpoint);
    topic_mail(topics, topic,
               &(struct topic_mail){
                   .to = subscription->endpoint,
                   .subject = (char *)(uintptr_t)"AWS Notification - Subscription Confirmation",
                   .body = body,
               });
    arena_release(&arena);
}

void topic_confirm(struct topics *topics, struct topic_subscription *subscription,
                   bool authenticated)
{
    const struct topic *topic = topic_find(topics, subscription->topic);

    if (subscription->confirmed)
        return;
    subscription->confirmed = true;
    subscription->authenticated = authenticated;
    topic_tell(topics, topic, "is heard by %s %s: the subscription was confirmed",
               topic_protocol_words[subscription->protocol], subscription->endpoint);
}

/* ---- filters ---- */

void topic_subscription_compile(struct topic_subscription *subscription)
{
    struct str why = STR_INIT;

    event_pattern_free(subscription->pattern);
    subscription->pattern =
        subscription->filter_held == NULL
            ? NULL
            : event_pattern_compile(subscription->filter_held, strlen(subscription->filter_held),
                                    &why);
    str_release(&why);
}

/* The filter that was given is the one in force. */
static void hold_filter(struct topic_subscription *subscription)
{
    free(subscription->filter_held);
    subscription->filter_held =
        subscription->filter == NULL ? NULL : xstrdup(subscription->filter);
    subscription->by_body_held = subscription->by_body;
    subscription->filter_due = 0;
    subscription->filter_event = 0;
    topic_subscription_compile(subscription);
}

static void filter_run(void *context, const struct event *event)
{
    struct topics *topics = context;
    struct topic_subscription *subscription = table_find(&topics->subscriptions, event->subject);

    if (subscription == NULL || subscription->filter_event != event->sequence)
        return;
    hold_filter(subscription);
    topic_tell(topics, topic_find(topics, subscription->topic),
               "filters for %s as its filter policy says", subscription->endpoint);
}

/* ---- making, changing, ending ---- */

static void replace(char **text, const char *with)
{
    if (with == NULL)
        return;
    free(*text);
    *text = with[0] == '\0' ? NULL : xstrdup(with);
}

static void take_wish(struct topic_subscription *subscription,
                      const struct topic_subscription_wish *wish)
{
    replace(&subscription->filter, wish->filter);
    replace(&subscription->dead_letter, wish->dead_letter);
    replace(&subscription->delivery, wish->delivery);
    if (wish->raw.set)
        subscription->raw = wish->raw.value;
    if (wish->by_body.set)
        subscription->by_body = wish->by_body.value;
    subscription->scope_set = subscription->scope_set || wish->by_body.set;
}

struct topic_subscription *topic_subscribe(struct topics *topics,
                                           const struct topic_subscription_new *wish)
{
    struct topic *topic = wish->topic;
    struct topic_subscription *subscription =
        table_add(&topics->subscriptions, ids_new(topics->ids));

    subscription->topic = topic->id;
    subscription->account = wish->account;
    subscription->protocol = wish->protocol;
    subscription->created = topics->sim->now;
    subscription->endpoint = xstrdup(wish->endpoint);
    take_wish(subscription, wish->wish);
    hold_filter(subscription);
    *LIST_PUSH(&topic->heard) = subscription;
    if (wish->protocol == TOPIC_SQS) {
        subscription->confirmed = true;
        subscription->authenticated = true;
        topic_tell(topics, topic, "is heard by the queue %s", subscription->endpoint);
    } else {
        topic_tell(topics, topic, "would be heard by %s %s, once that is confirmed",
                   topic_protocol_words[wish->protocol], subscription->endpoint);
        topic_subscription_ask(topics, subscription);
    }
    return subscription;
}

void topic_subscription_change(struct topics *topics, struct topic_subscription *subscription,
                               const struct topic_subscription_wish *wish)
{
    struct topic *topic = topic_find(topics, subscription->topic);
    int64_t delay;

    take_wish(subscription, wish);
    if (wish->filter == NULL && !wish->by_body.set)
        return;
    delay = (1 + (int64_t)topic_draw(topics, topic, TOPIC_FILTER_CHANGE_S)) * SECOND_NS;
    sim_cancel(topics->sim, subscription->filter_event);
    subscription->filter_due = topics->sim->now + delay;
    subscription->filter_event =
        sim_schedule(topics->sim, delay, EVENT_TOPIC_FILTER, subscription->id, 0);
}

void topic_subscription_drop(struct topics *topics, struct topic_subscription *subscription)
{
    struct topic *topic = topic_find(topics, subscription->topic);

    for (uint32_t i = 0; i < topic->heard.count; i++)
        if (topic->heard.items[i] == subscription) {
            LIST_REMOVE(&topic->heard, i);
            break;
        }
    topic_deliveries_forget(topics, subscription);
    sim_cancel(topics->sim, subscription->filter_event);
    event_pattern_free(subscription->pattern);
    subscription->pattern = NULL;
    table_remove(&topics->subscriptions, subscription->id);
}

void topic_unsubscribe(struct topics *topics, struct topic_subscription *subscription)
{
    struct topic *topic = topic_find(topics, subscription->topic);

    topic->deleted++;
    if (topic_is_http(subscription) && subscription->confirmed)
        topic_farewell_post(topics, subscription);
    topic_tell(topics, topic, "is not heard by %s any more", subscription->endpoint);
    topic_subscription_drop(topics, subscription);
}

/* ---- reading back ---- */

void topic_fated(struct topics *topics, struct topic *topic,
                 struct topic_subscription *subscription, uint64_t message, enum topic_fate fate,
                 const char *why)
{
    struct topic_hearing *heard = &subscription->heard;
    bool dead = fate == TOPIC_FATE_DEAD;
    bool lost = fate == TOPIC_FATE_LOST;

    heard->delivered += fate == TOPIC_FATE_HEARD;
    heard->filtered += fate == TOPIC_FATE_FILTERED;
    heard->dead += dead;
    heard->lost += lost;
    topic->counts.delivered += fate == TOPIC_FATE_HEARD;
    topic->counts.filtered += fate == TOPIC_FATE_FILTERED;
    topic->counts.redriven += dead;
    topic->counts.failed += dead || lost;
    if (heard->message != message) /* a later one has come meanwhile */
        return;
    heard->fate = (uint8_t)fate;
    heard->last = topics->sim->now;
    replace(&subscription->reason, why == NULL ? "" : why);
}

bool topic_subscriptions_restore(struct topics *topics)
{
    for (uint32_t i = 0; i < table_count(&topics->subscriptions); i++) {
        struct topic_subscription *subscription = table_at(&topics->subscriptions, i);
        struct topic *topic = topic_find(topics, subscription->topic);

        if (topic == NULL || subscription->endpoint == NULL || subscription->protocol == 0 ||
            subscription->protocol >= TOPIC_PROTOCOLS_ ||
            subscription->heard.fate > TOPIC_FATE_LOST ||
            (subscription->filter_event != 0 &&
             !sim_is_pending(topics->sim, subscription->filter_event)))
            return false;
        topic_subscription_compile(subscription);
        if (subscription->filter_held != NULL && subscription->pattern == NULL)
            return false;
        *LIST_PUSH(&topic->heard) = subscription;
    }
    return true;
}

const struct event_kind topic_filter_kind = {
    .name = "topic-filter",
    .run = filter_run,
    .quiet = true,
};
