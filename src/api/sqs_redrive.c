/*
 * api/sqs_redrive.c - list-dead-letter-source-queues, and move tasks: start-, cancel-,
 * list-message-move-task(s).
 */
#include "api/sqs_parts.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "sim/clock.h"

static const struct fault_kind fault_source = {
    .code = "ResourceNotFoundException",
    .text = "The resource that you specified for the SourceArn parameter doesn't exist.",
    .hint = "Give the ARN of a dead-letter queue of yours in this Region; get-queue-attributes "
            "shows it as QueueArn.",
};
static const struct fault_kind fault_destination = {
    .code = "ResourceNotFoundException",
    .text = "The resource that you specified for the DestinationArn parameter doesn't exist.",
    .hint = "Leave --destination-arn away to bring each message back to where it came from.",
};
static const struct fault_kind fault_task = {
    .code = "ResourceNotFoundException",
    .text = "Task does not exist.",
    .hint = "aws sqs list-message-move-tasks shows the tasks of a queue.",
};
static const struct fault_kind fault_handle = {
    .code = "InvalidParameterValue",
    .text = "Value for parameter TaskHandle is invalid.",
    .hint = "Take the TaskHandle that start-message-move-task gave.",
};

/* ---- list-dead-letter-source-queues ---- */

struct sources_in {
    const char *url;
    const char *token;
    struct opt_int limit;
};

struct sources_out {
    struct strings urls;
    const char *next;
};

static const struct field sources_in_fields[] = {
    F_QUEUE_URL(struct sources_in, url),
    F_STRING(struct sources_in, token, "NextToken", "Where to go on: of the answer before."),
    F_OPT_INT(struct sources_in, limit, "MaxResults", "The most queues that one answer gives."),
};
static const struct field sources_out_fields[] = {
    F_STRINGS(struct sources_out, urls, "queueUrls", "Their URLs."),
    F_STRING(struct sources_out, next, "NextToken", "Give it to go on; absent at the end."),
};
static const struct shape sources_in_shape =
    SHAPE("ListDeadLetterSourceQueuesRequest", struct sources_in, sources_in_fields);
static const struct shape sources_out_shape =
    SHAPE("ListDeadLetterSourceQueuesResult", struct sources_out, sources_out_fields);
static const struct paging sources_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "MaxResults",
    .result = "queueUrls",
};

static const struct fault_kind *const sources_faults[] = {SQS_QUEUE_FAULTS, &fault_sqs_range,
                                                          NULL};

struct listing {
    struct call *call;
    struct sources_out *out;
};

static void list_source(void *context, const struct queue *queue)
{
    struct listing *listing = context;
    struct arena *arena = &listing->call->arena;

    *LIST_PUSH_IN(arena, &listing->out->urls) =
        queue_url(&listing->call->world->queues, arena, queue);
}

