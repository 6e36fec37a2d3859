/*
 * api/cloudwatch_metric_options.h - the options that the AWS CLI adds to put-metric-data.
 */
#ifndef API_CLOUDWATCH_METRIC_OPTIONS_H
#define API_CLOUDWATCH_METRIC_OPTIONS_H

#include "api/service.h"

extern const struct cli_extra metric_options;

#endif
