/*
 * cloud/launch_place.c - the hardware that a launch asks for: placement group, tenancy, Dedicated
 * Host.
 *
 * True to the EC2 user guide, "Placement strategies" (burstable types are in no cluster) and
 * "Dedicated Hosts" (no placement groups there).
 */
#include "cloud/launch_wish.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "cloud/credit.h"

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

const struct fault_kind fault_host_without = {
    .code = "InvalidParameterCombination",
    .text = "The parameter {} may only be used with the tenancy 'host'.",
    .hint = "Say Tenancy=host as well, or leave it away.",
};
const struct fault_kind fault_placement_on_host = {
    .code = "InvalidParameterCombination",
    .text = "The parameter GroupName may not be used with the tenancy 'host'.",
    .hint = "On Dedicated Hosts you say yourself where an instance stands: --placement HostId=.",
};
const struct fault_kind fault_host_type = {
    .code = "InvalidHostConfiguration",
    .text = "The instance type '{}' is not supported on the Dedicated Host '{}'.",
    .hint = "`aws ec2 describe-hosts` shows which family or type a host takes.",
};
const struct fault_kind fault_host_credits = {
    .code = "InvalidParameterCombination",
    .text = "The CPU credit mode 'unlimited' may not be used with the tenancy 'host'.",
    .hint = "On a Dedicated Host burstable instances are standard.",
};

const struct fault_kind fault_launch_zone = {
    .code = "InvalidParameterValue",
    .text = "Invalid availability zone: [{}]",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};

const struct fault_kind fault_zone_of_host = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter availabilityZone is invalid. Dedicated Host '{}' is in the "
            "availability zone {}",
    .hint = "The host says which zone: leave the zone away.",
};

const struct fault_kind fault_affinity = {
    .code = "InvalidAffinity",
    .text = "Value ({}) for parameter affinity is invalid. Valid values are: default, host.",
    .hint = "host: it starts on its Dedicated Host or not at all; default: there if it can.",
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

/* The Dedicated Host that a text names, available; NULL after a fault. */
static const struct dedicated_host *host_named(const struct launcher *launcher,
                                               const struct launch_place *whose, const char *text,
                                               struct fault *fault)
{
    const struct dedicated_host *row;
    const char *state;
    uint64_t id = 0;

    if (!id_parse(&kind_host, text, &id)) {
        fault_set(fault, &fault_host_malformed, text);
        return NULL;
    }
    row = dedicated_host_find(launcher->dedicated, whose->account, whose->region, id);
    if (row == NULL) {
        fault_set(fault, &fault_host_missing, text);
        return NULL;
    }
    state = dedicated_host_state(launcher->dedicated, row);
    if (str_equal(state, "available"))
        return row;
    fault_set(fault, &fault_host_state, text, state);
    return NULL;
}

static int read_host(const struct launcher *launcher, const struct launch_place *whose,
                     const char *text, struct instance_placement *place, struct fault *fault)
{
    const struct dedicated_host *row = host_named(launcher, whose, text, fault);
    const struct hosts *hosts = launcher->instances->hosts;

    if (row == NULL)
        return -1;
    if (hosts->items[row->host].family != hosts->type_family[whose->type] ||
        (row->type != HOST_ANY_TYPE && row->type != whose->type))
        return fault_set(fault, &fault_host_type, launcher->catalog->types[whose->type].name,
                         text);
    place->dedicated_host = row->id;
    return 0;
}

static int read_tenancy(const struct launcher *launcher, const struct launch_place *whose,
                        const struct place_wish *wish, struct instance_placement *place,
                        struct fault *fault)
{
    for (int i = 0; host_tenancy_words[i] != NULL; i++) {
        if (str_equal(host_tenancy_words[i], wish->tenancy))
            place->tenancy = (uint8_t)i;
    }
    if (place->tenancy != HOST_TENANCY_HOST)
        return wish->host != NULL       ? fault_set(fault, &fault_host_without, "HostId")
               : wish->affinity != NULL ? fault_set(fault, &fault_host_without, "Affinity")
                                        : 0;
    if (wish->affinity != NULL && !str_equal(wish->affinity, "default") &&
        !str_equal(wish->affinity, "host"))
        return fault_set(fault, &fault_affinity, wish->affinity);
    place->affine = str_equal(wish->affinity, "host");
    if (place->group != 0)
        return fault_set(fault, &fault_placement_on_host);
    return wish->host == NULL ? 0 : read_host(launcher, whose, wish->host, place, fault);
}

int launch_place_read(const struct launcher *launcher, const struct launch_place *whose,
                      const struct place_wish *wish, struct instance_placement *place,
                      struct fault *fault)
{
    const struct catalog_type *type = &launcher->catalog->types[whose->type];
    const struct placement_group *found = NULL;

    *place = (struct instance_placement){0};
    if (wish->group != NULL && wish->group[0] != '\0') {
        found = placement_group_find(launcher->placement, whose->account, whose->region,
                                     wish->group);
        if (found == NULL)
            return fault_set(fault, &fault_placement_unknown, wish->group);
        if (found->strategy == HOST_GROUP_CLUSTER && type->burstable)
            return fault_set(fault, &fault_placement_of_type, type->name);
        place->group = found->id;
    }
    if (partition_check(found, wish->partition, fault) != 0)
        return -1;
    place->partition = (uint8_t)wish->partition.value;
    return read_tenancy(launcher, whose, wish, place, fault);
}

/* Tenancy, Dedicated Host and placement group.  A named host says in which zone it is. */
static int read_hardware(const struct launch_ask *ask, const struct place_wish *wish,
                         struct instance_launch *launch)
{
    const struct launch_place whose = {ask->account, ask->region, launch->type};
    const struct catalog_type *type = &ask->launcher->catalog->types[launch->type];
    struct instance_placement place;

    if (launch_place_read(ask->launcher, &whose, wish, &place, ask->fault) != 0)
        return -1;
    launch->group = place.group;
    launch->partition = place.partition;
    launch->tenancy = place.tenancy;
    launch->affine = place.affine;
    launch->dedicated_host = place.dedicated_host;
    if (place.dedicated_host != 0)
        launch->zone = hosts_find(ask->launcher->instances->hosts, place.dedicated_host)->zone;
    if (place.tenancy != HOST_TENANCY_HOST)
        return 0;
    if (launch->is_windows)
        return fault_set(ask->fault, &fault_not_modelled_value);
    if (launch->credit_mode == CREDIT_UNLIMITED)
        return fault_set(ask->fault, &fault_host_credits);
    if (type->burstable)
        launch->credit_mode = CREDIT_STANDARD;
    return 0;
}

int launch_place_zone(const struct launch_ask *ask, const struct place_wish *place,
                     struct instance_launch *launch)
{
    const char *name;
    int zone;

    launch->zone = -1;
    if (place == NULL)
        return 0;
    if (read_hardware(ask, place, launch) != 0)
        return -1;
    name = place->zone != NULL ? place->zone : place->zone_id;
    if (name == NULL)
        return 0;
    zone = catalog_zone_find(ask->launcher->catalog, name);
    if (zone < 0 || zone / ZONES_PER_REGION != ask->region)
        return fault_set(ask->fault, &fault_launch_zone, name);
    if (launch->dedicated_host != 0 && zone != launch->zone)
        return fault_set(ask->fault, &fault_zone_of_host,
                         catalog_zone_name(ask->launcher->catalog, (uint8_t)zone), place->host,
                         catalog_zone_name(ask->launcher->catalog, (uint8_t)launch->zone));
    launch->zone = zone;
    return 0;
}
