/*
 * sim/schedule.h - when a rule fires by itself: rate(5 minutes), cron(0 18 ? * MON-FRI *).
 *
 * A rate counts from the moment at which its rule was put; a cron is UTC, and fires on whole
 * minutes.  True to the EventBridge user guide, "Schedule expressions".
 */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cron.h"

struct schedule {
    int64_t every; /* ns, of a rate; 0: it is a cron */
    struct cron cron;
};

/* False when the text is no such expression: rate(1 minutes) is none either. */
bool schedule_parse(const char *text, struct schedule *schedule);
/* The first firing after `after` of what was set at `begin`; SIM_NEVER when there is none. */
int64_t schedule_next(const struct schedule *schedule, int64_t begin, int64_t after);

#endif
