/*
 * cloud/workload.c - workloads: jobs of known size that run in an instance, to see how long it
 * takes.
 *
 * Owns    struct workload, the latest KEPT of them, running ones always.
 * Moves   running -> completed, stopped or failed.  One event is pending for each that runs: the
 *         end of a part that computes at the rate it has now, or of a slice that a disk is asked
 *         for.
 *
 *      time of a part that computes = CPU time that it needs / vCPUs that it wants
 *                                     + what its credits, others on the host, and other work of the
 *                                     instance take from it
 *
 * How much and how fast is cloud/workload_job's.
 */
#include "cloud/workload.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

enum {
    KEPT = 200,
    WORKLOAD_SLICES = 32, /* in which a disk is asked, so that others have their turn */
    MIB_BLOCKS = 2,
    SPARE_GIB = 2, /* of a volume, for what the system has there */
};

__extension__ typedef __int128 wide;

static const struct catalog_type *type_of(const struct workloads *workloads,
                                          const struct workload *workload)
{
    return &workloads->catalog->types[workload->type];
}

static struct workload_part *present(const struct workload *workload)
{
    return &workload->parts.items[workload->at];
}

static bool computes(const struct workloads *workloads, const struct workload *workload,
                     const struct workload_part *part)
{
    return workload_cpu_ns(type_of(workloads, workload), part) > 0;
}

static void say(struct workloads *workloads, const struct workload *workload, const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(workloads->trail, (struct trail_entry){
                                    .account = workload->account,
                                    .subject = workload->id,
                                    .other = workload->instance,
                                    .topic = TRAIL_WORKLOAD,
                                    .region = workload->region,
                                    .text = arena_printf(
                                        &arena, "%s %s in %s %s",
                                        id_text(&arena, &kind_workload, workload->id),
                                        workload_job(workload->kind)->name,
                                        id_text(&arena, &kind_instance, workload->instance), what),
                                });
    arena_release(&arena);
}

/* The time since the present part was last looked at, and what of it was lost to what. */
static void part_pass(const struct workloads *workloads, const struct workload *workload,
                      struct workload_part *part)
{
    int64_t elapsed = workloads->sim->now - workload->since;
    int64_t wants = workload_wants_ppm(workload, type_of(workloads, workload));
    int64_t lost;

    part->ns += elapsed;
    if (!computes(workloads, workload, part))
        return;
    lost = (int64_t)((wide)elapsed * (wants - workload->rate_ppm) / wants);
    if (workload->cause == LOST_CREDITS)
        part->lost_credits_ns += lost;
    else if (workload->cause == LOST_OTHERS)
        part->lost_others_ns += lost;
    else
        part->lost_own_ns += lost;
}

/* It wants no CPU any more. */
static void rest(struct workloads *workloads, const struct workload *workload)
{
    hypervisor_work(workloads->hypervisor, workload->instance, 0);
}

/* ---- the end ---- */

static void end(struct workloads *workloads, struct workload *workload, uint8_t state)
{
    struct arena arena = ARENA_INIT;
    int64_t tenths;

    workload->ended = workloads->sim->now;
    workload->state = state;
    sim_cancel(workloads->sim, workload->step);
    workload->step = 0;
    rest(workloads, workload);
    tenths = (workload_ns(workloads, workload) + 50 * MILLISECOND_NS) / (100 * MILLISECOND_NS);
    say(workloads, workload,
        workload->reason != NULL
            ? arena_printf(&arena, "has %s: %s",
                           state == WORKLOAD_FAILED ? "failed" : "been stopped", workload->reason)
            : arena_printf(&arena, "has completed in %lld.%lld s; most of it: %s",
                           (long long)(tenths / 10), (long long)(tenths % 10),
                           workload_part_name(
                               workload->parts.items[workload_bottleneck(workloads, workload)]
                                   .kind)));
    arena_release(&arena);
}

static void end_because(struct workloads *workloads, struct workload *workload, uint8_t state,
                        const char *reason)
{
    workload->reason = xstrdup(reason);
    end(workloads, workload, state);
}

void workload_stop(struct workloads *workloads, uint64_t id, const char *reason)
{
    struct workload *workload = table_get(&workloads->table, id);

    if (workload->ended != 0)
        return;
    part_pass(workloads, workload, present(workload));
    workload->since = workloads->sim->now;
    end_because(workloads, workload, WORKLOAD_STOPPED, reason);
}

