/*
 * lesson/pane.h - the lesson as lines of styled text: for the screen's lesson pane, and for plain
 * mode.
 */
#ifndef LESSON_PANE_H
#define LESSON_PANE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "lesson/prose.h"

struct runner;

enum pane_kind {
    PANE_PROSE,
    PANE_COMMAND, /* a line that can be put into the prompt */
    PANE_NEXT,    /* the one that the key puts there now */
    PANE_DONE,    /* a check that is achieved */
    PANE_OPEN,    /* a check that is not, and its else text */
    PANE_HINT,
    PANE_COFFEE,
    PANE_QUESTION, /* a predict or quiz, and what it teaches */
    PANE_OPTION,   /* one of its options, with its number */
    PANE_NOTE,     /* what the program says: "`next` goes on" */
    PANE_TEACH,    /* for the instructor only: notes, their commands, the solution */
    PANE_BAR,      /* the hands for the option before it */
};

struct pane_line {
    enum pane_kind kind;
    struct prose_line text; /* its marks are text too: colour is never the only signal */
};

/* A step is read in parts: up to the next line to run, and when that was run, the next part. */
enum pane_extent { PANE_PART, PANE_WHOLE };

struct pane {
    struct arena arena; /* owns everything */
    const char *title;  /* the lesson's, or what the list is called; sanitised */
    const char *step;   /* the step's title; "" in the list */
    unsigned number;    /* of the step, from 1; 0 in the list */
    unsigned steps;
    unsigned part; /* of the step, from 0 */
    bool complete;
    const char *line; /* what the key puts into the prompt; NULL: nothing */
    const char *view; /* the view that goes with the step; NULL: none is named */
    LIST(struct pane_line) lines;
};

/* Where the lesson stands, laid out for so many columns; without a lesson, the list of them.  To be
 * released. */
void pane_build(struct pane *pane, const struct runner *runner, unsigned width,
                enum pane_extent extent);
void pane_release(struct pane *pane);

/* Appends it as plain text, title first. */
void pane_print(const struct pane *pane, struct str *out);

#endif
