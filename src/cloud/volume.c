/*
 * cloud/volume.c - EBS volumes: disks that live in a zone and are attached to instances there.
 *
 * Owns    struct volume; where it is attached is volume_attachment.c's business.
 * Moves   creating -> available <-> in-use; available -> deleting -> gone.
 * Uses    sim/event, sim/chance, cloud/block, cloud/trail.
 * True to the EBS user guide (types, sizes, IOPS, zones).
 * Left out: what the device names mean to the kernel.
 */
#include "cloud/volume.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "cloud/catalog.h"
#include "cloud/event_kinds.h"
#include "cloud/volume_parts.h"
#include "sim/chance.h"
#include "sim/clock.h"

const struct fault_kind fault_volume_not_found = {
    .code = "InvalidVolume.NotFound",
    .text = "The volume '{}' does not exist.",
    .hint = "aws ec2 describe-volumes lists the volumes of this Region.",
};
const struct fault_kind fault_volume_delete_attached = {
    .code = "VolumeInUse",
    .text = "Volume {} is currently attached to {}",
    .hint = "Detach it first, and wait until it is available.",
};
const struct fault_kind fault_volume_state = {
    .code = "IncorrectState",
    .text = "Volume '{}' is in the '{}' state.",
    .hint = "aws ec2 describe-volumes shows the state of a volume and of its attachments.",
};
const struct fault_kind fault_volume_no_size = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter size/snapshot",
    .hint = "Say how large it is to be: --size, in GiB.",
};
const struct fault_kind fault_volume_small = {
    .code = "InvalidParameterValue",
    .text = "Volume of {}GiB is too small for volume type {}; minimum is {}GiB.",
    .hint = "Each volume type has its range of sizes.",
};
const struct fault_kind fault_volume_large = {
    .code = "InvalidParameterValue",
    .text = "Volume of {}GiB is too large for volume type {}; maximum is {}GiB.",
    .hint = "Each volume type has its range of sizes.",
};
const struct fault_kind fault_volume_below_snapshot = {
    .code = "InvalidParameterValue",
    .text = "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
    .hint = "A volume may be larger than its snapshot, never smaller.",
};
static const struct fault_kind fault_below_snapshot_launch = {
    .code = "InvalidBlockDeviceMapping",
    .text = "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
    .hint = "A volume may be larger than its snapshot, never smaller.",
};
const struct fault_kind fault_volume_unsupported = {
    .code = "InvalidParameterCombination",
    .text = "The parameter {} is not supported for {} volumes.",
    .hint = "IOPS are set for gp3, io1 and io2, throughput for gp3, multi-attach for io1 and io2.",
};
const struct fault_kind fault_volume_no_iops = {
    .code = "MissingParameter",
    .text = "The parameter iops must be specified for {} volumes.",
    .hint = "Say how many: --iops.",
};
const struct fault_kind fault_volume_few_iops = {
    .code = "InvalidParameterValue",
    .text = "Volume iops of {} is too low; minimum is {}.",
    .hint = "gp3 begins at 3,000 IOPS, io1 and io2 at 100.",
};
const struct fault_kind fault_volume_many_iops = {
    .code = "InvalidParameterValue",
    .text = "Volume iops of {} is too high; maximum is {}.",
    .hint = "gp3 goes up to 16,000 IOPS, io1 to 64,000, io2 to 256,000.",
};
const struct fault_kind fault_volume_iops_ratio = {
    .code = "InvalidParameterValue",
    .text = "Iops to volume size ratio of {} is too high; maximum is {}",
    .hint = "More IOPS need a larger volume.",
};
const struct fault_kind fault_volume_throughput = {
    .code = "InvalidParameterValue",
    .text = "Volume throughput of {} MiB/s is outside of 125 to 1000 MiB/s.",
    .hint = "gp3 has 125 MiB/s unless more is asked for.",
};
const struct fault_kind fault_volume_throughput_ratio = {
    .code = "InvalidParameterValue",
    .text = "Throughput (MiBps) to iops ratio of {} is too high; maximum is 0.250000 MiBps per "
            "iops",
    .hint = "More throughput needs more IOPS.",
};

const struct fault_kind fault_volume_root = {
    .code = "OperationNotPermitted",
    .text = "Unable to detach root volume '{}' from instance '{}'",
    .hint = "Stop the instance first.",
};

const char *const volume_type_words[] = {"standard", "io1", "io2", "gp2",
                                         "sc1",      "st1", "gp3", NULL};
