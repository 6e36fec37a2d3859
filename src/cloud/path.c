/*
 * cloud/path.c - the way of a packet through the network: who lets it pass, who stops it.
 *
 *   sender's groups - ACL out - route table - gateway ~~ gateway - ACL in - receiver's groups
 *   and back:         ACL in  <-            gateway ~~ gateway <- route table <- ACL out
 *
 * Within one VPC there are no gateways, and within one subnet no ACLs and no routes either.
 *
 * True to the VPC user guide: groups are stateful, ACLs are not; a gateway changes an instance's
 *         private address for its public one, so without a public one nothing comes back.  An
 *         answer goes to one of the client's ports that nobody can foretell: here all of them must
 *         pass, or none does.  Through a network balancer that keeps the client's address the
 *         answer goes back over the balancer, whatever the target's routes say.
 */
#include "cloud/path.h"

#include "cloud/acl.h"
#include "cloud/route.h"

/* One walk under way. */
struct walk {
    const struct firewall *firewall;
    const struct network *network;
    const struct path_ask *ask;
    struct path *path;
};

static const struct subnet *subnet_of(const struct walk *walk, const struct interface *interface)
{
    return table_get(&walk->network->subnets, interface->subnet);
}

static bool tell(const struct walk *walk, bool passes, struct hop hop)
{
    walk->path->hops[walk->path->count++] = hop;
    return passes;
}

/* ---- security groups ---- */

/* The group that let it pass, or the only one that did not. */
static uint64_t group_of(struct verdict verdict, const struct interface *interface)
{
    if (verdict.allowed || interface_group(interface, 0) == 0 ||
        interface_group(interface, 1) != 0)
        return verdict.group;
    return interface_group(interface, 0);
}

/* ICMP has none: -1. */
static int32_t port_told(const struct path_ask *ask)
{
    return ask->protocol == PROTOCOL_ICMP ? -1 : ask->port;
}

static bool groups_let_out(const struct walk *walk, const struct interface *to)
{
    const struct path_ask *ask = walk->ask;
    struct verdict verdict = firewall_emits(walk->firewall, &(struct flow){
                                                                .from = ask->from,
                                                                .to = to,
                                                                .to_address = ask->to_address,
                                                                .protocol = ask->protocol,
                                                                .port = ask->port,
                                                            });

    return tell(walk, verdict.allowed,
                (struct hop){.why = verdict.allowed ? WHY_LET_OUT : WHY_NO_EGRESS,
                             .place = group_of(verdict, ask->from),
                             .number = port_told(ask)});
}

static bool groups_let_in(const struct walk *walk, const struct interface *from, uint32_t address)
{
    const struct path_ask *ask = walk->ask;
    struct verdict verdict = firewall_admits(walk->firewall, &(struct flow){
                                                                 .from = from,
                                                                 .to = ask->to,
                                                                 .from_address = address,
                                                                 .protocol = ask->protocol,
                                                                 .port = ask->port,
                                                             });

    return tell(walk, verdict.allowed,
                (struct hop){.why = verdict.allowed ? WHY_ADMITTED : WHY_DENIED,
                             .place = group_of(verdict, ask->to),
                             .number = port_told(ask)});
}

/* ---- network ACLs ---- */

/* Over the edge of a subnet; `why` is told when it passes, the one after it when not. */
static bool acl_lets(const struct walk *walk, const struct subnet *subnet,
                     struct acl_packet packet, enum request_why why)
{
    const struct network_acl *acl = table_get(&walk->network->acls, subnet->acl);
    struct acl_verdict verdict = acl_asks(acl, packet);
    int32_t told = verdict.allows ? packet.from_port : verdict.port;

    if (packet.protocol == PROTOCOL_ICMP)
        told = -1;
    return tell(walk, verdict.allows,
                (struct hop){.why = (uint8_t)(verdict.allows ? why : why + 1),
                             .place = acl->id,
                             .other = subnet->id,
                             .number = way_acl_number(verdict.number, told)});
}

static struct acl_packet packet_there(const struct walk *walk, bool is_egress, uint32_t address)
{
    return (struct acl_packet){
        .is_egress = is_egress,
        .protocol = walk->ask->protocol,
        .address = address,
        .from_port = walk->ask->port,
        .to_port = walk->ask->port,
    };
}

static struct acl_packet packet_back(const struct walk *walk, bool is_egress, uint32_t address)
{
    const struct path_ask *ask = walk->ask;
    bool node = ask->from != NULL && ask->from->owner_kind == OWNER_BALANCER && !ask->comes_as;
    struct acl_packet packet = {
        .is_egress = is_egress,
        .protocol = ask->protocol,
        .address = address,
        .from_port = node ? PATH_NODE_PORT_FIRST : PATH_PORT_FIRST,
        .to_port = node ? PATH_NODE_PORT_LAST : PATH_PORT_LAST,
    };

    if (ask->protocol == PROTOCOL_ICMP)
        packet.from_port = packet.to_port = ICMP_ECHO_REPLY;
    return packet;
}

/* ---- routes ---- */

/* The whys of one direction. */
struct route_whys {
    enum request_why local, gateway, none, hole;
};

static const struct route_whys there = {WHY_ROUTE_LOCAL, WHY_ROUTE_GATEWAY, WHY_NO_ROUTE,
                                        WHY_BLACK_HOLE};
