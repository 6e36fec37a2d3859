/*
 * cloud/target_group.c - target groups: what they are, how they check, and the rows of their
 * targets.
 *
 * Owns    struct target_group and struct target.
 * True to CreateTargetGroup and ModifyTargetGroup for groups with targets of type instance or ip;
 * SEMANTICS c1 and c2.  Refused by name: lambda, alb, gRPC, GENEVE, QUIC.
 */
#include "cloud/target_group.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"

static const struct fault_kind name_taken, too_many_groups, group_in_use;

/* What a group's checks will be, before anything is changed. */
struct checks {
    const char *protocol;
    const char *port;
    const char *path;
    const char *matcher;
    int64_t interval_s;
    int64_t timeout_s;
    int64_t healthy;
    int64_t unhealthy;
};

static int refuse(struct fault *fault, const char *text)
{
    return fault_set(fault, &fault_elb_validation, text);
}

int elb_refusef(struct fault *fault, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return refuse(fault, text);
}

uint32_t zone_bit(uint8_t zone)
{
    return UINT32_C(1) << (zone % ZONES_PER_REGION);
}

/* ---- matchers ---- */

/* Reads "200" or "200-299" and moves on; false when it is neither. */
static bool matcher_part(const char **text, long *low, long *high)
{
    char *end;

    if ((*text)[0] < '0' || (*text)[0] > '9')
        return false;
    *low = *high = strtol(*text, &end, 10);
    if (*end == '-') {
        if (end[1] < '0' || end[1] > '9')
            return false;
        *high = strtol(end + 1, &end, 10);
    }
    *text = end;
    return *low <= *high;
}

bool matcher_holds(const char *matcher, uint16_t status)
{
    long low;
    long high;

    while (matcher_part(&matcher, &low, &high)) {
        if (status >= low && status <= high)
            return true;
        if (*matcher != ',')
            return false;
        matcher++;
    }
    return false;
}

static bool matcher_is_valid(const char *matcher, long most)
{
    long low;
    long high;

    if (strlen(matcher) > 64)
        return false;
    while (matcher_part(&matcher, &low, &high)) {
        if (low < 200 || high > most)
            return false;
        if (*matcher == '\0')
            return true;
        if (*matcher != ',')
            return false;
        matcher++;
    }
    return false;
}

/* ---- checking wishes ---- */

static bool is_http(const char *protocol)
{
    return str_equal(protocol, "HTTP") || str_equal(protocol, "HTTPS");
}

/* What is checked over HTTP: path and status; a TCP check has neither. */
static int http_is_valid(const struct checks *checks, bool network, struct fault *fault)
{
    if (checks->path[0] != '/' || strlen(checks->path) > 1024)
        return elb_refusef(fault, "Health check path '%.80s' must begin with a '/' character",
                           checks->path);
    if (!matcher_is_valid(checks->matcher, network ? 599 : 499))
        return elb_refusef(
            fault, "Health check matcher HTTP code '%.64s' must be within '200-%d' inclusive",
            checks->matcher, network ? 599 : 499);
    return 0;
}

static int checks_are_valid(const struct checks *checks, bool network, struct fault *fault)
{
    char *end;

    if (!is_http(checks->protocol) && !(network && str_equal(checks->protocol, "TCP")))
        return elb_refusef(fault, "Health check protocol '%s' must be one of 'HTTP, HTTPS%s'",
                           checks->protocol, network ? ", TCP" : "");
    if (!str_equal(checks->port, "traffic-port")) {
        long port = strtol(checks->port, &end, 10);

        if (*checks->port < '0' || *checks->port > '9' || *end != '\0' || port < 1 || port > 65535)
            return elb_refusef(
                fault,
                "Health check port '%.40s' must be 'traffic-port' or a number between 1 and 65535",
                checks->port);
    }
    if (checks->interval_s < 5 || checks->interval_s > 300)
        return elb_refusef(fault, "Health check interval '%lld' must be between '5-300' inclusive",
                           (long long)checks->interval_s);
    if (checks->timeout_s < 2 || checks->timeout_s > 120)
        return elb_refusef(fault, "Health check timeout '%lld' must be between '2-120' inclusive",
                           (long long)checks->timeout_s);
    if (checks->timeout_s >= checks->interval_s)
        return elb_refusef(fault,
                           "Health check timeout '%lld' must be smaller than the interval '%lld'",
                           (long long)checks->timeout_s, (long long)checks->interval_s);
    if (checks->healthy < 2 || checks->healthy > 10)
        return elb_refusef(fault, "Healthy threshold '%lld' must be between '2-10' inclusive",
                           (long long)checks->healthy);
    if (checks->unhealthy < 2 || checks->unhealthy > 10)
        return elb_refusef(fault, "Unhealthy threshold '%lld' must be between '2-10' inclusive",
                           (long long)checks->unhealthy);
    if (is_http(checks->protocol))
        return http_is_valid(checks, network, fault);
    if (*checks->path != '\0' || *checks->matcher != '\0')
        return refuse(fault, "Health check path and matcher cannot be specified for TCP health "
                             "checks");
    return 0;
}

