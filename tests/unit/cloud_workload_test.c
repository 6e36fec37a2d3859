/*
 * tests/unit/cloud_workload_test.c - workloads: their time is that of their parts, and the CPU time
 * that they get is the host's own.
 *
 * If this fails, a job's time is not what its instance, its neighbours and its disks make of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum { SEEDS = 10, STEPS = 100, CROWD = 30, CROWD_PERCENT = 7 };

static uint64_t seeds(void)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");

    return text == NULL ? SEEDS : strtoull(text, NULL, 10);
}

struct run {
    struct world *world;
    struct chance luck;
    uint64_t seed;
    int step;
    uint32_t completed;
    uint32_t stopped;
    uint32_t failed;
    uint32_t lost[WORKLOAD_LOSSES];
};

#define HOLDS(run, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u, step %d: not %s", (unsigned)(run)->seed, (run)->step, #what); \
    } while (0)

/* ---- what must hold ---- */

/* A part that computes takes what it would take alone, and what was lost: to the microsecond, since
 * each change of rate rounds. */
static void part_check(struct run *run, const struct workload *workload, uint32_t at)
{
    const struct workloads *all = &run->world->workloads;
    const struct catalog_type *type = &run->world->catalog->types[workload->type];
    const struct workload_part part = workload_part_now(all, workload, at);
    int64_t lost = part.lost_credits_ns + part.lost_others_ns + part.lost_own_ns;
    int64_t needs = workload_cpu_ns(type, &part);
    int64_t alone = needs / (workload_wants_ppm(workload, type) / CPU_ONE);

    HOLDS(run, part.ns >= lost && lost >= 0);
    HOLDS(run, part.lost_credits_ns == 0 || type->burstable);
    HOLDS(run, part.lost_others_ns == 0 || type->burstable);
    if (needs > 0 && (at < workload->at || workload->state == WORKLOAD_COMPLETED))
        HOLDS(run, llabs(part.ns - lost - alone) < MICROSECOND_NS);
    run->lost[LOST_CREDITS] += part.lost_credits_ns > 0;
    run->lost[LOST_OTHERS] += part.lost_others_ns > 0;
    run->lost[LOST_OWN] += part.lost_own_ns > 0;
}

static void workload_check(struct run *run, const struct workload *workload)
{
    const struct workloads *all = &run->world->workloads;
    const struct cpu_guest *guest = hypervisor_guest(&run->world->hypervisor, workload->instance);
    int64_t sum = 0;

    for (uint32_t i = 0; i < workload->parts.count; i++) {
        sum += workload_part_now(all, workload, i).ns;
        part_check(run, workload, i);
        HOLDS(run, workload_part_done(all, workload, i) >= 0 &&
                       workload_part_done(all, workload, i) <= 1000);
    }
    HOLDS(run, sum == workload_ns(all, workload));
    HOLDS(run, (workload->ended == 0) == (workload->state == WORKLOAD_RUNNING));
    HOLDS(run, workload->ended != 0 || (guest != NULL && guest->runs));
    HOLDS(run, workload->ended != 0 || sim_is_pending(&run->world->sim, workload->step));
    HOLDS(run, workload_cost_nano_usd(all, workload) >= 0);
    run->completed += workload->state == WORKLOAD_COMPLETED;
    run->stopped += workload->state == WORKLOAD_STOPPED;
    run->failed += workload->state == WORKLOAD_FAILED;
}

