/*
 * cloud/volume.h - EBS volumes: disks that live in a zone and are attached to instances there.
 *
 *      creating -> available <-> in-use        available -> deleting -> gone
 *      an attachment: attaching -> attached -> detaching -> gone
 *
 * A volume knows instances by id only.  Creating from a snapshot is cloud/snapshot's
 * (snapshot_restore()); what the guest does with the bytes is cloud/guest's.  True to the EBS user
 * guide, "Volume types" and "Constraints".
 */
#ifndef CLOUD_VOLUME_H
#define CLOUD_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/block.h"
#include "cloud/id.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum volume_state {
    VOLUME_CREATING = 1,
    VOLUME_AVAILABLE,
    VOLUME_IN_USE,
    VOLUME_DELETING,
};

enum volume_attachment_state {
    ATTACHMENT_ATTACHING = 1,
    ATTACHMENT_ATTACHED,
    ATTACHMENT_DETACHING,
};

enum volume_type {
    VOLUME_STANDARD = 1,
    VOLUME_IO1,
    VOLUME_IO2,
    VOLUME_GP2,
    VOLUME_SC1,
    VOLUME_ST1,
    VOLUME_GP3,
};

enum { VOLUMES_PER_INSTANCE = 28 }; /* Nitro; the network interface takes one of them */

struct volume_attachment {
    uint64_t instance;
    char *device;  /* "/dev/xvda"; owned */
    int64_t time;  /* when it was asked for */
    int64_t until; /* when its present step ends; 0: none is under way */
    uint8_t state; /* enum volume_attachment_state */
    bool delete_on_termination;
};

struct volume {
    uint64_t key;
    uint64_t account;
    uint64_t map;      /* in blocks; held */
    uint64_t snapshot; /* that it was restored from, or 0 */
    int64_t created;
    uint32_t size_gib;
    uint32_t iops;            /* 0: the type has none to set (standard, st1, sc1) */
    uint32_t throughput_mibs; /* gp3 only, else 0 */
    uint32_t generation;      /* of the pending step; stale events are recognised by it */
    uint8_t type;             /* enum volume_type */
    uint8_t state;            /* enum volume_state */
    uint8_t zone;
    bool encrypted;
    bool multi_attach;
    LIST(struct volume_attachment) attachments;
    struct tags tags;
};

/* Of saved state; what operations answer has shapes of its own upstairs. */
extern const struct shape volume_shape;

struct volumes {
    struct table table;    /* struct volume */
    struct table attached; /* an index that is not saved: the volumes of each instance */
    struct sim *sim;       /* borrowed, as are the next three */
    struct blocks *blocks;
    struct ids *ids;
    struct trail *trail;
    /* It has been made, is another one now, or is being deleted.  NULL: nobody wants to know. */
    void (*changed)(void *context, const struct volume *volume);
    void *context;
};

struct volume_links {
    struct sim *sim;
    struct blocks *blocks;
    struct ids *ids;
    struct trail *trail;
};

/* Registers its events with the sim. */
void volumes_init(struct volumes *volumes, struct volume_links links);
void volumes_release(struct volumes *volumes);
/* After the table was loaded: rebuilds the index.  False when the rows contradict themselves. */
bool volumes_restore(struct volumes *volumes);

/* What a new volume is to be.  Zero means: not said. */
struct volume_new {
    uint64_t account;
    uint8_t zone;
    uint8_t type; /* 0: gp2, as the API does; images say their own */
    bool encrypted;
    bool multi_attach;
    bool for_launch;   /* of a block device mapping: some faults have another code */
    uint32_t size_gib; /* 0: that of the snapshot */
    uint32_t iops;
    uint32_t throughput_mibs;
    uint64_t snapshot; /* with its size and map; filled by snapshot_restore(), leave 0 */
    uint32_t snapshot_gib;
    uint64_t map;
};

/*
 * Refuses what volume_create() would refuse (size, IOPS, throughput, multi-attach); changes
 * nothing. Fills in what was not said.
 */
