/*
 * tests/unit/cloud_metric_test.c - the store behind CloudWatch.
 *
 * If this fails, sums, percentiles or old points of a metric are not what was measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pack.h"
#include "cloud/metric.h"
#include "sim/event.h"

static struct metrics metrics;
static const struct metric_name orders = {
    .account = 111122223333, .space = "Shop", .name = "Orders"};

static int set_up(void **state)
{
    (void)state;
    metrics_init(&metrics);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    metrics_release(&metrics);
    return 0;
}

static void add(struct metric *metric, int64_t time, uint32_t span_s, int64_t value)
{
    metric_add(metric, &(struct metric_sample){
                           .time = time,
                           .span_s = span_s,
                           .set = {.count = 1, .sum = value, .min = value, .max = value},
                       });
}

static struct metric_total total_of(const struct metric *metric, int64_t begin, int64_t end)
{
    struct metric_total total;

    metric_total(metric, begin, end, &total);
    histogram_release(&total.spread);
    return total;
}

/* The order of the dimensions would make another metric of the same one. */
static void dimensions_have_no_order(void **state)
{
    struct metric_dimension ab[] = {{"A", "1"}, {"B", "2"}};
    struct metric_dimension ba[] = {{"B", "2"}, {"A", "1"}};
    struct metric_name one = orders;
    struct metric_name other = orders;

    (void)state;
    one.dimensions = (struct metric_dimensions){.items = ab, .count = 2};
    other.dimensions = (struct metric_dimensions){.items = ba, .count = 2};
    assert_ptr_equal(metric_open(&metrics, &one, UNIT_COUNT, 1),
                     metric_open(&metrics, &other, UNIT_COUNT, 1));
    assert_null(metric_find(&metrics, &orders, UNIT_COUNT));
    assert_null(metric_find(&metrics, &one, UNIT_NONE));
}

/* A quiet hour would cost sixty rows, or say something else than sixty minutes do. */
static void equal_minutes_are_one_row(void **state)
{
    struct metric *metric = metric_open(&metrics, &orders, UNIT_COUNT, 1);
    struct metric_total total;

    (void)state;
    for (int i = 0; i < 60; i++)
        add(metric, SIM_BEGIN_NS + i * MINUTE_NS, 60, 3);
    assert_int_equal(metric->points.count, 1);
    total = total_of(metric, SIM_BEGIN_NS + 10 * MINUTE_NS, SIM_BEGIN_NS + 25 * MINUTE_NS);
    assert_int_equal(total.set.count, 15);
    assert_int_equal(total.set.sum, 45);
    /* One more value in the middle of the row. */
    add(metric, SIM_BEGIN_NS + 20 * MINUTE_NS + SECOND_NS, 60, 9);
    assert_int_equal(metric->points.count, 3);
    total = total_of(metric, SIM_BEGIN_NS + 20 * MINUTE_NS, SIM_BEGIN_NS + 21 * MINUTE_NS);
    assert_int_equal(total.set.count, 2);
    assert_int_equal(total.set.max, 9);
    total = total_of(metric, SIM_BEGIN_NS, SIM_BEGIN_NS + HOUR_NS);
    assert_int_equal(total.set.count, 61);
    assert_int_equal(total.set.sum, 60 * 3 + 9);
    assert_true(metrics_restore(&metrics));
}

/* p99 of a metric would not be that of its values. */
static void percentiles_follow_the_values(void **state)
{
    struct metric *metric = metric_open(&metrics, &orders, UNIT_SECONDS, SECOND_NS);
    struct histogram times = {0};
    struct metric_statistic p99;
    struct metric_amount amount;
    struct metric_total total;

    (void)state;
    for (int i = 1; i <= 1000; i++)
        histogram_add(&times, i * MILLISECOND_NS);
    metric_add(metric, &(struct metric_sample){
                           .time = SIM_BEGIN_NS,
                           .span_s = 60,
                           .set = {1000, 500500 * MILLISECOND_NS, MILLISECOND_NS, SECOND_NS},
                           .spread = &times,
                       });
    add(metric, SIM_BEGIN_NS + MINUTE_NS, 60, MILLISECOND_NS);
    assert_true(metric_statistic_read("p99", &p99));
    assert_true(metric_total(metric, SIM_BEGIN_NS, SIM_BEGIN_NS + 2 * MINUTE_NS, &total));
    assert_true(metric_amount(metric, &total, p99, &amount));
    assert_true(amount.value >= 990 * MILLISECOND_NS &&
                amount.value <= 990 * MILLISECOND_NS + 990 * MILLISECOND_NS / 32);
    histogram_release(&total.spread);
    histogram_release(&times);
    assert_false(metric_statistic_read("p100.1", &p99));
    assert_false(metric_statistic_read("tm99", &p99));
    assert_true(metric_statistic_read("p99.95", &p99));
    assert_int_equal(p99.ppm, 999500);
}

/* What is old would be lost at once, or kept for ever, or change its sum on the way. */
static void old_points_grow_together(void **state)
{
    struct metric *metric = metric_open(&metrics, &orders, UNIT_COUNT, 1);
    int64_t now = SIM_BEGIN_NS;

    (void)state;
    for (int i = 0; i < 20 * 24 * 60; i++, now += MINUTE_NS) {
        add(metric, now, 60, i % 2);
        if (i % 60 == 59)
            metrics_grow_old(&metrics, now + MINUTE_NS);
    }
    assert_int_equal(total_of(metric, 0, now).set.count, 20 * 24 * 60);
    assert_int_equal(total_of(metric, 0, now).set.sum, 10 * 24 * 60);
    assert_int_equal(metric->points.items[0].span_s, 300);
    assert_true(metric->points.count <= 15 * 24 * 60 + 5 * 24 * 12);
    assert_true(metrics_restore(&metrics));
    now += 63 * DAY_NS;
    metrics_grow_old(&metrics, now);
    assert_int_equal(total_of(metric, 0, now).set.count, 20 * 24 * 60);
    assert_int_equal(metric->points.items[0].span_s, 3600);
    assert_true(metrics_restore(&metrics));
    /* Each time, a point takes one step. */
    metrics_grow_old(&metrics, now + 456 * DAY_NS);
    metrics_grow_old(&metrics, now + 456 * DAY_NS);
    assert_int_equal(table_count(&metrics.table), 0);
}

/* A session would come back with other metrics. */
static void metrics_come_back(void **state)
{
    struct metric *metric = metric_open(&metrics, &orders, UNIT_COUNT, 1);
    struct metrics again;
    struct str bytes = STR_INIT;
    struct str other = STR_INIT;
    struct pack_reader reader;
    size_t length;

    (void)state;
    add(metric, SIM_BEGIN_NS, 60, 3);
    add(metric, SIM_BEGIN_NS, 60, 5);
    add(metric, SIM_BEGIN_NS - HOUR_NS, 1, -5);
    pack_table(&bytes, "metrics", &metrics.table);
    reader = (struct pack_reader){.bytes = str_text(&bytes), .size = bytes.length};
    metrics_init(&again);
    assert_non_null(pack_next(&reader, &length));
    assert_int_equal(pack_read_table(&reader, &again.table), 0);
    assert_true(metrics_restore(&again));
    pack_table(&other, "metrics", &again.table);
    assert_int_equal(bytes.length, other.length);
    assert_memory_equal(str_text(&bytes), str_text(&other), bytes.length);
    metrics_release(&again);
    str_release(&bytes);
    str_release(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(dimensions_have_no_order), TEST(equal_minutes_are_one_row),
        TEST(percentiles_follow_the_values), TEST(old_points_grow_together),
        TEST(metrics_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
