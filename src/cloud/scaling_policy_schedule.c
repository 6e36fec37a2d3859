/*
 * cloud/scaling_policy_schedule.c - scheduled actions: a group's sizes change at a time.
 *
 * Owns    struct scaling_schedule.
 * True to the Auto Scaling user guide, "Scheduled scaling": one that does not recur is gone after
 * it has run.  Left out: time zones other than UTC.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/scaling_parts.h"
#include "cloud/scaling_policy.h"
#include "sim/clock.h"
#include "sim/cron.h"

struct scaling_schedule *scaling_schedule_find(const struct scaling *scaling,
                                               const struct scaling_group *group, const char *name)
{
    for (uint32_t i = 0; i < table_count(&scaling->schedules); i++) {
        struct scaling_schedule *schedule = table_at(&scaling->schedules, i);

        if (schedule->group == group->id && strcmp(schedule->name, name) == 0)
            return schedule;
    }
    return NULL;
}

const char *scaling_schedule_arn(const struct scaling *scaling, struct arena *arena,
                                 const struct scaling_schedule *schedule)
{
    const struct scaling_group *group = table_get(&scaling->groups, schedule->group);

    return arena_printf(arena,
                        "arn:aws:autoscaling:%s:%012" PRIu64 ":scheduledUpdateGroupAction:%s:"
                        "autoScalingGroupName/%s:scheduledActionName/%s",
                        scaling->catalog->regions[group->region].name, group->account,
                        scaling_uuid(scaling, arena, schedule->key), group->name, schedule->name);
}

/* When it is due next; SIM_NEVER: no more. */
static int64_t next_of(const struct scaling *scaling, const struct scaling_schedule *schedule,
                       int64_t after)
{
    int64_t next = schedule->begin;
    struct cron cron;

    if (schedule->recurrence != NULL && cron_parse(schedule->recurrence, &cron))
        next = cron_next(&cron, schedule->begin > after ? schedule->begin - 1 : after);
    else if (next <= after)
        next = next == 0 ? scaling->sim->now : SIM_NEVER;
    return schedule->end != 0 && next > schedule->end ? SIM_NEVER : next;
}

/* Waits for the next time, or takes it away. */
static void go_on(struct scaling *scaling, struct scaling_schedule *schedule, int64_t after)
{
    schedule->next = next_of(scaling, schedule, after);
    schedule->event = 0;
    if (schedule->next == SIM_NEVER)
        table_remove(&scaling->schedules, schedule->key);
    else
        schedule->event = sim_schedule(scaling->sim, schedule->next - scaling->sim->now,
                                       EVENT_SCALING_SCHEDULE, schedule->key, 0);
}

/* The sizes that it brings, made to fit each other. */
static void apply(struct scaling *scaling, struct scaling_group *group,
                  const struct scaling_schedule *schedule)
{
    struct arena arena = ARENA_INIT;
    int64_t desired = schedule->desired >= 0 ? schedule->desired : group->desired;

    if (schedule->least >= 0)
        group->least = schedule->least;
    if (schedule->most >= 0)
        group->most = schedule->most;
    if (group->most < group->least && schedule->most >= 0)
        group->least = group->most;
    if (group->most < group->least)
        group->most = group->least;
    desired = desired > group->most ? group->most : desired;
    desired = desired < group->least ? group->least : desired;
    group->warming_s = 0;
    scaling_want(scaling, group, desired,
                 arena_printf(&arena,
                              "a scheduled action update of AutoScalingGroup constraints to min: "
                              "%" PRId64 ", max: %" PRId64 ", desired: %" PRId64,
                              group->least, group->most, desired));
    arena_release(&arena);
}

static void run_schedule(void *context, const struct event *event)
{
    struct scaling *scaling = context;
    struct scaling_schedule *schedule = table_find(&scaling->schedules, event->subject);
    struct scaling_group *group;

    if (schedule == NULL || schedule->event != event->sequence)
        return;
    group = table_get(&scaling->groups, schedule->group);
    if (!group->deleting && !scaling_is_suspended(group, PROCESS_SCHEDULED_ACTIONS))
        apply(scaling, group, schedule);
    if (schedule->recurrence == NULL)
        table_remove(&scaling->schedules, schedule->key);
    else
        go_on(scaling, schedule, scaling->sim->now);
}

/* ---- putting ---- */

static int wish_check(const struct scaling *scaling, const struct scaling_schedule *wish,
                      struct fault *fault)
{
    struct cron cron;

    if (wish->least < 0 && wish->most < 0 && wish->desired < 0)
        return scaling_refusef(fault, "At least one of MinSize, MaxSize or DesiredCapacity must "
                                      "be specified");
    if (wish->least >= 0 && wish->most >= 0 && wish->least > wish->most)
        return scaling_refusef(fault,
                               "Max bound, %" PRId64 ", must be greater than or equal to min "
                               "bound, %" PRId64,
                               wish->most, wish->least);
    if (wish->desired >= 0 && ((wish->least >= 0 && wish->desired < wish->least) ||
                               (wish->most >= 0 && wish->desired > wish->most)))
        return scaling_refusef(fault,
                               "Desired capacity:%" PRId64 " must be between the specified "
                               "min size and max size",
                               wish->desired);
    if (wish->recurrence != NULL && !cron_parse(wish->recurrence, &cron))
        return scaling_refusef(fault, "Given recurrence string: %s is invalid", wish->recurrence);
    if (wish->begin != 0 && wish->begin <= scaling->sim->now)
        return scaling_refusef(fault, "Given start time is in the past");
    if (wish->begin == 0 && wish->recurrence == NULL)
        return scaling_refusef(fault, "Either a start time or a recurrence must be specified");
    if (wish->end != 0 && wish->end <= (wish->begin != 0 ? wish->begin : scaling->sim->now))
        return scaling_refusef(fault, "Given end time must be after the start time");
    return 0;
}

