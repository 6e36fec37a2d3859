/*
 * api/ec2_instance.c - describe-instances, get-console-output.
 *
 * True to the EC2 API reference: filters look at instances, and a reservation with none left is not
 * shown; a terminated instance is shown for an hour.
 */
#include "api/ec2_instance_view.h"

#include <stdlib.h>
#include <string.h>

/* ---- DescribeInstances ---- */

struct describe_instances_in {
    struct strings ids;
    bool dry_run;
    struct filters filters;
    const char *next_token;
    struct opt_int max_results;
};

struct describe_instances_out {
    const char *next_token;
    LIST(struct reservation_view) reservations;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_instances_in, ids, "InstanceIds", "Only the instances of these ids.",
              .ref = &kind_instance),
    F_DRY_RUN(struct describe_instances_in, dry_run),
    F_FILTERS(struct describe_instances_in, filters),
    F_NEXT_TOKEN(struct describe_instances_in, next_token),
    F_MAX_RESULTS(struct describe_instances_in, max_results, 0),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeInstancesRequest", struct describe_instances_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_instances_out, next_token),
    F_LIST(struct describe_instances_out, reservations, struct reservation_view,
           &reservation_view_shape, "Reservations", "The instances, launch by launch."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeInstancesResult", struct describe_instances_out, describe_out_fields);

/* What filters look at: an instance, and what its reservation says of it. */
struct candidate {
    struct instance_view instance;
    struct tag_views tags;
    const char *owner;
    const char *reservation;
};

static const struct field candidate_fields[] = {
    F_EMBED(struct candidate, instance, struct instance_view, &instance_view_shape, "Instance",
            "The instance."),
    F_TAGS(struct candidate, tags),
    F_STRING(struct candidate, owner, "OwnerId", "The account that it belongs to."),
    F_STRING(struct candidate, reservation, "ReservationId", "The launch that made it."),
};

static const struct shape candidate_shape =
    SHAPE("Candidate", struct candidate, candidate_fields);

#define CARDS "Instance.NetworkInterfaces."
static const struct filter_name instance_filters[] = {
    {"architecture", "Instance.Architecture"},
    {"availability-zone", "Instance.Placement.AvailabilityZone"},
    {"availability-zone-id", "Instance.Placement.AvailabilityZoneId"},
    {"block-device-mapping.attach-time", "Instance.BlockDeviceMappings.Ebs.AttachTime"},
    {"block-device-mapping.delete-on-termination",
     "Instance.BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "Instance.BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.status", "Instance.BlockDeviceMappings.Ebs.Status"},
    {"block-device-mapping.volume-id", "Instance.BlockDeviceMappings.Ebs.VolumeId"},
    {"boot-mode", "Instance.BootMode"},
    {"capacity-reservation-specification.capacity-reservation-preference",
     "Instance.CapacityReservationSpecification.CapacityReservationPreference"},
    {"client-token", "Instance.ClientToken"},
    {"current-instance-boot-mode", "Instance.CurrentInstanceBootMode"},
    {"dns-name", "Instance.PublicDnsName"},
    {"ebs-optimized", "Instance.EbsOptimized"},
    {"ena-support", "Instance.EnaSupport"},
    {"enclave-options.enabled", "Instance.EnclaveOptions.Enabled"},
    {"hibernation-options.configured", "Instance.HibernationOptions.Configured"},
    {"hypervisor", "Instance.Hypervisor"},
    {"image-id", "Instance.ImageId"},
    {"instance-id", "Instance.InstanceId"},
    {"instance-state-code", "Instance.State.Code"},
    {"instance-state-name", "Instance.State.Name"},
    {"instance-type", "Instance.InstanceType"},
    {"instance.group-id", "Instance.SecurityGroups.GroupId"},
    {"instance.group-name", "Instance.SecurityGroups.GroupName"},
    {"ip-address", "Instance.PublicIpAddress"},
    {"key-name", "Instance.KeyName"},
    {"launch-index", "Instance.AmiLaunchIndex"},
    {"launch-time", "Instance.LaunchTime"},
    {"maintenance-options.auto-recovery", "Instance.MaintenanceOptions.AutoRecovery"},
    {"metadata-options.http-endpoint", "Instance.MetadataOptions.HttpEndpoint"},
    {"metadata-options.http-protocol-ipv6", "Instance.MetadataOptions.HttpProtocolIpv6"},
    {"metadata-options.http-put-response-hop-limit",
     "Instance.MetadataOptions.HttpPutResponseHopLimit"},
    {"metadata-options.http-tokens", "Instance.MetadataOptions.HttpTokens"},
    {"metadata-options.instance-metadata-tags", "Instance.MetadataOptions.InstanceMetadataTags"},
    {"monitoring-state", "Instance.Monitoring.State"},
    {"network-interface.addresses.association.ip-owner-id",
     CARDS "PrivateIpAddresses.Association.IpOwnerId"},
    {"network-interface.addresses.association.public-ip",
     CARDS "PrivateIpAddresses.Association.PublicIp"},
    {"network-interface.addresses.primary", CARDS "PrivateIpAddresses.Primary"},
    {"network-interface.addresses.private-ip-address", CARDS "PrivateIpAddresses.PrivateIpAddress"},
    {"network-interface.association.ip-owner-id", CARDS "Association.IpOwnerId"},
    {"network-interface.association.public-ip", CARDS "Association.PublicIp"},
    {"network-interface.attachment.attach-time", CARDS "Attachment.AttachTime"},
    {"network-interface.attachment.attachment-id", CARDS "Attachment.AttachmentId"},
    {"network-interface.attachment.delete-on-termination", CARDS "Attachment.DeleteOnTermination"},
    {"network-interface.attachment.device-index", CARDS "Attachment.DeviceIndex"},
    {"network-interface.attachment.status", CARDS "Attachment.Status"},
    {"network-interface.availability-zone", "Instance.Placement.AvailabilityZone"},
    {"network-interface.description", CARDS "Description"},
    {"network-interface.group-id", CARDS "Groups.GroupId"},
    {"network-interface.group-name", CARDS "Groups.GroupName"},
    {"network-interface.mac-address", CARDS "MacAddress"},
    {"network-interface.network-interface-id", CARDS "NetworkInterfaceId"},
    {"network-interface.owner-id", CARDS "OwnerId"},
    {"network-interface.private-dns-name", CARDS "PrivateDnsName"},
    {"network-interface.private-ip-address", CARDS "PrivateIpAddress"},
    {"network-interface.source-dest-check", CARDS "SourceDestCheck"},
    {"network-interface.status", CARDS "Status"},
    {"network-interface.subnet-id", CARDS "SubnetId"},
    {"network-interface.vpc-id", CARDS "VpcId"},
    {"operator.managed", "Instance.Operator.Managed"},
    {"owner-id", "OwnerId"},
    {"placement-group-name", "Instance.Placement.GroupName"},
    {"platform", "Instance.Platform"},
    {"platform-details", "Instance.PlatformDetails"},
    {"private-dns-name", "Instance.PrivateDnsName"},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     "Instance.PrivateDnsNameOptions.EnableResourceNameDnsARecord"},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record",
     "Instance.PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord"},
    {"private-dns-name-options.hostname-type", "Instance.PrivateDnsNameOptions.HostnameType"},
    {"private-ip-address", "Instance.PrivateIpAddress"},
    {"product-code", "Instance.ProductCodes.ProductCodeId"},
    {"reason", "Instance.StateTransitionReason"},
    {"reservation-id", "ReservationId"},
    {"root-device-name", "Instance.RootDeviceName"},
    {"root-device-type", "Instance.RootDeviceType"},
    {"source-dest-check", "Instance.SourceDestCheck"},
    {"state-reason-code", "Instance.StateReason.Code"},
    {"state-reason-message", "Instance.StateReason.Message"},
    {"subnet-id", "Instance.SubnetId"},
    {"affinity", "Instance.Placement.Affinity"},
    {"host-id", "Instance.Placement.HostId"},
    {"tenancy", "Instance.Placement.Tenancy"},
    {"usage-operation", "Instance.UsageOperation"},
    {"usage-operation-update-time", "Instance.UsageOperationUpdateTime"},
    {"virtualization-type", "Instance.VirtualizationType"},
    {"vpc-id", "Instance.VpcId"},
    {"metadata-options.http-protocol-ipv4", "=enabled"},
    {"metadata-options.state", "Instance.MetadataOptions.State"},
    {"network-interface.addresses.association.public-dns-name",
     CARDS "PrivateIpAddresses.Association.PublicDnsName"},
    {"network-interface.addresses.private-dns-name", CARDS "PrivateIpAddresses.PrivateDnsName"},
    {"network-interface.association.public-dns-name", CARDS "Association.PublicDnsName"},
    {"network-interface.attachment.instance-id", "Instance.InstanceId"},
    {"network-interface.attachment.instance-owner-id", "OwnerId"},
    {"network-interface.attachment.network-card-index", CARDS "Attachment.NetworkCardIndex"},
    {"network-interface.ipv6-native", "=false"},
    {"network-interface.operator.managed", CARDS "Operator.Managed"},
    {"network-interface.public-dns-name", CARDS "Association.PublicDnsName"},
    {"network-interface.requester-managed", "=false"},
    {"network-performance-options.bandwidth-weighting",
     "Instance.NetworkPerformanceOptions.BandwidthWeighting"},
    /* What nothing here has: they match no instance. */
    {"capacity-reservation-id", ""},
    {"iam-instance-profile.arn", ""},
    {"iam-instance-profile.id", ""},
    {"iam-instance-profile.name", ""},
    {"instance-lifecycle", "Instance.InstanceLifecycle"},
    {"kernel-id", ""},
    {"network-interface.ipv6-addresses.ipv6-address", ""},
    {"network-interface.requester-id", ""},
    {"operator.principal", ""},
    {"outpost-arn", ""},
    {"placement-partition-number", "Instance.Placement.PartitionNumber"},
    {"product-code.type", ""},
    {"ramdisk-id", ""},
    {"requester-id", ""},
    {"spot-instance-request-id", "Instance.SpotInstanceRequestId"},
    {"tpm-support", ""},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id", ""},
    {"capacity-reservation-specification.capacity-reservation-target."
     "capacity-reservation-resource-group-arn", ""},
    {"ipv6-address", ""},
    {"network-interface.addresses.association.allocation-id", ""},
    {"network-interface.addresses.association.association-id", ""},
    {"network-interface.addresses.association.carrier-ip", ""},
    {"network-interface.addresses.association.customer-owned-ip", ""},
    {"network-interface.association.allocation-id", ""},
    {"network-interface.association.association-id", ""},
    {"network-interface.association.carrier-ip", ""},
    {"network-interface.association.customer-owned-ip", ""},
    {"network-interface.deny-all-igw-traffic", ""},
    {"network-interface.ipv4-prefixes.ipv4-prefix", ""},
    {"network-interface.ipv6-address", ""},
    {"network-interface.ipv6-addresses.is-primary-ipv6", ""},
    {"network-interface.ipv6-prefixes.ipv6-prefix", ""},
    {"network-interface.operator.principal", ""},
    {"network-interface.outpost-arn", ""},
    {"network-interface.tag-key", ""},
    {"network-interface.tag-value", ""},
    {0},
};
#undef CARDS

