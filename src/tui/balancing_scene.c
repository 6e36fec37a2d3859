/*
 * tui/balancing_scene.c - what there is to see of load balancing: one scene for the view in AWS's
 * words and the one of the coffee shop, so that their numbers are the same.
 *
 * Asks elbv2 DescribeLoadBalancers, DescribeListeners, DescribeTargetGroups, DescribeTargetHealth
 * and DescribeTargetGroupAttributes, wafv2 GetWebACLForResource, lab DescribeTargets (what each
 * target got, how long it took of late, and when it is looked at next), ListRequests (why),
 * DescribeTraffic (who is on the way), and DescribeServers where there is no balancer.
 */
#include "tui/balancing_scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/clock.h"
#include "tui/answer.h"

enum { BALANCING_REQUESTS = 8, NEW_NODE_TAKES = 1000 };

/* Asks about one thing by its ARN. */
static json_t *ask_one(const struct view_source *source, const struct view_question *question,
                       const char *member, const char *arn)
{
    json_t *params = json_pack("{s:s}", member, arn);
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = question->service,
                                                      .op = question->op,
                                                      .params = params,
                                                  });

    json_decref(params);
    return answer;
}

struct building {
    struct balancing_scene *scene;
    const struct view_source *source;
    json_t *groups; /* the answer; owned by the caller */
};

/* What lab describe-targets knows of a target; NULL when nothing. */
static json_t *find_target(json_t *answer, const char *id, int64_t port)
{
    json_t *target;
    size_t i;

    json_array_foreach(answer_list(answer, "Targets"), i, target) {
        if (strcmp(answer_text(target, "Id"), id) == 0 && answer_int(target, "Port") == port)
            return target;
    }
    return NULL;
}

/* "08:00:12" of a time in an answer; "" when there is none. */
static const char *time_text(struct arena *arena, json_t *answer, const char *path)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t time;

    if (!clock_parse(answer_text(answer, path), &time))
        return "";
    return arena_strdup(arena, clock_format(time, CLOCK_TIME, text));
}

/* -1: there is no such member. */
static int64_t int_or_none(json_t *answer, const char *path)
{
    return answer_at(answer, path) == NULL ? -1 : answer_int(answer, path);
}

static double rate_of(json_t *answer)
{
    json_t *rate = answer_at(answer, "Rate");

    return json_is_number(rate) ? json_number_value(rate) : -1;
}

static void fill_took(struct balancing_group *group, struct balancing_target *target,
                      json_t *known)
{
    json_t *spans = answer_list(known, "Recent");

    for (size_t i = 0; i < BALANCING_SPANS; i++) {
        json_t *mean = answer_at(json_array_get(spans, i), "MeanMs");

        target->took_ms[i] = json_is_number(mean) ? json_number_value(mean) : NAN;
        if (target->took_ms[i] > group->most_ms)
            group->most_ms = target->took_ms[i];
    }
}

static void add_target(struct building *building, struct balancing_group *group, json_t *health,
                       json_t *targets)
{
    struct arena *arena = &building->scene->arena;
    const char *id = answer_text(health, "Target.Id");
    json_t *known = find_target(targets, id, answer_int(health, "Target.Port"));
    const char *name = answer_text(known, "Name");

    *LIST_PUSH_IN(arena, &group->targets) = (struct balancing_target){
        .id = view_keep(arena, id),
        .name = view_keep(arena, name[0] == '\0' ? id : name),
        .zone = view_keep(arena, answer_text(known, "AvailabilityZone")),
        .state = view_keep(arena, answer_text(health, "TargetHealth.State")),
        .reason = view_keep(arena, answer_text(health, "TargetHealth.Reason")),
        .description = view_keep(arena, answer_text(health, "TargetHealth.Description")),
        .port = answer_int(health, "Target.Port"),
        .requests = answer_int(known, "Requests"),
        .in_flight = answer_int(known, "InFlight"),
        .rate = rate_of(known),
        .next_check = time_text(arena, known, "NextCheck"),
        .draining_s = int_or_none(known, "DrainingSeconds"),
        .slow_start = int_or_none(known, "SlowStartPercent"),
    };
    fill_took(group, &group->targets.items[group->targets.count - 1], known);
}

