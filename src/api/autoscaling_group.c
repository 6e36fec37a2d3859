/*
 * api/autoscaling_group.c - create-, update-, delete-auto-scaling-group, set-desired-capacity; and
 * what the rooms of autoscaling share.
 *
 * True to the Auto Scaling API reference.  Refused by name: launch configurations, mixed instances
 * policies, warm pools, lifetimes, maintenance policies.
 */
#include "api/autoscaling_parts.h"

#include <string.h>

#include "base/str.h"

/* ---- what the rooms share ---- */

struct scaling_group *group_named(struct call *call, const char *name)
{
    return scaling_group_find(&call->world->scaling, call->account, call->region, name,
                              &call->fault);
}

uint64_t instance_named(struct call *call, const char *text)
{
    uint64_t id = 0;

    if (id_parse(&kind_instance, text, &id) && id != 0)
        return id;
    scaling_refusef(&call->fault, "Invalid Instance ID %.80s", text);
    return 0;
}

int set_read(struct call *call, struct scaling_group *group, const struct strings *texts,
             struct scaling_set *set)
{
    uint64_t *ids = arena_alloc(&call->arena, (texts->count + 1) * sizeof(*ids));

    for (uint32_t i = 0; i < texts->count; i++) {
        ids[i] = instance_named(call, texts->items[i]);
        if (ids[i] == 0)
            return -1;
    }
    *set = (struct scaling_set){.group = group, .instances = ids, .count = texts->count};
    return 0;
}

static const struct field spec_fields[] = {
    F_STRING(struct template_spec, id, "LaunchTemplateId", "The id of the launch template.",
             .ref = &kind_launch_template, .min = 1, .max = 255),
    F_STRING(struct template_spec, name, "LaunchTemplateName", "Its name, instead of the id.",
             .min = 3, .max = 128),
    F_STRING(struct template_spec, version, "Version",
             "Which version: a number, $Latest or $Default, which it is unless you say so.",
             .min = 1, .max = 255),
};
const struct shape template_spec_shape =
    SHAPE("LaunchTemplateSpecification", struct template_spec, spec_fields);

/* ---- members of creating and updating ---- */

struct source_in {
    const char *id;
    const char *type;
};

struct group_in {
    const char *name;
    struct template_spec *template;
    struct opt_int least;
    struct opt_int most;
    struct opt_int desired;
    struct opt_int cooldown;
    struct strings zones;
    struct strings targets;
    const char *health_type;
    struct opt_int grace;
    const char *subnets;
    struct strings policies;
    struct opt_bool protect_new;
    struct group_tags tags;
    const char *context;
    struct opt_int warmup;
    LIST(struct source_in) sources;
};

static const struct field source_fields[] = {
    F_STRING(struct source_in, id, "Identifier", "The ARN of a target group.",
             .flags = FIELD_REQUIRED, .ref = &kind_target_group, .min = 1, .max = 511),
    F_STRING(struct source_in, type, "Type", "elbv2: a target group.", .min = 1, .max = 511),
};
static const struct shape source_shape =
    SHAPE("TrafficSourceIdentifier", struct source_in, source_fields);

#define F_TEMPLATE_OF_GROUP                                                                        \
    F_STRUCT(struct group_in, template, struct template_spec, &template_spec_shape,                \
             "LaunchTemplate",                                                                     \
             "What it launches: LaunchTemplateName=web,Version=$Latest; the default version "      \
             "unless you say so.")
#define F_PLACES_OF_GROUP                                                                          \
    F_STRINGS(struct group_in, zones, "AvailabilityZones",                                         \
              "The zones of its instances; their default subnets.", .ref = &kind_zone)
#define F_HEALTH_OF_GROUP                                                                          \
    F_STRING(struct group_in, health_type, "HealthCheckType",                                      \
             "EC2, or ELB: the health that target groups find counts too.", .min = 1, .max = 32),  \
        F_OPT_INT(struct group_in, grace, "HealthCheckGracePeriod",                                \
                  "Seconds in service before health is looked at; 0 unless you say so.")
#define F_REST_OF_GROUP                                                                            \
    F_STRING(struct group_in, subnets, "VPCZoneIdentifier",                                        \
             "The subnets of its instances, with commas between: they say the zones.", .min = 1,   \
             .max = 5000),                                                                         \
        F_STRINGS(struct group_in, policies, "TerminationPolicies",                                \
                  "Who goes first when it shrinks, in this order."),                               \
        F_OPT_BOOL(struct group_in, protect_new, "NewInstancesProtectedFromScaleIn",               \
                   "Whether new instances are protected when it shrinks."),                        \
        F_STRING(struct group_in, context, "Context", "Reserved; any word."),                      \
        F_OPT_INT(struct group_in, warmup, "DefaultInstanceWarmup",                                \
                  "Seconds until a new instance counts for scaling; -1: none is set.")

