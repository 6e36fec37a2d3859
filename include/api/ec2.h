/*
 * api/ec2.h - the service ec2.
 */
#ifndef API_EC2_H
#define API_EC2_H

#include "api/service.h"

extern const struct service service_ec2;

#endif
