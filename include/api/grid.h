/*
 * api/grid.h - sections of rows under heads, drawn as the AWS CLI draws a table.
 *
 *     -----------------------        the top rule, once
 *     |  DescribeInstances  |        title of a section
 *     +------------+--------+
 *     |  Id        |  Name  |        heads, centred
 *     +------------+--------+
 *     |  i-0abc    |  web   |        rows: to the left, after two blanks where there is room
 *     +------------+--------+
 *     ||       Tags        ||        a section one level deeper: a bar more on each side
 *
 * All sections are as wide as the widest.  If that is wider than the terminal, every section with
 * heads and one row is turned on its side (head | cell) and the width is taken anew; it may still
 * be wider.  Widths are those of base/eaw.  Texts are drawn as they are: sanitise at the sink.
 *
 *   struct grid grid = {.error = &error};
 *   grid_open_section(&grid, "Things", 0);
 *   row = grid_new_row(&grid, 1);
 *   row.cells[0] = grid_cell(&grid, "a", 1);
 *   grid_add_row(&grid, row);
 *   grid_draw(&grid, &out, 80, false);
 *   grid_release(&grid);
 */
#ifndef API_GRID_H
#define API_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "base/mem.h"

struct str;

struct grid_cell {
    const char *text; /* in the arena */
    size_t length;
    size_t columns;
};

struct grid_row {
    struct grid_cell *cells; /* in the arena */
    size_t count;
};

struct grid_section {
    const char *title; /* in the arena; NULL for none */
    size_t level;      /* bars on each side */
    struct grid_row heads;
    LIST(struct grid_row) rows; /* in the arena */
    size_t *widths;             /* of the widest cell of each column; in the arena */
    size_t width_count;
    size_t columns;             /* that each row must have */
    bool has_columns;           /* the first row or heads have said how many */
};

/* Zero, but for `error`, is the empty grid. */
struct grid {
    struct arena arena;
    LIST(struct grid_section *) sections; /* in the arena */
    struct grid_section *current;
    struct str *error; /* borrowed; gets the CLI's message when a row does not fit */
};

/* Begins a section; rows and heads go there from now on.  The title is copied and may be NULL. */
void grid_open_section(struct grid *grid, const char *title, size_t level);
/* A row of so many cells, to be filled by the caller. */
struct grid_row grid_new_row(struct grid *grid, size_t count);
/* A cell with a copy of the text. */
struct grid_cell grid_cell(struct grid *grid, const char *text, size_t length);
/* Both return 0, or -1 with a message when the section's rows have another number of cells. */
int grid_set_heads(struct grid *grid, struct grid_row heads);
int grid_add_row(struct grid *grid, struct grid_row row);
/* Draws it all; there must be a section.  With `color`, cells are blue and bars yellow. */
void grid_draw(struct grid *grid, struct str *out, unsigned width_max, bool color);
void grid_release(struct grid *grid);

#endif
