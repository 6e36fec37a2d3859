/*
 * unit/sim_chance_test.c - that chance is the same everywhere, and fair.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/chance.h"

enum { DRAWS = 100000 };

static uint64_t fingerprint(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x100000001b3);
}

static void draws_are_pinned(void **state)
{
    /* Worlds saved yesterday would go another way today, or on another machine. */
    struct chance chance = chance_stream(1, "pin", 7);
    uint64_t sums[4] = { 0 };

    (void)state;
    for (int64_t i = 0; i < 1000; i++) {
        sums[0] = fingerprint(sums[0], chance_u64(&chance));
        sums[1] = fingerprint(sums[1], chance_below(&chance, (uint64_t)i * 9 + 1));
        sums[2] = fingerprint(sums[2], (uint64_t)chance_between_ns(&chance, -1000, i));
        sums[3] = fingerprint(sums[3], (uint64_t)chance_exponential(&chance, INT64_C(1) << 56));
    }
    assert_int_equal(sums[0], UINT64_C(0xd3c54aa74e187ad3));
    assert_int_equal(sums[1], UINT64_C(0x35f3527ee335aa4b));
    assert_int_equal(sums[2], UINT64_C(0xb896c1462e33587));
    assert_int_equal(sums[3], UINT64_C(0x3897d8999ee2ec33));
    assert_int_equal(chance.counter, 4000);
}

static void streams_differ(void **state)
{
    /* Two instances would boot in step, or seed 2 would repeat seed 1. */
    static const char *const labels[] = { "", "a", "b", "ab", "ba" };
    uint64_t seen[5 * 64 * 4];
    int count = 0;

    (void)state;
    for (int label = 0; label < 5; label++) {
        for (uint64_t subject = 0; subject < 64; subject++) {
            for (uint64_t seed = 0; seed < 4; seed++) {
                struct chance chance = chance_stream(seed, labels[label], subject);

                seen[count++] = chance_u64(&chance);
            }
        }
    }
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++)
            assert_int_not_equal(seen[i], seen[j]);
    }
}

/* Pearson's sum over cells that should hold `expected` each, times 1000. */
static int64_t unfairness(const int64_t *cells, int count, int64_t expected)
{
    int64_t sum = 0;

    for (int i = 0; i < count; i++)
        sum += (cells[i] - expected) * (cells[i] - expected) * 1000 / expected;
    return sum;
}

static void draws_are_fair(void **state)
{
    /* One target would get more than its share of random choices.  With 99 degrees of freedom the
     * sum exceeds 150 once in a thousand fair runs; the seeds are fixed. */
    (void)state;
    for (uint64_t subject = 0; subject < 8; subject++) {
        struct chance chance = chance_stream(11, "fair", subject);
        int64_t cells[100] = { 0 };
        int64_t pairs[100] = { 0 };

        for (int i = 0; i < DRAWS; i++) {
            cells[chance_below(&chance, 100)]++;
            pairs[chance_below(&chance, 10) * 10 + chance_below(&chance, 10)]++;
        }
        assert_true(unfairness(cells, 100, DRAWS / 100) < 150000);
        assert_true(unfairness(pairs, 100, DRAWS / 100) < 150000);
    }
}

static void neighbours_are_unlike(void **state)
{
    /* Streams of neighbouring subjects would rise and fall together: each bit of the first draw
     * must change with probability a half when one bit of the subject does. */
    int64_t changed[64] = { 0 };

    (void)state;
    for (uint64_t subject = 0; subject < 1000; subject++) {
        for (int bit = 0; bit < 64; bit++) {
            struct chance a = chance_stream(5, "near", subject);
            struct chance b = chance_stream(5, "near", subject ^ UINT64_C(1) << bit);
            uint64_t difference = chance_u64(&a) ^ chance_u64(&b);

            for (int i = 0; i < 64; i++)
                changed[i] += (int64_t)(difference >> i & 1);
        }
    }
    for (int i = 0; i < 64; i++)
        assert_in_range(changed[i], 32000 - 640, 32000 + 640);
}

static void below_is_unbiased_for_large_n(void **state)
{
    /* With 3/4 of 2^64 choices, a biased draw would hit the first third half of the time. */
    struct chance chance = chance_stream(2, "large", 0);
    uint64_t n = UINT64_C(3) << 62;
    int low = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t draw = chance_below(&chance, n);

        assert_true(draw < n);
        low += draw < n / 3;
    }
    assert_in_range(low, 32800, 33870);
}

static void exponential_has_its_shape(void **state)
{
    /* Traffic would not arrive as traffic does: the share of gaps above k means must be e^-k. */
    static const int above_expected[] = { 100000, 36788, 13534, 4979, 1832 };
    struct chance chance = chance_stream(9, "gaps", 0);
    int64_t mean = 1000000;
    int64_t sum = 0;
    int above[5] = { 0 };

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        int64_t gap = chance_exponential(&chance, mean);

        assert_true(gap >= 0 && gap <= 45 * mean);
        sum += gap;
        for (int k = 0; k < 5; k++)
            above[k] += gap >= k * mean;
    }
    assert_in_range(sum / DRAWS, mean - 10000, mean + 10000);
    for (int k = 0; k < 5; k++)
        assert_in_range(above[k], above_expected[k] - 480, above_expected[k] + 480);
    assert_int_equal(chance_exponential(&chance, 0), 0);
}

static void bounds_are_kept(void **state)
{
    /* A duration would fall outside what the documentation promises. */
    struct chance chance = chance_stream(6, "bounds", 0);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(chance_between_ns(&chance, 5, 5), 5);
        assert_in_range(chance_between_ns(&chance, -3, 3) + 3, 0, 6);
        assert_int_equal(chance_below(&chance, 1), 0);
        assert_false(chance_happens(&chance, 0));
        assert_true(chance_happens(&chance, 1000000));
    }
    chance_between_ns(&chance, INT64_MIN, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_pinned),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(draws_are_fair),
        cmocka_unit_test(neighbours_are_unlike),
        cmocka_unit_test(below_is_unbiased_for_large_n),
        cmocka_unit_test(exponential_has_its_shape),
        cmocka_unit_test(bounds_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
