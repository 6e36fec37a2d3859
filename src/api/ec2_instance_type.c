/*
 * api/ec2_instance_type.c - describe-instance-types.
 *
 * True to the EC2 API reference and to what the catalogue knows; members that it says nothing of
 * (EFA, hibernation, Dedicated Hosts...) are left out rather than guessed.
 */
#include "api/ec2_parts.h"

#include <string.h>

struct processor_view {
    struct strings architectures;
    struct opt_real clock;
    const char *maker;
};

struct vcpu_view {
    uint32_t vcpus;
    uint32_t cores;
    uint32_t threads;
};

struct memory_view {
    uint32_t mib;
};

struct disk_view {
    uint32_t gb;
    uint32_t count;
    const char *type;
};

struct storage_view {
    uint32_t total_gb;
    LIST(struct disk_view) disks;
    const char *nvme;
};

struct speed_view {
    uint32_t mbps;
    struct opt_real throughput;
    uint32_t iops;
    uint32_t peak_mbps;
    struct opt_real peak_throughput;
    uint32_t peak_iops;
};

struct ebs_view {
    const char *optimized;
    const char *encryption;
    struct speed_view *speed;
    const char *nvme;
};

struct network_card_view {
    uint32_t index;
    const char *performance;
    uint32_t interfaces;
    struct opt_real baseline;
    struct opt_real peak;
};

struct network_view {
    const char *performance;
    uint32_t interfaces;
    uint32_t cards;
    uint32_t default_card;
    LIST(struct network_card_view) card_list;
    uint32_t addresses;
    uint32_t addresses6;
    bool ipv6;
    const char *ena;
};

struct gpu_view {
    const char *name;
    const char *maker;
    uint32_t count;
    struct memory_view memory;
};

struct gpus_view {
    LIST(struct gpu_view) list;
    uint32_t total_mib;
};

struct placement_view {
    struct strings strategies;
};

struct type_view {
    const char *name;
    bool current;
    bool free_tier;
    struct strings usage;
    struct strings root_devices;
    struct strings virtualization;
    bool bare_metal;
    const char *hypervisor;
    struct processor_view processor;
    struct vcpu_view vcpu;
    struct memory_view memory;
    bool has_storage;
    struct storage_view *storage;
    struct ebs_view ebs;
    struct network_view network;
    struct gpus_view *gpus;
    struct placement_view placement;
    bool burstable;
    struct strings boot_modes;
};

struct describe_types_in {
    bool dry_run;
    struct strings names;
    struct filters filters;
    struct opt_int max_results;
    const char *next_token;
};

struct describe_types_out {
    LIST(struct type_view) types;
    const char *next_token;
};

const struct fault_kind fault_instance_types = {
    .code = "InvalidInstanceType",
    .text = "The following supplied instance types do not exist: [{}]",
    .hint = "`aws ec2 describe-instance-types` lists those that the console has; AWS has more.",
};

static const struct fault_kind fault_names_and_limit = {
    .code = "InvalidParameterCombination",
    .text = "The parameter instanceTypes cannot be used with the parameter maxResults",
    .hint = "Ask for types, or for pages; not for both.",
};

/* ---- shapes ---- */

static const struct field processor_fields[] = {
    F_STRINGS(struct processor_view, architectures, "SupportedArchitectures",
              "The architectures that it runs."),
    F_REAL(struct processor_view, clock, "SustainedClockSpeedInGhz", "Its clock in GHz."),
    F_STRING(struct processor_view, maker, "Manufacturer", "Who made it."),
};
static const struct shape processor_shape =
    SHAPE("ProcessorInfo", struct processor_view, processor_fields);

static const struct field vcpu_fields[] = {
    F_INT(struct vcpu_view, vcpus, "DefaultVCpus", "How many vCPUs it has.",
          .flags = FIELD_COLUMN),
    F_INT(struct vcpu_view, cores, "DefaultCores", "How many cores these run on."),
    F_INT(struct vcpu_view, threads, "DefaultThreadsPerCore", "How many threads each core runs."),
};
static const struct shape vcpu_shape = SHAPE("VCpuInfo", struct vcpu_view, vcpu_fields);

