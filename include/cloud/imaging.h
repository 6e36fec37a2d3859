/*
 * cloud/imaging.h - making an image of an instance, of snapshots, or of another image.
 *
 * CreateImage shuts the instance down and starts it again, so that everything written lies in the
 * blocks, unless told not to; then the snapshots hold what the volumes held at that moment, and
 * what was still buffered is not in them.  The image is available when its snapshots have
 * completed.
 */
#ifndef CLOUD_IMAGING_H
#define CLOUD_IMAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cloud/image.h"
#include "cloud/snapshot.h"
#include "cloud/volume.h"

/*
 * What the image is to say of one device, instead of what is attached there; 0, NULL, not set: as
 * attached.
 */
struct imaging_disk {
    const char *device;
    bool left_out;     /* the volume there is not copied; nothing else is read then */
    uint64_t snapshot; /* of a device where nothing is attached: that of the account's choice */
    uint32_t size_gib;
    uint32_t iops;
    uint32_t throughput_mibs;
    uint8_t type; /* enum volume_type */
    struct opt_bool delete_on_termination;
};

/*
 * What imaging must know of the instance; filled by the caller (the api floor, from
 * cloud/instance).
 */
struct imaging_new {
    uint64_t account;
    uint64_t instance;
    uint64_t image;   /* that the instance was launched from, or that is copied; 0: none */
    uint8_t image_region; /* where that lies */
    uint32_t catalog; /* image.catalog of that one, as it may be gone */
    uint8_t region;
    uint8_t architecture;
    bool running; /* so that a reboot means something */
    bool no_reboot;
    const char *root_device; /* the instance's: which volume is the root */
    const char *name;
    const char *description; /* NULL: none */
    const struct imaging_disk *disks;
    uint32_t disk_count;
    bool paravirtual; /* of imaging_register() only, as the next */
    bool no_ena;
    const struct tags *tags; /* NULL: none; as the next */
    const struct tags *snapshot_tags;
};

struct imaging {
    struct images *images; /* borrowed, as are the next two */
    struct snapshots *snapshots;
    struct volumes *volumes;
    /*
     * Filled by world_init(): reboots the instance and calls imaging_stopped() when its buffers are
     * written and it is down; it comes up again by itself.
     */
    void (*reboot)(void *context, uint64_t instance);
    void *context;
};

/* Takes over snapshots->completed. */
void imaging_init(struct imaging *imaging, struct images *images);

/*
 * Refuses InvalidAMIName.Duplicate, InvalidAMIName.Malformed, ConcurrentSnapshotLimitExceeded, and
 * disks that no launch could have (InvalidBlockDeviceMapping, or as volume_new_check() says).  The
 * image is pending; NULL after a fault.
 */
struct image *imaging_create(struct imaging *imaging, const struct imaging_new *wanted,
                             struct fault *fault);
/*
 * register-image: of disks that name snapshots, not of an instance (wanted->instance is 0); the
 * root device is one of them.  It is available at once.  Refuses as imaging_create() does; NULL
 * after a fault.
 */
struct image *imaging_register(struct imaging *imaging, const struct imaging_new *wanted,
                               struct fault *fault);

struct imaging_copy {
    uint64_t source;   /* an image that the account may see, in any Region */
    const char *from;  /* the name of that Region */
    bool encrypted;    /* the copies of its snapshots are; those of encrypted ones always are */
    int64_t most;      /* copies that may be under way at once into the Region */
};
/*
 * copy-image: of the new one, `wanted` says account, Region, name, description and tags only.  It
 * is pending until the copies of the source's snapshots have completed; then it needs the source
 * no more.  Refuses names as imaging_create() does, InvalidAMIID.Unavailable (the source is
 * pending), InvalidRequest (a snapshot of the source may not be read), ResourceLimitExceeded.
 * NULL after a fault.
 */
struct image *imaging_copy(struct imaging *imaging, const struct imaging_new *wanted,
                           const struct imaging_copy *copy, struct fault *fault);

/* What these refuse with themselves. */
extern const struct fault_kind fault_imaging_name_taken, fault_imaging_name, fault_imaging_no_root,
    fault_imaging_root_left_out, fault_imaging_shrunk, fault_imaging_storage,
    fault_imaging_copies;

/*
 * The instance is down and its blocks are whole (or it has been terminated): images waiting for it
 * begin.
 */
void imaging_stopped(struct imaging *imaging, uint64_t instance);

#endif
