/*
 * cloud/world.c - one whole cloud.
 *
 * Owns    every room, in the order of their dependence: each is given the ones before it.
 */
#include "cloud/world.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/event_archive.h"
#include "cloud/injection_plan.h"
#include "cloud/routing.h"
#include "cloud/target.h"
#include "cloud/world_parts.h"

/* What things belong to and who may have how much. */
static void ground_init(struct world *world)
{
    sim_init(&world->sim, SIM_BEGIN_NS);
    world->ids.stream = chance_stream(world->seed, "ids", 0);
    trail_init(&world->trail, &world->sim.now);
    accounts_init(&world->accounts);
    tokens_init(&world->tokens, &world->sim.now);
    replica_init(&world->replica, &world->sim.now, world->seed);
}

static void network_wire(struct world *world)
{
    world->network = (struct network){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .seed = world->seed,
    };
    network_init(&world->network);
    world->firewall = (struct firewall){
        .network = &world->network,
        .accounts = &world->accounts,
        .ids = &world->ids,
        .trail = &world->trail,
    };
    firewall_init(&world->firewall);
    world->keys = (struct key_pairs){
        .sim = &world->sim,
        .ids = &world->ids,
        .accounts = &world->accounts,
        .seed = world->seed,
    };
    key_pairs_init(&world->keys);
}

static void compute_wire(struct world *world)
{
    world->hosts = (struct hosts){
        .catalog = world->catalog,
        .accounts = &world->accounts,
        .trail = &world->trail,
        .now = &world->sim.now,
        .seed = world->seed,
    };
    hosts_init(&world->hosts);
    world->dedicated = (struct dedicated_hosts){
        .hosts = &world->hosts,
        .accounts = &world->accounts,
        .trail = &world->trail,
        .now = &world->sim.now,
    };
    dedicated_hosts_init(&world->dedicated);
    placement_groups_init(&world->placement, &world->ids, &world->accounts);
    world->instances = (struct instances){
        .sim = &world->sim,
        .catalog = world->catalog,
        .accounts = &world->accounts,
        .network = &world->network,
        .firewall = &world->firewall,
        .hosts = &world->hosts,
        .groups = &world->placement,
        .ids = &world->ids,
        .trail = &world->trail,
        .seed = world->seed,
    };
    instances_init(&world->instances);
    world->injections = (struct injections){
        .instances = &world->instances,
        .hosts = &world->hosts,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .sim = &world->sim,
    };
    injections_init(&world->injections);
    injection_plans_init(&world->injections);
}

static bool region_lost(void *context, uint8_t region)
{
    return injections_region_lost(&((const struct world *)context)->injections, region);
}

/* Disks, what they hold, and what runs on them. */
static void storage_wire(struct world *world)
{
    blocks_init(&world->blocks);
    volumes_init(&world->volumes, (struct volume_links){
                                      .sim = &world->sim,
                                      .blocks = &world->blocks,
                                      .ids = &world->ids,
                                      .trail = &world->trail,
                                  });
    snapshots_init(&world->snapshots, (struct snapshot_links){
                                          .sim = &world->sim,
                                          .blocks = &world->blocks,
                                          .volumes = &world->volumes,
                                          .ids = &world->ids,
                                          .trail = &world->trail,
                                      });
    world->snapshots.region_lost = region_lost;
    world->snapshots.region_context = world;
}

/* Images, and the making of them. */
static void images_wire(struct world *world)
{
    images_init(&world->images, (struct image_links){
                                    .sim = &world->sim,
                                    .snapshots = &world->snapshots,
                                    .catalog = world->catalog,
                                    .ids = &world->ids,
                                    .trail = &world->trail,
                                });
    world->imaging.snapshots = &world->snapshots;
    world->imaging.volumes = &world->volumes;
    imaging_init(&world->imaging, &world->images);
}

/* What launches ask for, and where that is looked up. */
static void launches_wire(struct world *world)
{
    launch_templates_init(&world->templates, &world->sim.now, &world->ids);
    world->launcher = (struct launcher){
        .catalog = world->catalog,
        .images = &world->images,
        .snapshots = &world->snapshots,
        .keys = &world->keys,
        .network = &world->network,
        .firewall = &world->firewall,
        .placement = &world->placement,
        .dedicated = &world->dedicated,
        .instances = &world->instances,
    };
    world->spots = (struct spot_requests){
        .sim = &world->sim,
        .catalog = world->catalog,
        .instances = &world->instances,
        .hosts = &world->hosts,
        .launcher = &world->launcher,
        .ids = &world->ids,
        .trail = &world->trail,
        .seed = world->seed,
    };
    spot_requests_init(&world->spots);
}

