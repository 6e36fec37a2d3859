/*
 * cloud/metering_queue.c - what queues tell CloudWatch: AWS/SQS.
 *
 * True to the developer guide of SQS, "Available CloudWatch metrics for Amazon SQS": each minute,
 *         by the dimension QueueName; how many messages there are is as of the minute's end, and
 *         what was done is of the minute.  AWS ceases to tell of a queue in which nothing happened
 *         for six hours; here each queue tells as long as it is there.  What noisy and quiet groups
 *         have is told of standard queues while messages with groups are in them.  Left out: the
 *         metrics of groups of FIFO queues.
 */
#include "cloud/metering_parts.h"

#include "cloud/queue.h"
#include "sim/clock.h"

static void tell_sizes(struct teller *teller, const struct queue *queue)
{
    const struct queue_counts *counts = &queue->counts;
    int64_t sent = counts->sent - queue->told.sent;

    if (sent > 0 && counts->bytes > queue->told.bytes)
        teller_tell(teller, "SentMessageSize", UNIT_BYTES, 1,
                    &(struct metric_sample){
                        .set = {.count = sent,
                                .sum = counts->bytes - queue->told.bytes,
                                .min = counts->least,
                                .max = counts->most},
                    });
}

static void tell_groups(struct teller *teller, const struct queues *queues,
                        const struct queue *queue)
{
    struct queue_quiet quiet;

    if (!queue_quiet(queue, &quiet))
        return;
    teller_value(teller, "ApproximateNumberOfNoisyGroups", UNIT_COUNT, 1, quiet.noisy);
    teller_value(teller, "ApproximateNumberOfMessagesVisibleInQuietGroups", UNIT_COUNT, 1,
                 quiet.visible);
    teller_value(teller, "ApproximateNumberOfMessagesNotVisibleInQuietGroups", UNIT_COUNT, 1,
                 quiet.flight);
    teller_value(teller, "ApproximateNumberOfMessagesDelayedInQuietGroups", UNIT_COUNT, 1,
                 quiet.delayed);
    teller_value(teller, "ApproximateAgeOfOldestMessageInQuietGroups", UNIT_SECONDS, 1,
                 quiet.since == 0 ? 0 : (queues->sim->now - quiet.since) / SECOND_NS);
}

void metering_queues(struct metering *metering, int64_t minute)
{
    struct queues *queues = metering->queues;

    for (uint32_t i = 0; queues != NULL && i < table_count(&queues->table); i++) {
        struct queue *queue = table_at(&queues->table, i);
        const struct queue_counts *counts = &queue->counts;
        const struct queue_counts *told = &queue->told;
        struct teller teller = {
            .metering = metering,
            .name = {.account = queue->account, .region = queue->region, .space = "AWS/SQS"},
            .time = minute,
            .span_s = METERING_SPAN_S,
        };

        teller_dimension(&teller, "QueueName", queue->name);
        teller_value(&teller, "ApproximateNumberOfMessagesVisible", UNIT_COUNT, 1,
                     queue_count(queue, MESSAGE_STATE_VISIBLE));
        teller_value(&teller, "ApproximateNumberOfMessagesNotVisible", UNIT_COUNT, 1,
                     queue_count(queue, MESSAGE_STATE_FLIGHT));
        teller_value(&teller, "ApproximateNumberOfMessagesDelayed", UNIT_COUNT, 1,
                     queue_count(queue, MESSAGE_STATE_DELAYED));
        teller_value(&teller, "ApproximateAgeOfOldestMessage", UNIT_SECONDS, 1,
                     queue_oldest_age(queues, queue) / SECOND_NS);
        teller_value(&teller, "NumberOfMessagesSent", UNIT_COUNT, 1, counts->sent - told->sent);
        teller_value(&teller, "NumberOfMessagesReceived", UNIT_COUNT, 1,
                     counts->received - told->received);
        teller_value(&teller, "NumberOfMessagesDeleted", UNIT_COUNT, 1,
                     counts->deleted - told->deleted);
        teller_value(&teller, "NumberOfEmptyReceives", UNIT_COUNT, 1,
                     counts->empty - told->empty);
        tell_groups(&teller, queues, queue);
        tell_sizes(&teller, queue);
        queue_charge(queues, queue);
        queue->told = queue->counts;
    }
}
