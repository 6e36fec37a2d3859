/*
 * api/ec2_region.c - describe-regions, describe-availability-zones.
 *
 * True to the EC2 API reference. A zone is `impaired` while all of its hosts are broken.
 */
#include "api/ec2_parts.h"

#include <string.h>

#include "base/str.h"

/* ---- DescribeRegions ---- */

struct place_view {
    const char *name;
};

struct places {
    struct place_view *items;
    uint32_t count;
    uint32_t size;
};

struct region_view {
    const char *opt_in;
    struct places geography;
    const char *name;
    const char *endpoint;
};

struct describe_regions_in {
    struct strings names;
    bool all;
    bool dry_run;
    struct filters filters;
};

struct describe_regions_out {
    LIST(struct region_view) regions;
};

static const struct fault_kind fault_region = {
    .code = "InvalidParameterValue",
    .text = "Invalid region provided: [{}]",
    .hint = "The console has us-east-1, us-west-2 and eu-west-1.",
};

static const struct field place_fields[] = {
    F_STRING(struct place_view, name, "Name", "The country or area that it lies in."),
};

static const struct shape region_place_shape =
    SHAPE("RegionGeography", struct place_view, place_fields);

static const struct field region_fields[] = {
    F_STRING(struct region_view, opt_in, "OptInStatus",
             "Whether an account must ask for the Region before using it."),
    F_LIST(struct region_view, geography, struct place_view, &region_place_shape, "Geography",
           "Where on earth the Region lies."),
    F_STRING(struct region_view, name, "RegionName", "The name of the Region.",
             .flags = FIELD_COLUMN, .ref = &kind_region),
    F_STRING(struct region_view, endpoint, "Endpoint", "The host that answers for EC2 there.",
             .flags = FIELD_COLUMN),
};

static const struct shape region_shape = SHAPE("Region", struct region_view, region_fields);

static const struct field describe_regions_in_fields[] = {
    F_STRINGS(struct describe_regions_in, names, "RegionNames", "Only the Regions of these names.",
              .ref = &kind_region),
    F_BOOL(struct describe_regions_in, all, "AllRegions",
           "Regions that are not enabled for the account as well; here all are."),
    F_DRY_RUN(struct describe_regions_in, dry_run),
    F_FILTERS(struct describe_regions_in, filters),
};

static const struct shape describe_regions_in_shape =
    SHAPE("DescribeRegionsRequest", struct describe_regions_in, describe_regions_in_fields);

static const struct field describe_regions_out_fields[] = {
    F_LIST(struct describe_regions_out, regions, struct region_view, &region_shape, "Regions",
           "The Regions."),
};

static const struct shape describe_regions_out_shape =
    SHAPE("DescribeRegionsResult", struct describe_regions_out, describe_regions_out_fields);

static const struct filter_name region_filters[] = {
    {"endpoint", "Endpoint"},
    {"opt-in-status", "OptInStatus"},
    {"region-name", "RegionName"},
    {0},
};

/* True when the list is empty or holds the text. */
static bool wanted(const struct strings *list, const char *text)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0)
            return true;
    }
    return list->count == 0;
}

