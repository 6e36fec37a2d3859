/*
 * cloud/target_choice.c - whose turn it is: which target gets the next request.
 *
 * Who may get it: the healthy, in the node's zone unless zones are crossed; when fewer are healthy
 * than the group's threshold asks for, all that are registered there (fail open).  Among those, the
 * client's old target when it has one (stickiness); else by the group's method.  Every step is told
 * to the request's way, so that it can be explained.
 *
 * Slow start: a target's turn counts for a part that grows from nothing to one over the duration;
 * it is passed over until the parts add up to a whole.  True to SEMANTICS c2.
 */
#include "cloud/target.h"

#include "cloud/target_parts.h"
#include "sim/clock.h"

enum { SKIPS_TOLD = 4, WHOLE = 1000000 };

/* Among whom is chosen. */
struct field_of {
    struct target_groups *groups;
    struct target_group *group;
    const struct target_ask *ask;
    uint8_t zone; /* ZONE_ANY: all */
    bool open;    /* fail open: the unhealthy too */
};

/* The rows of the group's targets, in their order. */
static void members_look_up(struct target_groups *groups, const struct target_group *group)
{
    groups->members_group = group->id;
    groups->members_epoch = groups->sim->epoch;
    groups->members.count = 0;
    for (uint32_t i = 0; i < group->targets.count; i++)
        *LIST_PUSH(&groups->members) = target_get(groups, (uint64_t)group->targets.items[i]);
}

static struct target *target_no(const struct field_of *field, uint32_t at)
{
    struct target_groups *groups = field->groups;

    if (groups->members_group != field->group->id || groups->members_epoch != groups->sim->epoch)
        members_look_up(groups, field->group);
    return groups->members.items[at];
}

/* Where the turn is; targets may have gone since.  Nodes that keep to their zones have a turn for
 * each: one zone's requests must not move the turn past another's targets. */
static uint32_t turn_of(const struct field_of *field)
{
    const struct target_group *group = field->group;
    uint32_t count = group->targets.count;
    uint32_t zone = field->zone % ZONES_PER_REGION;
    uint64_t turn = group->turn;

    if (field->zone != ZONE_ANY)
        turn = zone < group->zone_turns.count ? (uint64_t)group->zone_turns.items[zone] : 0;
    return (uint32_t)(turn < count || count == 0 ? turn : turn % count);
}

static void turn_set(const struct field_of *field, uint32_t turn)
{
    struct target_group *group = field->group;

    if (field->zone == ZONE_ANY) {
        group->turn = turn;
        return;
    }
    while (group->zone_turns.count < ZONES_PER_REGION)
        *LIST_PUSH(&group->zone_turns) = 0;
    group->zone_turns.items[field->zone % ZONES_PER_REGION] = turn;
}

static bool is_usable(const struct target *target)
{
    return target->state != TARGET_UNUSED && target->state != TARGET_DRAINING;
}

static bool is_candidate(const struct field_of *field, const struct target *target)
{
    if (field->zone != ZONE_ANY && target->zone != field->zone)
        return false;
    return field->open ? is_usable(target) : target->state == TARGET_HEALTHY;
}

static void tell(const struct field_of *field, struct hop hop)
{
    request_tell(field->groups->requests, field->ask->request, hop);
}

static struct target *chosen_by(const struct field_of *field, struct target *target,
                                enum request_why why, int64_t number)
{
    tell(field,
         (struct hop){.why = (uint8_t)why, .place = target->instance, .number = number});
    return target;
}

/* ---- slow start ---- */

int target_slow_start_percent(const struct target_groups *groups, const struct target *target)
{
    const struct target_group *group = target_group_of(groups, target);
    int64_t whole = group->policy.slow_start_s * SECOND_NS;
    int64_t past = groups->sim->now - target->warm;

    if (target->warm == 0 || past >= whole)
        return 100;
    return (int)(past * 100 / whole);
}

/* Is the target's turn a whole one?  Adds its part when it is not. */
static bool has_turn(const struct field_of *field, struct target *target)
{
    int64_t whole = field->group->policy.slow_start_s * SECOND_NS;
    int64_t past = field->groups->sim->now - target->warm;

    if (target->warm == 0)
        return true;
    if (past >= whole) { /* it is over */
        target->warm = 0;
        target->turn_ppm = 0;
        return true;
    }
    target->turn_ppm += (uint32_t)(past / (whole / WHOLE));
    if (target->turn_ppm < WHOLE) {
        tell(field, (struct hop){.why = WHY_SLOW_START,
                                 .place = target->instance,
                                 .number = past * 100 / whole});
        return false;
    }
    target->turn_ppm -= WHOLE;
    return true;
}

/* ---- the methods ---- */

