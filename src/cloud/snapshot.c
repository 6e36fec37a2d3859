/*
 * cloud/snapshot.c - snapshots: a volume's blocks at one moment, kept in the Region.
 *
 * Owns    struct snapshot.
 * Moves   pending -> completed in at most ten steps; a doomed one goes when it completes.
 * Uses    cloud/block (sharing, who pays), cloud/volume, sim/event.
 * True to the EBS user guide, "How incremental snapshots work".  The volume and its snapshots share
 * identities of blocks here, where AWS copies them to S3: what is charged is what would have been
 * copied.
 */
#include "cloud/snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/snapshot_parts.h"
#include "sim/chance.h"
#include "sim/clock.h"

#define SNAPSHOT_BEGIN_NS (8 * SECOND_NS)
/* 25 MiB/s, or as fast as the volume is */
enum { SNAPSHOT_BLOCK_US = 20000, SNAPSHOT_BLOCK_KIB = BLOCK_BYTES / 1024 };
#define SNAPSHOT_LONGEST_NS (2 * HOUR_NS)
/* how often a copy looks whether the Region of its source is back */
#define CUT_OFF_LOOK_NS (10 * SECOND_NS)

enum { SNAPSHOT_STEPS = 10 };

const struct fault_kind fault_snapshot_malformed = {
    .code = "InvalidSnapshotID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"snap-...\")",
    .hint = "A snapshot id is snap- and 17 digits, as describe-snapshots shows it.",
};

const struct fault_kind fault_snapshot_not_found = {
    .code = "InvalidSnapshot.NotFound",
    .text = "The snapshot '{}' does not exist.",
    .hint = "`aws ec2 describe-snapshots --owner-ids self` lists yours of this Region.",
};

const struct fault_kind fault_snapshot_in_use = {
    .code = "InvalidSnapshot.InUse",
    .text = "The snapshot {} is currently in use by {}",
    .hint = "Deregister the image first: aws ec2 deregister-image.",
};
const struct fault_kind fault_snapshot_limit = {
    .code = "ConcurrentSnapshotLimitExceeded",
    .text = "Maximum allowed in-progress snapshots for a single volume exceeded.",
    .hint = "Wait until one of them has completed: aws ec2 wait snapshot-completed.",
};
const struct fault_kind fault_snapshot_volume = {
    .code = "IncorrectState",
    .text = "Volume '{}' is in the '{}' state.",
    .hint = "A snapshot needs a volume that is available or in use.",
};
const struct fault_kind fault_snapshot_pending = {
    .code = "IncorrectState",
    .text = "Snapshot is in invalid state - {}",
    .hint = "Wait until it has completed: aws ec2 wait snapshot-completed.",
};
const struct fault_kind fault_snapshot_foreign = {
    .code = "AuthFailure",
    .text = "Not authorized for snapshot:{}",
    .hint = "It belongs to another account.",
};

const char *const snapshot_state_words[] = {"pending", "completed", "error", NULL};

