/*
 * api/lab_targets.c - lab: what a target group's targets did, which AWS shows only in sums; and the
 * routing methods that courses teach, AWS's or not.
 */
#include "api/lab_parts.h"

#include "base/str.h"
#include "api/lab_traffic.h"
#include "cloud/target.h"
#include "cloud/world.h"
#include "sim/clock.h"

struct targets_in {
    const char *arn;
};

struct probe_view {
    int64_t time;
    int64_t took_us;
    int64_t code;
    const char *result;
};

struct span_view {
    int64_t time;
    int64_t requests;
    int64_t answered;
    struct opt_real mean_ms;
};

struct target_view {
    const char *id;
    const char *name;
    int64_t port;
    const char *zone;
    const char *state;
    const char *reason;
    const char *description;
    int64_t requests;
    int64_t in_flight;
    struct opt_real share;
    struct spread_view took;
    int64_t next_check;
    int64_t drained;
    struct opt_int drained_s;
    struct opt_int slow_start;
    bool anomalous;
    struct opt_int response_us;
    struct opt_real rate;
    LIST(struct span_view) recent;
    LIST(struct probe_view) probes;
};

struct targets_out {
    LIST(struct target_view) targets;
    struct opt_real spread;
    const char *method;
};

static const struct field targets_in_fields[] = {
    F_STRING(struct targets_in, arn, "TargetGroupArn", "The target group.", .flags = FIELD_REQUIRED,
             .ref = &kind_target_group),
};

static const struct field probe_fields[] = {
    F_TIME(struct probe_view, time, "Time", "When it was sent."),
    F_INT(struct probe_view, took_us, "TookMicroseconds", "How long it took."),
    F_INT(struct probe_view, code, "Code", "The HTTP status; 0: no answer."),
    F_STRING(struct probe_view, result, "Result", "passed, or the reason code of its failure."),
};

static const struct shape probe_shape = SHAPE("Probe", struct probe_view, probe_fields);

static const struct field span_fields[] = {
    F_TIME(struct span_view, time, "Time", "When these five seconds began."),
    F_INT(struct span_view, requests, "Requests", "Requests sent to it."),
    F_INT(struct span_view, answered, "Answered", "Requests that it answered."),
    F_REAL(struct span_view, mean_ms, "MeanMs", "What these took, on average, as TargetMs.",
           .flags = FIELD_NULL),
};

static const struct shape span_shape = SHAPE("RecentSpan", struct span_view, span_fields);

