/*
 * api/cloudwatch_statistics.c - cloudwatch: the numbers of one metric, period by period.
 *
 * True to the CloudWatch API reference, GetMetricStatistics: at most 1,440 points, periods counted
 *         from the start (rounded down to the minute), a point for each unit when none is named.
 */
#include "api/cloudwatch_parts.h"

#include "base/str.h"
#include "api/output.h"

enum { POINTS_MAX = 1440, PERIOD_MAX_S = 86400 };

struct statistics_in {
    const char *space;
    const char *name;
    struct dimension_views dimensions;
    int64_t start;
    int64_t end;
    struct opt_int period;
    LIST(const char *) statistics;
    LIST(const char *) percentiles;
    const char *unit;
};

struct datapoint_view {
    int64_t time;
    struct opt_real count;
    struct opt_real average;
    struct opt_real sum;
    struct opt_real min;
    struct opt_real max;
    const char *unit;
    LIST(struct pair) percentiles;
};

struct statistics_out {
    const char *label;
    LIST(struct datapoint_view) points;
};

static const char *const statistic_words[] = {"SampleCount", "Average", "Sum",
                                              "Minimum",     "Maximum", NULL};

static const struct field in_fields[] = {
    F_STRING(struct statistics_in, space, "Namespace", "Whose kind of metric: AWS/EC2.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct statistics_in, name, "MetricName", "What is measured: CPUUtilization.",
             .flags = FIELD_REQUIRED),
    F_DIMENSIONS(struct statistics_in, dimensions, "Of what, all of them: Name=NAME,Value=VALUE."),
    F_TIME(struct statistics_in, start, "StartTime", "From when on.", .flags = FIELD_REQUIRED),
    F_TIME(struct statistics_in, end, "EndTime", "Until when, itself not included.",
           .flags = FIELD_REQUIRED),
    F_OPT_INT(struct statistics_in, period, "Period", "Seconds of each point, a multiple of 60.",
              .flags = FIELD_REQUIRED, .min = 1),
    F_STRINGS(struct statistics_in, statistics, "Statistics",
              "SampleCount, Average, Sum, Minimum, Maximum.", .words = statistic_words, .max = 5),
    F_STRINGS(struct statistics_in, percentiles, "ExtendedStatistics",
              "Percentiles: p50, p99, p99.9.", .max = 10),
    F_STRING(struct statistics_in, unit, "Unit", "Only what was given in this unit.",
             .words = metric_unit_words),
};
static const struct shape in_shape =
    SHAPE("GetMetricStatisticsInput", struct statistics_in, in_fields);

static const struct field point_fields[] = {
    F_TIME(struct datapoint_view, time, "Timestamp", "When its period begins.",
           .flags = FIELD_COLUMN),
    F_REAL(struct datapoint_view, count, "SampleCount", "How many values."),
    F_REAL(struct datapoint_view, average, "Average", "Their mean."),
    F_REAL(struct datapoint_view, sum, "Sum", "Their sum."),
    F_REAL(struct datapoint_view, min, "Minimum", "The least."),
    F_REAL(struct datapoint_view, max, "Maximum", "The greatest."),
    F_STRING(struct datapoint_view, unit, "Unit", "Of all these.", .words = metric_unit_words),
    F_MAP(struct datapoint_view, percentiles, "ExtendedStatistics", "The percentiles.",
          .flags = FIELD_OMIT_EMPTY | FIELD_NUMBERS),
};
static const struct shape point_shape = SHAPE("Datapoint", struct datapoint_view, point_fields);

static const struct field out_fields[] = {
    F_STRING(struct statistics_out, label, "Label", "The name of the metric."),
    F_LIST(struct statistics_out, points, struct datapoint_view, &point_shape, "Datapoints",
           "The points; a period without data has none."),
};
static const struct shape out_shape =
    SHAPE("GetMetricStatisticsOutput", struct statistics_out, out_fields);

static const struct fault_kind percentile_unknown = {
    .code = "NotModelled",
    .text = "The value {} for parameter ExtendedStatistics is not a percentile; trimmed means and "
            "percentile ranks are possible at AWS, but not modelled here",
    .hint = "p50 is the median; p99 is what 99 of 100 values do not exceed.",
};

