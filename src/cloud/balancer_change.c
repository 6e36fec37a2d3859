/*
 * cloud/balancer_change.c - what may be changed of a load balancer: zones, security groups,
 * attributes, those of its listeners too.
 *
 * A node whose zone is taken away goes at once, and what is under way through it is lost.
 */
#include "base/str.h"
#include "cloud/balancer_parts.h"
#include "cloud/firewall.h"
#include "cloud/network.h"
#include "sim/clock.h"

static const struct fault_kind groups_elsewhere, no_groups_ever;

static bool is_wanted(const uint64_t *subnets, uint32_t count, uint64_t subnet)
{
    for (uint32_t i = 0; i < count; i++)
        if (subnets[i] == subnet)
            return true;
    return false;
}

int balancer_set_subnets(struct balancers *balancers, struct balancer *balancer,
                         const uint64_t *subnets, uint32_t count, struct fault *fault)
{
    struct balancer_subnets wish = {subnets, count, balancer_is_network(balancer)};

    if (balancer_subnets_check(balancers, balancer, &wish, fault) != 0)
        return -1;
    for (uint32_t i = balancer->nodes.count; i-- > 0;) {
        if (is_wanted(subnets, count, balancer->nodes.items[i].subnet))
            continue;
        interface_remove(balancers->network, balancer->nodes.items[i].interface);
        LIST_REMOVE(&balancer->nodes, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        bool has = false;

        for (uint32_t j = 0; j < balancer->nodes.count; j++)
            has = has || balancer->nodes.items[j].subnet == subnets[i];
        if (!has)
            balancer_node_add(balancers, balancer, subnets[i]);
    }
    balancer_tell(balancers, balancer, "has other zones");
    balancer_changed(balancers, balancer, true);
    balancer_review_uses(balancers, balancer->id);
    return 0;
}

int balancer_set_groups(struct balancers *balancers, struct balancer *balancer,
                        const uint64_t *groups, uint32_t count, struct fault *fault)
{
    if (balancer_is_network(balancer) && balancer->groups.count == 0)
        return fault_set(fault, &no_groups_ever);
    if (count == 0)
        return elb_refusef(fault, "At least one security group must be specified");
    for (uint32_t i = 0; i < count; i++) {
        const struct security_group *group = table_get(&balancers->firewall->table, groups[i]);

        if (group->vpc != balancer->vpc)
            return fault_set(fault, &groups_elsewhere);
    }
    balancer->groups.count = 0;
    for (uint32_t i = 0; i < count; i++)
        *LIST_PUSH(&balancer->groups) = (int64_t)groups[i];
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        struct interface *interface =
            interface_find(balancers->network, balancer->nodes.items[i].interface);

        interface_set_groups(interface, groups, count);
    }
    balancer_tell(balancers, balancer, "has other security groups");
    return 0;
}

int balancer_set_attributes(struct balancers *balancers, struct balancer *balancer,
                            const struct pair *attributes, uint32_t count, struct fault *fault)
{
    const struct attribute_table *table = balancer_attribute_table(balancer);

    (void)balancers;
    if (attributes_set(table, &balancer->attributes, attributes, count, fault) != 0)
        return -1;
    balancer->crosses =
        attributes_is_true(table, &balancer->attributes, "load_balancing.cross_zone.enabled");
    if (!balancer_is_network(balancer))
        balancer->idle_timeout_s =
            (uint32_t)attributes_int(table, &balancer->attributes, "idle_timeout.timeout_seconds");
    balancer->protected =
        attributes_is_true(table, &balancer->attributes, "deletion_protection.enabled");
    return 0;
}

int listener_set_attributes(struct balancers *balancers, struct listener *listener,
                            const struct pair *attributes, uint32_t count, struct fault *fault)
{
    static const char idle_key[] = "tcp.idle_timeout.seconds";
    const struct attribute_table *table = listener_attribute_table(listener);

    (void)balancers;
    if (attributes_set(table, &listener->attributes, attributes, count, fault) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        if (str_equal(attributes[i].key, idle_key))
            listener->idle_timeout_s =
                (uint32_t)attributes_int(table, &listener->attributes, idle_key);
    return 0;
}

int64_t listener_idle_ns(const struct balancer *balancer, const struct listener *listener)
{
    bool own = listener->idle_timeout_s > 0 && str_starts(listener->protocol, "TCP");

    return (own ? listener->idle_timeout_s : balancer->idle_timeout_s) * SECOND_NS;
}

struct balancer *balancer_of_web_acl(const struct balancers *balancers, uint64_t web_acl,
                                     const struct balancer *after)
{
    bool is_behind = after == NULL;

    for (uint32_t i = 0; i < table_count(&balancers->balancers); i++) {
        struct balancer *balancer = table_at(&balancers->balancers, i);

        if (is_behind && balancer->web_acl == web_acl)
            return balancer;
        is_behind = is_behind || balancer == after;
    }
    return NULL;
}

/* ---- faults ---- */

static const struct fault_kind groups_elsewhere = {
    .code = "InvalidConfigurationRequest",
    .text = "One or more security groups are invalid",
    .hint = "A load balancer and its security groups share one VPC.",
};
static const struct fault_kind no_groups_ever = {
    .code = "InvalidConfigurationRequest",
    .text = "You cannot associate security groups with a Network Load Balancer that was created "
            "without them",
    .hint = "Make a new one with --security-groups.",
};