static const struct field memory_fields[] = {
    F_INT(struct memory_view, mib, "SizeInMiB", "The memory in MiB.", .flags = FIELD_COLUMN),
};
static const struct shape memory_shape = SHAPE("MemoryInfo", struct memory_view, memory_fields);

static const struct field disk_fields[] = {
    F_INT(struct disk_view, gb, "SizeInGB", "The size of each disk."),
    F_INT(struct disk_view, count, "Count", "How many disks there are."),
    F_STRING(struct disk_view, type, "Type", "What kind of disk it is."),
};
static const struct shape disk_shape = SHAPE("DiskInfo", struct disk_view, disk_fields);

static const struct field storage_fields[] = {
    F_INT(struct storage_view, total_gb, "TotalSizeInGB", "The size of all disks together."),
    F_LIST(struct storage_view, disks, struct disk_view, &disk_shape, "Disks", "The disks."),
    F_STRING(struct storage_view, nvme, "NvmeSupport", "Whether they are NVMe disks."),
};
static const struct shape storage_shape =
    SHAPE("InstanceStorageInfo", struct storage_view, storage_fields);

static const struct field speed_fields[] = {
    F_INT(struct speed_view, mbps, "BaselineBandwidthInMbps", "Mbit a second, always."),
    F_REAL(struct speed_view, throughput, "BaselineThroughputInMBps", "MB a second, always."),
    F_INT(struct speed_view, iops, "BaselineIops", "Operations a second, always."),
    F_INT(struct speed_view, peak_mbps, "MaximumBandwidthInMbps", "Mbit a second at best."),
    F_REAL(struct speed_view, peak_throughput, "MaximumThroughputInMBps", "MB a second at best."),
    F_INT(struct speed_view, peak_iops, "MaximumIops", "Operations a second at best."),
};
static const struct shape speed_shape = SHAPE("EbsOptimizedInfo", struct speed_view, speed_fields);

static const struct field ebs_fields[] = {
    F_STRING(struct ebs_view, optimized, "EbsOptimizedSupport",
             "Whether bandwidth to volumes of its own comes with it."),
    F_STRING(struct ebs_view, encryption, "EncryptionSupport",
             "Whether volumes can be encrypted."),
    F_STRUCT(struct ebs_view, speed, struct speed_view, &speed_shape, "EbsOptimizedInfo",
             "How fast volumes can be."),
    F_STRING(struct ebs_view, nvme, "NvmeSupport", "Whether volumes are NVMe disks inside."),
};
static const struct shape ebs_shape = SHAPE("EbsInfo", struct ebs_view, ebs_fields);

static const struct field network_card_fields[] = {
    F_INT(struct network_card_view, index, "NetworkCardIndex", "Its number."),
    F_STRING(struct network_card_view, performance, "NetworkPerformance", "How fast it is."),
    F_INT(struct network_card_view, interfaces, "MaximumNetworkInterfaces",
          "How many interfaces it takes."),
    F_REAL(struct network_card_view, baseline, "BaselineBandwidthInGbps",
           "Gbit a second, always."),
    F_REAL(struct network_card_view, peak, "PeakBandwidthInGbps", "Gbit a second at best."),
};
static const struct shape network_card_shape =
    SHAPE("NetworkCardInfo", struct network_card_view, network_card_fields);

