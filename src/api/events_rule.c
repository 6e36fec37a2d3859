/*
 * api/events_rule.c - events: putting, enabling, disabling and deleting rules.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/event_pattern.h"
#include "base/str.h"
#include "sim/schedule.h"

/* ---- put-rule ---- */

struct put_in {
    const char *name;
    const char *schedule;
    const char *pattern;
    const char *state;
    const char *description;
    const char *role;
    struct tag_views tags;
    const char *bus;
};

struct put_out {
    const char *arn;
};

static const struct field put_in_fields[] = {
    F_STRING(struct put_in, name, "Name", "Its name, unique on its bus.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 64),
    F_STRING(struct put_in, schedule, "ScheduleExpression",
             "When it fires by itself: rate(5 minutes), cron(0 18 ? * MON-FRI *).", .max = 256),
    F_STRING(struct put_in, pattern, "EventPattern", "Which events it wants, as JSON.",
             .max = 4096),
    F_STRING(struct put_in, state, "State", "ENABLED unless you say so.",
             .words = event_rule_state_words),
    F_STRING(struct put_in, description, "Description", "What it is for.", .max = 512),
    F_STRING(struct put_in, role, "RoleArn", "The role in which it acts.", .min = 1, .max = 1600),
    F_LIST(struct put_in, tags, struct tag_view, &event_tag_shape, "Tags",
           "Tags for it; only when it is new."),
    F_EVENT_BUS_NAME(struct put_in, bus),
};
static const struct field put_out_fields[] = {
    F_STRING(struct put_out, arn, "RuleArn", "Its ARN."),
};
static const struct shape put_in_shape = SHAPE("PutRuleRequest", struct put_in, put_in_fields);
static const struct shape put_out_shape = SHAPE("PutRuleResponse", struct put_out, put_out_fields);

static const struct fault_kind *const put_faults[] = {
    &fault_events_no_bus, &fault_events_invalid, &fault_events_pattern, &fault_events_limit, NULL,
};

static int check_pattern(struct call *call, const char *text)
{
    struct str why = STR_INIT;
    struct event_pattern *pattern = event_pattern_compile(text, strlen(text), &why);
    int status = 0;

    if (pattern == NULL)
        status = call_fault(call, &fault_events_pattern, str_text(&why));
    else if (strlen(text) > EVENT_PATTERN_MAX)
        status = call_fault(call, &fault_events_limit);
    event_pattern_free(pattern);
    str_release(&why);
    return status;
}

static int check_schedule(struct call *call, const char *text, const char *bus)
{
    struct schedule schedule;

    if (!str_equal(bus, "default"))
        return call_fault(call, &fault_events_invalid,
                          "ScheduleExpression is supported only on the default event bus.");
    if (!schedule_parse(text, &schedule))
        return call_fault(call, &fault_events_invalid,
                          "Parameter ScheduleExpression is not valid.");
    return 0;
}

static uint32_t count_rules(const struct call *call, const char *bus)
{
    const struct table *rules = &call->world->buses.rules;
    uint32_t count = 0;

    for (uint32_t i = 0; i < table_count(rules); i++) {
        const struct event_rule *rule = table_at(rules, i);

        count += rule->account == call->account && rule->region == call->region &&
                 str_equal(rule->bus, bus);
    }
    return count;
}

static int check_put(struct call *call, const struct put_in *wish, const char *bus)
{
    bool has_pattern = wish->pattern != NULL && wish->pattern[0] != '\0';
    bool has_schedule = wish->schedule != NULL && wish->schedule[0] != '\0';

    if (events_name_check(call, wish->name, "name", false) != 0 ||
        tag_views_check(call, &wish->tags) != 0)
        return -1;
    if (!has_pattern && !has_schedule)
        return call_fault(call, &fault_events_invalid,
                          "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    if (has_schedule && check_schedule(call, wish->schedule, bus) != 0)
        return -1;
    return has_pattern ? check_pattern(call, wish->pattern) : 0;
}

/* Takes the text instead of the old one; an empty one is none. */
static void take(char **old, const char *text)
{
    free(*old);
    *old = text == NULL || text[0] == '\0' ? NULL : xstrdup(text);
}

static uint8_t state_number(const char *word)
{
    uint8_t number = 0;

    while (word != NULL && !str_equal(event_rule_state_words[number], word))
        number++;
    return (uint8_t)(number + 1);
}

static int put_rule(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;
    struct put_out *answer = out;
    struct event_buses *buses = &call->world->buses;
    const char *bus = events_bus_name(call, wish->bus);
    struct event_rule *rule;

    if (bus == NULL || check_put(call, wish, bus) != 0)
        return -1;
    rule = event_rule_find(buses, call->account, call->region, bus, wish->name);
    if (rule == NULL) {
        if (count_rules(call, bus) >= EVENT_RULES_MAX)
            return call_fault(call, &fault_events_limit);
        rule = event_rule_add(buses, call->account, call->region, bus, wish->name);
        for (uint32_t i = 0; i < wish->tags.count; i++)
            tags_set(&rule->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    }
    take(&rule->pattern, wish->pattern);
    take(&rule->schedule, wish->schedule);
    take(&rule->description, wish->description);
    take(&rule->role, wish->role);
    rule->state = state_number(wish->state);
    rule->begin = call->world->sim.now;
    event_rule_changed(buses, rule);
    answer->arn = event_rule_arn(buses, &call->arena, rule);
    return 0;
}

const struct op op_put_rule = {
    .name = "PutRule",
    .doc = "Makes a rule, or gives one that exists another pattern or schedule: all that you leave "
           "out goes.",
    .example = EVENTS_NEEDS_RULE,
    .in = &put_in_shape,
    .out = &put_out_shape,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_rule,
};

/* ---- delete, enable, disable ---- */

struct name_in {
    const char *name;
    const char *bus;
    struct opt_bool force;
};

static const struct field name_in_fields[] = {
    F_STRING(struct name_in, name, "Name", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct name_in, bus),
};
static const struct field delete_in_fields[] = {
    F_STRING(struct name_in, name, "Name", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct name_in, bus),
    F_OPT_BOOL(struct name_in, force, "Force", "For rules that a service of AWS has made."),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteRuleRequest", struct name_in, delete_in_fields);
static const struct shape enable_in_shape =
    SHAPE("EnableRuleRequest", struct name_in, name_in_fields);
static const struct shape disable_in_shape =
    SHAPE("DisableRuleRequest", struct name_in, name_in_fields);

static const struct fault_kind *const delete_faults[] = {&fault_events_no_bus,
                                                         &fault_events_invalid, NULL};
static const struct fault_kind *const name_faults[] = {&fault_events_no_rule, NULL};

static int delete_rule(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    const char *bus = events_bus_name(call, wish->bus);
    struct event_rule *rule;

    (void)out;
    if (bus == NULL)
        return -1;
    rule = event_rule_find(&call->world->buses, call->account, call->region, bus, wish->name);
    if (rule == NULL)
        return 0; /* as at AWS, what is gone was deleted well */
    if (rule->targets.count > 0)
        return call_fault(call, &fault_events_invalid,
                          "Rule can't be deleted since it has targets.");
    event_rule_remove(&call->world->buses, rule);
    return 0;
}

const struct op op_delete_event_rule = {
    .name = "DeleteRule",
    .doc = "Deletes a rule whose targets were removed before.",
    .example = "aws events delete-rule --name started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = delete_faults,
    .flags = OP_WRITE,
    .run = delete_rule,
};

static int set_state(struct call *call, const struct name_in *wish, uint8_t state)
{
    struct event_rule *rule = events_rule_named(call, wish->bus, wish->name);

    if (rule == NULL)
        return -1;
    if (rule->state != state) {
        rule->state = state;
        rule->begin = call->world->sim.now;
        event_rule_changed(&call->world->buses, rule);
    }
    return 0;
}

static int enable_rule(struct call *call, const void *in, void *out)
{
    (void)out;
    return set_state(call, in, EVENT_RULE_ENABLED);
}

static int disable_rule(struct call *call, const void *in, void *out)
{
    (void)out;
    return set_state(call, in, EVENT_RULE_DISABLED);
}

const struct op op_enable_rule = {
    .name = "EnableRule",
    .doc = "A rule that was disabled hears events again, and fires.",
    .example = "aws events enable-rule --name started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &enable_in_shape,
    .out = &shape_empty,
    .faults = name_faults,
    .flags = OP_WRITE,
    .run = enable_rule,
};

const struct op op_disable_rule = {
    .name = "DisableRule",
    .doc = "A rule no longer hears events, nor fires, until it is enabled.",
    .example = "aws events disable-rule --name started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &disable_in_shape,
    .out = &shape_empty,
    .faults = name_faults,
    .flags = OP_WRITE,
    .run = disable_rule,
};
