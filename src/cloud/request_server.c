/*
 * cloud/request_server.c - requests at their servers: taken up, worked on, answered.
 *
 * Owns    nothing: who is where is cloud/server's.  One event a server says when the next request's
 *         work may be done.
 */
#include "cloud/request_parts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

static void plan_look(struct requests *requests, struct server *server)
{
    server->due = server->next;
    server->step = sim_schedule(requests->sim, server->next - requests->sim->now, EVENT_SERVER_STEP,
                                server->instance, 0);
}

/* Somebody came or went: when is the next one done?  A look that is planned too early stays: it
 * will find that nobody is done, and plan the next. */
static void server_replan(struct requests *requests, struct server *server)
{
    int64_t due = server_due(server);

    server->next = due;
    if (due == SIM_NEVER || (server->step != 0 && server->due <= due))
        return;
    if (server->step != 0)
        sim_cancel(requests->sim, server->step);
    plan_look(requests, server);
}

/* The same, when those who share out the CPU may want to know. */
static void server_plan(struct requests *requests, struct server *server)
{
    if (server->watched)
        requests->cpu.changed(requests->cpu.context, server->instance);
    server_replan(requests, server);
}

void request_set_share(struct requests *requests, uint64_t instance, int64_t share_ppm,
                       bool watched)
{
    struct server *server = server_find(&requests->servers, instance);

    if (server == NULL)
        return;
    server->watched = watched;
    if (server->share_ppm == share_ppm)
        return;
    server_set_share(server, requests->sim->now, share_ppm);
    server_replan(requests, server);
}

static const char failing_headers[] =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\n";
static const char failing_page[] = "Internal Server Error\n";

/* The page is broken on purpose: 500 in its place. */
static void answer_failing(const struct request *request, struct request_answer *answer)
{
    free(answer->headers);
    free(answer->body.bytes);
    answer->headers = NULL;
    answer->body = (struct blob){0};
    answer->how = REQUEST_SERVE_ANSWER;
    answer->status = 500;
    answer->bytes = sizeof(failing_page) - 1;
    if (!request->wants_text)
        return;
    answer->headers = xstrdup(failing_headers);
    answer->body.bytes = xstrdup(failing_page);
    answer->body.size = answer->bytes;
}

/* What a fault that was injected makes of the answer. */
static void spoil(struct requests *requests, struct request *request,
                  struct request_answer *answer)
{
    const struct request_mood mood = request_mood(requests, request);

    if (mood.hangs_ppm > 0 && chance_happens(&request->luck, mood.hangs_ppm)) {
        answer->how = REQUEST_SERVE_HANG;
        request_tell(requests, request, (struct hop){.why = WHY_HANGS, .place = request->server});
    } else if (mood.fails_ppm > 0 && !request_is_datagram(request) &&
               chance_happens(&request->luck, mood.fails_ppm)) {
        answer_failing(request, answer);
        request_tell(requests, request,
                     (struct hop){.why = WHY_PAGE_FAILS, .place = request->server});
    }
}

static void begin_service(struct requests *requests, struct server *server, struct request *request)
{
    struct request_answer answer = {0};
    int64_t work;

    request->state = REQUEST_SERVED;
    request_serve(requests, request, &answer);
    if (requests->spoiled &&
        (answer.how == REQUEST_SERVE_ANSWER || answer.how == REQUEST_SERVE_PROGRAM))
        spoil(requests, request, &answer);
    if (answer.how == REQUEST_SERVE_PROGRAM)
        requests->world.program(requests->world.context, request, &answer);
    if (answer.how != REQUEST_SERVE_ANSWER) {
        free(answer.headers);
        free(answer.body.bytes);
        if (answer.how == REQUEST_SERVE_HANG || answer.how == REQUEST_SERVE_HOLD) {
            server_hold(server, request->id);
            return;
        }
        request->server = 0;
        request_closed(requests, request, EXIT_EMPTY);
        return;
    }
    work = (request->work != 0 ? request->work : answer.service_ns) + answer.extra_ns;
    request->service = server_service_ns(server, work);
    if (answer.sets_cookie)
        request->stuck_target = request->target;
    request->status = answer.status;
    request->bytes = answer.bytes;
    server_work(server, request->id, work);
    request_tell(requests, request,
                 (struct hop){.why = WHY_SERVING,
                              .place = server->instance,
                              .number = request->service / MICROSECOND_NS,
                              .other = server_at_work(server) - 1});
    if (request->wants_text)
        request_hand_over(requests, request, &answer);
}

