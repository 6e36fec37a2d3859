/*
 * lesson/film_time.c - the times of a film: reading one as people say it, and finding its line.
 *
 * Simulated time goes back where a branch begins earlier, so that one time may come several times:
 * the next one in the direction of the search is meant.
 */
#include "lesson/film_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "sim/clock.h"

enum { DAYS_AWAY_MAX = 3660 };

const struct logbook_place *film_wait_begin(const struct film_script *script, uint32_t scene)
{
    const struct logbook_place *place = &script->scenes.items[scene].before;
    const struct logbook_place *before =
        scene == 0 ? place : &script->scenes.items[scene - 1].after;

    return before->branch == place->branch && before->seq <= place->seq &&
                   before->time <= place->time
               ? before
               : place;
}

/* When a scene is over; a line that went to another branch takes no time. */
static int64_t end_of(const struct film_script *script, uint32_t scene)
{
    const struct film_scene *it = &script->scenes.items[scene];

    return it->after.branch == it->before.branch && it->after.time > it->before.time
               ? it->after.time
               : it->before.time;
}

static bool holds(const struct film_script *script, uint32_t scene, int64_t time)
{
    return film_wait_begin(script, scene)->time <= time && time <= end_of(script, scene);
}

static bool look_on(const struct film_script *script, uint32_t from, int64_t time, uint32_t *scene)
{
    for (uint32_t i = from; i < script->scenes.count; i++) {
        if (holds(script, i, time)) {
            *scene = i;
            return true;
        }
    }
    return false;
}

static bool look_back(const struct film_script *script, uint32_t from, int64_t time,
                      uint32_t *scene)
{
    for (uint32_t i = from; i-- > 0;) {
        if (holds(script, i, time)) {
            *scene = i;
            return true;
        }
    }
    return false;
}

bool film_find_time(const struct film_script *script, const struct film_now *now, int64_t time,
                    uint32_t *scene)
{
    uint32_t past = now->scene + (now->scene < script->scenes.count);

    if (time >= now->time)
        return look_on(script, now->scene, time, scene) ||
               look_back(script, now->scene, time, scene);
    return look_back(script, past, time, scene) || look_on(script, past, time, scene);
}

/* "9:30", "09:30", "09:30:15": a time of some day. */
static bool is_time_of_day(const char *text)
{
    size_t digits = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c != ':' && isdigit((unsigned char)*c) == 0)
            return false;
        digits += *c != ':';
    }
    return strchr(text, ':') != NULL && digits >= 3 && digits <= 6;
}

/* The time of a day, `days` after that of the film. */
static bool on_day(const char *text, int64_t now, int days, int64_t *time)
{
    struct civil day = clock_to_civil(now + days * DAY_NS);
    char *whole = xasprintf("%04d-%02d-%02dT%s%s", day.year, day.month, day.day,
                            text[1] == ':' ? "0" : "", text);
    bool read = clock_parse(whole, time);

    free(whole);
    return read;
}

static void add_span(const struct film_script *script, struct str *why)
{
    int64_t first = film_wait_begin(script, 0)->time;
    int64_t last = end_of(script, 0);
    char text[2][CLOCK_TEXT_SIZE];

    for (uint32_t i = 1; i < script->scenes.count; i++) {
        int64_t begin = film_wait_begin(script, i)->time;
        int64_t end = end_of(script, i);

        first = begin < first ? begin : first;
        last = end > last ? end : last;
    }
    str_addf(why, "the film goes from %s to %s", clock_format(first, CLOCK_Z, text[0]),
             clock_format(last, CLOCK_Z, text[1]));
}

bool film_read_time(const struct film_script *script, const struct film_now *now, const char *text,
                    int64_t *time, struct str *why)
{
    bool daily = is_time_of_day(text);
    uint32_t scene;

    if (daily ? !on_day(text, now->time, 0, time) : !clock_parse(text, time)) {
        str_addf(why, "'%s' is no time such as 12:30 or 2026-01-05T12:30:00Z", text);
        return false;
    }
    if (film_find_time(script, now, *time, &scene))
        return true;
    for (int away = 1; daily && away <= DAYS_AWAY_MAX; away++) {
        if ((on_day(text, now->time, away, time) && film_find_time(script, now, *time, &scene)) ||
            (on_day(text, now->time, -away, time) && film_find_time(script, now, *time, &scene)))
            return true;
    }
    add_span(script, why);
    return false;
}
