/*
 * tui/coffee.h - the same moment as in a coffee shop: the door, the host, the counters.
 */
#ifndef TUI_COFFEE_H
#define TUI_COFFEE_H

#include "tui/view.h"

extern const struct view_ops view_coffee;

#endif
