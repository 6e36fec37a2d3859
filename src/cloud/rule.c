/*
 * cloud/rule.c - rules of listeners: which requests get another action than the default one.
 *
 * Owns    nothing: the rows are cloud/balancer's.
 * True to CreateRule: one condition of each of path, host, method and source, many of headers and
 *         queries; 5 values and 5 wildcards a rule (SEMANTICS c3).  Paths and methods mind case;
 *         hosts, header names and values, and queries do not.  Left out: regular expressions,
 *         transforms.
 */
#include "cloud/rule.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"
#include "cloud/action.h"
#include "cloud/header.h"
#include "cloud/listener.h"
#include "cloud/network.h"

enum { VALUES_MAX = 5, WILDCARDS_MAX = 5, VALUE_LENGTH_MAX = 128, HEADER_LENGTH_MAX = 40 };

static const struct fault_kind too_many_rules, no_rules_here, other_listener, priority_twice;

static const char *const field_names[] = {
    [RULE_PATH] = "path-pattern",          [RULE_HOST] = "host-header",
    [RULE_HEADER] = "http-header",         [RULE_METHOD] = "http-request-method",
    [RULE_QUERY] = "query-string",         [RULE_SOURCE] = "source-ip",
};

const char *rule_field_name(uint8_t field)
{
    return field_names[field];
}

uint8_t rule_field_find(const char *name)
{
    for (uint8_t field = RULE_PATH; field <= RULE_SOURCE; field++)
        if (str_equal(field_names[field], name))
            return field;
    return 0;
}

/* ---- does it hold? ---- */

static bool same(char a, char b, bool fold)
{
    return fold ? tolower((unsigned char)a) == tolower((unsigned char)b) : a == b;
}

