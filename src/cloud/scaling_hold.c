/*
 * cloud/scaling_hold.c - lifecycle hooks: the actions that are waited for while an instance comes
 * or goes.
 *
 * True to the Auto Scaling user guide, "How lifecycle hooks work": all hooks of a transition wait
 *         at the same time; one ABANDON ends the waiting; after the heartbeat's time the default
 *         result holds.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/scaling_parts.h"
#include "sim/clock.h"

bool member_hold(struct scaling *scaling, struct scaling_member *member, bool launching)
{
    for (uint32_t i = 0; i < table_count(&scaling->hooks); i++) {
        const struct lifecycle_hook *hook = table_at(&scaling->hooks, i);
        struct member_hold *hold;

        if (hook->group != member->group || hook->launching != launching)
            continue;
        hold = LIST_PUSH(&member->holds);
        hold->token = ids_new(scaling->ids);
        hold->hook = hook->key;
        hold->event = sim_schedule(scaling->sim, hook->heartbeat_s * SECOND_NS, EVENT_SCALING_HOLD,
                                   member->instance, hold->token);
        if (scaling->held != NULL)
            scaling->held(scaling->activity_context, hook, member->instance, hold->token);
    }
    return member->holds.count > 0;
}

void member_holds_drop(struct scaling *scaling, struct scaling_member *member)
{
    for (uint32_t i = 0; i < member->holds.count; i++)
        sim_cancel(scaling->sim, member->holds.items[i].event);
    member->holds.count = 0;
}

/* One action has its result; `word` says how it came: "Heartbeat Timeout". */
static void hold_end(struct scaling *scaling, struct scaling_member *member, uint32_t at,
                     bool carries_on, const char *word)
{
    struct arena arena = ARENA_INIT;
    const char *why = arena_printf(
        &arena,
        "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token %s was "
        "abandoned: %s",
        scaling_uuid(scaling, &arena, member->holds.items[at].token), word);

    sim_cancel(scaling->sim, member->holds.items[at].event);
    LIST_REMOVE(&member->holds, at);
    if (!carries_on) {
        member_holds_drop(scaling, member);
        member_abandoned(scaling, member, why);
    } else if (member->holds.count == 0) {
        member_held(scaling, member);
    }
    arena_release(&arena);
}

static void run_hold(void *context, const struct event *event)
{
    struct scaling *scaling = context;
    struct scaling_member *member = scaling_member_find(scaling, event->subject);

    for (uint32_t i = 0; member != NULL && i < member->holds.count; i++) {
        const struct lifecycle_hook *hook;

        if (member->holds.items[i].token != event->detail)
            continue;
        hook = table_find(&scaling->hooks, member->holds.items[i].hook);
        hold_end(scaling, member, i, hook != NULL && hook->carries_on, "Heartbeat Timeout");
        return;
    }
}

/* ---- requests ---- */

int lifecycle_action_complete(struct scaling *scaling, const struct lifecycle_result *result,
                              struct fault *fault)
{
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group != result->hook->group ||
            (result->instance != 0 && member->instance != result->instance))
            continue;
        for (uint32_t k = 0; k < member->holds.count; k++) {
            struct arena arena = ARENA_INIT;
            const struct member_hold *hold = &member->holds.items[k];
            bool meant = hold->hook == result->hook->key &&
                         (result->token == NULL ||
                          strcmp(scaling_uuid(scaling, &arena, hold->token), result->token) == 0);

            arena_release(&arena);
            if (!meant)
                continue;
            hold_end(scaling, member, k, result->carries_on,
                     "Lifecycle Action Completed with ABANDON Result");
            return 0;
        }
    }
    if (result->token != NULL)
        return scaling_refusef(fault, "No active Lifecycle Action found with token %s",
                               result->token);
    return scaling_refusef(fault, "No active Lifecycle Action found with instance ID %s",
                           result->instance_text);
}

int lifecycle_hook_put(struct scaling *scaling, const struct lifecycle_hook_new *wish,
                       struct fault *fault)
{
    struct lifecycle_hook *hook = lifecycle_hook_find(scaling, wish->group, wish->name);
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&scaling->hooks); i++)
        count +=
            ((const struct lifecycle_hook *)table_at(&scaling->hooks, i))->group == wish->group->id;
    if (hook == NULL && !wish->transition_set)
        return scaling_refusef(fault, "LifecycleTransition is required for a new lifecycle hook");
    if (wish->heartbeat_s.set && (wish->heartbeat_s.value < 30 || wish->heartbeat_s.value > 7200))
        return scaling_refusef(fault, "Heartbeat timeout must be between 30 and 7200 seconds");
    if (hook == NULL && count >= SCALING_HOOKS_MOST)
        return fault_set(fault, &fault_scaling_limit, "lifecycle hooks");
    if (hook == NULL) {
        hook = table_add(&scaling->hooks, ids_new(scaling->ids));
        hook->group = wish->group->id;
        hook->name = xstrdup(wish->name);
        hook->heartbeat_s = 3600;
    }
    if (wish->transition_set)
        hook->launching = wish->launching;
    if (wish->heartbeat_s.set)
        hook->heartbeat_s = wish->heartbeat_s.value;
    if (wish->carries_on.set)
        hook->carries_on = wish->carries_on.value;
    if (wish->metadata != NULL) {
        char *copy = xstrdup(wish->metadata);

        free(hook->metadata);
        hook->metadata = copy;
    }
    return 0;
}

void lifecycle_hook_remove(struct scaling *scaling, const struct lifecycle_hook *hook)
{
    uint64_t key = hook->key;

    /* instances that wait for it go on, as if its action were complete */
    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        struct scaling_member *member = table_at(&scaling->members, i);

        for (uint32_t k = member->holds.count; k-- > 0;) {
            if (member->holds.items[k].hook == key)
                hold_end(scaling, member, k, true, "");
        }
    }
    table_remove(&scaling->hooks, key);
}

static const struct event_kind hold_kind = {
    .name = "scaling-hold",
    .run = run_hold,
};

void scaling_holds_init(struct scaling *scaling)
{
    sim_handle(scaling->sim, EVENT_SCALING_HOLD, &hold_kind, scaling);
}
