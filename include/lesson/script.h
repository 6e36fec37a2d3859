/*
 * lesson/script.h - the lines of a block that acts: one command after another.
 */
#ifndef LESSON_SCRIPT_H
#define LESSON_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

struct command_io;
struct shell;
struct str;

/*
 * Takes the next command off *text into `line` (replaced), with the lines that it goes on in (an
 * open quote, a last backslash); blank lines and comments are left out.  False at the end.
 * const char *at = block->text; while (script_next(&at, &line)) ...
 */
bool script_next(const char **text, struct str *line);

/* How many commands that are. */
uint32_t script_count(const char *text);

enum { SCRIPT_SECONDS_MAX = 86400 /* simulated, that one block may take */ };

/* Runs a block without showing anything, up to its first command that fails, or until it has taken
 * too long.  0, or -1 with a sentence: the command and what it said. */
int script_run(struct shell *shell, const char *text, struct str *why);

#endif
