/*
 * cloud/route.h - route tables, and the internet gateways to which they lead.
 *
 * Each subnet has a route table: one of its own, or its VPC's main one.  Of the routes that hold an
 * address the longest wins; the VPC's own range always stays inside ("local").  A route to a
 * gateway that is gone, or is not attached to the VPC, is a black hole.  Both tables live in struct
 * network.
 */
#ifndef CLOUD_ROUTE_H
#define CLOUD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/table.h"
#include "cloud/network.h"
#include "cloud/tag.h"

/* Saved: append only. */
enum route_target {
    ROUTE_LOCAL = 1, /* stays in the VPC */
    ROUTE_GATEWAY,   /* an internet gateway */
};

struct route {
    uint64_t target; /* of ROUTE_GATEWAY; it may be gone */
    uint32_t base;
    uint8_t bits;
    uint8_t kind; /* enum route_target */
};

struct route_table {
    uint64_t id; /* rtb-... */
    uint64_t account;
    uint64_t vpc;
    uint8_t region;
    LIST(struct route) routes; /* the local one first, then in order of their making */
    struct tags tags;
};

struct internet_gateway {
    uint64_t id; /* igw-... */
    uint64_t account;
    uint64_t vpc; /* 0: detached */
    uint8_t region;
    struct tags tags;
};

/* ---- route tables ---- */

/* The main one of a VPC that is being made. */
void route_table_add_main(struct network *network, struct vpc *vpc);
/* With the local route. */
struct route_table *route_table_add(struct network *network, const struct vpc *vpc);
/* NULL when there is none that this account may see in that Region. */
struct route_table *route_table_find(const struct network *network, uint64_t account,
                                     uint8_t region, uint64_t id);
/* The one that decides for the subnet. */
struct route_table *route_table_of(const struct network *network, const struct subnet *subnet);
/* DependencyViolation: it is the main one, or a subnet uses it. */
int route_table_remove(struct network *network, struct route_table *table, struct fault *fault);
/* Has the VPC others than its main one? */
bool route_tables_beside_main(const struct network *network, const struct vpc *vpc);

/* The longest route that holds the address; NULL: none. */
const struct route *route_lookup(const struct route_table *table, uint32_t address);
/* Its gateway is there, and attached to the VPC of the table. */
bool route_is_alive(const struct network *network, const struct route_table *table,
                    const struct route *route);
/* Position of the route to exactly that range; -1: none. */
int route_position(const struct route_table *table, uint32_t base, uint8_t bits);
/* RouteAlreadyExists; InvalidParameterValue: the range is a part of the VPC's own. */
int route_add(const struct network *network, struct route_table *table, struct route route,
              struct fault *fault);

/* A subnet is given that table from now on; NULL: the VPC's main one.  The new association is in
 * subnet->route_association. */
void subnet_set_route_table(struct network *network, struct subnet *subnet,
                            const struct route_table *table);
/* The table becomes its VPC's main one. */
void vpc_set_main_table(struct network *network, struct vpc *vpc, const struct route_table *table);

/* ---- internet gateways ---- */

/* That of a default VPC, and the route to it. */
void gateway_add_default(struct network *network, struct vpc *vpc);
struct internet_gateway *gateway_add(struct network *network, uint64_t account, uint8_t region);
/* NULL when there is none that this account may see in that Region. */
struct internet_gateway *gateway_find(const struct network *network, uint64_t account,
                                      uint8_t region, uint64_t id);
/* The one that is attached to the VPC; NULL: none. */
struct internet_gateway *gateway_of_vpc(const struct network *network, uint64_t vpc);
/* Is there an interface with a public address in the VPC?  Then its gateway cannot be detached. */
bool vpc_has_public_address(const struct network *network, uint64_t vpc);

/* For vpcs_restore(). */
bool routes_restore(struct network *network);

extern const struct fault_kind fault_route_exists, fault_route_inside, fault_route_table_in_use;

#endif
