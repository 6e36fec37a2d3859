/*
 * lesson/teaching.h - what an instructor does in a lesson: hands are counted, answers stay hidden
 * until they are shown, and the step's notes have commands to choose from.
 *
 * It is all kept with the learner's progress, in notes of the step:
 *
 *   "+votes-N"   the hands for each option of the N-th question: "12 3 5"
 *   "+shown"     the step's solution may be seen
 */
#ifndef LESSON_TEACHING_H
#define LESSON_TEACHING_H

#include <stdbool.h>
#include <stdint.h>

#include "api/word.h"

struct runner;
struct str;

enum { TEACHING_OPTIONS_MAX = 9, TEACHING_HANDS_MAX = 99999 };

/* The hands for the options of the step's n-th question (from 0); false when nobody counted. */
bool teaching_votes(const struct runner *runner, uint32_t question,
                    uint32_t votes[TEACHING_OPTIONS_MAX]);
/* May the step's solution be seen? */
bool teaching_solution_shown(const struct runner *runner);
/* The n-th command of the step's notes, from 0; false when there is none. */
bool teaching_command(const struct runner *runner, uint32_t n, struct str *line);
/* Appends the step's notes without their commands, as Markdown. */
void teaching_notes(const struct runner *runner, struct str *markdown);
/* Appends what can be chosen now, a line each: a command, a tab, what it does.  A line without a
 * tab is a heading. */
void teaching_menu(const struct runner *runner, struct str *out);

/* vote, reveal, note.  Their owner is a struct runner. */
extern const struct word teaching_words[];

#endif
