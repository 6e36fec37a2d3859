/*
 * api/ec2_volume_modification.c - modify-volume, describe-volumes-modifications.
 *
 * True to the EC2 API reference and to recorded answers.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/volume.h"

enum { NUMBER_MOST = 2147483647 };

struct modification_view {
    const char *id;
    const char *state;
    struct opt_int target_size;
    struct opt_int target_iops;
    const char *target_type;
    struct opt_int target_throughput;
    bool target_multi_attach;
    struct opt_int original_size;
    struct opt_int original_iops;
    const char *original_type;
    struct opt_int original_throughput;
    bool original_multi_attach;
    int64_t progress;
    int64_t started;
    int64_t ended;
};

static const struct field modification_fields[] = {
    F_STRING(struct modification_view, id, "VolumeId", "The volume.", .flags = FIELD_COLUMN,
             .ref = &kind_volume),
    F_STRING(struct modification_view, state, "ModificationState",
             "modifying, optimizing (it has taken effect), or completed.", .flags = FIELD_COLUMN,
             .words = volume_modification_state_words),
    F_OPT_INT(struct modification_view, target_size, "TargetSize", "The size that it gets, in GiB.",
              .flags = FIELD_COLUMN),
    F_OPT_INT(struct modification_view, target_iops, "TargetIops",
              "The operations a second that it gets."),
    F_STRING(struct modification_view, target_type, "TargetVolumeType", "The type that it gets.",
             .flags = FIELD_COLUMN, .words = volume_type_words),
    F_OPT_INT(struct modification_view, target_throughput, "TargetThroughput",
              "The MiB a second that it gets; gp3 only."),
    F_BOOL(struct modification_view, target_multi_attach, "TargetMultiAttachEnabled",
           "Whether several instances may have it then."),
    F_OPT_INT(struct modification_view, original_size, "OriginalSize", "The size that it had.",
              .flags = FIELD_COLUMN),
    F_OPT_INT(struct modification_view, original_iops, "OriginalIops",
              "The operations a second that it had."),
    F_STRING(struct modification_view, original_type, "OriginalVolumeType", "The type that it had.",
             .flags = FIELD_COLUMN, .words = volume_type_words),
    F_OPT_INT(struct modification_view, original_throughput, "OriginalThroughput",
              "The MiB a second that it had; gp3 only."),
    F_BOOL(struct modification_view, original_multi_attach, "OriginalMultiAttachEnabled",
           "Whether several instances might have it."),
    F_INT(struct modification_view, progress, "Progress", "How much is done, in percent.",
          .flags = FIELD_COLUMN),
    F_TIME(struct modification_view, started, "StartTime", "When it was asked for."),
    F_TIME(struct modification_view, ended, "EndTime", "When it was completed."),
};

static const struct shape modification_shape =
    SHAPE("VolumeModification", struct modification_view, modification_fields);

static struct opt_int number_of(uint32_t value)
{
    return (struct opt_int){.value = value, .set = value != 0};
}

static struct modification_view modification_see(struct call *call,
                                                 const struct volume_modification *modification)
{
    const struct volume_spec *from = &modification->from;
    const struct volume_spec *to = &modification->to;

    return (struct modification_view){
        .id = id_text(&call->arena, &kind_volume, modification->key),
        .state = volume_modification_state_name(modification->state),
        .target_size = number_of(to->size_gib),
        .target_iops = number_of(to->iops),
        .target_type = volume_type_name(to->type),
        .target_throughput = number_of(to->throughput_mibs),
        .target_multi_attach = to->multi_attach,
        .original_size = number_of(from->size_gib),
        .original_iops = number_of(from->iops),
        .original_type = volume_type_name(from->type),
        .original_throughput = number_of(from->throughput_mibs),
        .original_multi_attach = from->multi_attach,
        .progress = volume_modification_progress(&call->world->volumes, modification),
        .started = WHOLE_SECOND(modification->started),
        .ended = modification->state == MODIFICATION_COMPLETED ? WHOLE_SECOND(modification->ended)
                                                               : 0,
    };
}

/* ---- ModifyVolume ---- */

