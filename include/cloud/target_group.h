/*
 * cloud/target_group.h - target groups: what they are, how they check, and the rows of their
 * targets.
 *
 * A target is an instance (or an IP address) and a port; what happens to it is cloud/target's.
 * States, reasons and descriptions are AWS's (SEMANTICS c1).  Instances are asked for through
 * struct target_world, so that this room stands without them.
 */
#ifndef CLOUD_TARGET_GROUP_H
#define CLOUD_TARGET_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/attribute.h"
#include "cloud/catalog.h"
#include "cloud/flow.h"
#include "cloud/id.h"
#include "cloud/meter.h"
#include "cloud/request.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/stats.h"

/* Saved: append only. */
enum target_state {
    TARGET_UNUSED = 1,
    TARGET_INITIAL,
    TARGET_HEALTHY,
    TARGET_UNHEALTHY,
    TARGET_DRAINING,
    TARGET_UNAVAILABLE, /* no node of the balancer is left to check it */
    TARGET_UNHEALTHY_DRAINING, /* gets no new flows, keeps those it has for an interval (NLB) */
};

/* Saved: append only. The texts are target_reason_code() and target_reason_text(). */
enum target_reason {
    HEALTH_NONE = 0,
    HEALTH_REGISTRATION,     /* Elb.RegistrationInProgress */
    HEALTH_INITIAL_CHECKS,   /* Elb.InitialHealthChecking */
    HEALTH_CODE_MISMATCH,    /* Target.ResponseCodeMismatch; the code is target.code */
    HEALTH_TIMEOUT,          /* Target.Timeout */
    HEALTH_FAILED_CHECKS,    /* Target.FailedHealthChecks */
    HEALTH_NOT_REGISTERED,   /* Target.NotRegistered */
    HEALTH_NOT_IN_USE,       /* Target.NotInUse */
    HEALTH_ZONE_NOT_ENABLED, /* Target.NotInUse, with the zone's own sentence */
    HEALTH_STOPPED,          /* Target.InvalidState */
    HEALTH_DEREGISTRATION,   /* Target.DeregistrationInProgress */
    HEALTH_IP_UNUSABLE,      /* Target.IpUnusable */
    HEALTH_INTERNAL,         /* Elb.InternalError */
    HEALTH_COUNT,
};

enum { TARGET_PROBES_KEPT = 16 };

/* One health check that ended. */
struct target_probe {
    int64_t time; /* when it was sent */
    int64_t took;
    uint64_t request;
    uint16_t code;  /* HTTP status, 0: none */
    uint8_t reason; /* HEALTH_NONE: passed */
};

enum { TARGET_SPANS = 13 }; /* twelve whole ones, and the one that is not over */
#define TARGET_SPAN_NS INT64_C(5000000000)

/* What it did in 5 s. */
struct target_span {
    int64_t number; /* of the span since 1970 */
    int64_t sent;
    int64_t answered;
    int64_t took; /* ns from arrival until the answer, of all of these */
};

struct target {
    uint64_t id;
    uint64_t group;
    uint64_t instance; /* 0 for an IP target nobody here has */
    int64_t registered;
    int64_t changed;    /* when the state became what it is */
    int64_t next_check; /* when the next one is due, on a fixed grid from the first one on */
    int64_t drained;    /* TARGET_DRAINING: when it ends */
    uint64_t step;      /* sequence of the pending registration or draining step */
    uint64_t probe;     /* sequence of the next check */
    uint64_t probing;   /* request of the check under way, or 0 */
    int64_t probe_sent;
    uint64_t probes;   /* sent so far */
    uint64_t requests; /* sent to it by balancers */
    uint64_t in_flight;
    uint64_t answered; /* by it, any status */
    uint64_t errors;   /* 502 and 504 because of it */
    struct histogram times; /* ns from arrival at it until its answer, of those it answered */
    uint32_t address;  /* of an IP target; else 0 */
    uint32_t reach;    /* private address that requests go to */
    uint32_t passed;   /* checks in a row */
    uint32_t failed;
    uint16_t port;
    uint16_t code; /* of the last check that gave the state its reason */
    uint8_t zone;
    uint8_t state;  /* enum target_state */
    uint8_t reason; /* enum target_reason */
    bool anomalous; /* it fails more often than the others */
    int64_t warm;   /* while it is in slow start: when that began; else 0 */
    uint32_t turn_ppm;   /* the part of a turn that it has, in slow start */
    uint32_t weight_ppm; /* what mitigation takes off its weight; 0: nothing */
    uint32_t seen;       /* answers in this window of anomaly detection */
    uint32_t failed_seen;
    int64_t response; /* what its answers took, smoothed, in ns; 0: none yet */
    LIST(struct target_probe)
    last; /* its last checks, the oldest first; TARGET_PROBES_KEPT at most */
    LIST(struct target_span)
    spans; /* the last minute, by number % TARGET_SPANS; empty before its first request */
    int64_t span_ends; /* of the span that is not over; derived, 0: not looked up yet */
    uint32_t span;     /* its place */
};

