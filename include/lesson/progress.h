/*
 * lesson/progress.h - how far a learner is in a lesson: which checks were achieved, and when.
 *
 * Time is simulated time.  What was achieved stays achieved, through rewind, stop and kill: each
 * achievement is a row of the session file at once (in memory only, where there is no file, or one
 * that takes no more).  A promise that was broken (`never`) is whole again when a rewind goes back
 * before it.
 */
#ifndef LESSON_PROGRESS_H
#define LESSON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "lesson/parse.h"

struct session;
struct store;

struct progress_check {
    const struct check *check; /* borrowed from the lesson */
    struct condition_watch *watch; /* owned */
    bool achieved;             /* as far as the step's end asks for it */
    bool broken;               /* CHECK_NEVER: it happened */
    int64_t since;             /* CHECK_HOLD: since when it holds; -1: it does not */
};

/* One row of the session file. */
struct progress_row {
    char *step; /* owned, as are the others */
    char *key;
    char *value;
};

struct progress {
    struct store *store;            /* borrowed; NULL: in memory only */
    struct session *session;        /* that has the store open; borrowed; NULL: none */
    const struct lesson *lesson;    /* borrowed */
    const struct lesson_step *step; /* NULL: in none */
    bool complete;                  /* the step is done, for good */
    LIST(struct progress_check) checks; /* of the step */
    LIST(struct progress_row) rows;
};

/* Begins with what the store knows of the lesson. */
void progress_open(struct progress *progress, struct store *store, const struct lesson *lesson);
void progress_close(struct progress *progress);
/* Forgets everything: the lesson begins anew. */
void progress_forget(struct progress *progress);
/* Goes to a step; `now` is when it began, unless it was begun before. */
void progress_enter(struct progress *progress, const struct lesson_step *step, int64_t now);
/* Looks at the step's checks.  Returns how many were achieved just now, or 1 when the step became
 * complete. */
unsigned progress_look(struct progress *progress, const struct session *session);
/* The first check that is still missing; NULL when there is none. */
const struct progress_check *progress_missing(const struct progress *progress);

/* Is the check achieved, and when?  What is only asked for at the step's end counts with it. */
bool progress_is_achieved(const struct progress *progress, const struct lesson_step *step,
                          const struct check *check, int64_t *when);
/* A time box is over: what is achieved now was in time, which stays noted until the lesson is begun
 * anew. */
void progress_end_counting(struct progress *progress);
/* Was it achieved when the last time box was over? */
bool progress_was_counted(const struct progress *progress, const struct lesson_step *step,
                          const struct check *check);

/* Keys of notes that others read too: when the step was begun, and done; how many hints were shown;
 * which text of the lesson it is; that the step was done for the learner, by `solve` or on the way
 * of a jump; and of the whole lesson (step ""), the branch from which a jump began it anew, and
 * what was achieved when a time box was over. */
extern const char progress_key_begun[];
extern const char progress_key_done[];
extern const char progress_key_hints[];
extern const char progress_key_lesson[];
extern const char progress_key_given[];
extern const char progress_key_jumped[];
extern const char progress_key_counted[];

/* Notes of the floor's own, kept with the rest.  NULL when there is none; borrowed. */
const char *progress_note(const struct progress *progress, const char *step, const char *key);
void progress_set_note(struct progress *progress, const char *step, const char *key,
                       const char *value);

#endif
