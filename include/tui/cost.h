/*
 * tui/cost.h - what everything has cost so far, and what it costs if nothing changes.
 */
#ifndef TUI_COST_H
#define TUI_COST_H

#include "tui/view.h"

/* Moments of a curve, from the first hour that is told until now. */
enum { COST_MOMENTS = 120 };

/* A row: a service, or what one thing has used. */
struct cost_line {
    const char *resource; /* "" of a service */
    const char *name;     /* the service, or the usage type */
    const char *quantity; /* "1.0011 Hrs" */
    int64_t micro;        /* so far */
    int64_t hourly;       /* of another hour */
    double *curve;        /* of a service: COST_MOMENTS dollars, so far at each; NULL: no history */
};

struct cost_scene {
    struct arena arena;
    LIST(struct cost_line) services; /* in the arena, as is the next */
    LIST(struct cost_line) lines;    /* what costs most an hour first, then what has cost most */
    const char *since;               /* "2026-01-05 08:00:00" */
    const char *from;                /* where the curves begin; "" when there are none */
    int64_t total;
    int64_t hourly;
    int64_t month;
};

extern const struct view_ops view_cost;

#endif
