/*
 * cloud/scaling_group.c - Auto Scaling groups: what they are, and the rows of all that belongs to
 * them.
 *
 * Owns    struct scaling_group, scaling_member, lifecycle_hook and scaling_activity.
 * True to the Auto Scaling API reference; SEMANTICS c7.
 */
#include "cloud/scaling_group.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cloud/token.h"

const char *const scaling_process_words[] = {
    "",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
    NULL,
};
_Static_assert(sizeof(scaling_process_words) / sizeof(char *) == PROCESS_END_ + 1,
               "a word for each process");

const char *const scaling_metric_words[] = {
    "",
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
    NULL,
};
_Static_assert(sizeof(scaling_metric_words) / sizeof(char *) == METRIC_GROUP_TOTAL_CAPACITY + 2,
               "a word for each metric");

const char *const termination_policy_words[] = {
    "",
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
    "Default",
    "NewestInstance",
    "OldestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
    NULL,
};
_Static_assert(sizeof(termination_policy_words) / sizeof(char *) == TERMINATION_END_ + 1,
               "a word for each policy");

uint8_t scaling_word(const char *const *words, const char *word)
{
    for (uint8_t i = 1; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return 0;
}

int scaling_refusef(struct fault *fault, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return fault_set(fault, &fault_scaling_validation, text);
}

/* ---- finding ---- */

struct scaling_group *scaling_group_named(const struct scaling *scaling, uint64_t account,
                                          uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        struct scaling_group *group = table_at(&scaling->groups, i);

        if (group->account == account && group->region == region && strcmp(group->name, name) == 0)
            return group;
    }
    return NULL;
}

struct scaling_group *scaling_group_find(const struct scaling *scaling, uint64_t account,
                                         uint8_t region, const char *name, struct fault *fault)
{
    struct scaling_group *group = scaling_group_named(scaling, account, region, name);

    if (group == NULL)
        scaling_refusef(fault, "AutoScalingGroup name not found - AutoScalingGroup '%s' not found",
                        name);
    return group;
}

struct scaling_member *scaling_member_find(const struct scaling *scaling, uint64_t instance)
{
    return table_find(&scaling->members, instance);
}

struct lifecycle_hook *lifecycle_hook_find(const struct scaling *scaling,
                                           const struct scaling_group *group, const char *name)
{
    for (uint32_t i = 0; i < table_count(&scaling->hooks); i++) {
        struct lifecycle_hook *hook = table_at(&scaling->hooks, i);

        if (hook->group == group->id && strcmp(hook->name, name) == 0)
            return hook;
    }
    return NULL;
}

bool scaling_is_suspended(const struct scaling_group *group, enum scaling_process process)
{
    for (uint32_t i = 0; i < group->suspended.count; i++) {
        if (group->suspended.items[i].process == process)
            return true;
    }
    return false;
}

bool member_counts(const struct scaling_member *member)
{
    return member->state == MEMBER_PENDING || member->state == MEMBER_PENDING_WAIT ||
           member->state == MEMBER_PENDING_PROCEED || member->state == MEMBER_IN_SERVICE;
}

bool member_is_leaving(const struct scaling_member *member)
{
    return member->state == MEMBER_TERMINATING || member->state == MEMBER_TERMINATING_WAIT ||
           member->state == MEMBER_TERMINATING_PROCEED || member->state == MEMBER_DETACHING;
}

int64_t scaling_group_size(const struct scaling *scaling, const struct scaling_group *group)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        count += member->group == group->id && member_counts(member);
    }
    return count;
}

/* ---- words ---- */

const char *scaling_uuid(const struct scaling *scaling, struct arena *arena, uint64_t number)
{
    char text[TOKEN_TEXT_SIZE];

    token_invent(scaling->seed, number, text);
    return arena_strdup(arena, text);
}

const char *scaling_group_arn(const struct scaling *scaling, struct arena *arena,
                              const struct scaling_group *group)
{
    return arena_printf(
        arena, "arn:aws:autoscaling:%s:%012" PRIu64 ":autoScalingGroup:%s:autoScalingGroupName/%s",
        scaling->catalog->regions[group->region].name, group->account,
        scaling_uuid(scaling, arena, group->id), group->name);
}

const char *member_state_name(uint8_t state)
{
    static const char *const names[] = {
        [MEMBER_PENDING] = "Pending",
        [MEMBER_PENDING_WAIT] = "Pending:Wait",
        [MEMBER_PENDING_PROCEED] = "Pending:Proceed",
        [MEMBER_IN_SERVICE] = "InService",
        [MEMBER_TERMINATING] = "Terminating",
        [MEMBER_TERMINATING_WAIT] = "Terminating:Wait",
        [MEMBER_TERMINATING_PROCEED] = "Terminating:Proceed",
        [MEMBER_DETACHING] = "Detaching",
        [MEMBER_ENTERING_STANDBY] = "EnteringStandby",
        [MEMBER_STANDBY] = "Standby",
    };

    return names[state];
}

