/*
 * api/ec2_security_group.c - create-, describe-, delete-security-group(s).
 *
 * True to the EC2 API reference: a group is found by name in the default VPC only.
 */
#include "api/ec2_permission.h"

#include <string.h>

#include "base/str.h"

static const char *const tagged_kinds[] = {"security-group", NULL};

/* ---- CreateSecurityGroup ---- */

struct create_group_in {
    const char *description;
    const char *name;
    const char *vpc;
    struct tag_specifications tags;
    bool dry_run;
};

struct create_group_out {
    const char *id;
    struct tag_views tags;
    const char *arn;
};

static const struct fault_kind fault_description = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter GroupDescription is invalid. Invalid security group "
            "description. Valid descriptions are strings less than 256 characters from the "
            "following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    .hint = "Say in a few plain words what the group is for.",
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_group_in, description, "Description",
             "What the group is for: up to 255 plain characters; it cannot be changed later.",
             .flags = FIELD_REQUIRED, .wire = "GroupDescription"),
    F_STRING(struct create_group_in, name, "GroupName",
             "Its name, unique in the VPC: up to 255 plain characters, not beginning with sg-.",
             .flags = FIELD_REQUIRED, .max = 255),
    F_STRING(struct create_group_in, vpc, "VpcId", "The VPC; the default one unless you say so.",
             .ref = &kind_vpc),
    F_TAG_SPECIFICATIONS(struct create_group_in, tags),
    F_DRY_RUN(struct create_group_in, dry_run),
};