/* The value of an attribute; "" when there is none. */
static const char *attribute_of(json_t *answer, const char *key)
{
    json_t *attribute;
    size_t i;

    json_array_foreach(answer_list(answer, "Attributes"), i, attribute) {
        if (strcmp(answer_text(attribute, "Key"), key) == 0)
            return answer_text(attribute, "Value");
    }
    return "";
}

/* How the group chooses. */
static void fill_policy(struct building *building, struct balancing_group *group)
{
    const struct view_question question = {
        .service = "elbv2",
        .op = "DescribeTargetGroupAttributes",
    };
    json_t *answer = ask_one(building->source, &question, "TargetGroupArn", group->arn);
    struct arena *arena = &building->scene->arena;
    bool sticks = strcmp(attribute_of(answer, "stickiness.enabled"), "true") == 0;

    group->algorithm = view_keep(arena, attribute_of(answer, "load_balancing.algorithm.type"));
    group->stickiness = sticks ? view_keep(arena, attribute_of(answer, "stickiness.type")) : "";
    json_decref(answer);
}

static void fill_shares(struct balancing_group *group)
{
    int64_t total = 0;

    for (uint32_t i = 0; i < group->targets.count; i++)
        total += group->targets.items[i].requests;
    for (uint32_t i = 0; i < group->targets.count && total > 0; i++)
        group->targets.items[i].share_permille =
            (group->targets.items[i].requests * 1000 + total / 2) / total;
}

static void fill_group(struct building *building, struct balancing_group *group, json_t *described)
{
    const struct view_question healths = {.service = "elbv2", .op = "DescribeTargetHealth"};
    const struct view_question knowns = {.service = "lab", .op = "DescribeTargets"};
    struct arena *arena = &building->scene->arena;
    json_t *answer;
    json_t *known;
    json_t *health;
    size_t i;

    group->arn = view_keep(arena, answer_text(described, "TargetGroupArn"));
    group->name = view_keep(arena, answer_text(described, "TargetGroupName"));
    group->protocol = view_keep(arena, answer_text(described, "Protocol"));
    group->port = answer_int(described, "Port");
    group->route = "";
    group->weight = -1;
    fill_policy(building, group);
    answer = ask_one(building->source, &healths, "TargetGroupArn", group->arn);
    known = ask_one(building->source, &knowns, "TargetGroupArn", group->arn);
    json_array_foreach(answer_list(answer, "TargetHealthDescriptions"), i, health)
        add_target(building, group, health, known);
    if (answer_text(known, "Method")[0] != '\0')
        group->algorithm = view_keep(arena, answer_text(known, "Method"));
    fill_shares(group);
    json_decref(answer);
    json_decref(known);
}

/* ---- routes ---- */

/* "/img/ or /css/" of a list of strings, or of pairs of key and value. */
static void add_values(struct str *out, json_t *values)
{
    json_t *value;
    size_t i;

    json_array_foreach(values, i, value) {
        str_add(out, i == 0 ? " " : " or ");
        if (json_is_string(value))
            str_add(out, json_string_value(value));
        else if (answer_text(value, "Key")[0] != '\0')
            str_addf(out, "%s=%s", answer_text(value, "Key"), answer_text(value, "Value"));
        else
            str_add(out, answer_text(value, "Value"));
    }
}

/* "rule 10 (path-pattern /img, http-header Cookie a)" */
static const char *rule_name(struct arena *arena, json_t *rule)
{
    static const char *const lists[] = {
        "Values",           "HttpHeaderConfig.Values",        "QueryStringConfig.Values",
        "SourceIpConfig.Values", "HttpRequestMethodConfig.Values",
    };
    struct str out = STR_INIT;
    json_t *condition;
    const char *name;
    size_t i;

    str_addf(&out, "rule %s (", answer_text(rule, "Priority"));
    json_array_foreach(answer_list(rule, "Conditions"), i, condition) {
        str_addf(&out, "%s%s", i == 0 ? "" : ", ", answer_text(condition, "Field"));
        if (answer_text(condition, "HttpHeaderConfig.HttpHeaderName")[0] != '\0')
            str_addf(&out, " %s", answer_text(condition, "HttpHeaderConfig.HttpHeaderName"));
        for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
            add_values(&out, answer_list(condition, lists[k]));
    }
    str_add(&out, ")");
    name = view_keep(arena, str_text(&out));
    str_release(&out);
    return name;
}

