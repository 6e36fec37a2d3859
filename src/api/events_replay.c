/*
 * api/events_replay.c - events: replays of what archives keep.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/event_archive.h"

struct destination {
    const char *arn;
    struct strings rules;
};

static const struct field destination_fields[] = {
    F_STRING(struct destination, arn, "Arn", "The ARN of the bus from which they were archived.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 1600),
    F_STRINGS(struct destination, rules, "FilterArns",
              "The ARNs of rules that are to hear them; all without it.", .item_min = 1,
              .flags = FIELD_OMIT_EMPTY),
};
static const struct shape destination_shape =
    SHAPE("ReplayDestination", struct destination, destination_fields);

static const char *replay_arn(struct call *call, const char *name)
{
    const char *archive = events_archive_arn(call, "");

    return arena_printf(&call->arena, "%.*sreplay/%s", (int)(strlen(archive) - strlen("archive/")),
                        archive, name);
}

/* ---- start ---- */

struct start_in {
    const char *name;
    const char *description;
    const char *source;
    int64_t from;
    int64_t until;
    struct destination *destination;
};

struct start_out {
    const char *arn;
    const char *state;
    int64_t begun;
};

#define F_REPLAY_NAME(T)                                                                           \
    F_STRING(T, name, "ReplayName", "Its name, never used before.", .flags = FIELD_REQUIRED,       \
             .min = 1, .max = 64)

static const struct field start_in_fields[] = {
    F_REPLAY_NAME(struct start_in),
    F_STRING(struct start_in, description, "Description", "What it is for.", .max = 512),
    F_STRING(struct start_in, source, "EventSourceArn", "The ARN of an archive.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 1600),
    F_TIME(struct start_in, from, "EventStartTime", "The first moment of the events.",
           .flags = FIELD_REQUIRED),
    F_TIME(struct start_in, until, "EventEndTime", "The moment at which they end.",
           .flags = FIELD_REQUIRED),
    F_STRUCT(struct start_in, destination, struct destination, &destination_shape, "Destination",
             "Who hears them.", .flags = FIELD_REQUIRED),
};
static const struct field start_out_fields[] = {
    F_STRING(struct start_out, arn, "ReplayArn", "Its ARN."),
    F_STRING(struct start_out, state, "State", "How far it is.", .words = event_replay_state_words),
    F_TIME(struct start_out, begun, "ReplayStartTime", "When it began."),
};
static const struct shape start_in_shape =
    SHAPE("StartReplayRequest", struct start_in, start_in_fields);
static const struct shape start_out_shape =
    SHAPE("StartReplayResponse", struct start_out, start_out_fields);

static const struct fault_kind *const start_faults[] = {
    &fault_events_no_bus, &fault_events_exists, &fault_events_invalid, &fault_events_limit, NULL,
};

static bool is_own(const struct call *call, const struct event_replay *replay)
{
    return replay->account == call->account && replay->region == call->region;
}

static uint32_t count_active(const struct call *call)
{
    const struct table *replays = &call->world->buses.replays;
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(replays); i++) {
        const struct event_replay *replay = table_at(replays, i);

        count += is_own(call, replay) && replay->ended == 0;
    }
    return count;
}

/* The archive that the replay is of; NULL and a fault. */
static const struct event_archive *source_of(struct call *call, const struct start_in *wish,
                                             const char *bus)
{
    const char *name =
        strrchr(wish->source, '/') == NULL ? wish->source : strrchr(wish->source, '/') + 1;
    const struct event_archive *archive =
        event_archive_find(&call->world->buses, call->account, call->region, name);

    if (archive == NULL) {
        call_fault(call, &fault_events_invalid,
                   arena_printf(&call->arena,
                                "Parameter EventSourceArn is not valid. Reason: "
                                "Archive %s does not exist.",
                                name));
        return NULL;
    }
    if (!str_equal(archive->bus, bus)) {
        call_fault(call, &fault_events_invalid,
                   "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not "
                   "permitted.");
        return NULL;
    }
    return archive;
}

