/*
 * store/connection.c - one connection to one session file, on our terms.
 *
 * Alone: locking_mode=EXCLUSIVE before anything is read, so that there is no shared memory and no
 * second connection.  FILE-wal is moved into FILE only after the whole has proved to be ours: a
 * file that is refused is left exactly as it was found.
 * True to SQLite's file format (the header's offsets), "Write-Ahead Logging", PRAGMA synchronous.
 */
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/holder.h"

enum { HEADER_SIZE = 100 };

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int set_wal(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const unsigned char *mode = sqlite3_column_text(statement, 0);

        code = mode != NULL && strcmp((const char *)mode, "wal") == 0 ? SQLITE_OK : SQLITE_CANTOPEN;
    }
    sqlite3_finalize(statement);
    return code;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Reads the header from FILE itself, past SQLite's cache and past FILE-wal. */
static enum store_status header_read(struct store *store, unsigned char header[HEADER_SIZE])
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int code;

    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK
        || file == NULL || file->pMethods == NULL)
        return store_say(store, STORE_REFUSED, "it cannot be read");
    code = file->pMethods->xFileSize(file, &size);
    if (code == SQLITE_OK && size == 0)
        return store_say(store, STORE_REFUSED, "it is empty, not a session");
    if (code == SQLITE_OK)
        code = file->pMethods->xRead(file, header, HEADER_SIZE, 0);
    if (code == SQLITE_IOERR_SHORT_READ)
        return store_say(store, STORE_REFUSED, "it is too short to be a session");
    if (code != SQLITE_OK)
        return store_say(store, STORE_REFUSED, "it cannot be read: %s", sqlite3_errstr(code));
    return STORE_OK;
}

/* What never changes in the header of a session. */
static bool header_is_sound(const unsigned char *header)
{
    static const struct {
        int at;
        unsigned char value;
    } fixed[] = {
        { 16, STORE_PAGE_SIZE >> 8 }, { 17, 0 }, /* page size */
        { 18, 2 },  { 19, 2 },                   /* WAL, to write and to read */
        { 20, 0 },                               /* nothing reserved in a page */
        { 21, 64 }, { 22, 32 }, { 23, 32 },      /* as the format says */
    };

    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (header[fixed[i].at] != fixed[i].value)
            return false;
    }
    return big_endian(header + 44) == 4    /* schema format */
           && big_endian(header + 52) == 0 /* no auto-vacuum */
           && big_endian(header + 56) == 1 /* UTF-8 */
           && big_endian(header + 64) == 0;
}

static enum store_status header_check(struct store *store)
{
    unsigned char header[HEADER_SIZE];
    enum store_status status = header_read(store, header);
    uint32_t version;

    if (status != STORE_OK)
        return status;
    if (memcmp(header, "SQLite format 3", 16) != 0)
        return store_say(store, STORE_REFUSED, "it is not a session");
    if (big_endian(header + 68) != STORE_APPLICATION_ID)
        return store_say(store, STORE_REFUSED, "it is another program's database, not a session");
    version = big_endian(header + 60);
    if (version == 0)
        return store_say(store, STORE_DAMAGED, "it has no version");
    if (version > STORE_VERSION)
        store->read_only = true;
    else if (!header_is_sound(header))
        return store_say(store, STORE_DAMAGED, "its header is damaged");
    return STORE_OK;
}

/* What a failure to open means. */
static enum store_status say_open_error(struct store *store, int code)
{
    int error = sqlite3_system_errno(store->db);
    struct str who = STR_INIT;
    pid_t holder;

    /* SQLite falls back to reading alone where a file may not be written, and fails later. */
    if ((code & 0xff) != SQLITE_BUSY && sqlite3_db_readonly(store->db, "main") == 1)
        return store_say(store, STORE_REFUSED, "it may only be read here, not written");
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        holder = store->is_file ? file_holder(store->path) : 0;
        if (holder > 0) {
            holder_tell(holder, &who);
            store_say(store, STORE_BUSY, "process %ld has it open%s", (long)holder,
                      str_text(&who));
            str_release(&who);
            return STORE_BUSY;
        }
        return store_say(store, STORE_BUSY, "it is open already");
    case SQLITE_NOTADB:
        return store_say(store, STORE_REFUSED, "it is not a session");
    case SQLITE_CORRUPT:
        return store_say(store, STORE_DAMAGED, "its pages are damaged");
    case SQLITE_FULL:
        return store_say(store, STORE_FULL, "the disk is full");
    default:
        return store_say(store, STORE_REFUSED, "%s",
                         error != 0 ? strerror(error) : sqlite3_errstr(code));
    }
}

static int set_terms(sqlite3 *db)
{
    int code = run(db, "PRAGMA locking_mode = EXCLUSIVE");

    if (code == SQLITE_OK)
        code = set_wal(db);
    if (code == SQLITE_OK)
        code = run(db, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; "
                       "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
    sqlite3_wal_autocheckpoint(db, 0); /* store/commit.c sees to it, and to its errors */
    return code;
}

/* Pages that no longer reach as far as the file does would be given out twice. */
static bool pages_are_sound(struct store *store)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int64_t pages = schema_pragma(store->db, "PRAGMA page_count");

    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK
        || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return false;
    if (pages * STORE_PAGE_SIZE < size)
        return false;
    return store->wal_known || pages * STORE_PAGE_SIZE == size;
}

