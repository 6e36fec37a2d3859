/*
 * tests/shots/svg.c - a screen as a picture: an SVG of its cells.
 *
 * Each row is cut into runs of cells that look alike.  A run becomes one <text>, as wide as its
 * cells (textLength) whatever font the viewer has; frames and bars become one <path> of rectangles.
 * Colours are classes, so that one media query turns the picture from light to dark.
 */
#include "svg.h"

#include <stdbool.h>
#include <string.h>

#include "pty.h"

#include "base/str.h"
#include "base/utf8.h"

/* In tenths of a pixel, so that no floating point is printed. */
enum {
    CELL_W = 84,
    CELL_H = 180,
    BASELINE = 134,
    MARGIN = 120,
    LINE_W = 12,
};

enum { DOUBLE = 0x2550 }; /* the frame of the place that has the keys */

enum { UP = 1, RIGHT = 2, DOWN = 4, LEFT = 8 };

/* Frames: which arms a character has, from the middle of its cell. */
static int arms_of(uint32_t code)
{
    static const struct {
        uint32_t code;
        int arms;
    } arms[] = {
        {0x2500, LEFT | RIGHT},
        {0x2502, UP | DOWN},
        {0x250c, RIGHT | DOWN},
        {0x2510, LEFT | DOWN},
        {0x2514, RIGHT | UP},
        {0x2518, LEFT | UP},
        {0x251c, UP | DOWN | RIGHT},
        {0x2524, UP | DOWN | LEFT},
        {0x252c, LEFT | RIGHT | DOWN},
        {0x2534, LEFT | RIGHT | UP},
        {0x253c, UP | RIGHT | DOWN | LEFT},
    };

    for (size_t i = 0; i < sizeof(arms) / sizeof(arms[0]); i++) {
        if (arms[i].code == code)
            return arms[i].arms;
    }
    return 0;
}

static bool is_shape(uint32_t code)
{
    return arms_of(code) != 0 || code == DOUBLE || (code >= 0x2581 && code <= 0x2593);
}

static uint32_t code_of(const struct pty_cell *cell)
{
    const char *text = cell->text;
    uint32_t code = (unsigned char)text[0];
    int more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;

    if (more > 0)
        code &= 0x3fU >> more;
    for (int i = 1; i <= more; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3fU);
    return code;
}

static void add_tenths(struct str *out, int tenths)
{
    str_addf(out, tenths % 10 == 0 ? "%d" : "%d.%d", tenths / 10, tenths % 10);
}

static void add_attribute(struct str *out, const char *name, int tenths)
{
    str_addf(out, " %s=\"", name);
    add_tenths(out, tenths);
    str_addc(out, '"');
}

struct box {
    int x;
    int y;
    int w;
    int h;
};

static void add_box(struct str *out, struct box box)
{
    str_addc(out, 'M');
    add_tenths(out, box.x);
    str_addc(out, ' ');
    add_tenths(out, box.y);
    str_addc(out, 'h');
    add_tenths(out, box.w);
    str_addc(out, 'v');
    add_tenths(out, box.h);
    str_add(out, "h-");
    add_tenths(out, box.w);
    str_addc(out, 'z');
}

static void add_frame(struct str *out, int arms, int x, int y)
{
    int half_w = CELL_W / 2;
    int half_h = CELL_H / 2;
    int half = LINE_W / 2;
    int left = (arms & LEFT) != 0 ? 0 : half_w - half;
    int right = (arms & RIGHT) != 0 ? CELL_W : half_w + half;
    int top = (arms & UP) != 0 ? 0 : half_h - half;
    int bottom = (arms & DOWN) != 0 ? CELL_H : half_h + half;

    if ((arms & (LEFT | RIGHT)) != 0)
        add_box(out, (struct box){x + left, y + half_h - half, right - left, LINE_W});
    if ((arms & (UP | DOWN)) != 0)
        add_box(out, (struct box){x + half_w - half, y + top, LINE_W, bottom - top});
}

