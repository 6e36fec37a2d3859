/*
 * api/ec2_dedicated_host.c - allocate-hosts, modify-hosts, release-hosts.
 *
 * True to the EC2 API reference, and to the user guide where they differ on nothing.  A request
 * about several hosts does what it can and says of each of the others why not.  Left out: host
 * maintenance, Outposts, AMD SEV-SNP.
 */
#include "api/ec2_parts.h"

#include "base/str.h"

static const char *const switch_words[] = {"on", "off", NULL};
static const char *const tagged_kinds[] = {"dedicated-host", NULL};

enum { QUANTITY_MAX = 1000 };

static void *find_host(const struct call *call, uint64_t id)
{
    return dedicated_host_find(&call->world->dedicated, call->account, call->region, id);
}

const struct id_words id_words_dedicated_host = {
    .kind = &kind_dedicated_host,
    .malformed = &fault_host_malformed,
    .missing = &fault_host_missing,
    .find = find_host,
};

/* ---- faults ---- */

static const struct fault_kind fault_zone_missing = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter AvailabilityZone or AvailabilityZoneId",
    .hint = "A host stands in a zone: --availability-zone us-east-1a.",
};
static const struct fault_kind fault_zone = {
    .code = "InvalidAvailabilityZone",
    .text = "The availability zone '{}' does not exist in this Region.",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};
static const struct fault_kind fault_what_missing = {
    .code = "MissingParameter",
    .text = "The request must contain the parameter InstanceType or InstanceFamily",
    .hint = "Say what is to run there: --instance-family m5, or --instance-type m5.large.",
};
static const struct fault_kind fault_both = {
    .code = "InvalidParameterCombination",
    .text = "The parameter InstanceType cannot be used with the parameter InstanceFamily",
    .hint = "A host is for one type, or for all types of a family.",
};
static const struct fault_kind fault_family = {
    .code = "InvalidInstanceFamily",
    .text = "The instance family '{}' is not supported for Dedicated Hosts.",
    .hint = "m5, c5, r5, t3 and others are; t2, t3a and t4g are not.",
};
static const struct fault_kind fault_type = {
    .code = "InvalidInstanceType",
    .text = "The instance type '{}' is not supported for Dedicated Hosts.",
    .hint = "m5.large, c5.xlarge and others are; types of t2, t3a and t4g are not.",
};
static const struct fault_kind fault_quantity = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter quantity is invalid. Expecting a positive number.",
    .hint = "Ask for one host or more.",
};
static const struct fault_kind fault_nothing = {
    .code = "MissingParameter",
    .text = "The request must contain at least one of the parameters AutoPlacement, HostRecovery, "
            "InstanceType, InstanceFamily",
    .hint = "Say what is to change, for example --auto-placement on.",
};

/* Why a single host was left out, in EC2's form. */
static const struct fault_kind fault_occupied = {
    .code = "Client.InvalidHost.Occupied",
    .text = "Dedicated host '{}' cannot be released as it is occupied",
    .hint = "Stop or terminate what runs there first.",
};

/* ---- AllocateHosts ---- */

struct allocate_in {
    const char *family;
    struct tag_specifications tags;
    const char *recovery;
    const char *zone_id;
    const char *auto_placement;
    const char *token;
    const char *type;
    struct opt_int quantity;
    const char *zone;
};

struct allocate_out {
    struct strings ids;
};

static const struct field allocate_in_fields[] = {
    F_STRING(struct allocate_in, family, "InstanceFamily",
             "The family of which all types may run there: m5."),
    F_TAG_SPECIFICATIONS(struct allocate_in, tags),
    F_STRING(struct allocate_in, recovery, "HostRecovery",
             "on: when the machine breaks you get another one; off unless you say so.",
             .words = switch_words),
    F_STRING(struct allocate_in, zone_id, "AvailabilityZoneId", "The zone, by its id."),
    F_STRING(struct allocate_in, auto_placement, "AutoPlacement",
             "on: instances that name no host may come there; off unless you say so.",
             .words = switch_words),
    F_STRING(struct allocate_in, token, "ClientToken",
             "Any text; the same request with the same token is not done twice.", .max = 64),
    F_STRING(struct allocate_in, type, "InstanceType", "The only type that may run there.",
             .ref = &kind_instance_type),
    F_OPT_INT(struct allocate_in, quantity, "Quantity", "How many hosts; one unless you say so."),
    F_STRING(struct allocate_in, zone, "AvailabilityZone", "The zone in which they stand.",
             .ref = &kind_zone),
};
static const struct shape allocate_in_shape =
    SHAPE("AllocateHostsRequest", struct allocate_in, allocate_in_fields);

