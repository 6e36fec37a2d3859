/*
 * api/lab_workload.c - lab: workloads: jobs of known size in an instance, how long they take, and
 * why.
 */
#include "api/lab_workload.h"

#include "api/ec2_parts.h"
#include "api/lab_parts.h"
#include "cloud/world.h"

/* ---- run-workload ---- */

struct run_in {
    struct workload_order order;
    const char *instance;
    const char *volume;
    bool background;
};

static const struct field run_in_fields[] = {
    F_STRING(struct run_in, order.kind, "Kind",
             "Which job: web (some of everything), compute (arithmetic), memory (goes through 24 "
             "GiB again and again), accelerated (multiplies matrices), storage (reads small "
             "pieces here and there).",
             .flags = FIELD_REQUIRED, .words = workload_kind_words),
    F_STRING(struct run_in, instance, "InstanceId", "Where it is to run.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct run_in, volume, "VolumeId",
             "The volume that it uses, attached to the instance; unless told its local disks, or "
             "else its root volume.",
             .ref = &kind_volume),
    F_WORKLOAD_SIZE(struct run_in, order),
    F_BOOL(struct run_in, background, "Background",
           "Answers at once; lab describe-workloads shows how far it is."),
};
static const struct shape run_in_shape =
    SHAPE("RunWorkloadRequest", struct run_in, run_in_fields);

static const struct fault_kind fault_not_running = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is not running.",
    .hint = "A workload needs an instance that runs: aws ec2 wait instance-running waits for it.",
};

static const struct fault_kind fault_busy = {
    .code = "WorkloadInProgress",
    .text = "The instance '{}' already runs the workload '{}'.",
    .hint = "lab describe-workloads shows how far it is, lab stop-workload stops it.",
};

static const struct fault_kind *const run_faults[] = {
    &fault_instance_not_found, &fault_instance_malformed, &fault_not_running, &fault_busy,
    &fault_volume_not_found,   &fault_volume_attachment,  NULL,
};

/* The volume that a person names; 0: none.  -1 after a fault. */
static int find_volume(struct call *call, const struct instance *instance, const char *text,
                       uint64_t *id)
{
    struct volume *volume;

    *id = 0;
    if (text == NULL)
        return 0;
    volume = id_parse(&kind_volume, text, id)
                 ? volume_find(&call->world->volumes, call->account, call->region, *id)
                 : NULL;
    if (volume == NULL)
        return call_fault(call, &fault_volume_not_found, text);
    if (volume_attachment_find(volume, instance->id) == NULL)
        return call_fault(call, &fault_volume_attachment, text,
                          id_text(&call->arena, &kind_instance, instance->id));
    return 0;
}

const struct workload *workload_order_start(struct call *call, const struct workload_order *order,
                                            const char *instance, const char *volume)
{
    struct world *world = call->world;
    struct workload_wish wish = {
        .kind = workload_kind_find(order->kind),
        .amount = order->amount.set ? order->amount.value : 100,
        .set_mib = order->set_mib.value,
    };
    const struct workload *busy;
    const struct volume *root;
    uint64_t id = 0;

    if (!id_parse(&kind_instance, instance, &id)) {
        call_fault(call, &fault_instance_malformed, instance);
        return NULL;
    }
    wish.instance = instance_find(&world->instances, call->account, call->region, id);
    if (wish.instance == NULL) {
        call_fault(call, &fault_instance_not_found, instance);
        return NULL;
    }
    root = volume_at_device(&world->volumes, id, wish.instance->root_device);
    if (wish.instance->state != INSTANCE_RUNNING || !wish.instance->powered || root == NULL) {
        call_fault(call, &fault_not_running, instance);
        return NULL;
    }
    wish.root = root->key;
    busy = workload_in(&world->workloads, id);
    if (busy != NULL)
        call_fault(call, &fault_busy, instance, id_text(&call->arena, &kind_workload, busy->id));
    if (busy != NULL || find_volume(call, wish.instance, volume, &wish.volume) != 0)
        return NULL;
    return workload_start(&world->workloads, &wish);
}

static int run_workload(struct call *call, const void *in, void *out)
{
    const struct run_in *wish = in;
    const struct workload *workload =
        workload_order_start(call, &wish->order, wish->instance, wish->volume);

    if (workload == NULL)
        return -1;
    workload_view_fill(call->world, &call->arena, workload, out);
    if (!wish->background)
        call->made = workload->id;
    return 0;
}

static const struct workload *made(const struct call *call)
{
    return workload_find(&call->world->workloads, call->account, call->region, call->made);
}

static int64_t run_goes_on(const struct call *call)
{
    const struct workload *workload = made(call);

    return workload == NULL ? 0 : workload_next(&call->world->workloads, workload);
}

