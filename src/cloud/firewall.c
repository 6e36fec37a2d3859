/*
 * cloud/firewall.c - security groups, and whether a packet may pass.
 *
 * Owns    the groups, each with its rules.
 * True to the VPC user guide, "Security groups".  Left out: ICMP codes; IPv6 ranges and
 *         prefix lists meet no packet, since there are only IPv4 packets here.
 */
#include "cloud/firewall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { PORT_MAX = 65535, NAME_MAX_BYTES = 255, RULE_ANY = -1 };

static const struct fault_kind fault_group_duplicate, fault_group_reserved, fault_group_in_use,
    fault_group_limit, fault_cannot_delete, fault_rule_duplicate, fault_rule_not_found,
    fault_rule_limit, fault_port_range, fault_port_order, fault_name_form, fault_peer_not_found;

void firewall_init(struct firewall *firewall)
{
    table_init(&firewall->table, &security_group_shape);
}

void firewall_release(struct firewall *firewall)
{
    table_release(&firewall->table);
}

/* ---- groups ---- */

static struct security_group *group_make(struct firewall *firewall, const struct vpc *vpc,
                                         const char *name, const char *description)
{
    struct security_group *group = table_add(&firewall->table, ids_new(firewall->ids));
    struct firewall_rule *rule = LIST_PUSH(&group->rules);

    group->account = vpc->account;
    group->vpc = vpc->id;
    group->region = vpc->region;
    group->name = xstrdup(name);
    group->description = xstrdup(description);
    *rule = (struct firewall_rule){
        .id = ids_new(firewall->ids),
        .is_egress = true,
        .protocol = PROTOCOL_ALL,
        .from_port = RULE_ANY,
        .to_port = RULE_ANY,
    };
    return group;
}

void firewall_add_default(struct firewall *firewall, const struct vpc *vpc)
{
    struct security_group *group = group_make(firewall, vpc, "default",
                                              "default VPC security group");

    *LIST_PUSH(&group->rules) = (struct firewall_rule){
        .id = ids_new(firewall->ids),
        .protocol = PROTOCOL_ALL,
        .from_port = RULE_ANY,
        .to_port = RULE_ANY,
        .peer = group->id,
    };
}

bool firewall_beside_default(const struct firewall *firewall, uint64_t vpc)
{
    for (uint32_t i = 0; i < table_count(&firewall->table); i++) {
        const struct security_group *group = table_at(&firewall->table, i);

        if (group->vpc == vpc && !str_equal(group->name, "default"))
            return true;
    }
    return false;
}

void firewall_remove_default(struct firewall *firewall, uint64_t vpc)
{
    table_remove(&firewall->table, security_group_find_name(firewall, vpc, "default")->id);
}

struct security_group *security_group_find(const struct firewall *firewall, uint64_t account,
                                           uint8_t region, uint64_t id)
{
    struct security_group *group = table_find(&firewall->table, id);

    if (group == NULL || group->account != account || group->region != region)
        return NULL;
    return group;
}

struct security_group *security_group_find_name(const struct firewall *firewall, uint64_t vpc,
                                                const char *name)
{
    for (uint32_t i = 0; i < table_count(&firewall->table); i++) {
        struct security_group *group = table_at(&firewall->table, i);

        if (group->vpc == vpc && str_equal(group->name, name))
            return group;
    }
    return NULL;
}

static int64_t groups_count(const struct firewall *firewall, uint64_t account, uint8_t region)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&firewall->table); i++) {
        const struct security_group *group = table_at(&firewall->table, i);

        count += group->account == account && group->region == region;
    }
    return count;
}

/* What AWS allows in names and descriptions of groups of a VPC. */
static bool words_allowed(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= NAME_MAX_BYTES &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        " ._-:/()#,@[]+=&;{}!$*") == length;
}

struct security_group *security_group_add(struct firewall *firewall,
                                          const struct security_group_new *wish,
                                          struct fault *fault)
{
    const struct vpc *vpc = table_get(&firewall->network->vpcs, wish->vpc);
    int64_t most = account_quota(firewall->accounts, wish->account, QUOTA_SECURITY_GROUPS);
    struct arena arena = ARENA_INIT;
    struct security_group *group = NULL;