/* Saved: append only. */
enum target_algorithm {
    ALGORITHM_ROUND_ROBIN = 1,
    ALGORITHM_LEAST_OUTSTANDING,
    ALGORITHM_WEIGHTED_RANDOM, /* weights are equal, unless anomalies are mitigated */
    ALGORITHM_IP_HASH,         /* ours, as the next: taught, and not AWS's */
    ALGORITHM_LEAST_RESPONSE_TIME,
};

/* How clients stay with a target. */
enum target_stickiness { STICKY_NONE = 0, STICKY_LB_COOKIE, STICKY_APP_COOKIE, STICKY_SOURCE_IP };

enum cross_zone { CROSS_ZONE_AS_BALANCER = 0, CROSS_ZONE_ON, CROSS_ZONE_OFF };

/* How many healthy targets there must be; of either, 0: it is off. */
struct health_minimum {
    uint32_t count;
    uint32_t percentage;
};

/* What a group's attributes say, in numbers.  Derived. */
struct target_policy {
    uint8_t stickiness; /* enum target_stickiness */
    uint8_t cross_zone; /* enum cross_zone */
    bool mitigates;     /* anomalies */
    bool keeps_source;  /* preserve_client_ip.enabled */
    bool cuts;          /* what is open when draining ends is cut; else only forgotten */
    bool ends_unhealthy;      /* flows to a target that becomes unhealthy are reset */
    uint32_t unhealthy_s;     /* else: how long it is unhealthy.draining first; 0: not at all */
    uint32_t sticky_s;
    uint32_t slow_start_s;      /* 0: off */
    const char *app_cookie;     /* borrowed from the attributes; "" */
    struct health_minimum routing; /* fewer: fail open */
    struct health_minimum dns;     /* fewer: the zone leaves DNS */
};

struct target_group {
    uint64_t id; /* the 16 digits of its ARN */
    uint64_t account;
    uint64_t vpc;
    int64_t created;
    uint64_t balancer;     /* that uses it, or 0 */
    uint64_t turn;         /* position in `targets` that round robin asks next */
    LIST(int64_t) zone_turns; /* the same for the nodes of each zone that keep to it; as needed */
    uint64_t last;         /* target chosen last, or 0 */
    struct chance luck;    /* of weighted_random */
    LIST(int64_t) targets; /* ids, in the order of registration */
    char *name;
    char *protocol;         /* "HTTP" "HTTPS"; of a network balancer "TCP" "TLS" "UDP" "TCP_UDP" */
    char *protocol_version; /* "HTTP1"; "" of a network balancer's */
    char *type;             /* "instance" "ip" */
    char *check_protocol;
    char *check_port; /* "traffic-port" or a number */
    char *check_path; /* "" of TCP checks, as is the matcher */
    char *matcher;    /* "200,202", "200-299" */
    uint32_t check_interval_s;
    uint32_t check_timeout_s;
    uint32_t healthy_threshold;
    uint32_t unhealthy_threshold;
    uint32_t delay_s; /* deregistration_delay.timeout_seconds */
    uint32_t zones;   /* of the balancer: bits of zone_bit() */
    uint16_t port;
    uint8_t algorithm; /* enum target_algorithm */
    uint8_t region;
    bool serving; /* the balancer that uses it is active */
    int64_t window; /* when this window of anomaly detection ends; 0: none has begun */
    struct target_policy policy; /* derived */
    struct attributes attributes;
    struct tags tags;
    struct zone_meters meters; /* since CloudWatch last looked */
};

/* What an instance (or address) is, to a group. */
struct target_subject {
    uint64_t instance;
    uint64_t account;
    uint64_t vpc;
    uint32_t address; /* private */
    uint8_t region;
    uint8_t zone;
    bool running;
    bool reserved;     /* the address is a load balancer's */
    const char *state; /* "running", "stopped", as AWS names it */
};

