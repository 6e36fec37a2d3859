/*
 * tests/unit/cloud_alarm_test.c - what follows from the latest points of an alarm.
 *
 * If this fails, an alarm goes off, or stays silent, where AWS's would not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cloud/alarm.h"
#include "cloud/alarm_words.h"
#include "sim/event.h"

enum { KEEP = 0, NO_DATA = ALARM_STATE_INSUFFICIENT_DATA };
enum { ALARM = ALARM_STATE_ALARM, OK = ALARM_STATE_OK };

/* "0-X-X": the newest on the right, as AWS writes them. */
static struct alarm_verdict judge(const char *points, uint32_t periods, uint32_t datapoints,
                                  uint8_t missing)
{
    uint8_t kinds[16];
    uint32_t range = (uint32_t)strlen(points);

    for (uint32_t i = 0; i < range; i++) {
        char c = points[range - 1 - i];

        kinds[i] = c == 'X' ? POINT_BREACHING : c == '0' ? POINT_FINE : POINT_MISSING;
    }
    return alarm_judge(
        &(struct alarm_rule){.periods = periods, .datapoints = datapoints, .missing = missing},
        kinds, range);
}

/* The two tables of "How alarm state is evaluated when data is missing", row by row. */
static void the_documented_tables(void **state)
{
    static const struct {
        const char *points;
        uint32_t datapoints;
        uint32_t filled;
        uint8_t missing;
        uint8_t ignore;
        uint8_t breaching;
        uint8_t fine;
    } rows[] = {
        {"0-X-X", 3, 0, OK, OK, OK, OK},
        {"0----", 3, 2, OK, OK, OK, OK},
        {"-----", 3, 3, NO_DATA, KEEP, ALARM, OK},
        {"0XX-X", 3, 0, ALARM, ALARM, ALARM, ALARM},
        {"--X--", 3, 2, ALARM, KEEP, ALARM, OK},
        {"0-X-X", 2, 0, ALARM, ALARM, ALARM, ALARM},
        {"00X0X", 2, 0, ALARM, ALARM, ALARM, ALARM},
        {"0-X--", 2, 1, OK, OK, ALARM, OK},
        {"----0", 2, 2, OK, OK, ALARM, OK},
        {"---X-", 2, 2, ALARM, KEEP, ALARM, OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct alarm_verdict verdict =
            judge(rows[i].points, 3, rows[i].datapoints, MISSING_MISSING);

        assert_int_equal(verdict.filled, rows[i].filled);
        assert_int_equal(verdict.state, rows[i].missing);
        assert_int_equal(judge(rows[i].points, 3, rows[i].datapoints, MISSING_IGNORE).state,
                         rows[i].ignore);
        assert_int_equal(judge(rows[i].points, 3, rows[i].datapoints, MISSING_BREACHING).state,
                         rows[i].breaching);
        assert_int_equal(judge(rows[i].points, 3, rows[i].datapoints, MISSING_NOT_BREACHING).state,
                         rows[i].fine);
    }
    assert_int_equal(alarm_range(3, 300), 5);
}

/* "Avoiding premature transitions to alarm state": one new breaching point is not yet an alarm. */
static void no_premature_alarm(void **state)
{
    (void)state;
    assert_int_equal(judge("----X", 3, 3, MISSING_MISSING).state, KEEP);
    assert_int_equal(judge("---X-", 3, 3, MISSING_MISSING).state, KEEP);
    assert_int_equal(judge("---X0", 3, 3, MISSING_MISSING).state, OK);
    assert_int_equal(judge("--X--", 3, 3, MISSING_MISSING).state, ALARM);
    assert_int_equal(judge("X", 1, 1, MISSING_MISSING).state, ALARM);
    assert_int_equal(judge("X0X0X", 5, 3, MISSING_MISSING).state, ALARM);
    assert_int_equal(judge("0XX00", 5, 3, MISSING_MISSING).state, OK);
}

static void says(const struct alarm *alarm, const char *points, const char *wanted)
{
    struct alarm_point list[16] = {0};
    uint32_t range = (uint32_t)strlen(points);
    struct alarm_rule rule = {.periods = alarm->periods,
                              .datapoints =
                                  alarm->datapoints > 0 ? alarm->datapoints : alarm->periods,
                              .missing = alarm->missing};
    struct alarm_finding finding = {.alarm = alarm, .points = list, .range = range};
    uint8_t kinds[16];
    struct str text = STR_INIT;

    for (uint32_t i = 0; i < range; i++) {
        char c = points[range - 1 - i];

        kinds[i] = c == 'X' ? POINT_BREACHING : c == '0' ? POINT_FINE : POINT_MISSING;
        list[i] = (struct alarm_point){
            .time = SIM_BEGIN_NS - (i + 1) * MINUTE_NS,
            .amount = {c == 'X' ? 215 : 15, 10},
            .kind = kinds[i],
        };
    }
    finding.verdict = alarm_judge(&rule, kinds, range);
    alarm_say_reason(&finding, &text);
    assert_string_equal(str_text(&text), wanted);
    str_release(&text);
}

/* People, and programs, read these sentences: they must be AWS's. */
static void reasons_are_awss(void **state)
{
    char average[] = "Average";
    struct alarm alarm = {
        .periods = 1,
        .period_s = 60,
        .threshold = 21 * ALARM_SCALE,
        .comparison = COMPARE_GREATER,
        .missing = MISSING_MISSING,
        .statistic = average,
    };

    (void)state;
    says(&alarm, "X", "Threshold Crossed: 1 datapoint [21.5 (05/01/26 07:59:00)] was greater than "
                      "the threshold (21.0).");
    says(&alarm, "0", "Threshold Crossed: 1 datapoint [1.5 (05/01/26 07:59:00)] was not greater "
                      "than the threshold (21.0).");
    says(&alarm, "-", "Insufficient Data: 1 datapoint was unknown.");
    alarm.datapoints = 1;
    says(&alarm, "X", "Threshold Crossed: 1 out of the last 1 datapoints [21.5 (05/01/26 "
                      "07:59:00)] was greater than the threshold (21.0) (minimum 1 datapoint for "
                      "OK -> ALARM transition).");
    alarm.periods = alarm.datapoints = 3;
    alarm.comparison = COMPARE_GREATER_OR_EQUAL;
    says(&alarm, "0XX", "Threshold Crossed: 1 out of the last 3 datapoints [1.5 (05/01/26 "
                        "07:57:00)] was not greater than or equal to the threshold (21.0) "
                        "(minimum 1 datapoint for ALARM -> OK transition).");
    alarm.datapoints = 0;
    alarm.periods = 2;
    alarm.missing = MISSING_BREACHING;
    says(&alarm, "--", "Threshold Crossed: no datapoints were received for 2 periods and 2 "
                       "missing datapoints were treated as [Breaching].");
    says(&alarm, "X-", "Threshold Crossed: 1 datapoint [21.5 (05/01/26 07:58:00)] was greater "
                       "than or equal to the threshold (21.0) and 1 missing datapoint was treated "
                       "as [Breaching].");
    alarm.missing = MISSING_MISSING;
    alarm.periods = 5;
    says(&alarm, "XXXXX",
         "Threshold Crossed: 5 datapoints were greater than or equal to the threshold (21.0). The "
         "most recent datapoints which crossed the threshold: [21.5 (05/01/26 07:59:00), 21.5 "
         "(05/01/26 07:58:00), 21.5 (05/01/26 07:57:00), 21.5 (05/01/26 07:56:00), 21.5 (05/01/26 "
         "07:55:00)].");
}

/* Numbers in these sentences have the form that Java gives them. */
static void numbers_are_javas(void **state)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0.0"},           {21.5, "21.5"},       {70, "70.0"},
        {624630, "624630.0"}, {0.001, "0.001"},     {0.0001, "1.0E-4"},
        {12345678, "1.2345678E7"}, {-2.5, "-2.5"},  {3.6266666666666665, "3.6266666666666665"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str text = STR_INIT;

        alarm_say_real(&text, cases[i].number);
        assert_string_equal(str_text(&text), cases[i].text);
        str_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_tables),
        cmocka_unit_test(no_premature_alarm),
        cmocka_unit_test(reasons_are_awss),
        cmocka_unit_test(numbers_are_javas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
