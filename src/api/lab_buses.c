/*
 * api/lab_buses.c - lab: event buses at a glance: rules, what they match, and where it goes.
 *
 * AWS counts for a rule; here each target is counted by itself too, and the latest events of a bus
 * are told, those that no rule has as well.  Its numbers are those of CloudWatch's AWS/Events,
 * since the rule was made.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/event_bus.h"
#include "cloud/world.h"
#include "sim/clock.h"
#include "sim/schedule.h"

enum { EVENTS_DEFAULT = 5, EVENTS_MOST = 100, NOTES_MOST = 4096 };

struct buses_in {
    struct opt_int max_results;
};

struct target_view {
    const char *id;
    const char *arn;
    const char *dead_letter;
    int64_t invoked;
    int64_t given;
    int64_t failed;
    int64_t retried;
    int64_t retrying;
    int64_t dead;
    int64_t lost;
    const char *fate;
    struct opt_int last_s;
    const char *reason;
};

struct rule_view {
    const char *name;
    const char *arn;
    const char *state;
    const char *pattern;
    const char *schedule;
    struct opt_int next_s;
    int64_t matched;
    int64_t triggered;
    int64_t invoked;
    int64_t failed;
    int64_t retried;
    int64_t dead;
    const char *event;
    struct opt_int last_s;
    LIST(struct target_view) targets;
};

struct event_view {
    const char *id;
    const char *source;
    const char *type;
    const char *detail;
    int64_t age_s;
    int64_t matched;
};

struct bus_view {
    const char *name;
    const char *arn;
    LIST(struct rule_view) rules;
    LIST(struct event_view) events;
};

struct buses_out {
    LIST(struct bus_view) buses;
};

/* From EVENT_FATE_GIVEN on. */
static const char *const fate_words[] = {"given", "tried again", "dead-lettered", "lost", NULL};

static const struct field buses_in_fields[] = {
    F_OPT_INT(struct buses_in, max_results, "MaxResults",
              "How many events of a bus are listed, the latest first; 5 unless told.", .min = 0,
              .max = EVENTS_MOST),
};
static const struct shape buses_in_shape =
    SHAPE("DescribeBusesRequest", struct buses_in, buses_in_fields);

