/*
 * tests/lib/topics.c - a topic and those who hear it, for property tests.
 */
#include "topics.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/account.h"

const char *const topics_kinds[TOPICS_KINDS] = {"latte", "mocha", "tea"};

static const char open_policy[] =
    "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},"
    "\"Action\":\"sqs:SendMessage\"}]}";

struct topic *topics_add(struct world *world, bool fifo)
{
    return topic_add(&world->topics, &(struct topic_new){
                                         .account = ACCOUNT_LEARNER,
                                         .name = fifo ? "orders.fifo" : "orders",
                                         .wish = &(struct topic_wish){.fifo = OPT_BOOL(fifo)},
                                     });
}

struct queue *topics_queue(struct world *world, const char *name, bool fifo, bool open)
{
    const struct queue_wish wish = {
        .fifo = OPT_BOOL(fifo),
        .policy = open ? open_policy : NULL,
    };
    struct fault fault = FAULT_INIT;
    char *whole = xasprintf("%s%s", name, fifo ? ".fifo" : "");
    struct queue *queue = queue_add(&world->queues,
                                    &(struct queue_new){
                                        .account = ACCOUNT_LEARNER,
                                        .name = whole,
                                        .wish = &wish,
                                    },
                                    &fault);

    if (queue == NULL)
        BUG("the queue %s: %s", whole, fault.message);
    free(whole);
    return queue;
}

struct topic_subscription *topics_hear(struct world *world, const struct topics_hearer *hearer)
{
    const struct queues *queues = &world->queues;
    struct arena arena = ARENA_INIT;
    const struct topic_subscription_wish wish = {
        .filter = hearer->kind == TOPICS_ALL
                      ? NULL
                      : arena_printf(&arena, "{\"kind\":[\"%s\"]}", topics_kinds[hearer->kind]),
        .dead_letter = hearer->dead == NULL ? NULL : queue_arn(queues, &arena, hearer->dead),
        .raw = OPT_BOOL(hearer->raw),
    };
    struct topic_subscription *subscription = topic_subscribe(
        &world->topics,
        &(struct topic_subscription_new){
            .account = ACCOUNT_LEARNER,
            .topic = hearer->topic,
            .endpoint =
                hearer->queue == NULL ? hearer->url : queue_arn(queues, &arena, hearer->queue),
            .wish = &wish,
            .protocol = hearer->queue == NULL ? TOPIC_HTTP : TOPIC_SQS,
        });

    arena_release(&arena);
    return subscription;
}

bool topics_publish(struct world *world, struct topic *topic, int kind, int64_t number)
{
    char body[24];
    struct queue_value value = {
        .name = (char *)(uintptr_t)"kind",
        .type = (char *)(uintptr_t)"String",
        .text = (char *)(uintptr_t)topics_kinds[kind],
    };
    const struct topic_message message = {
        .body = body,
        .group = topic->fifo ? "one" : NULL,
        .dedup = topic->fifo ? body : NULL,
        .values = &value,
        .value_count = 1,
    };
    struct topic_published published = {0};
    struct fault fault = FAULT_INIT;
    bool taken;

    snprintf(body, sizeof(body), "%06lld", (long long)number);
    taken = topic_message_check(topic, &message, &fault) == 0;
    if (taken)
        topic_publish(&world->topics, topic, &message, &published);
    fault_release(&fault);
    return taken && !published.duplicate;
}
