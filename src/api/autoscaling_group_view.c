/*
 * api/autoscaling_group_view.c - describe-auto-scaling-groups, describe-auto-scaling-instances.
 */
#include "api/autoscaling_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"

/* ---- what groups and their instances look like ---- */

struct instance_view {
    const char *id;
    const char *type;
    const char *group; /* describe-auto-scaling-instances only */
    const char *zone;
    const char *state;
    const char *health;
    struct template_spec *template;
    const char *image;
    bool protected;
};

struct suspended_view {
    const char *process;
    const char *reason;
};

struct source_view {
    const char *id;
    const char *type;
};

struct enabled_view {
    const char *metric;
    const char *granularity;
};

struct group_view {
    const char *name;
    const char *arn;
    struct template_spec *template;
    int64_t least;
    int64_t most;
    int64_t desired;
    int64_t cooldown;
    struct strings zones;
    struct strings balancers;
    struct strings targets;
    const char *health_type;
    int64_t grace;
    LIST(struct instance_view) instances;
    int64_t created;
    LIST(struct suspended_view) suspended;
    const char *subnets;
    LIST(struct enabled_view) metrics;
    const char *status;
    struct group_tags tags;
    struct strings policies;
    bool protect_new;
    const char *role;
    const char *context;
    struct opt_int warmup;
    LIST(struct source_view) sources;
};

#define F_INSTANCE_PLACE F_STRING(struct instance_view, zone, "AvailabilityZone", "The zone.")
#define F_INSTANCE_REST                                                                            \
    F_STRING(struct instance_view, state, "LifecycleState", "Where it is in its life in a group.", \
             .flags = FIELD_COLUMN),                                                               \
        F_STRING(struct instance_view, health, "HealthStatus", "Whether it is to be replaced.",    \
                 .flags = FIELD_COLUMN),                                                           \
        F_STRUCT(struct instance_view, template, struct template_spec, &template_spec_shape,       \
                 "LaunchTemplate", "What it was launched with."),                                  \
        F_STRING(struct instance_view, image, "ImageId", "The image that it came from.",           \
                 .ref = &kind_image),                                                              \
        F_BOOL(struct instance_view, protected, "ProtectedFromScaleIn",                            \
               "Whether it stays when the group shrinks.")

static const struct field instance_fields[] = {
    F_STRING(struct instance_view, id, "InstanceId", "The instance.", .ref = &kind_instance),
    F_STRING(struct instance_view, type, "InstanceType", "Its type."),
    F_INSTANCE_PLACE,
    F_INSTANCE_REST,
};
static const struct shape instance_shape_of_group =
    SHAPE("Instance", struct instance_view, instance_fields);