static const struct field network_fields[] = {
    F_STRING(struct network_view, performance, "NetworkPerformance", "How fast it is."),
    F_INT(struct network_view, interfaces, "MaximumNetworkInterfaces",
          "How many interfaces it takes."),
    F_INT(struct network_view, cards, "MaximumNetworkCards", "How many network cards it has."),
    F_INT(struct network_view, default_card, "DefaultNetworkCardIndex", "The first card."),
    F_LIST(struct network_view, card_list, struct network_card_view, &network_card_shape,
           "NetworkCards", "The network cards."),
    F_INT(struct network_view, addresses, "Ipv4AddressesPerInterface",
          "How many IPv4 addresses each interface takes."),
    F_INT(struct network_view, addresses6, "Ipv6AddressesPerInterface",
          "How many IPv6 addresses each interface takes."),
    F_BOOL(struct network_view, ipv6, "Ipv6Supported", "Whether it knows IPv6."),
    F_STRING(struct network_view, ena, "EnaSupport", "Whether it has enhanced networking."),
};
static const struct shape network_shape =
    SHAPE("NetworkInfo", struct network_view, network_fields);

static const struct shape gpu_memory_shape =
    SHAPE("GpuDeviceMemoryInfo", struct memory_view, memory_fields);

static const struct field gpu_fields[] = {
    F_STRING(struct gpu_view, name, "Name", "The name of the accelerator."),
    F_STRING(struct gpu_view, maker, "Manufacturer", "Who made it."),
    F_INT(struct gpu_view, count, "Count", "How many there are."),
    F_EMBED(struct gpu_view, memory, struct memory_view, &gpu_memory_shape, "MemoryInfo",
            "The memory of each."),
};
static const struct shape gpu_shape = SHAPE("GpuDeviceInfo", struct gpu_view, gpu_fields);

static const struct field gpus_fields[] = {
    F_LIST(struct gpus_view, list, struct gpu_view, &gpu_shape, "Gpus", "The accelerators."),
    F_INT(struct gpus_view, total_mib, "TotalGpuMemoryInMiB", "The memory of all together."),
};
static const struct shape gpus_shape = SHAPE("GpuInfo", struct gpus_view, gpus_fields);

static const struct field placement_fields[] = {
    F_STRINGS(struct placement_view, strategies, "SupportedStrategies",
              "The kinds of placement group that take it."),
};
static const struct shape placement_shape =
    SHAPE("PlacementGroupInfo", struct placement_view, placement_fields);

