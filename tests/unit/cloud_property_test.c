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
                                          "t4g.small", "g5.48xlarge", "m5.large" };

struct seen {
    uint64_t id;
    uint8_t state;
};

enum { ACCOUNTS = 2, STRATEGIES = 3 };

struct run {
    struct property p;
    uint64_t accounts[ACCOUNTS];
    uint64_t groups[ACCOUNTS][2][STRATEGIES]; /* by account, Region and strategy */
    uint32_t alone;  /* looks at hosts that an account has for itself */
    uint32_t apart;  /* looks at instances of placement groups */
    uint32_t pieces; /* looks at guests' memory */
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

/* C2: who is alone on a host is alone; Dedicated Hosts are of those who allocated them. */
static void tenancy_check(struct run *run)
{
    const struct world *world = run->p.world;

    for (uint32_t i = 0; i < table_count(&world->hosts.guests); i++) {
        const struct host_guest *guest = table_at(&world->hosts.guests, i);
        const struct host *host = &world->hosts.items[guest->host];

        if (host->owner == 0) {
            HOLDS(&run->p, guest->tenancy == HOST_TENANCY_DEFAULT);
            continue;
        }
        HOLDS(&run->p, guest->account == host->owner);
        HOLDS(&run->p, guest->tenancy != HOST_TENANCY_DEFAULT);
        HOLDS(&run->p, host->allocated == (guest->tenancy == HOST_TENANCY_HOST));
        run->alone++;
    }
    for (uint32_t i = 0; i < table_count(&world->instances.table); i++) {
        const struct instance *instance = table_at(&world->instances.table, i);
        const struct host *host = hosts_of(&world->hosts, instance->id);

        if (instance->tenancy == HOST_TENANCY_HOST && host != NULL)
            HOLDS(&run->p, instance_rare(instance)->dedicated_host == host->id);
    }
}

/* C6: no more Dedicated Hosts of a family than the quota allows. */
static void quotas_check(struct run *run)
{
    const struct world *world = run->p.world;
    uint32_t counts[ACCOUNTS][2] = {{0}};

    for (uint32_t i = 0; i < table_count(&world->dedicated.table); i++) {
        const struct dedicated_host *row = table_at(&world->dedicated.table, i);

        for (int a = 0; a < ACCOUNTS; a++) {
            if (row->released == 0 && row->account == run->accounts[a])
                counts[a][row->region]++;
        }
    }
    for (int a = 0; a < ACCOUNTS; a++) {
        for (int region = 0; region < 2; region++)
            HOLDS(&run->p, counts[a][region] <= account_quota(&world->accounts, run->accounts[a],
                                                              QUOTA_DEDICATED_HOSTS));
    }
}

/* C2: of two guests of one placement group. */
static void pair_check(struct run *run, const struct placement_group *group,
                       const struct host_guest *one, const struct host_guest *other)
{
    const struct host *a = &run->p.world->hosts.items[one->host];
    const struct host *b = &run->p.world->hosts.items[other->host];
    bool one_rack = a->zone == b->zone && a->rack == b->rack;

    if (group->strategy == HOST_GROUP_CLUSTER)
        HOLDS(&run->p, one_rack);
    if (group->strategy == HOST_GROUP_SPREAD)
        HOLDS(&run->p, !one_rack);
    if (group->strategy == HOST_GROUP_PARTITION)
        HOLDS(&run->p, !one_rack || host_guest_partition(one) == host_guest_partition(other));
    run->apart++;
}

static void groups_check(struct run *run)
{
    const struct table *guests = &run->p.world->hosts.guests;

    for (uint32_t i = 0; i < table_count(guests); i++) {
        const struct host_guest *one = table_at(guests, i);
        uint64_t id = host_guest_group(one);
        const struct placement_group *group =
            id == 0 ? NULL : table_find(&run->p.world->placement.table, id);

        for (uint32_t k = i + 1; group != NULL && k < table_count(guests); k++) {
            const struct host_guest *other = table_at(guests, k);

            if (host_guest_group(other) == id)
                pair_check(run, group, one, other);
        }
    }
}

/* C4: each has the memory that it pays for, nobody else has it, and nothing of others is in it. */
static void memory_check(struct run *run, const struct host *host)
{
    uint32_t end = 0;

    for (uint32_t i = 0; i < host->memory.pieces.count; i++) {
        HOLDS(&run->p, host->memory.pieces.items[i].at == end);
        end += host->memory.pieces.items[i].size;
    }
    HOLDS(&run->p, end == 0 || end == host->memory_mib);
    for (uint32_t i = 0; i < host->guests.count; i++) {
        const struct host_guest *guest =
            hosts_guest(&run->p.world->hosts, host->guests.items[i]);
        struct memory_scan scan = host_memory_scan(&host->memory, guest->id);

        HOLDS(&run->p, scan.mib == run->p.catalog->types[guest->type].memory_mib);
        HOLDS(&run->p, scan.foreign_mib == 0);
        run->pieces++;
    }
}

/* C5: no disk holds what another account's has written. */
static void disks_check(struct run *run)
{
    const struct world *world = run->p.world;

    for (uint32_t i = 0; i < table_count(&world->instances.table); i++) {
        const struct instance *instance = table_at(&world->instances.table, i);

        HOLDS(&run->p,
              volumes_scan(&world->volumes, instance->account, instance->id).foreign == 0);
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
        memory_check(run, host);
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

/* Whose, on whose hardware, and in which placement group. */
static void place(struct run *run, struct instance_launch *wish)
{
    uint64_t account = chance_below(&run->p.luck, ACCOUNTS);
    uint64_t group = chance_below(&run->p.luck, 3 * STRATEGIES);

    wish->account = run->accounts[account];
    wish->tenancy = (uint8_t)chance_below(&run->p.luck, 3);
    if (wish->tenancy == HOST_TENANCY_HOST)
        wish->affine = chance_below(&run->p.luck, 2) == 0;
    else if (group < STRATEGIES)
        wish->group = run->groups[account][wish->region][group];
    if (wish->group != 0)
        wish->min_count = 1 + wish->min_count % 9;
}

/* A Dedicated Host more, or one less. */
static int host_command(struct run *run, struct fault *fault)
{
    struct dedicated_hosts *all = &run->p.world->dedicated;
    struct dedicated_host_new wish = {
        .account = run->accounts[chance_below(&run->p.luck, ACCOUNTS)],
        .zone = (uint8_t)chance_below(&run->p.luck, 6),
        .type = HOST_ANY_TYPE,
        .count = 1 + (uint32_t)chance_below(&run->p.luck, 2),
        .places = true,
        .recovers = chance_below(&run->p.luck, 2) == 0,
    };
    uint32_t at;

    wish.family = run->p.world->hosts.type_family[catalog_type_find(run->p.catalog, "m5.large")];
    if (table_count(&all->table) == 0 || chance_below(&run->p.luck, 2) == 0)
        return dedicated_hosts_allocate(all, &wish, fault);
    at = (uint32_t)chance_below(&run->p.luck, table_count(&all->table));
    for (uint32_t i = 0; i < table_count(&all->table); i++) {
        struct dedicated_host *row =
            table_at(&all->table, (at + i) % table_count(&all->table));

        if (row->released == 0 && dedicated_host_machine(all, row)->guests.count == 0) {
            dedicated_host_release(all, row);
            return 0;
        }
    }
    return 0;
}

static int launch(struct run *run, struct fault *fault)
{
    const char *name = type_names[chance_below(&run->p.luck, 7)];
    struct world *world = run->p.world;
    struct launch_disk root = { .device = "/dev/xvda", .type = "gp3", .size_gib = 8,
                                .delete_on_termination = true };
    struct instance_launch wish = {
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
    place(run, &wish);
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
        .kind = (int)chance_below(&run->p.luck, 5) == 0
                    ? INJECT_RETIRE
                    : INJECT_WEB_SERVER + (int)chance_below(&run->p.luck, 4),
        .amount = 0,
        .subject = instance == NULL ? 1 : instance->id,
    };

    if (table_count(&injections->table) > 2) {
        const struct injection *first = table_at(&injections->table, 0);

        injection_clear(injections, first->id, "cleared");
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
    if (choice == 4 && chance_below(&run->p.luck, 2) == 0)
        return host_command(run, fault);
    if (ZONE_REGION(two[0]->zone) != ZONE_REGION(two[1]->zone) ||
        two[0]->account != two[1]->account)
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

/* A second account, and a placement group of each kind for both in both Regions. */
static void world_furnish(struct run *run)
{
    struct world *world = run->p.world;
    struct fault fault = FAULT_INIT;

    run->accounts[0] = ACCOUNT_LEARNER;
    run->accounts[1] = world_add_account(world, "other", &fault)->id;
    for (int a = 0; a < ACCOUNTS; a++) {
        for (uint8_t region = 0; region < 2; region++) {
            for (uint8_t strategy = 0; strategy < STRATEGIES; strategy++)
                run->groups[a][region][strategy] =
                    placement_group_add(&world->placement,
                                        &(struct placement_group_new){
                                            .account = run->accounts[a],
                                            .region = region,
                                            .strategy = (uint8_t)(HOST_GROUP_CLUSTER + strategy),
                                            .name = placement_strategy_name(
                                                (uint8_t)(HOST_GROUP_CLUSTER + strategy)),
                                        },
                                        &fault)->id;
        }
    }
}

/* If this failed, some order of commands, faults and time would break what AWS promises. */
static void test_always(void **state)
{
    static struct run run;
    uint32_t refused = 0;
    uint32_t moves = 0;
    uint32_t alone = 0;
    uint32_t apart = 0;
    uint32_t pieces = 0;

    (void)state;
    for (int seed = 1; seed <= property_seeds(SEEDS); seed++) {
        memset(&run, 0, sizeof(run));
        property_open(&run.p, (uint64_t)seed, "property-test");
        world_furnish(&run);
        for (run.p.step = 0; run.p.step < COMMANDS; run.p.step++) {
            property_ask(&run.p, command, &run);
            instances_check(&run);
            time_pass(&run);
            hosts_check(&run);
            tenancy_check(&run);
            groups_check(&run);
            quotas_check(&run);
            addresses_check(&run);
            if (run.p.step % 16 == 8)
                disks_check(&run);
            if (run.p.step % 16 == 0)
                property_save(&run.p);
        }
        refused += run.p.refused;
        moves += run.moves;
        alone += run.alone;
        apart += run.apart;
        pieces += run.pieces;
        property_close(&run.p);
    }
    print_message("%u refusals, %u changes of state; alone %u, in groups %u, memory %u times\n",
                  refused, moves, alone, apart, pieces);
    assert_true(refused > 50 && moves > 500); /* not vacuous */
    assert_true(alone > 1000 && apart > 1000 && pieces > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
