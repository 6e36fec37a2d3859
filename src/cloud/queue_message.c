/*
 * cloud/queue_message.c - SQS: sending, receiving, hiding, deleting messages.
 *
 * True to the API reference and to recorded answers: a receipt handle is that of the last receive,
 *         older ones do nothing (standard) or are refused (FIFO); a visibility timeout counts from
 *         the call that sets it, and all of them together end 12 hours after the receive.
 */
#include "cloud/queue_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/pack.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { POLL_KEPT_S = 60, HANDLE_BYTES = 32, CHARGED_BYTES = 65536 };

static const char handle_head[] = "AQEB";

/* ---- handles ---- */

static void put_number(unsigned char *bytes, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> (56 - 8 * i));
}

static uint64_t take_number(const unsigned char *bytes)
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number;
}

static uint64_t handle_check(const struct queues *queues, const struct queue *queue,
                             const struct queue_receipt *receipt)
{
    struct chance chance = chance_of(queues->receipts, queue->id ^ receipt->message);

    chance.counter = receipt->receipt;
    return chance_u64(&chance);
}

const char *queue_handle(const struct queues *queues, struct arena *arena,
                         const struct queue *queue, const struct queue_receipt *receipt)
{
    unsigned char bytes[HANDLE_BYTES];
    size_t head = strlen(handle_head);
    char *text = arena_alloc(arena, head + BASE64_ENCODE_RAW_LENGTH(HANDLE_BYTES) + 1);

    put_number(bytes, handle_check(queues, queue, receipt));
    put_number(bytes + 8, receipt->message);
    put_number(bytes + 16, receipt->receipt);
    put_number(bytes + 24, queue->id);
    memcpy(text, handle_head, head);
    base64_encode_raw(text + head, sizeof(bytes), bytes);
    text[head + BASE64_ENCODE_RAW_LENGTH(HANDLE_BYTES)] = '\0';
    return text;
}

bool queue_handle_read(const struct queues *queues, const struct queue *queue, const char *text,
                       struct queue_receipt *receipt)
{
    struct base64_decode_ctx decoder;
    unsigned char bytes[BASE64_DECODE_LENGTH(BASE64_ENCODE_RAW_LENGTH(HANDLE_BYTES))];
    size_t length = sizeof(bytes);

    if (!str_starts(text, handle_head) ||
        strlen(text) != strlen(handle_head) + BASE64_ENCODE_RAW_LENGTH(HANDLE_BYTES))
        return false;
    base64_decode_init(&decoder);
    if (!base64_decode_update(&decoder, &length, bytes, BASE64_ENCODE_RAW_LENGTH(HANDLE_BYTES),
                              text + strlen(handle_head)) ||
        !base64_decode_final(&decoder) || length != HANDLE_BYTES)
        return false;
    *receipt = (struct queue_receipt){
        .message = take_number(bytes + 8),
        .receipt = take_number(bytes + 16),
    };
    return take_number(bytes + 24) == queue->id &&
           take_number(bytes) == handle_check(queues, queue, receipt);
}

/* ---- sending ---- */

int64_t queue_send_bytes(const struct queue_send *send)
{
    size_t bytes = send->body == NULL ? 0 : strlen(send->body);

    for (uint32_t i = 0; i < send->value_count; i++) {
        const struct queue_value *value = &send->values[i];

        bytes += strlen(value->name) + strlen(value->type) + value->binary.size +
                 (value->text == NULL ? 0 : strlen(value->text));
    }
    return (int64_t)bytes;
}

int64_t queue_requests_of(int64_t bytes)
{
    return (bytes + CHARGED_BYTES - 1) / CHARGED_BYTES;
}

/* What XML 1.0 allows, as SQS does. */
static bool is_text(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    for (; *at != '\0'; at++)
        if ((*at < 0x20 && *at != '\t' && *at != '\n' && *at != '\r') ||
            (at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe))
            return false;
    return true;
}

/* 1 to 128 letters, digits and punctuation marks. */
static bool is_id(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length >= 1 && length <= 128;
}

static int check_fifo(const struct queue *queue, const struct queue_send *send,
                      struct fault *fault)
{
    if (send->group == NULL)
        return fault_set(fault, &fault_queue_no_group);
    if (send->dedup == NULL && !queue->by_content)
        return fault_set(fault, &fault_queue_no_dedup);
    if (send->delay_s.set && send->delay_s.value != 0) {
        char delay[24];

        snprintf(delay, sizeof(delay), "%" PRId64, send->delay_s.value);
        return fault_set(fault, &fault_queue_fifo_delay, delay);
    }
    return 0;
}

