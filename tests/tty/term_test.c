/*
 * tests/tty/term_test.c - the prompt and the screen together, on a real terminal's other end.
 *
 * The program under test is this file's own demo(): a title, a log, and a prompt in the last row.
 * It is the smallest console that keeps the recipe of shell/line and tui/term.
 */
#include "pty.h"

#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "shell/line.h"
#include "tui/canvas.h"
#include "tui/term.h"

enum { LOG_ROWS = 100, WAIT_MS = 5000 };

struct demo {
    bool over;
    bool in_view;
    unsigned ticks;
    char *paste; /* waiting for a yes */
    char *log[LOG_ROWS];
    int logged;
};

static void demo_log(struct demo *demo, const char *what, const char *text)
{
    if (demo->logged < LOG_ROWS)
        demo->log[demo->logged++] = xasprintf("%s[%s]", what, text);
}

/* Uses up the stack. */
static int go_deep(volatile int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return depth == 0 ? 0 : go_deep(depth + 1) + room[0];
}

static void demo_accept(void *context, const char *text)
{
    struct demo *demo = context;

    if (demo->paste != NULL) {
        demo_log(demo, strcmp(text, "y") == 0 ? "all of " : "none of ", demo->paste);
        free(demo->paste);
        demo->paste = NULL;
        line_set_prompt("$ ");
        return;
    }
    line_history_add(text);
    demo_log(demo, "ran ", text);
    if (strcmp(text, "quit") == 0)
        demo->over = true;
    if (strcmp(text, "bug") == 0)
        BUG("on purpose");
    if (strcmp(text, "crash") == 0)
        raise(SIGSEGV);
    if (strcmp(text, "deep") == 0)
        demo_log(demo, "depth", go_deep(1) > 0 ? "" : "none");
    if (strcmp(text, "noise") == 0)
        fprintf(stderr, "noise\x1b[2J\n");
}

static void demo_paste(void *context, const char *text)
{
    struct demo *demo = context;

    demo->paste = xstrdup(text);
    line_set_prompt("run the pasted lines? ");
}

static void demo_complete(void *context, const char *text, size_t cursor,
                          struct line_candidates *out)
{
    static const char *const words[] = {"describe-images", "describe-instances", "run-instances"};

    (void)context;
    out->start = cursor;
    while (out->start > 0 && text[out->start - 1] != ' ' && text[out->start - 1] != '=')
        out->start--;
    for (size_t i = 0; i < 3; i++) {
        if (strncmp(words[i], text + out->start, cursor - out->start) == 0)
            line_candidates_add(out, words[i], "a sentence", ' ');
    }
}

static void demo_show(void *context, const struct line_candidates *candidates)
{
    for (uint32_t i = 0; i < candidates->items.count; i++)
        demo_log(context, "match ", candidates->items.items[i].text);
}

static void demo_key(void *context, enum line_key key)
{
    struct demo *demo = context;
    char number[16];

    snprintf(number, sizeof(number), "%d", (int)key);
    demo_log(demo, "key ", number);
    if (key == LINE_KEY_ESCAPE)
        demo->in_view = true;
    if (key == LINE_KEY_F1 + 1) /* a key types a command */
        line_set_text("help"), line_submit();
}

static void demo_mouse(void *context, const struct line_mouse *mouse)
{
    char place[32];

    snprintf(place, sizeof(place), "%d %d %d", (int)mouse->kind, mouse->row, mouse->col);
    demo_log(context, "mouse ", place);
}

static void demo_end(void *context, bool gone)
{
    struct demo *demo = context;

    demo_log(demo, gone ? "gone" : "end", "");
    demo->over = true;
}

static void demo_view_keys(struct demo *demo)
{
    struct term_key key;

    while (demo->in_view && term_key(&key)) {
        char name[32];

        snprintf(name, sizeof(name), "%d %u%s", (int)key.code, (unsigned)key.character,
                 key.alt ? " alt" : "");
        demo_log(demo, "view ", name);
        demo->in_view = key.character != 'i';
    }
}

