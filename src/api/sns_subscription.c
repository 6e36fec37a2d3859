/*
 * api/sns_subscription.c - the attributes of subscriptions, as people write and read them;
 * list-subscriptions, list-subscriptions-by-topic.
 */
#include "api/sns_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- reading attributes ---- */

static int refuse(struct call *call, const struct sns_reading *reading, const char *text)
{
    return sns_refuse(call, "%s%s", reading->before, text);
}

static int take_raw(struct call *call, const struct pair *pair, struct sns_reading *reading)
{
    bool yes = strcmp(pair->value, "true") == 0;

    if (!yes && strcmp(pair->value, "false") != 0)
        return refuse(call, reading,
                      arena_printf(&call->arena,
                                   "RawMessageDelivery: Invalid value [%s]. Must be true or false.",
                                   pair->value));
    reading->wish.raw = OPT_BOOL(yes);
    return 0;
}

static int take_scope(struct call *call, const struct pair *pair, struct sns_reading *reading)
{
    bool body = strcmp(pair->value, "MessageBody") == 0;

    if (!body && strcmp(pair->value, "MessageAttributes") != 0)
        return refuse(call, reading,
                      arena_printf(&call->arena,
                                   "FilterPolicyScope: Invalid value [%s]. Please use either "
                                   "MessageBody or MessageAttributes",
                                   pair->value));
    reading->wish.by_body = OPT_BOOL(body);
    return 0;
}

/* {"deadLetterTargetArn": ARN} */
static int take_redrive(struct call *call, const struct pair *pair, struct sns_reading *reading)
{
    const char *why;
    json_t *json;
    const char *arn;
    int status = 0;

    reading->wish.dead_letter = "";
    if (pair->value[0] == '\0')
        return 0;
    json = sns_json_read(call, pair->value, &why);
    if (json == NULL)
        return refuse(call, reading, arena_printf(&call->arena, "RedrivePolicy: %s", why));
    arn = json_string_value(json_object_get(json, "deadLetterTargetArn"));
    if (arn == NULL || !str_starts(arn, "arn:aws:sqs:"))
        status = refuse(call, reading, "RedrivePolicy: deadLetterTargetArn is an invalid arn");
    else if (reading->topic->fifo && !str_ends(arn, ".fifo"))
        status = refuse(call, reading,
                        "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO "
                        "Subscription to a FIFO Topic.");
    else
        reading->wish.dead_letter = arena_strdup(&call->arena, arn);
    json_decref(json);
    return status;
}

static int take_delivery(struct call *call, const struct pair *pair, struct sns_reading *reading)
{
    const char *why;
    json_t *json;
    int status;

    if (reading->protocol != TOPIC_HTTP && reading->protocol != TOPIC_HTTPS)
        return refuse(call, reading,
                      "DeliveryPolicy: protocol does not support the delivery policy");
    reading->wish.delivery = pair->value;
    if (pair->value[0] == '\0')
        return 0;
    json = sns_json_read(call, pair->value, &why);
    if (json == NULL)
        return refuse(call, reading, arena_printf(&call->arena, "DeliveryPolicy: %s", why));
    status = sns_delivery_check(call, json, true, reading->before);
    json_decref(json);
    return status;
}

static int take(struct call *call, const struct pair *pair, struct sns_reading *reading)
{
    if (strcmp(pair->key, "RawMessageDelivery") == 0)
        return take_raw(call, pair, reading);
    if (strcmp(pair->key, "FilterPolicyScope") == 0)
        return take_scope(call, pair, reading);
    if (strcmp(pair->key, "RedrivePolicy") == 0)
        return take_redrive(call, pair, reading);
    if (strcmp(pair->key, "FilterPolicy") == 0) {
        reading->wish.filter = pair->value;
        return 0;
    }
    if (strcmp(pair->key, "DeliveryPolicy") == 0)
        return take_delivery(call, pair, reading);
    return reading->subscription != NULL
               ? sns_refuse(call, "AttributeName")
               : refuse(call, reading,
                        arena_printf(&call->arena, "Unknown attribute: %s", pair->key));
}

