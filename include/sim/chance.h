/*
 * sim/chance.h - chance, from seeded streams.
 *
 * The only source of chance in the house.  Every subject that needs luck has a stream of its own,
 * named by the seed of the world, a label and the subject's number; so a draw added here shifts
 * nothing there.  A stream is two integers and can be saved as such.  The n-th draw is a function
 * of (key, n) alone: no floating point, no library, the same bits on every machine.
 */
#ifndef SIM_CHANCE_H
#define SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"

struct chance {
    uint64_t key;
    uint64_t counter; /* how many draws were made */
};

extern const struct shape chance_shape;

struct chance chance_stream(uint64_t seed, const char *label, uint64_t subject);

/* The streams of one label: for who needs many of them.  chance_stream() is both in one. */
struct chance_label {
    uint64_t key;
};
struct chance_label chance_label(uint64_t seed, const char *label);
struct chance chance_of(struct chance_label label, uint64_t subject);

/* The stream of the n-th part of a subject that has a stream of its own. */
struct chance chance_part(const struct chance *whole, uint64_t n);
/* The same for parts that make few draws: CHANCE_FEW at most.  Costs nothing. */
enum { CHANCE_FEW = 64 };
static inline struct chance chance_few(const struct chance *whole, uint64_t n)
{
    return (struct chance){.key = whole->key, .counter = n * CHANCE_FEW};
}

/* All 2^64 values, equally likely. */
uint64_t chance_u64(struct chance *chance);
/* 0 to n - 1, equally likely, without bias; BUG when n is 0. */
uint64_t chance_below(struct chance *chance, uint64_t n);
/* low to high, both included, equally likely; BUG when low > high. */
int64_t chance_between_ns(struct chance *chance, int64_t low_ns, int64_t high_ns);
/* True with probability ppm in a million. */
bool chance_happens(struct chance *chance, uint32_t ppm);
/* Exponentially distributed with this mean: gaps between independent arrivals.  Exact to 2^-40 of
 * the mean; the longest possible is 44.4 means.  0 <= mean_ns <= 2^56 (two years and a quarter),
 * else BUG. */
int64_t chance_exponential(struct chance *chance, int64_t mean_ns);

#endif
