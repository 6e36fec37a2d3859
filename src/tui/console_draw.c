/*
 * tui/console_draw.c - the console as a picture: status, heads, places, prompt, keys.
 *
 * The picture is made anew each time something has changed; the painter sends what differs.
 */
#include "tui/console_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "sim/clock.h"
#include "tui/answer.h"
#include "tui/breaking.h"

static struct canvas_style style(const struct console *console, enum theme_role role)
{
    return theme_style(console->theme, role);
}

/* ---- what is shown ---- */

/* "$0.0312" */
static void cost_ask(struct console *console)
{
    const struct view_source *source = ask_source(&console->ask);
    json_t *params = json_pack("{s:s}", "By", "service");
    json_t *answer = source->ask(source->context, &(struct view_question){
                                                      .service = "lab",
                                                      .op = "DescribeBill",
                                                      .params = params,
                                                  });
    int64_t hundred = (answer_int(answer, "TotalMicroUsd") + 50) / 100;

    free(console->status_cost);
    console->status_cost = xasprintf("$%lld.%04lld", (long long)(hundred / 10000),
                                     (long long)(hundred % 10000));
    json_decref(answer);
    json_decref(params);
}

static void count_state(struct console *console)
{
    json_t *answer = view_ask(ask_source(&console->ask), "lab", "DescribeFleet", NULL);
    json_t *region;
    int64_t running = 0;
    int64_t others = 0;
    size_t balancers = 0;
    size_t i;

    json_array_foreach(answer_list(answer, "Regions"), i, region) {
        running += answer_int(region, "Running");
        others += answer_int(region, "Others");
        balancers += json_array_size(answer_list(region, "LoadBalancers"));
    }
    free(console->status_counts);
    console->status_counts = xasprintf("%lld/%lld running", (long long)running,
                                       (long long)(running + others));
    if (balancers > 0) {
        char *counts = xasprintf("%s  %zu LB", console->status_counts, balancers);

        free(console->status_counts);
        console->status_counts = counts;
    }
    json_decref(answer);
    cost_ask(console);
}

/* A step may name the view that goes with it: it is shown when the step begins. */
static void show_lesson_view(struct console *console)
{
    const struct lesson_pane *pane = &console->pane;
    char *step = xasprintf("%s %s", str_text(&pane->where), str_text(&pane->title));

    if (!str_equal(step, console->lesson_step)) {
        console->lesson_sheet.top = 0;
        /* Where only one of the two fits: a step that begins is read first. */
        console->show_lesson = console->show_lesson || console->lesson_step != NULL;
    }
    if (pane->view.length > 0 && !str_equal(step, console->lesson_step) &&
        view_find(str_text(&pane->view)) != NULL &&
        strcmp(console->view.ops->name, str_text(&pane->view)) != 0) {
        view_close(&console->view);
        view_open(&console->view, view_find(str_text(&pane->view)), NULL);
        view_refresh(&console->view, ask_source(&console->ask));
    }
    free(console->lesson_step);
    console->lesson_step = step;
}

void console_refresh(struct console *console, bool now)
{
    struct ask_stamp stamp = ask_stamp(&console->ask);
    int64_t wall = console->options->now();
    int64_t rest = 8 * console->refresh_cost < 100 * MILLISECOND_NS ? 100 * MILLISECOND_NS
                                                                   : 8 * console->refresh_cost;
    bool same = memcmp(&stamp, &console->refreshed, sizeof(stamp)) == 0;

    if (!now && (same || wall - console->refreshed_wall < rest))
        return;
    console->refreshed = stamp;
    view_refresh(&console->view, ask_source(&console->ask));
    if (console->over.ops != NULL)
        view_refresh(&console->over, ask_source(&console->ask));
    count_state(console);
    lesson_pane_clear(&console->pane);
    if (console->options->lesson == NULL ||
        !console->options->lesson->fill(console->options->lesson->context, &console->pane)) {
        lesson_pane_clear(&console->pane);
        lesson_pane_welcome(&console->pane);
    }
    show_lesson_view(console);
    console->refreshed_wall = console->options->now();
    console->refresh_cost = console->refreshed_wall - wall;
    console->dirty = true;
}

