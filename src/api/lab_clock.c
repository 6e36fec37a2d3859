/*
 * api/lab_clock.c - lab: the clock, and the log of everything that happened.
 */
#include "api/lab_parts.h"

#include "cloud/world.h"
#include "sim/clock.h"

/* ---- describe-clock, advance ---- */

struct clock_view {
    int64_t time;
    int64_t elapsed_s;
    int64_t seed;
    int64_t pending;
};

static const struct field clock_fields[] = {
    F_TIME(struct clock_view, time, "Time", "The simulated time.", .flags = FIELD_COLUMN),
    F_INT(struct clock_view, elapsed_s, "ElapsedSeconds", "Seconds since this world began.",
          .flags = FIELD_COLUMN),
    F_INT(struct clock_view, seed, "Seed",
          "What chance is drawn from: the same seed, the same world."),
    F_INT(struct clock_view, pending, "PendingEvents",
          "Events that are planned and have not happened."),
};

static const struct shape clock_shape = SHAPE("Clock", struct clock_view, clock_fields);

static void view_clock(const struct world *world, int64_t time, struct clock_view *view)
{
    view->time = time;
    view->elapsed_s = (time - SIM_BEGIN_NS) / SECOND_NS;
    view->seed = (int64_t)world->seed;
    view->pending = (int64_t)sim_pending_count(&world->sim);
}

static int describe_clock(struct call *call, const void *in, void *out)
{
    (void)in;
    view_clock(call->world, call->world->sim.now, out);
    return 0;
}

const struct op op_lab_describe_clock = {
    .name = "DescribeClock",
    .doc = "Shows the simulated time.",
    .example = "lab describe-clock",
    .in = &shape_empty,
    .out = &clock_shape,
    .run = describe_clock,
};

struct advance_in {
    int64_t seconds;
};

struct advance_out {
    int64_t time;
};

enum { ADVANCE_MAX_S = 366 * 86400 };

static const struct field advance_in_fields[] = {
    F_INT(struct advance_in, seconds, "Seconds", "How many simulated seconds are to pass.",
          .flags = FIELD_REQUIRED, .min = 0, .max = ADVANCE_MAX_S),
};

static const struct field advance_out_fields[] = {
    F_TIME(struct advance_out, time, "Time", "The simulated time when they have passed."),
};

static const struct shape advance_in_shape =
    SHAPE("AdvanceRequest", struct advance_in, advance_in_fields);
static const struct shape advance_out_shape =
    SHAPE("AdvanceResult", struct advance_out, advance_out_fields);

static int advance(struct call *call, const void *in, void *out)
{
    const struct advance_in *wish = in;

    call->until = call->world->sim.now + wish->seconds * SECOND_NS;
    ((struct advance_out *)out)->time = call->until;
    return 0;
}

const struct op op_lab_advance = {
    .name = "Advance",
    .doc = "Lets simulated time pass.",
    .example = "lab advance --seconds 60",
    .in = &advance_in_shape,
    .out = &advance_out_shape,
    .flags = OP_LASTS,
    .run = advance,
};

/* ---- describe-events ---- */

struct events_in {
    struct opt_int after;
    struct opt_int max_results;
    const char *topic;
};

struct event_view {
    int64_t sequence;
    int64_t time;
    const char *topic;
    const char *region;
    const char *text;
};

struct events_out {
    LIST(struct event_view) events;
};

enum { EVENTS_DEFAULT = 50, EVENTS_MAX = 1000 };

static const struct field events_in_fields[] = {
    F_OPT_INT(struct events_in, after, "After",
              "Only what happened after the event of this number."),
    F_STRING(struct events_in, topic, "Topic", "Only events about this.",
             .words = trail_topic_words),
    F_OPT_INT(struct events_in, max_results, "MaxResults",
              "How many at most, the latest; 50 unless told.", .min = 1, .max = EVENTS_MAX),
};

static const struct field event_fields[] = {
    F_INT(struct event_view, sequence, "Sequence", "Its number, from 1."),
    F_TIME(struct event_view, time, "Time", "When it happened.", .flags = FIELD_COLUMN),
    F_STRING(struct event_view, topic, "Topic", "What it is about.", .words = trail_topic_words,
             .flags = FIELD_COLUMN),
    F_STRING(struct event_view, region, "Region", "Where it is.", .ref = &kind_region),
    F_STRING(struct event_view, text, "Text", "What happened.", .flags = FIELD_COLUMN),
};

static const struct shape event_shape = SHAPE("Event", struct event_view, event_fields);

static const struct field events_out_fields[] = {
    F_LIST(struct events_out, events, struct event_view, &event_shape, "Events",
           "What happened, oldest first."),
};

static const struct shape events_in_shape =
    SHAPE("DescribeEventsRequest", struct events_in, events_in_fields);
static const struct shape events_out_shape =
    SHAPE("DescribeEventsResult", struct events_out, events_out_fields);

/* What a learner may see: his own, and the provider's hosts; never another tenant's. */
static bool event_wanted(const struct call *call, const struct events_in *wish,
                         const struct trail_entry *entry)
{
    if (entry->account != 0 && entry->account != call->account)
        return false;
    return wish->topic == NULL || str_equal(wish->topic, trail_topic_name(entry->topic));
}

static int describe_events(struct call *call, const void *in, void *out)
{
    const struct events_in *wish = in;
    struct events_out *answer = out;
    const struct world *world = call->world;
    uint64_t first = trail_first(&world->trail);
    uint64_t begin = trail_next(&world->trail);
    int64_t room = wish->max_results.set ? wish->max_results.value : EVENTS_DEFAULT;

    if (wish->after.set && (uint64_t)wish->after.value + 1 > first)
        first = (uint64_t)wish->after.value + 1;
    while (begin > first && room > 0) {
        const struct trail_entry *entry = trail_find(&world->trail, --begin);

        room -= entry != NULL && event_wanted(call, wish, entry);
    }
    for (uint64_t i = begin; i < trail_next(&world->trail); i++) {
        const struct trail_entry *entry = trail_find(&world->trail, i);

        if (entry == NULL || !event_wanted(call, wish, entry))
            continue;
        *LIST_PUSH_IN(&call->arena, &answer->events) = (struct event_view){
            .sequence = (int64_t)entry->sequence,
            .time = entry->time,
            .topic = trail_topic_name(entry->topic),
            .region = world->catalog->regions[entry->region].name,
            .text = entry->text,
        };
    }
    return 0;
}

const struct op op_lab_describe_events = {
    .name = "DescribeEvents",
    .doc = "Lists what happened in the cloud, the latest 100,000 events of it.",
    .example = "lab describe-events --max-results 10",
    .in = &events_in_shape,
    .out = &events_out_shape,
    .run = describe_events,
};
