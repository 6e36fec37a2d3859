/*
 * cloud/injection_plan.h - when things break: at once, at a time, or once a condition holds; and
 * how long they stay broken.
 *
 * A fault that waits has its id and its name already, so that it can be cleared before it begins.
 * What it is about may have changed by then: what cannot be broken any more is not, and the trail
 * says why.  A condition is looked at at each whole second, as a lesson's checks are; what it means
 * is the floor above's (struct injections' holds).
 */
#ifndef CLOUD_INJECTION_PLAN_H
#define CLOUD_INJECTION_PLAN_H

#include "cloud/injection.h"

enum { INJECTION_NAME_MAX = 64, INJECTION_PLANS_MAX = 200 /* that may wait in a world */ };

extern const struct shape injection_plan_shape;

void injection_plans_init(struct injections *injections);
void injection_plans_release(struct injections *injections);
/* After the table was read: false when it holds what cannot be. */
bool injection_plans_restore(struct injections *injections);

struct injection_when {
    int64_t at;            /* when it begins; 0: at once, or when the condition holds */
    const char *condition; /* NULL: none */
    int64_t duration;      /* ns that it lasts; 0: until it is cleared */
    uint8_t region;        /* where the condition is asked */
};

/*
 * Breaks something, now or later.  Without a name it is called after its kind: slow-server,
 * slow-server-2...  Gives its id; 0 and a fault: as injection_add(), or the name is taken, or too
 * many wait.
 */
uint64_t injection_begin(struct injections *injections, const struct injection_new *wish,
                         const struct injection_when *when, struct fault *fault);

struct injection_plan *injection_plan_find(const struct injections *injections, uint64_t id);
/* It will not begin. */
void injection_plan_clear(struct injections *injections, uint64_t id);
/* The fault of that name, there or waiting, of that account; 0: there is none. */
uint64_t injection_named(const struct injections *injections, uint64_t account, const char *name);
/* As what it will be, for texts: of what a host's fault is about, the instance that was named. */
struct injection injection_of_plan(const struct injections *injections,
                                   const struct injection_plan *plan);

#endif
