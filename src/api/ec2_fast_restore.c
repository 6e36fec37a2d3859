/*
 * api/ec2_fast_restore.c - enable-, describe-, disable-fast-snapshot-restores.
 *
 * True to the EC2 API reference.  What could not be done for one snapshot in one zone is told
 * beside what could; here that is only ending what was never begun.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/snapshot.h"
#include "sim/clock.h"

struct restore_view {
    const char *snapshot;
    const char *zone;
    const char *zone_id;
    const char *state;
    const char *reason;
    const char *owner;
    int64_t enabling;
    int64_t optimizing;
    int64_t enabled;
    int64_t disabling;
    int64_t disabled;
};

static const struct field restore_fields[] = {
    F_STRING(struct restore_view, snapshot, "SnapshotId", "The snapshot.", .flags = FIELD_COLUMN,
             .ref = &kind_snapshot),
    F_STRING(struct restore_view, zone, "AvailabilityZone", "The zone in which it is meant.",
             .flags = FIELD_COLUMN, .ref = &kind_zone),
    F_STRING(struct restore_view, zone_id, "AvailabilityZoneId", "The id of that zone."),
    F_STRING(struct restore_view, state, "State",
             "enabling, optimizing, enabled (volumes come with all their blocks), disabling or "
             "disabled.",
             .flags = FIELD_COLUMN, .words = fast_restore_state_words),
    F_STRING(struct restore_view, reason, "StateTransitionReason", "How it came into that state."),
    F_STRING(struct restore_view, owner, "OwnerId", "The account that the snapshot belongs to.",
             .ref = &kind_account),
    F_TIME(struct restore_view, enabling, "EnablingTime", "When it was asked for."),
    F_TIME(struct restore_view, optimizing, "OptimizingTime", "When it began to fetch blocks."),
    F_TIME(struct restore_view, enabled, "EnabledTime", "When it was ready."),
    F_TIME(struct restore_view, disabling, "DisablingTime", "When its end was asked for."),
    F_TIME(struct restore_view, disabled, "DisabledTime", "When it had ended."),
};

static const struct shape success_shape =
    SHAPE("EnableFastSnapshotRestoreSuccessItem", struct restore_view, restore_fields);
static const struct shape ended_shape =
    SHAPE("DisableFastSnapshotRestoreSuccessItem", struct restore_view, restore_fields);
static const struct shape described_shape =
    SHAPE("DescribeFastSnapshotRestoreSuccessItem", struct restore_view, restore_fields);

static struct restore_view restore_see(struct call *call, const struct fast_restore *restore)
{
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, restore->zone);
    const struct snapshot *snapshot =
        table_get(&call->world->snapshots.table, restore->snapshot);

    return (struct restore_view){
        .snapshot = id_text(&call->arena, &kind_snapshot, restore->snapshot),
        .zone = zone->name,
        .zone_id = zone->id,
        .state = fast_restore_state_name(restore->state),
        .reason = fast_restore_reason(restore->state),
        .owner = account_text(&call->arena, snapshot->account),
        .enabling = WHOLE_MILLISECOND(restore->enabling),
        .optimizing = WHOLE_MILLISECOND(restore->optimizing),
        .enabled = WHOLE_MILLISECOND(restore->enabled),
        .disabling = WHOLE_MILLISECOND(restore->disabling),
        .disabled = WHOLE_MILLISECOND(restore->disabled),
    };
}

/* ---- EnableFastSnapshotRestores, DisableFastSnapshotRestores ---- */

struct change_in {
    struct strings zones;
    struct strings zone_ids;
    struct strings snapshots;
    bool dry_run;
};

struct error_view {
    const char *code;
    const char *message;
};

struct zone_error_view {
    const char *zone;
    struct error_view error;
};

struct failure_view {
    const char *snapshot;
    LIST(struct zone_error_view) errors;
};

struct change_out {
    LIST(struct restore_view) done;
    LIST(struct failure_view) failed;
};

static const struct fault_kind fault_zone = {
    .code = "InvalidZone.NotFound",
    .text = "The zone '{}' does not exist.",
    .hint = "`aws ec2 describe-availability-zones` lists the zones of this Region.",
};

