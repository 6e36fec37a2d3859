/*
 * tests/unit/cloud_storage_property_test.c - random volumes, snapshots, instances, faults and time;
 * what must always hold of them (RELIABILITY E1 to E5).
 *
 * If this fails, some order of commands takes a volume or a snapshot through a state that AWS does
 * not know, attaches one where it cannot be, changes a snapshot after its moment, loses or leaks a
 * block, or forgets that something was encrypted or was to go with its instance.
 *
 * A seed is a hundred commands and more than an hour, with features switched on and off; a naive
 * model remembers each block of each disk.  `NEPHOSCOPE_SEEDS=N` for more; the seed is printed on
 * failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum {
    SEEDS = 500,
    COMMANDS = 110,
    PLACES = 16,    /* of the blocks that are looked at, in two leaves */
    FAR = 5000,     /* where the second half of them lies */
    DISKS = 48,     /* volumes and snapshots that the model knows */
    INSTANCES = 4,
    FULL_EVERY = 16, /* commands */
};

enum feature {
    WITH_COPIES = 1 << 0,
    WITH_SHARING = 1 << 1,
    WITH_ENCRYPTION = 1 << 2,
    WITH_INSTANCES = 1 << 3,
    WITH_CHANGES = 1 << 4, /* modify-volume */
    WITH_FAST = 1 << 5,
    WITH_FAULTS = 1 << 6,
    WITH_DELETIONS = 1 << 7,
};

/* A disk in the model: what was written last at each place; 0: nothing. */
struct disk {
    uint64_t id; /* 0: none */
    bool is_snapshot;
    bool encrypted;
    uint8_t state; /* seen last */
    uint64_t version[PLACES];
};

/* How often each invariant was asked of something. */
struct asked {
    uint64_t edges;       /* E1 */
    uint64_t attachments; /* E2 */
    uint64_t contents;    /* E3 */
    uint64_t stored;      /* E4 */
    uint64_t inherited;   /* E5 */
    uint64_t ended;       /* E5: DeleteOnTermination */
};

struct run {
    struct world *world;
    struct catalog *catalog;
    struct chance luck;
    uint64_t seed;
    int step;
    uint32_t with;
    uint64_t accounts[2];
    uint64_t version;
    struct disk disks[DISKS];
    struct asked asked;
    uint64_t refused;
    uint64_t events;
};

static uint64_t draw(struct run *run, uint64_t n)
{
    return chance_below(&run->luck, n);
}

static bool has(const struct run *run, enum feature feature)
{
    return (run->with & feature) != 0;
}

static uint64_t place(uint32_t i)
{
    return i < PLACES / 2 ? i * 3 : FAR + i;
}

static struct volume *volume_of(const struct run *run, const struct disk *disk)
{
    return disk->id == 0 || disk->is_snapshot ? NULL
                                              : table_find(&run->world->volumes.table, disk->id);
}

static struct snapshot *snapshot_of(const struct run *run, const struct disk *disk)
{
    return disk->id != 0 && disk->is_snapshot
               ? table_find(&run->world->snapshots.table, disk->id)
               : NULL;
}

/* ---- what must hold: each gives a sentence when it does not ---- */

static bool volume_edge(uint8_t from, uint8_t to)
{
    switch (from) {
    case VOLUME_CREATING:
        return to == VOLUME_AVAILABLE;
    case VOLUME_AVAILABLE:
        return to == VOLUME_IN_USE || to == VOLUME_DELETING;
    case VOLUME_IN_USE:
        return to == VOLUME_AVAILABLE;
    default:
        return false;
    }
}

/* E1, of volumes and snapshots: a state is kept, or left by an edge that there is. */
static const char *check_edges(struct run *run)
{
    for (uint32_t i = 0; i < DISKS; i++) {
        struct disk *disk = &run->disks[i];
        const struct volume *volume = volume_of(run, disk);
        const struct snapshot *snapshot = snapshot_of(run, disk);
        uint8_t state = volume != NULL ? volume->state : snapshot != NULL ? snapshot->state : 0;

        if (disk->id == 0 || state == disk->state)
            continue;
        if (volume != NULL && !volume_edge(disk->state, state))
            return "E1: a volume took an edge that there is not";
        if (snapshot != NULL &&
            (disk->state != SNAPSHOT_PENDING || state != SNAPSHOT_COMPLETED))
            return "E1: a snapshot took an edge that there is not";
        run->asked.edges++;
        disk->state = state;
        if (state == 0)
            disk->id = 0; /* it is gone; who deletes it says so beforehand */
    }
    return NULL;
}

