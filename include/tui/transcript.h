/*
 * tui/transcript.h - what was typed and answered, kept to be scrolled and searched.
 *
 * A long answer stops at its top: the person reads on with Page Down.  The oldest lines go when
 * there are more than TRANSCRIPT_LINES.
 */
#ifndef TUI_TRANSCRIPT_H
#define TUI_TRANSCRIPT_H

#include <stdbool.h>

#include "tui/sheet.h"

enum {
    TRANSCRIPT_LINES = 20000,
    TRANSCRIPT_ANSWER_LINES = 10000, /* of one answer; the rest is counted, and said to be gone */
};

struct transcript_line {
    char *text; /* owned */
    uint8_t role;
};

struct transcript {
    LIST(struct transcript_line) lines; /* owned */
    struct sheet sheet;                 /* the lines, broken at `cols` */
    int cols;                           /* 0: to be broken anew */
    uint32_t written;                   /* lines that are in the sheet */
    uint32_t answer;                    /* the line at which the last answer begins */
    uint32_t answer_row;                /* the row of the sheet at which it begins */
    bool follow;                        /* the newest is shown */
    bool settle;                        /* the next drawing decides whether to stop at the top */
};

void transcript_init(struct transcript *transcript);
void transcript_release(struct transcript *transcript);
/* Adds text of one or several lines. */
void transcript_add(struct transcript *transcript, enum theme_role role, const char *text);
/* What comes now is one answer: it begins with the next line. */
void transcript_begin_answer(struct transcript *transcript);
/* Adds what nobody asked for: an answer of its own, whose end is shown. */
void transcript_add_news(struct transcript *transcript, enum theme_role role, const char *text);
/* Draws the newest, or what was scrolled to. */
void transcript_draw(struct transcript *transcript, const struct canvas_area *area,
                     const struct theme *theme);
void transcript_move(struct transcript *transcript, enum sheet_move move);
/* Rows below what is shown. */
uint32_t transcript_more(const struct transcript *transcript);
/* Back to the newest. */
void transcript_follow(struct transcript *transcript);
bool transcript_find_next(struct transcript *transcript, int direction);

#endif
