/*
 * tui/charts.c - charts over simulated time: what CloudWatch shows of the last hour, and alarms.
 *
 * Asks lab DescribeClock, cloudwatch ListMetrics, GetMetricData (all metrics at once),
 * DescribeAlarms and DescribeAlarmHistory, autoscaling DescribeAutoScalingGroups and
 * DescribeScalingActivities.
 */
#include "tui/charts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"
#include "tui/answer.h"

enum {
    LINES_MAX = 60,
    LABEL_COLS = 18,
    VALUE_COLS = 11,
};

/* ---- what is asked ---- */

/* A line whose values are still to come: the n-th query is the n-th of these. */
struct wanted_line {
    struct charts_line *line;
    int minutes; /* that one value stands for, until the next one */
};

struct asking {
    struct charts_scene *scene;
    const struct view_source *source;
    json_t *metrics; /* of ListMetrics */
    json_t *queries;
    struct wanted_line wanted[LINES_MAX];
};

static json_t *ask(const struct view_source *source, const char *service, const char *op,
                   json_t *params)
{
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = service,
                                                      .op = op,
                                                      .params = params,
                                                  });

    json_decref(params);
    return answer;
}

struct line_wish {
    const char *metric;
    const char *stat;
    const char *label;
    int minutes;
    uint8_t unit;
    bool is_bad;
};

/* Counts, and none yet. */
static void line_begin(struct charts_line *line, const char *label)
{
    *line = (struct charts_line){.label = label, .unit = CHARTS_COUNT};
    for (int i = 0; i < CHARTS_MINUTES; i++)
        line->values[i] = NAN;
}

static void line_add(struct asking *asking, struct charts_block *block, const char *space,
                     json_t *dimensions, const struct line_wish *wish)
{
    struct arena *arena = &asking->scene->arena;
    size_t at = json_array_size(asking->queries);
    struct charts_line *line;

    if (at >= LINES_MAX)
        return;
    /* Blocks are filled one after the other; their lines are reserved at once. */
    if (block->lines.size == 0) {
        block->lines.items = arena_alloc(arena, LINES_MAX * sizeof(*block->lines.items));
        block->lines.size = LINES_MAX;
    }
    if (block->lines.count == block->lines.size)
        return;
    line = &block->lines.items[block->lines.count++];
    line_begin(line, view_keep(arena, wish->label));
    line->unit = wish->unit;
    line->is_bad = wish->is_bad;
    asking->wanted[at] = (struct wanted_line){line, wish->minutes};
    json_array_append_new(
        asking->queries,
        json_pack("{s:o, s:{s:{s:s, s:s, s:O}, s:I, s:s}}", "Id",
                  json_sprintf("q%d", (int)at), "MetricStat", "Metric", "Namespace", space,
                  "MetricName", wish->metric, "Dimensions", dimensions, "Period",
                  (json_int_t)60, "Stat", wish->stat));
}

/* The value of a dimension of a metric, or "". */
static const char *dimension_of(json_t *metric, const char *name)
{
    json_t *dimension;
    size_t i;

    json_array_foreach(answer_list(metric, "Dimensions"), i, dimension) {
        if (strcmp(answer_text(dimension, "Name"), name) == 0)
            return answer_text(dimension, "Value");
    }
    return "";
}

static bool is_metric(json_t *metric, const char *name, size_t dimensions)
{
    return strcmp(answer_text(metric, "MetricName"), name) == 0 &&
           json_array_size(answer_list(metric, "Dimensions")) == dimensions;
}

/* "web" of "app/web/0123456789abcdef" and of "targetgroup/web/0123456789abcdef". */
static const char *short_name(struct arena *arena, const char *name)
{
    const char *first = strchr(name, '/');
    size_t length = first == NULL ? 0 : strcspn(first + 1, "/");

    return first == NULL ? view_keep(arena, name) : arena_strndup(arena, first + 1, length);
}

