/*
 * api/ec2_route.c - create-, replace-, delete-route.
 *
 * True to the EC2 API reference.  A route leads to an internet gateway; what else it can lead to at
 * AWS is not modelled.
 */
#include "api/ec2_network.h"

#include <string.h>

#include "base/str.h"

static const struct fault_kind fault_no_destination = {
    .code = "MissingParameter",
    .text = "The request must contain exactly one of destinationCidrBlock, "
            "destinationIpv6CidrBlock, destinationPrefixListId",
    .hint = "Say for which addresses: --destination-cidr-block 0.0.0.0/0 means all others.",
};

static const struct fault_kind fault_no_target = {
    .code = "MissingParameter",
    .text = "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, "
            "vpcPeeringConnectionId, transitGatewayId, instanceId",
    .hint = "Say where it leads: --gateway-id igw-...",
};

static const struct fault_kind fault_gateway_missing = {
    .code = "InvalidGatewayID.NotFound",
    .text = "The gateway ID '{}' does not exist",
    .hint = "`aws ec2 describe-internet-gateways` lists yours of this Region.",
};

static const struct fault_kind fault_other_vpc = {
    .code = "InvalidParameterValue",
    .text = "route table {} and network gateway {} belong to different networks",
    .hint = "Attach the gateway to the VPC of the route table first: `aws ec2 "
            "attach-internet-gateway`.",
};

static const struct fault_kind fault_limit = {
    .code = "RouteLimitExceeded",
    .text = "The maximum number of routes has been reached.",
    .hint = "Delete one, join ranges, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidRoute.NotFound",
    .text = "no route with destination-cidr-block {} in route table {}",
    .hint = "`aws ec2 describe-route-tables` shows the routes of each.",
};

static const struct fault_kind fault_local = {
    .code = "InvalidParameterValue",
    .text = "cannot remove local route {} in route table {}",
    .hint = "What is in a VPC always reaches its other subnets: use security groups or network "
            "ACLs to stop it.",
};

struct route_in {
    bool dry_run;
    const char *table;
    const char *cidr;
    const char *gateway;
};

#define ROUTE_IN_FIELDS                                                                            \
    F_DRY_RUN(struct route_in, dry_run),                                                           \
        F_STRING(struct route_in, table, "RouteTableId", "The route table.",                       \
                 .flags = FIELD_REQUIRED, .ref = &kind_route_table),                               \
        F_STRING(struct route_in, cidr, "DestinationCidrBlock",                                    \
                 "The addresses that it is for; 0.0.0.0/0: all that no other route is for."),      \
        F_STRING(struct route_in, gateway, "GatewayId", "The internet gateway that it leads to.",  \
                 .ref = &kind_internet_gateway)

static const struct field create_in_fields[] = {ROUTE_IN_FIELDS};
static const struct shape create_in_shape =
    SHAPE("CreateRouteRequest", struct route_in, create_in_fields);
static const struct field replace_in_fields[] = {ROUTE_IN_FIELDS};
static const struct shape replace_in_shape =
    SHAPE("ReplaceRouteRequest", struct route_in, replace_in_fields);

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct route_in, dry_run),
    F_STRING(struct route_in, table, "RouteTableId", "The route table.", .flags = FIELD_REQUIRED,
             .ref = &kind_route_table),
    F_STRING(struct route_in, cidr, "DestinationCidrBlock", "The addresses that it is for."),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteRouteRequest", struct route_in, delete_in_fields);

struct create_out {
    bool done;
};

static const struct field create_out_fields[] = {
    F_BOOL(struct create_out, done, "Return", "True: the route is there."),
};
static const struct shape create_out_shape =
    SHAPE("CreateRouteResult", struct create_out, create_out_fields);

/* The table and the range that a request names; NULL after a fault. */
static struct route_table *read_place(struct call *call, const struct route_in *in,
                                      struct vpc_part *range)
{
    struct route_table *table = id_find(call, &id_words_route_table, in->table);

    if (table == NULL)
        return NULL;
    if (in->cidr == NULL)
        call_fault(call, &fault_no_destination);
    return in->cidr == NULL || cidr_read(call, in->cidr, "destinationCidrBlock", range) != 0
               ? NULL
               : table;
}

/* Where it is to lead; NULL after a fault. */
static const struct internet_gateway *read_target(struct call *call, const struct route_in *in,
                                                  const struct route_table *table)
{
    const struct internet_gateway *gateway = NULL;
    uint64_t id = 0;

    if (in->gateway == NULL) {
        call_fault(call, &fault_no_target);
        return NULL;
    }
    if (id_parse(&kind_internet_gateway, in->gateway, &id) && id != 0)
        gateway = gateway_find(&call->world->network, call->account, call->region, id);
    if (gateway == NULL)
        call_fault(call, &fault_gateway_missing, in->gateway);
    else if (gateway->vpc != table->vpc)
        call_fault(call, &fault_other_vpc, in->table, in->gateway);
    return gateway != NULL && gateway->vpc == table->vpc ? gateway : NULL;
}

