/*
 * cloud/target.c - targets: registration, states, draining.  Health checks and whose turn it is are
 * in target_check and target_choice.
 *
 * Owns    nothing: the rows are cloud/target_group's.
 * Moves   unused -> initial -> healthy <-> unhealthy; any but unused -> draining -> gone.  Behind a
 * network balancer unhealthy.draining may come before unhealthy (cloud/target_fall).  Unused
 * when no listener uses the group, the zone is not the balancer's, or the instance does not run.
 * Uses    cloud/request for the checks, sim/event for their grid.
 * True to SEMANTICS c1: one success makes an initial target healthy; later flips take the
 * thresholds in a row. Left out: that each node probes for itself; passive checks; a target's
 * checks while it drains.
 */
#include "cloud/target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/network.h"
#include "cloud/target_parts.h"
#include "sim/clock.h"

/* From registration to the first check. */
static const int64_t registration_low = 2 * SECOND_NS, registration_high = 6 * SECOND_NS;

static const struct fault_kind bad_target, not_running, other_vpc, too_many_targets, not_in_vpc,
    too_many_beside, too_many_in_zone;

/* ---- words ---- */

const char *target_state_name(uint8_t state)
{
    static const char *const names[] = {
        "unused",    "unused",   "initial",     "healthy",
        "unhealthy", "draining", "unavailable", "unhealthy.draining",
    };

    return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unavailable";
}

const char *target_reason_code(uint8_t reason)
{
    static const char *const codes[HEALTH_COUNT] = {
        [HEALTH_REGISTRATION] = "Elb.RegistrationInProgress",
        [HEALTH_INITIAL_CHECKS] = "Elb.InitialHealthChecking",
        [HEALTH_CODE_MISMATCH] = "Target.ResponseCodeMismatch",
        [HEALTH_TIMEOUT] = "Target.Timeout",
        [HEALTH_FAILED_CHECKS] = "Target.FailedHealthChecks",
        [HEALTH_NOT_REGISTERED] = "Target.NotRegistered",
        [HEALTH_NOT_IN_USE] = "Target.NotInUse",
        [HEALTH_ZONE_NOT_ENABLED] = "Target.NotInUse",
        [HEALTH_STOPPED] = "Target.InvalidState",
        [HEALTH_DEREGISTRATION] = "Target.DeregistrationInProgress",
        [HEALTH_IP_UNUSABLE] = "Target.IpUnusable",
        [HEALTH_INTERNAL] = "Elb.InternalError",
    };

    return reason < HEALTH_COUNT ? codes[reason] : NULL;
}

const char *target_reason_text(struct arena *arena, uint8_t reason, uint16_t code,
                               const char *instance_state)
{
    static const char *const texts[HEALTH_COUNT] = {
        [HEALTH_REGISTRATION] = "Target registration is in progress",
        [HEALTH_INITIAL_CHECKS] = "Initial health checks in progress",
        [HEALTH_TIMEOUT] = "Request timed out",
        [HEALTH_FAILED_CHECKS] = "Health checks failed",
        [HEALTH_NOT_REGISTERED] = "Target is not registered to the target group",
        [HEALTH_NOT_IN_USE] =
            "Target group is not configured to receive traffic from the load balancer",
        [HEALTH_ZONE_NOT_ENABLED] =
            "Target is in an Availability Zone that is not enabled for the load balancer",
        [HEALTH_DEREGISTRATION] = "Target deregistration is in progress",
        [HEALTH_IP_UNUSABLE] = "The target IP address is reserved for use by a load balancer",
        [HEALTH_INTERNAL] = "Target health is unavailable due to an internal error",
    };

    if (reason == HEALTH_CODE_MISMATCH)
        return arena_printf(arena, "Health checks failed with these codes: [%u]", (unsigned)code);
    if (reason == HEALTH_STOPPED)
        return arena_printf(arena, "Target is in the %s state",
                            instance_state == NULL ? "stopped" : instance_state);
    return reason < HEALTH_COUNT ? texts[reason] : NULL;
}

const char *target_id_text(struct arena *arena, const struct target *target)
{
    char text[ADDRESS_TEXT_SIZE];

    if (target->address == 0)
        return id_text(arena, &kind_instance, target->instance);
    return arena_strdup(arena, address_text(target->address, text));
}

/* ---- states ---- */

struct target_group *target_group_of(const struct target_groups *groups,
                                     const struct target *target)
{
    return table_get(&groups->groups, target->group);
}

