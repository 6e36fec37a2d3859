/*
 * api/lab_traffic.c - lab: streams of traffic, and what their clients felt.
 *
 * Numbers with a fraction are read here and become integers (DESIGN part 4): a rate is in
 * millionths of a request a second from here on down, a time in nanoseconds.
 */
#include "api/lab_traffic.h"

#include "api/lab_parts.h"
#include "cloud/world.h"
#include "sim/clock.h"

enum { CLIENTS_DEFAULT = 100, DURATION_MAX_S = 366 * 86400, TIMEOUT_MAX_S = 86400 };

#define WORK_MAX_MS 3600000.0

static const struct fault_kind fault_no_stream = {
    .code = "InvalidStreamID.NotFound",
    .text = "The stream '{}' does not exist",
    .hint = "lab describe-traffic lists the streams that run, and the last that have ended.",
};

const struct fault_kind fault_traffic_range = {
    .code = "InvalidParameterValue",
    .text = "The value for {} is out of range: {}",
    .hint = "lab start-traffic help says what each option means, and its unit.",
};

/* ---- what a stream looks like ---- */

struct stream_view {
    const char *id;
    const char *url;
    const char *state;
    const char *distribution;
    struct opt_real rate;
    int64_t clients;
    int64_t started;
    int64_t ended;
    const char *kind;
    const char *client_address;
    struct opt_int half_open;
    struct opt_int absorbed;
    struct outcome_view outcome;
};

struct streams_out {
    LIST(struct stream_view) streams;
};

struct ids_in {
    LIST(const char *) ids;
};

static const struct field spread_fields[] = {
    F_REAL(struct spread_view, mean, "Mean", "The mean.", .flags = FIELD_NULL),
    F_REAL(struct spread_view, p50, "P50", "Half of them took no longer.", .flags = FIELD_NULL),
    F_REAL(struct spread_view, p90, "P90", "Nine in ten took no longer.", .flags = FIELD_NULL),
    F_REAL(struct spread_view, p99, "P99", "99 in 100 took no longer.", .flags = FIELD_NULL),
    F_REAL(struct spread_view, max, "Max", "The longest.", .flags = FIELD_NULL),
};
const struct shape spread_shape = SHAPE("Spread", struct spread_view, spread_fields);

static const struct field stream_fields[] = {
    F_STRING(struct stream_view, id, "StreamId", "Its id, for stop-traffic.", .ref = &kind_stream,
             .flags = FIELD_COLUMN),
    F_STRING(struct stream_view, url, "Url", "What its clients ask for.", .flags = FIELD_COLUMN),
    F_STRING(struct stream_view, state, "State", "running or ended.", .flags = FIELD_COLUMN),
    F_STRING(struct stream_view, distribution, "Distribution", "How its requests are spread.",
             .words = stream_distribution_words),
    F_REAL(struct stream_view, rate, "Rate", "Requests a second, as it was started.",
           .flags = FIELD_COLUMN),
    F_INT(struct stream_view, clients, "Clients", "How many clients it has."),
    F_STRING(struct stream_view, kind, "Kind", "What they send: http, syn (a SYN flood), or udp.",
             .words = stream_kind_words),
    F_STRING(struct stream_view, client_address, "ClientAddress",
             "The address of the first of them; the others follow."),
    F_OPT_INT(struct stream_view, half_open, "HalfOpen",
              "Of a SYN flood: how many of its SYNs took a place at a server, each for 63 s."),
    F_OPT_INT(struct stream_view, absorbed, "Absorbed",
              "Of a SYN flood: how many a load balancer took; nothing of them reaches a target."),
    F_TIME(struct stream_view, started, "Started", "When it began."),
    F_TIME(struct stream_view, ended, "Ended", "When it ended or was stopped."),
    F_OUTCOME(struct stream_view, outcome),
};
static const struct shape stream_view_shape =
    SHAPE("TrafficStream", struct stream_view, stream_fields);

static const struct field streams_out_fields[] = {
    F_LIST(struct streams_out, streams, struct stream_view, &stream_view_shape, "Streams",
           "The streams, in the order of their start."),
};
static const struct shape streams_out_shape =
    SHAPE("DescribeTrafficResult", struct streams_out, streams_out_fields);

static struct opt_real in_ms(int64_t ns)
{
    return OPT_REAL((double)ns / (double)MILLISECOND_NS);
}

struct spread_view spread_of(const struct histogram *histogram)
{
    if (histogram->tally.count == 0)
        return (struct spread_view){0};
    return (struct spread_view){
        .mean = in_ms(tally_mean(&histogram->tally)),
        .p50 = in_ms(histogram_percentile(histogram, 500000)),
        .p90 = in_ms(histogram_percentile(histogram, 900000)),
        .p99 = in_ms(histogram_percentile(histogram, 990000)),
        .max = in_ms(histogram->tally.max),
    };
}

