/*
 * api/sns_subscribe.c - subscribe, confirm-subscription, unsubscribe.
 */
#include "api/sns_parts.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

/* ---- subscribe ---- */

struct subscribe_in {
    const char *topic;
    const char *protocol;
    const char *endpoint;
    struct sns_pairs attributes;
    struct opt_bool show_arn;
};

struct subscribe_out {
    const char *arn;
};

static const struct field subscribe_in_fields[] = {
    F_TOPIC_ARN(struct subscribe_in, topic),
    F_STRING(struct subscribe_in, protocol, "Protocol",
             "How it is told: sqs, http, https, email or email-json.", .flags = FIELD_REQUIRED),
    F_STRING(struct subscribe_in, endpoint, "Endpoint",
             "Who is told: the ARN of a queue, a URL, an address.", .cli = "notification-endpoint"),
    F_MAP(struct subscribe_in, attributes, "Attributes",
          "FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy, DeliveryPolicy."),
    F_OPT_BOOL(struct subscribe_in, show_arn, "ReturnSubscriptionArn",
               "Whether the ARN is told before it is confirmed."),
};
static const struct field subscribe_out_fields[] = {
    F_STRING(struct subscribe_out, arn, "SubscriptionArn", "Its ARN, or \"pending confirmation\"."),
};
static const struct shape subscribe_in_shape =
    SHAPE("SubscribeInput", struct subscribe_in, subscribe_in_fields);
static const struct shape subscribe_out_shape =
    SHAPE("SubscribeResponse", struct subscribe_out, subscribe_out_fields);

static const struct fault_kind fault_internal = {
    .code = "AuthorizationError",
    .text = "Not authorized to subscribe internal endpoints",
    .hint =
        "SNS comes from the internet: use the public address or DNS name of an instance, or the "
        "name of an internet-facing load balancer.",
};
static const struct fault_kind *const subscribe_faults[] = {
    SNS_TOPIC_FAULTS,
    SNS_SUBSCRIPTION_WISH_FAULTS,
    &fault_internal,
    NULL,
};

/* 0 after a fault. */
static uint8_t read_protocol(struct call *call, const char *word)
{
    static const char *const others[] = {"sms", "lambda", "application", "firehose"};

    for (uint8_t i = TOPIC_SQS; i < TOPIC_PROTOCOLS_; i++)
        if (strcmp(topic_protocol_words[i], word) == 0)
            return i;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i], word) == 0) {
            call_fault(call, &fault_sns_not_modelled,
                       arena_printf(&call->arena, "A subscription of the protocol %s", word));
            return 0;
        }
    sns_refuse(call, "Amazon SNS does not support this protocol string: %s", word);
    return 0;
}

/* What nobody on the internet can reach. */
static bool is_internal(const char *host)
{
    uint32_t address;

    if (!address_parse(host, &address))
        return strcasecmp(host, "localhost") == 0;
    return address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xac1 ||
           address >> 16 == 0xc0a8 || address >> 16 == 0xa9fe;
}

static int check_url(struct call *call, uint8_t protocol, const char *endpoint)
{
    struct url url;

    if (endpoint == NULL || !str_starts(endpoint, protocol == TOPIC_HTTP ? "http://" : "https://"))
        return sns_refuse(call, "Endpoint must match the specified protocol");
    if (!url_parse(&call->arena, endpoint, &url))
        return sns_refuse(call, "Unreachable Endpoint");
    if (is_internal(url.host))
        return call_fault(call, &fault_internal);
    return traffic_resolve(&call->world->traffic, url.host, 0) != 0
               ? 0
               : sns_refuse(call, "Unreachable Endpoint");
}

