/*
 * store/session_file.c - the session file: opening and closing.
 *
 * Moves   absent -> made under another name, closed, named -> open -> closed in order
 *                                                              \-> stopped -> open
 * A new file is made whole under a name of its own and then renamed, so a kill while it is made
 * leaves no half session.  `is_open` is set by an early commit and cleared by store_close(); a
 * file that is read only is not written at all.
 */
#include "store/session_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/wal.h"

#include "base/mem.h"

static char *beside(const struct store *store, const char *suffix)
{
    return xasprintf("%s%s", store->path, suffix);
}

/* The size of FILE + suffix; -1 when there is no such file. */
static int64_t size_beside(const struct store *store, const char *suffix)
{
    char *name = beside(store, suffix);
    struct stat status;
    int64_t size = lstat(name, &status) == 0 ? (int64_t)status.st_size : -1;

    free(name);
    return size;
}

static enum store_status create_file(struct store *store, bool shared)
{
    char *temporary = xasprintf("%s.new.%ld", store->path, (long)getpid());
    enum store_status status = STORE_REFUSED;

    if (size_beside(store, "-wal") >= 0) {
        str_addf(&store->message,
                 "'%s' is gone but '%s-wal' is there: put the one back, or move the other away",
                 store->path, store->path);
    } else if (file_make(temporary, shared, &store->message) == 0) {
        status = connection_create(temporary, NULL, &store->message);
        if (status == STORE_OK && file_publish(temporary, store->path, &store->message) != 0)
            status = STORE_REFUSED;
        if (status != STORE_OK)
            unlink(temporary);
    }
    free(temporary);
    return status;
}

/* Looks at the file from outside, and makes it when it is to be made. */
static enum store_status find_file(struct store *store, const struct store_options *options)
{
    enum file_nature nature = file_look(store->path, &store->seen, &store->message);
    enum wal_state state;
    char *wal;

    if (nature == FILE_ABSENT && options->create) {
        enum store_status status = create_file(store, options->shared);

        if (status != STORE_OK)
            return status;
        store->opening.created = true;
        nature = file_look(store->path, &store->seen, &store->message);
    }
    if (nature == FILE_ABSENT)
        return store_say(store, STORE_ABSENT, "there is no session '%s'", store->path);
    if (nature == FILE_UNFIT)
        return STORE_REFUSED;
    if (size_beside(store, "-journal") >= 0)
        return store_say(store, STORE_REFUSED,
                         "'%s-journal' lies beside the session, and is not the session's: opening "
                         "would let it overwrite the session; move it away", store->path);
    wal = beside(store, "-wal");
    state = wal_look(wal);
    free(wal);
    store->wal_known = state != WAL_EMPTY;
    if (state == WAL_BROKEN)
        return store_say(store, STORE_DAMAGED,
                         "'%s' is damaged: rows that were saved in '%s-wal' cannot be read",
                         store->path, store->path);
    return STORE_OK;
}

static void note_opening(struct store *store)
{
    struct store_opening *opening = &store->opening;

    opening->wal_missing = store->is_file && store->root.is_open != 0 && !store->wal_known;
    opening->stopped = store->root.is_open != 0 || (store->is_file && store->wal_known);
    opening->acked_branch = store->root.acked_branch;
    opening->acked_seq = store->root.acked_seq;
    store->marked_open = false;
}

static int note_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    struct store *store = context;

    (void)db;
    (void)name;
    store->wal_pages = pages;
    return SQLITE_OK;
}

static enum store_status open_file(struct store *store, const struct store_options *options)
{
    enum store_status status = store->is_file ? find_file(store, options) : STORE_OK;
    struct str reason = STR_INIT;

    if (status != STORE_OK)
        return status;
    if (!store->is_file) {
        store->wal_known = true; /* perhaps; there is no telling */
        if (options->create)
            status = connection_create(store->path, options->vfs, &store->message);
        if (status != STORE_OK)
            return status;
    }
    status = connection_open(store, options->vfs, false);
    if (status != STORE_OK) {
        str_add(&reason, str_text(&store->message));
        store_say(store, status, "'%s' %s: %s", store->path,
                  status == STORE_DAMAGED ? "is damaged" : "cannot be opened", str_text(&reason));
        str_release(&reason);
        return status;
    }
    if (store->read_only)
        store_say(store, STORE_NEWER, "a newer nephoscope wrote '%s': it is only read",
                  store->path);
    note_opening(store);
    sqlite3_wal_hook(store->db, note_wal, store);
    return STORE_OK;
}

static void store_release(struct store *store)
{
    connection_close(store, true);
    for (uint32_t i = 0; i < store->branches.count; i++)
        branch_release(&store->branches.items[i]);
    LIST_RELEASE(&store->branches);
    if (store->reserve >= 0)
        close(store->reserve);
    str_release(&store->message);
    free(store->path);
    free(store);
}

