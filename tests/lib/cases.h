/*
 * tests/lib/cases.h - recorded command lines: reading them, and what of them is modelled here.
 */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "api/option_value.h"

/* FOLDER/cli/NAME.json, a new reference; NULL after a line that says why. */
json_t *cases_load(const char *folder, const char *name);
/* A member's text, "" when it is absent. */
const char *cases_text(json_t *one, const char *member);

/* The same value: numbers by value, so that 1 is 1.0; the order of an object does not count.
 * NULL is never the same. */
bool cases_same(const json_t *a, const json_t *b);

/* The words of an argv, to be freed (the words themselves are the JSON's). */
const char **cases_words(json_t *argv, size_t *count);

/* Files of a case, {"name": "text"}, as file:// finds them; `context` is the JSON object. */
extern const struct file_source cases_files;

/* Whether the line's operation (or waiter) is here.  A line whose service or operation AWS does not
 * have either counts as modelled: the refusal is ours to word. */
bool cases_modelled(const char *const *words, size_t count);

#endif
