/*
 * tests/unit/cloud_volume_test.c - how fast volumes are, how they change, and what they still load.
 */
#include "cloud/volume.h"

#include "cloud_store_rig.h"

static struct volume *make_volume(struct store *store, struct volume_new wanted)
{
    struct fault fault = FAULT_INIT;
    struct volume *volume;

    wanted.account = ACCOUNT;
    volume = volume_create(&store->volumes, wanted, &fault);
    assert_non_null(volume);
    pass(store, 10);
    return volume;
}

static void test_speeds(void **state)
{
    /* If this failed, a type of volume would be slower or faster than AWS says that it is. */
    static const struct {
        struct volume_new wanted;
        uint32_t steady_iops;
        uint32_t burst_iops;
        uint64_t steady_mibs;
        uint64_t burst_mibs;
    } cases[] = {
        {{.type = VOLUME_GP3, .size_gib = 10}, 3000, 3000, 125, 125},
        {{.type = VOLUME_GP3, .size_gib = 100, .iops = 16000, .throughput_mibs = 1000},
         16000, 16000, 1000, 1000},
        {{.type = VOLUME_GP2, .size_gib = 1}, 100, 3000, 128, 128},
        {{.type = VOLUME_GP2, .size_gib = 500}, 1500, 3000, 250, 250},
        {{.type = VOLUME_GP2, .size_gib = 2000}, 6000, 6000, 250, 250},
        {{.type = VOLUME_IO1, .size_gib = 100, .iops = 1000}, 1000, 1000, 250, 250},
        {{.type = VOLUME_IO1, .size_gib = 2000, .iops = 64000}, 64000, 64000, 1000, 1000},
        {{.type = VOLUME_IO2, .size_gib = 300, .iops = 256000}, 256000, 256000, 4000, 4000},
        {{.type = VOLUME_ST1, .size_gib = 1024}, 500, 500, 40, 250},
        {{.type = VOLUME_ST1, .size_gib = 16384}, 500, 500, 500, 500},
        {{.type = VOLUME_SC1, .size_gib = 1024}, 250, 250, 12, 80},
    };
    struct store store;

    (void)state;
    store_init(&store);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct volume_speed speed =
            volume_speed(&store.volumes, make_volume(&store, cases[i].wanted));

        assert_int_equal(speed.steady_iops, cases[i].steady_iops);
        assert_int_equal(speed.burst_iops, cases[i].burst_iops);
        assert_int_equal(speed.steady_kib / 1024, cases[i].steady_mibs);
        assert_int_equal(speed.burst_kib / 1024, cases[i].burst_mibs);
    }
    store_release(&store);
}

static void test_queue(void **state)
{
    /* If this failed, two programs would each have a volume's whole speed at once. */
    struct store store;
    struct volume *volume;

    (void)state;
    store_init(&store);
    volume = make_volume(&store, (struct volume_new){.type = VOLUME_GP3, .size_gib = 10});
    assert_int_equal(volume_io(&store.volumes, volume, UINT64_C(125) << 20), SECOND_NS);
    assert_int_equal(volume_io(&store.volumes, volume, UINT64_C(250) << 20), 3 * SECOND_NS);
    pass(&store, 1);
    assert_int_equal(volume_backlog_ns(&store.volumes, volume), 2 * SECOND_NS);
    pass(&store, 60);
    assert_int_equal(volume_io(&store.volumes, volume, UINT64_C(125) << 20), SECOND_NS);
    store_release(&store);
}

