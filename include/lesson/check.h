/*
 * lesson/check.h - one condition of a lesson's step, and whether it holds.
 *
 *   ID [ever|now|hold TIME|never|within TIME [after ID]] : COMMAND OP [VALUE] else "TEXT"
 *
 * COMMAND OP VALUE is a condition (api/condition.h): the learner's own door, so that whatever way
 * led to the state is right.
 */
#ifndef LESSON_CHECK_H
#define LESSON_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "api/condition.h"

struct session;
struct str;

enum check_mode {
    CHECK_EVER,   /* achieved once is achieved for good */
    CHECK_NOW,    /* holds at the step's end */
    CHECK_HOLD,   /* has held for `duration` at the step's end */
    CHECK_NEVER,  /* was never true during the step */
    CHECK_WITHIN, /* achieved at most `duration` after the step's beginning, or after a check */
};

struct check {
    const char *id;
    enum check_mode mode;
    int64_t duration;         /* ns; of CHECK_HOLD and CHECK_WITHIN */
    const char *after;        /* CHECK_WITHIN: a check; NULL: the step's beginning */
    struct condition condition; /* what is asked, and how it is compared */
    const char *otherwise;      /* the text after else */
    unsigned line;              /* of the lesson's file */
};

/* Reads the text of one check; the strings live in the arena.  0 with *check to be released, or -1
 * with a sentence. */
int check_parse(const char *text, struct arena *arena, struct check *check, struct str *why);
void check_release(struct check *check);

/* A moment of the session: its person asks, and its variables are filled in.  To be released by
 * condition_moment_release(). */
struct condition_moment check_moment(const struct session *session);

/* "30s", "2m", "1h": in ns; -1 when it is no such time. */
int64_t check_duration(const char *text);

#endif
