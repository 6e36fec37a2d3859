/*
 * tests/unit/base_heap_test.c - what comes first, against an array that is looked through.
 *
 * If this fails, a message is given out before an older one, or wakes at the wrong time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/heap.h"
#include "sim/chance.h"

enum { THINGS = 40, STEPS = 20000, LEAST = 5 };

struct thing {
    int number;
    struct heap_node node;
};

static struct thing *naive_first(struct thing *things)
{
    struct thing *first = NULL;

    for (int i = 0; i < THINGS; i++)
        if (heap_has(&things[i].node) &&
            (first == NULL || heap_is_before(&things[i].node, &first->node)))
            first = &things[i];
    return first;
}

static void check(const struct heap *heap, struct thing *things)
{
    struct heap_node *least[LEAST];
    uint32_t count = heap_least(heap, least, LEAST);
    uint32_t there = 0;

    for (int i = 0; i < THINGS; i++)
        there += heap_has(&things[i].node);
    assert_ptr_equal(HEAP_OF(heap_first(heap), struct thing, node), naive_first(things));
    assert_int_equal(count, there < LEAST ? there : LEAST);
    for (uint32_t i = 0; i < count; i++)
        assert_true(i == 0 ? least[i] == heap_first(heap)
                           : heap_is_before(least[i - 1], least[i]));
}

static void test_order(void **state)
{
    struct chance luck = chance_stream(1, "heap", 0);
    struct thing things[THINGS] = {{0}};
    struct heap heap = {0};

    (void)state;
    for (int step = 0; step < STEPS; step++) {
        struct thing *thing = &things[chance_below(&luck, THINGS)];
        /* Now in order, now not. */
        int64_t key = step % 2000 < 1000 ? step : (int64_t)chance_below(&luck, 50);

        if (!heap_has(&thing->node))
            heap_add(&heap, &thing->node, key, (uint64_t)step);
        else if (chance_below(&luck, 2) == 0)
            heap_remove(&heap, &thing->node);
        else
            heap_remove(&heap, heap_first(&heap));
        check(&heap, things);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
