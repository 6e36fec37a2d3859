/*
 * tui/layout.h - where things stand on the screen: status, lesson, view, transcript, foot.
 *
 *   80 x 24                                    from 100 columns on
 *   status                                     status
 *   - view (or lesson) -----------             - lesson --- | - view -----------
 *   rows                                       text         | rows
 *   - transcript -----------------             - transcript --------------------
 *   what was answered                          what was answered
 *   $ the prompt                               $ the prompt
 *   keys                                       keys
 *
 * The transcript, with the prompt, has at least a third of the height.
 */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include <stdbool.h>

#include "tui/canvas.h"
#include "tui/theme.h"

enum {
    LAYOUT_ROWS_MIN = 24,
    LAYOUT_COLS_MIN = 80,
    LAYOUT_COLS_WIDE = 100, /* from here on the lesson and the view stand side by side */
};

enum layout_zoom { LAYOUT_ALL, LAYOUT_VIEW_ONLY, LAYOUT_TRANSCRIPT_ONLY };

struct layout_wish {
    int rows;
    int cols;
    enum layout_zoom zoom;
    bool lesson;     /* where only one fits: the lesson rather than the view */
    int prompt_rows; /* that the typed line takes */
};

/* A rectangle without a canvas; rows 0: not shown. */
struct layout_place {
    int row;
    int col;
    int rows;
    int cols;
};

struct layout {
    bool too_small; /* nothing else is set */
    struct layout_place status;
    struct layout_place lesson_head; /* the line with its title; and so on */
    struct layout_place lesson;
    struct layout_place view_head;
    struct layout_place view;
    struct layout_place between; /* the line that parts them */
    struct layout_place transcript_head;
    struct layout_place transcript;
    struct layout_place prompt;
    struct layout_place foot;
};

void layout_compute(struct layout *layout, const struct layout_wish *wish);
struct canvas_area layout_area(struct canvas *canvas, const struct layout_place *place);
/* What is needed, and that q quits, in a window that is too small for more. */
void layout_draw_too_small(struct canvas *canvas, const struct theme *theme);

#endif
