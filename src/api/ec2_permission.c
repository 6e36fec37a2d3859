/*
 * api/ec2_permission.c - the rules of security groups, as EC2's messages write them down.
 *
 * True to the EC2 API reference, IpPermission. Left out: prefix lists, groups of peered VPCs and of
 * other accounts.
 */
#include "api/ec2_permission.h"

#include <string.h>

#include "base/str.h"

enum { PROTOCOL_ICMPV6 = 58 };

/* ---- faults ---- */

static const struct fault_kind fault_protocol = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for IP protocol. Unknown protocol.",
    .hint = "Write tcp, udp, icmp, icmpv6, -1 for all, or a protocol's number.",
};

static const struct fault_kind fault_no_protocol = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter ipProtocol",
    .hint = "Say which protocol: --protocol tcp.",
};

static const struct fault_kind fault_no_ports = {
    .code = "InvalidParameterValue",
    .text = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    .hint = "Say which port: --port 80, or --port 8000-8080.",
};

static const struct fault_kind fault_cidr = {
    .code = "InvalidParameterValue",
    .text = "CIDR block {} is malformed",
    .hint = "Write an address and the number of its leading bits: 203.0.113.5/32, or 0.0.0.0/0 for "
            "everybody.",
};

static const struct fault_kind fault_no_source = {
    .code = "MissingParameter",
    .text = "Source group ID missing.",
    .hint = "Say who may come in: --cidr RANGE, or --source-group GROUP.",
};

static const struct fault_kind fault_other_owner = {
    .code = "InvalidGroup.NotFound",
    .text = "The security group '{}' does not exist",
    .hint = "Only groups of your own account can be named here.",
};

static const struct fault_kind fault_no_group = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter groupName or groupId",
    .hint = "Say which group: --group-id ID, or --group-name NAME in the default VPC.",
};

/* ---- shapes ---- */

static const struct field range_fields[] = {
    F_STRING(struct range_view, description, "Description", "What the rule is for.", .max = 255),
    F_STRING(struct range_view, cidr, "CidrIp", "The addresses: 203.0.113.0/24."),
};

static const struct shape range_shape = SHAPE("IpRange", struct range_view, range_fields);

static const struct field range6_fields[] = {
    F_STRING(struct range_view, description, "Description", "What the rule is for.", .max = 255),
    F_STRING(struct range_view, cidr, "CidrIpv6",
             "The IPv6 addresses; kept and shown, though no traffic here is IPv6."),
};

static const struct shape range6_shape = SHAPE("Ipv6Range", struct range_view, range6_fields);

/* Always shown, always empty: no member of it is modelled. */
static const struct shape prefix_shape = {
    .name = "PrefixListId",
    .size = sizeof(struct range_view),
};

static const struct field pair_fields[] = {
    F_STRING(struct group_pair, description, "Description", "What the rule is for.", .max = 255),
    F_STRING(struct group_pair, user, "UserId", "The account that the group belongs to."),
    F_STRING(struct group_pair, group_name, "GroupName", "The group's name, in the default VPC."),
    F_STRING(struct group_pair, group, "GroupId", "The group whose members may come in.",
             .ref = &kind_security_group),
    F_STRING(struct group_pair, vpc, "VpcId", "The VPC of the group.", .ref = &kind_vpc),
};

static const struct shape pair_shape = SHAPE("UserIdGroupPair", struct group_pair, pair_fields);

static const struct field permission_fields[] = {
    F_STRING(struct permission, protocol, "IpProtocol",
             "tcp, udp, icmp, icmpv6, a protocol's number, or -1 for all."),
    F_OPT_INT(struct permission, from, "FromPort",
              "The first port; for icmp the type, -1 for all."),
    F_OPT_INT(struct permission, to, "ToPort", "The last port; for icmp the code, -1 for all."),
    F_LIST(struct permission, pairs, struct group_pair, &pair_shape, "UserIdGroupPairs",
           "Groups whose members may come in."),
    F_LIST(struct permission, ranges, struct range_view, &range_shape, "IpRanges",
           "Addresses that may come in."),
    F_LIST(struct permission, ranges6, struct range_view, &range6_shape, "Ipv6Ranges",
           "IPv6 addresses that may come in."),
    F_LIST(struct permission, prefixes, struct range_view, &prefix_shape, "PrefixListIds",
           "Lists of ranges that may come in; not modelled."),
};

