/*
 * api/ec2_instance_options.h - the options that the AWS CLI adds to run-instances.
 */
#ifndef API_EC2_INSTANCE_OPTIONS_H
#define API_EC2_INSTANCE_OPTIONS_H

#include "api/service.h"

/* --count, --[no-]associate-public-ip-address, --secondary-private-ip-address*; also the encoding
 * of UserData, and moving what is said of the one interface into it. */
extern const struct cli_extra run_instances_options;

#endif
