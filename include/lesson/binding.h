/*
 * lesson/binding.h - the variable of a line NAME=$(...), when the learner ran the command without
 * it.
 *
 * Later lines of the lesson name it: `--target-group-arn $TG`.  Whoever typed the command alone, or
 * under a name of their own, has done the step, and the variable is given to them.
 */
#ifndef LESSON_BINDING_H
#define LESSON_BINDING_H

#include <stdbool.h>

struct shell;
struct str;

/* The name that such a line sets, into `name` (replaced); false when it is no such line. */
bool binding_name(const char *line, struct str *name);

/* Does the session have no value for it?  "None" is none: so the CLI writes null as text. */
bool binding_is_missing(const struct shell *shell, const char *name);

/*
 * `typed` was run and did what `shown`, a line NAME=$(...), does: gives NAME the value that `shown`
 * would have given it, out of the answer that `typed` had.  False when it stays as it was.
 */
bool binding_make(struct shell *shell, const char *shown, const char *typed);

/* Runs the line as it stands, with what it prints; a failure leaves the variable as it was. */
struct command_io;
int binding_run(struct shell *shell, const char *line, struct command_io *io);

#endif
