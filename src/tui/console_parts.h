/*
 * tui/console_parts.h - the console's rooms, seen from one another.
 *
 * console.c runs the loop, console_act.c does what keys say, console_draw.c draws, console_time.c
 * lets time pass, console_film.c plays a film, console_teach.c is the instructor's part, and
 * console_line.c joins the prompt to all of them.
 */
#ifndef TUI_CONSOLE_PARTS_H
#define TUI_CONSOLE_PARTS_H

#include "shell/line.h"
#include "tui/ask.h"
#include "tui/console.h"
#include "tui/keys.h"
#include "tui/layout.h"
#include "tui/term.h"
#include "tui/theme.h"
#include "tui/transcript.h"
#include "tui/view.h"
#include "tui/words.h"

enum console_focus { CONSOLE_PROMPT, CONSOLE_VIEW, CONSOLE_LESSON, CONSOLE_TRANSCRIPT };

enum {
    CONSOLE_SLICE_NS = 10 * 1000000,
    CONSOLE_FRAME_NS = 33 * 1000000,
    CONSOLE_ECHO_MAX = 2000, /* bytes of a line that was typed that the transcript shows */
    CONSOLE_QUEUE_MAX = 256, /* lines that wait while a command runs */
};

/* How time passes. */
struct console_time {
    int64_t speed;       /* simulated seconds a second, chosen */
    bool paused;
    bool frozen;         /* by the instructor of a class */
    int64_t wall;        /* the moment from which... */
    int64_t simulated;   /* ...and the simulated time at which this speed runs */
    int64_t saved_wall;  /* when the clock was last made durable */
    bool behind;         /* it cannot keep up: the next slice follows at once */
    int64_t slice_end;   /* of the slice that runs, on the wall; 0: none */
    int64_t measured_wall; /* the real speed is measured from here */
    int64_t measured_simulated;
    int64_t real;        /* simulated milliseconds a second, as measured; 0: not known */
};

struct console {
    const struct console_options *options; /* borrowed */
    struct shell *shell;
    struct session *session;
    const struct theme *theme;
    struct canvas canvas;
    struct layout layout;
    struct transcript transcript;
    struct lesson_pane pane;
    struct sheet lesson_sheet;
    struct view view;  /* the live one */
    struct view over;  /* help or a text on top of it; not open: ops NULL */
    struct str over_title;
    bool paged;                  /* `over` takes the whole screen until it is closed; then: */
    enum layout_zoom paged_zoom; /* how it was before */
    bool paged_lesson;
    struct ask ask;
    struct words_screen words;
    struct console_time time;
    enum console_focus focus;
    enum layout_zoom zoom;
    bool presents;     /* present mode: one thing at a time */
    bool show_lesson;  /* where only one fits: the lesson rather than the view */
    bool searching;    /* the foot takes the text that is looked for */
    bool reordered;    /* the order or the filter of a list has changed */
    bool running;      /* a command runs: keys reach the screen only, lines wait */
    bool interrupted;  /* Ctrl-C while it runs */
    bool ended;
    bool gone;         /* the terminal is gone */
    const char *line;    /* that runs; borrowed */
    struct str last_id;  /* what the last answers were about, for the clipboard */
    const char *waiting; /* what the running command waits for, or NULL */
    struct str typed;    /* lines before the one that is typed: an open quote */
    struct str pasted;   /* what a paste asks about, */
    struct str question; /* and how */
    bool asks;           /* the prompt asks whether to run it */
    LIST(char *) queue;  /* lines to be run; owned */
    struct line_candidates candidates; /* shown above the prompt */
    struct str message;  /* in the foot, until the next key */
    struct str note;     /* in the status line, what the class has to say */
    bool dirty;          /* something is to be drawn */
    int64_t drawn_wall;
    int64_t refreshed_wall;
    int64_t refresh_cost;
    char *lesson_step;   /* that the pane shows; owned */
    struct ask_stamp refreshed; /* the world that the views show */
    char *status_counts; /* "2/3 running  1 LB"; owned; NULL: not asked yet */
    char *status_cost; /* "$0.0312": what the account has cost so far; owned */
};

/* ---- console_draw.c ---- */

/* Draws now if it is time to; returns the ms until it is, or -1 when nothing is to be drawn. */
int console_draw(struct console *console);
/* Asks the operations anew when the world has changed and it is time to. */
void console_refresh(struct console *console, bool now);

/* ---- console_act.c ---- */

void console_key(struct console *console, const struct term_key *key);
void console_show(struct console *console, const char *name, const char *argument);
/* A text over the view. */
void console_text(struct console *console, const char *title, const char *text);
/* A text to be read on the whole screen; the key that closes it leads back to the prompt. */
void console_page(struct console *console, const char *title, const char *text);
void console_focus_prompt(struct console *console);
void console_focus(struct console *console, enum console_focus focus);
/* What lies over the view, or the view. */
struct view *console_front_view(struct console *console);
void console_close_over(struct console *console);
void console_say(struct console *console, const char *message);

/* ---- console_teach.c ---- */

/* The menu of what can break where the row is. */
void console_break(struct console *console);
/* The row gets the sign that points at it, or loses it. */
void console_point(struct console *console);
/* The instructor's menu. */
void console_teach(struct console *console);
/* Present mode on or off, and its picture. */
void console_present(struct console *console);
void console_draw_present(struct console *console);

/* ---- console_line.c ---- */

void console_line_init(struct console *console);
void console_line_prompt(struct console *console);
/* Several lines from elsewhere: shown, and run only if the person says so.  Borrows `how`: what was
 * done with them ("pasted"). */
void console_offer_lines(struct console *console, const char *how, const char *text);
/* What the lesson has to say goes into the transcript. */
void console_lesson_news(struct console *console);
/* A key types a command: it stands in the prompt, and runs when `submit`. */
void console_type(struct console *console, const char *command, bool submit);
/* A line that was run, in the transcript, and what it printed. */
void console_show_command(struct console *console, const char *text);
void console_show_answer(struct console *console, const char *out, const char *err);
void console_show_status(struct console *console, int status, bool explained);
/* Runs the lines that wait. */
void console_run_queue(struct console *console);
/* While a command waits because an instructor has stopped time: hand and hint are answered. */
void console_run_asides(struct console *console);
/* Reads keys for whoever has them. */
void console_read(struct console *console);

/* ---- console_film.c ---- */

/* For when a film runs: begins it, lets it pass, goes in it, says in the status where it is. */
void console_film_begin(struct console *console);
void console_film_pass(struct console *console);
void console_film_key(struct console *console, enum keys_action action);
void console_film_step(struct console *console); /* the rest of this line at once */
void console_film_where(const struct console *console, struct str *out);
bool console_film_is_over(const struct console *console);

/* ---- console_time.c ---- */

void console_time_init(struct console *console);
/* Lets simulated time pass as far as the wall clock says, for at most a slice. */
void console_time_pass(struct console *console);
/* Counts from now on: after a pause, a change of speed, or a command that moved time itself. */
void console_time_anchor(struct console *console);
void console_time_pause(struct console *console, bool paused);
/* Stopped by the instructor of a class, or let go on. */
void console_time_freeze(struct console *console, bool frozen);
void console_time_speed(struct console *console, int64_t speed);
void console_time_faster(struct console *console, int direction);
void console_time_step(struct console *console);
/* Makes the clock durable. */
void console_time_save(struct console *console);
/* The ms until something is to be done, or -1. */
int console_time_wait(const struct console *console);
bool console_time_runs(const struct console *console);

#endif
