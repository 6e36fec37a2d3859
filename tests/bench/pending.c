/*
 * bench/pending.c - what the queue of events costs, against the best heap that knows nothing else
 * (P3).
 *
 * The hold model: take the earliest, put one back an exponential time later, with 1 k, 100 k and a
 * million pending.  The heap has four children to a node and 128-bit keys as ours has, and neither
 * payload nor cancelling.  A B A B ..., process CPU time, the median of the ratios.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/pending.h"

#include "base/mem.h"
#include "sim/chance.h"

enum { ROUNDS = 5, HOLDS = 2000000, GAPS = 65536, FIRST = 3 };

static int64_t gaps[GAPS];

static double cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* ---- the heap: the children of i are 4 (i - 2) .. 4 (i - 2) + 3; past the end all is infinite
 * ---- */

static void heap_up(pending_key *keys, size_t at, pending_key key)
{
    for (; at > FIRST && key < keys[at / 4 + 2]; at = at / 4 + 2)
        keys[at] = keys[at / 4 + 2];
    keys[at] = key;
}

/* Takes the first key out and puts another in. */
static void heap_hold(pending_key *keys, size_t count, pending_key key)
{
    size_t at = FIRST;
    size_t child;

    while ((child = 4 * (at - 2)) < FIRST + count) {
        size_t a = child + (keys[child + 1] < keys[child]);
        size_t b = child + 2 + (keys[child + 3] < keys[child + 2]);

        child = keys[b] < keys[a] ? b : a;
        keys[at] = keys[child];
        at = child;
    }
    heap_up(keys, at, key);
}

static pending_key key_at(int64_t time, uint64_t sequence)
{
    return (pending_key)(uint64_t)time << 64 | sequence;
}

static double heap_run(size_t count, int64_t *check)
{
    size_t size = 4 * (count + 8);
    pending_key *keys = aligned_alloc(64, size * sizeof(*keys));
    double begin;
    double took;

    if (keys == NULL)
        abort();
    for (size_t i = 0; i < size; i++)
        keys[i] = ~(pending_key)0;
    for (size_t i = 0; i < count; i++)
        heap_up(keys, FIRST + i, key_at(gaps[i * 7919 % GAPS], i + 1));
    begin = cpu_now();
    for (uint64_t i = 0; i < HOLDS; i++) {
        int64_t time = (int64_t)(uint64_t)(keys[FIRST] >> 64);

        heap_hold(keys, count, key_at(time + gaps[i % GAPS], count + i + 1));
    }
    took = cpu_now() - begin;
    *check = (int64_t)(uint64_t)(keys[FIRST] >> 64);
    free(keys);
    return took;
}

/* ---- ours ---- */

static double ours_run(size_t count, int64_t *check)
{
    struct pending pending;
    struct event event = {.kind = 1};
    double begin;
    double took;

    pending_init(&pending);
    for (size_t i = 0; i < count; i++) {
        event.time = gaps[i * 7919 % GAPS];
        event.sequence = i + 1;
        pending_push(&pending, event.time, event.sequence, event.kind, event.subject, event.detail);
    }
    begin = cpu_now();
    for (uint64_t i = 0; i < HOLDS; i++) {
        pending_pop(&pending, INT64_MAX, &event);
        event.time += gaps[i % GAPS];
        event.sequence = count + i + 1;
        pending_push(&pending, event.time, event.sequence, event.kind, event.subject, event.detail);
        pending_settle(&pending);
    }
    took = cpu_now() - begin;
    *check = pending_first_time(&pending);
    pending_release(&pending);
    return took;
}

int main(void)
{
    struct chance luck = chance_stream(1, "hold", 0);

    for (int i = 0; i < GAPS; i++)
        gaps[i] = chance_exponential(&luck, INT64_C(1) << 40);
    for (size_t count = 1000; count <= 1000000; count = count == 1000 ? 100000 : count * 10) {
        double ratios[ROUNDS];
        double best = 0;

        for (int i = 0; i < ROUNDS; i++) {
            int64_t checks[2];
            double floor = heap_run(count, &checks[0]);
            double ours = ours_run(count, &checks[1]);

            if (checks[0] != checks[1])
                abort();
            ratios[i] = floor / ours;
            best = HOLDS / ours / 1e6 > best ? HOLDS / ours / 1e6 : best;
        }
        qsort(ratios, ROUNDS, sizeof(*ratios), compare);
        printf("P3  %7zu pending: %5.1f M events/s, %4.2f of the best heap\n", count, best,
               ratios[ROUNDS / 2]);
    }
    return 0;
}
