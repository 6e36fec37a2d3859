/*
 * tui/console_act.c - what keys do, wherever they were pressed.
 *
 * A key never acts on the cloud by itself: it types a command (DESIGN 5.2).
 */
#include "tui/console_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/compare.h"
#include "tui/list_view.h"
#include "tui/text_view.h"

void console_say(struct console *console, const char *message)
{
    str_clear(&console->message);
    str_add(&console->message, message);
    console->dirty = true;
}

/* ---- focus ---- */

static bool side_by_side(const struct console *console)
{
    return console->layout.lesson.rows > 0 && console->layout.view.rows > 0;
}

void console_focus(struct console *console, enum console_focus focus)
{
    if (focus == CONSOLE_VIEW && !side_by_side(console) && console->show_lesson)
        focus = CONSOLE_LESSON;
    if (focus != CONSOLE_TRANSCRIPT && focus != CONSOLE_PROMPT &&
        console->zoom == LAYOUT_TRANSCRIPT_ONLY)
        console->zoom = LAYOUT_ALL;
    console->focus = focus;
    console->searching = false;
    console->dirty = true;
}

void console_focus_prompt(struct console *console)
{
    if (console->zoom == LAYOUT_VIEW_ONLY)
        console->zoom = LAYOUT_ALL;
    console_focus(console, CONSOLE_PROMPT);
}

static void focus_next(struct console *console)
{
    if (console->focus == CONSOLE_LESSON && side_by_side(console))
        console_focus(console, CONSOLE_VIEW);
    else if (console->focus == CONSOLE_TRANSCRIPT)
        console_focus(console, side_by_side(console) ? CONSOLE_LESSON : CONSOLE_VIEW);
    else
        console_focus(console, CONSOLE_TRANSCRIPT);
}

static void turn(struct console *console)
{
    console->show_lesson = !console->show_lesson;
    if (console->focus == CONSOLE_VIEW || console->focus == CONSOLE_LESSON)
        console_focus(console, console->show_lesson ? CONSOLE_LESSON : CONSOLE_VIEW);
}

static void zoom(struct console *console)
{
    if (console->zoom != LAYOUT_ALL)
        console->zoom = LAYOUT_ALL;
    else
        console->zoom = console->focus == CONSOLE_TRANSCRIPT ? LAYOUT_TRANSCRIPT_ONLY
                                                             : LAYOUT_VIEW_ONLY;
    if (console->zoom == LAYOUT_VIEW_ONLY)
        console->show_lesson = console->focus == CONSOLE_LESSON;
}

/* ---- views ---- */

void console_close_over(struct console *console)
{
    view_close(&console->over);
    str_clear(&console->over_title);
    if (!console->paged)
        return;
    console->paged = false;
    console->zoom = console->paged_zoom;
    console->show_lesson = console->paged_lesson;
    console_focus_prompt(console);
}

void console_show(struct console *console, const char *name, const char *argument)
{
    const struct view_ops *ops = view_find(name);

    if (ops == NULL)
        return;
    console->show_lesson = false;
    if (console->focus == CONSOLE_LESSON && !side_by_side(console))
        console->focus = CONSOLE_VIEW;
    console_close_over(console);
    if (ops == &view_help) {
        view_open(&console->over, ops, console->options->film == NULL ? NULL : "film");
        str_add(&console->over_title, ops->title);
    } else if (console->view.ops != ops || argument != NULL ||
               (ops == &view_list && argument == NULL)) {
        view_close(&console->view);
        view_open(&console->view, ops, argument);
    }
    console_refresh(console, true);
}

struct view *console_front_view(struct console *console)
{
    return console->over.ops != NULL ? &console->over : &console->view;
}

/* The same moment in the other skin: both have the same scene. */
static void show_worlds(struct console *console)
{
    bool shown = console->view.ops == &view_compare || console->view.ops == &view_cafes;

    if (shown && console->over.ops == NULL && console->layout.view.rows > 0) {
        console->view.ops = console->view.ops == &view_compare ? &view_cafes : &view_compare;
        console_refresh(console, true);
    } else {
        console_show(console, shown ? console->view.ops->name : "compare", NULL);
    }
}

static void step(struct console *console, int moments)
{
    struct view *view = console_front_view(console);

    if (view->ops->step != NULL)
        view->ops->step(view->scene, moments);
    console->reordered = true;
}

void console_text(struct console *console, const char *title, const char *text)
{
    console_close_over(console);
    view_open(&console->over, &view_text, text);
    str_add(&console->over_title, title);
    console->show_lesson = false;
    console->dirty = true;
}

