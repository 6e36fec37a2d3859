/*
 * api/lab_workload_view.c - what a workload looks like, and what it waited for.
 */
#include "api/lab_workload.h"

#include "cloud/world.h"
#include "sim/clock.h"

/* ---- what one looks like ---- */

static const struct field part_fields[] = {
    F_STRING(struct workload_part_view, part, "Part",
             "input, cpu, memory, paging, disk, network or accelerator."),
    F_INT(struct workload_part_view, amount, "Amount", "How much there is to do."),
    F_STRING(struct workload_part_view, unit, "Unit", "Of what."),
    F_REAL(struct workload_part_view, seconds, "Seconds", "How long it took."),
    F_REAL(struct workload_part_view, percent, "Percent", "Of the whole time."),
    F_REAL(struct workload_part_view, done, "DonePercent", "How much of it is done."),
    F_REAL(struct workload_part_view, credits, "LostToCreditsSeconds",
           "Of its time, what it waited because the instance's CPU credits had run out."),
    F_REAL(struct workload_part_view, others, "LostToOthersSeconds",
           "Of its time, what others on the host took."),
    F_REAL(struct workload_part_view, own, "LostToOwnLoadSeconds",
           "Of its time, what other work in the same instance took."),
    F_OPT_INT(struct workload_part_view, fetched, "FetchedMiB",
              "Of what it read, how much had to come from S3 first."),
};
static const struct shape part_shape =
    SHAPE("WorkloadPart", struct workload_part_view, part_fields);

static const struct field view_fields[] = {
    F_STRING(struct workload_view, id, "WorkloadId", "The workload.", .ref = &kind_workload,
             .flags = FIELD_COLUMN),
    F_STRING(struct workload_view, instance, "InstanceId", "Where it runs.",
             .ref = &kind_instance),
    F_STRING(struct workload_view, type, "InstanceType", "The type of that.",
             .flags = FIELD_COLUMN),
    F_STRING(struct workload_view, kind, "Kind", "What it needs most.", .flags = FIELD_COLUMN,
             .words = workload_kind_words),
    F_STRING(struct workload_view, state, "State", "running, completed, stopped or failed.",
             .flags = FIELD_COLUMN),
    F_REAL(struct workload_view, seconds, "Seconds", "Its time so far: that of its parts.",
           .flags = FIELD_COLUMN),
    F_STRING(struct workload_view, bottleneck, "Bottleneck", "The part that took longest.",
             .flags = FIELD_COLUMN),
    F_INT(struct workload_view, cost, "CostMicroUsd",
          "What the instance costs in that time, on demand, in millionths of a dollar.",
          .flags = FIELD_COLUMN),
    F_STRING(struct workload_view, why, "Why", "What that part waited for."),
    F_STRING(struct workload_view, reason, "Reason", "Why it did not complete."),
    F_INT(struct workload_view, amount, "Amount", "In percent of the usual job."),
    F_INT(struct workload_view, set_mib, "DataSetMiB", "How large its data set is."),
    F_STRING(struct workload_view, volume, "VolumeId",
             "The volume that it uses as its disk; absent when it uses local disks.",
             .ref = &kind_volume),
    F_TIME(struct workload_view, started, "Started", "When it began."),
    F_TIME(struct workload_view, ended, "Ended", "When it ended."),
    F_LIST(struct workload_view, parts, struct workload_part_view, &part_shape, "Parts",
           "What it does, one after the other."),
};
const struct shape workload_view_shape = SHAPE("Workload", struct workload_view, view_fields);

/* To the millisecond. */
static struct opt_real in_seconds(int64_t ns)
{
    return OPT_REAL((double)((ns + MILLISECOND_NS / 2) / MILLISECOND_NS) / 1000);
}

static struct opt_real if_some(int64_t ns)
{
    return ns < MILLISECOND_NS ? (struct opt_real){0} : in_seconds(ns);
}

/* ---- why ---- */

static const char *why_cpu(const struct workload_part *part, const struct catalog_type *type,
                           const char *done, struct arena *arena)
{
    int64_t lost = part->lost_credits_ns + part->lost_others_ns + part->lost_own_ns;

    if (lost * 4 < part->ns)
        return done;
    if (part->lost_credits_ns >= part->lost_others_ns &&
        part->lost_credits_ns >= part->lost_own_ns)
        return arena_printf(arena,
                            "CPU credits ran out: without them each vCPU has %g %% of its time",
                            (double)type->baseline_milli_percent / 1000);
    if (part->lost_others_ns >= part->lost_own_ns)
        return "others on the host took CPU time that it wanted: steal";
    return "other work in the same instance took CPU time that it wanted";
}

static const char *why_disk(const struct world *world, const struct workload *workload,
                            const struct catalog_type *type, struct arena *arena)
{
    const struct volume *volume = table_find(&world->volumes.table, workload->volume);
    struct volume_speed speed;

    if (workload->volume == 0)
        return arena_printf(arena, "the local disks do %u reads of 4 KiB a second",
                            type->disk_read_iops);
    if (volume == NULL)
        return "its volume is gone";
    speed = volume_speed(&world->volumes, volume);
    return arena_printf(arena, "its %s volume does %u operations or %llu MiB a second",
                        volume_type_name(volume->type), speed.burst_iops,
                        (unsigned long long)speed.burst_kib / 1024);
}

