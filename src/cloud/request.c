/*
 * cloud/request.c - one request on its way, and a server's queue of them.
 *
 * Owns    nothing: rows, queues and ways have rooms of their own; this one moves them.
 * Moves   [paused ->] resolving -> connecting -> sending -> [forwarding ->] queued -> served ->
 *         returning -> done.  A step that is no longer wanted is cancelled, so no event finds a
 *         request in another state than it was planned for.
 * Uses    sim/event, sim/chance, cloud/request_pool, cloud/server, cloud/way.
 * True to TCP as Linux does it: SYNs again after 1, 3, 7... s; a closed port answers with a reset;
 *         a firewall says nothing.  A stream's clients keep their connections open, and a node
 *         those to its targets.  Left out: bandwidth.
 *
 * A proxied request is one row, not two: the node's connection to the target is a stretch of its
 * way, with the node's own time limit (connect 10 s, then idle).
 */
#include "cloud/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "cloud/catalog.h"
#include "cloud/event_kinds.h"
#include "cloud/request_parts.h"
#include "sim/clock.h"

/* What an event of a request is about: its detail.  Saved: append only. */
enum step {
    STEP_RESOLVED = 1, /* the name is known, or is known not to be */
    STEP_KNOCK,        /* the client sends a SYN */
    STEP_SYN,          /* a SYN reaches the address */
    STEP_ARRIVE,       /* the request itself reaches the address */
    STEP_NODE_SYN,     /* the node's SYN reaches the target */
    STEP_REFUSED,      /* the target's refusal is back at the node */
    STEP_CLOSED,       /* the news that the target closed the connection is back at the node */
    STEP_SERVED,       /* a worker is done: of older sessions */
    STEP_END,          /* the end is back at the client */
    STEP_DEAD,         /* the client's TCP gives the silent connection up */
    STEP_LIMIT,        /* the client's time is over */
    STEP_NODE_LIMIT,   /* the node's time is over */
    STEP_BEGIN,        /* the client's pause is over */
};

/* What asking for a name takes: ours, of the order that people measure. */
static const int64_t lookup_low = 2 * MILLISECOND_NS, lookup_high = 30 * MILLISECOND_NS;
static const int64_t node_connect_limit = 10 * SECOND_NS;
static const int64_t last_pause = 67 * SECOND_NS;

struct request *request_find(const struct requests *requests, uint64_t id)
{
    return request_pool_find(&requests->pool, id);
}

static const struct event_kind request_step_kind;

/* ---- small parts ---- */

void request_tell_way(struct requests *requests, const struct request *request, struct hop hop)
{
    struct request_way *way = way_at(&requests->ways, request->way);

    if (way == NULL)
        return;
    if (hop.time == 0)
        hop.time = requests->sim->now;
    way_tell(way, hop);
}

static void plan(struct requests *requests, struct request *request, int64_t delay, enum step step)
{
    request->step = sim_schedule(requests->sim, delay, EVENT_REQUEST_STEP, request->id, step);
}

static void stop(struct requests *requests, uint64_t *sequence)
{
    if (*sequence != 0)
        sim_cancel(requests->sim, *sequence);
    *sequence = 0;
}

/* ---- the end ---- */

/* The balancer has done with it. */
static void settle(struct requests *requests, struct request *request)
{
    if (request->counted && requests->balancing.ended != NULL)
        requests->balancing.ended(requests->balancing.context, request);
    request->counted = false;
}

static void finish_at(struct requests *requests, struct request *request, int64_t ended)
{
    const struct request_origin *origin = &requests->origins[request->origin];
    struct request_way *way = way_at(&requests->ways, request->way);

    stop(requests, &request->step);
    stop(requests, &request->timer);
    stop(requests, &request->node_timer);
    request_idle_leave(requests, request);
    if (request->exit == EXIT_ANSWERED && request->status != 0)
        request_tell(requests, request,
                     (struct hop){.time = ended, .why = WHY_DONE, .number = request->status});
    else if (request->exit == EXIT_ANSWERED && request_is_datagram(request))
        request_tell(requests, request, (struct hop){.time = ended, .why = WHY_DATAGRAM_DONE});
    if (way != NULL) {
        way->ended = ended;
        way->balancer = request->balancer;
        way->target = request->target_instance != 0        ? request->target_instance
                      : request->to.kind == PLACE_INSTANCE ? request->to.id
                                                           : 0;
        way->address = request->address;
        way->status = request->exit == EXIT_ANSWERED ? request->status : 0;
        way->exit = request->exit;
    }
    settle(requests, request);
    request->ended = ended;
    if (origin->done != NULL)
        origin->done(requests->origin_contexts[request->origin], request);
    /* Whoever waited for it may do anything now. */
    if (!origin->quiet)
        sim_disturb(requests->sim);
    request_pool_remove(&requests->pool, request);
}

