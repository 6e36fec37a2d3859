/*
 * sim/schedule.c - rate() and cron().
 */
#include "sim/schedule.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"

enum { RATE_DIGITS_MAX = 5 }; /* longer ones would not fit into the years that there are */

static const struct unit {
    const char *one;
    const char *many;
    int64_t length;
} units[] = {
    {"minute", "minutes", MINUTE_NS},
    {"hour", "hours", HOUR_NS},
    {"day", "days", DAY_NS},
};

/* "5 minutes": one blank, and the plural for all but one. */
static bool rate_parse(const char *text, size_t length, int64_t *every)
{
    size_t digits = strspn(text, "0123456789");
    int64_t value = 0;

    if (digits == 0 || digits > RATE_DIGITS_MAX || text[digits] != ' ')
        return false;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (text[i] - '0');
    text += digits + 1;
    length -= digits + 1;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        const char *word = value == 1 ? units[i].one : units[i].many;

        if (value > 0 && strlen(word) == length && memcmp(text, word, length) == 0) {
            *every = value * units[i].length;
            return true;
        }
    }
    return false;
}

bool schedule_parse(const char *text, struct schedule *schedule)
{
    size_t length = strlen(text);
    char *inner;
    bool right;

    *schedule = (struct schedule){0};
    if (length < 6 || text[length - 1] != ')')
        return false;
    if (str_starts(text, "rate("))
        return rate_parse(text + 5, length - 6, &schedule->every);
    if (!str_starts(text, "cron("))
        return false;
    inner = xstrndup(text + 5, length - 6);
    right = cron_parse_aws(inner, &schedule->cron);
    free(inner);
    return right;
}

int64_t schedule_next(const struct schedule *schedule, int64_t begin, int64_t after)
{
    int64_t first = begin + schedule->every;

    if (schedule->every == 0)
        return cron_next(&schedule->cron, after);
    return after < first ? first
                         : first + ((after - first) / schedule->every + 1) * schedule->every;
}
