/*
 * cloud/routing.h - what a balancer's node does with a request: listener, action, group, target;
 * and its answers.
 *
 * Counts every request that arrives at a listener until its end (L1), and tells on its way why it
 * went where.
 */
#ifndef CLOUD_ROUTING_H
#define CLOUD_ROUTING_H

#include "cloud/balancer.h"

/* Takes over requests->balancing and groups->world.node. */
void routing_init(struct balancers *balancers);

#endif
