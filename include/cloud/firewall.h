/*
 * cloud/firewall.h - security groups, and whether a packet may pass.
 *
 * A group belongs to a VPC; an interface is in one or more.  What comes in passes when any rule of
 * any of its groups allows it; answers to what passed are never asked again (stateful).  The
 * default group of a VPC admits its own members.
 */
#ifndef CLOUD_FIREWALL_H
#define CLOUD_FIREWALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/id.h"
#include "cloud/network.h"
#include "cloud/tag.h"
#include "cloud/trail.h"

enum protocol {
    PROTOCOL_ALL = -1,
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
};

/* One source or destination; AWS shows rules of the same ports as one permission. */
struct firewall_rule {
    uint64_t id; /* sgr-... */
    bool is_egress;
    int16_t protocol;  /* enum protocol, or another IP protocol number */
    int32_t from_port; /* -1 for PROTOCOL_ALL; ICMP type, -1 any */
    int32_t to_port;
    uint32_t base;     /* of the IPv4 range; only when peer is 0 and range6 is NULL */
    uint8_t bits;
    uint64_t peer;     /* a security group, or 0 */
    char *range6;      /* an IPv6 range, kept and shown but met by no packet here */
    char *description; /* NULL: none */
    struct tags tags;
};

struct security_group {
    uint64_t id;
    uint64_t account;
    uint64_t vpc;
    uint8_t region;
    char *name;
    char *description;
    LIST(struct firewall_rule) rules; /* ingress and egress, in order of their making */
    struct tags tags;
};

struct firewall {
    struct table table; /* struct security_group */
    struct network *network; /* borrowed, as are all below */
    const struct accounts *accounts;
    struct ids *ids;
    struct trail *trail;
};

extern const struct shape firewall_rule_shape, security_group_shape;

void firewall_init(struct firewall *firewall);
void firewall_release(struct firewall *firewall);
/* The default group of a VPC that was just made. */
void firewall_add_default(struct firewall *firewall, const struct vpc *vpc);
/* That of a VPC which goes; and whether the VPC has others. */
void firewall_remove_default(struct firewall *firewall, uint64_t vpc);
bool firewall_beside_default(const struct firewall *firewall, uint64_t vpc);

/* NULL when there is none that this account may see in that Region. */
struct security_group *security_group_find(const struct firewall *firewall, uint64_t account,
                                           uint8_t region, uint64_t id);
struct security_group *security_group_find_name(const struct firewall *firewall, uint64_t vpc,
                                                const char *name);

struct security_group_new {
    uint64_t account;
    uint64_t vpc;
    const char *name;
    const char *description;
};

/* NULL and a fault: InvalidGroup.Duplicate, InvalidParameterValue (reserved or malformed name),
 * SecurityGroupLimitExceeded. A new group allows all egress and no ingress. */
struct security_group *security_group_add(struct firewall *firewall,
                                          const struct security_group_new *wish,
                                          struct fault *fault);
/* DependencyViolation when an interface or another group's rule uses it, CannotDelete for a default
 * group. */
int security_group_remove(struct firewall *firewall, struct security_group *group,
                          struct fault *fault);

struct firewall_rules {
    const struct firewall_rule *items;
    uint32_t count;
};

/* Adds copies of the rules, with new ids, all or none: InvalidPermission.Duplicate,
 * InvalidParameterValue (ports out of range or upside down), RulesPerSecurityGroupLimitExceeded.
 * They are the last ones of group->rules. */
int security_group_authorize(struct firewall *firewall, struct security_group *group,
                             const struct firewall_rules *rules, struct fault *fault);
/* Removes equal rules, whatever their ids and descriptions; all or none:
 * InvalidPermission.NotFound. */
int security_group_revoke(struct firewall *firewall, struct security_group *group,
                          const struct firewall_rules *rules, struct fault *fault);
/* Position of the rule that equals this one (ids, descriptions and tags aside), or -1. */
int security_group_rule_find(const struct security_group *group, const struct firewall_rule *rule);
/* "tcp", "udp", "icmp", "-1", or the number, as AWS shows it. */
const char *protocol_text(int16_t protocol, char buffer[8]);
/* Reads a name or a number; false when it is neither. */
bool protocol_parse(const char *text, int16_t *protocol);

/* One packet that wants to pass. */
struct flow {
    const struct interface *from; /* NULL: somebody on the internet */
    const struct interface *to;   /* NULL: somebody on the internet */
    uint32_t from_address;        /* what the receiver sees */
    uint32_t to_address;
    int16_t protocol;
    int32_t port; /* of ICMP: the type */
};

struct verdict {
    bool allowed;
    uint64_t group; /* whose rule let it pass, or 0 */
    uint64_t rule;
};

/* Do the sender's groups let it out (from is not NULL)?  Do the receiver's let it in? */
struct verdict firewall_emits(const struct firewall *firewall, const struct flow *flow);
struct verdict firewall_admits(const struct firewall *firewall, const struct flow *flow);

extern const struct fault_kind fault_group_not_found, fault_group_name_not_found,
    fault_group_other_vpc, fault_group_malformed;

#endif
