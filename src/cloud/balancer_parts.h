/*
 * cloud/balancer_parts.h - what the files of the room `balancer` share.
 */
#ifndef CLOUD_BALANCER_PARTS_H
#define CLOUD_BALANCER_PARTS_H

#include "cloud/balancer.h"

struct balancer_subnets {
    const uint64_t *items; /* already found */
    uint32_t count;
    bool network; /* for a network balancer: one is enough */
};

/* Subnets for a balancer that is there, or (NULL) for a new one. */
int balancer_subnets_check(const struct balancers *balancers, const struct balancer *balancer,
                           const struct balancer_subnets *wish, struct fault *fault);
/* A node with an interface in that subnet. */
void balancer_node_add(struct balancers *balancers, struct balancer *balancer, uint64_t subnet);
/* Adds a line to the trail. */
void balancer_tell(const struct balancers *balancers, const struct balancer *balancer,
                   const char *what);

#endif
