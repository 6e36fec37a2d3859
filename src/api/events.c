/*
 * api/events.c - the service events: its operations, and the words in which it refuses.
 *
 * True to the EventBridge API reference for names, and to AWS's recorded answers for the texts.
 */
#include "api/events.h"

#include <string.h>

#include "api/events_parts.h"
#include "base/str.h"

const struct fault_kind fault_events_no_bus = {
    .code = "ResourceNotFoundException",
    .text = "Event bus {} does not exist.",
    .hint = "`aws events list-event-buses` shows those of this account in this Region.",
};
const struct fault_kind fault_events_denied = {
    .code = "AccessDeniedException",
    .text = "User: {} is not authorized to perform: events:PutEvents on resource: {} {}",
    .hint = "The bus belongs to another account: its owner lets others in by `aws events "
            "put-permission`.",
};
const struct fault_kind fault_events_no_rule = {
    .code = "ResourceNotFoundException",
    .text = "Rule {} does not exist on EventBus {}.",
    .hint = "`aws events list-rules` shows the rules of default, with --event-bus-name those "
            "of another.",
};
const struct fault_kind fault_events_no_statement = {
    .code = "ResourceNotFoundException",
    .text = "Statement with the provided id does not exist.",
    .hint = "`aws events describe-event-bus` shows the policy with the ids of its statements.",
};
const struct fault_kind fault_events_exists = {
    .code = "ResourceAlreadyExistsException",
    .text = "{} already exists.",
    .hint = "Take another name, or use the one that is there.",
};
const struct fault_kind fault_events_invalid = {
    .code = "ValidationException",
    .text = "{}",
    .hint = "The member that is named is wrong, or does not go with another one.",
};
const struct fault_kind fault_events_pattern = {
    .code = "InvalidEventPatternException",
    .text = "Event pattern is not valid. Reason: {}",
    .hint = "A pattern is JSON with a list at each leaf: {\"source\": [\"aws.ec2\"]}. `nephoscope "
            "pattern` tries one on an event.",
};
const struct fault_kind fault_events_limit = {
    .code = "LimitExceededException",
    .text = "The requested resource exceeds the maximum number allowed.",
    .hint = "A rule has 5 targets, a bus 300 rules, an account 100 buses in a Region, a pattern "
            "2,048 characters.",
};
const struct fault_kind fault_events_policy_length = {
    .code = "PolicyLengthExceededException",
    .text = "The policy is too long: its statements may have 10,240 characters together.",
    .hint = "Remove statements that are no longer needed: `aws events remove-permission`.",
};
const struct fault_kind fault_events_no_archive = {
    .code = "ResourceNotFoundException",
    .text = "Archive {} does not exist.",
    .hint = "`aws events list-archives` shows those of this account in this Region.",
};
const struct fault_kind fault_events_no_replay = {
    .code = "ResourceNotFoundException",
    .text = "Replay {} does not exist.",
    .hint = "`aws events list-replays` shows those of this account in this Region.",
};
const struct fault_kind fault_events_status = {
    .code = "IllegalStatusException",
    .text = "Replay {} is not in a valid state for this operation.",
    .hint = "Only a replay that is STARTING or RUNNING can be cancelled.",
};
const struct fault_kind fault_events_not_modelled = {
    .code = "NotModelled",
    .text = "{} is possible at AWS, but not modelled here",
    .hint = "Targets are queues, topics, other buses, log groups, and actions of EC2.",
};

/* "arn:aws:events:REGION:ACCOUNT:event-bus/" of this call. */
static bool is_own_arn(struct call *call, const char *arn)
{
    return str_starts(arn, event_bus_arn(&call->world->buses, &call->arena, call->account,
                                         call->region, ""));
}

const char *events_bus_name(struct call *call, const char *given)
{
    const char *name = given;

    if (given == NULL)
        return "default";
    if (str_starts(given, "arn:")) {
        name = strchr(given, '/') == NULL ? given : strchr(given, '/') + 1;
        if (!is_own_arn(call, given)) {
            call_fault(call, &fault_events_no_bus, name);
            return NULL;
        }
    }
    if (event_bus_exists(&call->world->buses, call->account, call->region, name))
        return name;
    call_fault(call, &fault_events_no_bus, name);
    return NULL;
}

struct event_rule *events_rule_named(struct call *call, const char *bus, const char *name)
{
    struct event_rule *rule;

    bus = events_bus_name(call, bus);
    if (bus == NULL)
        return NULL;
    rule = event_rule_find(&call->world->buses, call->account, call->region, bus, name);
    if (rule == NULL)
        call_fault(call, &fault_events_no_rule, name, bus);
    return rule;
}

int events_name_check(struct call *call, const char *name, const char *member, bool slashes)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *form = slashes ? "[/\\.\\-_A-Za-z0-9]+" : "[\\.\\-_A-Za-z0-9]+";

    for (const char *at = name; *at != '\0'; at++) {
        if (strchr(letters, *at) == NULL && !(slashes && *at == '/'))
            return call_fault(
                call, &fault_events_invalid,
                arena_printf(&call->arena,
                             "1 validation error detected: Value '%s' at '%s' failed to satisfy "
                             "constraint: Member must satisfy regular expression pattern: %s",
                             name, member, form));
    }
    return 0;
}

static const struct op *const events_ops[] = {
    &op_cancel_replay,
    &op_create_archive,
    &op_create_event_bus,
    &op_delete_archive,
    &op_delete_event_bus,
    &op_delete_event_rule,
    &op_describe_archive,
    &op_describe_event_bus,
    &op_describe_replay,
    &op_describe_event_rule,
    &op_disable_rule,
    &op_enable_rule,
    &op_list_archives,
    &op_list_event_buses,
    &op_list_replays,
    &op_list_rule_names_by_target,
    &op_list_event_rules,
    &op_list_event_tags,
    &op_list_targets_by_rule,
    &op_put_events,
    &op_put_event_permission,
    &op_put_rule,
    &op_put_targets,
    &op_remove_event_permission,
    &op_remove_targets,
    &op_start_replay,
    &op_tag_event_resource,
    &op_test_event_pattern,
    &op_untag_event_resource,
    &op_update_archive,
    &op_update_event_bus,
    NULL,
};

const struct service service_events = {
    .name = "events",
    .doc = "EventBridge: buses, and rules that pass events on.",
    .style = STYLE_QUERY,
    .ops = events_ops,
};
