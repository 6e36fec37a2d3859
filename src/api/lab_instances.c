/*
 * api/lab_instances.c - lab: what AWS hides of your instances: host, CPU, steal, credits, cost; and
 * their load.
 */
#include "api/ec2_parts.h"
#include "api/lab_parts.h"

#include "cloud/world.h"

struct instance_view {
    const char *id;
    const char *host;
    const char *type;
    int64_t load;
    struct opt_real cpu;
    struct opt_real steal;
    struct opt_real balance;
    struct opt_real surplus;
    int64_t cost;
};

struct instances_in {
    LIST(const char *) ids;
};

struct instances_out {
    LIST(struct instance_view) instances;
};

struct load_in {
    const char *id;
    int64_t percent;
};

static const struct fault_kind fault_load_of_none = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is terminated.",
    .hint = "What is terminated computes no more: launch another one.",
};

static const struct fault_kind *const instances_faults[] = {
    &fault_instance_not_found, &fault_instance_malformed, NULL,
};
static const struct fault_kind *const load_faults[] = {
    &fault_instance_not_found, &fault_instance_malformed, &fault_load_of_none, NULL,
};

static const struct field view_fields[] = {
    F_STRING(struct instance_view, id, "InstanceId", "Your instance.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_STRING(struct instance_view, host, "HostId",
             "The host that it is on; absent while it is on none.", .ref = &kind_host,
             .flags = FIELD_COLUMN),
    F_STRING(struct instance_view, type, "InstanceType", "Its type.", .flags = FIELD_COLUMN),
    F_INT(struct instance_view, load, "LoadPercent",
          "The demand that lab set-load holds, in percent of all its vCPUs."),
    F_REAL(struct instance_view, cpu, "CpuPercent",
           "What it is given, in percent of all its vCPUs: now, if a load is held; else of its "
           "requests, on average of this minute or the last.",
           .flags = FIELD_COLUMN),
    F_REAL(struct instance_view, steal, "StealPercent",
           "What it wants and is not given, for whatever cause: others on the host, or no credits.",
           .flags = FIELD_COLUMN),
    F_REAL(struct instance_view, balance, "CreditBalance",
           "Its CPU credits; absent of types that are not burstable.", .flags = FIELD_COLUMN),
    F_REAL(struct instance_view, surplus, "SurplusCreditBalance",
           "Surplus credits that it has used and not earned back.", .flags = FIELD_COLUMN),
    F_INT(struct instance_view, cost, "CostMicroUsd",
          "What it has cost so far, without volumes and addresses, in millionths of a dollar.",
          .flags = FIELD_COLUMN),
};

static const struct shape view_shape = SHAPE("LabInstance", struct instance_view, view_fields);

static const struct field instances_in_fields[] = {
    F_STRINGS(struct instances_in, ids, "InstanceIds", "Only these; all of yours unless told.",
              .ref = &kind_instance),
};
static const struct field instances_out_fields[] = {
    F_LIST(struct instances_out, instances, struct instance_view, &view_shape, "Instances",
           "Your instances."),
};
static const struct field load_in_fields[] = {
    F_STRING(struct load_in, id, "InstanceId", "The instance.", .flags = FIELD_REQUIRED,
             .ref = &kind_instance),
    F_INT(struct load_in, percent, "Percent", "The demand, in percent of all its vCPUs; 0: none.",
          .flags = FIELD_REQUIRED, .min = 0, .max = 100),
};

static const struct shape instances_in_shape =
    SHAPE("DescribeLabInstancesRequest", struct instances_in, instances_in_fields);
static const struct shape instances_out_shape =
    SHAPE("DescribeLabInstancesResult", struct instances_out, instances_out_fields);
static const struct shape load_in_shape = SHAPE("SetLoadRequest", struct load_in, load_in_fields);

struct opt_real lab_percent(int64_t ppm, int64_t vcpus)
{
    /* To the hundredth. */
    int64_t hundredths = vcpus == 0 ? 0 : (ppm / vcpus + 50) / 100;

