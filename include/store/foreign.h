/*
 * store/foreign.h - a session file of somebody else: copied first, then read; never written.
 *
 * Whoever holds the file goes on with it and is not waited for: one moment of FILE and FILE-wal is
 * copied byte by byte into a folder that only we can enter, and that copy is opened, proved whole
 * and at once deprived of its names, so that nothing is left behind, whatever becomes of us.
 */
#ifndef STORE_FOREIGN_H
#define STORE_FOREIGN_H

#include <stdint.h>

#include "base/str.h"
#include "store/record.h"

enum { STORE_FOREIGN_BYTES_MAX = 256 << 20 }; /* of FILE and FILE-wal, each */

/* What was found beside the contents. */
struct store_foreign {
    int64_t holder; /* the process that has the file open; 0: nobody, or it cannot be told */
    int64_t bytes;  /* of FILE and FILE-wal together */
};

/*
 * Opens a copy, to be closed with store_close(); nothing can be committed to it.  On failure *store
 * is NULL and the message is one sentence: STORE_ABSENT; STORE_REFUSED for a folder, a link, a
 * pipe, a file that is too large or no session; STORE_NEWER; STORE_DAMAGED; STORE_BUSY when the
 * file changed each time while it was copied.  The path stands in the message as it was given:
 * sanitise at the sink.
 */
enum store_status store_foreign_open(const char *path, struct store **store,
                                     struct store_foreign *found, struct str *message);

#endif
