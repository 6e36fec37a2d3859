/*
 * api/ec2_spot_request.c - request-spot-instances, describe-spot-instance-requests,
 * cancel-spot-instance-requests.
 *
 * True to the EC2 API reference: one request for each instance.  Left out: launch groups, zone
 *         groups, requests that begin later.
 */
#include "api/ec2_instance_view.h"

#include "base/str.h"

static const char *const tagged_kinds[] = {"spot-instances-request", NULL};
static const char *const state_words[] = {"open", "active", "closed", "cancelled", "failed",
                                          "disabled", NULL};

struct spot_status_view {
    const char *code;
    const char *message;
    int64_t time;
};

struct spot_place_view {
    const char *zone;
};

struct spot_monitoring_view {
    bool enabled;
};

struct spot_launch_view {
    const char *image;
    const char *type;
    const char *key;
    struct spot_place_view *place;
    const char *subnet;
    struct group_names groups;
    struct spot_monitoring_view monitoring;
};

struct spot_request_view {
    int64_t created;
    const char *instance;
    struct spot_launch_view launch;
    const char *zone;
    const char *zone_id;
    const char *product;
    const char *id;
    const char *price;
    const char *state;
    struct spot_status_view status;
    struct tag_views tags;
    const char *type;
    int64_t until;
    const char *behavior;
};

struct spot_request_views {
    LIST(struct spot_request_view) items;
    const char *next_token;
};

struct request_in {
    struct launch_wish *launch;
    struct tag_specifications tags;
    const char *behavior;
    bool dry_run;
    const char *price;
    struct opt_int count;
    const char *type;
    int64_t until;
};

struct describe_in {
    struct opt_int max_results;
    const char *next_token;
    bool dry_run;
    struct strings ids;
    struct filters filters;
};

struct cancel_in {
    bool dry_run;
    struct strings ids;
};

struct cancelled_view {
    const char *id;
    const char *state;
};

struct cancel_out {
    LIST(struct cancelled_view) items;
};

/* ---- shapes ---- */

static const struct field status_fields[] = {
    F_STRING(struct spot_status_view, code, "Code", "What became of it, as a word.",
             .flags = FIELD_COLUMN),
    F_STRING(struct spot_status_view, message, "Message", "The same as a sentence."),
    F_TIME(struct spot_status_view, time, "UpdateTime", "Since when."),
};
static const struct shape status_shape =
    SHAPE("SpotInstanceStatus", struct spot_status_view, status_fields);

static const struct field place_view_fields[] = {
    F_STRING(struct spot_place_view, zone, "AvailabilityZone", "The zone.", .ref = &kind_zone),
};
static const struct shape place_view_shape =
    SHAPE("SpotPlacement", struct spot_place_view, place_view_fields);

static const struct field monitoring_view_fields[] = {
    F_BOOL(struct spot_monitoring_view, enabled, "Enabled", "Whether metrics come each minute."),
};
static const struct shape monitoring_view_shape =
    SHAPE("RunInstancesMonitoringEnabled", struct spot_monitoring_view, monitoring_view_fields);

static const struct field launch_view_fields[] = {
    F_STRING(struct spot_launch_view, image, "ImageId", "The image.", .ref = &kind_image),
    F_STRING(struct spot_launch_view, type, "InstanceType", "The type.",
             .ref = &kind_instance_type),
    F_STRING(struct spot_launch_view, key, "KeyName", "The key pair.", .ref = &kind_key_pair),
    F_STRUCT(struct spot_launch_view, place, struct spot_place_view, &place_view_shape,
             "Placement", "Where it runs."),
    F_STRING(struct spot_launch_view, subnet, "SubnetId", "The subnet.", .ref = &kind_subnet),
    F_LIST(struct spot_launch_view, groups, struct group_name, &group_name_shape,
           "SecurityGroups", "The security groups."),
    F_EMBED(struct spot_launch_view, monitoring, struct spot_monitoring_view,
            &monitoring_view_shape, "Monitoring", "Whether metrics come each minute."),
};
static const struct shape launch_view_shape =
    SHAPE("LaunchSpecification", struct spot_launch_view, launch_view_fields);