static const struct field details_fields[] = {
    F_STRING(struct instance_view, id, "InstanceId", "The instance.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct instance_view, type, "InstanceType", "Its type."),
    F_STRING(struct instance_view, group, "AutoScalingGroupName", "The group that it is of.",
             .flags = FIELD_COLUMN),
    F_INSTANCE_PLACE,
    F_INSTANCE_REST,
};
static const struct shape details_shape =
    SHAPE("AutoScalingInstanceDetails", struct instance_view, details_fields);

static const struct field suspended_fields[] = {
    F_STRING(struct suspended_view, process, "ProcessName", "What the group does not do."),
    F_STRING(struct suspended_view, reason, "SuspensionReason", "Who suspended it, and when."),
};
static const struct shape suspended_shape =
    SHAPE("SuspendedProcess", struct suspended_view, suspended_fields);

static const struct field metric_fields[] = {
    F_STRING(struct enabled_view, metric, "Metric", "What CloudWatch is told of the group."),
    F_STRING(struct enabled_view, granularity, "Granularity", "How often."),
};
static const struct shape enabled_metric_shape =
    SHAPE("EnabledMetric", struct enabled_view, metric_fields);

static const struct field source_fields[] = {
    F_STRING(struct source_view, id, "Identifier", "The ARN of a target group."),
    F_STRING(struct source_view, type, "Type", "What kind of source it is."),
};
static const struct shape source_shape =
    SHAPE("TrafficSourceIdentifier", struct source_view, source_fields);

static const struct field group_fields[] = {
    F_STRING(struct group_view, name, "AutoScalingGroupName", "Its name.", .flags = FIELD_COLUMN,
             .ref = &kind_scaling_group),
    F_STRING(struct group_view, arn, "AutoScalingGroupARN", "Its ARN, a name for all of AWS."),
    F_STRUCT(struct group_view, template, struct template_spec, &template_spec_shape,
             "LaunchTemplate", "What it launches."),
    F_INT(struct group_view, least, "MinSize", "The fewest instances.", .flags = FIELD_COLUMN),
    F_INT(struct group_view, most, "MaxSize", "The most instances.", .flags = FIELD_COLUMN),
    F_INT(struct group_view, desired, "DesiredCapacity", "How many it keeps.",
          .flags = FIELD_COLUMN),
    F_INT(struct group_view, cooldown, "DefaultCooldown", "Seconds between simple scalings."),
    F_STRINGS(struct group_view, zones, "AvailabilityZones", "Its zones."),
    F_STRINGS(struct group_view, balancers, "LoadBalancerNames",
              "Classic load balancers: none, they are not modelled."),
    F_STRINGS(struct group_view, targets, "TargetGroupARNs", "The target groups of its instances.",
              .ref = &kind_target_group),
    F_STRING(struct group_view, health_type, "HealthCheckType", "Whose word on health counts."),
    F_INT(struct group_view, grace, "HealthCheckGracePeriod",
          "Seconds in service before health is looked at."),
    F_LIST(struct group_view, instances, struct instance_view, &instance_shape_of_group,
           "Instances", "Its instances."),
    F_TIME(struct group_view, created, "CreatedTime", "When it was made."),
    F_LIST(struct group_view, suspended, struct suspended_view, &suspended_shape,
           "SuspendedProcesses", "What it does not do for now."),
    F_STRING(struct group_view, subnets, "VPCZoneIdentifier", "Its subnets."),
    F_LIST(struct group_view, metrics, struct enabled_view, &enabled_metric_shape, "EnabledMetrics",
           "What CloudWatch is told of it."),
    F_STRING(struct group_view, status, "Status", "Delete in progress, while it is so.",
             .flags = FIELD_COLUMN),
    F_LIST(struct group_view, tags, struct group_tag, &group_tag_view_shape, "Tags", "Its tags."),
    F_STRINGS(struct group_view, policies, "TerminationPolicies",
              "Who goes first when it shrinks."),
    F_BOOL(struct group_view, protect_new, "NewInstancesProtectedFromScaleIn",
           "Whether new instances are protected when it shrinks."),
    F_STRING(struct group_view, role, "ServiceLinkedRoleARN",
             "The role that Auto Scaling acts with."),
    F_STRING(struct group_view, context, "Context", "Reserved; any word."),
    F_OPT_INT(struct group_view, warmup, "DefaultInstanceWarmup",
              "Seconds until a new instance counts for scaling."),
    F_LIST(struct group_view, sources, struct source_view, &source_shape, "TrafficSources",
           "The target groups, said in another way."),
};
static const struct shape group_shape = SHAPE("AutoScalingGroup", struct group_view, group_fields);

static struct template_spec *spec_see(struct call *call, uint64_t template, const char *version)
{
    const struct launch_template *found = table_find(&call->world->templates.table, template);
    struct template_spec *spec = arena_alloc(&call->arena, sizeof(*spec));

    spec->id = id_text(&call->arena, &kind_launch_template, template);
    spec->name = found == NULL ? NULL : found->name;
    spec->version = version;
    return spec;
}

static void member_see(struct call *call, const struct scaling_member *member,
                       struct instance_view *view)
{
    const struct instances *instances = &call->world->instances;
    const struct catalog *catalog = call->world->catalog;
    const struct instance *instance = instance_any(instances, member->instance);

    *view = (struct instance_view){
        .id = id_text(&call->arena, &kind_instance, member->instance),
        .zone = catalog_zone_name(catalog, member->zone),
        .state = member_state_name(member->state),
        .health = member->unhealthy ? "Unhealthy" : "Healthy",
        .protected = member->protected,
    };
    if (member->template != 0)
        view->template = spec_see(call, member->template,
                                  arena_printf(&call->arena, "%" PRId64, member->version));
    if (instance != NULL) {
        view->type = catalog->types[instance->type].name;
        view->image =
            id_text(&call->arena, &kind_image, instance_reservation(instances, instance)->image);
    }
}

static const char *subnets_text(struct call *call, const struct scaling_group *group)
{
    const char *text = "";

    for (uint32_t i = 0; i < group->subnets.count; i++)
        text = arena_printf(&call->arena, "%s%s%s", text, i == 0 ? "" : ",",
                            id_text(&call->arena, &kind_subnet, (uint64_t)group->subnets.items[i]));
    return text;
}

static void lists_see(struct call *call, const struct scaling_group *group, struct group_view *view)
{
    const struct target_groups *targets = &call->world->targets;

    for (uint32_t i = 0; i < group->zones.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->zones) =
            catalog_zone_name(call->world->catalog, (uint8_t)group->zones.items[i]);
    for (uint32_t i = 0; i < group->target_groups.count; i++) {
        const struct target_group *target =
            table_find(&targets->groups, (uint64_t)group->target_groups.items[i]);

        if (target == NULL)
            continue;
        *LIST_PUSH_IN(&call->arena, &view->targets) =
            target_group_arn(targets, &call->arena, target);
        *LIST_PUSH_IN(&call->arena, &view->sources) = (struct source_view){
            .id = target_group_arn(targets, &call->arena, target),
            .type = "elbv2",
        };
    }
    for (uint32_t i = 0; i < group->policies.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->policies) =
            termination_policy_words[group->policies.items[i]];
    for (uint8_t i = 1; scaling_metric_words[i] != NULL; i++)
        if ((group->metrics >> i & 1) != 0)
            *LIST_PUSH_IN(&call->arena, &view->metrics) = (struct enabled_view){
                .metric = scaling_metric_words[i],
                .granularity = "1Minute",
            };
    for (uint32_t i = 0; i < group->suspended.count; i++) {
        char time[CLOCK_TEXT_SIZE];

        *LIST_PUSH_IN(&call->arena, &view->suspended) = (struct suspended_view){
            .process = scaling_process_words[group->suspended.items[i].process],
            .reason = arena_printf(&call->arena, "User suspended at %s",
                                   clock_format(group->suspended.items[i].since, CLOCK_Z, time)),
        };
    }
}

static void group_see(struct call *call, const struct scaling_group *group, bool with_instances,
                      struct group_view *view)
{
    const struct table *members = &call->world->scaling.members;

    *view = (struct group_view){
        .name = group->name,
        .arn = scaling_group_arn(&call->world->scaling, &call->arena, group),
        .template =
            spec_see(call, group->template,
                     group->template_version == NULL ? "$Default" : group->template_version),
        .least = group->least,
        .most = group->most,
        .desired = group->desired,
        .cooldown = group->cooldown_s,
        .health_type = group->health_elb ? "ELB" : "EC2",
        .grace = group->grace_s,
        .created = WHOLE_MILLISECOND(group->created),
        .subnets = subnets_text(call, group),
        .status = group->deleting ? "Delete in progress" : NULL,
        .protect_new = group->protect_new,
        .role = arena_printf(&call->arena,
                             "arn:aws:iam::%012" PRIu64 ":role/aws-service-role/"
                             "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
                             group->account),
        .context = group->context,
    };
    if (group->warmup_s >= 0)
        view->warmup = OPT_INT(group->warmup_s);
    lists_see(call, group, view);
    group_tags_see(call, group, &view->tags);
    for (uint32_t i = 0; with_instances && i < table_count(members); i++) {
        const struct scaling_member *member = table_at(members, i);

        if (member->group == group->id)
            member_see(call, member, LIST_PUSH_IN(&call->arena, &view->instances));
    }
}

static bool is_among(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return texts->count == 0;
}

/* ---- DescribeAutoScalingGroups ---- */

struct describe_in {
    struct strings names;
    struct opt_bool instances;
    const char *next;
    struct opt_int most;
    struct filters filters;
};

struct describe_out {
    LIST(struct group_view) groups;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, names, "AutoScalingGroupNames",
              "Only the groups of these names; others are passed over.",
              .ref = &kind_scaling_group),
    F_OPT_BOOL(struct describe_in, instances, "IncludeInstances",
               "Whether their instances are told; they are, unless you say so."),
    F_NEXT_TOKEN(struct describe_in, next),
    F_MAX_RECORDS(struct describe_in, most),
    F_FILTERS(struct describe_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("AutoScalingGroupNamesType", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, groups, struct group_view, &group_shape, "AutoScalingGroups",
           "The groups."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("AutoScalingGroupsType", struct describe_out, describe_out_fields);

static const struct filter_name group_filters[] = {
    {"tag-value", "Tags.Value"},
    {0},
};

static int describe_groups(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *groups = &call->world->scaling.groups;
    bool with = !in->instances.set || in->instances.value;
    struct page page;

    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct scaling_group *group = table_at(groups, i);
        struct group_view view;

        if (group->account != call->account || group->region != call->region ||
            !is_among(&in->names, group->name))
            continue;
        group_see(call, group, with, &view);
        if (filter_pass(call->op, &in->filters, &group_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->groups) = view;
    }
    if (page_find(call, in->most, in->next, out->groups.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->groups, page);
    out->next = page.next;
    return 0;
}

static const struct paging groups_paging = AUTOSCALING_PAGING("AutoScalingGroups");

const struct op op_describe_auto_scaling_groups = {
    .name = "DescribeAutoScalingGroups",
    .doc = "Lists your Auto Scaling groups with their instances.",
    .example = "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names web",
    .needs = NEEDS_SCALING_GROUP,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .paging = &groups_paging,
    .filters = group_filters,
    .run = describe_groups,
};

/* ---- DescribeAutoScalingInstances ---- */

struct instances_in {
    struct strings ids;
    struct opt_int most;
    const char *next;
};

struct instances_out {
    LIST(struct instance_view) instances;
    const char *next;
};

static const struct field instances_in_fields[] = {
    F_STRINGS(struct instances_in, ids, "InstanceIds",
              "Only these instances; others are passed over.", .ref = &kind_instance),
    F_MAX_RECORDS(struct instances_in, most),
    F_NEXT_TOKEN(struct instances_in, next),
};

static const struct shape instances_in_shape =
    SHAPE("DescribeAutoScalingInstancesType", struct instances_in, instances_in_fields);

static const struct field instances_out_fields[] = {
    F_LIST(struct instances_out, instances, struct instance_view, &details_shape,
           "AutoScalingInstances", "The instances of all groups."),
    F_NEXT_TOKEN_OUT(struct instances_out, next),
};

static const struct shape instances_out_shape =
    SHAPE("AutoScalingInstancesType", struct instances_out, instances_out_fields);

static int describe_instances(struct call *call, const void *input, void *output)
{
    const struct instances_in *in = input;
    struct instances_out *out = output;
    const struct scaling *scaling = &call->world->scaling;
    struct page page;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);
        const struct scaling_group *group = table_get(&scaling->groups, member->group);
        struct instance_view view;

        if (group->account != call->account || group->region != call->region)
            continue;
        member_see(call, member, &view);
        view.group = group->name;
        view.health = member->unhealthy ? "UNHEALTHY" : "HEALTHY";
        if (is_among(&in->ids, view.id))
            *LIST_PUSH_IN(&call->arena, &out->instances) = view;
    }
    if (page_find(call, in->most, in->next, out->instances.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->instances, page);
    out->next = page.next;
    return 0;
}

static const struct paging instances_paging = AUTOSCALING_PAGING("AutoScalingInstances");

const struct op op_describe_auto_scaling_instances = {
    .name = "DescribeAutoScalingInstances",
    .doc = "Lists the instances of Auto Scaling groups.",
    .example = "aws autoscaling describe-auto-scaling-instances --instance-ids $I",
    .needs = NEEDS_SCALING_MEMBER,
    .in = &instances_in_shape,
    .out = &instances_out_shape,
    .paging = &instances_paging,
    .run = describe_instances,
};
