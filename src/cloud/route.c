/*
 * cloud/route.c - route tables, and the internet gateways to which they lead.
 *
 * True to the VPC user guide, "Route tables" and "Internet gateways".  Left out: routes to anything
 *         but an internet gateway (NAT, peering, endpoints), propagated routes, edge associations.
 */
#include "cloud/route.h"

#include "base/mem.h"

/* ---- route tables ---- */

static struct route_table *table_make(struct network *network, const struct vpc *vpc, uint64_t id)
{
    struct route_table *table = table_add(&network->route_tables, id);

    table->account = vpc->account;
    table->vpc = vpc->id;
    table->region = vpc->region;
    *LIST_PUSH(&table->routes) =
        (struct route){.base = vpc->base, .bits = vpc->bits, .kind = ROUTE_LOCAL};
    return table;
}

void route_table_add_main(struct network *network, struct vpc *vpc)
{
    vpc->main_table =
        table_make(network, vpc, network_id_beside(network, "main-route-table", vpc->id))->id;
    vpc->main_association = network_id_beside(network, "main-association", vpc->id);
}

struct route_table *route_table_add(struct network *network, const struct vpc *vpc)
{
    return table_make(network, vpc, ids_new(network->ids));
}

struct route_table *route_table_find(const struct network *network, uint64_t account,
                                     uint8_t region, uint64_t id)
{
    struct route_table *table = table_find(&network->route_tables, id);

    return table != NULL && table->account == account && table->region == region ? table : NULL;
}

struct route_table *route_table_of(const struct network *network, const struct subnet *subnet)
{
    const struct vpc *vpc = table_get(&network->vpcs, subnet->vpc);

    return table_get(&network->route_tables,
                     subnet->route_table != 0 ? subnet->route_table : vpc->main_table);
}

static bool table_is_used(const struct network *network, const struct route_table *table)
{
    const struct vpc *vpc = table_get(&network->vpcs, table->vpc);
    bool used = vpc->main_table == table->id;

    for (uint32_t i = 0; i < vpc->parts.count && !used; i++) {
        const struct subnet *subnet =
            table_get(&network->subnets, vpc->parts.items[i].subnet);

        used = subnet->route_table == table->id;
    }
    return used;
}

int route_table_remove(struct network *network, struct route_table *table, struct fault *fault)
{
    if (table_is_used(network, table)) {
        struct arena arena = ARENA_INIT;

        fault_set(fault, &fault_route_table_in_use,
                  id_text(&arena, &kind_route_table, table->id));
        arena_release(&arena);
        return -1;
    }
    table_remove(&network->route_tables, table->id);
    return 0;
}

bool route_tables_beside_main(const struct network *network, const struct vpc *vpc)
{
    for (uint32_t i = 0; i < table_count(&network->route_tables); i++) {
        const struct route_table *table = table_at(&network->route_tables, i);

        if (table->vpc == vpc->id && table->id != vpc->main_table)
            return true;
    }
    return false;
}

const struct route *route_lookup(const struct route_table *table, uint32_t address)
{
    const struct route *best = NULL;

    for (uint32_t i = 0; i < table->routes.count; i++) {
        const struct route *route = &table->routes.items[i];

        if (cidr_holds(route->base, route->bits, address) &&
            (best == NULL || route->bits > best->bits))
            best = route;
    }
    return best;
}

bool route_is_alive(const struct network *network, const struct route_table *table,
                    const struct route *route)
{
    const struct internet_gateway *gateway;

    if (route->kind == ROUTE_LOCAL)
        return true;
    gateway = table_find(&network->gateways, route->target);
    return gateway != NULL && gateway->vpc == table->vpc;
}

int route_position(const struct route_table *table, uint32_t base, uint8_t bits)
{
    for (uint32_t i = 0; i < table->routes.count; i++) {
        if (table->routes.items[i].base == base && table->routes.items[i].bits == bits)
            return (int)i;
    }
    return -1;
}

static int route_refuse(const struct fault_kind *kind, struct route route, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    char text[ADDRESS_TEXT_SIZE];

    fault_set(fault, kind,
              arena_printf(&arena, "%s/%u", address_text(route.base, text), (unsigned)route.bits));
    arena_release(&arena);
    return -1;
}

int route_add(const struct network *network, struct route_table *table, struct route route,
              struct fault *fault)
{
    const struct vpc *vpc = table_get(&network->vpcs, table->vpc);

    if (route_position(table, route.base, route.bits) >= 0)
        return route_refuse(&fault_route_exists, route, fault);
    if (route.bits >= vpc->bits && cidr_holds(vpc->base, vpc->bits, route.base))
        return route_refuse(&fault_route_inside, route, fault);
    *LIST_PUSH(&table->routes) = route;
    return 0;
}

void subnet_set_route_table(struct network *network, struct subnet *subnet,
                            const struct route_table *table)
{
    subnet->route_table = table == NULL ? 0 : table->id;
    subnet->route_association = table == NULL ? 0 : ids_new(network->ids);
}

void vpc_set_main_table(struct network *network, struct vpc *vpc, const struct route_table *table)
{
    vpc->main_table = table->id;
    vpc->main_association = ids_new(network->ids);
}

/* ---- internet gateways ---- */

static struct internet_gateway *gateway_make(struct network *network, uint64_t account,
                                             uint8_t region, uint64_t id)
{
    struct internet_gateway *gateway = table_add(&network->gateways, id);

    gateway->account = account;
    gateway->region = region;
    return gateway;
}

