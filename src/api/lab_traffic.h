/*
 * api/lab_traffic.h - what lab's rooms share about traffic: what it is to be, and how it is shown.
 */
#ifndef API_LAB_TRAFFIC_H
#define API_LAB_TRAFFIC_H

#include "api/service.h"
#include "base/list.h"
#include "base/shape.h"
#include "cloud/stream.h"

/* Who is to ask for what, as a person says it. */
struct traffic_wish {
    const char *url;
    struct opt_real rate;
    struct opt_real duration;
    const char *distribution;
    struct opt_int clients;
    struct opt_real work_ms;
    bool keep_cookies;
    struct opt_real timeout;
    struct opt_int retry;
    const char *kind;
    const char *client_address;
};

/* The members of a struct traffic_wish that is the member m of T; `needed` are the flags of URL and
 * rate. */
#define F_TRAFFIC_WISH(T, m, needed) \
    F_STRING(T, m.url, "Url", \
             "What the clients ask for: http://HOST[:PORT]/PATH; for datagrams udp://HOST:PORT.", \
             .flags = (needed), .max = 8192), \
    F_REAL(T, m.rate, "Rate", "Requests a second, on average; 0.5 is one in 2 s.", \
           .flags = (needed)), \
    F_STRING(T, m.distribution, "Distribution", \
             "How the requests are spread over time: poisson (independent of each other, unless " \
             "told), constant (evenly), burst (each minute begins with 10 s at 4 times the rate, " \
             "then 0.4 times), ramp (from nothing to the rate over the duration, or 10 minutes), " \
             "daily (little at night, most in the early evening).", \
             .words = stream_distribution_words), \
    F_OPT_INT(T, m.clients, "Clients", \
              "How many clients send them, each from an address of its own; 100 unless told.", \
              .min = 1, .max = STREAM_CLIENTS_MAX), \
    F_REAL(T, m.work_ms, "WorkMs", \
           "Mean CPU time of a request, in milliseconds of a vCPU with 2.5 GHz, drawn anew for " \
           "each (exponentially); what the page itself takes unless told."), \
    F_BOOL(T, m.keep_cookies, "KeepCookies", \
           "The clients send back the cookies that they are given, as browsers do."), \
    F_REAL(T, m.timeout, "Timeout", \
           "After how many seconds a client gives a request up; never unless told."), \
    F_OPT_INT(T, m.retry, "Retry", \
              "How often a client tries again when no answer comes, or 408, 429, 500, 502, 503 " \
              "or 504: after 1 s, 2 s, 4 s and so on; 0 unless told.", \
              .min = 0, .max = STREAM_RETRIES_MAX), \
    F_STRING(T, m.kind, "Kind", \
             "What the clients send: http (whole requests, unless told), syn (a SYN flood: " \
             "handshakes that they begin and never go on with), or udp (datagrams, for udp://).", \
             .words = stream_kind_words), \
    F_STRING(T, m.client_address, "ClientAddress", \
             "The address of the first client, 198.18.0.1 unless told; the others have those " \
             "that follow.")

extern const struct fault_kind fault_traffic_range;

/*
 * Starts a stream in the call's world.  draws: what its chance follows from instead of its id; 0:
 * its id.  NULL after call_fault(): fault_bad_url, fault_traffic_range.
 */
struct stream *traffic_wish_start(struct call *call, const struct traffic_wish *wish,
                                  uint64_t draws);

/* ---- how it is shown ---- */

struct spread_view {
    struct opt_real mean;
    struct opt_real p50;
    struct opt_real p90;
    struct opt_real p99;
    struct opt_real max;
};

extern const struct shape spread_shape;

/* In milliseconds; all null when nothing was measured. */
struct spread_view spread_of(const struct histogram *histogram);

/* What became of a stream's requests. */
struct outcome_view {
    int64_t sent;
    int64_t completed;
    int64_t failed;
    int64_t in_flight;
    LIST(struct pair) codes;
    struct spread_view latency;
    struct spread_view target;
    struct spread_view service;
};

/* The members of a struct outcome_view that is the member m of T. */
#define F_OUTCOME(T, m) \
    F_INT(T, m.sent, "Sent", "Requests sent, retries included.", .flags = FIELD_COLUMN), \
    F_INT(T, m.completed, "Completed", "Of these, answered: a status came, whichever.", \
          .flags = FIELD_COLUMN), \
    F_INT(T, m.failed, "Failed", "Of these, without an answer: refused, closed, or given up.", \
          .flags = FIELD_COLUMN), \
    F_INT(T, m.in_flight, "InFlight", "Of these, neither yet."), \
    F_MAP(T, m.codes, "Codes", "How many answers had each HTTP status.", \
          .flags = FIELD_NUMBERS), \
    F_EMBED(T, m.latency, struct spread_view, &spread_shape, "LatencyMs", \
            "What the clients of answered requests felt, from their first attempt on."), \
    F_EMBED(T, m.target, struct spread_view, &spread_shape, "TargetMs", \
            "From arrival at the target until its answer: waiting and working, no network."), \
    F_EMBED(T, m.service, struct spread_view, &spread_shape, "ServiceMs", \
            "The CPU time that the work needs on that target at full speed.")

/* The lists are in the arena. */
void outcome_fill(struct arena *arena, const struct stream *stream, struct outcome_view *view);

#endif