static bool subject_of(const struct target_groups *groups, const struct target *target,
                       struct target_subject *subject)
{
    const struct target_world *world = &groups->world;

    *subject = (struct target_subject){0};
    if (target->address == 0)
        return world->instance(world->context, target->instance, subject);
    world->address(world->context, target_group_of(groups, target)->vpc, target->address, subject);
    return true;
}

void target_tell(struct target_groups *groups, const struct target *target,
                       const char *before, const char *after)
{
    struct arena arena = ARENA_INIT;
    const struct target_group *group = target_group_of(groups, target);
    struct target_subject subject;
    const char *code = target_reason_code(target->reason);
    bool stays = strcmp(before, after) == 0; /* it is new, or only the reason is */
    const char *text;

    subject_of(groups, target, &subject);
    text = target_reason_text(&arena, target->reason, target->code, subject.state);
    trail_add(groups->trail,
              (struct trail_entry){
                  .account = group->account,
                  .region = group->region,
                  .subject = target->instance != 0 ? target->instance : target->id,
                  .other = group->id,
                  .topic = TRAIL_TARGET,
                  .text = arena_printf(
                      &arena, "%s in %s: %s%s%s%s%s%s%s", target_id_text(&arena, target),
                      group->name, stays ? "" : before, stays ? "" : " -> ", after,
                      code == NULL ? "" : ": ", code == NULL ? "" : code, text == NULL ? "" : ", ",
                      text == NULL ? "" : text),
              });
    arena_release(&arena);
}

void target_state_set(struct target_groups *groups, struct target *target, enum target_state state,
                      enum target_reason reason)
{
    uint8_t before = target->state;

    if (target->state == state && target->reason == reason)
        return;
    target->state = (uint8_t)state;
    target->reason = (uint8_t)reason;
    if (before != state)
        target->changed = groups->sim->now;
    if (state != TARGET_HEALTHY) {
        target->warm = 0;
        target->turn_ppm = 0;
        target->anomalous = false;
        target->weight_ppm = 0;
    }
    sim_disturb(groups->sim);
    target_tell(groups, target, target_state_name(before), target_state_name(target->state));
    if (before != state && target->instance != 0 && groups->world.changed != NULL)
        groups->world.changed(groups->world.context, target->instance);
}

static void checks_stop(struct target_groups *groups, struct target *target)
{
    uint64_t probing = target->probing;

    sim_cancel(groups->sim, target->probe);
    target->probe = 0;
    target->probing = 0;
    target->passed = target->failed = 0;
    if (probing != 0)
        request_abort(groups->requests, probing, EXIT_ABORTED);
}

void target_step_stop(struct target_groups *groups, struct target *target)
{
    sim_cancel(groups->sim, target->step);
    target->step = 0;
}

void target_step_plan(struct target_groups *groups, struct target *target, int64_t delay,
                      uint64_t step)
{
    target_step_stop(groups, target);
    target->step = sim_schedule(groups->sim, delay, EVENT_TARGET_STEP, target->id, step);
}

static void become_unused(struct target_groups *groups, struct target *target,
                          enum target_reason reason)
{
    checks_stop(groups, target);
    target_step_stop(groups, target);
    target_state_set(groups, target, TARGET_UNUSED, reason);
}

/* Ends a target at once: what is in flight to it is cut. */
static void target_remove(struct target_groups *groups, struct target *target)
{
    struct target_group *group = target_group_of(groups, target);
    uint64_t id = target->id;

    checks_stop(groups, target);
    target_step_stop(groups, target);
    if (group->policy.cuts) {
        flows_cut(&groups->flows, id);
        request_cut_target(groups->requests, id,
                           (struct hop){.why = WHY_TARGET_DRAINED, .number = group->delay_s});
    }
    if (group->last == id)
        group->last = 0;
    for (uint32_t i = 0; i < group->targets.count; i++) {
        if ((uint64_t)group->targets.items[i] != id)
            continue;
        LIST_REMOVE(&group->targets, i);
        if (group->turn > i)
            group->turn--;
        for (uint32_t k = 0; k < group->zone_turns.count; k++)
            group->zone_turns.items[k] -= group->zone_turns.items[k] > i;
        break;
    }
    target_tell(groups, target, target_state_name(target->state), "gone");
    table_remove(&groups->targets, id);
}

