/*
 * cloud/queue.c - SQS: queues, what they say, and what is due in them.
 *
 * Owns    struct queue, with who is next in it (queue_line.c).
 * Uses    one event for each queue: when its next message appears, returns or expires, when an
 *         attribute takes effect, when a purge is done.
 * True to the API reference, "SetQueueAttributes" (up to 60 seconds, the retention up to 15
 *         minutes), "PurgeQueue" (up to 60 seconds), "DeleteQueue" (the name is free after 60).
 */
#include "cloud/queue_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { CHANGE_S = 60, CHANGE_RETENTION_S = 900 };

static const struct event_kind queue_step_kind;

const struct queue_range queue_ranges[QUEUE_NUMBERS] = {
    [QUEUE_VISIBILITY] = {"VisibilityTimeout", 30, 0, QUEUE_VISIBILITY_MAX_S},
    [QUEUE_DELAY] = {"DelaySeconds", 0, 0, 900},
    [QUEUE_RETENTION] = {"MessageRetentionPeriod", 345600, 60, 1209600},
    [QUEUE_WAIT] = {"ReceiveMessageWaitTimeSeconds", 0, 0, 20},
    [QUEUE_SIZE] = {"MaximumMessageSize", QUEUE_SIZE_MAX, 1024, QUEUE_SIZE_MAX},
};

/* ---- life of the room ---- */

void queues_init(struct queues *queues)
{
    queues->luck = chance_label(queues->seed, "queue");
    queues->receipts = chance_label(queues->seed, "receipt");
    queues->outages = chance_label(queues->seed, "queue-storage");
    table_init(&queues->table, &queue_shape);
    table_init(&queues->graves, &queue_grave_shape);
    table_init(&queues->polls, &queue_poll_shape);
    table_init(&queues->attempts, &queue_attempt_shape);
    table_init(&queues->moves, &queue_move_shape);
    pool_init(&queues->messages, &queue_message_shape);
    pool_init(&queues->dedups, &queue_dedup_shape);
    sim_handle(queues->sim, EVENT_QUEUE_STEP, &queue_step_kind, queues);
    sim_handle(queues->sim, EVENT_QUEUE_POLL, &queue_poll_kind, queues);
    sim_handle(queues->sim, EVENT_QUEUE_MOVE, &queue_move_kind, queues);
    sim_handle(queues->sim, EVENT_QUEUE_STORAGE, &queue_storage_kind, queues);
}

static void line_release(struct queue *queue)
{
    queue_line_free(queue->line);
    queue->line = NULL;
    resource_policy_free(queue->rules);
    queue->rules = NULL;
}

void queues_release(struct queues *queues)
{
    for (uint32_t i = 0; i < table_count(&queues->table); i++)
        line_release(table_at(&queues->table, i));
    table_release(&queues->table);
    table_release(&queues->graves);
    table_release(&queues->polls);
    table_release(&queues->attempts);
    table_release(&queues->moves);
    pool_release(&queues->messages);
    pool_release(&queues->dedups);
}

/* ---- finding, names ---- */

struct queue *queue_find(const struct queues *queues, uint64_t id)
{
    return table_find(&queues->table, id);
}

struct queue *queue_find_name(const struct queues *queues, uint64_t account, uint8_t region,
                              const char *name)
{
    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        struct queue *queue = table_at(&queues->table, i);

        if (queue->account == account && queue->region == region && str_equal(queue->name, name))
            return queue;
    }
    return NULL;
}

struct queue *queue_find_arn(const struct queues *queues, const char *arn)
{
    const struct catalog *catalog = queues->catalog;
    static const char head[] = "arn:aws:sqs:";

    if (arn == NULL || !str_starts(arn, head))
        return NULL;
    arn += strlen(head);
    for (uint32_t region = 0; region < catalog->region_count; region++) {
        size_t length = strlen(catalog->regions[region].name);
        char *end;
        uint64_t account;

        if (strncmp(arn, catalog->regions[region].name, length) != 0 || arn[length] != ':')
            continue;
        account = strtoull(arn + length + 1, &end, 10);
        return end == arn + length + 13 && *end == ':'
                   ? queue_find_name(queues, account, (uint8_t)region, end + 1)
                   : NULL;
    }
    return NULL;
}

