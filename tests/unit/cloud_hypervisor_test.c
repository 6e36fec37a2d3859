/*
 * tests/unit/cloud_hypervisor_test.c - CPU time is shared, and none is made up or lost (C3).
 *
 * If this fails, a host gives out more time than it has, or a guest's steal is a made-up number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

#include "farm.h"

enum { SEEDS = 10, STEPS = 120, GUESTS_MAX = 64 };

static uint64_t seeds(void)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");

    return text == NULL ? SEEDS : strtoull(text, NULL, 10);
}

/* ---- dividing ---- */

static struct cpu_claims claims_draw(struct chance *luck, int64_t *wanted)
{
    struct cpu_claims claims = {0};
    uint64_t count = 1 + chance_below(luck, 40);

    *wanted = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct cpu_claim *claim = LIST_PUSH(&claims);

        *claim = (struct cpu_claim){
            .instance = i + 1,
            .weight = 50000 << chance_below(luck, 6),
            .wants_ppm = (int64_t)chance_below(luck, 9) * 777777,
            .most_ppm = 100000 + (int64_t)chance_below(luck, 8 * CPU_ONE),
        };
        *wanted += claim->wants_ppm < claim->most_ppm ? claim->wants_ppm : claim->most_ppm;
    }
    return claims;
}

/* By weight, up to what each wants: nobody who gets less than it wants has less for its weight than
 * another one. */
static void shares_are_fair_and_whole(void **state)
{
    struct chance luck = chance_stream(1, "divide", 0);

    (void)state;
    for (int round = 0; round < 3000; round++) {
        int64_t wanted;
        struct cpu_claims claims = claims_draw(&luck, &wanted);
        int64_t capacity = 1 + (int64_t)chance_below(&luck, 100 * CPU_ONE);
        int64_t given = 0;

        hypervisor_divide(&claims, capacity);
        for (uint32_t i = 0; i < claims.count; i++) {
            const struct cpu_claim *one = &claims.items[i];
            int64_t most = one->wants_ppm < one->most_ppm ? one->wants_ppm : one->most_ppm;

            given += one->given_ppm;
            assert_true(one->given_ppm >= 0 && one->given_ppm <= most);
            for (uint32_t k = 0; one->given_ppm < most && k < claims.count; k++) {
                const struct cpu_claim *other = &claims.items[k];

                assert_true((other->given_ppm - 1) * one->weight <=
                            (one->given_ppm + 1) * other->weight);
            }
        }
        assert_int_equal(given, wanted < capacity ? wanted : capacity);
        LIST_RELEASE(&claims);
    }
}

/* ---- C3 on whole worlds ---- */

struct shadow {
    uint64_t id;
    int64_t at;
    struct cpu_time ran;
    struct cpu_time stolen;
    int64_t lived;
};

struct run {
    struct world *world;
    struct chance luck;
    uint64_t seed;
    int step;
    struct shadow shadows[GUESTS_MAX]; /* the same sums, made another way */
    uint32_t count;
    uint32_t tight;
    uint32_t stolen;
    uint32_t limited;
};

#define HOLDS(run, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u, step %d: not %s", (unsigned)(run)->seed, (run)->step, #what); \
    } while (0)

static struct shadow *shadow_of(struct run *run, uint64_t id)
{
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->shadows[i].id == id)
            return &run->shadows[i];
    }
    HOLDS(run, run->count < GUESTS_MAX);
    run->shadows[run->count] = (struct shadow){.id = id, .at = run->world->sim.now};
    return &run->shadows[run->count++];
}

/* Before an event: what is in force goes on until then. */
static void shadows_pass(struct run *run, int64_t until)
{
    const struct table *guests = &run->world->hypervisor.guests;

    for (uint32_t i = 0; i < table_count(guests); i++) {
        const struct cpu_guest *guest = table_at(guests, i);
        const struct cpu_work *work = hypervisor_work_of(guest);
        struct shadow *shadow = shadow_of(run, guest->instance);
        int64_t elapsed = until - shadow->at;

        shadow->at = until;
        if (!guest->runs)
            continue;
        if (guest->lived == 0 && guest->settled == run->world->sim.now) {
            shadow->ran = shadow->stolen = (struct cpu_time){0};
            shadow->lived = 0;
        }
        shadow->lived += elapsed;
        shadow->ran = cpu_time_add(shadow->ran, cpu_time_of(work->given_ppm, elapsed));
        shadow->stolen = cpu_time_add(shadow->stolen,
                                      cpu_time_of(work->wants_ppm - work->given_ppm, elapsed));
    }
}

