/*
 * cloud/action.c - what listeners and rules do with a request: forward, redirect, fixed response.
 *
 * Owns    nothing: actions lie in the rows of listeners and rules.
 * True to the actions of CreateListener and CreateRule.  Refused by name: those that authenticate.
 */
#include "cloud/action.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/account.h"

enum { ACTION_GROUPS_MAX = 5, WEIGHT_MAX = 999, BODY_MAX = 1024, STICKY_MAX_S = 604800 };

static const struct fault_kind group_elsewhere, group_other_vpc, bad_action, too_many_actions,
    too_many_groups, other_protocol, network_forwards;

/* ---- checking wishes ---- */

static int forward_check(const struct balancers *balancers, const struct balancer *balancer,
                         const struct listener_action *action, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    int result = 0;

    if (action->groups.count == 0)
        return elb_refusef(fault, "A target group ARN must be specified");
    if (action->groups.count > ACTION_GROUPS_MAX)
        return elb_refusef(fault, "Up to '5' target groups can be specified in a forward action");
    for (uint32_t i = 0; result == 0 && i < action->groups.count; i++) {
        const struct action_group *item = &action->groups.items[i];
        const struct target_group *group = table_get(&balancers->groups->groups, item->group);
        const char *arn = target_group_arn(balancers->groups, &arena, group);

        for (uint32_t j = 0; j < i; j++)
            if (action->groups.items[j].group == item->group)
                result = elb_refusef(fault, "Target group '%s' was specified more than once", arn);
        if (item->weight > WEIGHT_MAX)
            result = elb_refusef(
                fault, "Target group weight '%u' must be between '0-999' inclusive", item->weight);
        else if (group->vpc != balancer->vpc)
            result = fault_set(fault, &group_other_vpc, arn);
        else if (group->balancer != 0 && group->balancer != balancer->id)
            result = fault_set(fault, &group_elsewhere, arn);
    }
    arena_release(&arena);
    return result;
}

static int fixed_check(const struct listener_action *action, struct fault *fault)
{
    static const char *const types[] = {"text/plain", "text/css", "text/html",
                                        "application/javascript", "application/json"};
    bool known = action->content_type == NULL;

    if (action->status < 200 || action->status > 599 ||
        (action->status >= 300 && action->status < 400))
        return elb_refusef(fault, "The status code '%u' must match the pattern '^(2|4|5)\\d\\d$'",
                           (unsigned)action->status);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        known = known || str_equal(types[i], action->content_type);
    if (!known)
        return fault_set(fault, &bad_action,
                         "The ContentType must be one of:'text/html', 'application/json', "
                         "'application/javascript', 'text/css', 'text/plain'");
    if (action->body != NULL && strlen(action->body) > BODY_MAX)
        return elb_refusef(fault, "The message body cannot be longer than '1024' characters");
    return 0;
}

static int redirect_check(const struct listener_action *action, struct fault *fault)
{
    if (action->status != 301 && action->status != 302)
        return elb_refusef(fault, "The redirect status code must be one of 'HTTP_301, HTTP_302'");
    if (action->path != NULL && action->path[0] != '/')
        return elb_refusef(fault, "The redirect path must begin with '/'");
    if (action->protocol == NULL && action->port == NULL && action->host == NULL &&
        action->path == NULL && action->query == NULL)
        return fault_set(fault, &bad_action,
                         "You must specify at least one of the following: protocol, port, host, "
                         "path or query, to avoid a redirect loop");
    return 0;
}

static int stickiness_check(const struct listener_action *action, struct fault *fault)
{
    if (action->stickiness_s.set &&
        (action->stickiness_s.value < 1 || action->stickiness_s.value > STICKY_MAX_S))
        return elb_refusef(fault,
                           "Target group stickiness duration must be between '1-604800' inclusive");
    if (action->stickiness.value && !action->stickiness_s.set)
        return elb_refusef(fault, "Target group stickiness duration must be specified when target "
                                  "group stickiness is enabled");
    return 0;
}

/* How many groups the balancer would use with these as well. */
static int64_t groups_with(const struct balancers *balancers, const struct balancer *balancer,
                           const struct listener_action *action)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&balancers->groups->groups); i++) {
        const struct target_group *group = table_at(&balancers->groups->groups, i);

        count += group->balancer == balancer->id || action_uses(action, group->id);
    }
    return count;
}

static int room_check(const struct balancers *balancers, const struct balancer *balancer,
                      const struct listener_action *action, struct fault *fault)
{
    struct arena arena = ARENA_INIT;

    if (groups_with(balancers, balancer, action) <=
        account_quota(balancers->accounts, balancer->account, QUOTA_GROUPS_PER_BALANCER))
        return 0;
    fault_set(fault, &too_many_groups, balancer_arn(balancers, &arena, balancer));
    arena_release(&arena);
    return -1;
}

