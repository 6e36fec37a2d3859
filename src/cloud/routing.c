/*
 * cloud/routing.c - what a balancer's node does with a request: listener, action, group, target.
 *
 * Owns    nothing: counts are kept in the rows of listeners, balancers and targets.
 * True to SEMANTICS c3: 502, 503 and 504 with their causes, the idle timeout, fail open; a web ACL
 * is asked before the rules of the listener, and the balancer answers 403 to what it blocks.  The
 * bodies of the balancer's own answers have the form that AWS's have.
 *
 * One routing state a balancer: the turn is the target group's, so that all nodes share it.
 */
#include "cloud/routing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/header.h"
#include "cloud/listener.h"
#include "cloud/rule.h"
#include "cloud/sticky.h"
#include "cloud/target.h"
#include "cloud/web_acl.h"
#include "sim/clock.h"

enum { FORWARDED_MOST = 30 };

static bool node_listens(void *context, uint64_t balancer, struct request_port port)
{
    const struct balancers *balancers = context;
    const struct listener *listener = listener_of_port(balancers, balancer, port.number);

    return listener != NULL && listener_takes(listener, port.datagrams);
}

/* What the node of a zone counts; the first node's where there is none. */
static struct node_meter *meter_of(const struct balancer *balancer, uint8_t zone)
{
    uint32_t at = 0;

    while (at < balancer->nodes.count && balancer->nodes.items[at].zone != zone)
        at++;
    return &balancer->nodes.items[at == balancer->nodes.count ? 0 : at].meter;
}

static void tell(const struct balancers *balancers, const struct request *request, struct hop hop)
{
    request_tell(balancers->requests, request, hop);
}

/* The rule that took a request; NULL: none, or it is gone. */
static const struct rule *rule_of(const struct balancers *balancers, const struct request *request)
{
    return request->rule == 0 ? NULL : table_find(&balancers->rules, request->rule);
}

/* What a listener does with the request: as its rule says, or by default. */
static const struct listener_action *action_of(const struct balancers *balancers,
                                               const struct listener *listener,
                                               const struct request *request)
{
    const struct rule *rule = rule_of(balancers, request);

    return rule == NULL ? &listener->action : &rule->action;
}

/* The group that the client's cookie names, if it is one of the action's. */
static const struct action_group *kept_group(const struct balancers *balancers,
                                             const struct balancer *balancer,
                                             const struct listener_action *action,
                                             const struct request_words *words)
{
    uint64_t group = sticky_group(balancers, balancer, words, action->stickiness_s.value);

    for (uint32_t i = 0; i < action->groups.count; i++)
        if (group != 0 && action->groups.items[i].group == group)
            return &action->groups.items[i];
    return NULL;
}

/* One of the action's groups, by weight; NULL when all weights are 0. */
static const struct action_group *drawn_group(struct balancers *balancers,
                                              struct balancer *balancer,
                                              const struct listener_action *action,
                                              const struct request *request)
{
    const struct action_group *chosen = &action->groups.items[0];
    bool by_rule = request->rule != 0;
    uint64_t total = 0;
    uint64_t draw;

    for (uint32_t i = 0; i < action->groups.count; i++)
        total += action->groups.items[i].weight;
    if (action->groups.count == 1) {
        tell(balancers, request,
             (struct hop){
                 .why = by_rule ? WHY_RULE_FORWARDS : WHY_DEFAULT_ACTION,
                 .place = chosen->group,
             });
        return chosen;
    }
    if (total == 0)
        return NULL;
    draw = chance_below(&balancer->luck, total);
    while (draw >= chosen->weight)
        draw -= chosen++->weight;
    tell(balancers, request,
         (struct hop){.why = by_rule ? WHY_RULE_WEIGHS : WHY_WEIGHTED_GROUP,
                      .place = chosen->group,
                      .number = chosen->weight,
                      .other = total});
    return chosen;
}

/* The group that a forward action means this time, or NULL; and the target that the client had. */
static struct target_group *group_choose(struct balancers *balancers, struct balancer *balancer,
                                         const struct listener_action *action,
                                         struct request *request, uint64_t *sticky)
{
    const struct action_group *chosen = NULL;
    struct request_words words;
    struct target_group *group;