static int check_values(const struct queue_send *send, struct fault *fault)
{
    char count[16];

    if (send->value_count > QUEUE_ATTRIBUTES) {
        snprintf(count, sizeof(count), "%u", send->value_count);
        return fault_set(fault, &fault_queue_attributes, count);
    }
    for (uint32_t i = 0; i < send->value_count; i++) {
        const struct queue_value *value = &send->values[i];
        bool binary = str_starts(value->type, "Binary");

        if (binary ? value->binary.size == 0 : value->text == NULL || value->text[0] == '\0')
            return fault_set(fault, &fault_queue_attribute_empty, value->name, value->type);
        if (!binary && !is_text(value->text))
            return fault_set(fault, &fault_queue_contents);
    }
    return 0;
}

int queue_send_check(const struct queue *queue, const struct queue_send *send,
                     struct fault *fault)
{
    char text[24];

    if (send->body == NULL || send->body[0] == '\0')
        return fault_set(fault, &fault_queue_no_body);
    if (queue_send_bytes(send) > queue->held[QUEUE_SIZE]) {
        snprintf(text, sizeof(text), "%" PRId64, queue->held[QUEUE_SIZE]);
        return fault_set(fault, &fault_queue_too_long, text);
    }
    if (!is_text(send->body))
        return fault_set(fault, &fault_queue_contents);
    if (send->group != NULL && !is_id(send->group))
        return fault_set(fault, &fault_queue_bad_id, send->group, "MessageGroupId",
                         "MessageGroupId");
    if (send->dedup != NULL && !is_id(send->dedup))
        return fault_set(fault, &fault_queue_bad_id, send->dedup, "MessageDeduplicationId",
                         "MessageDeduplicationId");
    if (!queue->fifo && send->dedup != NULL)
        return fault_set(fault, &fault_queue_dedup_standard, send->dedup);
    if (!queue->fifo && send->delay_s.set &&
        (send->delay_s.value < 0 || send->delay_s.value > queue_ranges[QUEUE_DELAY].most)) {
        snprintf(text, sizeof(text), "%" PRId64, send->delay_s.value);
        return fault_set(fault, &fault_queue_delay, text);
    }
    if (queue->fifo && check_fifo(queue, send, fault) != 0)
        return -1;
    return check_values(send, fault);
}

struct queue_message *queue_enter(struct queues *queues, struct queue *queue, uint64_t id)
{
    struct queue_message *message = pool_add(&queues->messages, id);

    message->queue = queue->id;
    message->sequence = queue->sequence++;
    message->number = queue->fifo ? message->sequence : 0;
    message->sent = message->since = queues->sim->now;
    message->copies = queue_storage_place(queues, queue);
    return message;
}

