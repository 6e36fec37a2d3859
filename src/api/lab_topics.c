/*
 * api/lab_topics.c - lab: topics at a glance: who hears what is published on them, who does not.
 *
 * AWS counts for a topic; here each subscription is counted by itself, and what the latest message
 * came to is told.  Its numbers are those of CloudWatch's AWS/SNS, since the topic was made.
 */
#include "api/lab_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum { MESSAGES_DEFAULT = 5, MESSAGES_MAX = 100, NOTES_MOST = 4096 };

struct topics_in {
    struct opt_int max_results;
};

struct published_view {
    const char *id;
    const char *body;
    int64_t age_s;
    int64_t listeners;
};

struct subscription_view {
    const char *arn;
    const char *protocol;
    const char *endpoint;
    bool confirmed;
    bool raw;
    const char *filter;
    const char *scope;
    const char *dead_letter;
    int64_t delivered;
    int64_t filtered;
    int64_t failed;
    int64_t dead;
    int64_t lost;
    int64_t retrying;
    const char *fate;
    const char *message;
    struct opt_int last_s;
    const char *reason;
    uint64_t id; /* not told */
};

struct topic_view {
    const char *arn;
    const char *name;
    bool fifo;
    int64_t published;
    int64_t delivered;
    int64_t filtered;
    int64_t failed;
    int64_t dead;
    int64_t unheard;
    int64_t duplicates;
    const char *message;
    struct opt_int last_s;
    LIST(struct subscription_view) subscriptions;
    LIST(struct published_view) messages;
    uint64_t id; /* not told */
};

struct topics_out {
    LIST(struct topic_view) topics;
};

/* In the order of enum topic_fate. */
static const char *const fate_words[] = {"waits",         "heard", "filtered out", "tried again",
                                         "dead-lettered", "lost",  NULL};

static const struct field topics_in_fields[] = {
    F_OPT_INT(struct topics_in, max_results, "MaxResults",
              "How many messages of a topic are listed, the latest first; 5 unless told.", .min = 0,
              .max = MESSAGES_MAX),
};
static const struct shape topics_in_shape =
    SHAPE("DescribeTopicsRequest", struct topics_in, topics_in_fields);

static const struct field published_fields[] = {
    F_STRING(struct published_view, id, "MessageId", "The message.", .flags = FIELD_COLUMN),
    F_STRING(struct published_view, body, "Body", "How it begins.", .flags = FIELD_COLUMN),
    F_INT(struct published_view, age_s, "AgeSeconds", "How long ago it was published."),
    F_INT(struct published_view, listeners, "Listeners",
          "How many had subscribed and confirmed by then.", .flags = FIELD_COLUMN),
};
static const struct shape published_shape =
    SHAPE("PublishedMessage", struct published_view, published_fields);

static const struct field subscription_fields[] = {
    F_STRING(struct subscription_view, arn, "SubscriptionArn", "The subscription."),
    F_STRING(struct subscription_view, protocol, "Protocol", "How it is told.",
             .flags = FIELD_COLUMN),
    F_STRING(struct subscription_view, endpoint, "Endpoint", "Who is told.",
             .flags = FIELD_COLUMN),
    F_BOOL(struct subscription_view, confirmed, "Confirmed", "Whether it is told anything yet."),
    F_BOOL(struct subscription_view, raw, "RawMessageDelivery", "It gets the message alone."),
    F_STRING(struct subscription_view, filter, "FilterPolicy",
             "The filter policy in force; absent: it hears all."),
    F_STRING(struct subscription_view, scope, "FilterPolicyScope",
             "What that policy looks at; absent without one."),
    F_STRING(struct subscription_view, dead_letter, "DeadLetterQueue",
             "The ARN of the queue for what cannot be delivered; absent when it is lost."),
    F_INT(struct subscription_view, delivered, "Delivered", "Messages that it heard.",
          .flags = FIELD_COLUMN),
    F_INT(struct subscription_view, filtered, "FilteredOut",
          "Messages that its filter held back.", .flags = FIELD_COLUMN),
    F_INT(struct subscription_view, failed, "Failed",
          "Messages that were given up: dead-lettered or lost.", .flags = FIELD_COLUMN),
    F_INT(struct subscription_view, dead, "DeadLettered", "Those that its dead-letter queue took."),
    F_INT(struct subscription_view, lost, "Lost", "Those that nobody has."),
    F_INT(struct subscription_view, retrying, "Retrying", "Messages that are to be tried again."),
    F_STRING(struct subscription_view, fate, "LastFate",
             "What became of the latest message for it; absent when none came.",
             .words = fate_words),
    F_STRING(struct subscription_view, message, "LastMessageId", "That message."),
    F_OPT_INT(struct subscription_view, last_s, "LastSeconds", "How many seconds ago that was."),
    F_STRING(struct subscription_view, reason, "LastReason",
             "Why that message could not be delivered; absent when it could."),
};
static const struct shape subscription_shape =
    SHAPE("SubscriptionGlance", struct subscription_view, subscription_fields);

