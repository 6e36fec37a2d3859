/*
 * api/ec2_instance_wish.c - what a run-instances call asks for, checked and put into the words of
 * the cloud.
 *
 * True to the EC2 API reference, RunInstances, and to the order in which EC2 refuses: form first,
 * then what is missing, then what does not go together.
 */
#include "api/ec2_instance_wish.h"

#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"

enum { USER_DATA_MOST = 16384 };

/* ---- faults ---- */

static const struct fault_kind fault_type = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for InstanceType.",
    .hint = "`aws ec2 describe-instance-types` lists those that the console has; AWS has more.",
};

/* Ours: AWS would take the type that is named. */
static const struct fault_kind fault_no_type = {
    .code = "Unsupported",
    .text = "The default instance type, m1.small, is not modelled here. Please name a type, for "
            "example --instance-type t3.micro",
    .hint = "`aws ec2 describe-instance-types` lists the types that the console has.",
};

static const struct fault_kind fault_least = {
    .code = "InvalidParameterValue",
    .text = "Value ( {} ) for parameter minCount is invalid. Expecting a positive number.",
    .hint = "Launch one or more.",
};

static const struct fault_kind fault_most = {
    .code = "InvalidParameterValue",
    .text =
        "Value ( {} ) for parameter maxCount is invalid. Expecting a value not less than minCount.",
    .hint = "--count LEAST:MOST: the second number is not below the first.",
};

static const struct fault_kind fault_many = {
    .code = "InvalidParameterValue",
    .text = "Value ( {} ) for parameter maxCount is invalid. Expecting a value not greater than "
            "2147483647.",
    .hint = "Launch fewer.",
};

static const struct fault_kind fault_zone = {
    .code = "InvalidParameterValue",
    .text = "Invalid availability zone: [{}]",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};

static const struct fault_kind fault_zone_of_subnet = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter availabilityZone is invalid. Subnet '{}' is in the "
            "availability zone {}",
    .hint = "The subnet says which zone: leave the zone away.",
};

static const struct fault_kind fault_combination = {
    .code = "InvalidParameterCombination",
    .text = "The parameter {} cannot be used with the parameter {}",
    .hint = "Groups by name are those of the default VPC; with a subnet name them by id: "
            "--security-group-ids.",
};

static const struct fault_kind fault_card_and_subnet = {
    .code = "InvalidParameterCombination",
    .text = "Network interfaces and an instance-level subnet ID may not be specified on the same "
            "request",
    .hint = "Say it in one place: in --network-interfaces, or without them.",
};

static const struct fault_kind fault_card_and_groups = {
    .code = "InvalidParameterCombination",
    .text = "Network interfaces and an instance-level security groups may not be specified on the "
            "same request",
    .hint = "Name the groups by id in the network interface, or leave "
            "--associate-public-ip-address away and "
            "name them there.",
};

static const struct fault_kind fault_card_and_address = {
    .code = "InvalidParameterCombination",
    .text = "Network interfaces and an instance-level private IP address may not be specified on "
            "the same request",
    .hint = "Say it in one place: in --network-interfaces, or without them.",
};

static const struct fault_kind fault_device_index = {
    .code = "InvalidParameterCombination",
    .text = "Each network interface requires a device index.",
    .hint = "Write DeviceIndex=0 in the network interface.",
};

static const struct fault_kind fault_address = {
    .code = "InvalidParameterValue",
    .text = "invalid value for parameter address: {}",
    .hint = "Write a private IPv4 address of the subnet: 172.31.5.9.",
};

static const struct fault_kind fault_address_of_many = {
    .code = "InvalidParameterCombination",
    .text = "A private IP address can only be specified when launching a single instance",
    .hint = "Launch one, or leave the address away.",
};

static const struct fault_kind fault_user_data = {
    .code = "InvalidParameterValue",
    .text = "Invalid BASE64 encoding of user data.",
    .hint = "The AWS CLI encodes --user-data by itself: give it the plain script.",
};

static const struct fault_kind fault_user_data_size = {
    .code = "InvalidParameterValue",
    .text = "User data is limited to 16384 bytes",
    .hint = "Put the rest into the image, or fetch it from the script.",
};

static const struct fault_kind fault_device = {
    .code = "InvalidBlockDeviceMapping",
    .text = "The device '{}' is used in more than one block-device mapping",
    .hint = "Map each device once.",
};

static const struct fault_kind fault_device_name = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter deviceName",
    .hint = "Write DeviceName=/dev/sdf in the mapping.",
};

static const struct fault_kind fault_root = {
    .code = "InvalidBlockDeviceMapping",
    .text = "The root device '{}' cannot be left out",
    .hint = "An instance boots from it.",
};