static const struct field allocate_out_fields[] = {
    F_STRINGS(struct allocate_out, ids, "HostIds", "The hosts that you have now."),
};
static const struct shape allocate_out_shape =
    SHAPE("AllocateHostsResult", struct allocate_out, allocate_out_fields);

static int family_find(const struct hosts *hosts, const char *name)
{
    for (uint32_t i = 0; i < hosts->family_count; i++) {
        if (str_equal(hosts->families[i].name, name) && hosts->families[i].hardware->dedicated)
            return (int)i;
    }
    return -1;
}

/* What is to run on a host: a type of it, or all of a family. */
static int read_what(struct call *call, const char *type, const char *family, uint16_t *out_type,
                     uint16_t *out_family)
{
    const struct hosts *hosts = &call->world->hosts;
    int at;

    if (type != NULL && family != NULL)
        return call_fault(call, &fault_both);
    if (type == NULL) {
        at = family_find(hosts, family);
        if (at < 0)
            return call_fault(call, &fault_family, family);
        *out_type = HOST_ANY_TYPE;
        *out_family = (uint16_t)at;
        return 0;
    }
    at = catalog_type_find(call->world->catalog, type);
    if (at < 0 || !hosts->families[hosts->type_family[at]].hardware->dedicated)
        return call_fault(call, &fault_type, type);
    *out_type = (uint16_t)at;
    *out_family = hosts->type_family[at];
    return 0;
}

static int allocate_read(struct call *call, const struct allocate_in *in,
                         struct dedicated_host_new *wish)
{
    const char *name = in->zone != NULL ? in->zone : in->zone_id;
    int zone;

    *wish = (struct dedicated_host_new){
        .account = call->account,
        .count = in->quantity.set ? (uint32_t)in->quantity.value : 1,
        .places = str_equal(in->auto_placement, "on"),
        .recovers = str_equal(in->recovery, "on"),
        .token = in->token,
        .tags = tag_specifications_of(&call->arena, &in->tags, "dedicated-host"),
    };
    if (name == NULL)
        return call_fault(call, &fault_zone_missing);
    if (in->type == NULL && in->family == NULL)
        return call_fault(call, &fault_what_missing);
    if (in->quantity.set && (in->quantity.value < 1 || in->quantity.value > QUANTITY_MAX))
        return call_fault(call, &fault_quantity, ec2_number(call, in->quantity.value));
    zone = catalog_zone_find(call->world->catalog, name);
    if (zone < 0 || zone / ZONES_PER_REGION != call->region)
        return call_fault(call, &fault_zone, name);
    wish->zone = (uint8_t)zone;
    if (read_what(call, in->type, in->family, &wish->type, &wish->family) != 0)
        return -1;
    return tag_specifications_check(call, &in->tags, tagged_kinds);
}

static int allocate_hosts(struct call *call, const void *input, void *output)
{
    struct dedicated_hosts *all = &call->world->dedicated;
    struct allocate_out *out = output;
    struct dedicated_host_new wish;

    if (allocate_read(call, input, &wish) != 0 ||
        dedicated_hosts_allocate(all, &wish, &call->fault) != 0)
        return -1;
    for (uint32_t i = table_count(&all->table) - wish.count; i < table_count(&all->table); i++) {
        const struct dedicated_host *row = table_at(&all->table, i);

        if (call->made == 0)
            call->made = row->id;
        *LIST_PUSH_IN(&call->arena, &out->ids) = id_text(&call->arena, &kind_host, row->id);
    }
    return 0;
}

/* The token was used before: the same hosts. */
static int allocate_again(struct call *call, uint64_t made, void *output)
{
    const struct table *table = &call->world->dedicated.table;
    const struct dedicated_host *first = table_find(table, made);
    struct allocate_out *out = output;

    for (uint32_t i = 0; first != NULL && i < table_count(table); i++) {
        const struct dedicated_host *row = table_at(table, i);

        if (row->account == first->account && str_equal(row->token, first->token))
            *LIST_PUSH_IN(&call->arena, &out->ids) = id_text(&call->arena, &kind_host, row->id);
    }
    return 0;
}

static const struct fault_kind *const allocate_faults[] = {
    &fault_zone_missing, &fault_zone,      &fault_what_missing,     &fault_both, &fault_family,
    &fault_type,         &fault_quantity,  &fault_host_limit,       &fault_host_no_capacity,
    NULL,
};

