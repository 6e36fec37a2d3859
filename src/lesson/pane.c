/*
 * lesson/pane.c - the lesson as lines of styled text: for the screen's lesson pane, and for plain
 * mode.
 *
 * The step's blocks come in the order of the file.  A part ends with the block whose lines are to
 * be run next; what explains their answers comes with the next part.  What belongs to the end
 * (hints that were asked for, the checks) stands after every part.
 */
#include "lesson/pane.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "lesson/runner.h"
#include "lesson/script.h"
#include "lesson/teaching.h"

struct builder {
    struct pane *pane;
    const struct runner *runner;
    unsigned width;
    enum pane_extent extent;
    uint32_t line;     /* number of the next run line */
    uint32_t question; /* number of the next question */
    uint32_t first;    /* the part's blocks: [first, last] */
    uint32_t last;
    bool lines_left; /* the part ends with lines to run */
};

static const char *safe(struct arena *arena, const char *text)
{
    struct str clean = STR_INIT;
    const char *kept;

    utf8_add_safe(&clean, text, strlen(text), UTF8_KEEP_NOTHING);
    kept = arena_strdup(arena, str_text(&clean));
    str_release(&clean);
    return kept;
}

/* ---- adding lines ---- */

static void gap(struct builder *builder)
{
    struct pane *pane = builder->pane;

    if (pane->lines.count > 0 && pane->lines.items[pane->lines.count - 1].text.spans.count > 0)
        *LIST_PUSH_IN(&pane->arena, &pane->lines) = (struct pane_line){.kind = PANE_PROSE};
}

static void take(struct builder *builder, enum pane_kind kind, const struct prose *prose)
{
    struct pane *pane = builder->pane;

    for (uint32_t i = 0; i < prose->lines.count; i++)
        *LIST_PUSH_IN(&pane->arena, &pane->lines) = (struct pane_line){
            .kind = kind,
            .text = prose->lines.items[i],
        };
}

/* The parser has tried every text: laying it out does not fail. */
static void add_item(struct builder *builder, enum pane_kind kind, const char *prefix,
                     const char *markdown)
{
    struct prose prose = {.arena = &builder->pane->arena};
    struct str why = STR_INIT;

    if (*prefix == '\0')
        prose_add(&prose, markdown, builder->width, &why);
    else
        prose_add_item(&prose, prefix, markdown, builder->width, &why);
    take(builder, kind, &prose);
    str_release(&why);
}

static void add_plain(struct builder *builder, enum pane_kind kind, const char *prefix,
                      const char *text)
{
    struct prose prose = {.arena = &builder->pane->arena};
    bool command = kind == PANE_COMMAND || kind == PANE_NEXT;

    prose_add_plain(&prose, prefix, text, command ? PROSE_CODE : PROSE_PLAIN, builder->width);
    take(builder, kind, &prose);
}

/* ---- blocks ---- */

static void add_lines(struct builder *builder, const struct lesson_block *block)
{
    uint32_t taken = runner_lines_taken(builder->runner);
    const char *at = block->text;
    struct str line = STR_INIT;

    gap(builder);
    while (script_next(&at, &line)) {
        bool next = builder->line == taken && !builder->runner->finished;

        add_plain(builder, next ? PANE_NEXT : PANE_COMMAND, next ? "> " : "  ", str_text(&line));
        builder->line++;
    }
    gap(builder);
    str_release(&line);
}

enum { BAR_COLUMNS = 30 };

/* The hands for one option, as a bar: as long as the most hands have room. */
static void add_bar(struct builder *builder, const uint32_t votes[TEACHING_OPTIONS_MAX],
                    uint32_t option)
{
    struct str bar = STR_INIT;
    uint64_t most = 1;

    for (uint32_t i = 0; i < TEACHING_OPTIONS_MAX; i++)
        most = votes[i] > most ? votes[i] : most;
    for (uint64_t i = 0; i < (votes[option] * (uint64_t)BAR_COLUMNS + most - 1) / most; i++)
        str_add(&bar, "\xe2\x96\x88");
    str_addf(&bar, "%s%u", bar.length > 0 ? " " : "", votes[option]);
    add_plain(builder, PANE_BAR, "    ", str_text(&bar));
    str_release(&bar);
}

