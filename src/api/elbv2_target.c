/*
 * api/elbv2_target.c - elbv2: targets of a group, and their health.
 */
#include "api/elbv2_parts.h"

struct target_in {
    const char *id;
    struct opt_int port;
    const char *zone;
};

struct targets_in {
    const char *arn;
    LIST(struct target_in) targets;
};

struct health_in {
    const char *arn;
    LIST(struct target_in) targets;
    struct strings include;
};

struct health_view {
    const char *state;
    const char *reason;
    const char *description;
};

struct anomaly_view {
    const char *result;
    const char *mitigated;
};

struct health_row {
    struct target_in *target;
    const char *check_port;
    struct health_view *health;
    struct anomaly_view *anomaly;
};

struct health_out {
    LIST(struct health_row) rows;
};

static const char *const state_words[] = {
    "initial", "healthy",  "unhealthy",   "unhealthy.draining",
    "unused",  "draining", "unavailable", NULL,
};

static const char *const include_words[] = {"AnomalyDetection", "All", NULL};
static const char *const result_words[] = {"anomalous", "normal", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};

static const struct field target_fields[] = {
    F_STRING(struct target_in, id, "Id", "The instance, or its address in a group of addresses.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_OPT_INT(struct target_in, port, "Port", "Its port; the group's unless told.", .min = 1,
              .max = 65535),
    F_STRING(struct target_in, zone, "AvailabilityZone",
             "Its zone, or all; for addresses outside the VPC.", .ref = &kind_zone),
};

static const struct shape target_description_shape =
    SHAPE("TargetDescription", struct target_in, target_fields);

static const struct field targets_in_fields[] = {
    F_STRING(struct targets_in, arn, "TargetGroupArn", "The target group.", .flags = FIELD_REQUIRED,
             .ref = &kind_target_group),
    F_LIST(struct targets_in, targets, struct target_in, &target_description_shape, "Targets",
           "The targets: Id=ID or Id=ID,Port=PORT.", .flags = FIELD_REQUIRED,
           .ref = &kind_instance),
};

static const struct field health_in_fields[] = {
    F_STRING(struct health_in, arn, "TargetGroupArn", "The target group.", .flags = FIELD_REQUIRED,
             .ref = &kind_target_group),
    F_LIST(struct health_in, targets, struct target_in, &target_description_shape, "Targets",
           "Only these.", .ref = &kind_instance),
    F_STRINGS(struct health_in, include, "Include",
              "What else is shown: AnomalyDetection, or All.", .words = include_words),
};

static const struct field health_fields[] = {
    F_STRING(struct health_view, state, "State", "How it is.", .words = state_words),
    F_STRING(struct health_view, reason, "Reason", "Why, as a code; absent when healthy."),
    F_STRING(struct health_view, description, "Description", "Why, in words; absent when healthy."),
};

static const struct shape targets_in_shape =
    SHAPE("RegisterTargetsInput", struct targets_in, targets_in_fields);
static const struct shape health_in_shape =
    SHAPE("DescribeTargetHealthInput", struct health_in, health_in_fields);
static const struct shape health_shape = SHAPE("TargetHealth", struct health_view, health_fields);

static const struct field anomaly_fields[] = {
    F_STRING(struct anomaly_view, result, "Result", "Whether it fails more than the others.",
             .words = result_words),
    F_STRING(struct anomaly_view, mitigated, "MitigationInEffect",
             "Whether it gets fewer requests for that.", .words = yes_no),
};
static const struct shape anomaly_shape =
    SHAPE("AnomalyDetection", struct anomaly_view, anomaly_fields);

static const struct field row_fields[] = {
    F_STRUCT(struct health_row, target, struct target_in, &target_description_shape, "Target",
             "The target.", .flags = FIELD_COLUMN),
    F_STRING(struct health_row, check_port, "HealthCheckPort", "The port that is checked."),
    F_STRUCT(struct health_row, health, struct health_view, &health_shape, "TargetHealth",
             "Its health.", .flags = FIELD_COLUMN),
    F_STRUCT(struct health_row, anomaly, struct anomaly_view, &anomaly_shape, "AnomalyDetection",
             "Whether its errors stand out; on request."),
};

static const struct shape row_shape =
    SHAPE("TargetHealthDescription", struct health_row, row_fields);

static const struct field health_out_fields[] = {
    F_LIST(struct health_out, rows, struct health_row, &row_shape, "TargetHealthDescriptions",
           "Each target and its health."),
};

static const struct shape health_out_shape =
    SHAPE("DescribeTargetHealthOutput", struct health_out, health_out_fields);

static const struct fault_kind *const target_faults[] = {&fault_target_group_not_found,
                                                         &fault_elb_validation, NULL};

static struct target_wish *wishes_of(struct call *call, const struct targets_in *wish)
{
    struct target_wish *wishes =
        arena_alloc(&call->arena, (wish->targets.count + 1) * sizeof(*wishes));

    for (uint32_t i = 0; i < wish->targets.count; i++) {
        wishes[i] = (struct target_wish){
            .id = wish->targets.items[i].id,
            .port = wish->targets.items[i].port,
            .zone = wish->targets.items[i].zone,
        };
    }
    return wishes;
}

static struct target_group *find_group(struct call *call, const char *arn)
{
    return target_group_find_arn(&call->world->targets, call->account, call->region, arn,
                                 &call->fault);
}

static int register_targets(struct call *call, const void *in, void *out)
{
    const struct targets_in *wish = in;
    struct target_group *group = find_group(call, wish->arn);

    (void)out;
    if (group == NULL)
        return -1;
    return targets_register(&call->world->targets, group, wishes_of(call, wish),
                            wish->targets.count, &call->fault);
}