/* SEMANTICS c1: what a group checks when nothing is said. */
static struct checks checks_preset(const char *protocol, const struct target_group_checks *wish)
{
    bool network = protocol != NULL && !is_http(protocol);
    const char *check = wish->protocol != NULL ? wish->protocol : network ? "TCP" : "HTTP";
    bool http = is_http(check);

    return (struct checks){
        .protocol = check,
        .port = "traffic-port",
        .path = http ? "/" : "",
        .matcher = !http ? "" : network ? "200-399" : "200",
        .interval_s = 30,
        .timeout_s = !network ? 5 : str_equal(check, "HTTP") ? 6 : 10,
        .healthy = 5,
        .unhealthy = 2,
    };
}

static void checks_overlay(struct checks *checks, const struct target_group_checks *wish)
{
    if (wish->protocol != NULL)
        checks->protocol = wish->protocol;
    if (wish->port != NULL)
        checks->port = wish->port;
    if (wish->path != NULL)
        checks->path = wish->path;
    if (wish->matcher != NULL)
        checks->matcher = wish->matcher;
    if (wish->interval_s.set)
        checks->interval_s = wish->interval_s.value;
    if (wish->timeout_s.set)
        checks->timeout_s = wish->timeout_s.value;
    if (wish->healthy_threshold.set)
        checks->healthy = wish->healthy_threshold.value;
    if (wish->unhealthy_threshold.set)
        checks->unhealthy = wish->unhealthy_threshold.value;
}

static int enabled_is_valid(const struct target_group_checks *wish, struct fault *fault)
{
    if (!wish->enabled.set || wish->enabled.value)
        return 0;
    return refuse(
        fault, "Health check enabled must be true for target groups with target type 'instance'");
}

