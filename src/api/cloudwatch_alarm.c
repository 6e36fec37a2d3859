/*
 * api/cloudwatch_alarm.c - cloudwatch: putting alarms, setting their state, deleting them.
 *
 * True to the CloudWatch API reference, PutMetricAlarm, SetAlarmState, DeleteAlarms.  Actions are
 *         scaling policies, what EC2 does with an instance, and SNS topics.
 */
#include "api/cloudwatch_parts.h"

#include <string.h>

#include "base/str.h"

static const struct fault_kind not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "Comparisons are those with a threshold in millionths, statistics the five and "
            "percentiles; actions are scaling policies, ec2:stop, ec2:terminate, ec2:reboot and "
            "SNS topics.",
};
static const struct fault_kind alarm_missing = {
    .code = "ResourceNotFound",
    .text = "",
    .hint = "`aws cloudwatch describe-alarms` lists those that there are.",
};
static const struct fault_kind data_malformed = {
    .code = "InvalidFormat",
    .text = "StateReasonData is not a valid JSON document",
    .hint = "Leave it out: it is for programs.",
};

/* ---- put-metric-alarm ---- */

struct put_in {
    const char *name;
    const char *description;
    struct opt_bool enabled;
    struct strings ok_actions;
    struct strings alarm_actions;
    struct strings insufficient_actions;
    const char *metric;
    const char *space;
    const char *statistic;
    const char *percentile;
    struct dimension_views dimensions;
    struct opt_int period;
    const char *unit;
    struct opt_int periods;
    struct opt_int datapoints;
    struct opt_real threshold;
    const char *comparison;
    const char *missing;
    struct tag_views tags;
};

static const char *const statistic_words[] = {"SampleCount", "Average", "Sum",
                                              "Minimum",     "Maximum", NULL};
/* With those that need a band of expected values, to be refused by name. */
static const char *const comparison_words[] = {
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
    NULL,
};

static const struct field tag_fields[] = {
    F_STRING(struct tag_view, key, "Key", "The key.", .flags = FIELD_REQUIRED),
    F_STRING(struct tag_view, value, "Value", "The value.", .flags = FIELD_REQUIRED),
};
static const struct shape alarm_tag_shape = SHAPE("Tag", struct tag_view, tag_fields);

static const struct field put_in_fields[] = {
    F_STRING(struct put_in, name, "AlarmName", "Its name; one that exists is changed.",
             .flags = FIELD_REQUIRED, .ref = &kind_alarm),
    F_STRING(struct put_in, description, "AlarmDescription", "What it is for."),
    F_OPT_BOOL(struct put_in, enabled, "ActionsEnabled", "Whether its actions are executed; yes."),
    F_STRINGS(struct put_in, ok_actions, "OKActions", "ARNs: what is done when it becomes OK.",
              .max = 5),
    F_STRINGS(struct put_in, alarm_actions, "AlarmActions",
              "ARNs: what is done when it becomes ALARM.", .max = 5),
    F_STRINGS(struct put_in, insufficient_actions, "InsufficientDataActions",
              "ARNs: what is done when it becomes INSUFFICIENT_DATA.", .max = 5),
    F_STRING(struct put_in, metric, "MetricName", "The metric that it watches."),
    F_STRING(struct put_in, space, "Namespace", "The namespace of the metric."),
    F_STRING(struct put_in, statistic, "Statistic", "What of the metric.",
             .words = statistic_words),
    F_STRING(struct put_in, percentile, "ExtendedStatistic", "A percentile of the metric: p99."),
    F_DIMENSIONS(struct put_in, dimensions, "Of the metric, all of them: Name=NAME,Value=VALUE."),
    F_OPT_INT(struct put_in, period, "Period", "Seconds of each point: 10, 20, 30, 60, 120...",
              .min = 1),
    F_STRING(struct put_in, unit, "Unit", "Only what was given in this unit.",
             .words = metric_unit_words),
    F_OPT_INT(struct put_in, periods, "EvaluationPeriods", "How many points are evaluated.",
              .min = 1),
    F_OPT_INT(struct put_in, datapoints, "DatapointsToAlarm",
              "How many of these must breach; all unless told.", .min = 1),
    F_REAL(struct put_in, threshold, "Threshold", "What the points are compared with."),
    F_STRING(struct put_in, comparison, "ComparisonOperator", "When a point breaches.",
             .words = comparison_words),
    F_STRING(struct put_in, missing, "TreatMissingData",
             "What missing points mean: breaching, notBreaching, ignore or missing."),
    F_LIST(struct put_in, tags, struct tag_view, &alarm_tag_shape, "Tags",
           "Tags for a new alarm."),
};
static const struct shape put_in_shape = SHAPE("PutMetricAlarmInput", struct put_in, put_in_fields);

static int refuse(struct call *call, const char *text)
{
    return call_fault(call, &fault_alarm_invalid, text);
}

