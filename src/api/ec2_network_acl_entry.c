/*
 * api/ec2_network_acl_entry.c - create-, replace-, delete-network-acl-entry.
 *
 * True to the EC2 API reference.
 */
#include "api/ec2_network.h"

#include <string.h>

#include "base/str.h"
#include "cloud/firewall.h"

enum { PORT_MOST = 65535 };

static const struct fault_kind fault_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter ruleNumber is invalid. Expecting a number from 1 to 32766.",
    .hint = "Leave gaps, such as 100, 110, 120, so that another rule fits between them.",
};

static const struct fault_kind fault_exists = {
    .code = "NetworkAclEntryAlreadyExists",
    .text = "The network acl entry identified by {} already exists.",
    .hint = "`aws ec2 replace-network-acl-entry` changes a rule; a new one takes another number.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidNetworkAclEntry.NotFound",
    .text = "The network acl entry identified by {} does not exist.",
    .hint = "`aws ec2 describe-network-acls` shows the rules; --egress and --ingress number "
            "theirs apart.",
};

static const struct fault_kind fault_limit = {
    .code = "NetworkAclEntryLimitExceeded",
    .text = "The maximum number of network acl entries has been reached.",
    .hint = "Join ranges, or raise the quota: `lab set-quota`.",
};

static const struct fault_kind fault_protocol = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for IP protocol. Unknown protocol.",
    .hint = "Say tcp, udp, icmp, a protocol's number, or -1 for all.",
};

static const struct fault_kind fault_no_range = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter cidrBlock",
    .hint = "Say whose packets: --cidr-block 0.0.0.0/0 means everybody's.",
};

static const struct fault_kind fault_no_ports = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter portRange",
    .hint = "TCP and UDP need ports: --port-range From=80,To=80.",
};

static const struct fault_kind fault_no_icmp = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter icmpTypeCode",
    .hint = "ICMP needs a type and a code: --icmp-type-code Type=-1,Code=-1 means all.",
};

static const struct fault_kind fault_ports = {
    .code = "InvalidParameterValue",
    .text = "Invalid TCP/UDP port range ({}:{})",
    .hint = "Ports go from 0 to 65535, and the first is not above the last.",
};

struct ports_wish {
    struct opt_int from;
    struct opt_int to;
};

struct icmp_wish {
    struct opt_int code;
    struct opt_int type;
};

struct entry_in {
    bool dry_run;
    const char *acl;
    int64_t number;
    const char *protocol;
    const char *action;
    bool is_egress;
    const char *cidr;
    const char *cidr6;
    struct icmp_wish *icmp;
    struct ports_wish *ports;
};

static const char *const action_words[] = {"allow", "deny", NULL};

static const struct field icmp_fields[] = {
    F_OPT_INT(struct icmp_wish, code, "Code", "The ICMP code; -1 is all."),
    F_OPT_INT(struct icmp_wish, type, "Type", "The ICMP type; -1 is all."),
};
static const struct shape icmp_shape = SHAPE("IcmpTypeCode", struct icmp_wish, icmp_fields);

static const struct field ports_fields[] = {
    F_OPT_INT(struct ports_wish, from, "From", "The first port."),
    F_OPT_INT(struct ports_wish, to, "To", "The last port."),
};
static const struct shape ports_shape = SHAPE("PortRange", struct ports_wish, ports_fields);

#define ENTRY_IN_FIELDS                                                                            \
    F_DRY_RUN(struct entry_in, dry_run),                                                           \
        F_STRING(struct entry_in, acl, "NetworkAclId", "The network ACL.",                         \
                 .flags = FIELD_REQUIRED, .ref = &kind_network_acl),                               \
        F_INT(struct entry_in, number, "RuleNumber",                                               \
              "Its place, from 1 to 32766: the lowest that matches decides.",                      \
              .flags = FIELD_REQUIRED),                                                            \
        F_STRING(struct entry_in, protocol, "Protocol",                                            \
                 "tcp, udp, icmp, a protocol's number, or -1 for all.", .flags = FIELD_REQUIRED),  \
        F_STRING(struct entry_in, action, "RuleAction", "Whether it lets pass or denies.",         \
                 .flags = FIELD_REQUIRED, .words = action_words),                                  \
        F_BOOL(struct entry_in, is_egress, "Egress",                                               \
               "Whether it is about what goes out of the subnet; --ingress: what comes in.",       \
               .flags = FIELD_REQUIRED, .cli_not = "ingress"),                                     \
        F_STRING(struct entry_in, cidr, "CidrBlock", "The addresses on the other side."),          \
        F_STRING(struct entry_in, cidr6, "Ipv6CidrBlock", "IPv6 addresses on the other side."),    \
        F_STRUCT(struct entry_in, icmp, struct icmp_wish, &icmp_shape, "IcmpTypeCode",             \
                 "Type and code, of ICMP."),                                                       \
        F_STRUCT(struct entry_in, ports, struct ports_wish, &ports_shape, "PortRange",             \
                 "The ports that the packet goes to, of TCP and UDP.")

