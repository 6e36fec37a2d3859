/*
 * sim/cron.h - the five fields of cron: minute, hour, day of the month, month, day of the week.
 *
 * Values, lists (1,15), ranges (1-5), steps (a star and /10), names (JAN, MON); Sunday is 0 or 7.
 * As in cron, a day matches when either of its two fields does, if both say something.  Times are
 * UTC.
 */
#ifndef SIM_CRON_H
#define SIM_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct cron {
    uint64_t minutes; /* one bit for each value, as are all below */
    uint32_t hours;
    uint32_t days;
    uint16_t months;
    uint8_t weekdays;
    bool any_day;
    bool any_weekday;
};

/* False when the text is no such expression. */
bool cron_parse(const char *text, struct cron *cron);
/* The first instant after `after` that matches (whole minutes); SIM_NEVER when none does within
 * eight years: the 30th of February. */
int64_t cron_next(const struct cron *cron, int64_t after);

#endif
