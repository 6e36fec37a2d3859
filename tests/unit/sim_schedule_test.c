/*
 * unit/sim_schedule_test.c - rate() and cron(): which are right, and when they fire.
 */
#include "sim/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/clock.h"
#include "sim/event.h"

static int64_t instant(const char *text)
{
    int64_t at;

    assert_true(clock_parse(text, &at));
    return at;
}

/* The three firings after `after`. */
static void fires(const char *text, const char *after, const char *const expected[3])
{
    struct schedule schedule;
    int64_t at = instant(after);

    assert_true(schedule_parse(text, &schedule));
    for (size_t i = 0; i < 3; i++) {
        at = schedule_next(&schedule, instant(after), at);
        if (expected[i] == NULL)
            assert_true(at == SIM_NEVER);
        else
            assert_int_equal(at, instant(expected[i]));
        if (expected[i] == NULL)
            return;
    }
}

static void firings(void **state)
{
    /* If this fails, a rule on a schedule fires on other days or minutes than at AWS. */
    static const struct {
        const char *text;
        const char *after;
        const char *next[3];
    } cases[] = {
        {"rate(5 minutes)",
         "2026-01-05T08:00:30",
         {"2026-01-05T08:05:30", "2026-01-05T08:10:30", "2026-01-05T08:15:30"}},
        {"rate(1 day)",
         "2026-01-05T08:00",
         {"2026-01-06T08:00", "2026-01-07T08:00", "2026-01-08T08:00"}},
        {"cron(0 10 * * ? *)",
         "2026-01-05T10:00",
         {"2026-01-06T10:00", "2026-01-07T10:00", "2026-01-08T10:00"}},
        {"cron(0 18 ? * MON-FRI *)",
         "2026-01-08T18:00",
         {"2026-01-09T18:00", "2026-01-12T18:00", "2026-01-13T18:00"}},
        {"cron(0/15 * * * ? *)",
         "2026-01-05T08:31",
         {"2026-01-05T08:45", "2026-01-05T09:00", "2026-01-05T09:15"}},
        {"cron(0 8 L * ? *)",
         "2026-01-05T08:00",
         {"2026-01-31T08:00", "2026-02-28T08:00", "2026-03-31T08:00"}},
        {"cron(0 8 1W * ? *)",
         "2026-01-05T08:00", /* 1 February 2026 is a Sunday */
         {"2026-02-02T08:00", "2026-03-02T08:00", "2026-04-01T08:00"}},
        {"cron(0 8 31W * ? *)",
         "2026-01-05T08:00", /* 31 January is a Saturday */
         {"2026-01-30T08:00", "2026-03-31T08:00", "2026-05-29T08:00"}},
        {"cron(0 8 LW * ? *)",
         "2026-01-05T08:00",
         {"2026-01-30T08:00", "2026-02-27T08:00", "2026-03-31T08:00"}},
        {"cron(0 2 ? * SAT#3 *)",
         "2026-01-05T08:00",
         {"2026-01-17T02:00", "2026-02-21T02:00", "2026-03-21T02:00"}},
        {"cron(15 10 ? * 6L 2026-2027)",
         "2026-11-05T08:00",
         {"2026-11-27T10:15", "2026-12-25T10:15", "2027-01-29T10:15"}},
        {"cron(0 0 29 2 ? *)",
         "2026-01-05T08:00",
         {"2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"}},
        {"cron(0/5 5 ? JAN 1-5 2022)", "2026-01-05T08:00", {NULL}},
        {"cron(0 0 30 2 ? *)", "2026-01-05T08:00", {NULL}},
        {"cron(59 23 31 DEC ? 2199)", "2026-01-05T08:00", {"2199-12-31T23:59", NULL}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        fires(cases[i].text, cases[i].after, cases[i].next);
}

static void refused(void **state)
{
    /* If this fails, a schedule that AWS refuses is taken, and fires at a time nobody meant. */
    static const char *const texts[] = {
        "",
        "rate(1 minutes)",
        "rate(2 minute)",
        "rate(0 minutes)",
        "rate(5  minutes)",
        "rate(5 minutes",
        "rate(99999999999999999999 days)",
        "cron(0 10 * * *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 * * MON *)",
        "cron(0 10 * * ? 1969)",
        "cron(0 10 * * ? 2200)",
        "cron(0 10 ? * 0 *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * 3#6 *)",
        "cron(0 10 32W * ? *)",
        "cron(? 10 * * ? *)",
        "cron(0 10 * * ? * *)",
    };
    struct schedule schedule;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_false(schedule_parse(texts[i], &schedule));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firings),
        cmocka_unit_test(refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