static void add_shape(struct str *out, uint32_t code, int x, int y)
{
    int arms = arms_of(code);
    int eighths = (int)code - 0x2580;

    if (arms != 0) {
        add_frame(out, arms, x, y);
    } else if (code == DOUBLE) {
        add_box(out, (struct box){x, y + CELL_H / 2 - 2 * LINE_W, CELL_W, LINE_W});
        add_box(out, (struct box){x, y + CELL_H / 2 + LINE_W, CELL_W, LINE_W});
    } else if (code <= 0x2588) { /* a column, so many eighths high */
        int height = CELL_H * eighths / 8;

        add_box(out, (struct box){x, y + CELL_H - height, CELL_W, height});
    } else if (code <= 0x258f) { /* a bar, so many eighths wide */
        add_box(out, (struct box){x, y, CELL_W * (16 - eighths) / 8, CELL_H});
    } else if (code == 0x2590) {
        add_box(out, (struct box){x + CELL_W / 2, y, CELL_W / 2, CELL_H});
    } else { /* a shade: its class says how much ink */
        add_box(out, (struct box){x, y, CELL_W, CELL_H});
    }
}

/* Other glyphs than ASCII's may come from another font, so each begins at its own place. */
static bool stands_alone(const struct pty_cell *cell)
{
    return code_of(cell) > 0x7e && !is_shape(code_of(cell));
}

/* 1 to 3 for the shades from light to dark, else 0. */
static int shade_of(const struct pty_cell *cell)
{
    uint32_t code = code_of(cell);

    return code >= 0x2591 && code <= 0x2593 ? (int)code - 0x2590 : 0;
}

static bool looks_like(const struct pty_cell *a, const struct pty_cell *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->bold == b->bold && a->dim == b->dim &&
           a->underline == b->underline && a->reverse == b->reverse &&
           is_shape(code_of(a)) == is_shape(code_of(b)) && shade_of(a) == shade_of(b) &&
           !stands_alone(a) && !stands_alone(b);
}

/* The class of a colour: of the palette, or of the page (`paper`) or its text. */
static void add_class(struct str *out, int color, const char *otherwise)
{
    if (color >= 0 && color < 16)
        str_addf(out, "c%d", color);
    else
        str_add(out, otherwise);
}

static void add_looks(struct str *out, const struct pty_cell *cell)
{
    str_add(out, " class=\"");
    if (cell->reverse)
        add_class(out, cell->bg, "paper");
    else
        add_class(out, cell->fg, "ink");
    str_add(out, cell->bold ? " bold" : "");
    str_add(out, cell->dim ? " dim" : "");
    if (shade_of(cell) > 0)
        str_addf(out, " shade%d", shade_of(cell));
    str_add(out, cell->underline ? " under" : "");
    str_addc(out, '"');
}

static void add_escaped(struct str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            str_add(out, "&amp;");
        else if (*text == '<')
            str_add(out, "&lt;");
        else if (*text == '"')
            str_add(out, "&quot;");
        else
            str_addc(out, *text);
    }
}

struct run {
    struct pty *pty;
    struct pty_cell looks;
    int row;
    int col;
    int cols;
};

static void add_background(struct str *out, const struct run *run)
{
    int color = run->looks.reverse ? run->looks.fg : run->looks.bg;

    if (!run->looks.reverse && color < 0)
        return;
    str_add(out, "<rect class=\"");
    add_class(out, color, "ink");
    str_addc(out, '"');
    add_attribute(out, "x", MARGIN + run->col * CELL_W);
    add_attribute(out, "y", MARGIN + run->row * CELL_H);
    add_attribute(out, "width", run->cols * CELL_W);
    add_attribute(out, "height", CELL_H);
    str_add(out, "/>\n");
}

static void add_run(struct str *out, const struct run *run)
{
    bool shapes = is_shape(code_of(&run->looks));
    struct pty_cell cell;

    str_add(out, shapes ? "<path" : "<text");
    add_looks(out, &run->looks);
    if (shapes) {
        str_add(out, " d=\"");
    } else {
        add_attribute(out, "x", MARGIN + run->col * CELL_W);
        add_attribute(out, "y", MARGIN + run->row * CELL_H + BASELINE);
        add_attribute(out, "textLength", run->cols * CELL_W);
        str_addc(out, '>');
    }
    for (int col = run->col; col < run->col + run->cols; col++) {
        pty_cell(run->pty, run->row, col, &cell);
        if (shapes)
            add_shape(out, code_of(&cell), MARGIN + col * CELL_W, MARGIN + run->row * CELL_H);
        else if (cell.text[0] == ' ')
            str_add(out, "\xc2\xa0"); /* one that no viewer drops */
        else
            add_escaped(out, cell.text);
    }
    str_add(out, shapes ? "\"/>\n" : "</text>\n");
}

