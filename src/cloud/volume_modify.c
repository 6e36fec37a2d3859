/*
 * cloud/volume_modify.c - modify-volume: another size, type or speed for a volume that goes on.
 *
 * Owns    the latest change of each volume, as long as the volume is there.
 * Moves   modifying -> optimizing -> completed, by two events; how far it is follows from the time.
 * True to the EBS user guide, "Modify a volume using Elastic Volumes operations": a change takes
 * effect when it is optimizing; a full 1 TiB takes about six hours to be completed, in proportion
 * here; the next one must wait for six hours.  Left out: changes that fail.
 */
#include "base/mem.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/volume_parts.h"
#include "sim/chance.h"
#include "sim/clock.h"

#define MODIFY_EVERY_NS (6 * HOUR_NS)
/* A volume whose data need not move is completed soon. */
#define OPTIMIZE_LEAST_NS (60 * SECOND_NS)
#define OPTIMIZE_GIB_NS (6 * HOUR_NS / 1024)
#define OPTIMIZE_MOST_NS (24 * HOUR_NS)

const struct fault_kind fault_volume_shrunk = {
    .code = "InvalidParameterValue",
    .text = "New size cannot be smaller than existing size",
    .hint = "A volume only grows: copy the data to a smaller one instead.",
};
const struct fault_kind fault_volume_modified_lately = {
    .code = "VolumeModificationRateExceeded",
    .text = "You've reached the maximum modification rate per volume limit. Wait at least 6 hours "
            "between modifications per EBS volume.",
    .hint = "aws ec2 describe-volumes-modifications shows when the last one began.",
};
const struct fault_kind fault_volume_modification_state = {
    .code = "IncorrectModificationState",
    .text = "Volume {} cannot be modified in modification state {}",
    .hint = "aws ec2 describe-volumes-modifications shows how far it is.",
};
const struct fault_kind fault_volume_multi_attach_fixed = {
    .code = "InvalidParameterCombination",
    .text = "Multi-Attach can be changed only for io2 volumes that are not attached.",
    .hint = "Detach the io2 volume first; of io1 it is said when the volume is made.",
};

const char *const volume_modification_state_words[] = {"modifying", "optimizing", "completed",
                                                       "failed", NULL};

static const struct field spec_fields[] = {
    F_INT(struct volume_spec, size_gib, "Size", "Its size in GiB."),
    F_INT(struct volume_spec, iops, "Iops", "Operations a second."),
    F_INT(struct volume_spec, throughput_mibs, "Throughput", "MiB a second."),
    F_INT(struct volume_spec, type, "Type", "Its type."),
    F_BOOL(struct volume_spec, multi_attach, "MultiAttach", "Whether several may have it."),
};

static const struct shape spec_shape = SHAPE("VolumeSpec", struct volume_spec, spec_fields);

static const struct field modification_fields[] = {
    F_INT(struct volume_modification, key, "Volume", "The volume."),
    F_TIME(struct volume_modification, started, "Started", "When it was asked for."),
    F_TIME(struct volume_modification, changed, "Changed", "When it takes effect."),
    F_TIME(struct volume_modification, ended, "Ended", "When it is completed."),
    F_EMBED(struct volume_modification, from, struct volume_spec, &spec_shape, "From",
            "What it was."),
    F_EMBED(struct volume_modification, to, struct volume_spec, &spec_shape, "To",
            "What it becomes."),
    F_INT(struct volume_modification, state, "State", "How far it is."),
};

const struct shape volume_modification_shape =
    SHAPE("VolumeModification", struct volume_modification, modification_fields);

const char *volume_modification_state_name(uint8_t state)
{
    return volume_modification_state_words[state == 0 || state > MODIFICATION_COMPLETED
                                               ? MODIFICATION_COMPLETED
                                               : state - 1];
}

const struct volume_modification *volume_modification_find(const struct volumes *volumes,
                                                           uint64_t volume)
{
    return table_find(&volumes->modifications, volume);
}

