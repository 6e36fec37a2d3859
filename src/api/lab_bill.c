/*
 * api/lab_bill.c - lab: the running bill, which AWS shows a day later.
 *
 * Amounts are exact until here and rounded once: the total to the nearest micro-dollar, and the
 * lines so that they add up to it; a line may be a micro-dollar off for that.
 */
#include "api/lab_parts.h"

#include <stdlib.h>
#include <string.h>

#include "cloud/world.h"

struct bill_in {
    const char *by;
};

struct bill_line_view {
    const char *service;
    const char *region;
    const char *usage;
    const char *resource;
    struct opt_real quantity;
    const char *unit;
    int64_t cost;
    int64_t hourly;
};

struct bill_out {
    int64_t since;
    int64_t until;
    int64_t total;
    int64_t hourly;
    int64_t month;
    LIST(struct bill_line_view) lines;
};

/* What some entries come to together. */
struct bill_group {
    struct bill_line_view view;
    bill_wide cost;
    bill_wide hourly;
    double quantity;
};

struct bill_groups {
    struct bill_group *items;
    uint32_t count;
    uint32_t size;
};

static const char *const by_words[] = {"line", "service", "usage-type", "resource", NULL};

enum { BY_LINE, BY_SERVICE, BY_USAGE, BY_RESOURCE };

static const struct field bill_in_fields[] = {
    F_STRING(struct bill_in, by, "By",
             "What is added up: each service, usage type or resource; each line by itself unless "
             "told.", .words = by_words),
};
static const struct shape bill_in_shape =
    SHAPE("DescribeBillRequest", struct bill_in, bill_in_fields);

static const struct field bill_line_fields[] = {
    F_STRING(struct bill_line_view, service, "Service", "Whose price it is; absent by resource.",
             .flags = FIELD_COLUMN),
    F_STRING(struct bill_line_view, region, "Region", "Where it was used; absent by service."),
    F_STRING(struct bill_line_view, usage, "UsageType",
             "AWS's name of what was used; absent by service and by resource.",
             .flags = FIELD_COLUMN),
    F_STRING(struct bill_line_view, resource, "ResourceId",
             "What used it, also when it is gone; absent by service and by usage type.",
             .flags = FIELD_COLUMN),
    F_REAL(struct bill_line_view, quantity, "Quantity", "How much was used; as the usage type.",
           .flags = FIELD_COLUMN),
    F_STRING(struct bill_line_view, unit, "Unit", "Of what; as the usage type.",
             .flags = FIELD_COLUMN),
    F_INT(struct bill_line_view, cost, "MicroUsd", "What that costs, in millionths of a dollar.",
          .flags = FIELD_COLUMN),
    F_INT(struct bill_line_view, hourly, "HourlyMicroUsd",
          "What another hour costs if nothing changes.", .flags = FIELD_COLUMN),
};
static const struct shape bill_line_shape =
    SHAPE("BillLine", struct bill_line_view, bill_line_fields);

static const struct field bill_out_fields[] = {
    F_TIME(struct bill_out, since, "Since", "What was used before is not in it."),
    F_TIME(struct bill_out, until, "Until", "What the clock says now."),
    F_INT(struct bill_out, total, "TotalMicroUsd", "What all costs, in millionths of a dollar."),
    F_INT(struct bill_out, hourly, "HourlyMicroUsd", "What another hour costs if nothing changes."),
    F_INT(struct bill_out, month, "MonthlyMicroUsd",
          "What a month of 30 days costs at that rate."),
    F_LIST(struct bill_out, lines, struct bill_line_view, &bill_line_shape, "Lines",
           "What it is made of; together the total."),
};
static const struct shape bill_out_shape =
    SHAPE("DescribeBillResult", struct bill_out, bill_out_fields);

static const char *resource_text(struct call *call, const struct bill_item *item)
{
    static const struct kind *const kinds[] = {
        [BILL_INSTANCE] = &kind_instance,   [BILL_DISK] = &kind_volume,
        [BILL_COPY] = &kind_snapshot,       [BILL_INTERFACE] = &kind_interface,
        [BILL_ELASTIC] = &kind_elastic_ip,  [BILL_LOAD_BALANCER] = &kind_balancer,
        [BILL_MACHINE] = &kind_host,        [BILL_REGION] = &kind_region,
        [BILL_WALL] = &kind_balancer,       [BILL_FAST] = &kind_snapshot,
        [BILL_OVER] = &kind_account,        [BILL_LINE] = &kind_queue,
        [BILL_SHOUT] = &kind_topic,         [BILL_BUS] = &kind_account,
        [BILL_SHELF] = &kind_account,
    };

    if (bill_item_name(item) != NULL)
        return arena_strdup(&call->arena, bill_item_name(item));
    return id_text(&call->arena, kinds[item->kind], item->key);
}

