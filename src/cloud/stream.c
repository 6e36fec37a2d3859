/*
 * cloud/stream.c - streams of traffic: many clients on the internet that ask for one URL.
 *
 * Owns    struct stream; those that run, and the last that have ended.
 * Uses    cloud/request for each request, cloud/traffic for names.
 *
 * Arrivals that change with time are thinned: candidates come at the highest rate, and each is
 * taken with the share that its moment has of it.  So a change of rate needs no table of integrals,
 * and all is integers.
 *
 * True to how browsers and load generators ask: names are asked for again after the 60 s that AWS
 * lets them live, each client keeps one of the addresses, and its connection open.  Retries pause
 * 1, 2, 4... s, as curl's.  Left out: what clients do with a redirect (they take it as the answer).
 */
#include "cloud/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cloud/event_kinds.h"
#include "sim/clock.h"

enum { PER_MILLE = 1000, STORY_WORDS = 160 };

static const int64_t name_lives = 60 * SECOND_NS;
static const int64_t told_gap = 100 * MILLISECOND_NS;
static const int64_t ramp_default = 600 * SECOND_NS;
static const int64_t burst_period = 60 * SECOND_NS;
static const int64_t burst_length = 10 * SECOND_NS;

/* Each hour's share of the day's mean, in thousandths; between two it goes evenly. */
static const int32_t daily[24] = {
    550,  400,  300,  250,  250,  300,  450,  700,  950,  1100, 1200, 1300,
    1350, 1300, 1250, 1250, 1300, 1450, 1650, 1800, 1750, 1500, 1050, 600,
};

const char *const stream_distribution_words[] = {"poisson", "constant", "burst",
                                                 "ramp",    "daily",    NULL};

const char *const stream_kind_words[] = {"http", "syn", "udp", NULL};

static const struct event_kind stream_step_kind;

static struct stream *find(const struct streams *streams, uint64_t id)
{
    return table_find(&streams->table, id);
}

struct stream *stream_find(const struct streams *streams, uint64_t account, uint64_t id)
{
    struct stream *stream = id == 0 ? NULL : find(streams, id);

    return stream != NULL && stream->account == account ? stream : NULL;
}

uint32_t streams_running(const struct streams *streams)
{
    uint32_t running = 0;

    for (uint32_t i = 0; i < table_count(&streams->table); i++) {
        const struct stream *stream = table_at(&streams->table, i);

        running += stream->ended == 0;
    }
    return running;
}

static void tell(const struct streams *streams, const struct stream *stream, const char *what)
{
    char text[STORY_WORDS];

    snprintf(text, sizeof(text), "traffic to %.80s %s", stream->host, what);
    trail_add(streams->trail, (struct trail_entry){
                                  .account = stream->account,
                                  .subject = stream->id,
                                  .topic = TRAIL_REQUEST,
                                  .region = stream->region,
                                  .text = text,
                              });
}

/* ---- counting ---- */

static void count_in_flight(const struct streams *streams, struct stream *stream, int64_t change)
{
    area_add(&stream->presence, (uint64_t)stream->in_flight, streams->sim->now - stream->looked);
    stream->looked = streams->sim->now;
    stream->in_flight += change;
}

static void count_code(struct stream *stream, uint16_t status)
{
    uint32_t at = 0;

    while (at < stream->codes.count && stream->codes.items[at].status < status)
        at++;
    if (at == stream->codes.count || stream->codes.items[at].status != status) {
        LIST_PUSH(&stream->codes);
        for (uint32_t i = stream->codes.count - 1; i > at; i--)
            stream->codes.items[i] = stream->codes.items[i - 1];
        stream->codes.items[at] = (struct stream_code){.status = status};
    }
    stream->codes.items[at].count++;
}

static void count_begun(const struct streams *streams, struct stream *stream)
{
    stream->sent++;
    count_in_flight(streams, stream, 1);
}

/* The pause before a retry is over. */
static void begun(void *context, const struct request *request)
{
    struct streams *streams = context;
    struct stream *stream = find(streams, request->origin_id);

    if (stream != NULL)
        count_begun(streams, stream);
}

/* ---- clients ---- */

