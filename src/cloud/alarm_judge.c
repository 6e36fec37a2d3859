/*
 * cloud/alarm_judge.c - what follows from the latest points of an alarm.
 *
 * True to the CloudWatch user guide, "How alarm state is evaluated when data is missing" and
 *         "Avoiding premature transitions to alarm state": its two tables are a test.  How far
 *         back it looks is not documented but for one case (5 points where 3 of 300 s are needed);
 *         for short periods it is what was measured: six minutes.
 */
#include "cloud/alarm.h"

enum { RANGE_MORE = 2, RANGE_LEAST_S = 360 };

uint32_t alarm_range(uint32_t periods, uint32_t period_s)
{
    uint32_t least = period_s < 300 ? RANGE_LEAST_S / period_s : 0;

    return periods + RANGE_MORE > least ? periods + RANGE_MORE : least;
}

/* What is there. */
struct found {
    uint32_t real;
    uint32_t breaching; /* of the real ones */
    uint32_t oldest;    /* how many points ago the oldest breaching one is, itself counted */
};

/* Looks at the newest `most` real points. */
static struct found look(const uint8_t *points, uint32_t range, uint32_t most)
{
    struct found found = {0};

    for (uint32_t i = 0; i < range && found.real < most; i++) {
        found.real += points[i] != POINT_MISSING;
        if (points[i] == POINT_BREACHING) {
            found.breaching++;
            found.oldest = i + 1;
        }
    }
    return found;
}

static uint8_t state_if(bool alarm)
{
    return alarm ? ALARM_STATE_ALARM : ALARM_STATE_OK;
}

/* Nothing real speaks against an alarm, but there is too little of it. */
static uint8_t judge_premature(const struct alarm_rule *rule, const struct found *found)
{
    if (rule->missing == MISSING_IGNORE)
        return 0;
    if (found->real == 0)
        return ALARM_STATE_INSUFFICIENT_DATA;
    return found->oldest >= rule->datapoints ? ALARM_STATE_ALARM : 0;
}

struct alarm_verdict alarm_judge(const struct alarm_rule *rule, const uint8_t *points,
                                 uint32_t range)
{
    struct found found = look(points, range, rule->periods);
    struct alarm_verdict verdict = {
        .used = found.real,
        .filled = rule->periods - found.real,
    };

    if (found.breaching >= rule->datapoints || verdict.filled == 0)
        verdict.state = state_if(found.breaching >= rule->datapoints);
    else if (rule->missing == MISSING_BREACHING)
        verdict.state = state_if(found.breaching + verdict.filled >= rule->datapoints);
    else if (rule->missing == MISSING_NOT_BREACHING || found.breaching < found.real)
        verdict.state = ALARM_STATE_OK;
    else
        verdict.state = judge_premature(rule, &found);
    return verdict;
}
