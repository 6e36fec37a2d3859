/*
 * api/ec2_snapshot_copy.c - copy-snapshot, create-snapshots.
 *
 * True to the EC2 API reference and to recorded answers.  The copy comes into the Region that the
 * call is made in.  Left out: keys of one's own, copies with a time limit, Outposts.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/snapshot.h"
#include "sim/clock.h"

enum { DESCRIPTION_MOST = 255 };

static const char *const tagged_kinds[] = {"snapshot", NULL};

/* ---- CopySnapshot ---- */

struct copy_in {
    const char *description;
    bool encrypted;
    const char *region;
    const char *id;
    struct tag_specifications tags;
    bool dry_run;
};

struct copy_out {
    struct tag_views tags;
    const char *id;
};

static const struct field copy_in_fields[] = {
    F_STRING(struct copy_in, description, "Description", "What people should know of the copy.",
             .max = DESCRIPTION_MOST),
    F_BOOL(struct copy_in, encrypted, "Encrypted",
           "Encrypts the copy; that of an encrypted one always is.", .wire = "encrypted"),
    F_STRING(struct copy_in, region, "SourceRegion", "The Region that the snapshot lies in.",
             .flags = FIELD_REQUIRED, .ref = &kind_region),
    F_STRING(struct copy_in, id, "SourceSnapshotId", "The snapshot.", .flags = FIELD_REQUIRED,
             .ref = &kind_snapshot),
    F_TAG_SPECIFICATIONS(struct copy_in, tags),
    F_BOOL(struct copy_in, dry_run, "DryRun",
           "Checks whether you could do this, and does nothing.", .wire = "dryRun"),
};

static const struct shape copy_in_shape =
    SHAPE("CopySnapshotRequest", struct copy_in, copy_in_fields);

static const struct field copy_out_fields[] = {
    F_TAGS(struct copy_out, tags),
    F_STRING(struct copy_out, id, "SnapshotId", "The id of the copy.", .ref = &kind_snapshot),
};

static const struct shape copy_out_shape =
    SHAPE("CopySnapshotResult", struct copy_out, copy_out_fields);

