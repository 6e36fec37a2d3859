/*
 * fault/store_kill_test.c - kill -9 at any moment.
 *
 * A child commits and tells each acknowledged row through a pipe; the parent kills it and looks.
 * NEPHOSCOPE_KILLS says how often (300 unless told; 2,000 before a release).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/session_file.h"

#include "base/mem.h"
#include "sim/chance.h"
#include "store/branch.h"
#include "store/rescue.h"

enum {
    KILLS = 300,
    BRANCHES = 4096,
    FRESH = 40, /* a new file after so many kills */
};

struct ack {
    int64_t branch;
    int64_t seq;
};

static struct store *opened(const char *path)
{
    struct store_options options = { .create = true };
    struct str message = STR_INIT;
    struct store *store = NULL;

    if (store_open(path, &options, &store, &message) != STORE_OK)
        fprintf(stderr, "%s\n", str_text(&message));
    str_release(&message);
    return store;
}

static void tell(int pipe, int64_t branch, int64_t seq)
{
    struct ack ack = { branch, seq };

    if (write(pipe, &ack, sizeof(ack)) != (ssize_t)sizeof(ack))
        _exit(3);
}

/* Lives until it is killed. */
static _Noreturn void live(const char *path, uint64_t seed, int pipe)
{
    struct chance chance = chance_stream(seed, "kill", 1);
    struct store *store = opened(path);
    struct store_begin begin = { .name = "b", .lesson = "", .region = "r" };
    struct store_row fork = { .type = STORE_BRANCH, .begun = &begin };
    char text[64];
    struct store_row row = { .type = STORE_JOURNAL, .bytes = text };
    struct str state = STR_INIT;

    if (store == NULL)
        _exit(2);
    if (store_branch_current(store) == NULL && store_commit(store, &fork, 1) != STORE_OK)
        _exit(2);
    str_fill(&state, 's', 400000);
    for (;;) {
        uint64_t what = chance_below(&chance, 60);
        const struct store_branch *branch = store_branch_current(store);

        if (what == 0) {
            begin.parent = branch->id;
            begin.parent_seq
                = chance_between_ns(&chance, branch->head_seq > 3 ? branch->head_seq - 3 : 0,
                                    branch->head_seq);
            if (store_commit(store, &fork, 1) != STORE_OK)
                _exit(2);
            tell(pipe, fork.branch, fork.seq);
        } else if (what == 1) {
            store_checkpoint_write(store, branch->id, branch->head_seq, &state);
            store_checkpoint_thin(store, branch->id);
        } else if (what == 2) {
            store_idle(store);
        } else {
            row.branch = 0;
            snprintf(text, sizeof(text), "%lld", (long long)(branch->head_seq + 1));
            row.size = strlen(text);
            if (store_commit(store, &row, 1) != STORE_OK)
                _exit(2);
            store_acknowledge(store, row.branch, row.seq);
            tell(pipe, row.branch, row.seq);
        }
    }
}

/* Starts a child, kills it after a while, and returns its last acknowledgement of each branch. */
static void kill_one(const char *path, uint64_t seed, int64_t *acked)
{
    struct chance chance = chance_stream(seed, "kill", 2);
    int ends[2];
    pid_t child;
    int status;
    struct ack ack;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        live(path, seed, ends[1]);
    }
    close(ends[1]);
    usleep((useconds_t)chance_below(&chance, 14000));
    kill(child, SIGKILL);
    while (read(ends[0], &ack, sizeof(ack)) == (ssize_t)sizeof(ack)) {
        assert_in_range(ack.branch, 1, BRANCHES - 1);
        if (acked[ack.branch] < ack.seq)
            acked[ack.branch] = ack.seq;
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

/* Everything acknowledged is there, at most one row more for each kill, and all of it as it was
 * written. */
static void look(struct store *store, const int64_t *acked, int kills, bool thorough)
{
    int more = 0;

    for (size_t i = 0; i < store_branch_count(store); i++) {
        const struct store_branch *branch = store_branch_at(store, i);
        struct store_journal *journal;
        struct store_entry entry;

        assert_true(branch->head_seq >= acked[branch->id]);
        if (acked[branch->id] > 0)
            more += (int)(branch->head_seq - acked[branch->id]);
        if (!thorough && branch->id != store_branch_current(store)->id)
            continue;
        journal = store_journal_open(store, branch->id, 1, 0);
        while (store_journal_next(journal, &entry)) {
            char text[64];

            snprintf(text, sizeof(text), "%lld", (long long)entry.seq);
            assert_int_equal(entry.size, strlen(text));
            assert_memory_equal(entry.bytes, text, entry.size);
        }
        assert_int_equal(store_journal_close(journal), STORE_OK);
    }
    assert_true(more <= kills);
    for (int64_t id = (int64_t)store_branch_count(store) + 1; id < BRANCHES; id++)
        assert_int_equal(acked[id], 0);
}

static int wanted(void)
{
    const char *text = getenv("NEPHOSCOPE_KILLS");

    return text == NULL ? KILLS : (int)strtol(text, NULL, 10);
}

static void killed_sessions_keep_what_was_acknowledged(void **state)
{
    /* A learner would lose commands that the console had answered (F1, F2). */
    char folder[] = "/tmp/neph-kill-XXXXXX";
    int64_t *acked = xcalloc(BRANCHES, sizeof(*acked));
    char *path = NULL;
    char *command;
    int kills = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < wanted(); i++) {
        struct store *store;

        if (i % FRESH == 0) {
            free(path);
            kills = 0;
            path = xasprintf("%s/%d.neph", folder, i);
            memset(acked, 0, BRANCHES * sizeof(*acked));
        }
        kill_one(path, (uint64_t)i, acked);
        kills++;
        if (i % 3 == 2)
            continue; /* the next child finds it as it was left */
        store = opened(path);
        assert_non_null(store);
        look(store, acked, kills, i % 10 == 0);
        kills = 0;
        if (i % FRESH >= FRESH - 3)
            assert_int_equal(store_verify(store), STORE_OK);
        /* What is there now counts as known. */
        for (size_t b = 0; b < store_branch_count(store); b++)
            acked[store_branch_at(store, b)->id] = store_branch_at(store, b)->head_seq;
        assert_int_equal(store_close(store), STORE_OK);
    }
    command = xasprintf("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(path);
    free(acked);
}

static void killed_beginnings_leave_no_half_session(void **state)
{
    /* The first start, killed, would make every later start fail. */
    char folder[] = "/tmp/neph-kill-XXXXXX";
    int64_t *acked = xcalloc(BRANCHES, sizeof(*acked));
    char *command;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (uint64_t i = 0; i < 60; i++) {
        char *path = xasprintf("%s/%d.neph", folder, (int)i);
        struct chance chance = chance_stream(i, "begin", 0);
        pid_t child = fork();
        int status;
        struct store *store;

        assert_true(child >= 0);
        if (child == 0) {
            store = opened(path);
            _exit(store == NULL);
        }
        usleep((useconds_t)chance_below(&chance, 4000));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        store = opened(path);
        assert_non_null(store);
        assert_int_equal(store_verify(store), STORE_OK);
        assert_int_equal(store_close(store), STORE_OK);
        free(path);
    }
    command = xasprintf("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(acked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_sessions_keep_what_was_acknowledged),
        cmocka_unit_test(killed_beginnings_leave_no_half_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
