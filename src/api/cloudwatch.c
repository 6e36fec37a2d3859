/*
 * api/cloudwatch.c - the service cloudwatch: its operations and waiters.
 */
#include "api/cloudwatch.h"

#include "api/cloudwatch_parts.h"

static const struct op *const cloudwatch_ops[] = {
    &op_delete_alarms,
    &op_describe_alarm_history,
    &op_describe_alarms,
    &op_get_metric_data,
    &op_get_metric_statistics,
    &op_list_metrics,
    &op_put_metric_alarm,
    &op_put_metric_data,
    &op_set_alarm_state,
    NULL,
};

/* ---- waiters ---- */

static const struct acceptor alarm_exists[] = {
    {"success", MATCH_PATH, "length(MetricAlarms[]) > `0`", "true"},
    {0},
};

static const struct acceptor composite_alarm_exists[] = {
    {"success", MATCH_PATH, "length(CompositeAlarms[]) > `0`", "true"},
    {0},
};

static const struct acceptor log_alarm_exists[] = {
    {"success", MATCH_PATH, "length(LogAlarms[]) > `0`", "true"},
    {0},
};

static const struct waiter cloudwatch_waiters[] = {
    {"AlarmExists", "DescribeAlarms", 5, 40, alarm_exists},
    {"CompositeAlarmExists", "DescribeAlarms", 5, 40, composite_alarm_exists},
    {"LogAlarmExists", "DescribeAlarms", 5, 40, log_alarm_exists},
    {0},
};

const struct service service_cloudwatch = {
    .name = "cloudwatch",
    .doc = "CloudWatch: metrics of what happens, and alarms on them.",
    .style = STYLE_QUERY,
    .ops = cloudwatch_ops,
    .waiters = cloudwatch_waiters,
};
