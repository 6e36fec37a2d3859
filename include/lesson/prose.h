/*
 * lesson/prose.h - Markdown becomes lines of styled text, for a screen of a given width.
 *
 * CommonMark with tables.  An author decides what is strong, code, a list or a heading, and never a
 * colour, a control character or a place on the screen: every text passes the sanitiser here.  Raw
 * HTML is shown as it is typed, an image as its description, a link as its text.
 */
#ifndef LESSON_PROSE_H
#define LESSON_PROSE_H

#include <stddef.h>

#include "base/list.h"

struct arena;
struct str;

enum prose_style {
    PROSE_PLAIN = 0,
    PROSE_STRONG = 1,
    PROSE_EMPHASIS = 2,
    PROSE_CODE = 4,
    PROSE_HEADING = 8,
    PROSE_LINK = 16,
    PROSE_QUOTE = 32,
};

enum {
    PROSE_NESTING_MAX = 16,  /* lists and quotes inside each other */
    PROSE_COLUMNS_MAX = 16,  /* of a table */
    PROSE_WIDTH_MIN = 12,    /* narrower is treated as this */
    PROSE_LINES_MAX = 20000, /* of one text */
};

struct prose_span {
    const char *text; /* sanitised, one line */
    unsigned style;   /* of enum prose_style */
};

struct prose_line {
    LIST(struct prose_span) spans; /* none: an empty line */
};

struct prose {
    struct arena *arena; /* borrowed; holds everything */
    LIST(struct prose_line) lines;
};

/* Adds the lines of a text; no empty line stands before the first or after the last of them.  0, or
 * -1 with a sentence when the text is nested or shaped beyond the limits (what was added stays). */
int prose_add(struct prose *prose, const char *markdown, unsigned width, struct str *why);

/* Adds text that is no Markdown (a command, a label) in one style, wrapped, `prefix` before its
 * first line and blanks before the others. */
void prose_add_plain(struct prose *prose, const char *prefix, const char *text, unsigned style,
                     unsigned width);

/* Adds a Markdown text whose first line begins with `prefix`, the others with as many blanks. */
int prose_add_item(struct prose *prose, const char *prefix, const char *markdown, unsigned width,
                   struct str *why);

/* Visits where the text's links go: http(s) addresses, names of other files, anything. */
void prose_each_link(const char *markdown, void (*visit)(void *context, const char *target),
                     void *context);

/* Appends the lines as plain text, `indent` before each that is not empty. */
void prose_print(const struct prose *prose, const char *indent, struct str *out);

#endif
