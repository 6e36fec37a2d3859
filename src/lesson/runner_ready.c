/*
 * lesson/runner_ready.c - is what a lesson prepares whole?
 *
 * A lesson builds a world before its first step, and sets some later steps up, row by row.  A kill
 * or Ctrl-C may come between: then nobody is to stand in half of it.  Notes say what was whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/branch.h"
#include "shell/run.h"
#include "lesson/runner_parts.h"

static const char key_built[] = "+built";     /* the branch with whose beginning it was ready */
static const char key_setting[] = "+setting"; /* "STEP ROW": what is set up, and from where on */

/* ---- the beginning ---- */

bool runner_is_built(const struct runner *runner)
{
    const struct progress *progress = &runner->progress;
    const char *built = progress_note(progress, "", key_built);

    if (built != NULL)
        return store_branch_root(runner->shell->session->store, runner->branch) <=
               strtoll(built, NULL, 10);
    /* A lesson that an older program began. */
    for (uint32_t i = 0; i < progress->rows.count; i++) {
        if (strcmp(progress->rows.items[i].key, progress_key_begun) == 0)
            return true;
    }
    return false;
}

void runner_note_built(struct runner *runner)
{
    char text[24];

    if (runner->branch == 0)
        return;
    snprintf(text, sizeof(text), "%lld",
             (long long)store_branch_root(runner->shell->session->store, runner->branch));
    progress_set_note(&runner->progress, "", key_built, text);
}

void runner_leave_unbuilt(struct runner *runner)
{
    const char *id = runner->lesson->id;
    struct str ignored = STR_INIT;

    str_addf(&runner->news,
             "lesson: %s was not ready when the program stopped; `lesson %s` begins it.\n", id, id);
    runner_close_lesson(runner);
    runner_leave(runner, &ignored);
    str_release(&ignored);
}

/* ---- a step's set-up ---- */

int runner_setup_begin(struct runner *runner, const struct lesson_step *step, struct str *why)
{
    struct session *session = runner->shell->session;
    struct str note = STR_INIT;

    if (runner->branch == 0)
        return 0;
    if (session_save_time(session, why) != 0)
        return -1;
    str_addf(&note, "%s %lld", step->id, (long long)session_seq(session));
    progress_set_note(&runner->progress, "", key_setting, str_text(&note));
    str_release(&note);
    return 0;
}

void runner_setup_end(struct runner *runner)
{
    progress_set_note(&runner->progress, "", key_setting, NULL);
}

void runner_setup_take_back(struct runner *runner)
{
    const char *note = progress_note(&runner->progress, "", key_setting);
    const char *row = note == NULL ? NULL : strrchr(note, ' ');
    const struct lesson_step *step = runner_step(runner);
    struct session *session = runner->shell->session;
    int64_t seq = row == NULL ? 0 : strtoll(row, NULL, 10);
    struct str ignored = STR_INIT;

    if (row == NULL)
        return;
    /* With the step entered it is over, though nobody came to say so. */
    if (strncmp(note, step->id, (size_t)(row - note)) != 0 || step->id[row - note] != '\0') {
        if (seq < session_seq(session) &&
            session_fork(session, runner->lesson->id, seq, &ignored) == 0)
            runner->branch = store_branch_current(session->store)->id;
    }
    runner_setup_end(runner);
    str_release(&ignored);
}