enum store_status store_open(const char *path, const struct store_options *options,
                             struct store **opened, struct str *message)
{
    struct store *store = xcalloc(1, sizeof(*store));
    enum store_status status = STORE_REFUSED;

    file_guard_descriptors();
    store->reserve = -1;
    store->is_file = options->vfs == NULL;
    store->path = store->is_file ? file_canonical(path, &store->message) : xstrdup(path);
    if (store->path != NULL)
        status = open_file(store, options);
    if (status != STORE_OK) {
        str_add(message, str_text(&store->message));
        store_release(store);
        *opened = NULL;
        return status;
    }
    *opened = store;
    return STORE_OK;
}

/* Writes that all is in order, if anything was written at all. */
static bool close_in_order(struct store *store)
{
    struct store_root root = store->root;

    if (store->read_only)
        return root.is_open == 0;
    if (root.is_open == 0)
        return true;
    if (transaction_begin(store) != STORE_OK)
        return false;
    root.is_open = 0;
    return transaction_end(store, &root) == STORE_OK;
}

enum store_status store_close(struct store *store)
{
    bool good;

    if (store == NULL)
        return STORE_OK;
    good = close_in_order(store);
    connection_close(store, !good || store->read_only);
    store_release(store);
    return good ? STORE_OK : STORE_READ_ONLY;
}

const struct store_opening *store_opening(const struct store *store)
{
    return &store->opening;
}

const char *store_path(const struct store *store)
{
    return store->path;
}

bool store_is_read_only(const struct store *store)
{
    return store->read_only;
}

const char *store_message(const struct store *store)
{
    return str_text(&store->message);
}

bool store_setting_find(struct store *store, const char *key, struct str *value)
{
    sqlite3_stmt *row = statement_get(store, SQL_SETTING_READ);
    unsigned char hash[STORE_HASH_SIZE];
    bool found;

    if (row == NULL)
        return false;
    bind_text(row, 1, key);
    found = sqlite3_step(row) == SQLITE_ROW && setting_row_read(row, value, hash);
    sqlite3_reset(row);
    return found;
}

enum store_status store_progress_each(struct store *store, const char *lesson,
                                      void (*visit)(void *context, const struct store_progress *),
                                      void *context)
{
    sqlite3_stmt *row = statement_get(store, SQL_PROGRESS_EACH);
    unsigned char hash[STORE_HASH_SIZE];
    struct store_progress progress;
    int code = SQLITE_CORRUPT;

    while (row != NULL && (code = sqlite3_step(row)) == SQLITE_ROW
           && progress_row_read(row, &progress, hash)) {
        if (lesson == NULL || strcmp(lesson, progress.lesson) == 0)
            visit(context, &progress);
    }
    sqlite3_reset(row);
    if (code != SQLITE_DONE)
        return store_say(store, STORE_DAMAGED, "the progress in '%s' is damaged", store->path);
    return STORE_OK;
}

/* The chain is checked from the first line read to the end that the session's row knows; the line
 * before the first gives what it begins with. */
enum store_status store_history_each(struct store *store, int64_t max,
                                     void (*visit)(void *context, const char *line, size_t length),
                                     void *context)
{
    sqlite3_stmt *row = statement_get(store, SQL_HISTORY_EACH);
    int64_t first = store->root.history_count > max ? store->root.history_count - max : 0;
    int64_t wanted = first == 0 ? 1 : first;
    unsigned char chain[STORE_HASH_SIZE] = { 0 };
    unsigned char stored[STORE_HASH_SIZE];
    int64_t id;

    if (row == NULL)
        return STORE_DAMAGED;
    sqlite3_bind_int64(row, 1, wanted);
    while (sqlite3_step(row) == SQLITE_ROW && column_int(row, 0, &id) && id == wanted
           && column_blob(row, 2, stored, sizeof(stored))
           && sqlite3_column_type(row, 1) == SQLITE_BLOB) {
        const char *line = sqlite3_column_blob(row, 1);
        size_t length = (size_t)sqlite3_column_bytes(row, 1);

        if (id == first) {
            memcpy(chain, stored, sizeof(chain));
            wanted++;
            continue;
        }
        history_next(chain, line, length);
        if (memcmp(chain, stored, sizeof(chain)) != 0)
            break;
        wanted++;
        visit(context, line == NULL ? "" : line, length);
    }
    sqlite3_reset(row);
    if (wanted != store->root.history_count + 1
        || memcmp(chain, store->root.history_chain, sizeof(chain)) != 0)
        return store_say(store, STORE_DAMAGED, "the typed lines in '%s' are damaged", store->path);
    return STORE_OK;
}
