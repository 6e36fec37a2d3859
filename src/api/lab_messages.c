/*
 * api/lab_messages.c - lab: what became of one message, step by step, and why.
 *
 * A message is one of a queue, or anything else that the log of messages knows under an id.
 */
#include "api/lab_parts.h"

#include <inttypes.h>

#include "base/str.h"
#include "cloud/world.h"
#include "sim/clock.h"

static const struct fault_kind fault_no_message = {
    .code = "InvalidMessageID.NotFound",
    .text = "The message '{}' is not known, or gone so long that its history is gone, too",
    .hint = "Take the MessageId that send-message, receive-message or publish gave; the last steps "
            "of all messages are kept.",
};

struct explain_in {
    const char *message;
};

struct message_view {
    const char *message;
    const char *state;
    const char *body;
    const char *queue;
    struct opt_int receives;
    struct lab_message_steps steps;
};

static const struct field explain_in_fields[] = {
    F_STRING(struct explain_in, message, "MessageId", "The message's id.",
             .flags = FIELD_REQUIRED),
};
static const struct field step_fields[] = {
    F_TIME(struct lab_message_step, time, "Time", "When it happened."),
    F_STRING(struct lab_message_step, text, "What", "What happened, and why."),
};
const struct shape lab_message_step_shape =
    SHAPE("MessageStep", struct lab_message_step, step_fields);
static const struct field message_fields[] = {
    F_STRING(struct message_view, message, "MessageId", "The id of the message."),
    F_STRING(struct message_view, state, "State",
             "Where it is in its life: delayed, visible, in flight, gone; of a topic published, of "
             "a bus put: these keep nothing, and the steps say who got it."),
    F_STRING(struct message_view, body, "Body",
             "What it says while it is in a queue; of a topic's message or an event, how it "
             "begins."),
    F_STRING(struct message_view, queue, "QueueUrl", "The queue that it is in, if it is in one."),
    F_OPT_INT(struct message_view, receives, "ReceiveCount", "How often it was received."),
    F_LIST(struct message_view, steps, struct lab_message_step, &lab_message_step_shape, "Steps",
           "What happened to it, the oldest first."),
};
static const struct shape explain_in_shape =
    SHAPE("ExplainMessageRequest", struct explain_in, explain_in_fields);
static const struct shape message_shape =
    SHAPE("ExplainMessageResult", struct message_view, message_fields);

static const struct fault_kind *const explain_faults[] = {&fault_no_message, NULL};

/* ---- words ---- */

static const char *clock_text(struct call *call, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    return arena_strdup(&call->arena, clock_format(time, CLOCK_TIME, text));
}

static const char *queue_text(struct call *call, uint64_t id)
{
    const struct queue *queue = queue_find(&call->world->queues, id);

    return queue == NULL ? "a queue that is gone" : queue->name;
}

static const char *topic_text(struct call *call, uint64_t id)
{
    const struct topic *topic = topic_find(&call->world->topics, id);

    return topic == NULL ? "a topic that is gone" : topic->name;
}

const char *lab_message_id(struct call *call, uint64_t message)
{
    char text[MESSAGE_UUID];

    if (message == 0)
        return NULL;
    message_uuid(&call->world->messages, message, text);
    return arena_strdup(&call->arena, text);
}

