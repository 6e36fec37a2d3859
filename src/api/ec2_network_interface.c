/*
 * api/ec2_network_interface.c - describe-network-interfaces.
 *
 * True to the EC2 API reference: each instance has one, a load balancer one in each of its zones,
 * which its account may see and not change.
 */
#include "api/ec2_listing.h"
#include "api/ec2_network.h"

#include <string.h>

static const struct fault_kind fault_malformed = {
    .code = "InvalidNetworkInterfaceId.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"eni-...\")",
    .hint = "An interface's id is eni- and 17 digits, as describe-network-interfaces shows it.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidNetworkInterfaceID.NotFound",
    .text = "The networkInterface ID '{}' does not exist",
    .hint = "`aws ec2 describe-network-interfaces` lists yours of this Region.",
};

static void *find_interface(const struct call *call, uint64_t id)
{
    struct interface *interface = interface_find(&call->world->network, id);

    return interface != NULL && interface->account == call->account &&
                   ZONE_REGION(interface->zone) == call->region
               ? interface
               : NULL;
}

static const struct id_words interface_words = {
    .kind = &kind_interface,
    .malformed = &fault_malformed,
    .missing = &fault_missing,
    .find = find_interface,
};

/* ---- what they show ---- */

struct public_view {
    const char *allocation;
    const char *association;
    const char *owner;
    const char *name;
    const char *address;
};

struct attachment_view {
    int64_t attached;
    const char *id;
    bool delete_on_termination;
    int32_t index;
    const char *instance;
    const char *owner;
    const char *status;
};

struct member_view {
    const char *id;
    const char *name;
};

struct address_view {
    struct public_view *public_one;
    bool primary;
    const char *name;
    const char *address;
};

struct interface_view {
    struct public_view *public_one;
    struct attachment_view attachment;
    const char *zone;
    const char *description;
    LIST(struct member_view) groups;
    const char *type;
    const char *mac;
    const char *id;
    const char *owner;
    const char *name;
    const char *address;
    LIST(struct address_view) addresses;
    const char *requester;
    bool managed;
    bool source_check;
    const char *status;
    const char *subnet;
    struct tag_views tags;
    const char *vpc;
    const char *zone_id;
};

static const struct field public_fields[] = {
    F_STRING(struct public_view, allocation, "AllocationId",
             "The Elastic IP address that it is, if it is one.", .ref = &kind_elastic_ip),
    F_STRING(struct public_view, association, "AssociationId", "Since when it is there."),
    F_STRING(struct public_view, owner, "IpOwnerId", "Whose address it is."),
    F_STRING(struct public_view, name, "PublicDnsName", "Its public name."),
    F_STRING(struct public_view, address, "PublicIp", "The public address."),
};
static const struct shape public_shape =
    SHAPE("NetworkInterfaceAssociation", struct public_view, public_fields);

static const struct field attachment_fields[] = {
    F_TIME(struct attachment_view, attached, "AttachTime", "Since when it is attached."),
    F_STRING(struct attachment_view, id, "AttachmentId", "The id of the attachment."),
    F_BOOL(struct attachment_view, delete_on_termination, "DeleteOnTermination",
           "Whether it goes with its owner."),
    F_INT(struct attachment_view, index, "DeviceIndex", "Which one of the instance's it is."),
    F_STRING(struct attachment_view, instance, "InstanceId", "The instance that has it.",
             .ref = &kind_instance),
    F_STRING(struct attachment_view, owner, "InstanceOwnerId", "Whose the owner is."),
    F_STRING(struct attachment_view, status, "Status", "Whether it is attached."),
};
static const struct shape attachment_shape =
    SHAPE("NetworkInterfaceAttachment", struct attachment_view, attachment_fields);

