/*
 * api/ec2_instance_placement.c - modify-instance-placement.
 *
 * True to the EC2 API reference: the instance is stopped; tenancy changes between dedicated and
 * host only.  Left out: host resource groups.
 */
#include "api/ec2_instance_view.h"

#include "base/str.h"
#include "cloud/placement_group.h"

static const char *const affinity_words[] = {"default", "host", NULL};

struct modify_placement_in {
    const char *group;
    struct opt_int partition;
    const char *instance;
    const char *tenancy;
    const char *affinity;
    const char *host;
};

struct modify_placement_out {
    bool done;
};

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_placement_in, group, "GroupName",
             "The placement group that it is to be in; empty: none."),
    F_OPT_INT(struct modify_placement_in, partition, "PartitionNumber",
              "The partition of the group, from 1."),
    F_STRING(struct modify_placement_in, instance, "InstanceId", "The stopped instance.",
             .flags = FIELD_REQUIRED, .ref = &kind_instance),
    F_STRING(struct modify_placement_in, tenancy, "Tenancy",
             "dedicated to host, or host to dedicated.", .words = host_tenancy_words),
    F_STRING(struct modify_placement_in, affinity, "Affinity",
             "host: it starts on its Dedicated Host, always.", .words = affinity_words),
    F_STRING(struct modify_placement_in, host, "HostId", "The Dedicated Host to start on.",
             .ref = &kind_dedicated_host),
};
static const struct shape modify_in_shape =
    SHAPE("ModifyInstancePlacementRequest", struct modify_placement_in, modify_in_fields);

static const struct field modify_out_fields[] = {
    F_BOOL(struct modify_placement_out, done, "Return", "Whether it was done."),
};
static const struct shape modify_out_shape =
    SHAPE("ModifyInstancePlacementResult", struct modify_placement_out, modify_out_fields);

static const struct fault_kind fault_stopped_only = {
    .code = "IncorrectInstanceState",
    .text = "The instance '{}' is not in the 'stopped' state.",
    .hint = "A placement is chosen at the start: stop it first.",
};
static const struct fault_kind fault_tenancy = {
    .code = "InvalidTenancy",
    .text = "The tenancy of the instance '{}' cannot be changed from {} to {}.",
    .hint = "Only dedicated and host change into each other; else launch another instance.",
};
static const struct fault_kind fault_nothing = {
    .code = "MissingParameter",
    .text = "The request must contain at least one of the parameters Affinity, GroupName, HostId, "
            "PartitionNumber, Tenancy",
    .hint = "Say what is to change: --tenancy, --host-id, --affinity or --group-name.",
};

static bool asks_nothing(const struct modify_placement_in *in)
{
    return in->group == NULL && !in->partition.set && in->tenancy == NULL &&
           in->affinity == NULL && in->host == NULL;
}

/* The wish as for a launch: what is not said is as it was. */
static struct place_wish wish_of(struct call *call, const struct modify_placement_in *in,
                                 const struct instance *instance)
{
    const struct placement_group *group =
        table_find(&call->world->placement.table, instance_rare(instance)->group);
    struct place_wish wish = {
        .group = in->group,
        .partition = in->partition,
        .tenancy = in->tenancy != NULL ? in->tenancy : host_tenancy_words[instance->tenancy],
        .affinity = in->affinity,
        .host = in->host,
    };

    if (in->group == NULL && group != NULL) {
        wish.group = group->name;
        if (!in->partition.set && instance_rare(instance)->partition > 0)
            wish.partition = OPT_INT(instance_rare(instance)->partition);
    }
    return wish;
}

static bool may_become(const struct instance *instance, uint8_t tenancy)
{
    return instance->tenancy == tenancy || (instance->tenancy != HOST_TENANCY_DEFAULT &&
                                            tenancy != HOST_TENANCY_DEFAULT);
}

/* An instance stays in its zone. */
static int zone_check(struct call *call, const struct instance *instance, uint64_t id,
                      const char *text)
{
    const struct host *host = hosts_find(&call->world->hosts, id);
    const struct catalog *catalog = call->world->catalog;

    if (host->zone == instance->zone)
        return 0;
    return call_fault(call, &fault_zone_of_host, catalog_zone_name(catalog, instance->zone), text,
                      catalog_zone_name(catalog, host->zone));
}

static int modify_placement(struct call *call, const void *input, void *output)
{
    const struct modify_placement_in *in = input;
    struct instance *instance = id_find(call, &id_words_instance, in->instance);
    struct instance_placement place;
    struct place_wish wish;

    if (instance == NULL)
        return -1;
    if (asks_nothing(in))
        return call_fault(call, &fault_nothing);
    if (instance->state != INSTANCE_STOPPED)
        return call_fault(call, &fault_stopped_only, in->instance);
    wish = wish_of(call, in, instance);
    if (launch_place_read(&call->world->launcher,
                          &(struct launch_place){call->account, call->region, instance->type},
                          &wish, &place, &call->fault) != 0)
        return -1;
    if (!may_become(instance, place.tenancy))
        return call_fault(call, &fault_tenancy, in->instance,
                          host_tenancy_words[instance->tenancy], wish.tenancy);
    if (in->host != NULL && zone_check(call, instance, place.dedicated_host, in->host) != 0)
        return -1;
    if (in->affinity == NULL)
        place.affine = instance_rare(instance)->affine || in->host != NULL;
    if (in->host == NULL && place.tenancy == HOST_TENANCY_HOST)
        place.dedicated_host = instance_rare(instance)->dedicated_host;
    if (place.tenancy != HOST_TENANCY_HOST)
        place.affine = false;
    else if (call->world->catalog->types[instance->type].burstable)
        hypervisor_set_mode(&call->world->hypervisor, instance->id, CREDIT_STANDARD);
    instance_place(instance, &place);
    ((struct modify_placement_out *)output)->done = true;
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_instance_malformed, &fault_instance_not_found,   &fault_stopped_only,
    &fault_nothing,            &fault_tenancy,              &fault_placement_unknown,
    &fault_placement_of_type,  &fault_partition_number,     &fault_partition_without,
    &fault_host_without,       &fault_placement_on_host,    &fault_host_type,
    &fault_host_malformed,     &fault_host_missing,         &fault_host_state,
    &fault_zone_of_host,       NULL,
};

const struct op op_modify_instance_placement = {
    .name = "ModifyInstancePlacement",
    .doc = "Says where a stopped instance is to start: placement group, tenancy, Dedicated Host.",
    .example = "aws ec2 modify-instance-placement --instance-id $I --group-name apart",
    .needs = EC2_EXAMPLE_INSTANCE "\n"
             "aws ec2 wait instance-running --instance-ids $I\n"
             "aws ec2 stop-instances --instance-ids $I\n"
             "aws ec2 wait instance-stopped --instance-ids $I\n"
             "aws ec2 create-placement-group --group-name apart --strategy spread",
    .in = &modify_in_shape,
    .out = &modify_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE,
    .run = modify_placement,
};
