/*
 * tui/text_view.h - a long text to be read: a page, a help; and the help of the screen itself.
 */
#ifndef TUI_TEXT_VIEW_H
#define TUI_TEXT_VIEW_H

#include "tui/view.h"

/* The argument is the text. */
extern const struct view_ops view_text;
/* The keys, from their table. */
extern const struct view_ops view_help;

#endif
