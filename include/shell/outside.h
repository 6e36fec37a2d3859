/*
 * shell/outside.h - what lies outside of the cloud: programs of this machine, and files by their
 * paths.
 *
 * Only lines that a person typed come here, never what a lesson or a session file brings: the
 * caller asks session_is_person() first (RELIABILITY 4.2 and 4.4).  A program gets no terminal and
 * no way to AWS: it reads a pipe, writes into pipes, and finds neither credentials nor an endpoint
 * in its environment.
 */
#ifndef SHELL_OUTSIDE_H
#define SHELL_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>

struct str;

enum {
    OUTSIDE_PROGRAMS_MAX = 16,        /* of one line */
    OUTSIDE_OUTPUT_MAX = 16 << 20,    /* bytes that they may print; then they are stopped */
    OUTSIDE_SCRIPT_MAX = 16 << 20,    /* bytes of a script */
    EXIT_NOT_EXECUTABLE = 126,        /* as shells say it */
};

/* The program's path, in fresh memory: NAME itself where it holds a slash, else found in PATH.
 * NULL when there is none. */
char *outside_find(const char *name);

/* A chain of programs: `first | second`. */
struct outside_chain {
    char *const *const *argv; /* one argv for each, argv[0] as typed, ended by NULL */
    const char *const *paths; /* outside_find()'s */
    size_t count;             /* 1 to OUTSIDE_PROGRAMS_MAX */
    const char *input;        /* what the first reads */
    size_t input_size;
    void *context;
    bool (*stop)(void *context); /* asked 50 times a second: Ctrl-C?  Then all are ended */
};

/*
 * Runs them to their end; appends what the last prints to `out`, and what any says on standard
 * error, or what went wrong, to `err`.  Returns the last one's exit code, 128 and a signal's
 * number, 126 when one cannot be started, 130 when stopped, 255 when they print too much.
 */
int outside_run(const struct outside_chain *chain, struct str *out, struct str *err);

/*
 * Opens a regular file to be written anew, or at its end; it is made when it is not there.  `not`
 * names a file that must not be it (the session's own; may be NULL).  -1 with a sentence.
 */
int outside_open(const char *path, bool append, const char *not, struct str *why);
/* Writes and closes.  0, or -1 with a sentence. */
int outside_write(int fd, const char *path, const char *bytes, size_t size, struct str *why);

/*
 * The whole of a script in fresh memory, ended by NUL: a regular file or, with `any`, whatever can
 * be read ("-" is standard input).  NULL with a sentence: it cannot be read, is longer than 16 MiB,
 * or holds a zero byte.
 */
char *outside_script(const char *path, bool any, struct str *why);

#endif
