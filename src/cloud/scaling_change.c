/*
 * cloud/scaling_change.c - what requests change of an Auto Scaling group.
 *
 * True to the Auto Scaling API reference: everything is checked before anything is changed; the
 *         texts are AWS's where they are known.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/scaling_parts.h"
#include "sim/clock.h"

/* What a group will be, before anything is changed. */
struct plan {
    int64_t zones[ZONES_PER_REGION];
    uint32_t zone_count;
    LIST(int64_t) subnets;
    int64_t policies[TERMINATION_END_];
    uint32_t policy_count;
    int64_t least;
    int64_t most;
    int64_t desired;
};

/* ---- checks ---- */

static bool zone_add(struct plan *plan, uint8_t zone)
{
    for (uint32_t i = 0; i < plan->zone_count; i++) {
        if (plan->zones[i] == zone)
            return false;
    }
    plan->zones[plan->zone_count++] = zone;
    return true;
}

static int subnets_read(const struct scaling *scaling, const struct scaling_group_wish *wish,
                        struct arena *arena, struct plan *plan, struct fault *fault)
{
    const char *at = wish->subnets;

    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ",");
        const char *text;
        const struct subnet *subnet = NULL;
        uint64_t id = 0;

        at += strspn(at, " ");
        length = strcspn(at, ", ");
        text = arena_strndup(arena, at, length);
        if (id_parse(&kind_subnet, text, &id) && id != 0)
            subnet = subnet_find(scaling->network, wish->account, wish->region, id);
        if (subnet == NULL)
            return scaling_refusef(fault, "The subnet ID '%s' does not exist", text);
        zone_add(plan, subnet->zone);
        *LIST_PUSH_IN(arena, &plan->subnets) = (int64_t)id;
        at += length;
        at += strspn(at, ", ");
    }
    return 0;
}

/* Zones by name, and those of the subnets; both must agree. */
static int places_read(const struct scaling *scaling, const struct scaling_group_wish *wish,
                       struct arena *arena, struct plan *plan, struct fault *fault)
{
    uint32_t named = 0;

    if (subnets_read(scaling, wish, arena, plan, fault) != 0)
        return -1;
    for (uint32_t i = 0; wish->zones != NULL && i < wish->zones->count; i++) {
        int zone = catalog_zone_find(scaling->catalog, wish->zones->items[i]);

        if (zone < 0 || zone / ZONES_PER_REGION != wish->region)
            return scaling_refusef(fault, "Invalid availability zones: [%s]",
                                   wish->zones->items[i]);
        named += zone_add(plan, (uint8_t)zone);
    }
    if (named > 0 && plan->subnets.count > 0)
        return scaling_refusef(fault, "The availability zones of the specified subnets and the "
                                      "Auto Scaling group do not match");
    return 0;
}

static int policies_read(const struct scaling_group_wish *wish, struct plan *plan,
                         struct fault *fault)
{
    for (uint32_t i = 0; wish->policies != NULL && i < wish->policies->count; i++) {
        const char *word = wish->policies->items[i];
        uint8_t policy = scaling_word(termination_policy_words, word);

        if (str_starts(word, "arn:aws:lambda:"))
            return scaling_refusef(fault,
                                   "Termination policies of Lambda functions are not "
                                   "modelled here: %s",
                                   word);
        if (policy == 0)
            return scaling_refusef(fault, "Invalid termination policy: %s", word);
        if (policy == TERMINATION_DEFAULT && i + 1 < wish->policies->count)
            return scaling_refusef(fault, "Default termination policy must be last in the list of "
                                          "termination policies");
        if (plan->policy_count == TERMINATION_END_)
            return scaling_refusef(fault, "Duplicate termination policies are not allowed");
        plan->policies[plan->policy_count++] = policy;
    }
    return 0;
}

