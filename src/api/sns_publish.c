/*
 * api/sns_publish.c - publish, publish-batch.
 */
#include "api/sns_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"

static const struct fault_kind fault_empty_batch = {
    .code = "EmptyBatchRequest",
    .text = "The batch request doesn't contain any entries.",
    .hint = "Give one to ten entries.",
};
static const struct fault_kind fault_batch_size = {
    .code = "TooManyEntriesInBatchRequest",
    .text = "The batch request contains more entries than permissible.",
    .hint = "A batch has ten entries at most: publish several batches.",
};
static const struct fault_kind fault_batch_twice = {
    .code = "BatchEntryIdsNotDistinct",
    .text = "Two or more batch entries in the request have the same Id.",
    .hint = "Give each entry of the batch an id of its own.",
};
static const struct fault_kind fault_batch_id = {
    .code = "InvalidBatchEntryId",
    .text = "The Id of a batch entry in the batch request {}: {}",
    .hint = "The ids only tell the entries of one batch apart: 1, 2, 3 will do.",
};
static const struct fault_kind fault_batch_too_long = {
    .code = "BatchRequestTooLong",
    .text = "The length of all the messages put together is more than the limit.",
    .hint = "All messages of a batch together may have 262,144 bytes: publish several batches.",
};

/* An attribute of a message, by its name. */
struct value_in {
    const char *key;
    const char *type;
    const char *text;
    struct blob binary; /* in base64 */
};

