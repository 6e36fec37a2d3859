/*
 * tests/unit/cloud_target_choice_test.c - who gets the next request: zones, thresholds, slow start,
 * stickiness, anomalies, and the methods of the course.
 *
 * If this fails, a load balancer shares its requests otherwise than AWS documents (SEMANTICS c1 to
 * c3), or tells another reason than the true one.
 */
#include "cloud_rig.h"

#include "cloud/rule.h"
#include "cloud/sticky.h"

enum { TARGETS = 4 };

struct lab {
    struct rig *rig;
    struct rig_instance *web[TARGETS];
    struct target_group *group;
    struct balancer *balancer;
    struct listener *listener;
};

static void set(struct lab *lab, const char *key, const char *value)
{
    struct pair pair = {key, value};

    assert_int_equal(
        target_group_set_attributes(&lab->rig->groups, lab->group, &pair, 1, &lab->rig->fault), 0);
}

/* A balancer of three zones; targets of zones a, b, c, a; all healthy. */
static struct lab lab_new(void)
{
    struct lab lab = {.rig = rig_new(7)};

    lab.group = rig_group(lab.rig, "web");
    lab.balancer = rig_balancer(lab.rig, "lb");
    lab.listener = rig_listener(lab.rig, lab.balancer, lab.group);
    for (int i = 0; i < TARGETS; i++) {
        lab.web[i] = rig_add(lab.rig, (uint8_t)(i % ZONES_PER_REGION));
        rig_register(lab.rig, lab.group, lab.web[i]);
    }
    rig_run(lab.rig, 300 * SECOND_NS);
    return lab;
}

static void lab_free(struct lab *lab)
{
    rig_free(lab->rig);
}

static struct target *target_no(const struct lab *lab, int i)
{
    return target_of_instance(&lab->rig->groups, lab->group, lab->web[i]->id, 80);
}

/* As if the health checks had said so; they will say otherwise after a while. */
static void mark(const struct lab *lab, int i, enum target_state state)
{
    target_no(lab, i)->state = (uint8_t)state;
}

/* A request that arrives at the node of a zone. */
static struct target *choose(const struct lab *lab, uint8_t zone, uint32_t client, uint64_t id)
{
    struct request request = {.id = id, .from = {.kind = PLACE_INTERNET, .address = client}};
    struct target_ask ask = {
        .request = &request,
        .zone = zone,
        .cross_zone = balancer_crosses_zones(lab->balancer),
    };

    return target_group_choose(&lab->rig->groups, lab->group, &ask);
}

/* How often each target is chosen, in `total` requests at the node of a zone. */
static void share(const struct lab *lab, uint8_t zone, int total, int counts[TARGETS])
{
    memset(counts, 0, TARGETS * sizeof(counts[0]));
    for (int n = 0; n < total; n++) {
        const struct target *target = choose(lab, zone, (uint32_t)n, (uint64_t)n + 1);

        for (int i = 0; target != NULL && i < TARGETS; i++)
            counts[i] += target->instance == lab->web[i]->id;
    }
}

/* SEMANTICS c2: LB level: ALB always true; the group may say false: then a node sends to its own
 * zone only, and zone a's two targets get half of what the others get each. */
static void test_cross_zone(void **state)
{
    struct lab lab = lab_new();
    int counts[TARGETS];

    (void)state;
    share(&lab, 1, 400, counts);
    for (int i = 0; i < TARGETS; i++)
        assert_int_equal(counts[i], 100);
    set(&lab, "load_balancing.cross_zone.enabled", "false");
    share(&lab, 1, 400, counts);
    assert_int_equal(counts[1], 400);
    share(&lab, 0, 400, counts);
    assert_int_equal(counts[0], 200);
    assert_int_equal(counts[3], 200);
    memset(counts, 0, sizeof(counts));
    for (int n = 0; n < 100; n++) { /* a zone's turn is not moved by another zone's requests */
        const struct target *target = choose(&lab, 0, 1, 1);

        counts[0] += target->instance == lab.web[0]->id;
        choose(&lab, 1, 1, 1);
    }
    assert_int_equal(counts[0], 50);
    mark(&lab, 2, TARGET_UNUSED);
    assert_null(choose(&lab, 2, 1, 1)); /* nobody in that zone: 503 */
    set(&lab, "load_balancing.cross_zone.enabled", "use_load_balancer_configuration");
    assert_non_null(choose(&lab, 2, 1, 1));
    lab_free(&lab);
}

