/*
 * api/autoscaling_policy.c - put-scaling-policy, describe-policies, execute-policy, delete-policy.
 *
 * Refused by name: predictive scaling, metric math, periods of other than a minute.
 */
#include "api/autoscaling_parts.h"
#include "cloud/scaling_policy.h"

#include <math.h>
#include <string.h>

#include "base/str.h"

/* ---- shapes of parts ---- */

struct step_view {
    struct opt_real low;
    struct opt_real high;
    int64_t adjustment;
};

struct metric_view {
    const char *type;
    const char *label;
};

struct dimension_view {
    const char *name;
    const char *value;
};

struct own_metric_view {
    const char *name;
    const char *space;
    LIST(struct dimension_view) dimensions;
    const char *statistic;
    const char *unit;
};

struct tracking_view {
    struct metric_view *metric;
    struct own_metric_view *own;
    struct opt_real target;
    struct opt_bool stays;
};

struct alarm_view {
    const char *name;
    const char *arn;
};

struct steps {
    struct step_view *items;
    uint32_t count;
    uint32_t size;
};

static const struct field step_fields[] = {
    F_REAL(struct step_view, low, "MetricIntervalLowerBound",
           "From this distance between metric and threshold on; absent: no end below."),
    F_REAL(struct step_view, high, "MetricIntervalUpperBound",
           "Up to this distance; absent: no end above."),
    F_INT(struct step_view, adjustment, "ScalingAdjustment", "What changes then.",
          .flags = FIELD_REQUIRED),
};
static const struct shape step_shape = SHAPE("StepAdjustment", struct step_view, step_fields);

static const char *const metric_words[] = {"ASGAverageCPUUtilization", "ASGAverageNetworkIn",
                                           "ASGAverageNetworkOut", "ALBRequestCountPerTarget",
                                           NULL};

static const struct field metric_fields[] = {
    F_STRING(struct metric_view, type, "PredefinedMetricType",
             "ASGAverageCPUUtilization or ALBRequestCountPerTarget.", .words = metric_words,
             .flags = FIELD_REQUIRED),
    F_STRING(struct metric_view, label, "ResourceLabel",
             "Of ALBRequestCountPerTarget: app/NAME/ID/targetgroup/NAME/ID.", .min = 1,
             .max = 1023),
};
static const struct shape tracked_metric_shape =
    SHAPE("PredefinedMetricSpecification", struct metric_view, metric_fields);

