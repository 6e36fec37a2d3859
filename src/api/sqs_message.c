/*
 * api/sqs_message.c - send-message, send-message-batch.
 */
#include "api/sqs_parts.h"

#include <inttypes.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"

static const struct fault_kind fault_batch_too_long = {
    .code = "AWS.SimpleQueueService.BatchRequestTooLong",
    .text = "Batch requests cannot be longer than 1048576 bytes. You have sent {} bytes.",
    .hint = "All messages of a batch together may have 1 MiB: send several batches.",
};
static const struct fault_kind fault_type = {
    .code = "InvalidParameterValue",
    .text = "The type of message (user) attribute '{}' is invalid. You must use only the following "
            "supported type prefixes: Binary, Number, String.",
    .hint = "DataType is String, Number or Binary; a label may follow a point: Number.int.",
};
static const struct fault_kind fault_trace = {
    .code = "InvalidParameterValue",
    .text = "Message system attribute '{}' is invalid: AWSTraceHeader, a String, is the only one.",
    .hint = "Put your own values into --message-attributes.",
};

/* What both operations take of one message. */
struct message_in {
    const char *id; /* of a batch's entry; the first member, for sqs_batch_check() */
    const char *url;
    const char *body;
    struct opt_int delay_s;
    struct sqs_values values;
    struct sqs_values system;
    const char *dedup;
    const char *group;
};

struct message_out {
    const char *id;
    const char *message;
    const char *md5;
    const char *md5_values;
    const char *md5_system;
    const char *number;
    int64_t bytes; /* that count, no member */
};

#define F_MESSAGE_PARTS \
    F_OPT_INT(struct message_in, delay_s, "DelaySeconds", \
              "How long it is not given out, up to 900 s; as the queue says unless told."), \
    F_LIST(struct message_in, values, struct sqs_value, &sqs_value_shape, "MessageAttributes", \
           "Up to ten attributes, by name.", .flags = FIELD_KEYED), \
    F_LIST(struct message_in, system, struct sqs_value, &sqs_value_shape, \
           "MessageSystemAttributes", "Only AWSTraceHeader.", .flags = FIELD_KEYED), \
    F_STRING(struct message_in, dedup, "MessageDeduplicationId", \
             "In FIFO queues: what is sent again with it within five minutes is dropped."), \
    F_STRING(struct message_in, group, "MessageGroupId", \
             "In FIFO queues: messages of a group keep their order. In standard queues: the " \
             "tenant, for fairness.")

/* ---- one message ---- */

/* base64, as the AWS CLI takes bytes. */
static bool read_bytes(struct call *call, const struct blob *given, struct blob *bytes)
{
    struct base64_decode_ctx decoder;
    size_t size = BASE64_DECODE_LENGTH(given->size) + 1;
    uint8_t *to = arena_alloc(&call->arena, size);

    base64_decode_init(&decoder);
    if (given->bytes == NULL ||
        !base64_decode_update(&decoder, &size, to, given->size, given->bytes) ||
        !base64_decode_final(&decoder))
        return false;
    *bytes = (struct blob){.bytes = (char *)to, .size = size};
    return true;
}

static bool is_type(const char *type)
{
    static const char *const words[] = {"String", "Number", "Binary"};

    for (size_t i = 0; i < 3; i++)
        if (str_starts(type, words[i]) && (type[6] == '\0' || type[6] == '.'))
            return true;
    return false;
}

static int read_values(struct call *call, const struct sqs_values *given, struct queue_send *send,
                       struct fault *fault)
{
    struct queue_value *values =
        arena_alloc(&call->arena, (given->count + 1) * sizeof(*values));

    for (uint32_t i = 0; i < given->count; i++) {
        const struct sqs_value *from = &given->items[i];

        if (!is_type(from->type))
            return fault_set(fault, &fault_type, from->key);
        values[i].name = arena_strdup(&call->arena, from->key);
        values[i].type = arena_strdup(&call->arena, from->type);
        if (!str_starts(from->type, "Binary"))
            values[i].text = arena_strdup(&call->arena, from->text);
        else if (!read_bytes(call, &from->binary, &values[i].binary))
            return fault_set(fault, &fault_queue_attribute_empty, from->key, from->type);
    }
    send->values = values;
    send->value_count = given->count;
    return 0;
}

