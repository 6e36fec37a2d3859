/*
 * cloud/scaling_policy.c - scaling policies: how many instances a metric asks for.
 *
 * Owns    struct scaling_policy.
 * True to the Auto Scaling user guide, "Step and simple scaling policies" and "Target tracking
 *         scaling policies"; SEMANTICS c7: simple policies heed the cooldown, the others the
 *         warm-up: instances that warm up are not yet counted when growing, and nobody goes while
 *         some do; a tracking policy makes the group smaller only when all of them agree.
 */
#include "cloud/scaling_policy.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cloud/scaling_parts.h"
#include "sim/clock.h"

const char *const policy_type_words[] = {"", "SimpleScaling", "StepScaling",
                                         "TargetTrackingScaling", NULL};
const char *const adjustment_type_words[] = {"", "ChangeInCapacity", "ExactCapacity",
                                             "PercentChangeInCapacity", NULL};
const char *const tracking_metric_words[] = {"",
                                             "ASGAverageCPUUtilization",
                                             "ASGAverageNetworkIn",
                                             "ASGAverageNetworkOut",
                                             "ALBRequestCountPerTarget",
                                             NULL};

/* ---- finding ---- */

struct scaling_policy *scaling_policy_find(const struct scaling *scaling,
                                           const struct scaling_group *group, const char *name)
{
    for (uint32_t i = 0; i < table_count(&scaling->policies); i++) {
        struct scaling_policy *policy = table_at(&scaling->policies, i);

        if (policy->group == group->id && strcmp(policy->name, name) == 0)
            return policy;
    }
    return NULL;
}

const char *scaling_policy_arn(const struct scaling *scaling, struct arena *arena,
                               const struct scaling_policy *policy)
{
    const struct scaling_group *group = table_get(&scaling->groups, policy->group);

    return arena_printf(arena,
                        "arn:aws:autoscaling:%s:%012" PRIu64
                        ":scalingPolicy:%s:autoScalingGroupName/%s:policyName/%s",
                        scaling->catalog->regions[group->region].name, group->account,
                        scaling_uuid(scaling, arena, policy->key), group->name, policy->name);
}

struct scaling_policy *scaling_policy_find_arn(const struct scaling *scaling, const char *arn)
{
    struct scaling_policy *found = NULL;

    for (uint32_t i = 0; i < table_count(&scaling->policies) && found == NULL; i++) {
        struct scaling_policy *policy = table_at(&scaling->policies, i);
        struct arena arena = ARENA_INIT;

        if (strcmp(scaling_policy_arn(scaling, &arena, policy), arn) == 0)
            found = policy;
        arena_release(&arena);
    }
    return found;
}

/* ---- putting ---- */

/* The alarms of tracking policies follow. */
static void tell_watcher(const struct scaling *scaling)
{
    if (scaling->policies_changed != NULL)
        scaling->policies_changed(scaling->alarms_context);
}

struct scaling_policy *scaling_policy_put(struct scaling *scaling,
                                          const struct scaling_policy *wish, struct fault *fault)
{
    struct scaling_policy *policy = NULL;
    uint32_t count = 0;
    uint64_t key;

    for (uint32_t i = 0; i < table_count(&scaling->policies); i++) {
        struct scaling_policy *other = table_at(&scaling->policies, i);

        count += other->group == wish->group;
        if (other->group == wish->group && strcmp(other->name, wish->name) == 0)
            policy = other;
    }
    if (policy == NULL && count >= SCALING_POLICIES_MOST) {
        fault_set(fault, &fault_scaling_limit, "scaling policies");
        return NULL;
    }
    if (policy == NULL)
        policy = table_add(&scaling->policies, ids_new(scaling->ids));
    key = policy->key;
    shape_release(&scaling_policy_shape, policy);
    shape_copy(&scaling_policy_shape, policy, wish);
    policy->key = key;
    policy->low = false;
    policy->alarm_high = policy->alarm_low = 0;
    if (policy->type == POLICY_TRACKING) {
        policy->alarm_high = ids_new(scaling->ids);
        policy->alarm_low = policy->stays ? 0 : ids_new(scaling->ids);
    }
    tell_watcher(scaling);
    return policy;
}