static uint32_t first_client(const struct stream *stream)
{
    return stream->first_client == 0 ? STREAM_CLIENT_ADDRESS : stream->first_client;
}

static uint32_t client_of(const struct stream *stream, const struct request *request)
{
    return request->from.address - first_client(stream);
}

static bool is_connected(const struct stream *stream, uint32_t client)
{
    return client / 64 < stream->connected.count &&
           ((uint64_t)stream->connected.items[client / 64] >> client % 64 & 1) != 0;
}

static void set_connected(struct stream *stream, uint32_t client, bool on)
{
    uint64_t bit = UINT64_C(1) << client % 64;
    uint64_t word;

    while (client / 64 >= stream->connected.count)
        *LIST_PUSH(&stream->connected) = 0;
    word = (uint64_t)stream->connected.items[client / 64];
    stream->connected.items[client / 64] = (int64_t)(on ? word | bit : word & ~bit);
}

static bool has_address(const struct stream *stream, uint32_t address)
{
    for (uint32_t i = 0; i < stream->addresses.count; i++)
        if (stream->addresses.items[i] == address)
            return true;
    return false;
}

/* Asks for the name until an address comes again: DNS gives all of them, in turn. */
static void resolve(const struct streams *streams, struct stream *stream)
{
    int64_t before[STREAM_NODES];
    uint32_t had = stream->addresses.count < STREAM_NODES ? stream->addresses.count : STREAM_NODES;
    uint32_t address;

    if (had > 0)
        memcpy(before, stream->addresses.items, had * sizeof(before[0]));
    stream->addresses.count = 0;
    stream->resolved = streams->sim->now;
    while (stream->addresses.count < STREAM_NODES &&
           (address = traffic_resolve(streams->traffic, stream->host, 0)) != 0 &&
           !has_address(stream, address))
        *LIST_PUSH(&stream->addresses) = address;
    /* In one order, so that clients stay with their addresses. */
    for (uint32_t i = 1; i < stream->addresses.count; i++) {
        int64_t moved = stream->addresses.items[i];
        uint32_t at = i;

        for (; at > 0 && stream->addresses.items[at - 1] > moved; at--)
            stream->addresses.items[at] = stream->addresses.items[at - 1];
        stream->addresses.items[at] = moved;
    }
    if (had != stream->addresses.count ||
        (had > 0 && memcmp(before, stream->addresses.items, had * sizeof(before[0])) != 0))
        stream->connected.count = 0;
}

/* 0: there is no such name now. */
static uint32_t address_for(const struct streams *streams, struct stream *stream, uint32_t client)
{
    if (stream->resolved == 0 || stream->addresses.count == 0 ||
        streams->sim->now >= stream->resolved + name_lives)
        resolve(streams, stream);
    if (stream->addresses.count == 0)
        return 0;
    return (uint32_t)stream->addresses.items[client % stream->addresses.count];
}

struct sending {
    uint32_t client;
    uint8_t attempt;
    int64_t began; /* of a retry */
    int64_t pause;
    int64_t work;
    struct chance luck;
};

static void send(struct streams *streams, struct stream *stream, const struct sending *sending)
{
    int64_t now = streams->sim->now;
    bool untold = stream->told != 0 && now - stream->told < told_gap;
    uint32_t address = address_for(streams, stream, sending->client);
    bool datagram = stream->kind == STREAM_DATAGRAM;
    int64_t limit = stream->timeout != 0 ? stream->timeout
                    : datagram           ? TRAFFIC_DATAGRAM_LIMIT_NS
                                         : SIM_NEVER;

    if (stream->in_flight >= STREAM_IN_FLIGHT_MAX) {
        stream->sent++;
        stream->failed++;
        return;
    }
    if (!untold)
        stream->told = now;
    if (stream->tls == 0)
        stream->tls = str_starts(stream->url, "https:") ? 1 : -1;
    if (sending->pause == 0)
        count_begun(streams, stream);
    request_start(
        streams->requests,
        &(struct request_ask){
            .origin = REQUEST_STREAM,
            .origin_id = stream->id,
            .luck = &sending->luck,
            .from = {.kind = PLACE_INTERNET, .address = first_client(stream) + sending->client},
            .address = address,
            .port = stream->port,
            .protocol = datagram                     ? REQUEST_DATAGRAM
                        : stream->kind == STREAM_SYN ? REQUEST_SYN
                                                     : REQUEST_HTTP,
            .untold = untold,
            .tls = stream->tls > 0,
            .insecure = true, /* a site's own name has its own certificate */
            .kept = address != 0 && !datagram && is_connected(stream, sending->client),
            .attempt = sending->attempt,
            .began = sending->began,
            .pause_ns = sending->pause,
            .work_ns = sending->work,
            .connect_limit_ns = limit,
            .limit_ns = limit,
        });
}

