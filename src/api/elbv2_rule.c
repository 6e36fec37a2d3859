/*
 * api/elbv2_rule.c - elbv2: rules of listeners.
 */
#include "api/elbv2_action.h"
#include "api/elbv2_parts.h"
#include "cloud/listener.h"
#include "cloud/rule.h"

/* ---- conditions, the same in and out ---- */

struct values_view {
    struct strings values;
};

struct header_view {
    const char *name;
    struct strings values;
};

struct query_value {
    const char *key;
    const char *value;
};

struct query_view {
    LIST(struct query_value) values;
};

struct condition_view {
    const char *field;
    struct strings values;
    struct values_view *host;
    struct values_view *path;
    struct header_view *header;
    struct query_view *query;
    struct values_view *method;
    struct values_view *source;
};

static const struct field values_fields[] = {
    F_STRINGS(struct values_view, values, "Values", "Of which one must fit."),
};
static const struct shape host_shape =
    SHAPE("HostHeaderConditionConfig", struct values_view, values_fields);
static const struct shape path_shape =
    SHAPE("PathPatternConditionConfig", struct values_view, values_fields);
static const struct shape method_shape =
    SHAPE("HttpRequestMethodConditionConfig", struct values_view, values_fields);
static const struct shape source_shape =
    SHAPE("SourceIpConditionConfig", struct values_view, values_fields);

static const struct field header_fields[] = {
    F_STRING(struct header_view, name, "HttpHeaderName", "The header; case does not matter."),
    F_STRINGS(struct header_view, values, "Values", "Of which one must fit."),
};
static const struct shape header_shape =
    SHAPE("HttpHeaderConditionConfig", struct header_view, header_fields);

static const struct field query_value_fields[] = {
    F_STRING(struct query_value, key, "Key", "The key; any unless told."),
    F_STRING(struct query_value, value, "Value", "The value."),
};
static const struct shape query_value_shape =
    SHAPE("QueryStringKeyValuePair", struct query_value, query_value_fields);
static const struct field query_fields[] = {
    F_LIST(struct query_view, values, struct query_value, &query_value_shape, "Values",
           "Of which one must fit."),
};
static const struct shape query_shape =
    SHAPE("QueryStringConditionConfig", struct query_view, query_fields);

static const struct field condition_fields[] = {
    F_STRING(struct condition_view, field, "Field",
             "What is looked at: path-pattern, host-header, http-header, http-request-method, "
             "query-string or source-ip.",
             .max = 64),
    F_STRINGS(struct condition_view, values, "Values",
              "Of which one must fit; of path-pattern and host-header.", .flags = FIELD_OMIT_EMPTY),
    F_STRUCT(struct condition_view, host, struct values_view, &host_shape, "HostHeaderConfig",
             "Hosts, as *.example.com."),
    F_STRUCT(struct condition_view, path, struct values_view, &path_shape, "PathPatternConfig",
             "Paths, as /img/*."),
    F_STRUCT(struct condition_view, header, struct header_view, &header_shape, "HttpHeaderConfig",
             "A header and its values."),
    F_STRUCT(struct condition_view, query, struct query_view, &query_shape, "QueryStringConfig",
             "Keys and values of the query."),
    F_STRUCT(struct condition_view, method, struct values_view, &method_shape,
             "HttpRequestMethodConfig", "Methods, as GET."),
    F_STRUCT(struct condition_view, source, struct values_view, &source_shape, "SourceIpConfig",
             "Blocks of addresses, as 203.0.113.0/24."),
};
static const struct shape condition_shape =
    SHAPE("RuleCondition", struct condition_view, condition_fields);

struct condition_views {
    struct condition_view *items;
    uint32_t count;
    uint32_t size;
};

/* ---- what a rule looks like ---- */

struct rule_view {
    const char *arn;
    const char *priority;
    struct condition_views conditions;
    struct action_views actions;
    bool is_default;
};

struct rules_out {
    LIST(struct rule_view) rules;
};

static const struct field rule_fields[] = {
    F_STRING(struct rule_view, arn, "RuleArn", "Its ARN.", .ref = &kind_rule),
    F_STRING(struct rule_view, priority, "Priority",
             "When it is asked: the lowest number first, default last."),
    F_LIST(struct rule_view, conditions, struct condition_view, &condition_shape, "Conditions",
           "What must hold, all of it."),
    F_LIST(struct rule_view, actions, struct action_view, &elbv2_action_shape, "Actions",
           "What it does with a request."),
    F_BOOL(struct rule_view, is_default, "IsDefault", "The listener's default action."),
};
static const struct shape rule_view_shape = SHAPE("Rule", struct rule_view, rule_fields);

