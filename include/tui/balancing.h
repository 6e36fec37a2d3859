/*
 * tui/balancing.h - load balancing: balancer, listener, target group, targets, and who got the last
 * requests, with the reason.
 */
#ifndef TUI_BALANCING_H
#define TUI_BALANCING_H

#include "tui/view.h"

struct balancing_target {
    const char *id; /* the instance */
    const char *name;
    const char *zone;
    const char *state; /* "healthy" */
    const char *reason;
    const char *description;
    int64_t port;
    int64_t requests; /* that it was given so far */
    int64_t in_flight;
    const char *next_check; /* "08:00:12", or "" */
    int64_t share_permille;
};

struct balancing_group {
    const char *arn;
    const char *name;
    const char *algorithm;
    int64_t port;
    const char *protocol;
    LIST(struct balancing_target) targets; /* in the arena, as are all lists */
};

struct balancing_listener {
    const char *arn;
    const char *protocol;
    int64_t port;
    LIST(struct balancing_group) groups;
};

struct balancing_balancer {
    const char *arn;
    const char *name;
    const char *type;
    const char *state;
    const char *dns;
    LIST(struct balancing_listener) listeners;
};

struct balancing_request {
    const char *id;
    const char *time;
    const char *from;
    const char *to;
    int64_t status;  /* 0: no answer */
    int64_t took_us; /* 0: under way */
    const char *why;
};

struct balancing_scene {
    struct arena arena;
    LIST(struct balancing_balancer) balancers;
    LIST(struct balancing_group) loose; /* groups behind no balancer */
    LIST(struct balancing_request) requests;
};

extern const struct view_ops view_balancing;

#endif
