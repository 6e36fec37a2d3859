/*
 * cloud/alarm.c - alarms on metrics: evaluated again and again, and what they set off.
 *
 * Owns    struct alarm, and the history of all alarms.
 * Moves   INSUFFICIENT_DATA <-> OK <-> ALARM <-> INSUFFICIENT_DATA; each evaluation is an event.
 * Uses    cloud/metric; actions through struct alarm_hooks.
 * True to the CloudWatch user guide, "Using Amazon CloudWatch alarms" and "Alarm evaluation", and
 *         to recorded history.  Left out: anomaly detection, metric math, composite alarms.
 */
#include "cloud/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "cloud/account.h"
#include "cloud/alarm_words.h"
#include "cloud/event_kinds.h"

__extension__ typedef __int128 wide;

static const int64_t first_delay = 5 * SECOND_NS; /* after the minute: its numbers are there then */

const char *const alarm_state_words[] = {"INSUFFICIENT_DATA", "ALARM", "OK", NULL};
const char *const alarm_missing_words[] = {"missing", "ignore", "breaching", "notBreaching", NULL};
const char *const alarm_comparison_words[] = {
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
    "LessThanOrEqualToThreshold",    NULL,
};
const char *const alarm_history_words[] = {"ConfigurationUpdate", "StateUpdate", "Action", NULL};

static const char unchecked[] = "Unchecked: Initial alarm creation";

uint8_t alarm_word_find(const char *const *words, const char *word)
{
    for (uint8_t i = 0; words[i] != NULL; i++) {
        if (str_equal(words[i], word))
            return (uint8_t)(i + 1);
    }
    return 0;
}

const char *alarm_arn(const struct alarms *alarms, struct arena *arena, const struct alarm *alarm)
{
    return arena_printf(arena, "arn:aws:cloudwatch:%s:%s:alarm:%s",
                        alarms->catalog->regions[alarm->region].name,
                        account_text(arena, alarm->account), alarm->name);
}

struct alarm *alarm_find_name(const struct alarms *alarms, uint64_t account, uint8_t region,
                              const char *name)
{
    for (uint32_t i = 0; i < table_count(&alarms->table); i++) {
        struct alarm *alarm = table_at(&alarms->table, i);

        if (alarm->account == account && alarm->region == region && str_equal(alarm->name, name))
            return alarm;
    }
    return NULL;
}

/* ---- history ---- */

static void history_add(struct alarms *alarms, const struct alarm *alarm, uint8_t kind,
                        const char *summary, const char *data)
{
    struct table *history = &alarms->history;
    uint32_t count = table_count(history);
    uint64_t number = 1;
    struct alarm_history *entry;

    if (count > 0)
        number = ((struct alarm_history *)table_at(history, count - 1))->number + 1;
    entry = table_add(history, number);
    entry->account = alarm->account;
    entry->region = alarm->region;
    entry->time = alarms->sim->now;
    entry->kind = kind;
    entry->alarm = xstrdup(alarm->name);
    entry->summary = xstrdup(summary);
    entry->data = xstrdup(data);
    while (table_count(history) > 1) {
        const struct alarm_history *first = table_at(history, 0);

        if (table_count(history) <= ALARM_HISTORY_MAX &&
            first->time >= alarms->sim->now - ALARM_HISTORY_KEPT)
            break;
        table_remove(history, first->number);
    }
}

static void tell(struct alarms *alarms, const struct alarm *alarm, const char *text)
{
    trail_add(alarms->trail, (struct trail_entry){
                                 .account = alarm->account,
                                 .subject = alarm->id,
                                 .topic = TRAIL_ALARM,
                                 .region = alarm->region,
                                 .text = (char *)(uintptr_t)text,
                             });
}

/* ---- actions ---- */

static const struct alarm_actions *actions_of(const struct alarm *alarm, uint8_t state)
{
    return state == ALARM_STATE_ALARM ? &alarm->alarm_actions
           : state == ALARM_STATE_OK  ? &alarm->ok_actions
                                      : &alarm->insufficient_actions;
}

