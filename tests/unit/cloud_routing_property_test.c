/*
 * tests/unit/cloud_routing_property_test.c - random balancers, rules, targets, faults, clients and
 * time; what must always hold of them (RELIABILITY L1 to L5).
 *
 * If this fails, some order of commands and faults makes a load balancer lose count of a request,
 * send it to a target that must not have it, move a target's health without cause, end a draining
 * at the wrong time, or share unfairly.
 *
 * A seed is a hundred commands and more than an hour, with features and faults switched on and off;
 * cloud_routing_oracle.h judges each request, each check and each event.  `NEPHOSCOPE_SEEDS=N` for
 * more; the seed is printed on failure.
 */
#include "cloud_routing_oracle.h"

enum { SEEDS = 500, COMMANDS = 125, WEBS = 5, GROUPS = 3, NETWORK = 2, FULL_EVERY = 64 };

/* What a seed may use: a bit each. */
enum feature {
    WITH_RULES = 1 << 0,
    WITH_WEIGHTS = 1 << 1,
    WITH_STICKINESS = 1 << 2,
    WITH_SLOW_START = 1 << 3,
    WITH_THRESHOLDS = 1 << 4,
    WITH_ZONES = 1 << 5, /* cross-zone off, DNS failover, zones that fail */
    WITH_DRAINING = 1 << 6,
    WITH_FAULTS = 1 << 7,
    WITH_ROUGH_WAYS = 1 << 8, /* latency and loss between zones */
    WITH_STOPS = 1 << 9,      /* instances stop and start */
    WITH_CHECKS = 1 << 10,    /* other settings of the health checks */
    WITH_STREAMS = 1 << 11,
    WITH_METHODS = 1 << 12,
    WITH_LISTENERS = 1 << 13, /* listeners come and go */
};

struct run {
    struct oracle oracle;
    struct rig *rig;
    struct chance luck;
    uint32_t with;
    struct rig_instance *web[WEBS];
    struct target_group *groups[GROUPS]; /* the last is a network balancer's */
    struct balancer *balancers[2];       /* application, network */
    uint64_t listeners[2];               /* 0: it is gone */
    char *names[2];
    bool failed_zones[ZONES_PER_REGION];
};

static uint64_t draw(struct run *run, uint64_t n)
{
    return chance_below(&run->luck, n);
}

static bool has(const struct run *run, enum feature feature)
{
    return (run->with & feature) != 0;
}

static struct target *target_no(const struct run *run, int group, int web)
{
    return target_of_instance(&run->rig->groups, run->groups[group], run->web[web]->id, 80);
}

/* ---- time ---- */

static void time_pass(struct run *run, int64_t delay)
{
    struct sim *sim = &run->rig->sim;
    int64_t until = sim->now + delay;

    while (sim_is_due(sim, until)) {
        uint64_t before = sim->events_run;
        int64_t next = sim_next_time(sim);

        /* Each by itself, or many at once, so that what is remembered between them is used. */
        if (run->oracle.stepping)
            sim_advance(sim, next < until ? next : until, 1);
        else
            sim_advance(sim, until, 40 * SIM_EVENT_COST);
        oracle_look(&run->oracle);
        if (before / FULL_EVERY != sim->events_run / FULL_EVERY)
            pool_check(&run->oracle);
    }
}

/* ---- attributes ---- */

struct wish {
    const char *key;
    const char *value;
    uint32_t with;
};

