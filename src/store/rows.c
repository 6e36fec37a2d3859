/*
 * store/rows.c - the guarded rows: what each digest covers, and reading them back.
 */
#include "store/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void digest_of_root(const struct store_root *root, unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "session");
    digest_bytes(&digest, root->identity, sizeof(root->identity));
    digest_int(&digest, root->current);
    digest_int(&digest, root->is_open);
    digest_int(&digest, root->acked_branch);
    digest_int(&digest, root->acked_seq);
    digest_int(&digest, root->history_count);
    digest_bytes(&digest, root->history_chain, STORE_HASH_SIZE);
    digest_bytes(&digest, root->total, STORE_HASH_SIZE);
    digest_end(&digest, hash);
}

void digest_of_branch(const struct store_branch *branch, unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "branch");
    digest_int(&digest, branch->id);
    digest_text(&digest, branch->name);
    digest_text(&digest, branch->lesson);
    digest_text(&digest, branch->region);
    digest_int(&digest, (int64_t)branch->seed);
    digest_int(&digest, branch->parent);
    digest_int(&digest, branch->parent_seq);
    digest_int(&digest, branch->created);
    digest_int(&digest, branch->head_seq);
    digest_bytes(&digest, branch->head_chain, STORE_HASH_SIZE);
    digest_end(&digest, hash);
}

void digest_of_setting(const char *key, const void *bytes, size_t size,
                       unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "setting");
    digest_text(&digest, key);
    digest_bytes(&digest, bytes, size);
    digest_end(&digest, hash);
}

void digest_of_progress(const struct store_progress *progress, unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "progress");
    digest_text(&digest, progress->lesson);
    digest_text(&digest, progress->step);
    digest_text(&digest, progress->key);
    digest_bytes(&digest, progress->bytes, progress->size);
    digest_end(&digest, hash);
}

void digest_of_checkpoint(const struct checkpoint_row *row, unsigned char hash[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, "checkpoint");
    digest_int(&digest, row->place);
    digest_int(&digest, row->first_part);
    digest_int(&digest, row->parts);
    digest_int(&digest, row->size);
    digest_bytes(&digest, row->state_hash, STORE_HASH_SIZE);
    digest_end(&digest, hash);
}

/* The name is left out: a branch may be called otherwise later. */
void chain_begin(const struct store_branch *branch, const unsigned char *parent_chain,
                 unsigned char chain[STORE_HASH_SIZE])
{
    struct digest digest;

    digest_begin(&digest, parent_chain == NULL ? "root" : "fork");
    if (parent_chain != NULL)
        digest_bytes(&digest, parent_chain, STORE_HASH_SIZE);
    digest_text(&digest, branch->lesson);
    digest_text(&digest, branch->region);
    digest_int(&digest, (int64_t)branch->seed);
    digest_int(&digest, branch->parent_seq);
    digest_int(&digest, branch->created);
    digest_end(&digest, chain);
}

void chain_next(unsigned char chain[STORE_HASH_SIZE], const struct store_entry *entry)
{
    struct digest digest;

    digest_begin(&digest, "row");
    digest_bytes(&digest, chain, STORE_HASH_SIZE);
    digest_int(&digest, entry->seq);
    digest_int(&digest, entry->sim_time);
    digest_int(&digest, entry->kind);
    digest_bytes(&digest, entry->bytes, entry->size);
    digest_end(&digest, chain);
}

void history_next(unsigned char chain[STORE_HASH_SIZE], const char *line, size_t length)
{
    struct digest digest;

    digest_begin(&digest, "line");
    digest_bytes(&digest, chain, STORE_HASH_SIZE);
    digest_bytes(&digest, line, length);
    digest_end(&digest, chain);
}

static bool hashes_equal(const unsigned char *a, const unsigned char *b)
{
    return memcmp(a, b, STORE_HASH_SIZE) == 0;
}

