/*
 * api/sqs_attribute.c - get-queue-attributes, set-queue-attributes, and attributes as people write
 * them.
 */
#include "api/sqs_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sim/clock.h"

/* ---- reading ---- */

/* Attributes on their way to a wish. */
struct reading {
    struct call *call;
    const struct queue *queue; /* NULL: a new one */
    const char *name;
    bool fifo;
    struct queue_wish *wish;
};

static int bad_name(struct reading *reading, const char *text)
{
    return call_fault(reading->call, &fault_sqs_attribute_name, text);
}

static int bad_value(struct reading *reading, const char *name, const char *reason)
{
    return call_fault(reading->call, &fault_sqs_attribute_value, name, reason);
}

static int bad_policy(struct reading *reading, const struct pair *pair, const char *reason)
{
    return call_fault(reading->call, &fault_sqs_parameter,
                      arena_printf(&reading->call->arena,
                                   "Value %s for parameter %s is invalid. Reason: %s", pair->value,
                                   pair->key, reason));
}

static bool read_number(const char *text, int64_t *number)
{
    char *end;

    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && strlen(text) < 18;
}

static int take_number(struct reading *reading, const struct pair *pair, uint8_t at)
{
    int64_t number;

    if (!read_number(pair->value, &number) || number < queue_ranges[at].least ||
        number > queue_ranges[at].most)
        return bad_value(reading, pair->key, "");
    reading->wish->numbers[at] = OPT_INT(number);
    return 0;
}

static int take_bool(struct reading *reading, const struct pair *pair, struct opt_bool *to)
{
    bool yes = strcmp(pair->value, "true") == 0;

    if (!yes && strcmp(pair->value, "false") != 0)
        return bad_value(reading, pair->key, "");
    *to = OPT_BOOL(yes);
    return 0;
}

/* One word or another, of FIFO queues only. */
static int take_scope(struct reading *reading, const struct pair *pair, const char *const words[2],
                      struct opt_bool *to)
{
    if (!reading->fifo)
        return bad_name(reading, arena_printf(&reading->call->arena,
                                              "You can specify the %s only when FifoQueue is set "
                                              "to true.",
                                              pair->key));
    if (!str_equal(pair->value, words[0]) && !str_equal(pair->value, words[1]))
        return bad_value(reading, pair->key, "");
    *to = OPT_BOOL(str_equal(pair->value, words[1]));
    return 0;
}

static int take_fifo(struct reading *reading, const struct pair *pair)
{
    if (reading->queue != NULL)
        return reading->fifo ? bad_value(reading, pair->key,
                                         " Reason: Modifying queue type is not supported.")
                             : bad_name(reading, "Unknown Attribute FifoQueue.");
    if (strcmp(pair->value, "true") != 0)
        return bad_name(reading, "Unknown Attribute FifoQueue.");
    reading->wish->fifo = OPT_BOOL(true);
    return 0;
}

static int take_rules(struct reading *reading, const struct pair *pair)
{
    struct resource_policy *policy = NULL;
    const char *what;
    enum resource_policy_fault fault;

    reading->wish->policy = pair->value;
    if (pair->value[0] == '\0')
        return 0;
    fault = resource_policy_read(pair->value, &reading->call->arena, &policy, &what);
    resource_policy_free(policy);
    if (fault == POLICY_MALFORMED)
        return bad_value(reading, pair->key, "");
    if (fault == POLICY_NOT_MODELLED)
        return call_fault(reading->call, &fault_sqs_not_modelled,
                          arena_printf(&reading->call->arena, "%s in a policy", what));
    return 0;
}

