/*
 * cloud/block_charge.c - who pays for blocks that several maps hold.
 *
 * A block never moves to another place of a disk: a leaf is copied to where it was, and so is what
 * is restored or carried to another Region.  So blocks are shared at the same place only, and where
 * all maps have one and the same leaf nothing in it need be looked at.  That is why a snapshot
 * costs by what was written since the one before, and not by what the volume holds.
 */
#include <stdlib.h>

#include "cloud/block_parts.h"

/* A leaf at its place, and the first map that has it there. */
struct charge_place {
    uint64_t leaf;
    uint32_t at;
    uint32_t order;
};

struct charge_places {
    LIST(struct charge_place) items;
};

/* A walk through the runs of one leaf. */
struct charge_walk {
    const struct block_leaf *leaf;
    uint32_t next;  /* the first run that does not end before the present block */
    uint32_t order; /* who pays, if nobody before */
};

struct charge_walks {
    LIST(struct charge_walk) items;
    LIST(uint64_t) seen; /* the different blocks that stand at the present place */
};

static int place_compare(const void *a, const void *b)
{
    const struct charge_place *x = a;
    const struct charge_place *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->leaf != y->leaf)
        return x->leaf < y->leaf ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int walk_compare(const void *a, const void *b)
{
    const struct charge_walk *x = a;
    const struct charge_walk *y = b;

    return x->order < y->order ? -1 : x->order > y->order;
}

static void places_find(const struct blocks *blocks, const uint64_t *maps, uint32_t count,
                        struct charge_places *places)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct block_map *map = table_get(&blocks->maps, maps[i]);

        for (uint32_t j = 0; j < map->leaves.count; j++)
            *LIST_PUSH(&places->items) = (struct charge_place){
                .leaf = map->leaves.items[j].leaf,
                .at = map->leaves.items[j].at,
                .order = i,
            };
    }
    if (places->items.count > 1)
        qsort(places->items.items, places->items.count, sizeof(*places->items.items),
              place_compare);
}

/* Is the block new at this place?  Identities grow with time, so a greater one than all is. */
static bool is_new(struct charge_walks *walks, uint64_t block)
{
    uint32_t count = walks->seen.count;
    uint64_t greatest = count == 0 ? 0 : walks->seen.items[count - 1];

    for (uint32_t i = count; block <= greatest && i-- > 0;) {
        if (walks->seen.items[i] == block)
            return false;
    }
    *LIST_PUSH(&walks->seen) = block;
    if (block < greatest) { /* the greatest stays the last */
        walks->seen.items[count - 1] = block;
        walks->seen.items[count] = greatest;
    }
    return true;
}

/* The run of a leaf at the present block, or the next one; NULL at the end. */
static const struct block_extent *walk_run(struct charge_walk *walk, uint32_t at)
{
    const struct block_leaf *leaf = walk->leaf;

    while (walk->next < leaf->extents.count &&
           leaf->extents.items[walk->next].at + leaf->extents.items[walk->next].count <= at)
        walk->next++;
    return walk->next < leaf->extents.count ? &leaf->extents.items[walk->next] : NULL;
}

/* Walks all leaves of one place side by side, from where a run begins or ends to the next such. */
static void leaves_charge(struct charge_walks *walks, uint64_t *charged)
{
    for (uint32_t at = 0, end; at < LEAF_BLOCKS; at = end) {
        end = LEAF_BLOCKS;
        for (uint32_t i = 0; i < walks->items.count; i++) {
            const struct block_extent *run = walk_run(&walks->items.items[i], at);
            uint32_t edge =
                run == NULL ? LEAF_BLOCKS : run->at > at ? run->at : run->at + run->count;

            end = edge < end ? edge : end;
        }
        walks->seen.count = 0;
        for (uint32_t i = 0; i < walks->items.count; i++) {
            const struct block_extent *run = walk_run(&walks->items.items[i], at);

            if (run != NULL && run->at <= at && is_new(walks, run->first + (at - run->at)))
                charged[walks->items.items[i].order] += end - at;
        }
    }
}

/* The leaves of one place: one that all share is the first map's; of several, what is in them. */
static void place_charge(const struct blocks *blocks, const struct charge_place *first,
                         const struct charge_place *end, uint64_t *charged)
{
    struct charge_walks walks = {0};

    if (end[-1].leaf == first->leaf) {
        charged[first->order] +=
            ((const struct block_leaf *)table_get(&blocks->leaves, first->leaf))->used;
        return;
    }
    for (const struct charge_place *place = first; place < end; place++) {
        if (place == first || place[-1].leaf != place->leaf)
            *LIST_PUSH(&walks.items) = (struct charge_walk){
                .leaf = table_get(&blocks->leaves, place->leaf),
                .order = place->order,
            };
    }
    qsort(walks.items.items, walks.items.count, sizeof(*walks.items.items), walk_compare);
    leaves_charge(&walks, charged);
    LIST_RELEASE(&walks.items);
    LIST_RELEASE(&walks.seen);
}

void blocks_charge(const struct blocks *blocks, const uint64_t *maps, uint32_t count,
                   uint64_t *charged)
{
    struct charge_places places = {0};

    for (uint32_t i = 0; i < count; i++)
        charged[i] = 0;
    places_find(blocks, maps, count, &places);
    for (uint32_t i = 0, end; i < places.items.count; i = end) {
        for (end = i + 1; end < places.items.count &&
                          places.items.items[end].at == places.items.items[i].at;)
            end++;
        place_charge(blocks, &places.items.items[i], &places.items.items[end], charged);
    }
    LIST_RELEASE(&places.items);
}
