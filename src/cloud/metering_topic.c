/*
 * cloud/metering_topic.c - what topics tell CloudWatch: AWS/SNS.
 *
 * True to the developer guide, "Monitoring Amazon SNS topics using CloudWatch": by TopicName, and
 * nothing while nothing happens.
 */
#include "cloud/metering_parts.h"

#include "cloud/topic.h"

static void tell(const struct teller *like, const struct topic *topic, const char *name,
                 int64_t count)
{
    struct teller teller = teller_of(like);

    teller_dimension(&teller, "TopicName", topic->name);
    teller_count(&teller, name, count, false);
}

static void tell_sizes(const struct teller *like, const struct topic *topic)
{
    const struct topic_counts *now = &topic->counts;
    struct teller teller = teller_of(like);

    if (now->published == topic->told.published)
        return;
    teller_dimension(&teller, "TopicName", topic->name);
    teller_tell(&teller, "PublishSize", UNIT_BYTES, 1,
                &(struct metric_sample){
                    .set = {.count = now->published - topic->told.published,
                            .sum = now->bytes - topic->told.bytes,
                            .min = now->least,
                            .max = now->most},
                });
}

void metering_topics(struct metering *metering, int64_t minute)
{
    for (uint32_t i = 0; metering->topics != NULL && i < table_count(&metering->topics->table);
         i++) {
        struct topic *topic = table_at(&metering->topics->table, i);
        const struct topic_counts *now = &topic->counts;
        const struct topic_counts *then = &topic->told;
        const struct teller like = {
            .metering = metering,
            .name = {.account = topic->account, .region = topic->region, .space = "AWS/SNS"},
            .time = minute,
            .span_s = METERING_SPAN_S,
        };

        tell(&like, topic, "NumberOfMessagesPublished", now->published - then->published);
        tell_sizes(&like, topic);
        tell(&like, topic, "NumberOfNotificationsDelivered", now->delivered - then->delivered);
        tell(&like, topic, "NumberOfNotificationsFailed", now->failed - then->failed);
        tell(&like, topic, "NumberOfNotificationsFilteredOut", now->filtered - then->filtered);
        tell(&like, topic, "NumberOfNotificationsFilteredOut-NoMessageAttributes",
             now->no_values - then->no_values);
        tell(&like, topic, "NumberOfNotificationsFilteredOut-InvalidMessageBody",
             now->bad_body - then->bad_body);
        tell(&like, topic, "NumberOfNotificationsRedrivenToDlq", now->redriven - then->redriven);
        tell(&like, topic, "NumberOfNotificationsFailedToRedriveToDlq",
             now->redrive_failed - then->redrive_failed);
        topic->told = topic->counts;
    }
}
