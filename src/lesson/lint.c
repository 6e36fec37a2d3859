/*
 * lesson/lint.c - the proof that a lesson is right: every step is tried out.
 *
 * From the moment at which a step begins, the world is kept and put back between the trials:
 *
 *      step begins --+-- the lines that the step shows      each must do what it says
 *                    +-- each near miss                     its check stays wrong
 *                    +-- each other solution                the step becomes complete
 *                    +-- the solution                       the step becomes complete; and on
 *
 * An instructor's command must run there, or after the solution.
 */
#include "lesson/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sim/clock.h"
#include "api/api_words.h"
#include "store/sql.h"
#include "shell/run.h"
#include "shell/session.h"
#include "lesson/lint_parts.h"
#include "lesson/runner.h"
#include "lesson/script.h"
#include "lesson/teaching.h"
#include "lesson/words.h"

/* One lesson, with one seed and one set of names. */
struct trial {
    struct lint_run *run;
    struct session *session;
    struct shell shell;
    struct runner runner;
    struct str kept; /* the world at the step's beginning */
    bool notes;      /* the instructor's commands are tried too */
};

void lint_say(struct lint_run *run, unsigned line, const char *problem)
{
    if (run->problems++ >= LINT_PROBLEMS_MAX)
        return;
    str_addf(run->report, "%s:%u: ", run->lesson->path, line);
    utf8_add_safe(run->report, problem, strlen(problem), UTF8_KEEP_NOTHING);
    str_addf(run->report, "%s\n", run->variant);
}

static void complain(struct trial *trial, unsigned line, const char *what, const char *detail)
{
    struct str text = STR_INIT;

    str_addf(&text, "step %s: %s%s%s", runner_step(&trial->runner)->id, what,
             *detail == '\0' ? "" : ": ", detail);
    lint_say(trial->run, line, str_text(&text));
    str_release(&text);
}

/* ---- a trial's session ---- */

static void on_second(void *context)
{
    struct trial *trial = context;

    runner_look(&trial->runner);
}

static int open_trial(struct trial *trial, struct lesson_list *lessons, struct str *why)
{
    struct session_options options = {0};
    struct str notice = STR_INIT;

    if (session_open(trial->run->lint->catalog, &options, &trial->session, &notice, why) != 0)
        return -1;
    shell_init(&trial->shell, trial->session);
    shell_add_words(&trial->shell, shell_words, &trial->shell);
    shell_add_words(&trial->shell, api_words, NULL);
    shell_add_words(&trial->shell, sql_words, NULL);
    shell_add_words(&trial->shell, lesson_words, &trial->runner);
    runner_init(&trial->runner, &trial->shell, lessons);
    trial->session->hooks.context = trial;
    trial->session->hooks.second = on_second;
    str_release(&notice);
    return runner_begin(&trial->runner, lessons->items.items[0]->id, true, why);
}

static void close_trial(struct trial *trial)
{
    struct str why = STR_INIT;

    runner_release(&trial->runner);
    str_release(&trial->kept);
    if (trial->session != NULL)
        session_close(trial->session, &why);
    str_release(&why);
}

/* Back to the step's beginning: the world, and what is known of its checks. */
static void put_back(struct trial *trial)
{
    struct progress *progress = &trial->runner.progress;
    const struct lesson_step *step = runner_step(&trial->runner);
    struct str why = STR_INIT;

    if (session_return(trial->session, &trial->kept, &why) != 0)
        complain(trial, step->line, "the world cannot be put back", str_text(&why));
    str_release(&why);
    for (uint32_t i = progress->rows.count; i > 0; i--) {
        const struct progress_row *row = &progress->rows.items[i - 1];

        if (strcmp(row->step, step->id) == 0) {
            char *key = xstrdup(row->key);

            progress_set_note(progress, step->id, key, NULL);
            free(key);
        }
    }
    progress_enter(progress, step, trial->session->world->sim.now);
    runner_look(&trial->runner);
}