    if (action->stickiness.value) {
        words = request_words(balancers->requests, request);
        chosen = kept_group(balancers, balancer, action, &words);
    }
    if (chosen != NULL)
        tell(balancers, request, (struct hop){.why = WHY_STICKY_GROUP, .place = chosen->group});
    else
        chosen = drawn_group(balancers, balancer, action, request);
    if (chosen == NULL)
        return NULL;
    if (action->stickiness.value)
        request->stuck_group = chosen->group;
    group = table_get(&balancers->groups->groups, chosen->group);
    if (group->policy.stickiness != STICKY_NONE) {
        words = request_words(balancers->requests, request);
        *sticky = sticky_target(balancers, balancer, group, &words);
    }
    return group;
}

/* ---- flows, of network balancers ---- */

/* UDP flows idle out after this (SEMANTICS c3); those of TCP as the balancer says. */
static const int64_t datagrams_idle = 120 * SECOND_NS;

static void go_to(struct request_choice *choice, const struct flow_entry *flow)
{
    choice->what = BALANCE_FORWARD;
    choice->target = flow->target;
    choice->instance = flow->instance;
    choice->address = flow->address;
    choice->port = flow->port;
    choice->zone = flow->zone;
    choice->idle_ns = flow->idle;
}

/* Flows that a target has, it keeps: those that are to end were cut when it became unhealthy
 * (cloud/target_fall), or was deregistered. */
static bool keeps_flows(const struct target *target)
{
    return target->state == TARGET_HEALTHY || target->state == TARGET_DRAINING ||
           target_is_unhealthy(target);
}

/* A known flow stays with its target.  One that was deregistered and whose flows are not cut is in
 * no table any more, and goes on being sent to. */
static bool flow_stays(struct balancers *balancers, struct balancer *balancer,
                       const struct request *request, struct request_choice *choice)
{
    bool datagram = request->protocol == REQUEST_DATAGRAM;
    struct flow_entry *flow = !datagram && !request->kept
                            ? NULL
                            : flow_find(&balancers->groups->flows, flow_key(request),
                                        balancers->sim->now);
    struct target *target = flow == NULL ? NULL : target_find(balancers->groups, flow->target);
    struct target_group *group =
        target == NULL ? NULL : table_get(&balancers->groups->groups, target->group);

    if (flow == NULL || (target != NULL && !keeps_flows(target)))
        return false;
    flow->used = balancers->sim->now;
    go_to(choice, flow);
    choice->keeps_source = group == NULL || group->policy.keeps_source;
    tell(balancers, request, (struct hop){.why = WHY_FLOW_STAYS, .place = flow->instance});
    if (target == NULL)
        return true;
    target->requests++;
    target->in_flight++;
    meter_forwarded(meter_of(balancer, request->to.zone),
                    zone_meter_of(&group->meters, target->zone));
    return true;
}

/* Of TCP `choice` knows when it is idle. */
static void flow_remember(struct balancers *balancers, const struct balancer *balancer,
                          const struct request *request, const struct target *target,
                          const struct request_choice *choice)
{
    struct flow_entry *flow = flow_begin(&balancers->groups->flows, flow_key(request));
    bool datagram = request->protocol == REQUEST_DATAGRAM;

    flow->balancer = balancer->id;
    flow->target = target->id;
    flow->instance = target->instance;
    flow->used = balancers->sim->now;
    flow->idle = datagram ? datagrams_idle : choice->idle_ns;
    flow->address = target->reach;
    flow->port = target->port;
    flow->zone = target->zone;
    flow->node_zone = request->to.zone;
    flow->protocol = datagram ? FLOW_UDP : request->tls ? FLOW_TLS : FLOW_TCP;
    meter_flow(meter_of(balancer, request->to.zone), flow->protocol);
}

