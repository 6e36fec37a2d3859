/*
 * api/word.h - a word of the prompt that is not `aws` or `lab`: curl, ssh, hint, view...
 *
 * Each floor exports one const table of the words that it fulfils; main joins the tables and gives
 * each its owner.  A short word is a thin alias for operations, and its sentence says which (DESIGN
 * 5.2).
 */
#ifndef API_WORD_H
#define API_WORD_H

#include <stddef.h>

#include "api/command.h"

struct word_call {
    void *owner;                 /* whose table the word is in: the shell, the lesson, the screen */
    struct commander *commander; /* for operations */
    const char *const *words;    /* words[0] is the word itself */
    size_t count;
    struct command_io io;
};

struct word {
    const char *name;
    const char *synopsis;               /* "curl [-s] [-i] URL" */
    const char *doc;                    /* one sentence, naming the operations it stands for */
    int (*run)(struct word_call *call); /* the exit code */
};

struct word_table {
    const struct word *words; /* ended by a NULL name */
    void *owner;
};

#endif
