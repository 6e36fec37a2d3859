/*
 * shell/line.h - the line that is being typed (the cage of GNU readline).
 *
 * Three ways of reading, one door:
 *   LINE_CAGED   a full-screen program owns the terminal.  Readline reads standard input and writes
 *                nothing; the caller draws what line_state() says.
 *   LINE_TTY     plain lines on a terminal: readline prints and moves the cursor itself.
 *   LINE_PIPE    standard input is no terminal: whole lines, no editing, no history, no prompt.
 *
 * The caller waits for input (poll on descriptor 0) and then calls line_read_ready(); everything
 * happens in the hooks that it calls, and never inside readline, so that a hook may run commands
 * and call any function here. People's ~/.inputrc counts (its application name is "nephoscope"), vi
 * mode included.
 *
 * One line exists per process.  No function fails; a broken history file gives a message and an
 * empty history.
 */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct str;

enum line_mode { LINE_CAGED, LINE_TTY, LINE_PIPE };

/*
 * Keys that mean something to the screen and nothing to a line; only in LINE_CAGED.  Escape is one
 * only when nothing follows it for 25 ms, and never where vi mode or a search wants it.
 */
enum line_key {
    LINE_KEY_ESCAPE,
    LINE_KEY_F1, /* F2 to F12 follow in order */
    LINE_KEY_F12 = LINE_KEY_F1 + 11,
    LINE_KEY_ALT_0, /* ALT_1 to ALT_9 follow in order */
    LINE_KEY_ALT_9 = LINE_KEY_ALT_0 + 9,
    LINE_KEY_ALT_E,
    LINE_KEY_ALT_I,
    LINE_KEY_ALT_W,
    LINE_KEY_ALT_C,
    LINE_KEY_ALT_Q,
    LINE_KEY_ALT_T,
    LINE_KEY_ALT_P,
    LINE_KEY_PAGE_UP,
    LINE_KEY_PAGE_DOWN,
    LINE_KEY_BACKTAB,
    LINE_KEY_REDRAW, /* Ctrl-L */
};

enum line_mouse_kind { LINE_MOUSE_CLICK, LINE_MOUSE_WHEEL_UP, LINE_MOUSE_WHEEL_DOWN };

/* A mouse report, where the terminal was asked for them; only in LINE_CAGED. */
struct line_mouse {
    enum line_mouse_kind kind;
    int row; /* on the screen, from 0 */
    int col;
};

struct line_candidate {
    char *text;  /* owned; stands for the line's bytes [candidates.start, cursor) */
    char *doc;   /* owned; one line for the reader, "" for none */
    char suffix; /* what follows it when it is the only one: ' ', '=', or '\0' for nothing */
};

struct line_candidates {
    LIST(struct line_candidate) items; /* in the order to be shown */
    size_t start;                      /* where the text that is completed begins */
};

void line_candidates_add(struct line_candidates *candidates, const char *text, const char *doc,
                         char suffix);
void line_candidates_release(struct line_candidates *candidates);

/*
 * What the line asks of its caller.  Texts are borrowed for the call, free of control characters
 * but newlines.
 */
struct line_hooks {
    void *context;
    /* Enter was pressed; the text may be empty. */
    void (*accept)(void *context, const char *text);
    /*
     * Several lines were pasted at once; together with what was typed before and after.  The line
     * is now empty.
     */
    void (*paste)(void *context, const char *text);
    /* Fills in what could stand at byte `cursor` of the text. */
    void (*complete)(void *context, const char *text, size_t cursor,
                     struct line_candidates *candidates);
    /* Several candidates fit: show them.  Nothing was written. */
    void (*show)(void *context, const struct line_candidates *candidates);
    /* LINE_CAGED: see enum line_key.  May be NULL. */
    void (*key)(void *context, enum line_key key);
    /* LINE_CAGED: the mouse was used while the line has the keys.  May be NULL. */
    void (*mouse)(void *context, const struct line_mouse *mouse);
    /*
     * Ctrl-C was typed (where the terminal gives it as a character); the line is now empty.  May be
     * NULL.
     */
    void (*interrupt)(void *context);
    /*
     * Ctrl-D on an empty line; or, with `gone`, the end of the input or of the terminal: nothing
     * more will come.
     */
    void (*end)(void *context, bool gone);
};

/*
 * Begins.  The hooks are copied; LINE_CAGED wants curses to be started first (both read the
 * terminal's type).
 */
void line_init(enum line_mode mode, const struct line_hooks *hooks);
/* Ends: the terminal is as before, memory is freed.  Harmless when not begun. */
void line_release(void);

/*
 * Reads what there is, without waiting for more than the rest of a key.  Returns true when a line
 * is still waiting (LINE_PIPE gives one line per call): call again before waiting for input.
 */
bool line_read_ready(void);

/* The prompt; copied.  Escape sequences are not for here: it is shown through the sanitiser. */
void line_set_prompt(const char *prompt);
/* Replaces the text, and puts the cursor at its end ("a key types a command"). */
void line_set_text(const char *text);
/* As if Enter were pressed: gives the text to accept(), leaves the line empty. */
void line_submit(void);
/*
 * Empties the line and leaves any search: what Ctrl-C does when it arrives as a signal.  Calls no
 * hook.
 */
void line_interrupt(void);

/*
 * LINE_CAGED: whether the newest command of the history that begins as the line does is offered
 * behind it (line_state()'s `offer`).  The keys that go right take it, or its next word.
 */
void line_offer(bool on);

/* How keys are read, as ~/.inputrc or a key chose. */
enum line_editing { LINE_EMACS, LINE_VI_INSERT, LINE_VI_COMMAND };

/* What to draw.  Borrowed until the next call of any function here. */
struct line_state {
    const char *prompt; /* the one that was set, or what a search shows in its place */
    const char *text;
    const char *offer;    /* what could follow the text, "" for nothing; the cursor is at its end */
    enum line_editing editing;
    size_t cursor;        /* byte offset in the text */
    /* columns before the cursor, the prompt's included, if nothing is wrapped */
    size_t cursor_column;
};
void line_state(struct line_state *state);

/*
 * LINE_TTY: takes the prompt away and gives the terminal back for other output or a stop; brings it
 * back.
 */
void line_pause(void);
void line_resume(void);
/* The terminal has a new size. */
void line_resize(int rows, int cols);

/*
 * History: loads the file (which need not exist yet) and remembers its name.  Returns true, or
 * false with one line in *problem; history then lives in memory only.
 */
bool line_history_open(const char *path, struct str *problem);
/*
 * Adds a command, of one or several lines, at once also to the file.  Empty ones and repetitions
 * are left out.
 */
void line_history_add(const char *text);
size_t line_history_count(void);
/* The command with that number, 0 the oldest; NULL when there is none.  Borrowed. */
const char *line_history_find(size_t number);

#endif