static int copy_snapshot(struct call *call, const void *input, void *output)
{
    const struct copy_in *in = input;
    struct copy_out *out = output;
    struct snapshots *snapshots = &call->world->snapshots;
    struct snapshot *made;
    uint8_t region = 0;
    uint64_t id = 0;

    if (ec2_source_region(call, in->region, &region) != 0)
        return -1;
    if (!id_parse(&kind_snapshot, in->id, &id))
        return call_fault(call, &fault_snapshot_malformed, in->id);
    if (snapshot_find(snapshots, call->account, region, id) == NULL)
        return call_fault(call, &fault_snapshot_not_found, in->id);
    if (tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    made = snapshot_copy(snapshots,
                         &(struct snapshot_copy){
                             .account = call->account,
                             .source = id,
                             .region = call->region,
                             .encrypted = in->encrypted,
                             .description = in->description,
                             .from = in->region,
                         },
                         &call->fault);
    if (made == NULL)
        return -1;
    tags_copy(&made->tags, tag_specifications_of(&call->arena, &in->tags, "snapshot"));
    tag_views_fill(call, &out->tags, &made->tags);
    out->id = id_text(&call->arena, &kind_snapshot, made->key);
    return 0;
}

static const struct fault_kind *const copy_faults[] = {
    &fault_source_region,
    &fault_source_region_lost,
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_pending,
    &fault_snapshot_copies,
    NULL,
};

const struct op op_copy_snapshot = {
    .name = "CopySnapshot",
    .doc = "Copies a snapshot into this Region, from another one or from this.",
    .example = "aws ec2 copy-snapshot --source-region us-east-1 --source-snapshot-id $SNAP "
               "--region us-west-2",
    .needs = EC2_EXAMPLE_VOLUME
    "\nSNAP=$(aws ec2 create-snapshot --volume-id $VOL --query SnapshotId --output text)\n"
    "aws ec2 wait snapshot-completed --snapshot-ids $SNAP",
    .in = &copy_in_shape,
    .out = &copy_out_shape,
    .faults = copy_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = copy_snapshot,
};

/* ---- CreateSnapshots ---- */

struct instance_specification {
    const char *instance;
    bool without_boot;
    struct strings without;
};

struct create_in {
    const char *description;
    struct instance_specification *of;
    struct tag_specifications tags;
    bool dry_run;
    const char *copy_tags;
};

struct info_view {
    const char *description;
    struct tag_views tags;
    bool encrypted;
    const char *volume;
    const char *state;
    int64_t size_gib;
    int64_t started;
    const char *progress;
    const char *owner;
    const char *id;
};

struct create_out {
    LIST(struct info_view) snapshots;
};

static const char *const copy_tags_words[] = {"volume", NULL};

static const struct fault_kind fault_none = {
    .code = "InvalidParameterValue",
    .text = "The instance '{}' has no volume that is to be in a snapshot.",
    .hint = "`aws ec2 describe-volumes --filters Name=attachment.instance-id,Values=ID` lists "
            "them; do not exclude them all.",
};

static const struct fault_kind fault_boot_excluded = {
    .code = "InvalidParameterCombination",
    .text = "The volume '{}' is the root volume: use ExcludeBootVolume to leave it out.",
    .hint = "ExcludeDataVolumeIds names data volumes only.",
};

static const struct field specification_fields[] = {
    F_STRING(struct instance_specification, instance, "InstanceId",
             "The instance whose volumes are kept, all at one moment.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_BOOL(struct instance_specification, without_boot, "ExcludeBootVolume",
           "Leaves out its root volume."),
    F_STRINGS(struct instance_specification, without, "ExcludeDataVolumeIds",
              "Leaves out these volumes.", .ref = &kind_volume),
};

static const struct shape specification_shape =
    SHAPE("InstanceSpecification", struct instance_specification, specification_fields);

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, description, "Description", "What people should know of them.",
             .max = DESCRIPTION_MOST),
    F_STRUCT(struct create_in, of, struct instance_specification, &specification_shape,
             "InstanceSpecification", "Which instance, and which of its volumes not.",
             .flags = FIELD_REQUIRED),
    F_TAG_SPECIFICATIONS(struct create_in, tags),
    F_DRY_RUN(struct create_in, dry_run),
    F_STRING(struct create_in, copy_tags, "CopyTagsFromSource",
             "volume: each snapshot gets its volume's tags too.", .words = copy_tags_words),
};

static const struct shape create_in_shape =
    SHAPE("CreateSnapshotsRequest", struct create_in, create_in_fields);

static const struct field info_fields[] = {
    F_STRING(struct info_view, description, "Description", "What its maker says of it."),
    F_TAGS_SHOWN(struct info_view, tags),
    F_BOOL(struct info_view, encrypted, "Encrypted", "Whether its blocks are encrypted."),
    F_STRING(struct info_view, volume, "VolumeId", "The volume.", .ref = &kind_volume),
    F_STRING(struct info_view, state, "State", "pending.", .words = snapshot_state_words),
    F_INT(struct info_view, size_gib, "VolumeSize", "The size of its volume in GiB."),
    F_TIME(struct info_view, started, "StartTime", "The moment whose data they hold."),
    F_STRING(struct info_view, progress, "Progress", "How much is copied."),
    F_STRING(struct info_view, owner, "OwnerId", "The account that it belongs to.",
             .ref = &kind_account),
    F_STRING(struct info_view, id, "SnapshotId", "The id of the snapshot.",
             .ref = &kind_snapshot),
};

static const struct shape info_shape = SHAPE("SnapshotInfo", struct info_view, info_fields);

static const struct field create_out_fields[] = {
    F_LIST(struct create_out, snapshots, struct info_view, &info_shape, "Snapshots",
           "A snapshot of each volume."),
};

