/*
 * api/ec2_image_register.c - register-image: an image of snapshots that are there already.
 *
 * True to the EC2 API reference: what is not said is i386, paravirtual and without ENA, as at AWS,
 * and then current types do not run it.  Left out: images in S3, kernels, boot modes.  An image
 * whose root snapshot holds no system that is known here is refused; AWS registers it, and its
 * instances do not boot.
 */
#include "api/ec2_image_disk.h"

#include <string.h>

#include "base/str.h"
#include "cloud/guest_image.h"
#include "cloud/image.h"
#include "cloud/imaging.h"
#include "cloud/snapshot.h"
#include "cloud/volume.h"

static const char *const tagged_kinds[] = {"image", NULL};
static const char *const architecture_words[] = {"i386",       "x86_64",    "arm64",
                                                 "x86_64_mac", "arm64_mac", NULL};

struct register_in {
    struct tag_specifications tags;
    bool dry_run;
    const char *name;
    const char *description;
    const char *architecture;
    const char *root_device;
    struct image_mappings_in mappings;
    const char *virtualization;
    bool ena;
};

struct register_out {
    const char *image;
};

static const struct fault_kind fault_no_root = {
    .code = "InvalidBlockDeviceMapping",
    .text = "The root device {} has no snapshot among the block device mappings",
    .hint = "Name it: --root-device-name /dev/xvda --block-device-mappings "
            "'DeviceName=/dev/xvda,Ebs={SnapshotId=snap-...}'.",
};

static const struct fault_kind fault_virtualization = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter virtualizationType is invalid.",
    .hint = "hvm, or paravirtual, which no current type runs.",
};

static const struct fault_kind fault_no_system = {
    .code = "InvalidParameterCombination",
    .text = "Snapshot {} holds no {} system that is known here",
    .hint = "AWS registers such an image, and its instances do not boot. Give the snapshot of a "
            "root volume, and its --architecture.",
};

static const struct field register_in_fields[] = {
    F_TAG_SPECIFICATIONS(struct register_in, tags),
    F_DRY_RUN(struct register_in, dry_run),
    F_STRING(struct register_in, name, "Name",
             "Its name, unique among yours in the Region: 3 to 128 characters.",
             .flags = FIELD_REQUIRED, .min = IMAGE_NAME_LEAST, .max = IMAGE_NAME_MOST),
    F_STRING(struct register_in, description, "Description", "What people should know of it.",
             .max = IMAGE_DESCRIPTION_MOST),
    F_STRING(struct register_in, architecture, "Architecture",
             "The processors that can run it: x86_64 or arm64; i386 unless you say so.",
             .words = architecture_words),
    F_STRING(struct register_in, root_device, "RootDeviceName",
             "Which of the disks it boots from: /dev/xvda."),
    F_LIST(struct register_in, mappings, struct image_mapping_in, &image_mapping_in_shape,
           "BlockDeviceMappings", "Its disks; the root's names a snapshot."),
    F_STRING(struct register_in, virtualization, "VirtualizationType",
             "hvm for all current types; paravirtual unless you say so."),
    F_BOOL(struct register_in, ena, "EnaSupport",
           "It knows the fast network card that current types have."),
};
static const struct shape register_in_shape =
    SHAPE("RegisterImageRequest", struct register_in, register_in_fields);

static const struct field register_out_fields[] = {
    F_STRING(struct register_out, image, "ImageId", "The id of the image; it is available.",
             .ref = &kind_image),
};
static const struct shape register_out_shape =
    SHAPE("RegisterImageResult", struct register_out, register_out_fields);

/* The snapshot that it boots from, or 0 after a fault. */
static uint64_t root_of(struct call *call, const struct imaging_new *wanted)
{
    if (wanted->root_device == NULL) {
        call_fault(call, &fault_image_no_device, "rootDeviceName");
        return 0;
    }
    for (uint32_t i = 0; i < wanted->disk_count; i++) {
        if (str_equal(wanted->disks[i].device, wanted->root_device) &&
            wanted->disks[i].snapshot != 0 && !wanted->disks[i].left_out)
            return wanted->disks[i].snapshot;
    }
    call_fault(call, &fault_no_root, wanted->root_device);
    return 0;
}

