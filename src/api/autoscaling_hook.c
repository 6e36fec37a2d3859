/*
 * api/autoscaling_hook.c - put-lifecycle-hook, describe-lifecycle-hooks, delete-lifecycle-hook,
 * complete-lifecycle-action.
 *
 * Refused by name: notification targets; the trail tells of every action that waits.
 */
#include "api/autoscaling_parts.h"

#include <string.h>

#include "base/str.h"

static const char launching_word[] = "autoscaling:EC2_INSTANCE_LAUNCHING";
static const char terminating_word[] = "autoscaling:EC2_INSTANCE_TERMINATING";

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

static const struct fault_kind *const put_faults[] = {
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

/* CONTINUE or ABANDON.  0, or -1 after a fault. */
static int result_read(struct call *call, const char *word, bool *carries_on)
{
    *carries_on = str_equal(word, "CONTINUE");
    if (*carries_on || str_equal(word, "ABANDON"))
        return 0;
    return scaling_refusef(&call->fault, "Lifecycle action result must be CONTINUE or ABANDON: %s",
                           word);
}

static const struct lifecycle_hook *hook_named(struct call *call, const struct scaling_group *group,
                                               const char *name)
{
    const struct lifecycle_hook *hook = lifecycle_hook_find(&call->world->scaling, group, name);

    if (hook == NULL)
        scaling_refusef(&call->fault,
                        "No Lifecycle Hook found with name %s for Auto Scaling group %s", name,
                        group->name);
    return hook;
}

/* ---- PutLifecycleHook ---- */

struct put_in {
    const char *name;
    const char *group;
    const char *transition;
    const char *metadata;
    struct opt_int heartbeat;
    const char *result;
};

#define F_HOOK_NAME(T, m)                                                                          \
    F_STRING(T, m, "LifecycleHookName", "The name of the hook.", .flags = FIELD_REQUIRED,          \
             .min = 1, .max = 255)

static const struct field put_in_fields[] = {
    F_HOOK_NAME(struct put_in, name),
    F_GROUP_NAME(struct put_in, group),
    F_STRING(struct put_in, transition, "LifecycleTransition",
             "When it waits: autoscaling:EC2_INSTANCE_LAUNCHING or "
             "autoscaling:EC2_INSTANCE_TERMINATING."),
    F_STRING(struct put_in, metadata, "NotificationMetadata", "A word for those who listen.",
             .min = 1, .max = 4000),
    F_OPT_INT(struct put_in, heartbeat, "HeartbeatTimeout",
              "Seconds until the default result holds: 30 to 7200; 3600 unless you say so."),
    F_STRING(struct put_in, result, "DefaultResult",
             "CONTINUE or ABANDON when nobody answers in time; ABANDON unless you say so."),
};

static const struct shape put_in_shape =
    SHAPE("PutLifecycleHookType", struct put_in, put_in_fields);

static int put_hook(struct call *call, const void *input, void *output)
{
    const struct put_in *in = input;
    const struct scaling_group *group = group_named(call, in->group);
    struct lifecycle_hook_new wish = {
        .group = group,
        .name = in->name,
        .transition_set = in->transition != NULL,
        .launching = str_equal(in->transition, launching_word),
        .heartbeat_s = in->heartbeat,
        .metadata = in->metadata,
    };

    (void)output;
    if (group == NULL)
        return -1;
    if (in->transition != NULL && !wish.launching && !str_equal(in->transition, terminating_word))
        return scaling_refusef(&call->fault, "Invalid lifecycle transition: %s", in->transition);
    wish.carries_on.set = in->result != NULL;
    if (in->result != NULL && result_read(call, in->result, &wish.carries_on.value) != 0)
        return -1;
    return lifecycle_hook_put(&call->world->scaling, &wish, &call->fault);
}

const struct op op_put_lifecycle_hook = {
    .name = "PutLifecycleHook",
    .doc = "Makes instances of a group wait while they come or go, until somebody says go on.",
    .example = "aws autoscaling put-lifecycle-hook --lifecycle-hook-name ready "
               "--auto-scaling-group-name web --lifecycle-transition "
               "autoscaling:EC2_INSTANCE_LAUNCHING --heartbeat-timeout 300",
    .needs = NEEDS_SCALING_GROUP,
    .in = &put_in_shape,
    .out = &shape_empty,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_hook,
};

/* ---- DescribeLifecycleHooks ---- */

struct hook_view {
    const char *name;
    const char *group;
    const char *transition;
    const char *metadata;
    int64_t heartbeat;
    int64_t most;
    const char *result;
};

struct describe_in {
    const char *group;
    struct strings names;
};

struct describe_out {
    LIST(struct hook_view) hooks;
};

static const struct field view_fields[] = {
    F_STRING(struct hook_view, name, "LifecycleHookName", "The name of the hook.",
             .flags = FIELD_COLUMN),
    F_STRING(struct hook_view, group, "AutoScalingGroupName", "Its group."),
    F_STRING(struct hook_view, transition, "LifecycleTransition", "When it waits.",
             .flags = FIELD_COLUMN),
    F_STRING(struct hook_view, metadata, "NotificationMetadata", "A word for those who listen."),
    F_INT(struct hook_view, heartbeat, "HeartbeatTimeout",
          "Seconds until the default result holds."),
    F_INT(struct hook_view, most, "GlobalTimeout", "The most seconds that it can wait in all."),
    F_STRING(struct hook_view, result, "DefaultResult", "What holds when nobody answers."),
};
static const struct shape view_shape = SHAPE("LifecycleHook", struct hook_view, view_fields);

static const struct field describe_in_fields[] = {
    F_GROUP_NAME(struct describe_in, group),
    F_STRINGS(struct describe_in, names, "LifecycleHookNames", "Only the hooks of these names.",
              .max = 50),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeLifecycleHooksType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, hooks, struct hook_view, &view_shape, "LifecycleHooks",
           "The hooks."),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeLifecycleHooksAnswer", struct describe_out, describe_out_fields);

static bool is_among(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return texts->count == 0;
}

static int describe_hooks(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *hooks = &call->world->scaling.hooks;
    const struct scaling_group *group = group_named(call, in->group);

    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(hooks); i++) {
        const struct lifecycle_hook *hook = table_at(hooks, i);
        int64_t most = hook->heartbeat_s * 100;

        if (hook->group != group->id || !is_among(&in->names, hook->name))
            continue;
        *LIST_PUSH_IN(&call->arena, &out->hooks) = (struct hook_view){
            .name = hook->name,
            .group = group->name,
            .transition = hook->launching ? launching_word : terminating_word,
            .metadata = hook->metadata,
            .heartbeat = hook->heartbeat_s,
            .most = most < 172800 ? most : 172800,
            .result = hook->carries_on ? "CONTINUE" : "ABANDON",
        };
    }
    return 0;
}