    if (!words_allowed(wish->name))
        fault_set(fault, &fault_name_form, wish->name, "groupName");
    else if (!words_allowed(wish->description))
        fault_set(fault, &fault_name_form, wish->description, "GroupDescription");
    else if (str_starts(wish->name, "sg-"))
        fault_set(fault, &fault_group_reserved, wish->name);
    else if (security_group_find_name(firewall, wish->vpc, wish->name) != NULL)
        fault_set(fault, &fault_group_duplicate, wish->name,
                  id_text(&arena, &kind_vpc, wish->vpc));
    else if (groups_count(firewall, wish->account, vpc->region) >= most)
        fault_set(fault, &fault_group_limit, id_text(&arena, &kind_vpc, wish->vpc));
    else
        group = group_make(firewall, vpc, wish->name, wish->description);
    if (group != NULL)
        trail_add(firewall->trail, (struct trail_entry){
            .account = group->account,
            .subject = group->id,
            .topic = TRAIL_NETWORK,
            .region = group->region,
            .text = arena_printf(&arena, "security group %s (%s) created",
                                 id_text(&arena, &kind_security_group, group->id), group->name),
        });
    arena_release(&arena);
    return group;
}

static bool group_is_used(const struct firewall *firewall, const struct security_group *group)
{
    const struct table *interfaces = &firewall->network->interfaces;

    for (uint32_t i = 0; i < table_count(interfaces); i++) {
        if (interface_in_group(table_at(interfaces, i), group->id))
            return true;
    }
    for (uint32_t i = 0; i < table_count(&firewall->table); i++) {
        const struct security_group *other = table_at(&firewall->table, i);

        for (uint32_t j = 0; other != group && j < other->rules.count; j++) {
            if (other->rules.items[j].peer == group->id)
                return true;
        }
    }
    return false;
}

int security_group_remove(struct firewall *firewall, struct security_group *group,
                          struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    const char *id = id_text(&arena, &kind_security_group, group->id);
    int result = 0;

    if (str_equal(group->name, "default"))
        result = fault_set(fault, &fault_cannot_delete, id);
    else if (group_is_used(firewall, group))
        result = fault_set(fault, &fault_group_in_use, id);
    if (result == 0) {
        trail_add(firewall->trail, (struct trail_entry){
            .account = group->account,
            .subject = group->id,
            .topic = TRAIL_NETWORK,
            .region = group->region,
            .text = arena_printf(&arena, "security group %s (%s) deleted", id, group->name),
        });
        table_remove(&firewall->table, group->id);
    }
    arena_release(&arena);
    return result;
}

/* ---- rules ---- */

static bool rules_equal(const struct firewall_rule *a, const struct firewall_rule *b)
{
    return a->is_egress == b->is_egress && a->protocol == b->protocol &&
           a->from_port == b->from_port && a->to_port == b->to_port && a->peer == b->peer &&
           str_equal(a->range6, b->range6) &&
           (a->peer != 0 || a->range6 != NULL || (a->base == b->base && a->bits == b->bits));
}

int security_group_rule_find(const struct security_group *group, const struct firewall_rule *rule)
{
    for (uint32_t i = 0; i < group->rules.count; i++) {
        if (rules_equal(&group->rules.items[i], rule))
            return (int)i;
    }
    return -1;
}

static bool has_ports(int16_t protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
}

static int ports_check(const struct firewall_rule *rule, struct fault *fault)
{
    char from[16];
    char to[16];

    if (!has_ports(rule->protocol))
        return 0;
    snprintf(from, sizeof(from), "%" PRId32, rule->from_port);
    snprintf(to, sizeof(to), "%" PRId32, rule->to_port);
    if (rule->from_port < 0 || rule->from_port > PORT_MAX)
        return fault_set(fault, &fault_port_range, from);
    if (rule->to_port < 0 || rule->to_port > PORT_MAX)
        return fault_set(fault, &fault_port_range, to);
    if (rule->from_port > rule->to_port)
        return fault_set(fault, &fault_port_order, from, to);
    return 0;
}

