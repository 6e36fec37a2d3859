/*
 * tests/unit/cloud_rig.h - a small cloud for tests of requests: real network, firewall, balancers
 * and targets; instances and guests are pretended, and do what a test tells them.
 */
#ifndef TESTS_CLOUD_RIG_H
#define TESTS_CLOUD_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/pack.h"
#include "base/str.h"
#include "cloud/firewall.h"
#include "cloud/listener.h"
#include "cloud/network.h"
#include "cloud/routing.h"
#include "cloud/stream.h"
#include "cloud/target.h"
#include "cloud/traffic.h"
#include "cloud/vpc.h"
#include "cloud/web_acl.h"
#include "sim/clock.h"

enum { RIG_INSTANCES = 16 };

struct rig_instance {
    uint64_t id;
    uint64_t interface;
    const char *state; /* "running", "stopped"; NULL: terminated */
    bool silent;       /* its network does not answer */
    bool closed;       /* nothing listens */
    bool hangs;
    uint32_t vcpus;
    uint16_t status;
    int64_t work_ns;
    uint32_t served;
    struct request_mood mood;
};

struct rig {
    struct sim sim;
    struct catalog *catalog;
    struct ids ids;
    struct trail trail;
    struct accounts accounts;
    struct network network;
    struct firewall firewall;
    struct requests requests;
    struct target_groups groups;
    struct web_acls acls;
    struct balancers balancers;
    struct traffic traffic;
    struct streams streams;
    struct rig_instance instances[RIG_INSTANCES];
    uint32_t instance_count;
    struct security_group *web; /* lets in port 80 from anywhere */
    struct fault fault;
};

static struct rig_instance *rig_find(struct rig *rig, uint64_t id)
{
    for (uint32_t i = 0; i < rig->instance_count; i++)
        if (rig->instances[i].id == id)
            return &rig->instances[i];
    return NULL;
}

static bool rig_subject(void *context, uint64_t id, struct target_subject *subject)
{
    struct rig *rig = context;
    const struct rig_instance *instance = rig_find(rig, id);
    const struct interface *interface;

    if (instance == NULL || instance->state == NULL)
        return false;
    interface = interface_find(&rig->network, instance->interface);
    *subject = (struct target_subject){
        .account = ACCOUNT_LEARNER,
        .vpc = vpc_default(&rig->network, ACCOUNT_LEARNER, 0)->id,
        .address = interface->address,
        .zone = interface->zone,
        .running = str_equal(instance->state, "running"),
        .state = instance->state,
    };
    return true;
}

static bool rig_place(void *context, uint64_t id, struct traffic_instance *out)
{
    struct rig *rig = context;
    const struct rig_instance *instance = rig_find(rig, id);

    if (instance == NULL || instance->state == NULL)
        return false;
    out->interface = instance->interface;
    out->answers = str_equal(instance->state, "running") && !instance->silent;
    return true;
}

static struct server_power rig_listens(void *context, uint64_t id, struct request_port port)
{
    struct rig *rig = context;
    const struct rig_instance *instance = rig_find(rig, id);

    if (instance == NULL || instance->closed || port.number != 80)
        return (struct server_power){0};
    return (struct server_power){.vcpus = instance->vcpus, .speed_ppm = SERVER_SPEED_ONE};
}

static void rig_serve(void *context, const struct traffic_guest_ask *ask,
                      struct request_answer *answer)
{
    struct rig *rig = context;
    struct rig_instance *instance = rig_find(rig, ask->instance);

    instance->served++;
    answer->status = instance->status;
    answer->service_ns = instance->work_ns;
    answer->how = instance->hangs ? REQUEST_SERVE_HANG : REQUEST_SERVE_ANSWER;
    answer->bytes = 6;
    if (!ask->wants_text)
        return;
    answer->headers = xasprintf("HTTP/1.1 %u OK\r\nServer: rig\r\n", (unsigned)instance->status);
    answer->body = (struct blob){.bytes = xstrdup("hello\n"), .size = 6};
}

static struct request_mood rig_mood(void *context, uint64_t id)
{
    const struct rig_instance *instance = rig_find(context, id);

    return instance == NULL ? (struct request_mood){0} : instance->mood;
}

static const char *rig_name(void *context, struct arena *arena, uint64_t id)
{
    (void)context;
    return id_text(arena, &kind_instance, id);
}

static void rig_web_acls(struct rig *rig, uint64_t seed)
{
    rig->acls = (struct web_acls){
        .sim = &rig->sim,
        .catalog = rig->catalog,
        .ids = &rig->ids,
        .trail = &rig->trail,
        .requests = &rig->requests,
        .seed = seed,
    };
    web_acls_init(&rig->acls);
}