static const struct field create_in_fields[] = {ENTRY_IN_FIELDS};
static const struct shape create_in_shape =
    SHAPE("CreateNetworkAclEntryRequest", struct entry_in, create_in_fields);
static const struct field replace_in_fields[] = {ENTRY_IN_FIELDS};
static const struct shape replace_in_shape =
    SHAPE("ReplaceNetworkAclEntryRequest", struct entry_in, replace_in_fields);

static const struct field delete_in_fields[] = {
    F_DRY_RUN(struct entry_in, dry_run),
    F_STRING(struct entry_in, acl, "NetworkAclId", "The network ACL.", .flags = FIELD_REQUIRED,
             .ref = &kind_network_acl),
    F_INT(struct entry_in, number, "RuleNumber", "The number of the rule.",
          .flags = FIELD_REQUIRED),
    F_BOOL(struct entry_in, is_egress, "Egress",
           "Whether it is one about what goes out; --ingress: what comes in.",
           .flags = FIELD_REQUIRED, .cli_not = "ingress"),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteNetworkAclEntryRequest", struct entry_in, delete_in_fields);

/* ---- reading ---- */

static int read_ports(struct call *call, const struct entry_in *in, struct acl_rule *rule)
{
    if (in->ports == NULL || !in->ports->from.set || !in->ports->to.set)
        return call_fault(call, &fault_no_ports);
    if (in->ports->from.value < 0 || in->ports->to.value > PORT_MOST ||
        in->ports->from.value > in->ports->to.value)
        return call_fault(call, &fault_ports, ec2_number(call, in->ports->from.value),
                          ec2_number(call, in->ports->to.value));
    rule->from_port = (int32_t)in->ports->from.value;
    rule->to_port = (int32_t)in->ports->to.value;
    return 0;
}

/* The rule that a request describes; its text is borrowed. */
static int read_rule(struct call *call, const struct entry_in *in, struct acl_rule *rule)
{
    struct vpc_part range = {0};

    *rule = (struct acl_rule){
        .number = (uint16_t)in->number,
        .is_egress = in->is_egress,
        .allows = strcmp(in->action, "allow") == 0,
    };
    if (!protocol_parse(in->protocol, &rule->protocol))
        return call_fault(call, &fault_protocol, in->protocol);
    if (in->cidr == NULL && in->cidr6 == NULL)
        return call_fault(call, &fault_no_range);
    if (in->cidr != NULL && cidr_read(call, in->cidr, "cidrBlock", &range) != 0)
        return -1;
    rule->base = range.base;
    rule->bits = range.bits;
    rule->range6 = in->cidr != NULL ? NULL : arena_strdup(&call->arena, in->cidr6);
    if (rule->protocol == PROTOCOL_TCP || rule->protocol == PROTOCOL_UDP)
        return read_ports(call, in, rule);
    if (rule->protocol != PROTOCOL_ICMP)
        return 0; /* others have no ports: what was given is passed over, as EC2 does */
    if (in->icmp == NULL || !in->icmp->type.set || !in->icmp->code.set)
        return call_fault(call, &fault_no_icmp);
    rule->from_port = (int32_t)in->icmp->type.value;
    rule->to_port = (int32_t)in->icmp->code.value;
    return 0;
}

/* The ACL, after the form of the number was looked at; NULL after a fault. */
static struct network_acl *read_acl(struct call *call, const struct entry_in *in)
{
    if (in->number < 1 || in->number > ACL_RULE_MOST) {
        call_fault(call, &fault_number, ec2_number(call, in->number));
        return NULL;
    }
    return id_find(call, &id_words_acl, in->acl);
}

static uint32_t rules_count(const struct network_acl *acl, bool is_egress)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < acl->rules.count; i++)
        count += acl->rules.items[i].is_egress == is_egress;
    return count;
}

static void rule_tell(struct call *call, const struct entry_in *in, const struct network_acl *acl,
                      const char *what)
{
    network_tell(call, acl->id,
                 arena_printf(&call->arena, "network ACL %s: %s rule %lld %s", in->acl,
                              in->is_egress ? "egress" : "ingress", (long long)in->number, what));
}

/* ---- the operations ---- */

static int create_entry(struct call *call, const void *input, void *output)
{
    const struct entry_in *in = input;
    struct network_acl *acl = read_acl(call, in);
    struct acl_rule rule;

    (void)output;
    if (acl == NULL || read_rule(call, in, &rule) != 0)
        return -1;
    if (acl_rule_find(acl, in->is_egress, in->number) != NULL)
        return call_fault(call, &fault_exists, ec2_number(call, in->number));
    if (network_quota_check(call, rules_count(acl, in->is_egress), QUOTA_RULES_PER_ACL,
                            &fault_limit) != 0)
        return -1;
    acl_rule_add(acl, &rule);
    rule_tell(call, in, acl, rule.allows ? "allows" : "denies");
    return 0;
}