static const struct wish group_wishes[] = {
    {"load_balancing.algorithm.type", "round_robin", 0},
    {"load_balancing.algorithm.type", "least_outstanding_requests", WITH_METHODS},
    {"load_balancing.algorithm.type", "weighted_random", WITH_METHODS},
    {"load_balancing.algorithm.anomaly_mitigation", "on", WITH_METHODS},
    {"load_balancing.algorithm.anomaly_mitigation", "off", WITH_METHODS},
    {"slow_start.duration_seconds", "60", WITH_SLOW_START},
    {"slow_start.duration_seconds", "300", WITH_SLOW_START},
    {"slow_start.duration_seconds", "0", WITH_SLOW_START},
    {"stickiness.enabled", "true", WITH_STICKINESS},
    {"stickiness.enabled", "true", WITH_STICKINESS},
    {"stickiness.enabled", "false", WITH_STICKINESS},
    {"stickiness.lb_cookie.duration_seconds", "30", WITH_STICKINESS},
    {"stickiness.lb_cookie.duration_seconds", "86400", WITH_STICKINESS},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "3",
     WITH_THRESHOLDS},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1",
     WITH_THRESHOLDS},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "60",
     WITH_THRESHOLDS},
    {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off",
     WITH_THRESHOLDS},
    {"target_group_health.dns_failover.minimum_healthy_targets.count", "2", WITH_ZONES},
    {"target_group_health.dns_failover.minimum_healthy_targets.count", "off", WITH_ZONES},
    {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "50", WITH_ZONES},
    {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", WITH_ZONES},
    {"load_balancing.cross_zone.enabled", "false", WITH_ZONES},
    {"load_balancing.cross_zone.enabled", "true", WITH_ZONES},
    {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration", WITH_ZONES},
    {"deregistration_delay.timeout_seconds", "0", WITH_DRAINING},
    {"deregistration_delay.timeout_seconds", "20", WITH_DRAINING},
    {"deregistration_delay.timeout_seconds", "100", WITH_DRAINING},
    {"deregistration_delay.connection_termination.enabled", "true", WITH_DRAINING},
    {"deregistration_delay.connection_termination.enabled", "false", WITH_DRAINING},
    {"target_health_state.unhealthy.connection_termination.enabled", "false", WITH_DRAINING},
    {"target_health_state.unhealthy.connection_termination.enabled", "false", WITH_DRAINING},
    {"target_health_state.unhealthy.connection_termination.enabled", "true", WITH_DRAINING},
    {"target_health_state.unhealthy.draining_interval_seconds", "20", WITH_DRAINING},
    {"target_health_state.unhealthy.draining_interval_seconds", "0", WITH_DRAINING},
    {"preserve_client_ip.enabled", "false", 0},
};

static void set_attribute(struct run *run)
{
    const struct wish *wish = &group_wishes[draw(run, sizeof(group_wishes) / sizeof(*wish))];
    struct target_group *group = run->groups[draw(run, GROUPS)];
    struct pair pair = {wish->key, wish->value};

    if (wish->with != 0 && !has(run, (enum feature)wish->with))
        return;
    /* What goes together is the room's business: a refusal changes nothing. */
    (void)target_group_set_attributes(&run->rig->groups, group, &pair, 1, &run->rig->fault);
    windows_forget(&run->oracle, group->id);
}

/* A method that AWS does not have. */
static void set_method(struct run *run)
{
    struct target_group *group = run->groups[draw(run, NETWORK)];

    if (!has(run, WITH_METHODS))
        return;
    target_group_set_method(&run->rig->groups, group, &routing_methods[draw(run, 4)]);
    windows_forget(&run->oracle, group->id);
}

static void set_checks(struct run *run)
{
    struct target_group_checks checks = {0};

    if (!has(run, WITH_CHECKS))
        return;
    switch (draw(run, 4)) {
    case 0:
        checks.interval_s = OPT_INT(draw(run, 2) == 0 ? 10 : 30);
        break;
    case 1:
        checks.timeout_s = OPT_INT(2 + (int64_t)draw(run, 8));
        break;
    case 2:
        checks.healthy_threshold = OPT_INT(2 + (int64_t)draw(run, 4));
        break;
    default:
        checks.unhealthy_threshold = OPT_INT(2 + (int64_t)draw(run, 4));
        break;
    }
    (void)target_group_change(&run->rig->groups, run->groups[draw(run, GROUPS)], &checks,
                              &run->rig->fault);
}

/* ---- rules and listeners ---- */

static struct listener *listener_no(const struct run *run, int i)
{
    return run->listeners[i] == 0 ? NULL
                                  : listener_find(&run->rig->balancers, run->listeners[i]);
}

/* To one group, to both by weight, or nowhere. */
static struct listener_action action_make(struct run *run, struct action_group items[2])
{
    struct listener_action action = {.type = ACTION_FORWARD};

    if (draw(run, 6) == 0)
        return (struct listener_action){.type = ACTION_FIXED_RESPONSE, .status = 418};
    items[0] = (struct action_group){run->groups[0]->id, (uint32_t)draw(run, 4)};
    items[1] = (struct action_group){run->groups[1]->id, (uint32_t)draw(run, 4)};
    action.groups.items = draw(run, 2) == 0 ? items : items + 1;
    action.groups.count = 1;
    if (has(run, WITH_WEIGHTS) && draw(run, 2) == 0) {
        action.groups.items = items;
        action.groups.count = 2;
        action.stickiness = OPT_BOOL(has(run, WITH_STICKINESS) && draw(run, 2) == 0);
        action.stickiness_s = OPT_INT(60);
    }
    return action;
}

static void change_rule(struct run *run)
{
    static const char *const patterns[] = {"/x*", "/x/1*", "/y*", "/*"};
    struct balancers *balancers = &run->rig->balancers;
    struct action_group items[2];
    struct listener_action action = action_make(run, items);
    struct pair value = {"", patterns[draw(run, 4)]};
    struct rule_condition condition = {.field = RULE_PATH, .values = {&value, 1, 1}};
    struct rule_wish wish = {
        .conditions = &condition,
        .actions = &action,
        .condition_count = 1,
        .action_count = 1,
        .priority = 1 + (uint32_t)draw(run, 5),
        .conditions_too = draw(run, 2) == 0,
        .actions_too = true,
    };
    uint32_t count = table_count(&balancers->rules);
    struct rule *rule = count == 0 ? NULL : table_at(&balancers->rules, (uint32_t)draw(run, count));

    if (!has(run, WITH_RULES) || listener_no(run, 0) == NULL)
        return;
    if (rule != NULL && draw(run, 3) == 0)
        rule_remove(balancers, rule);
    else if (rule != NULL && draw(run, 3) == 0)
        (void)rule_change(balancers, rule, &wish, &run->rig->fault);
    else if (rule != NULL && draw(run, 3) == 0)
        (void)rules_set_priorities(
            balancers, &(struct rule_priority){rule->id, 1 + (uint32_t)draw(run, 5)}, 1,
            &run->rig->fault);
    else
        (void)rule_add(balancers, listener_no(run, 0), &wish, &run->rig->fault);
}

static void listener_make(struct run *run, int i)
{
    struct action_group items[2] = {{run->groups[i == 1 ? NETWORK : 0]->id, 1}};
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {items, 1, 1}};
    struct listener *listener = listener_add(&run->rig->balancers, run->balancers[i],
                                             &(struct listener_new){
                                                 .protocol = i == 1 ? "TCP" : "HTTP",
                                                 .port = OPT_INT(80),
                                                 .actions = &action,
                                                 .action_count = 1,
                                             },
                                             &run->rig->fault);

    assert_non_null(listener);
    run->listeners[i] = listener->id;
}

