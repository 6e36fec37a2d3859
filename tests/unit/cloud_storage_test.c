/*
 * tests/unit/cloud_storage_test.c - blocks, volumes, snapshots and images: what is kept, shared and
 * paid for.
 */
#include "cloud/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cloud_store_rig.h"

static void test_oracles(void **state)
{
    /* If this failed, snapshots would be billed otherwise than AWS's own examples say. */
    struct store store;
    uint64_t volume;
    uint64_t a;
    uint64_t b;
    uint64_t c;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 20);
    touch_gib(&store, volume, 0, 10);
    a = new_snapshot(&store, volume);
    touch_gib(&store, volume, 2, 4);
    b = new_snapshot(&store, volume);
    touch_gib(&store, volume, 10, 2);
    c = new_snapshot(&store, volume);
    pass(&store, 3600);
    assert_int_equal(stored_gib(&store, a), 10);
    assert_int_equal(stored_gib(&store, b), 4);
    assert_int_equal(stored_gib(&store, c), 2);
    assert_int_equal(stored_gib(&store, 0), 16);
    delete_snapshot(&store, a);
    assert_int_equal(stored_gib(&store, b), 10);
    assert_int_equal(stored_gib(&store, 0), 12);
    delete_snapshot(&store, c);
    assert_int_equal(stored_gib(&store, 0), 10);
    store_release(&store);
}

static void test_cost_of_size(void **state)
{
    /* If this failed, a snapshot of a large volume would cost by the volume's size, not by the
     * blocks touched since the one before. */
    struct store store;
    uint64_t volume;
    uint64_t first;
    uint64_t second;
    uint32_t leaves;
    uint32_t maps;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 1024);
    touch_gib(&store, volume, 0, 1024);
    first = new_snapshot(&store, volume);
    pass(&store, 3 * 3600);
    maps = table_count(&store.blocks.maps);
    leaves = table_count(&store.blocks.leaves);
    assert_int_equal(leaves, 1024 * BLOCKS_PER_GIB / LEAF_BLOCKS);
    /* taking one stores nothing: it holds the map that is there */
    second = new_snapshot(&store, volume);
    assert_int_equal(table_count(&store.blocks.maps), maps);
    assert_int_equal(table_count(&store.blocks.leaves), leaves);
    assert_int_equal(
        ((struct snapshot *)table_get(&store.snapshots.table, second))->blocks_to_copy, 0);
    pass(&store, 3600);
    /* three blocks, in two leaves, make two leaves and a map */
    volume_touch(&store.volumes, volume_of(&store, volume), 0, 1);
    volume_touch(&store.volumes, volume_of(&store, volume), 7, 1);
    volume_touch(&store.volumes, volume_of(&store, volume), 500 * BLOCKS_PER_GIB, 1);
    assert_int_equal(table_count(&store.blocks.maps), maps + 1);
    assert_int_equal(table_count(&store.blocks.leaves), leaves + 2);
    second = new_snapshot(&store, volume);
    assert_int_equal(
        ((struct snapshot *)table_get(&store.snapshots.table, second))->blocks_to_copy, 3);
    assert_int_equal(table_count(&store.blocks.leaves), leaves + 2);
    pass(&store, 3600);
    assert_int_equal(stored_gib(&store, first), 1024);
    store_release(&store);
}

static void test_restored_delta(void **state)
{
    /* If this failed, a snapshot of a restored volume would store more than its delta. */
    struct store store;
    struct volume_new wanted = {.account = ACCOUNT, .type = VOLUME_GP3};
    struct fault fault = FAULT_INIT;
    struct volume *restored;
    uint64_t volume;
    uint64_t a;
    uint64_t d;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 10);
    touch_gib(&store, volume, 0, 10);
    a = new_snapshot(&store, volume);
    refuses(snapshot_restore(&store.snapshots, a, &wanted, &fault), &fault, "IncorrectState");
    pass(&store, 3600);
    assert_int_equal(snapshot_restore(&store.snapshots, a, &wanted, &fault), 0);
    restored = volume_create(&store.volumes, wanted, &fault);
    assert_non_null(restored);
    assert_int_equal(table_count(&store.blocks.maps), 1); /* nothing was copied */
    pass(&store, 10);
    touch_gib(&store, restored->key, 0, 4);
    d = new_snapshot(&store, restored->key);
    assert_int_equal(((struct snapshot *)table_get(&store.snapshots.table, d))->blocks_to_copy,
                     4 * BLOCKS_PER_GIB);
    pass(&store, 3600);
    assert_int_equal(stored_gib(&store, d), 4);
    assert_int_equal(stored_gib(&store, 0), 14);
    wanted = (struct volume_new){.account = ACCOUNT, .type = VOLUME_GP3, .size_gib = 5};
    refuses(snapshot_restore(&store.snapshots, a, &wanted, &fault), &fault,
            "InvalidParameterValue");
    store_release(&store);
}

