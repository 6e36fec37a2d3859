/*
 * unit/cloud_trail_test.c - the log of everything that happened.
 *
 * If this fails, the trail tells of a thing in another's words, or of what it said was gone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/pack.h"
#include "cloud/trail.h"

static void say(struct trail *trail, uint64_t n)
{
    char text[400];

    /* Of all lengths, now and then a long one. */
    snprintf(text, sizeof(text), "%llu %*s", (unsigned long long)n,
             (int)(n % 97 == 0 ? 300 : n % 60), "happened");
    trail_add(trail, (struct trail_entry){.subject = n, .topic = TRAIL_HOST, .text = text});
}

static void entry_is(const struct trail *trail, uint64_t n)
{
    const struct trail_entry *entry = trail_find(trail, n);
    char begin[32];

    snprintf(begin, sizeof(begin), "%llu ", (unsigned long long)n);
    assert_non_null(entry);
    assert_int_equal(entry->sequence, n);
    assert_int_equal(entry->subject, n);
    assert_memory_equal(entry->text, begin, strlen(begin));
    assert_string_equal(entry->text + strlen(entry->text) - 8, "happened");
}

static void the_latest_are_kept_and_told_as_they_were(void **state)
{
    int64_t now = 7;
    struct trail trail;
    uint64_t n = 1;

    (void)state;
    trail_init(&trail, &now);
    for (; n <= TRAIL_KEPT / 2; n++)
        say(&trail, n);
    entry_is(&trail, 1);
    for (; n <= 2 * TRAIL_KEPT + 50; n++)
        say(&trail, n);
    assert_int_equal(trail_next(&trail), n);
    assert_int_equal(trail_first(&trail), n - TRAIL_KEPT);
    assert_null(trail_find(&trail, n - TRAIL_KEPT - 1));
    assert_null(trail_find(&trail, n));
    for (uint64_t at = n - TRAIL_KEPT; at < n; at += 13)
        entry_is(&trail, at);
    entry_is(&trail, n - 1);
    trail_release(&trail);
}

/* A file may hold them in any order. */
static void rows_of_a_file_in_any_order(void **state)
{
    int64_t now = 7;
    struct trail trail;
    struct table table;

    (void)state;
    table_init(&table, &trail_entry_shape);
    for (uint64_t n = 3000; n > 0; n--)
        ((struct trail_entry *)table_add(&table, n * 7 % 3001))->subject = n * 7 % 3001;
    trail_init(&trail, &now);
    trail_load(&trail, &table);
    for (uint64_t n = 3001; n <= TRAIL_KEPT + 1500; n++)
        say(&trail, n);
    assert_null(trail_find(&trail, 1500));
    for (uint64_t n = 1501; n <= 3000; n++)
        assert_string_equal(trail_find(&trail, n)->text, "");
    for (uint64_t n = 3001; n <= TRAIL_KEPT + 1500; n += 11)
        entry_is(&trail, n);
    trail_release(&trail);
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_latest_are_kept_and_told_as_they_were),
        cmocka_unit_test(rows_of_a_file_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