/* Lets the time pass, second by second, until the step is complete. */
static void settle(struct trial *trial, unsigned seconds)
{
    for (unsigned i = 0; i < seconds && !runner_step_complete(&trial->runner); i++)
        session_advance(trial->session, trial->session->world->sim.now + SECOND_NS, "");
}

/* ---- the parts of a step ---- */

static const struct progress_check *find_check(const struct trial *trial, const char *id)
{
    const struct progress *progress = &trial->runner.progress;

    for (uint32_t i = 0; i < progress->checks.count; i++) {
        if (strcmp(progress->checks.items[i].check->id, id) == 0)
            return &progress->checks.items[i];
    }
    return NULL;
}

/* Nothing is achieved before anything was done. */
static void try_beginning(struct trial *trial)
{
    const struct progress *progress = &trial->runner.progress;

    for (uint32_t i = 0; i < progress->checks.count; i++) {
        const struct progress_check *state = &progress->checks.items[i];

        if (state->achieved && state->check->mode != CHECK_NEVER)
            complain(trial, state->check->line, "true before the solution", state->check->id);
    }
}

static bool try_solution(struct trial *trial, const struct lesson_block *block)
{
    const struct progress *progress = &trial->runner.progress;
    struct str why = STR_INIT;
    bool right = true;

    if (script_run(&trial->shell, block->text, &why) != 0) {
        complain(trial, block->line, "this solution does not run", str_text(&why));
        right = false;
    }
    str_release(&why);
    if (right)
        settle(trial, LINT_SETTLE_S);
    if (right && !runner_step_complete(&trial->runner)) {
        const struct check *missing = progress_missing(progress)->check;
        char *text = xasprintf("%s (%s)", missing->id, missing->otherwise);

        complain(trial, block->line, "still false after this solution", text);
        free(text);
        right = false;
    }
    return right;
}

static void try_wrong(struct trial *trial, const struct lesson_block *block)
{
    const struct progress_check *state;
    const char *at = block->text;
    struct str line = STR_INIT;
    struct str said = STR_INIT;
    struct command_io io = {.out = &said, .err = &said};

    while (script_next(&at, &line))
        shell_run(&trial->shell, str_text(&line), false, &io);
    session_advance(trial->session, trial->session->world->sim.now + LINT_WRONG_S * SECOND_NS, "");
    runner_look(&trial->runner);
    state = find_check(trial, block->detail);
    if (state->achieved || runner_step_complete(&trial->runner))
        complain(trial, block->line, "true after a near miss that should fail it", block->detail);
    str_release(&line);
    str_release(&said);
}

/* The line fails exactly when the block says so. */
/* A line such as `speed 60`: only a screen can do it, and it changes nothing. */
static bool is_for_screen(const struct trial *trial, const char *line)
{
    const struct word *word = trial->run->lint->screen_words;
    size_t length = strcspn(line, " ");

    for (; word != NULL && word->name != NULL; word++) {
        if (strlen(word->name) == length && strncmp(word->name, line, length) == 0)
            return true;
    }
    return false;
}

static bool line_works(struct trial *trial, const struct lesson_block *block, const char *line)
{
    struct str said = STR_INIT;
    struct command_io io = {.out = &said, .err = &said};
    bool fails;

    if (is_for_screen(trial, line))
        return true;
    fails = shell_run(&trial->shell, line, false, &io) != 0;
    str_release(&said);
    return fails == (strcmp(block->detail, "fails") == 0);
}

/* The lines that the step shows, from its number `first` on.  Returns how many worked, up to the
 * first that did not. */
static unsigned try_lines(struct trial *trial, unsigned first, const struct lesson_block **failed)
{
    const struct lesson_step *step = runner_step(&trial->runner);
    struct str line = STR_INIT;
    unsigned number = 0;

    *failed = NULL;
    for (uint32_t i = 0; *failed == NULL; i++) {
        const struct lesson_block *block = lesson_block_find(step, LESSON_RUN, i);
        const char *at;

        if (block == NULL)
            break;
        at = block->text;
        while (*failed == NULL && script_next(&at, &line)) {
            if (number < first || line_works(trial, block, str_text(&line)))
                number++;
            else
                *failed = block;
        }
    }
    str_release(&line);
    return number;
}

