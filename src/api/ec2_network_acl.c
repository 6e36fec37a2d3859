/*
 * api/ec2_network_acl.c - create-, describe-, delete-network-acl(s), and which subnet has which.
 *
 * True to the EC2 API reference: the last rule, 32767, is shown in both directions and denies all.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <string.h>

#include "cloud/firewall.h"

static const struct fault_kind fault_malformed = {
    .code = "InvalidNetworkAclId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"acl-...\")",
    .hint = "A network ACL's id is acl- and 17 digits, as describe-network-acls shows it.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidNetworkAclID.NotFound",
    .text = "The networkAcl ID '{}' does not exist",
    .hint = "`aws ec2 describe-network-acls` lists yours of this Region.",
};

static const struct fault_kind fault_limit = {
    .code = "NetworkAclLimitExceeded",
    .text = "The maximum number of network ACLs has been reached.",
    .hint = "Delete one that nobody needs, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_association_missing = {
    .code = "InvalidAssociationID.NotFound",
    .text = "The association ID '{}' does not exist",
    .hint = "`aws ec2 describe-network-acls` shows the associations of each.",
};

static const struct fault_kind fault_other_vpc = {
    .code = "InvalidParameterValue",
    .text = "Network ACL {} and subnet {} belong to different networks",
    .hint = "Take a network ACL of the subnet's own VPC.",
};

static void *find_acl(const struct call *call, uint64_t id)
{
    return acl_find(&call->world->network, call->account, call->region, id);
}

const struct id_words id_words_acl = {
    .kind = &kind_network_acl,
    .malformed = &fault_malformed,
    .missing = &fault_missing,
    .find = find_acl,
};

/* ---- what they show ---- */

struct use_view {
    const char *id;
    const char *acl;
    const char *subnet;
};

struct ports_view {
    int32_t from;
    int32_t to;
};

struct icmp_view {
    int32_t code;
    int32_t type;
};

struct rule_view {
    const char *cidr;
    bool is_egress;
    struct icmp_view *icmp;
    const char *cidr6;
    struct ports_view *ports;
    const char *protocol;
    const char *action;
    int32_t number;
};

struct acl_view {
    LIST(struct use_view) uses;
    LIST(struct rule_view) rules;
    bool is_default;
    const char *id;
    struct tag_views tags;
    const char *vpc;
    const char *owner;
};

static const struct field use_fields[] = {
    F_STRING(struct use_view, id, "NetworkAclAssociationId", "The id of the association."),
    F_STRING(struct use_view, acl, "NetworkAclId", "The network ACL.", .ref = &kind_network_acl),
    F_STRING(struct use_view, subnet, "SubnetId", "The subnet that has it.", .ref = &kind_subnet),
};
static const struct shape use_shape =
    SHAPE("NetworkAclAssociation", struct use_view, use_fields);

static const struct field ports_fields[] = {
    F_INT(struct ports_view, from, "From", "The first port."),
    F_INT(struct ports_view, to, "To", "The last port."),
};
static const struct shape ports_shape = SHAPE("PortRange", struct ports_view, ports_fields);

static const struct field icmp_fields[] = {
    F_INT(struct icmp_view, code, "Code", "The ICMP code; -1 is all."),
    F_INT(struct icmp_view, type, "Type", "The ICMP type; -1 is all."),
};
static const struct shape icmp_shape = SHAPE("IcmpTypeCode", struct icmp_view, icmp_fields);

static const struct field rule_fields[] = {
    F_STRING(struct rule_view, cidr, "CidrBlock", "The addresses on the other side."),
    F_BOOL(struct rule_view, is_egress, "Egress", "Whether it is about what goes out."),
    F_STRUCT(struct rule_view, icmp, struct icmp_view, &icmp_shape, "IcmpTypeCode",
             "Type and code, of ICMP."),
    F_STRING(struct rule_view, cidr6, "Ipv6CidrBlock", "The IPv6 addresses on the other side."),
    F_STRUCT(struct rule_view, ports, struct ports_view, &ports_shape, "PortRange",
             "The ports that the packet goes to, of TCP and UDP."),
    F_STRING(struct rule_view, protocol, "Protocol", "The protocol's number; -1 is all."),
    F_STRING(struct rule_view, action, "RuleAction", "allow or deny."),
    F_INT(struct rule_view, number, "RuleNumber", "Its place: the lowest that matches decides."),
};
static const struct shape rule_shape = SHAPE("NetworkAclEntry", struct rule_view, rule_fields);

