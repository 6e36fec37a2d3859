/*
 * tests/unit/cloud_path_test.c - the way of a packet: networks with one thing wrong, and random
 * ones judged by a second, slower mind.
 *
 * If this fails, a packet passes where a security group, a network ACL, a route or a gateway stops
 * it, or the reason that is told is not the true one, or lab explain-path says other than what
 * happens.
 */
#include "cloud_rig.h"

#include "cloud/acl.h"
#include "cloud/path.h"
#include "cloud/route.h"

enum { SEEDS = 60, VPCS = 2, SUBNETS = 3, WEBS = 6, KNOCKS = 12 };

static const uint32_t ten = UINT32_C(10) << 24;

/* A network of one's own: a VPC with two subnets, all that a visitor needs, a server in each. */
struct net {
    struct rig *rig;
    struct vpc *vpc;
    struct subnet *subnets[2];
    struct internet_gateway *gateway;
    struct route_table *table;
    struct network_acl *acls[2]; /* one for each subnet: all may pass */
    struct security_group *group;
    struct rig_instance *webs[2];
    struct interface *faces[2];
};

static void let(struct rig *rig, struct security_group *group, struct firewall_rule rule)
{
    struct firewall_rules rules = {&rule, 1};

    assert_int_equal(security_group_authorize(&rig->firewall, group, &rules, &rig->fault), 0);
}

static struct security_group *group_new(struct rig *rig, uint64_t vpc, const char *name)
{
    struct security_group *group = security_group_add(
        &rig->firewall,
        &(struct security_group_new){
            .account = ACCOUNT_LEARNER, .vpc = vpc, .name = name, .description = name},
        &rig->fault);

    assert_non_null(group);
    return group;
}

static struct rig_instance *web_new(struct rig *rig, const struct subnet *subnet, uint64_t group,
                                    bool is_public)
{
    struct rig_instance *web = &rig->instances[rig->instance_count++];
    const struct interface *face;

    *web = (struct rig_instance){.id = ids_new(&rig->ids),
                                 .state = "running",
                                 .vcpus = 1,
                                 .status = 200,
                                 .work_ns = MILLISECOND_NS};
    face = interface_add(&rig->network,
                         &(struct interface_new){.account = ACCOUNT_LEARNER,
                                                 .subnet = subnet->id,
                                                 .owner = web->id,
                                                 .owner_kind = OWNER_INSTANCE,
                                                 .public_address = is_public,
                                                 .groups = &group,
                                                 .group_count = 1},
                         &rig->fault);
    assert_non_null(face);
    web->interface = face->id;
    return web;
}

static void acl_all(struct network_acl *acl, bool is_egress, uint16_t number, bool allows)
{
    acl_rule_add(acl, &(struct acl_rule){.number = number,
                                         .is_egress = is_egress,
                                         .allows = allows,
                                         .protocol = PROTOCOL_ALL});
}

static struct net net_new(void)
{
    struct net net = {.rig = rig_new(7)};
    struct network *network = &net.rig->network;

    net.vpc = vpc_add(network, ACCOUNT_LEARNER, 0, (struct vpc_part){.base = ten, .bits = 16});
    firewall_add_default(&net.rig->firewall, net.vpc);
    net.gateway = gateway_add(network, ACCOUNT_LEARNER, 0);
    net.gateway->vpc = net.vpc->id;
    net.table = route_table_add(network, net.vpc);
    assert_int_equal(route_add(network, net.table,
                               (struct route){.kind = ROUTE_GATEWAY, .target = net.gateway->id},
                               &net.rig->fault),
                     0);
    net.group = group_new(net.rig, net.vpc->id, "shop");
    let(net.rig, net.group,
        (struct firewall_rule){.protocol = PROTOCOL_TCP, .from_port = 80, .to_port = 80});
    for (uint8_t i = 0; i < 2; i++) {
        net.subnets[i] = subnet_add(
            network, net.vpc, i,
            (struct vpc_part){.base = ten + ((uint32_t)i << 8), .bits = 24});
        subnet_set_route_table(network, net.subnets[i], net.table);
        net.acls[i] = acl_add(network, net.vpc);
        acl_all(net.acls[i], true, 100, true);
        acl_all(net.acls[i], false, 100, true);
        subnet_set_acl(network, net.subnets[i], net.acls[i]);
        net.webs[i] = web_new(net.rig, net.subnets[i], net.group->id, true);
        net.faces[i] = interface_find(network, net.webs[i]->interface);
    }
    return net;
}

