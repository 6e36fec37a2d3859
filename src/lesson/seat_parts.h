/*
 * lesson/seat_parts.h - the seat's files, seen from one another.
 *
 * seat.c tells the wall how far the learner is, and looks at the folder; seat_act.c does what was
 * sent.
 */
#ifndef LESSON_SEAT_PARTS_H
#define LESSON_SEAT_PARTS_H

#include "lesson/seat.h"

/* Settings of the session file: the last message that was taken, and the last box that ended. */
extern const char seat_setting_taken[];
extern const char seat_setting_box[];

void seat_set_text(char **text, const char *value);
/* Journals a message, and with it a setting.  False: not yet, the disk does not take it. */
bool seat_journal(struct seat *seat, const struct class_message *message, const char *key,
                  int64_t number);
/* More comes of it than words: it is done between two commands only. */
bool seat_changes_world(const struct class_message *message);
/* Does what a message says. */
void seat_act(struct seat *seat, const struct class_message *message);
/* A kill came while a message was done: it is done again from the row at which it arrived. */
void seat_do_again(struct seat *seat);
/* The box is over: rows after this were made after it. */
void seat_end_box(struct seat *seat);

#endif
