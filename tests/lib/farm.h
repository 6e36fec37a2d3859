/*
 * tests/lib/farm.h - a web farm for tests: servers of one type, behind a balancer or not, set up by
 * the commands that a learner would type, and streams of traffic to it.
 */
#ifndef TESTS_FARM_H
#define TESTS_FARM_H

#include <stdint.h>

#include "cloud/stream.h"
#include "desk.h"

struct farm {
    struct desk desk;
    const char *type; /* of its instances */
};

struct farm_plan {
    uint64_t seed;
    const char *type;      /* "m7a.medium" */
    const char *algorithm; /* of the target group; NULL: no balancer, the first server is asked */
    int servers;
    const char *path; /* of its session file; NULL: in memory */
};

/* Ends the program with what went wrong when a command fails. */
void farm_open(struct farm *farm, const struct farm_plan *plan);
void farm_close(struct farm *farm);
/* Runs a line that must succeed; what it printed is in farm->desk.out. */
void farm_run(struct farm *farm, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* lab start-traffic to it: so many requests, Poisson, then until all are answered. */
const struct stream *farm_stream(struct farm *farm, double rate, double work_ms, double requests);
/* The rate at which one of `servers` has that load with that work. */
double farm_rate(const struct farm *farm, int vcpus, double load, double work_ms);
/* What a farm did in its steady state, with exponential work and Poisson arrivals. */
struct farm_result {
    double load; /* of its vCPUs, realised */
    double mean; /* time at the target, in mean service times */
};

/* Runs so many requests at that load, after others that warm it up, and with others that follow. */
struct farm_result farm_measure(struct farm *farm, int vcpus, double load, double requests);

/* Queueing theory's mean times in the system, in service times, at a load below 1. */
double theory_one(double load);                  /* M/M/1; and a farm of them, chosen at random */
double theory_pool(int vcpus, double load);      /* M/M/c, by Erlang's C formula */
double theory_in_turn(int servers, double load); /* each the n-th arrival: E_n/M/1 */

/* The mean of a histogram in ms. */
double farm_mean_ms(const struct histogram *histogram);

#endif