static int check_needed(struct call *call, const struct put_in *wish)
{
    struct {
        bool given;
        const char *name;
    } needed[] = {
        {wish->metric != NULL, "MetricName"},
        {wish->space != NULL, "Namespace"},
        {wish->period.set, "Period"},
        {wish->periods.set, "EvaluationPeriods"},
        {wish->comparison != NULL, "ComparisonOperator"},
        {wish->threshold.set, "Threshold"},
    };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!needed[i].given)
            return refuse(call, arena_printf(&call->arena, "The parameter %s is required.",
                                             needed[i].name));
    }
    if ((wish->statistic == NULL) == (wish->percentile == NULL))
        return refuse(call, "Exactly one of Statistic and ExtendedStatistic must be specified.");
    return 0;
}

static int check_words(struct call *call, const struct put_in *wish)
{
    struct metric_statistic statistic;
    int64_t threshold;

    if (alarm_word_find(alarm_comparison_words, wish->comparison) == 0)
        return call_fault(call, &not_modelled, wish->comparison);
    if (wish->missing != NULL && alarm_word_find(alarm_missing_words, wish->missing) == 0)
        return refuse(call, arena_printf(&call->arena,
                                         "The value '%s' for TreatMissingData is invalid. Valid "
                                         "values are: breaching, notBreaching, ignore, missing",
                                         wish->missing));
    if (wish->percentile != NULL && (!metric_statistic_read(wish->percentile, &statistic) ||
                                     statistic.kind != STATISTIC_PERCENTILE))
        return call_fault(call, &not_modelled, wish->percentile);
    if (!cloudwatch_fixed(wish->threshold.value, &threshold))
        return call_fault(call, &not_modelled,
                          arena_printf(&call->arena, "Threshold of %.17g",
                                       wish->threshold.value));
    return 0;
}

static bool has_instance(const struct put_in *wish)
{
    for (uint32_t i = 0; i < wish->dimensions.count; i++) {
        if (str_equal(wish->dimensions.items[i].name, "InstanceId"))
            return true;
    }
    return false;
}

/* "arn:aws:automate:us-east-1:ec2:stop" */
static int check_ec2_action(struct call *call, const struct put_in *wish, const char *action)
{
    const char *what = strrchr(action, ':') + 1;

    if (!str_equal(what, "stop") && !str_equal(what, "terminate") &&
        !str_equal(what, "reboot") && !str_equal(what, "recover"))
        return refuse(call, arena_printf(&call->arena, "Invalid arn syntax: %s", action));
    if (!has_instance(wish))
        return refuse(call, "EC2 actions can only be used for metrics that have the dimension "
                            "InstanceId");
    if (str_equal(what, "recover") && !str_equal(wish->metric, "StatusCheckFailed_System"))
        return refuse(call, "The recover action can only be used for the metric "
                            "StatusCheckFailed_System");
    return 0;
}

static int check_actions(struct call *call, const struct put_in *wish,
                         const struct strings *actions)
{
    static const char *const others[] = {"arn:aws:lambda:",        "arn:aws:ssm:",
                                         "arn:aws:ssm-incidents:", "arn:aws:aiops:",
                                         "arn:aws:swf:",           NULL};

    for (uint32_t i = 0; i < actions->count; i++) {
        const char *action = actions->items[i];

        for (size_t k = 0; others[k] != NULL; k++) {
            if (str_starts(action, others[k]))
                return call_fault(call, &not_modelled, action);
        }
        if (str_starts(action, "arn:aws:automate:")) {
            if (check_ec2_action(call, wish, action) != 0)
                return -1;
        } else if (!str_starts(action, "arn:aws:sns:") &&
                   !str_starts(action, "arn:aws:autoscaling:")) {
            return refuse(call, arena_printf(&call->arena, "Invalid arn syntax: %s", action));
        }
    }
    return 0;
}

static const struct tags *tags_of(struct call *call, const struct put_in *wish)
{
    struct tags *tags = arena_alloc(&call->arena, sizeof(*tags));

    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_push_in(&call->arena, tags,
                     (struct pair){wish->tags.items[i].key, wish->tags.items[i].value});
    return tags;
}

static int put_metric_alarm(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;
    struct alarm_wish alarm;

    (void)out;
    if (check_needed(call, wish) != 0 || check_words(call, wish) != 0 ||
        check_actions(call, wish, &wish->ok_actions) != 0 ||
        check_actions(call, wish, &wish->alarm_actions) != 0 ||
        check_actions(call, wish, &wish->insufficient_actions) != 0)
        return -1;
    alarm = (struct alarm_wish){
        .account = call->account,
        .region = call->region,
        .name = wish->name,
        .description = wish->description,
        .metric = cloudwatch_metric_name(call, wish->space, wish->metric, &wish->dimensions),
        .statistic = wish->statistic != NULL ? wish->statistic : wish->percentile,
        .extended = wish->percentile != NULL,
        .unit = wish->unit == NULL ? 0 : metric_unit_find(wish->unit),
        .comparison = alarm_word_find(alarm_comparison_words, wish->comparison),
        .missing = alarm_word_find(alarm_missing_words, wish->missing),
        .disabled = wish->enabled.set && !wish->enabled.value,
        .period_s = wish->period.value > UINT32_MAX ? 0 : (uint32_t)wish->period.value,
        .periods = wish->periods.value > 1000000 ? 1000000 : (uint32_t)wish->periods.value,
        .datapoints = wish->datapoints.value > 1000000 ? 1000000
                                                       : (uint32_t)wish->datapoints.value,
        .ok_actions = wish->ok_actions.items,
        .ok_count = wish->ok_actions.count,
        .alarm_actions = wish->alarm_actions.items,
        .alarm_count = wish->alarm_actions.count,
        .insufficient_actions = wish->insufficient_actions.items,
        .insufficient_count = wish->insufficient_actions.count,
        .tags = tags_of(call, wish),
    };
    cloudwatch_fixed(wish->threshold.value, &alarm.threshold);
    return alarm_put(&call->world->alarms, &alarm, &call->fault) == NULL ? -1 : 0;
}

