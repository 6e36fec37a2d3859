/*
 * cloud/queue_words.c - SQS: what of queues and messages is saved, and what is refused, in SQS's
 * words.
 *
 * The codes are the older ones, of the query protocol, which the AWS CLI still shows; SDKs name
 * some of them otherwise.
 */
#include "cloud/queue_parts.h"

/* ---- refusals ---- */

const struct fault_kind fault_queue_deleted_recently = {
    .code = "AWS.SimpleQueueService.QueueDeletedRecently",
    .text = "You must wait 60 seconds after deleting a queue before you can create another with "
            "the same name.",
    .hint = "Wait: `sleep 60`; or take another name.",
};
const struct fault_kind fault_queue_purging = {
    .code = "AWS.SimpleQueueService.PurgeQueueInProgress",
    .text = "Only one PurgeQueue operation on {} is allowed every 60 seconds.",
    .hint = "Wait until a minute has passed since the last purge; it is under way.",
};
const struct fault_kind fault_queue_over_limit = {
    .code = "OverLimit",
    .text = "Too many messages in flight for this queue: a standard queue may have about 120000.",
    .hint = "Delete messages that are done, or receive with --wait-time-seconds, which waits "
            "instead.",
};
const struct fault_kind fault_queue_handle = {
    .code = "ReceiptHandleIsInvalid",
    .text = "The input receipt handle \"{}\" is not a valid receipt handle.",
    .hint = "Take the ReceiptHandle of the last receive-message of this queue, in quotes; the "
            "MessageId is another thing.",
};
const struct fault_kind fault_queue_handle_expired = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle has "
            "expired.",
    .hint = "In a FIFO queue a message can be deleted only while it is in flight: receive it again "
            "and use the new handle.",
};
const struct fault_kind fault_queue_handle_gone = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is "
            "not available for visibility timeout change.",
    .hint = "The message was deleted, or received again since: then only the newest handle counts.",
};
const struct fault_kind fault_queue_not_in_flight = {
    .code = "AWS.SimpleQueueService.MessageNotInflight",
    .text = "The message referred to by the receipt handle {} is not in flight.",
    .hint = "Its visibility timeout is over and it was given out anew since: receive it again.",
};
const struct fault_kind fault_queue_visibility_total = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout "
            "for the message is beyond the limit [43200 seconds].",
    .hint = "A message can be hidden for 12 hours after its receive, all changes together.",
};
const struct fault_kind fault_queue_no_group = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter MessageGroupId.",
    .hint = "In a FIFO queue each message belongs to a group: --message-group-id NAME.",
};
const struct fault_kind fault_queue_bad_id = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter {} is invalid. Reason: {} can only include alphanumeric and "
            "punctuation characters. 1 to 128 in length.",
    .hint = "Leave out spaces and other letters than those of ASCII.",
};
const struct fault_kind fault_queue_no_dedup = {
    .code = "InvalidParameterValue",
    .text = "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly",
    .hint = "Give --message-deduplication-id, or turn ContentBasedDeduplication on for the queue.",
};
const struct fault_kind fault_queue_fifo_delay = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter DelaySeconds is invalid. Reason: The request include parameter "
            "that is not valid for this queue type.",
    .hint = "In a FIFO queue only the whole queue can have a delay: its attribute DelaySeconds.",
};
const struct fault_kind fault_queue_delay = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and "
            "<= 900.",
    .hint = "A message can be delayed for 15 minutes at most.",
};
const struct fault_kind fault_queue_no_body = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter MessageBody.",
    .hint = "A message needs a body of at least one character.",
};
const struct fault_kind fault_queue_contents = {
    .code = "InvalidMessageContents",
    .text = "Message body contains invalid characters.",
    .hint = "Control characters other than tab, line feed and carriage return are not allowed; "
            "encode binary data, or send it as a Binary attribute.",
};
const struct fault_kind fault_queue_too_long = {
    .code = "InvalidParameterValue",
    .text = "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
    .hint = "Body and attributes count together, up to the queue's MaximumMessageSize: 1 MiB since "
            "2025, 256 KiB before.",
};
const struct fault_kind fault_queue_dedup_standard = {
    .code = "InvalidParameterValue",
    .text = "Value {} for parameter MessageDeduplicationId is invalid. Reason: The request include "
            "parameter that is not valid for this queue type.",
    .hint = "Only FIFO queues drop what is sent twice.",
};
const struct fault_kind fault_queue_attribute_empty = {
    .code = "InvalidParameterValue",
    .text = "Message (user) attribute '{}' must contain a non-empty value of type '{}'.",
    .hint = "Give StringValue for String and Number, BinaryValue for Binary.",
};
const struct fault_kind fault_queue_attributes = {
    .code = "InvalidParameterValue",
    .text = "Number of message attributes [{}] exceeds the allowed maximum [10].",
    .hint = "Put more into the body.",
};
const struct fault_kind fault_queue_move_running = {
    .code = "InvalidParameterValue",
    .text = "There is already a task running. Only one active task is allowed for a source queue "
            "arn at a given time.",
    .hint = "aws sqs list-message-move-tasks says how far it is; cancel-message-move-task ends it.",
};
const struct fault_kind fault_queue_move_source = {
    .code = "InvalidParameterValue",
    .text = "Source queue must be configured as a Dead Letter Queue.",
    .hint = "Only messages of a dead-letter queue can be moved back: another queue's RedrivePolicy "
            "must name it.",
};
const struct fault_kind fault_queue_move_ended = {
    .code = "InvalidParameterValue",
    .text = "Only active tasks can be cancelled.",
    .hint = "The task has ended; aws sqs list-message-move-tasks says how.",
};

