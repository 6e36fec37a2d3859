/*
 * lesson_teaching_test.c - if this fails, an instructor asks for something before a class and
 * nothing is seen, or is told what is not so.
 */
#include "lesson/teaching.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lesson/runner.h"
#include "lesson/words.h"

#include "desk.h"

struct room {
    struct desk desk;
    struct lesson_list lessons;
    struct runner runner;
};

static void room_open(struct room *room)
{
    *room = (struct room){0};
    desk_open(&room->desk, NULL);
    lesson_list_offer_built_in(&room->lessons);
    runner_init(&room->runner, &room->desk.shell, &room->lessons);
    room->runner.teaches = true;
    shell_add_words(&room->desk.shell, lesson_words, &room->runner);
    shell_add_words(&room->desk.shell, teaching_words, &room->runner);
}

static void room_close(struct room *room)
{
    runner_release(&room->runner);
    lesson_list_release(&room->lessons);
    desk_close(&room->desk);
}

static void run(struct room *room, const char *line, int status)
{
    assert_int_equal(desk_run(&room->desk, line), status);
}

static void answers(const struct str *text, const char *part)
{
    if (strstr(str_text(text), part) == NULL)
        fail_msg("'%s' is not in: %s", part, str_text(text));
}

/* The answer lies below a small screen, and without a screen nowhere. */
static void test_solution(void **state)
{
    struct room room;

    (void)state;
    room_open(&room);
    run(&room, "lesson three-cashiers", 0);
    run(&room, "reveal solution", 0);
    answers(&room.desk.out, "lab start-traffic");
    room_close(&room);
}

/* "No question is open" under a question that everybody sees. */
static void test_vote_too_late(void **state)
{
    struct room room;

    (void)state;
    room_open(&room);
    run(&room, "vote 1 2 3", 1);
    answers(&room.desk.err, "no question is open");
    run(&room, "lesson three-cashiers", 0);
    run(&room, "vote 3 4 9", 0);
    run(&room, "reveal", 0);
    answers(&room.desk.out, "(9 of 16 hands)");
    run(&room, "vote 3 4 9", 1);
    answers(&room.desk.err, "was answered or revealed already");
    room_close(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solution),
        cmocka_unit_test(test_vote_too_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
