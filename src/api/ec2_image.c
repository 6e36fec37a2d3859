/*
 * api/ec2_image.c - describe-images: which machine images there are.
 *
 * True to the EC2 API reference and to recorded answers: deprecated images of others are shown only
 * when asked for, or by id.  Left out: product codes, kernels, watermarks.
 */
#include "api/ec2_image_view.h"
#include "api/ec2_owners.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cloud/image.h"
#include "cloud/volume.h"
#include "sim/clock.h"

/* ---- what an image looks like ---- */

struct image_view {
    const char *platform_details;
    const char *usage;
    struct image_mapping_views mappings;
    const char *description;
    bool ena;
    const char *hypervisor;
    const char *alias;
    const char *name;
    const char *root_device;
    const char *root_type;
    const char *sriov;
    struct tag_views tags;
    const char *virtualization;
    const char *boot;
    const char *deprecated;
    const char *imds;
    const char *instance;
    const char *protection;
    const char *source;
    const char *source_region;
    const char *id;
    const char *location;
    const char *state;
    const char *owner;
    const char *created;
    bool is_public;
    const char *architecture;
    const char *type;
    const char *platform;
};

static const struct field ebs_fields[] = {
    F_BOOL(struct image_ebs_view, delete_on_termination, "DeleteOnTermination",
           "Whether the volume goes when the instance is terminated."),
    F_OPT_INT(struct image_ebs_view, iops, "Iops", "Reads and writes a second."),
    F_STRING(struct image_ebs_view, snapshot, "SnapshotId",
             "What the volume begins with; absent for an empty one.", .ref = &kind_snapshot),
    F_INT(struct image_ebs_view, size_gib, "VolumeSize", "The volume's size in GiB."),
    F_STRING(struct image_ebs_view, type, "VolumeType", "The kind of disk.",
             .words = volume_type_words),
    F_OPT_INT(struct image_ebs_view, throughput, "Throughput", "MiB a second, of a gp3 volume."),
    F_BOOL(struct image_ebs_view, encrypted, "Encrypted", "Whether the volume is encrypted."),
};

static const struct shape ebs_view_shape =
    SHAPE("EbsBlockDevice", struct image_ebs_view, ebs_fields);

static const struct field mapping_fields[] = {
    F_EMBED(struct image_mapping_view, ebs, struct image_ebs_view, &ebs_view_shape, "Ebs",
            "The volume that a launch makes."),
    F_STRING(struct image_mapping_view, device, "DeviceName", "Its name in the instance."),
};

const struct shape image_mapping_view_shape =
    SHAPE("BlockDeviceMapping", struct image_mapping_view, mapping_fields);

static const struct field image_fields[] = {
    F_STRING(struct image_view, platform_details, "PlatformDetails",
             "What its price is for: Linux/UNIX or Windows."),
    F_STRING(struct image_view, usage, "UsageOperation", "How the bill names its hours."),
    F_LIST(struct image_view, mappings, struct image_mapping_view, &image_mapping_view_shape,
           "BlockDeviceMappings", "The disks that a launch makes; the root's first."),
    F_STRING(struct image_view, description, "Description", "What its maker says of it."),
    F_BOOL(struct image_view, ena, "EnaSupport", "Whether it knows the fast network card."),
    F_STRING(struct image_view, hypervisor, "Hypervisor", "What it was built for."),
    F_STRING(struct image_view, alias, "ImageOwnerAlias",
             "amazon, where AWS or a verified provider made it."),
    F_STRING(struct image_view, name, "Name", "Its name, unique among its owner's in the Region.",
             .flags = FIELD_COLUMN),
    F_STRING(struct image_view, root_device, "RootDeviceName", "The device that it boots from."),
    F_STRING(struct image_view, root_type, "RootDeviceType", "The kind of that device: ebs."),
    F_STRING(struct image_view, sriov, "SriovNetSupport", "An older kind of fast network card."),
    F_TAGS(struct image_view, tags),
    F_STRING(struct image_view, virtualization, "VirtualizationType", "How it is run: hvm."),
    F_STRING(struct image_view, boot, "BootMode", "The firmware that it wants."),
    F_STRING(struct image_view, deprecated, "DeprecationTime",
             "From then on lists leave it out unless asked."),
    F_STRING(struct image_view, imds, "ImdsSupport",
             "v2.0, when its instances ask for metadata with tokens only."),
    F_STRING(struct image_view, instance, "SourceInstanceId", "The instance that it was made of.",
             .ref = &kind_instance),
    F_STRING(struct image_view, protection, "DeregistrationProtection",
             "Whether it must be unlocked before it can go: disabled."),
    F_STRING(struct image_view, source, "SourceImageId",
             "The image that it is a copy of, or that its instance was launched from."),
    F_STRING(struct image_view, source_region, "SourceImageRegion",
             "The Region that the source image lies in."),
    F_STRING(struct image_view, id, "ImageId", "The id of the image.", .flags = FIELD_COLUMN,
             .ref = &kind_image),
    F_STRING(struct image_view, location, "ImageLocation", "Its owner and its name."),
    F_STRING(struct image_view, state, "State", "pending, available or failed.",
             .flags = FIELD_COLUMN),
    F_STRING(struct image_view, owner, "OwnerId", "The account that it belongs to.",
             .flags = FIELD_COLUMN, .ref = &kind_account),
    F_STRING(struct image_view, created, "CreationDate", "When it was made, as text.",
             .flags = FIELD_COLUMN),
    F_BOOL(struct image_view, is_public, "Public", "Whether everybody may launch it."),
    F_STRING(struct image_view, architecture, "Architecture", "The processors that can run it.",
             .flags = FIELD_COLUMN),
    F_STRING(struct image_view, type, "ImageType", "machine: it can be launched."),
    F_STRING(struct image_view, platform, "Platform", "windows, or absent."),
};