static void act(struct alarms *alarms, const struct alarm *alarm, uint8_t before,
                const char *action)
{
    struct str told = STR_INIT;
    struct str summary = STR_INIT;
    struct str data = STR_INIT;
    bool done = false;

    if (alarms->hooks.act != NULL)
        done = alarms->hooks.act(alarms->hooks.context, alarm, before, action, &told);
    str_addf(&summary, "%s action %s%s%s", done ? "Successfully executed" : "Failed to execute",
             action, done ? "" : ". Received error: ", done ? "" : str_text(&told));
    str_addf(&data, "{\"actionState\":\"%s\",\"stateUpdateTimestamp\":%lld,"
                    "\"notificationResource\":", done ? "Succeeded" : "Failed",
             (long long)(alarm->updated / MILLISECOND_NS));
    alarm_say_text(&data, action);
    if (!done) {
        str_add(&data, ",\"error\":");
        alarm_say_text(&data, str_text(&told));
    }
    str_addc(&data, '}');
    history_add(alarms, alarm, HISTORY_ACTION, str_text(&summary), str_text(&data));
    str_release(&told);
    str_release(&summary);
    str_release(&data);
}

static bool is_of_scaling(const char *action)
{
    return str_starts(action, "arn:aws:autoscaling:");
}

/* All of the state's, or (it has not changed) only those that are executed again and again. */
static void execute(struct alarms *alarms, uint64_t id, uint8_t before)
{
    const struct alarm *alarm = table_get(&alarms->table, id);
    uint8_t state = alarm->state;
    bool again = before == state;

    if (!alarm->enabled)
        return;
    for (uint32_t i = 0; i < actions_of(alarm, state)->count; i++) {
        const char *action = actions_of(alarm, state)->items[i];

        if (!again || is_of_scaling(action))
            act(alarms, alarm, before, action);
        /* An action may do anything: even to this alarm. */
        alarm = table_find(&alarms->table, id);
        if (alarm == NULL || alarm->state != state)
            return;
    }
}

static void replace(char **text, const char *with)
{
    char *copy = with == NULL ? NULL : xstrdup(with);

    free(*text);
    *text = copy;
}

void alarm_set_state(struct alarms *alarms, struct alarm *alarm, uint8_t state, const char *reason,
                     const char *data)
{
    uint8_t before = alarm->state;
    struct str said = STR_INIT;
    struct str text = STR_INIT;

    alarm_say_change(&(struct alarm_said){before, alarm->reason, alarm->reason_data},
                     &(struct alarm_said){state, reason, data}, &said);
    alarm->state = state;
    alarm->updated = alarms->sim->now;
    replace(&alarm->reason, reason);
    replace(&alarm->reason_data, data);
    if (before != state) {
        alarm->transitioned = alarms->sim->now;
        str_addf(&text, "Alarm updated from %s to %s", alarm_state_words[before - 1],
                 alarm_state_words[state - 1]);
        history_add(alarms, alarm, HISTORY_STATE, str_text(&text), str_text(&said));
        str_clear(&text);
        str_addf(&text, "alarm %s %s -> %s", alarm->name, alarm_state_words[before - 1],
                 alarm_state_words[state - 1]);
        tell(alarms, alarm, str_text(&text));
        if (alarms->hooks.moved != NULL)
            alarms->hooks.moved(alarms->hooks.context, alarm, before);
        if (alarms->hooks.changed != NULL)
            alarms->hooks.changed(alarms->hooks.context, alarm);
        execute(alarms, alarm->id, before);
    }
    str_release(&said);
    str_release(&text);
}

/* ---- evaluating ---- */

static bool is_breaching(const struct alarm *alarm, struct metric_amount amount)
{
    wide value = (wide)amount.value * ALARM_SCALE;
    wide threshold = (wide)alarm->threshold * amount.per;

    switch (alarm->comparison) {
    case COMPARE_GREATER_OR_EQUAL:
        return value >= threshold;
    case COMPARE_GREATER:
        return value > threshold;
    case COMPARE_LESS:
        return value < threshold;
    default:
        return value <= threshold;
    }
}

