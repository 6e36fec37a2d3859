/*
 * shell/logbook.h - what a person did, in the order in which it was done: lines, and how lessons
 * went.
 *
 * The journal says how the world came about; the logbook says who asked for it, and how.  It is no
 * part of any state: rewinding leaves it as it is, so that a whole run can be told later, with what
 * only looked, what was refused and what was undone.  Each entry names the row of the journal at
 * which it stands.
 *
 * An entry lies in the session file as a row of its history: one JSON object.
 */
#ifndef SHELL_LOGBOOK_H
#define SHELL_LOGBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"

struct store;

enum { LOGBOOK_LINE_MAX = 64 << 10 }; /* bytes of a line that are kept */

/* Where a branch stood. */
struct logbook_place {
    int64_t branch;
    int64_t seq;
    int64_t time; /* simulated; may lie after that of the row */
};

struct logbook_entry {
    char *line;                  /* as it was run; NULL: a note.  Owned, as all texts are */
    struct logbook_place before; /* of a line; of a note without its time */
    struct logbook_place after;  /* of a line */
    int64_t wall_ms; /* when the line had been run, since 1970; 0: not known */
    int status;      /* its exit code */
    bool instructed; /* an instructor sent it, nobody typed it */
    char *lesson;    /* of a note (lesson/progress.h) */
    char *step;
    char *key;
    char *value; /* NULL: it was removed */
};

struct logbook {
    LIST(struct logbook_entry) entries;
};

/* Append the bytes of one entry. */
void logbook_write_line(struct str *out, const struct logbook_entry *entry);
void logbook_write_note(struct str *out, const struct logbook_entry *entry);

/* Reads all entries of a session file; what is none is passed over.  False when the rows are
 * damaged (what was read before them stays).  To be released. */
bool logbook_read(struct logbook *logbook, struct store *store);
void logbook_release(struct logbook *logbook);

#endif
