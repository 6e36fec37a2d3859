/*
 * lesson/reckon.h - what a learner achieved in a lesson, reckoned anew from the journal.
 *
 * The rows of the lesson's branches are done again from the first one in a fresh world, in the
 * order in which they came about, and the checks are looked at as they were when the learner was
 * there.  Only when a step was begun is taken from the logbook; what the file claims to be achieved
 * is held against what comes out.  A claim that is better than that is refuted by name.
 */
#ifndef LESSON_RECKON_H
#define LESSON_RECKON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/pack.h"
#include "lesson/list.h"

struct catalog;
struct logbook;
struct store;
struct str;

struct reckon_check {
    const struct check *check; /* borrowed from the lesson */
    bool achieved;
    bool late;                 /* achieved behind a time box: it does not count */
    int64_t after_ns;          /* simulated, since its step began */
    bool claimed;              /* the file says so */
    bool refuted;              /* it says more than comes out */
};

struct reckon_step {
    const struct lesson_step *step; /* borrowed from the lesson */
    bool begun;
    bool done;
    bool given;        /* done by `solve`, or by a jump */
    int64_t began_at;  /* simulated */
    int64_t took_ns;   /* simulated, until it was done, or until the end */
    int64_t took_ms;   /* on the wall; 0: not known */
    uint32_t hints;
    uint32_t commands; /* lines; where there is no logbook, changes */
    uint32_t failed;   /* of them: refused, or not understood */
    LIST(struct reckon_check) checks;
};

/* One change that the learner made. */
struct reckon_row {
    unsigned char hash[PACK_HASH_SIZE]; /* of its world's seed, its time, and what was done */
};

struct reckoning {
    const struct lesson *lesson; /* borrowed */
    bool logged;                 /* there is a logbook: lines and their order are known */
    LIST(struct reckon_step) steps;
    uint32_t achieved; /* checks; late ones are not among them */
    uint32_t late;
    uint32_t checks;
    LIST(struct reckon_row) rows;
    LIST(char *) refuted; /* sentences; owned */
    LIST(char *) remarks;
    const char *same_as; /* the first file of a report that has the same run; NULL: none before */
};

/* What is reckoned. */
struct reckon_task {
    const struct catalog *catalog;
    struct store *store;            /* only read */
    const struct logbook *logbook;  /* of it */
    const struct lesson *lesson;
    uint64_t seed;                  /* that its world must have */
    /* Called now and then: rows done, rows in all.  Non-zero stops.  NULL: nobody looks. */
    int (*progress)(void *context, int64_t done, int64_t all);
    void *context;
};

/* The lessons that were begun in the file, by the order of their first branch: ids, owned by the
 * store. */
struct strings reckon_lessons(const struct store *store);

/* 0 with a reckoning to be released, its `refuted` maybe not empty; -1 when it was stopped. */
int reckon_run(const struct reckon_task *task, struct reckoning *reckoning);
void reckon_release(struct reckoning *reckoning);

/* How many of the first changes of both are the same, at the same moments. */
uint32_t reckon_same_rows(const struct reckoning *a, const struct reckoning *b);

#endif
