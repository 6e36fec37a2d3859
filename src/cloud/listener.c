/*
 * cloud/listener.c - listeners of load balancers, and what they do by default.
 *
 * Owns    nothing: the rows are cloud/balancer's.
 * True to CreateListener for HTTP listeners.  Refused by name: HTTPS (no certificates here yet),
 * actions that authenticate.
 */
#include "cloud/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/account.h"

enum { ACTION_GROUPS_MAX = 5, WEIGHT_MAX = 999, BODY_MAX = 1024 };

static const struct fault_kind port_taken, too_many, group_elsewhere, group_other_vpc, bad_action,
    too_many_actions;

/* ---- checking wishes ---- */

static int port_check(const struct listener_new *wish, struct fault *fault)
{
    if (wish->protocol == NULL)
        return elb_refusef(fault, "A listener protocol must be specified");
    if (!wish->port.set)
        return elb_refusef(fault, "A listener port must be specified");
    if (str_equal(wish->protocol, "HTTPS"))
        return elb_refusef(fault, "A certificate must be specified for HTTPS listeners");
    if (!str_equal(wish->protocol, "HTTP"))
        return elb_refusef(fault, "Listener protocol '%.40s' must be one of 'HTTPS, HTTP'",
                           wish->protocol);
    if (wish->port.value < 1 || wish->port.value > 65535)
        return elb_refusef(fault, "Listener port '%lld' must be between '1-65535' inclusive",
                           (long long)wish->port.value);
    return 0;
}

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

static int action_check(const struct balancers *balancers, const struct balancer *balancer,
                        const struct listener_new *wish, struct fault *fault)
{
    if (wish->action_count == 0)
        return elb_refusef(fault, "A listener default action must be specified");
    if (wish->action_count > 1)
        return fault_set(fault, &too_many_actions);
    switch (wish->actions[0].type) {
    case ACTION_FORWARD:
        return forward_check(balancers, balancer, &wish->actions[0], fault);
    case ACTION_FIXED_RESPONSE:
        return fixed_check(&wish->actions[0], fault);
    case ACTION_REDIRECT:
        return redirect_check(&wish->actions[0], fault);
    default:
        return elb_refusef(fault, "The action type is not supported here; use 'forward', "
                                  "'fixed-response' or 'redirect'");
    }
}

static bool is_same(const struct listener *listener, const struct listener_action *action)
{
    if (listener->action.type != action->type || action->type != ACTION_FORWARD ||
        listener->action.groups.count != action->groups.count)
        return false;
    for (uint32_t i = 0; i < action->groups.count; i++) {
        const struct action_group *old = &listener->action.groups.items[i];

        if (old->group != action->groups.items[i].group ||
            old->weight != action->groups.items[i].weight)
            return false;
    }
    return true;
}

/* ---- making and ending ---- */

static char *copy_of(const char *text)
{
    return text == NULL ? NULL : xstrdup(text);
}

static void action_copy(struct listener_action *to, const struct listener_action *from)
{
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

static void tell_trail(const struct balancers *balancers, const struct listener *listener,
                       const char *what)
{
    struct arena arena = ARENA_INIT;
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

    trail_add(
        balancers->trail,
        (struct trail_entry){
            .account = balancer->account,
            .region = balancer->region,
            .subject = balancer->id,
            .other = listener->id,
            .topic = TRAIL_BALANCER,
            .text = arena_printf(&arena, "load balancer %s: listener %s:%u %s", balancer->name,
                                 listener->protocol, (unsigned)listener->port, what),
        });
    arena_release(&arena);
}

static int64_t listener_count(const struct balancers *balancers, uint64_t balancer)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        count += listener->balancer == balancer;
    }
    return count;
}

