/*
 * api/ec2_subnet.c - create-, describe-, delete-subnet(s), modify-subnet-attribute.
 *
 * True to the EC2 API reference and to recorded answers.  IPv6, Outposts and address pools are left
 * out.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <string.h>

/* No subnet has one: only the form of the list is shown. */
static const struct field association6_fields[] = {
    F_STRING(struct association_view, id, "AssociationId", "The id of the bond."),
    F_STRING(struct association_view, cidr, "Ipv6CidrBlock", "The range of addresses."),
    F_EMBED(struct association_view, state, struct state_view, &cidr_state_shape,
            "Ipv6CidrBlockState", "Whether the range is in use."),
};

static const struct shape association6_shape =
    SHAPE("SubnetIpv6CidrBlockAssociation", struct association_view, association6_fields);

/* ---- what they show ---- */

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
    F_FILTERS(struct listing_in, filters),
    F_STRINGS(struct listing_in, ids, "SubnetIds", "Only the subnets of these ids.",
              .ref = &kind_subnet),
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 5),
    F_DRY_RUN(struct listing_in, dry_run),
};

static const struct shape describe_subnets_in_shape =
    SHAPE("DescribeSubnetsRequest", struct listing_in, describe_subnets_in_fields);

static const struct field describe_subnets_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
    F_LISTED(&subnet_view_shape, "Subnets",
           "The subnets."),
};

static const struct shape describe_subnets_out_shape =
    SHAPE("DescribeSubnetsResult", struct listing_out, describe_subnets_out_fields);

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

static bool subnet_shows(const struct call *call, const void *row)
{
    const struct subnet *subnet = row;

    return subnet->account == call->account && ZONE_REGION(subnet->zone) == call->region;
}

static void subnet_show(struct call *call, const void *row, void *view)
{
    *(struct subnet_view *)view = subnet_see(call, row);
}

static const struct listing subnet_listing = {
    .words = &id_words_subnet,
    .table = offsetof(struct world, network.subnets),
    .view = &subnet_view_shape,
    .shows = subnet_shows,
    .see = subnet_show,
};

static int describe_subnets(struct call *call, const void *input, void *output)
{
    return listing_run(call, &subnet_listing, input, output);
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

/* ---- CreateSubnet ---- */

static const struct fault_kind fault_no_range = {
    .code = "MissingParameter",
    .text = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
    .hint = "Say which part of the VPC's range it has: --cidr-block 10.0.1.0/24.",
};

static const struct fault_kind fault_zone = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter availabilityZone is invalid. Subnets can currently only be "
            "created in the following availability zones: {}.",
    .hint = "`aws ec2 describe-availability-zones` lists them.",
};

static const struct fault_kind fault_subnet_limit = {
    .code = "SubnetLimitExceeded",
    .text = "The maximum number of subnets has been reached.",
    .hint = "Delete one that nobody needs, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_in_use = {
    .code = "DependencyViolation",
    .text = "The subnet '{}' has dependencies and cannot be deleted.",
    .hint = "Instances and load balancers have addresses there: "
            "`aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=ID`.",
};

struct create_subnet_in {
    struct tag_specifications tags;
    const char *zone;
    const char *zone_id;
    const char *cidr;
    const char *vpc;
    bool dry_run;
};

struct create_subnet_out {
    struct subnet_view subnet;
};

static const struct field create_subnet_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct create_subnet_in, tags),
    F_STRING(struct create_subnet_in, zone, "AvailabilityZone",
             "Its zone; one is chosen unless told.", .ref = &kind_zone),
    F_STRING(struct create_subnet_in, zone_id, "AvailabilityZoneId",
             "The zone by its id, instead of its name."),
    F_STRING(struct create_subnet_in, cidr, "CidrBlock",
             "Its addresses: a part of the VPC's that no other subnet has."),
    F_STRING(struct create_subnet_in, vpc, "VpcId", "The VPC that it becomes a part of.",
             .flags = FIELD_REQUIRED, .ref = &kind_vpc),
    F_DRY_RUN(struct create_subnet_in, dry_run),
};

