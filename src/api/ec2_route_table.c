/*
 * api/ec2_route_table.c - create-, describe-, delete-route-table(s), associate- and
 * disassociate-route-table, replace-route-table-association.
 *
 * True to the EC2 API reference and to recorded answers.  Gateways cannot be associated (edge
 * associations), and no routes are propagated.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <string.h>

#include "base/str.h"

static const struct fault_kind fault_malformed = {
    .code = "InvalidRouteTableId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"rtb-...\")",
    .hint = "A route table's id is rtb- and 17 digits, as describe-route-tables shows it.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidRouteTableID.NotFound",
    .text = "The routeTable ID '{}' does not exist",
    .hint = "`aws ec2 describe-route-tables` lists yours of this Region.",
};

static const struct fault_kind fault_limit = {
    .code = "RouteTableLimitExceeded",
    .text = "The maximum number of route tables has been reached.",
    .hint = "Delete one that nobody needs, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_associated = {
    .code = "Resource.AlreadyAssociated",
    .text = "the specified association for route table {} conflicts with an existing association",
    .hint = "The subnet has a route table of its own: disassociate that one first, or use "
            "replace-route-table-association.",
};

static const struct fault_kind fault_other_vpc = {
    .code = "InvalidParameterValue",
    .text = "Route table {} and subnet {} belong to different networks",
    .hint = "Take a route table of the subnet's own VPC.",
};

static const struct fault_kind fault_association_missing = {
    .code = "InvalidAssociationID.NotFound",
    .text = "The association ID '{}' does not exist",
    .hint = "`aws ec2 describe-route-tables` shows the associations of each.",
};

static const struct fault_kind fault_main = {
    .code = "InvalidParameterValue",
    .text = "cannot disassociate the main route table association {}",
    .hint = "replace-route-table-association makes another table the main one.",
};

static void *find_table(const struct call *call, uint64_t id)
{
    return route_table_find(&call->world->network, call->account, call->region, id);
}

const struct id_words id_words_route_table = {
    .kind = &kind_route_table,
    .malformed = &fault_malformed,
    .missing = &fault_missing,
    .find = find_table,
};

/* ---- what they show ---- */

struct use_view {
    bool is_main;
    const char *id;
    const char *table;
    const char *subnet;
    struct state_view state;
};

struct route_view {
    const char *cidr;
    const char *gateway;
    const char *origin;
    const char *state;
};

struct no_view {
    const char *gateway;
};

struct table_view {
    LIST(struct use_view) uses;
    LIST(struct no_view) propagating;
    const char *id;
    LIST(struct route_view) routes;
    struct tag_views tags;
    const char *vpc;
    const char *owner;
};

static const struct field use_fields[] = {
    F_BOOL(struct use_view, is_main, "Main",
           "Whether it is the one of all subnets without one of their own."),
    F_STRING(struct use_view, id, "RouteTableAssociationId", "The id of the association."),
    F_STRING(struct use_view, table, "RouteTableId", "The route table.",
             .ref = &kind_route_table),
    F_STRING(struct use_view, subnet, "SubnetId", "The subnet that uses it.", .ref = &kind_subnet),
    F_EMBED(struct use_view, state, struct state_view, &association_state_shape,
            "AssociationState", "Whether it holds."),
};
static const struct shape use_shape =
    SHAPE("RouteTableAssociation", struct use_view, use_fields);

static const struct field route_fields[] = {
    F_STRING(struct route_view, cidr, "DestinationCidrBlock", "The addresses that it is for."),
    F_STRING(struct route_view, gateway, "GatewayId",
             "Where it leads: local stays in the VPC."),
    F_STRING(struct route_view, origin, "Origin", "How the route came to be."),
    F_STRING(struct route_view, state, "State", "active, or blackhole when nothing is there."),
};
static const struct shape route_view_shape = SHAPE("Route", struct route_view, route_fields);

static const struct field no_fields[] = {
    F_STRING(struct no_view, gateway, "GatewayId", "None here."),
};
static const struct shape propagating_shape = SHAPE("PropagatingVgw", struct no_view, no_fields);

