/*
 * cloud/request.h - one request on its way, and a server's queue of them.
 *
 * A request goes from a client (an internet address, an instance, a balancer's prober) to an address and a port:
 * name, SYN, connection, perhaps a balancer, a server's queue, the answer, and back.  Each stretch is an event
 * over simulated time, so that a request can be saved, shown and cut in the middle of anything.
 *
 * What a request needs of rooms above comes through three tables of callbacks: who has that address and may the
 * packet enter (struct request_world), what a balancer decides (struct request_balancing), and who asked
 * (struct request_origin).  All three are given anew when a world is opened; rows hold numbers only.
 *
 * The way.  Every request leaves a list of hops: when, where, what, and why, as numbers.  The ways of the last
 * REQUEST_WAYS requests are kept in a ring, and become sentences only when somebody asks (request_explain).
 *
 * In steady state a request allocates nothing: rows and ways are taken from pools that are used again.
 */
#ifndef CLOUD_REQUEST_H
#define CLOUD_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "sim/chance.h"
#include "sim/event.h"

enum {
    REQUEST_WAYS = 4096,        /* ways that are kept */
    REQUEST_HOPS = 24,          /* hops of one way; what comes later is counted, not told */
    SERVER_BACKLOG = 511,       /* connections that wait for a worker; one more is refused */
    SERVER_WORKERS = 256,
};

/* Who asked.  Saved: append only. */
enum request_origin_kind { REQUEST_CLIENT = 1, REQUEST_PROBE, REQUEST_STREAM, REQUEST_ORIGIN_COUNT };

enum request_protocol { REQUEST_HTTP = 1, REQUEST_CONNECT };

/* Where something stands.  Saved. */
enum place_kind { PLACE_NOWHERE = 0, PLACE_INTERNET, PLACE_INSTANCE, PLACE_NODE /* id: the balancer */ };

struct place {
    uint64_t id;      /* instance or balancer; 0 for the internet and nowhere */
    uint32_t address; /* IPv4, host order: the address that packets come from or go to */
    uint8_t kind;     /* enum place_kind */
    uint8_t zone;     /* of PLACE_INSTANCE and PLACE_NODE */
};

/* What has been reached.  Saved: append only. */
enum request_state {
    REQUEST_RESOLVING = 1, /* the client asks for the address of the name */
    REQUEST_CONNECTING,    /* SYNs are under way, or lost */
    REQUEST_SENDING,       /* connected: the request itself is under way */
    REQUEST_FORWARDING,    /* a balancer's node connects to the target it chose */
    REQUEST_QUEUED,        /* at the server, waiting for a worker */
    REQUEST_SERVED,        /* a worker is at it */
    REQUEST_RETURNING,     /* the answer (or a reset) is on its way to the client */
};

/* How it ended, as curl numbers it.  0 while under way too: see request_find(). */
enum request_exit {
    EXIT_ANSWERED = 0,   /* an HTTP answer arrived, whatever its status; or the connection was made */
    EXIT_NO_NAME = 6,    /* could not resolve host */
    EXIT_REFUSED = 7,    /* connection refused */
    EXIT_TIMEOUT = 28,   /* the client gave up */
    EXIT_EMPTY = 52,     /* connection closed before an answer */
    EXIT_RESET = 56,     /* connection reset, or dead, while waiting for the answer */
    EXIT_ABORTED = 130,  /* the client went away by itself (Ctrl-C) */
};