/* To which groups a listener of a network balancer may forward, as its user guide says. */
static bool fits_network(const char *listener, const char *group)
{
    static const char *const pairs[][2] = {
        {"TCP", "TCP"}, {"TCP", "TCP_UDP"}, {"TLS", "TLS"}, {"TLS", "TCP"},
        {"UDP", "UDP"}, {"UDP", "TCP_UDP"}, {"TCP_UDP", "TCP_UDP"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (str_equal(pairs[i][0], listener) && str_equal(pairs[i][1], group))
            return true;
    return false;
}

/* A network balancer forwards connections and datagrams to one group of its protocols, an
 * application balancer requests to groups of HTTP and HTTPS. */
static int protocol_check(const struct balancers *balancers, const struct action_wish *wish,
                          struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    bool network = balancer_is_network(wish->balancer);
    const struct listener_action *action = wish->actions;
    int result = 0;

    if (network && action->type != ACTION_FORWARD)
        return fault_set(fault, &network_forwards);
    if (network && action->groups.count > 1)
        return fault_set(fault, &network_forwards);
    for (uint32_t i = 0; result == 0 && action->type == ACTION_FORWARD && i < action->groups.count;
         i++) {
        const struct target_group *group =
            table_get(&balancers->groups->groups, action->groups.items[i].group);

        if (target_group_is_network(group) != network ||
            (network && !fits_network(wish->protocol, group->protocol)))
            result = fault_set(fault, &other_protocol, group->protocol,
                               target_group_arn(balancers->groups, &arena, group),
                               wish->protocol);
    }
    arena_release(&arena);
    return result;
}

int action_check(const struct balancers *balancers, const struct action_wish *wish,
                 struct fault *fault)
{
    const struct listener_action *action = wish->actions;

    if (wish->count == 0)
        return elb_refusef(fault, "A %s action must be specified", wish->noun);
    if (wish->count > 1)
        return fault_set(fault, &too_many_actions, wish->noun);
    if (protocol_check(balancers, wish, fault) != 0)
        return -1;
    switch (action->type) {
    case ACTION_FORWARD:
        return forward_check(balancers, wish->balancer, action, fault) != 0 ||
                       stickiness_check(action, fault) != 0
                   ? -1
                   : room_check(balancers, wish->balancer, action, fault);
    case ACTION_FIXED_RESPONSE:
        return fixed_check(action, fault);
    case ACTION_REDIRECT:
        return redirect_check(action, fault);
    default:
        return elb_refusef(fault, "The action type is not supported here; use 'forward', "
                                  "'fixed-response' or 'redirect'");
    }
}

/* ---- rows ---- */

static char *copy_of(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

void action_set(struct listener_action *to, const struct listener_action *from)
{
    shape_release(&listener_action_shape, to);
    *to = (struct listener_action){
        .type = from->type,
        .status = from->status,
        .content_type = copy_of(from->content_type),
        .body = copy_of(from->body),
        .protocol = copy_of(from->protocol),
        .port = copy_of(from->port),
        .host = copy_of(from->host),
        .path = copy_of(from->path),
        .query = copy_of(from->query),
        .stickiness = from->stickiness,
        .stickiness_s = from->stickiness_s,
    };
    for (uint32_t i = 0; i < from->groups.count; i++)
        *LIST_PUSH(&to->groups) = from->groups.items[i];
}

bool action_is_same(const struct listener_action *a, const struct listener_action *b)
{
    if (a->type != b->type || a->type != ACTION_FORWARD || a->groups.count != b->groups.count)
        return false;
    for (uint32_t i = 0; i < a->groups.count; i++)
        if (a->groups.items[i].group != b->groups.items[i].group ||
            a->groups.items[i].weight != b->groups.items[i].weight)
            return false;
    return true;
}

/* ---- faults ---- */

static const struct fault_kind group_elsewhere = {
    .code = "TargetGroupAssociationLimit",
    .text = "The following target groups cannot be associated with more than one load balancer: {}",
    .hint = "Make a second target group with the same targets.",
};
static const struct fault_kind group_other_vpc = {
    .code = "InvalidConfigurationRequest",
    .text = "The following target groups are not in the same VPC as the load balancer: {}",
    .hint = "A load balancer and its target groups share one VPC.",
};
static const struct fault_kind bad_action = {
    .code = "InvalidLoadBalancerAction",
    .text = "{}",
    .hint = "The message says what the action lacks.",
};
static const struct fault_kind too_many_actions = {
    .code = "TooManyActions",
    .text = "Only one {} action can be specified",
    .hint = "Give one action; a forward action may name several target groups with weights.",
};
static const struct fault_kind too_many_groups = {
    .code = "TooManyUniqueTargetGroupsPerLoadBalancer",
    .text = "You have reached the maximum number of unique target groups that you can associate "
            "with load balancer '{}'",
    .hint = "Let listeners and rules share groups, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind other_protocol = {
    .code = "IncompatibleProtocols",
    .text = "The {} protocol of target group '{}' cannot be used with a {} listener",
    .hint = "HTTP and HTTPS groups go with an Application Load Balancer, TCP and TLS groups with a "
            "Network Load Balancer.",
};
static const struct fault_kind network_forwards = {
    .code = "InvalidLoadBalancerAction",
    .text = "A listener of a Network Load Balancer must forward to one target group",
    .hint = "It sees connections, not requests: redirects, answers and weights need an Application "
            "Load Balancer.",
};