#define V struct spot_request_view
static const struct field view_fields[] = {
    F_TIME(V, created, "CreateTime", "When it was made."),
    F_STRING(V, instance, "InstanceId", "The instance that fulfils it.", .ref = &kind_instance,
             .flags = FIELD_COLUMN),
    F_EMBED(V, launch, struct spot_launch_view, &launch_view_shape, "LaunchSpecification",
            "What it launches."),
    F_STRING(V, zone, "LaunchedAvailabilityZone", "The zone of its instance.",
             .ref = &kind_zone, .flags = FIELD_COLUMN),
    F_STRING(V, zone_id, "LaunchedAvailabilityZoneId", "The id of that zone."),
    F_STRING(V, product, "ProductDescription", "The system."),
    F_STRING(V, id, "SpotInstanceRequestId", "The id of the request.", .ref = &kind_spot_request,
             .flags = FIELD_COLUMN),
    F_STRING(V, price, "SpotPrice", "The most that it pays for an hour.", .flags = FIELD_COLUMN),
    F_STRING(V, state, "State", "Whether it waits, is fulfilled, or over.", .words = state_words,
             .flags = FIELD_COLUMN),
    F_EMBED(V, status, struct spot_status_view, &status_shape, "Status",
            "Why it is in that state.", .flags = FIELD_COLUMN),
    F_TAGS(V, tags),
    F_STRING(V, type, "Type", "one-time, or persistent: it asks again.", .words = spot_type_words,
             .flags = FIELD_COLUMN),
    F_TIME(V, until, "ValidUntil", "How long it asks."),
    F_STRING(V, behavior, "InstanceInterruptionBehavior",
             "What becomes of its instance when EC2 takes it back.",
             .words = spot_behavior_words),
};
#undef V
static const struct shape view_shape =
    SHAPE("SpotInstanceRequest", struct spot_request_view, view_fields);

static const struct field place_fields[] = {
    F_STRING(struct place_wish, zone, "AvailabilityZone", "The zone to run in.",
             .ref = &kind_zone),
    F_STRING(struct place_wish, group, "GroupName", "The placement group."),
    F_STRING(struct place_wish, zone_id, "AvailabilityZoneId", "The id of the zone."),
};
static const struct shape place_shape = SHAPE("SpotPlacement", struct place_wish, place_fields);

static const struct field monitoring_fields[] = {
    F_OPT_BOOL(struct monitoring_wish, enabled, "Enabled", "Whether metrics come each minute.",
               .flags = FIELD_REQUIRED),
};
static const struct shape monitoring_shape =
    SHAPE("RunInstancesMonitoringEnabled", struct monitoring_wish, monitoring_fields);

#define W struct launch_wish
static const struct field launch_fields[] = {
    F_STRINGS(W, group_ids, "SecurityGroupIds", "The ids of the security groups.",
              .ref = &kind_security_group),
    F_STRINGS(W, group_names, "SecurityGroups",
              "The names of security groups of the default VPC."),
    F_LIST(W, disks, struct disk_wish, &disk_wish_shape, "BlockDeviceMappings",
           "Volumes: changes of the image's own, and more."),
    F_OPT_BOOL(W, ebs_optimized, "EbsOptimized", "Whether its bandwidth to volumes is its own."),
    F_STRING(W, image, "ImageId", "The image to launch from.", .ref = &kind_image),
    F_STRING(W, type, "InstanceType", "The size: t3.micro.", .ref = &kind_instance_type),
    F_STRING(W, key, "KeyName", "The key pair that logs in; without one nobody can by ssh.",
             .ref = &kind_key_pair),
    F_STRUCT(W, monitoring, struct monitoring_wish, &monitoring_shape, "Monitoring",
             "Whether metrics come each minute: Enabled=true."),
    F_LIST(W, cards, struct card_wish, &card_wish_shape, "NetworkInterfaces",
           "Its network interface; one is modelled."),
    F_STRUCT(W, placement, struct place_wish, &place_shape, "Placement",
             "Where to run: AvailabilityZone=us-east-1a."),
    F_STRING(W, subnet, "SubnetId", "The subnet; else a default one, in the zone with most room.",
             .ref = &kind_subnet),
    F_STRING(W, user_data, "UserData", "A script for the first boot, in base 64."),
};
#undef W
static const struct shape launch_shape =
    SHAPE("RequestSpotLaunchSpecification", struct launch_wish, launch_fields);