/* * any text, ? one character, \ takes the next one as it is.  Goes back to the last * only. */
static bool wild_match(const char *pattern, const char *text, size_t length, bool fold)
{
    const char *end = text + length;
    const char *star = NULL; /* behind the last * */
    const char *mark = NULL; /* where it began to stand for something */

    while (text < end) {
        bool escaped = *pattern == '\\' && pattern[1] != '\0';
        char wanted = escaped ? pattern[1] : *pattern;

        if (!escaped && wanted == '*') {
            star = ++pattern;
            mark = text;
        } else if ((!escaped && wanted == '?') || (wanted != '\0' && same(wanted, *text, fold))) {
            pattern += escaped ? 2 : 1;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool header_holds(const struct rule_condition *condition, const char *pattern,
                         const char *headers)
{
    struct header_value value = header_first(headers, condition->header);

    while (value.text != NULL) {
        if (wild_match(pattern, value.text, value.length, true))
            return true;
        value = header_next(value, condition->header);
    }
    return false;
}

/* One "key=value" of the query that fits both. */
static bool query_holds(const struct pair *wanted, const char *path)
{
    const char *at = strchr(path, '?');

    while (at != NULL) {
        size_t whole = strcspn(++at, "&");
        const char *sign = memchr(at, '=', whole);
        size_t key = sign == NULL ? whole : (size_t)(sign - at);
        const char *value = sign == NULL ? at + whole : sign + 1;

        if ((*wanted->key == '\0' || wild_match(wanted->key, at, key, true)) &&
            wild_match(wanted->value, value, (size_t)(at + whole - value), true))
            return true;
        at = at[whole] == '&' ? at + whole : NULL;
    }
    return false;
}

static bool source_holds(const char *cidr, uint32_t source)
{
    uint32_t base;
    uint8_t bits;

    return cidr_parse(cidr, &base, &bits) && cidr_holds(base, bits, source);
}

static bool value_holds(const struct rule_condition *condition, const struct pair *value,
                        const struct request_words *words, uint32_t source)
{
    switch ((enum rule_field)condition->field) {
    case RULE_PATH:
        return wild_match(value->value, words->path, strcspn(words->path, "?"), false);
    case RULE_HOST:
        return wild_match(value->value, words->host, strlen(words->host), true);
    case RULE_HEADER:
        return header_holds(condition, value->value, words->headers);
    case RULE_METHOD:
        return str_equal(value->value, words->method);
    case RULE_QUERY:
        return query_holds(value, words->path);
    case RULE_SOURCE:
        return source_holds(value->value, source);
    }
    return false;
}

static bool rule_holds(const struct rule *rule, const struct request_words *words, uint32_t source)
{
    for (uint32_t i = 0; i < rule->conditions.count; i++) {
        const struct rule_condition *condition = &rule->conditions.items[i];
        bool holds = false;

        for (uint32_t j = 0; !holds && j < condition->values.count; j++)
            holds = value_holds(condition, &condition->values.items[j], words, source);
        if (!holds)
            return false;
    }
    return true;
}

struct rule *rule_match(const struct balancers *balancers, uint64_t listener,
                        const struct request_words *words, uint32_t source)
{
    struct rule *best = NULL;

    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        struct rule *rule = table_at(&balancers->rules, i);

        if (rule->listener == listener && (best == NULL || rule->priority < best->priority) &&
            rule_holds(rule, words, source))
            best = rule;
    }
    return best;
}

/* ---- checking wishes ---- */

static uint32_t wildcards_in(const char *text)
{
    uint32_t count = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else
            count += *text == '*' || *text == '?';
    }
    return count;
}

static bool is_method(const char *text)
{
    return *text != '\0' && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == strlen(text) &&
           strlen(text) <= HEADER_LENGTH_MAX;
}

static int value_check(const struct rule_condition *condition, const struct pair *value,
                       struct fault *fault)
{
    const char *name = rule_field_name(condition->field);
    uint32_t base;
    uint8_t bits;

    if (value->value == NULL || (*value->value == '\0' && condition->field != RULE_QUERY))
        return elb_refusef(fault, "A condition value must be specified");
    if (strlen(value->value) > VALUE_LENGTH_MAX || strlen(value->key) > VALUE_LENGTH_MAX)
        return elb_refusef(fault, "The '%s' value is too long; the limit is '128'", name);
    if (condition->field == RULE_METHOD && !is_method(value->value))
        return elb_refusef(fault, "Condition value '%.80s' is not a valid HTTP request method",
                           value->value);
    if (condition->field == RULE_SOURCE &&
        (!cidr_parse(value->value, &base, &bits) || strchr(value->value, '/') == NULL))
        return elb_refusef(fault, "The source-ip value '%.80s' must be a valid CIDR block",
                           value->value);
    return 0;
}

static int condition_check(const struct rule_condition *condition, struct fault *fault)
{
    if (condition->values.count == 0)
        return elb_refusef(fault, "A condition value must be specified");
    if (condition->field == RULE_HEADER &&
        (condition->header == NULL || *condition->header == '\0'))
        return elb_refusef(fault, "An HTTP header name must be specified");
    if (condition->field == RULE_HEADER && strlen(condition->header) > HEADER_LENGTH_MAX)
        return elb_refusef(fault, "The HTTP header name '%.80s' is too long; the limit is '40'",
                           condition->header);
    for (uint32_t i = 0; i < condition->values.count; i++)
        if (value_check(condition, &condition->values.items[i], fault) != 0)
            return -1;
    return 0;
}

static bool may_repeat(uint8_t field)
{
    return field == RULE_HEADER || field == RULE_QUERY;
}

static int conditions_check(const struct rule_wish *wish, struct fault *fault)
{
    uint32_t values = 0;
    uint32_t wildcards = 0;

    if (wish->condition_count == 0)
        return elb_refusef(fault, "A condition must be specified");
    for (uint32_t i = 0; i < wish->condition_count; i++) {
        const struct rule_condition *condition = &wish->conditions[i];

        if (condition_check(condition, fault) != 0)
            return -1;
        for (uint32_t j = 0; j < i && !may_repeat(condition->field); j++)
            if (wish->conditions[j].field == condition->field)
                return elb_refusef(fault, "A rule can only have one '%s' condition",
                                   rule_field_name(condition->field));
        for (uint32_t j = 0; j < condition->values.count; j++) {
            const struct pair *value = &condition->values.items[j];

            values++;
            if (condition->field != RULE_METHOD && condition->field != RULE_SOURCE)
                wildcards += wildcards_in(value->value) + wildcards_in(value->key);
        }
    }
    if (values > VALUES_MAX)
        return elb_refusef(fault, "A rule can only have '5' condition values");
    if (wildcards > WILDCARDS_MAX)
        return elb_refusef(fault, "A rule can only have '5' condition wildcards");
    return 0;
}

static struct rule *rule_of_priority(const struct balancers *balancers, uint64_t listener,
                                     uint32_t priority)
{
    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        struct rule *rule = table_at(&balancers->rules, i);

        if (rule->listener == listener && rule->priority == priority)
            return rule;
    }
    return NULL;
}