static const struct field rules_out_fields[] = {
    F_LIST(struct rules_out, rules, struct rule_view, &rule_view_shape, "Rules", "The rules."),
};
static const struct shape rules_out_shape =
    SHAPE("RulesOutput", struct rules_out, rules_out_fields);

static void view_values(struct call *call, const struct rule_condition *condition,
                        struct strings *out)
{
    for (uint32_t i = 0; i < condition->values.count; i++)
        *LIST_PUSH_IN(&call->arena, out) = condition->values.items[i].value;
}

static struct values_view *values_of(struct call *call, const struct rule_condition *condition)
{
    struct values_view *view = arena_alloc(&call->arena, sizeof(*view));

    view_values(call, condition, &view->values);
    return view;
}

static void view_query(struct call *call, const struct rule_condition *condition,
                       struct condition_view *view)
{
    view->query = arena_alloc(&call->arena, sizeof(*view->query));
    for (uint32_t i = 0; i < condition->values.count; i++) {
        const struct pair *pair = &condition->values.items[i];

        *LIST_PUSH_IN(&call->arena, &view->query->values) = (struct query_value){
            .key = *pair->key == '\0' ? NULL : pair->key,
            .value = pair->value,
        };
    }
}

static void view_condition(struct call *call, const struct rule_condition *condition,
                           struct condition_view *view)
{
    *view = (struct condition_view){.field = rule_field_name(condition->field)};
    switch ((enum rule_field)condition->field) {
    case RULE_PATH:
        view_values(call, condition, &view->values);
        view->path = values_of(call, condition);
        break;
    case RULE_HOST:
        view_values(call, condition, &view->values);
        view->host = values_of(call, condition);
        break;
    case RULE_HEADER:
        view->header = arena_alloc(&call->arena, sizeof(*view->header));
        view->header->name = condition->header;
        view_values(call, condition, &view->header->values);
        break;
    case RULE_METHOD:
        view->method = values_of(call, condition);
        break;
    case RULE_QUERY:
        view_query(call, condition, view);
        break;
    case RULE_SOURCE:
        view->source = values_of(call, condition);
        break;
    }
}

/* rule == NULL: the default one. */
static void view_rule(struct call *call, const struct listener *listener, const struct rule *rule,
                      struct rule_view *view)
{
    *view = (struct rule_view){
        .arn = rule_arn(&call->world->balancers, &call->arena, listener, rule),
        .priority = rule == NULL ? "default" : arena_printf(&call->arena, "%u", rule->priority),
        .is_default = rule == NULL,
    };
    for (uint32_t i = 0; rule != NULL && i < rule->conditions.count; i++)
        view_condition(call, &rule->conditions.items[i],
                       LIST_PUSH_IN(&call->arena, &view->conditions));
    action_view(call, rule == NULL ? &listener->action : &rule->action,
                LIST_PUSH_IN(&call->arena, &view->actions));
}

/* ---- reading conditions ---- */

static const struct fault_kind fault_field_unknown = {
    .code = "ValidationError",
    .text = "Condition field '{}' must be one of '[path-pattern, host-header, http-header, "
            "http-request-method, query-string, source-ip]'",
    .hint = "Give Field=path-pattern,Values=/img/* or one of the others.",
};

static void add_value(struct call *call, struct rule_condition *condition, const char *key,
                      const char *value)
{
    *LIST_PUSH_IN(&call->arena, &condition->values) = (struct pair){
        .key = key == NULL ? "" : key,
        .value = value == NULL ? "" : value,
    };
}

static void add_values(struct call *call, struct rule_condition *condition,
                       const struct strings *values)
{
    for (uint32_t i = 0; i < values->count; i++)
        add_value(call, condition, NULL, values->items[i]);
}

static void read_config(struct call *call, const struct condition_view *wish,
                        struct rule_condition *condition)
{
    const struct values_view *const plain[] = {
        [RULE_PATH] = wish->path,
        [RULE_HOST] = wish->host,
        [RULE_METHOD] = wish->method,
        [RULE_SOURCE] = wish->source,
    };

    if (condition->field == RULE_HEADER && wish->header != NULL) {
        condition->header = arena_strdup(&call->arena, wish->header->name);
        add_values(call, condition, &wish->header->values);
    } else if (condition->field == RULE_QUERY && wish->query != NULL) {
        for (uint32_t i = 0; i < wish->query->values.count; i++)
            add_value(call, condition, wish->query->values.items[i].key,
                      wish->query->values.items[i].value);
    } else if (condition->field != RULE_HEADER && condition->field != RULE_QUERY &&
               plain[condition->field] != NULL) {
        add_values(call, condition, &plain[condition->field]->values);
    }
}

