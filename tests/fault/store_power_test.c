/*
 * fault/store_power_test.c - power cuts, full disks, failing disks and disks that lie.
 *
 * The disk is a SQLite VFS in memory.  What was written since a file's last sync is only pending:
 * when the power goes, each pending write is kept, lost, or kept in some of its sectors.  All from
 * seeds. NEPHOSCOPE_POWER_RUNS says how many power cuts (2,000 unless told).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/session_file.h"

#include "base/list.h"
#include "base/mem.h"
#include "sim/chance.h"
#include "store/branch.h"
#include "store/rescue.h"

enum {
    FILES = 4,
    SECTOR = 512,
    RUNS = 2000,
};

struct write {
    int64_t at;
    int64_t size; /* -1: cut the file to `at` */
    unsigned char *bytes;
};

struct image {
    unsigned char *bytes;
    int64_t size;
    int64_t room;
};

struct disk_entry {
    char name[64];
    bool exists;
    struct image live;    /* what a reader sees */
    struct image durable; /* what a power cut leaves for sure */
    LIST(struct write) pending;
};

enum trouble {
    NO_TROUBLE,
    POWER_CUT, /* everything from then on fails */
    ERROR_ONCE,
    ERROR_ALWAYS,
    FULL_ONCE,
    FULL_FOR_A_WHILE,
    SYNC_FAILS,
};

struct disk {
    sqlite3_vfs vfs;
    struct disk_entry files[FILES];
    enum trouble trouble;
    int64_t countdown; /* operations until the trouble */
    bool syncs_lie;
};

struct disk_file {
    sqlite3_file base;
    struct disk *disk;
    struct disk_entry *entry;
};

/* ---- images ---- */

static void image_reach(struct image *image, int64_t size)
{
    if (size > image->room) {
        image->room = size * 2;
        image->bytes = xrealloc(image->bytes, (size_t)image->room);
    }
    if (size > image->size) {
        memset(image->bytes + image->size, 0, (size_t)(size - image->size));
        image->size = size;
    }
}

static void image_write(struct image *image, int64_t at, const void *bytes, int64_t size)
{
    image_reach(image, at + size);
    memcpy(image->bytes + at, bytes, (size_t)size);
}

static void image_copy(struct image *to, const struct image *from)
{
    to->size = 0;
    image_reach(to, from->size);
    if (from->size > 0)
        memcpy(to->bytes, from->bytes, (size_t)from->size);
}

static void pending_forget(struct disk_entry *entry)
{
    for (uint32_t i = 0; i < entry->pending.count; i++)
        free(entry->pending.items[i].bytes);
    entry->pending.count = 0;
}

static void apply(struct image *image, const struct write *write)
{
    if (write->size >= 0)
        image_write(image, write->at, write->bytes, write->size);
    else if (write->at < image->size)
        image->size = write->at;
}

/* Keeps some sectors of a write. */
static void apply_torn(struct image *image, const struct write *write, struct chance *chance)
{
    for (int64_t at = write->at; at < write->at + write->size;) {
        int64_t end = (at / SECTOR + 1) * SECTOR;

        if (end > write->at + write->size)
            end = write->at + write->size;
        if (chance_below(chance, 2) == 0)
            image_write(image, at, write->bytes + (at - write->at), end - at);
        at = end;
    }
}

/* What lies on the disk after the power went. */
static void disk_lose_power(struct disk *disk, struct chance *chance)
{
    for (int f = 0; f < FILES; f++) {
        struct disk_entry *entry = &disk->files[f];
        uint64_t mood = chance_below(chance, 4);

        for (uint32_t i = 0; i < entry->pending.count; i++) {
            const struct write *write = &entry->pending.items[i];
            uint64_t fate = mood == 0 ? 0 : chance_below(chance, 3);

            if (fate == 0)
                continue;
            if (fate == 1 && write->size > 0)
                apply_torn(&entry->durable, write, chance);
            else
                apply(&entry->durable, write);
        }
        pending_forget(entry);
        image_copy(&entry->live, &entry->durable);
    }
    disk->trouble = NO_TROUBLE;
}

