/*
 * cloud/node_capacity.h - how many requests a second a node of an Application Load Balancer takes.
 *
 * A new one takes 1,000 a second and three halves of that for a moment; what comes above it is
 * turned away (RejectedConnectionCount).  Each minute in which more than half of what it takes came
 * in makes it larger by 15 %, so that it doubles in five minutes, as AWS advises traffic to grow;
 * minutes with less than a quarter make it smaller again, down to the 1,000.  AWS publishes no
 * numbers: these are ours (SEMANTICS c1, its simplification).  A Network Load Balancer has no such
 * limit.
 */
#ifndef CLOUD_NODE_CAPACITY_H
#define CLOUD_NODE_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"

enum { NODE_CAPACITY_LEAST = 1000 };

struct node_capacity {
    int64_t per_second; /* that it takes; 0: as a new one */
    int64_t minute;     /* which is counted */
    int64_t second;     /* which is counted */
    int64_t in_minute;  /* requests that came, those turned away included */
    int64_t in_second;
    int64_t rejected; /* since it was made */
};

extern const struct shape node_capacity_shape;

/* A request comes.  False: there is no room for it. */
bool node_capacity_take(struct node_capacity *capacity, int64_t now);
/* Requests a second that it takes at that moment; nothing is changed. */
int64_t node_capacity_at(const struct node_capacity *capacity, int64_t now);

#endif