/* ---- status ---- */

enum { STATUS_COLS_NOTED = 130 }; /* from here on there is room for all beside a note */

static void add_speed(const struct console *console, struct str *text)
{
    const struct console_time *time = &console->time;

    console_film_where(console, text);
    if (time->frozen) {
        str_add(text, "\xe2\x96\xa0 stopped");
    } else if (console->running && console->waiting != NULL) {
        str_addf(text, "\xe2\x96\xb6\xe2\x96\xb6 %s", console->waiting);
    } else if (time->paused) {
        str_add(text, "\xe2\x96\xa0 paused");
    } else {
        str_addf(text, "\xe2\x96\xb6 \xc3\x97%lld", (long long)time->speed);
        if (time->real > 0 && time->real < time->speed * 900)
            str_addf(text, " (really \xc3\x97%lld.%lld)", (long long)(time->real / 1000),
                     (long long)(time->real % 1000 / 100));
    }
}

/* At the right: what the class has to say, else how much runs and what it has cost. */
static void draw_status_right(struct console *console, const struct canvas_area *area, int used)
{
    const char *text = console->note.length > 0 ? str_text(&console->note) : console->status_counts;
    int columns = text == NULL ? 0 : (int)utf8_columns(text, strlen(text)) + 1;

    if (text == NULL)
        return;
    if (area->cols - columns > used + 1) {
        canvas_text(area, (struct canvas_at){.col = area->cols - columns},
                    style(console, THEME_STATUS), text);
        columns += 3 + (int)strlen(console->status_cost);
    }
    if (area->cols - columns > used + 1)
        canvas_text(area, (struct canvas_at){.col = area->cols - columns},
                    style(console, THEME_STATUS), console->status_cost);
}

static void draw_status(struct console *console)
{
    struct canvas_area area = layout_area(&console->canvas, &console->layout.status);
    const struct commander *commander = &console->session->commander;
    struct civil date = clock_to_civil(console->session->world->sim.now);
    struct str left = STR_INIT;
    struct str middle = STR_INIT;
    bool noted = console->note.length > 0 && area.cols < STATUS_COLS_NOTED;
    bool wide = area.cols >= LAYOUT_COLS_WIDE && !noted;
    int used;

    canvas_fill(&area, style(console, THEME_STATUS));
    if (!noted || area.cols >= LAYOUT_COLS_WIDE) /* what the class says goes first */
        str_addf(&left, " %s%s", wide ? "nephoscope  " : "", ask_source(&console->ask)->region);
    if (!noted)
        str_addf(&left, wide ? "  acct %012llu" : "  %012llu",
                 (unsigned long long)commander->caller.account);
    if (commander->profile != NULL && strcmp(commander->profile, "default") != 0)
        str_addf(&left, " %s", commander->profile);
    if (left.length > 0)
        str_addf(&middle, "%04d-%02d-%02d ", date.year, date.month, date.day);
    str_addf(&middle, "%02d:%02d:%02d  ", date.hour, date.minute, date.second);
    add_speed(console, &middle);
    used = canvas_text(&area, (struct canvas_at){0}, style(console, THEME_STATUS),
                       str_text(&left));
    used += left.length > 0 ? 3 : 1;
    used += canvas_text(&area, (struct canvas_at){.col = used}, style(console, THEME_STATUS),
                        str_text(&middle));
    draw_status_right(console, &area, used);
    str_release(&left);
    str_release(&middle);
}

/* ---- heads ---- */

struct head {
    const char *title;
    const char *note; /* at the right; "" for none */
    bool focused;
};

