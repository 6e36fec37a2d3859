/*
 * cloud/instance_change.c - what is changed of an instance after its launch: its type, what its
 * guest is given, how often it is measured.
 *
 * True to the EC2 API reference, ModifyInstanceAttribute: type and user data change while it is
 * stopped, and hold from its next start; user data run once only, at the first boot.
 */
#include "cloud/instance_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

const struct fault_kind fault_instance_not_stopped = {
    "IncorrectInstanceState",
    "The instance '{}' is not in the 'stopped' state.",
    "Stop it first: `aws ec2 stop-instances`, then `aws ec2 wait instance-stopped`.",
};
const struct fault_kind fault_type_change = {
    "InvalidInstanceAttributeValue",
    "Modifying the instance type from {} to {} is not allowed.",
    "The system on its disk is for other processors: take a type of the same architecture.",
};

int instance_set_type(struct instances *instances, struct instance *instance, uint16_t type,
                      struct fault *fault)
{
    const struct catalog_type *to = &instances->catalog->types[type];

    if (instance->state != INSTANCE_STOPPED)
        return instance_refuse(instance, &fault_instance_not_stopped, fault);
    if ((to->architectures & instance->architecture) == 0)
        return fault_set(fault, &fault_type_change,
                         instances->catalog->types[instance->type].name, to->name);
    instance->type = type;
    return 0;
}

int instance_set_user_data(struct instance *instance, struct blob data, struct fault *fault)
{
    struct instance_rare *rare;
    char *bytes;

    if (instance->state != INSTANCE_STOPPED)
        return instance_refuse(instance, &fault_instance_not_stopped, fault);
    rare = instance_rare_make(instance);
    bytes = xmalloc(data.size + 1);
    if (data.size > 0)
        memcpy(bytes, data.bytes, data.size);
    free(rare->user_data.bytes);
    rare->user_data = (struct blob){.bytes = bytes, .size = data.size};
    rare->own_user_data = true;
    return 0;
}

bool instance_monitor(struct instances *instances, struct instance *instance, bool detailed)
{
    struct arena arena = ARENA_INIT;

    if (instance->monitored == detailed)
        return false;
    instance->monitored = detailed;
    instance_say(instances, instance, TRAIL_INSTANCE,
                 arena_printf(&arena, "%s detailed monitoring %s",
                              id_text(&arena, &kind_instance, instance->id),
                              detailed ? "on: metrics each minute"
                                       : "off: metrics each five minutes"));
    arena_release(&arena);
    if (instances->hooks.monitored != NULL)
        instances->hooks.monitored(instances->hooks.context, instance);
    return true;
}
