/*
 * cloud/hypervisor.h - who gets the CPU of a host, and who waits for it.
 *
 * What an instance wants of the CPU is a load that somebody holds there (`lab set-load`), a
 * workload that runs in it (`lab run-workload`), and the requests that its server works on; what a
 * neighbour wants, cloud/neighbour says.  Those on a host are given what they want while it has
 * threads enough.  When it has not, time goes by weight: the weight of a burstable instance is its
 * baseline, so that everybody can always have that.
 * Fixed-performance types own their threads and never wait.
 *
 * Rates are constant between events: a load is set, a neighbour changes, credits run low, a request
 * comes or goes on a host where it matters.  What grows (CPU time, steal, credits) is a function of
 * the last event.  Nothing is asked of this room while an instance's requests find a free vCPU:
 * then cloud/server counts their CPU time, and it is taken over from there.
 *
 *   of a host         ran + idle                 = threads x time
 *   of an instance    ran + stolen + what it did not want = vCPUs x time
 *
 * exactly.  Stolen is what it wanted and was not given, by whatever cause: others on the host, or
 * its own credits, as `top` shows it in a guest.
 */
#ifndef CLOUD_HYPERVISOR_H
#define CLOUD_HYPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/cpu_time.h"
#include "cloud/credit.h"
#include "cloud/host.h"
#include "cloud/server.h"
#include "sim/event.h"

/* What only an instance that has had work to do needs to know. */
struct cpu_work {
    int64_t wants_ppm;    /* in force since: the held load, and if watched also its requests */
    int64_t given_ppm;
    int64_t load_ppm;     /* of what is given, that of the held load and the workload */
    uint64_t step;        /* sequence of the pending look at its credits; 0: none */
    uint8_t held_percent; /* the load that is held, of all its vCPUs */
    bool limited;         /* its credits let it do less than all */
    struct cpu_time ran;  /* since it last started, as are the next two */
    struct cpu_time stolen;
    struct cpu_time asked; /* of `ran`, that of requests */
    struct cpu_time seen;  /* the server's CPU time at `settled` */
    int64_t stopped;       /* when it last stopped; 0: it runs, or never did */
    int64_t marked;        /* the last full minute, and what `asked` and `stolen` were then */
    struct cpu_time asked_then;
    struct cpu_time stolen_then;
    int64_t asked_ppm; /* the mean rates of the minute before */
    int64_t stolen_ppm;
    int64_t job_wants_ppm; /* what a workload in it wants; 0: none computes */
    int64_t job_ppm;       /* of load_ppm, the workload's */
    struct cpu_time job;   /* CPU time of workloads since it last started; of `ran` */
};

/* The CPU of an instance that somebody's account has; neighbours have none of these. */
struct cpu_guest {
    uint64_t instance;
    uint32_t host;        /* number of its host while it runs */
    uint16_t type;        /* in the catalog */
    bool runs;
    bool watched;         /* each request that comes or goes is told here */
    int64_t settled;      /* the instant since which all that is in force is */
    int64_t lived;        /* ns that it has run since it last started */
    struct credits_kept credits;
    struct cpu_work *work; /* NULL: all zero; owned */
};

/* The same at an instant, with all that has grown by then. */
struct cpu_now {
    bool runs;
    int64_t lived;
    struct credits credits;
    struct cpu_work work;
};

/* A host on which somebody's instance runs. */
struct cpu_host {
    uint64_t key; /* host number + 1 */
    int64_t since;
    uint32_t guests;     /* of struct cpu_guest that run there */
    bool tight;          /* not all could have all they might want */
    int64_t settled;     /* the instant of what follows, for the neighbours */
    int64_t others_wants_ppm;
    int64_t others_given_ppm;
    struct cpu_time ran;
    struct cpu_time stolen;
    uint64_t step;       /* sequence of the neighbours' next change */
};

/* The launches with launch credits of an account in a Region, of a day. */
struct credit_launches {
    uint64_t key;        /* account * CATALOG_REGIONS_MAX + Region, + 1 */
    LIST(int64_t) times; /* the oldest first */
};

extern const struct shape cpu_guest_shape, cpu_host_shape, credit_launches_shape;

struct hypervisor {
    struct table guests;   /* struct cpu_guest */
    struct table hosts;    /* struct cpu_host */
    struct table launches; /* struct credit_launches */
    struct sim *sim;     /* borrowed, as are all below */
    const struct catalog *catalog;
    struct hosts *all;
    struct servers *servers;
    /* The requests of an instance are given that much CPU together from now on; -1: all they want.
     * NULL: nobody wants to know. */
    void (*share)(void *context, uint64_t instance, int64_t share_ppm, bool watched);
    /* The workload of an instance is given another rate from now on; its row is settled.  NULL:
     * nobody wants to know. */
    void (*worked)(void *context, uint64_t instance);
    void *context;
    uint64_t seed;
};

