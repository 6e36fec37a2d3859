/*
 * api/events_rule_view.c - events: rules as answers show them.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"

struct rule_view {
    const char *name;
    const char *arn;
    const char *pattern;
    const char *schedule;
    const char *state;
    const char *description;
    const char *role;
    const char *bus;
    const char *creator;
};

static const struct field describe_out_fields[] = {
    F_STRING(struct rule_view, name, "Name", "Its name."),
    F_STRING(struct rule_view, arn, "Arn", "Its ARN."),
    F_STRING(struct rule_view, pattern, "EventPattern", "Which events it wants, as JSON."),
    F_STRING(struct rule_view, schedule, "ScheduleExpression", "When it fires by itself."),
    F_STRING(struct rule_view, state, "State", "Whether it hears events, and fires.",
             .words = event_rule_state_words),
    F_STRING(struct rule_view, description, "Description", "What it is for."),
    F_STRING(struct rule_view, role, "RoleArn", "The role in which it acts."),
    F_STRING(struct rule_view, bus, "EventBusName", "Its bus."),
    F_STRING(struct rule_view, creator, "CreatedBy", "The account that made it."),
};
static const struct field rule_fields[] = {
    F_STRING(struct rule_view, name, "Name", "Its name.", .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, arn, "Arn", "Its ARN."),
    F_STRING(struct rule_view, pattern, "EventPattern", "Which events it wants, as JSON.",
             .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, state, "State", "Whether it hears events, and fires.",
             .words = event_rule_state_words, .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, description, "Description", "What it is for."),
    F_STRING(struct rule_view, schedule, "ScheduleExpression", "When it fires by itself.",
             .flags = FIELD_COLUMN),
    F_STRING(struct rule_view, role, "RoleArn", "The role in which it acts."),
    F_STRING(struct rule_view, bus, "EventBusName", "Its bus."),
};
static const struct shape rule_shape = SHAPE("Rule", struct rule_view, rule_fields);
static const struct shape describe_out_shape =
    SHAPE("DescribeRuleResponse", struct rule_view, describe_out_fields);

static void view_rule(struct call *call, const struct event_rule *rule, struct rule_view *view)
{
    struct arena *arena = &call->arena;

    *view = (struct rule_view){
        .name = arena_strdup(arena, rule->name),
        .arn = event_rule_arn(&call->world->buses, arena, rule),
        .pattern = arena_strdup(arena, rule->pattern),
        .schedule = arena_strdup(arena, rule->schedule),
        .state = event_rule_state_words[rule->state - 1],
        .description = arena_strdup(arena, rule->description),
        .role = arena_strdup(arena, rule->role),
        .bus = arena_strdup(arena, rule->bus),
        .creator = account_text(arena, rule->account),
    };
}

/* ---- describe ---- */

struct name_in {
    const char *name;
    const char *bus;
};

