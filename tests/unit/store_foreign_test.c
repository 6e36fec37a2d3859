/*
 * tests/unit/store_foreign_test.c - files of other people: read while they work, never written.
 *
 * If this fails, looking at a learner's file changes it, waits for it, believes half of it, or
 * leaves copies of it behind.
 */
#include "store/foreign.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/branch.h"
#include "store/session_file.h"

#include "program.h"

static char *folder;
static char *place; /* where copies go */

static int setup(void **state)
{
    (void)state;
    folder = program_folder();
    place = program_folder();
    setenv("TMPDIR", place, 1);
    return chdir(folder);
}

static int teardown(void **state)
{
    (void)state;
    program_folder_remove(folder);
    program_folder_remove(place);
    return 0;
}

static void add_row(struct store *store, const char *bytes)
{
    struct store_begin begin = {.name = "sandbox", .lesson = "", .region = "us-east-1"};
    struct store_row rows[] = {
        {.type = STORE_BRANCH, .begun = &begin},
        {.type = STORE_JOURNAL, .kind = 2, .bytes = bytes, .size = strlen(bytes)},
    };

    if (store_branch_current(store) == NULL)
        assert_int_equal(store_commit(store, rows, 2), STORE_OK);
    else
        assert_int_equal(store_commit(store, rows + 1, 1), STORE_OK);
}

static struct store *make(const char *path, int rows)
{
    struct str why = STR_INIT;
    struct store *store = NULL;

    assert_int_equal(store_open(path, &(struct store_options){.create = true}, &store, &why),
                     STORE_OK);
    for (int i = 0; i < rows; i++)
        add_row(store, "row");
    str_release(&why);
    return store;
}

/* The rows of a foreign file's branch. */
static int64_t rows_of(const char *path, struct store_foreign *found)
{
    struct str why = STR_INIT;
    struct store *store;
    int64_t rows = -1;

    if (store_foreign_open(path, &store, found, &why) == STORE_OK) {
        rows = store_branch_current(store)->head_seq;
        store_close(store);
    }
    str_release(&why);
    return rows;
}

static void assert_nothing_left(void)
{
    DIR *entries = opendir(place);
    const struct dirent *entry;

    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] != '.')
            fail_msg("%s was left behind", entry->d_name);
    }
    closedir(entries);
}

static void test_closed(void **state)
{
    struct store_foreign found;
    struct stat before;
    struct stat after;

    (void)state;
    store_close(make("closed", 5));
    stat("closed", &before);
    assert_int_equal(rows_of("closed", &found), 5);
    assert_int_equal(found.holder, 0);
    assert_true(found.bytes > 0);
    stat("closed", &after);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_int_equal(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
    assert_int_equal(access("closed-wal", F_OK), -1);
    assert_nothing_left();
}

/* Somebody else has it open and goes on writing: each copy is one moment of it. */
static void test_held(void **state)
{
    int64_t last = 0;
    int ready[2];
    pid_t learner;
    char byte;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    learner = fork();
    if (learner == 0) {
        struct store *store = make("held", 20);

        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;) {
            add_row(store, "another row");
            store_idle(store);
        }
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (int i = 0; i < 20; i++) {
        struct store_foreign found;
        int64_t rows = rows_of("held", &found);

        assert_true(rows >= last && rows >= 20);
        assert_int_equal(found.holder, learner);
        last = rows;
    }
    kill(learner, SIGKILL);
    waitpid(learner, NULL, 0);
    assert_true(last > 20);
    assert_nothing_left();
    close(ready[0]);
    close(ready[1]);
}

/* What cannot be saved cannot be said to be. */
static void test_not_written(void **state)
{
    struct store_row row = {.type = STORE_JOURNAL, .kind = 2, .bytes = "x", .size = 1};
    struct str why = STR_INIT;
    struct store_foreign found;
    struct store *store;

    (void)state;
    store_close(make("kept", 3));
    assert_int_equal(store_foreign_open("kept", &store, &found, &why), STORE_OK);
    assert_true(store_is_read_only(store));
    assert_int_equal(store_commit(store, &row, 1), STORE_READ_ONLY);
    store_close(store);
    assert_int_equal(rows_of("kept", &found), 3);
    str_release(&why);
}

static void refuses(const char *path, enum store_status status, const char *says)
{
    struct str why = STR_INIT;
    struct store_foreign found;
    struct store *store;

    assert_int_equal(store_foreign_open(path, &store, &found, &why), status);
    assert_null(store);
    if (strstr(str_text(&why), says) == NULL || strstr(str_text(&why), path) == NULL ||
        strstr(str_text(&why), place) != NULL)
        fail_msg("%s: %s", path, str_text(&why));
    str_release(&why);
    assert_nothing_left();
}

static void poke(const char *path, off_t at, const char *bytes, size_t size)
{
    int file = open(path, O_RDWR);

    assert_int_equal(pwrite(file, bytes, size, at), size);
    close(file);
}

static void test_refused(void **state)
{
    (void)state;
    refuses("absent", STORE_ABSENT, "is not there");
    mkdir("a-folder", 0700);
    refuses("a-folder", STORE_REFUSED, "is a folder");
    mkfifo("a-pipe", 0600);
    refuses("a-pipe", STORE_REFUSED, "no session");
    store_close(make("other", 2));
    assert_int_equal(symlink("other", "a-link"), 0);
    refuses("a-link", STORE_REFUSED, "symbolic link");
    program_file(folder, "notes", "notes", 5);
    refuses("notes", STORE_REFUSED, "too short");
    program_file(folder, "huge", "", 0);
    assert_int_equal(truncate("huge", (off_t)STORE_FOREIGN_BYTES_MAX + 1), 0);
    refuses("huge", STORE_REFUSED, "larger");
    assert_int_equal(symlink("other", "linked-wal-wal"), 0);
    store_close(make("linked-wal-x", 2));
    rename("linked-wal-x", "linked-wal");
    refuses("linked-wal", STORE_REFUSED, "symbolic link");
}

static void test_damaged(void **state)
{
    (void)state;
    store_close(make("newer", 2));
    poke("newer", 63, "\x7f", 1);
    refuses("newer", STORE_NEWER, "newer");
    store_close(make("damaged", 40));
    poke("damaged", 4096 * 3 + 2000, "damage damage damage", 20);
    for (int page = 1; page < 12; page++)
        poke("damaged", 4096 * page + 3900, "damage damage damage", 20);
    refuses("damaged", STORE_DAMAGED, "damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed),      cmocka_unit_test(test_held),
        cmocka_unit_test(test_not_written), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
    };

    return cmocka_run_group_tests_name("files of other people", tests, setup, teardown);
}