const char *queue_arn(const struct queues *queues, struct arena *arena, const struct queue *queue)
{
    return arena_printf(arena, "arn:aws:sqs:%s:%012" PRIu64 ":%s",
                        queues->catalog->regions[queue->region].name, queue->account, queue->name);
}

const char *queue_url(const struct queues *queues, struct arena *arena, const struct queue *queue)
{
    return arena_printf(arena, "https://sqs.%s.amazonaws.com/%012" PRIu64 "/%s",
                        queues->catalog->regions[queue->region].name, queue->account, queue->name);
}

int64_t queue_count(const struct queue *queue, enum queue_state state)
{
    return queue->line->counts[state];
}

uint32_t queue_oldest(const struct queue *queue, const struct queue_message **out, uint32_t most)
{
    struct heap_node **nodes = xcalloc(most + 1, sizeof(*nodes));
    uint32_t count = heap_least(&queue->line->age, nodes, most);

    for (uint32_t i = 0; i < count; i++)
        out[i] = HEAP_OF(nodes[i], struct queue_message, age);
    free(nodes);
    return count;
}

uint32_t queue_waiting(const struct queue *queue)
{
    return queue->line->polls.count;
}

int64_t queue_oldest_age(const struct queues *queues, const struct queue *queue)
{
    const struct heap_node *first = heap_first(&queue->line->age);

    return first == NULL ? 0 : queues->sim->now - first->key;
}

void queue_tell(struct queues *queues, const struct queue *queue, const char *format, ...)
{
    struct str text = STR_INIT;
    char line[512];
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof(line), format, values);
    va_end(values);
    str_addf(&text, "%s %s", queue->name, line);
    trail_add(queues->trail, (struct trail_entry){
                                 .account = queue->account,
                                 .subject = queue->id,
                                 .topic = TRAIL_QUEUE,
                                 .region = queue->region,
                                 .text = (char *)(uintptr_t)str_text(&text),
                             });
    str_release(&text);
}

void queue_note(struct queues *queues, const struct queue *queue, uint64_t message,
                struct message_note note)
{
    note.message = message;
    note.account = queue->account;
    note.region = queue->region;
    message_log_add(queues->log, note);
}

uint64_t queue_draw(struct queues *queues, struct queue *queue, uint64_t below)
{
    struct chance chance = chance_of(queues->luck, queue->id);

    chance.counter = queue->luck++;
    return below == 0 ? chance_u64(&chance) : chance_u64(&chance) % below;
}

uint64_t queue_new_id(struct queues *queues, struct queue *queue)
{
    uint64_t id;

    do
        id = queue_draw(queues, queue, 0);
    while (id == 0 || pool_find(&queues->messages, id) != NULL ||
           table_find(&queues->polls, id) != NULL);
    return id;
}

/* ---- what is due ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When something happens in the queue by itself. */
static int64_t next_due(const struct queue *queue)
{
    const struct heap_node *wake = heap_first(&queue->line->wake);
    const struct heap_node *age = heap_first(&queue->line->age);
    int64_t due = queue->purge_due == 0 ? SIM_NEVER : queue->purge_due;

    if (wake != NULL)
        due = earlier(due, wake->key);
    if (age != NULL)
        due = earlier(due, age->key + queue->held[QUEUE_RETENTION] * SECOND_NS);
    for (uint32_t i = 0; i < queue->changes.count; i++)
        due = earlier(due, queue->changes.items[i].due);
    return due;
}

/* An event that comes too early does nothing: so only one that would come too late is moved. */
void queue_settle(struct queues *queues, struct queue *queue)
{
    int64_t due = next_due(queue);

    if (due == SIM_NEVER || (queue->step != 0 && queue->step_due <= due))
        return;
    if (queue->step != 0)
        sim_cancel(queues->sim, queue->step);
    queue->step_due = due > queues->sim->now ? due : queues->sim->now;
    queue->step = sim_schedule(queues->sim, queue->step_due - queues->sim->now, EVENT_QUEUE_STEP,
                               queue->id, 0);
}

