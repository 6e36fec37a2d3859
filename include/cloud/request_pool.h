/*
 * cloud/request_pool.h - the requests that are under way.
 *
 * Rows lie in pages that never move and are used again, so that a request allocates nothing in
 * steady state; they are found by their number.
 */
#ifndef CLOUD_REQUEST_POOL_H
#define CLOUD_REQUEST_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/shape.h"
#include "base/table.h"
#include "sim/chance.h"

/* Saved: append only. */
enum request_protocol {
    REQUEST_HTTP = 1,
    REQUEST_CONNECT, /* a handshake, and nothing is asked */
    REQUEST_SYN,     /* a SYN whose sender never goes on */
    REQUEST_DATAGRAM, /* one packet of UDP, and one back */
};

/* Where something stands.  Saved. */
enum place_kind {
    PLACE_NOWHERE = 0,
    PLACE_INTERNET,
    PLACE_INSTANCE,
    PLACE_NODE /* id: the balancer */
};

struct place {
    uint64_t id;      /* instance or balancer; 0 for the internet and nowhere */
    uint32_t address; /* IPv4, host order: the address that packets come from or go to */
    uint8_t kind;     /* enum place_kind */
    uint8_t zone;     /* of PLACE_INSTANCE and PLACE_NODE */
    bool by_public;   /* it was asked for by its public address */
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
    REQUEST_PAUSED,        /* the client waits before it asks again */
};

/* A request under way. */
struct request {
    uint64_t id; /* counted from 1; never used again */
    uint64_t origin_id;
    struct place from;
    struct place to; /* what the address belongs to, once a packet has arrived */
    struct chance luck;
    int64_t started;
    int64_t began;          /* when the first attempt started: `started`, unless it is a retry */
    int64_t came;           /* when its first packet was counted: as it left, or as it arrived */
    int64_t ended;          /* for done(): when the client had its end */
    int64_t arrived;        /* at the server; 0 before */
    int64_t answered;       /* when the server had its answer ready; 0 before */
    int64_t work;           /* CPU that it needs, at SERVER_SPEED_ONE; 0: what the server says */
    int64_t service;        /* the same on its server; 0 before a worker took it up */
    int64_t latency;        /* one way between the client and `to` */
    int64_t target_latency; /* one way between the node and the target */
    struct place node; /* the node as the target sees it; PLACE_NOWHERE before one was reached */
    int64_t
        connect_limit; /* ns for resolving and connecting; SIM_NEVER: the client does not give up */
    int64_t limit;     /* ns for all of it; SIM_NEVER */
    uint64_t step;     /* sequence of the pending step */
    uint64_t timer;    /* sequence of the client's pending time limit */
    uint64_t node_timer; /* sequence of the node's pending time limit: connect, idle */
    uint64_t server;     /* instance whose queue holds it, or 0 */
    uint64_t balancer;   /* that it goes through, or 0 */
    uint64_t listener;
    uint64_t rule;   /* of the listener that took it; 0: the default action */
    uint64_t target; /* row of target_group that was chosen, or 0 */
    uint64_t stuck_group;  /* the group that its client is to stay with; 0: any */
    uint64_t stuck_target; /* and the target */
    uint64_t target_instance;
    uint64_t bytes;   /* of the answer's body */
    int64_t idle;     /* ns that the node waits for the answer */
    int64_t idle_due; /* while it waits: when that is over; else 0 */
    uint32_t address; /* where it goes; 0 until resolved */
    uint32_t target_address;
    uint16_t port;
    uint16_t target_port;
    uint16_t status; /* of the answer so far; 0: none */
    uint8_t origin;
    uint8_t protocol;
    uint8_t state;     /* enum request_state */
    uint8_t syns;      /* sent so far by the client */
    uint8_t node_syns; /* and by the node */
    uint8_t exit;      /* what it will end with */
    uint8_t
        answered_by; /* enum place_kind: PLACE_INSTANCE or PLACE_NODE; PLACE_NOWHERE: nobody yet */
    uint8_t attempt; /* 0: the first */
    bool kept;       /* the client has a connection open to there: no handshake */
    bool counted;    /* a listener has counted its arrival and not yet its end */
    bool wants_text; /* somebody will read the body */
    bool flow;       /* a network balancer: the connection goes through the node */
    bool keeps_source; /* and the target sees the client's address */
    bool tls;        /* the client speaks TLS first */
    bool insecure;   /* and takes any certificate */
    /* Not saved: */
    bool filtered; /* the node answers because a web ACL blocks it */
    uint64_t way; /* number of its way, 0: it is not told */
    struct request *idle_before; /* whose node's time is over before, and after */
    struct request *idle_after;
};

extern const struct shape request_shape;

struct request_pool {
    struct request **pages; /* owned */
    uint32_t page_count;
    uint32_t free;       /* first free row + 1, 0: none; chained through request.step */
    uint32_t *slots;     /* row + 1 by id, open addressing; owned */
    uint32_t slot_count; /* a power of two */
    uint32_t count;      /* requests under way */
};

/* Zero is the empty pool. */
void request_pool_release(struct request_pool *pool);
/* A zeroed row with its id. */
struct request *request_pool_add(struct request_pool *pool, uint64_t id);
/* NULL when it is over, or never was. */
struct request *request_pool_find(const struct request_pool *pool, uint64_t id);
void request_pool_remove(struct request_pool *pool, struct request *request);
/* The ids of all, in the order of their start; pool->count of them.  The caller frees it. */
uint64_t *request_pool_ids(const struct request_pool *pool);
/* Saving: fills an empty table of request_shape; and back into an empty pool. */
void request_pool_save(const struct request_pool *pool, struct table *table);
void request_pool_load(struct request_pool *pool, const struct table *table);

#endif