static void test_burst(void **state)
{
    /* If this failed, a cold disk would never run out of credits, or never get new ones. */
    struct store store;
    struct volume *volume;
    const uint64_t tib = UINT64_C(1) << 40;

    (void)state;
    store_init(&store);
    volume = make_volume(&store, (struct volume_new){.type = VOLUME_ST1, .size_gib = 1024});
    /* 1 TiB of credits, spent at 250 - 40 MiB/s, last for 1.19 TiB. */
    assert_int_equal(volume_io(&store.volumes, volume, tib), tib / (250 << 20) * SECOND_NS +
                                                                 (tib % (250 << 20)) * SECOND_NS /
                                                                     (250 << 20));
    assert_true(volume_credits(&store.volumes, volume) < tib / 1024 / 5);
    volume_io(&store.volumes, volume, tib / 2);
    assert_int_equal(volume_credits(&store.volumes, volume), 0);
    pass(&store, 100);
    assert_int_equal(volume_credits(&store.volumes, volume), 100 * 40 * 1024);
    pass(&store, 30000);
    assert_int_equal(volume_credits(&store.volumes, volume), tib / 1024);
    store_release(&store);
}

static void test_gp2_burst(void **state)
{
    /* If this failed, a small gp2 volume would be as fast for ever as in its first half hour. */
    struct store store;
    struct volume *volume;
    int64_t first;

    (void)state;
    store_init(&store);
    volume = make_volume(&store, (struct volume_new){.type = VOLUME_GP2, .size_gib = 100});
    assert_int_equal(volume_credits(&store.volumes, volume), 5400000);
    /* a hundred GiB are 409,600 operations of 256 KiB; by throughput alone 800 s */
    first = volume_io(&store.volumes, volume, UINT64_C(100) << 30);
    assert_int_equal(first, 800 * SECOND_NS);
    assert_int_equal(volume_credits(&store.volumes, volume), 5400000 - 409600 * 9 / 10);
    for (int i = 0; i < 20; i++)
        volume_io(&store.volumes, volume, UINT64_C(100) << 30);
    assert_int_equal(volume_credits(&store.volumes, volume), 0);
    pass(&store, 1000000);
    volume_io(&store.volumes, volume, UINT64_C(1) << 40);
    store_release(&store);
}

static const struct volume_modification *modify(struct store *store, struct volume_modify wanted,
                                                const char *code)
{
    struct fault fault = FAULT_INIT;
    const struct volume_modification *made = volume_modify(&store->volumes, &wanted, &fault);

    if (code == NULL)
        assert_non_null(made);
    else
        refuses(made == NULL ? -1 : 0, &fault, code);
    return made;
}

static void test_modify(void **state)
{
    /* If this failed, a volume would shrink, change twice in six hours, or be quick too soon. */
    struct store store;
    struct volume *volume;
    struct volume_modify bigger = {.size_gib = 200, .type = VOLUME_GP3, .iops = 6000};
    const struct volume_modification *made;

    (void)state;
    store_init(&store);
    volume = make_volume(&store, (struct volume_new){.type = VOLUME_GP2, .size_gib = 100});
    bigger.volume = volume->key;
    modify(&store, (struct volume_modify){.volume = volume->key, .size_gib = 99},
           "InvalidParameterValue");
    modify(&store, (struct volume_modify){.volume = volume->key, .iops = 4000},
           "InvalidParameterCombination");
    modify(&store, (struct volume_modify){.volume = volume->key, .type = VOLUME_ST1},
           "InvalidParameterValue");
    made = modify(&store, bigger, NULL);
    assert_int_equal(volume->size_gib, 100);
    modify(&store, bigger, "IncorrectModificationState");
    pass(&store, 10);
    assert_int_equal(made->state, MODIFICATION_OPTIMIZING);
    assert_int_equal(volume->size_gib, 200);
    assert_int_equal(volume->type, VOLUME_GP3);
    assert_int_equal(volume_speed(&store.volumes, volume).steady_iops, 300);
    modify(&store, bigger, "IncorrectModificationState");
    pass(&store, 1000);
    assert_in_range(volume_modification_progress(&store.volumes, made), 40, 55);
    pass(&store, 1200);
    assert_int_equal(made->state, MODIFICATION_COMPLETED);
    assert_int_equal(volume_modification_progress(&store.volumes, made), 100);
    assert_int_equal(volume_speed(&store.volumes, volume).steady_iops, 6000);
    bigger.size_gib = 300;
    modify(&store, bigger, "VolumeModificationRateExceeded");
    pass(&store, 6 * 3600 - 2211);
    modify(&store, bigger, "VolumeModificationRateExceeded");
    pass(&store, 1);
    made = modify(&store, bigger, NULL);
    assert_int_equal(made->from.size_gib, 200);
    store_release(&store);
}

