/*
 * api/cloudwatch_metric.c - cloudwatch: which metrics there are, and numbers of one's own.
 *
 * True to the CloudWatch API reference, ListMetrics and PutMetricData.  Numbers are kept in
 *         millionths: finer ones, and those above 9.2 million millions, are refused.
 */
#include "api/cloudwatch_parts.h"

#include "base/str.h"
#include "api/cloudwatch_metric_options.h"

static const struct fault_kind number_not_modelled = {
    .code = "NotModelled",
    .text = "The number {} of {} is possible at AWS, but not modelled here: numbers are kept in "
            "millionths, up to 9.2 million millions",
    .hint = "Give it in a larger or a smaller unit: Kilobytes for Bytes, Milliseconds for Seconds.",
};
static const struct fault_kind too_many_metrics = {
    .code = "NotModelled",
    .text = "More than 20000 metrics are possible at AWS, but not modelled here",
    .hint = "Give fewer values of dimensions: each makes a metric of its own.",
};

/* ---- list-metrics ---- */

struct dimension_filter {
    const char *name;
    const char *value;
};

struct list_in {
    const char *space;
    const char *name;
    LIST(struct dimension_filter) dimensions;
    const char *recently;
    const char *token;
};

struct metric_view {
    const char *space;
    const char *name;
    struct dimension_views dimensions;
};

struct list_out {
    LIST(struct metric_view) metrics;
};

static const char *const recently_words[] = {"PT3H", NULL};

static const struct field filter_fields[] = {
    F_STRING(struct dimension_filter, name, "Name", "A dimension that it has.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct dimension_filter, value, "Value", "Its value; any when it is left out."),
};
static const struct shape dimension_filter_shape =
    SHAPE("DimensionFilter", struct dimension_filter, filter_fields);

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, space, "Namespace", "Only metrics of this namespace: AWS/EC2."),
    F_STRING(struct list_in, name, "MetricName", "Only metrics of this name."),
    F_LIST(struct list_in, dimensions, struct dimension_filter, &dimension_filter_shape,
           "Dimensions", "Only metrics that have all of these dimensions.", .max = 10),
    F_STRING(struct list_in, recently, "RecentlyActive",
             "PT3H: only metrics that had data in the last three hours.", .words = recently_words),
    F_STRING(struct list_in, token, "NextToken", "Where to go on; one answer gives all here."),
};
static const struct shape list_in_shape = SHAPE("ListMetricsInput", struct list_in, list_in_fields);

static const struct field metric_fields[] = {
    F_STRING(struct metric_view, space, "Namespace", "Whose kind of metric it is.",
             .flags = FIELD_COLUMN),
    F_STRING(struct metric_view, name, "MetricName", "What is measured.", .flags = FIELD_COLUMN),
    F_LIST(struct metric_view, dimensions, struct dimension_view, &dimension_view_shape,
           "Dimensions", "Of what.", .flags = FIELD_COLUMN),
};
static const struct shape metric_view_shape = SHAPE("Metric", struct metric_view, metric_fields);

static const struct field list_out_fields[] = {
    F_LIST(struct list_out, metrics, struct metric_view, &metric_view_shape, "Metrics",
           "The metrics."),
};
static const struct shape list_out_shape =
    SHAPE("ListMetricsOutput", struct list_out, list_out_fields);

static bool passes(const struct list_in *wish, const struct metric *metric)
{
    if ((wish->space != NULL && !str_equal(wish->space, metric->space)) ||
        (wish->name != NULL && !str_equal(wish->name, metric->name)))
        return false;
    for (uint32_t i = 0; i < wish->dimensions.count; i++) {
        const struct dimension_filter *filter = &wish->dimensions.items[i];
        bool found = false;

        for (uint32_t k = 0; k < metric->dimensions.count && !found; k++)
            found = str_equal(metric->dimensions.items[k].name, filter->name) &&
                    (filter->value == NULL ||
                     str_equal(metric->dimensions.items[k].value, filter->value));
        if (!found)
            return false;
    }
    return true;
}

