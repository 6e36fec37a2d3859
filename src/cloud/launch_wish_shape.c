/*
 * cloud/launch_wish_shape.c - what a launch asks for, member by member, as launch templates have
 * it; and a request laid over its template.
 */
#include "cloud/launch_wish.h"

void launch_wish_complete(struct launch_wish *wish, const struct launch_wish *base)
{
#define COMPLETE(member, absent) \
    if (absent) \
    wish->member = base->member
    COMPLETE(ebs_optimized, !wish->ebs_optimized.set);
    COMPLETE(disks, wish->disks.count == 0);
    COMPLETE(cards, wish->cards.count == 0);
    COMPLETE(image, wish->image == NULL);
    COMPLETE(type, wish->type == NULL);
    COMPLETE(key, wish->key == NULL);
    COMPLETE(monitoring, wish->monitoring == NULL);
    COMPLETE(placement, wish->placement == NULL);
    COMPLETE(credits, wish->credits == NULL);
    COMPLETE(maintenance, wish->maintenance == NULL);
    COMPLETE(no_termination, !wish->no_termination.set);
    COMPLETE(shutdown, wish->shutdown == NULL);
    COMPLETE(user_data, wish->user_data == NULL);
    COMPLETE(tags, wish->tags.count == 0);
    COMPLETE(group_ids, wish->group_ids.count == 0);
    COMPLETE(group_names, wish->group_names.count == 0);
    COMPLETE(no_stop, !wish->no_stop.set);
    COMPLETE(market, wish->market == NULL);
    COMPLETE(subnet, wish->subnet == NULL);
    COMPLETE(address, wish->address == NULL);
#undef COMPLETE
}

static const char *const shutdown_words[] = {"stop", "terminate", NULL};

static const struct field ebs_fields[] = {
    F_OPT_BOOL(struct ebs_wish, encrypted, "Encrypted", "Whether it is encrypted."),
    F_OPT_BOOL(struct ebs_wish, delete_on_termination, "DeleteOnTermination",
               "Whether the volume goes when the instance is terminated."),
    F_OPT_INT(struct ebs_wish, iops, "Iops", "Operations a second, where the type lets you say."),
    F_STRING(struct ebs_wish, snapshot, "SnapshotId", "The snapshot that it begins with.",
             .ref = &kind_snapshot),
    F_OPT_INT(struct ebs_wish, size, "VolumeSize", "Its size in GiB.", .max = 65536),
    F_STRING(struct ebs_wish, type, "VolumeType", "Its type.", .words = volume_type_words),
    F_OPT_INT(struct ebs_wish, throughput, "Throughput", "MiB a second; gp3 only."),
};
static const struct shape ebs_shape =
    SHAPE("LaunchTemplateEbsBlockDevice", struct ebs_wish, ebs_fields);

static const struct field disk_fields[] = {
    F_STRING(struct disk_wish, device, "DeviceName", "The name of the device: /dev/sdf."),
    F_STRUCT(struct disk_wish, ebs, struct ebs_wish, &ebs_shape, "Ebs", "The volume."),
    F_STRING(struct disk_wish, no_device, "NoDevice",
             "Leaves out a device that the image would bring; the value is empty."),
};
const struct shape disk_wish_shape =
    SHAPE("LaunchTemplateBlockDeviceMapping", struct disk_wish, disk_fields);

static const struct field monitoring_fields[] = {
    F_OPT_BOOL(struct monitoring_wish, enabled, "Enabled", "Whether metrics come each minute."),
};
static const struct shape monitoring_shape =
    SHAPE("LaunchTemplatesMonitoring", struct monitoring_wish, monitoring_fields);

static const struct field place_fields[] = {
    F_STRING(struct place_wish, zone, "AvailabilityZone", "The zone to run in.",
             .ref = &kind_zone),
    F_STRING(struct place_wish, zone_id, "AvailabilityZoneId", "The id of the zone."),
    F_STRING(struct place_wish, affinity, "Affinity",
             "host: it starts on its Dedicated Host, always."),
    F_STRING(struct place_wish, group, "GroupName", "The placement group."),
    F_STRING(struct place_wish, host, "HostId",
             "The Dedicated Host; else one with auto-placement.", .ref = &kind_dedicated_host),
    F_STRING(struct place_wish, tenancy, "Tenancy",
             "Whose hardware: default (shared), dedicated (nobody else's on it), host (a Dedicated "
             "Host of yours).",
             .words = host_tenancy_words),
    F_OPT_INT(struct place_wish, partition, "PartitionNumber",
              "The partition of the placement group, from 1; else one is chosen."),
};
const struct shape place_wish_shape =
    SHAPE("LaunchTemplatePlacement", struct place_wish, place_fields);

static const struct field credit_fields[] = {
    F_STRING(struct credit_wish, mode, "CpuCredits", "standard or unlimited.",
             .flags = FIELD_REQUIRED),
};
const struct shape credit_wish_shape =
    SHAPE("CreditSpecification", struct credit_wish, credit_fields);

