/*
 * tui/wall_parts.h - the wall's files, seen from one another.
 *
 * wall.c runs the loop and does what keys and words say; wall_draw.c draws, and prints;
 * wall_look.c opens a copy of a learner's world.
 */
#ifndef TUI_WALL_PARTS_H
#define TUI_WALL_PARTS_H

#include "lesson/class_wall.h"
#include "tui/canvas.h"
#include "tui/sheet.h"
#include "tui/theme.h"
#include "tui/wall.h"

enum { WALL_LOOK_NS = 500000000 }; /* between two looks at the folder */

struct wall {
    const struct wall_options *options; /* borrowed */
    struct class_wall class;
    const struct theme *theme;
    struct canvas canvas;
    struct sheet sheet;
    struct sheet help;
    struct str message; /* what the last word came to */
    bool refused;
    bool helping;       /* the help is shown in place of the learners */
    bool typing;        /* the prompt has the keys */
    bool ended;
    bool dirty;
    int64_t looked;
};

/* A learner whose world is looked at. */
struct wall_watch {
    const char *name;             /* borrowed */
    void (*still)(void *context); /* called every second or so, while it goes on */
    void *context;
};

/* Shows a copy of a learner's world until the person has seen enough; the screen is free before and
 * after.  An exit code, or -1 with a sentence: it cannot be opened. */
int wall_look(struct wall *wall, const struct wall_watch *watch, struct str *why);

/* Writes the learners' rows at so many columns. */
void wall_rows(const struct class_wall *class, int cols, struct sheet *sheet);
/* Draws all of it and puts it on the screen. */
void wall_draw(struct wall *wall);
/* The whole wall as lines of text. */
void wall_print(const struct wall *wall, struct str *out);
/* One learner's row as a line. */
void wall_print_row(const struct wall *wall, const struct wall_row *row, struct str *out);

#endif
