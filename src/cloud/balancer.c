/*
 * cloud/balancer.c - load balancers and their nodes.
 *
 * Owns    struct balancer, and the rows of struct listener and struct rule (business of
 *         cloud/listener and cloud/rule).
 * Moves   provisioning -> active, some minutes after its making.
 * Uses    cloud/network for the nodes' interfaces, cloud/firewall for the default group.
 * True to CreateLoadBalancer: an Application Load Balancer has two zones at least, a Network Load
 *         Balancer one; one subnet a zone, 8 free addresses in each.  Left out: IPv6, Outposts,
 *         address pools, zonal shift.
 */
#include "cloud/balancer.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "cloud/account.h"
#include "cloud/balancer_parts.h"
#include "cloud/event_kinds.h"
#include "cloud/firewall.h"
#include "cloud/network.h"
#include "cloud/route.h"
#include "cloud/web_acl.h"
#include "sim/clock.h"

enum { SUBNET_FREE_MIN = 8, NUMBER_MIN = 100000000 };

/* How long it is provisioning: as people see it at AWS, two minutes and a little. */
static const int64_t provisioning_low = 100 * SECOND_NS, provisioning_high = 160 * SECOND_NS;

static const struct fault_kind name_taken, too_many, same_zone, few_addresses, protected_one,
    other_vpc, no_gateway;

/* ---- checking wishes ---- */

static int name_check(const char *name, struct fault *fault)
{
    size_t length = strlen(name);

    if (length == 0)
        return elb_refusef(fault, "A load balancer name must be specified");
    if (length > 32)
        return elb_refusef(
            fault, "The load balancer name '%.80s' cannot be longer than '32' characters", name);
    for (size_t i = 0; i < length; i++) {
        char c = name[i];

        if (c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
            return elb_refusef(fault,
                               "The load balancer name '%s' can only contain characters that are "
                               "alphanumeric characters and hyphens(-)",
                               name);
    }
    if (name[0] == '-' || name[length - 1] == '-')
        return elb_refusef(
            fault, "The load balancer name '%s' cannot begin or end with a hyphen(-)", name);
    if (str_starts(name, "internal-"))
        return elb_refusef(fault, "The load balancer name '%s' cannot begin with 'internal-'",
                           name);
    return 0;
}

static const struct subnet *subnet_of(const struct balancers *balancers, uint64_t id)
{
    return table_get(&balancers->network->subnets, id);
}

static bool has_node_in(const struct balancer *balancer, uint64_t subnet)
{
    for (uint32_t i = 0; balancer != NULL && i < balancer->nodes.count; i++)
        if (balancer->nodes.items[i].subnet == subnet)
            return true;
    return false;
}

int balancer_subnets_check(const struct balancers *balancers, const struct balancer *balancer,
                           const struct balancer_subnets *wish, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    uint32_t zones = 0;
    int result = 0;

    if (wish->count == 0)
        return elb_refusef(fault, "At least one subnet must be specified");
    if (wish->count < 2 && !wish->network)
        return elb_refusef(fault,
                           "At least two subnets in two different Availability Zones must be "
                           "specified");
    for (uint32_t i = 0; result == 0 && i < wish->count; i++) {
        const struct subnet *subnet = subnet_of(balancers, wish->items[i]);
        uint64_t vpc =
            balancer != NULL ? balancer->vpc : subnet_of(balancers, wish->items[0])->vpc;

        if (subnet->vpc != vpc)
            result = fault_set(fault, &other_vpc);
        else if ((zones & zone_bit(subnet->zone)) != 0)
            result = fault_set(fault, &same_zone);
        else if (!has_node_in(balancer, subnet->id) && subnet_free(subnet) < SUBNET_FREE_MIN)
            result = fault_set(fault, &few_addresses, id_text(&arena, &kind_subnet, subnet->id));
        zones |= zone_bit(subnet->zone);
    }
    arena_release(&arena);
    return result;
}

/* Clients on the internet would never come in. */
static int gateway_check(const struct balancers *balancers, uint64_t vpc, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    int result = gateway_of_vpc(balancers->network, vpc) != NULL
                     ? 0
                     : fault_set(fault, &no_gateway, id_text(&arena, &kind_vpc, vpc));

    arena_release(&arena);
    return result;
}

static int wish_check(const struct balancers *balancers, const struct balancer_new *wish,
                      struct fault *fault)
{
    if (name_check(wish->name == NULL ? "" : wish->name, fault) != 0)
        return -1;
    if (wish->type != NULL && !str_equal(wish->type, "application") &&
        !str_equal(wish->type, "network"))
        return elb_refusef(fault,
                           "Load balancer type '%.40s' is not supported here; use 'application' "
                           "or 'network'",
                           wish->type);
    if (wish->scheme != NULL && !str_equal(wish->scheme, "internet-facing") &&
        !str_equal(wish->scheme, "internal"))
        return elb_refusef(fault, "Scheme '%.40s' must be one of 'internet-facing, internal'",
                           wish->scheme);
    if (balancer_subnets_check(balancers, NULL,
                               &(struct balancer_subnets){
                                   .items = wish->subnets,
                                   .count = wish->subnet_count,
                                   .network = str_equal(wish->type, "network"),
                               },
                               fault) != 0)
        return -1;
    return str_equal(wish->scheme, "internal")
               ? 0
               : gateway_check(balancers, subnet_of(balancers, wish->subnets[0])->vpc, fault);
}

static bool is_same(const struct balancer *balancer, const struct balancer_new *wish)
{
    const char *scheme = wish->scheme == NULL ? "internet-facing" : wish->scheme;
    const char *type = wish->type == NULL ? "application" : wish->type;

    if (!str_equal(balancer->scheme, scheme) || !str_equal(balancer->type, type) ||
        balancer->nodes.count != wish->subnet_count)
        return false;
    for (uint32_t i = 0; i < wish->subnet_count; i++) {
        bool found = false;

        for (uint32_t j = 0; j < balancer->nodes.count; j++)
            found = found || balancer->nodes.items[j].subnet == wish->subnets[i];
        if (!found)
            return false;
    }
    for (uint32_t i = 0; i < wish->group_count; i++) {
        bool found = false;

        for (uint32_t j = 0; j < balancer->groups.count; j++)
            found = found || (uint64_t)balancer->groups.items[j] == wish->groups[i];
        if (!found)
            return false;
    }
    return wish->group_count == 0 || wish->group_count == balancer->groups.count;
}

static int64_t balancer_count(const struct balancers *balancers, const struct balancer_new *wish)
{
    bool network = str_equal(wish->type, "network");
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        const struct balancer *balancer = table_at(&balancers->balancers, i);

        count += balancer->account == wish->account && balancer->region == wish->region &&
                 balancer_is_network(balancer) == network;
    }
    return count;
}

