/*
 * api/ec2_vpc.c - create-vpc, create-default-vpc, describe-vpcs, delete-vpc.
 *
 * True to the EC2 API reference and to recorded answers.  IPv6 and address pools are left out.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <inttypes.h>
#include <string.h>

/* ---- what they show ---- */

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

static const struct field association_fields[] = {
    F_STRING(struct association_view, id, "AssociationId", "The id of the bond."),
    F_STRING(struct association_view, cidr, "CidrBlock", "The range of addresses."),
    F_EMBED(struct association_view, state, struct state_view, &cidr_state_shape, "CidrBlockState",
            "Whether the range is in use."),
};

static const struct shape association_shape =
    SHAPE("VpcCidrBlockAssociation", struct association_view, association_fields);

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
    F_FILTERS(struct listing_in, filters),
    F_STRINGS(struct listing_in, ids, "VpcIds", "Only the VPCs of these ids.",
              .ref = &kind_vpc),
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 5),
    F_DRY_RUN(struct listing_in, dry_run),
};

static const struct shape describe_vpcs_in_shape =
    SHAPE("DescribeVpcsRequest", struct listing_in, describe_vpcs_in_fields);

static const struct field describe_vpcs_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
    F_LISTED(&vpc_view_shape, "Vpcs", "The VPCs."),
};

static const struct shape describe_vpcs_out_shape =
    SHAPE("DescribeVpcsResult", struct listing_out, describe_vpcs_out_fields);

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

static bool vpc_shows(const struct call *call, const void *row)
{
    const struct vpc *vpc = row;

    return vpc->account == call->account && vpc->region == call->region;
}

static void vpc_show(struct call *call, const void *row, void *view)
{
    *(struct vpc_view *)view = vpc_see(call, row);
}

static const struct listing vpc_listing = {
    .words = &id_words_vpc,
    .table = offsetof(struct world, network.vpcs),
    .view = &vpc_view_shape,
    .shows = vpc_shows,
    .see = vpc_show,
};

static int describe_vpcs(struct call *call, const void *input, void *output)
{
    return listing_run(call, &vpc_listing, input, output);
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

/* ---- CreateVpc ---- */

static const struct fault_kind fault_no_range = {
    .code = "MissingParameter",
    .text = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
    .hint = "Say which addresses it has: --cidr-block 10.0.0.0/16.",
};

static const struct fault_kind fault_vpc_limit = {
    .code = "VpcLimitExceeded",
    .text = "The maximum number of VPCs has been reached.",
    .hint = "Delete one that nobody needs, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_default_exists = {
    .code = "DefaultVpcAlreadyExists",
    .text = "A Default VPC already exists for this account in this region.",
    .hint = "`aws ec2 describe-vpcs --filters Name=is-default,Values=true` shows it.",
};

static const struct fault_kind fault_in_use = {
    .code = "DependencyViolation",
    .text = "The vpc '{}' has dependencies and cannot be deleted.",
    .hint = "First go its subnets, security groups, route tables and network ACLs; then the "
            "internet gateway: detach it.",
};

struct create_vpc_in {
    const char *cidr;
    struct tag_specifications tags;
    bool dry_run;
    const char *tenancy;
};

struct create_vpc_out {
    struct vpc_view vpc;
};

static const char *const tenancy_words[] = {"default", "dedicated", "host", NULL};

static const struct field create_vpc_in_fields[] = {
    F_STRING(struct create_vpc_in, cidr, "CidrBlock",
             "Its addresses: a range of 16 to 28 fixed bits, such as 10.0.0.0/16."),
    F_TAG_SPECIFICATIONS(struct create_vpc_in, tags),
    F_DRY_RUN(struct create_vpc_in, dry_run),
    F_STRING(struct create_vpc_in, tenancy, "InstanceTenancy",
             "default: instances share hosts with other accounts.", .words = tenancy_words),
};

static const struct shape create_vpc_in_shape =
    SHAPE("CreateVpcRequest", struct create_vpc_in, create_vpc_in_fields);

static const struct field create_vpc_out_fields[] = {
    F_EMBED(struct create_vpc_out, vpc, struct vpc_view, &vpc_view_shape, "Vpc", "The VPC."),
};

static const struct shape create_vpc_out_shape =
    SHAPE("CreateVpcResult", struct create_vpc_out, create_vpc_out_fields);

static int64_t vpcs_count(const struct call *call)
{
    const struct table *table = &call->world->network.vpcs;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct vpc *vpc = table_at(table, i);

        count += vpc->account == call->account && vpc->region == call->region;
    }
    return count;
}

/* As AWS says of one that was just made, though it can be used at once. */
static void vpc_show_new(struct call *call, const struct vpc *vpc, struct create_vpc_out *out)
{
    out->vpc = vpc_see(call, vpc);
    out->vpc.state = "pending";
    network_tell(call, vpc->id,
                 arena_printf(&call->arena, "VPC %s (%s) created", out->vpc.id, out->vpc.cidr));
}

