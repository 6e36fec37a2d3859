/*
 * shell/fault_plan.h - fault plans: what is to break, and when, as lines of text that can be kept,
 * sent to others and done again.
 *
 *   # the rush
 *   lab inject-fault --kind slow-server --instance-id $B1 --factor 5 --after 60 --duration 120
 *   lab inject-fault --kind fail-zone --availability-zone us-east-1a --fault-name dark
 *                    --when "lab describe-traffic --query 'sum(Streams[].Completed)' > 600"
 *   lab clear-fault --fault-name dark
 *
 * A plan is no script: it holds inject-fault and clear-fault of `lab`, and in them $NAME and
 * $( one command that only reads ), so that it fits worlds with other ids.  Whoever wrote it, it
 * can do nothing else.
 */
#ifndef SHELL_FAULT_PLAN_H
#define SHELL_FAULT_PLAN_H

#include <stddef.h>

#include "api/word.h"

struct shell;
struct str;

enum { FAULT_PLAN_BYTES_MAX = 64 << 10, FAULT_PLAN_COMMANDS_MAX = 200 };

/* Looks at a plan without running anything.  How many commands it has, or -1 with one sentence,
 * "line N: ...". */
int fault_plan_check(const char *text, size_t size, struct str *why);

/*
 * Runs a plan that fault_plan_check() found right: each command that is accepted is a row of the
 * journal.  One that is refused is told in io->err, and the next goes on; Ctrl-C ends it.  Returns
 * how many were refused.
 */
int fault_plan_run(struct shell *shell, const char *text, struct command_io *io);

/* Appends what is broken and what waits as such a plan: the first at once, the others as much later
 * as they were.  Ids become $NAME where a variable of the session holds them. */
void fault_plan_write(struct shell *shell, struct str *out);

/* The word fault-plan; its owner is the shell. */
int fault_plan_word(struct word_call *call);

#endif