/* Its target closed it, or its client did. */
static void flow_end(struct balancers *balancers, const struct request *request)
{
    struct flow_entry *flow = request->protocol == REQUEST_DATAGRAM
                            ? NULL
                            : flow_find(&balancers->groups->flows, flow_key(request),
                                        balancers->sim->now);

    if (flow != NULL && (request->origin != REQUEST_STREAM || request->exit != EXIT_ANSWERED))
        flow->idle = 0;
}

static void forward(struct balancers *balancers, struct balancer *balancer,
                    const struct listener_action *action, struct request *request,
                    struct request_choice *choice)
{
    struct target_ask ask = {
        .request = request,
        .zone = request->to.zone,
        .cross_zone = balancer_crosses_zones(balancer),
        .flow = balancer_is_network(balancer),
    };
    struct target_group *group;
    struct target *target;

    choice->flow = ask.flow;
    if (ask.flow && flow_stays(balancers, balancer, request, choice))
        return;
    group = group_choose(balancers, balancer, action, request, &ask.sticky);
    target = group == NULL ? NULL : target_group_choose(balancers->groups, group, &ask);
    choice->what = BALANCE_ANSWER;
    choice->status = 503;
    if (target == NULL && ask.flow && group != NULL) {
        tell(balancers, request,
             (struct hop){
                 .why = request->protocol == REQUEST_DATAGRAM ? WHY_DATAGRAM_NOBODY
                                                              : WHY_FLOW_NOBODY,
                 .place = group->id,
             });
        choice->what = BALANCE_CLOSE;
        choice->exit = EXIT_REFUSED;
    }
    if (target == NULL)
        return;
    if (ask.flow)
        flow_remember(balancers, balancer, request, target, choice);
    choice->keeps_source = ask.flow && group->policy.keeps_source;
    /* The application's cookie holds once there is one: it is given with the answer, or was. */
    if (group->policy.stickiness == STICKY_LB_COOKIE ||
        (group->policy.stickiness == STICKY_APP_COOKIE && ask.sticky != 0))
        request->stuck_target = target->id;
    target->requests++;
    target->in_flight++;
    target_note_sent(balancers->groups, target);
    meter_forwarded(meter_of(balancer, request->to.zone),
                    zone_meter_of(&group->meters, target->zone));
    choice->what = BALANCE_FORWARD;
    choice->target = target->id;
    choice->instance = target->instance;
    choice->address = target->reach;
    choice->port = target->port;
    choice->zone = target->zone;
}

/* Counts the request as one of its listener's. */
static void take(struct balancers *balancers, struct balancer *balancer, struct listener *listener,
                 struct request *request)
{
    request->listener = listener->id;
    request->counted = true;
    balancer->in_flight++;
    listener->counts.arrived++;
    listener->counts.in_flight++;
    tell(balancers, request, (struct hop){.why = WHY_LISTENER, .place = listener->id});
}

static void find_rule(struct balancers *balancers, const struct listener *listener,
                      struct request *request)
{
    struct request_words words;
    struct rule *rule;

    if (table_count(&balancers->rules) == 0)
        return;
    words = request_words(balancers->requests, request);
    rule = rule_match(balancers, listener->id, &words, request->from.address);
    if (rule == NULL)
        return;
    request->rule = rule->id;
    rule->taken++;
    tell(balancers, request,
         (struct hop){.why = WHY_RULE, .place = rule->id, .number = rule->priority});
}

static void answer_alone(const struct balancers *balancers, const struct balancer *balancer,
                         const struct listener_action *action, const struct request *request,
                         struct request_choice *choice)
{
    bool moves = action->type == ACTION_REDIRECT;
    bool by_rule = request->rule != 0;

    choice->what = BALANCE_ANSWER;
    choice->status = action->status;
    meter_acted(meter_of(balancer, request->to.zone), moves);
    tell(balancers, request,
         (struct hop){
             .why = by_rule ? (moves ? WHY_RULE_REDIRECTS : WHY_RULE_ANSWERS)
                            : (moves ? WHY_REDIRECT : WHY_FIXED_RESPONSE),
             .place = request->listener,
             .number = action->status,
         });
}

