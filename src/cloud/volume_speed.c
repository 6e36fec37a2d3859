/*
 * cloud/volume_speed.c - how fast a volume is: what it does in a second, and who waits for it.
 *
 * Owns    the queue of each volume that was ever read or written by its guest or by hand.
 *
 * A volume is one queue: what is asked of it is done in order, each piece at the volume's speed.
 *
 *      time of a piece = the longer of   operations / IOPS   and   KiB / (KiB a second)
 *
 * gp2, st1 and sc1 have a bucket of credits that fills at the steady speed and lets them go faster
 * while there is something in it: operations for gp2, KiB for the two others.  It begins full.
 *
 * True to the EBS user guide, "Amazon EBS volume types" (2023).  Left out: how deep a program lets
 * its queue get, the time of a single operation (a millisecond for SSD, some for HDD), random
 * access on HDD, and the limit of the instance (EBS-optimized bandwidth).
 */
#include "cloud/volume_parts.h"
#include "sim/clock.h"

enum { KIB = 1024, KIB_PER_MIB = 1024 };

static const struct field fetched_fields[] = {
    F_INT(struct volume_fetched, at, "At", "The first block."),
    F_INT(struct volume_fetched, count, "Count", "How many."),
};

static const struct shape fetched_shape =
    SHAPE("VolumeFetched", struct volume_fetched, fetched_fields);

static const struct field queue_fields[] = {
    F_INT(struct volume_queue, key, "Volume", "The volume."),
    F_TIME(struct volume_queue, free_at, "FreeAt", "When all that was asked is done."),
    F_TIME(struct volume_queue, looked_at, "LookedAt", "When its credits were counted."),
    F_INT(struct volume_queue, credits, "Credits", "What is in its bucket."),
    F_LIST(struct volume_queue, fetched, struct volume_fetched, &fetched_shape, "Fetched",
           "Blocks that were read before their turn."),
};

const struct shape volume_queue_shape = SHAPE("VolumeQueue", struct volume_queue, queue_fields);

/* ---- what a type does ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static struct volume_speed always(uint32_t iops, uint64_t mibs)
{
    return (struct volume_speed){
        .steady_iops = iops,
        .burst_iops = iops,
        .steady_kib = mibs * KIB_PER_MIB,
        .burst_kib = mibs * KIB_PER_MIB,
        .operation_kib = 256,
    };
}

/* st1 and sc1: MiB a second for each TiB, steady and with credits; a TiB of them for each TiB. */
static struct volume_speed of_hdd(uint32_t size_gib, uint32_t steady, uint32_t burst, bool is_st1)
{
    uint64_t most = (is_st1 ? 500 : 250) * KIB_PER_MIB;
    uint64_t steady_kib = (uint64_t)size_gib * steady;
    uint64_t burst_kib = (uint64_t)size_gib * burst;

    return (struct volume_speed){
        .steady_iops = is_st1 ? 500 : 250,
        .burst_iops = is_st1 ? 500 : 250,
        .steady_kib = least(steady_kib, most),
        .burst_kib = least(burst_kib, most),
        .credits_max = (uint64_t)size_gib * KIB * KIB,
        .operation_kib = 1024,
    };
}

static struct volume_speed speed_of(const struct volume_spec *spec)
{
    struct volume_speed speed;

    switch (spec->type) {
    case VOLUME_IO1: /* 256 KiB each up to 500 MiB/s; 1,000 at 64,000 */
        return always(spec->iops,
                      spec->iops <= 2000    ? spec->iops / 4
                      : spec->iops <= 32000 ? 500
                                            : spec->iops / 64);
    case VOLUME_IO2:
        return always(spec->iops, least(spec->iops / 4, 4000));
    case VOLUME_GP3:
        return always(spec->iops, spec->throughput_mibs);
    case VOLUME_GP2:
        speed = always(volume_gp2_iops(spec->size_gib), spec->size_gib <= 170 ? 128 : 250);
        if (speed.steady_iops < 3000) {
            speed.burst_iops = 3000;
            speed.credits_max = 5400000;
        }
        return speed;
    case VOLUME_ST1:
        return of_hdd(spec->size_gib, 40, 250, true);
    case VOLUME_SC1:
        return of_hdd(spec->size_gib, 12, 80, false);
    default: /* standard: about a hundred operations, 40 to 90 MiB/s */
        return always(100, 60);
    }
}

