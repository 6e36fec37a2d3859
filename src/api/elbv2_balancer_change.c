/*
 * api/elbv2_balancer_change.c - elbv2: zones and security groups of balancers; an account's limits.
 */
#include "api/elbv2_parts.h"

#include "base/str.h"

static struct balancer *find_balancer(struct call *call, const char *arn)
{
    return balancer_find_arn(&call->world->balancers, call->account, call->region, arn,
                             &call->fault);
}

/* ---- subnets ---- */

struct subnets_in {
    const char *arn;
    struct strings subnets;
};

struct subnets_out {
    struct zone_views zones;
    const char *address_type;
};

static const struct field subnets_in_fields[] = {
    F_STRING(struct subnets_in, arn, "LoadBalancerArn", "The load balancer.",
             .flags = FIELD_REQUIRED, .ref = &kind_balancer),
    F_STRINGS(struct subnets_in, subnets, "Subnets",
              "Where its nodes are to be, instead of where they are.", .ref = &kind_subnet),
};
static const struct shape subnets_in_shape =
    SHAPE("SetSubnetsInput", struct subnets_in, subnets_in_fields);

static const struct field subnets_out_fields[] = {
    F_LIST(struct subnets_out, zones, struct zone_view, &elbv2_zone_shape, "AvailabilityZones",
           "Where its nodes are."),
    F_STRING(struct subnets_out, address_type, "IpAddressType",
             "The kind of address that it has."),
};
static const struct shape subnets_out_shape =
    SHAPE("SetSubnetsOutput", struct subnets_out, subnets_out_fields);

static const struct fault_kind *const subnets_faults[] = {
    &fault_balancer_not_found,
    &fault_no_subnet,
    &fault_elb_validation,
    NULL,
};

static int set_subnets(struct call *call, const void *in, void *out)
{
    const struct subnets_in *wish = in;
    struct balancer *balancer = find_balancer(call, wish->arn);
    const uint64_t *subnets = balancer == NULL ? NULL : elbv2_find_subnets(call, &wish->subnets);
    struct subnets_out *answer = out;

    if (subnets == NULL || balancer_set_subnets(&call->world->balancers, balancer, subnets,
                                                wish->subnets.count, &call->fault) != 0)
        return -1;
    elbv2_view_zones(call, balancer, &answer->zones);
    answer->address_type = "ipv4";
    return 0;
}

const struct op op_set_subnets = {
    .name = "SetSubnets",
    .doc = "Gives a load balancer other zones: targets in a zone without a node are not used.",
    .example = "aws elbv2 set-subnets --load-balancer-arn $LB --subnets $(aws ec2 describe-subnets "
               "--query 'Subnets[:2].SubnetId' --output text)",
    .needs = NEEDS_BALANCER,
    .in = &subnets_in_shape,
    .out = &subnets_out_shape,
    .faults = subnets_faults,
    .flags = OP_WRITE,
    .run = set_subnets,
};

/* ---- security groups ---- */

struct groups_in {
    const char *arn;
    struct strings groups;
};

struct groups_out {
    LIST(const char *) groups;
};

static const struct field groups_in_fields[] = {
    F_STRING(struct groups_in, arn, "LoadBalancerArn", "The load balancer.",
             .flags = FIELD_REQUIRED, .ref = &kind_balancer),
    F_STRINGS(struct groups_in, groups, "SecurityGroups",
              "What says who may reach it, instead of those it has.", .flags = FIELD_REQUIRED,
              .ref = &kind_security_group),
};
static const struct shape groups_in_shape =
    SHAPE("SetSecurityGroupsInput", struct groups_in, groups_in_fields);

static const struct field groups_out_fields[] = {
    F_STRINGS(struct groups_out, groups, "SecurityGroupIds", "Its security groups.",
              .ref = &kind_security_group),
};
static const struct shape groups_out_shape =
    SHAPE("SetSecurityGroupsOutput", struct groups_out, groups_out_fields);

static const struct fault_kind *const groups_faults[] = {
    &fault_balancer_not_found,
    &fault_no_group,
    &fault_elb_validation,
    NULL,
};

static int set_security_groups(struct call *call, const void *in, void *out)
{
    const struct groups_in *wish = in;
    struct balancer *balancer = find_balancer(call, wish->arn);
    const uint64_t *groups = balancer == NULL ? NULL : elbv2_find_groups(call, &wish->groups);
    struct groups_out *answer = out;

    if (groups == NULL || balancer_set_groups(&call->world->balancers, balancer, groups,
                                              wish->groups.count, &call->fault) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->groups.count; i++)
        *LIST_PUSH_IN(&call->arena, &answer->groups) = wish->groups.items[i];
    return 0;
}

