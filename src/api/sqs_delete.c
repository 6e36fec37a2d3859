/*
 * api/sqs_delete.c - delete-message, change-message-visibility, and both in batches.
 */
#include "api/sqs_parts.h"

#include "base/str.h"

/* A message by its handle. */
struct handle_in {
    const char *id; /* of a batch's entry; the first member, for sqs_batch_check() */
    const char *url;
    const char *handle;
    struct opt_int visibility_s;
};

struct entry_out {
    const char *id;
};

struct batch_in {
    const char *url;
    LIST(struct handle_in) entries;
};

struct batch_out {
    LIST(struct entry_out) done;
    struct sqs_failures failed;
};

#define F_HANDLE \
    F_STRING(struct handle_in, handle, "ReceiptHandle", "As the last receive-message gave it.", \
             .flags = FIELD_REQUIRED)
#define F_ENTRY_ID \
    F_STRING(struct handle_in, id, "Id", "What tells it from the others of the batch.", \
             .flags = FIELD_REQUIRED)
#define VISIBILITY_DOC "For how many seconds from now on nobody sees it; 0: all see it at once."
#define RANGE_REASON "Must be between 0 and 43200, if provided."

static const struct field entry_out_fields[] = {
    F_STRING(struct entry_out, id, "Id", "The entry's id."),
};

#define BATCH_OUT(SHAPE_OF_ONE) \
    F_LIST(struct batch_out, done, struct entry_out, SHAPE_OF_ONE, "Successful", \
           "What was done.", .flags = FIELD_OMIT_EMPTY), \
    F_LIST(struct batch_out, failed, struct sqs_failure, &sqs_failure_shape, "Failed", \
           "What was not, and why.", .flags = FIELD_OMIT_EMPTY)

typedef int one_entry(struct call *call, struct queue *queue, const struct handle_in *entry,
                      struct fault *fault);

static int delete_one(struct call *call, struct queue *queue, const struct handle_in *entry,
                      struct fault *fault)
{
    struct queue_receipt receipt;

    if (!queue_handle_read(&call->world->queues, queue, entry->handle, &receipt))
        return fault_set(fault, &fault_queue_handle, entry->handle);
    return queue_delete(&call->world->queues, queue, &receipt, fault);
}

static int hide_one(struct call *call, struct queue *queue, const struct handle_in *entry,
                    struct fault *fault)
{
    struct queue_receipt receipt;
    const struct sqs_range range = {"VisibilityTimeout", entry->visibility_s, 0,
                                    QUEUE_VISIBILITY_MAX_S, RANGE_REASON};

    if (range.value.value < range.least || range.value.value > range.most)
        return fault_set(fault, &fault_sqs_range,
                         arena_printf(&call->arena, "%lld", (long long)range.value.value),
                         range.name, range.reason);
    if (!queue_handle_read(&call->world->queues, queue, entry->handle, &receipt))
        return fault_set(fault, &fault_queue_handle, entry->handle);
    return queue_hide(&call->world->queues, queue, &receipt, entry->visibility_s.value, fault);
}

/* Each entry by itself. */
static int run_batch(struct call *call, const struct batch_in *wish, struct batch_out *answer,
                     one_entry *one)
{
    struct queue *queue =
        sqs_queue(call, wish->url, one == delete_one ? "DeleteMessage" : "ChangeMessageVisibility");

    if (queue == NULL || sqs_batch_check(call, wish->entries.items, sizeof(*wish->entries.items),
                                         wish->entries.count) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->entries.count; i++) {
        const struct handle_in *entry = &wish->entries.items[i];
        struct fault fault = FAULT_INIT;

        if (one(call, queue, entry, &fault) == 0)
            LIST_PUSH_IN(&call->arena, &answer->done)->id = entry->id;
        else
            sqs_batch_fail(call, &answer->failed, entry->id, &fault);
    }
    sqs_charge(queue, 1);
    return 0;
}

/* ---- delete-message ---- */

static const struct field delete_in_fields[] = {
    F_QUEUE_URL(struct handle_in, url),
    F_HANDLE,
};
static const struct shape delete_in_shape =
    SHAPE("DeleteMessageRequest", struct handle_in, delete_in_fields);

static const struct fault_kind *const delete_faults[] = {
    SQS_QUEUE_FAULTS, &fault_queue_handle, &fault_queue_handle_expired, NULL};

static int delete_message(struct call *call, const void *in, void *out)
{
    const struct handle_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "DeleteMessage");

    (void)out;
    if (queue == NULL || delete_one(call, queue, wish, &call->fault) != 0)
        return -1;
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_delete_message = {
    .name = "DeleteMessage",
    .doc = "Deletes a message that was received, by the handle of its last receive.",
    .example = "aws sqs delete-message --queue-url $Q --receipt-handle $H",
    .needs = SQS_EXAMPLE_MESSAGE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_message,
};

static const struct field delete_entry_fields[] = {
    F_ENTRY_ID,
    F_HANDLE,
};
static const struct shape delete_entry_shape =
    SHAPE("DeleteMessageBatchRequestEntry", struct handle_in, delete_entry_fields);
