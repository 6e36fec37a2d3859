/*
 * cloud/guest_shell.h - what the rooms of a guest's shell share: for src/cloud/guest_*.c only.
 */
#ifndef CLOUD_GUEST_SHELL_H
#define CLOUD_GUEST_SHELL_H

#include "base/expand.h"
#include "cloud/guest_inside.h"

enum { SHELL_UNKNOWN = 127, SHELL_SYNTAX = 2, SHELL_DEPTH_MAX = 8 };

enum job_phase { PHASE_NEXT = 0, PHASE_WAITING, PHASE_ASKING };

/*
 * A job while it runs.
 *
 * A command that lasts cannot wait inside this program's own stack: the step is given up
 * (`suspended`), the variables are put back as they were at its beginning, and once the command's
 * time is over the step runs again. What had been done by then lies in the job's `effects`, in the
 * order of doing: those are told again instead of being done twice. So a sleep or a curl may stand
 * anywhere, in $(...) and in scripts that scripts run, and a job can be saved while it waits.
 */
struct shell {
    struct guests *guests;
    struct guest *guest;
    struct guest_job *job;
    struct arena *arena;
    struct str *out; /* the job's own: for telling what was printed in its order */
    struct str *err;
    struct str *both;
    size_t told_out; /* how much of out and err is in both */
    size_t told_err;
    struct str *trace; /* where `set -x` and $(...) write: standard error of the shell */
    uint32_t effect;   /* effects so far in this step */
    int depth;         /* of $( and of scripts that run scripts */
    int substituting;  /* of $( alone */
    int guarded;       /* left of a && or ||: `set -e` does not count here */
    int substituted;   /* status of the last $( of a command; -1: there was none */
    bool script;       /* reads a file, not the text after -c */
    bool exiting;      /* `exit` was said, or `set -e` or -u ended it */
    bool suspended;    /* this step is to be run again */
    bool unbound;      /* a variable that is not set was used under `set -u` */
    unsigned commands; /* run in this step */
    size_t kept;       /* bytes of effects */
};

/* ---- guest_variables.c ---- */

/* Variables, and under names that no variable has: options ("-e" "-u" "-x", "-p" for pipefail) and
 * what is exported ("!NAME"). */
void variable_set(struct guest_job *job, const char *name, const char *value);
const char *variable_find(const struct guest_job *job, const char *name);
bool option_set(const struct guest_job *job, const char *option);
/* For expansion: the value, or NULL; under `set -u` it complains. */
const char *shell_variable(void *context, const char *name);
/* `set WORDS`; the exit status. */
int shell_set(struct shell *shell, const struct expand_argv *argv, struct str *out,
              struct str *err);
int shell_export(struct shell *shell, const struct expand_argv *argv, struct str *out);
/* Options that a script's first line gives: "#!/bin/bash -xe".  False: it is for another program.
 */
bool shell_shebang(struct guest_job *job, const char *script);

/* What a subshell cannot change. */
struct shell_state {
    LIST(struct pair) variables;
    char *folder;
    int32_t status;
};
struct shell_state shell_state_keep(const struct guest_job *job);
void shell_state_return(struct guest_job *job, struct shell_state *state);
void shell_state_release(struct shell_state *state);
/* What a program gets: what is exported, or nothing; no options. */
void shell_state_program(struct guest_job *job, bool exported);

/* ---- guest_shell.c ---- */

/* Runs one pipeline of the list; the status. */
int shell_pipeline(struct shell *shell, const struct words_list *list, uint32_t at);
/* The first command after the pipeline. */
uint32_t shell_pipeline_end(const struct words_list *list, uint32_t at);
/* True when `set -e` ends the shell after that pipeline. */
bool shell_must_end(const struct shell *shell, const struct words_list *list, uint32_t end,
                    int status);
/* Runs a whole list, as $(...) and scripts in scripts are; the last status. */
int shell_list(struct shell *shell, const struct words_list *list, struct str *out,
               struct str *err);
/* True when the next effect was had before this step was given up: adds what it printed.  It may be
 * gone after the next effect. */
bool effect_again(struct shell *shell, struct guest_effect *effect, struct str *out,
                  struct str *err);
/* Notes an effect that has just been had; NULL: it printed nothing. */
void effect_done(struct shell *shell, int status, const struct str *out, const struct str *err);
/* Brings `both` up to date. */
void shell_tell(struct shell *shell);

/* ---- guest_programs.c ---- */

/* Runs what the words name, a program or a script; the status. */
int shell_program(struct shell *shell, struct guest_command *command);
uint16_t user_number(const char *user);

#endif
