/*
 * api/ec2_attachment.c - attach-volume, detach-volume: which instance has which disk.
 *
 * True to the EC2 API reference: a volume goes to an instance of its own zone that runs or is
 * stopped; the root volume leaves a stopped instance only.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"
#include "cloud/instance.h"
#include "cloud/volume.h"
#include "sim/clock.h"

static const struct fault_kind fault_not_running = {
    .code = "IncorrectState",
    .text = "Instance '{}' is not 'running'.",
    .hint = "An instance takes volumes while it is running or stopped: `aws ec2 wait "
            "instance-running` waits.",
};

static const struct fault_kind fault_other_device = {
    .code = "InvalidAttachment.NotFound",
    .text = "The volume '{}' is not attached to instance '{}' as device '{}'.",
    .hint = "`aws ec2 describe-volumes` shows the device; you need not give it.",
};

/* ---- what an attachment looks like ---- */

struct attachment_out {
    const char *volume;
    const char *instance;
    const char *device;
    const char *state;
    int64_t time;
};

static const struct field attachment_out_fields[] = {
    F_STRING(struct attachment_out, volume, "VolumeId", "The volume.", .ref = &kind_volume),
    F_STRING(struct attachment_out, instance, "InstanceId", "The instance.", .ref = &kind_instance),
    F_STRING(struct attachment_out, device, "Device", "The volume's name in the instance."),
    F_STRING(struct attachment_out, state, "State", "attaching or detaching: it takes a moment."),
    F_TIME(struct attachment_out, time, "AttachTime", "When the attaching was asked for."),
};

static const struct shape attachment_out_shape =
    SHAPE("VolumeAttachment", struct attachment_out, attachment_out_fields);

static struct attachment_out attachment_see(struct call *call, const struct volume *volume,
                                            const struct volume_attachment *attachment)
{
    return (struct attachment_out){
        .volume = id_text(&call->arena, &kind_volume, volume->key),
        .instance = id_text(&call->arena, &kind_instance, attachment->instance),
        .device = attachment->device,
        .state = volume_attachment_state_name(attachment->state),
        .time = WHOLE_SECOND(attachment->time),
    };
}

/* ---- AttachVolume ---- */

struct attach_volume_in {
    const char *device;
    const char *instance;
    const char *volume;
    bool dry_run;
};

static const struct field attach_in_fields[] = {
    F_STRING(struct attach_volume_in, device, "Device",
             "Its name in the instance: /dev/sdf to /dev/sdp for one's own.",
             .flags = FIELD_REQUIRED),
    F_STRING(struct attach_volume_in, instance, "InstanceId",
             "The instance: in the volume's zone, running or stopped.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_STRING(struct attach_volume_in, volume, "VolumeId", "The volume: available.",
             .flags = FIELD_REQUIRED, .ref = &kind_volume),
    F_DRY_RUN(struct attach_volume_in, dry_run),
};

static const struct shape attach_in_shape =
    SHAPE("AttachVolumeRequest", struct attach_volume_in, attach_in_fields);

static int attach_volume(struct call *call, const void *input, void *output)
{
    const struct attach_volume_in *in = input;
    struct volume *volume = id_find(call, &id_words_volume, in->volume);
    const struct instance *instance =
        volume == NULL ? NULL : id_find(call, &id_words_instance, in->instance);
    struct volume_attach attach;

    if (instance == NULL)
        return -1;
    if (instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_STOPPED)
        return call_fault(call, &fault_not_running, in->instance);
    attach = (struct volume_attach){
        .volume = volume->key,
        .instance = instance->id,
        .zone = instance->zone,
        .device = in->device,
        .limit = volumes_attachable(&call->world->catalog->types[instance->type]),
    };
    if (volume_attach(&call->world->volumes, &attach, &call->fault) != 0)
        return -1;
    *(struct attachment_out *)output =
        attachment_see(call, volume, volume_attachment_find(volume, instance->id));
    return 0;
}

static const struct fault_kind *const attach_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_not_running,
    &fault_volume_attached,
    &fault_volume_not_available,
    &fault_volume_zone,
    &fault_volume_device,
    &fault_volume_device_taken,
    &fault_volume_attach_limit,
    &fault_volume_modifying,
    NULL,
};

