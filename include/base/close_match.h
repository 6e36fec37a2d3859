/*
 * base/close_match.h - which known words a mistyped word may have meant.
 *
 * True to Python's difflib.get_close_matches with a cutoff of 0.8 and at most three answers, which
 * is what the AWS CLI asks for its "maybe you meant".  Words are compared by characters, not bytes.
 */
#ifndef BASE_CLOSE_MATCH_H
#define BASE_CLOSE_MATCH_H

#include <stddef.h>

enum {
    CLOSE_MATCH_MAX = 3,          /* answers */
    CLOSE_MATCH_LENGTH_MAX = 199, /* characters; a longer word is close to nothing */
};

/* Writes the closest of words[0..count) to `found`, best first, and of equally close ones the last
 * in the alphabet first.  Returns how many; 0 when none is close.  The words stay the caller's. */
size_t close_match_find(const char *word, const char *const *words, size_t count,
                        const char *found[CLOSE_MATCH_MAX]);

#endif
