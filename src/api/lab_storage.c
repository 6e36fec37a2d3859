/*
 * api/lab_storage.c - lab: which blocks volumes and snapshots hold, and who pays for them.
 *
 * AWS's answers say how large a volume is, never what a snapshot adds to what is stored.  Here
 * every block has a number that nothing else ever had: two runs with the same numbers are the same
 * blocks, kept once.  So that a picture can be drawn of any disk, one with very many runs is shown
 * coarsely: short runs that lie in the same stretch of the disk become one, named by the newest
 * block in it.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/account.h"
#include "cloud/world.h"

enum { RUNS_MOST = 200, RUNS_LIMIT = 100000, ATTACHED_FIRST = 0 };

/* ---- shapes ---- */

struct run_view {
    int64_t at;
    int64_t count;
    int64_t first;
    bool merged;
    bool absent;
};

struct run_views {
    struct run_view *items;
    uint32_t count;
    uint32_t size;
};

struct stored_volume {
    const char *id;
    const char *name;
    const char *zone;
    int64_t size_gib;
    const char *state;
    const char *type;
    const char *instance;
    const char *instance_name;
    const char *device;
    const char *snapshot;
    int64_t used_blocks;
    int64_t used_bytes;
    int64_t loaded_percent;
    int64_t iops;
    int64_t mibs;
    struct opt_int burst_percent;
    struct run_views runs;
};

struct stored_snapshot {
    const char *id;
    const char *name;
    const char *description;
    const char *volume;
    const char *state;
    int64_t progress;
    int64_t started;
    int64_t size_gib;
    int64_t referenced_bytes;
    int64_t stored_bytes;
    struct strings images;
    struct run_views runs;
};

struct storage_in {
    struct opt_int runs_most;
    struct opt_int volumes_most;
};

struct storage_out {
    LIST(struct stored_volume) volumes;
    int64_t total_volumes;
    LIST(struct stored_snapshot) snapshots;
    int64_t total_bytes;
    int64_t block_bytes;
    int64_t stretch;
};

static const struct field run_fields[] = {
    F_INT(struct run_view, at, "At", "Where it begins on the disk, in blocks of 512 KiB."),
    F_INT(struct run_view, count, "Count", "How many blocks it has."),
    F_INT(struct run_view, first, "First",
          "The number of its first block; the others follow. Of merged runs: the newest block's."),
    F_BOOL(struct run_view, merged, "Merged",
           "Whether several short runs, with gaps between, are shown as this one."),
    F_BOOL(struct run_view, absent, "Absent",
           "Whether it is still in S3 only: the first who reads it waits for it."),
};

static const struct shape run_shape = SHAPE("BlockRun", struct run_view, run_fields);

static const struct field volume_fields[] = {
    F_STRING(struct stored_volume, id, "VolumeId", "The volume.", .flags = FIELD_COLUMN,
             .ref = &kind_volume),
    F_STRING(struct stored_volume, name, "Name", "Its Name tag; empty without one.",
             .flags = FIELD_COLUMN),
    F_STRING(struct stored_volume, zone, "AvailabilityZone", "The zone that it lives in.",
             .ref = &kind_zone),
    F_INT(struct stored_volume, size_gib, "SizeGiB", "How large it is.", .flags = FIELD_COLUMN),
    F_STRING(struct stored_volume, state, "State", "Its state.", .flags = FIELD_COLUMN),
    F_STRING(struct stored_volume, type, "VolumeType", "Its type."),
    F_STRING(struct stored_volume, instance, "InstanceId", "The instance that has it, or absent.",
             .ref = &kind_instance, .flags = FIELD_COLUMN),
    F_STRING(struct stored_volume, instance_name, "InstanceName",
             "The Name tag of that instance, or absent."),
    F_STRING(struct stored_volume, device, "Device", "Its name there."),
    F_STRING(struct stored_volume, snapshot, "SnapshotId", "What it was made from, or absent.",
             .ref = &kind_snapshot),
    F_INT(struct stored_volume, used_blocks, "UsedBlocks", "Blocks that were ever written."),
    F_INT(struct stored_volume, used_bytes, "UsedBytes", "The same in bytes.",
          .flags = FIELD_COLUMN),
    F_INT(struct stored_volume, loaded_percent, "LoadedPercent",
          "How much of its snapshot has come from S3; 100 when it began empty.",
          .flags = FIELD_COLUMN),
    F_INT(struct stored_volume, iops, "SteadyIops",
          "Reads and writes a second that it always does."),
    F_INT(struct stored_volume, mibs, "SteadyMiBs", "MiB a second that it always does."),
    F_OPT_INT(struct stored_volume, burst_percent, "BurstPercent",
              "How full its bucket of credits is, with which it goes faster; absent where the type "
              "has none."),
    F_LIST(struct stored_volume, runs, struct run_view, &run_shape, "Runs",
           "Its blocks in the order of the disk."),
};

