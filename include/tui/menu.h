/*
 * tui/menu.h - a menu of commands, opened over a view: Enter puts the chosen one into the prompt.
 *
 * The argument is the menu, a line each: a command, a tab, what it does.  A line without a tab is a
 * heading.
 */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "tui/view.h"

extern const struct view_ops view_menu;

#endif
