/*
 * bench/traffic.c - what a request of a stream costs, against the least that simulating a queue can
 * cost (P1).
 *
 * A B A B ...: 16 one-vCPU targets behind an Application Load Balancer at load 0.9, through
 * `lab start-traffic`, the code that lessons run; and the same queues in a loop of their own that
 * knows nothing else: one variable for the next arrival, a heap of the busy servers.  Process CPU
 * time, the median of the ratios.  Then what all of that means at 10,000 requests a second (P4),
 * and in the Highway lab.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "farm.h"

#include "base/mem.h"
#include "sim/event.h"

enum { SERVERS = 16, ROUNDS = 5, REQUESTS = 1000000, RING = 4096 };

#define WORK_MS 100.0
#define LOAD 0.9

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

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(*values), compare);
    return values[count / 2];
}

/* ---- the floor ---- */

static uint64_t state[4] = {1, 2, 3, 4};

static uint64_t draw(void)
{
    uint64_t result = state[0] + state[3];
    uint64_t shifted = state[1] << 17;

    result = (result << 23 | result >> 41) + state[0];
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = state[3] << 45 | state[3] >> 19;
    return result;
}

static uint32_t layer_keys[256];
static double layer_widths[256];
static double layer_heights[256];

/* The exponential ziggurat of Marsaglia and Tsang. */
static void ziggurat_init(void)
{
    const double scale = 4294967296.0;
    const double area = 3.949659822581572e-3;
    double x = 7.69711747013104972;
    double before = x;
    double q = area / exp(-x);

    layer_keys[0] = (uint32_t)(x / q * scale);
    layer_keys[1] = 0;
    layer_widths[0] = q / scale;
    layer_widths[255] = x / scale;
    layer_heights[0] = 1;
    layer_heights[255] = exp(-x);
    for (int i = 254; i >= 1; i--) {
        x = -log(area / x + exp(-x));
        layer_keys[i + 1] = (uint32_t)(x / before * scale);
        before = x;
        layer_heights[i] = exp(-x);
        layer_widths[i] = x / scale;
    }
}

static double uniform(void)
{
    return (double)((draw() >> 11) + 1) * 0x1p-53;
}

static double exponential(void)
{
    for (;;) {
        uint64_t bits = draw();
        uint32_t high = (uint32_t)(bits >> 32);
        int layer = (int)(bits & 255);
        double x = high * layer_widths[layer];

        if (high < layer_keys[layer])
            return x;
        if (layer == 0)
            return 7.69711747013104972 - log(uniform());
        if (layer_heights[layer] + uniform() * (layer_heights[layer - 1] - layer_heights[layer]) <
            exp(-x))
            return x;
    }
}

struct busy {
    double done;
    uint32_t sequence; /* of two at the same moment, the first planned goes first */
    uint32_t server;
};

static uint32_t busy_sequence;

static bool is_before(const struct busy *a, const struct busy *b)
{
    return a->done < b->done || (a->done == b->done && (int32_t)(a->sequence - b->sequence) < 0);
}

static struct busy busy_new(double done, uint32_t server)
{
    return (struct busy){.done = done, .sequence = busy_sequence++, .server = server};
}

static void busy_push(struct busy *heap, int *count, struct busy busy)
{
    int at = (*count)++;

    for (; at > 0 && is_before(&busy, &heap[(at - 1) / 4]); at = (at - 1) / 4)
        heap[at] = heap[(at - 1) / 4];
    heap[at] = busy;
}

static void busy_sink(struct busy *heap, int count, struct busy busy)
{
    int at = 0;
    int child;

    while ((child = 4 * at + 1) < count) {
        int least = child;

        for (int i = child + 1; i < child + 4 && i < count; i++)
            least = is_before(&heap[i], &heap[least]) ? i : least;
        if (!is_before(&heap[least], &busy))
            break;
        heap[at] = heap[least];
        at = least;
    }
    heap[at] = busy;
}

struct line {
    double came[RING];
    uint32_t first;
    uint32_t after;
};

static uint32_t pick(const struct line *lines, bool least, uint32_t *turn)
{
    uint32_t best = 0;

    if (!least) {
        best = *turn;
        *turn = best + 1 == SERVERS ? 0 : best + 1;
        return best;
    }
    for (uint32_t i = 1; i < SERVERS; i++)
        if (lines[i].after - lines[i].first < lines[best].after - lines[best].first)
            best = i;
    return best;
}

