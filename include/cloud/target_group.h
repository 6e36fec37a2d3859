/*
 * cloud/target_group.h - target groups, their targets, and health checks.
 *
 * A target is an instance (or an IP address) and a port.  Health checks are requests like any other, sent by a node
 * of the balancer that uses the group, on a fixed grid of time that slow answers do not shift.
 *
 *   unused -> initial -> healthy <-> unhealthy        any but unused -> draining -> gone
 *
 * States, reasons and descriptions are AWS's (SEMANTICS c1).  One balancer counts health once for all its nodes.
 * Instances are asked for through struct target_world, so that this room stands without them.
 */
#ifndef CLOUD_TARGET_GROUP_H
#define CLOUD_TARGET_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/request.h"
#include "cloud/tag.h"
#include "cloud/trail.h"

/* Saved: append only. */
enum target_state {
    TARGET_UNUSED = 1,
    TARGET_INITIAL,
    TARGET_HEALTHY,
    TARGET_UNHEALTHY,
    TARGET_DRAINING,
};

/* Saved: append only. The texts are target_reason_code() and target_reason_text(). */
enum target_reason {
    REASON_NONE = 0,
    REASON_REGISTRATION,    /* Elb.RegistrationInProgress */
    REASON_INITIAL_CHECKS,  /* Elb.InitialHealthChecking */
    REASON_CODE_MISMATCH,   /* Target.ResponseCodeMismatch; the code is target.code */
    REASON_TIMEOUT,         /* Target.Timeout */
    REASON_FAILED_CHECKS,   /* Target.FailedHealthChecks */
    REASON_NOT_REGISTERED,  /* Target.NotRegistered */
    REASON_NOT_IN_USE,      /* Target.NotInUse */
    REASON_ZONE_NOT_ENABLED,/* Target.NotInUse, with the zone's own sentence */
    REASON_STOPPED,         /* Target.InvalidState */
    REASON_DEREGISTRATION,  /* Target.DeregistrationInProgress */
    REASON_COUNT,
};

enum { TARGET_PROBES_KEPT = 16 };

/* One health check that ended. */
struct target_probe {
    int64_t time; /* when it was sent */
    int64_t took;
    uint64_t request;
    uint16_t code; /* HTTP status, 0: none */
    uint8_t reason; /* REASON_NONE: passed */
};

struct target {
    uint64_t id;
    uint64_t group;
    uint64_t instance; /* 0 for an IP target nobody here has */
    int64_t registered;
    int64_t changed;   /* when the state became what it is */
    int64_t grid;      /* when the first check was due: the others come at whole intervals after it */
    int64_t drained;   /* TARGET_DRAINING: when it ends */
    uint64_t step;     /* sequence of the pending registration or draining step */
    uint64_t probe;    /* sequence of the next check */
    uint64_t probing;  /* request of the check under way, or 0 */
    int64_t probe_sent;
    uint64_t probes;   /* sent so far */
    uint64_t requests; /* sent to it by balancers */
    uint64_t in_flight;
    uint64_t answered; /* by it, any status */
    uint64_t errors;   /* 502 and 504 because of it */
    uint32_t address;  /* of an IP target */
    uint32_t passed;   /* checks in a row */
    uint32_t failed;
    uint16_t port;
    uint16_t code;     /* of the last check that gave the state its reason */
    uint8_t zone;
    uint8_t state;     /* enum target_state */
    uint8_t reason;    /* enum target_reason */
    LIST(struct target_probe) last; /* ring: check n at n % TARGET_PROBES_KEPT */
};

struct target_group {
    uint64_t id; /* the 16 digits of its ARN */
    uint64_t account;
    uint64_t vpc;
    int64_t created;
    uint64_t balancer; /* that uses it, or 0 */
    uint64_t turn;     /* position in `targets` that round robin asks next */
    uint64_t last;     /* target chosen last, or 0 */
    LIST(int64_t) targets; /* ids, in the order of registration */
    char *name;
    char *protocol;         /* "HTTP" "HTTPS" */
    char *protocol_version; /* "HTTP1" */
    char *type;             /* "instance" "ip" */
    char *check_protocol;
    char *check_port;       /* "traffic-port" or a number */
    char *check_path;
    char *matcher;          /* "200,202", "200-299" */
    uint32_t check_interval_s;
    uint32_t check_timeout_s;
    uint32_t healthy_threshold;
    uint32_t unhealthy_threshold;
    uint32_t delay_s;       /* deregistration_delay.timeout_seconds */
    uint32_t zones;         /* of the balancer: bit n is zone n of the Region */
    uint16_t port;
    uint8_t region;
    bool serving;           /* the balancer that uses it is active */
    LIST(struct pair) attributes; /* those that were set; values as given */
    struct tags tags;
};

/* What an instance (or address) is, to a group. */
struct target_subject {
    uint64_t account;
    uint64_t vpc;
    uint32_t address; /* private */
    uint8_t region;
    uint8_t zone;
    bool running;
    const char *state; /* "running", "stopped", as AWS names it */
};

struct target_world {
    void *context;
    /* False when there is no such instance. */
    bool (*instance)(void *context, uint64_t instance, struct target_subject *subject);
    /* The node of the balancer that probes targets of that zone. */
    struct place (*node)(void *context, uint64_t balancer, uint8_t zone);
};