static const struct shape stored_volume_shape =
    SHAPE("StoredVolume", struct stored_volume, volume_fields);

static const struct field snapshot_fields[] = {
    F_STRING(struct stored_snapshot, id, "SnapshotId", "The snapshot.", .flags = FIELD_COLUMN,
             .ref = &kind_snapshot),
    F_STRING(struct stored_snapshot, name, "Name", "Its Name tag; empty without one.",
             .flags = FIELD_COLUMN),
    F_STRING(struct stored_snapshot, description, "Description", "What its maker says of it."),
    F_STRING(struct stored_snapshot, volume, "VolumeId", "The volume that it was made of.",
             .ref = &kind_volume, .flags = FIELD_COLUMN),
    F_STRING(struct stored_snapshot, state, "State",
             "pending, completed, or deleting: asked for while it was pending.",
             .flags = FIELD_COLUMN),
    F_INT(struct stored_snapshot, progress, "ProgressPercent", "How much of it is copied.",
          .flags = FIELD_COLUMN),
    F_TIME(struct stored_snapshot, started, "StartTime", "The moment whose data it holds."),
    F_INT(struct stored_snapshot, size_gib, "SizeGiB", "The size of its volume."),
    F_INT(struct stored_snapshot, referenced_bytes, "ReferencedBytes",
          "All that a volume made from it would hold.", .flags = FIELD_COLUMN),
    F_INT(struct stored_snapshot, stored_bytes, "StoredBytes",
          "What is charged to it: blocks that no older snapshot of yours holds.",
          .flags = FIELD_COLUMN),
    F_STRINGS(struct stored_snapshot, images, "ImageIds", "Your images that need it.",
              .ref = &kind_image),
    F_LIST(struct stored_snapshot, runs, struct run_view, &run_shape, "Runs",
           "Its blocks in the order of the disk."),
};

static const struct shape stored_snapshot_shape =
    SHAPE("StoredSnapshot", struct stored_snapshot, snapshot_fields);

static const struct field storage_in_fields[] = {
    F_OPT_INT(struct storage_in, runs_most, "MaxRuns",
              "The most runs to show of one disk; 200 unless you say.", .min = 1,
              .max = RUNS_LIMIT),
    F_OPT_INT(struct storage_in, volumes_most, "MaxVolumes",
              "The most volumes to show; all unless you say.", .min = 1, .max = INT32_MAX),
};

static const struct shape storage_in_shape =
    SHAPE("DescribeStorageRequest", struct storage_in, storage_in_fields);

static const struct field storage_out_fields[] = {
    F_LIST(struct storage_out, volumes, struct stored_volume, &stored_volume_shape, "Volumes",
           "Your volumes in this Region."),
    F_INT(struct storage_out, total_volumes, "TotalVolumes",
          "How many volumes you have in this Region, also those not shown."),
    F_LIST(struct storage_out, snapshots, struct stored_snapshot, &stored_snapshot_shape,
           "Snapshots", "Your snapshots in this Region, oldest first."),
    F_INT(struct storage_out, total_bytes, "TotalStoredBytes",
          "What all your snapshots here store together, shared blocks counted once."),
    F_INT(struct storage_out, block_bytes, "BlockBytes", "The size of a block."),
    F_INT(struct storage_out, stretch, "MergedWithin",
          "Short runs within that many blocks are shown as one; 1: nothing was merged."),
};

static const struct shape storage_out_shape =
    SHAPE("DescribeStorageResult", struct storage_out, storage_out_fields);

/* ---- runs ---- */

/* Walks a map's runs as they are shown when short ones merge within a stretch. */
struct walk {
    const struct blocks *blocks;
    uint64_t map;
    uint64_t stretch;
    struct block_run next;  /* whole, and not yet shown; count 0: there is none */
    struct block_run ahead; /* read, and not yet part of `next`; count 0: there is none */
};

static void walk_read(struct walk *walk)
{
    if (walk->ahead.count != 0 && !blocks_next_run(walk->blocks, walk->map, &walk->ahead))
        walk->ahead.count = 0;
}

/* Moves on to the next whole run: the store cuts runs where its leaves end. */
static void walk_join(struct walk *walk)
{
    walk->next = walk->ahead;
    walk_read(walk);
    while (walk->ahead.count != 0 && walk->ahead.at == walk->next.at + walk->next.count &&
           walk->ahead.first == walk->next.first + walk->next.count) {
        walk->next.count += walk->ahead.count;
        walk_read(walk);
    }
}

static struct walk walk_begin(const struct blocks *blocks, uint64_t map, uint64_t stretch)
{
    struct walk walk = {.blocks = blocks, .map = map, .stretch = stretch};