/* E2: one instance, or sixteen of a kind that allows it, all in the volume's zone. */
static const char *check_attachments(struct run *run)
{
    const struct table *volumes = &run->world->volumes.table;

    for (uint32_t i = 0; i < table_count(volumes); i++) {
        const struct volume *volume = table_at(volumes, i);
        bool shares = volume->multi_attach &&
                      (volume->type == VOLUME_IO1 || volume->type == VOLUME_IO2);

        if (volume->attachments.count > (shares ? 16u : 1u))
            return "E2: a volume is at too many instances";
        for (uint32_t k = 0; k < volume->attachments.count; k++) {
            const struct instance *instance =
                instance_any(&run->world->instances, volume->attachments.items[k].instance);

            run->asked.attachments++;
            for (uint32_t j = 0; j < k; j++) {
                if (volume->attachments.items[j].instance == volume->attachments.items[k].instance)
                    return "E2: a volume is twice at the same instance";
            }
            if (instance == NULL || instance->zone != volume->zone)
                return "E2: a volume is at an instance of another zone";
        }
    }
    return NULL;
}

static uint64_t map_of(const struct run *run, const struct disk *disk)
{
    const struct volume *volume = volume_of(run, disk);
    const struct snapshot *snapshot = snapshot_of(run, disk);

    return volume != NULL ? volume->map : snapshot != NULL ? snapshot->map : 0;
}

