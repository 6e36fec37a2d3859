/*
 * shell/journal.h - what the rows of a session's journal mean: writing them, and doing them again.
 *
 * Only shell/session.c does rows again through this door.
 */
#ifndef SHELL_JOURNAL_H
#define SHELL_JOURNAL_H

#include <stddef.h>

#include "api/command.h"
#include "base/str.h"
#include "shell/variables.h"

struct catalog;
struct store;
struct store_entry;

/* What a branch's rows make: all that goes back with rewind. */
struct journal_state {
    struct world *world; /* owned */
    struct variables variables;
};

/* Saved in session files: append only. */
enum journal_kind {
    JOURNAL_CALL = 1,     /* an operation, as JSON */
    JOURNAL_CLOCK = 2,    /* nothing but time passed */
    JOURNAL_VARIABLE = 3, /* name, NUL, 1 and the value, or 0 */
    JOURNAL_FILE = 4,     /* name, NUL, 1 and the bytes, or 0 */
    JOURNAL_ARRIVAL = 5,  /* what an instructor sent (JSON: lesson/class_post.h); changes nothing */
};

void journal_write_call(struct str *out, const struct command_record *record);
void journal_write_variable(struct str *out, const char *name, const char *value);
void journal_write_file(struct str *out, const char *name, const char *bytes, size_t size);

/* Appends the whole state of the branch: the world, the variables, the files. */
void journal_pack(const struct journal_state *state, struct str *out);
/* The state from what journal_pack() appended: 0 with a state to be released by the caller, or -1
 * with a sentence. */
int journal_unpack(const struct catalog *catalog, const struct str *bytes,
                   struct journal_state *state, struct str *why);
/* Does one row again: time passes to it, then it happens.  0, or -1 with a sentence. */
int journal_redo(struct journal_state *state, const struct store_entry *entry, struct str *why);
/* Makes the state of the store's current branch at its head: from the last whole checkpoint, the
 * rows after it are done again; *redone is their number.  0 with a state to be released by the
 * caller, or -1 with a sentence and nothing to release. */
int journal_restore(const struct catalog *catalog, struct store *store, struct journal_state *state,
                    uint32_t *redone, struct str *why);
/* The same for any branch after any row of it. */
struct journal_place {
    int64_t branch;
    int64_t seq;
};
int journal_restore_at(const struct catalog *catalog, struct store *store,
                       const struct journal_place *place, struct journal_state *state,
                       struct str *why);
void journal_state_release(struct journal_state *state);

/* A regular file of up to 1 MiB from the folder, never blocking (RELIABILITY 4.4); NULL with the
 * reason in Python's words. */
char *journal_read_folder(const char *path, size_t *size, struct str *reason);

#endif