static const struct field target_fields[] = {
    F_STRING(struct target_view, id, "Id", "The target.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, arn, "Arn", "What it is.", .flags = FIELD_COLUMN),
    F_STRING(struct target_view, dead_letter, "DeadLetterQueue",
             "The ARN of the queue for what cannot be given to it; absent when it is lost."),
    F_INT(struct target_view, invoked, "Invocations", "Deliveries that came to an end.",
          .flags = FIELD_COLUMN),
    F_INT(struct target_view, given, "Delivered", "Those that it took."),
    F_INT(struct target_view, failed, "Failed", "Those that were given up.",
          .flags = FIELD_COLUMN),
    F_INT(struct target_view, retried, "Retried", "Tries that failed for the time being."),
    F_INT(struct target_view, retrying, "Retrying", "Deliveries that are to be tried again."),
    F_INT(struct target_view, dead, "DeadLettered", "Those that its dead-letter queue took."),
    F_INT(struct target_view, lost, "Lost", "Those that nobody has."),
    F_STRING(struct target_view, fate, "LastFate",
             "What became of the latest; absent when there was none.", .words = fate_words),
    F_OPT_INT(struct target_view, last_s, "LastSeconds", "How many seconds ago that was."),
    F_STRING(struct target_view, reason, "LastReason",
             "Why the latest could not be given to it; absent when it could."),
};
static const struct shape target_glance_shape =
    SHAPE("TargetGlance", struct target_view, target_fields);

static const struct field rule_fields[] = {
    F_STRING(struct rule_view, name, "Name", "The rule.", .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, arn, "Arn", "Its ARN."),
    F_STRING(struct rule_view, state, "State", "ENABLED, DISABLED or with management events too.",
             .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, pattern, "EventPattern", "Which events it wants; absent: none."),
    F_STRING(struct rule_view, schedule, "ScheduleExpression", "When it fires; absent: never."),
    F_OPT_INT(struct rule_view, next_s, "NextSeconds", "In how many seconds it fires next."),
    F_INT(struct rule_view, matched, "MatchedEvents", "Events that its pattern had.",
          .flags = FIELD_COLUMN),
    F_INT(struct rule_view, triggered, "TriggeredRules", "How often it was triggered.",
          .flags = FIELD_COLUMN),
    F_INT(struct rule_view, invoked, "Invocations", "Deliveries that came to an end.",
          .flags = FIELD_COLUMN),
    F_INT(struct rule_view, failed, "FailedInvocations", "Those that were given up.",
          .flags = FIELD_COLUMN),
    F_INT(struct rule_view, retried, "RetryInvocationAttempts",
          "Tries that failed for the time being."),
    F_INT(struct rule_view, dead, "InvocationsSentToDlq",
          "Given up, and taken by a dead-letter queue."),
    F_STRING(struct rule_view, event, "LastEventId",
             "The event that triggered it last; absent when none did."),
    F_OPT_INT(struct rule_view, last_s, "LastSeconds", "How many seconds ago that was."),
    F_LIST(struct rule_view, targets, struct target_view, &target_glance_shape, "Targets",
           "Where its events go."),
};
static const struct shape rule_shape = SHAPE("RuleGlance", struct rule_view, rule_fields);

static const struct field event_fields[] = {
    F_STRING(struct event_view, id, "EventId", "The event.", .flags = FIELD_COLUMN),
    F_STRING(struct event_view, source, "Source", "Who tells.", .flags = FIELD_COLUMN),
    F_STRING(struct event_view, type, "DetailType", "What kind.", .flags = FIELD_COLUMN),
    F_STRING(struct event_view, detail, "Detail", "How its detail begins."),
    F_INT(struct event_view, age_s, "AgeSeconds", "How long ago it came."),
    F_INT(struct event_view, matched, "MatchedRules", "How many rules have it; 0: nobody hears it.",
          .flags = FIELD_COLUMN),
};
static const struct shape event_shape = SHAPE("BusEvent", struct event_view, event_fields);

static const struct field bus_fields[] = {
    F_STRING(struct bus_view, name, "Name", "The bus.", .flags = FIELD_COLUMN),
    F_STRING(struct bus_view, arn, "Arn", "Its ARN.", .flags = FIELD_COLUMN),
    F_LIST(struct bus_view, rules, struct rule_view, &rule_shape, "Rules",
           "Its rules, in the order of their making."),
    F_LIST(struct bus_view, events, struct event_view, &event_shape, "Events",
           "The latest events on it, the newest first, from the history: a bus keeps none."),
};
static const struct shape bus_shape = SHAPE("BusGlance", struct bus_view, bus_fields);

static const struct field buses_out_fields[] = {
    F_LIST(struct buses_out, buses, struct bus_view, &bus_shape, "Buses",
           "Your event buses in the Region, default first."),
};
static const struct shape buses_out_shape =
    SHAPE("DescribeBusesResult", struct buses_out, buses_out_fields);

/* ---- the note of an event ---- */

/* The next line of a text, and on. */
static const char *line_of(struct arena *arena, const char **text)
{
    size_t length = strcspn(*text, "\n");
    const char *line = arena_strndup(arena, *text, length);

    *text += length + ((*text)[length] == '\n');
    return line;
}

struct lab_event lab_event_of(struct call *call, const struct message_note *note)
{
    const char *text = note->text == NULL ? "" : note->text;
    struct lab_event event;

    event.bus = line_of(&call->arena, &text);
    event.source = line_of(&call->arena, &text);
    event.type = line_of(&call->arena, &text);
    event.detail = text;
    return event;
}

/* ---- what there is ---- */

static int64_t retrying(const struct call *call, const struct event_rule *rule, const char *target)
{
    const struct table *deliveries = &call->world->buses.deliveries;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(deliveries); i++) {
        const struct event_delivery *delivery = table_at(deliveries, i);

        count += delivery->rule == rule->id && delivery->tries > 0 &&
                 str_equal(delivery->target, target);
    }
    return count;
}

static struct target_view target_see(const struct call *call, const struct event_rule *rule,
                                     const struct event_target *target)
{
    return (struct target_view){
        .id = target->id,
        .arn = target->arn,
        .dead_letter = target->dead_letter,
        .invoked = target->all.invoked,
        .given = target->all.invoked - target->all.failed,
        .failed = target->all.failed,
        .retried = target->all.retried,
        .retrying = target->fate == EVENT_FATE_NONE || target->all.retried == 0
                        ? 0
                        : retrying(call, rule, target->id),
        .dead = target->all.dead,
        .lost = target->all.lost,
        .fate = target->fate == EVENT_FATE_NONE ? NULL
                                                : fate_words[target->fate - EVENT_FATE_GIVEN],
        .last_s = lab_seconds_ago(call, target->last),
        .reason = target->reason,
    };
}

