/*
 * cloud/launch_wish.c - what a launch asks for, in AWS's words: checked, and put into those of
 * cloud/instance (what AWS's words are: cloud/launch_wish_shape).
 *
 * True to the EC2 API reference, RunInstances, and to the order in which EC2 refuses: form first,
 * then what is missing, then what does not go together.
 */
#include "cloud/launch_wish.h"

#include <inttypes.h>
#include <string.h>

#include <nettle/base64.h>

#include "base/str.h"
#include "cloud/credit.h"

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

const struct fault_kind fault_user_data = {
    .code = "InvalidParameterValue",
    .text = "Invalid BASE64 encoding of user data.",
    .hint = "The AWS CLI encodes --user-data by itself: give it the plain script.",
};

const struct fault_kind fault_user_data_size = {
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

const struct fault_kind fault_missing_parameter = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter {}",
    .hint = "The operation's help says what it needs.",
};

const struct fault_kind fault_credit_mode = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for CpuCredits. Valid values are: standard, unlimited.",
    .hint = "standard uses the credits that there are; unlimited goes on, and may be charged.",
};

static const struct fault_kind fault_no_credits = {
    .code = "InstanceCreditSpecification.NotSupported",
    .text = "The instance type '{}' does not support credit specifications.",
    .hint = "Only burstable types (t2, t3, t3a, t4g) have CPU credits.",
};

const struct fault_kind fault_not_modelled_value = {
    .code = "Unsupported",
    .text = "The requested configuration is currently not supported. Please check the "
            "documentation for "
            "supported configurations.",
    .hint = "AWS has this, the console does not model it; the operation's help says what it takes.",
};

const struct fault_kind *const launch_wish_faults[] = {
    &fault_missing_parameter,
    &fault_not_modelled_value,
    &fault_type,
    &fault_no_type,
    &fault_least,
    &fault_most,
    &fault_many,
    &fault_launch_zone,
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
    &fault_credit_mode,
    &fault_no_credits,
    &fault_placement_unknown,
    &fault_placement_of_type,
    &fault_partition_number,
    &fault_partition_without,
    &fault_host_without,
    &fault_placement_on_host,
    &fault_host_type,
    &fault_host_credits,
    &fault_host_malformed,
    &fault_host_missing,
    &fault_host_state,
    &fault_zone_of_host,
    &fault_affinity,
    &fault_spot_price_form,
    &fault_spot_stop_once,
    &fault_image_malformed,
    &fault_image_missing,
    &fault_subnet_not_found,
    &fault_group_not_found,
    &fault_group_name_not_found,
    &fault_key_pair_not_found,
    NULL,
};

/* ---- finding ---- */

/* How the ids of one kind are found, and refused. */
struct named {
    const struct kind *kind;
    const struct fault_kind *malformed;
    const struct fault_kind *missing;
    void *(*find)(const struct launch_ask *ask, uint64_t id);
};

static void *find_image(const struct launch_ask *ask, uint64_t id)
{
    return image_find(ask->launcher->images, ask->account, ask->region, id);
}

static void *find_snapshot(const struct launch_ask *ask, uint64_t id)
{
    return snapshot_find(ask->launcher->snapshots, ask->account, ask->region, id);
}

static void *find_subnet(const struct launch_ask *ask, uint64_t id)
{
    return subnet_find(ask->launcher->network, ask->account, ask->region, id);
}

static void *find_group(const struct launch_ask *ask, uint64_t id)
{
    return security_group_find(ask->launcher->firewall, ask->account, ask->region, id);
}

static const struct named named_image = {&kind_image, &fault_image_malformed,
                                         &fault_image_missing, find_image};
static const struct named named_snapshot = {&kind_snapshot, &fault_snapshot_malformed,
                                            &fault_snapshot_not_found, find_snapshot};
static const struct named named_subnet = {&kind_subnet, &fault_subnet_malformed,
                                          &fault_subnet_not_found, find_subnet};
static const struct named named_group = {&kind_security_group, &fault_group_malformed,
                                         &fault_group_not_found, find_group};

/* What an id names; NULL after a fault. */
static void *named_find(const struct launch_ask *ask, const struct named *named, const char *text)
{
    uint64_t id = 0;
    void *object;

    if (!id_parse(named->kind, text, &id)) {
        fault_set(ask->fault, named->malformed, text);
        return NULL;
    }
    object = id == 0 ? NULL : named->find(ask, id);
    if (object == NULL)
        fault_set(ask->fault, named->missing, text);
    return object;
}

static const char *number_text(const struct launch_ask *ask, int64_t number)
{
    return arena_printf(ask->arena, "%" PRId64, number);
}

/* ---- what to launch ---- */