    if (map == 0 || !blocks_next_run(blocks, map, &walk.ahead))
        walk.ahead.count = 0;
    walk_join(&walk);
    return walk;
}

static bool walk_next(struct walk *walk, struct run_view *run)
{
    uint64_t newest;
    uint64_t end;
    uint64_t place;

    if (walk->next.count == 0)
        return false;
    *run = (struct run_view){
        .at = (int64_t)walk->next.at,
        .count = (int64_t)walk->next.count,
        .first = (int64_t)walk->next.first,
    };
    place = walk->next.at / walk->stretch;
    end = walk->next.at + walk->next.count;
    newest = walk->next.first + walk->next.count - 1;
    walk_join(walk);
    if ((uint64_t)run->count >= walk->stretch)
        return true;
    while (walk->next.count != 0 && walk->next.count < walk->stretch &&
           walk->next.at / walk->stretch == place) {
        run->merged = true;
        end = walk->next.at + walk->next.count;
        if (walk->next.first + walk->next.count - 1 > newest)
            newest = walk->next.first + walk->next.count - 1;
        walk_join(walk);
    }
    if (run->merged) {
        run->count = (int64_t)end - run->at;
        run->first = (int64_t)newest;
    }
    return true;
}

static bool fits(const struct blocks *blocks, uint64_t map, uint64_t stretch, uint32_t most)
{
    struct walk walk = walk_begin(blocks, map, stretch);
    struct run_view run;
    uint32_t count = 0;

    while (count <= most && walk_next(&walk, &run))
        count++;
    return count <= most;
}

static void runs_fill(struct call *call, uint64_t map, uint64_t stretch, struct run_views *runs)
{
    struct walk walk = walk_begin(&call->world->blocks, map, stretch);
    struct run_view run;

    while (walk_next(&walk, &run))
        *LIST_PUSH_IN(&call->arena, runs) = run;
}

/* Cuts the runs of a volume where some of their blocks are there and some are not yet. */
static void runs_mark(struct call *call, const struct volume *volume, struct run_views *runs)
{
    struct run_views marked = {0};

    if (volume_absent_blocks(&call->world->volumes, volume) == 0)
        return;
    for (uint32_t i = 0; i < runs->count; i++) {
        struct run_view rest = runs->items[i];

        while (rest.count > 0) {
            uint64_t count = (uint64_t)rest.count;
            struct block_run run = {
                .at = (uint64_t)rest.at,
                .count = count,
                .first = (uint64_t)rest.first,
            };
            struct run_view *part = LIST_PUSH_IN(&call->arena, &marked);

            *part = rest;
            part->absent = volume_run_is_absent(&call->world->volumes, volume, &run, &count);
            part->count = (int64_t)count;
            rest.at += part->count;
            rest.first += rest.merged ? 0 : part->count;
            rest.count -= part->count;
        }
    }
    *runs = marked;
}

/* ---- DescribeStorage ---- */

static bool is_own_volume(const struct call *call, const struct volume *volume)
{
    return volume->account == call->account && volume_region(volume) == call->region;
}

static bool is_own_snapshot(const struct call *call, const struct snapshot *snapshot)
{
    return snapshot->account == call->account && snapshot->region == call->region;
}

/*
 * The stretch within which short runs merge: the smallest power of two that lets every disk keep to
 * the limit.  One for all, so that equal blocks look equal on each of them.
 */
static uint64_t stretch_find(const struct call *call, uint32_t most)
{
    const struct world *world = call->world;
    uint64_t stretch = 1;

    for (uint32_t i = 0; i < table_count(&world->volumes.table); i++) {
        const struct volume *volume = table_at(&world->volumes.table, i);

        while (is_own_volume(call, volume) && stretch < (uint64_t)1 << 40 &&
               !fits(&world->blocks, volume->map, stretch, most))
            stretch *= 2;
    }
    for (uint32_t i = 0; i < table_count(&world->snapshots.table); i++) {
        const struct snapshot *snapshot = table_at(&world->snapshots.table, i);

        while (is_own_snapshot(call, snapshot) && stretch < (uint64_t)1 << 40 &&
               !fits(&world->blocks, snapshot->map, stretch, most))
            stretch *= 2;
    }
    return stretch;
}