static void demo_draw(struct demo *demo, struct canvas *canvas)
{
    struct canvas_area all;
    struct line_state state;
    int rows;
    int cols;
    int first;

    term_size(&rows, &cols);
    canvas_reset(canvas, rows, cols);
    all = canvas_all(canvas);
    line_state(&state);
    canvas_printf(&all, (struct canvas_at){0}, (struct canvas_style){.attributes = CANVAS_REVERSE},
                  "demo %dx%d %s", rows, cols, demo->in_view ? "view" : "prompt");
    first = demo->logged > rows - 2 ? demo->logged - (rows - 2) : 0;
    for (int i = first; i < demo->logged; i++)
        canvas_label(&all, (struct canvas_at){.row = 1 + i - first},
                     (struct canvas_style){.fg = CANVAS_RED}, demo->log[i]);
    canvas_text(&all, (struct canvas_at){.row = rows - 1}, (struct canvas_style){0}, state.prompt);
    canvas_text(&all,
                (struct canvas_at){.row = rows - 1,
                                   .col = (int)utf8_columns(state.prompt, strlen(state.prompt))},
                (struct canvas_style){0}, state.text);
    canvas_cursor(&all, (struct canvas_at){.row = rows - 1, .col = (int)state.cursor_column});
}

static int demo_run(void)
{
    struct demo demo = {0};
    struct canvas canvas;
    struct str problem = STR_INIT;
    const struct line_hooks hooks = {
        .context = &demo,
        .accept = demo_accept,
        .paste = demo_paste,
        .complete = demo_complete,
        .show = demo_show,
        .key = demo_key,
        .mouse = demo_mouse,
        .end = demo_end,
    };

    setlocale(LC_ALL, "");
    if (!term_start(&(struct term_options){.mouse = getenv("DEMO_MOUSE") != NULL}, &problem)) {
        fprintf(stderr, "no screen: %s\n", str_text(&problem));
        str_release(&problem);
        return 3;
    }
    canvas_init(&canvas, 1, 1);
    line_init(LINE_CAGED, &hooks);
    if (getenv("DEMO_HISTORY") != NULL)
        line_history_open(getenv("DEMO_HISTORY"), &problem);
    line_set_prompt("$ ");
    canvas.ascii = term_is_ascii();
    while (!demo.over) {
        unsigned events;

        demo_draw(&demo, &canvas);
        term_paint(&canvas);
        events = term_wait(100);
        if (events & TERM_END)
            demo.over = true;
        if (events & TERM_INTERRUPT)
            line_interrupt();
        if (events & TERM_INPUT && demo.in_view)
            demo_view_keys(&demo);
        else if (events & TERM_INPUT)
            line_read_ready();
    }
    line_release();
    term_stop();
    printf("bye\n");
    canvas_release(&canvas);
    str_release(&problem);
    free(demo.paste);
    for (int i = 0; i < demo.logged; i++)
        free(demo.log[i]);
    return 0;
}

/* The same without a screen: lines on a terminal, or from a pipe. */

static volatile sig_atomic_t plain_interrupted;

static void on_plain_interrupt(int number)
{
    (void)number;
    plain_interrupted = 1;
}

static void plain_accept(void *context, const char *text)
{
    struct demo *demo = context;

    printf("ran [%s]\n", text);
    line_history_add(text);
    line_set_prompt(strcmp(text, "more") == 0 ? "> " : "$ ");
    demo->over = demo->over || strcmp(text, "quit") == 0;
    if (demo->over)
        line_release();
}

static void plain_paste(void *context, const char *text)
{
    (void)context;
    printf("pasted %zu bytes\n", strlen(text));
}

static void plain_show(void *context, const struct line_candidates *candidates)
{
    (void)context;
    for (uint32_t i = 0; i < candidates->items.count; i++)
        printf("%s  %s\n", candidates->items.items[i].text, candidates->items.items[i].doc);
}

static void plain_end(void *context, bool gone)
{
    struct demo *demo = context;

    printf(gone ? "gone\n" : "end\n");
    demo->over = true;
}

static int plain_run(void)
{
    struct demo demo = {0};
    const struct sigaction action = {.sa_handler = on_plain_interrupt};
    const struct line_hooks hooks = {
        .context = &demo,
        .accept = plain_accept,
        .paste = plain_paste,
        .complete = demo_complete,
        .show = plain_show,
        .end = plain_end,
    };
    bool more = false;

    setlocale(LC_ALL, "");
    sigaction(SIGINT, &action, NULL);
    line_init(isatty(STDIN_FILENO) ? LINE_TTY : LINE_PIPE, &hooks);
    line_set_prompt("$ ");
    for (unsigned tick = 0; !demo.over; tick++) {
        struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};

        if (more || poll(&wait, 1, 100) > 0)
            more = line_read_ready();
        if (plain_interrupted) {
            plain_interrupted = 0;
            line_interrupt();
        }
        if (tick == 8 && getenv("DEMO_EVENT") != NULL) {
            line_pause();
            printf("something happened\n");
            line_resume();
        }
    }
    line_release();
    printf("bye\n");
    return 0;
}

