/*
 * tui/wall.h - the wall of a class on the screen: `nephoscope class DIR`.
 */
#ifndef TUI_WALL_H
#define TUI_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct wall_options {
    const char *folder;
    int64_t (*clock)(void); /* the clock of the wall, ns since 1970 */
    int64_t (*now)(void);   /* one that never goes back, ns */
    const char *theme;      /* a name of tui/theme, or NULL */
    bool ascii;
    bool no_color;
    bool plain;  /* printed once, as lines of text; */
    bool follow; /* and then each row that changes, until the program is interrupted */
};

/* Returns the exit code; what went wrong before the screen was taken stands in `why`. */
int wall_run(const struct wall_options *options, struct str *why);

#endif
