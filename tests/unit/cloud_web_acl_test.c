/*
 * tests/unit/cloud_web_acl_test.c - web ACLs: whom rate-based rules limit, and when; what is
 * counted and what is saved.
 */
#include "cloud_rig.h"

enum { CLIENT = 0x01020304, OTHER = 0x01020305 };

static const int64_t span = WEB_SPAN_S * SECOND_NS;

struct door {
    struct rig *rig;
    struct web_acl *acl;
};

static struct web_node rate_of(int64_t limit, int64_t window_s)
{
    return (struct web_node){.kind = WEB_RATE, .size = 1, .limit = limit, .window_s = window_s};
}

/* A rule "rate" of those nodes. */
static struct web_acl_wish wish_of(struct web_node *nodes, struct web_rule *rule)
{
    *rule = (struct web_rule){.name = (char *)(uintptr_t)"rate", .priority = 1,
                              .action = WEB_BLOCK};
    rule->sight.metric = rule->name;
    rule->nodes.items = nodes;
    rule->nodes.count = rule->nodes.size = nodes->size;
    return (struct web_acl_wish){
        .account = ACCOUNT_LEARNER,
        .name = "door",
        .metric = "door",
        .rules = rule,
        .rule_count = 1,
        .action = WEB_ALLOW,
        .sampled = true,
    };
}

static struct door door_new(struct web_node *nodes)
{
    struct door door = {.rig = rig_new(1)};
    struct web_rule rule;
    struct web_acl_wish wish = wish_of(nodes, &rule);

    door.acl = web_acl_add(&door.rig->acls, &wish);
    return door;
}

/* So many requests at a time; how many pass? */
static int pass(struct door *door, uint32_t address, int count)
{
    struct request request = {.origin = REQUEST_CLIENT, .from = {.kind = PLACE_INTERNET,
                                                                 .address = address}};
    int passed = 0;

    for (int i = 0; i < count; i++)
        passed += web_acl_judge(&door->rig->acls, door->acl->id, &request);
    return passed;
}

static void at_span(struct door *door, int64_t n)
{
    door->rig->sim.now = SIM_BEGIN_NS - SIM_BEGIN_NS % span + n * span;
}

static void limited_after_10_to_20_s(void **state)
{
    /* A flood would be stopped at once, which AWS does not do, or not at all. */
    struct web_node node = rate_of(100, 60);
    struct door door = door_new(&node);

    (void)state;
    at_span(&door, 10);
    assert_int_equal(pass(&door, CLIENT, 101), 101);
    assert_int_equal(pass(&door, OTHER, 100), 100);
    at_span(&door, 11);
    door.rig->sim.now += span - 1;
    assert_int_equal(pass(&door, CLIENT, 1), 1);
    at_span(&door, 12);
    assert_int_equal(pass(&door, CLIENT, 5), 0);
    assert_int_equal(pass(&door, OTHER, 1), 1); /* 100 is no more than 100 */
    /* The window that ended a span before holds the 101 until 10 + 1 + 6. */
    at_span(&door, 17);
    assert_int_equal(pass(&door, CLIENT, 1), 0);
    at_span(&door, 18);
    assert_int_equal(pass(&door, CLIENT, 1), 1);
    rig_free(door.rig);
}

static void limited_requests_count_as_well(void **state)
{
    /* Whoever goes on flooding would be let in again while he floods. */
    struct web_node node = rate_of(100, 60);
    struct door door = door_new(&node);
    int passed = 0;

    (void)state;
    for (int64_t n = 10; n < 100; n++) {
        at_span(&door, n);
        passed += pass(&door, CLIENT, 50);
    }
    assert_int_equal(passed, 4 * 50);
    rig_free(door.rig);
}

static void windows_are_as_long_as_they_say(void **state)
{
    /* A long window would forget what was sent at its beginning. */
    static const int64_t windows[] = {60, 120, 300, 600};

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct web_node node = rate_of(100, windows[i]);
        struct door door = door_new(&node);

        at_span(&door, 100);
        pass(&door, CLIENT, 101);
        at_span(&door, 101 + windows[i] / WEB_SPAN_S);
        assert_int_equal(pass(&door, CLIENT, 1), 0);
        at_span(&door, 102 + windows[i] / WEB_SPAN_S);
        assert_int_equal(pass(&door, CLIENT, 1), 1);
        rig_free(door.rig);
    }
}

