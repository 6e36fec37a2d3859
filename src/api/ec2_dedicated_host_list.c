/*
 * api/ec2_dedicated_host_list.c - describe-hosts.
 *
 * True to the EC2 API reference: released hosts are shown too.  Left out: reservations, Outposts,
 * host maintenance, AMD SEV-SNP.
 */
#include "api/ec2_parts.h"

struct capacity_view {
    int64_t available;
    const char *type;
    int64_t total;
};

struct available_view {
    LIST(struct capacity_view) types;
    int64_t vcpus;
};

struct properties_view {
    int64_t cores;
    const char *type;
    const char *family;
    int64_t sockets;
    int64_t vcpus;
};

struct on_host_view {
    const char *id;
    const char *type;
    const char *owner;
};

struct host_view {
    const char *auto_placement;
    const char *zone;
    struct available_view *available;
    const char *token;
    const char *id;
    struct properties_view properties;
    LIST(struct on_host_view) instances;
    const char *state;
    int64_t allocated;
    int64_t released;
    struct tag_views tags;
    const char *recovery;
    const char *several_types;
    const char *owner;
    const char *zone_id;
    bool of_group;
};

struct describe_in {
    struct strings ids;
    const char *next_token;
    struct opt_int max_results;
    struct filters filters;
};

struct describe_out {
    LIST(struct host_view) hosts;
    const char *next_token;
};

static const char *const switch_words[] = {"on", "off", NULL};
static const char *const state_words[] = {
    "available", "under-assessment", "permanent-failure", "released",
    "released-permanent-failure", "pending", NULL,
};

static const struct field capacity_fields[] = {
    F_INT(struct capacity_view, available, "AvailableCapacity", "How many more fit."),
    F_STRING(struct capacity_view, type, "InstanceType", "Of that type."),
    F_INT(struct capacity_view, total, "TotalCapacity", "How many fit on an empty host."),
};
static const struct shape capacity_shape =
    SHAPE("InstanceCapacity", struct capacity_view, capacity_fields);

static const struct field available_fields[] = {
    F_LIST(struct available_view, types, struct capacity_view, &capacity_shape,
           "AvailableInstanceCapacity", "Type by type, if nothing else comes."),
    F_INT(struct available_view, vcpus, "AvailableVCpus", "vCPUs that are left."),
};
static const struct shape available_shape =
    SHAPE("AvailableCapacity", struct available_view, available_fields);

static const struct field properties_fields[] = {
    F_INT(struct properties_view, cores, "Cores", "Its cores, of all sockets."),
    F_STRING(struct properties_view, type, "InstanceType", "The only type that may run there."),
    F_STRING(struct properties_view, family, "InstanceFamily",
             "The family of which all types may run there."),
    F_INT(struct properties_view, sockets, "Sockets", "Its sockets: processors in the machine."),
    F_INT(struct properties_view, vcpus, "TotalVCpus", "All its vCPUs."),
};
static const struct shape properties_shape =
    SHAPE("HostProperties", struct properties_view, properties_fields);

static const struct field on_host_fields[] = {
    F_STRING(struct on_host_view, id, "InstanceId", "The instance.", .ref = &kind_instance),
    F_STRING(struct on_host_view, type, "InstanceType", "Its type."),
    F_STRING(struct on_host_view, owner, "OwnerId", "Whose it is."),
};
static const struct shape on_host_shape =
    SHAPE("HostInstance", struct on_host_view, on_host_fields);

