/*
 * cloud/acl.c - network ACLs: numbered rules at the edge of subnets.
 *
 * True to the VPC user guide, "Control traffic to subnets using network ACLs".  IPv6 ranges meet no
 *         packet, since there are only IPv4 packets here.
 */
#include "cloud/acl.h"

#include <string.h>

#include "base/mem.h"
#include "cloud/firewall.h"

/* ---- ACLs ---- */

static struct network_acl *acl_make(struct network *network, const struct vpc *vpc, uint64_t id)
{
    struct network_acl *acl = table_add(&network->acls, id);

    acl->account = vpc->account;
    acl->vpc = vpc->id;
    acl->region = vpc->region;
    return acl;
}

void acl_add_default(struct network *network, struct vpc *vpc)
{
    struct network_acl *acl =
        acl_make(network, vpc, network_id_beside(network, "default-acl", vpc->id));

    acl->is_default = true;
    for (int egress = 1; egress >= 0; egress--)
        acl_rule_add(acl, &(struct acl_rule){
                              .number = ACL_RULE_FIRST_DEFAULT,
                              .is_egress = egress == 1,
                              .allows = true,
                              .protocol = PROTOCOL_ALL,
                          });
    vpc->acl = acl->id;
}

struct network_acl *acl_add(struct network *network, const struct vpc *vpc)
{
    return acl_make(network, vpc, ids_new(network->ids));
}

struct network_acl *acl_find(const struct network *network, uint64_t account, uint8_t region,
                             uint64_t id)
{
    struct network_acl *acl = table_find(&network->acls, id);

    return acl != NULL && acl->account == account && acl->region == region ? acl : NULL;
}

int acl_remove(struct network *network, struct network_acl *acl, struct fault *fault)
{
    const struct vpc *vpc = table_get(&network->vpcs, acl->vpc);
    const struct fault_kind *why = acl->is_default ? &fault_acl_default : NULL;

    for (uint32_t i = 0; i < vpc->parts.count && why == NULL; i++) {
        const struct subnet *subnet = table_get(&network->subnets, vpc->parts.items[i].subnet);

        if (subnet->acl == acl->id)
            why = &fault_acl_in_use;
    }
    if (why != NULL) {
        struct arena arena = ARENA_INIT;

        fault_set(fault, why, id_text(&arena, &kind_network_acl, acl->id));
        arena_release(&arena);
        return -1;
    }
    table_remove(&network->acls, acl->id);
    return 0;
}

bool acls_beside_default(const struct network *network, const struct vpc *vpc)
{
    for (uint32_t i = 0; i < table_count(&network->acls); i++) {
        const struct network_acl *acl = table_at(&network->acls, i);

        if (acl->vpc == vpc->id && !acl->is_default)
            return true;
    }
    return false;
}

/* ---- rules ---- */

struct acl_rule *acl_rule_find(const struct network_acl *acl, bool is_egress, int64_t number)
{
    for (uint32_t i = 0; i < acl->rules.count; i++) {
        struct acl_rule *rule = &acl->rules.items[i];

        if (rule->is_egress == is_egress && rule->number == number)
            return rule;
    }
    return NULL;
}

static bool comes_before(const struct acl_rule *a, const struct acl_rule *b)
{
    return a->is_egress != b->is_egress ? a->is_egress : a->number < b->number;
}

void acl_rule_add(struct network_acl *acl, const struct acl_rule *rule)
{
    uint32_t at = 0;

    while (at < acl->rules.count && comes_before(&acl->rules.items[at], rule))
        at++;
    LIST_PUSH(&acl->rules);
    memmove(&acl->rules.items[at + 1], &acl->rules.items[at],
            (acl->rules.count - 1 - at) * sizeof(*rule));
    acl->rules.items[at] = *rule;
    acl->rules.items[at].range6 = rule->range6 == NULL ? NULL : xstrdup(rule->range6);
}

void acl_rule_remove(struct network_acl *acl, const struct acl_rule *rule)
{
    uint32_t at = (uint32_t)(rule - acl->rules.items);

    shape_release(&acl_rule_shape, &acl->rules.items[at]);
    LIST_REMOVE(&acl->rules, at);
}

void subnet_set_acl(struct network *network, struct subnet *subnet, const struct network_acl *acl)
{
    subnet->acl = acl->id;
    subnet->acl_association = ids_new(network->ids);
}

/* ---- packets ---- */

static bool has_ports(const struct acl_rule *rule)
{
    return rule->protocol == PROTOCOL_TCP || rule->protocol == PROTOCOL_UDP;
}

/* Whatever the port. */
static bool rule_concerns(const struct acl_rule *rule, struct acl_packet packet)
{
    if (rule->is_egress != packet.is_egress || rule->range6 != NULL ||
        !cidr_holds(rule->base, rule->bits, packet.address))
        return false;
    if (rule->protocol != PROTOCOL_ALL && rule->protocol != packet.protocol)
        return false;
    return rule->protocol != PROTOCOL_ICMP || rule->from_port == -1 ||
           rule->from_port == packet.from_port;
}