struct listener *listener_add(struct balancers *balancers, struct balancer *balancer,
                              const struct listener_new *wish, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct listener *listener;

    if (port_check(wish, fault) != 0 || action_check(balancers, balancer, wish, fault) != 0)
        return NULL;
    listener = listener_of_port(balancers, balancer->id, (uint16_t)wish->port.value);
    if (listener != NULL && is_same(listener, &wish->actions[0]))
        return listener;
    if (listener != NULL) {
        fault_set(fault, &port_taken, balancer_arn(balancers, &arena, balancer));
        arena_release(&arena);
        return NULL;
    }
    if (listener_count(balancers, balancer->id) >=
        account_quota(balancers->accounts, balancer->account, QUOTA_LISTENERS_PER_BALANCER)) {
        fault_set(fault, &too_many, balancer_arn(balancers, &arena, balancer));
        arena_release(&arena);
        return NULL;
    }
    listener = table_add(&balancers->listeners, ids_new(balancers->ids));
    listener->balancer = balancer->id;
    listener->created = balancers->sim->now;
    listener->protocol = xstrdup(wish->protocol);
    listener->port = (uint16_t)wish->port.value;
    action_copy(&listener->action, &wish->actions[0]);
    tell_trail(balancers, listener, "created");
    balancer_review_uses(balancers, balancer->id);
    return listener;
}

int listener_remove(struct balancers *balancers, struct listener *listener, struct fault *fault)
{
    uint64_t balancer = listener->balancer;

    (void)fault;
    tell_trail(balancers, listener, "deleted");
    table_remove(&balancers->listeners, listener->id);
    balancer_review_uses(balancers, balancer);
    return 0;
}

/* ---- finding ---- */

struct listener *listener_find(const struct balancers *balancers, uint64_t id)
{
    return table_find(&balancers->listeners, id);
}

struct listener *listener_of_port(const struct balancers *balancers, uint64_t balancer,
                                  uint16_t port)
{
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer == balancer && listener->port == port)
            return listener;
    }
    return NULL;
}

struct listener *listener_find_arn(const struct balancers *balancers, uint64_t account,
                                   uint8_t region, const char *arn, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct listener *found = NULL;
    const char *digits = strrchr(arn, '/');

    if (!str_starts(arn, "arn:aws:elasticloadbalancing:") || strstr(arn, ":listener/") == NULL) {
        elb_refusef(fault, "'%.300s' is not a valid listener ARN", arn);
        return NULL;
    }
    if (digits != NULL && strlen(digits) == 17)
        found = listener_find(balancers, strtoull(digits + 1, NULL, 16));
    if (found != NULL && (balancer_find(balancers, account, region, found->balancer) == NULL ||
                          !str_equal(listener_arn(balancers, &arena, found), arn)))
        found = NULL;
    arena_release(&arena);
    if (found == NULL)
        fault_set(fault, &fault_listener_not_found);
    return found;
}

const char *listener_arn(const struct balancers *balancers, struct arena *arena,
                         const struct listener *listener)
{
    const struct balancer *balancer = table_get(&balancers->balancers, listener->balancer);

    return arena_printf(
        arena, "arn:aws:elasticloadbalancing:%s:%012llu:listener/app/%s/%016llx/%016llx",
        balancers->catalog->regions[balancer->region].name, (unsigned long long)balancer->account,
        balancer->name, (unsigned long long)balancer->id, (unsigned long long)listener->id);
}

int64_t listener_accounted(const struct listener_counts *counts)
{
    return counts->in_flight + counts->aborted + counts->target_2xx + counts->target_3xx +
           counts->target_4xx + counts->target_5xx + counts->elb_2xx + counts->elb_3xx +
           counts->elb_4xx + counts->elb_500 + counts->elb_502 + counts->elb_503 + counts->elb_504;
}

/* ---- tables ---- */

const struct fault_kind fault_listener_not_found = {
    .code = "ListenerNotFound",
    .text = "One or more listeners not found",
    .hint = "`aws elbv2 describe-listeners --load-balancer-arn` lists those that there are.",
};
static const struct fault_kind port_taken = {
    .code = "DuplicateListener",
    .text = "A listener already exists on this port for this load balancer '{}'",
    .hint = "Choose another port, or delete the old listener.",
};
static const struct fault_kind too_many = {
    .code = "TooManyListeners",
    .text = "The maximum number of listeners has been reached on load balancer '{}'",
    .hint = "Delete one, or raise the quota with `lab set-quota`.",
};
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
    .text = "Only one default action can be specified",
    .hint = "Give one action; a forward action may name several target groups with weights.",
};
