/*
 * api/lab_volume.c - lab: writing and reading a volume by hand.
 *
 * A write is there at once, as if a program had done it before; a read takes the volume's time, and
 * the time of what must come from S3 first.
 */
#include "api/lab_parts.h"

#include "cloud/world.h"
#include "sim/clock.h"

enum { MIB_BLOCKS = 2 };

static const struct fault_kind fault_volume_form = {
    .code = "InvalidVolumeID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"vol-...\")",
    .hint = "`lab describe-storage` lists your volumes.",
};

static const struct fault_kind fault_outside = {
    .code = "InvalidParameterValue",
    .text = "The volume {} ends before that: it has {} MiB.",
    .hint = "OffsetMiB counts from 0, SizeMiB is at least 1, and both together lie on the volume.",
};

static const struct fault_kind fault_not_there = {
    .code = "IncorrectState",
    .text = "Volume '{}' is in the '{}' state.",
    .hint = "A volume that is available or in use can be read and written.",
};

static const struct fault_kind fault_zone_lost = {
    .code = "IncorrectState",
    .text = "The volume '{}' cannot be reached: its zone {} is lost.",
    .hint = "A snapshot that was made before lies in the Region: make a volume of it elsewhere.",
};

static const struct fault_kind *const faults[] = {
    &fault_volume_form, &fault_outside, &fault_not_there, &fault_zone_lost, NULL,
};

struct part_in {
    const char *volume;
    int64_t offset_mib;
    int64_t size_mib;
};

#define PART_FIELDS(OFFSET_DOC, SIZE_DOC) \
    F_STRING(struct part_in, volume, "VolumeId", "The volume, attached or not.", \
             .flags = FIELD_REQUIRED, .ref = &kind_volume), \
        F_INT(struct part_in, offset_mib, "OffsetMiB", OFFSET_DOC, .cli = "offset-mib"), \
        F_INT(struct part_in, size_mib, "SizeMiB", SIZE_DOC, .flags = FIELD_REQUIRED, \
              .cli = "size-mib")

/* The volume, when that part lies on it and can be reached; NULL after a fault. */
static struct volume *volume_wanted(struct call *call, const struct part_in *in)
{
    struct world *world = call->world;
    struct volume *volume;
    int64_t size_mib;
    uint64_t id;

    if (!id_parse(&kind_volume, in->volume, &id)) {
        call_fault(call, &fault_volume_form, in->volume);
        return NULL;
    }
    volume = volume_find(&world->volumes, call->account, call->region, id);
    if (volume == NULL) {
        volume_not_found(id, &call->fault);
        return NULL;
    }
    size_mib = (int64_t)volume->size_gib * 1024;
    if (in->offset_mib < 0 || in->size_mib < 1 || in->offset_mib > size_mib ||
        in->size_mib > size_mib - in->offset_mib)
        call_fault(call, &fault_outside, in->volume,
                   arena_printf(&call->arena, "%lld", (long long)size_mib));
    else if (volume->state != VOLUME_AVAILABLE && volume->state != VOLUME_IN_USE)
        call_fault(call, &fault_not_there, in->volume, volume_state_name(volume->state));
    else if (hosts_zone_failed(&world->hosts, volume->zone))
        call_fault(call, &fault_zone_lost, in->volume,
                   catalog_zone_name(world->catalog, volume->zone));
    else
        return volume;
    return NULL;
}

/* ---- WriteVolume ---- */

struct write_out {
    int64_t used_bytes;
};

static const struct field write_in_fields[] = {
    PART_FIELDS("Where the new data begins, in MiB.", "How much new data there is, in MiB."),
};

static const struct shape write_in_shape =
    SHAPE("WriteVolumeRequest", struct part_in, write_in_fields);

static const struct field write_out_fields[] = {
    F_INT(struct write_out, used_bytes, "UsedBytes", "What was ever written on the volume."),
};

static const struct shape write_out_shape =
    SHAPE("WriteVolumeResult", struct write_out, write_out_fields);

static int write_volume(struct call *call, const void *input, void *output)
{
    const struct part_in *in = input;
    struct write_out *out = output;
    struct volume *volume = volume_wanted(call, in);

    if (volume == NULL)
        return -1;
    volume_touch(&call->world->volumes, volume, (uint64_t)in->offset_mib * MIB_BLOCKS,
                 (uint64_t)in->size_mib * MIB_BLOCKS);
    out->used_bytes = (int64_t)blocks_used(&call->world->blocks, volume->map) * BLOCK_BYTES;
    return 0;
}

#define NEEDS_VOLUME \
    "VOL=$(aws ec2 create-volume --availability-zone us-east-1a --size 10 --query " \
    "VolumeId --output text)\naws ec2 wait volume-available --volume-ids $VOL"

const struct op op_lab_write_volume = {
    .name = "WriteVolume",
    .doc = "Writes new data on a volume at once, as a program in a guest would.",
    .example = "lab write-volume --volume-id $VOL --offset-mib 0 --size-mib 1024",
    .needs = NEEDS_VOLUME,
    .in = &write_in_shape,
    .out = &write_out_shape,
    .faults = faults,
    .flags = OP_WRITE,
    .run = write_volume,
};

/* ---- ReadVolume ---- */

struct read_out {
    int64_t took_ms;
    int64_t fetched_bytes;
    int64_t mibs;
};

static const struct field read_in_fields[] = {
    PART_FIELDS("Where to begin, in MiB.", "How much to read, in MiB."),
};

static const struct shape read_in_shape =
    SHAPE("ReadVolumeRequest", struct part_in, read_in_fields);

static const struct field read_out_fields[] = {
    F_INT(struct read_out, took_ms, "Milliseconds",
          "How long it takes, with what waits at the volume before it."),
    F_INT(struct read_out, fetched_bytes, "FetchedBytes",
          "How much of it had to come from S3 first, because nobody had read it yet."),
    F_INT(struct read_out, mibs, "MiBPerSecond", "How fast that is."),
};

static const struct shape read_out_shape =
    SHAPE("ReadVolumeResult", struct read_out, read_out_fields);

static int read_volume(struct call *call, const void *input, void *output)
{
    const struct part_in *in = input;
    struct read_out *out = output;
    struct volume *volume = volume_wanted(call, in);
    uint64_t fetched;
    int64_t took;

    if (volume == NULL)
        return -1;
    took = volume_read(&call->world->volumes, volume,
                       (struct volume_read){
                           .first = (uint64_t)in->offset_mib * MIB_BLOCKS,
                           .count = (uint64_t)in->size_mib * MIB_BLOCKS,
                       },
                       &fetched);
    out->took_ms = took / MILLISECOND_NS;
    out->fetched_bytes = (int64_t)fetched * BLOCK_BYTES;
    out->mibs = out->took_ms == 0 ? in->size_mib : in->size_mib * 1000 / out->took_ms;
    call->until = call->world->sim.now + took;
    return 0;
}

const struct op op_lab_read_volume = {
    .name = "ReadVolume",
    .doc = "Reads a part of a volume, which takes its time, and says how long.",
    .example = "lab read-volume --volume-id $VOL --offset-mib 0 --size-mib 64",
    .needs = NEEDS_VOLUME,
    .in = &read_in_shape,
    .out = &read_out_shape,
    .faults = faults,
    .flags = OP_WRITE | OP_LASTS,
    .run = read_volume,
};
