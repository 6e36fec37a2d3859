/*
 * api/ec2_instance_status.c - describe-instance-status.
 *
 * True to the EC2 API reference: only running instances, unless all are asked for.  Of the events
 * that AWS plans there is one, the stop when a host is taken away; it is gone with the instance's
 * move to another host.
 */
#include "api/ec2_instance_view.h"

#include <stdlib.h>
#include <string.h>

struct check_view {
    int64_t impaired_since;
    const char *name;
    const char *status;
};

struct checks_view {
    LIST(struct check_view) details;
    const char *status;
};

struct event_view {
    const char *id;
    const char *code;
    const char *description;
    int64_t not_before;
};

struct status_view {
    const char *zone;
    const char *zone_id;
    struct flag_view managed;
    LIST(struct event_view) events;
    const char *id;
    struct state_name state;
    struct checks_view instance;
    struct checks_view system;
    struct checks_view *ebs;
};

struct describe_status_in {
    struct strings ids;
    struct opt_int max_results;
    const char *next_token;
    bool dry_run;
    struct filters filters;
    bool all;
};

struct describe_status_out {
    LIST(struct status_view) statuses;
    const char *next_token;
};

static const struct field check_fields[] = {
    F_TIME(struct check_view, impaired_since, "ImpairedSince", "Since when it has failed."),
    F_STRING(struct check_view, name, "Name", "What was checked."),
    F_STRING(struct check_view, status, "Status", "What came of it."),
};

static const struct shape check_shape =
    SHAPE("InstanceStatusDetails", struct check_view, check_fields);

static const struct field checks_fields[] = {
    F_LIST(struct checks_view, details, struct check_view, &check_shape, "Details",
           "Check by check.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct checks_view, status, "Status", "All checks in one word."),
};

static const struct shape checks_shape =
    SHAPE("InstanceStatusSummary", struct checks_view, checks_fields);

static const struct shape ebs_checks_shape =
    SHAPE("EbsStatusSummary", struct checks_view, checks_fields);

static const struct field managed_fields[] = {
    F_BOOL(struct flag_view, on, "Managed", "Whether another service looks after it."),
};

static const struct shape managed_shape =
    SHAPE("OperatorResponse", struct flag_view, managed_fields);

static const char *const event_words[] = {
    "instance-reboot", "system-reboot", "system-maintenance", "instance-retirement",
    "instance-stop",   NULL,
};

static const struct field event_fields[] = {
    F_STRING(struct event_view, id, "InstanceEventId", "The id of the event."),
    F_STRING(struct event_view, code, "Code", "What will happen.", .words = event_words),
    F_STRING(struct event_view, description, "Description", "Why it will happen."),
    F_TIME(struct event_view, not_before, "NotBefore", "Not earlier than that."),
};

static const struct shape event_shape =
    SHAPE("InstanceStatusEvent", struct event_view, event_fields);

static const struct field status_fields[] = {
    F_STRING(struct status_view, zone, "AvailabilityZone", "The zone that it runs in.",
             .ref = &kind_zone),
    F_STRING(struct status_view, zone_id, "AvailabilityZoneId", "The id of that zone."),
    F_EMBED(struct status_view, managed, struct flag_view, &managed_shape, "Operator",
            "Who looks after it."),
    F_LIST(struct status_view, events, struct event_view, &event_shape, "Events",
           "What AWS has planned for it.", .flags = FIELD_OMIT_EMPTY),
    F_STRING(struct status_view, id, "InstanceId", "The instance.", .flags = FIELD_COLUMN,
             .ref = &kind_instance),
    F_EMBED(struct status_view, state, struct state_name, &state_name_shape, "InstanceState",
            "What it is doing.", .flags = FIELD_COLUMN),
    F_EMBED(struct status_view, instance, struct checks_view, &checks_shape, "InstanceStatus",
            "Whether the system inside answers.", .flags = FIELD_COLUMN),
    F_EMBED(struct status_view, system, struct checks_view, &checks_shape, "SystemStatus",
            "Whether its host is well.", .flags = FIELD_COLUMN),
    F_STRUCT(struct status_view, ebs, struct checks_view, &ebs_checks_shape, "AttachedEbsStatus",
             "Whether its volumes can be reached; types of the Nitro hypervisor only."),
};

static const struct shape status_shape = SHAPE("InstanceStatus", struct status_view, status_fields);

static const struct field describe_in_fields[] = {
    F_STRINGS(struct describe_status_in, ids, "InstanceIds", "Only the instances of these ids.",
              .ref = &kind_instance),
    F_MAX_RESULTS(struct describe_status_in, max_results, 0),
    F_NEXT_TOKEN(struct describe_status_in, next_token),
    F_DRY_RUN(struct describe_status_in, dry_run),
    F_FILTERS(struct describe_status_in, filters),
    F_BOOL(struct describe_status_in, all, "IncludeAllInstances",
           "Those that do not run as well."),
};

static const struct shape describe_in_shape =
    SHAPE("DescribeInstanceStatusRequest", struct describe_status_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_status_out, statuses, struct status_view, &status_shape,
           "InstanceStatuses", "How each instance is."),
    F_NEXT_TOKEN_OUT(struct describe_status_out, next_token),
};