static const struct field create_in_fields[] = {
    F_STRING(struct group_in, name, "AutoScalingGroupName",
             "Its name, unique in the Region: up to 255 characters.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 255),
    F_TEMPLATE_OF_GROUP,
    F_OPT_INT(struct group_in, least, "MinSize", "The fewest instances.", .flags = FIELD_REQUIRED),
    F_OPT_INT(struct group_in, most, "MaxSize", "The most instances.", .flags = FIELD_REQUIRED),
    F_OPT_INT(struct group_in, desired, "DesiredCapacity",
              "How many it keeps; the fewest unless you say so."),
    F_OPT_INT(struct group_in, cooldown, "DefaultCooldown",
              "Seconds between two simple scalings; 300 unless you say so."),
    F_PLACES_OF_GROUP,
    F_STRINGS(struct group_in, targets, "TargetGroupARNs",
              "Target groups in which its instances are registered.", .ref = &kind_target_group),
    F_HEALTH_OF_GROUP,
    F_REST_OF_GROUP,
    F_LIST(struct group_in, tags, struct group_tag, &group_tag_shape, "Tags",
           "Tags of the group: Key=NAME,Value=TEXT,PropagateAtLaunch=true hands one on to its "
           "instances."),
    F_LIST(struct group_in, sources, struct source_in, &source_shape, "TrafficSources",
           "Target groups, said in another way: Identifier=ARN,Type=elbv2."),
};

static const struct shape create_in_shape =
    SHAPE("CreateAutoScalingGroupType", struct group_in, create_in_fields);

static const struct field update_in_fields[] = {
    F_GROUP_NAME(struct group_in, name),
    F_TEMPLATE_OF_GROUP,
    F_OPT_INT(struct group_in, least, "MinSize", "The fewest instances."),
    F_OPT_INT(struct group_in, most, "MaxSize", "The most instances."),
    F_OPT_INT(struct group_in, desired, "DesiredCapacity", "How many it keeps."),
    F_OPT_INT(struct group_in, cooldown, "DefaultCooldown", "Seconds between two simple scalings."),
    F_PLACES_OF_GROUP,
    F_HEALTH_OF_GROUP,
    F_REST_OF_GROUP,
};

static const struct shape update_in_shape =
    SHAPE("UpdateAutoScalingGroupType", struct group_in, update_in_fields);

/* Fills the wish; the template is looked up.  0, or -1 after a fault. */
static int wish_read(struct call *call, const struct group_in *in, struct scaling_group_wish *wish)
{
    struct launch_template_name name = {.account = call->account, .region = call->region};
    struct fault inner = FAULT_INIT;

    *wish = (struct scaling_group_wish){
        .account = call->account,
        .region = call->region,
        .name = in->name,
        .least = in->least,
        .most = in->most,
        .desired = in->desired,
        .cooldown_s = in->cooldown,
        .grace_s = in->grace,
        .warmup_s = in->warmup,
        .zones = &in->zones,
        .subnets = in->subnets,
        .policies = &in->policies,
        .health_type = in->health_type,
        .protect_new = in->protect_new,
        .context = in->context,
    };
    if (in->template == NULL)
        return 0;
    name.id = in->template->id;
    name.name = in->template->name;
    wish->template = launch_template_find(&call->world->templates, &name, &inner);
    wish->template_version = in->template->version;
    if (wish->template == NULL)
        scaling_refusef(&call->fault, "You must use a valid fully-formed launch template. %s",
                        inner.message);
    fault_release(&inner);
    return wish->template == NULL ? -1 : 0;
}

/* ---- CreateAutoScalingGroup ---- */

static int create_group(struct call *call, const void *input, void *output)
{
    const struct group_in *in = input;
    struct scaling *scaling = &call->world->scaling;
    struct strings arns = {0};
    struct target_groups_found targets;
    struct scaling_group_wish wish;
    struct scaling_group *group;

    (void)output;
    for (uint32_t i = 0; i < in->targets.count; i++)
        *LIST_PUSH_IN(&call->arena, &arns) = in->targets.items[i];
    for (uint32_t i = 0; i < in->sources.count; i++)
        *LIST_PUSH_IN(&call->arena, &arns) = in->sources.items[i].id;
    if (in->template == NULL)
        return scaling_refusef(&call->fault,
                               "Valid requests must contain either LaunchTemplate, "
                               "LaunchConfigurationName, InstanceId or MixedInstancesPolicy "
                               "parameter.");
    if (arns.count > SCALING_TARGET_GROUPS_MOST)
        return call_fault(call, &fault_scaling_limit, "target groups");
    if (wish_read(call, in, &wish) != 0 || group_tags_check(call, &in->tags) != 0 ||
        target_groups_read(call, &arns, &targets) != 0)
        return -1;
    group = scaling_group_add(scaling, &wish, &call->fault);
    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < in->tags.count; i++)
        group_tags_set(group, &in->tags.items[i]);
    return scaling_attach_targets(scaling, group, targets.items, targets.count, &call->fault);
}