/* Looks at everything that decides whether the target is used, and moves it accordingly. */
static void target_review(struct target_groups *groups, struct target *target)
{
    const struct target_group *group = target_group_of(groups, target);
    struct target_subject subject;
    struct chance luck;

    if (target->state == TARGET_DRAINING)
        return;
    if (!subject_of(groups, target, &subject)) {
        target_remove(groups, target);
        return;
    }
    if (group->balancer == 0) {
        become_unused(groups, target, HEALTH_NOT_IN_USE);
        return;
    }
    if ((group->zones & zone_bit(target->zone)) == 0) {
        become_unused(groups, target, HEALTH_ZONE_NOT_ENABLED);
        return;
    }
    if (subject.reserved) {
        become_unused(groups, target, HEALTH_IP_UNUSABLE);
        return;
    }
    if (target->address == 0 && !subject.running) {
        become_unused(groups, target, HEALTH_STOPPED);
        return;
    }
    if (target->state == TARGET_UNUSED)
        target_state_set(groups, target, TARGET_INITIAL, HEALTH_REGISTRATION);
    if (target->state == TARGET_INITIAL && target->reason == HEALTH_REGISTRATION &&
        target->step == 0 && group->serving) {
        luck = chance_stream(groups->seed, "target", target->id + (uint64_t)groups->sim->now);
        target_step_plan(groups, target,
                         chance_between_ns(&luck, registration_low, registration_high),
                         STEP_REGISTERED);
    }
}

static void group_review(struct target_groups *groups, struct target_group *group)
{
    for (uint32_t i = group->targets.count; i-- > 0;)
        target_review(groups, target_get(groups, (uint64_t)group->targets.items[i]));
}

void target_group_set_use(struct target_groups *groups, struct target_group *group,
                          struct target_use use)
{
    group->balancer = use.balancer;
    group->serving = use.active;
    group->zones = use.zones;
    group_review(groups, group);
    if (use.balancer != 0)
        return;
    /* Nobody sends requests any more: draining has nothing to wait for. */
    for (uint32_t i = group->targets.count; i-- > 0;) {
        struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        if (target->state == TARGET_DRAINING)
            target_remove(groups, target);
    }
}

void targets_instance_changed(struct target_groups *groups, uint64_t instance)
{
    for (uint32_t i = table_count(&groups->targets); i-- > 0;) {
        struct target *target = table_at(&groups->targets, i);

        if (target->instance == instance && target->address == 0)
            target_review(groups, target);
    }
}

static void run_target_step(void *context, const struct event *event)
{
    struct target_groups *groups = context;
    struct target *target = target_find(groups, event->subject);

    if (target == NULL || target->step != event->sequence)
        return;
    target->step = 0;
    if (event->detail == STEP_DRAINED) {
        target_remove(groups, target);
        return;
    }
    if (event->detail == STEP_FALLEN) {
        target_fallen(groups, target);
        return;
    }
    target_state_set(groups, target, TARGET_INITIAL, HEALTH_INITIAL_CHECKS);
    target_check_plan(groups, target, 0);
}

/* ---- registration ---- */

struct target *target_find(const struct target_groups *groups, uint64_t id)
{
    return table_find(&groups->targets, id);
}

struct target *target_get(const struct target_groups *groups, uint64_t id)
{
    return table_get(&groups->targets, id);
}

struct target *target_of_instance(const struct target_groups *groups,
                                  const struct target_group *group, uint64_t instance,
                                  uint16_t port)
{
    for (uint32_t i = 0; i < group->targets.count; i++) {
        struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        if (target->instance == instance && target->address == 0 &&
            (port == 0 || target->port == port))
            return target;
    }
    return NULL;
}

struct target *target_of_address(const struct target_groups *groups,
                                 const struct target_group *group, uint32_t address, uint16_t port)
{
    for (uint32_t i = 0; i < group->targets.count; i++) {
        struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        if (target->address == address && address != 0 && (port == 0 || target->port == port))
            return target;
    }
    return NULL;
}

/* A wish, checked and found. */
struct found {
    uint64_t instance;
    uint32_t address; /* 0: a target by instance */
    uint32_t reach;
    uint16_t port;
    uint8_t zone;
};

static int instance_wanted(const struct target_groups *groups, const struct target_group *group,
                           const struct target_wish *wish, struct found *found, struct fault *fault)
{
    struct target_subject subject = {0};
    uint64_t instance = 0;

    if (!id_parse(&kind_instance, wish->id, &instance) || instance == 0 ||
        !groups->world.instance(groups->world.context, instance, &subject) ||
        subject.account != group->account || subject.region != group->region)
        return fault_set(fault, &bad_target, wish->id);
    if (!subject.running)
        return fault_set(fault, &not_running, wish->id);
    if (subject.vpc != group->vpc)
        return fault_set(fault, &other_vpc, wish->id);
    found->instance = instance;
    found->reach = subject.address;
    found->zone = subject.zone;
    return 0;
}

