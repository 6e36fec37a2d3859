/*
 * api/sns_tag.c - tag-resource, untag-resource, list-tags-for-resource.
 */
#include "api/sns_parts.h"

#include "base/str.h"

enum { TAGS_MAX = 50 };

static const struct fault_kind fault_resource = {
    .code = "ResourceNotFound",
    .text = "Resource does not exist",
    .hint = "aws sns list-topics shows the topics of this account in this Region.",
};
static const struct fault_kind fault_tags = {
    .code = "TagLimitExceeded",
    .text = "Could not complete request: tag quota of per resource exceeded",
    .hint = "A topic can have 50 tags.",
};

static const struct field tag_fields[] = {
    F_STRING(struct tag_view, key, "Key", "The tag's key.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 128),
    F_STRING(struct tag_view, value, "Value", "Its value.", .flags = FIELD_REQUIRED, .max = 256),
};
const struct shape sns_tag_shape = SHAPE("Tag", struct tag_view, tag_fields);

struct tag_in {
    const char *arn;
    struct tag_views tags;
    struct strings keys;
};

struct tag_out {
    struct tag_views tags;
};

#define F_RESOURCE_ARN \
    F_STRING(struct tag_in, arn, "ResourceArn", "The ARN of the topic.", \
             .flags = FIELD_REQUIRED, .ref = &kind_topic, .min = 1, .max = 1011)

/* The caller's own topic. */
static struct topic *find_resource(struct call *call, const char *arn)
{
    struct topic *topic = topic_find_arn(&call->world->topics, arn);

    if (topic != NULL && topic->account == call->account && topic->region == call->region)
        return topic;
    call_fault(call, &fault_resource);
    return NULL;
}

int sns_tags_check(struct call *call, const struct tag_views *tags)
{
    for (uint32_t i = 0; i < tags->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_equal(tags->items[i].key, tags->items[k].key))
                return sns_refuse(call, "Duplicated keys are not allowed.");
    return 0;
}

/* ---- tag-resource ---- */

static const struct field tag_in_fields[] = {
    F_RESOURCE_ARN,
    F_LIST(struct tag_in, tags, struct tag_view, &sns_tag_shape, "Tags", "Keys and values.",
           .flags = FIELD_REQUIRED),
};
static const struct shape tag_in_shape = SHAPE("TagResourceRequest", struct tag_in, tag_in_fields);

static const struct fault_kind *const tag_faults[] = {&fault_resource, &fault_topic_parameter,
                                                      &fault_tags, NULL};
static const struct fault_kind *const untag_faults[] = {&fault_resource, NULL};

static int tag_resource(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct topic *topic = find_resource(call, wish->arn);
    uint32_t count;

    (void)out;
    if (topic == NULL || sns_tags_check(call, &wish->tags) != 0)
        return -1;
    count = tags_count(&topic->tags);
    for (uint32_t i = 0; i < wish->tags.count; i++)
        count += tags_find(&topic->tags, wish->tags.items[i].key) == NULL;
    if (count > TAGS_MAX)
        return call_fault(call, &fault_tags);
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&topic->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    return 0;
}

const struct op op_sns_tag_resource = {
    .name = "TagResource",
    .doc = "Hangs tags on a topic, or gives them other values.",
    .example = "aws sns tag-resource --resource-arn $T --tags Key=shop,Value=highway",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &tag_in_shape,
    .out = &shape_empty,
    .faults = tag_faults,
    .flags = OP_WRITE,
    .run = tag_resource,
};

/* ---- untag-resource ---- */

static const struct field untag_in_fields[] = {
    F_RESOURCE_ARN,
    F_STRINGS(struct tag_in, keys, "TagKeys", "The keys of the tags that go.",
              .flags = FIELD_REQUIRED),
};
static const struct shape untag_in_shape =
    SHAPE("UntagResourceRequest", struct tag_in, untag_in_fields);

static int untag_resource(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct topic *topic = find_resource(call, wish->arn);

    (void)out;
    if (topic == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->keys.count; i++)
        tags_remove(&topic->tags, wish->keys.items[i], NULL);
    return 0;
}

const struct op op_sns_untag_resource = {
    .name = "UntagResource",
    .doc = "Takes tags off a topic.",
    .example = "aws sns untag-resource --resource-arn $T --tag-keys shop",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &untag_in_shape,
    .out = &shape_empty,
    .faults = untag_faults,
    .flags = OP_WRITE,
    .run = untag_resource,
};

/* ---- list-tags-for-resource ---- */

static const struct field list_in_fields[] = {F_RESOURCE_ARN};
static const struct field list_out_fields[] = {
    F_LIST(struct tag_out, tags, struct tag_view, &sns_tag_shape, "Tags", "Its tags."),
};
static const struct shape list_in_shape =
    SHAPE("ListTagsForResourceRequest", struct tag_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListTagsForResourceResponse", struct tag_out, list_out_fields);

static int list_tags(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct tag_out *answer = out;
    const struct topic *topic = find_resource(call, wish->arn);

    if (topic == NULL)
        return -1;
    tag_views_fill(call, &answer->tags, &topic->tags);
    return 0;
}

const struct op op_sns_list_tags = {
    .name = "ListTagsForResource",
    .doc = "Shows the tags of a topic.",
    .example = "aws sns list-tags-for-resource --resource-arn $T",
    .needs = SNS_EXAMPLE_TOPIC,
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = untag_faults,
    .run = list_tags,
};