/* ---- making and ending ---- */

const char *balancer_kind(const struct balancer *balancer)
{
    return balancer_is_network(balancer) ? "net" : "app";
}

void balancer_tell(const struct balancers *balancers, const struct balancer *balancer,
                   const char *what)
{
    struct arena arena = ARENA_INIT;

    trail_add(balancers->trail,
              (struct trail_entry){
                  .account = balancer->account,
                  .region = balancer->region,
                  .subject = balancer->id,
                  .topic = TRAIL_BALANCER,
                  .text = arena_printf(&arena, "load balancer %s: %s", balancer->name, what),
              });
    arena_release(&arena);
}

void balancer_node_add(struct balancers *balancers, struct balancer *balancer, uint64_t subnet)
{
    struct arena arena = ARENA_INIT;
    struct fault fault = FAULT_INIT;
    uint64_t *groups = arena_alloc(&arena, (balancer->groups.count + 1) * sizeof(*groups));
    struct interface_new node = {
        .account = balancer->account,
        .subnet = subnet,
        .owner = balancer->id,
        .owner_kind = OWNER_BALANCER,
        .public_address = str_equal(balancer->scheme, "internet-facing"),
        .groups = groups,
        .group_count = balancer->groups.count,
        .description = arena_printf(&arena, "ELB %s/%s/%016llx", balancer_kind(balancer),
                                    balancer->name, (unsigned long long)balancer->id),
    };
    const struct interface *interface;

    for (uint32_t i = 0; i < balancer->groups.count; i++)
        groups[i] = (uint64_t)balancer->groups.items[i];
    interface = interface_add(balancers->network, &node, &fault);
    if (interface == NULL)
        BUG("no address for a node: %s", fault.message);
    *LIST_PUSH(&balancer->nodes) = (struct balancer_node){
        .interface = interface->id,
        .subnet = interface->subnet,
        .address = interface->address,
        .public_address = interface->public_address,
        .zone = interface->zone,
    };
    arena_release(&arena);
}

