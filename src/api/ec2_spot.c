/*
 * api/ec2_spot.c - describe-spot-price-history.
 *
 * True to the EC2 API reference: 90 days, the newest first; the price that was in force at the
 *         beginning is in it, with the time when it came to be.
 */
#include "api/ec2_parts.h"

#include <stdlib.h>
#include <string.h>

#include "cloud/spot.h"

#define HISTORY_NS (90 * DAY_NS)

struct spot_view {
    const char *zone;
    const char *zone_id;
    const char *type;
    const char *product;
    const char *price;
    int64_t time;
    uint32_t order; /* of its making, among those of one time */
};

struct spot_views {
    struct spot_view *items;
    uint32_t count;
    uint32_t size;
};

struct history_in {
    const char *zone_id;
    bool dry_run;
    int64_t start;
    int64_t end;
    struct strings types;
    struct strings products;
    struct filters filters;
    const char *zone;
    struct opt_int max_results;
    const char *next_token;
};

struct history_out {
    const char *next_token;
    struct spot_views prices;
};

static const struct fault_kind fault_spot_type = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for InstanceType.",
    .hint = "`aws ec2 describe-instance-types` lists the types that there are.",
};

static const struct fault_kind fault_spot_zone = {
    .code = "InvalidParameterValue",
    .text = "Invalid availability zone: [{}]",
    .hint = "`aws ec2 describe-availability-zones` lists those of this Region.",
};

static const struct field history_in_fields[] = {
    F_STRING(struct history_in, zone_id, "AvailabilityZoneId", "Only this zone, by its id."),
    F_DRY_RUN(struct history_in, dry_run),
    F_TIME(struct history_in, start, "StartTime",
           "From when on; the last 90 days unless told. The price in force then is given too."),
    F_TIME(struct history_in, end, "EndTime", "Until when; until now unless told."),
    F_STRINGS(struct history_in, types, "InstanceTypes", "Only these types.",
              .ref = &kind_instance_type),
    F_STRINGS(struct history_in, products, "ProductDescriptions",
              "Only these systems: Linux/UNIX, Windows."),
    F_FILTERS(struct history_in, filters),
    F_STRING(struct history_in, zone, "AvailabilityZone", "Only this zone.", .ref = &kind_zone),
    F_MAX_RESULTS(struct history_in, max_results, 0),
    F_NEXT_TOKEN(struct history_in, next_token),
};
static const struct shape history_in_shape =
    SHAPE("DescribeSpotPriceHistoryRequest", struct history_in, history_in_fields);

static const struct field spot_fields[] = {
    F_STRING(struct spot_view, zone, "AvailabilityZone", "The zone.", .ref = &kind_zone,
             .flags = FIELD_COLUMN),
    F_STRING(struct spot_view, zone_id, "AvailabilityZoneId", "The id of the zone."),
    F_STRING(struct spot_view, type, "InstanceType", "The type.", .ref = &kind_instance_type,
             .flags = FIELD_COLUMN),
    F_STRING(struct spot_view, product, "ProductDescription", "The system.",
             .flags = FIELD_COLUMN),
    F_STRING(struct spot_view, price, "SpotPrice", "What an hour costs, in dollars.",
             .flags = FIELD_COLUMN),
    F_TIME(struct spot_view, time, "Timestamp", "Since when it costs that.",
           .flags = FIELD_COLUMN),
};
static const struct shape spot_shape = SHAPE("SpotPrice", struct spot_view, spot_fields);

static const struct field history_out_fields[] = {
    F_NEXT_TOKEN_OUT(struct history_out, next_token),
    F_LIST(struct history_out, prices, struct spot_view, &spot_shape, "SpotPriceHistory",
           "Prices, the newest first."),
};
static const struct shape history_out_shape =
    SHAPE("DescribeSpotPriceHistoryResult", struct history_out, history_out_fields);

static const struct filter_name history_filters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"instance-type", "InstanceType"},
    {"product-description", "ProductDescription"},
    {"spot-price", "SpotPrice"},
    {"timestamp", "Timestamp"},
    {0},
};

static bool is_among(const struct strings *names, const char *name)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return names->count == 0;
}

static int newest_first(const void *a, const void *b)
{
    const struct spot_view *one = a;
    const struct spot_view *other = b;

    if (one->time != other->time)
        return one->time > other->time ? -1 : 1;
    return one->order < other->order ? -1 : 1;
}

/* A series: one system on one type in one zone. */
struct series {
    const struct history_in *in;
    struct spot_view view;
    int64_t licence; /* what the system adds, in nano-dollars an hour */
    uint16_t type;
    uint8_t zone;
};