void request_set_power(struct requests *requests, uint64_t instance, struct server_power power)
{
    if (server_find(&requests->servers, instance) == NULL || power.vcpus == 0)
        return;
    server_plan(requests, server_open(&requests->servers, instance, power, requests->sim->now));
}

static void take_up(struct requests *requests, struct server *server)
{
    uint64_t next;

    while ((next = server_next(server)) != 0)
        begin_service(requests, server, request_find(requests, next));
    server_plan(requests, server);
}

void request_leave_server(struct requests *requests, struct request *request)
{
    struct server *server =
        request->server == 0 ? NULL : server_find(&requests->servers, request->server);

    request->server = 0;
    if (server == NULL)
        return;
    server_leave(server, requests->sim->now, request->id);
    take_up(requests, server);
}

void request_enter_server(struct requests *requests, struct request *request, uint64_t instance,
                          struct server_power power)
{
    struct server *server = server_open(&requests->servers, instance, power, requests->sim->now);

    if (server->arrived == 0 && requests->cpu.changed != NULL)
        requests->cpu.changed(requests->cpu.context, instance);
    request->server = instance;
    request->arrived = requests->sim->now;
    if (server_enter(server, requests->sim->now, request->id)) {
        begin_service(requests, server, request);
        server_plan(requests, server);
        return;
    }
    request->state = REQUEST_QUEUED;
    request_tell(
        requests, request,
        (struct hop){.why = WHY_QUEUED, .place = instance, .number = server_waiting(server) - 1});
}

bool request_backlog_is_full(struct requests *requests, const struct request *request,
                             uint64_t instance)
{
    const struct server *server = server_find(&requests->servers, instance);

    if (server == NULL || !server_is_full(server))
        return false;
    request_tell(
        requests, request,
        (struct hop){.why = WHY_BACKLOG_FULL, .place = instance, .number = server_waiting(server)});
    return true;
}

bool request_syn_is_dropped(struct requests *requests, const struct request *request,
                            uint64_t instance)
{
    const struct server *server = server_find(&requests->servers, instance);
    int64_t now = requests->sim->now;

    if (server == NULL || !server_has_no_place(server, now))
        return false;
    request_tell(requests, request,
                 (struct hop){.why = WHY_SYN_DROPPED,
                              .place = instance,
                              .number = server_half_open_count(server, now)});
    return true;
}

void request_half_opens(struct requests *requests, struct request *request,
                        const struct reach *reach)
{
    uint64_t place = reach->to.id;
    struct hop hop = {.why = WHY_SYN_ABSORBED, .place = place, .number = request->port};
    enum request_exit exit = EXIT_ABORTED;

    if (reach->to.kind == PLACE_INSTANCE) {
        struct server *server = NULL;
        int64_t now = requests->sim->now;

        if (reach->power.vcpus > 0)
            server = server_open(&requests->servers, place, reach->power, now);
        if (server == NULL) {
            exit = EXIT_REFUSED;
            hop.why = WHY_PORT_CLOSED;
        } else if (server_half_open(server, now)) {
            hop.why = WHY_HALF_OPEN;
            hop.number = server_half_open_count(server, now);
        } else {
            exit = EXIT_TIMEOUT;
            hop.why = WHY_SYN_DROPPED;
            hop.number = server_half_open_count(server, now);
        }
    }
    request_tell(requests, request, hop);
    request_give_back(requests, request, exit);
}

/* It has left the server's workers already. */
static void on_served(struct requests *requests, struct server *server, struct request *request)
{
    struct meter_traffic traffic = meter_traffic_of(request);

    server->served++;
    meter_traffic_add(&server->traffic, &traffic);
    request->server = 0;
    request->answered = requests->sim->now;
    request_tell(requests, request,
                 (struct hop){
                     .why = request_is_datagram(request) ? WHY_DATAGRAM_ANSWERED : WHY_SERVED,
                     .place = server->instance,
                     .number = request->status,
                 });
    request->answered_by = PLACE_INSTANCE;
    request_give_back(requests, request, EXIT_ANSWERED);
}

