/*
 * tests/unit/cloud_target_test.c - targets: every change of health, when and why.  The lines are
 * those of SEMANTICS c1 and c2, that is of AWS's own pages.
 */
#include "cloud_rig.h"

struct lab {
    struct rig *rig;
    struct rig_instance *web[2];
    struct target_group *group;
    struct balancer *balancer;
    struct listener *listener;
    struct target *target[2];
};

/* Two web servers behind a balancer, all registered, nothing yet healthy. */
static struct lab lab_new(uint64_t seed)
{
    struct lab lab = {.rig = rig_new(seed)};

    for (int i = 0; i < 2; i++)
        lab.web[i] = rig_add(lab.rig, (uint8_t)i);
    lab.group = rig_group(lab.rig, "group");
    for (int i = 0; i < 2; i++)
        lab.target[i] = rig_register(lab.rig, lab.group, lab.web[i]);
    lab.balancer = rig_balancer(lab.rig, "alb");
    lab.listener = rig_listener(lab.rig, lab.balancer, lab.group);
    return lab;
}

static void assert_health(const struct target *target, const char *state, const char *reason,
                          const char *text)
{
    struct arena arena = ARENA_INIT;

    assert_string_equal(target_state_name(target->state), state);
    if (reason == NULL) {
        assert_null(target_reason_code(target->reason));
        assert_null(target_reason_text(&arena, target->reason, target->code, NULL));
    } else {
        assert_string_equal(target_reason_code(target->reason), reason);
        assert_string_equal(target_reason_text(&arena, target->reason, target->code, "stopped"),
                            text);
    }
    arena_release(&arena);
}

static void run_until_state(struct lab *lab, const struct target *target, uint8_t state)
{
    for (int i = 0; i < 100000 && target->state != state; i++)
        sim_advance(&lab->rig->sim, sim_next_time(&lab->rig->sim), 1);
    assert_int_equal(target->state, state);
}

static void first_success_makes_it_healthy(void **state)
{
    /* c1 "First pass": a new target would wait for five checks, or be healthy unchecked. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    struct target_group *group = rig_group(rig, "group");
    struct target *target = rig_register(rig, group, web);
    struct lab lab = {.rig = rig};
    struct balancer *balancer;

    (void)state;
    assert_health(target, "unused", "Target.NotInUse",
                  "Target group is not configured to receive traffic from the load balancer");
    balancer = rig_balancer(rig, "alb");
    rig_listener(rig, balancer, group);
    assert_health(target, "initial", "Elb.RegistrationInProgress",
                  "Target registration is in progress");
    rig_run(rig, 90 * SECOND_NS);
    assert_int_equal(balancer->state, BALANCER_PROVISIONING);
    assert_int_equal(target->probes, 0);
    while (target->reason == HEALTH_REGISTRATION)
        sim_advance(&rig->sim, sim_next_time(&rig->sim), 1);
    assert_int_equal(balancer->state, BALANCER_ACTIVE);
    assert_health(target, "initial", "Elb.InitialHealthChecking",
                  "Initial health checks in progress");
    run_until_state(&lab, target, TARGET_HEALTHY);
    assert_health(target, "healthy", NULL, NULL);
    assert_int_equal(target->probes, 1);
    rig_free(rig);
}

static void thresholds_are_exact(void **state)
{
    /* L3: a target would turn unhealthy too early, or healthy again before five checks in a row. */
    struct lab lab = lab_new(2);
    const struct target *target = lab.target[0];
    uint64_t before;

    (void)state;
    run_until_state(&lab, target, TARGET_HEALTHY);
    lab.web[0]->status = 404;
    before = target->probes;
    run_until_state(&lab, target, TARGET_UNHEALTHY);
    assert_int_equal(target->probes, before + 2);
    assert_health(target, "unhealthy", "Target.ResponseCodeMismatch",
                  "Health checks failed with these codes: [404]");
    lab.web[0]->status = 200;
    before = target->probes;
    rig_run(lab.rig, 3 * 30 * SECOND_NS);
    lab.web[0]->status = 500;
    rig_run(lab.rig, 30 * SECOND_NS);
    assert_int_equal(target->state, TARGET_UNHEALTHY);
    assert_health(target, "unhealthy", "Target.ResponseCodeMismatch",
                  "Health checks failed with these codes: [500]");
    lab.web[0]->status = 200;
    before = target->probes;
    run_until_state(&lab, target, TARGET_HEALTHY);
    assert_int_equal(target->probes, before + 5);
    rig_free(lab.rig);
}

