/*
 * store/commit.c - making changes durable, and what to do when the disk will not.
 *
 * One transaction changes the rows, the heads of their branches, and the session's row with its new
 * total.  What is in memory is changed along with it and put back when the transaction fails.
 *
 * A full disk refuses one commit; the next may work.  Any other failure to write, above all of
 * fsync(), ends all writing: after it nobody can say what the disk holds, and asking again is known
 * to lie.  True to "PostgreSQL's fsync() surprise" (LWN, 2018).
 */
#include "store/session_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"

#include "base/mem.h"

/* How a branch was before this commit. */
struct before {
    int64_t id;
    int64_t head_seq;
    unsigned char head_chain[STORE_HASH_SIZE];
    char *name; /* owned when the branch was renamed; else NULL */
};

struct change {
    struct store *store;
    struct store_root root;
    uint32_t branch_count; /* before */
    LIST(struct before) before;
    int code; /* SQLite's, of the first failure */
};

enum store_status store_say(struct store *store, enum store_status status, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    str_clear(&store->message);
    str_add(&store->message, text);
    return status;
}

enum store_status store_stop_writing(struct store *store, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    store->read_only = true;
    return store_say(store, STORE_READ_ONLY, "%s: nothing more is saved here; export saves a copy",
                     text);
}

static bool is_out_of_space(int code, int error)
{
    if ((code & 0xff) == SQLITE_FULL)
        return true;
    return code == SQLITE_IOERR_WRITE && (error == ENOSPC || error == EDQUOT || error == EFBIG);
}

enum store_status transaction_undo(struct store *store, int code)
{
    int error = errno; /* of the system call that failed; SQLite does not always keep it */

    if (!sqlite3_get_autocommit(store->db))
        statement_run(statement_get(store, SQL_ROLLBACK));
    if (!sqlite3_get_autocommit(store->db))
        return store_stop_writing(store, "a change could neither be saved nor undone");
    if (is_out_of_space(code, error))
        return store_say(store, STORE_FULL, "the disk is full: this was not saved");
    if ((code & 0xff) == SQLITE_NOMEM)
        return store_say(store, STORE_FULL, "there is no memory left: this was not saved");
    return store_stop_writing(store, "saving failed (%s)",
                              error != 0 ? strerror(error) : sqlite3_errstr(code));
}

/* Somebody may have taken the file away, or put another in its place, while it was open. */
static enum store_status look_from_outside(struct store *store)
{
    struct stat now;
    char *wal;
    bool gone;

    if (!store->is_file)
        return STORE_OK;
    if (lstat(store->path, &now) != 0)
        return store_stop_writing(store, "'%s' was taken away while it was open", store->path);
    if ((uint64_t)now.st_dev != store->seen.device || (uint64_t)now.st_ino != store->seen.inode)
        return store_stop_writing(store, "'%s' is another file now", store->path);
    if (now.st_nlink > 1)
        return store_stop_writing(store, "'%s' got a second name (a hard link)", store->path);
    if ((int64_t)now.st_size < store->seen.size)
        return store_stop_writing(store, "'%s' was cut short while it was open", store->path);
    store->seen.size = (int64_t)now.st_size;
    wal = xasprintf("%s-wal", store->path);
    gone = lstat(wal, &now) != 0;
    free(wal);
    if (gone)
        return store->wal_seen.inode == 0
                   ? STORE_OK
                   : store_stop_writing(store, "'%s-wal' was taken away while it was open",
                                        store->path);
    if (store->wal_seen.inode != 0 && store->wal_seen.inode != (uint64_t)now.st_ino)
        return store_stop_writing(store, "'%s-wal' is another file now", store->path);
    return STORE_OK;
}

static void remember_wal(struct store *store)
{
    struct stat now;
    char *wal;

    if (!store->is_file || store->wal_seen.inode != 0)
        return;
    wal = xasprintf("%s-wal", store->path);
    if (lstat(wal, &now) == 0)
        store->wal_seen.inode = (uint64_t)now.st_ino;
    free(wal);
}

enum store_status transaction_begin(struct store *store)
{
    enum store_status status;
    int code;

    if (store->read_only)
        return STORE_READ_ONLY;
    status = look_from_outside(store);
    if (status != STORE_OK)
        return status;
    code = statement_run(statement_get(store, SQL_BEGIN));
    return code == SQLITE_OK ? STORE_OK : transaction_undo(store, code);
}

/* Moves committed pages into FILE.  That it cannot grow now does not matter: they are in FILE-wal.
 * */
static void move_wal(struct store *store)
{
    int pages = 0;
    int moved = 0;
    int code;

    errno = 0;
    code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages,
                                     &moved);
    if (code == SQLITE_OK) {
        store->wal_pages = pages - moved;
        store->marked_open = true;
        return;
    }
    if (code == SQLITE_BUSY || is_out_of_space(code, errno))
        return;
    store_stop_writing(store, "the disk failed (%s)", sqlite3_errstr(code));
}

