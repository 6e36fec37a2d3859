/*
 * cloud/instance_words.c - instances found, named and described: questions that change nothing.
 *
 * True to AWS's words for states, reasons and faults.
 */
#include "base/str.h"
#include "cloud/instance_parts.h"
#include "sim/clock.h"

/* ---- finding ---- */

struct instance *instance_find(const struct instances *instances, uint64_t account, uint8_t region,
                               uint64_t id)
{
    struct instance *instance = table_find(&instances->table, id);

    if (instance == NULL || instance->account != account ||
        ZONE_REGION(instance->zone) != region)
        return NULL;
    return instance;
}

struct instance *instance_any(const struct instances *instances, uint64_t id)
{
    return table_find(&instances->table, id);
}

const struct reservation *instance_reservation(const struct instances *instances,
                                               const struct instance *instance)
{
    return table_get(&instances->reservations, instance->reservation);
}

struct interface *instance_interface(const struct instances *instances,
                                     const struct instance *instance)
{
    if (instance->interface == 0)
        return NULL;
    return interface_find(instances->network, instance->interface);
}

struct blob instance_user_data(const struct instances *instances, const struct instance *instance)
{
    if (instance_rare(instance)->own_user_data || instance_rare(instance)->user_data.size > 0)
        return instance_rare(instance)->user_data;
    return instance_reservation(instances, instance)->user_data;
}

bool instances_restore(struct instances *instances)
{
    for (uint32_t i = 0; i < table_count(&instances->table); i++) {
        const struct instance *instance = table_at(&instances->table, i);
        const struct host_guest *guest = hosts_guest(instances->hosts, instance->id);
        bool ended = instance->state == INSTANCE_TERMINATED;
        struct reservation *reservation;

        if (instance->type >= instances->catalog->type_count ||
            instance->tenancy > HOST_TENANCY_HOST ||
            instance->zone >= instances->catalog->region_count * ZONES_PER_REGION)
            return false;
        reservation = table_find(&instances->reservations, instance->reservation);
        if (reservation == NULL)
            return false;
        reservation->alive += !ended;
        if (ended ? instance->interface != 0 : instance_interface(instances, instance) == NULL)
            return false;
        if ((guest == NULL) != (instance->host == HOST_NONE) ||
            (guest != NULL &&
             (guest->host != instance->host || guest->tenancy != instance->tenancy)))
            return false;
    }
    return true;
}

/* ---- words ---- */

const char *instance_state_name(uint8_t state)
{
    switch (state) {
    case INSTANCE_PENDING:
        return "pending";
    case INSTANCE_RUNNING:
        return "running";
    case INSTANCE_SHUTTING_DOWN:
        return "shutting-down";
    case INSTANCE_TERMINATED:
        return "terminated";
    case INSTANCE_STOPPING:
        return "stopping";
    case INSTANCE_STOPPED:
        return "stopped";
    default:
        return "";
    }
}

bool instance_was_reclaimed(const struct instance *instance)
{
    return instance->reason == INSTANCE_REASON_SPOT_TERMINATION ||
           instance->reason == INSTANCE_REASON_SPOT_SHUTDOWN;
}

