/*
 * api/elbv2_action.c - elbv2: what listeners and rules do with a request, read and shown.
 */
#include "api/elbv2_action.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

static const char *const action_words[] = {
    "forward",  "authenticate-oidc", "authenticate-cognito",
    "redirect", "fixed-response",    "jwt-validation",
    NULL,
};
static const char *const redirect_words[] = {"HTTP_301", "HTTP_302", NULL};
static const struct field tuple_fields[] = {
    F_STRING(struct group_tuple, arn, "TargetGroupArn", "The target group.",
             .ref = &kind_target_group),
    F_OPT_INT(struct group_tuple, weight, "Weight", "Its share, against those of the others.",
              .min = 0, .max = 999),
};

static const struct shape tuple_shape = SHAPE("TargetGroupTuple", struct group_tuple, tuple_fields);

static const struct field stickiness_fields[] = {
    F_OPT_BOOL(struct stickiness_view, enabled, "Enabled",
               "Whether a client stays with its group."),
    F_OPT_INT(struct stickiness_view, duration_s, "DurationSeconds", "For how long.", .min = 1,
              .max = 604800),
};

static const struct shape stickiness_shape =
    SHAPE("TargetGroupStickinessConfig", struct stickiness_view, stickiness_fields);

static const struct field forward_fields[] = {
    F_LIST(struct forward_view, groups, struct group_tuple, &tuple_shape, "TargetGroups",
           "The groups and their weights."),
    F_STRUCT(struct forward_view, stickiness, struct stickiness_view, &stickiness_shape,
             "TargetGroupStickinessConfig", "Whether a client stays with its group."),
};

static const struct shape forward_shape =
    SHAPE("ForwardActionConfig", struct forward_view, forward_fields);

