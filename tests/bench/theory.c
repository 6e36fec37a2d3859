/*
 * bench/theory.c - are queues as long as queueing theory says?  At full size.
 *
 * 20 fixed seeds, each a world of its own in which a million requests are measured, sent by `lab
 * start-traffic`.  Their mean must be within 1 % of theory at the load that was realised, and no
 * seed further off than 10 %; else this program fails.  tests/sim/theory_test is the smaller one.
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "farm.h"

enum { SEEDS = 20, SERVERS = 16 };

#define REQUESTS 1000000.0

/* The shortest of 16 lines: no formula is known; from 10^8 requests at each of three loads. */
static double theory_shortest(double load)
{
    return 1.5785 + (load - 0.9) * (1.6527 - 1.5117) / 0.02;
}

static double theory_random(double load)
{
    return theory_one(load);
}

static double theory_turns(double load)
{
    return theory_in_turn(SERVERS, load);
}

static double theory_four(double load)
{
    return theory_pool(4, load);
}

static double theory_eight(double load)
{
    return theory_pool(8, load);
}

struct trial {
    const char *what;
    const char *type;
    const char *algorithm;
    int servers;
    int vcpus;
    double load;
    double (*theory)(double load);
};

static const struct trial trials[] = {
    {"M/M/1", "m7a.medium", NULL, 1, 1, 0.9, theory_one},
    {"M/M/1", "c7a.medium", NULL, 1, 1, 0.7, theory_one},
    {"M/M/4", "m7a.xlarge", NULL, 1, 4, 0.9, theory_four},
    {"M/M/8", "c7a.2xlarge", NULL, 1, 8, 0.8, theory_eight},
    {"16 at random", "m7a.medium", "weighted_random", SERVERS, 1, 0.9, theory_random},
    {"16 in turn", "m7a.medium", "round_robin", SERVERS, 1, 0.9, theory_turns},
    {"16, least outstanding", "m7a.medium", "least_outstanding_requests", SERVERS, 1, 0.9,
     theory_shortest},
};

/* True when theory holds. */
static bool run_trial(const struct trial *trial)
{
    double ratios = 0;
    double worst = 0;
    double means = 0;
    bool good;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct farm farm;
        struct farm_result result;
        double ratio;

        farm_open(&farm, &(struct farm_plan){.seed = seed,
                                             .type = trial->type,
                                             .algorithm = trial->algorithm,
                                             .servers = trial->servers});
        result = farm_measure(&farm, trial->servers * trial->vcpus, trial->load, REQUESTS);
        farm_close(&farm);
        ratio = result.mean / trial->theory(result.load);
        ratios += ratio / SEEDS;
        means += result.mean / SEEDS;
        worst = fabs(ratio - 1) > fabs(worst) ? ratio - 1 : worst;
    }
    good = fabs(ratios - 1) <= 0.01 && fabs(worst) <= 0.1;
    printf("%-22s %-12s load %.1f: %6.3f service times, theory %6.3f; at the load realised %+.2f "
           "%%, worst seed %+.2f %%%s\n",
           trial->what, trial->type, trial->load, means, trial->theory(trial->load),
           (ratios - 1) * 100, worst * 100, good ? "" : "   NOT SO");
    fflush(stdout);
    return good;
}

int main(void)
{
    clock_t begin = clock();
    int wrong = 0;

    for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
        wrong += !run_trial(&trials[i]);
    printf("%zu times 20 million requests in %.0f s of CPU\n", sizeof(trials) / sizeof(trials[0]),
           (double)(clock() - begin) / CLOCKS_PER_SEC);
    return wrong != 0;
}
