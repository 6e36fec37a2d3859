/*
 * cloud/scaling_policy.h - what changes how many instances a group wants: scaling policies, and
 * scheduled actions.
 *
 * A policy is executed by a person, or by an alarm: scaling_policy_execute() is the one way.  A
 * target-tracking policy needs two alarms of its own; scaling_policy_alarm() says what they watch.
 * Numbers that AWS writes as fractions are whole millionths here.
 */
#ifndef CLOUD_SCALING_POLICY_H
#define CLOUD_SCALING_POLICY_H

#include "cloud/scaling.h"

#define SCALING_MILLION INT64_C(1000000)

/* Saved: append only.  The words are policy_type_words[]. */
enum policy_type {
    POLICY_SIMPLE = 1,
    POLICY_STEP,
    POLICY_TRACKING,
};

/* Saved: append only.  adjustment_type_words[]. */
enum adjustment_type {
    ADJUST_CHANGE = 1,
    ADJUST_EXACT,
    ADJUST_PERCENT,
};

/* Saved: append only.  tracking_metric_words[]. */
enum tracking_metric {
    TRACK_CPU = 1,
    TRACK_NETWORK_IN,
    TRACK_NETWORK_OUT,
    TRACK_REQUESTS,
    TRACK_OWN, /* has no word: scaling_own_metric says which */
};

extern const char *const policy_type_words[], *const adjustment_type_words[],
    *const tracking_metric_words[]; /* by number, from 1 */

/* For which distances between metric and threshold, in millionths; and what then. */
struct scaling_step {
    int64_t low;
    int64_t high;
    int64_t adjustment;
    bool has_low; /* else no end below */
    bool has_high;
};

/* A metric that a tracking policy names itself. */
struct scaling_own_metric {
    char *space; /* NULL: there is none */
    char *name;
    char *statistic;
    char *unit; /* NULL: any */
    LIST(struct pair) dimensions;
};

struct scaling_policy {
    uint64_t key;
    uint64_t group;
    int64_t adjustment;    /* of a simple one */
    int64_t magnitude;     /* MinAdjustmentMagnitude; 0: none */
    int64_t cooldown_s;    /* -1: the group's */
    int64_t warmup_s;      /* -1: the group's default, or its cooldown */
    int64_t target;        /* TargetValue */
    uint64_t alarm_high;   /* numbers of a tracking one's alarms */
    uint64_t alarm_low;
    uint8_t type;
    uint8_t adjustment_type;
    uint8_t metric;
    bool stays;            /* DisableScaleIn */
    bool disabled;
    bool low;              /* its low alarm says that fewer would do */
    char *name;
    char *label;           /* ResourceLabel; NULL: none */
    char *aggregation;     /* MetricAggregationType; NULL: none */
    LIST(struct scaling_step) steps;
    struct scaling_own_metric own; /* of TRACK_OWN */
};

/* A wish to change the sizes at a time. */
struct scaling_schedule {
    uint64_t key;
    uint64_t group;
    uint64_t event;
    int64_t begin; /* 0: at once */
    int64_t end;   /* 0: none */
    int64_t next;
    int64_t least; /* -1: as it is, as are the next */
    int64_t most;
    int64_t desired;
    char *name;
    char *recurrence; /* cron; NULL: once */
};

extern const struct shape scaling_policy_shape, scaling_schedule_shape;

/* ---- policies ---- */

/* By name in a group, or (group NULL) by ARN; NULL when there is none. */
struct scaling_policy *scaling_policy_find(const struct scaling *scaling,
                                           const struct scaling_group *group, const char *name);
struct scaling_policy *scaling_policy_find_arn(const struct scaling *scaling, const char *arn);
const char *scaling_policy_arn(const struct scaling *scaling, struct arena *arena,
                               const struct scaling_policy *policy);
/* Makes or replaces; what `wish` points to is copied, key and alarms are not looked at.  All was
 * checked but the number: LimitExceeded, NULL. */
struct scaling_policy *scaling_policy_put(struct scaling *scaling,
                                          const struct scaling_policy *wish, struct fault *fault);
void scaling_policy_remove(struct scaling *scaling, const struct scaling_policy *policy);

/* Who executes it, and on what. */
struct scaling_trigger {
    const char *alarm;   /* the alarm's name, in state ALARM; NULL: a person */
    bool heed_cooldown;  /* alarms always do */
    bool has_metric;     /* step policies need both */
    int64_t metric;
    int64_t threshold;
    bool is_low;         /* of a tracking policy's two alarms: the low one */
};

/*
 * Changes what the group wants, if it comes to that.  0, or -1 and a fault when nothing was done
 * though somebody asked: ScalingActivityInProgress, ValidationError.  An alarm's action may forget
 * the fault.
 */
int scaling_policy_execute(struct scaling *scaling, struct scaling_policy *policy,
                           const struct scaling_trigger *trigger, struct fault *fault);
/* The low alarm of a tracking policy is no longer in state ALARM. */
void scaling_policy_calm(struct scaling_policy *policy);

/* What one of a tracking policy's alarms watches. */
struct scaling_alarm {
    const char *name;      /* "TargetTracking-web-AlarmHigh-UUID" */
    const char *space;     /* "AWS/EC2", "AWS/ApplicationELB" */
    const char *metric;    /* "CPUUtilization", "RequestCountPerTarget" */
    const char *statistic; /* "Average", "Sum" */
    const char *unit;      /* NULL: any */
    LIST(struct pair) dimensions;
    int64_t threshold;     /* millionths */
    uint32_t period_s;
    uint32_t periods;
    bool greater;          /* GreaterThanThreshold, else LessThanThreshold */
};

/* False when the policy has none. */
bool scaling_policy_alarm(const struct scaling *scaling, const struct scaling_policy *policy,
                          bool low, struct arena *arena, struct scaling_alarm *alarm);

/* ---- scheduled actions ---- */

struct scaling_schedule *scaling_schedule_find(const struct scaling *scaling,
                                               const struct scaling_group *group,
                                               const char *name);
const char *scaling_schedule_arn(const struct scaling *scaling, struct arena *arena,
                                 const struct scaling_schedule *schedule);
/* Makes or replaces; ValidationError (the form of the recurrence, a start that is past, no size),
 * LimitExceeded. */
int scaling_schedule_put(struct scaling *scaling, const struct scaling_schedule *wish,
                         struct fault *fault);

#endif
