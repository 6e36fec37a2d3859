/*
 * cloud/instance.c - instances, and what happens to them.
 *
 * Owns    struct instance and struct reservation.
 * Moves   pending -> running -> stopping -> stopped -> pending, or -> shutting-down -> terminated.
 * Each step is an
 *         event; the durations are in durations[] below.
 * Uses    sim/event, sim/chance, cloud/host, cloud/network; through its hooks the volumes and the
 * guest. True to the EC2 user guide, "Instance lifecycle" and "Status checks".  Left out:
 * hibernation.
 *
 * Status checks happen each minute at AWS.  Here a check is planned only when something that it
 * looks at has changed, so that thousands of instances to which nothing happens cost nothing.
 */
#include "cloud/instance.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/instance_parts.h"
#include "sim/chance.h"
#include "sim/clock.h"

enum {
    CHECKS_UNTIL_CHANGE = 2, /* failing or passing checks in a row before the status changes */
    FIRST_CHECKS_MAX_MIN = 10, /* a guest that does not answer by then is impaired */
    HANG_LOOK_S = 10,        /* whether a stop that hangs goes on */
    LAUNCH_SHIFT = 8,        /* an event's detail: launch number above, state below */
};

struct duration {
    const char *label; /* of the stream */
    int64_t low_ns;
    int64_t high_ns;
};

static const struct duration durations[DURATION_COUNT_]; /* at the end of the file */

/* ---- small things ---- */

int64_t instance_duration(const struct instances *instances, const struct instance *instance,
                          enum instance_duration what)
{
    const struct duration *duration = &durations[what];
    struct chance luck = chance_stream(instances->seed, duration->label,
                                       instance->id + instance->launch);

    return chance_between_ns(&luck, duration->low_ns, duration->high_ns);
}

static void step_plan(struct instances *instances, const struct instance *instance,
                      uint8_t state, int64_t delay_ns)
{
    sim_schedule(instances->sim, delay_ns, EVENT_INSTANCE_STEP, instance->id,
                 (uint64_t)instance->launch << LAUNCH_SHIFT | state);
}

static void checks_plan(struct instances *instances, const struct instance *instance,
                        int64_t delay_ns)
{
    sim_schedule(instances->sim, delay_ns, EVENT_INSTANCE_CHECKS, instance->id,
                 instance->launch);
}

void instance_say(struct instances *instances, const struct instance *instance, uint8_t topic,
                  const char *text)
{
    trail_add(instances->trail, (struct trail_entry){
        .account = instance->account,
        .subject = instance->id,
        .other = instance->host == HOST_NONE ? 0 : instances->hosts->items[instance->host].id,
        .topic = topic,
        .region = ZONE_REGION(instance->zone),
        .text = (char *)(uintptr_t)text,
    });
}

int instance_refuse(const struct instance *instance, const struct fault_kind *kind,
                    struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    fault_set(fault, kind, id_text(&arena, &kind_instance, instance->id));
    arena_release(&arena);
    return -1;
}

/* Goes to a state: written down, told, and announced to the neighbours. */
static void state_set(struct instances *instances, struct instance *instance, uint8_t state,
                      int before)
{
    struct arena arena = ARENA_INIT;
    const char *id = id_text(&arena, &kind_instance, instance->id);

    instance->state = state;
    instance->state_since = instances->sim->now;
    if (state != INSTANCE_RUNNING) {
        instance->system_status = CHECK_NOT_APPLICABLE;
        instance->instance_status = CHECK_NOT_APPLICABLE;
    }
    instance_say(instances, instance, TRAIL_INSTANCE,
         before < 0 ? arena_printf(&arena, "%s %s (%s in %s)", id, instance_state_name(state),
                                   instances->catalog->types[instance->type].name,
                                   catalog_zone_name(instances->catalog, instance->zone))
                    : arena_printf(&arena, "%s %s -> %s", id,
                                   instance_state_name((uint8_t)before),
                                   instance_state_name(state)));
    arena_release(&arena);
    if (instances->hooks.changed != NULL)
        instances->hooks.changed(instances->hooks.context, instance, before);
}

/* ---- power ---- */

static void power_on(struct instances *instances, struct instance *instance)
{
    instance->powered = true;
    if (instances->hooks.power_on != NULL)
        instances->hooks.power_on(instances->hooks.context, instance);
}

static void power_off(struct instances *instances, struct instance *instance)
{
    instance->powered = false;
    if (instances->hooks.power_off != NULL)
        instances->hooks.power_off(instances->hooks.context, instance);
}