/* What runs in instances. */
static void guests_wire(struct world *world)
{
    guests_init(&world->guests, (struct guest_links){
                                    .sim = &world->sim,
                                    .volumes = &world->volumes,
                                    .catalog = world->catalog,
                                    .trail = &world->trail,
                                });
}

/* Requests, and what sends them on. */
static void traffic_wire(struct world *world)
{
    requests_init(&world->requests, &world->sim, world->seed);
    world->hypervisor = (struct hypervisor){
        .sim = &world->sim,
        .catalog = world->catalog,
        .all = &world->hosts,
        .servers = &world->requests.servers,
        .seed = world->seed,
    };
    hypervisor_init(&world->hypervisor);
    world->workloads = (struct workloads){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .hypervisor = &world->hypervisor,
        .volumes = &world->volumes,
    };
    workloads_init(&world->workloads);
    world->targets = (struct target_groups){
        .sim = &world->sim,
        .catalog = world->catalog,
        .accounts = &world->accounts,
        .ids = &world->ids,
        .trail = &world->trail,
        .requests = &world->requests,
        .seed = world->seed,
    };
    target_groups_init(&world->targets);
    targets_init(&world->targets);
    world->acls = (struct web_acls){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .requests = &world->requests,
        .seed = world->seed,
    };
    web_acls_init(&world->acls);
    world->balancers = (struct balancers){
        .sim = &world->sim,
        .seed = world->seed,
        .catalog = world->catalog,
        .accounts = &world->accounts,
        .ids = &world->ids,
        .trail = &world->trail,
        .network = &world->network,
        .firewall = &world->firewall,
        .requests = &world->requests,
        .groups = &world->targets,
        .acls = &world->acls,
    };
    balancers_init(&world->balancers);
    routing_init(&world->balancers);
    world->traffic = (struct traffic){
        .sim = &world->sim,
        .network = &world->network,
        .firewall = &world->firewall,
        .requests = &world->requests,
        .balancers = &world->balancers,
    };
}

/* Messages, and what carries them. */
static void messages_wire(struct world *world)
{
    message_log_init(&world->messages, &world->sim.now, world->seed);
    world->queues = (struct queues){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .log = &world->messages,
        .seed = world->seed,
        .region_lost = region_lost,
        .context = world,
    };
    queues_init(&world->queues);
    world_wire_messages(world);
    world->topics = (struct topics){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .log = &world->messages,
        .queues = &world->queues,
        .seed = world->seed,
        .region_lost = region_lost,
        .post = world_topic_post,
        .drop = world_topic_drop,
        .context = world,
    };
    topics_init(&world->topics);
}

/* What is measured, once all that is looked at is there. */
static void metrics_wire(struct world *world)
{
    metrics_init(&world->metrics);
    world->metering = (struct metering){
        .sim = &world->sim,
        .catalog = world->catalog,
        .metrics = &world->metrics,
        .all = &world->instances,
        .hypervisor = &world->hypervisor,
        .balancers = &world->balancers,
        .groups = &world->targets,
        .acls = &world->acls,
        .buses = &world->buses,
        .queues = &world->queues,
        .topics = &world->topics,
        .scaling = &world->scaling,
        .servers = &world->requests.servers,
    };
    metering_init(&world->metering);
    world->alarms = (struct alarms){
        .sim = &world->sim,
        .catalog = world->catalog,
        .metrics = &world->metrics,
        .ids = &world->ids,
        .trail = &world->trail,
    };
    alarms_init(&world->alarms);
    world_wire_alarms(world);
}

/* Groups that launch by themselves. */
static void scaling_wire(struct world *world)
{
    world->scaling = (struct scaling){
        .sim = &world->sim,
        .catalog = world->catalog,
        .ids = &world->ids,
        .trail = &world->trail,
        .network = &world->network,
        .instances = &world->instances,
        .targets = &world->targets,
        .templates = &world->templates,
        .launcher = &world->launcher,
        .seed = world->seed,
    };
    scaling_init(&world->scaling);
}