struct modify_in {
    bool dry_run;
    const char *id;
    struct opt_int size_gib;
    const char *type;
    struct opt_int iops;
    struct opt_int throughput;
    struct opt_bool multi_attach;
};

struct modify_out {
    struct modification_view modification;
};

static const struct fault_kind fault_number = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter {} is invalid. Parameter must be a positive integer.",
    .hint = "Give a whole number of at least 1.",
};

static const struct field modify_in_fields[] = {
    F_DRY_RUN(struct modify_in, dry_run),
    F_STRING(struct modify_in, id, "VolumeId", "The volume; it may be in use.",
             .flags = FIELD_REQUIRED, .ref = &kind_volume),
    F_OPT_INT(struct modify_in, size_gib, "Size", "Its new size in GiB: never a smaller one."),
    F_STRING(struct modify_in, type, "VolumeType", "Its new kind of disk.",
             .words = volume_type_words),
    F_OPT_INT(struct modify_in, iops, "Iops",
              "Reads and writes a second, for io1, io2 and gp3; 3000 when the type changes."),
    F_OPT_INT(struct modify_in, throughput, "Throughput", "MiB a second for gp3: 125 to 1000."),
    F_OPT_BOOL(struct modify_in, multi_attach, "MultiAttachEnabled",
               "Whether up to 16 instances may have it at once: io2 that is not attached."),
};

static const struct shape modify_in_shape =
    SHAPE("ModifyVolumeRequest", struct modify_in, modify_in_fields);

static const struct field modify_out_fields[] = {
    F_EMBED(struct modify_out, modification, struct modification_view, &modification_shape,
            "VolumeModification", "What changes, and how far it is."),
};

static const struct shape modify_out_shape =
    SHAPE("ModifyVolumeResult", struct modify_out, modify_out_fields);

static int check_number(struct call *call, struct opt_int number, const char *name)
{
    if (number.set && (number.value <= 0 || number.value > NUMBER_MOST))
        return call_fault(call, &fault_number, ec2_number(call, number.value), name);
    return 0;
}

static int modify_volume(struct call *call, const void *input, void *output)
{
    const struct modify_in *in = input;
    struct modify_out *out = output;
    const struct volume *volume = id_find(call, &id_words_volume, in->id);
    const struct volume_modification *modification;

    if (volume == NULL || check_number(call, in->size_gib, "size") != 0 ||
        check_number(call, in->iops, "iops") != 0 ||
        check_number(call, in->throughput, "throughput") != 0)
        return -1;
    modification = volume_modify(&call->world->volumes,
                                 &(struct volume_modify){
                                     .volume = volume->key,
                                     .size_gib = (uint32_t)in->size_gib.value,
                                     .iops = (uint32_t)in->iops.value,
                                     .throughput_mibs = (uint32_t)in->throughput.value,
                                     .type = volume_type_of(in->type),
                                     .multi_attach = in->multi_attach,
                                 },
                                 &call->fault);
    if (modification == NULL)
        return -1;
    out->modification = modification_see(call, modification);
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_number,
    &fault_volume_state,
    &fault_volume_shrunk,
    &fault_volume_modified_lately,
    &fault_volume_modification_state,
    &fault_volume_multi_attach_fixed,
    &fault_volume_small,
    &fault_volume_large,
    &fault_volume_unsupported,
    &fault_volume_few_iops,
    &fault_volume_many_iops,
    &fault_volume_iops_ratio,
    &fault_volume_throughput,
    &fault_volume_throughput_ratio,
    NULL,
};

const struct op op_modify_volume = {
    .name = "ModifyVolume",
    .doc = "Changes the size, the type or the speed of a volume while it is used.",
    .example = "aws ec2 modify-volume --volume-id $VOL --size 20 --volume-type gp3",
    .needs = EC2_EXAMPLE_VOLUME,
    .in = &modify_in_shape,
    .out = &modify_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = modify_volume,
};