/* "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW", as AWS names a rule. */
static const char *rule_text(const struct firewall_rule *rule, struct arena *arena)
{
    char buffer[8];
    char address[ADDRESS_TEXT_SIZE];
    const char *protocol = protocol_text(rule->protocol, buffer);
    const char *peer = rule->range6;
    const char *ports = "";

    if (rule->peer != 0)
        peer = id_text(arena, &kind_security_group, rule->peer);
    else if (peer == NULL)
        peer = arena_printf(arena, "%s/%u", address_text(rule->base, address), rule->bits);
    if (rule->protocol == PROTOCOL_ALL)
        protocol = "ALL";
    else if (rule->protocol == PROTOCOL_TCP)
        protocol = "TCP";
    else if (rule->protocol == PROTOCOL_UDP)
        protocol = "UDP";
    else if (rule->protocol == PROTOCOL_ICMP)
        protocol = "ICMP";
    if (has_ports(rule->protocol))
        ports = arena_printf(arena, "from port: %" PRId32 ", to port: %" PRId32 ", ",
                             rule->from_port, rule->to_port);
    return arena_printf(arena, "peer: %s, %s, %sALLOW", peer, protocol, ports);
}

static uint32_t rules_count(const struct security_group *group, bool is_egress)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < group->rules.count; i++)
        count += group->rules.items[i].is_egress == is_egress;
    return count;
}

/* One of the new rules, before any is added. */
static int rule_check(const struct firewall *firewall, const struct security_group *group,
                      const struct firewall_rules *rules, uint32_t at, struct fault *fault)
{
    const struct firewall_rule *rule = &rules->items[at];
    bool duplicate = security_group_rule_find(group, rule) >= 0;
    struct arena arena = ARENA_INIT;
    int result = ports_check(rule, fault);

    for (uint32_t i = 0; i < at; i++)
        duplicate = duplicate || rules_equal(&rules->items[i], rule);
    if (result == 0 && rule->peer != 0 && table_find(&firewall->table, rule->peer) == NULL)
        result = fault_set(fault, &fault_peer_not_found,
                           id_text(&arena, &kind_security_group, rule->peer));
    if (result == 0 && duplicate)
        result = fault_set(fault, &fault_rule_duplicate, rule_text(rule, &arena));
    arena_release(&arena);
    return result;
}

/* One entry for each rule that came or went. */
static void rule_tell(struct firewall *firewall, const struct security_group *group,
                      const struct firewall_rule *rule, const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(firewall->trail, (struct trail_entry){
        .account = group->account,
        .subject = group->id,
        .other = rule->id,
        .topic = TRAIL_NETWORK,
        .region = group->region,
        .text = arena_printf(&arena, "%s (%s) %s %s: %s",
                             id_text(&arena, &kind_security_group, group->id), group->name, what,
                             rule->is_egress ? "egress" : "ingress", rule_text(rule, &arena)),
    });
    arena_release(&arena);
}

int security_group_authorize(struct firewall *firewall, struct security_group *group,
                             const struct firewall_rules *rules, struct fault *fault)
{
    int64_t most = account_quota(firewall->accounts, group->account, QUOTA_RULES_PER_GROUP);
    uint32_t added[2] = { rules_count(group, false), rules_count(group, true) };

    for (uint32_t i = 0; i < rules->count; i++) {
        if (rule_check(firewall, group, rules, i, fault) != 0)
            return -1;
        if (++added[rules->items[i].is_egress] > most)
            return fault_set(fault, &fault_rule_limit);
    }
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct firewall_rule *wish = &rules->items[i];
        struct firewall_rule *rule = LIST_PUSH(&group->rules);

        *rule = *wish;
        rule->id = ids_new(firewall->ids);
        rule->range6 = wish->range6 == NULL ? NULL : xstrdup(wish->range6);
        rule->description = wish->description == NULL ? NULL : xstrdup(wish->description);
        rule->tags = (struct tags){0};
        tags_copy(&rule->tags, &wish->tags);
        rule_tell(firewall, group, rule, "allows");
    }
    return 0;
}

int security_group_revoke(struct firewall *firewall, struct security_group *group,
                          const struct firewall_rules *rules, struct fault *fault)
{
    for (uint32_t i = 0; i < rules->count; i++) {
        if (security_group_rule_find(group, &rules->items[i]) < 0)
            return fault_set(fault, &fault_rule_not_found);
    }
    for (uint32_t i = 0; i < rules->count; i++) {
        int at = security_group_rule_find(group, &rules->items[i]);

        if (at < 0)
            continue; /* named twice in one call */
        rule_tell(firewall, group, &group->rules.items[at], "no longer allows");
        shape_release(&firewall_rule_shape, &group->rules.items[at]);
        LIST_REMOVE(&group->rules, (uint32_t)at);
    }
    return 0;
}

