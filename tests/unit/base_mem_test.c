/*
 * tests/unit/base_mem_test.c - arenas.
 *
 * If this fails, an answer holds parts of things that were looked at and not wanted, or memory
 * grows with all that is passed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void test_back(void **state)
{
    struct arena arena = ARENA_INIT;
    struct arena_mark mark = arena_mark(&arena);
    char *first;
    char *piece;

    (void)state;
    arena_strdup(&arena, "given up");
    arena_back(&arena, mark);
    assert_null(arena.blocks);
    first = arena_strdup(&arena, "kept");
    mark = arena_mark(&arena);
    piece = arena_alloc(&arena, 64);
    memset(piece, 1, 64);
    arena_alloc(&arena, 1 << 20);
    arena_back(&arena, mark);
    assert_string_equal(first, "kept");
    assert_ptr_equal(arena_alloc(&arena, 64), piece);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(piece[i], 0);
    arena_release(&arena);
}

static void test_printf(void **state)
{
    struct arena arena = ARENA_INIT;
    char text[1000];

    (void)state;
    for (size_t length = 100; length < sizeof(text); length += 13) {
        memset(text, 'x', length);
        text[length] = '\0';
        assert_string_equal(arena_printf(&arena, "%s", text), text);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_printf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
