/*
 * cloud/network.h - VPCs, subnets, network interfaces, and the addresses on them.
 *
 * An address is a uint32_t in host order, 172.31.5.9 = 0xac1f0509.  Everything that can be reached
 * has an interface; a request is delivered by asking whose interface an address is.  Free private
 * addresses of a subnet and public ones of a Region are drawn from chance, one stream an interface,
 * so that neighbours do not shift each other.
 */
#ifndef CLOUD_NETWORK_H
#define CLOUD_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/table.h"
#include "cloud/catalog.h"
#include "cloud/id.h"
#include "cloud/tag.h"
#include "cloud/trail.h"
#include "sim/event.h"

enum {
    ADDRESS_TEXT_SIZE = 16,
    SUBNET_RESERVED = 5, /* addresses that AWS keeps in each subnet */
    RANGE_BITS_LEAST = 16, /* a VPC or a subnet has no more addresses than a /16 */
    RANGE_BITS_MOST = 28,  /* and no fewer than a /28 */
};

/* A subnet, where its VPC looks for an address. */
struct vpc_part {
    uint64_t subnet;
    uint32_t base;
    uint8_t bits;
};

struct vpc {
    uint64_t id;
    uint64_t account;
    uint32_t base; /* 172.31.0.0 */
    uint8_t bits;  /* 16 */
    uint8_t region;
    bool is_default;
    uint64_t dhcp_options;     /* dopt-... */
    uint64_t main_table;       /* the route table of subnets that have none of their own */
    uint64_t main_association; /* rtbassoc-... */
    uint64_t acl;              /* its default network ACL */
    struct tags tags;
    /* Derived, not saved: its subnets, by their first address. */
    LIST(struct vpc_part) parts;
};

struct subnet {
    uint64_t id;
    uint64_t vpc;
    uint64_t account;
    uint32_t base;
    uint8_t bits;
    uint8_t zone; /* see catalog_zone_name */
    bool default_for_zone;
    bool map_public; /* an interface of an instance gets a public address */
    uint64_t route_table;       /* 0: the VPC's main one */
    uint64_t route_association; /* rtbassoc-...; 0 with the main one */
    uint64_t acl;
    uint64_t acl_association; /* aclassoc-... */
    struct tags tags;
    /* Derived, not saved. */
    /* interface id by offset from base; NULL: no address is taken; owned by the room */
    uint64_t *holders;
    uint32_t used;
};

enum interface_owner {
    OWNER_NONE = 0,
    OWNER_INSTANCE = 1,
    OWNER_BALANCER = 2,
};

/* What few interfaces have. */
struct interface_rare {
    LIST(int64_t) groups; /* all its security groups, unless it has one only */
    uint64_t elastic;     /* the Elastic IP address that it has; 0: none of an account's own */
    char *description;    /* NULL: "" */
};

struct interface {
    uint64_t id; /* eni-... */
    uint64_t account;
    uint64_t subnet;
    uint64_t owner;      /* id of the instance or balancer */
    uint64_t attachment; /* eni-attach-... */
    int64_t attached;    /* when */
    uint64_t group;      /* its only security group; 0: see interface_group() */
    struct interface_rare *rare; /* NULL: all zero; owned; see interface_rare() */
    uint32_t address;    /* private */
    uint32_t public_address; /* 0: none */
    uint32_t draws;      /* how many public addresses were drawn: a stop and start gives another */
    uint8_t owner_kind;  /* enum interface_owner */
    uint8_t zone;
    bool no_source_check; /* it also takes packets for others, as a router would */
};

static inline const struct interface_rare *interface_rare(const struct interface *interface)
{
    static const struct interface_rare none;

    return interface->rare == NULL ? &none : interface->rare;
}

static inline uint64_t interface_elastic(const struct interface *interface)
{
    return interface_rare(interface)->elastic;
}

/* "" when it has none. */
static inline const char *interface_description(const struct interface *interface)
{
    const char *text = interface_rare(interface)->description;

    return text == NULL ? "" : text;
}

