/*
 * api/ec2_volume_status.c - describe-volume-status.
 *
 * True to the EC2 API reference.  A volume is impaired while its zone is lost: then nothing can be
 * read from it or written to it.  Left out: events and actions, and performance that falls short of
 * what an io1 or io2 volume was given.
 */
#include "api/ec2_listing.h"

#include <string.h>

#include "base/str.h"
#include "cloud/volume.h"

struct detail_view {
    const char *name;
    const char *status;
};

struct info_view {
    LIST(struct detail_view) details;
    const char *status;
};

struct nothing_view {
    const char *id;
};

struct initialization_view {
    const char *type;
    int64_t progress;
};

struct volume_status_view {
    LIST(struct nothing_view) actions;
    const char *zone;
    LIST(struct nothing_view) events;
    const char *id;
    struct info_view info;
    struct initialization_view *initialization;
    const char *zone_id;
};

static const char *const status_words[] = {"ok", "impaired", "insufficient-data", "warning", NULL};

static const struct field detail_fields[] = {
    F_STRING(struct detail_view, name, "Name", "What was looked at."),
    F_STRING(struct detail_view, status, "Status", "What came of it."),
};

static const struct shape detail_shape =
    SHAPE("VolumeStatusDetails", struct detail_view, detail_fields);

static const struct field info_fields[] = {
    F_LIST(struct info_view, details, struct detail_view, &detail_shape, "Details",
           "Look by look: io-enabled says whether it can be read and written."),
    F_STRING(struct info_view, status, "Status", "All of them in one word.", .words = status_words),
};

static const struct shape info_shape = SHAPE("VolumeStatusInfo", struct info_view, info_fields);

static const struct field action_fields[] = {
    F_STRING(struct nothing_view, id, "EventId", "The event that it answers to."),
};

static const struct shape action_shape =
    SHAPE("VolumeStatusAction", struct nothing_view, action_fields);
static const struct shape event_shape =
    SHAPE("VolumeStatusEvent", struct nothing_view, action_fields);

static const struct field initialization_fields[] = {
    F_STRING(struct initialization_view, type, "InitializationType", "How it is loaded."),
    F_INT(struct initialization_view, progress, "Progress",
          "How much of its snapshot has come from S3, in percent."),
};

static const struct shape initialization_shape =
    SHAPE("InitializationStatusDetails", struct initialization_view, initialization_fields);

static const struct field status_fields[] = {
    F_LIST(struct volume_status_view, actions, struct nothing_view, &action_shape, "Actions",
           "What you should do: nothing here."),
    F_STRING(struct volume_status_view, zone, "AvailabilityZone", "The zone that it lives in.",
             .flags = FIELD_COLUMN, .ref = &kind_zone),
    F_LIST(struct volume_status_view, events, struct nothing_view, &event_shape, "Events",
           "What happened to it: nothing is told here."),
    F_STRING(struct volume_status_view, id, "VolumeId", "The volume.", .flags = FIELD_COLUMN,
             .ref = &kind_volume),
    F_EMBED(struct volume_status_view, info, struct info_view, &info_shape, "VolumeStatus",
            "Whether it is well.", .flags = FIELD_COLUMN),
    F_STRUCT(struct volume_status_view, initialization, struct initialization_view,
             &initialization_shape, "InitializationStatusDetails",
             "Of a volume that was made from a snapshot: how much has been loaded."),
    F_STRING(struct volume_status_view, zone_id, "AvailabilityZoneId", "The id of that zone."),
};

static const struct shape status_shape =
    SHAPE("VolumeStatusItem", struct volume_status_view, status_fields);

static const struct field describe_in_fields[] = {
    F_MAX_RESULTS(struct listing_in, max_results, 0),
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_STRINGS(struct listing_in, ids, "VolumeIds", "Only these volumes.", .ref = &kind_volume),
    F_BOOL(struct listing_in, managed, "IncludeManagedResources",
           "Also those that a service of AWS looks after; there are none here."),
    F_DRY_RUN(struct listing_in, dry_run),
    F_FILTERS(struct listing_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeVolumeStatusRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
    F_LISTED(&status_shape, "VolumeStatuses", "How each volume is."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeVolumeStatusResult", struct listing_out, describe_out_fields);

static const struct filter_name status_filters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"volume-status.details-name", "VolumeStatus.Details.Name"},
    {"volume-status.details-status", "VolumeStatus.Details.Status"},
    {"volume-status.status", "VolumeStatus.Status"},
    {"operator.managed", "=false"},
    /* What nothing here has: they match no volume. */
    {"action.code", ""},
    {"action.description", ""},
    {"action.event-id", ""},
    {"event.description", ""},
    {"event.event-id", ""},
    {"event.event-type", ""},
    {"event.not-after", ""},
    {"event.not-before", ""},
    {"operator.principal", ""},
    {0},
};

static void detail_add(struct call *call, struct info_view *info, const char *name,
                       const char *status)
{
    *LIST_PUSH_IN(&call->arena, &info->details) =
        (struct detail_view){.name = name, .status = status};
}

static struct info_view info_see(struct call *call, const struct volume *volume)
{
    bool provisioned = volume->type == VOLUME_IO1 || volume->type == VOLUME_IO2;
    bool lost = hosts_zone_failed(&call->world->hosts, volume->zone);
    struct info_view info = {.status = lost ? "impaired" : "ok"};

    if (volume->state == VOLUME_CREATING)
        info.status = "insufficient-data";
    detail_add(call, &info, "io-enabled",
               volume->state == VOLUME_CREATING ? "insufficient-data"
               : lost                           ? "failed"
                                                : "passed");
    detail_add(call, &info, "io-performance",
               !provisioned                       ? "not-applicable"
               : volume->attachments.count == 0   ? "insufficient-data"
               : lost                             ? "stalled"
                                                  : "normal");
    return info;
}

static bool status_shows(const struct call *call, const void *row)
{
    const struct volume *volume = row;

    return volume->account == call->account && volume_region(volume) == call->region &&
           ec2_shows(call, volume->key);
}

static void status_see(struct call *call, const void *row, void *view)
{
    const struct volume *volume = row;
    struct volume_status_view *status = view;
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, volume->zone);

    *status = (struct volume_status_view){
        .zone = zone->name,
        .id = id_text(&call->arena, &kind_volume, volume->key),
        .info = info_see(call, volume),
        .zone_id = zone->id,
    };
    if (volume->snapshot != 0) {
        status->initialization = arena_alloc(&call->arena, sizeof(*status->initialization));
        *status->initialization = (struct initialization_view){
            .type = "default",
            .progress = volume_loaded_percent(&call->world->volumes, volume),
        };
    }
}

static const struct listing status_listing = {
    .words = &id_words_volume,
    .table = offsetof(struct world, volumes.table),
    .view = &status_shape,
    .shows = status_shows,
    .see = status_see,
};

static int describe_status(struct call *call, const void *input, void *output)
{
    const struct listing_in *in = input;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "volumeSet");
    return listing_run(call, &status_listing, input, output);
}

static const struct fault_kind *const describe_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_ids_and_limit,
    NULL,
};

static const struct paging describe_paging = EC2_PAGING("VolumeStatuses");

const struct op op_describe_volume_status = {
    .name = "DescribeVolumeStatus",
    .doc = "Says whether volumes can be read and written, and how much of a snapshot is loaded.",
    .example = "aws ec2 describe-volume-status",
    .needs = EC2_EXAMPLE_VOLUME,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = status_filters,
    .run = describe_status,
};
