/*
 * shell/ssh.h - the word ssh: a command, or a whole session, inside an instance.
 *
 * First a real simulated connection to port 22 (security groups, a system that is up), then the
 * key, then the user: each can refuse, in ssh's own words and with its exit code 255.  A session
 * without a command lasts until `exit`: the shell gives it every line (struct shell_guest).
 */
#ifndef SHELL_SSH_H
#define SHELL_SSH_H

#include "shell/run.h"

/* Owner: the struct shell. */
int ssh_run(struct word_call *call);
#endif
