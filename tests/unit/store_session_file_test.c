/*
 * unit/store_session_file_test.c - the session file: what is given comes back, and nothing else.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/session_file.h"

#include "store/branch.h"
#include "store/rescue.h"

#include "base/mem.h"
#include "base/str.h"

struct place {
    char folder[64];
    char path[96];
    char other[96];
};

static int make_place(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    strncpy(place->folder, "/tmp/neph-store-XXXXXX", sizeof(place->folder) - 1);
    if (mkdtemp(place->folder) == NULL)
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/a.neph", place->folder);
    snprintf(place->other, sizeof(place->other), "%s/b.neph", place->folder);
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    char *command = xasprintf("rm -rf '%s'", place->folder);
    int result = system(command);

    free(command);
    free(place);
    return result;
}

static struct store *opened(const char *path)
{
    struct store_options options = { .create = true };
    struct str message = STR_INIT;
    struct store *store = NULL;
    enum store_status status = store_open(path, &options, &store, &message);

    if (status != STORE_OK)
        print_error("%s\n", str_text(&message));
    assert_int_equal(status, STORE_OK);
    str_release(&message);
    return store;
}

static int64_t begun(struct store *store, const char *name, int64_t parent, int64_t parent_seq)
{
    struct store_begin begin = {
        .name = name,
        .lesson = "",
        .region = "us-east-1",
        .seed = UINT64_MAX - 3,
        .parent = parent,
        .parent_seq = parent_seq,
        .created = 1767600000,
    };
    struct store_row row = { .type = STORE_BRANCH, .begun = &begin };

    assert_int_equal(store_commit(store, &row, 1), STORE_OK);
    return row.branch;
}

static int64_t said(struct store *store, const char *text)
{
    struct store_row row = {
        .type = STORE_JOURNAL,
        .kind = 7,
        .sim_time = 42,
        .bytes = text,
        .size = strlen(text),
    };

    assert_int_equal(store_commit(store, &row, 1), STORE_OK);
    return row.seq;
}

/* The rows of a branch as "1:a 2:b". */
static char *told(struct store *store, int64_t branch, int64_t first)
{
    struct store_journal *journal = store_journal_open(store, branch, first, 0);
    struct str text = STR_INIT;
    struct store_entry entry;

    assert_non_null(journal);
    while (store_journal_next(journal, &entry)) {
        assert_int_equal(entry.kind, 7);
        assert_int_equal(entry.sim_time, 42);
        str_addf(&text, "%s%d:", text.length > 0 ? " " : "", (int)entry.seq);
        str_addn(&text, entry.bytes, entry.size);
    }
    assert_int_equal(store_journal_close(journal), STORE_OK);
    return str_take(&text);
}

static void assert_told(struct store *store, int64_t branch, int64_t first, const char *expected)
{
    char *text = told(store, branch, first);

    assert_string_equal(text, expected);
    free(text);
}