static const struct field change_in_fields[] = {
    F_STRINGS(struct change_in, zones, "AvailabilityZones", "The zones.", .ref = &kind_zone),
    F_STRINGS(struct change_in, zone_ids, "AvailabilityZoneIds",
              "The ids of zones (use1-az1), instead of their names."),
    F_STRINGS(struct change_in, snapshots, "SourceSnapshotIds", "The snapshots.",
              .flags = FIELD_REQUIRED, .ref = &kind_snapshot),
    F_DRY_RUN(struct change_in, dry_run),
};

static const struct shape enable_in_shape =
    SHAPE("EnableFastSnapshotRestoresRequest", struct change_in, change_in_fields);
static const struct shape disable_in_shape =
    SHAPE("DisableFastSnapshotRestoresRequest", struct change_in, change_in_fields);

static const struct field error_fields[] = {
    F_STRING(struct error_view, code, "Code", "Why not, in one word."),
    F_STRING(struct error_view, message, "Message", "Why not."),
};

static const struct shape error_shape =
    SHAPE("DisableFastSnapshotRestoreStateError", struct error_view, error_fields);

static const struct field zone_error_fields[] = {
    F_STRING(struct zone_error_view, zone, "AvailabilityZone", "The zone."),
    F_EMBED(struct zone_error_view, error, struct error_view, &error_shape, "Error", "Why not."),
};

static const struct shape zone_error_shape = SHAPE("DisableFastSnapshotRestoreStateErrorItem",
                                                   struct zone_error_view, zone_error_fields);

static const struct field failure_fields[] = {
    F_STRING(struct failure_view, snapshot, "SnapshotId", "The snapshot.", .ref = &kind_snapshot),
    F_LIST(struct failure_view, errors, struct zone_error_view, &zone_error_shape,
           "FastSnapshotRestoreStateErrors", "Zone by zone."),
};

static const struct shape failure_shape =
    SHAPE("DisableFastSnapshotRestoreErrorItem", struct failure_view, failure_fields);

static const struct field enable_out_fields[] = {
    F_LIST(struct change_out, done, struct restore_view, &success_shape, "Successful",
           "What was done."),
    F_LIST(struct change_out, failed, struct failure_view, &failure_shape, "Unsuccessful",
           "What was not."),
};

static const struct field disable_out_fields[] = {
    F_LIST(struct change_out, done, struct restore_view, &ended_shape, "Successful",
           "What was done."),
    F_LIST(struct change_out, failed, struct failure_view, &failure_shape, "Unsuccessful",
           "What was not: it was not enabled there."),
};

static const struct shape enable_out_shape =
    SHAPE("EnableFastSnapshotRestoresResult", struct change_out, enable_out_fields);
static const struct shape disable_out_shape =
    SHAPE("DisableFastSnapshotRestoresResult", struct change_out, disable_out_fields);

struct zone_list {
    uint8_t *items;
    uint32_t count;
    uint32_t size;
};

static int zones_add(struct call *call, const struct strings *names, struct zone_list *zones)
{
    for (uint32_t i = 0; i < names->count; i++) {
        int zone = catalog_zone_find(call->world->catalog, names->items[i]);

        if (zone < 0 || zone / ZONES_PER_REGION != call->region)
            return call_fault(call, &fault_zone, names->items[i]);
        *LIST_PUSH_IN(&call->arena, zones) = (uint8_t)zone;
    }
    return 0;
}

static void not_enabled(struct call *call, struct change_out *out, const char *id, uint8_t zone)
{
    struct failure_view *failure = LIST_PUSH_IN(&call->arena, &out->failed);

    *failure = (struct failure_view){.snapshot = id};
    *LIST_PUSH_IN(&call->arena, &failure->errors) = (struct zone_error_view){
        .zone = catalog_zone_name(call->world->catalog, zone),
        .error = {.code = "IncorrectState", .message = "Fast snapshot restore is not enabled."},
    };
}

static void change_one(struct call *call, const struct snapshot *snapshot, uint8_t zone,
                       struct change_out *out)
{
    struct snapshots *snapshots = &call->world->snapshots;
    struct fast_restore *restore;

    if (call->op == &op_enable_fast_snapshot_restores) {
        *LIST_PUSH_IN(&call->arena, &out->done) = restore_see(
            call, fast_restore_enable(snapshots, call->account, snapshot->key, zone));
        return;
    }
    restore = fast_restore_find(snapshots, call->account, snapshot->key, zone);
    if (restore == NULL || restore->state > FAST_RESTORE_ENABLED) {
        not_enabled(call, out, id_text(&call->arena, &kind_snapshot, snapshot->key), zone);
        return;
    }
    fast_restore_disable(snapshots, restore);
    *LIST_PUSH_IN(&call->arena, &out->done) = restore_see(call, restore);
}