static void run_server(void *context, const struct event *event)
{
    struct requests *requests = context;
    struct server *server = server_find(&requests->servers, event->subject);
    LIST(uint64_t) jobs = {0};
    uint64_t done;

    if (server == NULL || server->step != event->sequence)
        return;
    server->step = 0;
    if (server->next > requests->sim->now && server->next != SIM_NEVER) {
        plan_look(requests, server);
        return;
    }
    while ((done = server_done(server, requests->sim->now)) != 0) {
        if ((done & SERVER_JOB) != 0)
            *LIST_PUSH(&jobs) = done;
        else
            on_served(requests, server, request_find(requests, done));
    }
    take_up(requests, server);
    for (uint32_t i = 0; i < jobs.count; i++)
        requests->world.worked(requests->world.context, event->subject, jobs.items[i]);
    LIST_RELEASE(&jobs);
}

/* ---- programs in instances ---- */

bool request_is_held(const struct requests *requests, uint64_t id)
{
    const struct request *request = request_find(requests, id);

    return request != NULL && request->state == REQUEST_SERVED && request->server != 0;
}

bool request_reply(struct requests *requests, uint64_t id, struct request_answer *answer)
{
    struct request *request = request_find(requests, id);
    struct server *server;

    if (!request_is_held(requests, id)) {
        free(answer->headers);
        free(answer->body.bytes);
        return false;
    }
    server = server_find(&requests->servers, request->server);
    server_leave(server, requests->sim->now, id);
    request->status = answer->status;
    request->bytes = answer->bytes;
    request->service = requests->sim->now - request->arrived;
    request_hand_over(requests, request, answer);
    on_served(requests, server, request);
    take_up(requests, server);
    return true;
}

void request_job_start(struct requests *requests, uint64_t instance, struct server_power power,
                       uint64_t job, int64_t work_ns)
{
    struct server *server = server_open(&requests->servers, instance, power, requests->sim->now);

    if (server->arrived == 0 && requests->cpu.changed != NULL)
        requests->cpu.changed(requests->cpu.context, instance);
    server_begin_job(server, requests->sim->now, job, work_ns);
    server_plan(requests, server);
}

void request_job_stop(struct requests *requests, uint64_t instance, uint64_t job)
{
    struct server *server = server_find(&requests->servers, instance);

    if (server == NULL)
        return;
    server_leave(server, requests->sim->now, job);
    server_plan(requests, server);
}

/* In older sessions each request at work had an event for its end. */
void request_served_alone(struct requests *requests, struct request *request)
{
    struct server *server = server_find(&requests->servers, request->server);

    if (server == NULL)
        return;
    server_leave(server, requests->sim->now, request->id);
    on_served(requests, server, request);
    take_up(requests, server);
}

void request_server_gone(struct requests *requests, uint64_t instance, uint16_t port, bool silent)
{
    struct server *server = server_find(&requests->servers, instance);
    uint32_t count = 0;
    uint64_t *ids = server == NULL ? NULL : server_everybody(server, &count);

    if (server == NULL)
        return;
    server_forget_half_open(server);
    for (uint32_t i = 0; i < count; i++) {
        struct request *request = request_find(requests, ids[i]);
        bool queued = request->state == REQUEST_QUEUED;

        if (port != 0 && port != (request->target != 0 ? request->target_port : request->port))
            continue;
        /* Taken out here, so that nobody is taken up while the others leave. */
        server_leave(server, requests->sim->now, request->id);
        request->server = 0;
        if (silent)
            request_falls_silent(requests, request, instance);
        else
            request_closed(requests, request, queued ? EXIT_RESET : EXIT_EMPTY);
    }
    free(ids);
    take_up(requests, server);
    if (server_count(server) > 0 || server->jobs > 0)
        return;
    if (requests->cpu.closing != NULL)
        requests->cpu.closing(requests->cpu.context, instance);
    sim_cancel(requests->sim, server->step);
    server_close(&requests->servers, instance);
}

static const struct event_kind server_step_kind = {
    .name = "server-step",
    .run = run_server,
    .quiet = true,
};

void request_servers_init(struct requests *requests)
{
    servers_init(&requests->servers);
    sim_handle(requests->sim, EVENT_SERVER_STEP, &server_step_kind, requests);
}
