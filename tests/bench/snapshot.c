/*
 * bench/snapshot.c - a snapshot of a volume of 1 TiB beside one of 8 GiB: it is to cost by the
 * blocks touched since the one before, not by what the volume holds.
 *
 * Both volumes are full, and scattered: every sixteenth block was written by itself.  Each round
 * touches the same number of blocks anywhere, takes a snapshot, lets it complete (with what the
 * bill makes of it) and deletes the one before.  A B C A B C ..., process CPU time, medians.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cloud/world.h"
#include "sim/chance.h"
#include "sim/clock.h"

#include "meter.h"

enum { SMALL_GIB = 8, LARGE_GIB = 1024, SCATTER = 16, TOUCHED = 64, ROUNDS = 60, ACCOUNT = 7 };

struct disk {
    struct world *world;
    struct chance luck;
    uint64_t volume;
    uint64_t snapshot; /* the one before; 0: none */
    uint64_t blocks;
    uint64_t range; /* among how many of them are touched */
    struct meter touching;
    struct meter taking;
};

static void pass(struct disk *disk, int64_t ns)
{
    sim_advance(&disk->world->sim, disk->world->sim.now + ns, SIM_UNLIMITED);
}

static struct volume *volume_of(struct disk *disk)
{
    return table_get(&disk->world->volumes.table, disk->volume);
}

static void take(struct disk *disk, int64_t wait_ns)
{
    struct fault fault = FAULT_INIT;
    struct snapshot *made = snapshot_create(
        &disk->world->snapshots,
        (struct snapshot_new){.account = ACCOUNT, .volume = disk->volume}, &fault);
    uint64_t id;

    if (made == NULL)
        abort();
    id = made->key;
    pass(disk, wait_ns);
    if (disk->snapshot != 0 &&
        snapshot_delete(&disk->world->snapshots, ACCOUNT, disk->snapshot, &fault) != 0)
        abort();
    disk->snapshot = id;
}

static void disk_init(struct disk *disk, const struct catalog *catalog, uint32_t gib,
                      uint32_t range_gib)
{
    struct fault fault = FAULT_INIT;
    const struct volume *volume;

    *disk = (struct disk){
        .world = world_new(catalog, 1, 0),
        .luck = chance_stream(1, "bench", gib),
        .blocks = (uint64_t)gib * BLOCKS_PER_GIB,
        .range = (uint64_t)range_gib * BLOCKS_PER_GIB,
    };
    volume = volume_create(
        &disk->world->volumes,
        (struct volume_new){.account = ACCOUNT, .type = VOLUME_GP3, .size_gib = gib}, &fault);
    if (volume == NULL)
        abort();
    disk->volume = volume->key;
    pass(disk, MINUTE_NS);
    volume_touch(&disk->world->volumes, volume_of(disk), 0, disk->blocks);
    for (uint64_t i = 0; i < disk->blocks; i += SCATTER)
        volume_touch(&disk->world->volumes, volume_of(disk), i, 1);
    take(disk, 3 * HOUR_NS);
}

/* A leaf that is written for the first time after a snapshot is copied: that is the price of
 * touching, and told apart. */
static void round_run(struct disk *disk)
{
    int64_t begin = meter_cpu_ns();

    for (int i = 0; i < TOUCHED; i++)
        volume_touch(&disk->world->volumes, volume_of(disk),
                     (uint64_t)chance_between_ns(&disk->luck, 0, (int64_t)disk->range - 1), 1);
    meter_add(&disk->touching, meter_cpu_ns() - begin);
    begin = meter_cpu_ns();
    take(disk, 20 * SECOND_NS);
    meter_add(&disk->taking, meter_cpu_ns() - begin);
}

static void disk_tell(struct disk *disk, const char *name)
{
    const struct snapshot *snapshot =
        table_get(&disk->world->snapshots.table, disk->snapshot);

    printf("  %-21s %8llu blocks: %5u copied, touching %8.1f us, snapshot %8.1f us\n", name,
           (unsigned long long)disk->blocks, snapshot->blocks_to_copy,
           (double)meter_percent(&disk->touching, 50) / 1e3,
           (double)meter_percent(&disk->taking, 50) / 1e3);
}

static void disk_release(struct disk *disk)
{
    meter_release(&disk->touching);
    meter_release(&disk->taking);
    world_free(disk->world);
}

static double against(struct disk *disk, struct disk *small)
{
    return (double)meter_percent(&disk->taking, 50) / (double)meter_percent(&small->taking, 50);
}

int main(void)
{
    struct catalog *catalog = catalog_new();
    struct disk small;
    struct disk near;
    struct disk far;

    disk_init(&small, catalog, SMALL_GIB, SMALL_GIB);
    disk_init(&near, catalog, LARGE_GIB, SMALL_GIB);
    disk_init(&far, catalog, LARGE_GIB, LARGE_GIB);
    for (int i = 0; i < ROUNDS; i++) {
        round_run(&small);
        round_run(&near);
        round_run(&far);
    }
    printf("a snapshot with %d blocks touched since the one before\n", TOUCHED);
    disk_tell(&small, "8 GiB");
    disk_tell(&near, "1 TiB, in 8 GiB of it");
    disk_tell(&far, "1 TiB, anywhere");
    printf("  1 TiB against 8 GiB, 128 times the size: %.2f times the CPU time when as close "
           "together, %.2f anywhere\n",
           against(&near, &small), against(&far, &small));
    disk_release(&small);
    disk_release(&near);
    disk_release(&far);
    catalog_free(catalog);
    return 0;
}
