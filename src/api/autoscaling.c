/*
 * api/autoscaling.c - the service autoscaling: its operations.
 *
 * None has behaviour yet: lines are checked by assets/catalog/shapes/autoscaling.txt, then
 * refused by name.
 */
#include "api/autoscaling.h"

static const struct op *const autoscaling_ops[] = {
    NULL,
};

const struct service service_autoscaling = {
    .name = "autoscaling",
    .doc = "Auto Scaling: groups of instances that grow, shrink and mend themselves.",
    .style = STYLE_QUERY,
    .ops = autoscaling_ops,
};