void workloads_instance_off(struct workloads *workloads, uint64_t instance, const char *reason)
{
    const struct workload *workload = workload_in(workloads, instance);

    if (workload != NULL)
        workload_stop(workloads, workload->id, reason);
}

/* ---- a part that computes ---- */

void workloads_rate_changed(struct workloads *workloads, uint64_t instance)
{
    struct workload *workload = NULL;
    const struct cpu_guest *guest = hypervisor_guest(workloads->hypervisor, instance);
    const struct cpu_work *work = hypervisor_work_of(guest);
    struct cpu_time left;

    for (uint32_t i = table_count(&workloads->table); i > 0 && workload == NULL; i--) {
        struct workload *row = table_at(&workloads->table, i - 1);

        workload = row->instance == instance && row->ended == 0 ? row : NULL;
    }
    if (workload == NULL)
        BUG("an instance works for nobody");
    part_pass(workloads, workload, present(workload));
    workload->since = workloads->sim->now;
    workload->rate_ppm = work->job_ppm;
    workload->cause = work->limited                        ? LOST_CREDITS
                      : work->given_ppm < work->wants_ppm ? LOST_OTHERS
                                                            : LOST_OWN;
    left = cpu_time_less(workload->need, cpu_time_less(work->job, workload->before));
    if (left.ns < 0)
        left = (struct cpu_time){0};
    sim_cancel(workloads->sim, workload->step);
    workload->step = 0;
    if (workload->rate_ppm > 0)
        workload->step =
            sim_schedule(workloads->sim, cpu_time_lasts_ns(left, workload->rate_ppm),
                         EVENT_WORKLOAD_STEP, workload->id, 0);
}

static void begin_computing(struct workloads *workloads, struct workload *workload,
                            struct workload_part *part)
{
    const struct catalog_type *type = type_of(workloads, workload);

    workload->need = (struct cpu_time){.ns = workload_cpu_ns(type, part)};
    workload->before = hypervisor_now(workloads->hypervisor, workload->instance).work.job;
    workload->rate_ppm = workload_wants_ppm(workload, type);
    hypervisor_work(workloads->hypervisor, workload->instance,
                    workload_wants_ppm(workload, type));
}

/* ---- a part that waits for a device ---- */

/* The volume of an id, if it is still at the instance; NULL when not. */
static struct volume *volume_there(const struct workloads *workloads,
                                   const struct workload *workload, uint64_t id)
{
    struct volume *volume = table_find(&workloads->volumes->table, id);

    return volume != NULL && volume_attachment_find(volume, workload->instance) != NULL ? volume
                                                                                         : NULL;
}

/* Reads the next of its input, from the beginning of the volume on; returns how long it takes. */
static int64_t input_ns(struct workloads *workloads, const struct workload *workload,
                        struct workload_part *part, int64_t done, int64_t amount)
{
    struct volume *volume = volume_there(workloads, workload, workload->input);
    int64_t size = (int64_t)volume->size_gib * 1024;
    uint64_t fetched;
    int64_t took = volume_read(workloads->volumes, volume,
                               (struct volume_read){
                                   .first = (uint64_t)(done % size) * MIB_BLOCKS,
                                   .count = (uint64_t)amount * MIB_BLOCKS,
                               },
                               &fetched);

    part->fetched_mib += (int64_t)fetched / MIB_BLOCKS;
    return took;
}

/* Asks for the next slice of the present part.  Its time in ns, or -1 when the disk is gone. */
static int64_t slice_ns(struct workloads *workloads, const struct workload *workload,
                        struct workload_part *part)
{
    const struct catalog_type *type = type_of(workloads, workload);
    bool is_input = part->kind == PART_INPUT;
    uint64_t id = is_input ? workload->input : workload->volume;
    int64_t done = part->amount * part->slices / WORKLOAD_SLICES;
    int64_t amount = part->amount * (part->slices + 1) / WORKLOAD_SLICES - done;
    struct volume_pieces pieces = workload_pieces(workload, part->kind, amount);
    const struct volume *volume;
    int64_t took;
    int64_t least;

    if (id == 0)
        return workload_local_ns(type, pieces);
    volume = volume_there(workloads, workload, id);
    if (volume == NULL)
        return -1;
    took = is_input ? input_ns(workloads, workload, part, done, amount)
                    : volume_io_pieces(workloads->volumes, volume, pieces);
    least = workload_ebs_ns(type, pieces);
    return took > least ? took : least;
}

