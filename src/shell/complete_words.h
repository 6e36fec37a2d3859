/*
 * shell/complete_words.h - an unfinished line, cut into words up to the cursor.
 *
 * Only shell/complete.c uses this door.
 */
#ifndef SHELL_COMPLETE_WORDS_H
#define SHELL_COMPLETE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "base/mem.h"

/* The command in which the cursor stands: the innermost $( ) that is open. */
struct complete_words {
    LIST(const char *) words; /* before the cursor's word, settings (NAME=value) left out */
    const char *word;         /* the cursor's word so far, without its quotes */
    size_t start;             /* where it begins in the text: at most the cursor */
    bool is_file;             /* it stands after > */
};

/* Everything is in the arena. */
void complete_words_cut(struct arena *arena, const char *text, size_t cursor,
                        struct complete_words *cut);

#endif