#define V struct type_view
static const struct field type_fields[] = {
    F_STRING(V, name, "InstanceType", "The name of the type.", .flags = FIELD_COLUMN,
             .ref = &kind_instance_type),
    F_BOOL(V, current, "CurrentGeneration", "Whether AWS still recommends it."),
    F_BOOL(V, free_tier, "FreeTierEligible", "Whether new accounts may use it for nothing."),
    F_STRINGS(V, usage, "SupportedUsageClasses", "How it can be bought."),
    F_STRINGS(V, root_devices, "SupportedRootDeviceTypes", "What it can boot from."),
    F_STRINGS(V, virtualization, "SupportedVirtualizationTypes", "The kinds of virtualization."),
    F_BOOL(V, bare_metal, "BareMetal", "Whether it is a whole machine without a hypervisor."),
    F_STRING(V, hypervisor, "Hypervisor", "The hypervisor."),
    F_EMBED(V, processor, struct processor_view, &processor_shape, "ProcessorInfo",
            "The processor."),
    F_EMBED(V, vcpu, struct vcpu_view, &vcpu_shape, "VCpuInfo", "Its vCPUs.",
            .flags = FIELD_COLUMN),
    F_EMBED(V, memory, struct memory_view, &memory_shape, "MemoryInfo", "Its memory.",
            .flags = FIELD_COLUMN),
    F_BOOL(V, has_storage, "InstanceStorageSupported", "Whether it has disks of the host."),
    F_STRUCT(V, storage, struct storage_view, &storage_shape, "InstanceStorageInfo",
             "The disks of the host."),
    F_EMBED(V, ebs, struct ebs_view, &ebs_shape, "EbsInfo", "How it gets on with volumes."),
    F_EMBED(V, network, struct network_view, &network_shape, "NetworkInfo", "Its network."),
    F_STRUCT(V, gpus, struct gpus_view, &gpus_shape, "GpuInfo", "Its accelerators."),
    F_EMBED(V, placement, struct placement_view, &placement_shape, "PlacementGroupInfo",
            "How it can be placed."),
    F_BOOL(V, burstable, "BurstablePerformanceSupported", "Whether it earns CPU credits.",
           .flags = FIELD_COLUMN),
    F_STRINGS(V, boot_modes, "SupportedBootModes", "How it can boot."),
};
#undef V
static const struct shape type_shape = SHAPE("InstanceTypeInfo", struct type_view, type_fields);

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_types_in, dry_run),
    F_STRINGS(struct describe_types_in, names, "InstanceTypes", "Only the types of these names.",
              .max = 100, .ref = &kind_instance_type),
    F_FILTERS(struct describe_types_in, filters),
    F_MAX_RESULTS(struct describe_types_in, max_results, 5),
    F_NEXT_TOKEN(struct describe_types_in, next_token),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeInstanceTypesRequest", struct describe_types_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_types_out, types, struct type_view, &type_shape, "InstanceTypes",
           "The types."),
    F_NEXT_TOKEN_OUT(struct describe_types_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeInstanceTypesResult", struct describe_types_out, describe_out_fields);

static const struct filter_name type_filters[] = {
    {"bare-metal", "BareMetal"},
    {"burstable-performance-supported", "BurstablePerformanceSupported"},
    {"current-generation", "CurrentGeneration"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
     "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "EbsInfo.EbsOptimizedInfo.BaselineIops"},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
     "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "EbsInfo.EbsOptimizedInfo.MaximumIops"},
    {"ebs-info.ebs-optimized-support", "EbsInfo.EbsOptimizedSupport"},
    {"ebs-info.encryption-support", "EbsInfo.EncryptionSupport"},
    {"ebs-info.nvme-support", "EbsInfo.NvmeSupport"},
    {"free-tier-eligible", "FreeTierEligible"},
    {"hypervisor", "Hypervisor"},
    {"instance-storage-info.disk.count", "InstanceStorageInfo.Disks.Count"},
    {"instance-storage-info.disk.size-in-gb", "InstanceStorageInfo.Disks.SizeInGB"},
    {"instance-storage-info.disk.type", "InstanceStorageInfo.Disks.Type"},
    {"instance-storage-info.nvme-support", "InstanceStorageInfo.NvmeSupport"},
    {"instance-storage-info.total-size-in-gb", "InstanceStorageInfo.TotalSizeInGB"},
    {"instance-storage-supported", "InstanceStorageSupported"},
    {"instance-type", "InstanceType"},
    {"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"},
    {"network-info.ena-support", "NetworkInfo.EnaSupport"},
    {"network-info.ipv4-addresses-per-interface", "NetworkInfo.Ipv4AddressesPerInterface"},
    {"network-info.ipv6-addresses-per-interface", "NetworkInfo.Ipv6AddressesPerInterface"},
    {"network-info.ipv6-supported", "NetworkInfo.Ipv6Supported"},
    {"network-info.maximum-network-cards", "NetworkInfo.MaximumNetworkCards"},
    {"network-info.maximum-network-interfaces", "NetworkInfo.MaximumNetworkInterfaces"},
    {"network-info.network-performance", "NetworkInfo.NetworkPerformance"},
    {"processor-info.supported-architecture", "ProcessorInfo.SupportedArchitectures"},
    {"supported-boot-mode", "SupportedBootModes"},
    {"supported-root-device-type", "SupportedRootDeviceTypes"},
    {"supported-usage-class", "SupportedUsageClasses"},
    {"supported-virtualization-type", "SupportedVirtualizationTypes"},
    {"vcpu-info.default-cores", "VCpuInfo.DefaultCores"},
    {"vcpu-info.default-threads-per-core", "VCpuInfo.DefaultThreadsPerCore"},
    {"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
     "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps"},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
     "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps"},
    {"processor-info.sustained-clock-speed-in-ghz", "ProcessorInfo.SustainedClockSpeedInGhz"},
    {"auto-recovery-supported", "!"},
    {"dedicated-hosts-supported", "!"},
    {"ebs-info.attachment-limit-type", "!"},
    {"ebs-info.maximum-ebs-attachments", "!"},
    {"hibernation-supported", "!"},
    {"instance-storage-info.encryption-support", "!"},
    {"network-info.bandwidth-weightings", "!"},
    {"network-info.efa-info.maximum-efa-interfaces", "!"},
    {"network-info.efa-supported", "!"},
    {"network-info.encryption-in-transit-supported", "!"},
    {"network-info.flexible-ena-queues-support", "!"},
    {"nitro-enclaves-support", "!"},
    {"nitro-tpm-info.supported-versions", "!"},
    {"nitro-tpm-support", "!"},
    {"processor-info.supported-features", "!"},
    {"reboot-migration-support", "!"},
    {"vcpu-info.valid-cores", "!"},
    {"vcpu-info.valid-threads-per-core", "!"},
    {0},
};

/* ---- filling ---- */

static void words_add(struct call *call, struct strings *list, const char *word)
{
    *LIST_PUSH_IN(&call->arena, list) = word;
}

/* Adds the words of a text with commas between them. */
static void words_split(struct call *call, struct strings *list, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");

        words_add(call, list, arena_strndup(&call->arena, text, length));
        text += length + (text[length] == ',');
    }
}