static int list_sources(struct call *call, const void *in, void *out)
{
    const struct sources_in *wish = in;
    struct sources_out *answer = out;
    const struct queue *queue = sqs_queue(call, wish->url, "ListDeadLetterSourceQueues");
    struct listing listing = {call, answer};
    const struct sqs_range range = {"MaxResults", wish->limit, 1, 1000,
                                    "MaxResults must be an integer between 1 and 1000."};
    struct page page;

    if (queue == NULL || sqs_range_check(call, &range) != 0)
        return -1;
    queue_sources(&call->world->queues, queue, list_source, &listing);
    if (page_find(call, wish->limit, wish->token, answer->urls.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->urls, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_dead_letter_source_queues = {
    .name = "ListDeadLetterSourceQueues",
    .doc = "Lists the queues whose dead-letter queue this is.",
    .example = "aws sqs list-dead-letter-source-queues --queue-url $DLQ",
    .needs = SQS_EXAMPLE_DEAD_LETTERS,
    .in = &sources_in_shape,
    .out = &sources_out_shape,
    .faults = sources_faults,
    .paging = &sources_paging,
    .run = list_sources,
};

/* ---- task handles: base64 of {"taskId":"...","sourceArn":"..."} ---- */

static const char *task_handle(struct call *call, const struct queue_move *move, const char *arn)
{
    const char *json = arena_printf(&call->arena, "{\"taskId\":\"%s\",\"sourceArn\":\"%s\"}",
                                    sqs_uuid(call, move->id), arn);
    size_t length = strlen(json);
    char *text = arena_alloc(&call->arena, BASE64_ENCODE_RAW_LENGTH(length) + 1);

    base64_encode_raw(text, length, (const uint8_t *)json);
    return text;
}

/* The parts of a handle; false when it is none. */
static bool read_handle(struct call *call, const char *handle, const char **task,
                        const char **arn)
{
    struct base64_decode_ctx decoder;
    size_t length = BASE64_DECODE_LENGTH(strlen(handle)) + 1;
    char *text = arena_alloc(&call->arena, length + 1);
    json_t *json;

    base64_decode_init(&decoder);
    if (!base64_decode_update(&decoder, &length, (uint8_t *)text, strlen(handle), handle) ||
        !base64_decode_final(&decoder))
        return false;
    json = json_loadb(text, length, 0, NULL);
    *task = arena_strdup(&call->arena, json_string_value(json_object_get(json, "taskId")));
    *arn = arena_strdup(&call->arena, json_string_value(json_object_get(json, "sourceArn")));
    json_decref(json);
    return *task != NULL && *arn != NULL;
}

/* ---- start-message-move-task ---- */

struct start_in {
    const char *source;
    const char *destination;
    struct opt_int rate;
};

struct start_out {
    const char *handle;
};

static const struct field start_in_fields[] = {
    F_STRING(struct start_in, source, "SourceArn", "The ARN of the dead-letter queue.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct start_in, destination, "DestinationArn",
             "The ARN of the queue that gets them; unless told, each goes back to its own."),
    F_OPT_INT(struct start_in, rate, "MaxNumberOfMessagesPerSecond",
              "1 to 500; as fast as it goes unless told."),
};
static const struct field start_out_fields[] = {
    F_STRING(struct start_out, handle, "TaskHandle", "What cancel-message-move-task takes."),
};
static const struct shape start_in_shape =
    SHAPE("StartMessageMoveTaskRequest", struct start_in, start_in_fields);
static const struct shape start_out_shape =
    SHAPE("StartMessageMoveTaskResult", struct start_out, start_out_fields);

static const struct fault_kind *const start_faults[] = {
    &fault_source,       &fault_destination, &fault_queue_move_source, &fault_queue_move_running,
    &fault_sqs_range,    NULL,
};

static int start_move(struct call *call, const void *in, void *out)
{
    const struct start_in *wish = in;
    struct start_out *answer = out;
    struct queue *queue = sqs_queue_of_arn(call, wish->source);
    const struct queue_move *move;
    const struct sqs_range range = {"MaxNumberOfMessagesPerSecond", wish->rate, 1, 500,
                                    "Must be between 1 and 500, if provided."};

    if (queue == NULL)
        return call_fault(call, &fault_source);
    if (wish->destination != NULL && sqs_queue_of_arn(call, wish->destination) == NULL)
        return call_fault(call, &fault_destination);
    if (sqs_range_check(call, &range) != 0)
        return -1;
    move = queue_move_start(&call->world->queues,
                            &(struct queue_move_new){
                                .account = call->account,
                                .queue = queue,
                                .destination = wish->destination,
                                .rate = wish->rate.value,
                            },
                            &call->fault);
    if (move == NULL)
        return -1;
    answer->handle = task_handle(call, move, wish->source);
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_start_message_move_task = {
    .name = "StartMessageMoveTask",
    .doc = "Begins to bring the messages of a dead-letter queue back, or to another queue.",
    .example = "aws sqs start-message-move-task --source-arn $DLQARN",
    .needs = SQS_EXAMPLE_DEAD_LETTERS,
    .in = &start_in_shape,
    .out = &start_out_shape,
    .faults = start_faults,
    .flags = OP_WRITE,
    .run = start_move,
};

/* ---- cancel-message-move-task ---- */

struct cancel_in {
    const char *handle;
};

struct cancel_out {
    int64_t moved;
};

static const struct field cancel_in_fields[] = {
    F_STRING(struct cancel_in, handle, "TaskHandle", "As start-message-move-task gave it.",
             .flags = FIELD_REQUIRED),
};
static const struct field cancel_out_fields[] = {
    F_INT(struct cancel_out, moved, "ApproximateNumberOfMessagesMoved",
          "Messages that were moved already, and stay where they are."),
};
static const struct shape cancel_in_shape =
    SHAPE("CancelMessageMoveTaskRequest", struct cancel_in, cancel_in_fields);
static const struct shape cancel_out_shape =
    SHAPE("CancelMessageMoveTaskResult", struct cancel_out, cancel_out_fields);

static const struct fault_kind *const cancel_faults[] = {&fault_handle, &fault_source, &fault_task,
                                                         &fault_queue_move_ended, NULL};

static int cancel_move(struct call *call, const void *in, void *out)
{
    const struct cancel_in *wish = in;
    struct cancel_out *answer = out;
    struct queues *queues = &call->world->queues;
    struct queue *queue;
    const char *task;
    const char *arn;
    struct queue_move *move;

    if (!read_handle(call, wish->handle, &task, &arn))
        return call_fault(call, &fault_handle);
    queue = sqs_queue_of_arn(call, arn);
    if (queue == NULL)
        return call_fault(call, &fault_source);
    move = table_find(&queues->moves, message_uuid_read(&call->world->messages, task));
    if (move == NULL || move->queue != queue->id)
        return call_fault(call, &fault_task);
    if (queue_move_cancel(queues, move, &call->fault) != 0)
        return -1;
    answer->moved = move->moved;
    sqs_charge(queue, 1);
    return 0;
}

const struct op op_cancel_message_move_task = {
    .name = "CancelMessageMoveTask",
    .doc = "Ends a move task; what it has moved stays where it is.",
    .example = "aws sqs cancel-message-move-task --task-handle $TASK",
    .needs = SQS_EXAMPLE_DEAD_LETTERS "\nTASK=$(aws sqs start-message-move-task --source-arn "
                                      "$DLQARN --query TaskHandle --output text)",
    .in = &cancel_in_shape,
    .out = &cancel_out_shape,
    .faults = cancel_faults,
    .flags = OP_WRITE,
    .run = cancel_move,
};

/* ---- list-message-move-tasks ---- */

struct list_in {
    const char *source;
    struct opt_int limit;
};

struct task_view {
    const char *handle;
    const char *status;
    const char *source;
    const char *destination;
    struct opt_int rate;
    int64_t moved;
    struct opt_int to_move;
    const char *reason;
    int64_t started;
};

struct list_out {
    LIST(struct task_view) tasks;
};

static const struct field task_fields[] = {
    F_STRING(struct task_view, handle, "TaskHandle", "Of one that runs."),
    F_STRING(struct task_view, status, "Status", "RUNNING, COMPLETED, CANCELLED or FAILED."),
    F_STRING(struct task_view, source, "SourceArn", "The dead-letter queue."),
    F_STRING(struct task_view, destination, "DestinationArn", "Where to, if one was named."),
    F_OPT_INT(struct task_view, rate, "MaxNumberOfMessagesPerSecond", "If one was asked for."),
    F_INT(struct task_view, moved, "ApproximateNumberOfMessagesMoved", "Messages so far."),
    F_OPT_INT(struct task_view, to_move, "ApproximateNumberOfMessagesToMove",
              "Messages that were there when it began."),
    F_STRING(struct task_view, reason, "FailureReason", "Why it failed."),
    F_INT(struct task_view, started, "StartedTimestamp", "When, in ms since 1970."),
};
static const struct shape task_shape =
    SHAPE("ListMessageMoveTasksResultEntry", struct task_view, task_fields);
static const struct field list_in_fields[] = {
    F_STRING(struct list_in, source, "SourceArn", "The ARN of the dead-letter queue.",
             .flags = FIELD_REQUIRED),
    F_OPT_INT(struct list_in, limit, "MaxResults", "1 to 10; 1 unless told."),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, tasks, struct task_view, &task_shape, "Results",
           "The tasks, the latest first.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape list_in_shape =
    SHAPE("ListMessageMoveTasksRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListMessageMoveTasksResult", struct list_out, list_out_fields);

static const struct fault_kind *const list_faults[] = {&fault_source, &fault_sqs_range, NULL};

static const char *const status_words[] = {
    [MOVE_RUNNING] = "RUNNING",     [MOVE_COMPLETED] = "COMPLETED",
    [MOVE_CANCELLING] = "CANCELLING", [MOVE_CANCELLED] = "CANCELLED",
    [MOVE_FAILED] = "FAILED",
};

static int list_moves(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    struct list_out *answer = out;
    const struct table *moves = &call->world->queues.moves;
    const struct queue *queue = sqs_queue_of_arn(call, wish->source);
    int64_t most = wish->limit.set ? wish->limit.value : 1;
    const struct sqs_range range = {"MaxResults", wish->limit, 1, 10,
                                    "Must be between 1 and 10, if provided."};

    if (queue == NULL)
        return call_fault(call, &fault_source);
    if (sqs_range_check(call, &range) != 0)
        return -1;
    for (uint32_t i = table_count(moves); i-- > 0 && answer->tasks.count < most;) {
        const struct queue_move *move = table_at(moves, i);

        if (move->queue != queue->id)
            continue;
        *LIST_PUSH_IN(&call->arena, &answer->tasks) = (struct task_view){
            .handle = move->state == MOVE_RUNNING ? task_handle(call, move, wish->source) : NULL,
            .status = status_words[move->state],
            .source = wish->source,
            .destination = arena_strdup(&call->arena, move->destination),
            .rate = {.value = move->rate, .set = move->rate != 0},
            .moved = move->moved,
            .to_move = OPT_INT(move->to_move),
            .reason = arena_strdup(&call->arena, move->reason),
            .started = move->started / MILLISECOND_NS,
        };
    }
    return 0;
}

const struct op op_list_message_move_tasks = {
    .name = "ListMessageMoveTasks",
    .doc = "Shows the latest move tasks of a dead-letter queue.",
    .example = "aws sqs list-message-move-tasks --source-arn $DLQARN --max-results 10",
    .needs = SQS_EXAMPLE_DEAD_LETTERS "\naws sqs start-message-move-task --source-arn $DLQARN",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = list_faults,
    .run = list_moves,
};
