/*
 * tui/transcript.c - what was typed and answered, kept to be scrolled and searched.
 */
#include "tui/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

/* An answer that is longer by no more than that is shown to its end: its command gives way. */
enum { ECHO_ROWS = 3 };

void transcript_init(struct transcript *transcript)
{
    *transcript = (struct transcript){.follow = true};
}

void transcript_release(struct transcript *transcript)
{
    for (uint32_t i = 0; i < transcript->lines.count; i++)
        free(transcript->lines.items[i].text);
    LIST_RELEASE(&transcript->lines);
    sheet_release(&transcript->sheet);
}

/* A quarter goes at once, so that it happens seldom. */
static void forget_oldest(struct transcript *transcript)
{
    uint32_t gone = TRANSCRIPT_LINES / 4;

    for (uint32_t i = 0; i < gone; i++)
        free(transcript->lines.items[i].text);
    transcript->lines.count -= gone;
    memmove(transcript->lines.items, transcript->lines.items + gone,
            transcript->lines.count * sizeof(*transcript->lines.items));
    transcript->answer = transcript->answer > gone ? transcript->answer - gone : 0;
    transcript->cols = 0;
}

static void add_line(struct transcript *transcript, enum theme_role role, char *text)
{
    if (transcript->lines.count >= TRANSCRIPT_LINES)
        forget_oldest(transcript);
    *LIST_PUSH(&transcript->lines) = (struct transcript_line){.text = text, .role = (uint8_t)role};
}

/* A line of an answer, owned, with its tabs as blanks up to every eighth column, as terminals show
 * them. */
static char *line_of(const char *text, size_t length)
{
    struct str line = STR_INIT;

    str_add(&line, "");
    while (length > 0) {
        const char *tab = memchr(text, '\t', length);
        size_t piece = tab == NULL ? length : (size_t)(tab - text);

        str_addn(&line, text, piece);
        if (tab != NULL) {
            str_fill(&line, ' ', 8 - utf8_columns(str_text(&line), line.length) % 8);
            piece++;
        }
        text += piece;
        length -= piece;
    }
    return str_take(&line);
}

void transcript_add(struct transcript *transcript, enum theme_role role, const char *text)
{
    uint32_t lines = 0;
    uint64_t unsaid = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (lines++ < TRANSCRIPT_ANSWER_LINES)
            add_line(transcript, role, line_of(text, length));
        else
            unsaid++;
        text += length + (text[length] == '\n');
    }
    if (unsaid > 0)
        add_line(transcript, THEME_WARN,
                 xasprintf("(%llu more lines are not kept here; --query and --output text make "
                           "answers shorter)",
                           (unsigned long long)unsaid));
    transcript->settle = true;
}

void transcript_begin_answer(struct transcript *transcript)
{
    transcript->answer = transcript->lines.count;
    transcript->follow = true;
}

void transcript_add_news(struct transcript *transcript, enum theme_role role, const char *text)
{
    transcript_begin_answer(transcript);
    transcript_add(transcript, role, text);
    transcript->settle = false;
}

static void write_rows(struct transcript *transcript, int cols)
{
    struct sheet *sheet = &transcript->sheet;

    if (transcript->cols != cols) {
        sheet_begin(sheet);
        transcript->written = 0;
        transcript->cols = cols;
    }
    for (; transcript->written < transcript->lines.count; transcript->written++) {
        const struct transcript_line *line = &transcript->lines.items[transcript->written];

        if (transcript->written == transcript->answer)
            transcript->answer_row = sheet->used;
        if (line->text[0] == '\0')
            sheet_line(sheet, THEME_TEXT, "");
        else
            sheet_text(sheet, line->role, cols, line->text);
    }
    if (transcript->answer >= transcript->lines.count)
        transcript->answer_row = sheet->used;
}

static void draw_from(struct transcript *transcript, struct canvas_area area,
                      const struct theme *theme)
{
    uint32_t rows = transcript->sheet.used;

    /* Few lines stand at the foot, beside the prompt. */
    if (rows < (uint32_t)area.rows) {
        area.row += area.rows - (int)rows;
        area.rows = (int)rows;
    }
    sheet_draw(&transcript->sheet, &area, theme, false);
}

void transcript_draw(struct transcript *transcript, const struct canvas_area *area,
                     const struct theme *theme)
{
    struct sheet *sheet = &transcript->sheet;
    uint32_t height = (uint32_t)(area->rows < 0 ? 0 : area->rows);
    uint32_t last;

    if (area->rows <= 0 || area->cols <= 0)
        return;
    write_rows(transcript, area->cols);
    last = sheet->used > height ? sheet->used - height : 0;
    if (transcript->settle && transcript->follow && last > transcript->answer_row + ECHO_ROWS) {
        transcript->follow = false;
        sheet->top = transcript->answer_row;
    }
    transcript->settle = false;
    if (transcript->follow)
        sheet->top = last;
    draw_from(transcript, *area, theme);
}

void transcript_move(struct transcript *transcript, enum sheet_move move)
{
    sheet_move(&transcript->sheet, move);
    transcript->follow = sheet_more(&transcript->sheet) == 0;
}

uint32_t transcript_more(const struct transcript *transcript)
{
    return transcript->follow ? 0 : sheet_more(&transcript->sheet);
}

void transcript_follow(struct transcript *transcript)
{
    transcript->follow = true;
}

bool transcript_find_next(struct transcript *transcript, int direction)
{
    bool found = sheet_find_next(&transcript->sheet, direction);

    if (found)
        transcript->follow = false;
    return found;
}
