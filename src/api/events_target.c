/*
 * api/events_target.c - events: the targets of rules.
 */
#include "api/events_parts.h"

#include <string.h>

#include "base/str.h"

struct transformer {
    LIST(struct pair) paths;
    const char *template;
};
struct sqs_parameters {
    const char *group;
};
struct dead_letter {
    const char *arn;
};
struct retry_policy {
    struct opt_int tries;
    struct opt_int age;
};

struct target_view {
    const char *id;
    const char *arn;
    const char *role;
    const char *input;
    const char *input_path;
    struct transformer *transformer;
    struct sqs_parameters *sqs;
    struct dead_letter *dead_letter;
    struct retry_policy *retry;
};

static const struct field transformer_fields[] = {
    F_MAP(struct transformer, paths, "InputPathsMap",
          "Names for parts of the event: type=$.detail.type.", .max = 100,
          .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct transformer, template, "InputTemplate", "A text with <names> in it.",
             .flags = FIELD_REQUIRED, .min = 1, .max = 8192),
};
static const struct field sqs_fields[] = {
    F_STRING(struct sqs_parameters, group, "MessageGroupId", "The message group, for FIFO queues.",
             .max = 100),
};
static const struct field dead_letter_fields[] = {
    F_STRING(struct dead_letter, arn, "Arn", "The ARN of a standard queue.", .min = 1, .max = 1600),
};
static const struct field retry_fields[] = {
    F_OPT_INT(struct retry_policy, tries, "MaximumRetryAttempts",
              "How often it is tried again; 185 unless you say so.", .min = 0, .max = 185),
    F_OPT_INT(struct retry_policy, age, "MaximumEventAgeInSeconds",
              "For how long; 86,400 unless you say so.", .min = 60, .max = 86400),
};
static const struct shape transformer_shape =
    SHAPE("InputTransformer", struct transformer, transformer_fields);
static const struct shape sqs_shape = SHAPE("SqsParameters", struct sqs_parameters, sqs_fields);
static const struct shape dead_letter_shape =
    SHAPE("DeadLetterConfig", struct dead_letter, dead_letter_fields);
static const struct shape retry_shape = SHAPE("RetryPolicy", struct retry_policy, retry_fields);
static const struct field target_fields[] = {
    F_STRING(struct target_view, id, "Id", "A name for it, unique in its rule.",
             .flags = FIELD_REQUIRED | FIELD_COLUMN, .min = 1, .max = 64),
    F_STRING(struct target_view, arn, "Arn", "Its ARN.", .flags = FIELD_REQUIRED | FIELD_COLUMN,
             .min = 1, .max = 1600),
    F_STRING(struct target_view, role, "RoleArn", "The role in which the rule gives it events.",
             .min = 1, .max = 1600),
    F_STRING(struct target_view, input, "Input", "It gets this JSON instead of the event.",
             .max = 8192),
    F_STRING(struct target_view, input_path, "InputPath",
             "It gets this part of the event: $.detail.", .max = 256),
    F_STRUCT(struct target_view, transformer, struct transformer, &transformer_shape,
             "InputTransformer", "It gets a text made of parts of the event."),
    F_STRUCT(struct target_view, sqs, struct sqs_parameters, &sqs_shape, "SqsParameters",
             "What a FIFO queue needs to know."),
    F_STRUCT(struct target_view, dead_letter, struct dead_letter, &dead_letter_shape,
             "DeadLetterConfig", "A queue for events that it did not take."),
    F_STRUCT(struct target_view, retry, struct retry_policy, &retry_shape, "RetryPolicy",
             "How often and for how long it is tried again."),
};
static const struct shape event_target_shape = SHAPE("Target", struct target_view, target_fields);

/* ---- put ---- */

struct put_in {
    const char *rule;
    const char *bus;
    LIST(struct target_view) targets;
};

struct failure {
    const char *id;
    const char *code;
    const char *message;
};

