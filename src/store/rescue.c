/*
 * store/rescue.c - proving a session file whole, copying it, and copying what is whole of it.
 *
 * All copies are made under a name of their own and renamed when they are finished.  Salvage works
 * on a raw copy of FILE and FILE-wal, whose header it may mend, and never opens the damaged file
 * itself.
 */
#include "store/rescue.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/branch.h"
#include "store/inside.h"
#include "store/session_file.h"

#include "base/mem.h"

/* ---- verify ---- */

static bool pages_are_whole(struct store *store)
{
    sqlite3_stmt *statement;
    bool good = false;

    if (sqlite3_prepare_v2(store->db, "PRAGMA integrity_check(1)", -1, &statement, NULL)
        != SQLITE_OK)
        return false;
    if (sqlite3_step(statement) == SQLITE_ROW)
        good = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return good;
}

/* Reads the guarded rows again, as opening did. */
static enum store_status rows_verify(struct store *store)
{
    struct store again = { .db = store->db, .path = store->path };
    enum store_status status = rows_load(&again);

    if (status != STORE_OK)
        store_say(store, status, "'%s' is damaged: %s", store->path, str_text(&again.message));
    statements_release(&again);
    for (uint32_t i = 0; i < again.branches.count; i++)
        branch_release(&again.branches.items[i]);
    LIST_RELEASE(&again.branches);
    str_release(&again.message);
    return status;
}

static enum store_status journal_verify(struct store *store, const struct store_branch *branch)
{
    struct store_journal *journal
        = store_journal_open(store, branch->id, branch->parent_seq + 1, branch->head_seq);
    struct store_entry entry;

    if (journal == NULL)
        return STORE_DAMAGED;
    while (store_journal_next(journal, &entry))
        continue;
    return store_journal_close(journal);
}

static enum store_status checkpoints_verify(struct store *store)
{
    sqlite3_stmt *row = NULL;
    struct str state = STR_INIT;
    int64_t place = 0;
    enum store_status status = STORE_OK;

    if (sqlite3_prepare_v2(store->db, "SELECT place FROM checkpoints", -1, &row, NULL) != SQLITE_OK)
        return store_say(store, STORE_DAMAGED, "'%s' is damaged", store->path);
    while (status == STORE_OK && sqlite3_step(row) == SQLITE_ROW && column_int(row, 0, &place)) {
        const struct store_branch *branch = branch_find(store, place >> STORE_SEQ_BITS);
        int64_t seq = place & STORE_SEQ_MAX;

        if (branch == NULL || checkpoint_read_own(store, branch, seq, &state) != seq)
            status = store_say(store, STORE_DAMAGED,
                               "'%s' is damaged: the checkpoint at row %lld of branch %lld",
                               store->path, (long long)seq, (long long)(place >> STORE_SEQ_BITS));
    }
    sqlite3_finalize(row);
    str_release(&state);
    return status;
}

static void pass_over(void *context, const char *line, size_t length)
{
    (void)context;
    (void)line;
    (void)length;
}

enum store_status store_verify(struct store *store)
{
    enum store_status status;
    int64_t rows = 0;

    if (!pages_are_whole(store))
        return store_say(store, STORE_DAMAGED, "'%s' is damaged: its pages", store->path);
    status = rows_verify(store);
    for (uint32_t i = 0; i < store->branches.count && status == STORE_OK; i++) {
        const struct store_branch *branch = &store->branches.items[i];

        status = journal_verify(store, branch);
        rows += branch->head_seq - branch->parent_seq;
    }
    if (status == STORE_OK && schema_pragma(store->db, "SELECT count(*) FROM journal") != rows)
        status = store_say(store, STORE_DAMAGED, "'%s' is damaged: it has rows of no branch",
                           store->path);
    if (status == STORE_OK)
        status = checkpoints_verify(store);
    if (status == STORE_OK)
        status = store_history_each(store, INT64_MAX, pass_over, NULL);
    return status;
}

/* ---- export ---- */

static bool is_free(const char *path)
{
    struct stat status;

    return lstat(path, &status) != 0;
}

static void remove_temporary(const char *path)
{
    char *wal = xasprintf("%s-wal", path);

    unlink(path);
    unlink(wal);
    free(wal);
}

static enum store_status export_all(struct store *store, const char *temporary)
{
    struct store_options options = { 0 };
    struct store *copy = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "VACUUM INTO ?", -1, &statement, NULL);
    enum store_status status;

    if (code == SQLITE_OK) {
        bind_text(statement, 1, temporary);
        code = statement_run(statement);
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return store_say(store, (code & 0xff) == SQLITE_FULL ? STORE_FULL : STORE_REFUSED,
                         "the copy cannot be written: %s", sqlite3_errstr(code));
    str_clear(&store->message);
    status = connection_convert(temporary, &store->message);
    if (status == STORE_OK)
        status = store_open(temporary, &options, &copy, &store->message);
    if (status == STORE_OK)
        status = store_close(copy);
    return status;
}