/* E3: a snapshot is its volume at the moment of the call, and a volume made of it the same. */
static const char *check_contents(struct run *run)
{
    for (uint32_t i = 0; i < DISKS; i++) {
        uint64_t map = map_of(run, &run->disks[i]);

        for (uint32_t k = 0; k < PLACES && map != 0; k++) {
            uint64_t version = 0;

            blocks_read(&run->world->blocks, map, place(k) * BLOCK_BYTES + 64,
                        (struct blob){.bytes = (char *)&version, .size = sizeof(version)});
            if (version != run->disks[i].version[k])
                return "E3: a block is not what it was at that moment";
            run->asked.contents++;
        }
    }
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Different blocks in all snapshots of an account in a Region. */
static uint64_t union_of(const struct run *run, uint64_t account, uint8_t region)
{
    LIST(uint64_t) all = {0};
    uint64_t count = 0;

    for (uint32_t i = 0; i < table_count(&run->world->snapshots.table); i++) {
        const struct snapshot *snapshot = table_at(&run->world->snapshots.table, i);
        struct block_run blocks = {0};

        if (snapshot->account != account || snapshot->region != region || snapshot->map == 0)
            continue;
        while (blocks_next_run(&run->world->blocks, snapshot->map, &blocks)) {
            for (uint64_t k = 0; k < blocks.count; k++)
                *LIST_PUSH(&all) = blocks.first + k;
        }
    }
    if (all.count > 1)
        qsort(all.items, all.count, sizeof(*all.items), by_number);
    for (uint32_t i = 0; i < all.count; i++)
        count += i == 0 || all.items[i] != all.items[i - 1];
    LIST_RELEASE(&all);
    return count;
}

/* E4: what is charged is the union of what is held; every holder is counted. */
static const char *check_stored(struct run *run)
{
    for (uint32_t i = 0; i < 2; i++) {
        for (uint8_t region = 0; region < 2; region++) {
            struct snapshot_shares shares = {0};
            uint64_t stored = 0;

            snapshots_measure(&run->world->snapshots, run->accounts[i], region, &shares);
            for (uint32_t k = 0; k < shares.items.count; k++)
                stored += shares.items.items[k].stored_bytes / BLOCK_BYTES;
            run->asked.stored += shares.items.count;
            LIST_RELEASE(&shares.items);
            if (stored != union_of(run, run->accounts[i], region))
                return "E4: what is charged is not the union of what is held";
        }
    }
    return blocks_wrong(&run->world->blocks);
}

/* E5: what came of something encrypted is. */
static const char *check_encrypted(struct run *run)
{
    for (uint32_t i = 0; i < DISKS; i++) {
        const struct volume *volume = volume_of(run, &run->disks[i]);
        const struct snapshot *snapshot = snapshot_of(run, &run->disks[i]);

        if ((volume != NULL && volume->encrypted != run->disks[i].encrypted) ||
            (snapshot != NULL && snapshot->encrypted != run->disks[i].encrypted))
            return "E5: an encrypted source has something that is not";
        run->asked.inherited += run->disks[i].id != 0 && run->disks[i].encrypted;
    }
    return NULL;
}

static void holds(const struct run *run, const char *wrong)
{
    if (wrong != NULL)
        fail_msg("seed %u, command %d: %s", (unsigned)run->seed, run->step, wrong);
}

static void check_cheap(struct run *run)
{
    holds(run, check_edges(run));
    holds(run, check_attachments(run));
    holds(run, check_encrypted(run));
}

/* ---- time ---- */

static void pass(struct run *run, int64_t delay)
{
    int64_t until = run->world->sim.now + delay;

    while (sim_is_due(&run->world->sim, until)) {
        world_advance(run->world, until, 1);
        check_cheap(run);
        run->events++;
    }
}

/* ---- picking ---- */

static struct disk *any_disk(struct run *run, bool is_snapshot)
{
    uint32_t at = (uint32_t)draw(run, DISKS);

    for (uint32_t i = 0; i < DISKS; i++, at = (at + 1) % DISKS) {
        if (run->disks[at].id != 0 && run->disks[at].is_snapshot == is_snapshot)
            return &run->disks[at];
    }
    return NULL;
}

static struct disk *spare_disk(struct run *run)
{
    for (uint32_t i = 0; i < DISKS; i++) {
        if (run->disks[i].id == 0)
            return &run->disks[i];
    }
    return NULL;
}

static struct instance *any_instance(struct run *run)
{
    uint32_t count = table_count(&run->world->instances.table);

    return count == 0 ? NULL
                      : table_at(&run->world->instances.table, (uint32_t)draw(run, count));
}

/* ---- commands: 0, or -1 after a fault ---- */

static void remember(struct run *run, uint64_t id, const struct disk *like, bool is_snapshot)
{
    struct disk *disk = spare_disk(run);
    struct disk made = like == NULL ? (struct disk){0} : *like;

    made.id = id;
    made.is_snapshot = is_snapshot;
    *disk = made;
    disk->state = is_snapshot ? snapshot_of(run, disk)->state : volume_of(run, disk)->state;
    disk->encrypted = (like != NULL && like->encrypted) ||
                      (is_snapshot ? snapshot_of(run, disk)->encrypted
                                   : volume_of(run, disk)->encrypted);
}

static int create_volume(struct run *run, struct fault *fault)
{
    static const uint8_t types[] = {VOLUME_GP2, VOLUME_GP3, VOLUME_IO2, VOLUME_IO1, VOLUME_ST1};
    uint8_t type = types[draw(run, 5)];
    struct volume_new wanted = {
        .account = run->accounts[draw(run, 4) == 0],
        .zone = (uint8_t)draw(run, 4),
        .type = type,
        .encrypted = has(run, WITH_ENCRYPTION) && draw(run, 3) == 0,
        .multi_attach = type == VOLUME_IO2 || draw(run, 8) == 0,
        .size_gib = type == VOLUME_ST1 ? 125 : 4 + (uint32_t)draw(run, 8),
        .iops = type == VOLUME_IO2 || type == VOLUME_IO1 ? 150 + (uint32_t)draw(run, 100) : 0,
    };
    const struct volume *volume = volume_create(&run->world->volumes, wanted, fault);

    if (volume == NULL)
        return -1;
    remember(run, volume->key, NULL, false);
    return 0;
}

static int write_volume(struct run *run, struct disk *disk)
{
    struct volume *volume = volume_of(run, disk);
    uint32_t at = (uint32_t)draw(run, PLACES);

    if (volume->state == VOLUME_DELETING)
        return 0;
    disk->version[at] = ++run->version;
    blocks_write(&run->world->blocks, &volume->map,
                 (struct block_write){
                     .offset = place(at) * BLOCK_BYTES + 64,
                     .length = sizeof(run->version),
                     .bytes = &run->version,
                 });
    if (draw(run, 4) == 0) /* beside it: new blocks, in which the bytes stay */
        volume_touch(&run->world->volumes, volume, draw(run, 40), 1 + draw(run, 30));
    return 0;
}

static int create_snapshot(struct run *run, const struct disk *disk, struct fault *fault)
{
    const struct snapshot *snapshot = snapshot_create(
        &run->world->snapshots,
        (struct snapshot_new){.account = volume_of(run, disk)->account, .volume = disk->id},
        fault);

    if (snapshot == NULL)
        return -1;
    remember(run, snapshot->key, disk, true);
    return 0;
}

static int delete_snapshot(struct run *run, struct disk *disk, struct fault *fault)
{
    if (snapshot_delete(&run->world->snapshots, run->accounts[draw(run, 4) == 0], disk->id,
                        fault) != 0)
        return -1;
    disk->id = 0;
    return 0;
}

static int restore(struct run *run, const struct disk *disk, struct fault *fault)
{
    const struct snapshot *snapshot = snapshot_of(run, disk);
    uint64_t account = run->accounts[draw(run, 2)];
    struct volume_new wanted = {
        .account = account,
        .type = VOLUME_GP3,
        .zone = (uint8_t)(snapshot->region * ZONES_PER_REGION + draw(run, ZONES_PER_REGION)),
        .encrypted = has(run, WITH_ENCRYPTION) && draw(run, 4) == 0,
    };
    const struct volume *volume;

    if (snapshot_find(&run->world->snapshots, account, snapshot->region, disk->id) == NULL)
        return snapshot_not_found(disk->id, fault);
    if (snapshot_restore(&run->world->snapshots, disk->id, &wanted, fault) != 0)
        return -1;
    volume = volume_create(&run->world->volumes, wanted, fault);
    if (volume == NULL)
        return -1;
    snapshot_restored(&run->world->snapshots, &wanted);
    remember(run, volume->key, disk, false);
    return 0;
}

static int copy(struct run *run, const struct disk *disk, struct fault *fault)
{
    const struct snapshot *source = snapshot_of(run, disk);
    const struct snapshot *made;

    if (!has(run, WITH_COPIES))
        return 0;
    made = snapshot_copy(&run->world->snapshots,
                         &(struct snapshot_copy){
                             .account = source->account,
                             .source = disk->id,
                             .region = (uint8_t)draw(run, 2),
                             .encrypted = has(run, WITH_ENCRYPTION) && draw(run, 4) == 0,
                             .from = "us-east-1",
                         },
                         fault);
    if (made == NULL)
        return -1;
    remember(run, made->key, disk, true);
    return 0;
}

static int share(struct run *run, const struct disk *disk, struct fault *fault)
{
    struct snapshot *snapshot = snapshot_of(run, disk);

    if (!has(run, WITH_SHARING))
        return 0;
    return snapshot_share(snapshot, draw(run, 3) == 0 ? 0 : run->accounts[1],
                          draw(run, 3) != 0, fault);
}

static int modify(struct run *run, const struct disk *disk, struct fault *fault)
{
    struct volume_modify wanted = {
        .volume = disk->id,
        .size_gib = draw(run, 2) == 0 ? 0 : volume_of(run, disk)->size_gib + (uint32_t)draw(run, 6)
                                                - 1,
        .type = draw(run, 2) == 0 ? 0 : VOLUME_GP3,
    };

    if (!has(run, WITH_CHANGES))
        return 0;
    return volume_modify(&run->world->volumes, &wanted, fault) == NULL ? -1 : 0;
}

static int attach(struct run *run, const struct disk *disk, struct fault *fault)
{
    const struct instance *instance = any_instance(run);
    struct volume_attach wanted = {
        .volume = disk->id,
        .device = draw(run, 2) == 0 ? "/dev/sdf" : "/dev/sdg",
        .delete_on_termination = draw(run, 2) == 0,
    };

    if (instance == NULL || (instance->state != INSTANCE_RUNNING &&
                             instance->state != INSTANCE_STOPPED))
        return 0;
    wanted.instance = instance->id;
    wanted.zone = instance->zone;
    return volume_attach(&run->world->volumes, &wanted, fault);
}

static int launch(struct run *run, struct fault *fault)
{
    struct launch_disk disks[] = {
        {.device = "/dev/xvda", .type = "gp3", .size_gib = 8, .delete_on_termination = true},
        {.device = "/dev/sdh", .type = "gp2", .size_gib = 4,
         .delete_on_termination = draw(run, 2) == 0},
    };
    struct instance_launch wanted = {
        .account = run->accounts[0],
        .region = 0,
        .zone = (int)draw(run, ZONES_PER_REGION),
        .type = (uint16_t)catalog_type_find(run->catalog, "t3.micro"),
        .architecture = ARCH_X86_64,
        .root_device = "/dev/xvda",
        .min_count = 1,
        .max_count = 1,
        .disks = disks,
        .disk_count = 2,
    };
    uint64_t reservation;

    if (!has(run, WITH_INSTANCES) ||
        table_count(&run->world->instances.table) >= INSTANCES)
        return 0;
    return instances_launch(&run->world->instances, &wanted, &reservation, fault);
}

/* E5: of its volumes, those go that say so and are at no other instance. */
static int terminate(struct run *run, struct fault *fault)
{
    struct instance *instance = any_instance(run);
    struct instance_set set = {&instance, 1};
    uint64_t ids[40];
    bool goes[40];
    uint32_t count;
    const int64_t *of;

    if (instance == NULL || instance->state == INSTANCE_TERMINATED || draw(run, 4) != 0)
        return 0;
    of = volumes_of(&run->world->volumes, instance->id, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&run->world->volumes.table, (uint64_t)of[i]);

        ids[i] = volume->key;
        goes[i] = volume_attachment_find(volume, instance->id)->delete_on_termination &&
                  volume->attachments.count == 1 &&
                  volume_attachment_find(volume, instance->id)->state != ATTACHMENT_DETACHING;
        for (uint32_t k = 0; k < DISKS && goes[i]; k++) {
            if (run->disks[k].id == ids[i])
                run->disks[k].id = 0; /* the model forgets it now */
        }
    }
    if (instances_terminate(&run->world->instances, set, fault) != 0)
        return -1;
    pass(run, 600 * SECOND_NS);
    for (uint32_t i = 0; i < count; i++) {
        const struct volume *volume = table_find(&run->world->volumes.table, ids[i]);

        run->asked.ended++;
        if ((volume == NULL) != goes[i])
            fail_msg("seed %u, command %d: E5: DeleteOnTermination was not honoured",
                     (unsigned)run->seed, run->step);
    }
    return 0;
}