static const struct fault_kind *const put_faults[] = {&fault_alarm_invalid, &fault_alarm_limit,
                                                      &not_modelled, NULL};

const struct op op_put_metric_alarm = {
    .name = "PutMetricAlarm",
    .doc = "Makes an alarm on a metric, or gives one other settings.",
    .example = "aws cloudwatch put-metric-alarm --alarm-name busy --namespace AWS/EC2 "
               "--metric-name CPUUtilization --statistic Average --period 60 "
               "--evaluation-periods 2 --threshold 70 --comparison-operator "
               "GreaterThanThreshold",
    .in = &put_in_shape,
    .out = &shape_empty,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_metric_alarm,
};

/* ---- set-alarm-state ---- */

struct set_in {
    const char *name;
    const char *state;
    const char *reason;
    const char *data;
};

static const struct field set_in_fields[] = {
    F_STRING(struct set_in, name, "AlarmName", "The alarm.", .flags = FIELD_REQUIRED,
             .ref = &kind_alarm),
    F_STRING(struct set_in, state, "StateValue", "The state that it is put into for a while.",
             .words = alarm_state_words, .flags = FIELD_REQUIRED),
    F_STRING(struct set_in, reason, "StateReason", "Why, for people.", .flags = FIELD_REQUIRED),
    F_STRING(struct set_in, data, "StateReasonData", "Why, as JSON."),
};
static const struct shape set_in_shape = SHAPE("SetAlarmStateInput", struct set_in, set_in_fields);

static int set_alarm_state(struct call *call, const void *in, void *out)
{
    const struct set_in *wish = in;
    struct alarm *alarm =
        alarm_find_name(&call->world->alarms, call->account, call->region, wish->name);

    (void)out;
    if (alarm == NULL)
        return call_fault(call, &alarm_missing);
    if (wish->data != NULL) {
        json_t *data = json_loads(wish->data, 0, NULL);

        json_decref(data);
        if (data == NULL)
            return call_fault(call, &data_malformed);
    }
    alarm_set_state(&call->world->alarms, alarm, alarm_word_find(alarm_state_words, wish->state),
                    wish->reason, wish->data);
    return 0;
}

static const struct fault_kind *const set_faults[] = {&alarm_missing, &data_malformed, NULL};

const struct op op_set_alarm_state = {
    .name = "SetAlarmState",
    .doc = "Puts an alarm into a state, to try its actions; the next evaluation puts it right.",
    .example = "aws cloudwatch set-alarm-state --alarm-name busy --state-value ALARM "
               "--state-reason 'a drill'",
    .needs = CLOUDWATCH_NEEDS_ALARM,
    .in = &set_in_shape,
    .out = &shape_empty,
    .faults = set_faults,
    .flags = OP_WRITE,
    .run = set_alarm_state,
};

/* ---- delete-alarms ---- */

struct delete_in {
    struct strings names;
};

static const struct field delete_in_fields[] = {
    F_STRINGS(struct delete_in, names, "AlarmNames", "The alarms.", .flags = FIELD_REQUIRED,
              .ref = &kind_alarm, .max = 100),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteAlarmsInput", struct delete_in, delete_in_fields);

static int delete_alarms(struct call *call, const void *in, void *out)
{
    const struct delete_in *wish = in;
    struct alarms *alarms = &call->world->alarms;

    (void)out;
    for (uint32_t i = 0; i < wish->names.count; i++) {
        if (alarm_find_name(alarms, call->account, call->region, wish->names.items[i]) == NULL)
            return call_fault(call, &alarm_missing);
    }
    for (uint32_t i = 0; i < wish->names.count; i++) {
        struct alarm *alarm =
            alarm_find_name(alarms, call->account, call->region, wish->names.items[i]);

        if (alarm != NULL)
            alarm_remove(alarms, alarm);
    }
    return 0;
}

static const struct fault_kind *const delete_faults[] = {&alarm_missing, NULL};

const struct op op_delete_alarms = {
    .name = "DeleteAlarms",
    .doc = "Deletes alarms: all that are named, or none.",
    .example = "aws cloudwatch delete-alarms --alarm-names busy",
    .needs = CLOUDWATCH_NEEDS_ALARM,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_alarms,
};