static void test_pending(void **state)
{
    /* If this failed, progress, the limit of five, or the deletion of a pending snapshot would not
     * be AWS's. */
    struct store store;
    struct fault fault = FAULT_INIT;
    struct snapshot *first;
    uint64_t volume;
    uint64_t ids[5];
    uint32_t before = 0;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 1);
    touch_gib(&store, volume, 0, 1);
    for (size_t i = 0; i < 5; i++)
        ids[i] = new_snapshot(&store, volume);
    assert_null(snapshot_create(
        &store.snapshots, (struct snapshot_new){.account = ACCOUNT, .volume = volume}, &fault));
    refuses(-1, &fault, "ConcurrentSnapshotLimitExceeded");
    first = table_get(&store.snapshots.table, ids[0]);
    delete_snapshot(&store, ids[4]);
    assert_null(snapshot_find(&store.snapshots, ACCOUNT, 0, ids[4]));
    for (int i = 0; first->state == SNAPSHOT_PENDING && i < 100; i++) {
        assert_true(snapshot_progress(first) >= before && snapshot_progress(first) < 100);
        before = snapshot_progress(first);
        pass(&store, 5);
    }
    assert_true(before > 0);
    pass(&store, 600);
    assert_null(table_find(&store.snapshots.table, ids[4]));
    assert_int_equal(volume_delete(&store.volumes, volume, &fault), 0);
    pass(&store, 10);
    assert_null(table_find(&store.volumes.table, volume));
    for (size_t i = 0; i < 4; i++)
        delete_snapshot(&store, ids[i]);
    assert_int_equal(table_count(&store.blocks.maps), 0);
    assert_int_equal(table_count(&store.blocks.leaves), 0);
    store_release(&store);
}

static void test_attachments(void **state)
{
    /* If this failed, volumes would move between zones, be deleted in use, or come and go with the
     * wrong instance. */
    struct store store;
    struct fault fault = FAULT_INIT;
    struct volume_attach attach = {.instance = INSTANCE, .device = "/dev/sdf"};
    struct volume_attach other = {.instance = INSTANCE, .device = "/dev/sdf"};
    struct volume_new root = {.account = ACCOUNT, .size_gib = 8};
    uint32_t count;

    (void)state;
    store_init(&store);
    attach.volume = new_volume(&store, 1);
    other.volume = new_volume(&store, 1);
    volume_launch(&store.volumes, root,
                  &(struct volume_attach){
                      .instance = INSTANCE,
                      .device = "/dev/xvda",
                      .delete_on_termination = true,
                  });
    attach.zone = 1;
    refuses(volume_attach(&store.volumes, &attach, &fault), &fault, "InvalidVolume.ZoneMismatch");
    attach.zone = 0;
    attach.device = "banana";
    refuses(volume_attach(&store.volumes, &attach, &fault), &fault, "InvalidParameterValue");
    attach.device = "/dev/sdf";
    assert_int_equal(volume_attach(&store.volumes, &attach, &fault), 0);
    refuses(volume_attach(&store.volumes, &attach, &fault), &fault, "VolumeInUse");
    refuses(volume_attach(&store.volumes, &other, &fault), &fault, "InvalidParameterValue");
    refuses(volume_delete(&store.volumes, attach.volume, &fault), &fault, "VolumeInUse");
    refuses(volume_detach(&store.volumes, other.volume, 0, &fault), &fault, "IncorrectState");
    refuses(volume_detach(&store.volumes, attach.volume, 5, &fault), &fault,
            "InvalidAttachment.NotFound");
    pass(&store, 10);
    assert_int_equal(volume_of(&store, attach.volume)->attachments.items[0].state,
                     ATTACHMENT_ATTACHED);
    volumes_of(&store.volumes, INSTANCE, &count);
    assert_int_equal(count, 2);
    assert_int_equal(volume_detach(&store.volumes, attach.volume, 0, &fault), 0);
    pass(&store, 10);
    assert_int_equal(volume_of(&store, attach.volume)->state, VOLUME_AVAILABLE);
    assert_int_equal(volume_attach(&store.volumes, &attach, &fault), 0);
    pass(&store, 10);
    volumes_terminate(&store.volumes, INSTANCE);
    assert_int_equal(table_count(&store.volumes.table),
                     2); /* the root is gone, the other two are not */
    assert_int_equal(volume_of(&store, attach.volume)->state, VOLUME_AVAILABLE);
    store_release(&store);
}

