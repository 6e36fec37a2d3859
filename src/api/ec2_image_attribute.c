/*
 * api/ec2_image_attribute.c - modify-image-attribute, describe-image-attribute,
 * reset-image-attribute, enable-image-deprecation: who may launch an image, what it says of itself,
 * when it grows old.
 *
 * True to the EC2 API reference.  An image that was shared may be launched, its snapshots may not
 * be read; accounts that may launch it see it in lists until it is deprecated.  Left out: product
 * codes, organisations, IMDS support.
 */
#include "api/ec2_image_view.h"
#include "api/ec2_sharing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cloud/image.h"
#include "sim/clock.h"

enum { DESCRIPTION_MOST = 255, YEARS_MOST = 10 };

static const int64_t year = 365 * DAY_NS;

static const struct fault_kind fault_no_attribute = {
    .code = "InvalidParameterCombination",
    .text = "No attributes specified.",
    .hint = "Say what is to change: --launch-permission or --description.",
};

static const struct fault_kind fault_attribute = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter attribute is invalid. Unknown attribute.",
    .hint = "launchPermission and description can be changed.",
};

static const struct fault_kind fault_request = {
    .code = "InvalidRequest",
    .text = "The request received was invalid.",
    .hint = "The image has no such attribute.",
};

static const struct fault_kind fault_date = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter deprecateAt is invalid. The date must be in the future, and "
            "at most 10 years from now.",
    .hint = "`lab describe-clock` shows the simulated time.",
};

/* The image, of which only its owner may ask or change these things. */
static struct image *own_image(struct call *call, const char *id)
{
    struct image *image = id_find(call, &id_words_image, id);

    if (image != NULL && image->account != call->account) {
        call_fault(call, &fault_image_foreign, id);
        return NULL;
    }
    return image;
}

/* ---- ModifyImageAttribute ---- */

struct value_in {
    const char *value;
};

struct modify_in {
    const char *attribute;
    struct value_in *description;
    const char *image;
    struct permission_changes *permission;
    const char *operation;
    struct strings groups;
    struct strings users;
    const char *value;
    bool dry_run;
};

static const struct field value_fields[] = {
    F_STRING(struct value_in, value, "Value", "The text.", .max = DESCRIPTION_MOST),
};
static const struct shape value_shape = SHAPE("AttributeValue", struct value_in, value_fields);

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_in, attribute, "Attribute",
             "What changes, in the older form: launchPermission or description."),
    F_STRUCT(struct modify_in, description, struct value_in, &value_shape, "Description",
             "What people should know of it: Value=TEXT."),
    F_STRING(struct modify_in, image, "ImageId", "The image: one of yours.",
             .flags = FIELD_REQUIRED, .ref = &kind_image),
    F_STRUCT(struct modify_in, permission, struct permission_changes,
             &launch_permission_changes_shape, "LaunchPermission",
             "Who may launch it: Add=[{UserId=ACCOUNT}], or Group=all for everybody."),
    F_STRING(struct modify_in, operation, "OperationType",
             "With --user-ids or --user-groups: add or remove.", .words = sharing_operation_words),
    F_STRINGS(struct modify_in, groups, "UserGroups", "all: everybody."),
    F_STRINGS(struct modify_in, users, "UserIds", "Accounts.", .ref = &kind_account),
    F_STRING(struct modify_in, value, "Value", "The new value, with --attribute description."),
    F_DRY_RUN(struct modify_in, dry_run),
};
static const struct shape modify_in_shape =
    SHAPE("ModifyImageAttributeRequest", struct modify_in, modify_in_fields);

static void describe(struct image *image, const char *text)
{
    free(image->description);
    image->description = *text == '\0' ? NULL : xstrdup(text);
}

static int modify_image_attribute(struct call *call, const void *input, void *output)
{
    const struct modify_in *in = input;
    struct image *image = own_image(call, in->image);
    struct sharing_wish wish = {in->permission, in->operation, &in->users, &in->groups};
    bool older = in->attribute != NULL && strcmp(in->attribute, "description") == 0;
    const char *text = in->description != NULL ? in->description->value : older ? in->value : NULL;

    (void)output;
    if (image == NULL)
        return -1;
    if (in->attribute != NULL && !older && strcmp(in->attribute, "launchPermission") != 0)
        return call_fault(call, &fault_attribute, in->attribute);
    if (text == NULL && !sharing_wish_says(&wish))
        return call_fault(call, &fault_no_attribute);
    if (sharing_change(call, &wish, true, &image->sharing) != 0)
        return -1;
    if (text != NULL)
        describe(image, text);
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_image_malformed,      &fault_image_missing,
    &fault_image_foreign,        &fault_attribute,
    &fault_no_attribute,         &fault_sharing_image_item,
    &fault_sharing_no_operation, NULL,
};

