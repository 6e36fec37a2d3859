/*
 * api/ec2_security_group_rule.c - authorize- and revoke-security-group-ingress and -egress.
 *
 * True to the EC2 API reference: all rules of a call or none; a rule is revoked by naming it as it
 * was made, or by its own id.
 */
#include "api/ec2_permission.h"

#include <string.h>

#include "base/str.h"

static const char *const tagged_kinds[] = {"security-group-rule", NULL};

/* ---- what both take ---- */

/* EC2-Classic's form: one rule in the request itself.  The CLI hides these options. */
struct flat_rule {
    const char *cidr;
    struct opt_int from;
    struct opt_int to;
    const char *protocol;
    const char *source_name;
    const char *source_owner;
};

#define F_FLAT_CIDR(T)                                                                             \
    F_STRING(T, flat.cidr, "CidrIp", "The addresses; rather use --ip-permissions.",                \
             .flags = FIELD_HIDDEN)
#define F_FLAT_FROM(T)                                                                             \
    F_OPT_INT(T, flat.from, "FromPort", "The first port; rather use --ip-permissions.",            \
              .flags = FIELD_HIDDEN)
#define F_FLAT_PROTOCOL(T)                                                                         \
    F_STRING(T, flat.protocol, "IpProtocol", "The protocol; rather use --ip-permissions.",         \
             .flags = FIELD_HIDDEN)
#define F_FLAT_SOURCE_NAME(T)                                                                      \
    F_STRING(T, flat.source_name, "SourceSecurityGroupName",                                       \
             "The source's name; rather use --ip-permissions.", .flags = FIELD_HIDDEN)
#define F_FLAT_SOURCE_OWNER(T)                                                                     \
    F_STRING(T, flat.source_owner, "SourceSecurityGroupOwnerId",                                   \
             "The source's account; rather use --ip-permissions.", .flags = FIELD_HIDDEN)
#define F_FLAT_TO(T)                                                                               \
    F_OPT_INT(T, flat.to, "ToPort", "The last port; rather use --ip-permissions.",                 \
              .flags = FIELD_HIDDEN)

/* The permissions of a call, whichever form it has. */
static struct permissions all_permissions(struct call *call, const struct permissions *given,
                                          const struct flat_rule *flat)
{
    struct permissions all = *given;
    struct permission *one;

    if (given->count > 0 || (flat->protocol == NULL && flat->cidr == NULL &&
                             flat->source_name == NULL))
        return all;
    one = LIST_PUSH_IN(&call->arena, &all);
    one->protocol = flat->protocol != NULL || flat->source_name == NULL ? flat->protocol : "-1";
    one->from = flat->from;
    one->to = flat->to;
    if (flat->cidr != NULL)
        LIST_PUSH_IN(&call->arena, &one->ranges)->cidr = flat->cidr;
    if (flat->source_name != NULL)
        *LIST_PUSH_IN(&call->arena, &one->pairs) = (struct group_pair){
            .group_name = flat->source_name,
            .user = flat->source_owner,
        };
    return all;
}

/* ---- AuthorizeSecurityGroupIngress ---- */

struct authorize_in {
    struct flat_rule flat;
    const char *group;
    const char *group_name;
    struct permissions permissions;
    struct tag_specifications tags;
    bool dry_run;
};

struct authorize_out {
    bool done;
    LIST(struct group_rule_view) rules;
};

static const struct fault_kind fault_no_permissions = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter ipPermissions",
    .hint = "Say what to let in: --protocol tcp --port 80 --cidr 0.0.0.0/0.",
};