static int read_counts(const struct launch_ask *ask, struct instance_launch *launch)
{
    if (ask->least < 1)
        return fault_set(ask->fault, &fault_least, number_text(ask, ask->least));
    if (ask->most < ask->least)
        return fault_set(ask->fault, &fault_most, number_text(ask, ask->most));
    if (ask->most > INT32_MAX)
        return fault_set(ask->fault, &fault_many, number_text(ask, ask->most));
    launch->min_count = (uint32_t)ask->least;
    launch->max_count = (uint32_t)ask->most;
    return 0;
}

static int read_type(const struct launch_ask *ask, const struct launch_wish *in,
                     struct instance_launch *launch)
{
    int type;

    if (in->type == NULL)
        return fault_set(ask->fault, &fault_no_type);
    type = catalog_type_find(ask->launcher->catalog, in->type);
    if (type < 0)
        return fault_set(ask->fault, &fault_type, in->type);
    launch->type = (uint16_t)type;
    return 0;
}

static int read_image(const struct launch_ask *ask, const struct launch_wish *in,
                      struct instance_launch *launch,
                      const struct image **found)
{
    const struct images *images = ask->launcher->images;
    const struct image *image;

    if (in->image == NULL)
        return fault_set(ask->fault, &fault_missing_parameter, "ImageId");
    image = named_find(ask, &named_image, in->image);
    if (image == NULL)
        return -1;
    if (read_type(ask, in, launch) != 0)
        return -1;
    if (image_launch_check(images, image, &ask->launcher->catalog->types[launch->type],
                           ask->fault) != 0)
        return -1;
    launch->image = image->key;
    launch->architecture = image->architecture;
    launch->is_windows = strcmp(image_origin(images, image)->platform, "Windows") == 0;
    launch->root_device = image->root_device;
    *found = image;
    return 0;
}

static int read_credits(const struct launch_ask *ask, const struct launch_wish *in,
                        struct instance_launch *launch)
{
    const struct catalog_type *type = &ask->launcher->catalog->types[launch->type];
    int mode;

    if (in->credits == NULL)
        return 0;
    if (in->credits->mode == NULL)
        return fault_set(ask->fault, &fault_missing_parameter, "CreditSpecification.CpuCredits");
    mode = credit_mode_find(in->credits->mode);
    if (mode < 0)
        return fault_set(ask->fault, &fault_credit_mode, in->credits->mode);
    if (!type->burstable)
        return fault_set(ask->fault, &fault_no_credits, type->name);
    launch->credit_mode = (uint8_t)mode;
    return 0;
}

static int read_key(const struct launch_ask *ask, const struct launch_wish *in,
                    struct instance_launch *launch)
{
    if (in->key != NULL &&
        key_pair_find(ask->launcher->keys, ask->account, ask->region, in->key) == NULL)
        return fault_set(ask->fault, &fault_key_pair_not_found, in->key);
    launch->key_name = in->key;
    return 0;
}

/* ---- where ---- */

static int read_subnet(const struct launch_ask *ask, const char *text,
                       struct instance_launch *launch)
{
    const struct subnet *subnet;

    if (text == NULL)
        return 0;
    subnet = named_find(ask, &named_subnet, text);
    if (subnet == NULL)
        return -1;
    if (launch->zone >= 0 && launch->zone != subnet->zone)
        return fault_set(ask->fault, &fault_zone_of_subnet,
                          catalog_zone_name(ask->launcher->catalog, (uint8_t)launch->zone), text,
                          catalog_zone_name(ask->launcher->catalog, subnet->zone));
    launch->subnet = subnet->id;
    return 0;
}

static void add_group(struct instance_launch *launch, uint64_t *groups,
                      const struct security_group *group)
{
    for (uint32_t i = 0; i < launch->group_count; i++) {
        if (groups[i] == group->id)
            return;
    }
    groups[launch->group_count++] = group->id;
}

static int read_groups(const struct launch_ask *ask, const struct strings *ids,
                       const struct strings *names,
                       struct instance_launch *launch)
{
    uint64_t *groups = arena_alloc(ask->arena, (ids->count + names->count + 1) * sizeof(*groups));
    const struct vpc *vpc = vpc_default(ask->launcher->network, ask->account, ask->region);

    launch->groups = groups;
    for (uint32_t i = 0; i < ids->count; i++) {
        const struct security_group *group = named_find(ask, &named_group, ids->items[i]);

        if (group == NULL)
            return -1;
        add_group(launch, groups, group);
    }
    for (uint32_t i = 0; i < names->count; i++) {
        const struct security_group *group;

        if (vpc == NULL)
            return fault_set(ask->fault, &fault_no_default_vpc);
        group = security_group_find_name(ask->launcher->firewall, vpc->id, names->items[i]);
        if (group == NULL)
            return fault_set(ask->fault, &fault_group_name_not_found, names->items[i],
                              id_text(ask->arena, &kind_vpc, vpc->id));
        add_group(launch, groups, group);
    }
    return 0;
}

