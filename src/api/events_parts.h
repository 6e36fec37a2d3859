/*
 * api/events_parts.h - what the rooms of the service events share, and their operations.
 */
#ifndef API_EVENTS_PARTS_H
#define API_EVENTS_PARTS_H

#include "api/ec2_parts.h"
#include "api/service.h"
#include "cloud/event_bus.h"
#include "cloud/world.h"

/* events_bus.c */
extern const struct op op_create_event_bus, op_describe_event_bus, op_list_event_buses,
    op_update_event_bus, op_delete_event_bus;
/* events_permission.c */
extern const struct op op_put_event_permission, op_remove_event_permission;
/* events_rule.c */
extern const struct op op_put_rule, op_delete_event_rule, op_enable_rule, op_disable_rule;
/* events_rule_view.c */
extern const struct op op_describe_event_rule, op_list_event_rules, op_list_rule_names_by_target;
/* events_target.c */
extern const struct op op_put_targets, op_list_targets_by_rule, op_remove_targets;
/* events_put.c */
extern const struct op op_put_events, op_test_event_pattern;
/* events_tag.c */
extern const struct op op_tag_event_resource, op_untag_event_resource, op_list_event_tags;

/* events_archive.c */
extern const struct op op_create_archive, op_describe_archive, op_list_archives, op_update_archive,
    op_delete_archive;
/* events_replay.c */
extern const struct op op_start_replay, op_describe_replay, op_list_replays, op_cancel_replay;

/* ---- faults, in AWS's words ---- */

extern const struct fault_kind fault_events_denied;
extern const struct fault_kind fault_events_no_bus, fault_events_no_rule, fault_events_no_statement,
    fault_events_exists, fault_events_invalid, fault_events_pattern, fault_events_limit,
    fault_events_policy_length, fault_events_not_modelled, fault_events_no_archive,
    fault_events_no_replay, fault_events_status;

/* ---- names ---- */

/* The name of a bus: what was given, the end of its ARN, or default.  NULL and a fault when there
 * is none, or when the ARN is of another account or Region. */
const char *events_bus_name(struct call *call, const char *given);
/* A rule; NULL and a fault. */
struct event_rule *events_rule_named(struct call *call, const char *bus, const char *name);
/* Letters, digits, and . - _ (of buses / as well): 0, or -1 and a fault that names the member. */
int events_name_check(struct call *call, const char *name, const char *member, bool slashes);

#define F_EVENT_BUS_NAME(T, m)                                                                     \
    F_STRING(T, m, "EventBusName", "The bus, by name or ARN; default unless you say so.",          \
             .min = 1, .max = 1600)
#define F_EVENT_LIMIT(T, m)                                                                        \
    F_OPT_INT(T, m, "Limit", "The most items that one answer gives.", .min = 1, .max = 100)

/* A tag, as EventBridge takes and gives it. */
extern const struct shape event_tag_shape;

/* "arn:aws:events:us-east-1:111122223333:archive/NAME" */
const char *events_archive_arn(struct call *call, const char *name);

/* Lines that put a rule, and a target of it: for examples. */
#define EVENTS_NEEDS_RULE                                                                          \
    "aws events put-rule --name started --event-pattern "                                          \
    "'{\"source\":[\"aws.ec2\"],\"detail\":{\"state\":[\"running\"]}}'"
#define EVENTS_NEEDS_TARGET                                                                        \
    EVENTS_NEEDS_RULE                                                                              \
        "\n"                                                                                       \
        "aws events put-targets --rule started --targets "                                         \
        "Id=log,Arn=arn:aws:logs:us-east-1:111122223333:log-group:/aws/events/started"
#define EVENTS_NEEDS_ARCHIVE \
    "aws events create-archive --archive-name all --event-source-arn " \
    "arn:aws:events:us-east-1:111122223333:event-bus/default"
#define EVENTS_START_REPLAY \
    "aws events start-replay --replay-name again --event-source-arn " \
    "arn:aws:events:us-east-1:111122223333:archive/all --event-start-time 2026-01-05T08:00:00Z " \
    "--event-end-time 2026-01-05T09:00:00Z --destination " \
    "Arn=arn:aws:events:us-east-1:111122223333:event-bus/default"
#define EVENTS_NEEDS_REPLAY EVENTS_NEEDS_ARCHIVE "\n" EVENTS_START_REPLAY
#define EVENTS_NEEDS_BUS "aws events create-event-bus --name orders"

#endif
