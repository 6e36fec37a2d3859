/*
 * cloud/block.c - the blocks that volumes and snapshots are made of, shared and counted.
 *
 * Owns    the tables of maps, leaves and bytes.  Identities of every sort come from one counter,
 * which is state.
 *
 * A block without bytes needs no row: its identity stands in an extent, and it is gone when no
 * extent has it. Writing always gives a new identity, so "changed since that snapshot" is a
 * comparison of identities.
 */
#include "cloud/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/block_parts.h"

static const struct field block_extent_fields[] = {
    F_INT(struct block_extent, at, "At", "Where in the leaf."),
    F_INT(struct block_extent, count, "Count", "How many blocks."),
    F_INT(struct block_extent, first, "First", "Identity of the first one."),
    F_BOOL(struct block_extent, bytes, "Bytes", "Whether it has bytes."),
};

static const struct shape block_extent_shape =
    SHAPE("BlockExtent", struct block_extent, block_extent_fields);

static const struct field block_leaf_fields[] = {
    F_INT(struct block_leaf, key, "Leaf", "The leaf."),
    F_INT(struct block_leaf, holders, "Holders", "Maps that have it."),
    F_INT(struct block_leaf, used, "Used", "Blocks in it."),
    F_LIST(struct block_leaf, extents, struct block_extent, &block_extent_shape, "Extents",
           "Its runs of blocks."),
};

const struct shape block_leaf_shape = SHAPE("BlockLeaf", struct block_leaf, block_leaf_fields);

static const struct field block_place_fields[] = {
    F_INT(struct block_place, at, "At", "Which 2 GiB of the disk."),
    F_INT(struct block_place, leaf, "Leaf", "The leaf that stands there."),
};

static const struct shape block_place_shape =
    SHAPE("BlockPlace", struct block_place, block_place_fields);

static const struct field block_map_fields[] = {
    F_INT(struct block_map, key, "Map", "The map."),
    F_INT(struct block_map, holders, "Holders", "Volumes and snapshots that have it."),
    F_INT(struct block_map, changes, "Changes",
          "When it was last written, in changes of the whole store."),
    F_LIST(struct block_map, leaves, struct block_place, &block_place_shape, "Leaves",
           "Its leaves by place."),
};

const struct shape block_map_shape = SHAPE("BlockMap", struct block_map, block_map_fields);

static const struct field block_data_fields[] = {
    F_INT(struct block_data, key, "Block", "The block's identity."),
    F_INT(struct block_data, holders, "Holders", "Leaves that have it."),
    F_BLOB(struct block_data, data, "Data", "Its bytes up to the last one written."),
};

const struct shape block_data_shape = SHAPE("BlockData", struct block_data, block_data_fields);

static const struct field block_counters_fields[] = {
    F_INT(struct block_counters, key, "Row", "Always 1."),
    F_INT(struct block_counters, next, "Next", "The next identity to give out."),
};

const struct shape block_counters_shape =
    SHAPE("BlockCounters", struct block_counters, block_counters_fields);

void blocks_init(struct blocks *blocks)
{
    struct block_counters *counters;

    table_init(&blocks->maps, &block_map_shape);
    table_init(&blocks->leaves, &block_leaf_shape);
    table_init(&blocks->data, &block_data_shape);
    table_init(&blocks->counters, &block_counters_shape);
    counters = table_add(&blocks->counters, 1);
    counters->next = 1;
}

void blocks_release(struct blocks *blocks)
{
    table_release(&blocks->maps);
    table_release(&blocks->leaves);
    table_release(&blocks->data);
    table_release(&blocks->counters);
}

/* The first of `count` fresh identities. */
uint64_t block_identity_new(struct blocks *blocks, uint64_t count)
{
    struct block_counters *counters = table_get(&blocks->counters, 1);
    uint64_t first = counters->next;

    counters->next += count;
    return first;
}

/* ---- holders ---- */

uint64_t blocks_map_new(struct blocks *blocks)
{
    struct block_map *map = table_add(&blocks->maps, block_identity_new(blocks, 1));

    map->holders = 1;
    map->changes = map->key;
    return map->key;
}

uint64_t blocks_hold(struct blocks *blocks, uint64_t map)
{
    struct block_map *row = table_get(&blocks->maps, map);

    row->holders++;
    return map;
}

static void data_drop(struct blocks *blocks, uint64_t block)
{
    struct block_data *data = table_get(&blocks->data, block);

    if (--data->holders == 0)
        table_remove(&blocks->data, block);
}

