/*
 * tests/unit/cloud_balancer_test.c - balancers: names, nodes, turns, errors with their causes, and
 * conservation.
 */
#include "cloud_rig.h"

struct lab {
    struct rig *rig;
    struct rig_instance *web[3];
    struct target_group *group;
    struct balancer *balancer;
    struct listener *listener;
    struct target *target[3];
};

/* `count` web servers behind an active balancer, all healthy. */
static struct lab lab_new(uint64_t seed, int count)
{
    struct lab lab = {.rig = rig_new(seed)};

    for (int i = 0; i < count; i++)
        lab.web[i] = rig_add(lab.rig, (uint8_t)(i % 2));
    lab.group = rig_group(lab.rig, "group");
    for (int i = 0; i < count; i++)
        lab.target[i] = rig_register(lab.rig, lab.group, lab.web[i]);
    lab.balancer = rig_balancer(lab.rig, "alb");
    lab.listener = rig_listener(lab.rig, lab.balancer, lab.group);
    rig_run(lab.rig, 240 * SECOND_NS);
    for (int i = 0; i < count; i++)
        assert_int_equal(lab.target[i]->state, TARGET_HEALTHY);
    return lab;
}

static void assert_story(struct lab *lab, const struct exchange *exchange, const char *sentence)
{
    char *story = rig_story(lab->rig, exchange->request);

    if (strstr(story, sentence) == NULL)
        fail_msg("no \"%s\" in:\n%s", sentence, story);
    free(story);
}

static void names_have_awss_form(void **state)
{
    /* Names and ARNs learned here would not look as they do at AWS. */
    struct rig *rig = rig_new(1);
    struct balancer *balancer = rig_balancer(rig, "highway-alb");
    struct target_group *group = rig_group(rig, "web");
    struct listener *listener = rig_listener(rig, balancer, group);
    struct arena arena = ARENA_INIT;
    const char *arn = balancer_arn(&rig->balancers, &arena, balancer);
    const char *dns = balancer_dns_name(&rig->balancers, &arena, balancer);

    (void)state;
    assert_true(str_starts(arn, "arn:aws:elasticloadbalancing:us-east-1:111122223333:"
                                "loadbalancer/app/highway-alb/"));
    assert_ptr_equal(balancer_find_arn(&rig->balancers, ACCOUNT_LEARNER, 0, arn, &rig->fault),
                     balancer);
    assert_true(str_starts(dns, "highway-alb-"));
    assert_true(str_ends(dns, ".us-east-1.elb.amazonaws.com"));
    arn = listener_arn(&rig->balancers, &arena, listener);
    assert_ptr_equal(listener_find_arn(&rig->balancers, ACCOUNT_LEARNER, 0, arn, &rig->fault),
                     listener);
    arn = target_group_arn(&rig->groups, &arena, group);
    assert_ptr_equal(target_group_find_arn(&rig->groups, ACCOUNT_LEARNER, 0, arn, &rig->fault),
                     group);
    assert_null(target_group_find_arn(&rig->groups, ACCOUNT_LEARNER, 1, arn, &rig->fault));
    assert_string_equal(rig->fault.kind->code, "TargetGroupNotFound");
    assert_null(balancer_find_arn(&rig->balancers, ACCOUNT_LEARNER, 0, "nonsense", &rig->fault));
    assert_string_equal(rig->fault.message, "'nonsense' is not a valid load balancer ARN");
    arena_release(&arena);
    rig_free(rig);
}

