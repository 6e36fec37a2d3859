/*
 * store/record.h - what goes into a session file and comes out of it.
 *
 * The words of the doors store/session_file.h, store/branch.h and store/rescue.h.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_status {
    STORE_OK = 0,
    STORE_ABSENT,    /* there is no such file, and it was not to be made */
    STORE_REFUSED,   /* not a file that can be a session: the message says why */
    STORE_BUSY,      /* another process has it open: the message names it */
    STORE_NEWER,     /* written by a newer program; left as it is */
    STORE_DAMAGED,   /* what is read is not what was written */
    STORE_FULL,      /* the disk is full: nothing was changed; later commits may work again */
    STORE_READ_ONLY, /* nothing more can be saved here: the message says why; export still works */
    STORE_WRONG,     /* the rows make no sense together; nothing was changed */
};

/* How the file was found. */
struct store_opening {
    bool created;         /* it is new: no branch yet */
    bool stopped;         /* the last program that wrote it did not close it: killed, a power cut */
    bool wal_missing;     /* its companion file FILE-wal was taken away; what was in it is lost */
    int64_t acked_branch; /* after a stop: the last place surely acknowledged; 0 when not known */
    int64_t acked_seq;
};

enum store_row_type {
    STORE_JOURNAL = 1, /* branch, sim_time, kind, bytes; gives seq */
    STORE_SETTING,     /* key, bytes; NULL bytes remove it */
    STORE_PROGRESS,    /* lesson, step, key, bytes; NULL bytes remove it */
    STORE_HISTORY,     /* bytes: a line */
    STORE_BRANCH,      /* begun: a new branch, made current; gives branch */
    STORE_CURRENT,     /* branch becomes the current one */
    STORE_RENAME,      /* branch is called key from now on */
};

/* A new branch: a root with a seed, or a fork of what another branch was after its row
 * `parent_seq`. */
struct store_begin {
    const char *name;
    const char *lesson; /* "" for none */
    const char *region;
    uint64_t seed;
    int64_t parent;     /* 0 for a root */
    int64_t parent_seq; /* 0 for a root, or for a fork of the very beginning */
    int64_t created;    /* simulated time */
};

/* One change.  Fields that its type does not name are ignored. */
struct store_row {
    enum store_row_type type;
    uint32_t kind;
    int64_t branch;   /* 0: the current one, also when begun or chosen earlier in this commit */
    int64_t seq;      /* out */
    int64_t sim_time;
    const void *bytes; /* borrowed */
    size_t size;
    const char *key;
    const char *lesson;
    const char *step;
    const struct store_begin *begun;
};

enum {
    STORE_PAYLOAD_MAX = 16 << 20, /* bytes of one row */
    STORE_NAME_MAX = 1024,        /* bytes of a key, name, lesson or step */
};

struct store_progress {
    const char *lesson;
    const char *step;
    const char *key;
    const char *bytes;
    size_t size;
};

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

/* One row of a journal.  The payload is borrowed until the next call for the same journal. */
struct store_entry {
    int64_t seq;
    int64_t sim_time;
    uint32_t kind;
    const void *bytes;
    size_t size;
};

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

#endif
