/*
 * tests/unit/base_pool_test.c - things found by key, against an array that is looked through.
 *
 * If this fails, a message that is in a queue cannot be deleted by its handle, or another one is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/pool.h"
#include "sim/chance.h"

enum { KEYS = 300, STEPS = 30000 };

struct thing {
    uint64_t key;
    int64_t made; /* at which step */
    char *name;
};

static const struct field thing_fields[] = {
    F_INT(struct thing, key, "Key", "The key."),
    F_INT(struct thing, made, "Made", "When."),
    F_STRING(struct thing, name, "Name", "Heap memory that is freed with it."),
};
static const struct shape thing_shape = SHAPE("Thing", struct thing, thing_fields);

/* Neighbours, and keys that differ only in their high halves. */
static uint64_t key_of(uint32_t number)
{
    return number % 2 == 0 ? number + 1 : (uint64_t)(number + 1) << 32 | 7;
}

static void check_all(const struct pool *pool, struct thing *const *there)
{
    void **rows = pool_rows(pool);
    uint32_t count = 0;

    for (uint32_t i = 0; i < KEYS; i++) {
        assert_ptr_equal(pool_find(pool, key_of(i)), there[i]);
        count += there[i] != NULL;
    }
    assert_int_equal(pool->count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct thing *thing = rows[i];

        assert_ptr_equal(pool_find(pool, thing->key), thing);
        assert_true(i == 0 || ((const struct thing *)rows[i - 1])->key < thing->key);
    }
    free(rows);
}

static void test_find(void **state)
{
    struct chance luck = chance_stream(1, "pool", 0);
    struct thing *there[KEYS] = {0};
    struct pool pool;

    (void)state;
    pool_init(&pool, &thing_shape);
    assert_null(pool_find(&pool, 1));
    for (int step = 0; step < STEPS; step++) {
        /* It fills up, and becomes nearly empty again. */
        uint32_t most = step / 3000 % 2 == 0 ? KEYS : KEYS / 20;
        uint32_t i = (uint32_t)chance_below(&luck, KEYS);

        if (there[i] != NULL) {
            assert_int_equal(there[i]->key, key_of(i));
            pool_remove(&pool, there[i]);
            there[i] = NULL;
        } else if (i < most) {
            there[i] = pool_add(&pool, key_of(i));
            assert_int_equal(there[i]->made, 0);
            there[i]->made = step + 1;
            there[i]->name = xstrdup("thing");
        }
        if (step % 100 == 0)
            check_all(&pool, there);
    }
    assert_null(pool_find(&pool, 0));
    pool_release(&pool);
    assert_int_equal(pool.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