static const struct field acl_fields[] = {
    F_LIST(struct acl_view, uses, struct use_view, &use_shape, "Associations",
           "The subnets that have it."),
    F_LIST(struct acl_view, rules, struct rule_view, &rule_shape, "Entries", "Its rules."),
    F_BOOL(struct acl_view, is_default, "IsDefault", "Whether new subnets of the VPC get it.",
           .flags = FIELD_COLUMN),
    F_STRING(struct acl_view, id, "NetworkAclId", "The id of the network ACL.",
             .flags = FIELD_COLUMN, .ref = &kind_network_acl),
    F_TAGS_SHOWN(struct acl_view, tags),
    F_STRING(struct acl_view, vpc, "VpcId", "The VPC that it is a part of.", .flags = FIELD_COLUMN,
             .ref = &kind_vpc),
    F_STRING(struct acl_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
};
static const struct shape acl_view_shape = SHAPE("NetworkAcl", struct acl_view, acl_fields);

static void rule_see(struct call *call, const struct acl_rule *rule, struct rule_view *view)
{
    *view = (struct rule_view){
        .cidr = rule->range6 == NULL ? cidr_text(call, rule->base, rule->bits) : NULL,
        .is_egress = rule->is_egress,
        .cidr6 = rule->range6 == NULL ? NULL : arena_strdup(&call->arena, rule->range6),
        .protocol = ec2_number(call, rule->protocol),
        .action = rule->allows ? "allow" : "deny",
        .number = rule->number,
    };
    if (rule->protocol == PROTOCOL_TCP || rule->protocol == PROTOCOL_UDP) {
        view->ports = arena_alloc(&call->arena, sizeof(*view->ports));
        *view->ports = (struct ports_view){.from = rule->from_port, .to = rule->to_port};
    } else if (rule->protocol == PROTOCOL_ICMP) {
        view->icmp = arena_alloc(&call->arena, sizeof(*view->icmp));
        *view->icmp = (struct icmp_view){.type = rule->from_port, .code = rule->to_port};
    }
}

static void rules_see(struct call *call, const struct network_acl *acl, struct acl_view *view)
{
    for (int egress = 1; egress >= 0; egress--) {
        const struct acl_rule last = {
            .number = ACL_RULE_LAST,
            .is_egress = egress == 1,
            .protocol = PROTOCOL_ALL,
        };

        for (uint32_t i = 0; i < acl->rules.count; i++) {
            if (acl->rules.items[i].is_egress == last.is_egress)
                rule_see(call, &acl->rules.items[i], LIST_PUSH_IN(&call->arena, &view->rules));
        }
        rule_see(call, &last, LIST_PUSH_IN(&call->arena, &view->rules));
    }
}

static struct acl_view acl_see(struct call *call, const struct network_acl *acl)
{
    const struct network *network = &call->world->network;
    const struct vpc *vpc = table_get(&network->vpcs, acl->vpc);
    struct acl_view view = {
        .is_default = acl->is_default,
        .id = id_text(&call->arena, &kind_network_acl, acl->id),
        .vpc = id_text(&call->arena, &kind_vpc, acl->vpc),
        .owner = account_text(&call->arena, acl->account),
    };

    for (uint32_t i = 0; i < vpc->parts.count; i++) {
        const struct subnet *subnet = table_get(&network->subnets, vpc->parts.items[i].subnet);

        if (subnet->acl == acl->id)
            *LIST_PUSH_IN(&call->arena, &view.uses) = (struct use_view){
                .id = id_text(&call->arena, &kind_acl_association, subnet->acl_association),
                .acl = view.id,
                .subnet = id_text(&call->arena, &kind_subnet, subnet->id),
            };
    }
    rules_see(call, acl, &view);
    tag_views_fill(call, &view.tags, &acl->tags);
    return view;
}

/* ---- CreateNetworkAcl ---- */

struct create_in {
    struct tag_specifications tags;
    const char *token;
    bool dry_run;
    const char *vpc;
};

struct create_out {
    struct acl_view acl;
};

static const struct field create_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct create_in, tags),
    F_CLIENT_TOKEN(struct create_in, token),
    F_DRY_RUN(struct create_in, dry_run),
    F_STRING(struct create_in, vpc, "VpcId", "The VPC.", .flags = FIELD_REQUIRED,
             .ref = &kind_vpc),
};
static const struct shape create_in_shape =
    SHAPE("CreateNetworkAclRequest", struct create_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_EMBED(struct create_out, acl, struct acl_view, &acl_view_shape, "NetworkAcl",
            "The network ACL."),
};
static const struct shape create_out_shape =
    SHAPE("CreateNetworkAclResult", struct create_out, create_out_fields);

