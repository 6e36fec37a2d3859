/*
 * cloud/block.h - the blocks that volumes and snapshots are made of, shared and counted.
 *
 * A block is 512 KiB and has an identity: whenever something is written to it, it is a new one.
 * Where its contents matter (a guest's files) it has real bytes, of which only the prefix up to the
 * last written byte is kept; elsewhere (a package's programs, `dd`) the identity is all there is,
 * and reading gives zeros.
 *
 * A map says which block stands where on a disk.  Volumes and snapshots hold maps; holding one that
 * exists costs nothing, so a snapshot, and a volume restored from it, are free until one of them is
 * written.  A map is made of leaves of 4096 blocks (2 GiB), shared between maps in the same way,
 * and a leaf of extents: runs of blocks with consecutive identities.  A write copies the map (its
 * list of leaves), and the leaf, where they are shared.
 *
 *      volume --> map --> leaf --> extents --> blocks with bytes
 *      snapshot ---^  (holders 2)
 *
 * Every map, leaf and block with bytes counts its holders, and goes when the last one goes.
 */
#ifndef CLOUD_BLOCK_H
#define CLOUD_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"

enum { BLOCK_BYTES = 512 * 1024, BLOCKS_PER_GIB = 2048, LEAF_BLOCKS = 4096 };

struct block_extent {
    uint32_t at; /* in the leaf, 0 .. LEAF_BLOCKS-1 */
    uint32_t count;
    uint64_t first; /* identity of the first block; the others follow by one */
    bool bytes;     /* a row of blocks.data holds its bytes; then count is 1 */
};

struct block_leaf {
    uint64_t key;
    uint32_t holders;                  /* maps */
    uint32_t used;                     /* blocks in all extents */
    LIST(struct block_extent) extents; /* by `at`, never overlapping */
};

struct block_place {
    uint32_t at; /* position of the leaf on the disk, in leaves */
    uint64_t leaf;
};

struct block_map {
    uint64_t key;
    uint32_t holders; /* volumes and snapshots */
    /* of the whole store, when this map was last written: for caches of what it holds */
    uint64_t changes;
    LIST(struct block_place) leaves; /* by `at` */
};

struct block_data {
    uint64_t key;     /* the block's identity */
    uint32_t holders; /* leaves */
    struct blob data;
};

/* The one row (key 1) of blocks.counters. */
struct block_counters {
    uint64_t key;
    uint64_t next; /* identities given out: blocks, leaves, maps and changes */
};

extern const struct shape block_leaf_shape, block_map_shape, block_data_shape, block_counters_shape;

struct blocks {
    struct table maps;
    struct table leaves;
    struct table data;
    struct table counters;
};

void blocks_init(struct blocks *blocks);
void blocks_release(struct blocks *blocks);

/* A new empty map that the caller holds. */
uint64_t blocks_map_new(struct blocks *blocks);
/* One more holder; returns the map. */
uint64_t blocks_hold(struct blocks *blocks, uint64_t map);
/* One holder less; the last one takes the map along, and every block that nothing else holds. */
void blocks_drop(struct blocks *blocks, uint64_t map);

/*
 * Writing: *map is the caller's hold; where others hold it too it is copied first and *map changes.
 */
struct block_write {
    uint64_t offset; /* in bytes */
    size_t length;
    const void *bytes;
};
void blocks_write(struct blocks *blocks, uint64_t *map, struct block_write write);
/* Makes the bytes the only ones of that block. */
void blocks_replace(struct blocks *blocks, uint64_t *map, uint64_t block, struct blob bytes);
/* New blocks without bytes of their own.  `keep`: those that had bytes go on showing them. */
void blocks_touch(struct blocks *blocks, uint64_t *map, uint64_t first, uint64_t count);
void blocks_touch_keep(struct blocks *blocks, uint64_t *map, uint64_t first, uint64_t count);

/*
 * A new map, which the caller holds, with the same contents in new blocks: nothing is shared.  Runs
 * that `known` holds at the same place too are taken from `copied` instead, an earlier copy of it;
 * 0 and 0: there is none.
 */
uint64_t blocks_copy(struct blocks *blocks, uint64_t map, uint64_t known, uint64_t copied);

/* Reads bytes; zeros where none were written. */
void blocks_read(const struct blocks *blocks, uint64_t map, uint64_t offset, struct blob into);
/* The identity of the block at that place; 0 when it was never written. */
uint64_t blocks_at(const struct blocks *blocks, uint64_t map, uint64_t block);
/* How many blocks were ever written. */
uint64_t blocks_used(const struct blocks *blocks, uint64_t map);
/* The place behind the last block that was ever written. */
uint64_t blocks_end(const struct blocks *blocks, uint64_t map);
/* The next identity that will be given out: all blocks that are there have lower ones. */
uint64_t blocks_next(const struct blocks *blocks);
/* Changes whenever the map's contents do. */
uint64_t blocks_stamp(const struct blocks *blocks, uint64_t map);

/* Walking a map's runs in the order of the disk: begin with a zero run; false at the end. */
struct block_run {
    uint64_t at; /* on the disk, in blocks */
    uint64_t count;
    uint64_t first;
};
bool blocks_next_run(const struct blocks *blocks, uint64_t map, struct block_run *run);

/*
 * charged[i] = blocks of maps[i] that stand in none of maps[0..i-1]: who pays for what is shared.
 */
void blocks_charge(const struct blocks *blocks, const uint64_t *maps, uint32_t count,
                   uint64_t *charged);

/* What is wrong with the tables (after loading them): a wrong count of holders, something that
 * nobody holds, runs that overlap; NULL when all is well.  A constant sentence. */
const char *blocks_wrong(const struct blocks *blocks);
/* For tests: BUG when something is. */
void blocks_check(const struct blocks *blocks);

#endif
