/*
 * tests/unit/cloud_topic_property_test.c - random publishers, filters, policies, queues that go and
 * Regions that do not answer; what must always hold of topics.
 *
 * If this fails, some order of commands makes a topic lose a message without counting it: each
 * confirmed subscription whose filter passes gets it exactly once, or its dead-letter queue does,
 * or it is counted as failed; and on a FIFO topic in the order of publishing.
 *
 * Beside the room stands a model that is naive on purpose: a list of who should have got what.
 */
#include "cloud_property.h"

#include "cloud/account.h"
#include "cloud/queue.h"
#include "cloud/topic.h"

enum { SEEDS = 200, COMMANDS = 60, QUEUES = 3, KINDS = 3, LONG_S = 120 };

struct expected {
    int64_t delivered;
    int64_t filtered;
    int64_t failed;   /* all that was given up */
    int64_t buried;   /* of those, in the dead-letter queue */
};

struct run {
    struct property property;
    struct topic *topic;
    struct queue *dead;
    struct queue *queue[QUEUES];
    bool open[QUEUES];   /* its policy lets SNS in */
    bool gone[QUEUES];
    int filter[QUEUES];  /* the kind that it wants; KINDS: all */
    bool buries[QUEUES];
    bool lost;           /* SQS does not answer */
    struct expected all;
    int64_t got[QUEUES];
    int64_t published;
    int64_t dead_letters; /* a FIFO queue takes the same message from two subscriptions once */
};

static const char *const kinds[KINDS] = {"latte", "mocha", "tea"};
static const char open_policy[] =
    "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},"
    "\"Action\":\"sqs:SendMessage\"}]}";

static bool region_lost(void *context, uint8_t region)
{
    (void)region;
    return ((const struct run *)context)->lost;
}

static struct queue *make_queue(struct run *run, const char *name, bool fifo, bool open)
{
    struct world *world = run->property.world;
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

    assert_non_null(queue);
    free(whole);
    return queue;
}

static void subscribe(struct run *run, int at, struct arena *arena)
{
    struct world *world = run->property.world;
    bool all = run->filter[at] == KINDS;
    const struct topic_subscription_wish wish = {
        .filter = all ? NULL : arena_printf(arena, "{\"kind\":[\"%s\"]}", kinds[run->filter[at]]),
        .dead_letter =
            run->buries[at] ? queue_arn(&world->queues, arena, run->dead) : NULL,
        .raw = OPT_BOOL(true),
    };

    topic_subscribe(&world->topics,
                    &(struct topic_subscription_new){
                        .account = ACCOUNT_LEARNER,
                        .topic = run->topic,
                        .endpoint = queue_arn(&world->queues, arena, run->queue[at]),
                        .wish = &wish,
                        .protocol = TOPIC_SQS,
                    });
}

static void wire(struct run *run)
{
    struct queues *queues = &run->property.world->queues;

    queues->region_lost = region_lost;
    queues->context = run;
    queues->server_out = NULL;
    queues->removed = NULL;
    queues->charge = NULL;
}

static void begin(struct run *run, uint64_t seed)
{
    struct arena arena = ARENA_INIT;
    bool fifo;

    *run = (struct run){.lost = false};
    property_open(&run->property, seed, "topics");
    fifo = property_draw(&run->property, 2) == 0;
    wire(run);
    run->topic = topic_add(&run->property.world->topics,
                           &(struct topic_new){
                               .account = ACCOUNT_LEARNER,
                               .name = fifo ? "orders.fifo" : "orders",
                               .wish = &(struct topic_wish){.fifo = OPT_BOOL(fifo)},
                           });
    run->dead = make_queue(run, "spoiled", fifo, true);
    for (int i = 0; i < QUEUES; i++) {
        run->open[i] = property_draw(&run->property, 4) != 0;
        run->filter[i] = (int)property_draw(&run->property, KINDS + 1);
        run->buries[i] = property_draw(&run->property, 2) == 0;
        run->queue[i] = make_queue(run, kinds[i], fifo, run->open[i]);
        subscribe(run, i, &arena);
    }
    arena_release(&arena);
}

/* ---- commands ---- */

/* What the naive model says that becomes of a message for one subscription. */
static void expect(struct run *run, int at, int kind)
{
    if (run->filter[at] != KINDS && run->filter[at] != kind) {
        run->all.filtered++;
    } else if (run->open[at] && !run->gone[at]) {
        run->all.delivered++;
        run->got[at]++;
    } else {
        run->all.failed++;
        run->all.buried += run->buries[at];
    }
}

