/*
 * api/wafv2.h - the service wafv2.
 */
#ifndef API_WAFV2_H
#define API_WAFV2_H

#include "api/service.h"

extern const struct service service_wafv2;

#endif
