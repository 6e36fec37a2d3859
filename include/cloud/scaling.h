/*
 * cloud/scaling.h - Auto Scaling: groups that keep as many instances as they want.
 *
 * The loop is a chain of events: something happens (a request, an instance that ends, a target
 * that fails, a hook that is through), the group is looked at, and what it lacks is launched, what
 * is too much is ended.  Each launch and end is an activity that tells its cause.
 */
#ifndef CLOUD_SCALING_H
#define CLOUD_SCALING_H

#include "cloud/scaling_group.h"

/* The caller fills in the borrowed members first. */
void scaling_init(struct scaling *scaling);
void scaling_release(struct scaling *scaling);
/* After the saved tables were read: false when they contradict each other. */
bool scaling_restore(const struct scaling *scaling);

/* ---- what others tell ---- */

/* An instance changed its state. */
void scaling_instance_changed(struct scaling *scaling, const struct instance *instance);
/* Something that says of an instance's health was found: a status check, a target's state. */
void scaling_health_changed(struct scaling *scaling, uint64_t instance);

/* ---- groups ---- */

/* What creating and changing a group say; what is not set stays, or is the default. */
struct scaling_group_wish {
    uint64_t account;
    uint8_t region;
    const char *name;
    const struct launch_template *template; /* NULL: not said */
    const char *template_version;
    struct opt_int least;
    struct opt_int most;
    struct opt_int desired;
    struct opt_int cooldown_s;
    struct opt_int grace_s;
    struct opt_int warmup_s;
    const struct strings *zones;    /* names; NULL or none: not said */
    const char *subnets;            /* "subnet-0...,subnet-0..."; NULL: not said */
    const struct strings *policies; /* termination policies; NULL or none: not said */
    const char *health_type;        /* "EC2", "ELB"; NULL: not said */
    struct opt_bool protect_new;
    const char *context;
};

/* All or nothing; NULL and a fault: AlreadyExists, LimitExceeded, ValidationError, and what the
 * launch template's own launch would be refused with. */
struct scaling_group *scaling_group_add(struct scaling *scaling,
                                        const struct scaling_group_wish *wish,
                                        struct fault *fault);
int scaling_group_change(struct scaling *scaling, struct scaling_group *group,
                         const struct scaling_group_wish *wish, struct fault *fault);
/* ResourceInUse, ScalingActivityInProgress; with force its instances are ended first. */
int scaling_group_delete(struct scaling *scaling, struct scaling_group *group, bool force,
                         struct fault *fault);
/* ScalingActivityInProgress when the cooldown is to be heeded and holds. */
int scaling_set_desired(struct scaling *scaling, struct scaling_group *group, int64_t desired,
                        bool heed_cooldown, struct fault *fault);
/* Does a cooldown hold (or the activity that it follows)?  A fault then, and -1. */
int scaling_cooldown_check(const struct scaling *scaling, const struct scaling_group *group,
                           struct fault *fault);
/* Wants that many from now on, within its bounds; the sentence says why (without the time), and
 * is completed with "changing the desired capacity from A to B." */
void scaling_want(struct scaling *scaling, struct scaling_group *group, int64_t desired,
                  const char *sentence);
/* Processes (enum scaling_process) as bits of 1 << process; 0: all. */
void scaling_suspend(struct scaling *scaling, struct scaling_group *group, uint32_t processes);
void scaling_resume(struct scaling *scaling, struct scaling_group *group, uint32_t processes);
/* Target groups of the group's instances.  LimitExceeded, ValidationError. */
int scaling_attach_targets(struct scaling *scaling, struct scaling_group *group,
                           struct target_group *const *targets, uint32_t count,
                           struct fault *fault);
int scaling_detach_targets(struct scaling *scaling, struct scaling_group *group,
                           struct target_group *const *targets, uint32_t count,
                           struct fault *fault);

/* ---- instances of groups ---- */

/* Instances that a request names; all of the group's (but for attaching), found before. */
struct scaling_set {
    struct scaling_group *group;
    const uint64_t *instances;
    uint32_t count;
};

/* ValidationError unless they run, are in no group and in one of its zones, and there is room. */
int scaling_attach(struct scaling *scaling, struct scaling_set set, struct fault *fault);
/* `activities` receives the id of one for each instance. */
int scaling_detach(struct scaling *scaling, struct scaling_set set, bool decrement,
                   uint64_t *activities, struct fault *fault);
int scaling_enter_standby(struct scaling *scaling, struct scaling_set set, bool decrement,
                          uint64_t *activities, struct fault *fault);
int scaling_exit_standby(struct scaling *scaling, struct scaling_set set, uint64_t *activities,
                         struct fault *fault);
int scaling_end_instance(struct scaling *scaling, struct scaling_member *member, bool decrement,
                         uint64_t *activity, struct fault *fault);
/* "Healthy" or "Unhealthy"; within the grace period nothing, if that is to be heeded. */
void scaling_set_health(struct scaling *scaling, struct scaling_member *member, bool healthy,
                        bool heed_grace);
int scaling_protect(struct scaling *scaling, struct scaling_set set, bool protect,
                    struct fault *fault);

/* ---- lifecycle hooks ---- */

struct lifecycle_hook_new {
    const struct scaling_group *group;
    const char *name;
    bool transition_set;
    bool launching;
    struct opt_int heartbeat_s;
    struct opt_bool carries_on;
    const char *metadata;
};

int lifecycle_hook_put(struct scaling *scaling, const struct lifecycle_hook_new *wish,
                       struct fault *fault);
void lifecycle_hook_remove(struct scaling *scaling, const struct lifecycle_hook *hook);

struct lifecycle_result {
    const struct lifecycle_hook *hook;
    uint64_t instance; /* 0: named by the token */
    const char *instance_text;
    const char *token; /* NULL: named by the instance */
    bool carries_on;   /* CONTINUE, else ABANDON */
};

/* ValidationError when nothing waits there. */
int lifecycle_action_complete(struct scaling *scaling, const struct lifecycle_result *result,
                              struct fault *fault);

/* ---- launching ---- */

/* What a group launches now; arena_release(&plan.arena) after all. */
struct scaling_launch_plan {
    struct arena arena;
    struct instance_launch launch;
    int64_t version; /* of the launch template */
};

/* Reads the group's template as its launches do; subnet 0: none in particular.  0, or -1 and a
 * fault; release the plan's arena either way. */
int scaling_launch_read(const struct scaling *scaling, const struct scaling_group *group,
                        uint64_t subnet, struct scaling_launch_plan *plan, struct fault *fault);

extern const struct fault_kind fault_scaling_limit; /* takes what there are too many of */
extern const struct fault_kind fault_scaling_exists, fault_scaling_in_use, fault_scaling_busy;

#endif
