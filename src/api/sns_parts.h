/*
 * api/sns_parts.h - what the rooms of the service sns share, and their operations.
 */
#ifndef API_SNS_PARTS_H
#define API_SNS_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/topic.h"
#include "cloud/world.h"

/* sns_topic.c */
extern const struct op op_create_topic, op_delete_topic, op_list_topics;
/* sns_attribute_ops.c */
extern const struct op op_get_topic_attributes, op_set_topic_attributes,
    op_get_subscription_attributes, op_set_subscription_attributes;
/* sns_subscribe.c */
extern const struct op op_subscribe, op_confirm_subscription, op_unsubscribe;
/* sns_subscription.c */
extern const struct op op_list_subscriptions, op_list_subscriptions_by_topic;
/* sns_publish.c */
extern const struct op op_publish, op_publish_batch;
/* sns_permission.c */
extern const struct op op_sns_add_permission, op_sns_remove_permission;
/* sns_tag.c */
extern const struct op op_sns_tag_resource, op_sns_untag_resource, op_sns_list_tags;

#define SNS_EXAMPLE_TOPIC \
    "T=$(aws sns create-topic --name orders --query TopicArn --output text)"
#define SNS_EXAMPLE_MAIL \
    SNS_EXAMPLE_TOPIC \
    "\nS=$(aws sns subscribe --topic-arn $T --protocol email --notification-endpoint " \
    "ann@example.com --return-subscription-arn --query SubscriptionArn --output text)"

/* ---- faults, in SNS's words; InvalidParameter is cloud/topic's ---- */

extern const struct fault_kind fault_sns_topic, fault_sns_subscription, fault_sns_denied,
    fault_sns_not_modelled, fault_sns_filters;

/* "Invalid parameter: ..." with a text of its own.  -1. */
int sns_refuse(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- topics ---- */

/*
 * The topic of an ARN, which the caller may use for that action ("Publish"): its own, or one whose
 * policy lets him.  NULL after a fault.
 */
struct topic *sns_topic(struct call *call, const char *arn, const char *action);
/* What every operation that takes a topic's ARN can answer. */
#define SNS_TOPIC_FAULTS &fault_topic_parameter, &fault_sns_topic, &fault_sns_denied
#define F_TOPIC_ARN(T, m) \
    F_STRING(T, m, "TopicArn", "The ARN of the topic, as create-topic gave it.", \
             .flags = FIELD_REQUIRED, .ref = &kind_topic)
/* The caller's subscription of an ARN; NULL after a fault. */
struct topic_subscription *sns_subscription(struct call *call, const char *arn);
#define SNS_SUBSCRIPTION_FAULTS &fault_topic_parameter, &fault_sns_subscription
#define F_SUBSCRIPTION_ARN(T, m) \
    F_STRING(T, m, "SubscriptionArn", "The ARN of the subscription.", .flags = FIELD_REQUIRED)
/* 0, or -1 after a fault: an ARN that has too few parts. */
int sns_arn_check(struct call *call, const char *arn, const char *parameter);

/* ---- attributes ---- */

struct sns_pairs {
    struct pair *items;
    uint32_t count;
    uint32_t size;
};

/*
 * Reads one attribute of a topic into a wish; `topic` is NULL for a new one.  `unknown` is the text
 * of the refusal of a name that topics do not have.
 */
int sns_topic_wish_read(struct call *call, const struct pair *pair, const struct topic *topic,
                        struct topic_wish *wish);
/* An attribute as get-topic-attributes shows it; NULL when the topic does not have it. */
const char *sns_topic_attribute(struct call *call, const struct topic *topic, const char *name);

/* The same of a subscription; `before` is what stands before the reason: "Attributes Reason: " when
 * it is new. */
struct sns_reading {
    const struct topic *topic;
    const struct topic_subscription *subscription; /* NULL: a new one */
    const char *before;
    uint8_t protocol; /* enum topic_protocol */
    struct topic_subscription_wish wish;
};
int sns_subscription_wish_read(struct call *call, const struct sns_pairs *pairs,
                               struct sns_reading *reading);
/* By name; NULL when it does not have it. */
const char *sns_subscription_attribute(struct call *call,
                                       const struct topic_subscription *subscription,
                                       const char *name);
#define SNS_SUBSCRIPTION_WISH_FAULTS &fault_sns_filters, &fault_sns_not_modelled

/* Checks the members of a DeliveryPolicy: `own` of a subscription, else what a topic's has in
 * "http".  0, or -1 after a fault, whose reason begins with `before`. */
int sns_delivery_check(struct call *call, const json_t *json, bool own, const char *before);

/* Is the text JSON?  NULL, or the value, to be freed; `why` then has what AWS's reader says. */
json_t *sns_json_read(struct call *call, const char *text, const char **why);

/* ---- tags ---- */

extern const struct shape sns_tag_shape; /* of struct tag_view; both members are required */
/* 0, or -1 after a fault: a key twice. */
int sns_tags_check(struct call *call, const struct tag_views *tags);

#endif
