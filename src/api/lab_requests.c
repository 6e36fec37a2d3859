/*
 * api/lab_requests.c - lab: one request sent, followed, and explained hop by hop.
 *
 * `curl` and `browse` are these operations: a request is started, time passes, its answer is looked
 * at, and then it is forgotten.  Its way is kept longer, for explain-request.
 */
#include "api/lab_parts.h"

#include <stdlib.h>
#include <string.h>

#include "cloud/world.h"
#include "sim/clock.h"

const struct fault_kind fault_bad_url = {
    .code = "InvalidUrl",
    .text = "'{}' is no URL that can be asked",
    .hint = "Write http://HOST/PATH, where HOST is an address or a DNS name; for datagrams "
            "udp://HOST:PORT.",
};

static const struct fault_kind fault_no_request = {
    .code = "InvalidRequestID.NotFound",
    .text = "The request '{}' is not known, or so long ago that its way is gone",
    .hint = "lab list-requests shows the latest; without --request-id the last one is meant.",
};

static const struct fault_kind fault_no_client = {
    .code = "InvalidInstanceID.NotFound",
    .text = "The instance ID '{}' does not exist",
    .hint = "aws ec2 describe-instances lists your instances.",
};

/* ---- send-request ---- */

struct send_in {
    const char *url;
    const char *method;
    LIST(const char *) headers;
    const char *instance;
    struct opt_int connect_timeout_ms;
    struct opt_int timeout_ms;
    bool connect_only;
    bool insecure;
};

struct sent_view {
    int64_t exchange;
    int64_t request;
};

static const struct field send_in_fields[] = {
    F_STRING(struct send_in, url, "Url", "What to ask for: http://HOST[:PORT]/PATH.",
             .flags = FIELD_REQUIRED, .max = 8192),
    F_STRING(struct send_in, method, "Method", "GET unless told; HEAD asks for the headers only."),
    F_STRINGS(struct send_in, headers, "Headers", "Header lines of the request: 'Name: value'."),
    F_STRING(struct send_in, instance, "InstanceId",
             "The instance that asks; the internet unless told.", .ref = &kind_instance),
    F_OPT_INT(struct send_in, connect_timeout_ms, "ConnectTimeoutMs",
              "How long to knock, in milliseconds; 130 s unless told.", .min = 0, .max = 3600000),
    F_OPT_INT(struct send_in, timeout_ms, "TimeoutMs",
              "How long the whole may take, in milliseconds; no limit unless told.", .min = 0,
              .max = 86400000),
    F_BOOL(struct send_in, connect_only, "ConnectOnly",
           "Only connect, as ssh does first; ask nothing."),
    F_BOOL(struct send_in, insecure, "Insecure",
           "Over https take any certificate, as curl -k does."),
};

static const struct field sent_fields[] = {
    F_INT(struct sent_view, exchange, "ExchangeId",
          "What describe-request and forget-request take."),
    F_INT(struct sent_view, request, "RequestId", "What explain-request takes."),
};

static const struct shape send_in_shape =
    SHAPE("SendRequestRequest", struct send_in, send_in_fields);
static const struct shape sent_shape = SHAPE("SendRequestResult", struct sent_view, sent_fields);

static const struct fault_kind *const send_faults[] = {&fault_bad_url, &fault_no_client, NULL};

static const char *header_lines(struct call *call, const struct send_in *wish)
{
    struct str lines = STR_INIT;
    const char *kept;

    if (wish->headers.count == 0)
        return NULL;
    for (uint32_t i = 0; i < wish->headers.count; i++) {
        str_addn(&lines, wish->headers.items[i], strcspn(wish->headers.items[i], "\r\n"));
        str_add(&lines, "\r\n");
    }
    kept = arena_strdup(&call->arena, str_text(&lines));
    str_release(&lines);
    return kept;
}