/* Instances of one launch stand together, the launches in their order. */
static int by_launch(const void *a, const void *b)
{
    const struct instance *one = *(const struct instance *const *)a;
    const struct instance *two = *(const struct instance *const *)b;

    if (one->created != two->created)
        return one->created < two->created ? -1 : 1;
    if (one->reservation != two->reservation)
        return one->reservation < two->reservation ? -1 : 1;
    return one->launch_index < two->launch_index ? -1 : one->launch_index > two->launch_index;
}

/* Adds the instance to the answer, unless a filter does not want it.  Those of one launch come one
 * after the other. */
static void instance_list(struct call *call, const struct describe_instances_in *in,
                          const struct instance *instance, struct describe_instances_out *out)
{
    struct reservation_view *last = NULL;
    struct candidate seen = {0};
    struct arena_mark mark = arena_mark(&call->arena);

    instance_see(call, instance, false, &seen.instance);
    seen.tags = seen.instance.tags;
    seen.owner = account_text(&call->arena, instance->account);
    seen.reservation = id_text(&call->arena, &kind_reservation, instance->reservation);
    if (!filter_pass(call->op, &in->filters, &candidate_shape, &seen)) {
        arena_back(&call->arena, mark); /* of many, few may be wanted */
        return;
    }
    if (out->reservations.count > 0)
        last = &out->reservations.items[out->reservations.count - 1];
    if (last == NULL || strcmp(last->id, seen.reservation) != 0) {
        last = LIST_PUSH_IN(&call->arena, &out->reservations);
        last->id = seen.reservation;
        last->owner = seen.owner;
    }
    *LIST_PUSH_IN(&call->arena, &last->instances) = seen.instance;
}