/* The same text, or both none. */
static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What an entry is called in that listing. */
static struct bill_line_view view_of(struct call *call, const struct bill_entry *entry, int by)
{
    const struct world *world = call->world;
    struct bill_line_view view = {0};

    if (by != BY_RESOURCE)
        view.service = bill_usage_service(entry->usage);
    if (by != BY_SERVICE)
        view.region = world->catalog->regions[entry->item->region].name;
    if (by == BY_LINE || by == BY_USAGE) {
        view.usage = bill_usage_name(&world->bill, &call->arena, entry);
        view.unit = bill_usage_unit(entry->usage);
    }
    if (by == BY_LINE || by == BY_RESOURCE)
        view.resource = resource_text(call, entry->item);
    return view;
}

/* Lines of one thing stand together, so the latest group is the most likely. */
static struct bill_group *group_of(struct call *call, struct bill_groups *groups,
                                   const struct bill_line_view *view)
{
    struct bill_group *group;

    for (uint32_t i = groups->count; i-- > 0;) {
        const struct bill_line_view *other = &groups->items[i].view;

        if (view->resource != NULL && i + 8 < groups->count)
            break; /* a thing has few lines */
        if (same(view->resource, other->resource) && same(view->usage, other->usage) &&
            same(view->service, other->service))
            return &groups->items[i];
    }
    group = LIST_PUSH_IN(&call->arena, groups);
    *group = (struct bill_group){ .view = *view };
    return group;
}

/* ---- rounding ---- */

/* An amount among those that are to add up. */
struct share {
    bill_wide exact;
    int64_t micro;
    uint32_t at;
};

/* The ones that were rounded down most come first. */
static int by_error(const void *a, const void *b)
{
    const struct share *one = a;
    const struct share *other = b;
    bill_wide unit = bill_of_micro_usd(1);
    bill_wide difference =
        (one->micro * unit - one->exact) - (other->micro * unit - other->exact);

    if (difference != 0)
        return difference < 0 ? -1 : 1;
    return one->at < other->at ? -1 : 1;
}

/* Rounds each to the nearest micro-dollar; then those that were rounded most go the other way,
 * until they add up to the rounded sum, which is returned.  Sorts them. */
static int64_t shares_round(struct share *shares, uint32_t count)
{
    bill_wide exact = 0;
    int64_t sum = 0;
    int64_t total;

    for (uint32_t i = 0; i < count; i++) {
        shares[i].micro = bill_micro_usd(shares[i].exact);
        exact += shares[i].exact;
        sum += shares[i].micro;
    }
    total = bill_micro_usd(exact);
    qsort(shares, count, sizeof(*shares), by_error);
    for (uint32_t i = 0; sum < total; i++, sum++)
        shares[i].micro++;
    for (uint32_t i = count; sum > total; sum--)
        shares[--i].micro--;
    return total;
}

/* Both amounts of every group, and of all together. */
static void groups_round(struct call *call, struct bill_groups *groups, struct bill_out *out)
{
    struct share *shares = arena_alloc(&call->arena, (groups->count + 1) * sizeof(*shares));

    for (uint32_t i = 0; i < groups->count; i++)
        shares[i] = (struct share){ .exact = groups->items[i].cost, .at = i };
    out->total = shares_round(shares, groups->count);
    for (uint32_t i = 0; i < groups->count; i++)
        groups->items[shares[i].at].view.cost = shares[i].micro;
    for (uint32_t i = 0; i < groups->count; i++)
        shares[i] = (struct share){ .exact = groups->items[i].hourly, .at = i };
    out->hourly = shares_round(shares, groups->count);
    for (uint32_t i = 0; i < groups->count; i++)
        groups->items[shares[i].at].view.hourly = shares[i].micro;
}

static int by_of(const char *word)
{
    for (int i = 0; word != NULL && by_words[i] != NULL; i++) {
        if (strcmp(by_words[i], word) == 0)
            return i;
    }
    return BY_LINE;
}

static int describe_bill(struct call *call, const void *input, void *output)
{
    const struct bill_in *in = input;
    struct bill_out *out = output;
    const struct bill *bill = &call->world->bill;
    struct bill_entries entries = {0};
    struct bill_groups groups = {0};
    bill_wide hourly = 0;
    int by = by_of(in->by);

    bill_measure(bill, call->account, &entries);
    for (uint32_t i = 0; i < entries.count; i++) {
        const struct bill_entry *entry = &entries.items[i];
        struct bill_line_view view = view_of(call, entry, by);
        struct bill_group *group = group_of(call, &groups, &view);

        group->cost += entry->cost;
        group->hourly += entry->hourly;
        group->quantity += bill_usage_amount(entry->usage, entry->quantity);
    }
    LIST_RELEASE(&entries);
    groups_round(call, &groups, out);
    for (uint32_t i = 0; i < groups.count; i++) {
        struct bill_group *group = &groups.items[i];

        if (group->view.unit != NULL)
            group->view.quantity = OPT_REAL(group->quantity);
        hourly += group->hourly;
        *LIST_PUSH_IN(&call->arena, &out->lines) = group->view;
    }
    out->since = bill_began(bill);
    out->until = call->world->sim.now;
    out->month = bill_micro_usd(hourly * (BILL_MONTH_NS / HOUR_NS));
    return 0;
}