/* Rooms in the order of their dependence, as a world has them. */
static void rig_rooms(struct rig *rig, uint64_t seed)
{
    sim_init(&rig->sim, SIM_BEGIN_NS);
    rig->ids.stream = chance_stream(seed, "ids", 0);
    trail_init(&rig->trail, &rig->sim.now);
    accounts_init(&rig->accounts);
    rig->network = (struct network){.sim = &rig->sim,
                                    .catalog = rig->catalog,
                                    .ids = &rig->ids,
                                    .trail = &rig->trail,
                                    .seed = seed};
    network_init(&rig->network);
    rig->firewall = (struct firewall){.network = &rig->network,
                                      .accounts = &rig->accounts,
                                      .ids = &rig->ids,
                                      .trail = &rig->trail};
    firewall_init(&rig->firewall);
    requests_init(&rig->requests, &rig->sim, seed);
    rig->groups = (struct target_groups){
        .sim = &rig->sim,
        .catalog = rig->catalog,
        .accounts = &rig->accounts,
        .ids = &rig->ids,
        .trail = &rig->trail,
        .requests = &rig->requests,
        .seed = seed,
        .world = {.context = rig, .instance = rig_subject},
    };
    target_groups_init(&rig->groups);
    targets_init(&rig->groups);
    rig_web_acls(rig, seed);
    rig->balancers = (struct balancers){
        .sim = &rig->sim,
        .seed = seed,
        .catalog = rig->catalog,
        .accounts = &rig->accounts,
        .ids = &rig->ids,
        .trail = &rig->trail,
        .network = &rig->network,
        .firewall = &rig->firewall,
        .requests = &rig->requests,
        .groups = &rig->groups,
        .acls = &rig->acls,
    };
    balancers_init(&rig->balancers);
    routing_init(&rig->balancers);
    rig->traffic = (struct traffic){
        .sim = &rig->sim,
        .network = &rig->network,
        .firewall = &rig->firewall,
        .requests = &rig->requests,
        .balancers = &rig->balancers,
        .world = {.context = rig,
                  .instance = rig_place,
                  .listens = rig_listens,
                  .serve = rig_serve,
                  .mood = rig_mood,
                  .instance_name = rig_name},
    };
    traffic_init(&rig->traffic);
    rig->streams = (struct streams){
        .sim = &rig->sim,
        .ids = &rig->ids,
        .requests = &rig->requests,
        .traffic = &rig->traffic,
        .trail = &rig->trail,
        .seed = seed,
    };
    streams_init(&rig->streams);
}

static struct rig *rig_new(uint64_t seed)
{
    struct rig *rig = xcalloc(1, sizeof(*rig));
    struct vpc *vpc;
    struct firewall_rule rule = {.protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 80};
    struct firewall_rules rules = {&rule, 1};
    struct security_group_new wish = {
        .account = ACCOUNT_LEARNER, .name = "web", .description = "web servers"};

    rig->catalog = catalog_new();
    rig_rooms(rig, seed);
    vpc = vpc_add_default(&rig->network, ACCOUNT_LEARNER, 0);
    firewall_add_default(&rig->firewall, vpc);
    wish.vpc = vpc->id;
    rig->web = security_group_add(&rig->firewall, &wish, &rig->fault);
    assert_int_equal(security_group_authorize(&rig->firewall, rig->web, &rules, &rig->fault), 0);
    return rig;
}

static void rig_rooms_free(struct rig *rig)
{
    streams_release(&rig->streams);
    traffic_release(&rig->traffic);
    balancers_release(&rig->balancers);
    web_acls_release(&rig->acls);
    target_groups_release(&rig->groups);
    requests_release(&rig->requests);
    firewall_release(&rig->firewall);
    network_release(&rig->network);
    accounts_release(&rig->accounts);
    trail_release(&rig->trail);
    sim_release(&rig->sim);
}

static void rig_free(struct rig *rig)
{
    rig_rooms_free(rig);
    catalog_free(rig->catalog);
    fault_release(&rig->fault);
    free(rig);
}

/* A running instance with a web server, in that zone. */
static inline struct rig_instance *rig_add(struct rig *rig, uint8_t zone)
{
    struct rig_instance *instance = &rig->instances[rig->instance_count++];
    const struct interface *interface;

    *instance = (struct rig_instance){.id = ids_new(&rig->ids),
                                      .state = "running",
                                      .vcpus = 2,
                                      .status = 200,
                                      .work_ns = 3 * MILLISECOND_NS};
    interface = interface_add(
        &rig->network,
        &(struct interface_new){.account = ACCOUNT_LEARNER,
                                .subnet = subnet_default(&rig->network, ACCOUNT_LEARNER, zone)->id,
                                .owner = instance->id,
                                .owner_kind = OWNER_INSTANCE,
                                .public_address = true,
                                .groups = &rig->web->id,
                                .group_count = 1},
        &rig->fault);
    assert_non_null(interface);
    instance->interface = interface->id;
    return instance;
}

