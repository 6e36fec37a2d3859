/*
 * api/ec2_snapshot.c - create-snapshot, describe-snapshots, delete-snapshot.
 *
 * True to the EC2 API reference and to recorded answers.  How much a snapshot adds to what is
 * stored is nowhere in AWS's answer, and so not here: `lab describe-storage` shows it.  Left out:
 * archives, Outposts.
 */
#include "api/ec2_owners.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/snapshot.h"
#include "sim/clock.h"

enum { DESCRIPTION_MOST = 255 };

static const char *const tagged_kinds[] = {"snapshot", NULL};

/* ---- what a snapshot looks like ---- */

struct snapshot_view {
    const char *alias;
    struct tag_views tags;
    const char *tier;
    int64_t completed;
    struct opt_int full_bytes;
    const char *id;
    const char *volume;
    const char *state;
    int64_t started;
    const char *progress;
    const char *owner;
    const char *description;
    int64_t size_gib;
    bool encrypted;
};

/* What both shapes below end with, in AWS's order. */
#define SNAPSHOT_FIELDS \
    F_STRING(struct snapshot_view, id, "SnapshotId", "The id of the snapshot.", \
             .flags = FIELD_COLUMN, .ref = &kind_snapshot), \
        F_STRING(struct snapshot_view, volume, "VolumeId", \
                 "The volume that it was made of; it may be gone.", .flags = FIELD_COLUMN, \
                 .ref = &kind_volume), \
        F_STRING(struct snapshot_view, state, "State", \
                 "pending while its blocks are copied, then completed.", .flags = FIELD_COLUMN, \
                 .words = snapshot_state_words), \
        F_TIME(struct snapshot_view, started, "StartTime", \
               "The moment whose data it holds.", .flags = FIELD_COLUMN), \
        F_STRING(struct snapshot_view, progress, "Progress", "How much is copied: \"62%\".", \
                 .flags = FIELD_COLUMN), \
        F_STRING(struct snapshot_view, owner, "OwnerId", "The account that it belongs to.", \
                 .ref = &kind_account), \
        F_STRING(struct snapshot_view, description, "Description", "What its maker says of it."), \
        F_INT(struct snapshot_view, size_gib, "VolumeSize", "The size of its volume in GiB.", \
              .flags = FIELD_COLUMN), \
        F_BOOL(struct snapshot_view, encrypted, "Encrypted", "Whether its blocks are encrypted.")

static const struct field new_snapshot_fields[] = {
    F_TAGS_SHOWN(struct snapshot_view, tags),
    SNAPSHOT_FIELDS,
};

static const struct shape new_snapshot_shape =
    SHAPE("Snapshot", struct snapshot_view, new_snapshot_fields);

static const struct field snapshot_fields[] = {
    F_STRING(struct snapshot_view, alias, "OwnerAlias", "amazon, where AWS gives it to everybody."),
    F_TAGS(struct snapshot_view, tags),
    F_STRING(struct snapshot_view, tier, "StorageTier", "Where it is kept: standard."),
    F_TIME(struct snapshot_view, completed, "CompletionTime", "When all was copied."),
    F_OPT_INT(struct snapshot_view, full_bytes, "FullSnapshotSizeInBytes",
              "All that was written on the volume: not what this snapshot adds."),
    SNAPSHOT_FIELDS,
};

static const struct shape snapshot_view_shape =
    SHAPE("Snapshot", struct snapshot_view, snapshot_fields);

/* "amazon" when the image that it belongs to has that alias. */
static const char *owner_alias(const struct call *call, const struct snapshot *snapshot)
{
    const struct catalog *catalog = call->world->catalog;

    if (snapshot->source == 0 || snapshot->source > catalog->image_count ||
        catalog->images[snapshot->source - 1].owner_alias[0] == '\0')
        return NULL;
    return catalog->images[snapshot->source - 1].owner_alias;
}