static int name_is_valid(const char *name, struct fault *fault)
{
    size_t length = strlen(name);

    if (length == 0)
        return refuse(fault, "A target group name must be specified");
    if (length > 32)
        return elb_refusef(fault, "Target group name '%.80s' cannot be longer than '32' characters",
                           name);
    for (size_t i = 0; i < length; i++) {
        char c = name[i];

        if (c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
            return elb_refusef(
                fault,
                "Target group name '%s' can only contain characters that are alphanumeric "
                "characters or hyphens(-)",
                name);
    }
    if (name[0] == '-' || name[length - 1] == '-')
        return elb_refusef(fault, "Target group name '%s' cannot begin or end with '-'", name);
    return 0;
}

static bool is_known(const char *protocol)
{
    static const char *const known[] = {"HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_equal(known[i], protocol))
            return true;
    return false;
}

static int kind_is_valid(const struct target_group_new *wish, struct fault *fault)
{
    if (wish->type != NULL && !str_equal(wish->type, "instance") && !str_equal(wish->type, "ip"))
        return elb_refusef(
            fault, "Target type '%.40s' is not supported here; use 'instance' or 'ip'", wish->type);
    if (wish->protocol == NULL)
        return refuse(fault, "A protocol must be specified");
    if (!is_known(wish->protocol))
        return elb_refusef(fault,
                           "Protocol '%.40s' is not supported here; use 'HTTP', 'HTTPS', 'TCP', "
                           "'TLS', 'UDP' or 'TCP_UDP'",
                           wish->protocol);
    if (wish->protocol_version != NULL && !is_http(wish->protocol))
        return elb_refusef(fault, "A protocol version cannot be specified for %s target groups",
                           wish->protocol);
    if (wish->protocol_version != NULL && !str_equal(wish->protocol_version, "HTTP1"))
        return elb_refusef(fault, "Protocol version '%.40s' is not supported here; use 'HTTP1'",
                           wish->protocol_version);
    if (!wish->port.set)
        return refuse(fault, "A port must be specified");
    if (wish->port.value < 1 || wish->port.value > 65535)
        return elb_refusef(fault, "Port '%lld' must be between '1-65535' inclusive",
                           (long long)wish->port.value);
    if (wish->vpc == 0)
        return refuse(fault, "A VPC ID must be specified");
    return 0;
}

/* AWS answers a second wish that is equal in all with the group that there is. */
static bool is_same(const struct target_group *group, const struct target_group_new *wish,
                    const struct checks *checks)
{
    return group->vpc == wish->vpc && str_equal(group->protocol, wish->protocol) &&
           group->port == wish->port.value &&
           str_equal(group->type, wish->type ? wish->type : "instance") &&
           str_equal(group->check_protocol, checks->protocol) &&
           str_equal(group->check_port, checks->port) &&
           str_equal(group->check_path, checks->path) &&
           str_equal(group->matcher, checks->matcher) &&
           group->check_interval_s == checks->interval_s &&
           group->check_timeout_s == checks->timeout_s &&
           group->healthy_threshold == checks->healthy &&
           group->unhealthy_threshold == checks->unhealthy;
}

/* ---- making and changing ---- */

static void string_set(char **to, const char *text)
{
    char *copy;

    if (str_equal(*to, text))
        return;
    copy = xstrdup(text);
    free(*to);
    *to = copy;
}

static void checks_set(struct target_group *group, const struct checks *checks)
{
    string_set(&group->check_protocol, checks->protocol);
    string_set(&group->check_port, checks->port);
    string_set(&group->check_path, checks->path);
    string_set(&group->matcher, checks->matcher);
    group->check_interval_s = (uint32_t)checks->interval_s;
    group->check_timeout_s = (uint32_t)checks->timeout_s;
    group->healthy_threshold = (uint32_t)checks->healthy;
    group->unhealthy_threshold = (uint32_t)checks->unhealthy;
}

static int64_t group_count(const struct target_groups *groups, uint64_t account, uint8_t region)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        const struct target_group *group = table_at(&groups->groups, i);

        count += group->account == account && group->region == region;
    }
    return count;
}

struct target_group *target_group_add(struct target_groups *groups,
                                      const struct target_group_new *wish, struct fault *fault)
{
    struct checks checks = checks_preset(wish->protocol, &wish->checks);
    bool network = wish->protocol != NULL && !is_http(wish->protocol);
    const char *name = wish->name == NULL ? "" : wish->name;
    struct target_group *group;

    checks_overlay(&checks, &wish->checks);
    if (name_is_valid(name, fault) != 0 || kind_is_valid(wish, fault) != 0 ||
        enabled_is_valid(&wish->checks, fault) != 0 ||
        checks_are_valid(&checks, network, fault) != 0)
        return NULL;
    group = target_group_find_name(groups, wish->account, wish->region, name);
    if (group != NULL && is_same(group, wish, &checks))
        return group;
    if (group != NULL) {
        fault_set(fault, &name_taken, name);
        return NULL;
    }
    if (group_count(groups, wish->account, wish->region) >=
        account_quota(groups->accounts, wish->account, QUOTA_TARGET_GROUPS)) {
        fault_set(fault, &too_many_groups);
        return NULL;
    }
    group = table_add(&groups->groups, ids_new(groups->ids));
    group->account = wish->account;
    group->vpc = wish->vpc;
    group->region = wish->region;
    group->created = groups->sim->now;
    group->name = xstrdup(name);
    group->protocol = xstrdup(wish->protocol);
    group->protocol_version = xstrdup(network ? "" : "HTTP1");
    group->type = xstrdup(wish->type == NULL ? "instance" : wish->type);
    group->port = (uint16_t)wish->port.value;
    group->delay_s = 300;
    group->algorithm = ALGORITHM_ROUND_ROBIN;
    group->luck = chance_stream(groups->seed, "target-group", group->id);
    checks_set(group, &checks);
    target_policy_preset(group);
    return group;
}

