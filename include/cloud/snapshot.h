/*
 * cloud/snapshot.h - snapshots: a volume's blocks at one moment, kept in the Region.
 *
 *      pending (progress 0 .. 100 %) -> completed
 *
 * The moment is that of the call: the snapshot holds the volume's map, and later writes to the
 * volume copy it. What takes time is the copying of the blocks that no earlier snapshot of the
 * account holds.  A block is charged to the oldest snapshot of the account that holds it; deleting
 * that one hands it on.  Deletion of a pending snapshot happens when it completes.
 */
#ifndef CLOUD_SNAPSHOT_H
#define CLOUD_SNAPSHOT_H

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
#include "cloud/volume.h"
#include "sim/event.h"

enum snapshot_state {
    SNAPSHOT_PENDING = 1,
    SNAPSHOT_COMPLETED,
};

enum { SNAPSHOTS_PENDING_MAX = 5 }; /* a volume; 1 for st1 and sc1 */

struct snapshot {
    uint64_t key;
    uint64_t account;
    uint64_t volume; /* that it was made of; it may be gone.  0: the provider's own */
    uint64_t map;    /* held; 0: a public image's that nobody has used yet, see snapshots.fill */
    int64_t started;
    int64_t completed; /* 0: not yet */
    uint32_t size_gib; /* of the volume */
    uint32_t blocks_copied;
    uint32_t blocks_to_copy;
    uint32_t source; /* of a public image's: catalog image + 1, else 0 */
    uint8_t state;   /* enum snapshot_state */
    uint8_t region;
    bool encrypted;
    bool doomed; /* deleted while pending: goes when it completes */
    bool is_public;
    char *description; /* owned */
    struct tags tags;
};

extern const struct shape snapshot_shape;

struct snapshots {
    struct table table; /* struct snapshot */
    struct sim *sim;    /* borrowed, as are the next four */
    struct blocks *blocks;
    struct volumes *volumes;
    struct ids *ids;
    struct trail *trail;
    /* Set by cloud/image: the image that uses a snapshot, or 0; and a map for a public snapshot. */
    uint64_t (*image_of)(void *context, uint64_t snapshot);
    uint64_t (*fill)(void *context, const struct snapshot *snapshot);
    /* Set by cloud/imaging: a snapshot has completed. */
    void (*completed)(void *context, uint64_t snapshot);
    void *image_context;
    void *completed_context;
    /* One is complete, or goes (its id, else 0): what is stored is charged anew.  NULL: nobody
     * wants to know. */
    void (*stored)(void *context, uint64_t account, uint8_t region, uint64_t gone);
    void *stored_context;
};

struct snapshot_links {
    struct sim *sim;
    struct blocks *blocks;
    struct volumes *volumes;
    struct ids *ids;
    struct trail *trail;
};

void snapshots_init(struct snapshots *snapshots, struct snapshot_links links);
void snapshots_release(struct snapshots *snapshots);
/* After the tables of blocks, volumes and snapshots were loaded: false when they contradict each
 * other. */
bool snapshots_restore(const struct snapshots *snapshots);

struct snapshot_new {
    uint64_t account;
    uint64_t volume;
    const char *description; /* NULL: "" */
};

/* Point in time: now.  Refuses ConcurrentSnapshotLimitExceeded, IncorrectState (a volume that is
 * being created or deleted).  NULL after a fault. */
struct snapshot *snapshot_create(struct snapshots *snapshots, struct snapshot_new wanted,
                                 struct fault *fault);
/* True when one more pending snapshot of that volume is allowed; else sets the fault. */
bool snapshot_may_begin(const struct snapshots *snapshots, const struct volume *volume,
                        struct fault *fault);
/* InvalidSnapshot.InUse when an image needs it, AuthFailure when it is not the account's. */
int snapshot_delete(struct snapshots *snapshots, uint64_t account, uint64_t id,
                    struct fault *fault);
/* NULL when it does not exist, is doomed, lies in another Region or may not be seen by the account.
 */
struct snapshot *snapshot_find(const struct snapshots *snapshots, uint64_t account, uint8_t region,
                               uint64_t id);
int snapshot_not_found(uint64_t id, struct fault *fault);

/* create-volume and launches: fills in wanted->snapshot, snapshot_gib, map, encrypted; refuses a
 * snapshot that is not completed (IncorrectState) or a size below its own (InvalidParameterValue,
 * through volume_new_check()). Changes nothing but that a public snapshot gets its blocks.  Then
 * call volume_create() or volume_launch(). */
int snapshot_restore(struct snapshots *snapshots, uint64_t id, struct volume_new *wanted,
                     struct fault *fault);
/* The map, made when it is a public snapshot's first use. */
uint64_t snapshot_map(struct snapshots *snapshots, struct snapshot *snapshot);

uint64_t snapshot_referenced_bytes(const struct snapshots *snapshots,
                                   const struct snapshot *snapshot);
/* "62%", as the API says it. */
uint32_t snapshot_progress(const struct snapshot *snapshot);

/* What each snapshot of an account in a Region holds and pays for, in the order of their making. */
struct snapshot_share {
    uint64_t snapshot;
    uint64_t referenced_bytes;
    uint64_t stored_bytes; /* charged to it; sums to what is stored */
};
struct snapshot_shares {
    LIST(struct snapshot_share) items;
};
void snapshots_measure(const struct snapshots *snapshots, uint64_t account, uint8_t region,
                       struct snapshot_shares *shares); /* LIST_RELEASE(&shares.items) */

/* What the functions above refuse with, for lists of what an operation can answer. */
extern const struct fault_kind fault_snapshot_malformed, fault_snapshot_volume,
    fault_snapshot_not_found, fault_snapshot_in_use, fault_snapshot_limit, fault_snapshot_pending,
    fault_snapshot_foreign;

const char *snapshot_state_name(uint8_t state);
extern const char *const snapshot_state_words[];

#endif
