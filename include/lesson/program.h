/*
 * lesson/program.h - `nephoscope lesson`: lessons without a screen.
 */
#ifndef LESSON_PROGRAM_H
#define LESSON_PROGRAM_H

#include <stddef.h>

#include "lesson/report.h"

struct word;

struct lesson_host {
    const struct word *screen_words; /* that only a screen fulfils; NULL: lessons have none */
    struct report_host report;
};

/* Does `list`, `show ID`, `lint [PATH...]`, `play ID` or `report FILE...`: the words after
 * `lesson`.  Prints; returns the exit code. */
int lesson_program(const struct lesson_host *host, const char *const *words, size_t count);

#endif