/* ---- the tests ---- */

static struct pty *start(const char *const *env)
{
    static const char *const argv[] = {"/proc/self/exe", "demo", NULL};
    struct pty *pty = pty_start(argv, (struct pty_options){.rows = 10, .cols = 40, .env = env});

    assert_true(pty_wait_text(pty, "demo", WAIT_MS));
    return pty;
}

static void assert_cursor(struct pty *pty, int row, int col)
{
    int at_row = -1;
    int at_col = -1;

    pty_settle(pty, 150);
    pty_cursor(pty, &at_row, &at_col);
    assert_int_equal(at_row, row);
    assert_int_equal(at_col, col);
}

/* The cursor would stand beside the letter that is typed, as soon as a name is not English. */
static void test_cursor_column(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, "\xc3\xa9\xe6\x97\xa5\xe6\x9c\xac");
    assert_true(pty_wait_text(pty, "$ \xc3\xa9\xe6\x97\xa5\xe6\x9c\xac", WAIT_MS));
    assert_cursor(pty, 9, 7);
    pty_send(pty, PTY_LEFT);
    assert_cursor(pty, 9, 5);
    pty_send(pty, "\x01");
    assert_cursor(pty, 9, 2);
    pty_free(pty);
}

/* What was typed yesterday could not be found again, or only if it was English. */
static void test_history_search(void **state)
{
    char path[] = "/tmp/nephoscope-history-XXXXXX";
    int file = mkstemp(path);
    char *variable = xasprintf("DEMO_HISTORY=%s", path);
    const char *env[] = {variable, NULL};
    struct pty *pty;

    (void)state;
    assert_true(file >= 0);
    close(file);
    pty = start(env);
    pty_send(pty, "echo n\xc3\xa9\r");
    assert_true(pty_wait_text(pty, "ran [echo n\xc3\xa9]", WAIT_MS));
    pty_send(pty, "echo other\r");
    assert_true(pty_wait_text(pty, "ran [echo other]", WAIT_MS));
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);

    pty = start(env);
    pty_send(pty, "\x12n\xc3\xa9");
    assert_true(pty_wait_text(pty, "(reverse-i-search)`n\xc3\xa9': echo n\xc3\xa9", WAIT_MS));
    pty_send(pty, "\r");
    assert_true(pty_wait_text(pty, "ran [echo n\xc3\xa9]", WAIT_MS));
    pty_send(pty, PTY_UP PTY_UP);
    assert_true(pty_wait_text(pty, "$ quit", WAIT_MS));
    pty_send(pty, "\x12n\xc3\xa9");
    assert_true(pty_wait_text(pty, "search)`n\xc3\xa9': echo n\xc3\xa9", WAIT_MS));
    pty_send(pty, PTY_F2); /* ends the search, and does what it does */
    assert_true(pty_wait_text(pty, "ran [help]", WAIT_MS));
    pty_send(pty, "\x12other\x1b");
    pty_settle(pty, 200);
    pty_send(pty, "\x05!");
    assert_true(pty_wait_text(pty, "$ echo other!", WAIT_MS));
    pty_send(pty, "\x03");
    pty_send(pty, "quit");
    assert_true(pty_wait_text(pty, "$ quit", WAIT_MS));
    pty_send(pty, "\x03");
    assert_true(pty_wait_gone(pty, "$ quit", WAIT_MS));
    pty_free(pty);
    unlink(path);
    free(variable);
}

/* The list of candidates would be written over the views. */
static void test_completion(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, "ec2 de\t");
    assert_true(pty_wait_text(pty, "match [describe-instances]", WAIT_MS));
    pty_settle(pty, 100);
    assert_string_equal(pty_row(pty, 0), "demo 10x40 prompt");
    assert_string_equal(pty_row(pty, 1), "match [describe-images]");
    assert_string_equal(pty_row(pty, 9), "$ ec2 describe-i");
    pty_send(pty, "n\t");
    assert_true(pty_wait_text(pty, "$ ec2 describe-instances", WAIT_MS));
    assert_cursor(pty, 9, 25);
    pty_send(pty, "\x15x=r\t");
    assert_true(pty_wait_text(pty, "$ x=run-instances", WAIT_MS));
    pty_free(pty);
}

