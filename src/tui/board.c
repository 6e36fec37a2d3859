/*
 * tui/board.c - the order board: queues, topics and buses in the words of the coffee shop.
 *
 * A message is a slip on the board, one in flight is turned face down, one that is visible again
 * came back, and the dead-letter queue is the tray of spoiled orders.  A topic is a shout, heard by
 * those who are there; a bus is the manager's rule book.  The rows, and so all numbers, are those
 * of the view in AWS's words.
 */
#include <string.h>

#include "tui/queues.h"
#include "tui/queues_rows.h"

static const char *shop_word(const char *ours)
{
    static const char *const words[][2] = {
        {"queue", "board"},
        {"topic", "shout"},
        {"email", "mail to"},
        {"email-json", "mail to"},
        {"http", "listener"},
        {"https", "listener"},
        {"log", "diary"},
        {"bus", "rule book"},
        {"action", "chore"},
        {"heard", "heard it"},
        {"given", "was told"},
        {"filtered out", "not meant for this one"},
        {"tried again", "had stepped out: is told again"},
        {"dead-lettered", "had stepped out: it lies in the spoiled tray"},
        {"lost", "had stepped out: it is gone"},
        {"event of", "heard of"},
        {"dead letters of", "spoiled on"},
        {"dead letters of topic", "missed shouts of"},
        {"dead letters of rule", "not told by rule"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], ours) == 0)
            return words[i][1];
    return ours;
}

static const struct queues_skin shop_skin = {
    .queue = "the order board",
    .queue_fifo = "the order board, in order",
    .queue_dead = "the spoiled tray",
    .visible = "waiting",
    .in_flight = "face down",
    .delayed = "not yet up",
    .sent = "written",
    .received = "taken",
    .deleted = "done",
    .expired = "fell off",
    .waiting = "at the board, waiting for a slip",
    .too_often = "taken more than",
    .too_often_to = "to the spoiled tray",
    .flight_mark = "\xe2\x96\x92",
    .back_in = "back in",
    .seen_in = "up in",
    .topic = "the shout",
    .topic_fifo = "the shout, in order",
    .nobody = "nobody is there to hear it",
    .published = "shouted",
    .delivered = "heard",
    .filtered = "not for them",
    .duplicates = "said twice",
    .unheard = "to an empty room",
    .unheard_line = "gone, nobody was there",
    .unconfirmed = "has not said yes yet",
    .reached = "heard by",
    .retrying = "told again",
    .dead = "to the spoiled tray",
    .lost = "gone",
    .bus = "the manager's rule book",
    .matched = "applied",
    .triggered = "struck",
    .given = "told",
    .disabled = "crossed out",
    .no_target = "tells nobody",
    .unwanted = "forgotten, no rule for it",
    .shop = "the crew: cashiers call the baristas",
    .shop_over = "the crew, over a",
    .asked = "customers",
    .taken = "orders taken",
    .dropped = "sent away",
    .held = "at the cashiers",
    .made = "made",
    .in_hand = "in hand",
    .face_down = "face down, nobody makes it",
    .on_way = "on the way",
    .again = "made twice",
    .wasted = "poured away",
    .others = "for nobody's order",
    .word = shop_word,
};

void board_write(struct sheet *sheet, const struct queues_scene *scene,
                 const struct view_frame *frame)
{
    if (queues_scene_is_empty(scene))
        return;
    if (sheet->used > 0)
        sheet_line(sheet, THEME_TEXT, "");
    queues_write(sheet, scene, frame, &shop_skin);
    if (scene->topics.count + scene->buses.count > 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   "shout = topic \xc2\xb7 rule book = event bus \xc2\xb7 \xe2\x97\x86 just now "
                   "\xc2\xb7 \xe2\x9c\x93 heard \xc2\xb7 \xe2\x97\x8b not for this one \xc2\xb7 "
                   "\xe2\x97\x90 told again \xc2\xb7 \xe2\x9c\x97 had stepped out");
    if (scene->queues.count > 0)
        sheet_wrap(sheet, (struct sheet_wrap){THEME_DIM, frame->cols, 0},
                   "board = queue \xc2\xb7 slip = message \xc2\xb7 face down = in flight \xc2\xb7 "
                   "spoiled tray = dead-letter queue");
}
