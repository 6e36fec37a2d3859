/*
 * lesson/reckon_parts.h - what the files of the room `reckon` share.
 */
#ifndef LESSON_RECKON_PARTS_H
#define LESSON_RECKON_PARTS_H

#include "lesson/reckon.h"

/* ---- reckon_step.c ---- */

/* As it is before it was begun; its checks are to be released. */
void reckon_step_init(struct reckon_step *known, const struct lesson_step *step);
/* As after reckon_step_init(), of the same step. */
void reckon_step_clear(struct reckon_step *known);
/* Makes of a step the best of two ways through it: what was done by oneself is better than what was
 * given, and that is better than nothing; what was asked for and typed is added up. */
void reckon_better(struct reckon_step *step, const struct reckon_step *other);

/* ---- reckon_begin.c ---- */

struct session;
/* Is the session, in which the rows of a root were done as far as its first step, what the lesson
 * itself makes of a world with the root's seed?  Its `waiting` is asked on the way. */
bool reckon_begins_so(const struct reckon_task *task, int64_t root, const struct session *session);

#endif