static void send_next(struct streams *streams, struct stream *stream)
{
    uint64_t number = stream->number++;
    struct sending sending = {
        .client =
            stream->clients > 1 ? (uint32_t)chance_below(&stream->choices, stream->clients) : 0,
        .luck = chance_few(&stream->luck, number),
    };

    if (stream->work > 0)
        sending.work = 1 + chance_exponential(&stream->works, stream->work);
    send(streams, stream, &sending);
}

/* ---- the end of a request ---- */

static bool asks_again(const struct stream *stream, const struct request *request)
{
    if (stream->ended != 0 || request->attempt >= stream->retries || stream->kind == STREAM_SYN)
        return false;
    if (request->exit != EXIT_ANSWERED)
        return true;
    return request->status == 408 || request->status == 429 || request->status == 500 ||
           (request->status >= 502 && request->status <= 504);
}

static void send_again(struct streams *streams, struct stream *stream,
                       const struct request *request)
{
    struct sending sending = {
        .client = client_of(stream, request),
        .attempt = (uint8_t)(request->attempt + 1),
        .began = request->began,
        .pause = request->ended - streams->sim->now + (SECOND_NS << request->attempt),
        .work = request->work,
        .luck = request->luck,
    };

    send(streams, stream, &sending);
}

/* The cookies that a balancer gives with a target's answer. */
static void keep_cookies(const struct streams *streams, struct stream *stream,
                         const struct request *request)
{
    uint32_t client = client_of(stream, request);

    if (!stream->keeps_cookies || request->answered_by != PLACE_INSTANCE ||
        (request->stuck_target == 0 && request->stuck_group == 0))
        return;
    while (stream->jar.count <= client)
        *LIST_PUSH(&stream->jar) = (struct stream_cookie){0};
    stream->jar.items[client] = (struct stream_cookie){
        .target = request->stuck_target,
        .group = request->stuck_group,
        .since = streams->sim->now,
    };
}

static void done(void *context, const struct request *request)
{
    struct streams *streams = context;
    struct stream *stream = find(streams, request->origin_id);
    bool answered = request->exit == EXIT_ANSWERED;

    if (stream == NULL)
        return;
    area_add(&stream->stayed, 1, streams->sim->now - request->came);
    count_in_flight(streams, stream, -1);
    if (is_connected(stream, client_of(stream, request)) != answered)
        set_connected(stream, client_of(stream, request), answered);
    if (answered) {
        stream->completed++;
        if (request->status != 0)
            count_code(stream, request->status);
        keep_cookies(streams, stream, request);
        if (request->answered_by == PLACE_INSTANCE) {
            histogram_add(&stream->target, request->answered - request->arrived);
            histogram_add(&stream->service, request->service);
        }
    } else {
        stream->failed++;
        if (stream->kind == STREAM_SYN && request->exit == EXIT_ABORTED)
            (*(request->to.kind == PLACE_NODE ? &stream->absorbed : &stream->half_open))++;
    }
    if (asks_again(stream, request))
        send_again(streams, stream, request);
    else if (answered)
        histogram_add(&stream->latency, request->ended - request->began);
}

/* ---- arrivals ---- */

static int64_t ramp_length(const struct stream *stream)
{
    return stream->ends != 0 ? stream->ends - stream->started : ramp_default;
}