void scaling_policy_remove(struct scaling *scaling, const struct scaling_policy *policy)
{
    table_remove(&scaling->policies, policy->key);
    tell_watcher(scaling);
}

/* ---- how many ---- */

/* Those that have been launched and do not count yet. */
static int64_t warming(const struct scaling *scaling, const struct scaling_group *group)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        count += member->group == group->id && member_counts(member) &&
                 (member->state != MEMBER_IN_SERVICE || member->warm > scaling->sim->now);
    }
    return count;
}

/* The change that a percentage means: towards nought, but never nothing. */
static int64_t percent_of(int64_t size, int64_t percent)
{
    int64_t change = size * percent / 100;

    if (change == 0 && size * percent != 0)
        change = percent > 0 ? 1 : -1;
    return change;
}

static int64_t adjusted(const struct scaling_policy *policy, int64_t size, int64_t adjustment)
{
    int64_t change;

    if (policy->adjustment_type == ADJUST_EXACT)
        return adjustment;
    if (policy->adjustment_type == ADJUST_CHANGE)
        return size + adjustment;
    change = percent_of(size, adjustment);
    if (change > 0 && change < policy->magnitude)
        change = policy->magnitude;
    if (change < 0 && -change < policy->magnitude)
        change = -policy->magnitude;
    return size + change;
}

static const struct scaling_step *step_of(const struct scaling_policy *policy, int64_t distance)
{
    for (uint32_t i = 0; i < policy->steps.count; i++) {
        const struct scaling_step *step = &policy->steps.items[i];
        /* above the threshold the lower bound belongs to a step, below it the upper one does */
        bool over =
            !step->has_low || (distance >= 0 ? distance >= step->low : distance > step->low);
        bool under =
            !step->has_high || (distance >= 0 ? distance < step->high : distance <= step->high);

        if (over && under)
            return step;
    }
    return NULL;
}

/* How many a tracking policy asks for: rounded up, so that the target is kept. */
static int64_t tracked(int64_t size, int64_t metric, int64_t target)
{
    return (size * metric + target - 1) / target;
}

/* ---- executing ---- */

/* How long those that this policy launches warm up: its own time, the group's, or its cooldown. */
static int64_t warming_of(const struct scaling_group *group, const struct scaling_policy *policy)
{
    int64_t warm_s = policy->warmup_s >= 0  ? policy->warmup_s
                     : group->warmup_s >= 0 ? group->warmup_s
                                            : group->cooldown_s;

    return warm_s > 0 ? warm_s : -1;
}

static void want(struct scaling *scaling, struct scaling_group *group,
                 const struct scaling_policy *policy, const struct scaling_trigger *trigger,
                 int64_t desired)
{
    struct arena arena = ARENA_INIT;
    const char *who =
        trigger->alarm == NULL
            ? arena_printf(&arena, "a user request executed policy %s", policy->name)
            : arena_printf(&arena, "a monitor alarm %s in state ALARM triggered policy %s",
                           trigger->alarm, policy->name);

    desired = desired > group->most ? group->most : desired;
    desired = desired < group->least ? group->least : desired;
    if (desired != group->desired) {
        group->warming_s = 0;
        if (policy->type != POLICY_SIMPLE)
            group->warming_s = warming_of(group, policy);
        else
            group->cooling_s = policy->cooldown_s >= 0 ? policy->cooldown_s : group->cooldown_s;
        scaling_want(scaling, group, desired, who);
    }
    arena_release(&arena);
}

static int execute_simple(struct scaling *scaling, struct scaling_group *group,
                          const struct scaling_policy *policy,
                          const struct scaling_trigger *trigger, struct fault *fault)
{
    if ((trigger->heed_cooldown || trigger->alarm != NULL) &&
        scaling_cooldown_check(scaling, group, fault) != 0)
        return -1;
    want(scaling, group, policy, trigger, adjusted(policy, group->desired, policy->adjustment));
    return 0;
}

static int execute_step(struct scaling *scaling, struct scaling_group *group,
                        const struct scaling_policy *policy, const struct scaling_trigger *trigger,
                        struct fault *fault)
{
    int64_t warm = warming(scaling, group);
    const struct scaling_step *step;
    int64_t desired;