static void its_name_comes_with_its_being_active(void **state)
{
    /* A balancer that is still provisioning would answer. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    struct target_group *group = rig_group(rig, "group");
    struct balancer *balancer = rig_balancer(rig, "alb");

    (void)state;
    rig_register(rig, group, web);
    rig_listener(rig, balancer, group);
    assert_int_equal(rig_curl_balancer(rig, balancer)->exit, EXIT_NO_NAME);
    rig_run(rig, 240 * SECOND_NS);
    assert_int_equal(rig_curl_balancer(rig, balancer)->status, 200);
    rig_free(rig);
}

static void turns_alternate(void **state)
{
    /* L5: one server would get more than its share; the learner could not see who answered. */
    struct lab lab = lab_new(1, 2);
    struct arena arena = ARENA_INIT;
    const char *before = "";

    (void)state;
    for (int i = 0; i < 20; i++) {
        const struct exchange *exchange = rig_curl_balancer(lab.rig, lab.balancer);
        const char *served = strstr(exchange->answer_headers, "X-Served-By: i-");

        assert_int_equal(exchange->status, 200);
        assert_non_null(served);
        served = arena_strdup(&arena, served);
        assert_string_not_equal(served, before);
        before = served;
        if (i > 0)
            assert_story(&lab, exchange, "round robin chose i-");
    }
    assert_int_equal(lab.target[0]->answered, 10);
    assert_int_equal(lab.target[1]->answered, 10);
    assert_int_equal(lab.listener->counts.target_2xx, 20);
    arena_release(&arena);
    rig_free(lab.rig);
}

static void unhealthy_ones_are_skipped(void **state)
{
    /* L2: a request would be sent to a target known to be unhealthy. */
    struct lab lab = lab_new(2, 3);
    uint32_t served;

    (void)state;
    lab.web[1]->status = 500;
    rig_run(lab.rig, 120 * SECOND_NS);
    assert_int_equal(lab.target[1]->state, TARGET_UNHEALTHY);
    served = (uint32_t)lab.target[1]->requests;
    for (int i = 0; i < 10; i++) {
        const struct exchange *exchange = rig_curl_balancer(lab.rig, lab.balancer);

        assert_int_equal(exchange->status, 200);
        if (i == 4)
            assert_story(&lab, exchange, "round robin chose i-");
    }
    assert_int_equal(lab.target[1]->requests, served);
    assert_int_equal(lab.target[0]->requests, 5);
    assert_int_equal(lab.target[2]->requests, 5);
    rig_free(lab.rig);
}

static void fails_open_when_none_is_healthy(void **state)
{
    /* c1 "All unhealthy": the balancer would answer 503 although targets are registered. */
    struct lab lab = lab_new(3, 2);
    const struct exchange *exchange;

    (void)state;
    lab.web[0]->status = lab.web[1]->status = 404;
    rig_run(lab.rig, 120 * SECOND_NS);
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    assert_int_equal(exchange->status, 404);
    assert_story(&lab, exchange, "none of the 2 targets of group is healthy, so all are used");
    assert_story(&lab, exchange, "it is unhealthy");
    assert_int_equal(lab.listener->counts.target_4xx, 1);
    rig_free(lab.rig);
}

static void errors_have_their_documented_causes(void **state)
{
    /* c3: 502, 503 and 504 would be mixed up. */
    struct lab lab = lab_new(4, 1);
    const struct exchange *exchange;
    int64_t took;

    (void)state;
    lab.web[0]->closed = true;
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    assert_int_equal(exchange->status, 502);
    assert_story(&lab, exchange, "refused the connection: 502");
    lab.web[0]->closed = false;
    lab.web[0]->silent = true;
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    took = exchange->ended - exchange->started;
    assert_int_equal(exchange->status, 504);
    assert_true(took > 10 * SECOND_NS && took < 11 * SECOND_NS);
    assert_story(&lab, exchange, "no connection to i-");
    lab.web[0]->silent = false;
    lab.web[0]->hangs = true;
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    took = exchange->ended - exchange->started;
    assert_int_equal(exchange->status, 504);
    assert_true(took > 60 * SECOND_NS && took < 61 * SECOND_NS);
    assert_story(&lab, exchange, "within the idle timeout of 60 s: 504");
    assert_memory_equal(exchange->answer_body.bytes, "<html>\r\n<head><title>504 Gateway Time-out",
                        41);
    lab.web[0]->state = "stopped";
    targets_instance_changed(&lab.rig->groups, lab.web[0]->id);
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    assert_int_equal(exchange->status, 503);
    assert_story(&lab, exchange, "has no registered target that could be used: 503");
    assert_int_equal(lab.listener->counts.elb_502, 1);
    assert_int_equal(lab.listener->counts.elb_503, 1);
    assert_int_equal(lab.listener->counts.elb_504, 2);
    assert_int_equal(lab.listener->counts.arrived, listener_accounted(&lab.listener->counts));
    rig_free(lab.rig);
}

