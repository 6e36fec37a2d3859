/*
 * unit/sim_clock_test.c - dates, written and read.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/clock.h"

static void formats(void **state)
{
    /* Dates in answers would not look as AWS writes them. */
    char text[CLOCK_TEXT_SIZE];
    int64_t at;

    (void)state;
    assert_true(clock_parse("2026-01-05T08:00:00.000Z", &at));
    assert_int_equal(at, INT64_C(1767600000) * SECOND_NS);
    assert_string_equal(clock_format(at, CLOCK_OFFSET, text), "2026-01-05T08:00:00+00:00");
    assert_string_equal(clock_format(at, CLOCK_MILLI_Z, text), "2026-01-05T08:00:00.000Z");
    assert_string_equal(clock_format(at, CLOCK_Z, text), "2026-01-05T08:00:00Z");
    assert_string_equal(clock_format(at, CLOCK_HTTP, text), "Mon, 05 Jan 2026 08:00:00 GMT");
    assert_string_equal(clock_format(at + 61 * SECOND_NS, CLOCK_TIME, text), "08:01:01");
    at += 123456789;
    assert_string_equal(clock_format(at, CLOCK_OFFSET, text), "2026-01-05T08:00:00.123456+00:00");
    assert_string_equal(clock_format(at, CLOCK_MILLI_Z, text), "2026-01-05T08:00:00.123Z");
}

static void parses(void **state)
{
    /* --start-time would be refused or misread. */
    static const struct {
        const char *text;
        int64_t second;
    } cases[] = {
        { "1970-01-01", 0 },
        { "1970-01-01T00:01", 60 },
        { "1970-01-01 00:01:05", 65 },
        { "1970-01-01T02:00:00+02:00", 0 },
        { "1969-12-31T19:00:00-0500", 0 },
        { "2000-02-29T00:00:00Z", 951782400 },
        { "1969-12-31T23:59:59Z", -1 },
    };
    static const char *const wrong[] = {
        "",
        "2026", "2026-1-05", "2026-13-01", "2026-02-29", "2026-04-31", "2026-01-05T",
        "2026-01-05T24:00",
        "2026-01-05T08:60", "2026-01-05T08:00:60Z", "2026-01-05T08:00:00.Z", "2026-01-05T08:00Zx",
        "2026-01-05T08:00+24:00", "2026-01-05T08:00+0",
        "0000-01-01", "9999-01-01", " 2026-01-05", "2026-00-10",
        "2026-01-00", "-026-01-01",
    };
    int64_t at = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(clock_parse(cases[i].text, &at));
        assert_int_equal(at, cases[i].second * SECOND_NS);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(clock_parse(wrong[i], &at));
    assert_true(clock_parse("1970-01-01T00:00:00.123456789123Z", &at));
    assert_int_equal(at, 123456789);
}

static void every_day_follows_the_one_before(void **state)
{
    /* A schedule would skip or repeat a day somewhere in six centuries. */
    struct civil before = { .year = 1677, .month = 12, .day = 31, .weekday = 5 };
    int64_t day;

    (void)state;
    assert_true(clock_parse("1678-01-01", &day));
    for (; day < INT64_MAX - DAY_NS; day += DAY_NS) {
        struct civil at = clock_to_civil(day);
        int64_t back;

        if (at.year > 2261)
            break;
        assert_int_equal(at.weekday, (before.weekday + 1) % 7);
        if (at.day == 1) {
            assert_int_equal(before.day, clock_days_in_month(before.year, before.month));
            assert_int_equal(at.month, before.month % 12 + 1);
        } else {
            assert_int_equal(at.day, before.day + 1);
            assert_int_equal(at.month, before.month);
        }
        at.hour = 23;
        at.second = 59;
        assert_true(clock_from_civil(&at, &back));
        assert_int_equal(back, day + 23 * HOUR_NS + 59 * SECOND_NS);
        before = clock_to_civil(day);
    }
    assert_int_equal(before.year, 2261);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(parses),
        cmocka_unit_test(every_day_follows_the_one_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
