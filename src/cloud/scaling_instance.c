/*
 * cloud/scaling_instance.c - requests about single instances of a group: attaching, detaching,
 * standby, ending, health, protection.
 *
 * True to the Auto Scaling API reference; the causes are AWS's where they are known.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "cloud/scaling_parts.h"
#include "sim/clock.h"

static const int64_t moment_ns = SECOND_NS; /* of a move that waits for nothing */

static const char *text_of(struct arena *arena, uint64_t instance)
{
    return id_text(arena, &kind_instance, instance);
}

/* All of the set must be members of its group, in one of these two states. */
static int states_check(const struct scaling *scaling, struct scaling_set set,
                        uint8_t one, uint8_t other, struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        const struct scaling_member *member = scaling_member_find(scaling, set.instances[i]);
        struct arena arena = ARENA_INIT;
        int result = 0;

        if (member == NULL || member->group != set.group->id)
            result = scaling_refusef(fault, "The instance %s is not part of Auto Scaling group %s.",
                                     text_of(&arena, set.instances[i]), set.group->name);
        else if (member->state != one && member->state != other)
            result = scaling_refusef(fault, "The instance %s is not in %s%s%s. Its state is %s.",
                                     text_of(&arena, set.instances[i]), member_state_name(one),
                                     other == one ? "" : " or ",
                                     other == one ? "" : member_state_name(other),
                                     member_state_name(member->state));
        arena_release(&arena);
        if (result != 0)
            return -1;
    }
    return 0;
}

static int decrement_check(const struct scaling_group *group, uint32_t count, struct fault *fault)
{
    if (group->desired - count >= group->least)
        return 0;
    return scaling_refusef(fault,
                           "AutoScalingGroup %s has min-size=%" PRId64 ", max-size=%" PRId64
                           ", and desired-size=%" PRId64 ". To place into standby, detach or "
                           "terminate %u instance(s), please update the AutoScalingGroup sizes "
                           "appropriately.",
                           group->name, group->least, group->most, group->desired, count);
}

/* "shrinking the capacity from 2 to 1": how many count now, and after one less. */
static const char *shrinking(const struct scaling *scaling, struct arena *arena,
                             const struct scaling_group *group, bool decrement)
{
    if (!decrement)
        return "";
    return arena_printf(arena, ", shrinking the capacity from %" PRId64 " to %" PRId64,
                        scaling_group_size(scaling, group), scaling_group_size(scaling, group) - 1);
}

/* Out of its target groups, and on with it when its requests are through. */
static void leave(struct scaling *scaling, struct scaling_member *member, enum member_state state)
{
    int64_t until = member_leave_targets(scaling, member);

    member_state_set(scaling, member, state);
    if (until > scaling->sim->now)
        activity_move(scaling, member->activity, ACTIVITY_DRAINING, 50);
    member_step_plan(scaling, member,
                     until > scaling->sim->now ? until - scaling->sim->now : moment_ns);
}

static void move_out(struct scaling *scaling, struct scaling_group *group,
                     struct scaling_member *member, enum activity_kind kind, bool decrement)
{
    struct arena arena = ARENA_INIT;
    const char *how = kind == ACTIVITY_OF_STANDBY ? "moved to standby" : "detached";
    const char *cause = scaling_sentence(
        scaling, &arena, "instance %s was %s in response to a user request%s.",
        text_of(&arena, member->instance), how, shrinking(scaling, &arena, group, decrement));

    member->activity = activity_begin(scaling, group, kind, member->instance, cause)->id;
    if (decrement)
        group->desired--;
    leave(scaling, member,
          kind == ACTIVITY_OF_STANDBY ? MEMBER_ENTERING_STANDBY : MEMBER_DETACHING);
    arena_release(&arena);
}

