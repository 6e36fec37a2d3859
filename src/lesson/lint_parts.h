/*
 * lesson/lint_parts.h - what the two halves of the proof share: a lesson, and where to complain.
 */
#ifndef LESSON_LINT_PARTS_H
#define LESSON_LINT_PARTS_H

#include "lesson/lint.h"

struct lint_run {
    const struct lint *lint;
    const struct lesson *lesson;
    const char *variant; /* "" or " (seed 7, other names)" */
    struct str *report;
    unsigned problems;
};

/* Notes a problem; the text is sanitised. */
void lint_say(struct lint_run *run, unsigned line, const char *problem);

/* Everything that can be seen without running anything: src/lesson/lint_text.c. */
void lint_text(struct lint_run *run);

#endif