void outcome_fill(struct arena *arena, const struct stream *stream, struct outcome_view *view)
{
    *view = (struct outcome_view){
        .sent = stream->sent,
        .completed = stream->completed,
        .failed = stream->failed,
        .in_flight = stream->in_flight,
        .latency = spread_of(&stream->latency),
        .target = spread_of(&stream->target),
        .service = spread_of(&stream->service),
    };
    for (uint32_t i = 0; i < stream->codes.count; i++)
        *LIST_PUSH_IN(arena, &view->codes) = (struct pair){
            .key = arena_printf(arena, "%lld", (long long)stream->codes.items[i].status),
            .value = arena_printf(arena, "%lld", (long long)stream->codes.items[i].count),
        };
}

static void view_stream(struct call *call, const struct stream *stream, struct stream_view *view)
{
    uint32_t first = stream->first_client == 0 ? STREAM_CLIENT_ADDRESS : stream->first_client;
    char address[ADDRESS_TEXT_SIZE];

    *view = (struct stream_view){
        .id = id_text(&call->arena, &kind_stream, stream->id),
        .url = arena_strdup(&call->arena, stream->url),
        .state = stream->ended == 0 ? "running" : "ended",
        .distribution = stream_distribution_words[stream->distribution - 1],
        .rate = OPT_REAL((double)stream->rate / (double)STREAM_RATE_ONE),
        .clients = stream->clients,
        .kind = stream_kind_words[stream->kind == 0 ? 0 : stream->kind - 1],
        .client_address = arena_strdup(&call->arena, address_text(first, address)),
        .started = stream->started,
        .ended = stream->ended,
    };
    if (stream->kind == STREAM_SYN) {
        view->half_open = OPT_INT(stream->half_open);
        view->absorbed = OPT_INT(stream->absorbed);
    }
    outcome_fill(&call->arena, stream, &view->outcome);
}

/* ---- start-traffic ---- */

struct start_in {
    struct traffic_wish traffic;
};

static const struct field start_in_fields[] = {
    F_TRAFFIC_WISH(struct start_in, traffic, FIELD_REQUIRED),
    F_REAL(struct start_in, traffic.duration, "Duration",
           "How many seconds to go on; until stop-traffic unless told."),
};

struct started_view {
    const char *id;
};

static const struct field started_fields[] = {
    F_STRING(struct started_view, id, "StreamId", "What describe-traffic and stop-traffic take.",
             .ref = &kind_stream),
};

static const struct shape start_in_shape =
    SHAPE("StartTrafficRequest", struct start_in, start_in_fields);
static const struct shape started_shape =
    SHAPE("StartTrafficResult", struct started_view, started_fields);

static const struct fault_kind *const start_faults[] = {&fault_bad_url, &fault_traffic_range, NULL};

/* A number with a fraction, in units; true when it is from the least unit to `most`. */
static bool whole_units(struct opt_real real, double unit, double most, int64_t *units)
{
    if (!real.set)
        return true;
    if (!(real.value * unit >= 1) || !(real.value <= most))
        return false;
    *units = (int64_t)(real.value * unit + 0.5);
    return true;
}

static uint8_t distribution_of(const char *word)
{
    uint8_t at = 0;

    while (word != NULL && !str_equal(stream_distribution_words[at], word))
        at++;
    return (uint8_t)(at + 1);
}

static struct stream *refuse(struct call *call, const char *option, const char *range)
{
    call_fault(call, &fault_traffic_range, option, range);
    return NULL;
}

/* Have all of the stream's clients addresses that a host can have, from that one on? */
static bool is_client_address(const char *text, struct stream_new *stream)
{
    return address_parse(text, &stream->first_client) && stream->first_client >= 0x01000000 &&
           stream->first_client <= 0xe0000000 - stream->clients;
}

/* What clients send there: datagrams when the scheme is udp, and nothing else then.  Datagrams have
 * no port that would go without saying.  False: that URL cannot be asked so. */
static bool kind_find(const struct url *url, const char *word, uint8_t *kind)
{
    if (str_equal(url->scheme, "udp"))
        *kind = STREAM_DATAGRAM;
    else if (str_equal(url->scheme, "http") || str_equal(url->scheme, "https"))
        *kind = str_equal(word, "syn") ? STREAM_SYN : STREAM_HTTP;
    else
        return false;
    return url->port != 0 && (word == NULL || str_equal(word, stream_kind_words[*kind - 1]));
}