struct target_world {
    void *context;
    /* Who has that address in that VPC: false when it is in none of its subnets; *instance is 0
     * when nobody has. */
    bool (*address)(void *context, uint64_t vpc, uint32_t address, struct target_subject *subject);
    /* False when there is no such instance, or it is terminated: such a target is deregistered by
     * itself. */
    bool (*instance)(void *context, uint64_t instance, struct target_subject *subject);
    /* A target of that instance is in another state; NULL: nobody wants to know. */
    void (*changed)(void *context, uint64_t instance);
    /* The node of the balancer that probes targets of that zone; PLACE_NOWHERE: all have failed. */
    struct place (*node)(void *context, uint64_t balancer, uint8_t zone);
    void *node_context; /* what node() is given */
};

struct target_groups {
    struct table groups;
    struct table targets;
    struct table flows; /* struct flow_entry: through network balancers */
    /* The rows of the targets of the group that was asked last, while sim->epoch is the same; not
     * part of the state. */
    LIST(struct target *) members;
    uint64_t members_group;
    uint64_t members_epoch;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    const struct accounts *accounts;
    struct ids *ids;
    struct trail *trail;
    struct requests *requests;
    uint64_t seed;
    struct target_world world;
};

extern const struct shape target_shape, target_group_shape;

/* The caller fills in the borrowed members first; `world` may come later.  cloud/target's
 * targets_init() comes next. */
void target_groups_init(struct target_groups *groups);
void target_groups_release(struct target_groups *groups);

/* After the saved tables were read: false when they contradict themselves. */
bool target_groups_restore(struct target_groups *groups);

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

/* NULL and a fault (DuplicateTargetGroupName, ValidationError, InvalidConfigurationRequest,
 * TooManyTargetGroups). */
struct target_group *target_group_add(struct target_groups *groups,
                                      const struct target_group_new *wish, struct fault *fault);
int target_group_change(struct target_groups *groups, struct target_group *group,
                        const struct target_group_checks *checks, struct fault *fault);
/* With its targets.  ResourceInUse while a listener uses it. */
int target_group_remove(struct target_groups *groups, struct target_group *group,
                        struct fault *fault);

/* NULL when there is none that this account may see in that Region. */
struct target_group *target_group_find(const struct target_groups *groups, uint64_t account,
                                       uint8_t region, uint64_t id);
struct target_group *target_group_find_name(const struct target_groups *groups, uint64_t account,
                                            uint8_t region, const char *name);
/* By ARN; NULL and a fault: ValidationError when it is no target group's ARN, TargetGroupNotFound.
 */
struct target_group *target_group_find_arn(const struct target_groups *groups, uint64_t account,
                                           uint8_t region, const char *arn, struct fault *fault);
/* "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/NAME/0123456789abcdef" */
const char *target_group_arn(const struct target_groups *groups, struct arena *arena,
                             const struct target_group *group);

/* Checks all, then sets all, or nothing: ValidationError names the first wrong one. */
int target_group_set_attributes(struct target_groups *groups, struct target_group *group,
                                const struct pair *attributes, uint32_t count, struct fault *fault);
/* For the room itself: fills group->policy from the attributes. */
void target_policy_derive(struct target_group *group);
/* The same for a new one, whose presets may depend on what its targets are. */
void target_policy_preset(struct target_group *group);
/* The keys that there are for one of its protocol. */
const struct attribute_table *target_group_attribute_table(const struct target_group *group);
/* Of a network balancer: its protocol is none of HTTP and HTTPS. */
bool target_group_is_network(const struct target_group *group);
/* UDP or TCP_UDP. */
bool target_group_takes_datagrams(const struct target_group *group);

/* The routing methods as courses name them, and what AWS calls them. */
struct routing_method {
    const char *name;      /* "least-connections" */
    const char *attribute; /* of load_balancing.algorithm.type; NULL: AWS has no such method */
    uint8_t algorithm;
};
extern const struct routing_method routing_methods[]; /* ended by a NULL name */
/* How it chooses: a value of load_balancing.algorithm.type, the name of a routing method that AWS
 * does not have, or "flow hash" of a network balancer's group. */
const char *target_group_method(const struct target_group *group);
/* "lb_cookie" "app_cookie" "source_ip"; NULL when clients do not stay. */
const char *target_group_stickiness(const struct target_group *group);
/* Chooses by that method from now on. */
void target_group_set_method(struct target_groups *groups, struct target_group *group,
                             const struct routing_method *method);

/* True when `status` is in a matcher such as "200,202" or "200-299". */
bool matcher_holds(const char *matcher, uint16_t status);
/* The bit of a zone in target_group.zones. */
uint32_t zone_bit(uint8_t zone);

extern const struct fault_kind fault_target_group_not_found, fault_target_group_missing,
    fault_elb_validation;

/* Refuses with ValidationError and a printf text of its own, as Elastic Load Balancing does where
 * no code of its own says it (at most 511 bytes are kept).  Always returns -1. */
int elb_refusef(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