struct failures_out {
    int32_t count;
    LIST(struct failure) entries;
};

static const struct field put_in_fields[] = {
    F_STRING(struct put_in, rule, "Rule", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct put_in, bus),
    F_LIST(struct put_in, targets, struct target_view, &event_target_shape, "Targets",
           "The targets: Id=ID,Arn=ARN.", .flags = FIELD_REQUIRED, .min = 1, .max = 100),
};
static const struct field failure_fields[] = {
    F_STRING(struct failure, id, "TargetId", "The target."),
    F_STRING(struct failure, code, "ErrorCode", "Why it failed."),
    F_STRING(struct failure, message, "ErrorMessage", "Why it failed, in a sentence."),
};
static const struct shape put_failure_shape =
    SHAPE("PutTargetsResultEntry", struct failure, failure_fields);
static const struct shape remove_failure_shape =
    SHAPE("RemoveTargetsResultEntry", struct failure, failure_fields);
static const struct field put_out_fields[] = {
    F_INT(struct failures_out, count, "FailedEntryCount", "How many could not be put."),
    F_LIST(struct failures_out, entries, struct failure, &put_failure_shape, "FailedEntries",
           "Those, and why."),
};
static const struct field remove_out_fields[] = {
    F_INT(struct failures_out, count, "FailedEntryCount", "How many could not be removed."),
    F_LIST(struct failures_out, entries, struct failure, &remove_failure_shape, "FailedEntries",
           "Those, and why."),
};
static const struct shape put_in_shape = SHAPE("PutTargetsRequest", struct put_in, put_in_fields);
static const struct shape put_out_shape =
    SHAPE("PutTargetsResponse", struct failures_out, put_out_fields);

static const struct fault_kind *const put_faults[] = {
    &fault_events_no_rule,
    &fault_events_invalid,
    &fault_events_limit,
    &fault_events_not_modelled,
    NULL,
};

static int refuse(struct call *call, const char *before, const char *id, const char *after)
{
    return call_fault(call, &fault_events_invalid,
                      arena_printf(&call->arena, "%s%s%s", before, id, after));
}

/* Inputs that go together, and templates that mean something. */
static int check_input(struct call *call, const struct target_view *target)
{
    struct event_target like = {0};
    const char *unknown;

    if ((target->input != NULL) + (target->input_path != NULL) + (target->transformer != NULL) > 1)
        return refuse(call,
                      "Only one of Input, InputPath, or InputTransformer must be provided for "
                      "target ",
                      target->id, ".");
    if (target->input != NULL) {
        json_t *value = json_loads(target->input, JSON_DECODE_ANY, NULL);

        json_decref(value);
        if (value == NULL)
            return refuse(call, "JSON syntax error in input for target ", target->id, ".");
    }
    if (target->transformer == NULL)
        return 0;
    like.template = (char *)(uintptr_t)target->transformer->template;
    like.paths.items = target->transformer->paths.items;
    like.paths.count = target->transformer->paths.count;
    unknown = event_template_check(&call->arena, &like);
    if (unknown == NULL)
        return 0;
    return refuse(call,
                  arena_printf(&call->arena,
                               "InputTemplate for target %s contains invalid "
                               "placeholder ",
                               target->id),
                  unknown, ".");
}

static int check_target(struct call *call, const struct target_view *target, uint32_t number)
{
    char *member = arena_printf(&call->arena, "targets.%u.member.id", number + 1);

    if (events_name_check(call, target->id, member, false) != 0)
        return -1;
    if (!str_starts(target->arn, "arn:") || strchr(target->arn + 4, ':') == NULL)
        return refuse(call, "Parameter ", target->arn,
                      " is not valid. Reason: Provided Arn is not in correct format.");
    if (!event_target_is_modelled(target->arn))
        return call_fault(call, &fault_events_not_modelled,
                          arena_printf(&call->arena, "The target %s", target->arn));
    return check_input(call, target);
}

