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
/* The mean of a histogram in ms. */
double farm_mean_ms(const struct histogram *histogram);

#endif