static void groups_add(const struct balancers *balancers, struct balancer *balancer,
                       const struct balancer_new *wish)
{
    const struct security_group *preset;

    for (uint32_t i = 0; i < wish->group_count; i++)
        *LIST_PUSH(&balancer->groups) = (int64_t)wish->groups[i];
    if (wish->group_count > 0 || balancer_is_network(balancer))
        return;
    preset = security_group_find_name(balancers->firewall, balancer->vpc, "default");
    if (preset != NULL)
        *LIST_PUSH(&balancer->groups) = (int64_t)preset->id;
}

void balancer_changed(const struct balancers *balancers, const struct balancer *balancer,
                      bool there)
{
    if (balancers->changed != NULL)
        balancers->changed(balancers->changed_context, balancer, there);
}

struct balancer *balancer_add(struct balancers *balancers, const struct balancer_new *wish,
                              struct fault *fault)
{
    struct balancer *balancer;
    struct chance luck;

    if (wish_check(balancers, wish, fault) != 0)
        return NULL;
    balancer = balancer_find_name(balancers, wish->account, wish->region, wish->name);
    if (balancer != NULL && is_same(balancer, wish))
        return balancer;
    if (balancer != NULL) {
        fault_set(fault, &name_taken, wish->name);
        return NULL;
    }
    if (balancer_count(balancers, wish) >=
        account_quota(balancers->accounts, wish->account,
                      str_equal(wish->type, "network") ? QUOTA_NETWORK_BALANCERS
                                                       : QUOTA_BALANCERS)) {
        fault_set(fault, &too_many);
        return NULL;
    }
    balancer = table_add(&balancers->balancers, ids_new(balancers->ids));
    luck = chance_stream(balancers->seed, "balancer", balancer->id);
    balancer->account = wish->account;
    balancer->vpc = subnet_of(balancers, wish->subnets[0])->vpc;
    balancer->region = wish->region;
    balancer->created = balancers->sim->now;
    balancer->number = NUMBER_MIN + chance_below(&luck, INT32_MAX - NUMBER_MIN);
    balancer->name = xstrdup(wish->name);
    balancer->type = xstrdup(wish->type == NULL ? "application" : wish->type);
    balancer->scheme = xstrdup(wish->scheme == NULL ? "internet-facing" : wish->scheme);
    balancer->idle_timeout_s = balancer_is_network(balancer) ? 350 : 60;
    balancer->state = BALANCER_PROVISIONING;
    groups_add(balancers, balancer, wish);
    for (uint32_t i = 0; i < wish->subnet_count; i++)
        balancer_node_add(balancers, balancer, wish->subnets[i]);
    sim_schedule(balancers->sim, chance_between_ns(&luck, provisioning_low, provisioning_high),
                 EVENT_BALANCER_STEP, balancer->id, BALANCER_ACTIVE);
    balancer->luck = luck;
    balancer_tell(balancers, balancer, "provisioning");
    balancer_changed(balancers, balancer, true);
    return balancer;
}

static void run_balancer_step(void *context, const struct event *event)
{
    struct balancers *balancers = context;
    struct balancer *balancer = table_find(&balancers->balancers, event->subject);

    if (balancer == NULL || balancer->state == event->detail)
        return;
    balancer->state = (uint8_t)event->detail;
    balancer_tell(balancers, balancer, "provisioning -> active");
    balancer_review_uses(balancers, balancer->id);
}

int balancer_remove(struct balancers *balancers, struct balancer *balancer, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    uint64_t id = balancer->id;

    if (balancer->protected) {
        fault_set(fault, &protected_one, balancer_arn(balancers, &arena, balancer));
        arena_release(&arena);
        return -1;
    }
    request_balancer_gone(balancers->requests, id);
    for (uint32_t i = table_count(&balancers->listeners); i-- > 0;) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer != id)
            continue;
        listener_drop_rules(balancers, listener->id);
        table_remove(&balancers->listeners, listener->id);
    }
    balancer_review_uses(balancers, id);
    for (uint32_t i = 0; i < balancer->nodes.count; i++)
        interface_remove(balancers->network, balancer->nodes.items[i].interface);
    balancer_tell(balancers, balancer, "deleted");
    balancer_changed(balancers, balancer, false);
    table_remove(&balancers->balancers, id);
    return 0;
}

void listener_drop_rules(struct balancers *balancers, uint64_t listener)
{
    for (uint32_t i = table_count(&balancers->rules); i-- > 0;) {
        const struct rule *rule = table_at(&balancers->rules, i);

        if (rule->listener == listener)
            table_remove(&balancers->rules, rule->id);
    }
}

/* ---- uses ---- */

