/*
 * api/cloudwatch_data.c - cloudwatch: many metrics at once, and what can be computed from them.
 *
 * True to the CloudWatch API reference, GetMetricData: labels say only what differs, the newest
 *         points come first, of several units the first is given.  Left out: LabelOptions, and
 *         Metrics Insights queries.
 */
#include "api/cloudwatch_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "api/cloudwatch_math.h"

enum { POINTS_MAX = 100800, QUERIES_MAX = 500 };

struct metric_in {
    const char *space;
    const char *name;
    struct dimension_views dimensions;
};

struct stat_in {
    struct metric_in *metric;
    struct opt_int period;
    const char *stat;
    const char *unit;
};

struct query_in {
    const char *id;
    struct stat_in *stat;
    const char *expression;
    const char *label;
    struct opt_bool shown;
    struct opt_int period;
};

struct data_in {
    LIST(struct query_in) queries;
    int64_t start;
    int64_t end;
    const char *token;
    const char *order;
    struct opt_int most;
};

struct message_view {
    const char *code;
    const char *value;
};

struct result_view {
    const char *id;
    const char *label;
    LIST(int64_t) times;
    LIST(double) values;
    const char *status;
    LIST(struct message_view) messages;
};

struct data_out {
    LIST(struct result_view) results;
    const char *next;
    LIST(struct message_view) messages;
};

static const char *const status_words[] = {"Complete", "InternalError", "PartialData", "Forbidden",
                                           NULL};

static const struct field metric_fields[] = {
    F_STRING(struct metric_in, space, "Namespace", "Whose kind of metric: AWS/EC2."),
    F_STRING(struct metric_in, name, "MetricName", "What is measured."),
    F_DIMENSIONS(struct metric_in, dimensions, "Of what, all of them."),
};
static const struct shape metric_in_shape = SHAPE("Metric", struct metric_in, metric_fields);

static const struct field stat_fields[] = {
    F_STRUCT(struct stat_in, metric, struct metric_in, &metric_in_shape, "Metric", "The metric.",
             .flags = FIELD_REQUIRED),
    F_OPT_INT(struct stat_in, period, "Period", "Seconds of each point.", .flags = FIELD_REQUIRED,
              .min = 1),
    F_STRING(struct stat_in, stat, "Stat", "What of it: Average, Sum, p99.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct stat_in, unit, "Unit", "Only what was given in this unit.",
             .words = metric_unit_words),
};
static const struct shape stat_shape = SHAPE("MetricStat", struct stat_in, stat_fields);

static const struct field query_fields[] = {
    F_STRING(struct query_in, id, "Id", "A name for expressions: m1.", .flags = FIELD_REQUIRED),
    F_STRUCT(struct query_in, stat, struct stat_in, &stat_shape, "MetricStat", "A metric."),
    F_STRING(struct query_in, expression, "Expression", "What is computed from others: (m1+m2)/2."),
    F_STRING(struct query_in, label, "Label", "How it is called in the answer."),
    F_OPT_BOOL(struct query_in, shown, "ReturnData", "Whether the answer has it; yes."),
    F_OPT_INT(struct query_in, period, "Period", "Seconds of each point of an expression.",
              .min = 1),
};
static const struct shape query_shape = SHAPE("MetricDataQuery", struct query_in, query_fields);

static const struct field in_fields[] = {
    F_LIST(struct data_in, queries, struct query_in, &query_shape, "MetricDataQueries",
           "The metrics and expressions.", .flags = FIELD_REQUIRED),
    F_TIME(struct data_in, start, "StartTime", "From when on.", .flags = FIELD_REQUIRED),
    F_TIME(struct data_in, end, "EndTime", "Until when, itself not included.",
           .flags = FIELD_REQUIRED),
    F_NEXT_TOKEN(struct data_in, token),
    F_STRING(struct data_in, order, "ScanBy", "The newest first (so unless told), or last.",
             .words = cloudwatch_order_words),
    F_OPT_INT(struct data_in, most, "MaxDatapoints", "The most points that one answer gives."),
};
static const struct shape in_shape = SHAPE("GetMetricDataInput", struct data_in, in_fields);

static const struct field message_fields[] = {
    F_STRING(struct message_view, code, "Code", "What is to be known."),
    F_STRING(struct message_view, value, "Value", "The same in words."),
};
static const struct shape message_shape = SHAPE("MessageData", struct message_view, message_fields);

