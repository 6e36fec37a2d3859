/*
 * tui/breaking.h - the menu of what can break: opened over a view for the row that is selected.
 *
 * It offers the kinds of fault that apply to the row, asks for what is needed, and types the
 * command, `lab inject-fault ...`, into the prompt: nothing is broken before Enter is pressed
 * there.  The argument is the row's id.
 */
#ifndef TUI_BREAKING_H
#define TUI_BREAKING_H

#include "tui/view.h"

extern const struct view_ops view_breaking;

/* Is a row of that id about something that can be broken: an instance, a host, a zone, a Region, a
 * queue? */
bool breaking_applies(const char *id);

#endif