static struct snapshot_view snapshot_see(struct call *call, const struct snapshot *snapshot)
{
    const struct snapshots *snapshots = &call->world->snapshots;
    struct snapshot_view view = {
        .alias = owner_alias(call, snapshot),
        .tier = "standard",
        .completed = WHOLE_MILLISECOND(snapshot->completed),
        .id = id_text(&call->arena, &kind_snapshot, snapshot->key),
        /* What AWS says of a snapshot that was not made of a volume of yours. */
        .volume = snapshot->volume == 0
                      ? "vol-ffffffff"
                      : id_text(&call->arena, &kind_volume, snapshot->volume),
        .state = snapshot_state_name(snapshot->state),
        .started = WHOLE_MILLISECOND(snapshot->started),
        .progress = arena_printf(&call->arena, "%" PRIu32 "%%", snapshot_progress(snapshot)),
        .owner = account_text(&call->arena, snapshot->account),
        .description = snapshot->description == NULL ? "" : snapshot->description,
        .size_gib = snapshot->size_gib,
        .encrypted = snapshot->encrypted,
    };

    if (snapshot->account == call->account)
        view.full_bytes = OPT_INT((int64_t)snapshot_referenced_bytes(snapshots, snapshot));
    tag_views_fill(call, &view.tags, &snapshot->tags);
    return view;
}

/* ---- CreateSnapshot ---- */

struct create_snapshot_in {
    const char *description;
    const char *volume;
    struct tag_specifications tags;
    bool dry_run;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_snapshot_in, description, "Description",
             "What people should know of it.", .max = DESCRIPTION_MOST),
    F_STRING(struct create_snapshot_in, volume, "VolumeId",
             "The volume; it may be in use, and go on changing.", .flags = FIELD_REQUIRED,
             .ref = &kind_volume),
    F_TAG_SPECIFICATIONS(struct create_snapshot_in, tags),
    F_DRY_RUN(struct create_snapshot_in, dry_run),
};

static const struct shape create_in_shape =
    SHAPE("CreateSnapshotRequest", struct create_snapshot_in, create_in_fields);

