/*
 * cloud/instance_recovery.c - instances whose host broke begin again on another one.
 *
 * True to the EC2 user guide, "Automatic instance recovery": the same instance, with its id,
 * addresses and volumes; what was in its memory is lost, and it boots.
 */
#include "cloud/instance_parts.h"

#include "base/str.h"

static const struct fault_kind fault_host_is_well = {
    "IncorrectInstanceState",
    "The instance '{}' cannot be recovered: its system status check has not failed.",
    "Recovery is for an instance whose host is broken; reboot, or stop and start, one that is not.",
};

int instances_recover(struct instances *instances, struct instance *instance, struct fault *fault)
{
    struct hosts *hosts = instances->hosts;
    struct host_ask ask = {instance->zone, instance->type, instance_terms(instances, instance)};
    uint32_t broken = instance->host;

    if (instance->state != INSTANCE_RUNNING || instance->host == HOST_NONE ||
        !hosts->items[instance->host].failed)
        return instance_refuse(instance, &fault_host_is_well, fault);
    if (hosts_room(hosts, &ask, 1) == 0)
        return instances_no_capacity(instances, &ask, fault);
    hosts_leave(hosts, instance->id);
    instance->last_host = broken;
    instance_seat(instances, instance, broken);
    instance_host_mended(instances, instance->id);
    return 0;
}
