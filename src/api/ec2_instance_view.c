/*
 * api/ec2_instance_view.c - an instance as EC2's answers show it.
 *
 * True to recorded answers: which members are always there, what a stopped or terminated instance
 * no longer has, what RunInstances does not know yet.  Left out: what nothing here can have
 * (IAM profiles, Elastic GPUs, IPv6...).
 */
#include "api/ec2_instance_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

/* ---- shapes ---- */

struct product_view {
    const char *id;
};

struct association_view {
    const char *owner;
    const char *name;
    const char *address;
};

struct attachment_view {
    int64_t attached;
    const char *id;
    bool delete_on_termination;
    int32_t device;
    const char *status;
    int32_t card;
};

struct address_view {
    struct association_view *association;
    bool primary;
    const char *name;
    const char *address;
};

struct ipv6_view {
    const char *address;
    bool is_primary;
};

struct card_view {
    struct association_view *association;
    struct attachment_view attachment;
    const char *description;
    struct group_names groups;
    LIST(struct ipv6_view) ipv6;
    const char *mac;
    const char *id;
    const char *owner;
    const char *private_name;
    const char *private_address;
    LIST(struct address_view) addresses;
    bool source_check;
    const char *status;
    const char *subnet;
    const char *vpc;
    const char *type;
    struct flag_view managed;
};

static const struct field ebs_fields[] = {
    F_TIME(struct ebs_view, attached, "AttachTime", "When it was attached."),
    F_BOOL(struct ebs_view, delete_on_termination, "DeleteOnTermination",
           "Whether it goes when the instance is terminated."),
    F_STRING(struct ebs_view, status, "Status", "How far the attaching is."),
    F_STRING(struct ebs_view, volume, "VolumeId", "The volume.", .ref = &kind_volume),
    F_INT(struct ebs_view, card, "EbsCardIndex", "The card that it hangs on."),
};
static const struct shape ebs_shape = SHAPE("EbsInstanceBlockDevice", struct ebs_view, ebs_fields);

static const struct field disk_fields[] = {
    F_STRING(struct disk_view, device, "DeviceName", "The name of the device: /dev/xvda."),
    F_EMBED(struct disk_view, ebs, struct ebs_view, &ebs_shape, "Ebs", "The volume behind it."),
};
const struct shape disk_view_shape =
    SHAPE("InstanceBlockDeviceMapping", struct disk_view, disk_fields);

static const struct field product_fields[] = {
    F_STRING(struct product_view, id, "ProductCodeId", "The product's code."),
};
static const struct shape product_shape = SHAPE("ProductCode", struct product_view, product_fields);

static const struct field group_name_fields[] = {
    F_STRING(struct group_name, id, "GroupId", "The id of the group.",
             .ref = &kind_security_group),
    F_STRING(struct group_name, name, "GroupName", "The name of the group."),
};
const struct shape group_name_shape =
    SHAPE("GroupIdentifier", struct group_name, group_name_fields);

static const struct field association_fields[] = {
    F_STRING(struct association_view, owner, "IpOwnerId", "Whose address it is."),
    F_STRING(struct association_view, name, "PublicDnsName", "The public name."),
    F_STRING(struct association_view, address, "PublicIp", "The public address."),
};
static const struct shape association_shape =
    SHAPE("InstanceNetworkInterfaceAssociation", struct association_view, association_fields);

static const struct field attachment_fields[] = {
    F_TIME(struct attachment_view, attached, "AttachTime", "When it was attached."),
    F_STRING(struct attachment_view, id, "AttachmentId", "The id of the attachment."),
    F_BOOL(struct attachment_view, delete_on_termination, "DeleteOnTermination",
           "Whether it goes when the instance is terminated."),
    F_INT(struct attachment_view, device, "DeviceIndex", "Its number in the instance."),
    F_STRING(struct attachment_view, status, "Status", "How far the attaching is."),
    F_INT(struct attachment_view, card, "NetworkCardIndex", "The network card that it uses."),
};
static const struct shape attachment_shape =
    SHAPE("InstanceNetworkInterfaceAttachment", struct attachment_view, attachment_fields);

