/*
 * cloud/workload_job.c - the kinds of workload: what each asks for, and how long that takes at
 * best.
 *
 * A job's sizes are ours.  They are chosen so that on the five families' size xlarge (4 vCPUs) each
 * kind has one thing that it needs most, and takes a minute or two where it has that.
 *
 * Left out: threads that share a core, caches, burst of the network (what a type always has is
 * counted), that small sizes keep up their maximum to EBS for 30 minutes a day only.
 */
#include <string.h>

#include "base/bug.h"
#include "cloud/workload.h"
#include "sim/clock.h"

enum {
    SYSTEM_PART = 16,    /* of the memory, which the system keeps */
    PAGE_KIB = 32,       /* pages come eight at a time, as Linux reads ahead in its swap space */
    LOCAL_KIB = 4,       /* of an operation on a local disk, as their IOPS are counted */
    STREAM_KIB = 256,    /* of an operation of a stream */
    KIB_PER_MIB = 1024,
};

static const struct workload_job jobs[] = {
    [WORKLOAD_WEB] = {
        .name = "web",
        .doc = "an application with a cache: some of everything",
        .threads = 16,
        .input_mib = 128,
        .mcycles = 480000,
        .set_mib = 12 * 1024,
        .passes = 8,
        .operations = 20000,
        .operation_kib = 16,
        .network_mib = 2048,
    },
    [WORKLOAD_COMPUTE] = {
        .name = "compute",
        .doc = "a simulation: nothing but arithmetic",
        .threads = 16,
        .input_mib = 64,
        .mcycles = 1536000,
        .set_mib = 1024,
        .passes = 16,
        .network_mib = 64,
    },
    [WORKLOAD_MEMORY] = {
        .name = "memory",
        .doc = "an analysis that goes through 24 GiB again and again",
        .threads = 16,
        .input_mib = 128,
        .mcycles = 64000,
        .set_mib = 24 * 1024,
        .passes = 40,
        .network_mib = 64,
    },
    [WORKLOAD_ACCELERATED] = {
        .name = "accelerated",
        .doc = "training of a neural network: multiplications of matrices",
        .threads = 16,
        .input_mib = 256,
        .mcycles = 64000,
        .set_mib = 4 * 1024,
        .passes = 4,
        .network_mib = 64,
        .gflop = 2100000,
    },
    [WORKLOAD_STORAGE] = {
        .name = "storage",
        .doc = "a database that reads 4 KiB here and there, six million times",
        .threads = 16,
        .input_mib = 64,
        .mcycles = 120000,
        .set_mib = 2 * 1024,
        .passes = 4,
        .operations = 6000000,
        .operation_kib = 4,
        .network_mib = 256,
    },
};

const char *const workload_kind_words[] = {"web", "compute", "memory", "accelerated", "storage",
                                           NULL};

_Static_assert(sizeof(jobs) / sizeof(jobs[0]) ==
                   sizeof(workload_kind_words) / sizeof(workload_kind_words[0]),
               "a word for each kind of workload");

const struct workload_job *workload_job(uint8_t kind)
{
    if (kind == 0 || kind >= sizeof(jobs) / sizeof(jobs[0]))
        BUG("a workload of kind %u", kind);
    return &jobs[kind];
}

uint8_t workload_kind_find(const char *name)
{
    for (uint8_t i = 0; workload_kind_words[i] != NULL; i++) {
        if (strcmp(workload_kind_words[i], name) == 0)
            return (uint8_t)(i + 1);
    }
    return 0;
}

const char *workload_state_name(uint8_t state)
{
    static const char *const names[] = {"", "running", "completed", "stopped", "failed"};

    if (state == 0 || state > WORKLOAD_FAILED)
        BUG("a workload in state %u", state);
    return names[state];
}

const char *workload_part_name(uint8_t kind)
{
    static const char *const names[] = {"",     "input",   "cpu",        "memory", "paging",
                                        "disk", "network", "accelerator"};

    if (kind == 0 || kind > WORKLOAD_PARTS)
        BUG("a part of kind %u", kind);
    return names[kind];
}

