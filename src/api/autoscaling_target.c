/*
 * api/autoscaling_target.c - attach-, detach-, describe-load-balancer-target-groups.
 */
#include "api/autoscaling_parts.h"

#include "base/str.h"
#include "cloud/target.h"

int target_groups_read(struct call *call, const struct strings *arns,
                       struct target_groups_found *found)
{
    *found = (struct target_groups_found){
        .items = arena_alloc(&call->arena, (arns->count + 1) * sizeof(struct target_group *)),
    };
    for (uint32_t i = 0; i < arns->count; i++) {
        struct fault inner = FAULT_INIT;
        struct target_group *group = target_group_find_arn(&call->world->targets, call->account,
                                                           call->region, arns->items[i], &inner);

        fault_release(&inner);
        if (group == NULL || !str_equal(group->type, "instance"))
            return scaling_refusef(&call->fault, "Provided Target Groups may not be valid. Please "
                                                 "ensure they exist and try again.");
        found->items[found->count++] = group;
    }
    return 0;
}

struct targets_in {
    const char *group;
    struct strings arns;
};

static const struct field targets_in_fields[] = {
    F_GROUP_NAME(struct targets_in, group),
    F_STRINGS(struct targets_in, arns, "TargetGroupARNs", "The ARNs of the target groups.",
              .flags = FIELD_REQUIRED, .ref = &kind_target_group),
};
static const struct shape targets_in_shape =
    SHAPE("AttachLoadBalancerTargetGroupsType", struct targets_in, targets_in_fields);

static const struct fault_kind *const attach_faults[] = {
    &fault_scaling_limit,
    &fault_scaling_validation,
    NULL,
};

static const struct fault_kind *const faults[] = {
    &fault_scaling_validation,
    NULL,
};

static int attach(struct call *call, const void *input, void *output)
{
    const struct targets_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    struct target_groups_found found;

    (void)output;
    if (group == NULL || target_groups_read(call, &in->arns, &found) != 0)
        return -1;
    return scaling_attach_targets(&call->world->scaling, group, found.items, found.count,
                                  &call->fault);
}

const struct op op_attach_load_balancer_target_groups = {
    .name = "AttachLoadBalancerTargetGroups",
    .doc = "Registers a group's instances, now and later, in target groups.",
    .example = "aws autoscaling attach-load-balancer-target-groups --auto-scaling-group-name web "
               "--target-group-arns $TG",
    .needs = NEEDS_SCALING_TARGETS,
    .in = &targets_in_shape,
    .out = &shape_empty,
    .faults = attach_faults,
    .flags = OP_WRITE,
    .run = attach,
};

static int detach(struct call *call, const void *input, void *output)
{
    const struct targets_in *in = input;
    struct scaling_group *group = group_named(call, in->group);
    struct target_groups_found found;

    (void)output;
    if (group == NULL || target_groups_read(call, &in->arns, &found) != 0)
        return -1;
    return scaling_detach_targets(&call->world->scaling, group, found.items, found.count,
                                  &call->fault);
}

const struct op op_detach_load_balancer_target_groups = {
    .name = "DetachLoadBalancerTargetGroups",
    .doc = "Takes a group's instances out of target groups.",
    .example = "aws autoscaling detach-load-balancer-target-groups --auto-scaling-group-name web "
               "--target-group-arns $TG",
    .needs = NEEDS_SCALING_TARGETS
    "\n"
    "aws autoscaling attach-load-balancer-target-groups --auto-scaling-group-name web "
    "--target-group-arns $TG",
    .in = &targets_in_shape,
    .out = &shape_empty,
    .faults = faults,
    .flags = OP_WRITE,
    .run = detach,
};

/* ---- DescribeLoadBalancerTargetGroups ---- */

struct state_view {
    const char *arn;
    const char *state;
};

struct describe_in {
    const char *group;
    const char *next;
    struct opt_int most;
};

struct describe_out {
    LIST(struct state_view) states;
    const char *next;
};

static const struct field state_fields[] = {
    F_STRING(struct state_view, arn, "LoadBalancerTargetGroupARN", "The ARN of the target group."),
    F_STRING(struct state_view, state, "State",
             "Adding, Added, or InService: one of its instances is healthy there."),
};
static const struct shape state_shape =
    SHAPE("LoadBalancerTargetGroupState", struct state_view, state_fields);

static const struct field describe_in_fields[] = {
    F_GROUP_NAME(struct describe_in, group),
    F_NEXT_TOKEN(struct describe_in, next),
    F_MAX_RECORDS(struct describe_in, most),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeLoadBalancerTargetGroupsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, states, struct state_view, &state_shape, "LoadBalancerTargetGroups",
           "The target groups."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeLoadBalancerTargetGroupsResponse", struct describe_out, describe_out_fields);

/* As AWS says it: all registered is Added, one of them healthy is InService. */
static const char *state_of(const struct call *call, const struct scaling_group *group,
                            const struct target_group *targets)
{
    const struct scaling *scaling = &call->world->scaling;
    const char *state = "Added";

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);
        const struct target *target;

        if (member->group != group->id || member->state != MEMBER_IN_SERVICE)
            continue;
        target = target_of_instance(&call->world->targets, targets, member->instance, 0);
        if (target == NULL)
            return "Adding";
        if (target->state == TARGET_HEALTHY)
            state = "InService";
    }
    return state;
}

static int describe(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct target_groups *all = &call->world->targets;
    const struct scaling_group *group = group_named(call, in->group);
    struct page page;

    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < group->target_groups.count; i++) {
        const struct target_group *targets =
            table_find(&all->groups, (uint64_t)group->target_groups.items[i]);

        if (targets != NULL)
            *LIST_PUSH_IN(&call->arena, &out->states) = (struct state_view){
                .arn = target_group_arn(all, &call->arena, targets),
                .state = state_of(call, group, targets),
            };
    }
    if (page_find(call, in->most, in->next, out->states.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->states, page);
    out->next = page.next;
    return 0;
}

static const struct paging paging = AUTOSCALING_PAGING("LoadBalancerTargetGroups");

const struct op op_describe_load_balancer_target_groups = {
    .name = "DescribeLoadBalancerTargetGroups",
    .doc = "Lists the target groups of a group, and whether its instances serve there.",
    .example = "aws autoscaling describe-load-balancer-target-groups --auto-scaling-group-name "
               "web",
    .needs = NEEDS_SCALING_GROUP,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = faults,
    .paging = &paging,
    .run = describe,
};
