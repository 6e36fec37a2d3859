/*
 * cloud/instance_parts.h - what the files of the room `instance` share.
 */
#ifndef CLOUD_INSTANCE_PARTS_H
#define CLOUD_INSTANCE_PARTS_H

#include "cloud/instance.h"

/* How long things take; each draw from the instance's own stream. */
enum instance_duration {
    DURATION_LAUNCH,
    DURATION_STOP,
    DURATION_TERMINATE,
    DURATION_TERMINATE_STOPPED,
    DURATION_FIRST_CHECK,
    DURATION_RECOVERY,
    DURATION_COUNT_,
};

/* Writes a line about the instance into the trail. */
void instance_say(struct instances *instances, const struct instance *instance, uint8_t topic,
                  const char *text);
/* A fault about one instance: its only value is the id. */
int instance_refuse(const struct instance *instance, const struct fault_kind *kind,
                    struct fault *fault);
int64_t instance_duration(const struct instances *instances, const struct instance *instance,
                          enum instance_duration what);
/* Its system check has just failed: it may be moved by itself. */
void instance_recovery_plan(struct instances *instances, const struct instance *instance);
void instance_recovery_init(struct instances *instances);
/* Begins a launch: the instance has a host and is pending. */
void instance_begin(struct instances *instances, struct instance *instance, int before);
/* May `count` instances of the type be running in addition?  VcpuLimitExceeded.  *room is how many
 * may, at most `count`. */
int instances_quota_check(const struct instances *instances, const struct instance_launch *launch,
                          uint32_t *room, struct fault *fault);
/* What the hardware must be, for a launch and for a later start. */
struct host_terms launch_terms(const struct instances *instances,
                               const struct instance_launch *launch);
struct host_terms instance_terms(const struct instances *instances,
                                 const struct instance *instance);
/* Seats a stopped or a new instance on a host, elsewhere than `avoid` if it can be; HOST_NONE when
 * there is no room. */
uint32_t instance_seat(struct instances *instances, struct instance *instance, uint32_t avoid);
/* InsufficientInstanceCapacity, naming the zones that have room; of tenancy host
 * InsufficientCapacityOnHost or InsufficientHostCapacity. */
int instances_no_capacity(const struct instances *instances, const struct host_ask *ask,
                          struct fault *fault);

extern const struct fault_kind fault_not_startable, fault_not_stoppable, fault_never_ran,
    fault_not_rebootable, fault_no_stop, fault_spot_once, fault_spot_count, fault_capacity,
    fault_capacity_elsewhere, fault_capacity_on_host, fault_capacity_of_hosts, fault_vcpu_limit,
    fault_instance_limit, fault_architecture;

#endif
