/*
 * api/sent.h - what the AWS CLI would send for a line.
 */
#ifndef API_SENT_H
#define API_SENT_H

#include <jansson.h>

#include "api/arguments.h"

/*
 * What the AWS CLI would send: the parameters, with --page-size as the operation's limit and
 * "<UUID4>" where the CLI invents a token.  A new reference.
 */
json_t *sent_params(const struct arguments *arguments);

#endif
