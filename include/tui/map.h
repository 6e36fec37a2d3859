/*
 * tui/map.h - the map: Regions, zones, and who runs where.
 */
#ifndef TUI_MAP_H
#define TUI_MAP_H

#include "tui/view.h"

struct map_thing {
    const char *id; /* with "@region" behind it outside of the session's Region */
    const char *name;
    const char *detail; /* its type */
    const char *state;
    const char *checks; /* of a running instance: "ok", "initializing", "impaired"; else "" */
    const char *address;
};

struct map_zone {
    const char *name;
    int64_t total; /* instances, also those that are not listed */
    bool failed;
    LIST(struct map_thing) instances; /* in the arena, as are all lists */
};

struct map_region {
    const char *name;
    bool here; /* the session's */
    bool failed;
    uint32_t running;
    uint32_t others; /* instances in other states */
    LIST(struct map_zone) zones;
    LIST(struct map_thing) balancers;
};

struct map_scene {
    struct arena arena;
    LIST(struct map_region) regions;
};

extern const struct view_ops view_map;

#endif
