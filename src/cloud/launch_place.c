/*
 * cloud/launch_place.c - the placement group that a launch asks for.
 *
 * True to the EC2 user guide, "Placement strategies": burstable types are in no cluster.
 */
#include "cloud/launch_wish.h"

#include <inttypes.h>
#include <stdio.h>

const struct fault_kind fault_placement_of_type = {
    .code = "InvalidParameterCombination",
    .text = "Placement groups may not be used with instances of type '{}'.",
    .hint = "Burstable types are in no cluster: choose another type, or the strategy spread.",
};
const struct fault_kind fault_partition_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter partitionNumber is invalid. The placement group has {} "
            "partitions.",
    .hint = "Partitions are counted from 1; leave the number away, and EC2 chooses.",
};
const struct fault_kind fault_partition_without = {
    .code = "InvalidParameterCombination",
    .text = "The parameter PartitionNumber may only be used with a placement group of the "
            "strategy 'partition'.",
    .hint = "Name such a placement group with GroupName, or leave the number away.",
};

static int partition_check(const struct placement_group *group, struct opt_int partition,
                           struct fault *fault)
{
    char number[24];
    char most[24];

    if (!partition.set)
        return 0;
    if (group == NULL || group->strategy != HOST_GROUP_PARTITION)
        return fault_set(fault, &fault_partition_without);
    if (partition.value >= 1 && partition.value <= group->partitions)
        return 0;
    snprintf(number, sizeof(number), "%" PRId64, partition.value);
    snprintf(most, sizeof(most), "%d", group->partitions);
    return fault_set(fault, &fault_partition_number, number, most);
}

int launch_place_group(const struct launcher *launcher, const struct launch_place *whose,
                       const struct place_wish *wish, uint64_t *group, uint8_t *partition,
                       struct fault *fault)
{
    const struct catalog_type *type = &launcher->catalog->types[whose->type];
    const struct placement_group *found = NULL;

    *group = 0;
    *partition = 0;
    if (wish->group != NULL && wish->group[0] != '\0') {
        found = placement_group_find(launcher->placement, whose->account, whose->region,
                                     wish->group);
        if (found == NULL)
            return fault_set(fault, &fault_placement_unknown, wish->group);
        if (found->strategy == HOST_GROUP_CLUSTER && type->burstable)
            return fault_set(fault, &fault_placement_of_type, type->name);
        *group = found->id;
    }
    if (partition_check(found, wish->partition, fault) != 0)
        return -1;
    *partition = (uint8_t)wish->partition.value;
    return 0;
}