/* The same metric in another unit has been listed. */
static bool is_listed(const struct list_out *answer, const struct metric *metric)
{
    for (uint32_t i = 0; i < answer->metrics.count; i++) {
        const struct metric_view *view = &answer->metrics.items[i];
        bool same = str_equal(view->space, metric->space) &&
                    str_equal(view->name, metric->name) &&
                    view->dimensions.count == metric->dimensions.count;

        for (uint32_t k = 0; k < metric->dimensions.count && same; k++)
            same = str_equal(view->dimensions.items[k].name, metric->dimensions.items[k].name) &&
                   str_equal(view->dimensions.items[k].value, metric->dimensions.items[k].value);
        if (same)
            return true;
    }
    return false;
}

static int list_metrics(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *metrics = &call->world->metrics.table;
    int64_t age = wish->recently != NULL ? 3 * HOUR_NS : METRIC_LISTED_NS;
    struct list_out *answer = out;

    for (uint32_t i = 0; i < table_count(metrics); i++) {
        const struct metric *metric = table_at(metrics, i);
        struct metric_view *view;

        if (metric->account != call->account || metric->region != call->region ||
            metric_newest(metric) < call->world->sim.now - age || !passes(wish, metric) ||
            is_listed(answer, metric))
            continue;
        view = LIST_PUSH_IN(&call->arena, &answer->metrics);
        view->space = metric->space;
        view->name = metric->name;
        cloudwatch_view_dimensions(call, metric->dimensions.items, metric->dimensions.count,
                                   &view->dimensions);
    }
    return 0;
}

static const struct paging list_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .result = "Metrics,OwningAccounts",
};

const struct op op_list_metrics = {
    .name = "ListMetrics",
    .doc = "Lists the metrics that had data in the last two weeks.",
    .example = "aws cloudwatch list-metrics --namespace AWS/EC2",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .paging = &list_paging,
    .run = list_metrics,
};

/* ---- put-metric-data ---- */

struct statistic_set {
    struct opt_real count;
    struct opt_real sum;
    struct opt_real min;
    struct opt_real max;
};

struct datum {
    const char *name;
    struct dimension_views dimensions;
    int64_t time;
    struct opt_real value;
    struct statistic_set *set;
    LIST(double) values;
    LIST(double) counts;
    const char *unit;
    struct opt_int resolution;
};

struct put_in {
    const char *space;
    LIST(struct datum) data;
};

static const struct field set_fields[] = {
    F_REAL(struct statistic_set, count, "SampleCount", "How many values.", .flags = FIELD_REQUIRED),
    F_REAL(struct statistic_set, sum, "Sum", "Their sum.", .flags = FIELD_REQUIRED),
    F_REAL(struct statistic_set, min, "Minimum", "The least.", .flags = FIELD_REQUIRED),
    F_REAL(struct statistic_set, max, "Maximum", "The greatest.", .flags = FIELD_REQUIRED),
};
static const struct shape statistic_set_shape =
    SHAPE("StatisticSet", struct statistic_set, set_fields);

static const struct field datum_fields[] = {
    F_STRING(struct datum, name, "MetricName", "What is measured.", .flags = FIELD_REQUIRED),
    F_DIMENSIONS(struct datum, dimensions, "Of what: Name=NAME,Value=VALUE."),
    F_TIME(struct datum, time, "Timestamp", "When it was so; else now."),
    F_REAL(struct datum, value, "Value", "The number."),
    F_STRUCT(struct datum, set, struct statistic_set, &statistic_set_shape, "StatisticValues",
             "Several values in four numbers."),
    F_REALS(struct datum, values, "Values", "Several values.", .max = 150),
    F_REALS(struct datum, counts, "Counts", "How often each of them occurred; once unless told.",
            .max = 150),
    F_STRING(struct datum, unit, "Unit", "In which unit; None unless told.",
             .words = metric_unit_words),
    F_OPT_INT(struct datum, resolution, "StorageResolution",
              "How finely it is kept, in seconds: 1 or 60.", .min = 1),
};
static const struct shape datum_shape = SHAPE("MetricDatum", struct datum, datum_fields);

static const struct field put_in_fields[] = {
    F_STRING(struct put_in, space, "Namespace", "A name for all your metrics of one kind.",
             .flags = FIELD_REQUIRED),
    F_LIST(struct put_in, data, struct datum, &datum_shape, "MetricData", "The numbers.",
           .max = 1000),
};
static const struct shape put_in_shape = SHAPE("PutMetricDataInput", struct put_in, put_in_fields);