static struct target_census census_of(uint32_t usable, uint32_t healthy)
{
    return (struct target_census){.usable = usable, .healthy = healthy};
}

/* SEMANTICS c2: the worked example: 2 zones x 10 targets, 50 %/50 %, six fail in B. */
static void test_worked_example(void **state)
{
    struct health_minimum half = {.count = 1, .percentage = 50};

    (void)state;
    assert_false(census_is_below(census_of(10, 10), half)); /* zone A */
    assert_true(census_is_below(census_of(10, 4), half));   /* zone B: leaves DNS, fails open */
    assert_false(census_is_below(census_of(20, 14), half)); /* crossed: 70 %, no action */
    /* Either threshold triggers; either may be off. */
    assert_true(census_is_below(census_of(10, 5), (struct health_minimum){.count = 6}));
    assert_false(census_is_below(census_of(10, 0), (struct health_minimum){0}));
}

/* The same with nodes and DNS: targets 0 and 3 are in zone a. */
static void test_thresholds(void **state)
{
    struct lab lab = lab_new();
    int counts[TARGETS];

    (void)state;
    set(&lab, "load_balancing.cross_zone.enabled", "false");
    set(&lab, "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "60");
    set(&lab, "target_group_health.dns_failover.minimum_healthy_targets.percentage", "60");
    mark(&lab, 3, TARGET_UNHEALTHY);
    assert_false(balancer_zone_is_healthy(&lab.rig->balancers, lab.balancer, 0));
    assert_true(balancer_zone_is_healthy(&lab.rig->balancers, lab.balancer, 1));
    share(&lab, 0, 100, counts);
    assert_int_equal(counts[3], 50); /* fails open: the unhealthy one gets its part */
    for (int i = 0; i < 20; i++) {
        uint32_t address = balancer_resolve(&lab.rig->balancers, lab.balancer, true);

        assert_int_not_equal(balancer_node_find(lab.balancer, address)->zone, 0);
    }
    set(&lab, "load_balancing.cross_zone.enabled", "true"); /* 3 of 4 are 75 % */
    assert_true(balancer_zone_is_healthy(&lab.rig->balancers, lab.balancer, 0));
    share(&lab, 0, 99, counts);
    assert_int_equal(counts[3], 0);
    /* SEMANTICS c1: all unhealthy: fail open, and every zone stays in DNS. */
    for (int i = 0; i < TARGETS; i++)
        mark(&lab, i, TARGET_UNHEALTHY);
    share(&lab, 0, 400, counts);
    for (int i = 0; i < TARGETS; i++)
        assert_int_equal(counts[i], 100);
    assert_int_not_equal(balancer_resolve(&lab.rig->balancers, lab.balancer, true), 0);
    lab_free(&lab);
}

/* SEMANTICS c2: slow start: a linear ramp; who was healthy does not ramp; it ends with its time, or
 * when the target becomes unhealthy. */
static void test_slow_start(void **state)
{
    struct lab lab = lab_new();
    struct rig *rig = lab.rig;
    int counts[TARGETS];
    int64_t until;

    (void)state;
    set(&lab, "slow_start.duration_seconds", "100");
    for (int i = 0; i < TARGETS; i++)
        assert_int_equal(target_slow_start_percent(&rig->groups, target_no(&lab, i)), 100);
    rig_deregister(rig, lab.group, lab.web[3]);
    rig_run(rig, 301 * SECOND_NS);
    rig_register(rig, lab.group, lab.web[3]);
    until = rig->sim.now + 60 * SECOND_NS;
    while (target_no(&lab, 3)->state != TARGET_HEALTHY && rig->sim.now < until)
        rig_run(rig, 100 * MILLISECOND_NS);
    assert_int_equal(target_no(&lab, 3)->state, TARGET_HEALTHY);
    assert_in_range(target_slow_start_percent(&rig->groups, target_no(&lab, 3)), 0, 1);
    rig_run(rig, 50 * SECOND_NS);
    assert_in_range(target_slow_start_percent(&rig->groups, target_no(&lab, 3)), 50, 51);
    share(&lab, 0, 3500, counts);
    assert_in_range(counts[3], 495, 510); /* half a share of 1,000 */
    assert_in_range(counts[0], 990, 1005);
    rig_run(rig, 51 * SECOND_NS);
    share(&lab, 0, 400, counts);
    assert_in_range(counts[3], 99, 101);
    lab_free(&lab);
}

/* SEMANTICS c2: the first batch registered into an empty group does not ramp. */
static void test_first_batch(void **state)
{
    struct lab lab = {.rig = rig_new(3)};

    (void)state;
    lab.group = rig_group(lab.rig, "web");
    set(&lab, "slow_start.duration_seconds", "900");
    lab.balancer = rig_balancer(lab.rig, "lb");
    lab.listener = rig_listener(lab.rig, lab.balancer, lab.group);
    lab.web[0] = rig_add(lab.rig, 0);
    rig_register(lab.rig, lab.group, lab.web[0]);
    rig_run(lab.rig, 300 * SECOND_NS);
    assert_int_equal(target_no(&lab, 0)->state, TARGET_HEALTHY);
    assert_int_equal(target_slow_start_percent(&lab.rig->groups, target_no(&lab, 0)), 100);
    lab_free(&lab);
}

static int refused(const struct lab *lab, struct pair first, struct pair second)
{
    struct pair pairs[] = {first, second};

    return target_group_set_attributes(&lab->rig->groups, lab->group, pairs, 2, &lab->rig->fault);
}

/* SEMANTICS c2: slow start not with least outstanding requests; mitigation only with
 * weighted_random; stickiness needs cross-zone on; AWSALB is reserved.  Nothing is changed. */
static void test_conflicts(void **state)
{
    struct lab lab = lab_new();

    (void)state;
    assert_int_equal(refused(&lab, (struct pair){"slow_start.duration_seconds", "30"},
                             (struct pair){"load_balancing.algorithm.type",
                                           "least_outstanding_requests"}),
                     -1);
    assert_int_equal(refused(&lab, (struct pair){"slow_start.duration_seconds", "30"},
                             (struct pair){"load_balancing.algorithm.type", "weighted_random"}),
                     -1);
    assert_int_equal(
        refused(&lab, (struct pair){"load_balancing.algorithm.anomaly_mitigation", "on"},
                (struct pair){"load_balancing.algorithm.type", "round_robin"}),
        -1);
    assert_int_equal(refused(&lab, (struct pair){"stickiness.enabled", "true"},
                             (struct pair){"load_balancing.cross_zone.enabled", "false"}),
                     -1);
    set(&lab, "stickiness.type", "app_cookie");
    assert_int_equal(refused(&lab, (struct pair){"stickiness.enabled", "true"},
                             (struct pair){"stickiness.app_cookie.cookie_name", "AWSALBAPP-9"}),
                     -1);
    assert_int_equal(lab.group->policy.slow_start_s, 0);
    assert_int_equal(lab.group->policy.stickiness, STICKY_NONE);
    lab_free(&lab);
}

/* The course's IP hash: one client, one target; others spread; a target that goes moves only its
 * own clients. */
static void test_ip_hash(void **state)
{
    struct lab lab = lab_new();
    uint64_t before[200];
    int counts[TARGETS];
    int moved = 0;

    (void)state;
    target_group_set_method(&lab.rig->groups, lab.group, &routing_methods[2]);
    share(&lab, 0, 1000, counts);
    for (int i = 0; i < TARGETS; i++)
        assert_in_range(counts[i], 180, 320);
    for (uint32_t n = 0; n < 200; n++) {
        before[n] = choose(&lab, 0, n, 1)->id;
        assert_int_equal(choose(&lab, 1, n, 2)->id, before[n]);
    }
    mark(&lab, 1, TARGET_UNHEALTHY);
    for (uint32_t n = 0; n < 200; n++) {
        bool was_there = before[n] == target_no(&lab, 1)->id;

        moved += choose(&lab, 0, n, 3)->id != before[n];
        assert_true(was_there || choose(&lab, 0, n, 3)->id == before[n]);
    }
    assert_in_range(moved, 30, 70);
    lab_free(&lab);
}

/* The course's least response time: the fastest gets it, until it has more in flight. */
static void test_least_response_time(void **state)
{
    struct lab lab = lab_new();

    (void)state;
    target_group_set_method(&lab.rig->groups, lab.group, &routing_methods[3]);
    for (int i = 0; i < TARGETS; i++)
        target_no(&lab, i)->response = (i + 1) * 10 * MILLISECOND_NS;
    assert_int_equal(choose(&lab, 0, 1, 1)->id, target_no(&lab, 0)->id);
    target_no(&lab, 0)->in_flight = 2; /* 10 ms x 3 against 20 ms x 1 */
    assert_int_equal(choose(&lab, 0, 1, 1)->id, target_no(&lab, 1)->id);
    target_no(&lab, 3)->response = 0; /* it was never asked */
    assert_int_equal(choose(&lab, 0, 1, 1)->id, target_no(&lab, 3)->id);
    lab_free(&lab);
}

/* SEMANTICS c2: weighted_random with mitigation: a target whose errors stand out gets fewer
 * requests, and all of its share again once it is well; without mitigation it is only found. */
static void test_anomaly(void **state)
{
    struct lab lab = lab_new();
    struct rig *rig = lab.rig;
    int counts[TARGETS];

    (void)state;
    set(&lab, "load_balancing.algorithm.type", "weighted_random");
    /* Seldom checked: health checks see the errors too, and would take the target out. */
    assert_int_equal(
        target_group_change(&rig->groups, lab.group,
                            &(struct target_group_checks){.interval_s = OPT_INT(300)}, &rig->fault),
        0);
    rig_run(rig, 31 * SECOND_NS);
    lab.web[2]->status = 500;
    for (int i = 0; i < 300; i++) {
        rig_curl_balancer(rig, lab.balancer);
        rig_run(rig, 100 * MILLISECOND_NS);
    }
    assert_true(target_no(&lab, 2)->anomalous);
    assert_false(target_no(&lab, 1)->anomalous);
    share(&lab, 0, 4000, counts);
    assert_in_range(counts[2], 900, 1100);
    set(&lab, "load_balancing.algorithm.anomaly_mitigation", "on");
    share(&lab, 0, 4000, counts);
    assert_in_range(counts[2], 50, 500);
    lab.web[2]->status = 200;
    for (int i = 0; i < 300; i++) {
        rig_curl_balancer(rig, lab.balancer);
        rig_run(rig, 100 * MILLISECOND_NS);
    }
    assert_false(target_no(&lab, 2)->anomalous);
    assert_int_equal(target_no(&lab, 2)->weight_ppm, 0);
    lab_free(&lab);
}

/* ---- cookies ---- */

/* The value of a Set-Cookie of the answer, as a Cookie header; the caller frees it. */
static char *cookie_of(const struct exchange *exchange, const char *name)
{
    char *start = xasprintf("Set-Cookie: %s=", name);
    const char *at = strstr(exchange->answer_headers, start);
    char *header =
        at == NULL ? NULL
                   : xasprintf("Cookie: x=1; %.*s\r\n",
                               (int)strcspn(at + strlen("Set-Cookie: "), ";\r"),
                               at + strlen("Set-Cookie: "));

    free(start);
    return header;
}

/* Asks the balancer with headers. */
static const struct exchange *ask(const struct lab *lab, const char *headers)
{
    struct arena arena = ARENA_INIT;
    struct rig *rig = lab->rig;
    uint64_t id = traffic_start(
        &rig->traffic, &(struct traffic_ask){
                           .host = balancer_dns_name(&rig->balancers, &arena, lab->balancer),
                           .headers = headers,
                           .port = 80,
                       });
    const struct exchange *exchange = exchange_find(&rig->traffic, id);

    while (exchange->ended == 0)
        sim_advance(&rig->sim, sim_next_time(&rig->sim), 1);
    arena_release(&arena);
    return exchange;
}

static uint64_t served_by(const struct lab *lab, const struct exchange *exchange)
{
    return way_find(&lab->rig->requests.ways, exchange->request)->target;
}

/* SEMANTICS c2: AWSALB: stays with its target; a broken cookie or an unhealthy target means a new
 * choice and a new cookie; the duration counts from the last answer. */
static void test_sticky_target(void **state)
{
    struct lab lab = lab_new();
    const struct exchange *exchange;
    uint64_t first;
    char *cookie;
    char *other;

    (void)state;
    set(&lab, "stickiness.enabled", "true");
    set(&lab, "stickiness.lb_cookie.duration_seconds", "100");
    exchange = ask(&lab, NULL);
    first = served_by(&lab, exchange);
    assert_non_null(strstr(exchange->answer_headers, "Set-Cookie: AWSALBCORS="));
    assert_non_null(strstr(exchange->answer_headers, "; Path=/; SameSite=None; Secure\r\n"));
    cookie = cookie_of(exchange, "AWSALB");
    for (int i = 0; i < 6; i++)
        assert_int_equal(served_by(&lab, ask(&lab, cookie)), first);
    assert_int_not_equal(served_by(&lab, ask(&lab, NULL)), first);
    cookie[strlen("Cookie: x=1; AWSALB=") + 40] ^= 1; /* somebody changed it */
    for (int i = 0, away = 0; i < 4 || away == 0; i++)
        away += served_by(&lab, ask(&lab, cookie)) != first;
    cookie[strlen("Cookie: x=1; AWSALB=") + 40] ^= 1;
    for (int i = 0; i < TARGETS; i++)
        if (lab.web[i]->id == first)
            mark(&lab, i, TARGET_UNHEALTHY);
    exchange = ask(&lab, cookie);
    assert_int_not_equal(served_by(&lab, exchange), first);
    other = cookie_of(exchange, "AWSALB");
    assert_string_not_equal(other, cookie);
    free(cookie);
    first = served_by(&lab, exchange);
    rig_run(lab.rig, 99 * SECOND_NS);
    assert_int_equal(served_by(&lab, ask(&lab, other)), first);
    rig_run(lab.rig, 2 * SECOND_NS);
    for (int i = 0, away = 0; i < 4 || away == 0; i++)
        away += served_by(&lab, ask(&lab, other)) != first;
    free(other);
    lab_free(&lab);
}

/* SEMANTICS c2: AWSALBTG: a client of a weighted forward action keeps its group. */
static void test_sticky_group(void **state)
{
    struct lab lab = lab_new();
    struct target_group *green = rig_group(lab.rig, "green");
    struct action_group groups[] = {{lab.group->id, 1}, {green->id, 1}};
    struct listener_action action = {
        .type = ACTION_FORWARD,
        .groups = {groups, 2, 2},
        .stickiness = OPT_BOOL(true),
        .stickiness_s = OPT_INT(50),
    };
    const struct exchange *exchange;
    char *cookie = NULL;

    (void)state;
    assert_int_equal(listener_change(&lab.rig->balancers, lab.listener,
                                     &(struct listener_new){.actions = &action, .action_count = 1},
                                     &lab.rig->fault),
                     0);
    while (cookie == NULL) { /* green has no targets: 503 without a cookie */
        exchange = ask(&lab, NULL);
        cookie = cookie_of(exchange, "AWSALBTG");
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(&lab, cookie)->status, 200);
    rig_run(lab.rig, 51 * SECOND_NS);
    for (int i = 0, away = 0; i < 4 || away == 0; i++)
        away += ask(&lab, cookie)->status == 503;
    free(cookie);
    lab_free(&lab);
}

/* All that is remembered is saved: a world that is opened again goes on in the same way. */
static void test_saved(void **state)
{
    struct lab lab = lab_new();
    struct rig *again;

    (void)state;
    set(&lab, "stickiness.enabled", "true");
    set(&lab, "slow_start.duration_seconds", "30");
    ask(&lab, NULL);
    rig_ask(lab.rig, "lb");
    again = rig_again(lab.rig, 7);
    assert_true(rig_is_equal(lab.rig, again));
    assert_int_equal(target_group_find_name(&again->groups, ACCOUNT_LEARNER, 0, "web")
                         ->policy.stickiness,
                     STICKY_LB_COOKIE);
    rig_run(lab.rig, 100 * SECOND_NS);
    rig_run(again, 100 * SECOND_NS);
    assert_true(rig_is_equal(lab.rig, again));
    rig_free(again);
    lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cross_zone),     cmocka_unit_test(test_worked_example),
        cmocka_unit_test(test_thresholds),     cmocka_unit_test(test_slow_start),
        cmocka_unit_test(test_first_batch),    cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_ip_hash),        cmocka_unit_test(test_least_response_time),
        cmocka_unit_test(test_anomaly),        cmocka_unit_test(test_sticky_target),
        cmocka_unit_test(test_sticky_group),   cmocka_unit_test(test_saved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
