/*
 * api/skeleton.h - --generate-cli-skeleton: an empty input to fill in.
 */
#ifndef API_SKELETON_H
#define API_SKELETON_H

#include "api/arguments.h"
#include "base/str.h"

void skeleton_add(struct str *out, const struct arguments *arguments);

#endif