static struct place place_of(const struct rig *rig, const struct rig_instance *web)
{
    const struct interface *face =
        web == NULL ? NULL : interface_find(&rig->network, web->interface);

    if (face == NULL)
        return (struct place){.kind = PLACE_INTERNET, .address = TRAFFIC_CLIENT_ADDRESS};
    return (struct place){
        .kind = PLACE_INSTANCE, .id = web->id, .address = face->address, .zone = face->zone};
}

/* Connects in earnest; curl's exit. */
static uint8_t connects(struct rig *rig, const struct rig_instance *from, uint32_t address)
{
    char host[ADDRESS_TEXT_SIZE];
    uint64_t id = traffic_start(&rig->traffic, &(struct traffic_ask){
                                                   .host = address_text(address, host),
                                                   .instance = from == NULL ? 0 : from->id,
                                                   .port = 80,
                                                   .connect_only = true,
                                                   .limit_ns = 2 * SECOND_NS,
                                               });
    uint8_t exit;

    rig_run(rig, 3 * SECOND_NS);
    exit = exchange_find(&rig->traffic, id)->exit;
    exchange_drop(&rig->traffic, id);
    return exit;
}

/* What explain-path would find. */
static struct hop tries(struct rig *rig, const struct rig_instance *from, uint32_t address)
{
    struct place place = place_of(rig, from);
    struct place to;

    return request_try(&rig->requests,
                       &(struct request_knock){
                           .from = &place, .address = address, .port = {.number = 80}},
                       &to);
}

/* ---- one thing wrong ---- */

enum { FROM_INTERNET = -1 };

static void nothing(struct net *net) { (void)net; }

static void no_gateway(struct net *net) { net->gateway->vpc = 0; }

static void no_route(struct net *net) { LIST_REMOVE(&net->table->routes, 1); }

static void main_table(struct net *net)
{
    subnet_set_route_table(&net->rig->network, net->subnets[0], NULL);
}

static void gone_gateway(struct net *net)
{
    struct internet_gateway *other = gateway_add(&net->rig->network, ACCOUNT_LEARNER, 0);

    net->table->routes.items[1].target = other->id;
    table_remove(&net->rig->network.gateways, other->id);
}

static void no_public(struct net *net)
{
    interface_set_public(&net->rig->network, net->faces[0], false);
}

static void acl_in(struct net *net) { acl_all(net->acls[0], false, 50, false); }

static void acl_out(struct net *net) { acl_all(net->acls[0], true, 50, false); }

static void acl_in_of_other(struct net *net) { acl_all(net->acls[1], false, 50, false); }

static void acl_out_of_other(struct net *net) { acl_all(net->acls[1], true, 50, false); }

static void some_answers(struct net *net)
{
    acl_rule_add(net->acls[0], &(struct acl_rule){.number = 50,
                                                  .is_egress = true,
                                                  .protocol = PROTOCOL_TCP,
                                                  .from_port = 60999,
                                                  .to_port = 60999});
}

static void no_ingress(struct net *net)
{
    net->group->rules.items[1].from_port = net->group->rules.items[1].to_port = 81;
}

static void no_egress(struct net *net)
{
    net->group->rules.items[0].protocol = PROTOCOL_UDP;
    net->group->rules.items[0].from_port = 0;
    net->group->rules.items[0].to_port = 65535;
}

static void closed(struct net *net) { net->webs[0]->closed = true; }

static void asleep(struct net *net) { net->webs[0]->silent = true; }

