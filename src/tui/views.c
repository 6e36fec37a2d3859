/*
 * tui/views.c - every view there is: the one visible list.
 */
#include "tui/view.h"

#include "tui/balancing.h"
#include "tui/charts.h"
#include "tui/coffee.h"
#include "tui/compare.h"
#include "tui/cost.h"
#include "tui/events.h"
#include "tui/hosts.h"
#include "tui/list_view.h"
#include "tui/map.h"
#include "tui/queues.h"
#include "tui/storage.h"
#include "tui/text_view.h"

const struct view_ops *const views[] = {
    &view_map,    &view_hosts,  &view_storage, &view_balancing, &view_queues,
    &view_coffee, &view_compare, &view_cafes,  &view_charts,    &view_cost,
    &view_list,   &view_events, &view_help,    NULL,
};