static const struct shape image_view_shape = SHAPE("Image", struct image_view, image_fields);

static const char *time_text(struct call *call, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    return time == 0 ? NULL : arena_strdup(&call->arena, clock_format(time, CLOCK_MILLI_Z, text));
}

/* NULL: an empty text of the catalog is an absent member. */
static const char *present(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

void image_mappings_fill(struct call *call, const struct image *image,
                         struct image_mapping_views *views)
{
    for (uint32_t i = 0; i < image->mappings.count; i++) {
        const struct image_mapping *mapping = &image->mappings.items[i];

        *LIST_PUSH_IN(&call->arena, views) = (struct image_mapping_view){
            .ebs =
                {
                    .delete_on_termination = mapping->delete_on_termination,
                    .iops = {.value = mapping->iops, .set = mapping->iops != 0},
                    .snapshot = mapping->snapshot == 0
                                    ? NULL
                                    : id_text(&call->arena, &kind_snapshot, mapping->snapshot),
                    .size_gib = mapping->size_gib,
                    .type = volume_type_name(mapping->type),
                    .throughput = {.value = mapping->throughput_mibs,
                                   .set = mapping->throughput_mibs != 0},
                    .encrypted = mapping->encrypted,
                },
            .device = mapping->device,
        };
    }
}

static const char *owner_alias(const struct call *call, const struct image *image)
{
    return image->is_public ? present(image_origin(&call->world->images, image)->owner_alias)
                            : NULL;
}

static struct image_view image_see(struct call *call, const struct image *image)
{
    const struct catalog_image *origin = image_origin(&call->world->images, image);
    bool windows = strcmp(origin->platform, "Windows") == 0;
    const char *owner = account_text(&call->arena, image->account);
    const char *alias = owner_alias(call, image);
    struct image_view view = {
        .platform_details = origin->platform,
        .usage = windows ? "RunInstances:0002" : "RunInstances",
        .description = present(image->description),
        .ena = !image->no_ena,
        .hypervisor = "xen",
        .alias = alias,
        .name = image->name,
        .root_device = image->root_device,
        .root_type = "ebs",
        .sriov = "simple",
        .virtualization = image->paravirtual ? "paravirtual" : "hvm",
        .boot = present(origin->boot_mode),
        .deprecated = time_text(call, image_deprecated(&call->world->images, image)),
        .imds = present(origin->imds),
        .instance =
            image->instance == 0 ? NULL : id_text(&call->arena, &kind_instance, image->instance),
        .protection = "disabled",
        .source = image->source == 0 ? NULL
                                     : id_text(&call->arena, &kind_image, image->source),
        .source_region = image->source == 0
                             ? NULL
                             : call->world->catalog->regions[image->source_region].name,
        .id = id_text(&call->arena, &kind_image, image->key),
        .location = arena_printf(&call->arena, "%s/%s", alias == NULL ? owner : alias, image->name),
        .state = image_state_name(image->state),
        .owner = owner,
        .created = time_text(call, WHOLE_SECOND(image->created)),
        .is_public = image_is_public(image),
        .architecture = architecture_name(image->architecture),
        .type = "machine",
        .platform = windows ? "windows" : NULL,
    };

    image_mappings_fill(call, image, &view.mappings);
    tag_views_fill(call, &view.tags, &image->tags);
    return view;
}

/* ---- DescribeImages ---- */

struct describe_images_in {
    struct strings users;
    struct strings ids;
    struct strings owners;
    bool deprecated;
    bool disabled;
    struct opt_int max_results;
    const char *next_token;
    bool dry_run;
    struct filters filters;
};

struct describe_images_out {
    const char *next_token;
    LIST(struct image_view) images;
};

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_images_in, users, "ExecutableUsers",
              "Only those that these may launch: all for public ones; self or an account for "
              "those that were shared with it by its number."),
    F_STRINGS(struct describe_images_in, ids, "ImageIds", "Only these images.", .ref = &kind_image),
    F_STRINGS(struct describe_images_in, owners, "Owners",
              "Only those of these owners: self, amazon, or an account's number."),
    F_BOOL(struct describe_images_in, deprecated, "IncludeDeprecated",
           "Also the deprecated images of others."),
    F_BOOL(struct describe_images_in, disabled, "IncludeDisabled",
           "Also disabled images; there are none here."),
    F_MAX_RESULTS(struct describe_images_in, max_results, 0),
    F_NEXT_TOKEN(struct describe_images_in, next_token),
    F_DRY_RUN(struct describe_images_in, dry_run),
    F_FILTERS(struct describe_images_in, filters),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeImagesRequest", struct describe_images_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_images_out, next_token),
    F_LIST(struct describe_images_out, images, struct image_view, &image_view_shape, "Images",
           "The images."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeImagesResult", struct describe_images_out, describe_out_fields);

static const struct filter_name image_filters[] = {
    {"architecture", "Architecture"},
    {"block-device-mapping.delete-on-termination", "BlockDeviceMappings.Ebs.DeleteOnTermination"},
    {"block-device-mapping.device-name", "BlockDeviceMappings.DeviceName"},
    {"block-device-mapping.encrypted", "BlockDeviceMappings.Ebs.Encrypted"},
    {"block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"},
    {"block-device-mapping.volume-size", "BlockDeviceMappings.Ebs.VolumeSize"},
    {"block-device-mapping.volume-type", "BlockDeviceMappings.Ebs.VolumeType"},
    {"creation-date", "CreationDate"},
    {"description", "Description"},
    {"ena-support", "EnaSupport"},
    {"hypervisor", "Hypervisor"},
    {"image-id", "ImageId"},
    {"image-type", "ImageType"},
    {"is-public", "Public"},
    {"manifest-location", "ImageLocation"},
    {"name", "Name"},
    {"owner-alias", "ImageOwnerAlias"},
    {"owner-id", "OwnerId"},
    {"platform", "Platform"},
    {"root-device-name", "RootDeviceName"},
    {"root-device-type", "RootDeviceType"},
    {"source-image-id", "SourceImageId"},
    {"source-image-region", "SourceImageRegion"},
    {"source-instance-id", "SourceInstanceId"},
    {"sriov-net-support", "SriovNetSupport"},
    {"state", "State"},
    {"virtualization-type", "VirtualizationType"},
    /* What nothing here has: they match none. */
    {"image-allowed", ""},
    {"image-watermark.source-image-creation-time", ""},
    {"image-watermark.source-image-id", ""},
    {"image-watermark.source-image-region", ""},
    {"image-watermark.watermark-creation-time", ""},
    {"image-watermark.watermark-key", ""},
    {"kernel-id", ""},
    {"product-code", ""},
    {"product-code.type", ""},
    {"ramdisk-id", ""},
    {"state-reason-code", ""},
    {"state-reason-message", ""},
    {"free-tier-eligible", "!"},
    {"public-ssm-parameter-name", "!"},
    {0},
};

/* An account counts where it was given the permission by its number. */
static bool user_wanted(const struct call *call, const struct strings *users,
                        const struct image *image)
{
    for (uint32_t i = 0; i < users->count; i++) {
        uint64_t account = strcmp(users->items[i], "self") == 0
                               ? call->account
                               : strtoull(users->items[i], NULL, 10);

        if (strcmp(users->items[i], "all") == 0 ? image_is_public(image)
                                                : sharing_has(&image->sharing, account))
            return true;
    }
    return users->count == 0;
}

static bool is_deprecated(const struct call *call, const struct image *image)
{
    int64_t time = image_deprecated(&call->world->images, image);

    return image->account != call->account && time != 0 && time <= call->world->sim.now;
}

static void image_list(struct call *call, const struct describe_images_in *in,
                       const struct image *image, struct describe_images_out *out)
{
    struct image_view view;

    if (!user_wanted(call, &in->users, image) ||
        !ec2_owner_wanted(call, &in->owners, image->account, owner_alias(call, image)))
        return;
    view = image_see(call, image);
    if (filter_pass(call->op, &in->filters, &image_view_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->images) = view;
}

static int describe_images(struct call *call, const void *input, void *output)
{
    const struct describe_images_in *in = input;
    struct describe_images_out *out = output;
    const struct images *images = &call->world->images;
    struct found found;
    struct page page;

    if (ec2_owners_check(call, &in->owners) != 0 ||
        ids_find(call, &id_words_image, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        image_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(&images->table) && in->ids.count == 0; i++) {
        const struct image *image = table_at(&images->table, i);

        if (image_find(images, call->account, call->region, image->key) != NULL &&
            (in->deprecated || !is_deprecated(call, image)) && ec2_shows(call, image->key))
            image_list(call, in, image, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->images.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->images, page);
    out->next_token = page.next;
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_image_malformed,
    &fault_image_missing,
    &fault_owner_malformed,
    NULL,
};

static const struct paging describe_paging = EC2_PAGING("Images");

const struct op op_describe_images = {
    .name = "DescribeImages",
    .doc = "Lists machine images: yours, and those that everybody may launch.",
    .example = "aws ec2 describe-images --owners amazon --filters "
               "'Name=name,Values=al2023-ami-2023*-x86_64'",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = image_filters,
    .run = describe_images,
};