void queue_drop(struct queues *queues, struct queue *queue, struct queue_message *message)
{
    queue_line_leave(queue, message);
    pool_remove(&queues->messages, message);
}

static void wake_messages(struct queues *queues, struct queue *queue)
{
    struct queue_message *message;

    while ((message = HEAP_OF(heap_first(&queue->line->wake), struct queue_message, wake)) !=
               NULL &&
           message->due <= queues->sim->now) {
        queue_note(queues, queue, message->id,
                   (struct message_note){
                       .step = message->state == MESSAGE_STATE_DELAYED ? MESSAGE_APPEARED
                                                                       : MESSAGE_RETURNED,
                   });
        queue_line_set(queue, message, MESSAGE_STATE_VISIBLE, 0);
    }
}

static void expire_messages(struct queues *queues, struct queue *queue)
{
    int64_t born = queues->sim->now - queue->held[QUEUE_RETENTION] * SECOND_NS;
    struct queue_message *message;

    while ((message = HEAP_OF(heap_first(&queue->line->age), struct queue_message, age)) != NULL &&
           message->since <= born) {
        queue->counts.expired++;
        queue_note(queues, queue, message->id,
                   (struct message_note){.step = MESSAGE_EXPIRED,
                                         .number = queue->held[QUEUE_RETENTION]});
        queue_drop(queues, queue, message);
    }
}

/* FIFO queues: a new delay holds for what is there, too. */
static void redelay(struct queues *queues, struct queue *queue)
{
    struct queue_message *message =
        HEAP_OF(heap_first(&queue->line->age), struct queue_message, age);
    void **rows = queue->fifo && message != NULL ? pool_rows(&queues->messages) : NULL;

    for (uint32_t i = 0; rows != NULL && i < queues->messages.count; i++) {
        message = rows[i];
        if (message->queue == queue->id && message->state == MESSAGE_STATE_DELAYED)
            queue_line_set(queue, message, MESSAGE_STATE_DELAYED,
                           message->since + queue->held[QUEUE_DELAY] * SECOND_NS);
    }
    free(rows);
}

static void make_changes(struct queues *queues, struct queue *queue)
{
    for (uint32_t i = 0; i < queue->changes.count;) {
        struct queue_change change = queue->changes.items[i];

        if (change.due > queues->sim->now) {
            i++;
            continue;
        }
        LIST_REMOVE(&queue->changes, i);
        queue->held[change.number] = change.value;
        queue_tell(queues, queue, "%s is %" PRId64 " on all its servers",
                   queue_ranges[change.number].name, change.value);
        if (change.number == QUEUE_DELAY)
            redelay(queues, queue);
    }
}

/* All messages that came before the purge was asked for. */
static void finish_purge(struct queues *queues, struct queue *queue)
{
    LIST(struct queue_message *) gone = {0};
    struct queue_message *message;
    struct heap kept = {0};

    queue->purge_due = 0;
    while ((message = HEAP_OF(heap_first(&queue->line->age), struct queue_message, age)) != NULL) {
        heap_remove(&queue->line->age, &message->age);
        heap_add(&kept, &message->age, message->since, message->sequence);
        if (message->sequence < queue->purge_before)
            *LIST_PUSH(&gone) = message;
    }
    queue->line->age = kept;
    for (uint32_t i = 0; i < gone.count; i++) {
        queue_note(queues, queue, gone.items[i]->id,
                   (struct message_note){.step = MESSAGE_PURGED});
        queue_drop(queues, queue, gone.items[i]);
    }
    queue->counts.purged += gone.count;
    queue_tell(queues, queue, "was purged: %u messages", gone.count);
    LIST_RELEASE(&gone);
}

static void queue_step(void *context, const struct event *event)
{
    struct queues *queues = context;
    struct queue *queue = queue_find(queues, event->subject);

    if (queue == NULL || queue->step != event->sequence)
        return;
    queue->step = 0;
    make_changes(queues, queue);
    wake_messages(queues, queue);
    expire_messages(queues, queue);
    if (queue->purge_due != 0 && queue->purge_due <= queues->sim->now)
        finish_purge(queues, queue);
    queue_serve(queues, queue);
}