static void rows_come_back(void **state)
{
    /* A learner's commands would be gone the next morning. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    const struct store_branch *branch;

    assert_true(store_opening(store)->created);
    assert_null(store_branch_current(store));
    assert_int_equal(begun(store, "sandbox", 0, 0), 1);
    assert_int_equal(said(store, "a"), 1);
    assert_int_equal(said(store, ""), 2);
    assert_int_equal(said(store, "c"), 3);
    assert_int_equal(store_verify(store), STORE_OK);
    assert_int_equal(store_close(store), STORE_OK);

    store = opened(place->path);
    assert_false(store_opening(store)->created);
    assert_false(store_opening(store)->stopped);
    assert_false(store_opening(store)->wal_missing);
    branch = store_branch_current(store);
    assert_non_null(branch);
    assert_string_equal(branch->name, "sandbox");
    assert_string_equal(branch->region, "us-east-1");
    assert_int_equal(branch->seed, UINT64_MAX - 3);
    assert_int_equal(branch->created, 1767600000);
    assert_int_equal(branch->head_seq, 3);
    assert_told(store, 1, 1, "1:a 2: 3:c");
    assert_told(store, 1, 3, "3:c");
    assert_told(store, 1, 4, "");
    assert_int_equal(store_verify(store), STORE_OK);
    assert_int_equal(store_close(store), STORE_OK);
}

static void forks_share_what_came_before(void **state)
{
    /* A rewind would show the wrong past, or change the one that was left. */
    struct place *place = *state;
    struct store *store = opened(place->path);

    begun(store, "one", 0, 0);
    for (int i = 0; i < 4; i++)
        said(store, "a");
    assert_int_equal(begun(store, "two", 1, 3), 2);
    assert_int_equal(said(store, "b"), 4);
    assert_int_equal(said(store, "b"), 5);
    assert_int_equal(begun(store, "three", 2, 4), 3);
    said(store, "c");
    assert_int_equal(begun(store, "early", 3, 2), 4);
    assert_int_equal(begun(store, "origin", 1, 0), 5);
    assert_int_equal(begun(store, "again", 4, 2), 6);
    said(store, "d");
    assert_told(store, 1, 1, "1:a 2:a 3:a 4:a");
    assert_told(store, 2, 1, "1:a 2:a 3:a 4:b 5:b");
    assert_told(store, 3, 1, "1:a 2:a 3:a 4:b 5:c");
    assert_told(store, 3, 4, "4:b 5:c");
    assert_told(store, 3, 5, "5:c");
    assert_told(store, 4, 1, "1:a 2:a");
    assert_told(store, 5, 1, "");
    assert_told(store, 6, 1, "1:a 2:a 3:d");
    assert_told(store, 6, 3, "3:d");
    assert_int_equal(store_export(store, 6, place->other), STORE_OK);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    store = opened(place->path);
    assert_int_equal(store_branch_count(store), 6);
    assert_told(store, 3, 2, "2:a 3:a 4:b 5:c");
    assert_int_equal(store_branch_current(store)->id, 6);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
}

struct seen {
    struct str text;
};

static void see_progress(void *context, const struct store_progress *progress)
{
    struct seen *seen = context;

    str_addf(&seen->text, "%s/%s/%s=%.*s ", progress->lesson, progress->step, progress->key,
             (int)progress->size, progress->bytes);
}

static void see_line(void *context, const char *line, size_t length)
{
    struct seen *seen = context;

    str_addn(&seen->text, line, length);
    str_addc(&seen->text, ';');
}

