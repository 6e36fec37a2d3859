/*
 * cloud/action.h - what listeners and rules do with a request: forward, redirect, fixed response.
 */
#ifndef CLOUD_ACTION_H
#define CLOUD_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cloud/balancer.h"

/* Actions that somebody wants for a listener or a rule of a balancer. */
struct action_wish {
    const struct balancer *balancer;
    const struct listener_action *actions; /* groups already found */
    uint32_t count;
    const char *noun; /* "listener default", "rule": for the refusals */
    const char *protocol; /* of the listener */
};

/*
 * 0, or -1 and a fault: ValidationError, TooManyActions, InvalidLoadBalancerAction,
 * InvalidConfigurationRequest, TargetGroupAssociationLimit, IncompatibleProtocols,
 * TooManyUniqueTargetGroupsPerLoadBalancer.
 */
int action_check(const struct balancers *balancers, const struct action_wish *wish,
                 struct fault *fault);
/* Into a row; what the row held before is released. */
void action_set(struct listener_action *to, const struct listener_action *from);
/* Forwards to the same groups with the same weights. */
bool action_is_same(const struct listener_action *a, const struct listener_action *b);

#endif
