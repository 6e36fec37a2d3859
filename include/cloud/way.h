/*
 * cloud/way.h - the way of a request: each hop, and why.
 *
 * A request leaves a list of hops: when, where, what, and why, as numbers.  The ways of the last
 * WAYS_KEPT requests that are told are kept in a ring whose memory is used again, and become
 * sentences only when somebody asks.  Which requests are told is their sender's choice: every curl
 * and every health check is, of a stream's a sample.
 */
#ifndef CLOUD_WAY_H
#define CLOUD_WAY_H

#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/table.h"

enum {
    WAYS_KEPT = 2048,
    WAY_HOPS = 24, /* told of one request; what comes later is counted, not told */
};

/* Who asked.  Saved: append only. */
enum request_origin_kind {
    REQUEST_CLIENT = 1,
    REQUEST_PROBE,
    REQUEST_STREAM,
    REQUEST_SERVICE, /* a service of AWS, or a program in an instance, by itself */
    REQUEST_ORIGIN_COUNT
};

/* How it ended, as curl numbers it.  0 while under way too: see request_find(). */
enum request_exit {
    EXIT_ANSWERED = 0, /* an HTTP answer arrived, whatever its status; or the connection was made */
    EXIT_NO_NAME = 6,  /* could not resolve host */
    EXIT_REFUSED = 7,  /* connection refused */
    EXIT_TIMEOUT = 28, /* the client gave up */
    EXIT_TLS = 35,     /* the other side speaks no TLS */
    EXIT_EMPTY = 52,   /* connection closed before an answer */
    EXIT_RESET = 56,   /* connection reset, or dead, while waiting for the answer */
    EXIT_CERTIFICATE = 60, /* the certificate is for another name */
    EXIT_ABORTED = 130, /* the client went away by itself (Ctrl-C) */
};

