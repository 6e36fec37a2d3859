/*
 * cloud/world_guests.c - instances joined with their volumes, their guests, and what breaks them.
 *
 * Instances tell what happens to them through hooks; here those reach the volumes, the guest
 * inside, the requests that are under way, images that wait for a reboot, and target groups.
 */
#include "base/bug.h"
#include "cloud/target.h"
#include "cloud/world_parts.h"

static const struct fault_kind fault_no_root;

/* ---- volumes ---- */

static struct volume_new disk_wanted(const struct launch_disk *disk, uint64_t account,
                                     uint8_t zone)
{
    return (struct volume_new){
        .account = account,
        .zone = zone,
        .type = disk->type == NULL ? 0 : volume_type_of(disk->type),
        .encrypted = disk->encrypted,
        .size_gib = disk->size_gib,
        .iops = disk->iops,
        .throughput_mibs = disk->throughput,
        .for_launch = true,
    };
}

static int disks_check(void *context, const struct instance_launch *launch, uint32_t count,
                       struct fault *fault)
{
    struct world *world = context;

    (void)count;
    for (uint32_t i = 0; i < launch->disk_count; i++) {
        const struct launch_disk *disk = &launch->disks[i];
        struct volume_new wanted = disk_wanted(disk, launch->account,
                                               (uint8_t)(launch->region * ZONES_PER_REGION));
        const struct snapshot *snapshot = NULL;

        if (disk->snapshot != 0) {
            snapshot = table_find(&world->snapshots.table, disk->snapshot);
            /* Only one that is whole is looked at here: restoring would make its blocks. */
            if (snapshot == NULL || snapshot->doomed || snapshot->state != SNAPSHOT_COMPLETED)
                return snapshot_restore(&world->snapshots, disk->snapshot, &wanted, fault);
            wanted.snapshot = snapshot->key;
            wanted.snapshot_gib = snapshot->size_gib;
        }
        if (volume_new_check(&wanted, fault) != 0)
            return -1;
    }
    return 0;
}

static void disks_make(void *context, const struct instance *instance,
                       const struct instance_launch *launch)
{
    struct world *world = context;

    for (uint32_t i = 0; i < launch->disk_count; i++) {
        const struct launch_disk *disk = &launch->disks[i];
        struct volume_new wanted = disk_wanted(disk, instance->account, instance->zone);
        struct volume_attach attach = {
            .instance = instance->id,
            .zone = instance->zone,
            .device = disk->device,
            .delete_on_termination = disk->delete_on_termination,
        };
        struct fault fault = FAULT_INIT;
        struct volume *volume;

        if (disk->snapshot != 0 &&
            snapshot_restore(&world->snapshots, disk->snapshot, &wanted, &fault) != 0)
            BUG("a snapshot that was promised: %s", fault.message);
        volume = volume_launch(&world->volumes, wanted, &attach);
        snapshot_restored(&world->snapshots, &wanted);
        tags_copy(&volume->tags, launch->volume_tags);
    }
}

static void disks_release(void *context, const struct instance *instance)
{
    struct world *world = context;

    injections_end(&world->injections, instance->id, "ended: it is terminated");
    guest_forget(&world->guests, instance->id);
    volumes_terminate(&world->volumes, instance->id);
}

static struct volume *root_volume(const struct world *world, const struct instance *instance)
{
    return volume_at_device(&world->volumes, instance->id, instance->root_device);
}

static int start_check(void *context, const struct instance *instance, struct fault *fault)
{
    struct world *world = context;
    struct arena arena = ARENA_INIT;

    if (root_volume(world, instance) != NULL)
        return spot_start_check(&world->spots, instance, fault);
    fault_set(fault, &fault_no_root, id_text(&arena, &kind_instance, instance->id),
              instance->root_device);
    arena_release(&arena);
    return -1;
}

/* ---- power ---- */

static void guest_begin(struct world *world, const struct instance *instance)
{
    const struct volume *root = root_volume(world, instance);

    injections_end(&world->injections, instance->id, "ended: it started anew");
    if (root != NULL)
        guest_start(&world->guests, instance->id, root->key);
}

static void power_on(void *context, const struct instance *instance)
{
    struct world *world = context;

    volumes_launched(&world->volumes, instance->id);
    hypervisor_power_on(&world->hypervisor, instance->id, instance->type,
                        instance->state_since == world->sim.now ? instance->account : 0);
    guest_begin(world, instance);
}