int target_group_change(struct target_groups *groups, struct target_group *group,
                        const struct target_group_checks *wish, struct fault *fault)
{
    struct checks checks = {
        group->check_protocol,    group->check_port,          group->check_path,
        group->matcher,           group->check_interval_s,    group->check_timeout_s,
        group->healthy_threshold, group->unhealthy_threshold,
    };

    (void)groups;
    if (wish->protocol != NULL && is_http(wish->protocol) != is_http(checks.protocol)) {
        checks.path = is_http(wish->protocol) ? "/" : "";
        checks.matcher = is_http(wish->protocol) ? "200-399" : "";
    }
    checks_overlay(&checks, wish);
    if (enabled_is_valid(wish, fault) != 0 ||
        checks_are_valid(&checks, target_group_is_network(group), fault) != 0)
        return -1;
    checks_set(group, &checks);
    return 0;
}

int target_group_remove(struct target_groups *groups, struct target_group *group,
                        struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    if (group->balancer != 0) {
        fault_set(fault, &group_in_use, target_group_arn(groups, &arena, group));
        arena_release(&arena);
        return -1;
    }
    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target =
            table_get(&groups->targets, (uint64_t)group->targets.items[i]);

        sim_cancel(groups->sim, target->step);
        sim_cancel(groups->sim, target->probe);
        table_remove(&groups->targets, target->id);
    }
    table_remove(&groups->groups, group->id);
    return 0;
}

/* ---- finding ---- */

struct target_group *target_group_find(const struct target_groups *groups, uint64_t account,
                                       uint8_t region, uint64_t id)
{
    struct target_group *group = table_find(&groups->groups, id);

    return group != NULL && group->account == account && group->region == region ? group : NULL;
}

struct target_group *target_group_find_name(const struct target_groups *groups, uint64_t account,
                                            uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        struct target_group *group = table_at(&groups->groups, i);

        if (group->account == account && group->region == region && str_equal(group->name, name))
            return group;
    }
    return NULL;
}

struct target_group *target_group_find_arn(const struct target_groups *groups, uint64_t account,
                                           uint8_t region, const char *arn, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct target_group *found = NULL;
    const char *digits = strrchr(arn, '/');

    if (!str_starts(arn, "arn:aws:elasticloadbalancing:") || strstr(arn, ":targetgroup/") == NULL) {
        elb_refusef(fault, "'%.300s' is not a valid target group ARN", arn);
        return NULL;
    }
    if (digits != NULL && strlen(digits) == 17)
        found = target_group_find(groups, account, region, strtoull(digits + 1, NULL, 16));
    if (found != NULL && !str_equal(target_group_arn(groups, &arena, found), arn))
        found = NULL;
    arena_release(&arena);
    if (found == NULL)
        fault_set(fault, &fault_target_group_not_found);
    return found;
}

const char *target_group_arn(const struct target_groups *groups, struct arena *arena,
                             const struct target_group *group)
{
    return arena_printf(arena, "arn:aws:elasticloadbalancing:%s:%012llu:targetgroup/%s/%016llx",
                        groups->catalog->regions[group->region].name,
                        (unsigned long long)group->account, group->name,
                        (unsigned long long)group->id);
}

void target_groups_init(struct target_groups *groups)
{
    table_init(&groups->groups, &target_group_shape);
    table_init(&groups->targets, &target_shape);
    table_init(&groups->flows, &flow_shape);
}

void target_groups_release(struct target_groups *groups)
{
    table_release(&groups->groups);
    table_release(&groups->targets);
    table_release(&groups->flows);
    LIST_RELEASE(&groups->members);
}

static bool group_is_sound(const struct target_groups *groups, const struct target_group *group)
{
    if (group->region >= groups->catalog->region_count || group->name == NULL ||
        group->protocol == NULL || group->protocol_version == NULL || group->type == NULL ||
        group->check_protocol == NULL || group->check_port == NULL || group->check_path == NULL ||
        group->matcher == NULL || group->check_interval_s == 0 ||
        group->check_timeout_s >= group->check_interval_s)
        return false;
    for (uint32_t i = 0; i < group->targets.count; i++) {
        const struct target *target =
            table_find(&groups->targets, (uint64_t)group->targets.items[i]);

        if (target == NULL || target->group != group->id)
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (group->targets.items[j] == group->targets.items[i])
                return false;
    }
    return true;
}