static const struct field address_fields[] = {
    F_STRUCT(struct address_view, association, struct association_view, &association_shape,
             "Association", "The public address that leads to it."),
    F_BOOL(struct address_view, primary, "Primary", "Whether it is the first of the interface."),
    F_STRING(struct address_view, name, "PrivateDnsName", "The private name."),
    F_STRING(struct address_view, address, "PrivateIpAddress", "The private address."),
};
static const struct shape address_shape =
    SHAPE("InstancePrivateIpAddress", struct address_view, address_fields);

static const struct field managed_fields[] = {
    F_BOOL(struct flag_view, on, "Managed", "Whether another service looks after it."),
};
static const struct shape managed_shape =
    SHAPE("OperatorResponse", struct flag_view, managed_fields);

static const struct field ipv6_fields[] = {
    F_STRING(struct ipv6_view, address, "Ipv6Address", "The IPv6 address."),
    F_BOOL(struct ipv6_view, is_primary, "IsPrimaryIpv6", "Whether it is the first."),
};

static const struct shape ipv6_shape =
    SHAPE("InstanceIpv6Address", struct ipv6_view, ipv6_fields);

static const struct field card_fields[] = {
    F_STRUCT(struct card_view, association, struct association_view, &association_shape,
             "Association", "The public address that leads to it."),
    F_EMBED(struct card_view, attachment, struct attachment_view, &attachment_shape, "Attachment",
            "How it is attached."),
    F_STRING(struct card_view, description, "Description", "What it is for."),
    F_LIST(struct card_view, groups, struct group_name, &group_name_shape, "Groups",
           "Its security groups."),
    F_LIST(struct card_view, ipv6, struct ipv6_view, &ipv6_shape, "Ipv6Addresses",
           "Its IPv6 addresses: none."),
    F_STRING(struct card_view, mac, "MacAddress", "Its address on the wire."),
    F_STRING(struct card_view, id, "NetworkInterfaceId", "The id of the interface."),
    F_STRING(struct card_view, owner, "OwnerId", "The account that it belongs to."),
    F_STRING(struct card_view, private_name, "PrivateDnsName", "Its private name."),
    F_STRING(struct card_view, private_address, "PrivateIpAddress", "Its private address."),
    F_LIST(struct card_view, addresses, struct address_view, &address_shape, "PrivateIpAddresses",
           "All its private addresses."),
    F_BOOL(struct card_view, source_check, "SourceDestCheck",
           "Whether it takes only what is meant for it."),
    F_STRING(struct card_view, status, "Status", "Whether it is in use."),
    F_STRING(struct card_view, subnet, "SubnetId", "The subnet that it is in.",
             .ref = &kind_subnet),
    F_STRING(struct card_view, vpc, "VpcId", "The VPC that it is in.", .ref = &kind_vpc),
    F_STRING(struct card_view, type, "InterfaceType", "What kind of interface it is."),
    F_EMBED(struct card_view, managed, struct flag_view, &managed_shape, "Operator",
            "Who looks after it."),
};
static const struct shape card_shape =
    SHAPE("InstanceNetworkInterface", struct card_view, card_fields);

static const struct field reason_fields[] = {
    F_STRING(struct reason_view, code, "Code", "Why, as a word for programs."),
    F_STRING(struct reason_view, message, "Message", "Why, as a sentence."),
};
static const struct shape reason_shape = SHAPE("StateReason", struct reason_view, reason_fields);

static const struct field cpu_fields[] = {
    F_INT(struct cpu_view, cores, "CoreCount", "How many cores it has."),
    F_INT(struct cpu_view, threads, "ThreadsPerCore", "How many threads each core runs."),
};
static const struct shape cpu_shape = SHAPE("CpuOptions", struct cpu_view, cpu_fields);

static const struct field capacity_fields[] = {
    F_STRING(struct reservation_choice_view, preference, "CapacityReservationPreference",
             "Whether it may use reserved capacity."),
};
static const struct shape capacity_shape = SHAPE("CapacityReservationSpecificationResponse",
                                                 struct reservation_choice_view, capacity_fields);

