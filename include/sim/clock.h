/*
 * sim/clock.h - instants as people write them.
 *
 * An instant is int64_t nanoseconds since 1970-01-01T00:00:00Z, the proleptic Gregorian calendar,
 * UTC, no leap seconds.  The code is ours, so that no time zone or locale of the machine can reach
 * an answer.  The range is what int64_t holds: the years 1678 to 2261.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define MICROSECOND_NS INT64_C(1000)
#define MILLISECOND_NS INT64_C(1000000)
#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)
#define HOUR_NS (60 * MINUTE_NS)
#define DAY_NS (24 * HOUR_NS)

struct civil {
    int year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
    int hour;
    int minute;
    int second;
    int nanosecond;
    int weekday; /* 0 Sunday to 6 Saturday; not read by clock_from_civil */
};

enum clock_form {
    CLOCK_OFFSET,  /* 2026-01-05T08:00:00+00:00, with .123456 when not whole: the AWS CLI's */
    CLOCK_MILLI_Z, /* 2026-01-05T08:00:00.000Z: in XML, JSON bodies and events */
    CLOCK_Z,       /* 2026-01-05T08:00:00Z */
    CLOCK_HTTP,    /* Mon, 05 Jan 2026 08:00:00 GMT */
    CLOCK_TIME,    /* 08:00:00 */
};

enum { CLOCK_TEXT_SIZE = 64 };

struct civil clock_to_civil(int64_t instant);
/* False when it is no date of the calendar or lies outside the range.  24:00 and second 60 do not
 * exist. */
bool clock_from_civil(const struct civil *civil, int64_t *instant);
int clock_days_in_month(int year, int month);

/* Writes into `text` and returns it.  Parts of a second beyond the form's digits are cut off. */
const char *clock_format(int64_t instant, enum clock_form form, char text[CLOCK_TEXT_SIZE]);
/* Reads ISO 8601: a date, or a date and a time after T or a blank; minutes required, seconds and
 * fractions optional; Z, an offset (+hh:mm, +hhmm) or nothing, which means UTC.  False when it is
 * anything else. */
bool clock_parse(const char *text, int64_t *instant);

#endif
