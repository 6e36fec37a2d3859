/*
 * tui/theme.h - what things look like, by what they mean.
 *
 * Views name a role, never a colour.  Colour is never the only signal: a role that matters also
 * differs in text or glyph where it is used, and themes without colour tell roles apart by bold,
 * dim, reverse and underline.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stddef.h>

#include "tui/canvas.h"

enum theme_role {
    THEME_TEXT,
    THEME_DIM, /* what may be overlooked */
    THEME_STRONG,
    THEME_TITLE,
    THEME_FRAME,
    THEME_FOCUS,    /* the frame of the place that has the keys */
    THEME_STATUS,   /* the top line */
    THEME_KEYS,     /* the foot: what a key does */
    THEME_KEY,      /* the foot: the key */
    THEME_SELECTED, /* the row with the cursor */
    THEME_PROMPT,
    THEME_COMMAND, /* a command as it was typed, or as a lesson shows it */
    THEME_GOOD,
    THEME_WARN,
    THEME_BAD,
    THEME_NEW,      /* changed a moment ago */
    THEME_MATCH,    /* found by a search */
    THEME_TENANT_A, /* eight neighbours to tell apart; their letters do so too */
    THEME_TENANT_H = THEME_TENANT_A + 7,
    THEME_ROLES,
};

struct theme {
    const char *name;
    const char *doc; /* one sentence */
    struct canvas_style styles[THEME_ROLES];
};

/* The themes, for help and completion; the first is the default. */
const struct theme *theme_list(size_t *count);
/* NULL when there is none of that name. */
const struct theme *theme_find(const char *name);
struct canvas_style theme_style(const struct theme *theme, enum theme_role role);

#endif