static const struct field host_fields[] = {
    F_STRING(struct host_view, auto_placement, "AutoPlacement",
             "Whether instances that name no host may come.", .words = switch_words),
    F_STRING(struct host_view, zone, "AvailabilityZone", "Where it stands.",
             .flags = FIELD_COLUMN, .ref = &kind_zone),
    F_STRUCT(struct host_view, available, struct available_view, &available_shape,
             "AvailableCapacity", "What more fits."),
    F_STRING(struct host_view, token, "ClientToken", "What makes a repeated request known."),
    F_STRING(struct host_view, id, "HostId", "The host.", .flags = FIELD_COLUMN,
             .ref = &kind_dedicated_host),
    F_EMBED(struct host_view, properties, struct properties_view, &properties_shape,
            "HostProperties", "What it is made of, and what may run there.",
            .flags = FIELD_COLUMN),
    F_LIST(struct host_view, instances, struct on_host_view, &on_host_shape, "Instances",
           "What runs there."),
    F_STRING(struct host_view, state, "State", "Whether it can be used.", .flags = FIELD_COLUMN,
             .words = state_words),
    F_TIME(struct host_view, allocated, "AllocationTime", "Since when it is yours."),
    F_TIME(struct host_view, released, "ReleaseTime", "When it was given back."),
    F_TAGS_SHOWN(struct host_view, tags),
    F_STRING(struct host_view, recovery, "HostRecovery", "Whether it is replaced when it breaks.",
             .words = switch_words),
    F_STRING(struct host_view, several_types, "AllowsMultipleInstanceTypes",
             "Whether all types of its family may run there.", .words = switch_words),
    F_STRING(struct host_view, owner, "OwnerId", "Whose it is."),
    F_STRING(struct host_view, zone_id, "AvailabilityZoneId", "The id of the zone."),
    F_BOOL(struct host_view, of_group, "MemberOfServiceLinkedResourceGroup",
           "Whether a host resource group looks after it."),
};
static const struct shape host_shape = SHAPE("Host", struct host_view, host_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_in, ids, "HostIds", "Only the hosts of these ids.",
              .ref = &kind_dedicated_host),
    F_NEXT_TOKEN(struct describe_in, next_token),
    F_MAX_RESULTS(struct describe_in, max_results, 0),
    F_FILTERS_NAMED(struct describe_in, filters, "Filter"),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeHostsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, hosts, struct host_view, &host_shape, "Hosts", "The hosts."),
    F_NEXT_TOKEN_OUT(struct describe_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeHostsResult", struct describe_out, describe_out_fields);

static const struct filter_name host_filters[] = {
    {"auto-placement", "AutoPlacement"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"client-token", "ClientToken"},
    {"instance-type", "HostProperties.InstanceType"},
    {"state", "State"},
    {"host-reservation-id", ""}, /* nothing here has one */
    {0},
};

/* ---- seeing ---- */

static void capacity_see(struct call *call, const struct dedicated_host *row,
                         const struct host *machine, struct host_view *view)
{
    const struct hosts *hosts = &call->world->hosts;

    view->available = arena_alloc(&call->arena, sizeof(*view->available));
    view->available->vcpus = machine->failed ? 0 : machine->vcpus - machine->used_vcpus;
    for (uint32_t i = 0; i < call->world->catalog->type_count; i++) {
        const struct catalog_type *type = &call->world->catalog->types[i];

        if (hosts->type_family[i] != machine->family ||
            (row->type != HOST_ANY_TYPE && row->type != i))
            continue;
        *LIST_PUSH_IN(&call->arena, &view->available->types) = (struct capacity_view){
            .available = host_room(machine, type),
            .type = type->name,
            .total = host_room_whole(machine, type),
        };
    }
}

static void instances_see(struct call *call, const struct host *machine, struct host_view *view)
{
    for (uint32_t i = 0; i < machine->guests.count; i++) {
        const struct host_guest *guest =
            hosts_guest(&call->world->hosts, machine->guests.items[i]);

        *LIST_PUSH_IN(&call->arena, &view->instances) = (struct on_host_view){
            .id = id_text(&call->arena, &kind_instance, guest->id),
            .type = call->world->catalog->types[guest->type].name,
            .owner = account_text(&call->arena, guest->account),
        };
    }
}

static void host_see(struct call *call, const struct dedicated_host *row, struct host_view *view)
{
    const struct dedicated_hosts *all = &call->world->dedicated;
    const struct host *machine = dedicated_host_machine(all, row);
    const struct host_family *family = &call->world->hosts.families[machine->family];
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, machine->zone);

    *view = (struct host_view){
        .auto_placement = row->places ? "on" : "off",
        .zone = zone->name,
        .token = row->token,
        .id = id_text(&call->arena, &kind_host, row->id),
        .properties = {
            .cores = machine->cores,
            .sockets = family->hardware->sockets,
            .vcpus = machine->vcpus,
        },
        .state = dedicated_host_state(all, row),
        .allocated = WHOLE_SECOND(row->allocated),
        .released = WHOLE_SECOND(row->released),
        .recovery = row->recovers ? "on" : "off",
        .several_types = row->type == HOST_ANY_TYPE ? "on" : "off",
        .owner = account_text(&call->arena, row->account),
        .zone_id = zone->id,
    };
    if (row->type == HOST_ANY_TYPE)
        view->properties.family = family->name;
    else
        view->properties.type = call->world->catalog->types[row->type].name;
    tag_views_fill(call, &view->tags, &row->tags);
    if (row->released != 0)
        return;
    capacity_see(call, row, machine, view);
    instances_see(call, machine, view);
}

static void host_list(struct call *call, const struct describe_in *in,
                      const struct dedicated_host *row, struct describe_out *out)
{
    struct host_view view;

    host_see(call, row, &view);
    if (filter_pass(call->op, &in->filters, &host_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->hosts) = view;
}

static int describe_hosts(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const struct table *table = &call->world->dedicated.table;
    struct found found;
    struct page page;

    if (ids_find(call, &id_words_dedicated_host, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        host_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct dedicated_host *row = table_at(table, i);

        if (row->account == call->account && row->region == call->region)
            host_list(call, in, row, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->hosts.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->hosts, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("Hosts");

static const struct fault_kind *const describe_faults[] = {
    &fault_host_malformed,
    &fault_host_missing,
    NULL,
};

const struct op op_describe_hosts = {
    .name = "DescribeHosts",
    .doc = "Lists your Dedicated Hosts: what they are made of, what runs there, what more fits.",
    .example = "aws ec2 describe-hosts",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .paging = &describe_paging,
    .filters = host_filters,
    .run = describe_hosts,
};
