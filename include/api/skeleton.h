/*
 * api/skeleton.h - --generate-cli-skeleton: an empty input to fill in, or an answer to look at.
 */
#ifndef API_SKELETON_H
#define API_SKELETON_H

#include <jansson.h>

#include "api/arguments.h"
#include "base/str.h"

/* "input" as JSON, "yaml-input" as YAML with a comment behind each member. */
void skeleton_add(struct str *out, const struct arguments *arguments);
/* "output": an answer of the operation's form, to be printed like any other.  A new reference. */
json_t *skeleton_answer(const struct arguments *arguments);

#endif