static struct opt_real megabytes(uint32_t mbps)
{
    return OPT_REAL((double)mbps / 8.0);
}

static struct opt_real thousandth(uint32_t number)
{
    return OPT_REAL((double)number / 1000.0);
}

static void storage_see(struct call *call, const struct catalog_type *type, struct type_view *view)
{
    struct storage_view *storage;

    if (type->disks == 0)
        return;
    storage = view->storage = arena_alloc(&call->arena, sizeof(*storage));
    view->has_storage = true;
    storage->total_gb = type->disks * type->disk_gb;
    storage->nvme = "required";
    *LIST_PUSH_IN(&call->arena, &storage->disks) = (struct disk_view){
        .gb = type->disk_gb,
        .count = type->disks,
        .type = type->disk_type,
    };
}

static void ebs_see(struct call *call, const struct catalog_type *type, struct ebs_view *ebs)
{
    ebs->optimized = type->ebs_optimized ? "default" : "unsupported";
    ebs->encryption = "supported";
    ebs->nvme = strcmp(type->hypervisor, "xen") == 0 ? "unsupported" : "required";
    if (!type->ebs_optimized)
        return;
    ebs->speed = arena_alloc(&call->arena, sizeof(*ebs->speed));
    *ebs->speed = (struct speed_view){
        .mbps = type->ebs_mbps,
        .throughput = megabytes(type->ebs_mbps),
        .iops = type->ebs_iops,
        .peak_mbps = type->ebs_peak_mbps,
        .peak_throughput = megabytes(type->ebs_peak_mbps),
        .peak_iops = type->ebs_peak_iops,
    };
}

static void network_see(struct call *call, const struct catalog_type *type,
                        struct network_view *network)
{
    *network = (struct network_view){
        .performance = type->network,
        .interfaces = type->interfaces,
        .cards = 1,
        .addresses = type->interface_addresses,
        .addresses6 = type->interface_addresses,
        .ipv6 = true,
        .ena = strcmp(type->hypervisor, "xen") == 0 ? "unsupported" : "required",
    };
    *LIST_PUSH_IN(&call->arena, &network->card_list) = (struct network_card_view){
        .performance = type->network,
        .interfaces = type->interfaces,
        .baseline = thousandth(type->network_mbps),
        .peak = thousandth(type->network_peak_mbps),
    };
}

