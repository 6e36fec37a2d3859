/*
 * api/configure.h - aws configure: the profiles that there are.
 */
#ifndef API_CONFIGURE_H
#define API_CONFIGURE_H

#include "api/service.h"

extern const struct service service_configure;

#endif
