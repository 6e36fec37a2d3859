/*
 * cloud/request.h - one request on its way, and a server's queue of them.
 *
 * A request goes from a client (an internet address, an instance, a balancer's prober) to an
 * address and a port: name, SYN, connection, perhaps a balancer, a server's queue, the answer, and
 * back.  Each stretch is an event over simulated time, so that a request can be saved, shown and
 * cut in the middle of anything.
 *
 * What a request needs of rooms above comes through three tables of callbacks: who has that address
 * and may the packet enter (struct request_world), what a balancer decides (struct
 * request_balancing), and who asked (struct request_origin).  All three are given anew when a world
 * is opened; rows hold numbers only.
 *
 * The row of a request is cloud/request_pool's; what happened to it, and why, is told as hops on
 * its way (cloud/way); who waits for a worker of a server is cloud/server's.
 *
 * In steady state a request allocates nothing: rows and ways are taken from pools that are used
 * again.  While nothing but a stream's requests happens (sim.epoch), who has an address, who may
 * enter and what a server would say is looked up once and remembered; forgetting it changes
 * nothing but the speed.
 */
#ifndef CLOUD_REQUEST_H
#define CLOUD_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/request_pool.h"
#include "cloud/server.h"
#include "cloud/way.h"
#include "sim/event.h"

enum { REQUEST_SYNS = 7 /* how often a client knocks before it gives up by itself */ };

/* ---- what a server says ---- */

enum {
    REQUEST_SERVE_ANSWER,
    REQUEST_SERVE_HANG /* no answer ever */,
    REQUEST_SERVE_CLOSE /* without answer */,
    REQUEST_SERVE_PROGRAM /* a program in the instance takes it: ask program() */,
    REQUEST_SERVE_HOLD /* the program will answer with request_reply() */
};

struct request_answer {
    int64_t service_ns; /* work at full speed */
    int64_t extra_ns;   /* and for TLS, whatever the request itself asks for */
    uint64_t bytes;     /* length of the body */
    uint16_t status;
    uint8_t how; /* REQUEST_SERVE_... */
    bool sets_cookie; /* that of the application by which clients stay with its target */
    /* Only when the request wants_text; heap memory, which passes to the receiver. */
    char *headers; /* status line and headers, each ending in \r\n; no empty line */
    struct blob body;
};

/* ---- the callbacks ---- */

/* Where a packet wants in. */
struct request_port {
    uint16_t number;
    bool datagrams; /* UDP; else TCP */
};

/* A first packet that wants in. */
struct request_knock {
    const struct place *from;
    const struct place *seen; /* as whom it comes; NULL: as it is */
    uint32_t address;
    struct request_port port;
};

/* May it pass, there and back?  The hop that says so, or why not. */
struct request_door {
    uint64_t place;
    uint64_t other;
    int64_t number;
    uint8_t why; /* enum request_why */
    bool admitted;
};

/* How an instance's web server is broken on purpose, in parts in a million of its requests. */
struct request_mood {
    uint32_t fails_ppm; /* answered 500 */
    uint32_t hangs_ppm; /* never answered */
};

struct request_world {
    void *context;
    /* Who has that address, seen from there: PLACE_NOWHERE when packets to it vanish. */
    struct place (*locate)(void *context, const struct place *from, uint32_t address);
    /* Does the network carry the packet there, and the answer back?  To whomever, or nobody. */
    struct request_door (*admits)(void *context, const struct request_knock *knock);
    /* What the instance computes with; no vCPUs: nothing listens there, refused. */
    struct server_power (*listens)(void *context, uint64_t instance, struct request_port port);
    /* Asked when a worker takes it up. */
    void (*serve)(void *context, const struct request *request, struct request_answer *answer);
    /* Asked, each time, when serve() says REQUEST_SERVE_PROGRAM: any other of REQUEST_SERVE_... */
    void (*program)(void *context, const struct request *request, struct request_answer *answer);
    /* A program's job is done. */
    void (*worked)(void *context, uint64_t instance, uint64_t job);
    struct request_mood (*mood)(void *context, uint64_t instance); /* NULL: all are well */
};

/* Who shares out the CPU of hosts among instances, told what servers do. NULL members: nobody. */
struct request_cpu {
    void *context;
    /* A server has opened; or, of one that is watched, somebody came or went. */
    void (*changed)(void *context, uint64_t instance);
    /* It is empty, and will be closed. */
    void (*closing)(void *context, uint64_t instance);
};

