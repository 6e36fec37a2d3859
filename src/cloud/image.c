/*
 * cloud/image.c - machine images: the record that says which snapshots an instance begins with.
 *
 * Owns    struct image.  Public images and their snapshots have ids made of name and Region, the
 * same in every world. Uses    cloud/snapshot, cloud/guest_image (what a public image has on its
 * disk).
 */
#include "cloud/image.h"

#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/pack.h"
#include "base/str.h"
#include "cloud/guest_image.h"

/* What AWS's own images ask for. */
enum { GP3_IOPS = 3000, GP3_THROUGHPUT_MIBS = 125 };

const struct fault_kind fault_image_malformed = {
    .code = "InvalidAMIID.Malformed",
    .text = "Invalid id: \"{}\" (expecting \"ami-...\")",
    .hint = "An image id is ami- and 17 digits, as describe-images shows it.",
};

const struct fault_kind fault_image_missing = {
    .code = "InvalidAMIID.NotFound",
    .text = "The image id '[{}]' does not exist",
    .hint = "Images belong to a Region: `aws ec2 describe-images --owners amazon` lists those of "
            "this one.",
};

const struct fault_kind fault_image_unavailable = {
    .code = "InvalidAMIID.Unavailable",
    .text = "The image id '[{}]' is not available",
    .hint = "Wait until it is: aws ec2 wait image-available.",
};
static const struct fault_kind fault_architecture = {
    .code = "InvalidParameterValue",
    .text = "The architecture '{}' of the specified instance type does not match the architecture "
            "'{}' of the "
            "specified AMI. Specify an instance type and an AMI that have matching architectures, "
            "and try again. "
            "You can use 'describe-instance-types' or 'describe-images' to discover the "
            "architecture of the "
            "instance type or AMI.",
    .hint = "t4g and other Graviton types take arm64 images, all others x86_64.",
};
/* What it was registered for, without --ena-support or --virtualization-type hvm. */
static const struct fault_kind fault_no_ena = {
    .code = "InvalidParameterCombination",
    .text = "Enhanced networking with the Elastic Network Adapter (ENA) is required for the '{}' "
            "instance type. Ensure that you are using an AMI that is enabled for ENA.",
    .hint = "Register it with --ena-support, or use an older type: t2.",
};
static const struct fault_kind fault_paravirtual = {
    .code = "Unsupported",
    .text = "The requested configuration is currently not supported. Please check the "
            "documentation for supported configurations.",
    .hint = "The image was registered as paravirtual, which no type here runs: register it with "
            "--virtualization-type hvm.",
};
const struct fault_kind fault_image_foreign = {
    .code = "AuthFailure",
    .text = "Not authorized for image:{}",
    .hint = "Only the owner of an image can change it or give it up.",
};

const char *const image_state_words[] = {"pending", "available", "failed", NULL};

static const struct field image_mapping_fields[] = {
    F_STRING(struct image_mapping, device, "Device", "Its name in the instance."),
    F_INT(struct image_mapping, snapshot, "Snapshot", "What the volume begins with."),
    F_INT(struct image_mapping, volume, "Volume", "Whose snapshot is still to be made."),
    F_INT(struct image_mapping, size_gib, "Size", "Its size in GiB."),
    F_INT(struct image_mapping, iops, "Iops", "Operations a second."),
    F_INT(struct image_mapping, throughput_mibs, "Throughput", "MiB a second."),
    F_INT(struct image_mapping, type, "Type", "The volume's type."),
    F_BOOL(struct image_mapping, delete_on_termination, "DeleteOnTermination",
           "Whether it goes with the instance."),
    F_BOOL(struct image_mapping, encrypted, "Encrypted", "Whether it is encrypted."),
};

const struct shape image_mapping_shape =
    SHAPE("ImageMapping", struct image_mapping, image_mapping_fields);

