/*
 * lesson/class_words.h - what an instructor can say to a class: the words of the wall's prompt, and
 * of `nephoscope class DIR WORDS`.
 *
 *   say anna,bob TEXT    hint all    freeze    box 20    reset anna 3    faults all storm.plan
 */
#ifndef LESSON_CLASS_WORDS_H
#define LESSON_CLASS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "store/class_folder.h"

struct class_word {
    const char *name;
    const char *synopsis; /* "say WHO TEXT" */
    const char *doc;      /* one sentence */
};

/* All of them, ended by a NULL name. */
extern const struct class_word class_words[];

struct class_call {
    const struct class_folder *folder;
    int64_t now; /* s since 1970 */
    const char *const *words;
    size_t count;
    struct str *out; /* what was done, a line */
    struct str *err; /* why not, a line */
};

/* Does what the words say; the exit code. */
int class_words_run(const struct class_call *call);

#endif