/* As it is kept; all is borrowed. */
static struct event_target kept(const struct target_view *target)
{
    struct event_target to = {
        .id = (char *)(uintptr_t)target->id,
        .arn = (char *)(uintptr_t)target->arn,
        .role = (char *)(uintptr_t)target->role,
        .input = (char *)(uintptr_t)target->input,
        .input_path = (char *)(uintptr_t)target->input_path,
    };

    if (target->transformer != NULL) {
        to.template = (char *)(uintptr_t)target->transformer->template;
        to.paths.items = target->transformer->paths.items;
        to.paths.count = target->transformer->paths.count;
    }
    if (target->sqs != NULL)
        to.group = (char *)(uintptr_t)target->sqs->group;
    if (target->dead_letter != NULL)
        to.dead_letter = (char *)(uintptr_t)target->dead_letter->arn;
    if (target->retry != NULL) {
        to.tries = target->retry->tries;
        to.age_s = target->retry->age;
    }
    return to;
}

static int put_targets(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;
    struct event_rule *rule = events_rule_named(call, wish->bus, wish->rule);
    uint32_t more = 0;

    (void)out;
    if (rule == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->targets.count; i++) {
        const struct target_view *target = &wish->targets.items[i];
        bool again = event_target_find(rule, target->id) != NULL;

        if (check_target(call, target, i) != 0)
            return -1;
        for (uint32_t k = 0; k < i; k++)
            again = again || str_equal(wish->targets.items[k].id, target->id);
        more += !again;
    }
    if (rule->targets.count + more > EVENT_TARGETS_MAX)
        return call_fault(call, &fault_events_limit);
    for (uint32_t i = 0; i < wish->targets.count; i++) {
        struct event_target target = kept(&wish->targets.items[i]);

        event_target_put(rule, &target);
    }
    return 0;
}

const struct op op_put_targets = {
    .name = "PutTargets",
    .doc = "Says who gets the events of a rule: queues, other buses, log groups, actions of EC2.",
    .example = "aws events put-targets --rule started --targets "
               "Id=log,Arn=arn:aws:logs:us-east-1:111122223333:log-group:/aws/events/started",
    .needs = EVENTS_NEEDS_RULE,
    .in = &put_in_shape,
    .out = &put_out_shape,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_targets,
};

/* ---- list ---- */

struct list_in {
    const char *rule;
    const char *bus;
    const char *token;
    struct opt_int limit;
};

struct list_out {
    LIST(struct target_view) targets;
    const char *next;
};

static const struct field list_in_fields[] = {
    F_STRING(struct list_in, rule, "Rule", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct list_in, bus),
    F_NEXT_TOKEN(struct list_in, token),
    F_EVENT_LIMIT(struct list_in, limit),
};
static const struct field list_out_fields[] = {
    F_LIST(struct list_out, targets, struct target_view, &event_target_shape, "Targets",
           "The targets."),
    F_NEXT_TOKEN_OUT(struct list_out, next),
};
static const struct shape list_in_shape =
    SHAPE("ListTargetsByRuleRequest", struct list_in, list_in_fields);
static const struct shape list_out_shape =
    SHAPE("ListTargetsByRuleResponse", struct list_out, list_out_fields);

static const struct paging list_paging = {
    .in_token = "NextToken",
    .out_token = "NextToken",
    .limit = "Limit",
    .result = "Targets",
};

static const struct fault_kind *const no_rule_faults[] = {&fault_events_no_rule, NULL};

static void view_parts(struct call *call, const struct event_target *target,
                       struct target_view *view)
{
    struct arena *arena = &call->arena;