const struct shape permission_shape = SHAPE("IpPermission", struct permission, permission_fields);

/* ---- reading ---- */

static int read_protocol(struct call *call, const char *text, int16_t *protocol)
{
    if (text == NULL)
        return call_fault(call, &fault_no_protocol);
    if (strcmp(text, "icmpv6") == 0)
        *protocol = PROTOCOL_ICMPV6;
    else if (!protocol_parse(text, protocol))
        return call_fault(call, &fault_protocol, text);
    return 0;
}

/* Protocol and ports: what all rules of a permission share. */
static int read_base(struct call *call, const struct permission *permission,
                     struct firewall_rule *base)
{
    *base = (struct firewall_rule){.from_port = -1, .to_port = -1};
    if (read_protocol(call, permission->protocol, &base->protocol) != 0)
        return -1;
    if (base->protocol == PROTOCOL_TCP || base->protocol == PROTOCOL_UDP) {
        if (!permission->from.set || !permission->to.set)
            return call_fault(call, &fault_no_ports);
    } else if (base->protocol != PROTOCOL_ICMP && base->protocol != PROTOCOL_ICMPV6) {
        return 0; /* others have no ports: what was given is passed over, as EC2 does */
    }
    if (permission->from.set)
        base->from_port = (int32_t)permission->from.value;
    if (permission->to.set)
        base->to_port = (int32_t)permission->to.value;
    return 0;
}

static struct firewall_rule *push_rule(struct call *call, struct rule_list *rules,
                                       const struct firewall_rule *base, const char *description)
{
    struct firewall_rule *rule = LIST_PUSH_IN(&call->arena, rules);

    *rule = *base;
    rule->description = arena_strdup(&call->arena, description);
    return rule;
}

static int read_range(struct call *call, const struct range_view *range, struct firewall_rule *rule)
{
    if (range->cidr == NULL || strchr(range->cidr, '/') == NULL ||
        !cidr_parse(range->cidr, &rule->base, &rule->bits))
        return call_fault(call, &fault_cidr, range->cidr == NULL ? "" : range->cidr);
    if (rule->bits == 0)
        rule->base = 0;
    else
        rule->base &= UINT32_MAX << (32 - rule->bits);
    return 0;
}

static bool looks_ipv6(const char *text)
{
    size_t address = strspn(text, "0123456789abcdefABCDEF:.");
    const char *bits = text + address;

    return strchr(text, ':') != NULL && address >= 2 && *bits == '/' && bits[1] != '\0' &&
           bits[1 + strspn(bits + 1, "0123456789")] == '\0' && strlen(bits) <= 4;
}

static int read_range6(struct call *call, const struct range_view *range,
                       struct firewall_rule *rule)
{
    if (range->cidr == NULL || !looks_ipv6(range->cidr))
        return call_fault(call, &fault_cidr, range->cidr == NULL ? "" : range->cidr);
    rule->range6 = arena_strdup(&call->arena, range->cidr);
    return 0;
}

static int read_pair(struct call *call, const struct security_group *group,
                     const struct group_pair *pair, struct firewall_rule *rule)
{
    const struct security_group *peer;
    const char *name = pair->group != NULL ? pair->group : pair->group_name;

    if (name == NULL)
        return call_fault(call, &fault_no_source);
    if (pair->user != NULL && pair->user[0] != '\0' &&
        strcmp(pair->user, account_text(&call->arena, call->account)) != 0)
        return call_fault(call, &fault_other_owner, name);
    if (pair->group != NULL) {
        peer = id_find(call, &id_words_security_group, pair->group);
        if (peer == NULL)
            return -1;
    } else {
        peer = security_group_find_name(&call->world->firewall, group->vpc, pair->group_name);
        if (peer == NULL)
            return call_fault(call, &fault_group_not_found, pair->group_name);
    }
    rule->peer = peer->id;
    return 0;
}

