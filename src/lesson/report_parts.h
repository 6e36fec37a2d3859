/*
 * lesson/report_parts.h - the rooms of the report, seen from one another.
 */
#ifndef LESSON_REPORT_PARTS_H
#define LESSON_REPORT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "lesson/reckon.h"
#include "store/sql.h"

enum { REPORT_NOT_FINE = 1 /* exit code: refuted, or not read */ };

struct report_file {
    const char *path; /* borrowed: as the person wrote it */
    char *learner;    /* owned, as are the next */
    char *name;       /* of the file, without folder and ending; owned */
    char *problem;    /* a sentence; NULL: it could be read */
    const char *verdict; /* of the file when it has no lessons */
    bool named;       /* the file itself says whose it is: a learner's of a class */
    int64_t holder;   /* the process that has it open; 0: nobody */
    LIST(struct reckoning) lessons;
};

struct report {
    LIST(struct report_file) files;
};

/* ---- report_print.c ---- */

/* Appends the whole report.  Names and texts are sanitised. */
void report_print(const struct report *report, enum sql_form form, struct str *out);

#endif