/* How rough the ways of a zone are on purpose. */
struct request_rough {
    int64_t late_ns;   /* more, one way, between it and other zones */
    uint32_t lost_ppm; /* of the packets into and out of it */
};

enum { REQUEST_ZONES = ZONES_PER_REGION * CATALOG_REGIONS_MAX };

enum { BALANCE_FORWARD, BALANCE_ANSWER, BALANCE_CLOSE /* without an answer: exit */ };

struct request_choice {
    uint8_t what;    /* BALANCE_... */
    uint8_t exit;    /* of BALANCE_CLOSE: enum request_exit */
    bool flow;       /* of a network balancer: a connection goes through, nobody answers for it */
    bool keeps_source; /* the target sees the client's address, not the node's */
    uint16_t status; /* of BALANCE_ANSWER */
    uint16_t port;
    uint32_t address;
    uint64_t target;
    uint64_t instance;
    uint8_t zone;          /* of the target */
    uint32_t node_address; /* private: what the target sees */
    int64_t idle_ns;
};

struct request_balancing {
    void *context;
    /* A SYN or a datagram reached a node. False: no listener there, refused. */
    bool (*listens)(void *context, uint64_t balancer, struct request_port port);
    /* The request has arrived: counts it, chooses, tells the hops why. */
    void (*choose)(void *context, struct request *request, struct request_choice *choice);
    /* The end of one that was counted: request->answered_by, status and exit say how. */
    void (*ended)(void *context, const struct request *request);
    /* The node answers by itself (502, 503, 504, fixed): headers and body for a reader; else only
     * the length. */
    void (*answer)(void *context, const struct request *request, struct request_answer *answer);
};

/* What the request says; borrowed until the next event. */
struct request_words {
    const char *method; /* "GET" */
    const char *host;   /* the Host header; "" when there is none */
    const char *path;   /* with the query */
    const char *headers; /* lines ending in \r\n; NULL: none */
    const char *body;    /* NULL: none */
    /* Without headers: the target and the group that a balancer's cookies named, and when. */
    uint64_t sticky_target;
    uint64_t sticky_group;
    int64_t sticky_since;
};

struct request_origin {
    /* NULL: GET / without a host. */
    void (*words)(void *context, const struct request *request, struct request_words *words);
    /* The name has been asked for; 0: no such name.  NULL for origins that always give an address.
     */
    uint32_t (*resolve)(void *context, const struct request *request);
    /* The text of the answer left the server or the node; takes what it points at.  NULL: texts not
     * wanted. */
    void (*text)(void *context, const struct request *request, struct request_answer *answer);
    /* It starts, its pause being over; one without a pause starts with request_start(). */
    void (*begun)(void *context, const struct request *request);
    /* The end: status, bytes, exit are final; the row goes when this returns. */
    void (*done)(void *context, const struct request *request);
    /* done() leaves sim->epoch alone (it counts, or calls sim_disturb()), and words() of one
     * origin_id are the same in one epoch. */
    bool quiet;
    /* Its clients are only felt: the ways between them and the cloud take their time, but are no
     * events.  A request begins when its first packet arrives, which left `latency` before; and it
     * is done when its answer leaves, at request->ended, which is still to come. */
    bool outside;
};

/* ---- the room ---- */

/* The requests whose nodes wait equally long for an answer. */
struct request_idle {
    uint64_t length; /* ns */
    uint64_t step;   /* sequence of the pending look; 0: none */
    struct request *first; /* its time is over first; derived, as is the next */
    struct request *last;
};

extern const struct shape request_idle_shape;

struct request_memory; /* what was looked up in this epoch (request_reach.c) */

struct requests {
    struct sim *sim; /* borrowed */
    uint64_t seed;
    struct request_pool pool;
    struct servers servers;
    struct table idles; /* struct request_idle */
    struct ways ways; /* ways.next is the id of the next request */
    struct request_world world;
    struct request_cpu cpu;
    struct request_balancing balancing;
    struct request_origin origins[REQUEST_ORIGIN_COUNT];
    void *origin_contexts[REQUEST_ORIGIN_COUNT];
    struct request_memory *memory; /* owned; not part of the state */
    struct request_rough rough[REQUEST_ZONES]; /* told by request_set_rough() */
    bool is_rough;
    bool spoiled; /* some server is in a mood: world.mood is to be asked; not part of the state */
};

void requests_init(struct requests *requests, struct sim *sim, uint64_t seed);
void requests_release(struct requests *requests);
void requests_set_origin(struct requests *requests, enum request_origin_kind kind,
                         const struct request_origin *origin, void *context);

