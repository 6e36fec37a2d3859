/*
 * tests/unit/cloud_routing_property_test.c - random balancers, targets, faults and time; what must
 * always hold of them (RELIABILITY L1 to L5).
 *
 * If this fails, some order of commands and faults makes a load balancer lose count of a request,
 * send it to a target that must not have it, or end a draining at the wrong time.  After every
 * event the counts are asked; the seed is printed on failure.
 */
#include "cloud_rig.h"

#include "cloud/rule.h"

enum { SEEDS = 30, STEPS = 60, TARGETS = 5, ZONES = 3 };

struct run {
    struct rig *rig;
    struct chance luck;
    uint64_t seed;
    struct rig_instance *web[TARGETS];
    struct target_group *groups[2];
    struct balancer *balancer;
    struct listener *listener;
    uint64_t requests[TARGETS * 2]; /* sent to each target, as last seen */
    int64_t failing[TARGETS * 2];   /* when it became draining; 0: it is not */
    uint32_t dispatched;
    uint32_t drained;
};

#define HOLDS(run, what) \
    do { \
        if (!(what)) \
            fail_msg("seed %u: not %s", (unsigned)(run)->seed, #what); \
    } while (0)

static struct target *target_no(const struct run *run, int i)
{
    return target_of_instance(&run->rig->groups, run->groups[i / TARGETS],
                              run->web[i % TARGETS]->id, 80);
}

/* L1: every request that arrived is somewhere. */
static void counts_check(const struct run *run)
{
    const struct listener_counts *counts = &run->listener->counts;
    uint64_t in_flight = 0;

    HOLDS(run, counts->arrived == listener_accounted(counts));
    HOLDS(run, counts->in_flight >= 0 && (uint64_t)counts->in_flight == run->balancer->in_flight);
    for (int i = 0; i < TARGETS * 2; i++) {
        const struct target *target = target_no(run, i);

        in_flight += target == NULL ? 0 : target->in_flight;
    }
    HOLDS(run, in_flight <= run->balancer->in_flight);
}

static bool any_healthy(const struct run *run, const struct target_group *group)
{
    return target_group_census(&run->rig->groups, group, ZONE_ANY).healthy > 0;
}

/* L2 and L4: who got a request since the last event could have it; draining lasts its time. */
static void targets_check(struct run *run)
{
    int64_t now = run->rig->sim.now;

    for (int i = 0; i < TARGETS * 2; i++) {
        const struct target *target = target_no(run, i);
        const struct target_group *group = run->groups[i / TARGETS];

        if (target == NULL) {
            HOLDS(run, run->failing[i] == 0 ||
                           now - run->failing[i] == group->delay_s * SECOND_NS);
            run->drained += run->failing[i] != 0;
            run->failing[i] = 0;
            run->requests[i] = 0;
            continue;
        }
        if (target->requests > run->requests[i]) {
            run->dispatched++;
            HOLDS(run, target->state != TARGET_DRAINING && target->state != TARGET_UNUSED);
            HOLDS(run, target->state == TARGET_HEALTHY || !any_healthy(run, group));
        }
        run->requests[i] = target->requests;
        if (target->state != TARGET_DRAINING)
            run->failing[i] = 0;
        else if (run->failing[i] == 0)
            run->failing[i] = now;
        HOLDS(run, run->failing[i] == 0 ||
                       now - run->failing[i] <= group->delay_s * SECOND_NS);
    }
}

/* L3: the state follows from the counts in a row. */
static void health_check(const struct run *run)
{
    for (int i = 0; i < TARGETS * 2; i++) {
        const struct target *target = target_no(run, i);
        const struct target_group *group = run->groups[i / TARGETS];

        if (target == NULL)
            continue;
        HOLDS(run, target->passed == 0 || target->failed == 0);
        HOLDS(run, target->state != TARGET_HEALTHY ||
                       target->failed < group->unhealthy_threshold);
        HOLDS(run, target->state != TARGET_UNHEALTHY ||
                       target->passed < group->healthy_threshold);
        HOLDS(run, target->state != TARGET_INITIAL || target->passed == 0);
    }
}

static void check(struct run *run)
{
    counts_check(run);
    targets_check(run);
    health_check(run);
}

/* ---- commands ---- */

static void set(const struct run *run, const char *key, const char *value)
{
    struct pair pair = {key, value};

    /* What goes together is the room's business: a refusal changes nothing. */
    (void)target_group_set_attributes(&run->rig->groups,
                                      run->groups[run->seed % 2], &pair, 1, &run->rig->fault);
}

static void set_something(struct run *run)
{
    static const char *const wishes[][2] = {
        {"load_balancing.algorithm.type", "least_outstanding_requests"},
        {"load_balancing.algorithm.type", "round_robin"},
        {"load_balancing.algorithm.type", "weighted_random"},
        {"slow_start.duration_seconds", "60"},
        {"slow_start.duration_seconds", "0"},
        {"stickiness.enabled", "true"},
        {"stickiness.enabled", "false"},
        {"load_balancing.algorithm.anomaly_mitigation", "on"},
    };
    uint64_t n = chance_below(&run->luck, sizeof(wishes) / sizeof(wishes[0]));

    set(run, wishes[n][0], wishes[n][1]);
}

static void change_rule(struct run *run)
{
    struct pair value = {"", "/x*"};
    struct rule_condition condition = {.field = RULE_PATH, .values = {&value, 1, 1}};
    struct action_group item = {.group = run->groups[1]->id, .weight = 1};
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {&item, 1, 1}};
    struct rule_wish wish = {
        .conditions = &condition,
        .actions = &action,
        .condition_count = 1,
        .action_count = 1,
        .priority = 1 + (uint32_t)chance_below(&run->luck, 3),
    };
    struct rule *first = table_count(&run->rig->balancers.rules) == 0
                             ? NULL
                             : table_at(&run->rig->balancers.rules, 0);

    if (first != NULL && chance_below(&run->luck, 3) == 0)
        rule_remove(&run->rig->balancers, first);
    else
        rule_add(&run->rig->balancers, run->listener, &wish, &run->rig->fault);
    if (table_count(&run->rig->balancers.rules) == 0) /* nobody waits for its targets any more */
        memset(run->failing + TARGETS, 0, TARGETS * sizeof(run->failing[0]));
}