struct opt_int lab_seconds_ago(const struct call *call, int64_t time)
{
    return time == 0 ? (struct opt_int){0} : OPT_INT((call->world->sim.now - time) / SECOND_NS);
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* "bus\nsource\ndetail-type\ndetail", of an event. */
static const char *put_text(struct call *call, const struct message_note *note)
{
    struct lab_event event = lab_event_of(call, note);
    const char *came = arena_printf(&call->arena, "came to the bus %s, from %s: %s", event.bus,
                                    event.source, event.type);

    if (note->number == 0)
        return arena_printf(&call->arena, "%s; no rule wants it: nobody hears of it", came);
    return arena_printf(&call->arena, "%s; %" PRId64 " rule%s it", came, note->number,
                        note->number == 1 ? " wants" : "s want");
}

/* Steps that end a message's way through a queue, or lead it into another. */
static const char *end_text(struct call *call, const struct message_note *note)
{
    struct arena *arena = &call->arena;
    const char *place = queue_text(call, note->place);

    switch (note->step) {
    case MESSAGE_DELETED:
        return arena_printf(arena, "deleted by its consumer, received %" PRId64 " time%s",
                            note->number, plural(note->number));
    case MESSAGE_EXPIRED:
        return arena_printf(arena, "dropped: older than the queue keeps messages (%" PRId64 " s)",
                            note->number);
    case MESSAGE_PURGED:
        return "dropped: the queue was purged";
    case MESSAGE_QUEUE_GONE:
        return "gone with its queue, which was deleted";
    case MESSAGE_DEAD:
        return arena_printf(arena,
                            "moved to the dead-letter queue %s: received %" PRId64
                            " time%s, and maxReceiveCount is %" PRId64,
                            place, note->number, plural(note->number), note->other);
    case MESSAGE_MOVED:
        return arena_printf(arena, "brought to %s by a move task, as the new message %s", place,
                            lab_message_id(call, (uint64_t)note->other));
    default:
        return arena_printf(arena, "brought from %s by a move task, where it was %s", place,
                            lab_message_id(call, (uint64_t)note->other));
    }
}

static const char *step_text(struct call *call, const struct message_note *note)
{
    struct arena *arena = &call->arena;

    switch (note->step) {
    case MESSAGE_TOLD:
        return arena_strdup(arena, note->text == NULL ? "" : note->text);
    case MESSAGE_SENT:
        return arena_printf(arena, "sent to %s: %" PRId64 " byte%s",
                            queue_text(call, note->place), note->number, plural(note->number));
    case MESSAGE_PUBLISHED:
        return arena_printf(arena, "published on %s: %" PRId64 " byte%s",
                            topic_text(call, note->place), note->number, plural(note->number));
    case MESSAGE_PUT:
        return put_text(call, note);
    case MESSAGE_DELAYED:
        return arena_printf(arena, "delayed: nobody sees it before %s",
                            clock_text(call, note->number));
    case MESSAGE_APPEARED:
        return "visible: its delay is over";
    case MESSAGE_DUPLICATE:
        return "sent again within five minutes, and dropped as a duplicate of this one";
    case MESSAGE_RECEIVED:
        return arena_printf(arena,
                            "received (receive count %" PRId64
                            "): others do not see it before %s, and not at all once it is deleted",
                            note->number, clock_text(call, note->other));
    case MESSAGE_HIDDEN:
        return arena_printf(arena, "its visibility was changed: hidden until %s",
                            clock_text(call, note->number));
    case MESSAGE_RETURNED:
        return "visible again: its visibility timeout ended, and it was not deleted";
    case MESSAGE_STALE:
        return "a deletion by an old receipt handle changed nothing";
    case MESSAGE_UNHEARD:
        return arena_printf(arena,
                            "storage server %" PRId64
                            " has a copy, is out of service, and does not hear of this",
                            note->number);
    case MESSAGE_AGAIN:
        return arena_printf(arena,
                            "visible again, a duplicate: storage server %" PRId64
                            " is back, and had not heard of the last step",
                            note->number);
    default:
        return end_text(call, note);
    }
}

static const char *state_text(const struct queue_message *message)
{
    return message == NULL                            ? "gone"
           : message->state == MESSAGE_STATE_DELAYED  ? "delayed"
           : message->state == MESSAGE_STATE_VISIBLE  ? "visible"
                                                      : "in flight";
}

/* Of what topics and buses pass on and do not keep; NULL: of anything else. */
static const char *passed_text(const struct message_notes *notes)
{
    const struct message_note *first = notes->count == 0 ? NULL : notes->items[0];

    if (first != NULL && first->step == MESSAGE_PUBLISHED)
        return "published";
    return first != NULL && first->step == MESSAGE_PUT ? "put" : NULL;
}

/* What was published, or put; NULL when neither was. */
static const char *body_text(struct call *call, const struct message_notes *notes)
{
    const struct message_note *first = notes->count == 0 ? NULL : notes->items[0];

    if (first != NULL && first->step == MESSAGE_PUBLISHED)
        return first->text;
    return first != NULL && first->step == MESSAGE_PUT ? lab_event_of(call, first).detail : NULL;
}

static struct lab_message_steps steps_of(struct call *call, const struct message_notes *notes)
{
    struct lab_message_steps steps = {0};

    for (uint32_t i = 0; i < notes->count; i++) {
        if (notes->items[i]->account == call->account)
            *LIST_PUSH_IN(&call->arena, &steps) = (struct lab_message_step){
                .time = notes->items[i]->time,
                .text = step_text(call, notes->items[i]),
            };
    }
    return steps;
}

struct lab_message_steps lab_message_history(struct call *call, uint64_t message)
{
    const struct message_notes notes =
        message_log_of(&call->world->messages, &call->arena, message);

    return steps_of(call, &notes);
}

/* ---- explain-message ---- */

static int explain_message(struct call *call, const void *in, void *out)
{
    const struct explain_in *wish = in;
    const struct world *world = call->world;
    uint64_t id = message_uuid_read(&world->messages, wish->message);
    const struct queue_message *message = id == 0 ? NULL : queue_message_find(&world->queues, id);
    const struct message_notes notes = message_log_of(&world->messages, &call->arena, id);
    const struct queue *queue =
        message == NULL ? NULL : queue_find(&world->queues, message->queue);
    struct message_view *view = out;

    if (queue != NULL && queue->account != call->account)
        return call_fault(call, &fault_no_message, wish->message);
    view->steps = steps_of(call, &notes);
    if (message == NULL && view->steps.count == 0)
        return call_fault(call, &fault_no_message, wish->message);
    view->message = wish->message;
    view->body = message != NULL ? message->body : body_text(call, &notes);
    view->state = passed_text(&notes);
    if (view->state == NULL)
        view->state = state_text(message);
    if (message != NULL) {
        view->queue = queue_url(&world->queues, &call->arena, queue);
        view->receives = OPT_INT(message->receives);
    }
    return 0;
}

const struct op op_lab_explain_message = {
    .name = "ExplainMessage",
    .doc = "Tells what became of a message: each step, and why.",
    .example = "lab explain-message --message-id $M",
    .needs = "Q=$(aws sqs create-queue --queue-name orders --query QueueUrl --output text)\n"
             "M=$(aws sqs send-message --queue-url $Q --message-body latte --query MessageId "
             "--output text)",
    .in = &explain_in_shape,
    .out = &message_shape,
    .faults = explain_faults,
    .run = explain_message,
};
