/*
 * cloud/alarm_notice.c - what an alarm tells a topic when its state has changed.
 *
 * True to messages of CloudWatch as people have recorded them.  The mail tells less than AWS's: no
 * link to a console, no list of actions.
 */
#include "cloud/alarm_notice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "cloud/alarm_words.h"

enum { SUBJECT_MAX = 99, REAL_DIGITS = 15 };

static const char *state_of(uint8_t state)
{
    return alarm_state_words[state - 1];
}

const char *alarm_notice_subject(const struct alarm_notice *notice, struct arena *arena)
{
    const char *text = arena_printf(arena, "%s: \"%s\" in %s", state_of(notice->alarm->state),
                                    notice->alarm->name, notice->place);

    return strlen(text) <= SUBJECT_MAX ? text
                                       : arena_printf(arena, "%.*s...", SUBJECT_MAX - 3, text);
}

static json_t *time_json(int64_t time)
{
    struct str text = STR_INIT;
    json_t *json;

    alarm_say_time(&text, time);
    json = json_string(str_text(&text));
    str_release(&text);
    return json;
}

static json_t *list_json(const struct alarm_actions *actions)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < actions->count; i++)
        json_array_append_new(list, json_string(actions->items[i]));
    return list;
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

/* "AVERAGE"; a percentile stays as it is. */
static const char *statistic_of(const struct alarm *alarm, struct arena *arena)
{
    char *text = arena_strdup(arena, alarm->statistic);

    for (char *at = text; !alarm->extended && *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    return text;
}

static json_t *trigger_json(const struct alarm *alarm, struct arena *arena)
{
    json_t *trigger = json_object();
    json_t *dimensions = json_array();
    const char *kind = alarm->extended ? "ExtendedStatistic" : "Statistic";

    for (uint32_t i = 0; i < alarm->dimensions.count; i++)
        json_array_append_new(dimensions,
                              json_pack("{s:s,s:s}", "value", alarm->dimensions.items[i].value,
                                        "name", alarm->dimensions.items[i].name));
    json_object_set_new(trigger, "MetricName", json_string(alarm->metric));
    json_object_set_new(trigger, "Namespace", json_string(alarm->space));
    json_object_set_new(trigger, "StatisticType", json_string(kind));
    json_object_set_new(trigger, kind, json_string(statistic_of(alarm, arena)));
    json_object_set_new(trigger, "Unit",
                        alarm->unit == 0 ? json_null()
                                         : json_string(metric_unit_name(alarm->unit)));
    json_object_set_new(trigger, "Dimensions", dimensions);
    json_object_set_new(trigger, "Period", json_integer(alarm->period_s));
    json_object_set_new(trigger, "EvaluationPeriods", json_integer(alarm->periods));
    if (alarm->datapoints > 0)
        json_object_set_new(trigger, "DatapointsToAlarm", json_integer(alarm->datapoints));
    json_object_set_new(trigger, "ComparisonOperator",
                        json_string(alarm_comparison_words[alarm->comparison - 1]));
    json_object_set_new(trigger, "Threshold",
                        json_real((double)alarm->threshold / (double)ALARM_SCALE));
    json_object_set_new(
        trigger, "TreatMissingData",
        json_string(alarm_missing_words[alarm->missing == 0 ? 0 : alarm->missing - 1]));
    json_object_set_new(trigger, "EvaluateLowSampleCountPercentile", json_string(""));
    return trigger;
}

const char *alarm_notice_json(const struct alarm_notice *notice, struct arena *arena)
{
    const struct alarm *alarm = notice->alarm;
    json_t *all = json_pack(
        "{s:s,s:o,s:s,s:o,s:s,s:s,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:o}", "AlarmName", alarm->name,
        "AlarmDescription", text_or_null(alarm->description), "AWSAccountId",
        arena_printf(arena, "%012" PRIu64, alarm->account), "AlarmConfigurationUpdatedTimestamp",
        time_json(alarm->configured), "NewStateValue", state_of(alarm->state), "NewStateReason",
        alarm->reason == NULL ? "" : alarm->reason, "StateChangeTime", time_json(alarm->updated),
        "Region", notice->place, "AlarmArn", notice->arn, "OldStateValue", state_of(notice->before),
        "OKActions", list_json(&alarm->ok_actions), "AlarmActions",
        list_json(&alarm->alarm_actions), "InsufficientDataActions",
        list_json(&alarm->insufficient_actions), "Trigger", trigger_json(alarm, arena));
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    const char *kept = arena_strdup(arena, text);

    free(text);
    json_decref(all);
    return kept;
}

const char *alarm_notice_mail(const struct alarm_notice *notice, struct arena *arena)
{
    const struct alarm *alarm = notice->alarm;
    const char *state = state_of(alarm->state);
    const char *reason = alarm->reason == NULL ? "" : alarm->reason;
    char time[CLOCK_TEXT_SIZE];

    clock_format(alarm->updated, CLOCK_HTTP, time);
    return arena_printf(arena,
                        "You are receiving this email because your Amazon CloudWatch Alarm \"%s\" "
                        "in the %s region has entered the %s state, because \"%s\" at \"%s\".\n\n"
                        "Alarm Details:\n"
                        "- Name:                       %s\n"
                        "- Description:                %s\n"
                        "- State Change:               %s -> %s\n"
                        "- Reason for State Change:    %s\n"
                        "- Timestamp:                  %s\n"
                        "- AWS Account:                %012" PRIu64 "\n"
                        "- Alarm Arn:                  %s",
                        alarm->name, notice->place, state, reason, time, alarm->name,
                        alarm->description == NULL ? "" : alarm->description,
                        state_of(notice->before), state, reason, time, alarm->account, notice->arn);
}
