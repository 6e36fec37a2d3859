/*
 * store/wal.h - is FILE-wal whole, as far as that can be told?
 */
#ifndef STORE_WAL_H
#define STORE_WAL_H

enum wal_state {
    WAL_EMPTY = 1, /* absent, or without a byte */
    WAL_WHOLE,     /* all there; or its last transaction is cut, as a stop leaves it */
    WAL_BROKEN,    /* transactions that were finished can no longer be read */
};

/* Looks at the file at `path` before SQLite does, which takes a damaged transaction for the end. */
enum wal_state wal_look(const char *path);

#endif