/* {"deadLetterTargetArn": ARN, "maxReceiveCount": 3 or "3"} */
static int read_redrive(struct reading *reading, const struct pair *pair, const json_t *json)
{
    const json_t *count = json_object_get(json, "maxReceiveCount");
    const char *arn = json_string_value(json_object_get(json, "deadLetterTargetArn"));
    struct call *call = reading->call;
    const struct queue *dead;
    int64_t most = json_integer_value(count);

    if (arn == NULL)
        return bad_policy(reading, pair,
                          "Redrive policy does not contain mandatory attribute: "
                          "deadLetterTargetArn.");
    if (count == NULL)
        return bad_policy(reading, pair,
                          "Redrive policy does not contain mandatory attribute: "
                          "maxReceiveCount.");
    if (json_is_string(count) && !read_number(json_string_value(count), &most))
        most = 0;
    if (most < 1 || most > QUEUE_RECEIVES_MAX)
        return bad_policy(reading, pair,
                          "Invalid value for maxReceiveCount: it must be from 1 to 1000, both "
                          "included.");
    dead = sqs_queue_of_arn(call, arn);
    if (dead == NULL)
        return bad_policy(reading, pair, "Dead letter target does not exist.");
    if (dead->fifo != reading->fifo)
        return bad_policy(reading, pair,
                          "Dead-letter queue must be same type of queue as the source.");
    reading->wish->dead_letter = arena_strdup(&call->arena, arn);
    reading->wish->receives_max = most;
    return 0;
}

/* {"redrivePermission": WORD, "sourceQueueArns": [ARN, ...]} */
static int read_allow(struct reading *reading, const struct pair *pair, const json_t *json)
{
    static const char *const words[] = {"allowAll", "denyAll", "byQueue"};
    const char *word = json_string_value(json_object_get(json, "redrivePermission"));
    const json_t *arns = json_object_get(json, "sourceQueueArns");
    struct queue_wish *wish = reading->wish;
    size_t i;
    const json_t *arn;

    wish->allow_set = true;
    for (wish->allow = 0; wish->allow < 3; wish->allow++)
        if (str_equal(words[wish->allow], word))
            break;
    if (wish->allow == 3)
        return bad_policy(reading, pair,
                          "Amazon SQS can't create the redrive allow policy. Its "
                          "redrivePermission must be allowAll, denyAll or byQueue.");
    if ((wish->allow == QUEUE_ALLOW_SOME) != (json_array_size(arns) > 0) ||
        json_array_size(arns) > QUEUE_SOURCES_MAX)
        return bad_policy(reading, pair,
                          "Amazon SQS can't create the redrive allow policy. byQueue takes one to "
                          "ten sourceQueueArns, and the others none.");
    json_array_foreach (arns, i, arn) {
        if (!json_is_string(arn))
            return bad_policy(reading, pair, "sourceQueueArns must be a list of ARNs.");
        *LIST_PUSH_IN(&reading->call->arena, &wish->sources) =
            arena_strdup(&reading->call->arena, json_string_value(arn));
    }
    return 0;
}

/* A policy in JSON; an empty text ends it. */
static int take_json(struct reading *reading, const struct pair *pair,
                     int (*read)(struct reading *reading, const struct pair *pair,
                                 const json_t *json))
{
    json_t *json = json_loads(pair->value, 0, NULL);
    int status = !json_is_object(json)
                     ? bad_policy(reading, pair, "It must be an object in JSON.")
                     : read(reading, pair, json);

    json_decref(json);
    return status;
}

static int take_key(struct reading *reading, const struct pair *pair)
{
    int64_t number;

    if (strcmp(pair->key, "KmsMasterKeyId") == 0) {
        reading->wish->kms_key = pair->value;
        return 0;
    }
    if (strcmp(pair->key, "SqsManagedSseEnabled") == 0)
        return take_bool(reading, pair, &reading->wish->own_key);
    if (!read_number(pair->value, &number) || number < 60 || number > 86400)
        return bad_value(reading, pair->key, "");
    reading->wish->kms_reuse_s = OPT_INT(number);
    return 0;
}

