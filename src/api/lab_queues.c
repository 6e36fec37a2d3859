/*
 * api/lab_queues.c - lab: queues at a glance, and messages opened without being received.
 *
 * AWS shows how many messages there are, and gives one only to who receives it.  Here they can be
 * looked at where they lie; that changes nothing, and no visibility timeout begins.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum { MESSAGES_DEFAULT = 20, MESSAGES_MAX = 100 };

/* ---- what a message looks like ---- */

struct message_view {
    const char *id;
    const char *state;
    const char *body;
    const char *group;
    int64_t receives;
    int64_t age_s;
    struct opt_int seconds;
};

static const char *const state_words[] = {"delayed", "visible", "in flight", NULL};

static const struct field message_fields[] = {
    F_STRING(struct message_view, id, "MessageId", "The message.", .flags = FIELD_COLUMN),
    F_STRING(struct message_view, state, "State", "Where it is.", .words = state_words,
             .flags = FIELD_COLUMN),
    F_STRING(struct message_view, body, "Body", "What it says.", .flags = FIELD_COLUMN),
    F_STRING(struct message_view, group, "MessageGroupId", "Its group; absent when it has none."),
    F_INT(struct message_view, receives, "ReceiveCount", "How often it was received.",
          .flags = FIELD_COLUMN),
    F_INT(struct message_view, age_s, "AgeSeconds", "How long it has been in the queue."),
    F_OPT_INT(struct message_view, seconds, "VisibleInSeconds",
              "In how many seconds it is visible, or visible again; absent when it is."),
};
static const struct shape message_view_shape =
    SHAPE("QueuedMessage", struct message_view, message_fields);

static int64_t seconds_up(int64_t ns)
{
    return (ns + SECOND_NS - 1) / SECOND_NS;
}

static struct message_view message_see(struct call *call, const struct queue_message *message)
{
    int64_t now = call->world->sim.now;
    struct message_view view = {
        .id = lab_message_id(call, message->id),
        .state = state_words[message->state - MESSAGE_STATE_DELAYED],
        .body = message->body,
        .group = message->group,
        .receives = message->receives,
        .age_s = (now - message->sent) / SECOND_NS,
    };

    if (message->state != MESSAGE_STATE_VISIBLE)
        view.seconds = OPT_INT(seconds_up(message->due - now));
    return view;
}

/* ---- DescribeQueues ---- */

struct queues_in {
    struct opt_int max_results;
};

struct queue_view {
    const char *name;
    const char *url;
    bool fifo;
    int64_t visible;
    int64_t in_flight;
    int64_t delayed;
    int64_t oldest_s;
    int64_t visibility_s;
    const char *dead_letter;
    struct opt_int receives_max;
    int64_t waiting;
    int64_t sent;
    int64_t received;
    int64_t deleted;
    int64_t moved;
    int64_t expired;
    int64_t empty;
    LIST(struct message_view) messages;
};

struct queues_out {
    LIST(struct queue_view) queues;
};

static const struct field queues_in_fields[] = {
    F_OPT_INT(struct queues_in, max_results, "MaxResults",
              "How many messages of a queue are listed, the oldest first; 20 unless told.",
              .min = 0, .max = MESSAGES_MAX),
};
static const struct shape queues_in_shape =
    SHAPE("DescribeQueuesRequest", struct queues_in, queues_in_fields);

