/*
 * api/sqs_receive.c - receive-message: at once, or waiting for up to 20 seconds.
 */
#include "api/sqs_parts.h"

#include <inttypes.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "sim/clock.h"

/* As whom AWS's own services send. */
#define SERVICE_SENDER "AIDAIENQZJOLO23YVJ4VO"

struct receive_in {
    const char *url;
    struct strings names; /* of system attributes, as they were called once */
    struct strings system;
    struct strings values;
    struct opt_int most;
    struct opt_int visibility_s;
    struct opt_int wait_s;
    const char *attempt;
};

struct message_view {
    const char *message;
    const char *handle;
    const char *md5;
    const char *body;
    struct pairs system;
    const char *md5_values;
    struct sqs_values values;
};

struct receive_out {
    LIST(struct message_view) messages;
};

static const struct field receive_in_fields[] = {
    F_QUEUE_URL(struct receive_in, url),
    F_STRINGS(struct receive_in, names, "AttributeNames",
              "The older name of MessageSystemAttributeNames."),
    F_STRINGS(struct receive_in, system, "MessageSystemAttributeNames",
              "What SQS knows of each message that is to be shown: All, or names."),
    F_STRINGS(struct receive_in, values, "MessageAttributeNames",
              "The sender's attributes to be shown: All, names, or beginnings with .* behind."),
    F_OPT_INT(struct receive_in, most, "MaxNumberOfMessages", "1 to 10; 1 unless told."),
    F_OPT_INT(struct receive_in, visibility_s, "VisibilityTimeout",
              "For how many seconds others do not see them; as the queue says unless told."),
    F_OPT_INT(struct receive_in, wait_s, "WaitTimeSeconds",
              "How long to wait for a message, up to 20 s; as the queue says unless told."),
    F_STRING(struct receive_in, attempt, "ReceiveRequestAttemptId",
             "In FIFO queues: asked again with it within five minutes, the same are given."),
};
static const struct field view_fields[] = {
    F_STRING(struct message_view, message, "MessageId", "The id of the message."),
    F_STRING(struct message_view, handle, "ReceiptHandle",
             "What delete-message and change-message-visibility take."),
    F_STRING(struct message_view, md5, "MD5OfBody", "MD5 of the body."),
    F_STRING(struct message_view, body, "Body", "What it says."),
    F_MAP(struct message_view, system, "Attributes", "What SQS knows of it.",
          .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct message_view, md5_values, "MD5OfMessageAttributes",
             "MD5 of the attributes shown."),
    F_LIST(struct message_view, values, struct sqs_value, &sqs_value_shape, "MessageAttributes",
           "The sender's attributes.", .flags = FIELD_KEYED | FIELD_OMIT_EMPTY),
};
static const struct shape view_shape = SHAPE("Message", struct message_view, view_fields);
static const struct field receive_out_fields[] = {
    F_LIST(struct receive_out, messages, struct message_view, &view_shape, "Messages",
           "What there was; absent when there was nothing.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape receive_in_shape =
    SHAPE("ReceiveMessageRequest", struct receive_in, receive_in_fields);
static const struct shape receive_out_shape =
    SHAPE("ReceiveMessageResult", struct receive_out, receive_out_fields);

/* ---- what is shown of a message ---- */

static bool is_listed(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name) || str_equal(names->items[i], "All"))
            return true;
    return false;
}

static void show_system(struct call *call, const struct receive_in *wish, const char *name,
                        const char *value, struct message_view *view)
{
    if (value != NULL && (is_listed(&wish->system, name) || is_listed(&wish->names, name)))
        *LIST_PUSH_IN(&call->arena, &view->system) = (struct pair){.key = name, .value = value};
}

static const char *millis(struct call *call, int64_t time)
{
    return arena_printf(&call->arena, "%" PRId64, time / MILLISECOND_NS);
}

static void fill_system(struct call *call, const struct receive_in *wish,
                        const struct queue_message *message, struct message_view *view)
{
    struct arena *arena = &call->arena;

    if (wish->system.count == 0 && wish->names.count == 0)
        return;
    show_system(call, wish, "SenderId",
                message->sender == 0 ? SERVICE_SENDER : account_text(arena, message->sender), view);
    show_system(call, wish, "ApproximateFirstReceiveTimestamp",
                millis(call, message->first_received), view);
    show_system(call, wish, "ApproximateReceiveCount",
                arena_printf(arena, "%" PRId64, message->receives), view);
    show_system(call, wish, "SentTimestamp", millis(call, message->sent), view);
    show_system(call, wish, "SequenceNumber", sqs_sequence_number(call, message->number), view);
    show_system(call, wish, "MessageDeduplicationId", arena_strdup(arena, message->dedup), view);
    show_system(call, wish, "MessageGroupId", arena_strdup(arena, message->group), view);
    show_system(call, wish, "AWSTraceHeader", arena_strdup(arena, message->trace), view);
    show_system(call, wish, "DeadLetterQueueSourceArn", arena_strdup(arena, message->source),
                view);
}

/* All, .*, a name, or a beginning with .* behind. */
static bool is_value_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const char *wanted = names->items[i];
        size_t length = strlen(wanted);

        if (str_equal(wanted, name) || str_equal(wanted, "All") ||
            (str_ends(wanted, ".*") && strncmp(wanted, name, length - 2) == 0))
            return true;
    }
    return false;
}

static struct blob in_base64(struct call *call, const struct blob *bytes)
{
    struct blob text = {.size = BASE64_ENCODE_RAW_LENGTH(bytes->size)};

    text.bytes = arena_alloc(&call->arena, text.size + 1);
    base64_encode_raw(text.bytes, bytes->size, (const uint8_t *)bytes->bytes);
    return text;
}

