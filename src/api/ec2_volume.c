/*
 * api/ec2_volume.c - create-volume, describe-volumes, delete-volume.
 *
 * True to the EC2 API reference and to recorded answers: a new volume shows its tags even when it
 * has none, a listed one only those that it has.  Left out: KMS keys, Outposts, fast restores.
 */
#include "api/ec2_listing.h"

#include <string.h>

#include "base/str.h"
#include "cloud/volume.h"
#include "sim/clock.h"

enum { NUMBER_MOST = 2147483647 };

static const char *const tagged_kinds[] = {"volume", NULL};

/* ---- what a volume looks like ---- */

struct operator_view {
    bool managed;
};

struct attachment_view {
    bool delete_on_termination;
    const char *volume;
    const char *instance;
    const char *device;
    const char *state;
    int64_t time;
};

struct attachment_views {
    struct attachment_view *items;
    uint32_t count;
    uint32_t size;
};

struct volume_view {
    const char *zone_id;
    struct opt_int iops;
    struct tag_views tags;
    const char *type;
    bool multi_attach;
    struct opt_int throughput;
    struct operator_view by;
    const char *id;
    int64_t size_gib;
    const char *snapshot;
    const char *zone;
    const char *state;
    int64_t created;
    struct attachment_views attachments;
    bool encrypted;
};

static const struct field operator_fields[] = {
    F_BOOL(struct operator_view, managed, "Managed",
           "Whether a service of AWS looks after it instead of you."),
};

static const struct shape operator_shape =
    SHAPE("OperatorResponse", struct operator_view, operator_fields);

static const struct field attachment_fields[] = {
    F_BOOL(struct attachment_view, delete_on_termination, "DeleteOnTermination",
           "Whether the volume goes when the instance is terminated."),
    F_STRING(struct attachment_view, volume, "VolumeId", "The volume.", .ref = &kind_volume),
    F_STRING(struct attachment_view, instance, "InstanceId", "The instance that has it.",
             .ref = &kind_instance),
    F_STRING(struct attachment_view, device, "Device", "Its name in the instance."),
    F_STRING(struct attachment_view, state, "State", "attaching, attached or detaching."),
    F_TIME(struct attachment_view, time, "AttachTime", "When it was asked for."),
};

static const struct shape attachment_shape =
    SHAPE("VolumeAttachment", struct attachment_view, attachment_fields);

/* What both shapes below begin and end with, in AWS's order. */
#define VOLUME_SPEED_FIELDS(TAGS) \
    F_STRING(struct volume_view, zone_id, "AvailabilityZoneId", \
             "The zone's id, the same zone in every account."), \
        F_OPT_INT(struct volume_view, iops, "Iops", \
                  "Reads and writes a second; absent where the type has no such number."), \
        TAGS(struct volume_view, tags), \
        F_STRING(struct volume_view, type, "VolumeType", "The kind of disk.", \
                 .flags = FIELD_COLUMN, .words = volume_type_words), \
        F_BOOL(struct volume_view, multi_attach, "MultiAttachEnabled", \
               "Whether several instances may have it at once."), \
        F_OPT_INT(struct volume_view, throughput, "Throughput", "MiB a second, of a gp3 volume.")

#define VOLUME_STATE_FIELDS \
    F_STRING(struct volume_view, id, "VolumeId", "The id of the volume.", .flags = FIELD_COLUMN, \
             .ref = &kind_volume), \
        F_INT(struct volume_view, size_gib, "Size", "Its size in GiB.", .flags = FIELD_COLUMN), \
        F_STRING(struct volume_view, snapshot, "SnapshotId", \
                 "The snapshot that it was made from; empty when it began empty.", \
                 .ref = &kind_snapshot), \
        F_STRING(struct volume_view, zone, "AvailabilityZone", "The zone that it lives in.", \
                 .flags = FIELD_COLUMN, .ref = &kind_zone), \
        F_STRING(struct volume_view, state, "State", "Whether it is free, in use, or on its way.", \
                 .flags = FIELD_COLUMN, .words = volume_state_words), \
        F_TIME(struct volume_view, created, "CreateTime", "When it was made.")

#define VOLUME_ENCRYPTED_FIELD \
    F_BOOL(struct volume_view, encrypted, "Encrypted", "Whether its blocks are encrypted.")

static const struct field new_volume_fields[] = {
    VOLUME_SPEED_FIELDS(F_TAGS_SHOWN),
    VOLUME_STATE_FIELDS,
    VOLUME_ENCRYPTED_FIELD,
};

