/*
 * cloud/topic_publish.c - SNS: a message is published: who hears it, and who does not.
 *
 * True to the API reference, "Publish", and to recorded answers.
 */
#include "cloud/topic_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/pack.h"
#include "base/str.h"

enum { PRICED_BYTES = 65536 }; /* each such part of a message counts as a request */

const struct fault_kind fault_topic_parameter = {
    .code = "InvalidParameter",
    .text = "Invalid parameter: {}",
    .hint = "The message names the parameter; `aws sns help` and its operations say what each may "
            "be.",
};
const struct fault_kind fault_topic_value = {
    .code = "ParameterValueInvalid",
    .text = "{}",
    .hint = "A message attribute has a name of letters, digits, - _ and single dots, a type "
            "(String, Number, String.Array, Binary), and a value of that type.",
};
const struct fault_kind fault_topic_too_long = {
    .code = "InvalidParameter",
    .text = "Invalid parameter: Message too long",
    .hint = "Message and attributes may have 262,144 bytes together: put more into a store, and "
            "publish where it lies.",
};

/* ---- checks ---- */

int64_t topic_message_bytes(const struct topic_message *message)
{
    const struct queue_send send = {
        .body = message->body,
        .values = message->values,
        .value_count = message->value_count,
    };

    return queue_send_bytes(&send);
}