static void ports_without_a_listener(void **state)
{
    /* A balancer would answer on ports that it does not listen on, or through closed firewalls. */
    struct lab lab = lab_new(5, 1);
    struct firewall_rule rule = {.protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 80};
    struct firewall_rules rules = {&rule, 1};
    struct fault fault = FAULT_INIT;
    const struct exchange *exchange;

    (void)state;
    assert_int_equal(listener_remove(&lab.rig->balancers, lab.listener, &fault), 0);
    assert_int_equal(lab.target[0]->state, TARGET_UNUSED);
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    assert_int_equal(exchange->exit, EXIT_REFUSED);
    assert_story(&lab, exchange, "has no listener on port 80");
    lab.listener = rig_listener(lab.rig, lab.balancer, lab.group);
    assert_int_equal(security_group_revoke(&lab.rig->firewall, lab.rig->web, &rules, &fault), 0);
    exchange = rig_curl_balancer(lab.rig, lab.balancer);
    assert_int_equal(exchange->exit, EXIT_TIMEOUT);
    assert_int_equal(lab.listener->counts.arrived, 0);
    rig_free(lab.rig);
}

static void fixed_answers_and_redirects(void **state)
{
    /* Default actions that need no target would not act. */
    struct lab lab = lab_new(6, 1);
    struct listener_action fixed = {
        .type = ACTION_FIXED_RESPONSE, .status = 404, .body = (char *)(uintptr_t) "gone"};
    struct listener_action moved = {.type = ACTION_REDIRECT,
                                    .status = 301,
                                    .host = (char *)(uintptr_t) "example.com",
                                    .port = (char *)(uintptr_t) "443",
                                    .protocol = (char *)(uintptr_t) "HTTPS"};
    struct listener_new wish = {
        .protocol = "HTTP", .port = OPT_INT(81), .actions = &fixed, .action_count = 1};
    const struct exchange *exchange;
    struct arena arena = ARENA_INIT;
    const char *dns = balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer);
    struct listener *listener;
    uint64_t id;

    (void)state;
    lab.listener->port = 82;
    listener = listener_add(&lab.rig->balancers, lab.balancer, &wish, &lab.rig->fault);
    listener->port = 80;
    exchange = rig_curl(lab.rig, dns);
    assert_int_equal(exchange->status, 404);
    assert_memory_equal(exchange->answer_body.bytes, "gone", 4);
    listener->port = 81;
    wish.actions = &moved;
    wish.port = OPT_INT(80);
    assert_non_null(listener_add(&lab.rig->balancers, lab.balancer, &wish, &lab.rig->fault));
    id = traffic_start(&lab.rig->traffic,
                       &(struct traffic_ask){.host = dns, .path = "/a?b=1", .port = 80});
    rig_run(lab.rig, SECOND_NS);
    exchange = exchange_find(&lab.rig->traffic, id);
    assert_int_equal(exchange->status, 301);
    assert_non_null(
        strstr(exchange->answer_headers, "Location: https://example.com:443/a?b=1\r\n"));
    arena_release(&arena);
    rig_free(lab.rig);
}