/* Is TLS spoken where it is expected?  Chooses how the request ends when it is not. */
static bool speaks_right(const struct balancers *balancers, const struct listener *listener,
                         const struct request *request, struct request_choice *choice)
{
    bool secure = listener_is_secure(listener);
    struct hop hop = {.place = listener->id};

    if (secure && request->tls && request->insecure) {
        hop.why = WHY_TLS;
        tell(balancers, request, hop);
        return true;
    }
    if (secure == request->tls && !secure)
        return true;
    choice->what = BALANCE_CLOSE;
    choice->exit = request->tls ? (secure ? EXIT_CERTIFICATE : EXIT_TLS) : EXIT_EMPTY;
    hop.why = !request->tls ? WHY_PLAIN_TO_TLS : secure ? WHY_CERTIFICATE : WHY_NO_TLS;
    if (hop.why == WHY_NO_TLS)
        hop.place = listener->balancer;
    tell(balancers, request, hop);
    if (!request->tls && str_equal(listener->protocol, "HTTPS")) {
        choice->what = BALANCE_ANSWER;
        choice->status = 400;
    }
    return false;
}

/* SEMANTICS c3: an X-Forwarded-For of more than 30 addresses is refused with 463. */
static bool is_forwarded_too_often(const struct balancers *balancers,
                                   const struct balancer *balancer, const struct request *request)
{
    struct header_value value;
    int64_t count = 0;

    if (request->origin == REQUEST_STREAM || balancer_is_network(balancer))
        return false; /* a stream's clients bear no such header */
    value = header_first(request_words(balancers->requests, request).headers, "X-Forwarded-For");
    for (; value.text != NULL; value = header_next(value, "X-Forwarded-For")) {
        count++;
        for (size_t i = 0; i < value.length; i++)
            count += value.text[i] == ',';
    }
    if (count <= FORWARDED_MOST)
        return false;
    tell(balancers, request,
         (struct hop){
             .why = WHY_FORWARDED_TOO_OFTEN, .place = balancer->id, .number = count});
    return true;
}

/* The node that the request came to counts it; false: it has no room for it. */
static bool node_takes(const struct balancers *balancers, struct balancer *balancer,
                       struct balancer_node *node, const struct request *request)
{
    node->requests++;
    meter_arrived(&node->meter, request);
    if (balancer_is_network(balancer) || node_capacity_take(&node->capacity, balancers->sim->now))
        return true;
    node->meter.rejected++;
    tell(balancers, request,
         (struct hop){.why = WHY_NODE_FULL,
                      .place = balancer->id,
                      .number = node->capacity.per_second});
    return false;
}

static void node_chooses(void *context, struct request *request, struct request_choice *choice)
{
    struct balancers *balancers = context;
    struct balancer *balancer = table_get(&balancers->balancers, request->balancer);
    struct listener *listener = listener_of_port(balancers, balancer->id, request->port);
    const struct listener_action *action;
    bool has_room = true;

    take(balancers, balancer, listener, request);
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        struct balancer_node *node = &balancer->nodes.items[i];

        if (node->zone != request->to.zone)
            continue;
        choice->node_address = node->address;
        has_room = node_takes(balancers, balancer, node, request);
    }
    if (!has_room) {
        choice->what = BALANCE_CLOSE;
        choice->exit = request->kept ? EXIT_RESET : EXIT_REFUSED;
        return;
    }
    if (!speaks_right(balancers, listener, request, choice))
        return;
    if (balancer->web_acl != 0 && !web_acl_judge(balancers->acls, balancer->web_acl, request)) {
        choice->what = BALANCE_ANSWER;
        choice->status = 403;
        request->filtered = true;
        return;
    }
    if (is_forwarded_too_often(balancers, balancer, request)) {
        choice->what = BALANCE_ANSWER;
        choice->status = 463;
        return;
    }
    choice->idle_ns = listener_idle_ns(balancer, listener);
    find_rule(balancers, listener, request);
    action = action_of(balancers, listener, request);
    if (action->type == ACTION_FORWARD)
        forward(balancers, balancer, action, request, choice);
    else
        answer_alone(balancers, balancer, action, request, choice);
}