static int delete_volume(struct run *run, struct disk *disk, struct fault *fault)
{
    if (!has(run, WITH_DELETIONS))
        return 0;
    if (volume_delete(&run->world->volumes, disk->id, fault) != 0)
        return -1;
    disk->id = 0;
    return 0;
}

static int fast(struct run *run, const struct disk *disk)
{
    const struct snapshot *snapshot = snapshot_of(run, disk);
    uint8_t zone = (uint8_t)(snapshot->region * ZONES_PER_REGION + draw(run, ZONES_PER_REGION));
    struct fast_restore *restore;

    if (!has(run, WITH_FAST) || snapshot->state != SNAPSHOT_COMPLETED)
        return 0;
    restore = fast_restore_find(&run->world->snapshots, snapshot->account, disk->id, zone);
    if (restore == NULL || draw(run, 2) == 0)
        fast_restore_enable(&run->world->snapshots, snapshot->account, disk->id, zone);
    else
        fast_restore_disable(&run->world->snapshots, restore);
    return 0;
}

static int break_something(struct run *run, struct fault *fault)
{
    struct injections *injections = &run->world->injections;
    struct injection_new wanted = {
        .account = run->accounts[0],
        .kind = draw(run, 3) == 0 ? INJECT_REGION : INJECT_ZONE,
        .subject = 1 + draw(run, 2),
    };

    if (!has(run, WITH_FAULTS))
        return 0;
    if (table_count(&injections->table) > 0) {
        injection_clear(injections, ((struct injection *)table_at(&injections->table, 0))->id,
                        "cleared");
        return 0;
    }
    return injection_add(injections, &wanted, fault) == NULL ? -1 : 0;
}