static const struct field authorize_in_fields[] = {
    F_FLAT_CIDR(struct authorize_in),
    F_FLAT_FROM(struct authorize_in),
    F_STRING(struct authorize_in, group, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_STRING(struct authorize_in, group_name, "GroupName",
             "Its name, instead of the id, for a group of the default VPC."),
    F_LIST(struct authorize_in, permissions, struct permission, &permission_shape, "IpPermissions",
           "The rules to add, for more than the simple options can say."),
    F_FLAT_PROTOCOL(struct authorize_in),
    F_FLAT_SOURCE_NAME(struct authorize_in),
    F_FLAT_SOURCE_OWNER(struct authorize_in),
    F_FLAT_TO(struct authorize_in),
    F_TAG_SPECIFICATIONS(struct authorize_in, tags),
    F_DRY_RUN(struct authorize_in, dry_run),
};

static const struct shape authorize_in_shape =
    SHAPE("AuthorizeSecurityGroupIngressRequest", struct authorize_in, authorize_in_fields);

static const struct field authorize_out_fields[] = {
    F_BOOL(struct authorize_out, done, "Return", "True: the rules are there."),
    F_LIST(struct authorize_out, rules, struct group_rule_view, &group_rule_shape,
           "SecurityGroupRules", "The rules that were added."),
};

static const struct shape authorize_out_shape =
    SHAPE("AuthorizeSecurityGroupIngressResult", struct authorize_out, authorize_out_fields);

static void set_direction(struct rule_list *rules, bool is_egress)
{
    for (uint32_t i = 0; i < rules->count; i++)
        rules->items[i].is_egress = is_egress;
}

static int authorize(struct call *call, const struct authorize_in *in, bool is_egress,
                     struct authorize_out *out)
{
    struct permissions permissions = all_permissions(call, &in->permissions, &in->flat);
    struct security_group *group = group_find(call, in->group, in->group_name);
    const struct tags *tags;
    struct rule_list rules = {0};
    struct firewall_rules wish;

    if (group == NULL)
        return -1;
    if (permissions.count == 0)
        return call_fault(call, &fault_no_permissions);
    if (permissions_read(call, group, &permissions, &rules) != 0 ||
        tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    set_direction(&rules, is_egress);
    tags = tag_specifications_of(&call->arena, &in->tags, "security-group-rule");
    wish = (struct firewall_rules){.items = rules.items, .count = rules.count};
    if (security_group_authorize(&call->world->firewall, group, &wish, &call->fault) != 0)
        return -1;
    out->done = true;
    for (uint32_t i = group->rules.count - rules.count; i < group->rules.count; i++) {
        tags_copy(&group->rules.items[i].tags, tags);
        *LIST_PUSH_IN(&call->arena, &out->rules) =
            group_rule_see(call, group, &group->rules.items[i]);
    }
    return 0;
}

static int authorize_ingress(struct call *call, const void *input, void *output)
{
    return authorize(call, input, false, output);
}

static int authorize_egress(struct call *call, const void *input, void *output)
{
    return authorize(call, input, true, output);
}

static const struct fault_kind *const authorize_faults[] = {
    &fault_group_not_found,
    &fault_group_name_not_found,
    &fault_no_permissions,
    NULL,
};

const struct op op_authorize_security_group_ingress = {
    .name = "AuthorizeSecurityGroupIngress",
    .doc = "Adds rules that let traffic in to the instances of a security group.",
    .example = "aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 80 "
               "--cidr 0.0.0.0/0",
    .needs = "aws ec2 create-security-group --group-name web --description 'web servers'",
    .in = &authorize_in_shape,
    .out = &authorize_out_shape,
    .faults = authorize_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &permission_options,
    .run = authorize_ingress,
};

static const struct field authorize_egress_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct authorize_in, tags),
    F_DRY_RUN(struct authorize_in, dry_run),
    F_STRING(struct authorize_in, group, "GroupId", "The id of the group.",
             .flags = FIELD_REQUIRED, .ref = &kind_security_group),
    F_FLAT_SOURCE_NAME(struct authorize_in),
    F_FLAT_SOURCE_OWNER(struct authorize_in),
    F_FLAT_PROTOCOL(struct authorize_in),
    F_FLAT_FROM(struct authorize_in),
    F_FLAT_TO(struct authorize_in),
    F_FLAT_CIDR(struct authorize_in),
    F_LIST(struct authorize_in, permissions, struct permission, &permission_shape, "IpPermissions",
           "The rules to add, for more than the simple options can say."),
};

