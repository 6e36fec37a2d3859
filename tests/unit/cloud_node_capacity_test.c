/*
 * If this fails, a load balancer turns visitors away below 1,000 requests a second in a zone, or
 * never grows with its traffic.
 */
#include "cloud/node_capacity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/chance.h"
#include "sim/clock.h"

static const int64_t begin = INT64_C(1767600000) * SECOND_NS;

/* Poisson arrivals for so many seconds; how many were turned away. */
static int64_t send(struct node_capacity *capacity, struct chance *chance, int64_t *now,
                    int64_t rate, int64_t seconds)
{
    int64_t end = *now + seconds * SECOND_NS;
    int64_t before = capacity->rejected;

    for (;;) {
        int64_t next = *now + chance_exponential(chance, SECOND_NS / rate);

        if (next >= end)
            break;
        *now = next;
        node_capacity_take(capacity, next);
    }
    *now = end;
    return capacity->rejected - before;
}

static void nothing_fails_below_a_thousand(void **state)
{
    struct node_capacity capacity = {0};
    struct chance chance = chance_stream(1, "node", 1);
    int64_t now = begin;

    (void)state;
    assert_int_equal(send(&capacity, &chance, &now, 999, 600), 0);
}

static void it_doubles_in_five_minutes(void **state)
{
    struct node_capacity capacity = {0};
    struct chance chance = chance_stream(1, "node", 2);
    int64_t now = begin;

    (void)state;
    assert_true(send(&capacity, &chance, &now, 2500, 60) > 50000); /* 1,000 a second too many */
    send(&capacity, &chance, &now, 2500, 240);
    assert_in_range(node_capacity_at(&capacity, now), 1950, 2050);
    send(&capacity, &chance, &now, 2500, 600);
    assert_int_equal(send(&capacity, &chance, &now, 2500, 600), 0);
}

static void it_shrinks_when_nobody_comes(void **state)
{
    struct node_capacity capacity = {0};
    struct chance chance = chance_stream(1, "node", 3);
    int64_t now = begin;
    int64_t grown;

    (void)state;
    send(&capacity, &chance, &now, 2500, 900);
    grown = node_capacity_at(&capacity, now);
    assert_true(grown > 2500);
    assert_true(node_capacity_at(&capacity, now + 10 * MINUTE_NS) < grown);
    assert_int_equal(node_capacity_at(&capacity, now + DAY_NS), NODE_CAPACITY_LEAST);
    assert_int_equal(node_capacity_at(&capacity, now), grown); /* a look changes nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fails_below_a_thousand),
        cmocka_unit_test(it_doubles_in_five_minutes),
        cmocka_unit_test(it_shrinks_when_nobody_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
