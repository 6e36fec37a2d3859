/*
 * api/cloudwatch.h - the service cloudwatch.
 */
#ifndef API_CLOUDWATCH_H
#define API_CLOUDWATCH_H

#include "api/service.h"

extern const struct service service_cloudwatch;

#endif