static void change_listener(struct run *run)
{
    struct action_group items[2];
    struct listener_action action = action_make(run, items);
    struct listener *listener = listener_no(run, 0);
    int i = (int)draw(run, 2);

    if (listener != NULL && has(run, WITH_WEIGHTS) && draw(run, 2) == 0) {
        (void)listener_change(&run->rig->balancers, listener,
                              &(struct listener_new){.actions = &action, .action_count = 1},
                              &run->rig->fault);
        return;
    }
    if (!has(run, WITH_LISTENERS))
        return;
    listener = listener_no(run, i);
    if (listener == NULL) {
        listener_make(run, i);
    } else if (draw(run, 3) == 0) {
        assert_int_equal(listener_remove(&run->rig->balancers, listener, &run->rig->fault), 0);
        run->listeners[i] = 0;
    }
}

/* ---- faults ---- */

static bool zone_failed(void *context, uint8_t zone)
{
    const struct run *run = context;

    return zone < ZONES_PER_REGION && run->failed_zones[zone];
}

static void fail_zone(struct run *run)
{
    uint8_t zone = (uint8_t)draw(run, ZONES_PER_REGION);

    run->failed_zones[zone] = !run->failed_zones[zone];
    for (int i = 0; i < WEBS; i++) {
        if (i % ZONES_PER_REGION != zone)
            continue;
        run->web[i]->silent = run->failed_zones[zone];
        if (run->web[i]->silent)
            request_server_gone(&run->rig->requests, run->web[i]->id, 0, true);
    }
}

