/*
 * api/not_modelled.h - what AWS has and we do not, refused by name (the honesty rule of DESIGN part
 * 1).
 *
 * The names come from assets/catalog/aws-services.txt and aws-operations.txt.
 */
#ifndef API_NOT_MODELLED_H
#define API_NOT_MODELLED_H

#include <stdbool.h>

#include "api/service.h"
#include "base/str.h"

/* True when AWS has a service of that name. */
bool not_modelled_service(const char *name);
/* True when AWS has that operation, in the words of the command line, in a service of ours. */
bool not_modelled_operation(const char *service, const char *operation);

/* Visits the names of all services of AWS, or all operations of one of ours, modelled or not. */
typedef void not_modelled_visit(void *context, const char *name);
void not_modelled_each_service(not_modelled_visit *visit, void *context);
void not_modelled_each_operation(const char *service, not_modelled_visit *visit, void *context);

/* One line: that it is real, that it is not here, and the nearest that is. */
void not_modelled_explain_service(const char *name, struct str *out);
void not_modelled_explain_operation(const struct service *service, const char *operation,
                                    struct str *out);

#endif