/* A line with a title; the one of the place that has the keys is doubled and says so. */
static void draw_head(struct console *console, const struct layout_place *place,
                      const struct head *head)
{
    struct canvas_area area = layout_area(&console->canvas, place);
    struct canvas_style line = style(console, head->focused ? THEME_FOCUS : THEME_FRAME);
    struct canvas_style text = style(console, head->focused ? THEME_FOCUS : THEME_TITLE);
    char *label = xasprintf(head->focused ? " [%s] " : " %s ", head->title);
    char *note = head->note[0] == '\0' ? xstrdup("") : xasprintf(" %s ", head->note);
    int note_cols = (int)utf8_columns(note, strlen(note));

    for (int col = 0; col < area.cols; col++)
        canvas_text(&area, (struct canvas_at){.col = col}, line,
                    head->focused ? "\xe2\x95\x90" : "\xe2\x94\x80");
    if (note_cols > area.cols / 2)
        note_cols = 0;
    canvas_label(&area, (struct canvas_at){.col = 1, .cols = area.cols - note_cols - 3}, text,
                 label);
    if (note_cols > 0)
        canvas_text(&area, (struct canvas_at){.col = area.cols - note_cols - 1},
                    style(console, THEME_DIM), note);
    free(label);
    free(note);
}

/* ---- places ---- */

static void draw_view(struct console *console)
{
    bool over = console->over.ops != NULL;
    struct view *view = over ? &console->over : &console->view;
    struct canvas_area area = layout_area(&console->canvas, &console->layout.view);
    struct view_frame frame;
    struct str title = STR_INIT;
    struct str note = STR_INIT;

    if (console->layout.view.rows <= 0)
        return;
    memset(&frame, 0, sizeof(frame));
    frame.cols = area.cols;
    frame.rows = area.rows;
    frame.mono = term_is_mono();
    frame.filter = "";
    if (console->reordered) {
        view_refresh(view, ask_source(&console->ask));
        console->reordered = false;
    }
    view_write(view, &frame);
    str_add(&title, over ? str_text(&console->over_title) : view->ops->title);
    if (!over && view->argument.length > 0)
        str_addf(&title, ": %s", str_text(&view->argument));
    if (view->filter.length > 0)
        str_addf(&title, " /%s", str_text(&view->filter));
    sheet_draw(&view->sheet, &area, console->theme, console->focus == CONSOLE_VIEW);
    if (sheet_more(&view->sheet) > 0)
        str_addf(&note, "%u more", sheet_more(&view->sheet));
    draw_head(console, &console->layout.view_head,
              &(struct head){str_text(&title), str_text(&note), console->focus == CONSOLE_VIEW});
    str_release(&title);
    str_release(&note);
}

/* The line that F9 types, on the last row of the place, where the text above it needs all others:
 * what is to be done next is never out of sight. */
static void draw_next_line(struct console *console, struct canvas_area *area, uint32_t row)
{
    struct sheet line = SHEET_INIT;
    struct canvas_area last = *area;

    if (row == UINT32_MAX || area->rows < 4 ||
        row < console->lesson_sheet.top + (uint32_t)area->rows)
        return;
    area->rows--;
    last.row += area->rows;
    last.rows = 1;
    sheet_begin(&line);
    sheet_row(&line, NULL);
    sheet_cell(&line, THEME_KEY, 3, "F9");
    sheet_cell(&line, THEME_COMMAND, area->cols - 3, lesson_pane_next(&console->pane));
    sheet_end(&line);
    sheet_draw(&line, &last, console->theme, false);
    sheet_release(&line);
}

