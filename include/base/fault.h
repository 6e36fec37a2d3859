/*
 * base/fault.h - what the user did that cannot be done, in AWS's words.
 *
 * A fault_kind is a const table entry: the code, the text with {} for each value, one hint.  A
 * fault is one occurrence.  Functions that can refuse take a struct fault * and return 0, or -1
 * after fault_set(). The texts are data, not printf formats: values cannot be misread as
 * directives.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

struct fault_kind {
    const char *code; /* AWS's: "InvalidAMIID.NotFound" */
    const char *text; /* "The image id '[{}]' does not exist" */
    const char *hint; /* one sentence: what to try next */
};

struct fault {
    const struct fault_kind *kind; /* NULL: no fault */
    char *message;                 /* the text with its values; owned */
};

#define FAULT_INIT ((struct fault){0})

/* Records the fault, replacing an earlier one.  Takes one const char * for each {} in the text.
 * Always returns -1, so that `return fault_set(...)` refuses. */
int fault_set(struct fault *fault, const struct fault_kind *kind, ...);
void fault_release(struct fault *fault);

#endif
