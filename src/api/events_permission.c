/*
 * api/events_permission.c - events: who else may put events on a bus.
 *
 * The statements are kept and shown as AWS writes them.  What they allow is asked when an event
 * comes from another account.
 */
#include "api/events_parts.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "cloud/resource_policy.h"

struct put_in {
    const char *bus;
    const char *action;
    const char *principal;
    const char *statement;
    const char *policy;
};

static const struct field put_in_fields[] = {
    F_STRING(struct put_in, bus, "EventBusName", "The bus; default unless you say so.", .min = 1,
             .max = 256),
    F_STRING(struct put_in, action, "Action", "events:PutEvents.", .min = 1, .max = 64),
    F_STRING(struct put_in, principal, "Principal", "An account's number; or * for every account.",
             .min = 1, .max = 12),
    F_STRING(struct put_in, statement, "StatementId", "A name for the statement.", .min = 1,
             .max = 64),
    F_STRING(struct put_in, policy, "Policy", "Instead of all others: a whole policy, as JSON."),
};
static const struct shape put_in_shape =
    SHAPE("PutPermissionRequest", struct put_in, put_in_fields);

static const struct fault_kind *const put_faults[] = {
    &fault_events_no_bus,
    &fault_events_invalid,
    &fault_events_policy_length,
    &fault_events_not_modelled,
    NULL,
};

static void forget(struct event_bus *bus, uint32_t at)
{
    free(bus->grants.items[at].sid);
    free(bus->grants.items[at].text);
    LIST_REMOVE(&bus->grants, at);
}

static int find_grant(const struct event_bus *bus, const char *sid)
{
    for (uint32_t i = 0; i < bus->grants.count; i++) {
        if (bus->grants.items[i].sid != NULL && str_equal(bus->grants.items[i].sid, sid))
            return (int)i;
    }
    return -1;
}

/* Would the policy be too long with so much more? */
static bool is_too_long(struct call *call, const struct event_bus *bus, size_t more)
{
    const char *policy = event_bus_policy(&call->arena, bus);

    return more + (policy == NULL ? 0 : strlen(policy)) > EVENT_POLICY_MAX;
}

static void add_grant(struct event_bus *bus, const char *sid, char *text)
{
    struct event_grant *grant;
    int at = sid == NULL ? -1 : find_grant(bus, sid);

    if (at >= 0)
        forget(bus, (uint32_t)at);
    grant = LIST_PUSH(&bus->grants);
    grant->sid = sid == NULL ? NULL : xstrdup(sid);
    grant->text = text;
}

/* The row of the bus, which default has only from now on. */
static struct event_bus *bus_of(struct call *call, const char *name)
{
    struct event_bus *bus = event_bus_add(&call->world->buses, call->account, call->region, name);

    bus->modified = call->world->sim.now;
    return bus;
}

/* Whether a whole policy can stand: 0, or -1 and a fault. */
static int check_policy(struct call *call, const char *text)
{
    struct resource_policy *policy;
    const char *what;
    enum resource_policy_fault fault;

    if (strlen(text) > EVENT_POLICY_MAX)
        return call_fault(call, &fault_events_policy_length);
    fault = resource_policy_read(text, &call->arena, &policy, &what);
    resource_policy_free(policy);
    if (fault == POLICY_NOT_MODELLED)
        return call_fault(call, &fault_events_not_modelled,
                          arena_printf(&call->arena, "%s in a policy", what));
    return fault == POLICY_READ
               ? 0
               : call_fault(call, &fault_events_invalid, "Parameter Policy is not valid.");
}

/* --policy: its statements instead of those that there are. */
static int put_policy(struct call *call, const char *name, const char *text)
{
    json_t *policy;
    json_t *statements;
    struct event_bus *bus;
    json_t *statement;
    size_t i;

    if (check_policy(call, text) != 0)
        return -1;
    policy = json_loads(text, 0, NULL);
    statements = json_object_get(policy, "Statement");
    if (json_is_object(statements)) { /* one alone */
        statement = json_incref(statements);
        json_object_set_new(policy, "Statement", statements = json_array());
        json_array_append_new(statements, statement);
    }
    bus = bus_of(call, name);
    while (bus->grants.count > 0)
        forget(bus, bus->grants.count - 1);
    json_array_foreach (statements, i, statement)
        add_grant(bus, json_string_value(json_object_get(statement, "Sid")),
                  json_dumps(statement, JSON_COMPACT));
    json_decref(policy);
    return 0;
}

static bool is_account(const char *text)
{
    return strlen(text) == 12 && strspn(text, "0123456789") == 12;
}

