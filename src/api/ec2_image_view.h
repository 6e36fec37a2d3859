/*
 * api/ec2_image_view.h - the disks of an image, as answers show them.
 */
#ifndef API_EC2_IMAGE_VIEW_H
#define API_EC2_IMAGE_VIEW_H

#include "api/ec2_parts.h"
#include "cloud/image.h"

struct image_ebs_view {
    bool delete_on_termination;
    struct opt_int iops;
    const char *snapshot;
    int64_t size_gib;
    const char *type;
    struct opt_int throughput;
    bool encrypted;
};

struct image_mapping_view {
    struct image_ebs_view ebs;
    const char *device;
};

struct image_mapping_views {
    struct image_mapping_view *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape image_mapping_view_shape;

void image_mappings_fill(struct call *call, const struct image *image,
                         struct image_mapping_views *views);

#endif
