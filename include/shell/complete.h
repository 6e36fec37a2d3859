/*
 * shell/complete.h - what could stand at the cursor: Tab.
 *
 * Everything offered comes from the tables that run the line: words, services, operations, options
 * not yet given, allowed words, and live ids with their names.
 */
#ifndef SHELL_COMPLETE_H
#define SHELL_COMPLETE_H

#include <stddef.h>

#include "shell/line.h"
#include "shell/run.h"

/* Fills in what could replace the text between candidates->start and the cursor (a byte offset). */
void complete_line(struct shell *shell, const char *text, size_t cursor,
                   struct line_candidates *candidates);

#endif
