/*
 * store/branch.h - branches of a session: their journals and checkpoints.
 *
 * A branch is a way that the world went: a seed, and the rows that happened.  A fork shares the
 * rows of its parent up to parent_seq and goes on with numbers of its own from there, so row k of a
 * branch is found in it or in an ancestor:
 *
 *     sandbox   1  2  3  4  5  6          rewind to 4 = a fork at (sandbox, 4)
 *     again              \ 5  6  7
 *
 * Nothing is ever rewritten.  Each row carries a hash of itself and all before it, the branch's
 * beginning included; reading checks it.
 */
#ifndef STORE_BRANCH_H
#define STORE_BRANCH_H

#include "base/str.h"
#include "store/record.h"

/* Borrowed until the next commit. */
size_t store_branch_count(const struct store *store);
const struct store_branch *store_branch_at(const struct store *store, size_t index);
const struct store_branch *store_branch_find(const struct store *store, int64_t id);
/* The one that it forked from, through all its ancestors; its own id when it is no fork. */
int64_t store_branch_root(const struct store *store, int64_t id);
/* The branch that commands act on; NULL when none was begun yet. */
const struct store_branch *store_branch_current(const struct store *store);

struct store_journal;

/* Reads the rows first..last of a branch (last 0: up to its head), its ancestors' included.  NULL
 * with store_message() when there is no such branch or range. */
struct store_journal *store_journal_open(struct store *store, int64_t branch, int64_t first,
                                         int64_t last);
/* True and a row; false at the end or when the next row is damaged. */
bool store_journal_next(struct store_journal *journal, struct store_entry *entry);
/* STORE_OK, or STORE_DAMAGED with the message in the store; frees it. */
enum store_status store_journal_close(struct store_journal *journal);

/* Writes the next STORE_SLICE bytes; *done when the checkpoint counts.  Commits may come between
 * two slices.  Whatever fails, an unfinished checkpoint is no checkpoint. Beginning another one
 * gives up the unfinished: its next step is STORE_WRONG. */
enum store_status store_checkpoint_step(struct store *store, struct store_checkpoint *checkpoint,
                                        bool *done);
/* All slices at once. */
enum store_status store_checkpoint_write(struct store *store, int64_t branch, int64_t seq,
                                         const struct str *state);
/* The latest checkpoint of the branch at or before `seq` whose bytes are whole, its ancestors'
 * included: fills `state`, returns its seq, or -1 when there is none. */
int64_t store_checkpoint_read(struct store *store, int64_t branch, int64_t seq, struct str *state);
/* The greatest seq of a checkpoint of the branch, not looking at ancestors; -1 when none. */
int64_t store_checkpoint_last(struct store *store, int64_t branch);
/* Drops checkpoints as they age: the last four stay, and before them one for each doubling of the
 * distance from the head. */
enum store_status store_checkpoint_thin(struct store *store, int64_t branch);

#endif