static bool has_group(const struct balancing_listener *listener, const char *arn)
{
    for (uint32_t i = 0; i < listener->groups.count; i++) {
        if (strcmp(listener->groups.items[i].arn, arn) == 0)
            return true;
    }
    return false;
}

/* A route goes to that group; weight -1: to it alone. */
static void route_to(struct building *building, struct balancing_listener *listener,
                     const struct balancing_route *route, const char *arn, int64_t weight)
{
    struct arena *arena = &building->scene->arena;
    json_t *described;
    size_t i;

    json_array_foreach(answer_list(building->groups, "TargetGroups"), i, described) {
        struct balancing_group *group;

        if (strcmp(answer_text(described, "TargetGroupArn"), arn) != 0)
            continue;
        if (has_group(listener, arn)) {
            *LIST_PUSH_IN(arena, &listener->routes) = (struct balancing_route){
                .name = route->name,
                .what = view_keep(arena, answer_text(described, "TargetGroupName")),
            };
            return;
        }
        group = LIST_PUSH_IN(arena, &listener->groups);
        fill_group(building, group, described);
        group->route = route->name;
        group->weight = weight;
    }
}

static void add_route(struct building *building, struct balancing_listener *listener,
                      const char *name, json_t *action)
{
    struct arena *arena = &building->scene->arena;
    struct balancing_route route = {.name = name};
    json_t *groups = answer_list(action, "ForwardConfig.TargetGroups");
    json_t *group;
    size_t i;

    if (strcmp(answer_text(action, "Type"), "forward") == 0) {
        json_array_foreach(groups, i, group) {
            route_to(building, listener, &route, answer_text(group, "TargetGroupArn"),
                     json_array_size(groups) > 1 ? answer_int(group, "Weight") : -1);
        }
        if (json_array_size(groups) == 0)
            route_to(building, listener, &route, answer_text(action, "TargetGroupArn"), -1);
        return;
    }
    if (strcmp(answer_text(action, "Type"), "redirect") == 0)
        route.what = arena_printf(arena, "redirects, %s",
                                  answer_text(action, "RedirectConfig.StatusCode"));
    else
        route.what = arena_printf(arena, "answers %s by itself",
                                  answer_text(action, "FixedResponseConfig.StatusCode"));
    *LIST_PUSH_IN(arena, &listener->routes) = route;
}

static void add_rules(struct building *building, struct balancing_listener *listener)
{
    const struct view_question question = {.service = "elbv2", .op = "DescribeRules"};
    json_t *answer = ask_one(building->source, &question, "ListenerArn", listener->arn);
    json_t *rule;
    json_t *action;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(answer, "Rules"), i, rule) {
        const char *name = rule_name(&building->scene->arena, rule);

        if (json_is_true(answer_at(rule, "IsDefault")))
            continue;
        json_array_foreach(answer_list(rule, "Actions"), k, action)
            add_route(building, listener, name, action);
    }
    json_decref(answer);
}

static void add_listener(struct building *building, struct balancing_balancer *balancer,
                         json_t *described)
{
    struct arena *arena = &building->scene->arena;
    struct balancing_listener *listener = LIST_PUSH_IN(arena, &balancer->listeners);
    json_t *action;
    size_t i;

    listener->arn = view_keep(arena, answer_text(described, "ListenerArn"));
    listener->protocol = view_keep(arena, answer_text(described, "Protocol"));
    listener->port = answer_int(described, "Port");
    if (strcmp(balancer->type, "application") == 0)
        add_rules(building, listener);
    json_array_foreach(answer_list(described, "DefaultActions"), i, action)
        add_route(building, listener, "default", action);
}

