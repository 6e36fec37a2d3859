/*
 * cloud/network.c - VPCs, subnets, network interfaces, and the addresses on them.
 *
 * Owns    the tables, and what is derived from them: of each subnet who holds which address, and of
 *         all public addresses who holds them.
 * Uses    sim/chance: each interface draws its addresses from a stream of its own.
 * True to the VPC user guide: 172.31.0.0/16 and /20 subnets by default, five reserved addresses.
 * The public ranges
 *         are some of those that AWS publishes for EC2.
 */
#include "cloud/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/str.h"
#include "sim/chance.h"

enum { RANGE_REGIONS = 3, RANGES_PER_REGION = 3, RESERVED_FIRST = 4, RESERVED_LAST = 1 };

struct range {
    uint32_t base;
    uint8_t bits;
};

#define IPV4(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static const struct range public_ranges[RANGE_REGIONS][RANGES_PER_REGION]; /* at the end */

/* Which interface holds a public address. */
struct public_holder {
    uint64_t address;
    uint64_t interface;
};

static const struct shape public_holder_shape;

/* ---- tables ---- */

void network_init(struct network *network)
{
    table_init(&network->elastics, &elastic_ip_shape);
    table_init(&network->route_tables, &route_table_shape);
    table_init(&network->gateways, &internet_gateway_shape);
    table_init(&network->acls, &network_acl_shape);
    table_init(&network->vpcs, &vpc_shape);
    table_init(&network->subnets, &subnet_shape);
    table_init(&network->interfaces, &interface_shape);
    table_init(&network->public_holders, &public_holder_shape);
}

void network_release(struct network *network)
{
    for (uint32_t i = 0; i < table_count(&network->subnets); i++)
        free(((struct subnet *)table_at(&network->subnets, i))->holders);
    for (uint32_t i = 0; i < table_count(&network->vpcs); i++)
        LIST_RELEASE(&((struct vpc *)table_at(&network->vpcs, i))->parts);
    table_release(&network->elastics);
    table_release(&network->route_tables);
    table_release(&network->gateways);
    table_release(&network->acls);
    table_release(&network->vpcs);
    table_release(&network->subnets);
    table_release(&network->interfaces);
    table_release(&network->public_holders);
}

static uint32_t subnet_size(const struct subnet *subnet)
{
    return UINT32_C(1) << (32 - subnet->bits);
}

static void address_take(struct subnet *subnet, uint32_t address, uint64_t interface)
{
    if (subnet->holders == NULL)
        subnet->holders = xcalloc(subnet_size(subnet), sizeof(*subnet->holders));
    subnet->holders[address - subnet->base] = interface;
    subnet->used++;
}

void network_public_take(struct network *network, uint32_t address, uint64_t interface)
{
    struct public_holder *holder = table_add(&network->public_holders, address);

    holder->interface = interface;
}

uint64_t network_id_beside(const struct network *network, const char *what, uint64_t id)
{
    struct chance luck = chance_stream(network->seed, what, id);
    uint64_t beside;

    do
        beside = chance_u64(&luck);
    while (beside == 0);
    return beside;
}

/* ---- which subnet has an address ---- */