static const struct field request_in_fields[] = {
    F_STRUCT(struct request_in, launch, struct launch_wish, &launch_shape, "LaunchSpecification",
             "What to launch: ImageId=ami-0...,InstanceType=t3.micro."),
    F_TAG_SPECIFICATIONS(struct request_in, tags),
    F_STRING(struct request_in, behavior, "InstanceInterruptionBehavior",
             "What becomes of an instance when EC2 takes it back: terminate or stop.",
             .words = spot_behavior_words),
    F_DRY_RUN(struct request_in, dry_run),
    F_STRING(struct request_in, price, "SpotPrice",
             "The most that you pay for an hour, in dollars; the price on demand unless you say "
             "so."),
    F_OPT_INT(struct request_in, count, "InstanceCount", "How many; 1 unless told."),
    F_STRING(struct request_in, type, "Type",
             "one-time, or persistent: asks again when the instance is gone.",
             .words = spot_type_words),
    F_TIME(struct request_in, until, "ValidUntil", "How long the requests are asked."),
};
static const struct shape request_in_shape =
    SHAPE("RequestSpotInstancesRequest", struct request_in, request_in_fields);

static const struct field request_out_fields[] = {
    F_LIST(struct spot_request_views, items, struct spot_request_view, &view_shape,
           "SpotInstanceRequests", "The requests."),
};
static const struct shape request_out_shape =
    SHAPE("RequestSpotInstancesResult", struct spot_request_views, request_out_fields);