/* The metric in the alarm's unit, or in the first that it has. */
static const struct metric *metric_of(const struct alarms *alarms, const struct alarm *alarm)
{
    struct metric_name name = {
        .account = alarm->account,
        .region = alarm->region,
        .space = alarm->space,
        .name = alarm->metric,
        .dimensions = {alarm->dimensions.items, alarm->dimensions.count, 0},
    };
    const struct metric *metric = NULL;

    if (alarm->unit != 0)
        return metric_find(alarms->metrics, &name, alarm->unit);
    for (uint8_t unit = 1; metric == NULL && metric_unit_words[unit - 1] != NULL; unit++)
        metric = metric_find(alarms->metrics, &name, unit);
    return metric;
}

static void point_read(const struct alarm *alarm, const struct metric *metric,
                       struct alarm_point *point)
{
    struct metric_statistic statistic;
    struct metric_total total;

    metric_statistic_read(alarm->statistic, &statistic);
    if (metric_total(metric, point->time, point->time + alarm->period_s * SECOND_NS, &total) &&
        metric_amount(metric, &total, statistic, &point->amount)) {
        point->samples = total.set.count;
        point->kind = is_breaching(alarm, point->amount) ? POINT_BREACHING : POINT_FINE;
    }
    histogram_release(&total.spread);
}

/* The span by which it is evaluated. */
static int64_t rhythm_of(const struct alarm *alarm)
{
    return (alarm->period_s < 60 ? alarm->period_s : 60) * SECOND_NS;
}

static void points_read(const struct alarms *alarms, const struct alarm *alarm,
                        struct alarm_point *points, uint32_t range)
{
    const struct metric *metric = metric_of(alarms, alarm);
    int64_t end = alarms->sim->now - alarms->sim->now % rhythm_of(alarm);

    for (uint32_t i = 0; i < range; i++) {
        points[i].time = end - (i + 1) * (alarm->period_s * SECOND_NS);
        if (metric != NULL)
            point_read(alarm, metric, &points[i]);
    }
}

static struct opt_int latest_of(const struct alarm_point *points, uint32_t range)
{
    for (uint32_t i = 0; i < range; i++) {
        if (points[i].kind != POINT_MISSING)
            return OPT_INT((int64_t)((wide)points[i].amount.value * ALARM_SCALE /
                                     points[i].amount.per));
    }
    return (struct opt_int){0};
}

static void evaluate(struct alarms *alarms, struct alarm *alarm)
{
    uint32_t range = alarm_range(alarm->periods, alarm->period_s);
    struct alarm_point *points = xcalloc(range, sizeof(*points));
    uint8_t *kinds = xcalloc(range, sizeof(*kinds));
    struct alarm_rule rule = {
        .periods = alarm->periods,
        .datapoints = alarm->datapoints > 0 ? alarm->datapoints : alarm->periods,
        .missing = alarm->missing == 0 ? MISSING_MISSING : alarm->missing,
    };
    struct alarm_finding finding = {
        .alarm = alarm, .points = points, .range = range, .now = alarms->sim->now};
    struct str reason = STR_INIT;
    struct str data = STR_INIT;

    points_read(alarms, alarm, points, range);
    alarm->latest = latest_of(points, range);
    for (uint32_t i = 0; i < range; i++)
        kinds[i] = points[i].kind;
    finding.verdict = alarm_judge(&rule, kinds, range);
    if (finding.verdict.state != 0 && finding.verdict.state != alarm->state) {
        alarm_say_reason(&finding, &reason);
        alarm_say_data(&finding, &data);
        alarm_set_state(alarms, alarm, finding.verdict.state, str_text(&reason), str_text(&data));
    } else {
        execute(alarms, alarm->id, alarm->state);
    }
    free(points);
    free(kinds);
    str_release(&reason);
    str_release(&data);
}

/* Each rhythm, as long after the full minute as the alarm was put. */
static void step_plan(struct alarms *alarms, struct alarm *alarm)
{
    int64_t rhythm = rhythm_of(alarm);
    int64_t phase = alarm->configured % rhythm;
    int64_t since;

    if (phase < first_delay)
        phase = first_delay;
    since = (alarms->sim->now - phase) % rhythm;
    alarm->step = sim_schedule(alarms->sim, rhythm - since, EVENT_ALARM_STEP, alarm->id, 0);
}

