/*
 * sim/cron.h - the five fields of cron: minute, hour, day of the month, month, day of the week; and
 * the six of AWS, with the year.
 *
 * Values, lists (1,15), ranges (1-5), steps (a star and /10), names (JAN, MON); Sunday is 0 or 7.
 * As in cron, a day matches when either of its two fields does, if both say something.  Times are
 * UTC.
 *
 * AWS's days of the week are 1 (Sunday) to 7; one of the two fields of days is "?", which says
 * nothing.  L is the month's last day, 5L its last Thursday, 15W the weekday nearest to the 15th of
 * the same month, LW its last weekday, 3#2 its second Tuesday.  Years: 1970 to 2199.
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
    /* What only AWS's six fields can say. */
    bool has_years;
    uint64_t years[4];     /* one bit for each from CRON_YEAR_FIRST on */
    bool last_day;         /* L */
    bool last_workday;     /* LW */
    uint32_t near;         /* 15W: one bit for each day */
    uint8_t last_weekdays; /* 5L: one bit for each day of the week */
    uint8_t nth[6];        /* 3#2: for each of "first" to "fifth", from 1, the same */
};

enum { CRON_YEAR_FIRST = 1970, CRON_YEAR_LAST = 2199 };

/* False when the text is no such expression. */
bool cron_parse(const char *text, struct cron *cron);
/* The same for AWS's six fields. */
bool cron_parse_aws(const char *text, struct cron *cron);
/* The first instant after `after` that matches (whole minutes); SIM_NEVER when none does within
 * eight years (the 30th of February), or up to the last year that the six fields can name. */
int64_t cron_next(const struct cron *cron, int64_t after);

#endif