static void route_tell(struct call *call, const struct route_in *in,
                       const struct route_table *table, const char *what)
{
    network_tell(call, table->id,
                 arena_printf(&call->arena, "route table %s: %s %s%s%s", in->table, what, in->cidr,
                              in->gateway == NULL ? "" : " to ",
                              in->gateway == NULL ? "" : in->gateway));
}

static int create_route(struct call *call, const void *input, void *output)
{
    const struct route_in *in = input;
    struct vpc_part range = {0};
    struct route_table *table = read_place(call, in, &range);
    const struct internet_gateway *gateway =
        table == NULL ? NULL : read_target(call, in, table);

    if (gateway == NULL || network_quota_check(call, (int64_t)table->routes.count - 1,
                                               QUOTA_ROUTES_PER_TABLE, &fault_limit) != 0)
        return -1;
    if (route_add(&call->world->network, table,
                  (struct route){.target = gateway->id,
                                 .base = range.base,
                                 .bits = range.bits,
                                 .kind = ROUTE_GATEWAY},
                  &call->fault) != 0)
        return -1;
    ((struct create_out *)output)->done = true;
    route_tell(call, in, table, "route");
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_no_destination, &fault_cidr_malformed, &fault_no_target,
    &fault_gateway_missing, &fault_other_vpc,     &fault_limit,
    &fault_route_exists,   &fault_route_inside,   NULL,
};

#define NEEDS_TABLE                                                                                \
    EC2_EXAMPLE_VPC "\n"                                                                           \
    "IGW=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output "    \
    "text)\n"                                                                                      \
    "aws ec2 attach-internet-gateway --internet-gateway-id $IGW --vpc-id $VPC\n"                   \
    "RTB=$(aws ec2 create-route-table --vpc-id $VPC --query RouteTable.RouteTableId --output text)"
#define NEEDS_ROUTE                                                                                \
    NEEDS_TABLE "\n"                                                                               \
    "aws ec2 create-route --route-table-id $RTB --destination-cidr-block 0.0.0.0/0 --gateway-id "  \
    "$IGW"

const struct op op_create_route = {
    .name = "CreateRoute",
    .doc = "Adds a route: where packets to certain addresses go.",
    .example = "aws ec2 create-route --route-table-id $RTB --destination-cidr-block 0.0.0.0/0 "
               "--gateway-id $IGW",
    .needs = NEEDS_TABLE,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_route,
};

/* Position of the route that a request names; -1 after a fault. */
static int route_named(struct call *call, const struct route_in *in,
                       const struct route_table *table, struct vpc_part range)
{
    int at = route_position(table, range.base, range.bits);

    if (at < 0)
        return call_fault(call, &fault_missing, in->cidr, in->table);
    if (table->routes.items[at].kind == ROUTE_LOCAL)
        return call_fault(call, &fault_local, in->cidr, in->table);
    return at;
}

static int replace_route(struct call *call, const void *input, void *output)
{
    const struct route_in *in = input;
    struct vpc_part range = {0};
    struct route_table *table = read_place(call, in, &range);
    int at = table == NULL ? -1 : route_named(call, in, table, range);
    const struct internet_gateway *gateway = at < 0 ? NULL : read_target(call, in, table);

    (void)output;
    if (gateway == NULL)
        return -1;
    table->routes.items[at].target = gateway->id;
    route_tell(call, in, table, "route");
    return 0;
}

static const struct fault_kind *const replace_faults[] = {
    &fault_no_destination, &fault_cidr_malformed,  &fault_missing,   &fault_local,
    &fault_no_target,      &fault_gateway_missing, &fault_other_vpc, NULL,
};

const struct op op_replace_route = {
    .name = "ReplaceRoute",
    .doc = "Changes where a route leads.",
    .example = "aws ec2 replace-route --route-table-id $RTB --destination-cidr-block 0.0.0.0/0 "
               "--gateway-id $IGW",
    .needs = NEEDS_ROUTE,
    .in = &replace_in_shape,
    .out = &shape_empty,
    .faults = replace_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = replace_route,
};

static int delete_route(struct call *call, const void *input, void *output)
{
    const struct route_in *in = input;
    struct vpc_part range = {0};
    struct route_table *table = read_place(call, in, &range);
    int at = table == NULL ? -1 : route_named(call, in, table, range);

    (void)output;
    if (at < 0)
        return -1;
    LIST_REMOVE(&table->routes, (uint32_t)at);
    route_tell(call, in, table, "no more route");
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_no_destination,
    &fault_cidr_malformed,
    &fault_missing,
    &fault_local,
    NULL,
};

const struct op op_delete_route = {
    .name = "DeleteRoute",
    .doc = "Takes a route out of a route table.",
    .example = "aws ec2 delete-route --route-table-id $RTB --destination-cidr-block 0.0.0.0/0",
    .needs = NEEDS_ROUTE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_route,
};
