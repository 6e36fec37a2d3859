/*
 * tui/board.c - the order board: queues in the words of the coffee shop.
 *
 * A message is a slip on the board, one in flight is turned face down, one that is visible again
 * came back, and the dead-letter queue is the tray of spoiled orders.
 */
#include <string.h>

#include "tui/queues.h"

enum { SLIPS_MOST = 12, SLIP_COLS = 22 };

/* What stands on the slip: the order, or its number when the text is long. */
static void write_slip(struct sheet *sheet, const struct queues_message *message, int cols)
{
    bool flight = strcmp(message->state, "in flight") == 0;
    enum theme_role role = flight ? THEME_DIM : THEME_TEXT;

    sheet_row(sheet, message->id);
    sheet_addf(sheet, role, "    %s ", flight ? "\xe2\x96\x92" : "\xe2\x96\xae");
    sheet_cell(sheet, role, SLIP_COLS, message->body);
    if (flight)
        sheet_addf(sheet, THEME_WARN, " face down%s: back in %lld s unless it is done",
                   cols >= 100 ? ", somebody makes it" : "", (long long)message->seconds);
    else if (message->seconds >= 0)
        sheet_addf(sheet, THEME_DIM, " pinned up in %lld s", (long long)message->seconds);
    else if (message->receives > 0)
        sheet_addf(sheet, THEME_WARN, " came back (%lld so far)", (long long)message->receives);
    else
        sheet_addf(sheet, THEME_DIM, " waits %lld s", (long long)message->age_s);
}

static void write_board(struct sheet *sheet, const struct queues_queue *queue, int cols)
{
    uint32_t told = queue->messages.count < SLIPS_MOST ? queue->messages.count : SLIPS_MOST;
    int64_t all = queue->visible + queue->in_flight + queue->delayed;

    sheet_row(sheet, queue->url);
    sheet_add(sheet, THEME_TITLE, queue->takes_dead ? "the spoiled tray " : "the order board ");
    sheet_add(sheet, THEME_TITLE, queue->name);
    sheet_addf(sheet, THEME_TEXT, "  waiting %lld  face down %lld", (long long)queue->visible,
               (long long)queue->in_flight);
    if (queue->delayed > 0)
        sheet_addf(sheet, THEME_TEXT, "  not yet up %lld", (long long)queue->delayed);
    if (cols < 100)
        sheet_row(sheet, NULL);
    sheet_addf(sheet, THEME_DIM, "  written %lld  done %lld", (long long)queue->sent,
               (long long)queue->deleted);
    if (queue->moved > 0)
        sheet_addf(sheet, THEME_BAD, "  spoiled %lld", (long long)queue->moved);
    for (uint32_t i = 0; i < told; i++)
        write_slip(sheet, &queue->messages.items[i], cols);
    if (all > told) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "    and %lld more slips", (long long)(all - told));
    }
    if (queue->waiting > 0) {
        sheet_row(sheet, NULL);
        sheet_addf(sheet, THEME_DIM, "    %lld at the board, waiting for a slip",
                   (long long)queue->waiting);
    }
}

void board_write(struct sheet *sheet, const struct queues_scene *scene, int cols)
{
    if (scene->queues.count == 0)
        return;
    sheet_line(sheet, THEME_TEXT, "");
    for (uint32_t i = 0; i < scene->queues.count; i++)
        write_board(sheet, &scene->queues.items[i], cols);
    sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, cols, 0},
               "board = queue \xc2\xb7 slip = message \xc2\xb7 face down = in flight \xc2\xb7 "
               "spoiled tray = dead-letter queue");
}