static void leaf_drop(struct blocks *blocks, uint64_t key)
{
    struct block_leaf *leaf = table_get(&blocks->leaves, key);

    if (--leaf->holders > 0)
        return;
    for (uint32_t i = 0; i < leaf->extents.count; i++) {
        if (leaf->extents.items[i].bytes)
            data_drop(blocks, leaf->extents.items[i].first);
    }
    table_remove(&blocks->leaves, key);
}

void blocks_drop(struct blocks *blocks, uint64_t map)
{
    struct block_map *row = table_get(&blocks->maps, map);

    if (--row->holders > 0)
        return;
    for (uint32_t i = 0; i < row->leaves.count; i++)
        leaf_drop(blocks, row->leaves.items[i].leaf);
    table_remove(&blocks->maps, map);
}

/* ---- copies of what is shared ---- */

/* The map, as one that may be written: a copy when others hold it too. */
static struct block_map *map_own(struct blocks *blocks, uint64_t *map)
{
    struct block_map *row = table_get(&blocks->maps, *map);

    if (row->holders > 1) {
        struct block_map *copy;

        *map = blocks_map_new(blocks);
        copy = table_get(&blocks->maps, *map);
        row->holders--;
        for (uint32_t i = 0; i < row->leaves.count; i++) {
            struct block_leaf *leaf = table_get(&blocks->leaves, row->leaves.items[i].leaf);

            leaf->holders++;
            *LIST_PUSH(&copy->leaves) = row->leaves.items[i];
        }
        row = copy;
    }
    row->changes = block_identity_new(blocks, 1);
    return row;
}

