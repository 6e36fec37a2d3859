/*
 * cloud/target_check.c - the health checks of targets.
 *
 * True to SEMANTICS c1: a fixed grid that slow answers do not shift; one success makes an initial
 * target healthy, later flips take the thresholds in a row.
 */
#include <stdlib.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "cloud/target_parts.h"
#include "sim/clock.h"

uint16_t target_check_port(const struct target_group *group, const struct target *target)
{
    if (str_equal(group->check_port, "traffic-port"))
        return target->port;
    return (uint16_t)strtol(group->check_port, NULL, 10);
}

int64_t target_next_check(const struct target_groups *groups, const struct target *target)
{
    (void)groups;
    return target->probe == 0 ? 0 : target->next_check;
}

void target_check_plan(struct target_groups *groups, struct target *target, int64_t delay)
{
    target->next_check = groups->sim->now + delay;
    target->probe = sim_schedule(groups->sim, delay, EVENT_PROBE, target->id, 0);
}

static void run_probe(void *context, const struct event *event)
{
    struct target_groups *groups = context;
    struct target *target = target_find(groups, event->subject);
    const struct target_group *group;
    struct place node;
    int64_t limit;

    if (target == NULL || target->probe != event->sequence)
        return;
    group = target_group_of(groups, target);
    target_check_plan(groups, target, group->check_interval_s * SECOND_NS);
    if (target->probing != 0)
        request_abort(groups->requests, target->probing, EXIT_TIMEOUT);
    node = groups->world.node(groups->world.node_context, group->balancer, target->zone);
    if (node.kind == PLACE_NOWHERE) { /* nobody is left who could check */
        target->passed = target->failed = 0;
        target_state_set(groups, target, TARGET_UNAVAILABLE, HEALTH_INTERNAL);
        return;
    }
    if (target->state == TARGET_UNAVAILABLE)
        target_state_set(groups, target, TARGET_INITIAL, HEALTH_INITIAL_CHECKS);
    limit = group->check_timeout_s * SECOND_NS;
    target->probe_sent = groups->sim->now;
    target->probes++;
    target->probing = request_start(
        groups->requests,
        &(struct request_ask){
            .origin = REQUEST_PROBE,
            .origin_id = target->id,
            .turn = target->probes,
            .from = node,
            .address = target->reach,
            .port = target_check_port(group, target),
            .protocol = str_equal(group->check_protocol, "TCP") ? REQUEST_CONNECT : REQUEST_HTTP,
            .connect_limit_ns = limit,
            .limit_ns = limit,
        });
}

/* A target that becomes healthy warms up when another one can carry the load meanwhile (SEMANTICS
 * c2). */
static void begin_slow_start(const struct target_groups *groups, struct target *target)
{
    const struct target_group *group = target_group_of(groups, target);
    bool carried = false;

    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *other = target_get(groups, (uint64_t)group->targets.items[i]);

        carried = carried || (other != target && other->state == TARGET_HEALTHY &&
                              target_slow_start_percent(groups, other) == 100);
    }
    target->warm = carried && group->policy.slow_start_s > 0 ? groups->sim->now : 0;
    target->turn_ppm = 0;
}

static void check_passed(struct target_groups *groups, struct target *target)
{
    target->failed = 0;
    target->passed++;
    if (target->state == TARGET_INITIAL ||
        (target_is_unhealthy(target) &&
         target->passed >= target_group_of(groups, target)->healthy_threshold)) {
        begin_slow_start(groups, target);
        target_state_set(groups, target, TARGET_HEALTHY, HEALTH_NONE);
    }
}

static void check_failed(struct target_groups *groups, struct target *target,
                         enum target_reason reason, uint16_t code)
{
    bool fallen = target_is_unhealthy(target);

    target->passed = 0;
    target->failed++;
    if (!fallen && target->failed < target_group_of(groups, target)->unhealthy_threshold)
        return;
    if (fallen && target->reason == reason && target->code != code) {
        target->code = code;
        target_tell(groups, target, target_state_name(target->state),
                   target_state_name(target->state));
        return;
    }
    target->code = code;
    if (fallen)
        target_state_set(groups, target, target->state, reason);
    else
        target_fall(groups, target, reason);
}

static void probe_record(struct target *target, struct target_probe probe)
{
    if (target->last.count == TARGET_PROBES_KEPT)
        LIST_REMOVE(&target->last, 0);
    *LIST_PUSH(&target->last) = probe;
}

static void probe_done(void *context, const struct request *request)
{
    struct target_groups *groups = context;
    struct target *target = target_find(groups, request->origin_id);
    enum target_reason reason = HEALTH_NONE;
    uint16_t code = request->exit == EXIT_ANSWERED ? request->status : 0;

    if (target == NULL || target->probing != request->id)
        return;
    target->probing = 0;
    if (request->exit == EXIT_TIMEOUT)
        reason = HEALTH_TIMEOUT;
    else if (request->exit != EXIT_ANSWERED)
        reason = HEALTH_FAILED_CHECKS;
    else if (request->protocol == REQUEST_HTTP &&
             !matcher_holds(target_group_of(groups, target)->matcher, code))
        reason = HEALTH_CODE_MISMATCH;
    probe_record(target, (struct target_probe){
                             .time = target->probe_sent,
                             .took = groups->sim->now - target->probe_sent,
                             .request = request->id,
                             .code = code,
                             .reason = (uint8_t)reason,
                         });
    if (reason == HEALTH_NONE)
        check_passed(groups, target);
    else
        check_failed(groups, target, reason, code);
}

static void probe_words(void *context, const struct request *request, struct request_words *words)
{
    const struct target_groups *groups = context;
    const struct target *target = target_find(groups, request->origin_id);

    if (target != NULL)
        words->path = target_group_of(groups, target)->check_path;
}

static const struct event_kind probe_kind = {
    .name = "probe",
    .run = run_probe,
    .quiet = true,
};
static const struct request_origin probe_origin = {
    .words = probe_words,
    .done = probe_done,
    .quiet = true,
};

void target_checks_init(struct target_groups *groups)
{
    sim_handle(groups->sim, EVENT_PROBE, &probe_kind, groups);
    requests_set_origin(groups->requests, REQUEST_PROBE, &probe_origin, groups);
}
