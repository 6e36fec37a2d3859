/*
 * api/json_text.h - JSON as people type it, and what is wrong with it in the AWS CLI's words.
 */
#ifndef API_JSON_TEXT_H
#define API_JSON_TEXT_H

#include <stddef.h>

#include <jansson.h>

#include "base/str.h"

enum { JSON_TEXT_DEPTH = 128 };

/* The value, a new reference; or NULL, with Python's sentence appended to `problem`:
 * "Expecting ',' delimiter: line 1 column 13 (char 12)".  Deeper than
 * JSON_TEXT_DEPTH is refused. */
json_t *json_text_load(const char *text, size_t length, struct str *problem);

#endif
