/*
 * tests/tty/teach_test.c - the instructor's console, on a real terminal's other end.
 *
 * If this fails, a class waits: the menu does not come, a fault is injected that nobody confirmed,
 * hands are not shown, or the projector shows what only the instructor is to see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "place.h"

enum { WAIT_MS = 8000 };

#define ESC "\x1b"

static struct place place;

static struct pty *start(int rows, int cols, const char *option)
{
    const char *words[] = {"--session", place.session, "--speed", "0", "--teach", "three-cashiers",
                           NULL, NULL};

    place_make(&place);
    if (option != NULL) {
        words[5] = option;
        words[6] = "three-cashiers";
    }
    return place_start(&place, words, rows, cols);
}

static void stop(struct pty *pty)
{
    pty_send(pty, "quit\r");
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
    place_drop(&place);
}

/* Notes, the menu, a jump; the answer is hidden until it is shown. */
static void test_menu(void **state)
{
    struct pty *pty = start(30, 120, NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    assert_true(pty_wait_text(pty, "Who has stood in such a line?", WAIT_MS));
    pty_send(pty, "vote 3 4\r");
    assert_true(pty_wait_text(pty, "usage: vote", WAIT_MS));
    pty_send(pty, "vote 3 4 9\r");
    assert_true(pty_wait_text(pty, "16 hands", WAIT_MS));
    pty_send(pty, "note 9\r");
    assert_true(pty_wait_text(pty, "no such command", WAIT_MS));
    pty_send(pty, ESC "t");
    assert_true(pty_wait_text(pty, "[choose]", WAIT_MS));
    assert_true(pty_wait_text(pty, "reveal solution", WAIT_MS));
    pty_send(pty, "/jump 3\r\r");
    assert_true(pty_wait_text(pty, "$ jump 3", WAIT_MS)); /* waits for Enter */
    assert_true(pty_find_row(pty, "step 3 of 4") < 0);
    pty_send(pty, "\r");
    assert_true(pty_wait_text(pty, "step 3 of 4", WAIT_MS));
    stop(pty);
}

/* A fault is chosen on a row, and nothing breaks before Enter at the prompt. */
static void test_break(void **state)
{
    struct pty *pty = start(30, 120, NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    pty_send(pty, PTY_F2);
    assert_true(pty_wait_text(pty, " hosts ", WAIT_MS));
    pty_send(pty, ESC "6");
    assert_true(pty_wait_text(pty, "served", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    pty_settle(pty, 100);
    pty_send(pty, "b");
    assert_true(pty_wait_text(pty, "[break]", WAIT_MS));
    pty_send(pty, "jj\r");
    assert_true(pty_wait_text(pty, "5 times as slow", WAIT_MS));
    pty_send(pty, "j\r"); /* another amount */
    assert_true(pty_wait_text(pty, "2 times as slow", WAIT_MS));
    pty_send(pty, "k\r");
    assert_true(pty_wait_text(pty, "$ lab inject-fault --kind slow-server", WAIT_MS));
    pty_send(pty, "\r");
    assert_true(pty_wait_text(pty, "\"State\": \"active\"", WAIT_MS));
    pty_send(pty, "lab clear-fault --all --query 'Faults[].[Kind,Amount]' --output text\r");
    assert_true(pty_wait_text(pty, "slow-server     2", WAIT_MS));
    pty_send(pty, "aws sqs create-queue --queue-name a.fifo --attributes FifoQueue=true\r");
    assert_true(pty_wait_text(pty, "QueueUrl", WAIT_MS));
    pty_send(pty, ESC);
    assert_true(pty_wait_text(pty, "b break", WAIT_MS));
    pty_send(pty, "iview queues\r");
    assert_true(pty_wait_text(pty, "queues, topics", WAIT_MS));
    pty_settle(pty, 100);
    pty_send(pty, ESC);
    pty_settle(pty, 100);
    assert_true(pty_wait_text(pty, "y copy id", WAIT_MS));
    assert_true(pty_find_row(pty, "b break") < 0); /* nothing can break in the chosen row: */
    pty_send(pty, "b");
    assert_true(pty_wait_text(pty, "nothing of a FIFO queue breaks", WAIT_MS));
    pty_send(pty, "i"); /* back to the prompt */
    stop(pty);
}

/* Large, few things, nothing of the notes; ASCII and no colour too. */
static void present(const char *option, int rows, int cols)
{
    struct pty *pty = start(rows, cols, option);

    assert_true(pty_wait_text(pty, "step 1 of 4", WAIT_MS));
    pty_send(pty, ESC "p");
    assert_true(pty_wait_text(pty, "What happens?", WAIT_MS));
    assert_true(pty_wait_gone(pty, "[prompt]", WAIT_MS));
    assert_true(pty_find_row(pty, "Who has stood in such a line?") < 0);
    assert_true(pty_wait_text(pty, "--duration 60", WAIT_MS)); /* the end of the line to look at */
    pty_send(pty, "vote 3 4 9\r");
    assert_true(pty_wait_text(pty, option == NULL ? "\xe2\x96\x88 9" : "# 9", WAIT_MS));
    assert_true(pty_find_row(pty, "*") < 0);
    pty_send(pty, "reveal\r");
    assert_true(pty_wait_text(pty, "* 3)", WAIT_MS));
    pty_send(pty, ESC "p");
    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    stop(pty);
}

static void test_present(void **state)
{
    (void)state;
    present(NULL, 24, 80);
    present("--ascii", 24, 80);
}

/* Without a screen the same words do. */
static void test_plain(void **state)
{
    struct pty *pty = start(60, 100, "--plain");

    (void)state;
    assert_true(pty_wait_text(pty, "Who has stood in such a line?", WAIT_MS));
    pty_send(pty, "vote 3 4 9\r");
    assert_true(pty_wait_text(pty, "16 hands", WAIT_MS));
    pty_send(pty, "reveal\r");
    assert_true(pty_wait_text(pty, "Right: 3)", WAIT_MS));
    assert_true(pty_wait_text(pty, "(9 of 16 hands)", WAIT_MS));
    pty_send(pty, "note\r");
    assert_true(pty_wait_text(pty, "1  lab describe-servers", WAIT_MS));
    stop(pty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_menu),
        cmocka_unit_test(test_break),
        cmocka_unit_test(test_present),
        cmocka_unit_test(test_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
