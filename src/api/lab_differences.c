/*
 * api/lab_differences.c - lab: in which files two instances differ.
 *
 * What an image is for: what was made of the same image is the same, until somebody changes it.
 */
#include "api/ec2_parts.h"
#include "api/lab_parts.h"

#include "cloud/world.h"

struct differences_in {
    struct strings instances;
};

struct difference_view {
    const char *path;
    const char *what;
};

struct differences_out {
    bool same;
    const char *first;
    const char *first_image;
    const char *second;
    const char *second_image;
    LIST(struct difference_view) differences;
};

static const struct fault_kind fault_not_two = {
    .code = "InvalidParameterValue",
    .text = "Two instances are compared, not {}",
    .hint = "Give two ids: --instance-ids i-... i-...",
};

static const struct fault_kind fault_no_files = {
    .code = "IncorrectInstanceState",
    .text = "The instances '{}' have no two root volumes that can be compared",
    .hint = "A terminated instance has no disk; one that is pending may have none yet.",
};

static const char *const what_words[] = {"only in the first", "only in the second", "different",
                                         NULL};

static const struct field differences_in_fields[] = {
    F_STRINGS(struct differences_in, instances, "InstanceIds", "The two.", .flags = FIELD_REQUIRED,
              .ref = &kind_instance),
};

static const struct field difference_fields[] = {
    F_STRING(struct difference_view, path, "Path", "A file, or a folder with all in it.",
             .flags = FIELD_COLUMN),
    F_STRING(struct difference_view, what, "What", "How they differ there.", .words = what_words,
             .flags = FIELD_COLUMN),
};
static const struct shape difference_shape =
    SHAPE("Difference", struct difference_view, difference_fields);

static const struct field differences_out_fields[] = {
    F_BOOL(struct differences_out, same, "Same", "True: no file differs."),
    F_STRING(struct differences_out, first, "FirstInstanceId", "The first.", .ref = &kind_instance),
    F_STRING(struct differences_out, first_image, "FirstImageId", "What it was launched from.",
             .ref = &kind_image),
    F_STRING(struct differences_out, second, "SecondInstanceId", "The second.",
             .ref = &kind_instance),
    F_STRING(struct differences_out, second_image, "SecondImageId", "What it was launched from.",
             .ref = &kind_image),
    F_LIST(struct differences_out, differences, struct difference_view, &difference_shape,
           "Differences",
           "Where they differ, by path; what cloud-init notes of each instance is "
           "left out."),
};

static const struct shape differences_in_shape =
    SHAPE("DescribeDifferencesRequest", struct differences_in, differences_in_fields);
static const struct shape differences_out_shape =
    SHAPE("DescribeDifferencesResult", struct differences_out, differences_out_fields);

struct listing {
    struct call *call;
    struct differences_out *out;
};

static void list(void *context, const char *path, enum guest_difference what)
{
    const struct listing *listing = context;

    *LIST_PUSH_IN(&listing->call->arena, &listing->out->differences) = (struct difference_view){
        .path = arena_strdup(&listing->call->arena, path),
        .what = what_words[what - 1],
    };
}

static struct guest_side side_of(const struct call *call, const struct instance *instance)
{
    const struct volume *root =
        volume_at_device(&call->world->volumes, instance->id, instance->root_device);

    return (struct guest_side){instance->id, root == NULL ? 0 : root->key};
}

static const char *image_name(struct call *call, const struct instance *instance)
{
    return id_text(&call->arena, &kind_image,
                   instance_reservation(&call->world->instances, instance)->image);
}

static int describe_differences(struct call *call, const void *input, void *output)
{
    const struct differences_in *in = input;
    struct differences_out *out = output;
    struct listing listing = {call, out};
    const struct instance *pair[2];

    if (in->instances.count != 2)
        return call_fault(call, &fault_not_two, ec2_number(call, in->instances.count));
    for (int i = 0; i < 2; i++) {
        pair[i] = id_find(call, &id_words_instance, in->instances.items[i]);
        if (pair[i] == NULL)
            return -1;
    }
    if (!guest_differences(&call->world->guests, side_of(call, pair[0]), side_of(call, pair[1]),
                           list, &listing))
        return call_fault(
            call, &fault_no_files,
            arena_printf(&call->arena, "%s, %s", in->instances.items[0], in->instances.items[1]));
    out->same = out->differences.count == 0;
    out->first = in->instances.items[0];
    out->second = in->instances.items[1];
    out->first_image = image_name(call, pair[0]);
    out->second_image = image_name(call, pair[1]);
    return 0;
}

static const struct fault_kind *const differences_faults[] = {
    &fault_not_two, &fault_no_files, &fault_instance_malformed, &fault_instance_not_found, NULL,
};

const struct op op_lab_describe_differences = {
    .name = "DescribeDifferences",
    .doc = "Compares the disks of two instances file by file: made of one image, they are the "
           "same until somebody changes one.",
    .example = "lab describe-differences --instance-ids $I $J",
    .needs = "AMI=$(aws ec2 describe-images --owners amazon --filters "
             "Name=name,Values=al2023-ami-2023*-x86_64 --query Images[0].ImageId --output text)\n"
             "I=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --query "
             "Instances[0].InstanceId --output text)\n"
             "J=$(aws ec2 run-instances --image-id $AMI --instance-type t3.micro --query "
             "Instances[0].InstanceId --output text)\n"
             "aws ec2 wait instance-status-ok --instance-ids $I $J",
    .in = &differences_in_shape,
    .out = &differences_out_shape,
    .faults = differences_faults,
    .run = describe_differences,
};