static void guests_check(struct run *run)
{
    const struct hypervisor *hypervisor = &run->world->hypervisor;

    for (uint32_t i = 0; i < table_count(&hypervisor->guests); i++) {
        const struct cpu_guest *row = table_at(&hypervisor->guests, i);
        const struct cpu_now guest = hypervisor_now(hypervisor, row->instance);
        const struct shadow *shadow = shadow_of(run, row->instance);
        int64_t vcpus = run->world->catalog->types[row->type].vcpus;

        if (!guest.runs)
            continue;
        HOLDS(run, cpu_time_compare(guest.work.ran, shadow->ran) == 0);
        HOLDS(run, cpu_time_compare(guest.work.stolen, shadow->stolen) == 0);
        HOLDS(run, guest.lived == shadow->lived);
        HOLDS(run, cpu_time_compare(cpu_time_add(guest.work.ran, guest.work.stolen),
                                    cpu_time_of(vcpus * CPU_ONE, guest.lived)) <= 0);
        run->stolen += guest.work.wants_ppm > guest.work.given_ppm && !guest.work.limited;
        run->limited += guest.work.limited;
        /* Fixed-performance types own their threads. */
        HOLDS(run, run->world->catalog->types[row->type].burstable ||
                       guest.work.wants_ppm == guest.work.given_ppm);
    }
}

static void hosts_check(struct run *run)
{
    const struct hypervisor *hypervisor = &run->world->hypervisor;

    for (uint32_t i = 0; i < table_count(&hypervisor->hosts); i++) {
        const struct cpu_host *row = table_at(&hypervisor->hosts, i);
        const struct host *host = &run->world->hosts.items[row->key - 1];
        const struct cpu_account account = hypervisor_account(hypervisor, host);
        struct cpu_claims claims;
        int64_t given = 0;

        HOLDS(run, cpu_time_compare(cpu_time_add(account.ran, account.idle),
                                    cpu_time_of((int64_t)host->threads * CPU_ONE,
                                                account.elapsed_ns)) == 0);
        HOLDS(run, account.idle.ns >= 0 && account.stolen.ns >= 0);
        hypervisor_claims(hypervisor, host, &claims);
        for (uint32_t k = 0; k < claims.count; k++)
            given += claims.items[k].given_ppm;
        LIST_RELEASE(&claims);
        HOLDS(run, given <= (int64_t)host->threads * CPU_ONE);
        run->tight += row->tight;
    }
}

static void time_pass(struct run *run, int64_t ns)
{
    int64_t until = run->world->sim.now + ns;

    while (sim_is_due(&run->world->sim, until)) {
        int64_t next = sim_next_time(&run->world->sim);

        next = next < until ? next : until; /* no further, so that the shadows see each start */
        shadows_pass(run, next);
        world_advance(run->world, next, 1);
        shadows_pass(run, run->world->sim.now);
        guests_check(run);
    }
}

