/*
 * api/elbv2_parts.h - what the rooms of the service elbv2 share, and their operations.
 */
#ifndef API_ELBV2_PARTS_H
#define API_ELBV2_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/world.h"

/* elbv2_balancer.c */
extern const struct op op_create_load_balancer, op_describe_load_balancers, op_delete_load_balancer;
/* elbv2_target_group.c */
extern const struct op op_create_target_group, op_describe_target_groups, op_delete_target_group,
    op_modify_target_group;
/* elbv2_target.c */
extern const struct op op_register_targets, op_deregister_targets, op_describe_target_health;
/* elbv2_listener.c */
extern const struct op op_create_listener, op_modify_listener, op_describe_listeners,
    op_delete_listener;
/* elbv2_rule.c */
extern const struct op op_create_rule, op_describe_rules, op_modify_rule, op_delete_rule,
    op_set_rule_priorities;
/* elbv2_tags.c */
extern const struct op op_elbv2_add_tags, op_elbv2_remove_tags, op_elbv2_describe_tags;
/* elbv2_balancer_change.c */
extern const struct op op_set_subnets, op_set_security_groups, op_describe_account_limits;
/* elbv2_attribute.c */
extern const struct op op_describe_balancer_attributes, op_modify_balancer_attributes,
    op_describe_listener_attributes, op_modify_listener_attributes,
    op_describe_target_group_attributes, op_modify_target_group_attributes;

/* The ids of what is named, in the call's arena; NULL after a fault (fault_no_subnet,
 * fault_no_group). */
uint64_t *elbv2_find_subnets(struct call *call, const struct strings *texts);
uint64_t *elbv2_find_groups(struct call *call, const struct strings *texts);
extern const struct fault_kind fault_no_subnet, fault_no_group;

/* May these tags be set on what has those (NULL: nothing)?  0, or -1 after a fault. */
int elbv2_tags_check(struct call *call, const struct tags *have, const struct tag_views *more);
extern const struct fault_kind fault_tag_keys_twice, fault_too_many_tags;

/* A zone of a balancer, and its addresses there. */
struct address_view {
    const char *address;
};

struct zone_view {
    const char *zone;
    const char *subnet;
    LIST(struct address_view) addresses;
};

struct zone_views {
    struct zone_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape elbv2_zone_shape;
void elbv2_view_zones(struct call *call, const struct balancer *balancer, struct zone_views *out);

/* The paging of every describe operation of elbv2: only the name of the list differs. */
#define ELBV2_PAGING(LIST_NAME) \
    { \
        .in_token = "Marker", .out_token = "NextMarker", .limit = "PageSize", \
        .result = (LIST_NAME), \
    }
#define F_MARKER(T, m) \
    F_STRING(T, m, "Marker", "Where to go on: the NextMarker of the answer before.")
#define F_PAGE_SIZE(T, m) \
    F_OPT_INT(T, m, "PageSize", \
              "The most items that one answer gives; the rest follows with NextMarker.", \
              .min = 1, .max = 400)
#define F_NEXT_MARKER(T, m) \
    F_STRING(T, m, "NextMarker", "Give it as Marker to go on; absent when nothing is left.")

/* As ec2's, but a tag without a key is refused before it is sent. */
extern const struct shape elbv2_tag_shape;
#define F_ELBV2_TAGS(T, m) \
    F_LIST(T, m, struct tag_view, &elbv2_tag_shape, "Tags", "The tags that hang on it.", \
           .min = 1)

/* Makes a balancer whose ARN is in $LB, or a target group in $TG: lines for examples. */
#define NEEDS_TARGET_GROUP \
    "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text) ; TG=$(aws elbv2 " \
    "create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC --query " \
    "'TargetGroups[0].TargetGroupArn' --output text)"
#define NEEDS_BALANCER \
    "LB=$(aws elbv2 create-load-balancer --name web --subnets $(aws ec2 describe-subnets --query " \
    "'Subnets[].SubnetId' --output text) --query 'LoadBalancers[0].LoadBalancerArn' --output text)"
/* And a listener in $L. */
#define NEEDS_LISTENER \
    NEEDS_BALANCER \
    " ; " NEEDS_TARGET_GROUP \
    " ; L=$(aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 " \
    "--default-actions Type=forward,TargetGroupArn=$TG --query " \
    "'Listeners[0].ListenerArn' --output text)"

#endif