static const struct field topic_fields[] = {
    F_STRING(struct topic_view, name, "TopicName", "The topic.", .flags = FIELD_COLUMN),
    F_STRING(struct topic_view, arn, "TopicArn", "Its ARN."),
    F_BOOL(struct topic_view, fifo, "FifoTopic", "It keeps the order."),
    F_INT(struct topic_view, published, "Published", "Messages published so far.",
          .flags = FIELD_COLUMN),
    F_INT(struct topic_view, delivered, "Delivered", "How often one was heard.",
          .flags = FIELD_COLUMN),
    F_INT(struct topic_view, filtered, "FilteredOut", "How often a filter held one back.",
          .flags = FIELD_COLUMN),
    F_INT(struct topic_view, failed, "Failed", "How often one was given up.",
          .flags = FIELD_COLUMN),
    F_INT(struct topic_view, dead, "DeadLettered", "Of those: taken by dead-letter queues."),
    F_INT(struct topic_view, unheard, "Unheard", "Messages published while nobody listened.",
          .flags = FIELD_COLUMN),
    F_INT(struct topic_view, duplicates, "Duplicates",
          "Of a FIFO topic: published again within five minutes, and dropped."),
    F_STRING(struct topic_view, message, "LastMessageId",
             "The latest message; absent when there was none."),
    F_OPT_INT(struct topic_view, last_s, "LastSeconds", "How many seconds ago it was published."),
    F_LIST(struct topic_view, subscriptions, struct subscription_view, &subscription_shape,
           "Subscriptions", "Who hears it, in the order in which they subscribed."),
    F_LIST(struct topic_view, messages, struct published_view, &published_shape, "Messages",
           "The latest messages, the newest first, from the history: a topic keeps none."),
};
static const struct shape topic_view_shape = SHAPE("TopicGlance", struct topic_view, topic_fields);

static const struct field topics_out_fields[] = {
    F_LIST(struct topics_out, topics, struct topic_view, &topic_view_shape, "Topics",
           "Your topics in the Region, in the order of their making."),
};
static const struct shape topics_out_shape =
    SHAPE("DescribeTopicsResult", struct topics_out, topics_out_fields);

static struct subscription_view subscription_see(struct call *call,
                                                 const struct topic_subscription *subscription)
{
    const struct topic_hearing *heard = &subscription->heard;
    bool filters = subscription->filter_held != NULL;

    return (struct subscription_view){
        .id = subscription->id,
        .arn = topic_subscription_arn(&call->world->topics, &call->arena, subscription),
        .protocol = topic_protocol_words[subscription->protocol],
        .endpoint = subscription->endpoint,
        .confirmed = subscription->confirmed,
        .raw = subscription->raw,
        .filter = subscription->filter_held,
        .scope = !filters                     ? NULL
                 : subscription->by_body_held ? "MessageBody"
                                              : "MessageAttributes",
        .dead_letter = subscription->dead_letter,
        .delivered = heard->delivered,
        .filtered = heard->filtered,
        .failed = heard->dead + heard->lost,
        .dead = heard->dead,
        .lost = heard->lost,
        .fate = heard->message == 0 ? NULL : fate_words[heard->fate],
        .message = lab_message_id(call, heard->message),
        .last_s = lab_seconds_ago(call, heard->last),
        .reason = subscription->reason,
    };
}

