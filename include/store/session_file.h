/*
 * store/session_file.h - the session file: opening, committing, closing.
 *
 * A session is one SQLite file.  It holds branches, each with a journal of what was acknowledged
 * and checkpoints (store/branch.h); the settings; lesson progress; the lines that were typed.  What
 * the bytes mean is the caller's business: the store keeps them, in order, and never gives back
 * bytes other than it was given.
 *
 *   validate -> store_commit() -> apply -> print -> store_acknowledge()
 *
 * store_commit() returns STORE_OK only when all rows are on the disk; never print before.  After a
 * kill or a power cut what was committed is there, and what was being committed is there wholly or
 * not at all.
 *
 * Whatever went wrong, the text is one sentence for a person, without a full stop at the end.
 */
#ifndef STORE_SESSION_FILE_H
#define STORE_SESSION_FILE_H

#include "base/str.h"
#include "store/record.h"

struct store_options {
    bool create;     /* make the file when it is absent */
    bool shared;     /* a file that is made may be read by its group: it lies in a class's folder */
    const char *vfs; /* for tests: a SQLite VFS by name; the file is not looked at from outside */
};

/* Opens a session file, alone: nobody else can have it open.  On failure *store is NULL and the
 * message tells why.  Refused: symbolic links, anything but a regular file, files with a second
 * name, network file systems, other programs' files, empty files, schemas that are not exactly
 * ours. A newer program's file is opened read-only if its tables are ours, else refused
 * (STORE_NEWER). */
enum store_status store_open(const char *path, const struct store_options *options,
                             struct store **store, struct str *message);
/* Writes that the session was left in order, and closes.  Not STORE_OK when that could not be
 * saved: nothing committed is lost, the next opening only looks like one after a stop.  NULL is
 * fine. */
enum store_status store_close(struct store *store);

const struct store_opening *store_opening(const struct store *store);
/* The absolute path. */
const char *store_path(const struct store *store);
bool store_is_read_only(const struct store *store);
/* What went wrong last; "" when nothing did. */
const char *store_message(const struct store *store);

/* Makes all rows durable in one transaction, or none.  STORE_FULL, STORE_READ_ONLY or STORE_WRONG
 * (with store_message()) when refused. */
enum store_status store_commit(struct store *store, struct store_row *rows, size_t count);

/* Notes that the answer to this row was given.  It is written with the next commit, and when
 * closing; so after a stop `opening` names the last row that was surely answered, and rows after it
 * "were saved before the stop". */
void store_acknowledge(struct store *store, int64_t branch, int64_t seq);

/* For idle moments: moves what was committed from FILE-wal into FILE. */
void store_idle(struct store *store);

/* Reads a setting into `value`, replacing it; false when there is none. */
bool store_setting_find(struct store *store, const char *key, struct str *value);

/* Visits the progress of a lesson (NULL: of all) in the order of lesson, step, key.  The texts are
 * borrowed until the visit returns. */
enum store_status store_progress_each(struct store *store, const char *lesson,
                                      void (*visit)(void *context, const struct store_progress *),
                                      void *context);
/* Visits the last `max` typed lines, oldest first. */
enum store_status store_history_each(struct store *store, int64_t max,
                                     void (*visit)(void *context, const char *line, size_t length),
                                     void *context);

#endif
