/*
 * api/ec2_instance_state.c - start-, stop-, reboot-, terminate-instances.
 *
 * True to the EC2 API reference: one bad id or one instance in the wrong state fails the whole
 * call.
 * Left out: that termination protection spares only the protected instances' zones.
 */
#include "api/ec2_instance_view.h"

struct change_in {
    struct strings ids;
    bool force;
    bool dry_run;
};

struct change_view {
    const char *id;
    struct state_name now;
    struct state_name before;
};

struct change_out {
    LIST(struct change_view) changes;
};

static const struct fault_kind fault_no_ids = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter InstanceId",
    .hint = "Name at least one instance: --instance-ids ID.",
};

static const struct field change_fields[] = {
    F_STRING(struct change_view, id, "InstanceId", "The instance.", .flags = FIELD_COLUMN,
             .ref = &kind_instance),
    F_EMBED(struct change_view, now, struct state_name, &state_name_shape, "CurrentState",
            "What it is doing now."),
    F_EMBED(struct change_view, before, struct state_name, &state_name_shape, "PreviousState",
            "What it was doing before."),
};

static const struct shape change_shape =
    SHAPE("InstanceStateChange", struct change_view, change_fields);

#define F_IDS(DOC)                                                                                 \
    F_STRINGS(struct change_in, ids, "InstanceIds", DOC, .flags = FIELD_REQUIRED,                  \
              .ref = &kind_instance)

/* The instances that are meant, and what they were doing before. */
struct targets {
    struct instance **items;
    uint8_t *before;
    uint32_t count;
};

static int targets_find(struct call *call, const struct change_in *in, struct targets *targets)
{
    struct found found;

    if (in->ids.count == 0)
        return call_fault(call, &fault_no_ids);
    if (ids_find(call, &id_words_instance, &in->ids, &found) != 0)
        return -1;
    targets->count = found.count;
    targets->items = arena_alloc(&call->arena, found.count * sizeof(struct instance *));
    targets->before = arena_alloc(&call->arena, found.count);
    for (uint32_t i = 0; i < found.count; i++) {
        targets->items[i] = found.items[i];
        targets->before[i] = targets->items[i]->state;
    }
    return 0;
}

static void changes_fill(struct call *call, const struct targets *targets, struct change_out *out)
{
    for (uint32_t i = 0; i < targets->count; i++) {
        *LIST_PUSH_IN(&call->arena, &out->changes) = (struct change_view){
            .id = id_text(&call->arena, &kind_instance, targets->items[i]->id),
            .now = state_see(targets->items[i]->state),
            .before = state_see(targets->before[i]),
        };
    }
}

static const struct fault_kind *const change_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_no_ids,
    &fault_incorrect_state,
    NULL,
};

/* ---- StartInstances ---- */

static const struct field start_in_fields[] = {
    F_IDS("The instances to start; those that run already stay as they are."),
    F_DRY_RUN(struct change_in, dry_run),
};

static const struct shape start_in_shape =
    SHAPE("StartInstancesRequest", struct change_in, start_in_fields);

static const struct field start_out_fields[] = {
    F_LIST(struct change_out, changes, struct change_view, &change_shape, "StartingInstances",
           "What became of each."),
};

static const struct shape start_out_shape =
    SHAPE("StartInstancesResult", struct change_out, start_out_fields);

static int start_instances(struct call *call, const void *input, void *output)
{
    struct targets targets;
    struct instance_set set;

    if (targets_find(call, input, &targets) != 0)
        return -1;
    set = (struct instance_set){.items = targets.items, .count = targets.count};
    if (instances_start(&call->world->instances, set, &call->fault) != 0)
        return -1;
    changes_fill(call, &targets, output);
    return 0;
}

const struct op op_start_instances = {
    .name = "StartInstances",
    .doc = "Starts stopped instances: usually on another host, with another public address.",
    .example = "aws ec2 start-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE "\n"
             "aws ec2 wait instance-running --instance-ids $I\n"
             "aws ec2 stop-instances --instance-ids $I\n"
             "aws ec2 wait instance-stopped --instance-ids $I",
    .in = &start_in_shape,
    .out = &start_out_shape,
    .faults = change_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = start_instances,
};

/* ---- StopInstances ---- */