/* ---- DescribeVolumesModifications ---- */

struct describe_in {
    bool dry_run;
    struct strings ids;
    struct filters filters;
    const char *next_token;
    struct opt_int max_results;
    bool managed;
};

struct describe_out {
    const char *next_token;
    LIST(struct modification_view) modifications;
};

static const struct fault_kind fault_unmodified = {
    .code = "InvalidVolumeModification.NotFound",
    .text = "Modification for volume '{}' does not exist.",
    .hint = "It is as it was made: aws ec2 describe-volumes shows its size and type.",
};

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_in, dry_run),
    F_STRINGS(struct describe_in, ids, "VolumeIds", "Only of these volumes.", .ref = &kind_volume),
    F_FILTERS(struct describe_in, filters),
    F_NEXT_TOKEN(struct describe_in, next_token),
    F_MAX_RESULTS(struct describe_in, max_results, 0),
    F_BOOL(struct describe_in, managed, "IncludeManagedResources",
           "Also those that a service of AWS looks after; there are none here."),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeVolumesModificationsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct describe_out, next_token),
    F_LIST(struct describe_out, modifications, struct modification_view, &modification_shape,
           "VolumesModifications", "The latest change of each volume that was ever changed."),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeVolumesModificationsResult", struct describe_out, describe_out_fields);

static const struct filter_name modification_filters[] = {
    {"modification-state", "ModificationState"},
    {"original-iops", "OriginalIops"},
    {"original-size", "OriginalSize"},
    {"original-volume-type", "OriginalVolumeType"},
    {"originalMultiAttachEnabled", "OriginalMultiAttachEnabled"},
    {"start-time", "StartTime"},
    {"target-iops", "TargetIops"},
    {"target-size", "TargetSize"},
    {"target-volume-type", "TargetVolumeType"},
    {"targetMultiAttachEnabled", "TargetMultiAttachEnabled"},
    {"volume-id", "VolumeId"},
    {"operator.managed", "=false"},
    {"operator.principal", ""},
    {0},
};

/* The change of a volume that was named must be there; of the others, those that are. */
static int modification_list(struct call *call, const struct describe_in *in,
                             const struct volume *volume, struct describe_out *out)
{
    const struct volume_modification *modification =
        volume_modification_find(&call->world->volumes, volume->key);
    struct modification_view view;

    if (modification == NULL)
        return in->ids.count == 0
                   ? 0
                   : call_fault(call, &fault_unmodified,
                                id_text(&call->arena, &kind_volume, volume->key));
    view = modification_see(call, modification);
    if (filter_pass(call->op, &in->filters, &modification_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->modifications) = view;
    return 0;
}

static int describe_modifications(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct volumes *volumes = &call->world->volumes;
    struct found found;
    struct page page;

    if (ids_find(call, &id_words_volume, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++) {
        if (modification_list(call, in, found.items[i], out) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < table_count(&volumes->modifications) && in->ids.count == 0; i++) {
        const struct volume_modification *modification = table_at(&volumes->modifications, i);
        const struct volume *volume =
            volume_find(volumes, call->account, call->region, modification->key);

        if (volume != NULL)
            modification_list(call, in, volume, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->modifications.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->modifications, page);
    out->next_token = page.next;
    return 0;
}

static const struct fault_kind *const describe_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_unmodified,
    NULL,
};

static const struct paging describe_paging = EC2_PAGING("VolumesModifications");

const struct op op_describe_volumes_modifications = {
    .name = "DescribeVolumesModifications",
    .doc = "Shows how far the latest change of each volume is.",
    .example = "aws ec2 describe-volumes-modifications --volume-ids $VOL",
    .needs = EC2_EXAMPLE_VOLUME "\naws ec2 modify-volume --volume-id $VOL --size 20",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = modification_filters,
    .run = describe_modifications,
};
