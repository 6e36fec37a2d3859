/*
 * cloud/scaling_group.h - Auto Scaling groups: what they are, and the rows of all that belongs to
 * them.
 *
 * A group wants a number of instances in its zones; the rooms scaling_member and scaling make it
 * so, scaling_policy changes the number.  This door holds the rows and finds them; it knows no
 * events.
 */
#ifndef CLOUD_SCALING_GROUP_H
#define CLOUD_SCALING_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/id.h"
#include "cloud/instance.h"
#include "cloud/launch_template.h"
#include "cloud/launch_wish.h"
#include "cloud/tag.h"
#include "cloud/target_group.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum {
    SCALING_GROUPS_MOST = 500, /* in an account and Region, as the next: a group's */
    SCALING_POLICIES_MOST = 50,
    SCALING_STEPS_MOST = 20,
    SCALING_SCHEDULES_MOST = 125,
    SCALING_HOOKS_MOST = 50,
    SCALING_TARGET_GROUPS_MOST = 50,
};

/* What can be suspended.  Saved: append only.  The words are scaling_process_words[]. */
enum scaling_process {
    PROCESS_ADD_TO_LOAD_BALANCER = 1,
    PROCESS_ALARM_NOTIFICATION,
    PROCESS_AZ_REBALANCE,
    PROCESS_HEALTH_CHECK,
    PROCESS_INSTANCE_REFRESH,
    PROCESS_LAUNCH,
    PROCESS_REPLACE_UNHEALTHY,
    PROCESS_SCHEDULED_ACTIONS,
    PROCESS_TERMINATE,
    PROCESS_END_, /* one past the last */
};

/* By number, from 1; [0] is unused, NULL at the end. */
extern const char *const scaling_process_words[];

/* Who goes first when a group shrinks.  Saved: append only. */
enum termination_policy {
    TERMINATION_ALLOCATION = 1,
    TERMINATION_CLOSEST_HOUR,
    TERMINATION_DEFAULT,
    TERMINATION_NEWEST,
    TERMINATION_OLDEST,
    TERMINATION_OLDEST_CONFIGURATION,
    TERMINATION_OLDEST_TEMPLATE,
    TERMINATION_END_,
};

extern const char *const termination_policy_words[]; /* as scaling_process_words */

struct suspension {
    int64_t since;
    uint8_t process;
};

struct scaling_tag {
    char *key;
    char *value;
    bool propagate; /* to instances, at launch */
};

struct scaling_group {
    uint64_t id;
    uint64_t account;
    int64_t created;
    uint64_t template;      /* what it launches: the launch template's id */
    char *template_version; /* "3", "$Latest", "$Default"; NULL: the default */
    int64_t least;
    int64_t most;
    int64_t desired;
    int64_t cooldown_s;
    int64_t grace_s;
    int64_t warmup_s;       /* -1: not set */
    int64_t warming_s;      /* of the policy that changed it last, and -1 for none; 0: warmup_s */
    int64_t cooled;         /* the cooldown holds until here; 0: none */
    int64_t cooling_s;      /* a policy has run: what its cooldown is once all is done; 0: none */
    int64_t retry;          /* no launch is tried before */
    int64_t rebalance;      /* nor one to balance zones */
    uint64_t review;        /* sequence of the event that looks at it next; 0: none is planned */
    int64_t review_time;
    uint64_t balancing;     /* the instance that was launched to balance zones; 0: none */
    uint32_t failures;      /* launches in a row that failed */
    uint32_t replacing;     /* unhealthy ones that were ended and not yet replaced */
    uint8_t region;
    bool health_elb;        /* its targets' health counts too */
    bool protect_new;       /* NewInstancesProtectedFromScaleIn */
    bool deleting;
    uint32_t metrics;       /* that are told to CloudWatch: bits of enum scaling_metric */
    bool said;              /* that only protected instances are left */
    LIST(int64_t) zones;
    LIST(int64_t) subnets;  /* of VPCZoneIdentifier, in its order; none: the default ones */
    LIST(int64_t) target_groups;
    LIST(int64_t) policies; /* enum termination_policy */
    LIST(struct suspension) suspended;
    LIST(struct scaling_tag) tags;
    struct chance luck;
    char *name;
    char *context;          /* NULL: none */
    char *why;              /* what changed its wishes since it was looked at; NULL: nothing */
};

/* What CloudWatch is told of a group that was asked to.  Saved as bits: append only. */
enum scaling_metric {
    METRIC_GROUP_MIN = 1,
    METRIC_GROUP_MAX,
    METRIC_GROUP_DESIRED,
    METRIC_GROUP_IN_SERVICE,
    METRIC_GROUP_PENDING,
    METRIC_GROUP_STANDBY,
    METRIC_GROUP_TERMINATING,
    METRIC_GROUP_TOTAL,
    METRIC_GROUP_IN_SERVICE_CAPACITY,
    METRIC_GROUP_PENDING_CAPACITY,
    METRIC_GROUP_STANDBY_CAPACITY,
    METRIC_GROUP_TERMINATING_CAPACITY,
    METRIC_GROUP_TOTAL_CAPACITY,
};
extern const char *const scaling_metric_words[]; /* word 0 is "", ended by NULL */

