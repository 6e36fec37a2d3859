/*
 * cloud/world_bill.c - what things cost: each room's changes, told to the bill.
 *
 * Instances by SEMANTICS c4: from running until stopping or shutting-down, at least 60 seconds each
 * start; a reboot is none.  A Dedicated Instance costs more, and a fee for the Region; on a
 * Dedicated Host it costs nothing, for the host does.  Volumes from their making until their
 * deletion is asked for.  Snapshots by the blocks that are charged to them, once they are complete.
 * Public addresses in use while they are on an instance that runs or on a balancer; Elastic ones
 * else idle.
 */
#include "cloud/world_parts.h"

enum { IO2_TIER = 32000, GP3_IOPS = 3000, GP3_THROUGHPUT = 125, USES_MAX = 4 };

struct uses {
    struct bill_use items[USES_MAX];
    uint32_t count;
};

/* Adds a usage at its list price. */
static void use_add(const struct world *world, struct uses *uses, uint8_t region,
                    struct bill_use use)
{
    if (use.units == 0)
        return;
    use.rate = bill_rate(&world->bill, use, region);
    uses->items[uses->count++] = use;
}

static void uses_tell(struct world *world, struct bill_subject subject, const struct uses *uses)
{
    subject.went_on = world->bill_opens;
    bill_uses(&world->bill, &subject, uses->items, uses->count);
}

/* ---- addresses ---- */

static bool address_in_use(const struct world *world, const struct interface *interface)
{
    const struct instance *instance;

    if (interface == NULL)
        return false;
    if (interface->owner_kind == OWNER_BALANCER)
        return true;
    instance = instance_any(&world->instances, interface->owner);
    return instance != NULL && instance->state == INSTANCE_RUNNING;
}

static void bill_elastic(struct world *world, const struct elastic_ip *elastic, bool kept)
{
    const struct interface *interface = interface_find(&world->network, elastic->interface);
    bool used = address_in_use(world, interface);
    struct uses uses = {0};

    if (kept)
        use_add(world, &uses, elastic->region,
                (struct bill_use){ .usage = used ? BILL_ADDRESS : BILL_IDLE, .units = 1 });
    uses_tell(world,
              (struct bill_subject){ .id = elastic->id, .account = elastic->account,
                                     .kind = BILL_ELASTIC, .region = elastic->region },
              &uses);
}

/* The address of AWS's own on an instance's interface. */
static void bill_interface(struct world *world, const struct interface *interface)
{
    struct uses uses = {0};

    if (interface->public_address != 0 && interface_elastic(interface) == 0 &&
        interface->owner_kind == OWNER_INSTANCE && address_in_use(world, interface))
        use_add(world, &uses, ZONE_REGION(interface->zone),
                (struct bill_use){ .usage = BILL_ADDRESS, .units = 1 });
    uses_tell(world,
              (struct bill_subject){ .id = interface->id, .account = interface->account,
                                     .kind = BILL_INTERFACE,
                                     .region = ZONE_REGION(interface->zone) },
              &uses);
}

static void bill_kept(void *context, const struct elastic_ip *elastic, bool kept)
{
    struct world *world = context;
    const struct interface *interface = interface_find(&world->network, elastic->interface);

    bill_elastic(world, elastic, kept);
    if (interface != NULL)
        bill_interface(world, interface);
}

/* ---- instances ---- */

static struct bill_subject instance_subject(const struct instance *instance)
{
    return (struct bill_subject){
        .id = instance->id,
        .account = instance->account,
        .kind = BILL_INSTANCE,
        .region = ZONE_REGION(instance->zone),
    };
}

/* Surplus CPU credits that were charged to it. */
static bool credits_grown(const struct world *world, uint64_t id, uint8_t region,
                          struct bill_grown *grown)
{
    const struct instance *instance = instance_any(&world->instances, id);
    const struct catalog_price *price;
    struct cpu_now guest;
    struct arena arena = ARENA_INIT;

    if (instance == NULL || hypervisor_guest(&world->hypervisor, id) == NULL)
        return false;
    guest = hypervisor_now(&world->hypervisor, id);
    if (cpu_time_is_zero(guest.credits.charged))
        return false;
    price = catalog_price_find(
        world->catalog,
        instance->is_windows
            ? "CPUCredits:Windows"
            : arena_printf(&arena, "CPUCredits:%s", world->catalog->types[instance->type].family));
    *grown = (struct bill_grown){
        .use = { .usage = BILL_CREDITS, .variant = instance->type,
                 .rate = price == NULL ? 0 : price->nano_usd[region] },
        .quantity = guest.credits.charged.ns,
    };
    arena_release(&arena);
    return true;
}

static bool item_grown(void *context, const struct bill_item *item, struct bill_grown *grown)
{
    return item->kind == BILL_INSTANCE && credits_grown(context, item->key, item->region, grown);
}