static int read_send(struct call *call, const struct message_in *wish, struct queue_send *send,
                     struct fault *fault)
{
    *send = (struct queue_send){
        .body = wish->body,
        .delay_s = wish->delay_s,
        .group = wish->group,
        .dedup = wish->dedup,
        .sender = call->account,
    };
    for (uint32_t i = 0; i < wish->system.count; i++) {
        const struct sqs_value *value = &wish->system.items[i];

        if (!str_equal(value->key, "AWSTraceHeader") || !str_equal(value->type, "String") ||
            value->text == NULL)
            return fault_set(fault, &fault_trace, value->key);
        send->trace = value->text;
    }
    return read_values(call, &wish->values, send, fault);
}

static int send_one(struct call *call, struct queue *queue, const struct message_in *wish,
                    struct message_out *out, struct fault *fault)
{
    struct queue_send send = {0};
    struct queue_sent sent;

    if (read_send(call, wish, &send, fault) != 0 ||
        queue_send(&call->world->queues, queue, &send, &sent, fault) != 0)
        return -1;
    *out = (struct message_out){
        .id = wish->id,
        .message = sqs_uuid(call, sent.message),
        .md5 = sqs_md5(call, wish->body),
        .md5_values = sqs_md5_of_values(call, send.values, send.value_count),
        .number = sqs_sequence_number(call, sent.number),
        .bytes = queue_send_bytes(&send),
    };
    if (send.trace != NULL)
        out->md5_system = sqs_md5_of_values(call,
                                            &(struct queue_value){
                                                .name = (char *)(uintptr_t)"AWSTraceHeader",
                                                .type = (char *)(uintptr_t)"String",
                                                .text = (char *)(uintptr_t)send.trace,
                                            },
                                            1);
    return 0;
}

/* ---- send-message ---- */

static const struct field send_in_fields[] = {
    F_QUEUE_URL(struct message_in, url),
    F_STRING(struct message_in, body, "MessageBody", "What it says: text, up to 1 MiB.",
             .flags = FIELD_REQUIRED),
    F_MESSAGE_PARTS,
};
static const struct field send_out_fields[] = {
    F_STRING(struct message_out, md5, "MD5OfMessageBody", "MD5 of the body."),
    F_STRING(struct message_out, md5_values, "MD5OfMessageAttributes", "MD5 of the attributes."),
    F_STRING(struct message_out, md5_system, "MD5OfMessageSystemAttributes",
             "MD5 of the system attributes."),
    F_STRING(struct message_out, message, "MessageId", "The id of the message."),
    F_STRING(struct message_out, number, "SequenceNumber", "In FIFO queues: its number."),
};
static const struct shape send_in_shape =
    SHAPE("SendMessageRequest", struct message_in, send_in_fields);
static const struct shape send_out_shape =
    SHAPE("SendMessageResult", struct message_out, send_out_fields);

#define SEND_FAULTS \
    SQS_QUEUE_FAULTS, &fault_queue_no_body, &fault_queue_too_long, &fault_queue_contents, \
    &fault_queue_no_group, &fault_queue_bad_id, &fault_queue_no_dedup, &fault_queue_fifo_delay, \
    &fault_queue_delay, &fault_queue_dedup_standard, &fault_queue_attribute_empty, \
    &fault_queue_attributes, &fault_type, &fault_trace

static const struct fault_kind *const send_faults[] = {SEND_FAULTS, NULL};

static int send_message(struct call *call, const void *in, void *out)
{
    const struct message_in *wish = in;
    struct message_out *answer = out;
    struct queue *queue = sqs_queue(call, wish->url, "SendMessage");

    if (queue == NULL || send_one(call, queue, wish, answer, &call->fault) != 0)
        return -1;
    sqs_charge(queue, queue_requests_of(answer->bytes));
    return 0;
}

const struct op op_send_message = {
    .name = "SendMessage",
    .doc = "Puts a message into a queue.",
    .example = "aws sqs send-message --queue-url $Q --message-body \"one latte\"",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &send_in_shape,
    .out = &send_out_shape,
    .faults = send_faults,
    .flags = OP_WRITE,
    .run = send_message,
};

/* ---- send-message-batch ---- */

struct batch_in {
    const char *url;
    LIST(struct message_in) entries;
};

