/*
 * cloud/imaging.h - making an image of an instance.
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
 * What imaging must know of the instance; filled by the caller (the api floor, from
 * cloud/instance).
 */
struct imaging_new {
    uint64_t account;
    uint64_t instance;
    uint64_t image;   /* that the instance was launched from, for what it descends from */
    uint32_t catalog; /* image.catalog of that one, as it may be gone */
    uint8_t region;
    uint8_t architecture;
    bool running; /* so that a reboot means something */
    bool no_reboot;
    const char *root_device; /* the instance's: which volume is the root */
    const char *name;
    const char *description; /* NULL: none */
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
 * Refuses InvalidAMIName.Duplicate, InvalidAMIName.Malformed, ConcurrentSnapshotLimitExceeded.  The
 * image is pending; NULL after a fault.
 */
struct image *imaging_create(struct imaging *imaging, const struct imaging_new *wanted,
                             struct fault *fault);
/*
 * The instance is down and its blocks are whole (or it has been terminated): images waiting for it
 * begin.
 */
void imaging_stopped(struct imaging *imaging, uint64_t instance);

#endif