/* An hour in which a Dedicated Instance of the account runs in the Region. */
static void bill_fee(struct world *world, const struct instance *instance)
{
    uint8_t region = ZONE_REGION(instance->zone);
    struct uses uses = {0};
    bool runs = false;

    for (uint32_t i = 0; i < table_count(&world->instances.table) && !runs; i++) {
        const struct instance *other = table_at(&world->instances.table, i);

        runs = other->account == instance->account && ZONE_REGION(other->zone) == region &&
               other->tenancy == HOST_TENANCY_DEDICATED && other->state == INSTANCE_RUNNING;
    }
    use_add(world, &uses, region, (struct bill_use){ .usage = BILL_FEE, .units = runs });
    uses_tell(world,
              (struct bill_subject){
                  .id = instance->account * CATALOG_REGIONS_MAX + region + 1,
                  .account = instance->account,
                  .kind = BILL_REGION,
                  .region = region,
                  .name = world->catalog->regions[region].name,
              },
              &uses);
}

static struct bill_use running_use(const struct world *world, const struct instance *instance)
{
    uint8_t region = ZONE_REGION(instance->zone);
    struct bill_use use = { .usage = BILL_BOX, .variant = instance->type, .units = 1 };

    if (instance_rare(instance)->spot != 0) {
        use.usage = BILL_SPOT;
        use.rate = spot_price_now(&world->spots, instance->type, instance->zone,
                                  instance->is_windows);
    } else if (instance->tenancy == HOST_TENANCY_HOST) {
        use.usage = BILL_ON_HOST;
    } else if (instance->tenancy == HOST_TENANCY_DEDICATED) {
        use.usage = BILL_DEDICATED;
        use.rate = catalog_dedicated_price(world->catalog, instance->type, region,
                                           instance->is_windows);
    } else {
        use.rate = catalog_instance_price(world->catalog, instance->type, region,
                                          instance->is_windows);
    }
    return use;
}

/* EC2 takes a spot instance back in its first hour: then it has cost nothing. */
static bool was_interrupted_early(const struct world *world, const struct instance *instance)
{
    return instance_was_reclaimed(instance) &&
           (instance->state == INSTANCE_STOPPING || instance->state == INSTANCE_SHUTTING_DOWN) &&
           world->sim.now - instance->launched < HOUR_NS;
}

void world_bill_instance(struct world *world, const struct instance *instance)
{
    struct bill_subject subject = instance_subject(instance);
    const struct interface *interface = instance_interface(&world->instances, instance);
    struct bill_grown grown;
    struct uses uses = {0};

    if (instance->state == INSTANCE_RUNNING)
        uses.items[uses.count++] = running_use(world, instance);
    if (instance->state == INSTANCE_RUNNING && instance->monitored)
        uses.items[uses.count++] = world_monitoring_use(world, instance);
    uses_tell(world, subject, &uses);
    if (was_interrupted_early(world, instance))
        bill_waive(&world->bill, instance->id, BILL_SPOT);
    if (instance->tenancy == HOST_TENANCY_DEDICATED)
        bill_fee(world, instance);
    if (instance->state == INSTANCE_TERMINATED &&
        credits_grown(world, instance->id, subject.region, &grown))
        bill_grows(&world->bill, &subject, &grown);
    if (interface == NULL)
        return;
    bill_interface(world, interface);
    if (interface_elastic(interface) != 0)
        bill_elastic(world, table_get(&world->network.elastics, interface_elastic(interface)),
                     true);
}

/* ---- Dedicated Hosts ---- */

/* A type of the family; bills name the family by it. */
static uint16_t type_of_family(const struct world *world, uint16_t family)
{
    uint16_t type = 0;

    while (world->hosts.type_family[type] != family)
        type++;
    return type;
}

static void bill_host(void *context, const struct dedicated_host *host)
{
    struct world *world = context;
    const struct host *machine = dedicated_host_machine(&world->dedicated, host);
    struct uses uses = {0};

    use_add(world, &uses, host->region,
            (struct bill_use){ .usage = BILL_HOST, .units = host->released == 0,
                               .variant = type_of_family(world, machine->family) });
    uses_tell(world,
              (struct bill_subject){ .id = host->id, .account = host->account,
                                     .kind = BILL_MACHINE, .region = host->region },
              &uses);
}

/* ---- storage ---- */

static void bill_volume(void *context, const struct volume *volume)
{
    struct world *world = context;
    uint8_t region = volume_region(volume);
    struct uses uses = {0};
    struct bill_use use = { .usage = BILL_VOLUME, .variant = volume->type };
    uint32_t iops = volume->iops;
    uint32_t free = volume->type == VOLUME_GP3 ? GP3_IOPS : 0;

    if (volume->state != VOLUME_DELETING) {
        use.units = volume->size_gib;
        use_add(world, &uses, region, use);
        use.usage = BILL_IOPS;
        use.units = 0;
        if (volume->type == VOLUME_GP3 || volume->type == VOLUME_IO1)
            use.units = iops > free ? iops - free : 0;
        else if (volume->type == VOLUME_IO2)
            use.units = iops > IO2_TIER ? IO2_TIER : iops;
        use_add(world, &uses, region, use);
        use.usage = BILL_IOPS_2;
        use.units = volume->type != VOLUME_IO2 || iops <= IO2_TIER ? 0
                    : iops > 2 * IO2_TIER                          ? IO2_TIER
                                                                   : iops - IO2_TIER;
        use_add(world, &uses, region, use);
        use.usage = BILL_IOPS_3;
        use.units = volume->type != VOLUME_IO2 || iops <= 2 * IO2_TIER ? 0 : iops - 2 * IO2_TIER;
        use_add(world, &uses, region, use);
        use.usage = BILL_THROUGHPUT;
        use.units = volume->throughput_mibs > GP3_THROUGHPUT
                        ? volume->throughput_mibs - GP3_THROUGHPUT
                        : 0;
        if (volume->type == VOLUME_GP3)
            use_add(world, &uses, region, use);
    }
    uses_tell(world,
              (struct bill_subject){ .id = volume->key, .account = volume->account,
                                     .kind = BILL_DISK, .region = region },
              &uses);
}