/* A half-typed command would be lost when the window changes, or the screen would keep its old
 * size. */
static void test_resize(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, "half a li");
    assert_true(pty_wait_text(pty, "$ half a li", WAIT_MS));
    pty_resize(pty, 14, 60);
    assert_true(pty_wait_text(pty, "demo 14x60", WAIT_MS));
    assert_cursor(pty, 13, 11);
    assert_string_equal(pty_row(pty, 13), "$ half a li");
    for (int i = 0; i < 20; i++)
        pty_resize(pty, 1 + i, 1 + 2 * i);
    pty_resize(pty, 12, 50);
    assert_true(pty_wait_text(pty, "demo 12x50", WAIT_MS));
    pty_send(pty, "ne\r");
    assert_true(pty_wait_text(pty, "ran [half a line]", WAIT_MS));
    pty_free(pty);
}

/* Three lines from a web page would run before anyone had read them. */
static void test_paste(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, PTY_PASTE("echo one\r"));
    assert_true(pty_wait_text(pty, "$ echo one", WAIT_MS));
    pty_settle(pty, 100);
    assert_int_equal(pty_find_row(pty, "ran"), -1);
    pty_send(pty, "\r");
    assert_true(pty_wait_text(pty, "ran [echo one]", WAIT_MS));
    pty_send(pty, PTY_PASTE("a\r\nb\x1b\x07\nc\n"));
    assert_true(pty_wait_text(pty, "run the pasted lines?", WAIT_MS));
    pty_send(pty, "y\r");
    assert_true(pty_wait_text(pty, "all of [a\\x0ab\\x0ac]", WAIT_MS));
    assert_int_equal(pty_find_row(pty, "ran [a]"), -1);
    pty_free(pty);
}

/* Keys for the screen would end up in the line, or keys for the line in a view. */
static void test_keys(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, PTY_F2);
    assert_true(pty_wait_text(pty, "ran [help]", WAIT_MS));
    pty_send(pty, "\x1b"
                  "3");
    assert_true(pty_wait_text(pty, "key [16]", WAIT_MS));
    pty_send(pty, "abc" PTY_LEFT "X\r");
    assert_true(pty_wait_text(pty, "ran [abXc]", WAIT_MS));
    pty_send(pty, "\x1b");
    assert_true(pty_wait_text(pty, "demo 10x40 view", WAIT_MS));
    pty_send(pty, PTY_UP);
    assert_true(pty_wait_text(pty, "view [8 0]", WAIT_MS));
    pty_send(pty, "\x1b"
                  "2" PTY_PASTE("iii"));
    assert_true(pty_wait_text(pty, "view [1 50 alt]", WAIT_MS));
    assert_true(pty_wait_text(pty, "view [28 0]", WAIT_MS));
    pty_send(pty, "i");
    assert_true(pty_wait_text(pty, "demo 10x40 prompt", WAIT_MS));
    pty_send(pty, "z\r");
    assert_true(pty_wait_text(pty, "ran [z]", WAIT_MS));
    pty_free(pty);
}

/* After a crash, a bug or a kill the learner's terminal would be unusable, and nobody would know
 * why. */