/* What an instructor is told below a question. */
static const char *teach_question(bool voted, bool right)
{
    return right   ? ""
           : voted ? "Let it happen; `reveal` shows which answer is right."
                   : "Ask for hands: `vote 12 3 5` counts them, `reveal` shows the answer.";
}

static void add_question(struct builder *builder, const struct lesson_block *block)
{
    const struct lesson_question *question = block->question;
    uint32_t number = builder->question++;
    struct arena *arena = &builder->pane->arena;
    uint32_t votes[TEACHING_OPTIONS_MAX];
    bool voted = teaching_votes(builder->runner, number, votes);
    bool right = false;
    bool wrong = false;

    gap(builder);
    add_item(builder, PANE_QUESTION, "? ", question->text);
    for (uint32_t i = 0; i < question->options.count; i++) {
        const struct lesson_option *option = &question->options.items[i];
        bool chosen = runner_answered(builder->runner, number, i + 1);
        const char *mark = !chosen ? " " : option->right ? "*" : "x";

        right = right || (chosen && option->right);
        wrong = wrong || (chosen && !option->right);
        add_item(builder, PANE_OPTION, arena_printf(arena, "%s%u) ", mark, i + 1), option->text);
        if (voted)
            add_bar(builder, votes, i);
    }
    if (right)
        add_item(builder, PANE_QUESTION, "  ",
                 arena_printf(arena, "%s%s", builder->runner->teaches ? "" : "Right. ",
                              question->why));
    else if (builder->runner->teaches)
        add_plain(builder, PANE_TEACH, "  ", teach_question(voted, right));
    else
        add_plain(builder, PANE_NOTE, "  ",
                  wrong ? "Not quite. Try another one."
                        : "What do you think? `answer 1`, `answer 2`...");
    gap(builder);
}

static void add_block(struct builder *builder, const struct lesson_block *block)
{
    switch (block->kind) {
    case LESSON_PROSE:
        gap(builder);
        add_item(builder, PANE_PROSE, "", block->text);
        break;
    case LESSON_RUN:
        add_lines(builder, block);
        break;
    case LESSON_PREDICT:
    case LESSON_QUIZ:
        add_question(builder, block);
        break;
    default:
        break;
    }
}

/* Finds the part that the learner is at. */
static void find_part(struct builder *builder, const struct lesson_step *step)
{
    uint32_t taken = runner_lines_taken(builder->runner);
    uint32_t lines = 0;

    builder->last = step->blocks.count;
    for (uint32_t i = 0; i < step->blocks.count; i++) {
        if (step->blocks.items[i].kind != LESSON_RUN)
            continue;
        lines += script_count(step->blocks.items[i].text);
        if (lines > taken) {
            builder->last = i;
            builder->lines_left = true;
            break;
        }
        builder->first = i + 1;
        builder->pane->part++;
    }
    if (builder->extent == PANE_WHOLE) {
        builder->first = 0;
        builder->last = step->blocks.count;
    }
}

/* Blocks before the part are passed by, but their lines and questions are counted. */
static void skip_block(struct builder *builder, const struct lesson_block *block)
{
    if (block->kind == LESSON_RUN)
        builder->line += script_count(block->text);
    else if (block->kind == LESSON_PREDICT || block->kind == LESSON_QUIZ)
        builder->question++;
}

static void add_blocks(struct builder *builder, const struct lesson_step *step)
{
    for (uint32_t i = 0; i < step->blocks.count && i <= builder->last; i++) {
        if (i < builder->first)
            skip_block(builder, &step->blocks.items[i]);
        else
            add_block(builder, &step->blocks.items[i]);
    }
}

/* ---- for the instructor ---- */

static void add_teaching(struct builder *builder)
{
    const struct runner *runner = builder->runner;
    struct arena *arena = &builder->pane->arena;
    struct str text = STR_INIT;

    teaching_notes(runner, &text);
    add_item(builder, PANE_TEACH, "", str_text(&text));
    for (uint32_t i = 0; teaching_command(runner, i, &text); i++)
        add_plain(builder, PANE_TEACH, arena_printf(arena, "%u  ", i + 1), str_text(&text));
    gap(builder);
    str_release(&text);
}

/* The solution, once it may be seen. */
static void add_solution(struct builder *builder, const struct lesson_step *step)
{
    const struct lesson_block *block = lesson_block_find(step, LESSON_SOLUTION, 0);
    const char *at = block == NULL ? "" : block->text;
    struct str line = STR_INIT;

    if (block == NULL || !teaching_solution_shown(builder->runner))
        return;
    gap(builder);
    while (script_next(&at, &line))
        add_plain(builder, PANE_COMMAND, "  ", str_text(&line));
    str_release(&line);
}

