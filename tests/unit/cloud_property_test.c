/*
 * tests/unit/cloud_property_test.c - random commands, faults and time; what must always hold.
 *
 * Each seed makes a world, and then commands of which many are refused.  After every event the
 * cheap invariants are asked, after some commands the dear ones.  The seed and the step are printed
 * on failure.
 */
#include "cloud_property.h"

enum { SEEDS = 12, COMMANDS = 150, INSTANCES_MAX = 400 };

static const char *const type_names[] = { "t3.micro", "t3.large", "m5.24xlarge", "c5.metal",
                                          "t4g.small", "g5.48xlarge" };

struct seen {
    uint64_t id;
    uint8_t state;
};

struct run {
    struct property p;
    struct seen seen[INSTANCES_MAX];
    uint32_t seen_count;
    uint32_t moves;
};

/* ---- what must hold ---- */

static bool edge_is_legal(uint8_t from, uint8_t to)
{
    switch (from) {
    case INSTANCE_PENDING:
        return to == INSTANCE_RUNNING || to == INSTANCE_SHUTTING_DOWN || to == INSTANCE_STOPPING;
    case INSTANCE_RUNNING:
        return to == INSTANCE_STOPPING || to == INSTANCE_SHUTTING_DOWN;
    case INSTANCE_STOPPING:
        return to == INSTANCE_STOPPED || to == INSTANCE_SHUTTING_DOWN;
    case INSTANCE_STOPPED:
        return to == INSTANCE_PENDING || to == INSTANCE_SHUTTING_DOWN;
    case INSTANCE_SHUTTING_DOWN:
        return to == INSTANCE_TERMINATED;
    default:
        return false;
    }
}

static uint8_t *state_seen(struct run *run, uint64_t id, uint8_t first)
{
    for (uint32_t i = 0; i < run->seen_count; i++) {
        if (run->seen[i].id == id)
            return &run->seen[i].state;
    }
    HOLDS(&run->p, run->seen_count < INSTANCES_MAX);
    run->seen[run->seen_count] = (struct seen){ id, first };
    return &run->seen[run->seen_count++].state;
}

/* E1, and what each state means for host, address and power. */
static void instances_check(struct run *run)
{
    const struct world *world = run->p.world;

    for (uint32_t i = 0; i < table_count(&world->instances.table); i++) {
        const struct instance *instance = table_at(&world->instances.table, i);
        uint8_t *before = state_seen(run, instance->id, instance->state);
        const struct interface *interface = instance_interface(&world->instances, instance);
        bool off = instance->state == INSTANCE_STOPPED || instance->state == INSTANCE_TERMINATED;

        if (*before != instance->state) {
            HOLDS(&run->p, edge_is_legal(*before, instance->state));
            *before = instance->state;
            run->moves++;
        }
        HOLDS(&run->p, (interface == NULL) == (instance->state == INSTANCE_TERMINATED));
        HOLDS(&run->p, !off || (instance->host == HOST_NONE && !instance->powered));
        if (instance->state == INSTANCE_RUNNING) {
            HOLDS(&run->p, instance->host != HOST_NONE);
            HOLDS(&run->p,
                  instance->powered == !world->hosts.items[instance->host].failed);
            HOLDS(&run->p, interface->public_address != 0);
        } else {
            HOLDS(&run->p, instance->instance_status == CHECK_NOT_APPLICABLE);
        }
    }
}

/* C1: what is used on each host is the sum of those on it, and fits. */
static void hosts_check(struct run *run)
{
    const struct hosts *hosts = &run->p.world->hosts;
    uint32_t seated = 0;

    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        uint32_t vcpus = 0;
        uint32_t memory = 0;

        for (uint32_t j = 0; j < host->guests.count; j++) {
            const struct host_guest *guest = hosts_guest(hosts, host->guests.items[j]);
            const struct catalog_type *type = &run->p.catalog->types[guest->type];

            HOLDS(&run->p, guest->host == i);
            vcpus += type->vcpus;
            memory += type->memory_mib;
        }
        seated += host->guests.count;
        HOLDS(&run->p, vcpus == host->used_vcpus && vcpus <= host->vcpus);
        HOLDS(&run->p, memory == host->used_memory_mib && memory <= host->memory_mib);
    }
    HOLDS(&run->p, seated == table_count(&hosts->guests));
}

/* Every address has one holder, and its holder has it. */
static void addresses_check(struct run *run)
{
    const struct network *network = &run->p.world->network;
    uint32_t public_count = 0;
    uint32_t used = 0;

    for (uint32_t i = 0; i < table_count(&network->interfaces); i++) {
        const struct interface *interface = table_at(&network->interfaces, i);
        const struct subnet *subnet = table_get(&network->subnets, interface->subnet);

        HOLDS(&run->p,
              network_private_holder(network, subnet->vpc, interface->address) == interface);
        if (interface->public_address == 0)
            continue;
        HOLDS(&run->p, network_public_holder(network, interface->public_address) == interface);
        public_count++;
    }
    for (uint32_t i = 0; i < table_count(&network->subnets); i++)
        used += ((struct subnet *)table_at(&network->subnets, i))->used;
    HOLDS(&run->p, used == table_count(&network->interfaces));
    HOLDS(&run->p, public_count == table_count(&network->public_holders));
}