/* ---- the instructor's commands ---- */

enum { NOTES_MAX = 32 };

/* Runs them one after another, and marks those that work. */
static void run_notes(struct trial *trial, bool worked[NOTES_MAX])
{
    struct str line = STR_INIT;
    struct str said = STR_INIT;
    struct command_io io = {.out = &said, .err = &said};

    for (uint32_t i = 0; i < NOTES_MAX && teaching_command(&trial->runner, i, &line); i++)
        worked[i] = shell_run(&trial->shell, str_text(&line), false, &io) == 0 || worked[i];
    str_release(&line);
    str_release(&said);
}

/* After the solution, whose world stays as it is: what did not work before it has to work now. */
static void try_notes(struct trial *trial, bool worked[NOTES_MAX])
{
    const struct lesson_step *step = runner_step(&trial->runner);
    const struct lesson_block *block = lesson_block_find(step, LESSON_INSTRUCTOR, 0);
    struct str after = STR_INIT;
    struct str line = STR_INIT;
    struct str why = STR_INIT;

    if (!trial->notes || block == NULL)
        return;
    session_keep(trial->session, &after);
    run_notes(trial, worked);
    if (session_return(trial->session, &after, &why) != 0)
        complain(trial, step->line, "the world cannot be put back", str_text(&why));
    for (uint32_t i = 0; i < NOTES_MAX && teaching_command(&trial->runner, i, &line); i++) {
        if (!worked[i])
            complain(trial, block->line, "a command of the instructor's notes does not run",
                     str_text(&line));
    }
    str_release(&after);
    str_release(&line);
    str_release(&why);
}

static bool try_step(struct trial *trial)
{
    const struct lesson_step *step = runner_step(&trial->runner);
    const struct lesson_block *solution = lesson_block_find(step, LESSON_SOLUTION, 0);
    const struct lesson_block *failed;
    const struct lesson_block *block;
    bool notes[NOTES_MAX] = {false};
    unsigned worked;
    bool right = true;

    str_clear(&trial->kept);
    session_keep(trial->session, &trial->kept);
    try_beginning(trial);
    if (trial->notes) {
        run_notes(trial, notes);
        put_back(trial);
    }
    worked = try_lines(trial, 0, &failed);
    put_back(trial);
    for (uint32_t i = 0; (block = lesson_block_find(step, LESSON_WRONG, i)) != NULL; i++) {
        try_wrong(trial, block);
        put_back(trial);
    }
    for (uint32_t i = 0; (block = lesson_block_find(step, LESSON_SOLUTION_ALT, i)) != NULL; i++) {
        try_solution(trial, block);
        put_back(trial);
    }
    if (solution != NULL)
        right = try_solution(trial, solution);
    if (right && failed != NULL) { /* perhaps the line is for after what the learner does */
        try_lines(trial, worked, &failed);
        if (failed != NULL)
            complain(trial, failed->line, "a line that the step shows does not do what it says",
                     "");
        put_back(trial);
        right = solution == NULL || try_solution(trial, solution);
    }
    if (right)
        try_notes(trial, notes);
    return right;
}

static void try_steps(struct trial *trial)
{
    const struct lesson *lesson = trial->runner.lesson;
    struct str why = STR_INIT;

    for (uint32_t i = 0; i < lesson->steps.count; i++) {
        if (!try_step(trial))
            break;
        if (runner_next(&trial->runner, &why) != 0) {
            complain(trial, lesson->steps.items[i].line, "the step cannot be left",
                     str_text(&why));
            break;
        }
    }
    str_release(&why);
}