static int refuse_priority(uint32_t priority, struct fault *fault)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", (unsigned)priority);
    return fault_set(fault, &fault_priority_in_use, text);
}

static int64_t rule_count(const struct balancers *balancers, uint64_t balancer)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        const struct rule *rule = table_at(&balancers->rules, i);

        count += listener_find(balancers, rule->listener)->balancer == balancer;
    }
    return count;
}

static int room_check(const struct balancers *balancers, const struct balancer *balancer,
                      struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    if (rule_count(balancers, balancer->id) <
        account_quota(balancers->accounts, balancer->account, QUOTA_RULES_PER_BALANCER))
        return 0;
    fault_set(fault, &too_many_rules, balancer_arn(balancers, &arena, balancer));
    arena_release(&arena);
    return -1;
}

/* ---- making, changing, ending ---- */

static void tell_trail(const struct balancers *balancers, const struct rule *rule, const char *what)
{
    struct arena arena = ARENA_INIT;
    const struct listener *listener = listener_find(balancers, rule->listener);
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

    trail_add(balancers->trail,
              (struct trail_entry){
                  .account = balancer->account,
                  .region = balancer->region,
                  .subject = balancer->id,
                  .other = rule->id,
                  .topic = TRAIL_BALANCER,
                  .text = arena_printf(&arena, "load balancer %s: rule %u (%s) of %s:%u %s",
                                       balancer->name, (unsigned)rule->priority,
                                       rule_text(&arena, rule), listener->protocol,
                                       (unsigned)listener->port, what),
              });
    arena_release(&arena);
}

static void conditions_set(struct rule *rule, const struct rule_wish *wish)
{
    struct rule old = {.conditions = {rule->conditions.items, rule->conditions.count,
                                      rule->conditions.size}};

    rule->conditions.items = NULL;
    rule->conditions.count = rule->conditions.size = 0;
    for (uint32_t i = 0; i < wish->condition_count; i++) {
        const struct rule_condition *from = &wish->conditions[i];
        struct rule_condition *to = LIST_PUSH(&rule->conditions);

        *to = (struct rule_condition){
            .field = from->field,
            .header = from->header == NULL ? NULL : xstrdup(from->header),
        };
        for (uint32_t j = 0; j < from->values.count; j++)
            *LIST_PUSH(&to->values) = (struct pair){
                .key = xstrdup(from->values.items[j].key),
                .value = xstrdup(from->values.items[j].value),
            };
    }
    shape_release(&listener_rule_shape, &old);
}