    if (!trigger->has_metric)
        return scaling_refusef(fault, "MetricValue and BreachThreshold must be specified for "
                                      "StepScaling policies");
    step = step_of(policy, trigger->metric - trigger->threshold);
    if (step == NULL)
        return scaling_refusef(fault, "There is no step adjustment for the specified MetricValue "
                                      "and BreachThreshold");
    desired = adjusted(policy, group->desired, step->adjustment);
    if (desired > group->desired) {
        /* what is on its way already is a part of the change */
        desired = adjusted(policy, group->desired - warm, step->adjustment);
        desired = desired < group->desired ? group->desired : desired;
    } else if (warm > 0) {
        desired = group->desired;
    }
    want(scaling, group, policy, trigger, desired);
    return 0;
}

static bool all_agree(const struct scaling *scaling, const struct scaling_group *group)
{
    for (uint32_t i = 0; i < table_count(&scaling->policies); i++) {
        const struct scaling_policy *policy = table_at(&scaling->policies, i);

        if (policy->group == group->id && policy->type == POLICY_TRACKING && !policy->disabled &&
            !policy->stays && !policy->low)
            return false;
    }
    return true;
}

static int execute_tracking(struct scaling *scaling, struct scaling_group *group,
                            struct scaling_policy *policy, const struct scaling_trigger *trigger,
                            struct fault *fault)
{
    int64_t warm = warming(scaling, group);
    int64_t size = scaling_group_size(scaling, group) - warm;
    int64_t desired;

    if (trigger->alarm == NULL)
        return scaling_refusef(fault, "TargetTrackingScaling policies are executed by their "
                                      "alarms only");
    policy->low = trigger->is_low;
    desired = tracked(size > 0 ? size : 1, trigger->metric, policy->target);
    if (trigger->is_low) {
        if (policy->stays || warm > 0 || desired >= group->desired || !all_agree(scaling, group))
            return 0;
    } else if (desired <= group->desired) {
        return 0; /* the largest wish wins: others may have asked for more */
    }
    want(scaling, group, policy, trigger, desired);
    return 0;
}

int scaling_policy_execute(struct scaling *scaling, struct scaling_policy *policy,
                           const struct scaling_trigger *trigger, struct fault *fault)
{
    struct scaling_group *group = table_get(&scaling->groups, policy->group);

    if (policy->disabled)
        return scaling_refusef(fault, "The scaling policy %s is disabled", policy->name);
    if (group->deleting ||
        (trigger->alarm != NULL && scaling_is_suspended(group, PROCESS_ALARM_NOTIFICATION)))
        return 0;
    if (policy->type == POLICY_SIMPLE)
        return execute_simple(scaling, group, policy, trigger, fault);
    if (policy->type == POLICY_STEP)
        return execute_step(scaling, group, policy, trigger, fault);
    return execute_tracking(scaling, group, policy, trigger, fault);
}

void scaling_policy_calm(struct scaling_policy *policy)
{
    policy->low = false;
}

/* ---- alarms ---- */

/* The low alarm stands at 90 % of the target, so that both are not true by turns.  SEMANTICS c7
 * marks this and the numbers of periods as known, not confirmed. */
bool scaling_policy_alarm(const struct scaling *scaling, const struct scaling_policy *policy,
                          bool low, struct arena *arena, struct scaling_alarm *alarm)
{
    const struct scaling_group *group = table_get(&scaling->groups, policy->group);
    uint64_t number = low ? policy->alarm_low : policy->alarm_high;
    const char *slash = policy->label == NULL ? NULL : strstr(policy->label, "/targetgroup/");

    if (number == 0)
        return false;
    *alarm = (struct scaling_alarm){
        .name = arena_printf(arena, "TargetTracking-%s-Alarm%s-%s", group->name,
                             low ? "Low" : "High", scaling_uuid(scaling, arena, number)),
        .space = "AWS/EC2",
        .metric = "CPUUtilization",
        .statistic = "Average",
        .threshold = low ? policy->target / 10 * 9 : policy->target,
        .period_s = 60,
        .periods = low ? 15 : 3,
        .greater = !low,
    };
    if (policy->metric == TRACK_OWN) {
        alarm->space = policy->own.space;
        alarm->metric = policy->own.name;
        alarm->statistic = policy->own.statistic;
        alarm->unit = policy->own.unit;
        for (uint32_t i = 0; i < policy->own.dimensions.count; i++)
            *LIST_PUSH_IN(arena, &alarm->dimensions) = policy->own.dimensions.items[i];
    } else if (policy->metric == TRACK_REQUESTS && slash != NULL) {
        alarm->space = "AWS/ApplicationELB";
        alarm->metric = "RequestCountPerTarget";
        alarm->statistic = "Sum";
        *LIST_PUSH_IN(arena, &alarm->dimensions) =
            (struct pair){"TargetGroup", arena_strdup(arena, slash + 1)};
    } else {
        *LIST_PUSH_IN(arena, &alarm->dimensions) =
            (struct pair){"AutoScalingGroupName", group->name};
    }
    return true;
}

