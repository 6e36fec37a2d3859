/*
 * cloud/workload.h - workloads: jobs of known size that run in an instance, to see how long it
 * takes.
 *
 *      running -> completed          running -> stopped (by hand, or its instance stops)
 *      running -> failed             (no memory, no disk)
 *
 * A job is a row of parts that come one after the other, each on one thing that the instance has:
 *
 *      input        reads its data from a volume, in one stream
 *      cpu          computes, on all vCPUs that it can use
 *      memory       goes through its data set in memory, again and again
 *      paging       what does not fit into memory comes from the disk, each time
 *      disk         reads small pieces here and there from the disk
 *      network      sends its results
 *      accelerator  computes with accelerators; where there are none, the vCPUs do it
 *
 * so its time is the sum of theirs, exactly.  Every part waits for the real thing: CPU comes from
 * cloud/hypervisor (so steal and credits matter), volumes are those of cloud/volume (so IOPS,
 * queues, burst credits and blocks that are still in S3 matter); how fast memory, local disks and
 * accelerators are stands in the catalog (performance.txt).
 */
#ifndef CLOUD_WORKLOAD_H
#define CLOUD_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/cpu_time.h"
#include "cloud/hypervisor.h"
#include "cloud/id.h"
#include "cloud/instance.h"
#include "cloud/trail.h"
#include "cloud/volume.h"
#include "sim/event.h"

/* Append only: the numbers are saved.  One for each family of instance types. */
enum workload_kind {
    WORKLOAD_WEB = 1,
    WORKLOAD_COMPUTE,
    WORKLOAD_MEMORY,
    WORKLOAD_ACCELERATED,
    WORKLOAD_STORAGE,
};

/* Append only. */
enum workload_state {
    WORKLOAD_RUNNING = 1,
    WORKLOAD_COMPLETED,
    WORKLOAD_STOPPED,
    WORKLOAD_FAILED,
};

/* Append only; in the order of a job. */
enum workload_part_kind {
    PART_INPUT = 1,   /* MiB */
    PART_CPU,         /* millions of clock cycles */
    PART_MEMORY,      /* MiB */
    PART_PAGING,      /* MiB */
    PART_DISK,        /* operations */
    PART_NETWORK,     /* MiB */
    PART_ACCELERATOR, /* billions of FP32 operations */
};

enum { WORKLOAD_PARTS = PART_ACCELERATOR, WORKLOAD_AMOUNT_MAX = 1000 };

/* Why a part that computes was given less than it wanted. */
enum workload_loss { LOST_CREDITS, LOST_OTHERS, LOST_OWN, WORKLOAD_LOSSES };

/* What a kind of job asks for. */
struct workload_job {
    const char *name; /* "web" */
    const char *doc;
    uint32_t threads; /* vCPUs that it can use at once */
    int64_t input_mib;
    int64_t mcycles;
    int64_t set_mib; /* its data set */
    int64_t passes;  /* how often it goes through that */
    int64_t operations;
    int64_t operation_kib;
    int64_t network_mib;
    int64_t gflop;
};

struct workload_part {
    uint8_t kind; /* enum workload_part_kind */
    uint32_t slices; /* that are done, of 32: disks are asked slice by slice */
    int64_t amount; /* in the unit of its kind */
    int64_t ns;     /* that it took, or has taken until `since` of the workload */
    int64_t fetched_mib; /* of it, that had to come from S3 */
    int64_t lost_credits_ns; /* of its time */
    int64_t lost_others_ns;
    int64_t lost_own_ns;
};

struct workload {
    uint64_t id;
    uint64_t account;
    uint64_t instance;
    uint64_t volume; /* that it reads and pages; 0: the local disks */
    uint64_t input;  /* the volume that its input comes from */
    int64_t started;
    int64_t ended;   /* 0: it runs */
    int64_t since;   /* when its present part was last looked at */
    int64_t amount;  /* in percent of the usual job */
    int64_t set_mib;
    uint64_t step;   /* sequence of the pending event; 0: none */
    uint16_t type;   /* of the instance, in the catalog */
    uint8_t region;
    uint8_t kind;    /* enum workload_kind */
    uint8_t state;   /* enum workload_state */
    uint8_t at;      /* position of the present part */
    uint8_t cause;   /* enum workload_loss: why rate_ppm is below what it wants */
    bool windows;
    char *reason;    /* why it was stopped or has failed; NULL: it was not; owned */
    int64_t rate_ppm;       /* that a part that computes is given since `since` */
    struct cpu_time need;   /* CPU time of such a part */
    struct cpu_time before; /* the instance's, when it began */
    LIST(struct workload_part) parts;
};