/* A program that stays says in FILE itself that it has it open, so that a FILE-wal taken away after
 * a stop is missed.  One that makes a few changes and goes is spared the waiting for the disk. */
void mark_open(const struct store *store, struct store_root *root)
{
    if (store->commits + 1 >= STORE_SETTLED)
        root->is_open = 1;
}

enum store_status transaction_end(struct store *store, struct store_root *root)
{
    sqlite3_stmt *statement = statement_get(store, SQL_ROOT_WRITE);
    unsigned char hash[STORE_HASH_SIZE];
    int code;

    digest_of_root(root, hash);
    sqlite3_bind_int64(statement, 1, root->current);
    sqlite3_bind_int64(statement, 2, root->is_open);
    sqlite3_bind_int64(statement, 3, root->acked_branch);
    sqlite3_bind_int64(statement, 4, root->acked_seq);
    sqlite3_bind_int64(statement, 5, root->history_count);
    bind_hash(statement, 6, root->history_chain);
    bind_hash(statement, 7, root->total);
    bind_hash(statement, 8, hash);
    code = statement_run(statement);
    if (code == SQLITE_OK)
        code = statement_run(statement_get(store, SQL_COMMIT));
    if (code != SQLITE_OK)
        return transaction_undo(store, code);
    store->root = *root;
    store->commits++;
    remember_wal(store);
    if (store->reserve < 0 && store->is_file && store->commits == STORE_SETTLED)
        store->reserve = file_reserve(store->path, STORE_RESERVE);
    if ((store->root.is_open != 0 && !store->marked_open) || store->wal_pages > STORE_WAL_PAGES)
        move_wal(store);
    return STORE_OK;
}

/* ---- the rows of a commit; each returns false with change->code or the store's message set ----
 * */

static bool ran(struct change *change, sqlite3_stmt *statement)
{
    int code = statement_run(statement);

    if (code != SQLITE_OK)
        change->code = code;
    return code == SQLITE_OK;
}

static bool wrong(struct change *change, const char *what)
{
    store_say(change->store, STORE_WRONG, "not saved: %s", what);
    return false;
}

static bool text_fits(const char *text)
{
    return text != NULL && strnlen(text, STORE_NAME_MAX + 1) <= STORE_NAME_MAX;
}

/* The branch, its earlier state kept and its digest taken out of the total; NULL when it is absent.
 * */
static struct store_branch *touch(struct change *change, int64_t id)
{
    struct store_branch *branch = branch_find(change->store, id == 0 ? change->root.current : id);
    unsigned char hash[STORE_HASH_SIZE];
    struct before *before;

    if (branch == NULL)
        return NULL;
    for (uint32_t i = 0; i < change->before.count; i++) {
        if (change->before.items[i].id == branch->id)
            return branch;
    }
    before = LIST_PUSH(&change->before);
    before->id = branch->id;
    before->head_seq = branch->head_seq;
    memcpy(before->head_chain, branch->head_chain, STORE_HASH_SIZE);
    digest_of_branch(branch, hash);
    total_subtract(change->root.total, hash);
    return branch;
}

static bool add_journal(struct change *change, struct store_row *row)
{
    struct store_branch *branch = touch(change, row->branch);
    struct store_entry entry = {
        .sim_time = row->sim_time,
        .kind = row->kind,
        .bytes = row->bytes,
        .size = row->size,
    };
    sqlite3_stmt *statement = statement_get(change->store, SQL_JOURNAL_WRITE);

    if (branch == NULL)
        return wrong(change, "there is no such branch");
    if (branch->head_seq >= STORE_SEQ_MAX)
        return wrong(change, "the branch is full");
    entry.seq = branch->head_seq + 1;
    chain_next(branch->head_chain, &entry);
    branch->head_seq = entry.seq;
    sqlite3_bind_int64(statement, 1, place_of(branch->id, entry.seq));
    sqlite3_bind_int64(statement, 2, entry.sim_time);
    sqlite3_bind_int64(statement, 3, entry.kind);
    bind_bytes(statement, 4, entry.bytes, entry.size);
    bind_hash(statement, 5, branch->head_chain);
    row->branch = branch->id;
    row->seq = entry.seq;
    return ran(change, statement);
}