const struct op op_lab_describe_bill = {
    .name = "DescribeBill",
    .doc = "Shows what your account has cost so far, to the second, and what an hour costs now.",
    .example = "lab describe-bill --by service",
    .in = &bill_in_shape,
    .out = &bill_out_shape,
    .run = describe_bill,
};

/* ---- DescribeBillHistory ---- */

struct history_service_view {
    const char *name;
    int64_t micro;
};

struct history_point_view {
    int64_t time;
    int64_t total;
    LIST(struct history_service_view) services;
};

struct history_out {
    LIST(struct history_point_view) points;
};

static const struct field history_service_fields[] = {
    F_STRING(struct history_service_view, name, "Service", "The service.", .flags = FIELD_COLUMN),
    F_INT(struct history_service_view, micro, "MicroUsd",
          "What it had cost until then, in millionths of a dollar.", .flags = FIELD_COLUMN),
};
static const struct shape history_service_shape =
    SHAPE("BillHistoryService", struct history_service_view, history_service_fields);

static const struct field history_point_fields[] = {
    F_TIME(struct history_point_view, time, "Time", "An hour, or now.", .flags = FIELD_COLUMN),
    F_INT(struct history_point_view, total, "TotalMicroUsd",
          "What all had cost until then, in millionths of a dollar.", .flags = FIELD_COLUMN),
    F_LIST(struct history_point_view, services, struct history_service_view,
           &history_service_shape, "Services", "What each service had; together the total."),
};
static const struct shape history_point_shape =
    SHAPE("BillHistoryPoint", struct history_point_view, history_point_fields);

static const struct field history_out_fields[] = {
    F_LIST(struct history_out, points, struct history_point_view, &history_point_shape, "Points",
           "Hours in which something changed, the latest two months of them, and now."),
};
static const struct shape history_out_shape =
    SHAPE("DescribeBillHistoryResult", struct history_out, history_out_fields);

enum { SERVICES_MOST = 16 };

static void point_see(struct call *call, int64_t time, const bill_wide sums[SERVICES_MOST],
                      struct history_out *out)
{
    struct history_point_view *view = LIST_PUSH_IN(&call->arena, &out->points);
    struct share shares[SERVICES_MOST];
    int64_t micro[SERVICES_MOST];
    uint32_t count = 0;

    for (uint8_t i = 0; bill_service_name(i) != NULL; i++)
        shares[count++] = (struct share){ .exact = sums[i], .at = i };
    *view = (struct history_point_view){ .time = time, .total = shares_round(shares, count) };
    for (uint32_t i = 0; i < count; i++)
        micro[shares[i].at] = shares[i].micro;
    for (uint8_t i = 0; i < count; i++) {
        if (sums[i] != 0)
            *LIST_PUSH_IN(&call->arena, &view->services) = (struct history_service_view){
                .name = bill_service_name(i), .micro = micro[i]};
    }
}

static void now_see(struct call *call, struct history_out *out)
{
    const struct bill *bill = &call->world->bill;
    struct bill_entries entries = {0};
    bill_wide sums[SERVICES_MOST] = {0};

    bill_measure(bill, call->account, &entries);
    for (uint32_t i = 0; i < entries.count; i++)
        sums[bill_usage_service_number(entries.items[i].usage)] += entries.items[i].cost;
    LIST_RELEASE(&entries);
    point_see(call, call->world->sim.now, sums, out);
}

static int describe_history(struct call *call, const void *input, void *output)
{
    const struct table *points = &call->world->bill.points;
    struct history_out *out = output;

    (void)input;
    for (uint32_t i = 0; i < table_count(points); i++) {
        const struct bill_point *point = table_at(points, i);
        bill_wide sums[SERVICES_MOST] = {0};

        if (point->account != call->account || point->time >= call->world->sim.now)
            continue;
        for (uint32_t k = 0; k < point->parts.count; k++)
            sums[point->parts.items[k].service] = bill_sum_of(point->parts.items[k].cost);
        point_see(call, point->time, sums, out);
    }
    now_see(call, out);
    return 0;
}

const struct op op_lab_describe_bill_history = {
    .name = "DescribeBillHistory",
    .doc = "Shows what your account had cost hour by hour, by service.",
    .example = "lab describe-bill-history --query 'Points[-1].TotalMicroUsd'",
    .in = &shape_empty,
    .out = &history_out_shape,
    .run = describe_history,
};
