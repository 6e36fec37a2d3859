/*
 * cloud/topic_words.c - SNS: what is saved of topics.
 */
#include "cloud/topic_parts.h"

static const struct field counts_fields[] = {
    F_INT(struct topic_counts, published, "Published", "Messages published."),
    F_INT(struct topic_counts, bytes, "Bytes", "Bytes published."),
    F_INT(struct topic_counts, least, "Least", "Bytes of the smallest message."),
    F_INT(struct topic_counts, most, "Most", "Bytes of the largest."),
    F_INT(struct topic_counts, delivered, "Delivered", "Deliveries."),
    F_INT(struct topic_counts, failed, "Failed", "Deliveries given up."),
    F_INT(struct topic_counts, filtered, "Filtered", "Deliveries that filters held back."),
    F_INT(struct topic_counts, no_values, "NoValues", "Of those: without attributes."),
    F_INT(struct topic_counts, bad_body, "BadBody", "Of those: with a body that is no object."),
    F_INT(struct topic_counts, redriven, "Redriven", "Brought to dead-letter queues."),
    F_INT(struct topic_counts, redrive_failed, "RedriveFailed", "Refused there."),
    F_INT(struct topic_counts, unheard, "Unheard", "Messages that nobody heard."),
    F_INT(struct topic_counts, duplicates, "Duplicates", "Messages dropped as published before."),
};
static const struct shape counts_shape = SHAPE("TopicCounts", struct topic_counts, counts_fields);

