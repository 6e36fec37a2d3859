/*
 * api/sqs_tag.c - tag-queue, untag-queue, list-queue-tags.
 */
#include "api/sqs_parts.h"

enum { TAGS_MAX = 50 };

static const struct fault_kind fault_tags = {
    .code = "InvalidParameterValue",
    .text = "Too many tags added for queue {}.",
    .hint = "A queue can have 50 tags.",
};

struct tag_in {
    const char *url;
    struct pairs tags;
    struct strings keys;
};

struct tag_out {
    struct pairs tags;
};

static const struct fault_kind *const tag_faults[] = {SQS_QUEUE_FAULTS, &fault_tags, NULL};
static const struct fault_kind *const untag_faults[] = {SQS_QUEUE_FAULTS, NULL};

/* ---- tag-queue ---- */

static const struct field tag_in_fields[] = {
    F_QUEUE_URL(struct tag_in, url),
    F_MAP(struct tag_in, tags, "Tags", "Keys and values.", .flags = FIELD_REQUIRED),
};
static const struct shape tag_in_shape = SHAPE("TagQueueRequest", struct tag_in, tag_in_fields);

static int tag_queue(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "TagQueue");
    uint32_t count;

    (void)out;
    if (queue == NULL)
        return -1;
    count = tags_count(&queue->tags);
    for (uint32_t i = 0; i < wish->tags.count; i++)
        count += tags_find(&queue->tags, wish->tags.items[i].key) == NULL;
    if (count > TAGS_MAX)
        return call_fault(call, &fault_tags, queue->name);
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&queue->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_tag_queue = {
    .name = "TagQueue",
    .doc = "Hangs tags on a queue, or gives them other values.",
    .example = "aws sqs tag-queue --queue-url $Q --tags shop=highway",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &tag_in_shape,
    .out = &shape_empty,
    .faults = tag_faults,
    .flags = OP_WRITE,
    .run = tag_queue,
};

/* ---- untag-queue ---- */

static const struct field untag_in_fields[] = {
    F_QUEUE_URL(struct tag_in, url),
    F_STRINGS(struct tag_in, keys, "TagKeys", "The keys of the tags that go.",
              .flags = FIELD_REQUIRED),
};
static const struct shape untag_in_shape =
    SHAPE("UntagQueueRequest", struct tag_in, untag_in_fields);

static int untag_queue(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "UntagQueue");

    (void)out;
    if (queue == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->keys.count; i++)
        tags_remove(&queue->tags, wish->keys.items[i], NULL);
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_untag_queue = {
    .name = "UntagQueue",
    .doc = "Takes tags off a queue.",
    .example = "aws sqs untag-queue --queue-url $Q --tag-keys shop",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &untag_in_shape,
    .out = &shape_empty,
    .faults = untag_faults,
    .flags = OP_WRITE,
    .run = untag_queue,
};

/* ---- list-queue-tags ---- */

static const struct field list_in_fields[] = {F_QUEUE_URL(struct tag_in, url)};
static const struct field list_out_fields[] = {
    F_MAP(struct tag_out, tags, "Tags", "Its tags; absent when it has none.",
          .flags = FIELD_OMIT_EMPTY),
};
static const struct shape list_in_shape =
    SHAPE("ListQueueTagsRequest", struct tag_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListQueueTagsResult", struct tag_out, list_out_fields);

static int list_tags(struct call *call, const void *in, void *out)
{
    const struct tag_in *wish = in;
    struct tag_out *answer = out;
    const struct queue *queue = sqs_queue(call, wish->url, "ListQueueTags");

    if (queue == NULL)
        return -1;
    for (uint32_t i = 0; i < tags_count(&queue->tags); i++)
        *LIST_PUSH_IN(&call->arena, &answer->tags) = *tags_at(&queue->tags, i);
    return 0;
}

const struct op op_list_queue_tags = {
    .name = "ListQueueTags",
    .doc = "Shows the tags of a queue.",
    .example = "aws sqs list-queue-tags --queue-url $Q",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = untag_faults,
    .run = list_tags,
};