/* Position of the first subnet of the VPC that begins above the address. */
static uint32_t part_above(const struct vpc *vpc, uint32_t address)
{
    uint32_t low = 0;
    uint32_t high = vpc->parts.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (vpc->parts.items[middle].base > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct subnet *network_subnet_at(const struct network *network, uint64_t vpc, uint32_t address)
{
    const struct vpc *home = table_find(&network->vpcs, vpc);
    uint32_t above = home == NULL ? 0 : part_above(home, address);
    const struct vpc_part *part;

    if (above == 0)
        return NULL;
    part = &home->parts.items[above - 1];
    return cidr_holds(part->base, part->bits, address) ? table_get(&network->subnets, part->subnet)
                                                       : NULL;
}

static bool parts_overlap(struct vpc_part a, struct vpc_part b)
{
    return cidr_holds(a.base, a.bits, b.base) || cidr_holds(b.base, b.bits, a.base);
}

/* Subnets lie in order and do not overlap, so only the neighbours matter. */
bool network_range_is_free(const struct vpc *vpc, struct vpc_part part)
{
    uint32_t above = part_above(vpc, part.base);

    return (above == 0 || !parts_overlap(vpc->parts.items[above - 1], part)) &&
           (above == vpc->parts.count || !parts_overlap(vpc->parts.items[above], part));
}

bool network_subnet_link(struct network *network, const struct subnet *subnet)
{
    struct vpc *vpc = table_find(&network->vpcs, subnet->vpc);
    struct vpc_part part = {.subnet = subnet->id, .base = subnet->base, .bits = subnet->bits};
    uint32_t above;

    if (vpc == NULL || !network_range_is_free(vpc, part))
        return false;
    above = part_above(vpc, part.base);
    LIST_PUSH(&vpc->parts);
    memmove(&vpc->parts.items[above + 1], &vpc->parts.items[above],
            (vpc->parts.count - 1 - above) * sizeof(part));
    vpc->parts.items[above] = part;
    return true;
}

void network_subnet_unlink(struct vpc *vpc, const struct subnet *subnet)
{
    LIST_REMOVE(&vpc->parts, part_above(vpc, subnet->base) - 1);
}

bool network_restore(struct network *network)
{
    for (uint32_t i = 0; i < table_count(&network->subnets); i++) {
        const struct subnet *subnet = table_at(&network->subnets, i);

        if (subnet->bits < RANGE_BITS_LEAST || subnet->bits > RANGE_BITS_MOST ||
            !network_subnet_link(network, subnet))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->interfaces); i++) {
        const struct interface *interface = table_at(&network->interfaces, i);
        struct subnet *subnet = table_find(&network->subnets, interface->subnet);

        if (subnet == NULL || !cidr_holds(subnet->base, subnet->bits, interface->address))
            return false;
        address_take(subnet, interface->address, interface->id);
        if (interface->public_address != 0) {
            if (table_find(&network->public_holders, interface->public_address) != NULL)
                return false;
            network_public_take(network, interface->public_address, interface->id);
        }
    }
    return elastic_ips_restore(network);
}

/* ---- finding ---- */

struct vpc *vpc_find(const struct network *network, uint64_t account, uint8_t region, uint64_t id)
{
    struct vpc *vpc = table_find(&network->vpcs, id);

    return vpc != NULL && vpc->account == account && vpc->region == region ? vpc : NULL;
}

struct subnet *subnet_find(const struct network *network, uint64_t account, uint8_t region,
                           uint64_t id)
{
    struct subnet *subnet = table_find(&network->subnets, id);

    if (subnet == NULL || subnet->account != account || ZONE_REGION(subnet->zone) != region)
        return NULL;
    return subnet;
}

struct vpc *vpc_default(const struct network *network, uint64_t account, uint8_t region)
{
    for (uint32_t i = 0; i < table_count(&network->vpcs); i++) {
        struct vpc *vpc = table_at(&network->vpcs, i);

        if (vpc->account == account && vpc->region == region && vpc->is_default)
            return vpc;
    }
    return NULL;
}

struct subnet *subnet_default(const struct network *network, uint64_t account, uint8_t zone)
{
    const struct vpc *vpc = vpc_default(network, account, ZONE_REGION(zone));

    for (uint32_t i = 0; vpc != NULL && i < vpc->parts.count; i++) {
        struct subnet *subnet = table_get(&network->subnets, vpc->parts.items[i].subnet);

        if (subnet->zone == zone && subnet->default_for_zone)
            return subnet;
    }
    return NULL;
}

uint32_t subnet_free(const struct subnet *subnet)
{
    return subnet_size(subnet) - SUBNET_RESERVED - subnet->used;
}

/* ---- interfaces ---- */

/* A free address, from where chance points onwards. The subnet has one. */
static uint32_t address_draw(const struct network *network, const struct subnet *subnet,
                             uint64_t interface)
{
    struct chance luck = chance_stream(network->seed, "private-address", interface);
    uint32_t usable = subnet_size(subnet) - SUBNET_RESERVED;
    uint32_t at = (uint32_t)chance_below(&luck, usable);

    if (subnet->holders == NULL)
        return subnet->base + RESERVED_FIRST + at;
    while (subnet->holders[RESERVED_FIRST + at] != 0)
        at = at + 1 == usable ? 0 : at + 1;
    return subnet->base + RESERVED_FIRST + at;
}

static int address_check(const struct subnet *subnet, uint32_t address, struct fault *fault)
{
    char text[ADDRESS_TEXT_SIZE];
    uint32_t offset = address - subnet->base;

    if (!cidr_holds(subnet->base, subnet->bits, address) || offset < RESERVED_FIRST ||
        offset >= subnet_size(subnet) - RESERVED_LAST)
        return fault_set(fault, &fault_address_out_of_range, address_text(address, text));
    if (subnet->holders != NULL && subnet->holders[offset] != 0)
        return fault_set(fault, &fault_address_in_use, address_text(address, text));
    return 0;
}

int subnet_check(const struct subnet *subnet, uint32_t count, uint32_t address,
                 struct fault *fault)
{
    if (subnet_free(subnet) < count) {
        struct arena arena = ARENA_INIT;

        fault_set(fault, &fault_no_free_address, id_text(&arena, &kind_subnet, subnet->id));
        arena_release(&arena);
        return -1;
    }
    return address == 0 ? 0 : address_check(subnet, address, fault);
}

struct interface_rare *interface_rare_make(struct interface *interface)
{
    if (interface->rare == NULL)
        interface->rare = xcalloc(1, sizeof(*interface->rare));
    return interface->rare;
}

void interface_set_groups(struct interface *interface, const uint64_t *groups, uint32_t count)
{
    interface->group = count == 1 ? groups[0] : 0;
    if (interface->rare != NULL)
        LIST_RELEASE(&interface->rare->groups);
    for (uint32_t i = 0; count > 1 && i < count; i++)
        *LIST_PUSH(&interface_rare_make(interface)->groups) = (int64_t)groups[i];
}

struct interface *interface_add(struct network *network, const struct interface_new *wish,
                                struct fault *fault)
{
    struct subnet *subnet = table_get(&network->subnets, wish->subnet);
    struct interface *interface;

    if (subnet_check(subnet, 1, wish->address, fault) != 0)
        return NULL;
    interface = table_add(&network->interfaces, ids_new(network->ids));
    interface->account = wish->account;
    interface->subnet = wish->subnet;
    interface->owner = wish->owner;
    interface->owner_kind = wish->owner_kind;
    interface->attachment = ids_new(network->ids);
    interface->attached = network->sim->now;
    interface->zone = subnet->zone;
    if (wish->description != NULL)
        interface_rare_make(interface)->description = xstrdup(wish->description);
    interface_set_groups(interface, wish->groups, wish->group_count);
    interface->address = wish->address != 0 ? wish->address
                                            : address_draw(network, subnet, interface->id);
    address_take(subnet, interface->address, interface->id);
    interface_set_public(network, interface, wish->public_address);
    return interface;
}

void interface_remove(struct network *network, uint64_t id)
{
    struct interface *interface = table_get(&network->interfaces, id);
    struct subnet *subnet = table_get(&network->subnets, interface->subnet);

    if (interface_elastic(interface) != 0)
        elastic_ip_disassociate(network,
                                table_get(&network->elastics, interface_elastic(interface)));
    interface_set_public(network, interface, false);
    subnet->holders[interface->address - subnet->base] = 0;
    subnet->used--;
    table_remove(&network->interfaces, id);
}

struct interface *interface_find(const struct network *network, uint64_t id)
{
    return table_find(&network->interfaces, id);
}

uint32_t network_public_draw(const struct network *network, uint64_t subject, uint8_t region)
{
    struct chance luck = chance_stream(network->seed, "public-address", subject);
    const struct range *ranges = public_ranges[region % RANGE_REGIONS];

    for (;;) {
        const struct range *range = &ranges[chance_below(&luck, RANGES_PER_REGION)];
        uint32_t address = range->base +
                           (uint32_t)chance_below(&luck, UINT64_C(1) << (32 - range->bits));
        uint32_t last = address & 0xff;

        if (last != 0 && last != 255 && table_find(&network->public_holders, address) == NULL &&
            !elastic_ip_is_kept(network, address))
            return address;
    }
}

void interface_set_public(struct network *network, struct interface *interface, bool wanted)
{
    if (interface_elastic(interface) != 0)
        return;
    if (interface->public_address != 0)
        table_remove(&network->public_holders, interface->public_address);
    interface->public_address = 0;
    if (!wanted)
        return;
    interface->draws++;
    interface->public_address = network_public_draw(network, interface->id + interface->draws,
                                                    ZONE_REGION(interface->zone));
    network_public_take(network, interface->public_address, interface->id);
}

const char *interface_mac(const struct interface *interface, char text[18])
{
    static const char digits[] = "0123456789abcdef";
    char *at = stpcpy(text, "0a");

    for (int shift = 32; shift >= 0; shift -= 8) {
        *at++ = ':';
        *at++ = digits[interface->id >> shift >> 4 & 0xf];
        *at++ = digits[interface->id >> shift & 0xf];
    }
    *at = '\0';
    return text;
}

bool interface_in_group(const struct interface *interface, uint64_t group)
{
    uint64_t one;

    for (uint32_t i = 0; (one = interface_group(interface, i)) != 0; i++) {
        if (one == group)
            return true;
    }
    return false;
}

struct interface *network_public_holder(const struct network *network, uint32_t address)
{
    const struct public_holder *holder = table_find(&network->public_holders, address);

    if (address == 0 || holder == NULL)
        return NULL;
    return table_get(&network->interfaces, holder->interface);
}

struct interface *network_private_holder(const struct network *network, uint64_t vpc,
                                         uint32_t address)
{
    const struct subnet *subnet = network_subnet_at(network, vpc, address);
    uint64_t holder =
        subnet == NULL || subnet->holders == NULL ? 0 : subnet->holders[address - subnet->base];

    return holder == 0 ? NULL : table_get(&network->interfaces, holder);
}

/* ---- texts ---- */

/* Four numbers with `between` between them.  Every answer has many, and printf would take half of
 * its time. */
static const char *quad_write(uint32_t address, char between, char text[ADDRESS_TEXT_SIZE])
{
    char *at = text;

    for (int shift = 24; shift >= 0; shift -= 8) {
        unsigned value = address >> shift & 0xff;

        if (value >= 100)
            *at++ = (char)('0' + value / 100);
        if (value >= 10)
            *at++ = (char)('0' + value / 10 % 10);
        *at++ = (char)('0' + value % 10);
        *at++ = between;
    }
    at[-1] = '\0';
    return text;
}

const char *address_text(uint32_t address, char text[ADDRESS_TEXT_SIZE])
{
    return quad_write(address, '.', text);
}

/* Reads four numbers with `between` between them; the rest of the text, or NULL. */
static const char *quad_read(const char *text, char between, uint32_t *address)
{
    *address = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t value = 0;
        int digits = 0;

        if (i > 0 && *text++ != between)
            return NULL;
        for (; *text >= '0' && *text <= '9'; text++, digits++) {
            if (digits == 3 || (digits == 1 && value == 0))
                return NULL;
            value = value * 10 + (uint32_t)(*text - '0');
        }
        if (digits == 0 || value > 255)
            return NULL;
        *address = *address << 8 | value;
    }
    return text;
}