static void several_rows_in_one_commit(void **state)
{
    /* A check would be achieved but not its command saved, or the other way round. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct store_begin begin = { .name = "l", .lesson = "highway", .region = "eu-west-1" };
    struct store_row rows[] = {
        { .type = STORE_BRANCH, .begun = &begin },
        { .type = STORE_JOURNAL, .kind = 7, .sim_time = 42, .bytes = "x", .size = 1 },
        { .type = STORE_SETTING, .key = "theme", .bytes = "dark", .size = 4 },
        { .type = STORE_SETTING, .key = "theme", .bytes = "light", .size = 5 },
        { .type = STORE_PROGRESS, .lesson = "b", .step = "1", .key = "k", .bytes = "y", .size = 1 },
        { .type = STORE_PROGRESS, .lesson = "a", .step = "2", .key = "k", .bytes = "", .size = 0 },
        { .type = STORE_HISTORY, .bytes = "one", .size = 3 },
        { .type = STORE_HISTORY, .bytes = "", .size = 0 },
        { .type = STORE_HISTORY, .bytes = "three", .size = 5 },
        { .type = STORE_RENAME, .key = "lesson" },
    };
    struct store_row later[] = {
        { .type = STORE_SETTING, .key = "theme" },
        { .type = STORE_PROGRESS, .lesson = "b", .step = "1", .key = "k" },
        { .type = STORE_JOURNAL, .kind = 7, .sim_time = 42, .bytes = "y", .size = 1 },
    };
    struct str value = STR_INIT;
    struct seen seen = { 0 };

    assert_int_equal(store_commit(store, rows, sizeof(rows) / sizeof(rows[0])), STORE_OK);
    assert_int_equal(rows[1].seq, 1);
    assert_int_equal(rows[1].branch, 1);
    store_close(store);
    store = opened(place->path);
    assert_string_equal(store_branch_current(store)->name, "lesson");
    assert_string_equal(store_branch_current(store)->lesson, "highway");
    assert_true(store_setting_find(store, "theme", &value));
    assert_string_equal(str_text(&value), "light");
    assert_false(store_setting_find(store, "colour", &value));
    store_progress_each(store, NULL, see_progress, &seen);
    assert_string_equal(str_text(&seen.text), "a/2/k= b/1/k=y ");
    str_clear(&seen.text);
    assert_int_equal(store_history_each(store, 2, see_line, &seen), STORE_OK);
    assert_string_equal(str_text(&seen.text), ";three;");
    str_clear(&seen.text);
    assert_int_equal(store_history_each(store, 100, see_line, &seen), STORE_OK);
    assert_string_equal(str_text(&seen.text), "one;;three;");
    assert_int_equal(store_commit(store, later, 3), STORE_OK);
    assert_false(store_setting_find(store, "theme", &value));
    str_clear(&seen.text);
    store_progress_each(store, "b", see_progress, &seen);
    assert_string_equal(str_text(&seen.text), "");
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    str_release(&value);
    str_release(&seen.text);
}

static void senseless_rows_change_nothing(void **state)
{
    /* Half of a refused commit would stay behind. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct store_begin good = {
        .name = "g", .lesson = "", .region = "r", .parent = 1, .parent_seq = 1,
    };
    struct store_begin begin = {
        .name = "f", .lesson = "", .region = "r", .parent = 1, .parent_seq = 9,
    };
    char *large = xcalloc(1, STORE_PAYLOAD_MAX + 1);
    struct store_row wrong[] = {
        { .type = STORE_JOURNAL, .branch = 99, .bytes = "x", .size = 1 },
        { .type = STORE_BRANCH, .begun = &begin },
        { .type = STORE_CURRENT, .branch = 99 },
        { .type = STORE_SETTING, .bytes = "x", .size = 1 },
        { .type = STORE_HISTORY, .bytes = large, .size = STORE_PAYLOAD_MAX + 1 },
    };

    begun(store, "one", 0, 0);
    said(store, "a");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct store_row rows[] = {
            { .type = STORE_JOURNAL, .kind = 7, .sim_time = 42, .bytes = "b", .size = 1 },
            { .type = STORE_RENAME, .key = "another" },
            { .type = STORE_BRANCH, .begun = &good },
            { .type = STORE_SETTING, .key = "k", .bytes = "v", .size = 1 },
            wrong[i],
        };

        assert_int_equal(store_commit(store, rows, 5), STORE_WRONG);
        assert_int_equal(store_branch_count(store), 1);
        assert_string_equal(store_branch_current(store)->name, "one");
        assert_told(store, 1, 1, "1:a");
    }
    assert_int_equal(said(store, "c"), 2);
    assert_told(store, 1, 1, "1:a 2:c");
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    free(large);
}

static void checkpoints_are_found(void **state)
{
    /* Opening a long session would replay it from the beginning, or from another's state. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct str text = STR_INIT;
    struct str found = STR_INIT;
    struct store_checkpoint slow = { .branch = 1, .seq = 3 };
    bool done = false;
    int steps = 0;

    begun(store, "one", 0, 0);
    str_add(&text, "zero");
    assert_int_equal(store_checkpoint_write(store, 1, 0, &text), STORE_OK);
    said(store, "a");
    said(store, "a");
    str_clear(&text);
    assert_int_equal(store_checkpoint_write(store, 1, 2, &text), STORE_OK);
    said(store, "a");
    str_fill(&text, 'x', 700000);
    slow.state = str_text(&text);
    slow.size = text.length;
    while (!done) {
        assert_int_equal(store_checkpoint_step(store, &slow, &done), STORE_OK);
        said(store, "a");
        steps++;
    }
    assert_int_equal(steps, 3);
    begun(store, "two", 1, 2);
    said(store, "b");
    assert_int_equal(store_checkpoint_read(store, 1, 6, &found), 3);
    assert_int_equal(found.length, text.length);
    assert_memory_equal(str_text(&found), str_text(&text), text.length);
    assert_int_equal(store_checkpoint_read(store, 1, 2, &found), 2);
    assert_int_equal(found.length, 0);
    assert_int_equal(store_checkpoint_read(store, 1, 1, &found), 0);
    assert_string_equal(str_text(&found), "zero");
    assert_int_equal(store_checkpoint_read(store, 2, 3, &found), 2);
    assert_int_equal(store_checkpoint_last(store, 1), 3);
    assert_int_equal(store_checkpoint_last(store, 2), -1);
    assert_int_equal(store_verify(store), STORE_OK);
    assert_int_equal(store_checkpoint_write(store, 1, 99, &text), STORE_WRONG);
    store_close(store);
    str_release(&text);
    str_release(&found);
}

static void old_checkpoints_grow_few(void **state)
{
    /* The file of a long session would grow without end. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct str text = STR_INIT;
    struct str found = STR_INIT;
    int64_t seq;
    int count = 0;

    begun(store, "one", 0, 0);
    for (int i = 0; i < 400; i++) {
        said(store, "a");
        str_clear(&text);
        str_addf(&text, "%d", i + 1);
        assert_int_equal(store_checkpoint_write(store, 1, i + 1, &text), STORE_OK);
        assert_int_equal(store_checkpoint_thin(store, 1), STORE_OK);
    }
    for (seq = 400; (seq = store_checkpoint_read(store, 1, seq, &found)) >= 0; seq--) {
        str_clear(&text);
        str_addf(&text, "%d", (int)seq);
        assert_string_equal(str_text(&found), str_text(&text));
        if (count < 4)
            assert_int_equal(seq, 400 - count);
        count++;
    }
    assert_in_range(count, 8, 16);
    assert_true(store_checkpoint_read(store, 1, 100, &found) >= 0);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    str_release(&text);
    str_release(&found);
}

static void branch_goes_to_a_new_file(void **state)
{
    /* What is handed to an instructor would miss its past, or carry what is not its. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct store_row row = { .type = STORE_SETTING, .key = "k", .bytes = "v", .size = 1 };
    struct str text = STR_INIT;
    struct store *copy;

    begun(store, "one", 0, 0);
    said(store, "a");
    said(store, "a");
    str_add(&text, "state");
    store_checkpoint_write(store, 1, 1, &text);
    begun(store, "other", 0, 0);
    begun(store, "two", 1, 1);
    said(store, "b");
    store_commit(store, &row, 1);
    assert_int_equal(store_export(store, 3, place->other), STORE_OK);
    assert_int_equal(store_export(store, 3, place->other), STORE_REFUSED);
    copy = opened(place->other);
    assert_int_equal(store_branch_count(copy), 2);
    assert_int_equal(store_branch_current(copy)->id, 3);
    assert_told(copy, 3, 1, "1:a 2:b");
    assert_told(copy, 1, 1, "1:a");
    assert_int_equal(store_checkpoint_read(copy, 3, 2, &text), 1);
    assert_true(store_setting_find(copy, "k", &text));
    assert_int_equal(store_verify(copy), STORE_OK);
    assert_memory_equal(store_branch_find(copy, 3)->head_chain,
                        store_branch_find(store, 3)->head_chain, STORE_HASH_SIZE);
    store_close(copy);
    unlink(place->other);
    assert_int_equal(store_export(store, 0, place->other), STORE_OK);
    copy = opened(place->other);
    assert_false(store_opening(copy)->stopped);
    assert_int_equal(store_branch_count(copy), 3);
    assert_int_equal(store_verify(copy), STORE_OK);
    said(copy, "more");
    store_close(copy);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    str_release(&text);
}

static void looking_writes_nothing(void **state)
{
    /* A session would change by being looked at. */
    struct place *place = *state;
    struct store *store = opened(place->path);
    struct stat before;
    struct stat after;

    begun(store, "one", 0, 0);
    said(store, "a");
    store_close(store);
    assert_int_equal(stat(place->path, &before), 0);
    store = opened(place->path);
    assert_told(store, 1, 1, "1:a");
    assert_int_equal(store_close(store), STORE_OK);
    assert_int_equal(stat(place->path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_int_equal(before.st_mode & 0777, 0600);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_come_back),
        TEST(forks_share_what_came_before),
        TEST(several_rows_in_one_commit),
        TEST(senseless_rows_change_nothing),
        TEST(checkpoints_are_found),
        TEST(old_checkpoints_grow_few),
        TEST(branch_goes_to_a_new_file),
        TEST(looking_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