static const struct field value_fields[] = {
    F_STRING(struct value_in, type, "DataType", "String, String.Array, Number or Binary.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct value_in, text, "StringValue", "The value of a String or a Number."),
    F_BLOB(struct value_in, binary, "BinaryValue", "The value of a Binary, in base64."),
};
static const struct shape value_shape =
    SHAPE("MessageAttributeValue", struct value_in, value_fields);

/* What both operations take of one message. */
struct message_in {
    const char *id; /* of a batch's entry */
    const char *topic;
    const char *target;
    const char *body;
    const char *subject;
    const char *structure;
    LIST(struct value_in) values;
    const char *dedup;
    const char *group;
};

struct message_out {
    const char *id;
    const char *message;
    const char *number;
};

#define F_MESSAGE_PARTS \
    F_STRING(struct message_in, body, "Message", "What is said, up to 256 KiB.", \
             .flags = FIELD_REQUIRED), \
    F_STRING(struct message_in, subject, "Subject", "The subject of mails: up to 99 letters."), \
    F_STRING(struct message_in, structure, "MessageStructure", \
             "json: the message is an object with a text for each protocol, and \"default\"."), \
    F_LIST(struct message_in, values, struct value_in, &value_shape, "MessageAttributes", \
           "Attributes by name, by which filters choose.", .flags = FIELD_KEYED), \
    F_STRING(struct message_in, dedup, "MessageDeduplicationId", \
             "On FIFO topics: what is published again with it within five minutes is dropped."), \
    F_STRING(struct message_in, group, "MessageGroupId", \
             "On FIFO topics: messages of a group keep their order.")

/* ---- one message ---- */

/* base64, as the AWS CLI takes bytes. */
static bool read_bytes(struct call *call, const struct blob *given, struct blob *bytes)
{
    struct base64_decode_ctx decoder;
    size_t size = BASE64_DECODE_LENGTH(given->size) + 1;
    uint8_t *to = arena_alloc(&call->arena, size);

    base64_decode_init(&decoder);
    if (!base64_decode_update(&decoder, &size, to, given->size, given->bytes) ||
        !base64_decode_final(&decoder))
        return false;
    *bytes = (struct blob){.bytes = (char *)to, .size = size};
    return true;
}

/* A message in its parts; `json` is to be released by the caller. */
static int read_message(struct call *call, const struct message_in *wish,
                        struct topic_message *message, json_t **json)
{
    struct queue_value *values =
        arena_alloc(&call->arena, (wish->values.count + 1) * sizeof(*values));

    *message = (struct topic_message){
        .body = wish->body,
        .subject = wish->subject,
        .group = wish->group,
        .dedup = wish->dedup,
        .values = values,
        .value_count = wish->values.count,
    };
    for (uint32_t i = 0; i < wish->values.count; i++) {
        const struct value_in *from = &wish->values.items[i];

        values[i].name = arena_strdup(&call->arena, from->key);
        values[i].type = arena_strdup(&call->arena, from->type);
        values[i].text = arena_strdup(&call->arena, from->text);
        if (from->binary.bytes != NULL &&
            !read_bytes(call, &from->binary, &values[i].binary))
            values[i].binary = (struct blob){0};
    }
    if (wish->structure == NULL)
        return 0;
    if (strcmp(wish->structure, "json") != 0)
        return sns_refuse(call, "Invalid message structure parameter: %s", wish->structure);
    *json = json_loads(wish->body, 0, NULL);
    if (*json == NULL)
        return sns_refuse(call, "Message Structure - JSON message body failed to parse");
    message->body = json_string_value(json_object_get(*json, "default"));
    message->structure = *json;
    return message->body != NULL
               ? 0
               : sns_refuse(call, "Message Structure - No default entry in JSON message body");
}

static void show_published(struct call *call, const struct topic_published *published,
                           struct message_out *out)
{
    char uuid[MESSAGE_UUID];

    message_uuid(&call->world->messages, published->message, uuid);
    out->message = arena_strdup(&call->arena, uuid);
    out->number = published->number == 0
                      ? NULL
                      : arena_printf(&call->arena, "1%016" PRIu64 "000", published->number);
}

static int publish_one(struct call *call, struct topic *topic, const struct message_in *wish,
                       struct message_out *out)
{
    struct topic_published published;
    struct topic_message message;
    json_t *json = NULL;
    int status = read_message(call, wish, &message, &json);

    if (status == 0)
        status = topic_message_check(topic, &message, &call->fault);
    if (status == 0) {
        topic_publish(&call->world->topics, topic, &message, &published);
        out->id = wish->id;
        show_published(call, &published, out);
    }
    json_decref(json);
    return status;
}

/* ---- publish ---- */

static const struct field publish_in_fields[] = {
    F_STRING(struct message_in, topic, "TopicArn", "The ARN of the topic.", .ref = &kind_topic),
    F_STRING(struct message_in, target, "TargetArn", "The same, under another name.",
             .ref = &kind_topic),
    F_MESSAGE_PARTS,
};
static const struct field publish_out_fields[] = {
    F_STRING(struct message_out, message, "MessageId", "The id of the message."),
    F_STRING(struct message_out, number, "SequenceNumber", "On FIFO topics: its number."),
};
static const struct shape publish_in_shape =
    SHAPE("PublishInput", struct message_in, publish_in_fields);
static const struct shape publish_out_shape =
    SHAPE("PublishResponse", struct message_out, publish_out_fields);

static const struct fault_kind *const publish_faults[] = {
    SNS_TOPIC_FAULTS, &fault_topic_value, &fault_topic_too_long, NULL,
};

static int publish(struct call *call, const void *in, void *out)
{
    const struct message_in *wish = in;
    struct topic *topic;

    if (wish->topic != NULL && wish->target != NULL)
        return sns_refuse(call, "TopicArn or TargetArn Reason: Only one of them can be set");
    if (wish->topic == NULL && wish->target == NULL)
        return sns_refuse(call, "TopicArn or TargetArn Reason: no value for required parameter");
    if (wish->target != NULL && strstr(wish->target, ":endpoint/") != NULL)
        return sns_refuse(call, "TargetArn Reason: No endpoint found for the target arn specified");
    topic = sns_topic(call, wish->topic != NULL ? wish->topic : wish->target, "Publish");
    return topic == NULL ? -1 : publish_one(call, topic, wish, out);
}

const struct op op_publish = {
    .name = "Publish",
    .doc = "Says something on a topic: all who hear it now are told, nobody later.",
    .example = "aws sns publish --topic-arn $T --message \"one latte\"",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &publish_in_shape,
    .out = &publish_out_shape,
    .faults = publish_faults,
    .flags = OP_WRITE,
    .run = publish,
};

/* ---- publish-batch ---- */

struct batch_in {
    const char *topic;
    LIST(struct message_in) entries;
};

struct failure {
    const char *id;
    const char *code;
    const char *message;
    bool sender_fault;
};

struct batch_out {
    LIST(struct message_out) sent;
    LIST(struct failure) failed;
};

static const struct field entry_fields[] = {
    F_STRING(struct message_in, id, "Id", "What tells it from the others of the batch.",
             .flags = FIELD_REQUIRED),
    F_MESSAGE_PARTS,
};
static const struct shape entry_shape =
    SHAPE("PublishBatchRequestEntry", struct message_in, entry_fields);
static const struct field batch_in_fields[] = {
    F_TOPIC_ARN(struct batch_in, topic),
    F_LIST(struct batch_in, entries, struct message_in, &entry_shape,
           "PublishBatchRequestEntries", "One to ten messages.", .flags = FIELD_REQUIRED),
};
static const struct field sent_fields[] = {
    F_STRING(struct message_out, id, "Id", "The entry's id."),
    F_STRING(struct message_out, message, "MessageId", "The message's id."),
    F_STRING(struct message_out, number, "SequenceNumber", "On FIFO topics: its number."),
};
static const struct field failure_fields[] = {
    F_STRING(struct failure, id, "Id", "The entry's id."),
    F_STRING(struct failure, code, "Code", "The error's code."),
    F_STRING(struct failure, message, "Message", "What was wrong."),
    F_BOOL(struct failure, sender_fault, "SenderFault", "Whether the sender is at fault."),
};
static const struct shape sent_shape =
    SHAPE("PublishBatchResultEntry", struct message_out, sent_fields);
static const struct shape failure_shape =
    SHAPE("BatchResultErrorEntry", struct failure, failure_fields);
static const struct field batch_out_fields[] = {
    F_LIST(struct batch_out, sent, struct message_out, &sent_shape, "Successful",
           "What was published."),
    F_LIST(struct batch_out, failed, struct failure, &failure_shape, "Failed",
           "What was not, and why."),
};
static const struct shape batch_in_shape =
    SHAPE("PublishBatchInput", struct batch_in, batch_in_fields);
static const struct shape batch_out_shape =
    SHAPE("PublishBatchResponse", struct batch_out, batch_out_fields);

static const struct fault_kind *const batch_faults[] = {
    SNS_TOPIC_FAULTS,   &fault_empty_batch, &fault_batch_size,     &fault_batch_twice,
    &fault_batch_id,    &fault_topic_value, &fault_batch_too_long, NULL,
};

static int check_ids(struct call *call, const struct batch_in *wish)
{
    if (wish->entries.count == 0)
        return call_fault(call, &fault_empty_batch);
    if (wish->entries.count > TOPIC_BATCH)
        return call_fault(call, &fault_batch_size);
    for (uint32_t i = 0; i < wish->entries.count; i++) {
        const char *id = wish->entries.items[i].id;

        for (uint32_t k = 0; k < i; k++)
            if (str_equal(id, wish->entries.items[k].id))
                return call_fault(call, &fault_batch_twice);
        if (strlen(id) > 80)
            return call_fault(call, &fault_batch_id, "is too long", id);
        for (const char *at = id; *at != '\0'; at++)
            if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
                return call_fault(call, &fault_batch_id, "contains an impermissible character",
                                  id);
    }
    return 0;
}

/* One bad entry refuses the whole batch, as SNS does. */
static int check_entries(struct call *call, const struct topic *topic, const struct batch_in *wish)
{
    int64_t bytes = 0;

    for (uint32_t i = 0; i < wish->entries.count; i++) {
        struct topic_message message;
        json_t *json = NULL;
        int status = read_message(call, &wish->entries.items[i], &message, &json);

        if (status == 0)
            bytes += topic_message_bytes(&message);
        if (status == 0 && bytes <= TOPIC_SIZE_MAX)
            status = topic_message_check(topic, &message, &call->fault);
        json_decref(json);
        if (status != 0)
            return status;
    }
    return bytes <= TOPIC_SIZE_MAX ? 0 : call_fault(call, &fault_batch_too_long);
}

static int publish_batch(struct call *call, const void *in, void *out)
{
    const struct batch_in *wish = in;
    struct batch_out *answer = out;
    struct topic *topic = sns_topic(call, wish->topic, "Publish");

    if (topic == NULL || check_ids(call, wish) != 0 || check_entries(call, topic, wish) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->entries.count; i++)
        publish_one(call, topic, &wish->entries.items[i],
                    LIST_PUSH_IN(&call->arena, &answer->sent));
    return 0;
}

const struct op op_publish_batch = {
    .name = "PublishBatch",
    .doc = "Says up to ten things on a topic at once.",
    .example = "aws sns publish-batch --topic-arn $T --publish-batch-request-entries "
               "Id=1,Message=latte Id=2,Message=mocha",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &batch_in_shape,
    .out = &batch_out_shape,
    .faults = batch_faults,
    .flags = OP_WRITE,
    .run = publish_batch,
};
