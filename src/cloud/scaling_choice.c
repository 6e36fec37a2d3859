/*
 * cloud/scaling_choice.c - in which zone a group grows, and who goes when it shrinks.
 *
 * True to the Auto Scaling user guide, "Control which Auto Scaling instances terminate during scale
 *         in": the zone with the most instances first, then the termination policies in their
 *         order, then chance.  Launch configurations and allocation strategies are not modelled:
 *         their policies leave everybody in the choice.
 */
#include <stdlib.h>

#include "cloud/scaling_parts.h"
#include "sim/clock.h"

/* A zone that the group no longer has is emptied first. */
enum { FOREIGN = 1000000 };

static bool has_zone(const struct scaling_group *group, uint8_t zone)
{
    for (uint32_t i = 0; i < group->zones.count; i++) {
        if (group->zones.items[i] == zone)
            return true;
    }
    return false;
}

struct zone_counts scaling_zone_counts(const struct scaling *scaling,
                                       const struct scaling_group *group)
{
    struct zone_counts counts = {{0}};

    for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
        const struct scaling_member *member = table_at(&scaling->members, i);

        if (member->group == group->id && member_counts(member))
            counts.counts[member->zone % ZONES_PER_REGION] +=
                has_zone(group, member->zone) ? 1 : FOREIGN;
    }
    return counts;
}

uint32_t scaling_zones_sorted(const struct scaling *scaling, struct scaling_group *group,
                              uint8_t zones[ZONES_PER_REGION])
{
    struct zone_counts counts = scaling_zone_counts(scaling, group);
    uint32_t count = 0;
    uint32_t begin =
        (uint32_t)chance_below(&group->luck, group->zones.count > 0 ? group->zones.count : 1);

    for (uint32_t i = 0; i < group->zones.count; i++) {
        uint8_t zone = (uint8_t)group->zones.items[(begin + i) % group->zones.count];
        uint32_t at = count++;

        while (at > 0 && counts.counts[zones[at - 1] % ZONES_PER_REGION] >
                             counts.counts[zone % ZONES_PER_REGION]) {
            zones[at] = zones[at - 1];
            at--;
        }
        zones[at] = zone;
    }
    return count;
}

/* ---- who goes ---- */

/* What a policy looks at: those with the least go first.  False: it looks at nothing. */
static bool rank_of(const struct scaling *scaling, const struct scaling_group *group,
                    const struct scaling_member *member, enum termination_policy policy,
                    int64_t *rank)
{
    const struct instance *instance = instance_any(scaling->instances, member->instance);
    int64_t launched = instance == NULL ? 0 : instance->launched;

    switch (policy) {
    case TERMINATION_NEWEST:
        *rank = -launched;
        return true;
    case TERMINATION_OLDEST:
        *rank = launched;
        return true;
    case TERMINATION_OLDEST_TEMPLATE:
        *rank = member->template == group->template ? member->version : 0;
        return true;
    case TERMINATION_CLOSEST_HOUR:
        *rank = HOUR_NS - (scaling->sim->now - launched) % HOUR_NS;
        return true;
    default:
        return false;
    }
}

struct choice {
    struct scaling_member **items;
    uint32_t count;
};

static void keep_first(const struct scaling *scaling, const struct scaling_group *group,
                       struct choice *choice, enum termination_policy policy)
{
    int64_t best = INT64_MAX;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < choice->count; i++) {
        int64_t rank;

        if (!rank_of(scaling, group, choice->items[i], policy, &rank))
            return;
        if (rank < best)
            best = rank;
    }
    for (uint32_t i = 0; i < choice->count; i++) {
        int64_t rank = 0;

        rank_of(scaling, group, choice->items[i], policy, &rank);
        if (rank == best)
            choice->items[kept++] = choice->items[i];
    }
    choice->count = kept;
}

/* Those who may go, of the zones that have the most of the group's instances. */
static void gather(const struct scaling *scaling, const struct scaling_group *group,
                   enum member_state least, struct choice *choice)
{
    struct zone_counts counts = scaling_zone_counts(scaling, group);
    int64_t most = 0;

    choice->count = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < table_count(&scaling->members); i++) {
            struct scaling_member *member = table_at(&scaling->members, i);
            int64_t count = counts.counts[member->zone % ZONES_PER_REGION];

            if (member->group != group->id || !member_counts(member) || member->protected ||
                member->state < least)
                continue;
            if (pass == 0 && count > most)
                most = count;
            else if (pass == 1 && count == most)
                choice->items[choice->count++] = member;
        }
    }
}

struct scaling_member *scaling_choose(const struct scaling *scaling, struct scaling_group *group)
{
    struct choice choice = {
        .items = xcalloc(table_count(&scaling->members) + 1, sizeof(*choice.items)),
    };
    struct scaling_member *chosen = NULL;

    gather(scaling, group, MEMBER_IN_SERVICE, &choice);
    if (choice.count == 0)
        gather(scaling, group, MEMBER_PENDING, &choice);
    for (uint32_t i = 0; i < group->policies.count; i++) {
        enum termination_policy policy = (enum termination_policy)group->policies.items[i];

        if (policy == TERMINATION_DEFAULT) {
            keep_first(scaling, group, &choice, TERMINATION_OLDEST_TEMPLATE);
            keep_first(scaling, group, &choice, TERMINATION_CLOSEST_HOUR);
        } else {
            keep_first(scaling, group, &choice, policy);
        }
    }
    if (choice.count > 0)
        chosen = choice.items[chance_below(&group->luck, choice.count)];
    free(choice.items);
    return chosen;
}