static bool is_of_disk(const struct workload_part *part)
{
    return part->kind == PART_INPUT || part->kind == PART_PAGING || part->kind == PART_DISK;
}

static void wait_for(struct workloads *workloads, struct workload *workload, int64_t ns)
{
    workload->step =
        sim_schedule(workloads->sim, ns, EVENT_WORKLOAD_STEP, workload->id, 0);
}

static void next_slice(struct workloads *workloads, struct workload *workload)
{
    int64_t took = slice_ns(workloads, workload, present(workload));

    if (took < 0)
        end_because(workloads, workload, WORKLOAD_FAILED, "its volume is gone");
    else
        wait_for(workloads, workload, took);
}

/* ---- one part after the other ---- */

/* What does not fit into memory needs room on the disk. */
static bool fits(const struct workloads *workloads, const struct workload *workload)
{
    const struct catalog_type *type = type_of(workloads, workload);
    const struct volume *volume = table_find(&workloads->volumes->table, workload->volume);
    int64_t beyond = workload->set_mib - workload_memory_mib(type);
    int64_t room = workload->volume == 0
                       ? (int64_t)type->disks * type->disk_gb * 1000000000 / 1048576
                       : ((int64_t)(volume == NULL ? 0 : volume->size_gib) - SPARE_GIB) * 1024;

    return beyond <= 0 || beyond <= room;
}

static void begin_part(struct workloads *workloads, struct workload *workload)
{
    struct workload_part *part = present(workload);

    if (part->kind == PART_MEMORY && !fits(workloads, workload)) {
        end_because(workloads, workload, WORKLOAD_FAILED,
                    "out of memory: its data set fits neither into memory nor on the volume");
        return;
    }
    if (is_of_disk(part))
        next_slice(workloads, workload);
    else if (computes(workloads, workload, part))
        begin_computing(workloads, workload, part);
    else
        wait_for(workloads, workload, workload_device_ns(type_of(workloads, workload), part));
}

/* From the end of one part to the next one. */
static void next_part(struct workloads *workloads, struct workload *workload)
{
    rest(workloads, workload);
    if (workload->at + 1u == workload->parts.count) {
        end(workloads, workload, WORKLOAD_COMPLETED);
        return;
    }
    workload->at++;
    begin_part(workloads, workload);
}

static void run_step(void *context, const struct event *event)
{
    struct workloads *workloads = context;
    struct workload *workload = table_find(&workloads->table, event->subject);
    struct workload_part *part;

    if (workload == NULL || workload->step != event->sequence || workload->ended != 0)
        return;
    part = present(workload);
    part_pass(workloads, workload, part);
    workload->since = event->time;
    workload->step = 0;
    if (is_of_disk(part) && ++part->slices < WORKLOAD_SLICES)
        next_slice(workloads, workload);
    else
        next_part(workloads, workload);
}

/* ---- the beginning ---- */

/* Room for one more: the oldest that has ended goes. */
static void make_room(struct workloads *workloads)
{
    for (uint32_t i = 0; i < table_count(&workloads->table); i++) {
        const struct workload *workload = table_at(&workloads->table, i);

        if (table_count(&workloads->table) < KEPT)
            return;
        if (workload->ended != 0)
            table_remove(&workloads->table, workload->id);
    }
}

const struct workload *workload_start(struct workloads *workloads,
                                      const struct workload_wish *wish)
{
    const struct instance *instance = wish->instance;
    const struct catalog_type *type = &workloads->catalog->types[instance->type];
    struct workload *workload;

    if (workload_in(workloads, instance->id) != NULL || instance->state != INSTANCE_RUNNING)
        BUG("a workload in an instance that has one, or does not run");
    make_room(workloads);
    workload = table_add(&workloads->table, ids_new(workloads->ids));
    workload->account = instance->account;
    workload->instance = instance->id;
    workload->region = ZONE_REGION(instance->zone);
    workload->type = instance->type;
    workload->windows = instance->is_windows;
    workload->kind = wish->kind;
    workload->state = WORKLOAD_RUNNING;
    workload->amount = wish->amount;
    workload->set_mib = wish->set_mib > 0 ? wish->set_mib : workload_job(wish->kind)->set_mib;
    workload->input = wish->volume != 0 ? wish->volume : wish->root;
    workload->volume = wish->volume == 0 && type->disk_read_iops > 0 ? 0 : workload->input;
    workload->started = workloads->sim->now;
    workload->since = workloads->sim->now;
    for (uint8_t kind = 1; kind <= WORKLOAD_PARTS; kind++) {
        int64_t amount = workload_amount(workload, type, kind);

        if (amount > 0)
            *LIST_PUSH(&workload->parts) =
                (struct workload_part){.kind = kind, .amount = amount};
    }
    say(workloads, workload, "has begun");
    begin_part(workloads, workload);
    return workload;
}

