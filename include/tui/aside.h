/*
 * tui/aside.h - what a learner may say while a command waits for time that an instructor has
 * stopped: hand and hint need no time, and are answered at once.
 */
#ifndef TUI_ASIDE_H
#define TUI_ASIDE_H

#include <stdbool.h>

#include "base/list.h"
#include "shell/run.h"

/* Is the line one of those?  What a shell would do more with it is in quotes. */
bool aside_is(const struct shell *shell, const char *line);
/* Runs it, within the command that waits; the exit code. */
int aside_run(struct shell *shell, const char *line, struct command_io *io);

/* Lines that were typed meanwhile and are to be run afterwards; owned, in their order. */
struct aside_later {
    LIST(char *) lines;
};

/* Reads a line, if one was typed, from a terminal that gives whole lines, and runs it or keeps it
 * for later; what is to be shown is appended to io.  False: the terminal gives nothing more. */
bool aside_listen(struct aside_later *later, int terminal, struct shell *shell,
                  struct command_io *io);
/* The next one, for the caller to free; NULL when there is none. */
char *aside_next(struct aside_later *later);
void aside_release(struct aside_later *later);

#endif