static const struct field queue_fields[] = {
    F_STRING(struct queue_view, name, "QueueName", "The queue.", .flags = FIELD_COLUMN),
    F_STRING(struct queue_view, url, "QueueUrl", "Its URL."),
    F_BOOL(struct queue_view, fifo, "FifoQueue", "It keeps the order."),
    F_INT(struct queue_view, visible, "Visible", "Messages that can be received.",
          .flags = FIELD_COLUMN),
    F_INT(struct queue_view, in_flight, "InFlight", "Messages received and not yet deleted.",
          .flags = FIELD_COLUMN),
    F_INT(struct queue_view, delayed, "Delayed", "Messages that cannot be received yet.",
          .flags = FIELD_COLUMN),
    F_INT(struct queue_view, oldest_s, "OldestSeconds", "The age of the oldest; 0: there is none."),
    F_INT(struct queue_view, visibility_s, "VisibilityTimeout",
          "How long a message that was received stays hidden, in seconds."),
    F_STRING(struct queue_view, dead_letter, "DeadLetterQueue",
             "Where messages go that were received too often; absent when there is no such queue."),
    F_OPT_INT(struct queue_view, receives_max, "MaxReceiveCount",
              "How often a message may be received before."),
    F_INT(struct queue_view, waiting, "WaitingReceivers", "Long polls that wait for a message."),
    F_INT(struct queue_view, sent, "Sent", "Messages that came so far.", .flags = FIELD_COLUMN),
    F_INT(struct queue_view, received, "Received", "How often one was given out."),
    F_INT(struct queue_view, deleted, "Deleted", "Messages deleted.", .flags = FIELD_COLUMN),
    F_INT(struct queue_view, moved, "Moved", "Messages that went to another queue."),
    F_INT(struct queue_view, expired, "Expired", "Messages that grew too old."),
    F_INT(struct queue_view, empty, "EmptyReceives", "Receives that found nothing."),
    F_LIST(struct queue_view, messages, struct message_view, &message_view_shape, "Messages",
           "The oldest messages, also those in flight."),
};
static const struct shape queue_view_shape = SHAPE("QueueGlance", struct queue_view, queue_fields);

static const struct field queues_out_fields[] = {
    F_LIST(struct queues_out, queues, struct queue_view, &queue_view_shape, "Queues",
           "Your queues in the Region, in the order of their making."),
};
static const struct shape queues_out_shape =
    SHAPE("DescribeQueuesResult", struct queues_out, queues_out_fields);

/* "arn:aws:sqs:us-east-1:111122223333:orders-dead": the last part. */
static const char *arn_name(const char *arn)
{
    const char *colon = arn == NULL ? NULL : strrchr(arn, ':');

    return colon == NULL ? NULL : colon + 1;
}

static void queue_see(struct call *call, const struct queue *queue, uint32_t most,
                      struct queue_view *view)
{
    const struct queues *queues = &call->world->queues;
    const struct queue_message **messages =
        arena_alloc(&call->arena, (most + 1) * sizeof(struct queue_message *));
    uint32_t count = queue_oldest(queue, messages, most);

    *view = (struct queue_view){
        .name = queue->name,
        .url = queue_url(queues, &call->arena, queue),
        .fifo = queue->fifo,
        .visible = queue_count(queue, MESSAGE_STATE_VISIBLE),
        .in_flight = queue_count(queue, MESSAGE_STATE_FLIGHT),
        .delayed = queue_count(queue, MESSAGE_STATE_DELAYED),
        .oldest_s = queue_oldest_age(queues, queue) / SECOND_NS,
        .visibility_s = queue->held[QUEUE_VISIBILITY],
        .dead_letter = arn_name(queue->dead_letter),
        .waiting = queue_waiting(queue),
        .sent = queue->counts.sent,
        .received = queue->counts.received,
        .deleted = queue->counts.deleted,
        .moved = queue->counts.moved,
        .expired = queue->counts.expired,
        .empty = queue->counts.empty,
    };
    if (queue->receives_max > 0)
        view->receives_max = OPT_INT(queue->receives_max);
    for (uint32_t i = 0; i < count; i++)
        *LIST_PUSH_IN(&call->arena, &view->messages) = message_see(call, messages[i]);
}

static int describe_queues(struct call *call, const void *input, void *output)
{
    const struct queues_in *in = input;
    struct queues_out *out = output;
    const struct table *table = &call->world->queues.table;
    uint32_t most = in->max_results.set ? (uint32_t)in->max_results.value : MESSAGES_DEFAULT;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct queue *queue = table_at(table, i);

        if (queue->account == call->account && queue->region == call->region)
            queue_see(call, queue, most, LIST_PUSH_IN(&call->arena, &out->queues));
    }
    return 0;
}

