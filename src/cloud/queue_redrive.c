/*
 * cloud/queue_redrive.c - SQS: dead-letter queues, and bringing dead letters back.
 *
 * Moves   a task: running -> completed, or failed, or cancelled.  Each step takes what is visible,
 *         the oldest first, at the rate that was asked for, or MOVE_RATE messages a second.
 * True to the developer guide, "Using dead-letter queues" and "Dead-letter queue redrive": a
 *         message goes there when it would be received more often than maxReceiveCount; of a
 *         standard queue it keeps the time of its sending, for its retention too; what a task moves
 *         is a new message with an id and a time of its own.
 */
#include "cloud/queue_parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

enum { MOVE_RATE = 500, MOVE_STEP = 10 };

/* ---- who may bury here ---- */

static bool is_source(const struct queues *queues, const struct queue *dead,
                      const struct queue *source)
{
    struct arena arena = ARENA_INIT;
    bool is = source->dead_letter != NULL &&
              str_equal(source->dead_letter, queue_arn(queues, &arena, dead));

    arena_release(&arena);
    return is;
}

void queue_sources(const struct queues *queues, const struct queue *queue, queue_visit *visit,
                   void *context)
{
    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        const struct queue *other = table_at(&queues->table, i);

        if (is_source(queues, queue, other))
            visit(context, other);
    }
}

bool queue_redrive_allowed(const struct queues *queues, const struct queue *dead,
                           const struct queue *source)
{
    struct arena arena = ARENA_INIT;
    bool allowed = dead->fifo == source->fifo && dead->account == source->account &&
                   dead->region == source->region && dead->allow != QUEUE_ALLOW_NONE;

    if (allowed && dead->allow == QUEUE_ALLOW_SOME) {
        const char *arn = queue_arn(queues, &arena, source);

        allowed = false;
        for (uint32_t i = 0; i < dead->sources.count; i++)
            allowed = allowed || str_equal(dead->sources.items[i], arn);
    }
    arena_release(&arena);
    return allowed;
}

/* ---- burying ---- */

bool queue_bury(struct queues *queues, struct queue *queue, struct queue_message *message)
{
    struct queue *dead;
    struct arena arena = ARENA_INIT;

    if (queue->receives_max == 0 || message->receives < queue->receives_max)
        return false;
    dead = queue_find_arn(queues, queue->dead_letter);
    if (dead == NULL || dead == queue || !queue_redrive_allowed(queues, dead, queue))
        return false;
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_DEAD, .place = dead->id,
                                     .number = message->receives, .other = queue->receives_max});
    queue_line_leave(queue, message);
    queue->counts.moved++;
    free(message->source);
    message->source = xstrdup(queue_arn(queues, &arena, queue));
    arena_release(&arena);
    message->queue = dead->id;
    message->sequence = dead->sequence++;
    message->missed = 0;
    if (dead->fifo)
        message->since = queues->sim->now;
    dead->counts.sent++;
    queue_line_join(dead, message);
    queue_line_set(dead, message, MESSAGE_STATE_VISIBLE, 0);
    queue_tell(queues, queue, "moved a message to %s: receive count %" PRId64, dead->name,
               message->receives);
    queue_serve(queues, dead);
    return true;
}

/* ---- move tasks ---- */

static const struct queue_move *running(const struct queues *queues, const struct queue *queue)
{
    for (uint32_t i = 0; i < table_count(&queues->moves); i++) {
        const struct queue_move *move = table_at(&queues->moves, i);

        if (move->queue == queue->id && move->state == MOVE_RUNNING)
            return move;
    }
    return NULL;
}

static void note_source(void *context, const struct queue *queue)
{
    (void)queue;
    *(bool *)context = true;
}

/* Old tasks of the queue are forgotten. */
static void sweep(struct queues *queues, const struct queue *queue)
{
    uint32_t kept = 0;

    for (uint32_t i = table_count(&queues->moves); i-- > 0;) {
        const struct queue_move *move = table_at(&queues->moves, i);

        if (move->queue == queue->id && ++kept >= QUEUE_MOVES_KEPT)
            table_remove(&queues->moves, move->id);
    }
}

struct queue_move *queue_move_start(struct queues *queues, const struct queue_move_new *wish,
                                    struct fault *fault)
{
    struct queue *queue = wish->queue;
    struct queue_move *move;
    bool is_dead_letter = false;

    queue_sources(queues, queue, note_source, &is_dead_letter);
    if (!is_dead_letter) {
        fault_set(fault, &fault_queue_move_source);
        return NULL;
    }
    if (running(queues, queue) != NULL) {
        fault_set(fault, &fault_queue_move_running);
        return NULL;
    }
    sweep(queues, queue);
    move = table_add(&queues->moves, queue_new_id(queues, queue));
    move->queue = queue->id;
    move->account = wish->account;
    move->region = queue->region;
    move->started = queues->sim->now;
    move->rate = wish->rate;
    move->to_move = queue_count(queue, MESSAGE_STATE_VISIBLE);
    move->last = queue->sequence;
    move->destination = wish->destination == NULL ? NULL : xstrdup(wish->destination);
    move->state = MOVE_RUNNING;
    queue_tell(queues, queue, "begins to give its messages back");
    sim_schedule(queues->sim, SECOND_NS, EVENT_QUEUE_MOVE, move->id, 0);
    return move;
}

