/*
 * shell/exec.h - commands without a screen: `nephoscope exec`.
 */
#ifndef SHELL_EXEC_H
#define SHELL_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "shell/run.h"

struct exec_options {
    const char *script;       /* -f FILE; "-" is standard input; NULL: the words */
    bool keep_going;          /* -k: a failing command does not end the script */
    const char *const *words; /* one: a line; several: the words of one command */
    size_t word_count;
    /* Called when a command was answered, with what `context` is; NULL: nobody waits for it. */
    void (*answered)(void *context);
    void *context;
};

/* Runs; prints answers on standard output and errors on standard error, flushed after each
 * acknowledged command. Returns the exit code: of the last command, or of the first that failed. */
int exec_run(struct shell *shell, const struct exec_options *options);

/* Prints through the sanitiser: the one sink of everything that has no screen.  False when it could
 * not be written (a closed pipe, a full disk). */
bool exec_print(int fd, const char *text, size_t length);

#endif
