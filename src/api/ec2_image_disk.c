/*
 * api/ec2_image_disk.c - the disks that an image is to have, as create-image and register-image are
 * told of them.
 */
#include "api/ec2_image_disk.h"

#include <string.h>

#include "cloud/snapshot.h"
#include "cloud/volume.h"

enum {
    NUMBER_MOST = 2147483647,
    LINEAGE_MOST = 100, /* steps back; nobody makes images of images of images so often */
};

const struct fault_kind fault_image_no_device = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter {}",
    .hint = "Say which disk: DeviceName=/dev/sdf, or --root-device-name /dev/xvda.",
};

const struct fault_kind fault_image_device_twice = {
    .code = "InvalidBlockDeviceMapping",
    .text = "The device '{}' is used in more than one block-device mapping",
    .hint = "Give each device once.",
};

const struct fault_kind fault_image_disk_snapshot = {
    .code = "InvalidBlockDeviceMapping",
    .text = "snapshotId can only be modified on EBS devices",
    .hint = "The disk gets a snapshot of the volume that is attached there.",
};

const struct fault_kind fault_image_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. Parameter must be a positive integer.",
    .hint = "Give a whole number of at least 1.",
};

static const struct field ebs_in_fields[] = {
    F_OPT_BOOL(struct image_ebs_in, delete_on_termination, "DeleteOnTermination",
               "Whether the volume goes when the instance is terminated."),
    F_OPT_INT(struct image_ebs_in, iops, "Iops", "Reads and writes a second."),
    F_STRING(struct image_ebs_in, snapshot, "SnapshotId",
             "What a disk begins with where nothing is attached.", .ref = &kind_snapshot),
    F_OPT_INT(struct image_ebs_in, size_gib, "VolumeSize",
              "Its size in GiB: never less than the volume that is copied."),
    F_STRING(struct image_ebs_in, type, "VolumeType", "The kind of disk.",
             .words = volume_type_words),
    F_OPT_INT(struct image_ebs_in, throughput, "Throughput", "MiB a second for gp3."),
};

static const struct shape ebs_in_shape =
    SHAPE("EbsBlockDevice", struct image_ebs_in, ebs_in_fields);

static const struct field mapping_in_fields[] = {
    F_STRUCT(struct image_mapping_in, ebs, struct image_ebs_in, &ebs_in_shape, "Ebs",
             "What the disk is to be, where it differs from what is attached."),
    F_STRING(struct image_mapping_in, no_device, "NoDevice",
             "Present, even empty: the image does without the volume there."),
    F_STRING(struct image_mapping_in, device, "DeviceName",
             "The device in the instance: /dev/sdf."),
};

const struct shape image_mapping_in_shape =
    SHAPE("BlockDeviceMapping", struct image_mapping_in, mapping_in_fields);

static int number_wanted(struct call *call, struct opt_int number, const char *name, uint32_t *at)
{
    if (number.set && (number.value <= 0 || number.value > NUMBER_MOST))
        return call_fault(call, &fault_image_number, ec2_number(call, number.value), name);
    *at = (uint32_t)number.value;
    return 0;
}

static int ebs_wanted(struct call *call, const struct image_ebs_in *in, uint64_t instance,
                      struct imaging_disk *disk)
{
    const struct snapshot *snapshot = NULL;

    disk->delete_on_termination = in->delete_on_termination;
    disk->type = volume_type_of(in->type);
    if (number_wanted(call, in->size_gib, "volumeSize", &disk->size_gib) != 0 ||
        number_wanted(call, in->iops, "iops", &disk->iops) != 0 ||
        number_wanted(call, in->throughput, "throughput", &disk->throughput_mibs) != 0)
        return -1;
    if (in->snapshot == NULL)
        return 0;
    if (volume_at_device(&call->world->volumes, instance, disk->device) != NULL)
        return call_fault(call, &fault_image_disk_snapshot);
    snapshot = id_find(call, &id_words_snapshot, in->snapshot);
    if (snapshot == NULL)
        return -1;
    disk->snapshot = snapshot->key;
    return 0;
}

int image_disks_wanted(struct call *call, const struct image_mappings_in *mappings,
                       struct imaging_new *wanted)
{
    uint32_t count = mappings->count;
    struct imaging_disk *disks = arena_alloc(&call->arena, (count + 1) * sizeof(*disks));

    for (uint32_t i = 0; i < count; i++) {
        const struct image_mapping_in *mapping = &mappings->items[i];

        if (mapping->device == NULL)
            return call_fault(call, &fault_image_no_device, "deviceName");
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(disks[k].device, mapping->device) == 0)
                return call_fault(call, &fault_image_device_twice, mapping->device);
        }
        disks[i].device = mapping->device;
        disks[i].left_out = mapping->no_device != NULL;
        if (mapping->ebs != NULL &&
            ebs_wanted(call, mapping->ebs, wanted->instance, &disks[i]) != 0)
            return -1;
    }
    wanted->disks = disks;
    wanted->disk_count = count;
    return 0;
}

uint32_t image_disk_origin(const struct world *world, const struct volume *volume)
{
    for (int i = 0; volume != NULL && i < LINEAGE_MOST; i++) {
        const struct snapshot *snapshot = table_find(&world->snapshots.table, volume->snapshot);

        if (snapshot == NULL || snapshot->source != 0)
            return snapshot == NULL ? 0 : snapshot->source;
        volume = table_find(&world->volumes.table, snapshot->volume);
    }
    return 0;
}
