/*
 * tui/lesson_pane.c - what a lesson tells the screen: paragraphs of styled pieces.
 */
#include "tui/lesson_pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/bug.h"
#include "base/mem.h"
#include "base/utf8.h"

void lesson_pane_begin(struct lesson_pane *pane, enum lesson_pane_kind kind)
{
    *LIST_PUSH(&pane->paragraphs) = (struct lesson_pane_paragraph){.kind = (uint8_t)kind};
}

void lesson_pane_add(struct lesson_pane *pane, enum lesson_pane_style style, const char *text,
                     size_t length)
{
    struct lesson_pane_paragraph *paragraph;

    if (pane->paragraphs.count == 0)
        BUG("a piece of no paragraph");
    paragraph = &pane->paragraphs.items[pane->paragraphs.count - 1];
    *LIST_PUSH(&paragraph->pieces) = (struct lesson_pane_piece){
        .start = (uint32_t)paragraph->text.length,
        .style = (uint8_t)style,
    };
    str_addn(&paragraph->text, text, length);
}

void lesson_pane_say(struct lesson_pane *pane, enum lesson_pane_kind kind, const char *text)
{
    lesson_pane_begin(pane, kind);
    lesson_pane_add(pane, LESSON_PANE_NORMAL, text, strlen(text));
}

void lesson_pane_clear(struct lesson_pane *pane)
{
    for (uint32_t i = 0; i < pane->paragraphs.count; i++) {
        str_release(&pane->paragraphs.items[i].text);
        LIST_RELEASE(&pane->paragraphs.items[i].pieces);
    }
    LIST_RELEASE(&pane->paragraphs);
    str_release(&pane->where);
    str_release(&pane->title);
    str_release(&pane->view);
    pane->question = pane->question_end = 0;
}

/* ---- the welcome ---- */

/* "lessons/01-start/010-first.md": its id and its heading. */
static void add_lesson(struct lesson_pane *pane, const struct asset *asset)
{
    const char *text = asset_text(asset);
    const char *id = strstr(text, "\nid:");
    size_t head = strcspn(text, "\n");
    char *line;

    if (!str_ends(asset->path, ".md") || str_ends(asset->path, "README.md") || id == NULL ||
        !str_starts(text, "# "))
        return;
    id += strlen("\nid:");
    id += strspn(id, " ");
    line = xasprintf("lesson %.*s", (int)strcspn(id, "\r\n "), id);
    lesson_pane_begin(pane, LESSON_PANE_ITEM);
    lesson_pane_add(pane, LESSON_PANE_CODE, line, strlen(line));
    lesson_pane_add(pane, LESSON_PANE_NORMAL, "  ", 2);
    lesson_pane_add(pane, LESSON_PANE_NORMAL, text + 2, head - 2);
    free(line);
}

void lesson_pane_welcome(struct lesson_pane *pane)
{
    const struct asset *asset = asset_next(NULL, "lessons/");

    str_add(&pane->title, "welcome");
    lesson_pane_say(pane, LESSON_PANE_TEXT,
                    "Below is a prompt. It takes AWS CLI commands, and a cloud inside this "
                    "program answers. Nothing leaves your machine, and nothing costs money.");
    lesson_pane_say(pane, LESSON_PANE_TEXT, "Try:");
    lesson_pane_say(pane, LESSON_PANE_COMMAND, "aws sts get-caller-identity");
    lesson_pane_say(pane, LESSON_PANE_COMMAND, "aws ec2 describe-regions --output table");
    lesson_pane_say(pane, LESSON_PANE_COMMAND, "help");
    if (asset_next(NULL, "lessons/") == NULL)
        return;
    lesson_pane_say(pane, LESSON_PANE_HEAD, "Lessons");
    for (; asset != NULL; asset = asset_next(asset, "lessons/"))
        add_lesson(pane, asset);
}

/* ---- its rows ---- */

struct look {
    const char *first; /* before the first row */
    enum theme_role mark;
    enum theme_role text;
    int indent;
    bool apart; /* a blank row before it, unless the one before is of its kind */
};
enum { LOOKS = LESSON_PANE_BAR + 1 };
static const struct look looks[LOOKS];

static enum theme_role piece_role(const struct look *look, uint8_t style)
{
    return style == LESSON_PANE_STRONG ? THEME_STRONG
           : style == LESSON_PANE_CODE ? THEME_COMMAND
                                       : look->text;
}

struct writing {
    struct sheet *sheet;
    const struct look *look;
    int cols;
    uint32_t at; /* column */
    bool blank;  /* a blank is due before the next word */
};

static void new_row(struct writing *writing)
{
    sheet_row(writing->sheet, NULL);
    sheet_addf(writing->sheet, THEME_TEXT, "%*s", writing->look->indent, "");
    writing->at = (uint32_t)writing->look->indent;
    writing->blank = false;
}

/* A part of a word, broken where it is longer than a row. */
static void write_part(struct writing *writing, enum theme_role role, const char *part,
                       size_t length)
{
    uint32_t columns = (uint32_t)utf8_columns(part, length);
    char *copy;

    while (writing->at + columns > (uint32_t)writing->cols) {
        size_t fits = utf8_fit(part, length, (size_t)writing->cols - writing->at);

        if (fits == 0)
            break;
        copy = xstrndup(part, fits);
        sheet_add(writing->sheet, role, copy);
        free(copy);
        part += fits;
        length -= fits;
        columns = (uint32_t)utf8_columns(part, length);
        new_row(writing);
    }
    copy = xstrndup(part, length);
    sheet_add(writing->sheet, role, copy);
    writing->at += columns;
    free(copy);
}