static void draw_lesson(struct console *console)
{
    struct canvas_area area = layout_area(&console->canvas, &console->layout.lesson);
    struct str title = STR_INIT;
    struct str note = STR_INIT;
    uint32_t next;

    if (console->layout.lesson.rows <= 0)
        return;
    sheet_begin(&console->lesson_sheet);
    next = lesson_pane_rows(&console->pane, area.cols, &console->lesson_sheet);
    sheet_end(&console->lesson_sheet);
    if (console->pane.where.length > 0) {
        const char *where = str_text(&console->pane.where);
        const char *number = strrchr(where, ' ');

        /* In a narrow place the step's own title says more than the lesson's id. */
        str_addf(&title, "%s  ", area.cols < 60 && number != NULL ? number + 1 : where);
    }
    str_add(&title, str_text(&console->pane.title));
    draw_next_line(console, &area, next);
    sheet_draw(&console->lesson_sheet, &area, console->theme, console->focus == CONSOLE_LESSON);
    if (sheet_more(&console->lesson_sheet) > 0)
        str_addf(&note, area.cols < 60 ? "Alt-9 more" : "%u more: Alt-9",
                 sheet_more(&console->lesson_sheet));
    draw_head(
        console, &console->layout.lesson_head,
        &(struct head){str_text(&title), str_text(&note), console->focus == CONSOLE_LESSON});
    str_release(&title);
    str_release(&note);
}

/* Vi users need to know whether a letter is typed or obeyed. */
static const char *prompt_title(const struct console *console)
{
    struct line_state state;

    if (console->focus != CONSOLE_PROMPT)
        return "transcript";
    line_state(&state);
    return state.editing == LINE_EMACS       ? "prompt"
           : state.editing == LINE_VI_INSERT ? "prompt: vi insert"
                                             : "prompt: vi command";
}

static void draw_transcript(struct console *console)
{
    struct canvas_area area = layout_area(&console->canvas, &console->layout.transcript);
    struct str note = STR_INIT;

    if (console->layout.transcript.rows > 0)
        transcript_draw(&console->transcript, &area, console->theme);
    if (console->focus == CONSOLE_TRANSCRIPT)
        canvas_cursor(&area, (struct canvas_at){0});
    if (console->typed.length > 0) /* a quote or a bracket is open, or a backslash ends the line */
        str_add(&note, "not complete: Ctrl-C drops it");
    else if (transcript_more(&console->transcript) > 0)
        str_addf(&note, "%u more: Page Down", transcript_more(&console->transcript));
    draw_head(console, &console->layout.transcript_head,
              &(struct head){
                  prompt_title(console),
                  str_text(&note),
                  console->focus == CONSOLE_PROMPT || console->focus == CONSOLE_TRANSCRIPT,
              });
    str_release(&note);
}

/* ---- the prompt ---- */

/* Where a line that is too long for a row goes on; without an area it is only measured. */
struct prompt_flow {
    struct canvas_area *area; /* NULL: measure */
    struct canvas_style style;
    int cols;
    int skip; /* rows above the area */
    int row;
    int col;
};

static void flow_text(struct prompt_flow *flow, const char *text, size_t length)
{
    struct utf8_cell cell;
    size_t at = 0;

    while (utf8_next_cell(text + at, length - at, UTF8_KEEP_NEWLINE, &cell)) {
        bool newline = cell.columns == 0 && text[at] == '\n';
        int columns = newline ? 1 : (int)cell.columns;
        char *bytes = newline ? xstrdup("\xe2\x86\xb5") : xstrndup(cell.bytes, cell.length);

        if (flow->col + columns > flow->cols) {
            flow->row++;
            flow->col = 0;
        }
        if (flow->area != NULL)
            canvas_text(flow->area,
                        (struct canvas_at){.row = flow->row - flow->skip, .col = flow->col},
                        flow->style, bytes);
        flow->col += columns;
        at += cell.source;
        free(bytes);
    }
}

/* The rows that the prompt takes, and the row of its cursor. */
static int prompt_rows(const struct line_state *state, int cols, int *cursor_row)
{
    struct prompt_flow flow = {.cols = cols < 1 ? 1 : cols};

    flow_text(&flow, state->prompt, strlen(state->prompt));
    flow_text(&flow, state->text, state->cursor);
    *cursor_row = flow.col == flow.cols ? flow.row + 1 : flow.row;
    flow_text(&flow, state->text + state->cursor, strlen(state->text) - state->cursor);
    return (*cursor_row > flow.row ? *cursor_row : flow.row) + 1;
}

