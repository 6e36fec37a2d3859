/*
 * lesson/lint.h - the proof that a lesson is right (lessons/README.md, "The proof").
 *
 * In simulated time, in memory, without a terminal: the grammar and every command; each step's
 * checks false before its solution and true after it; every alternative right and every near miss
 * wrong, with the named check; all of it again for other seeds and with other names.
 */
#ifndef LESSON_LINT_H
#define LESSON_LINT_H

#include "lesson/list.h"

struct catalog;
struct str;
struct word;

enum {
    LINT_SEEDS = 20,          /* besides the lesson's own, unless told */
    LINT_SEEDS_MAX = 1000,
    LINT_SETTLE_S = 1200,     /* simulated seconds in which a solution's effect may come */
    LINT_WRONG_S = 60,        /* after a near miss: so long its check must stay wrong */
    LINT_PROBLEMS_MAX = 20,   /* of one lesson */
};

struct lint {
    const struct catalog *catalog;     /* borrowed, as is the rest */
    struct lesson_list *lessons; /* all: for `needs` */
    const struct word *screen_words;   /* words that only a screen fulfils; NULL: none are known */
    const char *coverage; /* text of lessons/coverage.txt; NULL: `covers` is not looked at */
    unsigned seeds;       /* how many besides the lesson's own */
};

/* Appends a line "PATH:LINE: ..." for each problem; returns how many. */
unsigned lint_lesson(const struct lint *lint, const struct lesson *lesson, struct str *report);

/* Appends which items of the coverage have a lesson. */
void lint_coverage(const struct lint *lint, struct str *report);

#endif
