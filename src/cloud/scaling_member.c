/*
 * cloud/scaling_member.c - one instance of a group: how it comes, stays healthy, and goes.
 *
 * Moves   Pending (-> Pending:Wait -> Pending:Proceed) -> InService -> Terminating
 *         (-> Terminating:Wait -> Terminating:Proceed) -> gone;
 *         InService -> EnteringStandby -> Standby -> Pending; InService -> Detaching -> gone.
 * Uses    cloud/instance for what runs, cloud/target for registration and draining.
 * True to the Auto Scaling user guide, "Amazon EC2 Auto Scaling instance lifecycle" and "Health
 *         checks"; SEMANTICS c7.  What happens elsewhere only plans an event here, so that no room
 *         is changed under another's hands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/scaling_parts.h"
#include "cloud/target.h"
#include "sim/clock.h"

/* What EVENT_SCALING_MEMBER is about: its detail.  Saved. */
enum { MEMBER_STEP = 1, MEMBER_LOOK = 2 };

static const int64_t step_ns = SECOND_NS;         /* from one state of waiting to the next */
static const int64_t impaired_ns = 3 * MINUTE_NS; /* "a few minutes" */

struct scaling_group *member_group(const struct scaling *scaling,
                                   const struct scaling_member *member)
{
    return table_get(&scaling->groups, member->group);
}

struct scaling_member *member_add(struct scaling *scaling, const struct scaling_group *group,
                                  const struct instance *instance, uint64_t activity)
{
    struct scaling_member *member = table_add(&scaling->members, instance->id);

    member->group = group->id;
    member->activity = activity;
    member->state = MEMBER_PENDING;
    member->since = scaling->sim->now;
    member->zone = instance->zone;
    member->protected = group->protect_new;
    return member;
}

void member_state_set(struct scaling *scaling, struct scaling_member *member,
                      enum member_state state)
{
    member->state = (uint8_t)state;
    member->since = scaling->sim->now;
}

static void plan(struct scaling *scaling, uint64_t *event, const struct scaling_member *member,
                 int64_t delay, uint64_t what)
{
    sim_cancel(scaling->sim, *event);
    *event = sim_schedule(scaling->sim, delay, EVENT_SCALING_MEMBER, member->instance, what);
}

void member_step_plan(struct scaling *scaling, struct scaling_member *member, int64_t delay)
{
    plan(scaling, &member->step, member, delay, MEMBER_STEP);
}

void member_look_plan(struct scaling *scaling, struct scaling_member *member, int64_t delay)
{
    plan(scaling, &member->look, member, delay, MEMBER_LOOK);
}

/* ---- target groups ---- */

void member_join_targets(struct scaling *scaling, const struct scaling_member *member)
{
    const struct scaling_group *group = member_group(scaling, member);
    struct arena arena = ARENA_INIT;
    const struct target_wish wish = {.id = id_text(&arena, &kind_instance, member->instance)};

    for (uint32_t i = 0; i < group->target_groups.count; i++) {
        struct target_group *targets =
            table_find(&scaling->targets->groups, (uint64_t)group->target_groups.items[i]);
        struct fault fault = FAULT_INIT;

        /* refused: too many targets, another VPC; the trail of targets shows that it is not there
         */
        if (targets != NULL)
            targets_register(scaling->targets, targets, &wish, 1, &fault);
        fault_release(&fault);
    }
    arena_release(&arena);
}

int64_t member_leave_of(struct scaling *scaling, const struct scaling_group *group,
                        uint64_t instance)
{
    struct arena arena = ARENA_INIT;
    const struct target_wish wish = {.id = id_text(&arena, &kind_instance, instance)};
    int64_t until = 0;

    for (uint32_t i = 0; i < group->target_groups.count; i++) {
        struct target_group *targets =
            table_find(&scaling->targets->groups, (uint64_t)group->target_groups.items[i]);
        const struct target *target;
        struct fault fault = FAULT_INIT;

        if (targets == NULL)
            continue;
        targets_deregister(scaling->targets, targets, &wish, 1, &fault);
        fault_release(&fault);
        target = target_of_instance(scaling->targets, targets, instance, 0);
        if (target != NULL && target->drained > until)
            until = target->drained;
    }
    arena_release(&arena);
    return until;
}

int64_t member_leave_targets(struct scaling *scaling, const struct scaling_member *member)
{
    return member_leave_of(scaling, member_group(scaling, member), member->instance);
}

/* ---- coming ---- */

static void enter_service(struct scaling *scaling, struct scaling_member *member)
{
    struct scaling_group *group = member_group(scaling, member);
    int64_t warm_s = group->warming_s != 0 ? group->warming_s : group->warmup_s;

    if (!scaling_is_suspended(group, PROCESS_ADD_TO_LOAD_BALANCER))
        member_join_targets(scaling, member);
    member_state_set(scaling, member, MEMBER_IN_SERVICE);
    member->in_service = scaling->sim->now;
    member->warm = scaling->sim->now + (warm_s > 0 ? warm_s * SECOND_NS : 0);
    group->failures = 0;
    group->retry = 0;
    activity_end(scaling, member->activity, ACTIVITY_SUCCESSFUL, NULL);
    member->activity = 0;
    member_look_plan(scaling, member, group->grace_s * SECOND_NS);
    scaling_wake(scaling, group, step_ns);
}

