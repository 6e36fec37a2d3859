/*
 * api/sns.c - the service sns: its operations, and what they share.
 */
#include "api/sns.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/sns_parts.h"
#include "base/str.h"

const struct fault_kind fault_sns_topic = {
    .code = "NotFound",
    .text = "Topic does not exist",
    .hint = "aws sns list-topics shows the topics of this account in this Region.",
};
const struct fault_kind fault_sns_subscription = {
    .code = "NotFound",
    .text = "Subscription does not exist",
    .hint = "aws sns list-subscriptions shows the subscriptions of this account in this Region.",
};
const struct fault_kind fault_sns_denied = {
    .code = "AuthorizationError",
    .text = "User: {} is not authorized to perform: SNS:{} on resource: {} because no "
            "resource-based policy allows the SNS:{} action",
    .hint = "The topic belongs to another account: its policy must allow yours. aws sns "
            "add-permission, asked by its owner, writes one.",
};
const struct fault_kind fault_sns_not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "Subscriptions of queues (sqs) and mailboxes (email, email-json) are modelled.",
};
const struct fault_kind fault_sns_filters = {
    .code = "FilterPolicyLimitExceeded",
    .text = "The maximum number of filter policies per topic, 200, is reached",
    .hint = "Filter in the consumer, or publish on several topics.",
};

int sns_refuse(struct call *call, const char *format, ...)
{
    char text[2048];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    return call_fault(call, &fault_topic_parameter, text);
}

/* ---- ARNs ---- */

int sns_arn_check(struct call *call, const char *arn, const char *parameter)
{
    int parts = 1;

    for (const char *at = arn; *at != '\0'; at++)
        parts += *at == ':';
    return parts >= 6 ? 0
                      : sns_refuse(call,
                                   "%s Reason: An ARN must have at least 6 elements, not %d",
                                   parameter, parts);
}

struct topic *sns_topic(struct call *call, const char *arn, const char *action)
{
    const char *region = call->world->catalog->regions[call->region].name;
    struct topic *topic = topic_find_arn(&call->world->topics, arn);
    const struct resource_ask ask = {
        .account = call->account,
        .action = arena_printf(&call->arena, "SNS:%s", action),
        .resource = arn,
    };

    if (sns_arn_check(call, arn, "TopicArn") != 0)
        return NULL;
    if (!str_starts(arn, arena_printf(&call->arena, "arn:aws:sns:%s:", region))) {
        sns_refuse(call, "TopicArn");
        return NULL;
    }
    if (topic == NULL) {
        call_fault(call, &fault_sns_topic);
        return NULL;
    }
    if (topic_allows(&call->world->topics, topic, &ask))
        return topic;
    call_fault(call, &fault_sns_denied,
               arena_printf(&call->arena, "arn:aws:iam::%012llu:user/learner",
                            (unsigned long long)call->account),
               action, arn, action);
    return NULL;
}

struct topic_subscription *sns_subscription(struct call *call, const char *arn)
{
    struct topic_subscription *subscription =
        topic_subscription_find_arn(&call->world->topics, arn);

    if (sns_arn_check(call, arn, "SubscriptionArn") != 0)
        return NULL;
    if (subscription != NULL && subscription->account == call->account)
        return subscription;
    call_fault(call, &fault_sns_subscription);
    return NULL;
}

json_t *sns_json_read(struct call *call, const char *text, const char **why)
{
    json_t *json = json_loads(text, 0, NULL);
    struct str reason = STR_INIT;

    *why = NULL;
    if (json == NULL) {
        topic_json_why(text, &reason);
        *why = arena_strdup(&call->arena, str_text(&reason));
    }
    str_release(&reason);
    return json;
}

/* ---- the service ---- */

static const struct op *const sns_ops[] = {
    &op_sns_add_permission,
    &op_confirm_subscription,
    &op_create_topic,
    &op_delete_topic,
    &op_get_subscription_attributes,
    &op_get_topic_attributes,
    &op_list_subscriptions,
    &op_list_subscriptions_by_topic,
    &op_sns_list_tags,
    &op_list_topics,
    &op_publish,
    &op_publish_batch,
    &op_sns_remove_permission,
    &op_set_subscription_attributes,
    &op_set_topic_attributes,
    &op_subscribe,
    &op_sns_tag_resource,
    &op_unsubscribe,
    &op_sns_untag_resource,
    NULL,
};

const struct service service_sns = {
    .name = "sns",
    .doc = "Simple Notification Service: topics, and who hears what is said on them.",
    .style = STYLE_QUERY,
    .ops = sns_ops,
};