bool target_groups_restore(struct target_groups *groups)
{
    uint32_t listed = 0;

    for (uint32_t i = 0; i < table_count(&groups->groups); i++) {
        struct target_group *group = table_at(&groups->groups, i);

        if (!group_is_sound(groups, group))
            return false;
        target_policy_derive(group);
        listed += group->targets.count;
    }
    return listed == table_count(&groups->targets) &&
           flows_restore(&groups->flows, groups->sim->now);
}

/* ---- tables ---- */

static const struct field probe_fields[] = {
    F_TIME(struct target_probe, time, "Time", "When it was sent."),
    F_INT(struct target_probe, took, "Took", "How long the answer took, in nanoseconds."),
    F_INT(struct target_probe, request, "Request", "The request that it was."),
    F_INT(struct target_probe, code, "Code", "HTTP status of the answer."),
    F_INT(struct target_probe, reason, "Reason", "Why it failed."),
};
static const struct shape probe_shape = SHAPE("TargetProbe", struct target_probe, probe_fields);

static const struct field span_fields[] = {
    F_INT(struct target_span, number, "Number", "Which five seconds."),
    F_INT(struct target_span, sent, "Sent", "Requests sent to it."),
    F_INT(struct target_span, answered, "Answered", "Requests that it answered."),
    F_INT(struct target_span, took, "Took", "How long these took together, in nanoseconds."),
};
static const struct shape span_shape = SHAPE("TargetSpan", struct target_span, span_fields);

static const struct field target_fields[] = {
    F_INT(struct target, id, "Id", "The target."),
    F_INT(struct target, group, "Group", "Its target group."),
    F_INT(struct target, instance, "Instance", "Its instance."),
    F_TIME(struct target, registered, "Registered", "When it was registered."),
    F_TIME(struct target, changed, "Changed", "When its state became what it is."),
    F_TIME(struct target, next_check, "NextCheck", "When its next check is due."),
    F_TIME(struct target, drained, "Drained", "When its draining ends."),
    F_INT(struct target, step, "Step", "Its pending step."),
    F_INT(struct target, probe, "Probe", "Its next check."),
    F_INT(struct target, probing, "Probing", "The check under way."),
    F_TIME(struct target, probe_sent, "ProbeSent", "When the check under way was sent."),
    F_INT(struct target, probes, "Probes", "Checks sent so far."),
    F_INT(struct target, requests, "Requests", "Requests sent to it."),
    F_INT(struct target, in_flight, "InFlight", "Requests that it has not answered yet."),
    F_INT(struct target, answered, "Answered", "Requests that it answered."),
    F_INT(struct target, errors, "Errors", "Requests that failed because of it."),
    F_EMBED(struct target, times, struct histogram, &histogram_shape, "Times",
            "How long its answers took."),
    F_INT(struct target, address, "Address", "Its address, when it is a target by address."),
    F_INT(struct target, reach, "Reach", "The address that requests go to."),
    F_INT(struct target, passed, "Passed", "Checks passed in a row."),
    F_INT(struct target, failed, "Failed", "Checks failed in a row."),
    F_INT(struct target, port, "Port", "Its port."),
    F_INT(struct target, code, "Code", "The status that made it unhealthy."),
    F_INT(struct target, zone, "Zone", "Its Availability Zone."),
    F_INT(struct target, state, "State", "Its health."),
    F_INT(struct target, reason, "Reason", "Why."),
    F_BOOL(struct target, anomalous, "Anomalous", "It fails more often than the others."),
    F_TIME(struct target, warm, "Warm", "When its slow start began."),
    F_INT(struct target, turn_ppm, "TurnPpm", "The part of a turn that it has in slow start."),
    F_INT(struct target, weight_ppm, "WeightPpm", "What mitigation takes off its weight."),
    F_INT(struct target, seen, "Seen", "Answers in this window."),
    F_INT(struct target, failed_seen, "FailedSeen", "Errors in this window."),
    F_INT(struct target, response, "Response", "What its answers took, smoothed."),
    F_LIST(struct target, last, struct target_probe, &probe_shape, "Last", "Its last checks."),
    F_LIST(struct target, spans, struct target_span, &span_shape, "Spans", "Its last minute."),
};
const struct shape target_shape = SHAPE("Target", struct target, target_fields);