static int describe_regions(struct call *call, const void *input, void *output)
{
    const struct describe_regions_in *in = input;
    struct describe_regions_out *out = output;
    const struct catalog *catalog = call->world->catalog;

    for (uint32_t i = 0; i < in->names.count; i++) {
        if (catalog_region_find(catalog, in->names.items[i]) < 0)
            return call_fault(call, &fault_region, in->names.items[i]);
    }
    for (uint32_t i = 0; i < catalog->region_count; i++) {
        const struct catalog_region *region = &catalog->regions[i];
        struct region_view view = {
            .opt_in = region->opt_in,
            .name = region->name,
            .endpoint = arena_printf(&call->arena, "ec2.%s.amazonaws.com", region->name),
        };

        LIST_PUSH_IN(&call->arena, &view.geography)->name = region->geography;
        if (wanted(&in->names, region->name) &&
            filter_pass(call->op, &in->filters, &region_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->regions) = view;
    }
    return 0;
}

static const struct fault_kind *const describe_regions_faults[] = {
    &fault_region,
    NULL,
};

const struct op op_describe_regions = {
    .name = "DescribeRegions",
    .doc = "Lists the Regions: places in the world that each hold a whole cloud of their own.",
    .example = "aws ec2 describe-regions --query 'Regions[].RegionName'",
    .in = &describe_regions_in_shape,
    .out = &describe_regions_out_shape,
    .faults = describe_regions_faults,
    .flags = OP_DRY_RUN,
    .filters = region_filters,
    .run = describe_regions,
};

/* ---- DescribeAvailabilityZones ---- */

struct message_view {
    const char *message;
};

struct messages {
    struct message_view *items;
    uint32_t count;
    uint32_t size;
};

struct zone_view {
    const char *opt_in;
    struct messages messages;
    const char *region;
    const char *name;
    const char *id;
    const char *group;
    const char *border_group;
    const char *type;
    const char *group_long;
    struct places geography;
    const char *state;
};

struct describe_zones_in {
    struct strings names;
    struct strings ids;
    bool all;
    bool dry_run;
    struct filters filters;
};

struct describe_zones_out {
    LIST(struct zone_view) zones;
};

static const struct fault_kind fault_zone = {
    .code = "InvalidParameterValue",
    .text = "Invalid availability zone: [{}]",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};

static const struct fault_kind fault_zone_id = {
    .code = "InvalidParameterValue",
    .text = "Invalid availability zone-id: [{}]",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};

static const struct field message_fields[] = {
    F_STRING(struct message_view, message, "Message", "What is wrong in the zone."),
};

static const struct shape message_shape =
    SHAPE("AvailabilityZoneMessage", struct message_view, message_fields);

static const struct shape zone_place_shape =
    SHAPE("AvailabilityZoneGeography", struct place_view, place_fields);

static const struct field zone_fields[] = {
    F_STRING(struct zone_view, opt_in, "OptInStatus",
             "Whether an account must ask for the zone before using it."),
    F_LIST(struct zone_view, messages, struct message_view, &message_shape, "Messages",
           "What people should know of it."),
    F_STRING(struct zone_view, region, "RegionName", "The Region that it belongs to.",
             .ref = &kind_region),
    F_STRING(struct zone_view, name, "ZoneName",
             "Its name; the letter means another zone in each account.", .flags = FIELD_COLUMN,
             .ref = &kind_zone),
    F_STRING(struct zone_view, id, "ZoneId", "Its id, which is the same in all accounts.",
             .flags = FIELD_COLUMN),
    F_STRING(struct zone_view, group, "GroupName", "The group of zones that it belongs to."),
    F_STRING(struct zone_view, border_group, "NetworkBorderGroup",
             "From where its public addresses are announced."),
    F_STRING(struct zone_view, type, "ZoneType", "What kind of zone it is."),
    F_STRING(struct zone_view, group_long, "GroupLongName", "The name of its group for people."),
    F_LIST(struct zone_view, geography, struct place_view, &zone_place_shape, "Geography",
           "Where on earth the zone lies."),
    F_STRING(struct zone_view, state, "State", "Whether all is well there.",
             .flags = FIELD_COLUMN),
};

static const struct shape zone_shape = SHAPE("AvailabilityZone", struct zone_view, zone_fields);

static const struct field describe_zones_in_fields[] = {
    F_STRINGS(struct describe_zones_in, names, "ZoneNames", "Only the zones of these names.",
              .ref = &kind_zone),
    F_STRINGS(struct describe_zones_in, ids, "ZoneIds", "Only the zones of these ids."),
    F_BOOL(struct describe_zones_in, all, "AllAvailabilityZones",
           "Zones that the account has not opted in to as well; here there are none."),
    F_DRY_RUN(struct describe_zones_in, dry_run),
    F_FILTERS(struct describe_zones_in, filters),
};

static const struct shape describe_zones_in_shape =
    SHAPE("DescribeAvailabilityZonesRequest", struct describe_zones_in, describe_zones_in_fields);

static const struct field describe_zones_out_fields[] = {
    F_LIST(struct describe_zones_out, zones, struct zone_view, &zone_shape, "AvailabilityZones",
           "The zones of the Region."),
};

static const struct shape describe_zones_out_shape =
    SHAPE("DescribeAvailabilityZonesResult", struct describe_zones_out, describe_zones_out_fields);

static const struct filter_name zone_filters[] = {
    {"group-long-name", "GroupLongName"},
    {"group-name", "GroupName"},
    {"message", "Messages.Message"},
    {"opt-in-status", "OptInStatus"},
    {"region-name", "RegionName"},
    {"state", "State"},
    {"zone-id", "ZoneId"},
    {"zone-name", "ZoneName"},
    {"zone-type", "ZoneType"},
    /* What only Local Zones have: they match none. */
    {"parent-zone-id", ""},
    {"parent-zone-name", ""},
    {0},
};

static int check_zones(struct call *call, const struct strings *texts,
                       const struct fault_kind *kind)
{
    for (uint32_t i = 0; i < texts->count; i++) {
        int zone = catalog_zone_find(call->world->catalog, texts->items[i]);

        if (zone < 0 || zone / ZONES_PER_REGION != call->region)
            return call_fault(call, kind, texts->items[i]);
    }
    return 0;
}

static struct zone_view zone_see(struct call *call, uint8_t number)
{
    const struct catalog_region *region = &call->world->catalog->regions[call->region];
    const struct catalog_zone *zone = catalog_zone(call->world->catalog, number);
    bool failed = hosts_zone_failed(&call->world->hosts, number);
    struct zone_view view = {
        .opt_in = "opt-in-not-required",
        .region = region->name,
        .name = zone->name,
        .id = zone->id,
        .group = arena_printf(&call->arena, "%s-zg-1", region->name),
        .border_group = zone->group,
        .type = "availability-zone",
        .group_long = arena_printf(&call->arena, "%s 1", region->place),
        .state = failed ? "impaired" : "available",
    };

    LIST_PUSH_IN(&call->arena, &view.geography)->name = region->geography;
    if (failed)
        LIST_PUSH_IN(&call->arena, &view.messages)->message = "All hosts of the zone are down.";
    return view;
}

static int describe_zones(struct call *call, const void *input, void *output)
{
    const struct describe_zones_in *in = input;
    struct describe_zones_out *out = output;

    if (check_zones(call, &in->names, &fault_zone) != 0 ||
        check_zones(call, &in->ids, &fault_zone_id) != 0)
        return -1;
    for (uint8_t i = 0; i < ZONES_PER_REGION; i++) {
        uint8_t number = (uint8_t)(call->region * ZONES_PER_REGION + i);
        struct zone_view view = zone_see(call, number);

        if (wanted(&in->names, view.name) && wanted(&in->ids, view.id) &&
            filter_pass(call->op, &in->filters, &zone_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->zones) = view;
    }
    return 0;
}

static const struct fault_kind *const describe_zones_faults[] = {
    &fault_zone,
    &fault_zone_id,
    NULL,
};

const struct op op_describe_availability_zones = {
    .name = "DescribeAvailabilityZones",
    .doc = "Lists the Availability Zones of the Region: data centers that fail apart from each "
           "other.",
    .example = "aws ec2 describe-availability-zones",
    .in = &describe_zones_in_shape,
    .out = &describe_zones_out_shape,
    .faults = describe_zones_faults,
    .flags = OP_DRY_RUN,
    .filters = zone_filters,
    .run = describe_zones,
};