static void fill_values(struct call *call, const struct receive_in *wish,
                        const struct queue_message *message, struct message_view *view)
{
    LIST(struct queue_value) shown = {0};

    for (uint32_t i = 0; i < message->values.count; i++) {
        const struct queue_value *value = &message->values.items[i];

        if (!is_value_wanted(&wish->values, value->name))
            continue;
        *LIST_PUSH_IN(&call->arena, &shown) = *value;
        *LIST_PUSH_IN(&call->arena, &view->values) = (struct sqs_value){
            .key = arena_strdup(&call->arena, value->name),
            .type = arena_strdup(&call->arena, value->type),
            .text = arena_strdup(&call->arena, value->text),
            .binary = value->text != NULL ? (struct blob){0} : in_base64(call, &value->binary),
        };
    }
    view->md5_values = sqs_md5_of_values(call, shown.items, shown.count);
}

static void fill(struct call *call, const struct receive_in *wish, const struct queue *queue,
                 const struct queue_receipt *receipt, struct receive_out *out)
{
    const struct queues *queues = &call->world->queues;
    const struct queue_message *message = queue_message_find(queues, receipt->message);
    struct message_view *view;

    if (message == NULL)
        return;
    view = LIST_PUSH_IN(&call->arena, &out->messages);
    view->message = sqs_uuid(call, message->id);
    view->handle = queue_handle(queues, &call->arena, queue, receipt);
    view->body = arena_strdup(&call->arena, message->body);
    view->md5 = sqs_md5(call, message->body);
    fill_system(call, wish, message, view);
    fill_values(call, wish, message, view);
}

/* ---- receive-message ---- */

static const struct fault_kind *const receive_faults[] = {
    SQS_QUEUE_FAULTS, &fault_sqs_range, &fault_sqs_parameter, &fault_queue_over_limit, NULL,
};

static int check(struct call *call, const struct receive_in *wish, const struct queue *queue)
{
    const struct sqs_range ranges[] = {
        {"MaxNumberOfMessages", wish->most, 1, QUEUE_BATCH,
         "Must be between 1 and 10, if provided."},
        {"VisibilityTimeout", wish->visibility_s, 0, QUEUE_VISIBILITY_MAX_S,
         "Must be >= 0 and <= 43200, if provided."},
        {"WaitTimeSeconds", wish->wait_s, 0, 20, "Must be >= 0 and <= 20, if provided."},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (sqs_range_check(call, &ranges[i]) != 0)
            return -1;
    if (wish->attempt != NULL && !queue->fifo)
        return call_fault(call, &fault_sqs_parameter,
                          arena_printf(&call->arena,
                                       "Value %s for parameter ReceiveRequestAttemptId is invalid. "
                                       "Reason: The request include parameter that is not valid "
                                       "for this queue type.",
                                       wish->attempt));
    return 0;
}

/* What a poll has got. */
static void answer_poll(struct call *call, const struct receive_in *wish,
                        const struct queue_poll *poll, struct receive_out *out)
{
    const struct queue *queue = queue_find(&call->world->queues, poll->queue);

    for (uint32_t i = 0; queue != NULL && i < poll->found.count; i++)
        fill(call, wish, queue, &poll->found.items[i], out);
}

static int receive_message(struct call *call, const void *in, void *out)
{
    const struct receive_in *wish = in;
    struct queues *queues = &call->world->queues;
    struct queue *queue = sqs_queue(call, wish->url, "ReceiveMessage");
    const struct queue_poll *poll;
    uint64_t id;

    if (queue == NULL || check(call, wish, queue) != 0)
        return -1;
    id = queue_receive(queues, queue,
                       &(struct queue_receive){
                           .account = call->account,
                           .most = wish->most.set ? (uint32_t)wish->most.value : 1,
                           .visibility_s = wish->visibility_s,
                           .wait_s = wish->wait_s.set ? wish->wait_s.value
                                                      : queue->held[QUEUE_WAIT],
                           .attempt = wish->attempt,
                       },
                       &call->fault);
    if (id == 0)
        return -1;
    sqs_charge(queue, 1);
    poll = queue_poll_find(queues, id);
    if (poll->ended == 0) {
        call->made = id;
        return 0;
    }
    answer_poll(call, wish, poll, out);
    queue_poll_drop(queues, id);
    return 0;
}

/* The poll has ended, or is gone. */
static int receive_again(struct call *call, uint64_t id, void *out)
{
    const struct queue_poll *poll = queue_poll_find(&call->world->queues, id);

    if (poll != NULL)
        answer_poll(call, call->in, poll, out);
    return 0;
}

static int64_t receive_goes_on(const struct call *call)
{
    const struct queue_poll *poll = queue_poll_find(&call->world->queues, call->made);
    int64_t next = sim_next_time(&call->world->sim);

    return poll == NULL || poll->ended != 0 ? 0 : next < poll->until ? next : poll->until;
}

const struct op op_receive_message = {
    .name = "ReceiveMessage",
    .doc = "Takes up to ten messages, which others do not see for a while; with a waiting time it "
           "waits for one.",
    .example = "aws sqs receive-message --queue-url $Q --max-number-of-messages 10 "
               "--wait-time-seconds 5",
    .needs = SQS_EXAMPLE_QUEUE "\naws sqs send-message --queue-url $Q --message-body latte",
    .in = &receive_in_shape,
    .out = &receive_out_shape,
    .faults = receive_faults,
    .flags = OP_WRITE,
    .run = receive_message,
    .again = receive_again,
    .goes_on = receive_goes_on,
};