static void run_step(void *context, const struct event *event)
{
    struct alarms *alarms = context;
    struct alarm *alarm = table_find(&alarms->table, event->subject);
    uint64_t id = event->subject;

    if (alarm == NULL || alarm->step != event->sequence)
        return;
    alarm->step = 0;
    evaluate(alarms, alarm);
    alarm = table_find(&alarms->table, id);
    if (alarm != NULL && alarm->step == 0)
        step_plan(alarms, alarm);
}

/* ---- making ---- */

static int refuse(struct fault *fault, const char *text)
{
    return fault_set(fault, &fault_alarm_invalid, text);
}

static int wish_check(const struct alarm_wish *wish, struct fault *fault)
{
    uint64_t span = (uint64_t)wish->period_s * wish->periods;
    bool fine = wish->period_s == 10 || wish->period_s == 20 || wish->period_s == 30;

    if (wish->period_s == 0 || (!fine && wish->period_s % 60 != 0))
        return refuse(fault, "Period must be 10, 20, 30 or a multiple of 60");
    if (wish->period_s < 3600 && span > 86400)
        return refuse(fault, "Metrics cannot be checked across more than a day (EvaluationPeriods "
                             "* Period must be <= 86400).");
    if (span > 604800)
        return refuse(fault, "Metrics cannot be checked across more than seven days "
                             "(EvaluationPeriods * Period must be <= 604800).");
    if (wish->datapoints > wish->periods)
        return refuse(fault, "DatapointsToAlarm must be less than or equal to EvaluationPeriods");
    return 0;
}

static void actions_set(struct alarm_actions *actions, const char *const *items, uint32_t count)
{
    for (uint32_t i = 0; i < actions->count; i++)
        free(actions->items[i]);
    LIST_RELEASE(actions);
    for (uint32_t i = 0; i < count; i++)
        *LIST_PUSH(actions) = xstrdup(items[i]);
}

static void dimensions_set(struct alarm *alarm, const struct metric_dimensions *dimensions)
{
    for (uint32_t i = 0; i < alarm->dimensions.count; i++) {
        free((char *)(uintptr_t)alarm->dimensions.items[i].name);
        free((char *)(uintptr_t)alarm->dimensions.items[i].value);
    }
    LIST_RELEASE(&alarm->dimensions);
    for (uint32_t i = 0; i < dimensions->count; i++)
        *LIST_PUSH(&alarm->dimensions) = (struct metric_dimension){
            .name = xstrdup(dimensions->items[i].name),
            .value = xstrdup(dimensions->items[i].value),
        };
}

static void settings_take(struct alarm *alarm, const struct alarm_wish *wish)
{
    replace(&alarm->description, wish->description);
    replace(&alarm->space, wish->metric.space);
    replace(&alarm->metric, wish->metric.name);
    replace(&alarm->statistic, wish->statistic);
    dimensions_set(alarm, &wish->metric.dimensions);
    actions_set(&alarm->ok_actions, wish->ok_actions, wish->ok_count);
    actions_set(&alarm->alarm_actions, wish->alarm_actions, wish->alarm_count);
    actions_set(&alarm->insufficient_actions, wish->insufficient_actions,
                wish->insufficient_count);
    alarm->extended = wish->extended;
    alarm->unit = wish->unit;
    alarm->comparison = wish->comparison;
    alarm->missing = wish->missing;
    alarm->enabled = !wish->disabled;
    alarm->period_s = wish->period_s;
    alarm->periods = wish->periods;
    alarm->datapoints = wish->datapoints;
    alarm->threshold = wish->threshold;
}

static uint32_t alarms_of(const struct alarms *alarms, uint64_t account, uint8_t region)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&alarms->table); i++) {
        const struct alarm *alarm = table_at(&alarms->table, i);

        count += alarm->account == account && alarm->region == region;
    }
    return count;
}

static struct alarm *alarm_make(struct alarms *alarms, const struct alarm_wish *wish)
{
    struct alarm *alarm = table_add(&alarms->table, ids_new(alarms->ids));

