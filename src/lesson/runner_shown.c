/*
 * lesson/runner_shown.c - a lesson as it stood elsewhere: what was noted there is shown.
 */
#include <string.h>

#include "store/branch.h"
#include "shell/logbook.h"
#include "shell/run.h"
#include "lesson/runner_parts.h"

void runner_show_lesson(struct runner *runner, const char *id)
{
    const struct lesson *lesson = *id == '\0' ? NULL : lesson_list_find(runner->lessons, id);

    if (lesson == runner->lesson)
        return;
    runner_close_lesson(runner);
    if (lesson != NULL)
        runner_open_lesson(runner, lesson);
}

void runner_show_kept(struct runner *runner, struct store *store)
{
    const struct store_branch *branch = store_branch_current(store);

    runner_show_lesson(runner, branch == NULL ? "" : branch->lesson);
    if (runner->lesson == NULL)
        return;
    progress_open(&runner->progress, store, runner->lesson);
    runner->progress.store = NULL; /* nothing is noted there */
    runner_go_on(runner);
}

/* Brings the pane's checks in line with the notes. */
static void enter(struct runner *runner)
{
    const struct lesson_step *step = runner_step(runner);

    progress_enter(&runner->progress, step, runner->shell->session->world->sim.now);
}

void runner_show_note(struct runner *runner, const struct logbook_entry *note)
{
    const struct lesson *lesson;

    runner_show_lesson(runner, note->lesson);
    lesson = runner->lesson;
    if (lesson == NULL || strcmp(lesson->id, note->lesson) != 0)
        return;
    progress_set_note(&runner->progress, note->step, note->key, note->value);
    if (strcmp(note->key, "+step") == 0 && note->value != NULL) {
        for (uint32_t i = 0; i < lesson->steps.count; i++) {
            if (strcmp(lesson->steps.items[i].id, note->value) == 0)
                runner->step = i;
        }
        runner->finished = false;
    }
    if (strcmp(note->key, "+finished") == 0)
        runner->finished = note->value != NULL;
    enter(runner);
}