static void break_something(struct run *run)
{
    struct rig_instance *web = run->web[chance_below(&run->luck, TARGETS)];

    switch (chance_below(&run->luck, 5)) {
    case 0:
        web->silent = !web->silent;
        break;
    case 1:
        web->closed = !web->closed;
        break;
    case 2:
        web->status = web->status == 200 ? 500 : 200;
        break;
    case 3:
        web->hangs = !web->hangs;
        break;
    default:
        web->work_ns = chance_between_ns(&run->luck, 0, 2 * SECOND_NS);
        break;
    }
    sim_disturb(&run->rig->sim);
}

static void command(struct run *run)
{
    struct arena arena = ARENA_INIT;
    struct rig_instance *web = run->web[chance_below(&run->luck, TARGETS)];
    struct target_group *group = run->groups[chance_below(&run->luck, 2)];

    switch (chance_below(&run->luck, 8)) {
    case 0:
        rig_register(run->rig, group, web);
        break;
    case 1:
        rig_deregister(run->rig, group, web);
        break;
    case 2:
        break_something(run);
        break;
    case 3:
        set_something(run);
        break;
    case 4:
        change_rule(run);
        break;
    default:
        for (int i = 0; i < 4; i++)
            traffic_start(&run->rig->traffic,
                          &(struct traffic_ask){
                              .host = balancer_dns_name(&run->rig->balancers, &arena,
                                                        run->balancer),
                              .path = chance_below(&run->luck, 2) == 0 ? "/x/1" : "/",
                              .limit_ns = chance_below(&run->luck, 3) == 0 ? SECOND_NS : 0,
                              .port = 80,
                          });
        break;
    }
    arena_release(&arena);
}