static bool root_columns(sqlite3_stmt *row, struct store_root *root)
{
    unsigned char stored[STORE_HASH_SIZE];
    unsigned char hash[STORE_HASH_SIZE];

    if (!column_blob(row, 0, root->identity, sizeof(root->identity))
        || !column_int(row, 1, &root->current) || !column_int(row, 2, &root->is_open)
        || !column_int(row, 3, &root->acked_branch) || !column_int(row, 4, &root->acked_seq)
        || !column_int(row, 5, &root->history_count)
        || !column_blob(row, 6, root->history_chain, STORE_HASH_SIZE)
        || !column_blob(row, 7, root->total, STORE_HASH_SIZE)
        || !column_blob(row, 8, stored, STORE_HASH_SIZE))
        return false;
    digest_of_root(root, hash);
    return hashes_equal(hash, stored);
}

bool root_read(struct store *store, struct store_root *root)
{
    sqlite3_stmt *row = statement_get(store, SQL_ROOT_READ);
    bool good;

    if (row == NULL)
        return false;
    good = sqlite3_step(row) == SQLITE_ROW && root_columns(row, root);
    sqlite3_reset(row);
    return good;
}

bool branch_row_read(sqlite3_stmt *row, struct store_branch *branch,
                     unsigned char hash[STORE_HASH_SIZE])
{
    unsigned char stored[STORE_HASH_SIZE];
    const char *name;
    const char *lesson;
    const char *region;
    int64_t seed;
    struct store_branch found = { 0 };

    if (!column_int(row, 0, &found.id) || !column_text(row, 1, &name)
        || !column_text(row, 2, &lesson) || !column_text(row, 3, &region)
        || !column_int(row, 4, &seed) || !column_int(row, 5, &found.parent)
        || !column_int(row, 6, &found.parent_seq) || !column_int(row, 7, &found.created)
        || !column_int(row, 8, &found.head_seq)
        || !column_blob(row, 9, found.head_chain, STORE_HASH_SIZE)
        || !column_blob(row, 10, stored, STORE_HASH_SIZE))
        return false;
    found.seed = (uint64_t)seed;
    found.name = xstrdup(name);
    found.lesson = xstrdup(lesson);
    found.region = xstrdup(region);
    digest_of_branch(&found, hash);
    if (!hashes_equal(hash, stored)) {
        branch_release(&found);
        return false;
    }
    *branch = found;
    return true;
}

bool setting_row_read(sqlite3_stmt *row, struct str *value, unsigned char hash[STORE_HASH_SIZE])
{
    unsigned char stored[STORE_HASH_SIZE];
    const char *key;
    const void *bytes = sqlite3_column_blob(row, 1);
    size_t size = (size_t)sqlite3_column_bytes(row, 1);

    if (!column_text(row, 0, &key) || sqlite3_column_type(row, 1) != SQLITE_BLOB
        || !column_blob(row, 2, stored, STORE_HASH_SIZE))
        return false;
    digest_of_setting(key, bytes, size, hash);
    if (!hashes_equal(hash, stored))
        return false;
    if (value != NULL) {
        str_clear(value);
        str_addn(value, bytes, size);
    }
    return true;
}

bool progress_row_read(sqlite3_stmt *row, struct store_progress *progress,
                       unsigned char hash[STORE_HASH_SIZE])
{
    unsigned char stored[STORE_HASH_SIZE];

    if (!column_text(row, 0, &progress->lesson) || !column_text(row, 1, &progress->step)
        || !column_text(row, 2, &progress->key) || sqlite3_column_type(row, 3) != SQLITE_BLOB
        || !column_blob(row, 4, stored, STORE_HASH_SIZE))
        return false;
    progress->bytes = sqlite3_column_blob(row, 3);
    progress->size = (size_t)sqlite3_column_bytes(row, 3);
    digest_of_progress(progress, hash);
    return hashes_equal(hash, stored);
}

