/*
 * api/sns_attribute_ops.c - get- and set-topic-attributes, get- and set-subscription-attributes.
 */
#include "api/sns_parts.h"

struct get_in {
    const char *arn;
};

struct get_out {
    struct sns_pairs attributes;
};

struct set_in {
    const char *arn;
    const char *name;
    const char *value;
};

static const struct field get_out_fields[] = {
    F_MAP(struct get_out, attributes, "Attributes", "Each by its name."),
};

static void add(struct call *call, struct get_out *answer, const char *name, const char *value)
{
    if (value != NULL)
        *LIST_PUSH_IN(&call->arena, &answer->attributes) =
            (struct pair){.key = name, .value = value};
}

/* Without a value it ends. */
static struct pair pair_of(const struct set_in *wish)
{
    return (struct pair){.key = wish->name, .value = wish->value == NULL ? "" : wish->value};
}

/* ---- get-topic-attributes ---- */

static const char *const topic_shown[] = {
    "Policy",
    "Owner",
    "SubscriptionsPending",
    "TopicArn",
    "EffectiveDeliveryPolicy",
    "SubscriptionsConfirmed",
    "DisplayName",
    "SubscriptionsDeleted",
    "DeliveryPolicy",
    "KmsMasterKeyId",
    "SignatureVersion",
    "FifoTopic",
    "ContentBasedDeduplication",
    "FifoThroughputScope",
    NULL,
};

static const struct field get_topic_fields[] = {F_TOPIC_ARN(struct get_in, arn)};
static const struct shape get_topic_in =
    SHAPE("GetTopicAttributesInput", struct get_in, get_topic_fields);
static const struct shape get_topic_out =
    SHAPE("GetTopicAttributesResponse", struct get_out, get_out_fields);

static const struct fault_kind *const get_topic_faults[] = {SNS_TOPIC_FAULTS, NULL};

static int get_topic(struct call *call, const void *in, void *out)
{
    const struct get_in *wish = in;
    const struct topic *topic = sns_topic(call, wish->arn, "GetTopicAttributes");

    for (const char *const *name = topic_shown; topic != NULL && *name != NULL; name++)
        add(call, out, *name, sns_topic_attribute(call, topic, *name));
    return topic == NULL ? -1 : 0;
}

const struct op op_get_topic_attributes = {
    .name = "GetTopicAttributes",
    .doc = "Shows what a topic is like: its policy, how it tries again, how many hear it.",
    .example = "aws sns get-topic-attributes --topic-arn $T",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &get_topic_in,
    .out = &get_topic_out,
    .faults = get_topic_faults,
    .run = get_topic,
};

/* ---- set-topic-attributes ---- */

