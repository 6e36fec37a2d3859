/*
 * api/explain.h - what went wrong, why AWS behaves so, and what to try: in plain words.
 *
 * One const table has a row for every error code that the model gives, and one for each kind of
 * line that the CLI, curl, ssh or a waiter gives up at.  The specific thing to try is the fault's
 * own hint; the row has the general one.  The lessons that teach it are those that mention it.
 */
#ifndef API_EXPLAIN_H
#define API_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"

struct explanation {
    const char *code;   /* AWS's code, or a name for the kind of line: "curl-7" */
    const char *starts; /* lines: what the message begins with; NULL: that does not count */
    const char *holds;  /* lines: what the message has somewhere; NULL: that does not count */
    const char *what;   /* whole sentences, all three */
    const char *why;
    const char *tries;
};

/* All rows: AWS's codes first (those of networks after the others, each in order of their names),
 * then the lines; NULL after the last. */
const struct explanation *explain_at(size_t index);
/* The row of a code, upper and lower case alike; NULL when there is none. */
const struct explanation *explain_find(const char *code);
/* The row of a message that no service gave; NULL when none fits. */
const struct explanation *explain_message_find(const char *message);

/* Appends what there is to say of a refusal; `kind` is NULL when no service refused. */
void explain_refusal(const struct fault_kind *kind, const char *message, struct str *out);
/* Appends what there is to say of a code; false, with the nearest codes in `err`, when it is
 * unknown. */
bool explain_code(const char *code, struct str *out, struct str *err);

/* Adds a paragraph in lines of at most 80 columns, indented by two. */
void explain_paragraph(struct str *out, const char *text);

#endif