static void host_leave(struct instances *instances, struct instance *instance)
{
    if (instance->host == HOST_NONE)
        return;
    hosts_leave(instances->hosts, instance->id);
    instance->last_host = instance->host;
    instance->host = HOST_NONE;
}

static bool host_failed(const struct instances *instances, const struct instance *instance)
{
    return instance->host != HOST_NONE && instances->hosts->items[instance->host].failed;
}

void instance_begin(struct instances *instances, struct instance *instance, int before)
{
    instance->launch++;
    instance->launched = instances->sim->now;
    instance->reason = INSTANCE_REASON_PENDING;
    if (instance->rare != NULL)
        instance->rare->reason_time = 0;
    state_set(instances, instance, INSTANCE_PENDING, before);
    step_plan(instances, instance, INSTANCE_RUNNING,
              instance_duration(instances, instance, DURATION_LAUNCH));
}

/* ---- status checks ---- */

static void status_set(struct instances *instances, struct instance *instance, uint8_t system,
                       uint8_t own)
{
    struct arena arena = ARENA_INIT;

    if (system == instance->system_status && own == instance->instance_status)
        return;
    if (system != instance->system_status) {
        instance->system_since = instances->sim->now;
        if (system == CHECK_IMPAIRED)
            instance_recovery_plan(instances, instance);
    }
    if (own != instance->instance_status)
        instance->checks_since = instances->sim->now;
    instance->system_status = system;
    instance->instance_status = own;
    instance_say(instances, instance, TRAIL_CHECKS,
         arena_printf(&arena, "%s status checks: system %s, instance %s",
                      id_text(&arena, &kind_instance, instance->id), check_status_name(system),
                      check_status_name(own)));
    arena_release(&arena);
    if (instances->hooks.checked != NULL)
        instances->hooks.checked(instances->hooks.context, instance);
}

static bool guest_answers(const struct instances *instances, const struct instance *instance)
{
    if (!instance->powered)
        return false;
    return instances->hooks.answers == NULL ||
           instances->hooks.answers(instances->hooks.context, instance->id);
}

/* One look: the host answers for the system check, the guest for the instance check. */
static void checks_run(struct instances *instances, struct instance *instance)
{
    bool system = !host_failed(instances, instance);
    bool own = system && guest_answers(instances, instance);
    int64_t running_ns = instances->sim->now - instance->state_since;

    if (instance->instance_status == CHECK_INITIALIZING && system && !own &&
        running_ns < FIRST_CHECKS_MAX_MIN * MINUTE_NS) {
        checks_plan(instances, instance, MINUTE_NS);
        return;
    }
    status_set(instances, instance, system ? CHECK_OK : CHECK_IMPAIRED,
               own ? CHECK_OK : CHECK_IMPAIRED);
}

static void run_checks(void *context, const struct event *event)
{
    struct instances *instances = context;
    struct instance *instance = table_find(&instances->table, event->subject);

    if (instance == NULL || instance->launch != event->detail ||
        instance->state != INSTANCE_RUNNING)
        return;
    checks_run(instances, instance);
}

void instance_recheck(struct instances *instances, uint64_t id)
{
    const struct instance *instance = table_find(&instances->table, id);
    int64_t running_ns;

    if (instance == NULL || instance->state != INSTANCE_RUNNING)
        return;
    if (instance->instance_status == CHECK_INITIALIZING)
        return; /* the first checks are still to come */
    running_ns = instances->sim->now - instance->state_since;
    checks_plan(instances, instance, CHECKS_UNTIL_CHANGE * MINUTE_NS - running_ns % MINUTE_NS);
}

/* ---- steps ---- */

static void step_running(struct instances *instances, struct instance *instance)
{
    if (host_failed(instances, instance)) {
        bool first = instance->launch == 1;

        instance->reason = INSTANCE_REASON_INTERNAL;
        if (first) {
            state_set(instances, instance, INSTANCE_SHUTTING_DOWN, INSTANCE_PENDING);
            step_plan(instances, instance, INSTANCE_TERMINATED, 0);
        } else {
            state_set(instances, instance, INSTANCE_STOPPING, INSTANCE_PENDING);
            step_plan(instances, instance, INSTANCE_STOPPED, 0);
        }
        return;
    }
    instance->reason = INSTANCE_REASON_NONE;
    state_set(instances, instance, INSTANCE_RUNNING, INSTANCE_PENDING);
    status_set(instances, instance, CHECK_INITIALIZING, CHECK_INITIALIZING);
    power_on(instances, instance);
    checks_plan(instances, instance, instance_duration(instances, instance, DURATION_FIRST_CHECK));
}

