/*
 * cloud/acl.h - network ACLs: numbered rules at the edge of subnets.
 *
 * A packet that crosses the edge of a subnet meets the subnet's ACL: of its rules of that direction
 * the one with the lowest number that matches decides, and none means no.  An ACL remembers
 * nothing: the way back is asked like the way there, with the sender's port as the one it goes to.
 * Packets within a subnet meet none.
 */
#ifndef CLOUD_ACL_H
#define CLOUD_ACL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/network.h"
#include "cloud/tag.h"

enum {
    ACL_RULE_MOST = 32766, /* numbers of rules: 1 to this */
    ACL_RULE_LAST = 32767, /* "*": what no rule allows is denied */
    ACL_RULE_FIRST_DEFAULT = 100,
};

struct acl_rule {
    uint16_t number;
    bool is_egress;
    bool allows;
    int16_t protocol;  /* enum protocol of cloud/firewall, or another number; -1: all */
    int32_t from_port; /* of TCP and UDP; of ICMP the type, -1: any */
    int32_t to_port;   /* of ICMP the code, -1: any */
    uint32_t base;     /* of the IPv4 range; only when range6 is NULL */
    uint8_t bits;
    char *range6; /* an IPv6 range, kept and shown but met by no packet here */
};

struct network_acl {
    uint64_t id; /* acl-... */
    uint64_t account;
    uint64_t vpc;
    uint8_t region;
    bool is_default;
    LIST(struct acl_rule) rules; /* egress first, then by number */
    struct tags tags;
};

extern const struct shape acl_rule_shape;

/* That of a VPC which is being made: lets everything pass. */
void acl_add_default(struct network *network, struct vpc *vpc);
/* Lets nothing pass. */
struct network_acl *acl_add(struct network *network, const struct vpc *vpc);
/* NULL when there is none that this account may see in that Region. */
struct network_acl *acl_find(const struct network *network, uint64_t account, uint8_t region,
                             uint64_t id);
/* InvalidParameterValue: the default one; DependencyViolation: a subnet uses it. */
int acl_remove(struct network *network, struct network_acl *acl, struct fault *fault);
/* Has the VPC others than its default one? */
bool acls_beside_default(const struct network *network, const struct vpc *vpc);
/* The rule of that direction and number, or NULL. */
struct acl_rule *acl_rule_find(const struct network_acl *acl, bool is_egress, int64_t number);
/* Adds a copy where it belongs; the caller has looked for its number. */
void acl_rule_add(struct network_acl *acl, const struct acl_rule *rule);
void acl_rule_remove(struct network_acl *acl, const struct acl_rule *rule);
/* The subnet meets that one from now on; the new association is in subnet->acl_association. */
void subnet_set_acl(struct network *network, struct subnet *subnet, const struct network_acl *acl);

/* What crosses the edge: the address on the other side, and the ports that the packet may be sent
 * to (all of them must pass: one of them will be drawn). */
struct acl_packet {
    bool is_egress;
    int16_t protocol;
    uint32_t address;
    int32_t from_port; /* of ICMP the type */
    int32_t to_port;
};

struct acl_verdict {
    bool allows;
    uint16_t number; /* the rule that decided; ACL_RULE_LAST: none did */
    int32_t port;    /* the one that was denied */
};

struct acl_verdict acl_asks(const struct network_acl *acl, struct acl_packet packet);

/* For vpcs_restore(). */
bool acls_restore(struct network *network);

extern const struct fault_kind fault_acl_default, fault_acl_in_use;

#endif