bool checkpoint_row_read(sqlite3_stmt *row, struct checkpoint_row *checkpoint,
                         unsigned char hash[STORE_HASH_SIZE])
{
    unsigned char stored[STORE_HASH_SIZE];

    if (!column_int(row, 0, &checkpoint->place) || !column_int(row, 1, &checkpoint->first_part)
        || !column_int(row, 2, &checkpoint->parts) || !column_int(row, 3, &checkpoint->size)
        || !column_blob(row, 4, checkpoint->state_hash, STORE_HASH_SIZE)
        || !column_blob(row, 5, stored, STORE_HASH_SIZE))
        return false;
    digest_of_checkpoint(checkpoint, hash);
    return hashes_equal(hash, stored);
}

/* What a branch's row may say of its parent and its head. */
static bool branch_is_possible(const struct store *store, const struct store_branch *branch)
{
    const struct store_branch *parent;

    if (store->branches.count > 0
        && branch->id <= store->branches.items[store->branches.count - 1].id)
        return false;
    if (branch->id < 1 || branch->id >= STORE_BRANCH_MAX || branch->head_seq > STORE_SEQ_MAX
        || branch->parent_seq < 0 || branch->head_seq < branch->parent_seq)
        return false;
    if (branch->parent == 0)
        return branch->parent_seq == 0;
    parent = branch_find(store, branch->parent);
    return parent != NULL && branch->parent_seq <= parent->head_seq;
}

bool rows_load_branches(struct store *store, unsigned char total[STORE_HASH_SIZE])
{
    sqlite3_stmt *row = statement_get(store, SQL_BRANCH_EACH);
    unsigned char hash[STORE_HASH_SIZE];
    int code = SQLITE_CORRUPT;
    bool good = true;

    while (row != NULL && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct store_branch branch = { 0 };

        if (!branch_row_read(row, &branch, hash) || !branch_is_possible(store, &branch)) {
            branch_release(&branch);
            good = false;
            continue;
        }
        *LIST_PUSH(&store->branches) = branch;
        total_add(total, hash);
    }
    sqlite3_reset(row);
    return good && code == SQLITE_DONE;
}

/* Adds up the digests of the rows of the other guarded tables. */
static bool add_up(struct store *store, unsigned char total[STORE_HASH_SIZE])
{
    unsigned char hash[STORE_HASH_SIZE];
    struct store_progress progress;
    struct checkpoint_row checkpoint;
    sqlite3_stmt *settings = NULL;
    sqlite3_stmt *row;
    int code;

    if (sqlite3_prepare_v2(store->db, "SELECT key, value, digest FROM settings", -1, &settings,
                           NULL)
        != SQLITE_OK)
        return false;
    while ((code = sqlite3_step(settings)) == SQLITE_ROW && setting_row_read(settings, NULL, hash))
        total_add(total, hash);
    sqlite3_finalize(settings);
    if (code != SQLITE_DONE || (row = statement_get(store, SQL_PROGRESS_EACH)) == NULL)
        return false;
    while ((code = sqlite3_step(row)) == SQLITE_ROW && progress_row_read(row, &progress, hash))
        total_add(total, hash);
    sqlite3_reset(row);
    if (code != SQLITE_DONE || (row = statement_get(store, SQL_CHECKPOINT_EACH)) == NULL)
        return false;
    sqlite3_bind_int64(row, 1, 0);
    sqlite3_bind_int64(row, 2, INT64_MAX);
    while ((code = sqlite3_step(row)) == SQLITE_ROW && checkpoint_row_read(row, &checkpoint, hash))
        total_add(total, hash);
    sqlite3_reset(row);
    return code == SQLITE_DONE;
}

enum store_status rows_load(struct store *store)
{
    unsigned char total[STORE_HASH_SIZE] = { 0 };

    if (!root_read(store, &store->root))
        return store_say(store, STORE_DAMAGED, "its first row is damaged");
    if (!rows_load_branches(store, total))
        return store_say(store, STORE_DAMAGED, "its list of branches is damaged");
    if (!add_up(store, total) || !hashes_equal(total, store->root.total))
        return store_say(store, STORE_DAMAGED,
                         "its settings, progress or list of checkpoints are damaged");
    if (store->root.current != 0 && branch_find(store, store->root.current) == NULL)
        return store_say(store, STORE_DAMAGED, "its current branch is missing");
    return STORE_OK;
}