static const struct shape describe_out_shape =
    SHAPE("DescribeInstanceStatusResult", struct describe_status_out, describe_out_fields);

static const struct filter_name status_filters[] = {
    {"attached-ebs-status.status", "AttachedEbsStatus.Status"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"instance-state-code", "InstanceState.Code"},
    {"instance-state-name", "InstanceState.Name"},
    {"instance-status.reachability", "InstanceStatus.Details.Status"},
    {"instance-status.status", "InstanceStatus.Status"},
    {"operator.managed", "Operator.Managed"},
    {"system-status.reachability", "SystemStatus.Details.Status"},
    {"system-status.status", "SystemStatus.Status"},
    {"event.code", "Events.Code"},
    {"event.description", "Events.Description"},
    {"event.instance-event-id", "Events.InstanceEventId"},
    {"event.not-before", "Events.NotBefore"},
    /* What nothing here has: they match no instance. */
    {"event.not-after", ""},
    {"event.not-before-deadline", ""},
    {"operator.principal", ""},
    {0},
};

static struct checks_view checks_see(struct call *call, uint8_t status, int64_t since)
{
    struct checks_view view = {.status = check_status_name(status)};
    const char *detail = check_detail_name(status);

    if (detail[0] != '\0')
        *LIST_PUSH_IN(&call->arena, &view.details) = (struct check_view){
            .impaired_since = status == CHECK_IMPAIRED ? WHOLE_SECOND(since) : 0,
            .name = "reachability",
            .status = detail,
        };
    return view;
}

/* Volumes never fail here: their check is well as soon as the first checks are through. */
static struct checks_view *ebs_see(struct call *call, const struct instance *instance)
{
    struct checks_view *view;
    uint8_t status = instance->system_status;

    if (strcmp(call->world->catalog->types[instance->type].hypervisor, "nitro") != 0)
        return NULL;
    view = arena_alloc(&call->arena, sizeof(*view));
    *view = checks_see(call, status == CHECK_IMPAIRED ? CHECK_OK : status, 0);
    return view;
}

/* Its host will be taken away: all instances here have an EBS volume as their root, and stop. */
static void events_see(struct call *call, const struct instance *instance,
                       struct status_view *view)
{
    const struct host *host = hosts_of(&call->world->hosts, instance->id);
    const struct injection *retirement =
        host == NULL ? NULL : injection_retirement(&call->world->injections, host->id);

    if (retirement == NULL)
        return;
    *LIST_PUSH_IN(&call->arena, &view->events) = (struct event_view){
        .id = arena_printf(&call->arena, "instance-event-0%s",
                           id_digits(&call->arena, retirement->id ^ instance->id)),
        .code = "instance-stop",
        .description = "The instance is running on degraded hardware",
        .not_before = WHOLE_SECOND(injection_retires(retirement)),
    };
}

static void status_list(struct call *call, const struct describe_status_in *in,
                        const struct instance *instance, struct describe_status_out *out)
{
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, instance->zone);
    struct status_view view;

    if (!in->all && instance->state != INSTANCE_RUNNING)
        return;
    view = (struct status_view){
        .zone = zone->name,
        .zone_id = zone->id,
        .id = id_text(&call->arena, &kind_instance, instance->id),
        .state = state_see(instance->state),
        .instance = checks_see(call, instance->instance_status, instance->checks_since),
        .system = checks_see(call, instance->system_status, instance->system_since),
        .ebs = ebs_see(call, instance),
    };
    events_see(call, instance, &view);
    if (filter_pass(call->op, &in->filters, &status_shape, &view))
        *LIST_PUSH_IN(&call->arena, &out->statuses) = view;
}

static int describe_status(struct call *call, const void *input, void *output)
{
    const struct describe_status_in *in = input;
    struct describe_status_out *out = output;
    const struct table *table = &call->world->instances.table;
    struct found found;
    struct page page;

    if (in->ids.count > 0 && in->max_results.set)
        return call_fault(call, &fault_ids_and_limit, "instancesSet");
    if (ids_find(call, &id_words_instance, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++)
        status_list(call, in, found.items[i], out);
    for (uint32_t i = 0; i < table_count(table) && in->ids.count == 0; i++) {
        const struct instance *instance = table_at(table, i);

        if (instance->account == call->account && ZONE_REGION(instance->zone) == call->region &&
            ec2_shows(call, instance->id))
            status_list(call, in, instance, out);
    }
    if (page_find(call, in->max_results, in->next_token, out->statuses.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->statuses, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("InstanceStatuses");

static const struct fault_kind *const describe_faults[] = {
    &fault_instance_malformed,
    &fault_instance_not_found,
    &fault_ids_and_limit,
    NULL,
};

const struct op op_describe_instance_status = {
    .name = "DescribeInstanceStatus",
    .doc = "Shows whether running instances and their hosts are well.",
    .example = "aws ec2 describe-instance-status --include-all-instances",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = status_filters,
    .run = describe_status,
};