static void series_add(struct call *call, struct series *series, struct spot_views *prices)
{
    const struct world *world = call->world;
    const struct history_in *in = series->in;
    int64_t now = world->sim.now;
    int64_t end = in->end == 0 || in->end > now ? now : in->end;
    int64_t start = in->start < now - HISTORY_NS ? now - HISTORY_NS : in->start;

    /* A beginning that is still to come: what is in force now. */
    for (int64_t at = end; ;) {
        struct spot_price price =
            spot_price_at(world->catalog, world->seed, series->type, series->zone, at);
        int64_t micro = (price.nano_usd + series->licence) / 1000;

        series->view.time = price.since;
        series->view.order = prices->count;
        series->view.price =
            arena_printf(&call->arena, "%lld.%06lld", (long long)(micro / 1000000),
                         (long long)(micro % 1000000));
        if (filter_pass(call->op, &in->filters, &spot_shape, &series->view))
            *LIST_PUSH_IN(&call->arena, prices) = series->view;
        if (price.since <= start)
            break;
        at = price.since - 1;
    }
}

/* Both systems, where the type has them. */
static void type_add(struct call *call, struct series *series, struct spot_views *prices)
{
    const struct catalog *catalog = call->world->catalog;
    const struct catalog_type *type = &catalog->types[series->type];

    series->view.type = type->name;
    series->view.product = "Linux/UNIX";
    series->licence = 0;
    if (is_among(&series->in->products, "Linux/UNIX"))
        series_add(call, series, prices);
    if ((type->architectures & ARCH_X86_64) == 0 || !is_among(&series->in->products, "Windows"))
        return;
    series->view.product = "Windows";
    series->licence = catalog_instance_price(catalog, series->type, call->region, true) -
                      catalog_instance_price(catalog, series->type, call->region, false);
    series_add(call, series, prices);
}

static int history_check(struct call *call, const struct history_in *in)
{
    const char *zones[] = {in->zone, in->zone_id};

    for (uint32_t i = 0; i < in->types.count; i++) {
        if (catalog_type_find(call->world->catalog, in->types.items[i]) < 0)
            return call_fault(call, &fault_spot_type, in->types.items[i]);
    }
    for (int i = 0; i < 2; i++) {
        int zone = zones[i] == NULL ? -1 : catalog_zone_find(call->world->catalog, zones[i]);

        if (zones[i] != NULL && (zone < 0 || ZONE_REGION(zone) != call->region))
            return call_fault(call, &fault_spot_zone, zones[i]);
    }
    return 0;
}

static int describe_history(struct call *call, const void *input, void *output)
{
    const struct history_in *in = input;
    struct history_out *out = output;
    const struct catalog *catalog = call->world->catalog;
    struct series series = {.in = in};
    struct page page;

    if (history_check(call, in) != 0)
        return -1;
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        if (!is_among(&in->types, catalog->types[i].name))
            continue;
        series.type = (uint16_t)i;
        for (uint8_t k = 0; k < ZONES_PER_REGION; k++) {
            const struct catalog_zone *zone;

            series.zone = (uint8_t)(call->region * ZONES_PER_REGION + k);
            zone = catalog_zone(catalog, series.zone);
            series.view = (struct spot_view){.zone = zone->name, .zone_id = zone->id};
            if ((in->zone == NULL || strcmp(in->zone, zone->name) == 0) &&
                (in->zone_id == NULL || strcmp(in->zone_id, zone->id) == 0))
                type_add(call, &series, &out->prices);
        }
    }
    if (out->prices.count > 1)
        qsort(out->prices.items, out->prices.count, sizeof(*out->prices.items), newest_first);
    if (page_find(call, in->max_results, in->next_token, out->prices.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->prices, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging history_paging = EC2_PAGING("SpotPriceHistory");

static const struct fault_kind *const history_faults[] = {
    &fault_spot_type,
    &fault_spot_zone,
    NULL,
};

const struct op op_describe_spot_price_history = {
    .name = "DescribeSpotPriceHistory",
    .doc = "Shows what spare capacity costs, and has cost for 90 days, by type and zone.",
    .example = "aws ec2 describe-spot-price-history --instance-types t3.micro "
               "--start-time 2026-01-05T08:00:00Z --product-descriptions Linux/UNIX",
    .in = &history_in_shape,
    .out = &history_out_shape,
    .faults = history_faults,
    .flags = OP_DRY_RUN,
    .paging = &history_paging,
    .filters = history_filters,
    .run = describe_history,
};
