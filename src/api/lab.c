/*
 * api/lab.c - the service lab: what this console adds to AWS, under a name that is not AWS's.
 */
#include "api/lab.h"

#include "api/lab_parts.h"

static const struct op *const lab_ops[] = {
    &op_lab_advance,
    &op_lab_clear_fault,
    &op_lab_compare,
    &op_lab_compare_prices,
    &op_lab_create_account,
    &op_lab_describe_accounts,
    &op_lab_describe_bill,
    &op_lab_describe_bill_history,
    &op_lab_describe_clock,
    &op_lab_describe_command,
    &op_lab_describe_comparison,
    &op_lab_describe_consistency,
    &op_lab_describe_differences,
    &op_lab_describe_events,
    &op_lab_describe_faults,
    &op_lab_describe_fleet,
    &op_lab_describe_hosts,
    &op_lab_describe_instances,
    &op_lab_describe_mailbox,
    &op_lab_describe_message,
    &op_lab_describe_nodes,
    &op_lab_describe_performance,
    &op_lab_describe_queues,
    &op_lab_describe_quotas,
    &op_lab_describe_request,
    &op_lab_describe_servers,
    &op_lab_describe_storage,
    &op_lab_describe_targets,
    &op_lab_describe_traffic,
    &op_lab_describe_workloads,
    &op_lab_explain_message,
    &op_lab_explain_path,
    &op_lab_explain_request,
    &op_lab_forget_request,
    &op_lab_inject_fault,
    &op_lab_list_requests,
    &op_lab_read_volume,
    &op_lab_run_command,
    &op_lab_run_workload,
    &op_lab_scan_guest,
    &op_lab_send_request,
    &op_lab_set_consistency,
    &op_lab_set_load,
    &op_lab_set_placement_policy,
    &op_lab_set_quota,
    &op_lab_set_routing_method,
    &op_lab_start_traffic,
    &op_lab_stop_command,
    &op_lab_stop_traffic,
    &op_lab_stop_workload,
    &op_lab_write_volume,
    NULL,
};

const struct service service_lab = {
    .name = "lab",
    .doc = "What AWS hides or does not have: the clock, the hosts, the way of a request, faults on "
           "purpose.",
    .style = STYLE_LAB,
    .ops = lab_ops,
};
