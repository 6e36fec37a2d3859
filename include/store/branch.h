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

#include "store/session_file.h"

enum { STORE_HASH_SIZE = 32 };

struct store_branch {
    int64_t id; /* from 1 */
    char *name;
    char *lesson; /* "" for the sandbox and its forks */
    char *region;
    uint64_t seed;
    int64_t parent; /* 0: none */
    int64_t parent_seq;
    int64_t created;  /* simulated time */
    int64_t head_seq; /* its last row; parent_seq when it has none of its own */
    unsigned char head_chain[STORE_HASH_SIZE];
};

/* Borrowed until the next commit. */
size_t store_branch_count(const struct store *store);
const struct store_branch *store_branch_at(const struct store *store, size_t index);
const struct store_branch *store_branch_find(const struct store *store, int64_t id);
/* The branch that commands act on; NULL when none was begun yet. */
const struct store_branch *store_branch_current(const struct store *store);

/* One row of a journal.  The payload is borrowed until the next call for the same journal. */
struct store_entry {
    int64_t seq;
    int64_t sim_time;
    uint32_t kind;
    const void *bytes;
    size_t size;
};

struct store_journal;

/* Reads the rows first..last of a branch (last 0: up to its head), its ancestors' included.  NULL
 * with store_message() when there is no such branch or range. */
struct store_journal *store_journal_open(struct store *store, int64_t branch, int64_t first,
                                         int64_t last);
/* True and a row; false at the end or when the next row is damaged. */
bool store_journal_next(struct store_journal *journal, struct store_entry *entry);
/* STORE_OK, or STORE_DAMAGED with the message in the store; frees it. */
enum store_status store_journal_close(struct store_journal *journal);

/* Saving a state goes in slices, so that a key is answered in between. */
struct store_checkpoint {
    int64_t branch;
    int64_t seq;       /* the state after this row; 0 for the beginning */
    const void *state; /* borrowed until done */
    size_t size;
    size_t written; /* how much is there; begin with 0 */
    int64_t serial;    /* the store's */
    int64_t first_part; /* the store's */
};

enum { STORE_SLICE = 256 << 10 };

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