int queue_move_cancel(struct queues *queues, struct queue_move *move, struct fault *fault)
{
    const struct queue *queue = queue_find(queues, move->queue);

    if (move->state != MOVE_RUNNING)
        return fault_set(fault, &fault_queue_move_ended);
    move->state = MOVE_CANCELLED;
    if (queue != NULL)
        queue_tell(queues, queue, "no longer gives its messages back: %" PRId64 " were moved",
                   move->moved);
    return 0;
}

static void move_end(struct queues *queues, struct queue_move *move, const char *reason)
{
    const struct queue *queue = queue_find(queues, move->queue);

    move->state = reason == NULL ? MOVE_COMPLETED : MOVE_FAILED;
    move->reason = reason == NULL ? NULL : xstrdup(reason);
    if (queue != NULL)
        queue_tell(queues, queue, "gave %" PRId64 " messages back%s%s", move->moved,
                   reason == NULL ? "" : ", and stopped: ", reason == NULL ? "" : reason);
}

static char *text_or_null(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

/* A message as a new one in another queue; the old row goes. */
static void move_message(struct queues *queues, struct queue *from, struct queue *to,
                         struct queue_message *message)
{
    struct queue_message *moved = queue_enter(queues, to, queue_new_id(queues, to));

    moved->body = text_or_null(message->body);
    moved->trace = text_or_null(message->trace);
    moved->group = text_or_null(message->group);
    moved->dedup = text_or_null(message->dedup);
    moved->sender = message->sender;
    moved->values.items = message->values.items; /* taken over */
    moved->values.count = message->values.count;
    moved->values.size = message->values.size;
    message->values.items = NULL;
    message->values.count = message->values.size = 0;
    queue_note(queues, from, message->id,
               (struct message_note){.step = MESSAGE_MOVED, .place = to->id,
                                     .other = (int64_t)moved->id});
    queue_note(queues, to, moved->id,
               (struct message_note){.step = MESSAGE_CAME, .place = from->id,
                                     .other = (int64_t)message->id});
    queue_line_join(to, moved);
    queue_line_set(to, moved, MESSAGE_STATE_VISIBLE, 0);
    to->counts.sent++;
    from->counts.moved++;
    queue_drop(queues, from, message);
    queue_serve(queues, to);
}

/* The next message that was there when the task began; NULL: none is visible. */
static struct queue_message *next_to_move(struct queues *queues, struct queue *queue,
                                          const struct queue_move *move)
{
    struct queue_ask ask = queue_storage_ask(queues, queue, true);
    struct queue_message *message = queue_line_next(queue, &ask);

    return message == NULL || message->sequence >= move->last ? NULL : message;
}

/* Moves one.  False when the task has ended. */
static bool move_one(struct queues *queues, struct queue *queue, struct queue_move *move)
{
    struct queue_message *message = next_to_move(queues, queue, move);
    const char *arn;
    struct queue *to;

    if (message == NULL) {
        move_end(queues, move, NULL);
        return false;
    }
    arn = move->destination != NULL ? move->destination : message->source;
    to = arn == NULL ? NULL : queue_find_arn(queues, arn);
    if (to == NULL || to == queue || to->fifo != queue->fifo) {
        move_end(queues, move,
                 arn == NULL ? "CouldNotDetermineMessageSource"
                             : "AWS.SimpleQueueService.NonExistentQueue");
        return false;
    }
    move_message(queues, queue, to, message);
    move->moved++;
    return true;
}

static void move_step(void *context, const struct event *event)
{
    struct queues *queues = context;
    struct queue_move *move = table_find(&queues->moves, event->subject);
    struct queue *queue = move == NULL ? NULL : queue_find(queues, move->queue);
    int64_t count = move == NULL || move->rate != 0 ? 1 : MOVE_STEP;
    int64_t rate = move == NULL || move->rate == 0 ? MOVE_RATE : move->rate;

    if (move == NULL || move->state != MOVE_RUNNING)
        return;
    if (queue == NULL) {
        move_end(queues, move, "AWS.SimpleQueueService.NonExistentQueue");
        return;
    }
    for (int64_t i = 0; i < count; i++)
        if (!move_one(queues, queue, move))
            return;
    sim_schedule(queues->sim, count * SECOND_NS / rate, EVENT_QUEUE_MOVE, move->id, 0);
}

const struct event_kind queue_move_kind = {
    .name = "queue-move",
    .run = move_step,
    .quiet = true,
};