int scaling_schedule_put(struct scaling *scaling, const struct scaling_schedule *wish,
                         struct fault *fault)
{
    struct scaling_schedule *schedule = NULL;
    uint32_t count = 0;
    uint64_t key;

    if (wish_check(scaling, wish, fault) != 0)
        return -1;
    for (uint32_t i = 0; i < table_count(&scaling->schedules); i++) {
        struct scaling_schedule *other = table_at(&scaling->schedules, i);

        count += other->group == wish->group;
        if (other->group == wish->group && strcmp(other->name, wish->name) == 0)
            schedule = other;
    }
    if (schedule == NULL && count >= SCALING_SCHEDULES_MOST)
        return fault_set(fault, &fault_scaling_limit, "scheduled actions");
    if (schedule == NULL)
        schedule = table_add(&scaling->schedules, ids_new(scaling->ids));
    sim_cancel(scaling->sim, schedule->event);
    key = schedule->key;
    shape_release(&scaling_schedule_shape, schedule);
    shape_copy(&scaling_schedule_shape, schedule, wish);
    schedule->key = key;
    go_on(scaling, schedule, scaling->sim->now);
    return 0;
}

/* ---- the rooms of policies and schedules ---- */

static const struct field schedule_fields[] = {
    F_INT(struct scaling_schedule, key, "Key", "Its number."),
    F_INT(struct scaling_schedule, group, "Group", "Its group."),
    F_INT(struct scaling_schedule, event, "Event", "What is due next."),
    F_TIME(struct scaling_schedule, begin, "Begin", "From when on."),
    F_TIME(struct scaling_schedule, end, "End", "Until when."),
    F_TIME(struct scaling_schedule, next, "Next", "When it is due."),
    F_INT(struct scaling_schedule, least, "Least", "The fewest instances."),
    F_INT(struct scaling_schedule, most, "Most", "The most instances."),
    F_INT(struct scaling_schedule, desired, "Desired", "How many are wanted."),
    F_STRING(struct scaling_schedule, name, "Name", "Its name."),
    F_STRING(struct scaling_schedule, recurrence, "Recurrence", "How it recurs."),
};
const struct shape scaling_schedule_shape =
    SHAPE("ScalingSchedule", struct scaling_schedule, schedule_fields);

static const struct event_kind schedule_kind = {
    .name = "scaling-schedule",
    .run = run_schedule,
};

void scaling_policies_init(struct scaling *scaling)
{
    table_init(&scaling->policies, &scaling_policy_shape);
    table_init(&scaling->schedules, &scaling_schedule_shape);
    sim_handle(scaling->sim, EVENT_SCALING_SCHEDULE, &schedule_kind, scaling);
}

void scaling_policies_release(struct scaling *scaling)
{
    table_release(&scaling->policies);
    table_release(&scaling->schedules);
}

void scaling_policies_drop(struct scaling *scaling, uint64_t group)
{
    for (uint32_t i = table_count(&scaling->policies); i-- > 0;) {
        const struct scaling_policy *policy = table_at(&scaling->policies, i);

        if (policy->group == group)
            table_remove(&scaling->policies, policy->key);
    }
    if (scaling->policies_changed != NULL)
        scaling->policies_changed(scaling->alarms_context);
    for (uint32_t i = table_count(&scaling->schedules); i-- > 0;) {
        const struct scaling_schedule *schedule = table_at(&scaling->schedules, i);

        if (schedule->group != group)
            continue;
        sim_cancel(scaling->sim, schedule->event);
        table_remove(&scaling->schedules, schedule->key);
    }
}

static bool own_metric_is_whole(const struct scaling_own_metric *own)
{
    for (uint32_t i = 0; i < own->dimensions.count; i++)
        if (own->dimensions.items[i].key == NULL || own->dimensions.items[i].value == NULL)
            return false;
    return own->space != NULL && own->name != NULL && own->statistic != NULL;
}

bool scaling_policies_restore(const struct scaling *scaling)
{
    struct cron cron;

    for (uint32_t i = 0; i < table_count(&scaling->policies); i++) {
        const struct scaling_policy *policy = table_at(&scaling->policies, i);

        if (table_find(&scaling->groups, policy->group) == NULL || policy->name == NULL ||
            policy->type < POLICY_SIMPLE || policy->type > POLICY_TRACKING ||
            policy->adjustment_type > ADJUST_PERCENT || policy->metric > TRACK_OWN ||
            (policy->metric == TRACK_OWN && !own_metric_is_whole(&policy->own)) ||
            (policy->type == POLICY_TRACKING && policy->target <= 0))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&scaling->schedules); i++) {
        const struct scaling_schedule *schedule = table_at(&scaling->schedules, i);

        if (table_find(&scaling->groups, schedule->group) == NULL || schedule->name == NULL ||
            (schedule->recurrence != NULL && !cron_parse(schedule->recurrence, &cron)))
            return false;
    }
    return true;
}
