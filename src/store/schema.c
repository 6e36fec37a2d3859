/*
 * store/schema.c - the tables of a session file, and the terms on which SQLite may read it.
 *
 * A file whose schema is not these texts, byte for byte and in this order, is not ours: that leaves
 * no room for triggers, views, virtual tables or generated columns of somebody else's making.
 * True to SQLite's "Defense Against The Dark Arts".
 */
#include "store/inside.h"

#include <string.h>

static const char *const tables[][2] = {
    { "identity", "CREATE TABLE identity(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)" },
    { "session", "CREATE TABLE session(id INTEGER PRIMARY KEY, "
                 "current INTEGER NOT NULL, is_open INTEGER NOT NULL, "
                 "acked_branch INTEGER NOT NULL, acked_seq INTEGER NOT NULL, "
                 "history_count INTEGER NOT NULL, history_chain BLOB NOT NULL, "
                 "total BLOB NOT NULL, digest BLOB NOT NULL)" },
    { "branches", "CREATE TABLE branches(id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                  "lesson TEXT NOT NULL, region TEXT NOT NULL, seed INTEGER NOT NULL, "
                  "parent INTEGER NOT NULL, parent_seq INTEGER NOT NULL, created INTEGER NOT NULL, "
                  "head_seq INTEGER NOT NULL, head_chain BLOB NOT NULL, digest BLOB NOT NULL)" },
    { "journal", "CREATE TABLE journal(place INTEGER PRIMARY KEY, sim_time INTEGER NOT NULL, "
                 "kind INTEGER NOT NULL, payload BLOB NOT NULL, chain BLOB NOT NULL)" },
    { "checkpoints", "CREATE TABLE checkpoints(place INTEGER PRIMARY KEY, "
                     "first_part INTEGER NOT NULL, parts INTEGER NOT NULL, size INTEGER NOT NULL, "
                     "state_hash BLOB NOT NULL, digest BLOB NOT NULL)" },
    { "parts", "CREATE TABLE parts(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)" },
    { "settings", "CREATE TABLE settings(key TEXT PRIMARY KEY, value BLOB NOT NULL, "
                  "digest BLOB NOT NULL) WITHOUT ROWID" },
    { "progress", "CREATE TABLE progress(lesson TEXT, step TEXT, key TEXT, value BLOB NOT NULL, "
                  "digest BLOB NOT NULL, PRIMARY KEY(lesson, step, key)) WITHOUT ROWID" },
    { "history", "CREATE TABLE history(id INTEGER PRIMARY KEY, line BLOB NOT NULL, "
                 "chain BLOB NOT NULL)" },
};

enum { TABLE_COUNT = sizeof(tables) / sizeof(tables[0]) };

static int switch_to(sqlite3 *db, int what, int on)
{
    int now = -1;
    int code = sqlite3_db_config(db, what, on, &now);

    return code == SQLITE_OK && now != on ? SQLITE_MISUSE : code;
}

int schema_guard(sqlite3 *db)
{
    static const struct {
        int what;
        int on;
    } switches[] = {
        { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },
        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
        { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
        { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
        { SQLITE_DBCONFIG_DQS_DDL, 0 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },
        { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 }, /* until the file has proved to be ours */
    };

    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        int code = switch_to(db, switches[i].what, switches[i].on);

        if (code != SQLITE_OK)
            return code;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, STORE_PAYLOAD_MAX + (1 << 16));
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM INTO needs one */
    return SQLITE_OK;
}

int schema_create(sqlite3 *db)
{
    int code = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);

    for (int i = 0; i < TABLE_COUNT && code == SQLITE_OK; i++)
        code = sqlite3_exec(db, tables[i][1], NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return code;
}

static bool column_is(sqlite3_stmt *statement, int at, const char *text)
{
    const unsigned char *found = sqlite3_column_text(statement, at);

    return found != NULL && (size_t)sqlite3_column_bytes(statement, at) == strlen(text)
           && memcmp(found, text, strlen(text)) == 0;
}

bool schema_is_ours(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int count = 0;
    int code;
    bool good = true;

    if (sqlite3_prepare_v2(db, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid",
                           -1, &statement, NULL)
        != SQLITE_OK)
        return false;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && good) {
        good = count < TABLE_COUNT && column_is(statement, 0, "table")
               && column_is(statement, 1, tables[count][0])
               && column_is(statement, 2, tables[count][0])
               && column_is(statement, 3, tables[count][1]);
        count++;
    }
    sqlite3_finalize(statement);
    return good && code == SQLITE_DONE && count == TABLE_COUNT;
}

int64_t schema_pragma(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int64_t value = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}