/* The same of each of a balancer's target groups. */
static void groups_ask(struct asking *asking, struct charts_block *block, const char *balancer,
                       const struct line_wish *like)
{
    struct arena *arena = &asking->scene->arena;
    json_t *metric;
    size_t i;

    json_array_foreach(asking->metrics, i, metric) {
        struct line_wish wish = *like;

        if (!is_metric(metric, like->metric, 2) ||
            strcmp(dimension_of(metric, "LoadBalancer"), balancer) != 0)
            continue;
        wish.label = arena_printf(arena, "%s %s", like->label,
                                  short_name(arena, dimension_of(metric, "TargetGroup")));
        line_add(asking, block, "AWS/ApplicationELB", answer_list(metric, "Dimensions"), &wish);
    }
}

static void balancer_ask(struct asking *asking, json_t *metric)
{
    static const struct line_wish wishes[] = {
        {"RequestCount", "Sum", "requests a minute", 1, CHARTS_COUNT, false},
        {"TargetResponseTime", "p50", "response p50", 1, CHARTS_SECONDS, false},
        {"TargetResponseTime", "p99", "response p99", 1, CHARTS_SECONDS, false},
        {"HTTPCode_Target_5XX_Count", "Sum", "5xx of targets", 1, CHARTS_COUNT, true},
        {"HTTPCode_ELB_5XX_Count", "Sum", "5xx of balancer", 1, CHARTS_COUNT, true},
    };
    const char *name = dimension_of(metric, "LoadBalancer");
    struct arena *arena = &asking->scene->arena;
    struct charts_block *block = LIST_PUSH_IN(arena, &asking->scene->blocks);

    block->title = short_name(arena, name);
    block->id = arena_printf(arena, "balancer:%s", name);
    for (size_t k = 0; k < sizeof(wishes) / sizeof(wishes[0]); k++)
        line_add(asking, block, "AWS/ApplicationELB", answer_list(metric, "Dimensions"),
                 &wishes[k]);
    groups_ask(asking, block, name,
               &(struct line_wish){"HealthyHostCount", "Minimum", "healthy", 1, CHARTS_COUNT,
                                   false});
    groups_ask(asking, block, name,
               &(struct line_wish){"RequestCountPerTarget", "Sum", "each of", 1, CHARTS_COUNT,
                                   false});
}

static void instances_ask(struct asking *asking)
{
    struct charts_block *block = NULL;
    json_t *metric;
    size_t i;

    json_array_foreach(asking->metrics, i, metric) {
        struct line_wish cpu = {"CPUUtilization", "Average", "", 5, CHARTS_PERCENT, false};

        if (!is_metric(metric, "CPUUtilization", 1) || *dimension_of(metric, "InstanceId") == '\0')
            continue;
        if (block == NULL) {
            block = LIST_PUSH_IN(&asking->scene->arena, &asking->scene->blocks);
            block->title = "CPU of instances";
            block->last = true;
        }
        cpu.label = dimension_of(metric, "InstanceId");
        line_add(asking, block, "AWS/EC2", answer_list(metric, "Dimensions"), &cpu);
    }
}

/* Which minute of the chart; -1: none. */
static int minute_of(const struct charts_scene *scene, const char *text)
{
    int64_t time;

    if (!clock_parse(text, &time) || time < scene->start ||
        time >= scene->start + CHARTS_MINUTES * MINUTE_NS)
        return -1;
    return (int)((time - scene->start) / MINUTE_NS);
}

static void values_read(const struct asking *asking, json_t *result)
{
    const char *id = answer_text(result, "Id");
    long at = *id == 'q' ? strtol(id + 1, NULL, 10) : -1;
    json_t *times = answer_list(result, "Timestamps");
    json_t *values = answer_list(result, "Values");
    json_t *time;
    size_t i;

    if (at < 0 || at >= LINES_MAX || asking->wanted[at].line == NULL)
        return;
    json_array_foreach(times, i, time) {
        int minute = minute_of(asking->scene, json_string_value(time));
        int end = minute + asking->wanted[at].minutes;

        for (int k = minute; minute >= 0 && k < end && k < CHARTS_MINUTES; k++)
            asking->wanted[at].line->values[k] = json_number_value(json_array_get(values, i));
    }
}

