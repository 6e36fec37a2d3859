/*
 * api/autoscaling.c - the service autoscaling: its operations.
 *
 * What AWS has and is not in this list is checked by assets/catalog/shapes/autoscaling.txt, then
 * refused by name.
 */
#include "api/autoscaling.h"

#include "api/autoscaling_parts.h"

static const struct op *const autoscaling_ops[] = {
    &op_attach_instances,
    &op_attach_load_balancer_target_groups,
    &op_complete_lifecycle_action,
    &op_create_auto_scaling_group,
    &op_autoscaling_create_or_update_tags,
    &op_delete_auto_scaling_group,
    &op_delete_lifecycle_hook,
    &op_autoscaling_delete_policy,
    &op_autoscaling_delete_tags,
    &op_autoscaling_describe_account_limits,
    &op_describe_adjustment_types,
    &op_describe_auto_scaling_groups,
    &op_describe_auto_scaling_instances,
    &op_describe_lifecycle_hooks,
    &op_describe_load_balancer_target_groups,
    &op_describe_metric_collection_types,
    &op_describe_policies,
    &op_describe_scaling_activities,
    &op_describe_scaling_process_types,
    &op_describe_scheduled_actions,
    &op_autoscaling_describe_tags,
    &op_describe_termination_policy_types,
    &op_detach_instances,
    &op_detach_load_balancer_target_groups,
    &op_disable_metrics_collection,
    &op_enable_metrics_collection,
    &op_enter_standby,
    &op_execute_policy,
    &op_exit_standby,
    &op_put_lifecycle_hook,
    &op_put_scaling_policy,
    &op_put_scheduled_update_group_action,
    &op_resume_processes,
    &op_set_desired_capacity,
    &op_set_instance_health,
    &op_set_instance_protection,
    &op_suspend_processes,
    &op_terminate_instance_in_auto_scaling_group,
    &op_update_auto_scaling_group,
    NULL,
};

const struct service service_autoscaling = {
    .name = "autoscaling",
    .doc = "Auto Scaling: groups of instances that grow, shrink and mend themselves.",
    .style = STYLE_QUERY,
    .ops = autoscaling_ops,
};
