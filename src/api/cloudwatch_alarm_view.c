/*
 * api/cloudwatch_alarm_view.c - cloudwatch: describe-alarms, describe-alarm-history.
 *
 * True to the CloudWatch API reference, and to recorded answers: what was not set is not shown.
 */
#include "api/cloudwatch_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- describe-alarms ---- */

struct describe_in {
    struct strings names;
    const char *prefix;
    struct strings types;
    const char *state;
    const char *action_prefix;
    struct opt_int most;
    const char *token;
};

struct alarm_view {
    const char *name;
    const char *arn;
    const char *description;
    int64_t configured;
    bool enabled;
    struct strings ok_actions;
    struct strings alarm_actions;
    struct strings insufficient_actions;
    const char *state;
    const char *reason;
    const char *data;
    int64_t updated;
    const char *metric;
    const char *space;
    const char *statistic;
    const char *percentile;
    struct dimension_views dimensions;
    int64_t period;
    const char *unit;
    int64_t periods;
    struct opt_int datapoints;
    struct opt_real threshold;
    const char *comparison;
    const char *missing;
    int64_t transitioned;
};

/* Alarms of other kinds, which are not modelled: lists of them are empty. */
struct other_alarm {
    const char *name;
};

struct describe_out {
    LIST(struct other_alarm) composite;
    LIST(struct alarm_view) metric;
    LIST(struct other_alarm) log;
    const char *next;
};

static const char *const type_words[] = {"CompositeAlarm", "MetricAlarm", "LogAlarm", NULL};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, names, "AlarmNames", "Only these.", .ref = &kind_alarm,
              .max = 100),
    F_STRING(struct describe_in, prefix, "AlarmNamePrefix", "Only those whose name begins so."),
    F_STRINGS(struct describe_in, types, "AlarmTypes",
              "The kinds of alarm; only MetricAlarm is modelled.", .words = type_words),
    F_STRING(struct describe_in, state, "StateValue", "Only those in this state.",
             .words = alarm_state_words),
    F_STRING(struct describe_in, action_prefix, "ActionPrefix",
             "Only those with an action whose ARN begins so."),
    F_OPT_INT(struct describe_in, most, "MaxRecords", "The most that one answer gives.", .min = 1,
              .max = 100),
    F_NEXT_TOKEN(struct describe_in, token),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeAlarmsInput", struct describe_in, describe_in_fields);

static const struct field alarm_fields[] = {
    F_STRING(struct alarm_view, name, "AlarmName", "Its name.", .flags = FIELD_COLUMN,
             .ref = &kind_alarm),
    F_STRING(struct alarm_view, arn, "AlarmArn", "Its ARN."),
    F_STRING(struct alarm_view, description, "AlarmDescription", "What it is for."),
    F_TIME(struct alarm_view, configured, "AlarmConfigurationUpdatedTimestamp",
           "When it was put."),
    F_BOOL(struct alarm_view, enabled, "ActionsEnabled", "Whether its actions are executed."),
    F_STRINGS(struct alarm_view, ok_actions, "OKActions", "What is done when it becomes OK."),
    F_STRINGS(struct alarm_view, alarm_actions, "AlarmActions",
              "What is done when it becomes ALARM."),
    F_STRINGS(struct alarm_view, insufficient_actions, "InsufficientDataActions",
              "What is done when it becomes INSUFFICIENT_DATA."),
    F_STRING(struct alarm_view, state, "StateValue", "Its state.", .words = alarm_state_words,
             .flags = FIELD_COLUMN),
    F_STRING(struct alarm_view, reason, "StateReason", "Why, for people.", .flags = FIELD_COLUMN),
    F_STRING(struct alarm_view, data, "StateReasonData", "Why, as JSON."),
    F_TIME(struct alarm_view, updated, "StateUpdatedTimestamp", "When its state was set."),
    F_STRING(struct alarm_view, metric, "MetricName", "The metric that it watches.",
             .flags = FIELD_COLUMN),
    F_STRING(struct alarm_view, space, "Namespace", "The namespace of the metric."),
    F_STRING(struct alarm_view, statistic, "Statistic", "What of the metric."),
    F_STRING(struct alarm_view, percentile, "ExtendedStatistic", "The percentile of the metric."),
    F_LIST(struct alarm_view, dimensions, struct dimension_view, &dimension_view_shape,
           "Dimensions", "Of the metric."),
    F_INT(struct alarm_view, period, "Period", "Seconds of each point."),
    F_STRING(struct alarm_view, unit, "Unit", "Of the metric.", .words = metric_unit_words),
    F_INT(struct alarm_view, periods, "EvaluationPeriods", "How many points are evaluated."),
    F_OPT_INT(struct alarm_view, datapoints, "DatapointsToAlarm", "How many must breach."),
    F_REAL(struct alarm_view, threshold, "Threshold", "What the points are compared with."),
    F_STRING(struct alarm_view, comparison, "ComparisonOperator", "When a point breaches.",
             .words = alarm_comparison_words),
    F_STRING(struct alarm_view, missing, "TreatMissingData", "What missing points mean."),
    F_TIME(struct alarm_view, transitioned, "StateTransitionedTimestamp",
           "When its state changed."),
};
static const struct shape alarm_view_shape = SHAPE("MetricAlarm", struct alarm_view, alarm_fields);