int volume_new_check(struct volume_new *wanted, struct fault *fault);
/*
 * The state creating, then available.  NULL after a fault.  `wanted.map` is held once more when
 * given.
 */
struct volume *volume_create(struct volumes *volumes, struct volume_new wanted,
                             struct fault *fault);
/* InvalidVolume.NotFound (NULL) when there is none, or it is another account's or Region's. */
struct volume *volume_find(const struct volumes *volumes, uint64_t account, uint8_t region,
                           uint64_t id);
int volume_not_found(uint64_t id, struct fault *fault); /* sets the fault; -1 */

struct volume_attach {
    uint64_t volume;
    uint64_t instance;
    uint8_t zone; /* the instance's */
    const char *device;
    bool delete_on_termination;
};

/*
 * attach-volume.  Refuses: VolumeInUse, IncorrectState, InvalidVolume.ZoneMismatch, the device is
 * taken (InvalidParameterValue), AttachmentLimitExceeded.  That the instance exists is the caller's
 * business.
 */
int volume_attach(struct volumes *volumes, const struct volume_attach *attach, struct fault *fault);
/*
 * At launch: makes and attaches one at once, `in-use` and `attaching`.  Check volume_new_check()
 * first: this cannot refuse.  When the instance runs, volumes_launched() makes its attachments
 * `attached`: no event per volume.
 */
struct volume *volume_launch(struct volumes *volumes, struct volume_new wanted,
                             const struct volume_attach *attach);
void volumes_launched(struct volumes *volumes, uint64_t instance);
/*
 * detach-volume.  instance 0: the only one.  IncorrectState when it is not attached (to that one).
 */
int volume_detach(struct volumes *volumes, uint64_t volume, uint64_t instance, struct fault *fault);
/* When an instance terminates: detaches all; deletes those that say so. */
void volumes_terminate(struct volumes *volumes, uint64_t instance);
/* delete-volume.  VolumeInUse when it is attached, IncorrectState when it is not available. */
int volume_delete(struct volumes *volumes, uint64_t volume, struct fault *fault);

/*
 * The ids of the volumes attached to an instance (detaching ones included), in the order of
 * attaching; valid until the next change.
 */
const int64_t *volumes_of(const struct volumes *volumes, uint64_t instance, uint32_t *count);
/* The attachment of a volume to an instance, or NULL. */
struct volume_attachment *volume_attachment_find(struct volume *volume, uint64_t instance);
/* The volume at that device of the instance, or NULL. */
struct volume *volume_at_device(const struct volumes *volumes, uint64_t instance,
                                const char *device);

/*
 * New data at once, as from a program that writes there (lab write-volume); bytes that guests read
 * stay.
 */
void volume_touch(struct volumes *volumes, struct volume *volume, uint64_t first_block,
                  uint64_t count);

/* AWS's words, NULL-terminated where they are lists for shapes. */
extern const char *const volume_type_words[];
extern const char *const volume_state_words[];
const char *volume_state_name(uint8_t state);
const char *volume_type_name(uint8_t type);
uint8_t volume_type_of(const char *name); /* 0 when there is none */
const char *volume_attachment_state_name(uint8_t state);
uint8_t volume_region(const struct volume *volume); /* its zone's */

/* What the functions above refuse with, for lists of what an operation can answer. */
extern const struct fault_kind fault_volume_not_found, fault_volume_attached,
    fault_volume_delete_attached, fault_volume_not_available, fault_volume_state,
    fault_volume_attachment, fault_volume_zone, fault_volume_device_taken, fault_volume_device,
    fault_volume_attach_limit, fault_volume_no_size, fault_volume_small, fault_volume_large,
    fault_volume_below_snapshot, fault_volume_unsupported, fault_volume_no_iops,
    fault_volume_few_iops, fault_volume_many_iops, fault_volume_iops_ratio, fault_volume_throughput,
    fault_volume_throughput_ratio;

/* "Unable to detach root volume": set by who knows which volume is the root of a running instance.
 */
extern const struct fault_kind fault_volume_root;

#endif
