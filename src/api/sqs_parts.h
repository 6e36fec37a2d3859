/*
 * api/sqs_parts.h - what the rooms of the service sqs share, and their operations.
 */
#ifndef API_SQS_PARTS_H
#define API_SQS_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/queue.h"
#include "cloud/world.h"

/* sqs_queue.c */
extern const struct op op_create_queue, op_delete_queue, op_get_queue_url, op_list_queues,
    op_purge_queue;
/* sqs_attribute.c */
extern const struct op op_get_queue_attributes, op_set_queue_attributes;
/* sqs_message.c */
extern const struct op op_send_message, op_send_message_batch;
/* sqs_receive.c */
extern const struct op op_receive_message;
/* sqs_delete.c */
extern const struct op op_delete_message, op_delete_message_batch, op_change_message_visibility,
    op_change_message_visibility_batch;
/* sqs_permission.c */
extern const struct op op_add_permission, op_remove_permission;
/* sqs_tag.c */
extern const struct op op_tag_queue, op_untag_queue, op_list_queue_tags;
/* sqs_redrive.c */
extern const struct op op_list_dead_letter_source_queues, op_start_message_move_task,
    op_cancel_message_move_task, op_list_message_move_tasks;

#define SQS_EXAMPLE_QUEUE \
    "Q=$(aws sqs create-queue --queue-name orders --query QueueUrl --output text)"
#define SQS_EXAMPLE_MESSAGE \
    SQS_EXAMPLE_QUEUE "\naws sqs send-message --queue-url $Q --message-body latte\n" \
    "H=$(aws sqs receive-message --queue-url $Q --query 'Messages[0].ReceiptHandle' " \
    "--output text)"
#define SQS_EXAMPLE_DEAD_LETTERS \
    "DLQ=$(aws sqs create-queue --queue-name spoiled --query QueueUrl --output text)\n" \
    "DLQARN=$(aws sqs get-queue-attributes --queue-url $DLQ --attribute-names QueueArn " \
    "--query Attributes.QueueArn --output text)\n" \
    "Q=$(aws sqs create-queue --queue-name orders --query QueueUrl --output text " \
    "--attributes \"{\\\"RedrivePolicy\\\":\\\"{\\\\\\\"deadLetterTargetArn\\\\\\\":" \
    "\\\\\\\"$DLQARN\\\\\\\",\\\\\\\"maxReceiveCount\\\\\\\":3}\\\"}\")"

/* ---- faults, in SQS's words (the older codes, which the AWS CLI shows) ---- */

extern const struct fault_kind fault_sqs_missing, fault_sqs_address, fault_sqs_denied,
    fault_sqs_empty_batch, fault_sqs_batch_size, fault_sqs_batch_id, fault_sqs_batch_twice,
    fault_sqs_attribute_name, fault_sqs_attribute_value, fault_sqs_not_modelled, fault_sqs_range,
    fault_sqs_parameter;

/* ---- queues ---- */

/*
 * The queue of a URL, which the caller may use for that action ("SendMessage"): its own, or one
 * whose policy lets him.  NULL after a fault.
 */
struct queue *sqs_queue(struct call *call, const char *url, const char *action);
/* What every operation that takes a URL can answer. */
#define SQS_QUEUE_FAULTS &fault_sqs_missing, &fault_sqs_address, &fault_sqs_denied
#define F_QUEUE_URL(T, m) \
    F_STRING(T, m, "QueueUrl", "The URL of the queue, as create-queue gave it.", \
             .flags = FIELD_REQUIRED, .ref = &kind_queue)
/* The caller's queue of an ARN; NULL: there is none. */
struct queue *sqs_queue_of_arn(const struct call *call, const char *arn);
/* So many requests are charged.  AWS charges those that only read as well; here reading changes
 * nothing, not even the bill. */
void sqs_charge(struct queue *queue, int64_t requests);
/* Refuses a number outside of its range: "Value 21 for parameter WaitTimeSeconds is invalid.
 * Reason: ...".  0 or -1. */
struct sqs_range {
    const char *name;
    struct opt_int value;
    int64_t least;
    int64_t most;
    const char *reason;
};
int sqs_range_check(struct call *call, const struct sqs_range *range);

/* ---- attributes (sqs_attribute.c) ---- */

struct pairs {
    struct pair *items;
    uint32_t count;
    uint32_t size;
};

/* Reads attributes into a wish.  `queue` is the one that they are of; NULL: a new one of `name`.
 * 0, or -1 after a fault. */
int sqs_wish_read(struct call *call, const struct pairs *attributes, const struct queue *queue,
                  const char *name, struct queue_wish *wish);
/* An attribute as get-queue-attributes shows it; NULL when the queue does not have it. */
const char *sqs_attribute(struct call *call, const struct queue *queue, const char *name);
/* What sqs_wish_read() can refuse. */
#define SQS_WISH_FAULTS \
    &fault_sqs_attribute_name, &fault_sqs_attribute_value, &fault_sqs_parameter, \
    &fault_sqs_not_modelled

/* ---- batches (sqs_batch.c) ---- */

struct sqs_failure {
    const char *id;
    bool sender_fault;
    const char *code;
    const char *message;
};

struct sqs_failures {
    struct sqs_failure *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape sqs_failure_shape;

/* Ids of a batch's entries, `stride` bytes apart, each a const char * at the entry's beginning.  0,
 * or -1 after a fault: none, too many, a bad one, one twice. */
int sqs_batch_check(struct call *call, const void *entries, size_t stride, uint32_t count);
#define SQS_BATCH_FAULTS \
    &fault_sqs_empty_batch, &fault_sqs_batch_size, &fault_sqs_batch_id, &fault_sqs_batch_twice
/* An entry that failed; the fault is released. */
void sqs_batch_fail(struct call *call, struct sqs_failures *failures, const char *id,
                    struct fault *fault);

/* ---- messages ---- */

/* A value of a map of attributes: of a message, or of what the system knows. */
struct sqs_value {
    const char *key;
    const char *text;
    struct blob binary; /* in base64 */
    const char *type;
};

struct sqs_values {
    struct sqs_value *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape sqs_value_shape;

/* MD5 as 32 digits: of a text, and of attributes as SQS computes it; NULL when there are none. */
const char *sqs_md5(struct call *call, const char *text);
const char *sqs_md5_of_values(struct call *call, const struct queue_value *values,
                              uint32_t count);
/* The number of a message in a FIFO queue, in AWS's twenty digits. */
const char *sqs_sequence_number(struct call *call, uint64_t number);
const char *sqs_uuid(struct call *call, uint64_t message);

#endif
