/*
 * tui/queues.h - queues: who waits in them, one scene for the view in AWS's words and for the order
 * board of the coffee shop, so that their numbers are the same.
 */
#ifndef TUI_QUEUES_H
#define TUI_QUEUES_H

#include <stdbool.h>

#include "tui/view.h"

struct queues_message {
    const char *id;
    const char *state; /* "visible", "in flight", "delayed" */
    const char *body;  /* one line */
    const char *group; /* "" when it has none */
    int64_t receives;
    int64_t age_s;
    int64_t seconds; /* until it is visible, again or at last; -1: it is */
};

struct queues_queue {
    const char *url;
    const char *name;
    const char *dead_letter; /* a queue's name, or "" */
    bool fifo;
    bool takes_dead; /* another queue's dead letters come here */
    int64_t visible;
    int64_t in_flight;
    int64_t delayed;
    int64_t oldest_s;
    int64_t receives_max; /* before a message goes to the dead letters */
    int64_t waiting;      /* long polls */
    int64_t sent;
    int64_t received;
    int64_t deleted;
    int64_t moved;
    LIST(struct queues_message) messages; /* the oldest; in the arena, as is the other list */
};

struct queues_scene {
    struct arena arena;
    LIST(struct queues_queue) queues;
};

/* Builds it anew from answers. */
void queues_scene_read(struct queues_scene *scene, const struct view_source *source);
/* The order board: rows of the coffee shop; nothing when there is no queue. */
void board_write(struct sheet *sheet, const struct queues_scene *scene, int cols);

/* Adds what Enter on a row of a queue or a message types; false when the row is neither. */
bool queues_command_add(const char *id, struct str *command);

extern const struct view_ops view_queues;

#endif
