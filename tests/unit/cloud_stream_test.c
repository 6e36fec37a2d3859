/*
 * tests/unit/cloud_stream_test.c - streams of traffic: what is counted, and what is kept.
 */
#include "cloud_rig.h"

enum { SEEDS = 6 };

static struct stream *begin(struct rig *rig, const char *host, struct stream_new wish)
{
    wish.account = ACCOUNT_LEARNER;
    wish.url = host;
    wish.host = host;
    wish.path = "/";
    wish.port = 80;
    wish.clients = wish.clients == 0 ? 10 : wish.clients;
    wish.distribution = wish.distribution == 0 ? STREAM_POISSON : wish.distribution;
    return stream_start(&rig->streams, &wish);
}

/* A balancer before some targets that are in service. */
static struct balancer *shop(struct rig *rig, uint32_t targets, struct target_group **group)
{
    struct balancer *balancer = rig_balancer(rig, "shop");

    *group = rig_group(rig, "tills");
    rig_listener(rig, balancer, *group);
    for (uint32_t i = 0; i < targets; i++)
        rig_register(rig, *group, rig_add(rig, (uint8_t)(i % ZONES_PER_REGION)));
    rig_run(rig, 400 * SECOND_NS);
    return balancer;
}

static char *name_of(struct rig *rig, const struct balancer *balancer)
{
    struct arena arena = ARENA_INIT;
    char *name = xstrdup(balancer_dns_name(&rig->balancers, &arena, balancer));

    arena_release(&arena);
    return name;
}

/* ---- what must hold at every instant ---- */

__extension__ typedef unsigned __int128 wide;

static wide total(const struct area *area)
{
    return (wide)area->high << 64 | area->low;
}

/* Little's law: what was counted over time is what was counted by requests. */
static void little_holds(const struct rig *rig, const struct stream *stream)
{
    int64_t now = rig->sim.now;
    wide over_time = total(&stream->presence) +
                     (wide)(uint64_t)stream->in_flight * (uint64_t)(now - stream->looked);
    wide by_requests = total(&stream->stayed);
    uint64_t *ids = request_pool_ids(&rig->requests.pool);

    for (uint32_t i = 0; i < rig->requests.pool.count; i++) {
        const struct request *request = request_find(&rig->requests, ids[i]);

        if (request->origin == REQUEST_STREAM && request->origin_id == stream->id &&
            request->state != REQUEST_PAUSED)
            by_requests += (wide)(uint64_t)(now - request->came);
    }
    free(ids);
    assert_true(over_time == by_requests);
}

static void all_holds(const struct rig *rig)
{
    for (uint32_t i = 0; i < table_count(&rig->balancers.listeners); i++) {
        const struct listener *listener = table_at(&rig->balancers.listeners, i);

        assert_int_equal(listener->counts.arrived, listener_accounted(&listener->counts));
    }
    for (uint32_t i = 0; i < table_count(&rig->streams.table); i++) {
        const struct stream *stream = table_at(&rig->streams.table, i);

        assert_int_equal(stream->sent, stream->completed + stream->failed + stream->in_flight);
        little_holds(rig, stream);
    }
}

static void break_something(struct rig *rig, struct target_group *group, struct chance *luck)
{
    struct rig_instance *web = &rig->instances[chance_below(luck, rig->instance_count)];
    const struct target *target = target_of_instance(&rig->groups, group, web->id, 80);

    switch (chance_below(luck, 8)) {
    case 0:
        web->closed = !web->closed;
        request_server_gone(&rig->requests, web->id, 0, false);
        break;
    case 1:
        web->silent = !web->silent;
        request_server_gone(&rig->requests, web->id, 0, true);
        break;
    case 2:
        web->hangs = !web->hangs;
        break;
    case 3:
        web->status = web->status == 200 ? 500 : 200;
        break;
    case 4:
        if (target != NULL && target->state != TARGET_DRAINING)
            rig_deregister(rig, group, web);
        else
            rig_register(rig, group, web);
        break;
    case 5:
        web->work_ns = chance_between_ns(luck, 0, 2 * SECOND_NS);
        break;
    default:
        web->closed = web->silent = web->hangs = false;
        break;
    }
}

