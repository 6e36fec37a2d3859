/*
 * api/elbv2.c - the service elbv2: its operations and waiters.
 */
#include "api/elbv2.h"

#include "api/elbv2_parts.h"

static const struct field tag_fields[] = {
    F_STRING(struct tag_view, key, "Key", "The name of the tag, up to 128 characters.",
             .flags = FIELD_REQUIRED, .min = 1),
    F_STRING(struct tag_view, value, "Value", "What it says, up to 256 characters; may be empty."),
};

const struct shape elbv2_tag_shape = SHAPE("Tag", struct tag_view, tag_fields);

static const struct op *const elbv2_ops[] = {
    &op_elbv2_add_tags,
    &op_create_listener,
    &op_create_load_balancer,
    &op_create_rule,
    &op_create_target_group,
    &op_delete_listener,
    &op_delete_load_balancer,
    &op_delete_rule,
    &op_delete_target_group,
    &op_deregister_targets,
    &op_describe_account_limits,
    &op_describe_listener_attributes,
    &op_describe_listeners,
    &op_describe_balancer_attributes,
    &op_describe_load_balancers,
    &op_describe_rules,
    &op_elbv2_describe_tags,
    &op_describe_target_group_attributes,
    &op_describe_target_groups,
    &op_describe_target_health,
    &op_modify_listener,
    &op_modify_listener_attributes,
    &op_modify_balancer_attributes,
    &op_modify_rule,
    &op_modify_target_group,
    &op_modify_target_group_attributes,
    &op_register_targets,
    &op_elbv2_remove_tags,
    &op_set_rule_priorities,
    &op_set_security_groups,
    &op_set_subnets,
    NULL,
};

static const struct acceptor balancer_exists[] = {
    {.state = "success", .match = MATCH_STATUS, .expected = "200"},
    {.state = "retry", .match = MATCH_ERROR, .expected = "LoadBalancerNotFound"},
    {.state = NULL},
};

static const struct acceptor balancer_available[] = {
    {.state = "success",
     .match = MATCH_PATH_ALL,
     .argument = "LoadBalancers[].State.Code",
     .expected = "active"},
    {.state = "retry",
     .match = MATCH_PATH_ANY,
     .argument = "LoadBalancers[].State.Code",
     .expected = "provisioning"},
    {.state = "retry", .match = MATCH_ERROR, .expected = "LoadBalancerNotFound"},
    {.state = NULL},
};

static const struct acceptor balancers_deleted[] = {
    {.state = "retry",
     .match = MATCH_PATH_ALL,
     .argument = "LoadBalancers[].State.Code",
     .expected = "active"},
    {.state = "success", .match = MATCH_ERROR, .expected = "LoadBalancerNotFound"},
    {.state = NULL},
};

static const struct acceptor target_in_service[] = {
    {
        .state = "success",
        .match = MATCH_PATH_ALL,
        .argument = "TargetHealthDescriptions[].TargetHealth.State",
        .expected = "healthy",
    },
    {.state = "retry", .match = MATCH_ERROR, .expected = "InvalidInstance"},
    {.state = NULL},
};

static const struct acceptor target_deregistered[] = {
    {.state = "success", .match = MATCH_ERROR, .expected = "InvalidTarget"},
    {
        .state = "success",
        .match = MATCH_PATH_ALL,
        .argument = "TargetHealthDescriptions[].TargetHealth.State",
        .expected = "unused",
    },
    {.state = NULL},
};

enum { ELBV2_DELAY_S = 15, ELBV2_ATTEMPTS = 40 };

static const struct waiter elbv2_waiters[] = {
    {"LoadBalancerAvailable", "DescribeLoadBalancers", ELBV2_DELAY_S, ELBV2_ATTEMPTS,
     balancer_available},
    {"LoadBalancerExists", "DescribeLoadBalancers", ELBV2_DELAY_S, ELBV2_ATTEMPTS, balancer_exists},
    {"LoadBalancersDeleted", "DescribeLoadBalancers", ELBV2_DELAY_S, ELBV2_ATTEMPTS,
     balancers_deleted},
    {"TargetDeregistered", "DescribeTargetHealth", ELBV2_DELAY_S, ELBV2_ATTEMPTS,
     target_deregistered},
    {"TargetInService", "DescribeTargetHealth", ELBV2_DELAY_S, ELBV2_ATTEMPTS, target_in_service},
    {.name = NULL},
};

const struct service service_elbv2 = {
    .name = "elbv2",
    .doc = "Elastic Load Balancing: Application Load Balancers, listeners, target groups and their "
           "health.",
    .style = STYLE_QUERY,
    .ops = elbv2_ops,
    .waiters = elbv2_waiters,
};
