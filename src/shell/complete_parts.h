/*
 * shell/complete_parts.h - one completion, and what its rooms ask of each other.
 *
 * Only the rooms of completion use this door: shell/complete (words, operations, options),
 * shell/complete_values (what an option takes), shell/complete_query (members within --query).
 */
#ifndef SHELL_COMPLETE_PARTS_H
#define SHELL_COMPLETE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "base/mem.h"
#include "api/service.h"
#include "shell/complete_words.h"
#include "shell/line.h"
#include "shell/run.h"

/* A word that has the typed letters in their order. */
struct complete_near {
    const char *text;
    const char *doc;
    char suffix;
    int score;
};

/* One completion. */
struct completing {
    struct shell *shell;
    struct line_candidates *candidates;
    struct arena arena;
    const char *text;
    size_t cursor;
    struct complete_words cut;
    const char *word; /* the cursor's word so far, or what of it is completed */
    size_t start;     /* where that begins in the text */
    bool inside;      /* the word is a part within quotes that stay open */
    bool loose;       /* nothing begins as typed: the letters in their order are enough */
    LIST(struct complete_near) near; /* what was found so; in the arena */
};

/* Offers a word that begins as the cursor's does. */
void complete_offer(struct completing *completing, const char *text, const char *doc, char suffix);
/* The same for a name (of a service, operation, option), which is also found by its letters. */
void complete_offer_name(struct completing *completing, const char *text, const char *doc,
                         char suffix);
/*
 * From here on only the last `length` bytes of the word are completed; what stands before them
 * stays.  False, and nothing changed, when the line does not end in those very bytes.
 */
bool complete_narrow(struct completing *completing, size_t length);

/* How well the letters of `typed` are found in their order in the text, ignoring case: more is
 * better, -1 not at all.  Beginnings of words and letters side by side count most. */
int complete_score(const char *typed, const char *text);

/* ---- shell/complete_values ---- */

const struct field *complete_field(struct completing *completing, const struct op *op,
                                   const char *option);
/* What an option of the CLI itself takes.  False when it is none; op may be NULL. */
bool complete_cli_value(struct completing *completing, const struct op *op, const char *option);
void complete_value(struct completing *completing, const struct op *op, const char *option);

/* ---- shell/complete_query ---- */

/* The cursor's word is a JMESPath over the answer of that shape. */
void complete_query(struct completing *completing, const struct shape *answer);

#endif
