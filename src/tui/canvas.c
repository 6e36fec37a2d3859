/*
 * tui/canvas.c - a picture made of cells, and what views draw on it.
 *
 * Owns    the cells of each canvas.  A wide character takes two cells, the right one with no
 *         columns of its own; whoever overwrites one half blanks the other, so that no half
 *         remains.
 */
#include "tui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct twin {
    uint32_t code;
    char ascii;
};
enum { TWINS = 71 };
static const struct twin twins[TWINS];

static const struct canvas_cell blank_cell = {.codes = {' '}, .columns = 1};

/* Cells. */

static struct canvas_cell *cell_of(const struct canvas *canvas, int row, int col)
{
    return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

/* The place on the canvas; false when it lies outside the area or the canvas. */
static bool locate(const struct canvas_area *area, int *row, int *col)
{
    if (*row < 0 || *col < 0 || *row >= area->rows || *col >= area->cols)
        return false;
    *row += area->row;
    *col += area->col;
    return *row >= 0 && *col >= 0 && *row < area->canvas->rows && *col < area->canvas->cols;
}

/* Blanks the other half of a wide character, before this half is overwritten. */
static void break_wide(struct canvas *canvas, int row, int col)
{
    struct canvas_cell *cell = cell_of(canvas, row, col);

    if (cell->columns == 0 && col > 0) {
        cell[-1].columns = 1;
        memcpy(cell[-1].codes, blank_cell.codes, sizeof(cell->codes));
    } else if (cell->columns == 2 && col + 1 < canvas->cols) {
        cell[1].columns = 1;
        memcpy(cell[1].codes, blank_cell.codes, sizeof(cell->codes));
    }
}

static uint32_t twin_of(uint32_t code)
{
    if (code < 0x7f)
        return code;
    for (const struct twin *twin = twins; twin < twins + TWINS; twin++) {
        if (twin->code == code)
            return (uint32_t)twin->ascii;
    }
    return '?';
}

/* Puts a character with its marks; its columns must fit. */
static void put_cell(const struct canvas_area *area, struct canvas_at at,
                     const struct canvas_cell *cell)
{
    int row = at.row;
    int col = at.col;
    struct canvas *canvas = area->canvas;
    struct canvas_cell put = *cell;

    if (!locate(area, &row, &col))
        return;
    if (put.columns == 2 && (at.col + 1 >= area->cols || col + 1 >= canvas->cols)) {
        memcpy(put.codes, blank_cell.codes, sizeof(put.codes));
        put.columns = 1;
    }
    for (int i = 0; i < put.columns; i++)
        break_wide(canvas, row, col + i);
    if (canvas->ascii) {
        uint32_t code = twin_of(put.codes[0]);

        for (int i = 0; i < cell->columns; i++)
            *cell_of(canvas, row, col + i) =
                (struct canvas_cell){.codes = {code}, .style = cell->style, .columns = 1};
        return;
    }
    *cell_of(canvas, row, col) = put;
    if (put.columns == 2)
        *cell_of(canvas, row, col + 1) = (struct canvas_cell){.style = put.style, .columns = 0};
}

static void put_code(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                     uint32_t code)
{
    const struct canvas_cell cell = {.codes = {code}, .style = style, .columns = 1};

    put_cell(area, at, &cell);
}

/* Life. */

void canvas_init(struct canvas *canvas, int rows, int cols)
{
    *canvas = (struct canvas){0};
    canvas_reset(canvas, rows, cols);
}

void canvas_release(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

void canvas_reset(struct canvas *canvas, int rows, int cols)
{
    size_t count;

    rows = rows < 1 ? 1 : rows;
    cols = cols < 1 ? 1 : cols;
    count = (size_t)rows * (size_t)cols;
    if (canvas->cells == NULL || rows != canvas->rows || cols != canvas->cols)
        canvas->cells = xrealloc(canvas->cells, count * sizeof(*canvas->cells));
    canvas->rows = rows;
    canvas->cols = cols;
    canvas->cursor_shown = false;
    for (size_t i = 0; i < count; i++)
        canvas->cells[i] = blank_cell;
}

void canvas_copy(struct canvas *to, const struct canvas *from)
{
    struct canvas_cell *cells = to->cells;
    size_t size = (size_t)from->rows * (size_t)from->cols * sizeof(*cells);

    if (cells == NULL || to->rows != from->rows || to->cols != from->cols)
        cells = xrealloc(cells, size);
    *to = *from;
    to->cells = cells;
    memcpy(cells, from->cells, size);
}

struct canvas_area canvas_all(struct canvas *canvas)
{
    return (struct canvas_area){.canvas = canvas, .rows = canvas->rows, .cols = canvas->cols};
}

/* Cuts the stretch [*start, *start + *length) to [0, size). */
static void cut(int *start, int *length, int size)
{
    if (*start < 0) {
        *length += *start;
        *start = 0;
    }
    if (*start > size)
        *start = size;
    if (*length > size - *start)
        *length = size - *start;
    if (*length < 0)
        *length = 0;
}

struct canvas_area canvas_part(const struct canvas_area *area, struct canvas_area part)
{
    cut(&part.row, &part.rows, area->rows);
    cut(&part.col, &part.cols, area->cols);
    part.row += area->row;
    part.col += area->col;
    part.canvas = area->canvas;
    return part;
}

struct canvas_area canvas_inside(const struct canvas_area *area)
{
    return canvas_part(
        area,
        (struct canvas_area){.row = 1, .col = 1, .rows = area->rows - 2, .cols = area->cols - 2});
}

/* Drawing. */

static int room_at(const struct canvas_area *area, struct canvas_at at)
{
    int room = area->cols - at.col;

    return at.cols > 0 && at.cols < room ? at.cols : room;
}

/* The cells of one piece of sanitised text: a character, or an escape of several. */
static int put_piece(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                     const struct utf8_cell *piece)
{
    struct canvas_cell cell = {.style = style, .columns = (uint8_t)piece->columns};
    size_t used = 0;

    if (piece->bytes == piece->escape) {
        for (size_t i = 0; i < piece->length; i++, at.col++)
            put_code(area, at, style, (unsigned char)piece->escape[i]);
        return (int)piece->length;
    }
    for (size_t i = 0; i < 1 + UTF8_MARKS_MAX && used < piece->length; i++)
        used += utf8_decode(piece->bytes + used, piece->length - used, &cell.codes[i]);
    put_cell(area, at, &cell);
    return (int)piece->columns;
}

int canvas_text(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                const char *text)
{
    int room = room_at(area, at);
    size_t length = strlen(text);
    size_t offset = 0;
    int drawn = 0;
    struct utf8_cell piece;

    while (utf8_next_cell(text + offset, length - offset, UTF8_KEEP_NOTHING, &piece)) {
        struct canvas_at place = {.row = at.row, .col = at.col + drawn};

        if (drawn + (int)piece.columns > room)
            break;
        drawn += put_piece(area, place, style, &piece);
        offset += piece.source;
    }
    return drawn;
}

int canvas_label(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                 const char *text)
{
    int room = room_at(area, at);
    size_t length = strlen(text);

    if (room <= 0)
        return 0;
    if (utf8_fit(text, length, (size_t)room) == length)
        return canvas_text(area, at, style, text);
    at.cols = room - 1;
    room = at.cols == 0 ? 0 : canvas_text(area, at, style, text);
    at.col += room;
    put_code(area, at, style, 0x2026);
    return room + 1;
}

/* Goes on at the next row when so many columns do not fit into this one. */
static void break_row(struct canvas_at *at, int need, int width)
{
    if (at->col > 0 && at->col + need > width) {
        at->row++;
        at->col = 0;
    }
}

void canvas_flow(const struct canvas_area *area, struct canvas_style style, const char *text,
                 struct canvas_flow *flow)
{
    size_t length = strlen(text);
    size_t offset = 0;
    struct canvas_at at = {.row = -flow->first};
    struct utf8_cell piece = {.columns = 1};
    bool more = true;

    while (more) {
        more = utf8_next_cell(text + offset, length - offset, UTF8_KEEP_NEWLINE, &piece);
        break_row(&at, more ? (int)piece.columns : 1, area->cols);
        if (offset == flow->cursor) {
            flow->cursor_row = at.row + flow->first;
            flow->cursor_col = at.col;
            flow->rows = at.row + flow->first + 1;
        }
        if (more && piece.columns > 0)
            at.col += put_piece(area, at, style, &piece);
        else if (more)
            at = (struct canvas_at){.row = at.row + 1};
        offset += more ? piece.source : 0;
        if (more && at.row + flow->first >= flow->rows)
            flow->rows = at.row + flow->first + 1;
    }
}

int canvas_printf(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  const char *format, ...)
{
    char text[1024]; /* longer than any row that is worth formatting; the rest is cut */
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return canvas_text(area, at, style, text);
}

void canvas_fill(const struct canvas_area *area, struct canvas_style style)
{
    for (int row = 0; row < area->rows; row++) {
        for (int col = 0; col < area->cols; col++)
            put_code(area, (struct canvas_at){.row = row, .col = col}, style, ' ');
    }
}

void canvas_restyle(const struct canvas_area *area, struct canvas_at at, struct canvas_style style)
{
    for (int i = 0, room = room_at(area, at); i < room; i++) {
        int row = at.row;
        int col = at.col + i;

        if (locate(area, &row, &col))
            cell_of(area->canvas, row, col)->style = style;
    }
}

void canvas_hline(const struct canvas_area *area, struct canvas_at at, struct canvas_style style)
{
    for (int room = room_at(area, at); room > 0; room--, at.col++)
        put_code(area, at, style, 0x2500);
}

void canvas_vline(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  int length)
{
    for (; length > 0; length--, at.row++)
        put_code(area, at, style, 0x2502);
}

void canvas_box(const struct canvas_area *area, struct canvas_style style, const char *title)
{
    int bottom = area->rows - 1;
    int right = area->cols - 1;

    if (bottom < 1 || right < 1)
        return;
    canvas_hline(area, (struct canvas_at){0}, style);
    canvas_hline(area, (struct canvas_at){.row = bottom}, style);
    canvas_vline(area, (struct canvas_at){0}, style, bottom);
    canvas_vline(area, (struct canvas_at){.col = right}, style, bottom);
    put_code(area, (struct canvas_at){0}, style, 0x250c);
    put_code(area, (struct canvas_at){.col = right}, style, 0x2510);
    put_code(area, (struct canvas_at){.row = bottom}, style, 0x2514);
    put_code(area, (struct canvas_at){.row = bottom, .col = right}, style, 0x2518);
    if (title != NULL && right > 4) {
        int used =
            canvas_label(area, (struct canvas_at){.col = 2, .cols = right - 3}, style, title);

        put_code(area, (struct canvas_at){.col = 1}, style, ' ');
        put_code(area, (struct canvas_at){.col = 2 + used}, style, ' ');
    }
}

void canvas_bar(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                int permille)
{
    int room = room_at(area, at);
    int full = permille <= 0 ? 0 : permille >= 1000 ? room : (permille * room + 500) / 1000;

    for (int i = 0; i < room; i++, at.col++)
        put_code(area, at, style, i < full ? 0x2588 : 0x2591);
}

void canvas_spark(const struct canvas_area *area, struct canvas_at at, struct canvas_style style,
                  const struct canvas_series *series)
{
    static const uint32_t levels[] = {' ', 0x2581, 0x2582, 0x2583, 0x2585, 0x2587};
    int room = room_at(area, at);
    size_t shown = room <= 0 ? 0 : series->count < (size_t)room ? series->count : (size_t)room;
    const int64_t *values = series->values + (series->count - shown);
    int64_t max = series->max;

    for (size_t i = 0; i < shown && series->max <= 0; i++)
        max = values[i] > max ? values[i] : max;
    at.col += room - (int)shown;
    for (size_t i = 0; i < shown; i++, at.col++) {
        size_t level = 0;

        if (values[i] > 0)
            level =
                values[i] >= max ? 5 : 1 + (size_t)((double)(values[i] - 1) / (double)max * 5.0);
        put_code(area, at, style, levels[level > 5 ? 5 : level]);
    }
}

void canvas_cursor(const struct canvas_area *area, struct canvas_at at)
{
    if (!locate(area, &at.row, &at.col))
        return;
    area->canvas->cursor_shown = true;
    area->canvas->cursor_row = at.row;
    area->canvas->cursor_col = at.col;
}

/* Reading. */

void canvas_row_text(const struct canvas *canvas, int row, struct str *out)
{
    size_t start = out->length;
    size_t end = start; /* behind the last character that is no blank */

    for (int col = 0; col < canvas->cols; col++) {
        const struct canvas_cell *cell = cell_of(canvas, row, col);

        for (size_t i = 0; i <= UTF8_MARKS_MAX && cell->codes[i] != 0; i++) {
            char bytes[4];

            str_addn(out, bytes, utf8_encode(cell->codes[i], bytes));
        }
        if (cell->codes[0] != ' ' && cell->codes[0] != 0)
            end = out->length;
    }
    if (out->length > end)
        str_cut(out, end);
}

void canvas_diff(const struct canvas *old, const struct canvas *new,
                 void (*changed)(void *context, int row, int col, int cols), void *context)
{
    bool all = old->cells == NULL || old->rows != new->rows || old->cols != new->cols;

    for (int row = 0; row < new->rows; row++) {
        const struct canvas_cell *a = all ? NULL : cell_of(old, row, 0);
        const struct canvas_cell *b = cell_of(new, row, 0);
        int start = -1;

        for (int col = 0; col <= new->cols; col++) {
            bool differs = col < new->cols && (all || memcmp(&a[col], &b[col], sizeof(*a)) != 0);

            if (differs && start < 0)
                start = col > 0 && b[col].columns == 0 ? col - 1 : col;
            if (!differs && start >= 0) {
                changed(context, row, start, col - start);
                start = -1;
            }
        }
    }
}

_Static_assert(sizeof(struct canvas_cell) == (2 + UTF8_MARKS_MAX) * 4,
               "cells are compared byte by byte");

static const struct twin twins[TWINS] = {
    {.code = 0x00b5, .ascii = 'u'}, /* µ */
    {.code = 0x00b7, .ascii = '.'}, /* · */
    {.code = 0x00d7, .ascii = 'x'}, /* × */
    {.code = 0x2013, .ascii = '-'}, /* – */
    {.code = 0x2014, .ascii = '-'}, /* — */
    {.code = 0x2022, .ascii = '*'}, /* • */
    {.code = 0x2026, .ascii = '~'}, /* … */
    {.code = 0x2039, .ascii = '<'}, /* ‹ */
    {.code = 0x203a, .ascii = '>'}, /* › */
    {.code = 0x2190, .ascii = '<'}, /* ← */
    {.code = 0x2191, .ascii = '^'}, /* ↑ */
    {.code = 0x2192, .ascii = '>'}, /* → */
    {.code = 0x2193, .ascii = 'v'}, /* ↓ */
    {.code = 0x21b5, .ascii = '<'}, /* ↵ */
    {.code = 0x2264, .ascii = '<'}, /* ≤ */
    {.code = 0x2265, .ascii = '>'}, /* ≥ */
    {.code = 0x23ce, .ascii = '<'}, /* ⏎ */
    {.code = 0x2500, .ascii = '-'}, /* ─ */
    {.code = 0x2502, .ascii = '|'}, /* │ */
    {.code = 0x2504, .ascii = '-'}, /* ┄ */
    {.code = 0x250a, .ascii = '|'}, /* ┊ */
    {.code = 0x250c, .ascii = '+'}, /* ┌ */
    {.code = 0x2510, .ascii = '+'}, /* ┐ */
    {.code = 0x2514, .ascii = '+'}, /* └ */
    {.code = 0x2518, .ascii = '+'}, /* ┘ */
    {.code = 0x251c, .ascii = '+'}, /* ├ */
    {.code = 0x2524, .ascii = '+'}, /* ┤ */
    {.code = 0x252c, .ascii = '+'}, /* ┬ */
    {.code = 0x2534, .ascii = '+'}, /* ┴ */
    {.code = 0x253c, .ascii = '+'}, /* ┼ */
    {.code = 0x254c, .ascii = '-'}, /* ╌ */
    {.code = 0x2550, .ascii = '='}, /* ═ */
    {.code = 0x2551, .ascii = '|'}, /* ║ */
    {.code = 0x256d, .ascii = '+'}, /* ╭ */
    {.code = 0x256e, .ascii = '+'}, /* ╮ */
    {.code = 0x256f, .ascii = '+'}, /* ╯ */
    {.code = 0x2570, .ascii = '+'}, /* ╰ */
    {.code = 0x2580, .ascii = '^'}, /* ▀ */
    {.code = 0x2581, .ascii = '_'}, /* ▁ */
    {.code = 0x2582, .ascii = '.'}, /* ▂ */
    {.code = 0x2583, .ascii = '-'}, /* ▃ */
    {.code = 0x2584, .ascii = '_'}, /* ▄ */
    {.code = 0x2585, .ascii = '='}, /* ▅ */
    {.code = 0x2586, .ascii = '+'}, /* ▆ */
    {.code = 0x2587, .ascii = '#'}, /* ▇ */
    {.code = 0x2588, .ascii = '#'}, /* █ */
    {.code = 0x258c, .ascii = '|'}, /* ▌ */
    {.code = 0x2590, .ascii = '|'}, /* ▐ */
    {.code = 0x2591, .ascii = '.'}, /* ░ */
    {.code = 0x2592, .ascii = ':'}, /* ▒ */
    {.code = 0x2593, .ascii = '%'}, /* ▓ */
    {.code = 0x25a0, .ascii = '#'}, /* ■ */
    {.code = 0x25a1, .ascii = 'o'}, /* □ */
    {.code = 0x25aa, .ascii = '*'}, /* ▪ */
    {.code = 0x25ae, .ascii = '#'}, /* ▮ */
    {.code = 0x25af, .ascii = 'o'}, /* ▯ */
    {.code = 0x25b2, .ascii = '^'}, /* ▲ */
    {.code = 0x25b6, .ascii = '>'}, /* ▶ */
    {.code = 0x25b8, .ascii = '>'}, /* ▸ */
    {.code = 0x25bc, .ascii = 'v'}, /* ▼ */
    {.code = 0x25be, .ascii = 'v'}, /* ▾ */
    {.code = 0x25c0, .ascii = '<'}, /* ◀ */
    {.code = 0x25c6, .ascii = '*'}, /* ◆ */
    {.code = 0x25c7, .ascii = 'o'}, /* ◇ */
    {.code = 0x25cb, .ascii = 'o'}, /* ○ */
    {.code = 0x25cc, .ascii = 'o'}, /* ◌ */
    {.code = 0x25cf, .ascii = '*'}, /* ● */
    {.code = 0x25d0, .ascii = '%'}, /* ◐ */
    {.code = 0x263a, .ascii = '@'}, /* ☺ */
    {.code = 0x2713, .ascii = '+'}, /* ✓ */
    {.code = 0x2717, .ascii = 'x'}, /* ✗ */
};