#define NEEDS_HOOK                                                                                 \
    NEEDS_SCALING_GROUP "\n"                                                                       \
                        "aws autoscaling put-lifecycle-hook --lifecycle-hook-name ready "          \
                        "--auto-scaling-group-name "                                               \
                        "web --lifecycle-transition autoscaling:EC2_INSTANCE_LAUNCHING"

const struct op op_describe_lifecycle_hooks = {
    .name = "DescribeLifecycleHooks",
    .doc = "Lists the lifecycle hooks of a group.",
    .example = "aws autoscaling describe-lifecycle-hooks --auto-scaling-group-name web",
    .needs = NEEDS_HOOK,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = faults,
    .run = describe_hooks,
};

/* ---- DeleteLifecycleHook ---- */

struct delete_in {
    const char *name;
    const char *group;
};

static const struct field delete_in_fields[] = {
    F_HOOK_NAME(struct delete_in, name),
    F_GROUP_NAME(struct delete_in, group),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteLifecycleHookType", struct delete_in, delete_in_fields);

static int delete_hook(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    const struct scaling_group *group = group_named(call, in->group);
    const struct lifecycle_hook *hook = group == NULL ? NULL : hook_named(call, group, in->name);

    (void)output;
    if (hook == NULL)
        return -1;
    lifecycle_hook_remove(&call->world->scaling, hook);
    return 0;
}

const struct op op_delete_lifecycle_hook = {
    .name = "DeleteLifecycleHook",
    .doc = "Deletes a lifecycle hook; instances that wait for it go on.",
    .example = "aws autoscaling delete-lifecycle-hook --lifecycle-hook-name ready "
               "--auto-scaling-group-name web",
    .needs = NEEDS_HOOK,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = delete_hook,
};

/* ---- CompleteLifecycleAction ---- */

struct complete_in {
    const char *hook;
    const char *group;
    const char *token;
    const char *result;
    const char *instance;
};

static const struct field complete_in_fields[] = {
    F_HOOK_NAME(struct complete_in, hook),
    F_STRING(struct complete_in, group, "AutoScalingGroupName", "The name of the group.",
             .flags = FIELD_REQUIRED, .ref = &kind_scaling_group, .min = 1, .max = 1600),
    F_STRING(struct complete_in, token, "LifecycleActionToken",
             "The token of the action, instead of the instance.", .min = 36, .max = 36),
    F_STRING(struct complete_in, result, "LifecycleActionResult", "CONTINUE or ABANDON.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct complete_in, instance, "InstanceId", "The instance that waits.",
             .ref = &kind_instance, .min = 1, .max = 19),
};
static const struct shape complete_in_shape =
    SHAPE("CompleteLifecycleActionType", struct complete_in, complete_in_fields);

static int complete_action(struct call *call, const void *input, void *output)
{
    const struct complete_in *in = input;
    const struct scaling_group *group = group_named(call, in->group);
    struct lifecycle_result result = {.token = in->token, .instance_text = in->instance};

    (void)output;
    if (group == NULL)
        return -1;
    result.hook = hook_named(call, group, in->hook);
    if (result.hook == NULL || result_read(call, in->result, &result.carries_on) != 0)
        return -1;
    if (in->token == NULL && in->instance == NULL)
        return scaling_refusef(&call->fault,
                               "Either a lifecycle action token or an instance ID must be "
                               "specified");
    if (in->instance != NULL) {
        result.instance = instance_named(call, in->instance);
        if (result.instance == 0)
            return -1;
    }
    return lifecycle_action_complete(&call->world->scaling, &result, &call->fault);
}

const struct op op_complete_lifecycle_action = {
    .name = "CompleteLifecycleAction",
    .doc = "Says go on, or give it up, to an instance that waits for a lifecycle hook.",
    .example = "aws autoscaling complete-lifecycle-action --lifecycle-hook-name ready "
               "--auto-scaling-group-name web --lifecycle-action-result CONTINUE "
               "--instance-id $I",
    .needs = NEEDS_HOOK "\n"
                        "sleep 90\n"
                        "I=$(aws autoscaling describe-auto-scaling-instances --query "
                        "'AutoScalingInstances[0].InstanceId' --output text)",
    .in = &complete_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = complete_action,
};