static const struct field image_fields[] = {
    F_INT(struct image, key, "Image", "The image."),
    F_INT(struct image, account, "Account", "Its owner."),
    F_INT(struct image, instance, "Instance", "That it was made of."),
    F_TIME(struct image, created, "Created", "When it was made."),
    F_INT(struct image, catalog, "Catalog", "Image of the catalog that it descends from, plus 1."),
    F_INT(struct image, generation, "Generation", "Counts its steps."),
    F_INT(struct image, region, "Region", "Where it lives."),
    F_INT(struct image, state, "State", "Its state."),
    F_INT(struct image, architecture, "Architecture", "Of the processors that can run it."),
    F_BOOL(struct image, is_public, "Public", "Whether all accounts may launch it."),
    F_BOOL(struct image, waiting, "Waiting", "Whether its snapshots are still to be made."),
    F_STRING(struct image, name, "Name", "Its name."),
    F_STRING(struct image, description, "Description", "What its maker says of it."),
    F_STRING(struct image, root_device, "RootDevice", "The device that it boots from."),
    F_LIST(struct image, mappings, struct image_mapping, &image_mapping_shape, "Mappings",
           "Its disks."),
    F_EMBED(struct image, tags, struct tags, &tags_shape, "Tags", "Its tags."),
    F_EMBED(struct image, snapshot_tags, struct tags, &tags_shape, "SnapshotTags",
            "Tags for the snapshots that are still to be made."),
    F_EMBED(struct image, sharing, struct sharing, &sharing_shape, "Sharing",
            "Who else may launch it."),
    F_TIME(struct image, deprecated, "Deprecated", "When it grows old."),
    F_BOOL(struct image, paravirtual, "Paravirtual",
           "Whether it was made for an older hypervisor."),
    F_BOOL(struct image, no_ena, "NoEna", "Whether it does not know the fast network card."),
    F_INT(struct image, source, "Source", "The image that it comes from."),
    F_INT(struct image, source_region, "SourceRegion", "Where that lies."),
    F_BOOL(struct image, is_copy, "Copy", "Whether it is a copy of that."),
};

const struct shape image_shape = SHAPE("Image", struct image, image_fields);

const char *image_state_name(uint8_t state)
{
    return state == 0 || state > IMAGE_FAILED ? "invalid" : image_state_words[state - 1];
}

const char *architecture_name(uint32_t architecture)
{
    return architecture & ARCH_ARM64 ? "arm64" : architecture & ARCH_X86_64 ? "x86_64" : "i386";
}

/* ---- the public ones ---- */

/* An id of 64 bits that depends on the texts alone. */
static uint64_t fixed_id(const char *kind, const char *region, const char *name)
{
    struct str text = STR_INIT;
    unsigned char hash[PACK_HASH_SIZE];
    uint64_t id = 0;

    str_addf(&text, "%s/%s/%s", kind, region, name);
    pack_hash(text.text, text.length, hash);
    str_release(&text);
    for (int i = 0; i < 8; i++)
        id = id << 8 | hash[i];
    return id == 0 ? 1 : id;
}

static void add_public(struct images *images, uint8_t region, uint32_t position)
{
    const struct catalog_image *origin = &images->catalog->images[position];
    const char *where = images->catalog->regions[region].name;
    bool gp3 = volume_type_of(origin->volume_type) == VOLUME_GP3;
    struct snapshot *snapshot =
        table_add(&images->snapshots->table, fixed_id("snapshot", where, origin->name));
    struct image *image = table_add(&images->table, fixed_id("image", where, origin->name));

    snapshot->account = origin->owner;
    snapshot->started = snapshot->completed = origin->created;
    snapshot->size_gib = origin->size_gib;
    snapshot->source = position + 1;
    snapshot->state = SNAPSHOT_COMPLETED;
    snapshot->region = region;
    snapshot->is_public = true;
    snapshot->description = xstrdup("");
    image->account = origin->owner;
    image->created = origin->created;
    image->catalog = position + 1;
    image->region = region;
    image->state = IMAGE_AVAILABLE;
    image->architecture = (uint8_t)origin->architecture;
    image->is_public = true;
    image->name = xstrdup(origin->name);
    image->description = xstrdup(origin->description);
    image->root_device = xstrdup(origin->root_device);
    *LIST_PUSH(&image->mappings) = (struct image_mapping){
        .device = xstrdup(origin->root_device),
        .snapshot = snapshot->key,
        .size_gib = origin->size_gib,
        .iops = gp3 ? GP3_IOPS : 0,
        .throughput_mibs = gp3 ? GP3_THROUGHPUT_MIBS : 0,
        .type = volume_type_of(origin->volume_type),
        .delete_on_termination = true,
    };
}

/* The blocks of a public snapshot, made at its first use; the copies in other Regions share them.
 */
static uint64_t fill(void *context, const struct snapshot *snapshot)
{
    struct images *images = context;
    struct blocks *blocks = images->snapshots->blocks;

    if (snapshot->source == 0 || snapshot->source > images->catalog->image_count)
        return 0;
    for (uint32_t i = 0; i < table_count(&images->snapshots->table); i++) {
        const struct snapshot *other = table_at(&images->snapshots->table, i);

        if (other->source == snapshot->source && other->map != 0)
            return blocks_hold(blocks, other->map);
    }
    return guest_image_make(blocks, &images->catalog->images[snapshot->source - 1]);
}

