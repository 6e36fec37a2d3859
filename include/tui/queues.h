/*
 * tui/queues.h - queues, topics and buses in AWS's words, and as the order board.
 */
#ifndef TUI_QUEUES_H
#define TUI_QUEUES_H

#include "tui/queues_scene.h"

/* The order board: rows of the coffee shop; nothing when there is no queue, topic or bus. */
void board_write(struct sheet *sheet, const struct queues_scene *scene,
                 const struct view_frame *frame);

extern const struct view_ops view_queues;

#endif