static void reasons_of_failure(void **state)
{
    /* c1 "Reasons": the learner would be told the wrong cause. */
    struct lab lab = lab_new(3);

    (void)state;
    lab.web[0]->closed = true;
    lab.web[1]->silent = true;
    run_until_state(&lab, lab.target[0], TARGET_UNHEALTHY);
    run_until_state(&lab, lab.target[1], TARGET_UNHEALTHY);
    assert_health(lab.target[0], "unhealthy", "Target.FailedHealthChecks", "Health checks failed");
    assert_health(lab.target[1], "unhealthy", "Target.Timeout", "Request timed out");
    assert_true(lab.target[1]->last.items[0].took == 5 * SECOND_NS);
    lab.web[1]->silent = false;
    lab.web[1]->hangs = true;
    rig_run(lab.rig, 300 * SECOND_NS);
    assert_health(lab.target[1], "unhealthy", "Target.Timeout", "Request timed out");
    rig_free(lab.rig);
}

static void checks_need_an_open_port(void **state)
{
    /* A security group that does not let the balancer in would not be noticed. */
    struct rig *rig = rig_new(4);
    struct rig_instance *web = rig_add(rig, 0);
    struct target_group *group = rig_group(rig, "group");
    struct target *target = rig_register(rig, group, web);
    struct lab lab = {.rig = rig};
    struct firewall_rule rule = {.protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 80};
    struct firewall_rules rules = {&rule, 1};

    (void)state;
    assert_int_equal(security_group_revoke(&rig->firewall, rig->web, &rules, &rig->fault), 0);
    rig_listener(rig, rig_balancer(rig, "alb"), group);
    run_until_state(&lab, target, TARGET_UNHEALTHY);
    assert_health(target, "unhealthy", "Target.Timeout", "Request timed out");
    rig_free(rig);
}

static void stopped_instances_are_unused(void **state)
{
    /* c1 Target.InvalidState: a stopped instance would be checked, or sent requests. */
    struct lab lab = lab_new(5);
    uint64_t probes;

    (void)state;
    run_until_state(&lab, lab.target[0], TARGET_HEALTHY);
    lab.web[0]->state = "stopped";
    targets_instance_changed(&lab.rig->groups, lab.web[0]->id);
    assert_health(lab.target[0], "unused", "Target.InvalidState", "Target is in the stopped state");
    probes = lab.target[0]->probes;
    rig_run(lab.rig, 200 * SECOND_NS);
    assert_int_equal(lab.target[0]->probes, probes);
    lab.web[0]->state = "running";
    targets_instance_changed(&lab.rig->groups, lab.web[0]->id);
    assert_int_equal(lab.target[0]->state, TARGET_INITIAL);
    run_until_state(&lab, lab.target[0], TARGET_HEALTHY);
    lab.web[0]->state = NULL;
    targets_instance_changed(&lab.rig->groups, lab.web[0]->id);
    assert_int_equal(lab.group->targets.count, 1);
    rig_free(lab.rig);
}

static void draining_lasts_exactly_the_delay(void **state)
{
    /* L4: a target would leave too early or late, get new requests, or keep old ones for ever. */
    struct lab lab = lab_new(6);
    uint64_t id = lab.target[0]->id;
    const struct exchange *slow;
    int64_t began;

    (void)state;
    run_until_state(&lab, lab.target[0], TARGET_HEALTHY);
    run_until_state(&lab, lab.target[1], TARGET_HEALTHY);
    lab.web[0]->work_ns = lab.web[1]->work_ns = 59 * SECOND_NS;
    assert_int_equal(
        target_group_set_attributes(&lab.rig->groups, lab.group,
                                    &(struct pair){"deregistration_delay.timeout_seconds", "20"}, 1,
                                    &lab.rig->fault),
        0);
    do {
        struct arena arena = ARENA_INIT;
        uint64_t asked =
            rig_ask(lab.rig, balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer));

        arena_release(&arena);
        rig_run(lab.rig, SECOND_NS);
        slow = exchange_find(&lab.rig->traffic, asked);
    } while (lab.target[0]->in_flight == 0);
    began = lab.rig->sim.now;
    rig_deregister(lab.rig, lab.group, lab.web[0]);
    assert_health(lab.target[0], "draining", "Target.DeregistrationInProgress",
                  "Target deregistration is in progress");
    sim_advance(&lab.rig->sim, began + 20 * SECOND_NS - 1, SIM_UNLIMITED);
    assert_int_equal(target_get(&lab.rig->groups, id)->state, TARGET_DRAINING);
    assert_int_equal(slow->ended, 0);
    sim_advance(&lab.rig->sim, began + 20 * SECOND_NS, SIM_UNLIMITED);
    assert_null(target_find(&lab.rig->groups, id));
    rig_run(lab.rig, SECOND_NS);
    assert_int_equal(slow->status, 502);
    assert_non_null(strstr(slow->answer_headers, "Server: awselb/2.0\r\n"));
    assert_null(strstr(slow->answer_headers, "X-Served-By"));
    rig_free(lab.rig);
}