static void gpus_see(struct call *call, const struct catalog_type *type, struct type_view *view)
{
    const char *blank = strchr(type->accelerator, ' ');
    struct gpu_view *gpu;

    if (type->accelerators == 0)
        return;
    view->gpus = arena_alloc(&call->arena, sizeof(*view->gpus));
    view->gpus->total_mib = type->accelerators * type->accelerator_memory_mib;
    gpu = LIST_PUSH_IN(&call->arena, &view->gpus->list);
    gpu->name = blank == NULL ? type->accelerator : blank + 1;
    if (blank != NULL)
        gpu->maker = arena_strndup(&call->arena, type->accelerator,
                                   (size_t)(blank - type->accelerator));
    gpu->count = type->accelerators;
    gpu->memory.mib = type->accelerator_memory_mib;
}

static void type_see(struct call *call, const struct catalog_type *type, struct type_view *view)
{
    *view = (struct type_view){
        .name = type->name,
        .current = type->current,
        .free_tier = type->free_tier,
        .bare_metal = type->bare_metal,
        .hypervisor = type->hypervisor[0] == '\0' ? NULL : type->hypervisor,
        .processor = {.clock = thousandth(type->clock_mhz), .maker = type->maker},
        .vcpu = {.vcpus = type->vcpus, .cores = type->cores, .threads = type->threads},
        .memory = {.mib = type->memory_mib},
        .burstable = type->burstable,
    };
    words_add(call, &view->usage, "on-demand");
    words_add(call, &view->usage, "spot");
    words_add(call, &view->root_devices, "ebs");
    words_add(call, &view->virtualization, "hvm");
    if (type->architectures & ARCH_I386)
        words_add(call, &view->processor.architectures, "i386");
    if (type->architectures & ARCH_X86_64)
        words_add(call, &view->processor.architectures, "x86_64");
    if (type->architectures & ARCH_ARM64)
        words_add(call, &view->processor.architectures, "arm64");
    if (!type->burstable)
        words_add(call, &view->placement.strategies, "cluster");
    words_add(call, &view->placement.strategies, "partition");
    words_add(call, &view->placement.strategies, "spread");
    words_split(call, &view->boot_modes, type->boot_modes);
    storage_see(call, type, view);
    ebs_see(call, type, &view->ebs);
    network_see(call, type, &view->network);
    gpus_see(call, type, view);
}

/* ---- the operation ---- */

static int check_names(struct call *call, const struct strings *names)
{
    struct str missing = STR_INIT;
    int result = 0;

    for (uint32_t i = 0; i < names->count; i++) {
        if (catalog_type_find(call->world->catalog, names->items[i]) < 0)
            str_addf(&missing, "%s%s", missing.length == 0 ? "" : ", ", names->items[i]);
    }
    if (missing.length > 0)
        result = call_fault(call, &fault_instance_types, str_text(&missing));
    str_release(&missing);
    return result;
}

static bool name_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return names->count == 0;
}

static int describe_types(struct call *call, const void *input, void *output)
{
    const struct describe_types_in *in = input;
    struct describe_types_out *out = output;
    const struct catalog *catalog = call->world->catalog;
    struct page page;

    if (in->names.count > 0 && in->max_results.set)
        return call_fault(call, &fault_names_and_limit);
    if (check_names(call, &in->names) != 0)
        return -1;
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        struct type_view view;

        if (!name_wanted(&in->names, catalog->types[i].name))
            continue;
        type_see(call, &catalog->types[i], &view);
        if (filter_pass(call->op, &in->filters, &type_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->types) = view;
    }
    if (page_find(call, in->max_results, in->next_token, out->types.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->types, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("InstanceTypes");

static const struct fault_kind *const describe_faults[] = {
    &fault_instance_types,
    &fault_names_and_limit,
    NULL,
};

const struct op op_describe_instance_types = {
    .name = "DescribeInstanceTypes",
    .doc = "Shows the types of instance: their vCPUs, memory, network and disks.",
    .example = "aws ec2 describe-instance-types --instance-types t3.micro",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = type_filters,
    .run = describe_types,
};