static json_t *time_text(int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    return json_string(clock_format(time, CLOCK_Z, text));
}

static void metrics_ask(struct asking *asking)
{
    json_t *answer = ask(asking->source, "cloudwatch", "ListMetrics", json_object());
    json_t *metric;
    json_t *result;
    size_t i;

    asking->metrics = answer_list(answer, "Metrics");
    asking->queries = json_array();
    json_array_foreach(asking->metrics, i, metric) {
        if (is_metric(metric, "RequestCount", 1))
            balancer_ask(asking, metric);
    }
    instances_ask(asking);
    json_decref(answer);
    if (json_array_size(asking->queries) == 0) {
        json_decref(asking->queries);
        return;
    }
    answer = ask(asking->source, "cloudwatch", "GetMetricData",
                 json_pack("{s:o, s:s, s:o, s:o}", "MetricDataQueries", asking->queries, "ScanBy",
                           "TimestampAscending", "StartTime",
                           time_text(asking->scene->start), "EndTime",
                           time_text(asking->scene->now + SECOND_NS)));
    json_array_foreach(answer_list(answer, "MetricDataResults"), i, result)
        values_read(asking, result);
    json_decref(answer);
}

/* ---- groups ---- */

/* What an activity has added to its group. */
static int change_of(json_t *activity)
{
    const char *what = answer_text(activity, "Description");
    const char *status = answer_text(activity, "StatusCode");

    if (strcmp(status, "Failed") == 0 || strcmp(status, "Cancelled") == 0)
        return 0;
    return str_starts(what, "Launching") || str_starts(what, "Attaching")     ? 1
           : str_starts(what, "Terminating") || str_starts(what, "Detaching") ? -1
                                                                              : 0;
}

/* How large a group was: from how large it is, back through its activities, the latest first. */
static void sizes_read(const struct charts_scene *scene, struct charts_line *line, json_t *group,
                       json_t *activities)
{
    const char *name = answer_text(group, "AutoScalingGroupName");
    int size = (int)json_array_size(answer_list(group, "Instances"));
    int until = CHARTS_MINUTES;
    int64_t made = 0;
    json_t *activity;
    size_t i;

    clock_parse(answer_text(group, "CreatedTime"), &made);
    json_array_foreach(activities, i, activity) {
        int minute = minute_of(scene, answer_text(activity, "StartTime"));

        if (strcmp(answer_text(activity, "AutoScalingGroupName"), name) != 0)
            continue;
        while (until > (minute < 0 ? 0 : minute))
            line->values[--until] = size;
        size -= change_of(activity);
    }
    while (until > 0 && scene->start + until * MINUTE_NS > made)
        line->values[--until] = size;
}

static void sizes_ask(struct charts_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(source, "autoscaling", "DescribeAutoScalingGroups", json_object());
    json_t *log = ask(source, "autoscaling", "DescribeScalingActivities",
                      json_pack("{s:i}", "MaxRecords", 100));
    json_t *groups = answer_list(answer, "AutoScalingGroups");
    struct charts_block *block = NULL;
    struct charts_line *line;
    json_t *group;
    size_t i;

    json_array_foreach(groups, i, group) {
        if (block == NULL) {
            block = LIST_PUSH_IN(&scene->arena, &scene->blocks);
            block->title = "instances of Auto Scaling groups";
        }
        line = LIST_PUSH_IN(&scene->arena, &block->lines);
        line_begin(line, view_keep(&scene->arena, answer_text(group, "AutoScalingGroupName")));
        sizes_read(scene, line, group, answer_list(log, "Activities"));
    }
    json_decref(answer);
    json_decref(log);
}