/* ---- making, changing ---- */

static void replace(char **text, const char *with)
{
    if (with == NULL)
        return;
    free(*text);
    *text = with[0] == '\0' ? NULL : xstrdup(with);
}

static void read_rules(struct queue *queue)
{
    struct arena arena = ARENA_INIT;
    const char *what;

    resource_policy_free(queue->rules);
    queue->rules = NULL;
    if (queue->policy != NULL)
        resource_policy_read(queue->policy, &arena, &queue->rules, &what);
    arena_release(&arena);
}

static void set_bool(bool *to, struct opt_bool wish)
{
    if (wish.set)
        *to = wish.value;
}

/* All that takes effect at once. */
static void take_wish(struct queue *queue, const struct queue_wish *wish)
{
    set_bool(&queue->by_content, wish->by_content);
    set_bool(&queue->dedup_group, wish->dedup_group);
    set_bool(&queue->limit_group, wish->limit_group);
    if (wish->own_key.set)
        queue->own_key_off = !wish->own_key.value;
    if (wish->kms_key != NULL)
        queue->own_key_off = wish->kms_key[0] != '\0';
    if (wish->kms_reuse_s.set)
        queue->kms_reuse_s = wish->kms_reuse_s.value;
    replace(&queue->kms_key, wish->kms_key);
    replace(&queue->policy, wish->policy);
    if (wish->policy != NULL)
        read_rules(queue);
    replace(&queue->dead_letter, wish->dead_letter);
    if (wish->dead_letter != NULL)
        queue->receives_max = wish->dead_letter[0] == '\0' ? 0 : wish->receives_max;
    if (!wish->allow_set && !wish->allow_ends)
        return;
    for (uint32_t i = 0; i < queue->sources.count; i++)
        free(queue->sources.items[i]);
    LIST_RELEASE(&queue->sources);
    queue->allow_set = wish->allow_set;
    queue->allow = wish->allow_set ? wish->allow : QUEUE_ALLOW_ALL;
    for (uint32_t i = 0; i < wish->sources.count; i++)
        *LIST_PUSH(&queue->sources) = xstrdup(wish->sources.items[i]);
}

/* What is left of a name: 0, or when it is free. */
static int64_t grave_until(struct queues *queues, const struct queue_new *wish)
{
    int64_t until = 0;

    for (uint32_t i = table_count(&queues->graves); i-- > 0;) {
        const struct queue_grave *grave = table_at(&queues->graves, i);

        if (grave->until <= queues->sim->now)
            table_remove(&queues->graves, grave->key);
        else if (grave->account == wish->account && grave->region == wish->region &&
                 str_equal(grave->name, wish->name))
            until = grave->until;
    }
    return until;
}

struct queue *queue_add(struct queues *queues, const struct queue_new *wish, struct fault *fault)
{
    struct queue *queue;

    if (grave_until(queues, wish) != 0) {
        fault_set(fault, &fault_queue_deleted_recently);
        return NULL;
    }
    queue = table_add(&queues->table, ids_new(queues->ids));
    queue->account = wish->account;
    queue->region = wish->region;
    queue->name = xstrdup(wish->name);
    queue->created = queue->modified = queues->sim->now;
    queue->sequence = 1;
    queue->fifo = wish->wish->fifo.set && wish->wish->fifo.value;
    queue->line = queue_line_new();
    for (uint32_t i = 0; i < QUEUE_NUMBERS; i++)
        queue->shown[i] = queue->held[i] = wish->wish->numbers[i].set
            ? wish->wish->numbers[i].value : queue_ranges[i].usual;
    take_wish(queue, wish->wish);
    tags_copy(&queue->tags, wish->tags);
    queue_tell(queues, queue, "was created: a %s queue", queue->fifo ? "FIFO" : "standard");
    return queue;
}