static int target_wanted(const struct target_groups *groups, const struct target_group *group,
                         const struct target_wish *wish, struct found *found, struct fault *fault)
{
    struct target_subject subject = {0};

    *found = (struct found){
        .port = wish->port.set ? (uint16_t)wish->port.value : group->port,
    };
    if (wish->port.set && (wish->port.value < 1 || wish->port.value > 65535))
        return fault_set(fault, &fault_elb_validation,
                         "Target port must be between '1-65535' inclusive");
    if (str_equal(group->type, "instance"))
        return instance_wanted(groups, group, wish, found, fault);
    if (!address_parse(wish->id, &found->address) ||
        !groups->world.address(groups->world.context, group->vpc, found->address, &subject))
        return fault_set(fault, &not_in_vpc, wish->id);
    found->instance = subject.instance;
    found->reach = found->address;
    found->zone = subject.zone;
    return 0;
}

static struct target *found_target(const struct target_groups *groups,
                                   const struct target_group *group, const struct found *found)
{
    if (found->address != 0)
        return target_of_address(groups, group, found->address, found->port);
    return target_of_instance(groups, group, found->instance, found->port);
}

static void target_add(struct target_groups *groups, struct target_group *group,
                       const struct found *found)
{
    struct target *target = table_add(&groups->targets, ids_new(groups->ids));

    target->group = group->id;
    target->instance = found->instance;
    target->address = found->address;
    target->reach = found->reach;
    target->port = found->port;
    target->zone = found->zone;
    target->registered = target->changed = groups->sim->now;
    target->state = TARGET_UNUSED;
    target->reason = HEALTH_NOT_REGISTERED;
    *LIST_PUSH(&group->targets) = (int64_t)target->id;
    target_review(groups, target);
}

static int refuse_number(const struct target_groups *groups, const struct target_group *group,
                         int64_t limit, struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    fault_set(fault, &too_many_targets, arena_printf(&arena, "%" PRId64, limit),
              target_group_arn(groups, &arena, group));
    arena_release(&arena);
    return -1;
}

/* How many targets a balancer has, with those that are to come. */
struct crowd {
    int64_t all;
    int64_t zones[ZONES_PER_REGION];
};

static void crowd_add(struct crowd *crowd, uint8_t zone)
{
    crowd->all++;
    crowd->zones[zone % ZONES_PER_REGION]++;
}

static struct crowd crowd_of(const struct target_groups *groups, uint64_t balancer)
{
    struct crowd crowd = {0};

    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        const struct target_group *group = table_at(&groups->groups, i);

        for (uint32_t k = 0; group->balancer == balancer && k < group->targets.count; k++)
            crowd_add(&crowd, target_get(groups, (uint64_t)group->targets.items[k])->zone);
    }
    return crowd;
}

/* SEMANTICS c3: so many a balancer; of a network one, so many a zone too. */
static int crowd_check(const struct target_groups *groups, const struct target_group *group,
                       const struct found *found, uint32_t count, struct fault *fault)
{
    bool network = target_group_is_network(group);
    int64_t most = account_quota(groups->accounts, group->account,
                                 network ? QUOTA_NETWORK_TARGETS : QUOTA_TARGETS_PER_BALANCER);
    int64_t most_in_zone =
        account_quota(groups->accounts, group->account, QUOTA_NETWORK_TARGETS_PER_ZONE);
    struct crowd crowd = crowd_of(groups, group->balancer);

    for (uint32_t i = 0; i < count; i++)
        if (found_target(groups, group, &found[i]) == NULL)
            crowd_add(&crowd, found[i].zone);
    if (crowd.all > most)
        return fault_set(fault, &too_many_beside);
    for (uint32_t i = 0; network && i < ZONES_PER_REGION; i++)
        if (crowd.zones[i] > most_in_zone)
            return fault_set(fault, &too_many_in_zone);
    return 0;
}

