/*
 * shell/run.h - a typed line is run: words, variables, $(...), ; && ||, and who answers which word.
 */
#ifndef SHELL_RUN_H
#define SHELL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/command.h"
#include "api/word.h"
#include "shell/session.h"

enum {
    EXIT_NOT_FOUND = 127, /* no such command, as shells say it */
    SHELL_TABLES_MAX = 12,
    SHELL_SCRIPTS_MAX = 16, /* `source` within `source` */
};

struct shell;
struct typed;

/* `ssh` without a command: every line goes to the guest until `exit`. */
struct shell_guest {
    int (*line)(struct shell *shell, const char *line, struct command_io *io); /* shell/ssh's */
    uint64_t instance; /* 0: no session */
    char *user;        /* owned */
    char *prompt;      /* "[ec2-user@3.80.1.2 ~]$ "; owned */
    int64_t job;       /* the last command: the next goes on with its folder and variables */
};

struct shell {
    struct session *session; /* borrowed */
    struct word_table tables[SHELL_TABLES_MAX];
    size_t table_count;
    int status; /* of the last command: $? */
    bool quit;  /* the word quit was run */
    bool short_aws;    /* a person types: `ec2 ...` alone in a line stands for `aws ec2 ...` */
    const char *line;  /* the text that is being run; NULL between texts */
    uint64_t answered; /* commands that ended, of typed texts, not of $( ) */
    /* Called when a command of a line has been answered and what it printed can be shown; NULL: at
     * the end. */
    void (*printed)(void *context, struct command_io *io);
    void *context;
    struct typed *typed; /* a person types: their aliases, borrowed; NULL: nobody does */
    unsigned scripts;    /* how many `source` run within each other */
    unsigned stopped;    /* the line at which a text that was to stop did; 0: it did not */
    bool stop_told;      /* the innermost `source` said where it stopped */
    struct shell_guest guest; /* a session inside an instance, while there is one */
};

void shell_init(struct shell *shell, struct session *session);
void shell_add_words(struct shell *shell, const struct word *words, void *owner);
/* The word of that name, with its owner; NULL when no table has it. */
const struct word *shell_word_find(const struct shell *shell, const char *name, void **owner);

/*
 * The service that the text's first word names, when it may stand there without `aws`: a person
 * types, and no word has that name.  Else NULL.  The text may be unfinished.
 */
const struct service *shell_short_service(const struct shell *shell, const char *text);
/* May the text be run so?  It must be that one command and no more. */
bool shell_is_short(const struct shell *shell, const char *text);

/* How far a text is a whole line. */
enum shell_form { SHELL_COMPLETE, SHELL_MORE, SHELL_BAD };
/* Looks at a text without running it: SHELL_MORE means that a quote or $( is open. */
enum shell_form shell_form(const char *text);
/* How many commands a text has at its top level, a pipeline being one; 0 when it is no text to run.
 */
size_t shell_count(const char *text);

/*
 * What to ask a person before a pasted or edited text is run: "run these 2 commands? [y/N] ".
 * False when it cannot be run, with a line that says why, which `explain` then speaks of.
 */
bool shell_question(const struct shell *shell, const char *text, struct str *question);

/* Runs a text of one or several lines.  Appends to io; returns the exit code of the last command
 * that ran.  With `stop`, ends after the first command that fails (`stopped` is then its line). */
int shell_run(struct shell *shell, const char *text, bool stop, struct command_io *io);

/*
 * A line as it was typed: adds it to `line` with `!!` as `last` (NULL: there is none), to be shown
 * and remembered.  0, or an exit code with the reason in `err`.
 */
int shell_read_typed(struct shell *shell, const char *text, const char *last, struct str *line,
                     struct str *err);
/* Runs such a line, its aliases filled in.  As shell_run() without `stop`. */
int shell_run_typed(struct shell *shell, const char *line, struct command_io *io);

/* The shell's own words: echo, export, unset, set, cat, save, history... */
extern const struct word shell_words[];

#endif
