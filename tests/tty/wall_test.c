/*
 * tests/tty/wall_test.c - if this fails, an instructor's wall shows a class wrong, or a learner is
 * not told what the instructor does.
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

enum { WAIT_MS = 8000 };

static struct pty *start_learner(const struct place *place, const char *name)
{
    const char *words[] = {"--class", place->folder, "--name", name, "highway", NULL};
    struct pty *pty = place_start(place, words, 24, 80);

    assert_true(pty_wait_text(pty, "[prompt]", WAIT_MS));
    return pty;
}

static struct pty *start_wall(const struct place *place, const char *option, int rows, int cols)
{
    const char *words[] = {"class", place->folder, option, NULL};

    return place_start(place, words, rows, cols);
}

/* A wall and a learner whom it shows. */
struct class {
    struct place place;
    struct pty *anna;
    struct pty *wall;
};

static void begin_class(struct class *class, const char *option, int rows, int cols)
{
    place_make(&class->place);
    class->anna = start_learner(&class->place, "anna");
    class->wall = start_wall(&class->place, option, rows, cols);
    assert_true(pty_wait_text(class->wall, "anna", WAIT_MS));
}

static void put_status(const struct place *place, const char *name, const char *status)
{
    char *path = xasprintf("%s/%s.status", place->folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(status, file);
    fclose(file);
    free(path);
}

/* A hand, a line and a stop of time would go unseen. */
static void test_wall(void **state)
{
    struct place place;
    struct pty *anna;
    struct pty *wall;

    (void)state;
    place_make(&place);
    wall = start_wall(&place, NULL, 24, 80);
    assert_true(pty_wait_text(wall, "Nobody is here yet", WAIT_MS));
    anna = start_learner(&place, "anna");
    assert_true(pty_wait_text(wall, "anna", WAIT_MS));
    assert_true(pty_wait_text(wall, "1/7", WAIT_MS));
    pty_send(anna, "hand 'why 502?'\r");
    assert_true(pty_wait_text(anna, "your hand is up", WAIT_MS));
    assert_true(pty_wait_text(wall, "hand up 0 min: why 502?", WAIT_MS));
    pty_send(wall, "s");
    assert_true(pty_wait_text(wall, ": say anna", WAIT_MS));
    pty_send(wall, "ask the target\r");
    assert_true(pty_wait_text(wall, "say: sent to anna", WAIT_MS));
    assert_true(pty_wait_text(anna, "instructor: ask the target", WAIT_MS));
    pty_send(wall, "l");
    assert_true(pty_wait_text(anna, "it is down again", WAIT_MS));
    assert_true(pty_wait_gone(wall, "hand up", WAIT_MS));
    pty_send(wall, ":frxeze\r");
    assert_true(pty_wait_text(wall, "is not told to frxeze", WAIT_MS));
    pty_send(wall, "?");
    assert_true(pty_wait_text(wall, "Stops everybody's simulated time", WAIT_MS));
    assert_true(pty_wait_text(wall, "more: Page Down", WAIT_MS));
    pty_send(wall, "?");
    assert_true(pty_wait_gone(wall, "Stops everybody's", WAIT_MS));
    pty_send(anna, "quit\r");
    assert_int_equal(pty_wait_exit(anna, WAIT_MS), 0);
    assert_true(pty_wait_text(wall, "left 0 min ago", WAIT_MS));
    put_status(&place, "zoe", "{\"lesson\":\"three-cashiers\",\"step\":1,\"steps\":4}");
    assert_true(pty_wait_text(wall, "three-cashiers 1/4", WAIT_MS));
    place_leave(wall);
    pty_free(anna);
    place_drop(&place);
}

/* An instructor's look would change the learner's world, or be hidden from them. */
static void test_look(void **state)
{
    struct class class;
    struct pty *anna;
    struct pty *wall;

    (void)state;
    begin_class(&class, NULL, 30, 100);
    anna = class.anna;
    wall = class.wall;
    pty_send(anna, "aws ec2 create-key-pair --key-name mine --query KeyName\r");
    assert_true(pty_wait_text(anna, "\"mine\"", WAIT_MS));
    pty_send(anna, "echo 'said' 'it'\r"); /* a line that nothing has saved yet */
    assert_true(pty_wait_text(anna, "said it", WAIT_MS));
    pty_send(wall, "\r");
    assert_true(pty_wait_text(wall, "a copy of anna's world", WAIT_MS));
    assert_true(pty_wait_text(wall, "Highway sells road trips", WAIT_MS)); /* the learner's step */
    assert_true(pty_wait_text(wall, "$ aws ec2 create-key-pair", WAIT_MS)); /* and lines, */
    assert_true(pty_wait_text(wall, "\"mine\"", WAIT_MS));                   /* answers, */
    assert_true(pty_wait_text(wall, "said it", WAIT_MS)); /* and what was typed just now */
    assert_true(pty_wait_text(wall, "world, as of ", WAIT_MS));
    pty_send(wall, "branches\r");
    assert_true(pty_wait_text(wall, "it has no branches", WAIT_MS));
    assert_true(pty_wait_text(anna, "your instructor looks at a copy of your world", WAIT_MS));
    assert_true(pty_wait_text(anna, "instructor: I am looking at a copy", WAIT_MS));
    pty_send(wall, "aws ec2 delete-key-pair --key-name mine\r");
    pty_send(wall, "aws ec2 describe-key-pairs --query 'length(KeyPairs)'\r");
    assert_true(pty_wait_text(wall, " 0", WAIT_MS));
    pty_send(anna, "aws ec2 describe-key-pairs --query 'KeyPairs[].KeyName'\r");
    assert_true(pty_wait_text(anna, "    \"mine\"", WAIT_MS));
    pty_send(wall, PTY_F10);
    assert_true(pty_wait_text(wall, "Enter look", WAIT_MS));
    assert_true(pty_wait_gone(anna, "your instructor looks at a copy", WAIT_MS));
    pty_send(anna, "kill\r");
    place_leave(anna);
    pty_send(wall, "\r"); /* nobody is there: it can be looked at all the same */
    assert_true(pty_wait_text(wall, "a copy of anna's world", WAIT_MS));
    pty_send(wall, PTY_F10);
    assert_true(pty_wait_text(wall, "Enter look", WAIT_MS));
    place_leave(wall);
    place_drop(&class.place);
}

/* What an instructor says would stand below what is shown, or push itself away. */
static void test_many_lines(void **state)
{
    struct place place;
    struct pty *anna;

    (void)state;
    place_make(&place);
    anna = start_learner(&place, "anna");
    pty_send(anna, "aws sts get-caller-identity\r");
    assert_true(pty_wait_text(anna, "Arn", WAIT_MS));
    for (int i = 1; i <= 12; i++) {
        char *text = xasprintf("line %d of twelve", i);
        const char *words[] = {"class", place.folder, "say", "all", text, NULL};
        struct pty *said = place_start(&place, words, 24, 80);

        assert_int_equal(pty_wait_exit(said, WAIT_MS), 0);
        pty_free(said);
        free(text);
    }
    assert_true(pty_wait_text(anna, "instructor: line 12 of twelve", WAIT_MS));
    place_leave(anna);
    place_drop(&place);
}

static bool is_once(struct pty *pty, const char *text)
{
    const char *found = strstr(pty_screen(pty), text);

    return found != NULL && strstr(found + 1, text) == NULL;
}

/* Time would run on for a learner while the instructor explains. */
static void test_freeze(void **state)
{
    struct class class;
    struct pty *anna;
    struct pty *wall;

    (void)state;
    begin_class(&class, "--ascii", 60, 200);
    anna = class.anna;
    wall = class.wall;
    assert_true(pty_wait_text(wall, "One server that shows the site", WAIT_MS));
    assert_true(pty_wait_text(wall, "R reset", WAIT_MS));
    assert_true(pty_wait_text(wall, "F10 quit", WAIT_MS));
    pty_send(wall, "f");
    assert_true(pty_wait_text(anna, "your instructor stopped time", WAIT_MS));
    assert_true(pty_wait_text(wall, "time stands still", WAIT_MS));
    pty_send(anna, "sleep 5; echo \"awake\" again\r");
    assert_true(pty_wait_text(anna, "class: this waits: your instructor stopped time", WAIT_MS));
    assert_int_equal(pty_find_row(anna, "awake again"), -1);
    pty_send(anna, "hand 'why (so) still?'\r"); /* who waits can ask all the same */
    assert_true(pty_wait_text(wall, "why (so) still?", WAIT_MS));
    pty_send(wall, "l:say anna because I talk\r");
    assert_true(pty_wait_text(anna, "it is down again", WAIT_MS));
    assert_true(pty_wait_text(anna, "instructor: because I talk", WAIT_MS));
    assert_int_equal(pty_find_row(anna, "awake again"), -1);
    pty_send(wall, "r");
    assert_true(pty_wait_text(anna, "awake again", WAIT_MS));
    pty_settle(anna, 300);
    assert_null(strstr(pty_row(anna, 0), "your instructor stopped time"));
    assert_true(is_once(anna, "instructor: because I talk"));
    place_leave(wall);
    place_leave(anna);
    place_drop(&class.place);
}

/* Without a screen a learner whose command waits could not ask. */
static void test_freeze_plain(void **state)
{
    struct place place;
    const char *words[] = {"--class", place.folder, "--name", "anna", "--plain", "highway", NULL};
    struct pty *anna;
    struct pty *wall;

    (void)state;
    place_make(&place);
    anna = place_start(&place, words, 50, 100);
    assert_true(pty_wait_text(anna, "== highway 1/7", WAIT_MS));
    wall = start_wall(&place, "--ascii", 30, 120);
    assert_true(pty_wait_text(wall, "anna", WAIT_MS));
    pty_send(wall, "f");
    assert_true(pty_wait_text(anna, "your instructor stopped time", WAIT_MS));
    pty_send(anna, "sleep 5; echo \"awake\" again\r");
    assert_true(pty_wait_text(anna, "class: this waits: your instructor stopped time", WAIT_MS));
    pty_send(anna, "hand 'why still?'\r");
    assert_true(pty_wait_text(anna, "Your hand is up", WAIT_MS));
    assert_true(pty_wait_text(wall, "why still?", WAIT_MS));
    pty_send(anna, "echo and \"then\"\r");
    assert_true(pty_wait_text(anna, "that comes after the command that waits", WAIT_MS));
    assert_int_equal(pty_find_row(anna, "awake again"), -1);
    pty_send(wall, "r");
    assert_true(pty_wait_text(anna, "awake again", WAIT_MS));
    assert_true(pty_wait_text(anna, "and then", WAIT_MS));
    assert_true(pty_find_row(anna, "and then") > pty_find_row(anna, "awake again"));
    pty_send(wall, PTY_F10);
    assert_int_equal(pty_wait_exit(wall, WAIT_MS), 0);
    pty_send(anna, "quit\r");
    assert_int_equal(pty_wait_exit(anna, WAIT_MS), 0);
    pty_free(wall);
    pty_free(anna);
    place_drop(&place);
}

/* A window that is too small would show half a class, and take keys for what is not seen. */
static void test_small(void **state)
{
    struct place place;
    struct pty *wall;

    (void)state;
    place_make(&place);
    wall = start_wall(&place, NULL, 10, 60);
    assert_true(pty_wait_text(wall, "need 80x24, have 60x10: terminal too small", WAIT_MS));
    pty_send(wall, "fq");
    assert_int_equal(pty_wait_exit(wall, WAIT_MS), 0);
    pty_free(wall);
    place_drop(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wall),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_freeze),
        cmocka_unit_test(test_freeze_plain),
        cmocka_unit_test(test_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