struct stream *traffic_wish_start(struct call *call, const struct traffic_wish *wish,
                                  uint64_t draws)
{
    struct stream_new stream = {
        .draws = draws,
        .account = call->account,
        .url = wish->url,
        .clients = wish->clients.set ? (uint32_t)wish->clients.value : CLIENTS_DEFAULT,
        .retries = (uint32_t)wish->retry.value,
        .distribution = distribution_of(wish->distribution),
        .region = call->region,
        .keeps_cookies = wish->keep_cookies,
    };
    struct url url;

    if (!url_parse(&call->arena, wish->url, &url) ||
        !kind_find(&url, wish->kind, &stream.kind)) {
        call_fault(call, &fault_bad_url, wish->url);
        return NULL;
    }
    if (!whole_units(wish->rate, (double)STREAM_RATE_ONE, 1e6, &stream.rate))
        return refuse(call, "Rate", "from 0.000001 to 1000000 requests a second");
    if (!whole_units(wish->duration, (double)SECOND_NS, DURATION_MAX_S, &stream.duration_ns))
        return refuse(call, "Duration", "up to 366 days, in seconds");
    if (!whole_units(wish->work_ms, (double)MILLISECOND_NS, WORK_MAX_MS, &stream.work_ns))
        return refuse(call, "WorkMs", "up to an hour, in milliseconds");
    if (!whole_units(wish->timeout, (double)SECOND_NS, TIMEOUT_MAX_S, &stream.timeout_ns))
        return refuse(call, "Timeout", "up to a day, in seconds");
    if (wish->client_address != NULL && !is_client_address(wish->client_address, &stream))
        return refuse(call, "ClientAddress", "from 1.0.0.0 to 223.255.255.255, for all clients");
    stream.host = url.host;
    stream.path = url.path;
    stream.port = url.port;
    return stream_start(&call->world->streams, &stream);
}

static int start_traffic(struct call *call, const void *in, void *out)
{
    const struct start_in *wish = in;
    struct started_view *started = out;
    const struct stream *stream = traffic_wish_start(call, &wish->traffic, 0);

    if (stream == NULL)
        return -1;
    started->id = id_text(&call->arena, &kind_stream, stream->id);
    return 0;
}

const struct op op_lab_start_traffic = {
    .name = "StartTraffic",
    .doc = "Lets many clients on the internet ask for a URL, again and again, as time passes.",
    .example = "lab start-traffic --url http://example.com/ --rate 5 --duration 60",
    .in = &start_in_shape,
    .out = &started_shape,
    .faults = start_faults,
    .flags = OP_WRITE,
    .run = start_traffic,
};

/* ---- stop-traffic, describe-traffic ---- */

static const struct field stop_in_fields[] = {
    F_STRINGS(struct ids_in, ids, "StreamIds", "The streams to stop; all unless told.",
              .ref = &kind_stream),
};
static const struct field describe_in_fields[] = {
    F_STRINGS(struct ids_in, ids, "StreamIds", "The streams; all unless told.",
              .ref = &kind_stream),
};

static const struct shape stop_in_shape =
    SHAPE("StopTrafficRequest", struct ids_in, stop_in_fields);
static const struct shape describe_in_shape =
    SHAPE("DescribeTrafficRequest", struct ids_in, describe_in_fields);

static const struct fault_kind *const stream_faults[] = {&fault_no_stream, NULL};

/* Those of the ids, or all of the account; -1 when an id names none. */
static int find_streams(struct call *call, const struct ids_in *wish, struct list_any *found)
{
    struct streams *streams = &call->world->streams;
    LIST(struct stream *) list = {0};

    for (uint32_t i = 0; i < wish->ids.count; i++) {
        struct stream *stream = NULL;
        uint64_t id;

        if (id_parse(&kind_stream, wish->ids.items[i], &id))
            stream = stream_find(streams, call->account, id);
        if (stream == NULL)
            return call_fault(call, &fault_no_stream, wish->ids.items[i]);
        *LIST_PUSH_IN(&call->arena, &list) = stream;
    }
    for (uint32_t i = 0; wish->ids.count == 0 && i < table_count(&streams->table); i++) {
        struct stream *stream = table_at(&streams->table, i);

        if (stream->account == call->account)
            *LIST_PUSH_IN(&call->arena, &list) = stream;
    }
    *found = (struct list_any){list.items, list.count, list.size};
    return 0;
}

static int describe_traffic(struct call *call, const void *in, void *out)
{
    struct streams_out *answer = out;
    struct list_any found;

    if (find_streams(call, in, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        view_stream(call, ((struct stream **)found.items)[i],
                    LIST_PUSH_IN(&call->arena, &answer->streams));
    return 0;
}

static int stop_traffic(struct call *call, const void *in, void *out)
{
    struct streams_out *answer = out;
    struct list_any found;

    if (find_streams(call, in, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++) {
        struct stream *stream = ((struct stream **)found.items)[i];

        if (stream->ended != 0)
            continue;
        stream_stop(&call->world->streams, stream);
        view_stream(call, stream, LIST_PUSH_IN(&call->arena, &answer->streams));
    }
    return 0;
}

const struct op op_lab_stop_traffic = {
    .name = "StopTraffic",
    .doc = "Ends streams of traffic: no more requests are sent; those under way go on.",
    .example = "lab stop-traffic",
    .needs = "lab start-traffic --url http://example.com/ --rate 5",
    .in = &stop_in_shape,
    .out = &streams_out_shape,
    .faults = stream_faults,
    .flags = OP_WRITE,
    .run = stop_traffic,
};

const struct op op_lab_describe_traffic = {
    .name = "DescribeTraffic",
    .doc = "Shows streams of traffic: what was sent, what came back, and how long it took.",
    .example = "lab describe-traffic",
    .needs = "lab start-traffic --url http://example.com/ --rate 5",
    .in = &describe_in_shape,
    .out = &streams_out_shape,
    .faults = stream_faults,
    .run = describe_traffic,
};
