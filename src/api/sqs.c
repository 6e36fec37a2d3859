/*
 * api/sqs.c - the service sqs: its operations.
 *
 * None has behaviour yet: lines are checked by assets/catalog/shapes/sqs.txt, then
 * refused by name.
 */
#include "api/sqs.h"

static const struct op *const sqs_ops[] = {
    NULL,
};

const struct service service_sqs = {
    .name = "sqs",
    .doc = "Simple Queue Service: queues, and the messages that wait in them.",
    .style = STYLE_QUERY,
    .ops = sqs_ops,
};