/* To be changed. */
struct interface_rare *interface_rare_make(struct interface *interface);
/* Its security groups, from 0; 0 past the last. */
static inline uint64_t interface_group(const struct interface *interface, uint32_t n)
{
    const struct interface_rare *rare = interface_rare(interface);

    if (rare->groups.count > 0)
        return n < rare->groups.count ? (uint64_t)rare->groups.items[n] : 0;
    return n == 0 ? interface->group : 0;
}
/* Gives it these, which the caller has checked. */
void interface_set_groups(struct interface *interface, const uint64_t *groups, uint32_t count);

/* An address that an account keeps, on an interface or on none. */
struct elastic_ip {
    uint64_t id; /* eipalloc-... */
    uint64_t account;
    uint64_t interface;   /* 0: none */
    uint64_t association; /* eipassoc-...; 0: none */
    uint32_t address;
    uint8_t region;
    struct tags tags;
};

struct network {
    struct table elastics;     /* struct elastic_ip */
    struct table route_tables; /* struct route_table (cloud/route), as are the gateways */
    struct table gateways;     /* struct internet_gateway */
    struct table acls;         /* struct network_acl (cloud/acl) */
    struct table vpcs;
    struct table subnets;
    struct table interfaces;
    struct table public_holders; /* derived, not saved: public address to interface */
    struct sim *sim;             /* borrowed, as are all below */
    const struct catalog *catalog;
    struct ids *ids;
    struct trail *trail;
    uint64_t seed;
    /* An address that an account keeps is somewhere else now; not `kept`: it is given back.  NULL:
     * nobody wants to know. */
    void (*elastic_changed)(void *context, const struct elastic_ip *elastic, bool kept);
    void *context;
};

extern const struct shape vpc_shape, subnet_shape, interface_shape, elastic_ip_shape;
extern const struct shape route_table_shape, internet_gateway_shape, network_acl_shape;

/* The caller fills in the borrowed members and the seed first. */
void network_init(struct network *network);
void network_release(struct network *network);
/* After the saved tables were read: rebuilds what is derived.  False when they contradict each
 * other. */
bool network_restore(struct network *network);
/* An id that follows from another's: what comes with a thing draws nothing from the world's ids. */
uint64_t network_id_beside(const struct network *network, const char *what, uint64_t id);

/* ---- which subnet has an address ---- */

/* Does no subnet of the VPC overlap it? */
bool network_range_is_free(const struct vpc *vpc, struct vpc_part part);
/* Its VPC knows it from now on.  False: it overlaps another, or there is no such VPC. */
bool network_subnet_link(struct network *network, const struct subnet *subnet);
void network_subnet_unlink(struct vpc *vpc, const struct subnet *subnet);
/* The subnet of a VPC that an address lies in; NULL when in none. */
struct subnet *network_subnet_at(const struct network *network, uint64_t vpc, uint32_t address);

/* ---- finding; each gives NULL when there is none that this account may see in that Region ---- */
struct vpc *vpc_find(const struct network *network, uint64_t account, uint8_t region, uint64_t id);
struct subnet *subnet_find(const struct network *network, uint64_t account, uint8_t region,
                           uint64_t id);
struct vpc *vpc_default(const struct network *network, uint64_t account, uint8_t region);
struct subnet *subnet_default(const struct network *network, uint64_t account, uint8_t zone);
uint32_t subnet_free(const struct subnet *subnet);
/* May `count` interfaces be added, of which one has that address (0: any)? Faults as interface_add.
 */
int subnet_check(const struct subnet *subnet, uint32_t count, uint32_t address,
                 struct fault *fault);

/* ---- interfaces ---- */
struct interface_new {
    uint64_t account;
    uint64_t subnet;
    uint64_t owner;
    uint8_t owner_kind;
    bool public_address;     /* give it one */
    uint32_t address;        /* a certain private one, or 0 */
    const uint64_t *groups;  /* security groups, already checked */
    uint32_t group_count;
    const char *description; /* NULL for instances */
};