static const struct shape new_volume_shape = SHAPE("Volume", struct volume_view, new_volume_fields);

static const struct field volume_fields[] = {
    VOLUME_SPEED_FIELDS(F_TAGS),
    F_EMBED(struct volume_view, by, struct operator_view, &operator_shape, "Operator",
            "Who looks after it."),
    VOLUME_STATE_FIELDS,
    F_LIST(struct volume_view, attachments, struct attachment_view, &attachment_shape,
           "Attachments", "The instances that have it."),
    VOLUME_ENCRYPTED_FIELD,
};

static const struct shape volume_view_shape = SHAPE("Volume", struct volume_view, volume_fields);

static struct volume_view volume_see(struct call *call, const struct volume *volume)
{
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, volume->zone);
    struct volume_view view = {
        .zone_id = zone->id,
        .iops = {.value = volume->iops, .set = volume->iops != 0},
        .type = volume_type_name(volume->type),
        .multi_attach = volume->multi_attach,
        .throughput = {.value = volume->throughput_mibs, .set = volume->throughput_mibs != 0},
        .id = id_text(&call->arena, &kind_volume, volume->key),
        .size_gib = volume->size_gib,
        .snapshot = volume->snapshot == 0
                        ? ""
                        : id_text(&call->arena, &kind_snapshot, volume->snapshot),
        .zone = zone->name,
        .state = volume_state_name(volume->state),
        .created = WHOLE_MILLISECOND(volume->created),
        .encrypted = volume->encrypted,
    };

    for (uint32_t i = 0; i < volume->attachments.count; i++) {
        const struct volume_attachment *attachment = &volume->attachments.items[i];

        *LIST_PUSH_IN(&call->arena, &view.attachments) = (struct attachment_view){
            .delete_on_termination = attachment->delete_on_termination,
            .volume = view.id,
            .instance = id_text(&call->arena, &kind_instance, attachment->instance),
            .device = attachment->device,
            .state = volume_attachment_state_name(attachment->state),
            .time = WHOLE_SECOND(attachment->time),
        };
    }
    tag_views_fill(call, &view.tags, &volume->tags);
    return view;
}

/* ---- CreateVolume ---- */

struct create_volume_in {
    const char *zone;
    const char *zone_id;
    bool encrypted;
    struct opt_int iops;
    struct opt_int size_gib;
    const char *snapshot;
    const char *type;
    struct tag_specifications tags;
    bool multi_attach;
    struct opt_int throughput;
    const char *token;
    bool dry_run;
};

static const struct fault_kind fault_zone_missing = {
    .code = "InvalidZone.NotFound",
    .text = "The zone '{}' does not exist.",
    .hint = "`aws ec2 describe-availability-zones` lists the zones of this Region.",
};

static const struct fault_kind fault_zone_full = {
    .code = "InsufficientVolumeCapacity",
    .text = "There is not enough capacity to fulfill your EBS volume request. You can try to "
            "provision in a different Availability Zone.",
    .hint = "`lab describe-faults` says whether the zone is lost; a snapshot takes data elsewhere.",
};

static const struct fault_kind fault_two_zones = {
    .code = "InvalidParameterCombination",
    .text = "The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId",
    .hint = "Name the zone one way: --availability-zone us-east-1a is enough.",
};

static const struct fault_kind fault_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. Parameter must be a positive integer.",
    .hint = "Give a whole number of at least 1.",
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_volume_in, zone, "AvailabilityZone",
             "The zone to make it in: that of the instance that is to have it.", .ref = &kind_zone),
    F_STRING(struct create_volume_in, zone_id, "AvailabilityZoneId",
             "The id of the zone (use1-az1), instead of its name."),
    F_BOOL(struct create_volume_in, encrypted, "Encrypted",
           "Encrypts it; from an encrypted snapshot it always is.", .wire = "encrypted"),
    F_OPT_INT(struct create_volume_in, iops, "Iops",
              "Reads and writes a second: needed for io1 and io2, 3000 or more for gp3."),
    F_OPT_INT(struct create_volume_in, size_gib, "Size",
              "Its size in GiB; that of the snapshot when you do not say."),
    F_STRING(struct create_volume_in, snapshot, "SnapshotId",
             "The snapshot that it begins as a copy of.", .ref = &kind_snapshot),
    F_STRING(struct create_volume_in, type, "VolumeType", "The kind of disk; gp2 by default.",
             .words = volume_type_words),
    F_TAG_SPECIFICATIONS(struct create_volume_in, tags),
    F_BOOL(struct create_volume_in, multi_attach, "MultiAttachEnabled",
           "Lets up to 16 instances have it at once: io1 and io2 only."),
    F_OPT_INT(struct create_volume_in, throughput, "Throughput",
              "MiB a second for gp3: 125 to 1000."),
    F_CLIENT_TOKEN(struct create_volume_in, token),
    F_DRY_RUN(struct create_volume_in, dry_run),
};