const char *const volume_state_words[] = {"creating", "available", "in-use", "deleting",
                                          "deleted",  "error",     NULL};
/* What a type allows. */
struct volume_range {
    uint32_t size_min_gib;
    uint32_t size_max_gib;
    uint32_t iops_min; /* 0: not to be set */
    uint32_t iops_max;
    uint32_t iops_per_gib;
};

static const struct volume_range volume_ranges[] = {
    [VOLUME_STANDARD] = {.size_min_gib = 1, .size_max_gib = 1024},
    [VOLUME_IO1] = {.size_min_gib = 4,
                    .size_max_gib = 16384,
                    .iops_min = 100,
                    .iops_max = 64000,
                    .iops_per_gib = 50},
    [VOLUME_IO2] = {.size_min_gib = 4,
                    .size_max_gib = 65536,
                    .iops_min = 100,
                    .iops_max = 256000,
                    .iops_per_gib = 1000},
    [VOLUME_GP2] = {.size_min_gib = 1, .size_max_gib = 16384},
    [VOLUME_SC1] = {.size_min_gib = 125, .size_max_gib = 16384},
    [VOLUME_ST1] = {.size_min_gib = 125, .size_max_gib = 16384},
    [VOLUME_GP3] = {.size_min_gib = 1,
                    .size_max_gib = 16384,
                    .iops_min = 3000,
                    .iops_max = 16000,
                    .iops_per_gib = 500},
};