static const struct field table_fields[] = {
    F_LIST(struct table_view, uses, struct use_view, &use_shape, "Associations", "Who uses it."),
    F_LIST(struct table_view, propagating, struct no_view, &propagating_shape, "PropagatingVgws",
           "Gateways that add routes by themselves: none."),
    F_STRING(struct table_view, id, "RouteTableId", "The id of the route table.",
             .flags = FIELD_COLUMN, .ref = &kind_route_table),
    F_LIST(struct table_view, routes, struct route_view, &route_view_shape, "Routes",
           "Its routes; the longest that holds an address wins."),
    F_TAGS_SHOWN(struct table_view, tags),
    F_STRING(struct table_view, vpc, "VpcId", "The VPC that it is a part of.",
             .flags = FIELD_COLUMN, .ref = &kind_vpc),
    F_STRING(struct table_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
};
static const struct shape table_view_shape = SHAPE("RouteTable", struct table_view, table_fields);

static void uses_see(struct call *call, const struct route_table *table, struct table_view *view)
{
    const struct network *network = &call->world->network;
    const struct vpc *vpc = table_get(&network->vpcs, table->vpc);

    if (vpc->main_table == table->id)
        *LIST_PUSH_IN(&call->arena, &view->uses) = (struct use_view){
            .is_main = true,
            .id = id_text(&call->arena, &kind_route_association, vpc->main_association),
            .table = view->id,
            .state = {.state = "associated"},
        };
    for (uint32_t i = 0; i < vpc->parts.count; i++) {
        const struct subnet *subnet = table_get(&network->subnets, vpc->parts.items[i].subnet);

        if (subnet->route_table != table->id)
            continue;
        *LIST_PUSH_IN(&call->arena, &view->uses) = (struct use_view){
            .id = id_text(&call->arena, &kind_route_association, subnet->route_association),
            .table = view->id,
            .subnet = id_text(&call->arena, &kind_subnet, subnet->id),
            .state = {.state = "associated"},
        };
    }
}

static struct table_view table_see(struct call *call, const struct route_table *table)
{
    struct table_view view = {
        .id = id_text(&call->arena, &kind_route_table, table->id),
        .vpc = id_text(&call->arena, &kind_vpc, table->vpc),
        .owner = account_text(&call->arena, table->account),
    };

    uses_see(call, table, &view);
    for (uint32_t i = 0; i < table->routes.count; i++) {
        const struct route *route = &table->routes.items[i];
        bool local = route->kind == ROUTE_LOCAL;

        *LIST_PUSH_IN(&call->arena, &view.routes) = (struct route_view){
            .cidr = cidr_text(call, route->base, route->bits),
            .gateway = local ? "local"
                             : id_text(&call->arena, &kind_internet_gateway, route->target),
            .origin = local ? "CreateRouteTable" : "CreateRoute",
            .state = route_is_alive(&call->world->network, table, route) ? "active" : "blackhole",
        };
    }
    tag_views_fill(call, &view.tags, &table->tags);
    return view;
}

/* ---- CreateRouteTable ---- */

struct create_in {
    struct tag_specifications tags;
    const char *token;
    bool dry_run;
    const char *vpc;
};

struct create_out {
    struct table_view table;
};

static const struct field create_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct create_in, tags),
    F_CLIENT_TOKEN(struct create_in, token),
    F_DRY_RUN(struct create_in, dry_run),
    F_STRING(struct create_in, vpc, "VpcId", "The VPC.", .flags = FIELD_REQUIRED,
             .ref = &kind_vpc),
};
static const struct shape create_in_shape =
    SHAPE("CreateRouteTableRequest", struct create_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_EMBED(struct create_out, table, struct table_view, &table_view_shape, "RouteTable",
            "The route table."),
};
static const struct shape create_out_shape =
    SHAPE("CreateRouteTableResult", struct create_out, create_out_fields);

static int64_t tables_count(const struct call *call, uint64_t vpc)
{
    const struct table *tables = &call->world->network.route_tables;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(tables); i++)
        count += ((const struct route_table *)table_at(tables, i))->vpc == vpc;
    return count;
}

static int create_table(struct call *call, const void *input, void *output)
{
    const struct create_in *in = input;
    struct create_out *out = output;
    const struct vpc *vpc = id_find(call, &id_words_vpc, in->vpc);
    struct route_table *table;

    if (vpc == NULL || new_tags_check(call, &in->tags, "route-table") != 0 ||
        network_quota_check(call, tables_count(call, vpc->id), QUOTA_ROUTE_TABLES_PER_VPC,
                            &fault_limit) != 0)
        return -1;
    table = route_table_add(&call->world->network, vpc);
    call->made = table->id;
    tags_copy(&table->tags, tag_specifications_of(&call->arena, &in->tags, "route-table"));
    out->table = table_see(call, table);
    network_tell(call, table->id,
                 arena_printf(&call->arena, "route table %s created in %s", out->table.id,
                              in->vpc));
    return 0;
}