static int start_replay(struct call *call, const void *in, void *out)
{
    const struct start_in *wish = in;
    struct start_out *answer = out;
    struct event_buses *buses = &call->world->buses;
    const struct event_archive *archive;
    struct event_replay *replay;
    const char *bus;

    if (events_name_check(call, wish->name, "replayName", false) != 0)
        return -1;
    bus = events_bus_name(call, wish->destination->arn);
    archive = bus == NULL ? NULL : source_of(call, wish, bus);
    if (archive == NULL)
        return -1;
    if (event_replay_find(buses, call->account, call->region, wish->name) != NULL)
        return call_fault(call, &fault_events_exists,
                          arena_printf(&call->arena, "Replay %s", wish->name));
    if (wish->from >= wish->until)
        return call_fault(call, &fault_events_invalid,
                          "Parameter EventEndTime is not valid. Reason: EventStartTime must be "
                          "before EventEndTime.");
    if (count_active(call) >= EVENT_REPLAYS_MAX)
        return call_fault(call, &fault_events_limit);
    replay = table_add(&buses->replays, ids_new(buses->ids));
    replay->account = call->account;
    replay->region = call->region;
    replay->name = xstrdup(wish->name);
    replay->archive = xstrdup(archive->name);
    replay->bus = xstrdup(bus);
    replay->description = wish->description == NULL ? NULL : xstrdup(wish->description);
    replay->from = wish->from;
    replay->until = wish->until;
    for (uint32_t i = 0; i < wish->destination->rules.count; i++)
        *LIST_PUSH(&replay->rules) = xstrdup(wish->destination->rules.items[i]);
    event_replay_begin(buses, replay);
    *answer = (struct start_out){
        .arn = replay_arn(call, wish->name),
        .state = event_replay_state_words[replay->state - 1],
        .begun = replay->begun,
    };
    return 0;
}

const struct op op_start_replay = {
    .name = "StartReplay",
    .doc = "Gives the events of a span of time, which an archive has, to its bus once more.",
    .example = EVENTS_START_REPLAY,
    .needs = EVENTS_NEEDS_ARCHIVE,
    .in = &start_in_shape,
    .out = &start_out_shape,
    .faults = start_faults,
    .flags = OP_WRITE,
    .run = start_replay,
};

/* ---- describe, list ---- */

struct replay_view {
    const char *name;
    const char *arn;
    const char *description;
    const char *state;
    const char *source;
    struct destination *destination;
    int64_t from;
    int64_t until;
    int64_t last;
    int64_t begun;
    int64_t ended;
};

struct name_in {
    const char *name;
};

#define F_REPLAY_TIMES                                                                             \
    F_TIME(struct replay_view, from, "EventStartTime", "The first moment of the events."),         \
        F_TIME(struct replay_view, until, "EventEndTime", "The moment at which they end."),        \
        F_TIME(struct replay_view, last, "EventLastReplayedTime",                                  \
               "When the last one happened that was replayed."),                                   \
        F_TIME(struct replay_view, begun, "ReplayStartTime", "When it began."),                    \
        F_TIME(struct replay_view, ended, "ReplayEndTime", "When it ended.")

static const struct field name_in_fields[] = {
    F_STRING(struct name_in, name, "ReplayName", "The replay.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
};
static const struct field describe_out_fields[] = {
    F_STRING(struct replay_view, name, "ReplayName", "Its name."),
    F_STRING(struct replay_view, arn, "ReplayArn", "Its ARN."),
    F_STRING(struct replay_view, description, "Description", "What it is for."),
    F_STRING(struct replay_view, state, "State", "How far it is.",
             .words = event_replay_state_words),
    F_STRING(struct replay_view, source, "EventSourceArn", "The archive."),
    F_STRUCT(struct replay_view, destination, struct destination, &destination_shape, "Destination",
             "Who hears them."),
    F_REPLAY_TIMES,
};
static const struct field replay_fields[] = {
    F_STRING(struct replay_view, name, "ReplayName", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct replay_view, source, "EventSourceArn", "The archive."),
    F_STRING(struct replay_view, state, "State", "How far it is.",
             .words = event_replay_state_words, .flags = FIELD_COLUMN),
    F_REPLAY_TIMES,
};
static const struct shape replay_shape = SHAPE("Replay", struct replay_view, replay_fields);
static const struct shape describe_in_shape =
    SHAPE("DescribeReplayRequest", struct name_in, name_in_fields);
static const struct shape describe_out_shape =
    SHAPE("DescribeReplayResponse", struct replay_view, describe_out_fields);

static const struct fault_kind *const no_replay_faults[] = {&fault_events_no_replay, NULL};

static void view(struct call *call, const struct event_replay *replay, struct replay_view *to)
{
    struct arena *arena = &call->arena;
    struct destination *destination = arena_alloc(arena, sizeof(*destination));

    destination->arn =
        event_bus_arn(&call->world->buses, arena, replay->account, replay->region, replay->bus);
    for (uint32_t i = 0; i < replay->rules.count; i++)
        *LIST_PUSH_IN(arena, &destination->rules) = arena_strdup(arena, replay->rules.items[i]);
    *to = (struct replay_view){
        .name = arena_strdup(arena, replay->name),
        .arn = replay_arn(call, replay->name),
        .description = arena_strdup(arena, replay->description),
        .state = event_replay_state_words[replay->state - 1],
        .source = events_archive_arn(call, replay->archive),
        .destination = destination,
        .from = replay->from,
        .until = replay->until,
        .last = replay->last,
        .begun = replay->begun,
        .ended = replay->ended,
    };
}

static struct event_replay *named(struct call *call, const char *name)
{
    struct event_replay *replay =
        event_replay_find(&call->world->buses, call->account, call->region, name);

    if (replay == NULL)
        call_fault(call, &fault_events_no_replay, name);
    return replay;
}

static int describe_replay(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    const struct event_replay *replay = named(call, wish->name);

    if (replay == NULL)
        return -1;
    view(call, replay, out);
    return 0;
}

const struct op op_describe_replay = {
    .name = "DescribeReplay",
    .doc = "Shows how far a replay is.",
    .example = "aws events describe-replay --replay-name again",
    .needs = EVENTS_NEEDS_REPLAY,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = no_replay_faults,
    .run = describe_replay,
};

struct list_in {
    const char *prefix;
    const char *state;
    const char *source;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    LIST(struct replay_view) replays;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, prefix, "NamePrefix", "How their names begin.", .min = 1, .max = 64),
    F_STRING(struct list_in, state, "State", "Only those in this state.",
             .words = event_replay_state_words),
    F_STRING(struct list_in, source, "EventSourceArn", "The ARN of their archive.", .min = 1,
             .max = 1600),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, replays, struct replay_view, &replay_shape, "Replays", "The replays."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape =
    SHAPE("ListReplaysRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListReplaysResponse", struct list_out, list_out_fields);

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct replay_view *)a)->name, ((const struct replay_view *)b)->name);
}

