/*
 * api/autoscaling_instance.c - attach- and detach-instances, enter- and exit-standby,
 * terminate-instance-in-auto-scaling-group, set-instance-health, set-instance-protection.
 */
#include "api/autoscaling_parts.h"

#include "base/str.h"

/* ---- what they take and give ---- */

struct members_in {
    struct strings ids;
    const char *group;
    bool decrement;
    bool protect;
};

struct activities_out {
    struct activity_views activities;
};

#define F_ACTIVITIES(T, m)                                                                         \
    {                                                                                              \
        .name = "Activities", .doc = "What is done now.", .type = FIELD_LIST,                      \
        .offset = offsetof(T, m), .of = &activity_view_shape,                                      \
    }

static const struct field activities_out_fields[] = {
    F_ACTIVITIES(struct activities_out, activities),
};
static const struct shape activities_out_shape =
    SHAPE("DetachInstancesAnswer", struct activities_out, activities_out_fields);

static const struct field attach_in_fields[] = {
    F_MEMBER_IDS(struct members_in, ids, 0),
    F_GROUP_NAME(struct members_in, group),
};
static const struct shape attach_in_shape =
    SHAPE("AttachInstancesQuery", struct members_in, attach_in_fields);

static const struct field leave_in_fields[] = {
    F_MEMBER_IDS(struct members_in, ids, 0),
    F_GROUP_NAME(struct members_in, group),
    F_BOOL(struct members_in, decrement, "ShouldDecrementDesiredCapacity",
           "Whether the group wants fewer from now on; else it launches others.",
           .flags = FIELD_REQUIRED),
};
static const struct shape leave_in_shape =
    SHAPE("DetachInstancesQuery", struct members_in, leave_in_fields);

static const struct field protect_in_fields[] = {
    F_MEMBER_IDS(struct members_in, ids, FIELD_REQUIRED),
    F_GROUP_NAME(struct members_in, group),
    F_BOOL(struct members_in, protect, "ProtectedFromScaleIn",
           "Whether they stay when the group shrinks.", .flags = FIELD_REQUIRED),
};
static const struct shape protect_in_shape =
    SHAPE("SetInstanceProtectionQuery", struct members_in, protect_in_fields);

/* The group and the instances that a request names; NULL after a fault. */
static struct scaling_group *members_read(struct call *call, const struct members_in *in,
                                          struct scaling_set *set, uint64_t **activities)
{
    struct scaling_group *group = group_named(call, in->group);

    if (group == NULL || set_read(call, group, &in->ids, set) != 0)
        return NULL;
    *activities = arena_alloc(&call->arena, (set->count + 1) * sizeof(**activities));
    return group;
}

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

/* ---- attaching, detaching ---- */

static int attach_instances(struct call *call, const void *input, void *output)
{
    uint64_t *activities;
    struct scaling_set set;

    (void)output;
    if (members_read(call, input, &set, &activities) == NULL)
        return -1;
    return scaling_attach(&call->world->scaling, set, &call->fault);
}

const struct op op_attach_instances = {
    .name = "AttachInstances",
    .doc = "Takes running instances into a group, which then wants as many more.",
    .example = "aws autoscaling attach-instances --auto-scaling-group-name web --instance-ids $J",
    .needs = NEEDS_SCALING_GROUP
    "\n"
    "J=$(aws ec2 run-instances --launch-template LaunchTemplateName=web --placement "
    "AvailabilityZone=us-east-1a --query 'Instances[0].InstanceId' --output text)\n"
    "aws ec2 wait instance-running --instance-ids $J",
    .in = &attach_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = attach_instances,
};

static int detach_instances(struct call *call, const void *input, void *output)
{
    const struct members_in *in = input;
    struct activities_out *out = output;
    uint64_t *activities;
    struct scaling_set set;

    if (members_read(call, in, &set, &activities) == NULL ||
        scaling_detach(&call->world->scaling, set, in->decrement, activities, &call->fault) != 0)
        return -1;
    activities_see(call, activities, set.count, &out->activities);
    return 0;
}

const struct op op_detach_instances = {
    .name = "DetachInstances",
    .doc = "Takes instances out of a group; they run on.",
    .example = "aws autoscaling detach-instances --auto-scaling-group-name web --instance-ids $I "
               "--should-decrement-desired-capacity",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &leave_in_shape,
    .out = &activities_out_shape,
    .faults = faults,
    .flags = OP_WRITE,
    .run = detach_instances,
};

/* ---- standby ---- */

static int enter_standby(struct call *call, const void *input, void *output)
{
    const struct members_in *in = input;
    struct activities_out *out = output;
    uint64_t *activities;
    struct scaling_set set;

    if (members_read(call, in, &set, &activities) == NULL ||
        scaling_enter_standby(&call->world->scaling, set, in->decrement, activities,
                              &call->fault) != 0)
        return -1;
    activities_see(call, activities, set.count, &out->activities);
    return 0;
}

const struct op op_enter_standby = {
    .name = "EnterStandby",
    .doc = "Sets instances of a group aside: no requests, no health checks, until they return.",
    .example = "aws autoscaling enter-standby --auto-scaling-group-name web --instance-ids $I "
               "--should-decrement-desired-capacity",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &leave_in_shape,
    .out = &activities_out_shape,
    .faults = faults,
    .flags = OP_WRITE,
    .run = enter_standby,
};