static uint64_t image_of(void *context, uint64_t snapshot)
{
    const struct images *images = context;

    for (uint32_t i = 0; i < table_count(&images->table); i++) {
        const struct image *image = table_at(&images->table, i);

        for (uint32_t j = 0; j < image->mappings.count; j++) {
            if (image->mappings.items[j].snapshot == snapshot)
                return image->key;
        }
    }
    return 0;
}

void images_init(struct images *images, struct image_links links)
{
    *images = (struct images){
        .sim = links.sim,
        .snapshots = links.snapshots,
        .catalog = links.catalog,
        .ids = links.ids,
        .trail = links.trail,
    };
    table_init(&images->table, &image_shape);
    links.snapshots->image_of = image_of;
    links.snapshots->fill = fill;
    links.snapshots->image_context = images;
    for (uint32_t region = 0; region < links.catalog->region_count; region++) {
        for (uint32_t i = 0; i < links.catalog->image_count; i++)
            add_public(images, (uint8_t)region, i);
    }
}

void images_release(struct images *images)
{
    table_release(&images->table);
}

static bool image_sound(const struct images *images, const struct image *image)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        const struct image_mapping *mapping = &image->mappings.items[i];

        if (mapping->device == NULL || mapping->type == 0 || mapping->type > VOLUME_GP3)
            return false;
    }
    return image->state != 0 && image->state <= IMAGE_FAILED && image->name != NULL &&
           image->root_device != NULL && image->mappings.count > 0 && image->catalog != 0 &&
           image->catalog <= images->catalog->image_count &&
           image->region < images->catalog->region_count &&
           image->source_region < images->catalog->region_count;
}

bool images_restore(const struct images *images)
{
    for (uint32_t i = 0; i < table_count(&images->table); i++) {
        if (!image_sound(images, table_at(&images->table, i)))
            return false;
    }
    return true;
}

/* ---- finding ---- */

bool image_is_public(const struct image *image)
{
    return image->is_public || image->sharing.everybody;
}

bool image_is_for(const struct image *image, uint64_t account)
{
    return image->account == account || image->is_public ||
           sharing_allows(&image->sharing, account);
}

int64_t image_deprecated(const struct images *images, const struct image *image)
{
    return image->is_public ? image_origin(images, image)->deprecated : image->deprecated;
}

struct image *image_find(const struct images *images, uint64_t account, uint8_t region, uint64_t id)
{
    struct image *image = id == 0 ? NULL : table_find(&images->table, id);

    return image != NULL && image->region == region && image_is_for(image, account) ? image : NULL;
}

int image_launch_check(const struct images *images, const struct image *image,
                       const struct catalog_type *type, struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    int result = 0;

    (void)images;
    if (image->state != IMAGE_AVAILABLE)
        result = fault_set(fault, &fault_image_unavailable,
                           id_text(&arena, &kind_image, image->key));
    else if ((type->architectures & image->architecture) == 0)
        result = fault_set(fault, &fault_architecture, architecture_name(type->architectures),
                           architecture_name(image->architecture));
    else if (image->paravirtual)
        result = fault_set(fault, &fault_paravirtual);
    else if (image->no_ena && !str_equal(type->hypervisor, "xen"))
        result = fault_set(fault, &fault_no_ena, type->name);
    arena_release(&arena);
    return result;
}

const struct catalog_image *image_origin(const struct images *images, const struct image *image)
{
    if (image->catalog == 0 || image->catalog > images->catalog->image_count)
        BUG("an image descends from none of the catalog");
    return &images->catalog->images[image->catalog - 1];
}

const struct image *image_named(const struct images *images, uint64_t account, uint8_t region,
                                const char *name)
{
    for (uint32_t i = 0; i < table_count(&images->table); i++) {
        const struct image *image = table_at(&images->table, i);

        if (image->account == account && image->region == region && str_equal(image->name, name))
            return image;
    }
    return NULL;
}

void image_moved(const struct images *images, const struct image *image, const char *state)
{
    if (images->moved != NULL)
        images->moved(images->context, image, state);
}

int image_deregister(struct images *images, uint64_t account, struct image *image,
                     struct fault *fault)
{
    struct arena arena = ARENA_INIT;
    const char *name = id_text(&arena, &kind_image, image->key);
    int result = 0;

    if (image->account != account) {
        result = fault_set(fault, &fault_image_foreign, name);
    } else {
        trail_add(images->trail, (struct trail_entry){
                                     .account = image->account,
                                     .subject = image->key,
                                     .topic = TRAIL_IMAGE,
                                     .region = image->region,
                                     .text = arena_printf(&arena, "%s deregistered", name),
                                 });
        image_moved(images, image, "deregistered");
        table_remove(&images->table, image->key);
    }
    arena_release(&arena);
    return result;
}
