/*
 * store/inside.h - the insides of an open session file, for the rooms of this wing.
 *
 * What guards the bytes:
 *
 *     journal       a chain of hashes per branch; its end is in the branch's row
 *     history       a chain of hashes; its end is in the session's row
 *     branches, settings, progress, checkpoints
 *                   a digest in each row, and the total of all digests in the session's row
 *     session       one row with a digest of itself and of the file's identity
 *
 * The identity is written once and never again, so FILE-wal never holds it: the FILE-wal of another
 * session, laid beside this one, makes the digest wrong.
 *
 * So a row that changed, came or went is seen, also when SQLite finds the pages in good order.
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <sqlite3.h>

#include "base/list.h"
#include "base/str.h"
#include "store/digest.h"
#include "store/file.h"
#include "store/record.h"

enum {
    STORE_APPLICATION_ID = 0x6e657068, /* "neph" */
    STORE_VERSION = 1,                 /* of the tables */
    STORE_PAGE_SIZE = 4096,
    STORE_IDENTITY_SIZE = 16,
    STORE_SEQ_BITS = 40, /* a row's place is its branch and its seq in one integer */
    STORE_RESERVE = 1 << 20,
    STORE_WAL_PAGES = 1000, /* moved into the file when there are more */
    STORE_SETTLED = 8,      /* commits after which a program is thought to stay */
};

#define STORE_SEQ_MAX ((INT64_C(1) << STORE_SEQ_BITS) - 1)
#define STORE_BRANCH_MAX (INT64_C(1) << 22)

/* The one row of the table session. */
struct store_root {
    unsigned char identity[STORE_IDENTITY_SIZE]; /* of this file */
    int64_t current;                             /* branch; 0: none yet */
    int64_t is_open;                             /* 1 from an early commit to an orderly close */
    int64_t acked_branch;
    int64_t acked_seq;
    int64_t history_count;
    unsigned char history_chain[STORE_HASH_SIZE];
    unsigned char total[STORE_HASH_SIZE];
};

enum store_sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ROOT_READ,
    SQL_ROOT_WRITE,
    SQL_SETTING_READ,
    SQL_SETTING_WRITE,
    SQL_SETTING_DELETE,
    SQL_PROGRESS_READ,
    SQL_PROGRESS_WRITE,
    SQL_PROGRESS_DELETE,
    SQL_PROGRESS_EACH,
    SQL_HISTORY_WRITE,
    SQL_HISTORY_EACH,
    SQL_BRANCH_EACH,
    SQL_BRANCH_WRITE,
    SQL_BRANCH_HEAD,
    SQL_JOURNAL_WRITE,
    SQL_JOURNAL_READ,
    SQL_CHECKPOINT_LAST,
    SQL_CHECKPOINT_EACH,
    SQL_CHECKPOINT_WRITE,
    SQL_CHECKPOINT_DELETE,
    SQL_PART_READ,
    SQL_PART_NEXT,
    SQL_PART_WRITE,
    SQL_PART_DELETE,
    SQL_PART_LOOSE,
    SQL_COUNT,
};

struct store {
    sqlite3 *db;
    char *path; /* absolute */
    bool is_file; /* false with a test's VFS: there is nothing to look at from outside */
    struct file_seen seen;
    struct file_seen wal_seen;
    bool wal_known;
    int reserve; /* descriptor of the reserve, or -1 */
    int wal_pages;
    bool read_only;
    int64_t commits; /* since it was opened */
    int64_t checkpoint_serial; /* of the checkpoint that is being written */
    bool marked_open; /* FILE itself, not only FILE-wal, says that it is open */
    struct store_root root;
    LIST(struct store_branch) branches; /* by id */
    struct store_opening opening;
    struct str message;
    sqlite3_stmt *statements[SQL_COUNT];
};

/* ---- store/statement.c ---- */

/* A prepared statement, reset; NULL with the message set when it cannot be prepared. */
sqlite3_stmt *statement_get(struct store *store, enum store_sql which);
void statements_release(struct store *store);
/* Runs a statement that gives no row and resets it; a SQLite result code. */
int statement_run(sqlite3_stmt *statement);
void bind_hash(sqlite3_stmt *statement, int at, const unsigned char hash[STORE_HASH_SIZE]);
void bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t size);
void bind_text(sqlite3_stmt *statement, int at, const char *text);
/* Reads a blob column of exactly this size; false when it is anything else. */
bool column_blob(sqlite3_stmt *statement, int at, void *into, size_t size);
/* Each wants the type: false when the column holds another. */
bool column_int(sqlite3_stmt *statement, int at, int64_t *value);
bool column_text(sqlite3_stmt *statement, int at, const char **text);

/* ---- store/schema.c ---- */

/* Sets the limits and switches of a fresh connection; SQLite's result. */
int schema_guard(sqlite3 *db);
int schema_create(sqlite3 *db);
/* True when the tables are exactly ours. */
bool schema_is_ours(sqlite3 *db);
/* An integer that a pragma answers; -1 when it does not. */
int64_t schema_pragma(sqlite3 *db, const char *sql);

/* ---- store/rows.c: the guarded rows ---- */

