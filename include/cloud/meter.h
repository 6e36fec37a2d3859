/*
 * cloud/meter.h - what balancers count between two looks of CloudWatch.
 *
 * Counting costs a few additions a request; once a minute cloud/metering takes the counts and
 * begins anew.  A node counts what clients did, a target group what its targets did, by the zone of
 * the target.
 */
#ifndef CLOUD_METER_H
#define CLOUD_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"
#include "cloud/flow.h"
#include "cloud/request_pool.h"
#include "sim/stats.h"

/*
 * What goes over the wire for a request, as its server and a network balancer see it: heads of a
 * usual length (nobody writes them down), the body, and the heads of the packets.  Handshakes and
 * acknowledgements are not counted.
 */
enum {
    METER_ASK_BYTES = 120,     /* the head of a request, as curl writes it */
    METER_ANSWER_BYTES = 280,  /* of an answer, as Apache does */
    METER_DATAGRAM_BYTES = 60, /* a question to a name server */
    METER_SEGMENT_BYTES = 1460,
    METER_TCP_HEAD = 40, /* of each packet, with IP's */
    METER_UDP_HEAD = 28,
};

struct meter_traffic {
    int64_t bytes_in; /* to the server */
    int64_t bytes_out;
    int64_t packets_in;
    int64_t packets_out;
    int64_t internet_out; /* of bytes_out: straight to somebody on the internet */
};

extern const struct shape meter_traffic_shape;

/* Of a request that was answered: `bytes` is the body's length. */
struct meter_traffic meter_traffic_of(const struct request *request);
void meter_traffic_add(struct meter_traffic *to, const struct meter_traffic *more);

/* Of one node. */
struct node_meter {
    int64_t connections; /* that clients opened */
    int64_t rejected;    /* for which the node had no room */
    int64_t forwarded;   /* requests for which a target was found */
    int64_t fixed;       /* fixed responses */
    int64_t redirects;
    int64_t elb_3xx; /* answers of the balancer itself */
    int64_t elb_4xx;
    int64_t elb_5xx; /* all of them; of these: */
    int64_t elb_500;
    int64_t elb_502;
    int64_t elb_503;
    int64_t elb_504;
    /* Of a network balancer, by enum flow_protocol: */
    int64_t new_tcp;
    int64_t new_tls;
    int64_t new_udp;
    int64_t bytes_tcp; /* with the heads of packets, both ways */
    int64_t bytes_tls;
    int64_t bytes_udp;
    int64_t packets;
    int64_t resets_client; /* connections that a client gave up */
    int64_t resets_target; /* that a target refused */
    int64_t resets_elb;    /* that the balancer refused or cut */
    int64_t bytes; /* of an application balancer: heads and bodies, both ways */
    int64_t internet_out; /* bytes to clients on the internet */
};

/* Of a target group's targets in one zone. */
struct zone_meter {
    int64_t requests; /* sent to them */
    int64_t code_2xx; /* their answers */
    int64_t code_3xx;
    int64_t code_4xx;
    int64_t code_5xx;
    struct histogram response; /* ns from arrival at the target until its answer */
    uint8_t zone;
};

struct zone_meters {
    struct zone_meter *items;
    uint32_t count;
    uint32_t size;
};

extern const struct shape node_meter_shape, zone_meter_shape;

/* The meter of that zone, made when it is new. */
struct zone_meter *zone_meter_of(struct zone_meters *meters, uint8_t zone);

/* A request has arrived at a node. */
void meter_arrived(struct node_meter *node, const struct request *request);
/* A target in that zone was found for it. */
void meter_forwarded(struct node_meter *node, struct zone_meter *zone);
/* The balancer itself says what becomes of it: a redirect, or a fixed response. */
void meter_acted(struct node_meter *node, bool redirect);
/* A network balancer has a new flow: enum flow_protocol. */
void meter_flow(struct node_meter *node, uint8_t protocol);
/* It was answered: by the target, in that zone (else NULL), or by the node. */
void meter_answered(struct node_meter *node, struct zone_meter *zone,
                    const struct request *request);

/* A request that arrived at a node of a network balancer, or of another, is over. */
void meter_flow_ended(struct node_meter *node, const struct request *request);
void meter_request_ended(struct node_meter *node, const struct request *request);

/* Takes the counts away; the memory of the histogram stays. */
void node_meter_clear(struct node_meter *meter);
void zone_meter_clear(struct zone_meter *meter);

#endif
