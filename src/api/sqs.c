/*
 * api/sqs.c - the service sqs: its operations, and what they share.
 */
#include "api/sqs.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <nettle/md5.h>

#include "api/sqs_parts.h"
#include "base/str.h"

const struct fault_kind fault_sqs_missing = {
    .code = "AWS.SimpleQueueService.NonExistentQueue",
    .text = "The specified queue does not exist.",
    .hint = "aws sqs list-queues shows the queues of this account in this Region. Newer programs "
            "call this error QueueDoesNotExist.",
};
const struct fault_kind fault_sqs_address = {
    .code = "InvalidAddress",
    .text = "The address {} is not valid for this endpoint.",
    .hint = "A queue URL looks like https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, and its Region "
            "is the one that you ask.",
};
const struct fault_kind fault_sqs_denied = {
    .code = "AccessDenied",
    .text = "Access to the resource {} is denied.",
    .hint = "The queue belongs to another account: its policy must allow yours. aws sqs "
            "add-permission, asked by its owner, writes one.",
};
const struct fault_kind fault_sqs_empty_batch = {
    .code = "AWS.SimpleQueueService.EmptyBatchRequest",
    .text = "There should be at least one entry in the request.",
    .hint = "Give one to ten entries.",
};
const struct fault_kind fault_sqs_batch_size = {
    .code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    .text = "Maximum number of entries per request are 10. You have sent {}.",
    .hint = "Send several batches.",
};
const struct fault_kind fault_sqs_batch_id = {
    .code = "AWS.SimpleQueueService.InvalidBatchEntryId",
    .text = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            "It can be at most 80 letters long.",
    .hint = "The ids only tell the entries of one batch apart: 1, 2, 3 will do.",
};
const struct fault_kind fault_sqs_batch_twice = {
    .code = "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    .text = "Id {} repeated.",
    .hint = "Give each entry of the batch an id of its own.",
};
const struct fault_kind fault_sqs_attribute_name = {
    .code = "InvalidAttributeName",
    .text = "{}",
    .hint = "`aws sqs set-queue-attributes help` lists the attributes that a queue has.",
};
const struct fault_kind fault_sqs_attribute_value = {
    .code = "InvalidAttributeValue",
    .text = "Invalid value for the parameter {}.{}",
    .hint = "All values are texts, numbers too: VisibilityTimeout=30. Times are in seconds.",
};
const struct fault_kind fault_sqs_not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "In policies, Principal, Action, Resource, and conditions on aws:SourceArn, "
            "aws:SourceAccount and aws:PrincipalAccount are modelled.",
};
const struct fault_kind fault_sqs_range = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter {} is invalid. Reason: {}",
    .hint = "The operation's help gives the range.",
};
const struct fault_kind fault_sqs_parameter = {
    .code = "InvalidParameterValue",
    .text = "{}",
    .hint = "The message says which part is wrong, and what it may be.",
};

/* ---- queues ---- */

/* "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME"; the end, from the account on, or NULL. */
static const char *url_path(const struct call *call, const char *url)
{
    const char *region = call->world->catalog->regions[call->region].name;
    const char *at = str_starts(url, "https://")  ? url + 8
                     : str_starts(url, "http://") ? url + 7
                                                  : NULL;
    size_t length = strlen(region);

    if (at == NULL)
        return NULL;
    if (str_starts(at, "sqs.") && strncmp(at + 4, region, length) == 0 &&
        str_starts(at + 4 + length, ".amazonaws.com/"))
        return at + 4 + length + strlen(".amazonaws.com/");
    if (strncmp(at, region, length) == 0 && str_starts(at + length, ".queue.amazonaws.com/"))
        return at + length + strlen(".queue.amazonaws.com/");
    return NULL;
}