/* ---- the VFS ---- */

/* SQLITE_OK, or the trouble that is due at this operation. */
static int due(struct disk *disk, bool is_write, bool is_sync)
{
    if (disk->trouble == NO_TROUBLE || --disk->countdown > 0)
        return SQLITE_OK;
    switch (disk->trouble) {
    case POWER_CUT:
    case ERROR_ALWAYS:
        return is_sync ? SQLITE_IOERR_FSYNC : is_write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_READ;
    case ERROR_ONCE:
        disk->trouble = NO_TROUBLE;
        return is_sync ? SQLITE_IOERR_FSYNC : is_write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_READ;
    case FULL_ONCE:
        if (!is_write)
            return SQLITE_OK;
        disk->trouble = NO_TROUBLE;
        return SQLITE_FULL;
    case FULL_FOR_A_WHILE:
        return is_write ? SQLITE_FULL : SQLITE_OK;
    case SYNC_FAILS:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    case NO_TROUBLE:
        break;
    }
    return SQLITE_OK;
}

static struct disk_file *file_of(sqlite3_file *file)
{
    return (struct disk_file *)(void *)file;
}

static int disk_close(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *base, void *into, int size, sqlite3_int64 at)
{
    struct disk_file *file = file_of(base);
    const struct image *live = &file->entry->live;
    int code = due(file->disk, false, false);
    int64_t there = live->size - at;

    if (code != SQLITE_OK)
        return code;
    if (there >= size) {
        memcpy(into, live->bytes + at, (size_t)size);
        return SQLITE_OK;
    }
    memset(into, 0, (size_t)size);
    if (there > 0)
        memcpy(into, live->bytes + at, (size_t)there);
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *base, const void *from, int size, sqlite3_int64 at)
{
    struct disk_file *file = file_of(base);
    int code = due(file->disk, true, false);
    struct write write = { .at = at, .size = size };

    if (code != SQLITE_OK)
        return code;
    write.bytes = xmalloc((size_t)size);
    memcpy(write.bytes, from, (size_t)size);
    *LIST_PUSH(&file->entry->pending) = write;
    image_write(&file->entry->live, at, from, size);
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct disk_file *file = file_of(base);
    int code = due(file->disk, true, false);
    struct write write = { .at = size, .size = -1 };

    if (code != SQLITE_OK)
        return code;
    *LIST_PUSH(&file->entry->pending) = write;
    apply(&file->entry->live, &write);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *base, int flags)
{
    struct disk_file *file = file_of(base);
    struct disk_entry *entry = file->entry;
    int code = due(file->disk, false, true);

    (void)flags;
    if (code != SQLITE_OK || file->disk->syncs_lie)
        return code;
    image_copy(&entry->durable, &entry->live);
    pending_forget(entry);
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = file_of(base)->entry->live.size;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *base, int *held)
{
    (void)base;
    *held = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *base, int what, void *argument)
{
    (void)base;
    (void)what;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int disk_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 1,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_lock,
    .xCheckReservedLock = disk_reserved,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits,
};

