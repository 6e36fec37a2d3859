/*
 * cloud/injection.h - what is broken on purpose: `lab inject-fault`.
 *
 * A fault breaks one thing, and everything seen afterwards follows from that: no check result or
 * answer is set by hand.  Clearing it mends the thing; what it caused heals as it would at AWS.
 */
#ifndef CLOUD_INJECTION_H
#define CLOUD_INJECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/host.h"
#include "cloud/instance.h"
#include "cloud/trail.h"
#include "sim/event.h"

/* Append only: the numbers are saved. */
enum injection_kind {
    INJECT_WEB_SERVER = 1, /* stop the web server in an instance's guest */
    INJECT_INSTANCE,       /* the guest's kernel stops; the host is well */
    INJECT_HOST,           /* the host of an instance, or a host */
    INJECT_ZONE,           /* every host of a zone */
    INJECT_SLOW,           /* a guest's web server computes `amount` times as slowly */
    INJECT_PAGES,          /* `amount` percent of its answers are 500 */
    INJECT_HANG,           /* `amount` percent of its requests are never answered */
    INJECT_PORT,           /* what listened on port 80 listens on port `amount` */
    INJECT_LATENCY,        /* packets between a zone and the others: `amount` ms more, one way */
    INJECT_LOSS,           /* packets into and out of a zone: `amount` percent are lost */
    /* other tenants come to a host, who want `amount` percent of its threads all the time */
    INJECT_NEIGHBOUR,
    INJECT_STOP,           /* a guest hangs on the way down: a stop ends by force only */
    INJECT_REGION,         /* every host of a Region, and the services in it do not answer */
    INJECT_RETIRE,         /* a host's hardware degrades: it is taken away in `amount` hours */
    INJECT_SPOT,           /* others want all that is spare of an instance's family in its zone */
    INJECT_STORAGE,        /* a storage server of a queue answers nobody and hears nothing */
    INJECT_LAST_ = INJECT_STORAGE,
};

struct injection {
    uint64_t id; /* fault-... */
    uint64_t account;
    /* instance, host or queue id, or the number of the zone or Region + 1, or of the instance type
     * + 1 */
    uint64_t subject;
    int64_t since;
    int64_t amount;   /* as the kind says; 0: it needs none */
    uint8_t kind;
    uint8_t zone; /* of a Region its first */
    char *name;   /* owned, as people call it; NULL: of a session from before there were names */
    int64_t until; /* when it ends by itself; 0: it does not */
};

/* A fault that has not begun (cloud/injection_plan.h). */
struct injection_plan {
    uint64_t id; /* the fault's, now and later */
    uint64_t account;
    uint64_t subject; /* as in struct injection_new */
    int64_t asked;    /* since when it waits */
    int64_t amount;   /* 0: the usual */
    int64_t at;       /* when it begins; 0: when the condition holds */
    int64_t duration; /* ns; 0: until it is cleared */
    char *condition;  /* owned, as is the next; NULL: none */
    char *name;
    uint8_t kind;
    uint8_t region; /* where the condition is asked */
};

/* What the guest's room does for this one; filled by world_init(). NULL members do nothing. */
struct injection_hooks {
    void *context;
    /* Stops or starts what listens as a web server. False when the guest has none (or is not
     * running). */
    bool (*web_server)(void *context, uint64_t instance, bool run);
    /* Is there something that answers HTTP, running or not; `web`: on port 80? */
    bool (*serves)(void *context, uint64_t instance, bool web);
    /* The kernel stops.  Clearing reboots the instance. */
    void (*crash)(void *context, uint64_t instance);
    /* Others have come to a host, or gone. */
    void (*host_changed)(void *context, uint32_t host);
    /* How slow, failing, hanging or rough something is has changed; 0: of a zone. */
    void (*changed)(void *context, uint64_t instance);
    /* What is spare for spot instances has changed. */
    void (*spot_changed)(void *context);
    /* A storage server of a queue went or came back. */
    void (*storage_changed)(void *context, uint64_t queue);
    /* The queue's name and Region; false when there is none. */
    bool (*queue_of)(void *context, uint64_t queue, const char **name, uint8_t *region);
    /* It was said that a host will be taken away. */
    void (*retires)(void *context, const struct injection *injection);
};

struct injections {
    struct table table; /* struct injection */
    struct table plans; /* struct injection_plan */
    struct injection_hooks hooks;
    struct instances *instances; /* borrowed, as are all below */
    struct hosts *hosts;
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    struct sim *sim;
    /* Does what the plan waits for hold?  Filled by condition_wire(). */
    bool (*holds)(void *context, const struct injection_plan *plan);
    void *holds_context;
};

extern const struct shape injection_shape;

void injections_init(struct injections *injections);
void injections_release(struct injections *injections);

/* After the table was read: false when it holds what cannot be. */
bool injections_restore(struct injections *injections);

/* "stop-web-server", "fail-instance", ...; NULL past the last. */
const char *injection_kind_name(int kind);
extern const char *const injection_kind_words[]; /* the same, NULL-terminated, for a shape */
/* -1 when there is none of that name. */
int injection_kind_find(const char *name);

/* How much of it there may be, and how much there is when nobody says. */
struct injection_range {
    int64_t usual; /* 0: the kind has no amount */
    int64_t least;
    int64_t most;
};
struct injection_range injection_range(int kind);
/* Does it happen to what answers HTTP; with `web` to what does on port 80 alone? */
bool injection_is_of_http(int kind, bool web);
/* Does it happen to a zone, to a Region, to a host? */
bool injection_is_of_zone(int kind);
bool injection_is_of_region(int kind);
bool injection_is_of_host(int kind);
/* The fault by which that host will be taken away; NULL: none. */
const struct injection *injection_retirement(const struct injections *injections, uint64_t host);
/* When. */
int64_t injection_retires(const struct injection *injection);
/* Or to the spare capacity of a family in a zone? */
bool injection_is_of_pool(int kind);
/* Or to a queue? */
bool injection_is_of_queue(int kind);
/* Do others want all that is spare of the type's family there? */
bool injections_spot_taken(const struct injections *injections, uint16_t type, uint8_t zone);
/* Is the Region lost?  Then its services do not answer. */
bool injections_region_lost(const struct injections *injections, uint8_t region);

struct injection_new {
    uint64_t account;
    int kind;
    /* an instance (or, for those of hosts, also a host), a queue; of zones and Regions their number
     * + 1 */
    uint64_t subject;
    int64_t amount; /* within the range; 0: the usual */
    const char *name; /* or NULL */
    uint64_t id;      /* 0: a new one */
};

/* What it is about, in words: "the queue orders", "i-0...", "us-east-1a". */
const char *injection_subject_text(const struct injections *injections,
                                   const struct injection *injection, struct arena *arena);
/* NULL and a fault: the instance is not running, runs no web server, is broken in this way already.
 */
struct injection *injection_add(struct injections *injections, const struct injection_new *wish,
                                struct fault *fault);
/* The amount of that kind on an instance; 0: it is well in this way. */
int64_t injection_amount(const struct injections *injections, uint64_t instance, int kind);
/* Is the instance broken in that way, one that has no amount? */
bool injection_is_there(const struct injections *injections, uint64_t instance, int kind);
struct injection *injection_find(const struct injections *injections, uint64_t id);
/* Mends what it broke and forgets it; `why` is for the trail: "cleared". */
void injection_clear(struct injections *injections, uint64_t id, const char *why);
/* Its guest has started anew or is gone, which ends what was broken inside it; `why` is for the
 * trail: "ended: ...". */
void injections_end(struct injections *injections, uint64_t instance, const char *why);

#endif