static void only_the_scope_is_counted(void **state)
{
    /* Requests that a rate-based rule does not mean would use up its limit. */
    struct web_node nodes[2] = {rate_of(10, 60),
                                {.kind = WEB_BYTE_MATCH, .size = 1, .field = WEB_METHOD,
                                 .constraint = WEB_EXACTLY,
                                 .text = {.bytes = (char *)(uintptr_t)"POST", .size = 4}}};
    struct door door;

    (void)state;
    nodes[0].size = 2;
    door = door_new(nodes);
    at_span(&door, 10);
    pass(&door, CLIENT, 50); /* GET */
    at_span(&door, 12);
    assert_int_equal(pass(&door, CLIENT, 1), 1);
    assert_int_equal(table_count(&door.rig->acls.rates), 0);
    rig_free(door.rig);
}

static void a_change_counts_anew(void **state)
{
    /* A new limit would be measured by what the old one counted; another change would forget it. */
    struct web_node node = rate_of(100, 60);
    struct door door = door_new(&node);
    struct web_rule rule;
    struct web_acl_wish wish = wish_of(&node, &rule);
    uint64_t id = door.acl->rules.items[0].id;

    (void)state;
    at_span(&door, 10);
    pass(&door, CLIENT, 101);
    wish.metric = "other";
    web_acl_change(&door.rig->acls, door.acl, &wish);
    assert_int_equal(door.acl->rules.items[0].id, id);
    assert_int_equal(door.acl->rules.items[0].matched, 0);
    at_span(&door, 12);
    assert_int_equal(pass(&door, CLIENT, 1), 0);
    node.limit = 50;
    web_acl_change(&door.rig->acls, door.acl, &wish);
    assert_int_equal(table_count(&door.rig->acls.rates), 0);
    assert_int_equal(pass(&door, CLIENT, 1), 1);
    rig_free(door.rig);
}

static void clients_of_long_ago_are_forgotten(void **state)
{
    /* A flood from many addresses would fill the memory for ever. */
    struct web_node node = rate_of(100, 600);
    struct door door = door_new(&node);

    (void)state;
    for (int64_t n = 0; n < 400; n++) {
        at_span(&door, 10 + n);
        for (uint32_t i = 0; i < 50; i++)
            pass(&door, CLIENT + (uint32_t)n * 50 + i, 1);
        assert_true(table_count(&door.rig->acls.rates) <= 50 * 70);
    }
    assert_true(table_count(&door.rig->acls.rates) > 50 * 60);
    assert_int_equal(door.acl->sight.samples.count, WEB_SAMPLES);
    rig_free(door.rig);
}

/* A flood of three and customers, through a balancer with a web ACL. */
static struct door flood_new(struct listener **listener)
{
    struct web_node node = rate_of(100, 60);
    struct door door = door_new(&node);
    struct rig *rig = door.rig;
    struct rig_instance *web = rig_add(rig, 0);
    struct target_group *group = rig_group(rig, "group");
    struct balancer *balancer = rig_balancer(rig, "alb");
    struct arena arena = ARENA_INIT;
    struct stream_new wish = {
        .account = ACCOUNT_LEARNER,
        .url = "http://alb/",
        .path = "/",
        .rate = 20 * STREAM_RATE_ONE,
        .clients = 3,
        .port = 80,
        .distribution = STREAM_POISSON,
        .kind = STREAM_HTTP,
        .first_client = CLIENT,
        .timeout_ns = 2 * SECOND_NS,
    };

    rig_register(rig, group, web);
    *listener = rig_listener(rig, balancer, group);
    balancer->web_acl = door.acl->id;
    rig_run(rig, 240 * SECOND_NS);
    web->work_ns = 60 * MILLISECOND_NS;
    wish.host = balancer_dns_name(&rig->balancers, &arena, balancer);
    stream_start(&rig->streams, &wish);
    wish.first_client = 0;
    wish.clients = 50;
    wish.rate = 4 * STREAM_RATE_ONE;
    stream_start(&rig->streams, &wish);
    arena_release(&arena);
    return door;
}

