/*
 * api/ec2_permission.h - the rules of security groups, as EC2's messages write them down.
 *
 * An IpPermission is a protocol, its ports and any number of sources; in the cloud each source is a
 * rule of its own.
 */
#ifndef API_EC2_PERMISSION_H
#define API_EC2_PERMISSION_H

#include "api/ec2_parts.h"

struct range_view {
    const char *description;
    const char *cidr;
};

struct ranges {
    struct range_view *items;
    uint32_t count;
    uint32_t size;
};

struct group_pair {
    const char *description;
    const char *user;
    const char *group_name;
    const char *group;
    const char *vpc;
};

struct group_pairs {
    struct group_pair *items;
    uint32_t count;
    uint32_t size;
};

struct permission {
    const char *protocol;
    struct opt_int from;
    struct opt_int to;
    struct group_pairs pairs;
    struct ranges ranges;
    struct ranges ranges6;
    struct ranges prefixes; /* always empty */
};

struct permissions {
    struct permission *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape permission_shape;

/* Rules that live in a call's arena. */
struct rule_list {
    struct firewall_rule *items;
    uint32_t count;
    uint32_t size;
};

/* One rule for each source of each permission, for that group.  0, or -1 after a fault. */
int permissions_read(struct call *call, const struct security_group *group,
                     const struct permissions *permissions, struct rule_list *rules);
/* The permissions that a group's rules of one direction make up. */
void permissions_fill(struct call *call, const struct security_group *group, bool is_egress,
                      struct permissions *permissions);

/* "tcp", "icmpv6", "-1". */
const char *permission_protocol(struct call *call, int16_t protocol);
/* "10.0.0.0/8", NULL when the rule's source is no IPv4 range. */
const char *permission_cidr(struct call *call, const struct firewall_rule *rule);

/* ---- one rule, as answers show it ---- */

struct peer_view {
    const char *group;
    const char *user;
    const char *vpc;
};

struct group_rule_view {
    const char *id;
    const char *group;
    const char *owner;
    bool is_egress;
    const char *protocol;
    int32_t from;
    int32_t to;
    const char *cidr;
    const char *cidr6;
    struct peer_view *peer;
    const char *description;
    struct tag_views tags;
    const char *arn;
};

extern const struct shape group_rule_shape;

struct group_rule_view group_rule_see(struct call *call, const struct security_group *group,
                                      const struct firewall_rule *rule);

/* The group by id, else by name in the default VPC; NULL after a fault. */
struct security_group *group_find(struct call *call, const char *id, const char *name);

/* --protocol --port --cidr --source-group --group-owner */
extern const struct cli_extra permission_options;

#endif