/* What the history offers, between marks of its own, so that it looks like nothing typed. */
static void draw_offer(const struct console *console, struct canvas_area *area,
                       const struct prompt_flow *end, const char *offer)
{
    struct canvas_at at = {
        .row = end->row - end->skip,
        .col = end->col,
        .cols = area->cols - end->col,
    };
    struct str text = STR_INIT;

    str_add(&text, "\xe2\x80\xb9");
    for (const char *c = offer; *c != '\0'; c++) {
        if (*c == '\n')
            str_add(&text, "\xe2\x86\xb5");
        else
            str_addc(&text, *c);
    }
    str_add(&text, "\xe2\x80\xba");
    if (offer[0] != '\0' && at.cols > 2)
        canvas_label(area, at, style(console, THEME_DIM), str_text(&text));
    str_release(&text);
}

static void draw_prompt(struct console *console, const struct line_state *state)
{
    struct canvas_area area = layout_area(&console->canvas, &console->layout.prompt);
    struct prompt_flow flow = {.area = &area, .cols = area.cols};
    bool focused = console->focus == CONSOLE_PROMPT;
    int cursor_row;
    int rows = prompt_rows(state, area.cols, &cursor_row);
    struct canvas_at cursor;

    if (rows > area.rows) {
        flow.skip = cursor_row - area.rows + 1;
        flow.skip = flow.skip < 0 ? 0 : flow.skip;
    }
    flow.style = style(console, focused ? THEME_PROMPT : THEME_DIM);
    flow_text(&flow, state->prompt, strlen(state->prompt));
    flow.style = style(console, focused ? THEME_TEXT : THEME_DIM);
    flow_text(&flow, state->text, state->cursor);
    cursor = (struct canvas_at){.row = flow.row - flow.skip, .col = flow.col};
    if (cursor.col >= area.cols)
        cursor = (struct canvas_at){.row = cursor.row + 1, .col = 0};
    flow_text(&flow, state->text + state->cursor, strlen(state->text) - state->cursor);
    if (focused)
        draw_offer(console, &area, &flow, state->offer);
    if (focused && !console->searching)
        canvas_cursor(&area, cursor);
}

/* ---- candidates ---- */

static void draw_candidates(struct console *console)
{
    uint32_t count = console->candidates.items.count;
    int room = console->layout.prompt.row - 3;
    int rows = (int)(count < 16 ? count : 16);
    struct layout_place place = {.cols = console->canvas.cols};
    struct canvas_area area;
    int width = 8;
    char *title;

    if (count == 0 || console->focus != CONSOLE_PROMPT)
        return;
    rows = rows < room ? rows : room;
    place.rows = rows + 1;
    place.row = console->layout.prompt.row - place.rows;
    area = layout_area(&console->canvas, &place);
    canvas_fill(&area, style(console, THEME_TEXT));
    title = (uint32_t)rows < count
                ? xasprintf("%u fit, %d shown: type more of it", count, rows)
                : xasprintf("%u fit", count);
    place.rows = 1;
    draw_head(console, &place, &(struct head){title, "", false});
    free(title);
    for (int i = 0; i < rows; i++) {
        const char *text = console->candidates.items.items[i].text;
        int columns = (int)utf8_columns(text, strlen(text));

        width = columns > width ? columns : width;
    }
    width = width > area.cols / 2 ? area.cols / 2 : width;
    for (int i = 0; i < rows; i++) {
        const struct line_candidate *item = &console->candidates.items.items[i];

        canvas_label(&area, (struct canvas_at){.row = i + 1, .col = 2, .cols = width},
                     style(console, THEME_COMMAND), item->text);
        canvas_label(&area, (struct canvas_at){.row = i + 1, .col = width + 4},
                     style(console, THEME_DIM), item->doc);
    }
}

/* ---- the foot ---- */

struct foot {
    struct canvas_area area;
    const struct console *console;
    int col;
    int gap;
};

static int foot_columns(const char *key, const char *what)
{
    return (int)(utf8_columns(key, strlen(key)) + 1 + utf8_columns(what, strlen(what)));
}