static int read_sources(struct call *call, const struct security_group *group,
                        const struct permission *permission, struct rule_list *rules)
{
    struct firewall_rule base;
    struct firewall_rule *rule;

    if (read_base(call, permission, &base) != 0)
        return -1;
    if (permission->pairs.count + permission->ranges.count + permission->ranges6.count == 0)
        return call_fault(call, &fault_no_source);
    for (uint32_t i = 0; i < permission->pairs.count; i++) {
        rule = push_rule(call, rules, &base, permission->pairs.items[i].description);
        if (read_pair(call, group, &permission->pairs.items[i], rule) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < permission->ranges.count; i++) {
        rule = push_rule(call, rules, &base, permission->ranges.items[i].description);
        if (read_range(call, &permission->ranges.items[i], rule) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < permission->ranges6.count; i++) {
        rule = push_rule(call, rules, &base, permission->ranges6.items[i].description);
        if (read_range6(call, &permission->ranges6.items[i], rule) != 0)
            return -1;
    }
    return 0;
}

int permissions_read(struct call *call, const struct security_group *group,
                     const struct permissions *permissions, struct rule_list *rules)
{
    for (uint32_t i = 0; i < permissions->count; i++) {
        if (read_sources(call, group, &permissions->items[i], rules) != 0)
            return -1;
    }
    return 0;
}

/* ---- showing ---- */

const char *permission_protocol(struct call *call, int16_t protocol)
{
    char buffer[8];

    if (protocol == PROTOCOL_ICMPV6)
        return "icmpv6";
    return arena_strdup(&call->arena, protocol_text(protocol, buffer));
}

const char *permission_cidr(struct call *call, const struct firewall_rule *rule)
{
    char text[ADDRESS_TEXT_SIZE];

    if (rule->peer != 0 || rule->range6 != NULL)
        return NULL;
    return arena_printf(&call->arena, "%s/%u", address_text(rule->base, text),
                        (unsigned)rule->bits);
}

/* The permission with the rule's protocol and ports, added when it is not there. */
static struct permission *permission_for(struct call *call, struct permissions *permissions,
                                         const struct firewall_rule *rule)
{
    const char *protocol = permission_protocol(call, rule->protocol);
    bool has_ports = rule->protocol == PROTOCOL_TCP || rule->protocol == PROTOCOL_UDP ||
                     rule->protocol == PROTOCOL_ICMP || rule->protocol == PROTOCOL_ICMPV6;
    struct permission *permission;

    for (uint32_t i = 0; i < permissions->count; i++) {
        permission = &permissions->items[i];
        if (strcmp(permission->protocol, protocol) == 0 &&
            (!has_ports || (permission->from.value == rule->from_port &&
                            permission->to.value == rule->to_port)))
            return permission;
    }
    permission = LIST_PUSH_IN(&call->arena, permissions);
    permission->protocol = protocol;
    if (has_ports) {
        permission->from = OPT_INT(rule->from_port);
        permission->to = OPT_INT(rule->to_port);
    }
    return permission;
}

void permissions_fill(struct call *call, const struct security_group *group, bool is_egress,
                      struct permissions *permissions)
{
    for (uint32_t i = 0; i < group->rules.count; i++) {
        const struct firewall_rule *rule = &group->rules.items[i];
        struct permission *permission;

        if (rule->is_egress != is_egress)
            continue;
        permission = permission_for(call, permissions, rule);
        if (rule->peer != 0)
            *LIST_PUSH_IN(&call->arena, &permission->pairs) = (struct group_pair){
                .description = rule->description,
                .user = account_text(&call->arena, group->account),
                .group = id_text(&call->arena, &kind_security_group, rule->peer),
            };
        else if (rule->range6 != NULL)
            *LIST_PUSH_IN(&call->arena, &permission->ranges6) = (struct range_view){
                .description = rule->description,
                .cidr = rule->range6,
            };
        else
            *LIST_PUSH_IN(&call->arena, &permission->ranges) = (struct range_view){
                .description = rule->description,
                .cidr = permission_cidr(call, rule),
            };
    }
}

/* ---- which group ---- */

struct security_group *group_find(struct call *call, const char *id, const char *name)
{
    const struct vpc *vpc;
    struct security_group *group;

    if (id != NULL)
        return id_find(call, &id_words_security_group, id);
    if (name == NULL) {
        call_fault(call, &fault_no_group);
        return NULL;
    }
    vpc = vpc_default(&call->world->network, call->account, call->region);
    if (vpc == NULL) {
        call_fault(call, &fault_no_default_vpc);
        return NULL;
    }
    group = security_group_find_name(&call->world->firewall, vpc->id, name);
    if (group == NULL)
        call_fault(call, &fault_group_name_not_found, name,
                   id_text(&call->arena, &kind_vpc, vpc->id));
    return group;
}
