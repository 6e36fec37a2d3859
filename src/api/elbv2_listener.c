/*
 * api/elbv2_listener.c - elbv2: listeners and what they do with a request.
 */
#include "api/elbv2_parts.h"

#include <stdlib.h>
#include <string.h>

#include "cloud/listener.h"

/* ---- actions, the same in and out ---- */

struct group_tuple {
    const char *arn;
    struct opt_int weight;
};

struct stickiness_view {
    struct opt_bool enabled;
    struct opt_int duration_s;
};

struct forward_view {
    LIST(struct group_tuple) groups;
    struct stickiness_view *stickiness;
};

struct fixed_view {
    const char *body;
    const char *status;
    const char *content_type;
};

struct redirect_view {
    const char *protocol;
    const char *port;
    const char *host;
    const char *path;
    const char *query;
    const char *status;
};

struct action_view {
    const char *type;
    const char *group;
    struct opt_int order;
    struct redirect_view *redirect;
    struct fixed_view *fixed;
    struct forward_view *forward;
};

static const char *const action_words[] = {
    "forward",  "authenticate-oidc", "authenticate-cognito",
    "redirect", "fixed-response",    "jwt-validation",
    NULL,
};
static const char *const redirect_words[] = {"HTTP_301", "HTTP_302", NULL};
static const char *const protocol_words[] = {"HTTP",    "HTTPS",  "TCP",  "TLS",      "UDP",
                                             "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC", NULL};

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

static const struct shape action_shape = SHAPE("Action", struct action_view, action_fields);

/* ---- what a listener looks like ---- */

struct listener_view {
    const char *arn;
    const char *balancer;
    int64_t port;
    const char *protocol;
    LIST(struct action_view) actions;
};

struct listeners_out {
    LIST(struct listener_view) listeners;
};

static const struct field listener_fields[] = {
    F_STRING(struct listener_view, arn, "ListenerArn", "Its ARN.", .ref = &kind_listener),
    F_STRING(struct listener_view, balancer, "LoadBalancerArn", "Its balancer.",
             .ref = &kind_balancer),
    F_INT(struct listener_view, port, "Port", "The port it listens on.", .flags = FIELD_COLUMN),
    F_STRING(struct listener_view, protocol, "Protocol", "What it speaks.", .words = protocol_words,
             .flags = FIELD_COLUMN),
    F_LIST(struct listener_view, actions, struct action_view, &action_shape, "DefaultActions",
           "What it does with a request."),
};

static const struct shape listener_view_shape =
    SHAPE("Listener", struct listener_view, listener_fields);

static const struct field listeners_out_fields[] = {
    F_LIST(struct listeners_out, listeners, struct listener_view, &listener_view_shape, "Listeners",
           "The listeners."),
};

static const struct shape listeners_out_shape =
    SHAPE("CreateListenerOutput", struct listeners_out, listeners_out_fields);

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

