/*
 * tui/coffee.h - the same moment as in a coffee shop: the door, the host, the counters.
 */
#ifndef TUI_COFFEE_H
#define TUI_COFFEE_H

#include "tui/view.h"

extern const struct view_ops view_coffee;

/* A target's state, and how a group chooses, as they are in the shop; what has no word there, as it
 * is. */
const char *coffee_state(const char *state);
const char *coffee_manner(const char *algorithm);
/* The line before a counter: a face for each customer, up to `most`. */
void coffee_line(struct sheet *sheet, int64_t customers, int64_t most);

#endif