static void nothing_is_lost(void **state)
{
    /* A request would vanish from the counts, or be counted twice, when servers fail under load. */
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct rig *rig = rig_new(seed);
        struct chance luck = chance_stream(seed, "breaker", 0);
        struct target_group *group;
        struct balancer *balancer = shop(rig, 4, &group);
        char *name = name_of(rig, balancer);
        struct stream *stream =
            begin(rig, name,
                  (struct stream_new){.rate = 30 * STREAM_RATE_ONE,
                                      .work_ns = 200 * MILLISECOND_NS,
                                      .timeout_ns = seed % 2 == 0 ? 3 * SECOND_NS : 0,
                                      .retries = (uint32_t)(seed % 3)});
        struct rig *copy;

        begin(rig, name,
              (struct stream_new){.rate = STREAM_RATE_ONE, .distribution = STREAM_BURST});
        group->algorithm = (uint8_t)(1 + seed % 3);
        for (int i = 0; i < 40; i++) {
            int64_t until = rig->sim.now + 500 * MILLISECOND_NS;

            while (sim_is_due(&rig->sim, until)) {
                sim_advance(&rig->sim, until, 1);
                all_holds(rig);
            }
            break_something(rig, group, &luck);
            all_holds(rig);
        }
        copy = rig_again(rig, seed);
        assert_true(rig_is_equal(rig, copy));
        rig_run(rig, 20 * SECOND_NS);
        rig_run(copy, 20 * SECOND_NS);
        assert_true(rig_is_equal(rig, copy));
        rig_rooms_free(copy);
        catalog_free(copy->catalog);
        free(copy);
        stream_stop(&rig->streams, stream);
        for (uint32_t i = 0; i < rig->instance_count; i++)
            rig->instances[i].closed = rig->instances[i].silent = rig->instances[i].hangs = false;
        rig_run(rig, 1100 * SECOND_NS);
        assert_int_equal(stream->in_flight, 0);
        assert_true(stream->completed > 100);
        assert_int_equal(stream->latency.tally.count > 0, true);
        all_holds(rig);
        free(name);
        rig_free(rig);
    }
}

static void remembering_changes_nothing(void **state)
{
    /* What is looked up once would be out of date: a closed door still open, a dead server alive.
     */
    struct rig *often = rig_new(4);
    struct rig *once = rig_new(4);
    struct rig *rigs[2] = {often, once};
    struct chance luck[2] = {chance_stream(4, "breaker", 0), chance_stream(4, "breaker", 0)};
    struct target_group *groups[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        char *name = name_of(rigs[i], shop(rigs[i], 3, &groups[i]));

        begin(rigs[i], name,
              (struct stream_new){.rate = 50 * STREAM_RATE_ONE, .work_ns = 20 * MILLISECOND_NS});
        free(name);
    }
    for (int step = 0; step < 60; step++) {
        int64_t until = often->sim.now + SECOND_NS;

        /* A memory lives no longer than an advance. */
        while (sim_is_due(&often->sim, until))
            sim_advance(&often->sim, until, 1);
        rig_run(once, SECOND_NS);
        for (int i = 0; i < 2; i++)
            break_something(rigs[i], groups[i], &luck[i]);
    }
    for (uint32_t i = 0; i < often->instance_count; i++)
        often->instances[i].served = once->instances[i].served = 0;
    assert_true(rig_is_equal(often, once));
    rig_free(often);
    rig_free(once);
}