static const struct field snapshot_fields[] = {
    F_INT(struct snapshot, key, "Snapshot", "The snapshot."),
    F_INT(struct snapshot, account, "Account", "Its owner."),
    F_INT(struct snapshot, volume, "Volume", "That it was made of."),
    F_INT(struct snapshot, map, "Map", "Its blocks."),
    F_TIME(struct snapshot, started, "Started", "Its moment."),
    F_TIME(struct snapshot, completed, "Completed", "When all was copied."),
    F_INT(struct snapshot, size_gib, "Size", "The volume's size in GiB."),
    F_INT(struct snapshot, blocks_copied, "Copied", "Blocks copied so far."),
    F_INT(struct snapshot, blocks_to_copy, "ToCopy", "Blocks to copy in all."),
    F_INT(struct snapshot, block_us, "BlockTime", "Microseconds that copying a block takes."),
    F_INT(struct snapshot, copy_of, "CopyOf", "The snapshot that it is a copy of."),
    F_INT(struct snapshot, source, "Source", "Image of the catalog that it belongs to, plus 1."),
    F_INT(struct snapshot, state, "State", "Its state."),
    F_INT(struct snapshot, region, "Region", "Where it is kept."),
    F_BOOL(struct snapshot, encrypted, "Encrypted", "Whether it is encrypted."),
    F_BOOL(struct snapshot, doomed, "Doomed", "Whether it goes when it completes."),
    F_BOOL(struct snapshot, is_public, "Public", "Whether all accounts may use it."),
    F_STRING(struct snapshot, description, "Description", "What its maker says of it."),
    F_INTS(struct snapshot, shared_with, "SharedWith", "Accounts that may use it."),
    F_EMBED(struct snapshot, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_INT(struct snapshot, copy_from, "CopyFrom", "The Region that it is copied from, plus 1."),
    F_BOOL(struct snapshot, incremental, "Incremental", "Whether an earlier copy has the rest."),
};

const struct shape snapshot_shape = SHAPE("Snapshot", struct snapshot, snapshot_fields);

const char *snapshot_state_name(uint8_t state)
{
    return state == SNAPSHOT_PENDING     ? "pending"
           : state == SNAPSHOT_COMPLETED ? "completed"
                                         : "error";
}

void snapshot_say(struct snapshots *snapshots, const struct snapshot *snapshot, const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(snapshots->trail,
              (struct trail_entry){
                  .account = snapshot->account,
                  .subject = snapshot->key,
                  .other = snapshot->volume,
                  .topic = TRAIL_SNAPSHOT,
                  .region = snapshot->region,
                  .text = arena_printf(&arena, "%s %s",
                                       id_text(&arena, &kind_snapshot, snapshot->key), what),
              });
    arena_release(&arena);
}

static void stored(const struct snapshots *snapshots, const struct snapshot *snapshot,
                   uint64_t gone)
{
    if (snapshots->stored != NULL)
        snapshots->stored(snapshots->stored_context, snapshot->account, snapshot->region, gone);
}

static void snapshot_gone(struct snapshots *snapshots, struct snapshot *snapshot)
{
    struct snapshot gone = *snapshot;

    snapshot_say(snapshots, snapshot, "deleted");
    fast_restores_forget(snapshots, snapshot->key);
    if (snapshot->map != 0)
        blocks_drop(snapshots->blocks, snapshot->map);
    table_remove(&snapshots->table, snapshot->key);
    stored(snapshots, &gone, gone.key);
}

/* ---- copying ---- */

static int64_t copy_time(const struct snapshot *snapshot)
{
    int64_t block_ns =
        (snapshot->block_us == 0 ? SNAPSHOT_BLOCK_US : snapshot->block_us) * MICROSECOND_NS;

    return snapshot->blocks_to_copy > SNAPSHOT_LONGEST_NS / block_ns
               ? SNAPSHOT_LONGEST_NS
               : snapshot->blocks_to_copy * block_ns;
}

static uint32_t snapshot_steps(const struct snapshot *snapshot)
{
    return snapshot->blocks_to_copy < SNAPSHOT_STEPS ? 1 : SNAPSHOT_STEPS;
}

/* Can the blocks of a copy not be carried now: is the Region lost that they come from? */
static bool is_cut_off(const struct snapshots *snapshots, const struct snapshot *snapshot)
{
    return snapshot->copy_from != 0 && snapshot->copy_from != snapshot->region + 1 &&
           snapshots->region_lost != NULL &&
           snapshots->region_lost(snapshots->region_context, (uint8_t)(snapshot->copy_from - 1));
}

static void run_step(void *context, const struct event *event)
{
    struct snapshots *snapshots = context;
    struct snapshot *snapshot = table_find(&snapshots->table, event->subject);
    uint64_t step = event->detail;
    uint32_t steps;

    if (snapshot == NULL || snapshot->state != SNAPSHOT_PENDING)
        return;
    if (is_cut_off(snapshots, snapshot)) {
        if (snapshot->doomed)
            snapshot_gone(snapshots, snapshot);
        else
            sim_schedule(snapshots->sim, CUT_OFF_LOOK_NS, EVENT_SNAPSHOT_STEP, snapshot->key,
                         step);
        return;
    }
    steps = snapshot_steps(snapshot);
    if (step < steps) {
        snapshot->blocks_copied = (uint32_t)(snapshot->blocks_to_copy * step / steps);
        sim_schedule(snapshots->sim, copy_time(snapshot) / steps,
                     EVENT_SNAPSHOT_STEP, snapshot->key, step + 1);
        return;
    }
    snapshot->blocks_copied = snapshot->blocks_to_copy;
    snapshot->state = SNAPSHOT_COMPLETED;
    snapshot->completed = snapshots->sim->now;
    snapshot_say(snapshots, snapshot, "pending -> completed");
    if (snapshot->doomed) {
        snapshot_gone(snapshots, snapshot);
        return;
    }
    stored(snapshots, snapshot, 0);
    if (snapshots->made != NULL)
        snapshots->made(snapshots->made_context, snapshot);
    if (snapshots->completed != NULL)
        snapshots->completed(snapshots->completed_context, event->subject);
}

void snapshot_copying_begin(struct snapshots *snapshots, const struct snapshot *snapshot)
{
    sim_schedule(snapshots->sim,
                 SNAPSHOT_BEGIN_NS + copy_time(snapshot) / snapshot_steps(snapshot),
                 EVENT_SNAPSHOT_STEP, snapshot->key, 1);
}

static const struct event_kind snapshot_step = {.name = "snapshot-step", .run = run_step};

void snapshots_init(struct snapshots *snapshots, struct snapshot_links links)
{
    *snapshots = (struct snapshots){
        .sim = links.sim,
        .blocks = links.blocks,
        .volumes = links.volumes,
        .ids = links.ids,
        .trail = links.trail,
    };
    table_init(&snapshots->table, &snapshot_shape);
    fast_restores_init(snapshots);
    sim_handle(links.sim, EVENT_SNAPSHOT_STEP, &snapshot_step, snapshots);
}

void snapshots_release(struct snapshots *snapshots)
{
    table_release(&snapshots->table);
    table_release(&snapshots->fast);
}

/* Every map is held exactly by the volumes and snapshots that name it. */
static bool holders_agree(const struct snapshots *snapshots)
{
    const struct table *maps = &snapshots->blocks->maps;
    uint64_t holders = 0;
    uint64_t named = table_count(&snapshots->volumes->table);

    for (uint32_t i = 0; i < table_count(maps); i++)
        holders += ((const struct block_map *)table_at(maps, i))->holders;
    for (uint32_t i = 0; i < table_count(&snapshots->table); i++)
        named += ((const struct snapshot *)table_at(&snapshots->table, i))->map != 0;
    return holders == named;
}

bool snapshots_restore(const struct snapshots *snapshots)
{
    for (uint32_t i = 0; i < table_count(&snapshots->table); i++) {
        const struct snapshot *snapshot = table_at(&snapshots->table, i);

        if ((snapshot->map != 0 && table_find(&snapshots->blocks->maps, snapshot->map) == NULL) ||
            (snapshot->map == 0 && snapshot->source == 0) || snapshot->description == NULL ||
            snapshot->state == 0 || snapshot->state > SNAPSHOT_COMPLETED ||
            snapshot->size_gib == 0 || snapshot->blocks_copied > snapshot->blocks_to_copy)
            return false;
    }
    return fast_restores_sound(snapshots) && holders_agree(snapshots) &&
           blocks_wrong(snapshots->blocks) == NULL;
}

/* Blocks that the account does not yet keep: those not in the volume's last snapshot, nor in the
 * one of the account's own that the volume was restored from. */
static uint32_t blocks_missing(const struct snapshots *snapshots, const struct volume *volume)
{
    uint64_t maps[3];
    uint64_t charged[3];
    uint32_t count = 0;

    for (uint32_t i = table_count(&snapshots->table); i-- > 0 && count < 2;) {
        const struct snapshot *other = table_at(&snapshots->table, i);

        if (other->map == 0 || other->account != volume->account)
            continue;
        if (other->key == volume->snapshot || (other->volume == volume->key && count == 0))
            maps[count++] = other->map;
    }
    maps[count++] = volume->map;
    blocks_charge(snapshots->blocks, maps, count, charged);
    return (uint32_t)charged[count - 1];
}

bool snapshot_may_begin(const struct snapshots *snapshots, const struct volume *volume,
                        struct fault *fault)
{
    uint32_t limit =
        volume->type == VOLUME_ST1 || volume->type == VOLUME_SC1 ? 1 : SNAPSHOTS_PENDING_MAX;
    uint32_t pending = 0;

    for (uint32_t i = table_count(&snapshots->table); i-- > 0;) {
        const struct snapshot *other = table_at(&snapshots->table, i);

        pending += other->volume == volume->key && other->state == SNAPSHOT_PENDING;
    }
    if (pending >= limit)
        fault_set(fault, &fault_snapshot_limit);
    return pending < limit;
}

/* The volume is read no faster than it is: slow HDD volumes take longer. */
static uint32_t block_time_us(const struct snapshots *snapshots, const struct volume *volume)
{
    struct volume_speed speed = volume_speed(snapshots->volumes, volume);
    uint64_t kib =
        volume_credits(snapshots->volumes, volume) > 0 ? speed.burst_kib : speed.steady_kib;
    uint64_t time = SNAPSHOT_BLOCK_KIB * UINT64_C(1000000) / (kib == 0 ? 1 : kib);

    return time < SNAPSHOT_BLOCK_US ? SNAPSHOT_BLOCK_US : (uint32_t)time;
}

struct snapshot *snapshot_create(struct snapshots *snapshots, struct snapshot_new wanted,
                                 struct fault *fault)
{
    struct volume *volume = table_find(&snapshots->volumes->table, wanted.volume);
    struct arena arena = ARENA_INIT;
    struct snapshot *snapshot;

    if (volume == NULL) {
        volume_not_found(wanted.volume, fault);
        return NULL;
    }
    if (volume->state != VOLUME_AVAILABLE && volume->state != VOLUME_IN_USE) {
        fault_set(fault, &fault_snapshot_volume, id_text(&arena, &kind_volume, volume->key),
                  volume_state_name(volume->state));
        arena_release(&arena);
        return NULL;
    }
    if (!snapshot_may_begin(snapshots, volume, fault))
        return NULL;
    if (volume->rekeyed)
        volume_own_blocks(snapshots->volumes, volume);
    snapshot = table_add(&snapshots->table, ids_new(snapshots->ids));
    snapshot->account = wanted.account;
    snapshot->volume = volume->key;
    snapshot->started = snapshots->sim->now;
    snapshot->size_gib = volume->size_gib;
    snapshot->state = SNAPSHOT_PENDING;
    snapshot->region = volume_region(volume);
    snapshot->encrypted = volume->encrypted;
    snapshot->description = xstrdup(wanted.description == NULL ? "" : wanted.description);
    snapshot->blocks_to_copy = blocks_missing(snapshots, volume);
    snapshot->map = blocks_hold(snapshots->blocks, volume->map);
    snapshot->block_us = block_time_us(snapshots, volume);
    snapshot_copying_begin(snapshots, snapshot);
    snapshot_say(snapshots, snapshot,
                 arena_printf(&arena, "pending: %" PRIu32 " blocks to copy",
                              snapshot->blocks_to_copy));
    arena_release(&arena);
    return snapshot;
}

int snapshot_not_found(uint64_t id, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    int result = fault_set(fault, &fault_snapshot_not_found, id_text(&arena, &kind_snapshot, id));

    arena_release(&arena);
    return result;
}

struct snapshot *snapshot_find(const struct snapshots *snapshots, uint64_t account, uint8_t region,
                               uint64_t id)
{
    struct snapshot *snapshot = id == 0 ? NULL : table_find(&snapshots->table, id);

    if (snapshot == NULL || snapshot->doomed || snapshot->region != region ||
        !snapshot_is_visible(snapshot, account))
        return NULL;
    return snapshot;
}

int snapshot_delete(struct snapshots *snapshots, uint64_t account, uint64_t id, struct fault *fault)
{
    struct snapshot *snapshot = table_find(&snapshots->table, id);
    struct arena arena = ARENA_INIT;
    uint64_t image;
    int result = 0;

    if (snapshot == NULL || snapshot->doomed)
        return snapshot_not_found(id, fault);
    image = snapshots->image_of == NULL ? 0 : snapshots->image_of(snapshots->image_context, id);
    if (snapshot->account != account)
        result = fault_set(fault, &fault_snapshot_foreign, id_text(&arena, &kind_snapshot, id));
    else if (image != 0)
        result = fault_set(fault, &fault_snapshot_in_use, id_text(&arena, &kind_snapshot, id),
                           id_text(&arena, &kind_image, image));
    arena_release(&arena);
    if (result != 0)
        return result;
    if (snapshot->state == SNAPSHOT_PENDING)
        snapshot->doomed = true;
    else
        snapshot_gone(snapshots, snapshot);
    return 0;
}

/* ---- restoring ---- */

uint64_t snapshot_map(struct snapshots *snapshots, struct snapshot *snapshot)
{
    if (snapshot->map == 0 && snapshots->fill != NULL)
        snapshot->map = snapshots->fill(snapshots->image_context, snapshot);
    if (snapshot->map == 0)
        snapshot->map = blocks_map_new(snapshots->blocks);
    return snapshot->map;
}

int snapshot_restore(struct snapshots *snapshots, uint64_t id, struct volume_new *wanted,
                     struct fault *fault)
{
    struct snapshot *snapshot = table_find(&snapshots->table, id);
    struct volume_new filled = *wanted;

    if (snapshot == NULL || snapshot->doomed)
        return snapshot_not_found(id, fault);
    if (snapshot->state != SNAPSHOT_COMPLETED)
        return fault_set(fault, &fault_snapshot_pending, snapshot_state_name(snapshot->state));
    filled.snapshot = id;
    filled.snapshot_gib = snapshot->size_gib;
    filled.encrypted |= snapshot->encrypted;
    filled.rekeyed = filled.encrypted && !snapshot->encrypted;
    filled.is_loaded = fast_restore_ready(snapshots, wanted->account, id, wanted->zone) != NULL;
    if (volume_new_check(&filled, fault) != 0)
        return -1;
    filled.map = snapshot_map(snapshots, snapshot);
    *wanted = filled;
    return 0;
}

/* ---- measures ---- */

uint64_t snapshot_referenced_bytes(const struct snapshots *snapshots,
                                   const struct snapshot *snapshot)
{
    return snapshot->map == 0 ? 0 : blocks_used(snapshots->blocks, snapshot->map) * BLOCK_BYTES;
}

uint32_t snapshot_progress(const struct snapshot *snapshot)
{
    if (snapshot->state == SNAPSHOT_COMPLETED)
        return 100;
    if (snapshot->blocks_to_copy == 0)
        return 0;
    return (uint32_t)((uint64_t)snapshot->blocks_copied * 100 / snapshot->blocks_to_copy);
}

void snapshots_measure(const struct snapshots *snapshots, uint64_t account, uint8_t region,
                       struct snapshot_shares *shares)
{
    LIST(uint64_t) maps = {0};
    uint64_t *charged;

    for (uint32_t i = 0; i < table_count(&snapshots->table); i++) {
        const struct snapshot *snapshot = table_at(&snapshots->table, i);

        if (snapshot->account != account || snapshot->region != region || snapshot->map == 0)
            continue;
        *LIST_PUSH(&maps) = snapshot->map;
        *LIST_PUSH(&shares->items) = (struct snapshot_share){
            .snapshot = snapshot->key,
            .referenced_bytes = snapshot_referenced_bytes(snapshots, snapshot),
        };
    }
    charged = xcalloc(maps.count + 1, sizeof(*charged));
    blocks_charge(snapshots->blocks, maps.items, maps.count, charged);
    for (uint32_t i = 0; i < maps.count; i++)
        shares->items.items[i].stored_bytes = charged[i] * BLOCK_BYTES;
    free(charged);
    LIST_RELEASE(&maps);
}