static int replace_entry(struct call *call, const void *input, void *output)
{
    const struct entry_in *in = input;
    struct network_acl *acl = read_acl(call, in);
    struct acl_rule *old = acl == NULL ? NULL : acl_rule_find(acl, in->is_egress, in->number);
    struct acl_rule rule;

    (void)output;
    if (acl == NULL)
        return -1;
    if (old == NULL)
        return call_fault(call, &fault_missing, ec2_number(call, in->number));
    if (read_rule(call, in, &rule) != 0)
        return -1;
    acl_rule_remove(acl, old);
    acl_rule_add(acl, &rule);
    rule_tell(call, in, acl, rule.allows ? "allows now" : "denies now");
    return 0;
}

static int delete_entry(struct call *call, const void *input, void *output)
{
    const struct entry_in *in = input;
    struct network_acl *acl = read_acl(call, in);
    struct acl_rule *rule = acl == NULL ? NULL : acl_rule_find(acl, in->is_egress, in->number);

    (void)output;
    if (acl == NULL)
        return -1;
    if (rule == NULL)
        return call_fault(call, &fault_missing, ec2_number(call, in->number));
    acl_rule_remove(acl, rule);
    rule_tell(call, in, acl, "is gone");
    return 0;
}

#define NEEDS_ACL                                                                                  \
    EC2_EXAMPLE_VPC "\n"                                                                           \
    "ACL=$(aws ec2 create-network-acl --vpc-id $VPC --query NetworkAcl.NetworkAclId --output "     \
    "text)"
#define NEEDS_ENTRY                                                                                \
    NEEDS_ACL "\n"                                                                                 \
    "aws ec2 create-network-acl-entry --network-acl-id $ACL --ingress --rule-number 100 "          \
    "--protocol tcp --port-range From=80,To=80 --cidr-block 0.0.0.0/0 --rule-action allow"

/* --protocol tcp: the AWS CLI sends the number. */
static int apply_protocol(const json_t *given, json_t *params, struct str *message)
{
    static const struct {
        const char *name;
        const char *number;
    } protocols[] = {{"tcp", "6"}, {"udp", "17"}, {"icmp", "1"}, {"all", "-1"}};
    const char *name = json_string_value(json_object_get(params, "Protocol"));

    (void)given;
    (void)message;
    for (size_t i = 0; name != NULL && i < sizeof(protocols) / sizeof(protocols[0]); i++) {
        if (strcmp(name, protocols[i].name) == 0) {
            json_object_set_new(params, "Protocol", json_string(protocols[i].number));
            break;
        }
    }
    return 0;
}

static const struct cli_extra protocol_extra = {.options = &shape_empty, .apply = apply_protocol};

static const struct fault_kind *const create_faults[] = {
    &fault_number,   &fault_protocol, &fault_no_range, &fault_cidr_malformed,
    &fault_no_ports, &fault_ports,    &fault_no_icmp,  &fault_exists,
    &fault_limit,    NULL,
};

const struct op op_create_network_acl_entry = {
    .name = "CreateNetworkAclEntry",
    .doc = "Adds a rule to a network ACL.",
    .example = "aws ec2 create-network-acl-entry --network-acl-id $ACL --ingress --rule-number 100 "
               "--protocol tcp --port-range From=80,To=80 --cidr-block 0.0.0.0/0 --rule-action "
               "allow",
    .needs = NEEDS_ACL,
    .in = &create_in_shape,
    .out = &shape_empty,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &protocol_extra,
    .run = create_entry,
};

static const struct fault_kind *const replace_faults[] = {
    &fault_number,   &fault_protocol, &fault_no_range, &fault_cidr_malformed,
    &fault_no_ports, &fault_ports,    &fault_no_icmp,  &fault_missing,
    NULL,
};

const struct op op_replace_network_acl_entry = {
    .name = "ReplaceNetworkAclEntry",
    .doc = "Changes a rule of a network ACL.",
    .example = "aws ec2 replace-network-acl-entry --network-acl-id $ACL --ingress --rule-number "
               "100 --protocol tcp --port-range From=80,To=80 --cidr-block 0.0.0.0/0 --rule-action "
               "deny",
    .needs = NEEDS_ENTRY,
    .in = &replace_in_shape,
    .out = &shape_empty,
    .faults = replace_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &protocol_extra,
    .run = replace_entry,
};

static const struct fault_kind *const delete_faults[] = {&fault_number, &fault_missing, NULL};

const struct op op_delete_network_acl_entry = {
    .name = "DeleteNetworkAclEntry",
    .doc = "Takes a rule out of a network ACL.",
    .example = "aws ec2 delete-network-acl-entry --network-acl-id $ACL --ingress --rule-number 100",
    .needs = NEEDS_ENTRY,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_entry,
};
