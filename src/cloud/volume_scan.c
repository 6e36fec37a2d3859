/*
 * cloud/volume_scan.c - what a guest finds when it reads its disks from the first byte to the last.
 *
 * A block has an identity, which is new with each write: one that somebody else has written too
 * would be the same in both disks.  Blocks that came with a snapshot are nobody's secret: who made
 * the volume might use it.
 */
#include "cloud/volume.h"

#include <stdlib.h>

#include "base/list.h"

/* Blocks that volumes of other accounts have written themselves. */
struct range {
    uint64_t first;
    uint64_t end;
};

struct ranges {
    struct range *items;
    uint32_t count;
    uint32_t size;
};

/* The part of a run that was written after the volume was made; false: none was. */
static bool own_part(const struct volume *volume, const struct block_run *run, struct range *part)
{
    *part = (struct range){run->first, run->first + run->count};
    if (part->first < volume->restored)
        part->first = volume->restored;
    return part->first < part->end;
}

static int by_first(const void *a, const void *b)
{
    const struct range *one = a;
    const struct range *other = b;

    return one->first < other->first ? -1 : one->first > other->first;
}

static void others_collect(const struct volumes *volumes, uint64_t account, struct ranges *out)
{
    for (uint32_t i = 0; i < table_count(&volumes->table); i++) {
        const struct volume *volume = table_at(&volumes->table, i);
        struct block_run run = {0};
        struct range part;

        while (volume->account != account && blocks_next_run(volumes->blocks, volume->map, &run)) {
            if (own_part(volume, &run, &part))
                *LIST_PUSH(out) = part;
        }
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof(*out->items), by_first);
}

/* How many blocks of the part stand in one of the ranges. */
static uint64_t shared_blocks(const struct ranges *ranges, struct range part)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < ranges->count && ranges->items[i].first < part.end; i++) {
        const struct range *range = &ranges->items[i];
        uint64_t from = range->first > part.first ? range->first : part.first;
        uint64_t to = range->end < part.end ? range->end : part.end;

        count += to > from ? to - from : 0;
    }
    return count;
}

static void volume_look(const struct volumes *volumes, const struct volume *volume,
                        const struct ranges *others, struct volume_scan *scan)
{
    struct block_run run = {0};

    scan->blocks += (uint64_t)volume->size_gib * BLOCKS_PER_GIB;
    while (blocks_next_run(volumes->blocks, volume->map, &run)) {
        struct range part;
        uint64_t own = own_part(volume, &run, &part) ? part.end - part.first : 0;

        scan->own += own;
        scan->snapshot += run.count - own;
        if (own > 0)
            scan->foreign += shared_blocks(others, part);
    }
}

struct volume_scan volumes_scan(const struct volumes *volumes, uint64_t account, uint64_t instance)
{
    struct volume_scan scan = {0};
    struct ranges others = {0};

    others_collect(volumes, account, &others);
    for (uint32_t i = 0; i < table_count(&volumes->table); i++) {
        const struct volume *volume = table_at(&volumes->table, i);

        for (uint32_t k = 0; k < volume->attachments.count; k++) {
            if (volume->attachments.items[k].instance == instance)
                volume_look(volumes, volume, &others, &scan);
        }
    }
    LIST_RELEASE(&others);
    return scan;
}