static int sizes_check(const struct plan *plan, struct fault *fault)
{
    if (plan->least < 0)
        return scaling_refusef(fault, "Min bound, %" PRId64 ", must be zero or more", plan->least);
    if (plan->most < plan->least)
        return scaling_refusef(fault,
                               "Max bound, %" PRId64 ", must be greater than or equal to min "
                               "bound, %" PRId64,
                               plan->most, plan->least);
    if (plan->most > 100000)
        return scaling_refusef(fault, "Max bound, %" PRId64 ", must be at most 100000", plan->most);
    if (plan->desired < plan->least || plan->desired > plan->most)
        return scaling_refusef(fault,
                               "Desired capacity:%" PRId64 " must be between the specified min "
                               "size:%" PRId64 " and max size:%" PRId64,
                               plan->desired, plan->least, plan->most);
    return 0;
}

static int seconds_check(struct opt_int seconds, int64_t least, const char *name,
                         struct fault *fault)
{
    if (!seconds.set || (seconds.value >= least && seconds.value <= INT32_MAX / 1000))
        return 0;
    return scaling_refusef(fault, "%s must be %" PRId64 " or more seconds, and at most %d", name,
                           least, INT32_MAX / 1000);
}

static int wish_check(const struct scaling *scaling, const struct scaling_group_wish *wish,
                      struct arena *arena, struct plan *plan, struct fault *fault)
{
    if (wish->health_type != NULL && strcmp(wish->health_type, "EC2") != 0 &&
        strcmp(wish->health_type, "ELB") != 0)
        return scaling_refusef(fault,
                               "Health check type '%.40s' is not supported here; use 'EC2' or "
                               "'ELB'",
                               wish->health_type);
    if (sizes_check(plan, fault) != 0 ||
        seconds_check(wish->cooldown_s, 0, "Default cooldown", fault) != 0 ||
        seconds_check(wish->grace_s, 0, "Health check grace period", fault) != 0 ||
        seconds_check(wish->warmup_s, -1, "Default instance warmup", fault) != 0)
        return -1;
    if (places_read(scaling, wish, arena, plan, fault) != 0)
        return -1;
    return policies_read(wish, plan, fault);
}

/* Would a launch be refused?  In Auto Scaling's words. */
static int template_check(const struct scaling *scaling, const struct scaling_group *group,
                          struct fault *fault)
{
    struct scaling_launch_plan plan = {.arena = ARENA_INIT};
    struct fault inner = FAULT_INIT;
    int result = scaling_launch_read(scaling, group, 0, &plan, &inner);

    if (result != 0)
        scaling_refusef(fault, "You must use a valid fully-formed launch template. %s",
                        inner.message);
    fault_release(&inner);
    arena_release(&plan.arena);
    return result;
}

/* ---- setting ---- */

static void text_set(char **to, const char *text)
{
    char *copy = text == NULL ? NULL : xstrdup(text);

    free(*to);
    *to = copy;
}

static void wish_set(struct scaling_group *group, const struct scaling_group_wish *wish,
                     const struct plan *plan)
{
    if (wish->template != NULL) {
        group->template = wish->template->id;
        text_set(&group->template_version, wish->template_version);
    }
    group->least = plan->least;
    group->most = plan->most;
    if (wish->cooldown_s.set)
        group->cooldown_s = wish->cooldown_s.value;
    if (wish->grace_s.set)
        group->grace_s = wish->grace_s.value;
    if (wish->warmup_s.set)
        group->warmup_s = wish->warmup_s.value;
    if (wish->health_type != NULL)
        group->health_elb = strcmp(wish->health_type, "ELB") == 0;
    if (wish->protect_new.set)
        group->protect_new = wish->protect_new.value;
    if (wish->context != NULL)
        text_set(&group->context, wish->context);
    if (plan->zone_count > 0) {
        group->zones.count = group->subnets.count = 0;
        for (uint32_t i = 0; i < plan->zone_count; i++)
            *LIST_PUSH(&group->zones) = plan->zones[i];
        for (uint32_t i = 0; i < plan->subnets.count; i++)
            *LIST_PUSH(&group->subnets) = plan->subnets.items[i];
    }
    if (plan->policy_count > 0) {
        group->policies.count = 0;
        for (uint32_t i = 0; i < plan->policy_count; i++)
            *LIST_PUSH(&group->policies) = plan->policies[i];
    }
}

