/*
 * tests/unit/shell_bad_input_test.c - what nobody should type, typed.
 *
 * If this fails, a line ends the program, changes the world although it was refused, or is refused
 * without a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#include "desk.h"

static struct desk desk;

static int setup(void **state)
{
    (void)state;
    desk_open(&desk, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void refused(const char *line)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    int status;

    desk_hash(&desk, before);
    status = desk_run(&desk, line);
    desk_hash(&desk, after);
    if (status == 0 || desk.err.length == 0)
        print_error("%.200s: %d \"%.200s\"\n", line, status, str_text(&desk.err));
    assert_int_not_equal(status, 0);
    assert_true(desk.err.length > 0);
    assert_memory_equal(before, after, sizeof(before));
}

/* `count` times the middle between the ends. */
static void refused_many(const char *begin, const char *middle, size_t count, const char *end)
{
    struct str line = STR_INIT;

    str_add(&line, begin);
    for (size_t i = 0; i < count; i++)
        str_add(&line, middle);
    str_add(&line, end);
    refused(str_text(&line));
    str_release(&line);
}

#define DESCRIBE "aws ec2 describe-instances "
#define TAGS "aws ec2 create-tags --resources i-1 --tags "

static void test_words(void **state)
{
    static const char *const lines[] = {
        "aws", "aws ec2", "aws ec2 ''", "aws ''", "aws --", "aws ec2 describe-instances --",
        DESCRIBE "--no-instance-ids", DESCRIBE "--output pdf", DESCRIBE "--output ''",
        DESCRIBE "--max-items -1x", DESCRIBE "--max-items 9223372036854775808",
        DESCRIBE "--max-items 1e309", DESCRIBE "--max-items 0x10", DESCRIBE "--max-items 1__000",
        DESCRIBE "--max-items \xef\xbc\x95", DESCRIBE "--max-items ''",
        DESCRIBE "--instance-idz i-1", DESCRIBE "--query ''", DESCRIBE "--query '\xff'",
        DESCRIBE "--region '../../etc'",
        DESCRIBE "--instance-ids '\033]52;c;AAAA\a'", DESCRIBE "--instance-ids '\xff\xfe'",
        DESCRIBE "--filters '\xed\xa0\x80'", DESCRIBE "| cat --x",
        "aws ec2 create-key-pair --key-name '\xc3\x28'", "aws 'ec2\n' describe-instances",
        DESCRIBE "--starting-token eyJ4IjogMX0=", DESCRIBE "--starting-token '\xff'",
        "\xff\xff", "''", "$(", "\"", "aws ec2 describe-instances --dry-run=",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        refused(lines[i]);
    refused_many("aws ec2 ", "x", 1 << 20, "");
    refused_many("aws ec2 describe-vpcs", " x", 100000, "");
    refused_many(DESCRIBE "--query '", "a", 10240, "['");
    refused_many(DESCRIBE "--query '", "[", 5000, "'");
    refused_many("", "$(", 5000, "");
}

static void test_values(void **state)
{
    static const char *const lines[] = {
        TAGS "a={b=", TAGS "'Key=[='", TAGS "Key=a,Key=b", TAGS "'[{\"Key\":\"a\",}]'",
        TAGS "'[{\"Key\":1e400}]'", TAGS "'[{\"Key\":12345678901234567890}]'",
        TAGS "'{\"__proto__\":1}'", TAGS "'[{\"Key\":\"\\ud800\"}]'", TAGS "'[/* */]'",
        TAGS "'\xef\xbb\xbf[]'", TAGS "'[\"\\u0000\"]'", TAGS "file:///proc/self/mem",
        TAGS "file://..", TAGS "file://", TAGS "file:///dev/zero", TAGS "fileb:///dev/zero",
        TAGS "file:///dev/stdin/x", DESCRIBE "--cli-input-json '{\"a\":{}}'",
        DESCRIBE "--cli-input-json ''", DESCRIBE "--cli-input-yaml 'a: &b [*b]'",
        DESCRIBE "--cli-input-json {} --cli-input-yaml {}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        refused(lines[i]);
    refused_many(TAGS, "a={b=[", 10000, "");
    refused_many(TAGS "'", "[", 100000, "'");
    refused_many(TAGS "'", "{\"a\":", 100000, "'");
    refused_many(DESCRIBE "--cli-input-yaml '", "- ", 100000, "'");
    refused_many(TAGS "Key=", "x", 5 << 20, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_values),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
