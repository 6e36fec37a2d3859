/*
 * cloud/topic_dedup.c - SNS: what was published on FIFO topics within the last five minutes.
 *
 * Owns    struct topic_dedup, also in the order of their publishing, so that old ones go first.
 * True to the developer guide, "Message deduplication for FIFO topics": for the whole topic, or
 *         for each message group where FifoThroughputScope says so.
 */
#include "cloud/topic_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/str.h"
#include "sim/clock.h"

/* "id", or "group<newline>id" where each group has its own ids. */
static void scope_text(const struct topic *topic, const char *group, const char *dedup,
                       struct str *text)
{
    if (topic->group_scope)
        str_addf(text, "%s\n", group);
    str_add(text, dedup);
}

static struct topic_dedup *find(const struct topics *topics, const struct topic *topic,
                                const struct str *text, uint64_t *key)
{
    unsigned char hash[PACK_HASH_SIZE];
    struct topic_dedup *row;

    pack_hash(str_text(text), text->length, hash);
    memcpy(key, hash, sizeof(*key));
    *key = (*key ^ topic->id) | 1;
    while ((row = pool_find(&topics->dedups, *key)) != NULL &&
           (row->topic != topic->id || !str_equal(row->text, str_text(text))))
        *key += 2;
    return row;
}

static bool holds(const struct topics *topics, const struct topic_dedup *row)
{
    return topics->sim->now - row->time < TOPIC_DEDUP_S * SECOND_NS;
}

const struct topic_dedup *topic_dedup_find(const struct topics *topics, const struct topic *topic,
                                           const char *group, const char *dedup)
{
    struct str text = STR_INIT;
    const struct topic_dedup *row;
    uint64_t key;

    scope_text(topic, group, dedup, &text);
    row = find(topics, topic, &text, &key);
    str_release(&text);
    return row != NULL && holds(topics, row) ? row : NULL;
}

static void append(struct topics *topics, struct topic_dedup *row)
{
    if (topics->dedup_last == NULL)
        topics->dedup_first = row;
    else
        topics->dedup_last->newer = row;
    topics->dedup_last = row;
}

static void remove_first(struct topics *topics)
{
    struct topic_dedup *first = topics->dedup_first;

    topics->dedup_first = first->newer;
    if (topics->dedup_first == NULL)
        topics->dedup_last = NULL;
    pool_remove(&topics->dedups, first);
}

void topic_dedup_keep(struct topics *topics, const struct topic *topic, const char *group,
                      const struct topic_dedup *like)
{
    struct str text = STR_INIT;
    struct topic_dedup *row;
    uint64_t order = topics->dedup_last == NULL ? 1 : topics->dedup_last->order + 1;
    uint64_t key;

    while (topics->dedup_first != NULL && !holds(topics, topics->dedup_first))
        remove_first(topics);
    scope_text(topic, group, like->text, &text);
    find(topics, topic, &text, &key);
    row = pool_add(&topics->dedups, key);
    row->topic = topic->id;
    row->order = order;
    row->message = like->message;
    row->number = like->number;
    row->time = topics->sim->now;
    row->text = str_take(&text);
    append(topics, row);
}

void topic_dedup_forget(struct topics *topics, const struct topic *topic)
{
    struct topic_dedup *row = topics->dedup_first;

    topics->dedup_first = topics->dedup_last = NULL;
    while (row != NULL) {
        struct topic_dedup *newer = row->newer;

        row->newer = NULL;
        if (row->topic == topic->id)
            pool_remove(&topics->dedups, row);
        else
            append(topics, row);
        row = newer;
    }
}

static int by_order(const void *a, const void *b)
{
    const struct topic_dedup *x = *(struct topic_dedup *const *)a;
    const struct topic_dedup *y = *(struct topic_dedup *const *)b;

    return x->order < y->order ? -1 : x->order > y->order;
}

bool topic_dedups_restore(struct topics *topics)
{
    void **rows = pool_rows(&topics->dedups);
    uint32_t count = topics->dedups.count;
    bool good = true;

    if (count > 1)
        qsort(rows, count, sizeof(*rows), by_order);
    for (uint32_t i = 0; i < count && good; i++) {
        struct topic_dedup *row = rows[i];

        good = row->text != NULL && topic_find(topics, row->topic) != NULL &&
               row->time <= topics->sim->now && row->order < UINT64_MAX;
        append(topics, row);
    }
    free(rows);
    return good;
}