uint32_t volume_modification_progress(const struct volumes *volumes,
                                      const struct volume_modification *modification)
{
    int64_t passed = volumes->sim->now - modification->changed;
    int64_t lasts = modification->ended - modification->changed;

    if (modification->state == MODIFICATION_COMPLETED)
        return 100;
    if (modification->state == MODIFICATION_MODIFYING || passed <= 0)
        return 0;
    return (uint32_t)(passed / (lasts / 100)) > 99 ? 99 : (uint32_t)(passed / (lasts / 100));
}

/* ---- events ---- */

/* The volume is now what was asked for. */
static void take_effect(struct volumes *volumes, struct volume_modification *modification)
{
    struct volume *volume = table_get(&volumes->table, modification->key);
    const struct volume_spec *to = &modification->to;

    volume->size_gib = to->size_gib;
    volume->iops = to->iops;
    volume->throughput_mibs = to->throughput_mibs;
    volume->type = to->type;
    volume->multi_attach = to->multi_attach;
    modification->state = MODIFICATION_OPTIMIZING;
    volume_changed(volumes, volume);
    volume_say(volumes, volume, 0, "modifying -> optimizing");
    volume_tell(volumes, volume, "modifyVolume", "optimizing");
}

/* `detail` is when the change was asked for. */
static void run_modification(void *context, const struct event *event)
{
    struct volumes *volumes = context;
    struct volume_modification *modification =
        table_find(&volumes->modifications, event->subject);

    if (modification == NULL || (uint64_t)modification->started != event->detail)
        return;
    if (modification->state == MODIFICATION_MODIFYING) {
        take_effect(volumes, modification);
        sim_schedule(volumes->sim, modification->ended - volumes->sim->now,
                     EVENT_VOLUME_MODIFICATION, modification->key,
                     (uint64_t)modification->started);
    } else if (modification->state == MODIFICATION_OPTIMIZING) {
        modification->state = MODIFICATION_COMPLETED;
        volume_say(volumes, table_get(&volumes->table, modification->key), 0,
                   "optimizing -> completed");
        volume_tell(volumes, table_get(&volumes->table, modification->key), "modifyVolume",
                    "completed");
    }
}

static const struct event_kind modification_step = {
    .name = "volume-modification",
    .run = run_modification,
};

void volume_modifications_init(struct volumes *volumes)
{
    table_init(&volumes->modifications, &volume_modification_shape);
    sim_handle(volumes->sim, EVENT_VOLUME_MODIFICATION, &modification_step, volumes);
}

bool volume_modification_sound(const struct volumes *volumes,
                               const struct volume_modification *modification)
{
    return table_find(&volumes->table, modification->key) != NULL && modification->state != 0 &&
           modification->state <= MODIFICATION_COMPLETED &&
           modification->started < modification->changed &&
           modification->ended - modification->changed >= OPTIMIZE_LEAST_NS &&
           modification->from.type != 0 && modification->from.type <= VOLUME_GP3 &&
           modification->to.type != 0 && modification->to.type <= VOLUME_GP3 &&
           modification->from.size_gib != 0 &&
           modification->to.size_gib >= modification->from.size_gib;
}

void volume_modification_forget(struct volumes *volumes, uint64_t volume)
{
    if (table_find(&volumes->modifications, volume) != NULL)
        table_remove(&volumes->modifications, volume);
}

/* ---- asking for one ---- */

static int check_time(const struct volumes *volumes, const struct volume *volume,
                      struct fault *fault)
{
    const struct volume_modification *last = volume_modification_find(volumes, volume->key);
    struct arena arena = ARENA_INIT;
    const char *name = id_text(&arena, &kind_volume, volume->key);
    int result = 0;

    if (volume->state != VOLUME_AVAILABLE && volume->state != VOLUME_IN_USE)
        result = fault_set(fault, &fault_volume_state, name, volume_state_name(volume->state));
    else if (last != NULL && last->state != MODIFICATION_COMPLETED)
        result = fault_set(fault, &fault_volume_modification_state, name,
                           last->state == MODIFICATION_MODIFYING ? "MODIFYING" : "OPTIMIZING");
    else if (last != NULL && volumes->sim->now - last->started < MODIFY_EVERY_NS)
        result = fault_set(fault, &fault_volume_modified_lately);
    arena_release(&arena);
    return result;
}