static const struct field other_fields[] = {
    F_STRING(struct other_alarm, name, "AlarmName", "Its name."),
};
static const struct shape composite_shape =
    SHAPE("CompositeAlarm", struct other_alarm, other_fields);
static const struct shape log_shape = SHAPE("LogAlarm", struct other_alarm, other_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, composite, struct other_alarm, &composite_shape, "CompositeAlarms",
           "Alarms on other alarms: none, they are not modelled."),
    F_LIST(struct describe_out, metric, struct alarm_view, &alarm_view_shape, "MetricAlarms",
           "The alarms."),
    F_LIST(struct describe_out, log, struct other_alarm, &log_shape, "LogAlarms",
           "Alarms on logs: none, they are not modelled."),
    F_NEXT_TOKEN_OUT(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeAlarmsOutput", struct describe_out, describe_out_fields);

static bool holds(const struct strings *list, const char *text)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(list->items[i], text))
            return true;
    }
    return false;
}

static bool one_begins(const struct alarm_actions *actions, const char *prefix)
{
    for (uint32_t i = 0; i < actions->count; i++) {
        if (str_starts(actions->items[i], prefix))
            return true;
    }
    return false;
}

static bool passes(const struct call *call, const struct describe_in *wish,
                   const struct alarm *alarm)
{
    return alarm->account == call->account && alarm->region == call->region &&
           (wish->names.count == 0 || holds(&wish->names, alarm->name)) &&
           (wish->prefix == NULL || str_starts(alarm->name, wish->prefix)) &&
           (wish->types.count == 0 || holds(&wish->types, "MetricAlarm")) &&
           (wish->state == NULL || str_equal(alarm_state_words[alarm->state - 1], wish->state)) &&
           (wish->action_prefix == NULL ||
            one_begins(&alarm->ok_actions, wish->action_prefix) ||
            one_begins(&alarm->alarm_actions, wish->action_prefix) ||
            one_begins(&alarm->insufficient_actions, wish->action_prefix));
}

static void view_actions(struct call *call, const struct alarm_actions *actions,
                         struct strings *view)
{
    for (uint32_t i = 0; i < actions->count; i++)
        *LIST_PUSH_IN(&call->arena, view) = actions->items[i];
}

