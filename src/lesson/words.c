/*
 * lesson/words.c - the words of the prompt that lessons fulfil: lesson, hint, check, solve, next...
 */
#include "lesson/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "shell/run.h"
#include "lesson/binding.h"
#include "lesson/pane.h"
#include "lesson/runner.h"
#include "lesson/script.h"

enum { PRINT_WIDTH = 78 }; /* within a screen of 80 columns */

static int say(const struct word_call *call, const char *problem)
{
    str_addf(call->io.err, "%s: ", call->words[0]);
    utf8_add_safe(call->io.err, problem, strlen(problem), UTF8_KEEP_NOTHING);
    str_addc(call->io.err, '\n');
    return 1;
}

static int usage(const struct word_call *call, const char *how)
{
    str_addf(call->io.err, "usage: %s\n", how);
    return EXIT_USAGE;
}

static int no_lesson(const struct word_call *call)
{
    return say(call, "no lesson runs; `lesson list` shows what there is");
}

/* The whole step, to be read again. */
static void show_whole(const struct runner *runner, struct str *out)
{
    struct pane pane;

    pane_build(&pane, runner, PRINT_WIDTH, PANE_WHOLE);
    pane_print(&pane, out);
    pane_release(&pane);
}

static void show_step(const struct runner *runner, struct str *out)
{
    struct pane pane;

    pane_build(&pane, runner, PRINT_WIDTH, PANE_WHOLE);
    if (runner->lesson != NULL && runner->finished)
        str_add(out, "The lesson is over. `lesson list` shows others; `lesson leave` goes back to "
                     "the sandbox.\n");
    else if (runner->shown && pane.number == 0)
        str_add(out, "This is the sandbox again. The lesson waits: `lesson ID` goes on with it.\n");
    else if (runner->shown && pane.number > 0)
        str_addf(out, "%s, step %u of %u: %s\n", pane.title, pane.number, pane.steps, pane.step);
    else if (!runner->shown)
        pane_print(&pane, out);
    pane_release(&pane);
}

static void show_markdown(const char *markdown, struct str *out)
{
    struct arena arena = ARENA_INIT;
    struct prose prose = {.arena = &arena};
    struct str why = STR_INIT;

    prose_add(&prose, markdown, PRINT_WIDTH, &why);
    prose_print(&prose, "", out);
    str_release(&why);
    arena_release(&arena);
}

/* ---- lesson ---- */

static int finish(struct word_call *call, int status, struct str *why)
{
    if (status != 0)
        status = say(call, str_text(why));
    else
        show_step(call->owner, call->io.out);
    str_release(why);
    return status;
}

static int word_lesson(struct word_call *call)
{
    struct runner *runner = call->owner;
    struct str why = STR_INIT;
    const char *what = call->count > 1 ? call->words[1] : NULL;

    if (call->count > 2)
        return usage(call, "lesson [list | ID | again | leave]");
    if (what == NULL && runner->lesson != NULL) {
        show_whole(runner, call->io.out);
        return 0;
    }
    if (what == NULL || strcmp(what, "list") == 0) {
        str_add(call->io.out, "Lessons (`lesson ID` begins one, or goes on with it):\n");
        lesson_list_print(runner->lessons, call->io.out);
        return 0;
    }
    if (strcmp(what, "leave") == 0)
        return finish(call, runner_leave(runner, &why), &why);
    if (strcmp(what, "again") == 0) {
        if (runner->lesson == NULL)
            return no_lesson(call);
        return finish(call, runner_begin(runner, runner->lesson->id, true, &why), &why);
    }
    return finish(call, runner_begin(runner, what, false, &why), &why);
}

static int word_next(struct word_call *call)
{
    struct runner *runner = call->owner;
    struct str why = STR_INIT;

    return finish(call, runner_next(runner, &why), &why);
}

/* The step that a person names: its number, or its id; past the last when there is none. */
static uint32_t find_step(const struct lesson *lesson, const char *word)
{
    char *end = NULL;
    unsigned long number = strtoul(word, &end, 10);

    if (*end == '\0' && word[0] >= '0' && word[0] <= '9')
        return number >= 1 && number <= lesson->steps.count ? (uint32_t)number - 1
                                                            : lesson->steps.count;
    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        if (strcmp(lesson->steps.items[i].id, word) == 0)
            return i;
    }
    return lesson->steps.count;
}

static int word_jump(struct word_call *call)
{
    struct runner *runner = call->owner;
    struct str why = STR_INIT;

    if (runner->lesson == NULL)
        return no_lesson(call);
    if (call->count != 2)
        return usage(call, "jump STEP   (its number or its id)");
    return finish(call, runner_jump(runner, find_step(runner->lesson, call->words[1]), &why),
                  &why);
}

/* ---- help on the way ---- */

static int word_hint(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;

    if (runner->lesson == NULL)
        return no_lesson(call);
    block = runner_hint(runner);
    if (block == NULL)
        str_add(call->io.out, "That was the last hint of this step. `solve` does it for you.\n");
    else
        show_markdown(block->text, call->io.out);
    return 0;
}

static int word_coffee(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;
    uint32_t shown = 0;

    if (runner->lesson == NULL)
        return no_lesson(call);
    runner->coffee = true;
    while ((block = lesson_block_find(runner_step(runner), LESSON_COFFEE, shown)) != NULL) {
        show_markdown(block->text, call->io.out);
        shown++;
    }
    if (shown == 0)
        str_add(call->io.out, "This step has nothing to say about the coffee shop.\n");
    return 0;
}