struct target_groups {
    struct table groups;
    struct table targets;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct requests *requests;
    struct target_world world;
};

extern const struct shape target_shape, target_group_shape;

/* The caller fills in the borrowed members (and `world`, which may come later) first. */
void target_groups_init(struct target_groups *groups);
void target_groups_release(struct target_groups *groups);

/* ---- groups ---- */

struct target_group_new {
    uint64_t account;
    uint64_t vpc; /* already checked */
    const char *name;
    const char *protocol;
    const char *protocol_version; /* NULL: HTTP1 */
    const char *type;             /* NULL: instance */
    struct opt_int port;
    struct target_group_checks {
        const char *protocol; /* NULL in a new group: the default; in a change: as it was */
        const char *port;
        const char *path;
        const char *matcher;
        struct opt_bool enabled;
        struct opt_int interval_s;
        struct opt_int timeout_s;
        struct opt_int healthy_threshold;
        struct opt_int unhealthy_threshold;
    } checks;
    uint8_t region;
};

/* NULL and a fault (DuplicateTargetGroupName, ValidationError, InvalidConfigurationRequest, TooManyTargetGroups). */
struct target_group *target_group_add(struct target_groups *groups, const struct target_group_new *wish,
                                      struct fault *fault);
int target_group_change(struct target_groups *groups, struct target_group *group,
                        const struct target_group_checks *checks, struct fault *fault);
/* ResourceInUse while a listener uses it. */
int target_group_remove(struct target_groups *groups, struct target_group *group, struct fault *fault);

/* NULL when there is none that this account may see in that Region. */
struct target_group *target_group_find(const struct target_groups *groups, uint64_t account, uint8_t region,
                                       uint64_t id);
struct target_group *target_group_find_name(const struct target_groups *groups, uint64_t account,
                                            uint8_t region, const char *name);
/* By ARN; NULL and a fault: ValidationError when it is no target group's ARN, TargetGroupNotFound. */
struct target_group *target_group_find_arn(const struct target_groups *groups, uint64_t account,
                                           uint8_t region, const char *arn, struct fault *fault);
/* "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/NAME/0123456789abcdef" */
const char *target_group_arn(const struct target_groups *groups, struct arena *arena,
                             const struct target_group *group);

/* Checks all, then sets all, or nothing: ValidationError names the first wrong one. */
int target_group_set_attributes(struct target_groups *groups, struct target_group *group,
                                const struct pair *attributes, uint32_t count, struct fault *fault);
/* Every attribute that applies to the group, set or default, in AWS's order; into the arena. */
struct pair_list {
    LIST(struct pair) items;
};
void target_group_attributes(const struct target_group *group, struct arena *arena, struct pair_list *out);

/* ---- targets ---- */

struct target_wish {
    const char *id; /* "i-0..." or an address, as typed */
    struct opt_int port;
    const char *zone; /* "all" or a zone's name, of IP targets; NULL */
};

/* All or none: InvalidTarget, TooManyTargets. One that is registered already stays as it is; a draining one begins
 * anew. */
int targets_register(struct target_groups *groups, struct target_group *group,
                     const struct target_wish *wishes, uint32_t count, struct fault *fault);
/* Unknown targets are passed over (SEMANTICS c1); without a port: all of that id. */
int targets_deregister(struct target_groups *groups, struct target_group *group,
                       const struct target_wish *wishes, uint32_t count, struct fault *fault);
struct target *target_find(const struct target_groups *groups, uint64_t id);
struct target *target_get(const struct target_groups *groups, uint64_t id);
/* The group's target of that instance and port; port 0: any. NULL. */
struct target *target_of_instance(const struct target_groups *groups, const struct target_group *group,
                                  uint64_t instance, uint16_t port);
struct target *target_of_address(const struct target_groups *groups, const struct target_group *group,
                                 uint32_t address, uint16_t port);
/* "i-0..." or "172.31.5.9" */
const char *target_id_text(struct arena *arena, const struct target *target);
/* The port its health checks go to. */
uint16_t target_check_port(const struct target_group *group, const struct target *target);
/* When the next check is due; 0: none is planned. */
int64_t target_next_check(const struct target_groups *groups, const struct target *target);
/* "initial"; "Elb.InitialHealthChecking" (NULL: none); the description in the arena (NULL: none). */
const char *target_state_name(uint8_t state);
const char *target_reason_code(uint8_t reason);
const char *target_reason_text(struct arena *arena, uint8_t reason, uint16_t code, const char *instance_state);

/* ---- what others tell the groups ---- */

/* An instance changed its state. */
void targets_instance_changed(struct target_groups *groups, uint64_t instance);
/* A balancer uses the group from now on (0: none does), is active or not, and has these zones. */
struct target_use {
    uint64_t balancer;
    uint32_t zones;
    bool active;
};
void target_group_set_use(struct target_groups *groups, struct target_group *group, struct target_use use);

/* ---- choosing; for balancers ---- */

/* Round robin over the healthy; when there are none but some are registered, over all (fail open).  Tells the
 * request's way what was skipped and why.  NULL: nothing to send it to (503). */
struct target *target_group_choose(struct target_groups *groups, struct target_group *group,
                                   const struct request *request);
/* True when `status` is in a matcher such as "200,202" or "200-299". */
bool matcher_holds(const char *matcher, uint16_t status);

extern const struct fault_kind fault_target_group_not_found, fault_elb_validation;

#endif