static const struct field target_group_fields[] = {
    F_INT(struct target_group, id, "Id", "The target group."),
    F_INT(struct target_group, account, "Account", "Whose it is."),
    F_INT(struct target_group, vpc, "Vpc", "Its VPC."),
    F_TIME(struct target_group, created, "Created", "When it was made."),
    F_INT(struct target_group, balancer, "Balancer", "The load balancer that uses it."),
    F_INT(struct target_group, turn, "Turn", "Whose turn it is."),
    F_INT(struct target_group, last, "Last", "Who had the last turn."),
    F_INTS(struct target_group, targets, "Targets", "Its targets."),
    F_STRING(struct target_group, name, "Name", "Its name."),
    F_STRING(struct target_group, protocol, "Protocol", "Its protocol."),
    F_STRING(struct target_group, protocol_version, "ProtocolVersion", "The version of HTTP."),
    F_STRING(struct target_group, type, "Type", "What its targets are."),
    F_STRING(struct target_group, check_protocol, "CheckProtocol",
             "Protocol of its health checks."),
    F_STRING(struct target_group, check_port, "CheckPort", "Port of its health checks."),
    F_STRING(struct target_group, check_path, "CheckPath", "Path of its health checks."),
    F_STRING(struct target_group, matcher, "Matcher", "Statuses that mean healthy."),
    F_INT(struct target_group, check_interval_s, "CheckInterval", "Seconds between health checks."),
    F_INT(struct target_group, check_timeout_s, "CheckTimeout",
          "Seconds that a health check may take."),
    F_INT(struct target_group, healthy_threshold, "HealthyThreshold",
          "Passed checks that make it healthy."),
    F_INT(struct target_group, unhealthy_threshold, "UnhealthyThreshold",
          "Failed checks that make it unhealthy."),
    F_INT(struct target_group, delay_s, "Delay", "Seconds of draining."),
    F_INT(struct target_group, zones, "Zones", "Zones of the load balancer."),
    F_INT(struct target_group, port, "Port", "Its port."),
    F_INT(struct target_group, region, "Region", "Its Region."),
    F_INT(struct target_group, algorithm, "Algorithm", "How it chooses."),
    F_EMBED(struct target_group, luck, struct chance, &chance_shape, "Luck",
            "Its stream of chance."),
    F_TIME(struct target_group, window, "Window", "When this window of detection ends."),
    F_BOOL(struct target_group, serving, "Serving", "The load balancer is active."),
    F_EMBED(struct target_group, attributes, struct attributes, &attributes_shape, "Attributes",
            "What was set."),
    F_EMBED(struct target_group, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_LIST(struct target_group, meters, struct zone_meter, &zone_meter_shape, "Meters",
           "What its targets did since CloudWatch looked."),
    F_INTS(struct target_group, zone_turns, "ZoneTurns", "Whose turn it is in each zone."),
};
const struct shape target_group_shape =
    SHAPE("TargetGroup", struct target_group, target_group_fields);

const struct fault_kind fault_elb_validation = {
    .code = "ValidationError",
    .text = "{}",
    .hint = "The message names the value and what it may be.",
};
const struct fault_kind fault_target_group_not_found = {
    .code = "TargetGroupNotFound",
    .text = "One or more target groups not found",
    .hint = "`aws elbv2 describe-target-groups` lists those that there are.",
};
const struct fault_kind fault_target_group_missing = {
    .code = "TargetGroupNotFound",
    .text = "Target group '{}' not found",
    .hint = "`aws elbv2 describe-target-groups` lists those that there are.",
};
static const struct fault_kind name_taken = {
    .code = "DuplicateTargetGroupName",
    .text = "A target group with the same name '{}' exists, but with different settings",
    .hint = "Names are unique in a Region: choose another, or delete the old group.",
};
static const struct fault_kind too_many_groups = {
    .code = "TooManyTargetGroups",
    .text = "The maximum number of target groups has been reached",
    .hint = "Delete groups that nothing uses, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind group_in_use = {
    .code = "ResourceInUse",
    .text = "Target group '{}' is currently in use by a listener or a rule",
    .hint = "Delete the listener first, or give it another default action.",
};