/* ---- alarms ---- */

/* "crew AlarmHigh" of "TargetTracking-crew-AlarmHigh-UUID": the end would be cut off. */
static const char *alarm_label(struct arena *arena, const char *name)
{
    const char *rest = name + strlen("TargetTracking-");
    const char *kind;

    if (!str_starts(name, "TargetTracking-"))
        return view_keep(arena, name);
    kind = strstr(rest, "-AlarmHigh-");
    kind = kind == NULL ? strstr(rest, "-AlarmLow-") : kind;
    if (kind == NULL)
        return view_keep(arena, name);
    return arena_printf(arena, "%s %.*s", arena_strndup(arena, rest, (size_t)(kind - rest)),
                        (int)strcspn(kind + 1, "-"), kind + 1);
}

static char mark_of(const char *summary)
{
    return strstr(summary, "to ALARM") != NULL ? '!' : strstr(summary, "to OK") != NULL ? 'o' : '?';
}

static void alarms_ask(struct charts_scene *scene, const struct view_source *source)
{
    json_t *answer = ask(source, "cloudwatch", "DescribeAlarms", json_object());
    json_t *history = ask(source, "cloudwatch", "DescribeAlarmHistory",
                          json_pack("{s:s, s:s, s:o}", "HistoryItemType", "StateUpdate", "ScanBy",
                                    "TimestampAscending", "StartDate", time_text(scene->start)));
    json_t *alarm;
    json_t *item;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(answer, "MetricAlarms"), i, alarm) {
        struct charts_alarm *to = LIST_PUSH_IN(&scene->arena, &scene->alarms);

        to->label = alarm_label(&scene->arena, answer_text(alarm, "AlarmName"));
        to->name = view_keep(&scene->arena, answer_text(alarm, "AlarmName"));
        to->state = view_keep(&scene->arena, answer_text(alarm, "StateValue"));
        to->reason = view_keep(&scene->arena, answer_text(alarm, "StateReason"));
        memset(to->marks, ' ', CHARTS_MINUTES);
        json_array_foreach(answer_list(history, "AlarmHistoryItems"), k, item) {
            int minute = minute_of(scene, answer_text(item, "Timestamp"));

            if (minute >= 0 && strcmp(answer_text(item, "AlarmName"), to->name) == 0)
                to->marks[minute] = mark_of(answer_text(item, "HistorySummary"));
        }
    }
    json_decref(answer);
    json_decref(history);
}

static void charts_refresh(void *at, const struct view_source *source)
{
    struct charts_scene *scene = at;
    struct asking asking = {.scene = scene, .source = source};
    json_t *clock = ask(source, "lab", "DescribeClock", json_object());

    arena_release(&scene->arena);
    *scene = (struct charts_scene){0};
    if (clock_parse(answer_text(clock, "Time"), &scene->now)) {
        scene->start = scene->now - scene->now % MINUTE_NS - (CHARTS_MINUTES - 1) * MINUTE_NS;
        metrics_ask(&asking);
        sizes_ask(scene, source);
        alarms_ask(scene, source);
    }
    json_decref(clock);
}

/* ---- rows ---- */

static void write_value(struct sheet *sheet, enum theme_role role, uint8_t unit, double value)
{
    char text[40] = "";

    if (isnan(value))
        snprintf(text, sizeof(text), "-");
    else if (unit == CHARTS_SECONDS)
        snprintf(text, sizeof(text), "%.1f ms", value * 1000);
    else if (unit == CHARTS_PERCENT)
        snprintf(text, sizeof(text), "%.1f %%", value);
    else
        snprintf(text, sizeof(text), "%.0f", value);
    sheet_cell(sheet, role, -VALUE_COLS, text);
}

