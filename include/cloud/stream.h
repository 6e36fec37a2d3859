/*
 * cloud/stream.h - streams of traffic: many clients on the internet that ask for one URL.
 *
 * A stream is open-loop: requests are sent when their time has come, however slowly earlier ones
 * are answered.  What is counted:
 *
 *   sent == completed + failed + in_flight          at every instant
 *   presence == stayed + the stay so far of those in flight     (Little's law, exactly)
 *
 * where a retry is a request like any other, not in flight while the client waits before it.
 *
 * A SYN flood is a stream whose clients send a SYN and never go on; so each fails as it is sent.
 *
 * A stream is state: all it will do follows from its row and its streams of chance.
 */
#ifndef CLOUD_STREAM_H
#define CLOUD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/id.h"
#include "cloud/request.h"
#include "cloud/traffic.h"
#include "cloud/trail.h"
#include "sim/chance.h"
#include "sim/stats.h"

/* The first client's address; the others follow.  198.18.0.0/15 is set apart for measurements. */
#define STREAM_CLIENT_ADDRESS UINT32_C(0xc6120001) /* 198.18.0.1 */

enum {
    STREAM_CLIENTS_MAX = 100000,
    STREAM_RETRIES_MAX = 10,
    STREAM_NODES = 8,              /* addresses of the name that are used */
    STREAM_IN_FLIGHT_MAX = 500000, /* more are not sent: they fail at once */
    STREAMS_ENDED_KEPT = 32,       /* of the streams that are over */
};

/* A rate is in millionths of a request a second. */
#define STREAM_RATE_ONE INT64_C(1000000)
#define STREAM_RATE_MAX (1000000 * STREAM_RATE_ONE)

/* How arrivals are spread.  Saved: append only. */
enum stream_distribution {
    STREAM_POISSON = 1, /* independent of each other */
    STREAM_CONSTANT,    /* evenly */
    STREAM_BURST,       /* Poisson; each minute begins with 10 s at 4 times the rate, and goes on at
                           0.4 times */
    STREAM_RAMP,        /* Poisson; from nothing to the rate over the duration, else 10 minutes */
    STREAM_DAILY,       /* Poisson; little at night, most in the early evening (UTC) */
};

/* What its clients send.  Saved: append only. */
enum stream_kind {
    STREAM_HTTP = 1, /* whole requests; what sessions of before there were kinds have as 0 */
    STREAM_SYN,      /* SYNs that are never followed by anything: a SYN flood */
    STREAM_DATAGRAM, /* datagrams of UDP, each answered by one */
};

extern const char *const stream_kind_words[]; /* NULL-terminated; word 0 is number 1 */
extern const char *const stream_distribution_words[]; /* NULL-terminated; word 0 is number 1 */

struct stream_code {
    int64_t status;
    int64_t count;
};

/* What a client's cookies say: the target and the group of its last answer. */
struct stream_cookie {
    uint64_t target;
    uint64_t group;
    int64_t since;
};

struct stream {
    uint64_t id;
    uint64_t account;
    int64_t started;
    int64_t ends;      /* by itself; 0: when it is stopped */
    int64_t ended;     /* 0: it runs */
    int64_t rate;      /* millionths of a request a second */
    int64_t work;      /* mean CPU of a request, at SERVER_SPEED_ONE; 0: what the page takes */
    int64_t timeout;   /* ns; 0: none */
    uint64_t step;     /* sequence of the next arrival or the end */
    uint64_t ticks;    /* arrivals that were considered */
    uint64_t number;   /* requests sent, retries not counted */
    int64_t sent;      /* retries counted */
    int64_t completed; /* an HTTP answer came, whatever its status */
    int64_t failed;    /* none came */
    int64_t in_flight;
    int64_t half_open; /* of a SYN flood: that held a place at a server */
    int64_t absorbed;  /* and that a balancer's nodes took, keeping nothing */
    int64_t looked;       /* the instant of `presence` */
    struct area presence; /* in flight, times nanoseconds */
    struct area stayed;   /* of those that ended, from start to end */
    int64_t resolved;     /* when the name was last asked for */
    int64_t told;         /* when the last request began whose way is told */
    struct chance arrivals;
    struct chance choices; /* which client */
    struct chance works;
    struct chance luck; /* what happens to the requests */
    struct histogram
        latency;             /* what clients felt, of answered ones: ns from the first attempt on */
    struct histogram target; /* ns from arrival at the target until its answer */
    struct histogram service;       /* ns of CPU that the work needs on that target */
    LIST(struct stream_code) codes; /* by status */
    LIST(int64_t) addresses;        /* that the name stands for */
    LIST(int64_t) connected;        /* a bit for each client: it has a connection open */
    uint32_t clients;
    uint32_t retries;
    char *url;
    char *host;
    char *path;
    uint16_t port;
    uint32_t first_client; /* its address; 0: STREAM_CLIENT_ADDRESS */
    uint8_t distribution;  /* enum stream_distribution */
    uint8_t kind;          /* enum stream_kind; 0: STREAM_HTTP */
    uint8_t region;
    bool keeps_cookies;
    LIST(struct stream_cookie) jar; /* by client; as long as the last one who was given a cookie */
    int64_t gap; /* mean of the gaps between candidates; derived, 0: not computed yet */
    int8_t tls;  /* does the URL begin with https?  1 or -1; derived, 0: not looked yet */
};

struct streams {
    struct table table;
    struct sim *sim; /* borrowed, as are all below */
    struct ids *ids;
    struct requests *requests;
    struct traffic *traffic;
    struct trail *trail;
    uint64_t seed;
};

extern const struct shape stream_shape;

/* The caller fills in the borrowed members and the seed first.  Takes the origin REQUEST_STREAM. */
void streams_init(struct streams *streams);
void streams_release(struct streams *streams);
/* After the table was read: false when it contradicts itself. */
bool streams_restore(const struct streams *streams);

struct stream_new {
    uint64_t account;
    const char *url; /* as typed */
    const char *host;
    const char *path;
    uint64_t draws;      /* what its chance follows from; 0: its id */
    int64_t rate;        /* 1 .. STREAM_RATE_MAX */
    int64_t duration_ns; /* 0: until it is stopped */
    int64_t work_ns;     /* 0: what the page takes */
    int64_t timeout_ns;  /* 0: none */
    uint32_t clients;    /* 1 .. STREAM_CLIENTS_MAX */
    uint32_t retries;    /* 0 .. STREAM_RETRIES_MAX */
    uint32_t first_client; /* its address; 0: STREAM_CLIENT_ADDRESS */
    uint16_t port;
    uint8_t distribution;
    uint8_t kind;
    uint8_t region;
    bool keeps_cookies;
};

/* Begins; the first request is sent after a first gap. */
struct stream *stream_start(struct streams *streams, const struct stream_new *wish);
/* Sends no more; requests in flight go on.  Nothing when it has ended. */
void stream_stop(struct streams *streams, struct stream *stream);
/* NULL when there is none that this account may see. */
struct stream *stream_find(const struct streams *streams, uint64_t account, uint64_t id);
/* Streams of all accounts that run. */
uint32_t streams_running(const struct streams *streams);

#endif