static int take(struct reading *reading, const struct pair *pair)
{
    static const char *const scopes[] = {"queue", "messageGroup"};
    static const char *const limits[] = {"perQueue", "perMessageGroupId"};
    struct queue_wish *wish = reading->wish;

    for (uint8_t i = 0; i < QUEUE_NUMBERS; i++)
        if (strcmp(queue_ranges[i].name, pair->key) == 0)
            return take_number(reading, pair, i);
    if (strcmp(pair->key, "FifoQueue") == 0)
        return take_fifo(reading, pair);
    if (strcmp(pair->key, "Policy") == 0)
        return take_rules(reading, pair);
    if (strcmp(pair->key, "RedrivePolicy") == 0) {
        wish->dead_letter = "";
        return pair->value[0] == '\0' ? 0 : take_json(reading, pair, read_redrive);
    }
    if (strcmp(pair->key, "RedriveAllowPolicy") == 0) {
        wish->allow_ends = true;
        return pair->value[0] == '\0' ? 0 : take_json(reading, pair, read_allow);
    }
    if (strcmp(pair->key, "DeduplicationScope") == 0)
        return take_scope(reading, pair, scopes, &wish->dedup_group);
    if (strcmp(pair->key, "FifoThroughputLimit") == 0)
        return take_scope(reading, pair, limits, &wish->limit_group);
    if (strcmp(pair->key, "ContentBasedDeduplication") == 0 && reading->fifo)
        return take_bool(reading, pair, &wish->by_content);
    if (strcmp(pair->key, "KmsMasterKeyId") == 0 ||
        strcmp(pair->key, "KmsDataKeyReusePeriodSeconds") == 0 ||
        strcmp(pair->key, "SqsManagedSseEnabled") == 0)
        return take_key(reading, pair);
    return bad_name(reading,
                    arena_printf(&reading->call->arena, "Unknown Attribute %s.", pair->key));
}

/* Limits for each group need ids for each group. */
static int check_scopes(struct reading *reading)
{
    const struct queue_wish *wish = reading->wish;
    bool group = wish->dedup_group.set ? wish->dedup_group.value
                                       : reading->queue != NULL && reading->queue->dedup_group;
    bool limit = wish->limit_group.set ? wish->limit_group.value
                                       : reading->queue != NULL && reading->queue->limit_group;

    if (limit && !group)
        return bad_value(reading, "FifoThroughputLimit",
                         " Reason: perMessageGroupId is allowed only when DeduplicationScope is "
                         "messageGroup.");
    if (wish->kms_key != NULL && wish->kms_key[0] != '\0' && wish->own_key.set &&
        wish->own_key.value)
        return bad_name(reading, "You can use one type of server-side encryption (SSE) at one "
                                 "time. You can either enable KMS SSE or SQS SSE.");
    return 0;
}

int sqs_wish_read(struct call *call, const struct pairs *attributes, const struct queue *queue,
                  const char *name, struct queue_wish *wish)
{
    struct reading reading = {
        .call = call,
        .queue = queue,
        .name = name,
        .fifo = queue != NULL && queue->fifo,
        .wish = wish,
    };

    for (uint32_t i = 0; i < attributes->count && queue == NULL; i++)
        if (strcmp(attributes->items[i].key, "FifoQueue") == 0)
            reading.fifo = strcmp(attributes->items[i].value, "true") == 0;
    for (uint32_t i = 0; i < attributes->count; i++)
        if (take(&reading, &attributes->items[i]) != 0)
            return -1;
    return check_scopes(&reading);
}

/* ---- showing ---- */

static const char *number_text(struct call *call, int64_t number)
{
    return arena_printf(&call->arena, "%" PRId64, number);
}

static const char *redrive_text(struct call *call, const struct queue *queue)
{
    return queue->dead_letter == NULL
               ? NULL
               : arena_printf(&call->arena,
                              "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":%" PRId64 "}",
                              queue->dead_letter, queue->receives_max);
}

static const char *allow_text(struct call *call, const struct queue *queue)
{
    struct str text = STR_INIT;
    const char *kept;

    if (!queue->allow_set)
        return NULL;
    str_addf(&text, "{\"redrivePermission\":\"%s\"",
             queue->allow == QUEUE_ALLOW_ALL    ? "allowAll"
             : queue->allow == QUEUE_ALLOW_NONE ? "denyAll"
                                                : "byQueue");
    for (uint32_t i = 0; i < queue->sources.count; i++)
        str_addf(&text, "%s\"%s\"", i == 0 ? ",\"sourceQueueArns\":[" : ",",
                 queue->sources.items[i]);
    str_add(&text, queue->sources.count > 0 ? "]}" : "}");
    kept = arena_strdup(&call->arena, str_text(&text));
    str_release(&text);
    return kept;
}