/* One has completed or goes: what is stored may be charged to others now. */
static void bill_snapshots(void *context, uint64_t account, uint8_t region, uint64_t gone)
{
    struct world *world = context;
    struct snapshot_shares shares = {0};
    struct uses uses = {0};
    struct bill_subject subject = { .id = gone, .account = account, .kind = BILL_COPY,
                                    .region = region };

    if (gone != 0)
        uses_tell(world, subject, &uses);
    snapshots_measure(&world->snapshots, account, region, &shares);
    for (uint32_t i = 0; i < shares.items.count; i++) {
        const struct snapshot_share *share = &shares.items.items[i];
        const struct snapshot *snapshot = table_get(&world->snapshots.table, share->snapshot);

        if (snapshot->state != SNAPSHOT_COMPLETED)
            continue;
        uses.count = 0;
        use_add(world, &uses, region,
                (struct bill_use){ .usage = BILL_SNAPSHOT,
                                   .units = share->stored_bytes / BLOCK_BYTES });
        subject.id = share->snapshot;
        uses_tell(world, subject, &uses);
    }
    LIST_RELEASE(&shares.items);
}

/* ---- balancers ---- */

static void bill_balancer(void *context, const struct balancer *balancer, bool there)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;
    struct uses uses = {0};
    uint64_t addresses = 0;

    for (uint32_t i = 0; there && i < balancer->nodes.count; i++)
        addresses += balancer->nodes.items[i].public_address != 0;
    use_add(world, &uses, balancer->region,
            (struct bill_use){ .usage = BILL_BALANCER, .units = there,
                               .variant = balancer_is_network(balancer) });
    use_add(world, &uses, balancer->region,
            (struct bill_use){ .usage = BILL_ADDRESS, .units = addresses });
    uses_tell(world,
              (struct bill_subject){ .id = balancer->id, .account = balancer->account,
                                     .kind = BILL_LOAD_BALANCER, .region = balancer->region,
                                     .name = balancer_arn(&world->balancers, &arena, balancer) },
              &uses);
    arena_release(&arena);
    for (uint32_t i = 0; !there && i < balancer->nodes.count; i++)
        world_charge_balancer(world, balancer, &balancer->nodes.items[i].meter,
                              (const int64_t[FLOW_UDP + 1]){0});
}

/* ---- the room ---- */

void world_wire_bill(struct world *world)
{
    world->bill = (struct bill){
        .sim = &world->sim,
        .catalog = world->catalog,
        .grown = item_grown,
        .context = world,
    };
    bill_init(&world->bill);
    world->dedicated.changed = bill_host;
    world->dedicated.context = world;
    world->volumes.changed = bill_volume;
    world->volumes.context = world;
    world->snapshots.stored = bill_snapshots;
    world->snapshots.stored_context = world;
    world->balancers.changed = bill_balancer;
    world->balancers.changed_context = world;
    world->network.elastic_changed = bill_kept;
    world->network.context = world;
    world_wire_charges(world);
}

bool world_bill_restore(struct world *world)
{
    if (!bill_restore(&world->bill))
        return false;
    if (!bill_begin(&world->bill))
        return true;
    world->bill_opens = true;
    for (uint32_t i = 0; i < table_count(&world->instances.table); i++)
        world_bill_instance(world, table_at(&world->instances.table, i));
    for (uint32_t i = 0; i < table_count(&world->volumes.table); i++)
        bill_volume(world, table_at(&world->volumes.table, i));
    for (uint32_t i = 0; i < table_count(&world->balancers.balancers); i++)
        bill_balancer(world, table_at(&world->balancers.balancers, i), true);
    for (uint32_t i = 0; i < table_count(&world->network.elastics); i++)
        bill_elastic(world, table_at(&world->network.elastics, i), true);
    world_charges_restore(world);
    for (uint32_t i = 0; i < table_count(&world->accounts.table); i++) {
        const struct account *account = table_at(&world->accounts.table, i);

        for (uint8_t region = 0; region < world->catalog->region_count; region++) {
            if (!account->is_provider)
                bill_snapshots(world, account->id, region, 0);
        }
    }
    world->bill_opens = false;
    return true;
}