void digest_of_root(const struct store_root *root, unsigned char hash[STORE_HASH_SIZE]);
void digest_of_branch(const struct store_branch *branch, unsigned char hash[STORE_HASH_SIZE]);
void digest_of_setting(const char *key, const void *bytes, size_t size,
                       unsigned char hash[STORE_HASH_SIZE]);
void digest_of_progress(const struct store_progress *progress, unsigned char hash[STORE_HASH_SIZE]);
/* The row of a checkpoint, as it is in its table. */
struct checkpoint_row {
    int64_t place;
    int64_t first_part;
    int64_t parts;
    int64_t size;
    unsigned char state_hash[STORE_HASH_SIZE]; /* of the chain at that row and the state */
};

void digest_of_checkpoint(const struct checkpoint_row *row, unsigned char hash[STORE_HASH_SIZE]);
/* What the chain of a branch begins with; `parent_chain` is the parent's at parent_seq, NULL for a
 * root. */
void chain_begin(const struct store_branch *branch, const unsigned char *parent_chain,
                 unsigned char chain[STORE_HASH_SIZE]);
/* Moves the chain over one row. */
void chain_next(unsigned char chain[STORE_HASH_SIZE], const struct store_entry *entry);
void history_next(unsigned char chain[STORE_HASH_SIZE], const char *line, size_t length);
/* Each reads the row that the statement stands on and checks its digest; false when it is damaged.
 * The texts are borrowed from the statement. */
bool root_read(struct store *store, struct store_root *root);
bool branch_row_read(sqlite3_stmt *statement, struct store_branch *branch,
                     unsigned char hash[STORE_HASH_SIZE]);
bool setting_row_read(sqlite3_stmt *statement, struct str *value,
                      unsigned char hash[STORE_HASH_SIZE]);
bool progress_row_read(sqlite3_stmt *statement, struct store_progress *progress,
                       unsigned char hash[STORE_HASH_SIZE]);
bool checkpoint_row_read(sqlite3_stmt *statement, struct checkpoint_row *row,
                         unsigned char hash[STORE_HASH_SIZE]);
/* Loads the branches that are good, adding their digests to `total`; false when some are not. */
bool rows_load_branches(struct store *store, unsigned char total[STORE_HASH_SIZE]);
/* Loads root and branches and checks every guarded row against the total; STORE_OK or
 * STORE_DAMAGED. */
enum store_status rows_load(struct store *store);

/* ---- store/connection.c ---- */

/* Opens the database at store->path on its own terms (no lock wait, exclusive, WAL, FULL) and
 * checks whose it is.  `unsure` for salvage: leaves the tables' contents unread. */
enum store_status connection_open(struct store *store, const char *vfs, bool unsure);
/* Closes it; what is in FILE-wal stays there when `keep_wal`. */
void connection_close(struct store *store, bool keep_wal);
/* Turns what VACUUM INTO wrote into a file that begins like a session. */
enum store_status connection_convert(const char *path, struct str *message);
/* Makes an empty session at this path, which must be free. */
enum store_status connection_create(const char *path, const char *vfs, struct str *message);

/* ---- store/commit.c ---- */

/* One transaction: begins; ends with `root` written, and makes it the store's; or undoes. */
enum store_status transaction_begin(struct store *store);
enum store_status transaction_end(struct store *store, struct store_root *root);
enum store_status transaction_undo(struct store *store, int code);
/* To be called for the root of each transaction that changes something. */
void mark_open(const struct store *store, struct store_root *root);
/* Says that nothing more can be saved, and why. */
enum store_status store_stop_writing(struct store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets the message and returns the status. */
enum store_status store_say(struct store *store, enum store_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- store/checkpoint.c ---- */

/* As store_checkpoint_read(), but not looking at ancestors. */
int64_t checkpoint_read_own(struct store *store, const struct store_branch *branch, int64_t seq,
                            struct str *state);

/* ---- store/copy.c ---- */

/* What was copied of one branch. */
struct copied {
    int64_t rows;
    int64_t last_seq;
};

/* Copies a branch up to its row `limit` or the last good one before it, with its id and its
 * checkpoints, into a store that has its ancestors already; false when even its beginning is lost
 * there, or with to->read_only when the copy cannot be written. */
bool copy_branch(struct store *from, struct store *to, const struct store_branch *branch,
                 int64_t limit, struct copied *copied);
/* Copies the settings and the progress, each row that is good. */
enum store_status copy_settings(struct store *from, struct store *to);

/* ---- store/branch.c ---- */

static inline int64_t place_of(int64_t branch, int64_t seq)
{
    return (int64_t)((uint64_t)branch << STORE_SEQ_BITS | (uint64_t)seq);
}

struct store_branch *branch_find(const struct store *store, int64_t id);
void branch_release(struct store_branch *branch);
/* The chain after row `seq` of a branch, as the file has it; false when it cannot be read. */
bool branch_chain_at(struct store *store, const struct store_branch *branch, int64_t seq,
                     unsigned char chain[STORE_HASH_SIZE]);
/* The chain that the branch's own rows begin with. */
bool branch_chain_begin(struct store *store, const struct store_branch *branch,
                        unsigned char chain[STORE_HASH_SIZE]);
/* The branch or ancestor that holds row `seq` of this branch (seq 0: the root). */
const struct store_branch *branch_holding(const struct store *store,
                                          const struct store_branch *branch, int64_t seq);

#endif