const char *instance_transition_reason(const struct instance *instance, struct arena *arena)
{
    struct civil civil;

    if (instance_rare(instance)->reason_time == 0 ||
        (instance->reason != INSTANCE_REASON_USER && !instance_was_reclaimed(instance)))
        return "";
    civil = clock_to_civil(instance_rare(instance)->reason_time);
    return arena_printf(arena, "%s initiated (%04d-%02d-%02d %02d:%02d:%02d GMT)",
                        instance->reason == INSTANCE_REASON_USER ? "User" : "Service", civil.year,
                        civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

bool instance_state_reason(const struct instance *instance, const char **code,
                           const char **message)
{
    switch (instance->reason) {
    case INSTANCE_REASON_USER:
        *code = "Client.UserInitiatedShutdown";
        *message = "Client.UserInitiatedShutdown: User initiated shutdown";
        return true;
    case INSTANCE_REASON_GUEST:
        *code = "Client.InstanceInitiatedShutdown";
        *message = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
        return true;
    case INSTANCE_REASON_SCHEDULED:
        *code = "Server.ScheduledStop";
        *message = "Server.ScheduledStop: Stopped due to scheduled retirement";
        return true;
    case INSTANCE_REASON_INTERNAL:
        *code = "Server.InternalError";
        *message = "Server.InternalError: Internal error on launch";
        return true;
    case INSTANCE_REASON_SPOT_TERMINATION:
        *code = "Server.SpotInstanceTermination";
        *message = "Server.SpotInstanceTermination: Spot instance termination";
        return true;
    case INSTANCE_REASON_SPOT_SHUTDOWN:
        *code = "Server.SpotInstanceShutdown";
        *message = "Server.SpotInstanceShutdown: Spot instance shutdown";
        return true;
    case INSTANCE_REASON_PENDING:
        *code = "pending";
        *message = "pending";
        return true;
    default:
        return false;
    }
}

const char *check_status_name(uint8_t status)
{
    switch (status) {
    case CHECK_INITIALIZING:
        return "initializing";
    case CHECK_OK:
        return "ok";
    case CHECK_IMPAIRED:
        return "impaired";
    case CHECK_INSUFFICIENT_DATA:
        return "insufficient-data";
    default:
        return "not-applicable";
    }
}

const char *check_detail_name(uint8_t status)
{
    switch (status) {
    case CHECK_INITIALIZING:
        return "initializing";
    case CHECK_OK:
        return "passed";
    case CHECK_IMPAIRED:
        return "failed";
    case CHECK_INSUFFICIENT_DATA:
        return "insufficient-data";
    default:
        return "";
    }
}

struct instance_rare *instance_rare_make(struct instance *instance)
{
    if (instance->rare == NULL)
        instance->rare = xcalloc(1, sizeof(*instance->rare));
    return instance->rare;
}

/* ---- shapes ---- */

static const struct field reservation_fields[] = {
    F_INT(struct reservation, id, "ReservationId", "Its id."),
    F_INT(struct reservation, account, "OwnerId", "Whose."),
    F_INT(struct reservation, image, "ImageId", "What its instances were launched from."),
    F_INT(struct reservation, count, "Count", "Its instances that are still known."),
    F_INT(struct reservation, region, "Region", "Where."),
    F_STRING(struct reservation, key_name, "KeyName", "Who may log in."),
    F_STRING(struct reservation, client_token, "ClientToken", "What makes a repetition known."),
    F_BLOB(struct reservation, token_hash, "TokenHash", "What the token was first used with."),
    F_BLOB(struct reservation, user_data, "UserData", "What the guest is given.",
           .flags = FIELD_SECRET),
};

const struct shape reservation_shape = SHAPE("Reservation", struct reservation,
                                             reservation_fields);

#define RARE .flags = FIELD_RARE

static const struct field instance_fields[] = {
    F_INT(struct instance, id, "InstanceId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct instance, account, "OwnerId", "Whose."),
    F_INT(struct instance, reservation, "ReservationId", "The launch that made it."),
    F_INT(struct instance, interface, "NetworkInterfaceId", "Its primary interface."),
    F_TIME(struct instance, launched, "LaunchTime", "Its latest start."),
    F_TIME(struct instance, created, "CreateTime", "Its first start."),
    F_TIME(struct instance, state_since, "StateSince", "When it came into its state."),
    F_TIME(struct instance_rare, reason_time, "ReasonTime", "When someone asked for its state.",
          RARE),
    F_TIME(struct instance, system_since, "SystemSince", "Since when the system status holds."),
    F_TIME(struct instance, checks_since, "ChecksSince", "The same of the instance status."),
    F_INT(struct instance, subnet, "SubnetId", "Where its primary interface is."),
    F_INT(struct instance, launch, "Launch", "How often it has started."),
    F_INT(struct instance, host, "Host", "Number of its host."),
    F_INT(struct instance, last_host, "LastHost", "The host that it was on before."),
    F_INT(struct instance, type, "InstanceType", "Place of its type in the catalog."),
    F_INT(struct instance, launch_index, "AmiLaunchIndex", "Its place in the launch."),
    F_INT(struct instance, zone, "Zone", "Where."),
    F_INT(struct instance, state, "State", "AWS's code of its state."),
    F_INT(struct instance, reason, "StateReason", "Why it is in that state."),
    F_INT(struct instance, architecture, "Architecture", "Of its image."),
    F_INT(struct instance, system_status, "SystemStatus", "What the last check found."),
    F_INT(struct instance, instance_status, "InstanceStatus", "What the last check found."),
    F_BOOL(struct instance, is_windows, "IsWindows", "Its platform."),
    F_BOOL(struct instance, public_address, "PublicAddress", "Gets one at each start."),
    F_BOOL(struct instance, monitored, "Monitored", "Detailed monitoring."),
    F_BOOL(struct instance, ends_on_shutdown, "EndsOnShutdown",
           "A shutdown from inside terminates it."),
    F_BOOL(struct instance, no_termination, "DisableApiTermination", "Protected."),
    F_BOOL(struct instance, no_stop, "DisableApiStop", "Protected."),
    F_BOOL(struct instance, powered, "Powered", "The hypervisor runs it."),
    F_BOOL(struct instance, ebs_optimized, "EbsOptimized", "As asked for."),
    F_INT(struct instance, credit_mode, "CreditMode", "As the launch asked for."),
    F_INT(struct instance_rare, group, "PlacementGroup", "Its placement group.",
          RARE),
    F_INT(struct instance_rare, partition, "Partition", "The partition that was asked for.",
          RARE),
    F_INT(struct instance, tenancy, "Tenancy", "Whose hardware it runs on."),
    F_BOOL(struct instance_rare, affine, "Affine", "Stays on its Dedicated Host.", RARE),
    F_INT(struct instance_rare, dedicated_host, "DedicatedHost", "Its Dedicated Host.",
          RARE),
    F_BOOL(struct instance_rare, no_recovery, "NoRecovery", "Stays on a host that broke.", RARE),
    F_INT(struct instance_rare, spot, "SpotInstanceRequestId", "The spot request that it fulfils.",
          RARE),
    F_BOOL(struct instance_rare, spot_persistent, "SpotPersistent", "That request goes on.", RARE),
    F_STRING(struct instance, root_device, "RootDeviceName", "Where the root volume is.",
             .flags = FIELD_SHARED),
    F_BLOB(struct instance_rare, user_data, "UserData", "If it was changed after the launch.",
           .flags = FIELD_SECRET | FIELD_RARE),
    F_EMBED(struct instance, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_BOOL(struct instance_rare, own_user_data, "OwnUserData", "They were changed.", RARE),
};

const struct shape instance_shape =
    SHAPE_WITH_RARE("Instance", struct instance, rare, instance_fields);

/* ---- faults ---- */

const struct fault_kind fault_instance_not_found = {
    "InvalidInstanceID.NotFound",
    "The instance ID '{}' does not exist",
    "`aws ec2 describe-instances` lists the instances of this Region.",
};
const struct fault_kind fault_instance_malformed = {
    "InvalidInstanceID.Malformed",
    "Invalid id: \"{}\"",
    "An instance id is i- and 17 digits, as describe-instances shows it.",
};
const struct fault_kind fault_incorrect_state = {
    "IncorrectInstanceState",
    "The instance '{}' is not in the 'running' state.",
    "Wait until it runs: `aws ec2 wait instance-running --instance-ids ...`.",
};
const struct fault_kind fault_not_startable = {
    "IncorrectInstanceState",
    "The instance '{}' is not in a state from which it can be started.",
    "Only a stopped instance starts: `aws ec2 wait instance-stopped --instance-ids ...`.",
};
const struct fault_kind fault_not_stoppable = {
    "IncorrectInstanceState",
    "The instance '{}' is not in a state from which it can be stopped.",
    "A terminated instance is gone for good: launch another.",
};
const struct fault_kind fault_never_ran = {
    "IncorrectInstanceState",
    "Instance '{}' cannot be stopped as it has never reached the 'running' state.",
    "Wait until it runs: `aws ec2 wait instance-running --instance-ids ...`.",
};
const struct fault_kind fault_not_rebootable = {
    "IncorrectState",
    "The instance '{}' is not in a valid state for this operation.",
    "Only a running instance reboots; a stopped one is started.",
};
const struct fault_kind fault_no_stop = {
    "OperationNotPermitted",
    "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute and try "
    "again.",
    "Someone protected it against being stopped by mistake.",
};
const struct fault_kind fault_spot_once = {
    "UnsupportedOperation",
    "You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance "
    "request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
    "Terminate it; a persistent one is asked for with SpotInstanceType=persistent.",
};
const struct fault_kind fault_spot_capacity = {
    "InsufficientInstanceCapacity",
    "There is no Spot capacity available that matches your request.",
    "Others want all of it: ask for another type or zone, or on demand; or wait.",
};
const struct fault_kind fault_spot_count = {
    "MaxSpotInstanceCountExceeded",
    "Max spot instance count exceeded",
    "Spot instances have quotas of their own: `lab set-quota --quota spot-vcpus`.",
};
const struct fault_kind fault_no_termination = {
    "OperationNotPermitted",
    "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance "
    "attribute and try again.",
    "Someone protected it against being terminated by mistake.",
};
const struct fault_kind fault_capacity = {
    "InsufficientInstanceCapacity",
    "We currently do not have sufficient {} capacity in the Availability Zone you requested ({}). "
    "Our system will be working on provisioning additional capacity.",
    "No host of that family has room: ask for fewer, for another type, or later.",
};
const struct fault_kind fault_capacity_elsewhere = {
    "InsufficientInstanceCapacity",
    "We currently do not have sufficient {} capacity in the Availability Zone you requested ({}). "
    "Our system will be working on provisioning additional capacity. You can currently get {} "
    "capacity by not specifying an Availability Zone in your request or choosing {}.",
    "No host of that family there has room; `lab describe-hosts` shows who is on them.",
};
const struct fault_kind fault_capacity_on_host = {
    "InsufficientCapacityOnHost",
    "Dedicated host {} has insufficient capacity to launch the instances in this request.",
    "It is full, broken, released, or for another type: `aws ec2 describe-hosts` shows its room.",
};
const struct fault_kind fault_capacity_of_hosts = {
    "InsufficientHostCapacity",
    "You do not have a host with a matching configuration and sufficient capacity. Either target a "
    "host resource group that can automatically allocate hosts on your behalf, or manually "
    "allocate a new host to your account and then try again.",
    "Without HostId only hosts with auto-placement are asked: name one, or `aws ec2 modify-hosts "
    "--auto-placement on`.",
};
const struct fault_kind fault_vcpu_limit = {
    "VcpuLimitExceeded",
    "You have requested more vCPU capacity than your current vCPU limit of {} allows for the "
    "instance bucket that the specified instance type belongs to. Please visit "
    "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
    "Stop or terminate instances, or raise the quota: `lab set-quota`.",
};
const struct fault_kind fault_instance_limit = {
    "InstanceLimitExceeded",
    "You have requested more instances ({}) than your current instance limit of {} allows for the "
    "specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to "
    "request an adjustment to this limit.",
    "Terminate instances, or raise the quota: `lab set-quota`.",
};
const struct fault_kind fault_architecture = {
    "InvalidParameterValue",
    "The architecture '{}' of the specified instance type does not match the architecture '{}' of "
    "the specified AMI. Specify an instance type and an AMI that have matching architectures, and "
    "try again. You can use 'describe-instance-types' or 'describe-images' to discover the "
    "architecture of the instance type or AMI.",
    "t4g and other Graviton types need an arm64 image, the others an x86_64 one.",
};
const struct fault_kind fault_group_limit_of_interface = {
    "SecurityGroupsPerInterfaceLimitExceeded",
    "The maximum number of security groups per interface has been reached.",
    "Name fewer groups, or raise the quota: `lab set-quota`.",
};