static void volume_add(struct call *call, const struct volume *volume, struct storage_out *out)
{
    struct stored_volume *view = LIST_PUSH_IN(&call->arena, &out->volumes);
    const struct volume_attachment *attachment =
        volume->attachments.count == 0 ? NULL : &volume->attachments.items[ATTACHED_FIRST];
    uint64_t used = blocks_used(&call->world->blocks, volume->map);
    struct volume_speed speed = volume_speed(&call->world->volumes, volume);

    *view = (struct stored_volume){
        .id = id_text(&call->arena, &kind_volume, volume->key),
        .name = tags_name(&volume->tags),
        .zone = catalog_zone_name(call->world->catalog, volume->zone),
        .size_gib = volume->size_gib,
        .state = volume_state_name(volume->state),
        .type = volume_type_name(volume->type),
        .snapshot =
            volume->snapshot == 0 ? NULL : id_text(&call->arena, &kind_snapshot, volume->snapshot),
        .used_blocks = (int64_t)used,
        .used_bytes = (int64_t)used * BLOCK_BYTES,
        .loaded_percent = volume_loaded_percent(&call->world->volumes, volume),
        .iops = speed.steady_iops,
        .mibs = (int64_t)(speed.steady_kib / 1024),
    };
    if (speed.credits_max != 0)
        view->burst_percent = OPT_INT((int64_t)(
            volume_credits(&call->world->volumes, volume) / (speed.credits_max / 100)));
    if (attachment != NULL) {
        const struct instance *instance =
            instance_any(&call->world->instances, attachment->instance);

        view->instance_name = instance == NULL ? NULL : tags_find(&instance->tags, "Name");
        view->instance = id_text(&call->arena, &kind_instance, attachment->instance);
        view->device = attachment->device;
    }
    runs_fill(call, volume->map, (uint64_t)out->stretch, &view->runs);
    runs_mark(call, volume, &view->runs);
}

/* Images whose disks begin with that snapshot. */
static void images_of(struct call *call, uint64_t snapshot, struct strings *images)
{
    const struct table *table = &call->world->images.table;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct image *image = table_at(table, i);

        if (image->account != call->account)
            continue;
        for (uint32_t k = 0; k < image->mappings.count; k++) {
            if (image->mappings.items[k].snapshot == snapshot) {
                *LIST_PUSH_IN(&call->arena, images) =
                    id_text(&call->arena, &kind_image, image->key);
                break;
            }
        }
    }
}

static void snapshot_add(struct call *call, const struct snapshot *snapshot, int64_t stored_bytes,
                         struct storage_out *out)
{
    struct stored_snapshot *view = LIST_PUSH_IN(&call->arena, &out->snapshots);

    *view = (struct stored_snapshot){
        .id = id_text(&call->arena, &kind_snapshot, snapshot->key),
        .name = tags_name(&snapshot->tags),
        .description = snapshot->description == NULL ? "" : snapshot->description,
        .volume =
            snapshot->volume == 0 ? NULL : id_text(&call->arena, &kind_volume, snapshot->volume),
        .state = snapshot->doomed ? "deleting" : snapshot_state_name(snapshot->state),
        .progress = snapshot_progress(snapshot),
        .started = snapshot->started,
        .size_gib = snapshot->size_gib,
        .referenced_bytes = (int64_t)snapshot_referenced_bytes(&call->world->snapshots, snapshot),
        .stored_bytes = stored_bytes,
    };
    images_of(call, snapshot->key, &view->images);
    runs_fill(call, snapshot->map, (uint64_t)out->stretch, &view->runs);
}

static int describe_storage(struct call *call, const void *input, void *output)
{
    const struct storage_in *in = input;
    struct storage_out *out = output;
    const struct world *world = call->world;
    struct snapshot_shares shares = {0};

    out->block_bytes = BLOCK_BYTES;
    out->stretch =
        (int64_t)stretch_find(call, in->runs_most.set ? (uint32_t)in->runs_most.value : RUNS_MOST);
    for (uint32_t i = 0; i < table_count(&world->volumes.table); i++) {
        const struct volume *volume = table_at(&world->volumes.table, i);

        if (is_own_volume(call, volume) &&
            out->total_volumes++ < (in->volumes_most.set ? in->volumes_most.value : INT32_MAX))
            volume_add(call, volume, out);
    }
    snapshots_measure(&world->snapshots, call->account, call->region, &shares);
    for (uint32_t i = 0; i < shares.items.count; i++) {
        int64_t stored_bytes = (int64_t)shares.items.items[i].stored_bytes;

        out->total_bytes += stored_bytes;
        snapshot_add(call, table_get(&world->snapshots.table, shares.items.items[i].snapshot),
                     stored_bytes, out);
    }
    LIST_RELEASE(&shares.items);
    return 0;
}

const struct op op_lab_describe_storage = {
    .name = "DescribeStorage",
    .doc = "Shows the blocks of your volumes and snapshots, which are shared, and who pays.",
    .example = "lab describe-storage --query 'Volumes[].[VolumeId,UsedBytes]' --output text",
    .needs = "aws ec2 create-volume --availability-zone us-east-1a --size 10",
    .in = &storage_in_shape,
    .out = &storage_out_shape,
    .run = describe_storage,
};
