/*
 * api/ec2_instance_launch.c - run-instances.
 *
 * True to the EC2 API reference: all that fit between MinCount and MaxCount are launched, or none.
 */
#include "api/ec2_instance_view.h"

#include "api/ec2_instance_options.h"
#include "api/ec2_instance_wish.h"

/* ---- shapes ---- */

static const char *const tenancy_words[] = {"default", "dedicated", "host", NULL};
static const char *const shutdown_words[] = {"stop", "terminate", NULL};

static const struct field ebs_fields[] = {
    F_OPT_BOOL(struct ebs_wish, delete_on_termination, "DeleteOnTermination",
               "Whether the volume goes when the instance is terminated."),
    F_OPT_INT(struct ebs_wish, iops, "Iops", "Operations a second, where the type lets you say."),
    F_STRING(struct ebs_wish, snapshot, "SnapshotId", "The snapshot that it begins with.",
             .ref = &kind_snapshot),
    F_OPT_INT(struct ebs_wish, size, "VolumeSize", "Its size in GiB.", .max = 65536),
    F_STRING(struct ebs_wish, type, "VolumeType", "Its type.", .words = volume_type_words),
    F_OPT_INT(struct ebs_wish, throughput, "Throughput", "MiB a second; gp3 only."),
    F_OPT_BOOL(struct ebs_wish, encrypted, "Encrypted", "Whether it is encrypted."),
};
static const struct shape ebs_shape = SHAPE("EbsBlockDevice", struct ebs_wish, ebs_fields);

static const struct field disk_fields[] = {
    F_STRUCT(struct disk_wish, ebs, struct ebs_wish, &ebs_shape, "Ebs", "The volume."),
    F_STRING(struct disk_wish, no_device, "NoDevice",
             "Leaves out a device that the image would bring; the value is empty."),
    F_STRING(struct disk_wish, device, "DeviceName", "The name of the device: /dev/sdf."),
};
static const struct shape disk_shape = SHAPE("BlockDeviceMapping", struct disk_wish, disk_fields);

static const struct field monitoring_fields[] = {
    F_BOOL(struct monitoring_wish, enabled, "Enabled", "Whether metrics come each minute.",
           .flags = FIELD_REQUIRED),
};
static const struct shape monitoring_shape =
    SHAPE("RunInstancesMonitoringEnabled", struct monitoring_wish, monitoring_fields);

static const struct field place_fields[] = {
    F_STRING(struct place_wish, zone_id, "AvailabilityZoneId", "The id of the zone."),
    F_STRING(struct place_wish, tenancy, "Tenancy",
             "Whether hosts are shared; only default is modelled.", .words = tenancy_words),
    F_STRING(struct place_wish, zone, "AvailabilityZone", "The zone to run in.",
             .ref = &kind_zone),
};
static const struct shape place_shape = SHAPE("Placement", struct place_wish, place_fields);

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
              .ref = &kind_security_group),
    F_STRING(struct card_wish, address, "PrivateIpAddress", "Its private address."),
    F_LIST(struct card_wish, addresses, struct address_wish, &address_shape, "PrivateIpAddresses",
           "Its private addresses; one is modelled."),
    F_STRING(struct card_wish, subnet, "SubnetId", "The subnet.", .ref = &kind_subnet),
};
static const struct shape card_shape =
    SHAPE("InstanceNetworkInterfaceSpecification", struct card_wish, card_fields);