static const struct field hibernation_fields[] = {
    F_BOOL(struct flag_view, on, "Configured", "Whether it can hibernate."),
};
static const struct shape hibernation_shape =
    SHAPE("HibernationOptions", struct flag_view, hibernation_fields);

static const struct field metadata_fields[] = {
    F_STRING(struct metadata_view, state, "State", "Whether the settings hold already."),
    F_STRING(struct metadata_view, tokens, "HttpTokens", "Whether a token must be shown."),
    F_INT(struct metadata_view, hops, "HttpPutResponseHopLimit",
          "How many network hops a token may travel."),
    F_STRING(struct metadata_view, endpoint, "HttpEndpoint", "Whether the service answers."),
    F_STRING(struct metadata_view, ipv6, "HttpProtocolIpv6", "Whether it answers over IPv6."),
    F_STRING(struct metadata_view, tags, "InstanceMetadataTags", "Whether it tells the tags."),
};
static const struct shape metadata_shape =
    SHAPE("InstanceMetadataOptionsResponse", struct metadata_view, metadata_fields);

static const struct field enclave_fields[] = {
    F_BOOL(struct flag_view, on, "Enabled", "Whether it can run enclaves."),
};
static const struct shape enclave_shape =
    SHAPE("EnclaveOptions", struct flag_view, enclave_fields);

static const struct field name_options_fields[] = {
    F_STRING(struct name_options_view, type, "HostnameType", "What its private name is made of."),
    F_BOOL(struct name_options_view, a_record, "EnableResourceNameDnsARecord",
           "Whether a name made of its id leads to its IPv4 address."),
    F_BOOL(struct name_options_view, aaaa_record, "EnableResourceNameDnsAAAARecord",
           "Whether a name made of its id leads to its IPv6 address."),
};
static const struct shape name_options_shape =
    SHAPE("PrivateDnsNameOptionsResponse", struct name_options_view, name_options_fields);

static const struct field maintenance_fields[] = {
    F_STRING(struct maintenance_view, recovery, "AutoRecovery",
             "Whether it moves to another host when its own breaks."),
    F_STRING(struct maintenance_view, migration, "RebootMigration",
             "Whether a reboot may move it to another host."),
};
static const struct shape maintenance_shape =
    SHAPE("InstanceMaintenanceOptions", struct maintenance_view, maintenance_fields);

static const struct field bandwidth_fields[] = {
    F_STRING(struct word_view, word, "BandwidthWeighting",
             "How the bandwidth is shared between network and volumes."),
};
static const struct shape bandwidth_shape =
    SHAPE("InstanceNetworkPerformanceOptions", struct word_view, bandwidth_fields);

static const struct field state_name_fields[] = {
    F_INT(struct state_name, code, "Code", "The state as a number."),
    F_STRING(struct state_name, name, "Name", "The state as a word."),
};
const struct shape state_name_shape = SHAPE("InstanceState", struct state_name, state_name_fields);

static const struct field placement_fields[] = {
    F_STRING(struct placement_view, zone_id, "AvailabilityZoneId", "The id of its zone."),
    F_STRING(struct placement_view, affinity, "Affinity",
             "host: it starts on its Dedicated Host, always."),
    F_STRING(struct placement_view, group, "GroupName", "Its placement group; empty: none."),
    F_OPT_INT(struct placement_view, partition, "PartitionNumber",
              "Its partition of the placement group."),
    F_STRING(struct placement_view, host, "HostId", "The Dedicated Host that it is on."),
    F_STRING(struct placement_view, tenancy, "Tenancy",
             "Whether it shares its host with other accounts."),
    F_STRING(struct placement_view, zone, "AvailabilityZone", "The zone that it runs in.",
             .flags = FIELD_COLUMN, .ref = &kind_zone),
};
static const struct shape placement_shape =
    SHAPE("Placement", struct placement_view, placement_fields);