static const char *show_arn(struct call *call, const struct queue *queue)
{
    return queue_arn(&call->world->queues, &call->arena, queue);
}

static const char *show_visible(struct call *call, const struct queue *queue)
{
    return number_text(call, queue_count(queue, MESSAGE_STATE_VISIBLE));
}

static const char *show_flight(struct call *call, const struct queue *queue)
{
    return number_text(call, queue_count(queue, MESSAGE_STATE_FLIGHT));
}

static const char *show_delayed(struct call *call, const struct queue *queue)
{
    return number_text(call, queue_count(queue, MESSAGE_STATE_DELAYED));
}

static const char *show_created(struct call *call, const struct queue *queue)
{
    return number_text(call, queue->created / SECOND_NS);
}

static const char *show_modified(struct call *call, const struct queue *queue)
{
    return number_text(call, queue->modified / SECOND_NS);
}

static const char *show_policy(struct call *call, const struct queue *queue)
{
    return arena_strdup(&call->arena, queue->policy);
}

static const char *show_own_key(struct call *call, const struct queue *queue)
{
    (void)call;
    return queue->own_key_off ? "false" : "true";
}

static const char *show_kms(struct call *call, const struct queue *queue)
{
    return arena_strdup(&call->arena, queue->kms_key);
}

static const char *show_reuse(struct call *call, const struct queue *queue)
{
    return queue->kms_reuse_s == 0 ? NULL : number_text(call, queue->kms_reuse_s);
}

static const char *show_fifo(struct call *call, const struct queue *queue)
{
    (void)call;
    return queue->fifo ? "true" : NULL;
}

static const char *show_content(struct call *call, const struct queue *queue)
{
    (void)call;
    return !queue->fifo ? NULL : queue->by_content ? "true" : "false";
}

static const char *show_scope(struct call *call, const struct queue *queue)
{
    (void)call;
    return !queue->fifo ? NULL : queue->dedup_group ? "messageGroup" : "queue";
}

static const char *show_limit(struct call *call, const struct queue *queue)
{
    (void)call;
    return !queue->fifo ? NULL : queue->limit_group ? "perMessageGroupId" : "perQueue";
}

/* What is no number of queue_ranges, and the numbers by their names, in SQS's order. */
static const struct {
    const char *name;
    const char *(*show)(struct call *call, const struct queue *queue); /* NULL: a number */
} shown[] = {
    {"QueueArn", show_arn},
    {"ApproximateNumberOfMessages", show_visible},
    {"ApproximateNumberOfMessagesNotVisible", show_flight},
    {"ApproximateNumberOfMessagesDelayed", show_delayed},
    {"CreatedTimestamp", show_created},
    {"LastModifiedTimestamp", show_modified},
    {"VisibilityTimeout", NULL},
    {"MaximumMessageSize", NULL},
    {"MessageRetentionPeriod", NULL},
    {"DelaySeconds", NULL},
    {"ReceiveMessageWaitTimeSeconds", NULL},
    {"Policy", show_policy},
    {"RedrivePolicy", redrive_text},
    {"RedriveAllowPolicy", allow_text},
    {"SqsManagedSseEnabled", show_own_key},
    {"KmsMasterKeyId", show_kms},
    {"KmsDataKeyReusePeriodSeconds", show_reuse},
    {"FifoQueue", show_fifo},
    {"DeduplicationScope", show_scope},
    {"FifoThroughputLimit", show_limit},
    {"ContentBasedDeduplication", show_content},
};

enum { SHOWN = sizeof(shown) / sizeof(shown[0]) };

static const char *show(struct call *call, const struct queue *queue, size_t at)
{
    if (shown[at].show != NULL)
        return shown[at].show(call, queue);
    for (size_t i = 0; i < QUEUE_NUMBERS; i++)
        if (strcmp(queue_ranges[i].name, shown[at].name) == 0)
            return number_text(call, queue->shown[i]);
    return NULL;
}