static const struct shape authorize_egress_in_shape =
    SHAPE("AuthorizeSecurityGroupEgressRequest", struct authorize_in, authorize_egress_in_fields);

static const struct shape authorize_egress_out_shape =
    SHAPE("AuthorizeSecurityGroupEgressResult", struct authorize_out, authorize_out_fields);

#define NEEDS_GROUP                                                                                \
    "SG=$(aws ec2 create-security-group --group-name web --description 'web servers' --query "     \
    "GroupId --output text)"

static const struct fault_kind *const authorize_egress_faults[] = {
    &fault_group_not_found,
    &fault_no_permissions,
    NULL,
};

const struct op op_authorize_security_group_egress = {
    .name = "AuthorizeSecurityGroupEgress",
    .doc = "Adds rules that let traffic out of the instances of a security group.",
    .example = "aws ec2 authorize-security-group-egress --group-id $SG --protocol tcp --port 443 "
               "--cidr 0.0.0.0/0",
    .needs = NEEDS_GROUP,
    .in = &authorize_egress_in_shape,
    .out = &authorize_egress_out_shape,
    .faults = authorize_egress_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &permission_options,
    .run = authorize_egress,
};

/* ---- RevokeSecurityGroupIngress ---- */

struct revoke_in {
    struct flat_rule flat;
    const char *group;
    const char *group_name;
    struct permissions permissions;
    struct strings rule_ids;
    bool dry_run;
};

struct revoked_view {
    const char *id;
    const char *group;
    bool is_egress;
    const char *protocol;
    int32_t from;
    int32_t to;
    const char *cidr;
    const char *cidr6;
    const char *peer;
    const char *description;
};

struct revoke_out {
    bool done;
    LIST(struct revoked_view) rules;
};

static const struct fault_kind fault_nothing_named = {
    .code = "MissingParameter",
    .text = "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.",
    .hint = "Say which rule: --protocol tcp --port 80 --cidr 0.0.0.0/0, or "
            "--security-group-rule-ids ID.",
};

static const struct fault_kind fault_rule_malformed = {
    .code = "InvalidSecurityGroupRuleId.Malformed",
    .text = "The security group rule ID '{}' is malformed",
    .hint = "A rule's id is sgr- and 17 digits.",
};

static const struct fault_kind fault_rule_missing = {
    .code = "InvalidSecurityGroupRuleId.NotFound",
    .text = "The security group rule ID '{}' does not exist",
    .hint = "Name a rule of this group, and of this direction.",
};

