/*
 * cloud/snapshot_fast.c - fast snapshot restore: volumes whose blocks are all there at once.
 *
 * Owns    struct fast_restore: one for each snapshot, zone and account that asked for it.
 * Moves   enabling -> optimizing -> enabled; disabling -> disabled, from any of the three.
 * True to the EBS user guide, "Amazon EBS fast snapshot restore": an hour for each TiB until it is
 * enabled; a bucket of volumes that holds 1,024 / GiB (1 to 10) and fills with as many an hour.
 */
#include "base/mem.h"
#include "cloud/event_kinds.h"
#include "cloud/snapshot_parts.h"
#include "sim/clock.h"

#define ENABLING_NS (36 * SECOND_NS)
#define OPTIMIZING_GIB_NS (HOUR_NS / 1024)
#define DISABLING_NS (31 * SECOND_NS)

enum { BUCKET_GIB = 1024, BUCKET_MOST = 10, MILLI = 1000 };

const char *const fast_restore_state_words[] = {"enabling",  "optimizing", "enabled",
                                                "disabling", "disabled",   NULL};

static const struct field fast_restore_fields[] = {
    F_INT(struct fast_restore, key, "FastRestore", "Its number."),
    F_INT(struct fast_restore, account, "Account", "Who asked for it."),
    F_INT(struct fast_restore, snapshot, "Snapshot", "The snapshot."),
    F_TIME(struct fast_restore, enabling, "Enabling", "When it was asked for."),
    F_TIME(struct fast_restore, optimizing, "Optimizing", "When its blocks began to be fetched."),
    F_TIME(struct fast_restore, enabled, "Enabled", "Since when it works."),
    F_TIME(struct fast_restore, disabling, "Disabling", "When it was ended."),
    F_TIME(struct fast_restore, disabled, "Disabled", "When it had ended."),
    F_TIME(struct fast_restore, looked_at, "LookedAt", "When its credits were counted."),
    F_INT(struct fast_restore, credits_milli, "Credits", "Thousandths of volumes to be made."),
    F_INT(struct fast_restore, zone, "Zone", "Where."),
    F_INT(struct fast_restore, state, "State", "How far it is."),
};

const struct shape fast_restore_shape =
    SHAPE("FastRestore", struct fast_restore, fast_restore_fields);

const char *fast_restore_state_name(uint8_t state)
{
    return fast_restore_state_words[state == 0 || state > FAST_RESTORE_STATES
                                        ? FAST_RESTORE_STATES - 1
                                        : state - 1];
}

const char *fast_restore_reason(uint8_t state)
{
    return state == FAST_RESTORE_ENABLING ? "Client.UserInitiated"
                                          : "Client.UserInitiated - Lifecycle state transition";
}

static const struct snapshot *snapshot_of(const struct snapshots *snapshots,
                                          const struct fast_restore *restore)
{
    return table_get(&snapshots->table, restore->snapshot);
}

/* ---- states ---- */

static void enter(struct snapshots *snapshots, struct fast_restore *restore, uint8_t state)
{
    int64_t *const times[] = {
        [FAST_RESTORE_ENABLING] = &restore->enabling,
        [FAST_RESTORE_OPTIMIZING] = &restore->optimizing,
        [FAST_RESTORE_ENABLED] = &restore->enabled,
        [FAST_RESTORE_DISABLING] = &restore->disabling,
        [FAST_RESTORE_DISABLED] = &restore->disabled,
    };
    const int64_t lasts[] = {
        [FAST_RESTORE_ENABLING] = ENABLING_NS,
        [FAST_RESTORE_OPTIMIZING] = snapshot_of(snapshots, restore)->size_gib * OPTIMIZING_GIB_NS,
        [FAST_RESTORE_ENABLED] = 0,
        [FAST_RESTORE_DISABLING] = DISABLING_NS,
        [FAST_RESTORE_DISABLED] = 0,
    };

    if (snapshots->fast_changed != NULL)
        snapshots->fast_changed(snapshots->stored_context, restore,
                                state == FAST_RESTORE_ENABLED);
    restore->state = state;
    *times[state] = snapshots->sim->now;
    if (snapshots->fast_moved != NULL)
        snapshots->fast_moved(snapshots->stored_context, restore);
    if (lasts[state] != 0)
        sim_schedule(snapshots->sim, lasts[state], EVENT_FAST_RESTORE, restore->key, state + 1u);
}

/* `detail` is the state that comes next, unless another one came between. */
static void run_step(void *context, const struct event *event)
{
    struct snapshots *snapshots = context;
    struct fast_restore *restore = table_find(&snapshots->fast, event->subject);

    if (restore == NULL || restore->state + 1u != event->detail)
        return;
    enter(snapshots, restore, (uint8_t)event->detail);
    if (restore->state == FAST_RESTORE_ENABLED) {
        restore->looked_at = snapshots->sim->now;
        restore->credits_milli = 0;
        restore->credits_milli = fast_restore_credits(snapshots, restore);
    }
}

