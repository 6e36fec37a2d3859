/*
 * api/elbv2.h - the service elbv2.
 */
#ifndef API_ELBV2_H
#define API_ELBV2_H

#include "api/service.h"

extern const struct service service_elbv2;

#endif