static void break_something(struct run *run)
{
    uint64_t which = draw(run, WEBS);
    struct rig_instance *web = run->web[which];

    switch (has(run, WITH_FAULTS) ? draw(run, 8) : 8) {
    case 0:
        web->silent = !web->silent;
        if (web->silent)
            request_server_gone(&run->rig->requests, web->id, 0, true);
        break;
    case 1:
        web->closed = !web->closed;
        if (web->closed)
            request_server_gone(&run->rig->requests, web->id, 0, false);
        break;
    case 2:
        web->status = web->status == 200 ? 500 : 200;
        break;
    case 3:
        web->hangs = !web->hangs;
        break;
    case 4:
        web->work_ns = chance_between_ns(&run->luck, 0, 2 * SECOND_NS);
        break;
    case 5: /* a share of its pages fails, or is never sent */
        web->mood = (struct request_mood){
            .fails_ppm = (uint32_t)draw(run, 600000), .hangs_ppm = (uint32_t)draw(run, 200000)};
        run->rig->requests.spoiled = true;
        break;
    case 6:
        web->mood = (struct request_mood){0};
        web->silent = run->failed_zones[which % ZONES_PER_REGION];
        web->closed = web->hangs = false;
        web->status = 200;
        break;
    case 7:
        request_set_power(&run->rig->requests, web->id,
                          (struct server_power){.vcpus = 1 + (uint32_t)draw(run, 4),
                                                .speed_ppm = SERVER_SPEED_ONE});
        break;
    default:
        break;
    }
    if (has(run, WITH_ZONES) && draw(run, 8) == 0)
        fail_zone(run);
    if (has(run, WITH_ROUGH_WAYS) && draw(run, 3) == 0)
        request_set_rough(&run->rig->requests, (uint8_t)draw(run, ZONES_PER_REGION),
                          (struct request_rough){
                              .late_ns = (int64_t)draw(run, 3) * 400 * MILLISECOND_NS,
                              .lost_ppm = (uint32_t)draw(run, 3) * 150000,
                          });
}

static void stop_or_start(struct run *run)
{
    struct rig_instance *web = run->web[draw(run, WEBS)];

    if (!has(run, WITH_STOPS))
        return;
    if (str_equal(web->state, "running")) {
        web->state = "stopped";
        request_server_gone(&run->rig->requests, web->id, 0, false);
    } else {
        web->state = "running";
    }
    targets_instance_changed(&run->rig->groups, web->id);
}

/* ---- targets and clients ---- */

static const char *any_path(struct run *run)
{
    static const char *const paths[] = {"/", "/x", "/x/1", "/y?q", "/z"};

    return paths[draw(run, 5)];
}

static void ask(struct run *run)
{
    for (uint64_t n = 1 + draw(run, 6); n > 0; n--)
        traffic_start(&run->rig->traffic,
                      &(struct traffic_ask){
                          .host = run->names[draw(run, 2)],
                          .path = any_path(run),
                          .limit_ns = draw(run, 3) == 0 ? SECOND_NS : 0,
                          .port = 80,
                      });
}