const struct op op_allocate_hosts = {
    .name = "AllocateHosts",
    .doc = "Gets you Dedicated Hosts: whole machines on which nobody else's instances run.",
    .example = "aws ec2 allocate-hosts --instance-family m5 --availability-zone us-east-1a "
               "--quantity 1",
    .in = &allocate_in_shape,
    .out = &allocate_out_shape,
    .faults = allocate_faults,
    .flags = OP_WRITE,
    .run = allocate_hosts,
    .again = allocate_again,
};

/* ---- one answer for several hosts ---- */

struct item_error {
    const char *code;
    const char *message;
};

struct unsuccessful_view {
    struct item_error *error;
    const char *id;
};

struct results {
    struct strings done;
    LIST(struct unsuccessful_view) undone;
};

static const struct field error_fields[] = {
    F_STRING(struct item_error, code, "Code", "Why, as a word for programs."),
    F_STRING(struct item_error, message, "Message", "Why, as a sentence."),
};
static const struct shape error_shape =
    SHAPE("UnsuccessfulItemError", struct item_error, error_fields);

static const struct field unsuccessful_fields[] = {
    F_STRUCT(struct unsuccessful_view, error, struct item_error, &error_shape, "Error",
             "Why it was not done."),
    F_STRING(struct unsuccessful_view, id, "ResourceId", "The host."),
};
static const struct shape unsuccessful_shape =
    SHAPE("UnsuccessfulItem", struct unsuccessful_view, unsuccessful_fields);

static const struct field results_fields[] = {
    F_STRINGS(struct results, done, "Successful", "The hosts for which it was done."),
    F_LIST(struct results, undone, struct unsuccessful_view, &unsuccessful_shape, "Unsuccessful",
           "The others, and why."),
};
static const struct shape modify_out_shape =
    SHAPE("ModifyHostsResult", struct results, results_fields);
static const struct shape release_out_shape =
    SHAPE("ReleaseHostsResult", struct results, results_fields);

/* Of single items EC2 writes "Client." before the code. */
static void results_refuse(struct call *call, struct results *results, const char *id,
                           const struct fault *fault)
{
    struct unsuccessful_view *view = LIST_PUSH_IN(&call->arena, &results->undone);
    const char *code = fault->kind->code;

    view->id = id;
    view->error = arena_alloc(&call->arena, sizeof(*view->error));
    view->error->code = str_starts(code, "Client.")
                            ? code
                            : arena_printf(&call->arena, "Client.%s", code);
    view->error->message = arena_strdup(&call->arena, fault->message);
}

/* What is to be done with one host: 0, or -1 and a fault. */
typedef int host_doing(struct call *call, struct dedicated_host *row, const void *input,
                       struct fault *fault);

static int do_one(struct call *call, const char *text, const void *input, host_doing *doing,
                  struct fault *fault)
{
    struct dedicated_host *row;
    uint64_t id = 0;

    if (!id_parse(&kind_host, text, &id))
        return fault_set(fault, &fault_host_malformed, text);
    row = find_host(call, id);
    if (row == NULL)
        return fault_set(fault, &fault_host_missing, text);
    if (row->released != 0)
        return fault_set(fault, &fault_host_state, text,
                         dedicated_host_state(&call->world->dedicated, row));
    return doing(call, row, input, fault);
}

static void do_all(struct call *call, const struct strings *ids, const void *input,
                   host_doing *doing, struct results *results)
{
    for (uint32_t i = 0; i < ids->count; i++) {
        struct fault fault = FAULT_INIT;

        if (do_one(call, ids->items[i], input, doing, &fault) == 0)
            *LIST_PUSH_IN(&call->arena, &results->done) = ids->items[i];
        else
            results_refuse(call, results, ids->items[i], &fault);
        fault_release(&fault);
    }
}

/* ---- ModifyHosts ---- */

struct modify_in {
    const char *recovery;
    const char *type;
    const char *family;
    struct strings ids;
    const char *auto_placement;
};

static const struct field modify_in_fields[] = {
    F_STRING(struct modify_in, recovery, "HostRecovery",
             "on: when the machine breaks you get another one.", .words = switch_words),
    F_STRING(struct modify_in, type, "InstanceType", "The only type for which it is from now on.",
             .ref = &kind_instance_type),
    F_STRING(struct modify_in, family, "InstanceFamily",
             "The host's own family: all its types may run there from now on."),
    F_STRINGS(struct modify_in, ids, "HostIds", "The hosts.", .flags = FIELD_REQUIRED,
              .ref = &kind_dedicated_host),
    F_STRING(struct modify_in, auto_placement, "AutoPlacement",
             "on: instances that name no host may come there.", .words = switch_words),
};
static const struct shape modify_in_shape =
    SHAPE("ModifyHostsRequest", struct modify_in, modify_in_fields);