static void step_stopped(struct instances *instances, struct instance *instance)
{
    power_off(instances, instance);
    host_leave(instances, instance);
    interface_set_public(instances->network, instance_interface(instances, instance), false);
    state_set(instances, instance, INSTANCE_STOPPED, INSTANCE_STOPPING);
}

/* It hangs as long as it has power. */
static bool hangs(const struct instances *instances, const struct instance *instance)
{
    return instance->powered && instances->hooks.hangs != NULL &&
           instances->hooks.hangs(instances->hooks.context, instance->id);
}

static void step_hang(struct instances *instances, struct instance *instance)
{
    step_plan(instances, instance, INSTANCE_STOPPED, HANG_LOOK_S * SECOND_NS);
}

static void step_terminated(struct instances *instances, struct instance *instance)
{
    struct reservation *reservation = table_get(&instances->reservations, instance->reservation);

    power_off(instances, instance);
    host_leave(instances, instance);
    interface_remove(instances->network, instance->interface);
    instance->interface = 0;
    if (instances->hooks.disks_release != NULL)
        instances->hooks.disks_release(instances->hooks.context, instance);
    reservation->alive--;
    state_set(instances, instance, INSTANCE_TERMINATED, INSTANCE_SHUTTING_DOWN);
    sim_schedule(instances->sim, HOUR_NS, EVENT_INSTANCE_FORGET, instance->id, 0);
}

static void run_step(void *context, const struct event *event)
{
    struct instances *instances = context;
    struct instance *instance = table_find(&instances->table, event->subject);
    uint8_t to = event->detail & 0xff;

    if (instance == NULL || instance->launch != event->detail >> LAUNCH_SHIFT)
        return;
    if (to == INSTANCE_RUNNING && instance->state == INSTANCE_PENDING)
        step_running(instances, instance);
    else if (to == INSTANCE_STOPPED && instance->state == INSTANCE_STOPPING)
        (hangs(instances, instance) ? step_hang : step_stopped)(instances, instance);
    else if (to == INSTANCE_TERMINATED && instance->state == INSTANCE_SHUTTING_DOWN)
        step_terminated(instances, instance);
}

static void run_forget(void *context, const struct event *event)
{
    struct instances *instances = context;
    struct instance *instance = table_find(&instances->table, event->subject);
    struct reservation *reservation;

    if (instance == NULL || instance->state != INSTANCE_TERMINATED)
        return;
    reservation = table_get(&instances->reservations, instance->reservation);
    if (--reservation->count == 0)
        table_remove(&instances->reservations, reservation->id);
    table_remove(&instances->table, instance->id);
}

/* ---- operations ---- */

static int start_check(const struct instances *instances, const struct instance *instance,
                       struct fault *fault)
{
    if (instance->state == INSTANCE_PENDING || instance->state == INSTANCE_RUNNING)
        return 0;
    if (instance->state != INSTANCE_STOPPED)
        return instance_refuse(instance, &fault_not_startable, fault);
    if (instances->hooks.start_check == NULL)
        return 0;
    return instances->hooks.start_check(instances->hooks.context, instance, fault);
}

static int quota_check(const struct instances *instances, struct instance_set set,
                       struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        struct instance_launch launch = {
            .account = set.items[i]->account,
            .region = ZONE_REGION(set.items[i]->zone),
            .type = set.items[i]->type,
            .tenancy = set.items[i]->tenancy,
            .min_count = 1,
            .spot = instance_rare(set.items[i])->spot != 0 ? &(struct spot_terms){0} : NULL,
        };
        uint32_t room = 0;

        for (uint32_t j = 0; j < set.count; j++) {
            room += set.items[j]->state == INSTANCE_STOPPED &&
                    set.items[j]->type == launch.type &&
                    set.items[j]->tenancy == launch.tenancy &&
                    (instance_rare(set.items[j])->spot != 0) == (launch.spot != NULL);
        }
        if (room == 0)
            continue;
        launch.min_count = room;
        if (instances_quota_check(instances, &launch, &room, fault) != 0)
            return -1;
    }
    return 0;
}

/* Takes places on hosts for all; gives them back and refuses when one finds none. */
static int places_take(struct instances *instances, struct instance_set set, struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        struct instance *instance = set.items[i];

        if (instance->state != INSTANCE_STOPPED || instance->host != HOST_NONE)
            continue; /* runs, or is named twice */
        if (instance_seat(instances, instance, instance->last_host) != HOST_NONE)
            continue;
        for (uint32_t j = 0; j < i; j++) {
            if (set.items[j]->state == INSTANCE_STOPPED && set.items[j]->host != HOST_NONE) {
                hosts_leave(instances->hosts, set.items[j]->id);
                set.items[j]->host = HOST_NONE;
            }
        }
        return instances_no_capacity(instances,
                                     &(struct host_ask){instance->zone, instance->type,
                                                        instance_terms(instances, instance)},
                                     fault);
    }
    return 0;
}

