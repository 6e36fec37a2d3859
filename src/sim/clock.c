/*
 * sim/clock.c - instants as people write them.
 *
 * Days are counted in years that begin in March, so that the leap day is the last of its year and
 * month lengths follow one formula: the day on which month m (March = 0) begins is (153 m + 2) / 5.
 * True to ISO 8601 and RFC 9110 (dates in HTTP).
 */
#include "sim/clock.h"

#include <stdio.h>
#include <string.h>

#include "base/bug.h"

enum {
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    YEAR_MIN = 1678,
    YEAR_MAX = 2261,
};

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static int64_t days_from_date(int year, int month, int day)
{
    int64_t march_year = month > 2 ? year : year - 1;
    int64_t era = floor_divide(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    int64_t leap_days = year_of_era / 4 - year_of_era / 100;

    return era * DAYS_PER_ERA + year_of_era * 365 + leap_days + day_of_year - DAYS_TO_1970;
}

int clock_days_in_month(int year, int month)
{
    if (month < 1 || month > 12)
        BUG("month %d", month);
    if (month == 12)
        return 31;
    return (int)(days_from_date(year, month + 1, 1) - days_from_date(year, month, 1));
}

struct civil clock_to_civil(int64_t instant)
{
    int64_t days = floor_divide(instant, DAY_NS);
    int64_t rest = instant - days * DAY_NS;
    int64_t since = days + DAYS_TO_1970;
    int64_t era = floor_divide(since, DAYS_PER_ERA);
    int64_t day_of_era = since - era * DAYS_PER_ERA;
    int64_t year_of_era
        = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct civil){
        .year = (int)(era * 400 + year_of_era + (month <= 2)),
        .month = (int)month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
        .hour = (int)(rest / HOUR_NS),
        .minute = (int)(rest / MINUTE_NS % 60),
        .second = (int)(rest / SECOND_NS % 60),
        .nanosecond = (int)(rest % SECOND_NS),
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
}

bool clock_from_civil(const struct civil *civil, int64_t *instant)
{
    if (civil->year < YEAR_MIN || civil->year > YEAR_MAX || civil->month < 1 || civil->month > 12)
        return false;
    if (civil->day < 1 || civil->day > clock_days_in_month(civil->year, civil->month))
        return false;
    if (civil->hour < 0 || civil->hour > 23 || civil->minute < 0 || civil->minute > 59)
        return false;
    if (civil->second < 0 || civil->second > 59)
        return false;
    if (civil->nanosecond < 0 || civil->nanosecond >= SECOND_NS)
        return false;
    *instant = days_from_date(civil->year, civil->month, civil->day) * DAY_NS
               + civil->hour * HOUR_NS + civil->minute * MINUTE_NS + civil->second * SECOND_NS
               + civil->nanosecond;
    return true;
}

/* Writes the number with so many digits, and a mark behind it; gives where to go on.  (A listing of
 * thousands has as many times: snprintf() takes ten times as long.) */
static char *write_digits(char *at, int number, int digits, char mark)
{
    for (int i = digits; i > 0; i--) {
        at[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    at[digits] = mark;
    return at + digits + 1;
}

static char *write_date(char *at, const struct civil *civil)
{
    at = write_digits(at, civil->year, 4, '-');
    at = write_digits(at, civil->month, 2, '-');
    return write_digits(at, civil->day, 2, 'T');
}

/* Up to the seconds, with a mark behind them. */
static char *write_time(char *at, const struct civil *civil, char mark)
{
    at = write_digits(at, civil->hour, 2, ':');
    at = write_digits(at, civil->minute, 2, ':');
    return write_digits(at, civil->second, 2, mark);
}

const char *clock_format(int64_t instant, enum clock_form form, char text[CLOCK_TEXT_SIZE])
{
    static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct civil at = clock_to_civil(instant);
    char *end = text;

    switch (form) {
    case CLOCK_OFFSET:
        end = write_date(end, &at);
        if (at.nanosecond / 1000 == 0) {
            end = write_time(end, &at, '+');
        } else {
            end = write_time(end, &at, '.');
            end = write_digits(end, at.nanosecond / 1000, 6, '+');
        }
        memcpy(end, "00:00", sizeof("00:00"));
        break;
    case CLOCK_MILLI_Z:
        end = write_date(end, &at);
        end = write_time(end, &at, '.');
        *write_digits(end, at.nanosecond / 1000000, 3, 'Z') = '\0';
        break;
    case CLOCK_Z:
        end = write_date(end, &at);
        *write_time(end, &at, 'Z') = '\0';
        break;
    case CLOCK_HTTP:
        snprintf(text, CLOCK_TEXT_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", weekdays[at.weekday],
                 at.day, months[at.month - 1], at.year, at.hour, at.minute, at.second);
        break;
    case CLOCK_TIME:
        write_time(end, &at, '\0');
        break;
    }
    return text;
}

/* Reads exactly `digits` digits; false leaves `*text` where it was. */
static bool read_digits(const char **text, int digits, int *value)
{
    int sum = 0;

    for (int i = 0; i < digits; i++) {
        char c = (*text)[i];

        if (c < '0' || c > '9')
            return false;
        sum = sum * 10 + (c - '0');
    }
    *text += digits;
    *value = sum;
    return true;
}

static bool read_char(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

static bool read_fraction(const char **text, int *nanosecond)
{
    int unit = (int)SECOND_NS / 10;
    const char *start = *text;

    for (; **text >= '0' && **text <= '9'; ++*text) {
        *nanosecond += (**text - '0') * unit;
        unit /= 10;
    }
    return *text > start;
}

static bool read_time(const char **text, struct civil *civil)
{
    if (!read_digits(text, 2, &civil->hour) || !read_char(text, ':')
        || !read_digits(text, 2, &civil->minute))
        return false;
    if (!read_char(text, ':'))
        return true;
    if (!read_digits(text, 2, &civil->second))
        return false;
    return !read_char(text, '.') || read_fraction(text, &civil->nanosecond);
}

static bool read_zone(const char **text, int64_t *offset)
{
    bool east = **text == '+';
    int hours = 0;
    int minutes = 0;

    if (read_char(text, 'Z') || **text == '\0')
        return true;
    if (!read_char(text, '+') && !read_char(text, '-'))
        return false;
    if (!read_digits(text, 2, &hours))
        return false;
    read_char(text, ':');
    if (!read_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset = (hours * HOUR_NS + minutes * MINUTE_NS) * (east ? 1 : -1);
    return true;
}

bool clock_parse(const char *text, int64_t *instant)
{
    struct civil civil = { 0 };
    int64_t offset = 0;
    int64_t local;

    if (!read_digits(&text, 4, &civil.year) || !read_char(&text, '-')
        || !read_digits(&text, 2, &civil.month) || !read_char(&text, '-')
        || !read_digits(&text, 2, &civil.day))
        return false;
    if (read_char(&text, 'T') || read_char(&text, ' ')) {
        if (!read_time(&text, &civil) || !read_zone(&text, &offset))
            return false;
    }
    if (*text != '\0' || !clock_from_civil(&civil, &local))
        return false;
    *instant = local - offset;
    return true;
}