static int send_request(struct call *call, const void *in, void *out)
{
    const struct send_in *wish = in;
    struct world *world = call->world;
    struct traffic_ask ask = {
        .method = wish->method,
        .headers = header_lines(call, wish),
        .connect_limit_ns = wish->connect_timeout_ms.value * MILLISECOND_NS,
        .limit_ns = wish->timeout_ms.value * MILLISECOND_NS,
        .region = call->region,
        .connect_only = wish->connect_only,
        .insecure = wish->insecure,
    };
    struct sent_view *sent = out;
    struct url url;

    if (!url_parse(&call->arena, wish->url, &url) || url.port == 0)
        return call_fault(call, &fault_bad_url, wish->url);
    if (wish->instance != NULL &&
        (!id_parse(&kind_instance, wish->instance, &ask.instance) ||
         instance_find(&world->instances, call->account, call->region, ask.instance) == NULL))
        return call_fault(call, &fault_no_client, wish->instance);
    ask.host = url.host;
    ask.path = url.path;
    ask.port = url.port;
    ask.datagram = strcmp(url.scheme, "udp") == 0;
    ask.tls = strcmp(url.scheme, "https") == 0 && !ask.connect_only;
    sent->exchange = (int64_t)traffic_start(&world->traffic, &ask);
    sent->request = (int64_t)exchange_find(&world->traffic, (uint64_t)sent->exchange)->request;
    return 0;
}

const struct op op_lab_send_request = {
    .name = "SendRequest",
    .doc = "Sends a request into the cloud, as curl does, and does not wait for the answer.",
    .example = "lab send-request --url http://example.com/",
    .in = &send_in_shape,
    .out = &sent_shape,
    .faults = send_faults,
    .flags = OP_WRITE,
    .run = send_request,
};

/* ---- describe-request, forget-request ---- */

struct exchange_in {
    int64_t exchange;
};

struct exchange_view {
    int64_t exchange;
    int64_t request;
    bool done;
    int64_t exit_code;
    const char *error;
    int64_t status;
    const char *address;
    int64_t port;
    int64_t started;
    int64_t ended;
    int64_t took_us;
    int64_t resolved_us;
    int64_t bytes;
    const char *headers;
    const char *body;
};

static const struct field exchange_in_fields[] = {
    F_INT(struct exchange_in, exchange, "ExchangeId", "What send-request gave.",
          .flags = FIELD_REQUIRED),
};

static const struct field exchange_fields[] = {
    F_INT(struct exchange_view, exchange, "ExchangeId", "Its number."),
    F_INT(struct exchange_view, request, "RequestId", "What explain-request takes.",
          .flags = FIELD_COLUMN),
    F_BOOL(struct exchange_view, done, "Done", "Whether it is over."),
    F_INT(struct exchange_view, exit_code, "ExitCode",
          "How it ended, as curl numbers it; 0 is well."),
    F_STRING(struct exchange_view, error, "Error", "What curl would say; empty when all is well."),
    F_INT(struct exchange_view, status, "Status", "The HTTP status of the answer; 0: no answer.",
          .flags = FIELD_COLUMN),
    F_STRING(struct exchange_view, address, "Address", "The address that the name stood for.",
             .flags = FIELD_COLUMN),
    F_INT(struct exchange_view, port, "Port", "The port that was asked."),
    F_TIME(struct exchange_view, started, "Started", "When it was sent."),
    F_TIME(struct exchange_view, ended, "Ended", "When it was over."),
    F_INT(struct exchange_view, took_us, "TookMicroseconds", "How long it took."),
    F_INT(struct exchange_view, resolved_us, "ResolvedMicroseconds", "How long the name took."),
    F_INT(struct exchange_view, bytes, "Bytes", "The length of the answer's body."),
    F_STRING(struct exchange_view, headers, "Headers", "The answer's status line and headers."),
    F_STRING(struct exchange_view, body, "Body", "The answer's body."),
};

static const struct shape exchange_in_shape =
    SHAPE("DescribeRequestRequest", struct exchange_in, exchange_in_fields);
static const struct shape exchange_view_shape =
    SHAPE("DescribeRequestResult", struct exchange_view, exchange_fields);

static const struct fault_kind *const exchange_faults[] = {&fault_no_request, NULL};

static const char *number_text(struct call *call, int64_t number)
{
    return arena_printf(&call->arena, "%lld", (long long)number);
}

static const char *address_in(struct call *call, uint32_t address)
{
    char text[ADDRESS_TEXT_SIZE];

    return address == 0 ? NULL : arena_strdup(&call->arena, address_text(address, text));
}

