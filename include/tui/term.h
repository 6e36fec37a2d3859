/*
 * tui/term.h - the terminal (the cage of curses): screen, keys, signals, and giving it all back.
 *
 * One terminal per process.  From term_start() to term_stop() the screen is ours: standard error is
 * kept in memory and printed afterwards, and the terminal is restored on every way out, a crash
 * included.  The caller has called setlocale(LC_ALL, ""); it starts the terminal before
 * line_init(LINE_CAGED) and stops it after line_release().
 *
 * The loop of a full-screen program:
 *
 *   events = term_wait(until the next tick);
 *   if (events & TERM_RESIZED) lay out anew for term_size()
 *   if (events & TERM_INPUT) either line_read_ready(), or while (term_key(&key)) act
 *   if (events & TERM_INTERRUPT) line_interrupt(), or stop what runs
 *   if (events & TERM_END) save and leave
 *   draw into a canvas; term_paint(&canvas)
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/canvas.h"

struct str;

struct term_options {
    bool ascii;    /* ASCII twins, even where the locale knows UTF-8 */
    bool no_color; /* besides NO_COLOR, which counts by itself */
    bool mouse;
};

/* Why there can be no full screen here (one line: no terminal, TERM=dumb...), or NULL when there
 * can. */
const char *term_unusable(void);
/* Takes the screen.  Returns true, or false with one line in *problem; the terminal is then as
 * before. */
bool term_start(const struct term_options *options, struct str *problem);
/* Gives it back and prints what was written to standard error meanwhile.  Harmless when not
 * started. */
void term_stop(void);

/* Gives the terminal to another program for a while, as it was before term_start(), and takes it
 * back.  Nothing here is called in between. */
void term_leave(void);
void term_return(void);

/* Whether canvases need their `ascii` set, and whether colours can be told apart. */
bool term_is_ascii(void);
bool term_is_mono(void);
/* Rows and columns, at least 1 each. */
void term_size(int *rows, int *cols);

/* Puts the picture on the screen, sending only what differs from the last one; nothing when nothing
 * does. */
void term_paint(const struct canvas *canvas);
/* Forgets what is on the screen: the next paint sends everything (Ctrl-L). */
void term_repaint(void);

/* Hands a text to the terminal's clipboard (OSC 52), where the terminal allows that; it does not
 * say.  Longer than 4 KiB is left out. */
void term_copy(const char *text);

enum term_event {
    TERM_INPUT = 1,     /* keys wait */
    TERM_RESIZED = 2,   /* or the screen must be painted anew, after a stop */
    TERM_INTERRUPT = 4, /* Ctrl-C */
    TERM_END = 8,       /* asked to end (SIGTERM, SIGHUP), or the terminal is gone */
};

/* The signal that asked to end, SIGHUP for a terminal that is gone; 0: none did. */
int term_end_signal(void);

/* Waits for at most so long (-1: for ever; 0: just looks), and returns what happened, 0 for
 * nothing.  Ctrl-Z is obeyed within. */
unsigned term_wait(int timeout_ms);

enum term_key_code {
    TERM_KEY_OTHER, /* one without a meaning here */
    TERM_KEY_CHAR,  /* `character`; control letters too (Ctrl-F is 6) */
    TERM_KEY_ENTER,
    TERM_KEY_TAB,
    TERM_KEY_BACKTAB,
    TERM_KEY_ESCAPE,
    TERM_KEY_BACKSPACE,
    TERM_KEY_DELETE,
    TERM_KEY_UP,
    TERM_KEY_DOWN,
    TERM_KEY_LEFT,
    TERM_KEY_RIGHT,
    TERM_KEY_HOME,
    TERM_KEY_END,
    TERM_KEY_PAGE_UP,
    TERM_KEY_PAGE_DOWN,
    TERM_KEY_F1, /* F2 to F12 follow in order */
    TERM_KEY_F12 = TERM_KEY_F1 + 11,
    TERM_KEY_PASTE, /* a paste, thrown away: views have no use for text */
    TERM_KEY_CLICK, /* row and col; only with `mouse` */
    TERM_KEY_WHEEL_UP,
    TERM_KEY_WHEEL_DOWN,
};

struct term_key {
    enum term_key_code code;
    uint32_t character;
    bool alt; /* Alt was held, or Escape came just before */
    int row;
    int col;
};

/* The next key that waits, for a view; false when none does.  Never called while the line has the
 * keys. */
bool term_key(struct term_key *key);

#endif
