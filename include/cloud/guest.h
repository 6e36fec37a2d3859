/*
 * cloud/guest.h - what runs inside an instance: its boot, its services, the commands typed there.
 *
 *      off -> booting -> up -> stopping -> off
 *      any -> off when the host fails (buffers are lost)
 *
 * A guest knows an instance's id and its root volume, and asks for the rest (struct guest_facts)
 * when it needs it. Its files lie in the root volume's blocks (cloud/guest_files); what was written
 * and not yet flushed is the only other thing that it has, and is saved as state.  A guest that
 * nobody talks to holds one small row.
 *
 * Boot: kernel, network (guest_is_reachable), services that are enabled in the files, cloud-init:
 * user data, once per instance id.  Scripts and commands are jobs: text, position, output; each
 * command takes simulated time.
 */
#ifndef CLOUD_GUEST_H
#define CLOUD_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/shape.h"
#include "base/str.h"
#include "base/table.h"
#include "cloud/block.h"
#include "cloud/catalog.h"
#include "cloud/guest_files.h"
#include "cloud/trail.h"
#include "cloud/volume.h"
#include "sim/event.h"

enum guest_state {
    GUEST_OFF = 0,
    GUEST_BOOTING,
    GUEST_UP,
    GUEST_STOPPING,
    GUEST_STUCK, /* the root volume holds no system that could boot */
};

/*
 * A unit that is not as the boot left it, or that was started or stopped by hand: what systemd
 * knows.
 */
struct guest_unit {
    char *name; /* "httpd"; owned */
    bool running;
    int64_t since;
};

/* What only a guest has in which something was done. */
struct guest_rare {
    uint64_t job; /* cloud-init's, while it runs */
    LIST(struct guest_unit) units;
    char *console; /* what scripts and services printed to the console; NULL: nothing; owned */
    uint32_t next_job;
    bool restart;  /* stopping in order to boot again */
    bool recorded; /* cloud-init says in the files that it has seen this instance id */
};

struct guest {
    uint64_t key; /* the instance */
    uint64_t root_volume;
    int64_t booted_at; /* when the kernel started; 0: never */
    uint32_t run;      /* counts power-ons; stale events are recognised by it */
    uint8_t state;    /* enum guest_state */
    uint8_t step;     /* of the boot */
    bool flush_due;   /* an EVENT_GUEST_FLUSH is pending */
    bool initialised; /* cloud-init has seen this instance id */
    struct guest_rare *rare;  /* NULL: all zero; owned; see guest_rare() */
    struct files_pages pages; /* written and not yet flushed */
};

static inline const struct guest_rare *guest_rare(const struct guest *guest)
{
    static const struct guest_rare none;

    return guest->rare == NULL ? &none : guest->rare;
}

/* Something that a command did; kept until its pipeline has run to its end. */
struct guest_effect {
    char *out; /* owned, NULL: nothing; as are the next two */
    char *err;
    char *folder;
    int32_t status;
};

/* A script or a command line that runs in a guest. */
struct guest_job {
    uint64_t key;
    uint64_t instance;
    uint32_t run; /* the power-on it belongs to */
    char *user;   /* owned, as are the next five */
    char *script;
    char *folder;  /* the working directory */
    char *output;  /* what it printed, standard output and error in one; NULL: nothing yet */
    char *printed; /* standard output alone */
    char *error;   /* standard error alone */
    LIST(struct pair) variables;

    uint32_t part;  /* of the script: the command to run next */
    int32_t status; /* of the last command */
    LIST(struct guest_effect) effects;
    uint64_t exchange; /* that it waits for; 0: none */
    uint32_t told;     /* of what the command printed so far, bytes that are in output */
    uint32_t told_out; /* in printed */
    uint32_t told_err; /* in error */
    int64_t waited_ns; /* how long its present command takes, when it waits for the clock */
    uint8_t phase;
    bool powershell;
    bool done;
};

extern const struct shape guest_shape, guest_job_shape;

/* What a guest learns from its instance, by callback, when it needs it; strings in the arena. */
struct guest_facts {
    const char *hostname;      /* "ip-172-31-5-9.ec2.internal" */
    const char *private_ip;    /* "172.31.5.9" */
    const char *public_ip;     /* or NULL */
    const char *instance_type; /* "t3.micro" */
    const char *key_name;      /* or NULL */
    const char *zone;          /* "us-east-1a" */
    uint32_t vcpus;
    uint32_t memory_mib;
    struct blob user_data; /* bytes as given to run-instances (not base64); size 0: none */
};