/* As many conditions in the call's arena; NULL after a fault. */
static struct rule_condition *conditions_read(struct call *call,
                                              const struct condition_views *wishes)
{
    struct rule_condition *conditions =
        arena_alloc(&call->arena, (wishes->count + 1) * sizeof(*conditions));

    for (uint32_t i = 0; i < wishes->count; i++) {
        const struct condition_view *wish = &wishes->items[i];
        struct rule_condition *condition = &conditions[i];

        condition->field = rule_field_find(wish->field == NULL ? "" : wish->field);
        if (condition->field == 0) {
            call_fault(call, &fault_field_unknown, wish->field == NULL ? "" : wish->field);
            return NULL;
        }
        if (condition->field == RULE_PATH || condition->field == RULE_HOST)
            add_values(call, condition, &wish->values);
        read_config(call, wish, condition);
    }
    return conditions;
}

/* ---- create, modify ---- */

struct create_in {
    const char *listener;
    struct condition_views conditions;
    int64_t priority;
    struct action_views actions;
    struct tag_views tags;
};

struct modify_in {
    const char *arn;
    struct condition_views conditions;
    struct action_views actions;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, listener, "ListenerArn", "The listener.", .flags = FIELD_REQUIRED,
             .ref = &kind_listener),
    F_LIST(struct create_in, conditions, struct condition_view, &condition_shape, "Conditions",
           "What must hold, all of it: Field=path-pattern,Values=/img/*.",
           .flags = FIELD_REQUIRED),
    F_INT(struct create_in, priority, "Priority", "When it is asked: the lowest number first.",
          .flags = FIELD_REQUIRED, .min = 1, .max = 50000),
    F_LIST(struct create_in, actions, struct action_view, &elbv2_action_shape, "Actions",
           "What it does with a request: Type=forward,TargetGroupArn=ARN.",
           .flags = FIELD_REQUIRED),
    F_ELBV2_TAGS(struct create_in, tags),
};

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_in, arn, "RuleArn", "The rule.", .flags = FIELD_REQUIRED,
             .ref = &kind_rule),
    F_LIST(struct modify_in, conditions, struct condition_view, &condition_shape, "Conditions",
           "What must hold from now on; as it was unless told."),
    F_LIST(struct modify_in, actions, struct action_view, &elbv2_action_shape, "Actions",
           "What it does from now on; as it was unless told."),
};

static const struct shape create_in_shape =
    SHAPE("CreateRuleInput", struct create_in, create_in_fields);
static const struct shape modify_in_shape =
    SHAPE("ModifyRuleInput", struct modify_in, modify_in_fields);

static const struct fault_kind fault_default_rule = {
    .code = "OperationNotPermitted",
    .text = "Default rule '{}' cannot be {}",
    .hint = "The default rule is the listener's default action: `aws elbv2 modify-listener`.",
};

static const struct fault_kind *const create_faults[] = {
    &fault_listener_not_found,
    &fault_priority_in_use,
    &fault_field_unknown,
    &fault_target_group_not_found,
    &fault_action_not_modelled,
    &fault_action_needs,
    &fault_elb_validation,
    NULL,
};
static const struct fault_kind *const modify_faults[] = {
    &fault_rule_not_found,
    &fault_default_rule,
    &fault_field_unknown,
    &fault_target_group_not_found,
    &fault_action_not_modelled,
    &fault_action_needs,
    &fault_elb_validation,
    NULL,
};

static bool read_wish(struct call *call, const struct condition_views *conditions,
                      const struct action_views *actions, struct rule_wish *wanted)
{
    *wanted = (struct rule_wish){
        .conditions = conditions_read(call, conditions),
        .condition_count = conditions->count,
        .action_count = actions->count,
        .conditions_too = conditions->count > 0,
        .actions_too = actions->count > 0,
    };
    if (wanted->conditions == NULL)
        return false;
    wanted->actions = actions_read(call, actions);
    return wanted->actions != NULL;
}

