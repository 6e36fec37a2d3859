/*
 * cloud/metric.c - what is measured over time: the store behind CloudWatch.
 *
 * Owns    struct metric, a row for each series.
 * True to the CloudWatch user guide, "Metrics": statistic sets, units, how long points are kept.
 *         Left out: trimmed means and percentile ranks.
 */
#include "cloud/metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

const char *const metric_unit_words[] = {
    "Seconds",          "Microseconds",     "Milliseconds",     "Bytes",
    "Kilobytes",        "Megabytes",        "Gigabytes",        "Terabytes",
    "Bits",             "Kilobits",         "Megabits",         "Gigabits",
    "Terabits",         "Percent",          "Count",            "Bytes/Second",
    "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second",
    "Bits/Second",      "Kilobits/Second",  "Megabits/Second",  "Gigabits/Second",
    "Terabits/Second",  "Count/Second",     "None",             NULL,
};

/* How long points of a span are kept, and what they become then. */
static const struct {
    uint32_t span_s;
    uint32_t next_s; /* 0: nothing */
    int64_t kept;
} ages[] = {
    {1, 60, 3 * HOUR_NS},
    {60, 300, 15 * DAY_NS},
    {300, 3600, 63 * DAY_NS},
    {3600, 0, 455 * DAY_NS},
};
enum { AGES = sizeof(ages) / sizeof(ages[0]) };

void metrics_init(struct metrics *metrics)
{
    table_init(&metrics->table, &metric_shape);
}

void metrics_release(struct metrics *metrics)
{
    table_release(&metrics->table);
}

uint8_t metric_unit_find(const char *word)
{
    for (uint8_t i = 0; metric_unit_words[i] != NULL; i++) {
        if (str_equal(metric_unit_words[i], word))
            return (uint8_t)(i + 1);
    }
    return 0;
}

const char *metric_unit_name(uint8_t unit)
{
    return metric_unit_words[unit - 1];
}

static int age_of(uint32_t span_s)
{
    for (int i = 0; i < AGES; i++) {
        if (ages[i].span_s == span_s)
            return i;
    }
    return -1;
}

static int64_t span_of(const struct metric_point *point)
{
    return point->span_s * SECOND_NS;
}

static int64_t end_of(const struct metric_point *point)
{
    return point->time + span_of(point) * point->repeats;
}

/* ---- names ---- */

static void hash_bytes(uint64_t *hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
}

/* With the byte that ends it, so that "ab", "c" and "a", "bc" differ. */
static void hash_text(uint64_t *hash, const char *text)
{
    hash_bytes(hash, text, strlen(text) + 1);
}

static int compare_dimensions(const void *a, const void *b)
{
    return strcmp(((const struct metric_dimension *)a)->name,
                  ((const struct metric_dimension *)b)->name);
}

static bool is_named(const struct metric *metric, const struct metric_name *name, uint8_t unit)
{
    if (metric->account != name->account || metric->region != name->region ||
        metric->unit != unit || metric->dimensions.count != name->dimensions.count ||
        strcmp(metric->space, name->space) != 0 || strcmp(metric->name, name->name) != 0)
        return false;
    for (uint32_t i = 0; i < metric->dimensions.count; i++) {
        if (strcmp(metric->dimensions.items[i].name, name->dimensions.items[i].name) != 0 ||
            strcmp(metric->dimensions.items[i].value, name->dimensions.items[i].value) != 0)
            return false;
    }
    return true;
}

static uint64_t key_of(const struct metric_name *name, uint8_t unit)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    char number[48];

    snprintf(number, sizeof(number), "%llu/%u/%u", (unsigned long long)name->account,
             (unsigned)name->region, (unsigned)unit);
    hash_text(&hash, number);
    hash_text(&hash, name->space);
    hash_text(&hash, name->name);
    for (uint32_t i = 0; i < name->dimensions.count; i++) {
        hash_text(&hash, name->dimensions.items[i].name);
        hash_text(&hash, name->dimensions.items[i].value);
    }
    return hash;
}

/* The row of that name, its dimensions sorted; NULL, and in *key where it belongs. */
static struct metric *row_of(const struct metrics *metrics, const struct metric_name *name,
                             uint8_t unit, uint64_t *key)
{
    for (*key = key_of(name, unit);; ++*key) {
        struct metric *metric = *key == 0 ? NULL : table_find(&metrics->table, *key);

        if (*key != 0 && (metric == NULL || is_named(metric, name, unit)))
            return metric;
    }
}

/* The name with its dimensions in order; the items are in fresh memory. */
static struct metric_name sorted(const struct metric_name *name)
{
    struct metric_name copy = *name;
    uint32_t count = name->dimensions.count;