static void what_is_blocked_is_answered(void **state)
{
    /* L1: blocked requests would vanish from the balancer's books, or reach a target. */
    struct listener *listener;
    struct door door = flood_new(&listener);
    struct rig *rig = door.rig;
    const struct stream *flood = table_at(&rig->streams.table, 0);
    const struct stream *customers = table_at(&rig->streams.table, 1);
    int64_t until = rig->sim.now + 90 * SECOND_NS;
    int64_t in_flight = 0;

    (void)state;
    while (sim_next_time(&rig->sim) <= until) {
        sim_advance(&rig->sim, until, 1);
        assert_int_equal(listener->counts.arrived, listener_accounted(&listener->counts));
        in_flight += listener->counts.in_flight;
    }
    assert_true(in_flight > 0);
    assert_true(listener->counts.elb_4xx > 1000);
    assert_int_equal(listener->counts.elb_4xx, door.acl->rules.items[0].matched);
    assert_int_equal(listener->counts.elb_4xx, flood->codes.items[1].count);
    assert_int_equal(flood->codes.items[1].status, 403);
    assert_int_equal(customers->codes.count, 1);
    assert_int_equal(flood->sent, flood->completed + flood->failed + flood->in_flight);
    rig_free(rig);
}

static void it_is_saved(void **state)
{
    /* After a restart a flood would be let in again, or the world would go on otherwise. */
    struct listener *listener;
    struct door door = flood_new(&listener);
    struct rig *copy;
    struct str one = STR_INIT;
    struct str other = STR_INIT;

    (void)state;
    rig_run(door.rig, 45 * SECOND_NS);
    assert_true(door.acl->rules.items[0].matched > 0);
    copy = rig_again(door.rig, 1);
    rig_run(door.rig, 65 * SECOND_NS);
    rig_run(copy, 65 * SECOND_NS);
    rig_pack(door.rig, &one);
    rig_pack(copy, &other);
    assert_int_equal(one.length, other.length);
    assert_memory_equal(str_text(&one), str_text(&other), one.length);
    str_release(&one);
    str_release(&other);
    rig_free(copy);
    rig_free(door.rig);
}

static void what_contradicts_itself_is_refused(void **state)
{
    /* A file that was tampered with would lead the judge out of a statement's bounds. */
    struct web_node nodes[2] = {{.kind = WEB_NOT, .size = 2}, {.kind = WEB_IP_SET, .size = 1}};
    struct web_range all = {(char *)(uintptr_t)"1.0.0.0/8", 0x01000000, 8};
    struct ip_set_wish set = {.account = ACCOUNT_LEARNER, .name = "list", .ranges = &all,
                              .range_count = 1};
    struct web_node rate = rate_of(100, 60);
    struct door door = door_new(&rate);
    struct web_rule rule;
    struct web_acl_wish wish = wish_of(nodes, &rule);
    struct web_rule *kept;

    (void)state;
    nodes[1].ip_set = ip_set_add(&door.rig->acls, &set)->id;
    web_acl_change(&door.rig->acls, door.acl, &wish);
    assert_true(web_acls_restore(&door.rig->acls));
    assert_int_equal(pass(&door, CLIENT, 1), 1);
    assert_int_equal(pass(&door, 0x02000000, 1), 0);
    kept = &door.acl->rules.items[0];
    kept->nodes.items[0].size = 3;
    assert_false(web_acls_restore(&door.rig->acls));
    kept->nodes.items[0].size = 2;
    kept->nodes.items[1].size = 0;
    assert_false(web_acls_restore(&door.rig->acls));
    kept->nodes.items[1].size = 1;
    kept->nodes.items[1].kind = WEB_NOT;
    assert_false(web_acls_restore(&door.rig->acls));
    kept->nodes.items[1].kind = WEB_RATE;
    assert_false(web_acls_restore(&door.rig->acls));
    kept->nodes.items[1].kind = WEB_IP_SET;
    kept->nodes.items[1].ip_set++;
    assert_false(web_acls_restore(&door.rig->acls));
    rig_free(door.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limited_after_10_to_20_s),
        cmocka_unit_test(limited_requests_count_as_well),
        cmocka_unit_test(windows_are_as_long_as_they_say),
        cmocka_unit_test(only_the_scope_is_counted),
        cmocka_unit_test(a_change_counts_anew),
        cmocka_unit_test(clients_of_long_ago_are_forgotten),
        cmocka_unit_test(what_is_blocked_is_answered),
        cmocka_unit_test(it_is_saved),
        cmocka_unit_test(what_contradicts_itself_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