static int command(struct run *run, struct fault *fault)
{
    struct disk *volume = any_disk(run, false);
    struct disk *snapshot = any_disk(run, true);
    uint64_t choice = draw(run, 24);

    if (spare_disk(run) == NULL && snapshot != NULL)
        return delete_snapshot(run, snapshot, fault);
    if (volume == NULL || choice == 0)
        return spare_disk(run) == NULL ? 0 : create_volume(run, fault);
    if (choice < 7)
        return write_volume(run, volume);
    if (choice < 11 || snapshot == NULL)
        return create_snapshot(run, volume, fault);
    switch (choice) {
    case 11:
    case 12:
        return restore(run, snapshot, fault);
    case 13:
        return has(run, WITH_DELETIONS) ? delete_snapshot(run, snapshot, fault) : 0;
    case 14:
        return copy(run, snapshot, fault);
    case 15:
        return share(run, snapshot, fault);
    case 16:
        return modify(run, volume, fault);
    case 17:
        return launch(run, fault);
    case 18:
    case 19:
        return attach(run, volume, fault);
    case 20:
        return draw(run, 2) == 0 ? volume_detach(&run->world->volumes, volume->id, 0, fault)
                                 : terminate(run, fault);
    case 21:
        return delete_volume(run, volume, fault);
    case 22:
        return fast(run, snapshot);
    default:
        volume_read(&run->world->volumes, volume_of(run, volume),
                    (struct volume_read){.first = draw(run, 6000), .count = 1 + draw(run, 500)},
                    NULL);
        return break_something(run, fault);
    }
}

