/*
 * tui/console_teach.c - the instructor's part of the console: menus, the pointer, present mode.
 *
 * Present mode shows one thing on the whole screen, for those in the last row of a room: the step's
 * title in large letters, a question with its hands or the view with air between its rows, and the
 * one line to look at.  The prompt comes when something is typed.
 */
#include "tui/console_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sim/clock.h"
#include "tui/breaking.h"
#include "tui/large.h"
#include "tui/lettering.h"
#include "tui/menu.h"

enum { LOOK_ROWS_MAX = 4 }; /* that the one line to look at takes at most */

/* ---- menus ---- */

static void open_menu(struct console *console, const struct view_ops *ops, const char *argument)
{
    console_close_over(console);
    view_open(&console->over, ops, argument);
    view_refresh(&console->over, ask_source(&console->ask));
    str_add(&console->over_title, ops->title);
    console->show_lesson = false;
    console_focus(console, CONSOLE_VIEW);
}

/* Why the row has no menu. */
static const char *whole_for(const char *row)
{
    if (row == NULL)
        return "choose a row first: an instance, a host, a zone, its links, a Region or a queue";
    if (str_starts(row, "https://sqs."))
        return "nothing of a FIFO queue breaks here; of a standard queue, a server can";
    if (str_starts(row, "arn:aws:sns:"))
        return "nothing of a topic breaks here; a queue that hears it can";
    return "nothing of this breaks here: an instance, a host, a zone, its links, a Region or a "
           "queue does";
}

void console_break(struct console *console)
{
    bool free_view = console->over.ops == NULL && console->focus == CONSOLE_VIEW;
    const char *row = free_view ? sheet_selected(&console->view.sheet) : NULL;
    char *id;

    if (row == NULL || !breaking_applies(row)) {
        console_say(console, whole_for(row));
        return;
    }
    id = xstrdup(row);
    open_menu(console, &view_breaking, id);
    free(id);
}

void console_teach(struct console *console)
{
    const struct console_lesson *lesson = console->options->lesson;
    struct str menu = STR_INIT;

    if (lesson == NULL || !lesson->menu(lesson->context, &menu))
        console_say(console, "`nephoscope --teach LESSON` has a menu here for instructors");
    else if (menu.length == 0)
        console_say(console, "no lesson runs: `lesson list` shows what there is");
    else
        open_menu(console, &view_menu, str_text(&menu));
    str_release(&menu);
}

void console_point(struct console *console)
{
    struct sheet *sheet = &console->view.sheet;

    if (console->over.ops != NULL || sheet_selected(sheet) == NULL)
        console_say(console, "nothing here to point at");
    else
        sheet_mark(sheet);
}

/* ---- present mode ---- */

void console_present(struct console *console)
{
    console->presents = !console->presents;
    if (console->presents)
        console->show_lesson = console->pane.question < console->pane.question_end;
    else
        console->view.sheet.gap = 0;
}

static const struct theme *theme_of(const struct console *console)
{
    return strcmp(console->theme->name, "default") == 0 ? theme_find("high-contrast")
                                                        : console->theme;
}

/* The step's title, large if there is room; the row after it. */
static int draw_title(const struct console *console, const struct canvas_area *area)
{
    const struct theme *theme = theme_of(console);
    const char *title = str_text(&console->pane.title);
    int large = console->canvas.ascii ? 0 : lettering_columns(title);
    const char *number = strrchr(str_text(&console->pane.where), ' ');
    struct civil date = clock_to_civil(console->session->world->sim.now);
    char *right = xasprintf("%s   %02d:%02d:%02d", number == NULL ? "" : number + 1, date.hour,
                            date.minute, date.second);
    int row = 1;

    if (console->pane.where.length == 0 || number == NULL)
        title = console->view.ops->title;
    if (number == NULL)
        large = console->canvas.ascii ? 0 : lettering_columns(title);
    if (large > 0 && large <= area->cols) {
        lettering_draw(area, (struct canvas_at){.row = row}, theme_style(theme, THEME_TITLE),
                       title);
        row += LETTERING_ROWS;
    } else {
        canvas_label(area, (struct canvas_at){.row = row}, theme_style(theme, THEME_TITLE), title);
        row++;
    }
    for (int col = 0; col < area->cols; col++)
        canvas_text(area, (struct canvas_at){.row = row, .col = col},
                    theme_style(theme, THEME_TITLE), "\xe2\x95\x90");
    canvas_text(area, (struct canvas_at){.col = area->cols - (int)strlen(right)},
                theme_style(theme, THEME_TEXT), right);
    free(right);
    return row + 2;
}