static int word_check(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct progress *progress = &runner->progress;

    if (runner->lesson == NULL)
        return no_lesson(call);
    runner_look(runner);
    for (uint32_t i = 0; i < progress->checks.count; i++) {
        const struct progress_check *state = &progress->checks.items[i];
        bool done = progress->complete || state->achieved;

        str_addf(call->io.out, "[%c] %s%s", done ? 'x' : ' ', state->check->id, done ? "" : ": ");
        if (!done)
            utf8_add_safe(call->io.out, state->check->otherwise, strlen(state->check->otherwise),
                          UTF8_KEEP_NOTHING);
        str_addc(call->io.out, '\n');
    }
    if (progress->complete)
        str_add(call->io.out, "This step is done. `next` goes on.\n");
    return progress->complete ? 0 : 1;
}

/* Runs a line as if it were typed, and shows it. */
static int run_shown(struct word_call *call, const char *line)
{
    struct runner *runner = call->owner;

    str_addf(call->io.out, "$ %s\n", line);
    return binding_run(runner->shell, line, &call->io);
}

/* Of a solution to what is done already: only the lines whose variable is missing. */
static void solve_variables(struct word_call *call, const struct lesson_block *block)
{
    struct runner *runner = call->owner;
    struct str line = STR_INIT;
    struct str name = STR_INIT;
    const char *at = block->text;

    while (script_next(&at, &line)) {
        if (binding_name(str_text(&line), &name) &&
            binding_is_missing(runner->shell, str_text(&name)))
            run_shown(call, str_text(&line));
    }
    str_release(&line);
    str_release(&name);
}

static int word_solve(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;
    struct str line = STR_INIT;
    const char *at;
    int status = 0;

    if (runner->lesson == NULL)
        return no_lesson(call);
    block = lesson_block_find(runner_step(runner), LESSON_SOLUTION, 0);
    if (block == NULL)
        return say(call, "this step asks for nothing; `next` goes on");
    runner_look(runner);
    if (runner_step_complete(runner) && runner->progress.checks.count > 0) {
        solve_variables(call, block);
        str_add(call->io.out, "This step is done already. `next` goes on.\n");
        return 0;
    }
    if (runner->progress.checks.count > 0)
        progress_set_note(&runner->progress, runner_step(runner)->id, progress_key_given, "1");
    at = block->text;
    /* What the learner has done already is refused the second time: that is no reason to stop. */
    while (status != EXIT_INTERRUPTED && !runner->shell->quit && script_next(&at, &line))
        status = run_shown(call, str_text(&line));
    str_release(&line);
    runner_look(runner);
    return runner_step_complete(runner) ? 0 : status;
}

static int word_run(struct word_call *call)
{
    struct runner *runner = call->owner;
    struct str line = STR_INIT;
    int status;

    if (runner->lesson == NULL)
        return no_lesson(call);
    if (!runner_line(runner, &line)) {
        status = say(call, "this step has no further line to run; `check` says what is missing");
    } else if (strcmp(str_text(&line), "next") == 0) {
        status = word_next(call);
    } else {
        status = run_shown(call, str_text(&line));
    }
    str_release(&line);
    return status;
}

static int word_answer(struct word_call *call)
{
    struct runner *runner = call->owner;
    const struct lesson_block *block;
    const struct lesson_question *question;
    uint32_t number;
    unsigned long option = call->count == 2 ? strtoul(call->words[1], NULL, 10) : 0;

    if (runner->lesson == NULL)
        return no_lesson(call);
    block = runner_question(runner, &number);
    if (block == NULL)
        return say(call, "no question is open in this step");
    question = block->question;
    if (option < 1 || option > question->options.count)
        return usage(call, "answer NUMBER   (of one of the options)");
    runner_add_answer(runner, number, (uint32_t)option);
    if (!question->options.items[option - 1].right) {
        str_add(call->io.out, "Not quite. Try another one.\n");
        return 0;
    }
    str_add(call->io.out, "Right. ");
    show_markdown(question->why, call->io.out);
    if (*question->why == '\0')
        str_addc(call->io.out, '\n');
    return 0;
}

const struct word lesson_words[] = {
    {"lesson", "lesson [list | ID | again | leave]",
     "Shows the lesson, lists them, begins one, begins it anew on a branch of its own.",
     word_lesson},
    {"next", "next", "Goes to the lesson's next step, when this one is done.", word_next},
    {"jump", "jump STEP",
     "Goes to any step, on a branch of its own: those before it are done by their solutions.",
     word_jump},
    {"run", "run", "Runs the next line that the lesson shows.", word_run},
    {"check", "check", "Says what the lesson's step still misses, and where to look.", word_check},
    {"hint", "hint", "Gives one more hint, from a nudge to nearly the answer.", word_hint},
    {"solve", "solve", "Does the step's commands for you, and shows them.", word_solve},
    {"answer", "answer NUMBER", "Answers the lesson's question.", word_answer},
    {"coffee", "coffee", "Tells the same moment as it looks in a coffee shop.", word_coffee},
    {NULL, NULL, NULL, NULL},
};