static const struct broken {
    const char *name;
    void (*spoil)(struct net *net);
    int from; /* FROM_INTERNET, or the server that asks the first one */
    bool by_public;
    enum request_why why;
    uint8_t exit;
} broken[] = {
    {"all is well", nothing, FROM_INTERNET, true, WHY_CONNECTED, EXIT_ANSWERED},
    {"no gateway", no_gateway, FROM_INTERNET, true, WHY_NO_GATEWAY, EXIT_TIMEOUT},
    {"no route back", no_route, FROM_INTERNET, true, WHY_BACK_NO_ROUTE, EXIT_TIMEOUT},
    {"the main table", main_table, FROM_INTERNET, true, WHY_BACK_NO_ROUTE, EXIT_TIMEOUT},
    {"a black hole", gone_gateway, FROM_INTERNET, true, WHY_BACK_BLACK_HOLE, EXIT_TIMEOUT},
    {"ACL in", acl_in, FROM_INTERNET, true, WHY_ACL_IN_DENIES, EXIT_TIMEOUT},
    {"ACL out", acl_out, FROM_INTERNET, true, WHY_BACK_ACL_OUT_DENIES, EXIT_TIMEOUT},
    {"one answer's port", some_answers, FROM_INTERNET, true, WHY_BACK_ACL_OUT_DENIES,
     EXIT_TIMEOUT},
    {"no ingress", no_ingress, FROM_INTERNET, true, WHY_DENIED, EXIT_TIMEOUT},
    {"egress is not asked", no_egress, FROM_INTERNET, true, WHY_CONNECTED, EXIT_ANSWERED},
    {"closed", closed, FROM_INTERNET, true, WHY_PORT_CLOSED, EXIT_REFUSED},
    {"asleep", asleep, FROM_INTERNET, true, WHY_NOBODY, EXIT_TIMEOUT},
    {"inside", nothing, 1, false, WHY_CONNECTED, EXIT_ANSWERED},
    {"inside without a gateway", no_gateway, 1, false, WHY_CONNECTED, EXIT_ANSWERED},
    {"inside: egress", no_egress, 1, false, WHY_NO_EGRESS, EXIT_TIMEOUT},
    {"inside: ingress", no_ingress, 1, false, WHY_DENIED, EXIT_TIMEOUT},
    {"inside: out", acl_out_of_other, 1, false, WHY_ACL_OUT_DENIES, EXIT_TIMEOUT},
    {"inside: in", acl_in, 1, false, WHY_ACL_IN_DENIES, EXIT_TIMEOUT},
    {"inside: back out", acl_out, 1, false, WHY_BACK_ACL_OUT_DENIES, EXIT_TIMEOUT},
    {"inside: back in", acl_in_of_other, 1, false, WHY_BACK_ACL_IN_DENIES, EXIT_TIMEOUT},
    {"round by the internet", nothing, 1, true, WHY_CONNECTED, EXIT_ANSWERED},
    {"round: no route", no_route, 1, true, WHY_NO_ROUTE, EXIT_TIMEOUT},
    {"round: a black hole", no_gateway, 1, true, WHY_BLACK_HOLE, EXIT_TIMEOUT},
    {"itself, without a public address", no_public, 0, false, WHY_CONNECTED, EXIT_ANSWERED},
    {"itself, whatever stands around", acl_in, 0, false, WHY_CONNECTED, EXIT_ANSWERED},
};

/* If this failed, the one true answer to "why can I not reach it?" would be another one. */
static void test_one_thing_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        const struct broken *row = &broken[i];
        struct net net = net_new();
        const struct rig_instance *from = row->from < 0 ? NULL : net.webs[row->from];
        uint32_t address = row->by_public ? net.faces[0]->public_address : net.faces[0]->address;
        struct hop hop;
        uint8_t exit;

        row->spoil(&net);
        hop = tries(net.rig, from, address);
        exit = connects(net.rig, from, address);
        if (hop.why != row->why || exit != row->exit)
            fail_msg("%s: why %u instead of %u, exit %u instead of %u", row->name,
                     (unsigned)hop.why, (unsigned)row->why, (unsigned)exit, (unsigned)row->exit);
        rig_free(net.rig);
    }
}

/* If this failed, an instance without a public address would reach the internet. */
static void test_out_needs_a_public_address(void **state)
{
    struct net net = net_new();
    struct place place = place_of(net.rig, net.webs[0]);
    struct request_knock knock = {
        .from = &place, .address = TRAFFIC_CLIENT_ADDRESS, .port = {.number = 443}};
    struct path path;

    (void)state;
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_TCP, &path);
    assert_true(path.through);
    no_public(&net);
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_TCP, &path);
    assert_false(path.through);
    assert_int_equal(path.hops[path.count - 1].why, WHY_NO_PUBLIC);
    rig_free(net.rig);
}