/* The highest rate that it ever has. */
static int64_t rate_highest(const struct stream *stream)
{
    switch (stream->distribution) {
    case STREAM_BURST:
        return stream->rate * 4;
    case STREAM_DAILY:
        return stream->rate * 1800 / PER_MILLE;
    default:
        return stream->rate;
    }
}

static int32_t daily_share(int64_t now)
{
    int64_t in_day = now % DAY_NS;
    int64_t hour = in_day / HOUR_NS;
    int64_t minute = in_day % HOUR_NS / MINUTE_NS;
    int32_t from = daily[hour];
    int32_t to = daily[(hour + 1) % 24];

    return (int32_t)(from + (to - from) * minute / 60);
}

/* Is the candidate at this moment taken? */
static bool is_taken(const struct streams *streams, struct stream *stream)
{
    int64_t now = streams->sim->now;
    int64_t passed = now - stream->started;

    switch (stream->distribution) {
    case STREAM_BURST: /* 4 of 4, or 0.4 of 4 */
        return passed % burst_period < burst_length || chance_below(&stream->arrivals, 10) == 0;
    case STREAM_RAMP:
        return passed >= ramp_length(stream) ||
               chance_below(&stream->arrivals, (uint64_t)ramp_length(stream)) < (uint64_t)passed;
    case STREAM_DAILY:
        return chance_below(&stream->arrivals, 1800) < (uint64_t)daily_share(now);
    default:
        return true;
    }
}

/* The time of the next candidate: of a constant stream, exactly the n-th share of its time. */
static int64_t next_candidate(const struct streams *streams, struct stream *stream)
{
    __extension__ typedef unsigned __int128 wide;
    wide whole;

    if (stream->gap == 0)
        stream->gap = SECOND_NS * STREAM_RATE_ONE / rate_highest(stream);
    if (stream->distribution != STREAM_CONSTANT)
        return streams->sim->now + chance_exponential(&stream->arrivals, stream->gap);
    whole = (wide)(stream->ticks + 1) * SECOND_NS * STREAM_RATE_ONE;
    return stream->started + (int64_t)(whole / (uint64_t)stream->rate);
}

static void plan(struct streams *streams, struct stream *stream)
{
    int64_t next = next_candidate(streams, stream);
    bool is_over = stream->ends != 0 && next > stream->ends;

    if (is_over)
        next = stream->ends;
    stream->step = sim_schedule(streams->sim, next - streams->sim->now, EVENT_STREAM_STEP,
                                stream->id, is_over);
}

/* Those that ended longest ago make room. */
static void forget_ended(struct streams *streams)
{
    uint32_t ended = table_count(&streams->table) - streams_running(streams);
    uint32_t at = 0;

    while (ended > STREAMS_ENDED_KEPT) {
        const struct stream *stream = table_at(&streams->table, at++);

        if (stream->ended == 0 || stream->in_flight > 0)
            continue;
        table_remove(&streams->table, stream->id);
        ended--;
        at--;
        if (at >= table_count(&streams->table))
            return;
    }
}

static void end(struct streams *streams, struct stream *stream, const char *how)
{
    sim_cancel(streams->sim, stream->step);
    stream->step = 0;
    stream->ended = streams->sim->now;
    tell(streams, stream, how);
}

static void run_step(void *context, const struct event *event)
{
    struct streams *streams = context;
    struct stream *stream = find(streams, event->subject);

    if (stream == NULL || stream->step != event->sequence)
        return;
    stream->step = 0;
    if (event->detail != 0) {
        end(streams, stream, "has ended: its duration is over");
        return;
    }
    stream->ticks++;
    if (is_taken(streams, stream))
        send_next(streams, stream);
    plan(streams, stream);
}

struct stream *stream_start(struct streams *streams, const struct stream_new *wish)
{
    uint64_t id = ids_new(streams->ids);
    struct stream *stream;
    struct chance all = chance_stream(streams->seed, "stream", wish->draws == 0 ? id : wish->draws);

