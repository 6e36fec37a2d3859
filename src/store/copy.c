/*
 * store/copy.c - copying branches from one session file to another, row by verified row.
 *
 * Ids, numbers and hashes stay what they were, so a copy can be held against its original.
 */
#include <stdlib.h>
#include <string.h>

#include "store/branch.h"
#include "store/inside.h"
#include "store/session_file.h"

#include "base/mem.h"

/* The rows of a branch that are good and not beyond `limit`, into the other's journal. */
static int copy_rows(struct store *from, struct store *to, struct store_branch *copy, int64_t limit)
{
    sqlite3_stmt *row = statement_get(from, SQL_JOURNAL_READ);
    int code = SQLITE_OK;

    if (row == NULL)
        return SQLITE_OK;
    sqlite3_bind_int64(row, 1, place_of(copy->id, copy->parent_seq + 1));
    sqlite3_bind_int64(row, 2, place_of(copy->id, limit));
    while (code == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW) {
        struct store_entry entry = { .seq = copy->head_seq + 1 };
        unsigned char chain[STORE_HASH_SIZE];
        unsigned char stored[STORE_HASH_SIZE];
        sqlite3_stmt *write = statement_get(to, SQL_JOURNAL_WRITE);
        int64_t place;
        int64_t kind;

        if (!column_int(row, 0, &place) || place != place_of(copy->id, entry.seq)
            || !column_int(row, 1, &entry.sim_time) || !column_int(row, 2, &kind)
            || sqlite3_column_type(row, 3) != SQLITE_BLOB
            || !column_blob(row, 4, stored, sizeof(stored)))
            break;
        entry.kind = (uint32_t)kind;
        entry.bytes = sqlite3_column_blob(row, 3);
        entry.size = (size_t)sqlite3_column_bytes(row, 3);
        memcpy(chain, copy->head_chain, sizeof(chain));
        chain_next(chain, &entry);
        if (memcmp(chain, stored, sizeof(chain)) != 0)
            break;
        sqlite3_bind_int64(write, 1, place);
        sqlite3_bind_int64(write, 2, entry.sim_time);
        sqlite3_bind_int64(write, 3, entry.kind);
        bind_bytes(write, 4, entry.bytes, entry.size);
        bind_hash(write, 5, chain);
        code = statement_run(write);
        memcpy(copy->head_chain, chain, sizeof(chain));
        copy->head_seq = entry.seq;
    }
    sqlite3_reset(row);
    return code;
}

static int write_branch(struct store *to, const struct store_branch *copy, struct store_root *root)
{
    sqlite3_stmt *write = statement_get(to, SQL_BRANCH_WRITE);
    unsigned char hash[STORE_HASH_SIZE];

    digest_of_branch(copy, hash);
    total_add(root->total, hash);
    sqlite3_bind_int64(write, 1, copy->id);
    bind_text(write, 2, copy->name);
    bind_text(write, 3, copy->lesson);
    bind_text(write, 4, copy->region);
    sqlite3_bind_int64(write, 5, (int64_t)copy->seed);
    sqlite3_bind_int64(write, 6, copy->parent);
    sqlite3_bind_int64(write, 7, copy->parent_seq);
    sqlite3_bind_int64(write, 8, copy->created);
    sqlite3_bind_int64(write, 9, copy->head_seq);
    bind_hash(write, 10, copy->head_chain);
    bind_hash(write, 11, hash);
    return statement_run(write);
}

static void copy_checkpoints(struct store *from, struct store *to, const struct store_branch *copy)
{
    const struct store_branch *branch = branch_find(from, copy->id);
    struct str state = STR_INIT;
    int64_t seq = copy->head_seq;

    while (seq >= copy->parent_seq
           && (seq = checkpoint_read_own(from, branch, seq, &state)) >= 0) {
        if (store_checkpoint_write(to, copy->id, seq, &state) != STORE_OK)
            break;
        seq--;
    }
    str_release(&state);
}

bool copy_branch(struct store *from, struct store *to, const struct store_branch *branch,
                 int64_t limit, struct copied *copied)
{
    const struct store_branch *parent = branch_find(to, branch->parent);
    struct store_branch copy = *branch;
    struct store_root root;
    int code;

    copy.head_seq = branch->parent_seq;
    if (branch->parent != 0 && (parent == NULL || parent->head_seq < branch->parent_seq))
        return false;
    if (transaction_begin(to) != STORE_OK)
        return false;
    root = to->root;
    mark_open(to, &root);
    code = branch_chain_begin(to, &copy, copy.head_chain) ? SQLITE_OK : SQLITE_CORRUPT;
    if (code == SQLITE_OK)
        code = copy_rows(from, to, &copy, limit);
    if (code == SQLITE_OK)
        code = write_branch(to, &copy, &root);
    if (code != SQLITE_OK) {
        transaction_undo(to, code);
        return false;
    }
    if (transaction_end(to, &root) != STORE_OK)
        return false;
    copy.name = xstrdup(branch->name);
    copy.lesson = xstrdup(branch->lesson);
    copy.region = xstrdup(branch->region);
    *LIST_PUSH(&to->branches) = copy;
    *copied = (struct copied){
        .rows = copy.head_seq - copy.parent_seq,
        .last_seq = copy.head_seq,
    };
    copy_checkpoints(from, to, &copy);
    return true;
}

static void add_progress(void *context, const struct store_progress *progress)
{
    struct store *to = context;
    struct store_row row = {
        .type = STORE_PROGRESS,
        .lesson = progress->lesson,
        .step = progress->step,
        .key = progress->key,
        .bytes = progress->size == 0 ? "" : progress->bytes,
        .size = progress->size,
    };

    store_commit(to, &row, 1);
}

enum store_status copy_settings(struct store *from, struct store *to)
{
    sqlite3_stmt *row = NULL;
    struct str value = STR_INIT;
    unsigned char hash[STORE_HASH_SIZE];

    if (sqlite3_prepare_v2(from->db, "SELECT key, value, digest FROM settings", -1, &row, NULL)
        != SQLITE_OK)
        return STORE_DAMAGED;
    while (sqlite3_step(row) == SQLITE_ROW) {
        if (setting_row_read(row, &value, hash))
            store_commit(to,
                         &(struct store_row){
                             .type = STORE_SETTING,
                             .key = (const char *)sqlite3_column_text(row, 0),
                             .bytes = str_text(&value),
                             .size = value.length,
                         },
                         1);
    }
    sqlite3_finalize(row);
    str_release(&value);
    store_progress_each(from, NULL, add_progress, to);
    return to->read_only ? STORE_READ_ONLY : STORE_OK;
}