static const struct shape create_subnet_in_shape =
    SHAPE("CreateSubnetRequest", struct create_subnet_in, create_subnet_in_fields);

static const struct field create_subnet_out_fields[] = {
    F_EMBED(struct create_subnet_out, subnet, struct subnet_view, &subnet_view_shape, "Subnet",
            "The subnet."),
};

static const struct shape create_subnet_out_shape =
    SHAPE("CreateSubnetResult", struct create_subnet_out, create_subnet_out_fields);

static const char *zone_names(struct call *call)
{
    struct str names = STR_INIT;
    const char *kept;

    for (uint32_t i = 0; i < ZONES_PER_REGION; i++)
        str_addf(&names, "%s%s", i == 0 ? "" : ", ",
                 catalog_zone_name(call->world->catalog,
                                   (uint8_t)(call->region * ZONES_PER_REGION + i)));
    kept = arena_strdup(&call->arena, str_text(&names));
    str_release(&names);
    return kept;
}

/* The zone that is named, or the one with the fewest subnets of the VPC; -1 after a fault. */
static int zone_choose(struct call *call, const struct create_subnet_in *in, const struct vpc *vpc)
{
    const char *name = in->zone != NULL ? in->zone : in->zone_id;
    uint32_t counts[ZONES_PER_REGION] = {0};
    uint32_t best = 0;
    int zone;

    if (name != NULL) {
        zone = catalog_zone_find(call->world->catalog, name);
        if (zone >= 0 && zone / ZONES_PER_REGION == call->region)
            return zone;
        return call_fault(call, &fault_zone, name, zone_names(call));
    }
    for (uint32_t i = 0; i < vpc->parts.count; i++) {
        const struct subnet *subnet =
            table_get(&call->world->network.subnets, vpc->parts.items[i].subnet);

        counts[subnet->zone % ZONES_PER_REGION]++;
    }
    for (uint32_t i = 1; i < ZONES_PER_REGION; i++)
        best = counts[i] < counts[best] ? i : best;
    return (int)(call->region * ZONES_PER_REGION + best);
}

static int create_subnet(struct call *call, const void *input, void *output)
{
    const struct create_subnet_in *in = input;
    struct create_subnet_out *out = output;
    const struct vpc *vpc = id_find(call, &id_words_vpc, in->vpc);
    struct vpc_part range = {0};
    struct subnet *subnet;
    int zone;

    if (vpc == NULL)
        return -1;
    if (in->cidr == NULL)
        return call_fault(call, &fault_no_range);
    if (cidr_read(call, in->cidr, "cidrBlock", &range) != 0)
        return -1;
    zone = zone_choose(call, in, vpc);
    if (zone < 0 || subnet_range_check(vpc, range, &call->fault) != 0 ||
        new_tags_check(call, &in->tags, "subnet") != 0 ||
        network_quota_check(call, vpc->parts.count, QUOTA_SUBNETS_PER_VPC, &fault_subnet_limit) !=
            0)
        return -1;
    subnet = subnet_add(&call->world->network, vpc, (uint8_t)zone, range);
    tags_copy(&subnet->tags, tag_specifications_of(&call->arena, &in->tags, "subnet"));
    out->subnet = subnet_see(call, subnet);
    network_tell(call, subnet->id,
                 arena_printf(&call->arena, "subnet %s (%s, %s) created in %s", out->subnet.id,
                              out->subnet.cidr, out->subnet.zone, out->subnet.vpc));
    return 0;
}

static const struct fault_kind *const create_subnet_faults[] = {
    &fault_vpc_not_found, &fault_no_range,        &fault_cidr_malformed, &fault_zone,
    &fault_subnet_range,  &fault_subnet_conflict, &fault_subnet_limit,   NULL,
};