const char *protocol_text(int16_t protocol, char buffer[8])
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return "tcp";
    case PROTOCOL_UDP:
        return "udp";
    case PROTOCOL_ICMP:
        return "icmp";
    default:
        snprintf(buffer, 8, "%d", protocol);
        return buffer;
    }
}

bool protocol_parse(const char *text, int16_t *protocol)
{
    char *end;
    long value;

    if (str_equal(text, "tcp"))
        *protocol = PROTOCOL_TCP;
    else if (str_equal(text, "udp"))
        *protocol = PROTOCOL_UDP;
    else if (str_equal(text, "icmp"))
        *protocol = PROTOCOL_ICMP;
    else if (str_equal(text, "all"))
        *protocol = PROTOCOL_ALL;
    else {
        value = strtol(text, &end, 10);
        if (end == text || *end != '\0' || value < -1 || value > 255)
            return false;
        *protocol = (int16_t)value;
    }
    return true;
}

/* ---- packets ---- */

static bool rule_matches(const struct firewall_rule *rule, const struct flow *flow,
                         const struct interface *other, uint32_t address)
{
    if (rule->protocol != PROTOCOL_ALL && rule->protocol != flow->protocol)
        return false;
    if (has_ports(rule->protocol) &&
        (flow->port < rule->from_port || flow->port > rule->to_port))
        return false;
    if (rule->protocol == PROTOCOL_ICMP && rule->from_port != RULE_ANY &&
        rule->from_port != flow->port)
        return false;
    if (rule->peer != 0)
        return other != NULL && interface_in_group(other, rule->peer);
    return rule->range6 == NULL && cidr_holds(rule->base, rule->bits, address);
}

/* Does any group of `own` let the packet in (or out)? */
static struct verdict side_asks(const struct firewall *firewall, const struct flow *flow,
                                bool is_egress)
{
    const struct interface *own = is_egress ? flow->from : flow->to;
    const struct interface *other = is_egress ? flow->to : flow->from;
    uint32_t address = is_egress ? flow->to_address : flow->from_address;
    uint64_t id;

    /* A Network Load Balancer that was made without groups lets everything pass. */
    if (interface_group(own, 0) == 0 && own->owner_kind == OWNER_BALANCER)
        return (struct verdict){.allowed = true};
    for (uint32_t i = 0; (id = interface_group(own, i)) != 0; i++) {
        const struct security_group *group = table_find(&firewall->table, id);

        for (uint32_t j = 0; group != NULL && j < group->rules.count; j++) {
            const struct firewall_rule *rule = &group->rules.items[j];

            if (rule->is_egress == is_egress && rule_matches(rule, flow, other, address))
                return (struct verdict){
                    .allowed = true,
                    .group = group->id,
                    .rule = rule->id,
                };
        }
    }
    return (struct verdict){0};
}

struct verdict firewall_emits(const struct firewall *firewall, const struct flow *flow)
{
    return side_asks(firewall, flow, true);
}

struct verdict firewall_admits(const struct firewall *firewall, const struct flow *flow)
{
    return side_asks(firewall, flow, false);
}

/* ---- shapes ---- */

