/*
 * cloud/alarm.h - alarms on metrics: evaluated again and again, and what they set off.
 *
 *   INSUFFICIENT_DATA <-> OK <-> ALARM <-> INSUFFICIENT_DATA
 *
 * An alarm is evaluated each minute (each period, when that is shorter): the latest periods are
 * laid beside each other, their ends on the last full minute, and a few more than it needs, in case
 * some are missing.  What follows from them is alarm_judge(), which knows nothing else.
 *
 * When the state changes, its actions are executed; those of Auto Scaling again at each evaluation
 * while the state lasts.  Who executes them is wired by the world.
 */
#ifndef CLOUD_ALARM_H
#define CLOUD_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/metric.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum {
    ALARMS_MAX = 5000,         /* of an account in a Region */
    ALARM_HISTORY_MAX = 10000, /* entries that are kept, of all alarms; the oldest go first */
    ALARM_PERIODS_MAX = 1440,
};

#define ALARM_HISTORY_KEPT (30 * DAY_NS)
/* Thresholds are in millionths. */
#define ALARM_SCALE INT64_C(1000000)

/* Saved: append only. */
enum alarm_state { ALARM_STATE_INSUFFICIENT_DATA = 1, ALARM_STATE_ALARM, ALARM_STATE_OK };
enum alarm_missing {
    MISSING_MISSING = 1,
    MISSING_IGNORE,
    MISSING_BREACHING,
    MISSING_NOT_BREACHING,
};
enum alarm_comparison {
    COMPARE_GREATER_OR_EQUAL = 1,
    COMPARE_GREATER,
    COMPARE_LESS,
    COMPARE_LESS_OR_EQUAL,
};
enum alarm_history_kind { HISTORY_CONFIGURATION = 1, HISTORY_STATE, HISTORY_ACTION };

/* AWS's words, NULL-terminated; word 0 is number 1. */
extern const char *const alarm_state_words[], *const alarm_missing_words[],
    *const alarm_comparison_words[], *const alarm_history_words[];
/* 0: none of them. */
uint8_t alarm_word_find(const char *const *words, const char *word);

struct alarm_actions {
    char **items; /* ARNs */
    uint32_t count;
    uint32_t size;
};

struct alarm {
    uint64_t id;
    uint64_t account;
    int64_t configured;   /* when it was put */
    int64_t updated;      /* when its state was set */
    int64_t transitioned; /* when its state became what it is */
    uint64_t step;        /* sequence of the next evaluation */
    int64_t threshold;    /* in millionths */
    char *name;
    char *description; /* NULL: none */
    char *space;
    char *metric;
    char *statistic; /* "Average", "p99" */
    char *reason;
    char *reason_data; /* JSON; NULL: none */
    LIST(struct metric_dimension) dimensions;
    struct alarm_actions ok_actions;
    struct alarm_actions alarm_actions;
    struct alarm_actions insufficient_actions;
    struct tags tags;
    struct opt_int latest; /* the latest point of the last evaluation, in millionths */
    uint32_t period_s;
    uint32_t periods;    /* EvaluationPeriods */
    uint32_t datapoints; /* DatapointsToAlarm; 0: not told, all of the periods */
    uint8_t region;
    uint8_t unit;       /* 0: any */
    uint8_t comparison; /* enum alarm_comparison */
    uint8_t missing;    /* enum alarm_missing; 0: not told, as missing */
    uint8_t state;      /* enum alarm_state */
    bool extended;      /* the statistic is a percentile */
    bool enabled;       /* its actions are executed */
};

struct alarm_history {
    uint64_t number; /* from 1, in the order of time */
    uint64_t account;
    int64_t time;
    char *alarm; /* its name */
    char *summary;
    char *data; /* JSON */
    uint8_t region;
    uint8_t kind; /* enum alarm_history_kind */
};

extern const struct shape alarm_shape, alarm_history_shape;

struct alarm_hooks {
    void *context;
    /* Executes an action; `before` is the state that was left.  False when it failed: `told` then
     * says why, in one sentence. */
    bool (*act)(void *context, const struct alarm *alarm, uint8_t before, const char *action,
                struct str *told);
    /* Its state was another one before.  NULL: nobody asks. */
    void (*moved)(void *context, const struct alarm *alarm, uint8_t before);
    /* Its state has changed; before any action.  NULL: nobody asks. */
    void (*changed)(void *context, const struct alarm *alarm);
};

struct alarms {
    struct table table;
    struct table history;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    const struct metrics *metrics;
    struct ids *ids;
    struct trail *trail;
    struct alarm_hooks hooks;
};

/* The caller fills in the borrowed members first; the hooks may come later. */
void alarms_init(struct alarms *alarms);
void alarms_release(struct alarms *alarms);
bool alarms_restore(struct alarms *alarms);

/* ---- alarms ---- */

struct alarm_wish {
    uint64_t account;
    uint8_t region;
    const char *name;
    const char *description; /* NULL: none */
    struct metric_name metric;
    const char *statistic; /* "Average", "p99" */
    bool extended;
    uint8_t unit; /* 0: any */
    uint8_t comparison;
    uint8_t missing; /* 0: not told */
    bool disabled;   /* ActionsEnabled is false */
    uint32_t period_s;
    uint32_t periods;
    uint32_t datapoints; /* 0: not told */
    int64_t threshold;   /* in millionths */
    const char *const *ok_actions;
    uint32_t ok_count;
    const char *const *alarm_actions;
    uint32_t alarm_count;
    const char *const *insufficient_actions;
    uint32_t insufficient_count;
    const struct tags *tags; /* NULL: none; only when it is new */
};

/*
 * Makes the alarm, or gives one that exists other settings: then it keeps its state and its tags.
 * All is copied.  NULL and a fault: ValidationError, LimitExceeded.
 */
struct alarm *alarm_put(struct alarms *alarms, const struct alarm_wish *wish, struct fault *fault);
void alarm_remove(struct alarms *alarms, struct alarm *alarm);
/* NULL when there is none. */
struct alarm *alarm_find_name(const struct alarms *alarms, uint64_t account, uint8_t region,
                              const char *name);
/* "arn:aws:cloudwatch:us-east-1:111122223333:alarm:NAME" */
const char *alarm_arn(const struct alarms *alarms, struct arena *arena, const struct alarm *alarm);
/* Puts it into a state until the next evaluation, and executes the actions if that is a change. */
void alarm_set_state(struct alarms *alarms, struct alarm *alarm, uint8_t state, const char *reason,
                     const char *data);

extern const struct fault_kind fault_alarm_invalid, fault_alarm_limit;

/* ---- judging; knows nothing but what it is given ---- */

enum alarm_point_kind { POINT_MISSING = 0, POINT_FINE, POINT_BREACHING };

struct alarm_rule {
    uint32_t periods;
    uint32_t datapoints;
    uint8_t missing; /* enum alarm_missing */
};

struct alarm_verdict {
    uint8_t state;  /* enum alarm_state; 0: it keeps its state */
    uint32_t used;  /* real points that were evaluated, the newest first */
    uint32_t filled; /* missing ones that were filled in */
};

/* How many points are looked at: more than are needed, in case some are missing. */
uint32_t alarm_range(uint32_t periods, uint32_t period_s);
/* points[0] is the newest of `range`. */
struct alarm_verdict alarm_judge(const struct alarm_rule *rule, const uint8_t *points,
                                 uint32_t range);

#endif