static const struct field dimension_fields[] = {
    F_STRING(struct dimension_view, name, "Name", "The name of the dimension.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct dimension_view, value, "Value", "Its value.", .flags = FIELD_REQUIRED),
};
static const struct shape dimension_shape =
    SHAPE("MetricDimension", struct dimension_view, dimension_fields);

static const char *const statistic_words[] = {"Average",     "Minimum", "Maximum",
                                              "SampleCount", "Sum",     NULL};

static const struct field own_metric_fields[] = {
    F_STRING(struct own_metric_view, name, "MetricName", "The name of the metric."),
    F_STRING(struct own_metric_view, space, "Namespace", "Its namespace."),
    F_LIST(struct own_metric_view, dimensions, struct dimension_view, &dimension_shape,
           "Dimensions", "Its dimensions, all of them."),
    F_STRING(struct own_metric_view, statistic, "Statistic",
             "Average, Minimum, Maximum, SampleCount or Sum.", .words = statistic_words),
    F_STRING(struct own_metric_view, unit, "Unit", "Its unit; any unless you say so."),
};
static const struct shape own_metric_shape =
    SHAPE("CustomizedMetricSpecification", struct own_metric_view, own_metric_fields);

static const struct field tracking_fields[] = {
    F_STRUCT(struct tracking_view, metric, struct metric_view, &tracked_metric_shape,
             "PredefinedMetricSpecification", "What is kept at the target."),
    F_STRUCT(struct tracking_view, own, struct own_metric_view, &own_metric_shape,
             "CustomizedMetricSpecification", "Or a metric of your own, or of any service."),
    F_REAL(struct tracking_view, target, "TargetValue", "What the metric is to be.",
           .flags = FIELD_REQUIRED),
    F_OPT_BOOL(struct tracking_view, stays, "DisableScaleIn",
               "Whether the policy never makes the group smaller."),
};
static const struct shape tracking_shape =
    SHAPE("TargetTrackingConfiguration", struct tracking_view, tracking_fields);

static const struct field alarm_ref_fields[] = {
    F_STRING(struct alarm_view, name, "AlarmName", "The name of the alarm."),
    F_STRING(struct alarm_view, arn, "AlarmARN", "The ARN of the alarm."),
};
static const struct shape alarm_ref_shape = SHAPE("Alarm", struct alarm_view, alarm_ref_fields);

static int64_t millionths(struct opt_real real)
{
    return (int64_t)llround(real.value * (double)SCALING_MILLION);
}

static struct opt_real real_of(int64_t millionth)
{
    return OPT_REAL((double)millionth / (double)SCALING_MILLION);
}

/* ---- PutScalingPolicy ---- */

struct put_in {
    const char *group;
    const char *name;
    const char *type;
    const char *adjustment_type;
    struct opt_int magnitude;
    struct opt_int adjustment;
    struct opt_int cooldown;
    const char *aggregation;
    struct steps steps;
    struct opt_int warmup;
    struct tracking_view *tracking;
    struct opt_bool enabled;
};

struct put_out {
    const char *arn;
    LIST(struct alarm_view) alarms;
};

#define F_STEPS(T, m)                                                                              \
    {                                                                                              \
        .name = "StepAdjustments",                                                                 \
        .doc = "What changes by how far the metric is from the threshold: "                        \
               "MetricIntervalLowerBound=0,ScalingAdjustment=1.",                                  \
        .type = FIELD_LIST, .offset = offsetof(T, m), .of = &step_shape,                           \
    }

static const struct field put_in_fields[] = {
    F_GROUP_NAME(struct put_in, group),
    F_STRING(struct put_in, name, "PolicyName", "The name of the policy.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 255),
    F_STRING(struct put_in, type, "PolicyType",
             "SimpleScaling, StepScaling or TargetTrackingScaling; simple unless you say so.",
             .min = 1, .max = 64),
    F_STRING(struct put_in, adjustment_type, "AdjustmentType",
             "ChangeInCapacity, ExactCapacity or PercentChangeInCapacity.", .min = 1, .max = 255),
    F_OPT_INT(struct put_in, magnitude, "MinAdjustmentMagnitude",
              "The least number of instances that a percentage changes."),
    F_OPT_INT(struct put_in, adjustment, "ScalingAdjustment", "What a simple policy changes."),
    F_OPT_INT(struct put_in, cooldown, "Cooldown",
              "Seconds until a simple policy may act again; the group's unless you say so."),
    F_STRING(struct put_in, aggregation, "MetricAggregationType", "Minimum, Maximum or Average.",
             .min = 1, .max = 32),
    F_STEPS(struct put_in, steps),
    F_OPT_INT(struct put_in, warmup, "EstimatedInstanceWarmup",
              "Seconds until a new instance counts for step and tracking policies."),
    F_STRUCT(struct put_in, tracking, struct tracking_view, &tracking_shape,
             "TargetTrackingConfiguration", "What a tracking policy keeps at which value."),
    F_OPT_BOOL(struct put_in, enabled, "Enabled", "Whether the policy acts; it does."),
};
static const struct shape put_in_shape =
    SHAPE("PutScalingPolicyType", struct put_in, put_in_fields);

static const struct field put_out_fields[] = {
    F_STRING(struct put_out, arn, "PolicyARN", "The ARN of the policy, for alarms."),
    F_LIST(struct put_out, alarms, struct alarm_view, &alarm_ref_shape, "Alarms",
           "The alarms that the policy made for itself."),
};
static const struct shape put_out_shape = SHAPE("PolicyARNType", struct put_out, put_out_fields);

static int refuse(struct call *call, const char *text)
{
    return scaling_refusef(&call->fault, "%s", text);
}

/* Steps must neither overlap nor leave gaps, and have one open end each way at most. */
static int steps_read(struct call *call, const struct steps *steps, struct scaling_policy *wish)
{
    for (uint32_t i = 0; i < steps->count; i++) {
        struct scaling_step step = {
            .has_low = steps->items[i].low.set,
            .has_high = steps->items[i].high.set,
            .low = millionths(steps->items[i].low),
            .high = millionths(steps->items[i].high),
            .adjustment = steps->items[i].adjustment,
        };

        if (!step.has_low && !step.has_high && steps->count > 1)
            return refuse(call, "StepAdjustment must have at least one of MetricIntervalLowerBound "
                                "and MetricIntervalUpperBound");
        if (step.has_low && step.has_high && step.low >= step.high)
            return refuse(call, "MetricIntervalLowerBound must be less than "
                                "MetricIntervalUpperBound");
        for (uint32_t k = 0; k < i; k++) {
            const struct scaling_step *other = &wish->steps.items[k];
            bool before = step.has_high && other->has_low && step.high <= other->low;
            bool after = step.has_low && other->has_high && step.low >= other->high;

            if (!before && !after)
                return refuse(call, "StepAdjustment intervals can't overlap");
        }
        *LIST_PUSH_IN(&call->arena, &wish->steps) = step;
    }
    return 0;
}

static int stepping_read(struct call *call, const struct put_in *in, struct scaling_policy *wish)
{
    if (in->adjustment_type == NULL)
        return refuse(call, "You must specify AdjustmentType for this policy type.");
    wish->adjustment_type = scaling_word(adjustment_type_words, in->adjustment_type);
    if (wish->adjustment_type == 0)
        return scaling_refusef(&call->fault, "%s is not a valid adjustment type",
                               in->adjustment_type);
    if (in->magnitude.set && wish->adjustment_type != ADJUST_PERCENT)
        return refuse(call, "MinAdjustmentMagnitude is not supported by the specified adjustment "
                            "type");
    wish->magnitude = in->magnitude.value;
    if (in->tracking != NULL)
        return refuse(call, "TargetTrackingConfiguration is only supported for policy type "
                            "TargetTrackingScaling");
    if (wish->type == POLICY_SIMPLE) {
        if (!in->adjustment.set)
            return refuse(call, "You must specify a ScalingAdjustment for policy type: "
                                "SimpleScaling.");
        if (in->steps.count > 0)
            return refuse(call, "StepAdjustments are not supported by policy type: "
                                "SimpleScaling.");
        wish->adjustment = in->adjustment.value;
        wish->cooldown_s = in->cooldown.set ? in->cooldown.value : -1;
        return 0;
    }
    if (in->adjustment.set || in->cooldown.set)
        return refuse(call, "ScalingAdjustment and Cooldown are not supported by policy type: "
                            "StepScaling.");
    if (in->steps.count == 0)
        return refuse(call, "You must specify StepAdjustments for policy type: StepScaling.");
    if (in->steps.count > SCALING_STEPS_MOST)
        return call_fault(call, &fault_scaling_limit, "step adjustments");
    wish->aggregation = (char *)(uintptr_t)(in->aggregation == NULL ? "Average" : in->aggregation);
    return steps_read(call, &in->steps, wish);
}

static int own_metric_read(struct call *call, const struct own_metric_view *own,
                           struct scaling_policy *wish)
{
    if (own->name == NULL || own->space == NULL || own->statistic == NULL)
        return refuse(call, "MetricName, Namespace and Statistic must be specified for a "
                            "CustomizedMetricSpecification");
    if (own->unit != NULL && metric_unit_find(own->unit) == 0)
        return scaling_refusef(&call->fault, "%s is not a valid unit", own->unit);
    wish->metric = TRACK_OWN;
    wish->own = (struct scaling_own_metric){
        .space = (char *)(uintptr_t)own->space,
        .name = (char *)(uintptr_t)own->name,
        .statistic = (char *)(uintptr_t)own->statistic,
        .unit = (char *)(uintptr_t)own->unit,
    };
    for (uint32_t i = 0; i < own->dimensions.count; i++) {
        const struct dimension_view *one = &own->dimensions.items[i];

        for (uint32_t k = 0; k < i; k++)
            if (strcmp(own->dimensions.items[k].name, one->name) == 0)
                return scaling_refusef(&call->fault, "The dimension %s is specified twice",
                                       one->name);
        *LIST_PUSH_IN(&call->arena, &wish->own.dimensions) = (struct pair){one->name, one->value};
    }
    return 0;
}

static int tracking_read(struct call *call, const struct put_in *in, struct scaling_policy *wish)
{
    const struct tracking_view *tracking = in->tracking;

    if (tracking == NULL || (tracking->metric == NULL) == (tracking->own == NULL))
        return refuse(call, "You must specify a TargetTrackingConfiguration with either a "
                            "PredefinedMetricSpecification or a CustomizedMetricSpecification for "
                            "policy type: TargetTrackingScaling.");
    if (in->adjustment_type != NULL || in->adjustment.set || in->steps.count > 0 ||
        in->cooldown.set || in->magnitude.set)
        return refuse(call, "Adjustments and Cooldown are not supported by policy type: "
                            "TargetTrackingScaling.");
    if (!(tracking->target.value >= 0.000001) || tracking->target.value > 1e9)
        return refuse(call, "Target value must be greater than 0 and at most 1000000000");
    wish->target = millionths(tracking->target);
    wish->stays = tracking->stays.value;
    if (tracking->own != NULL)
        return own_metric_read(call, tracking->own, wish);
    wish->metric = scaling_word(tracking_metric_words, tracking->metric->type);
    if (wish->metric == TRACK_NETWORK_IN || wish->metric == TRACK_NETWORK_OUT)
        return refuse(call, "The metrics of the network are not modelled here; use "
                            "ASGAverageCPUUtilization or ALBRequestCountPerTarget");
    if (wish->metric == TRACK_REQUESTS &&
        (tracking->metric->label == NULL ||
         strstr(tracking->metric->label, "/targetgroup/") == NULL))
        return refuse(call, "Resource label must be specified for ALBRequestCountPerTarget: "
                            "app/NAME/ID/targetgroup/NAME/ID");
    if (wish->metric == TRACK_CPU && tracking->metric->label != NULL)
        return refuse(call, "Resource label is only supported for ALBRequestCountPerTarget");
    wish->label = (char *)(uintptr_t)tracking->metric->label;
    return 0;
}

/* The alarms that a policy has, when there is somebody who watches them. */
static bool alarms_are_kept(const struct call *call)
{
    return call->world->scaling.alarms_kept;
}

static void alarm_add(struct call *call, const struct scaling_policy *policy, bool low,
                      struct alarm_view *view)
{
    struct scaling_alarm alarm;

    *view = (struct alarm_view){0};
    if (!alarms_are_kept(call) ||
        !scaling_policy_alarm(&call->world->scaling, policy, low, &call->arena, &alarm))
        return;
    view->name = alarm.name;
    view->arn =
        arena_printf(&call->arena, "arn:aws:cloudwatch:%s:%s:alarm:%s", ec2_region_name(call),
                     account_text(&call->arena, call->account), alarm.name);
}

static int put_policy(struct call *call, const void *input, void *output)
{
    const struct put_in *in = input;
    struct put_out *out = output;
    struct scaling *scaling = &call->world->scaling;
    const struct scaling_group *group = group_named(call, in->group);
    struct scaling_policy wish = {.name = (char *)(uintptr_t)in->name, .cooldown_s = -1};
    const struct scaling_policy *policy;

    if (group == NULL)
        return -1;
    wish.group = group->id;
    wish.type = in->type == NULL ? POLICY_SIMPLE : scaling_word(policy_type_words, in->type);
    wish.warmup_s = in->warmup.set ? in->warmup.value : -1;
    wish.disabled = in->enabled.set && !in->enabled.value;
    if (wish.type == 0)
        return scaling_refusef(&call->fault,
                               "Policy type '%s' is not modelled here; use SimpleScaling, "
                               "StepScaling or TargetTrackingScaling",
                               in->type);
    if (wish.type == POLICY_SIMPLE && in->warmup.set)
        return refuse(call, "EstimatedInstanceWarmup is not supported by policy type: "
                            "SimpleScaling.");
    if ((wish.type == POLICY_TRACKING ? tracking_read(call, in, &wish)
                                      : stepping_read(call, in, &wish)) != 0)
        return -1;
    policy = scaling_policy_put(scaling, &wish, &call->fault);
    if (policy == NULL)
        return -1;
    out->arn = scaling_policy_arn(scaling, &call->arena, policy);
    for (int low = 0; low < 2; low++) {
        struct alarm_view view;

        alarm_add(call, policy, low == 1, &view);
        if (view.name != NULL)
            *LIST_PUSH_IN(&call->arena, &out->alarms) = view;
    }
    return 0;
}

static const struct fault_kind *const put_faults[] = {
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

#define NEEDS_POLICY                                                                               \
    NEEDS_SCALING_GROUP                                                                            \
    "\n"                                                                                           \
    "aws autoscaling put-scaling-policy --auto-scaling-group-name web --policy-name more "         \
    "--adjustment-type ChangeInCapacity --scaling-adjustment 1"

const struct op op_put_scaling_policy = {
    .name = "PutScalingPolicy",
    .doc = "Says how the wanted number of instances changes when an alarm, or a person, asks.",
    .example = "aws autoscaling put-scaling-policy --auto-scaling-group-name web --policy-name "
               "cpu50 --policy-type TargetTrackingScaling --target-tracking-configuration "
               "'PredefinedMetricSpecification={PredefinedMetricType=ASGAverageCPUUtilization},"
               "TargetValue=50'",
    .needs = NEEDS_SCALING_GROUP,
    .in = &put_in_shape,
    .out = &put_out_shape,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_policy,
};

/* ---- DescribePolicies ---- */

struct policy_view {
    const char *group;
    const char *name;
    const char *arn;
    const char *type;
    const char *adjustment_type;
    struct opt_int magnitude;
    struct opt_int adjustment;
    struct opt_int cooldown;
    struct steps steps;
    const char *aggregation;
    struct opt_int warmup;
    LIST(struct alarm_view) alarms;
    struct tracking_view *tracking;
    bool enabled;
};

struct describe_in {
    const char *group;
    struct strings names;
    struct strings types;
    const char *next;
    struct opt_int most;
};

struct describe_out {
    LIST(struct policy_view) policies;
    const char *next;
};

static const struct field view_fields[] = {
    F_STRING(struct policy_view, group, "AutoScalingGroupName", "Its group."),
    F_STRING(struct policy_view, name, "PolicyName", "The name of the policy.",
             .flags = FIELD_COLUMN),
    F_STRING(struct policy_view, arn, "PolicyARN", "The ARN of the policy."),
    F_STRING(struct policy_view, type, "PolicyType", "What kind it is.", .flags = FIELD_COLUMN),
    F_STRING(struct policy_view, adjustment_type, "AdjustmentType", "How it changes."),
    F_OPT_INT(struct policy_view, magnitude, "MinAdjustmentMagnitude", "The least change."),
    F_OPT_INT(struct policy_view, adjustment, "ScalingAdjustment", "What it changes."),
    F_OPT_INT(struct policy_view, cooldown, "Cooldown", "Seconds until it may act again."),
    F_STEPS(struct policy_view, steps),
    F_STRING(struct policy_view, aggregation, "MetricAggregationType",
             "How values of the metric are joined."),
    F_OPT_INT(struct policy_view, warmup, "EstimatedInstanceWarmup",
              "Seconds until a new instance counts."),
    F_LIST(struct policy_view, alarms, struct alarm_view, &alarm_ref_shape, "Alarms",
           "The alarms that belong to it."),
    F_STRUCT(struct policy_view, tracking, struct tracking_view, &tracking_shape,
             "TargetTrackingConfiguration", "What it keeps at which value."),
    F_BOOL(struct policy_view, enabled, "Enabled", "Whether it acts."),
};
static const struct shape view_shape = SHAPE("ScalingPolicy", struct policy_view, view_fields);

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, group, "AutoScalingGroupName", "Only those of this group.",
             .ref = &kind_scaling_group, .min = 1, .max = 255),
    F_STRINGS(struct describe_in, names, "PolicyNames", "Only those of these names or ARNs."),
    F_STRINGS(struct describe_in, types, "PolicyTypes", "Only those of these types."),
    F_NEXT_TOKEN(struct describe_in, next),
    F_MAX_RECORDS(struct describe_in, most),
};
static const struct shape describe_in_shape =
    SHAPE("DescribePoliciesType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, policies, struct policy_view, &view_shape, "ScalingPolicies",
           "The policies."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("PoliciesType", struct describe_out, describe_out_fields);

static struct own_metric_view *own_metric_see(struct call *call,
                                              const struct scaling_own_metric *own)
{
    struct own_metric_view *view = arena_alloc(&call->arena, sizeof(*view));

    *view = (struct own_metric_view){
        .name = own->name,
        .space = own->space,
        .statistic = own->statistic,
        .unit = own->unit,
    };
    for (uint32_t i = 0; i < own->dimensions.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->dimensions) =
            (struct dimension_view){own->dimensions.items[i].key, own->dimensions.items[i].value};
    return view;
}

static struct tracking_view *tracking_see(struct call *call, const struct scaling_policy *policy)
{
    struct tracking_view *tracking = arena_alloc(&call->arena, sizeof(*tracking));

    if (policy->metric == TRACK_OWN) {
        tracking->own = own_metric_see(call, &policy->own);
    } else {
        tracking->metric = arena_alloc(&call->arena, sizeof(*tracking->metric));
        tracking->metric->type = tracking_metric_words[policy->metric];
        tracking->metric->label = policy->label;
    }
    tracking->target = real_of(policy->target);
    tracking->stays = OPT_BOOL(policy->stays);
    return tracking;
}

static void policy_see(struct call *call, const struct scaling_policy *policy,
                       struct policy_view *view)
{
    const struct scaling *scaling = &call->world->scaling;
    const struct scaling_group *group = table_get(&scaling->groups, policy->group);

    *view = (struct policy_view){
        .group = group->name,
        .name = policy->name,
        .arn = scaling_policy_arn(scaling, &call->arena, policy),
        .type = policy_type_words[policy->type],
        .aggregation = policy->aggregation,
        .enabled = !policy->disabled,
    };
    if (policy->adjustment_type != 0)
        view->adjustment_type = adjustment_type_words[policy->adjustment_type];
    if (policy->magnitude != 0)
        view->magnitude = OPT_INT(policy->magnitude);
    if (policy->type == POLICY_SIMPLE)
        view->adjustment = OPT_INT(policy->adjustment);
    if (policy->cooldown_s >= 0)
        view->cooldown = OPT_INT(policy->cooldown_s);
    if (policy->warmup_s >= 0)
        view->warmup = OPT_INT(policy->warmup_s);
    if (policy->type == POLICY_TRACKING)
        view->tracking = tracking_see(call, policy);
    for (uint32_t i = 0; i < policy->steps.count; i++) {
        const struct scaling_step *step = &policy->steps.items[i];
        struct step_view *shown = LIST_PUSH_IN(&call->arena, &view->steps);

        shown->adjustment = step->adjustment;
        if (step->has_low)
            shown->low = real_of(step->low);
        if (step->has_high)
            shown->high = real_of(step->high);
    }
    for (int low = 0; low < 2; low++) {
        struct alarm_view alarm;

        alarm_add(call, policy, low == 1, &alarm);
        if (alarm.name != NULL)
            *LIST_PUSH_IN(&call->arena, &view->alarms) = alarm;
    }
}

static bool is_among(const struct strings *texts, const char *one, const char *other)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], one) == 0 || str_equal(texts->items[i], other))
            return true;
    }
    return texts->count == 0;
}