    if (target->template != NULL) {
        view->transformer = arena_alloc(arena, sizeof(*view->transformer));
        view->transformer->template = arena_strdup(arena, target->template);
        for (uint32_t i = 0; i < target->paths.count; i++)
            *LIST_PUSH_IN(arena, &view->transformer->paths) = (struct pair){
                .key = arena_strdup(arena, target->paths.items[i].key),
                .value = arena_strdup(arena, target->paths.items[i].value),
            };
    }
    if (target->group != NULL) {
        view->sqs = arena_alloc(arena, sizeof(*view->sqs));
        view->sqs->group = arena_strdup(arena, target->group);
    }
    if (target->dead_letter != NULL) {
        view->dead_letter = arena_alloc(arena, sizeof(*view->dead_letter));
        view->dead_letter->arn = arena_strdup(arena, target->dead_letter);
    }
    if (target->tries.set || target->age_s.set) {
        view->retry = arena_alloc(arena, sizeof(*view->retry));
        view->retry->tries = target->tries;
        view->retry->age = target->age_s;
    }
}

static int list_targets_by_rule(struct call *call, const void *in, void *out)
{
    const struct list_in *wish = in;
    const struct event_rule *rule = events_rule_named(call, wish->bus, wish->rule);
    struct list_out *answer = out;
    struct page page;

    if (rule == NULL)
        return -1;
    for (uint32_t i = 0; i < rule->targets.count; i++) {
        const struct event_target *target = &rule->targets.items[i];
        struct target_view *view = LIST_PUSH_IN(&call->arena, &answer->targets);

        *view = (struct target_view){
            .id = arena_strdup(&call->arena, target->id),
            .arn = arena_strdup(&call->arena, target->arn),
            .role = arena_strdup(&call->arena, target->role),
            .input = arena_strdup(&call->arena, target->input),
            .input_path = arena_strdup(&call->arena, target->input_path),
        };
        view_parts(call, target, view);
    }
    if (page_find(call, wish->limit, wish->token, answer->targets.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->targets, page);
    answer->next = page.next;
    return 0;
}

const struct op op_list_targets_by_rule = {
    .name = "ListTargetsByRule",
    .doc = "Lists the targets of a rule.",
    .example = "aws events list-targets-by-rule --rule started",
    .needs = EVENTS_NEEDS_TARGET,
    .in = &list_in_shape,
    .out = &list_out_shape,
    .faults = no_rule_faults,
    .paging = &list_paging,
    .run = list_targets_by_rule,
};

/* ---- remove ---- */

struct remove_in {
    const char *rule;
    const char *bus;
    struct strings ids;
    struct opt_bool force;
};

static const struct field remove_in_fields[] = {
    F_STRING(struct remove_in, rule, "Rule", "The rule.", .flags = FIELD_REQUIRED, .min = 1,
             .max = 64),
    F_EVENT_BUS_NAME(struct remove_in, bus),
    F_STRINGS(struct remove_in, ids, "Ids", "The targets, by their ids.", .flags = FIELD_REQUIRED,
              .min = 1, .max = 100, .item_min = 1),
    F_OPT_BOOL(struct remove_in, force, "Force", "For rules that a service of AWS has made."),
};
static const struct shape remove_in_shape =
    SHAPE("RemoveTargetsRequest", struct remove_in, remove_in_fields);
static const struct shape remove_out_shape =
    SHAPE("RemoveTargetsResponse", struct failures_out, remove_out_fields);

static int remove_targets(struct call *call, const void *in, void *out)
{
    const struct remove_in *wish = in;
    struct event_rule *rule = events_rule_named(call, wish->bus, wish->rule);

    (void)out;
    if (rule == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->ids.count; i++)
        event_target_remove(rule, wish->ids.items[i]);
    return 0;
}

const struct op op_remove_targets = {
    .name = "RemoveTargets",
    .doc = "Takes targets away from a rule; what is on its way to them is given up.",
    .example = "aws events remove-targets --rule started --ids log",
    .needs = EVENTS_NEEDS_TARGET,
    .in = &remove_in_shape,
    .out = &remove_out_shape,
    .faults = no_rule_faults,
    .flags = OP_WRITE,
    .run = remove_targets,
};
