/*
 * cloud/block_parts.h - what the files of the room `block` share.
 */
#ifndef CLOUD_BLOCK_PARTS_H
#define CLOUD_BLOCK_PARTS_H

#include "cloud/block.h"

/* The first of `count` fresh identities. */
uint64_t block_identity_new(struct blocks *blocks, uint64_t count);
/* A new leaf with one holder. */
struct block_leaf *block_leaf_new(struct blocks *blocks);
/* The leaf at that place, or NULL. */
struct block_leaf *block_leaf_find(const struct blocks *blocks, const struct block_map *map,
                                   uint32_t at);
/* The extent that holds that place of the leaf, or NULL. */
const struct block_extent *block_extent_find(const struct block_leaf *leaf, uint32_t at);
/* Puts a run into a place that is empty. */
void block_leaf_put(struct block_leaf *leaf, struct block_extent extent);

#endif
