/*
 * tui/lesson_pane.h - what a lesson tells the screen: paragraphs of styled pieces, made by the
 * floor below and shown here in the pane or, with --plain, as lines.
 *
 *   lesson_pane_begin(pane, LESSON_PANE_TEXT);
 *   lesson_pane_add(pane, LESSON_PANE_NORMAL, "You baked ", 10);
 *   lesson_pane_add(pane, LESSON_PANE_STRONG, "Highway", 7);
 */
#ifndef TUI_LESSON_PANE_H
#define TUI_LESSON_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "tui/sheet.h"

enum lesson_pane_kind {
    LESSON_PANE_TEXT,
    LESSON_PANE_HEAD,
    LESSON_PANE_ITEM,    /* of a list */
    LESSON_PANE_COMMAND, /* one line of what to type */
    LESSON_PANE_NEXT,    /* the one that F9 types now */
    LESSON_PANE_DONE,    /* a check that holds */
    LESSON_PANE_OPEN,    /* one that does not yet */
    LESSON_PANE_HINT,
    LESSON_PANE_OPTION, /* of a question; one that was chosen or is right has a mark */
    LESSON_PANE_RIGHT,
    LESSON_PANE_WRONG,
    LESSON_PANE_NOTE, /* the analogy, a remark */
    LESSON_PANE_TEACH, /* for the instructor only */
    LESSON_PANE_BAR,  /* the hands for the option before it */
};

enum lesson_pane_style {
    LESSON_PANE_NORMAL,
    LESSON_PANE_STRONG,
    LESSON_PANE_CODE,
};

struct lesson_pane_piece {
    uint32_t start; /* byte of the paragraph's text */
    uint8_t style;
};

struct lesson_pane_paragraph {
    struct str text; /* owned */
    LIST(struct lesson_pane_piece) pieces;
    uint8_t kind;
};

struct lesson_pane {
    struct str where; /* "lesson 2/7"; "" when no lesson is open */
    struct str title; /* "Launch from your AMI" */
    unsigned part;    /* of the step's text: plain mode prints each when it comes */
    struct str view;  /* the view that goes with it; "" for none */
    uint32_t question; /* the paragraphs of a question, [question, question_end); equal: none */
    uint32_t question_end;
    LIST(struct lesson_pane_paragraph) paragraphs;
};

/* Where the pane's content comes from; filled by main. */
struct console_lesson {
    void *context;
    /* Fills an empty pane.  False when no lesson is open: then the screen shows its welcome. */
    bool (*fill)(void *context, struct lesson_pane *pane);
    /* The command that the step proposes, or NULL.  Borrowed until the next call. */
    const char *(*command)(void *context);
    /* A whole simulated second has passed, or a command was answered: checks are looked at. */
    void (*second)(void *context);
    /* Appends what the lesson has to say since the last call, a line each; false when nothing. */
    bool (*news)(void *context, struct str *out);
    /* Appends what an instructor can choose, a line each: a command, a tab, what it does; a line
     * without a tab is a heading.  False: nobody teaches. */
    bool (*menu)(void *context, struct str *out);
};

void lesson_pane_begin(struct lesson_pane *pane, enum lesson_pane_kind kind);
void lesson_pane_add(struct lesson_pane *pane, enum lesson_pane_style style, const char *text,
                     size_t length);
/* A paragraph of one piece. */
void lesson_pane_say(struct lesson_pane *pane, enum lesson_pane_kind kind, const char *text);
void lesson_pane_clear(struct lesson_pane *pane);
/* What stands there when no lesson is open: the first commands, and the lessons. */
void lesson_pane_welcome(struct lesson_pane *pane);
/* Writes the pane's rows at so many columns, between sheet_begin() and sheet_end().  Returns the
 * first row of the line that F9 types; UINT32_MAX when there is none. */
uint32_t lesson_pane_rows(const struct lesson_pane *pane, int cols, struct sheet *sheet);
/* That line; "". */
const char *lesson_pane_next(const struct lesson_pane *pane);

#endif