static char *copy_text(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

static void fill(struct queue_message *message, const struct queue_send *send)
{
    message->body = xstrdup(send->body);
    message->trace = copy_text(send->trace);
    message->group = copy_text(send->group);
    message->dedup = copy_text(send->dedup);
    message->sender = send->sender;
    for (uint32_t i = 0; i < send->value_count; i++)
        queue_value_copy(LIST_PUSH(&message->values), &send->values[i]);
}

void queue_value_copy(struct queue_value *to, const struct queue_value *from)
{
    *to = (struct queue_value){
        .name = xstrdup(from->name),
        .type = xstrdup(from->type),
        .text = from->text == NULL ? NULL : xstrdup(from->text),
        .binary.size = from->binary.size,
    };
    if (from->binary.size > 0)
        to->binary.bytes =
            memcpy(xmalloc(from->binary.size), from->binary.bytes, from->binary.size);
}

const char *queue_content_id(const char *body, char text[QUEUE_CONTENT_ID])
{
    unsigned char hash[PACK_HASH_SIZE];

    pack_hash(body, strlen(body), hash);
    for (int i = 0; i < PACK_HASH_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return text;
}

static void count_sent(struct queue *queue, int64_t bytes)
{
    struct queue_counts *counts = &queue->counts;

    counts->least = counts->sent == queue->told.sent || bytes < counts->least ? bytes
                                                                              : counts->least;
    counts->most = counts->sent == queue->told.sent || bytes > counts->most ? bytes : counts->most;
    counts->sent++;
    counts->bytes += bytes;
}

/* True when it was sent before; `sent` then says what became of it. */
static bool is_duplicate(struct queues *queues, struct queue *queue, const struct queue_send *send,
                         struct queue_sent *sent)
{
    const struct queue_dedup *before =
        queue_dedup_find(queues, queue, send->group, send->dedup);

    if (before == NULL)
        return false;
    *sent = (struct queue_sent){
        .message = before->message,
        .number = before->number,
        .duplicate = true,
    };
    queue->counts.duplicates++;
    queue_note(queues, queue, before->message,
               (struct message_note){.step = MESSAGE_DUPLICATE, .place = queue->id});
    return true;
}

int queue_send(struct queues *queues, struct queue *queue, const struct queue_send *send,
               struct queue_sent *sent, struct fault *fault)
{
    char content[QUEUE_CONTENT_ID];
    struct queue_send with = *send;
    struct queue_message *message;
    int64_t delay;

    if (queue_send_check(queue, send, fault) != 0)
        return -1;
    if (queue->fifo && with.dedup == NULL)
        with.dedup = queue_content_id(send->body, content);
    if (queue->fifo && is_duplicate(queues, queue, &with, sent))
        return 0;
    delay = send->delay_s.set && !queue->fifo ? send->delay_s.value : queue->held[QUEUE_DELAY];
    message = queue_enter(queues, queue, queue_new_id(queues, queue));
    fill(message, &with);
    queue_line_join(queue, message);
    count_sent(queue, queue_send_bytes(send));
    *sent = (struct queue_sent){.message = message->id, .number = message->number};
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_SENT, .place = queue->id,
                                     .number = queue_send_bytes(send)});
    if (queue->fifo)
        queue_dedup_keep(queues, queue, message);
    if (delay > 0) {
        queue_line_set(queue, message, MESSAGE_STATE_DELAYED,
                       queues->sim->now + delay * SECOND_NS);
        queue_note(queues, queue, message->id,
                   (struct message_note){.step = MESSAGE_DELAYED, .number = message->due});
    } else {
        queue_line_set(queue, message, MESSAGE_STATE_VISIBLE, 0);
    }
    queue_serve(queues, queue);
    return 0;
}

/* ---- receiving ---- */

static void give(struct queues *queues, struct queue *queue, struct queue_poll *poll,
                 struct queue_message *message)
{
    int64_t now = queues->sim->now;

    message->receipt++;
    message->receives++;
    message->received = now;
    if (message->first_received == 0)
        message->first_received = now;
    queue->counts.received++;
    queue_line_set(queue, message, MESSAGE_STATE_FLIGHT, now + poll->visibility_s * SECOND_NS);
    *LIST_PUSH(&poll->found) = (struct queue_receipt){
        .message = message->id,
        .receipt = message->receipt,
    };
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_RECEIVED, .number = message->receives,
                                     .other = message->due});
    queue_lost_set(queue, message, queue_storage_missed(queues, queue, message));
}

/* Takes what there is for a poll. */
static void take(struct queues *queues, struct queue *queue, struct queue_poll *poll, bool all)
{
    struct queue_ask ask = queue_storage_ask(queues, queue, all);
    struct queue_message *message;

    while (poll->found.count < poll->most &&
           queue->line->counts[MESSAGE_STATE_FLIGHT] < QUEUE_FLIGHT_MAX &&
           (message = queue_line_next(queue, &ask)) != NULL)
        if (!queue_bury(queues, queue, message))
            give(queues, queue, poll, message);
    for (uint32_t i = 0; i < poll->found.count && poll->visibility_s == 0; i++) {
        message = pool_find(&queues->messages, poll->found.items[i].message);
        queue_note(queues, queue, message->id, (struct message_note){.step = MESSAGE_RETURNED});
        queue_line_set(queue, message, MESSAGE_STATE_VISIBLE, 0);
    }
}

void queue_poll_end(struct queues *queues, struct queue *queue, struct queue_poll *poll)
{
    poll->ended = queues->sim->now;
    for (uint32_t i = 0; queue != NULL && i < queue->line->polls.count; i++) {
        if (queue->line->polls.items[i] == poll->id) {
            LIST_REMOVE(&queue->line->polls, i);
            break;
        }
    }
    if (queue != NULL && poll->found.count == 0)
        queue->counts.empty++;
    if (poll->consumer != 0 && queues->arrived != NULL)
        queues->arrived(queues->context, poll);
}

void queue_serve(struct queues *queues, struct queue *queue)
{
    while (queue->line->polls.count > 0 && queue->line->counts[MESSAGE_STATE_VISIBLE] > 0) {
        struct queue_poll *poll = table_get(&queues->polls, queue->line->polls.items[0]);

        take(queues, queue, poll, true);
        if (poll->found.count == 0)
            break;
        queue_poll_end(queues, queue, poll);
    }
    queue_settle(queues, queue);
}

