/*
 * api/sns_topic.c - create-topic, delete-topic, list-topics.
 */
#include "api/sns_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

struct topic_arn_view {
    const char *arn;
};

/* ---- create-topic ---- */

struct create_in {
    const char *name;
    struct sns_pairs attributes;
    struct tag_views tags;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, name, "Name",
             "Its name: up to 256 letters, digits, - and _; of a FIFO topic with .fifo at its end.",
             .flags = FIELD_REQUIRED),
    F_MAP(struct create_in, attributes, "Attributes",
          "What is not to be as usual: DisplayName, FifoTopic and others."),
    F_LIST(struct create_in, tags, struct tag_view, &sns_tag_shape, "Tags", "Tags of the topic."),
};
static const struct field create_out_fields[] = {
    F_STRING(struct topic_arn_view, arn, "TopicArn", "What the other operations take."),
};
static const struct shape create_in_shape =
    SHAPE("CreateTopicInput", struct create_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateTopicResponse", struct topic_arn_view, create_out_fields);

static const struct fault_kind *const create_faults[] = {&fault_topic_parameter,
                                                         &fault_sns_not_modelled, NULL};

static int check_name(struct call *call, const char *name, bool fifo)
{
    size_t length = strlen(name);
    bool suffix = str_ends(name, ".fifo");
    size_t plain = suffix ? length - 5 : length;
    bool good = length <= 256 && plain > 0 && suffix == fifo;

    for (size_t i = 0; i < plain && good; i++)
        good = isalnum((unsigned char)name[i]) || name[i] == '-' || name[i] == '_';
    return good ? 0 : sns_refuse(call, "Topic Name");
}

/* What is asked for must be what the topic of that name has. */
static int same_topic(struct call *call, const struct topic *topic, const struct create_in *wish)
{
    for (uint32_t i = 0; i < wish->attributes.count; i++) {
        const struct pair *pair = &wish->attributes.items[i];
        const char *has = sns_topic_attribute(call, topic, pair->key);

        if (!str_equal(has == NULL ? "" : has, pair->value))
            return sns_refuse(call,
                              "Attributes Reason: Topic already exists with different attributes");
    }
    for (uint32_t i = 0; i < wish->tags.count; i++)
        if (!str_equal(tags_find(&topic->tags, wish->tags.items[i].key),
                       wish->tags.items[i].value))
            return sns_refuse(call, "Tags Reason: Topic already exists with different tags");
    return 0;
}

static int create_topic(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct topic_arn_view *answer = out;
    struct topics *topics = &call->world->topics;
    struct topic *topic = topic_find_name(topics, call->account, call->region, wish->name);
    struct topic_wish attributes = {0};
    struct tags tags = {0};

    for (uint32_t i = 0; i < wish->attributes.count; i++)
        if (sns_topic_wish_read(call, &wish->attributes.items[i], NULL, &attributes) != 0)
            return -1;
    if (check_name(call, wish->name, attributes.fifo.value || (topic != NULL && topic->fifo)) !=
            0 ||
        sns_tags_check(call, &wish->tags) != 0)
        return -1;
    if (attributes.group_scope.set && !attributes.fifo.value)
        return sns_refuse(call, "Attributes Reason: FifoThroughputScope is for FIFO topics");
    if (topic != NULL && same_topic(call, topic, wish) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&tags, wish->tags.items[i].key, wish->tags.items[i].value);
    if (topic == NULL)
        topic = topic_add(topics, &(struct topic_new){
                                      .account = call->account,
                                      .name = wish->name,
                                      .wish = &attributes,
                                      .tags = &tags,
                                      .region = call->region,
                                  });
    shape_release(&tags_shape, &tags);
    answer->arn = topic_arn(topics, &call->arena, topic);
    return 0;
}

const struct op op_create_topic = {
    .name = "CreateTopic",
    .doc = "Makes a topic; asked again with the same attributes, gives that topic's ARN.",
    .example = "aws sns create-topic --name orders --attributes DisplayName=Orders",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_topic,
};

/* ---- delete-topic ---- */

static const struct field delete_in_fields[] = {F_TOPIC_ARN(struct topic_arn_view, arn)};
static const struct shape delete_in_shape =
    SHAPE("DeleteTopicInput", struct topic_arn_view, delete_in_fields);

static const struct fault_kind *const delete_faults[] = {&fault_topic_parameter, &fault_sns_denied,
                                                         NULL};

/* Of one that is not there it is no fault. */
static int delete_topic(struct call *call, const void *in, void *out)
{
    const struct topic_arn_view *wish = in;
    struct topic *topic = sns_topic(call, wish->arn, "DeleteTopic");

    (void)out;
    if (topic == NULL && call->fault.kind == &fault_sns_topic) {
        fault_release(&call->fault);
        return 0;
    }
    if (topic == NULL)
        return -1;
    topic_remove(&call->world->topics, topic);
    return 0;
}

const struct op op_delete_topic = {
    .name = "DeleteTopic",
    .doc = "Deletes a topic with all its subscriptions.",
    .example = "aws sns delete-topic --topic-arn $T",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_topic,
};

/* ---- list-topics ---- */

struct list_in {
    const char *token;
};

struct list_out {
    LIST(struct topic_arn_view) topics;
    const char *next;
};

static const struct field list_in_fields[] = {F_NEXT_TOKEN(struct list_in, token)};
static const struct field topic_fields[] = {
    F_STRING(struct topic_arn_view, arn, "TopicArn", "Its ARN.", .flags = FIELD_COLUMN,
             .ref = &kind_topic),
};
static const struct shape topic_view_shape = SHAPE("Topic", struct topic_arn_view, topic_fields);
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, topics, struct topic_arn_view, &topic_view_shape, "Topics",
           "Your topics in this Region."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape = SHAPE("ListTopicsInput", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListTopicsResponse", struct list_out, list_out_fields);
static const struct paging list_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .result = "Topics",
};

enum { LIST_MOST = 100 };

static int list_topics(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    struct list_out *answer = out;
    const struct topics *topics = &call->world->topics;
    struct page page;

    for (uint32_t i = 0; i < table_count(&topics->table); i++) {
        const struct topic *topic = table_at(&topics->table, i);

        if (topic->account == call->account && topic->region == call->region)
            LIST_PUSH_IN(&call->arena, &answer->topics)->arn =
                topic_arn(topics, &call->arena, topic);
    }
    if (page_find(call, OPT_INT(LIST_MOST), wish->token, answer->topics.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->topics, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_topics = {
    .name = "ListTopics",
    .doc = "Lists the ARNs of your topics in this Region, 100 at a time.",
    .example = "aws sns list-topics",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .paging = &list_paging,
    .run = list_topics,
};
