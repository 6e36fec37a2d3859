/*
 * lesson/runner.h - a lesson at work: its branch, its steps, its checks as time passes.
 *
 * A lesson has a branch of its own, with its own seed: beginning one, or beginning it anew, never
 * touches other work.  While such a branch is the current one, file:// reaches the branch's own
 * files only, whoever typed the line (struct session's `person`).
 *
 * The floor above calls runner_look() after each command and at each whole simulated second (struct
 * session_hooks' second does both), and shows what runner_take_news() gives.
 */
#ifndef LESSON_RUNNER_H
#define LESSON_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "lesson/list.h"
#include "lesson/progress.h"

struct shell;
struct store;

struct runner {
    struct shell *shell;              /* borrowed, as is the next */
    struct lesson_list *lessons;
    const struct lesson *lesson;      /* borrowed from the list; NULL: the sandbox */
    uint32_t step;                    /* the present one, from 0 */
    bool finished;                    /* the last step is done and left */
    bool coffee;                      /* the step's coffee words are shown too */
    bool shown; /* the floor above shows the pane: words need not print it.  Set by that floor */
    bool teaches; /* an instructor sits there: notes, votes, hidden answers.  Set by that floor */
    struct progress progress;
    struct str news; /* lines for the person that nobody took yet */
    int64_t branch;  /* the store's current branch when last looked at; 0: in memory */
    bool busy;       /* it runs a block of the lesson: nothing is looked at */
    uint64_t answered; /* of the shell's commands, how many were seen */
};

/* The shell's session is open.  If its current branch is a lesson's, goes on with that. */
void runner_init(struct runner *runner, struct shell *shell, struct lesson_list *lessons);
void runner_release(struct runner *runner);

/* Where the session is a copy in memory: the lesson of the file's current branch stands as the file
 * has it.  The file is read during the call only. */
void runner_show_kept(struct runner *runner, struct store *store);

/* Begins a lesson in a new branch.  With `again` false, one that was begun is gone on with. 0, or
 * -1 with a sentence. */
int runner_begin(struct runner *runner, const char *id, bool again, struct str *why);
/* Goes back to the sandbox. */
int runner_leave(struct runner *runner, struct str *why);

/* Looks whether checks were achieved, and whether the branch was changed. */
void runner_look(struct runner *runner);
/* Appends what there is to say, a line each; false when there is nothing. */
bool runner_take_news(struct runner *runner, struct str *out);

/* NULL when no lesson runs. */
const struct lesson_step *runner_step(const struct runner *runner);
bool runner_step_complete(const struct runner *runner);
/* Goes to the next step. 0, or -1 with a sentence: what is missing. */
int runner_next(struct runner *runner, struct str *why);

/*
 * Goes to a step (from 0) on a new branch: the lesson's world is built, and the solutions of the
 * steps before it are run.  The branch before stays as it is.  0, or -1 with a sentence, also when
 * interrupted; then the branch before is the current one again, with what was achieved there.
 */
int runner_jump(struct runner *runner, uint32_t step, struct str *why);

/* The line that one key puts into the prompt: the step's next `run` line, or `next`.  False when
 * there is none. */
bool runner_line(const struct runner *runner, struct str *line);
/* How many of the step's run lines were taken.  A line that was typed counts when it does what the
 * next one does (the same operation), so that who types it with other names is not asked again. */
uint32_t runner_lines_taken(const struct runner *runner);

/* Hints of the present step that were asked for. */
uint32_t runner_hints(const struct runner *runner);
/* Those of all steps. */
uint32_t runner_hints_all(const struct runner *runner);
/* One more; NULL when there is no other. */
const struct lesson_block *runner_hint(struct runner *runner);

/* Was this option (from 1) among the answers to the step's n-th question (from 0)? */
bool runner_answered(const struct runner *runner, uint32_t question, uint32_t option);
void runner_add_answer(struct runner *runner, uint32_t question, uint32_t option);
/* The first question of the step that nobody has answered rightly, with its number; NULL. */
const struct lesson_block *runner_question(const struct runner *runner, uint32_t *number);

#endif
