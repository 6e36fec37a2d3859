/*
 * tests/unit/base_table_test.c - tables of resources.
 *
 * If this fails, resources are lost, found under another's id, or listed in another order than
 * they were made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/table.h"

struct row {
    uint64_t key;
    int64_t order;
};

static const struct field row_fields[] = {
    F_INT(struct row, key, "Key", "Its key."),
    F_INT(struct row, order, "Order", "When it was added."),
};

static const struct shape row_shape = SHAPE("Row", struct row, row_fields);

/* Against a naive list, over many seeds: add, remove, find, walk. */
static void behaves_like_a_list(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        uint64_t keys[400];
        size_t count = 0;
        uint64_t luck = seed * 0x9e3779b97f4a7c15u;
        struct table table;

        table_init(&table, &row_shape);
        for (int step = 0; step < 2000; step++) {
            luck = luck * 6364136223846793005u + 1442695040888963407u;
            uint64_t key = 1 + (luck >> 33) % 300;
            const struct row *found = table_find(&table, key);
            size_t at = 0;

            while (at < count && keys[at] != key)
                at++;
            assert_int_equal(found != NULL, at < count);
            if (found == NULL) {
                ((struct row *)table_add(&table, key))->order = step;
                keys[count++] = key;
            } else if (luck & (1u << 20)) {
                table_remove(&table, key);
                memmove(&keys[at], &keys[at + 1], (count - at - 1) * sizeof(keys[0]));
                count--;
            }
            assert_int_equal(table_count(&table), count);
        }
        for (size_t i = 0; i < count; i++)
            assert_int_equal(((const struct row *)table_at(&table, (uint32_t)i))->key, keys[i]);
        table_release(&table);
    }
}

static void rows_stay_where_they_are(void **state)
{
    struct table table;
    struct row *first;

    (void)state;
    table_init(&table, &row_shape);
    first = table_add(&table, 1);
    first->order = 42;
    for (uint64_t key = 2; key < 5000; key++)
        table_add(&table, key);
    for (uint64_t key = 2; key < 4000; key++)
        table_remove(&table, key);
    assert_ptr_equal(table_get(&table, 1), first);
    assert_int_equal(first->order, 42);
    table_release(&table);
}

/* All go, the last one first or the first one, and others come after them: nothing of those who
 * were there before is seen, and the order is that of the coming. */
static void an_emptied_table_is_as_new(void **state)
{
    struct table table;

    (void)state;
    table_init(&table, &row_shape);
    for (uint64_t round = 0; round < 4; round++) {
        for (uint64_t key = 1; key <= 3000; key++)
            ((struct row *)table_add(&table, key * (round + 1)))->order++;
        for (uint64_t key = 1; key <= 3000; key++) {
            const struct row *row = table_get(&table, key * (round + 1));

            assert_int_equal(row->order, 1);
            assert_ptr_equal(table_at(&table, (uint32_t)key - 1), row);
        }
        assert_null(table_find(&table, 3001 * (round + 1)));
        for (uint64_t key = 1; key <= 3000; key++)
            table_remove(&table, (round % 2 == 0 ? key : 3001 - key) * (round + 1));
        assert_int_equal(table_count(&table), 0);
        assert_null(table_find(&table, round + 1));
    }
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_a_list),
        cmocka_unit_test(rows_stay_where_they_are),
        cmocka_unit_test(an_emptied_table_is_as_new),
    };

    return cmocka_run_group_tests_name("base_table", tests, NULL, NULL);
}
