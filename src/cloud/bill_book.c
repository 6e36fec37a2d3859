/*
 * cloud/bill_book.c - the bill as time passes: what each hour had cost, and what is over.
 *
 * Owns    struct bill_point.
 *
 * A thing that is gone keeps its lines for three days, so that people can look at them; then they
 * are added to one line for each usage of its account and Region.  Sums are added as they are:
 * nothing is rounded, so no part of a nano-dollar is lost.
 */
#include "cloud/bill.h"

#include <string.h>

#include "base/str.h"
#include "cloud/bill_parts.h"

enum { POINTS_MOST = 1500 }; /* of an account: two months of hours */

/* Saved by their places: append only. */
static const char *const services[] = {
    "Amazon Elastic Compute Cloud", "Elastic Load Balancing", "Amazon Virtual Private Cloud",
    "AmazonCloudWatch",             "AWS WAF",                "AWS Data Transfer",
    "Amazon Simple Queue Service",  "Amazon Simple Notification Service",
};

enum { SERVICES = sizeof(services) / sizeof(services[0]) };

const char *bill_service_name(uint8_t service)
{
    return service < SERVICES ? services[service] : NULL;
}

uint8_t bill_usage_service_number(uint8_t usage)
{
    const char *name = bill_usage_service(usage);
    uint8_t service = 0;

    while (service + 1 < SERVICES && strcmp(services[service], name) != 0)
        service++;
    return service;
}

/* ---- hours ---- */

static const struct bill_point *last_point(const struct bill *bill, uint64_t account,
                                           uint32_t *count)
{
    const struct bill_point *last = NULL;

    *count = 0;
    for (uint32_t i = 0; i < table_count(&bill->points); i++) {
        const struct bill_point *point = table_at(&bill->points, i);

        if (point->account == account) {
            last = point;
            (*count)++;
        }
    }
    return last;
}

/* Every other one goes: what is old is told more coarsely. */
static void points_thin(struct bill *bill, uint64_t account)
{
    bool goes = false;

    for (uint32_t i = table_count(&bill->points); i-- > 0;) {
        const struct bill_point *point = table_at(&bill->points, i);

        if (point->account != account)
            continue;
        if (goes)
            table_remove(&bill->points, point->key);
        goes = !goes;
    }
}

static bool is_same(const struct bill_point *last, const bill_wide sums[SERVICES])
{
    for (uint8_t service = 0; service < SERVICES; service++) {
        bill_wide before = 0;

        for (uint32_t i = 0; i < last->parts.count; i++) {
            if (last->parts.items[i].service == service)
                before = bill_sum_of(last->parts.items[i].cost);
        }
        if (before != sums[service])
            return false;
    }
    return true;
}

/* `nth`: among the accounts of this hour. */
static void point_write(struct bill *bill, uint64_t account, uint64_t nth)
{
    int64_t now = bill->sim->now;
    struct bill_entries entries = {0};
    bill_wide sums[SERVICES] = {0};
    uint32_t count;
    const struct bill_point *last = last_point(bill, account, &count);
    struct bill_point *point;

    bill_measure(bill, account, &entries);
    for (uint32_t i = 0; i < entries.count; i++)
        sums[bill_usage_service_number(entries.items[i].usage)] += entries.items[i].cost;
    LIST_RELEASE(&entries);
    if (last != NULL && is_same(last, sums))
        return;
    if (count >= POINTS_MOST)
        points_thin(bill, account);
    point = table_add(&bill->points, (uint64_t)(now / HOUR_NS) * 256 + nth);
    point->account = account;
    point->time = now;
    for (uint8_t service = 0; service < SERVICES; service++) {
        if (sums[service] != 0)
            *LIST_PUSH(&point->parts) = (struct bill_part){
                .cost = bill_sum_split(sums[service]), .service = service};
    }
}

void bill_hour(struct bill *bill)
{
    LIST(uint64_t) accounts = {0};

    for (uint32_t i = 0; i < table_count(&bill->items); i++) {
        const struct bill_item *item = table_at(&bill->items, i);
        bool known = false;

        for (uint32_t k = 0; k < accounts.count && !known; k++)
            known = accounts.items[k] == item->account;
        if (!known)
            *LIST_PUSH(&accounts) = item->account;
    }
    for (uint32_t k = 0; k < accounts.count; k++)
        point_write(bill, accounts.items[k], k);
    LIST_RELEASE(&accounts);
    if (bill->sim->now % DAY_NS == 0)
        bill_fold(bill);
}

/* ---- what is over ---- */

static bool is_over(const struct bill *bill, const struct bill_item *item)
{
    const struct bill_line *line;

    if (item->kind == BILL_OVER || bill->there == NULL || bill->there(bill->context, item))
        return false;
    for (uint32_t i = 0; (line = bill_line_at(item, i)) != NULL; i++) {
        if (line->units != 0 || line->since > bill->sim->now - BILL_KEPT_NS)
            return false;
    }
    return true;
}

/* The sum of what is over in the same Region of the same account.  Accounts have twelve digits, so
 * the key is none of a thing's. */
static struct bill_item *over_item(struct bill *bill, const struct bill_item *item)
{
    uint64_t key = item->account << 8 | item->region;
    struct bill_item *over = table_find(&bill->items, key);
    uint64_t account = item->account;
    uint8_t region = item->region;

    if (over != NULL)
        return over;
    over = table_add(&bill->items, key);
    over->account = account;
    over->region = region;
    over->kind = BILL_OVER;
    bill_more_make(over)->name = xstrdup("(over)");
    return over;
}

static void fold(struct bill *bill, uint64_t key)
{
    struct bill_item *over = over_item(bill, table_get(&bill->items, key));
    const struct bill_item *item = table_get(&bill->items, key);
    const struct bill_line *line;

    for (uint32_t i = 0; (line = bill_line_at(item, i)) != NULL; i++) {
        struct bill_line *sum = bill_line_make(
            over, &(struct bill_use){.usage = line->usage, .variant = line->variant});

        bill_line_join(sum, bill_sum_of(line->quantity), bill_line_cost(line));
        sum->since = line->since > sum->since ? line->since : sum->since;
    }
    table_remove(&bill->items, key);
}

void bill_fold(struct bill *bill)
{
    LIST(uint64_t) over = {0};

    for (uint32_t i = 0; i < table_count(&bill->items); i++) {
        const struct bill_item *item = table_at(&bill->items, i);

        if (is_over(bill, item))
            *LIST_PUSH(&over) = item->key;
    }
    for (uint32_t i = 0; i < over.count; i++)
        fold(bill, over.items[i]);
    LIST_RELEASE(&over);
}

/* ---- tables ---- */

static const struct field part_fields[] = {
    F_EMBED(struct bill_part, cost, struct bill_sum, &bill_sum_shape, "Cost", "What it had cost."),
    F_INT(struct bill_part, service, "Service", "Which service."),
};
static const struct shape part_shape = SHAPE("BillPart", struct bill_part, part_fields);

static const struct field point_fields[] = {
    F_INT(struct bill_point, key, "Key", "The hour, and which account of it."),
    F_INT(struct bill_point, account, "Account", "Who pays."),
    F_TIME(struct bill_point, time, "Time", "The hour."),
    F_LIST(struct bill_point, parts, struct bill_part, &part_shape, "Parts", "By service."),
};
const struct shape bill_point_shape = SHAPE("BillPoint", struct bill_point, point_fields);
