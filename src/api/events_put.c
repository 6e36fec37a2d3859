/*
 * api/events_put.c - events: put-events, test-event-pattern.
 */
#include "api/events_parts.h"

#include <string.h>

#include <jansson.h>

#include "base/event_pattern.h"
#include "base/str.h"

/* ---- put-events ---- */

struct entry {
    int64_t time;
    const char *source;
    struct strings resources;
    const char *type;
    const char *detail;
    const char *bus;
    const char *trace;
};

struct put_in {
    LIST(struct entry) entries;
};

struct result {
    const char *id;
    const char *code;
    const char *message;
};

struct put_out {
    int32_t failed;
    LIST(struct result) entries;
};

static const struct field entry_fields[] = {
    F_TIME(struct entry, time, "Time", "When it happened; now unless you say so."),
    F_STRING(struct entry, source, "Source", "Who tells it: shop.orders."),
    F_STRINGS(struct entry, resources, "Resources", "ARNs of what it is about."),
    F_STRING(struct entry, type, "DetailType", "What kind of event it is: Order Placed."),
    F_STRING(struct entry, detail, "Detail", "What happened: a JSON object."),
    F_STRING(struct entry, bus, "EventBusName",
             "The bus, by name or ARN; default unless you say so.", .min = 1, .max = 1600),
    F_STRING(struct entry, trace, "TraceHeader", "For tracing; not looked at.", .min = 1,
             .max = 500),
};
static const struct shape entry_shape = SHAPE("PutEventsRequestEntry", struct entry, entry_fields);
static const struct field result_fields[] = {
    F_STRING(struct result, id, "EventId", "The event's id."),
    F_STRING(struct result, code, "ErrorCode", "Why it was not taken."),
    F_STRING(struct result, message, "ErrorMessage", "Why, in a sentence."),
};
static const struct shape result_shape =
    SHAPE("PutEventsResultEntry", struct result, result_fields);
static const struct field put_in_fields[] = {
    F_LIST(struct put_in, entries, struct entry, &entry_shape, "Entries",
           "The events: Source=SOURCE,DetailType=TYPE,Detail=JSON.", .flags = FIELD_REQUIRED,
           .min = 1, .max = 10),
};
static const struct field put_out_fields[] = {
    F_INT(struct put_out, failed, "FailedEntryCount", "How many were not taken."),
    F_LIST(struct put_out, entries, struct result, &result_shape, "Entries",
           "What became of each, in their order."),
};
static const struct shape put_in_shape = SHAPE("PutEventsRequest", struct put_in, put_in_fields);
static const struct shape put_out_shape =
    SHAPE("PutEventsResponse", struct put_out, put_out_fields);

static const struct fault_kind *const put_faults[] = {&fault_events_invalid, &fault_events_denied,
                                                      NULL};