void console_page(struct console *console, const char *title, const char *text)
{
    enum layout_zoom zoom;
    bool lesson;

    console_close_over(console);
    zoom = console->zoom;
    lesson = console->show_lesson;
    console_text(console, title, text);
    console->paged = true;
    console->paged_zoom = zoom;
    console->paged_lesson = lesson;
    console->zoom = LAYOUT_VIEW_ONLY;
    console_focus(console, CONSOLE_VIEW);
}

/* The sheet that the keys walk through; the transcript has its own functions. */
static struct sheet *front_sheet(struct console *console)
{
    if (console->focus == CONSOLE_TRANSCRIPT)
        return &console->transcript.sheet;
    return console->focus == CONSOLE_LESSON ? &console->lesson_sheet
                                            : &console_front_view(console)->sheet;
}

static void walk(struct console *console, enum sheet_move move)
{
    if (console->focus == CONSOLE_TRANSCRIPT || console->focus == CONSOLE_PROMPT)
        transcript_move(&console->transcript, move);
    else
        sheet_move(front_sheet(console), move);
}

/* ---- search ---- */

static struct str *search_text(struct console *console)
{
    struct view *view = console_front_view(console);

    if (console->focus == CONSOLE_VIEW && view->ops->lists)
        return &view->filter;
    return &front_sheet(console)->search;
}

static void begin_search(struct console *console)
{
    str_clear(search_text(console));
    console->reordered = true;
    console->searching = true;
}

static void find(struct console *console, int direction)
{
    bool found = console->focus == CONSOLE_TRANSCRIPT
                     ? transcript_find_next(&console->transcript, direction)
                     : sheet_find_next(front_sheet(console), direction);

    if (!found)
        console_say(console, front_sheet(console)->search.length > 0 ? "not found"
                                                                      : "/ searches first");
}

/* While the foot takes the text that is looked for. */
static void search_key(struct console *console, const struct term_key *key)
{
    struct str *text = search_text(console);
    char bytes[4];

    if (key->code == TERM_KEY_CHAR && !key->alt && !utf8_is_unsafe(key->character)) {
        str_addn(text, bytes, utf8_encode(key->character, bytes));
    } else if (key->code == TERM_KEY_BACKSPACE && text->length > 0) {
        size_t length = text->length - 1;

        while (length > 0 && ((unsigned char)text->text[length] & 0xc0) == 0x80)
            length--;
        str_cut(text, length);
    } else if (key->code == TERM_KEY_ESCAPE) {
        str_clear(text);
        console->searching = false;
    } else if (key->code == TERM_KEY_ENTER) {
        console->searching = false;
        if (text == &front_sheet(console)->search && text->length > 0)
            find(console, 1);
    }
    console->reordered = true;
    console->dirty = true;
}

/* ---- rows ---- */

/* Where the view alone is shown, the answer would not be seen. */
static void type_from_view(struct console *console, const char *command, bool submit)
{
    if (console->zoom == LAYOUT_VIEW_ONLY)
        console->zoom = LAYOUT_ALL;
    console_type(console, command, submit);
}

/* An id with its Region behind it ("i-0abc@eu-west-1") asks there. */
static void type_for_row(struct console *console, const char *id, const struct keys_command *entry)
{
    const char *region = strrchr(id, '@');
    int length = (int)(region == NULL ? strlen(id) : (size_t)(region - id));
    const char *hole = strstr(entry->command, "{}");
    struct str command = STR_INIT;

    str_addf(&command, "%.*s%.*s%s", (int)(hole - entry->command), entry->command, length, id,
             hole + 2);
    if (region != NULL) /* before what the person has yet to type */
        str_addf(&command, "%s--region %s", str_ends(str_text(&command), " ") ? "" : " ",
                 region + 1);
    type_from_view(console, str_text(&command), entry->submit);
    str_release(&command);
}

static void open_row(struct console *console)
{
    struct view *view = console_front_view(console);
    const char *id = sheet_selected(&view->sheet);
    struct str command = STR_INIT;
    const struct keys_command *entry;
    enum view_choice choice;

    if (console->focus != CONSOLE_VIEW || id == NULL) {
        console_focus_prompt(console);
        return;
    }
    choice = view->ops->choose == NULL ? VIEW_NOT_MINE : view->ops->choose(view->scene, id);
    if (choice == VIEW_TURNED)
        sheet_restart(&view->sheet);
    if (choice != VIEW_NOT_MINE) {
        console->reordered = true;
        return;
    }
    if (view->ops->command != NULL)
        view->ops->command(view->scene, id, &command);
    entry = keys_command_find(id, 0);
    if (command.length > 0 && view->ops->waits) {
        console_close_over(console); /* a menu: it has said what it was asked */
        console_type(console, str_text(&command), false);
    } else if (command.length > 0)
        type_from_view(console, str_text(&command), true);
    else if (entry != NULL)
        type_for_row(console, id, entry);
    else
        console_focus_prompt(console);
    str_release(&command);
}