void member_started(struct scaling *scaling, struct scaling_member *member)
{
    if (member->in_service == 0 && member_hold(scaling, member, true)) {
        member_state_set(scaling, member, MEMBER_PENDING_WAIT);
        activity_move(scaling, member->activity, ACTIVITY_MID_LIFECYCLE, 60);
        return;
    }
    enter_service(scaling, member);
}

/* ---- going ---- */

void member_forget(struct scaling *scaling, struct scaling_member *member)
{
    struct scaling_group *group = member_group(scaling, member);

    activity_end(scaling, member->activity, ACTIVITY_SUCCESSFUL, NULL);
    member_holds_drop(scaling, member);
    sim_cancel(scaling->sim, member->step);
    sim_cancel(scaling->sim, member->look);
    if (group->balancing == member->instance)
        group->balancing = 0;
    table_remove(&scaling->members, member->instance);
    scaling_wake(scaling, group, step_ns);
}

static void terminate(struct scaling *scaling, struct scaling_member *member)
{
    struct instance *instance = instance_any(scaling->instances, member->instance);
    struct fault fault = FAULT_INIT;

    if (instance == NULL || instance->state == INSTANCE_TERMINATED) {
        member_forget(scaling, member);
        return;
    }
    activity_move(scaling, member->activity, ACTIVITY_IN_PROGRESS, 60);
    instance->no_termination = false; /* a group's own end does not heed it, as at AWS */
    instances_terminate(scaling->instances, (struct instance_set){&instance, 1}, &fault);
    fault_release(&fault);
}

void member_end(struct scaling *scaling, struct scaling_member *member, const char *cause)
{
    const struct scaling_group *group = member_group(scaling, member);
    int64_t until;

    activity_end(scaling, member->activity, ACTIVITY_CANCELLED,
                 member_counts(member) ? "Instance became unhealthy while waiting for instance to "
                                         "be in InService state."
                                       : NULL);
    member_holds_drop(scaling, member);
    member->activity = activity_begin(scaling, group, ACTIVITY_OF_END, member->instance, cause)->id;
    member_state_set(scaling, member, MEMBER_TERMINATING);
    until = member_leave_targets(scaling, member);
    if (until > scaling->sim->now)
        activity_move(scaling, member->activity, ACTIVITY_DRAINING, 50);
    member_step_plan(scaling, member,
                     until > scaling->sim->now ? until - scaling->sim->now : step_ns);
}

static void end_go_on(struct scaling *scaling, struct scaling_member *member)
{
    const struct instance *instance = instance_any(scaling->instances, member->instance);
    bool lives = instance != NULL && instance->state != INSTANCE_TERMINATED &&
                 instance->state != INSTANCE_SHUTTING_DOWN;

    if (lives && member_hold(scaling, member, false)) {
        member_state_set(scaling, member, MEMBER_TERMINATING_WAIT);
        activity_move(scaling, member->activity, ACTIVITY_MID_LIFECYCLE, 60);
        return;
    }
    terminate(scaling, member);
}

/* ---- hooks ---- */

void member_held(struct scaling *scaling, struct scaling_member *member)
{
    bool launching = member->state == MEMBER_PENDING_WAIT;

    member_state_set(scaling, member,
                     launching ? MEMBER_PENDING_PROCEED : MEMBER_TERMINATING_PROCEED);
    activity_move(scaling, member->activity,
                  launching ? ACTIVITY_PRE_IN_SERVICE : ACTIVITY_IN_PROGRESS, 75);
    member_step_plan(scaling, member, step_ns);
}

void member_abandoned(struct scaling *scaling, struct scaling_member *member, const char *why)
{
    struct arena arena = ARENA_INIT;

    if (member->state != MEMBER_PENDING_WAIT) {
        member_held(scaling, member); /* it goes all the same, without the other hooks */
        return;
    }
    activity_end(scaling, member->activity, ACTIVITY_CANCELLED, why);
    member->activity = 0;
    member_end(scaling, member,
               scaling_sentence(scaling, &arena,
                                "an instance was taken out of service in response to a launch "
                                "that was abandoned by a lifecycle action."));
    scaling_wake_soon(scaling, member_group(scaling, member));
    arena_release(&arena);
}

static void run_step(struct scaling *scaling, struct scaling_member *member)
{
    member->step = 0;
    switch (member->state) {
    case MEMBER_PENDING: /* out of standby */
    case MEMBER_PENDING_PROCEED:
        enter_service(scaling, member);
        break;
    case MEMBER_TERMINATING:
        end_go_on(scaling, member);
        break;
    case MEMBER_TERMINATING_PROCEED:
        terminate(scaling, member);
        break;
    case MEMBER_DETACHING:
        member_forget(scaling, member);
        break;
    case MEMBER_ENTERING_STANDBY:
        member_state_set(scaling, member, MEMBER_STANDBY);
        activity_end(scaling, member->activity, ACTIVITY_SUCCESSFUL, NULL);
        member->activity = 0;
        scaling_wake(scaling, member_group(scaling, member), step_ns);
        break;
    default:
        break;
    }
}

