/*
 * cloud/vpc.c - VPCs and subnets: their making, their ranges, their end.
 *
 * True to the VPC user guide: a /16 to a /28, subnets within their VPC that do not overlap; a VPC
 *         comes with a main route table, a default network ACL and a default security group (which
 *         is cloud/firewall's).  The ids of what comes with a VPC follow from the VPC's own, so
 *         that VPCs of older sessions get the same.  Left out: secondary ranges, IPv6.
 */
#include "cloud/vpc.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cloud/acl.h"
#include "cloud/route.h"

/* ---- VPCs ---- */

static const struct fault_kind *range_fault(struct vpc_part range, const struct fault_kind *kind)
{
    return range.bits < RANGE_BITS_LEAST || range.bits > RANGE_BITS_MOST ? kind : NULL;
}

static int range_refuse(struct vpc_part range, const struct fault_kind *kind, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    char text[ADDRESS_TEXT_SIZE];

    fault_set(fault, kind,
              arena_printf(&arena, "%s/%u", address_text(range.base, text), (unsigned)range.bits));
    arena_release(&arena);
    return -1;
}

int vpc_range_check(struct vpc_part range, struct fault *fault)
{
    return range_fault(range, &fault_vpc_range) == NULL
               ? 0
               : range_refuse(range, &fault_vpc_range, fault);
}

struct vpc *vpc_add(struct network *network, uint64_t account, uint8_t region,
                            struct vpc_part range)
{
    struct vpc *vpc = table_add(&network->vpcs, ids_new(network->ids));

    vpc->account = account;
    vpc->region = region;
    vpc->base = range.base;
    vpc->bits = range.bits;
    vpc->dhcp_options = ids_new(network->ids);
    route_table_add_main(network, vpc);
    acl_add_default(network, vpc);
    return vpc;
}

struct vpc *vpc_add_default(struct network *network, uint64_t account, uint8_t region)
{
    const uint32_t base = UINT32_C(172) << 24 | UINT32_C(31) << 16;
    struct vpc *vpc =
        vpc_add(network, account, region, (struct vpc_part){.base = base, .bits = 16});

    vpc->is_default = true;
    for (uint32_t i = 0; i < ZONES_PER_REGION; i++) {
        struct subnet *subnet =
            subnet_add(network, vpc, (uint8_t)(region * ZONES_PER_REGION + i),
                               (struct vpc_part){.base = base + (i << 12), .bits = 20});

        subnet->default_for_zone = true;
        subnet->map_public = true;
    }
    gateway_add_default(network, vpc);
    return vpc;
}

bool vpc_is_empty(const struct network *network, const struct vpc *vpc)
{
    return vpc->parts.count == 0 && gateway_of_vpc(network, vpc->id) == NULL &&
           !route_tables_beside_main(network, vpc) && !acls_beside_default(network, vpc);
}

void vpc_remove(struct network *network, struct vpc *vpc)
{
    table_remove(&network->route_tables, vpc->main_table);
    table_remove(&network->acls, vpc->acl);
    LIST_RELEASE(&vpc->parts);
    table_remove(&network->vpcs, vpc->id);
}

/* ---- subnets ---- */

int subnet_range_check(const struct vpc *vpc, struct vpc_part range, struct fault *fault)
{
    if (range_fault(range, &fault_subnet_range) != NULL || range.bits < vpc->bits ||
        !cidr_holds(vpc->base, vpc->bits, range.base))
        return range_refuse(range, &fault_subnet_range, fault);
    if (!network_range_is_free(vpc, range))
        return range_refuse(range, &fault_subnet_conflict, fault);
    return 0;
}

struct subnet *subnet_add(struct network *network, const struct vpc *vpc, uint8_t zone,
                                  struct vpc_part range)
{
    struct subnet *subnet = table_add(&network->subnets, ids_new(network->ids));

    subnet->vpc = vpc->id;
    subnet->account = vpc->account;
    subnet->base = range.base;
    subnet->bits = range.bits;
    subnet->zone = zone;
    subnet->acl = vpc->acl;
    subnet->acl_association = network_id_beside(network, "acl-association", subnet->id);
    network_subnet_link(network, subnet);
    return subnet;
}

bool subnet_is_empty(const struct subnet *subnet)
{
    return subnet->used == 0;
}

void subnet_remove(struct network *network, struct subnet *subnet)
{
    struct vpc *vpc = table_get(&network->vpcs, subnet->vpc);

    network_subnet_unlink(vpc, subnet);
    free(subnet->holders);
    table_remove(&network->subnets, subnet->id);
}

bool vpcs_restore(struct network *network)
{
    return routes_restore(network) && acls_restore(network);
}

/* ---- faults ---- */

const struct fault_kind fault_vpc_range = {
    "InvalidVpc.Range",
    "The CIDR '{}' is invalid.",
    "A VPC is a /16 to a /28: 10.0.0.0/16 holds 65,536 addresses.",
};
const struct fault_kind fault_subnet_range = {
    "InvalidSubnet.Range",
    "The CIDR '{}' is invalid.",
    "A subnet is a part of its VPC's range, a /16 to a /28: of 10.0.0.0/16 for example "
    "10.0.1.0/24.",
};
const struct fault_kind fault_subnet_conflict = {
    "InvalidSubnet.Conflict",
    "The CIDR '{}' conflicts with another subnet",
    "Subnets do not overlap: `aws ec2 describe-subnets` shows what is taken.",
};
