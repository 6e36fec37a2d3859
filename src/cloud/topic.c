/*
 * cloud/topic.c - SNS: topics, what they say, and who may do what with them.
 *
 * Owns    struct topic.
 * True to the API reference, "CreateTopic", "SetTopicAttributes", and to recorded answers: the
 *         policy of a topic to which nobody gave one lets its owner do all, and no service publish.
 */
#include "cloud/topic_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_kinds.h"
#include "sim/chance.h"

const char *const topic_protocol_words[] = {
    [TOPIC_SQS] = "sqs", [TOPIC_EMAIL] = "email", [TOPIC_EMAIL_JSON] = "email-json",
    [TOPIC_HTTP] = "http", [TOPIC_HTTPS] = "https",
};

/* ---- life of the room ---- */

void topics_init(struct topics *topics)
{
    table_init(&topics->table, &topic_shape);
    table_init(&topics->subscriptions, &topic_subscription_shape);
    table_init(&topics->mails, &topic_mail_shape);
    pool_init(&topics->deliveries, &topic_delivery_shape);
    pool_init(&topics->dedups, &topic_dedup_shape);
    topics->fields = event_fields_new();
    sim_handle(topics->sim, EVENT_TOPIC_FILTER, &topic_filter_kind, topics);
    sim_handle(topics->sim, EVENT_TOPIC_RETRY, &topic_retry_kind, topics);
}

static void release_made(struct topic *topic)
{
    LIST_RELEASE(&topic->heard);
    resource_policy_free(topic->rules);
    topic->rules = NULL;
}

void topics_release(struct topics *topics)
{
    for (uint32_t i = 0; i < table_count(&topics->subscriptions); i++) {
        struct topic_subscription *subscription = table_at(&topics->subscriptions, i);

        event_pattern_free(subscription->pattern);
        subscription->pattern = NULL;
    }
    for (uint32_t i = 0; i < table_count(&topics->table); i++)
        release_made(table_at(&topics->table, i));
    table_release(&topics->table);
    table_release(&topics->subscriptions);
    table_release(&topics->mails);
    pool_release(&topics->deliveries);
    pool_release(&topics->dedups);
    event_fields_free(topics->fields);
}

/* ---- finding, names ---- */

struct topic *topic_find(const struct topics *topics, uint64_t id)
{
    return table_find(&topics->table, id);
}

struct topic *topic_find_name(const struct topics *topics, uint64_t account, uint8_t region,
                              const char *name)
{
    for (uint32_t i = 0; i < table_count(&topics->table); i++) {
        struct topic *topic = table_at(&topics->table, i);

        if (topic->account == account && topic->region == region && str_equal(topic->name, name))
            return topic;
    }
    return NULL;
}

struct topic *topic_find_arn(const struct topics *topics, const char *arn)
{
    struct arena arena = ARENA_INIT;
    struct topic *found = NULL;

    for (uint32_t i = 0; i < table_count(&topics->table) && found == NULL; i++) {
        struct topic *topic = table_at(&topics->table, i);

        if (arn != NULL && str_ends(arn, topic->name) &&
            strcmp(topic_arn(topics, &arena, topic), arn) == 0)
            found = topic;
    }
    arena_release(&arena);
    return found;
}

const char *topic_arn(const struct topics *topics, struct arena *arena, const struct topic *topic)
{
    return arena_printf(arena, "arn:aws:sns:%s:%012" PRIu64 ":%s",
                        topics->catalog->regions[topic->region].name, topic->account, topic->name);
}

uint64_t topic_draw(struct topics *topics, struct topic *topic, uint64_t below)
{
    struct chance chance = chance_stream(topics->seed, "topic", topic->id);

    chance.counter = topic->luck++;
    return below == 0 ? chance_u64(&chance) : chance_u64(&chance) % below;
}

void topic_tell(struct topics *topics, const struct topic *topic, const char *format, ...)
{
    char line[512];
    char *text;
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof(line), format, values);
    va_end(values);
    text = xasprintf("%s %s", topic->name, line);
    trail_add(topics->trail, (struct trail_entry){
                                 .account = topic->account,
                                 .subject = topic->id,
                                 .topic = TRAIL_TOPIC,
                                 .region = topic->region,
                                 .text = text,
                             });
    free(text);
}

/* ---- policies ---- */

