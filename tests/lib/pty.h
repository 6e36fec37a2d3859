/*
 * tests/lib/pty.h - a program on a terminal of its own, inside a test.
 *
 * The program runs on a pseudo-terminal whose other end is libvterm: a real terminal's screen, to
 * be read row by row.  Nothing is read from the program but within these functions; each returns as
 * soon as it knows its answer.
 *
 *   struct pty *pty = pty_start(argv, (struct pty_options){.rows = 24, .cols = 80});
 *   assert_true(pty_wait_text(pty, "Tab complete", 2000));
 *   pty_send(pty, "help\r");
 *   assert_true(pty_wait_text(pty, "commands", 2000));
 *   pty_free(pty);
 */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys as an xterm sends them in the mode that curses puts it in. */
#define PTY_UP "\x1bOA"
#define PTY_DOWN "\x1bOB"
#define PTY_RIGHT "\x1bOC"
#define PTY_LEFT "\x1bOD"
#define PTY_F1 "\x1bOP"
#define PTY_F2 "\x1bOQ"
#define PTY_F10 "\x1b[21~"
#define PTY_PASTE(text) "\x1b[200~" text "\x1b[201~"

struct pty;

struct pty_options {
    int rows;
    int cols;
    const char *const *env; /* "NAME=value" or "NAME" (unset), NULL at the end; may be NULL */
};

/* Starts argv[0] (argv ends in NULL) with a small environment: TERM=xterm-256color, LC_ALL=C.UTF-8,
 * HOME below /nonexistent, the caller's PATH, and options.env over these.  Stops the test when it
 * cannot. */
struct pty *pty_start(const char *const *argv, struct pty_options options);
/* Kills the program if it still runs, and frees everything. */
void pty_free(struct pty *pty);

/* Sends keys. */
void pty_send(struct pty *pty, const char *keys);
/* Waits until some row holds the text.  On false it has printed the screen on standard error. */
bool pty_wait_text(struct pty *pty, const char *text, int timeout_ms);
/* Waits until no row holds it. */
bool pty_wait_gone(struct pty *pty, const char *text, int timeout_ms);
/* Waits until the program has written these bytes, since the last time it was asked: what moves
 * nothing on the screen. */
bool pty_wait_bytes(struct pty *pty, const char *wanted, int timeout_ms);
/* Reads what the program writes, for so long. */
void pty_watch(struct pty *pty, int time_ms);
/* Nanoseconds of CPU that the program has used so far. */
int64_t pty_cpu_ns(const struct pty *pty);
/* Reads until the program has written nothing for so long. */
void pty_settle(struct pty *pty, int quiet_ms);

/* One row without the blanks at its end; borrowed until the next call. */
const char *pty_row(struct pty *pty, int row);
/* The number of the first row that holds the text, or -1. */
int pty_find_row(struct pty *pty, const char *text);
/* All rows, each ended by a newline; borrowed until the next call. */
const char *pty_screen(struct pty *pty);
void pty_cursor(struct pty *pty, int *row, int *col);
/* Whether the cell is shown in reverse; the index of its colour in the terminal's palette, -1 for
 * the default. */
bool pty_is_reverse(struct pty *pty, int row, int col);
int pty_color(struct pty *pty, int row, int col);
/* One cell as a person sees it. */
struct pty_cell {
    char text[32]; /* the character and its marks; "" where a wide character goes on */
    int cols;      /* 1, 2, or 0 where a wide character goes on */
    int fg;        /* of the terminal's palette, -1 for the default */
    int bg;
    bool bold;
    bool dim;
    bool underline;
    bool reverse;
};
void pty_cell(struct pty *pty, int row, int col, struct pty_cell *cell);
/* How many bytes the program has written so far. */
size_t pty_bytes(const struct pty *pty);

void pty_resize(struct pty *pty, int rows, int cols);
void pty_signal(struct pty *pty, int number);
/* Waits until the program is stopped, as by Ctrl-Z; pty_signal(pty, SIGCONT) lets it go on. */
bool pty_wait_stop(struct pty *pty, int timeout_ms);
/* Closes the terminal's window: the program gets SIGHUP, and can read and write no more. */
void pty_hang_up(struct pty *pty);
/* Waits for the end.  Returns the exit status, 128 + the signal's number, or -1 when it still runs.
 */
int pty_wait_exit(struct pty *pty, int timeout_ms);

#endif
