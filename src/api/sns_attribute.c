/*
 * api/sns_attribute.c - the attributes of topics, as people write and read them.
 */
#include "api/sns_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"

/* ---- reading ---- */

static int take_bool(struct call *call, const struct pair *pair, struct opt_bool *to)
{
    bool yes = strcmp(pair->value, "true") == 0;

    if (!yes && strcmp(pair->value, "false") != 0)
        return sns_refuse(call, "Attributes Reason: %s: Invalid value [%s]. Must be true or false.",
                          pair->key, pair->value);
    *to = OPT_BOOL(yes);
    return 0;
}

static int take_policy(struct call *call, const struct pair *pair, struct topic_wish *wish)
{
    struct resource_policy *policy = NULL;
    const char *what;
    enum resource_policy_fault fault;

    wish->policy = pair->value;
    if (pair->value[0] == '\0')
        return 0;
    fault = resource_policy_read(pair->value, &call->arena, &policy, &what);
    resource_policy_free(policy);
    if (fault == POLICY_MALFORMED)
        return sns_refuse(call, "Policy Error: null");
    if (fault == POLICY_NOT_MODELLED)
        return call_fault(call, &fault_sns_not_modelled,
                          arena_printf(&call->arena, "%s in a policy", what));
    return 0;
}

/* What stands in a DeliveryPolicy; a topic's names begin with "default". */
static const struct {
    const char *own;
    const char *of_topic;
} delivery_names[] = {
    {"healthyRetryPolicy", "defaultHealthyRetryPolicy"},
    {"throttlePolicy", "defaultThrottlePolicy"},
    {"requestPolicy", "defaultRequestPolicy"},
    {"sicklyRetryPolicy", "defaultSicklyRetryPolicy"},
    {"guaranteed", "disableSubscriptionOverrides"},
};

enum { DELIVERY_RETRY, DELIVERY_THROTTLE, DELIVERY_REQUEST, DELIVERY_SICKLY, DELIVERY_FLAG };

static const char *delivery_name(size_t which, bool own)
{
    return own ? delivery_names[which].own : delivery_names[which].of_topic;
}

/* The content types that requests may have. */
static bool is_content_type(const char *text)
{
    static const char *const types[] = {"text/plain", "application/json", "application/xml"};

    for (size_t i = 0; text != NULL && i < sizeof(types) / sizeof(types[0]); i++)
        if (str_starts(text, types[i]) &&
            (text[strlen(types[i])] == '\0' || text[strlen(types[i])] == ';'))
            return true;
    return false;
}

int sns_delivery_check(struct call *call, const json_t *json, bool own, const char *before)
{
    const char *const where = own ? "" : "http.";
    const json_t *retry = json_object_get(json, delivery_name(DELIVERY_RETRY, own));
    const json_t *request = json_object_get(json, delivery_name(DELIVERY_REQUEST, own));
    struct str why = STR_INIT;
    const char *name;
    json_t *value;
    int status = 0;

    json_object_foreach ((json_t *)(uintptr_t)json, name, value) {
        size_t which = 0;

        while (which <= DELIVERY_FLAG && strcmp(name, delivery_name(which, own)) != 0)
            which++;
        if (which > DELIVERY_FLAG)
            return sns_refuse(call, "%sDeliveryPolicy: Unexpected JSON member: %s%s", before, where,
                              name);
        if ((which == DELIVERY_THROTTLE || which == DELIVERY_SICKLY) && !json_is_null(value))
            return call_fault(call, &fault_sns_not_modelled,
                              arena_printf(&call->arena, "%s%s in a DeliveryPolicy", where, name));
    }
    if (retry != NULL && !json_is_null(retry) &&
        topic_retry_check(
            retry, arena_printf(&call->arena, "%s%s", where, delivery_name(DELIVERY_RETRY, own)),
            &why) != 0)
        status = sns_refuse(call, "%s%s", before, str_text(&why));
    str_release(&why);
    if (status == 0 && request != NULL && !json_is_null(request) &&
        !is_content_type(json_string_value(json_object_get(request, "headerContentType"))))
        status = sns_refuse(call,
                            "%sDeliveryPolicy: %s%s.headerContentType must be text/plain, "
                            "application/json or application/xml",
                            before, where, delivery_name(DELIVERY_REQUEST, own));
    return status;
}

static int take_delivery(struct call *call, const struct pair *pair, struct topic_wish *wish)
{
    const char *why;
    const json_t *http;
    json_t *json;
    int status;

    wish->delivery = pair->value;
    if (pair->value[0] == '\0')
        return 0;
    json = sns_json_read(call, pair->value, &why);
    if (json == NULL)
        return sns_refuse(call, "DeliveryPolicy: %s", why);
    http = json_object_get(json, "http");
    status = json_is_object(http) ? sns_delivery_check(call, http, false, "")
                                  : sns_refuse(call, "DeliveryPolicy: http must be specified");
    json_decref(json);
    return status;
}

static int take_word(struct call *call, const struct pair *pair, struct topic_wish *wish)
{
    bool group = strcmp(pair->value, "MessageGroup") == 0;

    if (strcmp(pair->key, "SignatureVersion") == 0) {
        if (strcmp(pair->value, "1") != 0 && strcmp(pair->value, "2") != 0)
            return sns_refuse(call, "SignatureVersion");
        wish->signature = OPT_INT(pair->value[0] - '0');
        return 0;
    }
    if (!group && strcmp(pair->value, "Topic") != 0)
        return sns_refuse(call, "FifoThroughputScope");
    wish->group_scope = OPT_BOOL(group);
    return 0;
}