static int64_t acls_count(const struct call *call, uint64_t vpc)
{
    const struct table *acls = &call->world->network.acls;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(acls); i++)
        count += ((const struct network_acl *)table_at(acls, i))->vpc == vpc;
    return count;
}

static int create_acl(struct call *call, const void *input, void *output)
{
    const struct create_in *in = input;
    struct create_out *out = output;
    const struct vpc *vpc = id_find(call, &id_words_vpc, in->vpc);
    struct network_acl *acl;

    if (vpc == NULL || new_tags_check(call, &in->tags, "network-acl") != 0 ||
        network_quota_check(call, acls_count(call, vpc->id), QUOTA_ACLS_PER_VPC, &fault_limit) !=
            0)
        return -1;
    acl = acl_add(&call->world->network, vpc);
    call->made = acl->id;
    tags_copy(&acl->tags, tag_specifications_of(&call->arena, &in->tags, "network-acl"));
    out->acl = acl_see(call, acl);
    network_tell(call, acl->id,
                 arena_printf(&call->arena, "network ACL %s created in %s", out->acl.id, in->vpc));
    return 0;
}

static int create_again(struct call *call, uint64_t made, void *output)
{
    const struct network_acl *acl = find_acl(call, made);

    if (acl != NULL)
        ((struct create_out *)output)->acl = acl_see(call, acl);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_vpc_not_found,
    &fault_limit,
    NULL,
};

const struct op op_create_network_acl = {
    .name = "CreateNetworkAcl",
    .doc = "Makes a network ACL, which lets nothing pass until you add rules.",
    .example = "aws ec2 create-network-acl --vpc-id $VPC",
    .needs = EC2_EXAMPLE_VPC,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_acl,
    .again = create_again,
};

/* ---- DescribeNetworkAcls ---- */

