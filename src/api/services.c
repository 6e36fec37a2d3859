/*
 * api/services.c - every service there is: the one visible list.
 */
#include "api/service.h"

#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "api/autoscaling.h"
#include "api/cloudwatch.h"
#include "api/configure.h"
#include "api/ec2.h"
#include "api/elbv2.h"
#include "api/events.h"
#include "api/lab.h"
#include "api/sns.h"
#include "api/sqs.h"
#include "api/sts.h"
#include "api/wafv2.h"

const struct service *const services[] = {
    &service_autoscaling,
    &service_cloudwatch,
    &service_configure,
    &service_ec2,
    &service_elbv2,
    &service_events,
    &service_sns,
    &service_sqs,
    &service_sts,
    &service_wafv2,
    &service_lab,
    NULL,
};

const struct service *service_find(const char *name)
{
    for (size_t i = 0; services[i] != NULL; i++) {
        if (strcmp(services[i]->name, name) == 0)
            return services[i];
    }
    return NULL;
}

bool service_is_modelled(const struct service *service)
{
    return service->ops[0] != NULL;
}

const struct op *service_op_find(const struct service *service, const char *api_name)
{
    for (size_t i = 0; service->ops[i] != NULL; i++) {
        if (str_equal(service->ops[i]->name, api_name))
            return service->ops[i];
    }
    return NULL;
}

const struct service *service_of_op(const struct op *op)
{
    for (size_t i = 0; services[i] != NULL; i++) {
        for (size_t k = 0; services[i]->ops[k] != NULL; k++) {
            if (services[i]->ops[k] == op)
                return services[i];
        }
    }
    BUG("%s belongs to no service", op->name);
}

enum service_style call_style(const struct call *call)
{
    return service_of_op(call->op)->style;
}
