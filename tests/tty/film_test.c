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

#include "base/mem.h"
#include "pty.h"

enum { WAIT_MS = 8000 };

#define ESC "\x1b"

static char folder[64];
static char state_home[96];
static char session[96];

static const char *program(void)
{
    const char *name = getenv("NEPHOSCOPE");

    return name == NULL ? "build/nephoscope" : name;
}

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
    char *command;
    int status;

    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/nephoscope-film-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(session, sizeof(session), "%s/anna.neph", folder);
    snprintf(state_home, sizeof(state_home), "XDG_STATE_HOME=%s", folder);
    command = xasprintf("printf '%%s' '%s' | %s exec -k --session %s -f - >%s/out 2>&1", lines,
                        program(), session, folder);
    status = system(command);
    free(command);
    return status == -1 ? -1 : 0;
}

static int teardown(void **state)
{
    char *command = xasprintf("rm -rf '%s'", folder);
    int status = system(command);

    (void)state;
    free(command);
    return status;
}

static struct pty *start(int rows, int cols, const char *const *looks)
{
    const char *argv[8] = {program(), "replay", session};

    for (size_t i = 0; looks != NULL && looks[i] != NULL && i < 4; i++)
        argv[3 + i] = looks[i];
    return pty_start(argv, (struct pty_options){
                               .rows = rows,
                               .cols = cols,
                               .env = (const char *const[]){state_home, NULL},
                           });
}

static void stop(struct pty *pty)
{
    pty_send(pty, PTY_F10);
    assert_int_equal(pty_wait_exit(pty, WAIT_MS), 0);
    pty_free(pty);
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
    stop(pty);
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
    stop(pty);
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
    stop(pty);
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
