/*
 * api/sns_permission.c - add-permission, remove-permission: the topic's policy, a statement at a
 * time.
 */
#include "api/permission.h"
#include "api/sns_parts.h"

#include <stdlib.h>

#include "base/str.h"

/* The policy as it is, or as SNS makes it. */
static json_t *policy_of(struct call *call, const struct topic *topic)
{
    return json_loads(topic->policy != NULL
                          ? topic->policy
                          : topic_policy_default(&call->world->topics, &call->arena, topic),
                      0, NULL);
}

static void keep_policy(struct call *call, struct topic *topic, json_t *policy)
{
    char *text = json_dumps(policy, JSON_COMPACT);

    topic_change(&call->world->topics, topic, &(struct topic_wish){.policy = text});
    free(text);
}

static int check(struct call *call, const struct permission_in *wish)
{
    static const char *const words[] = {
        "GetTopicAttributes", "SetTopicAttributes", "AddPermission",
        "RemovePermission",   "DeleteTopic",        "Subscribe",
        "Publish",            "Receive",            "ListSubscriptionsByTopic",
        NULL,
    };

    if (permission_bad_account(&wish->accounts) != NULL)
        return sns_refuse(call, "AWSAccountId");
    if (permission_bad_action(&wish->actions, words) != NULL)
        return sns_refuse(call, "Policy statement action out of service scope!");
    return 0;
}

/* ---- add-permission ---- */

static const struct field add_in_fields[] = {
    F_TOPIC_ARN(struct permission_in, resource),
    F_PERMISSION_LABEL,
    F_PERMISSION_ACCOUNTS("AWSAccountId"),
    F_PERMISSION_ACTIONS("ActionName", "What: Publish, Subscribe and others."),
};
static const struct shape add_in_shape =
    SHAPE("AddPermissionInput", struct permission_in, add_in_fields);

static const struct fault_kind *const permission_faults[] = {SNS_TOPIC_FAULTS, NULL};

static int add_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct topic *topic = sns_topic(call, wish->resource, "AddPermission");
    json_t *policy;
    int status = 0;

    (void)out;
    if (topic == NULL || check(call, wish) != 0)
        return -1;
    policy = policy_of(call, topic);
    if (permission_add(policy, wish, "SNS", wish->resource))
        keep_policy(call, topic, policy);
    else
        status = sns_refuse(call, "Statement already exists");
    json_decref(policy);
    return status;
}

const struct op op_sns_add_permission = {
    .name = "AddPermission",
    .doc = "Lets other accounts use a topic: a statement more in its policy.",
    .example = "aws sns add-permission --topic-arn $T --label friends --aws-account-id "
               "111122223333 --action-name Publish",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &add_in_shape,
    .out = &shape_empty,
    .faults = permission_faults,
    .flags = OP_WRITE,
    .run = add_permission,
};

/* ---- remove-permission ---- */

static const struct field remove_in_fields[] = {
    F_TOPIC_ARN(struct permission_in, resource),
    F_PERMISSION_LABEL,
};
static const struct shape remove_in_shape =
    SHAPE("RemovePermissionInput", struct permission_in, remove_in_fields);

/* A label that is not there is no fault. */
static int remove_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct topic *topic = sns_topic(call, wish->resource, "RemovePermission");
    json_t *policy;

    (void)out;
    if (topic == NULL)
        return -1;
    policy = policy_of(call, topic);
    if (permission_remove(policy, wish->label))
        keep_policy(call, topic, policy);
    json_decref(policy);
    return 0;
}

const struct op op_sns_remove_permission = {
    .name = "RemovePermission",
    .doc = "Takes the statement of that label out of a topic's policy.",
    .example = "aws sns remove-permission --topic-arn $T --label friends",
    .needs = SNS_EXAMPLE_TOPIC "\naws sns add-permission --topic-arn $T --label friends "
                               "--aws-account-id 111122223333 --action-name Publish",
    .in = &remove_in_shape,
    .out = &shape_empty,
    .faults = permission_faults,
    .flags = OP_WRITE,
    .run = remove_permission,
};
