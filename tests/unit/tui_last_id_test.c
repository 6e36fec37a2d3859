/*
 * tests/unit/tui_last_id_test.c - which identifier an answer is about.
 *
 * If this fails, the key that copies an id copies another one than the person means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "tui/last_id.h"

#define ARN "arn:aws:elasticloadbalancing:us-east-1:111122223333:"

static void test_last_id(void **state)
{
    static const struct {
        const char *command;
        const char *printed;
        const char *id;
    } cases[] = {
        {"aws ec2 run-instances --image-id ami-0123456789abcdef0",
         "{\"ImageId\": \"ami-0123456789abcdef0\", \"InstanceId\": \"i-0123456789abcdef0\"}",
         "i-0123456789abcdef0"},
        {"I=$(aws ec2 run-instances --count 1)", "i-0123456789abcdef1", "i-0123456789abcdef1"},
        {"ec2 create-snapshot --volume-id vol-0123456789abcdef0",
         "vol-0123456789abcdef0\tsnap-0123456789abcdef0\n", "snap-0123456789abcdef0"},
        {"aws elbv2 create-target-group --vpc-id vpc-0123456789abcdef0",
         "\"vpc-0123456789abcdef0\" \"" ARN "targetgroup/t/0123456789abcdef\"",
         ARN "targetgroup/t/0123456789abcdef"},
        {"aws elbv2 describe-listeners",
         "| " ARN "loadbalancer/app/b/1 | " ARN "listener/app/b/1/2 |",
         ARN "listener/app/b/1/2"},
        {"echo $I", "i-0123456789abcdef2\n", "i-0123456789abcdef2"},
        {"aws ec2 describe-instance-types", "t3.micro i-am-no-id us-east-1a", "before"},
        {"", "", "before"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str id = STR_INIT;

        str_add(&id, "before");
        last_id_find(cases[i].command, cases[i].printed, &id);
        assert_string_equal(str_text(&id), cases[i].id);
        str_release(&id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_last_id)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