static void test_restore(void **state)
{
    static const struct {
        const char *keys;
        int status;
        const char *text;
    } cases[] = {
        {"quit\r", 0, "bye"},
        {"noise\rquit\r", 0, "noise\\x1b[2J"},
        {"bug\r", 128 + SIGABRT, "on purpose"},
        {"crash\r", 128 + SIGSEGV, ""},
        {"deep\r", 128 + SIGSEGV, ""},
        {"\x04", 0, "bye"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pty *pty = start(NULL);

        pty_send(pty, cases[i].keys);
        assert_int_equal(pty_wait_exit(pty, WAIT_MS), cases[i].status);
        assert_true(pty_wait_text(pty, cases[i].text, WAIT_MS));
        assert_int_equal(pty_find_row(pty, "demo"), -1); /* the screen from before is back */
        pty_free(pty);
    }
}

/* With the mouse on, a click would type rubbish into the line, or count in one place only. */
static void test_mouse(void **state)
{
    static const char *const env[] = {"DEMO_MOUSE=1", NULL};
    struct pty *pty = start(env);

    (void)state;
    pty_send(pty, "ab\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<65;40;10M\x1b[M !\"c\r");
    assert_true(pty_wait_text(pty, "mouse [0 2 4]", WAIT_MS));
    assert_true(pty_wait_text(pty, "mouse [2 9 39]", WAIT_MS));
    assert_true(pty_wait_text(pty, "mouse [0 1 0]", WAIT_MS));
    assert_true(pty_wait_text(pty, "ran [abc]", WAIT_MS));
    pty_send(pty, "\x1b");
    assert_true(pty_wait_text(pty, "demo 10x40 view", WAIT_MS));
    pty_send(pty, "\x1b[<65;40;10M");
    assert_true(pty_wait_text(pty, "view [31 0]", WAIT_MS));
    pty_free(pty);
}

/* A terminal window that is closed, or a machine that shuts down, would leave the program running
 * for ever. */
static void test_end(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_signal(pty, SIGTERM);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    pty = start(NULL);
    pty_signal(pty, SIGHUP);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    pty = start(NULL);
    pty_send(pty, "half a command");
    assert_true(pty_wait_text(pty, "half a command", WAIT_MS));
    pty_hang_up(pty);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
}

/* An idle console would keep a slow line, and a battery, busy. */
static void test_quiet(void **state)
{
    struct pty *pty = start(NULL);
    size_t before;

    (void)state;
    pty_settle(pty, 300);
    before = pty_bytes(pty);
    pty_settle(pty, 500);
    assert_int_equal(pty_bytes(pty), before);
    pty_send(pty, "x");
    assert_true(pty_wait_text(pty, "$ x", WAIT_MS));
    pty_settle(pty, 100);
    assert_in_range(pty_bytes(pty) - before, 1, 20);
    pty_free(pty);
}

/* In a locale or on a terminal without Unicode or colour the console would not start, or show
 * rubbish. */
static void test_poor_terminals(void **state)
{
    static const char *const argv[] = {"/proc/self/exe", "demo", NULL};
    const char *plain[] = {"LC_ALL=C", "NO_COLOR=1", "COLUMNS=-1", "LINES=3", NULL};
    const char *dumb[] = {"TERM=dumb", NULL};
    struct pty *pty = start(plain);

    (void)state;
    assert_true(pty_wait_text(pty, "demo 10x40", WAIT_MS));
    pty_send(pty, "abc\r");
    assert_true(pty_wait_text(pty, "ran [abc]", WAIT_MS));
    assert_int_equal(pty_color(pty, 1, 0), -1);
    assert_true(pty_is_reverse(pty, 0, 0));
    pty_free(pty);
    pty = start(NULL);
    pty_send(pty, "abc\r");
    assert_true(pty_wait_text(pty, "ran [abc]", WAIT_MS));
    assert_int_equal(pty_color(pty, 1, 0), 1);
    pty_free(pty);
    pty = pty_start(argv, (struct pty_options){.rows = 5, .cols = 60, .env = dumb});
    assert_true(pty_wait_text(pty, "no screen: TERM is dumb", WAIT_MS));
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 3);
    pty_free(pty);
}

/* Without a screen the prompt would lose its editing, its history or its completion. */
static void test_plain(void **state)
{
    static const char *const argv[] = {"/proc/self/exe", "plain", NULL};
    struct pty *pty = pty_start(argv, (struct pty_options){.rows = 20, .cols = 40});

    (void)state;
    assert_true(pty_wait_text(pty, "$", WAIT_MS));
    pty_send(pty, "ab\xc3\xa9" PTY_LEFT "x\r");
    assert_true(pty_wait_text(pty, "ran [abx\xc3\xa9]", WAIT_MS));
    pty_send(pty, "\x1b[A");
    assert_true(pty_wait_text(pty, "$ abx\xc3\xa9", WAIT_MS));
    pty_send(pty, "\x03");
    pty_settle(pty, 100);
    pty_send(pty, "more\r");
    assert_true(pty_wait_text(pty, "ran [more]", WAIT_MS));
    pty_send(pty, "b\r");
    assert_true(pty_wait_text(pty, "> b", WAIT_MS));
    pty_send(pty, "ec2 de\t");
    assert_true(pty_wait_text(pty, "describe-images  a sentence", WAIT_MS));
    assert_true(pty_wait_text(pty, "$ ec2 describe-i", WAIT_MS));
    pty_send(pty, "\x15" PTY_PASTE("a\nb"));
    assert_true(pty_wait_text(pty, "pasted 3 bytes", WAIT_MS));
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    assert_string_equal(pty_row(pty, 0), "$ abx\xc3\xa9");
    assert_string_equal(pty_row(pty, 1), "ran [abx\xc3\xa9]");
    pty_free(pty);
}

