/*
 * cloud/world_alarms.c - what alarms set off, and whose instances are measured together.
 */
#include <string.h>

#include "base/str.h"
#include "cloud/world_parts.h"

static const char *instance_of(const struct alarm *alarm)
{
    for (uint32_t i = 0; i < alarm->dimensions.count; i++) {
        if (str_equal(alarm->dimensions.items[i].name, "InstanceId"))
            return alarm->dimensions.items[i].value;
    }
    return "";
}

/* "arn:aws:automate:us-east-1:ec2:stop" */
static bool act_on_instance(struct world *world, const struct alarm *alarm, const char *action,
                            struct str *told)
{
    const char *what = strrchr(action, ':') + 1;
    struct fault fault = FAULT_INIT;
    struct instance_set set = {.count = 1};
    struct instance *instance;
    uint64_t id = 0;
    int status = -1;

    id_parse(&kind_instance, instance_of(alarm), &id);
    instance = instance_find(&world->instances, alarm->account, alarm->region, id);
    if (instance == NULL) {
        str_addf(told, "The instance ID '%s' does not exist", instance_of(alarm));
        return false;
    }
    set.items = &instance;
    if (str_equal(what, "stop"))
        status = instances_stop(&world->instances, set, false, &fault);
    else if (str_equal(what, "terminate"))
        status = instances_terminate(&world->instances, set, &fault);
    else if (str_equal(what, "reboot"))
        status = instances_reboot(&world->instances, set, &fault);
    if (status != 0)
        str_add(told, fault.message == NULL ? "no such action" : fault.message);
    fault_release(&fault);
    return status == 0;
}

static bool act(void *context, const struct alarm *alarm, const char *action, struct str *told)
{
    struct world *world = context;

    if (str_starts(action, "arn:aws:automate:"))
        return act_on_instance(world, alarm, action, told);
    str_add(told, str_starts(action, "arn:aws:sns:")
                      ? "SNS topics are not delivered to here yet"
                      : "Auto Scaling policies are not executed here yet");
    return false;
}

/* For the dimension AutoScalingGroupName. */
static const char *group_of(void *context, uint64_t instance)
{
    const struct world *world = context;
    const struct scaling_member *member = scaling_member_find(&world->scaling, instance);
    const struct scaling_group *group =
        member == NULL ? NULL : table_find(&world->scaling.groups, member->group);

    return group == NULL ? NULL : group->name;
}

void world_wire_alarms(struct world *world)
{
    world->metering.group_of = group_of;
    world->metering.context = world;
    world->alarms.hooks = (struct alarm_hooks){.context = world, .act = act};
}
