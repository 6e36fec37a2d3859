/*
 * api/lab_scan.c - lab: what a guest finds when it reads all its memory, or all its disks.
 *
 * The question that a course answers with "isolation": are there bytes of another tenant?
 */
#include "api/lab_parts.h"

#include "cloud/world.h"

static const char *const what_words[] = {"memory", "disk", NULL};

enum { MIB = 1024 * 1024 };

struct scan_in {
    const char *instance;
    const char *what;
};

struct scan_out {
    const char *instance;
    const char *what;
    int64_t scanned_mib;
    int64_t zero_mib;
    int64_t image_mib;
    int64_t own_mib;
    int64_t foreign;
    int64_t beyond_mib;
};

static const struct fault_kind fault_off = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' does not run, so nothing in it can look.",
    .hint = "Start it first: `aws ec2 start-instances`, then `aws ec2 wait instance-running`.",
};

static const struct fault_kind *const scan_faults[] = {
    &fault_instance_malformed, &fault_instance_not_found, &fault_off, NULL,
};

static const struct field scan_in_fields[] = {
    F_STRING(struct scan_in, instance, "InstanceId", "The instance that looks.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct scan_in, what, "What",
             "memory: every byte of its memory; disk: every byte of its volumes.",
             .flags = FIELD_REQUIRED, .words = what_words),
};
static const struct shape scan_in_shape = SHAPE("ScanGuestRequest", struct scan_in, scan_in_fields);

static const struct field scan_out_fields[] = {
    F_STRING(struct scan_out, instance, "InstanceId", "The instance that looked.",
             .ref = &kind_instance),
    F_STRING(struct scan_out, what, "What", "What it read.", .words = what_words),
    F_INT(struct scan_out, scanned_mib, "ScannedMiB", "How much it read: all that is its own.",
          .flags = FIELD_COLUMN),
    F_INT(struct scan_out, zero_mib, "ZeroMiB", "disk: where nothing was ever written: zeros.",
          .flags = FIELD_COLUMN),
    F_INT(struct scan_out, image_mib, "ImageMiB", "disk: what came with its image or snapshot.",
          .flags = FIELD_COLUMN),
    F_INT(struct scan_out, own_mib, "OwnMiB", "What it may have written itself.",
          .flags = FIELD_COLUMN),
    F_INT(struct scan_out, foreign, "ForeignBytes", "Bytes of other tenants that it found.",
          .flags = FIELD_COLUMN),
    F_INT(struct scan_out, beyond_mib, "BeyondMiB",
          "memory: what else its host has, and where none of its addresses lead.",
          .flags = FIELD_COLUMN),
};
static const struct shape scan_out_shape =
    SHAPE("ScanGuestResult", struct scan_out, scan_out_fields);

static void scan_memory(struct call *call, const struct instance *instance, struct scan_out *out)
{
    const struct host *host = hosts_of(&call->world->hosts, instance->id);
    const struct memory_scan scan = host_memory_scan(&host->memory, instance->id);

    out->scanned_mib = scan.mib;
    out->own_mib = (int64_t)scan.mib - scan.foreign_mib;
    out->foreign = (int64_t)scan.foreign_mib * MIB;
    out->beyond_mib = (int64_t)host->memory_mib - scan.mib;
}

static void scan_disk(struct call *call, const struct instance *instance, struct scan_out *out)
{
    const struct volume_scan scan =
        volumes_scan(&call->world->volumes, call->account, instance->id);
    const int64_t blocks_of_mib = MIB / BLOCK_BYTES;

    out->scanned_mib = (int64_t)scan.blocks / blocks_of_mib;
    out->image_mib = (int64_t)scan.snapshot / blocks_of_mib;
    out->own_mib = (int64_t)(scan.own - scan.foreign) / blocks_of_mib;
    out->zero_mib = out->scanned_mib - out->image_mib - (int64_t)scan.own / blocks_of_mib;
    out->foreign = (int64_t)scan.foreign * BLOCK_BYTES;
}

static int scan_guest(struct call *call, const void *input, void *output)
{
    const struct scan_in *in = input;
    struct scan_out *out = output;
    const struct instance *instance;
    uint64_t id = 0;

    if (!id_parse(&kind_instance, in->instance, &id))
        return call_fault(call, &fault_instance_malformed, in->instance);
    instance = instance_find(&call->world->instances, call->account, call->region, id);
    if (instance == NULL)
        return call_fault(call, &fault_instance_not_found, in->instance);
    if (!instance->powered)
        return call_fault(call, &fault_off, in->instance);
    out->instance = id_text(&call->arena, &kind_instance, id);
    out->what = in->what;
    if (in->what[0] == 'm')
        scan_memory(call, instance, out);
    else
        scan_disk(call, instance, out);
    return 0;
}

const struct op op_lab_scan_guest = {
    .name = "ScanGuest",
    .doc = "Lets an instance read all its memory or all its disks, and says whether another "
           "tenant's bytes are there.",
    .example = "lab scan-guest --instance-id $I --what memory",
    .needs = "AMI=$(aws ec2 describe-images --owners amazon --filters "
             "'Name=name,Values=al2023-ami-2023*-x86_64' --query 'Images[0].ImageId' "
             "--output text)\n"
             "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro "
             "--query 'Instances[0].InstanceId' --output text)\n"
             "aws ec2 wait instance-running --instance-ids $I",
    .in = &scan_in_shape,
    .out = &scan_out_shape,
    .faults = scan_faults,
    .run = scan_guest,
};