/* The filter policy, new or old, must fit the scope, new or old. */
static int check_filter(struct call *call, struct sns_reading *reading)
{
    const struct topic_subscription *old = reading->subscription;
    const char *filter = reading->wish.filter != NULL ? reading->wish.filter
                         : old != NULL                ? old->filter
                                                      : NULL;
    bool by_body =
        reading->wish.by_body.set ? reading->wish.by_body.value : old != NULL && old->by_body;
    struct str why = STR_INIT;
    int status = 0;

    if (filter == NULL || filter[0] == '\0')
        return 0;
    if (topic_filter_check(filter, by_body, &why) != 0)
        status = str_starts(str_text(&why), "FilterPolicy")
                     ? refuse(call, reading, str_text(&why))
                     : sns_refuse(call, "%s", str_text(&why));
    else if ((old == NULL || old->filter == NULL) &&
             topic_filter_count(reading->topic) >= TOPIC_FILTERS_MAX)
        status = call_fault(call, &fault_sns_filters);
    str_release(&why);
    return status;
}

int sns_subscription_wish_read(struct call *call, const struct sns_pairs *pairs,
                               struct sns_reading *reading)
{
    for (uint32_t i = 0; i < pairs->count; i++)
        if (take(call, &pairs->items[i], reading) != 0)
            return -1;
    return check_filter(call, reading);
}

/* ---- showing ---- */

static const char *show_filter(struct call *call, const struct topic_subscription *subscription,
                               const char *name)
{
    if (strcmp(name, "FilterPolicy") == 0)
        return arena_strdup(&call->arena, subscription->filter);
    if (strcmp(name, "FilterPolicyScope") == 0)
        return subscription->filter == NULL && !subscription->scope_set ? NULL
               : subscription->by_body                                  ? "MessageBody"
                                                                        : "MessageAttributes";
    return subscription->dead_letter == NULL
               ? NULL
               : arena_printf(&call->arena, "{\"deadLetterTargetArn\": \"%s\"}",
                              subscription->dead_letter);
}

/* The delivery policy with all that it leaves out. */
static const char *show_effective(struct call *call, const struct topic_subscription *subscription)
{
    const struct topic *topic = topic_find(&call->world->topics, subscription->topic);
    json_t *own =
        subscription->delivery == NULL ? NULL : json_loads(subscription->delivery, 0, NULL);
    const json_t *request = json_object_get(own, "requestPolicy");
    struct topic_retry retry;
    const char *kept;
    json_t *all;
    char *text;

    topic_retry_read(topic->delivery, subscription->delivery, &retry);
    all =
        json_pack("{s:o,s:n,s:n,s:O?,s:b}", "healthyRetryPolicy", topic_retry_json(&retry),
                  "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", request, "guaranteed", 0);
    text = json_dumps(all, JSON_COMPACT);
    kept = arena_strdup(&call->arena, text);
    free(text);
    json_decref(all);
    json_decref(own);
    return kept;
}

static const char *show_delivery(struct call *call, const struct topic_subscription *subscription,
                                 const char *name)
{
    if (subscription->protocol != TOPIC_HTTP && subscription->protocol != TOPIC_HTTPS)
        return NULL;
    return name[0] == 'E' ? show_effective(call, subscription)
                          : arena_strdup(&call->arena, subscription->delivery);
}

const char *sns_subscription_attribute(struct call *call,
                                       const struct topic_subscription *subscription,
                                       const char *name)
{
    const struct topics *topics = &call->world->topics;

    if (strcmp(name, "SubscriptionPrincipal") == 0)
        return arena_printf(&call->arena, "arn:aws:iam::%012" PRIu64 ":user/learner",
                            subscription->account);
    if (strcmp(name, "Owner") == 0)
        return arena_printf(&call->arena, "%012" PRIu64, subscription->account);
    if (strcmp(name, "RawMessageDelivery") == 0)
        return subscription->raw ? "true" : "false";
    if (strcmp(name, "TopicArn") == 0)
        return topic_arn(topics, &call->arena, topic_find(topics, subscription->topic));
    if (strcmp(name, "Endpoint") == 0)
        return arena_strdup(&call->arena, subscription->endpoint);
    if (strcmp(name, "Protocol") == 0)
        return topic_protocol_words[subscription->protocol];
    if (strcmp(name, "PendingConfirmation") == 0)
        return subscription->confirmed ? "false" : "true";
    if (strcmp(name, "ConfirmationWasAuthenticated") == 0)
        return subscription->authenticated ? "true" : "false";
    if (strcmp(name, "SubscriptionArn") == 0)
        return topic_subscription_arn(topics, &call->arena, subscription);
    if (str_ends(name, "DeliveryPolicy"))
        return show_delivery(call, subscription, name);
    return strcmp(name, "RedrivePolicy") == 0 || str_starts(name, "FilterPolicy")
               ? show_filter(call, subscription, name)
               : NULL;
}