static int check_period(struct call *call, const struct statistics_in *wish)
{
    int64_t period = wish->period.value;
    int64_t points;

    if (period != 1 && period != 5 && period != 10 && period != 20 && period != 30 &&
        period % 60 != 0)
        return call_fault(call, &fault_cloudwatch_value,
                          "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
    if (wish->start >= wish->end)
        return call_fault(call, &fault_cloudwatch_value,
                          "The parameter StartTime must be less than the parameter EndTime.");
    points = (wish->end - wish->start + period * SECOND_NS - 1) / (period * SECOND_NS);
    if (points > POINTS_MAX)
        return call_fault(
            call, &fault_cloudwatch_combination,
            arena_printf(&call->arena,
                         "You have requested up to %lld datapoints, which exceeds the limit of "
                         "%d. You may reduce the datapoints requested by increasing Period, or "
                         "decreasing the time range.",
                         (long long)points, POINTS_MAX));
    return 0;
}

static int check_statistics(struct call *call, const struct statistics_in *wish)
{
    if (wish->statistics.count == 0 && wish->percentiles.count == 0)
        return call_fault(call, &fault_cloudwatch_combination,
                          "At least one of the parameters Statistics and ExtendedStatistics must "
                          "be specified.");
    for (uint32_t i = 0; i < wish->percentiles.count; i++) {
        struct metric_statistic statistic;

        if (!metric_statistic_read(wish->percentiles.items[i], &statistic) ||
            statistic.kind != STATISTIC_PERCENTILE)
            return call_fault(call, &percentile_unknown, wish->percentiles.items[i]);
    }
    return 0;
}

static void view_statistic(const struct metric *metric, const struct metric_total *total,
                           const char *word, struct datapoint_view *view)
{
    struct metric_statistic statistic;
    struct metric_amount amount;
    struct opt_real real;

    metric_statistic_read(word, &statistic);
    metric_amount(metric, total, statistic, &amount);
    real = OPT_REAL(metric_real(amount));
    switch (statistic.kind) {
    case STATISTIC_SAMPLE_COUNT:
        view->count = real;
        break;
    case STATISTIC_AVERAGE:
        view->average = real;
        break;
    case STATISTIC_SUM:
        view->sum = real;
        break;
    case STATISTIC_MINIMUM:
        view->min = real;
        break;
    default:
        view->max = real;
    }
}

static void view_percentile(struct call *call, const struct metric *metric,
                            const struct metric_total *total, const char *word,
                            struct datapoint_view *view)
{
    struct metric_statistic statistic;
    struct metric_amount amount;
    struct str text = STR_INIT;

    metric_statistic_read(word, &statistic);
    if (metric_amount(metric, total, statistic, &amount)) {
        output_add_real(&text, metric_real(amount));
        *LIST_PUSH_IN(&call->arena, &view->percentiles) =
            (struct pair){word, arena_strdup(&call->arena, str_text(&text))};
    }
    str_release(&text);
}

static void view_point(struct call *call, const struct statistics_in *wish,
                       const struct metric *metric, int64_t begin, struct statistics_out *answer)
{
    int64_t end = begin + wish->period.value * SECOND_NS;
    struct metric_total total;
    struct datapoint_view *view;

    if (metric_total(metric, begin, end < wish->end ? end : wish->end, &total)) {
        view = LIST_PUSH_IN(&call->arena, &answer->points);
        view->time = begin;
        view->unit = metric_unit_name(metric->unit);
        for (uint32_t i = 0; i < wish->statistics.count; i++)
            view_statistic(metric, &total, wish->statistics.items[i], view);
        for (uint32_t i = 0; i < wish->percentiles.count; i++)
            view_percentile(call, metric, &total, wish->percentiles.items[i], view);
        /* AWS gives no point where it cannot tell what was asked. */
        if (wish->statistics.count == 0 && view->percentiles.count == 0)
            answer->points.count--;
    }
    histogram_release(&total.spread);
}

static int get_metric_statistics(struct call *call, const void *in, void *out)
{
    const struct statistics_in *wish = in;
    struct metric_name name =
        cloudwatch_metric_name(call, wish->space, wish->name, &wish->dimensions);
    struct statistics_out *answer = out;
    int64_t start;

    if (check_statistics(call, wish) != 0 || check_period(call, wish) != 0)
        return -1;
    answer->label = wish->name;
    start = cloudwatch_window_start(call, wish->start, wish->period.value);
    for (uint8_t unit = 1; metric_unit_words[unit - 1] != NULL; unit++) {
        const struct metric *metric = metric_find(&call->world->metrics, &name, unit);

        if (metric == NULL || (wish->unit != NULL && metric_unit_find(wish->unit) != unit))
            continue;
        for (int64_t at = start; at < wish->end; at += wish->period.value * SECOND_NS)
            view_point(call, wish, metric, at, answer);
    }
    return 0;
}

static const struct fault_kind *const statistics_faults[] = {
    &fault_cloudwatch_value, &fault_cloudwatch_combination, &percentile_unknown, NULL};

const struct op op_get_metric_statistics = {
    .name = "GetMetricStatistics",
    .doc = "Shows the numbers of one metric, period by period.",
    .example = "aws cloudwatch get-metric-statistics --namespace Shop --metric-name Orders "
               "--statistics Sum --period 60 --start-time 2026-01-05T08:00:00Z --end-time "
               "2026-01-05T09:00:00Z",
    .needs = "aws cloudwatch put-metric-data --namespace Shop --metric-name Orders --value 7",
    .in = &in_shape,
    .out = &out_shape,
    .faults = statistics_faults,
    .run = get_metric_statistics,
};
