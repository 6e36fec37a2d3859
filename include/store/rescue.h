/*
 * store/rescue.h - proving a session file whole, copying it, and copying what is whole of it.
 */
#ifndef STORE_RESCUE_H
#define STORE_RESCUE_H

#include "base/str.h"
#include "store/record.h"

/* Reads everything: pages, rows, every chain, every checkpoint.  STORE_OK, or STORE_DAMAGED with
 * store_message() naming the first place. */
enum store_status store_verify(struct store *store);

/* Writes a new session file, which must not exist: one branch with the ancestors' rows that it
 * stands on, the settings and the progress; or, with branch 0, everything.  Works on a read-only
 * store. */
enum store_status store_export(struct store *store, int64_t branch, const char *path);

struct store_salvaged {
    int64_t branches;      /* copied */
    int64_t branches_lost; /* not even begun to copy */
    int64_t rows;          /* copied */
    int64_t rows_lost;     /* known to have been there */
    int64_t last_branch;   /* the current branch of the copy; 0 when there is none */
    int64_t last_seq;
};

/* Copies what is whole of a damaged file to a new one, which must not exist; each branch up to its
 * last good row.  The damaged file is not touched. */
enum store_status store_salvage(const char *path, const char *new_path,
                                struct store_salvaged *salvaged, struct str *message);

#endif
