/*
 * api/lab_race.h - the same workload on several instance types, side by side.
 */
#ifndef API_LAB_RACE_H
#define API_LAB_RACE_H

#include "api/lab_comparison.h"
#include "api/lab_workload.h"

enum { RACERS_MAX = 8 };

struct race_wish {
    struct workload_order order; /* kind NULL: no race is wanted */
    LIST(const char *) types;    /* none: the five families */
};

/*
 * Launches an instance of each type in a copy of the world, runs the workload in all of them, and
 * leaves what became of it in *comparison, which lies on the tray from the start of the race on.
 * 0, or -1 after a fault or an interruption.  What it refuses with is in race_faults.
 */
int race_of_types(struct call *call, const struct race_wish *wish,
                  struct comparison **comparison);

/* For lists of faults. */
extern const struct fault_kind fault_racers, fault_racer;

#endif