struct volume_speed volume_speed(const struct volumes *volumes, const struct volume *volume)
{
    const struct volume_modification *modification =
        volume_modification_find(volumes, volume->key);
    struct volume_spec spec = {
        .size_gib = volume->size_gib,
        .iops = volume->iops,
        .throughput_mibs = volume->throughput_mibs,
        .type = volume->type,
    };

    if (modification != NULL && modification->state != MODIFICATION_COMPLETED)
        spec = modification->from;
    return speed_of(&spec);
}

/* ---- its bucket ---- */

/* What the bucket earns in a second. */
static uint64_t earns(const struct volume_speed *speed)
{
    return speed->burst_iops > speed->steady_iops ? speed->steady_iops : speed->steady_kib;
}

/* a * b / c, which fits when the result does. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
    return a / c * b + a % c * b / c;
}

static uint64_t credits_at(const struct volume_queue *queue, const struct volume_speed *speed,
                           int64_t now)
{
    uint64_t earned;

    if (queue == NULL || speed->credits_max == 0)
        return speed->credits_max;
    earned = scale((uint64_t)(now - queue->looked_at), earns(speed), SECOND_NS);
    return earned >= speed->credits_max || queue->credits + earned >= speed->credits_max
               ? speed->credits_max
               : queue->credits + earned;
}

uint64_t volume_credits(const struct volumes *volumes, const struct volume *volume)
{
    struct volume_speed speed = volume_speed(volumes, volume);

    return credits_at(table_find(&volumes->queues, volume->key), &speed, volumes->sim->now);
}

int64_t volume_backlog_ns(const struct volumes *volumes, const struct volume *volume)
{
    const struct volume_queue *queue = table_find(&volumes->queues, volume->key);

    return queue == NULL || queue->free_at <= volumes->sim->now
               ? 0
               : queue->free_at - volumes->sim->now;
}

/* ---- asking something of it ---- */

/*
 * How long `count` units take at `steady` a second, or at `burst` as long as the credits last:
 * going faster takes `burst - steady` of them a second.
 */
static int64_t time_of(uint64_t count, uint64_t steady, uint64_t burst, uint64_t *credits)
{
    uint64_t quick;

    if (burst <= steady)
        return (int64_t)scale(count, SECOND_NS, steady == 0 ? 1 : steady);
    quick = scale(*credits, burst, burst - steady); /* units done until the bucket is empty */
    if (count <= quick) {
        uint64_t spent = scale(count, burst - steady, burst);

        *credits -= least(spent, *credits);
        return (int64_t)scale(count, SECOND_NS, burst);
    }
    *credits = 0;
    return (int64_t)(scale(quick, SECOND_NS, burst) + scale(count - quick, SECOND_NS, steady));
}

struct volume_queue *volume_queue_of(struct volumes *volumes, const struct volume *volume)
{
    struct volume_queue *queue = table_find(&volumes->queues, volume->key);

    if (queue == NULL) {
        queue = table_add(&volumes->queues, volume->key);
        queue->looked_at = volumes->sim->now;
        queue->credits = volume_speed(volumes, volume).credits_max;
    }
    return queue;
}

int64_t volume_io_pieces(struct volumes *volumes, const struct volume *volume,
                         struct volume_pieces pieces)
{
    struct volume_speed speed = volume_speed(volumes, volume);
    struct volume_queue *queue = volume_queue_of(volumes, volume);
    int64_t now = volumes->sim->now;
    uint64_t credits = credits_at(queue, &speed, now);
    bool by_operations = speed.burst_iops > speed.steady_iops;
    int64_t by_count = time_of(pieces.operations, speed.steady_iops, speed.burst_iops,
                               by_operations ? &credits : NULL);
    int64_t by_size =
        time_of(pieces.kib, speed.steady_kib, speed.burst_kib, by_operations ? NULL : &credits);

    if (queue->free_at < now)
        queue->free_at = now;
    queue->free_at += by_count > by_size ? by_count : by_size;
    queue->credits = credits;
    queue->looked_at = now;
    return queue->free_at - now;
}

int64_t volume_io(struct volumes *volumes, const struct volume *volume, uint64_t bytes)
{
    uint64_t largest = volume_speed(volumes, volume).operation_kib;
    uint64_t kib = (bytes + KIB - 1) / KIB;

    return volume_io_pieces(volumes, volume,
                            (struct volume_pieces){
                                .operations = (kib + largest - 1) / largest,
                                .kib = kib,
                            });
}