/* What AWS has, and nothing follows from here. */
static bool is_not_modelled(const char *name)
{
    return strcmp(name, "TracingConfig") == 0 || strcmp(name, "ArchivePolicy") == 0 ||
           str_ends(name, "FeedbackRoleArn") || str_ends(name, "FeedbackSampleRate");
}

int sns_topic_wish_read(struct call *call, const struct pair *pair, const struct topic *topic,
                        struct topic_wish *wish)
{
    bool fifo = topic == NULL || topic->fifo;

    if (strcmp(pair->key, "DisplayName") == 0) {
        wish->display = pair->value;
        return strlen(pair->value) <= 100 ? 0 : sns_refuse(call, "DisplayName must be <= 100");
    }
    if (strcmp(pair->key, "Policy") == 0)
        return take_policy(call, pair, wish);
    if (strcmp(pair->key, "DeliveryPolicy") == 0)
        return take_delivery(call, pair, wish);
    if (strcmp(pair->key, "KmsMasterKeyId") == 0) {
        wish->kms_key = pair->value;
        return 0;
    }
    if (strcmp(pair->key, "FifoTopic") == 0 && topic == NULL)
        return take_bool(call, pair, &wish->fifo);
    if (strcmp(pair->key, "ContentBasedDeduplication") == 0 && fifo)
        return take_bool(call, pair, &wish->by_content);
    if (strcmp(pair->key, "SignatureVersion") == 0 ||
        (strcmp(pair->key, "FifoThroughputScope") == 0 && fifo))
        return take_word(call, pair, wish);
    if (is_not_modelled(pair->key))
        return call_fault(call, &fault_sns_not_modelled,
                          arena_printf(&call->arena, "The attribute %s of a topic", pair->key));
    return topic == NULL ? sns_refuse(call, "Attributes Reason: Unknown attribute: %s", pair->key)
                         : sns_refuse(call, "AttributeName");
}

/* ---- showing ---- */

static const char *number_text(struct call *call, int64_t number)
{
    return arena_printf(&call->arena, "%" PRId64, number);
}

static const char *show_policy(struct call *call, const struct topic *topic)
{
    return topic->policy != NULL ? arena_strdup(&call->arena, topic->policy)
                                 : topic_policy_default(&call->world->topics, &call->arena, topic);
}

/* The delivery policy with all that it leaves out. */
static const char *show_effective(struct call *call, const struct topic *topic)
{
    json_t *own = topic->delivery == NULL ? NULL : json_loads(topic->delivery, 0, NULL);
    json_t *http =
        json_pack("{s:o,s:b,s:{s:s}}", "defaultHealthyRetryPolicy",
                  topic_retry_json(&topic_retry_default), "disableSubscriptionOverrides", 0,
                  "defaultRequestPolicy", "headerContentType", "text/plain; charset=UTF-8");
    json_t *all = json_pack("{s:o}", "http", http);
    char *text;
    const char *kept;

    json_object_update_recursive(http, json_object_get(own, "http"));
    text = json_dumps(all, JSON_COMPACT);
    kept = arena_strdup(&call->arena, text);
    free(text);
    json_decref(all);
    json_decref(own);
    return kept;
}

static const char *show_confirmed(struct call *call, const struct topic *topic, bool confirmed)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < topic->heard.count; i++)
        count += topic->heard.items[i]->confirmed == confirmed;
    return number_text(call, count);
}

static const char *show_fifo(const struct topic *topic, const char *name)
{
    if (!topic->fifo)
        return NULL;
    if (strcmp(name, "FifoTopic") == 0)
        return "true";
    if (strcmp(name, "ContentBasedDeduplication") == 0)
        return topic->by_content ? "true" : "false";
    return topic->group_scope ? "MessageGroup" : "Topic";
}

const char *sns_topic_attribute(struct call *call, const struct topic *topic, const char *name)
{
    if (strcmp(name, "Policy") == 0)
        return show_policy(call, topic);
    if (strcmp(name, "Owner") == 0)
        return arena_printf(&call->arena, "%012" PRIu64, topic->account);
    if (strcmp(name, "TopicArn") == 0)
        return topic_arn(&call->world->topics, &call->arena, topic);
    if (strcmp(name, "EffectiveDeliveryPolicy") == 0)
        return show_effective(call, topic);
    if (strcmp(name, "SubscriptionsConfirmed") == 0)
        return show_confirmed(call, topic, true);
    if (strcmp(name, "SubscriptionsPending") == 0)
        return show_confirmed(call, topic, false);
    if (strcmp(name, "SubscriptionsDeleted") == 0)
        return number_text(call, topic->deleted);
    if (strcmp(name, "DisplayName") == 0)
        return topic->display == NULL ? "" : arena_strdup(&call->arena, topic->display);
    if (strcmp(name, "DeliveryPolicy") == 0)
        return arena_strdup(&call->arena, topic->delivery);
    if (strcmp(name, "KmsMasterKeyId") == 0)
        return arena_strdup(&call->arena, topic->kms_key);
    if (strcmp(name, "SignatureVersion") == 0)
        return topic->signature == 0 ? NULL : number_text(call, topic->signature);
    return show_fifo(topic, name);
}
