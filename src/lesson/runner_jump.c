/*
 * lesson/runner_jump.c - to any step of a lesson; the steps before it are done for you.
 */
#include "lesson/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/clock.h"
#include "shell/run.h"
#include "lesson/runner_parts.h"
#include "lesson/script.h"

enum { JUMP_SETTLE_S = 1200 /* simulated seconds in which a solution's effect may come */ };

/* The session's hooks on the way: they do what they did, and the person sees how far it is. */
struct jump {
    struct runner *runner;
    struct session_hooks hooks; /* the others */
    char what[64];
    LIST(struct progress_row) rows; /* of the progress before; owned */
};

static int jump_waiting(void *context, const char *what, int64_t until)
{
    const struct jump *jump = context;

    (void)what;
    return jump->hooks.waiting == NULL
               ? 0
               : jump->hooks.waiting(jump->hooks.context, jump->what, until);
}

static void jump_second(void *context)
{
    runner_look(((const struct jump *)context)->runner);
}

static void keep_progress(struct jump *jump)
{
    const struct progress *progress = &jump->runner->progress;

    for (uint32_t i = 0; i < progress->rows.count; i++) {
        const struct progress_row *row = &progress->rows.items[i];

        *LIST_PUSH(&jump->rows) = (struct progress_row){
            .step = xstrdup(row->step),
            .key = xstrdup(row->key),
            .value = xstrdup(row->value),
        };
    }
}

/* What was in time stays so. */
static void keep_counted(const struct jump *jump)
{
    for (uint32_t i = 0; i < jump->rows.count; i++) {
        const struct progress_row *row = &jump->rows.items[i];

        if (strcmp(row->key, progress_key_counted) == 0)
            progress_set_note(&jump->runner->progress, row->step, row->key, row->value);
    }
}

static void release_progress(struct jump *jump)
{
    for (uint32_t i = 0; i < jump->rows.count; i++) {
        free(jump->rows.items[i].step);
        free(jump->rows.items[i].key);
        free(jump->rows.items[i].value);
    }
    LIST_RELEASE(&jump->rows);
}

/* The present step by its solution, and on to the next. */
static int jump_step(struct jump *jump, struct str *why)
{
    struct runner *runner = jump->runner;
    struct session *session = runner->shell->session;
    const struct lesson_block *block = lesson_block_find(runner_step(runner), LESSON_SOLUTION, 0);

    snprintf(jump->what, sizeof(jump->what), "step %u of %u", runner->step + 1,
             runner->lesson->steps.count);
    if (block != NULL && script_run(runner->shell, block->text, why) != 0)
        return -1;
    for (unsigned i = 0; i < JUMP_SETTLE_S && !runner_step_complete(runner); i++) {
        if (session_advance(session, session->world->sim.now + SECOND_NS, jump->what) != 0) {
            str_add(why, "interrupted");
            return -1;
        }
    }
    progress_set_note(&runner->progress, runner_step(runner)->id, progress_key_given, "1");
    return runner_next(runner, why);
}

/* It did not come to its end: the branch before, with what was achieved there. */
static void jump_back(struct jump *jump, int64_t branch)
{
    struct runner *runner = jump->runner;
    struct str ignored = STR_INIT;

    if (runner->lesson == NULL || branch == 0)
        return;
    progress_forget(&runner->progress);
    for (uint32_t i = 0; i < jump->rows.count; i++)
        progress_set_note(&runner->progress, jump->rows.items[i].step, jump->rows.items[i].key,
                          jump->rows.items[i].value);
    if (session_switch(runner->shell->session, branch, &ignored) == 0) {
        runner_close_lesson(runner);
        runner_follow_branch(runner);
    }
    str_release(&ignored);
}

int runner_jump(struct runner *runner, uint32_t step, struct str *why)
{
    const struct lesson *lesson = runner->lesson;
    struct session *session = runner->shell->session;
    struct jump jump = {.runner = runner, .hooks = session->hooks, .what = "its world"};
    int64_t branch = runner->branch;
    char from[24];
    int status;

    if (lesson == NULL || step >= lesson->steps.count) {
        str_add(why, lesson == NULL ? "no lesson runs; `lesson list` shows what there is"
                                    : "the lesson has no such step");
        return -1;
    }
    keep_progress(&jump);
    session->hooks = (struct session_hooks){
        .context = &jump,
        .waiting = jump_waiting,
        .second = jump_second,
    };
    status = runner_begin_new(runner, lesson, why);
    snprintf(from, sizeof(from), "%lld", (long long)branch);
    if (status == 0 && branch != 0)
        progress_set_note(&runner->progress, "", progress_key_jumped, from);
    if (status == 0)
        keep_counted(&jump);
    while (status == 0 && runner->step < step)
        status = jump_step(&jump, why);
    session->hooks = jump.hooks;
    str_clear(&runner->news);
    runner->answered = runner->shell->answered;
    if (status == 0)
        runner_remember_prepared(runner); /* what was done on the way is not the person's */
    else
        jump_back(&jump, branch);
    release_progress(&jump);
    return status;
}