/* ---- the step's end ---- */

static void add_coffee(struct builder *builder, const struct lesson_step *step)
{
    const struct lesson_block *block;

    for (uint32_t i = 0; builder->runner->coffee; i++) {
        block = lesson_block_find(step, LESSON_COFFEE, i);
        if (block == NULL)
            break;
        gap(builder);
        add_item(builder, PANE_COFFEE, "~ ", block->text);
    }
}

static const char *check_label(struct builder *builder, const struct check *check)
{
    char *label = arena_strdup(&builder->pane->arena, check->id);

    for (char *at = label; *at != '\0'; at++)
        *at = *at == '-' || *at == '_' ? ' ' : *at;
    return label;
}

static void add_checks(struct builder *builder)
{
    const struct progress *progress = &builder->runner->progress;
    struct arena *arena = &builder->pane->arena;
    bool why = !builder->lines_left; /* nothing is left to run: what is the matter? */

    gap(builder);
    for (uint32_t i = 0; i < progress->checks.count; i++) {
        const struct progress_check *state = &progress->checks.items[i];
        const char *label = check_label(builder, state->check);

        bool done = progress->complete || state->achieved;

        add_plain(builder, done ? PANE_DONE : PANE_OPEN, done ? "[x] " : "[ ] ",
                  done || !why ? label
                               : arena_printf(arena, "%s: %s", label, state->check->otherwise));
        why = why && done;
    }
}

static void add_hints(struct builder *builder, const struct lesson_step *step)
{
    uint32_t shown = runner_hints(builder->runner);

    for (uint32_t i = 0; i < shown; i++) {
        const struct lesson_block *block = lesson_block_find(step, LESSON_HINT, i);

        if (block != NULL) {
            gap(builder);
            add_item(builder, PANE_HINT, "hint: ", block->text);
        }
    }
}

/* The first lesson that asks for this one to be done before it, or else the next of the list; NULL
 * after the last. */
static const char *lesson_after(const struct runner *runner)
{
    const struct lesson *next = NULL;

    for (uint32_t i = 0; i < runner->lessons->items.count; i++) {
        const struct lesson *lesson = runner->lessons->items.items[i];

        for (uint32_t k = 0; k < lesson->needs.list.count; k++) {
            if (strcmp(lesson->needs.list.items[k], runner->lesson->id) == 0)
                return lesson->id;
        }
        if (strcmp(lesson->id, runner->lesson->id) == 0 && i + 1 < runner->lessons->items.count)
            next = runner->lessons->items.items[i + 1];
    }
    return next == NULL ? NULL : next->id;
}

static void add_end(struct builder *builder)
{
    const struct runner *runner = builder->runner;
    bool last = runner->step + 1 == runner->lesson->steps.count;

    gap(builder);
    if (runner->finished) {
        const char *after = lesson_after(runner);

        add_plain(builder, PANE_NOTE, "",
                  "The lesson is over. `lesson list` shows others; `lesson leave` goes back to the "
                  "sandbox.");
        if (after != NULL)
            add_plain(builder, PANE_NEXT, "> ",
                      arena_printf(&builder->pane->arena, "lesson %s", after));
    } else if (runner->progress.complete && !builder->lines_left) {
        add_plain(builder, PANE_NOTE, "",
                  last ? "Done, and that was the last step." : "Done. On to the next step:");
        add_plain(builder, PANE_NEXT, "> ", "next");
    } else if (runner->progress.complete && runner->progress.checks.count > 0) {
        add_plain(builder, PANE_NOTE, "",
                  "What this step asks for is done. Read on, or go on with `next`.");
    } else if (runner->teaches) {
        add_plain(builder, PANE_TEACH, "",
                  "`note 1` runs a command of the notes, `reveal solution` shows the step's; "
                  "Alt-T has all.");
    } else {
        add_plain(builder, PANE_NOTE, "",
                  builder->pane->part > 0 && builder->extent == PANE_PART
                      ? "`lesson` shows the whole step. `check`, `hint`, `coffee`, `solve` help."
                      : "`check`, `hint`, `coffee` and `solve` help.");
    }
}