    return OPT_REAL((double)hundredths / 100);
}

static void view_instance(struct call *call, const struct instance *instance,
                          struct instance_view *view)
{
    const struct world *world = call->world;
    const struct catalog_type *type = &world->catalog->types[instance->type];
    const struct host *host = hosts_of(&world->hosts, instance->id);
    struct cpu_now guest = {0};

    if (hypervisor_guest(&world->hypervisor, instance->id) != NULL)
        guest = hypervisor_now(&world->hypervisor, instance->id);
    *view = (struct instance_view){
        .id = id_text(&call->arena, &kind_instance, instance->id),
        .host = host == NULL ? NULL : id_text(&call->arena, &kind_host, host->id),
        .type = type->name,
        .load = guest.work.held_percent,
        .cost = bill_micro_usd(bill_cost_of(&world->bill, instance->id)),
        .cpu = lab_percent(0, 1),
        .steal = lab_percent(0, 1),
    };
    if (guest.runs) {
        view->cpu =
            lab_percent(hypervisor_used_ppm(&world->hypervisor, instance->id), type->vcpus);
        view->steal =
            lab_percent(hypervisor_stolen_ppm(&world->hypervisor, instance->id), type->vcpus);
    }
    if (guest.credits.mode != CREDIT_NONE) {
        view->balance = OPT_REAL((double)credits_balance_milli(&guest.credits) / 1000);
        view->surplus = OPT_REAL((double)credits_surplus_milli(&guest.credits) / 1000);
    }
}

static int find_instance(struct call *call, const char *text, const struct instance **instance)
{
    uint64_t id = 0;

    if (!id_parse(&kind_instance, text, &id))
        return call_fault(call, &fault_instance_malformed, text);
    *instance = instance_find(&call->world->instances, call->account, call->region, id);
    if (*instance == NULL)
        return call_fault(call, &fault_instance_not_found, text);
    return 0;
}

static int describe_instances(struct call *call, const void *in, void *out)
{
    const struct instances_in *wish = in;
    const struct instances *instances = &call->world->instances;
    struct instances_out *answer = out;

    for (uint32_t i = 0; i < wish->ids.count; i++) {
        const struct instance *instance = NULL;

        if (find_instance(call, wish->ids.items[i], &instance) != 0)
            return -1;
        view_instance(call, instance, LIST_PUSH_IN(&call->arena, &answer->instances));
    }
    for (uint32_t i = 0; wish->ids.count == 0 && i < table_count(&instances->table); i++) {
        const struct instance *instance = table_at(&instances->table, i);

        if (instance_find(instances, call->account, call->region, instance->id) == instance)
            view_instance(call, instance, LIST_PUSH_IN(&call->arena, &answer->instances));
    }
    return 0;
}

static int set_load(struct call *call, const void *in, void *out)
{
    const struct load_in *wish = in;
    const struct instance *instance = NULL;

    (void)out;
    if (find_instance(call, wish->id, &instance) != 0)
        return -1;
    if (instance->state == INSTANCE_TERMINATED)
        return call_fault(call, &fault_load_of_none, wish->id);
    hypervisor_hold(&call->world->hypervisor, instance->id, (uint8_t)wish->percent);
    return 0;
}

const struct op op_lab_describe_instances = {
    .name = "DescribeInstances",
    .doc = "Shows what AWS hides of your instances: host, CPU, steal, credits, cost.",
    .example = "lab describe-instances",
    .in = &instances_in_shape,
    .out = &instances_out_shape,
    .faults = instances_faults,
    .run = describe_instances,
};

const struct op op_lab_set_load = {
    .name = "SetLoad",
    .doc = "Holds an instance's demand for CPU, also over a stop and start.",
    .example = "lab set-load --instance-id $I --percent 50",
    .needs = EC2_EXAMPLE_INSTANCE,
    .in = &load_in_shape,
    .out = &shape_empty,
    .faults = load_faults,
    .flags = OP_WRITE,
    .run = set_load,
};