const char *topic_policy_default(const struct topics *topics, struct arena *arena,
                                 const struct topic *topic)
{
    return arena_printf(
        arena,
        "{\"Version\":\"2008-10-17\",\"Id\":\"__default_policy_ID\",\"Statement\":[{\"Sid\":"
        "\"__default_statement_ID\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
        "\"Action\":[\"SNS:GetTopicAttributes\",\"SNS:SetTopicAttributes\","
        "\"SNS:AddPermission\",\"SNS:RemovePermission\",\"SNS:DeleteTopic\","
        "\"SNS:Subscribe\",\"SNS:ListSubscriptionsByTopic\",\"SNS:Publish\"],"
        "\"Resource\":\"%s\",\"Condition\":{\"StringEquals\":{\"AWS:SourceOwner\":"
        "\"%012" PRIu64 "\"}}}]}",
        topic_arn(topics, arena, topic), topic->account);
}

bool topic_allows(const struct topics *topics, const struct topic *topic,
                  const struct resource_ask *ask)
{
    enum resource_verdict verdict;

    (void)topics;
    verdict = topic->rules == NULL ? POLICY_SILENT : resource_policy_judge(topic->rules, ask);
    if (verdict == POLICY_SILENT)
        return ask->service == NULL && ask->account == topic->account;
    return verdict == POLICY_ALLOWS;
}

static void read_rules(struct topic *topic)
{
    struct arena arena = ARENA_INIT;
    const char *what;

    resource_policy_free(topic->rules);
    topic->rules = NULL;
    if (topic->policy != NULL)
        resource_policy_read(topic->policy, &arena, &topic->rules, &what);
    arena_release(&arena);
}

/* ---- making, changing ---- */

static void replace(char **text, const char *with)
{
    if (with == NULL)
        return;
    free(*text);
    *text = with[0] == '\0' ? NULL : xstrdup(with);
}

static void take_wish(struct topic *topic, const struct topic_wish *wish)
{
    replace(&topic->display, wish->display);
    replace(&topic->policy, wish->policy);
    if (wish->policy != NULL)
        read_rules(topic);
    replace(&topic->delivery, wish->delivery);
    replace(&topic->kms_key, wish->kms_key);
    if (wish->by_content.set)
        topic->by_content = wish->by_content.value;
    if (wish->group_scope.set)
        topic->group_scope = wish->group_scope.value;
    if (wish->signature.set)
        topic->signature = (uint8_t)wish->signature.value;
}

struct topic *topic_add(struct topics *topics, const struct topic_new *wish)
{
    struct topic *topic = table_add(&topics->table, ids_new(topics->ids));

    topic->account = wish->account;
    topic->region = wish->region;
    topic->name = xstrdup(wish->name);
    topic->created = topics->sim->now;
    topic->fifo = wish->wish->fifo.set && wish->wish->fifo.value;
    take_wish(topic, wish->wish);
    tags_copy(&topic->tags, wish->tags);
    topic_tell(topics, topic, "was made");
    return topic;
}

void topic_change(struct topics *topics, struct topic *topic, const struct topic_wish *wish)
{
    take_wish(topic, wish);
    topic_tell(topics, topic, "was changed");
}

void topic_remove(struct topics *topics, struct topic *topic)
{
    topic_tell(topics, topic, "was deleted, with %u subscriptions", topic->heard.count);
    while (topic->heard.count > 0)
        topic_subscription_drop(topics, topic->heard.items[topic->heard.count - 1]);
    topic_dedup_forget(topics, topic);
    release_made(topic);
    table_remove(&topics->table, topic->id);
}

/* ---- reading back ---- */

bool topics_restore(struct topics *topics)
{
    for (uint32_t i = 0; i < table_count(&topics->table); i++) {
        struct topic *topic = table_at(&topics->table, i);

        if (topic->name == NULL || topic->region >= topics->catalog->region_count ||
            topic->created > topics->sim->now || topic->signature > 2)
            return false;
        read_rules(topic);
    }
    for (uint32_t i = 0; i < table_count(&topics->mails); i++) {
        const struct topic_mail *mail = table_at(&topics->mails, i);

        if (mail->to == NULL || mail->body == NULL)
            return false;
    }
    return topic_subscriptions_restore(topics) && topic_deliveries_restore(topics) &&
           topic_dedups_restore(topics);
}
