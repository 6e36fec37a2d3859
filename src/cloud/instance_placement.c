/*
 * cloud/instance_placement.c - what instances ask of the hardware: tenancy, Dedicated Host,
 * placement group.
 *
 * True to the EC2 user guide, "Dedicated Host auto-placement and host affinity": with affinity an
 * instance starts on its Dedicated Host or not at all; without, there if it can be, else on another
 * one that takes all comers.
 */
#include "cloud/instance_parts.h"

struct host_terms launch_terms(const struct instances *instances,
                               const struct instance_launch *launch)
{
    return (struct host_terms){
        .account = launch->account,
        .host = launch->tenancy == HOST_TENANCY_HOST ? launch->dedicated_host : 0,
        .tenancy = launch->tenancy,
        .group = placement_group_terms(instances->groups, launch->group, launch->partition),
    };
}

struct host_terms instance_terms(const struct instances *instances,
                                 const struct instance *instance)
{
    bool bound = instance->tenancy == HOST_TENANCY_HOST &&
                 (instance_rare(instance)->affine || instance->launch == 0);

    return (struct host_terms){
        .account = instance->account,
        .host = bound ? instance_rare(instance)->dedicated_host : 0,
        .tenancy = instance->tenancy,
        .group = placement_group_terms(instances->groups, instance_rare(instance)->group,
                                       instance_rare(instance)->partition),
    };
}

uint32_t instance_seat(struct instances *instances, struct instance *instance, uint32_t avoid)
{
    struct host_wish wish = {
        .instance = instance->id,
        .type = instance->type,
        .zone = instance->zone,
        .avoid = instance->tenancy == HOST_TENANCY_HOST ? HOST_NONE : avoid,
        .terms = instance_terms(instances, instance),
    };
    uint64_t any = wish.terms.host;

    if (instance->tenancy == HOST_TENANCY_HOST)
        wish.terms.host = instance_rare(instance)->dedicated_host;
    instance->host = hosts_place(instances->hosts, &wish);
    if (instance->host == HOST_NONE && wish.terms.host != any) {
        wish.terms.host = any;
        instance->host = hosts_place(instances->hosts, &wish);
    }
    if (instance->host != HOST_NONE && instance->tenancy == HOST_TENANCY_HOST)
        instance_rare_make(instance)->dedicated_host =
            instances->hosts->items[instance->host].id;
    return instance->host;
}

void instance_place(struct instance *instance, const struct instance_placement *placement)
{
    struct instance_rare *rare = instance_rare_make(instance);

    instance->tenancy = placement->tenancy;
    rare->affine = placement->affine;
    rare->dedicated_host = placement->dedicated_host;
    rare->group = placement->group;
    rare->partition = placement->partition;
}

struct instance_placement instance_placement(const struct instance *instance)
{
    return (struct instance_placement){
        .tenancy = instance->tenancy,
        .affine = instance_rare(instance)->affine,
        .dedicated_host = instance_rare(instance)->dedicated_host,
        .group = instance_rare(instance)->group,
        .partition = instance_rare(instance)->partition,
    };
}
