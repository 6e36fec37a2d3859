/*
 * sim/cron.c - the five fields of cron.
 */
#include "sim/cron.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "sim/clock.h"
#include "sim/event.h"

enum { YEARS_AHEAD = 8 };

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                          "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
static const char *const weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

struct field_form {
    unsigned least;
    unsigned most;
    const char *const *names; /* of the values from `first` on; NULL: none */
    unsigned first;
};

static bool value_read(const char **at, const struct field_form *form, unsigned *value)
{
    unsigned number = 0;
    const char *text = *at;

    for (unsigned i = 0; form->names != NULL && form->names[i] != NULL; i++) {
        if (strncasecmp(text, form->names[i], 3) == 0) {
            *value = form->first + i;
            *at = text + 3;
            return true;
        }
    }
    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text) && number < 1000; text++)
        number = number * 10 + (unsigned)(*text - '0');
    *value = number;
    *at = text;
    return number >= form->least && number <= form->most;
}

/* One item of a list: a star, a value, a range, each with a step. */
static bool item_read(const char **at, const struct field_form *form, uint64_t *bits)
{
    unsigned low = form->least;
    unsigned high = form->most;
    unsigned step = 1;
    static const struct field_form any = {1, 99, NULL, 0};

    if (**at == '*') {
        ++*at;
    } else {
        if (!value_read(at, form, &low))
            return false;
        high = low;
        if (**at == '-') {
            ++*at;
            if (!value_read(at, form, &high) || high < low)
                return false;
        } else if (**at == '/') {
            high = form->most;
        }
    }
    if (**at == '/') {
        ++*at;
        if (!value_read(at, &any, &step))
            return false;
    }
    for (unsigned i = low; i <= high; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool field_read(const char **at, const struct field_form *form, uint64_t *bits)
{
    *bits = 0;
    *at += strspn(*at, " \t");
    do {
        if (**at == ',')
            ++*at;
        if (!item_read(at, form, bits))
            return false;
    } while (**at == ',');
    return **at == ' ' || **at == '\t' || **at == '\0';
}

bool cron_parse(const char *text, struct cron *cron)
{
    static const struct field_form forms[] = {
        {0, 59, NULL, 0},        {0, 23, NULL, 0},         {1, 31, NULL, 0},
        {1, 12, month_names, 1}, {0, 7, weekday_names, 0},
    };
    uint64_t bits[5];
    bool stars[5];

    for (size_t i = 0; i < 5; i++) {
        stars[i] = text[strspn(text, " \t")] == '*';
        if (!field_read(&text, &forms[i], &bits[i]))
            return false;
    }
    if (text[strspn(text, " \t")] != '\0')
        return false;
    *cron = (struct cron){
        .minutes = bits[0],
        .hours = (uint32_t)bits[1],
        .days = (uint32_t)bits[2],
        .months = (uint16_t)bits[3],
        .weekdays = (uint8_t)((bits[4] | bits[4] >> 7) & 0x7f),
        .any_day = stars[2],
        .any_weekday = stars[4],
    };
    return true;
}

static bool day_matches(const struct cron *cron, const struct civil *civil)
{
    bool day = (cron->days >> civil->day & 1) != 0;
    bool weekday = (cron->weekdays >> civil->weekday & 1) != 0;

    if ((cron->months >> civil->month & 1) == 0)
        return false;
    if (cron->any_day || cron->any_weekday)
        return day && weekday;
    return day || weekday;
}

int64_t cron_next(const struct cron *cron, int64_t after)
{
    int64_t time = (after / MINUTE_NS + 1) * MINUTE_NS;
    int64_t end = after + YEARS_AHEAD * 366 * DAY_NS;

    while (time < end) {
        struct civil civil = clock_to_civil(time);

        if (!day_matches(cron, &civil))
            time = (time / DAY_NS + 1) * DAY_NS;
        else if ((cron->hours >> civil.hour & 1) == 0)
            time = (time / HOUR_NS + 1) * HOUR_NS;
        else if ((cron->minutes >> civil.minute & 1) == 0)
            time += MINUTE_NS;
        else
            return time;
    }
    return SIM_NEVER;
}