static bool row_key(struct console *console, const struct term_key *key)
{
    const char *id = sheet_selected(&console_front_view(console)->sheet);
    const struct keys_command *entry;

    if (console->focus != CONSOLE_VIEW || key->code != TERM_KEY_CHAR || key->alt || id == NULL)
        return false;
    entry = keys_command_find(id, key->character);
    if (entry != NULL && console->options->film != NULL && !entry->submit)
        console_say(console, "not in a film: nothing changes it");
    else if (entry != NULL)
        type_for_row(console, id, entry);
    return entry != NULL;
}

/* The row's id without its Region, else what the last answers were about. */
static void copy_id(struct console *console)
{
    const char *row =
        console->focus == CONSOLE_VIEW ? sheet_selected(&console_front_view(console)->sheet) : NULL;
    const char *id = row != NULL ? row : str_text(&console->last_id);
    char *text = xstrndup(id, row == NULL ? strlen(id) : strcspn(id, "@"));
    struct str said = STR_INIT;

    if (text[0] == '\0') {
        str_add(&said, "no answer had an id yet");
    } else {
        term_copy(text);
        str_addf(&said, "copied: %s", text);
    }
    console_say(console, str_text(&said));
    free(text);
    str_release(&said);
}

/* ---- the mouse ---- */

static bool inside(const struct layout_place *place, const struct term_key *key)
{
    return key->row >= place->row && key->row < place->row + place->rows &&
           key->col >= place->col && key->col < place->col + place->cols;
}

static void click(struct console *console, const struct term_key *key)
{
    if (inside(&console->layout.view, key)) {
        console_focus(console, CONSOLE_VIEW);
        sheet_click(&console_front_view(console)->sheet, key->row - console->layout.view.row);
    } else if (inside(&console->layout.lesson, key)) {
        console_focus(console, CONSOLE_LESSON);
    } else if (inside(&console->layout.transcript, key)) {
        console_focus(console, CONSOLE_TRANSCRIPT);
    } else {
        console_focus_prompt(console);
    }
}

static void wheel(struct console *console, const struct term_key *key)
{
    enum sheet_move move = key->code == TERM_KEY_WHEEL_UP ? SHEET_UP : SHEET_DOWN;

    for (int i = 0; i < 3; i++) {
        if (inside(&console->layout.view, key))
            sheet_move(&console_front_view(console)->sheet, move);
        else if (inside(&console->layout.lesson, key))
            sheet_move(&console->lesson_sheet, move);
        else
            transcript_move(&console->transcript, move);
    }
}

/* ---- dispatch ---- */

static void back(struct console *console)
{
    struct str *text = search_text(console);

    if (text->length > 0)
        str_clear(text);
    else if (console->over.ops != NULL && console->focus == CONSOLE_VIEW)
        console_close_over(console);
    else if (console->zoom != LAYOUT_ALL)
        console->zoom = LAYOUT_ALL;
    else
        console_focus_prompt(console);
    console->reordered = true;
}

static void lesson_command(struct console *console)
{
    const struct console_lesson *lesson = console->options->lesson;
    const char *command = lesson == NULL ? NULL : lesson->command(lesson->context);

    if (command == NULL)
        console_say(console, "the lesson proposes no command here");
    else
        console_type(console, command, false);
}

/* Without leaving the prompt. */
static void lesson_page(struct console *console)
{
    if (console->layout.lesson.rows == 0)
        console->show_lesson = true;
    else if (sheet_more(&console->lesson_sheet) > 0)
        sheet_move(&console->lesson_sheet, SHEET_PAGE_DOWN);
    else
        sheet_move(&console->lesson_sheet, SHEET_TOP);
}

static void act_on_place(struct console *console, const struct keys_key *key)
{
    switch (key->action) {
    case KEYS_UP:
        walk(console, SHEET_UP);
        break;
    case KEYS_DOWN:
        walk(console, SHEET_DOWN);
        break;
    case KEYS_PAGE_UP:
        walk(console, SHEET_PAGE_UP);
        break;
    case KEYS_PAGE_DOWN:
        walk(console, SHEET_PAGE_DOWN);
        break;
    case KEYS_FIRST:
        walk(console, SHEET_TOP);
        break;
    case KEYS_LAST:
        walk(console, SHEET_BOTTOM);
        break;
    case KEYS_SEARCH:
        begin_search(console);
        break;
    case KEYS_SEARCH_NEXT:
        find(console, 1);
        break;
    case KEYS_SEARCH_BACK:
        find(console, -1);
        break;
    case KEYS_OPEN:
        open_row(console);
        break;
    case KEYS_BACK:
        back(console);
        break;
    case KEYS_EARLIER:
        step(console, -1);
        break;
    case KEYS_LATER:
        step(console, 1);
        break;
    case KEYS_MUCH_EARLIER:
        step(console, -10);
        break;
    case KEYS_MUCH_LATER:
        step(console, 10);
        break;
    case KEYS_BREAK:
        console_break(console);
        break;
    case KEYS_POINT:
        console_point(console);
        break;
    case KEYS_SORT:
        if (console->view.ops == &view_list)
            list_view_sort_next(console->view.scene);
        console->reordered = true;
        break;
    default:
        break;
    }
}

