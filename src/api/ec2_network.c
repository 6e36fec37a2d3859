/*
 * api/ec2_network.c - describe-vpcs, describe-subnets.
 *
 * True to the EC2 API reference and to recorded answers.  IPv6, Outposts and address pools are left
 * out: a default VPC has none.
 */
#include "api/ec2_parts.h"

#include <inttypes.h>
#include <string.h>

/* ---- what both show ---- */

struct state_view {
    const char *state;
};

struct block_view {
    const char *mode;
};

static const struct field state_fields[] = {
    F_STRING(struct state_view, state, "State", "Whether the block is in use."),
};

static const struct shape cidr_state_shape =
    SHAPE("VpcCidrBlockState", struct state_view, state_fields);

static const struct field block_fields[] = {
    F_STRING(struct block_view, mode, "InternetGatewayBlockMode",
             "Whether traffic to and from the internet is blocked."),
};

static const struct shape block_shape =
    SHAPE("BlockPublicAccessStates", struct block_view, block_fields);

static const char *cidr_text(struct call *call, uint32_t base, uint8_t bits)
{
    char text[ADDRESS_TEXT_SIZE];

    return arena_printf(&call->arena, "%s/%u", address_text(base, text), (unsigned)bits);
}

/* ---- DescribeVpcs ---- */

struct association_view {
    const char *id;
    const char *cidr;
    struct state_view state;
};

struct associations {
    struct association_view *items;
    uint32_t count;
    uint32_t size;
};

struct vpc_view {
    const char *owner;
    const char *tenancy;
    struct associations associations;
    bool is_default;
    struct tag_views tags;
    struct block_view blocking;
    const char *id;
    const char *state;
    const char *cidr;
    const char *dhcp_options;
};

struct describe_vpcs_in {
    struct filters filters;
    struct strings ids;
    const char *next_token;
    struct opt_int max_results;
    bool dry_run;
};

struct describe_vpcs_out {
    const char *next_token;
    LIST(struct vpc_view) vpcs;
};

static const struct field association_fields[] = {
    F_STRING(struct association_view, id, "AssociationId", "The id of the bond."),
    F_STRING(struct association_view, cidr, "CidrBlock", "The range of addresses."),
    F_EMBED(struct association_view, state, struct state_view, &cidr_state_shape, "CidrBlockState",
            "Whether the range is in use."),
};

static const struct shape association_shape =
    SHAPE("VpcCidrBlockAssociation", struct association_view, association_fields);

/* No subnet has one: only the form of the list is shown. */
static const struct field association6_fields[] = {
    F_STRING(struct association_view, id, "AssociationId", "The id of the bond."),
    F_STRING(struct association_view, cidr, "Ipv6CidrBlock", "The range of addresses."),
    F_EMBED(struct association_view, state, struct state_view, &cidr_state_shape,
            "Ipv6CidrBlockState", "Whether the range is in use."),
};

static const struct shape association6_shape =
    SHAPE("SubnetIpv6CidrBlockAssociation", struct association_view, association6_fields);

static const struct field vpc_fields[] = {
    F_STRING(struct vpc_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
    F_STRING(struct vpc_view, tenancy, "InstanceTenancy",
             "Whether instances share their hosts with other accounts."),
    F_LIST(struct vpc_view, associations, struct association_view, &association_shape,
           "CidrBlockAssociationSet", "All of its ranges of addresses."),
    F_BOOL(struct vpc_view, is_default, "IsDefault",
           "Whether instances go there when no subnet is named.", .flags = FIELD_COLUMN),
    F_TAGS(struct vpc_view, tags),
    F_EMBED(struct vpc_view, blocking, struct block_view, &block_shape, "BlockPublicAccessStates",
            "Whether the account blocks the internet there."),
    F_STRING(struct vpc_view, id, "VpcId", "The id of the VPC.", .flags = FIELD_COLUMN,
             .ref = &kind_vpc),
    F_STRING(struct vpc_view, state, "State", "Whether it can be used."),
    F_STRING(struct vpc_view, cidr, "CidrBlock", "Its first range of addresses.",
             .flags = FIELD_COLUMN),
    F_STRING(struct vpc_view, dhcp_options, "DhcpOptionsId",
             "The settings that its instances get over DHCP."),
};

static const struct shape vpc_view_shape = SHAPE("Vpc", struct vpc_view, vpc_fields);

static const struct field describe_vpcs_in_fields[] = {
    F_FILTERS(struct describe_vpcs_in, filters),
    F_STRINGS(struct describe_vpcs_in, ids, "VpcIds", "Only the VPCs of these ids.",
              .ref = &kind_vpc),
    F_NEXT_TOKEN(struct describe_vpcs_in, next_token),
    F_MAX_RESULTS(struct describe_vpcs_in, max_results, 5),
    F_DRY_RUN(struct describe_vpcs_in, dry_run),
};

static const struct shape describe_vpcs_in_shape =
    SHAPE("DescribeVpcsRequest", struct describe_vpcs_in, describe_vpcs_in_fields);

static const struct field describe_vpcs_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_vpcs_out, next_token),
    F_LIST(struct describe_vpcs_out, vpcs, struct vpc_view, &vpc_view_shape, "Vpcs", "The VPCs."),
};

