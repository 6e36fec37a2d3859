/*
 * api/sns.h - the service sns.
 */
#ifndef API_SNS_H
#define API_SNS_H

#include "api/service.h"

extern const struct service service_sns;

#endif