static const struct shape create_out_shape =
    SHAPE("CreateSnapshotsResult", struct create_out, create_out_fields);

struct volume_list {
    struct volume **items;
    uint32_t count;
    uint32_t size;
};

static bool is_among(const struct found *found, const struct volume *volume)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->items[i] == volume)
            return true;
    }
    return false;
}

/* The volumes that are to be in snapshots, each of which may have one more.  0, or -1. */
static int gather(struct call *call, const struct create_in *in, const struct instance *instance,
                  struct volume_list *wanted)
{
    struct volumes *volumes = &call->world->volumes;
    const struct volume *root =
        volume_at_device(volumes, instance->id, instance->root_device);
    struct found without;
    uint32_t count;
    const int64_t *ids = volumes_of(volumes, instance->id, &count);

    if (ids_find(call, &id_words_volume, &in->of->without, &without) != 0)
        return -1;
    if (root != NULL && is_among(&without, root))
        return call_fault(call, &fault_boot_excluded,
                          id_text(&call->arena, &kind_volume, root->key));
    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&volumes->table, (uint64_t)ids[i]);

        if ((volume == root && in->of->without_boot) || is_among(&without, volume))
            continue;
        if (ec2_volume_reachable(call, volume) != 0 ||
            !snapshot_may_begin(&call->world->snapshots, volume, &call->fault))
            return -1;
        *LIST_PUSH_IN(&call->arena, wanted) = volume;
    }
    return wanted->count > 0 ? 0 : call_fault(call, &fault_none, in->of->instance);
}

static struct info_view info_see(struct call *call, const struct snapshot *snapshot)
{
    struct info_view view = {
        .description = snapshot->description,
        .encrypted = snapshot->encrypted,
        .volume = id_text(&call->arena, &kind_volume, snapshot->volume),
        .state = snapshot_state_name(snapshot->state),
        .size_gib = snapshot->size_gib,
        .started = WHOLE_MILLISECOND(snapshot->started),
        .progress = "", /* as AWS has it in this first answer */
        .owner = account_text(&call->arena, snapshot->account),
        .id = id_text(&call->arena, &kind_snapshot, snapshot->key),
    };

    tag_views_fill(call, &view.tags, &snapshot->tags);
    return view;
}

static int create_snapshots(struct call *call, const void *input, void *output)
{
    const struct create_in *in = input;
    struct create_out *out = output;
    const struct instance *instance = id_find(call, &id_words_instance, in->of->instance);
    const struct tags *tags;
    struct volume_list wanted = {0};

    if (instance == NULL || tag_specifications_check(call, &in->tags, tagged_kinds) != 0 ||
        gather(call, in, instance, &wanted) != 0)
        return -1;
    tags = tag_specifications_of(&call->arena, &in->tags, "snapshot");
    for (uint32_t i = 0; i < wanted.count; i++) {
        struct snapshot *snapshot = snapshot_create(&call->world->snapshots,
                                                    (struct snapshot_new){
                                                        .account = call->account,
                                                        .volume = wanted.items[i]->key,
                                                        .description = in->description,
                                                    },
                                                    &call->fault);

        if (snapshot == NULL)
            return -1;
        if (in->copy_tags != NULL)
            tags_copy(&snapshot->tags, &wanted.items[i]->tags);
        tags_copy(&snapshot->tags, tags);
        *LIST_PUSH_IN(&call->arena, &out->snapshots) = info_see(call, snapshot);
    }
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_instance_malformed, &fault_instance_not_found, &fault_volume_malformed,
    &fault_volume_missing,     &fault_boot_excluded,      &fault_none,
    &fault_snapshot_limit,     &fault_volume_unreachable, NULL,
};

const struct op op_create_snapshots = {
    .name = "CreateSnapshots",
    .doc = "Keeps what all volumes of an instance hold, at one and the same moment.",
    .example = "aws ec2 create-snapshots --instance-specification InstanceId=$I",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_snapshots,
};