/* Why: one code for each thing that can be told of a request.  Saved: append only. */
enum request_why {
    WHY_RESOLVED = 1,
    WHY_NO_NAME,
    WHY_SYN,      /* number: which one, from 1 */
    WHY_NOBODY,   /* number: the address; no one has the address, or its owner does not run: packets
                     vanish */
    WHY_DENIED,   /* place: the security group, or 0: several; number: the port */
    WHY_ADMITTED, /* place: the security group; number: the port */
    WHY_PORT_CLOSED,  /* place: instance; nothing listens on that port: refused */
    WHY_BACKLOG_FULL, /* place: instance; refused */
    WHY_CONNECTED,
    WHY_NO_LISTENER,       /* place: balancer; number: the port */
    WHY_LISTENER,          /* place: listener; number: the port */
    WHY_FIXED_RESPONSE,    /* place: listener; number: the status */
    WHY_REDIRECT,          /* place: listener; number: the status */
    WHY_DEFAULT_ACTION,    /* place: target group */
    WHY_WEIGHTED_GROUP,    /* place: target group; number: its weight; other: the sum of all */
    WHY_SKIPPED,           /* place: instance; number: its enum target_state */
    WHY_SKIPPED_MORE,      /* number: how many more were skipped */
    WHY_ROUND_ROBIN,       /* place: chosen instance; other: the one before it, 0: none yet */
    WHY_ONLY_TARGET,       /* place: chosen instance */
    WHY_FAIL_OPEN,         /* place: target group; number: its targets, none of them healthy */
    WHY_NO_TARGETS,        /* place: target group: 503 */
    WHY_NODE_TO_TARGET,    /* place: instance; number: port */
    WHY_TARGET_REFUSED,    /* place: instance: 502 */
    WHY_TARGET_CLOSED,     /* place: instance: it closed the connection before an answer: 502 */
    WHY_TARGET_NO_CONNECT, /* place: instance; number: seconds: 504 */
    WHY_TARGET_IDLE,       /* place: instance; number: seconds: 504 */
    WHY_TARGET_DRAINED,    /* place: instance; number: seconds of the delay: 502 */
    WHY_QUEUED,            /* place: instance; number: requests before it */
    WHY_SERVING,           /* place: instance; number: microseconds of work; other: sharers */
    WHY_SERVED,            /* place: instance; number: status */
    WHY_BALANCER_ANSWER,   /* place: balancer; number: status */
    WHY_RESET,             /* place: who: the connection was closed or reset */
    WHY_SILENCE,           /* place: instance: it fell silent, nothing comes back */
    WHY_GAVE_UP,           /* number: microseconds waited: the client gives up */
    WHY_ABORTED,
    WHY_DONE, /* number: status */
    WHY_BALANCER_GONE,
    WHY_NODE_SYN,          /* place: instance; number: which one, from 2 */
    WHY_LEAST_OUTSTANDING, /* place: chosen instance; number: its requests in flight */
    WHY_RANDOM,            /* place: chosen instance; number: of how many */
    WHY_KEPT,              /* place: a connection is open already */
    WHY_RULE,              /* place: rule; number: its priority */
    WHY_RULE_FORWARDS,     /* place: target group */
    WHY_RULE_WEIGHS,       /* place: target group; number: its weight; other: the sum of all */
    WHY_RULE_ANSWERS,      /* place: listener; number: the status */
    WHY_RULE_REDIRECTS,    /* place: listener; number: the status */
    WHY_SLOW_START,         /* place: instance; number: per cent of a turn */
    WHY_SOURCE_HASH,        /* place: chosen instance */
    WHY_FLOW_HASH,          /* place: chosen instance */
    WHY_LEAST_TIME,         /* place: chosen instance; number: microseconds, smoothed */
    WHY_STICKY,             /* place: the instance that the client's cookie names */
    WHY_STICKY_LOST,        /* place: the same; number: its enum target_state */
    WHY_STICKY_GROUP,       /* place: the target group that the client's cookie names */
    WHY_NO_TARGETS_IN_ZONE, /* place: target group: 503 */
    WHY_FAIL_OPEN_BELOW,    /* place: target group; number: its healthy targets; other: of how
                               many */
    WHY_FLOW_REFUSED,       /* place: instance */
    WHY_FLOW_CLOSED,        /* place: instance */
    WHY_FLOW_NOBODY,        /* place: target group */
    WHY_NO_TLS,             /* place: who was spoken to in TLS */
    WHY_PLAIN_TO_TLS,       /* place: listener; the client spoke plain HTTP: 400 */
    WHY_CERTIFICATE,        /* place: listener; its certificate is for another name */
    WHY_TLS,                /* place: listener */
    WHY_LOST,              /* a packet was lost on purpose */
    WHY_PAGE_FAILS,        /* place: instance: answers 500 on purpose */
    WHY_HANGS,             /* place: instance: answers never, on purpose */
    WHY_CLIENT_CLOSED,      /* place: balancer: 460 in its log */
    WHY_HALF_OPEN,          /* place: instance; number: its half-open handshakes, with this one */
    WHY_SYN_DROPPED,        /* place: instance; number: its half-open handshakes */
    WHY_SYN_ABSORBED,       /* place: balancer */
    WHY_DATAGRAM,             /* the client sends one */
    WHY_DATAGRAM_UNREACHABLE, /* place: instance; number: the port */
    WHY_DATAGRAM_DEAF,        /* the same behind a network balancer */
    WHY_DATAGRAM_UNHEARD,     /* place: balancer; number: the port */
    WHY_DATAGRAM_FULL,        /* place: instance; number: how many wait there */
    WHY_DATAGRAM_PASSED,      /* place: instance; number: the port */
    WHY_DATAGRAM_NOBODY,      /* place: target group */
    WHY_DATAGRAM_ANSWERED,    /* place: instance */
    WHY_DATAGRAM_DONE,
    WHY_DATAGRAM_HASH,        /* place: chosen instance */
    WHY_FLOW_STAYS,           /* place: the instance that the flow goes to */
    WHY_WEB_PASSES,         /* place: web ACL; none of its rules decides, and it lets in */
    WHY_WEB_DEFAULT,        /* place: web ACL; none of its rules decides, and it blocks: 403 */
    WHY_WEB_ALLOWED,        /* place: rule of a web ACL */
    WHY_WEB_COUNTED,        /* place: rule of a web ACL */
    WHY_WEB_BLOCKED,        /* place: rule of a web ACL: 403 */
    WHY_WEB_LIMITED,        /* place: rule of a web ACL; number: requests; other: seconds: 403 */
    /* Of cloud/path.  An ACL's number: the rule and the port, see way_acl_number(); each denial
     * stands after its permission. */
    WHY_LET_OUT,             /* place: the sender's group, 0: none stands there; number: port */
    WHY_NO_EGRESS,           /* place: the sender's group, 0: several; number: port */
    WHY_ACL_OUT,             /* place: ACL; other: subnet; number: rule and port */
    WHY_ACL_OUT_DENIES,
    WHY_ACL_IN,
    WHY_ACL_IN_DENIES,
    WHY_ROUTE_LOCAL,         /* place: route table; number: the address */
    WHY_ROUTE_GATEWAY,       /* and other: the gateway */
    WHY_NO_ROUTE,
    WHY_BLACK_HOLE,
    WHY_SAME_SUBNET,         /* place: subnet */
    WHY_GATEWAY_OUT,         /* place: gateway; other: who sends; number: its public address */
    WHY_NO_PUBLIC,           /* place: gateway; other: who sends */
    WHY_GATEWAY_IN,          /* place: gateway; number: the private address */
    WHY_NO_GATEWAY,          /* place: VPC */
    WHY_BACK_ACL_OUT,        /* as above, of the answer */
    WHY_BACK_ACL_OUT_DENIES,
    WHY_BACK_ACL_IN,
    WHY_BACK_ACL_IN_DENIES,
    WHY_BACK_LOCAL,
    WHY_BACK_GATEWAY,
    WHY_BACK_NO_ROUTE,
    WHY_BACK_BLACK_HOLE,
    WHY_UNKNOWN_OUTSIDE, /* place: who has no public address; never told of a request */
    WHY_PINGED,          /* place: instance or balancer; never told of a request */
    WHY_NODE_FULL,          /* place: balancer; number: requests a second that its node takes */
    WHY_FORWARDED_TOO_OFTEN, /* place: balancer; number: addresses in X-Forwarded-For */
    WHY_FLOW_RESET,          /* place: instance that became unhealthy */
    /* Of cloud/shop. */
    WHY_SHOP_ASKS,  /* place: the cashier's instance; number: the order; other: its own request */
    WHY_SHOP_TOLD,  /* place: the same; number: microseconds waited; other: enum shop_drop */
    WHY_SHOP_HANDS, /* place: the same; number: the order; other: enum shop_coupling */
    WHY_SHOP_BUSY,  /* place: the barista's instance; number: orders that it has */
    WHY_SHOP_MAKES, /* place: the same; number: microseconds of work; other: the order */
    WHY_SHOP_LINE,  /* place: the same; number: orders before it; other: the order */
    WHY_COUNT,
};