const struct op op_create_subnet = {
    .name = "CreateSubnet",
    .doc = "Makes a subnet: a part of a VPC's addresses, in one Availability Zone.",
    .example = "aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --availability-zone "
               "us-east-1a",
    .needs = EC2_EXAMPLE_VPC,
    .in = &create_subnet_in_shape,
    .out = &create_subnet_out_shape,
    .faults = create_subnet_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_subnet,
};

/* ---- DeleteSubnet ---- */

struct delete_subnet_in {
    const char *id;
    bool dry_run;
};

static const struct field delete_subnet_in_fields[] = {
    F_STRING(struct delete_subnet_in, id, "SubnetId", "The subnet.", .flags = FIELD_REQUIRED,
             .ref = &kind_subnet),
    F_DRY_RUN(struct delete_subnet_in, dry_run),
};

static const struct shape delete_subnet_in_shape =
    SHAPE("DeleteSubnetRequest", struct delete_subnet_in, delete_subnet_in_fields);

static int delete_subnet(struct call *call, const void *input, void *output)
{
    const struct delete_subnet_in *in = input;
    struct subnet *subnet = id_find(call, &id_words_subnet, in->id);

    (void)output;
    if (subnet == NULL)
        return -1;
    if (!subnet_is_empty(subnet))
        return call_fault(call, &fault_in_use, in->id);
    network_tell(call, subnet->id, arena_printf(&call->arena, "subnet %s deleted", in->id));
    subnet_remove(&call->world->network, subnet);
    return 0;
}

static const struct fault_kind *const delete_subnet_faults[] = {
    &fault_subnet_not_found,
    &fault_in_use,
    NULL,
};

const struct op op_delete_subnet = {
    .name = "DeleteSubnet",
    .doc = "Deletes a subnet in which nobody has an address.",
    .example = "aws ec2 delete-subnet --subnet-id $SUBNET",
    .needs = EC2_EXAMPLE_SUBNET,
    .in = &delete_subnet_in_shape,
    .out = &shape_empty,
    .faults = delete_subnet_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_subnet,
};

/* ---- ModifySubnetAttribute ---- */

struct truth {
    struct opt_bool value;
};

struct modify_subnet_in {
    struct truth *map_public;
    const char *id;
};

static const struct field truth_fields[] = {
    F_OPT_BOOL(struct truth, value, "Value", "true or false."),
};

static const struct shape truth_shape = SHAPE("AttributeBooleanValue", struct truth, truth_fields);

static const struct field modify_subnet_in_fields[] = {
    F_STRUCT(struct modify_subnet_in, map_public, struct truth, &truth_shape, "MapPublicIpOnLaunch",
             "Whether instances that are launched there get a public address."),
    F_STRING(struct modify_subnet_in, id, "SubnetId", "The subnet.", .flags = FIELD_REQUIRED,
             .ref = &kind_subnet),
};

static const struct shape modify_subnet_in_shape =
    SHAPE("ModifySubnetAttributeRequest", struct modify_subnet_in, modify_subnet_in_fields);

static int modify_subnet(struct call *call, const void *input, void *output)
{
    const struct modify_subnet_in *in = input;
    struct subnet *subnet = id_find(call, &id_words_subnet, in->id);

    (void)output;
    if (subnet == NULL)
        return -1;
    if (in->map_public == NULL || !in->map_public->value.set)
        return call_fault(call, &fault_missing_parameter, "MapPublicIpOnLaunch");
    subnet->map_public = in->map_public->value.value;
    return 0;
}

static const struct fault_kind *const modify_subnet_faults[] = {
    &fault_subnet_not_found,
    &fault_missing_parameter,
    NULL,
};

const struct op op_modify_subnet_attribute = {
    .name = "ModifySubnetAttribute",
    .doc = "Says whether instances that are launched in a subnet get public addresses.",
    .example = "aws ec2 modify-subnet-attribute --subnet-id $SUBNET --map-public-ip-on-launch",
    .needs = EC2_EXAMPLE_SUBNET,
    .in = &modify_subnet_in_shape,
    .out = &shape_empty,
    .faults = modify_subnet_faults,
    .flags = OP_WRITE,
    .run = modify_subnet,
};