/* ---- tables ---- */

static const struct field step_fields[] = {
    F_INT(struct scaling_step, low, "Low", "From this distance on."),
    F_INT(struct scaling_step, high, "High", "Up to this distance."),
    F_INT(struct scaling_step, adjustment, "Adjustment", "What then."),
    F_BOOL(struct scaling_step, has_low, "HasLow", "It has an end below."),
    F_BOOL(struct scaling_step, has_high, "HasHigh", "It has an end above."),
};
static const struct shape step_shape = SHAPE("ScalingStep", struct scaling_step, step_fields);

static const struct field own_dimension_fields[] = {
    F_STRING(struct pair, key, "Key", "Its name."),
    F_STRING(struct pair, value, "Value", "Its value."),
};
static const struct shape own_dimension_shape =
    SHAPE("ScalingDimension", struct pair, own_dimension_fields);

static const struct field own_fields[] = {
    F_STRING(struct scaling_own_metric, space, "Space", "Its namespace."),
    F_STRING(struct scaling_own_metric, name, "Name", "Its name."),
    F_STRING(struct scaling_own_metric, statistic, "Statistic", "What of it."),
    F_STRING(struct scaling_own_metric, unit, "Unit", "In which unit."),
    F_LIST(struct scaling_own_metric, dimensions, struct pair, &own_dimension_shape, "Dimensions",
           "Of what."),
};
static const struct shape own_shape =
    SHAPE("ScalingOwnMetric", struct scaling_own_metric, own_fields);

static const struct field policy_fields[] = {
    F_INT(struct scaling_policy, key, "Key", "Its number."),
    F_INT(struct scaling_policy, group, "Group", "Its group."),
    F_INT(struct scaling_policy, adjustment, "Adjustment", "Of a simple one."),
    F_INT(struct scaling_policy, magnitude, "Magnitude", "The least change."),
    F_INT(struct scaling_policy, cooldown_s, "Cooldown", "Seconds until the next."),
    F_INT(struct scaling_policy, warmup_s, "Warmup", "Seconds until one counts."),
    F_INT(struct scaling_policy, target, "Target", "What the metric is to be."),
    F_INT(struct scaling_policy, alarm_high, "AlarmHigh", "Its alarm for more."),
    F_INT(struct scaling_policy, alarm_low, "AlarmLow", "Its alarm for fewer."),
    F_INT(struct scaling_policy, type, "Type", "What kind it is."),
    F_INT(struct scaling_policy, adjustment_type, "AdjustmentType", "How it changes."),
    F_INT(struct scaling_policy, metric, "Metric", "What it tracks."),
    F_BOOL(struct scaling_policy, stays, "Stays", "It never makes a group smaller."),
    F_BOOL(struct scaling_policy, disabled, "Disabled", "It does nothing."),
    F_BOOL(struct scaling_policy, low, "Low", "Its low alarm is on."),
    F_STRING(struct scaling_policy, name, "Name", "Its name."),
    F_STRING(struct scaling_policy, label, "Label", "Whose requests it tracks."),
    F_STRING(struct scaling_policy, aggregation, "Aggregation", "How values are joined."),
    F_LIST(struct scaling_policy, steps, struct scaling_step, &step_shape, "Steps",
           "Of a step policy."),
    F_EMBED(struct scaling_policy, own, struct scaling_own_metric, &own_shape, "Own",
            "The metric that it names."),
};
const struct shape scaling_policy_shape =
    SHAPE("ScalingPolicy", struct scaling_policy, policy_fields);
