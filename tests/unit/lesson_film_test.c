/*
 * tests/unit/lesson_film_test.c - a run is shown as it was, and a stranger's lines touch nothing.
 *
 * If this fails, an instructor sees something else than the learner did, or watching runs a
 * learner's commands on the instructor's machine.
 */
#include "lesson/film.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/pack.h"
#include "cloud/catalog.h"
#include "cloud/world.h"
#include "lesson/runner.h"
#include "shell/logbook.h"
#include "sim/clock.h"
#include "store/branch.h"
#include "store/foreign.h"
#include "store/session_file.h"

#include "desk.h"
#include "program.h"

static char *folder;
static struct catalog *catalog;
static struct lesson_list lessons;
static unsigned char at_end[PACK_HASH_SIZE];

/* A person's run outside of lessons, with a detour and two errors. */
static const char *const run[] = {
    "aws ec2 create-key-pair --key-name one --query KeyName",
    "sleep 100",
    "aws ec2 describe-instances --instance-ids i-0123456789abcdef0",
    "aws ec2 create-key-pair --key-name two --query KeyName --output text",
    "echo typed > note; cat note",
    "undo",
    "aws ec2 describe-key-pairs --query 'KeyPairs[].KeyName' --output text",
    "aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text | tee made-by-a-program",
    "sleep 40000",
    "aws ec2 create-key-pair --key-name three --query KeyName --output text",
    NULL,
};

static void world_of(struct session *session, unsigned char hash[PACK_HASH_SIZE])
{
    world_hash(session->world, hash);
}

static int setup(void **state)
{
    struct str why = STR_INIT;
    struct desk desk;

    (void)state;
    folder = program_folder();
    if (chdir(folder) != 0)
        return -1;
    catalog = catalog_new();
    desk_open(&desk, "learner.neph");
    for (size_t i = 0; run[i] != NULL; i++)
        desk_run(&desk, run[i]);
    session_save_time(desk.session, &why);
    world_of(desk.session, at_end);
    desk_close(&desk);
    str_release(&why);
    return unlink("made-by-a-program");
}

static int teardown(void **state)
{
    (void)state;
    lesson_list_release(&lessons);
    catalog_free(catalog);
    program_folder_remove(folder);
    return 0;
}

struct shown {
    struct store *store;
    struct film *film;
    struct str text; /* what the film told, a line each */
};

static void on_chapter(void *context, const char *title)
{
    str_addf(&((struct shown *)context)->text, "== %s\n", title);
}

static void on_line(void *context, const char *line)
{
    str_addf(&((struct shown *)context)->text, "$ %s\n", line);
}

static void on_answer(void *context, const char *out, const char *err, int status)
{
    str_addf(&((struct shown *)context)->text, "%s%s(%d)\n", out, *err == '\0' ? "" : "error ",
             status);
}

static void on_remark(void *context, const char *text)
{
    str_addf(&((struct shown *)context)->text, "-- %s\n", text);
}

static void show(struct shown *shown, const char *path)
{
    const struct film_sink sink = {shown, on_chapter, on_line, on_answer, on_remark};
    struct str why = STR_INIT;
    struct store_foreign found;

    *shown = (struct shown){0};
    assert_int_equal(store_foreign_open(path, &shown->store, &found, &why), STORE_OK);
    shown->film = film_new(catalog, shown->store, &lessons, &why);
    if (shown->film == NULL)
        fail_msg("%s", str_text(&why));
    film_set_sink(shown->film, &sink);
    str_release(&why);
}

static void end(struct shown *shown)
{
    film_free(shown->film);
    store_close(shown->store);
    str_release(&shown->text);
}

static void expect(const struct shown *shown, const char *text)
{
    if (strstr(str_text(&shown->text), text) == NULL)
        fail_msg("'%s' is not in:\n%s", text, str_text(&shown->text));
}

static void assert_as_it_was(const struct shown *shown)
{
    unsigned char hash[PACK_HASH_SIZE];

    world_of(film_session(shown->film), hash);
    assert_memory_equal(hash, at_end, sizeof(hash));
}

