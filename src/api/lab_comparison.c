/*
 * api/lab_comparison.c - a comparison: what became of the same traffic in each world, moment by
 * moment, and lab describe-comparison, which tells it.
 *
 * lab compare looks at each of its worlds sixty times; what it sees lies on the tray of whoever
 * asked, also while it is not finished, and until the next comparison.
 */
#include "api/lab_comparison.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "api/condition.h"
#include "api/lab_parts.h"
#include "cloud/target.h"
#include "sim/clock.h"

/* ---- looking ---- */

const struct stream *watcher_stream(const struct watcher *watcher)
{
    return stream_find(&watcher->world->streams, watcher->account, watcher->stream);
}

static bool is_ours(const struct watcher *watcher, const struct target *target)
{
    const struct target_group *group = table_find(&watcher->world->targets.groups, target->group);

    return group != NULL && group->account == watcher->account;
}

/* What is known of a target since the start; one that is new had nothing then. */
static struct target_count *count_of(struct watcher *watcher, const struct target *target)
{
    for (uint32_t i = 0; i < watcher->counts.count; i++) {
        if (watcher->counts.items[i].target == target->id)
            return &watcher->counts.items[i];
    }
    *LIST_PUSH(&watcher->counts) = (struct target_count){.target = target->id};
    return &watcher->counts.items[watcher->counts.count - 1];
}

static void count_start(struct watcher *watcher)
{
    const struct table *targets = &watcher->world->targets.targets;

    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);

        *LIST_PUSH(&watcher->counts) = (struct target_count){
            .target = target->id,
            .start = (int64_t)target->requests,
            .before = (int64_t)target->requests,
        };
    }
}

static const char *name_of(const struct watcher *watcher, struct arena *arena,
                           const struct target *target)
{
    const struct instance *instance = instance_any(&watcher->world->instances, target->instance);
    const char *name = instance == NULL ? NULL : tags_find(&instance->tags, "Name");

    return name == NULL ? NULL : arena_strdup(arena, name);
}

static struct opt_real per_second(int64_t count, int64_t ns)
{
    double seconds = (double)ns / (double)SECOND_NS;

    return ns <= 0 ? (struct opt_real){0} : OPT_REAL((double)count / seconds);
}

static void look_at_target(struct watcher *watcher, struct arena *arena,
                           const struct target_group *group, const struct target *target,
                           struct compared_moment *moment)
{
    const struct target_groups *groups = &watcher->world->targets;
    struct target_count *count = count_of(watcher, target);
    int64_t now = watcher->world->sim.now;
    int64_t requests = (int64_t)target->requests;
    int slow_start = target_slow_start_percent(groups, target);
    struct compared_target *view = LIST_PUSH_IN(arena, &moment->targets);

    *view = (struct compared_target){
        .id = target_id_text(arena, target),
        .name = name_of(watcher, arena, target),
        .group = arena_strdup(arena, group->name),
        .zone = catalog_zone_name(watcher->world->catalog, target->zone),
        .state = target_state_name(target->state),
        .reason = target_reason_code(target->reason),
        .port = target->port,
        .requests = requests - count->start,
        .in_flight = (int64_t)target->in_flight,
        .rate = per_second(requests - count->before, now - watcher->looked),
    };
    if (target->state == TARGET_DRAINING)
        view->drained_s = OPT_INT((target->drained - now) / SECOND_NS);
    if (slow_start < 100)
        view->slow_start = OPT_INT(slow_start);
    count->before = requests;
}

/* The groups of the balancer that the traffic goes to; none when it goes to a server. */
static void look_at_groups(struct watcher *watcher, struct arena *arena, struct variant_view *view,
                           struct compared_moment *moment)
{
    const struct target_groups *groups = &watcher->world->targets;
    const struct balancer *balancer =
        balancer_of_name(&watcher->world->balancers, watcher_stream(watcher)->host);

    view->groups.count = 0;
    if (balancer == NULL)
        return;
    view->balancer = arena_strdup(arena, balancer->name);
    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        const struct target_group *group = table_at(&groups->groups, i);

        if (group->balancer != balancer->id || group->account != watcher->account)
            continue;
        *LIST_PUSH_IN(arena, &view->groups) = (struct compared_group){
            .name = arena_strdup(arena, group->name),
            .method = target_group_method(group),
            .stickiness = target_group_stickiness(group),
        };
        for (uint32_t k = 0; k < group->targets.count; k++)
            look_at_target(watcher, arena, group,
                           table_get(&groups->targets, (uint64_t)group->targets.items[k]), moment);
    }
}

