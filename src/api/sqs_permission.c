/*
 * api/sqs_permission.c - add-permission, remove-permission: the queue's policy, a statement at a
 * time.
 */
#include "api/sqs_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { STATEMENTS_MAX = 20, ACTIONS_MAX = 7, PRINCIPALS_MAX = 50 };

static const struct fault_kind fault_statements = {
    .code = "OverLimit",
    .text = "{} exceeds the limit of {}.",
    .hint = "Write one policy for all instead: set-queue-attributes with Policy.",
};

struct permission_in {
    const char *url;
    const char *label;
    struct strings accounts;
    struct strings actions;
};

#define F_LABEL \
    F_STRING(struct permission_in, label, "Label", "The name of the statement.", \
             .flags = FIELD_REQUIRED)

/* The policy as it is, or a new one. */
static json_t *policy_of(struct call *call, const struct queue *queue)
{
    const char *arn = queue_arn(&call->world->queues, &call->arena, queue);

    return queue->policy != NULL
               ? json_loads(queue->policy, 0, NULL)
               : json_pack("{s:s, s:s, s:[]}", "Version", "2008-10-17", "Id",
                           arena_printf(&call->arena, "%s/SQSDefaultPolicy", arn), "Statement");
}

/* Its statements, as a list. */
static json_t *statements_of(json_t *policy)
{
    json_t *statements = json_object_get(policy, "Statement");

    if (json_is_object(statements)) {
        json_object_set_new(policy, "Statement", json_pack("[O]", statements));
        statements = json_object_get(policy, "Statement");
    }
    return statements;
}

static int find_label(const json_t *statements, const char *label)
{
    for (size_t i = 0; i < json_array_size(statements); i++)
        if (str_equal(json_string_value(
                          json_object_get(json_array_get(statements, i), "Sid")), label))
            return (int)i;
    return -1;
}

static void keep_policy(struct call *call, struct queue *queue, json_t *policy)
{
    char *text = json_array_size(json_object_get(policy, "Statement")) == 0
                     ? xstrdup("")
                     : json_dumps(policy, JSON_COMPACT);

    queue_change(&call->world->queues, queue, &(struct queue_wish){.policy = text});
    free(text);
    json_decref(policy);
    sqs_charge(queue, 1);
}

/* One alone as a text, several as a list, as SQS writes them. */
static json_t *one_or_list(struct call *call, const struct strings *texts, const char *format)
{
    json_t *list = json_array();
    json_t *one;

    for (uint32_t i = 0; i < texts->count; i++) {
        struct str text = STR_INIT;

        str_addf(&text, "%s%s%s", format, texts->items[i],
                 str_starts(format, "arn:") ? ":root" : "");
        json_array_append_new(list, json_string(str_text(&text)));
        str_release(&text);
    }
    (void)call;
    if (texts->count != 1)
        return list;
    one = json_incref(json_array_get(list, 0));
    json_decref(list);
    return one;
}

static int check(struct call *call, const struct permission_in *wish)
{
    if (wish->actions.count > ACTIONS_MAX)
        return call_fault(call, &fault_statements, "The number of actions", "7");
    if (wish->accounts.count > PRINCIPALS_MAX)
        return call_fault(call, &fault_statements, "The number of principals", "50");
    for (uint32_t i = 0; i < wish->accounts.count; i++)
        if (strlen(wish->accounts.items[i]) != 12 ||
            strspn(wish->accounts.items[i], "0123456789") != 12)
            return call_fault(call, &fault_sqs_parameter,
                              arena_printf(&call->arena,
                                           "Value [%s] for parameter PrincipalId is invalid. "
                                           "Reason: Unable to verify.",
                                           wish->accounts.items[i]));
    for (uint32_t i = 0; i < wish->actions.count; i++) {
        static const char *const words[] = {"*", "SendMessage", "ReceiveMessage", "DeleteMessage",
                                            "ChangeMessageVisibility", "GetQueueAttributes",
                                            "GetQueueUrl", "ListDeadLetterSourceQueues",
                                            "PurgeQueue", "ListQueueTags"};
        bool known = false;

        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            known = known || strcmp(words[k], wish->actions.items[i]) == 0;
        if (!known)
            return call_fault(call, &fault_sqs_parameter,
                              arena_printf(&call->arena,
                                           "Value SQS:%s for parameter ActionName is invalid. "
                                           "Reason: Please refer to the appropriate WSDL for a "
                                           "list of valid actions.",
                                           wish->actions.items[i]));
    }
    return 0;
}