static int exit_standby(struct call *call, const void *input, void *output)
{
    struct activities_out *out = output;
    uint64_t *activities;
    struct scaling_set set;

    if (members_read(call, input, &set, &activities) == NULL ||
        scaling_exit_standby(&call->world->scaling, set, activities, &call->fault) != 0)
        return -1;
    activities_see(call, activities, set.count, &out->activities);
    return 0;
}

const struct op op_exit_standby = {
    .name = "ExitStandby",
    .doc = "Brings instances back from standby; the group wants as many more.",
    .example = "aws autoscaling exit-standby --auto-scaling-group-name web --instance-ids $I",
    .needs = NEEDS_SCALING_MEMBER
    "\n"
    "aws autoscaling enter-standby --auto-scaling-group-name web --instance-ids $I "
    "--should-decrement-desired-capacity\nsleep 10",
    .in = &attach_in_shape,
    .out = &activities_out_shape,
    .faults = faults,
    .flags = OP_WRITE,
    .run = exit_standby,
};

/* ---- SetInstanceProtection ---- */

static int set_protection(struct call *call, const void *input, void *output)
{
    const struct members_in *in = input;
    uint64_t *activities;
    struct scaling_set set;

    (void)output;
    if (members_read(call, in, &set, &activities) == NULL)
        return -1;
    return scaling_protect(&call->world->scaling, set, in->protect, &call->fault);
}

const struct op op_set_instance_protection = {
    .name = "SetInstanceProtection",
    .doc = "Says whether instances stay when their group shrinks.",
    .example = "aws autoscaling set-instance-protection --auto-scaling-group-name web "
               "--instance-ids $I --protected-from-scale-in",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &protect_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = set_protection,
};

/* ---- one instance of any group ---- */

struct one_in {
    const char *id;
    bool decrement;
    const char *health;
    struct opt_bool heed;
};

struct one_out {
    struct activity_view *activity;
};

/* The member that a text names; NULL after a fault. */
static struct scaling_member *member_named(struct call *call, const char *text)
{
    const struct scaling *scaling = &call->world->scaling;
    uint64_t id = instance_named(call, text);
    struct scaling_member *member = id == 0 ? NULL : scaling_member_find(scaling, id);
    const struct scaling_group *group =
        member == NULL ? NULL : table_get(&scaling->groups, member->group);

    if (group != NULL && group->account == call->account && group->region == call->region)
        return member;
    if (id != 0)
        scaling_refusef(&call->fault,
                        "Instance Id not found - No managed instance found for instance ID: %s",
                        text);
    return NULL;
}

static const struct field end_in_fields[] = {
    F_STRING(struct one_in, id, "InstanceId", "The instance.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance, .min = 1, .max = 19),
    F_BOOL(struct one_in, decrement, "ShouldDecrementDesiredCapacity",
           "Whether the group wants one fewer from now on; else it launches another.",
           .flags = FIELD_REQUIRED),
};
static const struct shape end_in_shape =
    SHAPE("TerminateInstanceInAutoScalingGroupType", struct one_in, end_in_fields);

static const struct field end_out_fields[] = {
    F_STRUCT(struct one_out, activity, struct activity_view, &activity_view_shape, "Activity",
             "What is done now."),
};
static const struct shape end_out_shape = SHAPE("ActivityType", struct one_out, end_out_fields);

static int end_instance(struct call *call, const void *input, void *output)
{
    const struct one_in *in = input;
    struct one_out *out = output;
    struct scaling_member *member = member_named(call, in->id);
    uint64_t activity;

    if (member == NULL || scaling_end_instance(&call->world->scaling, member, in->decrement,
                                               &activity, &call->fault) != 0)
        return -1;
    out->activity = arena_alloc(&call->arena, sizeof(*out->activity));
    activity_see(call, table_get(&call->world->scaling.activities, activity), out->activity);
    return 0;
}

const struct op op_terminate_instance_in_auto_scaling_group = {
    .name = "TerminateInstanceInAutoScalingGroup",
    .doc = "Ends an instance of a group, the way the group itself would.",
    .example = "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id $I "
               "--should-decrement-desired-capacity",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &end_in_shape,
    .out = &end_out_shape,
    .faults = faults,
    .flags = OP_WRITE,
    .run = end_instance,
};

static const struct field health_in_fields[] = {
    F_STRING(struct one_in, id, "InstanceId", "The instance.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance, .min = 1, .max = 19),
    F_STRING(struct one_in, health, "HealthStatus", "Healthy, or Unhealthy: it is replaced.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 32),
    F_OPT_BOOL(struct one_in, heed, "ShouldRespectGracePeriod",
               "Whether it is left alone in its grace period; it is, unless you say so."),
};
static const struct shape health_in_shape =
    SHAPE("SetInstanceHealthQuery", struct one_in, health_in_fields);

static int set_health(struct call *call, const void *input, void *output)
{
    const struct one_in *in = input;
    struct scaling_member *member = member_named(call, in->id);
    bool healthy = str_equal(in->health, "Healthy");

    (void)output;
    if (member == NULL)
        return -1;
    if (!healthy && !str_equal(in->health, "Unhealthy"))
        return scaling_refusef(&call->fault,
                               "Instance health status must be one of Healthy, Unhealthy: %s",
                               in->health);
    scaling_set_health(&call->world->scaling, member, healthy, !in->heed.set || in->heed.value);
    return 0;
}

const struct op op_set_instance_health = {
    .name = "SetInstanceHealth",
    .doc = "Says of an instance that it is healthy, or that its group is to replace it.",
    .example = "aws autoscaling set-instance-health --instance-id $I --health-status Unhealthy",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &health_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = set_health,
};