struct batch_out {
    LIST(struct message_out) sent;
    struct sqs_failures failed;
};

static const struct field entry_fields[] = {
    F_STRING(struct message_in, id, "Id", "What tells it from the others of the batch.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct message_in, body, "MessageBody", "What it says.", .flags = FIELD_REQUIRED),
    F_MESSAGE_PARTS,
};
static const struct shape entry_shape =
    SHAPE("SendMessageBatchRequestEntry", struct message_in, entry_fields);
static const struct field batch_in_fields[] = {
    F_QUEUE_URL(struct batch_in, url),
    F_LIST(struct batch_in, entries, struct message_in, &entry_shape, "Entries",
           "One to ten messages.", .flags = FIELD_REQUIRED),
};
static const struct field sent_fields[] = {
    F_STRING(struct message_out, id, "Id", "The entry's id."),
    F_STRING(struct message_out, message, "MessageId", "The message's id."),
    F_STRING(struct message_out, md5, "MD5OfMessageBody", "MD5 of the body."),
    F_STRING(struct message_out, md5_values, "MD5OfMessageAttributes", "MD5 of the attributes."),
    F_STRING(struct message_out, md5_system, "MD5OfMessageSystemAttributes",
             "MD5 of the system attributes."),
    F_STRING(struct message_out, number, "SequenceNumber", "In FIFO queues: its number."),
};
static const struct shape sent_shape =
    SHAPE("SendMessageBatchResultEntry", struct message_out, sent_fields);
static const struct field batch_out_fields[] = {
    F_LIST(struct batch_out, sent, struct message_out, &sent_shape, "Successful",
           "What was sent.", .flags = FIELD_OMIT_EMPTY),
    F_LIST(struct batch_out, failed, struct sqs_failure, &sqs_failure_shape, "Failed",
           "What was not, and why.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape batch_in_shape =
    SHAPE("SendMessageBatchRequest", struct batch_in, batch_in_fields);
static const struct shape batch_out_shape =
    SHAPE("SendMessageBatchResult", struct batch_out, batch_out_fields);

static const struct fault_kind *const batch_faults[] = {SQS_QUEUE_FAULTS, SQS_BATCH_FAULTS,
                                                        &fault_batch_too_long, NULL};

/* All messages together. */
static int check_bytes(struct call *call, const struct batch_in *wish)
{
    int64_t bytes = 0;

    for (uint32_t i = 0; i < wish->entries.count; i++) {
        struct fault fault = FAULT_INIT;
        struct queue_send send;

        if (read_send(call, &wish->entries.items[i], &send, &fault) == 0)
            bytes += queue_send_bytes(&send);
        fault_release(&fault);
    }
    return bytes <= QUEUE_SIZE_MAX ? 0
                                   : call_fault(call, &fault_batch_too_long,
                                                arena_printf(&call->arena, "%" PRId64, bytes));
}

static int send_batch(struct call *call, const void *in, void *out)
{
    const struct batch_in *wish = in;
    struct batch_out *answer = out;
    struct queue *queue = sqs_queue(call, wish->url, "SendMessage");
    int64_t bytes = 1; /* one that brings nothing is a request, too */

    if (queue == NULL ||
        sqs_batch_check(call, wish->entries.items, sizeof(*wish->entries.items),
                        wish->entries.count) != 0 ||
        check_bytes(call, wish) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->entries.count; i++) {
        const struct message_in *entry = &wish->entries.items[i];
        struct fault fault = FAULT_INIT;
        struct message_out one;

        if (send_one(call, queue, entry, &one, &fault) != 0) {
            sqs_batch_fail(call, &answer->failed, entry->id, &fault);
            continue;
        }
        bytes += one.bytes;
        *LIST_PUSH_IN(&call->arena, &answer->sent) = one;
    }
    sqs_charge(queue, queue_requests_of(bytes));
    return 0;
}

const struct op op_send_message_batch = {
    .name = "SendMessageBatch",
    .doc = "Puts up to ten messages into a queue; each may fail by itself.",
    .example = "aws sqs send-message-batch --queue-url $Q --entries Id=1,MessageBody=latte "
               "Id=2,MessageBody=mocha",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &batch_in_shape,
    .out = &batch_out_shape,
    .faults = batch_faults,
    .flags = OP_WRITE,
    .run = send_batch,
};