static void check(struct run *run)
{
    const struct hypervisor *hypervisor = &run->world->hypervisor;
    const struct workloads *all = &run->world->workloads;

    for (uint32_t i = 0; i < table_count(&all->table); i++)
        workload_check(run, table_at(&all->table, i));
    for (uint32_t i = 0; i < table_count(&hypervisor->guests); i++) {
        const struct cpu_guest *row = table_at(&hypervisor->guests, i);
        const struct cpu_now guest = hypervisor_now(hypervisor, row->instance);

        HOLDS(run, cpu_time_compare(guest.work.job, guest.work.ran) <= 0);
        HOLDS(run, guest.work.job_ppm <= guest.work.load_ppm &&
                       guest.work.load_ppm <= guest.work.given_ppm);
        HOLDS(run, guest.work.job_wants_ppm == 0 || workload_in(all, row->instance) != NULL);
    }
    for (uint32_t i = 0; i < table_count(&hypervisor->hosts); i++) {
        const struct cpu_host *row = table_at(&hypervisor->hosts, i);
        const struct host *host = &run->world->hosts.items[row->key - 1];
        const struct cpu_account account = hypervisor_account(hypervisor, host);

        HOLDS(run, cpu_time_compare(cpu_time_add(account.ran, account.idle),
                                    cpu_time_of((int64_t)host->threads * CPU_ONE,
                                                account.elapsed_ns)) == 0);
    }
}

/* ---- what happens ---- */

static void launch(struct run *run)
{
    static const char *const names[] = {"t3.micro",   "t3.xlarge", "t3.2xlarge", "t2.micro",
                                        "m7i.xlarge", "i4i.large", "g5.xlarge",  "c7a.large"};
    struct world *world = run->world;
    struct launch_disk root = {
        .device = "/dev/xvda", .type = chance_below(&run->luck, 2) == 0 ? "gp3" : "gp2",
        .size_gib = 8, .delete_on_termination = true};
    struct instance_launch wish = {
        .account = ACCOUNT_LEARNER,
        .zone = 0,
        .type = (uint16_t)catalog_type_find(world->catalog,
                                            names[chance_below(&run->luck, 8)]),
        .architecture = ARCH_X86_64,
        .root_device = "/dev/xvda",
        .credit_mode = (uint8_t)chance_below(&run->luck, 3),
        .min_count = 1,
        .max_count = 1,
        .disks = &root,
        .disk_count = 1,
    };
    struct fault fault = FAULT_INIT;
    uint64_t reservation;

    instances_launch(&world->instances, &wish, &reservation, &fault);
    fault_release(&fault);
}

static void begin(struct run *run, const struct instance *instance)
{
    const struct volume *root =
        volume_at_device(&run->world->volumes, instance->id, instance->root_device);

    if (instance->state != INSTANCE_RUNNING || root == NULL ||
        workload_in(&run->world->workloads, instance->id) != NULL)
        return;
    workload_start(&run->world->workloads,
                   &(struct workload_wish){
                       .instance = instance,
                       .root = root->key,
                       .volume = chance_below(&run->luck, 2) == 0 ? 0 : root->key,
                       .kind = (uint8_t)(1 + chance_below(&run->luck, WORKLOAD_STORAGE)),
                       .amount = 1 + (int64_t)chance_below(&run->luck, 20),
                       .set_mib = (int64_t)chance_below(&run->luck, 3) * 700,
                   });
}

static void command(struct run *run)
{
    struct world *world = run->world;
    const struct table *table = &world->instances.table;
    uint64_t choice = chance_below(&run->luck, 16);
    struct instance *one =
        table_count(table) == 0
            ? NULL
            : table_at(table, (uint32_t)chance_below(&run->luck, table_count(table)));
    const struct workload *job = one == NULL ? NULL : workload_in(&world->workloads, one->id);
    const struct host_guest *seat = one == NULL ? NULL : hosts_guest(&world->hosts, one->id);
    struct fault fault = FAULT_INIT;

    if (one == NULL || (choice < 2 && table_count(table) < 24))
        launch(run);
    else if (choice < 10)
        begin(run, one);
    else if (choice < 12 && one->state != INSTANCE_TERMINATED)
        hypervisor_hold(&world->hypervisor, one->id, (uint8_t)chance_below(&run->luck, 101));
    else if (choice == 12 && job != NULL)
        workload_stop(&world->workloads, job->id, "the test stops it");
    else if (choice == 13)
        instances_stop(&world->instances, (struct instance_set){&one, 1}, true, &fault);
    else if (choice == 14)
        instances_start(&world->instances, (struct instance_set){&one, 1}, &fault);
    else if (seat != NULL) {
        for (int i = 0; i < CROWD; i++)
            hosts_crowd(&world->hosts, &world->hosts.items[seat->host], ids_new(&world->ids),
                        CROWD_PERCENT);
        hypervisor_host_changed(&world->hypervisor, seat->host);
    }
    fault_release(&fault);
}