static void time_pass(struct run *run)
{
    int64_t until = run->rig->sim.now + chance_between_ns(&run->luck, 0, 40 * SECOND_NS);

    check(run);
    while (sim_next_time(&run->rig->sim) <= until) {
        sim_advance(&run->rig->sim, sim_next_time(&run->rig->sim), 1);
        check(run);
    }
    sim_advance(&run->rig->sim, until, SIM_UNLIMITED);
}

static void run_seed(struct run *run)
{
    run->rig = rig_new(run->seed);
    run->groups[0] = rig_group(run->rig, "one");
    run->groups[1] = rig_group(run->rig, "two");
    for (int i = 0; i < 2; i++) {
        struct pair delay = {"deregistration_delay.timeout_seconds", i == 0 ? "20" : "45"};

        target_group_set_attributes(&run->rig->groups, run->groups[i], &delay, 1,
                                    &run->rig->fault);
    }
    run->balancer = rig_balancer(run->rig, "lb");
    run->listener = rig_listener(run->rig, run->balancer, run->groups[0]);
    for (int i = 0; i < TARGETS; i++) {
        run->web[i] = rig_add(run->rig, (uint8_t)(i % ZONES));
        rig_register(run->rig, run->groups[0], run->web[i]);
        rig_register(run->rig, run->groups[1], run->web[i]);
    }
    for (int step = 0; step < STEPS; step++) {
        command(run);
        time_pass(run);
    }
    rig_free(run->rig);
}

static void test_always(void **state)
{
    uint32_t dispatched = 0;
    uint32_t drained = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct run run = {.seed = seed, .luck = chance_stream(seed, "routing-property", 0)};

        run_seed(&run);
        dispatched += run.dispatched;
        drained += run.drained;
    }
    print_message("%u requests sent to targets, %u targets drained\n", dispatched, drained);
    assert_true(dispatched > 1000 && drained > 20); /* not vacuous */
}

/* L5: round robin over equal healthy targets: counts differ by one at most; least outstanding never
 * picks one with more in flight than another. */
static void test_fair(void **state)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct run run = {.seed = seed, .luck = chance_stream(seed, "fair", 0)};
        int count = 1 + (int)(seed % TARGETS);
        struct request request = {0};
        struct target_ask ask = {.request = &request, .cross_zone = true};
        int least = INT32_MAX;
        int most = 0;
        int got[TARGETS] = {0};

        (void)state;
        run.rig = rig_new(seed);
        run.groups[0] = rig_group(run.rig, "one");
        run.balancer = rig_balancer(run.rig, "lb");
        run.listener = rig_listener(run.rig, run.balancer, run.groups[0]);
        for (int i = 0; i < count; i++) {
            run.web[i] = rig_add(run.rig, (uint8_t)(i % ZONES));
            rig_register(run.rig, run.groups[0], run.web[i]);
        }
        rig_run(run.rig, 300 * SECOND_NS);
        for (uint64_t n = chance_below(&run.luck, 100); n > 0; n--) {
            const struct target *target =
                target_group_choose(&run.rig->groups, run.groups[0], &ask);

            for (int i = 0; i < count; i++)
                got[i] += target->instance == run.web[i]->id;
        }
        for (int i = 0; i < count; i++) {
            least = got[i] < least ? got[i] : least;
            most = got[i] > most ? got[i] : most;
        }
        HOLDS(&run, most - least <= 1);
        run.groups[0]->algorithm = ALGORITHM_LEAST_OUTSTANDING;
        for (int n = 0; n < 50; n++) {
            struct target *target;

            for (int i = 0; i < count; i++)
                target_no(&run, i)->in_flight = chance_below(&run.luck, 4);
            target = target_group_choose(&run.rig->groups, run.groups[0], &ask);
            for (int i = 0; i < count; i++)
                HOLDS(&run, target->in_flight <= target_no(&run, i)->in_flight);
        }
        for (int i = 0; i < count; i++)
            target_no(&run, i)->in_flight = 0;
        rig_free(run.rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
        cmocka_unit_test(test_fair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
