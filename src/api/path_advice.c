/*
 * api/path_advice.c - the steps of a packet's way in words, and what to do where one stops.
 */
#include "api/path_advice.h"

#include <string.h>

#include "api/explain.h"
#include "cloud/acl.h"
#include "cloud/firewall.h"

static const struct path_words table[WHY_COUNT]; /* at the end of the file */

const struct path_words *path_words_of(uint8_t why)
{
    return &table[why < WHY_COUNT ? why : 0];
}

static const struct balancer *balancer_of(const struct world *world, const struct hop *hop)
{
    return table_find(&world->balancers.balancers, hop->place);
}

const char *path_component(const struct world *world, const struct hop *hop)
{
    const struct path_words *words = path_words_of(hop->why);

    if (words->component != NULL)
        return words->component;
    return balancer_of(world, hop) != NULL ? "load balancer" : "instance";
}

const char *path_id(const struct world *world, struct arena *arena, const struct hop *hop)
{
    const struct path_words *words = path_words_of(hop->why);
    const struct balancer *balancer = balancer_of(world, hop);

    if (hop->place == 0)
        return NULL;
    if (words->kind != NULL)
        return id_text(arena, words->kind, hop->place);
    return balancer != NULL ? arena_strdup(arena, balancer->name)
                            : id_text(arena, &kind_instance, hop->place);
}

/* ---- what to do ---- */

static void add_address(struct str *out, uint32_t address)
{
    char text[ADDRESS_TEXT_SIZE];

    str_add(out, address == 0 ? "ADDRESS" : address_text(address, text));
}

/* The ports of a network ACL's rule: those of the answer, or the one that was asked for. */
static void add_ports(struct str *out, const struct path_facts *facts, const struct hop *hop)
{
    if (facts->protocol == PROTOCOL_ICMP)
        str_add(out, "--icmp-type-code Type=-1,Code=-1");
    else if (path_words_of(hop->why)->back)
        str_add(out, "--port-range From=1024,To=65535");
    else
        str_addf(out, "--port-range From=%u,To=%u", (unsigned)way_acl_port(hop->number),
                 (unsigned)way_acl_port(hop->number));
}

static void add_mark(struct str *out, const char *mark, const struct path_facts *facts,
                     const struct hop *hop)
{
    const struct kind *kind = path_words_of(hop->why)->kind;
    struct arena arena = ARENA_INIT;
    char buffer[8];

    if (str_starts(mark, "{place}"))
        str_add(out, hop->place == 0 ? "ID"
                                     : id_text(&arena, kind == NULL ? &kind_instance : kind,
                                               hop->place));
    else if (str_starts(mark, "{gateway}"))
        str_add(out, id_text(&arena, &kind_internet_gateway, hop->other));
    else if (str_starts(mark, "{sender}"))
        str_add(out, id_text(&arena, &kind_instance, hop->other));
    else if (str_starts(mark, "{from}"))
        add_address(out, facts->from);
    else if (str_starts(mark, "{to}"))
        add_address(out, facts->to);
    else if (str_starts(mark, "{protocol}"))
        str_add(out, protocol_text(facts->protocol, buffer));
    else if (str_starts(mark, "{ports}"))
        add_ports(out, facts, hop);
    else if (str_starts(mark, "{rule}"))
        str_addf(out, "%d", way_acl_rule(hop->number));
    else
        str_addf(out, "%lld", (long long)hop->number);
    arena_release(&arena);
}