static int64_t *count_of(struct listener_counts *counts, const struct request *request)
{
    if (request->exit != EXIT_ANSWERED)
        return &counts->aborted;
    if (request->answered_by == PLACE_INSTANCE)
        return request->status < 300   ? &counts->target_2xx
               : request->status < 400 ? &counts->target_3xx
               : request->status < 500 ? &counts->target_4xx
                                       : &counts->target_5xx;
    switch (request->status) {
    case 502:
        return &counts->elb_502;
    case 503:
        return &counts->elb_503;
    case 504:
        return &counts->elb_504;
    default:
        return request->status < 300   ? &counts->elb_2xx
               : request->status < 400 ? &counts->elb_3xx
               : request->status < 500 ? &counts->elb_4xx
                                       : &counts->elb_500;
    }
}

/* For CloudWatch: who gave the answer, and which. */
static void meter_end(struct balancers *balancers, const struct balancer *balancer,
                      const struct target *target, const struct request *request)
{
    struct target_group *group =
        target == NULL ? NULL : table_find(&balancers->groups->groups, target->group);

    if (balancer != NULL)
        (balancer_is_network(balancer) ? meter_flow_ended
                                       : meter_request_ended)(meter_of(balancer, request->to.zone),
                                                              request);
    if (balancer != NULL && request->exit == EXIT_ANSWERED)
        meter_answered(meter_of(balancer, request->to.zone),
                       group == NULL ? NULL : zone_meter_of(&group->meters, target->zone),
                       request);
}

static void request_ended(void *context, const struct request *request)
{
    struct balancers *balancers = context;
    struct balancer *balancer = table_find(&balancers->balancers, request->balancer);
    struct listener *listener = listener_find(balancers, request->listener);
    struct target *target =
        request->target == 0 ? NULL : target_find(balancers->groups, request->target);

    if (balancer != NULL)
        balancer->in_flight--;
    if (listener != NULL) {
        listener->counts.in_flight--;
        (*count_of(&listener->counts, request))++;
    }
    meter_end(balancers, balancer, target, request);
    if (request->flow)
        flow_end(balancers, request);
    if (target == NULL)
        return;
    target_answered(balancers->groups, target, request);
    target->in_flight--;
    if (request->exit == EXIT_ANSWERED && request->answered_by == PLACE_INSTANCE) {
        target->answered++;
        histogram_add(&target->times, request->answered - request->arrived);
        target_note_answer(balancers->groups, target, request->answered - request->arrived);
    } else if (request->exit == EXIT_ANSWERED)
        target->errors++;
}

/* ---- the balancer's own answers ---- */

static char *error_page(uint16_t status)
{
    return xasprintf("<html>\r\n<head><title>%u %s</title></head>\r\n<body>\r\n"
                     "<center><h1>%u %s</h1></center>\r\n</body>\r\n</html>\r\n",
                     (unsigned)status, http_reason(status), (unsigned)status, http_reason(status));
}

/* Puts the request's own parts in the place of #{host}, #{path}... */
static void expand(struct str *out, const char *text, const struct pair *parts, uint32_t count)
{
    while (*text != '\0') {
        bool found = false;

        for (uint32_t i = 0; !found && i < count; i++) {
            if (!str_starts(text, parts[i].key))
                continue;
            str_add(out, parts[i].value);
            text += strlen(parts[i].key);
            found = true;
        }
        if (!found)
            str_addc(out, *text++);
    }
}