static int create_rule(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    const struct listener *listener =
        listener_find_arn(balancers, call->account, call->region, wish->listener, &call->fault);
    struct rule_wish wanted;
    struct rules_out *answer = out;
    struct rule *rule;

    if (listener == NULL || elbv2_tags_check(call, NULL, &wish->tags) != 0 ||
        !read_wish(call, &wish->conditions, &wish->actions, &wanted))
        return -1;
    wanted.priority = (uint32_t)wish->priority;
    rule = rule_add(balancers, listener, &wanted, &call->fault);
    if (rule == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&rule->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    view_rule(call, listener, rule, LIST_PUSH_IN(&call->arena, &answer->rules));
    return 0;
}

#define EXAMPLE_RULE                                                                               \
    "aws elbv2 create-rule --listener-arn $L --priority 10 --conditions "                          \
    "'Field=path-pattern,Values=/img/*' --actions Type=forward,TargetGroupArn=$TG"
#define NEEDS_RULE                                                                                 \
    NEEDS_LISTENER " ; R=$(" EXAMPLE_RULE " --query 'Rules[0].RuleArn' --output text)"

const struct op op_create_rule = {
    .name = "CreateRule",
    .doc = "Gives a listener a rule: requests for which all conditions hold get its action.",
    .example = EXAMPLE_RULE,
    .needs = NEEDS_LISTENER,
    .in = &create_in_shape,
    .out = &rules_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_rule,
};

/* A rule that is none of the defaults; NULL after a fault. */
static struct rule *own_rule(struct call *call, const char *arn, const char *what,
                             struct rule_named *named)
{
    if (rule_find_arn(&call->world->balancers, call->account, call->region, arn, named,
                      &call->fault) != 0)
        return NULL;
    if (named->rule == NULL)
        call_fault(call, &fault_default_rule, arn, what);
    return named->rule;
}

static int modify_rule(struct call *call, const void *in, void *out)
{
    const struct modify_in *wish = in;
    struct rules_out *answer = out;
    struct rule_named named;
    struct rule_wish wanted;
    struct rule *rule = own_rule(call, wish->arn, "modified", &named);

    if (rule == NULL || !read_wish(call, &wish->conditions, &wish->actions, &wanted) ||
        rule_change(&call->world->balancers, rule, &wanted, &call->fault) != 0)
        return -1;
    view_rule(call, named.listener, rule, LIST_PUSH_IN(&call->arena, &answer->rules));
    return 0;
}

const struct op op_modify_rule = {
    .name = "ModifyRule",
    .doc = "Changes what a rule looks at or what it does; what is left away stays.",
    .example = "aws elbv2 modify-rule --rule-arn $R --conditions "
               "'Field=path-pattern,Values=/images/*'",
    .needs = NEEDS_RULE,
    .in = &modify_in_shape,
    .out = &rules_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE,
    .run = modify_rule,
};

/* ---- describe ---- */

struct describe_in {
    const char *listener;
    struct strings arns;
    const char *marker;
    struct opt_int page_size;
};

struct describe_out {
    struct rules_out found;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, listener, "ListenerArn", "Those of this listener.",
             .ref = &kind_listener),
    F_STRINGS(struct describe_in, arns, "RuleArns", "Only these.", .ref = &kind_rule),
    F_MARKER(struct describe_in, marker),
    F_PAGE_SIZE(struct describe_in, page_size),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeRulesInput", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, found.rules, struct rule_view, &rule_view_shape, "Rules",
           "The rules, those asked first at the front."),
    F_NEXT_MARKER(struct describe_out, next),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeRulesOutput", struct describe_out, describe_out_fields);

static const struct paging paging = ELBV2_PAGING("Rules");

static const struct fault_kind fault_rule_which = {
    .code = "ValidationError",
    .text = "You must specify either listener rule ARNs or a listener ARN",
    .hint = "Give --listener-arn, or --rule-arns.",
};

static const struct fault_kind *const describe_faults[] = {
    &fault_rule_which,         &fault_rule_not_found, &fault_listener_not_found,
    &fault_elb_validation,     NULL,
};

static int describe_wished(struct call *call, const struct describe_in *wish,
                           struct rules_out *answer)
{
    struct balancers *balancers = &call->world->balancers;
    const struct listener *listener;
    struct rule_list rules = {0};

    if ((wish->listener == NULL) == (wish->arns.count == 0))
        return call_fault(call, &fault_rule_which);
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        struct rule_named named;

        if (rule_find_arn(balancers, call->account, call->region, wish->arns.items[i], &named,
                          &call->fault) != 0)
            return -1;
        view_rule(call, named.listener, named.rule, LIST_PUSH_IN(&call->arena, &answer->rules));
    }
    if (wish->listener == NULL)
        return 0;
    listener =
        listener_find_arn(balancers, call->account, call->region, wish->listener, &call->fault);
    if (listener == NULL)
        return -1;
    rules_of_listener(balancers, listener->id, &call->arena, &rules);
    for (uint32_t i = 0; i < rules.items.count; i++)
        view_rule(call, listener, rules.items.items[i],
                  LIST_PUSH_IN(&call->arena, &answer->rules));
    view_rule(call, listener, NULL, LIST_PUSH_IN(&call->arena, &answer->rules));
    return 0;
}