static void register_or_not(struct run *run)
{
    int group = (int)draw(run, GROUPS);
    int web = (int)draw(run, WEBS);
    const struct target *target = target_no(run, group, web);

    if (!has(run, WITH_DRAINING))
        return;
    if (has(run, WITH_FAULTS) && draw(run, 4) == 0) { /* so that something is in flight then */
        run->web[web]->hangs = true;
        ask(run);
        time_pass(run, SECOND_NS);
        target = target_no(run, group, web);
    }
    if (target != NULL && (target->state != TARGET_DRAINING || draw(run, 3) != 0))
        rig_deregister(run->rig, run->groups[group], run->web[web]);
    else if (str_equal(run->web[web]->state, "running"))
        rig_register(run->rig, run->groups[group], run->web[web]);
}

static void stream(struct run *run)
{
    struct streams *streams = &run->rig->streams;
    const char *name = run->names[draw(run, 4) == 0];

    if (!has(run, WITH_STREAMS) || streams_running(streams) > 1)
        return;
    assert_non_null(stream_start(
        streams, &(struct stream_new){
                     .account = ACCOUNT_LEARNER,
                     .url = name,
                     .host = name,
                     .path = any_path(run),
                     .rate = (int64_t)(1 + draw(run, 20)) * STREAM_RATE_ONE / 2,
                     .duration_ns = (int64_t)(20 + draw(run, 100)) * SECOND_NS,
                     .work_ns = (int64_t)draw(run, 3) * 50 * MILLISECOND_NS,
                     .timeout_ns = (int64_t)draw(run, 3) * 3 * SECOND_NS,
                     .clients = 1 + (uint32_t)draw(run, 30),
                     .retries = (uint32_t)draw(run, 3),
                     .port = 80,
                     .distribution = STREAM_POISSON,
                     .keeps_cookies = has(run, WITH_STICKINESS),
                 }));
}

static void command(struct run *run)
{
    static void (*const commands[])(struct run *run) = {
        set_attribute, set_attribute, set_attribute,   set_method,      set_checks,
        change_rule,   change_rule,   change_listener, break_something, break_something,
        stop_or_start, stream,        register_or_not, register_or_not, register_or_not,
        ask,           ask,           ask,             ask,             ask,
    };

    commands[draw(run, sizeof(commands) / sizeof(commands[0]))](run);
    sim_disturb(&run->rig->sim);
    run->oracle.counts.commands++;
    oracle_look(&run->oracle);
    lookup_check(&run->oracle, run->balancers[draw(run, 2)]);
}

/* ---- a seed ---- */

static char *name_of(struct run *run, const struct balancer *balancer)
{
    struct arena arena = ARENA_INIT;
    char *name = xstrdup(balancer_dns_name(&run->rig->balancers, &arena, balancer));

    arena_release(&arena);
    return name;
}

static void network_make(struct run *run)
{
    struct rig *rig = run->rig;
    uint64_t subnets[ZONES_PER_REGION];

    run->groups[NETWORK] = target_group_add(
        &rig->groups,
        &(struct target_group_new){.account = ACCOUNT_LEARNER,
                                   .vpc = vpc_default(&rig->network, ACCOUNT_LEARNER, 0)->id,
                                   .name = "flows",
                                   .protocol = "TCP",
                                   .port = OPT_INT(80)},
        &rig->fault);
    for (uint8_t zone = 0; zone < ZONES_PER_REGION; zone++)
        subnets[zone] = subnet_default(&rig->network, ACCOUNT_LEARNER, zone)->id;
    run->balancers[1] = balancer_add(&rig->balancers,
                                     &(struct balancer_new){.account = ACCOUNT_LEARNER,
                                                            .name = "nlb",
                                                            .type = "network",
                                                            .subnets = subnets,
                                                            .subnet_count = ZONES_PER_REGION,
                                                            .groups = &rig->web->id,
                                                            .group_count = 1},
                                     &rig->fault);
    assert_non_null(run->groups[NETWORK]);
    assert_non_null(run->balancers[1]);
}