const struct op op_modify_image_attribute = {
    .name = "ModifyImageAttribute",
    .doc = "Changes who may launch an image of yours, or what it says of itself.",
    .example = "aws ec2 modify-image-attribute --image-id $IMG --launch-permission "
               "'Add=[{Group=all}]'",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &modify_in_shape,
    .out = &shape_empty,
    .faults = modify_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_image_attribute,
};

/* ---- DescribeImageAttribute ---- */

struct attribute_in {
    const char *attribute;
    const char *image;
    bool dry_run;
};

/* Of these, the one that was asked for. */
struct attribute_out {
    struct value_in *description;
    struct value_in *kernel;
    struct value_in *ramdisk;
    struct value_in *sriov;
    struct value_in *boot;
    struct value_in *imds;
    struct value_in *protection;
    const char *image;
    struct permission_views permissions;
    struct image_mapping_views mappings;
};

static const char *const attribute_words[] = {"description",
                                              "kernel",
                                              "ramdisk",
                                              "launchPermission",
                                              "productCodes",
                                              "blockDeviceMapping",
                                              "sriovNetSupport",
                                              "bootMode",
                                              "tpmSupport",
                                              "uefiData",
                                              "lastLaunchedTime",
                                              "imdsSupport",
                                              "deregistrationProtection",
                                              NULL};

static const struct field attribute_in_fields[] = {
    F_STRING(struct attribute_in, attribute, "Attribute", "Which one.", .flags = FIELD_REQUIRED,
             .words = attribute_words),
    F_STRING(struct attribute_in, image, "ImageId", "The image: one of yours.",
             .flags = FIELD_REQUIRED, .ref = &kind_image),
    F_DRY_RUN(struct attribute_in, dry_run),
};
static const struct shape attribute_in_shape =
    SHAPE("DescribeImageAttributeRequest", struct attribute_in, attribute_in_fields);

static const struct field attribute_out_fields[] = {
    F_STRUCT(struct attribute_out, description, struct value_in, &value_shape, "Description",
             "What its maker says of it."),
    F_STRUCT(struct attribute_out, kernel, struct value_in, &value_shape, "KernelId",
             "Empty: it brings its own."),
    F_STRUCT(struct attribute_out, ramdisk, struct value_in, &value_shape, "RamdiskId",
             "Empty: it brings its own."),
    F_STRUCT(struct attribute_out, sriov, struct value_in, &value_shape, "SriovNetSupport",
             "An older kind of fast network card."),
    F_STRUCT(struct attribute_out, boot, struct value_in, &value_shape, "BootMode",
             "The firmware that it wants."),
    F_STRUCT(struct attribute_out, imds, struct value_in, &value_shape, "ImdsSupport",
             "v2.0, when its instances ask for metadata with tokens only."),
    F_STRUCT(struct attribute_out, protection, struct value_in, &value_shape,
             "DeregistrationProtection", "Whether it must be unlocked before it can go."),
    F_STRING(struct attribute_out, image, "ImageId", "The image.", .ref = &kind_image),
    F_LIST(struct attribute_out, permissions, struct permission_view, &launch_permission_shape,
           "LaunchPermissions", "Who else may launch it."),
    F_LIST(struct attribute_out, mappings, struct image_mapping_view, &image_mapping_view_shape,
           "BlockDeviceMappings", "Its disks.", .flags = FIELD_OMIT_EMPTY),
};
static const struct shape attribute_out_shape =
    SHAPE("ImageAttribute", struct attribute_out, attribute_out_fields);

static struct value_in *value_of(struct call *call, const char *text)
{
    struct value_in *value = arena_alloc(&call->arena, sizeof(*value));

    value->value = text == NULL || *text == '\0' ? NULL : text;
    return value;
}

/* False when the image has no such attribute. */
static bool attribute_fill(struct call *call, const struct image *image, const char *name,
                           struct attribute_out *out)
{
    const struct catalog_image *origin = image_origin(&call->world->images, image);
    const struct {
        const char *name;
        struct value_in **at;
        const char *value;
    } values[] = {
        {"description", &out->description, image->description},
        {"kernel", &out->kernel, NULL},
        {"ramdisk", &out->ramdisk, NULL},
        {"sriovNetSupport", &out->sriov, "simple"},
        {"bootMode", &out->boot, origin->boot_mode},
        {"imdsSupport", &out->imds, origin->imds},
        {"deregistrationProtection", &out->protection, "disabled"},
    };

    if (strcmp(name, "launchPermission") == 0)
        sharing_fill(call, &image->sharing, &out->permissions);
    else if (strcmp(name, "blockDeviceMapping") == 0)
        image_mappings_fill(call, image, &out->mappings);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(name, values[i].name) == 0)
            *values[i].at = value_of(call, values[i].value);
    }
    return strcmp(name, "tpmSupport") != 0 && strcmp(name, "uefiData") != 0 &&
           strcmp(name, "lastLaunchedTime") != 0;
}