    copy.dimensions.items = xcalloc(count + 1, sizeof(*copy.dimensions.items));
    if (count == 0)
        return copy;
    memcpy(copy.dimensions.items, name->dimensions.items, count * sizeof(*copy.dimensions.items));
    qsort(copy.dimensions.items, count, sizeof(*copy.dimensions.items), compare_dimensions);
    return copy;
}

struct metric *metric_find(const struct metrics *metrics, const struct metric_name *name,
                           uint8_t unit)
{
    struct metric_name ordered = sorted(name);
    uint64_t key;
    struct metric *metric = row_of(metrics, &ordered, unit, &key);

    free(ordered.dimensions.items);
    return metric;
}

struct metric *metric_open(struct metrics *metrics, const struct metric_name *name, uint8_t unit,
                           int64_t scale)
{
    struct metric_name ordered = sorted(name);
    uint64_t key;
    struct metric *metric = row_of(metrics, &ordered, unit, &key);

    if (metric == NULL && table_count(&metrics->table) < METRIC_SERIES_MAX) {
        metric = table_add(&metrics->table, key);
        metric->account = name->account;
        metric->region = name->region;
        metric->unit = unit;
        metric->scale = scale;
        metric->space = table_text(&metrics->table, name->space);
        metric->name = table_text(&metrics->table, name->name);
        for (uint32_t i = 0; i < ordered.dimensions.count; i++)
            *LIST_PUSH(&metric->dimensions) = (struct metric_dimension){
                .name = table_text(&metrics->table, ordered.dimensions.items[i].name),
                .value = xstrdup(ordered.dimensions.items[i].value),
            };
    }
    free(ordered.dimensions.items);
    return metric;
}

/* ---- sets and spreads ---- */

static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;

    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

static void set_merge(struct metric_set *into, const struct metric_set *from)
{
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (into->count == 0 || from->max > into->max)
        into->max = from->max;
    into->count = sum_of(into->count, from->count);
    into->sum = sum_of(into->sum, from->sum);
}

static bool set_equal(const struct metric_set *a, const struct metric_set *b)
{
    return a->count == b->count && a->sum == b->sum && a->min == b->min && a->max == b->max;
}

/* Are all its values the same? */
static bool is_even(const struct metric_set *set)
{
    return set->min == set->max;
}

/* Looks from the place `at` on; returns where it stands, where the next higher one may begin. */
static uint32_t bucket_add(struct metric_point *point, uint32_t at, uint32_t step, int64_t count)
{
    while (at < point->spread.count && point->spread.items[at].step < step)
        at++;
    if (at == point->spread.count || point->spread.items[at].step != step) {
        LIST_PUSH(&point->spread);
        for (uint32_t i = point->spread.count - 1; i > at; i--)
            point->spread.items[i] = point->spread.items[i - 1];
        point->spread.items[at] = (struct metric_bucket){.step = step};
    }
    point->spread.items[at].count = sum_of(point->spread.items[at].count, count);
    return at;
}

/* Can percentiles be told of it? */
static bool is_spread_known(const struct metric_point *point)
{
    return point->spread.count > 0 || is_even(&point->set);
}

static void spread_forget(struct metric_point *point)
{
    LIST_RELEASE(&point->spread);
}

/* Writes the values of an even point as a spread, before unequal ones join them. */
static void spread_begin(struct metric_point *point)
{
    if (point->spread.count == 0 && is_even(&point->set) && point->set.min >= 0 &&
        point->set.count > 0)
        bucket_add(point, 0, histogram_step(point->set.min), point->set.count);
}

static void point_merge(struct metric_point *point, const struct metric_set *set,
                        const struct histogram *spread)
{
    bool stays_even = is_even(set) && (point->set.count == 0 ||
                                       (is_even(&point->set) && point->set.min == set->min));
    bool known = is_spread_known(point) && (is_even(set) || spread != NULL) && set->min >= 0 &&
                 point->set.min >= 0;
    uint32_t at = 0;

    if (!stays_even && known) {
        spread_begin(point);
        if (is_even(set))
            bucket_add(point, 0, histogram_step(set->min), set->count);
        for (uint32_t i = 0; !is_even(set) && i < spread->steps.count; i++) {
            if (spread->steps.items[i] > 0)
                at = bucket_add(point, at, i, spread->steps.items[i]);
        }
    } else if (!known) {
        spread_forget(point);
    }
    set_merge(&point->set, set);
}

/* ---- points ---- */