/* Its nodes are shown when they are not as new ones are: the smallest says how much they take. */
static void add_room(struct building *building, struct balancing_balancer *balancer)
{
    json_t *answer = view_ask(building->source, "lab", "DescribeNodes", NULL);
    json_t *node;
    size_t i;

    json_array_foreach(answer_list(answer, "Nodes"), i, node) {
        int64_t takes = answer_int(node, "CapacityPerSecond");

        if (strcmp(answer_text(node, "LoadBalancerArn"), balancer->arn) != 0)
            continue;
        balancer->rejected += answer_int(node, "Rejected");
        if (takes > NEW_NODE_TAKES)
            balancer->takes = balancer->takes == 0 || takes < balancer->takes ? takes
                                                                              : balancer->takes;
    }
    if (balancer->takes == 0 && balancer->rejected > 0)
        balancer->takes = NEW_NODE_TAKES;
    json_decref(answer);
}

static void add_balancer(struct building *building, json_t *described)
{
    struct arena *arena = &building->scene->arena;
    struct balancing_balancer *balancer = LIST_PUSH_IN(arena, &building->scene->balancers);
    const struct view_question question = {.service = "elbv2", .op = "DescribeListeners"};
    const struct view_question filters = {.service = "wafv2", .op = "GetWebACLForResource"};
    json_t *listeners;
    json_t *listener;
    size_t i;

    balancer->arn = view_keep(arena, answer_text(described, "LoadBalancerArn"));
    balancer->name = view_keep(arena, answer_text(described, "LoadBalancerName"));
    balancer->type = view_keep(arena, answer_text(described, "Type"));
    balancer->state = view_keep(arena, answer_text(described, "State.Code"));
    balancer->dns = view_keep(arena, answer_text(described, "DNSName"));
    if (strcmp(balancer->type, "application") == 0) {
        json_t *filter = ask_one(building->source, &filters, "ResourceArn", balancer->arn);

        balancer->web_acl = view_keep(arena, answer_text(filter, "WebACL.Name"));
        json_decref(filter);
        add_room(building, balancer);
    }
    listeners = ask_one(building->source, &question, "LoadBalancerArn", balancer->arn);
    json_array_foreach(answer_list(listeners, "Listeners"), i, listener)
        add_listener(building, balancer, listener);
    json_decref(listeners);
}

static int64_t errors_of(json_t *codes)
{
    int64_t errors = 0;
    const char *code;
    json_t *count;

    json_object_foreach(codes, code, count)
        errors += code[0] == '5' ? json_integer_value(count) : 0;
    return errors;
}

static void add_streams(struct balancing_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "DescribeTraffic", NULL);
    struct arena *arena = &scene->arena;
    json_t *stream;
    size_t i;

    json_array_foreach(answer_list(answer, "Streams"), i, stream) {
        *LIST_PUSH_IN(arena, &scene->streams) = (struct balancing_stream){
            .id = view_keep(arena, answer_text(stream, "StreamId")),
            .url = view_keep(arena, answer_text(stream, "Url")),
            .state = view_keep(arena, answer_text(stream, "State")),
            .rate = json_number_value(answer_at(stream, "Rate")),
            .completed = answer_int(stream, "Completed"),
            .failed = answer_int(stream, "Failed"),
            .errors = errors_of(answer_at(stream, "Codes")),
            .in_flight = answer_int(stream, "InFlight"),
            .is_syn = strcmp(answer_text(stream, "Kind"), "syn") == 0,
            .half_open = answer_int(stream, "HalfOpen"),
            .absorbed = answer_int(stream, "Absorbed"),
            .p50_ms = json_number_value(answer_at(stream, "LatencyMs.P50")),
            .p99_ms = json_number_value(answer_at(stream, "LatencyMs.P99")),
        };
    }
    json_decref(answer);
}

