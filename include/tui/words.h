/*
 * tui/words.h - the words that the screen fulfils: view, browse, speed, history, edit.
 */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include <stdint.h>

#include "api/word.h"
#include "shell/run.h"
#include "tui/editor.h"

/* What the words do; the console and plain mode fill it in differently. */
struct words_screen {
    void *context;
    struct shell *shell;
    /* Shows a view.  0, or -1 when there is none of that name. */
    int (*view)(struct word_call *call, const char *name, const char *argument);
    /* Shows a text to be read; NULL: it is printed. */
    void (*text)(struct word_call *call, const char *title, const char *text);
    /* Sets the speed; 0: time stands still; -1: one second, then it stands still. */
    void (*speed)(void *context, int64_t speed);
    /* Offers lines to be run, as if they were pasted; `how` says what was done with them. */
    void (*offer)(void *context, const char *how, const char *lines);
    bool edits;                      /* there is a terminal for an editor; */
    struct editor_terminal terminal; /* this one */
    size_t first; /* the first command of the history that was typed in this run */
};

/* Their owner is a struct words_screen. */
extern const struct word screen_words[];
/* Of these, what needs no screen: `browse`, for exec.  Owner: a words_screen with shell alone. */
extern const struct word browse_words[];

#endif