static int check_statement(struct call *call, const struct put_in *wish)
{
    if (wish->action == NULL || wish->principal == NULL || wish->statement == NULL)
        return call_fault(call, &fault_events_invalid,
                          "Parameters Action, Principal and StatementId must be specified.");
    if (!str_equal(wish->action, "events:PutEvents"))
        return call_fault(call, &fault_events_invalid,
                          "Provided value in parameter 'action' is not supported.");
    if (!str_equal(wish->principal, "*") && !is_account(wish->principal))
        return call_fault(call, &fault_events_invalid, "Parameter Principal is not valid.");
    return 0;
}

/* One statement, in the order in which AWS writes them. */
static int put_statement(struct call *call, const char *name, const struct put_in *wish)
{
    struct event_buses *buses = &call->world->buses;
    const struct event_bus *bus = event_bus_find(buses, call->account, call->region, name);
    json_t *principal;
    json_t *statement;
    char *text;

    if (check_statement(call, wish) != 0)
        return -1;
    principal =
        str_equal(wish->principal, "*")
            ? json_string("*")
            : json_pack("{s:o}", "AWS", json_sprintf("arn:aws:iam::%s:root", wish->principal));
    statement = json_pack("{s:s, s:s, s:o, s:s, s:s}", "Sid", wish->statement, "Effect", "Allow",
                          "Principal", principal, "Action", wish->action, "Resource",
                          event_bus_arn(buses, &call->arena, call->account, call->region, name));
    text = json_dumps(statement, JSON_COMPACT);
    json_decref(statement);
    if (is_too_long(call, bus, strlen(text))) {
        free(text);
        return call_fault(call, &fault_events_policy_length);
    }
    add_grant(bus_of(call, name), wish->statement, text);
    return 0;
}

static int put_permission(struct call *call, const void *in, void *out)
{
    const struct put_in *wish = in;
    const char *name = events_bus_name(call, wish->bus);

    (void)out;
    if (name == NULL)
        return -1;
    return wish->policy != NULL ? put_policy(call, name, wish->policy)
                                : put_statement(call, name, wish);
}

const struct op op_put_event_permission = {
    .name = "PutPermission",
    .doc = "Lets another account, or everybody, put events on a bus.",
    .example = "aws events put-permission --action events:PutEvents --principal 444455556666 "
               "--statement-id partner",
    .in = &put_in_shape,
    .out = &shape_empty,
    .faults = put_faults,
    .flags = OP_WRITE,
    .run = put_permission,
};

/* ---- remove ---- */

struct remove_in {
    const char *statement;
    struct opt_bool all;
    const char *bus;
};

static const struct field remove_in_fields[] = {
    F_STRING(struct remove_in, statement, "StatementId", "The statement that goes.", .min = 1,
             .max = 64),
    F_OPT_BOOL(struct remove_in, all, "RemoveAllPermissions", "All statements go."),
    F_STRING(struct remove_in, bus, "EventBusName", "The bus; default unless you say so.", .min = 1,
             .max = 256),
};
static const struct shape remove_in_shape =
    SHAPE("RemovePermissionRequest", struct remove_in, remove_in_fields);

static const struct fault_kind *const remove_faults[] = {
    &fault_events_no_bus,
    &fault_events_no_statement,
    &fault_events_invalid,
    NULL,
};

static int remove_permission(struct call *call, const void *in, void *out)
{
    const struct remove_in *wish = in;
    const char *name = events_bus_name(call, wish->bus);
    struct event_bus *bus;
    int at;

    (void)out;
    if (name == NULL)
        return -1;
    bus = event_bus_find(&call->world->buses, call->account, call->region, name);
    if (wish->all.set && wish->all.value) {
        while (bus != NULL && bus->grants.count > 0)
            forget(bus, bus->grants.count - 1);
        return 0;
    }
    if (wish->statement == NULL)
        return call_fault(call, &fault_events_invalid, "Parameter StatementId is required.");
    at = bus == NULL ? -1 : find_grant(bus, wish->statement);
    if (at < 0)
        return call_fault(call, &fault_events_no_statement);
    forget(bus, (uint32_t)at);
    bus->modified = call->world->sim.now;
    return 0;
}

const struct op op_remove_event_permission = {
    .name = "RemovePermission",
    .doc = "Takes back what put-permission gave.",
    .example = "aws events remove-permission --remove-all-permissions",
    .in = &remove_in_shape,
    .out = &shape_empty,
    .faults = remove_faults,
    .flags = OP_WRITE,
    .run = remove_permission,
};
