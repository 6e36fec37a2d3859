/*
 * lesson/class_status.h - how far a learner of a class is: the few lines that their console writes
 * beside the session, for the instructor's wall.
 *
 * What is read here was written by a learner, or by anybody who can write into the folder: numbers
 * are kept within bounds, texts are cut, and whoever shows them sends them through the sanitiser.
 * It is never evidence: `nephoscope lesson report` computes results from the journal.
 */
#ifndef LESSON_CLASS_STATUS_H
#define LESSON_CLASS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { CLASS_TEXT_MAX = 200 /* bytes of each text */ };

/* Moments are seconds since 1970, on the clock of the wall; 0: never. */
struct class_status {
    int64_t pid;      /* the learner's console */
    int64_t began;    /* when it was started */
    int64_t left;     /* when it was left in order; 0: it was not */
    char *lesson;     /* its id; "" in the sandbox; owned, as is each text */
    char *title;      /* of the step */
    uint32_t step;    /* from 1; 0: no lesson */
    uint32_t steps;
    uint32_t checks;  /* of the step, achieved, as the report counts them */
    uint32_t checks_all;
    bool complete;    /* the step is done */
    bool finished;    /* the lesson is */
    uint32_t minutes; /* with this lesson */
    uint32_t hints;   /* of the lesson that were asked for */
    int64_t progress; /* when a check, a line or a step was last achieved */
    int64_t hand;     /* raised since */
    char *question;
    char *error;      /* the code of the last refusal; "" for none */
    uint32_t refusals;
    int64_t taken;    /* the last message of the instructor's that arrived */
    bool frozen;
    int64_t box;      /* when the time box ends, or ended */
    uint32_t box_step; /* where the learner stood when it ended; 0: it has not */
    uint32_t box_checks;
    char *engine;     /* the program's version */
    char *name;       /* the learner's; "" in one that an older program wrote */
    uint32_t late;    /* of the step, achieved after the time box */
};

void class_status_release(struct class_status *status);
/* The status as a line of JSON, appended. */
void class_status_write(const struct class_status *status, struct str *out);
/* 0 with a status to be released, or -1 with a sentence and nothing to release. */
int class_status_read(const struct str *bytes, struct class_status *status, struct str *why);

#endif
