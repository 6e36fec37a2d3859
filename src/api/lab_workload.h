/*
 * api/lab_workload.h - what a workload looks like, and finding what one is to run in.
 */
#ifndef API_LAB_WORKLOAD_H
#define API_LAB_WORKLOAD_H

#include "api/service.h"
#include "cloud/workload.h"

struct workload_part_view {
    const char *part;
    int64_t amount;
    const char *unit;
    struct opt_real seconds;
    struct opt_real percent;
    struct opt_real done;
    struct opt_real credits;
    struct opt_real others;
    struct opt_real own;
    struct opt_int fetched;
};

struct workload_view {
    const char *id;
    const char *instance;
    const char *type;
    const char *kind;
    const char *state;
    struct opt_real seconds;
    const char *bottleneck;
    int64_t cost;
    const char *why;
    const char *reason;
    int64_t amount;
    int64_t set_mib;
    const char *volume;
    int64_t started;
    int64_t ended;
    LIST(struct workload_part_view) parts;
};

extern const struct shape workload_view_shape;

/* A workload of that world as it is now, its texts in the arena. */
void workload_view_fill(const struct world *world, struct arena *arena,
                        const struct workload *workload, struct workload_view *view);

/* The members that say which job it is; `kind` is required. */
struct workload_order {
    const char *kind;
    struct opt_int amount;
    struct opt_int set_mib;
};
#define F_WORKLOAD_SIZE(T, m) \
    F_OPT_INT(T, m.amount, "Amount", \
              "How much of the usual job, in percent: 50 is half of it; 100 unless told.", \
              .min = 1, .max = WORKLOAD_AMOUNT_MAX), \
    F_OPT_INT(T, m.set_mib, "DataSetMib", \
              "How large its data set is, in MiB; that of the kind unless told.", .min = 1, \
              .max = 16777216)

/* Begins an order in an instance that can run it; NULL after a fault. */
const struct workload *workload_order_start(struct call *call, const struct workload_order *order,
                                            const char *instance, const char *volume);

#endif