int targets_register(struct target_groups *groups, struct target_group *group,
                     const struct target_wish *wishes, uint32_t count, struct fault *fault)
{
    int64_t limit = account_quota(groups->accounts, group->account, QUOTA_TARGETS_PER_GROUP);
    struct found *found = xcalloc(count + 1, sizeof(*found));
    int64_t total = group->targets.count;
    int result = 0;

    for (uint32_t i = 0; result == 0 && i < count; i++) {
        result = target_wanted(groups, group, &wishes[i], &found[i], fault);
        total += result == 0 && found_target(groups, group, &found[i]) == NULL;
    }
    if (result == 0 && total > limit)
        result = refuse_number(groups, group, limit, fault);
    if (result == 0 && group->balancer != 0)
        result = crowd_check(groups, group, found, count, fault);
    for (uint32_t i = 0; result == 0 && i < count; i++) {
        struct target *target = found_target(groups, group, &found[i]);

        if (target == NULL) {
            target_add(groups, group, &found[i]);
            continue;
        }
        if (target->state != TARGET_DRAINING)
            continue;
        target_step_stop(groups, target);
        target->drained = 0;
        target_state_set(groups, target, TARGET_UNUSED, HEALTH_NOT_REGISTERED);
        target_review(groups, target);
    }
    free(found);
    return result;
}

static void target_deregister(struct target_groups *groups, struct target *target)
{
    const struct target_group *group = target_group_of(groups, target);

    if (target->state == TARGET_DRAINING)
        return;
    if (target->state == TARGET_UNUSED || group->delay_s == 0) {
        target_remove(groups, target);
        return;
    }
    checks_stop(groups, target);
    target_state_set(groups, target, TARGET_DRAINING, HEALTH_DEREGISTRATION);
    target->drained = groups->sim->now + group->delay_s * SECOND_NS;
    target_step_plan(groups, target, group->delay_s * SECOND_NS, STEP_DRAINED);
}

int targets_deregister(struct target_groups *groups, struct target_group *group,
                       const struct target_wish *wishes, uint32_t count, struct fault *fault)
{
    (void)fault;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t instance = 0;
        uint32_t address = 0;

        if (!address_parse(wishes[i].id, &address) &&
            !id_parse(&kind_instance, wishes[i].id, &instance))
            continue;
        for (uint32_t j = group->targets.count; j-- > 0;) {
            struct target *target = target_get(groups, (uint64_t)group->targets.items[j]);
            bool meant = address != 0 ? target->address == address
                                      : instance != 0 && target->instance == instance &&
                                            target->address == 0;

            if (meant && (!wishes[i].port.set || wishes[i].port.value == target->port))
                target_deregister(groups, target);
        }
    }
    return 0;
}

/* ---- the room ---- */

static const struct event_kind step_kind;

void targets_init(struct target_groups *groups)
{
    sim_handle(groups->sim, EVENT_TARGET_STEP, &step_kind, groups);
    target_checks_init(groups);
}

static const struct event_kind step_kind = {
    .name = "target-step",
    .run = run_target_step,
};
static const struct fault_kind bad_target = {
    .code = "InvalidTarget",
    .text = "Instance ID '{}' is not valid",
    .hint = "Targets of this group are instances of the same account and Region: `aws ec2 "
            "describe-instances`.",
};
static const struct fault_kind not_running = {
    .code = "InvalidTarget",
    .text = "The following targets are not in a running state and cannot be registered: '{}'",
    .hint = "Start it, or wait until it runs: `aws ec2 wait instance-running`.",
};
static const struct fault_kind other_vpc = {
    .code = "InvalidTarget",
    .text = "The following targets are not in the target group VPC: '{}'",
    .hint = "A target group serves the instances of one VPC.",
};
static const struct fault_kind not_in_vpc = {
    .code = "InvalidTarget",
    .text = "The IP address '{}' must be an IPv4 address within a subnet of the target group VPC",
    .hint = "Give a private address of that VPC.",
};
/* In the form of AWS's message about a load balancer's targets. */
static const struct fault_kind too_many_targets = {
    .code = "TooManyTargets",
    .text = "The maximum number of targets per target group '{}' has been reached on target group "
            "'{}'",
    .hint = "Deregister some, or use a second target group.",
};
static const struct fault_kind too_many_beside = {
    .code = "TooManyTargets",
    .text = "The maximum number of targets per load balancer has been reached",
    .hint = "Deregister some, use a second load balancer, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind too_many_in_zone = {
    .code = "TooManyTargets",
    .text = "The maximum number of targets per Availability Zone per Network Load Balancer has "
            "been reached",
    .hint = "Register targets of other zones, use a second load balancer, or raise the quota with "
            "`lab set-quota`.",
};
