/*
 * fault/store_damage_test.c - files that are damaged, foreign, unfit, shared or taken away.
 *
 * NEPHOSCOPE_MUTANTS says how many altered files are tried (3,000 unless told).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/session_file.h"

#include "base/mem.h"
#include "sim/chance.h"
#include "store/branch.h"
#include "store/rescue.h"

enum { MUTANTS = 3000 };

struct place {
    char folder[64];
    char path[96];
    char wal[96];
    char other[96];
};

static int make_place(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    snprintf(place->folder, sizeof(place->folder), "/tmp/neph-damage-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/a.neph", place->folder);
    snprintf(place->wal, sizeof(place->wal), "%s/a.neph-wal", place->folder);
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

static enum store_status try_open(const char *path, bool create, struct store **store,
                                  struct str *message)
{
    struct store_options options = { .create = create };

    str_clear(message);
    return store_open(path, &options, store, message);
}

/* Opening is refused so, in words that hold this, and the file is left as it is. */
static void assert_refused(const char *path, enum store_status expected, const char *words)
{
    struct str message = STR_INIT;
    struct store *store = NULL;
    enum store_status status = try_open(path, true, &store, &message);

    assert_int_equal(status, expected);
    assert_null(store);
    if (strstr(str_text(&message), words) == NULL)
        fail_msg("'%s' lacks '%s'", str_text(&message), words);
    str_release(&message);
}

static struct store *opened(const char *path)
{
    struct str message = STR_INIT;
    struct store *store = NULL;

    if (try_open(path, true, &store, &message) != STORE_OK)
        fail_msg("%s", str_text(&message));
    str_release(&message);
    return store;
}

/* A session with two branches, a fork, checkpoints, settings, progress and lines. */
static struct store *lived(const char *path, int rows)
{
    struct store *store = opened(path);
    struct store_begin begin = { .name = "sandbox", .lesson = "", .region = "us-east-1" };
    struct store_row some[] = {
        { .type = STORE_BRANCH, .begun = &begin },
        { .type = STORE_SETTING, .key = "theme", .bytes = "dark", .size = 4 },
        { .type = STORE_SETTING, .key = "speed", .bytes = "2", .size = 1 },
        { .type = STORE_PROGRESS, .lesson = "a", .step = "1", .key = "k", .bytes = "y", .size = 1 },
        { .type = STORE_HISTORY, .bytes = "aws ec2 help", .size = 12 },
    };
    struct str state = STR_INIT;

    assert_int_equal(store_commit(store, some, 5), STORE_OK);
    str_fill(&state, 's', 6000);
    for (int i = 0; i < rows; i++) {
        char text[64];
        struct store_row row = { .type = STORE_JOURNAL, .kind = 3, .bytes = text };

        snprintf(text, sizeof(text), "command number %d", i + 1);
        row.size = strlen(text);
        assert_int_equal(store_commit(store, &row, 1), STORE_OK);
        if (i == rows / 2) {
            store_checkpoint_write(store, 1, row.seq, &state);
            begin.name = "fork";
            begin.parent = 1;
            begin.parent_seq = row.seq - 1;
            assert_int_equal(store_commit(store, some, 1), STORE_OK);
        }
    }
    str_release(&state);
    return store;
}

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct str text = STR_INIT;
    char bytes[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        str_addn(&text, bytes, got);
    fclose(file);
    *size = text.length;
    return str_take(&text);
}