static const struct fault_kind fault_root_snapshot = {
    .code = "InvalidBlockDeviceMapping",
    .text = "snapshotId cannot be modified on root device",
    .hint = "The root volume is made of the image's own snapshot.",
};

static const struct fault_kind fault_disk_size = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter size or snapshotId",
    .hint = "Write Ebs={VolumeSize=8} in the mapping.",
};

static const struct fault_kind fault_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. Expecting a positive number.",
    .hint = "Give a number above 0.",
};

const struct fault_kind *const wish_faults[] = {
    &fault_missing_parameter,
    &fault_not_modelled_value,
    &fault_type,
    &fault_no_type,
    &fault_least,
    &fault_most,
    &fault_many,
    &fault_zone,
    &fault_zone_of_subnet,
    &fault_combination,
    &fault_card_and_subnet,
    &fault_card_and_groups,
    &fault_card_and_address,
    &fault_device_index,
    &fault_address,
    &fault_address_of_many,
    &fault_user_data,
    &fault_user_data_size,
    &fault_device,
    &fault_device_name,
    &fault_root,
    &fault_root_snapshot,
    &fault_disk_size,
    &fault_number,
    &fault_image_malformed,
    &fault_image_missing,
    &fault_subnet_not_found,
    &fault_group_not_found,
    &fault_group_name_not_found,
    &fault_key_pair_not_found,
    NULL,
};

/* ---- what to launch ---- */

static int read_counts(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    if (in->least < 1)
        return call_fault(call, &fault_least, ec2_number(call, in->least));
    if (in->most < in->least)
        return call_fault(call, &fault_most, ec2_number(call, in->most));
    if (in->most > INT32_MAX)
        return call_fault(call, &fault_many, ec2_number(call, in->most));
    launch->min_count = (uint32_t)in->least;
    launch->max_count = (uint32_t)in->most;
    return 0;
}

static int read_type(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    int type;

    if (in->type == NULL)
        return call_fault(call, &fault_no_type);
    type = catalog_type_find(call->world->catalog, in->type);
    if (type < 0)
        return call_fault(call, &fault_type, in->type);
    launch->type = (uint16_t)type;
    return 0;
}

static int read_image(struct call *call, const struct run_in *in, struct instance_launch *launch,
                      const struct image **found)
{
    const struct images *images = &call->world->images;
    const struct image *image;

    if (in->image == NULL)
        return call_fault(call, &fault_missing_parameter, "ImageId");
    image = id_find(call, &id_words_image, in->image);
    if (image == NULL)
        return -1;
    if (read_type(call, in, launch) != 0)
        return -1;
    if (image_launch_check(images, image, &call->world->catalog->types[launch->type],
                           &call->fault) != 0)
        return -1;
    launch->image = image->key;
    launch->architecture = image->architecture;
    launch->is_windows = strcmp(image_origin(images, image)->platform, "Windows") == 0;
    launch->root_device = image->root_device;
    *found = image;
    return 0;
}

static int read_key(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    if (in->key != NULL &&
        key_pair_find(&call->world->keys, call->account, call->region, in->key) == NULL)
        return call_fault(call, &fault_key_pair_not_found, in->key);
    launch->key_name = in->key;
    return 0;
}

/* ---- where ---- */

static int read_zone(struct call *call, const struct place_wish *place,
                     struct instance_launch *launch)
{
    const char *name;
    int zone;

    launch->zone = -1;
    if (place == NULL)
        return 0;
    if (place->tenancy != NULL && strcmp(place->tenancy, "default") != 0)
        return call_fault(call, &fault_not_modelled_value);
    name = place->zone != NULL ? place->zone : place->zone_id;
    if (name == NULL)
        return 0;
    zone = catalog_zone_find(call->world->catalog, name);
    if (zone < 0 || zone / ZONES_PER_REGION != call->region)
        return call_fault(call, &fault_zone, name);
    launch->zone = zone;
    return 0;
}

static int read_subnet(struct call *call, const char *text, struct instance_launch *launch)
{
    const struct subnet *subnet;

    if (text == NULL)
        return 0;
    subnet = id_find(call, &id_words_subnet, text);
    if (subnet == NULL)
        return -1;
    if (launch->zone >= 0 && launch->zone != subnet->zone)
        return call_fault(call, &fault_zone_of_subnet,
                          catalog_zone_name(call->world->catalog, (uint8_t)launch->zone), text,
                          catalog_zone_name(call->world->catalog, subnet->zone));
    launch->subnet = subnet->id;
    return 0;
}

static void add_group(struct call *call, struct instance_launch *launch, uint64_t *groups,
                      const struct security_group *group)
{
    (void)call;
    for (uint32_t i = 0; i < launch->group_count; i++) {
        if (groups[i] == group->id)
            return;
    }
    groups[launch->group_count++] = group->id;
}

