/*
 * cloud/dedicated_host.h - Dedicated Hosts: whole machines that an account has for itself.
 *
 *   available -> released
 *   available -> under-assessment, while the machine is broken -> available
 *   available -> permanent-failure, once it is known that the machine will be taken away
 *   under-assessment -> released-permanent-failure, when host recovery has got another machine
 *
 * The id of a Dedicated Host is that of the machine.  A released one is shown until somebody gets
 * that machine again.  Who runs on it, and who may, is cloud/host's business; this room keeps who
 * has which, and on what terms.
 */
#ifndef CLOUD_DEDICATED_HOST_H
#define CLOUD_DEDICATED_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/account.h"
#include "cloud/host.h"
#include "cloud/id.h"
#include "cloud/tag.h"
#include "cloud/trail.h"

struct dedicated_host {
    uint64_t id; /* h-...: the machine's */
    uint64_t account;
    int64_t allocated;
    int64_t released; /* 0: it is the account's */
    uint32_t host;    /* number of the machine */
    uint16_t type;    /* the only one that may run there, or HOST_ANY_TYPE */
    uint8_t region;
    bool places;      /* auto-placement */
    bool recovers;    /* host recovery */
    bool failed;      /* released because the machine was broken and its instances moved */
    char *token;      /* ClientToken; NULL: none */
    struct tags tags;
};

struct dedicated_hosts {
    struct table table;
    struct hosts *hosts; /* borrowed, as are all below */
    const struct accounts *accounts;
    struct trail *trail;
    const int64_t *now;
    /* One was allocated or released: what it costs. NULL: nobody wants to know. */
    void (*changed)(void *context, const struct dedicated_host *host);
    void *context;
};

extern const struct shape dedicated_host_shape;

/* The caller fills in the borrowed members first. */
void dedicated_hosts_init(struct dedicated_hosts *all);
void dedicated_hosts_release(struct dedicated_hosts *all);
/* After the table was read, before hosts_restore(): the machines know whose they are.  False when
 * rows contradict each other. */
bool dedicated_hosts_restore(struct dedicated_hosts *all);

/* NULL when the account has none of that id in the Region; released ones are found. */
struct dedicated_host *dedicated_host_find(const struct dedicated_hosts *all, uint64_t account,
                                           uint8_t region, uint64_t id);
const struct host *dedicated_host_machine(const struct dedicated_hosts *all,
                                          const struct dedicated_host *host);
/* "available", "under-assessment", "permanent-failure" (the machine will be taken away),
 * "released", "released-permanent-failure". */
const char *dedicated_host_state(const struct dedicated_hosts *all,
                                 const struct dedicated_host *host);

struct dedicated_host_new {
    uint64_t account;
    uint8_t zone;
    uint16_t family; /* place in hosts.families */
    uint16_t type;   /* of it, or HOST_ANY_TYPE */
    uint32_t count;
    bool places;
    bool recovers;
    const char *token;       /* NULL: none */
    const struct tags *tags; /* NULL: none */
};

/* All of them or none: the newest rows of the table.  0, or -1 and a fault: HostLimitExceeded,
 * InsufficientHostCapacity. */
int dedicated_hosts_allocate(struct dedicated_hosts *all, const struct dedicated_host_new *wish,
                             struct fault *fault);
/* Its terms have changed: the machine is told. */
void dedicated_host_apply(struct dedicated_hosts *all, const struct dedicated_host *host);
/* Another machine in place of one that broke, with all its terms, if its host recovery is on; the
 * broken one is released.  Its id, or 0. */
uint64_t dedicated_host_replace(struct dedicated_hosts *all, uint64_t id);
/* It is given back; the caller has seen that it is empty and not released. */
void dedicated_host_release(struct dedicated_hosts *all, struct dedicated_host *host);

extern const struct fault_kind fault_host_malformed, fault_host_missing, fault_host_state,
    fault_host_limit, fault_host_no_capacity;

#endif
