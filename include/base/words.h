/*
 * base/words.h - the grammar of the line that is typed, and of guests' scripts: text in, a tree
 * out.
 *
 * The part of POSIX shell that people use around the AWS CLI: words, quotes, backslash, comments,
 * line continuation, NAME=value, $NAME, ${NAME}, $?, $(command) to any sensible depth, `;` `&&`
 * `||` and newlines. Pipes and output redirections are parsed, and it is the caller who runs or
 * refuses them.  Everything else that a shell knows (loops, conditions, functions, `&`, backticks,
 * here-documents...) is refused by its name.
 *
 *   struct arena arena = ARENA_INIT;
 *   struct words_list list;
 *   struct words_refusal why;
 *   switch (words_parse(&(struct words_source){.text = t, .length = n}, &arena, &list, &why)) ...
 *   for each command of list: if (words_should_run(command->join, status)) expand its words
 *   (base/expand), run it
 *
 * The parser is pure: it reads no variable and runs nothing; nothing in the tree points into the
 * source text.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct arena;

enum {
    WORDS_DEPTH_MAX = 32,        /* $( within $( */
    WORDS_SOURCE_MAX = 16 << 20, /* bytes of a source; longer is refused */
};

enum words_status {
    WORDS_OK,
    /* not wrong, but not complete: an open quote or $(, a last backslash, `&&` at the end */
    WORDS_MORE,
    WORDS_REFUSED,
};

enum words_flags {
    WORDS_REFUSE_GLOBS = 1, /* an unquoted * in an argument is refused; else it stands for itself */
};

enum words_part_kind { WORDS_LITERAL, WORDS_VARIABLE, WORDS_COMMAND };

struct words_part {
    enum words_part_kind kind;
    bool quoted;                       /* its expansion is not split */
    const char *text;                  /* the literal, or the variable's name */
    const struct words_list *commands; /* of $(...) */
};

struct words_word {
    const struct words_part *parts;
    size_t count;
    size_t start; /* bytes of the source: [start, end) */
    size_t end;
};

struct words_assign {
    const char *name;
    struct words_word value; /* expanded with expand_one(): never split */
};

struct words_redirect {
    int from;                 /* 1 or 2; 0 for `&>`, both */
    bool append;              /* >> */
    int to;                   /* 1 or 2 for `>&N`; else 0 and the target counts */
    struct words_word target; /* a file name */
};

enum words_join {
    WORDS_THEN, /* the first, or after `;` or a newline */
    WORDS_AND,
    WORDS_OR,
    WORDS_PIPE, /* reads what the command before it prints */
};

/*
 * Assignments first, then words; either may be missing, not both (but `> FILE` alone is a command).
 */
struct words_command {
    enum words_join join; /* how it follows the command before */
    LIST(struct words_assign) assigns;
    LIST(struct words_word) words;
    LIST(struct words_redirect) redirects;
    size_t start; /* bytes of the source: [start, end) */
    size_t end;
};

struct words_list {
    LIST(struct words_command) commands;
};

struct words_source {
    const char *text; /* need not end in NUL */
    size_t length;
    unsigned flags; /* of enum words_flags */
};

/* Why, and where.  Filled for WORDS_MORE too (what is still open), for scripts that end there. */
struct words_refusal {
    size_t at;           /* byte offset */
    unsigned line;       /* from 1 */
    unsigned column;     /* from 1, in characters */
    const char *message; /* one line, "line 1, column 5: ..."; in the arena */
};

/*
 * Reads the whole source.  The tree lives in the arena; an empty source is an empty list.  On
 * WORDS_REFUSED and WORDS_MORE the list is empty and *refusal says why.
 */
enum words_status words_parse(const struct words_source *source, struct arena *arena,
                              struct words_list *list, struct words_refusal *refusal);

/* Whether a command runs, when the last one that ran ended with `status` (0 is success). */
bool words_should_run(enum words_join join, int status);

#endif