static int create_vpc(struct call *call, const void *input, void *output)
{
    const struct create_vpc_in *in = input;
    struct vpc_part range = {0};
    struct vpc *vpc;

    if (in->cidr == NULL)
        return call_fault(call, &fault_no_range);
    if (in->tenancy != NULL && strcmp(in->tenancy, "default") != 0)
        return call_fault(call, &fault_not_modelled_value);
    if (cidr_read(call, in->cidr, "cidrBlock", &range) != 0 ||
        vpc_range_check(range, &call->fault) != 0 ||
        new_tags_check(call, &in->tags, "vpc") != 0 ||
        network_quota_check(call, vpcs_count(call), QUOTA_VPCS, &fault_vpc_limit) != 0)
        return -1;
    vpc = vpc_add(&call->world->network, call->account, call->region, range);
    firewall_add_default(&call->world->firewall, vpc);
    tags_copy(&vpc->tags, tag_specifications_of(&call->arena, &in->tags, "vpc"));
    vpc_show_new(call, vpc, output);
    return 0;
}

static const struct fault_kind *const create_vpc_faults[] = {
    &fault_no_range,  &fault_cidr_malformed,     &fault_vpc_range,
    &fault_vpc_limit, &fault_not_modelled_value, NULL,
};

const struct op op_create_vpc = {
    .name = "CreateVpc",
    .doc = "Makes a VPC, a network of your own; it has no subnets yet, and no way to the internet.",
    .example = "aws ec2 create-vpc --cidr-block 10.0.0.0/16",
    .in = &create_vpc_in_shape,
    .out = &create_vpc_out_shape,
    .faults = create_vpc_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_vpc,
};

/* ---- CreateDefaultVpc ---- */

struct only_dry_run_in {
    bool dry_run;
};

static const struct field default_vpc_in_fields[] = {
    F_DRY_RUN(struct only_dry_run_in, dry_run),
};

static const struct shape default_vpc_in_shape =
    SHAPE("CreateDefaultVpcRequest", struct only_dry_run_in, default_vpc_in_fields);

static const struct shape default_vpc_out_shape =
    SHAPE("CreateDefaultVpcResult", struct create_vpc_out, create_vpc_out_fields);

static int create_default_vpc(struct call *call, const void *input, void *output)
{
    struct network *network = &call->world->network;
    struct vpc *vpc;

    (void)input;
    if (vpc_default(network, call->account, call->region) != NULL)
        return call_fault(call, &fault_default_exists);
    if (network_quota_check(call, vpcs_count(call), QUOTA_VPCS, &fault_vpc_limit) != 0)
        return -1;
    vpc = vpc_add_default(network, call->account, call->region);
    firewall_add_default(&call->world->firewall, vpc);
    vpc_show_new(call, vpc, output);
    return 0;
}

#define DELETE_SUBNET(zone)                                                                        \
    "aws ec2 delete-subnet --subnet-id $(aws ec2 describe-subnets --filters "                      \
    "Name=availability-zone,Values=" zone " --query 'Subnets[0].SubnetId' --output text)\n"

static const struct fault_kind *const default_vpc_faults[] = {
    &fault_default_exists,
    &fault_vpc_limit,
    NULL,
};

const struct op op_create_default_vpc = {
    .name = "CreateDefaultVpc",
    .doc = "Makes the default VPC again, with a subnet in each zone, after it was deleted.",
    .example = "aws ec2 create-default-vpc",
    .needs = "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)\n"
             DELETE_SUBNET("us-east-1a") DELETE_SUBNET("us-east-1b") DELETE_SUBNET("us-east-1c")
             "IGW=$(aws ec2 describe-internet-gateways --query "
             "'InternetGateways[0].InternetGatewayId' --output text)\n"
             "aws ec2 detach-internet-gateway --internet-gateway-id $IGW --vpc-id $VPC\n"
             "aws ec2 delete-vpc --vpc-id $VPC",
    .in = &default_vpc_in_shape,
    .out = &default_vpc_out_shape,
    .faults = default_vpc_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_default_vpc,
};

/* ---- DeleteVpc ---- */

struct delete_vpc_in {
    const char *id;
    bool dry_run;
};

static const struct field delete_vpc_in_fields[] = {
    F_STRING(struct delete_vpc_in, id, "VpcId", "The VPC.", .flags = FIELD_REQUIRED,
             .ref = &kind_vpc),
    F_DRY_RUN(struct delete_vpc_in, dry_run),
};

static const struct shape delete_vpc_in_shape =
    SHAPE("DeleteVpcRequest", struct delete_vpc_in, delete_vpc_in_fields);

static int delete_vpc(struct call *call, const void *input, void *output)
{
    const struct delete_vpc_in *in = input;
    struct vpc *vpc = id_find(call, &id_words_vpc, in->id);

    (void)output;
    if (vpc == NULL)
        return -1;
    if (!vpc_is_empty(&call->world->network, vpc) ||
        firewall_beside_default(&call->world->firewall, vpc->id))
        return call_fault(call, &fault_in_use, in->id);
    network_tell(call, vpc->id, arena_printf(&call->arena, "VPC %s deleted", in->id));
    firewall_remove_default(&call->world->firewall, vpc->id);
    vpc_remove(&call->world->network, vpc);
    return 0;
}

static const struct fault_kind *const delete_vpc_faults[] = {
    &fault_vpc_not_found,
    &fault_in_use,
    NULL,
};

const struct op op_delete_vpc = {
    .name = "DeleteVpc",
    .doc = "Deletes a VPC in which nothing is left but what came with it.",
    .example = "aws ec2 delete-vpc --vpc-id $VPC",
    .needs = EC2_EXAMPLE_VPC,
    .in = &delete_vpc_in_shape,
    .out = &shape_empty,
    .faults = delete_vpc_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_vpc,
};
