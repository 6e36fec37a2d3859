/*
 * tui/list_view.h - a list of any kind of resource, from its shape alone; without an argument, the
 * list of kinds.
 */
#ifndef TUI_LIST_VIEW_H
#define TUI_LIST_VIEW_H

#include "tui/view.h"

enum { LIST_COLUMNS_MAX = 12 };

struct list_row {
    const char *id;
    const char *cells[LIST_COLUMNS_MAX]; /* in the arena */
};

struct list_scene {
    struct arena arena;
    const char *kind; /* of the resources, "" for the list of kinds; borrowed from `argument` */
    char *argument;   /* owned */
    uint32_t column_count;
    const char *columns[LIST_COLUMNS_MAX]; /* heads */
    uint32_t sort;                         /* the column that orders the rows */
    LIST(struct list_row) rows;            /* in the arena */
};

extern const struct view_ops view_list;

/* Orders by the next column; the last is followed by the order of the answer. */
void list_view_sort_next(void *scene);

#endif
