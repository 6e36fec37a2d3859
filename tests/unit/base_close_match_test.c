/*
 * tests/unit/base_close_match_test.c - "maybe you meant".
 */
#include "base/close_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

static const char *const operations[] = {
    "describe-instances",
    "describe-instance-types",
    "describe-instance-status",
    "describe-images",
    "run-instances",
    "start-instances",
    "stop-instances",
    "terminate-instances",
    "create-image",
    "create-tags",
    "delete-tags",
    "describe-tags",
    "describe-security-groups",
};

/* The offers, with commas between them. */
static void check_word(const char *word, const char *expected)
{
    const char *found[CLOSE_MATCH_MAX];
    size_t count =
        close_match_find(word, operations, sizeof(operations) / sizeof(operations[0]), found);
    struct str offers = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_addf(&offers, "%s%s", i > 0 ? "," : "", found[i]);
    assert_string_equal(str_text(&offers), expected);
    str_release(&offers);
}

static void test_typing_errors(void **state)
{
    /* A letter left out, doubled or swapped would end in "invalid choice" and no help. */
    (void)state;
    check_word("descibe-instances",
               "describe-instances,describe-instance-types,describe-instance-status");
    check_word("run-instance", "run-instances");
    check_word("terminate-insatnces", "terminate-instances");
    check_word("creat-tags", "create-tags");
    check_word("describe-securty-group", "describe-security-groups");
}

static void test_best_first(void **state)
{
    /* A word that is right would be offered below one that is wrong. */
    const char *const words[] = {"ab", "abcde", "abcd", "abcdf", "abcdg", "zzzz"};
    const char *found[CLOSE_MATCH_MAX];

    (void)state;
    assert_int_equal(close_match_find("abcd", words, 6, found), 3);
    assert_string_equal(found[0], "abcd");
    /* Equally close ones come last in the alphabet first, as in the AWS CLI. */
    assert_string_equal(found[1], "abcdg");
    assert_string_equal(found[2], "abcdf");
}

static void test_just_close_enough(void **state)
{
    /* The console would offer words in other cases than the AWS CLI does. */
    const char *const words[] = {"abxcd"};
    const char *found[CLOSE_MATCH_MAX];

    (void)state;
    /* Four of five shared: 8/10 is just enough; 6/9 and 6/8 are not. */
    assert_int_equal(close_match_find("abycd", words, 1, found), 1);
    assert_int_equal(close_match_find("abyc", words, 1, found), 0);
    assert_int_equal(close_match_find("abc", words, 1, found), 0);
}

static void test_nothing_close(void **state)
{
    /* Any nonsense would be answered with some command, or a long line would stall the prompt. */
    char *longest = xmalloc(1000001);

    (void)state;
    memset(longest, 'a', 1000000);
    longest[1000000] = '\0';
    check_word("", "");
    check_word("frobnicate", "");
    check_word(longest, "");
    free(longest);
}

static void test_characters(void **state)
{
    /* A slip into another keyboard layout would count for more than one letter. */
    const char *const words[] = {"abcd"};
    const char *found[CLOSE_MATCH_MAX];

    (void)state;
    assert_int_equal(close_match_find("abécd", words, 1, found), 1);
    assert_int_equal(close_match_find("ab日cd", words, 1, found), 1);
    assert_int_equal(close_match_find("ab\xff", words, 1, found), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_errors),     cmocka_unit_test(test_best_first),
        cmocka_unit_test(test_just_close_enough), cmocka_unit_test(test_nothing_close),
        cmocka_unit_test(test_characters),
    };

    return cmocka_run_group_tests_name("close_match", tests, NULL, NULL);
}