static int list_replays(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *replays = &call->world->buses.replays;
    struct list_out *answer = out;
    struct page page;

    for (uint32_t i = 0; i < table_count(replays); i++) {
        const struct event_replay *replay = table_at(replays, i);

        if (is_own(call, replay) &&
            str_starts(replay->name, wish->prefix == NULL ? "" : wish->prefix) &&
            (wish->state == NULL ||
             str_equal(wish->state, event_replay_state_words[replay->state - 1])) &&
            (wish->source == NULL ||
             str_equal(wish->source, events_archive_arn(call, replay->archive))))
            view(call, replay, LIST_PUSH_IN(&call->arena, &answer->replays));
    }
    if (answer->replays.count > 1)
        qsort(answer->replays.items, answer->replays.count, sizeof(*answer->replays.items),
              by_name);
    if (page_find(call, wish->limit, wish->token, answer->replays.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->replays, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_replays = {
    .name = "ListReplays",
    .doc = "Lists the replays of the account in this Region.",
    .example = "aws events list-replays",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .run = list_replays,
};

/* ---- cancel ---- */

struct cancel_out {
    const char *arn;
    const char *state;
};

static const struct field cancel_out_fields[] = {
    F_STRING(struct cancel_out, arn, "ReplayArn", "Its ARN."),
    F_STRING(struct cancel_out, state, "State", "How far it is.",
             .words = event_replay_state_words),
};
static const struct shape cancel_in_shape =
    SHAPE("CancelReplayRequest", struct name_in, name_in_fields);
static const struct shape cancel_out_shape =
    SHAPE("CancelReplayResponse", struct cancel_out, cancel_out_fields);

static const struct fault_kind *const cancel_faults[] = {&fault_events_no_replay,
                                                         &fault_events_status, NULL};

static int cancel_replay(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    struct cancel_out *answer = out;
    struct event_replay *replay = named(call, wish->name);

    if (replay == NULL)
        return -1;
    if (!event_replay_cancel(&call->world->buses, replay))
        return call_fault(call, &fault_events_status, replay->name);
    answer->arn = replay_arn(call, replay->name);
    answer->state = event_replay_state_words[replay->state - 1];
    return 0;
}

const struct op op_cancel_replay = {
    .name = "CancelReplay",
    .doc = "Breaks off a replay that is under way.",
    .example = "aws events cancel-replay --replay-name again",
    .needs = EVENTS_NEEDS_REPLAY,
    .in = &cancel_in_shape,
    .out = &cancel_out_shape,
    .faults = cancel_faults,
    .flags = OP_WRITE,
    .run = cancel_replay,
};
