/*
 * tests/lib/program.h - the program, run to its end inside a test.
 *
 * A run has its own environment (LC_ALL=C.UTF-8, TZ unset, the caller's PATH; nothing of AWS's,
 * nothing of the person's), its own standard input, and everything it prints is kept.
 *
 *   struct program_run run = {.words = PROGRAM_WORDS("exec", "true")};
 *   program_run(&run);
 *   assert_int_equal(run.status, 0);
 *   program_run_release(&run);
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

#define PROGRAM_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

struct program_run {
    const char *const *words; /* after the program's name; NULL at the end */
    const char *const *env;   /* "NAME=value" or "NAME" (unset), NULL at the end; may be NULL */
    const char *input;        /* standard input; NULL: /dev/null */
    size_t input_size;        /* 0: as long as the string */
    const char *folder;       /* the working directory; NULL: the present one */
    bool fixed_addresses;     /* without address space randomisation */
    int timeout_ms;           /* 0: a minute */
    /* What came of it. */
    int status; /* exit status, 128 + a signal's number, or -1: it was killed for taking too long */
    struct str out;
    struct str err;
    int64_t cpu_us; /* of the whole process, user and system */
};

/* The program to test: $NEPHOSCOPE. */
const char *program_path(void);
/* Runs it to its end. */
void program_run(struct program_run *run);
void program_run_release(struct program_run *run);
/* Starts `exec` with the words and returns its process; its standard output goes to `*out`. */
pid_t program_start(const char *const *words, const char *folder, int *out);

/* Runs one line in a session file of a folder; gives the exit status.  Either text may be NULL. */
int program_exec(const char *folder, const char *line, struct str *out, struct str *err);

/* A fresh folder below /tmp, for the caller to free and remove. */
char *program_folder(void);
void program_folder_remove(char *folder);
void program_file(const char *folder, const char *name, const void *bytes, size_t size);
/* The state hash (64 hex digits) of the session file, and its last row; false when it cannot be
 * opened. */
bool program_state(const char *folder, const char *name, char hash[65], int64_t *seq);

/* No byte that a terminal would obey, but the newline and the tab. */
bool program_is_plain(const struct str *text);

#endif
