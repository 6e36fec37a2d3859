/*
 * tui/queues_rows.h - the rows of queues, topics and buses, in whose words one likes.
 *
 * One scene, one way of writing it, two skins: AWS's words, and the coffee shop's.  So no number
 * can differ between the views.
 */
#ifndef TUI_QUEUES_ROWS_H
#define TUI_QUEUES_ROWS_H

#include "tui/queues_scene.h"

/* The words of one way to say it. */
struct queues_skin {
    /* queues and messages */
    const char *queue;      /* "queue, standard" */
    const char *queue_fifo;
    const char *queue_dead; /* one that takes dead letters */
    const char *visible;
    const char *in_flight;
    const char *delayed;
    const char *sent;
    const char *received;
    const char *deleted;
    const char *expired;
    const char *waiting; /* long polls, behind their number */
    const char *too_often; /* "received more than", a number, then the next */
    const char *too_often_to;
    const char *flight_mark;
    const char *back_in;
    const char *seen_in;
    /* topics */
    const char *topic;
    const char *topic_fifo;
    const char *nobody; /* has subscribed */
    const char *published;
    const char *delivered;
    const char *filtered;
    const char *duplicates;
    const char *unheard;      /* so many */
    const char *unheard_line; /* this one */
    const char *unconfirmed;
    const char *reached; /* "delivered to", then: 2 of 3 */
    const char *retrying;
    const char *dead;
    const char *lost;
    /* buses */
    const char *bus;
    const char *matched;
    const char *triggered;
    const char *given;
    const char *disabled;
    const char *no_target;
    const char *unwanted;
    /* coffee shops */
    const char *shop; /* of the coupling direct */
    const char *shop_over; /* of the others, before what it is over */
    const char *asked;
    const char *taken;
    const char *dropped;
    const char *held;
    const char *made;
    const char *in_hand;
    const char *face_down;
    const char *on_way;
    const char *again;
    const char *wasted;
    const char *others;
    /* The skin's word for one of ours; ours when it has none: what a hearer is, what became of a
     * message, where messages come from. */
    const char *(*word)(const char *ours);
};

/* Rows of those things that hold the frame's filter; how many these are. */
uint32_t queues_write(struct sheet *sheet, const struct queues_scene *scene,
                      const struct view_frame *frame, const struct queues_skin *skin);

/* Parts of it: coffee shops (tui/crew); buses, then topics (tui/fanout). */
uint32_t crew_write(struct sheet *sheet, const struct queues_scene *scene,
                    const struct view_frame *frame, const struct queues_skin *skin);
uint32_t fanout_write(struct sheet *sheet, const struct queues_scene *scene,
                      const struct view_frame *frame, const struct queues_skin *skin);

/* Where numbers are written, and how a row begins that takes those for which there was no room. */
struct queues_pen {
    struct sheet *sheet;
    int cols;
    const char *indent;
};
/* "  WORD 3", nothing for 0. */
void queues_number(const struct queues_pen *pen, enum theme_role role, const char *word,
                   int64_t number);
/* The text in what is left of the row. */
void queues_rest(struct sheet *sheet, enum theme_role role, int cols, const char *text);

#endif