struct rule *rule_add(struct balancers *balancers, const struct listener *listener,
                      const struct rule_wish *wish, struct fault *fault)
{
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);
    struct action_wish actions = {balancer, wish->actions, wish->action_count, "rule",
                                  listener->protocol};
    struct rule *rule;

    if (balancer_is_network(balancer)) {
        fault_set(fault, &no_rules_here);
        return NULL;
    }
    if (conditions_check(wish, fault) != 0 || action_check(balancers, &actions, fault) != 0)
        return NULL;
    if (rule_of_priority(balancers, listener->id, wish->priority) != NULL) {
        refuse_priority(wish->priority, fault);
        return NULL;
    }
    if (room_check(balancers, balancer, fault) != 0)
        return NULL;
    rule = table_add(&balancers->rules, ids_new(balancers->ids));
    rule->listener = listener->id;
    rule->created = balancers->sim->now;
    rule->priority = wish->priority;
    conditions_set(rule, wish);
    action_set(&rule->action, &wish->actions[0]);
    tell_trail(balancers, rule, "created");
    balancer_review_uses(balancers, balancer->id);
    return rule;
}

int rule_change(struct balancers *balancers, struct rule *rule, const struct rule_wish *wish,
                struct fault *fault)
{
    const struct listener *listener = listener_find(balancers, rule->listener);
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);
    struct action_wish actions = {balancer, wish->actions, wish->action_count, "rule",
                                  listener->protocol};

    if ((wish->conditions_too && conditions_check(wish, fault) != 0) ||
        (wish->actions_too && action_check(balancers, &actions, fault) != 0))
        return -1;
    if (wish->conditions_too)
        conditions_set(rule, wish);
    if (wish->actions_too)
        action_set(&rule->action, &wish->actions[0]);
    tell_trail(balancers, rule, "changed");
    balancer_review_uses(balancers, balancer->id);
    return 0;
}

void rule_remove(struct balancers *balancers, const struct rule *rule)
{
    uint64_t balancer = listener_find(balancers, rule->listener)->balancer;

    tell_trail(balancers, rule, "deleted");
    table_remove(&balancers->rules, rule->id);
    balancer_review_uses(balancers, balancer);
}

/* The number that a rule will have. */
static uint32_t priority_after(const struct rule *rule, const struct rule_priority *wishes,
                               uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (wishes[i].rule == rule->id)
            return wishes[i].priority;
    return rule->priority;
}

int rules_set_priorities(struct balancers *balancers, const struct rule_priority *wishes,
                         uint32_t count, struct fault *fault)
{
    const struct rule *first = count == 0 ? NULL : table_get(&balancers->rules, wishes[0].rule);

    for (uint32_t i = 0; i < count; i++) {
        const struct rule *rule = table_get(&balancers->rules, wishes[i].rule);

        if (rule->listener != first->listener)
            return fault_set(fault, &other_listener);
        for (uint32_t j = 0; j < i; j++)
            if (wishes[j].rule == wishes[i].rule)
                return fault_set(fault, &priority_twice);
        for (uint32_t j = 0; j < table_count(&balancers->rules); j++) {
            const struct rule *other = table_at(&balancers->rules, j);

            if (other != rule && other->listener == rule->listener &&
                priority_after(other, wishes, count) == wishes[i].priority)
                return refuse_priority(wishes[i].priority, fault);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        struct rule *rule = table_get(&balancers->rules, wishes[i].rule);

        rule->priority = wishes[i].priority;
        tell_trail(balancers, rule, "moved");
    }
    return 0;
}

/* ---- finding and names ---- */

void rules_of_listener(const struct balancers *balancers, uint64_t listener, struct arena *arena,
                       struct rule_list *out)
{
    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        struct rule *rule = table_at(&balancers->rules, i);
        uint32_t at;

        if (rule->listener != listener)
            continue;
        *LIST_PUSH_IN(arena, &out->items) = rule;
        for (at = out->items.count - 1;
             at > 0 && out->items.items[at - 1]->priority > rule->priority; at--)
            out->items.items[at] = out->items.items[at - 1];
        out->items.items[at] = rule;
    }
}

