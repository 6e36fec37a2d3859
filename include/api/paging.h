/*
 * api/paging.h - --max-items and --starting-token: a part of a long answer.
 *
 * The AWS CLI asks for page after page and cuts the joined answer; here the whole comes at once and
 * is cut the same way.  A token is the CLI's own: base 64 of {"NextToken": null,
 * "boto_truncate_amount": N}.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include <jansson.h>

#include "api/arguments.h"
#include "base/str.h"

/* Cuts the list of a paged operation's answer as the arguments say, and adds the NextToken when
 * something is left.  0, or -1 with the CLI's sentence for a token that is none. */
int paging_cut(const struct arguments *arguments, json_t *answer, struct str *error);

/* Was the token made by paging_cut()?  Any other is the service's own. */
bool paging_token_is_ours(const char *text);

#endif