static int refuse_datum(struct call *call, const struct fault_kind *kind, const char *text)
{
    return call_fault(call, kind, text);
}

/* Which ways of giving numbers exclude each other. */
static int check_ways(struct call *call, const struct datum *datum, const char *where)
{
    static const char *const words[] = {"Value", "Values", "StatisticValues"};
    bool given[] = {datum->value.set, datum->values.count > 0, datum->set != NULL};
    int first = -1;

    for (int i = 0; i < 3; i++) {
        if (given[i] && first >= 0)
            return refuse_datum(call, &fault_cloudwatch_combination,
                                arena_printf(&call->arena,
                                             "The parameters %s.%s and %s.%s are mutually "
                                             "exclusive and you have specified both.",
                                             where, words[first], where, words[i]));
        if (given[i])
            first = i;
    }
    if (first < 0)
        return refuse_datum(
            call, &fault_cloudwatch_missing,
            arena_printf(&call->arena,
                         "At least one of the parameters %s.Value, %s.Values or "
                         "%s.StatisticValues must be specified.",
                         where, where, where));
    if (datum->counts.count > 0 && datum->counts.count != datum->values.count)
        return refuse_datum(call, &fault_cloudwatch_value,
                            arena_printf(&call->arena,
                                         "The parameters %s.Values and %s.Counts must be of the "
                                         "same size.",
                                         where, where));
    return 0;
}

static int check_time(struct call *call, const struct datum *datum, const char *where)
{
    int64_t now = call->world->sim.now;

    if (datum->resolution.set && datum->resolution.value != 1 && datum->resolution.value != 60)
        return refuse_datum(call, &fault_cloudwatch_value,
                            arena_printf(&call->arena,
                                         "The parameter %s.StorageResolution must be 1 or 60.",
                                         where));
    if (datum->time == 0)
        return 0;
    if (datum->time < now - METRIC_LISTED_NS)
        return refuse_datum(call, &fault_cloudwatch_value,
                            arena_printf(&call->arena,
                                         "The parameter %s.Timestamp must specify a time within "
                                         "the past two weeks.",
                                         where));
    if (datum->time > now + 2 * HOUR_NS)
        return refuse_datum(call, &fault_cloudwatch_value,
                            arena_printf(&call->arena,
                                         "The parameter %s.Timestamp must specify a time no more "
                                         "than two hours in the future.",
                                         where));
    return 0;
}

/* Numbers as they are kept. */
struct amounts {
    struct metric_set set;
    struct histogram spread;
};

static int fix(struct call *call, double real, const char *what, int64_t *fixed)
{
    if (cloudwatch_fixed(real, fixed))
        return 0;
    return call_fault(call, &number_not_modelled, arena_printf(&call->arena, "%.17g", real), what);
}

static int fix_count(struct call *call, double real, const char *what, int64_t *count)
{
    if (real >= 1 && real < 1e15 && real == (double)(int64_t)real) {
        *count = (int64_t)real;
        return 0;
    }
    return call_fault(call, &number_not_modelled, arena_printf(&call->arena, "%.17g", real), what);
}

static int add_value(struct call *call, struct amounts *amounts, double real, double times)
{
    int64_t value = 0;
    int64_t count = 0;

    if (fix(call, real, "Value", &value) != 0 || fix_count(call, times, "Counts", &count) != 0)
        return -1;
    if (amounts->set.count == 0 || value < amounts->set.min)
        amounts->set.min = value;
    if (amounts->set.count == 0 || value > amounts->set.max)
        amounts->set.max = value;
    amounts->set.count += count;
    if (__builtin_mul_overflow(value, count, &value) ||
        __builtin_add_overflow(amounts->set.sum, value, &amounts->set.sum))
        return call_fault(call, &number_not_modelled, "the sum", "Values");
    return 0;
}

static int amounts_of_set(struct call *call, const struct statistic_set *set, const char *where,
                          struct amounts *amounts)
{
    if (set->max.value < set->min.value)
        return refuse_datum(call, &fault_cloudwatch_value,
                            arena_printf(&call->arena,
                                         "The parameter %s.StatisticValues.Maximum must be "
                                         "greater than %s.StatisticValues.Minimum.",
                                         where, where));
    return fix_count(call, set->count.value, "SampleCount", &amounts->set.count) != 0 ||
                   fix(call, set->sum.value, "Sum", &amounts->set.sum) != 0 ||
                   fix(call, set->min.value, "Minimum", &amounts->set.min) != 0 ||
                   fix(call, set->max.value, "Maximum", &amounts->set.max) != 0
               ? -1 : 0;
}