bool action_uses(const struct listener_action *action, uint64_t group)
{
    for (uint32_t i = 0; action->type == ACTION_FORWARD && i < action->groups.count; i++)
        if (action->groups.items[i].group == group)
            return true;
    return false;
}

static bool uses(const struct balancers *balancers, uint64_t balancer, uint64_t group)
{
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        if (listener->balancer == balancer && action_uses(&listener->action, group))
            return true;
    }
    for (uint32_t i = 0; i < table_count(&balancers->rules); i++) {
        const struct rule *rule = table_at(&balancers->rules, i);
        const struct listener *listener = table_get(&balancers->listeners, rule->listener);

        if (listener->balancer == balancer && action_uses(&rule->action, group))
            return true;
    }
    return false;
}

void balancer_review_uses(struct balancers *balancers, uint64_t id)
{
    const struct balancer *balancer = table_get(&balancers->balancers, id);
    uint32_t zones = 0;

    for (uint32_t i = 0; i < balancer->nodes.count; i++)
        zones |= zone_bit(balancer->nodes.items[i].zone);
    for (uint32_t i = 0; i < table_count(&balancers->groups->groups); i++) {
        struct target_group *group = table_at(&balancers->groups->groups, i);
        bool used = uses(balancers, id, group->id);
        bool active = balancer->state == BALANCER_ACTIVE;

        if (used && (group->balancer != id || group->serving != active || group->zones != zones))
            target_group_set_use(
                balancers->groups, group,
                (struct target_use){.balancer = id, .zones = zones, .active = active});
        else if (!used && group->balancer == id)
            target_group_set_use(balancers->groups, group, (struct target_use){0});
    }
}

/* ---- finding ---- */

struct balancer *balancer_find(const struct balancers *balancers, uint64_t account, uint8_t region,
                               uint64_t id)
{
    struct balancer *balancer = table_find(&balancers->balancers, id);

    if (balancer == NULL || balancer->account != account || balancer->region != region)
        return NULL;
    return balancer;
}

struct balancer *balancer_find_name(const struct balancers *balancers, uint64_t account,
                                    uint8_t region, const char *name)
{
    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        struct balancer *balancer = table_at(&balancers->balancers, i);

        if (balancer->account == account && balancer->region == region &&
            str_equal(balancer->name, name))
            return balancer;
    }
    return NULL;
}

struct balancer *balancer_find_arn(const struct balancers *balancers, uint64_t account,
                                   uint8_t region, const char *arn, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    struct balancer *found = NULL;
    const char *digits = strrchr(arn, '/');

    if (!str_starts(arn, "arn:aws:elasticloadbalancing:") ||
        strstr(arn, ":loadbalancer/") == NULL) {
        elb_refusef(fault, "'%.300s' is not a valid load balancer ARN", arn);
        return NULL;
    }
    if (digits != NULL && strlen(digits) == 17)
        found = balancer_find(balancers, account, region, strtoull(digits + 1, NULL, 16));
    if (found != NULL && !str_equal(balancer_arn(balancers, &arena, found), arn))
        found = NULL;
    arena_release(&arena);
    if (found == NULL)
        fault_set(fault, &fault_balancer_missing, arn);
    return found;
}

const struct balancer_node *balancer_node_find(const struct balancer *balancer, uint32_t address)
{
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        const struct balancer_node *node = &balancer->nodes.items[i];

        if (node->address == address || (address != 0 && node->public_address == address))
            return node;
    }
    return NULL;
}

bool balancer_is_network(const struct balancer *balancer)
{
    return *balancer->type == 'n'; /* "network", not "application"; each request asks */
}

bool balancer_crosses_zones(const struct balancer *balancer)
{
    return !balancer_is_network(balancer) || balancer->crosses;
}

/* ---- the room ---- */

static const struct event_kind step_kind = {
    .name = "balancer-step",
    .run = run_balancer_step,
};

void balancers_init(struct balancers *balancers)
{
    table_init(&balancers->balancers, &balancer_shape);
    table_init(&balancers->listeners, &listener_shape);
    table_init(&balancers->rules, &listener_rule_shape);
    sim_handle(balancers->sim, EVENT_BALANCER_STEP, &step_kind, balancers);
}

void balancers_release(struct balancers *balancers)
{
    table_release(&balancers->balancers);
    table_release(&balancers->listeners);
    table_release(&balancers->rules);
}