static int check_endpoint(struct call *call, const struct topic *topic, uint8_t protocol,
                          const char *endpoint)
{
    const char *at = endpoint == NULL ? NULL : strchr(endpoint, '@');

    if (protocol == TOPIC_SQS) {
        if (endpoint == NULL || !str_starts(endpoint, "arn:aws:sqs:") ||
            queue_find_arn(&call->world->queues, endpoint) == NULL)
            return sns_refuse(call, "SQS endpoint ARN");
        return str_ends(endpoint, ".fifo") && !topic->fifo
                   ? sns_refuse(call, "Invalid parameter: Endpoint Reason: FIFO SQS Queues can "
                                      "not be subscribed to standard SNS topics")
                   : 0;
    }
    if (topic->fifo)
        return sns_refuse(call, "Invalid protocol type: %s", topic_protocol_words[protocol]);
    if (protocol == TOPIC_HTTP || protocol == TOPIC_HTTPS)
        return check_url(call, protocol, endpoint);
    return at != NULL && at > endpoint && strchr(at, '.') != NULL &&
                   strpbrk(endpoint, " \t\n") == NULL
               ? 0
               : sns_refuse(call, "Email address");
}

/* Of what is there already: the same attributes, or a fault. */
static int check_same(struct call *call, const struct topic_subscription *subscription,
                      const struct sns_pairs *attributes)
{
    for (uint32_t i = 0; i < attributes->count; i++) {
        const struct pair *pair = &attributes->items[i];
        const char *has = sns_subscription_attribute(call, subscription, pair->key);

        if (!str_equal(has == NULL ? "" : has, pair->value))
            return sns_refuse(call, "Attributes Reason: Subscription already exists with "
                                    "different attributes");
    }
    return 0;
}

static int subscribe(struct call *call, const void *in, void *out)
{
    const struct subscribe_in *wish = in;
    struct subscribe_out *answer = out;
    struct topics *topics = &call->world->topics;
    struct topic *topic = sns_topic(call, wish->topic, "Subscribe");
    uint8_t protocol = topic == NULL ? 0 : read_protocol(call, wish->protocol);
    struct topic_subscription *subscription;
    struct sns_reading reading = {
        .topic = topic, .protocol = protocol, .before = "Attributes Reason: "};

    if (protocol == 0 || check_endpoint(call, topic, protocol, wish->endpoint) != 0 ||
        sns_subscription_wish_read(call, &wish->attributes, &reading) != 0)
        return -1;
    subscription = topic_subscription_find(topic, protocol, wish->endpoint);
    if (subscription != NULL && check_same(call, subscription, &wish->attributes) != 0)
        return -1;
    if (subscription == NULL)
        subscription = topic_subscribe(topics, &(struct topic_subscription_new){
                                                   .account = call->account,
                                                   .topic = topic,
                                                   .endpoint = wish->endpoint,
                                                   .wish = &reading.wish,
                                                   .protocol = protocol,
                                               });
    else if (!subscription->confirmed)
        topic_subscription_ask(topics, subscription);
    answer->arn = subscription->confirmed || (wish->show_arn.set && wish->show_arn.value)
                      ? topic_subscription_arn(topics, &call->arena, subscription)
                      : "pending confirmation";
    return 0;
}

const struct op op_subscribe = {
    .name = "Subscribe",
    .doc = "Lets a queue, a URL or a mailbox hear what is published; the last two have to confirm "
           "it.",
    .example = "aws sns subscribe --topic-arn $T --protocol email --notification-endpoint "
               "ann@example.com",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &subscribe_in_shape,
    .out = &subscribe_out_shape,
    .faults = subscribe_faults,
    .flags = OP_WRITE,
    .run = subscribe,
};

/* ---- confirm-subscription ---- */

struct confirm_in {
    const char *topic;
    const char *token;
    const char *authenticate;
};

static const struct field confirm_in_fields[] = {
    F_TOPIC_ARN(struct confirm_in, topic),
    F_STRING(struct confirm_in, token, "Token",
             "What the mail of confirmation brought (`lab describe-mailbox`), or the POST.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct confirm_in, authenticate, "AuthenticateOnUnsubscribe",
             "true: only its owner may end it."),
};
static const struct field confirm_out_fields[] = {
    F_STRING(struct subscribe_out, arn, "SubscriptionArn", "The ARN of the subscription."),
};
static const struct shape confirm_in_shape =
    SHAPE("ConfirmSubscriptionInput", struct confirm_in, confirm_in_fields);