    forget_ended(streams);
    stream = table_add(&streams->table, id);
    stream->account = wish->account;
    stream->started = stream->looked = streams->sim->now;
    stream->ends = wish->duration_ns == 0 ? 0 : stream->started + wish->duration_ns;
    stream->rate = wish->rate;
    stream->work = wish->work_ns;
    stream->timeout = wish->timeout_ns;
    stream->clients = wish->clients;
    stream->retries = wish->retries;
    stream->distribution = wish->distribution;
    stream->kind = wish->kind;
    stream->first_client = wish->first_client;
    stream->region = wish->region;
    stream->port = wish->port;
    stream->keeps_cookies = wish->keeps_cookies;
    stream->url = xstrdup(wish->url);
    stream->host = xstrdup(wish->host);
    stream->path = xstrdup(wish->path);
    stream->arrivals = chance_part(&all, 1);
    stream->choices = chance_part(&all, 2);
    stream->works = chance_part(&all, 3);
    stream->luck = chance_part(&all, 4);
    tell(streams, stream, "begins");
    plan(streams, stream);
    return stream;
}

void stream_stop(struct streams *streams, struct stream *stream)
{
    if (stream->ended == 0)
        end(streams, stream, "has been stopped");
}

/* ---- the room ---- */

static void words(void *context, const struct request *request, struct request_words *out)
{
    const struct stream *stream = find(context, request->origin_id);

    if (stream == NULL)
        return;
    out->host = stream->host;
    out->path = stream->path;
    if (client_of(stream, request) < stream->jar.count) {
        const struct stream_cookie *cookie = &stream->jar.items[client_of(stream, request)];

        out->sticky_target = cookie->target;
        out->sticky_group = cookie->group;
        out->sticky_since = cookie->since;
    }
}

/* The name was unknown when the request began. */
static uint32_t late_address(void *context, const struct request *request)
{
    struct streams *streams = context;
    struct stream *stream = find(streams, request->origin_id);

    return stream == NULL ? 0 : address_for(streams, stream, client_of(stream, request));
}

static const struct request_origin stream_origin = {
    .words = words,
    .resolve = late_address,
    .begun = begun,
    .done = done,
    .quiet = true,
    .outside = true,
};

void streams_init(struct streams *streams)
{
    table_init(&streams->table, &stream_shape);
    sim_handle(streams->sim, EVENT_STREAM_STEP, &stream_step_kind, streams);
    requests_set_origin(streams->requests, REQUEST_STREAM, &stream_origin, streams);
}

void streams_release(struct streams *streams)
{
    table_release(&streams->table);
}

static bool is_sound(const struct streams *streams, const struct stream *stream)
{
    int64_t now = streams->sim->now;

    return stream->rate > 0 && stream->rate <= STREAM_RATE_MAX && stream->clients > 0 &&
           stream->clients <= STREAM_CLIENTS_MAX && stream->retries <= STREAM_RETRIES_MAX &&
           stream->distribution >= STREAM_POISSON && stream->distribution <= STREAM_DAILY &&
           stream->kind <= STREAM_DATAGRAM && stream->started > 0 && stream->started <= now &&
           stream->looked <= now && stream->looked >= stream->started && stream->in_flight >= 0 &&
           (stream->ends == 0 || stream->ends > stream->started) && stream->work >= 0 &&
           stream->work <= HOUR_NS && stream->timeout >= 0 && stream->timeout <= DAY_NS &&
           stream->host != NULL && stream->path != NULL && stream->url != NULL &&
           stream->resolved >= 0 && stream->resolved <= now && stream->told >= 0 &&
           stream->told <= now && stream->ticks < UINT64_C(1) << 40 &&
           stream->sent == stream->completed + stream->failed + stream->in_flight;
}

bool streams_restore(const struct streams *streams)
{
    for (uint32_t i = 0; i < table_count(&streams->table); i++)
        if (!is_sound(streams, table_at(&streams->table, i)))
            return false;
    return true;
}

/* ---- tables ---- */

static const struct event_kind stream_step_kind = {
    .name = "stream-step",
    .run = run_step,
    .quiet = true,
};

static const struct field code_fields[] = {
    F_INT(struct stream_code, status, "Status", "The HTTP status."),
    F_INT(struct stream_code, count, "Count", "How many answers had it."),
};
static const struct shape code_shape = SHAPE("Code", struct stream_code, code_fields);

