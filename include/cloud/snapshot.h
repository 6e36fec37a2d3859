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
    uint32_t block_us; /* how long copying a block takes; 0: as in old sessions, 20 ms */
    uint64_t copy_of;  /* the snapshot that it is a copy of; it may be gone.  0: of a volume */
    uint8_t state;     /* enum snapshot_state */
    uint8_t region;
    uint8_t copy_from; /* of a copy: the Region that its blocks come from, + 1 */
    bool encrypted;
    bool doomed; /* deleted while pending: goes when it completes */
    bool is_public;
    char *description; /* owned */
    LIST(int64_t) shared_with; /* accounts that may make volumes of it */
    struct tags tags;
    bool incremental; /* a copy of what an earlier copy there did not have */
};

/*
 * Fast restores of a snapshot in a zone: enabling -> optimizing -> enabled -> disabling ->
 * disabled.  While it is enabled, volumes are made with all their blocks, as many as there are
 * credits.
 */
enum fast_restore_state {
    FAST_RESTORE_ENABLING = 1,
    FAST_RESTORE_OPTIMIZING,
    FAST_RESTORE_ENABLED,
    FAST_RESTORE_DISABLING,
    FAST_RESTORE_DISABLED,
};

enum { FAST_RESTORE_STATES = 5 };

struct fast_restore {
    uint64_t key;
    uint64_t account; /* that asked for it, and pays for it */
    uint64_t snapshot;
    int64_t enabling; /* when each state began; 0: not yet */
    int64_t optimizing;
    int64_t enabled;
    int64_t disabling;
    int64_t disabled;
    int64_t looked_at;      /* when the credits were counted */
    uint32_t credits_milli; /* then: thousandths of a volume */
    uint8_t zone;
    uint8_t state; /* enum fast_restore_state */
};

extern const struct shape snapshot_shape, fast_restore_shape;

struct snapshots {
    struct table table; /* struct snapshot */
    struct table fast;  /* struct fast_restore */
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
    /* Is a Region lost, so that nothing comes out of it?  NULL: none is. */
    bool (*region_lost)(void *context, uint8_t region);
    void *region_context;
    /* One is complete, or goes (its id, else 0): what is stored is charged anew.  NULL: nobody
     * wants to know. */
    void (*stored)(void *context, uint64_t account, uint8_t region, uint64_t gone);
    void *stored_context;
    /* One is complete.  NULL: nobody wants to know. */
    void (*made)(void *context, const struct snapshot *snapshot);
    void *made_context;
    /* Fast restores of a snapshot begin to work in a zone, or end; a copy carries so many blocks
     * into another Region.  NULL: nobody wants to know. */
    void (*fast_changed)(void *context, const struct fast_restore *restore, bool works);
    void (*carried)(void *context, const struct snapshot *source, uint32_t blocks);
    /* Fast restores are in another state.  NULL: nobody wants to know. */
    void (*fast_moved)(void *context, const struct fast_restore *restore);
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

/* ---- copies, in this Region or from another ---- */

enum { SNAPSHOT_COPIES_MAX = 20 }; /* under way at once into a Region */

struct snapshot_copy {
    uint64_t account;
    uint64_t source; /* that the account may see */
    uint8_t region;  /* where the copy is to be */
    bool encrypted;  /* as the source when false */
    const char *description; /* NULL or "": says what it is a copy of, and from which Region */
    const char *from;        /* that Region's name */
    bool for_image; /* a part of an image's copy, which has a limit of its own */
};
/*
 * A copy is complete by itself.  It stores nothing new in the source's own Region, account and
 * encryption; elsewhere all of it, but for what an earlier copy there of the same volume already
 * holds.  While the source's Region is lost the copy comes no further.  Refuses IncorrectState
 * (the source is pending), ResourceLimitExceeded.  NULL after a fault.
 */
struct snapshot *snapshot_copy(struct snapshots *snapshots, const struct snapshot_copy *wanted,
                               struct fault *fault);

/* ---- who may use it ---- */

/* Whether an account may see it and make volumes of it: its owner, whom it is shared with, all. */
bool snapshot_is_visible(const struct snapshot *snapshot, uint64_t account);
/* Shares it with an account, or no longer; account 0: with everybody.  Refuses to share one that is
 * encrypted with AWS's own key (OperationNotPermitted). */
int snapshot_share(struct snapshot *snapshot, uint64_t account, bool shares, struct fault *fault);
/* Its owner's alone again. */
void snapshot_unshare(struct snapshot *snapshot);

/* ---- fast restores ---- */

/* NULL when it was never asked for. */
struct fast_restore *fast_restore_find(const struct snapshots *snapshots, uint64_t account,
                                       uint64_t snapshot, uint8_t zone);
/* Begins it, or gives the one that there is already. */
const struct fast_restore *fast_restore_enable(struct snapshots *snapshots, uint64_t account,
                                               uint64_t snapshot, uint8_t zone);
/* Ends it; one that is not enabled, or on its way to it, stays as it is. */
void fast_restore_disable(struct snapshots *snapshots, struct fast_restore *restore);
/* How many volumes could be made at once, in thousandths. */
uint32_t fast_restore_credits(const struct snapshots *snapshots,
                              const struct fast_restore *restore);
const char *fast_restore_state_name(uint8_t state);
/* "Client.UserInitiated - Lifecycle state transition": why it is in its state. */
const char *fast_restore_reason(uint8_t state);
extern const char *const fast_restore_state_words[];
/*
 * A volume was made as snapshot_restore() filled it in: one that was loaded at once has used up a
 * credit.
 */
void snapshot_restored(struct snapshots *snapshots, const struct volume_new *made);

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
    fault_snapshot_foreign, fault_snapshot_copies, fault_snapshot_default_key;

const char *snapshot_state_name(uint8_t state);
extern const char *const snapshot_state_words[];

#endif
