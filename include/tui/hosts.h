/*
 * tui/hosts.h - the hosts under your instances, and who else is on them.
 */
#ifndef TUI_HOSTS_H
#define TUI_HOSTS_H

#include "tui/view.h"

struct hosts_guest {
    const char *id;   /* of yours; or an opaque name */
    const char *name; /* of yours: its Name tag; or "" */
    const char *type;
    const char *state; /* of yours; or "" */
    int64_t vcpus;
    int64_t memory_mib;
    int64_t cpu_permille;   /* of its vCPUs: what it is given */
    int64_t steal_permille; /* what it wants and is not given */
    int64_t credits;        /* of yours, rounded down; -1: it has none */
    int64_t alike;          /* how many of the tenant's of this type it stands for; at least 1 */
    char letter; /* A: you; B to Z: other tenants */
    bool yours;
};

struct hosts_host {
    const char *id;
    const char *zone;
    const char *family;
    const char *hypervisor;
    const char *state;
    const char *tenancy; /* "default", "dedicated", "host" */
    const char *disk_type;
    int64_t rack;
    int64_t sockets; /* 0: the answer does not say what it is made of */
    int64_t disks;
    int64_t disk_gb;
    int64_t cards;
    int64_t card_mbps;
    int64_t cores;
    int64_t threads;
    int64_t vcpus;
    int64_t used_vcpus;
    int64_t memory_mib;
    int64_t used_memory_mib;
    int64_t guest_count;
    int64_t cpu_permille; /* of its threads */
    int64_t run_queue;
    LIST(struct hosts_guest) guests; /* in the arena */
};

/* How near the view is; each shows more of less. */
enum hosts_zoom {
    HOSTS_YOURS,  /* hosts that run yours: boxes */
    HOSTS_REGION, /* zones: a line each */
    HOSTS_ZONE,   /* all hosts of a zone: a line each */
    HOSTS_ONE,    /* one host: its cores and its guests */
};

struct hosts_zone {
    const char *name;
    int64_t hosts;
    int64_t failed;
    int64_t with_yours;
    int64_t vcpus;
    int64_t used_vcpus;
    int64_t threads;
    int64_t running_permille; /* threads at work, times 1000 */
    int64_t late_ms;      /* that its packets to and from others take longer, each way */
    int64_t lost_percent; /* of those packets */
};

/* What stands behind a zone's name in the id of its links' row: "us-east-1a/links". */
#define HOSTS_LINKS "/links"

struct hosts_scene {
    struct arena arena;
    char *argument; /* owned; NULL: none */
    enum hosts_zoom zoom;
    int64_t total; /* hosts of the Region */
    LIST(struct hosts_zone) zones; /* HOSTS_REGION only; in the arena */
    LIST(struct hosts_host) hosts;
};

extern const struct view_ops view_hosts;

#endif
