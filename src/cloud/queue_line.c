/*
 * cloud/queue_line.c - whose turn it is in a queue.
 *
 * All of it is derived from the messages, and built again when a session is opened; no step of it
 * looks at all messages.
 *
 *   standard    group -> six shelves, one for each pair of servers -> messages by age.  A shelf of
 *               a quiet group with something on it stands in the queue's heap for its pair, by its
 *               oldest message.  A server offers the oldest of the three pairs that it is part of.
 *   FIFO        group -> its messages in their order.  A group stands in the queue's heap while its
 *               first message is visible, so that none overtakes one in flight or delayed.
 *
 * True to the developer guide, "How Amazon SQS fair queues work": a group is a noisy neighbour
 *         while it has at least 30 messages in flight and more than a tenth of all; what others
 *         have comes first, and of several noisy ones the one with the fewest in flight.  Messages
 *         without a group are each a tenant of their own.  Left out: the share of processing time.
 */
#include "cloud/queue_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"

static const struct shape queue_group_shape;

static const uint8_t pair_copies[QUEUE_PAIRS] = {3, 5, 9, 6, 10, 12};

uint8_t queue_pair_copies(uint32_t pair)
{
    return pair_copies[pair];
}

static uint32_t pair_of(uint8_t copies)
{
    for (uint32_t pair = 0; pair < QUEUE_PAIRS; pair++)
        if (pair_copies[pair] == copies)
            return pair;
    BUG("a message on servers %u", copies);
}

bool queue_copies_sound(uint8_t copies)
{
    return memchr(pair_copies, copies, sizeof(pair_copies)) != NULL;
}

struct queue_line *queue_line_new(void)
{
    struct queue_line *line = xcalloc(1, sizeof(*line));

    pool_init(&line->groups, &queue_group_shape);
    return line;
}

void queue_line_free(struct queue_line *line)
{
    if (line == NULL)
        return;
    pool_release(&line->groups);
    LIST_RELEASE(&line->polls);
    free(line);
}

/* ---- groups ---- */

