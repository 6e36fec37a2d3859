/*
 * tui/events.h - the trail: what happened, the newest first.
 */
#ifndef TUI_EVENTS_H
#define TUI_EVENTS_H

#include "tui/view.h"

struct events_event {
    int64_t sequence;
    const char *time;  /* "08:00:12" */
    const char *topic; /* "instance" */
    const char *region;
    const char *text;
};

struct events_scene {
    struct arena arena;
    LIST(struct events_event) events; /* in the arena; oldest first */
};

extern const struct view_ops view_events;

#endif
