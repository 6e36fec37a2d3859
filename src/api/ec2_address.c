/*
 * api/ec2_address.c - allocate-, associate-, describe-, disassociate-, release-address(es).
 *
 * True to the EC2 API reference, Elastic IP addresses in a VPC.  An instance that gets a public
 * address by itself has a new one as soon as its Elastic one is taken off; AWS takes some minutes.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/route.h"

static const struct fault_kind fault_malformed = {
    .code = "InvalidAllocationID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"eipalloc-...\")",
    .hint = "An allocation id is eipalloc- and 17 digits, as describe-addresses shows it.",
};

static const struct fault_kind fault_missing = {
    .code = "InvalidAllocationID.NotFound",
    .text = "The allocation ID '{}' does not exist",
    .hint = "`aws ec2 describe-addresses` lists yours of this Region.",
};

static const struct fault_kind fault_address_missing = {
    .code = "InvalidAddress.NotFound",
    .text = "Address '{}' not found.",
    .hint = "`aws ec2 describe-addresses` lists yours of this Region.",
};

static const struct fault_kind fault_association_missing = {
    .code = "InvalidAssociationID.NotFound",
    .text = "The association ID '{}' does not exist",
    .hint = "`aws ec2 describe-addresses` shows the association of each address.",
};

static const struct fault_kind fault_associated = {
    .code = "Resource.AlreadyAssociated",
    .text = "resource {} is already associated with associate-id {}",
    .hint = "Disassociate it first, or allow it to move: --allow-reassociation.",
};

static const struct fault_kind fault_in_use = {
    .code = "InvalidIPAddress.InUse",
    .text = "Address {} is in use.",
    .hint = "Take it off first: `aws ec2 disassociate-address`.",
};

static const struct fault_kind fault_limit = {
    .code = "AddressLimitExceeded",
    .text = "The maximum number of addresses has been reached.",
    .hint = "Release one that nobody needs; `lab describe-quotas` shows how many you may have.",
};

static const struct fault_kind fault_not_valid = {
    .code = "InvalidInstanceID",
    .text = "The {} instance '{}' is not in a valid state for this operation.",
    .hint = "It must run, or be stopped: `aws ec2 wait instance-running`.",
};

static const struct fault_kind fault_no_gateway = {
    .code = "Gateway.NotAttached",
    .text = "Network {} is not attached to any internet gateway",
    .hint = "Attach one first: `aws ec2 attach-internet-gateway`.",
};

static const struct fault_kind fault_interface_missing = {
    .code = "InvalidNetworkInterfaceID.NotFound",
    .text = "The networkInterface ID '{}' does not exist",
    .hint = "`aws ec2 describe-instances` shows the interfaces of instances.",
};

static void *find_elastic(const struct call *call, uint64_t id)
{
    return elastic_ip_find(&call->world->network, call->account, call->region, id);
}

const struct id_words id_words_elastic_ip = {
    .kind = &kind_elastic_ip,
    .malformed = &fault_malformed,
    .missing = &fault_missing,
    .find = find_elastic,
};

static struct elastic_ip *find_address(struct call *call, const char *text)
{
    const struct table *table = &call->world->network.elastics;
    uint32_t address = 0;

    for (uint32_t i = 0; address_parse(text, &address) && i < table_count(table); i++) {
        struct elastic_ip *elastic = table_at(table, i);

        if (elastic->address == address && elastic->account == call->account &&
            elastic->region == call->region)
            return elastic;
    }
    call_fault(call, &fault_address_missing, text);
    return NULL;
}

/* By its allocation or by itself; NULL after a fault. */
static struct elastic_ip *elastic_named(struct call *call, const char *id, const char *address)
{
    if (id == NULL && address == NULL) {
        call_fault(call, &fault_missing_parameter, "AllocationId");
        return NULL;
    }
    return id != NULL ? id_find(call, &id_words_elastic_ip, id) : find_address(call, address);
}

static const char *text_of(struct call *call, uint32_t address)
{
    char text[ADDRESS_TEXT_SIZE];

    return arena_strdup(&call->arena, address_text(address, text));
}

/* ---- AllocateAddress ---- */

struct allocate_in {
    const char *domain;
    struct tag_specifications tags;
    bool dry_run;
};

struct allocate_out {
    const char *id;
    const char *pool;
    const char *border;
    const char *domain;
    const char *address;
};