/* The lesson without what is for the instructor only; a question alone, where there is one. */
static void write_lesson(const struct console *console, int cols, struct sheet *sheet)
{
    const struct lesson_pane *pane = &console->pane;
    struct lesson_pane part = {0};
    bool question = pane->question < pane->question_end;

    for (uint32_t i = 0; i < pane->paragraphs.count; i++) {
        bool wanted = question ? i >= pane->question && i < pane->question_end
                               : pane->paragraphs.items[i].kind != LESSON_PANE_TEACH;

        if (wanted)
            *LIST_PUSH(&part.paragraphs) = pane->paragraphs.items[i]; /* borrowed */
    }
    sheet_begin(sheet);
    lesson_pane_rows(&part, cols, sheet);
    sheet_end(sheet);
    LIST_RELEASE(&part.paragraphs);
}

static void draw_stage(struct console *console, const struct canvas_area *area)
{
    struct view *view = console_front_view(console);
    struct view_frame frame;
    struct sheet *sheet = &view->sheet;

    if (console->show_lesson && console->over.ops == NULL) {
        if (!console->canvas.ascii && console->pane.question < console->pane.question_end &&
            large_question(&console->pane, area, theme_of(console)))
            return;
        sheet = &console->lesson_sheet;
        write_lesson(console, area->cols, sheet);
    } else {
        memset(&frame, 0, sizeof(frame));
        frame.cols = area->cols;
        frame.rows = area->rows;
        frame.mono = term_is_mono();
        frame.filter = "";
        if (console->reordered)
            view_refresh(view, ask_source(&console->ask));
        console->reordered = false;
        view_write(view, &frame);
    }
    sheet->gap = 2 * sheet->used <= (uint32_t)area->rows + 1;
    sheet_draw(sheet, area, theme_of(console), console->focus == CONSOLE_VIEW);
    sheet->gap = 0;
}

/* Of a line that is too long for a row, how many bytes stand in its first one: up to a blank. */
static size_t first_row_of(const char *line, int cols)
{
    size_t length = strlen(line);
    size_t fits = utf8_fit(line, length, (uint32_t)cols);

    if (fits == length)
        return length;
    for (size_t i = fits; i > 2; i--) {
        if (line[i] == ' ')
            return i;
    }
    return fits;
}

/* The row that is pointed at, or else what is typed next, unless the lesson's text says it already;
 * for the caller to free. */
static char *look_line(const struct console *console)
{
    const char *marked = console->show_lesson ? NULL : sheet_marked(&console->view.sheet);
    bool text = console->show_lesson && console->over.ops == NULL &&
                console->pane.question == console->pane.question_end;
    const char *next = text ? "" : lesson_pane_next(&console->pane);

    return marked != NULL      ? xasprintf("\xe2\x96\xb6 %s", marked + strspn(marked, " "))
           : next[0] != '\0' ? xasprintf("$ %s", next)
                             : xstrdup("");
}

/* Returns how many rows the line takes; draws it from that row of the area on, unless it is < 0. */
static int draw_look(const struct console *console, const struct canvas_area *area, int row)
{
    bool points = !console->show_lesson && sheet_marked(&console->view.sheet) != NULL;
    struct canvas_style style =
        theme_style(theme_of(console), points ? THEME_STRONG : THEME_COMMAND);
    char *line = look_line(console);
    const char *rest = line;
    int rows = 0;

    while (*rest != '\0' && rows < LOOK_ROWS_MAX) {
        int indent = rows == 0 ? 0 : 2;
        size_t length = rows + 1 == LOOK_ROWS_MAX ? strlen(rest)
                                                  : first_row_of(rest, area->cols - indent);
        char *part = xstrndup(rest, length);

        if (row >= 0)
            canvas_label(area, (struct canvas_at){.row = row + rows, .col = indent}, style, part);
        free(part);
        rest += length;
        rest += strspn(rest, " ");
        rows++;
    }
    free(line);
    return rows;
}

void console_draw_present(struct console *console)
{
    struct canvas_area all = canvas_all(&console->canvas);
    int left = all.cols / 16;
    int rows = console->layout.prompt.row;
    struct canvas_area area =
        canvas_part(&all, (struct canvas_area){.row = 0,
                                               .col = left,
                                               .rows = rows - 1,
                                               .cols = all.cols - 2 * left});
    int top = draw_title(console, &area);
    int look = draw_look(console, &area, -1);
    int below = look == 0 ? 2 : look + 1;
    struct canvas_area stage = canvas_part(
        &area,
        (struct canvas_area){.row = top, .rows = area.rows - top - below, .cols = area.cols});

    console->layout.view = (struct layout_place){
        .row = top, .col = left, .rows = stage.rows, .cols = stage.cols};
    draw_stage(console, &stage);
    draw_look(console, &area, area.rows - look);
}