static const struct field describe_in_fields[] = {
    F_NEXT_TOKEN(struct describe_in, next_token),
    F_MAX_RESULTS(struct describe_in, max_results, 0),
    F_DRY_RUN(struct describe_in, dry_run),
    F_STRINGS(struct describe_in, ids, "SpotInstanceRequestIds", "Only those of these ids.",
              .ref = &kind_spot_request),
    F_FILTERS(struct describe_in, filters),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeSpotInstanceRequestsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct spot_request_views, items, struct spot_request_view, &view_shape,
           "SpotInstanceRequests", "The requests; those that are over for two days."),
    F_NEXT_TOKEN_OUT(struct spot_request_views, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeSpotInstanceRequestsResult", struct spot_request_views, describe_out_fields);

static const struct field cancel_in_fields[] = {
    F_DRY_RUN(struct cancel_in, dry_run),
    F_STRINGS(struct cancel_in, ids, "SpotInstanceRequestIds", "The requests.",
              .flags = FIELD_REQUIRED, .ref = &kind_spot_request),
};
static const struct shape cancel_in_shape =
    SHAPE("CancelSpotInstanceRequestsRequest", struct cancel_in, cancel_in_fields);

static const struct field cancelled_fields[] = {
    F_STRING(struct cancelled_view, id, "SpotInstanceRequestId", "The request.",
             .ref = &kind_spot_request),
    F_STRING(struct cancelled_view, state, "State", "Its state now."),
};
static const struct shape cancelled_shape =
    SHAPE("CancelledSpotInstanceRequest", struct cancelled_view, cancelled_fields);

static const struct field cancel_out_fields[] = {
    F_LIST(struct cancel_out, items, struct cancelled_view, &cancelled_shape,
           "CancelledSpotInstanceRequests", "The requests."),
};
static const struct shape cancel_out_shape =
    SHAPE("CancelSpotInstanceRequestsResult", struct cancel_out, cancel_out_fields);

/* ---- finding and seeing ---- */

static void *find_request(const struct call *call, uint64_t id)
{
    return spot_request_find(&call->world->spots, call->account, call->region, id);
}

const struct id_words id_words_spot_request = {
    .kind = &kind_spot_request,
    .malformed = &fault_spot_malformed,
    .missing = &fault_spot_missing,
    .find = find_request,
};

static void groups_see(struct call *call, const struct launch_wish *wish,
                       struct spot_launch_view *view)
{
    const struct firewall *firewall = &call->world->firewall;
    const struct vpc *vpc = vpc_default(&call->world->network, call->account, call->region);

    for (uint32_t i = 0; i < wish->group_ids.count; i++) {
        const struct security_group *group = NULL;
        uint64_t id = 0;

        if (id_parse(&kind_security_group, wish->group_ids.items[i], &id))
            group = security_group_find(firewall, call->account, call->region, id);
        *LIST_PUSH_IN(&call->arena, &view->groups) = (struct group_name){
            .id = wish->group_ids.items[i], .name = group == NULL ? NULL : group->name};
    }
    for (uint32_t i = 0; vpc != NULL && i < wish->group_names.count; i++) {
        const struct security_group *group =
            security_group_find_name(firewall, vpc->id, wish->group_names.items[i]);

        *LIST_PUSH_IN(&call->arena, &view->groups) = (struct group_name){
            .id = group == NULL ? NULL : id_text(&call->arena, &kind_security_group, group->id),
            .name = wish->group_names.items[i],
        };
    }
}

static void request_see(struct call *call, const struct spot_request *request,
                        struct spot_request_view *view)
{
    const struct world *world = call->world;
    const struct launch_wish *wish = &request->wish;
    const char *zone = wish->placement == NULL ? NULL : wish->placement->zone;

    *view = (struct spot_request_view){
        .created = WHOLE_SECOND(request->created),
        .launch = {
            .image = wish->image,
            .type = world->catalog->types[request->type].name,
            .key = wish->key,
            .subnet = request->subnet,
            .monitoring = {wish->monitoring != NULL && wish->monitoring->enabled.value},
        },
        .product = request->is_windows ? "Windows" : "Linux/UNIX",
        .id = id_text(&call->arena, &kind_spot_request, request->id),
        .price = arena_printf(&call->arena, "%lld.%06lld",
                              (long long)(request->most_nano / 1000000000),
                              (long long)(request->most_nano / 1000 % 1000000)),
        .state = spot_state_name(request->state),
        .status = {
            .code = spot_status_code(request->status),
            .message = spot_status_message(&world->spots, request, &call->arena),
            .time = WHOLE_SECOND(request->status_since),
        },
        .type = request->persistent ? "persistent" : "one-time",
        .until = WHOLE_SECOND(request->until),
        .behavior = request->stops ? "stop" : "terminate",
    };
    if (request->instance != 0) {
        view->instance = id_text(&call->arena, &kind_instance, request->instance);
        view->zone = zone = catalog_zone(world->catalog, request->zone)->name;
        view->zone_id = catalog_zone(world->catalog, request->zone)->id;
    }
    if (zone != NULL) {
        view->launch.place = arena_alloc(&call->arena, sizeof(*view->launch.place));
        view->launch.place->zone = zone;
    }
    groups_see(call, wish, &view->launch);
    tag_views_fill(call, &view->tags, &request->tags);
}

/* ---- RequestSpotInstances ---- */

static const struct fault_kind fault_count = {
    .code = "InvalidParameterValue",
    .text = "Value ({}) for parameter instanceCount is invalid. Expecting a value from 1 to 1000.",
    .hint = "Each instance has a request of its own.",
};

static int request_spot(struct call *call, const void *input, void *output)
{
    const struct request_in *in = input;
    struct spot_request_views *out = output;
    const struct spot_wish spot = {in->price, in->type, in->until, in->behavior};
    int64_t count = in->count.set ? in->count.value : 1;
    struct launch_wish none = {0};
    struct launch_wish *wish = in->launch == NULL ? &none : in->launch;
    struct launch_ask ask = {
        .launcher = &call->world->launcher,
        .account = call->account,
        .region = call->region,
        .least = 1,
        .most = 1,
        .arena = &call->arena,
        .fault = &call->fault,
    };
    struct instance_launch launch;
    struct spot_terms terms;

    if (count < 1 || count > 1000)
        return call_fault(call, &fault_count, ec2_number(call, count));
    if (launch_spot_terms(&spot, &terms, &call->fault) != 0 ||
        launch_wish_read(&ask, wish, &launch) != 0 ||
        tag_specifications_check(call, &in->tags, tagged_kinds) != 0)
        return -1;
    launch.spot = &terms;
    launch.spot_tags = tag_specifications_of(&call->arena, &in->tags, tagged_kinds[0]);
    for (int64_t i = 0; i < count; i++)
        request_see(call, spot_request_add(&call->world->spots, &launch),
                    LIST_PUSH_IN(&call->arena, &out->items));
    return 0;
}

static const struct fault_kind *const request_faults[] = {
    &fault_count,
    &fault_spot_price_form,
    &fault_spot_stop_once,
    &fault_missing_parameter,
    &fault_image_missing,
    NULL,
};

const struct op op_request_spot_instances = {
    .name = "RequestSpotInstances",
    .doc = "Asks for spot instances: spare capacity, until EC2 needs it back.",
    .example = "aws ec2 request-spot-instances --instance-count 2 "
               "--launch-specification ImageId=$AMI,InstanceType=t3.micro",
    .needs = EC2_EXAMPLE_IMAGE,
    .in = &request_in_shape,
    .out = &request_out_shape,
    .faults = request_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = request_spot,
};

/* ---- DescribeSpotInstanceRequests ---- */

static const struct filter_name request_filters[] = {
    {"create-time", "CreateTime"},
    {"instance-id", "InstanceId"},
    {"launch.group-id", "LaunchSpecification.SecurityGroups.GroupId"},
    {"launch.group-name", "LaunchSpecification.SecurityGroups.GroupName"},
    {"launch.image-id", "LaunchSpecification.ImageId"},
    {"launch.instance-type", "LaunchSpecification.InstanceType"},
    {"launch.key-name", "LaunchSpecification.KeyName"},
    {"launch.monitoring-enabled", "LaunchSpecification.Monitoring.Enabled"},
    {"launched-availability-zone", "LaunchedAvailabilityZone"},
    {"launched-availability-zone-id", "LaunchedAvailabilityZoneId"},
    {"product-description", "ProductDescription"},
    {"spot-instance-request-id", "SpotInstanceRequestId"},
    {"spot-price", "SpotPrice"},
    {"state", "State"},
    {"status-code", "Status.Code"},
    {"status-message", "Status.Message"},
    {"type", "Type"},
    {"valid-until", "ValidUntil"},
    /* What nothing here has. */
    {"availability-zone-group", ""},
    {"fault-code", ""},
    {"fault-message", ""},
    {"launch-group", ""},
    {"launch.kernel-id", ""},
    {"launch.ramdisk-id", ""},
    {"valid-from", ""},
    {0},
};

static bool is_among(const struct found *found, const struct spot_request *request)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->items[i] == request)
            return true;
    }
    return false;
}