static void run_open(struct run *run, uint64_t seed)
{
    run->rig = rig_new(seed);
    run->oracle = (struct oracle){.rig = run->rig, .seed = seed, .stepping = seed % 2 == 1};
    run->luck = chance_stream(seed, "routing-property", 0);
    run->with = (uint32_t)chance_u64(&run->luck) | (uint32_t)chance_u64(&run->luck);
    run->groups[0] = rig_group(run->rig, "one");
    run->groups[1] = rig_group(run->rig, "two");
    network_make(run);
    for (int i = 0; i < 2; i++) { /* shorter than a node's patience with a target */
        struct pair delay = {"deregistration_delay.timeout_seconds", i == 0 ? "20" : "45"};

        assert_int_equal(target_group_set_attributes(&run->rig->groups, run->groups[i], &delay, 1,
                                                     &run->rig->fault),
                         0);
    }
    run->balancers[0] = rig_balancer(run->rig, "lb");
    run->rig->balancers.zone_failed = zone_failed;
    run->rig->balancers.zone_context = run;
    oracle_watch(&run->oracle);
    for (int i = 0; i < 2; i++) {
        listener_make(run, i);
        run->names[i] = name_of(run, run->balancers[i]);
    }
    for (int i = 0; i < WEBS; i++) {
        run->web[i] = rig_add(run->rig, (uint8_t)(i % ZONES_PER_REGION));
        for (int k = 0; k < GROUPS; k++)
            rig_register(run->rig, run->groups[k], run->web[i]);
    }
}

static void counts_add(struct oracle_counts *sum, const struct oracle_counts *counts)
{
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)counts;

    for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
        to[i] += from[i];
}

static int seeds(void)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");

    return text == NULL ? SEEDS : (int)strtol(text, NULL, 10);
}

static void counts_show(const struct oracle_counts *sum)
{
    print_message("%d seeds: %llu commands, %llu events\n", seeds(),
                  (unsigned long long)sum->commands, (unsigned long long)sum->events);
#define SHOW(what) print_message("  %-8s %llu\n", #what, (unsigned long long)sum->what)
    SHOW(ended);
    SHOW(chosen);
    SHOW(opened);
    SHOW(nobody);
    SHOW(alone);
    SHOW(ruled);
    SHOW(checks);
    SHOW(flips);
    SHOW(grid);
    SHOW(drained);
    SHOW(fallen);
    SHOW(cut);
    SHOW(turns);
    SHOW(ramping);
    SHOW(least);
    SHOW(stuck);
    SHOW(flows);
    SHOW(kept);
    SHOW(lookups);
}

/* L1 to L5, whatever is asked and whatever breaks. */
static void test_always(void **state)
{
    struct oracle_counts sum = {0};

    (void)state;
    for (int seed = 1; seed <= seeds(); seed++) {
        struct run run = {0};

        run_open(&run, (uint64_t)seed);
        for (run.oracle.step = 0;
             run.oracle.step < COMMANDS || run.rig->sim.now - SIM_BEGIN_NS < HOUR_NS;
             run.oracle.step++) {
            command(&run);
            time_pass(&run, chance_between_ns(&run.luck, 0, 70 * SECOND_NS));
        }
        run.oracle.counts.events = run.rig->sim.events_run;
        counts_add(&sum, &run.oracle.counts);
        rig_free(run.rig);
        free(run.names[0]);
        free(run.names[1]);
    }
    counts_show(&sum);
    for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t) && seeds() >= SEEDS; i++)
        assert_true(((const uint64_t *)&sum)[i] >= 20); /* none was vacuous */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