static const struct field run_in_fields[] = {
    F_LIST(struct run_in, disks, struct disk_wish, &disk_shape, "BlockDeviceMappings",
           "Volumes: changes of the image's own, and more."),
    F_STRING(struct run_in, image, "ImageId", "The image to launch from.", .ref = &kind_image),
    F_STRING(struct run_in, type, "InstanceType", "The size: t3.micro.",
             .ref = &kind_instance_type),
    F_STRING(struct run_in, key, "KeyName",
             "The key pair that logs in; without one nobody can by ssh.", .ref = &kind_key_pair),
    F_INT(struct run_in, most, "MaxCount", "The most to launch.",
          .flags = FIELD_REQUIRED | FIELD_CLI_ONLY),
    F_INT(struct run_in, least, "MinCount", "The fewest to launch; if these do not fit, none is.",
          .flags = FIELD_REQUIRED | FIELD_CLI_ONLY),
    F_STRUCT(struct run_in, monitoring, struct monitoring_wish, &monitoring_shape, "Monitoring",
             "Whether metrics come each minute: Enabled=true."),
    F_STRUCT(struct run_in, placement, struct place_wish, &place_shape, "Placement",
             "Where to run: AvailabilityZone=us-east-1a."),
    F_STRINGS(struct run_in, group_ids, "SecurityGroupIds", "The ids of the security groups.",
              .ref = &kind_security_group),
    F_STRINGS(struct run_in, group_names, "SecurityGroups",
              "The names of security groups of the default VPC."),
    F_STRING(struct run_in, subnet, "SubnetId",
             "The subnet; else a default one, in the zone with most room.", .ref = &kind_subnet),
    F_STRING(struct run_in, user_data, "UserData",
             "A script for the first boot; the AWS CLI encodes it in base 64 for you."),
    F_TAG_SPECIFICATIONS(struct run_in, tags),
    F_BOOL(struct run_in, no_stop, "DisableApiStop", "Protects it against being stopped."),
    F_DRY_RUN(struct run_in, dry_run),
    F_BOOL(struct run_in, no_termination, "DisableApiTermination",
           "Protects it against being terminated."),
    F_STRING(struct run_in, shutdown, "InstanceInitiatedShutdownBehavior",
             "What becomes of it when the system inside shuts down; stop unless you say so.",
             .words = shutdown_words),
    F_STRING(struct run_in, address, "PrivateIpAddress", "The private address of a single one."),
    F_CLIENT_TOKEN(struct run_in, token),
    F_LIST(struct run_in, cards, struct card_wish, &card_shape, "NetworkInterfaces",
           "Its network interface; one is modelled."),
    F_BOOL(struct run_in, ebs_optimized, "EbsOptimized",
           "Whether its bandwidth to volumes is its own."),
};

static const struct shape run_in_shape =
    SHAPE("RunInstancesRequest", struct run_in, run_in_fields);

/* ---- the operation ---- */

static bool is_of(const struct instance *instance, uint64_t reservation)
{
    return instance->reservation == reservation;
}

static void reservation_see(struct call *call, uint64_t id, bool fresh,
                            struct reservation_view *out)
{
    const struct table *table = &call->world->instances.table;
    uint32_t first = table_count(table);

    out->id = id_text(&call->arena, &kind_reservation, id);
    out->owner = account_text(&call->arena, call->account);
    if (fresh) { /* the newest rows are theirs: no need to look at all */
        while (first > 0 && is_of(table_at(table, first - 1), id))
            first--;
    } else {
        first = 0;
    }
    for (uint32_t i = first; i < table_count(table); i++) {
        const struct instance *instance = table_at(table, i);

        if (instance->reservation == id)
            instance_see(call, instance, fresh, LIST_PUSH_IN(&call->arena, &out->instances));
    }
}

static int run_instances(struct call *call, const void *input, void *output)
{
    const struct run_in *in = input;
    struct instances *instances = &call->world->instances;
    struct instance_launch launch;

    if (wish_read(call, in, &launch) != 0)
        return -1;
    if (instances_launch(instances, &launch, &call->made, &call->fault) != 0)
        return -1;
    call->made_lives = true;
    reservation_see(call, call->made, true, output);
    return 0;
}

/* The token was used before: the same instances again, as far as they can still be seen. */
static int run_again(struct call *call, uint64_t made, void *output)
{
    reservation_see(call, made, false, output);
    return 0;
}

const struct op op_run_instances = {
    .name = "RunInstances",
    .doc = "Launches instances from an image: virtual machines of the size that you choose.",
    .example = "aws ec2 run-instances --image-id $AMI --instance-type t3.micro",
    .needs = EC2_EXAMPLE_IMAGE,
    .in = &run_in_shape,
    .out = &reservation_view_shape,
    .faults = wish_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .extra = &run_instances_options,
    .run = run_instances,
    .again = run_again,
};
