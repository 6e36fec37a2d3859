/*
 * base/jmespath.h - JMESPath, the language of --query: compiled once, run on any JSON values.
 *
 *   struct jmespath_error error = JMESPATH_ERROR_INIT;
 *   struct jmespath *path = jmespath_compile("Reservations[].Instances[].InstanceId", &error);
 *   json_t *answer = jmespath_search(path, document, &error);
 *   ...
 *   json_decref(answer);
 *   jmespath_free(path);
 *   jmespath_error_release(&error);
 *
 * Compiling finds the errors of syntax.  What depends on the data is found by searching, as the AWS
 * CLI does it: the wrong number or type of arguments, an unknown function, a slice that steps by
 * zero. Backticks around text that is not JSON mean that text: State.Name==`running`.
 */
#ifndef BASE_JMESPATH_H
#define BASE_JMESPATH_H

#include <stdbool.h>

#include <jansson.h>

#include "base/list.h"
#include "base/mem.h"

enum jmespath_error_kind {
    JMESPATH_FINE,
    JMESPATH_SYNTAX,
    JMESPATH_INVALID_ARITY,
    JMESPATH_INVALID_TYPE,
    JMESPATH_INVALID_VALUE,
    JMESPATH_UNKNOWN_FUNCTION,
    JMESPATH_TOO_LARGE, /* deeper, longer or more work than the limits in src/base/jmespath_parts.h
                         */
};

/* The message is what the AWS CLI prints: for JMESPATH_SYNTAX after "Bad value for --query
 * EXPRESSION: ", for the other kinds as a message of its own.  It may have several lines; no
 * newline at its end. */
struct jmespath_error {
    enum jmespath_error_kind kind;
    char *message; /* owned; NULL when fine */
};

#define JMESPATH_ERROR_INIT ((struct jmespath_error){0})

struct jmespath;

/* A compiled expression, freed with jmespath_free(); NULL when it is no JMESPath, and `error` says
 * why. `error` may be NULL here and below; one that is set already is replaced. */
struct jmespath *jmespath_compile(const char *expression, struct jmespath_error *error);

/* What the expression finds in `input`, as a new reference; JSON null for nothing; NULL on error.
 * The answer shares values with the input and with the expression: look at it, do not change it.
 * Objects keep the order of the input; integers stay integers where the arithmetic allows. */
json_t *jmespath_search(const struct jmespath *path, json_t *input, struct jmespath_error *error);

/*
 * The members of its input that an expression can look at: names under names, lists walked through.
 * An input without the others is searched with the same answer, except that there may be
 * JMESPATH_TOO_LARGE sooner, for the limits grow with the input.
 */
struct jmespath_need {
    const char *name; /* borrowed from the expression; NULL: the input itself */
    bool whole;       /* all that is in it */
    LIST(struct jmespath_need *) members;
};

const struct jmespath_need *jmespath_needs(const struct jmespath *path, struct arena *arena);

/* NULL is allowed. */
void jmespath_free(struct jmespath *path);
void jmespath_error_release(struct jmespath_error *error);

/* The name of the kind in the JMESPath specification: "syntax", "invalid-arity", ... */
const char *jmespath_error_word(enum jmespath_error_kind kind);

#endif
