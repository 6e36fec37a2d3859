/*
 * cloud/instance_recovery.c - instances whose host broke begin again on another one.
 *
 * By an alarm's action, or by themselves: simplified automatic recovery, some minutes after the
 * system check has failed.  True to the EC2 user guide, "Automatic instance recovery": the same
 * instance, with its id, addresses and volumes; what was in its memory is lost, and it boots.  Not
 * for bare metal and types with local disks, not when it was disabled; those on a Dedicated Host
 * move to the one that host recovery gets in its place.  AWS does not say how long it waits; three
 * attempts are as documented.
 */
#include "cloud/instance_parts.h"

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

enum { ATTEMPTS_MAX = 3, ATTEMPT_BITS = 8 };

static const struct fault_kind fault_host_is_well = {
    "IncorrectInstanceState",
    "The instance '{}' cannot be recovered: its system status check has not failed.",
    "Recovery is for an instance whose host is broken; reboot, or stop and start, one that is not.",
};

static bool is_on_broken_host(const struct instances *instances, const struct instance *instance)
{
    return instance->state == INSTANCE_RUNNING && instance->host != HOST_NONE &&
           instances->hosts->items[instance->host].failed;
}

/* From its broken host to another one; false when there is no room. */
static bool move(struct instances *instances, struct instance *instance)
{
    uint32_t broken = instance->host;
    struct host_ask ask = {instance->zone, instance->type, instance_terms(instances, instance)};

    if (hosts_room(instances->hosts, &ask, 1) == 0)
        return false;
    hosts_leave(instances->hosts, instance->id);
    instance->last_host = broken;
    instance_seat(instances, instance, broken);
    instance_host_mended(instances, instance->id);
    return true;
}

int instances_recover(struct instances *instances, struct instance *instance, struct fault *fault)
{
    struct host_ask ask = {instance->zone, instance->type, instance_terms(instances, instance)};

    if (!is_on_broken_host(instances, instance))
        return instance_refuse(instance, &fault_host_is_well, fault);
    return move(instances, instance) ? 0 : instances_no_capacity(instances, &ask, fault);
}

/* ---- by itself ---- */

void instance_recovery_plan(struct instances *instances, const struct instance *instance)
{
    const struct catalog_type *type = &instances->catalog->types[instance->type];

    if (instance_rare(instance)->no_recovery || type->bare_metal || type->disks > 0)
        return;
    sim_schedule(instances->sim, instance_duration(instances, instance, DURATION_RECOVERY),
                 EVENT_INSTANCE_RECOVERY, instance->id,
                 (uint64_t)instance->launch << ATTEMPT_BITS);
}

/* All that ran on a Dedicated Host go to another one, if its host recovery gets one. */
static bool move_together(struct instances *instances, const struct instance *one)
{
    uint32_t broken = one->host;
    uint64_t other = instances->hooks.replace_host == NULL
                         ? 0
                         : instances->hooks.replace_host(instances->hooks.context,
                                                         instance_rare(one)->dedicated_host);

    for (uint32_t i = 0; other != 0 && i < table_count(&instances->table); i++) {
        struct instance *instance = table_at(&instances->table, i);

        if (instance->host != broken || !is_on_broken_host(instances, instance))
            continue;
        instance_rare_make(instance)->dedicated_host = other;
        if (!move(instances, instance))
            return false;
    }
    return other != 0;
}

static void tell_recovery(struct instances *instances, const struct instance *instance, bool moved)
{
    struct arena arena = ARENA_INIT;

    instance_say(instances, instance, TRAIL_INSTANCE,
                 arena_printf(&arena, "%s automatic recovery: %s",
                              id_text(&arena, &kind_instance, instance->id),
                              moved ? "boots on another host" : "finds no other host"));
    arena_release(&arena);
}

static void run_recovery(void *context, const struct event *event)
{
    struct instances *instances = context;
    struct instance *instance = table_find(&instances->table, event->subject);
    uint64_t attempt = (event->detail & ((1u << ATTEMPT_BITS) - 1)) + 1;
    bool moved;

    if (instance == NULL || instance->launch != event->detail >> ATTEMPT_BITS ||
        instance->system_status != CHECK_IMPAIRED || !is_on_broken_host(instances, instance))
        return;
    moved = instance->tenancy == HOST_TENANCY_HOST ? move_together(instances, instance)
                                                   : move(instances, instance);
    tell_recovery(instances, instance, moved);
    if (!moved && attempt < ATTEMPTS_MAX)
        sim_schedule(instances->sim, instance_duration(instances, instance, DURATION_RECOVERY),
                     EVENT_INSTANCE_RECOVERY, instance->id, event->detail + 1);
}

static const struct event_kind recovery_kind = { .name = "instance-recovery",
                                                 .run = run_recovery };

void instance_recovery_init(struct instances *instances)
{
    sim_handle(instances->sim, EVENT_INSTANCE_RECOVERY, &recovery_kind, instances);
}