static void view_alarm(struct call *call, const struct alarm *alarm, struct alarm_view *view)
{
    *view = (struct alarm_view){
        .name = alarm->name,
        .arn = alarm_arn(&call->world->alarms, &call->arena, alarm),
        .description = alarm->description,
        .configured = cloudwatch_time(alarm->configured),
        .enabled = alarm->enabled,
        .state = alarm_state_words[alarm->state - 1],
        .reason = alarm->reason,
        .data = alarm->reason_data,
        .updated = cloudwatch_time(alarm->updated),
        .metric = alarm->metric,
        .space = alarm->space,
        .statistic = alarm->extended ? NULL : alarm->statistic,
        .percentile = alarm->extended ? alarm->statistic : NULL,
        .period = alarm->period_s,
        .unit = alarm->unit == 0 ? NULL : metric_unit_name(alarm->unit),
        .periods = alarm->periods,
        .datapoints = {.value = alarm->datapoints, .set = alarm->datapoints > 0},
        .threshold = OPT_REAL((double)alarm->threshold / (double)ALARM_SCALE),
        .comparison = alarm_comparison_words[alarm->comparison - 1],
        .missing = alarm->missing == 0 ? NULL : alarm_missing_words[alarm->missing - 1],
        .transitioned = cloudwatch_time(alarm->transitioned),
    };
    view_actions(call, &alarm->ok_actions, &view->ok_actions);
    view_actions(call, &alarm->alarm_actions, &view->alarm_actions);
    view_actions(call, &alarm->insufficient_actions, &view->insufficient_actions);
    cloudwatch_view_dimensions(call, alarm->dimensions.items, alarm->dimensions.count,
                               &view->dimensions);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct alarm_view *)a)->name, ((const struct alarm_view *)b)->name);
}

static int describe_alarms(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    const struct table *alarms = &call->world->alarms.table;
    struct describe_out *answer = out;
    struct page page;

    if (wish->names.count > 0 && wish->prefix != NULL)
        return call_fault(call, &fault_cloudwatch_combination,
                          "AlarmNamePrefix and AlarmNames are mutually exclusive");
    for (uint32_t i = 0; i < table_count(alarms); i++) {
        const struct alarm *alarm = table_at(alarms, i);

        if (passes(call, wish, alarm))
            view_alarm(call, alarm, LIST_PUSH_IN(&call->arena, &answer->metric));
    }
    if (answer->metric.count > 0)
        qsort(answer->metric.items, answer->metric.count, sizeof(*answer->metric.items),
              compare_names);
    if (page_find(call, wish->most, wish->token, answer->metric.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->metric, page);
    answer->next = page.next;
    return 0;
}

static const struct paging describe_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "MaxRecords",
    .result = "MetricAlarms,CompositeAlarms,LogAlarms",
};

static const struct fault_kind *const describe_faults[] = {&fault_cloudwatch_combination, NULL};

const struct op op_describe_alarms = {
    .name = "DescribeAlarms",
    .doc = "Lists alarms, their state and why.",
    .example = "aws cloudwatch describe-alarms --state-value ALARM",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .paging = &describe_paging,
    .run = describe_alarms,
};

/* ---- describe-alarm-history ---- */

struct history_in {
    const char *name;
    struct strings types;
    const char *kind;
    int64_t start;
    int64_t end;
    struct opt_int most;
    const char *token;
    const char *order;
};

struct history_view {
    const char *name;
    const char *type;
    int64_t time;
    const char *kind;
    const char *summary;
    const char *data;
};

struct history_out {
    LIST(struct history_view) items;
    const char *next;
};

/* All of AWS's: those of contributors name nothing here. */
static const char *const history_kind_words[] = {"ConfigurationUpdate",
                                                 "StateUpdate",
                                                 "Action",
                                                 "AlarmContributorStateUpdate",
                                                 "AlarmContributorAction",
                                                 NULL};