static bool foot_put(struct foot *foot, const char *key, const char *what)
{
    if (foot->col + foot_columns(key, what) > foot->area.cols)
        return false;
    foot->col += canvas_text(&foot->area, (struct canvas_at){.col = foot->col},
                             style(foot->console, THEME_KEY), key);
    foot->col += 1 + canvas_text(&foot->area, (struct canvas_at){.col = foot->col + 1},
                                 style(foot->console, THEME_KEYS), what);
    foot->col += foot->gap;
    return true;
}

static bool in_foot(const struct keys_key *key, unsigned where, unsigned left_out)
{
    return key->foot != NULL && (key->where & where) != 0 && (key->where & left_out) == 0;
}

/* The columns that all of them would take. */
static int foot_all(const struct foot *foot, unsigned where, unsigned left_out)
{
    int columns = foot->col - foot->gap;

    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if (in_foot(key, where, left_out))
            columns += foot_columns(key->label, key->foot) + foot->gap;
    }
    return columns;
}

static void foot_keys(struct foot *foot, unsigned where)
{
    static const unsigned steps[] = {0, KEYS_SPAREST, KEYS_SPAREST | KEYS_SPARER,
                                     KEYS_SPAREST | KEYS_SPARER | KEYS_SPARE};
    unsigned left_out = 0;

    for (size_t i = 0; i < 2 * sizeof(steps) / sizeof(steps[0]); i++) {
        left_out = steps[i / 2];
        foot->gap = i % 2 == 0 ? 2 : 1;
        if (foot_all(foot, where, left_out) <= foot->area.cols)
            break;
    }
    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if (in_foot(key, where, left_out))
            foot_put(foot, key->label, key->foot);
    }
}

/* What the keys do on the selected row comes first. */
static void foot_row_keys(struct foot *foot, struct console *console)
{
    struct view *view = console->over.ops != NULL ? &console->over : &console->view;
    const char *id = sheet_selected(&view->sheet);

    for (const struct keys_command *entry = keys_commands; entry->prefix != NULL; entry++) {
        char letter[2] = {(char)entry->character, '\0'};

        if (id != NULL && keys_command_find(id, entry->character) == entry &&
            entry->character != 0 && (foot->console->options->film == NULL || entry->submit))
            foot_put(foot, letter, entry->doc);
    }
}

/* The keys of a film, while one runs. */
static void foot_film(struct foot *foot, const struct console *console)
{
    if (console->options->film == NULL)
        return;
    if (!console_film_is_over(console))
        foot_put(foot, "Space", console->time.paused ? "goes on" : "stops");
    foot_put(foot, "[ ]", "chapters");
    foot_put(foot, "( )", "lines");
    foot_put(foot, "t", "time");
    foot_put(foot, "+ -", "speed");
    foot_put(foot, "F10", "quit");
}