    alarm->account = wish->account;
    alarm->region = wish->region;
    alarm->name = xstrdup(wish->name);
    alarm->state = ALARM_STATE_INSUFFICIENT_DATA;
    alarm->reason = xstrdup(unchecked);
    alarm->updated = alarm->transitioned = alarms->sim->now;
    if (wish->tags != NULL)
        tags_copy(&alarm->tags, wish->tags);
    return alarm;
}

struct alarm *alarm_put(struct alarms *alarms, const struct alarm_wish *wish, struct fault *fault)
{
    struct alarm *alarm = alarm_find_name(alarms, wish->account, wish->region, wish->name);
    bool created = alarm == NULL;
    struct arena arena = ARENA_INIT;
    struct str data = STR_INIT;

    if (wish_check(wish, fault) != 0)
        return NULL;
    if (created && alarms_of(alarms, wish->account, wish->region) >= ALARMS_MAX) {
        fault_set(fault, &fault_alarm_limit);
        return NULL;
    }
    if (created)
        alarm = alarm_make(alarms, wish);
    settings_take(alarm, wish);
    alarm->configured = alarms->sim->now;
    if (alarm->step != 0)
        sim_cancel(alarms->sim, alarm->step);
    step_plan(alarms, alarm);
    alarm_say_settings(alarm, alarm_arn(alarms, &arena, alarm), created, &data);
    history_add(alarms, alarm, HISTORY_CONFIGURATION,
                arena_printf(&arena, "Alarm \"%s\" %s", alarm->name,
                             created ? "created" : "updated"),
                str_text(&data));
    arena_release(&arena);
    str_release(&data);
    return alarm;
}

void alarm_remove(struct alarms *alarms, struct alarm *alarm)
{
    struct str text = STR_INIT;

    str_addf(&text, "Alarm \"%s\" deleted", alarm->name);
    history_add(alarms, alarm, HISTORY_CONFIGURATION, str_text(&text),
                "{\"version\":\"1.0\",\"type\":\"Delete\"}");
    str_release(&text);
    sim_cancel(alarms->sim, alarm->step);
    table_remove(&alarms->table, alarm->id);
}

/* ---- the room ---- */

static const struct event_kind step_kind = {.name = "alarm-step", .run = run_step};

void alarms_init(struct alarms *alarms)
{
    table_init(&alarms->table, &alarm_shape);
    table_init(&alarms->history, &alarm_history_shape);
    sim_handle(alarms->sim, EVENT_ALARM_STEP, &step_kind, alarms);
}

void alarms_release(struct alarms *alarms)
{
    table_release(&alarms->table);
    table_release(&alarms->history);
}

static bool alarm_sound(const struct alarms *alarms, const struct alarm *alarm)
{
    struct metric_statistic statistic;
    struct fault fault = FAULT_INIT;
    bool sound = alarm->name != NULL && alarm->space != NULL && alarm->metric != NULL &&
                 alarm->statistic != NULL && alarm->reason != NULL &&
                 metric_statistic_read(alarm->statistic, &statistic) && alarm->state >= 1 &&
                 alarm->state <= ALARM_STATE_OK && alarm->comparison >= 1 &&
                 alarm->comparison <= COMPARE_LESS_OR_EQUAL &&
                 alarm->missing <= MISSING_NOT_BREACHING && alarm->unit <= UNIT_NONE &&
                 alarm->periods > 0 && alarm->configured >= 0 &&
                 alarm->region < alarms->catalog->region_count &&
                 wish_check(&(struct alarm_wish){.period_s = alarm->period_s,
                                                 .periods = alarm->periods,
                                                 .datapoints = alarm->datapoints},
                            &fault) == 0 &&
                 sim_is_pending(alarms->sim, alarm->step);

    fault_release(&fault);
    return sound;
}