static int read_groups(struct call *call, const struct strings *ids, const struct strings *names,
                       struct instance_launch *launch)
{
    uint64_t *groups = arena_alloc(&call->arena, (ids->count + names->count + 1) * sizeof(*groups));
    const struct vpc *vpc = vpc_default(&call->world->network, call->account, call->region);
    struct found found;

    launch->groups = groups;
    if (ids_find(call, &id_words_security_group, ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        add_group(call, launch, groups, found.items[i]);
    for (uint32_t i = 0; i < names->count; i++) {
        const struct security_group *group;

        if (vpc == NULL)
            return call_fault(call, &fault_no_default_vpc);
        group = security_group_find_name(&call->world->firewall, vpc->id, names->items[i]);
        if (group == NULL)
            return call_fault(call, &fault_group_name_not_found, names->items[i],
                              id_text(&call->arena, &kind_vpc, vpc->id));
        add_group(call, launch, groups, group);
    }
    return 0;
}

static int read_address(struct call *call, const char *text, struct instance_launch *launch)
{
    if (text == NULL)
        return 0;
    if (!address_parse(text, &launch->address) || launch->address == 0)
        return call_fault(call, &fault_address, text);
    if (launch->max_count > 1)
        return call_fault(call, &fault_address_of_many);
    return 0;
}

/* The address that a network interface is to have, or NULL. */
static int card_address(struct call *call, const struct card_wish *card, const char **address)
{
    *address = card->address;
    if (card->addresses.count == 0)
        return 0;
    if (card->addresses.count > 1 ||
        (card->addresses.items[0].primary.set && !card->addresses.items[0].primary.value))
        return call_fault(call, &fault_not_modelled_value);
    *address = card->addresses.items[0].address;
    return 0;
}

static int read_card(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    const struct card_wish *card = &in->cards.items[0];
    static const struct strings none = {0};
    const char *address;

    if (in->subnet != NULL)
        return call_fault(call, &fault_card_and_subnet);
    if (in->group_ids.count + in->group_names.count > 0)
        return call_fault(call, &fault_card_and_groups);
    if (in->address != NULL)
        return call_fault(call, &fault_card_and_address);
    if (!card->device_index.set)
        return call_fault(call, &fault_device_index);
    if (in->cards.count > 1 || card->device_index.value != 0 ||
        (card->delete_on_termination.set && !card->delete_on_termination.value))
        return call_fault(call, &fault_not_modelled_value);
    launch->public_address = card->public_address;
    return card_address(call, card, &address) != 0 ||
                   read_subnet(call, card->subnet, launch) != 0 ||
                   read_groups(call, &card->groups, &none, launch) != 0
               ? -1
               : read_address(call, address, launch);
}

static int read_network(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    if (read_zone(call, in->placement, launch) != 0)
        return -1;
    if (in->cards.count > 0)
        return read_card(call, in, launch);
    if (in->subnet != NULL && in->group_names.count > 0)
        return call_fault(call, &fault_combination, "groupName", "subnet");
    if (read_subnet(call, in->subnet, launch) != 0 ||
        read_groups(call, &in->group_ids, &in->group_names, launch) != 0)
        return -1;
    return read_address(call, in->address, launch);
}

/* ---- its disks ---- */

struct disks {
    struct launch_disk *items;
    uint32_t count;
    uint32_t size;
};

static void image_disks(struct call *call, const struct image *image, struct disks *disks)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        const struct image_mapping *mapping = &image->mappings.items[i];

        *LIST_PUSH_IN(&call->arena, disks) = (struct launch_disk){
            .device = mapping->device,
            .type = volume_type_name(mapping->type),
            .snapshot = mapping->snapshot,
            .size_gib = mapping->size_gib,
            .iops = mapping->iops,
            .throughput = mapping->throughput_mibs,
            .delete_on_termination = mapping->delete_on_termination,
            .encrypted = mapping->encrypted,
        };
    }
}

static struct launch_disk *disk_at(const struct disks *disks, const char *device)
{
    for (uint32_t i = 0; i < disks->count; i++) {
        if (strcmp(disks->items[i].device, device) == 0)
            return &disks->items[i];
    }
    return NULL;
}

static int positive(struct call *call, struct opt_int number, const char *name, uint32_t *out)
{
    if (!number.set)
        return 0;
    if (number.value < 1 || number.value > INT32_MAX)
        return call_fault(call, &fault_number, ec2_number(call, number.value), name);
    *out = (uint32_t)number.value;
    return 0;
}