/* What a command inside asks of the network. */
struct guest_ask {
    uint64_t instance;
    const char *url;
    const char *method;
    const char *headers; /* lines ending in \r\n, or NULL */
    const char *body;    /* NULL: none */
    int64_t connect_limit_ns; /* 0: curl's own */
    int64_t limit_ns;         /* 0: none */
    bool insecure; /* takes any certificate */
};

/* What came of it; strings in the arena. */
struct guest_reply {
    int exit;            /* as curl numbers it */
    const char *error;   /* curl's sentence for it */
    int status;          /* 200; 0: no answer */
    const char *headers; /* with the status line, ending in an empty line */
    struct blob body;
    const char *url;     /* that was asked */
    const char *address;
    uint16_t port;
    int64_t took_ns;
};

/* Filled by world_init(); a NULL member is simply not called (facts excepted). */
struct guest_calls {
    void *context;
    void (*facts)(void *context, uint64_t instance, struct arena *arena, struct guest_facts *facts);
    /* The network is up: the instance status check passes from now on. */
    void (*reachable)(void *context, uint64_t instance);
    /*
     * Shut down, by guest_shutdown() or by a command typed inside (`shutdown`, `poweroff`): not
     * after a reboot.
     */
    void (*halted)(void *context, uint64_t instance);
    /* During a reboot: down, everything is written, the next boot begins when this returns. */
    void (*restarting)(void *context, uint64_t instance);
    /* Units were started or stopped, or all are gone; abrupt: nobody had time to end anything. */
    void (*units)(void *context, uint64_t instance, bool abrupt);
    /* Begins a request from inside and returns its exchange, whose end guest_exchange_ended() is
     * told; or 0 with the reply at once: what is no URL, and the metadata service. */
    uint64_t (*ask)(void *context, const struct guest_ask *ask, struct arena *arena,
                    struct guest_reply *reply);
    /* The reply of an exchange that has ended; it is forgotten. */
    void (*reply)(void *context, uint64_t exchange, struct arena *arena,
                  struct guest_reply *reply);
    /* Nobody waits for that exchange any more. */
    void (*drop)(void *context, uint64_t exchange);
};

/* To be changed. */
struct guest_rare *guest_rare_make(struct guest *guest);

struct guests {
    struct table table; /* struct guest */
    struct table jobs;  /* struct guest_job */
    struct sim *sim;    /* borrowed, as are the next three */
    struct volumes *volumes;
    const struct catalog *catalog;
    struct trail *trail;
    struct guest_calls calls;
    struct files_cache *cache; /* file trees read from blocks; not state */
};

struct guest_links {
    struct sim *sim;
    struct volumes *volumes;
    const struct catalog *catalog;
    struct trail *trail;
};

void guests_init(struct guests *guests, struct guest_links links);
void guests_release(struct guests *guests);
/* After the tables were loaded: false when a row contradicts itself. */
bool guests_restore(const struct guests *guests);

/* ---- power: called by cloud/instance ---- */

/* Power on.  The guest boots from the root volume; a first call for an instance makes its guest. */
void guest_start(struct guests *guests, uint64_t instance, uint64_t root_volume);
/*
 * Asks it to shut down: services stop, buffers are written, then calls.halted.  Seconds of
 * simulated time.
 */
void guest_shutdown(struct guests *guests, uint64_t instance);
/* The same, and it boots again; calls.restarting between. */
void guest_reboot(struct guests *guests, uint64_t instance);
/* The plug is pulled: host failure, a forced stop.  What was buffered is lost.  No callback. */
void guest_kill(struct guests *guests, uint64_t instance);
/* The instance is terminated: the guest and its jobs go. */
void guest_forget(struct guests *guests, uint64_t instance);

/* ---- questions ---- */

/* True when its network answers (status check; connections are then accepted or refused). */
bool guest_is_reachable(const struct guests *guests, uint64_t instance);
uint8_t guest_state(const struct guests *guests, uint64_t instance);
/* True when cloud-init has finished (user data included). */
bool guest_is_settled(const struct guests *guests, uint64_t instance);
/*
 * What get-console-output gives: the boot's log and what scripts printed.  In the arena; "" before
 * the first boot.
 */
const char *guest_console(struct guests *guests, uint64_t instance, struct arena *arena);
/* Who may log in ("ec2-user"); NULL when it holds no system. */
const char *guest_user(struct guests *guests, uint64_t instance);
/* True when something listens there. */
bool guest_listens(struct guests *guests, uint64_t instance, uint16_t port);
/* The unit that listens there and that a package brought, or NULL.  Borrowed. */
const char *guest_unit_at(struct guests *guests, uint64_t instance, uint16_t port);
/* True when something takes datagrams there. */
bool guest_hears(struct guests *guests, uint64_t instance, uint16_t port);
/* What answering one takes of the CPU, and how long the answer is: of the order that people measure
 * for a name server. */
