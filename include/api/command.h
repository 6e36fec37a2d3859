/*
 * api/command.h - a whole `aws` or `lab` command: words in, the CLI's bytes and exit code out.
 *
 * The order is that of RELIABILITY part 1: parse, validate, apply, make durable, and only then
 * answer.
 */
#ifndef API_COMMAND_H
#define API_COMMAND_H

#include <stddef.h>

#include <jansson.h>

#include "api/commander.h"

/*
 * Runs one command, its words after the program's name ("aws", "lab").  Appends what it prints;
 * returns its exit code.
 */
int command_run(struct commander *commander, const char *program, const char *const *words,
                size_t count, struct command_io *io);

/*
 * Runs an operation from a word of the prompt (`curl`, `ssh`): parameters as JSON, durable when it
 * writes. 0 with the answer (a new reference); else the exit code, with the error text in io->err.
 */
int command_invoke(struct commander *commander, const struct op *op, json_t *params,
                   json_t **answer, struct command_io *io);

#endif
