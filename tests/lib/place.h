/*
 * tests/lib/place.h - the program on a terminal, in a folder of its own.
 *
 * The state and the settings of whoever runs the tests are never read or written.
 */
#ifndef TESTS_PLACE_H
#define TESTS_PLACE_H

#include "pty.h"

struct place {
    char folder[64];
    char session[96]; /* a file in it, which is not there yet */
    const char *more; /* "NAME=value" for the program's environment, or NULL */
    /* What the program is told of the folder. */
    char state[96];
    char config[96];
    char inputrc[96];
};

void place_make(struct place *place);
/* Removes all that is in it. */
void place_drop(struct place *place);
/* Starts the program with these words, ten at most, NULL after the last. */
struct pty *place_start(const struct place *place, const char *const *words, int rows, int cols);
/* F10, and a fine end. */
void place_leave(struct pty *pty);

#endif
