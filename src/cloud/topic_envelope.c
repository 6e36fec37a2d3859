/*
 * cloud/topic_envelope.c - SNS: what is delivered: a message in its envelope, or a question.
 *
 * True to the developer guide, "Parsing Amazon SNS message formats".  A signature has the form of
 * AWS's and signs nothing.
 */
#include "cloud/topic_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { SIGNATURE_BYTES = 256 };

const char *topic_url(const struct topics *topics, const struct topic *topic, struct arena *arena)
{
    return arena_printf(arena, "https://" TOPIC_HOST, topics->catalog->regions[topic->region].name);
}

static void add_text(struct str *out, const char *text)
{
    json_t *json = json_string(text);
    char *quoted = json_dumps(json, JSON_ENCODE_ANY);

    str_add(out, quoted == NULL ? "\"\"" : quoted);
    free(quoted);
    json_decref(json);
}

static void add_member(struct str *out, const char *name, const char *text)
{
    str_addf(out, "%s\n  \"%s\" : ", out->length == 1 ? "" : ",", name);
    add_text(out, text);
}

static char *base64_of(const uint8_t *bytes, size_t size)
{
    char *text = xcalloc(BASE64_ENCODE_RAW_LENGTH(size) + 1, 1);

    base64_encode_raw(text, size, bytes);
    return text;
}

static void add_signature(struct topics *topics, const struct topic *topic, uint64_t message,
                          struct str *out)
{
    struct chance chance = chance_stream(topics->seed, "topic-signature", message);
    struct chance certificate = chance_stream(topics->seed, "topic-certificate", topic->region);
    uint8_t bytes[SIGNATURE_BYTES];
    uint64_t high = chance_u64(&certificate);
    char url[160];
    char *signature;

    for (int i = 0; i < SIGNATURE_BYTES; i += 8) {
        uint64_t draw = chance_u64(&chance);

        memcpy(bytes + i, &draw, 8);
    }
    signature = base64_of(bytes, sizeof(bytes));
    add_member(out, "SignatureVersion", topic->signature == 2 ? "2" : "1");
    add_member(out, "Signature", signature);
    snprintf(url, sizeof(url),
             "https://sns.%s.amazonaws.com/SimpleNotificationService-%016" PRIx64 "%016" PRIx64
             ".pem",
             topics->catalog->regions[topic->region].name, high, chance_u64(&certificate));
    add_member(out, "SigningCertURL", url);
    free(signature);
}

static void add_values(const struct topic_message *message, struct str *out)
{
    if (message->value_count == 0)
        return;
    str_add(out, ",\n  \"MessageAttributes\" : {");
    for (uint32_t i = 0; i < message->value_count; i++) {
        const struct queue_value *value = &message->values[i];
        char *binary = value->text != NULL
                           ? NULL
                           : base64_of((const uint8_t *)value->binary.bytes, value->binary.size);

        str_add(out, i == 0 ? "\n    " : ",\n    ");
        add_text(out, value->name);
        str_add(out, " : {\"Type\":");
        add_text(out, value->type);
        str_add(out, ",\"Value\":");
        add_text(out, binary != NULL ? binary : value->text);
        str_addc(out, '}');
        free(binary);
    }
    str_add(out, "\n  }");
}

/* The message in SNS's envelope: JSON, in the form of its documentation. */
const char *topic_envelope(struct topics *topics, const struct topic_notice *notice,
                           const struct topic_subscription *subscription, const char *body,
                           struct arena *arena)
{
    const struct topic *topic = notice->topic;
    struct str out = STR_INIT;
    char uuid[MESSAGE_UUID];
    char time[CLOCK_TEXT_SIZE];
    const char *kept;

    message_uuid(topics->log, notice->id, uuid);
    str_add(&out, "{");
    add_member(&out, "Type", "Notification");
    add_member(&out, "MessageId", uuid);
    if (topic->fifo)
        add_member(&out, "SequenceNumber",
                   arena_printf(arena, "1%016" PRIu64 "000", notice->number));
    add_member(&out, "TopicArn", topic_arn(topics, arena, topic));
    if (notice->message->subject != NULL)
        add_member(&out, "Subject", notice->message->subject);
    add_member(&out, "Message", body);
    add_member(&out, "Timestamp", clock_format(topics->sim->now, CLOCK_MILLI_Z, time));
    if (!topic->fifo)
        add_signature(topics, topic, notice->id, &out);
    add_member(&out, "UnsubscribeURL",
               arena_printf(arena, "%s/?Action=Unsubscribe&SubscriptionArn=%s",
                            topic_url(topics, topic, arena),
                            topic_subscription_arn(topics, arena, subscription)));
    add_values(notice->message, &out);
    str_add(&out, "\n}");
    kept = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return kept;
}

const char *topic_question(struct topics *topics, const struct topic_subscription *subscription,
                           uint64_t message, bool over, struct arena *arena)
{
    const struct topic *topic = topic_find(topics, subscription->topic);
    const char *arn = topic_arn(topics, arena, topic);
    struct str out = STR_INIT;
    char token[TOPIC_TOKEN];
    char uuid[MESSAGE_UUID];
    char time[CLOCK_TEXT_SIZE];
    const char *kept;

    topic_token(topics, subscription, token);
    message_uuid(topics->log, message, uuid);
    str_add(&out, "{");
    add_member(&out, "Type", over ? "UnsubscribeConfirmation" : "SubscriptionConfirmation");
    add_member(&out, "MessageId", uuid);
    add_member(&out, "Token", token);
    add_member(&out, "TopicArn", arn);
    add_member(&out, "Message",
               over ? arena_printf(arena,
                                   "You have chosen to deactivate subscription %s.\nTo cancel this "
                                   "operation and restore the subscription, visit the "
                                   "SubscribeURL included in this message.",
                                   topic_subscription_arn(topics, arena, subscription))
                    : arena_printf(arena,
                                   "You have chosen to subscribe to the topic %s.\nTo confirm the "
                                   "subscription, visit the SubscribeURL included in this "
                                   "message.",
                                   arn));
    add_member(&out, "SubscribeURL",
               arena_printf(arena, "%s/?Action=ConfirmSubscription&TopicArn=%s&Token=%s",
                            topic_url(topics, topic, arena), arn, token));
    add_member(&out, "Timestamp", clock_format(topics->sim->now, CLOCK_MILLI_Z, time));
    add_signature(topics, topic, message, &out);
    str_add(&out, "\n}");
    kept = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return kept;
}