static void draw_foot(struct console *console)
{
    struct foot foot = {
        .area = layout_area(&console->canvas, &console->layout.foot),
        .console = console,
        .col = 1,
        .gap = 2,
    };

    if (console->searching) {
        struct view *view = console->over.ops != NULL ? &console->over : &console->view;
        bool filters = console->focus == CONSOLE_VIEW && view->ops->lists;
        const struct sheet *sheet =
            console->focus == CONSOLE_TRANSCRIPT ? &console->transcript.sheet
            : console->focus == CONSOLE_LESSON   ? &console->lesson_sheet
                                                 : &view->sheet;
        const struct str *text = filters ? &view->filter : &sheet->search;

        foot.col += canvas_text(&foot.area, (struct canvas_at){.col = 1},
                                style(console, THEME_PROMPT), "/");
        foot.col += canvas_text(&foot.area, (struct canvas_at){.col = foot.col},
                                style(console, THEME_TEXT), str_text(text));
        canvas_cursor(&foot.area, (struct canvas_at){.col = foot.col});
        return;
    }
    if (console->message.length > 0) {
        canvas_label(&foot.area, (struct canvas_at){.col = 1}, style(console, THEME_WARN),
                     str_text(&console->message));
        return;
    }
    if (console->focus == CONSOLE_VIEW) {
        const struct view *front = console->over.ops != NULL ? &console->over : &console->view;

        foot_put(&foot, "i", "prompt");
        if (sheet_selected(&front->sheet) != NULL)
            foot_put(&foot, "Enter", front->ops->waits ? "choose" : "describe");
        else
            foot_put(&foot, "j k", "scroll");
        if (console->over.ops != NULL)
            foot_put(&foot, "Esc", "close");
        foot_put(&foot, "?", "help");
        foot_film(&foot, console);
        if (sheet_selected(&front->sheet) != NULL && !front->ops->waits &&
            console->options->film == NULL && breaking_applies(sheet_selected(&front->sheet)))
            foot_put(&foot, "b", "break");
        foot_row_keys(&foot, console);
        if (sheet_selected(&front->sheet) != NULL && !front->ops->waits) {
            foot_put(&foot, "*", "point");
            foot_put(&foot, "y", "copy id");
        }
        foot_put(&foot, "/", "search");
        foot_put(&foot, "z", "zoom");
        return;
    }
    foot_keys(&foot, console->focus == CONSOLE_PROMPT ? KEYS_PROMPT : KEYS_TRANSCRIPT);
}

/* ---- all of it ---- */

/* In present mode: is there something in it? */
static bool shows_prompt(const struct console *console, const struct line_state *state)
{
    return state->text[0] != '\0' || console->asks || console->typed.length > 0 ||
           console->focus == CONSOLE_PROMPT;
}

static void draw_all(struct console *console)
{
    struct line_state state;
    struct layout_wish wish = {
        .zoom = console->presents ? LAYOUT_VIEW_ONLY : console->zoom,
        .lesson = console->show_lesson,
    };
    int cursor_row;

    term_size(&wish.rows, &wish.cols);
    line_state(&state);
    wish.prompt_rows = prompt_rows(&state, wish.cols - 2, &cursor_row);
    layout_compute(&console->layout, &wish);
    canvas_reset(&console->canvas, wish.rows, wish.cols);
    console->canvas.ascii = term_is_ascii();
    if (console->layout.too_small) {
        layout_draw_too_small(&console->canvas, console->theme);
        return;
    }
    if (console->layout.between.rows > 0 && !console->presents) {
        struct canvas_area bar = layout_area(&console->canvas, &console->layout.between);

        canvas_vline(&bar, (struct canvas_at){0}, style(console, THEME_FRAME), bar.rows);
        canvas_text(&bar, (struct canvas_at){0}, style(console, THEME_FRAME), "\xe2\x94\xac");
    }
    if (console->presents) {
        console_draw_present(console);
        if (shows_prompt(console, &state))
            draw_prompt(console, &state);
        draw_candidates(console);
        if (console->searching || console->message.length > 0 || console->over.ops != NULL)
            draw_foot(console);
        return;
    }
    draw_status(console);
    draw_lesson(console);
    draw_view(console);
    draw_transcript(console);
    if (console->layout.between.rows > 0) {
        struct canvas_area head = layout_area(&console->canvas, &console->layout.transcript_head);

        canvas_text(&head, (struct canvas_at){.col = console->layout.between.col},
                    style(console, THEME_FRAME), "\xe2\x94\xb4");
    }
    draw_prompt(console, &state);
    draw_candidates(console);
    draw_foot(console);
}

int console_draw(struct console *console)
{
    int64_t wall = console->options->now();
    int64_t due = console->drawn_wall + CONSOLE_FRAME_NS;

    if (!console->dirty)
        return -1;
    if (wall < due)
        return (int)((due - wall) / MILLISECOND_NS) + 1;
    draw_all(console);
    term_paint(&console->canvas);
    console->dirty = false;
    console->drawn_wall = console->options->now();
    return -1;
}
