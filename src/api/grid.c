/*
 * api/grid.c - sections of rows under heads, drawn with - + and |.
 *
 * True to awscli/table.py, measured: the rounding of column widths (half to even), the order in
 *         which single columns are corrected, and cells that touch when a column was squeezed.
 */
#include "api/grid.h"

#include <math.h>
#include <string.h>

#include "base/eaw.h"
#include "base/str.h"

enum {
    CELL_PADDING = 4, /* two blanks on each side; one of them is drawn over by the border */
    CELL_INDENT = 2,
    NO_TITLE_WIDTH = 4, /* a section without a title is counted as if it were "None" */
};

void grid_open_section(struct grid *grid, const char *title, size_t level)
{
    struct grid_section *section = arena_alloc(&grid->arena, sizeof(*section));

    section->title = arena_strdup(&grid->arena, title);
    section->level = level;
    *LIST_PUSH_IN(&grid->arena, &grid->sections) = section;
    grid->current = section;
}

struct grid_row grid_new_row(struct grid *grid, size_t count)
{
    return (struct grid_row){
        .cells = arena_alloc(&grid->arena, (count + 1) * sizeof(struct grid_cell)),
        .count = count,
    };
}

struct grid_cell grid_cell(struct grid *grid, const char *text, size_t length)
{
    return (struct grid_cell){
        .text = arena_strndup(&grid->arena, text, length),
        .length = length,
        .columns = eaw_columns(text, length),
    };
}

static int grid_widen(struct grid *grid, const struct grid_row *row)
{
    struct grid_section *section = grid->current;

    if (section->width_count == 0) {
        section->widths = arena_alloc(&grid->arena, (row->count + 1) * sizeof(size_t));
        section->width_count = row->count;
    }
    for (size_t i = 0; i < row->count; i++) {
        if (i >= section->width_count) {
            str_add(grid->error, "list index out of range");
            return -1;
        }
        if (row->cells[i].columns > section->widths[i])
            section->widths[i] = row->cells[i].columns;
    }
    return 0;
}

int grid_set_heads(struct grid *grid, struct grid_row heads)
{
    struct grid_section *section = grid->current;

    if (grid_widen(grid, &heads) != 0)
        return -1;
    if (!section->has_columns) {
        section->has_columns = true;
        section->columns = heads.count;
    }
    section->heads = heads;
    return 0;
}

int grid_add_row(struct grid *grid, struct grid_row row)
{
    struct grid_section *section = grid->current;

    if (!section->has_columns) {
        section->has_columns = true;
        section->columns = row.count;
    }
    if (row.count != section->columns) {
        str_addf(grid->error, "Row should have %zu elements, instead it has %zu", section->columns,
                 row.count);
        return -1;
    }
    *LIST_PUSH_IN(&grid->arena, &section->rows) = row;
    return grid_widen(grid, &row);
}

/* Drawing ----------------------------------------------------------------------------------------
 * */

/* What drawing needs to know; counts may go below zero where a column is squeezed. */
struct grid_pen {
    struct str *out;
    const struct grid_section *section;
    long *widths; /* of the columns, borders included; in the arena */
    long width;   /* of the section without its bars */
    bool color;
};

static void pen_blanks(const struct grid_pen *pen, long count)
{
    if (count > 0)
        str_fill(pen->out, ' ', (size_t)count);
}

static void pen_bars(const struct grid_pen *pen)
{
    for (size_t i = 0; i < pen->section->level; i++)
        str_add(pen->out, pen->color ? "\x1b[2m\x1b[33m|\x1b[0m" : "|");
}

static void pen_end_line(const struct grid_pen *pen)
{
    pen_bars(pen);
    str_addc(pen->out, '\n');
}

static void pen_centred(const struct grid_pen *pen, const struct grid_cell *cell, long width,
                        bool left_edge)
{
    long before = width / 2 - (long)cell->columns / 2 - 1;
    long used = (left_edge ? 1 : 0) + before + (long)cell->columns;

    if (left_edge)
        str_addc(pen->out, '|');
    pen_blanks(pen, before);
    str_addn(pen->out, cell->text, cell->length);
    pen_blanks(pen, width - 1 - used);
    str_addc(pen->out, '|');
}

static void pen_cell(const struct grid_pen *pen, const struct grid_cell *cell, long width,
                     bool left_edge)
{
    long edges = left_edge ? 2 : 1;
    long indent = width >= (long)cell->columns + CELL_INDENT + edges ? CELL_INDENT : 0;

    if (left_edge)
        str_addc(pen->out, '|');
    pen_blanks(pen, indent);
    if (pen->color)
        str_add(pen->out, "\x1b[1m\x1b[34m");
    str_addn(pen->out, cell->text, cell->length);
    if (pen->color)
        str_add(pen->out, "\x1b[0m");
    pen_blanks(pen, width - edges - indent - (long)cell->columns);
    str_addc(pen->out, '|');
}

