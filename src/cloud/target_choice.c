/*
 * cloud/target_choice.c - whose turn it is: which target gets the next request.
 *
 * Every step is told to the request's way, so that it can be explained.
 */
#include "cloud/target.h"

#include "sim/chance.h"

enum { SKIPS_TOLD = 4 };

/* Is it in that state?  0 means any state in which requests may be sent when all else fails. */
static bool is_candidate(const struct target *target, uint8_t state)
{
    if (state != 0)
        return target->state == state;
    return target->state != TARGET_UNUSED && target->state != TARGET_DRAINING;
}

/* The first target from the turn on that is in that state (0: any but unused and draining). */
static struct target *next_in_turn(struct target_groups *groups, struct target_group *group,
                                   uint8_t state, const struct request *request)
{
    uint32_t count = group->targets.count;
    uint32_t skipped = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)((group->turn + i) % count);
        struct target *target = target_get(groups, (uint64_t)group->targets.items[at]);
        bool fits = is_candidate(target, state);

        if (fits) {
            if (skipped > SKIPS_TOLD)
                request_tell(groups->requests, request,
                             (struct hop){.why = WHY_SKIPPED_MORE, .number = skipped - SKIPS_TOLD});
            group->turn = at + 1;
            return target;
        }
        if (state != 0 && ++skipped <= SKIPS_TOLD)
            request_tell(groups->requests, request,
                         (struct hop){.why = WHY_SKIPPED,
                                      .place = target->instance,
                                      .number = target->state});
    }
    return NULL;
}

static uint32_t usable_count(const struct target_groups *groups, const struct target_group *group)
{
    uint32_t usable = 0;

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        usable += is_candidate(target, 0);
    }
    return usable;
}

/* The first of those with the fewest requests in flight, looking from the turn on. */
static struct target *least_outstanding(struct target_groups *groups, struct target_group *group,
                                        uint8_t state, const struct request *request)
{
    struct target *best = next_in_turn(groups, group, state, request);
    uint32_t count = group->targets.count;
    uint64_t turn = group->turn;

    for (uint32_t i = 0; best != NULL && i < count; i++) {
        uint32_t at = (uint32_t)((turn + i) % count);
        struct target *target = target_get(groups, (uint64_t)group->targets.items[at]);

        if (!is_candidate(target, state) || target->in_flight >= best->in_flight)
            continue;
        best = target;
        group->turn = at + 1;
    }
    if (best != NULL)
        request_tell(groups->requests, request,
                     (struct hop){.why = WHY_LEAST_OUTSTANDING,
                                  .place = best->instance,
                                  .number = (int64_t)best->in_flight});
    return best;
}

static struct target *random_one(struct target_groups *groups, struct target_group *group,
                                 uint8_t state, const struct request *request)
{
    uint32_t fitting = 0;
    uint64_t draw;
    struct target *target = NULL;

    for (uint32_t i = 0; i < group->targets.count; i++)
        fitting += is_candidate(target_get(groups, (uint64_t)group->targets.items[i]), state);
    if (fitting == 0)
        return NULL;
    draw = chance_below(&group->luck, fitting) + 1;
    for (uint32_t i = 0; draw > 0; i++) {
        target = target_get(groups, (uint64_t)group->targets.items[i]);
        draw -= is_candidate(target, state);
    }
    request_tell(groups->requests, request,
                 (struct hop){.why = WHY_RANDOM, .place = target->instance, .number = fitting});
    return target;
}

static struct target *round_robin(struct target_groups *groups, struct target_group *group,
                                  uint8_t state, const struct request *request)
{
    struct target *target = next_in_turn(groups, group, state, request);
    const struct target *last;

    if (target == NULL || request->way == 0)
        return target;
    last = group->last == 0 ? NULL : target_find(groups, group->last);
    request_tell(groups->requests, request,
                 (struct hop){
                     .why = target->id == group->last ? WHY_ONLY_TARGET : WHY_ROUND_ROBIN,
                     .place = target->instance,
                     .other = last == NULL ? 0 : last->instance,
                 });
    return target;
}

static struct target *choose_among(struct target_groups *groups, struct target_group *group,
                                   uint8_t state, const struct request *request)
{
    struct target *target;

    if (group->algorithm == ALGORITHM_LEAST_OUTSTANDING)
        target = least_outstanding(groups, group, state, request);
    else if (group->algorithm == ALGORITHM_WEIGHTED_RANDOM)
        target = random_one(groups, group, state, request);
    else
        target = round_robin(groups, group, state, request);
    if (target != NULL)
        group->last = target->id;
    return target;
}

struct target *target_group_choose(struct target_groups *groups, struct target_group *group,
                                   const struct request *request)
{
    struct target *target = choose_among(groups, group, TARGET_HEALTHY, request);
    uint32_t usable;

    if (target != NULL)
        return target;
    usable = usable_count(groups, group);
    if (usable == 0) {
        request_tell(groups->requests, request,
                     (struct hop){.why = WHY_NO_TARGETS, .place = group->id});
        return NULL;
    }
    request_tell(groups->requests, request,
                 (struct hop){.why = WHY_FAIL_OPEN, .place = group->id, .number = usable});
    return choose_among(groups, group, 0, request);
}
