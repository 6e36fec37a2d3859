/*
 * cloud/queue_dedup.c - SQS: what was sent to FIFO queues within the last five minutes.
 *
 * Owns    struct queue_dedup, also in the order of their sending, so that old ones go first.
 * True to the developer guide, "Exactly-once processing": the five minutes count from the first
 *         sending, and hold after the message is received and deleted.
 */
#include "cloud/queue_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/str.h"
#include "sim/clock.h"

/* "id", or "group<newline>id" where each group has its own ids. */
static void scope_text(const struct queue *queue, const char *group, const char *dedup,
                       struct str *text)
{
    if (queue->dedup_group)
        str_addf(text, "%s\n", group);
    str_add(text, dedup);
}

static struct queue_dedup *find(const struct queues *queues, const struct queue *queue,
                                const struct str *text, uint64_t *key)
{
    unsigned char hash[PACK_HASH_SIZE];
    struct queue_dedup *row;

    pack_hash(str_text(text), text->length, hash);
    memcpy(key, hash, sizeof(*key));
    *key = (*key ^ queue->id) | 1;
    while ((row = pool_find(&queues->dedups, *key)) != NULL &&
           (row->queue != queue->id || !str_equal(row->text, str_text(text))))
        *key += 2;
    return row;
}

static bool holds(const struct queues *queues, const struct queue_dedup *row)
{
    return queues->sim->now - row->time < QUEUE_DEDUP_S * SECOND_NS;
}

const struct queue_dedup *queue_dedup_find(const struct queues *queues, const struct queue *queue,
                                           const char *group, const char *dedup)
{
    struct str text = STR_INIT;
    const struct queue_dedup *row;
    uint64_t key;

    scope_text(queue, group, dedup, &text);
    row = find(queues, queue, &text, &key);
    str_release(&text);
    return row != NULL && holds(queues, row) ? row : NULL;
}

static void append(struct queues *queues, struct queue_dedup *row)
{
    if (queues->dedup_last == NULL)
        queues->dedup_first = row;
    else
        queues->dedup_last->newer = row;
    queues->dedup_last = row;
}

/* The oldest one goes. */
static void remove_first(struct queues *queues)
{
    struct queue_dedup *first = queues->dedup_first;

    queues->dedup_first = first->newer;
    if (queues->dedup_first == NULL)
        queues->dedup_last = NULL;
    pool_remove(&queues->dedups, first);
}

void queue_dedup_keep(struct queues *queues, const struct queue *queue,
                      const struct queue_message *message)
{
    struct str text = STR_INIT;
    struct queue_dedup *row;
    uint64_t order = queues->dedup_last == NULL ? 1 : queues->dedup_last->order + 1;
    uint64_t key;

    while (queues->dedup_first != NULL && !holds(queues, queues->dedup_first))
        remove_first(queues);
    scope_text(queue, message->group, message->dedup, &text);
    find(queues, queue, &text, &key);
    row = pool_add(&queues->dedups, key);
    row->queue = queue->id;
    row->order = order;
    row->message = message->id;
    row->number = message->number;
    row->time = queues->sim->now;
    row->text = str_take(&text);
    append(queues, row);
}

void queue_dedup_forget(struct queues *queues, const struct queue *queue)
{
    struct queue_dedup *row = queues->dedup_first;

    queues->dedup_first = queues->dedup_last = NULL;
    while (row != NULL) {
        struct queue_dedup *newer = row->newer;

        row->newer = NULL;
        if (row->queue == queue->id)
            pool_remove(&queues->dedups, row);
        else
            append(queues, row);
        row = newer;
    }
}

static int by_order(const void *a, const void *b)
{
    const struct queue_dedup *x = *(struct queue_dedup *const *)a;
    const struct queue_dedup *y = *(struct queue_dedup *const *)b;

    return x->order < y->order ? -1 : x->order > y->order;
}

bool queue_dedups_restore(struct queues *queues)
{
    void **rows = pool_rows(&queues->dedups);
    uint32_t count = queues->dedups.count;
    bool good = true;

    if (count > 1)
        qsort(rows, count, sizeof(*rows), by_order);
    for (uint32_t i = 0; i < count && good; i++) {
        struct queue_dedup *row = rows[i];

        good = row->text != NULL && queue_find(queues, row->queue) != NULL &&
               row->time <= queues->sim->now && row->order < UINT64_MAX;
        append(queues, row);
    }
    free(rows);
    return good;
}