static void test_loading(void **state)
{
    /* If this failed, a restored volume would not be usable at once, or be quick at once. */
    struct store store;
    struct fault fault = FAULT_INIT;
    struct volume_new wanted = {.type = VOLUME_GP3};
    struct volume *volume;
    uint64_t snapshot;
    uint64_t fetched;

    (void)state;
    store_init(&store);
    volume = make_volume(&store, (struct volume_new){.type = VOLUME_GP3, .size_gib = 10});
    assert_int_equal(volume_loaded_percent(&store.volumes, volume), 100);
    touch_gib(&store, volume->key, 0, 1);
    touch_gib(&store, volume->key, 4, 1);
    snapshot = new_snapshot(&store, volume->key);
    pass(&store, 3600);
    assert_int_equal(snapshot_restore(&store.snapshots, snapshot, &wanted, &fault), 0);
    volume = make_volume(&store, wanted);
    assert_int_equal(volume->state, VOLUME_AVAILABLE);
    assert_true(volume_loaded_percent(&store.volumes, volume) < 15);
    /* 100 blocks at its far end: 25 ms each the first time, the volume's own speed the second. */
    assert_int_equal(volume_read(&store.volumes, volume,
                                 (struct volume_read){.first = 9000, .count = 100}, &fetched),
                     2500 * MILLISECOND_NS);
    assert_int_equal(fetched, 100);
    pass(&store, 3);
    assert_int_equal(volume_read(&store.volumes, volume,
                                 (struct volume_read){.first = 8990, .count = 120}, &fetched),
                     480 * MILLISECOND_NS > 500 * MILLISECOND_NS ? 0 : 500 * MILLISECOND_NS);
    assert_int_equal(fetched, 20);
    pass(&store, 3);
    /* What is written needs no loading; the snapshot's deletion takes nothing away. */
    volume_touch(&store.volumes, volume, 8192, 808);
    delete_snapshot(&store, snapshot);
    assert_int_equal(volume_read(&store.volumes, volume,
                                 (struct volume_read){.first = 8192, .count = 808}, &fetched),
                     808 * 4 * MILLISECOND_NS);
    assert_int_equal(fetched, 0);
    pass(&store, 4096 / 20);
    assert_int_equal(volume_absent_blocks(&store.volumes, volume), 0);
    assert_int_equal(volume_loaded_percent(&store.volumes, volume), 100);
    store_release(&store);
}

static void test_attachable(void **state)
{
    /* If this failed, instances would take more volumes than their type allows, or fewer. */
    static const struct {
        const char *type;
        uint32_t most;
    } cases[] = {
        {"t3.micro", 27}, {"t2.micro", 40},     {"m5.large", 27},
        {"m7i.large", 32}, {"m7a.32xlarge", 88}, {"m7i.48xlarge", 128},
    };
    struct store store;

    (void)state;
    store_init(&store);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct catalog_type *type =
            &store.catalog->types[catalog_type_find(store.catalog, cases[i].type)];

        assert_int_equal(volumes_attachable(type), cases[i].most);
    }
    store_release(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_speeds),     cmocka_unit_test(test_queue),
        cmocka_unit_test(test_burst),      cmocka_unit_test(test_gp2_burst),
        cmocka_unit_test(test_modify),     cmocka_unit_test(test_loading),
        cmocka_unit_test(test_attachable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
