/*
 * shell/run_parts.h - the rooms that run a line, seen from one another.
 *
 * run.c walks the commands, expands their words and gives them to who answers; run_output.c sends
 * what they print where the line says: files, and programs after `|`.
 */
#ifndef SHELL_RUN_PARTS_H
#define SHELL_RUN_PARTS_H

#include "base/expand.h"
#include "shell/run.h"

/* One text that is being run. */
struct running {
    struct shell *shell;
    struct command_io *io;
    char status_text[16]; /* $? */
    bool substitution;    /* within $( ): nothing is shown before the whole line */
    bool substituted;     /* the words being expanded had a $( ): its status is an assignment's */
    bool held;            /* what is printed goes somewhere else than to the person */
    bool notes;           /* of several lines: the logbook gets its commands one by one */
    uint32_t noted;       /* the command from which on they have not yet, */
    struct logbook_place before; /* and where the session stood then */
};

/* ---- run.c ---- */

/* Runs one command of a list, its redirections too; the exit code. */
int run_command(struct running *running, const struct words_command *command);
/* Gives expanded words to who answers them; the exit code. */
int run_dispatch(struct running *running, const struct expand_argv *argv);
/* What asks `running` for variables and $(...). */
struct expand_host run_host(struct running *running);
/* Adds the beginning of a word that may be a pasted book. */
void run_add_shortened(struct str *out, const char *name);
/* Tells why an expansion failed; the exit code. */
int run_expansion_failed(struct running *running, int failure);

/* ---- run_output.c ---- */

/* Runs a command whose words are expanded, its output going where its redirections say. */
int run_redirected(struct running *running, const struct words_command *command,
                   const struct expand_argv *argv);
/* Runs `count` commands, of which each but the first is a program that reads what the one before
 * it prints.  Refused before the first of them runs: nothing is half done. */
int run_pipeline(struct running *running, const struct words_command *commands, uint32_t count);

#endif
