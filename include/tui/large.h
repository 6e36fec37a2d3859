/*
 * tui/large.h - a lesson's question in letters that are three rows high, for those in the last row
 * of a room.
 */
#ifndef TUI_LARGE_H
#define TUI_LARGE_H

#include <stdbool.h>

#include "tui/canvas.h"
#include "tui/lesson_pane.h"
#include "tui/theme.h"

/* Draws the pane's question, the hands for each answer beside it and why the right one is right.
 * False, and nothing is drawn, when it does not fit or has characters without such a letter: there
 * must be room for the hands before they are counted, so that nothing moves when they are. */
bool large_question(const struct lesson_pane *pane, const struct canvas_area *area,
                    const struct theme *theme);

#endif