/* Begins a word of so many columns: in this row if it fits, else in a new one. */
static void place_word(struct writing *writing, uint32_t columns)
{
    bool first = writing->at <= (uint32_t)writing->look->indent;

    if (!first && writing->at + columns + writing->blank > (uint32_t)writing->cols) {
        new_row(writing);
    } else if (writing->blank) {
        sheet_add(writing->sheet, THEME_TEXT, " ");
        writing->at++;
    }
    writing->blank = false;
}

/* Where the piece after this one begins. */
static size_t piece_end(const struct lesson_pane_paragraph *paragraph, uint32_t piece)
{
    return piece + 1 < paragraph->pieces.count ? paragraph->pieces.items[piece + 1].start
                                               : paragraph->text.length;
}

/* A word may go through several pieces: a full stop behind a command stays with it. */
static void write_words(struct writing *writing, const struct lesson_pane_paragraph *paragraph)
{
    const char *text = str_text(&paragraph->text);
    size_t at = strspn(text, " \n\t");
    uint32_t piece = 0;

    while (at < paragraph->text.length) {
        size_t end = at + strcspn(text + at, " \n\t");

        place_word(writing, (uint32_t)utf8_columns(text + at, end - at));
        while (at < end) {
            size_t stop;

            while (piece_end(paragraph, piece) <= at)
                piece++;
            stop = piece_end(paragraph, piece) < end ? piece_end(paragraph, piece) : end;
            write_part(writing, piece_role(writing->look, paragraph->pieces.items[piece].style),
                       text + at, stop - at);
            at = stop;
        }
        at += strspn(text + at, " \n\t");
        writing->blank = true;
    }
}

static void write_paragraph(const struct lesson_pane_paragraph *paragraph, int cols,
                            struct sheet *sheet)
{
    const struct look *look = &looks[paragraph->kind];
    struct writing writing = {
        .sheet = sheet,
        .look = look,
        .cols = cols <= look->indent ? look->indent + 1 : cols,
        .at = (uint32_t)look->indent,
    };

    sheet_row(sheet, NULL);
    sheet_add(sheet, look->mark, look->first);
    if (look->indent > 0)
        sheet_to(sheet, (uint32_t)look->indent);
    write_words(&writing, paragraph);
}

/* Commands stand together, and so do the things that a step asks for. */
static uint8_t group_of(uint8_t kind)
{
    return kind == LESSON_PANE_NEXT   ? LESSON_PANE_COMMAND
           : kind == LESSON_PANE_DONE ? LESSON_PANE_OPEN
           : kind == LESSON_PANE_RIGHT || kind == LESSON_PANE_WRONG || kind == LESSON_PANE_BAR
               ? LESSON_PANE_OPTION
                                                                    : kind;
}

uint32_t lesson_pane_rows(const struct lesson_pane *pane, int cols, struct sheet *sheet)
{
    uint32_t next = UINT32_MAX;

    for (uint32_t i = 0; i < pane->paragraphs.count; i++) {
        const struct lesson_pane_paragraph *paragraph = &pane->paragraphs.items[i];
        uint8_t before = i == 0 ? paragraph->kind : pane->paragraphs.items[i - 1].kind;

        if (i > 0 &&
            (group_of(before) != group_of(paragraph->kind) || looks[paragraph->kind].apart))
            sheet_line(sheet, THEME_TEXT, "");
        if (paragraph->kind == LESSON_PANE_NEXT)
            next = sheet->used;
        write_paragraph(paragraph, cols, sheet);
    }
    return next;
}

const char *lesson_pane_next(const struct lesson_pane *pane)
{
    for (uint32_t i = 0; i < pane->paragraphs.count; i++) {
        if (pane->paragraphs.items[i].kind == LESSON_PANE_NEXT)
            return str_text(&pane->paragraphs.items[i].text);
    }
    return "";
}

static const struct look looks[LOOKS] = {
    [LESSON_PANE_TEXT] = {"", THEME_TEXT, THEME_TEXT, 0, true},
    [LESSON_PANE_HEAD] = {"", THEME_TITLE, THEME_TITLE, 0, true},
    [LESSON_PANE_ITEM] = {"\xe2\x80\xa2", THEME_DIM, THEME_TEXT, 2, false},
    [LESSON_PANE_COMMAND] = {" ", THEME_DIM, THEME_COMMAND, 3, false},
    [LESSON_PANE_NEXT] = {"F9", THEME_KEY, THEME_COMMAND, 3, false},
    [LESSON_PANE_DONE] = {"\xe2\x9c\x93", THEME_GOOD, THEME_DIM, 2, false},
    [LESSON_PANE_OPEN] = {"\xe2\x96\xb8", THEME_WARN, THEME_TEXT, 2, false},
    [LESSON_PANE_HINT] = {"?", THEME_WARN, THEME_TEXT, 2, true},
    [LESSON_PANE_OPTION] = {"", THEME_DIM, THEME_TEXT, 2, false},
    [LESSON_PANE_RIGHT] = {"*", THEME_GOOD, THEME_TEXT, 2, false},
    [LESSON_PANE_WRONG] = {"x", THEME_WARN, THEME_TEXT, 2, false},
    [LESSON_PANE_NOTE] = {"\xe2\x96\x8c", THEME_FRAME, THEME_TEXT, 2, true},
    [LESSON_PANE_TEACH] = {"\xe2\x96\x8c", THEME_WARN, THEME_TEXT, 2, false},
    [LESSON_PANE_BAR] = {"", THEME_GOOD, THEME_GOOD, 4, false},
};