static void test_limits(void **state)
{
    /* If this failed, volumes would be accepted that AWS refuses, or the reverse. */
    static const struct {
        struct volume_new wanted;
        const char *code; /* NULL: accepted */
    } cases[] = {
        {{.size_gib = 1}, NULL},
        {{0}, "MissingParameter"},
        {{.size_gib = 16385}, "InvalidParameterValue"},
        {{.type = VOLUME_ST1, .size_gib = 124}, "InvalidParameterValue"},
        {{.type = VOLUME_ST1, .size_gib = 125}, NULL},
        {{.type = VOLUME_STANDARD, .size_gib = 1025}, "InvalidParameterValue"},
        {{.type = VOLUME_GP2, .size_gib = 10, .iops = 100}, "InvalidParameterCombination"},
        {{.type = VOLUME_IO1, .size_gib = 4}, "MissingParameter"},
        {{.type = VOLUME_IO1, .size_gib = 4, .iops = 200}, NULL},
        {{.type = VOLUME_IO1, .size_gib = 4, .iops = 201}, "InvalidParameterValue"},
        {{.type = VOLUME_GP3, .size_gib = 1, .iops = 3000, .throughput_mibs = 125}, NULL},
        {{.type = VOLUME_GP3, .size_gib = 10, .iops = 16001}, "InvalidParameterValue"},
        {{.type = VOLUME_GP3, .size_gib = 10, .iops = 3000, .throughput_mibs = 751},
         "InvalidParameterValue"},
        {{.type = VOLUME_GP2, .size_gib = 10, .throughput_mibs = 125},
         "InvalidParameterCombination"},
        {{.type = VOLUME_GP3, .size_gib = 10, .multi_attach = true}, "InvalidParameterCombination"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct volume_new wanted = cases[i].wanted;
        struct fault fault = FAULT_INIT;
        int result = volume_new_check(&wanted, &fault);

        if (cases[i].code == NULL)
            assert_int_equal(result, 0);
        else
            refuses(result, &fault, cases[i].code);
    }
}

static void test_images(void **state)
{
    /* If this failed, ids of public images would differ between worlds, or one could lose its
     * snapshot. */
    struct store store;
    struct store again;
    struct fault fault = FAULT_INIT;
    struct image *image;
    struct volume_new wanted = {.account = ACCOUNT, .type = VOLUME_GP3};
    const struct catalog_type *arm;

    (void)state;
    store_init(&store);
    store_init(&again);
    image = table_at(&store.images.table, 0);
    assert_int_equal(image->key, ((struct image *)table_at(&again.images.table, 0))->key);
    assert_int_equal(table_count(&store.images.table), 3 * store.catalog->image_count);
    assert_non_null(image_find(&store.images, ACCOUNT, 0, image->key));
    assert_null(image_find(&store.images, ACCOUNT, 1, image->key));
    refuses(snapshot_delete(&store.snapshots, image->account, image->mappings.items[0].snapshot,
                            &fault),
            &fault, "InvalidSnapshot.InUse");
    refuses(snapshot_delete(&store.snapshots, ACCOUNT, image->mappings.items[0].snapshot, &fault),
            &fault, "AuthFailure");
    refuses(image_deregister(&store.images, ACCOUNT, image, &fault), &fault, "AuthFailure");
    arm = &store.catalog->types[catalog_type_find(store.catalog, "t4g.micro")];
    refuses(image_launch_check(&store.images, image, arm, &fault), &fault, "InvalidParameterValue");
    assert_int_equal(table_count(&store.blocks.maps), 0);
    assert_int_equal(
        snapshot_restore(&store.snapshots, image->mappings.items[0].snapshot, &wanted, &fault), 0);
    assert_true(blocks_used(&store.blocks, wanted.map) > 2000);
    store_release(&again);
    store_release(&store);
}

/* Whether a volume made of it in that zone has all its blocks at once. */
static bool comes_loaded(struct store *store, uint64_t snapshot, uint8_t zone)
{
    struct volume_new wanted = {.account = ACCOUNT, .type = VOLUME_GP3, .zone = zone};
    struct fault fault = FAULT_INIT;
    const struct volume *volume;

    assert_int_equal(snapshot_restore(&store->snapshots, snapshot, &wanted, &fault), 0);
    volume = volume_create(&store->volumes, wanted, &fault);
    assert_non_null(volume);
    snapshot_restored(&store->snapshots, &wanted);
    return volume_absent_blocks(&store->volumes, volume) == 0;
}

static void test_fast_restores(void **state)
{
    /* If this failed, fast restores would work too soon, elsewhere, or more often than there are
     * credits: 1,024 / 500 GiB is two at once, and as many an hour. */
    struct store store;
    struct fast_restore *restore;
    uint64_t volume;
    uint64_t snapshot;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 500);
    touch_gib(&store, volume, 0, 1);
    snapshot = new_snapshot(&store, volume);
    pass(&store, 600);
    fast_restore_enable(&store.snapshots, ACCOUNT, snapshot, 0);
    restore = fast_restore_find(&store.snapshots, ACCOUNT, snapshot, 0);
    assert_int_equal(restore->state, FAST_RESTORE_ENABLING);
    pass(&store, 60);
    assert_int_equal(restore->state, FAST_RESTORE_OPTIMIZING);
    assert_false(comes_loaded(&store, snapshot, 0));
    pass(&store, 1757);
    assert_int_equal(restore->state, FAST_RESTORE_ENABLED);
    assert_int_equal(fast_restore_credits(&store.snapshots, restore), 2000);
    assert_false(comes_loaded(&store, snapshot, 1));
    assert_true(comes_loaded(&store, snapshot, 0));
    assert_true(comes_loaded(&store, snapshot, 0));
    assert_false(comes_loaded(&store, snapshot, 0));
    pass(&store, 1800);
    assert_true(comes_loaded(&store, snapshot, 0));
    fast_restore_disable(&store.snapshots, restore);
    pass(&store, 3600);
    assert_int_equal(restore->state, FAST_RESTORE_DISABLED);
    assert_false(comes_loaded(&store, snapshot, 0));
    delete_snapshot(&store, snapshot);
    assert_int_equal(table_count(&store.snapshots.fast), 0);
    store_release(&store);
}

