/*
 * lesson/check.h - one condition of a lesson's step, and whether it holds.
 *
 *   ID [ever|now|hold TIME|never|within TIME [after ID]] : COMMAND OP [VALUE] else "TEXT"
 *
 * COMMAND is a read operation as a person would type it, with --query: the learner's own door, so
 * that whatever way led to the state is right.  $NAME is filled in when it is looked at, and so is
 * $(another read operation).  Nothing here can change the cloud: an operation that writes, lasts or
 * waits is refused when the lesson is read, and again when the check is looked at.
 *
 * A check of which the command is refused (no such group...) does not hold.
 */
#ifndef LESSON_CHECK_H
#define LESSON_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/list.h"
#include "base/words.h"

struct arena;
struct op;
struct session;
struct str;

enum check_mode {
    CHECK_EVER,   /* achieved once is achieved for good */
    CHECK_NOW,    /* holds at the step's end */
    CHECK_HOLD,   /* has held for `duration` at the step's end */
    CHECK_NEVER,  /* was never true during the step */
    CHECK_WITHIN, /* achieved at most `duration` after the step's beginning, or after a check */
};

enum check_test {
    CHECK_EQUAL,
    CHECK_UNEQUAL,
    CHECK_LESS,
    CHECK_AT_MOST,
    CHECK_GREATER,
    CHECK_AT_LEAST,
    CHECK_IN,      /* the value is a list that has it */
    CHECK_MATCHES, /* a text, with * and ? in the value */
    CHECK_HAS,     /* a list with the value, or a text with it inside */
    CHECK_EXISTS,  /* not null, not false, not empty */
};

enum {
    CHECK_ROWS_MAX = 1000, /* an answer of more rows does not hold */
    CHECK_DEPTH_MAX = 4,   /* $( ) within $( ) */
};

struct check {
    const char *id;
    enum check_mode mode;
    int64_t duration;         /* ns; of CHECK_HOLD and CHECK_WITHIN */
    const char *after;        /* CHECK_WITHIN: a check; NULL: the step's beginning */
    const char *command;      /* as written */
    struct words_list parsed; /* the command's words */
    enum check_test test;
    json_t *value;        /* owned; NULL when it is a variable, or none is needed */
    const char *variable; /* the value is what this one holds; NULL: `value` */
    const char *otherwise; /* the text after else */
    unsigned line;         /* of the lesson's file */
};

/* Reads the text of one check; the strings live in the arena.  0 with *check to be released, or -1
 * with a sentence. */
int check_parse(const char *text, struct arena *arena, struct check *check, struct str *why);
void check_release(struct check *check);

/* A check that is looked at again and again: its command is parsed anew only when a variable in it
 * has changed.  The check is borrowed. */
struct check_watch;
struct check_watch *check_watch_new(const struct check *check);
void check_watch_free(struct check_watch *watch);

/* What was answered at one moment: checks that ask the same share it.  Zero is none yet. */
struct check_answer {
    const struct op *op;
    json_t *params; /* owned, as is the next */
    json_t *answer; /* NULL: it was refused */
    uint64_t account;
    uint8_t region;
};

struct check_moment {
    const struct session *session;
    LIST(struct check_answer) answers;
};

void check_moment_release(struct check_moment *moment);

/* Whether it holds in the session's world at this moment.  Changes nothing. */
bool check_holds(struct check_watch *watch, struct check_moment *moment);

/* "30s", "2m", "1h": in ns; -1 when it is no such time. */
int64_t check_duration(const char *text);

#endif