static bool is_blank(const struct pty_cell *cell)
{
    return strcmp(cell->text, " ") == 0 && !cell->underline;
}

/* Viewers disagree about blanks at the ends of a text, so there are none. */
static void trim(struct run *run)
{
    struct pty_cell cell;

    for (; run->cols > 0; run->cols--) {
        pty_cell(run->pty, run->row, run->col + run->cols - 1, &cell);
        if (!is_blank(&cell))
            break;
    }
    for (; run->cols > 0; run->cols--, run->col++) {
        pty_cell(run->pty, run->row, run->col, &cell);
        if (!is_blank(&cell))
            break;
    }
}

static void add_row(struct str *out, struct pty *pty, int row, int cols)
{
    struct pty_cell cell;

    for (int col = 0; col < cols;) {
        struct run run = {.pty = pty, .row = row, .col = col};

        pty_cell(pty, row, col, &run.looks);
        cell = run.looks;
        do {
            run.cols += cell.cols > 1 ? cell.cols : 1;
            col = run.col + run.cols;
            if (col < cols)
                pty_cell(pty, row, col, &cell);
        } while (col < cols && looks_like(&run.looks, &cell));
        add_background(out, &run);
        trim(&run);
        if (run.cols > 0)
            add_run(out, &run);
    }
}

static void add_head(struct str *out, const struct svg_picture *picture)
{
    str_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ");
    add_tenths(out, picture->cols * CELL_W + 2 * MARGIN);
    str_addc(out, ' ');
    add_tenths(out, picture->rows * CELL_H + 2 * MARGIN);
    str_add(out, "\">\n<title>");
    add_escaped(out, picture->title);
    str_add(out, "</title>\n<style>\n"
                 "text { font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; "
                 "white-space: pre; }\n"
                 ".bold { font-weight: bold; } .dim { opacity: 0.6; } "
                 ".under { text-decoration: underline; } .shade1 { fill-opacity: 0.25; } "
                 ".shade2 { fill-opacity: 0.5; } .shade3 { fill-opacity: 0.75; }\n"
                 ".paper { fill: #ffffff; } .ink { fill: #24292f; } .edge { stroke: #d0d7de; }\n"
                 ".c0 { fill: #24292f; } .c1 { fill: #b3261e; } .c2 { fill: #1a7f37; } "
                 ".c3 { fill: #8a5a00; }\n"
                 ".c4 { fill: #0550ae; } .c5 { fill: #8250df; } .c6 { fill: #0b6477; } "
                 ".c7 { fill: #57606a; }\n"
                 ".c8 { fill: #6e7781; } .c9 { fill: #cf222e; } .c10 { fill: #2da44e; } "
                 ".c11 { fill: #9a6700; }\n"
                 ".c12 { fill: #0969da; } .c13 { fill: #a475f9; } .c14 { fill: #1b7c83; } "
                 ".c15 { fill: #8c959f; }\n"
                 "@media (prefers-color-scheme: dark) {\n"
                 ".paper { fill: #0d1117; } .ink { fill: #d1d7e0; } .edge { stroke: #30363d; }\n"
                 ".c0 { fill: #484f58; } .c1 { fill: #ff7b72; } .c2 { fill: #3fb950; } "
                 ".c3 { fill: #d29922; }\n"
                 ".c4 { fill: #58a6ff; } .c5 { fill: #bc8cff; } .c6 { fill: #39c5cf; } "
                 ".c7 { fill: #b1bac4; }\n"
                 ".c8 { fill: #6e7681; } .c9 { fill: #ffa198; } .c10 { fill: #56d364; } "
                 ".c11 { fill: #e3b341; }\n"
                 ".c12 { fill: #79c0ff; } .c13 { fill: #d2a8ff; } .c14 { fill: #56d4dd; } "
                 ".c15 { fill: #ffffff; }\n"
                 "}\n</style>\n"
                 "<rect class=\"paper edge\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n");
}

void svg_add(struct str *out, struct pty *pty, const struct svg_picture *picture)
{
    add_head(out, picture);
    for (int row = 0; row < picture->rows; row++)
        add_row(out, pty, row, picture->cols);
    str_add(out, "</svg>\n");
}