static const struct field stop_in_fields[] = {
    F_IDS("The instances to stop; their volumes stay, and cost."),
    F_DRY_RUN(struct change_in, dry_run),
    F_BOOL(struct change_in, force, "Force",
           "Pulls the plug: what was not yet written to the volumes is lost."),
};

static const struct shape stop_in_shape =
    SHAPE("StopInstancesRequest", struct change_in, stop_in_fields);

static const struct field stop_out_fields[] = {
    F_LIST(struct change_out, changes, struct change_view, &change_shape, "StoppingInstances",
           "What became of each."),
};

static const struct shape stop_out_shape =
    SHAPE("StopInstancesResult", struct change_out, stop_out_fields);

static int stop_instances(struct call *call, const void *input, void *output)
{
    const struct change_in *in = input;
    struct targets targets;
    struct instance_set set;

    if (targets_find(call, in, &targets) != 0)
        return -1;
    set = (struct instance_set){.items = targets.items, .count = targets.count};
    if (instances_stop(&call->world->instances, set, in->force, &call->fault) != 0)
        return -1;
    changes_fill(call, &targets, output);
    return 0;
}

const struct op op_stop_instances = {
    .name = "StopInstances",
    .doc = "Stops instances: they can be started again, and keep volumes and private addresses.",
    .example = "aws ec2 stop-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE "\n"
             "aws ec2 wait instance-running --instance-ids $I",
    .in = &stop_in_shape,
    .out = &stop_out_shape,
    .faults = change_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = stop_instances,
};

/* ---- RebootInstances ---- */

static const struct field reboot_in_fields[] = {
    F_IDS("The instances to reboot."),
    F_DRY_RUN(struct change_in, dry_run),
};

static const struct shape reboot_in_shape =
    SHAPE("RebootInstancesRequest", struct change_in, reboot_in_fields);

static int reboot_instances(struct call *call, const void *input, void *output)
{
    struct targets targets;
    struct instance_set set;

    (void)output;
    if (targets_find(call, input, &targets) != 0)
        return -1;
    set = (struct instance_set){.items = targets.items, .count = targets.count};
    return instances_reboot(&call->world->instances, set, &call->fault);
}

const struct op op_reboot_instances = {
    .name = "RebootInstances",
    .doc = "Reboots instances: same host, same addresses, nothing lost that was written.",
    .example = "aws ec2 reboot-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE "\n"
             "aws ec2 wait instance-running --instance-ids $I",
    .in = &reboot_in_shape,
    .out = &shape_empty,
    .faults = change_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = reboot_instances,
};

/* ---- TerminateInstances ---- */

static const struct field terminate_in_fields[] = {
    F_IDS("The instances to terminate; volumes that are to go with them go."),
    F_DRY_RUN(struct change_in, dry_run),
};

static const struct shape terminate_in_shape =
    SHAPE("TerminateInstancesRequest", struct change_in, terminate_in_fields);

static const struct field terminate_out_fields[] = {
    F_LIST(struct change_out, changes, struct change_view, &change_shape, "TerminatingInstances",
           "What became of each."),
};

static const struct shape terminate_out_shape =
    SHAPE("TerminateInstancesResult", struct change_out, terminate_out_fields);

/* A protected instance spares those of its own zone only; the others end although the call is
 * refused. */
static int terminate_instances(struct call *call, const void *input, void *output)
{
    struct targets targets;
    struct instance_set set;

    if (targets_find(call, input, &targets) != 0)
        return -1;
    set = (struct instance_set){.items = targets.items, .count = targets.count};
    if (instances_terminate(&call->world->instances, set, &call->fault) != 0)
        return -1;
    changes_fill(call, &targets, output);
    return 0;
}

static const struct fault_kind *const terminate_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_no_ids,
    &fault_no_termination,
    NULL,
};

const struct op op_terminate_instances = {
    .name = "TerminateInstances",
    .doc = "Ends instances for good; they are shown as terminated for about an hour.",
    .example = "aws ec2 terminate-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &terminate_in_shape,
    .out = &terminate_out_shape,
    .faults = terminate_faults,
    .flags = OP_WRITE | OP_DRY_RUN | OP_PARTIAL,
    .run = terminate_instances,
};