static double most_of(const struct charts_line *line)
{
    double most = NAN;

    for (int i = 0; i < CHARTS_MINUTES; i++) {
        if (!isnan(line->values[i]) && !(line->values[i] <= most))
            most = line->values[i];
    }
    return most;
}

static double latest_of(const struct charts_line *line)
{
    for (int i = CHARTS_MINUTES - 1; i >= 0; i--) {
        if (!isnan(line->values[i]))
            return line->values[i];
    }
    return NAN;
}

struct curve {
    int row;
    int height;
    int shown; /* minutes, the latest */
};

/* The minutes for which there is room. */
static int shown_of(int cols)
{
    int room = cols - LABEL_COLS - VALUE_COLS - 3;

    return room < 1 ? 1 : room > CHARTS_MINUTES ? CHARTS_MINUTES : room;
}

/* One row of a chart that is `height` rows high; row 0 is the lowest. */
static void write_curve(struct sheet *sheet, enum theme_role role, const struct charts_line *line,
                        const struct curve *curve)
{
    double most = most_of(line);

    for (int i = CHARTS_MINUTES - curve->shown; i < CHARTS_MINUTES; i++)
        sheet_curve(sheet, role, &(struct sheet_level){
                                     .value = line->values[i],
                                     .most = most,
                                     .row = curve->row,
                                     .height = curve->height,
                                 });
}

/* Errors of which there were none take no room. */
static bool is_shown(const struct charts_line *line)
{
    return !line->is_bad || !isnan(most_of(line));
}

static void write_line(struct sheet *sheet, const struct charts_line *line, int height, int cols)
{
    double most = most_of(line);
    enum theme_role role = line->is_bad && most > 0 ? THEME_BAD : THEME_GOOD;

    if (!is_shown(line))
        return;
    for (int row = height - 1; row >= 0; row--) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, " ");
        sheet_cell(sheet, THEME_TEXT, LABEL_COLS, row == 0 ? line->label : "");
        if (row == 0)
            write_value(sheet, THEME_STRONG, line->unit, latest_of(line));
        else
            sheet_cell(sheet, THEME_TEXT, VALUE_COLS, "");
        sheet_add(sheet, THEME_TEXT, " ");
        write_curve(sheet, role, line,
                    &(struct curve){.row = row, .height = height, .shown = shown_of(cols)});
        if (row == height - 1 && cols >= LABEL_COLS + 2 * VALUE_COLS + CHARTS_MINUTES + 10 &&
            !isnan(most)) {
            sheet_add(sheet, THEME_DIM, "  most");
            write_value(sheet, THEME_DIM, line->unit, most);
        }
    }
}

static void write_axis(struct sheet *sheet, const struct charts_scene *scene, int cols)
{
    int shown = shown_of(cols);
    char from[CLOCK_TEXT_SIZE];
    char until[CLOCK_TEXT_SIZE];

    sheet_row(sheet, NULL);
    sheet_cell(sheet, THEME_DIM, LABEL_COLS + VALUE_COLS + 2, "");
    sheet_cell(sheet, THEME_DIM, shown > 20 ? shown - 8 : 10,
               clock_format(scene->start + (CHARTS_MINUTES - shown) * MINUTE_NS, CLOCK_TIME, from));
    sheet_add(sheet, THEME_DIM, clock_format(scene->now, CLOCK_TIME, until));
}