const char *activity_status_name(uint8_t status)
{
    static const char *const names[] = {
        [ACTIVITY_PRE_IN_SERVICE] = "PreInService",
        [ACTIVITY_IN_PROGRESS] = "InProgress",
        [ACTIVITY_DRAINING] = "WaitingForELBConnectionDraining",
        [ACTIVITY_MID_LIFECYCLE] = "MidLifecycleAction",
        [ACTIVITY_SUCCESSFUL] = "Successful",
        [ACTIVITY_FAILED] = "Failed",
        [ACTIVITY_CANCELLED] = "Cancelled",
    };

    return names[status];
}

/* ---- tables ---- */

static const struct field suspension_fields[] = {
    F_TIME(struct suspension, since, "Since", "Since when."),
    F_INT(struct suspension, process, "Process", "Which."),
};
static const struct shape suspension_shape =
    SHAPE("Suspension", struct suspension, suspension_fields);

static const struct field tag_fields[] = {
    F_STRING(struct scaling_tag, key, "Key", "Its key."),
    F_STRING(struct scaling_tag, value, "Value", "What it says."),
    F_BOOL(struct scaling_tag, propagate, "PropagateAtLaunch", "Instances get it too."),
};
static const struct shape tag_shape = SHAPE("ScalingTag", struct scaling_tag, tag_fields);

static const struct field luck_fields[] = {
    F_INT(struct chance, key, "Key", "Which stream of chance."),
    F_INT(struct chance, counter, "Counter", "How many draws were made."),
};
static const struct shape luck_shape = SHAPE("Chance", struct chance, luck_fields);

static const struct field group_fields[] = {
    F_INT(struct scaling_group, id, "Id", "Its number."),
    F_INT(struct scaling_group, account, "Account", "Whose it is."),
    F_TIME(struct scaling_group, created, "Created", "When it was made."),
    F_INT(struct scaling_group, template, "Template", "What it launches."),
    F_STRING(struct scaling_group, template_version, "TemplateVersion", "Which version of it."),
    F_INT(struct scaling_group, least, "MinSize", "The fewest instances."),
    F_INT(struct scaling_group, most, "MaxSize", "The most instances."),
    F_INT(struct scaling_group, desired, "DesiredCapacity", "How many it wants."),
    F_INT(struct scaling_group, cooldown_s, "DefaultCooldown", "Seconds between simple scalings."),
    F_INT(struct scaling_group, grace_s, "HealthCheckGracePeriod", "Seconds without checks."),
    F_INT(struct scaling_group, warmup_s, "DefaultInstanceWarmup", "Seconds of warming up."),
    F_INT(struct scaling_group, warming_s, "Warming", "Seconds of warming up by a policy."),
    F_TIME(struct scaling_group, cooled, "Cooled", "The cooldown's end."),
    F_INT(struct scaling_group, cooling_s, "Cooling", "The cooldown that is to begin."),
    F_TIME(struct scaling_group, retry, "Retry", "No launch before."),
    F_TIME(struct scaling_group, rebalance, "Rebalance", "No balancing before."),
    F_INT(struct scaling_group, review, "Review", "The event that looks at it next."),
    F_TIME(struct scaling_group, review_time, "ReviewTime", "When that is."),
    F_INT(struct scaling_group, balancing, "Balancing", "Launched to balance zones."),
    F_INT(struct scaling_group, failures, "Failures", "Launches in a row that failed."),
    F_INT(struct scaling_group, replacing, "Replacing", "Ended and not yet replaced."),
    F_INT(struct scaling_group, region, "Region", "Where it is."),
    F_BOOL(struct scaling_group, health_elb, "HealthElb", "Its targets' health counts."),
    F_BOOL(struct scaling_group, protect_new, "ProtectNew", "New instances are protected."),
    F_BOOL(struct scaling_group, deleting, "Deleting", "It is being deleted."),
    F_BOOL(struct scaling_group, said, "Said", "That all are protected was said."),
    F_INTS(struct scaling_group, zones, "Zones", "Its zones."),
    F_INTS(struct scaling_group, subnets, "Subnets", "Its subnets."),
    F_INTS(struct scaling_group, target_groups, "TargetGroups", "Where it registers."),
    F_INTS(struct scaling_group, policies, "TerminationPolicies", "Who goes first."),
    F_INT(struct scaling_group, metrics, "Metrics", "What CloudWatch is told."),
    F_LIST(struct scaling_group, suspended, struct suspension, &suspension_shape, "Suspended",
           "What it does not do."),
    F_LIST(struct scaling_group, tags, struct scaling_tag, &tag_shape, "Tags", "Its tags."),
    F_EMBED(struct scaling_group, luck, struct chance, &luck_shape, "Luck", "Its chance."),
    F_STRING(struct scaling_group, name, "Name", "Its name."),
    F_STRING(struct scaling_group, context, "Context", "A word of its owner's."),
    F_STRING(struct scaling_group, why, "Why", "What changed its wishes."),
};
const struct shape scaling_group_shape = SHAPE("ScalingGroup", struct scaling_group, group_fields);

