/*
 * tui/layout.c - where things stand on the screen: status, lesson, view, transcript, foot.
 */
#include "tui/layout.h"

#include <stdio.h>

static int between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Rows of the transcript with its prompt. */
static int transcript_rows(const struct layout_wish *wish)
{
    int third = (wish->rows + 2) / 3;
    int needed = wish->prompt_rows + 3;

    if (wish->zoom == LAYOUT_VIEW_ONLY)
        return between(wish->prompt_rows, 1, third);
    if (wish->zoom == LAYOUT_TRANSCRIPT_ONLY)
        return wish->rows - 3;
    return between(needed, third, wish->rows / 2);
}

static void place_top(struct layout *layout, const struct layout_wish *wish, int rows)
{
    bool side_by_side = wish->cols >= LAYOUT_COLS_WIDE && wish->zoom == LAYOUT_ALL;
    int left = side_by_side ? between(wish->cols * 36 / 100, 36, 64) : 0;
    struct layout_place head = {.row = 1, .rows = 1, .cols = wish->cols};
    struct layout_place body = {.row = 2, .rows = rows - 1, .cols = wish->cols};

    if (rows < 2)
        return;
    if (!side_by_side) {
        bool lesson = wish->lesson;

        *(lesson ? &layout->lesson_head : &layout->view_head) = head;
        body.col = 1;
        body.cols -= 2;
        *(lesson ? &layout->lesson : &layout->view) = body;
        return;
    }
    layout->lesson_head = (struct layout_place){.row = 1, .rows = 1, .cols = left};
    layout->lesson = (struct layout_place){.row = 2, .col = 1, .rows = rows - 1, .cols = left - 2};
    layout->between = (struct layout_place){.row = 1, .col = left, .rows = rows, .cols = 1};
    layout->view_head = (struct layout_place){
        .row = 1, .col = left + 1, .rows = 1, .cols = wish->cols - left - 1};
    layout->view = (struct layout_place){
        .row = 2, .col = left + 2, .rows = rows - 1, .cols = wish->cols - left - 3};
}

void layout_compute(struct layout *layout, const struct layout_wish *wish)
{
    int below;
    int prompt;
    int top;

    *layout = (struct layout){
        .too_small = wish->rows < LAYOUT_ROWS_MIN || wish->cols < LAYOUT_COLS_MIN,
    };
    if (layout->too_small)
        return;
    below = transcript_rows(wish);
    prompt = between(wish->prompt_rows, 1, below);
    top = wish->rows - below - 3;
    layout->status = (struct layout_place){.rows = 1, .cols = wish->cols};
    place_top(layout, wish, top);
    layout->transcript_head = (struct layout_place){
        .row = wish->rows - below - 2, .rows = 1, .cols = wish->cols};
    layout->transcript = (struct layout_place){
        .row = wish->rows - below - 1, .col = 1, .rows = below - prompt, .cols = wish->cols - 2};
    layout->prompt = (struct layout_place){
        .row = wish->rows - 1 - prompt, .col = 1, .rows = prompt, .cols = wish->cols - 2};
    layout->foot = (struct layout_place){.row = wish->rows - 1, .rows = 1, .cols = wish->cols};
}

struct canvas_area layout_area(struct canvas *canvas, const struct layout_place *place)
{
    struct canvas_area all = canvas_all(canvas);

    return canvas_part(&all, (struct canvas_area){
                                 .row = place->row,
                                 .col = place->col,
                                 .rows = place->rows,
                                 .cols = place->cols,
                             });
}

void layout_draw_too_small(struct canvas *canvas, const struct theme *theme)
{
    struct canvas_area all = canvas_all(canvas);
    char text[96];

    snprintf(text, sizeof(text), "need %dx%d, have %dx%d: terminal too small", LAYOUT_COLS_MIN,
             LAYOUT_ROWS_MIN, all.cols, all.rows);
    canvas_text(&all, (struct canvas_at){0}, theme_style(theme, THEME_WARN), text);
    canvas_text(&all, (struct canvas_at){.row = 1}, theme_style(theme, THEME_DIM),
                "make it larger, or q to quit: everything is kept");
    canvas_cursor(&all, (struct canvas_at){0});
}
