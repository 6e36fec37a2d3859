/*
 * lesson/parse.h - a lesson's Markdown file becomes a struct lesson.
 *
 * lessons/README.md is the grammar.  A lesson is untrusted text: it is refused, with one line that
 * names the file and the line, when it is larger or deeper than the limits below, is no UTF-8, has
 * a block or a key that is not known, or a check that does more than look.  What is accepted still
 * passes the sanitiser wherever it is shown.
 */
#ifndef LESSON_PARSE_H
#define LESSON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/mem.h"
#include "lesson/check.h"

struct str;

enum {
    LESSON_BYTES_MAX = 4 << 20,
    LESSON_STEPS_MAX = 500,
    LESSON_CHECKS_MAX = 200,
    LESSON_STEP_BYTES_MAX = 64 << 10,
    LESSON_FILES_MAX = 100,
};

enum lesson_kind {
    LESSON_PROSE, /* Markdown to read */
    LESSON_RUN,   /* lines to put into the prompt, one at a time */
    LESSON_SETUP, /* lines that run when the step begins */
    LESSON_VIEW,  /* a view to show */
    LESSON_PREDICT,
    LESSON_QUIZ,
    LESSON_HINT, /* Markdown */
    LESSON_SOLUTION,
    LESSON_SOLUTION_ALT,
    LESSON_WRONG,      /* a near miss; `detail` is the check that must still fail */
    LESSON_COFFEE,     /* Markdown: the same moment in the coffee shop */
    LESSON_INSTRUCTOR, /* notes; lines that begin with aws or lab are commands to offer */
};

struct lesson_option {
    const char *text; /* Markdown */
    bool right;
};

struct lesson_question {
    const char *text; /* Markdown */
    LIST(struct lesson_option) options;
    const char *why; /* Markdown; "" for none */
};

struct lesson_block {
    enum lesson_kind kind;
    const char *text;
    const char *detail; /* LESSON_WRONG: the check; LESSON_RUN: "fails" or ""; else "" */
    const struct lesson_question *question; /* of predict and quiz, else NULL */
    unsigned line; /* of the first line of its text */
};

struct lesson_step {
    const char *title;
    const char *id;
    const char *view; /* the name of a view, or NULL */
    LIST(struct lesson_block) blocks;
    LIST(struct check) checks;
    unsigned line;
    size_t bytes;
};

struct lesson_file {
    const char *name;
    const char *bytes;
    size_t size;
    unsigned line;
};

struct lesson_words {
    LIST(const char *) list;
};

struct lesson {
    struct arena arena; /* owns all strings */
    const char *path;
    const char *source; /* the file's text */
    const char *title;
    const char *intro; /* Markdown before the first step; "" for none */
    const char *id;
    const char *view;  /* NULL: none */
    unsigned minutes;  /* 0: not said */
    unsigned order;    /* in the list: smaller first; then by path */
    uint64_t seed;     /* 1 unless said */
    struct lesson_words needs;  /* ids of lessons to do before */
    struct lesson_words covers; /* rows of lessons/coverage.txt */
    struct lesson_words names;  /* names that the learner may choose differently */
    LIST(struct lesson_file) files;
    const char *world; /* lines that build the starting world; "" for none */
    unsigned world_line;
    LIST(struct lesson_step) steps;
};

/* Reads a file's bytes.  NULL with one line "PATH:LINE: ..." when they are no lesson. */
struct lesson *lesson_parse(const char *path, const char *bytes, size_t size, struct str *why);
void lesson_free(struct lesson *lesson);

enum { LESSON_MARK_SIZE = 17 };
/* What tells one text of a lesson from another: the first hex digits of its hash. */
void lesson_mark(const struct lesson *lesson, char mark[LESSON_MARK_SIZE]);

/* The n-th block of a kind in a step, from 0; NULL when there is none. */
const struct lesson_block *lesson_block_find(const struct lesson_step *step, enum lesson_kind kind,
                                             uint32_t n);

#endif