static int change_restores(struct call *call, const void *input, void *output)
{
    const struct change_in *in = input;
    struct zone_list zones = {0};
    struct found found;

    if (in->zones.count + in->zone_ids.count == 0)
        return call_fault(call, &fault_missing_parameter, "AvailabilityZones");
    if (zones_add(call, &in->zones, &zones) != 0 || zones_add(call, &in->zone_ids, &zones) != 0 ||
        ids_find(call, &id_words_snapshot, &in->snapshots, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct snapshot *snapshot = found.items[i];

        if (snapshot->state != SNAPSHOT_COMPLETED)
            return call_fault(call, &fault_snapshot_pending, snapshot_state_name(snapshot->state));
    }
    for (uint32_t i = 0; i < found.count; i++) {
        for (uint32_t z = 0; z < zones.count; z++)
            change_one(call, found.items[i], zones.items[z], output);
    }
    return 0;
}

static const struct fault_kind *const change_faults[] = {
    &fault_missing_parameter,
    &fault_zone,
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_pending,
    NULL,
};

#define NEEDS_SNAPSHOT \
    EC2_EXAMPLE_VOLUME \
    "\nSNAP=$(aws ec2 create-snapshot --volume-id $VOL --query SnapshotId --output text)\n" \
    "aws ec2 wait snapshot-completed --snapshot-ids $SNAP"

const struct op op_enable_fast_snapshot_restores = {
    .name = "EnableFastSnapshotRestores",
    .doc = "Lets volumes of a snapshot have all their blocks at once, in the zones named.",
    .example = "aws ec2 enable-fast-snapshot-restores --availability-zones us-east-1a "
               "--source-snapshot-ids $SNAP",
    .needs = NEEDS_SNAPSHOT,
    .in = &enable_in_shape,
    .out = &enable_out_shape,
    .faults = change_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = change_restores,
};

const struct op op_disable_fast_snapshot_restores = {
    .name = "DisableFastSnapshotRestores",
    .doc = "Ends fast restores of a snapshot in the zones named.",
    .example = "aws ec2 disable-fast-snapshot-restores --availability-zones us-east-1a "
               "--source-snapshot-ids $SNAP",
    .needs = NEEDS_SNAPSHOT,
    .in = &disable_in_shape,
    .out = &disable_out_shape,
    .faults = change_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = change_restores,
};

/* ---- DescribeFastSnapshotRestores ---- */

struct describe_in {
    struct filters filters;
    struct opt_int max_results;
    const char *next_token;
    bool dry_run;
};

struct describe_out {
    LIST(struct restore_view) restores;
    const char *next_token;
};

static const struct field describe_in_fields[] = {
    F_FILTERS(struct describe_in, filters),
    F_OPT_INT(struct describe_in, max_results, "MaxResults",
              "The most items that one answer gives; the rest follows with NextToken.", .min = 0,
              .max = 200),
    F_NEXT_TOKEN(struct describe_in, next_token),
    F_DRY_RUN(struct describe_in, dry_run),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeFastSnapshotRestoresRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, restores, struct restore_view, &described_shape,
           "FastSnapshotRestores", "Each snapshot and zone that was ever asked for."),
    F_NEXT_TOKEN_OUT(struct describe_out, next_token),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeFastSnapshotRestoresResult", struct describe_out, describe_out_fields);

static const struct filter_name restore_filters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"owner-id", "OwnerId"},
    {"snapshot-id", "SnapshotId"},
    {"state", "State"},
    {0},
};

static int describe_restores(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *table = &call->world->snapshots.fast;
    struct page page;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct fast_restore *restore = table_at(table, i);
        struct restore_view view;

        if (restore->account != call->account ||
            restore->zone / ZONES_PER_REGION != call->region)
            continue;
        view = restore_see(call, restore);
        if (filter_pass(call->op, &in->filters, &described_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->restores) = view;
    }
    if (page_find(call, in->max_results, in->next_token, out->restores.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->restores, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("FastSnapshotRestores");

const struct op op_describe_fast_snapshot_restores = {
    .name = "DescribeFastSnapshotRestores",
    .doc = "Shows for which snapshots, and in which zones, fast restores are on.",
    .example = "aws ec2 describe-fast-snapshot-restores",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = restore_filters,
    .run = describe_restores,
};