static void shut_down(void *context, const struct instance *instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance->id, "the instance stops");
    guest_shutdown(&world->guests, instance->id);
    request_server_gone(&world->requests, instance->id, 0, false);
}

static void power_off(void *context, const struct instance *instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance->id, "the instance has no power");
    guest_kill(&world->guests, instance->id);
    metering_instance_ends(&world->metering, instance);
    request_server_gone(&world->requests, instance->id, 0, true);
    hypervisor_power_off(&world->hypervisor, instance->id);
}

static void reboot(void *context, const struct instance *instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance->id, "the instance boots anew");
    request_server_gone(&world->requests, instance->id, 0, false);
    if (guest_state(&world->guests, instance->id) == GUEST_OFF) {
        guest_begin(world, instance); /* its kernel had stopped: a hard reboot */
        return;
    }
    injections_end(&world->injections, instance->id, "ended: it started anew");
    guest_reboot(&world->guests, instance->id);
}

static bool hangs(void *context, uint64_t instance)
{
    const struct world *world = context;

    return injection_is_there(&world->injections, instance, INJECT_STOP);
}

static bool answers(void *context, uint64_t instance)
{
    const struct world *world = context;

    return guest_is_reachable(&world->guests, instance);
}

/* Its part of the host. */
static void share_changed(struct world *world, const struct instance *instance, int before)
{
    struct hypervisor *hypervisor = &world->hypervisor;

    if (before < 0)
        hypervisor_add(hypervisor, instance->id, instance->type, instance->credit_mode);
    else if (instance->state == INSTANCE_STOPPED)
        hypervisor_stopped(hypervisor, instance->id);
    else if (instance->state == INSTANCE_TERMINATED)
        hypervisor_forget(hypervisor, instance->id);
    else if (before == INSTANCE_RUNNING)
        hypervisor_power_off(hypervisor, instance->id);
}

static void changed(void *context, const struct instance *instance, int before)
{
    struct world *world = context;

    world_bill_instance(world, instance);
    if (before == INSTANCE_RUNNING && instance->state != INSTANCE_RUNNING)
        workloads_instance_off(&world->workloads, instance->id, "the instance stops");
    share_changed(world, instance, before);
    spot_instance_changed(&world->spots, instance, before);
    if (instance->state == INSTANCE_STOPPED || instance->state == INSTANCE_TERMINATED)
        imaging_stopped(&world->imaging, instance->id);
    if (instance->state == INSTANCE_TERMINATED &&
        instance_reservation(&world->instances, instance)->alive == 0)
        token_made_ended(&world->tokens, instance->reservation);
    targets_instance_changed(&world->targets, instance->id);
    scaling_instance_changed(&world->scaling, instance);
    world_tell_instance(world, instance);
}

static uint64_t replace_host(void *context, uint64_t dedicated_host)
{
    struct world *world = context;

    return dedicated_host_replace(&world->dedicated, dedicated_host);
}

/* ---- spot instances ---- */

static int spot_check(void *context, const struct instance_launch *launch, uint8_t zone,
                      struct fault *fault)
{
    const struct world *world = context;

    return spot_launch_check(&world->spots, launch, zone, fault);
}

static uint64_t spot_made(void *context, const struct instance *instance,
                          const struct instance_launch *launch)
{
    struct world *world = context;

    return spot_launch_made(&world->spots, instance, launch);
}

static bool spot_taken(void *context, uint16_t type, uint8_t zone)
{
    const struct world *world = context;

    return injections_spot_taken(&world->injections, type, zone);
}

static void spot_price_changed(void *context, const struct instance *instance)
{
    world_bill_instance(context, instance);
}

static void spot_changed(void *context)
{
    struct world *world = context;

    spot_pools_changed(&world->spots);
}

static void checked(void *context, const struct instance *instance)
{
    struct world *world = context;

    scaling_health_changed(&world->scaling, instance->id);
}

/* What is charged for it follows from what it is now. */
static void monitored(void *context, const struct instance *instance)
{
    world_bill_instance(context, instance);
}

/* ---- what a guest asks and tells ---- */