/* Saved: append only.  The words are member_state_name()'s. */
enum member_state {
    MEMBER_PENDING = 1,
    MEMBER_PENDING_WAIT,
    MEMBER_PENDING_PROCEED,
    MEMBER_IN_SERVICE,
    MEMBER_TERMINATING,
    MEMBER_TERMINATING_WAIT,
    MEMBER_TERMINATING_PROCEED,
    MEMBER_DETACHING,
    MEMBER_ENTERING_STANDBY,
    MEMBER_STANDBY,
};

/* A lifecycle action that is waited for. */
struct member_hold {
    uint64_t token; /* its number; lifecycle_token() writes it as AWS does */
    uint64_t hook;
    uint64_t event; /* the heartbeat's end */
};

/* An instance of a group. */
struct scaling_member {
    uint64_t instance;
    uint64_t group;
    uint64_t activity;  /* under way, or 0 */
    uint64_t template;  /* what it was launched with; 0: it was attached */
    int64_t version;
    int64_t since;      /* when its state became what it is */
    int64_t in_service; /* when it came into service; 0: not yet */
    int64_t warm;       /* until when it warms up */
    uint64_t step;      /* sequence of the event that goes on with it */
    uint64_t look;      /* and of the one that looks at its health again */
    uint8_t state;      /* enum member_state */
    uint8_t zone;
    bool unhealthy;
    bool protected;     /* from scale in */
    char *trouble;      /* why it is unhealthy, as activities say it; NULL */
    LIST(struct member_hold) holds;
};

struct lifecycle_hook {
    uint64_t key;
    uint64_t group;
    int64_t heartbeat_s;
    bool launching;   /* else terminating */
    bool carries_on;  /* DefaultResult CONTINUE */
    char *name;
    char *metadata;   /* NULL: none */
};

/* Saved: append only.  The words are activity_status_name()'s. */
enum activity_status {
    ACTIVITY_PRE_IN_SERVICE = 1,
    ACTIVITY_IN_PROGRESS,
    ACTIVITY_DRAINING, /* WaitingForELBConnectionDraining */
    ACTIVITY_MID_LIFECYCLE,
    ACTIVITY_SUCCESSFUL,
    ACTIVITY_FAILED,
    ACTIVITY_CANCELLED,
};

struct scaling_activity {
    uint64_t id;
    uint64_t group; /* which may be gone */
    uint64_t account;
    uint64_t instance; /* 0: none came of it */
    uint64_t subnet;   /* 0: unknown */
    int64_t begin;
    int64_t end; /* 0: under way */
    int64_t progress;
    uint8_t region;
    uint8_t zone;
    uint8_t status;
    bool orphan; /* its group was deleted */
    char *group_name;
    char *description;
    char *cause;
    char *message; /* NULL: none */
};

struct scaling {
    struct table groups;     /* struct scaling_group, as are the next by name */
    struct table members;
    struct table hooks;
    struct table activities;
    struct table policies;
    struct table schedules;
    bool alarms_kept;        /* somebody watches the alarms of tracking policies */
    void (*policies_changed)(void *context); /* one came, changed or went; NULL: nobody asks */
    void *alarms_context;
    /* An activity has ended.  NULL: nobody asks. */
    void (*activity_ended)(void *context, const struct scaling_activity *activity);
    /* An instance waits for the action of a hook; `token` is its number.  NULL: nobody asks. */
    void (*held)(void *context, const struct lifecycle_hook *hook, uint64_t instance,
                 uint64_t token);
    void *activity_context;
    struct sim *sim;         /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct network *network;
    struct instances *instances;
    struct target_groups *targets;
    struct launch_templates *templates;
    const struct launcher *launcher;
    uint64_t seed;
};

extern const struct shape scaling_group_shape, scaling_member_shape, lifecycle_hook_shape,
    scaling_activity_shape;

/* ---- finding; NULL when there is none ---- */

struct scaling_group *scaling_group_named(const struct scaling *scaling, uint64_t account,
                                          uint8_t region, const char *name);
/* The same; ValidationError when there is none. */
struct scaling_group *scaling_group_find(const struct scaling *scaling, uint64_t account,
                                         uint8_t region, const char *name, struct fault *fault);
struct scaling_member *scaling_member_find(const struct scaling *scaling, uint64_t instance);
struct lifecycle_hook *lifecycle_hook_find(const struct scaling *scaling,
                                           const struct scaling_group *group, const char *name);
/* Is the process of that number suspended? */
bool scaling_is_suspended(const struct scaling_group *group, enum scaling_process process);
/* Does the instance count towards the capacity that the group wants? */
bool member_counts(const struct scaling_member *member);
/* Has it begun to leave? */
bool member_is_leaving(const struct scaling_member *member);
/* How many of the group's count. */
int64_t scaling_group_size(const struct scaling *scaling, const struct scaling_group *group);

/* ---- words ---- */

/* "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:UUID:autoScalingGroupName/web" */
const char *scaling_group_arn(const struct scaling *scaling, struct arena *arena,
                              const struct scaling_group *group);
/* A UUID that stands for a number that does not come again. */
const char *scaling_uuid(const struct scaling *scaling, struct arena *arena, uint64_t number);
const char *member_state_name(uint8_t state);
const char *activity_status_name(uint8_t status);
/* The number of a word in one of the lists of words above, 0 when it is none of them. */
uint8_t scaling_word(const char *const *words, const char *word);

/* Refuses with ValidationError and a printf text of its own (at most 511 bytes are kept).  Always
 * returns -1. */
int scaling_refusef(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

extern const struct fault_kind fault_scaling_validation;

#endif
