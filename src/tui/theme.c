/*
 * tui/theme.c - what things look like, by what they mean.
 */
#include "tui/theme.h"

#include <string.h>

enum { THEMES = 3 };
static const struct theme themes[THEMES];

const struct theme *theme_list(size_t *count)
{
    *count = THEMES;
    return themes;
}

const struct theme *theme_find(const char *name)
{
    for (size_t i = 0; i < THEMES; i++) {
        if (strcmp(themes[i].name, name) == 0)
            return &themes[i];
    }
    return NULL;
}

struct canvas_style theme_style(const struct theme *theme, enum theme_role role)
{
    return theme->styles[role];
}

/* The default keeps the terminal's own text and background, so that it can be read on light and
 * dark. */
static const struct theme
    themes[THEMES] =
        {
            {
                .name = "default",
                .doc = "The terminal's own sixteen colours and background.",
                .styles =
                    {
                        [THEME_DIM] = {.attributes = CANVAS_DIM},
                        [THEME_STRONG] = {.attributes = CANVAS_BOLD},
                        [THEME_TITLE] = {.attributes = CANVAS_BOLD},
                        [THEME_FRAME] = {.attributes = CANVAS_DIM},
                        [THEME_FOCUS] = {.fg = CANVAS_CYAN, .attributes = CANVAS_BOLD},
                        [THEME_STATUS] = {.attributes = CANVAS_REVERSE},
                        [THEME_KEY] = {.attributes = CANVAS_BOLD},
                        [THEME_SELECTED] = {.attributes = CANVAS_REVERSE},
                        [THEME_PROMPT] = {.fg = CANVAS_CYAN, .attributes = CANVAS_BOLD},
                        [THEME_COMMAND] = {.fg = CANVAS_CYAN},
                        [THEME_GOOD] = {.fg = CANVAS_GREEN},
                        [THEME_WARN] = {.fg = CANVAS_YELLOW},
                        [THEME_BAD] = {.fg = CANVAS_RED, .attributes = CANVAS_BOLD},
                        [THEME_NEW] = {.attributes = CANVAS_BOLD},
                        [THEME_MATCH] = {.attributes = CANVAS_REVERSE},
                        [THEME_TENANT_A] = {.fg = CANVAS_GREEN},
                        [THEME_TENANT_A + 1] = {.fg = CANVAS_MAGENTA},
                        [THEME_TENANT_A + 2] = {.fg = CANVAS_BLUE},
                        [THEME_TENANT_A + 3] = {.fg = CANVAS_YELLOW},
                        [THEME_TENANT_A + 4] = {.fg = CANVAS_CYAN},
                        [THEME_TENANT_A + 5] = {.fg = CANVAS_RED},
                        [THEME_TENANT_A + 6] = {.fg = CANVAS_MAGENTA, .attributes = CANVAS_BOLD},
                        [THEME_TENANT_H] = {.fg = CANVAS_BLUE, .attributes = CANVAS_BOLD},
                    },
            },
            {
                .name = "mono",
                .doc = "No colour: bold, dim, reverse and underline only.",
                .styles =
                    {
                        [THEME_DIM] = {.attributes = CANVAS_DIM},
                        [THEME_STRONG] = {.attributes = CANVAS_BOLD},
                        [THEME_TITLE] = {.attributes = CANVAS_BOLD},
                        [THEME_FOCUS] = {.attributes = CANVAS_BOLD},
                        [THEME_STATUS] = {.attributes = CANVAS_REVERSE},
                        [THEME_KEY] = {.attributes = CANVAS_BOLD},
                        [THEME_SELECTED] = {.attributes = CANVAS_REVERSE},
                        [THEME_PROMPT] = {.attributes = CANVAS_BOLD},
                        [THEME_COMMAND] = {.attributes = CANVAS_BOLD},
                        [THEME_WARN] = {.attributes = CANVAS_UNDERLINE},
                        [THEME_BAD] = {.attributes = CANVAS_BOLD | CANVAS_UNDERLINE},
                        [THEME_NEW] = {.attributes = CANVAS_BOLD},
                        [THEME_MATCH] = {.attributes = CANVAS_REVERSE},
                    },
            },
            {
                .name = "high-contrast",
                .doc = "White on black, bright colours, nothing dim.",
                .styles =
                    {
                        [THEME_TEXT] = {.fg = CANVAS_BRIGHT_WHITE, .bg = CANVAS_BLACK},
                        [THEME_DIM] = {.fg = CANVAS_WHITE, .bg = CANVAS_BLACK},
                        [THEME_STRONG] = {.fg = CANVAS_BRIGHT_WHITE,
                                          .bg = CANVAS_BLACK,
                                          .attributes = CANVAS_BOLD},
                        [THEME_TITLE] = {.fg = CANVAS_BRIGHT_WHITE,
                                         .bg = CANVAS_BLACK,
                                         .attributes = CANVAS_BOLD},
                        [THEME_FRAME] = {.fg = CANVAS_WHITE, .bg = CANVAS_BLACK},
                        [THEME_FOCUS] = {.fg = CANVAS_BRIGHT_YELLOW,
                                         .bg = CANVAS_BLACK,
                                         .attributes = CANVAS_BOLD},
                        [THEME_STATUS] = {.fg = CANVAS_BLACK, .bg = CANVAS_BRIGHT_WHITE},
                        [THEME_KEYS] = {.fg = CANVAS_BRIGHT_WHITE, .bg = CANVAS_BLACK},
                        [THEME_KEY] = {.fg = CANVAS_BRIGHT_YELLOW,
                                       .bg = CANVAS_BLACK,
                                       .attributes = CANVAS_BOLD},
                        [THEME_SELECTED] = {.fg = CANVAS_BLACK, .bg = CANVAS_BRIGHT_YELLOW},
                        [THEME_PROMPT] = {.fg = CANVAS_BRIGHT_YELLOW,
                                          .bg = CANVAS_BLACK,
                                          .attributes = CANVAS_BOLD},
                        [THEME_COMMAND] = {.fg = CANVAS_BRIGHT_CYAN, .bg = CANVAS_BLACK},
                        [THEME_GOOD] = {.fg = CANVAS_BRIGHT_GREEN, .bg = CANVAS_BLACK},
                        [THEME_WARN] = {.fg = CANVAS_BRIGHT_YELLOW,
                                        .bg = CANVAS_BLACK,
                                        .attributes = CANVAS_UNDERLINE},
                        [THEME_BAD] = {.fg = CANVAS_BRIGHT_WHITE,
                                       .bg = CANVAS_RED,
                                       .attributes = CANVAS_BOLD},
                        [THEME_NEW] = {.fg = CANVAS_BRIGHT_WHITE,
                                       .bg = CANVAS_BLACK,
                                       .attributes = CANVAS_BOLD},
                        [THEME_MATCH] = {.fg = CANVAS_BLACK, .bg = CANVAS_BRIGHT_CYAN},
                        [THEME_TENANT_A] = {.fg = CANVAS_BRIGHT_GREEN, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 1] = {.fg = CANVAS_BRIGHT_MAGENTA, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 2] = {.fg = CANVAS_BRIGHT_CYAN, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 3] = {.fg = CANVAS_BRIGHT_YELLOW, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 4] = {.fg = CANVAS_BRIGHT_RED, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 5] = {.fg = CANVAS_BRIGHT_WHITE, .bg = CANVAS_BLACK},
                        [THEME_TENANT_A + 6] = {.fg = CANVAS_GREEN, .bg = CANVAS_BLACK},
                        [THEME_TENANT_H] = {.fg = CANVAS_MAGENTA, .bg = CANVAS_BLACK},
                    },
            },
};