/* ---- asking ---- */

const struct workload *workload_find(const struct workloads *workloads, uint64_t account,
                                     uint8_t region, uint64_t id)
{
    const struct workload *workload = id == 0 ? NULL : table_find(&workloads->table, id);

    return workload != NULL && workload->account == account && workload->region == region
               ? workload
               : NULL;
}

const struct workload *workload_in(const struct workloads *workloads, uint64_t instance)
{
    for (uint32_t i = table_count(&workloads->table); i > 0; i--) {
        const struct workload *workload = table_at(&workloads->table, i - 1);

        if (workload->instance == instance && workload->ended == 0)
            return workload;
    }
    return NULL;
}

int64_t workload_next(const struct workloads *workloads, const struct workload *workload)
{
    int64_t next = sim_next_time(workloads->sim);

    return workload->ended != 0 ? 0 : next;
}

struct workload_part workload_part_now(const struct workloads *workloads,
                                       const struct workload *workload, uint32_t at)
{
    struct workload_part part = workload->parts.items[at];

    if (workload->ended == 0 && at == workload->at)
        part_pass(workloads, workload, &part);
    return part;
}

int64_t workload_part_done(const struct workloads *workloads, const struct workload *workload,
                           uint32_t at)
{
    const struct workload_part *part = &workload->parts.items[at];
    struct cpu_time done;

    if (at != workload->at || workload->state == WORKLOAD_COMPLETED)
        return at > workload->at ? 0 : 1000;
    if (is_of_disk(part))
        return (int64_t)part->slices * 1000 / WORKLOAD_SLICES;
    if (workload->ended != 0)
        return 0;
    if (!computes(workloads, workload, part))
        return (workloads->sim->now - workload->since) * 1000 /
               (workload_device_ns(type_of(workloads, workload), part) + 1);
    done = cpu_time_less(hypervisor_now(workloads->hypervisor, workload->instance).work.job,
                         workload->before);
    return (int64_t)((wide)done.ns * 1000 / workload->need.ns);
}

int64_t workload_ns(const struct workloads *workloads, const struct workload *workload)
{
    return (workload->ended != 0 ? workload->ended : workloads->sim->now) - workload->started;
}

uint32_t workload_bottleneck(const struct workloads *workloads, const struct workload *workload)
{
    uint32_t most = 0;

    for (uint32_t i = 1; i < workload->parts.count; i++) {
        if (workload_part_now(workloads, workload, i).ns >
            workload_part_now(workloads, workload, most).ns)
            most = i;
    }
    return most;
}

int64_t workload_cost_nano_usd(const struct workloads *workloads, const struct workload *workload)
{
    int64_t price = catalog_instance_price(workloads->catalog, workload->type, workload->region,
                                           workload->windows);

    return (int64_t)(((wide)price * workload_ns(workloads, workload) + HOUR_NS - 1) / HOUR_NS);
}

/* ---- the room ---- */

static const struct event_kind step_kind = {
    .name = "workload-step",
    .run = run_step,
};

void workloads_init(struct workloads *workloads)
{
    table_init(&workloads->table, &workload_shape);
    sim_handle(workloads->sim, EVENT_WORKLOAD_STEP, &step_kind, workloads);
}

void workloads_release(struct workloads *workloads)
{
    table_release(&workloads->table);
}

static bool parts_sound(const struct workload *workload)
{
    if (workload->parts.count == 0 || workload->parts.count > WORKLOAD_PARTS ||
        workload->at >= workload->parts.count)
        return false;
    for (uint32_t i = 0; i < workload->parts.count; i++) {
        const struct workload_part *part = &workload->parts.items[i];

        if (part->kind == 0 || part->kind > WORKLOAD_PARTS || part->amount <= 0 ||
            part->ns < 0 || part->slices > WORKLOAD_SLICES ||
            (i > 0 && part->kind <= workload->parts.items[i - 1].kind))
            return false;
    }
    return true;
}

