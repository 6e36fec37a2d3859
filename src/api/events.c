/*
 * api/events.c - the service events: its operations.
 *
 * None has behaviour yet: lines are checked by assets/catalog/shapes/events.txt, then
 * refused by name.
 */
#include "api/events.h"

static const struct op *const events_ops[] = {
    NULL,
};

const struct service service_events = {
    .name = "events",
    .doc = "EventBridge: buses, and rules that pass events on.",
    .style = STYLE_QUERY,
    .ops = events_ops,
};