/* If this failed, a rule about ping would be one about everything, or about nothing. */
static void test_icmp(void **state)
{
    struct net net = net_new();
    struct place place = place_of(net.rig, NULL);
    struct request_knock knock = {
        .from = &place, .address = net.faces[0]->public_address, .port = {.number = 80}};
    struct path path;

    (void)state;
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_ICMP, &path);
    assert_false(path.through);
    let(net.rig, net.group,
        (struct firewall_rule){
            .protocol = PROTOCOL_ICMP, .from_port = ICMP_ECHO, .to_port = -1});
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_ICMP, &path);
    assert_true(path.through);
    acl_rule_add(net.acls[0], &(struct acl_rule){.number = 10,
                                                 .is_egress = true,
                                                 .protocol = PROTOCOL_ICMP,
                                                 .from_port = ICMP_ECHO_REPLY,
                                                 .to_port = -1});
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_ICMP, &path);
    assert_int_equal(path.hops[path.count - 1].why, WHY_BACK_ACL_OUT_DENIES);
    traffic_path(&net.rig->traffic, &knock, PROTOCOL_TCP, &path);
    assert_true(path.through);
    rig_free(net.rig);
}

/* If this failed, the VPCs of an older session would be cut off from the internet. */
static void test_older_sessions(void **state)
{
    struct net net = net_new();
    struct network *network = &net.rig->network;
    struct vpc *vpc = vpc_default(network, ACCOUNT_LEARNER, 0);
    struct vpc before = *vpc;

    (void)state;
    table_remove(&network->route_tables, vpc->main_table);
    table_remove(&network->gateways, gateway_of_vpc(network, vpc->id)->id);
    table_remove(&network->acls, vpc->acl);
    vpc->main_table = vpc->main_association = vpc->acl = 0;
    for (uint32_t i = 0; i < vpc->parts.count; i++) {
        struct subnet *subnet = table_get(&network->subnets, vpc->parts.items[i].subnet);

        subnet->acl = subnet->acl_association = 0;
    }
    assert_true(vpcs_restore(network));
    assert_true(vpc->main_table == before.main_table && vpc->acl == before.acl);
    assert_non_null(gateway_of_vpc(network, vpc->id));
    assert_int_equal(
        tries(net.rig, NULL, interface_find(network, rig_add(net.rig, 0)->interface)
                                 ->public_address)
            .why,
        WHY_CONNECTED);
    rig_free(net.rig);
}

/* ---- random networks, and a second mind ---- */

struct maze {
    struct rig *rig;
    struct chance luck;
    struct vpc *vpcs[VPCS];
    struct rig_instance *webs[WEBS];
};

static uint64_t draw(struct maze *maze, uint64_t n)
{
    return chance_below(&maze->luck, n);
}

static uint32_t some_range(struct maze *maze, uint8_t *bits)
{
    static const uint32_t bases[] = {0, 0, UINT32_C(10) << 24, (UINT32_C(10) << 24) + (1 << 8),
                                     UINT32_C(198) << 24, UINT32_C(3) << 24};
    static const uint8_t lengths[] = {0, 0, 8, 24, 8, 5};
    uint64_t at = draw(maze, 6);

    *bits = lengths[at];
    return bases[at];
}

static void some_acl(struct maze *maze, struct network_acl *acl)
{
    static const int32_t edges[] = {0, 79, 80, 81, 1024, 32767, 32768, 40000, 60999, 61000, 65535};

    for (uint16_t i = 1; i <= 4; i++) {
        uint64_t low = draw(maze, 10);
        uint64_t high = low + draw(maze, 11 - low);
        struct acl_rule rule = {
            .number = (uint16_t)(i * 10),
            .is_egress = draw(maze, 2) == 0,
            .allows = draw(maze, 3) > 0,
            .protocol = draw(maze, 3) == 0 ? PROTOCOL_ALL : PROTOCOL_TCP,
            .from_port = edges[low],
            .to_port = edges[high],
        };

        rule.base = some_range(maze, &rule.bits);
        if (draw(maze, 2) == 0)
            acl_rule_add(acl, &rule);
    }
    for (int egress = 0; egress < 2; egress++)
        if (draw(maze, 8) > 0)
            acl_all(acl, egress == 1, 100, true);
}

