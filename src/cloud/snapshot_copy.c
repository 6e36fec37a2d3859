/*
 * cloud/snapshot_copy.c - snapshots that are copied, and whom they are shared with.
 *
 * True to the EBS user guide, "Copy an Amazon EBS snapshot" and "Share an Amazon EBS snapshot".
 * Left out: keys of one's own, copies that must be ready in a given time.
 */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/snapshot_parts.h"
#include "sim/clock.h"

/* 25 MiB/s within a Region, half of it between two */
enum { COPY_HERE_US = 20000, COPY_FAR_US = 40000 };

const struct fault_kind fault_snapshot_copies = {
    .code = "ResourceLimitExceeded",
    .text = "Too many snapshot copies in progress. The limit is {} for this destination region.",
    .hint = "Wait until one of them has completed: aws ec2 wait snapshot-completed.",
};
const struct fault_kind fault_snapshot_default_key = {
    .code = "OperationNotPermitted",
    .text = "Encrypted snapshots with EBS default key cannot be shared",
    .hint = "AWS's own key cannot be given to others, and there is no other one here: share one "
            "that is not encrypted.",
};

/* ---- copies ---- */

static uint32_t copies_under_way(const struct snapshots *snapshots,
                                 const struct snapshot_copy *wanted)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(&snapshots->table); i++) {
        const struct snapshot *other = table_at(&snapshots->table, i);

        count += other->copy_of != 0 && other->state == SNAPSHOT_PENDING &&
                 other->account == wanted->account && other->region == wanted->region &&
                 snapshots->image_of(snapshots->image_context, other->key) == 0;
    }
    return count;
}

/*
 * The latest complete copy there of an earlier snapshot of the same volume, when that snapshot is
 * still there to compare with; or NULL.
 */
static const struct snapshot *earlier_copy(const struct snapshots *snapshots,
                                           const struct snapshot *source,
                                           const struct snapshot *made)
{
    for (uint32_t i = table_count(&snapshots->table); i-- > 0;) {
        const struct snapshot *copy = table_at(&snapshots->table, i);
        const struct snapshot *known =
            copy->copy_of == 0 ? NULL : table_find(&snapshots->table, copy->copy_of);

        if (known != NULL && copy->account == made->account && copy->region == made->region &&
            copy->encrypted == made->encrypted && copy->state == SNAPSHOT_COMPLETED &&
            known->volume == source->volume && known->volume != 0 && known->map != 0 &&
            known->account == source->account)
            return copy;
    }
    return NULL;
}

/* Gives the copy its blocks, and says how many have to be carried. */
static void copy_blocks(struct snapshots *snapshots, struct snapshot *source,
                        struct snapshot *made)
{
    uint64_t map = snapshot_map(snapshots, source);
    const struct snapshot *earlier;
    uint64_t maps[2];
    uint64_t charged[2];

    if (source->region == made->region && source->account == made->account &&
        source->encrypted == made->encrypted) {
        made->map = blocks_hold(snapshots->blocks, map);
        return;
    }
    made->block_us = source->region == made->region ? COPY_HERE_US : COPY_FAR_US;
    earlier = earlier_copy(snapshots, source, made);
    if (earlier == NULL) {
        made->map = blocks_copy(snapshots->blocks, map, 0, 0);
        made->blocks_to_copy = (uint32_t)blocks_used(snapshots->blocks, map);
        return;
    }
    made->incremental = true;
    made->map = blocks_copy(
        snapshots->blocks, map,
        ((const struct snapshot *)table_get(&snapshots->table, earlier->copy_of))->map,
        earlier->map);
    maps[0] = earlier->map;
    maps[1] = made->map;
    blocks_charge(snapshots->blocks, maps, 2, charged);
    made->blocks_to_copy = (uint32_t)charged[1];
}

struct snapshot *snapshot_copy(struct snapshots *snapshots, const struct snapshot_copy *wanted,
                               struct fault *fault)
{
    struct snapshot *source = table_get(&snapshots->table, wanted->source);
    struct arena arena = ARENA_INIT;
    struct snapshot *made = NULL;
    const char *name = id_text(&arena, &kind_snapshot, wanted->source);

    if (source->state != SNAPSHOT_COMPLETED) {
        fault_set(fault, &fault_snapshot_pending, snapshot_state_name(source->state));
    } else if (!wanted->for_image &&
               copies_under_way(snapshots, wanted) >= SNAPSHOT_COPIES_MAX) {
        fault_set(fault, &fault_snapshot_copies,
                  arena_printf(&arena, "%d", SNAPSHOT_COPIES_MAX));
    } else {
        made = table_add(&snapshots->table, ids_new(snapshots->ids));
        made->account = wanted->account;
        made->started = snapshots->sim->now;
        made->size_gib = source->size_gib;
        made->copy_of = source->key;
        made->state = SNAPSHOT_PENDING;
        made->region = wanted->region;
        made->copy_from = (uint8_t)(source->region + 1);
        made->encrypted = source->encrypted || wanted->encrypted;
        made->description = xstrdup(
            wanted->description != NULL && wanted->description[0] != '\0'
                ? wanted->description
                : arena_printf(&arena, "[Copied %s from %s]", name, wanted->from));
        copy_blocks(snapshots, source, made);
        if (source->region != made->region && snapshots->carried != NULL)
            snapshots->carried(snapshots->stored_context, source, made->blocks_to_copy);
        snapshot_copying_begin(snapshots, made);
        snapshot_say(snapshots, made,
                     arena_printf(&arena, "pending: a copy of %s from %s, %u blocks", name,
                                  wanted->from, made->blocks_to_copy));
    }
    arena_release(&arena);
    return made;
}

/* ---- sharing ---- */

static uint32_t shared_position(const struct snapshot *snapshot, uint64_t account)
{
    uint32_t i = 0;

    while (i < snapshot->shared_with.count &&
           snapshot->shared_with.items[i] != (int64_t)account)
        i++;
    return i;
}

bool snapshot_is_visible(const struct snapshot *snapshot, uint64_t account)
{
    return snapshot->account == account || snapshot->is_public ||
           shared_position(snapshot, account) < snapshot->shared_with.count;
}

int snapshot_share(struct snapshot *snapshot, uint64_t account, bool shares, struct fault *fault)
{
    uint32_t at = shared_position(snapshot, account);

    if (shares && snapshot->encrypted)
        return fault_set(fault, &fault_snapshot_default_key);
    if (account == 0)
        snapshot->is_public = shares;
    else if (shares && at == snapshot->shared_with.count)
        *LIST_PUSH(&snapshot->shared_with) = (int64_t)account;
    else if (!shares && at < snapshot->shared_with.count)
        LIST_REMOVE(&snapshot->shared_with, at);
    return 0;
}

void snapshot_unshare(struct snapshot *snapshot)
{
    snapshot->is_public = false;
    LIST_RELEASE(&snapshot->shared_with);
}