static void facts(void *context, uint64_t id, struct arena *arena, struct guest_facts *out)
{
    const struct world *world = context;
    const struct instance *instance = instance_any(&world->instances, id);
    const struct interface *interface;
    const struct catalog_type *type;
    char text[ADDRESS_TEXT_SIZE];

    if (instance == NULL)
        return;
    interface = instance_interface(&world->instances, instance);
    type = &world->catalog->types[instance->type];
    *out = (struct guest_facts){
        .instance_type = type->name,
        .key_name = instance_reservation(&world->instances, instance)->key_name,
        .zone = catalog_zone_name(world->catalog, instance->zone),
        .vcpus = type->vcpus,
        .memory_mib = type->memory_mib,
        .user_data = instance_user_data(&world->instances, instance),
        .hostname = "localhost",
        .private_ip = "127.0.0.1",
    };
    if (interface == NULL)
        return;
    out->hostname = address_private_name(&world->network, arena, ZONE_REGION(instance->zone),
                                         interface->address);
    out->private_ip = arena_strdup(arena, address_text(interface->address, text));
    if (interface->public_address != 0)
        out->public_ip = arena_strdup(arena, address_text(interface->public_address, text));
}

static void reachable(void *context, uint64_t instance)
{
    struct world *world = context;

    instance_recheck(&world->instances, instance);
}

static void halted(void *context, uint64_t instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance, "the instance shuts down from inside");
    request_server_gone(&world->requests, instance, 0, false);
    instance_guest_halted(&world->instances, instance);
}

static void restarting(void *context, uint64_t instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance, "the instance boots anew");
    imaging_stopped(&world->imaging, instance);
}

/* ---- images and faults ---- */

static void image_reboot(void *context, uint64_t id)
{
    struct world *world = context;
    struct instance *instance = instance_any(&world->instances, id);
    struct fault fault = FAULT_INIT;

    if (instance == NULL)
        return;
    instances_reboot(&world->instances, (struct instance_set){ &instance, 1 }, &fault);
    fault_release(&fault);
}

static bool web_server(void *context, uint64_t instance, bool run)
{
    struct world *world = context;
    const char *unit = guest_web_unit(&world->guests, instance);
    struct arena arena = ARENA_INIT;
    bool done;

    if (unit == NULL)
        return false;
    done = guest_unit_set(&world->guests, instance, arena_strdup(&arena, unit), run);
    arena_release(&arena);
    if (done && !run)
        request_server_gone(&world->requests, instance, 0, false);
    return done;
}

static bool serves(void *context, uint64_t instance, bool web)
{
    struct world *world = context;

    return guest_web_unit(&world->guests, instance) != NULL ||
           (!web && shop_barista_serves(&world->shops, instance));
}

static void crash(void *context, uint64_t instance)
{
    struct world *world = context;

    workloads_instance_off(&world->workloads, instance, "the instance's kernel has stopped");
    guest_kill(&world->guests, instance);
    request_server_gone(&world->requests, instance, 0, true);
}

static void host_changed(void *context, uint32_t host)
{
    struct world *world = context;

    hypervisor_host_changed(&world->hypervisor, host);
}

void world_wire_guests(struct world *world)
{
    world->instances.hooks = (struct instance_hooks){
        .context = world,
        .disks_check = disks_check,
        .disks_make = disks_make,
        .disks_release = disks_release,
        .start_check = start_check,
        .power_on = power_on,
        .shut_down = shut_down,
        .power_off = power_off,
        .reboot = reboot,
        .hangs = hangs,
        .answers = answers,
        .changed = changed,
        .replace_host = replace_host,
        .spot_check = spot_check,
        .spot_made = spot_made,
        .checked = checked,
        .monitored = monitored,
    };
    world->spots.hooks = (struct spot_hooks){
        .context = world,
        .taken = spot_taken,
        .price_changed = spot_price_changed,
    };
    world->guests.calls = (struct guest_calls){
        .context = world,
        .facts = facts,
        .reachable = reachable,
        .halted = halted,
        .restarting = restarting,
        .ask = world_guest_ask,
        .reply = world_guest_reply,
        .drop = world_guest_drop,
    };
    world->imaging.reboot = image_reboot;
    world->imaging.context = world;
    world->injections.hooks = (struct injection_hooks){
        .context = world,
        .web_server = web_server,
        .serves = serves,
        .crash = crash,
        .host_changed = host_changed,
        .changed = world_faults_changed,
        .spot_changed = spot_changed,
    };
}

static const struct fault_kind fault_no_root = {
    "InvalidParameterValue",
    "Invalid value '{}' for instanceId. Instance does not have a volume attached at root ({})",
    "Attach the root volume again: `aws ec2 attach-volume` with that device name.",
};
