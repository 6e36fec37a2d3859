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

enum { VOLUMES_PER_INSTANCE = 27 }; /* most Nitro types: 28 places, one of them for the interface */

struct volume_attachment {
    uint64_t instance;
    const char *device; /* "/dev/xvda"; the table's */
    int64_t time;  /* when it was asked for */
    int64_t until; /* when its present step ends; 0: none is under way */
    uint8_t state; /* enum volume_attachment_state */
    bool delete_on_termination;
};

/* What may be changed of a volume: modify-volume. */
struct volume_spec {
    uint32_t size_gib;
    uint32_t iops;            /* 0: the type has none to set (standard, st1, sc1) */
    uint32_t throughput_mibs; /* gp3 only, else 0 */
    uint8_t type;             /* enum volume_type */
    bool multi_attach;
};

struct volume {
    uint64_t key;
    uint64_t account;
    uint64_t map;      /* in blocks; held */
    uint64_t snapshot; /* that it was restored from, or 0 */
    int64_t created;
    uint64_t restored;        /* blocks with lower identities come from the snapshot; 0: none do */
    uint32_t load_blocks;     /* of the snapshot, to be loaded from S3; 0: all was there at once */
    uint32_t load_end;        /* the place behind the last of them */
    uint32_t size_gib;
    uint32_t iops;            /* 0: the type has none to set (standard, st1, sc1) */
    uint32_t throughput_mibs; /* gp3 only, else 0 */
    uint32_t generation;      /* of the pending step; stale events are recognised by it */
    uint8_t type;             /* enum volume_type */
    uint8_t state;            /* enum volume_state */
    uint8_t zone;
    bool encrypted;
    bool rekeyed; /* its blocks are a snapshot's that had no key: the next snapshot is a full one */
    bool multi_attach;
    LIST(struct volume_attachment) attachments;
    struct tags tags;
};

/* Of saved state; what operations answer has shapes of its own upstairs. */
extern const struct shape volume_shape;

/*
 * modifying -> optimizing -> completed.  The volume is what was asked from `optimizing` on, and as
 * fast as that when it is completed.  The latest one of a volume is kept as long as the volume.
 */
enum volume_modification_state {
    MODIFICATION_MODIFYING = 1,
    MODIFICATION_OPTIMIZING,
    MODIFICATION_COMPLETED,
};

struct volume_modification {
    uint64_t key; /* the volume */
    int64_t started;
    int64_t changed; /* when it is optimizing, or is to be */
    int64_t ended;   /* when it is completed, or is to be */
    struct volume_spec from;
    struct volume_spec to;
    uint8_t state; /* enum volume_modification_state */
};

extern const struct shape volume_modification_shape;

/* Blocks that were read before their turn came. */
struct volume_fetched {
    uint32_t at;
    uint32_t count;
};

/* What waits at a volume, and what it has saved up: only of those that were read or written. */
struct volume_queue {
    uint64_t key;      /* the volume */
    int64_t free_at;   /* when all that was asked of it so far is done */
    int64_t looked_at; /* when `credits` was counted */
    uint64_t credits;  /* gp2: operations; st1 and sc1: KiB; else 0 */
    LIST(struct volume_fetched) fetched; /* by `at`, neither touching nor overlapping */
};

extern const struct shape volume_queue_shape;

struct volumes {
    struct table table;         /* struct volume */
    struct table modifications; /* struct volume_modification */
    struct table queues;        /* struct volume_queue */
    struct table attached; /* an index that is not saved: the volumes of each instance */
    struct sim *sim;       /* borrowed, as are the next three */
    struct blocks *blocks;
    struct ids *ids;
    struct trail *trail;
    /* It has been made, is another one now, or is being deleted.  NULL: nobody wants to know. */
    void (*changed)(void *context, const struct volume *volume);
    /* What EBS tells of it: "createVolume", "available".  NULL: nobody wants to know. */
    void (*told)(void *context, const struct volume *volume, const char *event,
                 const char *result);
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
    bool rekeyed;   /* encrypted, of a snapshot that is not */
    bool is_loaded; /* fast snapshot restore: all blocks are there from the beginning */
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
    uint32_t limit; /* volumes that the instance may have; 0: VOLUMES_PER_INSTANCE */
};

struct catalog_type;
/*
 * How many volumes an instance of that type may have: types of the seventh generation have places
 * of their own for volumes, Xen's 40, the others share 28 with an interface and local disks.
 */
uint32_t volumes_attachable(const struct catalog_type *type);

/*
 * attach-volume.  Refuses: VolumeInUse, IncorrectState, InvalidVolume.ZoneMismatch, the device is
 * taken (InvalidParameterValue), AttachmentLimitExceeded, IncorrectState also while a change is
 * being made.  That the instance exists is the caller's business.
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

/* ---- modify-volume ---- */