static void refusals_change_nothing(void **state)
{
    /* I5: what AWS refuses would leave traces. */
    struct lab lab = lab_new(7, 1);
    struct rig *rig = lab.rig;
    struct balancer *other = rig_balancer(rig, "other");
    struct action_group item = {.group = lab.group->id, .weight = 1};
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {&item, 1, 1}};
    struct listener_new wish = {
        .protocol = "HTTP", .port = OPT_INT(80), .actions = &action, .action_count = 1};
    uint64_t one = subnet_default(&rig->network, ACCOUNT_LEARNER, 0)->id;
    struct balancer_new lone = {
        .account = ACCOUNT_LEARNER, .name = "lone", .subnets = &one, .subnet_count = 1};
    struct str before = STR_INIT;
    struct str after = STR_INIT;

    (void)state;
    assert_int_equal(balancer_set_attributes(&rig->balancers, other,
                                             &(struct pair){"deletion_protection.enabled", "true"},
                                             1, &rig->fault),
                     0);
    rig_pack(rig, &before);
    assert_null(listener_add(&rig->balancers, other, &wish, &rig->fault));
    assert_string_equal(rig->fault.kind->code, "TargetGroupAssociationLimit");
    action.status = 1;
    item.weight = 2;
    assert_null(listener_add(&rig->balancers, lab.balancer, &wish, &rig->fault));
    assert_string_equal(rig->fault.kind->code, "DuplicateListener");
    wish.protocol = "TCP";
    assert_null(listener_add(&rig->balancers, other, &wish, &rig->fault));
    assert_string_equal(rig->fault.message, "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'");
    assert_int_equal(target_group_remove(&rig->groups, lab.group, &rig->fault), -1);
    assert_string_equal(rig->fault.kind->code, "ResourceInUse");
    assert_int_equal(balancer_remove(&rig->balancers, other, &rig->fault), -1);
    assert_string_equal(rig->fault.kind->code, "OperationNotPermitted");
    assert_null(balancer_add(&rig->balancers, &lone, &rig->fault));
    assert_string_equal(rig->fault.message, "At least two subnets in two different Availability "
                                            "Zones must be specified");
    lone.name = "internal-x";
    assert_null(balancer_add(&rig->balancers, &lone, &rig->fault));
    rig_pack(rig, &after);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(str_text(&before), str_text(&after), before.length);
    str_release(&before);
    str_release(&after);
    rig_free(rig);
}

static void deleting_gives_everything_back(void **state)
{
    /* Addresses would be lost, clients would wait for ever, probes would go on. */
    struct lab lab = lab_new(8, 2);
    uint32_t interfaces = table_count(&lab.rig->network.interfaces);
    struct arena arena = ARENA_INIT;
    uint64_t id;

    (void)state;
    lab.web[0]->work_ns = lab.web[1]->work_ns = 30 * SECOND_NS;
    id = rig_ask(lab.rig, balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer));
    rig_run(lab.rig, SECOND_NS);
    assert_int_equal(balancer_remove(&lab.rig->balancers, lab.balancer, &lab.rig->fault), 0);
    assert_int_equal(table_count(&lab.rig->network.interfaces), interfaces - 3);
    assert_int_equal(table_count(&lab.rig->balancers.listeners), 0);
    assert_int_equal(lab.target[0]->reason, HEALTH_NOT_IN_USE);
    rig_run(lab.rig, SECOND_NS);
    assert_int_equal(exchange_find(&lab.rig->traffic, id)->exit, EXIT_RESET);
    rig_run(lab.rig, 100 * SECOND_NS);
    assert_int_equal(sim_pending_count(&lab.rig->sim), 0);
    assert_int_equal(target_group_remove(&lab.rig->groups, lab.group, &lab.rig->fault), 0);
    assert_int_equal(table_count(&lab.rig->groups.targets), 0);
    arena_release(&arena);
    rig_free(lab.rig);
}

/* One thing that may happen while requests come and go. */
static void disturb(struct lab *lab, struct chance *luck)
{
    struct rig_instance *web = lab->web[chance_below(luck, 3)];

    switch (chance_below(luck, 9)) {
    case 0:
        web->closed = !web->closed;
        request_server_gone(&lab->rig->requests, web->id, 0, false);
        break;
    case 1:
        web->silent = !web->silent;
        request_server_gone(&lab->rig->requests, web->id, 0, true);
        break;
    case 2:
        web->status = web->status == 200 ? 500 : 200;
        break;
    case 3:
        web->hangs = !web->hangs;
        break;
    case 4:
        rig_deregister(lab->rig, lab->group, web);
        break;
    case 5:
        rig_register(lab->rig, lab->group, web);
        break;
    case 6:
        web->work_ns = (int64_t)chance_below(luck, 5) * 700 * MILLISECOND_NS + MILLISECOND_NS;
        break;
    default:
        break;
    }
}