const char *sqs_attribute(struct call *call, const struct queue *queue, const char *name)
{
    for (size_t i = 0; i < SHOWN; i++)
        if (strcmp(shown[i].name, name) == 0)
            return show(call, queue, i);
    return NULL;
}

/* ---- get-queue-attributes ---- */

struct get_in {
    const char *url;
    struct strings names;
};

struct get_out {
    struct pairs attributes;
};

static const struct field get_in_fields[] = {
    F_QUEUE_URL(struct get_in, url),
    F_STRINGS(struct get_in, names, "AttributeNames", "Which to show: All, or names."),
};
static const struct field get_out_fields[] = {
    F_MAP(struct get_out, attributes, "Attributes", "Each by its name.",
          .flags = FIELD_OMIT_EMPTY),
};
static const struct shape get_in_shape =
    SHAPE("GetQueueAttributesRequest", struct get_in, get_in_fields);
static const struct shape get_out_shape =
    SHAPE("GetQueueAttributesResult", struct get_out, get_out_fields);

static const struct fault_kind *const get_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_attribute_name,
                                                      NULL};

static bool is_wanted(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name) || str_equal(names->items[i], "All"))
            return true;
    return false;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < SHOWN; i++)
        if (strcmp(shown[i].name, name) == 0)
            return true;
    return strcmp(name, "All") == 0;
}

static int get_attributes(struct call *call, const void *in, void *out)
{
    const struct get_in *wish = in;
    struct get_out *answer = out;
    const struct queue *queue = sqs_queue(call, wish->url, "GetQueueAttributes");

    if (queue == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->names.count; i++)
        if (!is_known(wish->names.items[i]))
            return call_fault(call, &fault_sqs_attribute_name,
                              arena_printf(&call->arena, "Unknown Attribute %s.",
                                           wish->names.items[i]));
    for (size_t i = 0; i < SHOWN; i++) {
        const char *value =
            is_wanted(&wish->names, shown[i].name) ? show(call, queue, i) : NULL;

        if (value != NULL)
            *LIST_PUSH_IN(&call->arena, &answer->attributes) =
                (struct pair){.key = shown[i].name, .value = value};
    }
    return 0;
}

const struct op op_get_queue_attributes = {
    .name = "GetQueueAttributes",
    .doc = "Shows what a queue is like, and about how many messages are in it.",
    .example = "aws sqs get-queue-attributes --queue-url $Q --attribute-names All",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &get_in_shape,
    .out = &get_out_shape,
    .faults = get_faults,
    .run = get_attributes,
};

/* ---- set-queue-attributes ---- */

struct set_in {
    const char *url;
    struct pairs attributes;
};

static const struct field set_in_fields[] = {
    F_QUEUE_URL(struct set_in, url),
    F_MAP(struct set_in, attributes, "Attributes",
          "What is to change; it takes effect within 60 seconds, the retention within 15 minutes.",
          .flags = FIELD_REQUIRED),
};
static const struct shape set_in_shape =
    SHAPE("SetQueueAttributesRequest", struct set_in, set_in_fields);

static const struct fault_kind *const set_faults[] = {SQS_QUEUE_FAULTS, SQS_WISH_FAULTS, NULL};

static int set_attributes(struct call *call, const void *in, void *out)
{
    const struct set_in *given = in;
    struct queue *queue = sqs_queue(call, given->url, "SetQueueAttributes");
    struct queue_wish wish = {0};

    (void)out;
    if (queue == NULL || sqs_wish_read(call, &given->attributes, queue, queue->name, &wish) != 0)
        return -1;
    queue_change(&call->world->queues, queue, &wish);
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_set_queue_attributes = {
    .name = "SetQueueAttributes",
    .doc = "Changes what a queue is like; all its servers know within 60 seconds.",
    .example = "aws sqs set-queue-attributes --queue-url $Q --attributes VisibilityTimeout=60",
    .needs = SQS_EXAMPLE_QUEUE,
    .in = &set_in_shape,
    .out = &shape_empty,
    .faults = set_faults,
    .flags = OP_WRITE,
    .run = set_attributes,
};