static const char *const domain_words[] = {"vpc", "standard", NULL};

static const struct field allocate_in_fields[] = {
    F_STRING(struct allocate_in, domain, "Domain", "vpc, which is all that there is.",
             .words = domain_words),
    F_TAG_SPECIFICATIONS(struct allocate_in, tags),
    F_DRY_RUN(struct allocate_in, dry_run),
};
static const struct shape allocate_in_shape =
    SHAPE("AllocateAddressRequest", struct allocate_in, allocate_in_fields);

static const struct field allocate_out_fields[] = {
    F_STRING(struct allocate_out, id, "AllocationId", "The id of the allocation."),
    F_STRING(struct allocate_out, pool, "PublicIpv4Pool", "Where the address comes from."),
    F_STRING(struct allocate_out, border, "NetworkBorderGroup", "Where it is announced."),
    F_STRING(struct allocate_out, domain, "Domain", "The kind of network that it is for."),
    F_STRING(struct allocate_out, address, "PublicIp", "The address."),
};
static const struct shape allocate_out_shape =
    SHAPE("AllocateAddressResult", struct allocate_out, allocate_out_fields);

static int64_t count_of(const struct call *call)
{
    const struct table *table = &call->world->network.elastics;
    int64_t count = 0;

    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct elastic_ip *elastic = table_at(table, i);

        count += elastic->account == call->account && elastic->region == call->region;
    }
    return count;
}

static int allocate_address(struct call *call, const void *input, void *output)
{
    static const char *const kinds[] = {"elastic-ip", NULL};
    const struct allocate_in *in = input;
    struct allocate_out *out = output;
    struct elastic_ip *elastic;

    if (str_equal(in->domain, "standard"))
        return call_fault(call, &fault_not_modelled_value);
    if (tag_specifications_check(call, &in->tags, kinds) != 0)
        return -1;
    if (count_of(call) >= account_quota(&call->world->accounts, call->account, QUOTA_ELASTIC_IPS))
        return call_fault(call, &fault_limit);
    elastic = elastic_ip_allocate(&call->world->network, call->account, call->region);
    tags_copy(&elastic->tags, tag_specifications_of(&call->arena, &in->tags, "elastic-ip"));
    *out = (struct allocate_out){
        .id = id_text(&call->arena, &kind_elastic_ip, elastic->id),
        .pool = "amazon",
        .border = ec2_region_name(call),
        .domain = "vpc",
        .address = text_of(call, elastic->address),
    };
    return 0;
}

static const struct fault_kind *const allocate_faults[] = {
    &fault_limit,
    &fault_not_modelled_value,
    NULL,
};

const struct op op_allocate_address = {
    .name = "AllocateAddress",
    .doc = "Gives you a public address that you keep until you release it.",
    .example = "aws ec2 allocate-address",
    .in = &allocate_in_shape,
    .out = &allocate_out_shape,
    .faults = allocate_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = allocate_address,
};

/* ---- AssociateAddress ---- */

struct associate_in {
    const char *id;
    const char *instance;
    const char *address;
    bool dry_run;
    const char *interface;
    bool moves;
};

struct associate_out {
    const char *id;
};

static const struct field associate_in_fields[] = {
    F_STRING(struct associate_in, id, "AllocationId", "The id of the allocation.",
             .ref = &kind_elastic_ip),
    F_STRING(struct associate_in, instance, "InstanceId", "The instance that gets it.",
             .ref = &kind_instance),
    F_STRING(struct associate_in, address, "PublicIp", "The address, instead of its allocation."),
    F_DRY_RUN(struct associate_in, dry_run),
    F_STRING(struct associate_in, interface, "NetworkInterfaceId",
             "The interface that gets it, instead of the instance."),
    F_BOOL(
        struct associate_in, moves, "AllowReassociation",
        "Whether it may leave another interface for this; in a VPC it may not unless you say so."),
};
static const struct shape associate_in_shape =
    SHAPE("AssociateAddressRequest", struct associate_in, associate_in_fields);

static const struct field associate_out_fields[] = {
    F_STRING(struct associate_out, id, "AssociationId", "The id of the association."),
};
static const struct shape associate_out_shape =
    SHAPE("AssociateAddressResult", struct associate_out, associate_out_fields);