/* Position of the first place at or after `at`. */
static uint32_t place_position(const struct block_map *map, uint32_t at)
{
    uint32_t low = 0;
    uint32_t high = map->leaves.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (map->leaves.items[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct block_leaf *block_leaf_find(const struct blocks *blocks, const struct block_map *map,
                                    uint32_t at)
{
    uint32_t position = place_position(map, at);

    if (position == map->leaves.count || map->leaves.items[position].at != at)
        return NULL;
    return table_get(&blocks->leaves, map->leaves.items[position].leaf);
}

struct block_leaf *block_leaf_new(struct blocks *blocks)
{
    struct block_leaf *leaf = table_add(&blocks->leaves, block_identity_new(blocks, 1));

    leaf->holders = 1;
    return leaf;
}

/* The leaf at that place of an owned map, as one that may be written. */
static struct block_leaf *leaf_own(struct blocks *blocks, struct block_map *map, uint32_t at)
{
    uint32_t position = place_position(map, at);
    struct block_leaf *leaf;
    struct block_leaf *copy;

    if (position == map->leaves.count || map->leaves.items[position].at != at) {
        leaf = block_leaf_new(blocks);
        (void)LIST_PUSH(&map->leaves);
        memmove(&map->leaves.items[position + 1], &map->leaves.items[position],
                (map->leaves.count - 1 - position) * sizeof(*map->leaves.items));
        map->leaves.items[position] = (struct block_place){.at = at, .leaf = leaf->key};
        return leaf;
    }
    leaf = table_get(&blocks->leaves, map->leaves.items[position].leaf);
    if (leaf->holders == 1)
        return leaf;
    copy = block_leaf_new(blocks);
    copy->used = leaf->used;
    leaf->holders--;
    for (uint32_t i = 0; i < leaf->extents.count; i++) {
        const struct block_extent *extent = &leaf->extents.items[i];

        *LIST_PUSH(&copy->extents) = *extent;
        if (extent->bytes)
            ((struct block_data *)table_get(&blocks->data, extent->first))->holders++;
    }
    map->leaves.items[position].leaf = copy->key;
    return copy;
}

/* ---- extents of one leaf ---- */

/* Position of the first extent that ends after `at`. */
static uint32_t extent_position(const struct block_leaf *leaf, uint32_t at)
{
    uint32_t low = 0;
    uint32_t high = leaf->extents.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct block_extent *extent = &leaf->extents.items[middle];

        if (extent->at + extent->count <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct block_extent *block_extent_find(const struct block_leaf *leaf, uint32_t at)
{
    uint32_t position = extent_position(leaf, at);

    if (position == leaf->extents.count || leaf->extents.items[position].at > at)
        return NULL;
    return &leaf->extents.items[position];
}

static void extent_insert(struct block_leaf *leaf, uint32_t position, struct block_extent extent)
{
    (void)LIST_PUSH(&leaf->extents);
    memmove(&leaf->extents.items[position + 1], &leaf->extents.items[position],
            (leaf->extents.count - 1 - position) * sizeof(*leaf->extents.items));
    leaf->extents.items[position] = extent;
}

/* Takes blocks at .. at+count-1 out of the leaf. */
static void leaf_clear(struct blocks *blocks, struct block_leaf *leaf, uint32_t at, uint32_t count)
{
    uint32_t end = at + count;
    uint32_t i = extent_position(leaf, at);

    while (i < leaf->extents.count && leaf->extents.items[i].at < end) {
        struct block_extent *extent = &leaf->extents.items[i];
        struct block_extent before = *extent;
        uint32_t old_end = before.at + before.count;
        uint32_t from = before.at > at ? before.at : at;
        uint32_t to = old_end < end ? old_end : end;

        leaf->used -= to - from;
        if (before.bytes)
            data_drop(blocks, before.first);
        if (from > before.at) { /* a head stays */
            extent->count = from - before.at;
            i++;
            if (to < old_end)
                extent_insert(leaf, i,
                              (struct block_extent){
                                  .at = to,
                                  .count = old_end - to,
                                  .first = before.first + (to - before.at),
                              });
        } else if (to < old_end) { /* a tail stays */
            extent->first += to - before.at;
            extent->at = to;
            extent->count = old_end - to;
        } else {
            LIST_REMOVE(&leaf->extents, i);
        }
    }
}

/* Puts a run into a place that was cleared, and joins it to its neighbours where it continues them.
 */
void block_leaf_put(struct block_leaf *leaf, struct block_extent extent)
{
    uint32_t position = extent_position(leaf, extent.at);
    struct block_extent *before = position == 0 ? NULL : &leaf->extents.items[position - 1];

    leaf->used += extent.count;
    if (!extent.bytes && before != NULL && !before->bytes &&
        before->at + before->count == extent.at && before->first + before->count == extent.first) {
        before->count += extent.count;
        return;
    }
    extent_insert(leaf, position, extent);
}

/* ---- writing ---- */

void blocks_replace(struct blocks *blocks, uint64_t *map, uint64_t block, struct blob bytes)
{
    struct block_leaf *leaf =
        leaf_own(blocks, map_own(blocks, map), (uint32_t)(block / LEAF_BLOCKS));
    uint32_t at = (uint32_t)(block % LEAF_BLOCKS);
    uint64_t identity = block_identity_new(blocks, 1);
    struct block_data *data = table_add(&blocks->data, identity);

    if (bytes.size > BLOCK_BYTES)
        BUG("%zu bytes for a block", bytes.size);
    data->holders = 1;
    data->data.size = bytes.size;
    if (bytes.size > 0) {
        data->data.bytes = xmalloc(bytes.size);
        memcpy(data->data.bytes, bytes.bytes, bytes.size);
    }
    leaf_clear(blocks, leaf, at, 1);
    block_leaf_put(
        leaf, (struct block_extent){.at = at, .count = 1, .first = identity, .bytes = true});
}

static const struct block_data *data_at(const struct blocks *blocks, uint64_t map, uint64_t block)
{
    const struct block_leaf *leaf =
        block_leaf_find(blocks, table_get(&blocks->maps, map), (uint32_t)(block / LEAF_BLOCKS));
    const struct block_extent *extent =
        leaf == NULL ? NULL : block_extent_find(leaf, (uint32_t)(block % LEAF_BLOCKS));

    if (extent == NULL || !extent->bytes)
        return NULL;
    return table_get(&blocks->data, extent->first);
}

void blocks_write(struct blocks *blocks, uint64_t *map, struct block_write write)
{
    const char *from = write.bytes;
    uint64_t offset = write.offset;
    size_t left = write.length;

    while (left > 0) {
        uint64_t block = offset / BLOCK_BYTES;
        size_t begin = (size_t)(offset % BLOCK_BYTES);
        size_t part = BLOCK_BYTES - begin < left ? BLOCK_BYTES - begin : left;
        const struct block_data *old = data_at(blocks, *map, block);
        size_t old_size = old == NULL ? 0 : old->data.size;
        struct blob bytes = {.size = begin + part > old_size ? begin + part : old_size};

        bytes.bytes = xcalloc(1, bytes.size);
        if (old_size > 0)
            memcpy(bytes.bytes, old->data.bytes, old_size);
        memcpy(bytes.bytes + begin, from, part);
        blocks_replace(blocks, map, block, bytes);
        free(bytes.bytes);
        offset += part;
        from += part;
        left -= part;
    }
}

void blocks_touch(struct blocks *blocks, uint64_t *map, uint64_t first, uint64_t count)
{
    struct block_map *row;

    if (count == 0)
        return;
    row = map_own(blocks, map);
    while (count > 0) {
        uint32_t at = (uint32_t)(first % LEAF_BLOCKS);
        uint32_t part = count < LEAF_BLOCKS - at ? (uint32_t)count : LEAF_BLOCKS - at;
        struct block_leaf *leaf = leaf_own(blocks, row, (uint32_t)(first / LEAF_BLOCKS));

        leaf_clear(blocks, leaf, at, part);
        block_leaf_put(leaf, (struct block_extent){
                           .at = at, .count = part, .first = block_identity_new(blocks, part)});
        first += part;
        count -= part;
    }
}

struct kept_block {
    uint64_t block;
    struct blob bytes;
};

void blocks_touch_keep(struct blocks *blocks, uint64_t *map, uint64_t first, uint64_t count)
{
    LIST(struct kept_block) kept = {0};
    struct block_run run = {.at = first};

    while (blocks_next_run(blocks, *map, &run) && run.at < first + count) {
        const struct block_data *data;

        if (run.count != 1 || run.at < first)
            continue;
        data = table_find(&blocks->data, run.first);
        if (data != NULL) {
            struct blob copy = {.bytes = xmalloc(data->data.size + 1), .size = data->data.size};

            if (copy.size > 0)
                memcpy(copy.bytes, data->data.bytes, copy.size);
            *LIST_PUSH(&kept) = (struct kept_block){.block = run.at, .bytes = copy};
        }
    }
    blocks_touch(blocks, map, first, count);
    for (uint32_t i = 0; i < kept.count; i++) {
        blocks_replace(blocks, map, kept.items[i].block, kept.items[i].bytes);
        free(kept.items[i].bytes.bytes);
    }
    LIST_RELEASE(&kept);
}

/* ---- reading ---- */

void blocks_read(const struct blocks *blocks, uint64_t map, uint64_t offset, struct blob into)
{
    char *to = into.bytes;
    size_t left = into.size;

    if (left > 0)
        memset(to, 0, left);
    while (left > 0) {
        size_t begin = (size_t)(offset % BLOCK_BYTES);
        size_t part = BLOCK_BYTES - begin < left ? BLOCK_BYTES - begin : left;
        const struct block_data *data = data_at(blocks, map, offset / BLOCK_BYTES);

        if (data != NULL && data->data.size > begin)
            memcpy(to, data->data.bytes + begin,
                   data->data.size - begin < part ? data->data.size - begin : part);
        offset += part;
        to += part;
        left -= part;
    }
}

uint64_t blocks_at(const struct blocks *blocks, uint64_t map, uint64_t block)
{
    const struct block_leaf *leaf =
        block_leaf_find(blocks, table_get(&blocks->maps, map), (uint32_t)(block / LEAF_BLOCKS));
    uint32_t at = (uint32_t)(block % LEAF_BLOCKS);
    const struct block_extent *extent = leaf == NULL ? NULL : block_extent_find(leaf, at);

    return extent == NULL ? 0 : extent->first + (at - extent->at);
}

uint64_t blocks_used(const struct blocks *blocks, uint64_t map)
{
    const struct block_map *row = table_get(&blocks->maps, map);
    uint64_t used = 0;

    for (uint32_t i = 0; i < row->leaves.count; i++)
        used += ((const struct block_leaf *)table_get(&blocks->leaves, row->leaves.items[i].leaf))
                    ->used;
    return used;
}

uint64_t blocks_end(const struct blocks *blocks, uint64_t map)
{
    const struct block_map *row = table_get(&blocks->maps, map);

    for (uint32_t i = row->leaves.count; i-- > 0;) {
        const struct block_leaf *leaf = table_get(&blocks->leaves, row->leaves.items[i].leaf);

        if (leaf->extents.count > 0) {
            const struct block_extent *last = &leaf->extents.items[leaf->extents.count - 1];

            return (uint64_t)row->leaves.items[i].at * LEAF_BLOCKS + last->at + last->count;
        }
    }
    return 0;
}

uint64_t blocks_next(const struct blocks *blocks)
{
    return ((const struct block_counters *)table_get(&blocks->counters, 1))->next;
}

uint64_t blocks_stamp(const struct blocks *blocks, uint64_t map)
{
    return ((const struct block_map *)table_get(&blocks->maps, map))->changes;
}

bool blocks_next_run(const struct blocks *blocks, uint64_t map, struct block_run *run)
{
    const struct block_map *row = table_get(&blocks->maps, map);
    uint64_t from = run->at + run->count;
    uint32_t at = (uint32_t)(from % LEAF_BLOCKS);

    for (uint32_t i = place_position(row, (uint32_t)(from / LEAF_BLOCKS)); i < row->leaves.count;
         i++) {
        const struct block_place *place = &row->leaves.items[i];
        const struct block_leaf *leaf = table_get(&blocks->leaves, place->leaf);
        uint32_t position = extent_position(leaf, place->at == from / LEAF_BLOCKS ? at : 0);

        if (position < leaf->extents.count) {
            const struct block_extent *extent = &leaf->extents.items[position];

            *run = (struct block_run){
                .at = (uint64_t)place->at * LEAF_BLOCKS + extent->at,
                .count = extent->count,
                .first = extent->first,
            };
            return true;
        }
    }
    return false;
}

/* ---- checking ---- */

/* Counts of holders as they are found, by leaf and by block. */
struct block_census {
    uint64_t next; /* identities from here on were not given out yet */
    struct table leaves;
    struct table data;
};

static void census_count(struct table *table, uint64_t key)
{
    struct block_counters *count = table_find(table, key);

    if (count == NULL)
        count = table_add(table, key);
    count->next++;
}

static const char *check_map(const struct blocks *blocks, const struct block_map *map,
                             struct block_census *census)
{
    if (map->key >= census->next || map->changes >= census->next)
        return "a map of blocks has an identity that nobody gave out";
    if (map->holders == 0)
        return "a map of blocks is held by nobody";
    for (uint32_t i = 0; i < map->leaves.count; i++) {
        const struct block_place *place = &map->leaves.items[i];

        if (i > 0 && place[-1].at >= place->at)
            return "a map's leaves are out of order";
        if (place->leaf == 0 || table_find(&blocks->leaves, place->leaf) == NULL)
            return "a leaf of blocks is missing";
        census_count(&census->leaves, place->leaf);
    }
    return NULL;
}

static const char *check_leaf(const struct blocks *blocks, const struct block_leaf *leaf,
                              struct block_census *census)
{
    uint64_t end = 0;
    uint32_t used = 0;

    for (uint32_t i = 0; i < leaf->extents.count; i++) {
        const struct block_extent *extent = &leaf->extents.items[i];

        if (extent->count == 0 || extent->first == 0 || extent->first >= census->next ||
            extent->count > census->next - extent->first || leaf->key >= census->next ||
            extent->at < end || (uint64_t)extent->at + extent->count > LEAF_BLOCKS ||
            (extent->bytes && extent->count != 1))
            return "a run of blocks is impossible";
        end = (uint64_t)extent->at + extent->count;
        used += extent->count;
        if (extent->bytes && table_find(&blocks->data, extent->first) == NULL)
            return "the bytes of a block are missing";
        if (extent->bytes)
            census_count(&census->data, extent->first);
    }
    return used == leaf->used ? NULL : "a leaf of blocks is miscounted";
}

static const char *check_holders(const struct table *table, const struct table *seen)
{
    if (table_count(table) != table_count(seen))
        return "blocks are kept that nothing holds";
    for (uint32_t i = 0; i < table_count(seen); i++) {
        const struct block_counters *count = table_at(seen, i);
        uint32_t holders = table->shape == &block_leaf_shape
                               ? ((const struct block_leaf *)table_get(table, count->key))->holders
                               : ((const struct block_data *)table_get(table, count->key))->holders;

        if (holders != count->next)
            return "the holders of blocks are miscounted";
    }
    return NULL;
}

const char *blocks_wrong(const struct blocks *blocks)
{
    const struct block_counters *counters = table_find(&blocks->counters, 1);
    struct block_census census = {.next = counters == NULL ? 0 : counters->next};
    const char *wrong = counters == NULL ? "the blocks have no counter" : NULL;

    table_init(&census.leaves, &block_counters_shape);
    table_init(&census.data, &block_counters_shape);
    for (uint32_t i = 0; wrong == NULL && i < table_count(&blocks->maps); i++)
        wrong = check_map(blocks, table_at(&blocks->maps, i), &census);
    for (uint32_t i = 0; wrong == NULL && i < table_count(&blocks->leaves); i++)
        wrong = check_leaf(blocks, table_at(&blocks->leaves, i), &census);
    for (uint32_t i = 0; wrong == NULL && i < table_count(&blocks->data); i++) {
        const struct block_data *data = table_at(&blocks->data, i);

        wrong = data->data.size > BLOCK_BYTES ? "a block has too many bytes" : NULL;
    }
    if (wrong == NULL)
        wrong = check_holders(&blocks->leaves, &census.leaves);
    if (wrong == NULL)
        wrong = check_holders(&blocks->data, &census.data);
    table_release(&census.leaves);
    table_release(&census.data);
    return wrong;
}

void blocks_check(const struct blocks *blocks)
{
    const char *wrong = blocks_wrong(blocks);

    if (wrong != NULL)
        BUG("%s", wrong);
}
