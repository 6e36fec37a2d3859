/*
 * api/ec2_security_group_rules.c - describe-security-group-rules: rules of groups, one by one.
 *
 * True to the EC2 API reference.
 */
#include "api/ec2_permission.h"

#include <string.h>

/* ---- one rule ---- */

static const struct field peer_fields[] = {
    F_STRING(struct peer_view, group, "GroupId", "The group whose members may come in.",
             .ref = &kind_security_group),
    F_STRING(struct peer_view, user, "UserId", "The account of that group."),
    F_STRING(struct peer_view, vpc, "VpcId", "The VPC of that group.", .ref = &kind_vpc),
};

static const struct shape peer_shape =
    SHAPE("ReferencedSecurityGroup", struct peer_view, peer_fields);

static const struct field rule_fields[] = {
    F_STRING(struct group_rule_view, id, "SecurityGroupRuleId", "The id of the rule.",
             .flags = FIELD_COLUMN, .ref = &kind_security_group_rule),
    F_STRING(struct group_rule_view, group, "GroupId", "The group that it belongs to.",
             .ref = &kind_security_group),
    F_STRING(struct group_rule_view, owner, "GroupOwnerId", "The account of that group."),
    F_BOOL(struct group_rule_view, is_egress, "IsEgress", "Whether it is about what goes out."),
    F_STRING(struct group_rule_view, protocol, "IpProtocol", "The protocol; -1 is all."),
    F_INT(struct group_rule_view, from, "FromPort", "The first port; -1 is all."),
    F_INT(struct group_rule_view, to, "ToPort", "The last port; -1 is all."),
    F_STRING(struct group_rule_view, cidr, "CidrIpv4", "The addresses."),
    F_STRING(struct group_rule_view, cidr6, "CidrIpv6", "The IPv6 addresses."),
    F_STRUCT(struct group_rule_view, peer, struct peer_view, &peer_shape, "ReferencedGroupInfo",
             "The group, where the source is one."),
    F_STRING(struct group_rule_view, description, "Description", "What the rule is for."),
    F_TAGS(struct group_rule_view, tags),
    F_STRING(struct group_rule_view, arn, "SecurityGroupRuleArn", "The ARN of the rule."),
};

const struct shape group_rule_shape =
    SHAPE("SecurityGroupRule", struct group_rule_view, rule_fields);

struct group_rule_view group_rule_see(struct call *call, const struct security_group *group,
                                      const struct firewall_rule *rule)
{
    const char *id = id_text(&call->arena, &kind_security_group_rule, rule->id);
    struct group_rule_view view = {
        .id = id,
        .group = id_text(&call->arena, &kind_security_group, group->id),
        .owner = account_text(&call->arena, group->account),
        .is_egress = rule->is_egress,
        .protocol = permission_protocol(call, rule->protocol),
        .from = rule->from_port,
        .to = rule->to_port,
        .cidr = permission_cidr(call, rule),
        .cidr6 = rule->range6,
        .description = rule->description,
        .arn = ec2_arn(call, "security-group-rule", id),
    };

    if (rule->peer != 0) {
        view.peer = arena_alloc(&call->arena, sizeof(*view.peer));
        view.peer->group = id_text(&call->arena, &kind_security_group, rule->peer);
        view.peer->user = view.owner;
    }
    tag_views_fill(call, &view.tags, &rule->tags);
    return view;
}

/* ---- DescribeSecurityGroupRules ---- */

static const struct fault_kind fault_malformed = {
    .code = "InvalidSecurityGroupRuleId.Malformed",
    .text = "The security group rule ID '{}' is malformed",
    .hint = "A rule's id is sgr- and 17 digits.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidSecurityGroupRuleId.NotFound",
    .text = "The security group rule ID '{}' does not exist",
    .hint = "`aws ec2 describe-security-group-rules` lists the rules of all your groups.",
};

struct describe_in {
    struct filters filters;
    struct strings ids;
    bool dry_run;
    const char *next_token;
    struct opt_int max_results;
};

struct describe_out {
    LIST(struct group_rule_view) rules;
    const char *next_token;
};

static const struct field describe_in_fields[] = {
    F_FILTERS(struct describe_in, filters),
    F_STRINGS(struct describe_in, ids, "SecurityGroupRuleIds", "Only the rules of these ids.",
              .ref = &kind_security_group_rule),
    F_DRY_RUN(struct describe_in, dry_run),
    F_NEXT_TOKEN(struct describe_in, next_token),
    F_MAX_RESULTS(struct describe_in, max_results, 5),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeSecurityGroupRulesRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, rules, struct group_rule_view, &group_rule_shape,
           "SecurityGroupRules", "The rules."),
    F_NEXT_TOKEN_OUT(struct describe_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeSecurityGroupRulesResult", struct describe_out, describe_out_fields);

static const struct filter_name rule_filters[] = {
    {"group-id", "GroupId"},
    {"security-group-rule-id", "SecurityGroupRuleId"},
    {0},
};

static bool is_among(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return texts->count == 0;
}

/* Is there such a rule among the account's groups here? */
static int id_check(struct call *call, const char *text)
{
    const struct table *groups = &call->world->firewall.table;
    uint64_t id = 0;

    if (!id_parse(&kind_security_group_rule, text, &id))
        return call_fault(call, &fault_malformed, text);
    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct security_group *group = table_at(groups, i);

        for (uint32_t j = 0; j < group->rules.count; j++) {
            if (group->rules.items[j].id == id && group->account == call->account &&
                group->region == call->region)
                return 0;
        }
    }
    return call_fault(call, &fault_missing, text);
}

static void rules_list(struct call *call, const struct describe_in *in,
                       const struct security_group *group, struct describe_out *out)
{
    for (uint32_t i = 0; i < group->rules.count; i++) {
        struct group_rule_view view = group_rule_see(call, group, &group->rules.items[i]);

        if (is_among(&in->ids, view.id) &&
            filter_pass(call->op, &in->filters, &group_rule_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->rules) = view;
    }
}

static int describe_rules(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *groups = &call->world->firewall.table;
    struct page page;

    for (uint32_t i = 0; i < in->ids.count; i++) {
        if (id_check(call, in->ids.items[i]) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < table_count(groups); i++) {
        const struct security_group *group = table_at(groups, i);

        if (group->account == call->account && group->region == call->region &&
            ec2_shows(call, group->id))
            rules_list(call, in, group, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->rules.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->rules, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("SecurityGroupRules");

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    NULL,
};

const struct op op_describe_security_group_rules = {
    .name = "DescribeSecurityGroupRules",
    .doc = "Lists the rules of security groups, one by one, with their ids.",
    .example = "aws ec2 describe-security-group-rules --filters Name=group-id,Values=$SG",
    .needs = "SG=$(aws ec2 create-security-group --group-name web --description 'web servers' "
             "--query GroupId --output text)",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = rule_filters,
    .run = describe_rules,
};