static int read_address(const struct launch_ask *ask, const char *text,
                        struct instance_launch *launch)
{
    if (text == NULL)
        return 0;
    if (!address_parse(text, &launch->address) || launch->address == 0)
        return fault_set(ask->fault, &fault_address, text);
    if (launch->max_count > 1)
        return fault_set(ask->fault, &fault_address_of_many);
    return 0;
}

/* The address that a network interface is to have, or NULL. */
static int card_address(const struct launch_ask *ask, const struct card_wish *card,
                        const char **address)
{
    *address = card->address;
    if (card->addresses.count == 0)
        return 0;
    if (card->addresses.count > 1 ||
        (card->addresses.items[0].primary.set && !card->addresses.items[0].primary.value))
        return fault_set(ask->fault, &fault_not_modelled_value);
    *address = card->addresses.items[0].address;
    return 0;
}

static int read_card(const struct launch_ask *ask, const struct launch_wish *in,
                     struct instance_launch *launch)
{
    const struct card_wish *card = &in->cards.items[0];
    static const struct strings none = {0};
    const char *address;

    if (in->subnet != NULL)
        return fault_set(ask->fault, &fault_card_and_subnet);
    if (in->group_ids.count + in->group_names.count > 0)
        return fault_set(ask->fault, &fault_card_and_groups);
    if (in->address != NULL)
        return fault_set(ask->fault, &fault_card_and_address);
    if (!card->device_index.set)
        return fault_set(ask->fault, &fault_device_index);
    if (in->cards.count > 1 || card->device_index.value != 0 ||
        (card->delete_on_termination.set && !card->delete_on_termination.value))
        return fault_set(ask->fault, &fault_not_modelled_value);
    launch->public_address = card->public_address;
    return card_address(ask, card, &address) != 0 ||
                   read_subnet(ask, card->subnet, launch) != 0 ||
                   read_groups(ask, &card->groups, &none, launch) != 0
               ? -1
               : read_address(ask, address, launch);
}

static int read_network(const struct launch_ask *ask, const struct launch_wish *in,
                        struct instance_launch *launch)
{
    if (launch_place_zone(ask, in->placement, launch) != 0)
        return -1;
    if (in->cards.count > 0)
        return read_card(ask, in, launch);
    if (in->subnet != NULL && in->group_names.count > 0)
        return fault_set(ask->fault, &fault_combination, "groupName", "subnet");
    if (read_subnet(ask, in->subnet, launch) != 0 ||
        read_groups(ask, &in->group_ids, &in->group_names, launch) != 0)
        return -1;
    return read_address(ask, in->address, launch);
}

/* ---- its disks ---- */

struct disks {
    struct launch_disk *items;
    uint32_t count;
    uint32_t size;
};