static bool set_setting(struct change *change, const struct store_row *row)
{
    struct store *store = change->store;
    sqlite3_stmt *statement = statement_get(store, SQL_SETTING_READ);
    unsigned char hash[STORE_HASH_SIZE];

    if (!text_fits(row->key))
        return wrong(change, "the name of a setting is missing or too long");
    bind_text(statement, 1, row->key);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        if (!setting_row_read(statement, NULL, hash))
            return (change->code = SQLITE_CORRUPT), false;
        total_subtract(change->root.total, hash);
    }
    sqlite3_reset(statement);
    statement = statement_get(store, row->bytes == NULL ? SQL_SETTING_DELETE : SQL_SETTING_WRITE);
    bind_text(statement, 1, row->key);
    if (row->bytes != NULL) {
        digest_of_setting(row->key, row->bytes, row->size, hash);
        total_add(change->root.total, hash);
        bind_bytes(statement, 2, row->bytes, row->size);
        bind_hash(statement, 3, hash);
    }
    return ran(change, statement);
}

static void bind_progress_key(sqlite3_stmt *statement, const struct store_row *row)
{
    bind_text(statement, 1, row->lesson);
    bind_text(statement, 2, row->step);
    bind_text(statement, 3, row->key);
}

static bool set_progress(struct change *change, const struct store_row *row)
{
    struct store *store = change->store;
    sqlite3_stmt *statement = statement_get(store, SQL_PROGRESS_READ);
    unsigned char hash[STORE_HASH_SIZE];
    struct store_progress progress;

    if (!text_fits(row->lesson) || !text_fits(row->step) || !text_fits(row->key))
        return wrong(change, "the place of a lesson's progress is missing or too long");
    bind_progress_key(statement, row);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        if (!progress_row_read(statement, &progress, hash))
            return (change->code = SQLITE_CORRUPT), false;
        total_subtract(change->root.total, hash);
    }
    sqlite3_reset(statement);
    statement = statement_get(store, row->bytes == NULL ? SQL_PROGRESS_DELETE : SQL_PROGRESS_WRITE);
    bind_progress_key(statement, row);
    if (row->bytes != NULL) {
        progress = (struct store_progress){
            .lesson = row->lesson,
            .step = row->step,
            .key = row->key,
            .bytes = row->bytes,
            .size = row->size,
        };
        digest_of_progress(&progress, hash);
        total_add(change->root.total, hash);
        bind_bytes(statement, 4, row->bytes, row->size);
        bind_hash(statement, 5, hash);
    }
    return ran(change, statement);
}

static bool add_history(struct change *change, const struct store_row *row)
{
    sqlite3_stmt *statement = statement_get(change->store, SQL_HISTORY_WRITE);

    history_next(change->root.history_chain, row->bytes, row->size);
    sqlite3_bind_int64(statement, 1, ++change->root.history_count);
    bind_bytes(statement, 2, row->bytes, row->size);
    bind_hash(statement, 3, change->root.history_chain);
    return ran(change, statement);
}

static bool begin_branch(struct change *change, struct store_row *row)
{
    struct store *store = change->store;
    const struct store_begin *begun = row->begun;
    uint32_t count = store->branches.count;
    struct store_branch branch = {
        .id = count == 0 ? 1 : store->branches.items[count - 1].id + 1,
        .seed = begun->seed,
        .parent = begun->parent,
        .parent_seq = begun->parent_seq,
        .created = begun->created,
        .head_seq = begun->parent_seq,
    };
    const struct store_branch *parent = branch_find(store, begun->parent);
    struct before *before;

    if (!text_fits(begun->name) || !text_fits(begun->lesson) || !text_fits(begun->region))
        return wrong(change, "the name of a branch is missing or too long");
    if (branch.id >= STORE_BRANCH_MAX)
        return wrong(change, "there are too many branches");
    if (begun->parent != 0 && parent == NULL)
        return wrong(change, "there is no such branch to fork from");
    if (begun->parent_seq < 0 || begun->parent_seq > (parent == NULL ? 0 : parent->head_seq))
        return wrong(change, "the branch to fork from has no such row");
    branch.name = xstrdup(begun->name);
    branch.lesson = xstrdup(begun->lesson);
    branch.region = xstrdup(begun->region);
    if (!branch_chain_begin(store, &branch, branch.head_chain)) {
        branch_release(&branch);
        return (change->code = SQLITE_CORRUPT), false;
    }
    *LIST_PUSH(&store->branches) = branch;
    before = LIST_PUSH(&change->before);
    before->id = branch.id;
    change->root.current = branch.id;
    row->branch = branch.id;
    row->seq = branch.head_seq;
    return true;
}

static bool rename_branch(struct change *change, const struct store_row *row)
{
    struct store_branch *branch = touch(change, row->branch);

    if (branch == NULL || !text_fits(row->key))
        return wrong(change, "there is no such branch, or its new name is too long");
    for (uint32_t i = 0; i < change->before.count; i++) {
        struct before *before = &change->before.items[i];

        if (before->id == branch->id && before->name == NULL) {
            before->name = branch->name;
            branch->name = xstrdup(row->key);
            return true;
        }
    }
    free(branch->name);
    branch->name = xstrdup(row->key);
    return true;
}