static enum store_status export_branch(struct store *store, const struct store_branch *branch,
                                       const char *temporary)
{
    struct store_options options = { .create = true };
    struct store_row chosen = { .type = STORE_CURRENT, .branch = branch->id };
    struct store *copy = NULL;
    LIST(int64_t) way = { 0 };
    int64_t limit = INT64_MAX;
    bool good = true;
    enum store_status status;

    str_clear(&store->message);
    status = store_open(temporary, &options, &copy, &store->message);
    if (status != STORE_OK)
        return status;
    for (const struct store_branch *at = branch; at != NULL; at = branch_find(store, at->parent))
        *LIST_PUSH(&way) = at->id;
    for (uint32_t i = way.count; i-- > 0 && good;) {
        const struct store_branch *at = branch_find(store, way.items[i]);
        struct copied copied = { 0 };

        limit = i == 0 ? at->head_seq : branch_find(store, way.items[i - 1])->parent_seq;
        if (limit < at->parent_seq)
            limit = at->parent_seq;
        good = copy_branch(store, copy, at, limit, &copied) && copied.last_seq == limit;
    }
    LIST_RELEASE(&way);
    good = good && copy_settings(store, copy) == STORE_OK
           && store_commit(copy, &chosen, 1) == STORE_OK;
    if (!good)
        store_say(store, STORE_REFUSED, "the copy cannot be written: %s", store_message(copy));
    status = store_close(copy);
    return good ? status : STORE_REFUSED;
}

/* Gives the reserve back to the disk: it was kept for this. */
static void spend_reserve(struct store *store)
{
    if (store->reserve >= 0)
        close(store->reserve);
    store->reserve = -1;
}

enum store_status store_export(struct store *store, int64_t id, const char *path)
{
    const struct store_branch *branch = branch_find(store, id);
    char *whole;
    char *temporary;
    enum store_status status = STORE_REFUSED;

    if (id != 0 && branch == NULL)
        return store_say(store, STORE_WRONG, "there is no such branch");
    str_clear(&store->message);
    whole = file_canonical(path, &store->message);
    if (whole == NULL)
        return STORE_REFUSED;
    temporary = xasprintf("%s.new.%ld", whole, (long)getpid());
    spend_reserve(store);
    if (!is_free(whole))
        store_say(store, STORE_REFUSED, "'%s' is there already", whole);
    else
        status = id == 0 ? export_all(store, temporary) : export_branch(store, branch, temporary);
    if (status == STORE_OK && file_publish(temporary, whole, &store->message) != 0)
        status = STORE_REFUSED;
    if (status != STORE_OK)
        remove_temporary(temporary);
    free(temporary);
    free(whole);
    return status;
}

/* ---- salvage ---- */

