/*
 * api/ec2_internet_gateway.c - create-, attach-, describe-, detach-, delete-internet-gateway(s).
 *
 * True to the EC2 API reference and to recorded answers: one VPC has one gateway, one gateway one
 * VPC, and it stays while anything in the VPC has a public address.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <string.h>

static const struct fault_kind fault_malformed = {
    .code = "InvalidInternetGatewayId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"igw-...\")",
    .hint = "A gateway's id is igw- and 17 digits, as describe-internet-gateways shows it.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidInternetGatewayID.NotFound",
    .text = "The internetGateway ID '{}' does not exist",
    .hint = "`aws ec2 describe-internet-gateways` lists yours of this Region.",
};

static const struct fault_kind fault_limit = {
    .code = "InternetGatewayLimitExceeded",
    .text = "The maximum number of internet gateways has been reached.",
    .hint = "Delete one that nobody needs, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_attached = {
    .code = "Resource.AlreadyAssociated",
    .text = "resource {} is already attached to network {}",
    .hint = "Detach it there first: `aws ec2 detach-internet-gateway`.",
};

static const struct fault_kind fault_vpc_has_one = {
    .code = "InvalidParameterValue",
    .text = "Network {} already has an internet gateway attached",
    .hint = "A VPC has one gateway: route to that one.",
};

static const struct fault_kind fault_not_attached = {
    .code = "Gateway.NotAttached",
    .text = "resource {} is not attached to network {}",
    .hint = "`aws ec2 describe-internet-gateways` shows to which VPC it is attached.",
};

static const struct fault_kind fault_mapped = {
    .code = "DependencyViolation",
    .text = "Network {} has some mapped public address(es). Please unmap those public address(es) "
            "before detaching the gateway.",
    .hint = "Terminate what has a public address there, or take Elastic IP addresses off.",
};

static const struct fault_kind fault_in_use = {
    .code = "DependencyViolation",
    .text = "The internetGateway '{}' has dependencies and cannot be deleted.",
    .hint = "Detach it from its VPC first: `aws ec2 detach-internet-gateway`.",
};

static void *find_gateway(const struct call *call, uint64_t id)
{
    return gateway_find(&call->world->network, call->account, call->region, id);
}

const struct id_words id_words_gateway = {
    .kind = &kind_internet_gateway,
    .malformed = &fault_malformed,
    .missing = &fault_missing,
    .find = find_gateway,
};

/* ---- what they show ---- */

struct bond_view {
    const char *state;
    const char *vpc;
};

struct gateway_view {
    LIST(struct bond_view) bonds;
    const char *id;
    const char *owner;
    struct tag_views tags;
};

static const struct field bond_fields[] = {
    F_STRING(struct bond_view, state, "State", "Whether it can be used."),
    F_STRING(struct bond_view, vpc, "VpcId", "The VPC that it is attached to.", .ref = &kind_vpc),
};
static const struct shape bond_shape =
    SHAPE("InternetGatewayAttachment", struct bond_view, bond_fields);

static const struct field gateway_fields[] = {
    F_LIST(struct gateway_view, bonds, struct bond_view, &bond_shape, "Attachments",
           "The VPC that it is attached to, if any."),
    F_STRING(struct gateway_view, id, "InternetGatewayId", "The id of the gateway.",
             .flags = FIELD_COLUMN, .ref = &kind_internet_gateway),
    F_STRING(struct gateway_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
    F_TAGS_SHOWN(struct gateway_view, tags),
};
static const struct shape gateway_view_shape =
    SHAPE("InternetGateway", struct gateway_view, gateway_fields);

static struct gateway_view gateway_see(struct call *call, const struct internet_gateway *gateway)
{
    struct gateway_view view = {
        .id = id_text(&call->arena, &kind_internet_gateway, gateway->id),
        .owner = account_text(&call->arena, gateway->account),
    };

    if (gateway->vpc != 0)
        *LIST_PUSH_IN(&call->arena, &view.bonds) = (struct bond_view){
            .state = "available",
            .vpc = id_text(&call->arena, &kind_vpc, gateway->vpc),
        };
    tag_views_fill(call, &view.tags, &gateway->tags);
    return view;
}

/* ---- CreateInternetGateway ---- */

struct create_in {
    struct tag_specifications tags;
    bool dry_run;
};

struct create_out {
    struct gateway_view gateway;
};

static const struct field create_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct create_in, tags),
    F_DRY_RUN(struct create_in, dry_run),
};
static const struct shape create_in_shape =
    SHAPE("CreateInternetGatewayRequest", struct create_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_EMBED(struct create_out, gateway, struct gateway_view, &gateway_view_shape, "InternetGateway",
            "The gateway."),
};
static const struct shape create_out_shape =
    SHAPE("CreateInternetGatewayResult", struct create_out, create_out_fields);

