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

/* ---- reckon_roots.c ---- */

/* The branch with which the learner began the lesson last, as far as the learner was seen in it: a
 * jump that did not come to its end leaves one that nobody was in. */
int64_t reckon_find_root(const struct reckon_task *task);
/* The root of a branch of the lesson; 0 when it is none. */
int64_t reckon_root_of(const struct reckon_task *task, int64_t id);
/* The root before, when a jump (or an instructor, by one) began this one; else 0. */
int64_t reckon_jumped_from(const struct reckon_task *task, int64_t root);
/* Is it the line's first word? */
bool reckon_line_begins(const char *line, const char *word);
/* What asks the lesson, the class or this program rather than the cloud is no command. */
bool reckon_is_command(const char *line);

/* ---- reckon_begin.c ---- */

struct session;
/* Is the session, in which the rows of a root were done as far as its first step, what the lesson
 * itself makes of a world with the root's seed?  That is built once, and kept in `wanted`, which is
 * empty before; the session's `waiting` is asked on the way. */
bool reckon_begins_so(const struct reckon_task *task, int64_t root, const struct session *session,
                      struct str *wanted);

#endif