/* ---- commands ---- */

static struct instance *any_instance(struct run *run)
{
    uint32_t count = table_count(&run->p.world->instances.table);

    if (count == 0)
        return NULL;
    return table_at(&run->p.world->instances.table, (uint32_t)chance_below(&run->p.luck, count));
}

static int launch(struct run *run, struct fault *fault)
{
    const char *name = type_names[chance_below(&run->p.luck, 6)];
    struct world *world = run->p.world;
    struct launch_disk root = { .device = "/dev/xvda", .type = "gp3", .size_gib = 8,
                                .delete_on_termination = true };
    struct instance_launch wish = {
        .account = ACCOUNT_LEARNER,
        .region = (uint8_t)chance_below(&run->p.luck, 2),
        .zone = -1,
        .type = (uint16_t)catalog_type_find(run->p.catalog, name),
        .architecture = chance_below(&run->p.luck, 5) == 0 ? ARCH_ARM64 : ARCH_X86_64,
        .root_device = "/dev/xvda",
        .min_count = 1 + (uint32_t)chance_below(&run->p.luck, 30),
        .disks = &root,
        .disk_count = 1,
    };
    uint64_t reservation;

    if (table_count(&world->instances.table) > 60)
        return 0;
    wish.max_count = wish.min_count + (uint32_t)chance_below(&run->p.luck, 3);
    if (chance_below(&run->p.luck, 2) == 0)
        wish.zone = wish.region * ZONES_PER_REGION;
    if (chance_below(&run->p.luck, 8) == 0)
        root.size_gib = 70000; /* too large: refused by the volumes */
    return instances_launch(&world->instances, &wish, &reservation, fault);
}

static int inject(struct run *run, struct fault *fault)
{
    struct injections *injections = &run->p.world->injections;
    struct instance *instance = any_instance(run);
    struct injection_new wish = {
        .account = ACCOUNT_LEARNER,
        .kind = INJECT_WEB_SERVER + (int)chance_below(&run->p.luck, 4),
        .subject = instance == NULL ? 1 : instance->id,
    };

    if (table_count(&injections->table) > 2) {
        const struct injection *first = table_at(&injections->table, 0);

        injection_clear(injections, first->id);
        return 0;
    }
    if (wish.kind == INJECT_ZONE)
        wish.subject = 1 + chance_below(&run->p.luck, 4);
    return injection_add(injections, &wish, fault) == NULL ? -1 : 0;
}

static int command(void *context, struct fault *fault)
{
    struct run *run = context;
    struct instance *two[2] = { any_instance(run), any_instance(run) };
    struct instance_set set = { two, 2 };
    struct instances *instances = &run->p.world->instances;
    uint64_t choice = chance_below(&run->p.luck, 10);

    if (choice < 3 || two[0] == NULL)
        return launch(run, fault);
    if (choice == 3)
        return inject(run, fault);
    if (ZONE_REGION(two[0]->zone) != ZONE_REGION(two[1]->zone))
        two[1] = two[0];
    if (choice < 6)
        return instances_start(instances, set, fault);
    if (choice < 8)
        return instances_stop(instances, set, chance_below(&run->p.luck, 2) == 0, fault);
    if (choice == 8)
        return instances_reboot(instances, set, fault);
    return instances_terminate(instances, set, fault);
}

static void time_pass(struct run *run)
{
    int64_t until = run->p.world->sim.now + chance_between_ns(&run->p.luck, 0, 90 * SECOND_NS);

    while (sim_is_due(&run->p.world->sim, until)) {
        world_advance(run->p.world, until, 1);
        instances_check(run);
    }
}

/* If this failed, some order of commands, faults and time would break what AWS promises. */
static void test_always(void **state)
{
    static struct run run;
    uint32_t refused = 0;
    uint32_t moves = 0;

    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        memset(&run, 0, sizeof(run));
        property_open(&run.p, (uint64_t)seed, "property-test");
        for (run.p.step = 0; run.p.step < COMMANDS; run.p.step++) {
            property_ask(&run.p, command, &run);
            instances_check(&run);
            time_pass(&run);
            hosts_check(&run);
            addresses_check(&run);
            if (run.p.step % 16 == 0)
                property_save(&run.p);
        }
        refused += run.p.refused;
        moves += run.moves;
        property_close(&run.p);
    }
    print_message("%u refusals, %u changes of state\n", refused, moves);
    assert_true(refused > 50 && moves > 500); /* not vacuous */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
