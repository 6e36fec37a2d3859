/*
 * cloud/alarm_words.c - what an alarm says about its state, in AWS's words.
 *
 * True to recorded state reasons: with DatapointsToAlarm they count "out of the last" and name the
 *         minimum, without it they do not; five or more points are told in a sentence of their own.
 */
#include "cloud/alarm_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_MAX = 5 /* points that a reason shows */ };

void alarm_say_text(struct str *out, const char *text)
{
    str_addc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            str_addf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            str_addf(out, "\\u%04x", (unsigned char)*text);
        else
            str_addc(out, *text);
    }
    str_addc(out, '"');
}

/* The fewest digits that give the same number back: "-d.ddde-dd". */
static void shortest(double value, char text[40])
{
    for (int digits = 0; digits <= 17; digits++) {
        snprintf(text, 40, "%.*e", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

void alarm_say_real(struct str *out, double value)
{
    char text[40];
    char digits[24] = "";
    size_t count = 0;
    int exponent;

    if (value < 0)
        str_addc(out, '-');
    shortest(fabs(value), text);
    exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    for (const char *at = text; *at != 'e' && count < sizeof(digits) - 1; at++) {
        if (*at != '.')
            digits[count++] = *at;
    }
    if (value != 0 && (exponent < -3 || exponent >= 7)) {
        str_addf(out, "%c.%sE%d", digits[0], count > 1 ? digits + 1 : "0", exponent);
    } else if (exponent < 0) {
        str_add(out, "0.");
        str_fill(out, '0', (size_t)(-exponent - 1));
        str_add(out, digits);
    } else {
        for (size_t i = 0; i <= (size_t)exponent; i++)
            str_addc(out, i < count ? digits[i] : '0');
        str_addf(out, ".%s", count > (size_t)exponent + 1 ? digits + exponent + 1 : "0");
    }
}

void alarm_say_time(struct str *out, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(time, CLOCK_MILLI_Z, text);
    str_addf(out, "%.*s+0000", (int)strlen(text) - 1, text);
}

/* ---- why ---- */

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

static const char *were(uint32_t count)
{
    return count == 1 ? "was" : "were";
}

static double threshold_of(const struct alarm *alarm)
{
    return (double)alarm->threshold / (double)ALARM_SCALE;
}

/* The kind of point that speaks for the state. */
static uint8_t wanted_kind(const struct alarm_finding *finding)
{
    return finding->verdict.state == ALARM_STATE_ALARM ? POINT_BREACHING : POINT_FINE;
}

/* Walks the points that were evaluated, the newest first; *at begins at 0. */
static const struct alarm_point *used_next(const struct alarm_finding *finding, uint32_t *at,
                                           uint32_t *seen)
{
    while (*at < finding->range && *seen < finding->verdict.used) {
        const struct alarm_point *point = &finding->points[(*at)++];

        if (point->kind != POINT_MISSING) {
            (*seen)++;
            return point;
        }
    }
    return NULL;
}

static uint32_t count_wanted(const struct alarm_finding *finding)
{
    const struct alarm_point *point;
    uint32_t at = 0;
    uint32_t seen = 0;
    uint32_t count = 0;

    while ((point = used_next(finding, &at, &seen)) != NULL)
        count += point->kind == wanted_kind(finding);
    return count;
}

static void say_points(const struct alarm_finding *finding, struct str *out)
{
    const struct alarm_point *point;
    uint32_t at = 0;
    uint32_t seen = 0;
    uint32_t told = 0;

    str_addc(out, '[');
    while (told < TOLD_MAX && (point = used_next(finding, &at, &seen)) != NULL) {
        struct civil civil = clock_to_civil(point->time);

        if (point->kind != wanted_kind(finding))
            continue;
        str_add(out, told++ == 0 ? "" : ", ");
        alarm_say_real(out, metric_real(point->amount));
        str_addf(out, " (%02d/%02d/%02d %02d:%02d:%02d)", civil.day, civil.month,
                 civil.year % 100, civil.hour, civil.minute, civil.second);
    }
    str_addc(out, ']');
}

static void say_filled(const struct alarm_finding *finding, struct str *out)
{
    uint32_t filled = finding->verdict.filled;

    str_addf(out, "%u missing datapoint%s %s treated as [%s]", filled, plural(filled),
             were(filled),
             finding->alarm->missing == MISSING_BREACHING ? "Breaching" : "NonBreaching");
}

static bool is_filled(const struct alarm_finding *finding)
{
    return finding->verdict.filled > 0 && (finding->alarm->missing == MISSING_BREACHING ||
                                           finding->alarm->missing == MISSING_NOT_BREACHING);
}

static void say_crossed(const struct alarm_finding *finding, uint32_t count, struct str *out)
{
    static const char *const comparisons[] = {
        [COMPARE_GREATER_OR_EQUAL] = "greater than or equal to",
        [COMPARE_GREATER] = "greater than",
        [COMPARE_LESS] = "less than",
        [COMPARE_LESS_OR_EQUAL] = "less than or equal to",
    };
    const struct alarm *alarm = finding->alarm;
    bool alarms = finding->verdict.state == ALARM_STATE_ALARM;
    uint32_t least = alarms ? alarm->datapoints : alarm->periods - alarm->datapoints + 1;

    if (alarm->datapoints > 0)
        str_addf(out, "%u out of the last %u datapoints", count, alarm->periods);
    else
        str_addf(out, "%u datapoint%s", count, plural(count));
    if (count < TOLD_MAX) {
        str_addc(out, ' ');
        say_points(finding, out);
    }
    str_addf(out, " %s %s%s the threshold (", were(count), alarms ? "" : "not ",
             comparisons[alarm->comparison]);
    alarm_say_real(out, threshold_of(alarm));
    str_addc(out, ')');
    if (count >= TOLD_MAX) {
        str_add(out, ". The most recent datapoints which crossed the threshold: ");
        say_points(finding, out);
    }
    if (is_filled(finding)) {
        str_add(out, " and ");
        say_filled(finding, out);
    }
    if (alarm->datapoints > 0)
        str_addf(out, " (minimum %u datapoint%s for %s transition)", least, plural(least),
                 alarms ? "OK -> ALARM" : "ALARM -> OK");
}

void alarm_say_reason(const struct alarm_finding *finding, struct str *out)
{
    uint32_t count = count_wanted(finding);
    uint32_t used = finding->verdict.used;
    uint32_t periods = finding->alarm->periods;

    if (finding->verdict.state == ALARM_STATE_INSUFFICIENT_DATA) {
        str_addf(out, "Insufficient Data: %u datapoint%s %s unknown.", periods, plural(periods),
                 were(periods));
        return;
    }
    str_add(out, "Threshold Crossed: ");
    if (count > 0) {
        say_crossed(finding, count, out);
    } else {
        if (used == 0)
            str_add(out, "no datapoints were");
        else
            str_addf(out, "%u datapoint%s %s", used, plural(used), were(used));
        str_addf(out, " received for %u period%s and ", periods, plural(periods));
        say_filled(finding, out);
    }
    str_addc(out, '.');
}

/* ---- data ---- */

static void say_recent(const struct alarm_finding *finding, struct str *out)
{
    const struct alarm_point *point;
    const struct alarm_point *oldest = NULL;
    uint32_t at = 0;
    uint32_t seen = 0;
    bool first = true;

    while ((point = used_next(finding, &at, &seen)) != NULL)
        oldest = point;
    str_add(out, "\"recentDatapoints\":[");
    for (point = oldest; point != NULL && point >= finding->points; point--) {
        if (point->kind == POINT_MISSING)
            continue;
        str_add(out, first ? "" : ",");
        alarm_say_real(out, metric_real(point->amount));
        first = false;
    }
    str_add(out, "],");
}

static void say_evaluated(const struct alarm_finding *finding, struct str *out)
{
    uint32_t told = 0;
    uint32_t wanted = finding->alarm->periods;

    str_add(out, "\"evaluatedDatapoints\":[");
    for (uint32_t i = 0; i < finding->range && told < wanted; i++) {
        const struct alarm_point *point = &finding->points[i];

        /* Missing ones count only where nothing further back stands for them. */
        if (point->kind == POINT_MISSING && finding->range - i > wanted - told &&
            finding->verdict.filled == 0)
            continue;
        str_addf(out, "%s{\"timestamp\":\"", told++ == 0 ? "" : ",");
        alarm_say_time(out, point->time);
        str_addc(out, '"');
        if (point->kind != POINT_MISSING) {
            str_add(out, ",\"sampleCount\":");
            alarm_say_real(out, (double)point->samples);
            str_add(out, ",\"value\":");
            alarm_say_real(out, metric_real(point->amount));
        }
        str_addc(out, '}');
    }
    str_addc(out, ']');
}

static int64_t start_of(const struct alarm_finding *finding)
{
    const struct alarm_point *point;
    uint32_t at = 0;
    uint32_t seen = 0;
    int64_t start = 0;

    while ((point = used_next(finding, &at, &seen)) != NULL)
        start = point->time;
    return start;
}

void alarm_say_data(const struct alarm_finding *finding, struct str *out)
{
    const struct alarm *alarm = finding->alarm;
    int64_t start = start_of(finding);

    str_add(out, "{\"version\":\"1.0\",\"queryDate\":\"");
    alarm_say_time(out, finding->now);
    if (start != 0) {
        str_add(out, "\",\"startDate\":\"");
        alarm_say_time(out, start);
    }
    str_add(out, "\",");
    if (alarm->unit != 0)
        str_addf(out, "\"unit\":\"%s\",", metric_unit_name(alarm->unit));
    str_addf(out, "\"statistic\":\"%s\",\"period\":%u,", alarm->statistic, alarm->period_s);
    say_recent(finding, out);
    str_add(out, "\"threshold\":");
    alarm_say_real(out, threshold_of(alarm));
    str_addc(out, ',');
    say_evaluated(finding, out);
    str_addc(out, '}');
}

/* ---- history ---- */

static void say_state(struct str *out, const char *name, const struct alarm_said *said)
{
    str_addf(out, "\"%s\":{\"stateValue\":\"%s\",\"stateReason\":", name,
             alarm_state_words[said->state - 1]);
    alarm_say_text(out, said->reason);
    if (said->data != NULL)
        str_addf(out, ",\"stateReasonData\":%s", said->data);
    str_addc(out, '}');
}

void alarm_say_change(const struct alarm_said *before, const struct alarm_said *after,
                      struct str *out)
{
    str_add(out, "{\"version\":\"1.0\",");
    say_state(out, "oldState", before);
    str_addc(out, ',');
    say_state(out, "newState", after);
    str_addc(out, '}');
}

static void say_actions(struct str *out, const char *name, const struct alarm_actions *actions)
{
    str_addf(out, ",\"%s\":[", name);
    for (uint32_t i = 0; i < actions->count; i++) {
        str_add(out, i == 0 ? "" : ",");
        alarm_say_text(out, actions->items[i]);
    }
    str_addc(out, ']');
}

static void say_dimensions(struct str *out, const struct alarm *alarm)
{
    str_add(out, ",\"dimensions\":[");
    for (uint32_t i = 0; i < alarm->dimensions.count; i++) {
        str_add(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        alarm_say_text(out, alarm->dimensions.items[i].name);
        str_add(out, ",\"value\":");
        alarm_say_text(out, alarm->dimensions.items[i].value);
        str_addc(out, '}');
    }
    str_addc(out, ']');
}

static void say_member(struct str *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    str_addf(out, ",\"%s\":", name);
    alarm_say_text(out, text);
}

void alarm_say_settings(const struct alarm *alarm, const char *arn, bool created, struct str *out)
{
    str_addf(out, "{\"version\":\"1.0\",\"type\":\"%s\",\"%s\":{\"alarmName\":",
             created ? "Create" : "Update", created ? "createdAlarm" : "updatedAlarm");
    alarm_say_text(out, alarm->name);
    say_member(out, "alarmDescription", alarm->description);
    say_member(out, "alarmArn", arn);
    str_add(out, ",\"alarmConfigurationUpdatedTimestamp\":\"");
    alarm_say_time(out, alarm->configured);
    str_addc(out, '"');
    say_member(out, "namespace", alarm->space);
    say_member(out, "metricName", alarm->metric);
    say_member(out, alarm->extended ? "extendedStatistic" : "statistic", alarm->statistic);
    str_addf(out, ",\"period\":%u", alarm->period_s);
    say_dimensions(out, alarm);
    str_add(out, ",\"threshold\":");
    alarm_say_real(out, threshold_of(alarm));
    say_member(out, "comparisonOperator", alarm_comparison_words[alarm->comparison - 1]);
    str_addf(out, ",\"evaluationPeriods\":%u", alarm->periods);
    if (alarm->datapoints > 0)
        str_addf(out, ",\"datapointsToAlarm\":%u", alarm->datapoints);
    if (alarm->missing != 0)
        say_member(out, "treatMissingData", alarm_missing_words[alarm->missing - 1]);
    say_member(out, "stateValue", alarm_state_words[alarm->state - 1]);
    str_addf(out, ",\"actionsEnabled\":%s", alarm->enabled ? "true" : "false");
    say_actions(out, "okActions", &alarm->ok_actions);
    say_actions(out, "alarmActions", &alarm->alarm_actions);
    say_actions(out, "insufficientDataActions", &alarm->insufficient_actions);
    str_add(out, "}}");
}
