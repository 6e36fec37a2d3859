/*
 * tui/canvas.h - a picture made of cells, and what views draw on it.
 *
 * A view draws into an area (a rectangle of a canvas) in the area's own coordinates; nothing it
 * draws can leave it. All text passes the sanitiser.  Draw with Unicode: on a canvas with `ascii`
 * set, each character that the house uses becomes its ASCII twin of the same width by itself (and
 * one without a twin becomes `?`).
 *
 * A canvas knows no terminal: tui/term puts it on one, tests read its rows.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utf8.h"

struct str;

/* The terminal's own sixteen colours, and its default; zero is "as the terminal has it". */
enum canvas_color {
    CANVAS_DEFAULT,
    CANVAS_BLACK,
    CANVAS_RED,
    CANVAS_GREEN,
    CANVAS_YELLOW,
    CANVAS_BLUE,
    CANVAS_MAGENTA,
    CANVAS_CYAN,
    CANVAS_WHITE,
    CANVAS_BRIGHT_BLACK, /* the bright ones in the same order */
    CANVAS_BRIGHT_RED,
    CANVAS_BRIGHT_GREEN,
    CANVAS_BRIGHT_YELLOW,
    CANVAS_BRIGHT_BLUE,
    CANVAS_BRIGHT_MAGENTA,
    CANVAS_BRIGHT_CYAN,
    CANVAS_BRIGHT_WHITE,
    CANVAS_COLORS,
};

enum canvas_attribute {
    CANVAS_BOLD = 1,
    CANVAS_DIM = 2,
    CANVAS_REVERSE = 4,
    CANVAS_UNDERLINE = 8,
};

struct canvas_style {
    uint8_t fg; /* of enum canvas_color */
    uint8_t bg;
    uint8_t attributes; /* of enum canvas_attribute */
};

struct canvas_cell {
    uint32_t codes[1 + UTF8_MARKS_MAX]; /* a character and its marks; zeros behind */
    struct canvas_style style;
    uint8_t columns; /* 1 or 2; 0 for the right half of a wide character */
};

struct canvas {
    int rows;
    int cols;
    bool ascii;
    bool cursor_shown;
    int cursor_row;
    int cursor_col;
    struct canvas_cell *cells; /* rows * cols; owned */
};

/* A rectangle of a canvas.  May be empty, or lie partly outside: what is outside is not drawn. */
struct canvas_area {
    struct canvas *canvas; /* borrowed */
    int row;
    int col;
    int rows;
    int cols;
};

/* A place in an area, and how many columns may be used from there (0: up to the area's edge). */
struct canvas_at {
    int row;
    int col;
    int cols;
};

/* A blank picture.  Sizes below 1 count as 1. */
void canvas_init(struct canvas *canvas, int rows, int cols);
void canvas_release(struct canvas *canvas);
/* Blank again, with no cursor; with a new size if it is one. */
void canvas_reset(struct canvas *canvas, int rows, int cols);
void canvas_copy(struct canvas *to, const struct canvas *from);

struct canvas_area canvas_all(struct canvas *canvas);
/* A part of an area, in the area's coordinates (`part.canvas` is not read), cut to it. */
struct canvas_area canvas_part(const struct canvas_area *area, struct canvas_area part);
/* The area within its border. */
struct canvas_area canvas_inside(const struct canvas_area *area);

/* Draws one line of text from a place on, cut at the limit.  Returns the columns drawn. */
int canvas_text(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                const char *text);
/* The same, and a text that does not fit ends in an ellipsis. */
int canvas_label(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                 const char *text);
int canvas_printf(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A text in as many rows as it needs, such as a long prompt line. */
struct canvas_flow {
    size_t cursor; /* in: a byte offset whose place is wanted */
    int first;     /* in: the first row of the text that is drawn, in the area's first row */
    int rows; /* out: how many rows the text takes, the one of a cursor behind its end included */
    int cursor_row; /* out: of the text, not of the area; the caller subtracts `first` */
    int cursor_col;
};
/* Draws the text over the area's whole width, broken where a row is full and at newlines.  Draw it
 * into an area without rows first, to learn how many rows to give it. */
void canvas_flow(const struct canvas_area *area, struct canvas_style style, const char *text,
                 struct canvas_flow *flow);
/* Makes the whole area blank in a style. */
void canvas_fill(const struct canvas_area *area, struct canvas_style style);
/* Gives the cells of one row of the area another style, and leaves their text (a selected row). */
void canvas_restyle(const struct canvas_area *area, struct canvas_at at, struct canvas_style style);
/* A border along the area's edge, with a title in it (NULL for none). */
void canvas_box(const struct canvas_area *area, struct canvas_style style, const char *title);
/* Lines from a place on; `cols` is the length of the first, `length` of the second. */
void canvas_hline(const struct canvas_area *area, struct canvas_at at, struct canvas_style style);
void canvas_vline(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  int length);
/* A bar of at.cols columns, filled to so many thousandths. */
void canvas_bar(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                int permille);

/* A row of little columns, the newest value at the right; 0 is blank, anything more is seen. */
struct canvas_series {
    const int64_t *values; /* oldest first; borrowed */
    size_t count;
    int64_t max; /* the value of a full column; 0 or less: the largest that is shown */
};
void canvas_spark(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  const struct canvas_series *series);

/* Puts the terminal's cursor here; the last call before painting counts. */
void canvas_cursor(const struct canvas_area *area, struct canvas_at at);

/* Adds the text of one row, without the blanks at its end. */
void canvas_row_text(const struct canvas *canvas, int row, struct str *out);
/* Calls `changed` for each run of cells in which the pictures differ, in order, never cutting a
 * wide character. Pictures of different sizes differ everywhere. */
void canvas_diff(const struct canvas *old, const struct canvas *new,
                 void (*changed)(void *context, int row, int col, int cols), void *context);

#endif