static int bad_value(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int bad_value(struct fault *fault, const char *format, ...)
{
    char text[512];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    return fault_set(fault, &fault_topic_value, text);
}

static int check_name(const char *name, struct fault *fault)
{
    size_t length = strlen(name);

    if (length >= 256)
        return fault_set(fault, &fault_topic_value,
                         "Length of message attribute name must be less than 256 bytes.");
    if (length > 0 && (name[0] == '.' || name[length - 1] == '.'))
        return bad_value(fault, "Invalid message attribute name %s with character '.' was found.",
                         name[0] == '.' ? "starting" : "ending");
    if (strstr(name, "..") != NULL)
        return fault_set(fault, &fault_topic_value,
                         "Message attribute name can not have successive '.' character.");
    for (size_t i = 0; i < length; i++) {
        char digits[8];

        if (isalnum((unsigned char)name[i]) || strchr("-_.", name[i]) != NULL)
            continue;
        snprintf(digits, sizeof(digits), "%X", (unsigned char)name[i]);
        return bad_value(fault,
                         "Invalid non-alphanumeric character '#x%s' was found in the message "
                         "attribute name. Can only include alphanumeric characters, hyphens, "
                         "underscores, or dots.",
                         digits);
    }
    return 0;
}

static int check_value(const struct queue_value *value, struct fault *fault)
{
    static const char *const words[] = {"String", "Number", "Binary"};
    const char *word = NULL;
    bool binary;

    if (check_name(value->name, fault) != 0)
        return -1;
    for (size_t i = 0; i < 3; i++)
        if (str_starts(value->type, words[i]) &&
            (value->type[6] == '\0' || (value->type[6] == '.' && value->type[7] != '\0')))
            word = words[i];
    if (word == NULL)
        return bad_value(fault,
                         "The message attribute '%s' has an invalid message attribute type, the "
                         "set of supported type prefixes is Binary, Number, and String.",
                         value->name);
    binary = strcmp(word, "Binary") == 0;
    if (binary ? value->text != NULL : value->binary.size > 0)
        return bad_value(fault, "The message attribute '%s' with type '%s' must use field '%s'.",
                         value->name, value->type, binary ? "Binary" : "String");
    if (binary ? value->binary.size == 0 : value->text == NULL || value->text[0] == '\0')
        return bad_value(fault,
                         "The message attribute '%s' must contain non-empty message attribute "
                         "value for message attribute type '%s'.",
                         value->name, value->type);
    return 0;
}

static bool is_subject(const char *subject)
{
    size_t length = strlen(subject);

    if (length == 0 || length > TOPIC_SUBJECT_MAX || !isgraph((unsigned char)subject[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (subject[i] < ' ' || subject[i] > '~')
            return false;
    return true;
}

static int check_fifo(const struct topic *topic, const struct topic_message *message,
                      struct fault *fault)
{
    if (topic->fifo && message->group == NULL)
        return fault_set(fault, &fault_topic_parameter,
                         "The MessageGroupId parameter is required for FIFO topics");
    if (topic->fifo && message->dedup == NULL && !topic->by_content)
        return fault_set(fault, &fault_topic_parameter,
                         "The topic should either have ContentBasedDeduplication enabled or "
                         "MessageDeduplicationId provided explicitly");
    if (!topic->fifo && message->dedup != NULL)
        return fault_set(fault, &fault_topic_parameter,
                         "MessageDeduplicationId Reason: The request includes "
                         "MessageDeduplicationId parameter that is not valid for this topic type");
    return 0;
}

int topic_message_check(const struct topic *topic, const struct topic_message *message,
                        struct fault *fault)
{
    if (message->body == NULL || message->body[0] == '\0')
        return fault_set(fault, &fault_topic_parameter, "Empty message");
    if (message->subject != NULL && !is_subject(message->subject))
        return fault_set(fault, &fault_topic_parameter, "Subject");
    for (uint32_t i = 0; i < message->value_count; i++)
        if (check_value(&message->values[i], fault) != 0)
            return -1;
    if (topic_message_bytes(message) > TOPIC_SIZE_MAX)
        return fault_set(fault, &fault_topic_too_long);
    return check_fifo(topic, message, fault);
}

/* ---- publishing ---- */

static void count_published(struct topic *topic, int64_t bytes)
{
    struct topic_counts *counts = &topic->counts;
    bool first = counts->published == topic->told.published;

    counts->least = first || bytes < counts->least ? bytes : counts->least;
    counts->most = first || bytes > counts->most ? bytes : counts->most;
    counts->published++;
    counts->bytes += bytes;
}

static void filtered(struct topics *topics, const struct topic_notice *notice,
                     struct topic_subscription *subscription, enum topic_verdict verdict)
{
    struct topic_counts *counts = &notice->topic->counts;

    topic_fated(topics, notice->topic, subscription, notice->id, TOPIC_FATE_FILTERED,
                NULL);
    counts->no_values += verdict == TOPIC_FILTERED_EMPTY;
    counts->bad_body += verdict == TOPIC_FILTERED_BODY;
    topic_note(topics, notice->topic, notice->id, "not for %s: its filter policy %s",
               subscription->endpoint,
               verdict == TOPIC_FILTERED_EMPTY  ? "asks for attributes, and the message has none"
               : verdict == TOPIC_FILTERED_BODY ? "asks for a JSON object, and the body is none"
                                                : "wants other messages");
}

/* To all who hear it. */
static void fan_out(struct topics *topics, const struct topic_notice *notice)
{
    struct topic *topic = notice->topic;
    struct topic_sieve sieve = {.topics = topics, .message = notice->message};
    struct arena arena = ARENA_INIT;
    uint32_t listeners = 0;

    for (uint32_t i = 0; i < topic->heard.count; i++) {
        struct topic_subscription *subscription = topic->heard.items[i];
        struct arena_mark mark = arena_mark(&arena);
        enum topic_verdict verdict;

        if (!subscription->confirmed) {
            topic_note(topics, topic, notice->id, "not for %s: it has not confirmed yet",
                       subscription->endpoint);
            continue;
        }
        listeners++;
        subscription->heard.message = notice->id;
        topic_fated(topics, topic, subscription, notice->id, TOPIC_FATE_OPEN, NULL);
        verdict = topic_filter(&sieve, subscription);
        if (verdict == TOPIC_PASSES)
            topic_notify(topics, notice, subscription, &arena);
        else
            filtered(topics, notice, subscription, verdict);
        arena_back(&arena, mark);
    }
    if (listeners == 0) {
        topic->counts.unheard++;
        topic_note(topics, topic, notice->id, "nobody was listening: it is lost");
        topic_tell(topics, topic, "lost a message: nobody was listening");
    }
    arena_release(&arena);
}

/* The topic keeps nothing; its history says what was published, and how many were there to hear. */
static void note_published(struct topics *topics, const struct topic_notice *notice)
{
    const struct topic *topic = notice->topic;
    struct arena arena = ARENA_INIT;
    struct message_note note = {
        .message = notice->id,
        .account = topic->account,
        .region = topic->region,
        .step = MESSAGE_PUBLISHED,
        .place = topic->id,
        .number = topic_message_bytes(notice->message),
        .text = (char *)(uintptr_t)message_text(&arena, notice->message->body),
    };

    for (uint32_t i = 0; i < topic->heard.count; i++)
        note.other += topic->heard.items[i]->confirmed;
    message_log_add(topics->log, note);
    arena_release(&arena);
}

void topic_publish(struct topics *topics, struct topic *topic, const struct topic_message *message,
                   struct topic_published *published)
{
    char content[QUEUE_CONTENT_ID];
    struct topic_notice notice = {.topic = topic, .message = message};
    const struct topic_dedup *before = NULL;

    if (topic->fifo) {
        notice.dedup =
            message->dedup != NULL ? message->dedup : queue_content_id(message->body, content);
        before = topic_dedup_find(topics, topic, message->group, notice.dedup);
    }
    if (topics->charge != NULL)
        topics->charge(topics->context, topic,
                       (topic_message_bytes(message) + PRICED_BYTES - 1) / PRICED_BYTES,
                       TOPIC_NOTHING);
    if (before != NULL) {
        *published = (struct topic_published){before->message, before->number, true};
        topic->counts.duplicates++;
        topic_note(topics, topic, before->message,
                   "published again within five minutes: nobody is told twice");
        return;
    }
    do
        notice.id = topic_draw(topics, topic, 0);
    while (notice.id == 0);
    if (topic->fifo) {
        notice.number = ++topic->sequence;
        topic_dedup_keep(topics, topic, message->group,
                         &(struct topic_dedup){
                             .message = notice.id,
                             .number = notice.number,
                             .text = (char *)(uintptr_t)notice.dedup,
                         });
    }
    *published = (struct topic_published){.message = notice.id, .number = notice.number};
    count_published(topic, topic_message_bytes(message));
    topic->last = topics->sim->now;
    topic->message = notice.id;
    note_published(topics, &notice);
    fan_out(topics, &notice);
}

/* ---- services ---- */

static enum topic_refusal refuse(enum topic_refusal refusal, const char **why, const char *text)
{
    if (why != NULL)
        *why = text;
    return refusal;
}

static bool may_publish(const struct topics *topics, const struct topic *topic,
                        const struct topic_deliver_wish *wish, const struct resource_ask *ask)
{
    const struct resource_ask account = {
        .account = wish->source_account,
        .action = ask->action,
        .resource = ask->resource,
    };

    if (topic_allows(topics, topic, ask))
        return true;
    return wish->for_account &&
           (topic->rules == NULL || resource_policy_judge(topic->rules, ask) == POLICY_SILENT) &&
           topic_allows(topics, topic, &account);
}

enum topic_refusal topic_deliver(struct topics *topics, const struct topic_deliver_wish *wish,
                                 struct topic_published *published, struct arena *arena,
                                 const char **why)
{
    struct topic *topic = topic_find_arn(topics, wish->arn);
    const struct resource_ask ask = {
        .service = wish->service,
        .action = "sns:Publish",
        .resource = wish->arn,
        .source_arn = wish->source_arn,
        .source_account = wish->source_account,
    };
    struct fault fault = FAULT_INIT;
    enum topic_refusal refusal = TOPIC_TOOK;

    if (topic == NULL)
        return refuse(TOPIC_NOT_THERE, why, arena_printf(arena, "there is no topic %s", wish->arn));
    if (topics->region_lost != NULL && topics->region_lost(topics->context, topic->region))
        return refuse(TOPIC_BUSY, why,
                      arena_printf(arena, "SNS does not answer in %s",
                                   topics->catalog->regions[topic->region].name));
    if (!may_publish(topics, topic, wish, &ask))
        return refuse(TOPIC_NOT_ALLOWED, why,
                      arena_printf(arena, "the policy of the topic %s does not allow sns:Publish "
                                          "to %s for this source",
                                   topic->name, wish->service));
    if (topic_message_check(topic, &wish->message, &fault) == 0)
        topic_publish(topics, topic, &wish->message, published);
    else
        refusal = refuse(TOPIC_NOT_TAKEN, why, arena_strdup(arena, fault.message));
    fault_release(&fault);
    return refusal;
}