static const char *why_paging(const struct world *world, const struct workload *workload,
                              const struct catalog_type *type, struct arena *arena)
{
    return arena_printf(arena,
                        "%lld MiB of data and %lld MiB of memory for programs: the rest comes "
                        "from the disk each time; %s",
                        (long long)workload->set_mib, (long long)workload_memory_mib(type),
                        why_disk(world, workload, type, arena));
}

static const char *why_input(const struct workload_part *part, const struct world *world,
                             const struct workload *workload, struct arena *arena)
{
    struct workload reader = *workload;

    reader.volume = workload->input;
    if (part->fetched_mib * 4 > part->amount)
        return arena_printf(arena,
                            "%lld of %lld MiB were still in S3: the first read of a volume made "
                            "from a snapshot is slow",
                            (long long)part->fetched_mib, (long long)part->amount);
    return why_disk(world, &reader, &world->catalog->types[workload->type], arena);
}

static const char *why_of(const struct world *world, struct arena *arena,
                          const struct workload *workload, const struct workload_part *part)
{
    const struct catalog_type *type = &world->catalog->types[workload->type];
    int64_t vcpus = workload_wants_ppm(workload, type) / CPU_ONE;

    switch (part->kind) {
    case PART_INPUT:
        return why_input(part, world, workload, arena);
    case PART_CPU:
        return why_cpu(part, type,
                       arena_printf(arena, "%lld vCPUs with %u MHz compute", (long long)vcpus,
                                    type->clock_mhz),
                       arena);
    case PART_MEMORY:
        return why_cpu(part, type,
                       arena_printf(arena, "%lld vCPUs move %u MB of memory a second each",
                                    (long long)vcpus, type->memory_mbs),
                       arena);
    case PART_PAGING:
        return why_paging(world, workload, type, arena);
    case PART_DISK:
        return why_disk(world, workload, type, arena);
    case PART_NETWORK:
        return arena_printf(arena, "its network always has %u Mbit/s", type->network_mbps);
    default:
        if (type->accelerators > 0)
            return arena_printf(arena, "%u x %s with %u GFLOPS compute", type->accelerators,
                                type->accelerator, type->accelerator_gflops);
        return why_cpu(part, type,
                       arena_printf(arena, "there is no accelerator: %lld vCPUs do its work",
                                    (long long)vcpus),
                       arena);
    }
}

static void view_part(const struct world *world, const struct workload *workload, uint32_t at,
                      struct workload_part_view *view)
{
    const struct workload_part part = workload_part_now(&world->workloads, workload, at);
    int64_t whole = workload_ns(&world->workloads, workload);
    int64_t tenths = whole == 0 ? 0 : (int64_t)((double)part.ns / (double)whole * 1000 + 0.5);

    *view = (struct workload_part_view){
        .part = workload_part_name(part.kind),
        .amount = part.amount,
        .unit = workload_part_unit(part.kind),
        .seconds = in_seconds(part.ns),
        .percent = OPT_REAL((double)tenths / 10),
        .done = OPT_REAL((double)workload_part_done(&world->workloads, workload, at) / 10),
        .credits = if_some(part.lost_credits_ns),
        .others = if_some(part.lost_others_ns),
        .own = if_some(part.lost_own_ns),
    };
    if (part.fetched_mib > 0)
        view->fetched = OPT_INT(part.fetched_mib);
}

void workload_view_fill(const struct world *world, struct arena *arena,
                        const struct workload *workload, struct workload_view *view)
{
    const struct workloads *workloads = &world->workloads;
    uint32_t most = workload_bottleneck(workloads, workload);
    const struct workload_part part = workload_part_now(workloads, workload, most);

    *view = (struct workload_view){
        .id = id_text(arena, &kind_workload, workload->id),
        .instance = id_text(arena, &kind_instance, workload->instance),
        .type = world->catalog->types[workload->type].name,
        .kind = workload_job(workload->kind)->name,
        .state = workload_state_name(workload->state),
        .seconds = in_seconds(workload_ns(workloads, workload)),
        .bottleneck = workload_part_name(part.kind),
        .cost = (workload_cost_nano_usd(workloads, workload) + 500) / 1000,
        .why = workload->reason == NULL ? why_of(world, arena, workload, &part) : NULL,
        .reason = workload->reason == NULL ? NULL : arena_strdup(arena, workload->reason),
        .amount = workload->amount,
        .set_mib = workload->set_mib,
        .volume = workload->volume == 0 ? NULL : id_text(arena, &kind_volume, workload->volume),
        .started = workload->started,
        .ended = workload->ended,
    };
    for (uint32_t i = 0; i < workload->parts.count; i++)
        view_part(world, workload, i, LIST_PUSH_IN(arena, &view->parts));
}
