/*
 * shell/again.h - the rows of a session file, done again one by one, in a session in memory.
 *
 * From a branch's beginning in a fresh world, by what its rows say and nothing else: checkpoints
 * are not looked at.  The file is only read; what is done in the session in between changes that
 * copy, until again_go() leads back to what the rows made.
 */
#ifndef SHELL_AGAIN_H
#define SHELL_AGAIN_H

#include "base/list.h"
#include "shell/session.h"

/* A state that was passed, to come back to. */
struct again_mark {
    int64_t branch; /* the one that holds the row */
    int64_t seq;
    struct str state;
};

struct again {
    struct session *session; /* owned; its hooks are the caller's to set */
    struct store *store;     /* borrowed */
    int64_t branch;          /* where it stands; 0: nowhere yet */
    int64_t seq;
    struct store_journal *rows; /* of the branch, behind `next`; NULL: none is being read */
    struct store_entry next;    /* the next row; seq 0: not read yet */
    struct str bytes;           /* its payload */
    LIST(struct again_mark) marks;
    size_t marks_size; /* bytes */
};

/* 0, or -1 with a sentence.  The store outlives it. */
int again_open(struct again *again, const struct catalog *catalog, struct store *store,
               struct str *why);
void again_release(struct again *again);

/*
 * Goes to where the branch was after a row (0: its root's beginning), from the nearest state that
 * was passed before.  0; -1 with a sentence, or without one when it was interrupted.  No row of
 * what is passed is told.
 */
int again_go(struct again *again, int64_t branch, int64_t seq, struct str *why);
/* The next row of this branch; NULL behind the last, or, with a sentence, when it is damaged.
 * Borrowed until the next call for `again`. */
const struct store_entry *again_next(struct again *again, struct str *why);
/* Does that row again: time passes to it first.  0; -1 with a sentence, or without one when it was
 * interrupted: then call it again. */
int again_step(struct again *again, struct str *why);
/* Remembers the present state, to come back to quickly; the session must be as its rows made it. */
void again_mark(struct again *again);

/*
 * One branch as it was after a row (-1: its head), in a session of its own, in memory; by way of
 * the last checkpoint.  0 with *session to be closed with session_close(), or -1 with a sentence.
 */
int again_session(const struct catalog *catalog, struct store *store, int64_t branch, int64_t seq,
                  struct session **session, struct str *why);

#endif