static char *location_of(const struct listener *listener, const struct listener_action *action,
                         const struct request_words *words)
{
    const char *query = strchr(words->path, '?');
    char *path = xstrndup(words->path + 1, query == NULL ? strlen(words->path + 1)
                                                         : (size_t)(query - words->path - 1));
    char port[8];
    struct pair parts[5];
    struct str out = STR_INIT;
    const char *protocol = action->protocol == NULL ? "#{protocol}" : action->protocol;

    snprintf(port, sizeof(port), "%u", (unsigned)listener->port);
    parts[0] = (struct pair){"#{protocol}", listener_is_secure(listener) ? "https" : "http"};
    parts[1] = (struct pair){"#{host}", words->host};
    parts[2] = (struct pair){"#{port}", port};
    parts[3] = (struct pair){"#{path}", path};
    parts[4] = (struct pair){"#{query}", query == NULL ? "" : query + 1};
    expand(&out,
           str_equal(protocol, "HTTPS")  ? "https"
           : str_equal(protocol, "HTTP") ? "http"
                                         : protocol,
           parts, 5);
    str_add(&out, "://");
    expand(&out, action->host == NULL ? "#{host}" : action->host, parts, 5);
    str_addc(&out, ':');
    expand(&out, action->port == NULL ? "#{port}" : action->port, parts, 5);
    expand(&out, action->path == NULL ? "/#{path}" : action->path, parts, 5);
    if (action->query != NULL ? *action->query != '\0' : query != NULL) {
        str_addc(&out, '?');
        expand(&out, action->query == NULL ? "#{query}" : action->query, parts, 5);
    }
    free(path);
    return str_take(&out);
}

static void node_answers(void *context, const struct request *request,
                         struct request_answer *answer)
{
    const struct balancers *balancers = context;
    const struct listener *listener = listener_find(balancers, request->listener);
    const struct listener_action *action =
        listener == NULL ? NULL : action_of(balancers, listener, request);
    bool own = request->target == 0 && !request->filtered && action != NULL &&
               request->status == action->status;
    bool fixed = own && action->type == ACTION_FIXED_RESPONSE;
    bool moved = own && action->type == ACTION_REDIRECT;
    struct request_words words = request_words(balancers->requests, request);
    char *body = !fixed                 ? error_page(request->status)
                 : action->body == NULL ? xstrdup("")
                                        : xstrdup(action->body);
    char *location = moved ? location_of(listener, action, &words) : NULL;
    const char *type = !fixed                         ? "text/html"
                       : action->content_type == NULL ? "text/plain"
                                                      : action->content_type;
    char date[CLOCK_TEXT_SIZE];

    answer->status = request->status;
    answer->bytes = strlen(body);
    if (request->wants_text) {
        answer->headers =
            xasprintf("HTTP/1.1 %u %s\r\nServer: awselb/2.0\r\nDate: %s\r\nContent-Type: %s%s\r\n"
                      "Content-Length: %zu\r\nConnection: keep-alive\r\n%s%s%s",
                      (unsigned)request->status, http_reason(request->status),
                      clock_format(balancers->sim->now, CLOCK_HTTP, date), type,
                      fixed ? "; charset=utf-8" : "", strlen(body), moved ? "Location: " : "",
                      moved ? location : "", moved ? "\r\n" : "");
        if (!str_equal(words.method, "HEAD")) {
            answer->body = (struct blob){.bytes = body, .size = strlen(body)};
            body = NULL;
        }
    }
    free(body);
    free(location);
}

/* ---- the prober ---- */

/* The node of that zone, or any other that has not failed. */
static struct place node_of_zone(void *context, uint64_t id, uint8_t zone)
{
    const struct balancers *balancers = context;
    const struct balancer *balancer = table_get(&balancers->balancers, id);
    const struct balancer_node *chosen = NULL;

    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        const struct balancer_node *node = &balancer->nodes.items[i];

        if (!balancer_node_failed(balancers, node->zone) && (chosen == NULL || node->zone == zone))
            chosen = node;
    }
    if (chosen == NULL)
        return (struct place){.kind = PLACE_NOWHERE};
    return (struct place){
        .kind = PLACE_NODE,
        .id = id,
        .address = chosen->address,
        .zone = chosen->zone,
    };
}

void routing_init(struct balancers *balancers)
{
    balancers->requests->balancing = (struct request_balancing){
        .context = balancers,
        .listens = node_listens,
        .choose = node_chooses,
        .ended = request_ended,
        .answer = node_answers,
    };
    balancers->groups->world.node = node_of_zone;
    balancers->groups->world.node_context = balancers;
}