/* The interface that a request names; NULL after a fault. */
static struct interface *interface_named(struct call *call, const struct associate_in *in)
{
    const struct instance *instance;
    struct interface *interface = NULL;
    uint64_t id = 0;

    if (in->interface != NULL) {
        if (id_parse(&kind_interface, in->interface, &id) && id != 0)
            interface = interface_find(&call->world->network, id);
        if (interface == NULL || interface->account != call->account ||
            ZONE_REGION(interface->zone) != call->region ||
            interface->owner_kind != OWNER_INSTANCE) {
            call_fault(call, &fault_interface_missing, in->interface);
            return NULL;
        }
        return interface;
    }
    if (in->instance == NULL) {
        call_fault(call, &fault_missing_parameter, "InstanceId");
        return NULL;
    }
    instance = id_find(call, &id_words_instance, in->instance);
    if (instance == NULL)
        return NULL;
    if (instance->state == INSTANCE_PENDING || instance->state == INSTANCE_SHUTTING_DOWN ||
        instance->state == INSTANCE_TERMINATED) {
        call_fault(call, &fault_not_valid, instance_state_name(instance->state), in->instance);
        return NULL;
    }
    return instance_interface(&call->world->instances, instance);
}

/* After an Elastic address is off: one of AWS's own again, where there was one before. */
static void address_again(struct call *call, uint64_t id)
{
    struct interface *interface = interface_find(&call->world->network, id);
    const struct instance *instance =
        interface == NULL ? NULL : instance_any(&call->world->instances, interface->owner);

    if (instance != NULL && instance->public_address && interface_elastic(interface) == 0 &&
        (instance->state == INSTANCE_RUNNING || instance->state == INSTANCE_PENDING))
        interface_set_public(&call->world->network, interface, true);
}

static int associate_address(struct call *call, const void *input, void *output)
{
    const struct associate_in *in = input;
    struct associate_out *out = output;
    struct elastic_ip *elastic = elastic_named(call, in->id, in->address);
    struct interface *interface = elastic == NULL ? NULL : interface_named(call, in);
    uint64_t before;
    uint64_t vpc;

    if (interface == NULL)
        return -1;
    vpc = ((const struct subnet *)table_get(&call->world->network.subnets, interface->subnet))->vpc;
    if (gateway_of_vpc(&call->world->network, vpc) == NULL)
        return call_fault(call, &fault_no_gateway, id_text(&call->arena, &kind_vpc, vpc));
    before = elastic->interface;
    if (before != interface->id && !in->moves && before != 0)
        return call_fault(call, &fault_associated,
                          id_text(&call->arena, &kind_elastic_ip, elastic->id),
                          id_text(&call->arena, &kind_association, elastic->association));
    if (interface_elastic(interface) != 0 && interface_elastic(interface) != elastic->id &&
        !in->moves)
        return call_fault(call, &fault_associated,
                          id_text(&call->arena, &kind_interface, interface->id),
                          id_text(&call->arena, &kind_association,
                                  ((const struct elastic_ip *)table_get(
                                       &call->world->network.elastics,
                                       interface_elastic(interface)))
                                      ->association));
    if (before != interface->id) {
        elastic_ip_associate(&call->world->network, elastic, interface);
        address_again(call, before);
    }
    out->id = id_text(&call->arena, &kind_association, elastic->association);
    return 0;
}

static const struct fault_kind *const associate_faults[] = {
    &fault_malformed,          &fault_missing,
    &fault_address_missing,    &fault_associated,
    &fault_not_valid,          &fault_interface_missing,
    &fault_no_gateway,
    &fault_instance_not_found, &fault_instance_malformed,
    &fault_missing_parameter,  NULL,
};

#define NEEDS_ADDRESS "EIP=$(aws ec2 allocate-address --query AllocationId --output text)"

const struct op op_associate_address = {
    .name = "AssociateAddress",
    .doc = "Puts an Elastic IP address on an instance; the address that it had goes.",
    .example = "aws ec2 associate-address --allocation-id $EIP --instance-id $I",
    .needs =
        EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I\n" NEEDS_ADDRESS,
    .in = &associate_in_shape,
    .out = &associate_out_shape,
    .faults = associate_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = associate_address,
};

/* ---- DescribeAddresses ---- */