static size_t length_of(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

/* As AWS counts: the time with 14 bytes, and all texts. */
static size_t entry_size(const struct entry *entry)
{
    size_t size = (entry->time != 0 ? 14 : 0) + length_of(entry->source) + length_of(entry->type) +
                  length_of(entry->detail);

    for (uint32_t i = 0; i < entry->resources.count; i++)
        size += strlen(entry->resources.items[i]);
    return size;
}

static bool is_missing(struct call *call, const char *text, const char *name, struct result *result)
{
    if (text != NULL && text[0] != '\0')
        return false;
    result->code = "InvalidArgument";
    result->message = arena_printf(
        &call->arena, "Parameter %s is not valid. Reason: %s is a required argument.", name, name);
    return true;
}

static bool is_object(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    bool object = json_is_object(value);

    json_decref(value);
    return object;
}

/* Whether the entry can be taken; else `result` says why not. */
static bool is_fine(struct call *call, const struct entry *entry, struct result *result)
{
    if (is_missing(call, entry->source, "Source", result) ||
        is_missing(call, entry->type, "DetailType", result) ||
        is_missing(call, entry->detail, "Detail", result))
        return false;
    if (str_starts(entry->source, "aws.")) {
        result->code = "NotAuthorizedForSourceException";
        result->message = "Not authorized for the source.";
        return false;
    }
    if (!is_object(entry->detail)) {
        result->code = "MalformedDetail";
        result->message = "Detail is malformed.";
        return false;
    }
    return true;
}

static const char *bus_of(const char *given)
{
    const char *slash = given == NULL ? NULL : strchr(given, '/');

    return given == NULL || !str_starts(given, "arn:") || slash == NULL ? given : slash + 1;
}

/* Whose bus it is: of an ARN in this Region, the account in it. */
static uint64_t owner_of(struct call *call, const char *given)
{
    const char *before = arena_printf(
        &call->arena, "arn:aws:events:%s:", call->world->catalog->regions[call->region].name);

    return given == NULL || !str_starts(given, before) ? call->account
                                                       : strtoull(given + strlen(before), NULL, 10);
}

/* All entries, or none: 0, or -1 and a fault. */
static int check_buses(struct call *call, const struct put_in *wish)
{
    const struct event_buses *buses = &call->world->buses;

    for (uint32_t i = 0; i < wish->entries.count; i++) {
        const char *given = wish->entries.items[i].bus;
        const char *name = given == NULL ? "default" : bus_of(given);
        uint64_t owner = owner_of(call, given);

        enum resource_verdict verdict =
            event_bus_judge(buses, owner, call->region, name, call->account);

        if (verdict == POLICY_ALLOWS)
            continue;
        return call_fault(
            call, &fault_events_denied,
            arena_printf(&call->arena, "arn:aws:iam::%s:user/learner",
                         account_text(&call->arena, call->account)),
            event_bus_arn(buses, &call->arena, owner, call->region, name),
            verdict == POLICY_DENIES
                ? "with an explicit deny in a resource-based policy"
                : "because no resource-based policy allows the events:PutEvents action");
    }
    return 0;
}

static int put_events(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;
    struct put_out *answer = out;
    size_t size = 0;

    for (uint32_t i = 0; i < wish->entries.count; i++)
        size += entry_size(&wish->entries.items[i]);
    if (size >= EVENT_SIZE_MAX)
        return call_fault(call, &fault_events_invalid,
                          "Total size of the entries in the request is over the limit.");
    if (check_buses(call, wish) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->entries.count; i++) {
        const struct entry *entry = &wish->entries.items[i];
        struct result *result = LIST_PUSH_IN(&call->arena, &answer->entries);

        if (!is_fine(call, entry, result)) {
            answer->failed++;
            continue;
        }
        /* To a bus that does not exist it is taken as well, as at AWS, and nobody hears it. */
        result->id = event_send(&call->world->buses, &call->arena,
                                &(struct event_entry){
                                    .account = call->account,
                                    .region = call->region,
                                    .owner = owner_of(call, entry->bus),
                                    .bus = bus_of(entry->bus),
                                    .source = entry->source,
                                    .type = entry->type,
                                    .detail = entry->detail,
                                    .resources = entry->resources,
                                    .time = entry->time,
                                });
    }
    return 0;
}

const struct op op_put_events = {
    .name = "PutEvents",
    .doc = "Tells a bus what happened: up to ten events at a time.",
    .example = "aws events put-events --entries "
               "'[{\"Source\":\"shop.orders\",\"DetailType\":\"Order Placed\",\"Detail\":"
               "\"{\\\"cups\\\":2}\"}]'",
    .in = &put_in_shape,
    .out = &put_out_shape,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_events,
};

/* ---- test-event-pattern ---- */

struct test_in {
    const char *pattern;
    const char *event;
};

struct test_out {
    bool result;
};

static const struct field test_in_fields[] = {
    F_STRING(struct test_in, pattern, "EventPattern", "The pattern, as JSON.",
             .flags = FIELD_REQUIRED, .max = 4096),
    F_STRING(struct test_in, event, "Event",
             "The event, with id, account, source, time, region and detail-type.",
             .flags = FIELD_REQUIRED),
};
static const struct field test_out_fields[] = {
    F_BOOL(struct test_out, result, "Result", "Whether the event matches."),
};
static const struct shape test_in_shape =
    SHAPE("TestEventPatternRequest", struct test_in, test_in_fields);
static const struct shape test_out_shape =
    SHAPE("TestEventPatternResponse", struct test_out, test_out_fields);

static const struct fault_kind *const test_faults[] = {&fault_events_pattern, &fault_events_invalid,
                                                       NULL};

/* The members that every event has. */
static bool has_envelope(const char *text)
{
    static const char *const members[] = {"id",   "account", "source",
                                          "time", "region",  "detail-type"};
    json_t *event = json_loads(text, 0, NULL);
    bool whole = json_is_object(event);

    for (size_t i = 0; whole && i < sizeof(members) / sizeof(members[0]); i++)
        whole = json_is_string(json_object_get(event, members[i]));
    json_decref(event);
    return whole;
}

static int test_event_pattern(struct call *call, const void *in, void *out)
{
    const struct test_in *wish = in;
    struct test_out *answer = out;
    struct str why = STR_INIT;
    struct event_pattern *pattern =
        event_pattern_compile(wish->pattern, strlen(wish->pattern), &why);
    struct event_fields *fields = event_fields_new();
    int status = 0;

    if (pattern == NULL)
        status = call_fault(call, &fault_events_pattern, str_text(&why));
    else if (!has_envelope(wish->event) ||
             !event_fields_read(fields, wish->event, strlen(wish->event), NULL))
        status = call_fault(call, &fault_events_invalid, "Parameter Event is not valid.");
    else
        answer->result = event_pattern_matches(pattern, fields);
    event_pattern_free(pattern);
    event_fields_free(fields);
    str_release(&why);
    return status;
}

const struct op op_test_event_pattern = {
    .name = "TestEventPattern",
    .doc = "Says whether an event, with its whole envelope, matches a pattern.",
    .example =
        "aws events test-event-pattern --event-pattern '{\"source\":[\"shop.orders\"]}' --event "
        "'{\"id\":\"1\",\"account\":\"111122223333\",\"source\":\"shop.orders\",\"time\":"
        "\"2026-01-05T08:00:00Z\",\"region\":\"us-east-1\",\"detail-type\":\"Order Placed\"}'",
    .in = &test_in_shape,
    .out = &test_out_shape,
    .faults = test_faults,
    .run = test_event_pattern,
};