const char *path_next(struct arena *arena, const struct path_facts *facts, const struct hop *hop)
{
    const char *rest = path_words_of(hop->why)->next;
    struct str out = STR_INIT;
    const char *mark;
    const char *text;

    if (rest == NULL)
        return NULL;
    while ((mark = strchr(rest, '{')) != NULL) {
        str_addn(&out, rest, (size_t)(mark - rest));
        add_mark(&out, mark, facts, hop);
        rest = strchr(mark, '}') + 1;
    }
    str_add(&out, rest);
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

/* ---- for explain ---- */

/* The last hop that says what to do, of the last request that somebody sent by hand. */
static const struct request_way *last_stop(const struct ways *ways, const struct hop **stop)
{
    for (uint64_t number = ways->begun; number >= ways_first(ways) && number > 0; number--) {
        const struct request_way *way = way_at(ways, number);

        *stop = NULL;
        if (way->origin != REQUEST_CLIENT)
            continue;
        for (uint32_t i = 0; i < way->hops.count; i++) {
            if (path_words_of(way->hops.items[i].why)->next != NULL)
                *stop = &way->hops.items[i];
        }
        return *stop == NULL ? NULL : way;
    }
    return NULL;
}

void path_advice_add(struct world *world, struct str *out)
{
    struct request_names names = traffic_names(&world->traffic);
    struct arena arena = ARENA_INIT;
    const struct hop *stop = NULL;
    const struct request_way *way = last_stop(&world->requests.ways, &stop);

    if (way != NULL) {
        struct path_facts facts = {
            .from = way->balancer == 0 ? way->source : 0,
            .to = way->balancer == 0 ? way->address : 0,
            .port = way->port,
            .protocol = PROTOCOL_TCP,
        };

        explain_paragraph(out, arena_printf(&arena, "Here: %s.",
                                            way_hop_text(way, stop, &names, &arena)));
        explain_paragraph(out, path_next(&arena, &facts, stop));
    }
    arena_release(&arena);
}

/* ---- the words ---- */

#define ADD_ROUTE                                                                                  \
    "`aws ec2 create-route --route-table-id {place} --destination-cidr-block 0.0.0.0/0 "           \
    "--gateway-id ID`, with the id of the VPC's internet gateway"
#define ADD_ENTRY(DIRECTION, WHOSE)                                                                \
    "`aws ec2 create-network-acl-entry --network-acl-id {place} " DIRECTION                        \
    " --protocol {protocol} {ports} --cidr-block " WHOSE                                           \
    "/32 --rule-action allow --rule-number N`, with an N below {rule}."
#define MEND_ROUTE                                                                                 \
    "Attach {gateway} to the VPC again with `aws ec2 attach-internet-gateway`, or lead the route " \
    "elsewhere with `aws ec2 replace-route`."

static const struct path_words table[WHY_COUNT] = {
    [WHY_LET_OUT] = {"security group", &kind_security_group, false, NULL},
    [WHY_NO_EGRESS] =
        {"security group", &kind_security_group, false,
         "Let it out: `aws ec2 authorize-security-group-egress --group-id {place} --protocol "
         "{protocol} --port {port} --cidr {to}/32`."},
    [WHY_ADMITTED] = {"security group", &kind_security_group, false, NULL},
    [WHY_DENIED] =
        {"security group", &kind_security_group, false,
         "Let it in: `aws ec2 authorize-security-group-ingress --group-id {place} --protocol "
         "{protocol} --port {port} --cidr {from}/32`."},
    [WHY_ACL_OUT] = {"network ACL", &kind_network_acl, false, NULL},
    [WHY_ACL_OUT_DENIES] = {"network ACL", &kind_network_acl, false,
                            "Allow it: " ADD_ENTRY("--egress", "{to}")},
    [WHY_ACL_IN] = {"network ACL", &kind_network_acl, false, NULL},
    [WHY_ACL_IN_DENIES] = {"network ACL", &kind_network_acl, false,
                           "Allow it: " ADD_ENTRY("--ingress", "{from}")},
    [WHY_ROUTE_LOCAL] = {"route table", &kind_route_table, false,
                         "Nobody in the VPC has that address: ask for another."},
    [WHY_ROUTE_GATEWAY] = {"route table", &kind_route_table, false, NULL},
    [WHY_NO_ROUTE] = {"route table", &kind_route_table, false, "Add a route: " ADD_ROUTE "."},
    [WHY_BLACK_HOLE] = {"route table", &kind_route_table, false, MEND_ROUTE},
    [WHY_SAME_SUBNET] = {"subnet", &kind_subnet, false, NULL},
    [WHY_GATEWAY_OUT] = {"internet gateway", &kind_internet_gateway, false, NULL},
    [WHY_NO_PUBLIC] =
        {"internet gateway", &kind_internet_gateway, false,
         "Give it a public address: `aws ec2 allocate-address`, then `aws ec2 associate-address "
         "--instance-id {sender} --allocation-id ID`."},
    [WHY_GATEWAY_IN] = {"internet gateway", &kind_internet_gateway, false, NULL},
    [WHY_NO_GATEWAY] =
        {"VPC", &kind_vpc, false,
         "Open the VPC: `aws ec2 create-internet-gateway`, then `aws ec2 attach-internet-gateway "
         "--vpc-id {place} --internet-gateway-id ID`, and a route to it."},
    [WHY_BACK_ACL_OUT] = {"network ACL", &kind_network_acl, true, NULL},
    [WHY_BACK_ACL_OUT_DENIES] =
        {"network ACL", &kind_network_acl, true,
         "A network ACL remembers nothing, and answers go to a high port: "
         ADD_ENTRY("--egress", "{from}")},
    [WHY_BACK_ACL_IN] = {"network ACL", &kind_network_acl, true, NULL},
    [WHY_BACK_ACL_IN_DENIES] =
        {"network ACL", &kind_network_acl, true,
         "A network ACL remembers nothing, and answers go to a high port: "
         ADD_ENTRY("--ingress", "{to}")},
    [WHY_BACK_LOCAL] = {"route table", &kind_route_table, true,
                        "The VPC's own range holds that address too: ask from another one."},
    [WHY_BACK_GATEWAY] = {"route table", &kind_route_table, true, NULL},
    [WHY_BACK_NO_ROUTE] = {"route table", &kind_route_table, true,
                           "Make a way back: " ADD_ROUTE "."},
    [WHY_BACK_BLACK_HOLE] = {"route table", &kind_route_table, true, MEND_ROUTE},
    [WHY_NOBODY] =
        {"address", NULL, false,
         "Look who has it, and whether it runs: `aws ec2 describe-instances`; a stopped instance "
         "has no public address."},
    [WHY_UNKNOWN_OUTSIDE] =
        {"address", NULL, false,
         "Ask from within its VPC, or give it a public address: `aws ec2 allocate-address` and "
         "`aws ec2 associate-address`."},
    [WHY_PORT_CLOSED] = {NULL, NULL, false,
                         "Start the program, or ask for the port that it listens on: "
                         "`lab describe-servers` shows the web servers."},
    [WHY_NO_LISTENER] = {NULL, NULL, false,
                         "Ask for a port that it listens on, or add a listener: `aws elbv2 "
                         "create-listener`."},
    [WHY_DATAGRAM_UNREACHABLE] = {NULL, NULL, false,
                                  "Start the program, or ask for the port that it listens on."},
    [WHY_DATAGRAM_UNHEARD] = {NULL, NULL, false,
                              "Ask for a port that it listens on, or add a listener: `aws elbv2 "
                              "create-listener`."},
    [WHY_CONNECTED] = {NULL, NULL, false, NULL},
    [WHY_PINGED] = {NULL, NULL, false, NULL},
};