static int describe_instances(struct call *call, const void *input, void *output)
{
    const struct describe_instances_in *in = input;
    struct describe_instances_out *out = output;
    const struct table *table = &call->world->instances.table;
    struct found found;
    struct page page;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "instancesSet");
    if (ids_find(call, &id_words_instance, &in->ids, &found) != 0)
        return -1;
    qsort(found.items, found.count, sizeof(*found.items), by_launch);
    for (uint32_t i = 0; i < found.count; i++)
        instance_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct instance *instance = table_at(table, i);

        if (instance->account == call->account && ZONE_REGION(instance->zone) == call->region &&
            ec2_shows(call, instance->id))
            instance_list(call, in, instance, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->reservations.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->reservations, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("Reservations");

static const struct fault_kind *const describe_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_ids_and_limit,
    NULL,
};

const struct op op_describe_instances = {
    .name = "DescribeInstances",
    .doc = "Shows instances: all of the Region, those of some ids, or those that filters let pass.",
    .example = "aws ec2 describe-instances --filters Name=instance-state-name,Values=running",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = instance_filters,
    .run = describe_instances,
};

/* ---- GetConsoleOutput ---- */

struct console_in {
    const char *id;
    bool latest;
    bool dry_run;
};

struct console_out {
    const char *id;
    int64_t time;
    const char *output;
};

