/*
 * tui/lesson_source.h - the lesson that runs, as the screen's pane wants it.
 */
#ifndef TUI_LESSON_SOURCE_H
#define TUI_LESSON_SOURCE_H

#include "base/str.h"
#include "lesson/runner.h"
#include "tui/lesson_pane.h"

struct lesson_source {
    struct runner *runner; /* borrowed */
    struct str command;    /* what was proposed last */
    bool watched;          /* in a film, where none can be begun */
};

/* The pane's content from a runner; `source` must outlive it. */
struct console_lesson lesson_source_of(struct lesson_source *source);
void lesson_source_release(struct lesson_source *source);

#endif