void queue_change(struct queues *queues, struct queue *queue, const struct queue_wish *wish)
{
    queue->modified = queues->sim->now;
    for (uint8_t i = 0; i < QUEUE_NUMBERS; i++) {
        int64_t most = i == QUEUE_RETENTION ? CHANGE_RETENTION_S : CHANGE_S;
        int64_t takes;

        if (!wish->numbers[i].set || wish->numbers[i].value == queue->shown[i])
            continue;
        for (uint32_t k = 0; k < queue->changes.count;) {
            if (queue->changes.items[k].number == i)
                LIST_REMOVE(&queue->changes, k);
            else
                k++;
        }
        queue->shown[i] = wish->numbers[i].value;
        takes = 1 + (int64_t)queue_draw(queues, queue, (uint64_t)most);
        *LIST_PUSH(&queue->changes) = (struct queue_change){
            .due = queues->sim->now + takes * SECOND_NS,
            .value = queue->shown[i],
            .number = i,
        };
        queue_tell(queues, queue,
                   "is to have %s %" PRId64 ", and had %" PRId64
                   ": all its servers know in %" PRId64 " s",
                   queue_ranges[i].name, queue->shown[i], queue->held[i], takes);
    }
    take_wish(queue, wish);
    queue_settle(queues, queue);
}

void queue_charge(struct queues *queues, struct queue *queue)
{
    int64_t requests = queue->counts.requests - queue->told.requests;

    queue->told.requests = queue->counts.requests;
    if (requests > 0 && queues->charge != NULL)
        queues->charge(queues->context, queue, requests);
}

static void drop_all(struct queues *queues, struct queue *queue)
{
    struct queue_message *message;

    while ((message = HEAP_OF(heap_first(&queue->line->age), struct queue_message, age)) != NULL) {
        queue_note(queues, queue, message->id, (struct message_note){.step = MESSAGE_QUEUE_GONE});
        queue_drop(queues, queue, message);
    }
    while ((message = HEAP_OF(heap_first(&queue->line->lost), struct queue_message, lost)) != NULL)
        queue_drop(queues, queue, message);
}

void queue_remove(struct queues *queues, struct queue *queue)
{
    uint64_t id = queue->id;
    struct queue_grave *grave = table_add(&queues->graves, id);

    grave->account = queue->account;
    grave->region = queue->region;
    grave->name = xstrdup(queue->name);
    grave->until = queues->sim->now + QUEUE_GRAVE_S * SECOND_NS;
    queue_tell(queues, queue, "was deleted, with %" PRId64 " messages",
               queue->line->counts[MESSAGE_STATE_VISIBLE] +
                   queue->line->counts[MESSAGE_STATE_FLIGHT] +
                   queue->line->counts[MESSAGE_STATE_DELAYED]);
    queue_charge(queues, queue);
    if (queues->removed != NULL)
        queues->removed(queues->context, id);
    drop_all(queues, queue);
    queue_dedup_forget(queues, queue);
    while (queue->line->polls.count > 0)
        queue_poll_end(queues, queue, table_get(&queues->polls, queue->line->polls.items[0]));
    sim_cancel(queues->sim, queue->step);
    sim_cancel(queues->sim, queue->storage);
    line_release(queue);
    table_remove(&queues->table, id);
}

int queue_purge(struct queues *queues, struct queue *queue, struct fault *fault)
{
    int64_t now = queues->sim->now;

    if (queue->purged != 0 && now - queue->purged < QUEUE_PURGE_S * SECOND_NS)
        return fault_set(fault, &fault_queue_purging, queue->name);
    queue->purged = now;
    queue->purge_before = queue->sequence;
    queue->purge_due = now + (1 + (int64_t)queue_draw(queues, queue, QUEUE_PURGE_S)) * SECOND_NS;
    queue_tell(queues, queue, "is to be purged of what was sent up to now");
    queue_settle(queues, queue);
    return 0;
}

/* ---- reading back ---- */