static int describe_policies(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct scaling *scaling = &call->world->scaling;
    struct page page;

    if (in->group != NULL && group_named(call, in->group) == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(&scaling->policies); i++) {
        const struct scaling_policy *policy = table_at(&scaling->policies, i);
        const struct scaling_group *group = table_get(&scaling->groups, policy->group);
        struct policy_view view;

        if (group->account != call->account || group->region != call->region ||
            (in->group != NULL && strcmp(in->group, group->name) != 0))
            continue;
        policy_see(call, policy, &view);
        if (is_among(&in->names, view.name, view.arn) && is_among(&in->types, view.type, NULL))
            *LIST_PUSH_IN(&call->arena, &out->policies) = view;
    }
    if (page_find(call, in->most, in->next, out->policies.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->policies, page);
    out->next = page.next;
    return 0;
}

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

static const struct paging paging = AUTOSCALING_PAGING("ScalingPolicies");

const struct op op_describe_policies = {
    .name = "DescribePolicies",
    .doc = "Lists scaling policies.",
    .example = "aws autoscaling describe-policies --auto-scaling-group-name web",
    .needs = NEEDS_POLICY,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = faults,
    .paging = &paging,
    .run = describe_policies,
};

/* ---- ExecutePolicy, DeletePolicy ---- */

struct named_in {
    const char *group;
    const char *name;
    bool heed;
    struct opt_real metric;
    struct opt_real threshold;
};

#define F_POLICY_NAMED                                                                             \
    F_STRING(struct named_in, group, "AutoScalingGroupName",                                       \
             "The name of the group; needed unless the policy is named by its ARN.",               \
             .ref = &kind_scaling_group, .min = 1, .max = 255),                                    \
        F_STRING(struct named_in, name, "PolicyName", "The name or the ARN of the policy.",        \
                 .flags = FIELD_REQUIRED, .min = 1, .max = 1600)

static const struct field execute_in_fields[] = {
    F_POLICY_NAMED,
    F_BOOL(struct named_in, heed, "HonorCooldown",
           "Refuses while a cooldown holds; simple policies only."),
    F_REAL(struct named_in, metric, "MetricValue", "What the metric is; step policies only."),
    F_REAL(struct named_in, threshold, "BreachThreshold",
           "What it should not go beyond; step policies only."),
};
static const struct shape execute_in_shape =
    SHAPE("ExecutePolicyType", struct named_in, execute_in_fields);

static const struct field delete_in_fields[] = {
    F_POLICY_NAMED,
};
static const struct shape delete_in_shape =
    SHAPE("DeletePolicyType", struct named_in, delete_in_fields);

/* The policy that a request names; NULL after a fault. */
static struct scaling_policy *policy_named(struct call *call, const struct named_in *in)
{
    const struct scaling *scaling = &call->world->scaling;
    const struct scaling_group *group;
    struct scaling_policy *policy = NULL;

    if (str_starts(in->name, "arn:")) {
        policy = scaling_policy_find_arn(scaling, in->name);
        group = policy == NULL ? NULL : table_get(&scaling->groups, policy->group);
        if (group != NULL && (group->account != call->account || group->region != call->region))
            policy = NULL;
    } else if (in->group == NULL) {
        scaling_refusef(&call->fault, "Group name is required when the policy is not named by its "
                                      "ARN");
        return NULL;
    } else {
        group = group_named(call, in->group);
        if (group == NULL)
            return NULL;
        policy = scaling_policy_find(scaling, group, in->name);
    }
    if (policy == NULL)
        scaling_refusef(&call->fault, "No policy found with name %.200s", in->name);
    return policy;
}

static int execute_policy(struct call *call, const void *input, void *output)
{
    const struct named_in *in = input;
    struct scaling_policy *policy = policy_named(call, in);
    const struct scaling_trigger trigger = {
        .heed_cooldown = in->heed,
        .has_metric = in->metric.set && in->threshold.set,
        .metric = millionths(in->metric),
        .threshold = millionths(in->threshold),
    };

    (void)output;
    if (policy == NULL)
        return -1;
    return scaling_policy_execute(&call->world->scaling, policy, &trigger, &call->fault);
}

static const struct fault_kind *const execute_faults[] = {
    &fault_scaling_busy,
    &fault_scaling_validation,
    NULL,
};

const struct op op_execute_policy = {
    .name = "ExecutePolicy",
    .doc = "Does what a simple or step policy says, without waiting for its alarm.",
    .example = "aws autoscaling execute-policy --auto-scaling-group-name web --policy-name more",
    .needs = NEEDS_POLICY,
    .in = &execute_in_shape,
    .out = &shape_empty,
    .faults = execute_faults,
    .flags = OP_WRITE,
    .run = execute_policy,
};

static int delete_policy(struct call *call, const void *input, void *output)
{
    const struct scaling_policy *policy = policy_named(call, input);

    (void)output;
    if (policy == NULL)
        return -1;
    scaling_policy_remove(&call->world->scaling, policy);
    return 0;
}

const struct op op_autoscaling_delete_policy = {
    .name = "DeletePolicy",
    .doc = "Deletes a scaling policy.",
    .example = "aws autoscaling delete-policy --auto-scaling-group-name web --policy-name more",
    .needs = NEEDS_POLICY,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = delete_policy,
};
