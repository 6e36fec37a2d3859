/*
 * cloud/block_copy.c - the same contents in other blocks: in another Region, or under another key.
 *
 * A copy shares nothing with what it was made of.  It may share with an earlier copy: where the
 * source has not changed since that was made, its blocks are taken once more.
 */
#include <string.h>

#include "base/mem.h"
#include "cloud/block_parts.h"

/* One leaf being copied: what it was when the earlier copy was made, and that copy of it. */
struct leaf_copy {
    struct blocks *blocks;
    const struct block_leaf *known;  /* or NULL, as is the next */
    const struct block_leaf *copied;
    uint64_t to; /* leaf */
};

static void put_known(struct leaf_copy *copy, struct block_extent run)
{
    if (run.bytes)
        ((struct block_data *)table_get(&copy->blocks->data, run.first))->holders++;
    block_leaf_put(table_get(&copy->blocks->leaves, copy->to), run);
}

static void put_new(struct leaf_copy *copy, struct block_extent run)
{
    uint64_t first = block_identity_new(copy->blocks, run.count);

    if (run.bytes) {
        struct block_data *to = table_add(&copy->blocks->data, first);
        const struct block_data *from = table_get(&copy->blocks->data, run.first);

        to->holders = 1;
        to->data.size = from->data.size;
        to->data.bytes = xmalloc(from->data.size + 1);
        if (from->data.size > 0)
            memcpy(to->data.bytes, from->data.bytes, from->data.size);
    }
    run.first = first;
    block_leaf_put(table_get(&copy->blocks->leaves, copy->to), run);
}

/* The blocks of the earlier copy for the beginning of a run; count 0: it has none for its first. */
static struct block_extent known_run(const struct leaf_copy *copy, const struct block_extent *run)
{
    const struct block_extent *known =
        copy->known == NULL ? NULL : block_extent_find(copy->known, run->at);
    const struct block_extent *copied =
        known == NULL || copy->copied == NULL ? NULL : block_extent_find(copy->copied, run->at);
    uint32_t count = run->count;

    if (copied == NULL || known->first + (run->at - known->at) != run->first)
        return (struct block_extent){0};
    if (known->at + known->count - run->at < count)
        count = known->at + known->count - run->at;
    if (copied->at + copied->count - run->at < count)
        count = copied->at + copied->count - run->at;
    return (struct block_extent){
        .at = run->at,
        .count = count,
        .first = copied->first + (run->at - copied->at),
        .bytes = copied->bytes,
    };
}

/* How many blocks from the beginning of a run the earlier copy lacks. */
static uint32_t unknown_count(const struct leaf_copy *copy, const struct block_extent *run)
{
    struct block_extent rest = *run;

    while (rest.count > 0 && known_run(copy, &rest).count == 0) {
        rest.at++;
        rest.first++;
        rest.count--;
    }
    return run->count - rest.count;
}

static void copy_extent(struct leaf_copy *copy, struct block_extent run)
{
    while (run.count > 0) {
        struct block_extent part = known_run(copy, &run);

        if (part.count > 0) {
            put_known(copy, part);
        } else {
            part = run;
            part.count = copy->known == NULL ? run.count : unknown_count(copy, &run);
            put_new(copy, part);
        }
        run.at += part.count;
        run.first += part.count;
        run.count -= part.count;
    }
}

static uint64_t copy_leaf(struct leaf_copy *copy, uint64_t from)
{
    const struct block_leaf *leaf = table_get(&copy->blocks->leaves, from);

    copy->to = block_leaf_new(copy->blocks)->key;
    for (uint32_t i = 0; i < leaf->extents.count; i++)
        copy_extent(copy, leaf->extents.items[i]);
    return copy->to;
}

uint64_t blocks_copy(struct blocks *blocks, uint64_t map, uint64_t known, uint64_t copied)
{
    uint64_t to = blocks_map_new(blocks);
    const struct block_map *from = table_get(&blocks->maps, map);
    const struct block_map *known_map = known == 0 ? NULL : table_get(&blocks->maps, known);
    const struct block_map *copied_map = copied == 0 ? NULL : table_get(&blocks->maps, copied);
    struct block_map *made = table_get(&blocks->maps, to);

    for (uint32_t i = 0; i < from->leaves.count; i++) {
        uint32_t at = from->leaves.items[i].at;
        struct leaf_copy copy = {
            .blocks = blocks,
            .known = known_map == NULL ? NULL : block_leaf_find(blocks, known_map, at),
            .copied = copied_map == NULL ? NULL : block_leaf_find(blocks, copied_map, at),
        };

        *LIST_PUSH(&made->leaves) =
            (struct block_place){.at = at, .leaf = copy_leaf(&copy, from->leaves.items[i].leaf)};
    }
    return to;
}