static const char *const recovery_words[] = {"disabled", "default", NULL};

static const struct field maintenance_fields[] = {
    F_STRING(struct maintenance_wish, recovery, "AutoRecovery",
             "disabled: it stays on a host that broke.", .words = recovery_words),
};
const struct shape maintenance_wish_shape =
    SHAPE("InstanceMaintenanceOptionsRequest", struct maintenance_wish, maintenance_fields);

static const struct field address_fields[] = {
    F_OPT_BOOL(struct address_wish, primary, "Primary",
               "Whether it is the interface's first; others are not modelled."),
    F_STRING(struct address_wish, address, "PrivateIpAddress", "The address."),
};
static const struct shape address_shape =
    SHAPE("PrivateIpAddressSpecification", struct address_wish, address_fields);

static const struct field card_fields[] = {
    F_OPT_BOOL(struct card_wish, public_address, "AssociatePublicIpAddress",
               "Whether it gets a public address; else the subnet decides."),
    F_OPT_BOOL(struct card_wish, delete_on_termination, "DeleteOnTermination",
               "Whether it goes with the instance; here it always does."),
    F_OPT_INT(struct card_wish, device_index, "DeviceIndex",
              "Its number in the instance; only 0 is modelled."),
    F_STRINGS(struct card_wish, groups, "Groups", "The ids of its security groups.",
              .ref = &kind_security_group, .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct card_wish, address, "PrivateIpAddress", "Its private address."),
    F_LIST(struct card_wish, addresses, struct address_wish, &address_shape, "PrivateIpAddresses",
           "Its private addresses; one is modelled.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct card_wish, subnet, "SubnetId", "The subnet.", .ref = &kind_subnet),
};
const struct shape card_wish_shape =
    SHAPE("LaunchTemplateInstanceNetworkInterfaceSpecification", struct card_wish, card_fields);

static const struct field wish_fields[] = {
    F_OPT_BOOL(struct launch_wish, ebs_optimized, "EbsOptimized",
               "Whether its bandwidth to volumes is its own."),
    F_LIST(struct launch_wish, disks, struct disk_wish, &disk_wish_shape, "BlockDeviceMappings",
           "Volumes: changes of the image's own, and more.", .flags = FIELD_OMIT_EMPTY),
    F_LIST(struct launch_wish, cards, struct card_wish, &card_wish_shape, "NetworkInterfaces",
           "Its network interface; one is modelled.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct launch_wish, image, "ImageId", "The image to launch from.",
             .ref = &kind_image),
    F_STRING(struct launch_wish, type, "InstanceType", "The size: t3.micro.",
             .ref = &kind_instance_type),
    F_STRING(struct launch_wish, key, "KeyName",
             "The key pair that logs in; without one nobody can by ssh.", .ref = &kind_key_pair),
    F_STRUCT(struct launch_wish, monitoring, struct monitoring_wish, &monitoring_shape,
             "Monitoring", "Whether metrics come each minute: Enabled=true."),
    F_STRUCT(struct launch_wish, placement, struct place_wish, &place_wish_shape, "Placement",
             "Where to run: AvailabilityZone=us-east-1a."),
    F_OPT_BOOL(struct launch_wish, no_termination, "DisableApiTermination",
               "Protects it against being terminated."),
    F_STRING(struct launch_wish, shutdown, "InstanceInitiatedShutdownBehavior",
             "What becomes of it when the system inside shuts down; stop unless you say so.",
             .words = shutdown_words),
    F_STRING(struct launch_wish, user_data, "UserData",
             "A script for the first boot, in base 64."),
    F_LIST(struct launch_wish, tags, struct tag_specification, &tag_specification_shape,
           "TagSpecifications", "Tags for the instances and their volumes.",
           .flags = FIELD_OMIT_EMPTY),
    F_STRINGS(struct launch_wish, group_ids, "SecurityGroupIds",
              "The ids of the security groups.", .ref = &kind_security_group,
              .flags = FIELD_OMIT_EMPTY),
    F_STRINGS(struct launch_wish, group_names, "SecurityGroups",
              "The names of security groups of the default VPC.", .flags = FIELD_OMIT_EMPTY),
    F_STRUCT(struct launch_wish, market, struct market_wish, &market_wish_shape,
             "InstanceMarketOptions", "Spot instances: MarketType=spot."),
    F_STRUCT(struct launch_wish, credits, struct credit_wish, &credit_wish_shape,
             "CreditSpecification", "How a burstable one uses CPU credits: CpuCredits=standard."),
    F_STRUCT(struct launch_wish, maintenance, struct maintenance_wish, &maintenance_wish_shape,
             "MaintenanceOptions", "Whether it moves when its host breaks: AutoRecovery=default."),
    F_OPT_BOOL(struct launch_wish, no_stop, "DisableApiStop",
               "Protects it against being stopped."),
};

const struct shape launch_wish_shape =
    SHAPE("ResponseLaunchTemplateData", struct launch_wish, wish_fields);