/* ---- the whole ---- */

static void build_step(struct builder *builder)
{
    const struct runner *runner = builder->runner;
    const struct lesson_step *step = runner_step(runner);
    struct pane *pane = builder->pane;

    pane->title = safe(&pane->arena, runner->lesson->title);
    pane->step = safe(&pane->arena, step->title);
    pane->number = runner->step + 1;
    pane->steps = runner->lesson->steps.count;
    pane->complete = runner->progress.complete;
    pane->view = step->view != NULL ? step->view : runner->lesson->view;
    find_part(builder, step);
    if (runner->teaches)
        add_teaching(builder);
    if (runner->step == 0 && builder->first == 0)
        add_item(builder, PANE_PROSE, "", runner->lesson->intro);
    add_blocks(builder, step);
    add_coffee(builder, step);
    add_hints(builder, step);
    add_solution(builder, step);
    add_checks(builder);
    add_end(builder);
}

static const char list_intro[] =
    "Below is a prompt. It takes AWS CLI commands, and a cloud inside this program answers. "
    "Nothing leaves your machine, and nothing costs money. Try things, or begin a lesson:";

static const char *minutes_of(struct builder *builder, const struct lesson *lesson)
{
    return lesson->minutes == 0
               ? ""
               : arena_printf(&builder->pane->arena, " (about %u min)", lesson->minutes);
}

/* The lesson that one key begins, and what comes before it. */
static void add_first(struct builder *builder, const struct lesson *lesson)
{
    struct arena *arena = &builder->pane->arena;

    gap(builder);
    add_plain(builder, PANE_NEXT, "> ", arena_printf(arena, "lesson %s", lesson->id));
    add_plain(builder, PANE_PROSE, "    ",
              arena_printf(arena, "%s%s", lesson->title, minutes_of(builder, lesson)));
    for (uint32_t i = 0; i < lesson->needs.list.count; i++)
        add_plain(builder, PANE_NOTE, "    ",
                  arena_printf(arena, "New to this? Begin with: lesson %s",
                               lesson->needs.list.items[i]));
    gap(builder);
}

static void build_list(struct builder *builder)
{
    struct lesson_list *lessons = builder->runner->lessons;
    struct pane *pane = builder->pane;

    lesson_list_read(lessons);
    pane->title = "lessons";
    pane->step = "";
    add_item(builder, PANE_PROSE, "", list_intro);
    if (lessons->items.count > 0)
        add_first(builder, lessons->items.items[0]);
    for (uint32_t i = 1; i < lessons->items.count; i++) {
        const struct lesson *lesson = lessons->items.items[i];

        add_item(builder, PANE_PROSE, "- ",
                 arena_printf(&pane->arena, "`lesson %s` %s%s", lesson->id, lesson->title,
                              minutes_of(builder, lesson)));
    }
}

void pane_build(struct pane *pane, const struct runner *runner, unsigned width,
                enum pane_extent extent)
{
    struct builder builder = {.pane = pane, .runner = runner, .width = width, .extent = extent};
    struct str line = STR_INIT;

    *pane = (struct pane){.arena = ARENA_INIT};
    if (runner->lesson == NULL)
        build_list(&builder);
    else
        build_step(&builder);
    if (runner_line(runner, &line))
        pane->line = arena_strdup(&pane->arena, str_text(&line));
    else if (runner->lesson == NULL && runner->lessons->items.count > 0)
        pane->line =
            arena_printf(&pane->arena, "lesson %s", runner->lessons->items.items[0]->id);
    else if (runner->lesson != NULL && runner->finished && lesson_after(runner) != NULL)
        pane->line = arena_printf(&pane->arena, "lesson %s", lesson_after(runner));
    str_release(&line);
}

void pane_release(struct pane *pane)
{
    arena_release(&pane->arena);
    *pane = (struct pane){0};
}

void pane_print(const struct pane *pane, struct str *out)
{
    if (pane->number > 0)
        str_addf(out, "%s - step %u of %u: %s\n\n", pane->title, pane->number, pane->steps,
                 pane->step);
    for (uint32_t i = 0; i < pane->lines.count; i++) {
        const struct prose_line *line = &pane->lines.items[i].text;

        for (uint32_t k = 0; k < line->spans.count; k++)
            str_add(out, line->spans.items[k].text);
        str_addc(out, '\n');
    }
}