static int describe_request(struct call *call, const void *in, void *out)
{
    int64_t id = ((const struct exchange_in *)in)->exchange;
    const struct exchange *exchange = exchange_find(&call->world->traffic, (uint64_t)id);

    if (exchange == NULL)
        return call_fault(call, &fault_no_request, number_text(call, id));
    *(struct exchange_view *)out = (struct exchange_view){
        .exchange = id,
        .request = (int64_t)exchange->request,
        .done = exchange->ended != 0,
        .exit_code = exchange->exit,
        .error = exchange->ended == 0 ? "" : exchange_error(exchange, &call->arena),
        .status = exchange->status,
        .address = address_in(call, exchange->address),
        .port = exchange->port,
        .started = exchange->started,
        .ended = exchange->ended,
        .took_us =
            exchange->ended == 0 ? 0 : (exchange->ended - exchange->started) / MICROSECOND_NS,
        .resolved_us =
            exchange->resolved == 0 ? 0 : (exchange->resolved - exchange->started) / MICROSECOND_NS,
        .bytes = (int64_t)exchange->bytes,
        .headers = arena_strdup(&call->arena, exchange->answer_headers),
        .body = exchange->answer_body.size == 0
                    ? NULL
                    : arena_strndup(&call->arena, exchange->answer_body.bytes,
                                    exchange->answer_body.size),
    };
    return 0;
}

static int forget_request(struct call *call, const void *in, void *out)
{
    int64_t id = ((const struct exchange_in *)in)->exchange;

    (void)out;
    if (exchange_find(&call->world->traffic, (uint64_t)id) == NULL)
        return call_fault(call, &fault_no_request, number_text(call, id));
    exchange_drop(&call->world->traffic, (uint64_t)id);
    return 0;
}

const struct op op_lab_describe_request = {
    .name = "DescribeRequest",
    .doc = "Shows a request that was sent with send-request, and its answer.",
    .example = "lab describe-request --exchange-id 1",
    .needs = "lab send-request --url http://example.com/",
    .in = &exchange_in_shape,
    .out = &exchange_view_shape,
    .faults = exchange_faults,
    .run = describe_request,
};

const struct op op_lab_forget_request = {
    .name = "ForgetRequest",
    .doc = "Drops a request and its answer; one that is under way is given up.",
    .example = "lab forget-request --exchange-id 1",
    .needs = "lab send-request --url http://example.com/",
    .in = &exchange_in_shape,
    .out = &shape_empty,
    .faults = exchange_faults,
    .flags = OP_WRITE,
    .run = forget_request,
};

/* ---- explain-request, list-requests ---- */

struct explain_in {
    struct opt_int request;
};

struct step_view {
    int64_t time;
    int64_t after_us;
    const char *text;
};

struct way_view {
    int64_t request;
    const char *kind;
    const char *source;
    const char *destination;
    int64_t port;
    int64_t status;
    const char *target;
    const char *reason;
    int64_t started;
    int64_t took_us;
    LIST(struct step_view) steps;
};

struct ways_in {
    struct opt_int max_results;
    bool probes;
};

struct ways_out {
    LIST(struct way_view) requests;
};

static const struct field step_fields[] = {
    F_TIME(struct step_view, time, "Time", "When it happened."),
    F_INT(struct step_view, after_us, "AfterMicroseconds", "How long after the request began."),
    F_STRING(struct step_view, text, "Text", "What happened, and why."),
};

static const struct shape step_shape = SHAPE("Step", struct step_view, step_fields);

static const struct field way_fields[] = {
    F_INT(struct way_view, request, "RequestId", "Its number.", .flags = FIELD_COLUMN),
    F_STRING(
        struct way_view, kind, "Kind",
        "Who asked: client, probe (a health check), stream, service (of AWS, or a program in an "
        "instance)."),
    F_TIME(struct way_view, started, "Started", "When it began.", .flags = FIELD_COLUMN),
    F_INT(struct way_view, took_us, "TookMicroseconds", "How long it took; 0 while under way."),
    F_STRING(struct way_view, source, "Source", "The address that asked."),
    F_STRING(struct way_view, destination, "Destination", "The address that was asked."),
    F_INT(struct way_view, port, "Port", "The port that was asked."),
    F_INT(struct way_view, status, "Status", "The HTTP status; 0: no answer.",
          .flags = FIELD_COLUMN),
    F_STRING(struct way_view, target, "TargetId", "The instance that answered.",
             .ref = &kind_instance, .flags = FIELD_COLUMN),
    F_STRING(struct way_view, reason, "Reason", "The choice that mattered most, and why.",
             .flags = FIELD_COLUMN),
    F_LIST(struct way_view, steps, struct step_view, &step_shape, "Steps",
           "The whole way, hop by hop.", .flags = FIELD_OMIT_EMPTY),
};

static const struct shape way_shape = SHAPE("Way", struct way_view, way_fields);

static const struct field explain_in_fields[] = {
    F_OPT_INT(struct explain_in, request, "RequestId", "Which; the last one sent unless told."),
};

