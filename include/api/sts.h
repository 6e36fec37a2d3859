/*
 * api/sts.h - the service sts.
 */
#ifndef API_STS_H
#define API_STS_H

#include "api/service.h"

extern const struct service service_sts;

#endif