/* ---- variants: seeds and names ---- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-';
}

/* The text with one name replaced wherever it stands as a word of its own. */
static char *replace_name(const char *text, const char *name, const char *by)
{
    size_t length = strlen(name);
    struct str out = STR_INIT;

    for (const char *at = text; *at != '\0';) {
        if (strncmp(at, name, length) == 0 && (at == text || !is_name_byte(at[-1])) &&
            !is_name_byte(at[length])) {
            str_add(&out, by);
            at += length;
        } else {
            str_addc(&out, *at++);
        }
    }
    return str_take(&out);
}

static struct lesson *make_variant(struct lint_run *run, uint64_t seed, bool renamed)
{
    const struct lesson *lesson = run->lesson;
    char *text = xstrdup(lesson->source);
    struct str why = STR_INIT;
    struct lesson *variant;

    for (uint32_t i = 0; renamed && i < lesson->names.list.count; i++) {
        char by[32];
        char *next;

        snprintf(by, sizeof(by), "other%u", i + 1);
        next = replace_name(text, lesson->names.list.items[i], by);
        free(text);
        text = next;
    }
    variant = lesson_parse(lesson->path, text, strlen(text), &why);
    if (variant != NULL)
        variant->seed = seed;
    else
        lint_say(run, 1, str_text(&why));
    free(text);
    str_release(&why);
    return variant;
}

static void try_variant(struct lint_run *run, uint64_t seed, bool renamed)
{
    struct lesson *variant = make_variant(run, seed, renamed);
    struct trial trial = {.run = run, .notes = seed == run->lesson->seed && !renamed};
    struct lesson_list only = {0};
    struct str why = STR_INIT;
    char *name = xasprintf(" (seed %llu%s)", (unsigned long long)seed,
                           renamed ? ", with other names" : "");

    run->variant = name;
    if (variant != NULL) {
        *LIST_PUSH(&only.items) = variant;
        if (open_trial(&trial, &only, &why) != 0)
            lint_say(run, variant->world_line == 0 ? 1 : variant->world_line, str_text(&why));
        else
            try_steps(&trial);
        close_trial(&trial);
        lesson_list_release(&only);
    }
    run->variant = "";
    free(name);
    str_release(&why);
}

unsigned lint_lesson(const struct lint *lint, const struct lesson *lesson, struct str *report)
{
    struct lint_run run = {.lint = lint, .lesson = lesson, .variant = "", .report = report};
    bool names = lesson->names.list.count > 0;

    lint_text(&run);
    if (run.problems == 0)
        try_variant(&run, lesson->seed, false);
    if (run.problems == 0 && names)
        try_variant(&run, lesson->seed, true);
    for (unsigned i = 1; i <= lint->seeds && run.problems == 0; i++)
        try_variant(&run, lesson->seed + i, names && i % 2 == 1);
    return run.problems;
}

/* ---- coverage ---- */

static bool is_covered(const struct lint *lint, const char *item, size_t length)
{
    for (uint32_t i = 0; i < lint->lessons->items.count; i++) {
        const struct lesson_words *covers = &lint->lessons->items.items[i]->covers;

        for (uint32_t k = 0; k < covers->list.count; k++) {
            if (strlen(covers->list.items[k]) == length &&
                memcmp(covers->list.items[k], item, length) == 0)
                return true;
        }
    }
    return false;
}

void lint_coverage(const struct lint *lint, struct str *report)
{
    const char *at = lint->coverage == NULL ? "" : lint->coverage;
    struct str open = STR_INIT;
    unsigned total = 0;
    unsigned covered = 0;

    while (*at != '\0') {
        size_t length = strcspn(at, "\n");
        size_t word = strcspn(at, " \n");

        if (*at != '#' && length > 0) {
            total++;
            if (is_covered(lint, at, word))
                covered++;
            else
                str_addf(&open, " %.*s", (int)word, at);
        }
        at += length + (at[length] == '\n');
    }
    if (total > 0)
        str_addf(report, "covered: %u of %u items of lessons/coverage.txt%s%s\n", covered, total,
                 open.length > 0 ? "; without a lesson yet:" : "", str_text(&open));
    str_release(&open);
}
