/*
 * sim/stats.h - counting and measuring, in integers.
 *
 * A tally keeps what can be kept exactly: how many, the sum, the least, the greatest.  A histogram
 * adds how the values are spread: 32 steps to each doubling, so a percentile is too high by at most
 * 1/32 of itself, and never above the greatest.  An area is a count summed over time: how many were
 * there, times how long.  All are plain integers (and one list of them), and are saved by their
 * shapes.
 */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"

struct tally {
    int64_t count;
    int64_t sum_high; /* the sum is sum_high * 10^9 + sum_low */
    int64_t sum_low;  /* 0 to 10^9 - 1 */
    int64_t min;      /* 0 when count is 0 */
    int64_t max;
};

struct histogram {
    struct tally tally;
    LIST(int64_t) steps; /* how many values in each step; as long as the highest one used; owned */
};

/* high * 2^64 + low. */
struct area {
    uint64_t low;
    uint64_t high;
};

extern const struct shape tally_shape, histogram_shape, area_shape;

/* Adds `count` things that were there for ns >= 0 nanoseconds. */
static inline void area_add(struct area *area, uint64_t count, int64_t ns)
{
    __extension__ typedef unsigned __int128 product;
    product sum = (product)count * (uint64_t)ns + area->low;

    area->low = (uint64_t)sum;
    area->high += (uint64_t)(sum >> 64);
}

/* Adds a value >= 0. */
void tally_add(struct tally *tally, int64_t value);
void tally_merge(struct tally *into, const struct tally *from);
/* The sum divided by the count, rounded down; 0 when there is nothing. */
int64_t tally_mean(const struct tally *tally);

/* Zero is the empty histogram.  Adds a value >= 0. */
void histogram_add(struct histogram *histogram, int64_t value);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* What was added since `before`, an earlier state of `now`, as a new histogram; its least and
 * greatest value are those of its outer steps. */
void histogram_since(struct histogram *into, const struct histogram *now,
                     const struct histogram *before);
/* The value that `ppm` in a million of the values do not exceed (990000: p99; 500000: the median),
 * up to the width of its step; 0 when there is nothing. */
int64_t histogram_percentile(const struct histogram *histogram, int32_t ppm);
void histogram_release(struct histogram *histogram);

/* The step that a value falls in, and the least value of a step; for pictures. */
uint32_t histogram_step(int64_t value);
int64_t histogram_step_begin(uint32_t step);

#endif