bool alarms_restore(struct alarms *alarms)
{
    for (uint32_t i = 0; i < table_count(&alarms->table); i++) {
        if (!alarm_sound(alarms, table_at(&alarms->table, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&alarms->history); i++) {
        const struct alarm_history *entry = table_at(&alarms->history, i);

        if (entry->alarm == NULL || entry->summary == NULL || entry->data == NULL ||
            entry->kind == 0 || entry->kind > HISTORY_ACTION)
            return false;
    }
    return true;
}

/* ---- tables ---- */

const struct fault_kind fault_alarm_invalid = {
    .code = "ValidationError",
    .text = "{}",
    .hint = "The message names the setting and what it may be.",
};
const struct fault_kind fault_alarm_limit = {
    .code = "LimitExceeded",
    .text = "The maximum number of alarms has been reached",
    .hint = "Delete alarms that nobody needs: `aws cloudwatch delete-alarms`.",
};

static const struct field dimension_fields[] = {
    F_STRING(struct metric_dimension, name, "Name", "Of what."),
    F_STRING(struct metric_dimension, value, "Value", "Which."),
};
static const struct shape dimension_shape =
    SHAPE("AlarmDimension", struct metric_dimension, dimension_fields);

static const struct field alarm_fields[] = {
    F_INT(struct alarm, id, "Id", "The alarm."),
    F_INT(struct alarm, account, "Account", "Whose."),
    F_TIME(struct alarm, configured, "Configured", "When it was put."),
    F_TIME(struct alarm, updated, "Updated", "When its state was set."),
    F_TIME(struct alarm, transitioned, "Transitioned", "When its state changed."),
    F_INT(struct alarm, step, "Step", "The next evaluation."),
    F_INT(struct alarm, threshold, "Threshold", "In millionths."),
    F_STRING(struct alarm, name, "Name", "Its name."),
    F_STRING(struct alarm, description, "Description", "What it is for."),
    F_STRING(struct alarm, space, "Namespace", "Of its metric."),
    F_STRING(struct alarm, metric, "MetricName", "Its metric."),
    F_STRING(struct alarm, statistic, "Statistic", "What of the metric."),
    F_STRING(struct alarm, reason, "Reason", "Why its state is what it is."),
    F_STRING(struct alarm, reason_data, "ReasonData", "The same as JSON."),
    F_LIST(struct alarm, dimensions, struct metric_dimension, &dimension_shape, "Dimensions",
           "Of its metric."),
    F_STRINGS(struct alarm, ok_actions, "OKActions", "When it is OK again."),
    F_STRINGS(struct alarm, alarm_actions, "AlarmActions", "When it alarms."),
    F_STRINGS(struct alarm, insufficient_actions, "InsufficientDataActions",
              "When nothing is known."),
    F_EMBED(struct alarm, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_OPT_INT(struct alarm, latest, "Latest", "Its latest point, in millionths."),
    F_INT(struct alarm, period_s, "Period", "Seconds of a point."),
    F_INT(struct alarm, periods, "Periods", "Points that are evaluated."),
    F_INT(struct alarm, datapoints, "Datapoints", "Of these, how many make an alarm."),
    F_INT(struct alarm, region, "Region", "Where."),
    F_INT(struct alarm, unit, "Unit", "Of its metric."),
    F_INT(struct alarm, comparison, "Comparison", "With the threshold."),
    F_INT(struct alarm, missing, "Missing", "What missing points mean."),
    F_INT(struct alarm, state, "State", "Its state."),
    F_BOOL(struct alarm, extended, "Extended", "The statistic is a percentile."),
    F_BOOL(struct alarm, enabled, "Enabled", "Its actions are executed."),
};
const struct shape alarm_shape = SHAPE("Alarm", struct alarm, alarm_fields);

static const struct field history_fields[] = {
    F_INT(struct alarm_history, number, "Number", "Its number."),
    F_INT(struct alarm_history, account, "Account", "Whose."),
    F_TIME(struct alarm_history, time, "Time", "When."),
    F_STRING(struct alarm_history, alarm, "Alarm", "The alarm's name."),
    F_STRING(struct alarm_history, summary, "Summary", "What happened."),
    F_STRING(struct alarm_history, data, "Data", "The same as JSON."),
    F_INT(struct alarm_history, region, "Region", "Where."),
    F_INT(struct alarm_history, kind, "Kind", "What kind of thing."),
};
const struct shape alarm_history_shape =
    SHAPE("AlarmHistory", struct alarm_history, history_fields);
