/*
 * cloud/metric.h - what is measured over time: the store behind CloudWatch.
 *
 * A series is one metric (namespace, name, dimensions) of an account in a Region, in one unit.  It
 * holds points: a span of 1, 60, 300 or 3,600 seconds and, of the values that fell into it, how
 * many they were, their sum, the least and the greatest; and, where they differ, how they are
 * spread, for percentiles.
 *
 * All numbers are integers, in parts of the unit: `scale` of them are one (a time in seconds is
 * kept in nanoseconds with a scale of 10^9).  What becomes of them in answers is a fraction.
 *
 * Kept as long as at AWS: points of 1 s for 3 hours, of 60 s for 15 days, of 300 s for 63 days, of
 * an hour for 455 days; each then becomes part of a longer one.  How values are spread is kept for
 * METRIC_SPREAD_KEPT only (AWS keeps it as long as the point).  A quiet series costs next to
 * nothing: equal points in a row are one row.
 */
#ifndef CLOUD_METRIC_H
#define CLOUD_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "sim/clock.h"
#include "sim/stats.h"

enum {
    METRIC_DIMENSIONS_MAX = 30,
    METRIC_SERIES_MAX = 20000, /* in a world; more are not kept */
};

#define METRIC_SPREAD_KEPT DAY_NS
/* What has had no data for so long is not listed. */
#define METRIC_LISTED_NS (14 * DAY_NS)

/* The numbers of units are saved: 1 is the first of the words.  Append only. */
extern const char *const metric_unit_words[]; /* AWS's, NULL-terminated */
enum {
    UNIT_SECONDS = 1,
    UNIT_BYTES = 4,
    UNIT_PERCENT = 14,
    UNIT_COUNT = 15,
    UNIT_NONE = 27,
};
/* 0: no such unit. */
uint8_t metric_unit_find(const char *word);
const char *metric_unit_name(uint8_t unit);

/* The texts of a question are borrowed; of those of a series all but values are its table's. */
struct metric_dimension {
    const char *name;
    const char *value;
};

/* What was measured in a span, in parts of the unit. */
struct metric_set {
    int64_t count;
    int64_t sum;
    int64_t min;
    int64_t max;
};

/* So many values in a step of sim/stats.h. */
struct metric_bucket {
    uint32_t step;
    int64_t count;
};

struct metric_point {
    int64_t time;     /* when it begins */
    uint32_t span_s;  /* 1, 60, 300, 3600 */
    uint32_t repeats; /* so many equal points follow each other; 1: this one */
    struct metric_set set;
    LIST(struct metric_bucket) spread; /* by step; empty when all values are equal, or unknown */
};

struct metric_points {
    struct metric_point *items;
    uint32_t count;
    uint32_t size;
};

struct metric {
    uint64_t key; /* made of all that names it */
    uint64_t account;
    int64_t scale; /* parts of a unit */
    const char *space; /* the namespace: "AWS/EC2"; the table's, as is the next */
    const char *name;
    LIST(struct metric_dimension) dimensions; /* by name */
    struct metric_points points;              /* by time */
    uint8_t region;
    uint8_t unit;
};

extern const struct shape metric_shape;

struct metrics {
    struct table table;
};

void metrics_init(struct metrics *metrics);
void metrics_release(struct metrics *metrics);
/* After the table was read: false when it holds what cannot be. */
bool metrics_restore(const struct metrics *metrics);

/* ---- writing ---- */

struct metric_dimensions {
    struct metric_dimension *items; /* in any order */
    uint32_t count;
    uint32_t size;
};

struct metric_name {
    uint64_t account;
    uint8_t region;
    const char *space;
    const char *name;
    struct metric_dimensions dimensions;
};

/* The series, made when it is new.  NULL when there are METRIC_SERIES_MAX.  The scale is that of
 * its making: one that exists keeps its own. */
struct metric *metric_open(struct metrics *metrics, const struct metric_name *name, uint8_t unit,
                           int64_t scale);
/* NULL when there is none. */
struct metric *metric_find(const struct metrics *metrics, const struct metric_name *name,
                           uint8_t unit);

struct metric_sample {
    int64_t time; /* any instant in the span */
    uint32_t span_s;
    struct metric_set set;
    const struct histogram *spread; /* NULL: all equal, or unknown */
};

/* Adds what was measured in a span to what is known of it.  Sums that do not fit stay at the
 * greatest number. */
void metric_add(struct metric *metric, const struct metric_sample *sample);
/* Makes longer points of what is old, and forgets what is older.  Now and then; changes no answer
 * about what is not old. */
void metrics_grow_old(struct metrics *metrics, int64_t now);

/* ---- asking ---- */

/* What fell into [begin, end): every point that begins there.  histogram_release() the spread. */
struct metric_total {
    struct metric_set set;
    struct histogram spread;
    bool spread_known; /* else percentiles cannot be told */
};

/* False when there is nothing. */
bool metric_total(const struct metric *metric, int64_t begin, int64_t end,
                  struct metric_total *total);
/* The begin of the newest point; 0: none. */
int64_t metric_newest(const struct metric *metric);

enum metric_statistic_kind {
    STATISTIC_SAMPLE_COUNT = 1,
    STATISTIC_AVERAGE,
    STATISTIC_SUM,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE,
};

struct metric_statistic {
    uint8_t kind; /* enum metric_statistic_kind */
    int32_t ppm;  /* of STATISTIC_PERCENTILE: 990000 is p99 */
};

/* "Average", "p99.9".  False when it is neither (AWS's tm, wm, tc, ts, pr and IQM are none). */
bool metric_statistic_read(const char *text, struct metric_statistic *statistic);

/* value / per; per > 0. */
struct metric_amount {
    int64_t value;
    int64_t per;
};

/* False when it cannot be told: a percentile whose spread is unknown. */
bool metric_amount(const struct metric *metric, const struct metric_total *total,
                   struct metric_statistic statistic, struct metric_amount *amount);
/* For answers and texts. */
double metric_real(struct metric_amount amount);

#endif