bool address_parse(const char *text, uint32_t *address)
{
    const char *rest = quad_read(text, '.', address);

    return rest != NULL && *rest == '\0';
}

bool cidr_parse(const char *text, uint32_t *base, uint8_t *bits)
{
    const char *rest = quad_read(text, '.', base);
    unsigned value = 0;
    int digits = 0;

    *bits = 32;
    if (rest == NULL)
        return false;
    if (*rest == '\0')
        return true;
    if (*rest++ != '/')
        return false;
    for (; *rest >= '0' && *rest <= '9' && digits < 3; rest++, digits++)
        value = value * 10 + (unsigned)(*rest - '0');
    *bits = (uint8_t)value;
    return digits > 0 && *rest == '\0' && value <= 32;
}

bool cidr_holds(uint32_t base, uint8_t bits, uint32_t address)
{
    return bits == 0 || (base ^ address) >> (32 - bits) == 0;
}

const char *address_private_name(const struct network *network, struct arena *arena,
                                 uint8_t region, uint32_t address)
{
    const char *name = network->catalog->regions[region].name;
    bool first = str_equal(name, "us-east-1");
    char numbers[ADDRESS_TEXT_SIZE];

    return arena_printf(arena, "ip-%s.%s%sinternal", quad_write(address, '-', numbers),
                        first ? "ec2." : name, first ? "" : ".compute.");
}