int scaling_detach(struct scaling *scaling, struct scaling_set set, bool decrement,
                   uint64_t *activities, struct fault *fault)
{
    if (states_check(scaling, set, MEMBER_IN_SERVICE, MEMBER_STANDBY, fault) != 0 ||
        (decrement && decrement_check(set.group, set.count, fault) != 0))
        return -1;
    for (uint32_t i = 0; i < set.count; i++) {
        struct scaling_member *member = scaling_member_find(scaling, set.instances[i]);

        if (member->state != MEMBER_DETACHING) /* named twice */
            move_out(scaling, set.group, member, ACTIVITY_OF_DETACHING,
                     decrement && member->state == MEMBER_IN_SERVICE);
        activities[i] = member->activity;
    }
    scaling_wake_soon(scaling, set.group);
    return 0;
}

int scaling_enter_standby(struct scaling *scaling, struct scaling_set set, bool decrement,
                          uint64_t *activities, struct fault *fault)
{
    if (states_check(scaling, set, MEMBER_IN_SERVICE, MEMBER_IN_SERVICE, fault) != 0 ||
        (decrement && decrement_check(set.group, set.count, fault) != 0))
        return -1;
    for (uint32_t i = 0; i < set.count; i++) {
        struct scaling_member *member = scaling_member_find(scaling, set.instances[i]);

        if (member->state == MEMBER_IN_SERVICE)
            move_out(scaling, set.group, member, ACTIVITY_OF_STANDBY, decrement);
        activities[i] = member->activity;
    }
    scaling_wake_soon(scaling, set.group);
    return 0;
}

int scaling_exit_standby(struct scaling *scaling, struct scaling_set set, uint64_t *activities,
                         struct fault *fault)
{
    struct scaling_group *group = set.group;

    if (states_check(scaling, set, MEMBER_STANDBY, MEMBER_STANDBY, fault) != 0)
        return -1;
    if (group->desired + set.count > group->most)
        return scaling_refusef(fault,
                               "AutoScalingGroup %s has min-size=%" PRId64 ", max-size=%" PRId64
                               ", and desired-size=%" PRId64 ". To move %u instance(s) out of "
                               "standby, please update the AutoScalingGroup sizes appropriately.",
                               group->name, group->least, group->most, group->desired, set.count);
    for (uint32_t i = 0; i < set.count; i++) {
        struct scaling_member *member = scaling_member_find(scaling, set.instances[i]);
        struct arena arena = ARENA_INIT;
        int64_t size = scaling_group_size(scaling, group);

        if (member->state == MEMBER_STANDBY) {
            member->activity =
                activity_begin(scaling, group, ACTIVITY_OF_RETURN, set.instances[i],
                               scaling_sentence(scaling, &arena,
                                                "instance %s was moved out of standby in response "
                                                "to a user request, increasing the capacity from "
                                                "%" PRId64 " to %" PRId64 ".",
                                                text_of(&arena, set.instances[i]), size, size + 1))
                    ->id;
            group->desired++;
            member_state_set(scaling, member, MEMBER_PENDING);
            member_step_plan(scaling, member, moment_ns);
            /* one that no longer runs is found by the next look */
            member_look_plan(scaling, member, moment_ns);
        }
        activities[i] = member->activity;
        arena_release(&arena);
    }
    return 0;
}

int scaling_end_instance(struct scaling *scaling, struct scaling_member *member, bool decrement,
                         uint64_t *activity, struct fault *fault)
{
    struct scaling_group *group = member_group(scaling, member);
    struct arena arena = ARENA_INIT;
    bool counts = member_counts(member);

    if (decrement && counts && decrement_check(group, 1, fault) != 0)
        return -1;
    if (!member_is_leaving(member)) {
        member_end(scaling, member,
                   scaling_sentence(scaling, &arena,
                                    "instance %s was taken out of service in response to a user "
                                    "request%s.",
                                    text_of(&arena, member->instance),
                                    shrinking(scaling, &arena, group, decrement && counts)));
        group->desired -= decrement && counts;
    }
    *activity = member->activity;
    arena_release(&arena);
    scaling_wake_soon(scaling, group);
    return 0;
}

void scaling_set_health(struct scaling *scaling, struct scaling_member *member, bool healthy,
                        bool heed_grace)
{
    const struct scaling_group *group = member_group(scaling, member);

    if (healthy) {
        member->unhealthy = false;
        free(member->trouble);
        member->trouble = NULL;
        return;
    }
    if (heed_grace && (member->in_service == 0 ||
                       scaling->sim->now < member->in_service + group->grace_s * SECOND_NS))
        return;
    member_mark_unhealthy(scaling, member, "a user health-check.");
}