static struct opt_int next_firing(const struct call *call, const struct event_rule *rule)
{
    int64_t now = call->world->sim.now;
    struct schedule schedule;
    int64_t next;

    if (rule->step == 0 || !schedule_parse(rule->schedule, &schedule))
        return (struct opt_int){0};
    next = schedule_next(&schedule, rule->begin, now);
    return next == SIM_NEVER ? (struct opt_int){0}
                             : OPT_INT((next - now + SECOND_NS - 1) / SECOND_NS);
}

static void rule_see(struct call *call, const struct event_rule *rule, struct rule_view *view)
{
    *view = (struct rule_view){
        .name = rule->name,
        .arn = event_rule_arn(&call->world->buses, &call->arena, rule),
        .state = event_rule_state_words[rule->state - EVENT_RULE_ENABLED],
        .pattern = rule->pattern,
        .schedule = rule->schedule,
        .next_s = next_firing(call, rule),
        .matched = rule->all.matched,
        .triggered = rule->all.triggered,
        .invoked = rule->all.invoked,
        .failed = rule->all.failed,
        .retried = rule->all.retried,
        .dead = rule->all.dead,
        .event = lab_message_id(call, rule->latest),
        .last_s = lab_seconds_ago(call, rule->last),
    };
    for (uint32_t i = 0; i < rule->targets.count; i++)
        *LIST_PUSH_IN(&call->arena, &view->targets) =
            target_see(call, rule, &rule->targets.items[i]);
}

static struct bus_view *bus_of(struct buses_out *out, const char *name)
{
    for (uint32_t i = 0; i < out->buses.count; i++)
        if (str_equal(out->buses.items[i].name, name))
            return &out->buses.items[i];
    return NULL;
}

static void add_bus(struct call *call, struct buses_out *out, const char *name)
{
    *LIST_PUSH_IN(&call->arena, &out->buses) = (struct bus_view){
        .name = name,
        .arn = event_bus_arn(&call->world->buses, &call->arena, call->account, call->region, name),
    };
}

static void add_events(struct call *call, struct buses_out *out, uint32_t most)
{
    const struct message_wish wish = {
        .account = call->account,
        .region = call->region,
        .step = MESSAGE_PUT,
        .most = most == 0 ? 0 : NOTES_MOST,
    };
    const struct message_notes notes =
        message_log_latest(&call->world->messages, &call->arena, &wish);

    for (uint32_t i = 0; i < notes.count; i++) {
        const struct message_note *note = notes.items[i];
        struct arena_mark mark = arena_mark(&call->arena);
        const struct lab_event event = lab_event_of(call, note);
        struct bus_view *bus = bus_of(out, event.bus);

        if (bus == NULL || bus->events.count >= most) {
            arena_back(&call->arena, mark);
            continue;
        }
        *LIST_PUSH_IN(&call->arena, &bus->events) = (struct event_view){
            .id = lab_message_id(call, note->message),
            .source = event.source,
            .type = event.type,
            .detail = event.detail,
            .age_s = (call->world->sim.now - note->time) / SECOND_NS,
            .matched = note->number,
        };
    }
}

static int describe_buses(struct call *call, const void *input, void *output)
{
    const struct buses_in *in = input;
    struct buses_out *out = output;
    const struct event_buses *buses = &call->world->buses;

    add_bus(call, out, "default");
    for (uint32_t i = 0; i < table_count(&buses->table); i++) {
        const struct event_bus *bus = table_at(&buses->table, i);

        if (bus->account == call->account && bus->region == call->region &&
            !str_equal(bus->name, "default"))
            add_bus(call, out, bus->name);
    }
    for (uint32_t i = 0; i < table_count(&buses->rules); i++) {
        const struct event_rule *rule = table_at(&buses->rules, i);
        struct bus_view *bus = rule->account != call->account || rule->region != call->region
                                   ? NULL
                                   : bus_of(out, rule->bus);

        if (bus != NULL)
            rule_see(call, rule, LIST_PUSH_IN(&call->arena, &bus->rules));
    }
    add_events(call, out, in->max_results.set ? (uint32_t)in->max_results.value : EVENTS_DEFAULT);
    return 0;
}

const struct op op_lab_describe_buses = {
    .name = "DescribeBuses",
    .doc = "Shows the event buses: their rules, what these match, where it goes, and the latest "
           "events.",
    .example = "lab describe-buses",
    .in = &buses_in_shape,
    .out = &buses_out_shape,
    .run = describe_buses,
};