/* The first candidate from the turn on; with `ramps`, of those whose turn is a whole one. */
static struct target *next_in_turn(const struct field_of *field, bool ramps)
{
    struct target_group *group = field->group;
    uint32_t count = group->targets.count;
    uint32_t skipped = 0;
    uint32_t at = turn_of(field);

    for (uint32_t i = 0; i < count; i++, at = at + 1 == count ? 0 : at + 1) {
        struct target *target = target_no(field, at);

        if (is_candidate(field, target)) {
            if (ramps && !has_turn(field, target))
                continue;
            if (skipped > SKIPS_TOLD)
                tell(field,
                     (struct hop){.why = WHY_SKIPPED_MORE, .number = skipped - SKIPS_TOLD});
            turn_set(field, at + 1);
            return target;
        }
        if (!field->open && target->state != TARGET_HEALTHY && ++skipped <= SKIPS_TOLD)
            tell(field, (struct hop){.why = WHY_SKIPPED,
                                     .place = target->instance,
                                     .number = target->state});
    }
    return NULL;
}

static struct target *round_robin(const struct field_of *field)
{
    struct target_group *group = field->group;
    bool ramps = group->policy.slow_start_s > 0;
    struct target *target = next_in_turn(field, ramps);
    const struct target *last;
    bool same;

    if (target == NULL && ramps) /* none of the parts is a whole */
        target = next_in_turn(field, false);
    if (target == NULL || field->ask->request->way == 0)
        return target;
    same = target->id == group->last;
    last = group->last == 0 || same ? NULL : target_find(field->groups, group->last);
    tell(field, (struct hop){
                    .why = same && !ramps ? WHY_ONLY_TARGET : WHY_ROUND_ROBIN,
                    .place = target->instance,
                    .other = last == NULL ? 0 : last->instance,
                });
    return target;
}

/* What a method wants little of. */
typedef uint64_t target_burden(const struct field_of *field, const struct target *target);

/* The first of those with the least burden, looking from the turn on. */
static struct target *least(const struct field_of *field, target_burden *burden)
{
    struct target_group *group = field->group;
    struct target *best = next_in_turn(field, false);
    uint32_t count = group->targets.count;
    uint32_t at = turn_of(field);
    uint64_t lowest = best == NULL ? 0 : burden(field, best);

    for (uint32_t i = 0; best != NULL && i < count; i++, at = at + 1 == count ? 0 : at + 1) {
        struct target *target = target_no(field, at);
        uint64_t weight;

        if (!is_candidate(field, target) || (weight = burden(field, target)) >= lowest)
            continue;
        best = target;
        lowest = weight;
        turn_set(field, at + 1);
    }
    return best;
}

static uint64_t in_flight_of(const struct field_of *field, const struct target *target)
{
    (void)field;
    return target->in_flight;
}

/* As nginx's least_time: the average and those in flight both count. */
static uint64_t expected_of(const struct field_of *field, const struct target *target)
{
    (void)field;
    return (uint64_t)target->response / 1000 * (target->in_flight + 1);
}

/* Spread evenly over all values. */
static uint64_t mix(uint64_t value)
{
    value ^= value >> 31;
    value *= UINT64_C(0x7fb5d329728ea185);
    value ^= value >> 27;
    value *= UINT64_C(0x81dadef4bc2dd44d);
    return value ^ value >> 33;
}

/* Rendezvous hashing: a target that comes or goes moves only the flows that are its own. */
static uint64_t source_of(const struct field_of *field, const struct target *target)
{
    return mix(target->id ^ mix(field->ask->request->from.address));
}

/* Of a connection the request's number stands for the source port and the TCP sequence number;
 * datagrams have no such number: all of a socket's hash to one target (SEMANTICS c3). */
static uint64_t flow_of(const struct field_of *field, const struct target *target)
{
    const struct request *request = field->ask->request;

    if (request->protocol == REQUEST_DATAGRAM)
        return mix(target->id ^ flow_key(request));
    return mix(target->id ^ mix(request->id ^ mix(((uint64_t)request->from.address << 32 |
                                                    request->address) +
                                                   request->port)));
}

static uint64_t weight_of(const struct field_of *field, const struct target *target)
{
    return field->group->policy.mitigates ? WHOLE - target->weight_ppm : WHOLE;
}

static struct target *random_one(const struct field_of *field)
{
    struct target_group *group = field->group;
    uint64_t total = 0;
    uint32_t fitting = 0;
    uint64_t draw;

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target = target_no(field, i);

        if (!is_candidate(field, target))
            continue;
        fitting++;
        total += weight_of(field, target);
    }
    if (fitting == 0)
        return NULL;
    draw = total == (uint64_t)fitting * WHOLE ? chance_below(&group->luck, fitting) * WHOLE
                                              : chance_below(&group->luck, total);
    for (uint32_t i = 0;; i++) {
        struct target *target = target_no(field, i);

        if (!is_candidate(field, target))
            continue;
        if (draw < weight_of(field, target))
            return chosen_by(field, target, WHY_RANDOM, fitting);
        draw -= weight_of(field, target);
    }
}

