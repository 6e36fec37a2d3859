/*
 * api/help.h - `help` of the command line, from the tables.
 */
#ifndef API_HELP_H
#define API_HELP_H

#include "api/service.h"
#include "base/str.h"

/* Appends the help of everything (service NULL), of a service (op NULL) or of an operation. */
void help_add(struct str *out, const char *program, const struct service *service,
              const struct op *op);
/* "string", "integer", "list of structures": what an option takes. */
const char *help_type(const struct field *field);

#endif