static struct world *copy_of(struct run *run)
{
    struct str bytes = STR_INIT;
    const char *error = NULL;
    struct world *copy;

    world_pack(run->world, &bytes);
    copy = world_unpack(run->world->catalog, bytes.text, bytes.length, &error);
    if (copy == NULL)
        fail_msg("seed %u, step %d: %s", (unsigned)run->seed, run->step, error);
    str_release(&bytes);
    return copy;
}

/* A session that is closed and opened meanwhile goes on in the same way. */
static void pass(struct run *run, int64_t ns)
{
    struct world *copy = run->step % 10 == 0 ? copy_of(run) : NULL;
    int64_t until = run->world->sim.now + ns;
    unsigned char one[PACK_HASH_SIZE];
    unsigned char two[PACK_HASH_SIZE];

    while (sim_is_due(&run->world->sim, until))
        world_advance(run->world, until, SIM_UNLIMITED);
    if (copy == NULL)
        return;
    while (sim_is_due(&copy->sim, until))
        world_advance(copy, until, SIM_UNLIMITED);
    world_hash(run->world, one);
    world_hash(copy, two);
    HOLDS(run, memcmp(one, two, sizeof(one)) == 0);
    world_free(copy);
}

/* If this failed, parts of a job would overlap, CPU time would be made up, or a job would leave a
 * demand behind that nobody has. */
static void time_is_that_of_the_parts(void **state)
{
    struct catalog *catalog = catalog_new();
    struct run sum = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= seeds(); seed++) {
        struct run run = {
            .world = world_new(catalog, seed, 0),
            .luck = chance_stream(seed, "workload-test", 0),
            .seed = seed,
        };

        for (run.step = 0; run.step < STEPS; run.step++) {
            command(&run);
            pass(&run, chance_between_ns(&run.luck, 0, 2 * MINUTE_NS));
            check(&run);
        }
        sum.completed += run.completed;
        sum.stopped += run.stopped;
        sum.failed += run.failed;
        for (int i = 0; i < WORKLOAD_LOSSES; i++)
            sum.lost[i] += run.lost[i];
        world_free(run.world);
    }
    print_message("seen completed %u, stopped %u, failed %u; lost to credits %u, others %u, own "
                  "%u\n",
                  sum.completed, sum.stopped, sum.failed, sum.lost[LOST_CREDITS],
                  sum.lost[LOST_OTHERS], sum.lost[LOST_OWN]);
    assert_true(sum.completed > 100 && sum.stopped > 50 && sum.failed > 10); /* not vacuous */
    assert_true(sum.lost[LOST_CREDITS] > 50 && sum.lost[LOST_OTHERS] > 10 &&
                sum.lost[LOST_OWN] > 50);
    catalog_free(catalog);
}

/* ---- the catalog ---- */

/* If this failed, a type would do a part of a job in no time, or never. */
static void every_type_can_do_every_part(void **state)
{
    struct catalog *catalog = catalog_new();

    (void)state;
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const struct catalog_type *type = &catalog->types[i];

        assert_true(type->memory_mbs > 1000 && type->memory_mbs < 10000);
        assert_true(type->flop_per_cycle >= 8 && type->flop_per_cycle <= 32);
        assert_int_equal(type->disks > 0, type->disk_read_iops > 0);
        assert_true(type->disk_write_iops <= type->disk_read_iops);
        assert_int_equal(type->accelerators > 0, type->accelerator_gflops > 0);
        assert_true(type->network_mbps > 0);
    }
    /* Two of the numbers, by hand: 8 channels x 4800 MT/s x 8 bytes x 2 sockets / 192 vCPUs. */
    assert_int_equal(catalog->types[catalog_type_find(catalog, "m7i.large")].memory_mbs, 3200);
    assert_int_equal(catalog->types[catalog_type_find(catalog, "c5.12xlarge")].memory_mbs, 2933);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_can_do_every_part),
        cmocka_unit_test(time_is_that_of_the_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
