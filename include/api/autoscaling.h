/*
 * api/autoscaling.h - the service autoscaling.
 */
#ifndef API_AUTOSCALING_H
#define API_AUTOSCALING_H

#include "api/service.h"

extern const struct service service_autoscaling;

#endif
