/*
 * shell/session.h - a session at work: one world, the file that keeps it, and how time passes.
 *
 * Everything that changes the branch goes through here, in the order of RELIABILITY part 1: apply,
 * make durable, and only then tell.  When a row cannot be made durable the world is put back to
 * what the file holds, so that nobody sees what a stop would take away.
 *
 * Rows of the journal: an operation with its parameters, a variable, a file, the clock.  Each has
 * the simulated time at which it happened; doing them again from the last checkpoint gives the same
 * state (RELIABILITY I2).
 */
#ifndef SHELL_SESSION_H
#define SHELL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "api/command.h"
#include "api/tray.h"
#include "base/str.h"
#include "cloud/world.h"
#include "shell/logbook.h"
#include "shell/variables.h"
#include "store/branch.h"
#include "store/session_file.h"

enum {
    SESSION_SLICE_EVENTS = 20000, /* about 2 ms of simulating between two looks at the keyboard */
    SESSION_CHECKPOINT_COMMANDS = 256, /* rows after which the whole state is saved */
    SESSION_CHECKPOINT_EVENTS = 1000000, /* or events: what is done again in half a second */
};

/* What the floor above does while time passes. */
struct session_hooks {
    void *context;
    /* Called between slices; `what` is waited for, until `until`.  Non-zero: the person pressed
     * Ctrl-C. */
    int (*waiting)(void *context, const char *what, int64_t until);
    /* Called after each command, and, while the session is `watched`, when simulated time has come
     * to a whole second; NULL: nobody looks. */
    void (*second)(void *context);
};

struct session {
    const struct catalog *catalog; /* borrowed */
    struct world *world;           /* owned */
    struct store *store;           /* owned; NULL: nothing is kept */
    struct variables variables;
    struct commander commander;
    struct file_source files;
    struct session_hooks hooks;
    const char *(*environment)(const char *name);
    char *learner;      /* whose it is, in a class; owned; NULL: nobody's */
    bool watched;       /* hooks.second is for every second: a lesson runs */
    bool person;        /* the branch is no lesson's: a person's lines may reach the folder */
    int64_t prepared;   /* rows up to here were made for the person: `undo` leaves them */
    bool instructed;    /* an instructor sent what runs now: the logbook says so */
    unsigned brought;   /* while it is not 0, lines run that a file of the branch or a lesson has */
    int64_t saved_time; /* simulated time that the journal knows of */
    int64_t row_branch; /* of the last committed row */
    int64_t row_seq;
    uint32_t rows_unsaved; /* committed since the last checkpoint */
    uint64_t events_saved; /* how many the world had run at the last checkpoint */
    struct str state;      /* a checkpoint that is being written */
    struct store_checkpoint checkpoint;
    bool checkpointing;
    const struct fault_kind *last_fault; /* the last refusal, for `explain`; NULL: none yet */
    struct str last_message;             /* its text */
    uint64_t refusals;                   /* how many there were */
    const struct op *last_write; /* the last that changed something while watched; NULL: none yet */
    json_t *last_answer;         /* what it answered; owned */
    struct tray tray;
    int64_t (*wall)(void); /* ms since 1970, for the logbook; NULL: nobody knows */
    struct session_lines {
        LIST(struct str) items; /* entries of the logbook that no commit has taken along yet */
    } lines;
    bool wrote; /* something was committed since it was opened */
};

struct session_options {
    const char *path; /* NULL: in memory only */
    bool seed_given;
    uint64_t seed;
    const char *learner; /* whose it is to be, in a class's folder; NULL: nobody's */
    const char *region; /* NULL: us-east-1, or the branch's own */
    bool *damaged; /* out: set when a copy up to the last good command may be made; may be NULL */
    /* AWS_REGION and its like, where no variable of the session says otherwise; NULL: not looked
     * at. */
    const char *(*environment)(const char *name);
};

/* Opens or creates.  0 with *session to be closed by session_close(); or an exit code (252, 255)
 * with a sentence in `why`. `notice` gets a line for the person when the last stop was not an
 * orderly one. */