/* The ways of a zone are that rough from now on; not part of the state. */
void request_set_rough(struct requests *requests, uint8_t zone, struct request_rough rough);
/* An instance computes otherwise from now on. */
void request_set_power(struct requests *requests, uint64_t instance, struct server_power power);

/* Its requests share that much CPU from now on, in millionths of a vCPU, 0: all they want; and
 * `cpu.changed` is told who comes and goes, or not.  Harmless when there is no such server. */
void request_set_share(struct requests *requests, uint64_t instance, int64_t share_ppm,
                       bool watched);

struct request_ask {
    uint64_t origin_id;
    uint64_t turn; /* the origin's n-th request: with origin_id it names the stream of its chance */
    const struct chance *luck; /* the request's own stream of chance; NULL: by origin_id and turn */
    struct place from;
    uint32_t address; /* 0: ask the origin's resolve() */
    uint16_t port;
    uint8_t origin;
    uint8_t protocol;
    bool wants_text;
    bool untold;              /* its way is not told */
    bool tls;                 /* it speaks TLS first */
    bool insecure;            /* and takes any certificate */
    bool kept;                /* over a connection that is open already: no handshake */
    uint8_t attempt;          /* 0: the first */
    int64_t began;            /* of a retry: when the first attempt started */
    int64_t pause_ns;         /* before it starts */
    int64_t work_ns;          /* CPU at SERVER_SPEED_ONE; 0: what the server says */
    int64_t connect_limit_ns; /* SIM_NEVER: none; both from the end of the pause */
    int64_t limit_ns;
};

/* Starts a request and returns its id. */
uint64_t request_start(struct requests *requests, const struct request_ask *ask);
/* The request while it is under way, or NULL.  Borrowed until the next start or event. */
struct request *request_find(const struct requests *requests, uint64_t id);
/* The client goes away: ends it at once with that exit. False when it is over already. */
bool request_abort(struct requests *requests, uint64_t id, enum request_exit exit);

/* A program answers a request that it holds.  Takes what the answer points at; false when nobody
 * waits for it any more. */
bool request_reply(struct requests *requests, uint64_t id, struct request_answer *answer);
/* Is it still held? */
bool request_is_held(const struct requests *requests, uint64_t id);
/* A program in an instance computes: a number with SERVER_JOB, of which world.worked() is told. */
void request_job_start(struct requests *requests, uint64_t instance, struct server_power power,
                       uint64_t job, int64_t work_ns);
/* It computes no more. */
void request_job_stop(struct requests *requests, uint64_t instance, uint64_t job);

/* The server process or the whole instance goes away.  silent: nothing is said to those who wait (a
 * dead host); else their connections are closed.  port 0: all of the instance's. */
void request_server_gone(struct requests *requests, uint64_t instance, uint16_t port, bool silent);
/* What is still in flight to a target is cut, for the reason that the hop tells (its place is put
 * in): WHY_TARGET_DRAINED or, of flows only, WHY_FLOW_RESET.  Returns how many. */
uint32_t request_cut_target(struct requests *requests, uint64_t target, struct hop hop);
/* A balancer has been deleted: its clients' connections are closed. */
void request_balancer_gone(struct requests *requests, uint64_t balancer);

/* After requests_load(), the tables of servers and idles, and the clock: false when they contradict
 * themselves. */
bool requests_restore(struct requests *requests);

/* How a first packet would end now: WHY_CONNECTED; WHY_PORT_CLOSED or WHY_NO_LISTENER when it would
 * be refused; or why it would be lost.  `*to` is whom it meets. */
struct hop request_try(struct requests *requests, const struct request_knock *knock,
                       struct place *to);
/* What it says. */
struct request_words request_words(const struct requests *requests, const struct request *request);
/* "Not Found" of 404; as balancers say it. */
const char *http_reason(uint16_t status);

/* One more hop on the way of a request that is told: now, unless the hop has a time. */
void request_tell_way(struct requests *requests, const struct request *request, struct hop hop);
/* The same for any request. */
static inline void request_tell(struct requests *requests, const struct request *request,
                                struct hop hop)
{
    if (request->way != 0)
        request_tell_way(requests, request, hop);
}

/* Saving: fills empty tables of request_shape and request_way_shape (servers.table is a table
 * already); and back, into a fresh room.  ways.next is saved by the world with its other numbers.
 */
void requests_save(const struct requests *requests, struct table *rows, struct table *ways);
void requests_load(struct requests *requests, const struct table *rows, const struct table *ways,
                   uint64_t next);

#endif
