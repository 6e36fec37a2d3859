/*
 * tests/unit/api_wait_test.c - `aws ... wait`: in simulated time, until it is so.
 *
 * If this fails, a script that waits goes on too early, gives up too early, or cannot be stopped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cloud/world.h"
#include "sim/clock.h"

#include "desk.h"

#define LAUNCH \
    "AMI=$(aws ec2 describe-images --owners amazon --filters " \
    "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' --output text)\n" \
    "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro " \
    "--query 'Instances[0].InstanceId' --output text)"

#define RUNNING "\naws ec2 wait instance-running --instance-ids $I"

static void test_until_it_is_so(void **state)
{
    struct desk desk;
    int64_t begun;

    (void)state;
    desk_open(&desk, NULL);
    assert_int_equal(desk_run(&desk, LAUNCH), 0);
    begun = desk.session->world->sim.now;
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-running --instance-ids $I"), 0);
    assert_string_equal(str_text(&desk.out), "");
    assert_true(desk.session->world->sim.now > begun);
    assert_int_equal((desk.session->world->sim.now - begun) % (15 * SECOND_NS), 0);
    begun = desk.session->world->sim.now;
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-running --instance-ids $I"), 0);
    assert_int_equal(desk.session->world->sim.now, begun);
    desk_close(&desk);
}

/* Forty questions, thirty-nine pauses. */
static void test_gives_up(void **state)
{
    struct desk desk;
    int64_t begun;

    (void)state;
    desk_open(&desk, NULL);
    assert_int_equal(desk_run(&desk, LAUNCH RUNNING), 0);
    begun = desk.session->world->sim.now;
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-terminated --instance-ids $I"), 255);
    assert_string_equal(str_text(&desk.err),
                        "\naws: [ERROR]: Waiter InstanceTerminated failed: Max attempts "
                        "exceeded\n");
    assert_int_equal(desk.session->world->sim.now - begun, 39 * 15 * SECOND_NS);
    assert_int_equal(
        desk_run(&desk, "aws ec2 wait instance-running --instance-ids i-0123456789abcdef0"), 255);
    assert_non_null(strstr(str_text(&desk.err),
                           "Max attempts exceeded. Previously accepted state: Matched expected "
                           "service error code: InvalidInstanceID.NotFound\n"));
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-running --instance-ids nonsense"), 255);
    assert_non_null(strstr(str_text(&desk.err), "Waiter InstanceRunning failed: An error occurred "
                                                "(InvalidInstanceID.Malformed): "));
    desk_close(&desk);
}

static void test_failure(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, NULL);
    assert_int_equal(desk_run(&desk, LAUNCH "; aws ec2 terminate-instances --instance-ids $I"), 0);
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-terminated --instance-ids $I"), 0);
    assert_int_equal(desk_run(&desk, "aws ec2 wait instance-running --instance-ids $I"), 255);
    assert_string_equal(str_text(&desk.err),
                        "\naws: [ERROR]: Waiter InstanceRunning failed: Waiter encountered a "
                        "terminal failure state: For expression "
                        "\"Reservations[].Instances[].State.Name\" we matched expected path: "
                        "\"terminated\" at least once\n");
    desk_close(&desk);
}

static int after_three(void *context, const char *what, int64_t until)
{
    int *calls = context;

    (void)until;
    assert_string_equal(what, "ec2 instance-terminated");
    return ++*calls > 3;
}

/* Ctrl-C: 130, nothing after it runs, and the time that went by has gone by. */
static void test_interrupted(void **state)
{
    struct desk desk;
    int64_t begun;
    int calls = 0;

    (void)state;
    desk_open(&desk, NULL);
    assert_int_equal(desk_run(&desk, LAUNCH RUNNING), 0);
    begun = desk.session->world->sim.now;
    desk.session->hooks.waiting = after_three;
    desk.session->hooks.context = &calls;
    assert_int_equal(
        desk_run(&desk, "aws ec2 wait instance-terminated --instance-ids $I; echo on"), 130);
    assert_string_equal(str_text(&desk.out), "");
    assert_int_equal(desk.session->world->sim.now - begun, 45 * SECOND_NS);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_until_it_is_so),
        cmocka_unit_test(test_gives_up),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