static bool queue_sound(const struct queues *queues, struct queue *queue)
{
    if (queue->name == NULL || queue->region >= queues->catalog->region_count ||
        queue->allow > QUEUE_ALLOW_SOME || queue->receives_max < 0 || queue->sequence == 0 ||
        queue->created > queues->sim->now)
        return false;
    for (uint32_t i = 0; i < QUEUE_NUMBERS; i++) {
        const struct queue_range *range = &queue_ranges[i];

        if (queue->held[i] < range->least || queue->held[i] > range->most ||
            queue->shown[i] < range->least || queue->shown[i] > range->most)
            return false;
    }
    for (uint32_t i = 0; i < queue->changes.count; i++) {
        const struct queue_change *change = &queue->changes.items[i];

        if (change->number >= QUEUE_NUMBERS ||
            change->value < queue_ranges[change->number].least ||
            change->value > queue_ranges[change->number].most)
            return false;
    }
    for (uint32_t i = 0; i < queue->sources.count; i++)
        if (queue->sources.items[i] == NULL)
            return false;
    if (queue->step != 0 && !sim_is_pending(queues->sim, queue->step))
        return false;
    return queue->storage == 0 || sim_is_pending(queues->sim, queue->storage);
}

static bool message_sound(const struct queues *queues, const struct queue_message *message)
{
    const struct queue *queue = queue_find(queues, message->queue);

    if (queue == NULL || message->body == NULL || message->state < MESSAGE_STATE_DELAYED ||
        message->state > MESSAGE_STATE_GHOST || !queue_copies_sound(message->copies) ||
        (message->missed & ~message->copies) != 0 || message->sequence == 0 ||
        message->sequence >= queue->sequence || message->since > queues->sim->now ||
        message->since < 0 || message->due < 0)
        return false;
    for (uint32_t i = 0; i < message->values.count; i++)
        if (message->values.items[i].name == NULL || message->values.items[i].type == NULL)
            return false;
    return !queue->fifo || (message->group != NULL && message->state != MESSAGE_STATE_GHOST);
}

static int by_sequence(const void *a, const void *b)
{
    const struct queue_message *x = *(struct queue_message *const *)a;
    const struct queue_message *y = *(struct queue_message *const *)b;

    if (x->queue != y->queue)
        return x->queue < y->queue ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* Messages join their queues in the order of their sequences. */
static bool messages_restore(struct queues *queues)
{
    void **rows = pool_rows(&queues->messages);
    uint32_t count = queues->messages.count;
    bool good = true;

    for (uint32_t i = 0; i < count && good; i++)
        good = message_sound(queues, rows[i]);
    if (good && count > 1)
        qsort(rows, count, sizeof(*rows), by_sequence);
    for (uint32_t i = 1; i < count && good; i++)
        good = by_sequence(&rows[i - 1], &rows[i]) < 0;
    for (uint32_t i = 0; i < count && good; i++) {
        struct queue_message *message = rows[i];

        queue_line_join(queue_find(queues, message->queue), message);
    }
    free(rows);
    return good;
}

static bool polls_restore(struct queues *queues)
{
    for (uint32_t i = 0; i < table_count(&queues->polls); i++) {
        const struct queue_poll *poll = table_at(&queues->polls, i);
        struct queue *queue = queue_find(queues, poll->queue);

        if (poll->most == 0 || poll->most > QUEUE_BATCH || (poll->ended == 0 && queue == NULL))
            return false;
        if (poll->ended == 0)
            *LIST_PUSH(&queue->line->polls) = poll->id;
    }
    for (uint32_t i = 0; i < table_count(&queues->attempts); i++)
        if (((struct queue_attempt *)table_at(&queues->attempts, i))->text == NULL)
            return false;
    return true;
}

bool queues_restore(struct queues *queues)
{
    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        struct queue *queue = table_at(&queues->table, i);

        if (!queue_sound(queues, queue))
            return false;
        queue->line = queue_line_new();
        read_rules(queue);
    }
    for (uint32_t i = 0; i < table_count(&queues->moves); i++) {
        const struct queue_move *move = table_at(&queues->moves, i);

        if (move->state < MOVE_RUNNING || move->state > MOVE_FAILED || move->rate < 0)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&queues->graves); i++)
        if (((struct queue_grave *)table_at(&queues->graves, i))->name == NULL)
            return false;
    return messages_restore(queues) && polls_restore(queues) && queue_dedups_restore(queues);
}

static const struct event_kind queue_step_kind = {
    .name = "queue-step",
    .run = queue_step,
    .quiet = true,
};
