/*
 * api/lab_prices.c - lab: what the same fleet costs by each way of paying for it.
 *
 * On demand; a standard reserved instance or a Compute Savings Plan of a year, nothing upfront; and
 * spot, at the price of now in the instance's zone.  Licences of Windows cost the same in all.
 */
#include "api/lab_parts.h"

#include <string.h>

#include "cloud/spot.h"
#include "cloud/world.h"

enum { WAYS = 4, WAY_DEMAND = 0, WAY_RESERVED, WAY_SAVINGS, WAY_SPOT };

struct prices_in {
    const char *type;
    struct opt_int count;
};

struct fleet_view {
    const char *type;
    const char *zone;
    int64_t count;
    int64_t micro[WAYS];
};

struct way_view {
    const char *name;
    int64_t hourly;
    int64_t month;
    struct opt_real saved;
    struct opt_real even;
    const char *note;
};

struct prices_out {
    LIST(struct way_view) ways;
    LIST(struct fleet_view) fleet;
};

static const struct fault_kind fault_price_type = {
    .code = "InvalidParameterValue",
    .text = "Invalid value '{}' for InstanceType.",
    .hint = "`aws ec2 describe-instance-types` lists the types that there are.",
};

static const struct fault_kind fault_count_alone = {
    .code = "InvalidParameterCombination",
    .text = "A Count needs an InstanceType.",
    .hint = "Without an InstanceType, your own instances are compared as they are.",
};

static const struct field prices_in_fields[] = {
    F_STRING(struct prices_in, type, "InstanceType",
             "A type, instead of the instances that you have.", .ref = &kind_instance_type),
    F_OPT_INT(struct prices_in, count, "Count", "How many of that type; 1 unless told.", .min = 1,
              .max = 100000),
};
static const struct shape prices_in_shape =
    SHAPE("ComparePricesRequest", struct prices_in, prices_in_fields);

static const struct field fleet_fields[] = {
    F_STRING(struct fleet_view, type, "InstanceType", "The type.", .ref = &kind_instance_type,
             .flags = FIELD_COLUMN),
    F_STRING(struct fleet_view, zone, "AvailabilityZone",
             "Where they are; of a type, where spot is cheapest.", .ref = &kind_zone,
             .flags = FIELD_COLUMN),
    F_INT(struct fleet_view, count, "Count", "How many.", .flags = FIELD_COLUMN),
    F_INT(struct fleet_view, micro[WAY_DEMAND], "OnDemandMicroUsd", "An hour of all, on demand.",
          .flags = FIELD_COLUMN),
    F_INT(struct fleet_view, micro[WAY_RESERVED], "ReservedMicroUsd", "An hour, reserved.",
          .flags = FIELD_COLUMN),
    F_INT(struct fleet_view, micro[WAY_SAVINGS], "SavingsPlanMicroUsd",
          "An hour, under a savings plan.", .flags = FIELD_COLUMN),
    F_INT(struct fleet_view, micro[WAY_SPOT], "SpotMicroUsd", "An hour, as spot instances.",
          .flags = FIELD_COLUMN),
};
static const struct shape fleet_shape = SHAPE("PriceFleet", struct fleet_view, fleet_fields);

static const struct field way_fields[] = {
    F_STRING(struct way_view, name, "Option", "The way of paying.", .flags = FIELD_COLUMN),
    F_INT(struct way_view, hourly, "HourlyMicroUsd", "An hour of all, in millionths of a dollar.",
          .flags = FIELD_COLUMN),
    F_INT(struct way_view, month, "MonthlyMicroUsd", "A month of 30 days.",
          .flags = FIELD_COLUMN),
    F_REAL(struct way_view, saved, "SavedPercent", "Less than on demand, in percent.",
           .flags = FIELD_COLUMN),
    F_REAL(struct way_view, even, "BreakEvenPercent",
           "Of a commitment: what part of its hours the fleet must run, or on demand is cheaper.",
           .flags = FIELD_COLUMN),
    F_STRING(struct way_view, note, "Terms", "What one is bound to.", .flags = FIELD_COLUMN),
};
static const struct shape way_shape = SHAPE("PriceOption", struct way_view, way_fields);

static const struct field prices_out_fields[] = {
    F_LIST(struct prices_out, ways, struct way_view, &way_shape, "Options", "The ways of paying."),
    F_LIST(struct prices_out, fleet, struct fleet_view, &fleet_shape, "Fleet",
           "What is compared."),
};
static const struct shape prices_out_shape =
    SHAPE("ComparePricesResult", struct prices_out, prices_out_fields);

/* What an hour of m5.large costs that way is to its price on demand as that of others. */
static int64_t committed(const struct catalog *catalog, const char *price, uint8_t region,
                         int64_t list)
{
    const struct catalog_price *row = catalog_price_find(catalog, price);
    int64_t model = catalog_instance_price(
        catalog, (uint16_t)catalog_type_find(catalog, "m5.large"), region, false);

    return row == NULL ? list : (list / 1000 * row->nano_usd[region] + model / 2) / model * 1000;
}

/* An hour of one instance, by each way, in nano-dollars. */
static void ways_of(const struct world *world, uint16_t type, uint8_t zone, bool is_windows,
                    int64_t nano[WAYS])
{
    const struct catalog *catalog = world->catalog;
    uint8_t region = ZONE_REGION(zone);
    int64_t list = catalog_instance_price(catalog, type, region, false);
    int64_t licence = catalog_instance_price(catalog, type, region, is_windows) - list;

    nano[WAY_DEMAND] = list + licence;
    nano[WAY_RESERVED] = committed(catalog, "Reserved:m5.large", region, list) + licence;
    nano[WAY_SAVINGS] = committed(catalog, "SavingsPlan:m5.large", region, list) + licence;
    nano[WAY_SPOT] =
        spot_price_at(catalog, world->seed, type, zone, world->sim.now).nano_usd + licence;
}