static int64_t gateways_count(const struct call *call)
{
    const struct table *table = &call->world->network.gateways;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct internet_gateway *gateway = table_at(table, i);

        count += gateway->account == call->account && gateway->region == call->region;
    }
    return count;
}

static int create_gateway(struct call *call, const void *input, void *output)
{
    const struct create_in *in = input;
    struct create_out *out = output;
    struct internet_gateway *gateway;

    if (new_tags_check(call, &in->tags, "internet-gateway") != 0 ||
        network_quota_check(call, gateways_count(call), QUOTA_VPCS, &fault_limit) != 0)
        return -1;
    gateway = gateway_add(&call->world->network, call->account, call->region);
    tags_copy(&gateway->tags,
              tag_specifications_of(&call->arena, &in->tags, "internet-gateway"));
    out->gateway = gateway_see(call, gateway);
    network_tell(call, gateway->id,
                 arena_printf(&call->arena, "internet gateway %s created", out->gateway.id));
    return 0;
}

static const struct fault_kind *const create_faults[] = {&fault_limit, NULL};

const struct op op_create_internet_gateway = {
    .name = "CreateInternetGateway",
    .doc = "Makes an internet gateway, a VPC's door to the internet; attach it to a VPC then.",
    .example = "aws ec2 create-internet-gateway",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_gateway,
};

/* ---- AttachInternetGateway, DetachInternetGateway ---- */

struct bond_in {
    bool dry_run;
    const char *gateway;
    const char *vpc;
};

#define BOND_IN_FIELDS                                                                             \
    F_DRY_RUN(struct bond_in, dry_run),                                                            \
        F_STRING(struct bond_in, gateway, "InternetGatewayId", "The gateway.",                     \
                 .flags = FIELD_REQUIRED, .ref = &kind_internet_gateway),                          \
        F_STRING(struct bond_in, vpc, "VpcId", "The VPC.", .flags = FIELD_REQUIRED,                \
                 .ref = &kind_vpc)

static const struct field attach_in_fields[] = {BOND_IN_FIELDS};
static const struct shape attach_in_shape =
    SHAPE("AttachInternetGatewayRequest", struct bond_in, attach_in_fields);
static const struct field detach_in_fields[] = {BOND_IN_FIELDS};
static const struct shape detach_in_shape =
    SHAPE("DetachInternetGatewayRequest", struct bond_in, detach_in_fields);

static int attach_gateway(struct call *call, const void *input, void *output)
{
    const struct bond_in *in = input;
    struct internet_gateway *gateway = id_find(call, &id_words_gateway, in->gateway);
    const struct vpc *vpc = gateway == NULL ? NULL : id_find(call, &id_words_vpc, in->vpc);

    (void)output;
    if (vpc == NULL)
        return -1;
    if (gateway->vpc != 0)
        return call_fault(call, &fault_attached, in->gateway,
                          id_text(&call->arena, &kind_vpc, gateway->vpc));
    if (gateway_of_vpc(&call->world->network, vpc->id) != NULL)
        return call_fault(call, &fault_vpc_has_one, in->vpc);
    gateway->vpc = vpc->id;
    network_tell(call, gateway->id,
                 arena_printf(&call->arena, "internet gateway %s attached to %s", in->gateway,
                              in->vpc));
    return 0;
}

static int detach_gateway(struct call *call, const void *input, void *output)
{
    const struct bond_in *in = input;
    struct internet_gateway *gateway = id_find(call, &id_words_gateway, in->gateway);
    const struct vpc *vpc = gateway == NULL ? NULL : id_find(call, &id_words_vpc, in->vpc);

    (void)output;
    if (vpc == NULL)
        return -1;
    if (gateway->vpc != vpc->id)
        return call_fault(call, &fault_not_attached, in->gateway, in->vpc);
    if (vpc_has_public_address(&call->world->network, vpc->id))
        return call_fault(call, &fault_mapped, in->vpc);
    gateway->vpc = 0;
    network_tell(call, gateway->id,
                 arena_printf(&call->arena, "internet gateway %s detached from %s", in->gateway,
                              in->vpc));
    return 0;
}

#define NEEDS_GATEWAY                                                                              \
    "IGW=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output "    \
    "text)"