static const struct field history_in_fields[] = {
    F_STRING(struct history_in, name, "AlarmName", "Only of this alarm.", .ref = &kind_alarm),
    F_STRINGS(struct history_in, types, "AlarmTypes",
              "The kinds of alarm; only MetricAlarm is modelled.", .words = type_words),
    F_STRING(struct history_in, kind, "HistoryItemType", "Only what is of this kind.",
             .words = history_kind_words),
    F_TIME(struct history_in, start, "StartDate", "From when on."),
    F_TIME(struct history_in, end, "EndDate", "Until when."),
    F_OPT_INT(struct history_in, most, "MaxRecords", "The most that one answer gives.", .min = 1,
              .max = 100),
    F_NEXT_TOKEN(struct history_in, token),
    F_STRING(struct history_in, order, "ScanBy", "The newest first (so unless told), or last.",
             .words = cloudwatch_order_words),
};
static const struct shape history_in_shape =
    SHAPE("DescribeAlarmHistoryInput", struct history_in, history_in_fields);

static const struct field history_fields[] = {
    F_STRING(struct history_view, name, "AlarmName", "The alarm.", .ref = &kind_alarm,
             .flags = FIELD_COLUMN),
    F_STRING(struct history_view, type, "AlarmType", "Its kind.", .words = type_words),
    F_TIME(struct history_view, time, "Timestamp", "When it happened.", .flags = FIELD_COLUMN),
    F_STRING(struct history_view, kind, "HistoryItemType", "What kind of thing.",
             .words = history_kind_words, .flags = FIELD_COLUMN),
    F_STRING(struct history_view, summary, "HistorySummary", "What happened.",
             .flags = FIELD_COLUMN),
    F_STRING(struct history_view, data, "HistoryData", "The same as JSON."),
};
static const struct shape history_shape =
    SHAPE("AlarmHistoryItem", struct history_view, history_fields);

static const struct field history_out_fields[] = {
    F_LIST(struct history_out, items, struct history_view, &history_shape, "AlarmHistoryItems",
           "What happened."),
    F_NEXT_TOKEN_OUT(struct history_out, next),
};
static const struct shape history_out_shape =
    SHAPE("DescribeAlarmHistoryOutput", struct history_out, history_out_fields);

static bool history_passes(const struct call *call, const struct history_in *wish,
                           const struct alarm_history *entry)
{
    return entry->account == call->account && entry->region == call->region &&
           (wish->name == NULL || str_equal(wish->name, entry->alarm)) &&
           (wish->types.count == 0 || holds(&wish->types, "MetricAlarm")) &&
           (wish->kind == NULL ||
            str_equal(wish->kind, alarm_history_words[entry->kind - 1])) &&
           (wish->start == 0 || entry->time >= wish->start) &&
           (wish->end == 0 || entry->time <= wish->end);
}

static int describe_alarm_history(struct call *call, const void *in, void *out)
{
    const struct history_in *wish = in;
    const struct table *history = &call->world->alarms.history;
    uint32_t count = table_count(history);
    bool newest_first = wish->order == NULL || str_equal(wish->order, cloudwatch_order_words[0]);
    struct history_out *answer = out;
    struct page page;

    for (uint32_t i = 0; i < count; i++) {
        const struct alarm_history *entry = table_at(history, newest_first ? count - 1 - i : i);

        if (!history_passes(call, wish, entry))
            continue;
        *LIST_PUSH_IN(&call->arena, &answer->items) = (struct history_view){
            .name = entry->alarm,
            .type = "MetricAlarm",
            .time = cloudwatch_time(entry->time),
            .kind = alarm_history_words[entry->kind - 1],
            .summary = entry->summary,
            .data = entry->data,
        };
    }
    if (page_find(call, wish->most, wish->token, answer->items.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->items, page);
    answer->next = page.next;
    return 0;
}

static const struct paging history_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "MaxRecords",
    .result = "AlarmHistoryItems",
};

const struct op op_describe_alarm_history = {
    .name = "DescribeAlarmHistory",
    .doc = "Tells what happened to alarms: settings, states, actions; for 30 days.",
    .example = "aws cloudwatch describe-alarm-history --history-item-type StateUpdate",
    .in = &history_in_shape,
    .out = &history_out_shape,
    .paging = &history_paging,
    .run = describe_alarm_history,
};