/* Adds so many instances to what is compared, and to the sums. */
static void fleet_add(struct call *call, struct prices_out *out, const struct fleet_view *view,
                      const int64_t nano[WAYS], int64_t sums[WAYS])
{
    struct fleet_view *row = NULL;

    for (uint32_t i = 0; i < out->fleet.count && row == NULL; i++) {
        struct fleet_view *other = &out->fleet.items[i];

        if (strcmp(other->type, view->type) == 0 && strcmp(other->zone, view->zone) == 0 &&
            other->micro[WAY_DEMAND] / other->count == nano[WAY_DEMAND])
            row = other;
    }
    if (row == NULL) {
        row = LIST_PUSH_IN(&call->arena, &out->fleet);
        *row = (struct fleet_view){.type = view->type, .zone = view->zone};
    }
    row->count += view->count;
    for (int way = 0; way < WAYS; way++) {
        row->micro[way] += nano[way] * view->count; /* nano-dollars until all are there */
        sums[way] += nano[way] * view->count;
    }
}

static int type_add(struct call *call, const struct prices_in *in, struct prices_out *out,
                    int64_t sums[WAYS])
{
    const struct world *world = call->world;
    int type = catalog_type_find(world->catalog, in->type);
    int64_t nano[WAYS] = {0};
    uint8_t cheapest = 0;

    if (type < 0)
        return call_fault(call, &fault_price_type, in->type);
    for (uint8_t i = 0; i < ZONES_PER_REGION; i++) {
        uint8_t zone = (uint8_t)(call->region * ZONES_PER_REGION + i);
        int64_t ways[WAYS];

        ways_of(world, (uint16_t)type, zone, false, ways);
        if (i > 0 && ways[WAY_SPOT] >= nano[WAY_SPOT])
            continue;
        memcpy(nano, ways, sizeof(nano));
        cheapest = zone;
    }
    fleet_add(call, out,
              &(struct fleet_view){
                  .type = in->type,
                  .zone = catalog_zone_name(world->catalog, cheapest),
                  .count = in->count.set ? in->count.value : 1,
              },
              nano, sums);
    return 0;
}

static void instances_add(struct call *call, struct prices_out *out, int64_t sums[WAYS])
{
    const struct world *world = call->world;

    for (uint32_t i = 0; i < table_count(&world->instances.table); i++) {
        const struct instance *instance = table_at(&world->instances.table, i);
        int64_t nano[WAYS];

        if (instance->account != call->account ||
            (instance->state != INSTANCE_RUNNING && instance->state != INSTANCE_PENDING))
            continue;
        ways_of(world, instance->type, instance->zone, instance->is_windows, nano);
        fleet_add(call, out,
                  &(struct fleet_view){
                      .type = world->catalog->types[instance->type].name,
                      .zone = catalog_zone_name(world->catalog, instance->zone),
                      .count = 1,
                  },
                  nano, sums);
    }
}

static int64_t micro_of(int64_t nano)
{
    return (nano + 500) / 1000;
}

/* Percent, to the nearest tenth. */
static double tenths(int64_t part, int64_t whole)
{
    return (double)((part * 10 + whole / 200) / (whole / 100)) / 10;
}

static void ways_see(struct call *call, struct prices_out *out, const int64_t sums[WAYS])
{
    static const char *const names[] = {"on-demand", "reserved", "savings-plan", "spot"};
    static const char *const notes[] = {
        "None: by the second, while it runs.",
        "A year of this type in this Region, used or not; nothing upfront.",
        "A year of so many dollars an hour, of any type in any Region; nothing upfront.",
        "May be interrupted, two minutes after a notice; the price changes.",
    };

    for (int way = 0; way < WAYS; way++) {
        int64_t less = sums[WAY_DEMAND] - sums[way];
        struct way_view *view = LIST_PUSH_IN(&call->arena, &out->ways);

        *view = (struct way_view){
            .name = names[way],
            .hourly = micro_of(sums[way]),
            .month = micro_of(sums[way] * (BILL_MONTH_NS / HOUR_NS)),
            .note = notes[way],
        };
        if (sums[WAY_DEMAND] > 0)
            view->saved = OPT_REAL(tenths(less, sums[WAY_DEMAND]));
        if (sums[WAY_DEMAND] > 0 && (way == WAY_RESERVED || way == WAY_SAVINGS))
            view->even = OPT_REAL(tenths(sums[way], sums[WAY_DEMAND]));
    }
    for (uint32_t i = 0; i < out->fleet.count; i++) {
        for (int way = 0; way < WAYS; way++)
            out->fleet.items[i].micro[way] = micro_of(out->fleet.items[i].micro[way]);
    }
}

static int compare_prices(struct call *call, const void *input, void *output)
{
    const struct prices_in *in = input;
    struct prices_out *out = output;
    int64_t sums[WAYS] = {0};

    if (in->type == NULL && in->count.set)
        return call_fault(call, &fault_count_alone);
    if (in->type == NULL)
        instances_add(call, out, sums);
    else if (type_add(call, in, out, sums) != 0)
        return -1;
    ways_see(call, out, sums);
    return 0;
}

static const struct fault_kind *const prices_faults[] = {
    &fault_price_type,
    &fault_count_alone,
    NULL,
};

const struct op op_lab_compare_prices = {
    .name = "ComparePrices",
    .doc = "Compares what a fleet costs on demand, reserved, under a savings plan, and as spot.",
    .example = "lab compare-prices --instance-type m5.large --count 4",
    .in = &prices_in_shape,
    .out = &prices_out_shape,
    .faults = prices_faults,
    .run = compare_prices,
};
