/*
 * tests/lib/meter.h - measuring for benchmarks: times of many tries, and what they say.
 *
 * Absolute times mean little on a shared machine: compare by ratios, measured in turn (A B A B ...)
 * in one run, in CPU time of the process where it does not wait for anything.
 */
#ifndef TESTS_METER_H
#define TESTS_METER_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/* Nanoseconds of CPU that this process has used. */
int64_t meter_cpu_ns(void);
/* Nanoseconds of a clock on the wall. */
int64_t meter_wall_ns(void);

/* A series of times, in the order of their making until one asks for a share. */
struct meter {
    LIST(int64_t) times;
};

void meter_add(struct meter *meter, int64_t ns);
/* The time that `percent` of all are not longer than: 50 is the median.  Sorts them; 0 when there
 * are none. */
int64_t meter_percent(struct meter *meter, unsigned percent);
void meter_release(struct meter *meter);

/* Runs a program to its end with /dev/null for its input and output (and error); its CPU time, all
 * of its children's included, or -1 when it could not be run or failed. */
int64_t meter_run(const char *const *words);

/* The first program of that name on the PATH that `is_right` takes (NULL: any), in a string of
 * yours; NULL when there is none. */
char *meter_find(const char *name, int (*is_right)(const char *path));

#endif
