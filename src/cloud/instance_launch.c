/*
 * cloud/instance_launch.c - launching: RunInstances, all or nothing.
 *
 * Everything that could refuse is asked first, for all instances together; after that nothing can
 * fail, so a refusal has changed nothing.
 */
#include "cloud/instance_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "sim/chance.h"

/* Where a launch will go, once all has been asked. */
struct plan {
    const struct subnet *subnet;
    uint32_t count;
    uint64_t default_group;
    bool public_address;
};

/* ---- limits ---- */

static int type_quota(const struct catalog_type *type, bool spot)
{
    if (spot)
        return type->accelerators > 0 ? QUOTA_SPOT_ACCELERATED_VCPUS : QUOTA_SPOT_VCPUS;
    return type->accelerators > 0 ? QUOTA_ACCELERATED_VCPUS : QUOTA_STANDARD_VCPUS;
}

static bool counts_as_running(uint8_t state)
{
    return state == INSTANCE_PENDING || state == INSTANCE_RUNNING || state == INSTANCE_STOPPING;
}

int64_t instances_vcpus(const struct instances *instances, uint64_t account, uint8_t region,
                        int quota)
{
    int64_t vcpus = 0;

    for (uint32_t i = 0; i < table_count(&instances->table); i++) {
        const struct instance *instance = table_at(&instances->table, i);
        const struct catalog_type *type = &instances->catalog->types[instance->type];

        if (instance->account == account && ZONE_REGION(instance->zone) == region &&
            instance->tenancy != HOST_TENANCY_HOST && counts_as_running(instance->state) &&
            type_quota(type, instance_rare(instance)->spot != 0) == quota)
            vcpus += type->vcpus;
    }
    return vcpus;
}

static int64_t instances_living(const struct instances *instances, uint64_t account,
                                uint8_t region)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&instances->table); i++) {
        const struct instance *instance = table_at(&instances->table, i);

        count += instance->account == account && ZONE_REGION(instance->zone) == region &&
                 instance->state != INSTANCE_TERMINATED;
    }
    return count;
}

static uint32_t room_limit(uint32_t room, int64_t left)
{
    if (left <= 0)
        return 0;
    return left < room ? (uint32_t)left : room;
}

int instances_quota_check(const struct instances *instances, const struct instance_launch *launch,
                          uint32_t *room, struct fault *fault)
{
    const struct catalog_type *type = &instances->catalog->types[launch->type];
    int quota = type_quota(type, launch->spot != NULL);
    int64_t most = account_quota(instances->accounts, launch->account, quota);
    int64_t used = instances_vcpus(instances, launch->account, launch->region, quota);
    char text[24];

    if (launch->tenancy == HOST_TENANCY_HOST)
        return 0; /* Dedicated Hosts have a quota of their own */
    *room = room_limit(*room, (most - used) / type->vcpus);
    if (*room >= launch->min_count)
        return 0;
    if (launch->spot != NULL)
        return fault_set(fault, &fault_spot_count);
    snprintf(text, sizeof(text), "%" PRId64, most);
    return fault_set(fault, &fault_vcpu_limit, text);
}

static int count_check(const struct instances *instances, const struct instance_launch *launch,
                       uint32_t *room, struct fault *fault)
{
    int64_t most = account_quota(instances->accounts, launch->account, QUOTA_INSTANCES);
    int64_t living = instances_living(instances, launch->account, launch->region);
    char wanted[24];
    char limit[24];

    *room = room_limit(*room, most - living);
    if (*room >= launch->min_count)
        return 0;
    snprintf(wanted, sizeof(wanted), "%" PRIu32, launch->min_count);
    snprintf(limit, sizeof(limit), "%" PRId64, most);
    return fault_set(fault, &fault_instance_limit, wanted, limit);
}

static int no_host(const struct host_terms *terms, struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    if (terms->host == 0)
        return fault_set(fault, &fault_capacity_of_hosts);
    fault_set(fault, &fault_capacity_on_host, id_text(&arena, &kind_host, terms->host));
    arena_release(&arena);
    return -1;
}

int instances_no_capacity(const struct instances *instances, const struct host_ask *ask,
                          struct fault *fault)
{
    const char *name = instances->catalog->types[ask->type].name;
    uint8_t zone = ask->zone;
    uint8_t first = (uint8_t)(ZONE_REGION(zone) * ZONES_PER_REGION);
    struct str others = STR_INIT;