static const struct field member_fields[] = {
    F_STRING(struct member_view, id, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_STRING(struct member_view, name, "GroupName", "The name of the group."),
};
static const struct shape member_shape =
    SHAPE("GroupIdentifier", struct member_view, member_fields);

static const struct field address_fields[] = {
    F_STRUCT(struct address_view, public_one, struct public_view, &public_shape, "Association",
             "The public address."),
    F_BOOL(struct address_view, primary, "Primary", "Whether it is the first one."),
    F_STRING(struct address_view, name, "PrivateDnsName", "The private name."),
    F_STRING(struct address_view, address, "PrivateIpAddress", "The private address."),
};
static const struct shape address_shape =
    SHAPE("NetworkInterfacePrivateIpAddress", struct address_view, address_fields);

#define V struct interface_view
static const struct field interface_fields[] = {
    F_STRUCT(V, public_one, struct public_view, &public_shape, "Association",
             "The public address, if it has one."),
    F_EMBED(V, attachment, struct attachment_view, &attachment_shape, "Attachment",
            "What it is attached to."),
    F_STRING(V, zone, "AvailabilityZone", "Where it is.", .ref = &kind_zone),
    F_STRING(V, description, "Description", "What it is for.", .flags = FIELD_COLUMN),
    F_LIST(V, groups, struct member_view, &member_shape, "Groups", "Its security groups."),
    F_STRING(V, type, "InterfaceType", "What kind of interface it is."),
    F_STRING(V, mac, "MacAddress", "Its hardware address."),
    F_STRING(V, id, "NetworkInterfaceId", "The id of the interface.", .flags = FIELD_COLUMN,
             .ref = &kind_interface),
    F_STRING(V, owner, "OwnerId", "The account that it belongs to.", .ref = &kind_account),
    F_STRING(V, name, "PrivateDnsName", "Its private name."),
    F_STRING(V, address, "PrivateIpAddress", "Its private address.", .flags = FIELD_COLUMN),
    F_LIST(V, addresses, struct address_view, &address_shape, "PrivateIpAddresses",
           "All of its private addresses: one."),
    F_STRING(V, requester, "RequesterId", "The service that made it."),
    F_BOOL(V, managed, "RequesterManaged", "Whether a service of AWS looks after it."),
    F_BOOL(V, source_check, "SourceDestCheck", "Whether packets for others are dropped."),
    F_STRING(V, status, "Status", "Whether it is in use."),
    F_STRING(V, subnet, "SubnetId", "The subnet that it is in.", .ref = &kind_subnet),
    F_LIST(V, tags, struct tag_view, &tag_view_shape, "TagSet", "The tags that hang on it."),
    F_STRING(V, vpc, "VpcId", "The VPC that it is in.", .ref = &kind_vpc),
    F_STRING(V, zone_id, "AvailabilityZoneId", "The id of its zone."),
};
#undef V
static const struct shape interface_view_shape =
    SHAPE("NetworkInterface", struct interface_view, interface_fields);

static struct public_view *public_see(struct call *call, const struct interface *interface)
{
    const struct network *network = &call->world->network;
    struct public_view *view;
    char text[ADDRESS_TEXT_SIZE];

    if (interface->public_address == 0)
        return NULL;
    view = arena_alloc(&call->arena, sizeof(*view));
    *view = (struct public_view){
        .owner = "amazon",
        .name = address_public_name(network, &call->arena, call->region,
                                    interface->public_address),
        .address = arena_strdup(&call->arena, address_text(interface->public_address, text)),
    };
    if (interface_elastic(interface) != 0) {
        const struct elastic_ip *elastic =
            table_get(&network->elastics, interface_elastic(interface));

        view->owner = account_text(&call->arena, interface->account);
        view->allocation = id_text(&call->arena, &kind_elastic_ip, elastic->id);
        view->association = id_text(&call->arena, &kind_association, elastic->association);
    }
    return view;
}

static struct attachment_view attachment_see(struct call *call, const struct interface *interface)
{
    bool mine = interface->owner_kind == OWNER_INSTANCE;

    return (struct attachment_view){
        .attached = WHOLE_SECOND(interface->attached),
        .id = id_text(&call->arena, &kind_attachment, interface->attachment),
        .delete_on_termination = mine,
        .index = mine ? 0 : 1,
        .instance = mine ? id_text(&call->arena, &kind_instance, interface->owner) : NULL,
        .owner = mine ? account_text(&call->arena, interface->account) : "amazon-elb",
        .status = "attached",
    };
}

static void names_see(struct call *call, const struct interface *interface,
                      struct interface_view *view)
{
    char text[ADDRESS_TEXT_SIZE];
    char mac[18];

    view->mac = arena_strdup(&call->arena, interface_mac(interface, mac));
    view->address = arena_strdup(&call->arena, address_text(interface->address, text));
    view->name = address_private_name(&call->world->network, &call->arena, call->region,
                                      interface->address);
    *LIST_PUSH_IN(&call->arena, &view->addresses) = (struct address_view){
        .public_one = view->public_one,
        .primary = true,
        .name = view->name,
        .address = view->address,
    };
}

static struct interface_view interface_see(struct call *call, const struct interface *interface)
{
    const struct subnet *subnet = table_get(&call->world->network.subnets, interface->subnet);
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, interface->zone);
    bool mine = interface->owner_kind == OWNER_INSTANCE;
    struct interface_view view = {
        .public_one = public_see(call, interface),
        .attachment = attachment_see(call, interface),
        .zone = zone->name,
        .description = interface_description(interface),
        .type = mine || strncmp(interface_description(interface), "ELB net/", 8) != 0
                    ? "interface"
                    : "network_load_balancer",
        .id = id_text(&call->arena, &kind_interface, interface->id),
        .owner = account_text(&call->arena, interface->account),
        .requester = mine ? NULL : "amazon-elb",
        .managed = !mine,
        .source_check = !interface->no_source_check,
        .status = "in-use",
        .subnet = id_text(&call->arena, &kind_subnet, subnet->id),
        .vpc = id_text(&call->arena, &kind_vpc, subnet->vpc),
        .zone_id = zone->id,
    };

    uint64_t id;

    for (uint32_t i = 0; (id = interface_group(interface, i)) != 0; i++) {
        const struct security_group *group = table_get(&call->world->firewall.table, id);

        *LIST_PUSH_IN(&call->arena, &view.groups) = (struct member_view){
            .id = id_text(&call->arena, &kind_security_group, group->id),
            .name = group->name,
        };
    }
    names_see(call, interface, &view);
    return view;
}