static const struct shape create_in_shape =
    SHAPE("CreateVolumeRequest", struct create_volume_in, create_in_fields);

/* The zone's number, or -1 after a fault. */
static int zone_wanted(struct call *call, const struct create_volume_in *in)
{
    const char *name = in->zone != NULL ? in->zone : in->zone_id;
    int zone;

    if (name == NULL)
        return call_fault(call, &fault_missing_parameter, "zone");
    if (in->zone != NULL && in->zone_id != NULL)
        return call_fault(call, &fault_two_zones);
    zone = catalog_zone_find(call->world->catalog, name);
    if (zone < 0 || zone / ZONES_PER_REGION != call->region ||
        !str_equal(name, in->zone != NULL
                             ? catalog_zone(call->world->catalog, (uint8_t)zone)->name
                             : catalog_zone(call->world->catalog, (uint8_t)zone)->id))
        return call_fault(call, &fault_zone_missing, name);
    if (hosts_zone_failed(&call->world->hosts, (uint8_t)zone))
        return call_fault(call, &fault_zone_full);
    return zone;
}

static int check_number(struct call *call, struct opt_int number, const char *name)
{
    if (number.set && (number.value <= 0 || number.value > NUMBER_MOST))
        return call_fault(call, &fault_number, ec2_number(call, number.value), name);
    return 0;
}

/* Completes what is wanted, from the snapshot when there is one.  0, or -1 after a fault. */
static int complete_wanted(struct call *call, const char *text, struct volume_new *wanted)
{
    const struct snapshot *snapshot;

    if (text == NULL || text[0] == '\0')
        return volume_new_check(wanted, &call->fault);
    snapshot = id_find(call, &id_words_snapshot, text);
    if (snapshot == NULL)
        return -1;
    return snapshot_restore(&call->world->snapshots, snapshot->key, wanted, &call->fault);
}