static int run_again(struct call *call, uint64_t id, void *out)
{
    const struct workload *workload = made(call);

    (void)id;
    if (workload != NULL)
        workload_view_fill(call->world, &call->arena, workload, out);
    return 0;
}

#define NEEDS_INSTANCE EC2_EXAMPLE_INSTANCE "\naws ec2 wait instance-running --instance-ids $I"

const struct op op_lab_run_workload = {
    .name = "RunWorkload",
    .doc = "Runs a job of known size in an instance, waits until it has ended, and shows how long "
           "it took, what it waited for most, and what that cost.",
    .example = "lab run-workload --kind compute --amount 10 --instance-id $I",
    .needs = NEEDS_INSTANCE,
    .in = &run_in_shape,
    .out = &workload_view_shape,
    .faults = run_faults,
    .flags = OP_WRITE,
    .run = run_workload,
    .again = run_again,
    .goes_on = run_goes_on,
};

/* ---- describe-workloads, stop-workload ---- */

struct workloads_in {
    LIST(const char *) ids;
};

struct workloads_out {
    LIST(struct workload_view) workloads;
};

struct stop_in {
    const char *id;
};

static const struct field workloads_in_fields[] = {
    F_STRINGS(struct workloads_in, ids, "WorkloadIds", "Only these; all of yours unless told.",
              .ref = &kind_workload),
};
static const struct shape workloads_in_shape =
    SHAPE("DescribeWorkloadsRequest", struct workloads_in, workloads_in_fields);

static const struct field workloads_out_fields[] = {
    F_LIST(struct workloads_out, workloads, struct workload_view, &workload_view_shape,
           "Workloads", "The workloads, in the order of their start."),
};
static const struct shape workloads_out_shape =
    SHAPE("DescribeWorkloadsResult", struct workloads_out, workloads_out_fields);

static const struct field stop_in_fields[] = {
    F_STRING(struct stop_in, id, "WorkloadId", "Which one.", .flags = FIELD_REQUIRED,
             .ref = &kind_workload),
};
static const struct shape stop_in_shape =
    SHAPE("StopWorkloadRequest", struct stop_in, stop_in_fields);

static const struct fault_kind fault_no_workload = {
    .code = "InvalidWorkloadID.NotFound",
    .text = "The workload '{}' does not exist",
    .hint = "lab describe-workloads lists those that run, and the last that have ended.",
};

static const struct fault_kind *const workload_faults[] = {&fault_no_workload, NULL};

/* NULL after a fault. */
static const struct workload *find_workload(struct call *call, const char *text)
{
    const struct workload *workload = NULL;
    uint64_t id = 0;

    if (id_parse(&kind_workload, text, &id))
        workload = workload_find(&call->world->workloads, call->account, call->region, id);
    if (workload == NULL)
        call_fault(call, &fault_no_workload, text);
    return workload;
}

static int describe_workloads(struct call *call, const void *in, void *out)
{
    const struct workloads_in *wish = in;
    const struct workloads *workloads = &call->world->workloads;
    struct workloads_out *answer = out;

    for (uint32_t i = 0; i < wish->ids.count; i++) {
        const struct workload *workload = find_workload(call, wish->ids.items[i]);

        if (workload == NULL)
            return -1;
        workload_view_fill(call->world, &call->arena, workload,
                           LIST_PUSH_IN(&call->arena, &answer->workloads));
    }
    for (uint32_t i = 0; wish->ids.count == 0 && i < table_count(&workloads->table); i++) {
        const struct workload *workload = table_at(&workloads->table, i);

        if (workload->account == call->account && workload->region == call->region)
            workload_view_fill(call->world, &call->arena, workload,
                               LIST_PUSH_IN(&call->arena, &answer->workloads));
    }
    return 0;
}

static int stop_workload(struct call *call, const void *in, void *out)
{
    const struct workload *workload = find_workload(call, ((const struct stop_in *)in)->id);

    if (workload == NULL)
        return -1;
    workload_stop(&call->world->workloads, workload->id, "stopped by hand");
    workload_view_fill(call->world, &call->arena, workload, out);
    return 0;
}

const struct op op_lab_describe_workloads = {
    .name = "DescribeWorkloads",
    .doc = "Shows workloads: how long each part took, and what it waited for.",
    .example = "lab describe-workloads",
    .in = &workloads_in_shape,
    .out = &workloads_out_shape,
    .faults = workload_faults,
    .run = describe_workloads,
};

const struct op op_lab_stop_workload = {
    .name = "StopWorkload",
    .doc = "Stops a workload where it is.",
    .example = "lab stop-workload --workload-id $W",
    .needs = NEEDS_INSTANCE "\nW=$(lab run-workload --kind web --instance-id $I --background "
                            "--query WorkloadId --output text)",
    .in = &stop_in_shape,
    .out = &workload_view_shape,
    .faults = workload_faults,
    .flags = OP_WRITE,
    .run = stop_workload,
};