static const struct shape create_in_shape =
    SHAPE("CreateSecurityGroupRequest", struct create_group_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_STRING(struct create_group_out, id, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_TAGS(struct create_group_out, tags),
    F_STRING(struct create_group_out, arn, "SecurityGroupArn", "The ARN of the group."),
};

static const struct shape create_out_shape =
    SHAPE("CreateSecurityGroupResult", struct create_group_out, create_out_fields);

static int create_group(struct call *call, const void *input, void *output)
{
    const struct create_group_in *in = input;
    struct create_group_out *out = output;
    struct security_group_new wish = {
        .account = call->account,
        .name = in->name,
        .description = in->description,
    };
    const struct vpc *vpc;
    struct security_group *group;

    vpc = in->vpc == NULL ? vpc_default(&call->world->network, call->account, call->region)
                          : id_find(call, &id_words_vpc, in->vpc);
    if (vpc == NULL)
        return in->vpc == NULL ? call_fault(call, &fault_no_default_vpc) : -1;
    if (strlen(in->description) > 255 || in->description[0] == '\0')
        return call_fault(call, &fault_description, in->description, "{}");
    if (tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    wish.vpc = vpc->id;
    group = security_group_add(&call->world->firewall, &wish, &call->fault);
    if (group == NULL)
        return -1;
    tags_copy(&group->tags, tag_specifications_of(&call->arena, &in->tags, "security-group"));
    out->id = id_text(&call->arena, &kind_security_group, group->id);
    tag_views_fill(call, &out->tags, &group->tags);
    out->arn = ec2_arn(call, "security-group", out->id);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_no_default_vpc,
    &fault_vpc_not_found,
    &fault_description,
    NULL,
};

const struct op op_create_security_group = {
    .name = "CreateSecurityGroup",
    .doc = "Makes a security group: it lets nothing in and everything out until you add rules.",
    .example = "aws ec2 create-security-group --group-name web --description 'web servers'",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_group,
};

/* ---- DescribeSecurityGroups ---- */

struct group_view {
    const char *id;
    struct permissions egress;
    struct tag_views tags;
    const char *vpc;
    const char *arn;
    const char *owner;
    const char *name;
    const char *description;
    struct permissions ingress;
};

struct describe_groups_in {
    struct strings ids;
    struct strings names;
    const char *next_token;
    struct opt_int max_results;
    bool dry_run;
    struct filters filters;
};

struct describe_groups_out {
    const char *next_token;
    LIST(struct group_view) groups;
};

static const struct field group_fields[] = {
    F_STRING(struct group_view, id, "GroupId", "The id of the group.", .flags = FIELD_COLUMN,
             .ref = &kind_security_group),
    F_LIST(struct group_view, egress, struct permission, &permission_shape, "IpPermissionsEgress",
           "What may go out."),
    F_TAGS(struct group_view, tags),
    F_STRING(struct group_view, vpc, "VpcId", "The VPC that it belongs to.", .ref = &kind_vpc),
    F_STRING(struct group_view, arn, "SecurityGroupArn", "The ARN of the group."),
    F_STRING(struct group_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
    F_STRING(struct group_view, name, "GroupName", "The name of the group.",
             .flags = FIELD_COLUMN),
    F_STRING(struct group_view, description, "Description", "What it is for.",
             .flags = FIELD_COLUMN),
    F_LIST(struct group_view, ingress, struct permission, &permission_shape, "IpPermissions",
           "What may come in."),
};

static const struct shape group_shape = SHAPE("SecurityGroup", struct group_view, group_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_groups_in, ids, "GroupIds", "Only the groups of these ids.",
              .ref = &kind_security_group),
    F_STRINGS(struct describe_groups_in, names, "GroupNames",
              "Only the groups of these names in the default VPC."),
    F_NEXT_TOKEN(struct describe_groups_in, next_token),
    F_MAX_RESULTS(struct describe_groups_in, max_results, 5),
    F_DRY_RUN(struct describe_groups_in, dry_run),
    F_FILTERS(struct describe_groups_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeSecurityGroupsRequest", struct describe_groups_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_groups_out, next_token),
    F_LIST(struct describe_groups_out, groups, struct group_view, &group_shape, "SecurityGroups",
           "The groups."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeSecurityGroupsResult", struct describe_groups_out, describe_out_fields);

static const struct filter_name group_filters[] = {
    {"description", "Description"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.prefix-list-id", ""},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.prefix-list-id", ""},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
    {0},
};

static void group_list(struct call *call, const struct describe_groups_in *in,
                       const struct security_group *group, struct describe_groups_out *out)
{
    const char *id = id_text(&call->arena, &kind_security_group, group->id);
    struct group_view view = {
        .id = id,
        .vpc = id_text(&call->arena, &kind_vpc, group->vpc),
        .arn = ec2_arn(call, "security-group", id),
        .owner = account_text(&call->arena, group->account),
        .name = group->name,
        .description = group->description,
    };

    permissions_fill(call, group, true, &view.egress);
    permissions_fill(call, group, false, &view.ingress);
    tag_views_fill(call, &view.tags, &group->tags);
    if (filter_pass(call->op, &in->filters, &group_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->groups) = view;
}

static bool name_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return names->count == 0;
}

static int describe_groups(struct call *call, const void *input, void *output)
{
    const struct describe_groups_in *in = input;
    struct describe_groups_out *out = output;
    const struct table *table = &call->world->firewall.table;
    const struct vpc *home = vpc_default(&call->world->network, call->account, call->region);
    struct found found;
    struct page page;

    if (ids_find(call, &id_words_security_group, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < in->names.count; i++) {
        if (group_find(call, NULL, in->names.items[i]) == NULL)
            return -1;
    }
    for (uint32_t i = 0; i < found.count; i++) {
        const struct security_group *group = found.items[i];

        if (name_wanted(&in->names, group->name))
            group_list(call, in, group, out);
    }
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct security_group *group = table_at(table, i);
        bool named = in->names.count > 0;

        if (group->account != call->account || group->region != call->region ||
            !ec2_shows(call, group->id))
            continue;
        if (!named || (home != NULL && group->vpc == home->id &&
                       name_wanted(&in->names, group->name)))
            group_list(call, in, group, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->groups.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->groups, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("SecurityGroups");

static const struct fault_kind *const describe_faults[] = {
    &fault_group_not_found,
    &fault_group_name_not_found,
    NULL,
};

const struct op op_describe_security_groups = {
    .name = "DescribeSecurityGroups",
    .doc = "Lists the security groups and what they let in and out.",
    .example = "aws ec2 describe-security-groups --group-names default",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = group_filters,
    .run = describe_groups,
};

/* ---- DeleteSecurityGroup ---- */

struct delete_group_in {
    const char *id;
    const char *name;
    bool dry_run;
};

struct delete_group_out {
    bool done;
    const char *id;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_group_in, id, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_STRING(struct delete_group_in, name, "GroupName",
             "Its name, instead of the id, for a group of the default VPC."),
    F_DRY_RUN(struct delete_group_in, dry_run),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteSecurityGroupRequest", struct delete_group_in, delete_in_fields);

static const struct field delete_out_fields[] = {
    F_BOOL(struct delete_group_out, done, "Return", "True: it is gone."),
    F_STRING(struct delete_group_out, id, "GroupId", "The id that it had."),
};

static const struct shape delete_out_shape =
    SHAPE("DeleteSecurityGroupResult", struct delete_group_out, delete_out_fields);

static int delete_group(struct call *call, const void *input, void *output)
{
    const struct delete_group_in *in = input;
    struct delete_group_out *out = output;
    struct security_group *group = group_find(call, in->id, in->name);

    if (group == NULL)
        return -1;
    out->id = id_text(&call->arena, &kind_security_group, group->id);
    out->done = true;
    return security_group_remove(&call->world->firewall, group, &call->fault);
}

static const struct fault_kind *const delete_faults[] = {
    &fault_group_not_found,
    &fault_group_name_not_found,
    NULL,
};

const struct op op_delete_security_group = {
    .name = "DeleteSecurityGroup",
    .doc = "Deletes a security group that nothing uses any more.",
    .example = "aws ec2 delete-security-group --group-name web",
    .needs = "aws ec2 create-security-group --group-name web --description 'web servers'",
    .in = &delete_in_shape,
    .out = &delete_out_shape,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_group,
};
