/*
 * tui/sheet.h - rows of styled text that a person can walk through: what every view is made of.
 *
 * A view writes its rows anew when something has changed; the sheet keeps the person's place: the
 * selected row is found again by its id, the scroll position stays.  Drawing, walking, searching
 * and the terminal's cursor are the same for all.
 *
 *   sheet_begin(&sheet);
 *   sheet_row(&sheet, "i-0abc");            a row that can be selected; NULL: one that cannot
 *   sheet_cell(&sheet, THEME_TEXT, 14, "webserver01");
 *   sheet_addf(&sheet, THEME_GOOD, "%s running", "●");
 *   sheet_end(&sheet);
 */
#ifndef TUI_SHEET_H
#define TUI_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "tui/canvas.h"
#include "tui/theme.h"

struct sheet_span {
    uint32_t start; /* byte of the row's text; it ends where the next begins */
    uint8_t role;   /* enum theme_role */
};

struct sheet_row {
    struct str text; /* owned, as are the next two */
    char *id;        /* what the row is about; NULL: it cannot be selected */
    LIST(struct sheet_span) spans;
    uint32_t columns; /* of the text so far */
};

struct sheet {
    LIST(struct sheet_row) rows; /* owned */
    uint32_t used;               /* rows in use; the others keep their memory */
    uint32_t selected;           /* a row */
    uint32_t top;                /* the first row that is shown */
    uint32_t height;             /* so many fitted into the area when it was last drawn */
    uint32_t gap;                /* blank rows between two of them when it is drawn */
    char *selected_id;           /* owned; NULL: nothing can be selected */
    bool chosen;                 /* the cursor has stood on a row; else it is the first */
    bool past;                   /* the window went on below the last row that can be selected */
    struct str search;           /* what n and N look for */
    char *marked_id;             /* the row with the sign that points at it; owned; NULL: none */
};

#define SHEET_INIT {0}

void sheet_release(struct sheet *sheet);
/* Writing starts anew. */
void sheet_begin(struct sheet *sheet);
/* Writing is done: the selection is on its id again, or on the nearest row; while the cursor
 * was never in the sheet, on the first. */
void sheet_end(struct sheet *sheet);

/* A new row at the end; the following calls add to it. */
void sheet_row(struct sheet *sheet, const char *id);
void sheet_add(struct sheet *sheet, enum theme_role role, const char *text);
void sheet_addf(struct sheet *sheet, enum theme_role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Exactly so many columns: cut with an ellipsis, filled with blanks; negative: to the right edge
 * of -columns. */
void sheet_cell(struct sheet *sheet, enum theme_role role, int columns, const char *text);
/* Blanks up to a column; at least one when the row is there already. */
void sheet_to(struct sheet *sheet, uint32_t column);
/* A bar of so many columns, filled to so many thousandths. */
void sheet_bar(struct sheet *sheet, enum theme_role role, int columns, int64_t permille);
/* A cell of a curve, 0 to `most`, that is `height` rows high; row 0 is the lowest. */
struct sheet_level {
    double value; /* NAN: nothing there */
    double most;
    int row;
    int height;
};
void sheet_curve(struct sheet *sheet, enum theme_role role, const struct sheet_level *level);
/* A row of another sheet in exactly so many columns: cut, or filled with blanks; blanks alone when
 * it has no such row. */
void sheet_paste(struct sheet *sheet, const struct sheet *from, uint32_t row, int columns);
/* A row of its own, in one style; "" for a blank one. */
void sheet_line(struct sheet *sheet, enum theme_role role, const char *text);
/* Rows of words, broken at `columns`; those after the first begin with `indent` blanks. */
struct sheet_wrap {
    enum theme_role role;
    int columns;
    int indent;
};
void sheet_wrap(struct sheet *sheet, struct sheet_wrap how, const char *text);
/* The same from where the present row ends. */
void sheet_wrap_on(struct sheet *sheet, struct sheet_wrap how, const char *text);
/* Rows of a long text: its lines, broken at `columns`, at a blank where there is one near. */
void sheet_text(struct sheet *sheet, enum theme_role role, int columns, const char *text);

/* Draws what fits; with `focused` the selected row is shown and has the terminal's cursor. */
void sheet_draw(struct sheet *sheet, const struct canvas_area *area, const struct theme *theme,
                bool focused);

enum sheet_move {
    SHEET_UP,
    SHEET_DOWN,
    SHEET_PAGE_UP,
    SHEET_PAGE_DOWN,
    SHEET_TOP,
    SHEET_BOTTOM,
};
void sheet_move(struct sheet *sheet, enum sheet_move move);
/* To the next row (direction 1) or the one before (-1) that holds the search's text, in any case
 * of letters, going round.  False when there is none. */
bool sheet_find_next(struct sheet *sheet, int direction);
/* Puts a sign behind the selected row that stays with it, or takes it from there.  True: it is
 * there now. */
bool sheet_mark(struct sheet *sheet);
/* The text of the row with the sign; NULL: none has it.  Borrowed until the next row is written. */
const char *sheet_marked(const struct sheet *sheet);
/* The menu's cursor begins on the first row again. */
void sheet_restart(struct sheet *sheet);
/* The id of the selected row, or NULL. */
const char *sheet_selected(const struct sheet *sheet);
/* Selects a row that is shown at this row of the area (a click).  False when there is none. */
bool sheet_click(struct sheet *sheet, int row);
/* Rows below what is shown. */
uint32_t sheet_more(const struct sheet *sheet);
/* True when the text holds the other, in any case of (ASCII) letters. */
bool sheet_contains(const char *text, const char *part);

#endif
