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

/* ---- runner_ready.c: is what the lesson prepares whole? ---- */

/* Did the present branch begin with all that the lesson prepares? */
bool runner_is_built(const struct runner *runner);
/* It did. */
void runner_note_built(struct runner *runner);
/* It did not: the sandbox, with a word why. */
void runner_leave_unbuilt(struct runner *runner);
/* A step is about to be set up; -1 with a sentence when that cannot be noted. */
int runner_setup_begin(struct runner *runner, const struct lesson_step *step, struct str *why);
/* It is, and is entered. */
void runner_setup_end(struct runner *runner);
/* What was begun and not ended: the world before it, on a branch of its own. */
void runner_setup_take_back(struct runner *runner);

/* ---- runner_shown.c: in memory, for a film ---- */

struct logbook_entry;
/* The lesson of that id ("": none) is the one that the pane shows. */
void runner_show_lesson(struct runner *runner, const char *id);
/* What was noted of it: a step begun, a check achieved, a hint taken. */
void runner_show_note(struct runner *runner, const struct logbook_entry *note);

#endif
