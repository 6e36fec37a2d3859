/*
 * api/sqs_permission.c - add-permission, remove-permission: the queue's policy, a statement at a
 * time.
 */
#include "api/permission.h"
#include "api/sqs_parts.h"

#include <stdlib.h>

#include "base/str.h"

enum { STATEMENTS_MAX = 20, ACTIONS_MAX = 7, PRINCIPALS_MAX = 50 };

static const struct fault_kind fault_statements = {
    .code = "OverLimit",
    .text = "{} exceeds the limit of {}.",
    .hint = "Write one policy for all instead: set-queue-attributes with Policy.",
};

/* The policy as it is, or a new one. */
static json_t *policy_of(struct call *call, const struct queue *queue)
{
    const char *arn = queue_arn(&call->world->queues, &call->arena, queue);

    return queue->policy != NULL
               ? json_loads(queue->policy, 0, NULL)
               : json_pack("{s:s, s:s, s:[]}", "Version", "2008-10-17", "Id",
                           arena_printf(&call->arena, "%s/SQSDefaultPolicy", arn), "Statement");
}

static void keep_policy(struct call *call, struct queue *queue, json_t *policy)
{
    char *text = permission_count(policy) == 0 ? xstrdup("") : json_dumps(policy, JSON_COMPACT);

    queue_change(&call->world->queues, queue, &(struct queue_wish){.policy = text});
    free(text);
    sqs_charge(queue, 1);
}

static int refuse_label(struct call *call, const char *label, const char *reason)
{
    return call_fault(call, &fault_sqs_parameter,
                      arena_printf(&call->arena,
                                   "Value %s for parameter Label is invalid. Reason: %s.", label,
                                   reason));
}

static int check(struct call *call, const struct permission_in *wish)
{
    static const char *const words[] = {
        "*",
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
        "ListQueueTags",
        NULL,
    };
    const char *bad_account = permission_bad_account(&wish->accounts);
    const char *bad_action = permission_bad_action(&wish->actions, words);

    if (wish->actions.count > ACTIONS_MAX)
        return call_fault(call, &fault_statements, "The number of actions", "7");
    if (wish->accounts.count > PRINCIPALS_MAX)
        return call_fault(call, &fault_statements, "The number of principals", "50");
    if (bad_account != NULL)
        return call_fault(call, &fault_sqs_parameter,
                          arena_printf(&call->arena,
                                       "Value [%s] for parameter PrincipalId is invalid. Reason: "
                                       "Unable to verify.",
                                       bad_account));
    if (bad_action != NULL)
        return call_fault(call, &fault_sqs_parameter,
                          arena_printf(&call->arena,
                                       "Value SQS:%s for parameter ActionName is invalid. Reason: "
                                       "Please refer to the appropriate WSDL for a list of valid "
                                       "actions.",
                                       bad_action));
    return 0;
}

/* ---- add-permission ---- */

static const struct field add_in_fields[] = {
    F_QUEUE_URL(struct permission_in, resource),
    F_PERMISSION_LABEL,
    F_PERMISSION_ACCOUNTS("AWSAccountIds"),
    F_PERMISSION_ACTIONS("Actions", "What: SendMessage, or * for all."),
};
static const struct shape add_in_shape =
    SHAPE("AddPermissionRequest", struct permission_in, add_in_fields);

static const struct fault_kind *const add_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_parameter,
                                                      &fault_statements, NULL};

static int add_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->resource, "AddPermission");
    json_t *policy;
    int status = 0;

    (void)out;
    if (queue == NULL || check(call, wish) != 0)
        return -1;
    policy = policy_of(call, queue);
    if (!permission_add(policy, wish, "SQS",
                        queue_arn(&call->world->queues, &call->arena, queue)))
        status = refuse_label(call, wish->label, "Already exists");
    else if (permission_count(policy) > STATEMENTS_MAX)
        status = call_fault(call, &fault_statements, "The number of statements", "20");
    else
        keep_policy(call, queue, policy);
    json_decref(policy);
    return status;
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
    F_QUEUE_URL(struct permission_in, resource),
    F_PERMISSION_LABEL,
};
static const struct shape remove_in_shape =
    SHAPE("RemovePermissionRequest", struct permission_in, remove_in_fields);

static const struct fault_kind *const remove_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_parameter,
                                                         NULL};

static int remove_permission(struct call *call, const void *in, void *out)
{
    const struct permission_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->resource, "RemovePermission");
    json_t *policy;
    int status = 0;

    (void)out;
    if (queue == NULL)
        return -1;
    policy = policy_of(call, queue);
    if (permission_remove(policy, wish->label))
        keep_policy(call, queue, policy);
    else
        status = refuse_label(call, wish->label, "can't find label");
    json_decref(policy);
    return status;
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