static void finish(struct requests *requests, struct request *request)
{
    finish_at(requests, request, requests->sim->now);
}

/* The client is outside: what will become of the answer on its way is known already. */
static void finish_outside(struct requests *requests, struct request *request, int64_t way_back)
{
    int64_t ended = requests->sim->now + way_back;

    settle(requests, request);
    if (request->limit != SIM_NEVER && request->started + request->limit < ended) {
        ended = request->started + request->limit;
        request->exit = EXIT_TIMEOUT;
        request_tell(requests, request,
                     (struct hop){.time = ended,
                                  .why = WHY_GAVE_UP,
                                  .number = request->limit / MICROSECOND_NS});
    }
    finish_at(requests, request, ended);
}

void request_give_back(struct requests *requests, struct request *request, enum request_exit exit)
{
    int64_t way_back = request->latency;

    if (request_is_datagram(request) &&
        request_is_lost(requests, request, &request->to, &request->from)) {
        request_leave_server(requests, request);
        request_tell(requests, request, (struct hop){.why = WHY_LOST});
        request_datagram_vanishes(requests, request);
        return;
    }
    request_leave_server(requests, request);
    stop(requests, &request->step);
    stop(requests, &request->node_timer);
    request_idle_leave(requests, request);
    request->exit = (uint8_t)exit;
    request->state = REQUEST_RETURNING;
    if (request->answered_by == PLACE_INSTANCE)
        way_back += 2 * request->target_latency;
    if (!request_is_datagram(request))
        way_back += request_resent_after(requests, request, &request->to, &request->from);
    if (requests->origins[request->origin].outside) {
        finish_outside(requests, request, way_back);
        return;
    }
    settle(requests, request);
    plan(requests, request, way_back, STEP_END);
}

void request_hand_over(struct requests *requests, const struct request *request,
                       struct request_answer *answer)
{
    const struct request_origin *origin = &requests->origins[request->origin];

    if (request->wants_text && origin->text != NULL) {
        origin->text(requests->origin_contexts[request->origin], request, answer);
        return;
    }
    free(answer->headers);
    free(answer->body.bytes);
}

/* A node answers instead of a target. */
static void node_answers(struct requests *requests, struct request *request, uint16_t status)
{
    struct request_answer answer = {
        .status = status,
    };

    request_tell(
        requests, request,
        (struct hop){.why = WHY_BALANCER_ANSWER, .place = request->balancer, .number = status});
    request->status = status;
    request->answered_by = PLACE_NODE;
    if (requests->balancing.answer != NULL)
        requests->balancing.answer(requests->balancing.context, request, &answer);
    request->bytes = answer.bytes;
    request_hand_over(requests, request, &answer);
    request_give_back(requests, request, EXIT_ANSWERED);
}

/* Of a network balancer: what the target does is what the client sees. */
static void flow_ends(struct requests *requests, struct request *request, enum request_exit exit,
                      enum request_why why)
{
    request_tell(requests, request,
                 (struct hop){.why = (uint8_t)why, .place = request->target_instance});
    request_give_back(requests, request, exit);
}

static void flow_falls_silent(struct requests *requests, struct request *request)
{
    request_leave_server(requests, request);
    stop(requests, &request->step);
    request_idle_leave(requests, request);
    request_tell(requests, request,
                 (struct hop){.why = WHY_SILENCE, .place = request->target_instance});
    plan(requests, request, REQUEST_DEAD_AFTER_NS, STEP_DEAD);
}

