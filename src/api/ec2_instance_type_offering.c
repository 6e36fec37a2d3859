/*
 * api/ec2_instance_type_offering.c - describe-instance-type-offerings: which types are where.
 *
 * True to the EC2 API reference.  Here every type of the catalogue is in every zone; at AWS some
 * zones lack some.
 */
#include "api/ec2_parts.h"

#include <string.h>

struct offering_view {
    const char *type;
    const char *location_type;
    const char *location;
};

struct describe_in {
    bool dry_run;
    const char *location_type;
    struct filters filters;
    struct opt_int max_results;
    const char *next_token;
};

struct describe_out {
    LIST(struct offering_view) offerings;
    const char *next_token;
};

static const char *const location_words[] = {"region", "availability-zone", "availability-zone-id",
                                             "outpost", NULL};

static const struct field offering_fields[] = {
    F_STRING(struct offering_view, type, "InstanceType", "The type.", .flags = FIELD_COLUMN,
             .ref = &kind_instance_type),
    F_STRING(struct offering_view, location_type, "LocationType", "What the location is."),
    F_STRING(struct offering_view, location, "Location", "Where it can be launched.",
             .flags = FIELD_COLUMN),
};
static const struct shape offering_shape =
    SHAPE("InstanceTypeOffering", struct offering_view, offering_fields);

static const struct field describe_in_fields[] = {
    F_DRY_RUN(struct describe_in, dry_run),
    F_STRING(struct describe_in, location_type, "LocationType",
             "By what: region unless told, or each availability-zone.", .words = location_words),
    F_FILTERS(struct describe_in, filters),
    F_MAX_RESULTS(struct describe_in, max_results, 5),
    F_NEXT_TOKEN(struct describe_in, next_token),
};
static const struct shape describe_in_shape =
    SHAPE("DescribeInstanceTypeOfferingsRequest", struct describe_in, describe_in_fields);

static const struct field describe_out_fields[] = {
    F_LIST(struct describe_out, offerings, struct offering_view, &offering_shape,
           "InstanceTypeOfferings", "The types, place by place."),
    F_NEXT_TOKEN_OUT(struct describe_out, next_token),
};
static const struct shape describe_out_shape =
    SHAPE("DescribeInstanceTypeOfferingsResult", struct describe_out, describe_out_fields);

static const struct filter_name offering_filters[] = {
    {"instance-type", "InstanceType"},
    {"location", "Location"},
    {0},
};

/* Every type of the catalogue in that place. */
static void place_list(struct call *call, const struct describe_in *in, const char *location_type,
                       const char *location, struct describe_out *out)
{
    const struct catalog *catalog = call->world->catalog;

    for (uint32_t i = 0; i < catalog->type_count; i++) {
        struct offering_view view = {
            .type = catalog->types[i].name,
            .location_type = location_type,
            .location = location,
        };

        if (filter_pass(call->op, &in->filters, &offering_shape, &view))
            *LIST_PUSH_IN(&call->arena, &out->offerings) = view;
    }
}

static int describe_offerings(struct call *call, const void *input, void *output)
{
    const struct describe_in *in = input;
    struct describe_out *out = output;
    const char *kind = in->location_type == NULL ? "region" : in->location_type;
    struct page page;

    if (strcmp(kind, "region") == 0)
        place_list(call, in, kind, ec2_region_name(call), out);
    for (uint32_t i = 0; i < ZONES_PER_REGION && strncmp(kind, "availability", 12) == 0; i++) {
        const struct catalog_zone *zone = catalog_zone(
            call->world->catalog, (uint8_t)(call->region * ZONES_PER_REGION + i));

        place_list(call, in, kind, strcmp(kind, "availability-zone") == 0 ? zone->name : zone->id,
                   out);
    }
    if (page_find(call, in->max_results, in->next_token, out->offerings.count, &page) != 0)
        return -1;
    PAGE_CUT(&out->offerings, page);
    out->next_token = page.next;
    return 0;
}

static const struct paging describe_paging = EC2_PAGING("InstanceTypeOfferings");

const struct op op_describe_instance_type_offerings = {
    .name = "DescribeInstanceTypeOfferings",
    .doc = "Lists which instance types can be launched where.",
    .example = "aws ec2 describe-instance-type-offerings --location-type availability-zone "
               "--filters Name=instance-type,Values=t3.micro",
    .in = &describe_in_shape,
    .out = &describe_out_shape,
    .flags = OP_DRY_RUN,
    .paging = &describe_paging,
    .filters = offering_filters,
    .run = describe_offerings,
};
