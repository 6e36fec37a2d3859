/*
 * tui/large.c - a lesson's question in large letters.
 *
 * An answer is its rows of letters and, below them, a bar as long as its hands are many.
 */
#include "tui/large.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/lettering.h"

enum {
    LINE_ROWS = LETTERING_ROWS + 1,
    MARK_COLS = 7, /* of the sign at the right answer, and what is in its place elsewhere */
    BAR_SCALE = 2, /* columns for each of the bar that is in the pane */
    WHY_ROWS = 3,  /* that are kept for why the right answer is right */
};
static const char block[] = "\xe2\x96\x88";

struct large {
    const struct canvas_area *area; /* NULL: it is only measured */
    const struct theme *theme;
    int cols;
    int row;
};

/* The text's first line: as many words as fit; their bytes, 0 when not even one does. */
static size_t first_line(const char *text, int cols)
{
    size_t fits = 0;

    for (size_t end = strcspn(text, " ");; end += 1 + strcspn(text + end + 1, " ")) {
        char *line = xstrndup(text, end);
        int columns = lettering_columns(line);

        free(line);
        if (columns == 0 || columns > cols)
            return fits;
        fits = end;
        if (text[end] == '\0')
            return fits;
    }
}

/* False: it cannot be written so. */
static bool write_letters(struct large *large, enum theme_role role, int col, const char *text)
{
    text += strspn(text, " ");
    while (*text != '\0') {
        size_t length = first_line(text, large->cols - col);
        char *line = xstrndup(text, length);

        if (length > 0 && large->area != NULL)
            lettering_draw(large->area, (struct canvas_at){.row = large->row, .col = col},
                           theme_style(large->theme, role), line);
        free(line);
        if (length == 0)
            return false;
        large->row += LINE_ROWS;
        text += length;
        text += strspn(text, " ");
    }
    return true;
}

/* "████ 12", and 12 in letters. */
static void write_bar(struct large *large, const char *text)
{
    const char *number = strrchr(text, ' ');
    int col = MARK_COLS;

    if (large->area == NULL)
        return;
    for (; strncmp(text, block, strlen(block)) == 0; text += strlen(block)) {
        for (int i = 0; i < BAR_SCALE * LETTERING_ROWS; i++)
            canvas_text(large->area,
                        (struct canvas_at){.row = large->row + i / BAR_SCALE,
                                           .col = col + i % BAR_SCALE},
                        theme_style(large->theme, THEME_GOOD), block);
        col += BAR_SCALE;
    }
    number = number == NULL ? text : number + 1;
    lettering_draw(large->area,
                   (struct canvas_at){.row = large->row, .col = col + (col > MARK_COLS)},
                   theme_style(large->theme, THEME_GOOD), number);
}

/* In letters if there is room, else as text. */
static void write_why(struct large *large, const char *text)
{
    struct large measured = {.cols = large->cols, .row = large->row};
    struct sheet sheet = SHEET_INIT;
    struct canvas_area rest;

    if (large->area == NULL)
        return;
    if (write_letters(&measured, THEME_TEXT, 0, text) && measured.row <= large->area->rows + 1) {
        write_letters(large, THEME_TEXT, 0, text);
        return;
    }
    rest = canvas_part(large->area,
                       (struct canvas_area){.row = large->row,
                                            .rows = large->area->rows - large->row,
                                            .cols = large->cols});
    sheet_begin(&sheet);
    sheet_wrap(&sheet, (struct sheet_wrap){THEME_STRONG, large->cols, 0},
               text + strspn(text, " "));
    sheet_end(&sheet);
    sheet_draw(&sheet, &rest, large->theme, false);
    sheet_release(&sheet);
}

static bool write_option(struct large *large, const struct lesson_pane_paragraph *option,
                         const struct lesson_pane_paragraph *bar)
{
    bool right = option->kind == LESSON_PANE_RIGHT;
    const char *mark = right ? "*" : option->kind == LESSON_PANE_WRONG ? "x" : "";

    if (large->area != NULL)
        lettering_draw(large->area, (struct canvas_at){.row = large->row},
                       theme_style(large->theme, right ? THEME_GOOD : THEME_WARN), mark);
    if (!write_letters(large, right ? THEME_GOOD : THEME_TEXT, MARK_COLS,
                       str_text(&option->text)))
        return false;
    if (bar != NULL)
        write_bar(large, str_text(&bar->text));
    large->row += LINE_ROWS;
    return true;
}

static bool is_option(const struct lesson_pane_paragraph *paragraph)
{
    return paragraph->kind == LESSON_PANE_OPTION || paragraph->kind == LESSON_PANE_RIGHT ||
           paragraph->kind == LESSON_PANE_WRONG;
}

static bool write_question(struct large *large, const struct lesson_pane *pane)
{
    const struct lesson_pane_paragraph *items = pane->paragraphs.items;
    const char *question = str_text(&items[pane->question].text);

    question += strncmp(question, "? ", 2) == 0 ? 2 : 0;
    if (!write_letters(large, THEME_STRONG, 0, question))
        return false;
    for (uint32_t i = pane->question + 1; i < pane->question_end; i++) {
        bool barred = i + 1 < pane->question_end && items[i + 1].kind == LESSON_PANE_BAR;

        if (is_option(&items[i])) {
            if (!write_option(large, &items[i], barred ? &items[i + 1] : NULL))
                return false;
        } else if (items[i].kind != LESSON_PANE_BAR) {
            write_why(large, str_text(&items[i].text));
        }
    }
    return true;
}

bool large_question(const struct lesson_pane *pane, const struct canvas_area *area,
                    const struct theme *theme)
{
    struct large measured = {.cols = area->cols};
    struct large large = {.area = area, .theme = theme, .cols = area->cols};

    return write_question(&measured, pane) && measured.row + WHY_ROWS <= area->rows &&
           write_question(&large, pane);
}