static void topic_see(struct call *call, const struct topic *topic, struct topic_view *view)
{
    *view = (struct topic_view){
        .id = topic->id,
        .arn = topic_arn(&call->world->topics, &call->arena, topic),
        .name = topic->name,
        .fifo = topic->fifo,
        .published = topic->counts.published,
        .delivered = topic->counts.delivered,
        .filtered = topic->counts.filtered,
        .failed = topic->counts.failed,
        .dead = topic->counts.redriven,
        .unheard = topic->counts.unheard,
        .duplicates = topic->counts.duplicates,
        .message = lab_message_id(call, topic->message),
        .last_s = lab_seconds_ago(call, topic->last),
    };
    for (uint32_t i = 0; i < topic->heard.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->subscriptions) =
            subscription_see(call, topic->heard.items[i]);
}

/* ---- what is tried again ---- */

static int by_id(const void *a, const void *b)
{
    uint64_t left = (*(struct subscription_view *const *)a)->id;
    uint64_t right = (*(struct subscription_view *const *)b)->id;

    return left < right ? -1 : left > right;
}

static int id_of(const void *key, const void *item)
{
    uint64_t id = *(const uint64_t *)key;
    uint64_t here = (*(struct subscription_view *const *)item)->id;

    return id < here ? -1 : id > here;
}

static void count_retries(struct call *call, struct topics_out *out)
{
    const struct pool *deliveries = &call->world->topics.deliveries;
    LIST(struct subscription_view *) all = {0};
    void **rows = deliveries->count == 0 ? NULL : pool_rows(deliveries);

    for (uint32_t i = 0; rows != NULL && i < out->topics.count; i++)
        for (uint32_t k = 0; k < out->topics.items[i].subscriptions.count; k++)
            *LIST_PUSH_IN(&call->arena, &all) = &out->topics.items[i].subscriptions.items[k];
    if (all.count > 0)
        qsort(all.items, all.count, sizeof(*all.items), by_id);
    for (uint32_t i = 0; rows != NULL && all.count > 0 && i < deliveries->count; i++) {
        const struct topic_delivery *delivery = rows[i];
        struct subscription_view **found =
            delivery->tries == 0 ? NULL
                                 : bsearch(&delivery->subscription, all.items, all.count,
                                           sizeof(*all.items), id_of);

        if (found != NULL)
            (*found)->retrying++;
    }
    free(rows);
}

/* ---- what was published ---- */

static void add_messages(struct call *call, struct topics_out *out, uint32_t most)
{
    const struct message_notes notes =
        most == 0 ? (struct message_notes){0}
                  : message_log_latest(&call->world->messages, &call->arena,
                                       &(struct message_wish){
                                           .account = call->account,
                                           .region = call->region,
                                           .step = MESSAGE_PUBLISHED,
                                           .most = NOTES_MOST,
                                       });

    for (uint32_t i = 0; i < notes.count; i++) {
        const struct message_note *note = notes.items[i];
        struct topic_view *view = NULL;

        for (uint32_t k = 0; k < out->topics.count && view == NULL; k++)
            if (out->topics.items[k].id == note->place)
                view = &out->topics.items[k];
        if (view == NULL || view->messages.count >= most)
            continue;
        *LIST_PUSH_IN(&call->arena, &view->messages) = (struct published_view){
            .id = lab_message_id(call, note->message),
            .body = note->text,
            .age_s = (call->world->sim.now - note->time) / SECOND_NS,
            .listeners = note->other,
        };
    }
}

static int describe_topics(struct call *call, const void *input, void *output)
{
    const struct topics_in *in = input;
    struct topics_out *out = output;
    const struct table *table = &call->world->topics.table;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct topic *topic = table_at(table, i);

        if (topic->account == call->account && topic->region == call->region)
            topic_see(call, topic, LIST_PUSH_IN(&call->arena, &out->topics));
    }
    count_retries(call, out);
    add_messages(call, out,
                 in->max_results.set ? (uint32_t)in->max_results.value : MESSAGES_DEFAULT);
    return 0;
}

const struct op op_lab_describe_topics = {
    .name = "DescribeTopics",
    .doc = "Shows the topics: who hears them, what filters held back, what was given up, what "
           "nobody heard.",
    .example = "lab describe-topics",
    .in = &topics_in_shape,
    .out = &topics_out_shape,
    .run = describe_topics,
};
