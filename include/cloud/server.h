/*
 * cloud/server.h - an instance as a server: who is being served, and who waits.
 *
 * A server has SERVER_WORKERS workers; each holds one request.  Whoever finds none free waits,
 * first come first served, until SERVER_BACKLOG wait: one more is refused.
 *
 * The vCPUs are one pool that the requests at work share alike (processor sharing): with n of them
 * on c vCPUs each gets min(1, c / n) of a vCPU, whose speed is the instance type's.  When the host
 * or its credits give them less (cloud/hypervisor), that is what they share.  A worker that hangs
 * holds its request and asks for no CPU.
 *
 * Work is counted in nanoseconds of a vCPU of the speed SERVER_SPEED_ONE.  All is integers: the CPU
 * that each request at work has been given since it came is one number for all of them
 * (`attained`), so an arrival or a departure costs O(log n), whatever n is.  It is rounded down to
 * 2^-20 ns of CPU at each change; nothing but arrivals and departures changes it.
 *
 * A SYN whose sender never goes on holds one of the same SERVER_BACKLOG places, half open, until
 * the server gives it up: 63 s, as Linux does (tcp_synack_retries 5: 1 + 2 + ... + 32 s).  While
 * none is left, SYNs are dropped without a word.  Left out: SYN cookies, with which Linux may go on
 * without places.
 *
 * A program in the instance that computes for itself shares the vCPUs too, and holds no worker: its
 * jobs are numbers with SERVER_JOB set.
 *
 * This room holds who is where and nothing else: it knows requests by their numbers.
 */
#ifndef CLOUD_SERVER_H
#define CLOUD_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/shape.h"
#include "base/table.h"
#include "cloud/cpu_time.h"
#include "cloud/meter.h"
#include "sim/stats.h"

enum {
    SERVER_WORKERS = 256,      /* requests that are worked on, or hang */
    SERVER_BACKLOG = 511,      /* requests that wait; one more is refused */
    SERVER_HALF_OPEN_S = 63,   /* how long a handshake that is never completed holds its place */
    SERVER_SPEED_ONE = 1000000 /* speed is in millionths: of a vCPU with 2.5 GHz */
};

/* A number that has it is a job of a program, and no request. */
#define SERVER_JOB (UINT64_C(1) << 63)

/* What an instance type computes with. */
struct server_power {
    uint32_t vcpus;
    uint32_t speed_ppm; /* of each vCPU, in millionths of SERVER_SPEED_ONE */
};

/* A request at work: done when what each has been given reaches `finish`. */
struct server_job {
    int64_t finish; /* 2^-20 ns of CPU */
    uint64_t request;
};

struct server {
    uint64_t instance;
    uint64_t served;  /* answers given since it came to be */
    uint64_t arrived; /* requests that entered */
    struct meter_traffic traffic; /* of those it answered */
    uint32_t vcpus;
    uint32_t speed_ppm;
    int64_t attained;                /* CPU given to each request at work so far, in 2^-20 ns */
    int64_t looked;                  /* the instant of `attained` and of `presence` */
    uint64_t step;                   /* sequence of the pending look; 0: none */
    int64_t due;                     /* when that is */
    int64_t next; /* when the next one is done, as it was planned last */
    struct area presence;            /* requests in it, times nanoseconds */
    struct cpu_time busy;            /* CPU time of requests, until `looked` */
    int64_t share_ppm;               /* millionths of a vCPU that they share; 0: all they want */
    bool watched; /* whoever comes or goes is told to those who share out the CPU */
    LIST(struct server_job) working; /* a heap, the one that is done first on top */
    LIST(int64_t) serving;           /* hold a worker and ask for no CPU */
    LIST(int64_t) waiting;           /* from `gone` on; the longest first */
    LIST(int64_t) half_open;         /* when each handshake is given up; the first is over first */
    uint32_t gone;                   /* of `waiting`, at its head, that wait no more */
    uint32_t jobs;                   /* of `working`, that are programs' own */
    int64_t rate; /* what each is given in a nanosecond; derived, 0: to be computed */
};

extern const struct shape server_shape;

struct servers {
    struct table table;
};

void servers_init(struct servers *servers);
void servers_release(struct servers *servers);
/* After its table was read: false when it is no state that a server can have. */
bool server_restore(const struct server *server, int64_t now);
/* NULL when nobody ever asked it anything. */
struct server *server_find(const struct servers *servers, uint64_t instance);
/* The server, made when it is new. */
struct server *server_open(struct servers *servers, uint64_t instance, struct server_power power,
                           int64_t now);

/* One more is there.  True when a worker is free: server_work() or server_hold() must follow at
 * once, or server_leave(); else it waits. */
bool server_enter(struct server *server, int64_t now, uint64_t request);
/* A worker takes it up: so much work. */
void server_work(struct server *server, uint64_t request, int64_t work_ns);
/* A worker takes it up and hangs. */
void server_hold(struct server *server, uint64_t request);
/* The next of those who wait, when a worker is free, to be taken up as after server_enter().  0:
 * none. */
uint64_t server_next(struct server *server);
/* A program begins so much work: a number with SERVER_JOB. */
void server_begin_job(struct server *server, int64_t now, uint64_t job, int64_t work_ns);
/* What a job still lacks, in hundredths of its work, rounded up; -1 when it is not there. */
int64_t server_job_left(const struct server *server, int64_t now, uint64_t job, int64_t work_ns);
/* Takes it out, wherever it is: a request or a job. */
void server_leave(struct server *server, int64_t now, uint64_t request);
/* Takes out one whose work is done by now, a request or a job.  0: none. */
uint64_t server_done(struct server *server, int64_t now);
/* When the next one will be done if nobody comes or goes; SIM_NEVER: nobody is at work. */
int64_t server_due(struct server *server);

/* Requests at work, hanging and waiting. */
uint32_t server_count(const struct server *server);
/* Who shares the CPU now, jobs too. */
uint32_t server_at_work(const struct server *server);
uint32_t server_waiting(const struct server *server);
bool server_is_full(const struct server *server);
/* A SYN of somebody who never goes on: holds a place from now on.  False: none is left. */
bool server_half_open(struct server *server, int64_t now);
/* Handshakes that are held open at `now`. */
uint32_t server_half_open_count(const struct server *server, int64_t now);
/* Have those who wait and those handshakes taken all places? */
bool server_has_no_place(const struct server *server, int64_t now);
/* The machine forgets all handshakes. */
void server_forget_half_open(struct server *server);
/* Everybody in it, those at work first, then those who hang, then those who wait; the caller frees
 * it. NULL when empty. */
uint64_t *server_everybody(const struct server *server, uint32_t *count);
/* BUG when somebody is in it. */
void server_close(struct servers *servers, uint64_t instance);

/* CPU time used since it came to be, up to now. */
struct cpu_time server_busy(const struct server *server, int64_t now);
/* Those at work share that much CPU from now on, in millionths of a vCPU; 0: all they want. */
void server_set_share(struct server *server, int64_t now, int64_t share_ppm);

/* What that much work takes on a free vCPU of that speed. */
int64_t server_service_ns(const struct server *server, int64_t work_ns);

#endif