static const struct field rule_fields[] = {
    F_INT(struct firewall_rule, id, "SecurityGroupRuleId", "Its id."),
    F_BOOL(struct firewall_rule, is_egress, "IsEgress", "About what goes out."),
    F_INT(struct firewall_rule, protocol, "IpProtocol", "The protocol; -1: all."),
    F_INT(struct firewall_rule, from_port, "FromPort", "First port; -1: all."),
    F_INT(struct firewall_rule, to_port, "ToPort", "Last port; -1: all."),
    F_INT(struct firewall_rule, base, "Base", "First address of the range."),
    F_INT(struct firewall_rule, bits, "Bits", "Fixed bits of the range."),
    F_INT(struct firewall_rule, peer, "Peer", "The other side's security group; 0: a range."),
    F_STRING(struct firewall_rule, range6, "CidrIpv6", "A range of IPv6 addresses."),
    F_STRING(struct firewall_rule, description, "Description", "What it is for."),
    F_EMBED(struct firewall_rule, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape firewall_rule_shape = SHAPE("SecurityGroupRule", struct firewall_rule,
                                               rule_fields);

static const struct field group_fields[] = {
    F_INT(struct security_group, id, "GroupId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct security_group, account, "OwnerId", "Whose."),
    F_INT(struct security_group, vpc, "VpcId", "The VPC that it is part of."),
    F_INT(struct security_group, region, "Region", "Where."),
    F_STRING(struct security_group, name, "GroupName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct security_group, description, "Description", "What it is for."),
    F_LIST(struct security_group, rules, struct firewall_rule, &firewall_rule_shape, "Rules",
           "What it allows."),
    F_EMBED(struct security_group, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape security_group_shape = SHAPE("SecurityGroup", struct security_group,
                                                group_fields);

/* ---- faults ---- */

const struct fault_kind fault_group_malformed = {
    .code = "InvalidGroupId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"sg-...\")",
    .hint = "A group id is sg- and 17 digits; a group's name goes with --group-name or "
            "--security-groups.",
};

const struct fault_kind fault_group_not_found = {
    "InvalidGroup.NotFound",
    "The security group '{}' does not exist",
    "`aws ec2 describe-security-groups` lists the groups of this Region.",
};
const struct fault_kind fault_group_name_not_found = {
    "InvalidGroup.NotFound",
    "The security group '{}' does not exist in default VPC '{}'",
    "A group is found by name only in the default VPC: use its id for others.",
};
const struct fault_kind fault_group_other_vpc = {
    "InvalidParameter",
    "Security group {} and subnet {} belong to different networks.",
    "Choose a group of the VPC that the subnet is in.",
};
static const struct fault_kind fault_peer_not_found = {
    "InvalidGroup.NotFound",
    "You have specified two resources that belong to different networks.",
    "Name a security group of the same VPC as the source.",
};
static const struct fault_kind fault_group_duplicate = {
    "InvalidGroup.Duplicate",
    "The security group '{}' already exists for VPC '{}'",
    "Choose another name, or use the group that is there.",
};
static const struct fault_kind fault_group_reserved = {
    "InvalidParameterValue",
    "Invalid group name '{}'. Group names may not begin with 'sg-'",
    "Names beginning with sg- would look like ids: choose another.",
};
static const struct fault_kind fault_name_form = {
    "InvalidParameterValue",
    "Value ({}) for parameter {} is invalid. Character sets beyond ASCII are not supported.",
    "Up to 255 letters, digits, blanks and ._-:/()#,@[]+=&;{}!$* are allowed.",
};
static const struct fault_kind fault_group_limit = {
    "SecurityGroupLimitExceeded",
    "The maximum number of security groups for VPC '{}' has been reached.",
    "Delete a group, or raise the quota: `lab set-quota`.",
};
static const struct fault_kind fault_group_in_use = {
    "DependencyViolation",
    "resource {} has a dependent object",
    "An instance, a load balancer or another group's rule uses it: take it away there first.",
};
static const struct fault_kind fault_cannot_delete = {
    "CannotDelete",
    "the specified group: \"{}\" name: \"default\" cannot be deleted by a user",
    "Each VPC keeps its default group.",
};
static const struct fault_kind fault_rule_duplicate = {
    "InvalidPermission.Duplicate",
    "the specified rule \"{}\" already exists",
    "The group allows it already: nothing needs to be done.",
};
static const struct fault_kind fault_rule_not_found = {
    "InvalidPermission.NotFound",
    "The specified rule does not exist in this security group.",
    "A rule is revoked with exactly the protocol, ports and source that it was made with.",
};
static const struct fault_kind fault_rule_limit = {
    "RulesPerSecurityGroupLimitExceeded",
    "The maximum number of rules per security group has been reached.",
    "Join ranges, or raise the quota: `lab set-quota`.",
};
static const struct fault_kind fault_port_range = {
    "InvalidParameterValue",
    "TCP/UDP port ({}) out of range",
    "A port is a number from 0 to 65535.",
};
static const struct fault_kind fault_port_order = {
    "InvalidParameterValue",
    "Invalid TCP/UDP port range ({}:{})",
    "The first port of a range must not be above the last.",
};
