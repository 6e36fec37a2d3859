/*
 * api/ec2_imaging.c - create-image, deregister-image: making an image of an instance, and giving it
 * up.
 *
 * True to the EC2 API reference: the instance is rebooted unless told otherwise; the snapshots stay
 * when the image goes, unless told otherwise.
 */
#include "api/ec2_image_disk.h"

#include <string.h>

#include "base/str.h"
#include "cloud/image.h"
#include "cloud/imaging.h"
#include "cloud/instance.h"
#include "cloud/snapshot.h"
#include "cloud/volume.h"

static const char *const tagged_kinds[] = {"image", "snapshot", NULL};

/* ---- CreateImage ---- */

struct create_image_in {
    struct tag_specifications tags;
    bool dry_run;
    const char *instance;
    const char *name;
    const char *description;
    bool no_reboot;
    struct image_mappings_in mappings;
};

struct create_image_out {
    const char *id;
};

static const struct fault_kind fault_instance_state = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is not in a state from which an image can be created.",
    .hint = "An image is made of an instance that is running or stopped.",
};

static const struct field create_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct create_image_in, tags),
    F_DRY_RUN(struct create_image_in, dry_run),
    F_STRING(struct create_image_in, instance, "InstanceId", "The instance to make it of.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct create_image_in, name, "Name",
             "Its name, unique among yours in the Region: 3 to 128 characters.",
             .flags = FIELD_REQUIRED, .min = IMAGE_NAME_LEAST, .max = IMAGE_NAME_MOST),
    F_STRING(struct create_image_in, description, "Description", "What people should know of it.",
             .max = IMAGE_DESCRIPTION_MOST),
    F_BOOL(struct create_image_in, no_reboot, "NoReboot",
           "Leaves the instance running; what it has not yet written to its disks is then lost.",
           .flags = FIELD_CLI_ONLY),
    F_LIST(struct create_image_in, mappings, struct image_mapping_in, &image_mapping_in_shape,
           "BlockDeviceMappings", "Disks that are to differ from what is attached."),
};

static const struct shape create_in_shape =
    SHAPE("CreateImageRequest", struct create_image_in, create_in_fields);

static const struct field create_out_fields[] = {
    F_STRING(struct create_image_out, id, "ImageId", "The id of the image; it is pending.",
             .ref = &kind_image),
};

static const struct shape create_out_shape =
    SHAPE("CreateImageResult", struct create_image_out, create_out_fields);

/* --reboot | --no-reboot, as the AWS CLI has them: the API's member is the second one. */
static const struct field reboot_fields[] = {
    {
        .name = "Reboot",
        .type = FIELD_BOOL,
        .flags = FIELD_CLI_ONLY,
        .doc = "Reboots the instance first, so that all it has written is on its disks; so it is "
               "unless you say --no-reboot, which loses what is still in its memory.",
    },
};

static const struct shape reboot_shape = {
    .name = "CreateImageOptions",
    .fields = reboot_fields,
    .count = sizeof(reboot_fields) / sizeof(reboot_fields[0]),
};

static int apply_reboot(const json_t *given, json_t *params, struct str *message)
{
    const json_t *reboot = json_object_get(given, "Reboot");

    (void)message;
    if (reboot != NULL)
        json_object_set_new(params, "NoReboot", json_boolean(!json_is_true(reboot)));
    return 0;
}

static const struct cli_extra reboot_extra = {.options = &reboot_shape, .apply = apply_reboot};

/* ---- its origin ---- */

/*
 * The catalog's image that the instance descends from, + 1.  The image it was launched from may be
 * gone: then its root volume's snapshot says so, or else the first image like it.
 */
static uint32_t origin_of(const struct call *call, const struct instance *instance, uint64_t image)
{
    const struct world *world = call->world;
    const struct image *from = table_find(&world->images.table, image);
    uint32_t origin = image_disk_origin(
        world, volume_at_device(&world->volumes, instance->id, instance->root_device));

    if (from != NULL || origin != 0)
        return from != NULL ? from->catalog : origin;
    for (uint32_t i = 0; i < world->catalog->image_count; i++) {
        const struct catalog_image *other = &world->catalog->images[i];

        if (other->architecture == instance->architecture &&
            (strcmp(other->platform, "Windows") == 0) == instance->is_windows &&
            str_equal(other->root_device, instance->root_device))
            return i + 1;
    }
    return 1;
}

static int create_image(struct call *call, const void *input, void *output)
{
    const struct create_image_in *in = input;
    const struct instance *instance = id_find(call, &id_words_instance, in->instance);
    struct create_image_out *out = output;
    struct imaging_new wanted;
    const struct image *image;

    if (instance == NULL)
        return -1;
    if (instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_STOPPED)
        return call_fault(call, &fault_instance_state, in->instance);
    wanted = (struct imaging_new){
        .account = call->account,
        .instance = instance->id,
        .image = instance_reservation(&call->world->instances, instance)->image,
        .image_region = call->region,
        .region = call->region,
        .architecture = instance->architecture,
        .running = instance->state == INSTANCE_RUNNING,
        .no_reboot = in->no_reboot,
        .root_device = instance->root_device,
        .name = in->name,
        .description = in->description,
    };
    wanted.catalog = origin_of(call, instance, wanted.image);
    if (tag_specifications_check(call, &in->tags, tagged_kinds) != 0 ||
        image_disks_wanted(call, &in->mappings, &wanted) != 0)
        return -1;
    wanted.tags = tag_specifications_of(&call->arena, &in->tags, "image");
    wanted.snapshot_tags = tag_specifications_of(&call->arena, &in->tags, "snapshot");
    image = imaging_create(&call->world->imaging, &wanted, &call->fault);
    if (image == NULL)
        return -1;
    out->id = id_text(&call->arena, &kind_image, image->key);
    return 0;
}

