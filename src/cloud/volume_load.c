/*
 * cloud/volume_load.c - blocks that a volume made from a snapshot still has to load from S3.
 *
 * Nothing happens by events here: how far the loading has come follows from the time.
 *
 *      0 .......... swept ............ load_end ....... the volume's end
 *        all there          in S3 only, but for what was read or written meanwhile
 *
 * A block is in S3 only when it lies behind the sweep, is still the snapshot's (its identity is
 * lower than any that was given out since), and was not read.
 *
 * True to the EBS user guide, "Initialize Amazon EBS volumes": usable at once, the first touch is
 * slow, the rest is loaded in the background.  AWS gives no figures for it: both rates here are
 * round ones.
 */
#include <string.h>

#include "cloud/volume_parts.h"
#include "sim/clock.h"

#define SWEEP_BLOCK_NS (50 * MILLISECOND_NS) /* 10 MiB/s in the background */
#define FETCH_BLOCK_NS (25 * MILLISECOND_NS) /* 20 MiB/s for one who waits */

void volume_load_begin(const struct volumes *volumes, struct volume *volume)
{
    volume->load_blocks = (uint32_t)blocks_used(volumes->blocks, volume->map);
    if (volume->load_blocks == 0)
        return;
    volume->restored = blocks_next(volumes->blocks);
    volume->load_end = (uint32_t)blocks_end(volumes->blocks, volume->map);
}

void volume_own_blocks(struct volumes *volumes, struct volume *volume)
{
    uint64_t map = blocks_copy(volumes->blocks, volume->map, 0, 0);

    blocks_drop(volumes->blocks, volume->map);
    volume->map = map;
    volume->rekeyed = false;
    volume->restored = 0;
    volume->load_blocks = 0;
    volume->load_end = 0;
}

/* Nanoseconds until the sweep is through. */
static int64_t sweep_left(const struct volumes *volumes, const struct volume *volume)
{
    int64_t left = volume->created + (int64_t)volume->load_blocks * SWEEP_BLOCK_NS -
                   volumes->sim->now;

    return left < 0 ? 0 : left;
}

/* The place up to which all was loaded in its turn. */
static uint64_t swept(const struct volumes *volumes, const struct volume *volume)
{
    int64_t left = sweep_left(volumes, volume);
    uint64_t blocks_left = (uint64_t)(left + SWEEP_BLOCK_NS - 1) / SWEEP_BLOCK_NS;

    return left == 0 ? volume->load_end
                     : volume->load_end - blocks_left * volume->load_end / volume->load_blocks;
}

/* ---- what was read before its turn ---- */

static const struct volume_queue *queue_find(const struct volumes *volumes,
                                             const struct volume *volume)
{
    return table_find(&volumes->queues, volume->key);
}

/* Position of the first range that ends after `at`. */
static uint32_t fetched_position(const struct volume_queue *queue, uint64_t at)
{
    uint32_t i = 0;

    while (i < queue->fetched.count &&
           (uint64_t)queue->fetched.items[i].at + queue->fetched.items[i].count <= at)
        i++;
    return i;
}

static void fetched_add(struct volume_queue *queue, uint32_t first, uint32_t end)
{
    uint32_t i = 0;

    while (i < queue->fetched.count &&
           queue->fetched.items[i].at + queue->fetched.items[i].count < first)
        i++;
    while (i < queue->fetched.count && queue->fetched.items[i].at <= end) {
        const struct volume_fetched *old = &queue->fetched.items[i];

        first = old->at < first ? old->at : first;
        end = old->at + old->count > end ? old->at + old->count : end;
        LIST_REMOVE(&queue->fetched, i);
    }
    (void)LIST_PUSH(&queue->fetched);
    memmove(&queue->fetched.items[i + 1], &queue->fetched.items[i],
            (queue->fetched.count - 1 - i) * sizeof(*queue->fetched.items));
    queue->fetched.items[i] = (struct volume_fetched){.at = first, .count = end - first};
}

/* ---- questions ---- */

bool volume_run_is_absent(const struct volumes *volumes, const struct volume *volume,
                          const struct block_run *run, uint64_t *count)
{
    uint64_t begin = swept(volumes, volume);
    const struct volume_queue *queue = queue_find(volumes, volume);
    uint64_t end = run->at + *count;
    uint32_t i;

    if (run->first >= volume->restored || run->at >= volume->load_end)
        return false;
    if (run->at < begin) {
        *count = end < begin ? end - run->at : begin - run->at;
        return false;
    }
    i = queue == NULL ? 0 : fetched_position(queue, run->at);
    if (queue == NULL || i == queue->fetched.count || queue->fetched.items[i].at >= end)
        return true;
    if (queue->fetched.items[i].at > run->at) {
        *count = queue->fetched.items[i].at - run->at;
        return true;
    }
    if ((uint64_t)queue->fetched.items[i].at + queue->fetched.items[i].count < end)
        *count = queue->fetched.items[i].at + queue->fetched.items[i].count - run->at;
    return false;
}

/* Absent blocks from `first` up to `end`. */
static uint64_t absent_between(const struct volumes *volumes, const struct volume *volume,
                               uint64_t first, uint64_t end)
{
    struct block_run run = {.at = first};
    uint64_t absent = 0;

    if (sweep_left(volumes, volume) == 0)
        return 0;
    while (blocks_next_run(volumes->blocks, volume->map, &run) && run.at < end) {
        struct block_run rest = run;

        if (rest.at < first) {
            rest.first += first - rest.at;
            rest.count -= first - rest.at;
            rest.at = first;
        }
        if (rest.at + rest.count > end)
            rest.count = end - rest.at;
        while (rest.count > 0) {
            uint64_t count = rest.count;

            absent += volume_run_is_absent(volumes, volume, &rest, &count) ? count : 0;
            rest.at += count;
            rest.first += count;
            rest.count -= count;
        }
    }
    return absent;
}

uint64_t volume_absent_blocks(const struct volumes *volumes, const struct volume *volume)
{
    return absent_between(volumes, volume, 0, UINT64_MAX);
}

uint32_t volume_loaded_percent(const struct volumes *volumes, const struct volume *volume)
{
    uint64_t absent = volume_absent_blocks(volumes, volume);

    return absent == 0 ? 100
                       : (uint32_t)((volume->load_blocks - absent) * 100 / volume->load_blocks);
}

/* ---- reading ---- */

int64_t volume_read(struct volumes *volumes, const struct volume *volume, struct volume_read read,
                    uint64_t *fetched)
{
    uint64_t absent = absent_between(volumes, volume, read.first, read.first + read.count);
    int64_t wait = (int64_t)absent * FETCH_BLOCK_NS;
    int64_t sweep = sweep_left(volumes, volume);
    int64_t backlog = volume_backlog_ns(volumes, volume);
    struct volume_queue *queue = volume_queue_of(volumes, volume);
    int64_t took = volume_io(volumes, volume, read.count * BLOCK_BYTES);

    if (absent > 0)
        fetched_add(queue, (uint32_t)read.first, (uint32_t)(read.first + read.count));
    if (sweep == 0)
        LIST_RELEASE(&queue->fetched);
    wait = backlog + (wait < sweep ? wait : sweep);
    if (wait > took) { /* what comes from S3 is read as it comes */
        queue->free_at += wait - took;
        took = wait;
    }
    if (fetched != NULL)
        *fetched = absent;
    return took;
}