/* A refused command has changed nothing (I5). */
static void command_run(struct run *run)
{
    unsigned char before[PACK_HASH_SIZE];
    unsigned char after[PACK_HASH_SIZE];
    struct fault fault = FAULT_INIT;
    bool compares = draw(run, 8) == 0;

    if (compares)
        world_hash(run->world, before);
    if (command(run, &fault) != 0) {
        run->refused++;
        assert_non_null(fault.kind);
        if (compares) {
            world_hash(run->world, after);
            assert_memory_equal(before, after, sizeof(before));
        }
    }
    fault_release(&fault);
    check_cheap(run);
}

/* I2, I7: what is saved is what is restored. */
static void save_and_restore(struct run *run)
{
    struct str bytes = STR_INIT;
    struct str again = STR_INIT;
    const char *error = NULL;
    struct world *copied;

    world_pack(run->world, &bytes);
    copied = world_unpack(run->catalog, bytes.text, bytes.length, &error);
    if (copied == NULL)
        fail_msg("seed %u, command %d: %s", (unsigned)run->seed, run->step, error);
    world_pack(copied, &again);
    assert_int_equal(bytes.length, again.length);
    assert_memory_equal(bytes.text, again.text, bytes.length);
    world_free(run->world);
    run->world = copied;
    str_release(&bytes);
    str_release(&again);
}

/* E4: when all is deleted, nothing is left of it. */
static void delete_all(struct run *run)
{
    struct table *volumes = &run->world->volumes.table;
    struct table *snapshots = &run->world->snapshots.table;
    struct fault fault = FAULT_INIT;

    pass(run, 4 * HOUR_NS);
    memset(run->disks, 0, sizeof(run->disks));
    for (uint32_t i = table_count(volumes); i-- > 0;) {
        struct volume *volume = table_at(volumes, i);

        while (volume->attachments.count > 0) {
            if (volume_detach(&run->world->volumes, volume->key,
                              volume->attachments.items[0].instance, &fault) != 0)
                break;
            pass(run, 10 * SECOND_NS);
        }
        (void)volume_delete(&run->world->volumes, volume->key, &fault);
    }
    for (uint32_t i = table_count(snapshots); i-- > 0;) {
        const struct snapshot *snapshot = table_at(snapshots, i);

        if (snapshot->source == 0)
            assert_int_equal(snapshot_delete(&run->world->snapshots, snapshot->account,
                                             snapshot->key, &fault),
                             0);
    }
    fault_release(&fault);
    pass(run, 60 * SECOND_NS);
    assert_int_equal(table_count(volumes), 0);
    assert_int_equal(table_count(&run->world->blocks.maps), 0);
    assert_int_equal(table_count(&run->world->blocks.leaves), 0);
    assert_int_equal(table_count(&run->world->blocks.data), 0);
    assert_int_equal(table_count(&run->world->volumes.queues), 0);
    assert_int_equal(table_count(&run->world->volumes.modifications), 0);
    assert_int_equal(table_count(&run->world->snapshots.fast), 0);
}

static struct run run_begin(struct catalog *catalog, uint64_t seed)
{
    struct fault fault = FAULT_INIT;
    struct run run = {
        .world = world_new(catalog, seed, 0),
        .catalog = catalog,
        .luck = chance_stream(seed, "storage-property", 0),
        .seed = seed,
    };

    run.with = (uint32_t)draw(&run, 256);
    run.accounts[0] = ACCOUNT_LEARNER;
    run.accounts[1] = world_add_account(run.world, "other", &fault)->id;
    return run;
}

