/*
 * shell/line_parts.h - the rooms of the line, seen from one another.
 *
 * line.c is the cage of readline, line_keys.c what needs none of it.
 */
#ifndef SHELL_LINE_PARTS_H
#define SHELL_LINE_PARTS_H

#include "shell/line.h"

/* The bytes of a key that is the screen's. */
struct line_sequence {
    const char *bytes;
    int key;    /* of enum line_key */
    bool in_vi; /* bound in vi's keymaps too */
};
enum { LINE_SEQUENCES = 42 };
extern const struct line_sequence line_sequences[LINE_SEQUENCES];

/* How many leading bytes two candidates share, in whole characters. */
size_t line_shared_length(const char *a, const char *b);

#endif
