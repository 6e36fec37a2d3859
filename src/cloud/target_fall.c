/*
 * cloud/target_fall.c - what becomes of a target that fails its checks, and of the flows to it.
 *
 * Behind an Application Load Balancer it only gets no more requests.  A Network Load Balancer
 * resets the flows that it has, unless it now fails open; or, told not to, keeps them, for ever or
 * for an interval in which the target is unhealthy.draining.
 * True to SEMANTICS c1 and c2 (target_health_state.unhealthy...).
 */
#include "cloud/flow.h"
#include "cloud/target_parts.h"
#include "sim/clock.h"

bool target_is_unhealthy(const struct target *target)
{
    return target->state == TARGET_UNHEALTHY || target->state == TARGET_UNHEALTHY_DRAINING;
}

static bool fails_open(const struct target_groups *groups, const struct target_group *group)
{
    return census_is_below(target_group_census(groups, group, ZONE_ANY), group->policy.routing);
}

static void flows_reset(struct target_groups *groups, const struct target *target)
{
    const struct target_group *group = target_group_of(groups, target);

    if (fails_open(groups, group))
        return;
    flows_cut(&groups->flows, target->id);
    request_cut_target(groups->requests, target->id, (struct hop){.why = WHY_FLOW_RESET});
}

void target_fall(struct target_groups *groups, struct target *target, enum target_reason reason)
{
    const struct target_policy *policy = &target_group_of(groups, target)->policy;

    if (policy->unhealthy_s > 0) {
        target_state_set(groups, target, TARGET_UNHEALTHY_DRAINING, reason);
        target_step_plan(groups, target, policy->unhealthy_s * SECOND_NS, STEP_FALLEN);
        return;
    }
    target_state_set(groups, target, TARGET_UNHEALTHY, reason);
    if (policy->ends_unhealthy)
        flows_reset(groups, target);
}

void target_fallen(struct target_groups *groups, struct target *target)
{
    if (target->state != TARGET_UNHEALTHY_DRAINING)
        return;
    target_state_set(groups, target, TARGET_UNHEALTHY, target->reason);
    flows_reset(groups, target);
}