static const struct shape confirm_out_shape =
    SHAPE("ConfirmSubscriptionResponse", struct subscribe_out, confirm_out_fields);

static const struct fault_kind fault_token = {
    .code = "InvalidParameter",
    .text = "Invalid token",
    .hint =
        "The token stands in the mail of confirmation (lab describe-mailbox shows it), or in the "
        "SubscriptionConfirmation that the URL was sent.",
};
static const struct fault_kind *const confirm_faults[] = {&fault_topic_parameter, &fault_token,
                                                          NULL};

/* Whoever has the token may: the topic can be anybody's. */
static int confirm(struct call *call, const void *in, void *out)
{
    const struct confirm_in *wish = in;
    struct subscribe_out *answer = out;
    struct topics *topics = &call->world->topics;
    struct topic *topic = topic_find_arn(topics, wish->topic);
    size_t length = strlen(wish->token);
    struct topic_subscription *subscription;

    if (sns_arn_check(call, wish->topic, "TopicArn") != 0)
        return -1;
    if (length != TOPIC_TOKEN - 1 || strspn(wish->token, "0123456789abcdef") != length)
        return call_fault(call, &fault_token);
    subscription = topic == NULL ? NULL : topic_token_find(topics, topic, wish->token);
    if (subscription == NULL)
        return sns_refuse(call, "Token");
    topic_confirm(topics, subscription,
                  wish->authenticate != NULL && strcmp(wish->authenticate, "true") == 0);
    answer->arn = topic_subscription_arn(topics, &call->arena, subscription);
    return 0;
}

const struct op op_confirm_subscription = {
    .name = "ConfirmSubscription",
    .doc = "Confirms a subscription by the token that its mailbox or its URL got.",
    .example = "aws sns confirm-subscription --topic-arn $T --token $TOKEN",
    .needs = SNS_EXAMPLE_MAIL "\nTOKEN=$(lab describe-mailbox --address ann@example.com --query "
                              "'Mails[0].Token' --output text)",
    .in = &confirm_in_shape,
    .out = &confirm_out_shape,
    .faults = confirm_faults,
    .flags = OP_WRITE,
    .run = confirm,
};

/* ---- unsubscribe ---- */

struct unsubscribe_in {
    const char *arn;
};

static const struct field unsubscribe_in_fields[] = {
    F_SUBSCRIPTION_ARN(struct unsubscribe_in, arn),
};
static const struct shape unsubscribe_in_shape =
    SHAPE("UnsubscribeInput", struct unsubscribe_in, unsubscribe_in_fields);

static const struct fault_kind *const unsubscribe_faults[] = {&fault_topic_parameter, NULL};

/* Of one that is not there it is no fault. */
static int unsubscribe(struct call *call, const void *in, void *out)
{
    const struct unsubscribe_in *wish = in;
    struct topic_subscription *subscription;

    (void)out;
    if (wish->arn[0] == '\0')
        return sns_refuse(call, "SubscriptionArn Reason: no value for required parameter");
    if (sns_arn_check(call, wish->arn, "SubscriptionArn") != 0)
        return -1;
    subscription = topic_subscription_find_arn(&call->world->topics, wish->arn);
    if (subscription != NULL && subscription->account == call->account)
        topic_unsubscribe(&call->world->topics, subscription);
    return 0;
}

const struct op op_unsubscribe = {
    .name = "Unsubscribe",
    .doc = "Ends a subscription: from now on it hears nothing.",
    .example = "aws sns unsubscribe --subscription-arn $S",
    .needs = SNS_EXAMPLE_MAIL,
    .in = &unsubscribe_in_shape,
    .out = &shape_empty,
    .faults = unsubscribe_faults,
    .flags = OP_WRITE,
    .run = unsubscribe,
};