void request_closed(struct requests *requests, struct request *request, enum request_exit exit)
{
    request_leave_server(requests, request);
    stop(requests, &request->step);
    if (request_is_datagram(request)) {
        request_datagram_vanishes(requests, request);
        return;
    }
    if (request->balancer != 0) {
        plan(requests, request, request->target_latency, STEP_CLOSED);
        return;
    }
    request_tell(requests, request, (struct hop){.why = WHY_RESET, .place = request->to.id});
    request_give_back(requests, request, exit);
}

void request_falls_silent(struct requests *requests, struct request *request, uint64_t instance)
{
    request_leave_server(requests, request);
    stop(requests, &request->step);
    request_tell(requests, request, (struct hop){.why = WHY_SILENCE, .place = instance});
    if (request->balancer == 0 && !request_is_datagram(request))
        plan(requests, request, REQUEST_DEAD_AFTER_NS, STEP_DEAD);
}

/* ---- from client to server ---- */

bool request_may_enter(struct requests *requests, const struct request *request,
                       const struct reach *reach)
{
    if (request->way != 0)
        request_tell(requests, request,
                     request_arrival(reach, request->target != 0 ? request->target_address
                                                                 : request->address));
    return request_arrives(reach);
}

static const struct reach *reach_of(struct requests *requests, const struct request *request)
{
    return request_reach(requests, (struct reach_ask){
                                       .from = &request->from,
                                       .address = request->address,
                                       .port = {request->port, request_is_datagram(request)},
                                   });
}

/* The first packet goes out, or the same once more. */
static void tell_first(struct requests *requests, const struct request *request, int64_t when)
{
    if (!request->kept)
        request_tell(requests, request,
                     (struct hop){
                         .time = when,
                         .why = request_is_datagram(request) ? WHY_DATAGRAM : WHY_SYN,
                         .number = request->syns,
                     });
}

static void knock(struct requests *requests, struct request *request)
{
    request->state = REQUEST_CONNECTING;
    request->syns++;
    /* From the internet it is as far to anybody. */
    if (request->from.kind != PLACE_INTERNET)
        request->to =
            requests->world.locate(requests->world.context, &request->from, request->address);
    if (request->latency == 0)
        request->latency = request_latency_between(request, &request->from, &request->to) +
                           request_late_between(requests, &request->from, &request->to);
    tell_first(requests, request, requests->sim->now);
    plan(requests, request, request->latency, STEP_SYN);
}

/* The SYN is lost: the next goes out 1, 2, 4... s after it; after the last one TCP gives up by
 * itself, 130 s in all. */
static void knock_again(struct requests *requests, struct request *request)
{
    bool again = request->syns < REQUEST_SYNS;
    int64_t pause = again ? SECOND_NS << (request->syns - 1) : last_pause;
    int64_t left = pause - request->latency; /* a way may take longer than the pause */

    if (request->protocol == REQUEST_SYN) {
        request_give_back(requests, request, EXIT_TIMEOUT);
        return;
    }
    request->kept = false;
    plan(requests, request, left > 0 ? left : 0, again ? STEP_KNOCK : STEP_LIMIT);
}

/* Connected: from now on only the limit of the whole counts. */
static void connected(struct requests *requests, struct request *request)
{
    int64_t waited = requests->sim->now + request->latency - request->started;

    request_tell(requests, request, (struct hop){.why = WHY_CONNECTED, .place = request->to.id});
    if (request->protocol == REQUEST_CONNECT) {
        request_give_back(requests, request, EXIT_ANSWERED);
        return;
    }
    request->state = REQUEST_SENDING;
    /* TLS 1.3: once more there and back. */
    plan(requests, request,
         (request->tls ? 4 : 2) * request->latency +
             request_resent_after(requests, request, &request->from, &request->to),
         STEP_ARRIVE);
    if (request->timer == 0 ||
        (request->connect_limit != SIM_NEVER && waited > request->connect_limit))
        return;
    stop(requests, &request->timer);
    if (request->limit != SIM_NEVER)
        request->timer =
            sim_schedule(requests->sim, request->started + request->limit - requests->sim->now,
                         EVENT_REQUEST_STEP, request->id, STEP_LIMIT);
}

static void refuse(struct requests *requests, struct request *request, struct hop hop)
{
    request_tell(requests, request, hop);
    request_give_back(requests, request, EXIT_REFUSED);
}