/* L2 for the requests that were sent since the last look, and L5 while nothing is disturbed. */
static void assert_conserved(const struct lab *lab)
{
    const struct listener_counts *counts = &lab->listener->counts;
    uint64_t in_flight = 0;

    for (uint32_t i = 0; i < lab->group->targets.count; i++)
        in_flight +=
            target_get(&lab->rig->groups, (uint64_t)lab->group->targets.items[i])->in_flight;
    assert_int_equal(counts->arrived, listener_accounted(counts));
    assert_int_equal(counts->in_flight, lab->balancer->in_flight);
    assert_true(in_flight <= lab->balancer->in_flight);
}

static void nothing_is_lost(void **state)
{
    /* L1: a request would vanish, or be counted twice, under faults, draining and clients that go.
     */
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct lab lab = lab_new(seed, 3);
        struct chance luck = chance_stream(seed, "disturb", 0);
        struct arena arena = ARENA_INIT;
        const char *dns = balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer);
        uint64_t last = 0;

        target_group_set_attributes(&lab.rig->groups, lab.group,
                                    &(struct pair){"deregistration_delay.timeout_seconds", "9"}, 1,
                                    &lab.rig->fault);
        for (int i = 0; i < 150; i++) {
            int64_t until;

            last = traffic_start(&lab.rig->traffic,
                                 &(struct traffic_ask){
                                     .host = dns,
                                     .port = 80,
                                     .limit_ns = chance_below(&luck, 3) == 0 ? 4 * SECOND_NS : 0,
                                 });
            disturb(&lab, &luck);
            if (chance_below(&luck, 10) == 0)
                exchange_drop(&lab.rig->traffic, 1 + chance_below(&luck, last));
            until = lab.rig->sim.now + (int64_t)chance_below(&luck, 3000) * MILLISECOND_NS;
            while (sim_next_time(&lab.rig->sim) <= until) {
                sim_advance(&lab.rig->sim, until, 1);
                assert_conserved(&lab);
            }
        }
        rig_run(lab.rig, 200 * SECOND_NS);
        assert_conserved(&lab);
        assert_int_equal(lab.listener->counts.in_flight, 0);
        assert_true(lab.listener->counts.arrived > 100);
        arena_release(&arena);
        rig_free(lab.rig);
    }
}

static void chosen_by_least_outstanding(void **state)
{
    /* L5: least outstanding requests would choose a target although another one has fewer. */
    struct lab lab = lab_new(11, 3);
    struct arena arena = ARENA_INIT;
    const char *dns = balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer);
    uint64_t sent[3] = {0};
    uint32_t choices = 0;

    (void)state;
    lab.web[0]->work_ns = 2 * SECOND_NS;
    assert_int_equal(target_group_set_attributes(&lab.rig->groups, lab.group,
                                                 &(struct pair){"load_balancing.algorithm.type",
                                                                "least_outstanding_requests"},
                                                 1, &lab.rig->fault),
                     0);
    for (int i = 0; i < 200; i++) {
        int64_t until = lab.rig->sim.now + 10 * MILLISECOND_NS;

        rig_ask(lab.rig, dns);
        while (sim_next_time(&lab.rig->sim) <= until) {
            sim_advance(&lab.rig->sim, until, 1);
            for (int j = 0; j < 3; j++) {
                if (lab.target[j]->requests == sent[j])
                    continue;
                sent[j]++;
                choices++;
                for (int k = 0; k < 3; k++)
                    assert_true(k == j || lab.target[j]->in_flight - 1 <= lab.target[k]->in_flight);
            }
        }
        sim_advance(&lab.rig->sim, until, SIM_UNLIMITED);
    }
    rig_run(lab.rig, SECOND_NS);
    assert_true(choices > 150);
    assert_true(lab.target[0]->requests < lab.target[1]->requests);
    arena_release(&arena);
    rig_free(lab.rig);
}