static const struct fault_kind *const create_faults[] = {
    &fault_scaling_exists,
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

const struct op op_create_auto_scaling_group = {
    .name = "CreateAutoScalingGroup",
    .doc = "Makes a group that keeps as many instances as it is to have, in its zones.",
    .example = "aws autoscaling create-auto-scaling-group --auto-scaling-group-name web "
               "--launch-template LaunchTemplateName=web --min-size 1 --max-size 4 "
               "--availability-zones us-east-1a us-east-1b",
    .needs = EC2_EXAMPLE_IMAGE
    "\n"
    "aws ec2 create-launch-template --launch-template-name web --launch-template-data "
    "ImageId=$AMI,InstanceType=t3.micro",
    .in = &create_in_shape,
    .out = &shape_empty,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_group,
};

/* ---- UpdateAutoScalingGroup ---- */

static int update_group(struct call *call, const void *input, void *output)
{
    const struct group_in *in = input;
    struct scaling_group *group = group_named(call, in->name);
    struct scaling_group_wish wish;

    (void)output;
    if (group == NULL || wish_read(call, in, &wish) != 0)
        return -1;
    return scaling_group_change(&call->world->scaling, group, &wish, &call->fault);
}

static const struct fault_kind *const validation_faults[] = {
    &fault_scaling_validation,
    NULL,
};

const struct op op_update_auto_scaling_group = {
    .name = "UpdateAutoScalingGroup",
    .doc = "Changes what a group is to be; what you do not say stays as it is.",
    .example = "aws autoscaling update-auto-scaling-group --auto-scaling-group-name web "
               "--min-size 2 --max-size 6",
    .needs = NEEDS_SCALING_GROUP,
    .in = &update_in_shape,
    .out = &shape_empty,
    .faults = validation_faults,
    .flags = OP_WRITE,
    .run = update_group,
};

/* ---- DeleteAutoScalingGroup ---- */

struct delete_in {
    const char *name;
    bool force;
};

static const struct field delete_in_fields[] = {
    F_GROUP_NAME(struct delete_in, name),
    F_BOOL(struct delete_in, force, "ForceDelete",
           "Ends its instances first, instead of refusing while there are some."),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteAutoScalingGroupType", struct delete_in, delete_in_fields);

static int delete_group(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    struct scaling_group *group = group_named(call, in->name);

    (void)output;
    if (group == NULL)
        return -1;
    return scaling_group_delete(&call->world->scaling, group, in->force, &call->fault);
}

static const struct fault_kind *const delete_faults[] = {
    &fault_scaling_in_use,
    &fault_scaling_busy,
    &fault_scaling_validation,
    NULL,
};

const struct op op_delete_auto_scaling_group = {
    .name = "DeleteAutoScalingGroup",
    .doc = "Deletes a group without instances; with --force-delete its instances end too.",
    .example = "aws autoscaling delete-auto-scaling-group --auto-scaling-group-name web "
               "--force-delete",
    .needs = NEEDS_SCALING_GROUP,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_group,
};

/* ---- SetDesiredCapacity ---- */

struct desired_in {
    const char *name;
    int64_t desired;
    bool heed;
};

static const struct field desired_in_fields[] = {
    F_GROUP_NAME(struct desired_in, name),
    F_INT(struct desired_in, desired, "DesiredCapacity", "How many it is to keep.",
          .flags = FIELD_REQUIRED),
    F_BOOL(struct desired_in, heed, "HonorCooldown",
           "Refuses while a cooldown holds, instead of going over it."),
};

static const struct shape desired_in_shape =
    SHAPE("SetDesiredCapacityType", struct desired_in, desired_in_fields);

static int set_desired(struct call *call, const void *input, void *output)
{
    const struct desired_in *in = input;
    struct scaling_group *group = group_named(call, in->name);

    (void)output;
    if (group == NULL)
        return -1;
    return scaling_set_desired(&call->world->scaling, group, in->desired, in->heed, &call->fault);
}

static const struct fault_kind *const desired_faults[] = {
    &fault_scaling_busy,
    &fault_scaling_validation,
    NULL,
};

const struct op op_set_desired_capacity = {
    .name = "SetDesiredCapacity",
    .doc = "Says how many instances a group is to keep.",
    .example = "aws autoscaling set-desired-capacity --auto-scaling-group-name web "
               "--desired-capacity 2",
    .needs = NEEDS_SCALING_GROUP,
    .in = &desired_in_shape,
    .out = &shape_empty,
    .faults = desired_faults,
    .flags = OP_WRITE,
    .run = set_desired,
};
