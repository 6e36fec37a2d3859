/*
 * cloud/scaling.c - the loop of an Auto Scaling group: what it wants, and what it has.
 *
 * Uses    scaling_launch for what comes, scaling_choice for who goes, scaling_member for how.
 * True to the Auto Scaling user guide; SEMANTICS c7.  A look at a group does, in this order: ends
 *         the unhealthy (at most 10 % at a time, and only while more than 90 % are in service;
 *         those that do not run at once), launches what lacks, ends what is too much, balances
 *         zones.  A launch that failed is tried again after a minute, then two, up to an hour.
 */
#include "cloud/scaling.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/scaling_parts.h"
#include "sim/clock.h"

/* From a request to what the group does about it. */
static const int64_t soon_low = 2 * SECOND_NS, soon_high = 8 * SECOND_NS;
static const int64_t retry_ns = MINUTE_NS, retry_most_ns = HOUR_NS;
static const int64_t rebalance_again_ns = 15 * MINUTE_NS;

/* ---- when ---- */

void scaling_wake(struct scaling *scaling, struct scaling_group *group, int64_t delay)
{
    int64_t time = scaling->sim->now + delay;

    if (group->review != 0 && group->review_time <= time)
        return;
    sim_cancel(scaling->sim, group->review);
    group->review = sim_schedule(scaling->sim, delay, EVENT_SCALING_REVIEW, group->id, 0);
    group->review_time = time;
}

void scaling_wake_soon(struct scaling *scaling, struct scaling_group *group)
{
    scaling_wake(scaling, group, chance_between_ns(&group->luck, soon_low, soon_high));
}

/* ---- the unhealthy ---- */

static bool is_gone(const struct scaling *scaling, const struct scaling_member *member)
{
    const struct instance *instance = instance_any(scaling->instances, member->instance);

    return instance == NULL ||
           (instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_PENDING);
}

/* How many serve, and are no longer warming up. */
static int64_t serving(const struct scaling *scaling, const struct scaling_group *group)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        count += member->group == group->id && member->state == MEMBER_IN_SERVICE &&
                 member->warm <= scaling->sim->now;
    }
    return count;
}

static void retire(struct scaling *scaling, struct scaling_group *group)
{
    int64_t allowed = group->desired / 10 > 1 ? group->desired / 10 : 1;

    if (scaling_is_suspended(group, PROCESS_REPLACE_UNHEALTHY) ||
        scaling_is_suspended(group, PROCESS_TERMINATE))
        return;
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        struct scaling_member *member = table_at(&scaling->members, i);
        struct arena arena = ARENA_INIT;

        if (member->group != group->id || !member->unhealthy || !member_counts(member))
            continue;
        if (!is_gone(scaling, member)) {
            if (allowed == 0 || serving(scaling, group) * 10 <= group->desired * 9)
                continue;
            allowed--;
        }
        member_end(scaling, member,
                   scaling_sentence(scaling, &arena,
                                    "an instance was taken out of service in response to %s",
                                    member->trouble));
        group->replacing++;
        arena_release(&arena);
    }
}

/* ---- growing ---- */

static void launch_failed(struct scaling *scaling, struct scaling_group *group)
{
    int64_t delay = retry_ns << (group->failures < 6 ? group->failures : 6);

    if (delay > retry_most_ns)
        delay = retry_most_ns;
    group->failures++;
    group->retry = scaling->sim->now + delay;
}

static void grow(struct scaling *scaling, struct scaling_group *group, int64_t size)
{
    int64_t lacking = group->desired - size;

    if (scaling_is_suspended(group, PROCESS_LAUNCH) || group->retry > scaling->sim->now)
        return;
    for (int64_t i = 0; i < lacking; i++) {
        struct arena arena = ARENA_INIT;
        const char *cause;
        int result;

        if (group->replacing > 0)
            cause = scaling_sentence(scaling, &arena,
                                     "an instance was launched in response to an unhealthy "
                                     "instance needing to be replaced.");
        else
            cause = scaling_why(
                group, &arena,
                scaling_sentence(scaling, &arena,
                                 "an instance was started in response to a difference between "
                                 "desired and actual capacity, increasing the capacity from "
                                 "%" PRId64 " to %" PRId64 ".",
                                 size, group->desired));
        result = scaling_launch(scaling, group, -1, cause);
        arena_release(&arena);
        if (result != 0) {
            launch_failed(scaling, group);
            return;
        }
        if (group->replacing > 0)
            group->replacing--;
    }
    group->replacing = 0;
}

/* ---- shrinking ---- */