static inline void rig_run(struct rig *rig, int64_t duration)
{
    sim_advance(&rig->sim, rig->sim.now + duration, SIM_UNLIMITED);
}

static inline struct target_group *rig_group(struct rig *rig, const char *name)
{
    struct target_group *group = target_group_add(
        &rig->groups,
        &(struct target_group_new){.account = ACCOUNT_LEARNER,
                                   .vpc = vpc_default(&rig->network, ACCOUNT_LEARNER, 0)->id,
                                   .name = name,
                                   .protocol = "HTTP",
                                   .port = OPT_INT(80)},
        &rig->fault);

    assert_non_null(group);
    return group;
}

static inline struct target *rig_register(struct rig *rig, struct target_group *group,
                                          const struct rig_instance *instance)
{
    struct arena arena = ARENA_INIT;
    struct target_wish wish = {.id = id_text(&arena, &kind_instance, instance->id)};

    assert_int_equal(targets_register(&rig->groups, group, &wish, 1, &rig->fault), 0);
    arena_release(&arena);
    return target_of_instance(&rig->groups, group, instance->id, 80);
}

static inline void rig_deregister(struct rig *rig, struct target_group *group,
                                  const struct rig_instance *instance)
{
    struct arena arena = ARENA_INIT;
    struct target_wish wish = {.id = id_text(&arena, &kind_instance, instance->id)};

    assert_int_equal(targets_deregister(&rig->groups, group, &wish, 1, &rig->fault), 0);
    arena_release(&arena);
}

static inline struct balancer *rig_balancer(struct rig *rig, const char *name)
{
    uint64_t subnets[ZONES_PER_REGION];
    struct balancer *balancer;

    for (uint8_t zone = 0; zone < ZONES_PER_REGION; zone++)
        subnets[zone] = subnet_default(&rig->network, ACCOUNT_LEARNER, zone)->id;
    balancer = balancer_add(&rig->balancers,
                            &(struct balancer_new){.account = ACCOUNT_LEARNER,
                                                   .name = name,
                                                   .subnets = subnets,
                                                   .subnet_count = ZONES_PER_REGION,
                                                   .groups = &rig->web->id,
                                                   .group_count = 1},
                            &rig->fault);
    assert_non_null(balancer);
    return balancer;
}

static inline struct listener *rig_listener(struct rig *rig, struct balancer *balancer,
                                            const struct target_group *group)
{
    struct action_group item = {.group = group->id, .weight = 1};
    struct listener_action action = {.type = ACTION_FORWARD, .groups = {&item, 1, 1}};
    struct listener *listener = listener_add(
        &rig->balancers, balancer,
        &(struct listener_new){
            .protocol = "HTTP", .port = OPT_INT(80), .actions = &action, .action_count = 1},
        &rig->fault);

    assert_non_null(listener);
    return listener;
}

static inline uint64_t rig_ask(struct rig *rig, const char *host)
{
    return traffic_start(&rig->traffic, &(struct traffic_ask){.host = host, .port = 80});
}

/* Asks and waits until it is over. */
static inline const struct exchange *rig_curl(struct rig *rig, const char *host)
{
    const struct exchange *exchange = exchange_find(&rig->traffic, rig_ask(rig, host));

    while (exchange->ended == 0)
        sim_advance(&rig->sim, sim_next_time(&rig->sim), 1);
    return exchange;
}

/* Asks the balancer. */
static inline const struct exchange *rig_curl_balancer(struct rig *rig,
                                                       const struct balancer *balancer)
{
    struct arena arena = ARENA_INIT;
    const struct exchange *exchange =
        rig_curl(rig, balancer_dns_name(&rig->balancers, &arena, balancer));

    arena_release(&arena);
    return exchange;
}

/* All sentences of a request's way, one a line; the caller frees it. */
static inline char *rig_story(struct rig *rig, uint64_t request)
{
    struct arena arena = ARENA_INIT;
    struct way_story story = {0};
    struct request_names names = traffic_names(&rig->traffic);
    struct str out = STR_INIT;

    way_explain(way_find(&rig->requests.ways, request), &names, &arena, &story);
    for (uint32_t i = 0; i < story.steps.count; i++)
        str_addf(&out, "%s\n", story.steps.items[i].text);
    arena_release(&arena);
    return str_take(&out);
}