static const struct field describe_in_fields[] = {
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 5),
    F_DRY_RUN(struct listing_in, dry_run),
    F_STRINGS(struct listing_in, ids, "NetworkAclIds", "Only the network ACLs of these ids.",
              .ref = &kind_network_acl),
    F_FILTERS(struct listing_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeNetworkAclsRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LISTED(&acl_view_shape, "NetworkAcls",
           "The network ACLs."),
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeNetworkAclsResult", struct listing_out, describe_out_fields);

static const struct filter_name acl_filters[] = {
    {"association.association-id", "Associations.NetworkAclAssociationId"},
    {"association.network-acl-id", "Associations.NetworkAclId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"default", "IsDefault"},
    {"entry.cidr", "Entries.CidrBlock"},
    {"entry.egress", "Entries.Egress"},
    {"entry.icmp.code", "Entries.IcmpTypeCode.Code"},
    {"entry.icmp.type", "Entries.IcmpTypeCode.Type"},
    {"entry.ipv6-cidr", "Entries.Ipv6CidrBlock"},
    {"entry.port-range.from", "Entries.PortRange.From"},
    {"entry.port-range.to", "Entries.PortRange.To"},
    {"entry.protocol", "Entries.Protocol"},
    {"entry.rule-action", "Entries.RuleAction"},
    {"entry.rule-number", "Entries.RuleNumber"},
    {"network-acl-id", "NetworkAclId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
    {0},
};

static bool acl_shows(const struct call *call, const void *row)
{
    const struct network_acl *acl = row;

    return acl->account == call->account && acl->region == call->region;
}

static void acl_show(struct call *call, const void *row, void *view)
{
    *(struct acl_view *)view = acl_see(call, row);
}

static const struct listing acl_listing = {
    .words = &id_words_acl,
    .table = offsetof(struct world, network.acls),
    .view = &acl_view_shape,
    .shows = acl_shows,
    .see = acl_show,
};

static int describe_acls(struct call *call, const void *input, void *output)
{
    return listing_run(call, &acl_listing, input, output);
}

static const struct paging describe_paging = EC2_PAGING("NetworkAcls");

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    NULL,
};

const struct op op_describe_network_acls = {
    .name = "DescribeNetworkAcls",
    .doc = "Lists the network ACLs: numbered rules at the edge of subnets.",
    .example = "aws ec2 describe-network-acls --filters Name=default,Values=true",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = acl_filters,
    .run = describe_acls,
};

/* ---- ReplaceNetworkAclAssociation ---- */

struct replace_in {
    bool dry_run;
    const char *id;
    const char *acl;
};

struct replace_out {
    const char *id;
};

static const struct field replace_in_fields[] = {
    F_DRY_RUN(struct replace_in, dry_run),
    F_STRING(struct replace_in, id, "AssociationId",
             "The id of the association that ends: the subnet's present one.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct replace_in, acl, "NetworkAclId", "The network ACL that comes instead.",
             .flags = FIELD_REQUIRED, .ref = &kind_network_acl),
};
static const struct shape replace_in_shape =
    SHAPE("ReplaceNetworkAclAssociationRequest", struct replace_in, replace_in_fields);

static const struct field replace_out_fields[] = {
    F_STRING(struct replace_out, id, "NewAssociationId", "The id of the new association."),
};
static const struct shape replace_out_shape =
    SHAPE("ReplaceNetworkAclAssociationResult", struct replace_out, replace_out_fields);

/* The subnet of an association; NULL after a fault. */
static struct subnet *associated(struct call *call, const char *text)
{
    const struct table *subnets = &call->world->network.subnets;
    uint64_t id = 0;

    for (uint32_t i = 0; id_parse(&kind_acl_association, text, &id) && i < table_count(subnets);
         i++) {
        struct subnet *subnet = table_at(subnets, i);

        if (subnet->acl_association == id && subnet->account == call->account &&
            ZONE_REGION(subnet->zone) == call->region)
            return subnet;
    }
    call_fault(call, &fault_association_missing, text);
    return NULL;
}

static int replace_association(struct call *call, const void *input, void *output)
{
    const struct replace_in *in = input;
    const struct network_acl *acl = id_find(call, &id_words_acl, in->acl);
    struct subnet *subnet = acl == NULL ? NULL : associated(call, in->id);
    const char *id;

    if (subnet == NULL)
        return -1;
    id = id_text(&call->arena, &kind_subnet, subnet->id);
    if (acl->vpc != subnet->vpc)
        return call_fault(call, &fault_other_vpc, in->acl, id);
    subnet_set_acl(&call->world->network, subnet, acl);
    ((struct replace_out *)output)->id =
        id_text(&call->arena, &kind_acl_association, subnet->acl_association);
    network_tell(call, subnet->id,
                 arena_printf(&call->arena, "subnet %s has network ACL %s", id, in->acl));
    return 0;
}

static const struct fault_kind *const replace_faults[] = {
    &fault_malformed, &fault_missing, &fault_association_missing, &fault_other_vpc, NULL,
};

#define NEEDS_ACL                                                                                  \
    EC2_EXAMPLE_SUBNET "\n"                                                                        \
    "ACL=$(aws ec2 create-network-acl --vpc-id $VPC --query NetworkAcl.NetworkAclId --output "     \
    "text)"

const struct op op_replace_network_acl_association = {
    .name = "ReplaceNetworkAclAssociation",
    .doc = "Gives a subnet another network ACL.",
    .example = "aws ec2 replace-network-acl-association --association-id $ASSOC --network-acl-id "
               "$ACL",
    .needs = NEEDS_ACL "\n"
                       "ASSOC=$(aws ec2 describe-network-acls --filters Name=vpc-id,Values=$VPC "
                       "Name=default,Values=true --query "
                       "'NetworkAcls[0].Associations[0].NetworkAclAssociationId' --output text)",
    .in = &replace_in_shape,
    .out = &replace_out_shape,
    .faults = replace_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = replace_association,
};

/* ---- DeleteNetworkAcl ---- */

struct delete_in {
    bool dry_run;
    const char *id;
};

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct delete_in, dry_run),
    F_STRING(struct delete_in, id, "NetworkAclId", "The network ACL.", .flags = FIELD_REQUIRED,
             .ref = &kind_network_acl),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteNetworkAclRequest", struct delete_in, delete_in_fields);

static int delete_acl(struct call *call, const void *input, void *output)
{
    const struct delete_in *in = input;
    struct network_acl *acl = id_find(call, &id_words_acl, in->id);
    uint64_t id = acl == NULL ? 0 : acl->id;

    (void)output;
    if (acl == NULL || acl_remove(&call->world->network, acl, &call->fault) != 0)
        return -1;
    network_tell(call, id, arena_printf(&call->arena, "network ACL %s deleted", in->id));
    return 0;
}

static const struct fault_kind *const delete_faults[] = {
    &fault_malformed,   &fault_missing, &fault_acl_default,
    &fault_acl_in_use, NULL,
};

const struct op op_delete_network_acl = {
    .name = "DeleteNetworkAcl",
    .doc = "Deletes a network ACL that no subnet has.",
    .example = "aws ec2 delete-network-acl --network-acl-id $ACL",
    .needs = NEEDS_ACL,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_acl,
};