static void poll_step(void *context, const struct event *event)
{
    struct queues *queues = context;
    struct queue_poll *poll = table_find(&queues->polls, event->subject);

    if (poll != NULL && poll->ended == 0)
        queue_poll_end(queues, queue_find(queues, poll->queue), poll);
}

const struct queue_poll *queue_poll_find(const struct queues *queues, uint64_t poll)
{
    return table_find(&queues->polls, poll);
}

void queue_poll_drop(struct queues *queues, uint64_t poll)
{
    struct queue_poll *row = table_find(&queues->polls, poll);

    if (row == NULL)
        return;
    row->consumer = 0;
    if (row->ended == 0)
        queue_poll_end(queues, queue_find(queues, row->queue), row);
    table_remove(&queues->polls, poll);
}

/* What nobody asks for any more. */
static void sweep(struct queues *queues)
{
    const struct queue_poll *poll;
    const struct queue_attempt *attempt;

    while (table_count(&queues->polls) > 0 && (poll = table_at(&queues->polls, 0))->ended != 0 &&
           queues->sim->now - poll->ended >= POLL_KEPT_S * SECOND_NS)
        table_remove(&queues->polls, poll->id);
    while (table_count(&queues->attempts) > 0 &&
           queues->sim->now - (attempt = table_at(&queues->attempts, 0))->time >=
               QUEUE_DEDUP_S * SECOND_NS)
        table_remove(&queues->attempts, attempt->key);
}

static struct queue_attempt *attempt_find(const struct queues *queues, const struct queue *queue,
                                          const char *text)
{
    for (uint32_t i = 0; i < table_count(&queues->attempts); i++) {
        struct queue_attempt *attempt = table_at(&queues->attempts, i);

        if (attempt->queue == queue->id && str_equal(attempt->text, text))
            return attempt;
    }
    return NULL;
}

/* The same messages once more, hidden anew, while all are still as they were given. */
static bool attempt_again(struct queues *queues, struct queue *queue,
                          const struct queue_attempt *attempt, struct queue_poll *poll)
{
    for (uint32_t i = 0; i < attempt->found.count; i++) {
        const struct queue_receipt *receipt = &attempt->found.items[i];
        const struct queue_message *message = queue_message_find(queues, receipt->message);

        if (message == NULL || message->queue != queue->id ||
            message->receipt != receipt->receipt || message->state != MESSAGE_STATE_FLIGHT)
            return false;
    }
    for (uint32_t i = 0; i < attempt->found.count; i++) {
        const struct queue_receipt *receipt = &attempt->found.items[i];
        struct queue_message *message = pool_find(&queues->messages, receipt->message);

        queue_line_set(queue, message, MESSAGE_STATE_FLIGHT,
                       queues->sim->now + poll->visibility_s * SECOND_NS);
        *LIST_PUSH(&poll->found) = *receipt;
    }
    return attempt->found.count > 0;
}

static void attempt_keep(struct queues *queues, const struct queue_poll *poll, const char *text)
{
    struct queue_attempt *attempt = table_add(&queues->attempts, poll->id);

    attempt->queue = poll->queue;
    attempt->time = queues->sim->now;
    attempt->text = xstrdup(text);
    for (uint32_t i = 0; i < poll->found.count; i++)
        *LIST_PUSH(&attempt->found) = poll->found.items[i];
}

static struct queue_poll *poll_add(struct queues *queues, struct queue *queue,
                                   const struct queue_receive *receive)
{
    struct queue_poll *poll = table_add(&queues->polls, queue_new_id(queues, queue));

    poll->queue = queue->id;
    poll->account = receive->account;
    poll->most = receive->most;
    poll->until = queues->sim->now + receive->wait_s * SECOND_NS;
    poll->consumer = receive->consumer;
    poll->visibility_s = receive->visibility_s.set ? receive->visibility_s.value
                                                   : queue->held[QUEUE_VISIBILITY];
    return poll;
}

