/*
 * tests/unit/cloud_request_test.c - one request: what a client meets on its way to an instance.
 */
#include "cloud_rig.h"

#include "cloud/event_kinds.h"

static const char *public_address(struct rig *rig, const struct rig_instance *instance, char *text)
{
    return address_text(interface_find(&rig->network, instance->interface)->public_address, text);
}

static void answer_comes_back(void **state)
{
    /* curl of a running web server would show nothing, or something else than it serves. */
    struct rig *rig = rig_new(1);
    const struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange = rig_curl(rig, public_address(rig, web, address));

    (void)state;
    assert_int_equal(exchange->exit, EXIT_ANSWERED);
    assert_int_equal(exchange->status, 200);
    assert_string_equal(exchange->answer_headers, "HTTP/1.1 200 OK\r\nServer: rig\r\n\r\n");
    assert_memory_equal(exchange->answer_body.bytes, "hello\n", 6);
    assert_true(exchange->ended - exchange->started > 16 * MILLISECOND_NS);
    assert_true(exchange->ended - exchange->started < 300 * MILLISECOND_NS);
    assert_int_equal(rig->requests.pool.count, 0);
    rig_free(rig);
}

static void closed_port_of_the_firewall_is_a_timeout(void **state)
{
    /* A port that no security group opens would be refused at once, as if nobody listened. */
    struct rig *rig = rig_new(1);
    const struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange;
    struct arena arena = ARENA_INIT;
    uint64_t id;
    char *story;

    (void)state;
    id =
        traffic_start(&rig->traffic,
                      &(struct traffic_ask){.host = public_address(rig, web, address), .port = 22});
    rig_run(rig, 129 * SECOND_NS);
    exchange = exchange_find(&rig->traffic, id);
    assert_true(exchange->ended == 0);
    rig_run(rig, SECOND_NS);
    assert_int_equal(exchange->exit, EXIT_TIMEOUT);
    assert_true(exchange->ended - exchange->started == 130 * SECOND_NS);
    assert_true(str_starts(exchange_error(exchange, &arena), "curl: (28) Failed to connect to "));
    story = rig_story(rig, exchange->request);
    assert_non_null(strstr(story, "has no rule that lets this client in on port 22"));
    assert_non_null(strstr(story, "SYN number 7"));
    free(story);
    arena_release(&arena);
    rig_free(rig);
}

static void opened_while_knocking(void **state)
{
    /* A rule added while curl still tries would not be noticed. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange;
    uint64_t id;

    (void)state;
    web->silent = true;
    id = rig_ask(rig, public_address(rig, web, address));
    rig_run(rig, 5 * SECOND_NS);
    web->silent = false;
    rig_run(rig, 3 * SECOND_NS);
    exchange = exchange_find(&rig->traffic, id);
    assert_int_equal(exchange->status, 200);
    assert_true(exchange->ended - exchange->started > 7 * SECOND_NS);
    rig_free(rig);
}

static void ends_that_curl_tells_apart(void **state)
{
    /* The learner could not tell a wrong name, a closed server, a dead one and a slow one apart. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange = rig_curl(rig, "no-such-name.example");
    struct arena arena = ARENA_INIT;
    uint64_t id;

    (void)state;
    assert_int_equal(exchange->exit, EXIT_NO_NAME);
    assert_string_equal(exchange_error(exchange, &arena),
                        "curl: (6) Could not resolve host: no-such-name.example");
    web->closed = true;
    exchange = rig_curl(rig, public_address(rig, web, address));
    assert_int_equal(exchange->exit, EXIT_REFUSED);
    web->closed = false;
    web->hangs = true;
    id = traffic_start(&rig->traffic, &(struct traffic_ask){
                                          .host = address, .port = 80, .limit_ns = 5 * SECOND_NS});
    rig_run(rig, 6 * SECOND_NS);
    exchange = exchange_find(&rig->traffic, id);
    assert_int_equal(exchange->exit, EXIT_TIMEOUT);
    assert_true(exchange->connected);
    assert_string_equal(
        exchange_error(exchange, &arena),
        "curl: (28) Operation timed out after 5000 milliseconds with 0 bytes received");
    id = rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    request_server_gone(&rig->requests, web->id, 0, false);
    rig_run(rig, SECOND_NS);
    assert_int_equal(exchange_find(&rig->traffic, id)->exit, EXIT_EMPTY);
    id = rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    request_server_gone(&rig->requests, web->id, 0, true);
    rig_run(rig, 900 * SECOND_NS);
    assert_true(exchange_find(&rig->traffic, id)->ended == 0);
    rig_run(rig, 60 * SECOND_NS);
    assert_int_equal(exchange_find(&rig->traffic, id)->exit, EXIT_RESET);
    arena_release(&arena);
    rig_free(rig);
}

static void requests_share_the_processors(void **state)
{
    /* A busy server would answer the first as fast as an idle one, and let the others stand. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct server *server;
    int64_t first = SIM_NEVER;
    int64_t last = 0;

    (void)state;
    web->work_ns = SECOND_NS;
    public_address(rig, web, address);
    for (int i = 0; i < 10; i++)
        rig_ask(rig, address);
    rig_run(rig, 500 * MILLISECOND_NS);
    server = server_find(&rig->requests.servers, web->id);
    assert_int_equal(server_at_work(server), 10);
    assert_int_equal(server_waiting(server), 0);
    rig_run(rig, 10 * SECOND_NS);
    assert_int_equal(web->served, 10);
    for (uint64_t id = 1; id <= 10; id++) {
        const struct exchange *exchange = exchange_find(&rig->traffic, id);

        assert_int_equal(exchange->status, 200);
        first = exchange->ended < first ? exchange->ended : first;
        last = exchange->ended > last ? exchange->ended : last;
    }
    /* Two vCPUs need 5 s for 10 s of work; all were there nearly from the start. */
    assert_true(first - SIM_BEGIN_NS > 4800 * MILLISECOND_NS);
    assert_true(last - SIM_BEGIN_NS > 5 * SECOND_NS && last - SIM_BEGIN_NS < 5300 * MILLISECOND_NS);
    rig_free(rig);
}