static bool choose_branch(struct change *change, const struct store_row *row)
{
    if (branch_find(change->store, row->branch) == NULL)
        return wrong(change, "there is no such branch");
    change->root.current = row->branch;
    return true;
}

static bool add_row(struct change *change, struct store_row *row)
{
    if (row->size > STORE_PAYLOAD_MAX)
        return wrong(change, "it is too large");
    switch (row->type) {
    case STORE_JOURNAL:
        return add_journal(change, row);
    case STORE_SETTING:
        return set_setting(change, row);
    case STORE_PROGRESS:
        return set_progress(change, row);
    case STORE_HISTORY:
        return add_history(change, row);
    case STORE_BRANCH:
        return begin_branch(change, row);
    case STORE_CURRENT:
        return choose_branch(change, row);
    case STORE_RENAME:
        return rename_branch(change, row);
    }
    return wrong(change, "it is of no known kind");
}

static bool write_branch(struct change *change, const struct store_branch *branch, bool whole)
{
    sqlite3_stmt *statement
        = statement_get(change->store, whole ? SQL_BRANCH_WRITE : SQL_BRANCH_HEAD);
    unsigned char hash[STORE_HASH_SIZE];

    digest_of_branch(branch, hash);
    total_add(change->root.total, hash);
    if (!whole) {
        sqlite3_bind_int64(statement, 1, branch->head_seq);
        bind_hash(statement, 2, branch->head_chain);
        bind_hash(statement, 3, hash);
        sqlite3_bind_int64(statement, 4, branch->id);
        return ran(change, statement);
    }
    sqlite3_bind_int64(statement, 1, branch->id);
    bind_text(statement, 2, branch->name);
    bind_text(statement, 3, branch->lesson);
    bind_text(statement, 4, branch->region);
    sqlite3_bind_int64(statement, 5, (int64_t)branch->seed);
    sqlite3_bind_int64(statement, 6, branch->parent);
    sqlite3_bind_int64(statement, 7, branch->parent_seq);
    sqlite3_bind_int64(statement, 8, branch->created);
    sqlite3_bind_int64(statement, 9, branch->head_seq);
    bind_hash(statement, 10, branch->head_chain);
    bind_hash(statement, 11, hash);
    return ran(change, statement);
}

static bool write_branches(struct change *change)
{
    for (uint32_t i = 0; i < change->before.count; i++) {
        const struct before *before = &change->before.items[i];
        const struct store_branch *branch = branch_find(change->store, before->id);
        bool is_new = branch >= change->store->branches.items + change->branch_count;

        if (!write_branch(change, branch, is_new || before->name != NULL))
            return false;
    }
    return true;
}

/* Puts what is in memory back to where it was. */
static void put_back(struct change *change)
{
    struct store *store = change->store;

    while (store->branches.count > change->branch_count)
        branch_release(&store->branches.items[--store->branches.count]);
    for (uint32_t i = 0; i < change->before.count; i++) {
        struct before *before = &change->before.items[i];
        struct store_branch *branch = branch_find(store, before->id);

        if (branch == NULL)
            continue;
        branch->head_seq = before->head_seq;
        memcpy(branch->head_chain, before->head_chain, STORE_HASH_SIZE);
        if (before->name != NULL) {
            free(branch->name);
            branch->name = before->name;
            before->name = NULL;
        }
    }
}

static void change_release(struct change *change)
{
    for (uint32_t i = 0; i < change->before.count; i++)
        free(change->before.items[i].name);
    LIST_RELEASE(&change->before);
}

enum store_status store_commit(struct store *store, struct store_row *rows, size_t count)
{
    struct change change = { .store = store, .root = store->root };
    enum store_status status = transaction_begin(store);
    bool good = true;

    if (status != STORE_OK)
        return status;
    change.branch_count = store->branches.count;
    mark_open(store, &change.root);
    for (size_t i = 0; i < count && good; i++)
        good = add_row(&change, &rows[i]);
    good = good && write_branches(&change);
    if (good) {
        status = transaction_end(store, &change.root);
    } else if (change.code != SQLITE_OK) {
        status = transaction_undo(store, change.code);
    } else {
        statement_run(statement_get(store, SQL_ROLLBACK));
        status = STORE_WRONG;
    }
    if (status != STORE_OK)
        put_back(&change);
    change_release(&change);
    return status;
}

void store_acknowledge(struct store *store, int64_t branch, int64_t seq)
{
    store->root.acked_branch = branch;
    store->root.acked_seq = seq;
}

void store_idle(struct store *store)
{
    if (!store->read_only && store->wal_pages > 0)
        move_wal(store);
}