static void drawn_at_random(void **state)
{
    /* weighted_random would take turns, or leave a healthy target out. */
    struct lab lab = lab_new(12, 3);

    (void)state;
    assert_int_equal(target_group_set_attributes(
                         &lab.rig->groups, lab.group,
                         &(struct pair){"load_balancing.algorithm.type", "weighted_random"}, 1,
                         &lab.rig->fault),
                     0);
    for (int i = 0; i < 90; i++) {
        const struct exchange *exchange = rig_curl_balancer(lab.rig, lab.balancer);

        if (i == 0)
            assert_story(&lab, exchange, "at random, one of 3");
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(lab.target[i]->answered, 15, 45);
    assert_true(lab.target[0]->answered != 30 || lab.target[1]->answered != 30);
    rig_free(lab.rig);
}

static void weights_share_the_requests(void **state)
{
    /* A forward action with weights would send everything to one group, or ignore a weight of 0. */
    struct lab lab = lab_new(13, 2);
    struct target_group *other = rig_group(lab.rig, "other");
    struct action_group items[2] = {{lab.group->id, 3}, {other->id, 1}};
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {items, 2, 2}};
    struct listener_new wish = {
        .protocol = "HTTP", .port = OPT_INT(81), .actions = &action, .action_count = 1};
    struct rig_instance *web = rig_add(lab.rig, 2);
    struct listener *listener;
    struct target *target;

    (void)state;
    target = rig_register(lab.rig, other, web);
    listener = listener_add(&lab.rig->balancers, lab.balancer, &wish, &lab.rig->fault);
    assert_non_null(listener);
    rig_run(lab.rig, 60 * SECOND_NS);
    assert_int_equal(target->state, TARGET_HEALTHY);
    lab.listener->port = 82;
    listener->port = 80;
    for (int i = 0; i < 200; i++)
        assert_int_equal(rig_curl_balancer(lab.rig, lab.balancer)->status, 200);
    assert_in_range(target->answered, 30, 70);
    assert_int_equal(target->answered + lab.target[0]->answered + lab.target[1]->answered, 200);
    rig_free(lab.rig);
}

static void goes_on_in_the_middle_of_requests(void **state)
{
    /* A program killed while curl waits would lose the request, or answer otherwise. */
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct lab lab = lab_new(seed, 3);
        struct arena arena = ARENA_INIT;
        const char *dns = balancer_dns_name(&lab.rig->balancers, &arena, lab.balancer);
        struct rig *again;

        lab.web[0]->work_ns = lab.web[1]->work_ns = 100 * MILLISECOND_NS;
        for (int i = 0; i < 40; i++) {
            rig_ask(lab.rig, dns);
            rig_run(lab.rig, 3 * MILLISECOND_NS);
        }
        assert_true(lab.rig->requests.pool.count > 0);
        again = rig_again(lab.rig, seed);
        rig_run(lab.rig, 70 * SECOND_NS);
        rig_run(again, 70 * SECOND_NS);
        assert_true(rig_is_equal(lab.rig, again));
        assert_int_equal(again->requests.pool.count, 0);
        arena_release(&arena);
        rig_free(again);
        rig_free(lab.rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_awss_form),
        cmocka_unit_test(its_name_comes_with_its_being_active),
        cmocka_unit_test(turns_alternate),
        cmocka_unit_test(unhealthy_ones_are_skipped),
        cmocka_unit_test(fails_open_when_none_is_healthy),
        cmocka_unit_test(errors_have_their_documented_causes),
        cmocka_unit_test(ports_without_a_listener),
        cmocka_unit_test(fixed_answers_and_redirects),
        cmocka_unit_test(refusals_change_nothing),
        cmocka_unit_test(deleting_gives_everything_back),
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(chosen_by_least_outstanding),
        cmocka_unit_test(drawn_at_random),
        cmocka_unit_test(weights_share_the_requests),
        cmocka_unit_test(goes_on_in_the_middle_of_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