static void one_request_cannot_use_two_processors(void **state)
{
    /* A larger instance would make a single request faster, which no web server does. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange;

    (void)state;
    web->work_ns = SECOND_NS;
    web->vcpus = 64;
    exchange = rig_curl(rig, public_address(rig, web, address));
    assert_true(exchange->ended - exchange->started > SECOND_NS);
    rig_free(rig);
}

static void backlog_overflows(void **state)
{
    /* An overloaded server would take any number of connections. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct server *server;
    uint32_t refused = 0;

    (void)state;
    web->work_ns = 100 * SECOND_NS;
    public_address(rig, web, address);
    for (int i = 0; i < SERVER_WORKERS + SERVER_BACKLOG; i++)
        rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    server = server_find(&rig->requests.servers, web->id);
    assert_int_equal(server_at_work(server), SERVER_WORKERS);
    assert_int_equal(server_waiting(server), SERVER_BACKLOG);
    for (int i = 0; i < 5; i++)
        refused += rig_curl(rig, address)->exit == EXIT_REFUSED;
    assert_int_equal(refused, 5);
    rig_free(rig);
}

static void half_open_handshakes_take_places(void **state)
{
    /* A SYN flood would never fill a server, or what it filled would stay full for ever. */
    struct server server = {.looked = SIM_BEGIN_NS};
    int64_t now = SIM_BEGIN_NS;
    int64_t over = now + SERVER_HALF_OPEN_S * SECOND_NS;

    (void)state;
    for (int i = 0; i < SERVER_BACKLOG; i++) {
        assert_false(server_has_no_place(&server, now + i));
        assert_true(server_half_open(&server, now + i));
    }
    now += SERVER_BACKLOG;
    assert_int_equal(server_half_open_count(&server, now), SERVER_BACKLOG);
    assert_true(server_has_no_place(&server, now));
    assert_false(server_half_open(&server, now));
    assert_true(server_has_no_place(&server, over - 1));
    assert_int_equal(server_half_open_count(&server, over), SERVER_BACKLOG - 1);
    /* Those who wait for a worker hold the same places. */
    *LIST_PUSH(&server.waiting) = 1;
    assert_true(server_has_no_place(&server, over));
    assert_false(server_half_open(&server, over));
    /* Years of a flood need no more memory than its places. */
    for (int i = 0; i < 20000; i++) {
        now += SECOND_NS / 10;
        server_half_open(&server, now);
        assert_true(server.half_open.count <= 2 * SERVER_BACKLOG);
        assert_true(server_restore(&server, now));
    }
    server.half_open.items[server.half_open.count - 1] = now + 64 * SECOND_NS;
    assert_false(server_restore(&server, now));
    server_forget_half_open(&server);
    assert_int_equal(server_half_open_count(&server, now), 0);
    shape_release(&server_shape, &server);
}

static void a_syn_flood_stops_new_connections(void **state)
{
    /* Clients would come in while no place is left, or those who are in already would be cut. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    struct server *server;

    (void)state;
    assert_int_equal(rig_curl(rig, public_address(rig, web, address))->status, 200);
    web->work_ns = 20 * SECOND_NS;
    rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    server = server_find(&rig->requests.servers, web->id);
    while (server_half_open(server, rig->sim.now))
        continue;
    rig_ask(rig, address);
    rig_run(rig, 30 * SECOND_NS);
    /* The first was served all the same; the second is answered once a SYN finds a place. */
    assert_int_equal(exchange_find(&rig->traffic, 2)->status, 200);
    assert_int_equal(exchange_find(&rig->traffic, 3)->ended, 0);
    web->work_ns = SECOND_NS;
    rig_run(rig, 100 * SECOND_NS);
    assert_int_equal(exchange_find(&rig->traffic, 3)->status, 200);
    rig_free(rig);
}