static void unknown_targets_may_leave(void **state)
{
    /* c1: DeregisterTargets of an unknown target succeeds; registering a stopped one does not. */
    struct rig *rig = rig_new(7);
    struct rig_instance *web = rig_add(rig, 0);
    struct target_group *group = rig_group(rig, "group");
    struct target_wish wish;
    struct arena arena = ARENA_INIT;
    struct str before = STR_INIT;
    struct str after = STR_INIT;

    (void)state;
    rig_deregister(rig, group, web);
    web->state = "stopped";
    wish = (struct target_wish){.id = id_text(&arena, &kind_instance, web->id)};
    rig_pack(rig, &before);
    assert_int_equal(targets_register(&rig->groups, group, &wish, 1, &rig->fault), -1);
    assert_string_equal(rig->fault.kind->code, "InvalidTarget");
    assert_non_null(
        strstr(rig->fault.message, "are not in a running state and cannot be registered"));
    wish.id = "i-00000000000000000";
    assert_int_equal(targets_register(&rig->groups, group, &wish, 1, &rig->fault), -1);
    rig_pack(rig, &after);
    assert_string_equal(str_text(&before), str_text(&after));
    assert_int_equal(before.length, after.length);
    str_release(&before);
    str_release(&after);
    arena_release(&arena);
    rig_free(rig);
}

static void the_grid_is_fixed(void **state)
{
    /* c1 "Interval timing": a slow answer would shift the next check. */
    struct lab lab = lab_new(8);
    const struct target *target = lab.target[0];

    (void)state;
    lab.web[0]->work_ns = 4 * SECOND_NS;
    run_until_state(&lab, target, TARGET_HEALTHY);
    rig_run(lab.rig, 300 * SECOND_NS);
    assert_true(target->last.count >= 10);
    for (uint32_t i = 1; i < target->last.count; i++)
        assert_true(target->last.items[i].time - target->last.items[i - 1].time == 30 * SECOND_NS);
    rig_free(lab.rig);
}

static void wishes_are_checked(void **state)
{
    /* Values that AWS refuses would be taken, or change something. */
    struct rig *rig = rig_new(9);
    struct target_group *group = rig_group(rig, "group");
    static const struct pair bad[] = {
        {"deregistration_delay.timeout_seconds", "3601"},
        {"slow_start.duration_seconds", "29"},
        {"stickiness.enabled", "yes"},
        {"no.such.key", "1"},
        {"load_balancing.algorithm.type", "random"},
    };
    struct target_group_checks checks = {.timeout_s = OPT_INT(30)};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(target_group_set_attributes(&rig->groups, group, &bad[i], 1, &rig->fault),
                         -1);
        assert_string_equal(rig->fault.kind->code, "ValidationError");
    }
    assert_int_equal(group->delay_s, 300);
    assert_int_equal(target_group_change(&rig->groups, group, &checks, &rig->fault), -1);
    assert_string_equal(rig->fault.message,
                        "Health check timeout '30' must be smaller than the interval '30'");
    assert_int_equal(group->check_timeout_s, 5);
    assert_true(matcher_holds("200,202", 202) && !matcher_holds("200,202", 201));
    assert_true(matcher_holds("200-299", 250) && !matcher_holds("200-299", 300));
    rig_free(rig);
}

static void goes_on_after_a_restart(void **state)
{
    /* A program killed in the middle of a check would forget or repeat it. */
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct lab lab = lab_new(seed);
        struct rig *again;

        lab.web[0]->work_ns = 2 * SECOND_NS;
        while (lab.target[0]->probing == 0)
            sim_advance(&lab.rig->sim, sim_next_time(&lab.rig->sim), 1);
        rig_run(lab.rig, (int64_t)seed * 300 * MICROSECOND_NS);
        assert_true(lab.target[0]->probing != 0);
        again = rig_again(lab.rig, seed);
        assert_true(rig_is_equal(lab.rig, again));
        rig_run(lab.rig, 100 * SECOND_NS);
        rig_run(again, 100 * SECOND_NS);
        assert_true(rig_is_equal(lab.rig, again));
        rig_free(again);
        rig_free(lab.rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_success_makes_it_healthy),
        cmocka_unit_test(thresholds_are_exact),
        cmocka_unit_test(reasons_of_failure),
        cmocka_unit_test(checks_need_an_open_port),
        cmocka_unit_test(stopped_instances_are_unused),
        cmocka_unit_test(draining_lasts_exactly_the_delay),
        cmocka_unit_test(unknown_targets_may_leave),
        cmocka_unit_test(the_grid_is_fixed),
        cmocka_unit_test(wishes_are_checked),
        cmocka_unit_test(goes_on_after_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