static uint64_t new_copy(struct store *store, uint64_t source)
{
    struct fault fault = FAULT_INIT;
    const struct snapshot *copy = snapshot_copy(&store->snapshots,
                                                &(struct snapshot_copy){
                                                    .account = ACCOUNT,
                                                    .source = source,
                                                    .region = 1,
                                                    .from = "us-east-1",
                                                },
                                                &fault);

    if (copy == NULL) {
        refuses(-1, &fault, "ResourceLimitExceeded");
        return 0;
    }
    return copy->key;
}

static void test_copies(void **state)
{
    /* If this failed, a copy in another Region would share blocks with its source, carry again what
     * is there, or more than twenty would run at once. */
    struct store store;
    uint64_t volume;
    uint64_t a;
    uint64_t b;
    uint64_t first;
    uint64_t second;
    const struct snapshot *made;

    (void)state;
    store_init(&store);
    volume = new_volume(&store, 10);
    touch_gib(&store, volume, 0, 8);
    a = new_snapshot(&store, volume);
    pass(&store, 3600);
    first = new_copy(&store, a);
    made = table_get(&store.snapshots.table, first);
    assert_int_equal(made->blocks_to_copy, 8 * BLOCKS_PER_GIB);
    pass(&store, 3600);
    touch_gib(&store, volume, 3, 2);
    touch_gib(&store, volume, 8, 1);
    b = new_snapshot(&store, volume);
    pass(&store, 3600);
    second = new_copy(&store, b);
    made = table_get(&store.snapshots.table, second);
    assert_int_equal(made->blocks_to_copy, 3 * BLOCKS_PER_GIB);
    pass(&store, 3600);
    delete_snapshot(&store, a);
    delete_snapshot(&store, b);
    delete_snapshot(&store, first);
    made = table_get(&store.snapshots.table, second);
    assert_int_equal(blocks_used(&store.blocks, made->map), 9 * BLOCKS_PER_GIB);
    for (int i = 0; i < SNAPSHOT_COPIES_MAX; i++)
        assert_int_not_equal(new_copy(&store, second), 0);
    assert_int_equal(new_copy(&store, second), 0);
    store_release(&store);
}