struct world *world_make(const struct catalog *catalog, uint64_t seed, uint8_t region)
{
    struct world *world = xcalloc(1, sizeof(*world));

    world->catalog = catalog;
    world->seed = seed;
    world->region = region;
    ground_init(world);
    network_wire(world);
    storage_wire(world);
    images_wire(world);
    guests_wire(world);
    compute_wire(world);
    launches_wire(world);
    traffic_wire(world);
    scaling_wire(world);
    world_wire_guests(world);
    world_wire_traffic(world);
    traffic_init(&world->traffic);
    world->streams = (struct streams){
        .sim = &world->sim,
        .ids = &world->ids,
        .requests = &world->requests,
        .traffic = &world->traffic,
        .trail = &world->trail,
        .seed = world->seed,
    };
    streams_init(&world->streams);
    messages_wire(world);
    metrics_wire(world);
    world_wire_events(world);
    world_wire_shop(world);
    world_wire_bill(world);
    return world;
}

/* The default VPC of each Region, with its security group. */
static void add_default_vpcs(struct world *world, uint64_t account)
{
    for (uint32_t region = 0; region < world->catalog->region_count; region++)
        firewall_add_default(&world->firewall,
                             vpc_add_default(&world->network, account, (uint8_t)region));
}

const struct account *world_add_account(struct world *world, const char *name, struct fault *fault)
{
    const struct account *account = account_create(&world->accounts, world->seed, name, fault);

    if (account != NULL)
        add_default_vpcs(world, account->id);
    return account;
}

/* What is there from the start: the learner's default VPCs, and neighbours on the hosts. */
static void world_begin(struct world *world)
{
    uint64_t tenants[ACCOUNT_TENANTS];
    uint32_t count = 0;

    bill_begin(&world->bill);
    add_default_vpcs(world, ACCOUNT_LEARNER);
    for (uint32_t i = 0; i < table_count(&world->accounts.table); i++) {
        const struct account *account = table_at(&world->accounts.table, i);

        if (account->is_provider && count < ACCOUNT_TENANTS)
            tenants[count++] = account->id;
    }
    hosts_populate(&world->hosts, &world->ids, tenants, count);
}

struct world *world_new(const struct catalog *catalog, uint64_t seed, uint8_t region)
{
    struct world *world;

    if (region >= catalog->region_count)
        BUG("a world in Region %u", region);
    world = world_make(catalog, seed, region);
    world_begin(world);
    return world;
}

void world_free(struct world *world)
{
    if (world == NULL)
        return;
    bill_release(&world->bill);
    shops_release(&world->shops);
    event_archives_release(&world->buses);
    event_buses_release(&world->buses);
    alarms_release(&world->alarms);
    metering_release(&world->metering);
    metrics_release(&world->metrics);
    topics_release(&world->topics);
    queues_release(&world->queues);
    message_log_release(&world->messages);
    streams_release(&world->streams);
    traffic_release(&world->traffic);
    balancers_release(&world->balancers);
    web_acls_release(&world->acls);
    target_groups_release(&world->targets);
    workloads_release(&world->workloads);
    hypervisor_release(&world->hypervisor);
    requests_release(&world->requests);
    scaling_release(&world->scaling);
    spot_requests_release(&world->spots);
    launch_templates_release(&world->templates);
    injection_plans_release(&world->injections);
    injections_release(&world->injections);
    guests_release(&world->guests);
    images_release(&world->images);
    snapshots_release(&world->snapshots);
    volumes_release(&world->volumes);
    blocks_release(&world->blocks);
    instances_release(&world->instances);
    placement_groups_release(&world->placement);
    dedicated_hosts_release(&world->dedicated);
    hosts_release(&world->hosts);
    key_pairs_release(&world->keys);
    firewall_release(&world->firewall);
    network_release(&world->network);
    replica_release(&world->replica);
    tokens_release(&world->tokens);
    accounts_release(&world->accounts);
    trail_release(&world->trail);
    sim_release(&world->sim);
    free(world);
}

int64_t world_resume(struct world *world, int64_t until, uint64_t max_events)
{
    return sim_resume(&world->sim, until, max_events);
}

int64_t world_advance(struct world *world, int64_t until, uint64_t max_events)
{
    return sim_advance(&world->sim, until, max_events);
}
