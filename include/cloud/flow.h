/*
 * cloud/flow.h - flows through network balancers: which packets belong together, and where they go.
 *
 * A flow is what one socket of a client says to one port of a node.  The first packet chooses the
 * target by hash (cloud/target_choice), and the flow stays with it: a connection for its life,
 * datagrams until there was none for 120 s (SEMANTICS c3).
 */
#ifndef CLOUD_FLOW_H
#define CLOUD_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/table.h"
#include "cloud/request_pool.h"

/* Saved: append only. */
enum flow_protocol { FLOW_TCP = 1, FLOW_TLS, FLOW_UDP };

struct flow_entry {
    uint64_t id; /* flow_key() of its packets */
    uint64_t balancer;
    uint64_t target;
    uint64_t instance; /* of the target */
    int64_t used;      /* when its last packet came */
    int64_t idle;      /* ns without a packet after which it is forgotten; 0: it was cut */
    uint32_t address;  /* of the target: it may be deregistered, and the flow go on */
    uint16_t port;
    uint8_t zone; /* of the target */
    uint8_t node_zone;
    uint8_t protocol; /* enum flow_protocol */
};

extern const struct shape flow_shape;

/* The same for all packets of a flow: protocol, both addresses, the port, and the client's socket,
 * which stands for its port.  A stream's client has one socket, a curl one of its own.  Never 0. */
uint64_t flow_key(const struct request *request);

/* The functions take a table of flow_shape. */

/* NULL when there is none, or it is over by `now`. */
struct flow_entry *flow_find(const struct table *flows, uint64_t key, int64_t now);
/* A zeroed flow with that key, in place of an older one. */
struct flow_entry *flow_begin(struct table *flows, uint64_t key);
/* All flows to that target are over. */
void flows_cut(struct table *flows, uint64_t target);
/* Those of a node that are not over by `now`, by protocol: counts[FLOW_UDP]... */
void flows_count(const struct table *flows, uint64_t balancer, uint8_t node_zone, int64_t now,
                 int64_t counts[FLOW_UDP + 1]);
/* Forgets those that are over by `now`; nobody notices. */
void flows_sweep(struct table *flows, int64_t now);
/* After the table was read: false when it contradicts itself. */
bool flows_restore(const struct table *flows, int64_t now);

#endif