static struct disk_entry *entry_find(struct disk *disk, const char *name)
{
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i].exists && strcmp(disk->files[i].name, name) == 0)
            return &disk->files[i];
    }
    return NULL;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
    struct disk *disk = vfs->pAppData;
    struct disk_file *file = file_of(base);
    struct disk_entry *entry = entry_find(disk, name);

    base->pMethods = NULL;
    if (entry == NULL && (flags & SQLITE_OPEN_CREATE) == 0)
        return SQLITE_CANTOPEN;
    for (int i = 0; i < FILES && entry == NULL; i++) {
        if (!disk->files[i].exists)
            entry = &disk->files[i];
    }
    if (!entry->exists) {
        snprintf(entry->name, sizeof(entry->name), "%s", name);
        entry->exists = true;
        entry->live.size = 0;
        entry->durable.size = 0;
    }
    *file = (struct disk_file){ .base = { &disk_methods }, .disk = disk, .entry = entry };
    if (out != NULL)
        *out = flags;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    struct disk *disk = vfs->pAppData;
    struct disk_entry *entry = entry_find(disk, name);

    (void)sync_folder;
    if (disk->trouble == POWER_CUT && disk->countdown <= 0)
        return SQLITE_IOERR_DELETE;
    if (entry == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    pending_forget(entry);
    entry->exists = false;
    entry->live.size = 0;
    entry->durable.size = 0;
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *found)
{
    (void)flags;
    *found = entry_find(vfs->pAppData, name) != NULL;
    return SQLITE_OK;
}

static int disk_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    snprintf(out, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    memset(out, 7, (size_t)size);
    return size;
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int disk_time(sqlite3_vfs *vfs, double *day)
{
    (void)vfs;
    *day = 2461000.5;
    return SQLITE_OK;
}

static int disk_error(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    (void)size;
    (void)out;
    return 0;
}

static struct disk *disk_new(void)
{
    struct disk *disk = xcalloc(1, sizeof(*disk));

    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct disk_file),
        .mxPathname = 64,
        .zName = "neph-test-disk",
        .pAppData = disk,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_full_name,
        .xRandomness = disk_randomness,
        .xSleep = disk_sleep,
        .xCurrentTime = disk_time,
        .xGetLastError = disk_error,
    };
    sqlite3_vfs_register(&disk->vfs, 0);
    return disk;
}

static void disk_free(struct disk *disk)
{
    sqlite3_vfs_unregister(&disk->vfs);
    for (int i = 0; i < FILES; i++) {
        pending_forget(&disk->files[i]);
        LIST_RELEASE(&disk->files[i].pending);
        free(disk->files[i].live.bytes);
        free(disk->files[i].durable.bytes);
    }
    free(disk);
}

/* ---- what is done to it ---- */

/* A session whose rows can be told from their numbers. */
struct run {
    struct disk *disk;
    struct chance chance;
    int64_t acked; /* rows for which the answer was given */
    int64_t tried;
};

static enum store_status open_on(struct disk *disk, bool create, struct store **store)
{
    struct store_options options = { .create = create, .vfs = "neph-test-disk" };
    struct str message = STR_INIT;
    enum store_status status = store_open("session", &options, store, &message);

    (void)disk;
    str_release(&message);
    return status;
}

static size_t payload_of(int64_t seq, char *text, size_t size)
{
    struct chance chance = chance_stream((uint64_t)seq, "payload", 0);
    size_t length = (size_t)chance_below(&chance, seq % 16 == 0 ? 9000 : 200);

    assert_true(length < size);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)chance_below(&chance, 256);
    return length;
}

/* One step of a session's life: a commit, a checkpoint, an idle moment. */
static void live(struct run *run, struct store *store)
{
    char text[10000];
    struct store_row row = { .type = STORE_JOURNAL, .kind = 1, .bytes = text };
    struct store_row setting = { .type = STORE_SETTING, .key = "k", .bytes = "v", .size = 1 };
    struct store_row rows[2] = { row, setting };
    uint64_t what = chance_below(&run->chance, 10);
    struct str state = STR_INIT;

    if (what == 0) {
        store_idle(store);
    } else if (what == 1) {
        str_fill(&state, 's', (size_t)chance_below(&run->chance, 300000));
        store_checkpoint_write(store, 1, store_branch_find(store, 1)->head_seq, &state);
        store_checkpoint_thin(store, 1);
        str_release(&state);
    } else {
        rows[0].size = payload_of(run->acked + 1, text, sizeof(text));
        run->tried = run->acked + 1;
        if (store_commit(store, rows, 1 + what % 2) == STORE_OK) {
            assert_int_equal(rows[0].seq, run->acked + 1);
            run->acked++;
            store_acknowledge(store, 1, run->acked);
        }
    }
}