/* Where nobody balances, customers go straight to a server. */
static void add_servers(struct balancing_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "DescribeServers", NULL);
    struct arena *arena = &scene->arena;
    json_t *server;
    size_t i;

    json_array_foreach(answer_list(answer, "Servers"), i, server) {
        const char *name = answer_text(server, "Name");
        const char *id = answer_text(server, "InstanceId");

        *LIST_PUSH_IN(arena, &scene->servers) = (struct balancing_server){
            .id = view_keep(arena, id),
            .name = view_keep(arena, name[0] == '\0' ? id : name),
            .listens = json_is_true(answer_at(server, "Listens")),
            .requests = answer_int(server, "Requests"),
            .in_flight = answer_int(server, "InFlight"),
        };
    }
    json_decref(answer);
}

static void add_requests(struct balancing_scene *scene, const struct view_source *source)
{
    json_t *answer = view_ask(source, "lab", "ListRequests", NULL);
    json_t *list = answer_list(answer, "Requests");
    size_t count = json_array_size(list);
    struct arena *arena = &scene->arena;

    for (size_t i = 0; i < count && i < BALANCING_REQUESTS; i++) {
        json_t *request = json_array_get(list, i);

        *LIST_PUSH_IN(arena, &scene->requests) = (struct balancing_request){
            .id = arena_printf(arena, "request-%lld", (long long)answer_int(request, "RequestId")),
            .time = time_text(arena, request, "Started"),
            .from = view_keep(arena, answer_text(request, "Source")),
            .to = view_keep(arena, answer_text(request, "TargetId")),
            .status = answer_int(request, "Status"),
            .took_us = answer_int(request, "TookMicroseconds"),
            .by_service = strcmp(answer_text(request, "Kind"), "service") == 0,
            .why = view_keep(arena, answer_text(request, "Reason")),
        };
    }
    json_decref(answer);
}

void balancing_refresh(void *at, const struct view_source *source)
{
    struct balancing_scene *scene = at;
    struct building building = {.scene = scene, .source = source};
    json_t *balancers = view_ask(source, "elbv2", "DescribeLoadBalancers", NULL);
    json_t *item;
    size_t i;

    arena_release(&scene->arena);
    *scene = (struct balancing_scene){0};
    building.groups = view_ask(source, "elbv2", "DescribeTargetGroups", NULL);
    json_array_foreach(answer_list(balancers, "LoadBalancers"), i, item)
        add_balancer(&building, item);
    json_array_foreach(answer_list(building.groups, "TargetGroups"), i, item) {
        if (json_array_size(answer_list(item, "LoadBalancerArns")) == 0)
            fill_group(&building, LIST_PUSH_IN(&scene->arena, &scene->loose), item);
    }
    add_requests(scene, source);
    add_streams(scene, source);
    if (scene->balancers.count == 0)
        add_servers(scene, source);
    json_decref(balancers);
    json_decref(building.groups);
}

/* ---- a world of a comparison ---- */

static void add_compared_target(struct arena *arena, struct balancing_group *group, json_t *target)
{
    const char *id = answer_text(target, "Id");
    const char *name = answer_text(target, "Name");

    *LIST_PUSH_IN(arena, &group->targets) = (struct balancing_target){
        .id = view_keep(arena, id),
        .name = view_keep(arena, name[0] == '\0' ? id : name),
        .zone = view_keep(arena, answer_text(target, "AvailabilityZone")),
        .state = view_keep(arena, answer_text(target, "State")),
        .reason = view_keep(arena, answer_text(target, "Reason")),
        .description = "",
        .next_check = "",
        .port = answer_int(target, "Port"),
        .requests = answer_int(target, "Requests"),
        .in_flight = answer_int(target, "InFlight"),
        .rate = rate_of(target),
        .draining_s = int_or_none(target, "DrainingSeconds"),
        .slow_start = int_or_none(target, "SlowStartPercent"),
    };
    fill_took(group, &group->targets.items[group->targets.count - 1], NULL);
}

static void add_compared_groups(struct arena *arena, struct balancing_listener *listener,
                                const struct balancing_moment *of)
{
    json_t *described;
    json_t *target;
    size_t i;
    size_t k;

    json_array_foreach(answer_list(of->variant, "TargetGroups"), i, described) {
        struct balancing_group *group = LIST_PUSH_IN(arena, &listener->groups);

        *group = (struct balancing_group){
            .arn = "",
            .name = view_keep(arena, answer_text(described, "TargetGroupName")),
            .algorithm = view_keep(arena, answer_text(described, "Method")),
            .stickiness = view_keep(arena, answer_text(described, "Stickiness")),
            .route = "",
            .weight = -1,
            .protocol = "",
        };
        json_array_foreach(answer_list(of->moment, "Targets"), k, target) {
            if (strcmp(answer_text(target, "TargetGroupName"), group->name) == 0)
                add_compared_target(arena, group, target);
        }
        fill_shares(group);
    }
}