/* A new interface, attached to its owner; NULL and a fault when the subnet has no free address
 * (InsufficientFreeAddressesInSubnet) or the wanted one is taken (InvalidIPAddress.InUse) or not
 * the subnet's. */
struct interface *interface_add(struct network *network, const struct interface_new *wish,
                                struct fault *fault);
/* Gives its addresses back. BUG when there is none. */
void interface_remove(struct network *network, uint64_t id);
/* NULL when there is none. */
struct interface *interface_find(const struct network *network, uint64_t id);
/* Draws a public address (another than before), or gives it back; an Elastic IP address stays. */
void interface_set_public(struct network *network, struct interface *interface, bool wanted);
/* "0a:..": from the id. */
const char *interface_mac(const struct interface *interface, char text[18]);
/* True when the interface is in this security group. */
bool interface_in_group(const struct interface *interface, uint64_t group);

/* ---- Elastic IP addresses (network_elastic.c) ---- */

struct elastic_ip *elastic_ip_allocate(struct network *network, uint64_t account, uint8_t region);
/* NULL when there is none that this account may see in that Region. */
struct elastic_ip *elastic_ip_find(const struct network *network, uint64_t account, uint8_t region,
                                   uint64_t id);
/* Puts it on an interface, from which the address that was there goes; if it was on another, it
 * leaves that. */
void elastic_ip_associate(struct network *network, struct elastic_ip *elastic,
                          struct interface *interface);
/* Takes it off; the interface has no public address then. */
void elastic_ip_disassociate(struct network *network, struct elastic_ip *elastic);
void elastic_ip_release(struct network *network, struct elastic_ip *elastic);
/* Is the address one that an account keeps? */
bool elastic_ip_is_kept(const struct network *network, uint32_t address);
/* Notes who holds a public address. */
void network_public_take(struct network *network, uint32_t address, uint64_t interface);
/* After the saved tables were read. */
bool elastic_ips_restore(const struct network *network);
/* An address of the Region's ranges that nobody has; for allocations. */
uint32_t network_public_draw(const struct network *network, uint64_t subject, uint8_t region);

/* ---- delivery: whose is this address?  NULL when nobody's. ---- */
struct interface *network_public_holder(const struct network *network, uint32_t address);
struct interface *network_private_holder(const struct network *network, uint64_t vpc,
                                         uint32_t address);

/* ---- texts ---- */
const char *address_text(uint32_t address, char text[ADDRESS_TEXT_SIZE]);
bool address_parse(const char *text, uint32_t *address);
/* "10.0.0.0/8" or "10.1.2.3"; false when malformed.  The base keeps its host bits: the caller may
 * mind them. */
bool cidr_parse(const char *text, uint32_t *base, uint8_t *bits);
bool cidr_holds(uint32_t base, uint8_t bits, uint32_t address);
/* "ip-172-31-5-9.ec2.internal", "ip-172-31-5-9.us-west-2.compute.internal". */
const char *address_private_name(const struct network *network, struct arena *arena, uint8_t region,
                                 uint32_t address);
/* "ec2-3-80-1-2.compute-1.amazonaws.com", "ec2-34-208-1-2.us-west-2.compute.amazonaws.com". */
const char *address_public_name(const struct network *network, struct arena *arena, uint8_t region,
                                uint32_t address);
/* The address that such a name (public or private form) holds; false when it is neither.
 * A public name, as from inside AWS, means the private address only for those in the same VPC: the
 * caller's choice. */
bool address_of_name(const char *name, bool *is_public, uint32_t *address);

/* Region of a zone number. */
#define ZONE_REGION(zone) ((uint8_t)((zone) / ZONES_PER_REGION))

/* Faults that callers above give too. */
extern const struct fault_kind fault_subnet_malformed, fault_subnet_not_found,
    fault_vpc_not_found, fault_no_default_vpc, fault_no_free_address, fault_address_in_use,
    fault_address_out_of_range, fault_no_default_subnet;

#endif