/* Why: one code for each thing that can be told of a request.  Saved: append only. */
enum request_why {
    WHY_RESOLVED = 1,
    WHY_NO_NAME,
    WHY_SYN,              /* number: which one, from 1 */
    WHY_NOBODY,           /* no one has the address, or its owner does not run: packets vanish */
    WHY_DENIED,           /* place: the security group, or 0: several; number: the port */
    WHY_ADMITTED,         /* place: the security group; number: the port */
    WHY_PORT_CLOSED,      /* place: instance; nothing listens on that port: refused */
    WHY_BACKLOG_FULL,     /* place: instance; refused */
    WHY_CONNECTED,
    WHY_NO_LISTENER,      /* place: balancer; number: the port */
    WHY_LISTENER,         /* place: listener; number: the port */
    WHY_FIXED_RESPONSE,   /* place: listener; number: the status */
    WHY_REDIRECT,         /* place: listener; number: the status */
    WHY_DEFAULT_ACTION,   /* place: target group */
    WHY_WEIGHTED_GROUP,   /* place: target group; number: weight * 1000 + total is in other */
    WHY_SKIPPED,          /* place: instance; number: its enum target_state */
    WHY_SKIPPED_MORE,     /* number: how many more were skipped */
    WHY_ROUND_ROBIN,      /* place: chosen instance; other: the one before it, 0: none yet */
    WHY_ONLY_TARGET,      /* place: chosen instance */
    WHY_FAIL_OPEN,        /* place: target group; number: its targets, none of them healthy */
    WHY_NO_TARGETS,       /* place: target group: 503 */
    WHY_NODE_TO_TARGET,   /* place: instance; number: port */
    WHY_TARGET_REFUSED,   /* place: instance: 502 */
    WHY_TARGET_CLOSED,    /* place: instance: it closed the connection before an answer: 502 */
    WHY_TARGET_NO_CONNECT,/* place: instance; number: seconds: 504 */
    WHY_TARGET_IDLE,      /* place: instance; number: seconds: 504 */
    WHY_TARGET_DRAINED,   /* place: instance; number: seconds of the delay: 502 */
    WHY_QUEUED,           /* place: instance; number: requests before it */
    WHY_SERVING,          /* place: instance; number: microseconds of work */
    WHY_SERVED,           /* place: instance; number: status */
    WHY_BALANCER_ANSWER,  /* place: balancer; number: status */
    WHY_RESET,            /* place: who: the connection was closed or reset */
    WHY_SILENCE,          /* place: instance: it fell silent, nothing comes back */
    WHY_GAVE_UP,          /* number: seconds waited: the client gives up */
    WHY_ABORTED,
    WHY_DONE,             /* number: status */
    WHY_BALANCER_GONE,
    WHY_COUNT,
};

struct hop {
    int64_t time;
    uint64_t place; /* id of what the why speaks of */
    uint64_t other;
    int64_t number;
    uint8_t why; /* enum request_why */
};

/* What is told of one request, kept after its end. */
struct request_way {
    uint64_t id;
    uint64_t origin_id;
    int64_t started;
    int64_t ended; /* 0: under way */
    uint64_t balancer;
    uint64_t target; /* the instance that answered or should have, or 0 */
    uint32_t source; /* the client's address */
    uint32_t address; /* where it went */
    uint16_t port;
    uint16_t status; /* 0: no HTTP answer */
    uint8_t origin;
    uint8_t exit; /* enum request_exit */
    uint32_t untold; /* hops beyond REQUEST_HOPS */
    LIST(struct hop) hops; /* memory is kept and used again */
};

/* A request under way. */
struct request {
    uint64_t id; /* counted from 1; never used again */
    uint64_t origin_id;
    struct place from;
    struct place to;     /* what the address belongs to, once a packet has arrived */
    struct chance luck;
    int64_t started;
    int64_t arrived;     /* at the server's queue; 0 before */
    int64_t latency;     /* one way between the client and `to` */
    int64_t target_latency; /* one way between the node and the target */
    int64_t connect_limit;  /* ns for resolving and connecting; SIM_NEVER: the client does not give up */
    int64_t limit;          /* ns for all of it; SIM_NEVER */
    uint64_t step;       /* sequence of the pending step */
    uint64_t timer;      /* sequence of the client's pending time limit */
    uint64_t node_timer; /* sequence of the node's pending time limit: connect, idle */
    uint64_t server;     /* instance whose queue holds it, or 0 */
    uint64_t balancer;   /* that it goes through, or 0 */
    uint64_t listener;
    uint64_t target;     /* row of target_group that was chosen, or 0 */
    uint64_t target_instance;
    uint64_t bytes;      /* of the answer's body */
    uint32_t address;    /* where it goes; 0 until resolved */
    uint32_t target_address;
    uint16_t port;
    uint16_t target_port;
    uint16_t status;     /* of the answer so far; 0: none */
    uint8_t origin;
    uint8_t protocol;
    uint8_t state;       /* enum request_state */
    uint8_t syns;        /* sent so far */
    uint8_t exit;        /* what it will end with */
    uint8_t answered_by; /* enum place_kind: PLACE_INSTANCE or PLACE_NODE; PLACE_NOWHERE: nobody yet */
    bool counted;        /* a listener has counted its arrival and not yet its end */
    bool wants_text;     /* somebody will read the body */
};