/* The mean time in the system, in service times; *cpu: seconds it took. */
static double floor_run(bool least, int requests, double *cpu)
{
    struct line *lines = xcalloc(SERVERS, sizeof(*lines));
    struct busy heap[SERVERS + 1];
    double gap = 1 / (LOAD * SERVERS);
    double next = exponential() * gap;
    double sum = 0;
    double begin = cpu_now();
    uint32_t turn = 0;
    int count = 0;

    for (int done = 0; done < requests;) {
        struct line *line;

        if (count == 0 || next < heap[0].done) {
            uint32_t at = pick(lines, least, &turn);

            line = &lines[at];
            line->came[line->after++ % RING] = next;
            if (line->after - line->first == 1)
                busy_push(heap, &count, busy_new(next + exponential(), at));
            next += exponential() * gap;
            continue;
        }
        line = &lines[heap[0].server];
        sum += heap[0].done - line->came[line->first++ % RING];
        done++;
        if (line->after != line->first)
            busy_sink(heap, count, busy_new(heap[0].done + exponential(), heap[0].server));
        else if (--count > 0)
            busy_sink(heap, count, heap[count]);
    }
    *cpu = cpu_now() - begin;
    free(lines);
    return sum / requests;
}

/* ---- ours ---- */

static void against_the_floor(const char *algorithm, bool least)
{
    struct farm farm;
    double ratios[ROUNDS];
    double ours[ROUNDS];
    double events = 0;
    double mean = 0;
    double check = 0;

    farm_open(&farm,
              &(struct farm_plan){
                  .seed = 1, .type = "m7a.medium", .algorithm = algorithm, .servers = SERVERS});
    for (int i = 0; i < ROUNDS; i++) {
        double rate = farm_rate(&farm, SERVERS, LOAD, WORK_MS);
        struct sim *sim = &farm.desk.session->world->sim;
        uint64_t events_before = sim->events_run;
        double cpu;
        double begin;
        const struct stream *stream;

        check = floor_run(least, 4 * REQUESTS, &cpu);
        begin = cpu_now();
        stream = farm_stream(&farm, rate, WORK_MS, REQUESTS);
        ours[i] = (double)stream->completed / (cpu_now() - begin);
        ratios[i] = ours[i] / (4 * REQUESTS / cpu);
        events = (double)(sim->events_run - events_before) / (double)stream->completed;
        mean = farm_mean_ms(&stream->target) / farm_mean_ms(&stream->service);
    }
    printf("P1  %-26s %5.2f M requests/s, %5.3f of the floor; %.1f events each; "
           "mean %.2f service times, the floor's %.2f\n",
           algorithm, median(ours, ROUNDS) / 1e6, median(ratios, ROUNDS), events, mean, check);
    farm_close(&farm);
}

/* 10,000 requests a second: how much faster than the clock on the wall. */
static void ten_thousand_a_second(void)
{
    struct farm farm;
    double begin;
    const struct stream *stream;

    farm_open(&farm,
              &(struct farm_plan){
                  .seed = 1, .type = "m7a.medium", .algorithm = "round_robin", .servers = SERVERS});
    farm_stream(&farm, 10000, LOAD * SERVERS * 3700 / 2500 / 10, 3000000); /* its nodes grow */
    begin = cpu_now();
    stream = farm_stream(&farm, 10000, LOAD * SERVERS * 3700 / 2500 / 10, 3000000);
    printf("P4  10,000 requests/s: %.0f times real time, without the screen\n",
           (double)stream->completed / 10000 / (cpu_now() - begin));
    farm_close(&farm);
}

static void highway_hour(void)
{
    struct farm farm;
    double begin;

    farm_open(&farm, &(struct farm_plan){
                         .seed = 1, .type = "t3.micro", .algorithm = "round_robin", .servers = 2});
    begin = cpu_now();
    farm_stream(&farm, 50, 20, 50 * 3600);
    printf("    an hour of the Highway lab at 50 requests/s: %.2f s\n", cpu_now() - begin);
    farm_close(&farm);
}

int main(void)
{
    ziggurat_init();
    against_the_floor("round_robin", false);
    against_the_floor("least_outstanding_requests", true);
    ten_thousand_a_second();
    highway_hour();
    return 0;
}