static const struct field target_fields[] = {
    F_STRING(struct target_view, id, "Id", "The target.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct target_view, name, "Name", "The Name tag of the instance; absent without one."),
    F_INT(struct target_view, port, "Port", "Its port.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, zone, "AvailabilityZone", "Where it is.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, state, "State", "Its health.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, reason, "Reason", "Why, as AWS's code.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, description, "Description", "Why, in AWS's words."),
    F_INT(struct target_view, requests, "Requests", "Requests that the balancer sent it.",
          .flags = FIELD_COLUMN),
    F_INT(struct target_view, in_flight, "InFlight", "Of these, not answered yet.",
          .flags = FIELD_COLUMN),
    F_REAL(struct target_view, share, "Share", "Its part of the group's requests, 0 to 1."),
    F_EMBED(struct target_view, took, struct spread_view, &spread_shape, "TargetMs",
            "From arrival at the target until its answer, of requests through the balancer."),
    F_TIME(struct target_view, next_check, "NextCheck", "When its next health check is due."),
    F_TIME(struct target_view, drained, "DrainingUntil", "When it has drained."),
    F_OPT_INT(struct target_view, drained_s, "DrainingSeconds",
              "How many seconds of draining are left; absent when it is not draining."),
    F_OPT_INT(struct target_view, slow_start, "SlowStartPercent",
              "In slow start: the part of a full share that it gets now; absent otherwise."),
    F_BOOL(struct target_view, anomalous, "Anomalous", "It fails more often than the others."),
    F_OPT_INT(struct target_view, response_us, "ResponseMicroseconds",
              "What its answers took, smoothed: what least response time looks at."),
    F_REAL(struct target_view, rate, "Rate",
           "Requests a second that it was sent in the last whole five seconds."),
    F_LIST(struct target_view, recent, struct span_view, &span_shape, "Recent",
           "Its last minute, in twelve spans of five seconds, oldest first."),
    F_LIST(struct target_view, probes, struct probe_view, &probe_shape, "Probes",
           "Its last health checks, oldest first."),
};

static const struct shape target_view_shape = SHAPE("LabTarget", struct target_view, target_fields);

static const struct field targets_out_fields[] = {
    F_LIST(struct targets_out, targets, struct target_view, &target_view_shape, "Targets",
           "The targets."),
    F_REAL(struct targets_out, spread, "ShareSpread",
           "The largest share less the smallest; null before the first request.",
           .flags = FIELD_NULL),
    F_STRING(struct targets_out, method, "Method",
             "How a target is chosen: a value of load_balancing.algorithm.type, or a method of "
             "lab set-routing-method that AWS does not have."),
};

static const struct shape targets_in_shape =
    SHAPE("DescribeTargetsRequest", struct targets_in, targets_in_fields);
static const struct shape targets_out_shape =
    SHAPE("DescribeTargetsResult", struct targets_out, targets_out_fields);

static const struct fault_kind *const targets_faults[] = {&fault_target_group_not_found, NULL};

static void view_probes(struct call *call, const struct target *target, struct target_view *view)
{
    for (uint32_t i = 0; i < target->last.count; i++) {
        const struct target_probe *probe = &target->last.items[i];

        *LIST_PUSH_IN(&call->arena, &view->probes) = (struct probe_view){
            .time = probe->time,
            .took_us = probe->took / 1000,
            .code = probe->code,
            .result = probe->reason == HEALTH_NONE ? "passed" : target_reason_code(probe->reason),
        };
    }
}

/* The twelve spans that are over. */
static void view_recent(struct call *call, const struct target *target, struct target_view *view)
{
    int64_t now = call->world->sim.now / TARGET_SPAN_NS;
    double seconds = (double)TARGET_SPAN_NS / (double)SECOND_NS;

    for (int64_t number = now - TARGET_SPANS + 1; number < now; number++) {
        const struct target_span *span = target_span_find(target, number);
        struct span_view *shown = LIST_PUSH_IN(&call->arena, &view->recent);

        *shown = (struct span_view){.time = number * TARGET_SPAN_NS};
        if (span != NULL) {
            shown->requests = span->sent;
            shown->answered = span->answered;
        }
        if (span != NULL && span->answered > 0)
            shown->mean_ms = OPT_REAL((double)span->took / (double)span->answered /
                                      (double)MILLISECOND_NS);
        view->rate = OPT_REAL((double)shown->requests / seconds);
    }
}

static struct target_groups *groups_of(struct call *call)
{
    return &call->world->targets;
}

static const char *target_description(struct call *call, const struct target *target)
{
    const struct instance *instance = instance_any(&call->world->instances, target->instance);

    return target_reason_text(&call->arena, target->reason, target->code,
                              instance == NULL ? "" : instance_state_name(instance->state));
}

static void view_target(struct call *call, const struct target *target, struct target_view *view)
{
    const struct instance *instance;

    *view = (struct target_view){
        .id = target_id_text(&call->arena, target),
        .port = target->port,
        .zone = catalog_zone_name(call->world->catalog, target->zone),
        .state = target_state_name(target->state),
        .reason = target_reason_code(target->reason),
        .description = target_description(call, target),
        .requests = (int64_t)target->requests,
        .in_flight = (int64_t)target->in_flight,
        .took = spread_of(&target->times),
        .next_check = target_next_check(groups_of(call), target),
        .drained = target->state == TARGET_DRAINING ? target->drained : 0,
        .anomalous = target->anomalous,
    };
    if (view->drained != 0)
        view->drained_s = OPT_INT((view->drained - call->world->sim.now) / SECOND_NS);
    if (target_slow_start_percent(groups_of(call), target) < 100)
        view->slow_start = OPT_INT(target_slow_start_percent(groups_of(call), target));
    if (target->response > 0)
        view->response_us = OPT_INT(target->response / 1000);
    instance = instance_any(&call->world->instances, target->instance);
    view->name = instance == NULL ? NULL : tags_find(&instance->tags, "Name");
    view_probes(call, target, view);
    view_recent(call, target, view);
}

/* Shares are answers, not state: reals are fine here. */
static void add_shares(struct targets_out *answer)
{
    double total = 0;
    double least = 1;
    double most = 0;

    for (uint32_t i = 0; i < answer->targets.count; i++)
        total += (double)answer->targets.items[i].requests;
    if (total == 0)
        return;
    for (uint32_t i = 0; i < answer->targets.count; i++) {
        struct target_view *view = &answer->targets.items[i];
        double share = (double)view->requests / total;

        view->share = OPT_REAL(share);
        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    answer->spread = OPT_REAL(most - least);
}

static int describe_targets(struct call *call, const void *in, void *out)
{
    const struct targets_in *wish = in;
    struct target_groups *groups = groups_of(call);
    const struct target_group *group =
        target_group_find_arn(groups, call->account, call->region, wish->arn, &call->fault);
    struct targets_out *answer = out;

    if (group == NULL)
        return -1;
    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target =
            table_get(&groups->targets, (uint64_t)group->targets.items[i]);

        view_target(call, target, LIST_PUSH_IN(&call->arena, &answer->targets));
    }
    answer->method = target_group_method(group);
    add_shares(answer);
    return 0;
}

const struct op op_lab_describe_targets = {
    .name = "DescribeTargets",
    .doc = "Shows each target of a group: its health, its last checks, the requests it was sent.",
    .example = "lab describe-targets --target-group-arn $TG",
    .needs = "VPC=$(aws ec2 describe-vpcs --query Vpcs[0].VpcId --output text) ; TG=$(aws elbv2 "
             "create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC --query "
             "TargetGroups[0].TargetGroupArn --output text)",
    .in = &targets_in_shape,
    .out = &targets_out_shape,
    .faults = targets_faults,
    .run = describe_targets,
};

/* ---- set-routing-method ---- */

struct method_in {
    const char *arn;
    const char *method;
};

struct method_out {
    const char *method;
    const char *at_aws;
};

static const char *const method_words[] = {"round-robin", "least-connections", "ip-hash",
                                           "least-response-time", NULL};

static const struct field method_in_fields[] = {
    F_STRING(struct method_in, arn, "TargetGroupArn", "The target group.", .flags = FIELD_REQUIRED,
             .ref = &kind_target_group),
    F_STRING(struct method_in, method, "Method", "How targets are chosen.",
             .flags = FIELD_REQUIRED, .words = method_words),
};

static const struct field method_out_fields[] = {
    F_STRING(struct method_out, method, "Method", "How targets are chosen.",
             .flags = FIELD_COLUMN),
    F_STRING(struct method_out, at_aws, "AtAws",
             "Which value of load_balancing.algorithm.type does the same at AWS, or that none "
             "does: the method is taught, and not offered.",
             .flags = FIELD_COLUMN),
};

static const struct shape method_in_shape =
    SHAPE("SetRoutingMethodRequest", struct method_in, method_in_fields);
static const struct shape method_out_shape =
    SHAPE("SetRoutingMethodResult", struct method_out, method_out_fields);

static int set_routing_method(struct call *call, const void *in, void *out)
{
    const struct method_in *wish = in;
    struct target_groups *groups = groups_of(call);
    struct target_group *group =
        target_group_find_arn(groups, call->account, call->region, wish->arn, &call->fault);
    const struct routing_method *method = routing_methods;
    struct method_out *answer = out;

    if (group == NULL)
        return -1;
    while (!str_equal(method->name, wish->method))
        method++;
    target_group_set_method(groups, group, method);
    answer->method = method->name;
    answer->at_aws = method->attribute == NULL ? "taught, not offered by an ALB"
                                               : method->attribute;
    return 0;
}

const struct op op_lab_set_routing_method = {
    .name = "SetRoutingMethod",
    .doc = "Makes a target group choose by one of the routing methods of courses, of which AWS "
           "offers two.",
    .example = "lab set-routing-method --target-group-arn $TG --method ip-hash",
    .needs = "VPC=$(aws ec2 describe-vpcs --query Vpcs[0].VpcId --output text) ; TG=$(aws elbv2 "
             "create-target-group --name web --protocol HTTP --port 80 --vpc-id $VPC --query "
             "TargetGroups[0].TargetGroupArn --output text)",
    .in = &method_in_shape,
    .out = &method_out_shape,
    .faults = targets_faults,
    .flags = OP_WRITE,
    .run = set_routing_method,
};
