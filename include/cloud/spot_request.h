/*
 * cloud/spot_request.h - spot requests: who asks for spare capacity, at what price, and what
 * became of it.
 *
 *   open -> active -> closed                         (one-time)
 *   open -> active -> open ..., or disabled -> active (persistent)
 *   any -> cancelled
 *
 * Each spot instance fulfils one request.  EC2 takes its instance back when the price is above the
 * most that the request pays, when others want all that was spare there (cloud/spot, or a fault),
 * or when instances on demand have filled the hosts of its family in its zone.  Two minutes before,
 * its interruption notice is there; a rebalance recommendation often earlier.
 */
#ifndef CLOUD_SPOT_REQUEST_H
#define CLOUD_SPOT_REQUEST_H

#include "cloud/instance.h"
#include "cloud/launch_wish.h"
#include "cloud/spot.h"
#include "sim/clock.h"

/* From the notice to the interruption. */
#define SPOT_NOTICE_NS (2 * MINUTE_NS)

/* Append only: the numbers are saved. */
enum spot_state {
    SPOT_OPEN = 1,
    SPOT_ACTIVE,
    SPOT_CLOSED,
    SPOT_CANCELLED,
    SPOT_FAILED,
    SPOT_DISABLED, /* its instance is stopped */
    SPOT_STATES_,
};

/* AWS's status codes.  Append only: the numbers are saved. */
enum spot_status {
    SPOT_PENDING_EVALUATION = 1,
    SPOT_CAPACITY_NOT_AVAILABLE,
    SPOT_PRICE_TOO_LOW,
    SPOT_FULFILLED,
    SPOT_BAD_PARAMETERS,
    SPOT_SCHEDULE_EXPIRED,
    SPOT_CANCELED_BEFORE,
    SPOT_CANCELED_RUNNING,
    SPOT_MARKED_FOR_STOP,
    SPOT_MARKED_FOR_TERMINATION,
    SPOT_STOPPED_BY_PRICE,
    SPOT_STOPPED_BY_USER,
    SPOT_STOPPED_NO_CAPACITY,
    SPOT_TERMINATED_BY_PRICE,
    SPOT_TERMINATED_BY_SERVICE,
    SPOT_TERMINATED_BY_USER,
    SPOT_TERMINATED_NO_CAPACITY,
    SPOT_LIMIT_EXCEEDED,
    SPOT_STATUSES_,
};

struct spot_request {
    uint64_t id; /* sir-... */
    uint64_t account;
    uint64_t instance;  /* the one that fulfils it, or did last; 0: none */
    uint64_t look;      /* the next look at it: sequence of its event, 0: none */
    int64_t created;
    int64_t status_since;
    int64_t until;      /* asks no longer than that; 0: for ever */
    int64_t most_nano;  /* of an hour */
    int64_t warned;     /* when its instance got a rebalance recommendation; 0: it did not */
    int64_t ends;       /* when its instance is taken: two minutes after the notice; 0: it is not */
    uint16_t type;
    uint8_t region;
    uint8_t zone;       /* of its instance; ZONE_NONE before */
    uint8_t state;      /* enum spot_state */
    uint8_t status;     /* enum spot_status */
    bool is_windows;
    bool persistent;
    bool stops;         /* its instance is stopped when EC2 takes it, not terminated */
    bool by_price;      /* why its instance is taken */
    bool pressed;       /* somebody launched on demand beside it */
    char *subnet;       /* "subnet-..."; NULL: any */
    char *problem;      /* of SPOT_BAD_PARAMETERS: what is wrong */
    struct launch_wish wish; /* what to launch */
    struct tags tags;
};

#define SPOT_NO_ZONE UINT8_MAX

/* Filled by world_init(); NULL members: no. */
struct spot_hooks {
    void *context;
    /* Does a fault take all that is spare of the type in the zone? */
    bool (*taken)(void *context, uint16_t type, uint8_t zone);
    /* What its instance pays has changed. */
    void (*price_changed)(void *context, const struct instance *instance);
    /* In two minutes its instance is taken. */
    void (*noticed)(void *context, const struct spot_request *request);
    /* Its instance may soon be taken; it was given one. */
    void (*warned)(void *context, const struct spot_request *request);
    void (*fulfilled)(void *context, const struct spot_request *request);
};

struct spot_requests {
    struct table table; /* struct spot_request */
    struct spot_hooks hooks;
    struct sim *sim; /* borrowed, as are all below */
    const struct catalog *catalog;
    struct instances *instances;
    struct hosts *hosts;
    const struct launcher *launcher;
    struct ids *ids;
    struct trail *trail;
    uint64_t seed;
};

extern const struct shape spot_request_shape;

/* The caller fills in the borrowed members, hooks and the seed first. */
void spot_requests_init(struct spot_requests *requests);
void spot_requests_release(struct spot_requests *requests);
/* After the table was read: false when it holds what cannot be. */
bool spot_requests_restore(struct spot_requests *requests);

/* NULL when there is none that this account may see in that Region. */
struct spot_request *spot_request_find(const struct spot_requests *requests, uint64_t account,
                                       uint8_t region, uint64_t id);
/* The request that an instance fulfils; NULL of one on demand, or when it is forgotten. */
const struct spot_request *spot_request_of(const struct spot_requests *requests,
                                           const struct instance *instance);

/* ---- asking ---- */

/* A request that waits to be fulfilled: the launch was read from its wish (launch_wish_read), and
 * has spot terms. */
struct spot_request *spot_request_add(struct spot_requests *requests,
                                      const struct instance_launch *launch);
/* It asks no more.  An instance that runs goes on; one that is stopped is terminated. */
void spot_request_cancel(struct spot_requests *requests, struct spot_request *request);

/* ---- what spot instances pay ---- */

/* Nano-dollars of an hour there now, with what the system adds. */
int64_t spot_price_now(const struct spot_requests *requests, uint16_t type, uint8_t zone,
                       bool is_windows);
/* "0.0309" */
const char *spot_price_text(struct arena *arena, int64_t nano);

/* ---- struct instance_hooks of spot ---- */

/* SpotMaxPriceTooLow, InsufficientInstanceCapacity. */
int spot_launch_check(const struct spot_requests *requests, const struct instance_launch *launch,
                      uint8_t zone, struct fault *fault);
/* The request that the launched instance fulfils, made unless the launch names it. */
uint64_t spot_launch_made(struct spot_requests *requests, const struct instance *instance,
                          const struct instance_launch *launch);
/* May a stopped spot instance be started?  IncorrectSpotRequestState, SpotMaxPriceTooLow,
 * InsufficientInstanceCapacity. */
int spot_start_check(const struct spot_requests *requests, const struct instance *instance,
                     struct fault *fault);
/* Any instance is in another state; `before` as in struct instance_hooks. */
void spot_instance_changed(struct spot_requests *requests, const struct instance *instance,
                           int before);
/* What is spare may be more or less now: a fault came or went, a host broke. */
void spot_pools_changed(struct spot_requests *requests);

/* ---- words ---- */

const char *spot_state_name(uint8_t state);
const char *spot_status_code(uint8_t status);
const char *spot_status_message(const struct spot_requests *requests,
                                const struct spot_request *request, struct arena *arena);

extern const struct fault_kind fault_spot_price, fault_spot_stopped;
extern const struct fault_kind fault_spot_missing, fault_spot_malformed; /* take the id */

#endif