static bool is_sound(const struct workloads *workloads, const struct workload *workload)
{
    const struct cpu_guest *guest = hypervisor_guest(workloads->hypervisor, workload->instance);
    int64_t now = workloads->sim->now;

    if (workload->kind < WORKLOAD_WEB || workload->kind > WORKLOAD_STORAGE ||
        workload->state < WORKLOAD_RUNNING || workload->state > WORKLOAD_FAILED ||
        (workload->ended == 0) != (workload->state == WORKLOAD_RUNNING) ||
        workload->type >= workloads->catalog->type_count ||
        workload->region >= workloads->catalog->region_count || workload->started > now ||
        workload->since > now || workload->since < workload->started || workload->ended > now ||
        workload->amount < 1 || workload->amount > WORKLOAD_AMOUNT_MAX ||
        workload->set_mib < 1 || workload->set_mib > INT32_MAX || workload->rate_ppm < 0 ||
        workload->cause >= WORKLOAD_LOSSES || !cpu_time_sound(workload->need) ||
        !cpu_time_sound(workload->before) || !parts_sound(workload))
        return false;
    return workload->ended != 0 ||
           (guest != NULL && guest->runs && guest->type == workload->type &&
            workload_in(workloads, workload->instance) == workload);
}

bool workloads_restore(const struct workloads *workloads)
{
    const struct table *guests = &workloads->hypervisor->guests;

    for (uint32_t i = 0; i < table_count(&workloads->table); i++) {
        if (!is_sound(workloads, table_at(&workloads->table, i)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(guests); i++) {
        const struct cpu_guest *guest = table_at(guests, i);

        if (hypervisor_work_of(guest)->job_wants_ppm > 0 &&
            workload_in(workloads, guest->instance) == NULL)
            return false;
    }
    return true;
}

/* ---- tables ---- */

static const struct field part_fields[] = {
    F_INT(struct workload_part, kind, "Kind", "Which part."),
    F_INT(struct workload_part, slices, "Slices", "How many slices of it are done."),
    F_INT(struct workload_part, amount, "Amount", "How much it is."),
    F_INT(struct workload_part, ns, "Took", "Its time."),
    F_INT(struct workload_part, fetched_mib, "Fetched", "MiB that came from S3."),
    F_INT(struct workload_part, lost_credits_ns, "LostCredits", "Of its time."),
    F_INT(struct workload_part, lost_others_ns, "LostOthers", "Of its time."),
    F_INT(struct workload_part, lost_own_ns, "LostOwn", "Of its time."),
};
static const struct shape part_shape =
    SHAPE("WorkloadPart", struct workload_part, part_fields);

#define F_CPU(T, m, NAME, ...) F_EMBED(T, m, struct cpu_time, &cpu_time_shape, NAME, __VA_ARGS__)

static const struct field workload_fields[] = {
    F_INT(struct workload, id, "WorkloadId", "Its id."),
    F_INT(struct workload, account, "Account", "Whose."),
    F_INT(struct workload, instance, "Instance", "Where it runs."),
    F_INT(struct workload, volume, "Volume", "Its disk; 0: the local ones."),
    F_INT(struct workload, input, "Input", "Where its input lies."),
    F_TIME(struct workload, started, "Started", "When it began."),
    F_TIME(struct workload, ended, "Ended", "When it ended."),
    F_TIME(struct workload, since, "Since", "When its part was last looked at."),
    F_INT(struct workload, amount, "Amount", "In percent of the usual."),
    F_INT(struct workload, set_mib, "Set", "Its data set."),
    F_INT(struct workload, step, "Step", "The pending event."),
    F_INT(struct workload, type, "Type", "Place of the type in the catalog."),
    F_INT(struct workload, region, "Region", "Place of the Region in the catalog."),
    F_INT(struct workload, kind, "Kind", "Which kind."),
    F_INT(struct workload, state, "State", "Its state."),
    F_INT(struct workload, at, "At", "The present part."),
    F_INT(struct workload, cause, "Cause", "Why it has less than it wants."),
    F_BOOL(struct workload, windows, "Windows", "Whether it runs under Windows."),
    F_STRING(struct workload, reason, "Reason", "Why it did not complete."),
    F_INT(struct workload, rate_ppm, "Rate", "CPU that it is given."),
    F_CPU(struct workload, need, "Need", "CPU time that the part needs."),
    F_CPU(struct workload, before, "Before", "The instance's when the part began."),
    F_LIST(struct workload, parts, struct workload_part, &part_shape, "Parts", "Its parts."),
};
const struct shape workload_shape = SHAPE("Workload", struct workload, workload_fields);