/* ---- a naive model: one number per block ---- */

enum { MODEL_BLOCKS = 40, MODEL_DISKS = 24, MODEL_FAR = 5000 };

struct model_disk {
    uint64_t id; /* of the volume or snapshot; 0: none */
    bool is_snapshot;
    uint64_t version[MODEL_BLOCKS]; /* 0: never written */
};

/* Half of the blocks lie in another leaf. */
static uint64_t model_place(uint32_t block)
{
    return block < MODEL_BLOCKS / 2 ? block : MODEL_FAR + block;
}

static void model_compare(struct store *store, const struct model_disk *disk)
{
    uint64_t map = disk->is_snapshot
                       ? ((struct snapshot *)table_get(&store->snapshots.table, disk->id))->map
                       : volume_of(store, disk->id)->map;

    for (uint32_t i = 0; i < MODEL_BLOCKS; i++) {
        uint64_t version = 0;

        blocks_read(&store->blocks, map, model_place(i) * BLOCK_BYTES + 100,
                    (struct blob){.bytes = (char *)&version, .size = sizeof(version)});
        assert_int_equal(version, disk->version[i]);
        assert_int_equal(blocks_at(&store->blocks, map, model_place(i)) != 0,
                         disk->version[i] != 0);
    }
}

/* Stored blocks by the definition: a block is paid for by the oldest snapshot that has it. */
static void model_measure(struct store *store, const struct model_disk *disks)
{
    struct snapshot_shares shares = {0};

    snapshots_measure(&store->snapshots, ACCOUNT, 0, &shares);
    for (uint32_t i = 0; i < shares.items.count; i++) {
        uint64_t expected = 0;
        const struct model_disk *own = NULL;

        for (uint32_t d = 0; d < MODEL_DISKS; d++)
            own = disks[d].id == shares.items.items[i].snapshot ? &disks[d] : own;
        assert_non_null(own);
        for (uint32_t b = 0; b < MODEL_BLOCKS; b++) {
            bool older = false;

            for (uint32_t j = 0; j < i; j++) {
                for (uint32_t d = 0; d < MODEL_DISKS; d++)
                    older = older || (disks[d].id == shares.items.items[j].snapshot &&
                                      disks[d].version[b] == own->version[b]);
            }
            expected += own->version[b] != 0 && !older;
        }
        assert_int_equal(shares.items.items[i].stored_bytes, expected * BLOCK_BYTES);
    }
    LIST_RELEASE(&shares.items);
}

static uint32_t model_pick(const struct model_disk *disks, struct chance *chance, bool snapshot)
{
    uint32_t at = (uint32_t)chance_below(chance, MODEL_DISKS);

    for (uint32_t i = 0; i < MODEL_DISKS; i++, at = (at + 1) % MODEL_DISKS) {
        if (disks[at].id != 0 && disks[at].is_snapshot == snapshot)
            return at;
    }
    return MODEL_DISKS;
}

static void model_write(struct store *store, struct model_disk *disk, struct chance *chance,
                        uint64_t *version)
{
    uint32_t block = (uint32_t)chance_below(chance, MODEL_BLOCKS);

    disk->version[block] = ++*version;
    blocks_write(&store->blocks, &volume_of(store, disk->id)->map,
                 (struct block_write){
                     .offset = model_place(block) * BLOCK_BYTES + 100,
                     .length = sizeof(*version),
                     .bytes = version,
                 });
}

