/*
 * tui/text_view.c - a long text to be read: a page, a help; and the help of the screen itself.
 */
#include "tui/text_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/keys.h"

static void *text_open(const char *argument)
{
    return xstrdup(argument == NULL ? "" : argument);
}

static void text_refresh(void *scene, const struct view_source *source)
{
    (void)scene;
    (void)source;
}

static void text_rows(const void *scene, const struct view_frame *frame, struct sheet *sheet)
{
    const char *text = scene;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = xstrndup(text, length);

        if (length == 0)
            sheet_line(sheet, THEME_TEXT, "");
        else if (utf8_columns(text, length) <= (size_t)frame->cols)
            sheet_line(sheet, THEME_TEXT, line);
        else
            sheet_wrap(sheet, (struct sheet_wrap){THEME_TEXT, frame->cols, 2}, line);
        free(line);
        text += length + (text[length] == '\n');
    }
}

static void text_close(void *scene)
{
    free(scene);
}

/* ---- help ---- */

static const char *const focus_help[] = {
    "The prompt takes AWS CLI commands: aws SERVICE OPERATION ... Tab completes, `help` lists "
    "everything that can be typed. Esc goes to the view, i comes back.",
    "On a row, keys type commands into the prompt, so that you see the command for what is done. "
    "Those that change something wait there for your Enter.",
};

/* What help of a film's screen is opened with. */
static const char film_argument[] = "film";
static const char film_help[] =
    "A film: the world is as it was. What you type at the prompt is answered in it, and then put "
    "back: nothing changes the film.";

static bool moves_film(const struct keys_key *key)
{
    return (key->where & KEYS_FILM) != 0 || key->action == KEYS_PAUSE ||
           key->action == KEYS_FASTER || key->action == KEYS_SLOWER;
}

/* Does the key stand in this part of the help?  `where`: a place with or without KEYS_FILM, or
 * KEYS_FILM alone: what moves the film. */
static bool belongs(const struct keys_key *key, unsigned where)
{
    bool film = (where & KEYS_FILM) != 0;
    bool everywhere = (key->where & KEYS_ANY) == KEYS_ANY;
    unsigned place = where & ~(unsigned)KEYS_FILM;

    if (!keys_is_there(key, where) || (film && moves_film(key) != (place == 0)))
        return false;
    if (place == 0 || place == KEYS_ANY)
        return place == 0 || everywhere;
    return !everywhere && (key->where & place) != 0;
}

static void write_keys(struct sheet *sheet, const struct view_frame *frame, unsigned where,
                       const char *title)
{
    sheet_line(sheet, THEME_TEXT, "");
    sheet_line(sheet, THEME_TITLE, title);
    for (const struct keys_key *key = keys; key->label != NULL; key++) {
        if (!belongs(key, where))
            continue;
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_KEY, 12, key->label);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, frame->cols, 14}, key->doc);
    }
}

/* In a film those only that change nothing. */
static void write_commands(struct sheet *sheet, const struct view_frame *frame, bool film)
{
    const char *before = "";

    sheet_line(sheet, THEME_TEXT, "");
    sheet_line(sheet, THEME_TITLE, "On a row: a key types a command");
    for (const struct keys_command *entry = keys_commands; entry->prefix != NULL; entry++) {
        char letter[2] = {(char)entry->character, '\0'};

        if (film && !entry->submit)
            continue;
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_DIM, 15, strcmp(before, entry->prefix) == 0 ? "" : entry->prefix);
        sheet_cell(sheet, THEME_KEY, 6, entry->character == 0 ? "Enter" : letter);
        sheet_cell(sheet, THEME_TEXT, 16, entry->doc);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_COMMAND, frame->cols, 39}, entry->command);
        before = entry->prefix;
    }
}

static void help_rows(const void *scene, const struct view_frame *frame, struct sheet *sheet)
{
    unsigned film = strcmp(scene, film_argument) == 0 ? KEYS_FILM : 0;

    if (film != 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_TEXT, frame->cols, 0}, film_help);
    for (size_t i = 0; film == 0 && i < sizeof(focus_help) / sizeof(focus_help[0]); i++)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_TEXT, frame->cols, 0}, focus_help[i]);
    if (film != 0)
        write_keys(sheet, frame, KEYS_FILM, "The film");
    write_keys(sheet, frame, KEYS_ANY | film, "From anywhere");
    write_keys(sheet, frame, KEYS_PROMPT | film, "At the prompt");
    write_keys(sheet, frame, KEYS_NOT_PROMPT | film, "In a view, and in the transcript");
    write_commands(sheet, frame, film != 0);
    sheet_line(sheet, THEME_TEXT, "");
    sheet_line(sheet, THEME_TITLE, "Views: `view NAME`");
    for (size_t i = 0; views[i] != NULL; i++) {
        sheet_row(sheet, NULL);
        sheet_add(sheet, THEME_TEXT, "  ");
        sheet_cell(sheet, THEME_COMMAND, 12, views[i]->name);
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, frame->cols, 14}, views[i]->doc);
    }
}

const struct view_ops view_text = {
    .name = "text",
    .title = "text",
    .doc = "A long text.",
    .open = text_open,
    .refresh = text_refresh,
    .rows = text_rows,
    .close = text_close,
};

const struct view_ops view_help = {
    .name = "help",
    .title = "help",
    .doc = "What each key does.",
    .open = text_open,
    .refresh = text_refresh,
    .rows = help_rows,
    .close = text_close,
};