static const struct field delete_batch_in_fields[] = {
    F_QUEUE_URL(struct batch_in, url),
    F_LIST(struct batch_in, entries, struct handle_in, &delete_entry_shape, "Entries",
           "One to ten handles.", .flags = FIELD_REQUIRED),
};
static const struct shape deleted_shape =
    SHAPE("DeleteMessageBatchResultEntry", struct entry_out, entry_out_fields);
static const struct field delete_batch_out_fields[] = {BATCH_OUT(&deleted_shape)};
static const struct shape delete_batch_in_shape =
    SHAPE("DeleteMessageBatchRequest", struct batch_in, delete_batch_in_fields);
static const struct shape delete_batch_out_shape =
    SHAPE("DeleteMessageBatchResult", struct batch_out, delete_batch_out_fields);

static const struct fault_kind *const batch_faults[] = {SQS_QUEUE_FAULTS, SQS_BATCH_FAULTS, NULL};

static int delete_batch(struct call *call, const void *in, void *out)
{
    return run_batch(call, in, out, delete_one);
}

const struct op op_delete_message_batch = {
    .name = "DeleteMessageBatch",
    .doc = "Deletes up to ten messages; each may fail by itself.",
    .example = "aws sqs delete-message-batch --queue-url $Q --entries Id=1,ReceiptHandle=$H",
    .needs = SQS_EXAMPLE_MESSAGE,
    .in = &delete_batch_in_shape,
    .out = &delete_batch_out_shape,
    .faults = batch_faults,
    .flags = OP_WRITE,
    .run = delete_batch,
};

/* ---- change-message-visibility ---- */

static const struct field hide_in_fields[] = {
    F_QUEUE_URL(struct handle_in, url),
    F_HANDLE,
    F_OPT_INT(struct handle_in, visibility_s, "VisibilityTimeout", VISIBILITY_DOC,
              .flags = FIELD_REQUIRED),
};
static const struct shape hide_in_shape =
    SHAPE("ChangeMessageVisibilityRequest", struct handle_in, hide_in_fields);

static const struct fault_kind *const hide_faults[] = {
    SQS_QUEUE_FAULTS,         &fault_queue_handle,           &fault_queue_handle_gone,
    &fault_queue_not_in_flight, &fault_queue_visibility_total, &fault_sqs_range,
    NULL,
};

static int change_visibility(struct call *call, const void *in, void *out)
{
    const struct handle_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "ChangeMessageVisibility");

    (void)out;
    if (queue == NULL || hide_one(call, queue, wish, &call->fault) != 0)
        return -1;
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_change_message_visibility = {
    .name = "ChangeMessageVisibility",
    .doc = "Hides a received message for longer, or shows it to others again.",
    .example = "aws sqs change-message-visibility --queue-url $Q --receipt-handle $H "
               "--visibility-timeout 120",
    .needs = SQS_EXAMPLE_MESSAGE,
    .in = &hide_in_shape,
    .out = &shape_empty,
    .faults = hide_faults,
    .flags = OP_WRITE,
    .run = change_visibility,
};

static const struct field hide_entry_fields[] = {
    F_ENTRY_ID,
    F_HANDLE,
    F_OPT_INT(struct handle_in, visibility_s, "VisibilityTimeout", VISIBILITY_DOC),
};
static const struct shape hide_entry_shape =
    SHAPE("ChangeMessageVisibilityBatchRequestEntry", struct handle_in, hide_entry_fields);
static const struct field hide_batch_in_fields[] = {
    F_QUEUE_URL(struct batch_in, url),
    F_LIST(struct batch_in, entries, struct handle_in, &hide_entry_shape, "Entries",
           "One to ten handles.", .flags = FIELD_REQUIRED),
};
static const struct shape hidden_shape =
    SHAPE("ChangeMessageVisibilityBatchResultEntry", struct entry_out, entry_out_fields);
static const struct field hide_batch_out_fields[] = {BATCH_OUT(&hidden_shape)};
static const struct shape hide_batch_in_shape =
    SHAPE("ChangeMessageVisibilityBatchRequest", struct batch_in, hide_batch_in_fields);
static const struct shape hide_batch_out_shape =
    SHAPE("ChangeMessageVisibilityBatchResult", struct batch_out, hide_batch_out_fields);

static int change_visibility_batch(struct call *call, const void *in, void *out)
{
    return run_batch(call, in, out, hide_one);
}

const struct op op_change_message_visibility_batch = {
    .name = "ChangeMessageVisibilityBatch",
    .doc = "Hides up to ten received messages for longer, or shows them to others again.",
    .example = "aws sqs change-message-visibility-batch --queue-url $Q "
               "--entries Id=1,ReceiptHandle=$H,VisibilityTimeout=120",
    .needs = SQS_EXAMPLE_MESSAGE,
    .in = &hide_batch_in_shape,
    .out = &hide_batch_out_shape,
    .faults = batch_faults,
    .flags = OP_WRITE,
    .run = change_visibility_batch,
};
