/*
 * tui/plain.h - the console as lines of text: --plain, and wherever there is no screen.
 *
 * The same prompt, lesson and events; `view NAME` prints a view's rows.  With a terminal, time runs
 * while the prompt waits and events are lines between; without one, time stands still between
 * commands, as with `exec`.
 */
#ifndef TUI_PLAIN_H
#define TUI_PLAIN_H

#include "tui/console.h"

/* Returns the exit code. */
int plain_run(const struct console_options *options);

#endif