static const struct field hold_fields[] = {
    F_INT(struct member_hold, token, "Token", "Its number."),
    F_INT(struct member_hold, hook, "Hook", "Of which hook."),
    F_INT(struct member_hold, event, "Event", "The heartbeat's end."),
};
static const struct shape hold_shape = SHAPE("MemberHold", struct member_hold, hold_fields);

static const struct field member_fields[] = {
    F_INT(struct scaling_member, instance, "Instance", "The instance."),
    F_INT(struct scaling_member, group, "Group", "Its group."),
    F_INT(struct scaling_member, activity, "Activity", "What is under way with it."),
    F_INT(struct scaling_member, template, "Template", "What it was launched with."),
    F_INT(struct scaling_member, version, "Version", "Which version of that."),
    F_TIME(struct scaling_member, since, "Since", "Since when it is in its state."),
    F_TIME(struct scaling_member, in_service, "InService", "When it came into service."),
    F_TIME(struct scaling_member, warm, "Warm", "Until when it warms up."),
    F_INT(struct scaling_member, step, "Step", "The event that goes on with it."),
    F_INT(struct scaling_member, look, "Look", "The event that looks at its health."),
    F_INT(struct scaling_member, state, "State", "Its state."),
    F_INT(struct scaling_member, zone, "Zone", "Its zone."),
    F_BOOL(struct scaling_member, unhealthy, "Unhealthy", "It is to be replaced."),
    F_BOOL(struct scaling_member, protected, "Protected", "Protected from scale in."),
    F_STRING(struct scaling_member, trouble, "Trouble", "Why it is unhealthy."),
    F_LIST(struct scaling_member, holds, struct member_hold, &hold_shape, "Holds",
           "What is waited for."),
};
const struct shape scaling_member_shape =
    SHAPE("ScalingMember", struct scaling_member, member_fields);

static const struct field hook_fields[] = {
    F_INT(struct lifecycle_hook, key, "Key", "Its number."),
    F_INT(struct lifecycle_hook, group, "Group", "Its group."),
    F_INT(struct lifecycle_hook, heartbeat_s, "HeartbeatTimeout", "Seconds of waiting."),
    F_BOOL(struct lifecycle_hook, launching, "Launching", "At launches, else at ends."),
    F_BOOL(struct lifecycle_hook, carries_on, "CarriesOn", "What happens after the time."),
    F_STRING(struct lifecycle_hook, name, "Name", "Its name."),
    F_STRING(struct lifecycle_hook, metadata, "Metadata", "A word for those who listen."),
};
const struct shape lifecycle_hook_shape =
    SHAPE("LifecycleHook", struct lifecycle_hook, hook_fields);

static const struct field activity_fields[] = {
    F_INT(struct scaling_activity, id, "Id", "Its number."),
    F_INT(struct scaling_activity, group, "Group", "Its group."),
    F_INT(struct scaling_activity, account, "Account", "Whose it is."),
    F_INT(struct scaling_activity, instance, "Instance", "The instance."),
    F_INT(struct scaling_activity, subnet, "Subnet", "The instance's subnet."),
    F_TIME(struct scaling_activity, begin, "Begin", "When it began."),
    F_TIME(struct scaling_activity, end, "End", "When it ended."),
    F_INT(struct scaling_activity, progress, "Progress", "How far it is, in percent."),
    F_INT(struct scaling_activity, region, "Region", "Where."),
    F_INT(struct scaling_activity, zone, "Zone", "In which zone."),
    F_INT(struct scaling_activity, status, "Status", "How it stands."),
    F_BOOL(struct scaling_activity, orphan, "Orphan", "Its group was deleted."),
    F_STRING(struct scaling_activity, group_name, "GroupName", "The group's name."),
    F_STRING(struct scaling_activity, description, "Description", "What is done."),
    F_STRING(struct scaling_activity, cause, "Cause", "Why."),
    F_STRING(struct scaling_activity, message, "Message", "What went wrong."),
};
const struct shape scaling_activity_shape =
    SHAPE("ScalingActivity", struct scaling_activity, activity_fields);

const struct fault_kind fault_scaling_validation = {
    .code = "ValidationError",
    .text = "{}",
    .hint = "The message names the value; the operation's help says what it may be.",
};
