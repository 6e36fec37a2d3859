/*
 * tui/balancing.h - load balancing: balancer, listener, target group, targets, and who got the last
 * requests, with the reason.
 */
#ifndef TUI_BALANCING_H
#define TUI_BALANCING_H

#include "tui/view.h"

extern const struct view_ops view_balancing;

#endif