void gateway_add_default(struct network *network, struct vpc *vpc)
{
    struct internet_gateway *gateway =
        gateway_make(network, vpc->account, vpc->region,
                     network_id_beside(network, "default-gateway", vpc->id));
    struct route_table *table = table_get(&network->route_tables, vpc->main_table);

    gateway->vpc = vpc->id;
    *LIST_PUSH(&table->routes) = (struct route){.kind = ROUTE_GATEWAY, .target = gateway->id};
}

struct internet_gateway *gateway_add(struct network *network, uint64_t account, uint8_t region)
{
    return gateway_make(network, account, region, ids_new(network->ids));
}

struct internet_gateway *gateway_find(const struct network *network, uint64_t account,
                                      uint8_t region, uint64_t id)
{
    struct internet_gateway *gateway = table_find(&network->gateways, id);

    return gateway != NULL && gateway->account == account && gateway->region == region ? gateway
                                                                                       : NULL;
}

struct internet_gateway *gateway_of_vpc(const struct network *network, uint64_t vpc)
{
    for (uint32_t i = 0; i < table_count(&network->gateways); i++) {
        struct internet_gateway *gateway = table_at(&network->gateways, i);

        if (gateway->vpc == vpc)
            return gateway;
    }
    return NULL;
}

bool vpc_has_public_address(const struct network *network, uint64_t vpc)
{
    for (uint32_t i = 0; i < table_count(&network->interfaces); i++) {
        const struct interface *interface = table_at(&network->interfaces, i);
        const struct subnet *subnet;

        if (interface->public_address == 0)
            continue;
        subnet = table_get(&network->subnets, interface->subnet);
        if (subnet->vpc == vpc)
            return true;
    }
    return false;
}

/* ---- reading back ---- */

/* A VPC of before there were route tables: everything in it met the internet. */
static void complete(struct network *network, struct vpc *vpc)
{
    route_table_add_main(network, vpc);
    gateway_add_default(network, vpc);
}

static bool table_is_sound(const struct network *network, const struct route_table *table)
{
    const struct vpc *vpc = table_find(&network->vpcs, table->vpc);

    if (vpc == NULL || vpc->account != table->account || vpc->region != table->region ||
        table->routes.count == 0 || table->routes.items[0].kind != ROUTE_LOCAL)
        return false;
    for (uint32_t i = 0; i < table->routes.count; i++) {
        const struct route *route = &table->routes.items[i];

        if (route->bits > 32 || route->kind < ROUTE_LOCAL || route->kind > ROUTE_GATEWAY)
            return false;
    }
    return true;
}

bool routes_restore(struct network *network)
{
    for (uint32_t i = 0; i < table_count(&network->vpcs); i++) {
        struct vpc *vpc = table_at(&network->vpcs, i);
        const struct route_table *table;

        if (vpc->main_table == 0)
            complete(network, vpc);
        table = table_find(&network->route_tables, vpc->main_table);
        if (table == NULL || table->vpc != vpc->id)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->route_tables); i++) {
        if (!table_is_sound(network, table_at(&network->route_tables, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->subnets); i++) {
        const struct subnet *subnet = table_at(&network->subnets, i);
        const struct route_table *table =
            table_find(&network->route_tables, subnet->route_table);

        if (subnet->route_table != 0 && (table == NULL || table->vpc != subnet->vpc))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->gateways); i++) {
        const struct internet_gateway *gateway = table_at(&network->gateways, i);

        if (gateway->vpc != 0 && table_find(&network->vpcs, gateway->vpc) == NULL)
            return false;
    }
    return true;
}

/* ---- shapes ---- */

static const struct field route_fields[] = {
    F_INT(struct route, target, "Target", "Where it leads."),
    F_INT(struct route, base, "Base", "First address of its range."),
    F_INT(struct route, bits, "Bits", "Fixed bits of its range."),
    F_INT(struct route, kind, "Kind", "What kind of thing it leads to."),
};
static const struct shape route_shape = SHAPE("Route", struct route, route_fields);

static const struct field table_fields[] = {
    F_INT(struct route_table, id, "RouteTableId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct route_table, account, "OwnerId", "Whose."),
    F_INT(struct route_table, vpc, "VpcId", "The VPC that it is part of."),
    F_INT(struct route_table, region, "Region", "Where."),
    F_LIST(struct route_table, routes, struct route, &route_shape, "Routes", "Where it leads."),
    F_EMBED(struct route_table, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

static const struct field gateway_fields[] = {
    F_INT(struct internet_gateway, id, "InternetGatewayId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct internet_gateway, account, "OwnerId", "Whose."),
    F_INT(struct internet_gateway, vpc, "VpcId", "The VPC that it is attached to; 0: none."),
    F_INT(struct internet_gateway, region, "Region", "Where."),
    F_EMBED(struct internet_gateway, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape route_table_shape = SHAPE("RouteTable", struct route_table, table_fields);
const struct shape internet_gateway_shape =
    SHAPE("InternetGateway", struct internet_gateway, gateway_fields);

/* ---- faults ---- */

const struct fault_kind fault_route_exists = {
    "RouteAlreadyExists",
    "The route identified by {} already exists.",
    "`aws ec2 replace-route` changes where it leads.",
};
const struct fault_kind fault_route_inside = {
    "InvalidParameterValue",
    "The destination CIDR block {} is equal to or more specific than one of this VPC's CIDR "
    "blocks. This route can target only an interface or an instance.",
    "What is in the VPC stays in it, over the local route: give a range outside it, such as "
    "0.0.0.0/0.",
};
const struct fault_kind fault_route_table_in_use = {
    "DependencyViolation",
    "The routeTable '{}' has dependencies and cannot be deleted.",
    "A subnet uses it, or it is the VPC's main one: `aws ec2 describe-route-tables` shows its "
    "associations.",
};