struct queue *sqs_queue(struct call *call, const char *url, const char *action)
{
    const struct queues *queues = &call->world->queues;
    const char *path = url_path(call, url);
    struct queue *queue;
    struct resource_ask ask = {.account = call->account};
    uint64_t account = 0;
    int digits = 0;

    if (path == NULL || !isdigit((unsigned char)path[0]) || strlen(path) < 14 || path[12] != '/') {
        call_fault(call, &fault_sqs_address, url);
        return NULL;
    }
    for (; isdigit((unsigned char)path[digits]); digits++)
        account = account * 10 + (uint64_t)(path[digits] - '0');
    queue = digits == 12 ? queue_find_name(queues, account, call->region, path + 13) : NULL;
    if (queue == NULL) {
        call_fault(call, &fault_sqs_missing);
        return NULL;
    }
    if (queue->account == call->account)
        return queue;
    ask.action = arena_printf(&call->arena, "sqs:%s", action);
    ask.resource = queue_arn(queues, &call->arena, queue);
    if (resource_policy_judge(queue->rules, &ask) == POLICY_ALLOWS)
        return queue;
    call_fault(call, &fault_sqs_denied, url);
    return NULL;
}

struct queue *sqs_queue_of_arn(const struct call *call, const char *arn)
{
    struct queue *queue = queue_find_arn(&call->world->queues, arn);

    return queue != NULL && queue->account == call->account && queue->region == call->region
               ? queue
               : NULL;
}

void sqs_charge(struct queue *queue, int64_t requests)
{
    queue->counts.requests += requests;
}

int sqs_range_check(struct call *call, const struct sqs_range *range)
{
    if (!range->value.set ||
        (range->value.value >= range->least && range->value.value <= range->most))
        return 0;
    return call_fault(call, &fault_sqs_range,
                      arena_printf(&call->arena, "%" PRId64, range->value.value), range->name,
                      range->reason);
}

/* ---- batches ---- */

static const char *entry_id(const void *entries, size_t stride, uint32_t at)
{
    const char *id;

    memcpy(&id, (const char *)entries + at * stride, sizeof(id));
    return id;
}

static bool is_entry_id(const char *id)
{
    size_t length = strlen(id);

    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '-' && id[i] != '_')
            return false;
    return length >= 1 && length <= 80;
}

int sqs_batch_check(struct call *call, const void *entries, size_t stride, uint32_t count)
{
    if (count == 0)
        return call_fault(call, &fault_sqs_empty_batch);
    if (count > QUEUE_BATCH)
        return call_fault(call, &fault_sqs_batch_size, arena_printf(&call->arena, "%u", count));
    for (uint32_t i = 0; i < count; i++)
        if (!is_entry_id(entry_id(entries, stride, i)))
            return call_fault(call, &fault_sqs_batch_id);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(entry_id(entries, stride, i), entry_id(entries, stride, k)))
                return call_fault(call, &fault_sqs_batch_twice, entry_id(entries, stride, i));
    return 0;
}

void sqs_batch_fail(struct call *call, struct sqs_failures *failures, const char *id,
                    struct fault *fault)
{
    *LIST_PUSH_IN(&call->arena, failures) = (struct sqs_failure){
        .id = id,
        .sender_fault = true,
        .code = fault->kind->code,
        .message = arena_strdup(&call->arena, fault->message),
    };
    fault_release(fault);
}

static const struct field failure_fields[] = {
    F_STRING(struct sqs_failure, id, "Id", "The entry's id."),
    F_BOOL(struct sqs_failure, sender_fault, "SenderFault", "Whether the sender is at fault."),
    F_STRING(struct sqs_failure, code, "Code", "The error's code."),
    F_STRING(struct sqs_failure, message, "Message", "What was wrong."),
};
const struct shape sqs_failure_shape =
    SHAPE("BatchResultErrorEntry", struct sqs_failure, failure_fields);

/* ---- messages ---- */