static void model_step(struct store *store, struct model_disk *disks, struct chance *chance,
                       uint64_t *version)
{
    uint32_t what = (uint32_t)chance_below(chance, 10);
    uint32_t volume = model_pick(disks, chance, false);
    uint32_t snapshot = model_pick(disks, chance, true);
    struct volume_new wanted = {.account = ACCOUNT, .type = VOLUME_GP3};
    struct fault fault = FAULT_INIT;
    uint32_t spare = 0;

    while (spare < MODEL_DISKS && disks[spare].id != 0)
        spare++;
    if (what < 6 && volume < MODEL_DISKS) {
        model_write(store, &disks[volume], chance, version);
    } else if (what < 8 && volume < MODEL_DISKS && spare < MODEL_DISKS) {
        disks[spare] = disks[volume];
        disks[spare].is_snapshot = true;
        disks[spare].id = new_snapshot(store, disks[volume].id);
        model_write(store, &disks[volume], chance, version); /* while it is pending */
        pass(store, (int64_t)chance_below(chance, 2) * 600 + 60);
    } else if (what == 8 && snapshot < MODEL_DISKS) {
        delete_snapshot(store, disks[snapshot].id);
        disks[snapshot].id = 0;
    } else if (snapshot < MODEL_DISKS && spare < MODEL_DISKS &&
               snapshot_restore(&store->snapshots, disks[snapshot].id, &wanted, &fault) == 0) {
        disks[spare] = disks[snapshot];
        disks[spare].is_snapshot = false;
        disks[spare].id = volume_create(&store->volumes, wanted, &fault)->key;
        pass(store, 10);
    }
    fault_release(&fault);
}

static void test_model(void **state)
{
    /* If this failed, a snapshot would change under a later write or another's deletion, or be
     * billed twice. */
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct chance chance = chance_stream(seed, "storage", 0);
        struct model_disk disks[MODEL_DISKS] = {0};
        struct store store;
        uint64_t version = 0;

        store_init(&store);
        disks[0].id = new_volume(&store, 10);
        for (int step = 0; step < 120; step++) {
            model_step(&store, disks, &chance, &version);
            if (step % 16 == 0) {
                blocks_check(&store.blocks);
                model_measure(&store, disks);
            }
        }
        pass(&store, 3600);
        for (uint32_t i = 0; i < MODEL_DISKS; i++) {
            if (disks[i].id != 0)
                model_compare(&store, &disks[i]);
        }
        model_measure(&store, disks);
        store_release(&store);
    }
}

static void test_runs(void **state)
{
    /* If this failed, a large volume would cost by its size, or a picture of its blocks would be
     * wrong. */
    struct blocks blocks;
    struct block_run run = {0};
    uint64_t map;
    uint64_t copy;

    (void)state;
    blocks_init(&blocks);
    map = blocks_map_new(&blocks);
    blocks_touch(&blocks, &map, 0, UINT64_C(1024) * BLOCKS_PER_GIB);
    copy = blocks_hold(&blocks, map);
    blocks_touch(&blocks, &copy, 10000, 3);
    assert_int_equal(table_count(&blocks.leaves), 513);
    assert_int_equal(blocks_used(&blocks, copy), UINT64_C(1024) * BLOCKS_PER_GIB);
    while (blocks_next_run(&blocks, copy, &run) && run.at < 10000)
        continue;
    assert_int_equal(run.at, 10000);
    assert_int_equal(run.count, 3);
    assert_true(blocks_next_run(&blocks, copy, &run));
    assert_int_equal(run.at, 10003);
    blocks_check(&blocks);
    blocks_drop(&blocks, map);
    blocks_drop(&blocks, copy);
    assert_int_equal(table_count(&blocks.leaves), 0);
    blocks_release(&blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracles),
        cmocka_unit_test(test_cost_of_size),
        cmocka_unit_test(test_restored_delta),
        cmocka_unit_test(test_pending), cmocka_unit_test(test_attachments),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_images),
        cmocka_unit_test(test_model),   cmocka_unit_test(test_runs),
        cmocka_unit_test(test_copies),  cmocka_unit_test(test_fast_restores),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