extern const struct shape workload_shape;

struct workloads {
    struct table table; /* struct workload */
    struct sim *sim;    /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct hypervisor *hypervisor;
    struct volumes *volumes;
};

/* The caller fills in the borrowed members first. */
void workloads_init(struct workloads *workloads);
void workloads_release(struct workloads *workloads);
/* After tables, hypervisor and volumes were read; false when they contradict each other. */
bool workloads_restore(const struct workloads *workloads);

struct workload_wish {
    const struct instance *instance; /* running */
    uint64_t volume;   /* attached to it; 0: local disks, else the root volume */
    uint64_t root;     /* its root volume */
    int64_t amount;    /* percent of the usual job, 1 to WORKLOAD_AMOUNT_MAX */
    int64_t set_mib;   /* 0: the usual data set */
    uint8_t kind;
};

/* Begins.  The instance must run no other workload (workload_in()); BUG else. */
const struct workload *workload_start(struct workloads *workloads,
                                      const struct workload_wish *wish);
/* Ends it, with that reason; harmless when it has ended. */
void workload_stop(struct workloads *workloads, uint64_t id, const char *reason);
/* The instance stops, breaks down or boots anew: what runs in it ends. */
void workloads_instance_off(struct workloads *workloads, uint64_t instance, const char *reason);
/* What it computes with is another rate now (struct hypervisor's `worked`). */
void workloads_rate_changed(struct workloads *workloads, uint64_t instance);

/* NULL when there is none of that account and Region. */
const struct workload *workload_find(const struct workloads *workloads, uint64_t account,
                                     uint8_t region, uint64_t id);
/* The one that runs in an instance, or NULL. */
const struct workload *workload_in(const struct workloads *workloads, uint64_t instance);
/* When it is to be looked at next, ns; 0 when it has ended. */
int64_t workload_next(const struct workloads *workloads, const struct workload *workload);

/* ---- what there is to tell of one ---- */

/* A part as it is now, with the time up to now; nothing changes. */
struct workload_part workload_part_now(const struct workloads *workloads,
                                       const struct workload *workload, uint32_t at);
/* How much of a part is done, in thousandths. */
int64_t workload_part_done(const struct workloads *workloads, const struct workload *workload,
                           uint32_t at);
/* Its time so far. */
int64_t workload_ns(const struct workloads *workloads, const struct workload *workload);
/* The part that took longest so far; the first of equal ones. */
uint32_t workload_bottleneck(const struct workloads *workloads, const struct workload *workload);
/* What the instance costs in its time, on demand, in nano-dollars, rounded up. */
int64_t workload_cost_nano_usd(const struct workloads *workloads, const struct workload *workload);

/* ---- kinds and their arithmetic (workload_job.c) ---- */

const struct workload_job *workload_job(uint8_t kind);
extern const char *const workload_kind_words[]; /* in the order of enum workload_kind; NULL ends */
const char *workload_state_name(uint8_t state);
const char *workload_part_name(uint8_t kind);
/* What the amount of a part counts: "MiB". */
const char *workload_part_unit(uint8_t kind);
uint8_t workload_kind_find(const char *name); /* 0 when there is none */

/* Memory of a type that programs can have; the system keeps a sixteenth. */
int64_t workload_memory_mib(const struct catalog_type *type);
/* How much of a kind of part a job has on a type. */
int64_t workload_amount(const struct workload *workload, const struct catalog_type *type,
                        uint8_t part);
/* CPU time that a part that computes needs; 0 for one that does not. */
int64_t workload_cpu_ns(const struct catalog_type *type, const struct workload_part *part);
/* vCPUs that it uses, in millionths. */
int64_t workload_wants_ppm(const struct workload *workload, const struct catalog_type *type);
/* What a disk is asked for so much of a part: input, paging or disk. */
struct volume_pieces workload_pieces(const struct workload *workload, uint8_t part, int64_t amount);
/* Time of so many operations and KiB on the local disks of a type. */
int64_t workload_local_ns(const struct catalog_type *type, struct volume_pieces pieces);
/* The least time that the type's way to EBS takes for them; 0 where that has no limit. */
int64_t workload_ebs_ns(const struct catalog_type *type, struct volume_pieces pieces);
/* Time of a part on the network or on accelerators. */
int64_t workload_device_ns(const struct catalog_type *type, const struct workload_part *part);

#endif
