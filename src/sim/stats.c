/*
 * sim/stats.c - counting and measuring, in integers.
 *
 * Steps: values below 32 have a step each.  Above, the doubling from 2^(5+n) to 2^(6+n) is cut into
 * 32 steps of 2^n, so the step is made of the position of the highest bit and the five bits after
 * it.
 */
#include "sim/stats.h"

#include "base/bug.h"

enum {
    STEP_BITS = 5,
    STEPS = 1 << STEP_BITS,
    SUM_UNIT = 1000000000,
    PPM = 1000000,
};

__extension__ typedef __int128 wide;

static void sum_add(struct tally *tally, int64_t high, int64_t low)
{
    tally->sum_low += low;
    tally->sum_high += high + tally->sum_low / SUM_UNIT;
    tally->sum_low %= SUM_UNIT;
}

static inline void count_value(struct tally *tally, int64_t value)
{
    if (value < 0)
        BUG("a measure of %lld", (long long)value);
    if (tally->count == 0 || value < tally->min)
        tally->min = value;
    if (value > tally->max)
        tally->max = value;
    tally->count++;
    if (value < SUM_UNIT) { /* most are: no division */
        tally->sum_low += value;
        tally->sum_high += tally->sum_low >= SUM_UNIT;
        tally->sum_low -= tally->sum_low >= SUM_UNIT ? SUM_UNIT : 0;
    } else {
        sum_add(tally, value / SUM_UNIT, value % SUM_UNIT);
    }
}

void tally_add(struct tally *tally, int64_t value)
{
    count_value(tally, value);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    sum_add(into, from->sum_high, from->sum_low);
}

int64_t tally_mean(const struct tally *tally)
{
    if (tally->count == 0)
        return 0;
    return (int64_t)(((wide)tally->sum_high * SUM_UNIT + tally->sum_low) / tally->count);
}

uint32_t histogram_step(int64_t value)
{
    int highest;

    if (value < STEPS)
        return (uint32_t)value;
    highest = 63 - __builtin_clzll((unsigned long long)value);
    return (uint32_t)((highest - STEP_BITS + 1) * STEPS
                      + (int)(value >> (highest - STEP_BITS) & (STEPS - 1)));
}

int64_t histogram_step_begin(uint32_t step)
{
    uint32_t doubling = step / STEPS;

    if (doubling == 0)
        return step;
    if (doubling > 63 - STEP_BITS)
        return INT64_MAX;
    return (int64_t)(STEPS + step % STEPS) << (doubling - 1);
}

static void steps_reach(struct histogram *histogram, uint32_t count)
{
    while (histogram->steps.count < count)
        *LIST_PUSH(&histogram->steps) = 0;
}

/* Apart, so that the other way calls nothing and needs no stack. */
static __attribute__((noinline)) void count_higher(struct histogram *histogram, uint32_t step)
{
    steps_reach(histogram, step + 1);
    histogram->steps.items[step]++;
}

void histogram_add(struct histogram *histogram, int64_t value)
{
    uint32_t step;

    count_value(&histogram->tally, value);
    step = histogram_step(value);
    if (step >= histogram->steps.count)
        count_higher(histogram, step);
    else
        histogram->steps.items[step]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    tally_merge(&into->tally, &from->tally);
    steps_reach(into, from->steps.count);
    for (uint32_t i = 0; i < from->steps.count; i++)
        into->steps.items[i] += from->steps.items[i];
}

void histogram_since(struct histogram *into, const struct histogram *now,
                     const struct histogram *before)
{
    struct tally *tally = &into->tally;
    wide sum = ((wide)now->tally.sum_high - before->tally.sum_high) * SUM_UNIT +
               now->tally.sum_low - before->tally.sum_low;

    *into = (struct histogram){0};
    if (now->tally.count == before->tally.count)
        return;
    tally->count = now->tally.count - before->tally.count;
    tally->min = -1; /* not known yet */
    tally->sum_high = (int64_t)(sum / SUM_UNIT);
    tally->sum_low = (int64_t)(sum % SUM_UNIT);
    steps_reach(into, now->steps.count);
    for (uint32_t i = 0; i < now->steps.count; i++) {
        into->steps.items[i] =
            now->steps.items[i] - (i < before->steps.count ? before->steps.items[i] : 0);
        if (into->steps.items[i] == 0)
            continue;
        tally->min = tally->min < 0 ? histogram_step_begin(i) : tally->min;
        tally->max = histogram_step_begin(i + 1) - 1;
    }
    if (tally->min < now->tally.min)
        tally->min = now->tally.min;
    if (tally->max > now->tally.max)
        tally->max = now->tally.max;
}

int64_t histogram_percentile(const struct histogram *histogram, int32_t ppm)
{
    int64_t wanted;
    int64_t seen = 0;

    if (ppm < 0 || ppm > PPM)
        BUG("percentile %d", ppm);
    if (histogram->tally.count == 0)
        return 0;
    wanted = (int64_t)(((wide)histogram->tally.count * ppm + PPM - 1) / PPM);
    if (wanted == 0)
        return histogram->tally.min;
    for (uint32_t step = 0; step < histogram->steps.count; step++) {
        seen += histogram->steps.items[step];
        if (seen >= wanted) {
            int64_t last = histogram_step_begin(step + 1) - 1;

            return last < histogram->tally.max ? last : histogram->tally.max;
        }
    }
    return histogram->tally.max;
}

void histogram_release(struct histogram *histogram)
{
    LIST_RELEASE(&histogram->steps);
    *histogram = (struct histogram){ 0 };
}

/* ---- tables ---- */

static const struct field area_fields[] = {
    F_INT(struct area, low, "Low", "The lower 64 bits."),
    F_INT(struct area, high, "High", "The higher ones."),
};
const struct shape area_shape = SHAPE("Area", struct area, area_fields);

static const struct field tally_fields[] = {
    F_INT(struct tally, count, "Count", "How many."),
    F_INT(struct tally, sum_high, "SumHigh", "Their sum, in thousand millions."),
    F_INT(struct tally, sum_low, "SumLow", "The rest of it."),
    F_INT(struct tally, min, "Min", "The least."),
    F_INT(struct tally, max, "Max", "The greatest."),
};
const struct shape tally_shape = SHAPE("Tally", struct tally, tally_fields);

static const struct field histogram_fields[] = {
    F_EMBED(struct histogram, tally, struct tally, &tally_shape, "Tally", "All of them."),
    F_INTS(struct histogram, steps, "Steps", "How many in each step."),
};
const struct shape histogram_shape = SHAPE("Histogram", struct histogram, histogram_fields);