static const struct route_whys back = {WHY_BACK_LOCAL, WHY_BACK_GATEWAY, WHY_BACK_NO_ROUTE,
                                       WHY_BACK_BLACK_HOLE};

/* Does the subnet's table lead to the address, over that kind of target? */
static bool route_leads(const struct walk *walk, const struct subnet *subnet, uint32_t address,
                        enum route_target kind, const struct route_whys *whys)
{
    const struct route_table *table = route_table_of(walk->network, subnet);
    const struct route *route = route_lookup(table, address);
    enum request_why why = whys->none;

    if (route != NULL && !route_is_alive(walk->network, table, route))
        why = whys->hole;
    else if (route != NULL)
        why = route->kind == ROUTE_LOCAL ? whys->local : whys->gateway;
    return tell(walk,
                route != NULL && why != whys->hole && route->kind == (uint8_t)kind,
                (struct hop){.why = (uint8_t)why,
                             .place = table->id,
                             .other = route == NULL ? 0 : route->target,
                             .number = address});
}

/* ---- the ways ---- */

/* From one interface of a VPC to another, by its private address. */
static bool walk_inside(const struct walk *walk)
{
    const struct path_ask *ask = walk->ask;
    const struct subnet *home = subnet_of(walk, ask->from);
    const struct subnet *goal = subnet_of(walk, ask->to);
    const struct interface *sender = ask->comes_as ? ask->sender : ask->from;
    uint32_t address = ask->comes_as ? ask->sender_address : ask->from->address;
    bool apart = home != goal;

    if (!groups_let_out(walk, ask->to))
        return false;
    if (apart && (!acl_lets(walk, home, packet_there(walk, true, ask->to->address), WHY_ACL_OUT) ||
                  !route_leads(walk, home, ask->to->address, ROUTE_LOCAL, &there) ||
                  !acl_lets(walk, goal, packet_there(walk, false, address), WHY_ACL_IN)))
        return false;
    if (!apart)
        tell(walk, true, (struct hop){.why = WHY_SAME_SUBNET, .place = home->id});
    if (!groups_let_in(walk, sender, address))
        return false;
    if (!apart)
        return true;
    return acl_lets(walk, goal, packet_back(walk, true, address), WHY_BACK_ACL_OUT) &&
           (ask->comes_as || route_leads(walk, goal, address, ROUTE_LOCAL, &back)) &&
           acl_lets(walk, home, packet_back(walk, false, ask->to->address), WHY_BACK_ACL_IN);
}

/* From an interface to the internet: as whom it comes there, or 0. */
static uint32_t walk_out(const struct walk *walk)
{
    const struct path_ask *ask = walk->ask;
    const struct subnet *home = subnet_of(walk, ask->from);
    uint64_t gateway;

    if (!groups_let_out(walk, NULL) ||
        !acl_lets(walk, home, packet_there(walk, true, ask->to_address), WHY_ACL_OUT) ||
        !route_leads(walk, home, ask->to_address, ROUTE_GATEWAY, &there))
        return 0;
    gateway = walk->path->hops[walk->path->count - 1].other;
    tell(walk, true,
         (struct hop){.why = ask->from->public_address == 0 ? WHY_NO_PUBLIC : WHY_GATEWAY_OUT,
                      .place = gateway,
                      .other = ask->from->owner,
                      .number = ask->from->public_address});
    return ask->from->public_address;
}

/* From the internet to an interface's public address, and the answer as far as the internet. */
static bool walk_in(const struct walk *walk, uint32_t address)
{
    const struct interface *to = walk->ask->to;
    const struct subnet *goal = subnet_of(walk, to);
    const struct internet_gateway *gateway = gateway_of_vpc(walk->network, goal->vpc);

    if (gateway == NULL)
        return tell(walk, false, (struct hop){.why = WHY_NO_GATEWAY, .place = goal->vpc});
    tell(walk, true,
         (struct hop){.why = WHY_GATEWAY_IN, .place = gateway->id, .number = to->address});
    return acl_lets(walk, goal, packet_there(walk, false, address), WHY_ACL_IN) &&
           groups_let_in(walk, NULL, address) &&
           acl_lets(walk, goal, packet_back(walk, true, address), WHY_BACK_ACL_OUT) &&
           route_leads(walk, goal, address, ROUTE_GATEWAY, &back);
}

static bool is_inside(const struct walk *walk)
{
    const struct path_ask *ask = walk->ask;

    return ask->from != NULL && ask->to != NULL && ask->to_address == ask->to->address &&
           subnet_of(walk, ask->from)->vpc == subnet_of(walk, ask->to)->vpc;
}

static bool walk_all(const struct walk *walk)
{
    const struct path_ask *ask = walk->ask;
    uint32_t address = ask->from_address;

    if (is_inside(walk))
        return walk_inside(walk);
    if (ask->from != NULL)
        address = walk_out(walk);
    if (ask->from != NULL && address == 0)
        return false;
    if (ask->to != NULL && !walk_in(walk, address))
        return false;
    return ask->from == NULL ||
           acl_lets(walk, subnet_of(walk, ask->from),
                    packet_back(walk, false, ask->to_address), WHY_BACK_ACL_IN);
}

void path_walk(const struct firewall *firewall, const struct path_ask *ask, struct path *path)
{
    struct walk walk = {
        .firewall = firewall,
        .network = firewall->network,
        .ask = ask,
        .path = path,
    };

    path->count = 0;
    path->through = walk_all(&walk);
}
