/*
 * api/sqs_queue.c - create-queue, delete-queue, get-queue-url, list-queues, purge-queue.
 */
#include "api/sqs_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct fault_kind fault_name_exists = {
    .code = "QueueAlreadyExists",
    .text = "A queue already exists with the same name and a different value for attribute {}",
    .hint = "create-queue may be repeated with the same attributes; others are set with "
            "set-queue-attributes. Newer programs call this error QueueNameExists.",
};
static const struct fault_kind fault_queue_name = {
    .code = "InvalidParameterValue",
    .text = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    .hint = "The name of a FIFO queue ends in .fifo, and then FifoQueue=true must be given.",
};
static const struct fault_kind fault_fifo_name = {
    .code = "InvalidParameterValue",
    .text = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
            "underscores, must end with .fifo suffix and be 1 to 80 in length.",
    .hint = "Put .fifo at the name's end.",
};
static const struct fault_kind fault_list_limit = {
    .code = "InvalidParameterValue",
    .text = "Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer "
            "between 1 and 1000.",
    .hint = "Leave --max-results away to see up to 1000 queues at once.",
};

struct queue_in {
    const char *url;
};

struct queue_out {
    const char *url;
};

static const struct field queue_in_fields[] = {F_QUEUE_URL(struct queue_in, url)};
static const struct field queue_out_fields[] = {
    F_STRING(struct queue_out, url, "QueueUrl", "What the other operations take."),
};

/* ---- create-queue ---- */

struct create_in {
    const char *name;
    struct pairs attributes;
    struct pairs tags;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, name, "QueueName",
             "Its name: up to 80 letters, digits, - and _; of a FIFO queue with .fifo at its end.",
             .flags = FIELD_REQUIRED),
    F_MAP(struct create_in, attributes, "Attributes",
          "What is not to be as usual: VisibilityTimeout, DelaySeconds and others."),
    F_MAP(struct create_in, tags, "tags", "Tags of the queue.", .cli = "tags"),
};
static const struct shape create_in_shape =
    SHAPE("CreateQueueRequest", struct create_in, create_in_fields);
static const struct shape create_out_shape =
    SHAPE("CreateQueueResult", struct queue_out, queue_out_fields);

static const struct fault_kind *const create_faults[] = {
    &fault_queue_name, &fault_fifo_name, &fault_name_exists, &fault_queue_deleted_recently,
    SQS_WISH_FAULTS, NULL,
};

static int check_name(struct call *call, const char *name, bool fifo)
{
    size_t length = strlen(name);
    bool suffix = str_ends(name, ".fifo");
    size_t plain = suffix ? length - 5 : length;

    if (fifo && !suffix)
        return call_fault(call, &fault_fifo_name);
    for (size_t i = 0; i < plain; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '-' && name[i] != '_')
            return call_fault(call, fifo ? &fault_fifo_name : &fault_queue_name);
    if (plain == 0 || length > 80 || (suffix && !fifo))
        return call_fault(call, fifo ? &fault_fifo_name : &fault_queue_name);
    return 0;
}

/* As texts, or as JSON, where spaces do not count. */
static bool same_value(const char *a, const char *b)
{
    json_t *x = json_loads(a, 0, NULL);
    json_t *y = json_loads(b, 0, NULL);
    bool same = str_equal(a, b) || (x != NULL && y != NULL && json_equal(x, y));

    json_decref(x);
    json_decref(y);
    return same;
}

/* What is asked for must be what the queue of that name has. */
static int same_attributes(struct call *call, const struct queue *queue,
                           const struct pairs *attributes)
{
    for (uint32_t i = 0; i < attributes->count; i++) {
        const struct pair *pair = &attributes->items[i];
        const char *has = sqs_attribute(call, queue, pair->key);

        if (!same_value(has == NULL ? "" : has, pair->value))
            return call_fault(call, &fault_name_exists, pair->key);
    }
    return 0;
}

static int create_queue(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct queue_out *answer = out;
    struct queues *queues = &call->world->queues;
    struct queue *queue =
        queue_find_name(queues, call->account, call->region, wish->name);
    struct queue_wish attributes = {0};
    struct tags tags = {0};

    if (sqs_wish_read(call, &wish->attributes, NULL, wish->name, &attributes) != 0 ||
        check_name(call, wish->name, attributes.fifo.value) != 0)
        return -1;
    if (queue != NULL && same_attributes(call, queue, &wish->attributes) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&tags, wish->tags.items[i].key, wish->tags.items[i].value);
    if (queue == NULL)
        queue = queue_add(queues,
                          &(struct queue_new){
                              .account = call->account,
                              .name = wish->name,
                              .wish = &attributes,
                              .tags = &tags,
                              .region = call->region,
                          },
                          &call->fault);
    shape_release(&tags_shape, &tags);
    if (queue == NULL)
        return -1;
    sqs_charge(queue, 1);
    answer->url = queue_url(queues, &call->arena, queue);
    return 0;
}

const struct op op_create_queue = {
    .name = "CreateQueue",
    .doc = "Makes a queue; asked again with the same attributes, gives that queue's URL.",
    .example = "aws sqs create-queue --queue-name orders --attributes VisibilityTimeout=60",
    .in = &create_in_shape,
    .out = &create_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_queue,
};

/* ---- delete-queue ---- */

static const struct shape delete_in_shape =
    SHAPE("DeleteQueueRequest", struct queue_in, queue_in_fields);

static const struct fault_kind *const queue_faults[] = {SQS_QUEUE_FAULTS, NULL};