static void on_syn(struct requests *requests, struct request *request)
{
    const struct reach *reach = reach_of(requests, request);
    struct server_power power = reach->power;

    request->to = reach->to;
    if (request_is_datagram(request)) {
        request_datagram_arrives(requests, request, reach);
        return;
    }
    if (request_is_lost(requests, request, &request->from, &request->to)) {
        request_tell(requests, request, (struct hop){.why = WHY_LOST});
        knock_again(requests, request);
        return;
    }
    if (!request_may_enter(requests, request, reach)) {
        knock_again(requests, request);
        return;
    }
    if (request->protocol == REQUEST_SYN && (request->to.kind != PLACE_NODE || reach->listener)) {
        request_half_opens(requests, request, reach);
        return;
    }
    if (!request_is_taken(reach)) {
        refuse(requests, request, request_refusal(reach, request->port));
        return;
    }
    if (request->to.kind == PLACE_INSTANCE) {
        if (request_backlog_is_full(requests, request, request->to.id)) {
            request_give_back(requests, request, EXIT_REFUSED);
            return;
        }
        if (!request->kept && request_syn_is_dropped(requests, request, request->to.id)) {
            knock_again(requests, request);
            return;
        }
    }
    if (!request->kept) {
        connected(requests, request);
        return;
    }
    request_tell(requests, request, (struct hop){.why = WHY_KEPT, .place = request->to.id});
    if (request->to.kind == PLACE_NODE)
        request_at_node(requests, request);
    else
        request_enter_server(requests, request, request->to.id, power);
}

/* ---- through a balancer ---- */

/* The node's time to connect counts once its first SYN is lost. */
static void node_knocks_again(struct requests *requests, struct request *request)
{
    if (request->node_timer == 0)
        request->node_timer = sim_schedule(requests->sim, node_connect_limit, EVENT_REQUEST_STEP,
                                           request->id, STEP_NODE_LIMIT);
    plan(requests, request, SECOND_NS << (request->node_syns - 1), STEP_NODE_SYN);
    request->node_syns++;
}

static void on_node_syn(struct requests *requests, struct request *request)
{
    struct request_port port = {request->target_port, request_is_datagram(request)};
    /* The node finds the way; the packet may bear the client's address. */
    const struct reach *reach =
        request_reach(requests, (struct reach_ask){
                                    .from = &request->node,
                                    .seen = request->keeps_source ? &request->from : NULL,
                                    .address = request->target_address,
                                    .port = port,
                                });
    uint64_t instance = reach->to.id;
    struct server_power power = reach->power;
    bool taken = request_is_taken(reach);

    if (port.datagrams) {
        request_datagram_at_target(requests, request, reach);
        return;
    }
    if (request_is_lost(requests, request, &request->node, &reach->to)) {
        request_tell(requests, request, (struct hop){.why = WHY_LOST});
        node_knocks_again(requests, request);
        return;
    }
    if (!request_may_enter(requests, request, reach)) {
        node_knocks_again(requests, request);
        return;
    }
    if (request->target_instance == 0) /* a target by address */
        request->target_instance = instance;
    if (!taken)
        request_tell(requests, request, request_refusal(reach, request->target_port));
    if (!taken || request_backlog_is_full(requests, request, instance)) {
        plan(requests, request, 2 * request->target_latency, STEP_REFUSED);
        return;
    }
    stop(requests, &request->node_timer);
    request_idle_enter(requests, request);
    request_enter_server(requests, request, instance, power);
}

/* A node keeps its connections to the targets, and they are near: the way there and back takes its
 * time, when the answer returns, but is no event. */