static const char *digest_text(struct call *call, struct md5_ctx *md5)
{
    uint8_t digest[MD5_DIGEST_SIZE];
    char *text = arena_alloc(&call->arena, 2 * MD5_DIGEST_SIZE + 1);

    md5_digest(md5, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return text;
}

const char *sqs_md5(struct call *call, const char *text)
{
    struct md5_ctx md5;

    md5_init(&md5);
    md5_update(&md5, strlen(text), (const uint8_t *)text);
    return digest_text(call, &md5);
}

static void md5_part(struct md5_ctx *md5, const char *bytes, size_t size)
{
    const uint8_t length[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16),
                               (uint8_t)(size >> 8), (uint8_t)size};

    md5_update(md5, sizeof(length), length);
    md5_update(md5, size, (const uint8_t *)bytes);
}

/* By name; of each its name and type, 1 for text or 2 for bytes, and the value, every part behind
 * its length (developer guide, "Calculating the MD5 message digest for message attributes"). */
const char *sqs_md5_of_values(struct call *call, const struct queue_value *values, uint32_t count)
{
    struct md5_ctx md5;
    const char *last = NULL;

    if (count == 0)
        return NULL;
    md5_init(&md5);
    for (uint32_t i = 0; i < count; i++) {
        const struct queue_value *next = NULL;
        uint8_t kind;

        for (uint32_t k = 0; k < count; k++)
            if ((last == NULL || strcmp(values[k].name, last) > 0) &&
                (next == NULL || strcmp(values[k].name, next->name) < 0))
                next = &values[k];
        kind = next->text != NULL ? 1 : 2;
        last = next->name;
        md5_part(&md5, next->name, strlen(next->name));
        md5_part(&md5, next->type, strlen(next->type));
        md5_update(&md5, 1, &kind);
        if (next->text != NULL)
            md5_part(&md5, next->text, strlen(next->text));
        else
            md5_part(&md5, next->binary.bytes, next->binary.size);
    }
    return digest_text(call, &md5);
}

const char *sqs_sequence_number(struct call *call, uint64_t number)
{
    return number == 0 ? NULL
                       : arena_printf(&call->arena, "188%017" PRIu64,
                                      UINT64_C(49496460467696128) + number * 256);
}

const char *sqs_uuid(struct call *call, uint64_t message)
{
    char text[MESSAGE_UUID];

    message_uuid(&call->world->messages, message, text);
    return arena_strdup(&call->arena, text);
}

static const struct field value_fields[] = {
    F_STRING(struct sqs_value, text, "StringValue", "The value of a String or a Number."),
    F_BLOB(struct sqs_value, binary, "BinaryValue", "The value of a Binary, in base64."),
    F_STRING(struct sqs_value, type, "DataType",
             "String, Number or Binary; a label may follow: Number.int.",
             .flags = FIELD_REQUIRED),
};
const struct shape sqs_value_shape =
    SHAPE("MessageAttributeValue", struct sqs_value, value_fields);

/* ---- the service ---- */

static const struct op *const sqs_ops[] = {
    &op_add_permission,
    &op_cancel_message_move_task,
    &op_change_message_visibility,
    &op_change_message_visibility_batch,
    &op_create_queue,
    &op_delete_message,
    &op_delete_message_batch,
    &op_delete_queue,
    &op_get_queue_attributes,
    &op_get_queue_url,
    &op_list_dead_letter_source_queues,
    &op_list_message_move_tasks,
    &op_list_queue_tags,
    &op_list_queues,
    &op_purge_queue,
    &op_receive_message,
    &op_remove_permission,
    &op_send_message,
    &op_send_message_batch,
    &op_set_queue_attributes,
    &op_start_message_move_task,
    &op_tag_queue,
    &op_untag_queue,
    NULL,
};

const struct service service_sqs = {
    .name = "sqs",
    .doc = "Simple Queue Service: queues, and the messages that wait in them.",
    .style = STYLE_QUERY,
    .ops = sqs_ops,
};