static void view_action(struct call *call, const struct listener_action *action,
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

static void view_listener(struct call *call, const struct listener *listener,
                          struct listener_view *view)
{
    const struct balancers *balancers = &call->world->balancers;

    *view = (struct listener_view){
        .arn = listener_arn(balancers, &call->arena, listener),
        .balancer = balancer_arn(balancers, &call->arena,
                                 table_get(&balancers->balancers, listener->balancer)),
        .port = listener->port,
        .protocol = listener->protocol,
    };
    view_action(call, &listener->action, LIST_PUSH_IN(&call->arena, &view->actions));
}

/* ---- create ---- */

struct create_in {
    const char *balancer;
    const char *protocol;
    struct opt_int port;
    LIST(struct action_view) actions;
    struct tag_views tags;
};

static const struct field create_in_fields[] = {
    F_STRING(struct create_in, balancer, "LoadBalancerArn", "The balancer that listens.",
             .flags = FIELD_REQUIRED, .ref = &kind_balancer),
    F_STRING(struct create_in, protocol, "Protocol", "What it speaks: HTTP here.",
             .words = protocol_words),
    F_OPT_INT(struct create_in, port, "Port", "The port it listens on.", .min = 1, .max = 65535),
    F_LIST(struct create_in, actions, struct action_view, &action_shape, "DefaultActions",
           "What it does with a request: Type=forward,TargetGroupArn=ARN.",
           .flags = FIELD_REQUIRED),
    F_ELBV2_TAGS(struct create_in, tags),
};

static const struct shape create_in_shape =
    SHAPE("CreateListenerInput", struct create_in, create_in_fields);

static const struct fault_kind fault_action_not_modelled = {
    .code = "InvalidLoadBalancerAction",
    .text = "The action type '{}' is real at AWS, but not modelled here",
    .hint = "forward, redirect and fixed-response are.",
};

static const struct fault_kind fault_action_needs = {
    .code = "ValidationError",
    .text = "A {} action needs {}",
    .hint = "The operation's help shows what each kind of action takes.",
};

static const struct fault_kind *const create_faults[] = {
    &fault_balancer_not_found, &fault_target_group_not_found, &fault_action_not_modelled,
    &fault_action_needs,       &fault_elb_validation,         NULL,
};

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

static int create_listener(struct call *call, const void *in, void *out)
{
    const struct create_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct balancer *balancer =
        balancer_find_arn(balancers, call->account, call->region, wish->balancer, &call->fault);
    struct listener_action *actions =
        arena_alloc(&call->arena, (wish->actions.count + 1) * sizeof(*actions));
    struct listener_new wanted = {
        .protocol = wish->protocol,
        .port = wish->port,
        .actions = actions,
        .action_count = wish->actions.count,
    };
    struct listeners_out *answer = out;
    struct listener *listener;

    if (balancer == NULL || tag_views_check(call, &wish->tags) != 0)
        return -1;
    for (uint32_t i = 0; i < wish->actions.count; i++) {
        if (read_action(call, &wish->actions.items[i], &actions[i]) != 0)
            return -1;
    }
    listener = listener_add(balancers, balancer, &wanted, &call->fault);
    if (listener == NULL)
        return -1;
    for (uint32_t i = 0; i < wish->tags.count; i++)
        tags_set(&listener->tags, wish->tags.items[i].key, wish->tags.items[i].value);
    view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    return 0;
}

#define NEEDS_LISTENER                                                                             \
    NEEDS_BALANCER                                                                                 \
        " ; " NEEDS_TARGET_GROUP                                                                   \
        " ; L=$(aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "      \
        "--default-actions Type=forward,TargetGroupArn=$TG --query "                               \
        "'Listeners[0].ListenerArn' --output text)"

const struct op op_create_listener = {
    .name = "CreateListener",
    .doc = "Makes a balancer listen on a port, and says what it does with a request.",
    .example = "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
               "--default-actions "
               "Type=forward,TargetGroupArn=$TG",
    .needs = NEEDS_BALANCER " ; " NEEDS_TARGET_GROUP,
    .in = &create_in_shape,
    .out = &listeners_out_shape,
    .faults = create_faults,
    .flags = OP_WRITE,
    .run = create_listener,
};

/* ---- describe, delete ---- */

struct describe_in {
    const char *balancer;
    struct strings arns;
    const char *marker;
    struct opt_int page_size;
};

struct describe_out {
    struct listeners_out found;
    const char *next;
};

static const struct field describe_in_fields[] = {
    F_STRING(struct describe_in, balancer, "LoadBalancerArn", "Those of this balancer.",
             .ref = &kind_balancer),
    F_STRINGS(struct describe_in, arns, "ListenerArns", "Only these.", .ref = &kind_listener),
    F_MARKER(struct describe_in, marker),
    F_PAGE_SIZE(struct describe_in, page_size),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeListenersInput", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, found.listeners, struct listener_view, &listener_view_shape,
           "Listeners", "The listeners."),
    F_NEXT_MARKER(struct describe_out, next),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeListenersOutput", struct describe_out, describe_out_fields);

static const struct paging paging = ELBV2_PAGING("Listeners");

static const struct fault_kind fault_listener_which = {
    .code = "ValidationError",
    .text = "You must specify either listener ARNs or a load balancer ARN",
    .hint = "Give --load-balancer-arn, or --listener-arns.",
};

static const struct fault_kind *const listener_faults[] = {
    &fault_listener_which,
    &fault_listener_not_found,
    &fault_balancer_not_found,
    &fault_elb_validation,
    NULL,
};

static int describe_wished(struct call *call, const struct describe_in *wish,
                           struct listeners_out *answer)
{
    struct balancers *balancers = &call->world->balancers;
    const struct balancer *balancer;

    if ((wish->balancer == NULL) == (wish->arns.count == 0))
        return call_fault(call, &fault_listener_which);
    for (uint32_t i = 0; i < wish->arns.count; i++) {
        const struct listener *listener = listener_find_arn(balancers, call->account, call->region,
                                                            wish->arns.items[i], &call->fault);

        if (listener == NULL)
            return -1;
        view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    }
    if (wish->balancer == NULL)
        return 0;
    balancer =
        balancer_find_arn(balancers, call->account, call->region, wish->balancer, &call->fault);
    if (balancer == NULL)
        return -1;
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer == balancer->id)
            view_listener(call, listener, LIST_PUSH_IN(&call->arena, &answer->listeners));
    }
    return 0;
}

static int describe_listeners(struct call *call, const void *in, void *out)
{
    const struct describe_in *wish = in;
    struct describe_out *answer = out;
    struct page page;

    if (describe_wished(call, wish, &answer->found) != 0 ||
        page_find(call, wish->page_size, wish->marker, answer->found.listeners.count, &page) != 0)
        return -1;
    PAGE_CUT(&answer->found.listeners, page);
    answer->next = page.next;
    return 0;
}

const struct op op_describe_listeners = {
    .name = "DescribeListeners",
    .doc = "Lists the listeners of a balancer.",
    .example = "aws elbv2 describe-listeners --load-balancer-arn $LB",
    .needs = NEEDS_BALANCER,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = listener_faults,
    .paging = &paging,
    .run = describe_listeners,
};

struct delete_in {
    const char *arn;
};

static const struct field delete_in_fields[] = {
    F_STRING(struct delete_in, arn, "ListenerArn", "The listener.", .flags = FIELD_REQUIRED,
             .ref = &kind_listener),
};

static const struct shape delete_in_shape =
    SHAPE("DeleteListenerInput", struct delete_in, delete_in_fields);

static int delete_listener(struct call *call, const void *in, void *out)
{
    const struct delete_in *wish = in;
    struct balancers *balancers = &call->world->balancers;
    struct listener *listener =
        listener_find_arn(balancers, call->account, call->region, wish->arn, &call->fault);

    (void)out;
    return listener == NULL ? -1 : listener_remove(balancers, listener, &call->fault);
}

const struct op op_delete_listener = {
    .name = "DeleteListener",
    .doc = "Makes a balancer stop listening on a port.",
    .example = "aws elbv2 delete-listener --listener-arn $L",
    .needs = NEEDS_LISTENER,
    .in = &delete_in_shape,
    .out = &shape_empty,
    .faults = listener_faults,
    .flags = OP_WRITE,
    .run = delete_listener,
};