int instances_start(struct instances *instances, struct instance_set set, struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        if (start_check(instances, set.items[i], fault) != 0)
            return -1;
    }
    if (quota_check(instances, set, fault) != 0 || places_take(instances, set, fault) != 0)
        return -1;
    for (uint32_t i = 0; i < set.count; i++) {
        struct instance *instance = set.items[i];

        if (instance->state != INSTANCE_STOPPED)
            continue;
        if (instance->public_address)
            interface_set_public(instances->network, instance_interface(instances, instance),
                                 true);
        instance_begin(instances, instance, INSTANCE_STOPPED);
    }
    return 0;
}

static int stop_check(const struct instance *instance, struct fault *fault)
{
    if (instance->state == INSTANCE_PENDING)
        return instance_refuse(instance, &fault_never_ran, fault);
    if (instance->state == INSTANCE_SHUTTING_DOWN || instance->state == INSTANCE_TERMINATED)
        return instance_refuse(instance, &fault_not_stoppable, fault);
    if (instance_rare(instance)->spot != 0 && !instance_rare(instance)->spot_persistent)
        return instance_refuse(instance, &fault_spot_once, fault);
    if (instance->no_stop && instance->state == INSTANCE_RUNNING)
        return instance_refuse(instance, &fault_no_stop, fault);
    return 0;
}

/* From running, on the way to stopped or terminated. */
static void instance_halt(struct instances *instances, struct instance *instance, uint8_t reason,
                          bool force)
{
    bool ends = reason == INSTANCE_REASON_SPOT_TERMINATION ||
                (reason == INSTANCE_REASON_GUEST &&
                 (instance->ends_on_shutdown ||
                  (instance_rare(instance)->spot != 0 &&
                   !instance_rare(instance)->spot_persistent)));

    instance->reason = reason;
    instance_rare_make(instance)->reason_time = instances->sim->now;
    state_set(instances, instance, ends ? INSTANCE_SHUTTING_DOWN : INSTANCE_STOPPING,
              INSTANCE_RUNNING);
    step_plan(instances, instance, ends ? INSTANCE_TERMINATED : INSTANCE_STOPPED,
              instance_duration(instances, instance, ends ? DURATION_TERMINATE : DURATION_STOP));
    if (reason == INSTANCE_REASON_GUEST)
        return;
    if (force)
        power_off(instances, instance);
    else if (instances->hooks.shut_down != NULL)
        instances->hooks.shut_down(instances->hooks.context, instance);
}

int instances_stop(struct instances *instances, struct instance_set set, bool force,
                   struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        if (stop_check(set.items[i], fault) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < set.count; i++) {
        struct instance *instance = set.items[i];

        if (instance->state == INSTANCE_RUNNING)
            instance_halt(instances, instance, INSTANCE_REASON_USER, force);
        else if (force && instance->state == INSTANCE_STOPPING && instance->powered)
            power_off(instances, instance);
    }
    return 0;
}

void instance_reclaim(struct instances *instances, uint64_t id, bool stop)
{
    struct instance *instance = table_get(&instances->table, id);

    if (instance->state == INSTANCE_RUNNING)
        instance_halt(instances, instance,
                      stop ? INSTANCE_REASON_SPOT_SHUTDOWN : INSTANCE_REASON_SPOT_TERMINATION,
                      false);
}

static void instance_end(struct instances *instances, struct instance *instance)
{
    uint8_t before = instance->state;
    bool was_off = before == INSTANCE_STOPPED;

    if (before == INSTANCE_SHUTTING_DOWN || before == INSTANCE_TERMINATED)
        return;
    instance->reason = INSTANCE_REASON_USER;
    instance_rare_make(instance)->reason_time = instances->sim->now;
    state_set(instances, instance, INSTANCE_SHUTTING_DOWN, before);
    step_plan(instances, instance, INSTANCE_TERMINATED,
              instance_duration(instances, instance,
                            was_off ? DURATION_TERMINATE_STOPPED : DURATION_TERMINATE));
    if (before == INSTANCE_RUNNING && instances->hooks.shut_down != NULL)
        instances->hooks.shut_down(instances->hooks.context, instance);
}