static const struct fault_kind *const attach_faults[] = {
    &fault_malformed, &fault_missing,     &fault_vpc_not_found,
    &fault_attached,  &fault_vpc_has_one, NULL,
};

const struct op op_attach_internet_gateway = {
    .name = "AttachInternetGateway",
    .doc = "Attaches an internet gateway to a VPC; routes may lead to it then.",
    .example = "aws ec2 attach-internet-gateway --internet-gateway-id $IGW --vpc-id $VPC",
    .needs = EC2_EXAMPLE_VPC "\n" NEEDS_GATEWAY,
    .in = &attach_in_shape,
    .out = &shape_empty,
    .faults = attach_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = attach_gateway,
};

static const struct fault_kind *const detach_faults[] = {
    &fault_malformed,    &fault_missing, &fault_vpc_not_found,
    &fault_not_attached, &fault_mapped,  NULL,
};

const struct op op_detach_internet_gateway = {
    .name = "DetachInternetGateway",
    .doc = "Takes an internet gateway off a VPC; routes to it become black holes.",
    .example = "aws ec2 detach-internet-gateway --internet-gateway-id $IGW --vpc-id $VPC",
    .needs = EC2_EXAMPLE_VPC "\n" NEEDS_GATEWAY
                             "\naws ec2 attach-internet-gateway --internet-gateway-id $IGW "
                             "--vpc-id $VPC",
    .in = &detach_in_shape,
    .out = &shape_empty,
    .faults = detach_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = detach_gateway,
};

/* ---- DescribeInternetGateways ---- */

static const struct field describe_in_fields[] = {
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 5),
    F_DRY_RUN(struct listing_in, dry_run),
    F_STRINGS(struct listing_in, ids, "InternetGatewayIds", "Only the gateways of these ids.",
              .ref = &kind_internet_gateway),
    F_FILTERS(struct listing_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeInternetGatewaysRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LISTED(&gateway_view_shape, "InternetGateways", "The gateways."),
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeInternetGatewaysResult", struct listing_out, describe_out_fields);

static const struct filter_name gateway_filters[] = {
    {"attachment.state", "Attachments.State"},
    {"attachment.vpc-id", "Attachments.VpcId"},
    {"internet-gateway-id", "InternetGatewayId"},
    {"owner-id", "OwnerId"},
    {0},
};

static bool gateway_shows(const struct call *call, const void *row)
{
    const struct internet_gateway *gateway = row;

    return gateway->account == call->account && gateway->region == call->region;
}

static void gateway_show(struct call *call, const void *row, void *view)
{
    *(struct gateway_view *)view = gateway_see(call, row);
}

static const struct listing gateway_listing = {
    .words = &id_words_gateway,
    .table = offsetof(struct world, network.gateways),
    .view = &gateway_view_shape,
    .shows = gateway_shows,
    .see = gateway_show,
};

static int describe_gateways(struct call *call, const void *input, void *output)
{
    return listing_run(call, &gateway_listing, input, output);
}

static const struct paging describe_paging = EC2_PAGING("InternetGateways");

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    NULL,
};

const struct op op_describe_internet_gateways = {
    .name = "DescribeInternetGateways",
    .doc = "Lists the internet gateways, and the VPC of each.",
    .example = "aws ec2 describe-internet-gateways",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = gateway_filters,
    .run = describe_gateways,
};

/* ---- DeleteInternetGateway ---- */

struct delete_in {
    bool dry_run;
    const char *id;
};

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_in, dry_run),
    F_STRING(struct delete_in, id, "InternetGatewayId", "The gateway.", .flags = FIELD_REQUIRED,
             .ref = &kind_internet_gateway),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteInternetGatewayRequest", struct delete_in, delete_in_fields);

static int delete_gateway(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    const struct internet_gateway *gateway = id_find(call, &id_words_gateway, in->id);

    (void)output;
    if (gateway == NULL)
        return -1;
    if (gateway->vpc != 0)
        return call_fault(call, &fault_in_use, in->id);
    network_tell(call, gateway->id,
                 arena_printf(&call->arena, "internet gateway %s deleted", in->id));
    table_remove(&call->world->network.gateways, gateway->id);
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_malformed,
    &fault_missing,
    &fault_in_use,
    NULL,
};

const struct op op_delete_internet_gateway = {
    .name = "DeleteInternetGateway",
    .doc = "Deletes an internet gateway that is attached to no VPC.",
    .example = "aws ec2 delete-internet-gateway --internet-gateway-id $IGW",
    .needs = NEEDS_GATEWAY,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_gateway,
};
