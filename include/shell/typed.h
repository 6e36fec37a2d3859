/*
 * shell/typed.h - a line as a person types it: what `!!` and aliases in it stand for.
 *
 * Aliases are the person's, not the session's: they are kept in a file of their own
 * ($XDG_CONFIG_HOME/nephoscope/aliases, a line NAME=WORDS each), hold in every session, and no
 * session file brings any.  They are for the prompt: scripts, exec and lessons say their words in
 * full, so that a line there means the same for everybody.
 */
#ifndef SHELL_TYPED_H
#define SHELL_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

struct str;

enum {
    TYPED_ALIASES_MAX = 1000,
    TYPED_BYTES_MAX = 1 << 20, /* that a line may grow to */
};

struct typed_alias {
    char *name;  /* owned, as the next */
    char *words; /* one line */
};

struct typed {
    LIST(struct typed_alias) aliases; /* by name */
    char *path;                       /* owned; NULL: they are kept in memory only */
};

/* Reads the file, which need not be there; NULL for none.  `problem` gets a line when it cannot be
 * read; then the aliases of this run are not kept. */
void typed_init(struct typed *typed, const char *path, struct str *problem);
void typed_release(struct typed *typed);

/* The words of an alias, or NULL. */
const char *typed_find(const struct typed *typed, const char *name);
/* Sets an alias (NULL words: forgets it) and writes the file.  0, or -1 with a sentence. */
int typed_set(struct typed *typed, const char *name, const char *words, struct str *why);

/*
 * Puts `last` in the place of each `!!` that is a word by itself and not in quotes (JMESPath has !
 * of its own).  True when there was one; then `out` has the new line.
 */
bool typed_repeat(const char *text, const char *last, struct str *out);
/* Adds the text with each alias, where a command begins, as its words.  An alias within its own
 * words stands for itself.  0, or -1 with a sentence: too long. */
int typed_expand(const struct typed *typed, const char *text, struct str *out, struct str *why);

#endif