static void launch(struct run *run)
{
    static const char *const names[] = {"t3.nano", "t3.micro", "t3.2xlarge", "t3.2xlarge",
                                        "m5.large", "t2.micro"};
    struct world *world = run->world;
    struct launch_disk root = {
        .device = "/dev/xvda", .type = "gp3", .size_gib = 8, .delete_on_termination = true};
    struct instance_launch wish = {
        .account = ACCOUNT_LEARNER,
        .zone = 0,
        .type = (uint16_t)catalog_type_find(world->catalog,
                                            names[chance_below(&run->luck, 6)]),
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

    if (run->count < GUESTS_MAX)
        instances_launch(&world->instances, &wish, &reservation, &fault);
    fault_release(&fault);
}

/* Neighbours who fill a host: so many threads, all the time. */
static void crowd(struct run *run, uint64_t id)
{
    struct hosts *hosts = &run->world->hosts;
    const struct host_guest *seat = hosts_guest(hosts, id);

    for (int i = 0; seat != NULL && i < 30; i++)
        hosts_crowd(hosts, &hosts->items[seat->host], ids_new(&run->world->ids), 7);
    if (seat != NULL)
        hypervisor_host_changed(&run->world->hypervisor, seat->host);
}

static void command(struct run *run)
{
    const struct table *table = &run->world->instances.table;
    uint64_t choice = chance_below(&run->luck, 12);
    struct instance *one = table_count(table) == 0
                               ? NULL
                               : table_at(table, (uint32_t)chance_below(&run->luck,
                                                                        table_count(table)));
    struct fault fault = FAULT_INIT;

    if (one == NULL || choice < 2)
        launch(run);
    else if (choice < 7 && one->state != INSTANCE_TERMINATED)
        hypervisor_hold(&run->world->hypervisor, one->id,
                        (uint8_t)(choice < 5 ? 100 : chance_below(&run->luck, 101)));
    else if (choice == 7)
        crowd(run, one->id);
    else if (choice == 8)
        instances_stop(&run->world->instances, (struct instance_set){&one, 1}, true, &fault);
    else if (choice == 9)
        instances_start(&run->world->instances, (struct instance_set){&one, 1}, &fault);
    else if (choice == 10 && one->state != INSTANCE_TERMINATED &&
             run->world->catalog->types[one->type].burstable)
        hypervisor_set_mode(&run->world->hypervisor, one->id, CREDIT_STANDARD);
    else if (choice == 11 && run->step % 3 == 0)
        instances_terminate(&run->world->instances, (struct instance_set){&one, 1}, &fault);
    fault_release(&fault);
}

static void time_is_given_stolen_or_idle(void **state)
{
    struct catalog *catalog = catalog_new();
    uint32_t tight = 0;
    uint32_t stolen = 0;
    uint32_t limited = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= seeds(); seed++) {
        struct run run = {
            .world = world_new(catalog, seed, 0),
            .luck = chance_stream(seed, "hypervisor-test", 0),
            .seed = seed,
        };

        for (run.step = 0; run.step < STEPS; run.step++) {
            command(&run);
            time_pass(&run, chance_between_ns(&run.luck, 0, 5 * MINUTE_NS));
            guests_check(&run);
            hosts_check(&run);
        }
        tight += run.tight;
        stolen += run.stolen;
        limited += run.limited;
        world_free(run.world);
    }
    print_message("%u tight hosts, %u waiting guests, %u without credits\n", tight, stolen,
                  limited);
    assert_true(tight > 50 && stolen > 50 && limited > 50); /* not vacuous */
    catalog_free(catalog);
}

/* ---- requests ---- */

/* If this failed, a crowded host's requests would be served from CPU time that nobody was given, or
 * a session that is closed meanwhile would go on otherwise. */
static void requests_use_what_is_given(void **state)
{
    struct farm farm;
    struct world *world;
    struct world *copy;
    struct str bytes = STR_INIT;
    const char *error = NULL;
    unsigned char one[PACK_HASH_SIZE];
    unsigned char two[PACK_HASH_SIZE];
    uint32_t shared = 0;

    (void)state;
    farm_open(&farm, &(struct farm_plan){.seed = 7, .type = "t3.micro", .servers = 1});
    world = farm.desk.session->world;
    farm_run(&farm, "I=$(aws ec2 describe-instances --query "
                    "'Reservations[0].Instances[0].InstanceId' --output text)");
    farm_run(&farm, "lab inject-fault --kind noisy-neighbour --instance-id $I");
    farm_run(&farm, "lab set-load --instance-id $I --percent 60");
    farm_run(&farm, "lab start-traffic --url http://$(aws ec2 describe-instances --query "
                    "'Reservations[0].Instances[0].PublicIpAddress' --output text)/ --rate 20 "
                    "--work-ms 30 --duration 600");
    farm_run(&farm, "sleep 60");
    world_pack(world, &bytes);
    copy = world_unpack(world->catalog, bytes.text, bytes.length, &error);
    assert_non_null(copy);
    for (int i = 0; i < 200; i++) {
        int64_t until = copy->sim.now + 300 * MILLISECOND_NS;
        const struct table *guests = &copy->hypervisor.guests;

        world_advance(copy, until, SIM_UNLIMITED);
        for (uint32_t k = 0; k < table_count(guests); k++) {
            const struct cpu_guest *row = table_at(guests, k);
            const struct cpu_now guest = hypervisor_now(&copy->hypervisor, row->instance);
            const struct server *server =
                server_find(&copy->requests.servers, row->instance);

            if (server == NULL || !guest.runs)
                continue;
            assert_int_equal(
                cpu_time_compare(guest.work.asked, server_busy(server, copy->sim.now)), 0);
            shared += server->share_ppm > 0;
        }
    }
    world_advance(world, copy->sim.now, SIM_UNLIMITED);
    world_hash(world, one);
    world_hash(copy, two);
    assert_memory_equal(one, two, sizeof(one));
    assert_true(shared > 50);
    world_free(copy);
    str_release(&bytes);
    farm_close(&farm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_fair_and_whole),
        cmocka_unit_test(time_is_given_stolen_or_idle),
        cmocka_unit_test(requests_use_what_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