/* The caller fills in the borrowed members first. */
void hypervisor_init(struct hypervisor *hypervisor);
void hypervisor_release(struct hypervisor *hypervisor);
/* After tables and events were read, and hosts and servers restored; false when they contradict
 * each other. */
bool hypervisor_restore(struct hypervisor *hypervisor);

/* ---- what happens to instances ---- */

/* It comes to be; the mode is an enum credit_mode, CREDIT_NONE for the type's usual one. */
void hypervisor_add(struct hypervisor *hypervisor, uint64_t instance, uint16_t type, uint8_t mode);
/* It is gone for good. Harmless when it is not known. */
void hypervisor_forget(struct hypervisor *hypervisor, uint64_t instance);
/* The power is on, on the host where it is now.  The account: whose launch credits it takes, if it
 * is a T2 standard instance that starts; 0: it has started before, and only its power comes back.
 */
void hypervisor_power_on(struct hypervisor *hypervisor, uint64_t instance, uint16_t type,
                         uint64_t account);
/* The power is off, or it begins to stop.  Harmless when it was off. */
void hypervisor_power_off(struct hypervisor *hypervisor, uint64_t instance);
/* It has stopped: what becomes of its credits. */
void hypervisor_stopped(struct hypervisor *hypervisor, uint64_t instance);
/* Holds its demand at so many percent of all its vCPUs, 0 to 100; also over a stop and start. */
void hypervisor_hold(struct hypervisor *hypervisor, uint64_t instance, uint8_t percent);
/* A workload wants so much of its CPU from now on, no more than all its vCPUs; 0: it does not
 * compute.  Harmless when the instance does not run. */
void hypervisor_work(struct hypervisor *hypervisor, uint64_t instance, int64_t wants_ppm);
/* Of a burstable one; BUG else. */
void hypervisor_set_mode(struct hypervisor *hypervisor, uint64_t instance, uint8_t mode);

/* ---- what happens on hosts and in servers ---- */

/* Who is on a host has changed, or what neighbours there want. */
void hypervisor_host_changed(struct hypervisor *hypervisor, uint32_t host);
/* An instance's server has opened, or, of a watched one, somebody came or went there. */
void hypervisor_server_changed(struct hypervisor *hypervisor, uint64_t instance);
/* It will be closed. */
void hypervisor_server_closing(struct hypervisor *hypervisor, uint64_t instance);
/* A minute is over. */
void hypervisor_minute(struct hypervisor *hypervisor);

/* ---- asking ---- */

/* NULL when it is not known. */
const struct cpu_guest *hypervisor_guest(const struct hypervisor *hypervisor, uint64_t instance);
/* What there is of its work, or zeros. */
const struct cpu_work *hypervisor_work_of(const struct cpu_guest *guest);
/* All that has grown, up to now; BUG when it is not known. */
struct cpu_now hypervisor_now(const struct hypervisor *hypervisor, uint64_t instance);
/* What it uses and what is stolen from it, in millionths of a vCPU: while a load is held, now; else
 * of its requests, on average of this minute or of the last. */
int64_t hypervisor_used_ppm(const struct hypervisor *hypervisor, uint64_t instance);
int64_t hypervisor_stolen_ppm(const struct hypervisor *hypervisor, uint64_t instance);

/* One who is on a host. */
struct cpu_claim {
    uint64_t instance;
    int64_t weight;
    int64_t wants_ppm;
    int64_t most_ppm; /* that its credits let it have */
    int64_t given_ppm;
    bool open; /* while it is worked out */
};

struct cpu_claims {
    struct cpu_claim *items;
    uint32_t count;
    uint32_t size;
};

/* Everybody on the host, in the order of its guests, and what they are given at this instant;
 * LIST_RELEASE() is the caller's. */
void hypervisor_claims(const struct hypervisor *hypervisor, const struct host *host,
                       struct cpu_claims *claims);

/* Of a host, since somebody's instance has run there: exact, ran + idle = threads x elapsed. */
struct cpu_account {
    int64_t since; /* 0: nobody's runs there, and nothing is counted */
    int64_t elapsed_ns;
    struct cpu_time ran;
    struct cpu_time idle;
    struct cpu_time stolen;
};
struct cpu_account hypervisor_account(const struct hypervisor *hypervisor, const struct host *host);

/* Gives so much (in millionths of a vCPU) to those who claim it, by weight; no one more than it
 * wants and may.  All is given that is wanted, or all there is. */
void hypervisor_divide(struct cpu_claims *claims, int64_t capacity_ppm);

#endif