static uint8_t architecture_of(const char *name)
{
    return name == NULL                 ? ARCH_I386
           : str_starts(name, "arm64")  ? ARCH_ARM64
           : str_starts(name, "x86_64") ? ARCH_X86_64
                                        : ARCH_I386;
}

/* The catalog's image, + 1, whose system the snapshot holds: as its volume's past says, or, where
 * that is gone, the disk itself. */
static uint32_t system_of(struct call *call, struct snapshot *snapshot, uint32_t architecture)
{
    const struct world *world = call->world;
    const struct catalog *catalog = world->catalog;
    uint32_t wanted = architecture == ARCH_I386 ? ARCH_X86_64 : architecture;
    uint32_t origin =
        snapshot->source != 0
            ? snapshot->source
            : image_disk_origin(world, table_find(&world->volumes.table, snapshot->volume));

    if (origin == 0)
        return guest_image_on_disk(&call->world->blocks, catalog,
                                   snapshot_map(&call->world->snapshots, snapshot),
                                   snapshot->size_gib, wanted);
    return catalog->images[origin - 1].architecture == wanted ? origin : 0;
}

static int register_image(struct call *call, const void *input, void *output)
{
    const struct register_in *in = input;
    struct register_out *out = output;
    struct imaging_new wanted = {
        .account = call->account,
        .region = call->region,
        .architecture = architecture_of(in->architecture),
        .root_device = in->root_device,
        .name = in->name,
        .description = in->description,
        .paravirtual = in->virtualization == NULL || strcmp(in->virtualization, "hvm") != 0,
        .no_ena = !in->ena,
    };
    const struct image *image;
    struct snapshot *snapshot;
    uint64_t root;

    if (in->virtualization != NULL && strcmp(in->virtualization, "hvm") != 0 &&
        strcmp(in->virtualization, "paravirtual") != 0)
        return call_fault(call, &fault_virtualization, in->virtualization);
    if (tag_specifications_check(call, &in->tags, tagged_kinds) != 0 ||
        image_disks_wanted(call, &in->mappings, &wanted) != 0 ||
        (root = root_of(call, &wanted)) == 0)
        return -1;
    snapshot = table_get(&call->world->snapshots.table, root);
    wanted.catalog = system_of(call, snapshot, wanted.architecture);
    if (wanted.catalog == 0)
        return call_fault(call, &fault_no_system,
                          id_text(&call->arena, &kind_snapshot, snapshot->key),
                          architecture_name(wanted.architecture));
    wanted.tags = tag_specifications_of(&call->arena, &in->tags, "image");
    image = imaging_register(&call->world->imaging, &wanted, &call->fault);
    if (image == NULL)
        return -1;
    out->image = id_text(&call->arena, &kind_image, image->key);
    return 0;
}

static const struct fault_kind *const register_faults[] = {
    &fault_imaging_name,    &fault_imaging_name_taken, &fault_no_root,
    &fault_image_no_device, &fault_image_device_twice, &fault_virtualization,
    &fault_no_system,       &fault_image_number,       NULL,
};

const struct op op_register_image = {
    .name = "RegisterImage",
    .doc = "Makes an image of snapshots that you have: the root's holds the system.",
    .example = "aws ec2 register-image --name again --architecture x86_64 --virtualization-type "
               "hvm --ena-support --root-device-name /dev/xvda --block-device-mappings "
               "\"DeviceName=/dev/xvda,Ebs={SnapshotId=$SNAP}\"",
    .needs =
        EC2_EXAMPLE_OWN_IMAGE "\nSNAP=$(aws ec2 describe-images --image-ids $IMG --query "
                              "'Images[0].BlockDeviceMappings[0].Ebs.SnapshotId' --output text)",
    .in = &register_in_shape,
    .out = &register_out_shape,
    .faults = register_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = register_image,
};
