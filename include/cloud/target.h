/*
 * cloud/target.h - targets: registration, health checks, draining, and whose turn it is.
 *
 *   unused -> initial -> healthy <-> unhealthy        any but unused -> draining -> gone
 *
 * Health checks are requests like any other, sent by a node of the balancer that uses the group, on
 * a fixed grid of time that slow answers do not shift.  One balancer counts health once for all its
 * nodes (SEMANTICS c1).
 */
#ifndef CLOUD_TARGET_H
#define CLOUD_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/shape.h"
#include "cloud/request.h"
#include "cloud/target_group.h"

/* Registers the events and the origin REQUEST_PROBE. */
void targets_init(struct target_groups *groups);

struct target_wish {
    const char *id; /* "i-0..." or an address, as typed */
    struct opt_int port;
    const char *zone; /* "all" or a zone's name, of IP targets; NULL */
};

/* All or none: InvalidTarget, TooManyTargets. One that is registered already stays as it is; a
 * draining one begins anew. */
int targets_register(struct target_groups *groups, struct target_group *group,
                     const struct target_wish *wishes, uint32_t count, struct fault *fault);
/* Unknown targets are passed over (SEMANTICS c1); without a port: all of that id. */
int targets_deregister(struct target_groups *groups, struct target_group *group,
                       const struct target_wish *wishes, uint32_t count, struct fault *fault);
struct target *target_find(const struct target_groups *groups, uint64_t id);
struct target *target_get(const struct target_groups *groups, uint64_t id);
/* The group's target of that instance and port; port 0: any. NULL. */
struct target *target_of_instance(const struct target_groups *groups,
                                  const struct target_group *group, uint64_t instance,
                                  uint16_t port);
struct target *target_of_address(const struct target_groups *groups,
                                 const struct target_group *group, uint32_t address, uint16_t port);
/* "i-0..." or "172.31.5.9" */
const char *target_id_text(struct arena *arena, const struct target *target);
/* The port its health checks go to. */
uint16_t target_check_port(const struct target_group *group, const struct target *target);
/* It failed its checks; its flows may still be draining. */
bool target_is_unhealthy(const struct target *target);
/* When the next check is due; 0: none is planned. */
int64_t target_next_check(const struct target_groups *groups, const struct target *target);
/* "initial"; "Elb.InitialHealthChecking" (NULL: none); the description in the arena (NULL: none).
 */
const char *target_state_name(uint8_t state);
const char *target_reason_code(uint8_t reason);
const char *target_reason_text(struct arena *arena, uint8_t reason, uint16_t code,
                               const char *instance_state);

/* ---- what others tell the groups ---- */

/* An instance changed its state. */
void targets_instance_changed(struct target_groups *groups, uint64_t instance);
/* A balancer uses the group from now on (0: none does), is active or not, and has these zones. */
struct target_use {
    uint64_t balancer;
    uint32_t zones;
    bool active;
};
void target_group_set_use(struct target_groups *groups, struct target_group *group,
                          struct target_use use);

/* ---- choosing; for balancers ---- */

/* A request that wants a target of the group. */
struct target_ask {
    const struct request *request;
    uint64_t sticky;  /* the target that the client had, 0: none */
    uint8_t zone;     /* of the node */
    bool cross_zone;  /* what the balancer says; the group may say otherwise */
    bool flow;        /* of a network balancer: by flow hash */
};

/* By the algorithm of the group, over the healthy; when there are fewer healthy than its thresholds
 * ask for but some are registered, over all (fail open). Tells the request's way what was skipped
 * and why.  NULL: nothing to send it to (503). */
struct target *target_group_choose(struct target_groups *groups, struct target_group *group,
                                   const struct target_ask *ask);
/* It has answered, or failed to: for anomaly detection and least response time. */
void target_answered(struct target_groups *groups, struct target *target,
                     const struct request *request);

/* A request is sent to it; it has answered one, which took so long. */
void target_note_sent(const struct target_groups *groups, struct target *target);
void target_note_answer(const struct target_groups *groups, struct target *target, int64_t took);
/* What it did in that span (time / TARGET_SPAN_NS), of the last twelve; NULL: nothing. */
const struct target_span *target_span_find(const struct target *target, int64_t number);

/* How healthy a group is, in one zone or (ZONE_ANY) in all. */
enum { ZONE_ANY = UINT8_MAX };
struct target_census {
    uint32_t usable; /* registered, not draining, and used */
    uint32_t healthy;
};
struct target_census target_group_census(const struct target_groups *groups,
                                         const struct target_group *group, uint8_t zone);
/* Are there fewer healthy ones than that? */
bool census_is_below(struct target_census census, struct health_minimum minimum);
/* Does a node send to targets of other zones? */
bool target_group_crosses(const struct target_group *group, bool balancer_crosses);
/* While it is in slow start: the part of a full share that it gets now, in per cent; else 100. */
int target_slow_start_percent(const struct target_groups *groups, const struct target *target);

#endif