static void pen_rule(const struct grid_pen *pen)
{
    pen_bars(pen);
    for (size_t i = 0; i < pen->section->width_count; i++) {
        long dashes = pen->widths[i] - (i == 0 ? 2 : 1);

        if (i == 0)
            str_addc(pen->out, '+');
        if (dashes > 0)
            str_fill(pen->out, '-', (size_t)dashes);
        str_addc(pen->out, '+');
    }
    pen_end_line(pen);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Scales the columns to fill the section, and evens out what rounding left: from the left when
 * there is too much, from the right when there is too little. */
static void pen_scale(const struct grid_pen *pen)
{
    size_t count = pen->section->width_count;
    double natural = 0.0;
    long sum = 0;

    for (size_t i = 0; i < count; i++)
        natural += (double)(pen->section->widths[i] + CELL_PADDING);
    double scale = (double)pen->width / natural;

    for (size_t i = 0; i < count; i++) {
        pen->widths[i] = (long)rint(scale * (double)(pen->section->widths[i] + CELL_PADDING));
        sum += pen->widths[i];
    }
    while (sum > pen->width) {
        for (size_t i = 0; i < count && sum > pen->width; i++, sum--)
            pen->widths[i]--;
    }
    while (sum < pen->width) {
        for (size_t i = count; i > 0 && sum < pen->width; i--, sum++)
            pen->widths[i - 1]++;
    }
}

static void pen_title(const struct grid_pen *pen)
{
    const struct grid_section *section = pen->section;
    struct grid_cell title = {.text = section->title};

    if (section->title == NULL || section->title[0] == '\0')
        return;
    title.length = strlen(section->title);
    title.columns = eaw_columns(title.text, title.length);
    pen_bars(pen);
    pen_centred(pen, &title, pen->width, true);
    pen_end_line(pen);
    if (section->heads.count > 0 || section->rows.count > 0)
        return;
    pen_bars(pen);
    str_addc(pen->out, '+');
    str_fill(pen->out, '-', pen->width > 2 ? (size_t)pen->width - 2 : 0);
    str_addc(pen->out, '+');
    pen_end_line(pen);
}

static void pen_section(const struct grid_pen *pen)
{
    const struct grid_section *section = pen->section;

    pen_title(pen);
    if (section->width_count == 0)
        return;
    pen_scale(pen);
    if (section->heads.count > 0) {
        pen_rule(pen);
        pen_bars(pen);
        for (size_t i = 0; i < smaller(section->heads.count, section->width_count); i++)
            pen_centred(pen, &section->heads.cells[i], pen->widths[i], i == 0);
        pen_end_line(pen);
    }
    if (section->rows.count == 0)
        return;
    pen_rule(pen);
    for (size_t i = 0; i < section->rows.count; i++) {
        const struct grid_row *row = &section->rows.items[i];

        pen_bars(pen);
        for (size_t c = 0; c < smaller(row->count, section->width_count); c++)
            pen_cell(pen, &row->cells[c], pen->widths[c], c == 0);
        pen_end_line(pen);
    }
    pen_rule(pen);
}

static size_t grid_section_width(const struct grid_section *section)
{
    size_t title = section->title == NULL ? (size_t)NO_TITLE_WIDTH
                                          : eaw_columns(section->title, strlen(section->title));
    size_t total = 0;

    for (size_t i = 0; i < section->width_count; i++)
        total += section->widths[i] + CELL_PADDING;
    if (title > total)
        total = title;
    return total + 2 + 2 * section->level;
}

static size_t grid_width(const struct grid *grid)
{
    size_t width = 0;

    for (size_t i = 0; i < grid->sections.count; i++) {
        size_t one = grid_section_width(grid->sections.items[i]);

        if (one > width)
            width = one;
    }
    return width;
}

/* Turns the sections with heads and one row on their side. */
static void grid_turn(struct grid *grid)
{
    for (size_t i = 0; i < grid->sections.count; i++) {
        struct grid_section *old = grid->sections.items[i];

        if (old->rows.count != 1 || old->heads.count == 0)
            continue;
        struct grid_section *turned = arena_alloc(&grid->arena, sizeof(*turned));
        const struct grid_row *only = &old->rows.items[0];

        turned->title = old->title;
        turned->level = old->level;
        grid->current = turned;
        for (size_t c = 0; c < smaller(old->heads.count, only->count); c++) {
            struct grid_row row = grid_new_row(grid, 2);

            row.cells[0] = old->heads.cells[c];
            row.cells[1] = only->cells[c];
            grid_add_row(grid, row);
        }
        grid->sections.items[i] = turned;
    }
}

void grid_draw(struct grid *grid, struct str *out, unsigned width_max, bool color)
{
    size_t width = grid_width(grid);

    if (width > width_max) {
        grid_turn(grid);
        width = grid_width(grid);
    }
    str_fill(out, '-', width);
    str_addc(out, '\n');
    for (size_t i = 0; i < grid->sections.count; i++) {
        const struct grid_section *section = grid->sections.items[i];
        struct grid_pen pen = {
            .out = out,
            .section = section,
            .widths = arena_alloc(&grid->arena, (section->width_count + 1) * sizeof(long)),
            .width = (long)width - 2 * (long)section->level,
            .color = color,
        };

        pen_section(&pen);
    }
}

void grid_release(struct grid *grid)
{
    arena_release(&grid->arena);
}