static void some_subnets(struct maze *maze, struct vpc *vpc)
{
    struct network *network = &maze->rig->network;

    for (uint32_t i = 0; i < SUBNETS; i++) {
        struct subnet *subnet = subnet_add(
            network, vpc, (uint8_t)i,
            (struct vpc_part){.base = vpc->base + (i << 8), .bits = 24});
        struct network_acl *acl = acl_add(network, vpc);

        some_acl(maze, acl);
        subnet_set_acl(network, subnet, acl);
        if (draw(maze, 3) == 0)
            continue;
        subnet_set_route_table(network, subnet, route_table_add(network, vpc));
        if (draw(maze, 4) > 0)
            *LIST_PUSH(&route_table_of(network, subnet)->routes) = (struct route){
                .kind = ROUTE_GATEWAY,
                .target = table_count(&network->gateways) == 0
                              ? 1
                              : *(uint64_t *)table_at(
                                    &network->gateways,
                                    (uint32_t)draw(maze, table_count(&network->gateways))),
                .bits = draw(maze, 4) == 0 ? 1 : 0,
            };
    }
}

static struct security_group *some_group(struct maze *maze, struct vpc *vpc, const char *name)
{
    struct security_group *group = group_new(maze->rig, vpc->id, name);

    if (draw(maze, 4) == 0)
        group->rules.items[0].bits = 2; /* out to a quarter of the world */
    for (int i = 0; i < 2; i++) {
        struct firewall_rule rule = {
            .protocol = PROTOCOL_TCP, .from_port = 80, .to_port = draw(maze, 2) == 0 ? 80 : 90};

        rule.base = some_range(maze, &rule.bits);
        if (draw(maze, 5) == 0)
            rule.peer = group->id;
        if (security_group_rule_find(group, &rule) < 0)
            let(maze->rig, group, rule);
    }
    return group;
}

static struct maze maze_new(uint64_t seed)
{
    struct maze maze = {.rig = rig_new(seed), .luck = chance_stream(seed, "maze", 0)};
    struct network *network = &maze.rig->network;

    for (uint32_t i = 0; i < VPCS; i++) {
        maze.vpcs[i] = vpc_add(network, ACCOUNT_LEARNER, 0,
                               (struct vpc_part){.base = ten + (i << 16), .bits = 16});
        firewall_add_default(&maze.rig->firewall, maze.vpcs[i]);
        if (draw(&maze, 6) > 0)
            gateway_add(network, ACCOUNT_LEARNER, 0)->vpc = maze.vpcs[i]->id;
        some_subnets(&maze, maze.vpcs[i]);
    }
    for (uint32_t i = 0; i < WEBS; i++) {
        struct vpc *vpc = maze.vpcs[draw(&maze, 3) == 0];
        char name[8];

        snprintf(name, sizeof(name), "g%u", (unsigned)i);
        maze.webs[i] =
            web_new(maze.rig,
                    table_get(&network->subnets, vpc->parts.items[draw(&maze, SUBNETS)].subnet),
                    some_group(&maze, vpc, name)->id, draw(&maze, 4) > 0);
    }
    return maze;
}

/* ---- the second mind: each port by itself, each list from its end ---- */

static bool acl_lets_port(const struct maze *maze, const struct interface *at, bool out,
                          uint32_t address, int32_t port)
{
    const struct subnet *subnet = table_get(&maze->rig->network.subnets, at->subnet);
    const struct network_acl *acl = table_get(&maze->rig->network.acls, subnet->acl);
    bool allows = false;

    for (uint32_t i = acl->rules.count; i-- > 0;) {
        const struct acl_rule *rule = &acl->rules.items[i];

        if (rule->is_egress == out && cidr_holds(rule->base, rule->bits, address) &&
            (rule->protocol == PROTOCOL_ALL ||
             (port >= rule->from_port && port <= rule->to_port)))
            allows = rule->allows;
    }
    return allows;
}

static bool acl_lets_all(const struct maze *maze, const struct interface *at, bool out,
                         uint32_t address)
{
    for (int32_t port = PATH_PORT_FIRST; port <= PATH_PORT_LAST; port++)
        if (!acl_lets_port(maze, at, out, address, port))
            return false;
    return true;
}

static bool group_lets(const struct maze *maze, const struct interface *own, bool out,
                       uint32_t address, const struct interface *other)
{
    const struct security_group *group =
        table_get(&maze->rig->firewall.table, interface_group(own, 0));

    for (uint32_t i = 0; i < group->rules.count; i++) {
        const struct firewall_rule *rule = &group->rules.items[i];
        bool mine = rule->peer == 0 ? cidr_holds(rule->base, rule->bits, address)
                                    : other != NULL && interface_in_group(other, rule->peer);

        if (rule->is_egress == out && mine &&
            (rule->protocol == PROTOCOL_ALL || (rule->from_port <= 80 && rule->to_port >= 80)))
            return true;
    }
    return false;
}

