/*
 * api/ec2_instance_monitoring.c - monitor-instances, unmonitor-instances: metrics each minute, or
 * each five.
 *
 * True to the EC2 API reference and to recorded answers: the answer says pending or disabling,
 * though here it holds at once.
 */
#include "api/ec2_parts.h"

struct monitor_in {
    struct strings ids;
    bool dry_run;
};

struct state_view {
    const char *state;
};

struct monitoring_view {
    const char *id;
    struct state_view monitoring;
};

struct monitor_out {
    LIST(struct monitoring_view) monitorings;
};

static const char *const state_words[] = {"disabled", "disabling", "enabled", "pending", NULL};

static const struct fault_kind fault_gone = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is not in a state in which its monitoring can be changed.",
    .hint = "A terminated instance has nothing left to measure.",
};

static const struct field monitor_in_fields[] = {
    F_STRINGS(struct monitor_in, ids, "InstanceIds", "The instances.", .flags = FIELD_REQUIRED,
              .ref = &kind_instance),
    F_BOOL(struct monitor_in, dry_run, "DryRun",
           "Checks whether you could do this, and does nothing.", .wire = "dryRun"),
};
static const struct shape monitor_in_shape =
    SHAPE("MonitorInstancesRequest", struct monitor_in, monitor_in_fields);
static const struct shape unmonitor_in_shape =
    SHAPE("UnmonitorInstancesRequest", struct monitor_in, monitor_in_fields);

static const struct field state_fields[] = {
    F_STRING(struct state_view, state, "State",
             "pending and enabled: each minute; disabling and disabled: each five.",
             .words = state_words),
};
static const struct shape state_shape = SHAPE("Monitoring", struct state_view, state_fields);

static const struct field monitoring_fields[] = {
    F_STRING(struct monitoring_view, id, "InstanceId", "The instance.", .flags = FIELD_COLUMN,
             .ref = &kind_instance),
    F_EMBED(struct monitoring_view, monitoring, struct state_view, &state_shape, "Monitoring",
            "How often it is measured."),
};
static const struct shape monitoring_shape =
    SHAPE("InstanceMonitoring", struct monitoring_view, monitoring_fields);

static const struct field monitor_out_fields[] = {
    F_LIST(struct monitor_out, monitorings, struct monitoring_view, &monitoring_shape,
           "InstanceMonitorings", "What became of each."),
};
static const struct shape monitor_out_shape =
    SHAPE("MonitorInstancesResult", struct monitor_out, monitor_out_fields);
static const struct shape unmonitor_out_shape =
    SHAPE("UnmonitorInstancesResult", struct monitor_out, monitor_out_fields);

static const char *state_after(bool detailed, bool changed)
{
    if (detailed)
        return changed ? "pending" : "enabled";
    return changed ? "disabling" : "disabled";
}

static int change(struct call *call, const struct monitor_in *in, bool detailed,
                  struct monitor_out *out)
{
    struct found found;

    if (ids_find(call, &id_words_instance, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct instance *instance = found.items[i];

        if (instance->state == INSTANCE_TERMINATED)
            return call_fault(call, &fault_gone,
                              id_text(&call->arena, &kind_instance, instance->id));
    }
    for (uint32_t i = 0; i < found.count; i++) {
        struct instance *instance = found.items[i];
        bool changed = instance_monitor(&call->world->instances, instance, detailed);

        *LIST_PUSH_IN(&call->arena, &out->monitorings) = (struct monitoring_view){
            .id = id_text(&call->arena, &kind_instance, instance->id),
            .monitoring = {.state = state_after(detailed, changed)},
        };
    }
    return 0;
}

static int monitor_instances(struct call *call, const void *input, void *output)
{
    return change(call, input, true, output);
}

static int unmonitor_instances(struct call *call, const void *input, void *output)
{
    return change(call, input, false, output);
}

static const struct fault_kind *const monitor_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_gone,
    NULL,
};

const struct op op_monitor_instances = {
    .name = "MonitorInstances",
    .doc = "Has CloudWatch measure instances each minute instead of each five, for a price.",
    .example = "aws ec2 monitor-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &monitor_in_shape,
    .out = &monitor_out_shape,
    .faults = monitor_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = monitor_instances,
};

const struct op op_unmonitor_instances = {
    .name = "UnmonitorInstances",
    .doc = "Has CloudWatch measure instances each five minutes again, which costs nothing.",
    .example = "aws ec2 unmonitor-instances --instance-ids $I",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &unmonitor_in_shape,
    .out = &unmonitor_out_shape,
    .faults = monitor_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = unmonitor_instances,
};