static const struct field ways_in_fields[] = {
    F_OPT_INT(struct ways_in, max_results, "MaxResults",
              "How many at most, the latest; 10 unless told.", .min = 1, .max = 1000),
    F_BOOL(struct ways_in, probes, "Probes", "Health checks too."),
};

static const struct field ways_out_fields[] = {
    F_LIST(struct ways_out, requests, struct way_view, &way_shape, "Requests", "Latest first."),
};

static const struct shape explain_in_shape =
    SHAPE("ExplainRequestRequest", struct explain_in, explain_in_fields);
static const struct shape ways_in_shape =
    SHAPE("ListRequestsRequest", struct ways_in, ways_in_fields);
static const struct shape ways_out_shape =
    SHAPE("ListRequestsResult", struct ways_out, ways_out_fields);

static const char *origin_name(uint8_t origin)
{
    return origin == REQUEST_PROBE     ? "probe"
           : origin == REQUEST_STREAM  ? "stream"
           : origin == REQUEST_SERVICE ? "service"
                                       : "client";
}

static void view_way(struct call *call, const struct request_way *way, struct way_view *view)
{
    struct request_names names = traffic_names(&call->world->traffic);

    *view = (struct way_view){
        .request = (int64_t)way->id,
        .kind = origin_name(way->origin),
        .source = address_in(call, way->source),
        .destination = address_in(call, way->address),
        .port = way->port,
        .status = way->status,
        .target = way->target == 0 ? NULL : id_text(&call->arena, &kind_instance, way->target),
        .reason = way_reason(way, &names, &call->arena),
        .started = way->started,
        .took_us = way->ended == 0 ? 0 : (way->ended - way->started) / MICROSECOND_NS,
    };
}

/* The last request that was sent by hand, or else by a stream, of those still known; NULL when
 * there is none. */
static const struct request_way *last_client_way(const struct ways *ways)
{
    const struct request_way *last = NULL;

    for (uint64_t number = ways->begun; number >= ways_first(ways); number--) {
        const struct request_way *way = way_at(ways, number);

        if (way->origin == REQUEST_CLIENT)
            return way;
        if (last == NULL && way->origin == REQUEST_STREAM)
            last = way;
    }
    return last;
}

static int explain_request(struct call *call, const void *in, void *out)
{
    const struct explain_in *wish = in;
    const struct ways *ways = &call->world->requests.ways;
    const struct request_way *way =
        wish->request.set ? way_find(ways, (uint64_t)wish->request.value) : last_client_way(ways);
    struct request_names names = traffic_names(&call->world->traffic);
    struct way_view *view = out;
    struct way_story story = {0};

    if (way == NULL)
        return call_fault(call, &fault_no_request,
                          wish->request.set ? number_text(call, wish->request.value) : "(last)");
    view_way(call, way, view);
    way_explain(way, &names, &call->arena, &story);
    for (uint32_t i = 0; i < story.steps.count; i++) {
        *LIST_PUSH_IN(&call->arena, &view->steps) = (struct step_view){
            .time = story.steps.items[i].time,
            .after_us = (story.steps.items[i].time - way->started) / MICROSECOND_NS,
            .text = story.steps.items[i].text,
        };
    }
    return 0;
}

static int list_requests(struct call *call, const void *in, void *out)
{
    const struct ways_in *wish = in;
    const struct ways *ways = &call->world->requests.ways;
    struct ways_out *answer = out;
    int64_t room = wish->max_results.set ? wish->max_results.value : 10;

    for (uint64_t number = ways->begun; number >= ways_first(ways) && room > 0; number--) {
        const struct request_way *way = way_at(ways, number);

        if (way->origin == REQUEST_PROBE && !wish->probes)
            continue;
        view_way(call, way, LIST_PUSH_IN(&call->arena, &answer->requests));
        room--;
    }
    return 0;
}

const struct op op_lab_explain_request = {
    .name = "ExplainRequest",
    .doc = "Tells the whole way of a request, and why each choice was made.",
    .example = "lab explain-request",
    .needs = "curl -s http://example.com/ || true",
    .in = &explain_in_shape,
    .out = &way_shape,
    .faults = exchange_faults,
    .run = explain_request,
};

const struct op op_lab_list_requests = {
    .name = "ListRequests",
    .doc = "Lists the latest requests, each with the reason for where it went.",
    .example = "lab list-requests --max-results 5",
    .in = &ways_in_shape,
    .out = &ways_out_shape,
    .run = list_requests,
};
