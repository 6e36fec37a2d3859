/*
 * tests/unit/cloud_store_rig.h - blocks, volumes, snapshots and images without a world: for tests
 * of storage.
 */
#ifndef CLOUD_STORE_RIG_H
#define CLOUD_STORE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cloud/image.h"
#include "cloud/snapshot.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum { ACCOUNT = 7, OTHER = 8, INSTANCE = 1001 };

struct store {
    struct sim sim;
    struct ids ids;
    struct trail trail;
    struct catalog *catalog;
    struct blocks blocks;
    struct volumes volumes;
    struct snapshots snapshots;
    struct images images;
};

static inline void store_init(struct store *store)
{
    memset(store, 0, sizeof(*store));
    sim_init(&store->sim, SIM_BEGIN_NS);
    store->ids.stream = chance_stream(1, "ids", 0);
    store->catalog = catalog_new();
    trail_init(&store->trail, &store->sim.now);
    blocks_init(&store->blocks);
    volumes_init(&store->volumes, (struct volume_links){
                                      .sim = &store->sim,
                                      .blocks = &store->blocks,
                                      .ids = &store->ids,
                                      .trail = &store->trail,
                                  });
    snapshots_init(&store->snapshots, (struct snapshot_links){
                                          .sim = &store->sim,
                                          .blocks = &store->blocks,
                                          .volumes = &store->volumes,
                                          .ids = &store->ids,
                                          .trail = &store->trail,
                                      });
    images_init(&store->images, (struct image_links){
                                    .sim = &store->sim,
                                    .snapshots = &store->snapshots,
                                    .catalog = store->catalog,
                                    .ids = &store->ids,
                                    .trail = &store->trail,
                                });
}

static inline void store_release(struct store *store)
{
    blocks_check(&store->blocks);
    images_release(&store->images);
    snapshots_release(&store->snapshots);
    volumes_release(&store->volumes);
    blocks_release(&store->blocks);
    trail_release(&store->trail);
    sim_release(&store->sim);
    catalog_free(store->catalog);
}

static inline void pass(struct store *store, int64_t seconds)
{
    sim_advance(&store->sim, store->sim.now + seconds * SECOND_NS, SIM_UNLIMITED);
}

static inline uint64_t new_volume(struct store *store, uint32_t size_gib)
{
    struct fault fault = FAULT_INIT;
    struct volume *volume = volume_create(
        &store->volumes,
        (struct volume_new){.account = ACCOUNT, .type = VOLUME_GP3, .size_gib = size_gib}, &fault);

    assert_non_null(volume);
    pass(store, 10);
    assert_int_equal(volume->state, VOLUME_AVAILABLE);
    return volume->key;
}

static inline struct volume *volume_of(struct store *store, uint64_t id)
{
    return table_get(&store->volumes.table, id);
}

static inline void touch_gib(struct store *store, uint64_t volume, uint64_t from, uint64_t count)
{
    volume_touch(&store->volumes, volume_of(store, volume), from * BLOCKS_PER_GIB,
                 count * BLOCKS_PER_GIB);
}

static inline uint64_t new_snapshot(struct store *store, uint64_t volume)
{
    struct fault fault = FAULT_INIT;
    struct snapshot *snapshot = snapshot_create(
        &store->snapshots, (struct snapshot_new){.account = ACCOUNT, .volume = volume}, &fault);

    assert_non_null(snapshot);
    return snapshot->key;
}

static inline void delete_snapshot(struct store *store, uint64_t id)
{
    struct fault fault = FAULT_INIT;

    assert_int_equal(snapshot_delete(&store->snapshots, ACCOUNT, id, &fault), 0);
}

/* GiB that a snapshot is charged with; of all when id is 0. */
static inline uint64_t stored_gib(struct store *store, uint64_t id)
{
    struct snapshot_shares shares = {0};
    uint64_t bytes = 0;

    snapshots_measure(&store->snapshots, ACCOUNT, 0, &shares);
    for (uint32_t i = 0; i < shares.items.count; i++)
        bytes += id == 0 || shares.items.items[i].snapshot == id
                     ? shares.items.items[i].stored_bytes
                     : 0;
    LIST_RELEASE(&shares.items);
    return bytes >> 30;
}

static inline void refuses(int result, struct fault *fault, const char *code)
{
    assert_int_equal(result, -1);
    assert_string_equal(fault->kind->code, code);
    fault_release(fault);
}

#endif