static uint64_t name_key(const char *name)
{
    uint64_t key = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (; name != NULL && *name != '\0'; name++)
        key = (key ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return key | 1;
}

/* The group of that name, made when it is not there. */
static struct queue_group *group_get(struct queue_line *line, const char *name)
{
    struct queue_group *group;
    uint64_t key = name_key(name);

    while ((group = pool_find(&line->groups, key)) != NULL && !str_equal(group->name, name))
        key += 2;
    if (group != NULL)
        return group;
    group = pool_add(&line->groups, key);
    group->name = name == NULL ? NULL : xstrdup(name);
    for (uint32_t pair = 0; pair < QUEUE_PAIRS; pair++)
        group->shelves[pair].group = group;
    return group;
}

/* ---- standard queues: shelves ---- */

/* The shelf stands where its first message says. */
static void shelf_settle(struct queue_line *line, struct queue_shelf *shelf, uint32_t pair)
{
    const struct heap_node *first = shelf->group->noisy ? NULL : heap_first(&shelf->visible);

    if (heap_has(&shelf->ready)) {
        if (first != NULL && shelf->ready.key == first->key)
            return;
        heap_remove(&line->ready[pair], &shelf->ready);
    }
    if (first != NULL)
        heap_add(&line->ready[pair], &shelf->ready, first->key, first->tie);
}

static void shelves_settle(struct queue_line *line, struct queue_group *group)
{
    for (uint32_t pair = 0; pair < QUEUE_PAIRS; pair++)
        shelf_settle(line, &group->shelves[pair], pair);
}

static bool is_noisy(const struct queue_line *line, const struct queue_group *group)
{
    return group->name != NULL && group->flight >= QUEUE_NOISY_LEAST &&
           group->flight * QUEUE_NOISY_SHARE > line->counts[MESSAGE_STATE_FLIGHT];
}

static void busy_settle(struct queue_line *line, struct queue_group *group)
{
    bool wanted = !group->noisy && group->name != NULL && group->flight >= QUEUE_NOISY_LEAST;

    if (heap_has(&group->busy)) {
        if (wanted && group->busy.key == -group->flight)
            return;
        heap_remove(&line->busy, &group->busy);
    }
    if (wanted)
        heap_add(&line->busy, &group->busy, -group->flight, group->key);
}

/* Who is noisy follows from who has how much in flight: at most nine can have more than a tenth. */
static void noise_settle(struct queue_line *line)
{
    struct queue_group *group;

    for (uint32_t i = 0; i < line->noisy_count;) {
        group = line->noisy[i];
        if (is_noisy(line, group)) {
            i++;
            continue;
        }
        line->noisy[i] = line->noisy[--line->noisy_count];
        group->noisy = false;
        shelves_settle(line, group);
        busy_settle(line, group);
    }
    while ((group = HEAP_OF(heap_first(&line->busy), struct queue_group, busy)) != NULL &&
           is_noisy(line, group)) {
        heap_remove(&line->busy, &group->busy);
        group->noisy = true;
        line->noisy[line->noisy_count++] = group;
        shelves_settle(line, group);
    }
}

/* ---- FIFO queues: order in a group ---- */

static void group_settle(struct queue_line *line, struct queue_group *group)
{
    const struct queue_message *first = group->first;
    bool wanted = first != NULL && first->state == MESSAGE_STATE_VISIBLE;

    if (heap_has(&group->ready)) {
        if (wanted && group->ready.tie == first->sequence)
            return;
        heap_remove(&line->fifo, &group->ready);
    }
    if (wanted)
        heap_add(&line->fifo, &group->ready, 0, first->sequence);
}

static void group_insert(struct queue_group *group, struct queue_message *message)
{
    struct queue_message *before = group->last;

    while (before != NULL && before->sequence > message->sequence)
        before = before->before;
    message->before = before;
    message->after = before == NULL ? group->first : before->after;
    if (message->after == NULL)
        group->last = message;
    else
        message->after->before = message;
    if (before == NULL)
        group->first = message;
    else
        before->after = message;
}

static void group_remove(struct queue_group *group, struct queue_message *message)
{
    if (message->before == NULL)
        group->first = message->after;
    else
        message->before->after = message->after;
    if (message->after == NULL)
        group->last = message->before;
    else
        message->after->before = message->before;
}

/* ---- states ---- */

static void state_leave(struct queue *queue, struct queue_message *message)
{
    struct queue_line *line = queue->line;
    struct queue_group *group = message->in;
    uint32_t pair;

    if (message->state == 0)
        return;
    line->counts[message->state]--;
    if (heap_has(&message->wake))
        heap_remove(&line->wake, &message->wake);
    if (message->state == MESSAGE_STATE_FLIGHT)
        group->flight--;
    group->delayed -= message->state == MESSAGE_STATE_DELAYED;
    if (message->state != MESSAGE_STATE_VISIBLE)
        return;
    group->visible--;
    if (queue->fifo)
        return;
    pair = pair_of(message->copies);
    heap_remove(&group->shelves[pair].visible, &message->turn);
    shelf_settle(line, &group->shelves[pair], pair);
}

static void state_enter(struct queue *queue, struct queue_message *message)
{
    struct queue_line *line = queue->line;
    struct queue_group *group = message->in;
    uint32_t pair;

    line->counts[message->state]++;
    if (message->state != MESSAGE_STATE_GHOST && !heap_has(&message->age))
        heap_add(&line->age, &message->age, message->since, message->sequence);
    if (message->state == MESSAGE_STATE_DELAYED || message->state == MESSAGE_STATE_FLIGHT)
        heap_add(&line->wake, &message->wake, message->due, message->sequence);
    if (message->state == MESSAGE_STATE_FLIGHT)
        group->flight++;
    group->delayed += message->state == MESSAGE_STATE_DELAYED;
    if (message->state != MESSAGE_STATE_VISIBLE)
        return;
    group->visible++;
    if (queue->fifo)
        return;
    pair = pair_of(message->copies);
    heap_add(&group->shelves[pair].visible, &message->turn, (int64_t)message->sequence,
             message->sequence);
    shelf_settle(line, &group->shelves[pair], pair);
}

static void settle(struct queue *queue, struct queue_group *group)
{
    if (queue->fifo) {
        group_settle(queue->line, group);
    } else {
        busy_settle(queue->line, group);
        noise_settle(queue->line);
    }
}

void queue_line_set(struct queue *queue, struct queue_message *message, uint8_t state,
                    int64_t due)
{
    state_leave(queue, message);
    if (state == MESSAGE_STATE_GHOST)
        heap_remove(&queue->line->age, &message->age);
    message->state = state;
    message->due = due;
    state_enter(queue, message);
    settle(queue, message->in);
}

void queue_line_join(struct queue *queue, struct queue_message *message)
{
    struct queue_line *line = queue->line;

    message->in = group_get(line, message->group);
    message->in->members++;
    if (queue->fifo)
        group_insert(message->in, message);
    if (message->missed != 0)
        heap_add(&line->lost, &message->lost, 0, message->sequence);
    if (message->state != 0)
        state_enter(queue, message);
    settle(queue, message->in);
}

void queue_line_leave(struct queue *queue, struct queue_message *message)
{
    struct queue_line *line = queue->line;
    struct queue_group *group = message->in;

    state_leave(queue, message);
    message->state = 0;
    if (heap_has(&message->age))
        heap_remove(&line->age, &message->age);
    if (heap_has(&message->lost))
        heap_remove(&line->lost, &message->lost);
    if (queue->fifo)
        group_remove(group, message);
    message->in = NULL;
    message->before = message->after = NULL;
    settle(queue, group);
    if (--group->members == 0 && group->name != NULL) /* the one of all without a name stays */
        pool_remove(&line->groups, group);
}

/* Since when the oldest is there whose group is quiet; 0: there is none.  More than the first few
 * are looked at only while a noisy group has older ones. */
static int64_t quiet_since(const struct queue *queue)
{
    const struct queue_message **oldest = NULL;
    const struct queue_message *found = NULL;
    uint32_t most = 16;
    uint32_t seen = 0;
    uint32_t count;

    do {
        most *= 2;
        oldest = xrealloc(oldest, most * sizeof(*oldest));
        count = queue_oldest(queue, oldest, most);
        for (; seen < count && found == NULL; seen++)
            found = oldest[seen]->in->noisy ? NULL : oldest[seen];
    } while (found == NULL && count == most);
    free(oldest);
    return found == NULL ? 0 : found->since;
}

bool queue_quiet(const struct queue *queue, struct queue_quiet *quiet)
{
    const struct queue_line *line = queue->line;
    const struct queue_group *unnamed = pool_find(&line->groups, name_key(NULL));

    *quiet = (struct queue_quiet){
        .noisy = line->noisy_count,
        .visible = line->counts[MESSAGE_STATE_VISIBLE],
        .flight = line->counts[MESSAGE_STATE_FLIGHT],
        .delayed = line->counts[MESSAGE_STATE_DELAYED],
        .since = queue->fifo ? 0 : quiet_since(queue),
    };
    for (uint32_t i = 0; i < line->noisy_count; i++) {
        quiet->visible -= line->noisy[i]->visible;
        quiet->flight -= line->noisy[i]->flight;
        quiet->delayed -= line->noisy[i]->delayed;
    }
    return !queue->fifo &&
           line->groups.count > (unnamed != NULL && unnamed->name == NULL ? 1U : 0U);
}

/* ---- whose turn ---- */

static struct queue_message *shelf_first(const struct queue_shelf *shelf)
{
    return HEAP_OF(heap_first(&shelf->visible), struct queue_message, turn);
}

/* What a server offers of quiet groups: its oldest. */
static struct queue_message *server_first(const struct queue_line *line, uint8_t server)
{
    struct queue_message *oldest = NULL;

    for (uint32_t pair = 0; pair < QUEUE_PAIRS; pair++) {
        const struct queue_shelf *shelf =
            (pair_copies[pair] >> server & 1) == 0
                ? NULL
                : HEAP_OF(heap_first(&line->ready[pair]), struct queue_shelf, ready);
        struct queue_message *message = shelf == NULL ? NULL : shelf_first(shelf);

        if (message != NULL && (oldest == NULL || message->sequence < oldest->sequence))
            oldest = message;
    }
    return oldest;
}

/* The oldest of a noisy group that one of the servers has. */
static struct queue_message *group_first(const struct queue_group *group,
                                         const struct queue_ask *ask)
{
    struct queue_message *oldest = NULL;

    for (uint32_t pair = 0; pair < QUEUE_PAIRS; pair++) {
        struct queue_message *message = shelf_first(&group->shelves[pair]);
        bool there = false;

        for (uint32_t i = 0; i < ask->count; i++)
            there = there || (pair_copies[pair] >> ask->servers[i] & 1) != 0;
        if (there && message != NULL &&
            (oldest == NULL || message->sequence < oldest->sequence))
            oldest = message;
    }
    return oldest;
}

static struct queue_message *noisy_next(const struct queue_line *line, const struct queue_ask *ask)
{
    const struct queue_group *chosen = NULL;
    struct queue_message *next = NULL;

    for (uint32_t i = 0; i < line->noisy_count; i++) {
        const struct queue_group *group = line->noisy[i];
        struct queue_message *message = group_first(group, ask);

        if (message != NULL &&
            (chosen == NULL || group->flight < chosen->flight ||
             (group->flight == chosen->flight && message->sequence < next->sequence))) {
            chosen = group;
            next = message;
        }
    }
    return next;
}

struct queue_message *queue_line_next(const struct queue *queue, struct queue_ask *ask)
{
    const struct queue_line *line = queue->line;

    if (queue->fifo) {
        const struct queue_group *group =
            HEAP_OF(heap_first(&line->fifo), struct queue_group, ready);
        struct queue_message *message = ask->after;

        if (message == NULL || message->state != MESSAGE_STATE_VISIBLE)
            message = group == NULL ? NULL : group->first;
        ask->after = message == NULL ? NULL : message->after;
        return message;
    }
    for (uint32_t i = 0; i < ask->count; i++) {
        struct queue_message *message =
            server_first(line, ask->servers[(ask->turn + i) % ask->count]);

        if (message != NULL) {
            ask->turn = (ask->turn + i + 1) % ask->count;
            return message;
        }
    }
    return noisy_next(line, ask);
}

static const struct field queue_group_fields[] = {
    F_INT(struct queue_group, key, "Key", "Made of its name."),
    F_STRING(struct queue_group, name, "Name", "Its MessageGroupId."),
};

static const struct shape queue_group_shape =
    SHAPE("QueueGroup", struct queue_group, queue_group_fields);
