/*
 * api/autoscaling_process.c - suspend- and resume-processes; and the lists of words that Auto
 * Scaling knows: processes, adjustment types, termination policies, limits.
 */
#include "api/autoscaling_parts.h"

/* ---- SuspendProcesses, ResumeProcesses ---- */

struct processes_in {
    const char *group;
    struct strings processes;
};

static const struct field processes_in_fields[] = {
    F_GROUP_NAME(struct processes_in, group),
    F_STRINGS(struct processes_in, processes, "ScalingProcesses",
              "Which: Launch, Terminate, HealthCheck, ReplaceUnhealthy, AZRebalance, "
              "AlarmNotification, ScheduledActions, AddToLoadBalancer, InstanceRefresh; all "
              "unless you say so."),
};
static const struct shape processes_in_shape =
    SHAPE("ScalingProcessQuery", struct processes_in, processes_in_fields);

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

/* The processes as bits.  0, or -1 after a fault. */
static int processes_read(struct call *call, const struct strings *words, uint32_t *bits)
{
    *bits = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        uint8_t process = scaling_word(scaling_process_words, words->items[i]);

        if (process == 0)
            return scaling_refusef(&call->fault, "%s is not a valid scaling process type",
                                   words->items[i]);
        *bits |= UINT32_C(1) << process;
    }
    return 0;
}

static int suspend(struct call *call, const void *input, void *output)
{
    const struct processes_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    uint32_t bits;

    (void)output;
    if (group == NULL || processes_read(call, &in->processes, &bits) != 0)
        return -1;
    scaling_suspend(&call->world->scaling, group, bits);
    return 0;
}

const struct op op_suspend_processes = {
    .name = "SuspendProcesses",
    .doc = "Makes a group stop doing some things, or all.",
    .example = "aws autoscaling suspend-processes --auto-scaling-group-name web "
               "--scaling-processes AZRebalance ReplaceUnhealthy",
    .needs = NEEDS_SCALING_GROUP,
    .in = &processes_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = suspend,
};

static int resume(struct call *call, const void *input, void *output)
{
    const struct processes_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    uint32_t bits;

    (void)output;
    if (group == NULL || processes_read(call, &in->processes, &bits) != 0)
        return -1;
    scaling_resume(&call->world->scaling, group, bits);
    return 0;
}

const struct op op_resume_processes = {
    .name = "ResumeProcesses",
    .doc = "Makes a group do again what was suspended.",
    .example = "aws autoscaling resume-processes --auto-scaling-group-name web",
    .needs = NEEDS_SCALING_GROUP,
    .in = &processes_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = resume,
};

/* ---- words ---- */

struct word_view {
    const char *word;
};

struct words_out {
    LIST(struct word_view) words;
};

static const struct field process_fields[] = {
    F_STRING(struct word_view, word, "ProcessName", "The name of the process."),
};
static const struct shape process_shape = SHAPE("ProcessType", struct word_view, process_fields);

static const struct field processes_out_fields[] = {
    F_LIST(struct words_out, words, struct word_view, &process_shape, "Processes",
           "What groups do."),
};
static const struct shape processes_out_shape =
    SHAPE("ProcessesType", struct words_out, processes_out_fields);

static int describe_processes(struct call *call, const void *input, void *output)
{
    struct words_out *out = output;

    (void)input;
    for (uint32_t i = 1; scaling_process_words[i] != NULL; i++)
        LIST_PUSH_IN(&call->arena, &out->words)->word = scaling_process_words[i];
    return 0;
}

const struct op op_describe_scaling_process_types = {
    .name = "DescribeScalingProcessTypes",
    .doc = "Lists what groups do, and what can be suspended.",
    .example = "aws autoscaling describe-scaling-process-types",
    .in = &shape_empty,
    .out = &processes_out_shape,
    .run = describe_processes,
};

static const struct field adjustment_fields[] = {
    F_STRING(struct word_view, word, "AdjustmentType", "The name of the way."),
};
static const struct shape adjustment_shape =
    SHAPE("AdjustmentType", struct word_view, adjustment_fields);

static const struct field adjustments_out_fields[] = {
    F_LIST(struct words_out, words, struct word_view, &adjustment_shape, "AdjustmentTypes",
           "The ways in which policies change the capacity."),
};
static const struct shape adjustments_out_shape =
    SHAPE("DescribeAdjustmentTypesAnswer", struct words_out, adjustments_out_fields);

static int describe_adjustments(struct call *call, const void *input, void *output)
{
    static const char *const words[] = {"ChangeInCapacity", "ExactCapacity",
                                        "PercentChangeInCapacity"};
    struct words_out *out = output;

    (void)input;
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        LIST_PUSH_IN(&call->arena, &out->words)->word = words[i];
    return 0;
}

const struct op op_describe_adjustment_types = {
    .name = "DescribeAdjustmentTypes",
    .doc = "Lists the ways in which step and simple policies change the capacity.",
    .example = "aws autoscaling describe-adjustment-types",
    .in = &shape_empty,
    .out = &adjustments_out_shape,
    .run = describe_adjustments,
};

struct policies_out {
    struct strings policies;
};

static const struct field policies_out_fields[] = {
    F_STRINGS(struct policies_out, policies, "TerminationPolicyTypes",
              "Who can go first when a group shrinks."),
};
static const struct shape policies_out_shape =
    SHAPE("DescribeTerminationPolicyTypesAnswer", struct policies_out, policies_out_fields);

static int describe_policies(struct call *call, const void *input, void *output)
{
    struct policies_out *out = output;

    (void)input;
    for (uint32_t i = 1; termination_policy_words[i] != NULL; i++)
        *LIST_PUSH_IN(&call->arena, &out->policies) = termination_policy_words[i];
    return 0;
}

const struct op op_describe_termination_policy_types = {
    .name = "DescribeTerminationPolicyTypes",
    .doc = "Lists the termination policies.",
    .example = "aws autoscaling describe-termination-policy-types",
    .in = &shape_empty,
    .out = &policies_out_shape,
    .run = describe_policies,
};

/* ---- DescribeAccountLimits ---- */

struct limits_out {
    int64_t most;
    int64_t most_configurations;
    int64_t groups;
    int64_t configurations;
};

static const struct field limits_out_fields[] = {
    F_INT(struct limits_out, most, "MaxNumberOfAutoScalingGroups", "The most groups."),
    F_INT(struct limits_out, most_configurations, "MaxNumberOfLaunchConfigurations",
          "The most launch configurations; here none can be made."),
    F_INT(struct limits_out, groups, "NumberOfAutoScalingGroups", "The groups that there are."),
    F_INT(struct limits_out, configurations, "NumberOfLaunchConfigurations",
          "The launch configurations that there are."),
};
static const struct shape limits_out_shape =
    SHAPE("DescribeAccountLimitsAnswer", struct limits_out, limits_out_fields);

static int describe_limits(struct call *call, const void *input, void *output)
{
    struct limits_out *out = output;
    const struct table *groups = &call->world->scaling.groups;

    (void)input;
    out->most = SCALING_GROUPS_MOST;
    out->most_configurations = 200;
    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct scaling_group *group = table_at(groups, i);

        out->groups += group->account == call->account && group->region == call->region;
    }
    return 0;
}

const struct op op_autoscaling_describe_account_limits = {
    .name = "DescribeAccountLimits",
    .doc = "Tells how many groups you may have, and have.",
    .example = "aws autoscaling describe-account-limits",
    .in = &shape_empty,
    .out = &limits_out_shape,
    .run = describe_limits,
};