static void test_whole(void **state)
{
    struct shown shown;

    (void)state;
    show(&shown, "learner.neph");
    for (int i = 0; i < 10000 && !film_has_ended(shown.film); i++)
        film_pass(shown.film, 33 * MILLISECOND_NS);
    assert_true(film_has_ended(shown.film));
    expect(&shown, "== the beginning\n$ aws ec2 create-key-pair --key-name one");
    expect(&shown, "\"one\"\n(0)\n$ sleep 100\n");
    expect(&shown, "== an error (exit code 254)\n$ aws ec2 describe-instances");
    expect(&shown, "error (254)\n");
    expect(&shown, "$ undo\n-- now on branch undone, row ");
    expect(&shown, "\none\ttwo\n(0)\n");
    expect(&shown, "three\n(0)\n== the end\n");
    assert_as_it_was(&shown);
    end(&shown);
}

/* A line that ran a program has no answer here, and runs none. */
static void test_stranger(void **state)
{
    struct shown shown;

    (void)state;
    show(&shown, "learner.neph");
    while (!film_has_ended(shown.film))
        film_step(shown.film);
    expect(&shown, "| tee made-by-a-program\n$ sleep 40000\n");
    assert_int_equal(access("made-by-a-program", F_OK), -1);
    assert_as_it_was(&shown);
    end(&shown);
}

/* Whatever is typed meanwhile. */
static void test_undone(void **state)
{
    struct shown shown;
    struct command_io io = {0};
    struct str out = STR_INIT;
    struct shell shell;

    (void)state;
    show(&shown, "learner.neph");
    shell_init(&shell, film_session(shown.film));
    io.out = io.err = &out;
    while (!film_has_ended(shown.film)) {
        film_keep(shown.film);
        assert_int_equal(shell_run(&shell,
                                   "aws ec2 create-key-pair --key-name mine; "
                                   "aws ec2 run-instances --image-id ami-none; X=1",
                                   false, &io),
                         0);
        film_return(shown.film);
        film_step(shown.film);
    }
    assert_as_it_was(&shown);
    end(&shown);
    str_release(&out);
}

/* Back and on: each place is what it was the first time. */
static void test_seek(void **state)
{
    unsigned char first[PACK_HASH_SIZE];
    unsigned char again[PACK_HASH_SIZE];
    struct shown shown;
    struct str where = STR_INIT;

    (void)state;
    show(&shown, "learner.neph");
    assert_true(film_seek(shown.film, 1, false));
    world_of(film_session(shown.film), first);
    film_where(shown.film, &where);
    assert_string_equal(str_text(&where), "film: line 3 of 10");
    assert_false(film_seek(shown.film, 1, false));
    while (!film_has_ended(shown.film))
        film_step(shown.film);
    assert_true(film_seek(shown.film, -1, true));
    film_step(shown.film);
    assert_as_it_was(&shown);
    assert_true(film_seek(shown.film, -1, false));
    world_of(film_session(shown.film), again);
    assert_memory_equal(first, again, sizeof(first));
    assert_true(film_seek(shown.film, -1, false));
    assert_false(film_seek(shown.film, -1, false));
    while (!film_has_ended(shown.film))
        film_step(shown.film);
    assert_as_it_was(&shown);
    end(&shown);
    str_release(&where);
}

static void go_to(struct shown *shown, const char *time, const char *where)
{
    struct str why = STR_INIT;
    struct str text = STR_INIT;
    int64_t read;

    if (!film_read(shown->film, time, &read, &why))
        fail_msg("%s: %s", time, str_text(&why));
    film_go(shown->film, read);
    film_where(shown->film, &text);
    assert_string_equal(str_text(&text), where);
    assert_int_equal(film_session(shown->film)->world->sim.now, read);
    str_release(&text);
    str_release(&why);
}

/* The clock shows another time than the one that was asked for, or what was there at that time is
 * not what was there when it was played. */