    if (ask->terms.tenancy == HOST_TENANCY_HOST)
        return no_host(&ask->terms, fault);
    for (uint8_t i = first; i < first + ZONES_PER_REGION; i++) {
        struct host_ask there = {i, ask->type, ask->terms};

        if (i != zone && hosts_room(instances->hosts, &there, 1) > 0)
            str_addf(&others, "%s%s", others.length == 0 ? "" : ", ",
                     catalog_zone_name(instances->catalog, i));
    }
    if (others.length == 0)
        fault_set(fault, &fault_capacity, name, catalog_zone_name(instances->catalog, zone));
    else
        fault_set(fault, &fault_capacity_elsewhere, name,
                  catalog_zone_name(instances->catalog, zone), name, str_text(&others));
    str_release(&others);
    return -1;
}

/* ---- asking ---- */

static int architecture_check(const struct instances *instances,
                              const struct instance_launch *launch, struct fault *fault)
{
    const struct catalog_type *type = &instances->catalog->types[launch->type];
    const char *own = type->architectures & ARCH_ARM64 ? "arm64" : "x86_64";
    const char *wanted = "x86_64";

    if (type->architectures & launch->architecture)
        return 0;
    if (launch->architecture == ARCH_ARM64)
        wanted = "arm64";
    else if (launch->architecture == ARCH_I386)
        wanted = "i386";
    return fault_set(fault, &fault_architecture, own, wanted);
}

/* May it go there as far as spot capacity goes, if it asks for that? */
static int spot_check(const struct instances *instances, const struct instance_launch *launch,
                      uint8_t zone, struct fault *fault)
{
    if (launch->spot == NULL || instances->hooks.spot_check == NULL)
        return 0;
    return instances->hooks.spot_check(instances->hooks.context, launch, zone, fault);
}

/* How many of the launch a subnet and its zone can take, at most `count`; a fault when fewer than
 * wanted.  Of spot instances one fewer than there is room for: the last place is kept for those who
 * pay the full price. */
static uint32_t subnet_room(const struct instances *instances,
                            const struct instance_launch *launch, const struct subnet *subnet,
                            uint32_t count)
{
    uint32_t room = room_limit(count, subnet_free(subnet));
    struct host_ask ask = {subnet->zone, launch->type, launch_terms(instances, launch)};
    struct fault fault = FAULT_INIT;
    bool none = spot_check(instances, launch, subnet->zone, &fault) != 0;

    fault_release(&fault);
    if (none)
        return 0;
    if (launch->spot == NULL)
        return hosts_room(instances->hosts, &ask, room);
    return room_limit(room, (int64_t)hosts_room(instances->hosts, &ask, room + 1) - 1);
}

static int subnet_refuse(const struct instances *instances, const struct instance_launch *launch,
                         const struct subnet *subnet, struct fault *fault)
{
    if (subnet_check(subnet, launch->min_count, launch->address, fault) != 0 ||
        spot_check(instances, launch, subnet->zone, fault) != 0)
        return -1;
    if (launch->spot != NULL)
        return fault_set(fault, &fault_spot_capacity);
    return instances_no_capacity(instances,
                                 &(struct host_ask){subnet->zone, launch->type,
                                                    launch_terms(instances, launch)},
                                 fault);
}

/* There is no default VPC, or no default subnet in it. */
static void no_default_refuse(const struct instances *instances,
                              const struct instance_launch *launch, struct fault *fault)
{
    const struct vpc *vpc = vpc_default(instances->network, launch->account, launch->region);
    struct arena arena = ARENA_INIT;

    if (vpc == NULL)
        fault_set(fault, &fault_no_default_vpc);
    else
        fault_set(fault, &fault_no_default_subnet, id_text(&arena, &kind_vpc, vpc->id));
    arena_release(&arena);
}

/* The default subnet of the zone where most fit, beginning with one that chance names; NULL and a
 * fault when it fits in none. */
