/*
 * tests/tty/film_test.c - a learner's run as a film, on a real terminal's other end.
 *
 * If this fails, who watches a film cannot stop it, cannot go to an error or a time, or is offered
 * keys that do nothing there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "place.h"
#include "program.h"

enum { WAIT_MS = 8000 };

#define ESC "\x1b"

static struct place place;

/* A run of half an hour, with one error in it. */
static int setup(void **state)
{
    static const char lines[] =
        "aws ec2 run-instances --instance-type t3.micro --query Instances[].State.Name --image-id "
        "$(aws ec2 describe-images --owners amazon --query \"Images[0].ImageId\" --output text)\n"
        "sleep 600\n"
        "lab no-such\n"
        "sleep 1200\n"
        "echo the last\n";
    const char *words[] = {"exec", "-k", "--session", place.session, "-f", "-", NULL};
    struct program_run run = {.words = words, .input = lines};

    (void)state;
    place_make(&place);
    program_run(&run);
    program_run_release(&run);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    place_drop(&place);
    return 0;
}

static struct pty *start(int rows, int cols, const char *const *looks)
{
    const char *words[8] = {"replay", place.session};

    for (size_t i = 0; looks != NULL && looks[i] != NULL && i < 4; i++)
        words[2 + i] = looks[i];
    return place_start(&place, words, rows, cols);
}

/* Stopped and gone on with; by chapter, by line, faster and slower, to the end. */
static void test_keys(void **state)
{
    struct pty *pty = start(30, 160, NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "film: line 1 of 5", WAIT_MS));
    assert_true(pty_wait_text(pty, "Space stops", WAIT_MS));
    pty_send(pty, " ");
    assert_true(pty_wait_text(pty, "Space goes on", WAIT_MS));
    pty_send(pty, "]");
    assert_true(pty_wait_text(pty, "film: line 3 of 5", WAIT_MS));
    assert_true(pty_wait_text(pty, "line 3: an error", WAIT_MS));
    pty_send(pty, ")");
    assert_true(pty_wait_text(pty, "film: line 4 of 5", WAIT_MS));
    pty_send(pty, "]");
    assert_true(pty_wait_text(pty, "nothing comes after this", WAIT_MS));
    pty_send(pty, "(");
    assert_true(pty_wait_text(pty, "film: line 3 of 5", WAIT_MS));
    pty_send(pty, "[");
    assert_true(pty_wait_text(pty, "film: line 1 of 5", WAIT_MS));
    pty_send(pty, "-");
    assert_true(pty_wait_text(pty, "\xc3\x97" "1", WAIT_MS)); /* it goes on */
    pty_send(pty, "-");
    assert_true(pty_wait_text(pty, "this is the slowest", WAIT_MS));
    pty_send(pty, "++++++");
    assert_true(pty_wait_text(pty, "film: the end", WAIT_MS));
    assert_true(pty_find_row(pty, "Space goes on") < 0);
    pty_send(pty, " ");
    assert_true(pty_wait_text(pty, "the film is at its end", WAIT_MS));
    pty_send(pty, "(");
    assert_true(pty_wait_text(pty, "film: line 5 of 5", WAIT_MS));
    place_leave(pty);
}

/* Nothing is offered that would change what was; what is pressed all the same is told so. */
static void test_offers(void **state)
{
    struct pty *pty = start(30, 160, NULL);

    (void)state;
    assert_true(pty_wait_text(pty, "pending", WAIT_MS)); /* the map has a row */
    pty_send(pty, " ");
    assert_true(pty_wait_text(pty, "y copy id", WAIT_MS));
    assert_true(pty_find_row(pty, "c console output") >= 0);
    assert_true(pty_find_row(pty, "b break") < 0);
    assert_true(pty_find_row(pty, "lesson highway") < 0); /* it cannot be begun there */
    assert_true(pty_find_row(pty, "a start") < 0);
    pty_send(pty, "b");
    assert_true(pty_wait_text(pty, "not in a film", WAIT_MS));
    pty_send(pty, "y");
    assert_true(pty_wait_text(pty, "copied: i-", WAIT_MS));
    pty_send(pty, "x");
    assert_true(pty_wait_text(pty, "not in a film", WAIT_MS));
    pty_send(pty, "?");
    assert_true(pty_wait_text(pty, "To the next chapter, a step or an error.", WAIT_MS));
    pty_send(pty, "z");
    pty_send(pty, "G");
    assert_true(pty_wait_text(pty, "lab describe-hosts", WAIT_MS));
    assert_true(pty_find_row(pty, "terminate-instances") < 0);
    place_leave(pty);
}

/* To a time of the clock, on and back, and from the command line. */
static void test_time(void **state)
{
    struct pty *pty = start(24, 80, (const char *const[]){"--from", "8:20", NULL});

    (void)state;
    assert_true(pty_wait_text(pty, "on to 08:20:00, line 4", WAIT_MS));
    assert_true(pty_wait_text(pty, "$ sleep 1200", WAIT_MS));
    pty_send(pty, " ");
    assert_true(pty_wait_text(pty, "paused", WAIT_MS));
    pty_send(pty, "t");
    assert_true(pty_wait_text(pty, "$ goto", WAIT_MS));
    pty_send(pty, "8:05\r");
    assert_true(pty_wait_text(pty, "back to 08:05:00, line 2", WAIT_MS));
    assert_true(pty_wait_text(pty, "film: line 2 of 5", WAIT_MS));
    assert_true(pty_wait_text(pty, "08:05:00", WAIT_MS));
    pty_send(pty, "t2026-01-05T08:29:00Z\r"); /* keys are the film's again */
    assert_true(pty_wait_text(pty, "on to 08:29:00, line 4", WAIT_MS));
    assert_true(pty_wait_text(pty, "2026-01-05 08:29:00", WAIT_MS));
    pty_send(pty, "t12:00\r");
    assert_true(pty_wait_text(pty, "the film goes from 2026-01-05T08:00:", WAIT_MS));
    assert_true(pty_wait_text(pty, "film: line 4 of 5", WAIT_MS));
    place_leave(pty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_time),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
