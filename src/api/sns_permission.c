/*
 * api/sns_permission.c - add-permission, remove-permission: the topic's policy, a statement at a
 * time.
 */
#include "api/sns_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct permission_in {
    const char *topic;
    const char *label;
    struct strings accounts;
    struct strings actions;
};

#define F_LABEL \
    F_STRING(struct permission_in, label, "Label", "The name of the statement.", \
             .flags = FIELD_REQUIRED)

/* The policy as it is, or as SNS makes it. */
static json_t *policy_of(struct call *call, const struct topic *topic)
{
    json_t *policy =
        json_loads(topic->policy != NULL
                       ? topic->policy
                       : topic_policy_default(&call->world->topics, &call->arena, topic),
                   0, NULL);
    json_t *statements = json_object_get(policy, "Statement");

    if (json_is_object(statements))
        json_object_set_new(policy, "Statement", json_pack("[O]", statements));
    return policy;
}

static void keep_policy(struct call *call, struct topic *topic, json_t *policy)
{
    char *text = json_dumps(policy, JSON_COMPACT);

    topic_change(&call->world->topics, topic, &(struct topic_wish){.policy = text});
    free(text);
}

static int find_label(const json_t *policy, const char *label)
{
    const json_t *statements = json_object_get(policy, "Statement");

    for (size_t i = 0; i < json_array_size(statements); i++)
        if (str_equal(json_string_value(
                          json_object_get(json_array_get(statements, i), "Sid")), label))
            return (int)i;
    return -1;
}

/* One alone as a text, several as a list, as SNS writes them. */
static json_t *one_or_list(const struct strings *texts, const char *before, const char *behind)
{
    json_t *list = json_array();
    json_t *one;

    for (uint32_t i = 0; i < texts->count; i++) {
        char *text = xasprintf("%s%s%s", before, texts->items[i], behind);

        json_array_append_new(list, json_string(text));
        free(text);
    }
    if (texts->count != 1)
        return list;
    one = json_incref(json_array_get(list, 0));
    json_decref(list);
    return one;
}

static int check(struct call *call, const struct permission_in *wish)
{
    static const char *const words[] = {"GetTopicAttributes", "SetTopicAttributes",
                                        "AddPermission", "RemovePermission", "DeleteTopic",
                                        "Subscribe", "ListSubscriptionsByTopic", "Publish",
                                        "Receive"};

    for (uint32_t i = 0; i < wish->accounts.count; i++)
        if (strlen(wish->accounts.items[i]) != 12 ||
            strspn(wish->accounts.items[i], "0123456789") != 12)
            return sns_refuse(call, "AWSAccountId");
    for (uint32_t i = 0; i < wish->actions.count; i++) {
        bool known = false;

        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            known = known || strcmp(words[k], wish->actions.items[i]) == 0;
        if (!known)
            return sns_refuse(call, "Policy statement action out of service scope!");
    }
    return 0;
}

/* ---- add-permission ---- */

static const struct field add_in_fields[] = {
    F_TOPIC_ARN(struct permission_in, topic),
    F_LABEL,
    F_STRINGS(struct permission_in, accounts, "AWSAccountId", "Who may: accounts.",
              .flags = FIELD_REQUIRED),
    F_STRINGS(struct permission_in, actions, "ActionName", "What: Publish, Subscribe and others.",
              .flags = FIELD_REQUIRED),
};
static const struct shape add_in_shape =
    SHAPE("AddPermissionInput", struct permission_in, add_in_fields);

static const struct fault_kind *const permission_faults[] = {SNS_TOPIC_FAULTS, NULL};

static int add_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct topic *topic = sns_topic(call, wish->topic, "AddPermission");
    json_t *policy;
    int status = 0;

    (void)out;
    if (topic == NULL || check(call, wish) != 0)
        return -1;
    policy = policy_of(call, topic);
    if (find_label(policy, wish->label) >= 0) {
        status = sns_refuse(call, "Statement already exists");
    } else {
        json_array_append_new(
            json_object_get(policy, "Statement"),
            json_pack("{s:s, s:s, s:{s:o}, s:o, s:s}", "Sid", wish->label, "Effect", "Allow",
                      "Principal", "AWS", one_or_list(&wish->accounts, "arn:aws:iam::", ":root"),
                      "Action", one_or_list(&wish->actions, "SNS:", ""), "Resource", wish->topic));
        keep_policy(call, topic, policy);
    }
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
    F_TOPIC_ARN(struct permission_in, topic),
    F_LABEL,
};
static const struct shape remove_in_shape =
    SHAPE("RemovePermissionInput", struct permission_in, remove_in_fields);

/* A label that is not there is no fault. */
static int remove_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct topic *topic = sns_topic(call, wish->topic, "RemovePermission");
    json_t *policy;
    int at;

    (void)out;
    if (topic == NULL)
        return -1;
    policy = policy_of(call, topic);
    at = find_label(policy, wish->label);
    if (at >= 0) {
        json_array_remove(json_object_get(policy, "Statement"), (size_t)at);
        keep_policy(call, topic, policy);
    }
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