static const struct shape describe_vpcs_out_shape =
    SHAPE("DescribeVpcsResult", struct describe_vpcs_out, describe_vpcs_out_fields);

static const struct filter_name vpc_filters[] = {
    {"cidr", "CidrBlock"},
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"},
    {"dhcp-options-id", "DhcpOptionsId"},
    {"is-default", "IsDefault"},
    {"isDefault", "IsDefault"},
    {"owner-id", "OwnerId"},
    {"state", "State"},
    {"vpc-id", "VpcId"},
    /* What no VPC here has: they match none. */
    {"ipv6-cidr-block-association.association-id", ""},
    {"ipv6-cidr-block-association.ipv6-cidr-block", ""},
    {"ipv6-cidr-block-association.ipv6-pool", ""},
    {"ipv6-cidr-block-association.state", ""},
    {0},
};

static struct vpc_view vpc_see(struct call *call, const struct vpc *vpc)
{
    struct vpc_view view = {
        .owner = account_text(&call->arena, vpc->account),
        .tenancy = "default",
        .is_default = vpc->is_default,
        .blocking = {.mode = "off"},
        .id = id_text(&call->arena, &kind_vpc, vpc->id),
        .state = "available",
        .cidr = cidr_text(call, vpc->base, vpc->bits),
        .dhcp_options = arena_printf(&call->arena, "dopt-0%016" PRIx64, vpc->dhcp_options),
    };

    *LIST_PUSH_IN(&call->arena, &view.associations) = (struct association_view){
        .id = arena_printf(&call->arena, "vpc-cidr-assoc-0%016" PRIx64, ~vpc->id),
        .cidr = view.cidr,
        .state = {.state = "associated"},
    };
    tag_views_fill(call, &view.tags, &vpc->tags);
    return view;
}

static void vpc_list(struct call *call, const struct describe_vpcs_in *in, const struct vpc *vpc,
                     struct describe_vpcs_out *out)
{
    struct vpc_view view = vpc_see(call, vpc);