static const struct event_kind fast_restore_step = {.name = "fast-restore", .run = run_step};

void fast_restores_init(struct snapshots *snapshots)
{
    table_init(&snapshots->fast, &fast_restore_shape);
    sim_handle(snapshots->sim, EVENT_FAST_RESTORE, &fast_restore_step, snapshots);
}

bool fast_restores_sound(const struct snapshots *snapshots)
{
    for (uint32_t i = 0; i < table_count(&snapshots->fast); i++) {
        const struct fast_restore *restore = table_at(&snapshots->fast, i);

        if (table_find(&snapshots->table, restore->snapshot) == NULL || restore->state == 0 ||
            restore->state > FAST_RESTORE_STATES || restore->looked_at > snapshots->sim->now ||
            restore->credits_milli > BUCKET_MOST * MILLI)
            return false;
    }
    return true;
}

void fast_restores_forget(struct snapshots *snapshots, uint64_t snapshot)
{
    for (uint32_t i = table_count(&snapshots->fast); i-- > 0;) {
        const struct fast_restore *restore = table_at(&snapshots->fast, i);

        if (restore->snapshot != snapshot)
            continue;
        if (snapshots->fast_changed != NULL)
            snapshots->fast_changed(snapshots->stored_context, restore, false);
        table_remove(&snapshots->fast, restore->key);
    }
}

/* ---- asking ---- */

struct fast_restore *fast_restore_find(const struct snapshots *snapshots, uint64_t account,
                                       uint64_t snapshot, uint8_t zone)
{
    for (uint32_t i = 0; i < table_count(&snapshots->fast); i++) {
        struct fast_restore *restore = table_at(&snapshots->fast, i);

        if (restore->snapshot == snapshot && restore->zone == zone &&
            restore->account == account)
            return restore;
    }
    return NULL;
}

const struct fast_restore *fast_restore_enable(struct snapshots *snapshots, uint64_t account,
                                               uint64_t snapshot, uint8_t zone)
{
    struct fast_restore *restore = fast_restore_find(snapshots, account, snapshot, zone);
    uint64_t key = restore == NULL ? ids_new(snapshots->ids) : restore->key;

    if (restore != NULL && restore->state <= FAST_RESTORE_ENABLED)
        return restore;
    if (restore == NULL)
        restore = table_add(&snapshots->fast, key);
    *restore = (struct fast_restore){
        .key = key,
        .account = account,
        .snapshot = snapshot,
        .zone = zone,
    };
    enter(snapshots, restore, FAST_RESTORE_ENABLING);
    snapshot_say(snapshots, snapshot_of(snapshots, restore), "fast restores are being enabled");
    return restore;
}

void fast_restore_disable(struct snapshots *snapshots, struct fast_restore *restore)
{
    if (restore->state > FAST_RESTORE_ENABLED)
        return;
    enter(snapshots, restore, FAST_RESTORE_DISABLING);
    snapshot_say(snapshots, snapshot_of(snapshots, restore), "fast restores are being disabled");
}

/* ---- credits ---- */

uint32_t fast_restore_credits(const struct snapshots *snapshots,
                              const struct fast_restore *restore)
{
    uint32_t size_gib = snapshot_of(snapshots, restore)->size_gib;
    uint32_t most = BUCKET_GIB / size_gib;
    uint64_t hourly_milli = (uint64_t)BUCKET_GIB * MILLI / size_gib;
    uint64_t passed_ms = (uint64_t)(snapshots->sim->now - restore->looked_at) / MILLISECOND_NS;
    uint64_t credits;

    if (restore->state != FAST_RESTORE_ENABLED)
        return 0;
    most = most < 1 ? 1 : most > BUCKET_MOST ? BUCKET_MOST : most;
    if (hourly_milli > BUCKET_MOST * MILLI)
        hourly_milli = BUCKET_MOST * MILLI;
    credits = restore->credits_milli + passed_ms * hourly_milli / (HOUR_NS / MILLISECOND_NS);
    if (restore->looked_at == restore->enabled && restore->credits_milli == 0)
        credits = most * MILLI; /* it begins full */
    return credits > most * MILLI ? most * MILLI : (uint32_t)credits;
}

struct fast_restore *fast_restore_ready(const struct snapshots *snapshots, uint64_t account,
                                        uint64_t snapshot, uint8_t zone)
{
    struct fast_restore *restore = fast_restore_find(snapshots, account, snapshot, zone);

    return restore != NULL && fast_restore_credits(snapshots, restore) >= MILLI ? restore : NULL;
}

void snapshot_restored(struct snapshots *snapshots, const struct volume_new *made)
{
    struct fast_restore *restore =
        made->is_loaded
            ? fast_restore_find(snapshots, made->account, made->snapshot, made->zone)
            : NULL;

    if (restore == NULL)
        return;
    restore->credits_milli = fast_restore_credits(snapshots, restore) - MILLI;
    restore->looked_at = snapshots->sim->now;
}
