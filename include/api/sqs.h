/*
 * api/sqs.h - the service sqs.
 */
#ifndef API_SQS_H
#define API_SQS_H

#include "api/service.h"

extern const struct service service_sqs;

#endif