static const struct field cookie_fields[] = {
    F_INT(struct stream_cookie, target, "Target", "The target."),
    F_INT(struct stream_cookie, group, "Group", "The target group."),
    F_TIME(struct stream_cookie, since, "Since", "When it was given."),
};
static const struct shape cookie_shape =
    SHAPE("StreamCookie", struct stream_cookie, cookie_fields);

static const struct field stream_fields[] = {
    F_INT(struct stream, id, "StreamId", "Its id."),
    F_INT(struct stream, account, "Account", "Whose."),
    F_TIME(struct stream, started, "Started", "When it began."),
    F_TIME(struct stream, ends, "Ends", "When it will end by itself."),
    F_TIME(struct stream, ended, "Ended", "When it ended."),
    F_INT(struct stream, rate, "Rate", "Millionths of a request a second."),
    F_INT(struct stream, work, "Work", "Mean CPU of a request, in nanoseconds of 2.5 GHz."),
    F_INT(struct stream, timeout, "Timeout", "When its clients give up, in nanoseconds."),
    F_INT(struct stream, step, "Step", "The pending arrival."),
    F_INT(struct stream, ticks, "Ticks", "Arrivals that were considered."),
    F_INT(struct stream, number, "Number", "Requests, without retries."),
    F_INT(struct stream, sent, "Sent", "Requests."),
    F_INT(struct stream, completed, "Completed", "Answers."),
    F_INT(struct stream, failed, "Failed", "Requests without an answer."),
    F_INT(struct stream, in_flight, "InFlight", "Neither."),
    F_TIME(struct stream, looked, "Looked", "When the presence was counted."),
    F_EMBED(struct stream, presence, struct area, &area_shape, "Presence",
            "In flight, times nanoseconds."),
    F_EMBED(struct stream, stayed, struct area, &area_shape, "Stayed", "The same by requests."),
    F_TIME(struct stream, resolved, "Resolved", "When the name was asked for."),
    F_TIME(struct stream, told, "Told", "When the last one began that is told."),
    F_EMBED(struct stream, arrivals, struct chance, &chance_shape, "Arrivals", "When."),
    F_EMBED(struct stream, choices, struct chance, &chance_shape, "Choices", "Who."),
    F_EMBED(struct stream, works, struct chance, &chance_shape, "Works", "How much."),
    F_EMBED(struct stream, luck, struct chance, &chance_shape, "Luck", "What happens."),
    F_EMBED(struct stream, latency, struct histogram, &histogram_shape, "Latency",
            "What clients felt."),
    F_EMBED(struct stream, target, struct histogram, &histogram_shape, "Target", "At the target."),
    F_EMBED(struct stream, service, struct histogram, &histogram_shape, "Service", "CPU needed."),
    F_LIST(struct stream, codes, struct stream_code, &code_shape, "Codes", "Answers by status."),
    F_INTS(struct stream, addresses, "Addresses", "What the name stands for."),
    F_INTS(struct stream, connected, "Connected", "Clients with an open connection."),
    F_LIST(struct stream, jar, struct stream_cookie, &cookie_shape, "Jar", "Their cookies."),
    F_INT(struct stream, clients, "Clients", "How many."),
    F_INT(struct stream, retries, "Retries", "How often they try again."),
    F_STRING(struct stream, url, "Url", "What they ask for."),
    F_STRING(struct stream, host, "Host", "Of whom."),
    F_STRING(struct stream, path, "Path", "What there."),
    F_INT(struct stream, port, "Port", "The port."),
    F_INT(struct stream, distribution, "Distribution", "How arrivals are spread."),
    F_INT(struct stream, region, "Region", "The clients' Region."),
    F_BOOL(struct stream, keeps_cookies, "KeepCookies", "They send cookies back."),
    F_INT(struct stream, kind, "Kind", "What its clients send."),
    F_INT(struct stream, first_client, "FirstClient", "Address of the first client."),
    F_INT(struct stream, half_open, "HalfOpen", "SYNs that hold or held a place at a server."),
    F_INT(struct stream, absorbed, "Absorbed", "SYNs that a load balancer took."),
};
const struct shape stream_shape = SHAPE("Stream", struct stream, stream_fields);
