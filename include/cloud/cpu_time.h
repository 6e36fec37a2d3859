/*
 * cloud/cpu_time.h - amounts of CPU time, exact to the millionth of a nanosecond.
 *
 * A rate is in millionths of a vCPU (CPU_ONE: one whole vCPU), a time in nanoseconds, so that their
 * product is an amount without rounding.
 */
#ifndef CLOUD_CPU_TIME_H
#define CLOUD_CPU_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"

enum { CPU_ONE = 1000000 };

/* May be below 0: then `ns` is, and `parts` still counts upward. */
struct cpu_time {
    int64_t ns;
    int64_t parts; /* 0 to CPU_ONE - 1: millionths of a nanosecond */
};

extern const struct shape cpu_time_shape;

/* What that rate is in that time; either may be negative. */
struct cpu_time cpu_time_of(int64_t rate_ppm, int64_t passed_ns);
struct cpu_time cpu_time_add(struct cpu_time a, struct cpu_time b);
struct cpu_time cpu_time_less(struct cpu_time a, struct cpu_time b);
/* Below 0, 0, above 0: as a is less than, equal to, more than b. */
int cpu_time_compare(struct cpu_time a, struct cpu_time b);
struct cpu_time cpu_time_smaller(struct cpu_time a, struct cpu_time b);
bool cpu_time_is_zero(struct cpu_time a);
/* How long an amount >= 0 lasts at a rate > 0, rounded up; INT64_MAX when that is longer. */
int64_t cpu_time_lasts_ns(struct cpu_time a, int64_t rate_ppm);
/* After it was read: false when no amount looks so. */
bool cpu_time_sound(struct cpu_time a);

#endif
