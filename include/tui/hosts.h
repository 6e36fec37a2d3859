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
    char letter; /* A: you; B to Z: other tenants */
    bool yours;
};

struct hosts_host {
    const char *id;
    const char *zone;
    const char *family;
    const char *hypervisor;
    const char *state;
    int64_t rack;
    int64_t cores;
    int64_t threads;
    int64_t vcpus;
    int64_t used_vcpus;
    int64_t memory_mib;
    int64_t used_memory_mib;
    LIST(struct hosts_guest) guests; /* in the arena */
};

struct hosts_scene {
    struct arena arena;
    int64_t total; /* hosts of the Region */
    LIST(struct hosts_host) hosts;
};

extern const struct view_ops view_hosts;

#endif
