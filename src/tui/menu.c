/*
 * tui/menu.c - a menu of commands, opened over a view: Enter puts the chosen one into the prompt.
 */
#include "tui/menu.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void *menu_open(const char *argument)
{
    return xstrdup(argument == NULL ? "" : argument);
}

static void menu_refresh(void *scene, const struct view_source *source)
{
    (void)scene;
    (void)source;
}

static void menu_command(const void *scene, const char *id, struct str *command)
{
    (void)scene;
    str_add(command, id);
}

static void write_item(struct sheet *sheet, int cols, const char *command, const char *what)
{
    bool apart = what[0] != '\0' && (int)strlen(command) + 4 + (int)strlen(what) > cols;

    sheet_row(sheet, command);
    sheet_add(sheet, THEME_TEXT, "  ");
    sheet_wrap_on(sheet, (struct sheet_wrap){THEME_COMMAND, cols, 4}, command);
    if (what[0] != '\0' && !apart)
        sheet_to(sheet, 20);
    if (apart)
        sheet_line(sheet, THEME_TEXT, "    ");
    if (what[0] != '\0')
        sheet_wrap_on(sheet, (struct sheet_wrap){THEME_TEXT, cols, 20}, what);
}

static void menu_rows(const void *scene, const struct view_frame *frame, struct sheet *sheet)
{
    const char *text = scene;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = xstrndup(text, length);
        char *what = strchr(line, '\t');

        if (what != NULL)
            *what++ = '\0';
        if (what == NULL)
            sheet_line(sheet, THEME_DIM, line);
        else
            write_item(sheet, frame->cols, line, what);
        free(line);
        text += length + (text[length] == '\n');
    }
}

static void menu_close(void *scene)
{
    free(scene);
}

const struct view_ops view_menu = {
    .name = "menu",
    .title = "choose",
    .doc = "Commands to choose from.",
    .open = menu_open,
    .refresh = menu_refresh,
    .rows = menu_rows,
    .command = menu_command,
    .close = menu_close,
    .waits = true,
};