/* The first rule that matches a packet to that port; *until: how far up it is the same one. */
static const struct acl_rule *rule_for(const struct network_acl *acl, struct acl_packet packet,
                                       int32_t port, int32_t *until)
{
    for (uint32_t i = 0; i < acl->rules.count; i++) {
        const struct acl_rule *rule = &acl->rules.items[i];

        if (!rule_concerns(rule, packet))
            continue;
        if (!has_ports(rule))
            return rule;
        if (port >= rule->from_port && port <= rule->to_port) {
            *until = rule->to_port < *until ? rule->to_port : *until;
            return rule;
        }
        if (rule->from_port > port && rule->from_port - 1 < *until)
            *until = rule->from_port - 1;
    }
    return NULL;
}

struct acl_verdict acl_asks(const struct network_acl *acl, struct acl_packet packet)
{
    struct acl_verdict verdict = {0};
    int32_t port = packet.from_port;

    while (port <= packet.to_port) {
        int32_t until = packet.to_port;
        const struct acl_rule *rule = rule_for(acl, packet, port, &until);

        verdict.number = rule == NULL ? ACL_RULE_LAST : rule->number;
        verdict.port = port;
        if (rule == NULL || !rule->allows)
            return verdict;
        port = until + 1;
    }
    verdict.allows = true;
    return verdict;
}

/* ---- reading back ---- */

static bool acl_is_sound(const struct network *network, const struct network_acl *acl)
{
    const struct vpc *vpc = table_find(&network->vpcs, acl->vpc);

    if (vpc == NULL || vpc->account != acl->account || vpc->region != acl->region ||
        acl->is_default != (vpc->acl == acl->id))
        return false;
    for (uint32_t i = 0; i < acl->rules.count; i++) {
        const struct acl_rule *rule = &acl->rules.items[i];

        if (rule->number == 0 || rule->number > ACL_RULE_MOST || rule->bits > 32 ||
            (i > 0 && !comes_before(&acl->rules.items[i - 1], rule)))
            return false;
    }
    return true;
}

bool acls_restore(struct network *network)
{
    for (uint32_t i = 0; i < table_count(&network->vpcs); i++) {
        struct vpc *vpc = table_at(&network->vpcs, i);

        if (vpc->acl == 0)
            acl_add_default(network, vpc);
        if (table_find(&network->acls, vpc->acl) == NULL)
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->acls); i++) {
        if (!acl_is_sound(network, table_at(&network->acls, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->subnets); i++) {
        struct subnet *subnet = table_at(&network->subnets, i);
        const struct network_acl *acl;

        if (subnet->acl == 0) {
            const struct vpc *vpc = table_get(&network->vpcs, subnet->vpc);

            subnet->acl = vpc->acl;
            subnet->acl_association = network_id_beside(network, "acl-association", subnet->id);
        }
        acl = table_find(&network->acls, subnet->acl);
        if (acl == NULL || acl->vpc != subnet->vpc)
            return false;
    }
    return true;
}

/* ---- shapes ---- */

static const struct field rule_fields[] = {
    F_INT(struct acl_rule, number, "RuleNumber", "Its place in the order."),
    F_BOOL(struct acl_rule, is_egress, "Egress", "About what goes out."),
    F_BOOL(struct acl_rule, allows, "Allows", "Lets pass what it matches."),
    F_INT(struct acl_rule, protocol, "Protocol", "The protocol; -1: all."),
    F_INT(struct acl_rule, from_port, "FromPort", "First port."),
    F_INT(struct acl_rule, to_port, "ToPort", "Last port."),
    F_INT(struct acl_rule, base, "Base", "First address of the range."),
    F_INT(struct acl_rule, bits, "Bits", "Fixed bits of the range."),
    F_STRING(struct acl_rule, range6, "CidrIpv6", "A range of IPv6 addresses."),
};
const struct shape acl_rule_shape = SHAPE("NetworkAclEntry", struct acl_rule, rule_fields);

static const struct field acl_fields[] = {
    F_INT(struct network_acl, id, "NetworkAclId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct network_acl, account, "OwnerId", "Whose."),
    F_INT(struct network_acl, vpc, "VpcId", "The VPC that it is part of."),
    F_INT(struct network_acl, region, "Region", "Where."),
    F_BOOL(struct network_acl, is_default, "IsDefault", "New subnets have it."),
    F_LIST(struct network_acl, rules, struct acl_rule, &acl_rule_shape, "Rules",
           "What it lets pass."),
    F_EMBED(struct network_acl, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};
const struct shape network_acl_shape = SHAPE("NetworkAcl", struct network_acl, acl_fields);

/* ---- faults ---- */

const struct fault_kind fault_acl_default = {
    "InvalidParameterValue",
    "cannot delete default network ACL {}",
    "Each VPC keeps its default network ACL.",
};
const struct fault_kind fault_acl_in_use = {
    "DependencyViolation",
    "The networkAcl '{}' has dependencies and cannot be deleted.",
    "A subnet has it: give the subnet another with `aws ec2 replace-network-acl-association`.",
};
