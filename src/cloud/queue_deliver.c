/*
 * cloud/queue_deliver.c - SQS: messages that other services of AWS deliver.
 *
 * A service may send only where the queue's policy lets it: unlike an account, it owns no queue.
 */
#include "cloud/queue_parts.h"

static enum queue_refusal refuse(enum queue_refusal refusal, const char **why, const char *text)
{
    if (why != NULL)
        *why = text;
    return refusal;
}

enum queue_refusal queue_deliver(struct queues *queues, const struct queue_delivery *delivery,
                                 struct queue_sent *sent, struct arena *arena, const char **why)
{
    struct queue *queue = queue_find_arn(queues, delivery->arn);
    const struct resource_ask ask = {
        .service = delivery->service,
        .action = "sqs:SendMessage",
        .resource = delivery->arn,
        .source_arn = delivery->source_arn,
        .source_account = delivery->source_account,
    };
    struct queue_send send = delivery->send;
    struct fault fault = FAULT_INIT;
    enum resource_verdict verdict;
    enum queue_refusal refusal = QUEUE_TOOK;

    if (queue == NULL)
        return refuse(QUEUE_NOT_THERE, why,
                      arena_printf(arena, "there is no queue %s", delivery->arn));
    if (queues->region_lost != NULL && queues->region_lost(queues->context, queue->region))
        return refuse(QUEUE_BUSY, why,
                      arena_printf(arena, "SQS does not answer in %s",
                                   queues->catalog->regions[queue->region].name));
    verdict = resource_policy_judge(queue->rules, &ask);
    if (verdict != POLICY_ALLOWS)
        return refuse(QUEUE_NOT_ALLOWED, why,
                      arena_printf(arena,
                                   verdict == POLICY_DENIES
                                       ? "the policy of the queue %s denies sqs:SendMessage to %s"
                                   : queue->policy == NULL
                                       ? "the queue %s has no policy that allows sqs:SendMessage "
                                         "to %s"
                                       : "no statement in the policy of the queue %s allows "
                                         "sqs:SendMessage to %s for this source",
                                   queue->name, delivery->service));
    send.sender = 0;
    if (queue_send(queues, queue, &send, sent, &fault) != 0)
        refusal = refuse(QUEUE_NOT_TAKEN, why, arena_strdup(arena, fault.message));
    else
        queue->counts.requests += queue_requests_of(queue_send_bytes(&send));
    fault_release(&fault);
    return refusal;
}