static int deregister_targets(struct call *call, const void *in, void *out)
{
    const struct targets_in *wish = in;
    struct target_group *group = find_group(call, wish->arn);

    (void)out;
    if (group == NULL)
        return -1;
    return targets_deregister(&call->world->targets, group, wishes_of(call, wish),
                              wish->targets.count, &call->fault);
}

/* A reason and the words for it; `instance` may be 0. */
static struct health_view *view_health(struct call *call, uint8_t state, uint8_t reason,
                                       const struct target *target)
{
    struct health_view *health = arena_alloc(&call->arena, sizeof(*health));
    const struct instance *instance =
        target == NULL ? NULL : instance_any(&call->world->instances, target->instance);

    *health = (struct health_view){
        .state = target_state_name(state),
        .reason = target_reason_code(reason),
        .description =
            target_reason_text(&call->arena, reason, target == NULL ? 0 : target->code,
                               instance == NULL ? "" : instance_state_name(instance->state)),
    };
    return health;
}

static void view_target(struct call *call, const struct target_group *group,
                        const struct target *target, struct health_row *row)
{
    row->target = arena_alloc(&call->arena, sizeof(*row->target));
    row->target->id = target_id_text(&call->arena, target);
    row->target->port = OPT_INT(target->port);
    row->check_port = arena_printf(&call->arena, "%u", target_check_port(group, target));
    row->health = view_health(call, target->state, target->reason, target);
}

/* One that was asked for and is not registered: unused, Target.NotRegistered (SEMANTICS c1). */
static void view_unknown(struct call *call, const struct target_group *group,
                         const struct target_in *wish, struct health_row *row)
{
    row->target = arena_alloc(&call->arena, sizeof(*row->target));
    *row->target = *wish;
    if (!row->target->port.set)
        row->target->port = OPT_INT(group->port);
    row->health = view_health(call, TARGET_UNUSED, HEALTH_NOT_REGISTERED, NULL);
}

static const struct target *find_target(struct call *call, const struct target_group *group,
                                        const struct target_in *wish)
{
    struct target_groups *groups = &call->world->targets;
    uint16_t port = wish->port.set ? (uint16_t)wish->port.value : 0;
    uint64_t instance;
    uint32_t address;

    if (id_parse(&kind_instance, wish->id, &instance))
        return target_of_instance(groups, group, instance, port);
    return address_parse(wish->id, &address) ? target_of_address(groups, group, address, port)
                                             : NULL;
}

static void view_anomaly(struct call *call, const struct target_group *group,
                         const struct target *target, struct health_row *row)
{
    row->anomaly = arena_alloc(&call->arena, sizeof(*row->anomaly));
    row->anomaly->result = target->anomalous ? "anomalous" : "normal";
    row->anomaly->mitigated =
        group->policy.mitigates && target->weight_ppm > 0 ? "yes" : "no";
}

static int describe_target_health(struct call *call, const void *in, void *out)
{
    const struct health_in *wish = in;
    const struct target_group *group = find_group(call, wish->arn);
    struct health_out *answer = out;

    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->targets.count; i++) {
        const struct target *target = find_target(call, group, &wish->targets.items[i]);
        struct health_row *row = LIST_PUSH_IN(&call->arena, &answer->rows);

        if (target == NULL)
            view_unknown(call, group, &wish->targets.items[i], row);
        else
            view_target(call, group, target, row);
        if (target != NULL && wish->include.count > 0)
            view_anomaly(call, group, target, row);
    }
    for (uint32_t i = 0; i < group->targets.count && wish->targets.count == 0; i++) {
        const struct target *target =
            target_get(&call->world->targets, (uint64_t)group->targets.items[i]);

        struct health_row *row = LIST_PUSH_IN(&call->arena, &answer->rows);

        view_target(call, group, target, row);
        if (wish->include.count > 0)
            view_anomaly(call, group, target, row);
    }
    return 0;
}

#define NEEDS_INSTANCE                                                                             \
    NEEDS_TARGET_GROUP                                                                             \
    " ; I=$(aws ec2 run-instances --image-id $(aws ec2 describe-images --owners amazon --filters " \
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text) "       \
    "--instance-type t3.micro --query "                                                            \
    "'Instances[0].InstanceId' --output text) ; aws ec2 wait instance-running --instance-ids $I"

const struct op op_register_targets = {
    .name = "RegisterTargets",
    .doc = "Puts running instances into a target group.",
    .example = "aws elbv2 register-targets --target-group-arn $TG --targets Id=$I",
    .needs = NEEDS_INSTANCE,
    .in = &targets_in_shape,
    .out = &shape_empty,
    .faults = target_faults,
    .flags = OP_WRITE,
    .run = register_targets,
};

const struct op op_deregister_targets = {
    .name = "DeregisterTargets",
    .doc = "Takes instances out of a target group; what they are answering they may finish "
           "(draining).",
    .example = "aws elbv2 deregister-targets --target-group-arn $TG --targets Id=$I",
    .needs = NEEDS_INSTANCE,
    .in = &targets_in_shape,
    .out = &shape_empty,
    .faults = target_faults,
    .flags = OP_WRITE,
    .run = deregister_targets,
};

const struct op op_describe_target_health = {
    .name = "DescribeTargetHealth",
    .doc = "Shows the health of each target of a group, and why.",
    .example = "aws elbv2 describe-target-health --target-group-arn $TG",
    .needs = NEEDS_TARGET_GROUP,
    .in = &health_in_shape,
    .out = &health_out_shape,
    .faults = target_faults,
    .run = describe_target_health,
};
