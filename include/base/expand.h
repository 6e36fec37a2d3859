/*
 * base/expand.h - words become arguments: variables, $(commands), and splitting.
 *
 * What a variable holds and what a command prints is asked of the caller.  There are no globs, no
 * tilde and no braces: those characters stand for themselves, as an unmatched glob does in a shell.
 */
#ifndef BASE_EXPAND_H
#define BASE_EXPAND_H

#include <stddef.h>

#include "base/list.h"
#include "base/words.h"

struct arena;
struct str;

enum {
    EXPAND_BYTES_MAX = 4 << 20, /* that one list of arguments may grow to */
    EXPAND_TOO_LONG = -1,       /* past that */
};

/* What expansion asks of its caller. */
struct expand_host {
    void *context;
    /*
     * The value, borrowed until the next call; NULL for one that is not set (expands to nothing).
     */
    const char *(*variable)(void *context, const char *name);
    /*
     * Runs the commands and adds what they print; returns 0, or a number > 0 that ends the
     * expansion.
     */
    int (*run)(void *context, const struct words_list *commands, struct str *output);
};

struct expand_argv {
    struct arena *arena; /* borrowed; the strings live here */
    LIST(const char *) items;
    size_t bytes;        /* so far, against EXPAND_BYTES_MAX */
};

/*
 * Adds the arguments that a word becomes: none, one, or several where an unquoted expansion is
 * split at blanks, tabs and newlines.  Returns 0, what host->run() returned, or EXPAND_TOO_LONG.
 */
int expand_word(const struct expand_host *host, const struct words_word *word,
                struct expand_argv *argv);
/* Adds the word's one value, never split (assignments, file names).  Returns as expand_word(). */
int expand_one(const struct expand_host *host, const struct words_word *word, struct str *out);

/*
 * Adds the text so that a shell reads it back as one word: bare when that is safe, else in single
 * quotes.
 */
void expand_quote(struct str *out, const char *text);

#endif