/* How many points begin at or before `time`. */
static uint32_t points_until(const struct metric *metric, int64_t time)
{
    uint32_t low = 0;
    uint32_t high = metric->points.count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (metric->points.items[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct metric_point *point_insert(struct metric *metric, uint32_t at)
{
    LIST_PUSH(&metric->points);
    for (uint32_t i = metric->points.count - 1; i > at; i--)
        metric->points.items[i] = metric->points.items[i - 1];
    metric->points.items[at] = (struct metric_point){0};
    return &metric->points.items[at];
}

/* Makes a point of its own of the one in a row of equal ones that begins at `time`. */
static struct metric_point *point_alone(struct metric *metric, uint32_t at, int64_t time)
{
    struct metric_point whole = metric->points.items[at];
    uint32_t before = (uint32_t)((time - whole.time) / span_of(&whole));
    uint32_t after = whole.repeats - before - 1;

    if (before > 0) {
        metric->points.items[at].repeats = before;
        at++;
        *point_insert(metric, at) = whole;
        metric->points.items[at].time = time;
    }
    metric->points.items[at].repeats = 1;
    if (after > 0) {
        struct metric_point *rest = point_insert(metric, at + 1);

        *rest = whole;
        rest->time = time + span_of(&whole);
        rest->repeats = after;
    }
    return &metric->points.items[at];
}

/* The point of that span that begins at `time`, made when it is new. */
static struct metric_point *point_at(struct metric *metric, int64_t time, uint32_t span_s)
{
    uint32_t until = points_until(metric, time);
    struct metric_point *point;

    /* Points of other spans may lie between. */
    for (uint32_t i = until; i > 0 && i + 3 > until; i--) {
        point = &metric->points.items[i - 1];
        if (point->span_s == span_s && time < end_of(point))
            return point->repeats == 1 ? point : point_alone(metric, i - 1, time);
    }
    point = point_insert(metric, until);
    point->time = time;
    point->span_s = span_s;
    point->repeats = 1;
    return point;
}

/* One more of what the last point says? */
static bool point_repeats(struct metric *metric, int64_t time, uint32_t span_s,
                          const struct metric_set *set)
{
    struct metric_point *last = metric->points.count == 0
                                    ? NULL : &metric->points.items[metric->points.count - 1];

    if (last == NULL || last->span_s != span_s || end_of(last) != time || !is_even(set) ||
        !is_even(&last->set) || !set_equal(&last->set, set) || last->repeats == UINT32_MAX)
        return false;
    last->repeats++;
    return true;
}

static int64_t floor_to(int64_t time, uint32_t span_s)
{
    return time - time % (span_s * SECOND_NS);
}

void metric_add(struct metric *metric, const struct metric_sample *sample)
{
    int64_t time = floor_to(sample->time, sample->span_s);

    if (sample->set.count <= 0 || point_repeats(metric, time, sample->span_s, &sample->set))
        return;
    point_merge(point_at(metric, time, sample->span_s), &sample->set, sample->spread);
}

/* ---- growing old ---- */

static void list_push_point(struct metric_points *list, int64_t time, uint32_t span_s,
                            const struct metric_set *set)
{
    struct metric_point *last = list->count == 0 ? NULL : &list->items[list->count - 1];

    if (last != NULL && last->span_s == span_s && time >= last->time && time < end_of(last)) {
        set_merge(&last->set, set);
        return;
    }
    /* The last one is whole now: is it what the one before it says? */
    if (list->count > 1) {
        struct metric_point *before = last - 1;

        if (before->span_s == span_s && last->span_s == span_s && last->repeats == 1 &&
            end_of(before) == last->time && set_equal(&before->set, &last->set)) {
            before->repeats++;
            list->count--;
        }
    }
    *LIST_PUSH(list) = (struct metric_point){
        .time = time,
        .span_s = span_s,
        .repeats = 1,
        .set = *set,
    };
}

/* Passes on a point: what of it is too old joins a longer one, or is gone. */
static void point_pass(struct metric_points *list, struct metric_point point, int64_t now)
{
    int age = age_of(point.span_s);
    int64_t limit = now - ages[age].kept;

    while (point.repeats > 0 && point.time + span_of(&point) <= limit) {
        if (ages[age].next_s != 0)
            list_push_point(list, floor_to(point.time, ages[age].next_s), ages[age].next_s,
                            &point.set);
        point.time += span_of(&point);
        point.repeats--;
    }
    if (point.repeats == 0) {
        spread_forget(&point);
        return;
    }
    if (now - end_of(&point) > METRIC_SPREAD_KEPT)
        spread_forget(&point);
    *LIST_PUSH(list) = point;
}

static void metric_grow_old(struct metric *metric, int64_t now)
{
    struct metric_points kept = {0};

    for (uint32_t i = 0; i < metric->points.count; i++)
        point_pass(&kept, metric->points.items[i], now);
    LIST_RELEASE(&metric->points);
    metric->points = kept;
}

void metrics_grow_old(struct metrics *metrics, int64_t now)
{
    for (uint32_t i = 0; i < table_count(&metrics->table);) {
        struct metric *metric = table_at(&metrics->table, i);

        metric_grow_old(metric, now);
        if (metric->points.count == 0)
            table_remove(&metrics->table, metric->key);
        else
            i++;
    }
}

/* ---- asking ---- */

static void spread_add(struct histogram *spread, uint32_t step, int64_t count)
{
    while (spread->steps.count <= step)
        *LIST_PUSH(&spread->steps) = 0;
    spread->steps.items[step] = sum_of(spread->steps.items[step], count);
}

static void total_add(struct metric_total *total, const struct metric_point *point,
                      int64_t repeats)
{
    struct metric_set set = point->set;

    if (repeats > 1) {
        if (__builtin_mul_overflow(set.sum, repeats, &set.sum))
            set.sum = point->set.sum > 0 ? INT64_MAX : INT64_MIN;
        if (__builtin_mul_overflow(set.count, repeats, &set.count))
            set.count = INT64_MAX;
    }
    set_merge(&total->set, &set);
    total->spread_known = total->spread_known && is_spread_known(point) && point->set.min >= 0;
    if (!total->spread_known)
        return;
    if (point->spread.count == 0)
        spread_add(&total->spread, histogram_step(point->set.min), set.count);
    for (uint32_t i = 0; i < point->spread.count; i++)
        spread_add(&total->spread, point->spread.items[i].step,
                   point->spread.items[i].count * repeats);
}

bool metric_total(const struct metric *metric, int64_t begin, int64_t end,
                  struct metric_total *total)
{
    uint32_t at = points_until(metric, begin - 1);

    *total = (struct metric_total){.spread_known = true};
    /* A row of equal points may have begun before. */
    for (uint32_t back = 0; back < 3 && at > 0; back++)
        at--;
    for (; at < metric->points.count && metric->points.items[at].time < end; at++) {
        const struct metric_point *point = &metric->points.items[at];
        int64_t span = span_of(point);
        int64_t first = point->time >= begin ? 0 : (begin - point->time + span - 1) / span;
        int64_t past = (end - point->time + span - 1) / span;

        if (past > point->repeats)
            past = point->repeats;
        if (past > first)
            total_add(total, point, past - first);
    }
    total->spread.tally.count = total->set.count;
    total->spread.tally.min = total->set.min;
    total->spread.tally.max = total->set.max;
    return total->set.count > 0;
}

int64_t metric_newest(const struct metric *metric)
{
    const struct metric_point *last;

    if (metric->points.count == 0)
        return 0;
    last = &metric->points.items[metric->points.count - 1];
    return end_of(last) - span_of(last);
}

static bool read_percentile(const char *text, int32_t *ppm)
{
    char *end;
    long whole;
    int32_t digit = 1000;

    if (*text < '0' || *text > '9')
        return false;
    whole = strtol(text, &end, 10);
    if (end - text > 3 || whole > 100)
        return false;
    *ppm = (int32_t)whole * 10000;
    if (*end == '.') {
        for (end++; *end >= '0' && *end <= '9'; end++, digit /= 10)
            *ppm += (*end - '0') * digit;
    }
    return *end == '\0' && *ppm <= 1000000;
}

bool metric_statistic_read(const char *text, struct metric_statistic *statistic)
{
    static const char *const words[] = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"};

    *statistic = (struct metric_statistic){0};
    for (uint8_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_equal(words[i], text))
            statistic->kind = (uint8_t)(i + 1);
    }
    if (statistic->kind == 0 && *text == 'p' && read_percentile(text + 1, &statistic->ppm))
        statistic->kind = STATISTIC_PERCENTILE;
    return statistic->kind != 0;
}

bool metric_amount(const struct metric *metric, const struct metric_total *total,
                   struct metric_statistic statistic, struct metric_amount *amount)
{
    *amount = (struct metric_amount){.per = metric->scale};
    switch (statistic.kind) {
    case STATISTIC_SAMPLE_COUNT:
        *amount = (struct metric_amount){.value = total->set.count, .per = 1};
        return true;
    case STATISTIC_AVERAGE:
        amount->value = total->set.sum;
        if (__builtin_mul_overflow(metric->scale, total->set.count, &amount->per))
            *amount = (struct metric_amount){total->set.sum / total->set.count, metric->scale};
        return true;
    case STATISTIC_SUM:
        amount->value = total->set.sum;
        return true;
    case STATISTIC_MINIMUM:
        amount->value = total->set.min;
        return true;
    case STATISTIC_MAXIMUM:
        amount->value = total->set.max;
        return true;
    default:
        amount->value = total->spread_known ? histogram_percentile(&total->spread, statistic.ppm)
                                            : 0;
        return total->spread_known;
    }
}

double metric_real(struct metric_amount amount)
{
    return (double)amount.value / (double)amount.per;
}

/* ---- reading back ---- */

static bool point_sound(const struct metric_point *point)
{
    if (point->time < 0 || point->repeats == 0 || age_of(point->span_s) < 0 ||
        point->time % span_of(point) != 0 ||
        point->repeats > (INT64_MAX - point->time) / span_of(point) || point->set.count <= 0 ||
        point->set.min > point->set.max || (point->spread.count > 0 && point->repeats != 1))
        return false;
    for (uint32_t i = 0; i < point->spread.count; i++) {
        if (point->spread.items[i].step > histogram_step(INT64_MAX) ||
            point->spread.items[i].count <= 0)
            return false;
    }
    return true;
}

bool metrics_restore(const struct metrics *metrics)
{
    for (uint32_t i = 0; i < table_count(&metrics->table); i++) {
        const struct metric *metric = table_at(&metrics->table, i);

        if (metric->space == NULL || metric->name == NULL || metric->scale <= 0 ||
            metric->unit == 0 || metric->unit > UNIT_NONE ||
            metric->dimensions.count > METRIC_DIMENSIONS_MAX)
            return false;
        for (uint32_t k = 0; k < metric->dimensions.count; k++) {
            if (metric->dimensions.items[k].name == NULL ||
                metric->dimensions.items[k].value == NULL)
                return false;
        }
        for (uint32_t k = 0; k < metric->points.count; k++) {
            if (!point_sound(&metric->points.items[k]) ||
                (k > 0 && metric->points.items[k].time < metric->points.items[k - 1].time))
                return false;
        }
    }
    return true;
}

/* ---- tables ---- */

static const struct field dimension_fields[] = {
    F_STRING(struct metric_dimension, name, "Name", "Of what.", .flags = FIELD_SHARED),
    F_STRING(struct metric_dimension, value, "Value", "Which."),
};
static const struct shape dimension_shape =
    SHAPE("MetricDimension", struct metric_dimension, dimension_fields);

static const struct field set_fields[] = {
    F_INT(struct metric_set, count, "Count", "How many values."),
    F_INT(struct metric_set, sum, "Sum", "Their sum."),
    F_INT(struct metric_set, min, "Min", "The least."),
    F_INT(struct metric_set, max, "Max", "The greatest."),
};
static const struct shape set_shape = SHAPE("MetricSet", struct metric_set, set_fields);

static const struct field bucket_fields[] = {
    F_INT(struct metric_bucket, step, "Step", "Values of about this size."),
    F_INT(struct metric_bucket, count, "Count", "So many."),
};
static const struct shape bucket_shape = SHAPE("MetricBucket", struct metric_bucket, bucket_fields);

static const struct field point_fields[] = {
    F_TIME(struct metric_point, time, "Time", "When it begins."),
    F_INT(struct metric_point, span_s, "Span", "How long it lasts, in seconds."),
    F_INT(struct metric_point, repeats, "Repeats", "How many equal ones follow each other."),
    F_EMBED(struct metric_point, set, struct metric_set, &set_shape, "Set", "What was measured."),
    F_LIST(struct metric_point, spread, struct metric_bucket, &bucket_shape, "Spread",
           "How the values are spread."),
};
static const struct shape point_shape = SHAPE("MetricPoint", struct metric_point, point_fields);

static const struct field metric_fields[] = {
    F_INT(struct metric, key, "Key", "Made of all that names it."),
    F_INT(struct metric, account, "Account", "Whose."),
    F_INT(struct metric, scale, "Scale", "Parts of a unit."),
    F_STRING(struct metric, space, "Namespace", "Whose kind of metric it is.",
             .flags = FIELD_SHARED),
    F_STRING(struct metric, name, "Name", "What is measured.", .flags = FIELD_SHARED),
    F_LIST(struct metric, dimensions, struct metric_dimension, &dimension_shape, "Dimensions",
           "Of what."),
    F_LIST(struct metric, points, struct metric_point, &point_shape, "Points",
           "What was measured."),
    F_INT(struct metric, region, "Region", "Where."),
    F_INT(struct metric, unit, "Unit", "In what."),
};
const struct shape metric_shape = SHAPE("Metric", struct metric, metric_fields);
