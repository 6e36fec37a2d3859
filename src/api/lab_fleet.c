/*
 * api/lab_fleet.c - lab: everything of yours at a glance: Regions, zones, instances and balancers.
 *
 * One walk over all instances, and only as many of them shown as a screen can hold: with thousands
 * of instances the map and the status line still answer at once.
 */
#include "api/lab_parts.h"

#include "cloud/injection.h"
#include "cloud/world.h"

struct fleet_in {
    struct opt_int max_results;
};

struct fleet_instance {
    const char *id;
    const char *name;
    const char *state;
    const char *type;
    const char *address;
    const char *checks;
};

struct fleet_zone {
    const char *name;
    int64_t total;
    LIST(struct fleet_instance) instances;
    bool failed;
};

struct fleet_balancer {
    const char *arn;
    const char *name;
    const char *type;
    const char *state;
    const char *dns_name;
};

struct fleet_region {
    const char *name;
    int64_t running;
    int64_t others;
    LIST(struct fleet_zone) zones;
    LIST(struct fleet_balancer) balancers;
    bool failed;
};

struct fleet_out {
    LIST(struct fleet_region) regions;
};

enum { FLEET_DEFAULT = 200, FLEET_MAX = 10000 };

static const struct field fleet_in_fields[] = {
    F_OPT_INT(struct fleet_in, max_results, "MaxResults",
              "How many instances of a zone are listed; 200 unless told.", .min = 0,
              .max = FLEET_MAX),
};

static const struct field instance_fields[] = {
    F_STRING(struct fleet_instance, id, "InstanceId", "The instance.", .ref = &kind_instance),
    F_STRING(struct fleet_instance, name, "Name", "Its Name tag; absent when it has none."),
    F_STRING(struct fleet_instance, state, "State", "Its state."),
    F_STRING(struct fleet_instance, type, "InstanceType", "Its type."),
    F_STRING(struct fleet_instance, address, "PublicIpAddress", "Its public address."),
    F_STRING(
        struct fleet_instance, checks, "Status",
        "What its status checks say: ok, initializing, impaired; absent when it does not run."),
};

static const struct shape fleet_instance_shape =
    SHAPE("FleetInstance", struct fleet_instance, instance_fields);

static const struct field zone_fields[] = {
    F_STRING(struct fleet_zone, name, "ZoneName", "The zone.", .ref = &kind_zone),
    F_INT(struct fleet_zone, total, "Total", "Your instances in it, also those not listed."),
    F_LIST(struct fleet_zone, instances, struct fleet_instance, &fleet_instance_shape, "Instances",
           "Your instances in it, in the order of their making."),
    F_BOOL(struct fleet_zone, failed, "Failed", "Everything in it is down (fail-zone)."),
};

static const struct shape fleet_zone_shape = SHAPE("FleetZone", struct fleet_zone, zone_fields);

static const struct field balancer_fields[] = {
    F_STRING(struct fleet_balancer, arn, "LoadBalancerArn", "The load balancer.",
             .ref = &kind_balancer),
    F_STRING(struct fleet_balancer, name, "LoadBalancerName", "Its name."),
    F_STRING(struct fleet_balancer, type, "Type", "Its type."),
    F_STRING(struct fleet_balancer, state, "State", "Its state."),
    F_STRING(struct fleet_balancer, dns_name, "DNSName", "Its DNS name."),
};

static const struct shape fleet_balancer_shape =
    SHAPE("FleetBalancer", struct fleet_balancer, balancer_fields);

static const struct field region_fields[] = {
    F_STRING(struct fleet_region, name, "RegionName", "The Region.", .ref = &kind_region),
    F_INT(struct fleet_region, running, "Running", "Your running instances."),
    F_INT(struct fleet_region, others, "Others", "Your instances in other states but terminated."),
    F_LIST(struct fleet_region, zones, struct fleet_zone, &fleet_zone_shape, "Zones", "Its zones."),
    F_LIST(struct fleet_region, balancers, struct fleet_balancer, &fleet_balancer_shape,
           "LoadBalancers", "Your load balancers."),
    F_BOOL(struct fleet_region, failed, "Failed", "Nothing in it answers (fail-region)."),
};

static const struct shape fleet_region_shape =
    SHAPE("FleetRegion", struct fleet_region, region_fields);

static const struct field fleet_out_fields[] = {
    F_LIST(struct fleet_out, regions, struct fleet_region, &fleet_region_shape, "Regions",
           "All Regions, your own of this call first."),
};

