/*
 * api/lab_performance.c - lab: how fast the parts of instance types are.
 */
#include "api/ec2_parts.h"
#include "api/lab_parts.h"

#include "cloud/world.h"

struct performance_view {
    const char *type;
    int64_t vcpus;
    int64_t clock;
    int64_t memory;
    int64_t bandwidth;
    int64_t gflops;
    int64_t ebs_iops;
    int64_t ebs_mbps;
    int64_t read_iops;
    int64_t write_iops;
    int64_t network;
    const char *accelerator;
    int64_t accelerators;
    int64_t accelerator_gflops;
    struct opt_real price;
};

struct performance_in {
    LIST(const char *) types;
};

struct performance_out {
    LIST(struct performance_view) types;
};

#define P struct performance_view
static const struct field performance_fields[] = {
    F_STRING(P, type, "InstanceType", "The type.", .flags = FIELD_COLUMN),
    F_INT(P, vcpus, "Vcpus", "Its vCPUs.", .flags = FIELD_COLUMN),
    F_INT(P, clock, "ClockMhz", "Their sustained clock.", .flags = FIELD_COLUMN),
    F_INT(P, memory, "MemoryMiB", "Its memory.", .flags = FIELD_COLUMN),
    F_INT(P, bandwidth, "MemoryMBPerSecond", "How much memory its vCPUs move at best, together.",
          .flags = FIELD_COLUMN),
    F_INT(P, gflops, "Gflops", "FP32 operations a second of its vCPUs at best, in billions."),
    F_INT(P, ebs_iops, "EbsIops", "The most operations a second on EBS; 0: no limit is known."),
    F_INT(P, ebs_mbps, "EbsMbps", "The most Mbit/s to EBS; 0: no limit is known."),
    F_INT(P, read_iops, "LocalReadIops", "Reads of 4 KiB a second of its local disks; 0: none.",
          .flags = FIELD_COLUMN),
    F_INT(P, write_iops, "LocalWriteIops", "Writes of 4 KiB a second of its local disks."),
    F_INT(P, network, "NetworkMbps", "The network that it always has.", .flags = FIELD_COLUMN),
    F_STRING(P, accelerator, "Accelerator", "What accelerators it has; absent without."),
    F_INT(P, accelerators, "Accelerators", "How many."),
    F_INT(P, accelerator_gflops, "AcceleratorGflops",
          "FP32 operations a second of all of them at best, in billions.",
          .flags = FIELD_COLUMN),
    F_REAL(P, price, "UsdPerHour", "On demand, with Linux, in your Region.",
           .flags = FIELD_COLUMN),
};
#undef P
static const struct shape performance_shape =
    SHAPE("Performance", struct performance_view, performance_fields);

static const struct field performance_in_fields[] = {
    F_STRINGS(struct performance_in, types, "InstanceTypes", "Only these; all unless told.",
              .ref = &kind_instance_type),
};
static const struct shape performance_in_shape =
    SHAPE("DescribePerformanceRequest", struct performance_in, performance_in_fields);

static const struct field performance_out_fields[] = {
    F_LIST(struct performance_out, types, struct performance_view, &performance_shape,
           "InstanceTypes", "The types."),
};
static const struct shape performance_out_shape =
    SHAPE("DescribePerformanceResult", struct performance_out, performance_out_fields);

static const struct fault_kind *const performance_faults[] = {&fault_instance_types, NULL};

static void view_performance(const struct call *call, uint16_t at, struct performance_view *view)
{
    const struct catalog *catalog = call->world->catalog;
    const struct catalog_type *type = &catalog->types[at];

    *view = (struct performance_view){
        .type = type->name,
        .vcpus = type->vcpus,
        .clock = type->clock_mhz,
        .memory = type->memory_mib,
        .bandwidth = (int64_t)type->memory_mbs * type->vcpus,
        .gflops = (int64_t)type->flop_per_cycle * type->vcpus * type->clock_mhz / 1000,
        .ebs_iops = type->ebs_peak_iops,
        .ebs_mbps = type->ebs_peak_mbps,
        .read_iops = type->disk_read_iops,
        .write_iops = type->disk_write_iops,
        .network = type->network_mbps,
        .accelerator = type->accelerators == 0 ? NULL : type->accelerator,
        .accelerators = type->accelerators,
        .accelerator_gflops = (int64_t)type->accelerators * type->accelerator_gflops,
        .price = OPT_REAL((double)catalog_instance_price(catalog, at, call->region, false) / 1e9),
    };
}

static int describe_performance(struct call *call, const void *in, void *out)
{
    const struct performance_in *wish = in;
    const struct catalog *catalog = call->world->catalog;
    struct performance_out *answer = out;

    for (uint32_t i = 0; i < wish->types.count; i++) {
        int at = catalog_type_find(catalog, wish->types.items[i]);

        if (at < 0)
            return call_fault(call, &fault_instance_types, wish->types.items[i]);
        view_performance(call, (uint16_t)at, LIST_PUSH_IN(&call->arena, &answer->types));
    }
    for (uint32_t i = 0; wish->types.count == 0 && i < catalog->type_count; i++)
        view_performance(call, (uint16_t)i, LIST_PUSH_IN(&call->arena, &answer->types));
    return 0;
}

const struct op op_lab_describe_performance = {
    .name = "DescribePerformance",
    .doc = "Shows how fast the parts of instance types are at best: what workloads reckon with.",
    .example = "lab describe-performance --instance-types m7i.xlarge c7a.xlarge",
    .in = &performance_in_shape,
    .out = &performance_out_shape,
    .faults = performance_faults,
    .run = describe_performance,
};