void balancing_of_moment(struct balancing_scene *scene, const struct balancing_moment *of)
{
    struct arena *arena = &scene->arena;
    const char *balancer = answer_text(of->variant, "LoadBalancerName");

    *LIST_PUSH_IN(arena, &scene->streams) = (struct balancing_stream){
        .id = "",
        .url = view_keep(arena, answer_text(of->comparison, "Url")),
        .state = "running",
        .rate = rate_of(of->moment),
        .completed = answer_int(of->moment, "Completed"),
        .failed = answer_int(of->moment, "Failed"),
        .errors = answer_int(of->moment, "ServerErrors"),
        .in_flight = answer_int(of->moment, "InFlight"),
        .p50_ms = json_number_value(answer_at(of->moment, "LatencyMs.P50")),
        .p99_ms = json_number_value(answer_at(of->moment, "LatencyMs.P99")),
    };
    if (balancer[0] == '\0') {
        *LIST_PUSH_IN(arena, &scene->servers) = (struct balancing_server){
            .id = "",
            .name = scene->streams.items[0].url,
            .listens = true,
            .requests = answer_int(of->moment, "Sent"),
            .in_flight = answer_int(of->moment, "InFlight"),
        };
        return;
    }
    *LIST_PUSH_IN(arena, &scene->balancers) = (struct balancing_balancer){
        .arn = "",
        .name = view_keep(arena, balancer),
        .type = "",
        .state = "active",
        .dns = "",
    };
    add_compared_groups(
        arena, LIST_PUSH_IN(arena, &scene->balancers.items[0].listeners), of);
}

void *balancing_open(const char *argument)
{
    (void)argument;
    return xcalloc(1, sizeof(struct balancing_scene));
}

void balancing_close(void *at)
{
    arena_release(&((struct balancing_scene *)at)->arena);
    free(at);
}

void balancing_command(const void *at, const char *id, struct str *command)
{
    (void)at;
    if (str_starts(id, "request-"))
        str_addf(command, "lab explain-request --request-id %s", id + strlen("request-"));
}

void balancing_latest(const struct balancing_target *target, char *text, size_t size)
{
    int i = BALANCING_SPANS - 1;

    while (i >= 0 && isnan(target->took_ms[i]))
        i--;
    text[0] = '\0';
    if (i >= 0)
        snprintf(text, size, "%.0f ms", target->took_ms[i]);
}

/* The name of a group's target; NULL when it has none of that id. */
static const char *name_in(const struct balancing_group *group, const char *id)
{
    for (uint32_t i = 0; i < group->targets.count; i++) {
        if (strcmp(group->targets.items[i].id, id) == 0)
            return group->targets.items[i].name;
    }
    return NULL;
}

const char *balancing_target_name(const struct balancing_scene *scene, const char *id)
{
    const char *name = id[0] == '\0' ? "nobody" : NULL;

    for (uint32_t i = 0; name == NULL && i < scene->servers.count; i++) {
        if (strcmp(scene->servers.items[i].id, id) == 0)
            name = scene->servers.items[i].name;
    }
    for (uint32_t i = 0; name == NULL && i < scene->loose.count; i++)
        name = name_in(&scene->loose.items[i], id);
    for (uint32_t i = 0; name == NULL && i < scene->balancers.count; i++) {
        for (uint32_t k = 0; k < scene->balancers.items[i].listeners.count; k++) {
            const struct balancing_listener *listener =
                &scene->balancers.items[i].listeners.items[k];

            for (uint32_t m = 0; name == NULL && m < listener->groups.count; m++)
                name = name_in(&listener->groups.items[m], id);
        }
    }
    return name == NULL ? id : name;
}
