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
enum { LOOKS = LESSON_PANE_NOTE + 1 };
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

static void write_word(struct writing *writing, enum theme_role role, const char *word,
                       size_t length)
{
    uint32_t columns = (uint32_t)utf8_columns(word, length);
    char *copy;

    if (writing->at + columns + writing->blank > (uint32_t)writing->cols &&
        writing->at > (uint32_t)writing->look->indent)
        new_row(writing);
    while (writing->at + columns > (uint32_t)writing->cols) { /* longer than a row */
        size_t fits = utf8_fit(word, length, (size_t)writing->cols - writing->at);

        if (fits == 0)
            break;
        copy = xstrndup(word, fits);
        sheet_add(writing->sheet, role, copy);
        free(copy);
        word += fits;
        length -= fits;
        columns = (uint32_t)utf8_columns(word, length);
        new_row(writing);
    }
    copy = xasprintf("%s%.*s", writing->blank ? " " : "", (int)length, word);
    sheet_add(writing->sheet, role, copy);
    writing->at += columns + writing->blank;
    writing->blank = false;
    free(copy);
}

static void write_piece(struct writing *writing, enum theme_role role, const char *text,
                        size_t length)
{
    size_t at = 0;

    while (at < length) {
        size_t word = 0;

        while (at < length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) {
            writing->blank = writing->at > (uint32_t)writing->look->indent;
            at++;
        }
        while (at + word < length && strchr(" \n\t", text[at + word]) == NULL)
            word++;
        if (word > 0)
            write_word(writing, role, text + at, word);
        at += word;
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
    for (uint32_t i = 0; i < paragraph->pieces.count; i++) {
        const struct lesson_pane_piece *piece = &paragraph->pieces.items[i];
        size_t end = i + 1 < paragraph->pieces.count ? paragraph->pieces.items[i + 1].start
                                                     : paragraph->text.length;

        write_piece(&writing, piece_role(look, piece->style),
                    str_text(&paragraph->text) + piece->start, end - piece->start);
    }
}

void lesson_pane_rows(const struct lesson_pane *pane, int cols, struct sheet *sheet)
{
    for (uint32_t i = 0; i < pane->paragraphs.count; i++) {
        const struct lesson_pane_paragraph *paragraph = &pane->paragraphs.items[i];
        uint8_t before = i == 0 ? paragraph->kind : pane->paragraphs.items[i - 1].kind;

        if (i > 0 && (before != paragraph->kind || looks[paragraph->kind].apart) &&
            !(before == LESSON_PANE_DONE && paragraph->kind == LESSON_PANE_OPEN) &&
            !(before == LESSON_PANE_OPEN && paragraph->kind == LESSON_PANE_DONE))
            sheet_line(sheet, THEME_TEXT, "");
        write_paragraph(paragraph, cols, sheet);
    }
}

static const struct look looks[LOOKS] = {
    [LESSON_PANE_TEXT] = {"", THEME_TEXT, THEME_TEXT, 0, true},
    [LESSON_PANE_HEAD] = {"", THEME_TITLE, THEME_TITLE, 0, true},
    [LESSON_PANE_ITEM] = {"\xe2\x80\xa2", THEME_DIM, THEME_TEXT, 2, false},
    [LESSON_PANE_COMMAND] = {" ", THEME_DIM, THEME_COMMAND, 2, false},
    [LESSON_PANE_NEXT] = {"F9", THEME_KEY, THEME_COMMAND, 3, false},
    [LESSON_PANE_DONE] = {"\xe2\x9c\x93", THEME_GOOD, THEME_DIM, 2, false},
    [LESSON_PANE_OPEN] = {"\xe2\x96\xb8", THEME_WARN, THEME_TEXT, 2, false},
    [LESSON_PANE_HINT] = {"?", THEME_WARN, THEME_TEXT, 2, true},
    [LESSON_PANE_NOTE] = {"\xe2\x96\x8c", THEME_FRAME, THEME_TEXT, 2, true},
};