static int amounts_of(struct call *call, const struct datum *datum, const char *where,
                      struct amounts *amounts)
{
    *amounts = (struct amounts){0};
    if (datum->set != NULL)
        return amounts_of_set(call, datum->set, where, amounts);
    if (datum->value.set)
        return add_value(call, amounts, datum->value.value, 1);
    for (uint32_t i = 0; i < datum->values.count; i++) {
        if (add_value(call, amounts, datum->values.items[i],
                      datum->counts.count > 0 ? datum->counts.items[i] : 1) != 0)
            return -1;
    }
    return 0;
}

/* Each value into its step, when several are given one by one. */
static void spread_fill(const struct datum *datum, struct amounts *amounts)
{
    for (uint32_t i = 0; i < datum->values.count && amounts->set.min >= 0; i++) {
        double times = datum->counts.count > 0 ? datum->counts.items[i] : 1;
        int64_t value = 0;
        uint32_t step;

        cloudwatch_fixed(datum->values.items[i], &value);
        step = histogram_step(value);
        while (amounts->spread.steps.count <= step)
            *LIST_PUSH(&amounts->spread.steps) = 0;
        amounts->spread.steps.items[step] += (int64_t)times;
    }
}

static int check_datum(struct call *call, const struct datum *datum, uint32_t position)
{
    const char *where = arena_printf(&call->arena, "MetricData.member.%u", position + 1);
    struct amounts amounts;

    return check_ways(call, datum, where) != 0 || check_time(call, datum, where) != 0 ||
                   amounts_of(call, datum, where, &amounts) != 0
               ? -1 : 0;
}

static void put_datum(struct call *call, const char *space, const struct datum *datum)
{
    struct metric_name name =
        cloudwatch_metric_name(call, space, datum->name, &datum->dimensions);
    struct metric *metric =
        metric_open(&call->world->metrics, &name,
                    datum->unit == NULL ? UNIT_NONE : metric_unit_find(datum->unit),
                    CLOUDWATCH_SCALE);
    struct amounts amounts;

    amounts_of(call, datum, "", &amounts);
    spread_fill(datum, &amounts);
    if (metric != NULL)
        metric_add(metric, &(struct metric_sample){
                               .time = datum->time != 0 ? datum->time : call->world->sim.now,
                               .span_s = datum->resolution.set && datum->resolution.value == 1
                                             ? 1 : 60,
                               .set = amounts.set,
                               .spread = datum->values.count > 0 ? &amounts.spread : NULL,
                           });
    histogram_release(&amounts.spread);
}

static int put_metric_data(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;

    (void)out;
    if (str_starts(wish->space, "AWS/"))
        return call_fault(call, &fault_cloudwatch_value,
                          "The value AWS/ for parameter Namespace is invalid.");
    if (wish->data.count == 0)
        return call_fault(call, &fault_cloudwatch_missing,
                          "The parameter MetricData is required.");
    for (uint32_t i = 0; i < wish->data.count; i++) {
        if (check_datum(call, &wish->data.items[i], i) != 0)
            return -1;
    }
    if (table_count(&call->world->metrics.table) + wish->data.count > METRIC_SERIES_MAX)
        return call_fault(call, &too_many_metrics);
    for (uint32_t i = 0; i < wish->data.count; i++)
        put_datum(call, wish->space, &wish->data.items[i]);
    return 0;
}

static const struct fault_kind *const put_faults[] = {
    &fault_cloudwatch_value, &fault_cloudwatch_combination, &fault_cloudwatch_missing,
    &number_not_modelled,    &too_many_metrics,             NULL,
};

const struct op op_put_metric_data = {
    .name = "PutMetricData",
    .doc = "Gives CloudWatch numbers of your own.",
    .example = "aws cloudwatch put-metric-data --namespace Shop --metric-name Orders --value 7",
    .in = &put_in_shape,
    .out = &shape_empty,
    .faults = put_faults,
    .flags = OP_WRITE,
    .extra = &metric_options,
    .run = put_metric_data,
};