static const struct subnet *zone_choose(const struct instances *instances,
                                        const struct instance_launch *launch, uint32_t count,
                                        struct fault *fault)
{
    struct chance luck = chance_stream(instances->seed, "launch-zone",
                                       instances->ids->stream.counter);
    uint32_t begin = (uint32_t)chance_below(&luck, ZONES_PER_REGION);
    const struct subnet *best = NULL;
    const struct subnet *first = NULL;
    uint32_t best_room = 0;

    for (uint32_t i = 0; i < ZONES_PER_REGION; i++) {
        uint32_t zone = launch->region * ZONES_PER_REGION + (begin + i) % ZONES_PER_REGION;
        const struct subnet *subnet = subnet_default(instances->network, launch->account,
                                                     (uint8_t)zone);
        uint32_t room;

        if (subnet == NULL || (launch->zone >= 0 && zone != (uint32_t)launch->zone))
            continue;
        room = subnet_room(instances, launch, subnet, count);
        if (first == NULL)
            first = subnet;
        if (room > best_room) {
            best = subnet;
            best_room = room;
        }
    }
    if (best_room >= launch->min_count)
        return best;
    if (first == NULL)
        no_default_refuse(instances, launch, fault);
    else
        subnet_refuse(instances, launch, best == NULL ? first : best, fault);
    return NULL;
}

static int subnet_plan(const struct instances *instances, const struct instance_launch *launch,
                       struct plan *plan, struct fault *fault)
{
    if (launch->subnet == 0) {
        plan->subnet = zone_choose(instances, launch, plan->count, fault);
        if (plan->subnet == NULL)
            return -1;
    } else {
        plan->subnet = table_get(&instances->network->subnets, launch->subnet);
    }
    plan->count = subnet_room(instances, launch, plan->subnet, plan->count);
    if (plan->count < launch->min_count)
        return subnet_refuse(instances, launch, plan->subnet, fault);
    return subnet_check(plan->subnet, plan->count, launch->address, fault);
}

int instances_groups_check(const struct instances *instances,
                           const struct instance_groups *groups, struct fault *fault)
{
    const struct subnet *subnet = table_get(&instances->network->subnets, groups->subnet);
    int64_t most = account_quota(instances->accounts, groups->account,
                                 QUOTA_GROUPS_PER_INTERFACE);

    if (groups->count > most)
        return fault_set(fault, &fault_group_limit_of_interface);
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct security_group *group =
            table_get(&instances->firewall->table, groups->ids[i]);
        struct arena arena = ARENA_INIT;

        if (group->vpc == subnet->vpc)
            continue;
        fault_set(fault, &fault_group_other_vpc,
                  id_text(&arena, &kind_security_group, group->id),
                  id_text(&arena, &kind_subnet, subnet->id));
        arena_release(&arena);
        return -1;
    }
    return 0;
}

static int groups_plan(const struct instances *instances, const struct instance_launch *launch,
                       struct plan *plan, struct fault *fault)
{
    struct instance_groups groups = {
        .account = launch->account,
        .subnet = plan->subnet->id,
        .ids = launch->groups,
        .count = launch->group_count,
    };

    if (instances_groups_check(instances, &groups, fault) != 0)
        return -1;
    if (launch->group_count == 0)
        plan->default_group = security_group_find_name(instances->firewall, plan->subnet->vpc,
                                                       "default")->id;
    return 0;
}

static int launch_plan(const struct instances *instances, const struct instance_launch *launch,
                       struct plan *plan, struct fault *fault)
{
    *plan = (struct plan){ .count = launch->max_count };
    if (architecture_check(instances, launch, fault) != 0 ||
        count_check(instances, launch, &plan->count, fault) != 0 ||
        instances_quota_check(instances, launch, &plan->count, fault) != 0 ||
        subnet_plan(instances, launch, plan, fault) != 0 ||
        groups_plan(instances, launch, plan, fault) != 0)
        return -1;
    plan->public_address = launch->public_address.set ? launch->public_address.value
                                                      : plan->subnet->map_public;
    if (instances->hooks.disks_check == NULL)
        return 0;
    return instances->hooks.disks_check(instances->hooks.context, launch, plan->count, fault);
}

/* ---- doing ---- */

static struct blob blob_copy(struct blob from)
{
    struct blob copy = { .size = from.size };

    if (from.size == 0)
        return copy;
    copy.bytes = xmalloc(from.size);
    memcpy(copy.bytes, from.bytes, from.size);
    return copy;
}