const char *workload_part_unit(uint8_t kind)
{
    switch (kind) {
    case PART_CPU:
        return "million cycles";
    case PART_DISK:
        return "reads";
    case PART_ACCELERATOR:
        return "GFLOP";
    default:
        return "MiB";
    }
}

/* ---- how much ---- */

int64_t workload_memory_mib(const struct catalog_type *type)
{
    return type->memory_mib - type->memory_mib / SYSTEM_PART;
}

static int64_t scaled(int64_t amount, const struct workload *workload)
{
    return amount * workload->amount / 100;
}

int64_t workload_amount(const struct workload *workload, const struct catalog_type *type,
                        uint8_t part)
{
    const struct workload_job *job = workload_job(workload->kind);
    int64_t beyond = workload->set_mib - workload_memory_mib(type);

    switch (part) {
    case PART_INPUT:
        return scaled(job->input_mib, workload);
    case PART_CPU:
        return scaled(job->mcycles, workload);
    case PART_MEMORY:
        return scaled(workload->set_mib * job->passes, workload);
    case PART_PAGING:
        return beyond <= 0 ? 0 : scaled(beyond * job->passes, workload);
    case PART_DISK:
        return scaled(job->operations, workload);
    case PART_NETWORK:
        return scaled(job->network_mib, workload);
    case PART_ACCELERATOR:
        return scaled(job->gflop, workload);
    default:
        BUG("a part of kind %u", part);
    }
}

/* ---- how long ---- */

/* a * b / c without overflow on the way; the result fits. */
static int64_t scale(int64_t a, int64_t b, int64_t c)
{
    __extension__ typedef __int128 wide;

    return (int64_t)((wide)a * b / c);
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t workload_wants_ppm(const struct workload *workload, const struct catalog_type *type)
{
    uint32_t threads = workload_job(workload->kind)->threads;

    return (int64_t)(type->vcpus < threads ? type->vcpus : threads) * CPU_ONE;
}

int64_t workload_cpu_ns(const struct catalog_type *type, const struct workload_part *part)
{
    switch (part->kind) {
    case PART_CPU: /* a million cycles at so many million a second */
        return scale(part->amount, SECOND_NS, type->clock_mhz);
    case PART_MEMORY: /* a vCPU that waits for memory is busy; each has its part of the bandwidth */
        return scale(part->amount, INT64_C(1048576) * 1000, type->memory_mbs);
    case PART_ACCELERATOR:
        return type->accelerators > 0
                   ? 0
                   : scale(part->amount, INT64_C(1000) * SECOND_NS,
                           (int64_t)type->flop_per_cycle * type->clock_mhz);
    default:
        return 0;
    }
}

int64_t workload_local_ns(const struct catalog_type *type, struct volume_pieces pieces)
{
    int64_t operations = longer((int64_t)pieces.operations, (int64_t)pieces.kib / LOCAL_KIB);

    return scale(operations, SECOND_NS, type->disk_read_iops);
}

int64_t workload_ebs_ns(const struct catalog_type *type, struct volume_pieces pieces)
{
    if (!type->ebs_optimized)
        return 0;
    return longer(scale((int64_t)pieces.operations, SECOND_NS, type->ebs_peak_iops),
                  scale((int64_t)pieces.kib, INT64_C(1024) * 8 * 1000, type->ebs_peak_mbps));
}

int64_t workload_device_ns(const struct catalog_type *type, const struct workload_part *part)
{
    if (part->kind == PART_NETWORK)
        return scale(part->amount, INT64_C(1048576) * 8 * 1000, type->network_mbps);
    return scale(part->amount, SECOND_NS, (int64_t)type->accelerators * type->accelerator_gflops);
}

struct volume_pieces workload_pieces(const struct workload *workload, uint8_t part, int64_t amount)
{
    int64_t kib = amount * (part == PART_DISK ? workload_job(workload->kind)->operation_kib
                                              : KIB_PER_MIB);
    int64_t each = part == PART_PAGING ? PAGE_KIB : STREAM_KIB;

    return (struct volume_pieces){
        .operations = (uint64_t)(part == PART_DISK ? amount : (kib + each - 1) / each),
        .kib = (uint64_t)kib,
    };
}