#define GUEST_DATAGRAM_WORK_NS INT64_C(100000)
enum { GUEST_DATAGRAM_BYTES = 120 };

/* ---- a request arrives (the network has let it through) ---- */

struct guest_request {
    uint64_t instance;
    uint16_t port;
    const char *method;            /* "GET" */
    const char *path;              /* "/a.html?x=1" */
    const char *host;              /* the Host header, or NULL */
    const char *if_modified_since; /* or NULL, as is the next */
    const char *if_none_match;
    const char *headers; /* all: lines ending in \r\n, or NULL */
    const char *body;    /* NULL: none */
    uint32_t client;     /* the address that it sees; 0: asked from inside */
};

struct guest_answer {
    bool refused;              /* nobody listens: the connection is reset; all else is then zero */
    int status;                /* 200 */
    const char *reason;        /* "OK" */
    LIST(struct pair) headers; /* in the arena, in the order of sending */
    struct blob body;          /* in the arena; empty for HEAD, with Content-Length as for GET */
    int64_t work_ns;           /* CPU time that serving it takes */
};

/* A unit that hears what is posted to it: a POST changes its log, all else changes nothing. */
#define GUEST_ENDPOINT_UNIT "sns-endpoint"

/* Never fails: what cannot be served is an answer too (404, 403, 500). */
void guest_serve(struct guests *guests, const struct guest_request *request, struct arena *arena,
                 struct guest_answer *answer);

/* ---- commands: ssh, and what faults do inside ---- */

/*
 * Starts a job that runs the line as that user (folder: the user's home), and returns its id; 0
 * when the guest is not up.  It runs as simulated time passes (short commands at once): look at
 * guest_job_find()->done.  For an interactive session pass the previous job's id as `after` to keep
 * its folder and variables, else 0.
 */
uint64_t guest_job_start(struct guests *guests, uint64_t instance, const char *user,
                         const char *line, uint64_t after);
/* NULL when it was forgotten, or the guest was killed under it. */
const struct guest_job *guest_job_find(const struct guests *guests, uint64_t job);
/* The keys of jobs use all 64 bits; people see a number that is never negative. */
int64_t guest_job_number(uint64_t job);
/* By that number, or by the signed one that older sessions wrote down; NULL as above. */
const struct guest_job *guest_job_numbered(const struct guests *guests, int64_t number);
void guest_job_forget(struct guests *guests, uint64_t job);
/* Interrupts it (Ctrl-C): done, with status 130. */
void guest_job_interrupt(struct guests *guests, uint64_t job);
/* A request that a command asked for is over: the command goes on. */
void guest_exchange_ended(struct guests *guests, uint64_t instance, uint64_t exchange);

/*
 * Stops or starts a unit as systemctl would, at once; false when there is no such unit, or the
 * guest is not up.
 */
bool guest_unit_set(struct guests *guests, uint64_t instance, const char *unit, bool running);
/* Does the unit run there? */
bool guest_unit_runs(const struct guests *guests, uint64_t instance, const char *unit);
/*
 * The unit that listens on the port, running or not, or NULL: what "stop the web server" stops.
 * Borrowed.
 */
const char *guest_web_unit(struct guests *guests, uint64_t instance);

/* ---- files ---- */

/* Writes a file inside as root would, or reads one into the arena (false: there is none). */
bool guest_file_read(struct guests *guests, uint64_t instance, const char *path,
                     struct arena *arena, struct blob *content);
bool guest_file_write(struct guests *guests, uint64_t instance, const char *path,
                      struct blob content);
/* Writes all that is buffered to the volume, as `sync` does. */
void guest_sync(struct guests *guests, uint64_t instance);

/* ---- guest_difference.c ---- */

/* Two instances of one image begin with the same files; what people and programs did since tells
 * them apart.  What cloud-init notes of each instance is left out: it is the instance's name, not
 * what it was made to be. */
enum guest_difference {
    GUEST_ONLY_FIRST = 1, /* a folder stands for all that is in it */
    GUEST_ONLY_SECOND,
    GUEST_DIFFERENT, /* content, kind or mode */
};

typedef void guest_difference_visit(void *context, const char *path, enum guest_difference what);

/* An instance, and its root volume, or 0. */
struct guest_side {
    uint64_t instance;
    uint64_t volume;
};

/*
 * Visits each path in which two instances differ, in the order of the paths, what they have written
 * but not yet flushed included; the path is borrowed for the call.  False when one of them has no
 * root volume with a file system.
 */
bool guest_differences(struct guests *guests, struct guest_side first, struct guest_side second,
                       guest_difference_visit *visit, void *context);

#endif