static const struct field revoke_in_fields[] = {
    F_FLAT_CIDR(struct revoke_in),
    F_FLAT_FROM(struct revoke_in),
    F_STRING(struct revoke_in, group, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_STRING(struct revoke_in, group_name, "GroupName",
             "Its name, instead of the id, for a group of the default VPC."),
    F_LIST(struct revoke_in, permissions, struct permission, &permission_shape, "IpPermissions",
           "The rules to remove, for more than the simple options can say."),
    F_FLAT_PROTOCOL(struct revoke_in),
    F_FLAT_SOURCE_NAME(struct revoke_in),
    F_FLAT_SOURCE_OWNER(struct revoke_in),
    F_FLAT_TO(struct revoke_in),
    F_STRINGS(struct revoke_in, rule_ids, "SecurityGroupRuleIds", "The ids of the rules to remove.",
              .ref = &kind_security_group_rule),
    F_DRY_RUN(struct revoke_in, dry_run),
};

static const struct shape revoke_in_shape =
    SHAPE("RevokeSecurityGroupIngressRequest", struct revoke_in, revoke_in_fields);

static const struct field revoked_fields[] = {
    F_STRING(struct revoked_view, id, "SecurityGroupRuleId", "The id that the rule had."),
    F_STRING(struct revoked_view, group, "GroupId", "The group that it belonged to.",
             .ref = &kind_security_group),
    F_BOOL(struct revoked_view, is_egress, "IsEgress", "Whether it was about what goes out."),
    F_STRING(struct revoked_view, protocol, "IpProtocol", "The protocol; -1 is all."),
    F_INT(struct revoked_view, from, "FromPort", "The first port; -1 is all."),
    F_INT(struct revoked_view, to, "ToPort", "The last port; -1 is all."),
    F_STRING(struct revoked_view, cidr, "CidrIpv4", "The addresses."),
    F_STRING(struct revoked_view, cidr6, "CidrIpv6", "The IPv6 addresses."),
    F_STRING(struct revoked_view, peer, "ReferencedGroupId", "The group, where it was the source.",
             .ref = &kind_security_group),
    F_STRING(struct revoked_view, description, "Description", "What the rule was for."),
};

static const struct shape revoked_shape =
    SHAPE("RevokedSecurityGroupRule", struct revoked_view, revoked_fields);

static const struct field revoke_out_fields[] = {
    F_BOOL(struct revoke_out, done, "Return", "True: the rules are gone."),
    F_LIST(struct revoke_out, rules, struct revoked_view, &revoked_shape,
           "RevokedSecurityGroupRules", "The rules that were removed."),
};

static const struct shape revoke_out_shape =
    SHAPE("RevokeSecurityGroupIngressResult", struct revoke_out, revoke_out_fields);

static const struct firewall_rule *rule_of_id(const struct security_group *group, uint64_t id,
                                              bool is_egress)
{
    for (uint32_t i = 0; i < group->rules.count; i++) {
        if (group->rules.items[i].id == id && group->rules.items[i].is_egress == is_egress)
            return &group->rules.items[i];
    }
    return NULL;
}

/* Its own text, for that of the rule goes when the rule does. */
static void push_copy(struct call *call, struct rule_list *rules, const struct firewall_rule *rule)
{
    struct firewall_rule *copy = LIST_PUSH_IN(&call->arena, rules);

    *copy = *rule;
    copy->range6 = arena_strdup(&call->arena, rule->range6);
}

static int read_rule_ids(struct call *call, const struct security_group *group,
                         const struct revoke_in *in, bool is_egress, struct rule_list *rules)
{
    const struct strings *texts = &in->rule_ids;

    for (uint32_t i = 0; i < texts->count; i++) {
        const struct firewall_rule *rule;
        uint64_t id = 0;

        if (!id_parse(&kind_security_group_rule, texts->items[i], &id))
            return call_fault(call, &fault_rule_malformed, texts->items[i]);
        rule = rule_of_id(group, id, is_egress);
        if (rule == NULL)
            return call_fault(call, &fault_rule_missing, texts->items[i]);
        push_copy(call, rules, rule);
    }
    return 0;
}

/* What the answer says of a rule that is about to go; its own texts are copied. */
static void revoked_list(struct call *call, const struct security_group *group,
                         const struct firewall_rule *rule, struct revoke_out *out)
{
    struct group_rule_view seen = group_rule_see(call, group, rule);

    for (uint32_t i = 0; i < out->rules.count; i++) {
        if (strcmp(out->rules.items[i].id, seen.id) == 0)
            return;
    }
    *LIST_PUSH_IN(&call->arena, &out->rules) = (struct revoked_view){
        .id = seen.id,
        .group = seen.group,
        .is_egress = seen.is_egress,
        .protocol = seen.protocol,
        .from = seen.from,
        .to = seen.to,
        .cidr = seen.cidr,
        .cidr6 = arena_strdup(&call->arena, seen.cidr6),
        .peer = seen.peer == NULL ? NULL : seen.peer->group,
        .description = arena_strdup(&call->arena, seen.description),
    };
}

static int revoke(struct call *call, const struct revoke_in *in, bool is_egress,
                  struct revoke_out *out)
{
    struct permissions permissions = all_permissions(call, &in->permissions, &in->flat);
    struct security_group *group = group_find(call, in->group, in->group_name);
    struct rule_list rules = {0};
    struct firewall_rules wish;

    if (group == NULL)
        return -1;
    if (permissions.count == 0 && in->rule_ids.count == 0)
        return call_fault(call, &fault_nothing_named);
    if (permissions_read(call, group, &permissions, &rules) != 0)
        return -1;
    set_direction(&rules, is_egress);
    if (read_rule_ids(call, group, in, is_egress, &rules) != 0)
        return -1;
    for (uint32_t i = 0; i < rules.count; i++) {
        int at = security_group_rule_find(group, &rules.items[i]);

        if (at >= 0)
            revoked_list(call, group, &group->rules.items[at], out);
    }
    out->done = true;
    wish = (struct firewall_rules){.items = rules.items, .count = rules.count};
    return security_group_revoke(&call->world->firewall, group, &wish, &call->fault);
}

static int revoke_ingress(struct call *call, const void *input, void *output)
{
    return revoke(call, input, false, output);
}

static int revoke_egress(struct call *call, const void *input, void *output)
{
    return revoke(call, input, true, output);
}

static const struct fault_kind *const revoke_faults[] = {
    &fault_group_not_found,
    &fault_group_name_not_found,
    &fault_nothing_named,
    &fault_rule_malformed,
    &fault_rule_missing,
    NULL,
};

const struct op op_revoke_security_group_ingress = {
    .name = "RevokeSecurityGroupIngress",
    .doc = "Removes rules that let traffic in.",
    .example = "aws ec2 revoke-security-group-ingress --group-name web --protocol tcp --port 80 "
               "--cidr 0.0.0.0/0",
    .needs = "aws ec2 create-security-group --group-name web --description 'web servers'\n"
             "aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 80 "
             "--cidr 0.0.0.0/0",
    .in = &revoke_in_shape,
    .out = &revoke_out_shape,
    .faults = revoke_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &permission_options,
    .run = revoke_ingress,
};

static const struct field revoke_egress_in_fields[] = {
    F_STRINGS(struct revoke_in, rule_ids, "SecurityGroupRuleIds", "The ids of the rules to remove.",
              .ref = &kind_security_group_rule),
    F_DRY_RUN(struct revoke_in, dry_run),
    F_STRING(struct revoke_in, group, "GroupId", "The id of the group.", .flags = FIELD_REQUIRED,
             .ref = &kind_security_group),
    F_FLAT_SOURCE_NAME(struct revoke_in),
    F_FLAT_SOURCE_OWNER(struct revoke_in),
    F_FLAT_PROTOCOL(struct revoke_in),
    F_FLAT_FROM(struct revoke_in),
    F_FLAT_TO(struct revoke_in),
    F_FLAT_CIDR(struct revoke_in),
    F_LIST(struct revoke_in, permissions, struct permission, &permission_shape, "IpPermissions",
           "The rules to remove, for more than the simple options can say."),
};

static const struct shape revoke_egress_in_shape =
    SHAPE("RevokeSecurityGroupEgressRequest", struct revoke_in, revoke_egress_in_fields);

static const struct shape revoke_egress_out_shape =
    SHAPE("RevokeSecurityGroupEgressResult", struct revoke_out, revoke_out_fields);

static const struct fault_kind *const revoke_egress_faults[] = {
    &fault_group_not_found, &fault_nothing_named, &fault_rule_malformed, &fault_rule_missing, NULL,
};

const struct op op_revoke_security_group_egress = {
    .name = "RevokeSecurityGroupEgress",
    .doc = "Removes rules that let traffic out; a new group has one that lets out everything.",
    .example = "aws ec2 revoke-security-group-egress --group-id $SG --protocol all --cidr "
               "0.0.0.0/0",
    .needs = NEEDS_GROUP,
    .in = &revoke_egress_in_shape,
    .out = &revoke_egress_out_shape,
    .faults = revoke_egress_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &permission_options,
    .run = revoke_egress,
};