void request_at_node(struct requests *requests, struct request *request)
{
    struct request_choice choice = {0};
    struct place target;

    request->balancer = request->to.id;
    requests->balancing.choose(requests->balancing.context, request, &choice);
    if (choice.what == BALANCE_ANSWER) {
        node_answers(requests, request, choice.status);
        return;
    }
    if (choice.what == BALANCE_CLOSE && request_is_datagram(request)) {
        request_datagram_vanishes(requests, request);
        return;
    }
    if (choice.what == BALANCE_CLOSE) {
        request_give_back(requests, request, choice.exit);
        return;
    }
    request->flow = choice.flow;
    request->target = choice.target;
    request->target_instance = choice.instance;
    request->target_address = choice.address;
    request->target_port = choice.port;
    request->idle = choice.idle_ns;
    request->node = (struct place){
        .kind = PLACE_NODE,
        .id = request->balancer,
        .zone = request->to.zone,
        .address = choice.node_address,
    };
    target = (struct place){
        .kind = PLACE_INSTANCE,
        .zone = choice.zone,
    };
    request->target_latency = request_latency_between(request, &request->node, &target) +
                              request_late_between(requests, &request->node, &target);
    request->keeps_source = choice.keeps_source;
    request->state = REQUEST_FORWARDING;
    request->node_syns = 1;
    request_tell(
        requests, request,
        (struct hop){
            .why = request_is_datagram(request) ? WHY_DATAGRAM_PASSED : WHY_NODE_TO_TARGET,
            .place = choice.instance,
            .number = choice.port,
        });
    on_node_syn(requests, request);
}

static void on_node_limit(struct requests *requests, struct request *request)
{
    bool connecting = request->state == REQUEST_FORWARDING;

    request->node_timer = 0;
    if (request->flow) {
        flow_falls_silent(requests, request);
        return;
    }
    request_tell(requests, request,
                 (struct hop){
                     .why = connecting ? WHY_TARGET_NO_CONNECT : WHY_TARGET_IDLE,
                     .place = request->target_instance,
                     .number = (connecting ? node_connect_limit : request->idle) / SECOND_NS,
                 });
    node_answers(requests, request, 504);
}

void request_idle_over(struct requests *requests, struct request *request)
{
    on_node_limit(requests, request);
}

static void on_bad_target(struct requests *requests, struct request *request, enum request_why why)
{
    if (request->flow) {
        flow_ends(requests, request, why == WHY_TARGET_REFUSED ? EXIT_REFUSED : EXIT_EMPTY,
                  why == WHY_TARGET_REFUSED ? WHY_FLOW_REFUSED : WHY_FLOW_CLOSED);
        return;
    }
    request_tell(requests, request,
                 (struct hop){.why = (uint8_t)why, .place = request->target_instance});
    node_answers(requests, request, 502);
}

/* The connection was made; meanwhile the world may have changed. */
static void on_arrive(struct requests *requests, struct request *request)
{
    const struct reach *reach = reach_of(requests, request);
    struct server_power power = reach->power;

    if (reach->to.kind != request->to.kind || reach->to.id != request->to.id) {
        request_falls_silent(requests, request, request->to.id);
        return;
    }
    if (request->to.kind == PLACE_NODE) {
        if (reach->listener) {
            request_at_node(requests, request);
            return;
        }
        request_tell(requests, request, (struct hop){.why = WHY_RESET, .place = request->to.id});
        request_give_back(requests, request, EXIT_RESET);
        return;
    }
    if (power.vcpus == 0 || request_backlog_is_full(requests, request, request->to.id)) {
        request_closed(requests, request, EXIT_RESET);
        return;
    }
    if (request->tls) { /* guests speak none */
        request_tell(requests, request,
                     (struct hop){.why = WHY_NO_TLS, .place = request->to.id});
        request_give_back(requests, request, EXIT_TLS);
        return;
    }
    request_enter_server(requests, request, request->to.id, power);
}

static void on_resolved(struct requests *requests, struct request *request)
{
    const struct request_origin *origin = &requests->origins[request->origin];
    struct request_way *way;

    request->address = origin->resolve(requests->origin_contexts[request->origin], request);
    if (request->address == 0) {
        request_tell(requests, request, (struct hop){.why = WHY_NO_NAME});
        request->exit = EXIT_NO_NAME;
        finish(requests, request);
        return;
    }
    way = way_at(&requests->ways, request->way);
    if (way != NULL)
        way->address = request->address;
    request_tell(requests, request, (struct hop){.why = WHY_RESOLVED, .number = request->address});
    knock(requests, request);
}

/* The first packet of a client outside is there. */
static void come_in(struct requests *requests, struct request *request)
{
    struct request_way *way = way_at(&requests->ways, request->way);

    request->state = REQUEST_CONNECTING;
    request->syns = 1;
    request->latency = request_latency_between(request, &request->from, &request->to);
    request->started -= request->latency;
    if (request->attempt == 0)
        request->began = request->started;
    if (way != NULL)
        way->started = request->started;
    tell_first(requests, request, request->started);
    if (request->limit != SIM_NEVER) {
        int64_t left = request->started + request->limit - requests->sim->now;

        request->timer = sim_schedule(requests->sim, left > 0 ? left : 0, EVENT_REQUEST_STEP,
                                      request->id, STEP_LIMIT);
    }
    on_syn(requests, request);
}