/* The type or the family is the host's, and what runs there may stay. */
static int check_what(struct call *call, const struct dedicated_host *row, uint16_t type,
                      uint16_t family, struct fault *fault)
{
    const struct hosts *hosts = &call->world->hosts;
    const struct host *machine = &hosts->items[row->host];
    const char *id = id_text(&call->arena, &kind_host, row->id);
    bool fits = machine->family == family;

    for (uint32_t i = 0; fits && type != HOST_ANY_TYPE && i < machine->guests.count; i++)
        fits = hosts_guest(hosts, machine->guests.items[i])->type == type;
    if (fits)
        return 0;
    return fault_set(fault, &fault_host_type,
                     type == HOST_ANY_TYPE ? hosts->families[family].name
                                           : call->world->catalog->types[type].name,
                     id);
}

static int modify_one(struct call *call, struct dedicated_host *row, const void *input,
                      struct fault *fault)
{
    const struct modify_in *in = input;
    uint16_t type = row->type;
    uint16_t family = 0;

    if (in->type != NULL || in->family != NULL) {
        read_what(call, in->type, in->family, &type, &family);
        if (check_what(call, row, type, family, fault) != 0)
            return -1;
    }
    row->type = type;
    if (in->auto_placement != NULL)
        row->places = str_equal(in->auto_placement, "on");
    if (in->recovery != NULL)
        row->recovers = str_equal(in->recovery, "on");
    dedicated_host_apply(&call->world->dedicated, row);
    return 0;
}

static int modify_hosts(struct call *call, const void *input, void *output)
{
    const struct modify_in *in = input;
    uint16_t type;
    uint16_t family;

    if (in->recovery == NULL && in->type == NULL && in->family == NULL &&
        in->auto_placement == NULL)
        return call_fault(call, &fault_nothing);
    if ((in->type != NULL || in->family != NULL) &&
        read_what(call, in->type, in->family, &type, &family) != 0)
        return -1;
    do_all(call, &in->ids, input, modify_one, output);
    return 0;
}

static const struct fault_kind *const modify_faults[] = {
    &fault_nothing, &fault_both, &fault_family, &fault_type, NULL,
};

#define EXAMPLE_HOST \
    "H=$(aws ec2 allocate-hosts --instance-family m5 --availability-zone us-east-1a " \
    "--quantity 1 --query 'HostIds[0]' --output text)"

const struct op op_modify_hosts = {
    .name = "ModifyHosts",
    .doc = "Changes what may come to your Dedicated Hosts, and whether they are replaced.",
    .example = "aws ec2 modify-hosts --host-ids $H --auto-placement on",
    .needs = EXAMPLE_HOST,
    .in = &modify_in_shape,
    .out = &modify_out_shape,
    .faults = modify_faults,
    .flags = OP_WRITE,
    .run = modify_hosts,
};

/* ---- ReleaseHosts ---- */

struct release_in {
    struct strings ids;
};

static const struct field release_in_fields[] = {
    F_STRINGS(struct release_in, ids, "HostIds", "The hosts.", .flags = FIELD_REQUIRED,
              .ref = &kind_dedicated_host),
};
static const struct shape release_in_shape =
    SHAPE("ReleaseHostsRequest", struct release_in, release_in_fields);

static int release_one(struct call *call, struct dedicated_host *row, const void *input,
                       struct fault *fault)
{
    struct dedicated_hosts *all = &call->world->dedicated;

    (void)input;
    if (dedicated_host_machine(all, row)->guests.count > 0)
        return fault_set(fault, &fault_occupied, id_text(&call->arena, &kind_host, row->id));
    dedicated_host_release(all, row);
    return 0;
}

static int release_hosts(struct call *call, const void *input, void *output)
{
    const struct release_in *in = input;

    do_all(call, &in->ids, input, release_one, output);
    return 0;
}

const struct op op_release_hosts = {
    .name = "ReleaseHosts",
    .doc = "Gives Dedicated Hosts back: no more is charged for them.",
    .example = "aws ec2 release-hosts --host-ids $H",
    .needs = EXAMPLE_HOST,
    .in = &release_in_shape,
    .out = &release_out_shape,
    .flags = OP_WRITE,
    .run = release_hosts,
};