static bool action_is_sound(const struct balancers *balancers, const struct listener_action *action)
{
    for (uint32_t i = 0; i < action->groups.count; i++)
        if (table_find(&balancers->groups->groups, action->groups.items[i].group) == NULL)
            return false;
    if (action->type == ACTION_FORWARD)
        return action->groups.count > 0;
    return action->type == ACTION_FIXED_RESPONSE || action->type == ACTION_REDIRECT;
}

static bool rule_is_sound(const struct balancers *balancers, const struct rule *rule)
{
    for (uint32_t i = 0; i < rule->conditions.count; i++) {
        const struct rule_condition *condition = &rule->conditions.items[i];

        if (condition->field < RULE_PATH || condition->field > RULE_SOURCE ||
            (condition->field == RULE_HEADER) != (condition->header != NULL) ||
            condition->values.count == 0)
            return false;
        for (uint32_t j = 0; j < condition->values.count; j++)
            if (condition->values.items[j].value == NULL)
                return false;
    }
    return rule->conditions.count > 0 && action_is_sound(balancers, &rule->action) &&
           table_find(&balancers->listeners, rule->listener) != NULL;
}

static bool rules_sound(const struct balancers *balancers)
{
    for (uint32_t i = 0; i < table_count(&balancers->rules); i++)
        if (!rule_is_sound(balancers, table_at(&balancers->rules, i)))
            return false;
    return true;
}

bool balancers_restore(const struct balancers *balancers)
{
    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        const struct balancer *balancer = table_at(&balancers->balancers, i);

        if (balancer->region >= balancers->catalog->region_count || balancer->name == NULL ||
            balancer->type == NULL || balancer->scheme == NULL || balancer->nodes.count == 0)
            return false;
        if (balancer->web_acl != 0 && web_acl_find(balancers->acls, balancer->account,
                                                   balancer->region, balancer->web_acl) == NULL)
            return false;
        for (uint32_t j = 0; j < balancer->nodes.count; j++)
            if (interface_find(balancers->network, balancer->nodes.items[j].interface) == NULL)
                return false;
    }
    for (uint32_t i = 0; i < table_count(&balancers->listeners); i++) {
        const struct listener *listener = table_at(&balancers->listeners, i);

        if (table_find(&balancers->balancers, listener->balancer) == NULL ||
            listener->protocol == NULL || !action_is_sound(balancers, &listener->action))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&balancers->groups->groups); i++) {
        const struct target_group *group = table_at(&balancers->groups->groups, i);

        if (group->balancer != 0 && table_find(&balancers->balancers, group->balancer) == NULL)
            return false;
    }
    return rules_sound(balancers);
}

/* ---- faults ---- */

const struct fault_kind fault_balancer_not_found = {
    .code = "LoadBalancerNotFound",
    .text = "One or more load balancers not found",
    .hint = "`aws elbv2 describe-load-balancers` lists those that there are.",
};
const struct fault_kind fault_balancer_missing = {
    .code = "LoadBalancerNotFound",
    .text = "Load balancer '{}' not found",
    .hint = "`aws elbv2 describe-load-balancers` lists those that there are.",
};
static const struct fault_kind name_taken = {
    .code = "DuplicateLoadBalancerName",
    .text = "A load balancer with the same name '{}' exists, but with different settings",
    .hint = "Names are unique in a Region: choose another, or delete the old one.",
};
static const struct fault_kind too_many = {
    .code = "TooManyLoadBalancers",
    .text = "The maximum number of load balancers has been reached",
    .hint = "Delete those that nobody needs, or raise the quota with `lab set-quota`.",
};
static const struct fault_kind same_zone = {
    .code = "InvalidConfigurationRequest",
    .text = "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    .hint = "Give one subnet of each zone.",
};
static const struct fault_kind other_vpc = {
    .code = "InvalidConfigurationRequest",
    .text = "The specified subnets must belong to the same VPC",
    .hint = "`aws ec2 describe-subnets` shows the VPC of each.",
};
static const struct fault_kind few_addresses = {
    .code = "InvalidSubnet",
    .text = "Not enough IP space available in {}. ELB requires at least 8 free IP addresses in "
            "each subnet.",
    .hint = "Use another subnet, or free some of its addresses.",
};
static const struct fault_kind no_gateway = {
    .code = "InvalidSubnet",
    .text = "VPC {} has no internet gateway",
    .hint = "Attach one with `aws ec2 attach-internet-gateway`, or make the load balancer "
            "--scheme internal.",
};
static const struct fault_kind protected_one = {
    .code = "OperationNotPermitted",
    .text = "Load balancer '{}' cannot be deleted because deletion protection is enabled",
    .hint = "Set the attribute deletion_protection.enabled to false first.",
};
