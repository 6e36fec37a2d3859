/*
 * api/wait.h - `aws SERVICE wait NAME`: asking again and again, in simulated time, until it is so.
 *
 * True to botocore's waiters: delay, attempts, acceptors and failure texts.
 */
#ifndef API_WAIT_H
#define API_WAIT_H

#include <jansson.h>

#include "api/arguments.h"
#include "api/commander.h"

/*
 * Runs the waiter with checked parameters.  Returns the exit code: 0, 255 with the CLI's text
 * appended to io->err, or 130 when interrupted.
 */
int wait_run(struct commander *commander, const struct arguments *arguments,
             const struct caller *caller, struct command_io *io);

#endif
