/*
 * tests/tty/present_test.c - present mode, screen by screen.
 *
 * If this fails, a room sees something cut, crowded or in the wrong place on the projector.  The
 * screens lie in tests/tty/golden; BLESS=1 writes them anew: look at each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "place.h"

enum { WAIT_MS = 8000, SCREEN_MAX = 64 << 10 };

#define ESC "\x1b"

static struct place place;

static struct pty *start(int rows, int cols, const char *lesson, const char *look)
{
    const char *words[] = {"--session", place.session, "--speed", "0", "--teach", lesson, look,
                           NULL};

    place_make(&place);
    return place_start(&place, words, rows, cols);
}

static void stop(struct pty *pty)
{
    place_leave(pty);
    place_drop(&place);
}

static void assert_golden(struct pty *pty, const char *name)
{
    char *path = xasprintf("tests/tty/golden/%s", name);
    static char golden[SCREEN_MAX];
    FILE *file;

    pty_settle(pty, 150);
    file = fopen(path, getenv("BLESS") != NULL ? "w+" : "r");
    if (file == NULL)
        fail_msg("there is no %s", path);
    if (getenv("BLESS") != NULL) {
        fputs(pty_screen(pty), file);
        rewind(file);
    }
    golden[fread(golden, 1, sizeof(golden) - 1, file)] = '\0';
    fclose(file);
    for (int i = 0; i < 20 && strcmp(pty_screen(pty), golden) != 0; i++)
        pty_watch(pty, 100); /* a slow machine is not wrong */
    if (strcmp(pty_screen(pty), golden) != 0)
        fail_msg("%s is now:\n%s", path, pty_screen(pty));
    free(path);
}

static void assert_no_color(struct pty *pty, int rows, int cols)
{
    struct pty_cell cell;

    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols; col++) {
            pty_cell(pty, row, col, &cell);
            assert_true(cell.fg == -1 && cell.bg == -1);
        }
    }
}

/* A question, the hands and the right answer, and a view with a row that is pointed at. */
static void present(int rows, int cols, const char *look)
{
    bool plain = look != NULL && strcmp(look, "--no-color") == 0;
    struct pty *pty = start(rows, cols, "three-cashiers", look);
    char *size =
        xasprintf("%dx%d%s", cols, rows, look == NULL || plain ? "" : "-ascii"); /* same text */
    char *name = xasprintf("present-question-%s", size);

    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    pty_send(pty, ESC "p");
    assert_true(pty_wait_gone(pty, "[prompt]", WAIT_MS));
    assert_golden(pty, name);
    free(name);
    pty_send(pty, "vote 12 3 5\rreveal\r");
    name = xasprintf("present-revealed-%s", size);
    assert_golden(pty, name);
    free(name);
    pty_send(pty, "view map\r");
    assert_true(pty_wait_text(pty, "us-east-1a", WAIT_MS));
    pty_send(pty, ESC);
    pty_settle(pty, 100);
    pty_send(pty, "j*");
    assert_true(pty_wait_text(pty, "us-east-1b", WAIT_MS));
    name = xasprintf("present-pointed-%s", size);
    assert_golden(pty, name);
    free(name);
    if (plain)
        assert_no_color(pty, rows, cols);
    free(size);
    stop(pty);
}

static void test_present(void **state)
{
    (void)state;
    present(24, 80, NULL);
    present(30, 100, NULL);
    present(60, 200, NULL);
}

static void test_ascii(void **state)
{
    (void)state;
    present(24, 80, "--ascii");
}

static void test_no_color(void **state)
{
    (void)state;
    present(24, 80, "--no-color");
}

/* Where the transcript is not shown a line that was refused would seem to have done something. */
static void test_refusal(void **state)
{
    struct pty *pty = start(24, 80, "three-cashiers", NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    pty_send(pty, ESC "p");
    assert_true(pty_wait_gone(pty, "[prompt]", WAIT_MS));
    pty_send(pty, "jum 3\r");
    assert_true(pty_wait_text(pty, "jum: command not found", WAIT_MS));
    pty_send(pty, "x");
    assert_true(pty_wait_gone(pty, "command not found", WAIT_MS));
    stop(pty);
}

/* The one line to look at would be cut; or hands be counted for a question that nobody knows. */
static void test_long_line(void **state)
{
    struct pty *pty = start(24, 80, "poison-cup", NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    pty_send(pty, "jump 3\r");
    assert_true(pty_wait_text(pty, "step 3 of 4", WAIT_MS));
    pty_send(pty, "vote 1 2 3\r");
    assert_true(pty_wait_text(pty, "6 hands: An alarm is to tell you", WAIT_MS));
    pty_send(pty, ESC "p");
    assert_true(pty_wait_gone(pty, "[prompt]", WAIT_MS));
    assert_true(pty_wait_text(pty, "$ M=$(lab describe-queues", WAIT_MS));
    assert_true(pty_wait_text(pty, "       text)", WAIT_MS));
    pty_send(pty, "\x1b[17~"); /* F6: the step's text, which has the line itself */
    assert_true(pty_wait_text(pty, "F9 M=$(lab describe-queues", WAIT_MS));
    assert_true(pty_wait_gone(pty, "$ M=$(lab", WAIT_MS));
    stop(pty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_present),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_no_color),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_long_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