void scaling_want(struct scaling *scaling, struct scaling_group *group, int64_t desired,
                  const char *sentence)
{
    struct arena arena = ARENA_INIT;

    if (desired != group->desired)
        scaling_why_add(group, scaling_sentence(scaling, &arena,
                                                "%s changing the desired capacity from %" PRId64
                                                " to %" PRId64 ".",
                                                sentence, group->desired, desired));
    arena_release(&arena);
    group->desired = desired;
    group->retry = 0;
    group->said = false;
    scaling_wake_soon(scaling, group);
}

static uint32_t groups_of(const struct scaling *scaling, uint64_t account, uint8_t region)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        const struct scaling_group *group = table_at(&scaling->groups, i);

        count += group->account == account && group->region == region;
    }
    return count;
}

struct scaling_group *scaling_group_add(struct scaling *scaling,
                                        const struct scaling_group_wish *wish, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct plan plan = {
        .least = wish->least.value,
        .most = wish->most.value,
        .desired = wish->desired.set ? wish->desired.value : wish->least.value,
    };
    const struct scaling_group trial = {
        .account = wish->account,
        .region = wish->region,
        .template = wish->template->id,
        .template_version = (char *)(uintptr_t)wish->template_version,
    };
    struct scaling_group *group = NULL;

    if (scaling_group_named(scaling, wish->account, wish->region, wish->name) != NULL)
        fault_set(fault, &fault_scaling_exists, wish->name);
    else if (wish_check(scaling, wish, &arena, &plan, fault) != 0)
        group = NULL;
    else if (plan.zone_count == 0)
        scaling_refusef(fault, "At least one Availability Zone or VPC Subnet is required.");
    else if (groups_of(scaling, wish->account, wish->region) >= SCALING_GROUPS_MOST)
        fault_set(fault, &fault_scaling_limit, "AutoScalingGroups");
    else if (template_check(scaling, &trial, fault) == 0)
        group = table_add(&scaling->groups, ids_new(scaling->ids));
    if (group != NULL) {
        group->account = wish->account;
        group->region = wish->region;
        group->created = scaling->sim->now;
        group->name = xstrdup(wish->name);
        group->cooldown_s = 300;
        group->warmup_s = -1;
        group->luck = chance_stream(scaling->seed, "scaling-group", group->id);
        wish_set(group, wish, &plan);
        if (group->policies.count == 0)
            *LIST_PUSH(&group->policies) = TERMINATION_DEFAULT;
        scaling_want(scaling, group, plan.desired, "a user request created an AutoScalingGroup");
    }
    arena_release(&arena);
    return group;
}

/* What was seen of its members may count otherwise now. */
static void look_again(struct scaling *scaling, const struct scaling_group *group)
{
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group == group->id && member_counts(member))
            member_look_plan(scaling, member, 0);
    }
}

int scaling_group_change(struct scaling *scaling, struct scaling_group *group,
                         const struct scaling_group_wish *wish, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct plan plan = {
        .least = wish->least.set ? wish->least.value : group->least,
        .most = wish->most.set ? wish->most.value : group->most,
        .desired = group->desired,
    };
    struct scaling_group trial = *group;
    int result;

    if (wish->desired.set)
        plan.desired = wish->desired.value;
    else if (plan.least <= plan.most && plan.desired < plan.least)
        plan.desired = plan.least;
    else if (plan.least <= plan.most && plan.desired > plan.most)
        plan.desired = plan.most;
    result = wish_check(scaling, wish, &arena, &plan, fault);
    if (result == 0 && wish->template != NULL) {
        trial.template = wish->template->id;
        trial.template_version = (char *)(uintptr_t)wish->template_version;
        result = template_check(scaling, &trial, fault);
    }
    if (result == 0) {
        wish_set(group, wish, &plan);
        if (wish->grace_s.set || wish->health_type != NULL)
            look_again(scaling, group);
        group->rebalance = 0;
        group->warming_s = 0;
        scaling_want(scaling, group, plan.desired,
                     arena_printf(&arena,
                                  "a user request update of AutoScalingGroup constraints to min: "
                                  "%" PRId64 ", max: %" PRId64 ", desired: %" PRId64,
                                  plan.least, plan.most, plan.desired));
    }
    arena_release(&arena);
    return result;
}

