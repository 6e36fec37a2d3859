/*
 * tui/console.h - the full-screen console.
 *
 * Runs until the person ends it.  The prompt has the keys at the start; F-keys turn the views; Esc
 * goes to the view.  Simulated time runs in slices of at most 10 ms, so that any key answers.
 */
#ifndef TUI_CONSOLE_H
#define TUI_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lesson/seat.h"
#include "shell/logbook.h"
#include "shell/run.h"
#include "tui/film.h"
#include "tui/lesson_pane.h"

/* Bytes of one line of a refusal that are shown; what is in its middle is left out. */
enum { CONSOLE_REFUSAL_MAX = 800 };

struct logbook_entry;

struct console_answers {
    void *context;
    /* Appends what the line printed; false when that is not known. */
    bool (*find)(void *context, const struct logbook_entry *line, struct command_io *io);
};

struct console_options {
    struct shell *shell;        /* with its words; the screen's own are added to it */
    int64_t (*now)(void);       /* a clock that never goes back, ns */
    int64_t speed;              /* simulated seconds a second; 0: time stands still */
    const char *theme;          /* a name of tui/theme, or NULL */
    bool ascii;
    bool no_color;
    bool mouse;
    const char *history;        /* a file, or NULL */
    const char *notice;         /* a line to begin with, or NULL */
    const struct logbook *earlier; /* its last lines stand there already; NULL: none */
    const struct console_answers *answers; /* to them; NULL: only the lines are known */
    const char *first;          /* a command to begin with ("lesson highway"), or NULL */
    const struct console_lesson *lesson; /* NULL: there are no lessons */
    struct seat *seat;          /* in a class; NULL: in none */
    const struct console_film *film;     /* NULL: none runs */
    const char *note;           /* stands in the status line all the time, or NULL */
    void (*tick)(void *context); /* called every second or so, or NULL */
    void *tick_context;
};

/* Returns the exit code, 128 and its number when a signal ended it; what went wrong before the
 * screen was taken stands in `why`. */
int console_run(const struct console_options *options, struct str *why);

#endif