const char *address_public_name(const struct network *network, struct arena *arena,
                                uint8_t region, uint32_t address)
{
    const char *name = network->catalog->regions[region].name;
    bool first = str_equal(name, "us-east-1");
    char numbers[ADDRESS_TEXT_SIZE];

    return arena_printf(arena, "ec2-%s.%s%samazonaws.com", quad_write(address, '-', numbers),
                        first ? "compute-1." : name, first ? "" : ".compute.");
}

bool address_of_name(const char *name, bool *is_public, uint32_t *address)
{
    const char *rest;

    *is_public = str_starts(name, "ec2-");
    if (!*is_public && !str_starts(name, "ip-"))
        return false;
    rest = quad_read(strchr(name, '-') + 1, '-', address);
    if (rest == NULL)
        return false;
    if (*is_public)
        return str_equal(rest, ".compute-1.amazonaws.com") ||
               str_ends(rest, ".compute.amazonaws.com");
    return str_equal(rest, ".ec2.internal") || str_ends(rest, ".compute.internal");
}

/* ---- shapes ---- */

static const struct field vpc_fields[] = {
    F_INT(struct vpc, id, "VpcId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct vpc, account, "OwnerId", "Whose."),
    F_INT(struct vpc, base, "Base", "First address of its range.", .flags = FIELD_COLUMN),
    F_INT(struct vpc, bits, "Bits", "Fixed bits of its range."),
    F_INT(struct vpc, region, "Region", "Where."),
    F_BOOL(struct vpc, is_default, "IsDefault", "What is used when none is named."),
    F_INT(struct vpc, dhcp_options, "DhcpOptionsId", "Its DHCP options."),
    F_INT(struct vpc, main_table, "MainRouteTable", "The route table of most of its subnets."),
    F_INT(struct vpc, main_association, "MainAssociation", "Since when it is the main one."),
    F_INT(struct vpc, acl, "Acl", "Its default network ACL."),
    F_EMBED(struct vpc, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

static const struct field subnet_fields[] = {
    F_INT(struct subnet, id, "SubnetId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct subnet, vpc, "VpcId", "The VPC that it is part of."),
    F_INT(struct subnet, account, "OwnerId", "Whose."),
    F_INT(struct subnet, base, "Base", "First address of its range.", .flags = FIELD_COLUMN),
    F_INT(struct subnet, bits, "Bits", "Fixed bits of its range."),
    F_INT(struct subnet, zone, "Zone", "Where."),
    F_BOOL(struct subnet, default_for_zone, "DefaultForAz", "Used when none is named."),
    F_BOOL(struct subnet, map_public, "MapPublicIpOnLaunch", "Instances get public addresses."),
    F_INT(struct subnet, route_table, "RouteTable", "Its own route table; 0: the main one."),
    F_INT(struct subnet, route_association, "RouteAssociation", "Since when it has that one."),
    F_INT(struct subnet, acl, "Acl", "Its network ACL."),
    F_INT(struct subnet, acl_association, "AclAssociation", "Since when it has that one."),
    F_EMBED(struct subnet, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

static const struct field interface_fields[] = {
    F_INT(struct interface, id, "NetworkInterfaceId", "Its id.", .flags = FIELD_COLUMN),
    F_INT(struct interface, account, "OwnerId", "Whose."),
    F_INT(struct interface, subnet, "SubnetId", "The subnet that it is in."),
    F_INT(struct interface, owner, "Owner", "What it is attached to."),
    F_INT(struct interface, attachment, "AttachmentId", "Id of the attachment."),
    F_TIME(struct interface, attached, "AttachTime", "Since when it is attached."),
    F_INT(struct interface, group, "Group", "Its security group, if it has one."),
    F_INTS(struct interface_rare, groups, "Groups", "Its security groups, if it has several.",
           .flags = FIELD_RARE),
    F_INT(struct interface, address, "PrivateIpAddress", "Its private address."),
    F_INT(struct interface, public_address, "PublicIp", "Its public address; 0: none."),
    F_INT(struct interface_rare, elastic, "Elastic", "The Elastic IP address that it has.",
          .flags = FIELD_RARE),
    F_INT(struct interface, draws, "Draws", "How many public addresses it has had."),
    F_INT(struct interface, owner_kind, "OwnerKind", "What kind of thing the owner is."),
    F_INT(struct interface, zone, "Zone", "Where."),
    F_STRING(struct interface_rare, description, "Description", "What it is for.",
             .flags = FIELD_RARE),
    F_BOOL(struct interface, no_source_check, "NoSourceCheck", "It takes packets for others."),
};

static const struct field public_holder_fields[] = {
    F_INT(struct public_holder, address, "Address", "The public address."),
    F_INT(struct public_holder, interface, "Interface", "Who holds it."),
};

const struct shape vpc_shape = SHAPE("Vpc", struct vpc, vpc_fields);
const struct shape subnet_shape = SHAPE("Subnet", struct subnet, subnet_fields);
const struct shape interface_shape =
    SHAPE_WITH_RARE("NetworkInterface", struct interface, rare, interface_fields);
static const struct shape public_holder_shape = SHAPE("PublicHolder", struct public_holder,
                                                      public_holder_fields);

/* By the position of the Region in the catalog. */
static const struct range public_ranges[RANGE_REGIONS][RANGES_PER_REGION] = {
    { { IPV4(3, 80, 0, 0), 12 }, { IPV4(44, 192, 0, 0), 11 }, { IPV4(54, 144, 0, 0), 14 } },
    { { IPV4(34, 208, 0, 0), 12 }, { IPV4(35, 80, 0, 0), 12 }, { IPV4(54, 184, 0, 0), 13 } },
    { { IPV4(3, 248, 0, 0), 13 }, { IPV4(34, 240, 0, 0), 13 }, { IPV4(54, 72, 0, 0), 15 } },
};

/* ---- faults ---- */

const struct fault_kind fault_subnet_malformed = {
    .code = "InvalidSubnetID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"subnet-...\")",
    .hint = "A subnet id is subnet- and 17 digits, as describe-subnets shows it.",
};

const struct fault_kind fault_subnet_not_found = {
    "InvalidSubnetID.NotFound",
    "The subnet ID '{}' does not exist",
    "`aws ec2 describe-subnets` lists the subnets of this Region.",
};
const struct fault_kind fault_vpc_not_found = {
    "InvalidVpcID.NotFound",
    "The vpc ID '{}' does not exist",
    "`aws ec2 describe-vpcs` lists the VPCs of this Region.",
};
const struct fault_kind fault_no_default_vpc = {
    "VPCIdNotSpecified",
    "No default VPC for this user",
    "Name a subnet with --subnet-id.",
};
const struct fault_kind fault_no_default_subnet = {
    "MissingInput",
    "No subnets found for the default VPC '{}'. Please specify a subnet.",
    "Name a subnet with --subnet-id; `aws ec2 describe-subnets` lists yours.",
};
const struct fault_kind fault_no_free_address = {
    "InsufficientFreeAddressesInSubnet",
    "There are not enough free addresses in subnet '{}' to satisfy the requested number of "
    "instances.",
    "A /20 subnet has 4,091 usable addresses: name another subnet, or terminate instances there.",
};
const struct fault_kind fault_address_in_use = {
    "InvalidIPAddress.InUse",
    "Address {} is in use.",
    "Leave the address out, and one is chosen.",
};
const struct fault_kind fault_address_out_of_range = {
    "InvalidParameterValue",
    "Address {} does not fall within the subnet's address range",
    "The subnet's CidrBlock says which addresses it has; its first four and its last are kept.",
};