/* ---- deleting ---- */

void scaling_group_drop(struct scaling *scaling, struct scaling_group *group)
{
    uint64_t id = group->id;

    sim_cancel(scaling->sim, group->review);
    activities_orphan(scaling, id);
    scaling_policies_drop(scaling, id);
    for (uint32_t i = table_count(&scaling->hooks); i-- > 0;) {
        const struct lifecycle_hook *hook = table_at(&scaling->hooks, i);

        if (hook->group == id)
            table_remove(&scaling->hooks, hook->key);
    }
    table_remove(&scaling->groups, id);
}

int scaling_group_delete(struct scaling *scaling, struct scaling_group *group, bool force,
                         struct fault *fault)
{
    bool has_members = false;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        has_members = has_members || member->group == group->id;
    }
    if (force && has_members) {
        scaling_want(scaling, group, 0, "a user request force deleted AutoScalingGroup");
        group->least = group->most = 0;
        group->deleting = true;
        return 0;
    }
    if (has_members && activity_under_way(scaling, group) != NULL)
        return fault_set(fault, &fault_scaling_busy,
                         "You cannot delete an AutoScalingGroup while there are scaling "
                         "activities in progress for that group.");
    if (has_members)
        return fault_set(fault, &fault_scaling_in_use);
    scaling_group_drop(scaling, group);
    return 0;
}

/* ---- capacity ---- */

int scaling_cooldown_check(const struct scaling *scaling, const struct scaling_group *group,
                           struct fault *fault)
{
    const struct scaling_activity *activity = activity_under_way(scaling, group);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (activity != NULL)
        result = fault_set(fault, &fault_scaling_busy,
                           arena_printf(&arena,
                                        "Scaling activity %s is in progress and blocks this "
                                        "action",
                                        scaling_uuid(scaling, &arena, activity->id)));
    else if (group->cooling_s > 0 || group->cooled > scaling->sim->now)
        result = fault_set(fault, &fault_scaling_busy,
                           arena_printf(&arena,
                                        "The cooldown of AutoScalingGroup '%s' is in progress and "
                                        "blocks this action",
                                        group->name));
    arena_release(&arena);
    return result;
}

int scaling_set_desired(struct scaling *scaling, struct scaling_group *group, int64_t desired,
                        bool heed_cooldown, struct fault *fault)
{
    if (desired > group->most)
        return scaling_refusef(fault,
                               "New SetDesiredCapacity value %" PRId64 " is above max value "
                               "%" PRId64 " for the AutoScalingGroup.",
                               desired, group->most);
    if (desired < group->least)
        return scaling_refusef(fault,
                               "New SetDesiredCapacity value %" PRId64 " is below min value "
                               "%" PRId64 " for the AutoScalingGroup.",
                               desired, group->least);
    if (heed_cooldown && scaling_cooldown_check(scaling, group, fault) != 0)
        return -1;
    group->warming_s = 0;
    scaling_want(scaling, group, desired, "a user request explicitly set group desired capacity");
    return 0;
}

/* ---- processes ---- */

static bool is_meant(uint32_t processes, uint8_t process)
{
    return processes == 0 || (processes & UINT32_C(1) << process) != 0;
}