extern const struct shape request_shape, request_way_shape, request_server_shape;

/* ---- what a server says ---- */

enum { REQUEST_SERVE_ANSWER, REQUEST_SERVE_HANG /* no answer ever */, REQUEST_SERVE_CLOSE /* without answer */ };

struct request_answer {
    int64_t service_ns; /* work at full speed */
    uint64_t bytes;     /* length of the body */
    uint16_t status;
    uint8_t how;        /* REQUEST_SERVE_... */
    /* Only when the request wants_text; heap memory, which passes to the receiver. */
    char *headers;      /* lines ending in \r\n, without the status line */
    char *body;
};

/* ---- the callbacks ---- */

struct request_door {
    bool admitted;
    uint64_t group; /* security group that admits, or the first that does not; 0: unknown */
};

struct request_world {
    void *context;
    /* Who has that address, seen from request->from: PLACE_NOWHERE when packets to it vanish. */
    struct place (*locate)(void *context, const struct request *request, uint32_t address);
    /* Do the firewalls of `to` let in a packet of `from` to that port? */
    struct request_door (*admits)(void *context, const struct place *from, const struct place *to, uint16_t port);
    /* How many requests the instance works on at a time there (its vCPUs); 0: nothing listens, refused. */
    uint32_t (*listens)(void *context, uint64_t instance, uint16_t port);
    /* Asked when a worker takes it up. */
    void (*serve)(void *context, const struct request *request, struct request_answer *answer);
};

enum { BALANCE_FORWARD, BALANCE_ANSWER };

struct request_choice {
    uint8_t what; /* BALANCE_... */
    uint16_t status; /* of BALANCE_ANSWER */
    uint16_t port;
    uint32_t address;
    uint64_t target;
    uint64_t instance;
    uint8_t zone;
    uint8_t node_zone;
    uint32_t node_address; /* private: what the target sees */
    int64_t idle_ns;
};

struct request_balancing {
    void *context;
    /* A SYN reached a node. False: no listener there, refused. */
    bool (*listens)(void *context, uint64_t balancer, uint16_t port);
    /* The request has arrived: counts it, chooses, tells the hops why. */
    void (*choose)(void *context, struct request *request, struct request_choice *choice);
    /* The end of one that was counted: request->answered_by, status and exit say how. */
    void (*ended)(void *context, const struct request *request);
    /* The node answers by itself (502, 503, 504, fixed): headers and body for a reader; else only the length. */
    void (*answer)(void *context, const struct request *request, struct request_answer *answer);
};

struct request_origin {
    /* The name has been asked for; 0: no such name.  NULL for origins that always give an address. */
    uint32_t (*resolve)(void *context, const struct request *request);
    /* The text of the answer left the server or the node; takes what it points at.  NULL: texts not wanted. */
    void (*text)(void *context, const struct request *request, struct request_answer *answer);
    /* The end: status, bytes, exit are final; the row goes when this returns. */
    void (*done)(void *context, const struct request *request);
};

/* ---- the room ---- */

/* One instance as a server. */
struct request_server {
    uint64_t instance;
    uint32_t workers; /* at a time */
    uint32_t busy;
    uint64_t served;  /* since the instance started */
    LIST(int64_t) waiting; /* requests, first come first */
};