static const struct fault_kind fault_no_latest = {
    .code = "UnsupportedOperation",
    .text = "This instance type does not support retrieving the latest console logs. For supported "
            "instance types, see the User guide.",
    .hint = "Only types of the Nitro hypervisor know --latest: leave it away.",
};

static const struct field console_in_fields[] = {
    F_STRING(struct console_in, id, "InstanceId", "The instance.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_BOOL(struct console_in, latest, "Latest",
           "The output of this moment; types of the Nitro hypervisor only."),
    F_DRY_RUN(struct console_in, dry_run),
};

static const struct shape console_in_shape =
    SHAPE("GetConsoleOutputRequest", struct console_in, console_in_fields);

static const struct field console_out_fields[] = {
    F_STRING(struct console_out, id, "InstanceId", "The instance.", .ref = &kind_instance),
    F_TIME(struct console_out, time, "Timestamp", "When the output was read."),
    F_STRING(struct console_out, output, "Output",
             "What the system and its scripts printed; absent before the first boot."),
};

static const struct shape console_out_shape =
    SHAPE("GetConsoleOutputResult", struct console_out, console_out_fields);

static int get_console_output(struct call *call, const void *input, void *output)
{
    const struct console_in *in = input;
    struct console_out *out = output;
    const struct instance *instance = id_find(call, &id_words_instance, in->id);
    const struct catalog_type *type;

    if (instance == NULL)
        return -1;
    type = &call->world->catalog->types[instance->type];
    if (in->latest && strcmp(type->hypervisor, "nitro") != 0)
        return call_fault(call, &fault_no_latest);
    out->id = id_text(&call->arena, &kind_instance, instance->id);
    out->time = WHOLE_SECOND(call->world->sim.now);
    out->output = guest_console(&call->world->guests, instance->id, &call->arena);
    if (out->output[0] == '\0')
        out->output = NULL;
    return 0;
}

static const struct fault_kind *const console_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_no_latest,
    NULL,
};

const struct op op_get_console_output = {
    .name = "GetConsoleOutput",
    .doc = "Shows what an instance has printed to its console: its boot, and what its user data "
           "did.",
    .example = "aws ec2 get-console-output --instance-id $I --output text",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &console_in_shape,
    .out = &console_out_shape,
    .faults = console_faults,
    .flags = OP_DRY_RUN,
    .run = get_console_output,
};