static const struct field volume_fields[] = {
    F_INT(struct volume, key, "Volume", "The volume."),
    F_INT(struct volume, account, "Account", "Its owner."),
    F_INT(struct volume, map, "Map", "Its blocks."),
    F_INT(struct volume, snapshot, "Snapshot", "That it was restored from."),
    F_TIME(struct volume, created, "Created", "When it was made."),
    F_INT(struct volume, restored, "Restored", "Lower identities come from the snapshot."),
    F_INT(struct volume, load_blocks, "LoadBlocks", "Blocks to load from S3."),
    F_INT(struct volume, load_end, "LoadEnd", "Where they end."),
    F_INT(struct volume, size_gib, "Size", "Its size in GiB."),
    F_INT(struct volume, iops, "Iops", "Operations a second."),
    F_INT(struct volume, throughput_mibs, "Throughput", "MiB a second."),
    F_INT(struct volume, generation, "Generation", "Counts its steps."),
    F_INT(struct volume, type, "Type", "Its type."),
    F_INT(struct volume, state, "State", "Its state."),
    F_INT(struct volume, zone, "Zone", "Its zone."),
    F_BOOL(struct volume, encrypted, "Encrypted", "Whether it is encrypted."),
    F_BOOL(struct volume, rekeyed, "Rekeyed", "Whether its next snapshot is a full one."),
    F_BOOL(struct volume, multi_attach, "MultiAttach", "Whether several instances may have it."),
    F_LIST(struct volume, attachments, struct volume_attachment, &volume_attachment_shape,
           "Attachments", "Where it is."),
    F_EMBED(struct volume, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape volume_shape = SHAPE("Volume", struct volume, volume_fields);

/* ---- words ---- */

const char *volume_state_name(uint8_t state)
{
    return state == 0 || state > VOLUME_DELETING ? "error" : volume_state_words[state - 1];
}

const char *volume_type_name(uint8_t type)
{
    return type == 0 || type > VOLUME_GP3 ? "" : volume_type_words[type - 1];
}

uint8_t volume_type_of(const char *name)
{
    for (uint8_t i = 0; volume_type_words[i] != NULL; i++) {
        if (str_equal(name, volume_type_words[i]))
            return (uint8_t)(i + 1);
    }
    return 0;
}

uint8_t volume_region(const struct volume *volume)
{
    return volume->zone / ZONES_PER_REGION;
}

/* ---- helpers ---- */

const char *volume_number(struct arena *arena, uint64_t value)
{
    return arena_printf(arena, "%" PRIu64, value);
}

void volume_say(struct volumes *volumes, const struct volume *volume, uint64_t other,
                const char *format, ...)
{
    struct arena arena = ARENA_INIT;
    char text[160];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    trail_add(
        volumes->trail,
        (struct trail_entry){
            .account = volume->account,
            .subject = volume->key,
            .other = other,
            .topic = TRAIL_VOLUME,
            .region = volume_region(volume),
            .text = arena_printf(&arena, "%s %s", id_text(&arena, &kind_volume, volume->key), text),
        });
    arena_release(&arena);
}

static void schedule_step(struct volumes *volumes, struct volume *volume, int64_t delay_ns,
                          uint8_t state)
{
    volume->generation++;
    sim_schedule(volumes->sim, delay_ns, EVENT_VOLUME_STEP, volume->key,
                 (uint64_t)volume->generation << 8 | state);
}

void volume_changed(struct volumes *volumes, const struct volume *volume)
{
    if (volumes->changed != NULL)
        volumes->changed(volumes->context, volume);
}

void volume_tell(const struct volumes *volumes, const struct volume *volume, const char *event,
                 const char *result)
{
    if (volumes->told != NULL)
        volumes->told(volumes->context, volume, event, result);
}

void volume_change_state(struct volumes *volumes, struct volume *volume, uint8_t state)
{
    volume_say(volumes, volume, 0, "%s -> %s", volume_state_name(volume->state),
               volume_state_name(state));
    volume->state = state;
    volume_changed(volumes, volume);
}

void volume_gone(struct volumes *volumes, struct volume *volume)
{
    volume_say(volumes, volume, 0, "deleted");
    volume->state = VOLUME_DELETING;
    volume_changed(volumes, volume);
    volume_tell(volumes, volume, "deleteVolume", "deleted");
    blocks_drop(volumes->blocks, volume->map);
    volume_modification_forget(volumes, volume->key);
    if (table_find(&volumes->queues, volume->key) != NULL)
        table_remove(&volumes->queues, volume->key);
    table_remove(&volumes->table, volume->key);
}

/* ---- events ---- */

static void run_step(void *context, const struct event *event)
{
    struct volumes *volumes = context;
    struct volume *volume = table_find(&volumes->table, event->subject);

    if (volume == NULL || volume->generation != event->detail >> 8)
        return;
    if (volume->state == VOLUME_CREATING) {
        volume_change_state(volumes, volume, VOLUME_AVAILABLE);
        volume_tell(volumes, volume, "createVolume", "available");
    } else if (volume->state == VOLUME_DELETING) {
        volume_gone(volumes, volume);
    }
}

static const struct event_kind volume_step = {.name = "volume-step", .run = run_step};
/* ---- life ---- */

void volumes_init(struct volumes *volumes, struct volume_links links)
{
    *volumes = (struct volumes){
        .sim = links.sim,
        .blocks = links.blocks,
        .ids = links.ids,
        .trail = links.trail,
    };
    table_init(&volumes->table, &volume_shape);
    sim_handle(links.sim, EVENT_VOLUME_STEP, &volume_step, volumes);
    volume_modifications_init(volumes);
    table_init(&volumes->queues, &volume_queue_shape);
    volume_attachments_init(volumes);
}

void volumes_release(struct volumes *volumes)
{
    table_release(&volumes->table);
    table_release(&volumes->modifications);
    table_release(&volumes->queues);
    table_release(&volumes->attached);
}

static bool volume_sound(const struct volumes *volumes, const struct volume *volume)
{
    for (uint32_t i = 0; i < volume->attachments.count; i++) {
        const struct volume_attachment *attachment = &volume->attachments.items[i];

        if (attachment->instance == 0 || attachment->device == NULL || attachment->state == 0 ||
            attachment->state > ATTACHMENT_DETACHING)
            return false;
        for (uint32_t j = 0; j < i; j++) {
            if (volume->attachments.items[j].instance == attachment->instance)
                return false;
        }
    }
    return volume->map != 0 && table_find(&volumes->blocks->maps, volume->map) != NULL &&
           volume->type != 0 && volume->type <= VOLUME_GP3 && volume->state != 0 &&
           volume->state <= VOLUME_DELETING && volume->size_gib != 0 &&
           (volume->load_blocks == 0) == (volume->restored == 0) &&
           volume->load_blocks <= volume->load_end &&
           volume->load_end <= (uint64_t)volume->size_gib * BLOCKS_PER_GIB &&
           (volume->state == VOLUME_IN_USE) == (volume->attachments.count > 0);
}

bool volumes_restore(struct volumes *volumes)
{
    table_release(&volumes->attached);
    for (uint32_t i = 0; i < table_count(&volumes->table); i++) {
        const struct volume *volume = table_at(&volumes->table, i);

        if (!volume_sound(volumes, volume))
            return false;
        for (uint32_t j = 0; j < volume->attachments.count; j++)
            volume_index_add(volumes, volume->attachments.items[j].instance, volume->key);
    }
    for (uint32_t i = 0; i < table_count(&volumes->modifications); i++) {
        if (!volume_modification_sound(volumes, table_at(&volumes->modifications, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&volumes->queues); i++) {
        const struct volume_queue *queue = table_at(&volumes->queues, i);

        if (table_find(&volumes->table, queue->key) == NULL ||
            queue->looked_at > volumes->sim->now)
            return false;
    }
    return true;
}

/* ---- creating ---- */

static int check_size(const struct volume_new *wanted, struct fault *fault)
{
    const struct volume_range *range = &volume_ranges[wanted->type];
    const char *type = volume_type_name(wanted->type);
    struct arena arena = ARENA_INIT;
    const char *size;
    int result = 0;

    if (wanted->size_gib >= wanted->snapshot_gib && wanted->size_gib >= range->size_min_gib &&
        wanted->size_gib <= range->size_max_gib)
        return 0;
    size = volume_number(&arena, wanted->size_gib);
    if (wanted->size_gib < wanted->snapshot_gib)
        result = fault_set(
            fault, wanted->for_launch ? &fault_below_snapshot_launch : &fault_volume_below_snapshot,
            size, id_text(&arena, &kind_snapshot, wanted->snapshot),
            volume_number(&arena, wanted->snapshot_gib));
    else if (wanted->size_gib < range->size_min_gib)
        result = fault_set(fault, &fault_volume_small, size, type,
                           volume_number(&arena, range->size_min_gib));
    else
        result = fault_set(fault, &fault_volume_large, size, type,
                           volume_number(&arena, range->size_max_gib));
    arena_release(&arena);
    return result;
}

/* "750.000000", rounded as C prints a number of that many places. */
static const char *ratio(struct arena *arena, uint32_t a, uint32_t b)
{
    uint64_t millionths = ((uint64_t)a * 1000000 * 2 + b) / ((uint64_t)b * 2);

    return arena_printf(arena, "%" PRIu64 ".%06" PRIu64, millionths / 1000000,
                        millionths % 1000000);
}

static int check_speed(const struct volume_new *wanted, struct fault *fault)
{
    const struct volume_range *range = &volume_ranges[wanted->type];
    const char *type = volume_type_name(wanted->type);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (wanted->iops != 0 && range->iops_min == 0)
        result = fault_set(fault, &fault_volume_unsupported, "iops", type);
    else if (wanted->iops == 0 && range->iops_min != 0 && wanted->type != VOLUME_GP3)
        result = fault_set(fault, &fault_volume_no_iops, type);
    else if (wanted->iops != 0 && wanted->iops < range->iops_min)
        result = fault_set(fault, &fault_volume_few_iops, volume_number(&arena, wanted->iops),
                           volume_number(&arena, range->iops_min));
    else if (wanted->iops > range->iops_max)
        result = fault_set(fault, &fault_volume_many_iops, volume_number(&arena, wanted->iops),
                           volume_number(&arena, range->iops_max));
    else if (wanted->iops > (wanted->type == VOLUME_GP3 ? 3000u : 0u) &&
             wanted->iops > (uint64_t)wanted->size_gib * range->iops_per_gib)
        result =
            fault_set(fault, &fault_volume_iops_ratio,
                      ratio(&arena, wanted->iops, wanted->size_gib),
                      volume_number(&arena, range->iops_per_gib));
    else if (wanted->throughput_mibs != 0 && wanted->type != VOLUME_GP3)
        result = fault_set(fault, &fault_volume_unsupported, "throughput", type);
    else if (wanted->throughput_mibs != 0 &&
             (wanted->throughput_mibs < 125 || wanted->throughput_mibs > 1000))
        result = fault_set(fault, &fault_volume_throughput,
                           volume_number(&arena, wanted->throughput_mibs));
    else if (wanted->throughput_mibs * 4 > (wanted->iops == 0 ? 3000 : wanted->iops))
        result = fault_set(
            fault, &fault_volume_throughput_ratio,
            ratio(&arena, wanted->throughput_mibs, wanted->iops == 0 ? 3000 : wanted->iops));
    else if (wanted->multi_attach && wanted->type != VOLUME_IO1 && wanted->type != VOLUME_IO2)
        result = fault_set(fault, &fault_volume_unsupported, "multiAttachEnabled", type);
    arena_release(&arena);
    return result;
}

int volume_ranges_check(const struct volume_new *wanted, struct fault *fault)
{
    return check_size(wanted, fault) != 0 || check_speed(wanted, fault) != 0 ? -1 : 0;
}

int volume_new_check(struct volume_new *wanted, struct fault *fault)
{
    if (wanted->type == 0)
        wanted->type = VOLUME_GP2;
    if (wanted->type > VOLUME_GP3)
        BUG("volume type %u", wanted->type);
    if (wanted->size_gib == 0)
        wanted->size_gib = wanted->snapshot_gib;
    if (wanted->size_gib == 0)
        return fault_set(fault, &fault_volume_no_size);
    if (volume_ranges_check(wanted, fault) != 0)
        return -1;
    if (wanted->type == VOLUME_GP3 && wanted->iops == 0)
        wanted->iops = 3000;
    if (wanted->type == VOLUME_GP3 && wanted->throughput_mibs == 0)
        wanted->throughput_mibs = 125;
    return 0;
}

uint32_t volume_gp2_iops(uint32_t size_gib)
{
    uint32_t iops = size_gib * 3;

    return iops < 100 ? 100 : iops > 16000 ? 16000 : iops;
}

struct volume *volume_make(struct volumes *volumes, const struct volume_new *wanted)
{
    struct volume *volume = table_add(&volumes->table, ids_new(volumes->ids));

    volume->account = wanted->account;
    volume->map = wanted->map == 0 ? blocks_map_new(volumes->blocks)
                                   : blocks_hold(volumes->blocks, wanted->map);
    volume->snapshot = wanted->snapshot;
    volume->created = volumes->sim->now;
    volume->size_gib = wanted->size_gib;
    volume->iops = wanted->type == VOLUME_GP2 ? volume_gp2_iops(wanted->size_gib) : wanted->iops;
    volume->throughput_mibs = wanted->throughput_mibs;
    volume->type = wanted->type;
    volume->zone = wanted->zone;
    volume->encrypted = wanted->encrypted;
    volume->rekeyed = wanted->rekeyed;
    volume->multi_attach = wanted->multi_attach;
    if (wanted->snapshot != 0 && !wanted->is_loaded)
        volume_load_begin(volumes, volume);
    volume_changed(volumes, volume);
    return volume;
}

struct volume *volume_create(struct volumes *volumes, struct volume_new wanted, struct fault *fault)
{
    struct volume *volume;
    struct chance chance;

    if (volume_new_check(&wanted, fault) != 0)
        return NULL;
    volume = volume_make(volumes, &wanted);
    volume->state = VOLUME_CREATING;
    chance = chance_stream(volume->key, "volume", 0);
    schedule_step(volumes, volume, chance_between_ns(&chance, SECOND_NS, 4 * SECOND_NS),
                  VOLUME_AVAILABLE);
    volume_say(volumes, volume, volume->snapshot, "creating: %" PRIu32 " GiB %s%s",
               volume->size_gib, volume_type_name(volume->type),
               volume->snapshot == 0 ? "" : ", from a snapshot");
    return volume;
}

struct volume *volume_find(const struct volumes *volumes, uint64_t account, uint8_t region,
                           uint64_t id)
{
    struct volume *volume = table_find(&volumes->table, id);

    if (id == 0 || volume == NULL || volume->account != account || volume_region(volume) != region)
        return NULL;
    return volume;
}

int volume_not_found(uint64_t id, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    int result = fault_set(fault, &fault_volume_not_found, id_text(&arena, &kind_volume, id));

    arena_release(&arena);
    return result;
}

/* ---- deleting ---- */

int volume_delete(struct volumes *volumes, uint64_t id, struct fault *fault)
{
    struct volume *volume = table_find(&volumes->table, id);
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (volume == NULL)
        return volume_not_found(id, fault);
    if (volume->attachments.count > 0)
        result = fault_set(fault, &fault_volume_delete_attached, id_text(&arena, &kind_volume, id),
                           id_text(&arena, &kind_instance, volume->attachments.items[0].instance));
    else if (volume->state != VOLUME_AVAILABLE)
        result = fault_set(fault, &fault_volume_state, id_text(&arena, &kind_volume, id),
                           volume_state_name(volume->state));
    arena_release(&arena);
    if (result != 0)
        return result;
    volume_change_state(volumes, volume, VOLUME_DELETING);
    schedule_step(volumes, volume, 2 * SECOND_NS, VOLUME_DELETING);
    return 0;
}

/* ---- questions ---- */

void volume_touch(struct volumes *volumes, struct volume *volume, uint64_t first_block,
                  uint64_t count)
{
    if (first_block + count > (uint64_t)volume->size_gib * BLOCKS_PER_GIB)
        BUG("a write beyond the end of a volume");
    blocks_touch_keep(volumes->blocks, &volume->map, first_block, count);
}
