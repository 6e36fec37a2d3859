/*
 * lesson/runner_parts.h - what the files of the room `runner` share.
 */
#ifndef LESSON_RUNNER_PARTS_H
#define LESSON_RUNNER_PARTS_H

#include "lesson/runner.h"

/* A lesson on a new branch, its first step entered.  0, or -1 with a sentence. */
int runner_begin_new(struct runner *runner, const struct lesson *lesson, struct str *why);
/* The same in a world of that seed, whoever's it is. */
int runner_begin_as(struct runner *runner, const struct lesson *lesson, uint64_t seed,
                    struct str *why);
/* Brings the runner in line with the store's current branch. */
void runner_follow_branch(struct runner *runner);
void runner_close_lesson(struct runner *runner);
void runner_open_lesson(struct runner *runner, const struct lesson *lesson);
/* Goes to the step that the notes name, the first unless there is one. */
void runner_go_on(struct runner *runner);
/* What was done so far is not the learner's: `undo` ends there. */
void runner_remember_prepared(struct runner *runner);

/* ---- runner_shown.c: in memory, for a film ---- */

struct logbook_entry;
/* The lesson of that id ("": none) is the one that the pane shows. */
void runner_show_lesson(struct runner *runner, const char *id);
/* What was noted of it: a step begun, a check achieved, a hint taken. */
void runner_show_note(struct runner *runner, const struct logbook_entry *note);

#endif
