/*
 * api/ec2_image_disk.h - the disks that an image is to have, as create-image and register-image are
 * told of them.
 */
#ifndef API_EC2_IMAGE_DISK_H
#define API_EC2_IMAGE_DISK_H

#include "api/ec2_parts.h"
#include "cloud/imaging.h"

enum { IMAGE_NAME_LEAST = 3, IMAGE_NAME_MOST = 128, IMAGE_DESCRIPTION_MOST = 255 };

struct image_ebs_in {
    struct opt_bool delete_on_termination;
    struct opt_int iops;
    const char *snapshot;
    struct opt_int size_gib;
    const char *type;
    struct opt_int throughput;
};

struct image_mapping_in {
    struct image_ebs_in *ebs;
    const char *no_device;
    const char *device;
};

struct image_mappings_in {
    struct image_mapping_in *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape image_mapping_in_shape;

/* The mappings as the cloud wants them, in wanted->disks; wanted->instance: whose disks they
 * change, or 0.  0, or -1 after a fault. */
int image_disks_wanted(struct call *call, const struct image_mappings_in *mappings,
                       struct imaging_new *wanted);

/* The catalog's image, + 1, whose blocks the volume began with, through snapshots of snapshots; 0:
 * none, or something on the way is gone. */
uint32_t image_disk_origin(const struct world *world, const struct volume *volume);

/* The first takes the member's name: deviceName. */
extern const struct fault_kind fault_image_no_device, fault_image_device_twice,
    fault_image_disk_snapshot, fault_image_number;

#endif
