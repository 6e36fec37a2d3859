/*
 * api/cloudwatch_parts.h - what the rooms of the service cloudwatch share, and their operations.
 */
#ifndef API_CLOUDWATCH_PARTS_H
#define API_CLOUDWATCH_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/metric.h"
#include "cloud/world.h"

/* cloudwatch_data.c */
extern const struct op op_get_metric_data;
/* cloudwatch_metric.c */
extern const struct op op_list_metrics, op_put_metric_data;
/* cloudwatch_statistics.c */
extern const struct op op_get_metric_statistics;

/* cloudwatch_alarm.c */
extern const struct op op_put_metric_alarm, op_set_alarm_state, op_delete_alarms;
/* cloudwatch_alarm_view.c */
extern const struct op op_describe_alarms, op_describe_alarm_history;

/* A line that puts the alarm "busy": for examples. */
#define CLOUDWATCH_NEEDS_ALARM \
    "aws cloudwatch put-metric-alarm --alarm-name busy --namespace AWS/EC2 --metric-name " \
    "CPUUtilization --statistic Average --period 60 --evaluation-periods 2 --threshold 70 " \
    "--comparison-operator GreaterThanThreshold"

/* Of ScanBy: the newest first, or last. */
extern const char *const cloudwatch_order_words[];

/* ---- dimensions, as all operations take and show them ---- */

struct dimension_view {
    const char *name;
    const char *value;
};

struct dimension_views {
    struct dimension_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape dimension_view_shape;

#define F_DIMENSIONS(T, m, SENTENCE) \
    F_LIST(T, m, struct dimension_view, &dimension_view_shape, "Dimensions", SENTENCE, \
           .max = METRIC_DIMENSIONS_MAX)

/* Of a metric of the account that asks, in its Region. */
struct metric_name cloudwatch_metric_name(struct call *call, const char *space, const char *name,
                                          const struct dimension_views *dimensions);
void cloudwatch_view_dimensions(struct call *call, const struct metric_dimension *dimensions,
                                uint32_t count, struct dimension_views *views);
/* Do both name the same dimensions? */
bool cloudwatch_same_dimensions(const struct metric *metric, const struct metric_name *name);

/* AWS tells milliseconds. */
int64_t cloudwatch_time(int64_t time);

/* Numbers of users are kept in millionths. */
#define CLOUDWATCH_SCALE INT64_C(1000000)
/* False when the number is too large for them, or has finer parts. */
bool cloudwatch_fixed(double real, int64_t *fixed);

/* The start of a question, rounded down to the points that there are so long after. */
int64_t cloudwatch_window_start(const struct call *call, int64_t start, int64_t period_s);

extern const struct fault_kind fault_cloudwatch_value, fault_cloudwatch_combination,
    fault_cloudwatch_missing;

#endif
