/*
 * api/command.h - a whole `aws` or `lab` command: words in, the CLI's bytes and exit code out.
 *
 * The order is that of RELIABILITY part 1: parse, validate, apply, make durable, and only then
 * answer.
 */
#ifndef API_COMMAND_H
#define API_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "api/arguments.h"
#include "api/invoke.h"
#include "api/output.h"
#include "base/str.h"

/* Where a command prints; also what words of the prompt are given. */
struct command_io {
    struct str *out;
    struct str *err;
};

/* What an acknowledged command was: enough to do it again. */
struct command_record {
    const struct op *op;
    uint64_t account;
    uint8_t region;
    const json_t *params;
};

/* Who runs commands: the session's settings, and what only the floors above can do. */
struct commander {
    struct caller caller;
    enum output_format output;
    const char *profile; /* the session's, for --profile and sts */
    unsigned width;      /* columns, for tables */
    bool color;
    const struct file_source *files; /* may be NULL */
    void *context;                   /* for the functions below */
    /*
     * Makes a write operation durable, after it was applied and before it is answered.  0, or -1
     * with a sentence appended to `why`; then the caller has put the world back.  NULL: nothing is
     * kept.
     */
    int (*commit)(void *context, const struct command_record *record, struct str *why);
    /*
     * Lets simulated time pass to `until` (ns), showing `what` is waited for.  0, or -1 when
     * interrupted (Ctrl-C). NULL: time passes at once.
     */
    int (*advance)(void *context, int64_t until, const char *what);
    /* The last refusal, for `explain`; NULL: nobody wants it. */
    void (*refused)(void *context, const struct fault_kind *kind, const char *message);
};

/*
 * The session's account of a profile name; false when there is no such profile.  "default" is the
 * learner's.
 */
bool commander_profile(const struct world *world, const char *profile, uint64_t *account);

/*
 * Runs one command, its words after the program's name ("aws", "lab").  Appends what it prints;
 * returns its exit code.
 */
int command_run(struct commander *commander, const char *program, const char *const *words,
                size_t count,
                struct command_io *io);

/*
 * Runs an operation from a word of the prompt (`curl`, `ssh`): parameters as JSON, durable when it
 * writes. 0 with the answer (a new reference); else the exit code, with the error text in io->err.
 */
int command_invoke(struct commander *commander, const struct op *op, json_t *params,
                   json_t **answer,
                   struct command_io *io);

/* Moves simulated time through the commander; 0, or -1 when interrupted. */
int commander_advance(struct commander *commander, int64_t until, const char *what);

#endif