struct address_view {
    const char *id;
    const char *association;
    const char *domain;
    const char *interface;
    const char *owner;
    const char *private_address;
    struct tag_views tags;
    const char *pool;
    const char *border;
    const char *instance;
    const char *address;
};

struct describe_in {
    struct strings addresses;
    bool dry_run;
    struct filters filters;
    struct strings ids;
};

struct describe_out {
    LIST(struct address_view) addresses;
};

static const struct field view_fields[] = {
    F_STRING(struct address_view, id, "AllocationId", "The id of the allocation.",
             .flags = FIELD_COLUMN, .ref = &kind_elastic_ip),
    F_STRING(struct address_view, association, "AssociationId", "The id of the association."),
    F_STRING(struct address_view, domain, "Domain", "The kind of network that it is for."),
    F_STRING(struct address_view, interface, "NetworkInterfaceId", "The interface that has it."),
    F_STRING(struct address_view, owner, "NetworkInterfaceOwnerId", "Whose interface that is."),
    F_STRING(struct address_view, private_address, "PrivateIpAddress",
             "The private address behind it."),
    F_TAGS(struct address_view, tags),
    F_STRING(struct address_view, pool, "PublicIpv4Pool", "Where the address comes from."),
    F_STRING(struct address_view, border, "NetworkBorderGroup", "Where it is announced."),
    F_STRING(struct address_view, instance, "InstanceId", "The instance that has it.",
             .flags = FIELD_COLUMN, .ref = &kind_instance),
    F_STRING(struct address_view, address, "PublicIp", "The address.", .flags = FIELD_COLUMN),
};
static const struct shape view_shape = SHAPE("Address", struct address_view, view_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, addresses, "PublicIps", "Only these addresses."),
    F_DRY_RUN(struct describe_in, dry_run),
    F_FILTERS(struct describe_in, filters),
    F_STRINGS(struct describe_in, ids, "AllocationIds", "Only those of these allocations.",
              .ref = &kind_elastic_ip),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeAddressesRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, addresses, struct address_view, &view_shape, "Addresses",
           "The addresses."),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeAddressesResult", struct describe_out, describe_out_fields);

static const struct filter_name address_filters[] = {
    {"allocation-id", "AllocationId"},
    {"association-id", "AssociationId"},
    {"instance-id", "InstanceId"},
    {"network-border-group", "NetworkBorderGroup"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"network-interface-owner-id", "NetworkInterfaceOwnerId"},
    {"private-ip-address", "PrivateIpAddress"},
    {"public-ip", "PublicIp"},
    {0},
};

static void address_see(struct call *call, const struct elastic_ip *elastic,
                        struct address_view *view)
{
    const struct interface *interface = interface_find(&call->world->network, elastic->interface);

    *view = (struct address_view){
        .id = id_text(&call->arena, &kind_elastic_ip, elastic->id),
        .domain = "vpc",
        .pool = "amazon",
        .border = ec2_region_name(call),
        .address = text_of(call, elastic->address),
    };
    tag_views_fill(call, &view->tags, &elastic->tags);
    if (interface == NULL)
        return;
    view->association = id_text(&call->arena, &kind_association, elastic->association);
    view->interface = id_text(&call->arena, &kind_interface, interface->id);
    view->owner = account_text(&call->arena, interface->account);
    view->private_address = text_of(call, interface->address);
    view->instance = id_text(&call->arena, &kind_instance, interface->owner);
}

static bool is_among(const struct strings *texts, const char *text)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return texts->count == 0;
}

static int describe_addresses(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *table = &call->world->network.elastics;

    for (uint32_t i = 0; i < in->ids.count; i++) {
        if (id_find(call, &id_words_elastic_ip, in->ids.items[i]) == NULL)
            return -1;
    }
    for (uint32_t i = 0; i < in->addresses.count; i++) {
        if (find_address(call, in->addresses.items[i]) == NULL)
            return -1;
    }
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct elastic_ip *elastic = table_at(table, i);
        struct address_view view;

        if (elastic->account != call->account || elastic->region != call->region)
            continue;
        address_see(call, elastic, &view);
        if (is_among(&in->ids, view.id) && is_among(&in->addresses, view.address) &&
            filter_pass(call->op, &in->filters, &view_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->addresses) = view;
    }
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_malformed,
    &fault_missing,
    &fault_address_missing,
    NULL,
};