static struct reservation *reservation_make(struct instances *instances,
                                            const struct instance_launch *launch, uint32_t count)
{
    struct reservation *reservation = table_add(&instances->reservations,
                                                ids_new(instances->ids));

    reservation->account = launch->account;
    reservation->region = launch->region;
    reservation->image = launch->image;
    reservation->count = count;
    reservation->alive = count;
    if (launch->key_name != NULL)
        reservation->key_name = xstrdup(launch->key_name);
    if (launch->client_token != NULL)
        reservation->client_token = xstrdup(launch->client_token);
    reservation->user_data = blob_copy(launch->user_data);
    return reservation;
}

static uint64_t interface_make(struct instances *instances, const struct instance_launch *launch,
                               const struct plan *plan, uint64_t instance)
{
    struct interface_new wish = {
        .account = launch->account,
        .subnet = plan->subnet->id,
        .owner = instance,
        .owner_kind = OWNER_INSTANCE,
        .public_address = plan->public_address,
        .address = launch->address,
        .groups = launch->group_count > 0 ? launch->groups : &plan->default_group,
        .group_count = launch->group_count > 0 ? launch->group_count : 1,
    };
    struct fault fault = FAULT_INIT;
    const struct interface *interface = interface_add(instances->network, &wish, &fault);

    if (interface == NULL)
        BUG("an interface that was promised: %s", fault.message);
    return interface->id;
}

static void instance_make(struct instances *instances, const struct instance_launch *launch,
                          const struct plan *plan, const struct reservation *reservation,
                          uint32_t index)
{
    struct instance *instance = table_add(&instances->table, ids_new(instances->ids));

    instance->account = launch->account;
    instance->reservation = reservation->id;
    instance->subnet = plan->subnet->id;
    instance->created = instances->sim->now;
    instance->last_host = HOST_NONE;
    instance->type = launch->type;
    instance->launch_index = (uint16_t)index;
    instance->zone = plan->subnet->zone;
    instance->architecture = launch->architecture;
    instance->is_windows = launch->is_windows;
    instance->public_address = plan->public_address;
    instance->monitored = launch->monitored;
    instance->ends_on_shutdown = launch->ends_on_shutdown;
    instance->no_termination = launch->no_termination;
    instance->no_stop = launch->no_stop;
    instance->ebs_optimized = launch->ebs_optimized;
    instance->credit_mode = launch->credit_mode;
    instance->tenancy = launch->tenancy;
    if (launch->group != 0 || launch->partition != 0 || launch->dedicated_host != 0 ||
        launch->affine || launch->no_recovery) {
        struct instance_rare *rare = instance_rare_make(instance);

        rare->group = launch->group;
        rare->partition = launch->partition;
        rare->dedicated_host = launch->dedicated_host;
        rare->affine = launch->affine;
        rare->no_recovery = launch->no_recovery;
    }
    instance->root_device = table_text(&instances->table, launch->root_device);
    tags_copy(&instance->tags, launch->tags);
    if (launch->spot != NULL) {
        instance_rare_make(instance)->spot_persistent = launch->spot->persistent;
        instance_rare_make(instance)->spot =
            instances->hooks.spot_made == NULL
                ? instance->id
                : instances->hooks.spot_made(instances->hooks.context, instance, launch);
    }
    if (instance_seat(instances, instance, HOST_NONE) == HOST_NONE)
        BUG("a host that was promised");
    instance->interface = interface_make(instances, launch, plan, instance->id);
    if (instances->hooks.disks_make != NULL)
        instances->hooks.disks_make(instances->hooks.context, instance, launch);
    instance_begin(instances, instance, -1);
}

int instances_launch(struct instances *instances, const struct instance_launch *launch,
                     uint64_t *reservation, struct fault *fault)
{
    const struct reservation *made;
    struct plan plan;

    if (launch->min_count == 0 || launch->max_count < launch->min_count)
        BUG("a launch of %u to %u instances", launch->min_count, launch->max_count);
    if (launch_plan(instances, launch, &plan, fault) != 0)
        return -1;
    made = reservation_make(instances, launch, plan.count);
    *reservation = made->id;
    for (uint32_t i = 0; i < plan.count; i++)
        instance_make(instances, launch, &plan, made, i);
    return 0;
}