static int describe_image_attribute(struct call *call, const void *input, void *output)
{
    const struct attribute_in *in = input;
    const struct image *image = own_image(call, in->image);
    struct attribute_out *out = output;

    if (image == NULL)
        return -1;
    if (!attribute_fill(call, image, in->attribute, out))
        return call_fault(call, &fault_request);
    out->image = in->image;
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_image_malformed, &fault_image_missing, &fault_image_foreign, &fault_request, NULL,
};

const struct op op_describe_image_attribute = {
    .name = "DescribeImageAttribute",
    .doc = "Shows one attribute of an image of yours: who may launch it, its disks...",
    .example = "aws ec2 describe-image-attribute --image-id $IMG --attribute launchPermission",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &attribute_in_shape,
    .out = &attribute_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .run = describe_image_attribute,
};

/* ---- ResetImageAttribute ---- */

static const char *const reset_words[] = {"launchPermission", NULL};

static const struct field reset_in_fields[] = {
    F_STRING(struct attribute_in, attribute, "Attribute", "launchPermission, the only one.",
             .flags = FIELD_REQUIRED, .words = reset_words),
    F_STRING(struct attribute_in, image, "ImageId", "The image: one of yours.",
             .flags = FIELD_REQUIRED, .ref = &kind_image),
    F_DRY_RUN(struct attribute_in, dry_run),
};
static const struct shape reset_in_shape =
    SHAPE("ResetImageAttributeRequest", struct attribute_in, reset_in_fields);

static int reset_image_attribute(struct call *call, const void *input, void *output)
{
    const struct attribute_in *in = input;
    struct image *image = own_image(call, in->image);

    (void)output;
    if (image == NULL)
        return -1;
    sharing_reset(&image->sharing);
    return 0;
}

static const struct fault_kind *const reset_faults[] = {
    &fault_image_malformed,
    &fault_image_missing,
    &fault_image_foreign,
    NULL,
};

const struct op op_reset_image_attribute = {
    .name = "ResetImageAttribute",
    .doc = "Takes all launch permissions of an image back: only you may launch it.",
    .example = "aws ec2 reset-image-attribute --image-id $IMG --attribute launchPermission",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &reset_in_shape,
    .out = &shape_empty,
    .faults = reset_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = reset_image_attribute,
};

/* ---- EnableImageDeprecation ---- */

struct deprecation_in {
    const char *image;
    int64_t at;
    bool dry_run;
};

struct deprecation_out {
    bool done;
};

static const struct field deprecation_in_fields[] = {
    F_STRING(struct deprecation_in, image, "ImageId", "The image: one of yours.",
             .flags = FIELD_REQUIRED, .ref = &kind_image),
    F_TIME(struct deprecation_in, at, "DeprecateAt",
           "From when on others see it in lists no more: 2027-01-05T08:00:00Z; rounded to the "
           "minute.",
           .flags = FIELD_REQUIRED),
    F_DRY_RUN(struct deprecation_in, dry_run),
};
static const struct shape deprecation_in_shape =
    SHAPE("EnableImageDeprecationRequest", struct deprecation_in, deprecation_in_fields);

static const struct field deprecation_out_fields[] = {
    F_BOOL(struct deprecation_out, done, "Return", "True: the date is set."),
};
static const struct shape deprecation_out_shape =
    SHAPE("EnableImageDeprecationResult", struct deprecation_out, deprecation_out_fields);

static int enable_image_deprecation(struct call *call, const void *input, void *output)
{
    const struct deprecation_in *in = input;
    struct image *image = own_image(call, in->image);
    struct deprecation_out *out = output;
    int64_t at = (in->at + MINUTE_NS / 2) / MINUTE_NS * MINUTE_NS;
    char text[CLOCK_TEXT_SIZE];

    if (image == NULL)
        return -1;
    if (in->at <= call->world->sim.now || in->at > call->world->sim.now + YEARS_MOST * year)
        return call_fault(call, &fault_date, clock_format(in->at, CLOCK_MILLI_Z, text));
    image->deprecated = at;
    out->done = true;
    return 0;
}

static const struct fault_kind *const deprecation_faults[] = {
    &fault_image_malformed, &fault_image_missing, &fault_image_foreign, &fault_date, NULL,
};

const struct op op_enable_image_deprecation = {
    .name = "EnableImageDeprecation",
    .doc = "Says from when on an image is deprecated: it can still be launched, but those that it "
           "is shared with do not see it in lists.",
    .example = "aws ec2 enable-image-deprecation --image-id $IMG --deprecate-at "
               "2027-01-05T08:00:00Z",
    .needs = EC2_EXAMPLE_OWN_IMAGE,
    .in = &deprecation_in_shape,
    .out = &deprecation_out_shape,
    .faults = deprecation_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = enable_image_deprecation,
};