static void publish(struct run *run)
{
    struct property *property = &run->property;
    int kind = (int)property_draw(property, KINDS);
    char *body = xasprintf("%06lld", (long long)++run->published);
    struct queue_value value = {
        .name = (char *)(uintptr_t)"kind",
        .type = (char *)(uintptr_t)"String",
        .text = (char *)(uintptr_t)kinds[kind],
    };
    const struct topic_message message = {
        .body = body,
        .group = run->topic->fifo ? "one" : NULL,
        .dedup = run->topic->fifo ? body : NULL,
        .values = &value,
        .value_count = 1,
    };
    struct topic_published published;
    int64_t buried = run->all.buried;
    struct fault fault = FAULT_INIT;

    HOLDS(property, topic_message_check(run->topic, &message, &fault) == 0);
    topic_publish(&property->world->topics, run->topic, &message, &published);
    HOLDS(property, !published.duplicate);
    for (int i = 0; i < QUEUES; i++)
        expect(run, i, kind);
    run->dead_letters += run->topic->fifo ? run->all.buried > buried : run->all.buried - buried;
    free(body);
}

static void pass(struct run *run, int64_t seconds)
{
    struct world *world = run->property.world;

    sim_advance(&world->sim, world->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

/* All that waits to be delivered is: only then may a queue go, or the model would have to know
 * when which try comes. */
static void settle(struct run *run)
{
    run->lost = false;
    pass(run, LONG_S);
    HOLDS(&run->property, run->property.world->topics.deliveries.count == 0);
}

/* The world is saved, and goes on as it was read back, tries that are pending and all. */
static void save(struct run *run)
{
    uint64_t topic = run->topic->id;
    uint64_t dead = run->dead->id;
    uint64_t queues[QUEUES];

    for (int i = 0; i < QUEUES; i++)
        queues[i] = run->gone[i] ? 0 : run->queue[i]->id;
    property_save(&run->property);
    wire(run);
    run->topic = topic_find(&run->property.world->topics, topic);
    run->dead = queue_find(&run->property.world->queues, dead);
    for (int i = 0; i < QUEUES; i++)
        run->queue[i] = queue_find(&run->property.world->queues, queues[i]);
}

static void command(struct run *run)
{
    struct property *property = &run->property;
    uint64_t what = property_draw(property, 21);
    int at = (int)property_draw(property, QUEUES);

    if (what < 14) {
        publish(run);
    } else if (what < 16) {
        pass(run, (int64_t)property_draw(property, 30));
    } else if (what < 19) {
        run->lost = !run->lost;
    } else if (what == 20) {
        if (property_draw(property, 8) == 0)
            save(run);
    } else if (!run->gone[at]) {
        settle(run);
        HOLDS(property, queue_count(run->queue[at], MESSAGE_STATE_VISIBLE) == run->got[at]);
        queue_remove(&property->world->queues, run->queue[at]);
        run->gone[at] = true;
    }
}

/* ---- what must hold ---- */

/* On a FIFO topic the queue has its messages in the order of publishing. */
static void check_order(struct run *run, const struct queue *queue)
{
    struct pool *messages = &run->property.world->queues.messages;
    void **rows = pool_rows(messages);

    for (uint32_t i = 0; i < messages->count; i++)
        for (uint32_t k = 0; k < messages->count; k++) {
            const struct queue_message *a = rows[i];
            const struct queue_message *b = rows[k];

            if (a->queue == queue->id && b->queue == queue->id && a->sequence < b->sequence)
                HOLDS(&run->property, strcmp(a->body, b->body) < 0);
        }
    free(rows);
}

static void check(struct run *run)
{
    const struct topic_counts *counts = &run->topic->counts;
    struct property *property = &run->property;

    HOLDS(property, counts->published == run->published);
    HOLDS(property, counts->delivered == run->all.delivered);
    HOLDS(property, counts->filtered == run->all.filtered);
    HOLDS(property, counts->failed == run->all.failed);
    HOLDS(property, counts->redriven == run->all.buried);
    HOLDS(property, counts->redrive_failed == 0);
    HOLDS(property, counts->delivered + counts->filtered + counts->failed ==
                        counts->published * QUEUES);
    HOLDS(property, queue_count(run->dead, MESSAGE_STATE_VISIBLE) == run->dead_letters);
    for (int i = 0; i < QUEUES; i++) {
        if (run->gone[i])
            continue;
        HOLDS(property, queue_count(run->queue[i], MESSAGE_STATE_VISIBLE) == run->got[i]);
        if (run->topic->fifo)
            check_order(run, run->queue[i]);
    }
}

static void test_topics(void **state)
{
    int seeds = property_seeds(SEEDS);

    (void)state;
    for (int seed = 1; seed <= seeds; seed++) {
        struct run run;

        begin(&run, (uint64_t)seed);
        for (run.property.step = 0; run.property.step < COMMANDS; run.property.step++)
            command(&run);
        settle(&run);
        check(&run);
        property_close(&run.property);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_topics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
