/*
 * api/sns.c - the service sns: its operations.
 *
 * None has behaviour yet: lines are checked by assets/catalog/shapes/sns.txt, then
 * refused by name.
 */
#include "api/sns.h"

static const struct op *const sns_ops[] = {
    NULL,
};

const struct service service_sns = {
    .name = "sns",
    .doc = "Simple Notification Service: topics, and who hears what is said on them.",
    .style = STYLE_QUERY,
    .ops = sns_ops,
};