const struct op op_set_security_groups = {
    .name = "SetSecurityGroups",
    .doc = "Gives a load balancer other security groups, at once.",
    .example = "aws elbv2 set-security-groups --load-balancer-arn $LB --security-groups $(aws ec2 "
               "describe-security-groups --query 'SecurityGroups[0].GroupId' --output text)",
    .needs = NEEDS_BALANCER,
    .in = &groups_in_shape,
    .out = &groups_out_shape,
    .faults = groups_faults,
    .flags = OP_WRITE,
    .run = set_security_groups,
};

/* ---- limits ---- */

struct limits_in {
    const char *marker;
    struct opt_int page_size;
};

struct limit_view {
    const char *name;
    const char *max;
};

struct limits_out {
    LIST(struct limit_view) limits;
    const char *next;
};

static const struct field limits_in_fields[] = {
    F_MARKER(struct limits_in, marker),
    F_PAGE_SIZE(struct limits_in, page_size),
};
static const struct shape limits_in_shape =
    SHAPE("DescribeAccountLimitsInput", struct limits_in, limits_in_fields);

static const struct field limit_fields[] = {
    F_STRING(struct limit_view, name, "Name", "What is counted.", .flags = FIELD_COLUMN),
    F_STRING(struct limit_view, max, "Max", "How many there may be.", .flags = FIELD_COLUMN),
};
static const struct shape limit_shape = SHAPE("Limit", struct limit_view, limit_fields);

static const struct field limits_out_fields[] = {
    F_LIST(struct limits_out, limits, struct limit_view, &limit_shape, "Limits", "The limits."),
    F_NEXT_MARKER(struct limits_out, next),
};
static const struct shape limits_out_shape =
    SHAPE("DescribeAccountLimitsOutput", struct limits_out, limits_out_fields);

static const struct paging limits_paging = ELBV2_PAGING("Limits");

/* AWS's names; a limit without a quota of ours is a constant of the model. */
static const struct {
    const char *name;
    int quota;
    int constant;
} limits[] = {
    {"application-load-balancers", QUOTA_BALANCERS, 0},
    {"listeners-per-application-load-balancer", QUOTA_LISTENERS_PER_BALANCER, 0},
    {"rules-per-application-load-balancer", QUOTA_RULES_PER_BALANCER, 0},
    {"network-load-balancers", QUOTA_NETWORK_BALANCERS, 0},
    {"listeners-per-network-load-balancer", QUOTA_LISTENERS_PER_BALANCER, 0},
    {"target-groups", QUOTA_TARGET_GROUPS, 0},
    {"target-groups-per-application-load-balancer", QUOTA_GROUPS_PER_BALANCER, 0},
    {"target-groups-per-action-on-application-load-balancer", 0, 5},
    {"condition-values-per-alb-rule", 0, 5},
    {"condition-wildcards-per-alb-rule", 0, 5},
    {"targets-per-application-load-balancer", QUOTA_TARGETS_PER_BALANCER, 0},
    {"targets-per-availability-zone-per-network-load-balancer", QUOTA_NETWORK_TARGETS_PER_ZONE, 0},
    {"targets-per-network-load-balancer", QUOTA_NETWORK_TARGETS, 0},
    {"targets-per-target-group", QUOTA_TARGETS_PER_GROUP, 0},
};

static int describe_account_limits(struct call *call, const void *in, void *out)
{
    const struct limits_in *wish = in;
    struct limits_out *answer = out;
    struct page page;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        int64_t max = limits[i].quota == 0
                          ? limits[i].constant
                          : account_quota(&call->world->accounts, call->account, limits[i].quota);

        *LIST_PUSH_IN(&call->arena, &answer->limits) = (struct limit_view){
            .name = limits[i].name,
            .max = arena_printf(&call->arena, "%lld", (long long)max),
        };
    }
    if (page_find(call, wish->page_size, wish->marker, answer->limits.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->limits, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_account_limits = {
    .name = "DescribeAccountLimits",
    .doc = "Shows how many load balancers, rules, groups and targets an account may have.",
    .example = "aws elbv2 describe-account-limits",
    .in = &limits_in_shape,
    .out = &limits_out_shape,
    .paging = &limits_paging,
    .run = describe_account_limits,
};