static const struct field set_topic_fields[] = {
    F_TOPIC_ARN(struct set_in, arn),
    F_STRING(struct set_in, name, "AttributeName", "Which: DisplayName, Policy and others.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct set_in, value, "AttributeValue", "Its new value; without one it ends."),
};
static const struct shape set_topic_in =
    SHAPE("SetTopicAttributesInput", struct set_in, set_topic_fields);

static const struct fault_kind *const set_topic_faults[] = {SNS_TOPIC_FAULTS,
                                                            &fault_sns_not_modelled, NULL};

static int set_topic(struct call *call, const void *in, void *out)
{
    const struct set_in *given = in;
    struct topic *topic = sns_topic(call, given->arn, "SetTopicAttributes");
    const struct pair pair = pair_of(given);
    struct topic_wish wish = {0};

    (void)out;
    if (topic == NULL || sns_topic_wish_read(call, &pair, topic, &wish) != 0)
        return -1;
    topic_change(&call->world->topics, topic, &wish);
    return 0;
}

const struct op op_set_topic_attributes = {
    .name = "SetTopicAttributes",
    .doc = "Changes what a topic is like, an attribute at a time.",
    .example = "aws sns set-topic-attributes --topic-arn $T --attribute-name DisplayName "
               "--attribute-value Orders",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &set_topic_in,
    .out = &shape_empty,
    .faults = set_topic_faults,
    .flags = OP_WRITE,
    .run = set_topic,
};

/* ---- get-subscription-attributes ---- */

static const char *const subscription_shown[] = {
    "SubscriptionPrincipal",
    "Owner",
    "RawMessageDelivery",
    "FilterPolicy",
    "FilterPolicyScope",
    "TopicArn",
    "Endpoint",
    "Protocol",
    "PendingConfirmation",
    "ConfirmationWasAuthenticated",
    "SubscriptionArn",
    "RedrivePolicy",
    "DeliveryPolicy",
    "EffectiveDeliveryPolicy",
    NULL,
};

static const struct field get_subscription_fields[] = {F_SUBSCRIPTION_ARN(struct get_in, arn)};
static const struct shape get_subscription_in =
    SHAPE("GetSubscriptionAttributesInput", struct get_in, get_subscription_fields);
static const struct shape get_subscription_out =
    SHAPE("GetSubscriptionAttributesResponse", struct get_out, get_out_fields);

static const struct fault_kind *const get_subscription_faults[] = {SNS_SUBSCRIPTION_FAULTS, NULL};

static int get_subscription(struct call *call, const void *in, void *out)
{
    const struct get_in *wish = in;
    const struct topic_subscription *one = sns_subscription(call, wish->arn);

    for (const char *const *name = subscription_shown; one != NULL && *name != NULL; name++)
        add(call, out, *name, sns_subscription_attribute(call, one, *name));
    return one == NULL ? -1 : 0;
}

const struct op op_get_subscription_attributes = {
    .name = "GetSubscriptionAttributes",
    .doc = "Shows what a subscription is like: who is told, and what it wants to hear.",
    .example = "aws sns get-subscription-attributes --subscription-arn $S",
    .needs = SNS_EXAMPLE_MAIL,
    .in = &get_subscription_in,
    .out = &get_subscription_out,
    .faults = get_subscription_faults,
    .run = get_subscription,
};

/* ---- set-subscription-attributes ---- */

static const struct field set_subscription_fields[] = {
    F_SUBSCRIPTION_ARN(struct set_in, arn),
    F_STRING(
        struct set_in, name, "AttributeName",
        "FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy or DeliveryPolicy.",
        .flags = FIELD_REQUIRED),
    F_STRING(struct set_in, value, "AttributeValue",
             "Its new value; of filters in force within 15 minutes."),
};
static const struct shape set_subscription_in =
    SHAPE("SetSubscriptionAttributesInput", struct set_in, set_subscription_fields);

static const struct fault_kind *const set_subscription_faults[] = {
    SNS_SUBSCRIPTION_FAULTS, SNS_SUBSCRIPTION_WISH_FAULTS, NULL};

static int set_subscription(struct call *call, const void *in, void *out)
{
    const struct set_in *given = in;
    struct topics *topics = &call->world->topics;
    struct topic_subscription *subscription = sns_subscription(call, given->arn);
    struct pair pair = pair_of(given);
    const struct sns_pairs pairs = {.items = &pair, .count = 1};
    struct sns_reading reading = {.subscription = subscription, .before = ""};

    (void)out;
    if (subscription == NULL)
        return -1;
    reading.topic = topic_find(topics, subscription->topic);
    reading.protocol = subscription->protocol;
    if (sns_subscription_wish_read(call, &pairs, &reading) != 0)
        return -1;
    topic_subscription_change(topics, subscription, &reading.wish);
    return 0;
}

const struct op op_set_subscription_attributes = {
    .name = "SetSubscriptionAttributes",
    .doc = "Changes a subscription, an attribute at a time.",
    .example = "aws sns set-subscription-attributes --subscription-arn $S --attribute-name "
               "FilterPolicy --attribute-value '{\"kind\":[\"latte\"]}'",
    .needs = SNS_EXAMPLE_MAIL,
    .in = &set_subscription_in,
    .out = &shape_empty,
    .faults = set_subscription_faults,
    .flags = OP_WRITE,
    .run = set_subscription,
};