static void begin(struct run *run, uint64_t seed)
{
    struct store_begin begin = { .name = "b", .lesson = "", .region = "r", .seed = seed };
    struct store_row row = { .type = STORE_BRANCH, .begun = &begin };
    struct store *store;

    *run = (struct run){ .disk = disk_new(), .chance = chance_stream(seed, "power", 0) };
    assert_int_equal(open_on(run->disk, true, &store), STORE_OK);
    assert_int_equal(store_commit(store, &row, 1), STORE_OK);
    assert_int_equal(store_close(store), STORE_OK);
}

/* Reads all rows back; their number. */
static int64_t read_all(struct store *store)
{
    struct store_journal *journal = store_journal_open(store, 1, 1, 0);
    struct store_entry entry;
    char text[10000];
    int64_t count = 0;

    assert_non_null(journal);
    while (store_journal_next(journal, &entry)) {
        assert_int_equal(entry.seq, ++count);
        assert_int_equal(entry.size, payload_of(count, text, sizeof(text)));
        assert_memory_equal(entry.bytes, text, entry.size);
    }
    assert_int_equal(store_journal_close(journal), STORE_OK);
    return count;
}

/* The world after the trouble: everything acknowledged is there, and at most what was tried. */
static void assert_whole(struct run *run)
{
    struct store *store;
    int64_t count;

    run->disk->trouble = NO_TROUBLE;
    assert_int_equal(open_on(run->disk, false, &store), STORE_OK);
    count = read_all(store);
    assert_true(count >= run->acked);
    assert_true(count <= run->tried || count == run->acked);
    assert_int_equal(store_verify(store), STORE_OK);
    run->acked = run->tried = count;
    live(run, store);
    live(run, store);
    assert_int_equal(store_close(store), STORE_OK);
    assert_int_equal(open_on(run->disk, false, &store), STORE_OK);
    assert_int_equal(read_all(store), run->acked);
    assert_int_equal(store_close(store), STORE_OK);
}

/* Lives until the trouble has come, and a little on. */
static void live_through(struct run *run, enum trouble trouble, int64_t countdown)
{
    struct store *store;

    run->disk->trouble = trouble;
    run->disk->countdown = countdown;
    if (open_on(run->disk, false, &store) != STORE_OK)
        return;
    for (int i = 0; i < 12; i++)
        live(run, store);
    store_close(store);
}

static void one_power_cut(uint64_t seed, bool again)
{
    struct run run;

    begin(&run, seed);
    live_through(&run, POWER_CUT, 1 + (int64_t)chance_below(&run.chance, 150));
    disk_lose_power(run.disk, &run.chance);
    if (again) {
        int64_t acked = run.acked;
        int64_t tried = run.tried;

        /* The row that was being committed when the power went may be there now. */
        run.disk->trouble = POWER_CUT;
        run.disk->countdown = 1 + (int64_t)chance_below(&run.chance, 40);
        struct store *store;

        if (open_on(run.disk, false, &store) == STORE_OK) {
            store_idle(store);
            store_close(store);
        }
        disk_lose_power(run.disk, &run.chance);
        run.acked = acked;
        run.tried = tried;
    }
    assert_whole(&run);
    disk_free(run.disk);
}

static uint64_t runs_wanted(void)
{
    const char *text = getenv("NEPHOSCOPE_POWER_RUNS");

    return text == NULL ? RUNS : strtoull(text, NULL, 10);
}

static void power_cuts_lose_nothing(void **state)
{
    /* A learner's acknowledged command would be gone after a power cut (F3, F4). */
    (void)state;
    for (uint64_t seed = 0; seed < runs_wanted(); seed++)
        one_power_cut(seed, seed % 3 == 0);
}