const struct op op_lab_describe_queues = {
    .name = "DescribeQueues",
    .doc = "Shows the queues and the oldest messages in them, without receiving one.",
    .example = "lab describe-queues",
    .in = &queues_in_shape,
    .out = &queues_out_shape,
    .run = describe_queues,
};

/* ---- DescribeMessage ---- */

struct open_in {
    const char *id;
};

struct open_value {
    const char *name;
    const char *type;
    const char *text;
};

struct open_out {
    struct message_view message;
    const char *queue;
    int64_t sent;
    int64_t first_received;
    LIST(struct open_value) values;
    struct lab_message_steps steps;
};

static const struct field open_in_fields[] = {
    F_STRING(struct open_in, id, "MessageId", "The message.", .flags = FIELD_REQUIRED),
};
static const struct shape open_in_shape =
    SHAPE("DescribeMessageRequest", struct open_in, open_in_fields);

static const struct field value_fields[] = {
    F_STRING(struct open_value, name, "Name", "Its name."),
    F_STRING(struct open_value, type, "DataType", "Its type."),
    F_STRING(struct open_value, text, "StringValue", "Its value; absent when it is binary."),
};
static const struct shape value_shape = SHAPE("OpenAttribute", struct open_value, value_fields);

static const struct field open_out_fields[] = {
    F_EMBED(struct open_out, message, struct message_view, &message_view_shape, "Message",
            "The message."),
    F_STRING(struct open_out, queue, "QueueName", "The queue in which it is."),
    F_TIME(struct open_out, sent, "Sent", "When it was sent."),
    F_TIME(struct open_out, first_received, "FirstReceived",
               "When it was received first; absent when it never was."),
    F_LIST(struct open_out, values, struct open_value, &value_shape, "MessageAttributes",
           "What its sender wrote beside the body."),
    F_LIST(struct open_out, steps, struct lab_message_step, &lab_message_step_shape, "Steps",
           "What happened to it, the oldest first."),
};
static const struct shape open_out_shape =
    SHAPE("DescribeMessageResult", struct open_out, open_out_fields);

static const struct fault_kind no_message = {
    .code = "NoSuchMessage",
    .text = "There is no message {} in your queues in this Region",
    .hint = "`lab describe-queues` lists messages; `lab explain-message` tells what became of one "
            "that is gone.",
};
static const struct fault_kind *const open_faults[] = {&no_message, NULL};

static int describe_message(struct call *call, const void *input, void *output)
{
    const struct open_in *in = input;
    struct open_out *out = output;
    struct world *world = call->world;
    const struct queue_message *message =
        queue_message_find(&world->queues, message_uuid_read(&world->messages, in->id));
    const struct queue *queue =
        message == NULL ? NULL : queue_find(&world->queues, message->queue);

    if (queue == NULL || queue->account != call->account || queue->region != call->region)
        return call_fault(call, &no_message, in->id);
    out->message = message_see(call, message);
    out->queue = queue->name;
    out->steps = lab_message_history(call, message->id);
    out->sent = message->sent;
    out->first_received = message->first_received;
    for (uint32_t i = 0; i < message->values.count; i++) {
        const struct queue_value *value = &message->values.items[i];

        *LIST_PUSH_IN(&call->arena, &out->values) =
            (struct open_value){.name = value->name, .type = value->type, .text = value->text};
    }
    return 0;
}

const struct op op_lab_describe_message = {
    .name = "DescribeMessage",
    .doc = "Opens a message where it lies: nobody receives it by that.",
    .example = "lab describe-message --message-id $(lab describe-queues --query "
               "'Queues[0].Messages[0].MessageId' --output text)",
    .needs = "aws sqs create-queue --queue-name orders\n"
             "aws sqs send-message --message-body latte --queue-url $(aws sqs get-queue-url "
             "--queue-name orders --output text)",
    .in = &open_in_shape,
    .out = &open_out_shape,
    .faults = open_faults,
    .run = describe_message,
};
