/*
 * api/ec2_image_copy.c - copy-image.
 *
 * True to the EC2 API reference.  The copy comes into the Region that the call is made in.  Left
 * out: keys of one's own, copies with a time limit, Outposts, Local Zones.
 */
#include "api/ec2_image_disk.h"

#include "cloud/account.h"
#include "cloud/image.h"
#include "cloud/imaging.h"
#include "cloud/snapshot.h"

static const char *const tagged_kinds[] = {"image", "snapshot", NULL};

struct copy_in {
    const char *token;
    const char *description;
    bool encrypted;
    const char *name;
    const char *source;
    const char *region;
    bool tags_too;
    struct tag_specifications tags;
    bool dry_run;
};

struct copy_out {
    const char *id;
};

static const struct field copy_in_fields[] = {
    F_CLIENT_TOKEN(struct copy_in, token),
    F_STRING(struct copy_in, description, "Description", "What people should know of the copy.",
             .max = IMAGE_DESCRIPTION_MOST),
    F_BOOL(struct copy_in, encrypted, "Encrypted",
           "Encrypts the copies of its snapshots; those of encrypted ones always are.",
           .wire = "encrypted"),
    F_STRING(struct copy_in, name, "Name",
             "Its name, unique among yours in this Region: 3 to 128 characters.",
             .flags = FIELD_REQUIRED, .min = IMAGE_NAME_LEAST, .max = IMAGE_NAME_MOST),
    F_STRING(struct copy_in, source, "SourceImageId", "The image.", .flags = FIELD_REQUIRED,
             .ref = &kind_image),
    F_STRING(struct copy_in, region, "SourceRegion", "The Region that the image lies in.",
             .flags = FIELD_REQUIRED, .ref = &kind_region),
    F_BOOL(struct copy_in, tags_too, "CopyImageTags",
           "The copy gets the tags that you gave the image."),
    F_TAG_SPECIFICATIONS(struct copy_in, tags),
    F_BOOL(struct copy_in, dry_run, "DryRun",
           "Checks whether you could do this, and does nothing.", .wire = "dryRun"),
};

static const struct shape copy_in_shape =
    SHAPE("CopyImageRequest", struct copy_in, copy_in_fields);

static const struct field copy_out_fields[] = {
    F_STRING(struct copy_out, id, "ImageId", "The id of the copy; it is pending.",
             .ref = &kind_image),
};

static const struct shape copy_out_shape =
    SHAPE("CopyImageResult", struct copy_out, copy_out_fields);

/* The image as its own Region has it; NULL after a fault. */
static struct image *source_find(struct call *call, const struct copy_in *in)
{
    struct image *image;
    uint8_t region = 0;
    uint64_t id = 0;

    if (ec2_source_region(call, in->region, &region) != 0)
        return NULL;
    if (!id_parse(&kind_image, in->source, &id)) {
        call_fault(call, &fault_image_malformed, in->source);
        return NULL;
    }
    image = image_find(&call->world->images, call->account, region, id);
    if (image == NULL)
        call_fault(call, &fault_image_missing, in->source);
    return image;
}

static int copy_image(struct call *call, const void *input, void *output)
{
    const struct copy_in *in = input;
    const struct image *source = source_find(call, in);
    struct copy_out *out = output;
    struct imaging_new wanted;
    struct image *image;

    if (source == NULL || tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    wanted = (struct imaging_new){
        .account = call->account,
        .region = call->region,
        .name = in->name,
        .description = in->description,
        .tags = tag_specifications_of(&call->arena, &in->tags, "image"),
        .snapshot_tags = tag_specifications_of(&call->arena, &in->tags, "snapshot"),
    };
    image = imaging_copy(&call->world->imaging, &wanted,
                         &(struct imaging_copy){
                             .source = source->key,
                             .from = in->region,
                             .encrypted = in->encrypted,
                             .most = account_quota(&call->world->accounts, call->account,
                                                   QUOTA_IMAGE_COPIES),
                         },
                         &call->fault);
    if (image == NULL)
        return -1;
    /* tags that others gave their image are not one's own */
    if (in->tags_too && source->account == call->account) {
        tags_copy(&image->tags, &source->tags);
        tags_copy(&image->tags, wanted.tags);
    }
    call->made = image->key;
    out->id = id_text(&call->arena, &kind_image, image->key);
    return 0;
}

/* The token was used before: the same copy, unless it was given up since. */
static int copy_again(struct call *call, uint64_t made, void *output)
{
    struct copy_out *out = output;

    out->id = id_text(&call->arena, &kind_image, made);
    return id_find(call, &id_words_image, out->id) == NULL ? -1 : 0;
}

static const struct fault_kind *const copy_faults[] = {
    &fault_source_region,
    &fault_source_region_lost,
    &fault_image_malformed,
    &fault_image_missing,
    &fault_image_unavailable,
    &fault_imaging_name,
    &fault_imaging_name_taken,
    &fault_imaging_storage,
    &fault_imaging_copies,
    &fault_snapshot_pending,
    NULL,
};

const struct op op_copy_image = {
    .name = "CopyImage",
    .doc = "Copies an image into this Region, from another one or from this, with its snapshots.",
    .example = "aws ec2 copy-image --name my-server --source-region us-east-1 --source-image-id "
               "$IMG --region us-west-2",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &copy_in_shape,
    .out = &copy_out_shape,
    .faults = copy_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = copy_image,
    .again = copy_again,
};