/* What a mapping says over what the image has; what it does not say stays. */
static int change_disk(struct call *call, const struct ebs_wish *ebs, bool is_root,
                       struct launch_disk *disk)
{
    if (ebs->snapshot != NULL) {
        const struct snapshot *snapshot = id_find(call, &id_words_snapshot, ebs->snapshot);

        if (snapshot == NULL)
            return -1;
        if (is_root && snapshot->key != disk->snapshot)
            return call_fault(call, &fault_root_snapshot);
        if (!ebs->size.set && snapshot->key != disk->snapshot)
            disk->size_gib = snapshot->size_gib;
        disk->snapshot = snapshot->key;
    }
    if (ebs->type != NULL && strcmp(ebs->type, disk->type) != 0) {
        disk->type = ebs->type;
        disk->iops = disk->throughput = 0;
    }
    if (positive(call, ebs->size, "volumeSize", &disk->size_gib) != 0 ||
        positive(call, ebs->iops, "iops", &disk->iops) != 0 ||
        positive(call, ebs->throughput, "throughput", &disk->throughput) != 0)
        return -1;
    if (ebs->delete_on_termination.set)
        disk->delete_on_termination = ebs->delete_on_termination.value;
    if (ebs->encrypted.set)
        disk->encrypted = ebs->encrypted.value;
    return disk->size_gib == 0 ? call_fault(call, &fault_disk_size) : 0;
}

static void remove_disk(struct disks *disks, const struct launch_disk *disk)
{
    LIST_REMOVE(disks, (uint32_t)(disk - disks->items));
}

static int read_disk(struct call *call, const struct disk_wish *wish, const char *root,
                     struct disks *disks)
{
    static const struct ebs_wish nothing = {0};
    struct launch_disk *disk = disk_at(disks, wish->device);
    bool is_root = strcmp(wish->device, root) == 0;

    if (wish->no_device != NULL) {
        if (is_root)
            return call_fault(call, &fault_root, root);
        if (disk != NULL)
            remove_disk(disks, disk);
        return 0;
    }
    if (disk == NULL) {
        disk = LIST_PUSH_IN(&call->arena, disks);
        disk->device = wish->device;
        disk->type = "gp2";
        disk->delete_on_termination = true;
    }
    return change_disk(call, wish->ebs == NULL ? &nothing : wish->ebs, is_root, disk);
}

static int read_disks(struct call *call, const struct run_in *in, const struct image *image,
                      struct instance_launch *launch)
{
    struct disks disks = {0};

    image_disks(call, image, &disks);
    for (uint32_t i = 0; i < in->disks.count; i++) {
        const struct disk_wish *wish = &in->disks.items[i];

        if (wish->device == NULL)
            return call_fault(call, &fault_device_name);
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(in->disks.items[k].device, wish->device) == 0)
                return call_fault(call, &fault_device, wish->device);
        }
        if (read_disk(call, wish, image->root_device, &disks) != 0)
            return -1;
    }
    launch->disks = disks.items;
    launch->disk_count = disks.count;
    return 0;
}

/* ---- what it gets ---- */

/* False when the text is no base 64. */
static bool base64_read(struct arena *arena, const char *text, struct blob *out)
{
    size_t length = strlen(text);
    size_t size = BASE64_DECODE_LENGTH(length);
    struct base64_decode_ctx context;

    out->bytes = arena_alloc(arena, size + 1);
    base64_decode_init(&context);
    if (!base64_decode_update(&context, &size, (uint8_t *)out->bytes, length, text))
        return false;
    out->size = size;
    return base64_decode_final(&context) == 1;
}

static int read_user_data(struct call *call, const struct run_in *in,
                          struct instance_launch *launch)
{
    if (in->user_data == NULL)
        return 0;
    if (!base64_read(&call->arena, in->user_data, &launch->user_data))
        return call_fault(call, &fault_user_data);
    return launch->user_data.size > USER_DATA_MOST ? call_fault(call, &fault_user_data_size) : 0;
}

static int read_tags(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    static const char *const kinds[] = {"instance", "volume", NULL};

    if (tag_specifications_check(call, &in->tags, kinds) != 0)
        return -1;
    launch->tags = tag_specifications_of(call, &in->tags, "instance");
    launch->volume_tags = tag_specifications_of(call, &in->tags, "volume");
    return 0;
}

int wish_read(struct call *call, const struct run_in *in, struct instance_launch *launch)
{
    const struct image *image = NULL;

    *launch = (struct instance_launch){
        .account = call->account,
        .region = call->region,
        .client_token = in->token,
        .monitored = in->monitoring != NULL && in->monitoring->enabled,
        .ends_on_shutdown = str_equal(in->shutdown, "terminate"),
        .no_termination = in->no_termination,
        .no_stop = in->no_stop,
        .ebs_optimized = in->ebs_optimized,
    };
    if (read_counts(call, in, launch) != 0 || read_image(call, in, launch, &image) != 0 ||
        read_key(call, in, launch) != 0 || read_network(call, in, launch) != 0 ||
        read_disks(call, in, image, launch) != 0 || read_user_data(call, in, launch) != 0)
        return -1;
    return read_tags(call, in, launch);
}