static struct target *by_burden(const struct field_of *field, target_burden *burden,
                                enum request_why why)
{
    struct target *target = least(field, burden);

    if (target == NULL)
        return NULL;
    return chosen_by(field, target, why,
                     why == WHY_LEAST_TIME ? target->response / 1000
                                           : (int64_t)target->in_flight);
}

static struct target *by_flow(const struct field_of *field)
{
    if (field->group->policy.stickiness == STICKY_SOURCE_IP)
        return by_burden(field, source_of, WHY_SOURCE_HASH);
    if (field->ask->request->protocol == REQUEST_DATAGRAM)
        return by_burden(field, flow_of, WHY_DATAGRAM_HASH);
    return by_burden(field, flow_of, WHY_FLOW_HASH);
}

static struct target *choose_among(const struct field_of *field)
{
    struct target_group *group = field->group;
    struct target *target = NULL;

    if (field->ask->flow)
        target = by_flow(field);
    else if (group->algorithm == ALGORITHM_LEAST_OUTSTANDING)
        target = by_burden(field, in_flight_of, WHY_LEAST_OUTSTANDING);
    else if (group->algorithm == ALGORITHM_WEIGHTED_RANDOM)
        target = random_one(field);
    else if (group->algorithm == ALGORITHM_IP_HASH)
        target = by_burden(field, source_of, WHY_SOURCE_HASH);
    else if (group->algorithm == ALGORITHM_LEAST_RESPONSE_TIME)
        target = by_burden(field, expected_of, WHY_LEAST_TIME);
    else
        target = round_robin(field);
    if (target != NULL)
        group->last = target->id;
    return target;
}

/* ---- who may be chosen ---- */

struct target_census target_group_census(const struct target_groups *groups,
                                         const struct target_group *group, uint8_t zone)
{
    struct target_census census = {0};

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target = target_get(groups, (uint64_t)group->targets.items[i]);

        if (zone != ZONE_ANY && target->zone != zone)
            continue;
        census.usable += is_usable(target);
        census.healthy += target->state == TARGET_HEALTHY;
    }
    return census;
}

bool census_is_below(struct target_census census, struct health_minimum minimum)
{
    return census.healthy < minimum.count ||
           (minimum.percentage > 0 &&
            (uint64_t)census.healthy * 100 < (uint64_t)minimum.percentage * census.usable);
}

bool target_group_crosses(const struct target_group *group, bool balancer_crosses)
{
    if (group->policy.cross_zone == CROSS_ZONE_AS_BALANCER)
        return balancer_crosses;
    return group->policy.cross_zone == CROSS_ZONE_ON;
}

/* The client's old target, when it may still be used. */
static struct target *keep_target(const struct field_of *field)
{
    struct target *target =
        field->ask->sticky == 0 ? NULL : target_find(field->groups, field->ask->sticky);

    if (target == NULL || target->group != field->group->id)
        return NULL;
    if (is_candidate(field, target))
        return chosen_by(field, target, WHY_STICKY, 0);
    tell(field,
         (struct hop){.why = WHY_STICKY_LOST, .place = target->instance, .number = target->state});
    return NULL;
}

/* The plain case needs no counting: one healthy target is enough. */
static bool is_plain(struct health_minimum minimum)
{
    return minimum.count <= 1 && minimum.percentage == 0;
}

struct target *target_group_choose(struct target_groups *groups, struct target_group *group,
                                   const struct target_ask *ask)
{
    bool crosses = target_group_crosses(group, ask->cross_zone);
    struct field_of field = {groups, group, ask, crosses ? ZONE_ANY : ask->zone, false};
    struct target_census census = {0};
    struct target *target = NULL;

    if (!is_plain(group->policy.routing)) {
        census = target_group_census(groups, group, field.zone);
        field.open = census_is_below(census, group->policy.routing) && census.usable > 0;
    }
    if (!field.open) {
        target = keep_target(&field);
        if (target == NULL)
            target = choose_among(&field);
        if (target != NULL)
            return target;
        census = target_group_census(groups, group, field.zone);
        field.open = true;
    }
    if (census.usable == 0) {
        tell(&field, (struct hop){
                         .why = crosses || group->targets.count == 0 ? WHY_NO_TARGETS
                                                                     : WHY_NO_TARGETS_IN_ZONE,
                         .place = group->id,
                     });
        return NULL;
    }
    tell(&field, (struct hop){.why = census.healthy == 0 ? WHY_FAIL_OPEN : WHY_FAIL_OPEN_BELOW,
                              .place = group->id,
                              .number = census.healthy == 0 ? census.usable : census.healthy,
                              .other = census.usable});
    target = keep_target(&field);
    return target != NULL ? target : choose_among(&field);
}