/* Shares of what was sent since the start. */
static void fill_shares(struct watcher *watcher, struct arena *arena, struct variant_view *view)
{
    const struct table *targets = &watcher->world->targets.targets;
    double total = 0;
    double least = 1;
    double most = 0;

    view->targets.count = 0;
    view->spread = (struct opt_real){0};
    for (uint32_t i = 0; i < table_count(targets); i++) {
        const struct target *target = table_at(targets, i);
        int64_t requests = (int64_t)target->requests - count_of(watcher, target)->start;

        if (requests == 0 || !is_ours(watcher, target))
            continue;
        total += (double)requests;
        *LIST_PUSH_IN(arena, &view->targets) = (struct share_view){
            .id = target_id_text(arena, target),
            .name = name_of(watcher, arena, target),
            .requests = requests,
        };
    }
    for (uint32_t i = 0; i < view->targets.count; i++) {
        double share = (double)view->targets.items[i].requests / total;

        view->targets.items[i].share = OPT_REAL(share);
        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    if (view->targets.count > 0)
        view->spread = OPT_REAL(most - least);
}

void watcher_start(struct watcher *watcher, struct arena *arena, struct variant_view *view)
{
    watcher->looked = watcher->world->sim.now;
    count_start(watcher);
    watcher_look(watcher, arena, view);
}

static int64_t errors_of(const struct stream *stream)
{
    int64_t errors = 0;

    for (uint32_t i = 0; i < stream->codes.count; i++)
        errors += stream->codes.items[i].status >= 500 ? stream->codes.items[i].count : 0;
    return errors;
}

void watcher_look(struct watcher *watcher, struct arena *arena, struct variant_view *view)
{
    const struct stream *stream = watcher_stream(watcher);
    int64_t now = watcher->world->sim.now;
    struct histogram since = {0};
    struct compared_moment *moment = LIST_PUSH_IN(arena, &view->moments);

    histogram_since(&since, &stream->latency, &watcher->latency);
    *moment = (struct compared_moment){
        .second = OPT_REAL((double)(now - stream->started) / (double)SECOND_NS),
        .sent = stream->sent,
        .completed = stream->completed,
        .failed = stream->failed,
        .errors = errors_of(stream),
        .in_flight = stream->in_flight,
        .rate = per_second(stream->sent - watcher->sent, now - watcher->looked),
        .latency = spread_of(&since),
    };
    histogram_release(&since);
    look_at_groups(watcher, arena, view, moment);
    outcome_fill(arena, stream, &view->outcome);
    fill_shares(watcher, arena, view);
    histogram_release(&watcher->latency);
    histogram_merge(&watcher->latency, &stream->latency);
    watcher->sent = stream->sent;
    watcher->looked = now;
}

void watcher_release(struct watcher *watcher)
{
    histogram_release(&watcher->latency);
    LIST_RELEASE(&watcher->counts);
}

/* ---- the tray ---- */

void tray_release(struct tray *tray)
{
    if (tray->comparison != NULL)
        arena_release(&tray->comparison->arena);
    free(tray->comparison);
    tray->comparison = NULL;
}

struct comparison *comparison_new(struct call *call)
{
    struct tray *tray = call->tray;
    struct comparison *comparison = tray == NULL
                                        ? arena_alloc(&call->arena, sizeof(*comparison))
                                        : xcalloc(1, sizeof(*comparison));

    comparison->memory = tray == NULL ? &call->arena : &comparison->arena;
    comparison->started = call->world->sim.now;
    comparison->state = "running";
    if (tray != NULL) {
        tray_release(tray);
        tray->comparison = comparison;
        tray->changes++;
    }
    return comparison;
}

struct world *call_copy_world(const struct call *call)
{
    struct str state = STR_INIT;
    const char *error = NULL;
    struct world *world;

    world_pack(call->world, &state);
    world = world_unpack(call->world->catalog, str_text(&state), state.length, &error);
    str_release(&state);
    if (world == NULL)
        BUG("a world that cannot be copied: %s", error);
    condition_wire(world);
    return world;
}

/* ---- describe-comparison ---- */

static const struct fault_kind fault_no_comparison = {
    .code = "NoComparison",
    .text = "Nothing has been compared since this program was started",
    .hint = "lab compare compares up to four copies of this cloud; its help has an example.",
};

static const struct fault_kind *const describe_faults[] = {&fault_no_comparison, NULL};

static const struct field target_fields[] = {
    F_STRING(struct compared_target, id, "Id", "The target.", .flags = FIELD_COLUMN),
    F_STRING(struct compared_target, name, "Name", "The Name tag of the instance; absent without."),
    F_STRING(struct compared_target, group, "TargetGroupName", "Its target group."),
    F_STRING(struct compared_target, zone, "AvailabilityZone", "Where it is."),
    F_STRING(struct compared_target, state, "State", "Its health."),
    F_STRING(struct compared_target, reason, "Reason", "Why, as AWS's code."),
    F_INT(struct compared_target, port, "Port", "Its port."),
    F_INT(struct compared_target, requests, "Requests", "Requests sent to it so far."),
    F_INT(struct compared_target, in_flight, "InFlight", "Of these, not answered yet."),
    F_REAL(struct compared_target, rate, "Rate",
           "Requests a second that it was sent since the moment before."),
    F_OPT_INT(struct compared_target, drained_s, "DrainingSeconds",
              "While it drains: how many seconds are left."),
    F_OPT_INT(struct compared_target, slow_start, "SlowStartPercent",
              "While it is in slow start: the part of a full share that it gets."),
};
static const struct shape target_shape_at =
    SHAPE("ComparedTarget", struct compared_target, target_fields);

static const struct field moment_fields[] = {
    F_REAL(struct compared_moment, second, "Second", "Seconds since the traffic began.",
           .flags = FIELD_COLUMN),
    F_INT(struct compared_moment, sent, "Sent", "Requests sent so far, retries included."),
    F_INT(struct compared_moment, completed, "Completed", "Of these, answered."),
    F_INT(struct compared_moment, failed, "Failed", "Of these, without an answer for good."),
    F_INT(struct compared_moment, errors, "ServerErrors",
          "Of those answered, with a status of 500 or more."),
    F_INT(struct compared_moment, in_flight, "InFlight", "Of these, neither yet.",
          .flags = FIELD_COLUMN),
    F_REAL(struct compared_moment, rate, "Rate",
           "Requests sent a second since the moment before."),
    F_EMBED(struct compared_moment, latency, struct spread_view, &spread_shape, "LatencyMs",
            "What clients felt whose answer came since the moment before."),
    F_LIST(struct compared_moment, targets, struct compared_target, &target_shape_at, "Targets",
           "The targets of the load balancer that the traffic goes to."),
};
static const struct shape moment_shape =
    SHAPE("ComparedMoment", struct compared_moment, moment_fields);

static const struct field group_fields[] = {
    F_STRING(struct compared_group, name, "TargetGroupName", "Its name."),
    F_STRING(struct compared_group, method, "Method",
             "How it chooses a target: a value of load_balancing.algorithm.type, or a method of "
             "lab set-routing-method."),
    F_STRING(struct compared_group, stickiness, "Stickiness",
             "How clients stay with a target; absent when they do not."),
};
static const struct shape group_shape =
    SHAPE("ComparedGroup", struct compared_group, group_fields);

static const struct field share_fields[] = {
    F_STRING(struct share_view, id, "Id", "The target."),
    F_STRING(struct share_view, name, "Name", "The Name tag of the instance; absent without one."),
    F_INT(struct share_view, requests, "Requests", "Requests that the balancer sent it."),
    F_REAL(struct share_view, share, "Share", "Its part of them, 0 to 1."),
};
const struct shape share_shape = SHAPE("VariantTarget", struct share_view, share_fields);

static const struct field variant_fields[] = {
    F_VARIANT_OUTCOME,
    F_STRINGS(struct variant_view, commands, "Commands", "What makes it differ."),
    F_STRING(struct variant_view, balancer, "LoadBalancerName",
             "Where the traffic goes; absent when it goes straight to a server."),
    F_LIST(struct variant_view, groups, struct compared_group, &group_shape, "TargetGroups",
           "The target groups of that load balancer."),
    F_LIST(struct variant_view, moments, struct compared_moment, &moment_shape, "Moments",
           "How it went: the start, and sixty moments evenly after it."),
};
static const struct shape variant_shape =
    SHAPE("ComparedVariant", struct variant_view, variant_fields);

static const struct field comparison_fields[] = {
    F_STRING(struct comparison, url, "Url", "What the clients ask for."),
    F_STRING(struct comparison, distribution, "Distribution", "How the requests are spread."),
    F_REAL(struct comparison, rate, "Rate", "Requests a second."),
    F_REAL(struct comparison, duration, "Duration", "How many seconds of traffic each gets."),
    F_TIME(struct comparison, started, "Started", "The instant of which the worlds are copies."),
    F_STRING(struct comparison, state, "State", "running, completed, or interrupted."),
    F_LIST(struct comparison, variants, struct variant_view, &variant_shape, "Variants",
           "What became of the same traffic in each.", .flags = FIELD_OMIT_EMPTY),
    F_RACE(struct comparison),
};
static const struct shape comparison_shape =
    SHAPE("DescribeComparisonResult", struct comparison, comparison_fields);

static int describe_comparison(struct call *call, const void *in, void *out)
{
    (void)in;
    if (call->tray == NULL || call->tray->comparison == NULL)
        return call_fault(call, &fault_no_comparison);
    *(struct comparison *)out = *call->tray->comparison; /* whose lists stay the tray's */
    return 0;
}

const struct op op_lab_describe_comparison = {
    .name = "DescribeComparison",
    .doc = "Shows the last comparison: the lines of each world, as they grew, moment by moment; or "
           "how far each type is with its workload.",
    .example = "lab describe-comparison --query 'Variants[].[Name,Moments[].InFlight]'",
    .needs = "lab compare --url http://example.com/ --rate 5 --variants Name=now",
    .in = &shape_empty,
    .out = &comparison_shape,
    .faults = describe_faults,
    .run = describe_comparison,
};