/* The client starts. */
static void begin(struct requests *requests, struct request *request)
{
    const struct request_origin *origin = &requests->origins[request->origin];

    request->came = requests->sim->now;
    if (request->address != 0) {
        if (origin->outside)
            come_in(requests, request);
        else
            knock(requests, request);
        return;
    }
    request->state = REQUEST_RESOLVING;
    plan(requests, request, chance_between_ns(&request->luck, lookup_low, lookup_high),
         STEP_RESOLVED);
}

static void run_step(void *context, const struct event *event)
{
    struct requests *requests = context;
    struct request *request = request_find(requests, event->subject);

    if (request == NULL)
        return;
    if (event->sequence == request->step)
        request->step = 0;
    if (event->sequence == request->timer)
        request->timer = 0;
    switch ((enum step)event->detail) {
    case STEP_RESOLVED:
        on_resolved(requests, request);
        break;
    case STEP_KNOCK:
        knock(requests, request);
        break;
    case STEP_SYN:
        on_syn(requests, request);
        break;
    case STEP_ARRIVE:
        on_arrive(requests, request);
        break;
    case STEP_NODE_SYN:
        if (request->node_syns > 1)
            request_tell(requests, request,
                         (struct hop){.why = WHY_NODE_SYN,
                                      .place = request->target_instance,
                                      .number = request->node_syns});
        on_node_syn(requests, request);
        break;
    case STEP_REFUSED:
        on_bad_target(requests, request, WHY_TARGET_REFUSED);
        break;
    case STEP_CLOSED:
        on_bad_target(requests, request, WHY_TARGET_CLOSED);
        break;
    case STEP_SERVED:
        request_served_alone(requests, request);
        break;
    case STEP_END:
        finish(requests, request);
        break;
    case STEP_DEAD:
        request->exit = EXIT_RESET;
        finish(requests, request);
        break;
    case STEP_LIMIT:
        request_abort(requests, request->id, EXIT_TIMEOUT);
        break;
    case STEP_NODE_LIMIT:
        on_node_limit(requests, request);
        break;
    case STEP_BEGIN:
        if (requests->origins[request->origin].begun != NULL)
            requests->origins[request->origin].begun(requests->origin_contexts[request->origin],
                                                     request);
        begin(requests, request);
        break;
    }
}

/* ---- the door ---- */

static void begin_way(struct requests *requests, struct request *request)
{
    struct request_way *way = way_begin(&requests->ways, request->id);

    request->way = requests->ways.begun;
    way->started = request->started;
    way->origin = request->origin;
    way->origin_id = request->origin_id;
    way->source = request->from.address;
    way->address = request->address;
    way->port = request->port;
}

/* The first kinds of origin share a label, as they did when there were no others: a world that was
 * saved goes on alike. */
static struct chance luck_of(const struct requests *requests, const struct request_ask *ask)
{
    enum { SHARING = 4 };
    bool shares = ask->origin < SHARING;
    uint64_t whose = shares ? ask->origin_id * SHARING + ask->origin : ask->origin_id;

    return chance_stream(requests->seed, shares ? "request" : "request-service",
                         whose * UINT64_C(0x9e3779b97f4a7c15) + ask->turn);
}

