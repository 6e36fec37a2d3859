/*
 * cloud/request_datagram.c - requests that are one datagram there and one back.
 *
 * Owns    nothing.
 * Moves   connecting -> [forwarding ->] queued -> served -> returning -> done.  What is dropped on
 *         the way stays where it is until the client's time is over: nobody tells it.
 * True to UDP as Linux and Network Load Balancers do it: no handshake, nothing is sent again; a
 *         closed port answers with ICMP "port unreachable", which a balancer does not pass on; a
 *         socket whose queue is full, a firewall, and a balancer without a listener say nothing.
 */
#include "cloud/request_parts.h"

void request_datagram_vanishes(struct requests *requests, struct request *request)
{
    sim_cancel(requests->sim, request->step);
    request->step = 0;
    request->state = REQUEST_CONNECTING;
}

/* Does it come as far as the door, and in? */
static bool gets_in(struct requests *requests, struct request *request, const struct place *from,
                    const struct reach *reach)
{
    if (request_is_lost(requests, request, from, &reach->to)) {
        request_tell(requests, request, (struct hop){.why = WHY_LOST});
        return false;
    }
    return request_may_enter(requests, request, reach);
}

/* Is there room in the queue of the socket? */
static bool is_full(struct requests *requests, const struct request *request, uint64_t instance)
{
    const struct server *server = server_find(&requests->servers, instance);

    if (server == NULL || !server_is_full(server))
        return false;
    request_tell(requests, request,
                 (struct hop){.why = WHY_DATAGRAM_FULL,
                              .place = instance,
                              .number = server_waiting(server)});
    return true;
}

/* Takes it, when something listens there and there is room.  False: nothing listens. */
static bool instance_takes(struct requests *requests, struct request *request,
                           const struct reach *reach, uint16_t port)
{
    if (reach->power.vcpus == 0) {
        request_tell(requests, request,
                     (struct hop){
                         .why = request->target != 0 ? WHY_DATAGRAM_DEAF : WHY_DATAGRAM_UNREACHABLE,
                         .place = reach->to.id,
                         .number = port,
                     });
        return false;
    }
    if (is_full(requests, request, reach->to.id))
        request_datagram_vanishes(requests, request);
    else
        request_enter_server(requests, request, reach->to.id, reach->power);
    return true;
}

void request_datagram_arrives(struct requests *requests, struct request *request,
                              const struct reach *reach)
{
    if (!gets_in(requests, request, &request->from, reach)) {
        request_datagram_vanishes(requests, request);
        return;
    }
    if (reach->to.kind != PLACE_NODE) {
        if (!instance_takes(requests, request, reach, request->port))
            request_give_back(requests, request, EXIT_REFUSED);
        return;
    }
    if (reach->listener) {
        request_at_node(requests, request);
        return;
    }
    request_tell(requests, request,
                 (struct hop){.why = WHY_DATAGRAM_UNHEARD,
                              .place = reach->to.id,
                              .number = request->port});
    request_datagram_vanishes(requests, request);
}

void request_datagram_at_target(struct requests *requests, struct request *request,
                                const struct reach *reach)
{
    if (!gets_in(requests, request, &request->node, reach)) {
        request_datagram_vanishes(requests, request);
        return;
    }
    if (request->target_instance == 0) /* a target by address */
        request->target_instance = reach->to.id;
    if (!instance_takes(requests, request, reach, request->target_port))
        request_datagram_vanishes(requests, request);
}
