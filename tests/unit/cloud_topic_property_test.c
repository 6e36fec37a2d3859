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

#include "topics.h"

enum { SEEDS = 200, COMMANDS = 60, QUEUES = TOPICS_KINDS, LONG_S = 120 };

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
    int filter[QUEUES];  /* the kind that it wants, or TOPICS_ALL */
    bool buries[QUEUES];
    bool lost;           /* SQS does not answer */
    struct expected all;
    int64_t got[QUEUES];
    int64_t published;
    int64_t dead_letters; /* a FIFO queue takes the same message from two subscriptions once */
};

static bool region_lost(void *context, uint8_t region)
{
    (void)region;
    return ((const struct run *)context)->lost;
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
    struct world *world;
    bool fifo;

    *run = (struct run){.lost = false};
    property_open(&run->property, seed, "topics");
    world = run->property.world;
    fifo = property_draw(&run->property, 2) == 0;
    wire(run);
    run->topic = topics_add(world, fifo);
    run->dead = topics_queue(world, "spoiled", fifo, true);
    for (int i = 0; i < QUEUES; i++) {
        run->open[i] = property_draw(&run->property, 4) != 0;
        run->filter[i] = (int)property_draw(&run->property, TOPICS_KINDS + 1);
        run->buries[i] = property_draw(&run->property, 2) == 0;
        run->queue[i] = topics_queue(world, topics_kinds[i], fifo, run->open[i]);
        topics_hear(world, &(struct topics_hearer){
                               .topic = run->topic,
                               .queue = run->queue[i],
                               .dead = run->buries[i] ? run->dead : NULL,
                               .kind = run->filter[i],
                               .raw = true,
                           });
    }
}

/* ---- commands ---- */

/* What the naive model says that becomes of a message for one subscription. */
static void expect(struct run *run, int at, int kind)
{
    if (run->filter[at] != TOPICS_ALL && run->filter[at] != kind) {
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
    int kind = (int)property_draw(property, TOPICS_KINDS);
    int64_t buried = run->all.buried;

    HOLDS(property, topics_publish(property->world, run->topic, kind, ++run->published));
    for (int i = 0; i < QUEUES; i++)
        expect(run, i, kind);
    run->dead_letters += run->topic->fifo ? run->all.buried > buried : run->all.buried - buried;
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