/* ---- DescribeNetworkInterfaces ---- */

static const struct field describe_in_fields[] = {
    F_NEXT_TOKEN(struct listing_in, next_token),
    F_MAX_RESULTS(struct listing_in, max_results, 5),
    F_DRY_RUN(struct listing_in, dry_run),
    F_STRINGS(struct listing_in, ids, "NetworkInterfaceIds", "Only the interfaces of these ids.",
              .ref = &kind_interface),
    F_FILTERS(struct listing_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeNetworkInterfacesRequest", struct listing_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LISTED(&interface_view_shape, "NetworkInterfaces", "The interfaces."),
    F_NEXT_TOKEN_OUT(struct listing_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeNetworkInterfacesResult", struct listing_out, describe_out_fields);

static const struct filter_name interface_filters[] = {
    {"addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"},
    {"addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"},
    {"addresses.primary", "PrivateIpAddresses.Primary"},
    {"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"association.allocation-id", "Association.AllocationId"},
    {"association.association-id", "Association.AssociationId"},
    {"association.ip-owner-id", "Association.IpOwnerId"},
    {"association.public-dns-name", "Association.PublicDnsName"},
    {"association.public-ip", "Association.PublicIp"},
    {"attachment.attach-time", "Attachment.AttachTime"},
    {"attachment.attachment-id", "Attachment.AttachmentId"},
    {"attachment.delete-on-termination", "Attachment.DeleteOnTermination"},
    {"attachment.device-index", "Attachment.DeviceIndex"},
    {"attachment.instance-id", "Attachment.InstanceId"},
    {"attachment.instance-owner-id", "Attachment.InstanceOwnerId"},
    {"attachment.status", "Attachment.Status"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"description", "Description"},
    {"group-id", "Groups.GroupId"},
    {"group-name", "Groups.GroupName"},
    {"interface-type", "InterfaceType"},
    {"mac-address", "MacAddress"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"owner-id", "OwnerId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddress"},
    {"requester-id", "RequesterId"},
    {"requester-managed", "RequesterManaged"},
    {"source-dest-check", "SourceDestCheck"},
    {"status", "Status"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"},
    /* What no interface here has: they match none. */
    {"ipv6-addresses.ipv6-address", ""},
    {0},
};

static bool interface_shows(const struct call *call, const void *row)
{
    const struct interface *interface = row;

    return interface->account == call->account &&
           ZONE_REGION(interface->zone) == call->region && ec2_shows(call, interface->owner);
}

static void interface_show(struct call *call, const void *row, void *view)
{
    *(struct interface_view *)view = interface_see(call, row);
}

static const struct listing interface_listing = {
    .words = &interface_words,
    .table = offsetof(struct world, network.interfaces),
    .view = &interface_view_shape,
    .shows = interface_shows,
    .see = interface_show,
};

static int describe_interfaces(struct call *call, const void *input, void *output)
{
    return listing_run(call, &interface_listing, input, output);
}

static const struct paging describe_paging = EC2_PAGING("NetworkInterfaces");

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    NULL,
};

const struct op op_describe_network_interfaces = {
    .name = "DescribeNetworkInterfaces",
    .doc = "Lists the network interfaces: who has which address, and in which groups.",
    .example = "aws ec2 describe-network-interfaces --filters Name=status,Values=in-use",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = interface_filters,
    .run = describe_interfaces,
};