static const struct field name_in_fields[] = {
    F_STRING(struct name_in, name, "Name", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct name_in, bus),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeRuleRequest", struct name_in, name_in_fields);

static const struct fault_kind *const no_rule_faults[] = {&fault_events_no_rule, NULL};
static const struct fault_kind *const no_bus_faults[] = {&fault_events_no_bus, NULL};

static int describe_rule(struct call *call, const void *in, void *out)
{
    const struct name_in *wish = in;
    const struct event_rule *rule = events_rule_named(call, wish->bus, wish->name);

    if (rule == NULL)
        return -1;
    view_rule(call, rule, out);
    return 0;
}

const struct op op_describe_event_rule = {
    .name = "DescribeRule",
    .doc = "Shows a rule: its pattern or schedule, and whether it is enabled.",
    .example = "aws events describe-rule --name started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = no_rule_faults,
    .run = describe_rule,
};

/* ---- lists ---- */

struct list_in {
    const char *prefix; /* of list-rules */
    const char *target; /* of list-rule-names-by-target */
    const char *bus;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    LIST(struct rule_view) rules;
    const char *next;
};

struct names_out {
    struct strings names;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, prefix, "NamePrefix", "How their names begin.", .min = 1, .max = 64),
    F_EVENT_BUS_NAME(struct list_in, bus),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, rules, struct rule_view, &rule_shape, "Rules", "The rules."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct field names_in_fields[] = {
    F_STRING(struct list_in, target, "TargetArn", "The ARN of a target.", .flags = FIELD_REQUIRED,
             .min = 1, .max = 1600),
    F_EVENT_BUS_NAME(struct list_in, bus),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field names_out_fields[] = {
    F_STRINGS(struct names_out, names, "RuleNames", "The rules that have it as a target."),
    F_NEXT_TOKEN_OUT(struct names_out, next),
};
static const struct shape list_in_shape = SHAPE("ListRulesRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListRulesResponse", struct list_out, list_out_fields);
static const struct shape names_in_shape =
    SHAPE("ListRuleNamesByTargetRequest", struct list_in, names_in_fields);
static const struct shape names_out_shape =
    SHAPE("ListRuleNamesByTargetResponse", struct names_out, names_out_fields);

static const struct paging rules_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "Limit",
    .result = "Rules",
};
static const struct paging names_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "Limit",
    .result = "RuleNames",
};

static bool is_on(const struct call *call, const struct event_rule *rule, const char *bus)
{
    return rule->account == call->account && rule->region == call->region &&
           str_equal(rule->bus, bus);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct rule_view *)a)->name, ((const struct rule_view *)b)->name);
}

static int list_rules(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *rules = &call->world->buses.rules;
    const char *bus = events_bus_name(call, wish->bus);
    struct list_out *answer = out;
    struct page page;

    if (bus == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(rules); i++) {
        const struct event_rule *rule = table_at(rules, i);

        if (is_on(call, rule, bus) &&
            str_starts(rule->name, wish->prefix == NULL ? "" : wish->prefix))
            view_rule(call, rule, LIST_PUSH_IN(&call->arena, &answer->rules));
    }
    if (answer->rules.count > 1)
        qsort(answer->rules.items, answer->rules.count, sizeof(*answer->rules.items), by_name);
    if (page_find(call, wish->limit, wish->token, answer->rules.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->rules, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_event_rules = {
    .name = "ListRules",
    .doc = "Lists the rules of a bus.",
    .example = "aws events list-rules",
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = no_bus_faults,
    .paging = &rules_paging,
    .run = list_rules,
};

static bool has_target(const struct event_rule *rule, const char *arn)
{
    for (uint32_t i = 0; i < rule->targets.count; i++) {
        if (str_equal(rule->targets.items[i].arn, arn))
            return true;
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_rule_names_by_target(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct table *rules = &call->world->buses.rules;
    const char *bus = events_bus_name(call, wish->bus);
    struct names_out *answer = out;
    struct page page;

    if (bus == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(rules); i++) {
        const struct event_rule *rule = table_at(rules, i);

        if (is_on(call, rule, bus) && has_target(rule, wish->target))
            *LIST_PUSH_IN(&call->arena, &answer->names) = arena_strdup(&call->arena, rule->name);
    }
    if (answer->names.count > 1)
        qsort(answer->names.items, answer->names.count, sizeof(*answer->names.items), by_text);
    if (page_find(call, wish->limit, wish->token, answer->names.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->names, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_rule_names_by_target = {
    .name = "ListRuleNamesByTarget",
    .doc = "Lists the rules of a bus that have this target.",
    .example = "aws events list-rule-names-by-target --target-arn "
               "arn:aws:logs:us-east-1:111122223333:log-group:/aws/events/started",
    .needs = EVENTS_NEEDS_TARGET,
    .in = &names_in_shape,
    .out = &names_out_shape,
    .faults = no_bus_faults,
    .paging = &names_paging,
    .run = list_rule_names_by_target,
};