/* The activity of a group that cannot shrink: all that are left are protected. */
static void say_protected(struct scaling *scaling, struct scaling_group *group, int64_t size)
{
    struct arena arena = ARENA_INIT;
    struct scaling_activity *activity;

    if (group->said)
        return;
    group->said = true;
    activity = activity_begin(
        scaling, group, ACTIVITY_OF_END, 0,
        scaling_why(group, &arena,
                    scaling_sentence(scaling, &arena,
                                     "an instance was to be taken out of service in response to a "
                                     "difference between desired and actual capacity, shrinking "
                                     "the capacity from %" PRId64 " to %" PRId64 ".",
                                     size, group->desired)));
    activity_end(scaling, activity->id, ACTIVITY_CANCELLED,
                 "Could not scale to desired capacity because all remaining instances are "
                 "protected from scale-in.");
    arena_release(&arena);
}

static void shrink(struct scaling *scaling, struct scaling_group *group, int64_t size)
{
    const struct scaling_member *balancing = scaling_member_find(scaling, group->balancing);
    int64_t excess = size - group->desired;

    if (scaling_is_suspended(group, PROCESS_TERMINATE))
        return;
    /* the one that was launched to balance zones must serve before another goes for it */
    if (balancing != NULL && balancing->state != MEMBER_IN_SERVICE && member_counts(balancing))
        excess--;
    for (int64_t i = 0; i < excess; i++) {
        struct scaling_member *member = scaling_choose(scaling, group);
        struct arena arena = ARENA_INIT;
        const char *taken;

        if (member == NULL) {
            say_protected(scaling, group, size);
            return;
        }
        taken = scaling_sentence(scaling, &arena,
                                 "an instance was taken out of service in response to a "
                                 "difference between desired and actual capacity, shrinking the "
                                 "capacity from %" PRId64 " to %" PRId64 ".",
                                 size, group->desired);
        member_end(scaling, member,
                   arena_printf(&arena, "%s  %s", scaling_why(group, &arena, taken),
                                scaling_sentence(
                                    scaling, &arena, "instance %s was selected for termination.",
                                    id_text(&arena, &kind_instance, member->instance))));
        arena_release(&arena);
    }
    group->said = false;
    if (balancing == NULL || balancing->state == MEMBER_IN_SERVICE)
        group->balancing = 0;
}

/* ---- zones ---- */

static bool all_serve(const struct scaling *scaling, const struct scaling_group *group)
{
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group == group->id && member->state != MEMBER_IN_SERVICE &&
            member->state != MEMBER_STANDBY)
            return false;
    }
    return true;
}

/* Launches one where too few are; when it serves, one goes where too many are. */
static void balance(struct scaling *scaling, struct scaling_group *group)
{
    int64_t over = group->most / 10 > 1 ? group->most / 10 : 1;
    struct zone_counts counts = scaling_zone_counts(scaling, group);
    uint8_t zones[ZONES_PER_REGION];
    uint32_t count = scaling_zones_sorted(scaling, group, zones);
    struct arena arena = ARENA_INIT;
    int64_t most = 0;

    for (uint32_t i = 0; i < ZONES_PER_REGION; i++)
        most = counts.counts[i] > most ? counts.counts[i] : most;
    if (count == 0 || most - counts.counts[zones[0] % ZONES_PER_REGION] < 2 ||
        scaling_is_suspended(group, PROCESS_AZ_REBALANCE) ||
        scaling_is_suspended(group, PROCESS_LAUNCH) ||
        scaling_is_suspended(group, PROCESS_TERMINATE) || group->rebalance > scaling->sim->now ||
        group->desired + 1 > group->most + over || !all_serve(scaling, group))
        return;
    if (scaling_launch(scaling, group, zones[0],
                       scaling_sentence(scaling, &arena,
                                        "an instance was launched to aid in balancing the "
                                        "group's zones.")) == 0) {
        const struct scaling_member *member =
            table_at(&scaling->members, table_count(&scaling->members) - 1);

        group->balancing = member->instance;
    } else {
        group->rebalance = scaling->sim->now + rebalance_again_ns;
    }
    arena_release(&arena);
}

/* ---- one look ---- */

/* All that was begun is done: the cooldown of a simple policy begins. */
static void settle(struct scaling *scaling, struct scaling_group *group)
{
    if (group->cooling_s == 0 || activity_under_way(scaling, group) != NULL ||
        scaling_group_size(scaling, group) != group->desired)
        return;
    group->cooled = scaling->sim->now + group->cooling_s * SECOND_NS;
    group->cooling_s = 0;
}

/* What is to be waited for, and has no event of its own. */
static void plan_next(struct scaling *scaling, struct scaling_group *group)
{
    int64_t now = scaling->sim->now;
    int64_t next = INT64_MAX;
    int64_t size = scaling_group_size(scaling, group);

    if (group->retry > now && size < group->desired)
        next = group->retry;
    if (group->rebalance > now && group->rebalance < next)
        next = group->rebalance;
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group == group->id && member->state == MEMBER_IN_SERVICE &&
            member->warm > now && member->warm < next)
            next = member->warm;
    }
    if (next != INT64_MAX)
        scaling_wake(scaling, group, next - now);
}