static const struct field fixed_fields[] = {
    F_STRING(struct fixed_view, body, "MessageBody", "What is answered.", .max = 1024),
    F_STRING(struct fixed_view, status, "StatusCode", "With which status: 2XX, 4XX or 5XX.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct fixed_view, content_type, "ContentType", "As what: text/plain unless told."),
};

static const struct shape fixed_shape =
    SHAPE("FixedResponseActionConfig", struct fixed_view, fixed_fields);

static const struct field redirect_fields[] = {
    F_STRING(struct redirect_view, protocol, "Protocol", "HTTP, HTTPS or #{protocol}."),
    F_STRING(struct redirect_view, port, "Port", "A port, or #{port}."),
    F_STRING(struct redirect_view, host, "Host", "A host, or #{host}.", .min = 1, .max = 128),
    F_STRING(struct redirect_view, path, "Path", "A path, or /#{path}.", .min = 1, .max = 128),
    F_STRING(struct redirect_view, query, "Query", "A query, or #{query}.", .max = 128),
    F_STRING(struct redirect_view, status, "StatusCode", "For good or for now.",
             .flags = FIELD_REQUIRED, .words = redirect_words),
};

static const struct shape redirect_shape =
    SHAPE("RedirectActionConfig", struct redirect_view, redirect_fields);

static const struct field action_fields[] = {
    F_STRING(struct action_view, type, "Type", "What is done with a request.",
             .flags = FIELD_REQUIRED, .words = action_words),
    F_STRING(struct action_view, group, "TargetGroupArn",
             "The target group, when it is forwarded to one.", .ref = &kind_target_group),
    F_OPT_INT(struct action_view, order, "Order", "Which comes first, of several.", .min = 1,
              .max = 50000),
    F_STRUCT(struct action_view, redirect, struct redirect_view, &redirect_shape, "RedirectConfig",
             "Where it is sent instead."),
    F_STRUCT(struct action_view, fixed, struct fixed_view, &fixed_shape, "FixedResponseConfig",
             "What is answered instead."),
    F_STRUCT(struct action_view, forward, struct forward_view, &forward_shape, "ForwardConfig",
             "The groups it is forwarded to, by weight."),
};

const struct shape elbv2_action_shape = SHAPE("Action", struct action_view, action_fields);

/* ---- shown ---- */

static const char *group_arn(struct call *call, uint64_t id)
{
    const struct target_group *group = table_find(&call->world->targets.groups, id);

    return group == NULL ? NULL : target_group_arn(&call->world->targets, &call->arena, group);
}

static void view_forward(struct call *call, const struct listener_action *action,
                         struct action_view *view)
{
    view->type = "forward";
    view->forward = arena_alloc(&call->arena, sizeof(*view->forward));
    for (uint32_t i = 0; i < action->groups.count; i++) {
        *LIST_PUSH_IN(&call->arena, &view->forward->groups) = (struct group_tuple){
            .arn = group_arn(call, action->groups.items[i].group),
            .weight = OPT_INT(action->groups.items[i].weight),
        };
    }
    view->forward->stickiness = arena_alloc(&call->arena, sizeof(*view->forward->stickiness));
    view->forward->stickiness->enabled = OPT_BOOL(action->stickiness.value);
    view->forward->stickiness->duration_s = action->stickiness_s;
    if (action->groups.count == 1)
        view->group = view->forward->groups.items[0].arn;
}

void action_view(struct call *call, const struct listener_action *action,
                 struct action_view *view)
{
    *view = (struct action_view){0};
    if (action->type == ACTION_FORWARD) {
        view_forward(call, action, view);
    } else if (action->type == ACTION_FIXED_RESPONSE) {
        view->type = "fixed-response";
        view->fixed = arena_alloc(&call->arena, sizeof(*view->fixed));
        view->fixed->body = action->body;
        view->fixed->status = arena_printf(&call->arena, "%u", action->status);
        view->fixed->content_type = action->content_type;
    } else {
        view->type = "redirect";
        view->redirect = arena_alloc(&call->arena, sizeof(*view->redirect));
        *view->redirect = (struct redirect_view){
            .protocol = action->protocol == NULL ? "#{protocol}" : action->protocol,
            .port = action->port == NULL ? "#{port}" : action->port,
            .host = action->host == NULL ? "#{host}" : action->host,
            .path = action->path == NULL ? "/#{path}" : action->path,
            .query = action->query == NULL ? "#{query}" : action->query,
            .status = arena_printf(&call->arena, "HTTP_%u", action->status),
        };
    }
}

/* ---- read ---- */

static char *copy(struct call *call, const char *text)
{
    return arena_strdup(&call->arena, text);
}

static int add_group(struct call *call, const char *arn, struct opt_int weight,
                     struct listener_action *action)
{
    const struct target_group *group = target_group_find_arn(
        &call->world->targets, call->account, call->region, arn == NULL ? "" : arn, &call->fault);

    if (group == NULL)
        return -1;
    *LIST_PUSH_IN(&call->arena, &action->groups) = (struct action_group){
        .group = group->id,
        .weight = weight.set ? (uint32_t)weight.value : 1,
    };
    return 0;
}

static int read_forward(struct call *call, const struct action_view *wish,
                        struct listener_action *action)
{
    action->type = ACTION_FORWARD;
    if (wish->forward == NULL) {
        if (wish->group == NULL)
            return call_fault(call, &fault_action_needs, "forward",
                              "TargetGroupArn or ForwardConfig");
        return add_group(call, wish->group, (struct opt_int){0}, action);
    }
    for (uint32_t i = 0; i < wish->forward->groups.count; i++) {
        const struct group_tuple *tuple = &wish->forward->groups.items[i];

        if (add_group(call, tuple->arn, tuple->weight, action) != 0)
            return -1;
    }
    if (wish->forward->stickiness != NULL) {
        action->stickiness = wish->forward->stickiness->enabled;
        action->stickiness_s = wish->forward->stickiness->duration_s;
    }
    return 0;
}

static int read_fixed(struct call *call, const struct action_view *wish,
                      struct listener_action *action)
{
    action->type = ACTION_FIXED_RESPONSE;
    if (wish->fixed == NULL)
        return call_fault(call, &fault_action_needs, "fixed-response", "FixedResponseConfig");
    action->status = (uint16_t)strtoul(wish->fixed->status, NULL, 10);
    action->body = copy(call, wish->fixed->body);
    action->content_type = copy(call, wish->fixed->content_type);
    return 0;
}

static int read_redirect(struct call *call, const struct action_view *wish,
                         struct listener_action *action)
{
    action->type = ACTION_REDIRECT;
    if (wish->redirect == NULL)
        return call_fault(call, &fault_action_needs, "redirect", "RedirectConfig");
    action->status = strcmp(wish->redirect->status, "HTTP_301") == 0 ? 301 : 302;
    action->protocol = copy(call, wish->redirect->protocol);
    action->port = copy(call, wish->redirect->port);
    action->host = copy(call, wish->redirect->host);
    action->path = copy(call, wish->redirect->path);
    action->query = copy(call, wish->redirect->query);
    return 0;
}

static int read_action(struct call *call, const struct action_view *wish,
                       struct listener_action *action)
{
    if (strcmp(wish->type, "forward") == 0)
        return read_forward(call, wish, action);
    if (strcmp(wish->type, "fixed-response") == 0)
        return read_fixed(call, wish, action);
    if (strcmp(wish->type, "redirect") == 0)
        return read_redirect(call, wish, action);
    return call_fault(call, &fault_action_not_modelled, wish->type);
}

struct listener_action *actions_read(struct call *call, const struct action_views *wishes)
{
    struct listener_action *actions =
        arena_alloc(&call->arena, (wishes->count + 1) * sizeof(*actions));

    for (uint32_t i = 0; i < wishes->count; i++) {
        if (read_action(call, &wishes->items[i], &actions[i]) != 0)
            return NULL;
    }
    return actions;
}

/* ---- faults ---- */

const struct fault_kind fault_action_not_modelled = {
    .code = "InvalidLoadBalancerAction",
    .text = "The action type '{}' is real at AWS, but not modelled here",
    .hint = "forward, redirect and fixed-response are.",
};

const struct fault_kind fault_action_needs = {
    .code = "ValidationError",
    .text = "A {} action needs {}",
    .hint = "The operation's help shows what each kind of action takes.",
};