static int describe_requests(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct spot_request_views *out = output;
    const struct table *table = &call->world->spots.table;
    struct found found = {0};
    struct page page;

    if (ids_find(call, &id_words_spot_request, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < table_count(table); i++) {
        const struct spot_request *request = table_at(table, i);
        struct spot_request_view view;

        if (request->account != call->account || request->region != call->region ||
            !ec2_shows(call, request->id) || (in->ids.count > 0 && !is_among(&found, request)))
            continue;
        request_see(call, request, &view);
        if (filter_pass(call->op, &in->filters, &view_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->items) = view;
    }
    if (page_find(call, in->max_results, in->next_token, out->items.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->items, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("SpotInstanceRequests");

static const struct fault_kind *const describe_faults[] = {
    &fault_spot_malformed,
    &fault_spot_missing,
    NULL,
};

const struct op op_describe_spot_instance_requests = {
    .name = "DescribeSpotInstanceRequests",
    .doc = "Lists your spot requests: which wait, which are fulfilled, what became of others.",
    .example = "aws ec2 describe-spot-instance-requests --filters Name=state,Values=open,active",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .faults = describe_faults,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = request_filters,
    .run = describe_requests,
};

/* ---- CancelSpotInstanceRequests ---- */

static int cancel_requests(struct call *call, const void *input, void *output)
{
    const struct cancel_in *in = input;
    struct cancel_out *out = output;
    struct found found = {0};

    if (ids_find(call, &id_words_spot_request, &in->ids, &found) != 0)
        return -1;
    for (uint32_t i = 0; i < found.count; i++) {
        struct spot_request *request = found.items[i];

        spot_request_cancel(&call->world->spots, request);
        *LIST_PUSH_IN(&call->arena, &out->items) = (struct cancelled_view){
            .id = id_text(&call->arena, &kind_spot_request, request->id),
            .state = spot_state_name(request->state),
        };
    }
    return 0;
}

const struct op op_cancel_spot_instance_requests = {
    .name = "CancelSpotInstanceRequests",
    .doc = "Takes spot requests back; instances that run go on until you terminate them.",
    .example = "aws ec2 cancel-spot-instance-requests --spot-instance-request-ids $SIR",
    .needs = EC2_EXAMPLE_IMAGE "\n"
             "SIR=$(aws ec2 request-spot-instances --launch-specification "
             "ImageId=$AMI,InstanceType=t3.micro "
             "--query 'SpotInstanceRequests[0].SpotInstanceRequestId' --output text)",
    .in = &cancel_in_shape,
    .out = &cancel_out_shape,
    .faults = describe_faults,
    .flags = OP_WRITE | OP_DRY_RUN,
    .run = cancel_requests,
};