/* ---- add-permission ---- */

static const struct field add_in_fields[] = {
    F_QUEUE_URL(struct permission_in, url),
    F_LABEL,
    F_STRINGS(struct permission_in, accounts, "AWSAccountIds", "Who may: accounts.",
              .flags = FIELD_REQUIRED),
    F_STRINGS(struct permission_in, actions, "Actions", "What: SendMessage, or * for all.",
              .flags = FIELD_REQUIRED),
};
static const struct shape add_in_shape =
    SHAPE("AddPermissionRequest", struct permission_in, add_in_fields);

static const struct fault_kind *const add_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_parameter,
                                                      &fault_statements, NULL};

static int add_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "AddPermission");
    json_t *policy;
    json_t *statements;

    (void)out;
    if (queue == NULL || check(call, wish) != 0)
        return -1;
    policy = policy_of(call, queue);
    statements = statements_of(policy);
    if (find_label(statements, wish->label) >= 0) {
        json_decref(policy);
        return call_fault(call, &fault_sqs_parameter,
                          arena_printf(&call->arena,
                                       "Value %s for parameter Label is invalid. Reason: Already "
                                       "exists.",
                                       wish->label));
    }
    if (json_array_size(statements) >= STATEMENTS_MAX) {
        json_decref(policy);
        return call_fault(call, &fault_statements, "The number of statements", "20");
    }
    json_array_append_new(
        statements,
        json_pack("{s:s, s:s, s:{s:o}, s:o, s:s}", "Sid", wish->label, "Effect", "Allow",
                  "Principal", "AWS", one_or_list(call, &wish->accounts, "arn:aws:iam::"),
                  "Action", one_or_list(call, &wish->actions, "SQS:"), "Resource",
                  queue_arn(&call->world->queues, &call->arena, queue)));
    keep_policy(call, queue, policy);
    return 0;
}

const struct op op_add_permission = {
    .name = "AddPermission",
    .doc = "Lets other accounts use a queue: a statement more in its policy.",
    .example = "aws sqs add-permission --queue-url $Q --label friends --aws-account-ids "
               "111122223333 --actions SendMessage",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &add_in_shape,
    .out = &shape_empty,
    .faults = add_faults,
    .flags = OP_WRITE,
    .run = add_permission,
};

/* ---- remove-permission ---- */

static const struct field remove_in_fields[] = {
    F_QUEUE_URL(struct permission_in, url),
    F_LABEL,
};
static const struct shape remove_in_shape =
    SHAPE("RemovePermissionRequest", struct permission_in, remove_in_fields);

static const struct fault_kind *const remove_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_parameter,
                                                         NULL};

static int remove_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "RemovePermission");
    json_t *policy;
    json_t *statements;
    int at;

    (void)out;
    if (queue == NULL)
        return -1;
    policy = policy_of(call, queue);
    statements = statements_of(policy);
    at = find_label(statements, wish->label);
    if (at < 0) {
        json_decref(policy);
        return call_fault(call, &fault_sqs_parameter,
                          arena_printf(&call->arena,
                                       "Value %s for parameter Label is invalid. Reason: can't "
                                       "find label.",
                                       wish->label));
    }
    json_array_remove(statements, (size_t)at);
    keep_policy(call, queue, policy);
    return 0;
}

const struct op op_remove_permission = {
    .name = "RemovePermission",
    .doc = "Takes the statement of that label out of a queue's policy.",
    .example = "aws sqs remove-permission --queue-url $Q --label friends",
    .needs = SQS_EXAMPLE_QUEUE "\naws sqs add-permission --queue-url $Q --label friends "
                               "--aws-account-ids 111122223333 --actions SendMessage",
    .in = &remove_in_shape,
    .out = &shape_empty,
    .faults = remove_faults,
    .flags = OP_WRITE,
    .run = remove_permission,
};
