/*
 * base/jmespath.c - JMESPath, the language of --query: the door.
 *
 * Owns    struct jmespath: the tree in an arena, and a reference to each literal.
 * Uses    jmespath_lex, jmespath_parse, jmespath_eval, jmespath_function, jmespath_text.
 * True to the JMESPath specification and its compliance suite; where they are silent, to
 * jmespath.py 1.1, which is what the AWS CLI runs.  Left out: integers beyond 64 bits (they become
 * reals), NaN.
 */
#include "base/jmespath.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/jmespath_parts.h"
#include "base/list.h"
#include "base/mem.h"

static const char *const error_words[JMESPATH_TOO_LARGE + 1];

void jmespath_refuse(struct jmespath_error *error, enum jmespath_error_kind kind,
                     const char *format, ...)
{
    struct str message = STR_INIT;
    char *text = NULL;
    va_list args;
    int length;

    if (error == NULL)
        return;
    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        BUG("bad format: %s", format);
    str_addn(&message, text, (size_t)length);
    free(text);
    jmespath_error_release(error);
    error->kind = kind;
    error->message = str_take(&message);
}

struct jmespath *jmespath_compile(const char *expression, struct jmespath_error *error)
{
    struct jmespath *path = xcalloc(1, sizeof(*path));

    jmespath_error_release(error);
    path->expression = xstrdup(expression);
    if (!jmespath_lex(path, error) || !jmespath_parse(path, error)) {
        jmespath_free(path);
        return NULL;
    }
    LIST_RELEASE(&path->tokens);
    return path;
}

json_t *jmespath_search(const struct jmespath *path, json_t *input, struct jmespath_error *error)
{
    struct jmespath_run run = {
        .input = input,
        .error = error,
        .work_max = JMESPATH_WORK_MAX,
    };
    json_t *answer;

    jmespath_error_release(error);
    answer = jmespath_eval(&run, path->root, input);
    if (answer == NULL)
        return NULL;
    if (path->root->spread > JMESPATH_SPREAD_FREE && !jmespath_fits(&run, answer)) {
        json_decref(answer);
        return NULL;
    }
    return answer;
}

void jmespath_free(struct jmespath *path)
{
    if (path == NULL)
        return;
    for (uint32_t i = 0; i < path->literals.count; i++)
        json_decref(path->literals.items[i]);
    LIST_RELEASE(&path->literals);
    LIST_RELEASE(&path->tokens);
    arena_release(&path->arena);
    free(path->expression);
    free(path);
}

void jmespath_error_release(struct jmespath_error *error)
{
    if (error == NULL)
        return;
    free(error->message);
    *error = JMESPATH_ERROR_INIT;
}

const char *jmespath_error_word(enum jmespath_error_kind kind)
{
    return error_words[kind];
}

static const char *const error_words[JMESPATH_TOO_LARGE + 1] = {
    [JMESPATH_FINE] = "fine",
    [JMESPATH_SYNTAX] = "syntax",
    [JMESPATH_INVALID_ARITY] = "invalid-arity",
    [JMESPATH_INVALID_TYPE] = "invalid-type",
    [JMESPATH_INVALID_VALUE] = "invalid-value",
    [JMESPATH_UNKNOWN_FUNCTION] = "unknown-function",
    [JMESPATH_TOO_LARGE] = "too-large",
};
