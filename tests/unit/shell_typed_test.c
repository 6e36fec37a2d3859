/*
 * tests/unit/shell_typed_test.c - what `!!` and aliases stand for.
 *
 * If this fails, a line runs as something else than the person meant, or aliases are lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "shell/typed.h"

static void check_repeat(const char *text, const char *wanted)
{
    struct str out = STR_INIT;
    bool repeats = typed_repeat(text, "ec2 x", &out);

    assert_int_equal(repeats, wanted != NULL);
    if (wanted != NULL)
        assert_string_equal(str_text(&out), wanted);
    str_release(&out);
}

/* A `!` of JMESPath would be read as the history's, or `!!` would not repeat. */
static void test_repeat(void **state)
{
    (void)state;
    check_repeat("!!", "ec2 x");
    check_repeat("!! | head", "ec2 x | head");
    check_repeat("aws !! --output text; echo $(!!)", "aws ec2 x --output text; echo $(ec2 x)");
    check_repeat("echo a!!", NULL);
    check_repeat("echo '!!' \"!!\" \\!! # !!", NULL);
    check_repeat("aws ec2 describe-vpcs --query 'Vpcs[?!!IsDefault]'", NULL);
    check_repeat("echo it\\'s !!", "echo it\\'s ec2 x");
    check_repeat("", NULL);
}

static void check_expand(const struct typed *typed, const char *text, const char *wanted)
{
    struct str out = STR_INIT;
    struct str why = STR_INIT;

    assert_int_equal(typed_expand(typed, text, &out, &why), 0);
    assert_string_equal(str_text(&out), wanted);
    str_release(&out);
    str_release(&why);
}

/* An alias would be put in where no command begins, or run round in a circle. */
static void test_expand(void **state)
{
    struct typed typed;
    struct str why = STR_INIT;

    (void)state;
    typed_init(&typed, NULL, &why);
    assert_int_equal(typed_set(&typed, "ids", "aws ec2 describe-vpcs", &why), 0);
    assert_int_equal(typed_set(&typed, "ls", "ls -l; ids", &why), 0);
    assert_int_equal(typed_set(&typed, "ping", "pong a", &why), 0);
    assert_int_equal(typed_set(&typed, "pong", "ping b", &why), 0);
    check_expand(&typed, "ids --output text", "aws ec2 describe-vpcs --output text");
    check_expand(&typed, "echo ids; ids", "echo ids; aws ec2 describe-vpcs");
    check_expand(&typed, "A=1 ids | ids", "A=1 aws ec2 describe-vpcs | ids");
    check_expand(&typed, "X=\"$(ids)\" && \\ids 'ids'",
                 "X=\"$(aws ec2 describe-vpcs)\" && \\ids 'ids'");
    check_expand(&typed, "ls", "ls -l; aws ec2 describe-vpcs");
    check_expand(&typed, "ping c", "ping b a c");
    check_expand(&typed, "echo 'open", "echo 'open");
    typed_release(&typed);
    str_release(&why);
}

/* A short line would grow until the machine has no memory. */
static void test_limits(void **state)
{
    struct typed typed;
    struct str why = STR_INIT;
    struct str out = STR_INIT;
    char *book = xmalloc(100000);

    (void)state;
    typed_init(&typed, NULL, &why);
    for (char name = 'a'; name < 'z'; name++) {
        const char self[] = {name, '\0'};
        char words[8] = {(char)(name + 1), ';', (char)(name + 1), '\0'};

        assert_int_equal(typed_set(&typed, self, words, &why), 0);
    }
    assert_int_equal(typed_expand(&typed, "a", &out, &why), -1);
    memset(book, 'x', 99999);
    book[99999] = '\0';
    assert_int_equal(typed_set(&typed, "book", book, &why), -1);
    assert_int_equal(typed_set(&typed, book, "x", &why), -1);
    assert_int_equal(typed_set(&typed, "aws", "rm", &why), -1);
    assert_int_equal(typed_set(&typed, "a b", "x", &why), -1);
    assert_int_equal(typed_set(&typed, "", "x", &why), -1);
    free(book);
    typed_release(&typed);
    str_release(&out);
    str_release(&why);
}

/* Aliases would be gone tomorrow, or a spoilt file would stop the console. */
static void test_file(void **state)
{
    char folder[] = "/tmp/nephoscope-typed-XXXXXX";
    struct typed typed;
    struct str why = STR_INIT;
    char *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = xasprintf("%s/aliases", folder);
    typed_init(&typed, path, &why);
    assert_int_equal(typed_set(&typed, "a", "echo 'a=b' # c", &why), 0);
    assert_int_equal(typed_set(&typed, "b", "echo b", &why), 0);
    assert_int_equal(typed_set(&typed, "b", NULL, &why), 0);
    typed_release(&typed);
    typed_init(&typed, path, &why);
    assert_string_equal(str_text(&why), "");
    assert_string_equal(typed_find(&typed, "a"), "echo 'a=b' # c");
    assert_null(typed_find(&typed, "b"));
    typed_release(&typed);
    assert_int_equal(unlink(path), 0);
    typed_init(&typed, folder, &why);
    assert_non_null(strstr(str_text(&why), "Is a directory"));
    assert_int_equal(typed_set(&typed, "a", "b", &why), 0);
    typed_release(&typed);
    assert_int_equal(rmdir(folder), 0);
    free(path);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_expand),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
