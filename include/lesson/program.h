/*
 * lesson/program.h - `nephoscope lesson`: lessons without a screen.
 */
#ifndef LESSON_PROGRAM_H
#define LESSON_PROGRAM_H

#include <stddef.h>

struct word;

/* Does `list`, `show ID`, `lint [PATH...]` or `play ID`: the words after `lesson`.  Words that only
 * a screen fulfils (NULL: none) may stand in lessons.  Prints; returns the exit code. */
int lesson_program(const struct word *screen_words, const char *const *words, size_t count);

#endif