static void write_alarm(struct sheet *sheet, const struct charts_alarm *alarm, int cols)
{
    bool alarms = strcmp(alarm->state, "ALARM") == 0;
    enum theme_role role = alarms                              ? THEME_BAD
                           : strcmp(alarm->state, "OK") == 0 ? THEME_GOOD
                                                             : THEME_WARN;
    char id[300];

    snprintf(id, sizeof(id), "alarm:%s", alarm->name);
    sheet_row(sheet, id);
    sheet_add(sheet, THEME_TEXT, " ");
    sheet_cell(sheet, THEME_TEXT, LABEL_COLS, alarm->label);
    sheet_cell(sheet, role, -VALUE_COLS, strlen(alarm->state) > VALUE_COLS ? "no data"
                                                                           : alarm->state);
    sheet_add(sheet, THEME_TEXT, " ");
    for (int i = CHARTS_MINUTES - shown_of(cols); i < CHARTS_MINUTES; i++) {
        char mark[2] = {alarm->marks[i], '\0'};

        sheet_add(sheet, mark[0] == '!' ? THEME_BAD : mark[0] == 'o' ? THEME_GOOD : THEME_WARN,
                  mark);
    }
    sheet_row(sheet, NULL);
    sheet_add(sheet, THEME_TEXT, "   ");
    sheet_wrap_on(sheet, (struct sheet_wrap){.role = THEME_DIM, .columns = cols, .indent = 3},
                  alarm->reason);
}

/* Rows that each line may have, so that all fit where there is room. */
static int height_of(const struct charts_scene *scene, int rows)
{
    int lines = 0;
    int others = 4 + 3 * (int)scene->alarms.count + 2 * (int)scene->blocks.count;
    int height;

    for (uint32_t i = 0; i < scene->blocks.count; i++) {
        const struct charts_block *block = &scene->blocks.items[i];

        for (uint32_t k = 0; k < block->lines.count; k++)
            lines += is_shown(&block->lines.items[k]);
    }
    if (lines == 0)
        return 1;
    height = (rows - others) / lines;
    return height < 1 ? 1 : height > 4 ? 4 : height;
}

static void write_blocks(struct sheet *sheet, const struct charts_scene *scene,
                         const struct view_frame *frame, bool last)
{
    int height = height_of(scene, frame->rows);

    for (uint32_t i = 0; i < scene->blocks.count; i++) {
        const struct charts_block *block = &scene->blocks.items[i];

        if (block->last != last)
            continue;
        sheet_row(sheet, block->id);
        sheet_add(sheet, THEME_TITLE, block->title);
        for (uint32_t k = 0; k < block->lines.count; k++)
            write_line(sheet, &block->lines.items[k], height, frame->cols);
    }
}

static void charts_rows(const void *at, const struct view_frame *frame, struct sheet *sheet)
{
    const struct charts_scene *scene = at;

    if (scene->blocks.count == 0 && scene->alarms.count == 0) {
        sheet_line(sheet, THEME_DIM, "Nothing has been measured yet: metrics come each minute,");
        sheet_line(sheet, THEME_DIM, "of instances each five minutes.");
        return;
    }
    write_blocks(sheet, scene, frame, false);
    if (scene->alarms.count > 0)
        sheet_line(sheet, THEME_TITLE, "alarms   ! alarms from here on   o is OK   ? no data");
    for (uint32_t i = 0; i < scene->alarms.count; i++)
        write_alarm(sheet, &scene->alarms.items[i], frame->cols);
    write_blocks(sheet, scene, frame, true);
    write_axis(sheet, scene, frame->cols);
}

static void charts_command(const void *at, const char *id, struct str *command)
{
    (void)at;
    if (str_starts(id, "alarm:"))
        str_addf(command, "aws cloudwatch describe-alarm-history --alarm-name '%s'",
                 id + strlen("alarm:"));
    else if (str_starts(id, "balancer:"))
        str_addf(command, "aws cloudwatch list-metrics --dimensions Name=LoadBalancer,Value=%s",
                 id + strlen("balancer:"));
}

static void *charts_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct charts_scene));
}

static void charts_close(void *at)
{
    arena_release(&((struct charts_scene *)at)->arena);
    free(at);
}

const struct view_ops view_charts = {
    .name = "charts",
    .title = "charts",
    .doc = "The last hour in curves: requests, times, errors, targets, groups, CPU; alarms.",
    .open = charts_open,
    .refresh = charts_refresh,
    .rows = charts_rows,
    .command = charts_command,
    .close = charts_close,
};