static bool pages_check(struct store *store)
{
    sqlite3_stmt *statement;
    bool good = false;

    if (sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &statement, NULL) != SQLITE_OK)
        return false;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);

        good = text != NULL && strcmp((const char *)text, "ok") == 0;
    }
    sqlite3_finalize(statement);
    return good;
}

static enum store_status contents_check(struct store *store)
{
    if (!schema_is_ours(store->db)) {
        if (store->read_only)
            return store_say(store, STORE_NEWER,
                             "a newer nephoscope wrote it, in a form that this one cannot read");
        return store_say(store, STORE_DAMAGED, "its tables are not those of a session");
    }
    if (!pages_are_sound(store) || !pages_check(store))
        return store_say(store, STORE_DAMAGED, "its pages are damaged");
    return rows_load(store);
}

enum store_status connection_open(struct store *store, const char *vfs, bool unsure)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
                | (store->is_file ? SQLITE_OPEN_NOFOLLOW : 0);
    int code = sqlite3_open_v2(store->path, &store->db, flags, vfs);
    enum store_status status;

    if (store->db == NULL)
        return store_say(store, STORE_REFUSED, "no memory");
    if (code == SQLITE_OK)
        code = schema_guard(store->db);
    if (code != SQLITE_OK)
        return say_open_error(store, code);
    status = header_check(store);
    if (status != STORE_OK)
        return status;
    code = set_terms(store->db);
    if (code == SQLITE_OK)
        code = run(store->db, "SELECT count(*) FROM sqlite_schema");
    if (code != SQLITE_OK)
        return say_open_error(store, code);
    return unsure ? STORE_OK : contents_check(store);
}

void connection_close(struct store *store, bool keep_wal)
{
    statements_release(store);
    if (store->db != NULL)
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_wal ? 1 : 0, NULL);
    sqlite3_close(store->db);
    store->db = NULL;
}

static int write_first_rows(sqlite3 *db)
{
    struct store_root root = { 0 };
    unsigned char hash[STORE_HASH_SIZE];
    sqlite3_stmt *statement;
    int code;

    sqlite3_randomness(sizeof(root.identity), root.identity);
    digest_of_root(&root, hash);
    code = sqlite3_prepare_v2(db, "INSERT INTO identity VALUES(1, ?)", -1, &statement, NULL);
    if (code != SQLITE_OK)
        return code;
    bind_bytes(statement, 1, root.identity, sizeof(root.identity));
    code = statement_run(statement);
    sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_prepare_v2(db, "INSERT INTO session VALUES(1, 0, 0, 0, 0, 0, ?, ?, ?)", -1,
                              &statement, NULL);
    if (code != SQLITE_OK)
        return code;
    bind_hash(statement, 1, root.history_chain);
    bind_hash(statement, 2, root.total);
    bind_hash(statement, 3, hash);
    code = statement_run(statement);
    sqlite3_finalize(statement);
    return code;
}

enum store_status connection_create(const char *path, const char *vfs, struct str *message)
{
    sqlite3 *db = NULL;
    char *numbers = xasprintf("PRAGMA page_size = %d; PRAGMA application_id = %d; "
                              "PRAGMA user_version = %d",
                              STORE_PAGE_SIZE, STORE_APPLICATION_ID, STORE_VERSION);
    /* Nobody knows the file yet: it is synced once, when it gets its name. */
    const char *unsynced = vfs == NULL ? "PRAGMA synchronous = OFF" : "";
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, &db, flags, vfs);

    if (code == SQLITE_OK)
        code = schema_guard(db);
    if (code == SQLITE_OK)
        code = run(db, numbers);
    if (code == SQLITE_OK)
        code = run(db, unsynced);
    if (code == SQLITE_OK)
        code = set_terms(db);
    if (code == SQLITE_OK)
        code = run(db, unsynced);
    if (code == SQLITE_OK)
        code = schema_create(db);
    if (code == SQLITE_OK)
        code = write_first_rows(db);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK)
        str_addf(message, "'%s' cannot be made: %s", path,
                 db == NULL ? "no memory" : sqlite3_errmsg(db));
    sqlite3_close(db);
    free(numbers);
    return code == SQLITE_OK ? STORE_OK : (code & 0xff) == SQLITE_FULL ? STORE_FULL : STORE_REFUSED;
}

enum store_status connection_convert(const char *path, struct str *message)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (code == SQLITE_OK)
        code = set_terms(db);
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK)
        str_addf(message, "'%s' cannot be made: %s", path, sqlite3_errstr(code));
    sqlite3_close(db);
    return code == SQLITE_OK ? STORE_OK : STORE_REFUSED;
}