static const struct field result_fields[] = {
    F_STRING(struct result_view, id, "Id", "Of the query.", .flags = FIELD_COLUMN),
    F_STRING(struct result_view, label, "Label", "How it is called.", .flags = FIELD_COLUMN),
    F_TIMES(struct result_view, times, "Timestamps", "When each period begins."),
    F_REALS(struct result_view, values, "Values", "The number of each period."),
    F_STRING(struct result_view, status, "StatusCode", "Whether this is all.",
             .words = status_words, .flags = FIELD_COLUMN),
    F_LIST(struct result_view, messages, struct message_view, &message_shape, "Messages",
           "What is to be known of it.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape result_shape =
    SHAPE("MetricDataResult", struct result_view, result_fields);

static const struct field out_fields[] = {
    F_LIST(struct data_out, results, struct result_view, &result_shape, "MetricDataResults",
           "One for each query that is shown."),
    F_NEXT_TOKEN_OUT(struct data_out, next),
    F_LIST(struct data_out, messages, struct message_view, &message_shape, "Messages",
           "What is to be known of all."),
};
static const struct shape out_shape = SHAPE("GetMetricDataOutput", struct data_out, out_fields);

static const struct fault_kind data_invalid = {
    .code = "ValidationError",
    .text = "{}",
    .hint = "The message names what is wrong.",
};
static const struct fault_kind data_not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "Statistics are SampleCount, Average, Sum, Minimum, Maximum and percentiles as p99.",
};

/* ---- checks ---- */

static int refuse(struct call *call, const char *text)
{
    return call_fault(call, &data_invalid, text);
}

static bool id_is_sound(const char *id)
{
    if (*id < 'a' || *id > 'z')
        return false;
    while (isalnum((unsigned char)*id) || *id == '_')
        id++;
    return *id == '\0';
}

static int check_stat(struct call *call, const struct data_in *wish, const struct query_in *query)
{
    struct metric_statistic statistic;
    int64_t period = query->stat->period.value;

    if (query->stat->metric->name == NULL || query->stat->metric->space == NULL)
        return refuse(call, "A Metric needs a Namespace and a MetricName");
    if (!metric_statistic_read(query->stat->stat, &statistic))
        return call_fault(call, &data_not_modelled, query->stat->stat);
    if (period != 1 && period != 5 && period != 10 && period != 20 && period != 30 &&
        period % 60 != 0)
        return refuse(call, "Period must be 1, 5, 10, 20, 30 or a multiple of 60");
    if ((wish->end - wish->start) / (period * SECOND_NS) >
        POINTS_MAX / (int64_t)wish->queries.count)
        return refuse(call, "You have requested more than 100800 datapoints: increase Period, or "
                            "decrease the time range");
    return 0;
}

static int check_query(struct call *call, const struct data_in *wish, uint32_t at)
{
    const struct query_in *query = &wish->queries.items[at];

    if (!id_is_sound(query->id))
        return refuse(call,
                      arena_printf(&call->arena,
                                   "The value %s for parameter MetricDataQueries.member.%u.Id is "
                                   "not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.",
                                   query->id, at + 1));
    for (uint32_t i = 0; i < at; i++) {
        if (str_equal(wish->queries.items[i].id, query->id))
            return refuse(call, "The values for parameter id in MetricDataQueries are not unique.");
    }
    if ((query->stat == NULL) == (query->expression == NULL))
        return refuse(call, arena_printf(&call->arena,
                                         "Exactly one of MetricStat and Expression must be given "
                                         "in MetricDataQueries.member.%u",
                                         at + 1));
    if (query->stat != NULL)
        return check_stat(call, wish, query);
    if (str_starts(query->expression, "SELECT"))
        return call_fault(call, &data_not_modelled, "A Metrics Insights query");
    return 0;
}

static int check_all(struct call *call, const struct data_in *wish)
{
    if (wish->start >= wish->end)
        return refuse(call, "The parameter StartTime must be less than the parameter EndTime.");
    if (wish->queries.count > QUERIES_MAX)
        return refuse(call, "At most 500 MetricDataQueries can be given at once");
    for (uint32_t i = 0; i < wish->queries.count; i++) {
        if (check_query(call, wish, i) != 0)
            return -1;
    }
    return 0;
}

/* ---- metrics ---- */

/* The unit whose name follows, by the alphabet; 0 after the last. */
static uint8_t unit_after(uint8_t before)
{
    const char *last = before == 0 ? "" : metric_unit_name(before);
    uint8_t found = 0;

    for (uint8_t unit = 1; metric_unit_words[unit - 1] != NULL; unit++) {
        if (strcmp(metric_unit_name(unit), last) > 0 &&
            (found == 0 || strcmp(metric_unit_name(unit), metric_unit_name(found)) < 0))
            found = unit;
    }
    return found;
}

/* In the unit that was asked for, else the first of its units, all of which are named in `units`.
 */
static const struct metric *metric_of(struct call *call, const struct stat_in *stat,
                                      struct str *units, uint32_t *count)
{
    struct metric_name name = cloudwatch_metric_name(call, stat->metric->space, stat->metric->name,
                                                     &stat->metric->dimensions);
    const struct metric *first = NULL;

    *count = 0;
    if (stat->unit != NULL)
        return metric_find(&call->world->metrics, &name, metric_unit_find(stat->unit));
    for (uint8_t unit = unit_after(0); unit != 0; unit = unit_after(unit)) {
        const struct metric *metric = metric_find(&call->world->metrics, &name, unit);

        if (metric == NULL)
            continue;
        str_addf(units, "%s%s", (*count)++ == 0 ? "" : ", ", metric_unit_name(unit));
        first = first == NULL ? metric : first;
    }
    return first;
}

static void read_metric(struct call *call, const struct data_in *wish, const struct query_in *query,
                        struct math_series *series, struct result_view *result)
{
    struct str units = STR_INIT;
    uint32_t count;
    const struct metric *metric = metric_of(call, query->stat, &units, &count);
    int64_t period = query->stat->period.value * SECOND_NS;
    struct metric_statistic statistic;

    series->period_s = query->stat->period.value;
    metric_statistic_read(query->stat->stat, &statistic);
    for (int64_t at = cloudwatch_window_start(call, wish->start, query->stat->period.value);
         metric != NULL && at < wish->end; at += period) {
        int64_t end = at + period < wish->end ? at + period : wish->end;
        struct metric_amount amount;
        struct metric_total total;

        if (metric_total(metric, at, end, &total) &&
            metric_amount(metric, &total, statistic, &amount)) {
            *LIST_PUSH_IN(&call->arena, &series->times) = at;
            *LIST_PUSH_IN(&call->arena, &series->values) = metric_real(amount);
        }
        histogram_release(&total.spread);
    }
    if (count > 1)
        *LIST_PUSH_IN(&call->arena, &result->messages) = (struct message_view){
            .code = "MultipleUnits",
            .value = arena_printf(&call->arena, "Multiple units returned: '[%s]'",
                                  str_text(&units)),
        };
    str_release(&units);
}

/* ---- labels ---- */

/* The metric's name, and of statistic and period what differs among metrics of that name. */
static const char *label_of(struct call *call, const struct data_in *wish,
                            const struct query_in *query)
{
    bool stats = false;
    bool periods = false;

    if (query->label != NULL)
        return query->label;
    if (query->stat == NULL)
        return query->id;
    for (uint32_t i = 0; i < wish->queries.count; i++) {
        const struct stat_in *other = wish->queries.items[i].stat;

        if (other == NULL || !str_equal(other->metric->name, query->stat->metric->name))
            continue;
        stats = stats || !str_equal(other->stat, query->stat->stat);
        periods = periods || other->period.value != query->stat->period.value;
    }
    return arena_printf(&call->arena, "%s%s%s%s%s", query->stat->metric->name, stats ? " " : "",
                        stats ? query->stat->stat : "", periods ? " " : "",
                        periods ? arena_printf(&call->arena, "%lld",
                                               (long long)query->stat->period.value) : "");
}

/* ---- the answer ---- */

static void view_series(struct call *call, const struct math_series *series, bool newest_first,
                        struct result_view *result)
{
    for (uint32_t i = 0; i < series->times.count; i++) {
        uint32_t at = newest_first ? series->times.count - 1 - i : i;

        *LIST_PUSH_IN(&call->arena, &result->times) = series->times.items[at];
        *LIST_PUSH_IN(&call->arena, &result->values) = series->values.items[at];
    }
}

/* Metrics first: an expression may name those that stand behind it. */
static int compute(struct call *call, const struct data_in *wish, struct math_query *queries,
                   struct result_view *results)
{
    for (uint32_t i = 0; i < wish->queries.count; i++) {
        const struct query_in *query = &wish->queries.items[i];

        queries[i].id = query->stat == NULL ? "" : query->id;
        queries[i].is_metric = query->stat != NULL;
        if (query->stat != NULL)
            read_metric(call, wish, query, &queries[i].series, &results[i]);
    }
    for (uint32_t i = 0; i < wish->queries.count; i++) {
        const struct query_in *query = &wish->queries.items[i];
        struct math_book book = {&call->arena, queries, wish->queries.count};
        const char *problem;

        if (query->expression == NULL)
            continue;
        if (!math_evaluate(&book, query->expression, &queries[i].series, &problem))
            return refuse(call, arena_printf(&call->arena,
                                             "Error in expression '%s': %s", query->id, problem));
        if (queries[i].series.is_number && (!query->shown.set || query->shown.value))
            return refuse(call, arena_printf(&call->arena,
                                             "Error in expression '%s': it gives a number, and a "
                                             "time series is needed",
                                             query->id));
        queries[i].id = query->id;
    }
    return 0;
}

/* Leaves of all points only those of this page. */
static int cut_pages(struct call *call, const struct data_in *wish, struct data_out *answer)
{
    uint32_t total = 0;
    uint32_t passed = 0;
    struct page page;

    for (uint32_t i = 0; i < answer->results.count; i++)
        total += answer->results.items[i].times.count;
    if (page_find(call, wish->most, wish->token, total, &page) != 0)
        return -1;
    for (uint32_t i = 0; i < answer->results.count; i++) {
        struct result_view *result = &answer->results.items[i];
        uint32_t count = result->times.count;
        uint32_t from = page.first > passed ? page.first - passed : 0;
        uint32_t to = page.first + page.count - passed;

        from = from < count ? from : count;
        to = passed > page.first + page.count ? 0 : to < count ? to : count;
        if (to > from && from > 0) {
            result->times.items += from;
            result->values.items += from;
        }
        result->times.count = result->values.count = to > from ? to - from : 0;
        result->status = to < count ? "PartialData" : "Complete";
        passed += count;
    }
    answer->next = page.next;
    return 0;
}

static int get_metric_data(struct call *call, const void *in, void *out)
{
    const struct data_in *wish = in;
    uint32_t count = wish->queries.count;
    struct math_query *queries = arena_alloc(&call->arena, (count + 1) * sizeof(*queries));
    struct result_view *results = arena_alloc(&call->arena, (count + 1) * sizeof(*results));
    bool newest_first = wish->order == NULL || str_equal(wish->order, cloudwatch_order_words[0]);
    struct data_out *answer = out;

    if (check_all(call, wish) != 0 || compute(call, wish, queries, results) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        const struct query_in *query = &wish->queries.items[i];

        if (query->shown.set && !query->shown.value)
            continue;
        results[i].id = query->id;
        results[i].label = label_of(call, wish, query);
        view_series(call, &queries[i].series, newest_first, &results[i]);
        *LIST_PUSH_IN(&call->arena, &answer->results) = results[i];
    }
    return cut_pages(call, wish, answer);
}

static const struct paging data_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "MaxDatapoints",
    .result = "MetricDataResults,Messages",
};

static const struct fault_kind *const data_faults[] = {&data_invalid, &data_not_modelled, NULL};

const struct op op_get_metric_data = {
    .name = "GetMetricData",
    .doc = "Shows many metrics at once, and what can be computed from them.",
    .example = "aws cloudwatch get-metric-data --start-time 2026-01-05T08:00:00Z --end-time "
               "2026-01-05T09:00:00Z --metric-data-queries "
               "'[{\"Id\":\"m1\",\"MetricStat\":{\"Metric\":{\"Namespace\":\"Shop\","
               "\"MetricName\":\"Orders\"},\"Period\":60,\"Stat\":\"Sum\"}},"
               "{\"Id\":\"e1\",\"Expression\":\"m1/60\",\"Label\":\"a second\"}]'",
    .needs = "aws cloudwatch put-metric-data --namespace Shop --metric-name Orders --value 7",
    .in = &in_shape,
    .out = &out_shape,
    .faults = data_faults,
    .paging = &data_paging,
    .run = get_metric_data,
};
