/*
 * tests/unit/api_not_modelled_test.c - what AWS has and the console has not.
 *
 * If this fails, a learner is told that something real does not exist, or is left to guess.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/arguments.h"
#include "api/not_modelled.h"

static void refused(const char *const *words, size_t count, const char *wanted)
{
    struct arguments arguments;

    assert_int_equal(arguments_parse(&arguments, "aws", words, count, NULL), EXIT_USAGE);
    if (strstr(str_text(&arguments.error), wanted) == NULL)
        print_error("%s\n  lacks: %s\n", str_text(&arguments.error), wanted);
    assert_non_null(strstr(str_text(&arguments.error), wanted));
    arguments_release(&arguments);
}

static void test_services(void **state)
{
    (void)state;
    assert_true(not_modelled_service("s3"));
    assert_true(not_modelled_service("lambda"));
    assert_false(not_modelled_service("s"));
    assert_false(not_modelled_service("ec3"));
    assert_false(not_modelled_service(""));
    assert_false(not_modelled_service("#"));
    assert_false(not_modelled_service("s3 ls"));
    refused((const char *const[]){"lambda", "list-functions"}, 2,
            "aws lambda is a real AWS service that is not modelled here");
    refused((const char *const[]){"elbv", "describe-instances"}, 2,
            "argument command: Found invalid choice 'elbv'\n\nMaybe you meant:\n\n  * elbv2\n");
}

static void test_operations(void **state)
{
    (void)state;
    assert_true(not_modelled_operation("ec2", "describe-fleets"));
    assert_false(not_modelled_operation("ec2", "describe-fleet"));
    assert_false(not_modelled_operation("ec2", ""));
    assert_false(not_modelled_operation("ec2", "describe-fleets DescribeFleets"));
    refused((const char *const[]){"ec2", "describe-vpn-gateways"}, 2,
            "aws ec2 describe-vpn-gateways is a real AWS operation that is not modelled here");
    refused((const char *const[]){"ec2", "describe-instance"}, 2,
            "argument operation: Found invalid choice 'describe-instance'\n\nMaybe you meant:\n\n"
            "  * describe-instances");
}

/* The same thing is nearer than the same verb. */
static void test_nearest(void **state)
{
    struct str text = STR_INIT;

    (void)state;
    not_modelled_explain_operation(service_find("ec2"), "modify-volume-attribute", &text);
    assert_non_null(strstr(str_text(&text), "volume"));
    str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