static void end_all(struct scaling *scaling, struct scaling_group *group)
{
    bool empty = true;

    for (uint32_t i = table_count(&scaling->members); i-- > 0;) {
        struct scaling_member *member = table_at(&scaling->members, i);
        struct arena arena = ARENA_INIT;

        if (member->group != group->id)
            continue;
        empty = false;
        if (!member_is_leaving(member))
            member_end(scaling, member,
                       scaling_why(group, &arena,
                                   scaling_sentence(
                                       scaling, &arena, "instance %s was taken out of service.",
                                       id_text(&arena, &kind_instance, member->instance))));
        arena_release(&arena);
    }
    if (empty)
        scaling_group_drop(scaling, group);
}

static void run_review(void *context, const struct event *event)
{
    struct scaling *scaling = context;
    struct scaling_group *group = table_find(&scaling->groups, event->subject);
    int64_t size;

    if (group == NULL || group->review != event->sequence)
        return;
    group->review = 0;
    if (group->deleting) {
        end_all(scaling, group);
        return;
    }
    retire(scaling, group);
    size = scaling_group_size(scaling, group);
    if (size < group->desired)
        grow(scaling, group, size);
    else if (size > group->desired)
        shrink(scaling, group, size);
    else
        balance(scaling, group);
    free(group->why);
    group->why = NULL;
    settle(scaling, group);
    plan_next(scaling, group);
}

/* ---- the room ---- */

static const struct event_kind review_kind = {
    .name = "scaling-review",
    .run = run_review,
};

void scaling_init(struct scaling *scaling)
{
    table_init(&scaling->groups, &scaling_group_shape);
    table_init(&scaling->members, &scaling_member_shape);
    table_init(&scaling->hooks, &lifecycle_hook_shape);
    table_init(&scaling->activities, &scaling_activity_shape);
    sim_handle(scaling->sim, EVENT_SCALING_REVIEW, &review_kind, scaling);
    scaling_members_init(scaling);
    scaling_holds_init(scaling);
    scaling_policies_init(scaling);
}

void scaling_release(struct scaling *scaling)
{
    table_release(&scaling->groups);
    table_release(&scaling->members);
    table_release(&scaling->hooks);
    table_release(&scaling->activities);
    scaling_policies_release(scaling);
}

static bool group_is_sound(const struct scaling *scaling, const struct scaling_group *group)
{
    const struct catalog *catalog = scaling->catalog;

    if (group->name == NULL || group->region >= catalog->region_count || group->least < 0 ||
        group->most < group->least || group->cooldown_s < 0 || group->grace_s < 0 ||
        group->zones.count > ZONES_PER_REGION)
        return false;
    for (uint32_t i = 0; i < group->zones.count; i++) {
        if (group->zones.items[i] < 0 || group->zones.items[i] / ZONES_PER_REGION != group->region)
            return false;
    }
    for (uint32_t i = 0; i < group->policies.count; i++) {
        if (group->policies.items[i] < 1 || group->policies.items[i] >= TERMINATION_END_)
            return false;
    }
    for (uint32_t i = 0; i < group->suspended.count; i++) {
        if (group->suspended.items[i].process < 1 ||
            group->suspended.items[i].process >= PROCESS_END_)
            return false;
    }
    for (uint32_t i = 0; i < group->tags.count; i++) {
        if (group->tags.items[i].key == NULL || group->tags.items[i].value == NULL)
            return false;
    }
    return true;
}

bool scaling_restore(const struct scaling *scaling)
{
    for (uint32_t i = 0; i < table_count(&scaling->groups); i++) {
        if (!group_is_sound(scaling, table_at(&scaling->groups, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        if (table_find(&scaling->groups, member->group) == NULL || member->state < MEMBER_PENDING ||
            member->state > MEMBER_STANDBY || (member->unhealthy && member->trouble == NULL))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&scaling->hooks); i++) {
        const struct lifecycle_hook *hook = table_at(&scaling->hooks, i);

        if (table_find(&scaling->groups, hook->group) == NULL || hook->name == NULL)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&scaling->activities); i++) {
        const struct scaling_activity *activity = table_at(&scaling->activities, i);

        if (activity->group_name == NULL || activity->description == NULL ||
            activity->cause == NULL || activity->status < ACTIVITY_PRE_IN_SERVICE ||
            activity->status > ACTIVITY_CANCELLED)
            return false;
    }
    return scaling_policies_restore(scaling);
}
