/*
 * sim/theory_test.c - if this fails, queues in this cloud are not as long as queues are: what a
 * learner sees of load, of more servers, of another algorithm, is not true anywhere.
 *
 * The whole program from the command line down, at less than full size: make bench runs 20 seeds of
 * a million requests each.  A tolerance is at least three standard deviations of the mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "farm.h"

enum { SERVERS = 16 };

static void is_about(double got, double wanted, double share)
{
    if (got < wanted * (1 - share) || got > wanted * (1 + share))
        fail_msg("%.3f service times, theory says %.3f", got, wanted);
}

static struct farm_result measure(const char *type, const char *algorithm, int servers, int vcpus,
                                  double load, double requests)
{
    struct farm farm;
    struct farm_result result;

    farm_open(&farm, &(struct farm_plan){
                         .seed = 11, .type = type, .algorithm = algorithm, .servers = servers});
    result = farm_measure(&farm, servers * vcpus, load, requests);
    farm_close(&farm);
    is_about(result.load, load, 0.02);
    return result;
}

static void one_processor(void **state)
{
    /* A server that is busy 7 of 10 seconds would not take 3 1/3 times as long as an idle one. */
    struct farm_result result = measure("m7a.medium", NULL, 1, 1, 0.7, 400000);

    (void)state;
    is_about(result.mean, theory_one(result.load), 0.03);
}

static void four_processors(void **state)
{
    /* One large server would be no better than four small ones. */
    struct farm_result result = measure("c7a.xlarge", NULL, 1, 4, 0.8, 400000);

    (void)state;
    is_about(result.mean, theory_pool(4, result.load), 0.03);
}

static void sixteen_at_random(void **state)
{
    /* Choosing at random would seem as good as taking turns. */
    struct farm_result result = measure("m7a.medium", "weighted_random", SERVERS, 1, 0.9, 800000);

    (void)state;
    is_about(result.mean, theory_one(result.load), 0.08);
}

static void sixteen_in_turn(void **state)
{
    /* Round robin would be as good as looking who has least to do, or as bad as chance. */
    struct farm_result result = measure("m7a.medium", "round_robin", SERVERS, 1, 0.9, 600000);

    (void)state;
    is_about(theory_in_turn(SERVERS, 0.9), 5.48, 0.002);
    is_about(result.mean, theory_in_turn(SERVERS, result.load), 0.05);
}

static void sixteen_by_the_shortest_line(void **state)
{
    /* Least outstanding requests would not be worth the trouble. */
    struct farm_result result =
        measure("c7a.medium", "least_outstanding_requests", SERVERS, 1, 0.9, 400000);

    (void)state;
    is_about(result.mean, 1.58, 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_processor),
        cmocka_unit_test(four_processors),
        cmocka_unit_test(sixteen_at_random),
        cmocka_unit_test(sixteen_in_turn),
        cmocka_unit_test(sixteen_by_the_shortest_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