/* The default rule is no row: its number follows from the listener's. */
static uint64_t number_of(const struct balancers *balancers, const struct listener *listener,
                          const struct rule *rule)
{
    struct chance stream = chance_stream(balancers->seed, "default-rule", listener->id);

    return rule != NULL ? rule->id : chance_u64(&stream);
}

const char *rule_arn(const struct balancers *balancers, struct arena *arena,
                     const struct listener *listener, const struct rule *rule)
{
    const char *of = listener_arn(balancers, arena, listener);
    const char *kind = strstr(of, ":listener/");

    return arena_printf(arena, "%.*s:listener-rule/%s/%016llx", (int)(kind - of), of,
                        kind + strlen(":listener/"),
                        (unsigned long long)number_of(balancers, listener, rule));
}

int rule_find_arn(const struct balancers *balancers, uint64_t account, uint8_t region,
                  const char *arn, struct rule_named *named, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    const char *digits = strrchr(arn, '/');
    bool found;

    *named = (struct rule_named){0};
    if (!str_starts(arn, "arn:aws:elasticloadbalancing:") ||
        strstr(arn, ":listener-rule/") == NULL)
        return elb_refusef(fault, "'%.300s' is not a valid listener rule ARN", arn);
    if (digits != NULL && strlen(digits) == 17 && digits - arn > 17) {
        named->rule = table_find(&balancers->rules, strtoull(digits + 1, NULL, 16));
        named->listener = listener_find(balancers, strtoull(digits - 16, NULL, 16));
    }
    found = named->listener != NULL &&
            (named->rule == NULL || named->rule->listener == named->listener->id) &&
            balancer_find(balancers, account, region, named->listener->balancer) != NULL &&
            str_equal(rule_arn(balancers, &arena, named->listener, named->rule), arn);
    arena_release(&arena);
    return found ? 0 : fault_set(fault, &fault_rule_not_found);
}

const char *rule_text(struct arena *arena, const struct rule *rule)
{
    struct str out = STR_INIT;
    const char *text;

    for (uint32_t i = 0; i < rule->conditions.count; i++) {
        const struct rule_condition *condition = &rule->conditions.items[i];

        str_addf(&out, "%s%s", i == 0 ? "" : ", ", rule_field_name(condition->field));
        if (condition->header != NULL)
            str_addf(&out, " %s", condition->header);
        for (uint32_t j = 0; j < condition->values.count; j++) {
            const struct pair *value = &condition->values.items[j];

            str_addf(&out, "%s%s%s%s", j == 0 ? " " : " or ", value->key,
                     *value->key == '\0' ? "" : "=", value->value);
        }
    }
    text = arena_strdup(arena, str_text(&out));
    str_release(&out);
    return text;
}

/* ---- faults ---- */

const struct fault_kind fault_rule_not_found = {
    .code = "RuleNotFound",
    .text = "One or more rules not found",
    .hint = "`aws elbv2 describe-rules --listener-arn` lists those that there are.",
};
const struct fault_kind fault_priority_in_use = {
    .code = "PriorityInUse",
    .text = "Priority '{}' is currently in use",
    .hint = "Each rule of a listener has a number of its own; `aws elbv2 set-rule-priorities` "
            "moves several at once.",
};
static const struct fault_kind too_many_rules = {
    .code = "TooManyRules",
    .text = "The maximum number of rules has been reached on load balancer '{}'",
    .hint = "Delete one, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind no_rules_here = {
    .code = "OperationNotPermitted",
    .text = "Rules are unsupported for Network Load Balancer listeners",
    .hint = "A Network Load Balancer sees connections, not requests; an Application Load Balancer "
            "has rules.",
};
static const struct fault_kind other_listener = {
    .code = "InvalidConfigurationRequest",
    .text = "The specified rules must belong to the same listener",
    .hint = "Set the priorities of one listener at a time.",
};
static const struct fault_kind priority_twice = {
    .code = "ValidationError",
    .text = "A rule was specified more than once",
    .hint = "Give each rule one priority.",
};
