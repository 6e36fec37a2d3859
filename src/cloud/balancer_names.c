/*
 * cloud/balancer_names.c - the names of load balancers, and for which addresses they stand.
 *
 * True to Elastic Load Balancing for the forms of ARNs and DNS names, and to SEMANTICS c2 for the
 * zones that leave DNS.
 */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "cloud/balancer_parts.h"

const char *balancer_state_name(uint8_t state)
{
    return state == BALANCER_ACTIVE ? "active" : "provisioning";
}

const char *balancer_arn(const struct balancers *balancers, struct arena *arena,
                         const struct balancer *balancer)
{
    return arena_printf(
        arena, "arn:aws:elasticloadbalancing:%s:%012llu:loadbalancer/%s/%s/%016llx",
        balancers->catalog->regions[balancer->region].name, (unsigned long long)balancer->account,
        balancer_kind(balancer), balancer->name, (unsigned long long)balancer->id);
}

const char *balancer_dns_name(const struct balancers *balancers, struct arena *arena,
                              const struct balancer *balancer)
{
    if (balancer_is_network(balancer))
        return arena_printf(arena, "%s-%016llx.elb.%s.amazonaws.com", balancer->name,
                            (unsigned long long)balancer->id,
                            balancers->catalog->regions[balancer->region].name);
    return arena_printf(arena, "%s%s-%llu.%s.elb.amazonaws.com",
                        str_equal(balancer->scheme, "internal") ? "internal-" : "", balancer->name,
                        (unsigned long long)balancer->number,
                        balancers->catalog->regions[balancer->region].name);
}

const char *balancer_hosted_zone(const struct balancers *balancers, const struct balancer *balancer)
{
    static const struct {
        const char *region;
        const char *zone;
        const char *network;
    } zones[] = {
        {"us-east-1", "Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"},
        {"us-west-2", "Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
        {"eu-west-1", "Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
    };
    const char *region = balancers->catalog->regions[balancer->region].name;

    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
        if (str_equal(zones[i].region, region))
            return balancer_is_network(balancer) ? zones[i].network : zones[i].zone;
    return "";
}

struct balancer *balancer_of_name(const struct balancers *balancers, const char *name)
{
    struct balancer *found = NULL;
    struct arena arena = ARENA_INIT;

    if (strcasestr(name, ".elb.") == NULL)
        return NULL;
    for (uint32_t i = 0; found == NULL && i < table_count(&balancers->balancers); i++) {
        struct balancer *balancer = table_at(&balancers->balancers, i);

        if (strcasecmp(balancer_dns_name(balancers, &arena, balancer), name) == 0)
            found = balancer;
    }
    arena_release(&arena);
    return found;
}

bool balancer_node_failed(const struct balancers *balancers, uint8_t zone)
{
    return balancers->zone_failed != NULL && balancers->zone_failed(balancers->zone_context, zone);
}

/* Has that zone fewer healthy targets of a group than its threshold for DNS (SEMANTICS c2)?  A
 * group in which nobody is registered says nothing. */
static bool group_fails(const struct balancers *balancers, const struct balancer *balancer,
                        const struct target_group *group, uint8_t zone)
{
    bool crosses = target_group_crosses(group, balancer_crosses_zones(balancer));
    struct target_census census = target_group_census(balancers->groups, group, ZONE_ANY);

    if (census.usable == 0)
        return false;
    if (!crosses)
        census = target_group_census(balancers->groups, group, zone);
    return census_is_below(census, group->policy.dns);
}

bool balancer_zone_is_healthy(const struct balancers *balancers, const struct balancer *balancer,
                              uint8_t zone)
{
    if (balancer_node_failed(balancers, zone))
        return false;
    for (uint32_t i = 0; i < table_count(&balancers->groups->groups); i++) {
        const struct target_group *group = table_at(&balancers->groups->groups, i);

        if (group->balancer == balancer->id && group_fails(balancers, balancer, group, zone))
            return false;
    }
    return true;
}

uint32_t balancer_zonal_address(const struct balancers *balancers, const char *name)
{
    const char *rest = strchr(name, '.');
    const struct balancer *balancer = rest == NULL ? NULL : balancer_of_name(balancers, rest + 1);

    if (balancer == NULL || !balancer_is_network(balancer) || balancer->state != BALANCER_ACTIVE)
        return 0;
    for (uint32_t i = 0; i < balancer->nodes.count; i++) {
        const struct balancer_node *node = &balancer->nodes.items[i];
        const char *zone = catalog_zone_name(balancers->catalog, node->zone);

        if (strlen(zone) == (size_t)(rest - name) &&
            strncasecmp(zone, name, strlen(zone)) == 0)
            return node->public_address != 0 ? node->public_address : node->address;
    }
    return 0;
}

uint32_t balancer_resolve(struct balancers *balancers, struct balancer *balancer,
                          bool from_internet)
{
    const struct balancer_node *node;

    if (balancer->state != BALANCER_ACTIVE || balancer->nodes.count == 0)
        return 0;
    node = &balancer->nodes.items[balancer->lookups++ % balancer->nodes.count];
    for (uint32_t i = 1; i < balancer->nodes.count; i++) {
        if (balancer_zone_is_healthy(balancers, balancer, node->zone))
            break; /* when none is healthy, any is as good */
        node = &balancer->nodes.items[balancer->lookups++ % balancer->nodes.count];
    }
    /* The name of one that faces the internet means public addresses, wherever it is asked. */
    (void)from_internet;
    return node->public_address != 0 ? node->public_address : node->address;
}