void scaling_suspend(struct scaling *scaling, struct scaling_group *group, uint32_t processes)
{
    for (uint8_t process = 1; process < PROCESS_END_; process++) {
        if (is_meant(processes, process) && !scaling_is_suspended(group, process))
            *LIST_PUSH(&group->suspended) =
                (struct suspension){.since = scaling->sim->now, .process = process};
    }
}

void scaling_resume(struct scaling *scaling, struct scaling_group *group, uint32_t processes)
{
    for (uint32_t i = group->suspended.count; i-- > 0;) {
        if (is_meant(processes, group->suspended.items[i].process))
            LIST_REMOVE(&group->suspended, i);
    }
    look_again(scaling, group);
    scaling_wake_soon(scaling, group);
}

/* ---- target groups ---- */

static bool is_attached(const struct scaling_group *group, uint64_t targets, uint32_t *at)
{
    for (*at = 0; *at < group->target_groups.count; ++*at) {
        if ((uint64_t)group->target_groups.items[*at] == targets)
            return true;
    }
    return false;
}

int scaling_attach_targets(struct scaling *scaling, struct scaling_group *group,
                           struct target_group *const *targets, uint32_t count, struct fault *fault)
{
    uint32_t at;
    uint32_t more = 0;

    for (uint32_t i = 0; i < count; i++)
        more += !is_attached(group, targets[i]->id, &at);
    if (group->target_groups.count + more > SCALING_TARGET_GROUPS_MOST)
        return fault_set(fault, &fault_scaling_limit, "target groups");
    for (uint32_t i = 0; i < count; i++) {
        if (!is_attached(group, targets[i]->id, &at))
            *LIST_PUSH(&group->target_groups) = (int64_t)targets[i]->id;
    }
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group == group->id && member->state == MEMBER_IN_SERVICE &&
            !scaling_is_suspended(group, PROCESS_ADD_TO_LOAD_BALANCER))
            member_join_targets(scaling, member);
    }
    return 0;
}

int scaling_detach_targets(struct scaling *scaling, struct scaling_group *group,
                           struct target_group *const *targets, uint32_t count, struct fault *fault)
{
    uint32_t at;

    for (uint32_t i = 0; i < count; i++) {
        if (!is_attached(group, targets[i]->id, &at))
            return scaling_refusef(fault,
                                   "Trying to remove Target Groups that are not part of the "
                                   "group: %s",
                                   targets[i]->name);
    }
    for (uint32_t k = 0; k < count; k++) {
        struct scaling_group only = *group;
        int64_t id = (int64_t)targets[k]->id;

        /* out of this one target group, with the others left alone */
        if (!is_attached(group, targets[k]->id, &at))
            continue; /* named twice */
        LIST_REMOVE(&group->target_groups, at);
        only.target_groups.items = &id;
        only.target_groups.count = 1;
        for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
            const struct scaling_member *member = table_at(&scaling->members, i);

            if (member->group == group->id)
                member_leave_of(scaling, &only, member->instance);
        }
    }
    return 0;
}

/* ---- faults ---- */

const struct fault_kind fault_scaling_limit = {
    .code = "LimitExceeded",
    .text = "You have reached the limit of the number of {}.",
    .hint = "Delete some that nobody needs.",
};

const struct fault_kind fault_scaling_exists = {
    .code = "AlreadyExists",
    .text = "AutoScalingGroup by this name already exists - A group with the name {} already "
            "exists",
    .hint = "Choose another name, or change that group: update-auto-scaling-group.",
};

const struct fault_kind fault_scaling_in_use = {
    .code = "ResourceInUse",
    .text = "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            "instance request(s) still in the group.",
    .hint = "Bring its size to 0 first, or give --force-delete.",
};

const struct fault_kind fault_scaling_busy = {
    .code = "ScalingActivityInProgress",
    .text = "{}",
    .hint = "`aws autoscaling describe-scaling-activities` shows what is under way.",
};
