/*
 * tui/compare.h - the last comparison: up to four worlds side by side, in AWS's words and as coffee
 * shops.
 */
#ifndef TUI_COMPARE_H
#define TUI_COMPARE_H

#include "tui/view.h"

extern const struct view_ops view_compare, view_cafes;

#endif