static void a_server_obeys_littles_law(void **state)
{
    /* The requests in a server over time and the time that requests were there would differ. */
    struct rig *rig = rig_new(2);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct server *server;
    struct stream *stream;
    wide stays;

    (void)state;
    web->vcpus = 1;
    address_text(interface_find(&rig->network, web->interface)->public_address, address);
    stream = begin(rig, address,
                   (struct stream_new){.rate = 8 * STREAM_RATE_ONE,
                                       .work_ns = 100 * MILLISECOND_NS,
                                       .duration_ns = 600 * SECOND_NS});
    rig_run(rig, 700 * SECOND_NS);
    server = server_find(&rig->requests.servers, web->id);
    assert_int_equal(server_count(server), 0);
    assert_int_equal(server->arrived, stream->completed);
    stays = (wide)stream->target.tally.sum_high * 1000000000 + (wide)stream->target.tally.sum_low;
    assert_true(total(&server->presence) == stays);
    rig_free(rig);
}

/* ---- how requests are spread ---- */

/* Requests sent in each of `count` spans of time. */
static void count_spans(struct rig *rig, const struct stream *stream, int64_t span, int count,
                        int64_t *sent)
{
    for (int i = 0; i < count; i++) {
        int64_t before = stream->sent;

        rig_run(rig, span);
        sent[i] = stream->sent - before;
    }
}

static void distributions_are_what_they_say(void **state)
{
    /* A burst would be no burst, a ramp start at full rate, a night be as busy as an evening. */
    struct rig *rig = rig_new(9);
    char address[ADDRESS_TEXT_SIZE];
    struct rig_instance *web = rig_add(rig, 0);
    struct stream_new wish = {.rate = 20 * STREAM_RATE_ONE};
    const struct stream *stream;
    int64_t sent[24];

    (void)state;
    web->work_ns = MILLISECOND_NS;
    address_text(interface_find(&rig->network, web->interface)->public_address, address);
    wish.distribution = STREAM_CONSTANT;
    stream = begin(rig, address, wish);
    count_spans(rig, stream, 10 * SECOND_NS, 3, sent);
    assert_true(sent[0] == 200 && sent[1] == 200 && sent[2] == 200);
    wish.distribution = STREAM_BURST;
    stream = begin(rig, address, wish);
    count_spans(rig, stream, 10 * SECOND_NS, 6, sent);
    assert_true(sent[0] > 720 && sent[0] < 880);
    for (int i = 1; i < 6; i++)
        assert_true(sent[i] > 40 && sent[i] < 120);
    wish.distribution = STREAM_RAMP;
    wish.duration_ns = 100 * SECOND_NS;
    stream = begin(rig, address, wish);
    count_spans(rig, stream, 20 * SECOND_NS, 6, sent);
    for (int i = 0; i < 5; i++)
        assert_true(sent[i] > 80 * i + 10 && sent[i] < 80 * i + 75);
    assert_int_equal(sent[5], 0);
    wish.distribution = STREAM_DAILY;
    wish.rate = STREAM_RATE_ONE / 4;
    wish.duration_ns = 0;
    stream = begin(rig, address, wish);
    count_spans(rig, stream, HOUR_NS, 24, sent); /* it is about nine in the morning */
    assert_true(sent[10] > 4 * sent[19]);
    assert_true(stream->sent > 20500 && stream->sent < 22700);
    rig_free(rig);
}

static void poisson_arrivals_have_their_variance(void **state)
{
    /* Queues would be shorter or longer than theory says, because arrivals are not independent. */
    struct rig *rig = rig_new(5);
    char address[ADDRESS_TEXT_SIZE];
    struct rig_instance *web = rig_add(rig, 0);
    const struct stream *stream;
    int64_t squares = 0;
    int64_t sent[1];

    (void)state;
    web->work_ns = MILLISECOND_NS;
    address_text(interface_find(&rig->network, web->interface)->public_address, address);
    stream = begin(rig, address, (struct stream_new){.rate = 100 * STREAM_RATE_ONE});
    for (int i = 0; i < 1000; i++) {
        count_spans(rig, stream, SECOND_NS, 1, sent);
        squares += (sent[0] - 100) * (sent[0] - 100);
    }
    assert_true(stream->sent > 99000 && stream->sent < 101000);
    assert_true(squares > 87000 && squares < 114000); /* its mean is 100,000, within 3 sigma */
    rig_free(rig);
}