static int create_volume(struct call *call, const void *input, void *output)
{
    const struct create_volume_in *in = input;
    int zone = zone_wanted(call, in);
    struct volume_new wanted = {
        .account = call->account,
        .type = volume_type_of(in->type),
        .encrypted = in->encrypted,
        .multi_attach = in->multi_attach,
        .size_gib = (uint32_t)in->size_gib.value,
        .iops = (uint32_t)in->iops.value,
        .throughput_mibs = (uint32_t)in->throughput.value,
    };
    struct volume *volume;

    if (zone < 0 || check_number(call, in->size_gib, "size") != 0 ||
        check_number(call, in->iops, "iops") != 0 ||
        check_number(call, in->throughput, "throughput") != 0 ||
        tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    wanted.zone = (uint8_t)zone;
    if (complete_wanted(call, in->snapshot, &wanted) != 0)
        return -1;
    volume = volume_create(&call->world->volumes, wanted, &call->fault);
    if (volume == NULL)
        return -1;
    snapshot_restored(&call->world->snapshots, &wanted);
    tags_copy(&volume->tags, tag_specifications_of(&call->arena, &in->tags, "volume"));
    call->made = volume->key;
    *(struct volume_view *)output = volume_see(call, volume);
    return 0;
}

/* The token was used before: the same volume, unless somebody has deleted it since. */
static int create_again(struct call *call, uint64_t made, void *output)
{
    const char *text = id_text(&call->arena, &kind_volume, made);
    const struct volume *volume = id_find(call, &id_words_volume, text);

    if (volume == NULL)
        return -1;
    *(struct volume_view *)output = volume_see(call, volume);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_missing_parameter,
    &fault_zone_missing,
    &fault_zone_full,
    &fault_two_zones,
    &fault_number,
    &fault_snapshot_malformed,
    &fault_snapshot_not_found,
    &fault_snapshot_pending,
    &fault_volume_no_size,
    &fault_volume_small,
    &fault_volume_large,
    &fault_volume_below_snapshot,
    &fault_volume_unsupported,
    &fault_volume_no_iops,
    &fault_volume_few_iops,
    &fault_volume_many_iops,
    &fault_volume_iops_ratio,
    &fault_volume_throughput,
    &fault_volume_throughput_ratio,
    NULL,
};

const struct op op_create_volume = {
    .name = "CreateVolume",
    .doc = "Makes a volume in a zone: an empty one, or a copy of a snapshot.",
    .example = "aws ec2 create-volume --availability-zone us-east-1a --size 10 --volume-type gp3",
    .in = &create_in_shape,
    .out = &new_volume_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = create_volume,
    .again = create_again,
};

/* ---- DescribeVolumes ---- */

static const struct field describe_in_fields[] = {
    F_STRINGS(struct listing_in, ids, "VolumeIds", "Only these volumes.",
              .ref = &kind_volume),
    F_BOOL(struct listing_in, managed, "IncludeManagedResources",
           "Also those that a service of AWS looks after; there are none here."),
    F_DRY_RUN(struct listing_in, dry_run),
    F_FILTERS(struct listing_in, filters),
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 0),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeVolumesRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
    F_LISTED(&volume_view_shape, "Volumes",
           "The volumes."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeVolumesResult", struct listing_out, describe_out_fields);

static const struct filter_name volume_filters[] = {
    {"attachment.attach-time", "Attachments.AttachTime"},
    {"attachment.delete-on-termination", "Attachments.DeleteOnTermination"},
    {"attachment.device", "Attachments.Device"},
    {"attachment.instance-id", "Attachments.InstanceId"},
    {"attachment.status", "Attachments.State"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"create-time", "CreateTime"},
    {"encrypted", "Encrypted"},
    {"multi-attach-enabled", "MultiAttachEnabled"},
    {"operator.managed", "Operator.Managed"},
    {"size", "Size"},
    {"snapshot-id", "SnapshotId"},
    {"status", "State"},
    {"volume-id", "VolumeId"},
    {"volume-type", "VolumeType"},
    {"fast-restored", "=false"},
    {"operator.principal", ""},
    {0},
};

static bool volume_shows(const struct call *call, const void *row)
{
    const struct volume *volume = row;

    return volume->account == call->account && volume_region(volume) == call->region &&
           ec2_shows(call, volume->key);
}

static void volume_show(struct call *call, const void *row, void *view)
{
    *(struct volume_view *)view = volume_see(call, row);
}

static const struct listing volume_listing = {
    .words = &id_words_volume,
    .table = offsetof(struct world, volumes.table),
    .view = &volume_view_shape,
    .shows = volume_shows,
    .see = volume_show,
};

static int describe_volumes(struct call *call, const void *input, void *output)
{
    const struct listing_in *in = input;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "volumeSet");
    return listing_run(call, &volume_listing, input, output);
}

static const struct fault_kind *const describe_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_ids_and_limit,
    NULL,
};

static const struct paging describe_paging = EC2_PAGING("Volumes");

const struct op op_describe_volumes = {
    .name = "DescribeVolumes",
    .doc = "Lists your volumes and the instances that have them.",
    .example = "aws ec2 describe-volumes --filters Name=status,Values=available,in-use",
    .needs = "aws ec2 create-volume --availability-zone us-east-1a --size 10",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = volume_filters,
    .run = describe_volumes,
};

/* ---- DeleteVolume ---- */

struct delete_volume_in {
    const char *id;
    bool dry_run;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_volume_in, id, "VolumeId", "The volume; nobody may have it attached.",
             .flags = FIELD_REQUIRED, .ref = &kind_volume),
    F_DRY_RUN(struct delete_volume_in, dry_run),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteVolumeRequest", struct delete_volume_in, delete_in_fields);

static int delete_volume(struct call *call, const void *input, void *output)
{
    const struct delete_volume_in *in = input;
    const struct volume *volume = id_find(call, &id_words_volume, in->id);

    (void)output;
    if (volume == NULL)
        return -1;
    return volume_delete(&call->world->volumes, volume->key, &call->fault);
}

static const struct fault_kind *const delete_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_volume_delete_attached,
    &fault_volume_not_available,
    NULL,
};

const struct op op_delete_volume = {
    .name = "DeleteVolume",
    .doc = "Deletes a volume and what only it holds; its snapshots stay.",
    .example = "aws ec2 delete-volume --volume-id $VOL",
    .needs = EC2_EXAMPLE_VOLUME,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = delete_volume,
};
