/*
 * cloud/traffic.h - clients: names, URLs, and the asking side of a request.
 *
 * An exchange is one `curl`: a URL asked by somebody on the internet or by an instance, its request
 * while it is under way, and the answer's text until its owner drops it.  Streams of traffic are to
 * come.
 *
 * This room also joins requests with the rest of the cloud: who has an address, which packets the
 * firewalls let in, what a guest serves.
 */
#ifndef CLOUD_TRAFFIC_H
#define CLOUD_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/balancer.h"
#include "cloud/path.h"
#include "cloud/request.h"
#include "sim/clock.h"
#include "sim/event.h"

/* Where the learner's own browser and curl sit. */
#define TRAFFIC_CLIENT_ADDRESS UINT32_C(0xc6336407) /* 198.51.100.7 */

/* Where services of AWS ask from, and are asked: one address for all. */
#define TRAFFIC_SERVICE_ADDRESS UINT32_C(0xcb007119) /* 203.0.113.25 */

/* How long a client waits for the answer to a datagram when it has no limit of its own: what
 * resolvers and dig wait. */
#define TRAFFIC_DATAGRAM_LIMIT_NS (5 * SECOND_NS)

#define TRAFFIC_USER_AGENT "curl/8.5.0"

struct exchange {
    uint64_t id;
    uint64_t request;  /* while under way, and afterwards for explaining */
    uint64_t instance; /* that asks; 0: the internet */
    int64_t started;
    int64_t resolved;     /* 0: not yet */
    int64_t ended;        /* 0: under way */
    char *method;         /* "GET" */
    char *host;           /* as typed, without the port */
    char *host_header;    /* the header Host, without the port, when it was given; NULL: host */
    char *path;           /* with the query; begins with / */
    char *headers;        /* of the request, but for Host: lines ending in \r\n */
    char *answer_headers; /* with the status line, ending in an empty line; NULL: no answer */
    struct blob answer_body;
    uint64_t bytes;
    uint32_t address; /* that the name stood for; 0: none */
    uint16_t port;
    uint16_t status;
    bool connected; /* a connection was made before it ended */
    uint8_t exit;   /* enum request_exit, once ended */
    uint8_t region; /* of the client, for names */
    char *body;     /* of the request; NULL: none */
    uint64_t delivery; /* what a service of AWS knows it by; 0: nobody's */
};

/* A guest as a server; filled by world_init. */
struct traffic_guest_ask {
    uint64_t instance;
    const char *method;
    const char *host;
    const char *path;
    uint32_t client;    /* address that the guest sees */
    uint32_t forwarded; /* X-Forwarded-For, or 0 */
    const char *headers; /* of the request: lines ending in \r\n, or NULL */
    const char *body;    /* NULL: none */
    uint16_t port;
    const char *cookie; /* does the answer set one of that name?  NULL: nobody wants to know */
    uint64_t request; /* for who answers later: request_reply() */
    bool datagram; /* it is one, and wants one back; else HTTP */
    bool wants_text;
};

/* An instance, to the network. */
struct traffic_instance {
    uint64_t interface;
    bool answers; /* its network stack is up: packets to it do not vanish */
};

struct traffic_world {
    void *context;
    /* False when there is none, or it has no interface any more. */
    bool (*instance)(void *context, uint64_t instance, struct traffic_instance *out);
    /* What it computes with; no vCPUs: nothing listens on that port. */
    struct server_power (*listens)(void *context, uint64_t instance, struct request_port port);
    /* answer->headers and ->body only when ask->wants_text. */
    void (*serve)(void *context, const struct traffic_guest_ask *ask,
                  struct request_answer *answer);
    /* The same, when serve() said that a program takes it. */
    void (*program)(void *context, const struct traffic_guest_ask *ask,
                    struct request_answer *answer);
    /* A program's job is done. */
    void (*worked)(void *context, uint64_t instance, uint64_t job);
    /* How its web server is broken on purpose; NULL: all are well. */
    struct request_mood (*mood)(void *context, uint64_t instance);
    /* An exchange has ended; NULL: nobody waits. */
    void (*done)(void *context, const struct exchange *exchange);
    /* A request to an endpoint of AWS's services, which answers at once: status, heap texts of
     * headers (with an empty line at their end) and body.  False: none has that name.  Without
     * `answer` that alone is asked.  NULL: there are none. */
    bool (*service)(void *context, const struct exchange *exchange, struct request_answer *answer);
    /* "i-0... (webserver01)" in the arena. */
    const char *(*instance_name)(void *context, struct arena *arena, uint64_t instance);
};

struct traffic {
    struct table exchanges;
    uint64_t next;   /* id of the next exchange; saved by the world */
    struct sim *sim; /* borrowed, as are all below */
    struct network *network;
    struct firewall *firewall;
    struct requests *requests;
    struct balancers *balancers;
    struct traffic_world world;
};

extern const struct shape exchange_shape;

/* The caller fills in the borrowed members and `world` first.  Takes over requests->world and the
 * origins REQUEST_CLIENT and REQUEST_SERVICE. */
void traffic_init(struct traffic *traffic);
void traffic_release(struct traffic *traffic);

/* What a URL says; strings in the arena. */
struct url {
    const char *scheme; /* "http" "https" "udp"... lower case; "http" when none is written */
    const char *host;
    const char *path; /* with the query, without the fragment; "/" at least */
    uint16_t port;
};
/* False when it is malformed; curl's exit is 3 then. */
bool url_parse(struct arena *arena, const char *text, struct url *url);

struct traffic_ask {
    const char *method; /* NULL: GET */
    const char *host;
    const char *path;
    const char *headers;      /* lines ending in \r\n, or NULL */
    const char *body;         /* NULL: none */
    uint64_t delivery;        /* what a service of AWS knows it by; 0: nobody's */
    uint64_t instance;        /* that asks; 0: the internet */
    int64_t connect_limit_ns; /* 0: curl's own, 130 s */
    int64_t limit_ns;         /* 0: none */
    uint16_t port;
    uint8_t region;
    bool connect_only; /* a TCP connection, no request: ssh, nc */
    bool datagram;     /* one of UDP, answered by one within 5 s unless told */
    bool tls;          /* https */
    bool insecure;     /* takes any certificate */
    bool service;      /* nobody typed it: a service of AWS asks, or a program by itself */
};

/* Starts it and returns the exchange's id. */
uint64_t traffic_start(struct traffic *traffic, const struct traffic_ask *ask);
/* NULL when dropped or never there. ended == 0: still under way. */
const struct exchange *exchange_find(const struct traffic *traffic, uint64_t id);
/* Forgets it; one under way is aborted (the client goes away). */
void exchange_drop(struct traffic *traffic, uint64_t id);
/* Curl's sentence for its exit, in the arena: "curl: (6) Could not resolve host: x". "" for 0. */
const char *exchange_error(const struct exchange *exchange, struct arena *arena);

/* The address of a name or a written address, seen from an instance or (0) the internet; 0: there
 * is none. */
uint32_t traffic_resolve(struct traffic *traffic, const char *host, uint64_t instance);
/* The way of a first packet through the network, there and back, hop by hop; whoever is there has
 * not been asked yet.  The protocol is one of cloud/firewall's. */
void traffic_path(const struct traffic *traffic, const struct request_knock *knock,
                  int16_t protocol, struct path *path);
/* Names for way_explain(). */
struct request_names traffic_names(struct traffic *traffic);

#endif