int scaling_protect(struct scaling *scaling, struct scaling_set set, bool protect,
                    struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        const struct scaling_member *member = scaling_member_find(scaling, set.instances[i]);
        struct arena arena = ARENA_INIT;
        int result = 0;

        if (member == NULL || member->group != set.group->id)
            result = scaling_refusef(fault, "The instance %s is not part of Auto Scaling group %s.",
                                     text_of(&arena, set.instances[i]), set.group->name);
        else if (member->state != MEMBER_IN_SERVICE)
            result = scaling_refusef(fault,
                                     "The instance %s is not in InService or EnteringStandby or "
                                     "Standby.",
                                     text_of(&arena, set.instances[i]));
        arena_release(&arena);
        if (result != 0)
            return -1;
    }
    for (uint32_t i = 0; i < set.count; i++)
        scaling_member_find(scaling, set.instances[i])->protected = protect;
    set.group->said = false;
    scaling_wake_soon(scaling, set.group);
    return 0;
}

/* ---- attaching ---- */

static int attach_check(const struct scaling *scaling, const struct scaling_group *group,
                        uint64_t id, struct fault *fault)
{
    const struct instance *instance =
        instance_find(scaling->instances, group->account, group->region, id);
    const struct scaling_member *member = scaling_member_find(scaling, id);
    struct arena arena = ARENA_INIT;
    const char *text = text_of(&arena, id);
    bool zone = false;
    int result = 0;

    for (uint32_t i = 0; instance != NULL && i < group->zones.count; i++)
        zone = zone || group->zones.items[i] == instance->zone;
    if (instance == NULL)
        result = scaling_refusef(fault, "Invalid Instance ID %s", text);
    else if (member != NULL)
        result = scaling_refusef(fault,
                                 "Instance %s is already part of AutoScalingGroup: %s. Cannot be "
                                 "attached to AutoScalingGroup: %s.",
                                 text, member_group(scaling, member)->name, group->name);
    else if (instance->state != INSTANCE_RUNNING)
        result = scaling_refusef(fault,
                                 "Instance %s is not in correct state: %s. It must be "
                                 "running.",
                                 text, instance_state_name(instance->state));
    else if (!zone)
        result =
            scaling_refusef(fault,
                            "Instance %s is in availability zone %s, which is not part of "
                            "AutoScalingGroup: %s.",
                            text, catalog_zone_name(scaling->catalog, instance->zone), group->name);
    arena_release(&arena);
    return result;
}

int scaling_attach(struct scaling *scaling, struct scaling_set set, struct fault *fault)
{
    struct scaling_group *group = set.group;

    for (uint32_t i = 0; i < set.count; i++) {
        if (attach_check(scaling, group, set.instances[i], fault) != 0)
            return -1;
    }
    if (group->desired + set.count > group->most)
        return scaling_refusef(fault,
                               "AutoScalingGroup %s has min-size=%" PRId64 ", max-size=%" PRId64
                               ", and desired-size=%" PRId64 ". To attach %u instance(s), please "
                               "update the AutoScalingGroup sizes appropriately.",
                               group->name, group->least, group->most, group->desired, set.count);
    for (uint32_t i = 0; i < set.count; i++) {
        const struct instance *instance = instance_any(scaling->instances, set.instances[i]);
        int64_t size = scaling_group_size(scaling, group);
        struct arena arena = ARENA_INIT;
        const struct scaling_activity *activity;

        if (scaling_member_find(scaling, instance->id) != NULL)
            continue; /* named twice */
        activity = activity_begin(
            scaling, group, ACTIVITY_OF_ATTACHING, instance->id,
            scaling_sentence(scaling, &arena,
                             "an instance was attached in response to a user request, increasing "
                             "the capacity from %" PRId64 " to %" PRId64 ".",
                             size, size + 1));
        group->desired++;
        member_step_plan(scaling, member_add(scaling, group, instance, activity->id), moment_ns);
        arena_release(&arena);
    }
    return 0;
}
