/*
 * unit/sim_stats_test.c - tallies and histograms.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/stats.h"

#include "sim/chance.h"

enum { COUNT = 5000 };

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static void percentiles_are_near(void **state)
{
    /* p99 on the screen would not be the p99 of the requests. */
    struct chance chance = chance_stream(3, "stats", 0);
    struct histogram histogram = { 0 };
    int64_t values[COUNT];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        values[i] = chance_exponential(&chance, 20000000);
        histogram_add(&histogram, values[i]);
    }
    qsort(values, COUNT, sizeof(values[0]), compare);
    for (int32_t percent = 1; percent <= 100; percent++) {
        int64_t exact = values[COUNT * percent / 100 - 1];
        int64_t shown = histogram_percentile(&histogram, percent * 10000);

        assert_true(shown >= exact);
        assert_true(shown - exact <= exact / 32 + 1);
    }
    assert_int_equal(histogram_percentile(&histogram, 0), values[0]);
    assert_int_equal(histogram_percentile(&histogram, 1000000), values[COUNT - 1]);
    histogram_release(&histogram);
}

static void steps_join_without_gaps(void **state)
{
    /* Some latency would be counted in two steps, or in none. */
    (void)state;
    for (uint32_t step = 0; step < 32 * 59; step++) {
        int64_t begin = histogram_step_begin(step);

        assert_int_equal(histogram_step(begin), step);
        if (step > 0)
            assert_int_equal(histogram_step(begin - 1), step - 1);
    }
    assert_int_equal(histogram_step(INT64_MAX), 32 * 59 - 1);
}

static void sums_are_exact(void **state)
{
    /* The mean of a long run would drift, or overflow. */
    struct tally tally = { 0 };

    (void)state;
    assert_int_equal(tally_mean(&tally), 0);
    for (int i = 0; i < 1000; i++)
        tally_add(&tally, INT64_MAX - 1);
    tally_add(&tally, INT64_MAX - 1 - 1001);
    assert_int_equal(tally_mean(&tally), INT64_MAX - 2);
    assert_int_equal(tally.min, INT64_MAX - 1 - 1001);
    assert_int_equal(tally.max, INT64_MAX - 1);
}

static void merging_is_adding(void **state)
{
    /* The balancer's figures would differ from the sum of its targets'. */
    struct chance chance = chance_stream(4, "stats", 0);
    struct histogram parts[2] = { 0 };
    struct histogram whole = { 0 };

    (void)state;
    histogram_merge(&parts[0], &parts[1]);
    assert_int_equal(histogram_percentile(&parts[0], 500000), 0);
    for (int i = 0; i < COUNT; i++) {
        int64_t value = (int64_t)chance_below(&chance, UINT64_C(1) << chance_below(&chance, 40));

        histogram_add(&parts[i % 2], value);
        histogram_add(&whole, value);
    }
    histogram_merge(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0].tally, &whole.tally, sizeof(whole.tally));
    assert_int_equal(parts[0].steps.count, whole.steps.count);
    assert_memory_equal(parts[0].steps.items, whole.steps.items,
                        whole.steps.count * sizeof(int64_t));
    histogram_release(&parts[0]);
    histogram_release(&parts[1]);
    histogram_release(&whole);
}

static void since_is_what_was_added(void **state)
{
    /* A moment of a comparison would be told with what came before it. */
    struct chance chance = chance_stream(4, "stats", 0);
    struct histogram before = { 0 };
    struct histogram now = { 0 };
    struct histogram added = { 0 };
    struct histogram since = { 0 };

    (void)state;
    for (int i = 0; i < 2 * COUNT; i++) {
        int64_t value = (int64_t)chance_below(&chance, UINT64_C(1) << chance_below(&chance, 40));

        histogram_add(&now, value);
        histogram_add(i < COUNT ? &before : &added, value);
    }
    histogram_since(&since, &now, &before);
    assert_int_equal(since.tally.count, COUNT);
    assert_int_equal(tally_mean(&since.tally), tally_mean(&added.tally));
    assert_int_equal(histogram_step(since.tally.min), histogram_step(added.tally.min));
    assert_int_equal(histogram_step(since.tally.max), histogram_step(added.tally.max));
    assert_memory_equal(since.steps.items, added.steps.items,
                        added.steps.count * sizeof(int64_t));
    histogram_release(&since);
    histogram_since(&since, &now, &now);
    assert_int_equal(histogram_percentile(&since, 990000), 0);
    histogram_release(&before);
    histogram_release(&now);
    histogram_release(&added);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_near),
        cmocka_unit_test(steps_join_without_gaps),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(since_is_what_was_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