uint64_t queue_receive(struct queues *queues, struct queue *queue,
                       const struct queue_receive *receive, struct fault *fault)
{
    struct queue_attempt *attempt =
        !queue->fifo || receive->attempt == NULL ? NULL
                                                 : attempt_find(queues, queue, receive->attempt);
    struct queue_poll *poll;
    uint64_t id;

    if (!queue->fifo && receive->wait_s == 0 &&
        queue->line->counts[MESSAGE_STATE_FLIGHT] >= QUEUE_FLIGHT_MAX) {
        fault_set(fault, &fault_queue_over_limit);
        return 0;
    }
    sweep(queues);
    poll = poll_add(queues, queue, receive);
    id = poll->id;
    attempt = attempt == NULL ? NULL : attempt_find(queues, queue, receive->attempt);
    if (attempt == NULL || !attempt_again(queues, queue, attempt, poll)) {
        take(queues, queue, poll, receive->wait_s > 0);
        if (queue->fifo && receive->attempt != NULL && attempt == NULL && poll->found.count > 0)
            attempt_keep(queues, poll, receive->attempt);
    }
    if (poll->found.count > 0 || receive->wait_s == 0) {
        queue_poll_end(queues, queue, poll);
    } else {
        *LIST_PUSH(&queue->line->polls) = id;
        sim_schedule(queues->sim, receive->wait_s * SECOND_NS, EVENT_QUEUE_POLL, id, 0);
    }
    queue_serve(queues, queue); /* what is visible at once, and others wait for */
    return id;
}

/* ---- deleting, hiding ---- */

const struct queue_message *queue_message_find(const struct queues *queues, uint64_t message)
{
    const struct queue_message *row = pool_find(&queues->messages, message);

    return row == NULL || row->state == MESSAGE_STATE_GHOST ? NULL : row;
}

static struct queue_message *message_in(const struct queues *queues, const struct queue *queue,
                                        const struct queue_receipt *receipt)
{
    struct queue_message *message = pool_find(&queues->messages, receipt->message);

    return message == NULL || message->queue != queue->id ||
                   message->state == MESSAGE_STATE_GHOST
               ? NULL
               : message;
}

int queue_delete(struct queues *queues, struct queue *queue, const struct queue_receipt *receipt,
                 struct fault *fault)
{
    struct queue_message *message = message_in(queues, queue, receipt);
    struct arena arena = ARENA_INIT;
    uint8_t missed;

    if (message == NULL)
        return 0;
    if (message->receipt != receipt->receipt ||
        (queue->fifo && message->state != MESSAGE_STATE_FLIGHT)) {
        queue_note(queues, queue, message->id, (struct message_note){.step = MESSAGE_STALE});
        if (queue->fifo)
            fault_set(fault, &fault_queue_handle_expired,
                      queue_handle(queues, &arena, queue, receipt));
        arena_release(&arena);
        return queue->fifo ? -1 : 0;
    }
    queue->counts.deleted++;
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_DELETED, .number = message->receives});
    missed = queue_storage_missed(queues, queue, message);
    if (missed != 0) {
        queue_lost_set(queue, message, missed);
        queue_line_set(queue, message, MESSAGE_STATE_GHOST, 0);
    } else {
        queue_drop(queues, queue, message);
    }
    queue_serve(queues, queue); /* a group may go on */
    return 0;
}

int queue_hide(struct queues *queues, struct queue *queue, const struct queue_receipt *receipt,
               int64_t visibility_s, struct fault *fault)
{
    struct queue_message *message = message_in(queues, queue, receipt);
    int64_t due = queues->sim->now + visibility_s * SECOND_NS;
    struct arena arena = ARENA_INIT;
    char text[24];

    if (message == NULL || message->state != MESSAGE_STATE_FLIGHT ||
        message->receipt != receipt->receipt) {
        bool waits = message != NULL && message->state != MESSAGE_STATE_FLIGHT;

        fault_set(fault, waits ? &fault_queue_not_in_flight : &fault_queue_handle_gone,
                  queue_handle(queues, &arena, queue, receipt));
        arena_release(&arena);
        return -1;
    }
    if (due > message->received + QUEUE_VISIBILITY_MAX_S * SECOND_NS) {
        snprintf(text, sizeof(text), "%" PRId64, visibility_s);
        return fault_set(fault, &fault_queue_visibility_total, text);
    }
    queue_note(queues, queue, message->id,
               (struct message_note){.step = MESSAGE_HIDDEN, .number = due});
    if (visibility_s > 0)
        queue_line_set(queue, message, MESSAGE_STATE_FLIGHT, due);
    else
        queue_line_set(queue, message, MESSAGE_STATE_VISIBLE, 0);
    queue_serve(queues, queue);
    return 0;
}

const struct event_kind queue_poll_kind = {
    .name = "queue-poll",
    .run = poll_step,
    .quiet = true,
};