static const struct shape fleet_in_shape =
    SHAPE("DescribeFleetRequest", struct fleet_in, fleet_in_fields);
static const struct shape fleet_out_shape =
    SHAPE("DescribeFleetResult", struct fleet_out, fleet_out_fields);

static const char *checks_of(const struct instance *instance)
{
    if (instance->state != INSTANCE_RUNNING)
        return NULL;
    return check_status_name(instance->system_status == CHECK_OK ? instance->instance_status
                                                                 : instance->system_status);
}

static void view_instance(struct call *call, const struct instance *instance,
                          struct fleet_instance *view)
{
    const struct world *world = call->world;
    const struct interface *interface = instance_interface(&world->instances, instance);
    const char *name = tags_find(&instance->tags, "Name");
    char text[ADDRESS_TEXT_SIZE];

    *view = (struct fleet_instance){
        .id = id_text(&call->arena, &kind_instance, instance->id),
        .name = name,
        .state = instance_state_name(instance->state),
        .type = world->catalog->types[instance->type].name,
        .checks = checks_of(instance),
    };
    if (interface != NULL && interface->public_address != 0)
        view->address = arena_strdup(&call->arena, address_text(interface->public_address, text));
}

static void add_instances(struct call *call, int64_t most, struct fleet_region *regions)
{
    const struct table *instances = &call->world->instances.table;

    for (uint32_t i = 0; i < table_count(instances); i++) {
        const struct instance *instance = table_at(instances, i);
        struct fleet_region *region = &regions[ZONE_REGION(instance->zone)];
        struct fleet_zone *zone = &region->zones.items[instance->zone % ZONES_PER_REGION];

        if (instance->account != call->account)
            continue;
        if (instance->state == INSTANCE_RUNNING)
            region->running++;
        else if (instance->state != INSTANCE_TERMINATED)
            region->others++;
        if (zone->total++ < most)
            view_instance(call, instance, LIST_PUSH_IN(&call->arena, &zone->instances));
    }
}

static void add_balancers(struct call *call, struct fleet_region *regions)
{
    const struct balancers *balancers = &call->world->balancers;

    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        const struct balancer *balancer = table_at(&balancers->balancers, i);

        if (balancer->account != call->account)
            continue;
        *LIST_PUSH_IN(&call->arena, &regions[balancer->region].balancers) = (struct fleet_balancer){
            .arn = balancer_arn(balancers, &call->arena, balancer),
            .name = balancer->name,
            .type = balancer->type,
            .state = balancer_state_name(balancer->state),
            .dns_name = balancer_dns_name(balancers, &call->arena, balancer),
        };
    }
}

static int describe_fleet(struct call *call, const void *in, void *out)
{
    const struct fleet_in *wish = in;
    const struct catalog *catalog = call->world->catalog;
    struct fleet_region *regions =
        arena_alloc(&call->arena, catalog->region_count * sizeof(*regions));
    struct fleet_out *answer = out;

    for (uint32_t i = 0; i < catalog->region_count; i++) {
        regions[i].name = catalog->regions[i].name;
        regions[i].failed = injections_region_lost(&call->world->injections, (uint8_t)i);
        for (uint8_t at = 0; at < ZONES_PER_REGION; at++) {
            uint8_t zone = (uint8_t)(i * ZONES_PER_REGION + at);

            *LIST_PUSH_IN(&call->arena, &regions[i].zones) = (struct fleet_zone){
                .name = catalog_zone_name(catalog, zone),
                .failed = hosts_zone_failed(&call->world->hosts, zone),
            };
        }
    }
    add_instances(call, wish->max_results.set ? wish->max_results.value : FLEET_DEFAULT, regions);
    add_balancers(call, regions);
    *LIST_PUSH_IN(&call->arena, &answer->regions) = regions[call->region];
    for (uint32_t i = 0; i < catalog->region_count; i++) {
        if (i != call->region)
            *LIST_PUSH_IN(&call->arena, &answer->regions) = regions[i];
    }
    return 0;
}

const struct op op_lab_describe_fleet = {
    .name = "DescribeFleet",
    .doc = "Shows everything of yours at a glance: Regions, zones, instances, load balancers.",
    .example = "lab describe-fleet --query 'Regions[].[RegionName,Running]' --output text",
    .in = &fleet_in_shape,
    .out = &fleet_out_shape,
    .run = describe_fleet,
};