static int delete_queue(struct call *call, const void *in, void *out)
{
    const struct queue_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "DeleteQueue");

    (void)out;
    if (queue == NULL)
        return -1;
    sqs_charge(queue, 1);
    queue_remove(&call->world->queues, queue);
    return 0;
}

const struct op op_delete_queue = {
    .name = "DeleteQueue",
    .doc = "Deletes a queue with all its messages; its name is free after 60 seconds.",
    .example = "aws sqs delete-queue --queue-url $Q",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = queue_faults,
    .flags = OP_WRITE,
    .run = delete_queue,
};

/* ---- purge-queue ---- */

static const struct shape purge_in_shape =
    SHAPE("PurgeQueueRequest", struct queue_in, queue_in_fields);

static const struct fault_kind *const purge_faults[] = {SQS_QUEUE_FAULTS, &fault_queue_purging,
                                                        NULL};

static int purge_queue(struct call *call, const void *in, void *out)
{
    const struct queue_in *wish = in;
    struct queue *queue = sqs_queue(call, wish->url, "PurgeQueue");

    (void)out;
    if (queue == NULL || queue_purge(&call->world->queues, queue, &call->fault) != 0)
        return -1;
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_purge_queue = {
    .name = "PurgeQueue",
    .doc = "Deletes what was sent to a queue up to now; that takes up to 60 seconds.",
    .example = "aws sqs purge-queue --queue-url $Q",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &purge_in_shape,
    .out = &shape_empty,
    .faults = purge_faults,
    .flags = OP_WRITE,
    .run = purge_queue,
};

/* ---- get-queue-url ---- */

struct url_in {
    const char *name;
    const char *owner;
};

static const struct field url_in_fields[] = {
    F_STRING(struct url_in, name, "QueueName", "The queue's name.", .flags = FIELD_REQUIRED),
    F_STRING(struct url_in, owner, "QueueOwnerAWSAccountId",
             "The account whose queue it is; yours unless told.", .ref = &kind_account),
};
static const struct shape url_in_shape =
    SHAPE("GetQueueUrlRequest", struct url_in, url_in_fields);
static const struct shape url_out_shape =
    SHAPE("GetQueueUrlResult", struct queue_out, queue_out_fields);

static const struct fault_kind *const url_faults[] = {&fault_sqs_missing, NULL};

static int get_queue_url(struct call *call, const void *in, void *out)
{
    const struct url_in *wish = in;
    struct queue_out *answer = out;
    const struct queues *queues = &call->world->queues;
    uint64_t account = wish->owner == NULL ? call->account : strtoull(wish->owner, NULL, 10);
    const struct queue *queue = queue_find_name(queues, account, call->region, wish->name);
    struct resource_ask ask = {.account = call->account, .action = "sqs:GetQueueUrl"};

    if (queue != NULL && queue->account != call->account) {
        ask.resource = queue_arn(queues, &call->arena, queue);
        if (resource_policy_judge(queue->rules, &ask) != POLICY_ALLOWS)
            queue = NULL;
    }
    if (queue == NULL)
        return call_fault(call, &fault_sqs_missing);
    answer->url = queue_url(queues, &call->arena, queue);
    return 0;
}

const struct op op_get_queue_url = {
    .name = "GetQueueUrl",
    .doc = "Gives the URL of a queue by its name.",
    .example = "aws sqs get-queue-url --queue-name orders",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &url_in_shape,
    .out = &url_out_shape,
    .faults = url_faults,
    .run = get_queue_url,
};

/* ---- list-queues ---- */

struct list_in {
    const char *prefix;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    struct strings urls;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, prefix, "QueueNamePrefix", "Only queues whose names begin so."),
    F_STRING(struct list_in, token, "NextToken", "Where to go on: of the answer before."),
    F_OPT_INT(struct list_in, limit, "MaxResults", "The most queues that one answer gives."),
};
static const struct field list_out_fields[] = {
    F_STRINGS(struct list_out, urls, "QueueUrls", "Their URLs.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct list_out, next, "NextToken", "Give it to go on; absent when nothing is left."),
};
static const struct shape list_in_shape =
    SHAPE("ListQueuesRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListQueuesResult", struct list_out, list_out_fields);
static const struct paging list_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "MaxResults",
    .result = "QueueUrls",
};
static const struct fault_kind *const list_faults[] = {&fault_list_limit, NULL};

enum { LIST_MOST = 1000 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_queues(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    struct list_out *answer = out;
    const struct queues *queues = &call->world->queues;
    struct page page;
    const char *next;

    if (wish->limit.set && (wish->limit.value < 1 || wish->limit.value > LIST_MOST))
        return call_fault(call, &fault_list_limit);
    for (uint32_t i = 0; i < table_count(&queues->table); i++) {
        const struct queue *queue = table_at(&queues->table, i);

        if (queue->account == call->account && queue->region == call->region &&
            str_starts(queue->name, wish->prefix == NULL ? "" : wish->prefix))
            *LIST_PUSH_IN(&call->arena, &answer->urls) =
                queue_url(queues, &call->arena, queue);
    }
    if (answer->urls.count > 1)
        qsort(answer->urls.items, answer->urls.count, sizeof(*answer->urls.items), by_text);
    if (page_find(call, wish->limit.set ? wish->limit : OPT_INT(LIST_MOST), wish->token,
                  answer->urls.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->urls, page);
    next = page.next;
    answer->next = wish->limit.set ? next : NULL; /* AWS gives one only to those who set a limit */
    return 0;
}

const struct op op_list_queues = {
    .name = "ListQueues",
    .doc = "Lists the URLs of your queues in this Region, up to 1000.",
    .example = "aws sqs list-queues --queue-name-prefix ord",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .paging = &list_paging,
    .run = list_queues,
};