const struct op op_describe_addresses = {
    .name = "DescribeAddresses",
    .doc = "Lists your Elastic IP addresses, and where they are.",
    .example = "aws ec2 describe-addresses --allocation-ids $EIP",
    .needs = NEEDS_ADDRESS,
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .filters = address_filters,
    .run = describe_addresses,
};

/* ---- DisassociateAddress, ReleaseAddress ---- */

struct leave_in {
    const char *id;
    const char *address;
    const char *border;
    bool dry_run;
};

static const struct field disassociate_in_fields[] = {
    F_STRING(struct leave_in, id, "AssociationId", "The id of the association."),
    F_STRING(struct leave_in, address, "PublicIp", "The address, instead of its association."),
    F_DRY_RUN(struct leave_in, dry_run),
};
static const struct shape disassociate_in_shape =
    SHAPE("DisassociateAddressRequest", struct leave_in, disassociate_in_fields);

static struct elastic_ip *associated(struct call *call, const char *text)
{
    const struct table *table = &call->world->network.elastics;
    uint64_t id = 0;

    for (uint32_t i = 0; id_parse(&kind_association, text, &id) && i < table_count(table); i++) {
        struct elastic_ip *elastic = table_at(table, i);

        if (elastic->association == id && id != 0 && elastic->account == call->account &&
            elastic->region == call->region)
            return elastic;
    }
    call_fault(call, &fault_association_missing, text);
    return NULL;
}

static int disassociate_address(struct call *call, const void *input, void *output)
{
    const struct leave_in *in = input;
    struct elastic_ip *elastic;
    uint64_t before;

    (void)output;
    if (in->id == NULL && in->address == NULL)
        return call_fault(call, &fault_missing_parameter, "AssociationId");
    elastic = in->id != NULL ? associated(call, in->id) : find_address(call, in->address);
    if (elastic == NULL)
        return -1;
    before = elastic->interface;
    elastic_ip_disassociate(&call->world->network, elastic);
    address_again(call, before);
    return 0;
}

static const struct fault_kind *const disassociate_faults[] = {
    &fault_association_missing,
    &fault_address_missing,
    &fault_missing_parameter,
    NULL,
};

const struct op op_disassociate_address = {
    .name = "DisassociateAddress",
    .doc = "Takes an Elastic IP address off; it stays yours.",
    .example = "aws ec2 disassociate-address --association-id $ASSOC",
    .needs = EC2_EXAMPLE_INSTANCE
    "\naws ec2 wait instance-running --instance-ids $I\n" NEEDS_ADDRESS "\n"
    "ASSOC=$(aws ec2 associate-address --allocation-id $EIP --instance-id $I --query "
    "AssociationId --output text)",
    .in = &disassociate_in_shape,
    .out = &shape_empty,
    .faults = disassociate_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = disassociate_address,
};

static const struct field release_in_fields[] = {
    F_STRING(struct leave_in, id, "AllocationId", "The id of the allocation.",
             .ref = &kind_elastic_ip),
    F_STRING(struct leave_in, address, "PublicIp", "The address, instead of its allocation."),
    F_STRING(struct leave_in, border, "NetworkBorderGroup", "Where it is announced."),
    F_DRY_RUN(struct leave_in, dry_run),
};
static const struct shape release_in_shape =
    SHAPE("ReleaseAddressRequest", struct leave_in, release_in_fields);

static int release_address(struct call *call, const void *input, void *output)
{
    const struct leave_in *in = input;
    struct elastic_ip *elastic = elastic_named(call, in->id, in->address);

    (void)output;
    if (elastic == NULL)
        return -1;
    if (elastic->interface != 0)
        return call_fault(call, &fault_in_use, text_of(call, elastic->address));
    elastic_ip_release(&call->world->network, elastic);
    return 0;
}

static const struct fault_kind *const release_faults[] = {
    &fault_malformed, &fault_missing,           &fault_address_missing,
    &fault_in_use,    &fault_missing_parameter, NULL,
};

const struct op op_release_address = {
    .name = "ReleaseAddress",
    .doc = "Gives an Elastic IP address back.",
    .example = "aws ec2 release-address --allocation-id $EIP",
    .needs = NEEDS_ADDRESS,
    .in = &release_in_shape,
    .out = &shape_empty,
    .faults = release_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = release_address,
};
