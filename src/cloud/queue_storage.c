/*
 * cloud/queue_storage.c - SQS: the storage servers that a standard queue lies on.
 *
 * Of QUEUE_SERVERS servers, one at most is out of service at a time: by itself on one day in
 * eight, for half a minute to three minutes, at a time that follows from the world's seed and the
 * queue alone, and never in a world's first hour; or on purpose (`lab inject-fault`).  It is out
 * for those who send, receive and delete.  A message that lies there as well is heard of by its
 * other server only: so, when the server is back, what was received meanwhile is visible there, and
 * what was deleted is there again.
 *
 * True to the developer guide, "At-least-once delivery" and "Short and long polling".
 */
#include "cloud/queue_parts.h"

#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum {
    OUT_PPM = 125000, /* of the days */
    OUT_LEAST_S = 30,
    OUT_MOST_S = 180,
};

struct outage {
    int64_t begin;
    int64_t end;
    uint8_t server;
};

/* What the day holds for the queue; false: nothing. */
static bool outage_of(const struct queues *queues, const struct queue *queue, int64_t day,
                      struct outage *outage)
{
    struct chance whole = chance_of(queues->outages, queue->id);
    struct chance chance = chance_few(&whole, (uint64_t)day);
    int64_t start = SIM_BEGIN_NS + day * DAY_NS;

    if (!chance_happens(&chance, OUT_PPM))
        return false;
    outage->begin = start + chance_between_ns(&chance, 0, DAY_NS - OUT_MOST_S * SECOND_NS);
    outage->end = outage->begin + chance_between_ns(&chance, OUT_LEAST_S * SECOND_NS,
                                                    OUT_MOST_S * SECOND_NS);
    outage->server = (uint8_t)chance_below(&chance, QUEUE_SERVERS);
    return outage->begin >= SIM_BEGIN_NS + HOUR_NS;
}

/* The outage that is now; false: none. */
static bool outage_now(const struct queues *queues, const struct queue *queue,
                       struct outage *outage)
{
    int64_t now = queues->sim->now;

    return now >= SIM_BEGIN_NS + HOUR_NS &&
           outage_of(queues, queue, (now - SIM_BEGIN_NS) / DAY_NS, outage) &&
           now >= outage->begin && now < outage->end;
}

int queue_server_out(const struct queues *queues, const struct queue *queue)
{
    struct outage outage;
    int forced = queue->fifo || queues->server_out == NULL
                     ? -1
                     : queues->server_out(queues->context, queue);

    if (forced >= 0 || queue->fifo)
        return forced;
    return outage_now(queues, queue, &outage) ? outage.server : -1;
}

struct queue_ask queue_storage_ask(struct queues *queues, struct queue *queue, bool all)
{
    int out = queue_server_out(queues, queue);
    struct queue_ask ask = {0};
    uint8_t servers[QUEUE_SERVERS];

    if (queue->fifo)
        return ask;
    for (uint8_t i = 0; i < QUEUE_SERVERS; i++) /* shuffled */
        servers[i] = i;
    for (uint8_t i = 0; i < QUEUE_SERVERS - 1; i++) {
        uint8_t k = (uint8_t)(i + queue_draw(queues, queue, (uint64_t)(QUEUE_SERVERS - i)));
        uint8_t other = servers[i];

        servers[i] = servers[k];
        servers[k] = other;
    }
    for (uint8_t i = 0; i < (all ? QUEUE_SERVERS : QUEUE_SAMPLE); i++)
        if (servers[i] != out)
            ask.servers[ask.count++] = servers[i];
    return ask;
}

uint8_t queue_storage_place(struct queues *queues, struct queue *queue)
{
    int out = queue_server_out(queues, queue);
    uint8_t copies;

    do
        copies = queue_pair_copies((uint32_t)queue_draw(queues, queue, QUEUE_PAIRS));
    while (out >= 0 && (copies >> out & 1) != 0);
    return copies;
}

/* It will be back without anybody's doing. */
static void expect_back(struct queues *queues, struct queue *queue)
{
    struct outage outage;

    if (queue->storage == 0 && outage_now(queues, queue, &outage))
        queue->storage = sim_schedule(queues->sim, outage.end - queues->sim->now,
                                      EVENT_QUEUE_STORAGE, queue->id, 0);
}

uint8_t queue_storage_missed(struct queues *queues, struct queue *queue,
                             const struct queue_message *message)
{
    int out = queue_server_out(queues, queue);

    if (out < 0 || (message->copies >> out & 1) == 0)
        return 0;
    expect_back(queues, queue);
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_UNHEARD, .number = out + 1});
    return (uint8_t)(1u << out);
}

void queue_lost_set(struct queue *queue, struct queue_message *message, uint8_t missed)
{
    if (heap_has(&message->lost))
        heap_remove(&queue->line->lost, &message->lost);
    message->missed = missed;
    if (missed != 0)
        heap_add(&queue->line->lost, &message->lost, 0, message->sequence);
}

static bool is_too_old(const struct queues *queues, const struct queue *queue,
                       const struct queue_message *message)
{
    return message->since + queue->held[QUEUE_RETENTION] * SECOND_NS <= queues->sim->now;
}

/* A server is back: what it has not heard of is visible there. */
static void come_back(struct queues *queues, struct queue *queue)
{
    struct queue_message *message;

    while ((message = HEAP_OF(heap_first(&queue->line->lost), struct queue_message, lost)) !=
           NULL) {
        int64_t server = 0;

        while ((message->missed >> server & 1) == 0)
            server++;
        queue_lost_set(queue, message, 0);
        if (message->state == MESSAGE_STATE_VISIBLE)
            continue;
        if (message->state == MESSAGE_STATE_GHOST && is_too_old(queues, queue, message)) {
            queue_drop(queues, queue, message);
            continue;
        }
        if (message->state == MESSAGE_STATE_GHOST)
            queue->counts.again++;
        queue_note(queues, queue, message->id,
                   (struct message_note){.step = MESSAGE_AGAIN,
                                         .number = server + 1});
        queue_line_set(queue, message, MESSAGE_STATE_VISIBLE, 0);
    }
    queue_serve(queues, queue);
}

void queue_storage_changed(struct queues *queues, struct queue *queue)
{
    if (queue_server_out(queues, queue) < 0)
        come_back(queues, queue);
}

static void storage_step(void *context, const struct event *event)
{
    struct queues *queues = context;
    struct queue *queue = queue_find(queues, event->subject);

    if (queue == NULL || queue->storage != event->sequence)
        return;
    queue->storage = 0;
    queue_storage_changed(queues, queue);
}

const struct event_kind queue_storage_kind = {
    .name = "queue-storage",
    .run = storage_step,
    .quiet = true,
};