static void image_disks(const struct launch_ask *ask, const struct image *image,
                        struct disks *disks)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        const struct image_mapping *mapping = &image->mappings.items[i];

        *LIST_PUSH_IN(ask->arena, disks) = (struct launch_disk){
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

static int positive(const struct launch_ask *ask, struct opt_int number, const char *name,
                    uint32_t *out)
{
    if (!number.set)
        return 0;
    if (number.value < 1 || number.value > INT32_MAX)
        return fault_set(ask->fault, &fault_number, number_text(ask, number.value), name);
    *out = (uint32_t)number.value;
    return 0;
}

/* What a mapping says over what the image has; what it does not say stays. */
static int change_disk(const struct launch_ask *ask, const struct ebs_wish *ebs, bool is_root,
                       struct launch_disk *disk)
{
    if (ebs->snapshot != NULL) {
        const struct snapshot *snapshot = named_find(ask, &named_snapshot, ebs->snapshot);

        if (snapshot == NULL)
            return -1;
        if (is_root && snapshot->key != disk->snapshot)
            return fault_set(ask->fault, &fault_root_snapshot);
        if (!ebs->size.set && snapshot->key != disk->snapshot)
            disk->size_gib = snapshot->size_gib;
        disk->snapshot = snapshot->key;
    }
    if (ebs->type != NULL && strcmp(ebs->type, disk->type) != 0) {
        disk->type = ebs->type;
        disk->iops = disk->throughput = 0;
    }
    if (positive(ask, ebs->size, "volumeSize", &disk->size_gib) != 0 ||
        positive(ask, ebs->iops, "iops", &disk->iops) != 0 ||
        positive(ask, ebs->throughput, "throughput", &disk->throughput) != 0)
        return -1;
    if (ebs->delete_on_termination.set)
        disk->delete_on_termination = ebs->delete_on_termination.value;
    if (ebs->encrypted.set)
        disk->encrypted = ebs->encrypted.value;
    return disk->size_gib == 0 ? fault_set(ask->fault, &fault_disk_size) : 0;
}

static void remove_disk(struct disks *disks, const struct launch_disk *disk)
{
    LIST_REMOVE(disks, (uint32_t)(disk - disks->items));
}

static int read_disk(const struct launch_ask *ask, const struct disk_wish *wish, const char *root,
                     struct disks *disks)
{
    static const struct ebs_wish nothing = {0};
    struct launch_disk *disk = disk_at(disks, wish->device);
    bool is_root = strcmp(wish->device, root) == 0;

    if (wish->no_device != NULL) {
        if (is_root)
            return fault_set(ask->fault, &fault_root, root);
        if (disk != NULL)
            remove_disk(disks, disk);
        return 0;
    }
    if (disk == NULL) {
        disk = LIST_PUSH_IN(ask->arena, disks);
        disk->device = wish->device;
        disk->type = "gp2";
        disk->delete_on_termination = true;
    }
    return change_disk(ask, wish->ebs == NULL ? &nothing : wish->ebs, is_root, disk);
}

static int read_disks(const struct launch_ask *ask, const struct launch_wish *in,
                      const struct image *image,
                      struct instance_launch *launch)
{
    struct disks disks = {0};

    image_disks(ask, image, &disks);
    for (uint32_t i = 0; i < in->disks.count; i++) {
        const struct disk_wish *wish = &in->disks.items[i];

        if (wish->device == NULL)
            return fault_set(ask->fault, &fault_device_name);
        for (uint32_t k = 0; k < i; k++) {
            if (strcmp(in->disks.items[k].device, wish->device) == 0)
                return fault_set(ask->fault, &fault_device, wish->device);
        }
        if (read_disk(ask, wish, image->root_device, &disks) != 0)
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

int launch_user_data(struct arena *arena, const char *text, struct blob *data,
                     struct fault *fault)
{
    if (!base64_read(arena, text, data))
        return fault_set(fault, &fault_user_data);
    return data->size > USER_DATA_MOST ? fault_set(fault, &fault_user_data_size) : 0;
}

/* The tags of the instances: those that the wish has, and the template that it came from. */
static const struct tags *read_tags(const struct launch_ask *ask, const struct launch_wish *in)
{
    const struct tags *own = tag_specifications_of(ask->arena, &in->tags, "instance");
    struct tags *tags;

    if (ask->origin.template == 0)
        return own;
    tags = arena_alloc(ask->arena, sizeof(*tags));
    for (uint32_t i = 0; own != NULL && i < tags_count(own); i++)
        tags_push_in(ask->arena, tags, *tags_at(own, i));
    tags_push_in(ask->arena, tags,
                 (struct pair){"aws:ec2launchtemplate:id",
                               id_text(ask->arena, &kind_launch_template, ask->origin.template)});
    tags_push_in(ask->arena, tags,
                 (struct pair){"aws:ec2launchtemplate:version",
                               number_text(ask, ask->origin.version)});
    return tags;
}

int launch_wish_read(const struct launch_ask *ask, const struct launch_wish *in,
                     struct instance_launch *launch)
{
    const struct image *image = NULL;

    *launch = (struct instance_launch){
        .account = ask->account,
        .region = ask->region,
        .client_token = ask->token,
        .monitored = in->monitoring != NULL && in->monitoring->enabled.value,
        .ends_on_shutdown = str_equal(in->shutdown, "terminate"),
        .no_termination = in->no_termination.value,
        .no_stop = in->no_stop.value,
        .no_recovery = in->maintenance != NULL && str_equal(in->maintenance->recovery, "disabled"),
        .ebs_optimized = in->ebs_optimized.value,
        .tags = read_tags(ask, in),
        .volume_tags = tag_specifications_of(ask->arena, &in->tags, "volume"),
        .spot_tags = tag_specifications_of(ask->arena, &in->tags, "spot-instances-request"),
        .wish = in,
    };
    if (read_counts(ask, launch) != 0 || read_image(ask, in, launch, &image) != 0 ||
        read_credits(ask, in, launch) != 0 || launch_market_read(ask, in, launch) != 0 ||
        read_key(ask, in, launch) != 0 ||
        read_network(ask, in, launch) != 0 || read_disks(ask, in, image, launch) != 0)
        return -1;
    return in->user_data == NULL
               ? 0
               : launch_user_data(ask->arena, in->user_data, &launch->user_data, ask->fault);
}