/* Does the subnet lead to an address outside? */
static bool leads_out(const struct maze *maze, const struct interface *at, uint32_t address)
{
    const struct network *network = &maze->rig->network;
    const struct subnet *subnet = table_get(&network->subnets, at->subnet);
    const struct route_table *table = route_table_of(network, subnet);

    for (int bits = 32; bits >= 0; bits--) {
        for (uint32_t i = 0; i < table->routes.count; i++) {
            const struct route *route = &table->routes.items[i];
            const struct internet_gateway *gateway =
                table_find(&network->gateways, route->target);

            if (route->bits == bits && cidr_holds(route->base, route->bits, address))
                return route->kind == ROUTE_GATEWAY && gateway != NULL &&
                       gateway->vpc == subnet->vpc;
        }
    }
    return false;
}

static uint64_t vpc_of(const struct maze *maze, const struct interface *face)
{
    return ((struct subnet *)table_get(&maze->rig->network.subnets, face->subnet))->vpc;
}

static bool comes_in(const struct maze *maze, const struct interface *to, uint32_t address)
{
    return gateway_of_vpc(&maze->rig->network, vpc_of(maze, to)) != NULL &&
           acl_lets_port(maze, to, false, address, 80) &&
           group_lets(maze, to, false, address, NULL) && acl_lets_all(maze, to, true, address) &&
           leads_out(maze, to, address);
}

static bool gets_through(const struct maze *maze, const struct interface *from,
                         const struct interface *to, bool by_public)
{
    uint32_t address = by_public ? to->public_address : to->address;

    if (from == to)
        return true;
    if (from == NULL)
        return comes_in(maze, to, TRAFFIC_CLIENT_ADDRESS);
    if (!by_public && from->subnet == to->subnet)
        return group_lets(maze, from, true, address, to) &&
               group_lets(maze, to, false, from->address, from);
    if (!by_public)
        return group_lets(maze, from, true, address, to) &&
               acl_lets_port(maze, from, true, address, 80) &&
               acl_lets_port(maze, to, false, from->address, 80) &&
               group_lets(maze, to, false, from->address, from) &&
               acl_lets_all(maze, to, true, from->address) &&
               acl_lets_all(maze, from, false, to->address);
    return group_lets(maze, from, true, address, NULL) &&
           acl_lets_port(maze, from, true, address, 80) && leads_out(maze, from, address) &&
           from->public_address != 0 && comes_in(maze, to, from->public_address) &&
           acl_lets_all(maze, from, false, address);
}

/* If this failed, explain-path would say "reachable" where curl waits, or the other way round. */
static void test_random_networks(void **state)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");
    uint64_t seeds = text == NULL ? SEEDS : (uint64_t)strtol(text, NULL, 10);
    uint32_t through = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct maze maze = maze_new(seed);

        for (int i = 0; i < KNOCKS; i++) {
            const struct rig_instance *from =
                draw(&maze, 2) == 0 ? NULL : maze.webs[draw(&maze, WEBS)];
            const struct rig_instance *web = maze.webs[draw(&maze, WEBS)];
            const struct interface *to = interface_find(&maze.rig->network, web->interface);
            const struct interface *face =
                from == NULL ? NULL : interface_find(&maze.rig->network, from->interface);
            bool inside = face != NULL && vpc_of(&maze, face) == vpc_of(&maze, to);
            bool by_public = !inside || draw(&maze, 2) == 0;
            bool expected;

            if (by_public && to->public_address == 0)
                continue;
            expected = gets_through(&maze, face, to, by_public);
            through += expected;
            if ((tries(maze.rig, from, by_public ? to->public_address : to->address).why ==
                 WHY_CONNECTED) != expected ||
                (connects(maze.rig, from, by_public ? to->public_address : to->address) ==
                 EXIT_ANSWERED) != expected)
                fail_msg("seed %u, knock %d: %s", (unsigned)seed, i,
                         expected ? "it gets through" : "it does not get through");
        }
        rig_free(maze.rig);
    }
    assert_true(through > seeds / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thing_wrong),
        cmocka_unit_test(test_out_needs_a_public_address),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_older_sessions),
        cmocka_unit_test(test_random_networks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