    if (filter_pass(call->op, &in->filters, &vpc_view_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->vpcs) = view;
}

static int describe_vpcs(struct call *call, const void *input, void *output)
{
    const struct describe_vpcs_in *in = input;
    struct describe_vpcs_out *out = output;
    const struct table *table = &call->world->network.vpcs;
    struct found found;
    struct page page;

    if (ids_find(call, &id_words_vpc, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        vpc_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct vpc *vpc = table_at(table, i);

        if (vpc->account == call->account && vpc->region == call->region)
            vpc_list(call, in, vpc, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->vpcs.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->vpcs, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_vpcs_paging = EC2_PAGING("Vpcs");

static const struct fault_kind *const describe_vpcs_faults[] = {
    &fault_vpc_not_found,
    NULL,
};

const struct op op_describe_vpcs = {
    .name = "DescribeVpcs",
    .doc = "Lists the VPCs: networks of your own, each with a range of private addresses.",
    .example = "aws ec2 describe-vpcs --filters Name=is-default,Values=true",
    .in = &describe_vpcs_in_shape,
    .out = &describe_vpcs_out_shape,
    .faults = describe_vpcs_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_vpcs_paging,
    .filters = vpc_filters,
    .run = describe_vpcs,
};

/* ---- DescribeSubnets ---- */

struct dns_options_view {
    const char *hostname_type;
    bool a_record;
    bool aaaa_record;
};

struct subnet_view {
    const char *zone_id;
    bool map_customer_ip;
    const char *owner;
    bool assign_ipv6;
    struct associations ipv6;
    struct tag_views tags;
    const char *arn;
    bool dns64;
    bool ipv6_native;
    struct dns_options_view dns_options;
    struct block_view blocking;
    const char *id;
    const char *state;
    const char *vpc;
    const char *cidr;
    uint32_t free;
    const char *zone;
    bool default_for_zone;
    bool map_public;
};

struct describe_subnets_in {
    struct filters filters;
    struct strings ids;
    const char *next_token;
    struct opt_int max_results;
    bool dry_run;
};

struct describe_subnets_out {
    const char *next_token;
    LIST(struct subnet_view) subnets;
};

static const struct field dns_options_fields[] = {
    F_STRING(struct dns_options_view, hostname_type, "HostnameType",
             "What the private names of instances are made of."),
    F_BOOL(struct dns_options_view, a_record, "EnableResourceNameDnsARecord",
           "Whether names made of ids lead to IPv4 addresses."),
    F_BOOL(struct dns_options_view, aaaa_record, "EnableResourceNameDnsAAAARecord",
           "Whether names made of ids lead to IPv6 addresses."),
};

static const struct shape dns_options_shape =
    SHAPE("PrivateDnsNameOptionsOnLaunch", struct dns_options_view, dns_options_fields);

static const struct field subnet_fields[] = {
    F_STRING(struct subnet_view, zone_id, "AvailabilityZoneId", "The id of its zone."),
    F_BOOL(struct subnet_view, map_customer_ip, "MapCustomerOwnedIpOnLaunch",
           "Whether instances get an address of the customer's own."),
    F_STRING(struct subnet_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
    F_BOOL(struct subnet_view, assign_ipv6, "AssignIpv6AddressOnCreation",
           "Whether network interfaces get an IPv6 address."),
    F_LIST(struct subnet_view, ipv6, struct association_view, &association6_shape,
           "Ipv6CidrBlockAssociationSet", "Its IPv6 ranges: none."),
    F_TAGS(struct subnet_view, tags),
    F_STRING(struct subnet_view, arn, "SubnetArn", "The ARN of the subnet."),
    F_BOOL(struct subnet_view, dns64, "EnableDns64",
           "Whether the resolver makes up IPv6 addresses for IPv4 names."),
    F_BOOL(struct subnet_view, ipv6_native, "Ipv6Native", "Whether it has IPv6 only."),
    F_EMBED(struct subnet_view, dns_options, struct dns_options_view, &dns_options_shape,
            "PrivateDnsNameOptionsOnLaunch", "How the private names of its instances are made."),
    F_EMBED(struct subnet_view, blocking, struct block_view, &block_shape,
            "BlockPublicAccessStates", "Whether the account blocks the internet there."),
    F_STRING(struct subnet_view, id, "SubnetId", "The id of the subnet.", .flags = FIELD_COLUMN,
             .ref = &kind_subnet),
    F_STRING(struct subnet_view, state, "State", "Whether it can be used."),
    F_STRING(struct subnet_view, vpc, "VpcId", "The VPC that it is a part of.", .ref = &kind_vpc),
    F_STRING(struct subnet_view, cidr, "CidrBlock", "Its range of addresses.",
             .flags = FIELD_COLUMN),
    F_INT(struct subnet_view, free, "AvailableIpAddressCount",
          "How many private addresses are free.", .flags = FIELD_COLUMN),
    F_STRING(struct subnet_view, zone, "AvailabilityZone", "The zone that it lies in.",
             .flags = FIELD_COLUMN, .ref = &kind_zone),
    F_BOOL(struct subnet_view, default_for_zone, "DefaultForAz",
           "Whether instances go there when only the zone is named."),
    F_BOOL(struct subnet_view, map_public, "MapPublicIpOnLaunch",
           "Whether instances get a public address."),
};

static const struct shape subnet_view_shape = SHAPE("Subnet", struct subnet_view, subnet_fields);

static const struct field describe_subnets_in_fields[] = {
    F_FILTERS(struct describe_subnets_in, filters),
    F_STRINGS(struct describe_subnets_in, ids, "SubnetIds", "Only the subnets of these ids.",
              .ref = &kind_subnet),
    F_NEXT_TOKEN(struct describe_subnets_in, next_token),
    F_MAX_RESULTS(struct describe_subnets_in, max_results, 5),
    F_DRY_RUN(struct describe_subnets_in, dry_run),
};

static const struct shape describe_subnets_in_shape =
    SHAPE("DescribeSubnetsRequest", struct describe_subnets_in, describe_subnets_in_fields);

static const struct field describe_subnets_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_subnets_out, next_token),
    F_LIST(struct describe_subnets_out, subnets, struct subnet_view, &subnet_view_shape, "Subnets",
           "The subnets."),
};

static const struct shape describe_subnets_out_shape =
    SHAPE("DescribeSubnetsResult", struct describe_subnets_out, describe_subnets_out_fields);

/* The names in camels are older ones that EC2 still takes. */
static const struct filter_name subnet_filters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availabilityZone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"availabilityZoneId", "AvailabilityZoneId"},
    {"available-ip-address-count", "AvailableIpAddressCount"},
    {"cidr", "CidrBlock"},
    {"cidr-block", "CidrBlock"},
    {"cidrBlock", "CidrBlock"},
    {"default-for-az", "DefaultForAz"},
    {"defaultForAz", "DefaultForAz"},
    {"enable-dns64", "EnableDns64"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-native", "Ipv6Native"},
    {"map-customer-owned-ip-on-launch", "MapCustomerOwnedIpOnLaunch"},
    {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
    {"owner-id", "OwnerId"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord"},
    {"private-dns-name-options-on-launch.hostname-type",
     "PrivateDnsNameOptionsOnLaunch.HostnameType"},
    {"state", "State"},
    {"subnet-arn", "SubnetArn"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
    /* What no subnet here has: they match none. */
    {"customer-owned-ipv4-pool", ""},
    {"enable-lni-at-device-index", ""},
    {"ipv6-cidr-block-association.state", ""},
    {"outpost-arn", ""},
    {0},
};

static struct subnet_view subnet_see(struct call *call, const struct subnet *subnet)
{
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, subnet->zone);
    const char *id = id_text(&call->arena, &kind_subnet, subnet->id);
    struct subnet_view view = {
        .zone_id = zone->id,
        .owner = account_text(&call->arena, subnet->account),
        .arn = ec2_arn(call, "subnet", id),
        .dns_options = {.hostname_type = "ip-name"},
        .blocking = {.mode = "off"},
        .id = id,
        .state = "available",
        .vpc = id_text(&call->arena, &kind_vpc, subnet->vpc),
        .cidr = cidr_text(call, subnet->base, subnet->bits),
        .free = subnet_free(subnet),
        .zone = zone->name,
        .default_for_zone = subnet->default_for_zone,
        .map_public = subnet->map_public,
    };

    tag_views_fill(call, &view.tags, &subnet->tags);
    return view;
}

static void subnet_list(struct call *call, const struct describe_subnets_in *in,
                        const struct subnet *subnet, struct describe_subnets_out *out)
{
    struct subnet_view view = subnet_see(call, subnet);

    if (filter_pass(call->op, &in->filters, &subnet_view_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->subnets) = view;
}

static int describe_subnets(struct call *call, const void *input, void *output)
{
    const struct describe_subnets_in *in = input;
    struct describe_subnets_out *out = output;
    const struct table *table = &call->world->network.subnets;
    struct found found;
    struct page page;

    if (ids_find(call, &id_words_subnet, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        subnet_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct subnet *subnet = table_at(table, i);

        if (subnet->account == call->account && ZONE_REGION(subnet->zone) == call->region)
            subnet_list(call, in, subnet, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->subnets.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->subnets, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_subnets_paging = EC2_PAGING("Subnets");

static const struct fault_kind *const describe_subnets_faults[] = {
    &fault_subnet_not_found,
    NULL,
};

const struct op op_describe_subnets = {
    .name = "DescribeSubnets",
    .doc = "Lists the subnets: parts of a VPC, each in one Availability Zone.",
    .example = "aws ec2 describe-subnets --filters Name=default-for-az,Values=true",
    .in = &describe_subnets_in_shape,
    .out = &describe_subnets_out_shape,
    .faults = describe_subnets_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_subnets_paging,
    .filters = subnet_filters,
    .run = describe_subnets,
};