static int seeds_wanted(void)
{
    const char *text = getenv("NEPHOSCOPE_SEEDS");
    int wanted = text == NULL ? 0 : (int)strtol(text, NULL, 10);

    return wanted > SEEDS ? wanted : SEEDS;
}

/* If this failed, some order of commands, faults and time would break what AWS promises. */
static void test_always(void **state)
{
    struct catalog *catalog = catalog_new();
    struct asked sum = {0};
    uint64_t refused = 0;
    uint64_t events = 0;
    int seeds = seeds_wanted();

    (void)state;
    for (int seed = 1; seed <= seeds; seed++) {
        struct run run = run_begin(catalog, (uint64_t)seed);

        for (run.step = 0; run.step < COMMANDS; run.step++) {
            command_run(&run);
            pass(&run, chance_between_ns(&run.luck, SECOND_NS, 90 * SECOND_NS));
            if (run.step % FULL_EVERY == 0 || run.step == COMMANDS - 1) {
                holds(&run, check_contents(&run));
                holds(&run, check_stored(&run));
            }
            if (run.step % 48 == 47)
                save_and_restore(&run);
        }
        delete_all(&run);
        for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
            ((uint64_t *)(void *)&sum)[i] += ((uint64_t *)(void *)&run.asked)[i];
        refused += run.refused;
        events += run.events;
        world_free(run.world);
    }
    print_message("%d seeds, %d commands (%llu refused), %llu events; asked: E1 %llu, E2 %llu, "
                  "E3 %llu, E4 %llu, E5 %llu and %llu\n",
                  seeds, seeds * COMMANDS, (unsigned long long)refused,
                  (unsigned long long)events, (unsigned long long)sum.edges,
                  (unsigned long long)sum.attachments, (unsigned long long)sum.contents,
                  (unsigned long long)sum.stored, (unsigned long long)sum.inherited,
                  (unsigned long long)sum.ended);
    for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
        assert_true(((const uint64_t *)(const void *)&sum)[i] >= 20); /* none was vacuous */
    catalog_free(catalog);
}

/* ---- each invariant can fail: a defect is planted, and found ---- */

/* A run with a snapshot of a written volume at an instance. */
static struct run planted(struct catalog *catalog)
{
    struct run run = run_begin(catalog, 7);
    struct fault fault = FAULT_INIT;

    run.with = WITH_INSTANCES | WITH_DELETIONS;
    while (any_disk(&run, false) == NULL)
        create_volume(&run, &fault);
    while (any_instance(&run) == NULL)
        launch(&run, &fault);
    pass(&run, 300 * SECOND_NS);
    write_volume(&run, any_disk(&run, false));
    create_snapshot(&run, any_disk(&run, false), &fault);
    pass(&run, HOUR_NS);
    assert_null(check_edges(&run));
    assert_null(check_attachments(&run));
    assert_null(check_contents(&run));
    assert_null(check_stored(&run));
    assert_null(check_encrypted(&run));
    return run;
}

/* If this failed, the invariants would hold whatever happens. */
static void test_defects_are_found(void **state)
{
    struct catalog *catalog = catalog_new();
    struct run run = planted(catalog);
    struct snapshot *snapshot = snapshot_of(&run, any_disk(&run, true));
    struct volume *used = table_at(&run.world->volumes.table, 1);
    uint64_t version = 1;

    (void)state;
    snapshot->state = SNAPSHOT_PENDING;
    assert_non_null(check_edges(&run));
    snapshot->state = SNAPSHOT_COMPLETED;
    used->zone ^= 1;
    assert_non_null(check_attachments(&run));
    used->zone ^= 1;
    snapshot->encrypted = !snapshot->encrypted;
    assert_non_null(check_encrypted(&run));
    snapshot->encrypted = !snapshot->encrypted;
    blocks_write(&run.world->blocks, &snapshot->map,
                 (struct block_write){
                     .offset = place(3) * BLOCK_BYTES + 64,
                     .length = sizeof(version),
                     .bytes = &version,
                 });
    assert_non_null(check_contents(&run));
    ((struct block_leaf *)table_at(&run.world->blocks.leaves, 0))->holders++;
    assert_non_null(check_stored(&run));
    ((struct block_leaf *)table_at(&run.world->blocks.leaves, 0))->holders--;
    world_free(run.world);
    catalog_free(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always),
        cmocka_unit_test(test_defects_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