/* A rule of a network ACL, and the port that it was asked about (-1: ICMP), in one number. */
static inline int64_t way_acl_number(uint16_t rule, int32_t port)
{
    return (int64_t)rule << 32 | (uint32_t)(port + 1);
}

static inline int way_acl_rule(int64_t number)
{
    return (int)(number >> 32);
}

static inline int32_t way_acl_port(int64_t number)
{
    return (int32_t)(number & 0x1ffff) - 1;
}

struct hop {
    int64_t time;
    uint64_t place; /* id of what the why speaks of */
    uint64_t other;
    int64_t number;
    uint8_t why; /* enum request_why */
};

/* What is told of one request, kept after its end. */
struct request_way {
    uint64_t id; /* of the request */
    uint64_t origin_id;
    int64_t started;
    int64_t ended; /* 0: under way */
    uint64_t balancer;
    uint64_t target;  /* the instance that answered or should have, or 0 */
    uint32_t source;  /* the client's address */
    uint32_t address; /* where it went */
    uint16_t port;
    uint16_t status; /* 0: no HTTP answer */
    uint8_t origin;
    uint8_t exit;          /* enum request_exit */
    uint32_t untold;       /* hops beyond WAY_HOPS */
    LIST(struct hop) hops; /* memory is kept and used again */
};

extern const struct shape request_way_shape;

struct ways {
    struct request_way *ring; /* way n at n % WAYS_KEPT; owned; NULL before the first */
    uint64_t begun;           /* the number of the last one; 0: none yet; not saved */
    uint64_t next;            /* id of the next request */
};

void ways_init(struct ways *ways);
void ways_release(struct ways *ways);
/* The id of a new request, whether it is told or not. */
uint64_t ways_new_id(struct ways *ways);
/* The fresh way of a request, in place of the oldest one; its number is ways->begun.  BUG when ids
 * go backwards. */
struct request_way *way_begin(struct ways *ways, uint64_t id);
/* The way of that number, or NULL when it is gone (0 always is). */
struct request_way *way_at(const struct ways *ways, uint64_t number);
/* One more hop. */
void way_tell(struct request_way *way, struct hop hop);
/* The number of a request's way; 0 when it is gone or was not told. */
uint64_t way_number(const struct ways *ways, uint64_t id);
/* The way of a request, or NULL. */
struct request_way *way_find(const struct ways *ways, uint64_t id);
/* Numbers of the ways that are kept, in the order of their beginning: first .. ways->begun. */
uint64_t ways_first(const struct ways *ways);
/* Saving: fills an empty table of request_way_shape; and back. */
void ways_save(const struct ways *ways, struct table *table);
void ways_load(struct ways *ways, const struct table *table, uint64_t next);

/* ---- words ---- */

/* How ids are shown: the text of one ("i-0... (webserver01)"), in the arena. */
enum name_kind {
    NAME_NOTHING = 0,
    NAME_INSTANCE,
    NAME_SECURITY_GROUP,
    NAME_BALANCER,
    NAME_LISTENER,
    NAME_TARGET_GROUP,
    NAME_ANY, /* an instance or a balancer */
    NAME_RULE,
    NAME_WEB_ACL,
    NAME_WEB_RULE,
    NAME_SUBNET,
    NAME_VPC,
    NAME_ACL,
    NAME_ROUTE_TABLE,
    NAME_GATEWAY,
};

struct request_names {
    void *context;
    const char *(*name)(void *context, struct arena *arena, enum name_kind kind, uint64_t id);
};

struct way_step {
    int64_t time;
    const char *text; /* one sentence */
};

struct way_story {
    LIST(struct way_step) steps; /* in the arena, as are the sentences */
};

/* The way in sentences, each saying what happened and why. */
void way_explain(const struct request_way *way, const struct request_names *names,
                 struct arena *arena, struct way_story *story);
/* One hop of it in a sentence. */
const char *way_hop_text(const struct request_way *way, const struct hop *hop,
                         const struct request_names *names, struct arena *arena);
/* One sentence: the choice that mattered most ("" when there was none). */
const char *way_reason(const struct request_way *way, const struct request_names *names,
                       struct arena *arena);

#endif