static int describe_rules(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    struct describe_out *answer = out;
    struct page page;

    if (describe_wished(call, wish, &answer->found) != 0 ||
        page_find(call, wish->page_size, wish->marker, answer->found.rules.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found.rules, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_rules = {
    .name = "DescribeRules",
    .doc = "Lists the rules of a listener in the order in which they are asked.",
    .example = "aws elbv2 describe-rules --listener-arn $L",
    .needs = NEEDS_LISTENER,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .paging = &paging,
    .run = describe_rules,
};

/* ---- delete, priorities ---- */

struct delete_in {
    const char *arn;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_in, arn, "RuleArn", "The rule.", .flags = FIELD_REQUIRED,
             .ref = &kind_rule),
};
static const struct shape delete_in_shape =
    SHAPE("DeleteRuleInput", struct delete_in, delete_in_fields);

static const struct fault_kind *const rule_faults[] = {
    &fault_rule_not_found,
    &fault_default_rule,
    &fault_elb_validation,
    NULL,
};

static int delete_rule(struct call *call, const void *in, void *out)
{
    struct rule_named named;
    const struct rule *rule =
        own_rule(call, ((const struct delete_in *)in)->arn, "deleted", &named);

    (void)out;
    if (rule == NULL)
        return -1;
    rule_remove(&call->world->balancers, rule);
    return 0;
}

const struct op op_delete_rule = {
    .name = "DeleteRule",
    .doc = "Deletes a rule; the requests that it took go to the next that fits.",
    .example = "aws elbv2 delete-rule --rule-arn $R",
    .needs = NEEDS_RULE,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = rule_faults,
    .flags = OP_WRITE,
    .run = delete_rule,
};

struct priority_in {
    const char *arn;
    struct opt_int priority;
};

struct priorities_in {
    LIST(struct priority_in) priorities;
};

static const struct field priority_fields[] = {
    F_STRING(struct priority_in, arn, "RuleArn", "The rule.", .ref = &kind_rule),
    F_OPT_INT(struct priority_in, priority, "Priority", "Its new number.", .min = 1, .max = 50000),
};
static const struct shape priority_shape =
    SHAPE("RulePriorityPair", struct priority_in, priority_fields);

static const struct field priorities_in_fields[] = {
    F_LIST(struct priorities_in, priorities, struct priority_in, &priority_shape, "RulePriorities",
           "Which rule gets which number: RuleArn=ARN,Priority=NUMBER.", .flags = FIELD_REQUIRED),
};
static const struct shape priorities_in_shape =
    SHAPE("SetRulePrioritiesInput", struct priorities_in, priorities_in_fields);

static const struct fault_kind fault_no_priority = {
    .code = "ValidationError",
    .text = "A rule ARN and a priority must be specified",
    .hint = "Write RuleArn=ARN,Priority=NUMBER for each rule.",
};

static const struct fault_kind *const priorities_faults[] = {
    &fault_rule_not_found, &fault_priority_in_use, &fault_default_rule,
    &fault_no_priority,    &fault_elb_validation,  NULL,
};

static int set_rule_priorities(struct call *call, const void *in, void *out)
{
    const struct priorities_in *wish = in;
    uint32_t count = wish->priorities.count;
    struct rule_priority *wanted = arena_alloc(&call->arena, (count + 1) * sizeof(*wanted));
    struct rules_out *answer = out;
    struct rule_named named = {0};

    for (uint32_t i = 0; i < count; i++) {
        const struct priority_in *one = &wish->priorities.items[i];
        const struct rule *rule;

        if (one->arn == NULL || !one->priority.set)
            return call_fault(call, &fault_no_priority);
        rule = own_rule(call, one->arn, "given a priority", &named);
        if (rule == NULL)
            return -1;
        wanted[i] = (struct rule_priority){rule->id, (uint32_t)one->priority.value};
    }
    if (rules_set_priorities(&call->world->balancers, wanted, count, &call->fault) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        view_rule(call, named.listener, table_get(&call->world->balancers.rules, wanted[i].rule),
                  LIST_PUSH_IN(&call->arena, &answer->rules));
    return 0;
}

const struct op op_set_rule_priorities = {
    .name = "SetRulePriorities",
    .doc = "Changes the order in which the rules of a listener are asked.",
    .example = "aws elbv2 set-rule-priorities --rule-priorities RuleArn=$R,Priority=5",
    .needs = NEEDS_RULE,
    .in = &priorities_in_shape,
    .out = &rules_out_shape,
    .faults = priorities_faults,
    .flags = OP_WRITE,
    .run = set_rule_priorities,
};
