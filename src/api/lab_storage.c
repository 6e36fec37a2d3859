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

enum { RUNS_MOST = 200, RUNS_LIMIT = 100000, MIB_BLOCKS = 2, ATTACHED_FIRST = 0 };

/* ---- shapes ---- */

struct run_view {
    int64_t at;
    int64_t count;
    int64_t first;
    bool merged;
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
    };
    if (attachment != NULL) {
        const struct instance *instance =
            instance_any(&call->world->instances, attachment->instance);

        view->instance_name = instance == NULL ? NULL : tags_find(&instance->tags, "Name");
        view->instance = id_text(&call->arena, &kind_instance, attachment->instance);
        view->device = attachment->device;
    }
    runs_fill(call, volume->map, (uint64_t)out->stretch, &view->runs);
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

/* ---- WriteVolume ---- */

struct write_in {
    const char *volume;
    int64_t offset_mib;
    int64_t size_mib;
};

struct write_out {
    int64_t used_bytes;
};

static const struct fault_kind fault_volume_form = {
    .code = "InvalidVolumeID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"vol-...\")",
    .hint = "`lab describe-storage` lists your volumes.",
};

static const struct fault_kind fault_outside = {
    .code = "InvalidParameterValue",
    .text = "The volume {} ends before that: it has {} MiB.",
    .hint = "OffsetMiB counts from 0, SizeMiB is at least 1, and both together lie on the volume.",
};

static const struct fault_kind fault_not_there = {
    .code = "IncorrectState",
    .text = "Volume '{}' is in the '{}' state.",
    .hint = "A volume that is available or in use can be written.",
};

static const struct field write_in_fields[] = {
    F_STRING(struct write_in, volume, "VolumeId", "The volume, attached or not.",
             .flags = FIELD_REQUIRED, .ref = &kind_volume),
    F_INT(struct write_in, offset_mib, "OffsetMiB", "Where the new data begins, in MiB.",
          .cli = "offset-mib"),
    F_INT(struct write_in, size_mib, "SizeMiB", "How much new data there is, in MiB.",
          .flags = FIELD_REQUIRED, .cli = "size-mib"),
};

static const struct shape write_in_shape =
    SHAPE("WriteVolumeRequest", struct write_in, write_in_fields);

static const struct field write_out_fields[] = {
    F_INT(struct write_out, used_bytes, "UsedBytes", "What was ever written on the volume."),
};

static const struct shape write_out_shape =
    SHAPE("WriteVolumeResult", struct write_out, write_out_fields);

static int write_volume(struct call *call, const void *input, void *output)
{
    const struct write_in *in = input;
    struct write_out *out = output;
    struct volumes *volumes = &call->world->volumes;
    struct volume *volume;
    int64_t size_mib;
    uint64_t id;

    if (!id_parse(&kind_volume, in->volume, &id))
        return call_fault(call, &fault_volume_form, in->volume);
    volume = volume_find(volumes, call->account, call->region, id);
    if (volume == NULL)
        return volume_not_found(id, &call->fault);
    size_mib = (int64_t)volume->size_gib * 1024;
    if (in->offset_mib < 0 || in->size_mib < 1 || in->offset_mib > size_mib ||
        in->size_mib > size_mib - in->offset_mib)
        return call_fault(call, &fault_outside, in->volume,
                          arena_printf(&call->arena, "%lld", (long long)size_mib));
    if (volume->state != VOLUME_AVAILABLE && volume->state != VOLUME_IN_USE)
        return call_fault(call, &fault_not_there, in->volume, volume_state_name(volume->state));
    volume_touch(volumes, volume, (uint64_t)in->offset_mib * MIB_BLOCKS,
                 (uint64_t)in->size_mib * MIB_BLOCKS);
    out->used_bytes = (int64_t)blocks_used(&call->world->blocks, volume->map) * BLOCK_BYTES;
    return 0;
}

static const struct fault_kind *const write_faults[] = {
    &fault_volume_form,
    &fault_outside,
    &fault_not_there,
    NULL,
};

const struct op op_lab_write_volume = {
    .name = "WriteVolume",
    .doc = "Writes new data on a volume at once, as a program in a guest would.",
    .example = "lab write-volume --volume-id $VOL --offset-mib 0 --size-mib 1024",
    .needs = "VOL=$(aws ec2 create-volume --availability-zone us-east-1a --size 10 --query "
             "VolumeId --output text)\naws ec2 wait volume-available --volume-ids $VOL",
    .in = &write_in_shape,
    .out = &write_out_shape,
    .faults = write_faults,
    .flags = OP_WRITE,
    .run = write_volume,
};