static void test_time(void **state)
{
    static const char *const wrong[] = {"", "12", "25:00", "now", "2027-01-01T00:00:00Z"};
    unsigned char first[PACK_HASH_SIZE];
    unsigned char again[PACK_HASH_SIZE];
    struct str why = STR_INIT;
    struct shown shown;
    int64_t time;

    (void)state;
    show(&shown, "learner.neph");
    go_to(&shown, "8:01", "film: line 2 of 10"); /* within sleep 100 */
    expect(&shown, "-- on to 08:01:00, line 2\n$ sleep 100\n");
    world_of(film_session(shown.film), first);
    go_to(&shown, "12:30:15", "film: line 9 of 10");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        str_clear(&why);
        assert_false(film_read(shown.film, wrong[i], &time, &why));
        assert_true(why.length > 0);
    }
    expect(&shown, "$ sleep 40000\n");
    go_to(&shown, "2026-01-05T08:01:00Z", "film: line 2 of 10");
    expect(&shown, "-- back to 08:01:00, line 2\n");
    world_of(film_session(shown.film), again);
    assert_memory_equal(first, again, sizeof(first));
    while (!film_has_ended(shown.film))
        film_step(shown.film);
    assert_as_it_was(&shown);
    go_to(&shown, "12:30:15", "film: line 9 of 10");
    while (!film_has_ended(shown.film))
        film_step(shown.film);
    assert_as_it_was(&shown);
    end(&shown);
    show(&shown, "learner.neph"); /* from there, for who sees it */
    assert_true(film_read(shown.film, "12:30", &time, &why));
    film_begin_at(shown.film, time);
    film_step(shown.film);
    expect(&shown, "-- on to 12:30:00, line 9\n$ sleep 40000\n");
    end(&shown);
    str_release(&why);
}

/* A logbook that lies is no reason to fall. */
static void test_hostile(void **state)
{
    static const char *const lies[] = {
        "{\"l\":\"quit\",\"x\":0,\"w\":-5,\"a\":[1,0,0],\"z\":[1,99,0]}",
        "{\"l\":\"aws ec2 describe-vpcs\",\"x\":0,\"w\":1,\"a\":[7,0,0],\"z\":[1,1,0]}",
        "{\"l\":\"\\u001b]0;x\\u0007 & $( | '\",\"x\":-9,\"w\":1,\"a\":[1,1,0],\"z\":[1,0,0]}",
        ("{\"l\":\"save note /tmp/x; source note; edit note; ssh a@b\",\"x\":0,\"w\":9e99,"
         "\"a\":[1,1,5],\"z\":[1,1,6]}"),
        "{\"n\":[\"no-lesson\",\"s\",\"+step\",\"x\"],\"a\":[1,1,0]}",
        "{\"n\":[1,2,3,4],\"a\":[1,1,0]}",
        "[1]",
        "not even JSON",
    };
    struct store_row rows[sizeof(lies) / sizeof(lies[0])];
    struct str why = STR_INIT;
    struct store *store;
    struct shown shown;

    (void)state;
    assert_int_equal(program_exec(folder, "aws ec2 create-key-pair --key-name k", NULL, NULL), 0);
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
        rows[i] = (struct store_row){
            .type = STORE_HISTORY, .bytes = lies[i], .size = strlen(lies[i])};
    assert_int_equal(store_open("session", &(struct store_options){0}, &store, &why), STORE_OK);
    assert_int_equal(store_commit(store, rows, sizeof(rows) / sizeof(rows[0])), STORE_OK);
    store_close(store);
    show(&shown, "session");
    for (int i = 0; i < 100 && !film_has_ended(shown.film); i++)
        film_step(shown.film);
    assert_true(film_has_ended(shown.film));
    while (film_seek(shown.film, -1, true))
        continue;
    assert_int_equal(access("/tmp/x", F_OK), -1);
    end(&shown);
    str_release(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),  cmocka_unit_test(test_stranger),
        cmocka_unit_test(test_undone), cmocka_unit_test(test_seek),
        cmocka_unit_test(test_time),   cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests_name("films", tests, setup, teardown);
}