struct requests {
    struct sim *sim; /* borrowed */
    uint64_t seed;
    uint64_t next;             /* id of the next request */
    struct request *pool;      /* owned; see request.c */
    uint32_t *slots;           /* index of the pool by id; owned */
    uint32_t pool_size;
    uint32_t pool_free;
    uint32_t slot_count;
    uint32_t in_flight;
    struct request_way *ways;  /* ring: the way of request n at n % REQUEST_WAYS; owned */
    struct table servers;      /* of struct request_server */
    struct request_world world;
    struct request_balancing balancing;
    struct request_origin origins[REQUEST_ORIGIN_COUNT];
    void *origin_contexts[REQUEST_ORIGIN_COUNT];
};

void requests_init(struct requests *requests, struct sim *sim, uint64_t seed);
void requests_release(struct requests *requests);
void requests_set_origin(struct requests *requests, enum request_origin_kind kind,
                         const struct request_origin *origin, void *context);

struct request_ask {
    uint64_t origin_id;
    uint64_t turn; /* the origin's n-th request: with origin_id it names the stream of its chance */
    struct place from;
    uint32_t address; /* 0: ask the origin's resolve() */
    uint16_t port;
    uint8_t origin;
    uint8_t protocol;
    bool wants_text;
    int64_t connect_limit_ns; /* SIM_NEVER: none */
    int64_t limit_ns;
};

/* Starts a request and returns its id. */
uint64_t request_start(struct requests *requests, const struct request_ask *ask);
/* The request while it is under way, or NULL.  Borrowed until the next start or event. */
struct request *request_find(const struct requests *requests, uint64_t id);
/* The client goes away: ends it at once with that exit. False when it is over already. */
bool request_abort(struct requests *requests, uint64_t id, enum request_exit exit);

/* The server process or the whole instance goes away.  silent: nothing is said to those who wait (a dead host);
 * else their connections are closed.  port 0: all of the instance's. */
void request_server_gone(struct requests *requests, uint64_t instance, uint16_t port, bool silent);
/* A target's draining is over: what is still in flight to it is cut. Returns how many. */
uint32_t request_cut_target(struct requests *requests, uint64_t target, int64_t delay_s);
/* A balancer has been deleted: its clients' connections are closed. */
void request_balancer_gone(struct requests *requests, uint64_t balancer);

/* For those who decide: one more hop on the request's way. */
void request_tell(struct requests *requests, const struct request *request, struct hop hop);

/* The way, or NULL when it is gone or has not been. */
const struct request_way *request_way_find(const struct requests *requests, uint64_t id);
/* Ids whose ways may be kept: first .. next-1. */
uint64_t request_way_first(const struct requests *requests);
uint64_t request_way_next(const struct requests *requests);

/* How ids are shown: gives the text of a place ("i-0... (webserver01)"), in the arena. */
enum name_kind {
    NAME_INSTANCE = 1,
    NAME_SECURITY_GROUP,
    NAME_BALANCER,
    NAME_LISTENER,
    NAME_TARGET_GROUP,
    NAME_ANY, /* instance or balancer */
};
struct request_names {
    void *context;
    const char *(*name)(void *context, struct arena *arena, enum name_kind kind, uint64_t id);
};

struct request_step_text {
    int64_t time;
    const char *text; /* one sentence */
};
struct request_story {
    LIST(struct request_step_text) steps;
};
/* The way in sentences, each saying what happened and why. */
void request_explain(const struct request_way *way, const struct request_names *names, struct arena *arena,
                     struct request_story *story);
/* One sentence: the choice that mattered most, or "". */
const char *request_why_text(const struct request_way *way, const struct request_names *names,
                             struct arena *arena);

/* Saving: fills empty tables of request_shape and request_way_shape (the servers are a table already); back
 * again: false when they cannot be ours.  `next` is saved by the world with its other numbers. */
void requests_save(const struct requests *requests, struct table *rows, struct table *ways);
bool requests_load(struct requests *requests, const struct table *rows, const struct table *ways, uint64_t next);

#endif