/* News would be printed into the middle of a half-typed line. */
static void test_plain_events(void **state)
{
    static const char *const argv[] = {"/proc/self/exe", "plain", NULL};
    static const char *const env[] = {"DEMO_EVENT=1", NULL};
    struct pty *pty = pty_start(argv, (struct pty_options){.rows = 8, .cols = 40, .env = env});

    (void)state;
    assert_true(pty_wait_text(pty, "$", WAIT_MS));
    pty_send(pty, "half");
    assert_true(pty_wait_text(pty, "something happened", WAIT_MS));
    assert_true(pty_wait_text(pty, "$ half", WAIT_MS));
    assert_string_equal(pty_row(pty, 0), "something happened");
    assert_string_equal(pty_row(pty, 1), "$ half");
    pty_send(pty, "x\r");
    assert_true(pty_wait_text(pty, "ran [halfx]", WAIT_MS));
    pty_free(pty);
}

/* A script on standard input would run past its `quit`, or lose its last line. */
static void test_pipe(void **state)
{
    static const struct {
        const char *input;
        const char *output;
    } cases[] = {
        {"a\\nb", "ran [a]\nran [b]\ngone\nbye\n"},
        {"a\\000b\\n", "ran [a\xff"
                       "b]\ngone\nbye\n"},
        {"a\\nquit\\nb\\n", "ran [a]\nran [quit]\nbye\n"},
        {"", "gone\nbye\n"},
    };
    char self[4096] = "";

    (void)state;
    assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *command = xasprintf("printf '%s' | '%s' plain", cases[i].input, self);
        FILE *pipe = popen(command, "r");
        char output[256] = "";

        assert_non_null(pipe);
        output[fread(output, 1, sizeof(output) - 1, pipe)] = '\0';
        pclose(pipe);
        assert_string_equal(output, cases[i].output);
        free(command);
    }
}

/* People's own settings of readline, vi's keys first of all, would be ignored. */
static void test_inputrc(void **state)
{
    char path[] = "/tmp/nephoscope-inputrc-XXXXXX";
    int file = mkstemp(path);
    const char *text = "set editing-mode vi\n$if nephoscope\n\"\\C-o\": \"from inputrc\"\n$endif\n";
    char *variable = xasprintf("INPUTRC=%s", path);
    const char *env[] = {variable, NULL};
    struct pty *pty;

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    pty = start(env);
    pty_send(pty, "\x0f");
    assert_true(pty_wait_text(pty, "$ from inputrc", WAIT_MS));
    pty_send(pty, "\x1b");
    pty_settle(pty, 200);
    pty_send(pty, "0x");
    assert_true(pty_wait_text(pty, "$ rom inputrc", WAIT_MS));
    pty_send(pty, PTY_F2);
    assert_true(pty_wait_text(pty, "ran [help]", WAIT_MS));
    pty_free(pty);
    unlink(path);
    free(variable);
}

/* Ctrl-Z would leave the shell with a broken terminal, or lose the line and the screen on return.
 */
static void test_suspend(void **state)
{
    struct pty *pty = start(NULL);

    (void)state;
    pty_send(pty, "half");
    assert_true(pty_wait_text(pty, "$ half", WAIT_MS));
    pty_send(pty, "\x1a");
    assert_true(pty_wait_stop(pty, WAIT_MS));
    assert_true(pty_wait_gone(pty, "demo", WAIT_MS));
    pty_signal(pty, SIGCONT);
    assert_true(pty_wait_text(pty, "demo 10x40", WAIT_MS));
    assert_true(pty_wait_text(pty, "$ half", WAIT_MS));
    pty_send(pty, " line\r");
    assert_true(pty_wait_text(pty, "ran [half line]", WAIT_MS));
    pty_free(pty);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor_column),
        cmocka_unit_test(test_history_search),
        cmocka_unit_test(test_completion),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_restore),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_poor_terminals),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_plain_events),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_inputrc),
        cmocka_unit_test(test_suspend),
    };

    if (argc > 1 && strcmp(argv[1], "demo") == 0)
        return demo_run();
    if (argc > 1 && strcmp(argv[1], "plain") == 0)
        return plain_run();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