static struct volume_spec spec_of(const struct volume *volume)
{
    return (struct volume_spec){
        .size_gib = volume->size_gib,
        .iops = volume->iops,
        .throughput_mibs = volume->throughput_mibs,
        .type = volume->type,
        .multi_attach = volume->multi_attach,
    };
}

/*
 * What is asked, with what was not said: as it was, or, of another type that has a number to set,
 * 3,000 IOPS and 125 MiB/s.
 */
static struct volume_new complete(const struct volume *volume, const struct volume_modify *wanted)
{
    uint8_t type = wanted->type == 0 ? volume->type : wanted->type;
    bool same = type == volume->type;
    bool sets = type == VOLUME_GP3 || type == VOLUME_IO1 || type == VOLUME_IO2;
    uint32_t iops = !sets ? 0 : same ? volume->iops : 3000;
    uint32_t throughput = type != VOLUME_GP3 ? 0 : same ? volume->throughput_mibs : 125;

    return (struct volume_new){
        .type = type,
        .size_gib = wanted->size_gib == 0 ? volume->size_gib : wanted->size_gib,
        .iops = wanted->iops == 0 ? iops : wanted->iops,
        .throughput_mibs = wanted->throughput_mibs == 0 ? throughput : wanted->throughput_mibs,
        .multi_attach =
            wanted->multi_attach.set ? wanted->multi_attach.value : volume->multi_attach,
    };
}

/* Data move when they are to lie on other disks; a larger disk of the same kind is soon ready. */
static int64_t optimizing_time(const struct volume_spec *from, const struct volume_spec *to)
{
    int64_t time = (int64_t)from->size_gib * OPTIMIZE_GIB_NS;

    if (from->type == to->type && from->iops == to->iops &&
        from->throughput_mibs == to->throughput_mibs)
        return OPTIMIZE_LEAST_NS;
    return time < OPTIMIZE_LEAST_NS  ? OPTIMIZE_LEAST_NS
           : time > OPTIMIZE_MOST_NS ? OPTIMIZE_MOST_NS
                                     : time;
}

const struct volume_modification *volume_modify(struct volumes *volumes,
                                                const struct volume_modify *wanted,
                                                struct fault *fault)
{
    struct volume *volume = table_get(&volumes->table, wanted->volume);
    struct volume_new after = complete(volume, wanted);
    struct volume_modification *modification;
    struct chance chance;

    if (check_time(volumes, volume, fault) != 0)
        return NULL;
    if (after.size_gib < volume->size_gib) {
        fault_set(fault, &fault_volume_shrunk);
        return NULL;
    }
    if (volume_ranges_check(&after, fault) != 0)
        return NULL;
    if (after.multi_attach != volume->multi_attach &&
        (volume->type != VOLUME_IO2 || volume->attachments.count > 0)) {
        fault_set(fault, &fault_volume_multi_attach_fixed);
        return NULL;
    }
    volume_modification_forget(volumes, volume->key);
    modification = table_add(&volumes->modifications, volume->key);
    modification->started = volumes->sim->now;
    modification->from = spec_of(volume);
    modification->to = (struct volume_spec){
        .size_gib = after.size_gib,
        .iops = after.type == VOLUME_GP2 ? volume_gp2_iops(after.size_gib) : after.iops,
        .throughput_mibs = after.throughput_mibs,
        .type = after.type,
        .multi_attach = after.multi_attach,
    };
    modification->state = MODIFICATION_MODIFYING;
    chance = chance_stream(volume->key, "volume-modification", (uint64_t)modification->started);
    modification->changed =
        modification->started + chance_between_ns(&chance, 4 * SECOND_NS, 9 * SECOND_NS);
    modification->ended =
        modification->changed + optimizing_time(&modification->from, &modification->to);
    sim_schedule(volumes->sim, modification->changed - modification->started,
                 EVENT_VOLUME_MODIFICATION, volume->key, (uint64_t)modification->started);
    volume_say(volumes, volume, 0, "modifying: %u GiB %s", modification->to.size_gib,
               volume_type_name(modification->to.type));
    return modification;
}
