/*
 * api/lab_comparison.h - a comparison: what became of the same traffic in each world, moment by
 * moment.
 */
#ifndef API_LAB_COMPARISON_H
#define API_LAB_COMPARISON_H

#include "api/tray.h"
#include "api/lab_traffic.h"
#include "api/lab_workload.h"
#include "cloud/world.h"

enum { COMPARISON_MOMENTS = 60 }; /* after the start, evenly over the traffic */

struct share_view {
    const char *id;
    const char *name;
    int64_t requests;
    struct opt_real share;
};

/* A target at one moment. */
struct compared_target {
    const char *id;
    const char *name;
    const char *group;
    const char *zone;
    const char *state;
    const char *reason;
    int64_t port;
    int64_t requests; /* since the traffic began */
    int64_t in_flight;
    struct opt_real rate;
    struct opt_int drained_s;
    struct opt_int slow_start;
};

/* One world at one moment; what is not cumulative is since the moment before. */
struct compared_moment {
    struct opt_real second;
    int64_t sent;
    int64_t completed;
    int64_t failed;
    int64_t errors;
    int64_t in_flight;
    struct opt_real rate;
    struct spread_view latency;
    LIST(struct compared_target) targets;
};

struct compared_group {
    const char *name;
    const char *method;
    const char *stickiness;
};

struct variant_view {
    const char *name;
    struct outcome_view outcome;
    LIST(struct share_view) targets;
    struct opt_real spread;
    LIST(const char *) commands; /* of here on: of describe-comparison only */
    const char *balancer;
    LIST(struct compared_group) groups;
    LIST(struct compared_moment) moments;
};

struct comparison {
    struct arena arena;   /* used when it lies on a tray */
    struct arena *memory; /* of the lists and texts below: that one, or the call's */
    const char *url;
    const char *distribution;
    struct opt_real rate;
    struct opt_real duration;
    int64_t started;
    const char *state; /* "running" */
    LIST(struct variant_view) variants;
    /* a race of instance types has these instead of all that is about traffic */
    const char *workload; /* "compute"; NULL: it is none */
    const char *fastest;
    const char *cheapest;
    LIST(struct workload_view) racers;
};

/* The members that say what became of a struct variant_view. */
#define F_VARIANT_OUTCOME \
    F_STRING(struct variant_view, name, "Name", "Which variant.", .flags = FIELD_COLUMN), \
    F_OUTCOME(struct variant_view, outcome), \
    F_LIST(struct variant_view, targets, struct share_view, &share_shape, "Targets", \
           "Targets that were sent requests in this time."), \
    F_REAL(struct variant_view, spread, "ShareSpread", \
           "The largest share less the smallest.", .flags = FIELD_NULL)

extern const struct shape share_shape;

/* What a target had been sent when the traffic began, and at the moment before. */
struct target_count {
    uint64_t target;
    int64_t start;
    int64_t before;
};

/* Who looks at one world: what was there when it last looked.  Zero, and world, account and stream,
 * to begin with. */
struct watcher {
    struct world *world; /* borrowed */
    uint64_t account;
    uint64_t stream;
    int64_t looked;           /* simulated time */
    int64_t sent;             /* until then */
    struct histogram latency; /* until then; owned, as is the list */
    LIST(struct target_count) counts;
};

/* The traffic begins now: what is there is the first moment. */
void watcher_start(struct watcher *watcher, struct arena *arena, struct variant_view *view);
/* Adds this moment, and brings what is told of the whole up to date. */
void watcher_look(struct watcher *watcher, struct arena *arena, struct variant_view *view);
void watcher_release(struct watcher *watcher);
/* The stream that is compared. */
const struct stream *watcher_stream(const struct watcher *watcher);

/* The members of a race, in a struct T. */
#define F_RACE(T) \
    F_STRING(T, workload, "Workload", "Of a race of instance types: which workload it was."), \
    F_STRING(T, fastest, "Fastest", "The type that took the least time."), \
    F_STRING(T, cheapest, "Cheapest", "The type on which it cost least."), \
    F_LIST(T, racers, struct workload_view, &workload_view_shape, "Racers", \
           "What became of the workload on each type.", .flags = FIELD_OMIT_EMPTY)

/* An empty one that begins now.  It lies on the call's tray, in place of what lay there; without a
 * tray it is the call's. */
struct comparison *comparison_new(struct call *call);
/* This world as it is, as another one; the caller frees it. */
struct world *call_copy_world(const struct call *call);

#endif