/* Zero: as it is. */
struct volume_modify {
    uint64_t volume;
    uint32_t size_gib;
    uint32_t iops;
    uint32_t throughput_mibs;
    uint8_t type;
    struct opt_bool multi_attach;
};

/*
 * Begins to change a volume.  Refuses IncorrectState (being created or deleted),
 * IncorrectModificationState (the last change is not completed), VolumeModificationRateExceeded
 * (six hours after the last one began), a smaller size, and what volume_new_check() refuses.  NULL
 * after a fault.
 */
const struct volume_modification *volume_modify(struct volumes *volumes,
                                                const struct volume_modify *wanted,
                                                struct fault *fault);
/* The latest change of a volume, or NULL. */
const struct volume_modification *volume_modification_find(const struct volumes *volumes,
                                                           uint64_t volume);
/* How much of it is done: 0 to 100 percent. */
uint32_t volume_modification_progress(const struct volumes *volumes,
                                      const struct volume_modification *modification);
const char *volume_modification_state_name(uint8_t state);
extern const char *const volume_modification_state_words[];

/* ---- how fast a volume is ---- */

/*
 * What a volume does in a second, always (`steady`) and as long as it has credits (`burst`; the
 * same where the type has none).  `credits_max` of gp2 are operations, of st1 and sc1 KiB.
 */
struct volume_speed {
    uint32_t steady_iops;
    uint32_t burst_iops;
    uint64_t steady_kib;
    uint64_t burst_kib;
    uint64_t credits_max; /* 0: the type has no bucket */
    uint32_t operation_kib; /* the largest piece that counts as one operation */
};

/* While a change is under way a volume is as fast as before it. */
struct volume_speed volume_speed(const struct volumes *volumes, const struct volume *volume);
/* What is in its bucket now; 0 where the type has none. */
uint64_t volume_credits(const struct volumes *volumes, const struct volume *volume);
/* Nanoseconds until all that was asked of it before is done. */
int64_t volume_backlog_ns(const struct volumes *volumes, const struct volume *volume);
/*
 * Puts reading or writing of that many bytes, in one stream, at the end of the volume's queue;
 * returns the nanoseconds until it is done.
 */
int64_t volume_io(struct volumes *volumes, const struct volume *volume, uint64_t bytes);

/* Reading or writing here and there: so many operations, each no larger than operation_kib. */
struct volume_pieces {
    uint64_t operations;
    uint64_t kib; /* of all of them */
};
/* The same as volume_io(), for pieces. */
int64_t volume_io_pieces(struct volumes *volumes, const struct volume *volume,
                         struct volume_pieces pieces);

/* ---- blocks that are still in S3 ---- */

/*
 * A volume that was made from a snapshot is usable at once.  Its blocks come from S3 in the order
 * of the disk, or when one is read before its turn, which then waits for it.  What is written needs
 * no loading.
 */

/* How many blocks are still in S3 only. */
uint64_t volume_absent_blocks(const struct volumes *volumes, const struct volume *volume);
/* 0 to 100; 100 too for a volume that began empty. */
uint32_t volume_loaded_percent(const struct volumes *volumes, const struct volume *volume);
/*
 * Whether the first block of a run is in S3 only; *count, the length of the run, is cut to as many
 * as are like it.
 */
bool volume_run_is_absent(const struct volumes *volumes, const struct volume *volume,
                          const struct block_run *run, uint64_t *count);

struct volume_read {
    uint64_t first; /* block */
    uint64_t count;
};
/*
 * Reads blocks in one stream, in the volume's queue; returns the nanoseconds until it is done, and
 * in *fetched (may be NULL) how many blocks had to be waited for.
 */
int64_t volume_read(struct volumes *volumes, const struct volume *volume, struct volume_read read,
                    uint64_t *fetched);

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

/*
 * Before a snapshot of a `rekeyed` volume: its blocks become its own, as they are written under its
 * key; all of them have been loaded then.
 */
void volume_own_blocks(struct volumes *volumes, struct volume *volume);

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
    fault_volume_throughput_ratio, fault_volume_shrunk, fault_volume_modified_lately,
    fault_volume_modification_state, fault_volume_multi_attach_fixed, fault_volume_modifying;

/* "Unable to detach root volume": set by who knows which volume is the root of a running instance.
 */
extern const struct fault_kind fault_volume_root;

/* What a guest finds when it reads all its disks (volume_scan.c), in blocks. */
struct volume_scan {
    uint64_t blocks;   /* all of them */
    uint64_t snapshot; /* that came with an image or a snapshot */
    uint64_t own;      /* written since */
    uint64_t foreign;  /* of these, also written by a volume of another account */
};
struct volume_scan volumes_scan(const struct volumes *volumes, uint64_t account,
                                uint64_t instance);

#endif