static const struct fault_kind *const create_faults[] = {
    &fault_instance_malformed, &fault_instance_not_found,
    &fault_imaging_name,       &fault_imaging_name_taken,
    &fault_imaging_no_root,    &fault_imaging_root_left_out,
    &fault_imaging_shrunk,     &fault_snapshot_limit,
    &fault_instance_state,     &fault_image_no_device,
    &fault_image_device_twice, &fault_image_disk_snapshot,
    &fault_image_number,       NULL,
};

/* A running instance. */
#define NEEDS_INSTANCE EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I"

const struct op op_create_image = {
    .name = "CreateImage",
    .doc = "Makes an image of an instance: snapshots of its volumes, and how to launch from them.",
    .example = "aws ec2 create-image --instance-id $I --name my-server",
    .needs = NEEDS_INSTANCE,
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &reboot_extra,
    .run = create_image,
};

/* ---- DeregisterImage ---- */

struct deregister_in {
    const char *id;
    bool snapshots;
    bool dry_run;
};

struct deleted_view {
    const char *snapshot;
    const char *result;
};

struct deregister_out {
    bool done;
    LIST(struct deleted_view) deleted;
};

static const struct field deregister_in_fields[] = {
    F_STRING(struct deregister_in, id, "ImageId", "The image: one of yours.",
             .flags = FIELD_REQUIRED, .ref = &kind_image),
    F_BOOL(struct deregister_in, snapshots, "DeleteAssociatedSnapshots",
           "Deletes its snapshots too, except those that another image needs."),
    F_DRY_RUN(struct deregister_in, dry_run),
};

static const struct shape deregister_in_shape =
    SHAPE("DeregisterImageRequest", struct deregister_in, deregister_in_fields);

static const struct field deleted_fields[] = {
    F_STRING(struct deleted_view, snapshot, "SnapshotId", "The snapshot.", .ref = &kind_snapshot),
    F_STRING(struct deleted_view, result, "ReturnCode",
             "success, or why not: skipped when another image needs it."),
};

static const struct shape deleted_shape =
    SHAPE("DeleteSnapshotReturnCode", struct deleted_view, deleted_fields);

static const struct field deregister_out_fields[] = {
    F_BOOL(struct deregister_out, done, "Return", "True: the image is gone."),
    F_LIST(struct deregister_out, deleted, struct deleted_view, &deleted_shape,
           "DeleteSnapshotResults", "What became of its snapshots, when they were to go too.",
           .flags = FIELD_OMIT_EMPTY),
};

static const struct shape deregister_out_shape =
    SHAPE("DeregisterImageResult", struct deregister_out, deregister_out_fields);

/* Deletes one snapshot of the image that is gone, and says how it went. */
static const char *snapshot_give_up(struct call *call, uint64_t snapshot)
{
    struct snapshots *snapshots = &call->world->snapshots;
    struct fault fault = FAULT_INIT;
    const char *result = "success";

    if (table_find(&snapshots->table, snapshot) == NULL)
        result = "client-error";
    else if (snapshots->image_of(snapshots->image_context, snapshot) != 0)
        result = "skipped";
    else if (snapshot_delete(snapshots, call->account, snapshot, &fault) != 0)
        result = "client-error";
    fault_release(&fault);
    return result;
}

static int deregister_image(struct call *call, const void *input, void *output)
{
    const struct deregister_in *in = input;
    struct image *image = id_find(call, &id_words_image, in->id);
    struct deregister_out *out = output;
    LIST(uint64_t) snapshots = {0};

    if (image == NULL)
        return -1;
    for (uint32_t i = 0; i < image->mappings.count && in->snapshots; i++) {
        if (image->mappings.items[i].snapshot != 0)
            *LIST_PUSH_IN(&call->arena, &snapshots) = image->mappings.items[i].snapshot;
    }
    if (image_deregister(&call->world->images, call->account, image, &call->fault) != 0)
        return -1;
    for (uint32_t i = 0; i < snapshots.count; i++) {
        *LIST_PUSH_IN(&call->arena, &out->deleted) = (struct deleted_view){
            .snapshot = id_text(&call->arena, &kind_snapshot, snapshots.items[i]),
            .result = snapshot_give_up(call, snapshots.items[i]),
        };
    }
    out->done = true;
    return 0;
}

static const struct fault_kind *const deregister_faults[] = {
    &fault_image_malformed,
    &fault_image_missing,
    &fault_image_foreign,
    NULL,
};

const struct op op_deregister_image = {
    .name = "DeregisterImage",
    .doc = "Gives an image up: instances made from it go on, and its snapshots stay.",
    .example = "aws ec2 deregister-image --image-id $IMG",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &deregister_in_shape,
    .out = &deregister_out_shape,
    .faults = deregister_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = deregister_image,
};
