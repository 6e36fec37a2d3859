/*
 * store/statement.c - the statements of the store, prepared once each.
 */
#include "store/inside.h"

#include <errno.h>
#include <string.h>

static const char *const texts[SQL_COUNT];

sqlite3_stmt *statement_get(struct store *store, enum store_sql which)
{
    sqlite3_stmt **statement = &store->statements[which];

    if (*statement != NULL) {
        sqlite3_reset(*statement);
        return *statement;
    }
    if (sqlite3_prepare_v3(store->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL)
        != SQLITE_OK) {
        store_say(store, STORE_DAMAGED, "the session cannot be read: %s",
                  sqlite3_errmsg(store->db));
        return NULL;
    }
    return *statement;
}

void statements_release(struct store *store)
{
    for (int i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
}

int statement_run(sqlite3_stmt *statement)
{
    int code;

    if (statement == NULL)
        return SQLITE_CORRUPT;
    errno = 0;
    code = sqlite3_step(statement);
    if (code == SQLITE_DONE || code == SQLITE_ROW)
        code = SQLITE_OK;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

void bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t size)
{
    if (statement == NULL)
        return;
    if (size == 0)
        sqlite3_bind_zeroblob(statement, at, 0);
    else
        sqlite3_bind_blob64(statement, at, bytes, size, SQLITE_STATIC);
}

void bind_hash(sqlite3_stmt *statement, int at, const unsigned char hash[STORE_HASH_SIZE])
{
    bind_bytes(statement, at, hash, STORE_HASH_SIZE);
}

void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    if (statement != NULL)
        sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

bool column_blob(sqlite3_stmt *statement, int at, void *into, size_t size)
{
    if (sqlite3_column_type(statement, at) != SQLITE_BLOB
        || (size_t)sqlite3_column_bytes(statement, at) != size)
        return false;
    memcpy(into, sqlite3_column_blob(statement, at), size);
    return true;
}

bool column_int(sqlite3_stmt *statement, int at, int64_t *value)
{
    if (sqlite3_column_type(statement, at) != SQLITE_INTEGER)
        return false;
    *value = sqlite3_column_int64(statement, at);
    return true;
}

bool column_text(sqlite3_stmt *statement, int at, const char **text)
{
    if (sqlite3_column_type(statement, at) != SQLITE_TEXT)
        return false;
    *text = (const char *)sqlite3_column_text(statement, at);
    return *text != NULL && strlen(*text) == (size_t)sqlite3_column_bytes(statement, at);
}

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ROOT_READ] = "SELECT bytes, current, is_open, acked_branch, acked_seq, history_count, "
                      "history_chain, total, digest FROM session JOIN identity USING(id) "
                      "WHERE id = 1",
    [SQL_ROOT_WRITE] = "UPDATE session SET current = ?, is_open = ?, acked_branch = ?, "
                       "acked_seq = ?, history_count = ?, history_chain = ?, total = ?, "
                       "digest = ? WHERE id = 1",
    [SQL_SETTING_READ] = "SELECT key, value, digest FROM settings WHERE key = ?",
    [SQL_SETTING_WRITE] = "INSERT OR REPLACE INTO settings VALUES(?, ?, ?)",
    [SQL_SETTING_DELETE] = "DELETE FROM settings WHERE key = ?",
    [SQL_PROGRESS_READ] = "SELECT lesson, step, key, value, digest FROM progress "
                          "WHERE lesson = ? AND step = ? AND key = ?",
    [SQL_PROGRESS_WRITE] = "INSERT OR REPLACE INTO progress VALUES(?, ?, ?, ?, ?)",
    [SQL_PROGRESS_DELETE] = "DELETE FROM progress WHERE lesson = ? AND step = ? AND key = ?",
    [SQL_PROGRESS_EACH] = "SELECT lesson, step, key, value, digest FROM progress "
                          "ORDER BY lesson, step, key",
    [SQL_HISTORY_WRITE] = "INSERT INTO history VALUES(?, ?, ?)",
    [SQL_HISTORY_EACH] = "SELECT id, line, chain FROM history WHERE id >= ? ORDER BY id",
    [SQL_BRANCH_EACH] = "SELECT id, name, lesson, region, seed, parent, parent_seq, created, "
                        "head_seq, head_chain, digest FROM branches ORDER BY id",
    [SQL_BRANCH_WRITE] = "INSERT OR REPLACE INTO branches VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_BRANCH_HEAD] = "UPDATE branches SET head_seq = ?, head_chain = ?, digest = ? WHERE id = ?",
    [SQL_JOURNAL_WRITE] = "INSERT INTO journal VALUES(?, ?, ?, ?, ?)",
    [SQL_JOURNAL_READ] = "SELECT place, sim_time, kind, payload, chain FROM journal "
                         "WHERE place BETWEEN ? AND ? ORDER BY place",
    [SQL_CHECKPOINT_LAST] = "SELECT place, first_part, parts, size, state_hash, digest "
                            "FROM checkpoints WHERE place BETWEEN ? AND ? ORDER BY place DESC",
    [SQL_CHECKPOINT_EACH] = "SELECT place, first_part, parts, size, state_hash, digest "
                            "FROM checkpoints WHERE place BETWEEN ? AND ? ORDER BY place DESC",
    [SQL_CHECKPOINT_WRITE] = "INSERT OR REPLACE INTO checkpoints VALUES(?, ?, ?, ?, ?, ?)",
    [SQL_CHECKPOINT_DELETE] = "DELETE FROM checkpoints WHERE place = ?",
    [SQL_PART_READ] = "SELECT id, bytes FROM parts WHERE id >= ? AND id < ? ORDER BY id",
    [SQL_PART_NEXT] = "SELECT coalesce(max(first_part + parts), 1) FROM checkpoints",
    [SQL_PART_WRITE] = "INSERT INTO parts VALUES(?, ?)",
    [SQL_PART_LOOSE] = "DELETE FROM parts WHERE id >= "
                       "(SELECT coalesce(max(first_part + parts), 1) FROM checkpoints)",
    [SQL_PART_DELETE] = "DELETE FROM parts WHERE id >= ? AND id < ?",
};