/* ---- health ---- */

void member_mark_unhealthy(struct scaling *scaling, struct scaling_member *member,
                           const char *trouble)
{
    struct scaling_group *group = member_group(scaling, member);

    if (member->unhealthy)
        return;
    member->unhealthy = true;
    member->trouble = xstrdup(trouble);
    scaling_wake_soon(scaling, group);
}

static bool targets_fail(const struct scaling *scaling, const struct scaling_group *group,
                         uint64_t instance)
{
    for (uint32_t i = 0; group->health_elb && i < group->target_groups.count; i++) {
        const struct target_group *targets =
            table_find(&scaling->targets->groups, (uint64_t)group->target_groups.items[i]);
        const struct target *target =
            targets == NULL ? NULL : target_of_instance(scaling->targets, targets, instance, 0);

        if (target != NULL && target_is_unhealthy(target))
            return true;
    }
    return false;
}

/* Since when a status check finds it impaired; 0: none does. */
static int64_t impaired_since(const struct instance *instance)
{
    if (instance->instance_status == CHECK_IMPAIRED)
        return instance->checks_since;
    return instance->system_status == CHECK_IMPAIRED ? instance->system_since : 0;
}

/* Looks at it; looks again when it is too early to say. */
static void look(struct scaling *scaling, struct scaling_member *member)
{
    const struct scaling_group *group = member_group(scaling, member);
    const struct instance *instance = instance_any(scaling->instances, member->instance);
    int64_t grace = member->in_service + group->grace_s * SECOND_NS - scaling->sim->now;
    int64_t since;

    member->look = 0;
    if (member->unhealthy || scaling_is_suspended(group, PROCESS_HEALTH_CHECK) ||
        !member_counts(member))
        return;
    if (instance == NULL ||
        (instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_PENDING)) {
        member_mark_unhealthy(scaling, member,
                              "an EC2 health check indicating it has been terminated or stopped.");
        return;
    }
    since = impaired_since(instance);
    if (member->state != MEMBER_IN_SERVICE ||
        (since == 0 && !targets_fail(scaling, group, member->instance)))
        return;
    if (grace > 0)
        member_look_plan(scaling, member, grace);
    else if (targets_fail(scaling, group, member->instance))
        member_mark_unhealthy(scaling, member, "an ELB system health check failure.");
    else if (scaling->sim->now - since < impaired_ns)
        member_look_plan(scaling, member, impaired_ns - (scaling->sim->now - since));
    else
        member_mark_unhealthy(scaling, member, "an EC2 instance status checks failure.");
}

static void run_member(void *context, const struct event *event)
{
    struct scaling *scaling = context;
    struct scaling_member *member = scaling_member_find(scaling, event->subject);

    if (member == NULL)
        return;
    if (event->detail == MEMBER_STEP && member->step == event->sequence)
        run_step(scaling, member);
    else if (event->detail == MEMBER_LOOK && member->look == event->sequence)
        look(scaling, member);
}

/* ---- what others tell ---- */

/* Nobody looks at the health of one in standby; but when it is gone, it is gone. */
static void standby_ended(struct scaling *scaling, struct scaling_member *member)
{
    struct arena arena = ARENA_INIT;

    member_end(scaling, member,
               scaling_sentence(scaling, &arena,
                                "an instance was taken out of service in response to an EC2 "
                                "health check indicating it has been terminated or stopped."));
    arena_release(&arena);
}

void scaling_instance_changed(struct scaling *scaling, const struct instance *instance)
{
    struct scaling_member *member = scaling_member_find(scaling, instance->id);

    if (member == NULL)
        return;
    if (instance->state == INSTANCE_RUNNING && member->state == MEMBER_PENDING &&
        member->step == 0) {
        member_started(scaling, member);
        return;
    }
    if (instance->state == INSTANCE_TERMINATED && member_is_leaving(member)) {
        member_forget(scaling, member);
        return;
    }
    if (instance->state == INSTANCE_TERMINATED && !member_counts(member)) {
        standby_ended(scaling, member);
        return;
    }
    if (member_counts(member))
        member_look_plan(scaling, member, 0);
}

void scaling_health_changed(struct scaling *scaling, uint64_t instance)
{
    struct scaling_member *member = scaling_member_find(scaling, instance);

    if (member != NULL && member->state == MEMBER_IN_SERVICE && !member->unhealthy)
        member_look_plan(scaling, member, 0);
}

static const struct event_kind member_kind = {
    .name = "scaling-member",
    .run = run_member,
};

void scaling_members_init(struct scaling *scaling)
{
    sim_handle(scaling->sim, EVENT_SCALING_MEMBER, &member_kind, scaling);
}