/* ---- what is saved ---- */

static const struct field change_fields[] = {
    F_TIME(struct queue_change, due, "Due", "From when on it holds."),
    F_INT(struct queue_change, value, "Value", "The new value."),
    F_INT(struct queue_change, number, "Number", "Which attribute."),
};
static const struct shape change_shape = SHAPE("QueueChange", struct queue_change, change_fields);

static const struct field counts_fields[] = {
    F_INT(struct queue_counts, sent, "Sent", "Messages that came."),
    F_INT(struct queue_counts, received, "Received", "Times one was given out."),
    F_INT(struct queue_counts, deleted, "Deleted", "Messages deleted."),
    F_INT(struct queue_counts, expired, "Expired", "Messages that grew too old."),
    F_INT(struct queue_counts, moved, "Moved", "Messages moved elsewhere."),
    F_INT(struct queue_counts, purged, "Purged", "Messages purged."),
    F_INT(struct queue_counts, again, "Again", "Deleted messages that came back."),
    F_INT(struct queue_counts, empty, "Empty", "Receives that found nothing."),
    F_INT(struct queue_counts, bytes, "Bytes", "Bytes sent."),
    F_INT(struct queue_counts, duplicates, "Duplicates", "Messages dropped as sent before."),
    F_INT(struct queue_counts, least, "Least", "Bytes of the smallest message."),
    F_INT(struct queue_counts, most, "Most", "Bytes of the largest."),
    F_INT(struct queue_counts, requests, "Requests", "Requests that are charged."),
};
static const struct shape counts_shape = SHAPE("QueueCounts", struct queue_counts, counts_fields);