int session_open(const struct catalog *catalog, const struct session_options *options,
                 struct session **session, struct str *notice, struct str *why);
/* Saves the state and closes.  0, or -1 with a sentence when that failed (nothing acknowledged is
 * lost). */
int session_close(struct session *session, struct str *why);

/* May the line that runs reach what lies outside: files of the folder, programs after `|`?  Only a
 * person's own may, in a branch that is no lesson's. */
bool session_is_person(const struct session *session);

/* Lets time pass to `until`; 0, or -1 when interrupted (time stands where it was then). */
int session_advance(struct session *session, int64_t until, const char *what);
/* Makes the present simulated time durable, if it is not. 0 or -1 with a sentence. */
int session_save_time(struct session *session, struct str *why);
/* All answers so far were given. */
void session_acknowledge(struct session *session);
/* For moments without work: one slice of a due checkpoint, moving the WAL.  True while there is
 * more to do. */
bool session_idle(struct session *session);

/* Sets a variable of the branch (NULL removes), durably.  0 or -1 with a sentence. */
int session_set_variable(struct session *session, const char *name, const char *value,
                         struct str *why);
/* The value, or NULL; AWS_REGION, AWS_PROFILE and AWS_DEFAULT_OUTPUT act at once. */
const char *session_variable(const struct session *session, const char *name);
/* Writes a file of the branch, durably; NULL bytes remove it. */
int session_set_file(struct session *session, const char *name, const char *bytes, size_t size,
                     struct str *why);

/* The sentence for who asks for branches where there is no file. */
extern const char session_no_branches[];
/* Begins a branch from the current one after its row `seq` (0: its beginning) and goes to it. */
int session_fork(struct session *session, const char *name, int64_t seq, struct str *why);
/* Begins a new branch with a world of its own (a lesson's), and goes to it. */
int session_begin(struct session *session, const struct store_begin *begin, struct str *why);
/* Goes to a branch that is there. */
int session_switch(struct session *session, int64_t branch, struct str *why);
/* Where it stands now: branch, row, simulated time; in memory all but the time is 0. */
struct logbook_place session_place(const struct session *session);
/* Notes in the logbook that a line was run, since `before`.  It is written with the next row, so
 * that nobody waits for it; a session outside of lessons in which nothing but looking was done
 * leaves no lines. */
void session_note_line(struct session *session, const char *line,
                       const struct logbook_place *before, int status);
/* Commits rows that are none of the journal, and before them the lines that wait; as
 * store_commit(). */
enum store_status session_commit(struct session *session, struct store_row *rows, size_t count);
/* Does a row of some journal again, in a session in memory: lets time pass to it first, as
 * session_advance() does.  0; -1 with a sentence, or without one when it was interrupted. */
int session_redo(struct session *session, const struct store_entry *entry, struct str *why);
/* Makes a session in memory what a branch of some store was after a row (-1: its head).  0 or -1
 * with a sentence. */
int session_load(struct session *session, struct store *store, int64_t branch, int64_t seq,
                 struct str *why);
/* For a session in memory, which has no branches: appends its whole state, and puts the session
 * back to one (0, or -1 with a sentence). */
void session_keep(const struct session *session, struct str *state);
int session_return(struct session *session, const struct str *state, struct str *why);
/* The last row of the current branch; 0 in memory. */
int64_t session_seq(const struct session *session);

/* What an instructor sent has arrived: journals it (JSON: shell/journal.h), and with it, in one
 * transaction, that it has: settings of the file.  0 or -1 with a sentence. */
struct session_setting {
    const char *key;
    const char *value; /* NULL removes it */
};
enum { SESSION_SETTINGS_MAX = 2 };
int session_add_arrival(struct session *session, const char *text,
                        const struct session_setting *settings, size_t count, struct str *why);
/* Sets settings of the file, all or none.  The same. */
int session_set_settings(struct session *session, const struct session_setting *settings,
                         size_t count, struct str *why);

#endif
