/*
 * cloud/placement_group.h - placement groups: instances that are to stand close together, or apart.
 *
 *   cluster     all in one rack of one zone
 *   spread      each in a rack of its own, at most HOST_SPREAD_MOST of them in a zone
 *   partition   up to HOST_PARTITIONS_MOST partitions in a zone, no rack belongs to two of them
 *
 * Who stands where, and who may, is cloud/host's business; this room keeps the groups.
 */
#ifndef CLOUD_PLACEMENT_GROUP_H
#define CLOUD_PLACEMENT_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/host.h"
#include "cloud/id.h"
#include "cloud/tag.h"

struct placement_group {
    uint64_t id; /* pg-... */
    uint64_t account;
    uint8_t region;
    uint8_t strategy;   /* enum host_strategy */
    uint8_t partitions; /* of the strategy partition; else 0 */
    char *name;
    struct tags tags;
};

struct placement_groups {
    struct table table;
    struct ids *ids; /* borrowed, as is the next */
    const struct accounts *accounts;
};

extern const struct shape placement_group_shape;

void placement_groups_init(struct placement_groups *groups, struct ids *ids,
                           const struct accounts *accounts);
void placement_groups_release(struct placement_groups *groups);
/* After the table was read. */
bool placement_groups_restore(const struct placement_groups *groups);

struct placement_group *placement_group_find(const struct placement_groups *groups,
                                             uint64_t account, uint8_t region, const char *name);
/* What it means for hosts; of group 0, or one that is gone: no group. */
struct host_group placement_group_terms(const struct placement_groups *groups, uint64_t group,
                                        uint8_t partition);

struct placement_group_new {
    uint64_t account;
    uint8_t region;
    uint8_t strategy;
    uint8_t partitions; /* 0: the strategy's usual number */
    const char *name;
};
/* NULL and a fault: InvalidPlacementGroup.Duplicate, PlacementGroupLimitExceeded. */
struct placement_group *placement_group_add(struct placement_groups *groups,
                                            const struct placement_group_new *wish,
                                            struct fault *fault);
/* The caller has seen that nothing is in it. */
void placement_group_remove(struct placement_groups *groups, uint64_t id);

/* "cluster", "spread", "partition"; and back, -1 for any other word. */
const char *placement_strategy_name(uint8_t strategy);
int placement_strategy_find(const char *name);

extern const struct fault_kind fault_placement_unknown, fault_placement_duplicate,
    fault_placement_limit; /* the first two take its name */

#endif
