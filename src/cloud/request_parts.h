/*
 * cloud/request_parts.h - what the files of the room cloud/request share: whom a packet meets, and
 * what its server says.
 */
#ifndef CLOUD_REQUEST_PARTS_H
#define CLOUD_REQUEST_PARTS_H

#include "cloud/request.h"
#include "sim/clock.h"

/* Linux tcp_retries2: how long an established connection waits for a peer that says nothing. */
#define REQUEST_DEAD_AFTER_NS (924 * SECOND_NS)

/* Where a packet goes. */
struct reach_ask {
    const struct place *from;
    const struct place *seen; /* as whom the packet comes; NULL: as it is */
    uint32_t address;
    struct request_port port;
};

/* Whom it meets there. */
struct reach {
    struct place to;
    struct request_door door;
    struct server_power power; /* of an instance: no vCPUs: nothing listens */
    bool listener;             /* of a node: it has a listener there */
};

/* ---- request_reach.c: looked up once ---- */

/* For events only: what is remembered holds while sim->epoch is the same.  Borrowed until the next
 * call. */
const struct reach *request_reach(struct requests *requests, struct reach_ask ask);

/* Does the packet arrive? */
static inline bool request_arrives(const struct reach *reach)
{
    return reach->door.admitted && reach->to.kind != PLACE_NOWHERE;
}

/* How it came to the address, or where it was lost. */
struct hop request_arrival(const struct reach *reach, uint32_t address);

/* Does anybody take it there? */
static inline bool request_is_taken(const struct reach *reach)
{
    return reach->to.kind == PLACE_NODE ? reach->listener : reach->power.vcpus > 0;
}

/* Who refuses it there. */
struct hop request_refusal(const struct reach *reach, uint16_t port);

/* What the server of the request says; texts only when it wants them. */
void request_serve(struct requests *requests, const struct request *request,
                   struct request_answer *answer);
/* How its instance is broken on purpose. */
struct request_mood request_mood(struct requests *requests, const struct request *request);

/* ---- request_path.c: between two places ---- */

/* One way, from the request's own chance. */
int64_t request_latency_between(struct request *request, const struct place *a,
                                const struct place *b);
/* What is rough on purpose adds to that. */
int64_t request_late_between(const struct requests *requests, const struct place *a,
                             const struct place *b);
/* Is a packet lost between the two, on purpose? */
bool request_is_lost(const struct requests *requests, struct request *request,
                     const struct place *a, const struct place *b);
/* How much later a packet of an open connection comes for being sent again. */
int64_t request_resent_after(const struct requests *requests, struct request *request,
                             const struct place *a, const struct place *b);

/* ---- request_datagram.c: packets without a connection ---- */

static inline bool request_is_datagram(const struct request *request)
{
    return request->protocol == REQUEST_DATAGRAM;
}

/* It is at the address that it was sent to. */
void request_datagram_arrives(struct requests *requests, struct request *request,
                              const struct reach *reach);
/* A node has passed it on: it is at its target, which may be nowhere. */
void request_datagram_at_target(struct requests *requests, struct request *request,
                                const struct reach *reach);
/* Nothing comes back; the client waits until its own time is over. */
void request_datagram_vanishes(struct requests *requests, struct request *request);

/* ---- request.c: on its way ---- */

/* May the packet enter there?  Tells why not. */
bool request_may_enter(struct requests *requests, const struct request *request,
                       const struct reach *reach);
/* A balancer's node has it: listener, group, target. */
void request_at_node(struct requests *requests, struct request *request);

/* ---- request.c: on the way back ---- */

/* Something goes back to the client: an answer, a refusal, the end of the connection. */
void request_give_back(struct requests *requests, struct request *request, enum request_exit exit);
/* The texts go to whoever reads them, or nowhere. */
void request_hand_over(struct requests *requests, const struct request *request,
                       struct request_answer *answer);
/* The server behind it closed the connection: the node says 502; a client of its own sees it close.
 */
void request_closed(struct requests *requests, struct request *request, enum request_exit exit);
/* Nothing comes back any more; somebody's time limit will end it. */
void request_falls_silent(struct requests *requests, struct request *request, uint64_t instance);

/* ---- request_server.c: at the server ---- */

/* A worker takes it up, or it waits. */
void request_enter_server(struct requests *requests, struct request *request, uint64_t instance,
                          struct server_power power);
/* Out of its server, if it is at one; whoever waits longest is taken up. */
void request_leave_server(struct requests *requests, struct request *request);
/* Tells so. */
bool request_backlog_is_full(struct requests *requests, const struct request *request,
                             uint64_t instance);
/* Has the server no place for one more handshake?  Tells so. */
bool request_syn_is_dropped(struct requests *requests, const struct request *request,
                            uint64_t instance);
/* A SYN of somebody who never goes on has come to where it was sent. */
void request_half_opens(struct requests *requests, struct request *request,
                        const struct reach *reach);
/* Its own event says that its work is done: of older sessions. */
void request_served_alone(struct requests *requests, struct request *request);
void request_servers_init(struct requests *requests);

/* ---- request_idle.c: nodes that wait ---- */

/* A node begins to wait for the answer, for request->idle; and waits no more. */
void request_idle_enter(struct requests *requests, struct request *request);
void request_idle_leave(struct requests *requests, struct request *request);
/* Its time is over (request.c); must leave. */
void request_idle_over(struct requests *requests, struct request *request);
void request_idles_init(struct requests *requests);
/* Links those who wait; false when the saved state contradicts itself. */
bool request_idles_restore(struct requests *requests);

#endif