static int create_snapshot(struct call *call, const void *input, void *output)
{
    const struct create_snapshot_in *in = input;
    const struct volume *volume = id_find(call, &id_words_volume, in->volume);
    struct snapshot_view *view = output;
    struct snapshot *snapshot;

    if (volume == NULL || ec2_volume_reachable(call, volume) != 0 ||
        tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    snapshot = snapshot_create(&call->world->snapshots,
                               (struct snapshot_new){
                                   .account = call->account,
                                   .volume = volume->key,
                                   .description = in->description,
                               },
                               &call->fault);
    if (snapshot == NULL)
        return -1;
    tags_copy(&snapshot->tags, tag_specifications_of(&call->arena, &in->tags, "snapshot"));
    *view = snapshot_see(call, snapshot);
    view->progress = ""; /* as AWS has it in this first answer */
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_volume_unreachable,
    &fault_snapshot_volume,
    &fault_snapshot_limit,
    NULL,
};

const struct op op_create_snapshot = {
    .name = "CreateSnapshot",
    .doc = "Keeps what a volume holds now; the volume may go on changing.",
    .example = "aws ec2 create-snapshot --volume-id $VOL --description 'before the update'",
    .needs = EC2_EXAMPLE_VOLUME,
    .in = &create_in_shape,
    .out = &new_snapshot_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_snapshot,
};

/* ---- DescribeSnapshots ---- */

struct describe_snapshots_in {
    struct opt_int max_results;
    const char *next_token;
    struct strings owners;
    struct strings users;
    struct strings ids;
    bool dry_run;
    struct filters filters;
};

struct describe_snapshots_out {
    const char *next_token;
    LIST(struct snapshot_view) snapshots;
};

static const struct field describe_in_fields[] = {
    F_MAX_RESULTS(struct describe_snapshots_in, max_results, 0),
    F_NEXT_TOKEN(struct describe_snapshots_in, next_token),
    F_STRINGS(struct describe_snapshots_in, owners, "OwnerIds",
              "Only those of these owners: self, amazon, or an account's number."),
    F_STRINGS(struct describe_snapshots_in, users, "RestorableByUserIds",
              "Only those that these may make volumes of: self, all, or an account's number."),
    F_STRINGS(struct describe_snapshots_in, ids, "SnapshotIds", "Only these snapshots.",
              .ref = &kind_snapshot),
    F_DRY_RUN(struct describe_snapshots_in, dry_run),
    F_FILTERS(struct describe_snapshots_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeSnapshotsRequest", struct describe_snapshots_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_snapshots_out, next_token),
    F_LIST(struct describe_snapshots_out, snapshots, struct snapshot_view, &snapshot_view_shape,
           "Snapshots", "The snapshots."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeSnapshotsResult", struct describe_snapshots_out, describe_out_fields);

static const struct filter_name snapshot_filters[] = {
    {"description", "Description"},
    {"encrypted", "Encrypted"},
    {"owner-alias", "OwnerAlias"},
    {"owner-id", "OwnerId"},
    {"progress", "Progress"},
    {"snapshot-id", "SnapshotId"},
    {"start-time", "StartTime"},
    {"status", "State"},
    {"storage-tier", "StorageTier"},
    {"volume-id", "VolumeId"},
    {"volume-size", "VolumeSize"},
    /* What nothing here has: they match none. */
    {"transfer-type", ""},
    {0},
};

/* May one of those users make volumes of it, by its permissions?  No words at all: no matter. */
static bool restorable(const struct call *call, const struct strings *users,
                       const struct snapshot *snapshot)
{
    for (uint32_t i = 0; i < users->count; i++) {
        const char *user = users->items[i];

        if (str_equal(user, "all") ? snapshot->is_public
            : str_equal(user, "self")
                ? snapshot->account == call->account || !snapshot->is_public
                : snapshot_is_visible(snapshot, strtoull(user, NULL, 10)) && !snapshot->is_public)
            return true;
    }
    return users->count == 0;
}

static void snapshot_list(struct call *call, const struct describe_snapshots_in *in,
                          const struct snapshot *snapshot, struct describe_snapshots_out *out)
{
    struct snapshot_view view;

    if (!ec2_owner_wanted(call, &in->owners, snapshot->account, owner_alias(call, snapshot)) ||
        !restorable(call, &in->users, snapshot))
        return;
    view = snapshot_see(call, snapshot);
    if (filter_pass(call->op, &in->filters, &snapshot_view_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->snapshots) = view;
}

static int describe_snapshots(struct call *call, const void *input, void *output)
{
    const struct describe_snapshots_in *in = input;
    struct describe_snapshots_out *out = output;
    const struct table *table = &call->world->snapshots.table;
    struct found found;
    struct page page;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "snapshotSet");
    if (ec2_owners_check(call, &in->owners) != 0 ||
        ids_find(call, &id_words_snapshot, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        snapshot_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct snapshot *snapshot = table_at(table, i);

        if (snapshot_find(&call->world->snapshots, call->account, call->region, snapshot->key) !=
                NULL &&
            ec2_shows(call, snapshot->key))
            snapshot_list(call, in, snapshot, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->snapshots.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->snapshots, page);
    out->next_token = page.next;
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_ids_and_limit,
    &fault_owner_malformed,
    NULL,
};

static const struct paging describe_paging = EC2_PAGING("Snapshots");

const struct op op_describe_snapshots = {
    .name = "DescribeSnapshots",
    .doc = "Lists snapshots: yours, and those that everybody may use.",
    .example = "aws ec2 describe-snapshots --owner-ids self",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = snapshot_filters,
    .run = describe_snapshots,
};

/* ---- DeleteSnapshot ---- */

struct delete_snapshot_in {
    const char *id;
    bool dry_run;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_snapshot_in, id, "SnapshotId",
             "The snapshot; no image may need it.", .flags = FIELD_REQUIRED, .ref = &kind_snapshot),
    F_DRY_RUN(struct delete_snapshot_in, dry_run),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteSnapshotRequest", struct delete_snapshot_in, delete_in_fields);

static int delete_snapshot(struct call *call, const void *input, void *output)
{
    const struct delete_snapshot_in *in = input;
    const struct snapshot *snapshot = id_find(call, &id_words_snapshot, in->id);

    (void)output;
    if (snapshot == NULL)
        return -1;
    return snapshot_delete(&call->world->snapshots, call->account, snapshot->key, &call->fault);
}

static const struct fault_kind *const delete_faults[] = {
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_in_use,
    &fault_snapshot_foreign,
    NULL,
};

const struct op op_delete_snapshot = {
    .name = "DeleteSnapshot",
    .doc = "Deletes a snapshot; blocks that others share stay with them, and so does the volume.",
    .example = "aws ec2 delete-snapshot --snapshot-id $SNAP",
    .needs = EC2_EXAMPLE_VOLUME
             "\nSNAP=$(aws ec2 create-snapshot --volume-id $VOL --query SnapshotId --output text)",
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_snapshot,
};
