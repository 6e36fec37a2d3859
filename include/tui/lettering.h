/*
 * tui/lettering.h - text in letters that are three rows high, to be read from the last row of a
 * room.
 */
#ifndef TUI_LETTERING_H
#define TUI_LETTERING_H

#include <stdbool.h>

#include "tui/canvas.h"

enum { LETTERING_ROWS = 3 };

/* The columns that it takes; 0 when there is no such letter for one of its characters. */
int lettering_columns(const char *text);
/* Draws it at a place of the area, which has room for it. */
void lettering_draw(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                    const char *text);

#endif