static void put_number(unsigned char *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Writes what every session's header says over the copy's.  False when the file is not even as long
 * as a page, or has neither SQLite's mark nor ours. */
static bool mend_header(const char *path)
{
    static const unsigned char format[] = { 0x10, 0, 2, 2, 0, 64, 32, 32 };
    unsigned char header[100];
    struct stat status;
    int file = open(path, O_RDWR | O_CLOEXEC);
    bool good = file >= 0 && fstat(file, &status) == 0 && status.st_size >= STORE_PAGE_SIZE
                && pread(file, header, sizeof(header), 0) == (ssize_t)sizeof(header)
                && (memcmp(header, "SQLite format 3", 16) == 0
                    || memcmp(header + 68, "neph", 4) == 0);

    if (good) {
        memcpy(header, "SQLite format 3", 16);
        memcpy(header + 16, format, sizeof(format));
        put_number(header + 28, (uint32_t)(status.st_size / STORE_PAGE_SIZE));
        put_number(header + 44, 4);
        put_number(header + 52, 0);
        put_number(header + 56, 1);
        put_number(header + 60, STORE_VERSION);
        put_number(header + 64, 0);
        put_number(header + 68, STORE_APPLICATION_ID);
        memcpy(header + 92, header + 24, 4);
        good = pwrite(file, header, sizeof(header), 0) == (ssize_t)sizeof(header);
    }
    if (file >= 0)
        close(file);
    return good;
}

static void from_close(struct store *from)
{
    connection_close(from, true);
    for (uint32_t i = 0; i < from->branches.count; i++)
        branch_release(&from->branches.items[i]);
    LIST_RELEASE(&from->branches);
    str_release(&from->message);
    from->root = (struct store_root){ 0 };
}

/* Copies FILE (and FILE-wal) to `raw` and opens it; true when its first row is good. */
static bool from_open(struct store *from, const char *path, bool with_wal)
{
    unsigned char total[STORE_HASH_SIZE] = { 0 };
    char *wal = xasprintf("%s-wal", path);
    char *raw_wal = xasprintf("%s-wal", from->path);
    struct str message = STR_INIT;
    bool good;

    remove_temporary(from->path);
    good = file_copy(path, from->path, false, &message) == 0
           && (!with_wal || file_copy(wal, raw_wal, true, &message) == 0)
           && mend_header(from->path);
    str_release(&message);
    free(wal);
    free(raw_wal);
    if (!good || connection_open(from, NULL, true) != STORE_OK || !schema_is_ours(from->db))
        return false;
    good = root_read(from, &from->root);
    if (!good)
        from->root = (struct store_root){ 0 };
    rows_load_branches(from, total);
    return good;
}

static void copy_all(struct store *from, struct store *to, struct store_salvaged *salvaged)
{
    struct store_row chosen = { .type = STORE_CURRENT };

    for (uint32_t i = 0; i < from->branches.count; i++) {
        const struct store_branch *branch = &from->branches.items[i];
        struct copied copied = { 0 };

        if (!copy_branch(from, to, branch, branch->head_seq, &copied)) {
            salvaged->branches_lost++;
            salvaged->rows_lost += branch->head_seq - branch->parent_seq;
            continue;
        }
        salvaged->branches++;
        salvaged->rows += copied.rows;
        salvaged->rows_lost += branch->head_seq - copied.last_seq;
        if (branch->id == from->root.current || from->root.current == 0) {
            salvaged->last_branch = branch->id;
            salvaged->last_seq = copied.last_seq;
        }
    }
    copy_settings(from, to);
    if (salvaged->last_branch == 0 && to->branches.count > 0) {
        salvaged->last_branch = to->branches.items[0].id;
        salvaged->last_seq = to->branches.items[0].head_seq;
    }
    chosen.branch = salvaged->last_branch;
    if (chosen.branch != 0)
        store_commit(to, &chosen, 1);
}

static enum store_status salvage_to(struct store *from, const char *temporary,
                                    struct store_salvaged *salvaged, struct str *message)
{
    struct store_options options = { .create = true };
    struct store *to = NULL;
    enum store_status status;

    if (from->branches.count == 0) {
        str_add(message, "nothing in it can be read any more");
        return STORE_DAMAGED;
    }
    status = store_open(temporary, &options, &to, message);
    if (status != STORE_OK)
        return status;
    copy_all(from, to, salvaged);
    if (to->read_only || salvaged->branches == 0) {
        str_add(message,
                to->read_only ? store_message(to) : "no branch in it can be read any more");
        status = to->read_only ? STORE_READ_ONLY : STORE_DAMAGED;
        store_close(to);
        return status;
    }
    return store_close(to);
}

enum store_status store_salvage(const char *path, const char *new_path,
                                struct store_salvaged *salvaged, struct str *message)
{
    struct store from = { .is_file = true, .reserve = -1 };
    char *whole = file_canonical(path, message);
    char *target = file_canonical(new_path, message);
    char *temporary = target == NULL ? NULL : xasprintf("%s.new.%ld", target, (long)getpid());
    struct file_seen seen;
    enum store_status status = STORE_REFUSED;

    *salvaged = (struct store_salvaged){ 0 };
    if (whole != NULL && target != NULL && !is_free(target))
        str_addf(message, "'%s' is there already", target);
    else if (whole != NULL && target != NULL && file_look(whole, &seen, message) == FILE_PLAIN) {
        from.path = xasprintf("%s.raw", temporary);
        if (!from_open(&from, whole, true)) {
            struct store without = { .is_file = true, .reserve = -1, .path = from.path };

            /* FILE-wal may be what is damaged, or another session's. */
            from_close(&from);
            if (!from_open(&without, whole, false)) {
                from_close(&without);
                from_open(&from, whole, true);
            } else {
                from = without;
            }
        }
        status = salvage_to(&from, temporary, salvaged, message);
        from_close(&from);
        remove_temporary(from.path);
        free(from.path);
        if (status == STORE_OK && file_publish(temporary, target, message) != 0)
            status = STORE_REFUSED;
        if (status != STORE_OK)
            remove_temporary(temporary);
    }
    free(temporary);
    free(target);
    free(whole);
    return status;
}