static int create_again(struct call *call, uint64_t made, void *output)
{
    const struct route_table *table = find_table(call, made);

    if (table != NULL)
        ((struct create_out *)output)->table = table_see(call, table);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_vpc_not_found,
    &fault_limit,
    NULL,
};

const struct op op_create_route_table = {
    .name = "CreateRouteTable",
    .doc = "Makes a route table, which keeps everything in the VPC until you add routes.",
    .example = "aws ec2 create-route-table --vpc-id $VPC",
    .needs = EC2_EXAMPLE_VPC,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_table,
    .again = create_again,
};

/* ---- DescribeRouteTables ---- */

static const struct field describe_in_fields[] = {
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_OPT_INT(struct listing_in, max_results, "MaxResults",
              "The most items that one answer gives; the rest follows with NextToken.", .min = 5,
              .max = 100),
    F_DRY_RUN(struct listing_in, dry_run),
    F_STRINGS(struct listing_in, ids, "RouteTableIds", "Only the route tables of these ids.",
              .ref = &kind_route_table),
    F_FILTERS(struct listing_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeRouteTablesRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LISTED(&table_view_shape, "RouteTables",
           "The route tables."),
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeRouteTablesResult", struct listing_out, describe_out_fields);

static const struct filter_name table_filters[] = {
    {"association.main", "Associations.Main"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"owner-id", "OwnerId"},
    {"route-table-id", "RouteTableId"},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
    {"route.gateway-id", "Routes.GatewayId"},
    {"route.origin", "Routes.Origin"},
    {"route.state", "Routes.State"},
    {"vpc-id", "VpcId"},
    /* What no route table here has: they match none. */
    {"association.gateway-id", ""},
    {"route.destination-ipv6-cidr-block", ""},
    {"route.destination-prefix-list-id", ""},
    {"route.egress-only-internet-gateway-id", ""},
    {"route.instance-id", ""},
    {"route.nat-gateway-id", ""},
    {"route.transit-gateway-id", ""},
    {"route.vpc-peering-connection-id", ""},
    {0},
};

static bool table_shows(const struct call *call, const void *row)
{
    const struct route_table *table = row;

    return table->account == call->account && table->region == call->region;
}

static void table_show(struct call *call, const void *row, void *view)
{
    *(struct table_view *)view = table_see(call, row);
}

static const struct listing table_listing = {
    .words = &id_words_route_table,
    .table = offsetof(struct world, network.route_tables),
    .view = &table_view_shape,
    .shows = table_shows,
    .see = table_show,
};

static int describe_tables(struct call *call, const void *input, void *output)
{
    return listing_run(call, &table_listing, input, output);
}

static const struct paging describe_paging = EC2_PAGING("RouteTables");

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    NULL,
};

const struct op op_describe_route_tables = {
    .name = "DescribeRouteTables",
    .doc = "Lists the route tables: where packets go that leave a subnet.",
    .example = "aws ec2 describe-route-tables --filters Name=association.main,Values=true",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = table_filters,
    .run = describe_tables,
};

/* ---- AssociateRouteTable ---- */

struct associate_in {
    bool dry_run;
    const char *subnet;
    const char *table;
};

struct associate_out {
    const char *id;
    struct state_view state;
};

static const struct field associate_in_fields[] = {
    F_DRY_RUN(struct associate_in, dry_run),
    F_STRING(struct associate_in, subnet, "SubnetId", "The subnet.", .ref = &kind_subnet),
    F_STRING(struct associate_in, table, "RouteTableId", "The route table.",
             .flags = FIELD_REQUIRED, .ref = &kind_route_table),
};
static const struct shape associate_in_shape =
    SHAPE("AssociateRouteTableRequest", struct associate_in, associate_in_fields);

static const struct field associate_out_fields[] = {
    F_STRING(struct associate_out, id, "AssociationId", "The id of the association."),
    F_EMBED(struct associate_out, state, struct state_view, &association_state_shape,
            "AssociationState", "Whether it holds."),
};
static const struct shape associate_out_shape =
    SHAPE("AssociateRouteTableResult", struct associate_out, associate_out_fields);

static int associate_table(struct call *call, const void *input, void *output)
{
    const struct associate_in *in = input;
    struct associate_out *out = output;
    const struct route_table *table = id_find(call, &id_words_route_table, in->table);
    struct subnet *subnet;

    if (table == NULL)
        return -1;
    if (in->subnet == NULL)
        return call_fault(call, &fault_missing_parameter, "subnetId");
    subnet = id_find(call, &id_words_subnet, in->subnet);
    if (subnet == NULL)
        return -1;
    if (subnet->vpc != table->vpc)
        return call_fault(call, &fault_other_vpc, in->table, in->subnet);
    if (subnet->route_table != 0 && subnet->route_table != table->id)
        return call_fault(call, &fault_associated, in->table);
    if (subnet->route_table == 0) {
        subnet_set_route_table(&call->world->network, subnet, table);
        network_tell(call, subnet->id,
                     arena_printf(&call->arena, "subnet %s uses route table %s", in->subnet,
                                  in->table));
    }
    out->id = id_text(&call->arena, &kind_route_association, subnet->route_association);
    out->state.state = "associated";
    return 0;
}

static const struct fault_kind *const associate_faults[] = {
    &fault_malformed,        &fault_missing,           &fault_subnet_not_found, &fault_associated,
    &fault_other_vpc,        &fault_missing_parameter, NULL,
};

#define NEEDS_TABLE                                                                                \
    "RTB=$(aws ec2 create-route-table --vpc-id $VPC --query RouteTable.RouteTableId --output text)"

const struct op op_associate_route_table = {
    .name = "AssociateRouteTable",
    .doc = "Gives a subnet a route table of its own, instead of the VPC's main one.",
    .example = "aws ec2 associate-route-table --subnet-id $SUBNET --route-table-id $RTB",
    .needs = EC2_EXAMPLE_SUBNET "\n" NEEDS_TABLE,
    .in = &associate_in_shape,
    .out = &associate_out_shape,
    .faults = associate_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = associate_table,
};

/* ---- DisassociateRouteTable, ReplaceRouteTableAssociation ---- */

/* What an association joins: a subnet or, for the main one, a VPC. */
struct bond {
    struct subnet *subnet;
    struct vpc *vpc;
};

/* 0, or -1 after a fault. */
static int bond_find(struct call *call, const char *text, struct bond *bond)
{
    const struct network *network = &call->world->network;
    uint64_t id = 0;

    *bond = (struct bond){0};
    if (!id_parse(&kind_route_association, text, &id) || id == 0)
        return call_fault(call, &fault_association_missing, text);
    for (uint32_t i = 0; i < table_count(&network->subnets); i++) {
        struct subnet *subnet = table_at(&network->subnets, i);

        if (subnet->route_association == id && subnet->account == call->account &&
            ZONE_REGION(subnet->zone) == call->region)
            bond->subnet = subnet;
    }
    for (uint32_t i = 0; i < table_count(&network->vpcs); i++) {
        struct vpc *vpc = table_at(&network->vpcs, i);

        if (vpc->main_association == id && vpc->account == call->account &&
            vpc->region == call->region)
            bond->vpc = vpc;
    }
    return bond->subnet == NULL && bond->vpc == NULL
               ? call_fault(call, &fault_association_missing, text)
               : 0;
}

struct disassociate_in {
    bool dry_run;
    const char *id;
};

static const struct field disassociate_in_fields[] = {
    F_DRY_RUN(struct disassociate_in, dry_run),
    F_STRING(struct disassociate_in, id, "AssociationId", "The id of the association.",
             .flags = FIELD_REQUIRED),
};
static const struct shape disassociate_in_shape =
    SHAPE("DisassociateRouteTableRequest", struct disassociate_in, disassociate_in_fields);

static int disassociate_table(struct call *call, const void *input, void *output)
{
    const struct disassociate_in *in = input;
    struct bond bond;

    (void)output;
    if (bond_find(call, in->id, &bond) != 0)
        return -1;
    if (bond.vpc != NULL)
        return call_fault(call, &fault_main, in->id);
    subnet_set_route_table(&call->world->network, bond.subnet, NULL);
    network_tell(call, bond.subnet->id,
                 arena_printf(&call->arena, "subnet %s uses its VPC's main route table",
                              id_text(&call->arena, &kind_subnet, bond.subnet->id)));
    return 0;
}

static const struct fault_kind *const disassociate_faults[] = {
    &fault_association_missing,
    &fault_main,
    NULL,
};

#define NEEDS_ASSOCIATION                                                                          \
    EC2_EXAMPLE_SUBNET "\n" NEEDS_TABLE "\n"                                                       \
    "ASSOC=$(aws ec2 associate-route-table --subnet-id $SUBNET --route-table-id $RTB --query "     \
    "AssociationId --output text)"

const struct op op_disassociate_route_table = {
    .name = "DisassociateRouteTable",
    .doc = "Takes a subnet's own route table from it; it uses the VPC's main one then.",
    .example = "aws ec2 disassociate-route-table --association-id $ASSOC",
    .needs = NEEDS_ASSOCIATION,
    .in = &disassociate_in_shape,
    .out = &shape_empty,
    .faults = disassociate_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = disassociate_table,
};

struct replace_in {
    bool dry_run;
    const char *id;
    const char *table;
};

static const struct field replace_in_fields[] = {
    F_DRY_RUN(struct replace_in, dry_run),
    F_STRING(struct replace_in, id, "AssociationId", "The id of the association that ends.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct replace_in, table, "RouteTableId", "The route table that comes instead.",
             .flags = FIELD_REQUIRED, .ref = &kind_route_table),
};
static const struct shape replace_in_shape =
    SHAPE("ReplaceRouteTableAssociationRequest", struct replace_in, replace_in_fields);

static const struct field replace_out_fields[] = {
    F_STRING(struct associate_out, id, "NewAssociationId", "The id of the new association."),
    F_EMBED(struct associate_out, state, struct state_view, &association_state_shape,
            "AssociationState", "Whether it holds."),
};
static const struct shape replace_out_shape =
    SHAPE("ReplaceRouteTableAssociationResult", struct associate_out, replace_out_fields);

static int replace_association(struct call *call, const void *input, void *output)
{
    const struct replace_in *in = input;
    struct associate_out *out = output;
    struct network *network = &call->world->network;
    const struct route_table *table = id_find(call, &id_words_route_table, in->table);
    struct bond bond;

    if (table == NULL || bond_find(call, in->id, &bond) != 0)
        return -1;
    if (table->vpc != (bond.subnet != NULL ? bond.subnet->vpc : bond.vpc->id))
        return call_fault(call, &fault_other_vpc, in->table,
                          bond.subnet == NULL
                              ? id_text(&call->arena, &kind_vpc, bond.vpc->id)
                              : id_text(&call->arena, &kind_subnet, bond.subnet->id));
    if (bond.subnet != NULL)
        subnet_set_route_table(network, bond.subnet, table);
    else
        vpc_set_main_table(network, bond.vpc, table);
    out->id = id_text(&call->arena, &kind_route_association,
                      bond.subnet != NULL ? bond.subnet->route_association
                                          : bond.vpc->main_association);
    out->state.state = "associated";
    return 0;
}

static const struct fault_kind *const replace_faults[] = {
    &fault_malformed, &fault_missing, &fault_association_missing, &fault_other_vpc, NULL,
};

const struct op op_replace_route_table_association = {
    .name = "ReplaceRouteTableAssociation",
    .doc = "Gives a subnet another route table, or a VPC another main one.",
    .example = "aws ec2 replace-route-table-association --association-id $ASSOC --route-table-id "
               "$RTB",
    .needs = NEEDS_ASSOCIATION,
    .in = &replace_in_shape,
    .out = &replace_out_shape,
    .faults = replace_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = replace_association,
};

/* ---- DeleteRouteTable ---- */

struct delete_in {
    bool dry_run;
    const char *id;
};

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_in, dry_run),
    F_STRING(struct delete_in, id, "RouteTableId", "The route table.", .flags = FIELD_REQUIRED,
             .ref = &kind_route_table),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteRouteTableRequest", struct delete_in, delete_in_fields);

static int delete_table(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    struct route_table *table = id_find(call, &id_words_route_table, in->id);
    uint64_t id = table == NULL ? 0 : table->id;

    (void)output;
    if (table == NULL || route_table_remove(&call->world->network, table, &call->fault) != 0)
        return -1;
    network_tell(call, id, arena_printf(&call->arena, "route table %s deleted", in->id));
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_malformed,
    &fault_missing,
    &fault_route_table_in_use,
    NULL,
};

const struct op op_delete_route_table = {
    .name = "DeleteRouteTable",
    .doc = "Deletes a route table that no subnet uses.",
    .example = "aws ec2 delete-route-table --route-table-id $RTB",
    .needs = EC2_EXAMPLE_VPC "\n" NEEDS_TABLE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_table,
};