static const struct field monitoring_fields[] = {
    F_STRING(struct word_view, word, "State", "Whether metrics come each minute."),
};
static const struct shape monitoring_shape =
    SHAPE("Monitoring", struct word_view, monitoring_fields);

#define V struct instance_view
static const struct field instance_fields[] = {
    F_STRING(V, architecture, "Architecture", "The kind of processor."),
    F_LIST(V, disks, struct disk_view, &disk_view_shape, "BlockDeviceMappings", "Its volumes."),
    F_STRING(V, client_token, "ClientToken", "The token of the launch, against launching twice."),
    F_BOOL(V, ebs_optimized, "EbsOptimized", "Whether its bandwidth to volumes is its own."),
    F_BOOL(V, ena, "EnaSupport", "Whether enhanced networking is on."),
    F_STRING(V, hypervisor, "Hypervisor", "The hypervisor; xen is said of Nitro as well."),
    F_STRING(V, lifecycle, "InstanceLifecycle", "spot of a spot instance; absent for all else."),
    F_LIST(V, cards, struct card_view, &card_shape, "NetworkInterfaces", "Its interfaces."),
    F_STRING(V, root_device, "RootDeviceName", "The device that it boots from."),
    F_STRING(V, root_type, "RootDeviceType", "What the root device is."),
    F_LIST(V, groups, struct group_name, &group_name_shape, "SecurityGroups",
           "Its security groups."),
    F_BOOL(V, source_check, "SourceDestCheck", "Whether it takes only what is meant for it."),
    F_STRING(V, spot, "SpotInstanceRequestId", "The spot request that it fulfils.",
             .ref = &kind_spot_request),
    F_STRUCT(V, reason, struct reason_view, &reason_shape, "StateReason",
             "Why it is in its state."),
    F_TAGS(V, tags),
    F_STRING(V, virtualization, "VirtualizationType", "The kind of virtualization."),
    F_EMBED(V, cpu, struct cpu_view, &cpu_shape, "CpuOptions", "Its cores."),
    F_EMBED(V, capacity, struct reservation_choice_view, &capacity_shape,
            "CapacityReservationSpecification", "Whether it uses reserved capacity."),
    F_EMBED(V, hibernation, struct flag_view, &hibernation_shape, "HibernationOptions",
            "Whether it can hibernate."),
    F_EMBED(V, metadata, struct metadata_view, &metadata_shape, "MetadataOptions",
            "How it can ask about itself from inside."),
    F_EMBED(V, enclave, struct flag_view, &enclave_shape, "EnclaveOptions",
            "Whether it can run enclaves."),
    F_STRING(V, boot_mode, "BootMode", "How its image wants to boot."),
    F_STRING(V, platform_details, "PlatformDetails", "What runs on it, for the bill."),
    F_STRING(V, usage, "UsageOperation", "How the bill names what runs on it."),
    F_TIME(V, usage_time, "UsageOperationUpdateTime", "Since when the bill names it so."),
    F_EMBED(V, name_options, struct name_options_view, &name_options_shape,
            "PrivateDnsNameOptions", "How its private name is made."),
    F_EMBED(V, maintenance, struct maintenance_view, &maintenance_shape, "MaintenanceOptions",
            "What happens when its host breaks."),
    F_STRING(V, current_boot, "CurrentInstanceBootMode", "How it has booted."),
    F_EMBED(V, bandwidth, struct word_view, &bandwidth_shape, "NetworkPerformanceOptions",
            "How its bandwidth is shared."),
    F_EMBED(V, managed, struct flag_view, &managed_shape, "Operator", "Who looks after it."),
    F_STRING(V, id, "InstanceId", "The id of the instance.", .flags = FIELD_COLUMN,
             .ref = &kind_instance),
    F_STRING(V, image, "ImageId", "The image that it was launched from.", .ref = &kind_image),
    F_EMBED(V, state, struct state_name, &state_name_shape, "State", "What it is doing.",
            .flags = FIELD_COLUMN),
    F_STRING(V, private_name, "PrivateDnsName", "Its name inside the VPC."),
    F_STRING(V, public_name, "PublicDnsName", "Its name for the internet."),
    F_STRING(V, transition, "StateTransitionReason", "Why it last changed its state."),
    F_STRING(V, key, "KeyName", "The key pair that logs in.", .ref = &kind_key_pair),
    F_INT(V, launch_index, "AmiLaunchIndex", "Its number in its launch, from 0."),
    F_LIST(V, products, struct product_view, &product_shape, "ProductCodes",
           "Products that are paid for with it: none."),
    F_STRING(V, type, "InstanceType", "Its size.", .flags = FIELD_COLUMN,
             .ref = &kind_instance_type),
    F_TIME(V, launched, "LaunchTime", "When it was last started."),
    F_EMBED(V, placement, struct placement_view, &placement_shape, "Placement", "Where it runs.",
            .flags = FIELD_COLUMN),
    F_STRING(V, platform, "Platform", "windows for Windows; absent for all else."),
    F_EMBED(V, monitoring, struct word_view, &monitoring_shape, "Monitoring",
            "Whether metrics come each minute."),
    F_STRING(V, subnet, "SubnetId", "The subnet that it is in.", .ref = &kind_subnet),
    F_STRING(V, vpc, "VpcId", "The VPC that it is in.", .ref = &kind_vpc),
    F_STRING(V, private_address, "PrivateIpAddress", "Its private address.",
             .flags = FIELD_COLUMN),
    F_STRING(V, public_address, "PublicIpAddress",
             "Its public address; it changes when the instance stops and starts.",
             .flags = FIELD_COLUMN),
};
#undef V