uint64_t request_start(struct requests *requests, const struct request_ask *ask)
{
    uint64_t id = ways_new_id(&requests->ways);
    struct request *request = request_pool_add(&requests->pool, id);
    int64_t limit = ask->connect_limit_ns < ask->limit_ns ? ask->connect_limit_ns : ask->limit_ns;

    request->origin = ask->origin;
    request->origin_id = ask->origin_id;
    request->protocol = ask->protocol;
    request->wants_text = ask->wants_text;
    request->tls = ask->tls;
    request->insecure = ask->insecure;
    request->from = ask->from;
    request->address = ask->address;
    request->port = ask->port;
    request->kept = ask->kept;
    request->attempt = ask->attempt;
    request->work = ask->work_ns;
    request->started = requests->sim->now + ask->pause_ns;
    request->began = ask->began != 0 ? ask->began : request->started;
    request->connect_limit = ask->connect_limit_ns;
    request->limit = ask->limit_ns;
    request->luck = ask->luck != NULL ? *ask->luck : luck_of(requests, ask);
    if (!ask->untold)
        begin_way(requests, request);
    if (limit != SIM_NEVER)
        request->timer =
            sim_schedule(requests->sim, ask->pause_ns + limit, EVENT_REQUEST_STEP, id, STEP_LIMIT);
    if (ask->pause_ns > 0) {
        request->state = REQUEST_PAUSED;
        plan(requests, request, ask->pause_ns, STEP_BEGIN);
        return id;
    }
    begin(requests, request);
    return id;
}

bool request_abort(struct requests *requests, uint64_t id, enum request_exit exit)
{
    struct request *request = request_find(requests, id);
    int64_t waited;

    if (request == NULL)
        return false;
    waited = (requests->sim->now - request->started) / MICROSECOND_NS;
    request_tell(
        requests, request,
        (struct hop){.why = exit == EXIT_TIMEOUT ? WHY_GAVE_UP : WHY_ABORTED, .number = waited});
    if (request->counted && !request->flow) /* SEMANTICS c3 */
        request_tell(requests, request,
                     (struct hop){.why = WHY_CLIENT_CLOSED, .place = request->balancer});
    request_leave_server(requests, request);
    request->exit = (uint8_t)exit;
    finish(requests, request);
    return true;
}

uint32_t request_cut_target(struct requests *requests, uint64_t target, struct hop hop)
{
    uint32_t total = requests->pool.count;
    uint64_t *ids = request_pool_ids(&requests->pool);
    uint32_t cut = 0;

    for (uint32_t i = 0; i < total; i++) {
        struct request *request = request_find(requests, ids[i]);

        if (request == NULL || request->target != target || request->state == REQUEST_RETURNING)
            continue;
        cut++;
        if (request_is_datagram(request)) {
            request_leave_server(requests, request);
            request_datagram_vanishes(requests, request);
            continue;
        }
        if (request->flow) {
            flow_ends(requests, request, EXIT_RESET,
                      hop.why == WHY_FLOW_RESET ? WHY_FLOW_RESET : WHY_FLOW_CLOSED);
            continue;
        }
        hop.place = request->target_instance;
        request_tell(requests, request, hop);
        node_answers(requests, request, 502);
    }
    free(ids);
    return cut;
}

void request_balancer_gone(struct requests *requests, uint64_t balancer)
{
    uint32_t total = requests->pool.count;
    uint64_t *ids = request_pool_ids(&requests->pool);

    for (uint32_t i = 0; i < total; i++) {
        struct request *request = request_find(requests, ids[i]);

        if (request == NULL || request->balancer != balancer || request->state == REQUEST_RETURNING)
            continue;
        request_tell(requests, request, (struct hop){.why = WHY_BALANCER_GONE, .place = balancer});
        request->status = 0;
        if (request_is_datagram(request)) {
            request_leave_server(requests, request);
            request_datagram_vanishes(requests, request);
            continue;
        }
        request_give_back(requests, request, EXIT_RESET);
    }
    free(ids);
}

void requests_set_origin(struct requests *requests, enum request_origin_kind kind,
                         const struct request_origin *origin, void *context)
{
    requests->origins[kind] = *origin;
    requests->origin_contexts[kind] = context;
}

void requests_init(struct requests *requests, struct sim *sim, uint64_t seed)
{
    *requests = (struct requests){
        .sim = sim,
        .seed = seed,
    };
    request_idles_init(requests);
    ways_init(&requests->ways);
    sim_handle(sim, EVENT_REQUEST_STEP, &request_step_kind, requests);
    request_servers_init(requests);
}

void requests_release(struct requests *requests)
{
    request_pool_release(&requests->pool);
    servers_release(&requests->servers);
    table_release(&requests->idles);
    ways_release(&requests->ways);
    free(requests->memory);
}

/* ---- tables ---- */

static const struct event_kind request_step_kind = {
    .name = "request-step",
    .run = run_step,
    .quiet = true,
};
