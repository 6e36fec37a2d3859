/*
 * tui/balancing_scene.h - what there is to see of load balancing: one scene for the view in AWS's
 * words and the one of the coffee shop, so that their numbers are the same.
 */
#ifndef TUI_BALANCING_SCENE_H
#define TUI_BALANCING_SCENE_H

#include <stdbool.h>

#include "tui/view.h"

enum { BALANCING_SPANS = 12 };

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
    double rate;            /* requests a second that it was sent lately; < 0: not known */
    double took_ms[BALANCING_SPANS]; /* mean, in each 5 s of the last minute; NAN: no answer */
    const char *next_check; /* "08:00:12", or "" */
    int64_t share_permille;
    int64_t draining_s; /* seconds left; -1: it is not draining */
    int64_t slow_start; /* per cent of a full share; -1: it is not in slow start */
};

struct balancing_group {
    const char *arn;
    const char *name;
    const char *algorithm;  /* "round_robin", or a routing method that AWS does not have */
    const char *stickiness; /* "lb_cookie", or "" */
    const char *route;      /* "default", "rule 10 (path-pattern /img)"; "" of a loose one */
    int64_t weight;         /* of the route's total; -1: the route has one group */
    int64_t port;
    const char *protocol;
    double most_ms; /* of what its targets took: the scale of their curves */
    LIST(struct balancing_target) targets; /* in the arena, as are all lists */
};

/* A route that the listener has besides its groups: it answers or redirects, or goes to a group
 * that is listed already. */
struct balancing_route {
    const char *name; /* as a group's route */
    const char *what; /* "answers 200" */
};

struct balancing_listener {
    const char *arn;
    const char *protocol;
    int64_t port;
    LIST(struct balancing_group) groups; /* in the order in which their routes are asked */
    LIST(struct balancing_route) routes;
};

struct balancing_balancer {
    const char *arn;
    const char *name;
    const char *type;
    const char *state;
    const char *dns;
    const char *web_acl; /* that filters its requests; NULL or "": none */
    int64_t takes;       /* requests a second in a zone, where it has grown or is full; else 0 */
    int64_t rejected;    /* requests for which it had no room */
    LIST(struct balancing_listener) listeners;
};

struct balancing_request {
    const char *id;
    const char *time;
    const char *from;
    const char *to;
    int64_t status;  /* 0: no answer */
    int64_t took_us; /* 0: under way */
    bool by_service; /* asked by a service of AWS, or a program in an instance */
    const char *why;
};

/* A stream of requests: lab start-traffic. */
struct balancing_stream {
    const char *id;
    const char *url;
    const char *state; /* "running" */
    double rate;       /* requests a second */
    int64_t completed;
    int64_t failed;
    int64_t errors; /* of those completed, with a status of 500 or more */
    int64_t in_flight;
    bool is_syn; /* a SYN flood; of its SYNs: */
    int64_t half_open; /* took a place at a server */
    int64_t absorbed;  /* were absorbed by a load balancer */
    double p50_ms; /* of what its clients felt */
    double p99_ms;
};

/* A running instance, as a web server. */
struct balancing_server {
    const char *id;
    const char *name;
    bool listens;
    int64_t requests;
    int64_t in_flight;
};

struct balancing_scene {
    struct arena arena;
    LIST(struct balancing_balancer) balancers;
    LIST(struct balancing_group) loose; /* groups behind no balancer */
    LIST(struct balancing_request) requests;
    LIST(struct balancing_stream) streams;
    LIST(struct balancing_server) servers; /* only where there is no balancer */
};

/* The functions of struct view_ops that both views share; the scene is a struct balancing_scene. */
void *balancing_open(const char *argument);
void balancing_refresh(void *scene, const struct view_source *source);
void balancing_command(const void *scene, const char *id, struct str *command);
void balancing_close(void *scene);

/* The scene of one world of lab describe-comparison at one of its moments; added to an empty scene.
 * The texts are copied. */
struct balancing_moment {
    json_t *comparison; /* all borrowed */
    json_t *variant;
    json_t *moment;
};
void balancing_of_moment(struct balancing_scene *scene, const struct balancing_moment *of);

/* "12 ms" of the latest 5 s in which the target answered, or "". */
void balancing_latest(const struct balancing_target *target, char *text, size_t size);

/* The name that people know a target by; its id when it has none, "nobody" for "". */
const char *balancing_target_name(const struct balancing_scene *scene, const char *id);

#endif