/* The tables of the rig's rooms, by name. */
struct rig_table {
    const char *name;
    struct table *table;
};

enum { RIG_TABLES = 20 };

static inline void rig_tables(struct rig *rig, struct rig_table tables[RIG_TABLES])
{
    struct rig_table all[RIG_TABLES] = {
        {"vpcs", &rig->network.vpcs},
        {"subnets", &rig->network.subnets},
        {"interfaces", &rig->network.interfaces},
        {"security-groups", &rig->firewall.table},
        {"servers", &rig->requests.servers.table},
        {"groups", &rig->groups.groups},
        {"targets", &rig->groups.targets},
        {"balancers", &rig->balancers.balancers},
        {"listeners", &rig->balancers.listeners},
        {"rules", &rig->balancers.rules},
        {"exchanges", &rig->traffic.exchanges},
        {"accounts", &rig->accounts.table},
        {"idles", &rig->requests.idles},
        {"streams", &rig->streams.table},
        {"web-acls", &rig->acls.acls},
        {"ip-sets", &rig->acls.ip_sets},
        {"web-rates", &rig->acls.rates},
        {"route-tables", &rig->network.route_tables},
        {"gateways", &rig->network.gateways},
        {"acls", &rig->network.acls},
    };

    memcpy(tables, all, sizeof(all));
}

/* The whole state, but for the pending events. */
static inline void rig_pack(struct rig *rig, struct str *out)
{
    struct rig_table tables[RIG_TABLES];
    struct table rows;
    struct table ways;

    rig_tables(rig, tables);
    for (int i = 0; i < RIG_TABLES; i++)
        pack_table(out, tables[i].name, tables[i].table);
    table_init(&rows, &request_shape);
    table_init(&ways, &request_way_shape);
    requests_save(&rig->requests, &rows, &ways);
    pack_table(out, "requests", &rows);
    pack_table(out, "ways", &ways);
    table_release(&rows);
    table_release(&ways);
}

/* Another rig from the saved state of this one; what instances do is copied. */
static inline struct rig *rig_again(struct rig *rig, uint64_t seed)
{
    struct rig *copy = xcalloc(1, sizeof(*copy));
    struct str out = STR_INIT;
    struct pack_reader reader;
    struct rig_table tables[RIG_TABLES];
    struct table rows;
    struct table ways;
    size_t length;
    size_t count;
    struct event *events = sim_pending_events(&rig->sim, &count);

    rig_pack(rig, &out);
    reader = (struct pack_reader){.bytes = str_text(&out), .size = out.length};
    copy->catalog = catalog_new();
    rig_rooms(copy, seed);
    memcpy(copy->instances, rig->instances, sizeof(rig->instances));
    copy->instance_count = rig->instance_count;
    rig_tables(copy, tables);
    for (int i = 0; i < RIG_TABLES; i++) {
        const struct shape *shape = tables[i].table->shape;

        table_release(tables[i].table);
        table_init(tables[i].table, shape);
        assert_non_null(pack_next(&reader, &length));
        assert_int_equal(pack_read_table(&reader, tables[i].table), 0);
    }
    table_init(&rows, &request_shape);
    table_init(&ways, &request_way_shape);
    assert_non_null(pack_next(&reader, &length));
    assert_int_equal(pack_read_table(&reader, &rows), 0);
    assert_non_null(pack_next(&reader, &length));
    assert_int_equal(pack_read_table(&reader, &ways), 0);
    requests_load(&copy->requests, &rows, &ways, rig->requests.ways.next);
    table_release(&rows);
    table_release(&ways);
    assert_true(sim_restore(&copy->sim, rig->sim.now, rig->sim.next_sequence));
    assert_true(network_restore(&copy->network) && vpcs_restore(&copy->network));
    assert_true(requests_restore(&copy->requests));
    assert_true(target_groups_restore(&copy->groups));
    assert_true(web_acls_restore(&copy->acls));
    assert_true(balancers_restore(&copy->balancers));
    assert_true(streams_restore(&copy->streams));
    for (size_t i = 0; i < count; i++)
        assert_true(sim_restore_event(&copy->sim, &events[i]));
    copy->ids = rig->ids;
    copy->traffic.next = rig->traffic.next;
    free(events);
    str_release(&out);
    return copy;
}

static inline bool rig_is_equal(struct rig *a, struct rig *b)
{
    struct str first = STR_INIT;
    struct str second = STR_INIT;
    bool equal;

    rig_pack(a, &first);
    rig_pack(b, &second);
    equal = first.length == second.length &&
            memcmp(str_text(&first), str_text(&second), first.length) == 0;
    str_release(&first);
    str_release(&second);
    return equal;
}

#endif