const struct shape instance_view_shape = SHAPE("Instance", struct instance_view, instance_fields);

static const struct field reservation_fields[] = {
    RESERVATION_FIELDS(struct reservation_view),
};

const struct shape reservation_view_shape =
    SHAPE("Reservation", struct reservation_view, reservation_fields);

/* ---- filling ---- */

struct state_name state_see(uint8_t state)
{
    return (struct state_name){.code = state, .name = instance_state_name(state)};
}

static const char *architecture_word(uint8_t architecture)
{
    if (architecture == ARCH_ARM64)
        return "arm64";
    return architecture == ARCH_I386 ? "i386" : "x86_64";
}

/* The token that the AWS CLI makes up for each launch, when the caller gave none. */
static const char *token_text(struct call *call, const struct reservation *reservation)
{
    uint64_t a = (reservation->id ^ call->world->seed) * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t b = (a ^ (a >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);

    if (reservation->client_token != NULL)
        return reservation->client_token;
    return arena_printf(&call->arena, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(a >> 32),
                        (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
                        (unsigned)(0x8000 | (b >> 48 & 0x3fff)), b & UINT64_C(0xffffffffffff));
}

void instance_disks_see(struct call *call, const struct instance *instance,
                        struct disk_views *views)
{
    uint32_t count = 0;
    const int64_t *ids = volumes_of(&call->world->volumes, instance->id, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct volume *volume = table_get(&call->world->volumes.table, (uint64_t)ids[i]);
        const struct volume_attachment *bond = volume_attachment_find(volume, instance->id);

        *LIST_PUSH_IN(&call->arena, views) = (struct disk_view){
            .device = bond->device,
            .ebs = {
                .attached = WHOLE_SECOND(bond->time),
                .delete_on_termination = bond->delete_on_termination,
                .status = volume_attachment_state_name(bond->state),
                .volume = id_text(&call->arena, &kind_volume, volume->key),
            },
        };
    }
}

void interface_groups_see(struct call *call, const struct interface *interface,
                          struct group_names *groups)
{
    uint64_t id;

    for (uint32_t i = 0; (id = interface_group(interface, i)) != 0; i++) {
        const struct security_group *group = table_get(&call->world->firewall.table, id);

        *LIST_PUSH_IN(&call->arena, groups) = (struct group_name){
            .id = id_text(&call->arena, &kind_security_group, group->id),
            .name = group->name,
        };
    }
}

static void card_see(struct call *call, const struct interface *interface,
                     const struct instance_view *view, bool fresh, struct card_view *card)
{
    char mac[18];
    struct address_view address = {
        .primary = true,
        .name = view->private_name,
        .address = view->private_address,
    };

    if (view->public_address != NULL) {
        card->association = arena_alloc(&call->arena, sizeof(*card->association));
        card->association->owner = interface_elastic(interface) == 0
                                       ? "amazon"
                                       : account_text(&call->arena, interface->account);
        card->association->name = view->public_name;
        card->association->address = view->public_address;
        address.association = card->association;
    }
    card->attachment = (struct attachment_view){
        .attached = WHOLE_SECOND(interface->attached),
        .id = id_text(&call->arena, &kind_attachment, interface->attachment),
        .delete_on_termination = true,
        .status = fresh ? "attaching" : "attached",
    };
    card->description = interface_description(interface);
    card->groups = view->groups;
    card->mac = arena_strdup(&call->arena, interface_mac(interface, mac));
    card->id = id_text(&call->arena, &kind_interface, interface->id);
    card->owner = account_text(&call->arena, interface->account);
    card->private_name = view->private_name;
    card->private_address = view->private_address;
    *LIST_PUSH_IN(&call->arena, &card->addresses) = address;
    card->source_check = !interface->no_source_check;
    card->status = "in-use";
    card->subnet = view->subnet;
    card->vpc = view->vpc;
    card->type = "interface";
}

static void network_see(struct call *call, const struct instance *instance, bool fresh,
                        struct instance_view *view)
{
    const struct network *network = &call->world->network;
    const struct interface *interface = instance_interface(&call->world->instances, instance);
    const struct subnet *subnet;
    char text[ADDRESS_TEXT_SIZE];

    view->private_name = view->public_name = "";
    if (interface == NULL)
        return;
    subnet = table_get(&network->subnets, interface->subnet);
    view->subnet = id_text(&call->arena, &kind_subnet, subnet->id);
    view->vpc = id_text(&call->arena, &kind_vpc, subnet->vpc);
    view->private_address = arena_strdup(&call->arena, address_text(interface->address, text));
    view->private_name = address_private_name(network, &call->arena, call->region,
                                              interface->address);
    if (interface->public_address != 0 && !fresh) {
        view->public_address = arena_strdup(&call->arena,
                                            address_text(interface->public_address, text));
        view->public_name = address_public_name(network, &call->arena, call->region,
                                                interface->public_address);
    }
    interface_groups_see(call, interface, &view->groups);
    card_see(call, interface, view, fresh, LIST_PUSH_IN(&call->arena, &view->cards));
    view->source_check = !interface->no_source_check;
}

static const char *current_boot(const struct catalog_image *image, const struct catalog_type *type,
                                uint8_t architecture)
{
    bool can_uefi = strstr(type->boot_modes, "uefi") != NULL;

    if (architecture == ARCH_ARM64 || strcmp(image->boot_mode, "uefi") == 0)
        return "uefi";
    return strcmp(image->boot_mode, "uefi-preferred") == 0 && can_uefi ? "uefi" : "legacy-bios";
}

/* What follows from the image; of one that is gone nothing is known any more. */
static void image_see(struct call *call, const struct instance *instance,
                      const struct reservation *reservation, struct instance_view *view)
{
    const struct images *images = &call->world->images;
    const struct image *image = image_find(images, call->account, call->region,
                                           reservation->image);
    const struct catalog_image *origin;

    view->image = id_text(&call->arena, &kind_image, reservation->image);
    if (image == NULL)
        return;
    origin = image_origin(images, image);
    view->boot_mode = origin->boot_mode[0] == '\0' ? NULL : origin->boot_mode;
    view->current_boot = current_boot(origin, &call->world->catalog->types[instance->type],
                                      instance->architecture);
    if (strcmp(origin->imds, "v2.0") == 0) {
        view->metadata.tokens = "required";
        view->metadata.hops = 2;
    }
}

static void reason_see(struct call *call, const struct instance *instance,
                       struct instance_view *view)
{
    struct reason_view reason = {0};

    view->transition = instance_transition_reason(instance, &call->arena);
    if (!instance_state_reason(instance, &reason.code, &reason.message))
        return;
    view->reason = arena_alloc(&call->arena, sizeof(*view->reason));
    *view->reason = reason;
}

/* Members whose words are the same for every instance. */
static const struct instance_view plain_view = {
    .ena = true,
    .hypervisor = "xen",
    .root_type = "ebs",
    .virtualization = "hvm",
    .capacity = {.preference = "open"},
    .metadata = {
        .state = "applied",
        .tokens = "optional",
        .hops = 1,
        .endpoint = "enabled",
        .ipv6 = "disabled",
        .tags = "disabled",
    },
    .name_options = {.type = "ip-name"},
    .maintenance = {.recovery = "default", .migration = "default"},
    .bandwidth = {.word = "default"},
    .placement = {.group = "", .tenancy = "default"},
};

static void placement_see(struct call *call, const struct instance *instance,
                          struct instance_view *view)
{
    const struct placement_group *group =
        table_find(&call->world->placement.table, instance_rare(instance)->group);
    const struct host_guest *seat = hosts_guest(&call->world->hosts, instance->id);

    view->placement.tenancy = host_tenancy_words[instance->tenancy];
    if (instance->tenancy == HOST_TENANCY_HOST) {
        view->placement.affinity = instance_rare(instance)->affine ? "host" : "default";
        if (instance_rare(instance)->dedicated_host != 0 &&
            (instance_rare(instance)->affine || instance->host != HOST_NONE))
            view->placement.host =
                id_text(&call->arena, &kind_host, instance_rare(instance)->dedicated_host);
    }
    if (group == NULL)
        return;
    view->placement.group = group->name;
    if (seat != NULL && host_guest_partition(seat) > 0)
        view->placement.partition = OPT_INT(host_guest_partition(seat));
    else if (instance_rare(instance)->partition > 0)
        view->placement.partition = OPT_INT(instance_rare(instance)->partition);
}

void instance_see(struct call *call, const struct instance *instance, bool fresh,
                  struct instance_view *view)
{
    const struct catalog *catalog = call->world->catalog;
    const struct catalog_type *type = &catalog->types[instance->type];
    const struct catalog_zone *zone = catalog_zone(catalog, instance->zone);
    const struct reservation *reservation = instance_reservation(&call->world->instances, instance);

    *view = plain_view;
    view->architecture = architecture_word(instance->architecture);
    view->client_token = token_text(call, reservation);
    view->ebs_optimized = instance->ebs_optimized;
    view->root_device = instance->root_device;
    tag_views_fill(call, &view->tags, &instance->tags);
    view->cpu = (struct cpu_view){.cores = type->cores, .threads = type->threads};
    view->platform_details = instance->is_windows ? "Windows" : "Linux/UNIX";
    view->usage = instance->is_windows ? "RunInstances:0002" : "RunInstances";
    view->usage_time = WHOLE_SECOND(instance->created);
    if (instance_rare(instance)->spot != 0) {
        view->lifecycle = "spot";
        view->spot = id_text(&call->arena, &kind_spot_request, instance_rare(instance)->spot);
    }
    view->id = id_text(&call->arena, &kind_instance, instance->id);
    view->state = state_see(instance->state);
    view->key = reservation->key_name;
    view->launch_index = instance->launch_index;
    view->type = type->name;
    view->launched = WHOLE_SECOND(instance->launched);
    view->placement.zone_id = zone->id;
    view->placement.zone = zone->name;
    placement_see(call, instance, view);
    if (instance_rare(instance)->no_recovery)
        view->maintenance.recovery = "disabled";
    view->platform = instance->is_windows ? "windows" : NULL;
    view->monitoring.word = instance->monitored ? "enabled" : "disabled";
    if (fresh) {
        view->metadata.state = "pending";
        view->monitoring.word = instance->monitored ? "pending" : "disabled";
    } else {
        instance_disks_see(call, instance, &view->disks);
    }
    reason_see(call, instance, view);
    image_see(call, instance, reservation, view);
    network_see(call, instance, fresh, view);
}
