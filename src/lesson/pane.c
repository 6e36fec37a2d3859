/*
 * lesson/pane.c - the lesson as lines of styled text: for the screen's lesson pane, and for plain
 * mode.
 *
 * The step's blocks come in the order of the file; what belongs to its end (hints that were asked
 * for, what is still missing) stands after them.
 */
#include "lesson/pane.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "lesson/runner.h"
#include "lesson/script.h"

struct builder {
    struct pane *pane;
    const struct runner *runner;
    unsigned width;
    uint32_t line;     /* number of the next run line */
    uint32_t question; /* number of the next question */
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
        bool next = builder->line == taken;

        add_plain(builder, next ? PANE_NEXT : PANE_COMMAND, next ? "> " : "  ", str_text(&line));
        builder->line++;
    }
    gap(builder);
    str_release(&line);
}

static void add_question(struct builder *builder, const struct lesson_block *block)
{
    const struct lesson_question *question = block->question;
    uint32_t answer = runner_answer(builder->runner, builder->question++);
    struct arena *arena = &builder->pane->arena;

    gap(builder);
    add_item(builder, PANE_QUESTION, "? ", question->text);
    for (uint32_t i = 0; i < question->options.count; i++) {
        const struct lesson_option *option = &question->options.items[i];
        const char *mark = answer == 0 ? " " : option->right ? "*" : answer == i + 1 ? "x" : " ";

        add_item(builder, PANE_QUESTION, arena_printf(arena, "%s%u) ", mark, i + 1), option->text);
    }
    if (answer == 0)
        add_plain(builder, PANE_NOTE, "  ", "What do you think? `answer 1`, `answer 2`...");
    else
        add_item(builder, PANE_QUESTION, "  ",
                 arena_printf(arena, "%s %s",
                              answer <= question->options.count &&
                                      question->options.items[answer - 1].right
                                  ? "Right."
                                  : "Not quite: * marks it.",
                              question->why));
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
    case LESSON_COFFEE:
        if (builder->runner->coffee) {
            gap(builder);
            add_item(builder, PANE_COFFEE, "~ ", block->text);
            gap(builder);
        }
        break;
    default:
        break;
    }
}

/* ---- the step's end ---- */

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

    gap(builder);
    for (uint32_t i = 0; i < progress->checks.count; i++) {
        const struct progress_check *state = &progress->checks.items[i];
        const char *label = check_label(builder, state->check);

        if (progress->complete || state->achieved)
            add_plain(builder, PANE_DONE, "[x] ", label);
        else
            add_plain(builder, PANE_OPEN, "[ ] ",
                      arena_printf(arena, "%s: %s", label, state->check->otherwise));
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

static void add_end(struct builder *builder)
{
    const struct runner *runner = builder->runner;
    bool last = runner->step + 1 == runner->lesson->steps.count;

    gap(builder);
    if (runner->finished)
        add_plain(builder, PANE_NOTE, "",
                  "The lesson is over. `lesson list` shows others; `lesson leave` goes back to the "
                  "sandbox.");
    else if (runner->progress.complete)
        add_plain(builder, PANE_NOTE, "",
                  last ? "Done, and that was the last step. `next` ends the lesson."
                       : "Done. `next` goes on.");
    else
        add_plain(builder, PANE_NOTE, "",
                  "`check` says what is missing, `hint` helps, `coffee` tells it as a coffee shop, "
                  "`solve` does it.");
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
    if (runner->step == 0)
        add_item(builder, PANE_PROSE, "", runner->lesson->intro);
    for (uint32_t i = 0; i < step->blocks.count; i++)
        add_block(builder, &step->blocks.items[i]);
    add_hints(builder, step);
    add_checks(builder);
    add_end(builder);
}

static const char list_intro[] =
    "Below is a prompt. It takes AWS CLI commands, and a cloud inside this program answers. "
    "Nothing leaves your machine, and nothing costs money. Try things, or begin a lesson:";

static void build_list(struct builder *builder)
{
    const struct lesson_list *lessons = builder->runner->lessons;
    struct pane *pane = builder->pane;

    pane->title = "lessons";
    pane->step = "";
    add_item(builder, PANE_PROSE, "", list_intro);
    for (uint32_t i = 0; i < lessons->items.count; i++) {
        const struct lesson *lesson = lessons->items.items[i];

        gap(builder);
        add_plain(builder, i == 0 ? PANE_NEXT : PANE_COMMAND, i == 0 ? "> " : "  ",
                  arena_printf(&pane->arena, "lesson %s", lesson->id));
        add_plain(builder, PANE_PROSE, "    ",
                  lesson->minutes == 0
                      ? lesson->title
                      : arena_printf(&pane->arena, "%s (about %u min)", lesson->title,
                                     lesson->minutes));
        for (uint32_t k = 0; k < lesson->needs.list.count; k++)
            add_plain(builder, PANE_NOTE, "    ",
                      arena_printf(&pane->arena, "New to this? Begin with: lesson %s",
                                   lesson->needs.list.items[k]));
    }
}

void pane_build(struct pane *pane, const struct runner *runner, unsigned width)
{
    struct builder builder = {.pane = pane, .runner = runner, .width = width};
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