int instances_terminate(struct instances *instances, struct instance_set set, struct fault *fault)
{
    int result = 0;

    for (uint32_t i = 0; i < set.count && result == 0; i++) {
        if (set.items[i]->no_termination && set.items[i]->state != INSTANCE_TERMINATED)
            result = instance_refuse(set.items[i], &fault_no_termination, fault);
    }
    for (uint32_t i = 0; i < set.count; i++) {
        bool spared = false;

        for (uint32_t j = 0; result != 0 && j < set.count; j++) {
            spared = spared || (set.items[j]->no_termination &&
                                set.items[j]->zone == set.items[i]->zone);
        }
        if (!spared)
            instance_end(instances, set.items[i]);
    }
    return result;
}

int instances_reboot(struct instances *instances, struct instance_set set, struct fault *fault)
{
    for (uint32_t i = 0; i < set.count; i++) {
        uint8_t state = set.items[i]->state;

        if (state != INSTANCE_RUNNING && state != INSTANCE_TERMINATED)
            return instance_refuse(set.items[i], &fault_not_rebootable, fault);
    }
    for (uint32_t i = 0; i < set.count; i++) {
        struct instance *instance = set.items[i];
        struct arena arena = ARENA_INIT;

        if (instance->state != INSTANCE_RUNNING || !instance->powered)
            continue;
        instance_say(instances, instance, TRAIL_INSTANCE,
             arena_printf(&arena, "%s reboots",
                          id_text(&arena, &kind_instance, instance->id)));
        arena_release(&arena);
        if (instances->hooks.reboot != NULL)
            instances->hooks.reboot(instances->hooks.context, instance);
        instance_recheck(instances, instance->id);
    }
    return 0;
}

/* ---- from below and beside ---- */

void instance_guest_halted(struct instances *instances, uint64_t id)
{
    struct instance *instance = table_find(&instances->table, id);

    if (instance != NULL && instance->state == INSTANCE_RUNNING)
        instance_halt(instances, instance, INSTANCE_REASON_GUEST, false);
}

void instance_host_failed(struct instances *instances, uint64_t id)
{
    struct instance *instance = table_find(&instances->table, id);

    if (instance == NULL || !instance->powered)
        return;
    power_off(instances, instance);
    instance_recheck(instances, id);
}

void instance_host_mended(struct instances *instances, uint64_t id)
{
    struct instance *instance = table_find(&instances->table, id);

    if (instance == NULL || instance->powered || instance->state != INSTANCE_RUNNING)
        return;
    power_on(instances, instance);
    instance_recheck(instances, id);
}

void instance_host_retired(struct instances *instances, uint64_t id)
{
    struct instance *instance = table_find(&instances->table, id);

    if (instance != NULL && instance->state == INSTANCE_RUNNING)
        instance_halt(instances, instance, INSTANCE_REASON_SCHEDULED, false);
}

bool instance_is_powered(const struct instances *instances, uint64_t id)
{
    const struct instance *instance = table_find(&instances->table, id);

    return instance != NULL && instance->powered;
}

/* ---- the room ---- */

static const struct event_kind step_kind = { .name = "instance-step", .run = run_step };
static const struct event_kind checks_kind = { .name = "instance-checks", .run = run_checks };
static const struct event_kind forget_kind = { .name = "instance-forget", .run = run_forget };

void instances_init(struct instances *instances)
{
    table_init(&instances->table, &instance_shape);
    table_init(&instances->reservations, &reservation_shape);
    sim_handle(instances->sim, EVENT_INSTANCE_STEP, &step_kind, instances);
    sim_handle(instances->sim, EVENT_INSTANCE_CHECKS, &checks_kind, instances);
    sim_handle(instances->sim, EVENT_INSTANCE_FORGET, &forget_kind, instances);
    instance_recovery_init(instances);
}

void instances_release(struct instances *instances)
{
    table_release(&instances->table);
    table_release(&instances->reservations);
}

static const struct duration durations[DURATION_COUNT_] = {
    [DURATION_LAUNCH] = { "launch-time", 8 * SECOND_NS, 20 * SECOND_NS },
    [DURATION_STOP] = { "stop-time", 15 * SECOND_NS, 40 * SECOND_NS },
    [DURATION_TERMINATE] = { "terminate-time", 20 * SECOND_NS, 45 * SECOND_NS },
    [DURATION_TERMINATE_STOPPED] = { "terminate-time", 1 * SECOND_NS, 3 * SECOND_NS },
    [DURATION_RECOVERY] = { "recovery-time", 8 * MINUTE_NS, 12 * MINUTE_NS },
    [DURATION_FIRST_CHECK] = { "first-check-time", 120 * SECOND_NS, 180 * SECOND_NS },
};
