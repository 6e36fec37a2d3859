/*
 * tui/lesson_source.c - the lesson that runs, as the screen's pane wants it.
 *
 * The floor below lays its lines out for a width; here they are asked for so wide that each
 * paragraph is one line, and the pane breaks them as it needs.
 */
#include "tui/lesson_source.h"

#include <string.h>

#include "lesson/pane.h"
#include "lesson/teaching.h"

enum { ONE_LINE_WIDTH = 1 << 20 };

static const char *first_text(const struct pane_line *line)
{
    return line->text.spans.count > 0 ? line->text.spans.items[0].text : "";
}

/* An item of a list, which the floor below marks with a dash. */
static bool is_item(const struct pane_line *line)
{
    return line->kind == PANE_PROSE && strcmp(first_text(line), "- ") == 0;
}

static enum lesson_pane_kind kind_of(const struct pane_line *line)
{
    switch (line->kind) {
    case PANE_COMMAND:
        return LESSON_PANE_COMMAND;
    case PANE_NEXT:
        return LESSON_PANE_NEXT;
    case PANE_DONE:
        return LESSON_PANE_DONE;
    case PANE_OPEN:
        return LESSON_PANE_OPEN;
    case PANE_OPTION:
        return first_text(line)[0] == '*'   ? LESSON_PANE_RIGHT
               : first_text(line)[0] == 'x' ? LESSON_PANE_WRONG
                                            : LESSON_PANE_OPTION;
    case PANE_HINT:
        return LESSON_PANE_HINT;
    case PANE_COFFEE:
    case PANE_NOTE:
        return LESSON_PANE_NOTE;
    case PANE_TEACH:
        return LESSON_PANE_TEACH;
    case PANE_BAR:
        return LESSON_PANE_BAR;
    default:
        break;
    }
    if (is_item(line))
        return LESSON_PANE_ITEM;
    if (line->text.spans.count > 0 && (line->text.spans.items[0].style & PROSE_HEADING) != 0)
        return LESSON_PANE_HEAD;
    return LESSON_PANE_TEXT;
}

static enum lesson_pane_style style_of(unsigned style)
{
    if ((style & PROSE_CODE) != 0)
        return LESSON_PANE_CODE;
    return (style & (PROSE_STRONG | PROSE_EMPHASIS)) != 0 ? LESSON_PANE_STRONG : LESSON_PANE_NORMAL;
}

/* The pane has marks of its own for most kinds. */
static bool is_mark(const struct pane_line *line, uint32_t span)
{
    if (is_item(line))
        return span == 0;
    return span == 0 && line->kind != PANE_PROSE && line->kind != PANE_QUESTION &&
           line->kind != PANE_OPTION && line->kind != PANE_NOTE && line->kind != PANE_TEACH;
}

static void add_line(const struct pane_line *line, struct lesson_pane *pane)
{
    if (line->text.spans.count == 0)
        return;
    lesson_pane_begin(pane, kind_of(line));
    for (uint32_t i = 0; i < line->text.spans.count; i++) {
        const struct prose_span *span = &line->text.spans.items[i];

        bool option = line->kind == PANE_OPTION && i == 0; /* its first letter is the mark */

        if (!is_mark(line, i))
            lesson_pane_add(pane, style_of(span->style), span->text + option,
                            strlen(span->text) - option);
    }
}

/* Where the last question begins and ends, for those who want to see nothing else. */
static void note_question(const struct pane_line *line, struct lesson_pane *out)
{
    bool begins = line->kind == PANE_QUESTION && strcmp(first_text(line), "? ") == 0;
    bool goes_on = line->kind == PANE_QUESTION || line->kind == PANE_OPTION ||
                   line->kind == PANE_BAR;

    if (begins)
        out->question = out->paragraphs.count;
    if (begins || (goes_on && out->question_end == out->paragraphs.count))
        out->question_end = out->paragraphs.count + 1;
}

static bool fill(void *context, struct lesson_pane *out)
{
    const struct lesson_source *source = context;
    struct pane pane;

    if (source->watched && source->runner->lesson == NULL) {
        str_add(&out->title, "no lesson");
        lesson_pane_say(out, LESSON_PANE_TEXT, "No lesson runs here.");
        return true;
    }
    pane_build(&pane, source->runner, ONE_LINE_WIDTH, PANE_PART);
    if (pane.number > 0)
        str_addf(&out->where, "%s %u/%u", source->runner->lesson->id, pane.number, pane.steps);
    else
        str_add(&out->where, "lessons");
    out->part = pane.part;
    str_add(&out->title, pane.number > 0 ? pane.step : "Choose one");
    if (pane.view != NULL)
        str_add(&out->view, pane.view);
    for (uint32_t i = 0; i < pane.lines.count; i++) {
        note_question(&pane.lines.items[i], out);
        add_line(&pane.lines.items[i], out);
    }
    pane_release(&pane);
    return true;
}

static const char *command(void *context)
{
    struct lesson_source *source = context;
    struct pane pane;
    bool some;

    if (source->watched && source->runner->lesson == NULL)
        return NULL;
    pane_build(&pane, source->runner, ONE_LINE_WIDTH, PANE_PART);
    some = pane.line != NULL;
    str_clear(&source->command);
    str_add(&source->command, some ? pane.line : "");
    pane_release(&pane);
    return some ? str_text(&source->command) : NULL;
}

static void second(void *context)
{
    runner_look(((struct lesson_source *)context)->runner);
}

static bool news(void *context, struct str *out)
{
    return runner_take_news(((struct lesson_source *)context)->runner, out);
}

static bool menu(void *context, struct str *out)
{
    const struct lesson_source *source = context;

    if (source->runner->teaches)
        teaching_menu(source->runner, out);
    return source->runner->teaches;
}

struct console_lesson lesson_source_of(struct lesson_source *source)
{
    return (struct console_lesson){
        .context = source,
        .fill = fill,
        .command = command,
        .second = second,
        .news = news,
        .menu = menu,
    };
}

void lesson_source_release(struct lesson_source *source)
{
    str_release(&source->command);
}