/* ---- list-subscriptions, list-subscriptions-by-topic ---- */

struct list_in {
    const char *topic;
    const char *token;
};

struct subscription_view {
    const char *arn;
    const char *owner;
    const char *protocol;
    const char *endpoint;
    const char *topic;
};

struct list_out {
    LIST(struct subscription_view) subscriptions;
    const char *next;
};

static const struct field view_fields[] = {
    F_STRING(struct subscription_view, arn, "SubscriptionArn", "Its ARN, or PendingConfirmation.",
             .flags = FIELD_COLUMN),
    F_STRING(struct subscription_view, owner, "Owner", "The account whose it is."),
    F_STRING(struct subscription_view, protocol, "Protocol", "How it is told.",
             .flags = FIELD_COLUMN),
    F_STRING(struct subscription_view, endpoint, "Endpoint", "Who is told.", .flags = FIELD_COLUMN),
    F_STRING(struct subscription_view, topic, "TopicArn", "What it hears.", .ref = &kind_topic),
};
static const struct shape view_shape = SHAPE("Subscription", struct subscription_view, view_fields);
static const struct field list_in_fields[] = {F_NEXT_TOKEN(struct list_in, token)};
static const struct field by_topic_in_fields[] = {
    F_TOPIC_ARN(struct list_in, topic),
    F_NEXT_TOKEN(struct list_in, token),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, subscriptions, struct subscription_view, &view_shape, "Subscriptions",
           "In the order of their making."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape =
    SHAPE("ListSubscriptionsInput", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListSubscriptionsResponse", struct list_out, list_out_fields);
static const struct shape by_topic_in_shape =
    SHAPE("ListSubscriptionsByTopicInput", struct list_in, by_topic_in_fields);
static const struct shape by_topic_out_shape =
    SHAPE("ListSubscriptionsByTopicResponse", struct list_out, list_out_fields);
static const struct paging list_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .result = "Subscriptions",
};

enum { LIST_MOST = 100 };

static int list_some(struct call *call, const struct list_in *wish, const struct topic *topic,
                     struct list_out *answer)
{
    const struct topics *topics = &call->world->topics;
    struct page page;

    for (uint32_t i = 0; i < table_count(&topics->subscriptions); i++) {
        const struct topic_subscription *one = table_at(&topics->subscriptions, i);
        const struct topic *heard = topic_find(topics, one->topic);

        if (topic != NULL ? heard != topic
                          : one->account != call->account || heard->region != call->region)
            continue;
        *LIST_PUSH_IN(&call->arena, &answer->subscriptions) = (struct subscription_view){
            .arn = one->confirmed ? topic_subscription_arn(topics, &call->arena, one)
                                  : "PendingConfirmation",
            .owner = arena_printf(&call->arena, "%012" PRIu64, one->account),
            .protocol = topic_protocol_words[one->protocol],
            .endpoint = one->endpoint,
            .topic = topic_arn(topics, &call->arena, heard),
        };
    }
    if (page_find(call, OPT_INT(LIST_MOST), wish->token, answer->subscriptions.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->subscriptions, page);
    answer->next = page.next;
    return 0;
}

static int list_all(struct call *call, const void *in, void *out)
{
    return list_some(call, in, NULL, out);
}

static int list_by_topic(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct topic *topic = sns_topic(call, wish->topic, "ListSubscriptionsByTopic");

    return topic == NULL ? -1 : list_some(call, wish, topic, out);
}

const struct op op_list_subscriptions = {
    .name = "ListSubscriptions",
    .doc = "Lists your subscriptions in this Region, 100 at a time.",
    .example = "aws sns list-subscriptions",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .paging = &list_paging,
    .run = list_all,
};

static const struct fault_kind *const by_topic_faults[] = {SNS_TOPIC_FAULTS, NULL};

const struct op op_list_subscriptions_by_topic = {
    .name = "ListSubscriptionsByTopic",
    .doc = "Lists who hears a topic, 100 at a time.",
    .example = "aws sns list-subscriptions-by-topic --topic-arn $T",
    .needs = SNS_EXAMPLE_MAIL,
    .in = &by_topic_in_shape,
    .out = &by_topic_out_shape,
    .faults = by_topic_faults,
    .paging = &list_paging,
    .run = list_by_topic,
};
