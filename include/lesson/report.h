/*
 * lesson/report.h - `nephoscope lesson report`: learners and their checks, out of session files.
 *
 * Each file is copied before it is opened (store/foreign.h), and what it claims is reckoned anew
 * (lesson/reckon.h).  A file that cannot be read gives its line and stops no other.
 */
#ifndef LESSON_REPORT_H
#define LESSON_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesson/list.h"

struct str;

/* Someone presses Ctrl-C: asked now and then; NULL: nobody can. */
typedef bool lesson_stopped(void);

struct report_host {
    lesson_stopped *stopped; /* NULL: nobody can press Ctrl-C */
    int64_t (*clock)(void);  /* ns; NULL: nobody waits to see how far it is */
};

/* The words after `report`: files and options.  Prints; returns the exit code: 0; 1 when something
 * was refuted or could not be read; 130 when it was stopped; 252. */
int report_program(struct lesson_list *lessons, const char *const *words, size_t count,
                   const struct report_host *host);

#endif