static void lying_disks_are_found_out(void **state)
{
    /* A disk that loses synced data would give back another history than was written (F5). */
    int lost = 0;
    int refused = 0;

    (void)state;
    for (uint64_t seed = 0; seed < runs_wanted() / 4; seed++) {
        struct run run;
        struct store *store;
        enum store_status status;

        begin(&run, seed);
        run.disk->syncs_lie = true;
        live_through(&run, POWER_CUT, 1 + (int64_t)chance_below(&run.chance, 150));
        run.disk->syncs_lie = false;
        disk_lose_power(run.disk, &run.chance);
        status = open_on(run.disk, false, &store);
        if (status == STORE_OK) {
            struct store_journal *journal = store_journal_open(store, 1, 1, 0);
            struct store_entry entry;
            int64_t count = 0;
            char text[10000];

            while (store_journal_next(journal, &entry)) {
                assert_int_equal(entry.size, payload_of(++count, text, sizeof(text)));
                assert_memory_equal(entry.bytes, text, entry.size);
            }
            store_journal_close(journal);
            lost += count < run.acked;
            store_close(store);
        } else {
            assert_int_equal(status, STORE_DAMAGED);
            refused++;
        }
        disk_free(run.disk);
    }
    assert_true(lost + refused > 0);
}

static void errors_end_in_truth(void **state)
{
    /* A failing disk would make the console say "saved" (F6, F7). */
    static const enum trouble troubles[] = { ERROR_ONCE, ERROR_ALWAYS, SYNC_FAILS };

    (void)state;
    for (int t = 0; t < 3; t++) {
        for (int64_t at = 1; at < 220; at++) {
            struct run run;

            begin(&run, (uint64_t)at);
            live_through(&run, troubles[t], at);
            assert_whole(&run);
            disk_free(run.disk);
        }
    }
}

static void nothing_is_saved_after_a_failed_sync(void **state)
{
    /* After fsync() failed once, the next one says that all is well, and is wrong. */
    struct run run;
    struct store *store;
    struct store_row row = { .type = STORE_HISTORY, .bytes = "x", .size = 1 };

    (void)state;
    begin(&run, 1);
    assert_int_equal(open_on(run.disk, false, &store), STORE_OK);
    run.disk->trouble = SYNC_FAILS;
    run.disk->countdown = 1;
    assert_int_equal(store_commit(store, &row, 1), STORE_READ_ONLY);
    run.disk->trouble = NO_TROUBLE;
    assert_int_equal(store_commit(store, &row, 1), STORE_READ_ONLY);
    assert_true(store_is_read_only(store));
    assert_string_not_equal(store_message(store), "");
    assert_int_equal(read_all(store), 0);
    store_close(store);
    assert_whole(&run);
    disk_free(run.disk);
}

static void full_disks_refuse_and_recover(void **state)
{
    /* One full disk would cost the session (F8). */
    (void)state;
    for (int64_t at = 1; at < 220; at++) {
        for (int t = 0; t < 2; t++) {
            struct run run;
            struct store *store;
            int64_t acked;

            begin(&run, (uint64_t)at);
            assert_int_equal(open_on(run.disk, false, &store), STORE_OK);
            run.disk->trouble = t == 0 ? FULL_ONCE : FULL_FOR_A_WHILE;
            run.disk->countdown = at;
            for (int i = 0; i < 12; i++)
                live(&run, store);
            assert_false(store_is_read_only(store));
            run.disk->trouble = NO_TROUBLE;
            acked = run.acked;
            while (run.acked < acked + 3)
                live(&run, store);
            assert_int_equal(read_all(store), run.acked);
            assert_int_equal(store_verify(store), STORE_OK);
            assert_int_equal(store_close(store), STORE_OK);
            assert_whole(&run);
            disk_free(run.disk);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cuts_lose_nothing),
        cmocka_unit_test(lying_disks_are_found_out),
        cmocka_unit_test(errors_end_in_truth),
        cmocka_unit_test(nothing_is_saved_after_a_failed_sync),
        cmocka_unit_test(full_disks_refuse_and_recover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