static const struct field topic_fields[] = {
    F_INT(struct topic, id, "Id", "Its id."),
    F_INT(struct topic, account, "Account", "Whose."),
    F_TIME(struct topic, created, "Created", "When it was made."),
    F_INT(struct topic, sequence, "Sequence", "Of its last message."),
    F_INT(struct topic, luck, "Luck", "Draws so far."),
    F_INT(struct topic, deleted, "Deleted", "Subscriptions that ended."),
    F_STRING(struct topic, name, "Name", "Its name."),
    F_STRING(struct topic, display, "Display", "DisplayName."),
    F_STRING(struct topic, policy, "Policy", "Its policy, as given."),
    F_STRING(struct topic, delivery, "Delivery", "DeliveryPolicy, as given."),
    F_STRING(struct topic, kms_key, "KmsKey", "A key's name, kept only."),
    F_EMBED(struct topic, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_EMBED(struct topic, counts, struct topic_counts, &counts_shape, "Counts", "What happened."),
    F_EMBED(struct topic, told, struct topic_counts, &counts_shape, "Told",
            "What CloudWatch knows of it."),
    F_INT(struct topic, region, "Region", "Where."),
    F_INT(struct topic, signature, "Signature", "SignatureVersion."),
    F_BOOL(struct topic, fifo, "Fifo", "Whether it keeps order."),
    F_BOOL(struct topic, by_content, "ByContent", "Whether equal bodies are the same message."),
    F_BOOL(struct topic, group_scope, "GroupScope", "Whether each group has its own ids."),
    F_TIME(struct topic, last, "Last", "When the latest message was published."),
    F_INT(struct topic, message, "Message", "That message."),
};
const struct shape topic_shape = SHAPE("Topic", struct topic, topic_fields);

static const struct field hearing_fields[] = {
    F_INT(struct topic_hearing, delivered, "Delivered", "Messages that it heard."),
    F_INT(struct topic_hearing, filtered, "Filtered", "Those that its filter held back."),
    F_INT(struct topic_hearing, dead, "Dead", "Those that its dead-letter queue has."),
    F_INT(struct topic_hearing, lost, "Lost", "Those that nobody has."),
    F_TIME(struct topic_hearing, last, "Last", "When that of the latest was seen."),
    F_INT(struct topic_hearing, message, "Message", "The latest."),
    F_INT(struct topic_hearing, fate, "Fate", "What became of it."),
};
static const struct shape hearing_shape =
    SHAPE("TopicHearing", struct topic_hearing, hearing_fields);

static const struct field subscription_fields[] = {
    F_INT(struct topic_subscription, id, "Id", "Its id."),
    F_INT(struct topic_subscription, topic, "Topic", "Which topic it hears."),
    F_INT(struct topic_subscription, account, "Account", "Whose."),
    F_TIME(struct topic_subscription, created, "Created", "When it was made."),
    F_TIME(struct topic_subscription, filter_due, "FilterDue", "When its filter takes effect."),
    F_INT(struct topic_subscription, filter_event, "FilterEvent", "That event."),
    F_STRING(struct topic_subscription, endpoint, "Endpoint", "Where to."),
    F_STRING(struct topic_subscription, filter, "Filter", "FilterPolicy, as given."),
    F_STRING(struct topic_subscription, filter_held, "FilterHeld", "The one in force."),
    F_STRING(struct topic_subscription, dead_letter, "DeadLetter", "Its dead-letter queue."),
    F_INT(struct topic_subscription, protocol, "Protocol", "How."),
    F_BOOL(struct topic_subscription, confirmed, "Confirmed", "Whether it was confirmed."),
    F_BOOL(struct topic_subscription, authenticated, "Authenticated",
           "Whether only its owner may end it."),
    F_BOOL(struct topic_subscription, raw, "Raw", "Whether it gets the message alone."),
    F_BOOL(struct topic_subscription, by_body, "ByBody", "Whether the filter is for bodies."),
    F_BOOL(struct topic_subscription, by_body_held, "ByBodyHeld", "The same of that in force."),
    F_BOOL(struct topic_subscription, scope_set, "ScopeSet", "Whether somebody said so."),
    F_EMBED(struct topic_subscription, heard, struct topic_hearing, &hearing_shape, "Heard",
            "What came of messages for it."),
    F_STRING(struct topic_subscription, delivery, "Delivery", "DeliveryPolicy, as given."),
    F_STRING(struct topic_subscription, reason, "Reason", "Why it did not hear the latest."),
};
const struct shape topic_subscription_shape =
    SHAPE("TopicSubscription", struct topic_subscription, subscription_fields);

static const struct field value_fields[] = {
    F_STRING(struct queue_value, name, "Name", "Its name."),
    F_STRING(struct queue_value, type, "Type", "String, Number or Binary."),
    F_STRING(struct queue_value, text, "Text", "The value of a String or Number."),
    F_BLOB(struct queue_value, binary, "Binary", "The value of a Binary."),
};
static const struct shape value_shape = SHAPE("TopicValue", struct queue_value, value_fields);

static const struct field delivery_fields[] = {
    F_INT(struct topic_delivery, id, "Id", "Its id."),
    F_INT(struct topic_delivery, subscription, "Subscription", "For whom."),
    F_INT(struct topic_delivery, message, "Message", "Which message."),
    F_INT(struct topic_delivery, event, "Event", "Of its next try."),
    F_INT(struct topic_delivery, number, "Number", "Its number on a FIFO topic."),
    F_INT(struct topic_delivery, tries, "Tries", "So far."),
    F_STRING(struct topic_delivery, body, "Body", "What is delivered."),
    F_LIST(struct topic_delivery, values, struct queue_value, &value_shape, "Values",
           "Its attributes."),
    F_STRING(struct topic_delivery, group, "Group", "MessageGroupId."),
    F_STRING(struct topic_delivery, dedup, "Dedup", "MessageDeduplicationId."),
    F_INT(struct topic_delivery, exchange, "Exchange", "Its request, under way."),
    F_INT(struct topic_delivery, kind, "Kind", "A message, or a question."),
};
const struct shape topic_delivery_shape =
    SHAPE("TopicDelivery", struct topic_delivery, delivery_fields);

static const struct field dedup_fields[] = {
    F_INT(struct topic_dedup, key, "Key", "Made of what it is."),
    F_INT(struct topic_dedup, topic, "Topic", "Where it was published."),
    F_INT(struct topic_dedup, order, "Order", "Among all."),
    F_INT(struct topic_dedup, message, "Message", "Which message it was."),
    F_INT(struct topic_dedup, number, "Number", "Its sequence number."),
    F_TIME(struct topic_dedup, time, "Time", "When."),
    F_STRING(struct topic_dedup, text, "Text", "Scope and id."),
};
const struct shape topic_dedup_shape = SHAPE("TopicDedup", struct topic_dedup, dedup_fields);

static const struct field mail_fields[] = {
    F_INT(struct topic_mail, id, "Id", "Its id."),
    F_INT(struct topic_mail, account, "Account", "Whose topic mailed it."),
    F_INT(struct topic_mail, message, "Message", "Which message it was."),
    F_TIME(struct topic_mail, time, "Time", "When it came."),
    F_STRING(struct topic_mail, to, "To", "Whose mailbox."),
    F_STRING(struct topic_mail, from, "From", "Who mailed it."),
    F_STRING(struct topic_mail, subject, "Subject", "Its subject."),
    F_STRING(struct topic_mail, body, "Body", "What it says."),
    F_INT(struct topic_mail, region, "Region", "Where from."),
};
const struct shape topic_mail_shape = SHAPE("TopicMail", struct topic_mail, mail_fields);