/* A running instance, and an empty volume in its zone. */
#define NEEDS_INSTANCE_AND_VOLUME \
    EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I\n" \
    "ZONE=$(aws ec2 describe-instances --instance-ids $I --query " \
    "'Reservations[0].Instances[0].Placement.AvailabilityZone' --output text)\n" \
    "VOL=$(aws ec2 create-volume --availability-zone $ZONE --size 10 --query VolumeId " \
    "--output text)\naws ec2 wait volume-available --volume-ids $VOL"

const struct op op_attach_volume = {
    .name = "AttachVolume",
    .doc = "Gives a volume to an instance, as one more disk.",
    .example = "aws ec2 attach-volume --volume-id $VOL --instance-id $I --device /dev/sdf",
    .needs = NEEDS_INSTANCE_AND_VOLUME,
    .in = &attach_in_shape,
    .out = &attachment_out_shape,
    .faults = attach_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = attach_volume,
};

/* ---- DetachVolume ---- */

struct detach_volume_in {
    const char *device;
    bool force;
    const char *instance;
    const char *volume;
    bool dry_run;
};

static const struct field detach_in_fields[] = {
    F_STRING(struct detach_volume_in, device, "Device", "Its name in the instance, to be sure."),
    F_BOOL(struct detach_volume_in, force, "Force",
           "Takes it away even when the guest holds on; here no detaching hangs."),
    F_STRING(struct detach_volume_in, instance, "InstanceId",
             "The instance; needed only when several have the volume.", .ref = &kind_instance),
    F_STRING(struct detach_volume_in, volume, "VolumeId", "The volume.", .flags = FIELD_REQUIRED,
             .ref = &kind_volume),
    F_DRY_RUN(struct detach_volume_in, dry_run),
};

static const struct shape detach_in_shape =
    SHAPE("DetachVolumeRequest", struct detach_volume_in, detach_in_fields);

/* Is it the root of an instance that needs it now, or not at the device that was named? */
static int check_detach(struct call *call, const struct detach_volume_in *in,
                        const struct volume_attachment *attachment)
{
    const struct instance *instance =
        instance_any(&call->world->instances, attachment->instance);
    const char *name = id_text(&call->arena, &kind_instance, attachment->instance);

    if (in->device != NULL && !str_equal(in->device, attachment->device))
        return call_fault(call, &fault_other_device, in->volume, name, in->device);
    if (instance != NULL && instance->state != INSTANCE_STOPPED &&
        str_equal(instance->root_device, attachment->device))
        return call_fault(call, &fault_volume_root, in->volume, name);
    return 0;
}

static int detach_volume(struct call *call, const void *input, void *output)
{
    const struct detach_volume_in *in = input;
    struct volume *volume = id_find(call, &id_words_volume, in->volume);
    const struct instance *instance = NULL;
    struct volume_attachment *attachment = NULL;
    uint64_t id = 0;

    if (volume == NULL)
        return -1;
    if (in->instance != NULL) {
        instance = id_find(call, &id_words_instance, in->instance);
        if (instance == NULL)
            return -1;
        id = instance->id;
    } else if (volume->attachments.count > 1) {
        return call_fault(call, &fault_missing_parameter, "instanceId");
    } else if (volume->attachments.count == 1) {
        id = volume->attachments.items[0].instance;
    }
    attachment = volume_attachment_find(volume, id);
    if (attachment != NULL && check_detach(call, in, attachment) != 0)
        return -1;
    if (volume_detach(&call->world->volumes, volume->key, id, &call->fault) != 0)
        return -1;
    *(struct attachment_out *)output =
        attachment_see(call, volume, volume_attachment_find(volume, id));
    return 0;
}

static const struct fault_kind *const detach_faults[] = {
    &fault_volume_malformed,
    &fault_volume_missing,
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_volume_state,
    &fault_volume_attachment,
    &fault_other_device,
    &fault_volume_root,
    &fault_missing_parameter,
    NULL,
};

const struct op op_detach_volume = {
    .name = "DetachVolume",
    .doc = "Takes a volume from an instance; its data stay on it.",
    .example = "aws ec2 detach-volume --volume-id $VOL",
    .needs = NEEDS_INSTANCE_AND_VOLUME
             "\naws ec2 attach-volume --volume-id $VOL --instance-id $I --device /dev/sdf\n"
             "aws ec2 wait volume-in-use --volume-ids $VOL",
    .in = &detach_in_shape,
    .out = &attachment_out_shape,
    .faults = detach_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = detach_volume,
};
