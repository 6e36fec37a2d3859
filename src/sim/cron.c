/*
 * sim/cron.c - the five fields of cron, and the six of AWS.
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

/* An item that only AWS's fields of days have: L, LW, 15W, 5L, 3#2. */
typedef bool special_read(const char **at, const struct field_form *form, struct cron *cron);

struct field {
    const struct field_form *form;
    special_read *special; /* NULL: none */
    struct cron *cron;
};

static bool field_end(char c)
{
    return c == ' ' || c == '\t' || c == '\0';
}

static bool field_read(const char **at, const struct field *field, uint64_t *bits)
{
    *bits = 0;
    *at += strspn(*at, " \t");
    do {
        if (**at == ',')
            ++*at;
        if ((field->special == NULL || !field->special(at, field->form, field->cron)) &&
            !item_read(at, field->form, bits))
            return false;
    } while (**at == ',');
    return field_end(**at);
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
        struct field field = {.form = &forms[i]};

        stars[i] = text[strspn(text, " \t")] == '*';
        if (!field_read(&text, &field, &bits[i]))
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

/* ---- AWS's six fields ---- */

/* Whether an item ends here. */
static bool item_end(char c)
{
    return c == ',' || field_end(c);
}

static bool special_day(const char **at, const struct field_form *form, struct cron *cron)
{
    const char *text = *at;
    unsigned day;

    if (*text == 'L' && item_end(text[1])) {
        cron->last_day = true;
        *at = text + 1;
        return true;
    }
    if (strncmp(text, "LW", 2) == 0 && item_end(text[2])) {
        cron->last_workday = true;
        *at = text + 2;
        return true;
    }
    if (!value_read(&text, form, &day) || *text != 'W' || !item_end(text[1]))
        return false;
    cron->near |= UINT32_C(1) << day;
    *at = text + 1;
    return true;
}

static bool special_weekday(const char **at, const struct field_form *form, struct cron *cron)
{
    const char *text = *at;
    unsigned weekday = 7;

    if (*text == 'L' && item_end(text[1])) {
        cron->last_weekdays |= 1u << 6; /* L alone: the last Saturday */
        *at = text + 1;
        return true;
    }
    if (!value_read(&text, form, &weekday))
        return false;
    if (*text == 'L' && item_end(text[1])) {
        cron->last_weekdays |= (uint8_t)(1u << (weekday - 1));
        *at = text + 1;
        return true;
    }
    if (*text != '#' || text[1] < '1' || text[1] > '5' || !item_end(text[2]))
        return false;
    cron->nth[text[1] - '0'] |= (uint8_t)(1u << (weekday - 1));
    *at = text + 2;
    return true;
}

/* "?" alone in a field: it says nothing. */
static bool says_nothing(const char **at)
{
    const char *text = *at + strspn(*at, " \t");

    if (*text != '?' || !field_end(text[1]))
        return false;
    *at = text + 1;
    return true;
}

static bool years_read(const char **at, struct cron *cron)
{
    static const struct field_form form = {CRON_YEAR_FIRST, CRON_YEAR_LAST, NULL, 0};
    static const struct field_form any = {1, 99, NULL, 0};

    *at += strspn(*at, " \t");
    cron->has_years = true;
    do {
        unsigned low = form.least;
        unsigned high = form.most;
        unsigned step = 1;

        *at += **at == ',';
        if (**at == '*') {
            ++*at;
        } else {
            if (!value_read(at, &form, &low))
                return false;
            high = **at == '/' ? form.most : low;
            if (**at == '-' && (++*at, !value_read(at, &form, &high) || high < low))
                return false;
        }
        if (**at == '/' && (++*at, !value_read(at, &any, &step)))
            return false;
        for (unsigned year = low - CRON_YEAR_FIRST; year <= high - CRON_YEAR_FIRST; year += step)
            cron->years[year / 64] |= UINT64_C(1) << (year % 64);
    } while (**at == ',');
    return field_end(**at);
}

bool cron_parse_aws(const char *text, struct cron *cron)
{
    static const struct field_form forms[] = {
        {0, 59, NULL, 0},        {0, 23, NULL, 0},         {1, 31, NULL, 0},
        {1, 12, month_names, 1}, {1, 7, weekday_names, 1},
    };
    static special_read *const specials[] = {NULL, NULL, special_day, NULL, special_weekday};
    uint64_t bits[5] = {0};
    bool silent[5] = {false};

    *cron = (struct cron){0};
    for (size_t i = 0; i < 5; i++) {
        struct field field = {&forms[i], specials[i], cron};

        silent[i] = specials[i] != NULL && says_nothing(&text);
        if (!silent[i] && !field_read(&text, &field, &bits[i]))
            return false;
    }
    if (!years_read(&text, cron) || text[strspn(text, " \t")] != '\0' || silent[2] == silent[4])
        return false;
    cron->minutes = bits[0];
    cron->hours = (uint32_t)bits[1];
    cron->days = (uint32_t)bits[2];
    cron->months = (uint16_t)bits[3];
    cron->weekdays = (uint8_t)(bits[4] >> 1);
    return true;
}

/* The day of a month's weekday (Monday to Friday) that is nearest to this day. */
static int nearest_workday(const struct civil *civil, int day)
{
    int last = clock_days_in_month(civil->year, civil->month);
    int weekday = (((civil->weekday + day - civil->day) % 7) + 7) % 7;

    if (weekday == 6)
        return day > 1 ? day - 1 : day + 2;
    if (weekday == 0)
        return day < last ? day + 1 : day - 2;
    return day;
}

/* Whether one of the fields that only AWS has names the day. */
static bool special_matches(const struct cron *cron, const struct civil *civil)
{
    int last = clock_days_in_month(civil->year, civil->month);
    unsigned weekday = 1u << civil->weekday;

    if ((cron->last_day && civil->day == last) ||
        (cron->last_workday && civil->day == nearest_workday(civil, last)) ||
        ((cron->last_weekdays & weekday) != 0 && civil->day > last - 7) ||
        (cron->nth[(civil->day + 6) / 7] & weekday) != 0)
        return true;
    for (int day = 1; day <= last && cron->near != 0; day++) {
        if ((cron->near >> day & 1) != 0 && nearest_workday(civil, day) == civil->day)
            return true;
    }
    return false;
}

/* ---- when next ---- */

static bool day_matches(const struct cron *cron, const struct civil *civil)
{
    bool day = (cron->days >> civil->day & 1) != 0;
    bool weekday = (cron->weekdays >> civil->weekday & 1) != 0;

    if ((cron->months >> civil->month & 1) == 0)
        return false;
    if (cron->has_years)
        return day || weekday || special_matches(cron, civil);
    if (cron->any_day || cron->any_weekday)
        return day && weekday;
    return day || weekday;
}

static bool year_matches(const struct cron *cron, int year)
{
    unsigned at = (unsigned)(year - CRON_YEAR_FIRST);

    return !cron->has_years ||
           (year <= CRON_YEAR_LAST && (cron->years[at / 64] >> (at % 64) & 1) != 0);
}

static int64_t next_year(const struct civil *civil)
{
    int64_t time = 0;

    clock_from_civil(&(struct civil){.year = civil->year + 1, .month = 1, .day = 1}, &time);
    return time;
}

int64_t cron_next(const struct cron *cron, int64_t after)
{
    int64_t time = (after / MINUTE_NS + 1) * MINUTE_NS;
    int64_t end = after + YEARS_AHEAD * 366 * DAY_NS;

    while (time < end || cron->has_years) {
        struct civil civil = clock_to_civil(time);

        if (cron->has_years && civil.year > CRON_YEAR_LAST)
            return SIM_NEVER;
        if (!year_matches(cron, civil.year))
            time = next_year(&civil);
        else if (!day_matches(cron, &civil))
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