static void act_on_time(struct console *console, enum keys_action action)
{
    if (console_film_is_over(console))
        console_say(console, "the film is at its end: [ and ( go back, F10 quits");
    else if (action == KEYS_PAUSE)
        console_time_pause(console, !console->time.paused);
    else if (action == KEYS_STEP)
        console_time_step(console);
    else
        console_time_faster(console, action == KEYS_FASTER ? 1 : -1);
}

static void act(struct console *console, const struct keys_key *key)
{
    switch (key->action) {
    case KEYS_HELP:
        console_show(console, "help", NULL);
        console_focus(console, CONSOLE_VIEW);
        break;
    case KEYS_SHOW:
        console_show(console, key->argument, NULL);
        break;
    case KEYS_WORLDS:
        show_worlds(console);
        break;
    case KEYS_TURN:
        turn(console);
        break;
    case KEYS_ZOOM:
        zoom(console);
        break;
    case KEYS_TO_VIEW:
        console_focus(console, CONSOLE_VIEW);
        break;
    case KEYS_TO_PROMPT:
        console_focus_prompt(console);
        break;
    case KEYS_TO_NEXT:
        focus_next(console);
        break;
    case KEYS_PAUSE:
    case KEYS_STEP:
    case KEYS_FASTER:
    case KEYS_SLOWER:
        act_on_time(console, key->action);
        break;
    case KEYS_TYPE:
    case KEYS_TYPE_ON:
        type_from_view(console, key->argument, key->action == KEYS_TYPE);
        break;
    case KEYS_COPY:
        copy_id(console);
        break;
    case KEYS_LESSON_COMMAND:
        lesson_command(console);
        break;
    case KEYS_LESSON_PAGE:
        lesson_page(console);
        break;
    case KEYS_TEACH:
        console_teach(console);
        break;
    case KEYS_PRESENT:
        console_present(console);
        break;
    case KEYS_REDRAW:
        term_repaint();
        break;
    case KEYS_CHAPTER_NEXT:
    case KEYS_CHAPTER_BACK:
    case KEYS_LINE_NEXT:
    case KEYS_LINE_BACK:
        console_film_key(console, key->action);
        break;
    case KEYS_QUIT:
        console->ended = true;
        break;
    default:
        act_on_place(console, key);
        break;
    }
}

/* Time does not move from within a command that moves it. */
static bool allowed_now(const struct console *console, const struct keys_key *key)
{
    bool moves_time = key->action == KEYS_PAUSE || key->action == KEYS_STEP ||
                      key->action == KEYS_FASTER || key->action == KEYS_SLOWER ||
                      key->action == KEYS_QUIT || (key->where & KEYS_FILM) != 0;

    return !console->running || !moves_time;
}

void console_key(struct console *console, const struct term_key *key)
{
    unsigned where = console->focus == CONSOLE_PROMPT       ? KEYS_PROMPT
                     : console->focus == CONSOLE_TRANSCRIPT ? KEYS_TRANSCRIPT
                                                            : KEYS_VIEW;
    const struct keys_key *entry;
    bool film = console->options->film != NULL;

    console->dirty = true;
    if (console->layout.too_small) {
        bool quits = key->code == TERM_KEY_F1 + 9 ||
                     (key->code == TERM_KEY_CHAR && key->character == 'q' && !key->alt);

        console->ended = console->ended || (quits && !console->running);
        return;
    }
    if (console->searching) {
        search_key(console, key);
        return;
    }
    if (key->code == TERM_KEY_CLICK) {
        click(console, key);
        return;
    }
    if (key->code == TERM_KEY_WHEEL_UP || key->code == TERM_KEY_WHEEL_DOWN) {
        wheel(console, key);
        return;
    }
    if (row_key(console, key))
        return;
    entry = keys_find(where | (film ? KEYS_FILM : 0), key);
    if (entry == NULL && keys_find(where | (film ? 0 : KEYS_FILM), key) != NULL)
        console_say(console, film ? "not in a film: nothing changes it" : "no film runs");
    else if (entry != NULL && allowed_now(console, entry))
        act(console, entry);
}