static const struct field queue_fields[] = {
    F_INT(struct queue, id, "Id", "Its id."),
    F_INT(struct queue, account, "Account", "Whose."),
    F_TIME(struct queue, created, "Created", "When it was made."),
    F_TIME(struct queue, modified, "Modified", "When its attributes were last set."),
    F_TIME(struct queue, purged, "Purged", "When the last purge was asked for."),
    F_TIME(struct queue, purge_due, "PurgeDue", "When it will be done."),
    F_INT(struct queue, sequence, "Sequence", "Of its next message."),
    F_INT(struct queue, luck, "Luck", "Draws so far."),
    F_INT(struct queue, purge_before, "PurgeBefore", "What is purged came before."),
    F_INT(struct queue, step, "Step", "Its pending event."),
    F_TIME(struct queue, step_due, "StepDue", "When that is due."),
    F_INT(struct queue, storage, "Storage", "The event at which a server is back."),
    F_INT(struct queue, receives_max, "ReceivesMax", "maxReceiveCount."),
    F_STRING(struct queue, name, "Name", "Its name."),
    F_STRING(struct queue, policy, "Policy", "Its policy, as given."),
    F_STRING(struct queue, dead_letter, "DeadLetter", "The ARN of its dead-letter queue."),
    F_STRING(struct queue, kms_key, "KmsKey", "A key's name, kept only."),
    F_INT(struct queue, kms_reuse_s, "KmsReuse", "How long a data key is used, kept only."),
    F_STRINGS(struct queue, sources, "Sources", "Who may use it as a dead-letter queue."),
    F_LIST(struct queue, changes, struct queue_change, &change_shape, "Changes",
           "Attributes that take effect later."),
    F_EMBED(struct queue, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_EMBED(struct queue, counts, struct queue_counts, &counts_shape, "Counts", "What happened."),
    F_EMBED(struct queue, told, struct queue_counts, &counts_shape, "Told",
            "What CloudWatch knows of it."),
    F_INT(struct queue, shown[QUEUE_VISIBILITY], "ShownVisibility", "Seconds."),
    F_INT(struct queue, shown[QUEUE_DELAY], "ShownDelay", "Seconds."),
    F_INT(struct queue, shown[QUEUE_RETENTION], "ShownRetention", "Seconds."),
    F_INT(struct queue, shown[QUEUE_WAIT], "ShownWait", "Seconds."),
    F_INT(struct queue, shown[QUEUE_SIZE], "ShownSize", "Bytes."),
    F_INT(struct queue, held[QUEUE_VISIBILITY], "HeldVisibility", "Seconds."),
    F_INT(struct queue, held[QUEUE_DELAY], "HeldDelay", "Seconds."),
    F_INT(struct queue, held[QUEUE_RETENTION], "HeldRetention", "Seconds."),
    F_INT(struct queue, held[QUEUE_WAIT], "HeldWait", "Seconds."),
    F_INT(struct queue, held[QUEUE_SIZE], "HeldSize", "Bytes."),
    F_INT(struct queue, region, "Region", "Where."),
    F_INT(struct queue, allow, "Allow", "Who may use it as a dead-letter queue."),
    F_BOOL(struct queue, allow_set, "AllowSet", "Whether somebody said so."),
    F_BOOL(struct queue, fifo, "Fifo", "Whether it keeps order."),
    F_BOOL(struct queue, by_content, "ByContent", "Whether equal bodies are the same message."),
    F_BOOL(struct queue, dedup_group, "DedupGroup", "Whether each group has its own ids."),
    F_BOOL(struct queue, limit_group, "LimitGroup", "Whether limits are each group's."),
    F_BOOL(struct queue, own_key_off, "OwnKeyOff", "Whether SQS's own encryption is off."),
};
const struct shape queue_shape = SHAPE("Queue", struct queue, queue_fields);

static const struct field value_fields[] = {
    F_STRING(struct queue_value, name, "Name", "Its name."),
    F_STRING(struct queue_value, type, "Type", "String, Number or Binary."),
    F_STRING(struct queue_value, text, "Text", "The value of a String or Number."),
    F_BLOB(struct queue_value, binary, "Binary", "The value of a Binary."),
};
static const struct shape value_shape = SHAPE("QueueValue", struct queue_value, value_fields);

static const struct field message_fields[] = {
    F_INT(struct queue_message, id, "Id", "Its id."),
    F_INT(struct queue_message, queue, "Queue", "Where it is."),
    F_INT(struct queue_message, sequence, "Sequence", "Its place in the queue."),
    F_INT(struct queue_message, sender, "Sender", "Who sent it."),
    F_TIME(struct queue_message, sent, "Sent", "When."),
    F_TIME(struct queue_message, since, "Since", "From when on its retention counts."),
    F_TIME(struct queue_message, due, "Due", "When it is visible."),
    F_TIME(struct queue_message, first_received, "FirstReceived", "When first received."),
    F_TIME(struct queue_message, received, "Received", "When last received."),
    F_INT(struct queue_message, receipt, "Receipt", "Number of its last handle."),
    F_INT(struct queue_message, receives, "Receives", "How often received."),
    F_STRING(struct queue_message, body, "Body", "What it says."),
    F_LIST(struct queue_message, values, struct queue_value, &value_shape, "Values",
           "Its attributes."),
    F_STRING(struct queue_message, trace, "Trace", "AWSTraceHeader."),
    F_STRING(struct queue_message, group, "Group", "MessageGroupId."),
    F_STRING(struct queue_message, dedup, "Dedup", "MessageDeduplicationId."),
    F_STRING(struct queue_message, source, "Source", "The queue in which it was a dead letter."),
    F_INT(struct queue_message, number, "Number", "Its sequence number in a FIFO queue."),
    F_INT(struct queue_message, state, "State", "Delayed, visible, in flight."),
    F_INT(struct queue_message, copies, "Copies", "The servers that have it."),
    F_INT(struct queue_message, missed, "Missed", "Those that have not heard the last of it."),
};
const struct shape queue_message_shape =
    SHAPE("QueueMessage", struct queue_message, message_fields);

static const struct field dedup_fields[] = {
    F_INT(struct queue_dedup, key, "Key", "Made of what it is."),
    F_INT(struct queue_dedup, queue, "Queue", "Where it was sent."),
    F_INT(struct queue_dedup, order, "Order", "Among all."),
    F_INT(struct queue_dedup, message, "Message", "Which message it was."),
    F_INT(struct queue_dedup, number, "Number", "Its sequence number."),
    F_TIME(struct queue_dedup, time, "Time", "When."),
    F_STRING(struct queue_dedup, text, "Text", "Scope and id."),
};
const struct shape queue_dedup_shape = SHAPE("QueueDedup", struct queue_dedup, dedup_fields);

static const struct field grave_fields[] = {
    F_INT(struct queue_grave, key, "Key", "The queue that was."),
    F_INT(struct queue_grave, account, "Account", "Whose."),
    F_TIME(struct queue_grave, until, "Until", "When the name is free."),
    F_STRING(struct queue_grave, name, "Name", "Its name."),
    F_INT(struct queue_grave, region, "Region", "Where."),
};
const struct shape queue_grave_shape = SHAPE("QueueGrave", struct queue_grave, grave_fields);

static const struct field receipt_fields[] = {
    F_INT(struct queue_receipt, message, "Message", "Which."),
    F_INT(struct queue_receipt, receipt, "Receipt", "By which handle."),
};
static const struct shape receipt_shape =
    SHAPE("QueueReceipt", struct queue_receipt, receipt_fields);

static const struct field poll_fields[] = {
    F_INT(struct queue_poll, id, "Id", "Its id."),
    F_INT(struct queue_poll, queue, "Queue", "Where it waits."),
    F_INT(struct queue_poll, account, "Account", "Who waits."),
    F_TIME(struct queue_poll, until, "Until", "How long at most."),
    F_TIME(struct queue_poll, ended, "Ended", "When it ended."),
    F_INT(struct queue_poll, visibility_s, "Visibility", "Seconds that messages are hidden."),
    F_INT(struct queue_poll, most, "Most", "Messages that it takes."),
    F_LIST(struct queue_poll, found, struct queue_receipt, &receipt_shape, "Found",
           "What it got."),
    F_INT(struct queue_poll, consumer, "Consumer", "Who is told."),
};
const struct shape queue_poll_shape = SHAPE("QueuePoll", struct queue_poll, poll_fields);

static const struct field attempt_fields[] = {
    F_INT(struct queue_attempt, key, "Key", "Of its poll."),
    F_INT(struct queue_attempt, queue, "Queue", "Where."),
    F_TIME(struct queue_attempt, time, "Time", "When."),
    F_STRING(struct queue_attempt, text, "Text", "ReceiveRequestAttemptId."),
    F_LIST(struct queue_attempt, found, struct queue_receipt, &receipt_shape, "Found",
           "What it got."),
};
const struct shape queue_attempt_shape =
    SHAPE("QueueAttempt", struct queue_attempt, attempt_fields);

static const struct field move_fields[] = {
    F_INT(struct queue_move, id, "Id", "Its id."),
    F_INT(struct queue_move, queue, "Queue", "Whose messages are moved."),
    F_INT(struct queue_move, account, "Account", "Whose."),
    F_TIME(struct queue_move, started, "Started", "When."),
    F_INT(struct queue_move, rate, "Rate", "Messages a second."),
    F_INT(struct queue_move, moved, "Moved", "Messages so far."),
    F_INT(struct queue_move, to_move, "ToMove", "Messages when it began."),
    F_INT(struct queue_move, last, "Last", "Later messages are left."),
    F_STRING(struct queue_move, destination, "Destination", "Where to."),
    F_STRING(struct queue_move, reason, "Reason", "Why it failed."),
    F_INT(struct queue_move, state, "State", "How far it is."),
    F_INT(struct queue_move, region, "Region", "Where."),
};
const struct shape queue_move_shape = SHAPE("QueueMove", struct queue_move, move_fields);