static void hanging_requests_take_workers_but_no_cpu(void **state)
{
    /* A page that hangs would slow the others down, or never use up the workers. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    const struct exchange *exchange;

    (void)state;
    web->hangs = true;
    public_address(rig, web, address);
    for (int i = 0; i < SERVER_WORKERS - 1; i++)
        rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    web->hangs = false;
    exchange = rig_curl(rig, address);
    assert_int_equal(exchange->status, 200);
    assert_true(exchange->ended - exchange->started < 300 * MILLISECOND_NS);
    web->hangs = true;
    rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    rig_ask(rig, address);
    rig_run(rig, SECOND_NS);
    assert_int_equal(server_waiting(server_find(&rig->requests.servers, web->id)), 1);
    rig_free(rig);
}

static void a_session_of_older_times_goes_on(void **state)
{
    /* Sessions in which a worker had an event of its own for each answer would hang for ever. */
    struct rig *rig = rig_new(1);
    struct rig_instance *web = rig_add(rig, 0);
    char address[ADDRESS_TEXT_SIZE];
    struct request *request;
    struct rig *copy;
    uint64_t id;

    (void)state;
    web->hangs = true;
    id = rig_ask(rig, public_address(rig, web, address));
    rig_run(rig, SECOND_NS);
    request = request_find(&rig->requests, exchange_find(&rig->traffic, id)->request);
    request->status = 200;
    request->step =
        sim_schedule(&rig->sim, SECOND_NS, EVENT_REQUEST_STEP, request->id, 8 /* STEP_SERVED */);
    copy = rig_again(rig, 1);
    rig_run(copy, 3 * SECOND_NS);
    assert_int_equal(exchange_find(&copy->traffic, id)->status, 200);
    assert_int_equal(server_count(server_find(&copy->requests.servers, web->id)), 0);
    rig_rooms_free(copy);
    catalog_free(copy->catalog);
    free(copy);
    rig_free(rig);
}

static void urls_are_read(void **state)
{
    /* curl would ask another host, port or path than was typed. */
    struct arena arena = ARENA_INIT;
    struct url url;

    (void)state;
    assert_true(url_parse(&arena, "http://x.example:8080/a?b=1#c", &url));
    assert_string_equal(url.host, "x.example");
    assert_int_equal(url.port, 8080);
    assert_string_equal(url.path, "/a?b=1");
    assert_true(url_parse(&arena, "10.0.0.1", &url));
    assert_string_equal(url.scheme, "http");
    assert_int_equal(url.port, 80);
    assert_string_equal(url.path, "/");
    assert_true(url_parse(&arena, "HTTPS://u:p@h?q", &url));
    assert_string_equal(url.host, "h");
    assert_int_equal(url.port, 443);
    assert_string_equal(url.path, "/?q");
    assert_false(url_parse(&arena, "http://h:99999/", &url));
    assert_false(url_parse(&arena, "http:///x", &url));
    assert_false(url_parse(&arena, "http://a b/", &url));
    arena_release(&arena);
}

static void the_pool_finds_its_own(void **state)
{
    /* A request would be lost, or mistaken for another, among thousands that come and go. */
    struct request_pool pool = {0};
    uint64_t next = 1;
    struct chance luck = chance_stream(7, "pool", 0);
    uint64_t live[300];
    uint32_t count = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        if (count < 300 && (count == 0 || chance_below(&luck, 2) == 0)) {
            live[count++] = next;
            request_pool_add(&pool, next)->port = (uint16_t)next;
            next += 1 + chance_below(&luck, 50);
        } else {
            uint32_t at = (uint32_t)chance_below(&luck, count);

            request_pool_remove(&pool, request_pool_find(&pool, live[at]));
            assert_null(request_pool_find(&pool, live[at]));
            live[at] = live[--count];
        }
        assert_int_equal(pool.count, count);
    }
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(request_pool_find(&pool, live[i])->port, (uint16_t)live[i]);
    request_pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_comes_back),
        cmocka_unit_test(closed_port_of_the_firewall_is_a_timeout),
        cmocka_unit_test(opened_while_knocking),
        cmocka_unit_test(ends_that_curl_tells_apart),
        cmocka_unit_test(requests_share_the_processors),
        cmocka_unit_test(one_request_cannot_use_two_processors),
        cmocka_unit_test(hanging_requests_take_workers_but_no_cpu),
        cmocka_unit_test(backlog_overflows),
        cmocka_unit_test(half_open_handshakes_take_places),
        cmocka_unit_test(a_syn_flood_stops_new_connections),
        cmocka_unit_test(a_session_of_older_times_goes_on),
        cmocka_unit_test(urls_are_read),
        cmocka_unit_test(the_pool_finds_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