/* ---- time-outs, retries, what is told ---- */

static void clients_give_up_and_try_again(void **state)
{
    /* A time-out would never end a request, or a retry come at once and hammer the server. */
    struct rig *rig = rig_new(6);
    char address[ADDRESS_TEXT_SIZE];
    struct rig_instance *web = rig_add(rig, 0);
    const struct stream *stream;

    (void)state;
    web->hangs = true;
    address_text(interface_find(&rig->network, web->interface)->public_address, address);
    stream = begin(rig, address,
                   (struct stream_new){.rate = STREAM_RATE_ONE,
                                       .distribution = STREAM_CONSTANT,
                                       .duration_ns = SECOND_NS,
                                       .timeout_ns = 2 * SECOND_NS,
                                       .retries = 2});
    rig_run(rig, 1500 * MILLISECOND_NS);
    assert_int_equal(stream->sent, 1);
    assert_int_equal(stream->in_flight, 1);
    rig_run(rig, 20 * SECOND_NS);
    /* It ended after a second, and who has ended does not try again. */
    assert_int_equal(stream->sent, 1);
    assert_int_equal(stream->failed, 1);
    stream = begin(rig, address,
                   (struct stream_new){.rate = STREAM_RATE_ONE / 100,
                                       .distribution = STREAM_CONSTANT,
                                       .timeout_ns = 2 * SECOND_NS,
                                       .retries = 2});
    rig_run(rig, 102500 * MILLISECOND_NS); /* sent at 100, given up at 102, again at 103 */
    assert_int_equal(stream->sent, 1);
    rig_run(rig, SECOND_NS);
    assert_int_equal(stream->sent, 2);
    rig_run(rig, 3 * SECOND_NS); /* given up at 105, again at 107 */
    assert_int_equal(stream->sent, 2);
    web->hangs = false;
    rig_run(rig, SECOND_NS);
    assert_int_equal(stream->sent, 3);
    assert_int_equal(stream->completed, 1);
    assert_int_equal(stream->latency.tally.count, 1);
    assert_true(stream->latency.tally.max > 7 * SECOND_NS);
    rig_free(rig);
}

static void a_sample_is_told(void **state)
{
    /* A stream would push every curl out of what can be explained, or could not be explained. */
    struct rig *rig = rig_new(7);
    char address[ADDRESS_TEXT_SIZE];
    struct rig_instance *web = rig_add(rig, 0);
    const struct stream *stream;
    uint64_t told;
    char *story;

    (void)state;
    web->work_ns = MILLISECOND_NS;
    address_text(interface_find(&rig->network, web->interface)->public_address, address);
    rig_curl(rig, address);
    stream = begin(rig, address, (struct stream_new){.rate = 2000 * STREAM_RATE_ONE, .clients = 1});
    rig_run(rig, 20 * SECOND_NS);
    told = rig->requests.ways.begun;
    assert_true(stream->sent > 39000);
    assert_true(told > 190 && told < 203);
    story = rig_story(rig, 1);
    assert_non_null(strstr(story, "198.51.100.7 sends SYN number 1"));
    free(story);
    story = rig_story(rig, way_at(&rig->requests.ways, told - 5)->id);
    assert_non_null(strstr(story, "is open already: no handshake"));
    assert_non_null(strstr(story, "the client has the answer: 200"));
    free(story);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(remembering_changes_nothing),
        cmocka_unit_test(a_server_obeys_littles_law),
        cmocka_unit_test(distributions_are_what_they_say),
        cmocka_unit_test(poisson_arrivals_have_their_variance),
        cmocka_unit_test(clients_give_up_and_try_again),
        cmocka_unit_test(a_sample_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