static void spill(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void tell_progress(void *context, const struct store_progress *progress)
{
    str_addf(context, "%s %s %s %.*s\n", progress->lesson, progress->step, progress->key,
             (int)progress->size, progress->bytes);
}

static void tell_line(void *context, const char *line, size_t length)
{
    str_addn(context, line, length);
    str_addc(context, '\n');
}

/* All that a session says, as text; false when some of it is damaged. */
static bool told(struct store *store, struct str *text)
{
    struct str value = STR_INIT;
    bool good = true;

    str_clear(text);
    for (size_t i = 0; i < store_branch_count(store); i++) {
        const struct store_branch *branch = store_branch_at(store, i);
        struct store_journal *journal = store_journal_open(store, branch->id, 1, 0);
        struct store_entry entry;
        int64_t seq;

        str_addf(text, "%d %s %s %s\n", (int)branch->id, branch->name, branch->lesson,
                 branch->region);
        while (journal != NULL && store_journal_next(journal, &entry)) {
            str_addf(text, "%d %d ", (int)entry.seq, (int)entry.kind);
            str_addn(text, entry.bytes, entry.size);
        }
        good = journal != NULL && store_journal_close(journal) == STORE_OK && good;
        seq = store_checkpoint_read(store, branch->id, branch->head_seq, &value);
        if (seq >= 0 && (value.length != 6000 || str_text(&value)[5999] != 's'))
            str_add(text, "another state\n");
    }
    str_addf(text, "current %d\n", (int)store_branch_current(store)->id);
    str_addf(text, "theme %s\n", store_setting_find(store, "theme", &value) ? value.text : "-");
    str_addf(text, "speed %s\n", store_setting_find(store, "speed", &value) ? value.text : "-");
    good = store_progress_each(store, NULL, tell_progress, text) == STORE_OK && good;
    good = store_history_each(store, 1000, tell_line, text) == STORE_OK && good;
    str_release(&value);
    return good;
}

/* Changes one to three bytes, or cuts, or lengthens, or exchanges two pages. */
static size_t mutate(char *bytes, size_t size, struct chance *chance)
{
    uint64_t how = chance_below(chance, 12);

    if (how == 0)
        return (size_t)chance_below(chance, size);
    if (how == 1) {
        char page[4096];
        size_t a = (size_t)chance_below(chance, size / 4096) * 4096;
        size_t b = (size_t)chance_below(chance, size / 4096) * 4096;

        memcpy(page, bytes + a, 4096);
        memcpy(bytes + a, bytes + b, 4096);
        memcpy(bytes + b, page, 4096);
        return size;
    }
    for (uint64_t i = 0; i <= how % 3; i++) {
        size_t page = (size_t)chance_below(chance, size / 4096) * 4096;
        size_t at = chance_below(chance, 3) == 0 ? (size_t)chance_below(chance, 120)
                                                 : (size_t)chance_below(chance, 4096);

        bytes[page + at] = (char)(bytes[page + at] ^ (char)(1 + chance_below(chance, 255)));
    }
    return size;
}

static uint64_t mutants_wanted(void)
{
    const char *text = getenv("NEPHOSCOPE_MUTANTS");

    return text == NULL ? MUTANTS : strtoull(text, NULL, 10);
}

/* What cannot be seen must not come out later either. */
static void assert_goes_on(struct store *store)
{
    enum store_status before = store_verify(store); /* a bad checkpoint is not used */
    char text[5000] = { 0 };

    for (int i = 0; i < 4 && !store_is_read_only(store); i++) {
        struct store_row row = { .type = STORE_JOURNAL, .bytes = text, .size = sizeof(text) };

        assert_int_equal(store_commit(store, &row, 1), STORE_OK);
    }
    assert_int_equal(store_verify(store), before);
}

static void altered_bytes_are_never_misread(void **state)
{
    /* A damaged session would show another history than the one that happened (F21). */
    struct place *place = *state;
    struct str expected = STR_INIT;
    struct str text = STR_INIT;
    struct str message = STR_INIT;
    struct store *store = lived(place->path, 40);
    size_t size;
    char *whole;
    int refused = 0;
    int harmless = 0;

    assert_true(told(store, &expected));
    assert_int_equal(store_close(store), STORE_OK);
    whole = slurp(place->path, &size);
    for (uint64_t seed = 0; seed < mutants_wanted(); seed++) {
        struct chance chance = chance_stream(seed, "mutant", 0);
        char *bytes = xmalloc(size);
        size_t cut;

        memcpy(bytes, whole, size);
        cut = mutate(bytes, size, &chance);
        unlink(place->other);
        spill(place->other, bytes, cut);
        if (try_open(place->other, false, &store, &message) != STORE_OK || !told(store, &text)) {
            refused++;
        } else {
            if (strcmp(str_text(&text), str_text(&expected)) != 0)
                fail_msg("seed %d is misread", (int)seed);
            harmless++;
            if (harmless % 8 == 0)
                assert_goes_on(store);
        }
        store_close(store);
        free(bytes);
    }
    print_message("# %d refused, %d harmless\n", refused, harmless);
    assert_true(refused > 0 && harmless > 0);
    free(whole);
    str_release(&expected);
    str_release(&text);
    str_release(&message);
}

static void salvage_copies_what_is_good(void **state)
{
    /* One bad byte would cost a learner all of it. */
    struct place *place = *state;
    struct str message = STR_INIT;
    struct str text = STR_INIT;
    char *copy_path = xasprintf("%s/c.neph", place->folder);
    struct store *store = lived(place->path, 40);
    size_t size;
    char *whole;
    int copies = 0;

    assert_int_equal(store_close(store), STORE_OK);
    whole = slurp(place->path, &size);
    for (uint64_t seed = 0; seed < mutants_wanted() / 20; seed++) {
        struct chance chance = chance_stream(seed, "salvage", 0);
        struct store_salvaged salvaged;
        char *bytes = xmalloc(size);
        size_t cut;
        size_t after;
        char *left;

        memcpy(bytes, whole, size);
        cut = mutate(bytes, size, &chance);
        unlink(place->other);
        unlink(copy_path);
        spill(place->other, bytes, cut);
        str_clear(&message);
        if (store_salvage(place->other, copy_path, &salvaged, &message) == STORE_OK) {
            store = opened(copy_path);
            if (store_verify(store) != STORE_OK)
                fail_msg("seed %d: %s", (int)seed, store_message(store));
            assert_true(told(store, &text));
            assert_int_equal(store_close(store), STORE_OK);
            copies += salvaged.rows > 0;
        }
        left = slurp(place->other, &after);
        assert_int_equal(after, cut);
        assert_memory_equal(left, bytes, cut);
        free(left);
        free(bytes);
    }
    assert_true(copies > (int)mutants_wanted() / 40);
    free(whole);
    free(copy_path);
    str_release(&text);
    str_release(&message);
}

static void one_bad_row_ends_the_copy_there(void **state)
{
    /* The copy would stop too early, or go on past the damage. */
    struct place *place = *state;
    struct store_salvaged salvaged;
    struct str message = STR_INIT;
    struct store *store = lived(place->path, 10);
    size_t size;
    char *bytes;
    char *row;

    store_close(store);
    bytes = slurp(place->path, &size);
    row = memmem(bytes, size, "command number 4", 16);
    assert_non_null(row);
    row[0] = 'C';
    spill(place->path, bytes, size);
    free(bytes);
    store = opened(place->path);
    assert_int_equal(store_verify(store), STORE_DAMAGED);
    assert_non_null(strstr(store_message(store), "row 4 of branch 1"));
    store_close(store);
    assert_int_equal(store_salvage(place->path, place->other, &salvaged, &message), STORE_OK);
    assert_int_equal(salvaged.rows, 3);
    assert_int_equal(salvaged.rows_lost, 7);
    assert_int_equal(salvaged.branches_lost, 1);
    store = opened(place->other);
    assert_int_equal(store_verify(store), STORE_OK);
    assert_int_equal(store_branch_current(store)->head_seq, 3);
    store_close(store);
    str_release(&message);
}

static void foreign_files_are_refused(void **state)
{
    /* The console would write into something that is not its own. */
    struct place *place = *state;
    char *bytes;
    size_t size;
    char zeros[8192] = { 0 };

    store_close(lived(place->path, 3));
    bytes = slurp(place->path, &size);
    spill(place->other, "", 0);
    assert_refused(place->other, STORE_REFUSED, "empty");
    spill(place->other, "hello", 5);
    assert_refused(place->other, STORE_REFUSED, "too short");
    spill(place->other, bytes, 100);
    assert_refused(place->other, STORE_DAMAGED, "damaged");
    spill(place->other, zeros, sizeof(zeros));
    assert_refused(place->other, STORE_REFUSED, "not a session");
    bytes[68] ^= 1;
    spill(place->other, bytes, size);
    assert_refused(place->other, STORE_REFUSED, "another program");
    bytes[68] ^= 1;
    bytes[18] = bytes[19] = 1;
    spill(place->other, bytes, size);
    assert_refused(place->other, STORE_DAMAGED, "header");
    free(bytes);
    unlink(place->other);
    assert_refused("/tmp/no/such/folder/x.neph", STORE_REFUSED, "folder");
    assert_refused(place->folder, STORE_REFUSED, "a folder");
    assert_int_equal(mkfifo(place->other, 0600), 0);
    assert_refused(place->other, STORE_REFUSED, "a pipe");
    unlink(place->other);
    assert_int_equal(symlink(place->path, place->other), 0);
    assert_refused(place->other, STORE_REFUSED, "a symbolic link");
    unlink(place->other);
    assert_int_equal(link(place->path, place->other), 0);
    assert_refused(place->path, STORE_REFUSED, "a second name");
    unlink(place->other);
    store_close(opened(place->path));
}

static void newer_files_are_only_read(void **state)
{
    /* An older program would spoil what a newer one wrote (F22). */
    struct place *place = *state;
    struct store_row row = { .type = STORE_HISTORY, .bytes = "x", .size = 1 };
    struct str text = STR_INIT;
    struct store *store;
    char *bytes;
    char *again;
    size_t size;

    store_close(lived(place->path, 3));
    bytes = slurp(place->path, &size);
    bytes[63] = 9;
    spill(place->path, bytes, size);
    store = opened(place->path);
    assert_true(store_is_read_only(store));
    assert_non_null(strstr(store_message(store), "newer"));
    assert_true(told(store, &text));
    assert_int_equal(store_commit(store, &row, 1), STORE_READ_ONLY);
    store_close(store);
    again = slurp(place->path, &size);
    assert_memory_equal(again, bytes, size);
    free(again);
    free(bytes);
    str_release(&text);
}

static void planted_companions_are_refused(void **state)
{
    /* A journal laid beside a session would be played into it. */
    struct place *place = *state;
    char *journal = xasprintf("%s-journal", place->path);

    store_close(lived(place->path, 3));
    spill(journal, "x", 1);
    assert_refused(place->path, STORE_REFUSED, "-journal");
    unlink(journal);
    store_close(opened(place->path));
    assert_int_equal(rename(place->path, place->other), 0);
    spill(place->wal, "x", 1);
    assert_refused(place->path, STORE_REFUSED, "is gone");
    free(journal);
}

/* Leaves a session as a kill would: with its FILE-wal. */
static void leave_killed(const char *path, int rows)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        lived(path, rows);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void another_wal_is_refused(void **state)
{
    /* Another session's rows would be written into this one (F20). */
    struct place *place = *state;
    struct store_salvaged salvaged;
    struct str message = STR_INIT;
    char *copy = xasprintf("%s/c.neph", place->folder);
    char *other_wal = xasprintf("%s-wal", place->other);
    struct store *store;
    size_t size;
    char *bytes;

    leave_killed(place->path, 5);
    leave_killed(place->other, 9);
    bytes = slurp(other_wal, &size);
    spill(place->wal, bytes, size);
    free(bytes);
    assert_refused(place->path, STORE_DAMAGED, "damaged");
    assert_refused(place->path, STORE_DAMAGED, "damaged");
    store_salvage(place->path, copy, &salvaged, &message);
    unlink(place->wal);
    store = opened(place->path);
    assert_true(store_opening(store)->stopped);
    assert_true(store_opening(store)->wal_missing);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
    store = opened(place->other);
    assert_true(store_opening(store)->stopped);
    assert_false(store_opening(store)->wal_missing);
    assert_int_equal(store_branch_find(store, 1)->head_seq, 5);
    assert_int_equal(store_close(store), STORE_OK);
    str_release(&message);
    free(copy);
    free(other_wal);
}

static void altered_wal_bytes_are_never_misread(void **state)
{
    /* A byte changed in FILE-wal would take finished commands away without a word (F20). */
    struct place *place = *state;
    struct str message = STR_INIT;
    struct str text = STR_INIT;
    char *wal = xasprintf("%s-wal", place->other);
    size_t size;
    size_t wal_size;
    char *whole;
    char *whole_wal;
    int refused = 0;

    leave_killed(place->path, 20);
    whole = slurp(place->path, &size);
    whole_wal = slurp(place->wal, &wal_size);
    for (uint64_t seed = 0; seed < mutants_wanted() / 6; seed++) {
        struct chance chance = chance_stream(seed, "wal", 0);
        size_t at = (size_t)chance_below(&chance, wal_size);
        char change = (char)(1 + chance_below(&chance, 255));
        struct store *store = NULL;

        unlink(place->other);
        spill(place->other, whole, size);
        whole_wal[at] = (char)(whole_wal[at] ^ change);
        spill(wal, whole_wal, wal_size);
        whole_wal[at] = (char)(whole_wal[at] ^ change);
        if (try_open(place->other, false, &store, &message) != STORE_OK) {
            refused++;
            continue;
        }
        assert_true(told(store, &text));
        /* Of 19; the last may be taken for unfinished. */
        if (store_branch_current(store)->head_seq < 18)
            fail_msg("seed %d: %d rows", (int)seed, (int)store_branch_current(store)->head_seq);
        assert_int_equal(store_close(store), STORE_OK);
        unlink(wal);
    }
    assert_true(refused > (int)mutants_wanted() / 12);
    free(whole);
    free(whole_wal);
    free(wal);
    str_release(&text);
    str_release(&message);
}

static void second_opener_is_told_who_has_it(void **state)
{
    /* Two consoles would write over each other, or one wait without a word (F18). */
    struct place *place = *state;
    struct store *store = lived(place->path, 3);
    char *words = xasprintf("process %ld has it open", (long)getpid());
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct str message = STR_INIT;
        struct store *second = NULL;

        _exit(try_open(place->path, true, &second, &message) != STORE_BUSY
              || strstr(str_text(&message), words) == NULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_refused(place->path, STORE_BUSY, "open already");
    assert_int_equal(store_verify(store), STORE_OK);
    child = fork();
    if (child == 0) {
        struct str message = STR_INIT;
        struct store *second = NULL;

        /* The first one's lock must have outlived the attempt from its own process. */
        _exit(try_open(place->path, true, &second, &message) != STORE_BUSY);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(store_close(store), STORE_OK);
    free(words);
}

static void closed_standard_files_stay_clear(void **state)
{
    /* A message on standard error would be written into the session (F12). */
    struct place *place = *state;
    pid_t child = fork();
    int status;
    struct store *store;

    if (child == 0) {
        close(0);
        close(1);
        close(2);
        store = lived(place->path, 3);
        if (write(1, "garbage", 7) < 0 || write(2, "garbage", 7) < 0)
            _exit(1);
        _exit(store_close(store) != STORE_OK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store = opened(place->path);
    assert_int_equal(store_verify(store), STORE_OK);
    store_close(store);
}

static void small_limits_refuse_and_recover(void **state)
{
    /* A file size limit would cost the session (F9). */
    struct place *place = *state;
    struct rlimit before;
    struct rlimit small;
    struct store *store = lived(place->path, 3);
    char text[3000] = { 0 };
    struct store_row row = { .type = STORE_JOURNAL, .bytes = text, .size = sizeof(text) };
    enum store_status status = STORE_OK;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 200000;
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 200 && status == STORE_OK; i++) {
        row.branch = 0;
        status = store_commit(store, &row, 1);
    }
    assert_int_equal(status, STORE_FULL);
    assert_int_equal(store_commit(store, &row, 1), STORE_FULL);
    assert_false(store_is_read_only(store));
    setrlimit(RLIMIT_FSIZE, &before);
    row.branch = 0;
    assert_int_equal(store_commit(store, &row, 1), STORE_OK);
    assert_int_equal(store_verify(store), STORE_OK);
    assert_int_equal(store_close(store), STORE_OK);
}

static void files_taken_away_are_noticed(void **state)
{
    /* The console would go on saying "saved" into a file that nobody will find again (F19). */
    struct place *place = *state;
    char *copy = xasprintf("%s/c.neph", place->folder);
    static const char *const words[] = { "taken away", "another file", "second name", "cut short",
                                         "-wal' was taken away" };

    for (int i = 0; i < 5; i++) {
        struct store_row row = { .type = STORE_JOURNAL, .bytes = "x", .size = 1 };
        struct store *store = lived(place->path, 3);

        if (i < 2)
            assert_int_equal(unlink(place->path), 0);
        if (i == 1)
            spill(place->path, "another", 7);
        if (i == 2)
            assert_int_equal(link(place->path, place->other), 0);
        if (i == 3)
            assert_int_equal(truncate(place->path, 4096), 0);
        if (i == 4)
            assert_int_equal(unlink(place->wal), 0);
        assert_int_equal(store_commit(store, &row, 1), STORE_READ_ONLY);
        assert_non_null(strstr(store_message(store), words[i]));
        assert_true(store_is_read_only(store));
        if (i != 3) {
            assert_int_equal(store_export(store, 0, copy), STORE_OK);
            assert_int_equal(store_export(store, 2, place->folder), STORE_REFUSED);
        }
        store_close(store);
        if (i != 3) {
            store = opened(copy);
            assert_int_equal(store_verify(store), STORE_OK);
            store_close(store);
        }
        unlink(copy);
        unlink(place->path);
        unlink(place->wal);
        unlink(place->other);
    }
    free(copy);
}

static void last_saved_row_is_known_after_a_stop(void **state)
{
    /* After a kill nobody could say whether the last command was saved. */
    struct place *place = *state;
    struct store_row row = { .type = STORE_JOURNAL, .bytes = "x", .size = 1 };
    struct store *store;
    pid_t child = fork();
    int status;

    if (child == 0) {
        store = lived(place->path, 3);
        for (int i = 0; i < 3; i++) {
            row.branch = 1;
            if (store_commit(store, &row, 1) == STORE_OK && i < 2)
                store_acknowledge(store, row.branch, row.seq);
        }
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    store = opened(place->path);
    assert_true(store_opening(store)->stopped);
    assert_int_equal(store_opening(store)->acked_branch, 1);
    assert_int_equal(store_opening(store)->acked_seq,
                     store_branch_find(store, 1)->head_seq - 1);
    store_acknowledge(store, 1, store_branch_find(store, 1)->head_seq);
    assert_int_equal(store_close(store), STORE_OK);
    store = opened(place->path);
    assert_false(store_opening(store)->stopped);
    assert_int_equal(store_opening(store)->acked_seq, store_branch_find(store, 1)->head_seq);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(altered_bytes_are_never_misread),
        TEST(salvage_copies_what_is_good),
        TEST(one_bad_row_ends_the_copy_there),
        TEST(foreign_files_are_refused),
        TEST(newer_files_are_only_read),
        TEST(planted_companions_are_refused),
        TEST(another_wal_is_refused),
        TEST(altered_wal_bytes_are_never_misread),
        TEST(second_opener_is_told_who_has_it),
        TEST(closed_standard_files_stay_clear),
        TEST(small_limits_refuse_and_recover),
        TEST(files_taken_away_are_noticed),
        TEST(last_saved_row_is_known_after_a_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
